"""From opening hours as published to the open minutes of weeks and days.

The strings are OpenStreetMap's `opening_hours`, evaluated as its specification
has it: `rules` splits them and knows the calendar, and here the rules follow
one another.  What cannot be told is unknown, and never counts as open.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vpvkac.analysis.opening.rules import (
    CLOSED,
    DAY,
    FALLBACK,
    NORMAL,
    OPEN,
    UNKNOWN,
    Rule,
    Selector,
    named_days,
    public_holidays,
    read_rules,
    read_selector,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A week of no season's end, for a project whose feeds name no service day.
REFERENCE_MONDAY = dt.date(2024, 10, 7)
DAYS = 7
WEEK = DAYS * DAY
WEEKS = 52
# The day before or after a holiday is none itself.
_HOLIDAYS = re.compile(r"\bPH\b(?! ?[+-])", re.IGNORECASE)
_SCHOOL = re.compile(r"\bSH\b", re.IGNORECASE)
_UNTOUCHED = -1


class Week(NamedTuple):
    """The hours that one string stands for.

    Parameters
    ----------
    minutes
        Whether surely open, minute by minute, in the reference week: shape
        (7, 1440), Monday first.  As if there were no holidays.
    unknown
        Whether it cannot be told, of the same minutes.
    least, most
        Fewest surely open and most possibly open hours in a week, of the 52
        from the reference week on, as if there were no public holidays.
    year_h
        Surely open hours in these 52 weeks, public holidays closed; NaN where
        they hang on school holidays.
    doubtful
        Whether any minute of these weeks cannot be told.
    """

    minutes: NDArray[np.bool_]
    unknown: NDArray[np.bool_]
    least: float
    most: float
    year_h: float
    doubtful: bool


class Day(NamedTuple):
    """First opening and last closing of one day, minutes since midnight; the last may be > 1440."""

    opens: int
    closes: int


class _Hours(NamedTuple):
    """A string that is understood: its rules with their days."""

    rules: Sequence[tuple[Rule, Selector]]
    opens_on_holidays: bool
    on_school: bool


def read_week(hours: str, monday: dt.date) -> Week | None:
    """Evaluate a string over the weeks from a Monday on; None where it cannot be understood.

    A string that opens on no public holiday (`PH`) by name is taken to be
    closed on them: the published lists say nothing, and the offices are closed.
    """
    parsed = _parsed(hours)
    if parsed is None:
        return None
    span = WEEKS * DAYS
    usual = _states(parsed, monday, span)
    kept = _with_holidays(parsed, monday, span)
    sure, possible = usual == OPEN, usual != CLOSED
    year = float((kept == OPEN).sum() / 60)
    if parsed.on_school:
        # Any day may be a school holiday.
        held = _states(parsed, monday, span, school=True)
        sure &= held == OPEN
        possible |= held != CLOSED
        if not np.array_equal(_with_holidays(parsed, monday, span, school=True), kept):
            year = float("nan")
    typical = usual[:WEEK].reshape(DAYS, DAY)
    return Week(
        typical == OPEN,
        typical == UNKNOWN,
        float(sure.reshape(WEEKS, WEEK).sum(axis=1).min() / 60),
        float(possible.reshape(WEEKS, WEEK).sum(axis=1).max() / 60),
        year,
        not np.array_equal(sure, possible),
    )


def read_day(hours: str, day: dt.date) -> Day | None:
    """Find a day's first opening and last closing; None where it does not surely open that day.

    Public holidays are closed as in `read_week`; `hours` is a string that
    `read_week` understands.
    """
    parsed = _parsed(hours)
    if parsed is None:
        raise ValueError(f"hours that are not understood: {hours!r}")
    states = _with_holidays(parsed, day - dt.timedelta(days=1), 3)
    turns = np.diff((states == OPEN).astype(np.int8))
    opens = np.flatnonzero(turns > 0) + 1 - DAY
    closes = np.flatnonzero(turns < 0) + 1 - DAY
    opens = opens[(opens >= 0) & (opens < DAY)]
    closes = closes[closes > opens[-1]] if len(opens) else closes[:0]
    return Day(int(opens[0]), int(closes[0])) if len(closes) else None


def monday_of(day: dt.date) -> dt.date:
    """Give the Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def _parsed(hours: str) -> _Hours | None:
    with_days = []
    for rule in read_rules(hours) or ():
        selector = read_selector(rule.days)
        if selector is None:
            return None
        with_days.append((rule, selector))
    if not with_days:
        return None
    return _Hours(
        with_days,
        any(rule.state != CLOSED and _HOLIDAYS.search(rule.days) for rule, _ in with_days),
        any(_SCHOOL.search(rule.days) for rule, _ in with_days),
    )


def _with_holidays(
    hours: _Hours, first: dt.date, days: int, *, school: bool = False
) -> NDArray[np.int8]:
    states = _states(hours, first, days, public=True, school=school)
    if not hours.opens_on_holidays:
        states.reshape(days, DAY)[public_holidays(first, days)] = CLOSED
    return states


def _states(
    hours: _Hours, first: dt.date, days: int, *, public: bool = False, school: bool = False
) -> NDArray[np.int8]:
    """Evaluate some days minute by minute, in the order of the rules; shape (days × 1440,).

    A rule behind `;` replaces what the rules before it say of its days, a rule
    that closes only takes its times away, a rule behind `,` adds its times,
    and one behind `||` is asked where the rules before it say closed.  What
    reaches past midnight adds to the day after.  Times have no zone: a clock
    change neither adds nor takes an hour.
    """
    states = np.full((days, DAY), CLOSED, np.int8)
    before = first - dt.timedelta(days=1)
    for rule, selector in hours.rules:
        named = named_days(selector, before, days + 1, public=public, school=school)
        times = _times(rule)
        if rule.operator == NORMAL and rule.state != CLOSED:
            states[named[1:]] = CLOSED
        for on, part in ((named[1:], times[:DAY]), (named[:-1], times[DAY:])):
            touched = np.flatnonzero(part != _UNTOUCHED)
            if not len(touched):
                continue
            cells = np.ix_(np.flatnonzero(on), touched)
            now = states[cells]
            new = np.broadcast_to(part[touched], now.shape)
            states[cells] = np.where(now == CLOSED, new, now) if rule.operator == FALLBACK else new
    return states.reshape(-1)


def _times(rule: Rule) -> NDArray[np.int8]:
    """Lay a rule's state over its day and the one after; shape (2880,)."""
    times = np.full(2 * DAY, _UNTOUCHED, np.int8)
    if not rule.spans:
        times[:DAY] = rule.state
    # A time that is told outweighs one that is not.
    for span in sorted(rule.spans, key=lambda one: one.told):
        times[span.start : span.end] = rule.state if span.told else UNKNOWN
    return times
