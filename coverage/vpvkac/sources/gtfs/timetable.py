"""The vehicles of a feed on one day: every departure with the times of its calls.

A reading of its own, since counting visits needs no times.  Of ``stop_times.txt``
also the times and whether passengers may board and alight are read, and
``transfers.txt`` where it is there.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.sources.gtfs.archive import Feed, RefusedError, open_feed
from vpvkac.sources.gtfs.days import (
    CALENDAR,
    CALENDAR_DATES,
    Services,
    read_services,
    visits_by_service,
)
from vpvkac.sources.gtfs.parts import (
    FREQUENCIES,
    NOT_FROM_0,
    ROUTES,
    STOP_TIMES,
    TRIPS,
    Bands,
    Calls,
    Trips,
    at_fixed_stops,
    read_trips,
)
from vpvkac.sources.gtfs.reader import FEED_INFO, with_bounds
from vpvkac.sources.gtfs.table import (
    Shape,
    Table,
    positions,
    read_table,
    times,
    whole_numbers,
)
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import numpy.typing as npt

    from vpvkac.sources.gtfs.table import Flags, Indices, Numbers

_TIMED = STOP_TIMES._replace(optional=(*STOP_TIMES.optional, "pickup_type", "drop_off_type"))
TRANSFERS = Shape(
    "transfers.txt", ("from_stop_id", "to_stop_id", "transfer_type"), ("min_transfer_time",)
)
_NAMED = ROUTES._replace(optional=("route_short_name", "route_long_name"))
_SHAPES = (TRIPS, _NAMED, CALENDAR, CALENDAR_DATES, FREQUENCIES, _TIMED, TRANSFERS, FEED_INFO)
_DAY_S = 86_400
_REGULAR, _NONE, _BY_CALL, _BY_DRIVER = range(4)
_NOT_ALLOWED = 3
_LEAST_TIME = 2
_LEFT_OUT = Message("the trip is left out of the timetable")

CALL_COLUMNS = {
    "trip": "int64", "name": "int64", "stop": "int64", "arrive": "int64", "depart": "int64",
    "board": "bool", "alight": "bool", "by_request": "bool",
}  # fmt: skip
"""Of each call: the number of its departure and of its trip, its stop's position, seconds after
midnight of the day (negative before it), whether passengers may board and alight at all, and
whether one of both must be arranged beforehand."""


class TimedFeed(NamedTuple):
    """The timetable of a feed, for any day.

    Parameters
    ----------
    trips
        Of all its modes, with their `trip_id`.
    services
        None where the feed has no calendar: nothing runs.
    calls
        `CALL_COLUMNS` of each trip's pattern; `trip` and `name` are its position.
    stops
        Distinct `stop_id`.
    transfers
        `from_stop`, `to_stop` (`stop_id`), `seconds`: the least time of a
        change; NaN where there is none, because it is not possible.
    untimed
        How many trips are left out for their times.
    visits_by_day
        Visits of buses on each day within the calendars' bounds, by ordinal.
    lines
        Name of each trip's line, shape (trips,): short, else long, else the `route_id`.
    """

    trips: Trips
    services: Services | None
    calls: pd.DataFrame
    stops: np.ndarray
    transfers: pd.DataFrame
    untimed: int
    visits_by_day: pd.Series
    lines: npt.NDArray[np.object_]

    def span(self) -> tuple[dt.date, dt.date] | None:
        """Give the first and the last day that the calendars name; None where they name none."""
        days = np.empty(0, np.int64) if self.services is None else self.services.named_days()
        if not len(days):
            return None
        return dt.date.fromordinal(int(days.min())), dt.date.fromordinal(int(days.max()))

    def on(self, day: dt.date, *, every_mode: bool = False) -> pd.DataFrame:
        """Give the departures of a day, and those of the day before that run past midnight.

        The rows are `CALL_COLUMNS`, by departure and sequence.

        Parameters
        ----------
        every_mode
            Whether trains, ferries and the like are among them, beside bus,
            trolleybus and tram.
        """
        if self.services is None:
            return self.calls[:0]
        modes = np.ones(len(self.trips.ids), bool) if every_mode else self.trips.mode >= 0
        parts: list[pd.DataFrame] = []
        for days in (0, 1):
            runs = np.append(self.services.running_on(day.toordinal() - days), [False])
            among = (modes & runs[self.trips.service])[self.calls["trip"]]
            calls = _by_frequency(self.calls[among], self.trips.bands)
            if days:
                late = calls.loc[calls["arrive"] >= _DAY_S, "trip"]
                calls = calls[calls["trip"].isin(late)]
                calls = calls.assign(
                    trip=calls["trip"] + _next_trip(parts[0]),
                    arrive=calls["arrive"] - _DAY_S,
                    depart=calls["depart"] - _DAY_S,
                )
            parts.append(calls)
        return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def read_timetable(path: Path, *, shown: str | None = None) -> TimedFeed:
    """Read the timetable of a feed, a zip or a folder.

    Blank times between two given ones are spread evenly by call, rounded down
    to the second; a trip without a first or a last time, or on which time
    goes backward, is left out, counted, and told once for all.

    Raises
    ------
    InputError
        If the feed cannot be read, has errors or no stop times.
    """
    faults: list[Fault] = []
    try:
        with open_feed(path, shown=shown or path.name) as feed:
            tables = {
                shape.name: table
                for shape in _SHAPES
                if feed.sizes.get(shape.name)
                and (table := read_table(feed, shape, faults)) is not None
            }
            if not {TRIPS.name, ROUTES.name, _TIMED.name} <= tables.keys():
                if not has_errors(faults):
                    problem = Message("there are no stop times, so there is no timetable")
                    remedy = Message("give the whole feed, or ask without it")
                    faults.append(Fault("error", feed.name(_TIMED.name), problem, remedy))
                raise InputError(faults)
            timed = _timed(feed, tables)
    except RefusedError as refused:
        raise InputError([refused.fault]) from refused
    if has_errors(faults):
        raise InputError(faults)
    return timed


def _timed(feed: Feed, tables: dict[str, Table]) -> TimedFeed:
    has_calendar = {CALENDAR.name, CALENDAR_DATES.name} & tables.keys()
    services = read_services(tables) if has_calendar else None
    trips = read_trips(tables, None if services is None else services.ids)
    stop_times, _ = at_fixed_stops(tables[_TIMED.name])
    allowed = Message("is not 0, 1, 2 or 3")
    kinds = [
        np.nan_to_num(whole_numbers(stop_times, field, range(4), allowed))
        for field in ("pickup_type", "drop_off_type")
    ]
    sequence = whole_numbers(stop_times, "stop_sequence", range(10**9), NOT_FROM_0)
    of_trips, at_stops = stop_times["trip_id"], stop_times["stop_id"]
    trip = of_trips.spread(positions(of_trips.distinct, trips.ids), empty=-1)
    rows = np.lexsort((sequence, trip))
    rows = rows[(trip[rows] >= 0) & ~at_stops.empty[rows]]
    arrive, depart, whole = _spread(
        trip[rows],
        *(times(stop_times, field)[rows] for field in ("arrival_time", "departure_time")),
    )
    wrong = np.zeros(len(stop_times), bool)
    wrong[rows[~whole]] = True
    backward = Message("its trip has no first or last time, or time goes backward on it")
    stop_times.warn(wrong, backward, _LEFT_OUT, field="departure_time")
    stop = at_stops.codes[rows]
    pickup, drop_off = (kind[rows] for kind in kinds)
    arranged = np.isin(pickup, (_BY_CALL, _BY_DRIVER)) | np.isin(drop_off, (_BY_CALL, _BY_DRIVER))
    columns = (
        trip[rows], trip[rows], stop, arrive, depart, pickup != _NONE, drop_off != _NONE, arranged,
    )  # fmt: skip
    calls = pd.DataFrame(dict(zip(CALL_COLUMNS, columns, strict=True)))
    left_out = len(np.unique(trip[rows[~whole]]))
    visits = pd.Series(np.empty(0), np.empty(0, np.int64))
    if services is not None:
        counted = visits_by_service(Calls(trip[rows][whole], stop[whole]), trips, services)
        days, sums = with_bounds(services, counted, feed, tables).totals(counted)
        visits = pd.Series(sums, days)
    return TimedFeed(
        trips,
        services,
        calls[whole],
        at_stops.distinct,
        _transfers(tables.get(TRANSFERS.name)),
        left_out,
        visits,
        _lines(tables[TRIPS.name], tables[ROUTES.name], trips),
    )


def _lines(trips: Table, routes: Table, kept: Trips) -> npt.NDArray[np.object_]:
    """Name the line of each trip that is kept."""
    names = pd.Series(routes["route_id"].texts(), dtype=object)
    for field in ("route_long_name", "route_short_name"):
        given = pd.Series(routes[field].texts(), dtype=object)
        names = given.where(given != "", names)
    by_route = pd.Series(names.to_numpy(), routes["route_id"].texts())
    by_route = by_route[~by_route.index.duplicated()]
    of_trip = pd.Series(trips["route_id"].texts(), trips["trip_id"].texts())
    of_trip = of_trip[~of_trip.index.duplicated()].reindex(kept.ids)
    return of_trip.map(by_route).fillna("").to_numpy(object)


def _spread(trip: Indices, arrive: Numbers, depart: Numbers) -> tuple[Indices, Indices, Flags]:
    """Fill blank times; tell which calls are of a trip that has times and keeps their order.

    Calls are sorted by trip and sequence.
    """
    arrive = np.where(np.isnan(arrive), depart, arrive)
    depart = np.where(np.isnan(depart), arrive, depart)
    given = ~np.isnan(arrive)
    at = np.arange(len(trip))
    before = np.maximum.accumulate(np.where(given, at, -1)) if len(at) else at
    after = np.minimum.accumulate(np.where(given, at, len(at))[::-1])[::-1] if len(at) else at
    between = ~given & (before >= 0) & (after < len(at))
    row, first, last = at[between], before[between], after[between]
    inside = (trip[first] == trip[row]) & (trip[last] == trip[row])
    row, first, last = row[inside], first[inside], last[inside]
    way = (arrive[last] - depart[first]) * (row - first) // (last - first)
    arrive[row] = depart[row] = depart[first] + way
    bad = np.isnan(arrive) | (arrive > depart)
    bad[1:] |= (trip[1:] == trip[:-1]) & (arrive[1:] < depart[:-1])
    whole = ~np.isin(trip, trip[bad])
    arrive, depart = np.nan_to_num(arrive), np.nan_to_num(depart)
    return arrive.astype(np.int64), depart.astype(np.int64), whole


def _by_frequency(calls: pd.DataFrame, bands: Bands | None) -> pd.DataFrame:
    """Put the departures of ``frequencies.txt`` in place of the pattern of their trip."""
    if bands is None or not len(bands.trip):
        return calls
    many = bands.departures()
    band = np.repeat(np.arange(len(many)), many)
    number = np.arange(len(band)) - np.repeat(np.cumsum(many) - many, many)
    begins = pd.DataFrame(
        {"name": bands.trip[band], "start": bands.start[band] + number * bands.headway[band]}
    ).drop_duplicates()
    begins["departure"] = _next_trip(calls) + np.arange(len(begins))
    repeats = calls["trip"].isin(bands.trip)
    pattern = calls[repeats]
    first = pattern.groupby("trip")["depart"].transform("first")
    each = begins.merge(pattern.assign(first=first), on="name")
    each = each.sort_values("departure", kind="stable")
    shift = (each["start"] - each["first"]).astype(np.int64)
    again = each.assign(
        trip=each["departure"], arrive=each["arrive"] + shift, depart=each["depart"] + shift
    )
    return pd.concat([calls[~repeats], again[list(CALL_COLUMNS)]], ignore_index=True)


def _next_trip(calls: pd.DataFrame) -> int:
    return int(calls["trip"].to_numpy().max(initial=-1)) + 1


def _transfers(table: Table | None) -> pd.DataFrame:
    if table is None:
        return pd.DataFrame({"from_stop": [], "to_stop": [], "seconds": []})
    kind = whole_numbers(table, "transfer_type", range(6), Message("is not 0 to 5"))
    problem = Message("is not a whole number of seconds from 0")
    least = whole_numbers(table, "min_transfer_time", range(10**9), problem)
    counts = (kind == _NOT_ALLOWED) | ((kind == _LEAST_TIME) & ~np.isnan(least))
    counts &= ~table["from_stop_id"].empty & ~table["to_stop_id"].empty
    return pd.DataFrame(
        {
            "from_stop": table["from_stop_id"].texts()[counts],
            "to_stop": table["to_stop_id"].texts()[counts],
            "seconds": np.where(kind == _NOT_ALLOWED, np.nan, least)[counts],
        }
    )
