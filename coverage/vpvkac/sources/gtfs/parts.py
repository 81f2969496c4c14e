"""The stops, trips and calls of a feed, and why rows of its tables are not used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.sources.base import BAD_VALUE, DUPLICATE
from vpvkac.sources.gtfs.table import (
    CORRECT_ROW,
    NOT_USED,
    Shape,
    Table,
    check_times,
    degrees,
    in_order,
    keys,
    match,
    pair,
    positions,
    present,
    times,
    whole_numbers,
)
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import numpy.typing as npt

    from vpvkac.sources.gtfs.table import Flags, Indices, Numbers


STOPS = Shape(
    "stops.txt",
    ("stop_id", "stop_name", "stop_lat", "stop_lon"),
    ("location_type", "parent_station"),
)
ROUTES = Shape("routes.txt", ("route_id", "route_type"))
TRIPS = Shape("trips.txt", ("route_id", "service_id", "trip_id"))
FREQUENCIES = Shape("frequencies.txt", ("trip_id", "start_time", "end_time", "headway_secs"))
_ON_CALL = ("location_group_id", "location_id")
_WINDOW = ("start_pickup_drop_off_window", "end_pickup_drop_off_window")
ARRANGED = ("pickup_type", "drop_off_type")
NOT_FROM_0 = Message("is not a whole number from 0")
_TIMES = ("arrival_time", "departure_time")
STOP_TIMES = Shape(
    "stop_times.txt",
    ("trip_id", "stop_id", "stop_sequence"),
    (*_TIMES, *_ON_CALL, *_WINDOW, *ARRANGED),
    instead={"stop_id": _ON_CALL},
)

DROPPED = {
    "blank": Message("blank row"),
    "no_id": Message("no stop_id"),
    BAD_VALUE: Message("a value not of its type or range"),
    DUPLICATE: Message("a repeated row"),
    "not_a_stop": Message("not a stop (a station, entrance, node or boarding area)"),
    "unserved": Message("served by no trip"),
    "not_bus": Message("served by neither bus nor trolleybus nor tram"),
    "no_coordinates": Message("no coordinates (empty, or 0, 0)"),
}
"""Why a row of ``stops.txt`` is not used, in the order in which it is asked."""

_POLE = 90

MODES = {
    "bus": (range(3, 4), range(200, 300), range(700, 800)),
    "tram": (range(1), range(900, 1000)),
    "trolleybus": (range(11, 12), range(800, 900)),
}
"""Route types of each mode that serves stops here, in the order of the alphabet."""

BUS = list(MODES).index("bus")
_RAIL = (range(2, 3), range(100, 118))
_ROUTE_TYPES = {*range(8), *range(11, 13), *range(100, 1800)}


@dataclass(frozen=True)
class Stops:
    """The rows of ``stops.txt``.

    `ids` are the keys, "" where empty or refused: so nothing refers to it; `parents` the stations
    they belong to, "" where there is none; `kind` the location types, 0 where empty; `lat` and
    `lon` NaN where empty or refused; `refused` tells which rows are refused, by reason, each under
    one.
    """

    table: Table
    ids: pd.Index[str]
    names: npt.NDArray[np.object_]
    parents: npt.NDArray[np.object_]
    kind: Numbers
    lat: Numbers
    lon: Numbers
    refused: Mapping[str, Flags]

    def __len__(self) -> int:
        return len(self.ids)


def read_stops(table: Table) -> Stops:
    """Check the table and make its values."""
    not_type = Message("is not 0, 1, 2, 3 or 4")
    kind = whole_numbers(table, "location_type", range(5), not_type)
    lat = degrees(table, "stop_lat", most=_POLE)
    # Some feeds write it where they know no latitude.
    at_pole = np.abs(lat) == _POLE
    table.refuse(at_pole, Message("is a pole, where there are no stops"), field="stop_lat")
    lat = np.where(at_pole, np.nan, lat)
    lon = degrees(table, "stop_lon", most=180)
    keys(table, "stop_id")
    refused = table.settle()
    ids = table.index("stop_id")
    for rows in refused.values():
        ids = ids.where(~rows, "")
    parent = table["parent_station"]
    lost = parent.spread(positions(parent.distinct, ids) < 0, empty=False)
    problem, remedy = Message("is not in this file"), Message("the stop is used all the same")
    table.warn(lost, problem, remedy, field="parent_station")
    names, kind = table["stop_name"].texts(), np.where(np.isnan(kind), 0, kind)
    return Stops(table, ids, names, parent.texts(), kind, lat, lon, refused)


def drop_reasons(stops: Stops, *, served: Flags, modes: Flags) -> dict[str, Flags]:
    """Tell for each reason which rows are dropped for it, and warn of them.

    The first reason counts; refused rows were named by their fault.  `served` is whether any
    trip calls at the stop, `modes` (a row per stop) which of bus, tram and trolleybus do.
    """
    table = stops.table
    blank = np.logical_and.reduce([table[name].empty for name in STOPS.required])
    nowhere = np.isnan(stops.lat) | np.isnan(stops.lon) | ((stops.lat == 0) & (stops.lon == 0))
    causes = {
        "blank": (blank, None, Message("the row is blank")),
        "no_id": (table["stop_id"].empty, "stop_id", Message("has no value")),
        **{reason: (rows, None, None) for reason, rows in stops.refused.items()},
        "not_a_stop": (
            stops.kind > 0,
            "location_type",
            Message("is a station, entrance, node or boarding area, not a stop"),
        ),
        "unserved": (~served, "stop_id", Message("is served by no trip")),
        "not_bus": (
            ~modes.any(axis=1),
            "stop_id",
            Message("is served by neither bus nor trolleybus nor tram"),
        ),
        "no_coordinates": (
            nowhere,
            "stop_id",
            Message("has no coordinates (empty, or 0, 0)"),
        ),
    }
    reasons = {}
    left = np.ones(len(stops), dtype=bool)
    for reason, (rows, field, problem) in causes.items():
        reasons[reason] = rows & left
        left &= ~rows
        if problem is not None:
            table.warn(reasons[reason], problem, NOT_USED, field=field)
    return reasons


class Bands(NamedTuple):
    """The rows of ``frequencies.txt`` that are used.

    `trip` is its position; departures are at `start`, `start` + `headway`, … (seconds)
    before `end`, which belongs to what follows.
    """

    trip: Indices
    start: Numbers
    end: Numbers
    headway: Numbers

    def departures(self) -> Indices:
        """Count the departures of each row."""
        return np.ceil((self.end - self.start) / self.headway).astype(np.int64)


@dataclass(frozen=True)
class Trips:
    """The trips: position in `MODES`, -1 for any other, and among the services, -1 if unknown.

    `rail` tells which are trains, of which `mode` is -1; `bands` is what ``frequencies.txt`` says
    of them; None where there is none.
    """

    ids: pd.Index[str]
    mode: Indices
    rail: Flags
    service: Indices
    bands: Bands | None

    def buses(self) -> Numbers:
        """Count how many buses each stands for on a day its service runs: one, or by its bands."""
        count = np.ones(len(self.ids))
        if self.bands is not None:
            total = np.bincount(self.bands.trip, self.bands.departures(), len(self.ids))
            count = np.where(total > 0, total, count)
        return np.where(self.mode == BUS, count, 0.0)


def read_trips(tables: Mapping[str, Table], services: pd.Index[str] | None) -> Trips:
    """Make the trips of their tables; `services` is None where there are no calendars."""
    trips, routes = tables[TRIPS.name], tables[ROUTES.name]
    keys(trips, "trip_id")
    trips, _ = trips.without_refused()
    ids = trips.index("trip_id")
    present(trips, ("trip_id",), Message("has no value"))
    keys(routes, "route_id")
    problem = Message("is not a known route type")
    kinds = whole_numbers(routes, "route_type", _ROUTE_TYPES, problem)
    routes, left = routes.without_refused()
    kinds = kinds[left]
    present(routes, ("route_type",), Message("has no value; the route is not counted"))
    modes = np.full(len(routes) + 1, -1, np.int8)
    for position, ranges in enumerate(MODES.values()):
        modes[:-1][_is_among(kinds, ranges)] = position
    problem = Message("is not in routes.txt; the trip is not counted")
    route = match(trips, "route_id", routes.index("route_id"), problem)
    rail = np.append(_is_among(kinds, _RAIL), [False])[route]
    service = np.full(len(trips), -1)
    if services is not None:
        problem = Message("is not in the calendars; the trip runs on no day")
        service = match(trips, "service_id", services, problem)
    frequencies = tables.get(FREQUENCIES.name)
    bands = None if frequencies is None else _read_bands(frequencies, ids)
    return Trips(ids, modes[route], rail, service, bands)


def _is_among(kinds: Numbers, ranges: Iterable[range]) -> Flags:
    """Tell which route types lie in one of the ranges; none that is not known."""
    among = [(some.start <= kinds) & (kinds < some.stop) for some in ranges]
    return np.asarray(np.any(among, axis=0))


def _read_bands(frequencies: Table, ids: pd.Index[str]) -> Bands:
    """Check the table and give the rows that are whole and whose trip is known."""
    for field in ("start_time", "end_time"):
        check_times(frequencies, field)
    start, end = (times(frequencies, field) for field in ("start_time", "end_time"))
    problem = Message("is not a whole number of seconds above 0")
    headway = whole_numbers(frequencies, "headway_secs", range(1, 10**9), problem)
    frequencies.refuse(end <= start, Message("is not after start_time"), field="end_time")
    pair(frequencies, "trip_id", start, field="start_time")
    overlap = _overlapping(frequencies["trip_id"].codes, start, end)
    problem = Message("overlaps with another row of the same trip")
    frequencies.refuse(overlap, problem, CORRECT_ROW, field="start_time")
    frequencies, left = frequencies.without_refused()
    problem = Message("is not in trips.txt; the row is not used")
    trip = match(frequencies, "trip_id", ids, problem)
    problem = Message("has no value; the row is not used")
    whole = present(frequencies, FREQUENCIES.required[1:], problem)
    start, end, headway = start[left], end[left], headway[left]
    whole &= (trip >= 0) & (end > start) & (headway > 0)
    return Bands(trip[whole], start[whole], end[whole], headway[whole])


def _overlapping(trip: Indices, start: Numbers, end: Numbers) -> Flags:
    """Tell which rows share a time with a row of the same trip that begins earlier or later.

    Rows that begin together are for their key to refuse.
    """
    bands = pd.DataFrame({"trip": trip, "start": start, "end": end})
    bands = bands[(trip >= 0) & (end > start)].drop_duplicates(["trip", "start"])
    bands = bands.sort_values(["trip", "start"])
    by_trip = bands.groupby("trip")
    ended = by_trip["end"].cummax().groupby(bands["trip"]).shift()
    follows = by_trip["start"].shift(-1)
    overlap = (bands["start"] < ended) | (follows < bands["end"])
    flags = np.zeros(len(trip), dtype=bool)
    flags[bands.index[overlap]] = True
    return flags


class Calls(NamedTuple):
    """Which trip calls at which stop, by their positions; one per known call.

    `row` tells the row of each in `stop_times`, those at fixed stops; `on_call` counts the others.
    """

    trip: Indices
    stop: Indices
    row: Indices
    stop_times: Table
    on_call: int


def read_calls(stop_times: Table, trips: Trips, stops: pd.Index[str]) -> Calls:
    """Make the calls; a row whose trip or stop is not known is left out."""
    stop_times, on_call = at_fixed_stops(stop_times)
    problem = Message("is not in trips.txt; the call is not counted")
    trip = match(stop_times, "trip_id", trips.ids, problem)
    problem = Message("is not in stops.txt; the call is not counted")
    stop = match(stop_times, "stop_id", stops, problem)
    row = np.arange(len(stop_times), dtype=np.int32)
    counted = (trip >= 0) & (stop >= 0)
    if not counted.all():
        row, trip, stop = row[counted], trip[counted], stop[counted]
    return Calls(trip, stop, row, stop_times, on_call)


def in_sequence(stop_times: Table, trip: Indices) -> Indices | slice:
    """Give the order by trip, given by its position, and sequence: of most files as they are."""
    sequence = whole_numbers(stop_times, "stop_sequence", range(10**9), NOT_FROM_0)
    return slice(None) if in_order(trip, sequence) else np.lexsort((sequence, trip))


def spread_times(trip: Indices, arrive: Numbers, depart: Numbers) -> tuple[Indices, Indices, Flags]:
    """Fill blank times; tell which calls are of a trip that has times and keeps their order.

    Calls are sorted by trip and sequence.
    """
    blank = np.isnan(arrive) | np.isnan(depart)
    if blank.any():
        arrive = np.where(np.isnan(arrive), depart, arrive)
        depart = np.where(np.isnan(depart), arrive, depart)
        _spread_blank(trip, arrive, depart, ~np.isnan(arrive))
    bad = ~(arrive <= depart)
    bad[1:] |= (trip[1:] == trip[:-1]) & (arrive[1:] < depart[:-1])
    whole = ~np.isin(trip, trip[bad]) if bad.any() else ~bad
    if blank.any():
        arrive, depart = np.nan_to_num(arrive), np.nan_to_num(depart)
    return arrive.astype(np.int64), depart.astype(np.int64), whole


def _spread_blank(trip: Indices, arrive: Numbers, depart: Numbers, given: Flags) -> None:
    """Fill blank times between two of a trip that are given."""
    at = np.arange(len(trip))
    before = np.maximum.accumulate(np.where(given, at, -1))
    after = np.minimum.accumulate(np.where(given, at, len(at))[::-1])[::-1]
    between = ~given & (before >= 0) & (after < len(at))
    row, first, last = at[between], before[between], after[between]
    inside = (trip[first] == trip[row]) & (trip[last] == trip[row])
    row, first, last = row[inside], first[inside], last[inside]
    way = (arrive[last] - depart[first]) * (row - first) // (last - first)
    arrive[row] = depart[row] = depart[first] + way


def at_fixed_stops(stop_times: Table) -> tuple[Table, int]:
    """Check the table; give its rows that can be used, and the number of rows on call.

    A row on call names a group of stops or an area in place of a stop: no bus
    calls there unless it is asked for.
    """
    sequence = whole_numbers(stop_times, "stop_sequence", range(10**9), NOT_FROM_0)
    pair(stop_times, "trip_id", sequence, field="stop_sequence")
    for field in (*_TIMES, *_WINDOW):
        check_times(stop_times, field)
    stop_times, left = stop_times.without_refused()
    if not left.all():
        sequence = sequence[left]
    present(stop_times, ("stop_sequence",), Message("has no value"))
    on_call = np.zeros(len(stop_times), dtype=bool)
    for field in _ON_CALL:
        if len(stop_times[field].distinct):  # most tables have none
            on_call |= ~stop_times[field].empty & stop_times["stop_id"].empty
    _check_given(stop_times, sequence, on_call)
    if not on_call.any():
        return stop_times, 0
    stop_times.warn(on_call, Message("on call, no fixed stop"), NOT_USED)
    return stop_times.take(np.flatnonzero(~on_call)), int(on_call.sum())


def _check_given(stop_times: Table, sequence: Numbers, on_call: Flags) -> None:
    """Warn where a time that the specification requires is not there; we count without it."""
    no_arrival, no_departure = (stop_times[field].empty for field in _TIMES)
    if no_arrival.all() and no_departure.all():
        return
    remedy = Message("add the time")
    problem = Message("is not given while the other time is; the call is counted")
    for lacking, field in zip((no_arrival, no_departure), _TIMES, strict=True):
        stop_times.warn(lacking & (no_arrival != no_departure), problem, remedy, field=field)
    # Where passengers book, a window stands in place of the times.
    untimed = no_arrival & no_departure & stop_times[_WINDOW[0]].empty & ~on_call
    if not untimed.any():
        return
    trip = stop_times["trip_id"].codes
    first, last = np.full(int(trip.max()) + 2, np.inf), np.full(int(trip.max()) + 2, -np.inf)
    np.fmin.at(first, trip, sequence)
    np.fmax.at(last, trip, sequence)
    at_an_end = untimed & ((sequence == first[trip]) | (sequence == last[trip]))
    problem = Message("the first or last stop of a trip has no time; the call is counted")
    stop_times.warn(at_an_end, problem, remedy, field="departure_time")
