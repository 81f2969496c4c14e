"""The trips of a feed: what runs them, on which service, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vpvkac.language import Text
from vpvkac.sources.gtfs import checks
from vpvkac.sources.gtfs.tables import Shape

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.sources.gtfs.cells import Numbers, Places
    from vpvkac.sources.gtfs.tables import Table

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

_ROUTE_TYPES = (range(8), range(11, 13), range(100, 1800))


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
    departures
        How often it departs on a day its service runs: once, or as often as
        ``frequencies.txt`` says.
    """

    ids: pd.Index[str]
    mode: Places
    service: Places
    departures: Numbers


def read_trips(
    trips: Table, routes: Table, services: pd.Index[str] | None, frequencies: Table | None
) -> Trips:
    """Make the trips of their tables; `services` is None where there are no calendars."""
    ids = checks.keys(trips, "trip_id")
    checks.present(trips, ("trip_id",), Text("vērtības nav", "has no value"))
    route_modes = _modes(routes)
    route = checks.known(
        trips,
        "route_id",
        checks.keys(routes, "route_id"),
        Text(
            "nav datnē routes.txt; reiss nav ieskaitīts",
            "is not in routes.txt; the trip is not counted",
        ),
    )
    service = np.full(len(trips), -1)
    if services is not None:
        service = checks.known(
            trips,
            "service_id",
            services,
            Text(
                "nav kalendārā; reiss nekursē nevienā dienā",
                "is not in the calendars; the trip runs on no day",
            ),
        )
    return Trips(
        ids=ids,
        mode=np.append(route_modes, -1)[route],
        service=service,
        departures=_departures(frequencies, ids),
    )


def _modes(routes: Table) -> Places:
    kinds = checks.whole_numbers(
        routes,
        "route_type",
        Text("nav zināms maršruta veids", "is not a known route type"),
        allowed=lambda kind: any(kind in some for some in _ROUTE_TYPES),
    )
    checks.present(
        routes,
        ("route_type",),
        Text("vērtības nav; maršruts nav ieskaitīts", "has no value; the route is not counted"),
    )
    modes = np.full(len(routes), -1)
    for position, ranges in enumerate(MODES.values()):
        for some in ranges:
            modes[(some.start <= kinds) & (kinds < some.stop)] = position
    return modes


def _departures(frequencies: Table | None, ids: pd.Index[str]) -> Numbers:
    once = np.ones(len(ids))
    if frequencies is None:
        return once
    start = checks.times(frequencies, "start_time")
    end = checks.times(frequencies, "end_time")
    headway = checks.whole_numbers(
        frequencies,
        "headway_secs",
        Text(
            "nav vesels sekunžu skaits, lielāks par 0",
            "is not a whole number of seconds above 0",
        ),
        allowed=lambda seconds: seconds > 0,
    )
    frequencies.report(
        "error",
        end <= start,
        Text("nav pēc start_time", "is not after start_time"),
        checks.MEND_VALUE,
        field="end_time",
    )
    trip = checks.known(
        frequencies,
        "trip_id",
        ids,
        Text(
            "nav datnē trips.txt; rinda nav izmantota", "is not in trips.txt; the row is not used"
        ),
    )
    whole = checks.present(
        frequencies,
        ("start_time", "end_time", "headway_secs"),
        Text("vērtības nav; rinda nav izmantota", "has no value; the row is not used"),
    )
    checks.pair(frequencies, "trip_id", start, field="start_time")
    counted = whole & (trip >= 0) & (end > start) & (headway > 0)
    # Departures at start, start + headway, … before end: the end itself belongs to what follows.
    times = np.ceil((end - start)[counted] / headway[counted])
    total = np.bincount(trip[counted], times, minlength=len(ids))
    return np.where(total > 0, total, once)
