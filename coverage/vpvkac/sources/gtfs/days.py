"""Which services run on which day, which day is the service day, and the visits on it.

A service runs on the weekdays of its row in ``calendar.txt``, from its first to its last date,
with the dates of ``calendar_dates.txt`` added (1) or taken out (2); either file may be missing.
Days are numbers as `date.toordinal` gives them, so that Monday is 1 modulo 7.

Some feeds write 19000101 or 20991231 for a service that has no first or last day.  GTFS is of
2006: a day before, or after 2049, stands for *no bound*.  No such day is ever the service day,
nor the first or last day of the feed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault
from vpvkac.sources.gtfs.archive import Feed
from vpvkac.sources.gtfs.parts import BUS, MODES, Trips, in_sequence, spread_times
from vpvkac.sources.gtfs.table import (
    FIX_VALUE,
    Shape,
    Table,
    dates,
    day_number,
    keys,
    pair,
    positions,
    present,
    taken,
    times,
    whole_numbers,
)
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.sources.gtfs.parts import Calls
    from vpvkac.sources.gtfs.table import Flags, Indices, Numbers

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CALENDAR = Shape("calendar.txt", ("service_id", *WEEKDAYS, "start_date", "end_date"))
CALENDAR_DATES = Shape("calendar_dates.txt", ("service_id", "date", "exception_type"))
FEED_INFO = Shape("feed_info.txt", (), ("feed_publisher_name", "feed_version", "feed_start_date"))

EARLIEST = dt.date(2006, 1, 1).toordinal()
LATEST = dt.date(2049, 12, 31).toordinal()
_YEAR = 364
_WORKDAYS = 5
# Hours by which the quality of a stop is told.
_BY_DAY = (6, 20)
_TIMED = ("stop_sequence", "arrival_time", "departure_time")
_ADDED, _REMOVED = 1, 2
# First and last day of a service that has no weekdays: none lies between them.
_NEVER = (1, 0)
_LEFT_OUT = Message("has no value; the row is not used")


@dataclass(frozen=True)
class Services:
    """The services of a feed: every one that either file knows.

    A row of `weekdays` per service tells whether it runs on Monday, Tuesday, …, from `first` to
    `last`.  One per row of ``calendar_dates.txt`` are `changed`, the position of the service,
    `day`, and whether it is `added` (else taken out).
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

    def has_no_bound(self) -> bool:
        """Tell whether a day of the calendars stands for no bound."""
        days = self.named_days()
        return len(days) > 0 and bool(days.min() < EARLIEST or days.max() > LATEST)

    def from_day(self, begin: int) -> Services:
        """Give the services from a day on to the latest that is no bound."""
        first, last = np.maximum(self.first, begin), np.minimum(self.last, LATEST)
        within = (begin <= self.day) & (self.day <= LATEST)
        return replace(
            self,
            first=np.where(first > last, _NEVER[0], first),
            last=np.where(first > last, _NEVER[1], last),
            changed=self.changed[within],
            day=self.day[within],
            added=self.added[within],
        )

    def running_on(self, day: int) -> Flags:
        """Tell which services run on a day."""
        runs = self.weekdays[:, _weekday(day)] & (self.first <= day) & (day <= self.last)
        today = self.day == day
        runs[self.changed[today & self.added]] = True
        runs[self.changed[today & ~self.added]] = False
        return runs

    def totals(self, weight: Numbers) -> tuple[Indices, Numbers]:
        """Give each day that the calendars span, and the sum of a weight of what runs on it."""
        named = self.named_days()
        if not len(named):
            return np.empty(0, dtype=np.int64), np.empty(0)
        start, length = int(named.min()), int(np.ptp(named)) + 1
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
        return np.arange(start, start + length), total

    def busiest_workday(self, weight: Numbers) -> int | None:
        """Find the Monday-Friday day with most of a weight, the earliest on ties; None without."""
        days, total = self.totals(weight)
        total[_weekday(days) >= _WORKDAYS] = 0
        busiest = int(np.argmax(total)) if len(days) else 0
        return int(days[busiest]) if total.any() and total[busiest] > 0 else None

    def with_bounds(self, weight: Numbers, *, begins: int | None, packed: int | None) -> Services:
        """Give the services without the days that stand for no bound.

        Where one has no first day, the feed begins on the first of these days that is given and
        from which on there is any weight: when it says that it `begins`, the earliest first or
        changed day of the calendars, when it was `packed`, a year before the earliest last day.
        """
        if not self.has_no_bound():
            return self
        days, regular = self.named_days(), self.first <= self.last
        starts, ends = np.append(self.first[regular], self.day), self.last[regular] - _YEAR
        likely: tuple[int | None, ...] = (int(days.min()),)
        if days.min() < EARLIEST:
            start, end = (
                min((int(day) for day in some if EARLIEST <= day <= LATEST), default=None)
                for some in (starts, ends)
            )
            likely = (begins, start, packed, end, EARLIEST)
        for begin in likely:
            if begin is not None and EARLIEST <= begin <= LATEST:
                bounded = self.from_day(begin)
                if bounded.busiest_workday(weight) is not None:
                    return bounded
        return self

    def notes(self) -> dict[str, str]:
        """Give the first and the last day on which any service runs, as far as there is one."""
        days, total = self.totals(np.ones(len(self.ids)))
        running = days[total > 0]
        notes = {}
        if len(running) and days[0] > EARLIEST:
            notes["first_day"] = iso(int(running[0]))
        if len(running) and days[-1] < LATEST:
            notes["last_day"] = iso(int(running[-1]))
        return notes


