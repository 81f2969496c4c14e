"""Which services run on which day, and which day is the service day.

A service runs on the weekdays of its row in ``calendar.txt``, from its first
to its last date, with the dates of ``calendar_dates.txt`` added (1) or taken
out (2); either file may be missing.  Days are numbers as `date.toordinal`
gives them, so that Monday is 1 modulo 7.

Some feeds write 19000101 or 20991231 for a service that has no first or last
day.  GTFS is of 2006: a day before, or after 2049, stands for *no bound*.
No such day is ever the service day, nor the first or last day of the feed.
Where a service has no first day, the feed begins on the first of these days
that is given and from which on a bus runs: ``feed_start_date``, the earliest
first or changed day of the calendars, the day on which the zip was packed, a
year before the earliest last day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.sources.gtfs import checks
from vpvkac.sources.gtfs.table import Shape, Table
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.sources.gtfs.column import Flags, Indices, Numbers

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CALENDAR = Shape("calendar.txt", ("service_id", *WEEKDAYS, "start_date", "end_date"))
CALENDAR_DATES = Shape("calendar_dates.txt", ("service_id", "date", "exception_type"))

EARLIEST = dt.date(2006, 1, 1).toordinal()
LATEST = dt.date(2049, 12, 31).toordinal()

_YEAR = 364
_WORKDAYS = 5
_ADDED = 1
_REMOVED = 2
_NEVER = (1, 0)
"""First and last day of a service that has no weekdays: none lies between them."""


@dataclass(frozen=True)
class Services:
    """The services of a feed.

    Parameters
    ----------
    ids
        Every service that either file knows.
    weekdays
        A row per service: whether it runs on Monday, Tuesday, ….
    first, last
        First and last day of its weekdays; first > last where it has none.
    changed, day, added
        One per row of ``calendar_dates.txt``: position of the service in
        `ids`, day, and whether it is added (else taken out).
    """

    ids: pd.Index[str]
    weekdays: Flags
    first: Indices
    last: Indices
    changed: Indices
    day: Indices
    added: Flags

    def named_days(self) -> Indices:
        """Give every first and last day of weekdays, and every day added or taken out."""
        regular = self.first <= self.last
        return np.concatenate([self.first[regular], self.last[regular], self.day])

    def from_day(self, begin: int) -> Services:
        """Give the services from a day on to the latest that is no bound."""
        first = np.maximum(self.first, begin)
        last = np.minimum(self.last, LATEST)
        none = first > last
        within = (begin <= self.day) & (self.day <= LATEST)
        return replace(
            self,
            first=np.where(none, _NEVER[0], first),
            last=np.where(none, _NEVER[1], last),
            changed=self.changed[within],
            day=self.day[within],
            added=self.added[within],
        )

    def span(self) -> tuple[int, int] | None:
        """Give the first and the last day that the calendars speak of."""
        days = self.named_days()
        return (int(days.min()), int(days.max())) if len(days) else None

    def running_on(self, day: int) -> Flags:
        """Tell which services run on a day."""
        runs = self.weekdays[:, _weekday(day)] & (self.first <= day) & (day <= self.last)
        today = self.day == day
        runs[self.changed[today & self.added]] = True
        runs[self.changed[today & ~self.added]] = False
        return runs

    def totals(self, weight: Numbers) -> Numbers:
        """Sum over the services that run, for each day of `span`, a weight they have."""
        span = self.span()
        if span is None:
            return np.empty(0)
        start, length = span[0], span[1] - span[0] + 1
        total = np.zeros(length)
        for weekday in range(len(WEEKDAYS)):
            runs = self.weekdays[:, weekday] & (self.first <= self.last)
            begin = np.bincount(self.first[runs] - start, weight[runs], minlength=length + 1)
            end = np.bincount(self.last[runs] - start + 1, weight[runs], minlength=length + 1)
            these = slice((weekday - _weekday(start)) % len(WEEKDAYS), None, len(WEEKDAYS))
            total[these] = np.cumsum(begin - end)[:length][these]
        changed = self.changed
        regular = (
            self.weekdays[changed, _weekday(self.day)]
            & (self.first[changed] <= self.day)
            & (self.day <= self.last[changed])
        )
        sign = self.added.astype(np.int64) - regular
        np.add.at(total, self.day - start, sign * weight[changed])
        return total

    def busiest_workday(self, weight: Numbers) -> int | None:
        """Find the Monday-Friday day with most of a weight, the earliest on ties.

        None if no Monday-Friday day has any.
        """
        total = self.totals(weight)
        span = self.span()
        if span is None:
            return None
        days = np.arange(span[0], span[1] + 1)
        total[_weekday(days) >= _WORKDAYS] = 0
        busiest = int(np.argmax(total))
        return int(days[busiest]) if total[busiest] > 0 else None


def with_bounds(
    services: Services, weight: Numbers, *, begins: int | None, packed: int | None
) -> Services:
    """Give the services without the days that stand for no bound.

    Parameters
    ----------
    weight
        What each service has on a day it runs, visits say.
    begins, packed
        Day on which the feed says that it begins, and on which it was packed.
    """
    days = services.named_days()
    if not has_no_bound(services):
        return services
    starts = np.append(services.first[services.first <= services.last], services.day)
    ends = services.last[services.first <= services.last]
    likely: tuple[int | None, ...] = (int(days.min()),)
    if days.min() < EARLIEST:
        likely = (begins, _earliest(starts), packed, _earliest(ends - _YEAR), EARLIEST)
    for begin in likely:
        if begin is not None and EARLIEST <= begin <= LATEST:
            found = services.from_day(begin)
            if found.busiest_workday(weight) is not None:
                return found
    return services


def has_no_bound(services: Services) -> bool:
    """Tell whether a day of the calendars stands for no bound."""
    days = services.named_days()
    return len(days) > 0 and bool(days.min() < EARLIEST or days.max() > LATEST)


def _earliest(days: Indices) -> int | None:
    within = days[(days >= EARLIEST) & (days <= LATEST)]
    return int(within.min()) if len(within) else None


def read_services(calendar: Table | None, calendar_dates: Table | None) -> Services:
    """Make the services of the two tables, of which either may be missing."""
    nothing = np.empty(0, dtype=np.int64)
    ids: pd.Index[str] = pd.Index([], dtype=object)
    weekdays = np.empty((0, len(WEEKDAYS)), dtype=bool)
    first = last = changed = day = nothing
    added = np.empty(0, dtype=bool)
    if calendar is not None:
        ids, weekdays, first, last = _regular(calendar)
    if calendar_dates is not None:
        named, day, added = _exceptions(calendar_dates)
        more = named[~named.isin(ids)].unique()
        ids = ids.append(more)
        weekdays = np.vstack([weekdays, np.zeros((len(more), len(WEEKDAYS)), dtype=bool)])
        first = np.append(first, np.full(len(more), _NEVER[0]))
        last = np.append(last, np.full(len(more), _NEVER[1]))
        changed = checks.positions(named, ids)
    return Services(ids, weekdays, first, last, changed, day, added)


def _regular(calendar: Table) -> tuple[pd.Index[str], Flags, Indices, Indices]:
    """Read key, weekdays, first and last day of each row; no days where it is not whole."""
    checks.keys(calendar, "service_id")
    problem = Message("is not 0 or 1")
    flags = [checks.whole_numbers(calendar, day, range(2), problem) for day in WEEKDAYS]
    first = checks.dates(calendar, "start_date")
    last = checks.dates(calendar, "end_date")
    calendar, left = calendar.without_refused()
    first, last = first[left], last[left]
    problem = Message("is before start_date; the weekdays are not counted")
    calendar.warn(first > last, problem, checks.FIX_VALUE, field="end_date")
    whole = checks.present(calendar, CALENDAR.required, _LEFT_OUT) & (first <= last)
    return (
        calendar.index("service_id"),
        np.column_stack(flags)[left] == 1,
        np.where(whole, first, _NEVER[0]).astype(np.int64),
        np.where(whole, last, _NEVER[1]).astype(np.int64),
    )


def _exceptions(calendar_dates: Table) -> tuple[pd.Index[str], Indices, Flags]:
    """Read service and day of each whole row, and whether the day is added."""
    day = checks.dates(calendar_dates, "date")
    problem = Message("is not 1 or 2")
    allowed = (_ADDED, _REMOVED)
    kind = checks.whole_numbers(calendar_dates, "exception_type", allowed, problem)
    checks.pair(calendar_dates, "service_id", day, field="date")
    calendar_dates, left = calendar_dates.without_refused()
    day, kind = day[left], kind[left]
    whole = checks.present(calendar_dates, CALENDAR_DATES.required, _LEFT_OUT)
    whole &= ~np.isnan(day) & ~np.isnan(kind)
    named = pd.Index(calendar_dates["service_id"].texts()[whole], dtype=object)
    return named, day[whole].astype(np.int64), kind[whole] == _ADDED


def _weekday(day: Any) -> Any:  # a day number, or an array of them
    return (day - 1) % len(WEEKDAYS)


_LEFT_OUT = Message("has no value; the row is not used")
