"""The vehicles of a feed on one day: every departure with the times of its calls.

Of the stop times that were read with the stops (`reader`), for they are millions; times are
made of the trips that are asked for.  Only ``transfers.txt`` and the names of lines are read
for it alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.sources.gtfs.archive import Feed, RefusedError, find_feed
from vpvkac.sources.gtfs.days import (
    CALENDAR,
    CALENDAR_DATES,
    FEED_INFO,
    Services,
    read_services,
    visits_by_service,
    with_bounds,
)
from vpvkac.sources.gtfs.parts import (
    ARRANGED,
    BUS,
    FREQUENCIES,
    NOT_FROM_0,
    ROUTES,
    STOP_TIMES,
    STOPS,
    TRIPS,
    Bands,
    Trips,
    at_fixed_stops,
    drop_reasons,
    read_stops,
    read_trips,
    spread_times,
)
from vpvkac.sources.gtfs.table import (
    NOT_USED,
    Shape,
    Table,
    match,
    positions,
    read_table,
    times,
    whole_numbers,
)
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import numpy.typing as npt

    from vpvkac.sources.gtfs.table import Flags, Indices


_OF_CALLS = ("stop_sequence", "arrival_time", "departure_time", *ARRANGED)
_OF_SOME = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
TRANSFERS = Shape(
    "transfers.txt",
    ("from_stop_id", "to_stop_id", "transfer_type"),
    ("min_transfer_time", *_OF_SOME),
)
_NAMED = ROUTES._replace(optional=("route_short_name", "route_long_name"))
_SHAPES = (
    TRIPS, ROUTES, CALENDAR, CALENDAR_DATES, FREQUENCIES, STOP_TIMES, FEED_INFO, STOPS,
)  # fmt: skip
_DAY_S = 86_400
_REGULAR, _NONE, _BY_CALL, _BY_DRIVER = range(4)
_NOT_ALLOWED = 3
_LEAST_TIME = 2
_NOT_A_KIND = Message("is not 0, 1, 2 or 3")

CALL_COLUMNS = {
    "trip": "int64", "name": "int64", "stop": "int64", "arrive": "int64", "depart": "int64",
    "is_given": "bool", "board": "bool", "alight": "bool", "ask_board": "bool",
    "ask_alight": "bool",
}  # fmt: skip
"""Of each call: the number of its departure and of its trip, its stop's position, seconds after
midnight of the day (negative before it), whether the feed gives the time, whether passengers may
board and alight at all, and whether each must be arranged beforehand."""


class Departures(NamedTuple):
    """The calls of a day, how many trips are left out for their times, and the warning of it."""

    calls: pd.DataFrame
    untimed: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class TimedFeed:
    """The timetable of a feed, for any day.

    Parameters
    ----------
    trips
        Of all its modes, with their `trip_id`.
    services
        None where the feed has no calendar: nothing runs.
    stop_times
        The calls at fixed stops.
    trip
        The position of the trip of each call; -1 where it is not known.
    transfers
        `from_stop`, `to_stop` (`stop_id`), `seconds`: the least time of a
        change; NaN where there is none, because it is not possible.
    faults
        What is not used of what no other reading looks at.
    feed, tables
        What the rest is made of where it is asked for.
    """

    trips: Trips
    services: Services | None
    stop_times: Table
    trip: Indices
    transfers: pd.DataFrame
    faults: tuple[Fault, ...]
    feed: Feed
    tables: Mapping[str, Table]

    @property
    def stops(self) -> np.ndarray:
        """Distinct `stop_id`, in the order of the positions of the calls."""
        return self.stop_times["stop_id"].distinct

    def stations(self) -> pd.DataFrame:
        """Give the stops with a position that trains serve and no bus, trolleybus or tram.

        `stop` (``stop_id``), `stop_name`, `lat` and `lon` (degrees, as read), as they stand in
        ``stops.txt``.
        """
        stop, trip = self.stop_times["stop_id"].codes[self._known], self.trip[self._known]
        by_rail, by_others = (
            np.isin(np.arange(len(self.stops)), stop[modes[trip]])
            for modes in (self.trips.rail, self.trips.mode >= 0)
        )
        # What is wrong with a row was told when the stops were read.
        stops = read_stops(replace(self.tables[STOPS.name], faults=[], strict=False))
        only = stops.ids.isin(self.stops[by_rail & ~by_others])
        used = ~np.any([*drop_reasons(stops, served=only, modes=only[:, None]).values()], axis=0)
        table = pd.DataFrame({"stop": stops.ids, "stop_name": stops.names})
        return pd.DataFrame(table.assign(lat=stops.lat, lon=stops.lon)[used])

    @property
    def _known(self) -> Flags:
        """Which calls are of a known trip at a stop."""
        return np.asarray((self.trip >= 0) & (self.stop_times["stop_id"].codes >= 0))

    def visits_by_day(self, *, rail: bool = False) -> pd.Series:
        """Count visits of buses, or of trains, on each day within the calendars' bounds.

        By the ordinal of the day.
        """
        if self.services is None:
            return pd.Series(np.empty(0), np.empty(0, np.int64))
        trips = self.trips
        if rail:
            trips = replace(trips, mode=np.where(trips.rail, BUS, -1))
        counted = visits_by_service(self.trip[self._known], trips, self.services)
        days, sums = with_bounds(self.services, counted, self.feed, self.tables).totals(counted)
        return pd.Series(sums, days)

    @cached_property
    def lines(self) -> npt.NDArray[np.object_]:
        """Name of each trip's line, shape (trips,): short, else long, else the `route_id`."""
        trips, routes = self.tables[TRIPS.name], read_table(self.feed, _NAMED, [])
        if routes is None:  # it was read before
            raise FileNotFoundError(self.feed.name(ROUTES.name))
        names = pd.Series(routes["route_id"].texts(), dtype=object)
        for field in ("route_long_name", "route_short_name"):
            given = pd.Series(routes[field].texts(), dtype=object)
            names = given.where(given != "", names)
        by_route = pd.Series(names.to_numpy(), routes["route_id"].texts())
        by_route = by_route[~by_route.index.duplicated()]
        of_trip = pd.Series(trips["route_id"].texts(), trips["trip_id"].texts())
        of_trip = of_trip[~of_trip.index.duplicated()].reindex(self.trips.ids)
        return of_trip.map(by_route).fillna("").to_numpy(object)

    def span(self) -> tuple[dt.date, dt.date] | None:
        """Give the first and the last day that the calendars name; None where they name none."""
        days = np.empty(0, np.int64) if self.services is None else self.services.named_days()
        if not len(days):
            return None
        return dt.date.fromordinal(int(days.min())), dt.date.fromordinal(int(days.max()))

    def on(self, day: dt.date, *, rail: bool = False) -> Departures:
        """Give the departures of a day, and those of the day before that run past midnight.

        The rows are `CALL_COLUMNS`, by departure and sequence.  Blank times between two
        given ones are spread evenly by call, rounded down to the second; a trip without
        a first or a last time, or on which time goes backward, is left out.

        Parameters
        ----------
        rail
            Whether trains are among them, beside bus, trolleybus and tram.
        """
        modes = (self.trips.mode >= 0) | (self.trips.rail & rail)
        today, before = (modes & self._run_on(day.toordinal() - days) for days in (0, 1))
        calls, row, whole = self._calls(today | before)
        wrong = np.zeros(len(self.stop_times), bool)
        wrong[row[~whole]] = True
        faults: list[Fault] = []
        replace(self.stop_times, faults=faults).warn(
            wrong,
            Message("its trip has no first or last time, or time goes backward on it"),
            Message("the trip is left out of the timetable"),
            field="departure_time",
        )
        untimed = calls["trip"][~whole].nunique()
        calls = calls[whole]
        first, late = (
            _by_frequency(calls[runs[calls["trip"]]], self.trips.bands) for runs in (today, before)
        )
        late = late[late["trip"].isin(late.loc[late["arrive"] >= _DAY_S, "trip"])]
        late = late.assign(
            trip=late["trip"] + _next_trip(first),
            arrive=late["arrive"] - _DAY_S,
            depart=late["depart"] - _DAY_S,
        )
        return Departures(pd.concat([first, late], ignore_index=True), untimed, tuple(faults))

    def bus_calls(self, stops: Collection[str], day: dt.date) -> pd.DataFrame:
        """Give the calls of buses at some stops on one day, its trips past midnight at 24:10.

        Returns a row a call, sorted: `stop` (`stop_id`), `arrives` and `departs` in seconds
        since midnight, the one for the other where only one is given, both NaN where neither
        is; a trip of ``frequencies.txt`` has a row for each of its departures.
        """
        among = np.isin(self.stops, list(stops))
        at_stops = self.stop_times["stop_id"].spread(among, empty=False)
        trips = np.zeros(len(self.trips.ids) + 1, bool)
        trips[self.trip[at_stops]] = True
        trips = trips[:-1] & (self.trips.mode == BUS) & self._run_on(day.toordinal())
        calls = _by_frequency(self._calls(trips)[0], self.trips.bands, among)
        table = pd.DataFrame(
            {
                "stop": self.stops[calls["stop"]],
                "arrives": calls["arrive"].where(calls["is_given"]).astype(float),
                "departs": calls["depart"].where(calls["is_given"]).astype(float),
            }
        )
        return table.sort_values(["stop", "arrives", "departs"], ignore_index=True)

    def _run_on(self, day: int) -> Flags:
        if self.services is None:
            return np.zeros(len(self.trips.ids), bool)
        return np.append(self.services.running_on(day), [False])[self.trips.service]

    def _calls(self, trips: Flags) -> tuple[pd.DataFrame, Indices, Flags]:
        """Give the calls of some trips, with their rows, and which are of a trip that has times."""
        at_stop = self.stop_times["stop_id"].codes
        row = np.flatnonzero(np.append(trips, [False])[self.trip] & (at_stop >= 0))
        # Of three million rows nothing else is copied.
        asked = {name: self.stop_times[name] for name in _OF_CALLS}
        table = replace(self.stop_times, columns=asked).take(row)
        sequence = whole_numbers(table, "stop_sequence", range(10**9), NOT_FROM_0)
        order = np.lexsort((sequence, self.trip[row]))
        trip, stop = self.trip[row][order], at_stop[row][order]
        pickup, drop_off = (
            whole_numbers(table, field, range(4), _NOT_A_KIND)[order]
            for field in ("pickup_type", "drop_off_type")
        )
        given = [times(table, field)[order] for field in ("arrival_time", "departure_time")]
        arrive, depart, whole = spread_times(trip, *given)
        arranged = [_BY_CALL, _BY_DRIVER]
        columns = (
            trip, trip, stop, arrive, depart, ~np.isnan(given).all(axis=0), pickup != _NONE,
            drop_off != _NONE, np.isin(pickup, arranged), np.isin(drop_off, arranged),
        )  # fmt: skip
        return pd.DataFrame(dict(zip(CALL_COLUMNS, columns, strict=True))), row[order], whole