def read_services(tables: Mapping[str, Table]) -> Services:
    """Make the services of the two tables, of which either may be missing."""
    calendar, calendar_dates = tables.get(CALENDAR.name), tables.get(CALENDAR_DATES.name)
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
    flags = [whole_numbers(calendar, weekday, range(2), problem) for weekday in WEEKDAYS]
    first, last = dates(calendar, "start_date"), dates(calendar, "end_date")
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
    kind = whole_numbers(calendar_dates, "exception_type", (_ADDED, _REMOVED), problem)
    pair(calendar_dates, "service_id", day, field="date")
    calendar_dates, left = calendar_dates.without_refused()
    day, kind = day[left], kind[left]
    whole = present(calendar_dates, CALENDAR_DATES.required, _LEFT_OUT)
    whole &= ~np.isnan(day) & ~np.isnan(kind)
    named = pd.Index(calendar_dates["service_id"].texts()[whole], dtype=object)
    return named, day[whole].astype(np.int64), kind[whole] == _ADDED


def _weekday(day: Any) -> Any:  # a day number, or an array of them
    return (day - 1) % len(WEEKDAYS)


def iso(day: int) -> str:
    """Write a day number as YYYY-MM-DD."""
    return dt.date.fromordinal(day).isoformat()


class Service(NamedTuple):
    """What the calls at the stops come to.

    A row per stop: whether any known trip calls there, which of `MODES` do, and how many buses
    on the service day, all of them and those by day (`_BY_DAY`, NaN where a time is not known);
    None where there is no such day.
    """

    served: Flags
    modes: Flags
    visits: Numbers | None
    by_day: Numbers | None = None


def count_visits(
    calls: Calls, trips: Trips, stops: int, services: Services | None, day: int | None
) -> Service:
    """Count the calls; `day` is the service day as an ordinal, None if there is none."""
    # The trips of no mode, -1, come last.
    kinds = len(MODES) + 1
    pairs = calls.stop * kinds
    pairs += taken(trips.mode % kinds, calls.trip)
    by_mode = np.bincount(pairs, minlength=stops * kinds).reshape(stops, kinds)
    visits = by_day = None
    if services is not None and day is not None:
        buses = trips.buses() * np.append(services.running_on(day), [False])[trips.service]
        row = np.flatnonzero(taken(buses > 0, calls.trip))
        trip, stop = calls.trip[row], calls.stop[row]
        visits = np.bincount(stop, buses[trip], stops).astype(float)
        by_day = _count_by_day(calls.stop_times, calls.row[row], trip, stop, trips, stops)
    return Service(by_mode.sum(axis=1) > 0, by_mode[:, : len(MODES)] > 0, visits, by_day)


