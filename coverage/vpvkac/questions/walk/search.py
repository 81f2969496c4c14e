"""The search: from each point along the streets to the stop nearest by them.

One search from all stops at once (Dijkstra, scipy) gives every node its
nearest stop and the node before it on the way.  Nodes are the junctions, then
the places where points and stops stand on the streets, then the stops
themselves, each a link away from its place on the street.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from vpvkac.geo.geodesy import MILLIMETRE, distance, to_planar
from vpvkac.questions.walk.streets import Links, Snapped, Streets, measure_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Metres shared out among the stops in the order of their keys, so that of two that are equally
# far the first is found; far less than the millimetre to which distances are rounded.
_TIE_M = 1e-4
# The first vertex of a piece comes before what stands on it, the last one after.
_FIRST, _BETWEEN, _LAST = 0, 1, 2
_VERTEX = -1


class Routes(NamedTuple):
    """What was found for each point; arrays of shape (n,).

    Parameters
    ----------
    stop
        Number of the stop; -1 where there is none.
    street_m
        Distance along streets, both legs off them included, rounded to
        0.001 m; NaN where there is none.
    off_street_m
        The two legs off the streets together.
    air_m
        Geodesic to that stop.
    route
        The way as a line in EPSG:3059; None where there is none.
    """

    stop: NDArray[np.int64]
    street_m: NDArray[np.float64]
    off_street_m: NDArray[np.float64]
    air_m: NDArray[np.float64]
    route: NDArray[np.object_]


def find_routes(streets: Streets, points: Snapped, stops: Snapped) -> Routes:
    """Find each point's nearest stop along streets.

    Parameters
    ----------
    points, stops
        Snapped to the streets; those that are not take no part.  Of stops
        whose distances differ by less than 0.1 mm the first is found: pass
        them sorted by key.
    """
    none = np.full(len(points.lat), np.nan)
    routes = Routes(np.full(len(none), -1), none.copy(), none.copy(), none.copy(),
                    np.full(len(none), None, object))  # fmt: skip
    near, used = points.select(points.is_snapped), stops.select(stops.is_snapped)
    count = len(used.lat)
    if len(near.lat) == 0 or count == 0:
        return routes
    cut = _Cut.of(streets, near.concat(used))
    first_stop = streets.junctions + len(near.lat) + count
    extra_m = _TIE_M * np.arange(count) / count
    metres, before, source = _search(streets, cut, first_stop, used.off_m + extra_m)
    from_ = streets.junctions + np.arange(len(near.lat))
    reached = np.isfinite(metres[from_])
    if not reached.any():
        return routes
    from_, at = from_[reached], np.flatnonzero(points.is_snapped)[reached]
    which = source[from_] - first_stop
    stop = np.flatnonzero(stops.is_snapped)[which]
    routes.stop[at] = stop
    routes.off_street_m[at] = np.round(points.off_m[at] + stops.off_m[stop], MILLIMETRE)
    routes.air_m[at] = distance(points.lat[at], points.lon[at], stops.lat[stop], stops.lon[stop])
    whole = metres[from_] - extra_m[which] + points.off_m[at]
    # No way is shorter than the straight line: where it seems to be, it is by the adding up.
    routes.street_m[at] = np.maximum(np.round(whole, MILLIMETRE), routes.air_m[at])

    way, here, then = _hops(before, from_, first_stop)
    xy, of = shapely.get_coordinates(_hop_lines(streets, cut, here, then), return_index=True)
    begin = np.column_stack(to_planar(points.lat[at], points.lon[at]))
    end = np.column_stack(to_planar(stops.lat[stop], stops.lon[stop]))
    number = np.arange(len(from_))
    of_way = np.concatenate([number, way[of], number])
    order = np.argsort(of_way, kind="stable")
    vertices = np.concatenate([begin, xy, end])[order]
    routes.route[at] = shapely.linestrings(vertices, indices=of_way[order])
    return routes


class _Cut(NamedTuple):
    """Stretches from one snapped place or junction to the next, arrays of shape (k,).

    Parameters
    ----------
    start, end
        Numbers of nodes: junctions, then the snapped places in the order given.
    length_m
        Geodesic length along the vertices.
    lines
        Shapes from `start` to `end`, EPSG:3059.
    links
        The shortest stretch between any two nodes.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_m: NDArray[np.float64]
    lines: NDArray[np.object_]
    links: Links

    @classmethod
    def of(cls, streets: Streets, snapped: Snapped) -> _Cut:
        """Cut the pieces to which something is snapped, and measure each stretch.

        Stretches are measured anew, the cuts being vertices too, so that none is
        shorter than the geodesic between its ends.  The uncut piece stays a link
        as well; it is no other way than its stretches together.
        """
        places = pd.DataFrame(
            {
                "piece": snapped.piece,
                "along": snapped.along,
                "order": _BETWEEN,
                "node": streets.junctions + np.arange(len(snapped.piece)),
                "x": snapped.x,
                "y": snapped.y,
            }
        )
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
        xy = rows[["x", "y"]].to_numpy(float)[at]
        lines = np.asarray(shapely.linestrings(xy, indices=stretch), object)
        length_m = measure_lines(xy, stretch, len(begin))
        links = Links.of(node[begin], node[end], length_m)
        return cls(node[begin], node[end], length_m, lines, links)


