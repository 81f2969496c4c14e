"""The calls of trips at stops: the rows of ``stop_times.txt``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vpvkac.sources.gtfs import checks
from vpvkac.sources.gtfs.table import NOT_USED, Shape, Table
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.sources.gtfs.column import Flags, Indices, Numbers
    from vpvkac.sources.gtfs.trips import Trips

_ON_CALL = ("location_group_id", "location_id")
_WINDOW = ("start_pickup_drop_off_window", "end_pickup_drop_off_window")
_TIMES = ("arrival_time", "departure_time")
STOP_TIMES = Shape(
    "stop_times.txt",
    ("trip_id", "stop_id", "stop_sequence"),
    (*_TIMES, *_ON_CALL, *_WINDOW),
    instead={"stop_id": _ON_CALL},
)


class Calls(NamedTuple):
    """Which trip calls at which stop, by their positions; one per known call.

    `on_call` counts the rows of a service on call, which has no fixed stop.
    """

    trip: Indices
    stop: Indices
    on_call: int = 0


def read_calls(stop_times: Table, trips: Trips, stops: pd.Index[str]) -> Calls:
    """Make the calls; a row whose trip or stop is not known is left out."""
    stop_times, on_call = at_fixed_stops(stop_times)
    problem = Message("is not in trips.txt; the call is not counted")
    trip = checks.match(stop_times, "trip_id", trips.ids, problem)
    problem = Message("is not in stops.txt; the call is not counted")
    stop = checks.match(stop_times, "stop_id", stops, problem)
    counted = (trip >= 0) & (stop >= 0)
    if counted.all():
        return Calls(trip, stop, on_call)
    return Calls(trip[counted], stop[counted], on_call)


def at_fixed_stops(stop_times: Table) -> tuple[Table, int]:
    """Check the table; give its rows that can be used, and the number of rows on call.

    A row on call names a group of stops or an area in place of a stop: no bus
    calls there unless it is asked for.
    """
    problem = Message("is not a whole number from 0")
    sequence = checks.whole_numbers(stop_times, "stop_sequence", range(10**9), problem)
    checks.pair(stop_times, "trip_id", sequence, field="stop_sequence")
    for field in (*_TIMES, *_WINDOW):
        checks.check_times(stop_times, field)
    stop_times, left = stop_times.without_refused()
    if not left.all():
        sequence = sequence[left]
    checks.present(stop_times, ("stop_sequence",), Message("has no value"))
    _check_given(stop_times, sequence)
    on_call = _on_call(stop_times)
    if not on_call.any():
        return stop_times, 0
    stop_times.warn(on_call, Message("on call, no fixed stop"), NOT_USED)
    return stop_times.take(np.flatnonzero(~on_call)), int(on_call.sum())


def _on_call(stop_times: Table) -> Flags:
    on_call = np.zeros(len(stop_times), dtype=bool)
    for field in _ON_CALL:
        if any(stop_times[field].unique):  # most tables have none
            on_call |= ~stop_times[field].empty & stop_times["stop_id"].empty
    return on_call


def _check_given(stop_times: Table, sequence: Numbers) -> None:
    """Warn where a time that the specification requires is not there; we count without it."""
    no_arrival, no_departure = (stop_times[field].empty for field in _TIMES)
    if no_arrival.all() and no_departure.all():
        return
    remedy = Message("add the time")
    problem = Message("is not given while the other time is; the call is counted")
    for lacking, field in zip((no_arrival, no_departure), _TIMES, strict=True):
        stop_times.warn(lacking & (no_arrival != no_departure), problem, remedy, field=field)
    # Where passengers book, a window stands in place of the times.
    untimed = no_arrival & no_departure & stop_times[_WINDOW[0]].empty & ~_on_call(stop_times)
    problem = Message("the first or last stop of a trip has no time; the call is counted")
    at_an_end = _at_an_end(stop_times["trip_id"].codes, sequence, untimed)
    stop_times.warn(at_an_end, problem, remedy, field="departure_time")


def _at_an_end(trip: Indices, sequence: Numbers, among: Flags) -> Flags:
    """Tell which of some rows are the first or the last of their trip."""
    if not among.any():
        return among
    length = int(trip.max()) + 2
    first = np.full(length, np.inf)
    last = np.full(length, -np.inf)
    np.fmin.at(first, trip, sequence)
    np.fmax.at(last, trip, sequence)
    at_an_end: Flags = (sequence == first[trip]) | (sequence == last[trip])
    return among & at_an_end
