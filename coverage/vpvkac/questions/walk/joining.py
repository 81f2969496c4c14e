"""Joining: where on the streets a point or a stop stands, and how far off them."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np
import shapely

from vpvkac.geo.geodesy import GEOD, MILLIMETRE, to_degrees, to_planar

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.questions.walk.network import Streets

# A point farther than this from every street is reported, not joined; metres.
FARTHEST_M = 250.0
# No street within this distance: the streets are not given for the place; metres.
_NOT_GIVEN_M = 2_000.0
# The plane differs from the ellipsoid by less than this share.
_SCALE = 1.003

NO_STREET, OUTSIDE = "no_street", "outside"


@dataclass(frozen=True, eq=False)
class Joined:
    """Positions joined to the nearest piece of street; arrays of shape (n,).

    Parameters
    ----------
    lat, lon
        Degrees, as given.
    piece
        Number of the piece; -1 where not joined.
    along
        How far along the piece, planar metres from its start.
    x, y
        The position on the piece, EPSG:3059.
    off_m
        Geodesic distance to it; NaN where not joined.
    reason
        Why not joined: `no_street` (none within 250 m), `outside` (of the area
        that the streets are given for); empty where joined.
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
    def is_joined(self) -> NDArray[np.bool_]:
        """Which are joined, shape (n,)."""
        return self.piece >= 0

    def taken(self, which: NDArray[np.bool_]) -> Joined:
        """Take some of them."""
        return Joined(*(getattr(self, one.name)[which] for one in fields(self)))

    def and_then(self, others: Joined) -> Joined:
        """Put others after these."""
        return Joined(
            *(
                np.concatenate([getattr(self, one.name), getattr(others, one.name)])
                for one in fields(self)
            )
        )


def join(streets: Streets, lat: ArrayLike, lon: ArrayLike) -> Joined:
    """Join positions to the nearest piece of street.

    The nearest in the plane of EPSG:3059, the lower number where several are
    equally near; joined if the geodesic to the nearest position on it, rounded
    to 0.001 m, is no longer than 250 m.  Where none is: a position is outside
    if it lies outside the convex hull of the streets, or if no street is
    within 2 km; else there is just no street near it.

    Parameters
    ----------
    lat, lon
        Degrees, shape (n,).
    """
    lat, lon = np.asarray(lat, float), np.asarray(lon, float)
    points = np.asarray(shapely.points(*to_planar(lat, lon)))
    piece = np.full(len(points), -1, np.int64)
    # A narrow search is the quicker one, and finds nearly all.
    for reach in (FARTHEST_M, _NOT_GIVEN_M):
        missing = np.flatnonzero(piece < 0)
        found, nearest = streets.tree.query_nearest(points[missing], max_distance=reach * _SCALE)
        # Of equally near pieces the last written here stays: the lowest.
        order = np.lexsort((-nearest, found))
        piece[missing[found[order]]] = nearest[order]

    known = piece >= 0
    along, x, y, off_m = (np.full(len(points), np.nan) for _ in range(4))
    lines = streets.lines[piece[known]]
    along[known] = shapely.line_locate_point(lines, points[known])
    at = shapely.get_coordinates(shapely.line_interpolate_point(lines, along[known]))
    x[known], y[known] = at.T
    at_lat, at_lon = to_degrees(x[known], y[known])
    off_m[known] = GEOD.inv(lon[known], lat[known], at_lon, at_lat)[2]

    near = known.copy()
    near[known] = np.round(off_m[known], MILLIMETRE) <= FARTHEST_M
    given = known & np.asarray(shapely.covers(streets.hull, points), bool)
    reason = np.where(near, "", np.where(given, NO_STREET, OUTSIDE)).astype(object)
    piece[~near] = -1
    off_m[~near] = np.nan
    return Joined(lat, lon, piece, along, x, y, off_m, reason)
