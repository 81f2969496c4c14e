"""The calls of trips at stops: the rows of ``stop_times.txt``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vpvkac.language import Text
from vpvkac.sources.gtfs import checks
from vpvkac.sources.gtfs.tables import Shape

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.sources.gtfs.cells import Flags, Numbers, Places
    from vpvkac.sources.gtfs.tables import Table
    from vpvkac.sources.gtfs.trips import Trips

STOP_TIMES = Shape(
    "stop_times.txt",
    ("trip_id", "stop_id", "stop_sequence"),
    ("arrival_time", "departure_time"),
)


@dataclass(frozen=True)
class Calls:
    """Which trip calls at which stop, by their positions; one per known call."""

    trip: Places
    stop: Places

    def at_stops(self, trips: Numbers, stops: int) -> Numbers:
        """Sum what each trip counts over the calls at each of the stops."""
        total: Numbers = np.bincount(self.stop, trips[self.trip], stops).astype(np.float64)
        return total

    def by_kind(self, kinds: Places, stops: int, most: int) -> Places:
        """Count the calls at each stop by the kind of their trips, from 0 to below `most`."""
        pairs = self.stop * most
        pairs += kinds[self.trip]
        return np.bincount(pairs, minlength=stops * most).reshape(stops, most)

    def of_trips(self, trips: int) -> Numbers:
        """Count the calls of each trip."""
        return np.bincount(self.trip, minlength=trips).astype(np.float64)


def read_calls(stop_times: Table, trips: Trips, stops: pd.Index[str]) -> Calls:
    """Make the calls; a row whose trip or stop is not known is left out."""
    trip = checks.known(
        stop_times,
        "trip_id",
        trips.ids,
        Text(
            "nav datnē trips.txt; pieturēšana nav ieskaitīta",
            "is not in trips.txt; the call is not counted",
        ),
    )
    stop = checks.known(
        stop_times,
        "stop_id",
        stops,
        Text(
            "nav datnē stops.txt; pieturēšana nav ieskaitīta",
            "is not in stops.txt; the call is not counted",
        ),
    )
    _check_times(stop_times, _check_sequence(stop_times))
    counted = (trip >= 0) & (stop >= 0)
    return Calls(trip, stop) if counted.all() else Calls(trip[counted], stop[counted])


def _check_sequence(stop_times: Table) -> Numbers:
    sequence = checks.whole_numbers(
        stop_times,
        "stop_sequence",
        Text("nav vesels skaitlis no 0", "is not a whole number from 0"),
        allowed=lambda number: number >= 0,
    )
    checks.present(stop_times, ("stop_sequence",), Text("vērtības nav", "has no value"))
    checks.pair(stop_times, "trip_id", sequence, field="stop_sequence")
    return sequence


def _check_times(stop_times: Table, sequence: Numbers) -> None:
    """Warn where a time that the specification requires is not there; we count without it."""
    no_arrival = stop_times["arrival_time"].empty
    no_departure = stop_times["departure_time"].empty
    if no_arrival.all() and no_departure.all():
        return
    advice = Text("pievienojiet laiku", "add the time")
    for lacking, field in ((no_arrival, "arrival_time"), (no_departure, "departure_time")):
        stop_times.report(
            "warning",
            lacking & (no_arrival != no_departure),
            Text(
                "norādīts tikai viens no diviem laikiem; pieturēšana ir ieskaitīta",
                "is not given while the other time is; the call is counted",
            ),
            advice,
            field=field,
        )
    stop_times.report(
        "warning",
        _at_an_end(stop_times["trip_id"].codes, sequence, no_arrival & no_departure),
        Text(
            "nav reisa pirmās vai pēdējās pieturas laika; pieturēšana ir ieskaitīta",
            "the first or last stop of a trip has no time; the call is counted",
        ),
        advice,
        field="departure_time",
    )


def _at_an_end(trip: Places, sequence: Numbers, among: Flags) -> Flags:
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