def read_timetable(path: Path, *, shown: str | None = None) -> TimedFeed:
    """Read the timetable of a feed, a zip or a folder, whose stops are not at hand.

    Raises
    ------
    InputError
        If the feed cannot be read, has errors or no stop times.
    """
    faults: list[Fault] = []
    try:
        feed = find_feed(path, shown=shown or path.name)
        tables = {
            shape.name: table
            for shape in _SHAPES
            if feed.sizes.get(shape.name) and (table := read_table(feed, shape, faults)) is not None
        }
        if not {TRIPS.name, ROUTES.name} <= tables.keys() or not len(
            tables.get(STOP_TIMES.name, ())
        ):
            if not has_errors(faults):
                problem = Message("there are no stop times, so there is no timetable")
                remedy = Message("give the whole feed, or ask without it")
                faults.append(Fault("error", feed.name(STOP_TIMES.name), problem, remedy))
            raise InputError(faults)
        has_calendar = {CALENDAR.name, CALENDAR_DATES.name} & tables.keys()
        services = read_services(tables) if has_calendar else None
        trips = read_trips(tables, None if services is None else services.ids)
        stop_times, _ = at_fixed_stops(tables[STOP_TIMES.name])
    except RefusedError as refused:
        raise InputError([refused.fault]) from refused
    if has_errors(faults):
        raise InputError(faults)
    return timetable_of(feed, tables, services, trips, stop_times)


