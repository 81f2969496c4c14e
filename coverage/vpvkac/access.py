"""Access: how far each place is from its nearest stop.

A spatial index in EPSG:3059 finds candidates; the geodesic decides among
them.  The result equals an exhaustive geodesic search (see `nearest`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from vpvkac.geodesy import distance, to_planar

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.project import Rules, StopSet

# EPSG:3059 on GRS80: scale on the central meridian, false easting, and bounds of the Gaussian
# radius of curvature that hold at every latitude.
_SCALE = 0.9996
_FALSE_EASTING = 500_000.0
_RADIUS_LEAST = 6_335_000.0
_RADIUS_MOST = 6_400_000.0
# Covers the rounding to 0.001 m that makes two stops tie, and the projection's own error.
_SLACK = 0.005
_FIRST_LOOK = 4


# A planner's rule of thumb: 700 m are about 10 minutes on foot (REFERENCE.md, requirement 6.2).
_METRES_A_MINUTE = 70.0


class Nearest(NamedTuple):
    """Position of the nearest target and its distance in metres, each of shape (n,)."""

    target: NDArray[np.int64]
    distance_m: NDArray[np.float64]


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
    measured = places.copy()
    found = _nearest_or_none(places, chosen)
    metres = pd.Series(found.distance_m)
    measured["stop"] = _taken(chosen["stop"], found)
    measured["stop_name"] = _taken(chosen["stop_name"], found)
    measured["visits"] = _taken(chosen["visits"], found).astype("Int64")
    measured["distance_m"] = metres
    measured["walk_min"] = metres / _METRES_A_MINUTE
    measured["within"] = _within(metres, rules.threshold_m)
    measured["uncertain"] = _uncertain(metres, places["located_within_m"], rules.threshold_m)
    measured["distance_all_m"] = _nearest_or_none(places, stops).distance_m
    return measured


def _nearest_or_none(places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame) -> Nearest:
    if len(stops) == 0:
        return Nearest(np.full(len(places), -1, np.int64), np.full(len(places), np.nan))
    return nearest(places["lat"], places["lon"], stops["lat"], stops["lon"])


def _taken(column: pd.Series, found: Nearest) -> pd.Series:
    return column.reindex(found.target).reset_index(drop=True)


def _within(metres: pd.Series, threshold_m: float) -> pd.Series:
    return (metres <= threshold_m).astype("boolean").mask(metres.isna())


def _uncertain(metres: pd.Series, within_m: pd.Series, threshold_m: float) -> pd.Series:
    """Tell where the placing's precision could change the decision (DESIGN.md, "Placing")."""
    reached = metres <= threshold_m
    changes = (reached != (metres + within_m <= threshold_m)) | (
        reached != (metres - within_m <= threshold_m)
    )
    return (changes & (within_m > 0)).astype("boolean").mask(metres.isna())


def nearest(
    lat: ArrayLike, lon: ArrayLike, target_lat: ArrayLike, target_lon: ArrayLike
) -> Nearest:
    """Find the nearest target of every origin on the ellipsoid.

    A target can only be nearest if its planar distance is within the range of
    the projection's scale around the planar-nearest one; all such targets are
    compared by rounded geodesic distance, and ties go to the first target.
    Pass targets sorted by key and ties go to the lowest key.

    Parameters
    ----------
    lat, lon
        Degrees of the origins, shape (n,).
    target_lat, target_lon
        Degrees of the targets, shape (m,), m > 0.

    Returns
    -------
    nearest
        Index into the targets and distance in metres rounded to 0.001 m.

    Raises
    ------
    ValueError
        If there is no target.
    """
    lat, lon = np.asarray(lat, float), np.asarray(lon, float)
    target_lat, target_lon = np.asarray(target_lat, float), np.asarray(target_lon, float)
    if len(target_lat) == 0:
        raise ValueError("there is no target to measure to")
    origins = np.column_stack(to_planar(lat, lon))
    tree = KDTree(np.column_stack(to_planar(target_lat, target_lon)))
    origin, target = _candidates(tree, origins)
    metres = distance(lat[origin], lon[origin], target_lat[target], target_lon[target])
    order = np.lexsort((target, metres, origin))
    first = np.searchsorted(origin[order], np.arange(len(lat)))
    best = order[first]
    return Nearest(target[best], metres[best])


def _candidates(
    tree: KDTree, origins: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pair every origin with each target that could be its nearest."""
    look = min(_FIRST_LOOK, tree.n)
    planar, target = tree.query(origins, k=look)
    planar, target = planar.reshape(-1, look), target.reshape(-1, look).astype(np.int64)
    reach = _reach(origins[:, 0], planar[:, 0])
    seen = planar <= reach[:, None]
    origin = np.repeat(np.arange(len(origins)), seen.sum(axis=1))
    crowded = np.flatnonzero(seen[:, -1]) if look < tree.n else np.empty(0, np.int64)
    if len(crowded) == 0:
        return origin, target[seen]
    # More targets may lie within reach than the first look returned.
    more = tree.query_ball_point(origins[crowded], reach[crowded], return_sorted=True)
    more_origin = np.repeat(crowded, [len(found) for found in more])
    alone = ~np.isin(origin, crowded)
    return (
        np.concatenate([origin[alone], more_origin]),
        np.concatenate([target[seen][alone], np.concatenate(more).astype(np.int64)]),
    )


def _reach(easting: NDArray[np.float64], planar: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bound the planar distance of the geodesically nearest target.

    The point scale of a transverse Mercator projection is k0·cosh(x / (k0·R))
    at x metres from the central meridian; within the square of half-width
    `planar` around an origin it varies between the two values taken here.
    """
    offset = np.abs(easting - _FALSE_EASTING)
    far = offset + 1.1 * planar
    near = np.maximum(offset - 1.1 * planar, 0)
    most = np.cosh(far / (_SCALE * _RADIUS_LEAST))
    least = np.cosh(near / (_SCALE * _RADIUS_MOST))
    return np.asarray(planar * most / least + _SLACK)
