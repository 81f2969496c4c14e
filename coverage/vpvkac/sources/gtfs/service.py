"""Which services run on which day, which day is the service day, and the visits on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault
from vpvkac.sources.gtfs.parts import BUS, MODES, Trips
from vpvkac.sources.gtfs.table import (
    FIX_VALUE,
    Shape,
    Table,
    dates,
    keys,
    pair,
    positions,
    present,
    whole_numbers,
)
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.sources.gtfs.parts import Calls
    from vpvkac.sources.gtfs.table import Flags, Indices, Numbers


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
        changed = positions(named, ids)
    return Services(ids, weekdays, first, last, changed, day, added)


def _regular(calendar: Table) -> tuple[pd.Index[str], Flags, Indices, Indices]:
    """Read key, weekdays, first and last day of each row; no days where it is not whole."""
    keys(calendar, "service_id")
    problem = Message("is not 0 or 1")
    flags = [whole_numbers(calendar, day, range(2), problem) for day in WEEKDAYS]
    first = dates(calendar, "start_date")
    last = dates(calendar, "end_date")
    calendar, left = calendar.without_refused()
    first, last = first[left], last[left]
    problem = Message("is before start_date; the weekdays are not counted")
    calendar.warn(first > last, problem, FIX_VALUE, field="end_date")
    whole = present(calendar, CALENDAR.required, _LEFT_OUT) & (first <= last)
    return (
        calendar.index("service_id"),
        np.column_stack(flags)[left] == 1,
        np.where(whole, first, _NEVER[0]).astype(np.int64),
        np.where(whole, last, _NEVER[1]).astype(np.int64),
    )


def _exceptions(calendar_dates: Table) -> tuple[pd.Index[str], Indices, Flags]:
    """Read service and day of each whole row, and whether the day is added."""
    day = dates(calendar_dates, "date")
    problem = Message("is not 1 or 2")
    allowed = (_ADDED, _REMOVED)
    kind = whole_numbers(calendar_dates, "exception_type", allowed, problem)
    pair(calendar_dates, "service_id", day, field="date")
    calendar_dates, left = calendar_dates.without_refused()
    day, kind = day[left], kind[left]
    whole = present(calendar_dates, CALENDAR_DATES.required, _LEFT_OUT)
    whole &= ~np.isnan(day) & ~np.isnan(kind)
    named = pd.Index(calendar_dates["service_id"].texts()[whole], dtype=object)
    return named, day[whole].astype(np.int64), kind[whole] == _ADDED


def _weekday(day: Any) -> Any:  # a day number, or an array of them
    return (day - 1) % len(WEEKDAYS)


_LEFT_OUT = Message("has no value; the row is not used")


class Service(NamedTuple):
    """What the calls at the stops come to.

    Parameters
    ----------
    served
        Whether any known trip calls at the stop.
    modes
        A row per stop: which of `MODES` serve it.
    visits
        Calls of buses on the service day; None where there is no such day.
    """

    served: Flags
    modes: Flags
    visits: Numbers | None


def whole_as_bus(stops: int) -> Service:
    """Give the service of a feed without stop times, by definition."""
    modes = np.zeros((stops, len(MODES)), dtype=bool)
    modes[:, BUS] = True
    return Service(np.ones(stops, dtype=bool), modes, None)


def count(
    calls: Calls, trips: Trips, stops: int, services: Services | None, day: int | None
) -> Service:
    """Count the calls; `day` is the service day as an ordinal, None if there is none."""
    # The trips of no mode, -1, come last.
    kinds = len(MODES) + 1
    pairs = calls.stop * kinds
    pairs += (trips.mode % kinds)[calls.trip]
    by_mode = np.bincount(pairs, minlength=stops * kinds).reshape(stops, kinds)
    visits = None
    if services is not None and day is not None:
        runs = np.append(services.running_on(day), [False])[trips.service]
        buses = (runs * _buses(trips))[calls.trip]
        visits = np.bincount(calls.stop, buses, stops).astype(np.float64)
    return Service(by_mode.sum(axis=1) > 0, by_mode[:, : len(MODES)] > 0, visits)


def by_service(calls: Calls, trips: Trips, services: Services) -> Numbers:
    """Sum the visits of each service on a day it runs.

    The service day is the one with most of them, not the day with most
    services: on that one few buses may run.
    """
    weight = np.bincount(calls.trip, minlength=len(trips.ids)) * _buses(trips)
    known = trips.service >= 0
    total: Numbers = np.zeros(len(services.ids))
    np.add.at(total, trips.service[known], weight[known])
    return total


def calendar_notes(services: Services) -> dict[str, str]:
    """Give the first and the last day on which any service runs, as far as there is one."""
    span = services.span()
    if span is None:
        return {}
    days = span[0] + np.flatnonzero(services.totals(np.ones(len(services.ids))) > 0)
    notes = {}
    if len(days) and span[0] > EARLIEST:
        notes["first_day"] = iso(int(days[0]))
    if len(days) and span[1] < LATEST:
        notes["last_day"] = iso(int(days[-1]))
    return notes


def no_service_day(file: str, given: dt.date | None) -> Fault:
    """Say that no bus runs on the day given, or on any Monday to Friday."""
    remedy = Message("give another day, or a newer feed")
    problem = Message("no bus runs from Monday to Friday; visits are not known")
    if given is None:
        return Fault("warning", file, problem, remedy)
    problem = Message("is a day on which no bus runs; visits are 0 everywhere")
    return Fault("warning", file, problem, remedy, value=given.isoformat())


def no_bus(file: str) -> Fault:
    """Say that trolleybuses or trams serve a feed, and no bus."""
    problem = Message('has no trip by bus; its stops count in the stop set "all" alone')
    remedy = Message("if buses do run, check route_type in routes.txt")
    return Fault("warning", file, problem, remedy)


def no_bound(file: str, services: Services, day: int | None) -> Fault:
    """Say that the calendars name days that stand for no bound, and what that leads to."""
    days = services.named_days()
    first, last = (dt.date.fromordinal(int(one)) for one in (days.min(), days.max()))
    problem = Message(
        "the calendars span {years} years ({first} to {last}); days before 2006 and after 2049 "
        "stand for no bound", years=last.year - first.year + 1, first=first, last=last,
    )  # fmt: skip
    remedy = Message("name a service_day if you need one")
    if day is not None:
        remedy = Message(
            "visits are counted on {day}; name another service_day if you need one", day=iso(day)
        )
    return Fault("warning", file, problem, remedy)


def iso(day: int) -> str:
    """Write a day number as YYYY-MM-DD."""
    return dt.date.fromordinal(day).isoformat()


def _buses(trips: Trips) -> Numbers:
    """Give for each trip how many buses it stands for on a day it runs."""
    return np.where(trips.mode == BUS, trips.departures(), 0.0)
