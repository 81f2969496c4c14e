"""Positions and distances: LKS-92 for areas and candidates, the ellipsoid for every distance.

Distances are geodesics on GRS80 between latitudes and longitudes as read,
rounded to the millimetre before anything is decided.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import Geod, Transformer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CRS = "EPSG:3059"
GEOD = Geod(ellps="GRS80")
MILLIMETRE = 3
# Up to here the arc over a chord equals pyproj's geodesic to 0.00000001 m, at every latitude.
_SHORT_M = 30_000.0
# So near a half millimetre pyproj itself rounds: a difference of that size could tip it.
_TIE_MM = 1e-3
_CIRCLE_POINTS = 72
_OF_AREA = 2


class Positions(NamedTuple):
    """Positions: degrees (ETRS89/WGS 84), shape (n,), and metres from the Earth's centre (n, 3)."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    xyz: NDArray[np.float64]

    def take(self, rows: NDArray[np.int64]) -> Positions:
        """Give some of them, in this order."""
        return Positions(self.lat[rows], self.lon[rows], self.xyz[rows])


def positions(lat: ArrayLike, lon: ArrayLike) -> Positions:
    """Place latitudes and longitudes in space, on GRS80."""
    lat, lon = np.asarray(lat, float), np.asarray(lon, float)
    phi, lam = np.radians(lat), np.radians(lon)
    sine, cosine = np.sin(phi), np.cos(phi)
    normal = GEOD.a / np.sqrt(1 - GEOD.es * sine**2)
    xyz = np.empty((len(lat), 3))
    xyz[:, 0] = normal * cosine * np.cos(lam)
    xyz[:, 1] = normal * cosine * np.sin(lam)
    xyz[:, 2] = normal * (1 - GEOD.es) * sine
    return Positions(lat, lon, xyz)


def distance(
    lat: ArrayLike, lon: ArrayLike, other_lat: ArrayLike, other_lon: ArrayLike
) -> NDArray[np.float64]:
    """Measure geodesics on GRS80 between degrees; metres rounded to 0.001 m, those of pyproj."""
    return separation(positions(lat, lon), positions(other_lat, other_lon))


def separation(these: Positions, those: Positions) -> NDArray[np.float64]:
    """Measure geodesics between positions; as `distance`, and four times as fast as pyproj.

    Short ones are the arc over the chord, on the circle that touches the
    ellipsoid midway in the direction of the other end (Euler's theorem).
    pyproj measures the long ones, and those whose rounding could differ.
    """
    apart = these.xyz - those.xyz
    square = np.einsum("ij,ij->i", apart, apart)
    sine = np.sin(np.radians((these.lat + those.lat) / 2))
    bulge = 1 - GEOD.es * sine**2
    meridian, prime = GEOD.a * (1 - GEOD.es) / bulge**1.5, GEOD.a / np.sqrt(bulge)
    northward = (meridian * np.radians(these.lat - those.lat)) ** 2
    share = np.divide(northward, square, out=np.zeros_like(square), where=square > 0)
    curvature = share / meridian + (1 - share) / prime
    part = square * curvature**2 / 4
    metres = np.sqrt(square) * (1 + part / 6 + 3 * part**2 / 40)
    rounded = np.round(metres, MILLIMETRE)
    from_tie = np.abs(np.abs(metres - rounded) * 10**MILLIMETRE - 0.5)
    doubtful = np.flatnonzero((from_tie < _TIE_MM) | (square > _SHORT_M**2))
    if len(doubtful) > 0:
        one, other = these.take(doubtful), those.take(doubtful)
        away = GEOD.inv(one.lon, one.lat, other.lon, other.lat)[2]
        rounded[doubtful] = np.round(away, MILLIMETRE)
    return np.asarray(rounded)


def circle(lat: float, lon: float, radius: float) -> NDArray[np.float64]:
    """Draw the geodesic circle of `radius` metres; a closed ring of (lon, lat), shape (73, 2)."""
    azimuth = np.linspace(0, 360, _CIRCLE_POINTS, endpoint=False)
    ones = np.ones_like(azimuth)
    ring_lon, ring_lat, _ = GEOD.fwd(lon * ones, lat * ones, azimuth, radius * ones)
    ring = np.column_stack([ring_lon, ring_lat])
    return np.vstack([ring, ring[:1]])


def to_planar(lat: ArrayLike, lon: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Project degrees to EPSG:3059; easting and northing in metres, each of shape (n,)."""
    easting, northing = _transformer("EPSG:4326", CRS).transform(
        np.asarray(lon, float), np.asarray(lat, float)
    )
    return easting, northing


def to_degrees(
    easting: ArrayLike, northing: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn EPSG:3059 metres into degrees; latitude and longitude, each of shape (n,)."""
    lon, lat = _transformer(CRS, "EPSG:4326").transform(
        np.asarray(easting, float), np.asarray(northing, float)
    )
    return lat, lon


def overlapping(
    shapes: NDArray[np.object_], tolerance: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find pairs of which one covers more than a share of the smaller; shapes may touch.

    Shapes are valid points and polygons on a plane.  Gives their numbers, ``one < other``.
    """
    # Of two polygons that overlap one at least has an edge that does not fit its neighbours'.
    doubtful = shapely.get_dimensions(shapes) < _OF_AREA
    edges = shapely.coverage_invalid_edges(shapes[~doubtful])
    doubtful[~doubtful] = ~shapely.is_empty(edges)
    doubts = np.flatnonzero(doubtful)
    found, beside = shapely.STRtree(shapes).query(shapes[doubts], predicate="intersects")
    pairs = np.sort(np.column_stack([doubts[found], beside]), axis=1)
    one, other = np.unique(pairs, axis=0).T
    later = one < other
    one, other = one[later], other[later]
    area, bounds = shapely.area(shapes), shapely.bounds(shapes)
    smaller = np.minimum(area[one], area[other])
    # Most neighbours share a border alone: their boxes tell without cutting.
    least = np.maximum(bounds[one, :2], bounds[other, :2])
    most = np.minimum(bounds[one, 2:], bounds[other, 2:])
    near = np.prod(most - least, axis=1) >= tolerance * smaller
    one, other, smaller = one[near], other[near], smaller[near]
    common = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    # A point has no area: it lies on another, or touches its border.
    on = np.where(
        smaller > 0, common > tolerance * smaller, ~shapely.touches(shapes[one], shapes[other])
    )
    return one[on], other[on]


@cache
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