def _count_by_day(
    stop_times: Table, row: Indices, trip: Indices, stop: Indices, trips: Trips, stops: int
) -> Numbers:
    """Count the calls, those in `row`, that depart from 6 h to before 20 h, at each stop.

    NaN where the time of any is not known.  A trip of ``frequencies.txt`` calls as often as one
    of its departures does, shifted by its time from the first stop.
    """
    asked = {name: stop_times[name] for name in _TIMED}
    table = replace(stop_times, columns=asked).take(row)
    order = in_sequence(table, trip)
    trip, stop = trip[order], stop[order]
    _, depart, whole = spread_times(trip, *(times(table, field)[order] for field in _TIMED[1:]))
    bands = trips.bands
    once = np.ones(len(trip), bool) if bands is None else ~np.isin(trip, bands.trip)
    from_, until = (hour * 3600 for hour in _BY_DAY)
    counted = once & (from_ <= depart) & (depart < until)
    count = np.bincount(stop[counted], minlength=stops).astype(float)
    if not once.all() and bands is not None:
        first = np.flatnonzero(np.diff(trip, prepend=-1))
        way = depart - np.repeat(depart[first], np.diff(first, append=len(trip)))
        pattern = pd.DataFrame({"trip": trip, "stop": stop, "way": way})[~once]
        each = pattern.merge(
            pd.DataFrame({**bands._asdict(), "departures": bands.departures()}), on="trip"
        )
        until_hour = [
            np.clip(np.ceil((hour * 3600 - each["start"] - each["way"]) / each["headway"]),
                    0, each["departures"])
            for hour in _BY_DAY
        ]  # fmt: skip
        count += np.bincount(each["stop"], until_hour[1] - until_hour[0], stops)
    count[np.unique(stop[~whole])] = np.nan
    return count


def visits_by_service(called: Indices, trips: Trips, services: Services) -> Numbers:
    """Sum the visits of each service on a day it runs; `called` is the trip of each call.

    The service day is the one with most of them, not the day with most
    services: on that one few buses may run.
    """
    weight = np.bincount(called, minlength=len(trips.ids)) * trips.buses()
    known = trips.service >= 0
    return np.bincount(trips.service[known], weight[known], len(services.ids)).astype(float)


def with_bounds(
    services: Services, visits: Numbers, feed: Feed, tables: Mapping[str, Table]
) -> Services:
    """Give the services of a feed without days that stand for no bound; see `Services`."""
    feed_info = tables.get(FEED_INFO.name)
    # A text that is no date says nothing.
    begins = np.nan if not feed_info else day_number(feed_info["feed_start_date"].text(0))
    return services.with_bounds(
        visits if visits.any() else np.ones(len(services.ids)),
        begins=None if np.isnan(begins) else int(begins),
        packed=None if feed.packed is None else feed.packed.toordinal(),
    )


def service_day_faults(
    shown: str, trips: Trips, services: Services, visits: Numbers, *,
    day: int | None, given: dt.date | None, on_call_alone: bool,
) -> list[Fault]:  # fmt: skip
    """Say what the feed does not tell of its service day; `visits` are those by service."""
    warnings: list[tuple[Message, Message, str | None]] = []
    by_bus = bool((trips.mode == BUS).any())
    if (trips.mode >= 0).any() and not by_bus:
        problem = Message('has no trip by bus; its stops count in the stop set "all" alone')
        warnings.append((problem, Message("if buses do run, check route_type in routes.txt"), None))
    if by_bus and not on_call_alone and (day is None or not visits[services.running_on(day)].any()):
        problem = Message("no bus runs from Monday to Friday; visits are not known")
        if given is not None:
            problem = Message("is a day on which no bus runs; visits are 0 everywhere")
        value = None if given is None else given.isoformat()
        warnings.append((problem, Message("give another day, or a newer feed"), value))
    if services.has_no_bound():
        days = services.named_days()
        first, last = (dt.date.fromordinal(int(one)) for one in (days.min(), days.max()))
        problem = Message(
            "the calendars span {years} years ({first} to {last}); days before 2006 and after "
            "2049 stand for no bound", years=last.year - first.year + 1, first=first, last=last,
        )  # fmt: skip
        remedy = Message("name a service_day if you need one")
        if day is not None:
            remedy = Message(
                "visits are counted on {day}; name another service_day if you need one",
                day=iso(day),
            )
        warnings.append((problem, remedy, None))
    return [
        Fault("warning", shown, problem, remedy, value=value) for problem, remedy, value in warnings
    ]
