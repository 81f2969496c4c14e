"""The way along streets from 600 points to the nearest of 9 310 stops, over a million junctions.

Streets are made here: a grid of crooked blocks of 60 m with a quarter of the
sides left out, so that there are dead ends, detours and parts cut off; points
and stops stand anywhere among them.  A million junctions are the walkers'
streets of a country; nothing is read or written.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from harness import OURS, Comparison, Goal, Measured, compare, measure, sized
from vpvkac.geo.geodesy import CRS, to_degrees, to_planar
from vpvkac.questions.walk.streets import Streets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness import Work

SIDE_M, CROOKED_M, LEFT_OUT = 60.0, 20.0, 0.25
WEST, SOUTH = 450_000.0, 300_000.0
STOPS, POINTS = 9_310, 600
_NETWORKX = "networkx multi_source_dijkstra"
_NOTE = (
    "After loading: points and stops joined to the nearest street, and the search with its routes. "
    "networkx gets the stops at the nearest junctions and searches only. Found: the points that "
    "have a way to a stop."
)


class Country(NamedTuple):
    """Pieces of street, and the positions of points and of stops, each (lat, lon)."""

    pieces: gpd.GeoDataFrame
    points: tuple[NDArray[np.float64], NDArray[np.float64]]
    stops: tuple[NDArray[np.float64], NDArray[np.float64]]


def benchmark(runs: int) -> list[Comparison]:
    """Measure the search after loading, and the loading beside it."""
    count = sized(1_000_000, 40_000)
    searched = compare(
        f"ways along streets of {count} junctions, after loading",
        ours=partial(ours, count),
        alternatives={_NETWORKX: partial(by_networkx, count)},
        runs=runs,
        once={_NETWORKX},
        goals=[Goal("seconds", 2)],
        note=_NOTE,
    )
    loaded: list[Measured] = measure({OURS: partial(loading, count)}, min(runs, 3))
    return [searched, Comparison(f"loading {count} junctions", loaded)]


def ours(count: int) -> Work:
    """Prepare the streets with their links and index."""
    from vpvkac.questions.walk.streets import find_routes, snap

    made = country(count)
    streets = _loaded(made)

    def search() -> dict[str, int]:
        points, stops = snap(streets, *made.points), snap(streets, *made.stops)
        ways = find_routes(streets, points, stops)
        return {"points_with_a_way": int(np.isfinite(ways.street_m).sum())}

    return search


def loading(count: int) -> Work:
    """Prepare the pieces of street."""
    made = country(count)
    return lambda: _loaded(made)


def by_networkx(count: int) -> Work:
    """Prepare a graph of the same pieces, stops and points at their nearest junctions."""
    import networkx as nx
    from scipy.spatial import KDTree

    made = country(count)
    ends = shapely.get_coordinates(made.pieces.geometry).reshape(-1, 2, 2)
    metres = np.hypot(*(ends[:, 0] - ends[:, 1]).T)
    graph = nx.Graph()
    start, end = made.pieces["start"].tolist(), made.pieces["end"].tolist()
    graph.add_weighted_edges_from(zip(start, end, metres.tolist(), strict=True))
    numbers = np.concatenate([made.pieces["start"], made.pieces["end"]])
    tree = KDTree(np.concatenate([ends[:, 0], ends[:, 1]]))
    points, stops = (
        numbers[tree.query(np.column_stack(to_planar(*where)))[1]].tolist()
        for where in (made.points, made.stops)
    )

    def search() -> dict[str, int]:
        away = nx.multi_source_dijkstra_path_length(graph, set(stops))
        return {"points_with_a_way": sum(point in away for point in points)}

    return search


def country(count: int) -> Country:
    """Make the pieces of street between about `count` junctions, points and stops among them."""
    rng = np.random.default_rng(1)
    side = round(count**0.5)
    x, y = np.meshgrid(np.arange(side), np.arange(side))
    xy = np.column_stack([WEST + SIDE_M * x.ravel(), SOUTH + SIDE_M * y.ravel()])
    xy += rng.uniform(-CROOKED_M, CROOKED_M, xy.shape)
    number = np.arange(side * side).reshape(side, side)
    start = np.concatenate([number[:, :-1].ravel(), number[:-1].ravel()])
    end = np.concatenate([number[:, 1:].ravel(), number[1:].ravel()])
    kept = rng.random(len(start)) > LEFT_OUT
    start, end = start[kept], end[kept]
    lines = shapely.linestrings(np.stack([xy[start], xy[end]], axis=1))
    pieces = gpd.GeoDataFrame({"start": start, "end": end}, geometry=lines, crs=CRS)
    where = rng.uniform(0, SIDE_M * side, (POINTS + STOPS, 2)) + np.array([WEST, SOUTH])
    lat, lon = to_degrees(*where.T)
    return Country(pieces, (lat[:POINTS], lon[:POINTS]), (lat[POINTS:], lon[POINTS:]))


def _loaded(made: Country) -> Streets:
    streets = Streets.of(made.pieces)
    _ = streets.links, streets.hull
    streets.tree.query_nearest(shapely.Point(WEST, SOUTH))
    return streets
