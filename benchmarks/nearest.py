"""The nearest stop of a million origins, with its distance."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from harness import Comparison, Goal, Outcome, compare, measure, sized

if TYPE_CHECKING:
    from harness import Work

_JOIN = "geopandas sjoin_nearest (planar)"
_BALL = "scikit-learn BallTree, haversine (a sphere)"
_TREE = "scipy cKDTree query (planar, coordinates only)"
_EARTH_M = 6_371_008.8
STOPS = 9_310
"""Stops that the published analysis counted."""
_NOTE = (
    "Ours starts from latitudes and longitudes and is exact on the ellipsoid. The alternatives "
    "get points or radians made beforehand; all build their index within the time. DuckDB has no "
    "nearest join without an extension: it is measured in counting."
)


def benchmark(runs: int) -> Comparison:
    """Measure the nearest stop."""
    count, checked = sized(1_000_000, 20_000), sized(5_000, 100)
    compared = compare(
        f"nearest of {STOPS} stops for {count} origins",
        ours=partial(ours, count),
        alternatives={
            _JOIN: partial(sjoin_nearest, count),
            _TREE: partial(tree, count),
            _BALL: partial(ball_tree, count),
        },
        runs=runs,
        once={_BALL},
        goals=[Goal("ratio", 0.4, _JOIN), Goal("ratio", 0.1, _BALL), Goal("ratio", 2, _TREE)],
        note=_NOTE,
    )
    check = measure({"check": partial(check_exhaustive, count, checked)}, 1)[0]
    goal = f"other than the exhaustive geodesic search, of {checked} origins"
    compared.outcomes.append(Outcome(goal, 0, check.runs[0].found["other"]))
    return compared


def ours(count: int) -> Work:
    """Prepare the program's own search."""
    from origins import origins, stops
    from vpvkac.geo.nearest import nearest

    here, there = origins(count), stops(STOPS)
    return lambda: nearest(here.lat, here.lon, there.lat, there.lon)


def sjoin_nearest(count: int) -> Work:
    """Prepare the join of two tables of projected points."""
    from origins import origins, stops

    here, there = origins(count).frame(), stops(STOPS).frame()

    def join() -> None:
        # An index is kept with the table once it is built.
        here.sjoin_nearest(there.copy(), distance_col="metres")

    return join


def tree(count: int) -> Work:
    """Prepare the bare query of a tree over projected coordinates."""
    import numpy as np
    from scipy.spatial import cKDTree

    from origins import origins, stops

    here, there = (
        np.column_stack([points.easting, points.northing])
        for points in (origins(count), stops(STOPS))
    )
    return lambda: cKDTree(there).query(here)


def ball_tree(count: int) -> Work:
    """Prepare the search on a sphere."""
    import numpy as np
    from sklearn.neighbors import BallTree

    from origins import origins, stops

    here, there = (
        np.radians(np.column_stack([points.lat, points.lon]))
        for points in (origins(count), stops(STOPS))
    )

    def search() -> None:
        angle, _ = BallTree(there, metric="haversine").query(here)
        angle *= _EARTH_M

    return search


def check_exhaustive(count: int, checked: int) -> Work:
    """Prepare the comparison with pyproj's distance to every stop, for origins spread evenly."""
    import numpy as np
    from pyproj import Geod

    from origins import origins, stops
    from vpvkac.geo.nearest import nearest

    here, there = origins(count), stops(STOPS)
    geod = Geod(ellps="GRS80")

    def check() -> dict[str, int]:
        found = nearest(here.lat, here.lon, there.lat, there.lon)
        other = 0
        for row in range(0, count, count // checked):
            lat, lon = (
                np.full_like(there.lat, here.lat[row]),
                np.full_like(there.lat, here.lon[row]),
            )
            metres = np.round(geod.inv(lon, lat, there.lon, there.lat)[2], 3)
            first = int(np.argmin(metres))
            other += first != found.target[row] or metres[first] != found.distance_m[row]
        return {"other": int(other)}

    return check