def _vertices(streets: Streets, cut: NDArray[np.int64]) -> pd.DataFrame:
    """Make a row for each vertex of the pieces to be cut; its ends are junctions."""
    xy, of = shapely.get_coordinates(streets.lines[cut], return_index=True)
    first = np.concatenate([[True], of[1:] != of[:-1]])
    last = np.concatenate([of[1:] != of[:-1], [True]])
    step = np.hypot(*np.diff(xy, axis=0, prepend=xy[:1]).T)
    so_far = np.cumsum(np.where(first, 0.0, step))
    node = np.full(len(xy), _VERTEX)
    node[first], node[last] = streets.start[cut], streets.end[cut]
    along = so_far - so_far[first][of]
    # Whatever the rounding of the way to it, nothing stands beyond the last vertex.
    along[last] = np.maximum(along[last], shapely.length(streets.lines[cut])) + 1.0
    order = np.where(first, _FIRST, np.where(last, _LAST, _BETWEEN))
    return pd.DataFrame(
        {
            "piece": cut[of],
            "along": along,
            "order": order,
            "node": node,
            "x": xy[:, 0],
            "y": xy[:, 1],
        }
    )


def _search(
    streets: Streets, cut: _Cut, first_stop: int, legs_m: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Search from all stops: of each node its distance, the node before it, its stop."""
    count = len(legs_m)
    size = first_stop + count
    itself = first_stop + np.arange(count)
    along, chain = streets.links, cut.links
    narrow = np.int32 if size <= np.iinfo(np.int32).max else np.int64
    one = np.concatenate([along.low, chain.low, itself - count], dtype=narrow)
    other = np.concatenate([along.high, chain.high, itself], dtype=narrow)
    length_m = np.concatenate([streets.length_m[along.line], cut.length_m[chain.line], legs_m])
    matrix = coo_array((length_m, (one, other)), shape=(size, size)).tocsr()
    metres, before, source = dijkstra(
        matrix, directed=False, indices=itself, min_only=True, return_predecessors=True
    )
    return metres, before, source


def _hops(
    before: NDArray[np.int64], from_: NDArray[np.int64], first_stop: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Follow all ways at once, a hop at a time, up to where the stop stands on its street."""
    way, here, hops = np.arange(len(from_)), from_, []
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
    streets: Streets, cut: _Cut, here: NDArray[np.int64], then: NDArray[np.int64]
) -> NDArray[np.object_]:
    """Give the shape of each hop, in its direction."""
    is_cut = np.maximum(here, then) >= streets.junctions
    lines, start = np.empty(len(here), object), np.empty(len(here), np.int64)
    sources: tuple[tuple[NDArray[np.bool_], Streets | _Cut], ...] = (
        (~is_cut, streets), (is_cut, cut),
    )  # fmt: skip
    for where, of in sources:
        number = of.links.number(here[where], then[where])
        lines[where], start[where] = of.lines[number], of.start[number]
    return np.where(start == here, lines, shapely.reverse(lines))
