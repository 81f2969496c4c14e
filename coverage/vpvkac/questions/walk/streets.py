"""The streets as a graph, and the search along them for the stop nearest to each point.

Nodes are the junctions, then the places where points and stops stand on the streets, then the
stops themselves, each a link away from its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from vpvkac.analysis.network import Network, points_and_centres
from vpvkac.geo.geodesy import GEOD, MILLIMETRE, distance, to_degrees, to_planar

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

# A point farther than this from every street is reported, not snapped; metres.
FARTHEST_M = 250.0
# No street within this distance: the streets are not given for the place; metres.
_NOT_GIVEN_M = 2_000.0
# The plane differs from the ellipsoid by less than this share.
_SCALE = 1.003
# Streets this far from a point, and from the straight line to its nearest stop, are downloaded.
AROUND_M = 1_000.0
# Areas with less between them are downloaded as one.
_BETWEEN_M = 2_000.0
NO_STREET, OUTSIDE = "no_street", "outside"
# Metres shared out among the stops in the order of their keys, so that of two that are equally
# far the first is found; far less than the millimetre to which distances are rounded.
_TIE_M = 1e-4
# The first vertex of a piece comes before what stands on it, the last one after.
_FIRST, _BETWEEN, _LAST = 0, 1, 2
_VERTEX = -1


@dataclass(frozen=True, eq=False)
class Streets:
    """Streets on which one walks both ways: lines in EPSG:3059 between numbered junctions."""

    lines: NDArray[np.object_]
    start: NDArray[np.int64]
    end: NDArray[np.int64]

    @classmethod
    def of(cls, table: gpd.GeoDataFrame) -> Streets:
        """Make them of the table that `sources.streets` reads."""
        ends = (table[name].to_numpy(np.int64) for name in ("start", "end"))
        return cls(table.geometry.to_numpy(), *ends)

    @property
    def junctions(self) -> int:
        """How many nodes there are."""
        return int(max(self.start.max(initial=-1), self.end.max(initial=-1))) + 1

    @cached_property
    def length_m(self) -> NDArray[np.float64]:
        """Geodesic length along the vertices of each piece (GRS80), metres."""
        xy, line = shapely.get_coordinates(self.lines, return_index=True)
        lat, lon = to_degrees(xy[:, 0], xy[:, 1])
        steps = np.asarray(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2], float)
        # What leads from the end of one line to the start of the next belongs to none.
        steps[line[1:] != line[:-1]] = 0.0
        return np.asarray(np.bincount(line[1:], steps, minlength=len(self.lines)), float)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """The nodes at the ends of each piece, the lower number first; shape (2, m)."""
        return np.sort(np.stack([self.start, self.end]), axis=0)

    @cached_property
    def links(self) -> NDArray[np.int64]:
        """The shortest piece between any two nodes, by its ends; a loop leads nowhere.

        A sparse matrix would add the lengths of pieces between the same nodes.
        """
        order = np.lexsort((self.length_m, *self.ends[::-1]))
        low, high = self.ends[:, order]
        is_first = np.append(True, (np.diff(low) != 0) | (np.diff(high) != 0))
        pieces: NDArray[np.int64] = order[is_first & (low != high)]
        return pieces

    def between(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the shortest pieces between nodes that a piece joins."""
        low, high = self.ends[:, self.links]
        size = int(high.max(initial=0)) + 1
        wanted = np.minimum(one, other) * size + np.maximum(one, other)
        pieces: NDArray[np.int64] = self.links[np.searchsorted(low * size + high, wanted)]
        return pieces

    @cached_property
    def tree(self) -> shapely.STRtree:
        """An index of the pieces."""
        return shapely.STRtree(self.lines)

    @cached_property
    def hull(self) -> shapely.Geometry:
        """The convex hull of all streets: the area that they are given for."""
        hull = shapely.LineString(shapely.get_coordinates(self.lines)).convex_hull
        shapely.prepare(hull)
        return hull


