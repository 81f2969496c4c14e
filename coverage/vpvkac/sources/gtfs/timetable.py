"""When buses call at given stops on a given day.

A reading of its own, for the few who ask: counting visits needs no times, and
keeping three million of them would make every run slower.  The same rows are
used and dropped, by the same functions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.sources.gtfs import checks
from vpvkac.sources.gtfs.archive import Feed, RefusedError, open_feed
from vpvkac.sources.gtfs.calls import STOP_TIMES, at_fixed_stops
from vpvkac.sources.gtfs.service import CALENDAR, CALENDAR_DATES, read_services
from vpvkac.sources.gtfs.table import Table, read_table
from vpvkac.sources.gtfs.trips import BUS, FREQUENCIES, ROUTES, TRIPS, Bands, read_trips

if TYPE_CHECKING:
    import numpy.typing as npt

    from vpvkac.sources.gtfs.column import Column, Flags, Indices, Numbers


class _Calls(NamedTuple):
    """Calls at the stops asked for: trip by its position, times in seconds, NaN where not given."""

    trip: Indices
    stop: npt.NDArray[np.object_]
    arrives: Numbers
    departs: Numbers

    def joined(self, other: _Calls) -> _Calls:
        return _Calls(
            np.append(self.trip, other.trip),
            np.append(self.stop, other.stop),
            np.append(self.arrives, other.arrives),
            np.append(self.departs, other.departs),
        )

    def take(self, rows: Indices | Flags) -> _Calls:
        return _Calls(self.trip[rows], self.stop[rows], self.arrives[rows], self.departs[rows])


def read_bus_calls(
    path: Path, stops: Collection[str], day: dt.date, *, shown: str | None = None
) -> pd.DataFrame:
    """Read the calls of buses at some stops on one day.

    Parameters
    ----------
    path
        A zip or a folder, as `read_gtfs` reads it.
    stops
        The `stop_id` of each, without the feed's name.
    day
        The service day.  Trips of the day before that run past midnight are
        not among its calls; its own are, at 24:10 and the like.
    shown
        The name of the feed in faults; None takes the file's own.

    Returns
    -------
    calls
        One row a call, sorted: `stop`, `arrives` and `departs` in seconds
        since midnight, the one for the other where only one is given, both
        NaN where neither is.  A trip of ``frequencies.txt`` has a row for
        each of its departures.  Empty where the feed has no stop times or no
        calendar.

    Raises
    ------
    InputError
        If the feed cannot be read, or has errors.
    """
    faults: list[Fault] = []
    try:
        with open_feed(path, shown=shown or path.name) as feed:
            calls = _calls(feed, set(stops), day, faults)
    except RefusedError as refused:
        raise InputError([refused.fault]) from refused
    if has_errors(faults):
        raise InputError(faults)
    table = pd.DataFrame({"stop": calls.stop, "arrives": calls.arrives, "departs": calls.departs})
    return table.sort_values(["stop", "arrives", "departs"], ignore_index=True)


def _calls(feed: Feed, stops: set[str], day: dt.date, faults: list[Fault]) -> _Calls:
    """Read the calls; what the run has told of other tables is not told again."""
    nothing = np.empty(0)
    none = _Calls(nothing.astype(np.int64), nothing.astype(object), nothing, nothing)
    shapes = (TRIPS, ROUTES, CALENDAR, CALENDAR_DATES, FREQUENCIES, STOP_TIMES)
    tables = {
        shape.name: read_table(feed, shape, faults)
        for shape in shapes
        if feed.sizes.get(shape.name)
    }
    trip_table, routes = tables.get(TRIPS.name), tables.get(ROUTES.name)
    stop_times = tables.get(STOP_TIMES.name)
    if trip_table is None or routes is None or stop_times is None:
        return none
    services = read_services(tables.get(CALENDAR.name), tables.get(CALENDAR_DATES.name))
    frequencies = tables.get(FREQUENCIES.name)
    trips = read_trips(trip_table, routes, services.ids, frequencies)
    stop_times, _ = at_fixed_stops(stop_times)
    runs = np.append(services.running(day.toordinal()), [False])[trips.service]
    counted = np.append(runs & (trips.mode == BUS), [False])
    trip = _positions(stop_times["trip_id"], trips.ids)
    rows = np.flatnonzero(_is_among(stop_times["stop_id"], stops) & counted[trip])
    asked = stop_times.take(rows)
    calls = _Calls(trip[rows], asked["stop_id"].texts(), *_times(asked))
    if trips.bands is None:
        return calls
    return _repeated(calls, trips.bands, _first_times(stop_times, trip, len(trips.ids)))


def _positions(column: Column, ids: pd.Index[str]) -> Indices:
    return column.spread(checks.positions(column.distinct, ids), empty=-1)


def _is_among(column: Column, texts: set[str]) -> Flags:
    return column.spread(np.array([text in texts for text in column.distinct], bool), empty=False)


def _times(stop_times: Table) -> tuple[Numbers, Numbers]:
    arrives = checks.times(stop_times, "arrival_time")
    departs = checks.times(stop_times, "departure_time")
    return (
        np.where(np.isnan(arrives), departs, arrives),
        np.where(np.isnan(departs), arrives, departs),
    )


def _first_times(stop_times: Table, trip: Indices, trips: int) -> Numbers:
    """Give the first time of each trip's pattern, from which its departures are shifted."""
    _, departs = _times(stop_times)
    first = np.full(trips + 1, np.inf)
    np.fmin.at(first, trip, departs)
    first[-1] = np.inf
    return np.where(np.isinf(first), np.nan, first)


def _repeated(calls: _Calls, bands: Bands, first: Numbers) -> _Calls:
    """Put the departures of a frequency in place of the pattern of its trip."""
    once = calls.take(~np.isin(calls.trip, bands.trip))
    rows = pd.DataFrame({**bands._asdict(), "times": bands.departures()})
    pattern = pd.DataFrame({"trip": calls.trip, "call": np.arange(len(calls.trip))})
    each = pattern.merge(rows, on="trip")
    times = each["times"].to_numpy()
    each = each.loc[each.index.repeat(times)]
    number = np.arange(len(each)) - np.repeat(np.cumsum(times) - times, times)
    begins = each["start"].to_numpy() + number * each["headway"].to_numpy()
    shifted = calls.take(each["call"].to_numpy())
    shift = begins - first[shifted.trip]
    again = _Calls(shifted.trip, shifted.stop, shifted.arrives + shift, shifted.departs + shift)
    return once.joined(again)