def timetable_of(
    feed: Feed, tables: Mapping[str, Table], services: Services | None, trips: Trips,
    stop_times: Table,
) -> TimedFeed:  # fmt: skip
    """Make the timetable of what was read of a feed, whose faults are told.

    `stop_times` are those at fixed stops.

    Raises
    ------
    InputError
        If what no other reading looks at has errors.
    """
    told: list[Fault] = []
    stop_times = replace(stop_times, faults=told, strict=False)
    for field in ARRANGED:
        whole_numbers(stop_times, field, range(4), _NOT_A_KIND)
    stop_times, _ = stop_times.without_refused()
    of_trips = stop_times["trip_id"]
    trip = of_trips.spread(positions(of_trips.distinct, trips.ids), empty=-1)
    transfers = _transfers(feed, tables, told)
    if has_errors(told):
        raise InputError(told)
    return TimedFeed(trips, services, stop_times, trip, transfers, tuple(told), feed, tables)


def _by_frequency(
    calls: pd.DataFrame, bands: Bands | None, among: Flags | None = None
) -> pd.DataFrame:
    """Put the departures of ``frequencies.txt`` in place of the pattern of their trip.

    Of calls at stops `among` those given, if any are.
    """
    wanted = np.ones(len(calls), bool) if among is None else among[calls["stop"]]
    repeats = np.zeros(len(calls), bool)
    if bands is not None:
        repeats = calls["trip"].isin(bands.trip).to_numpy()
    if bands is None or not repeats.any():
        return calls[wanted]
    many = bands.departures()
    band = np.repeat(np.arange(len(many)), many)
    number = np.arange(len(band)) - np.repeat(np.cumsum(many) - many, many)
    begins = pd.DataFrame(
        {"name": bands.trip[band], "start": bands.start[band] + number * bands.headway[band]}
    ).drop_duplicates()
    begins["departure"] = _next_trip(calls) + np.arange(len(begins))
    pattern = calls[repeats]
    begin = pattern["depart"].where(pattern["is_given"]).groupby(pattern["trip"]).transform("min")
    each = begins.merge(pattern.assign(first=begin)[wanted[repeats]], on="name")
    each = each.sort_values("departure", kind="stable")
    # A trip without any time has none to be shifted from.
    shift = (each["start"] - each["first"]).fillna(0).astype(np.int64)
    again = each.assign(
        trip=each["departure"], arrive=each["arrive"] + shift, depart=each["depart"] + shift
    )
    return pd.concat([calls[~repeats & wanted], again[list(CALL_COLUMNS)]], ignore_index=True)


