"""The way along streets, found by networkx: edges are cut one by one, lengths are pyproj's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx
from pyproj import Geod, Transformer
from shapely.geometry import LineString, Point
from shapely.ops import substring

GEOD = Geod(ellps="GRS80")
TO_PLANE = Transformer.from_crs("EPSG:4326", "EPSG:3059", always_xy=True)
TO_DEGREES = Transformer.from_crs("EPSG:3059", "EPSG:4326", always_xy=True)
FARTHEST_M = 250.0

# Start, end and course (EPSG:3059) of a street; latitude and longitude of a position.
Street = tuple[int, int, LineString]
Position = tuple[float, float]


@dataclass(frozen=True)
class Way:
    """The nearest stop along streets and how far it is; None and infinity where there is none."""

    stop: int | None
    metres: float
    off: float


def ways(
    streets: Sequence[Street], points: Sequence[Position], stops: Sequence[Position]
) -> list[Way]:
    """Find each point's way to its nearest stop."""
    standing = {f"point {n}": foot(streets, at) for n, at in enumerate(points)}
    standing |= {f"stop {n}": foot(streets, at) for n, at in enumerate(stops)}
    graph = cut_graph(streets, {name: found[:2] for name, found in standing.items() if found})
    return [_way(graph, standing, number, len(stops)) for number in range(len(points))]


def foot(streets: Sequence[Street], at: Position) -> tuple[int, float, float] | None:
    """Find the nearest street: its number, how far along it, how far off it."""
    spot = Point(TO_PLANE.transform(at[1], at[0]))
    number = min(range(len(streets)), key=lambda n: (streets[n][2].distance(spot), n))
    course = streets[number][2]
    along = course.project(spot)
    there = course.interpolate(along)
    lon, lat = TO_DEGREES.transform(there.x, there.y)
    off = GEOD.inv(at[1], at[0], lon, lat)[2]
    return (number, along, off) if round(off, 3) <= FARTHEST_M else None


def cut_graph(
    streets: Sequence[Street], standing: dict[str, tuple[int, float]]
) -> nx.MultiGraph[object]:
    """Make a graph in which streets are cut where something stands on them."""
    graph: nx.MultiGraph[object] = nx.MultiGraph()
    for number, (start, end, course) in enumerate(streets):
        cuts = sorted((along, name) for name, (on, along) in standing.items() if on == number)
        nodes = [(0.0, start), *cuts, (course.length, end)]
        for (from_m, one), (to_m, other) in pairwise(nodes):
            graph.add_edge(one, other, length=metres(course, from_m, to_m))
    return graph


def metres(course: LineString, from_m: float, to_m: float) -> float:
    """Measure a stretch along its vertices."""
    stretch = substring(course, from_m, to_m)
    if isinstance(stretch, Point):
        return 0.0
    lon, lat = zip(*(TO_DEGREES.transform(x, y) for x, y in stretch.coords), strict=True)
    return float(GEOD.line_length(lon, lat))


def _way(
    graph: nx.MultiGraph[object],
    standing: dict[str, tuple[int, float, float] | None],
    number: int,
    stops: int,
) -> Way:
    here = standing[f"point {number}"]
    if here is None:
        return Way(None, float("inf"), float("nan"))
    reached = nx.single_source_dijkstra_path_length(graph, f"point {number}", weight="length")
    found = [
        (round(here[2] + reached[f"stop {n}"] + there[2], 3), n, here[2] + there[2])
        for n in range(stops)
        if (there := standing[f"stop {n}"]) is not None and f"stop {n}" in reached
    ]
    if not found:
        return Way(None, float("inf"), float("nan"))
    least, stop, off = min(found)
    return Way(stop, least, off)
