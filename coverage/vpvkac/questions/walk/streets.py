"""The streets as a graph: pieces between junctions, and where on them points and stops stand."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from vpvkac.analysis.network import points_and_centres
from vpvkac.analysis.result import Network
from vpvkac.geo.geodesy import GEOD, MILLIMETRE, to_degrees, to_planar

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


class Links(NamedTuple):
    """The shortest line between any two nodes that a line joins, sorted; arrays of shape (k,).

    Parameters
    ----------
    low, high
        The nodes, the lower number first.
    line
        Number of the line.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    line: NDArray[np.int64]

    @classmethod
    def of(
        cls, start: NDArray[np.int64], end: NDArray[np.int64], length_m: NDArray[np.float64]
    ) -> Links:
        """Choose among the lines side by side; a loop leads nowhere.

        A sparse matrix would add the lengths of lines between the same nodes.
        """
        low, high = np.minimum(start, end), np.maximum(start, end)
        order = np.lexsort((length_m, high, low))
        low, high = low[order], high[order]
        first = np.ones(len(order), bool)
        first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        keep = first & (low != high)
        return cls(low[keep], high[keep], order[keep])

    def number(self, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
        """Give the numbers of the lines between nodes that a line joins."""
        size = int(self.high.max(initial=0)) + 1
        wanted = np.minimum(one, other) * size + np.maximum(one, other)
        return self.line[np.searchsorted(self.low * size + self.high, wanted)]


@dataclass(frozen=True, eq=False)
class Streets:
    """Streets on which one walks both ways.

    Parameters
    ----------
    lines
        Pieces from junction to junction, EPSG:3059, shape (m,).
    start, end
        Numbers of the junctions at the ends of each piece, shape (m,).
    length_m
        Geodesic length along the vertices of each piece (GRS80), shape (m,).
    junctions
        How many there are.
    """

    lines: NDArray[np.object_]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    length_m: NDArray[np.float64]
    junctions: int

    @classmethod
    def of(cls, table: gpd.GeoDataFrame) -> Streets:
        """Make them of the table that `sources.streets` reads."""
        lines = table.geometry.to_numpy()
        start, end = table["start"].to_numpy(np.int64), table["end"].to_numpy(np.int64)
        junctions = int(max(start.max(initial=-1), end.max(initial=-1))) + 1
        xy, line = shapely.get_coordinates(lines, return_index=True)
        return cls(lines, start, end, measure_lines(xy, line, len(lines)), junctions)

    @cached_property
    def links(self) -> Links:
        """The shortest piece between any two junctions."""
        return Links.of(self.start, self.end, self.length_m)

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


def measure_lines(
    xy: NDArray[np.float64], line: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Measure lines along their vertices on the ellipsoid.

    Parameters
    ----------
    xy, line
        Vertices in EPSG:3059, shape (k, 2), and the number of the line of each, ascending.
    count
        How many lines there are.

    Returns
    -------
    length_m
        Metres, shape (count,).
    """
    lat, lon = to_degrees(xy[:, 0], xy[:, 1])
    steps = np.asarray(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2], float)
    # What leads from the end of one line to the start of the next belongs to none.
    steps[line[1:] != line[:-1]] = 0.0
    return np.asarray(np.bincount(line[1:], steps, minlength=count), float)


@dataclass(frozen=True, eq=False)
class Snapped:
    """Positions snapped to the nearest piece of street; arrays of shape (n,).

    Parameters
    ----------
    lat, lon
        Degrees, as given.
    piece
        Number of the piece; -1 where not snapped.
    along
        How far along the piece, planar metres from its start.
    x, y
        The position on the piece, EPSG:3059.
    off_m
        Geodesic distance to it; NaN where not snapped.
    reason
        Why not snapped: `no_street` (none within 250 m), `outside` (of the area
        that the streets are given for); empty where snapped.
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

    def select(self, which: NDArray[np.bool_]) -> Snapped:
        """Give some of them."""
        return Snapped(*(getattr(self, one.name)[which] for one in fields(self)))

    def concat(self, others: Snapped) -> Snapped:
        """Put others after these."""
        names = [one.name for one in fields(self)]
        return Snapped(
            *(np.concatenate([getattr(self, name), getattr(others, name)]) for name in names)
        )


def snap(streets: Streets, lat: ArrayLike, lon: ArrayLike) -> Snapped:
    """Snap positions to the nearest piece of street.

    The nearest in the plane of EPSG:3059, the lower number where several are
    equally near; snapped if the geodesic to the nearest position on it, rounded
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
    return Snapped(lat, lon, piece, along, x, y, off_m, reason)


def download_areas(result: Network) -> list[shapely.Polygon]:
    """Outline where a point may walk: 1 km around it and around the line to its nearest stop.

    Returns
    -------
    areas
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
