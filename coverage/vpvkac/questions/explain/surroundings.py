"""What stands around a point: the stops that count and those that do not, by distance."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.geo.geodesy import distance

if TYPE_CHECKING:
    from vpvkac.analysis.result import Findings

COLUMNS = ("stop", "stop_name", "feed", "regional", "modes", "visits", "distance_m")
_COUNTED, _NOT_COUNTED = 5, 3


class Surroundings(NamedTuple):
    """The stops around a point.

    Parameters
    ----------
    counted
        The nearest stops of the set that counts, `COLUMNS`; ties by key.
    not_counted
        The nearest of the others.
    within
        How many stops of the set lie within the threshold, a stop place of
        several feeds once.
    """

    counted: pd.DataFrame
    not_counted: pd.DataFrame
    within: int


def surroundings(result: Findings, lat: float, lon: float) -> Surroundings:
    """Measure from a point to every stop."""
    stops = result.stops
    lats, lons = np.full(len(stops), lat), np.full(len(stops), lon)
    metres = distance(lats, lons, stops["lat"], stops["lon"])
    measured = stops.assign(distance_m=metres).sort_values(["distance_m", "stop"])
    in_set = measured["in_set"].astype(bool)
    table = pd.DataFrame(measured)[list(COLUMNS)]
    return Surroundings(
        table[in_set].head(_COUNTED).reset_index(drop=True),
        table[~in_set].head(_NOT_COUNTED).reset_index(drop=True),
        int((stops["counted"] & (metres <= result.threshold_m)).sum()),
    )
