"""Proximity: the nearest of many targets, and those within a distance, exact on the ellipsoid.

Targets stand in a tree by their positions in space, and straight chords
through the Earth find the candidates; the geodesic decides among them.  A
geodesic of s metres has a chord of at most s, and of at least
2R·sin(s / 2R) where R is the ellipsoid's least radius of curvature (Schwarz's
theorem on arcs and chords), so the results equal an exhaustive geodesic
search, anywhere on the Earth, for distances under 19 000 km.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
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
# Origins are looked up in strips of this many metres, so that neighbours follow one another.
_STRIP_M, _STEP_M, _STEPS = 20_000.0, 1_000.0, 16_384
# Pairs are found for so many origins at a time, to bound the memory.
_CHUNK = 100_000


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
        # Of targets on one spot the first is nearest to whatever one of them is nearest to.
        stacked = pd.DataFrame({"lat": self._all.lat, "lon": self._all.lon}).duplicated()
        self._first = np.flatnonzero(~stacked.to_numpy())
        self._apart = self._all.take(self._first)
        self._tree = _tree(self._apart.xyz)

    def nearest(self, lat: ArrayLike, lon: ArrayLike) -> Nearest:
        """Find the nearest target of every origin, in degrees, and its metres to 0.001 m.

        Raises a ValueError if there is no target.
        """
        if len(self._first) == 0:
            raise ValueError("there is no target to measure to")
        origins = positions(lat, lon)
        order = _in_strips(origins.xyz)
        look = min(2, len(self._first))
        chord, found = np.empty((len(order), look)), np.empty((len(order), look), np.int64)
        beside, target = self._tree.query(origins.xyz[order], k=look)
        chord[order], found[order] = beside.reshape(-1, look), target.reshape(-1, look)
        best = found[:, 0]
        metres = separation(origins, self._apart.take(best))
        if look > 1:
            reach = _arc(chord[:, 0]) + _SLACK
            crowded = np.flatnonzero(chord[:, 1] <= reach)
            best[crowded], metres[crowded] = self._first_nearest(
                origins.take(crowded), reach[crowded]
            )
        return Nearest(self._first[best], metres)

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
        parts = []
        for begin, origins in _chunks(lat, lon):
            origin, target, _ = self._close(origins, metres)
            away = separation(origins.take(origin), self._all.take(target))
            order = np.lexsort((target, origin))
            order = order[away[order] <= metres]
            parts.append((begin + origin[order], target[order], away[order]))
        return Pairs(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def count_within(self, lat: ArrayLike, lon: ArrayLike, metres: float) -> NDArray[np.int64]:
        """Count the targets no farther than `metres` from every origin, shape (n,)."""
        counts = []
        for _, origins in _chunks(lat, lon):
            origin, target, chord = self._close(origins, metres)
            # Only pairs whose chord leaves a doubt are measured.
            is_within = _arc(chord) <= metres - _SLACK
            doubt = np.flatnonzero(~is_within)
            away = separation(origins.take(origin[doubt]), self._all.take(target[doubt]))
            is_within[doubt] = away <= metres
            counts.append(np.bincount(origin[is_within], minlength=len(origins.lat)))
        return np.concatenate(counts).astype(np.int64)

    def _close(
        self, origins: Positions, metres: float
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
        """Pair origins with all targets that may be within `metres`; the chord of each pair."""
        # Built once and asked once: a balanced tree would cost more than it saves.
        tree = _tree(origins.xyz, balanced_tree=False, compact_nodes=False)
        pairs = tree.sparse_distance_matrix(self._whole, metres + _SLACK, output_type="ndarray")
        return pairs["i"].astype(np.int64), pairs["j"].astype(np.int64), pairs["v"]

    @cached_property
    def _whole(self) -> KDTree:
        """Hold every target, also those on one spot."""
        return _tree(self._all.xyz)


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


def _tree(points: NDArray[np.float64], **options: bool) -> KDTree:
    # SciPy takes as long to load as a third of all else that a run loads.
    from scipy.spatial import KDTree

    return KDTree(points, **options)


def _arc(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the longest geodesic that a chord can have."""
    return np.asarray(2 * _LEAST_RADIUS * np.arcsin(np.minimum(chord / (2 * _LEAST_RADIUS), 1)))


def _in_strips(xyz: NDArray[np.float64]) -> NDArray[np.int64]:
    """Order positions in strips, to and fro, so that the tree is walked where it was just read."""
    strip = (xyz[:, 2] // _STRIP_M).astype(np.int32)
    along = (xyz[:, 1] // _STEP_M).astype(np.int32)
    # No coordinate is more than 6 400 km from the centre, so `along` never leaves its strip.
    return np.argsort(strip * _STEPS + np.where(strip % 2 == 0, along, -along), kind="stable")


def _chunks(lat: ArrayLike, lon: ArrayLike) -> Iterator[tuple[int, Positions]]:
    lat, lon = np.asarray(lat, float), np.asarray(lon, float)
    for begin in range(0, max(len(lat), 1), _CHUNK):
        chunk = slice(begin, begin + _CHUNK)
        yield begin, positions(lat[chunk], lon[chunk])
