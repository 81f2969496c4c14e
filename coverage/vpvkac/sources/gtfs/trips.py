"""The trips of a feed: what runs them, on which service, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.sources.gtfs import checks
from vpvkac.sources.gtfs.table import FIX_ROW, Shape, Table
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.sources.gtfs.column import Flags, Indices, Numbers

ROUTES = Shape("routes.txt", ("route_id", "route_type"))
TRIPS = Shape("trips.txt", ("route_id", "service_id", "trip_id"))
FREQUENCIES = Shape("frequencies.txt", ("trip_id", "start_time", "end_time", "headway_secs"))

MODES = {
    "bus": (range(3, 4), range(200, 300), range(700, 800)),
    "tram": (range(1), range(900, 1000)),
    "trolleybus": (range(11, 12), range(800, 900)),
}
"""Route types of each mode that serves stops here, in the order of the alphabet."""

BUS = list(MODES).index("bus")

_ROUTE_TYPES = {*range(8), *range(11, 13), *range(100, 1800)}


class Bands(NamedTuple):
    """The rows of ``frequencies.txt`` that are used.

    Parameters
    ----------
    trip
        Position of the trip.
    start, end, headway
        Seconds: departures are at start, start + headway, … before end, which
        belongs to what follows.
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
    """The trips of a feed.

    Parameters
    ----------
    ids
        One per trip.
    mode
        Position in `MODES`, -1 for any other.
    service
        Position among the services, -1 where it is not known.
    bands
        What ``frequencies.txt`` says of them; None where there is none.
    """

    ids: pd.Index[str]
    mode: Indices
    service: Indices
    bands: Bands | None

    def departures(self) -> Numbers:
        """Count how often each departs on a day its service runs: once, or by its bands."""
        once = np.ones(len(self.ids))
        if self.bands is None:
            return once
        total = np.bincount(self.bands.trip, self.bands.departures(), minlength=len(self.ids))
        return np.where(total > 0, total, once)


def read_trips(
    trips: Table, routes: Table, services: pd.Index[str] | None, frequencies: Table | None
) -> Trips:
    """Make the trips of their tables; `services` is None where there are no calendars."""
    checks.keys(trips, "trip_id")
    trips, _ = trips.without_refused()
    ids = trips.index("trip_id")
    checks.present(trips, ("trip_id",), Message("has no value"))
    routes, route_modes = _modes(routes)
    problem = Message("is not in routes.txt; the trip is not counted")
    route = checks.match(trips, "route_id", routes.index("route_id"), problem)
    mode = np.append(route_modes, -1)[route]
    service = np.full(len(trips), -1)
    if services is not None:
        problem = Message("is not in the calendars; the trip runs on no day")
        service = checks.match(trips, "service_id", services, problem)
    return Trips(ids, mode, service, None if frequencies is None else _read_bands(frequencies, ids))


def _modes(routes: Table) -> tuple[Table, Indices]:
    """Give the routes that are used, and the mode of each."""
    checks.keys(routes, "route_id")
    problem = Message("is not a known route type")
    kinds = checks.whole_numbers(routes, "route_type", _ROUTE_TYPES, problem)
    routes, left = routes.without_refused()
    kinds = kinds[left]
    checks.present(routes, ("route_type",), Message("has no value; the route is not counted"))
    modes = np.full(len(routes), -1)
    for position, ranges in enumerate(MODES.values()):
        for some in ranges:
            modes[(some.start <= kinds) & (kinds < some.stop)] = position
    return routes, modes


def _read_bands(frequencies: Table, ids: pd.Index[str]) -> Bands:
    """Check the table and give the rows that are whole and whose trip is known."""
    for field in ("start_time", "end_time"):
        checks.check_times(frequencies, field)
    start = checks.times(frequencies, "start_time")
    end = checks.times(frequencies, "end_time")
    problem = Message("is not a whole number of seconds above 0")
    headway = checks.whole_numbers(frequencies, "headway_secs", range(1, 10**9), problem)
    problem = Message("is not after start_time")
    frequencies.refuse(end <= start, problem, checks.FIX_VALUE, field="end_time")
    checks.pair(frequencies, "trip_id", start, field="start_time")
    overlap = _overlapping(frequencies["trip_id"].codes, start, end)
    problem = Message("overlaps with another row of the same trip")
    frequencies.refuse(overlap, problem, FIX_ROW, field="start_time")
    frequencies, left = frequencies.without_refused()
    problem = Message("is not in trips.txt; the row is not used")
    trip = checks.match(frequencies, "trip_id", ids, problem)
    problem = Message("has no value; the row is not used")
    whole = checks.present(frequencies, FREQUENCIES.required[1:], problem)
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