class Snapped(NamedTuple):
    """Positions snapped to the nearest piece of street; arrays of shape (n,).

    As given, degrees; number of the piece, -1 where not snapped; how far along it,
    planar metres from its start; the position there, EPSG:3059; the geodesic to
    it, NaN where not snapped; and why not: `no_street` (none within 250 m),
    `outside` (of the area that the streets are given for), else empty.
    """

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    piece: NDArray[np.int64]
    along: NDArray[np.float64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    off_m: NDArray[np.float64]
    reason: NDArray[np.object_]

    @property
    def is_snapped(self) -> NDArray[np.bool_]:
        """Which are snapped, shape (n,)."""
        return self.piece >= 0

    def select(self) -> Snapped:
        """Give those that are snapped."""
        return Snapped._make(values[self.is_snapped] for values in self)


def snap(streets: Streets, lat: ArrayLike, lon: ArrayLike) -> Snapped:
    """Snap positions in degrees, shape (n,), to the nearest piece of street.

    The nearest in the plane of EPSG:3059, the lower number where several are
    equally near; snapped if the geodesic to the nearest position on it, rounded
    to 0.001 m, is no longer than 250 m.  Where none is: a position is outside
    if it lies outside the convex hull of the streets, or if no street is
    within 2 km; else there is just no street near it.
    """
    lat, lon = np.asarray(lat, float), np.asarray(lon, float)
    points = np.asarray(shapely.points(*to_planar(lat, lon)))
    piece = np.full(len(points), -1, np.int64)
    # A narrow search is the quicker one, and finds nearly all.
    for reach in (FARTHEST_M, _NOT_GIVEN_M):
        missing = np.flatnonzero(piece < 0)
        point, nearest = streets.tree.query_nearest(points[missing], max_distance=reach * _SCALE)
        # Of equally near pieces the last written here stays: the lowest.
        order = np.lexsort((-nearest, point))
        piece[missing[point[order]]] = nearest[order]
    known = piece >= 0
    along, x, y, off_m = (np.full(len(points), np.nan) for _ in range(4))
    lines = streets.lines[piece[known]]
    along[known] = shapely.line_locate_point(lines, points[known])
    at = shapely.get_coordinates(shapely.line_interpolate_point(lines, along[known]))
    x[known], y[known] = at.T
    at_lat, at_lon = to_degrees(x[known], y[known])
    off_m[known] = GEOD.inv(lon[known], lat[known], at_lon, at_lat)[2]
    near = np.round(off_m, MILLIMETRE) <= FARTHEST_M
    given = known & np.asarray(shapely.covers(streets.hull, points), bool)
    reason = np.where(near, "", np.where(given, NO_STREET, OUTSIDE)).astype(object)
    piece[~near], off_m[~near] = -1, np.nan
    return Snapped(lat, lon, piece, along, x, y, off_m, reason)


class Routes(NamedTuple):
    """The way of each point; arrays of shape (n,).

    Number of the stop, -1 where there is none; distance along streets, both legs
    off them included, rounded to 0.001 m; the two legs together; geodesic to that
    stop; the way as a line in EPSG:3059.  NaN or None where there is none.
    """

    stop: NDArray[np.int64]
    street_m: NDArray[np.float64]
    off_street_m: NDArray[np.float64]
    air_m: NDArray[np.float64]
    route: NDArray[np.object_]


def find_routes(streets: Streets, points: Snapped, stops: Snapped) -> Routes:
    """Find each point's nearest stop along streets, of those that are snapped.

    Of stops whose distances differ by less than 0.1 mm the first is found:
    pass them sorted by key.
    """
    size = len(points.lat)
    nothing = [np.full(size, np.nan) for _ in range(3)]
    routes = Routes._make([np.full(size, -1), *nothing, np.full(size, None, object)])
    near, targets = points.select(), stops.select()
    count = len(targets.lat)
    if len(near.lat) == 0 or count == 0:
        return routes
    cut = _cut(streets, Snapped._make(map(np.concatenate, zip(near, targets, strict=True))))
    first_stop = streets.junctions + len(near.lat) + count
    extra_m = _TIE_M * np.arange(count) / count
    metres, before, source = _search(streets, cut, first_stop, targets.off_m + extra_m)
    node = streets.junctions + np.arange(len(near.lat))
    reached = np.isfinite(metres[node])
    if not reached.any():
        return routes
    node, at = node[reached], np.flatnonzero(points.is_snapped)[reached]
    which = source[node] - first_stop
    stop = np.flatnonzero(stops.is_snapped)[which]
    routes.stop[at] = stop
    routes.off_street_m[at] = np.round(points.off_m[at] + stops.off_m[stop], MILLIMETRE)
    routes.air_m[at] = distance(points.lat[at], points.lon[at], stops.lat[stop], stops.lon[stop])
    whole = metres[node] - extra_m[which] + points.off_m[at]
    # No way is shorter than the straight line: where it seems to be, it is by the adding up.
    routes.street_m[at] = np.maximum(np.round(whole, MILLIMETRE), routes.air_m[at])
    way, here, then = _hops(before, node, first_stop)
    xy, of = shapely.get_coordinates(_hop_lines(streets, cut, here, then), return_index=True)
    begin = np.column_stack(to_planar(points.lat[at], points.lon[at]))
    end = np.column_stack(to_planar(stops.lat[stop], stops.lon[stop]))
    number = np.arange(len(node))
    of_way = np.concatenate([number, way[of], number])
    order = np.argsort(of_way, kind="stable")
    vertices = np.concatenate([begin, xy, end])[order]
    routes.route[at] = shapely.linestrings(vertices, indices=of_way[order])
    return routes


def _cut(streets: Streets, snapped: Snapped) -> Streets:
    """Cut the pieces to which something is snapped into stretches from one place to the next.

    The nodes are the junctions, then the snapped places in the order given.
    Stretches are measured anew, the cuts being vertices too, so that none is
    shorter than the geodesic between its ends.  The uncut piece stays a link
    as well; it is no other way than its stretches together.
    """
    node = streets.junctions + np.arange(len(snapped.piece))
    places = pd.DataFrame(
        {"piece": snapped.piece, "along": snapped.along, "order": _BETWEEN, "node": node,
         "x": snapped.x, "y": snapped.y}
    )  # fmt: skip
    rows = pd.concat([places, _vertices(streets, np.unique(snapped.piece))])
    rows = rows.sort_values(["piece", "along", "order", "node"], kind="stable")
    piece, node = rows["piece"].to_numpy(np.int64), rows["node"].to_numpy(np.int64)
    ends = np.flatnonzero(node != _VERTEX)
    on_one = piece[ends[1:]] == piece[ends[:-1]]
    begin, end = ends[:-1][on_one], ends[1:][on_one]
    # Every row from one end to the next, both included, belongs to the stretch between them.
    size = end - begin + 1
    stretch = np.repeat(np.arange(len(begin)), size)
    at = np.repeat(begin - np.cumsum(size) + size, size) + np.arange(size.sum())
    lines = shapely.linestrings(rows[["x", "y"]].to_numpy(float)[at], indices=stretch)
    return Streets(np.asarray(lines, object), node[begin], node[end])


def _vertices(streets: Streets, pieces: NDArray[np.int64]) -> pd.DataFrame:
    """Make a row for each vertex of the pieces to be cut; its ends are junctions."""
    xy, of = shapely.get_coordinates(streets.lines[pieces], return_index=True)
    first = np.concatenate([[True], of[1:] != of[:-1]])
    last = np.concatenate([of[1:] != of[:-1], [True]])
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    so_far = np.cumsum(np.where(first, 0.0, step))
    node = np.full(len(xy), _VERTEX)
    node[first], node[last] = streets.start[pieces], streets.end[pieces]
    along = so_far - so_far[first][of]
    # Whatever the rounding of the way to it, nothing stands beyond the last vertex.
    along[last] = np.maximum(along[last], shapely.length(streets.lines[pieces])) + 1.0
    order = np.where(first, _FIRST, np.where(last, _LAST, _BETWEEN))
    return pd.DataFrame(
        {"piece": pieces[of], "along": along, "order": order, "node": node,
         "x": xy[:, 0], "y": xy[:, 1]}
    )  # fmt: skip


def _search(
    streets: Streets, cut: Streets, first_stop: int, legs_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Search from all stops: of each node its distance, the node before it, its stop."""
    count = len(legs_m)
    size = first_stop + count
    stops = first_stop + np.arange(count)
    narrow = np.int32 if size <= np.iinfo(np.int32).max else np.int64
    legs = np.array([stops - count, stops])
    ends = [streets.ends[:, streets.links], cut.ends[:, cut.links], legs]
    one, other = np.concatenate(ends, axis=1, dtype=narrow)
    lengths_m = [streets.length_m[streets.links], cut.length_m[cut.links], legs_m]
    matrix = coo_array((np.concatenate(lengths_m), (one, other)), shape=(size, size)).tocsr()
    metres, before, source = dijkstra(
        matrix, directed=False, indices=stops, min_only=True, return_predecessors=True
    )
    return metres, before, source


def _hops(
    before: NDArray[np.int64], node: NDArray[np.int64], first_stop: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Follow all ways at once, a hop at a time, up to where the stop stands on its street."""
    way, here, hops = np.arange(len(node)), node, []
    while len(way):
        then = before[here].astype(np.int64)
        goes_on = then < first_stop
        way, here, then = way[goes_on], here[goes_on], then[goes_on]
        hops.append((way, here, then))
        here = then
    ways, heres, thens = (np.concatenate(parts) for parts in zip(*hops, strict=True))
    order = np.argsort(ways, kind="stable")
    return ways[order], heres[order], thens[order]


def _hop_lines(
    streets: Streets, cut: Streets, here: NDArray[np.int64], then: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Give the shape of each hop, in its direction."""
    is_cut = np.maximum(here, then) >= streets.junctions
    lines, start = np.empty(len(here), object), np.empty(len(here), np.int64)
    for where, of in ((~is_cut, streets), (is_cut, cut)):
        number = of.between(here[where], then[where])
        lines[where], start[where] = of.lines[number], of.start[number]
    return np.where(start == here, lines, shapely.reverse(lines))


def download_areas(result: Network) -> list[shapely.Polygon]:
    """Outline where a point may walk: 1 km around it and around the line to its nearest stop.

    Polygons in degrees, longitude first, that do not touch; from west to east.
    """
    points = points_and_centres(result.network, result.places)
    stops = result.stops.set_index("stop").geometry
    ends = stops.reindex(points["stop"]).to_numpy()
    here = points.geometry.to_numpy()
    # Without a stop the line is the point itself.
    ends = np.where(shapely.is_missing(ends), here, ends)
    lines = shapely.linestrings(
        np.stack([shapely.get_coordinates(here), shapely.get_coordinates(ends)], axis=1)
    )
    wide = shapely.union_all(shapely.buffer(lines, AROUND_M + _BETWEEN_M / 2, quad_segs=4))
    parts = shapely.get_parts(shapely.buffer(wide, -_BETWEEN_M / 2, quad_segs=4))

    def to_lon_lat(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        lat, lon = to_degrees(xy[:, 0], xy[:, 1])
        return np.column_stack([lon, lat])

    # Overpass takes outlines only; a hole in an area is downloaded with it.
    outlines = [shapely.Polygon(part.exterior) for part in parts]
    areas = [shapely.transform(outline, to_lon_lat) for outline in outlines]
    return sorted(areas, key=lambda area: area.bounds)
