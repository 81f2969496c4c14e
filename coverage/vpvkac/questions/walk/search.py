"""The search: from each point along the streets to the stop nearest by them.

One search from all stops at once (Dijkstra, scipy) gives every node its
nearest stop and the node before it on the way.  Nodes are the junctions, then
the places where points and stops stand on the streets, then the stops
themselves, each a link away from its place on the street.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from vpvkac.geo.geodesy import MILLIMETRE, distance, to_planar
from vpvkac.questions.walk.chain import Chain, chained
from vpvkac.questions.walk.network import Links, Streets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.questions.walk.joining import Joined

# Metres shared out among the stops in the order of their keys, so that of two that are equally
# far the first is found; far less than the millimetre to which distances are rounded.
_TIE_M = 1e-4


class Ways(NamedTuple):
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


def find_ways(streets: Streets, points: Joined, stops: Joined) -> Ways:
    """Find each point's nearest stop along streets.

    Parameters
    ----------
    points, stops
        Joined to the streets; those that are not take no part.  Of stops
        whose distances differ by less than 0.1 mm the first is found: pass
        them sorted by key.
    """
    none = np.full(len(points.lat), np.nan)
    ways = Ways(np.full(len(none), -1), none.copy(), none.copy(), none.copy(),
                np.full(len(none), None, object))  # fmt: skip
    near, used = points.taken(points.is_joined), stops.taken(stops.is_joined)
    if len(near.lat) == 0 or len(used.lat) == 0:
        return ways
    graph = _Graph.of(streets, near, used)
    metres, before, source = graph.searched()
    from_ = streets.junctions + np.arange(len(near.lat))
    reached = np.isfinite(metres[from_])
    if not reached.any():
        return ways
    from_, at = from_[reached], np.flatnonzero(points.is_joined)[reached]
    which = source[from_] - graph.first_stop
    stop = np.flatnonzero(stops.is_joined)[which]
    ways.stop[at] = stop
    ways.off_street_m[at] = np.round(points.off_m[at] + stops.off_m[stop], MILLIMETRE)
    ways.air_m[at] = distance(points.lat[at], points.lon[at], stops.lat[stop], stops.lon[stop])
    whole = metres[from_] - graph.extra_m[which] + points.off_m[at]
    # No way is shorter than the straight line: where it seems to be, it is by the adding up.
    ways.street_m[at] = np.maximum(np.round(whole, MILLIMETRE), ways.air_m[at])
    begin = np.column_stack(to_planar(points.lat[at], points.lon[at]))
    end = np.column_stack(to_planar(stops.lat[stop], stops.lon[stop]))
    ways.route[at] = graph.routes(before, from_, begin, end)
    return ways


@dataclass(frozen=True, eq=False)
class _Graph:
    """Streets with what stands on them, and the stops.

    Parameters
    ----------
    chain, chain_links
        Of the points and the stops joined, in this order.
    stops
        The stops joined.
    first_stop
        Number of the first node that is a stop.
    extra_m
        What is added to the way from each stop.
    """

    streets: Streets
    chain: Chain
    chain_links: Links
    stops: Joined
    first_stop: int
    extra_m: NDArray[np.float64]

    @classmethod
    def of(cls, streets: Streets, points: Joined, stops: Joined) -> _Graph:
        """Join streets, points and stops."""
        standing, count = points.and_then(stops), len(stops.lat)
        chain = chained(streets, standing)
        return cls(
            streets,
            chain,
            Links.of(chain.start, chain.end, chain.length_m),
            stops,
            streets.junctions + len(standing.lat),
            _TIE_M * np.arange(count) / count,
        )

    def searched(self) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        """Search from all stops: of each node its distance, the node before it, its stop."""
        count = len(self.stops.lat)
        itself = self.first_stop + np.arange(count)
        on_street, along, chain = itself - count, self.streets.links, self.chain_links
        size = self.first_stop + count
        narrow = np.int32 if size <= np.iinfo(np.int32).max else np.int64
        one = np.concatenate([along.low, chain.low, on_street], dtype=narrow)
        other = np.concatenate([along.high, chain.high, itself], dtype=narrow)
        legs = self.stops.off_m + self.extra_m
        length_m = np.concatenate(
            [self.streets.length_m[along.line], self.chain.length_m[chain.line], legs]
        )
        matrix = coo_array((length_m, (one, other)), shape=(size, size)).tocsr()
        metres, before, source = dijkstra(
            matrix, directed=False, indices=itself, min_only=True, return_predecessors=True
        )
        return metres, before, source

    def routes(
        self,
        before: NDArray[np.int64],
        from_: NDArray[np.int64],
        begin: NDArray[np.float64],
        end: NDArray[np.float64],
    ) -> NDArray[np.object_]:
        """Draw the ways from nodes to their stops; positions `begin` and `end`, shape (n, 2)."""
        way, here, then = self._hops(before, from_)
        xy, of = shapely.get_coordinates(self._drawn(here, then), return_index=True)
        number = np.arange(len(from_))
        of_way = np.concatenate([number, way[of], number])
        order = np.argsort(of_way, kind="stable")
        whole = np.concatenate([begin, xy, end])[order]
        return np.asarray(shapely.linestrings(whole, indices=of_way[order]), object)

    def _hops(
        self, before: NDArray[np.int64], from_: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Follow all ways at once, a hop at a time, up to where the stop stands on its street."""
        way, here, hops = np.arange(len(from_)), from_, []
        while len(way):
            then = before[here].astype(np.int64)
            goes_on = then < self.first_stop
            way, here, then = way[goes_on], here[goes_on], then[goes_on]
            hops.append((way, here, then))
            here = then
        ways, heres, thens = (np.concatenate(parts) for parts in zip(*hops, strict=True))
        order = np.argsort(ways, kind="stable")
        return ways[order], heres[order], thens[order]

    def _drawn(self, here: NDArray[np.int64], then: NDArray[np.int64]) -> NDArray[np.object_]:
        """Give the shape of each hop, in its direction."""
        cut = np.maximum(here, then) >= self.streets.junctions
        lines, start = np.empty(len(here), object), np.empty(len(here), np.int64)
        for where, links, of in (
            (~cut, self.streets.links, self.streets),
            (cut, self.chain_links, self.chain),
        ):
            number = links.number(here[where], then[where])
            lines[where], start[where] = of.lines[number], of.start[number]
        return np.where(start == here, lines, shapely.reverse(lines))
