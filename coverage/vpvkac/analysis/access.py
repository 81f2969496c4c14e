"""Access: how far each place is from its nearest stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.geo.nearest import Nearest, nearest

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from vpvkac.model.project import Rules, StopSet

# A planner's rule of thumb: 700 m are about 10 minutes on foot (REFERENCE.md, requirement 6.2).
_METRES_A_MINUTE = 70.0


def in_set(stops: gpd.GeoDataFrame, stop_set: StopSet) -> NDArray[np.bool_]:
    """Tell which stops belong to a stop set; shape (n,).

    `regional`: bus stops of regional feeds; `bus`: bus stops of all feeds;
    `all`: trolleybus and tram stops too (DESIGN.md, "Stop set").
    """
    if stop_set == "all":
        return np.ones(len(stops), bool)
    bus = stops["modes"].str.startswith("bus")
    chosen = bus & stops["regional"] if stop_set == "regional" else bus
    return np.asarray(chosen, bool)


def measure(places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame, rules: Rules) -> gpd.GeoDataFrame:
    """Add to every place its nearest stop and whether it is within reach.

    Parameters
    ----------
    places, stops
        Canonical tables, sorted by key.
    rules
        Stop set and threshold.

    Returns
    -------
    places
        With `stop`, `stop_name`, `visits`, `distance_m` (0.001 m), `walk_min`,
        `within`, `uncertain` and `distance_all_m`; null where there is no stop.
    """
    chosen = stops[in_set(stops, rules.stop_set)].reset_index(drop=True)
    found = _nearest_or_none(places, chosen)
    metres = pd.Series(found.distance_m)
    of_stop = pd.DataFrame(chosen[["stop", "stop_name", "visits"]])
    of_stop = of_stop.reindex(found.target).reset_index(drop=True)
    return places.assign(
        stop=of_stop["stop"],
        stop_name=of_stop["stop_name"],
        visits=of_stop["visits"].astype("Int64"),
        distance_m=metres,
        walk_min=metres / _METRES_A_MINUTE,
        within=(metres <= rules.threshold_m).astype("boolean").mask(metres.isna()),
        uncertain=_uncertain(metres, places["located_within_m"], rules.threshold_m),
        distance_all_m=_nearest_or_none(places, stops).distance_m,
    )


def _nearest_or_none(places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame) -> Nearest:
    if len(stops) == 0:
        return Nearest(np.full(len(places), -1, np.int64), np.full(len(places), np.nan))
    return nearest(places["lat"], places["lon"], stops["lat"], stops["lon"])


def _uncertain(metres: pd.Series, within_m: pd.Series, threshold_m: float) -> pd.Series:
    """Tell where the placing's precision could change the decision (DESIGN.md, "Placing")."""
    within = metres <= threshold_m
    changes = (within != (metres + within_m <= threshold_m)) | (
        within != (metres - within_m <= threshold_m)
    )
    return (changes & (within_m > 0)).astype("boolean").mask(metres.isna())
