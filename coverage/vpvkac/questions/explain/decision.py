"""The decision on a point: within reach or beyond, by how much, and what could turn it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.network import NONE
from vpvkac.model.territory import NONE as NO_UNIT

if TYPE_CHECKING:
    from vpvkac.analysis.result import Findings


class Decision(NamedTuple):
    """How a point fares against the threshold.

    Parameters
    ----------
    place
        The point; None where the unit has none.
    distance_m
        To the nearest stop of the set; None without stops, as all that follows.
    within
        ``distance_m <= threshold_m``.
    over_m
        Metres beyond the threshold; negative within it.
    least_m, most_m
        What the distance could be, as precisely as the place is located.
    uncertain
        Whether the decision could turn within these.
    distance_all_m
        To the nearest stop of any kind but rail.
    """

    place: str | None
    threshold_m: float
    distance_m: float | None = None
    within: bool | None = None
    over_m: float | None = None
    least_m: float | None = None
    most_m: float | None = None
    uncertain: bool | None = None
    distance_all_m: float | None = None


class Placing(NamedTuple):
    """How a place came to its position and to its unit.

    Parameters
    ----------
    located_by, located_within_m
        DESIGN.md, "Placing".
    near_border
        Placed by polygon, near another unit.
    stands_in
        Code of the unit whose polygon holds the position; empty where none does.
    owner
        Code of the municipality that it belongs to; empty where not known.
    """

    located_by: str
    located_within_m: float
    near_border: bool
    stands_in: str
    owner: str


def decide(result: Findings, unit: str) -> Decision:
    """Set out the decision on a unit's point."""
    row = result.network.set_index("unit").loc[unit]
    if row["status"] == NONE:
        return Decision(None, result.threshold_m)
    place, metres = str(row["place"]), row["distance_m"]
    any_stop = None if pd.isna(row["distance_all_m"]) else float(row["distance_all_m"])
    if pd.isna(metres):
        return Decision(place, result.threshold_m, distance_all_m=any_stop)
    radius = float(result.places.set_index("place").loc[place, "located_within_m"])
    return Decision(
        place,
        result.threshold_m,
        distance_m=float(metres),
        within=bool(row["within"]),
        over_m=float(metres) - result.threshold_m,
        least_m=max(float(metres) - radius, 0.0),
        most_m=float(metres) + radius,
        uncertain=bool(row["uncertain"]),
        distance_all_m=any_stop,
    )


def placing(result: Findings, place: str) -> Placing:
    """Tell how a place was located, and in whose polygon it stands."""
    row = result.places.set_index("place").loc[place]
    number = result.inputs.territory.holding(np.array([row["geometry"]], object))[0]
    units = result.inputs.territory.units["unit"]
    return Placing(
        str(row["located_by"]),
        float(row["located_within_m"]),
        bool(row["near_border"]),
        "" if number == NO_UNIT else str(units[number]),
        str(row["owner"]),
    )
