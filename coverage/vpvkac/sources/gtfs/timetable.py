"""When buses call at given stops on a given day.

A reading of its own, for the few who ask: counting visits needs no times, and
keeping three million of them would make every run slower.  The same rows are
used and dropped, by the same functions.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

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
    from vpvkac.sources.gtfs.column import Numbers

_COLUMNS = ["stop", "arrives", "departs"]


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
    return calls[_COLUMNS].sort_values(_COLUMNS, ignore_index=True)


def _calls(feed: Feed, stops: set[str], day: dt.date, faults: list[Fault]) -> pd.DataFrame:
    """Read the calls; what the run has told of other tables is not told again."""
    shapes = (TRIPS, ROUTES, CALENDAR, CALENDAR_DATES, FREQUENCIES, STOP_TIMES)
    tables = {
        shape.name: read_table(feed, shape, faults)
        for shape in shapes
        if feed.sizes.get(shape.name)
    }
    trip_table, routes = tables.get(TRIPS.name), tables.get(ROUTES.name)
    stop_times = tables.get(STOP_TIMES.name)
    if trip_table is None or routes is None or stop_times is None:
        return pd.DataFrame(dict.fromkeys(_COLUMNS, np.empty(0))).astype({"stop": object})
    services = read_services(tables.get(CALENDAR.name), tables.get(CALENDAR_DATES.name))
    trips = read_trips(trip_table, routes, services.ids, tables.get(FREQUENCIES.name))
    stop_times, _ = at_fixed_stops(stop_times)
    runs = np.append(services.running_on(day.toordinal()), [False])[trips.service]
    counted = np.append(runs & (trips.mode == BUS), [False])
    of_trips, at_stops = stop_times["trip_id"], stop_times["stop_id"]
    trip = of_trips.spread(checks.positions(of_trips.distinct, trips.ids), empty=-1)
    among = np.array([text in stops for text in at_stops.distinct], bool)
    rows = np.flatnonzero(at_stops.spread(among, empty=False) & counted[trip])
    asked = stop_times.take(rows)
    arrives, departs = _times(asked)
    calls = pd.DataFrame(
        {"trip": trip[rows], "stop": asked["stop_id"].texts(), "arrives": arrives,
         "departs": departs}
    )  # fmt: skip
    if trips.bands is None:
        return calls
    # The first time of each trip's pattern, from which its departures are shifted.
    first = np.full(len(trips.ids) + 1, np.inf)
    np.fmin.at(first, trip, _times(stop_times)[1])
    return _repeat(calls, trips.bands, np.where(np.isinf(first), np.nan, first))


def _times(stop_times: Table) -> tuple[Numbers, Numbers]:
    arrives = checks.times(stop_times, "arrival_time")
    departs = checks.times(stop_times, "departure_time")
    return (
        np.where(np.isnan(arrives), departs, arrives),
        np.where(np.isnan(departs), arrives, departs),
    )


def _repeat(calls: pd.DataFrame, bands: Bands, first: Numbers) -> pd.DataFrame:
    """Put the departures of a frequency in place of the pattern of its trip."""
    rows = pd.DataFrame({**bands._asdict(), "times": bands.departures()})
    each = calls.merge(rows, on="trip")
    each = each.loc[each.index.repeat(each["times"])]
    number = each.groupby(level=0).cumcount()
    shift = each["start"] + number * each["headway"] - first[each["trip"]]
    again = each.assign(arrives=each["arrives"] + shift, departs=each["departs"] + shift)
    return pd.concat([calls[~calls["trip"].isin(bands.trip)], again])
