"""From opening hours as published to the open minutes of weeks and days.

The strings are OpenStreetMap's `opening_hours`, evaluated by the package
opening-hours-py; its calendar knows Latvia's public holidays.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from opening_hours import OpeningHours, State, validate

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAYS = 7
DAY = 24 * 60
WEEK = DAYS * DAY
WEEKS = 52
COUNTRY = "LV"
# Two seasons of a week whose days all differ take some four hundred letters.
_LONGEST = 2000
_HOLIDAYS = re.compile(r"\bPH\b")
_MORE_THAN_CLOCK = re.compile(r'["+]|\|\||unknown|sunrise|sunset|dawn|dusk', re.IGNORECASE)


class Week(NamedTuple):
    """The hours that one string stands for.

    Parameters
    ----------
    minutes
        Whether open, minute by minute, in the reference week: shape (7, 1440),
        Monday first.  As if there were no public holidays.
    least, most
        Fewest and most open hours in a week, of the 52 from the reference
        week on, as if there were no public holidays.
    year_h
        Open hours in these 52 weeks, public holidays closed.
    """

    minutes: NDArray[np.bool_]
    least: float
    most: float
    year_h: float


class Day(NamedTuple):
    """First opening and last closing of one day, minutes since midnight; the last may be > 1440."""

    opens: int
    closes: int


def read_week(hours: str, monday: dt.date) -> Week | None:
    """Evaluate a string over the weeks from a Monday on; None where it cannot be understood.

    A string that says nothing of public holidays (`PH`) is taken to be closed
    on them: the published lists say nothing, and the offices are closed.
    """
    usual = _parsed(hours)
    if usual is None:
        return None
    weeks = _minutes(usual, monday, WEEKS * DAYS).reshape(WEEKS, WEEK)
    by_week = weeks.sum(axis=1) / 60
    kept = _with_holidays(hours, monday, WEEKS * DAYS)
    typical = weeks[0].reshape(DAYS, DAY).copy()
    return Week(typical, float(by_week.min()), float(by_week.max()), float(kept.sum() / 60))


def read_day(hours: str, day: dt.date) -> Day | None:
    """Find a day's first opening and last closing; None where it does not open that day.

    Public holidays are closed as in `read_week`; `hours` is a string that
    `read_week` understands.
    """
    minutes = _with_holidays(hours, day - dt.timedelta(days=1), 3)
    turns = np.diff(minutes.astype(np.int8))
    opens = np.flatnonzero(turns > 0) + 1 - DAY
    closes = np.flatnonzero(turns < 0) + 1 - DAY
    opens = opens[(opens >= 0) & (opens < DAY)]
    closes = closes[closes > opens[-1]] if len(opens) else closes[:0]
    return Day(int(opens[0]), int(closes[0])) if len(closes) else None


def says_more_than_clock(hours: str) -> bool:
    """Tell whether a string rests on a remark, the sun or an open end, not on clock times alone."""
    return _MORE_THAN_CLOCK.search(hours) is not None


def monday_of(day: dt.date) -> dt.date:
    """Give the Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


@cache
def public_holidays(first: dt.date, days: int) -> NDArray[np.bool_]:
    """Tell which days are public holidays in Latvia, as the package knows them: shape (days,)."""
    minutes = _minutes(OpeningHours("PH", country=COUNTRY), first, days)
    holidays: NDArray[np.bool_] = np.any(minutes.reshape(days, DAY), axis=1)
    return holidays


def _parsed(hours: str) -> OpeningHours | None:
    if len(hours) > _LONGEST or not validate(hours):
        return None
    # With no country no day is a public holiday.
    return OpeningHours(hours)


def _with_holidays(hours: str, first: dt.date, days: int) -> NDArray[np.bool_]:
    minutes = _minutes(OpeningHours(hours, country=COUNTRY), first, days)
    if _HOLIDAYS.search(hours) is None:
        minutes.reshape(days, DAY)[public_holidays(first, days)] = False
    return minutes


def _minutes(opening: OpeningHours, first: dt.date, days: int) -> NDArray[np.bool_]:
    """Mark the open minutes of some days; shape (days × 1440,).

    Times have no zone: a clock change neither adds nor takes an hour.
    """
    begin = dt.datetime.combine(first, dt.time())
    end = begin + dt.timedelta(days=days)
    minutes = np.zeros(days * DAY, dtype=bool)
    for start, stop, state, _ in opening.intervals(begin, end):
        if state == State.OPEN:
            minutes[_minute(start, begin) : _minute(stop or end, begin)] = True
    return minutes


def _minute(moment: dt.datetime, begin: dt.datetime) -> int:
    return int((moment - begin).total_seconds() // 60)
