"""Positions and distances: LKS-92 for areas and candidates, the ellipsoid for every distance.

Distances are geodesics on GRS80 between latitudes and longitudes as read,
rounded to the millimetre before anything is decided (DESIGN.md, "Distance").
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod, Transformer

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

CRS = "EPSG:3059"
GEOD = Geod(ellps="GRS80")
MILLIMETRE = 3
_CIRCLE_POINTS = 72


def distance(
    lat: ArrayLike, lon: ArrayLike, other_lat: ArrayLike, other_lon: ArrayLike
) -> NDArray[np.float64]:
    """Measure geodesics on GRS80.

    Parameters
    ----------
    lat, lon, other_lat, other_lon
        Degrees (ETRS89/WGS 84), arrays of one shape (n,).

    Returns
    -------
    distance
        Metres, shape (n,), rounded to 0.001 m.
    """
    metres = GEOD.inv(
        np.asarray(lon, float),
        np.asarray(lat, float),
        np.asarray(other_lon, float),
        np.asarray(other_lat, float),
    )[2]
    return np.asarray(np.round(metres, MILLIMETRE))


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


@cache
def _transformer(source: str, target: str) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