def _next_trip(calls: pd.DataFrame) -> int:
    return int(calls["trip"].to_numpy().max(initial=-1)) + 1


def _transfers(feed: Feed, tables: Mapping[str, Table], faults: list[Fault]) -> pd.DataFrame:
    """Give the changes that are forbidden or take a time of their own.

    A rule for a station is one for its stops; one that names the stop itself goes before.
    """
    nothing = pd.DataFrame({"from_stop": [], "to_stop": [], "seconds": []})
    if not feed.sizes.get(TRANSFERS.name) or STOPS.name not in tables:
        return nothing
    table = read_table(feed, TRANSFERS, faults)
    if table is None:
        return nothing
    kind = whole_numbers(table, "transfer_type", range(6), Message("is not 0 to 5"))
    problem = Message("is not a whole number of seconds from 0")
    least = whole_numbers(table, "min_transfer_time", range(10**9), problem)
    table, left = table.without_refused()
    kind, least = kind[left], least[left]
    # A transfer while seated names trips; its stops may be left empty.
    rows = np.flatnonzero(~(kind > _NOT_ALLOWED))
    table, kind, least = table.take(rows), kind[rows], least[rows]
    counts = (kind == _NOT_ALLOWED) | ((kind == _LEAST_TIME) & ~np.isnan(least))
    for field in _OF_SOME:
        of_some = counts & ~table[field].empty
        table.warn(of_some, Message("is a rule for some trips only"), NOT_USED, field=field)
        counts &= ~of_some
    stops = tables[STOPS.name].index("stop_id")
    problem = Message("is not in stops.txt; the row is not used")
    for field in ("from_stop_id", "to_stop_id"):
        counts &= match(table, field, stops, problem) >= 0
    rules = pd.DataFrame(
        {
            "from": table["from_stop_id"].texts()[counts],
            "to": table["to_stop_id"].texts()[counts],
            "seconds": np.where(kind == _NOT_ALLOWED, np.nan, least)[counts],
        }
    )
    parents = tables[STOPS.name].index("parent_station")
    own = pd.DataFrame({"named": stops, "stop": stops, "rank": 0})
    of_station = pd.DataFrame({"named": parents, "stop": stops, "rank": 1})
    named = pd.concat([own, of_station[parents != ""]])
    rules = rules.merge(named.add_suffix("_from"), left_on="from", right_on="named_from")
    rules = rules.merge(named.add_suffix("_to"), left_on="to", right_on="named_to")
    rules = rules.assign(rank=rules["rank_from"] + rules["rank_to"])
    rules = rules.sort_values("rank", kind="stable", ascending=False)
    rules = rules.rename(columns={"stop_from": "from_stop", "stop_to": "to_stop"})
    return rules.drop_duplicates(["from_stop", "to_stop"], keep="last")[list(nothing)]
