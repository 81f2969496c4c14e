"""Proximity: the nearest of many targets, and those within a distance, exact on the ellipsoid.

Straight chords through the Earth find the candidates, by a tree of the
targets' positions in space or in strips of the origins; the geodesic decides
among them.  A geodesic of s metres has a chord of at most s, and of at least
2R·sin(s / 2R) where R is the ellipsoid's least radius of curvature (Schwarz's
theorem on arcs and chords), so the results equal an exhaustive geodesic
search, anywhere on the Earth, for distances under 19 000 km.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.geo.geodesy import GEOD, Positions, positions, separation

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray
    from scipy.spatial import KDTree


_LEAST_RADIUS = GEOD.b**2 / GEOD.a
# Covers the rounding of two distances to 0.001 m, which makes targets tie, and the arithmetic.
_SLACK = 0.002
# Origins are looked up in strips of this width, so that neighbours follow one another.
_LOOKED_UP_DEGREES = 0.2
# Strips follow one another at more metres than any position is from another.
_STRIP_M = 2.0**24
# Of narrower strips there would be too many for places along all of them to be told apart.
_NARROWEST_M = 100.0
# A table of more cells than these is not made.
_CELLS = 10_000_000
# So many pairs are found at a time, to bound the memory.
_PAIRS = 200_000


class Nearest(NamedTuple):
    """Position of the nearest target and its distance in metres, each of shape (n,)."""

    target: NDArray[np.int64]
    distance_m: NDArray[np.float64]


class Pairs(NamedTuple):
    """Origins and the targets within a distance of each, by number, ordered by both; metres."""

    origin: NDArray[np.int64]
    target: NDArray[np.int64]
    distance_m: NDArray[np.float64]


class Targets:
    """Targets in degrees, sorted by key as ties go to the first; for any number of origins."""

    def __init__(self, lat: ArrayLike, lon: ArrayLike) -> None:
        self._all = positions(lat, lon)

    @cached_property
    def _first(self) -> NDArray[np.int64]:
        # Of targets on one spot the first is nearest to whatever one of them is nearest to.
        stacked = pd.DataFrame({"lat": self._all.lat, "lon": self._all.lon}).duplicated()
        return np.flatnonzero(~stacked.to_numpy())

    @cached_property
    def _apart(self) -> Positions:
        return self._all.take(self._first)

    @cached_property
    def _tree(self) -> KDTree:
        return _tree(self._apart.xyz)

    def nearest(self, lat: ArrayLike, lon: ArrayLike) -> Nearest:
        """Find the nearest target of every origin, in degrees, and its metres to 0.001 m.

        Raises a ValueError if there is no target.
        """
        if len(self._first) == 0:
            raise ValueError("there is no target to measure to")
        lat, lon = np.asarray(lat, float), np.asarray(lon, float)
        order = _in_strips(lat, lon)
        origins = positions(lat[order], lon[order])
        look = min(2, len(self._first))
        chord, found = self._tree.query(origins.xyz, k=list(range(1, look + 1)))
        best = found[:, 0]
        metres = separation(origins, self._apart.take(best))
        if look > 1:
            reach = _arc(chord[:, 0]) + _SLACK
            crowded = np.flatnonzero(chord[:, 1] <= reach)
            best[crowded], metres[crowded] = self._first_nearest(
                origins.take(crowded), reach[crowded]
            )
        nearest = Nearest(np.empty(len(order), np.int64), np.empty(len(order)))
        nearest.target[order], nearest.distance_m[order] = self._first[best], metres
        return nearest

    def _first_nearest(
        self, origins: Positions, reach: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Compare every target within reach of each origin by its geodesic."""
        if len(reach) == 0:
            return np.empty(0, np.int64), np.empty(0)
        near = self._tree.query_ball_point(origins.xyz, reach, return_sorted=True)
        origin = np.repeat(np.arange(len(reach)), [len(found) for found in near])
        target = np.concatenate(near).astype(np.int64)
        metres = separation(origins.take(origin), self._apart.take(target))
        order = np.lexsort((target, metres, origin))
        first = order[np.searchsorted(origin[order], np.arange(len(reach)))]
        return target[first], metres[first]

    def within(self, lat: ArrayLike, lon: ArrayLike, metres: float) -> Pairs:
        """Pair every origin with each target no farther than `metres`, as rounded to 0.001 m."""
        origins = positions(lat, lon)
        parts = [Pairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
        for origin, target, _ in self._close(origins, metres):
            away = separation(origins.take(origin), self._all.take(target))
            near = away <= metres
            parts.append(Pairs(origin[near], target[near], away[near]))
        origin, target, away = (np.concatenate(part) for part in zip(*parts, strict=True))
        order = np.lexsort((target, origin))
        return Pairs(origin[order], target[order], away[order])

    def count_within(self, lat: ArrayLike, lon: ArrayLike, metres: float) -> NDArray[np.int64]:
        """Count the targets no farther than `metres` from every origin, shape (n,)."""
        origins = positions(lat, lon)
        counts = np.zeros(len(origins.lat), np.int64)
        sure = _least_chord(metres - _SLACK)
        for origin, target, chord in self._close(origins, metres):
            # Only pairs whose chord leaves a doubt are measured.
            is_within = chord <= sure
            doubt = np.flatnonzero(~is_within)
            away = separation(origins.take(origin[doubt]), self._all.take(target[doubt]))
            is_within[doubt] = away <= metres
            np.add.at(counts, origin[is_within], 1)
        return counts

    def _close(self, origins: Positions, metres: float) -> Iterator[Pairs]:
        """Pair origins with all targets that may be within `metres`, with the chord; in parts.

        On a plane no two positions are farther apart than their chord.  There the origins stand
        in strips as wide as the reach, sorted along each; those that a target may reach are one
        run in each of three strips.  What has no position is near nothing.
        """
        known = np.flatnonzero(np.isfinite(self._all.xyz).all(axis=1))
        if len(known) == 0:
            return
        reach = metres + _SLACK
        width = max(reach, _NARROWEST_M)
        # The plane that touches the Earth at a target: around it lengths change little.
        plane = np.linalg.svd(self._all.xyz[known[:1]])[2][1:]
        here, there = plane @ origins.xyz.T, plane @ self._all.xyz[known].T
        cells = np.floor(here / width)
        beside = np.flatnonzero(_beside(cells, np.floor(there / width)))
        places = cells[1, beside] * _STRIP_M + here[0, beside]
        order = np.argsort(places)
        places, order = places[order], beside[order]
        xyz = origins.xyz[order]
        # Targets in the same order, so that what is read was read just before.
        in_order = np.argsort(np.floor(there[1] / width) * _STRIP_M + there[0])
        targets, (along, across) = known[in_order], there[:, in_order]
        own = np.floor(across / width)
        for strip in (own - 1, own, own + 1):
            aside = np.maximum(np.maximum(strip * width - across, across - (strip + 1) * width), 0)
            half = np.sqrt(np.maximum(reach**2 - aside**2, 0))
            ends = np.clip([along - half, along + half], -_STRIP_M / 2, _STRIP_M / 2)
            begin, end = np.searchsorted(places, strip * _STRIP_M + ends)
            for part in _in_parts(end - begin):
                many = (end - begin)[part]
                row = np.arange(many.sum()) + np.repeat(begin[part] - np.cumsum(many) + many, many)
                target = np.repeat(targets[part], many)
                apart = xyz[row] - self._all.xyz[target]
                chord = np.sqrt(np.einsum("ij,ij->i", apart, apart))
                close = chord <= reach
                yield Pairs(order[row[close]], target[close], chord[close])


def nearest(
    lat: ArrayLike, lon: ArrayLike, target_lat: ArrayLike, target_lon: ArrayLike
) -> Nearest:
    """Find the nearest target of every origin; see `Targets.nearest`."""
    return Targets(target_lat, target_lon).nearest(lat, lon)


def chains(positions: NDArray[np.float64], step_m: float) -> NDArray[np.int64]:
    """Find chains of positions in a plane: each within a step of another of its chain.

    Metres, shape (n, 2); gives numbers from 0 in the order of the chains' first positions.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    beside = _tree(positions).query_pairs(step_m, output_type="ndarray")
    size = len(positions)
    graph = coo_array((np.ones(len(beside), np.int8), beside.T), (size, size))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _tree(points: NDArray[np.float64]) -> KDTree:
    # SciPy takes as long to load as a third of all else that a run loads.
    from scipy.spatial import KDTree

    return KDTree(points)


def _arc(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the longest geodesic that a chord can have."""
    return np.asarray(2 * _LEAST_RADIUS * np.arcsin(np.minimum(chord / (2 * _LEAST_RADIUS), 1)))


def _least_chord(metres: float) -> float:
    """Give the shortest chord that a geodesic can have."""
    return 2 * _LEAST_RADIUS * math.sin(min(metres / (2 * _LEAST_RADIUS), math.pi / 2))


def _in_strips(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> NDArray[np.int64]:
    """Order positions in strips, so that the tree is walked where it was just read."""
    return np.argsort(np.floor(lat / _LOOKED_UP_DEGREES) * 360 + lon)


def _beside(cells: NDArray[np.float64], taken: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which cells, of shape (2, n), are or touch a taken one.

    All of them, if the taken ones lie too far apart for a table of the cells between them.
    """
    first = taken.min(axis=1, keepdims=True) - 2
    shape = np.ptp(taken, axis=1).astype(int) + 5
    if shape.prod() > _CELLS:
        return np.ones(cells.shape[1], bool)
    is_beside = np.zeros(shape, bool)
    row, column = (taken - first).astype(int)
    for down, across in product((-1, 0, 1), repeat=2):
        is_beside[row + down, column + across] = True
    # The outermost cells are beside none; there goes what lies beyond, or has no position.
    row, column = np.fmin(np.fmax(cells - first, 0), shape[:, None] - 1).astype(np.int32)
    return np.asarray(is_beside[row, column])


def _in_parts(many: NDArray[np.int64]) -> Iterator[slice]:
    """Divide runs so that those of a part have some `_PAIRS` pairs together."""
    so_far = np.cumsum(many)
    cuts = np.searchsorted(so_far, np.arange(_PAIRS, so_far[-1], _PAIRS)) + 1
    return map(slice, [0, *cuts], [*cuts, len(many)])
