"""The streets as arrays: pieces between junctions, their true lengths, an index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from vpvkac.geo.geodesy import GEOD, to_degrees

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


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
        return cls(lines, start, end, lengths(lines), junctions)

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


def lengths(lines: NDArray[np.object_]) -> NDArray[np.float64]:
    """Measure lines of EPSG:3059 along their vertices on the ellipsoid, metres, shape (m,)."""
    xy, of = shapely.get_coordinates(lines, return_index=True)
    return lengths_along(xy, of, len(lines))


def lengths_along(
    xy: NDArray[np.float64], line: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """Measure `count` lines given as vertices, the number of the line of each ascending."""
    lat, lon = to_degrees(xy[:, 0], xy[:, 1])
    steps = np.asarray(GEOD.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2], float)
    # What leads from the end of one line to the start of the next belongs to none.
    steps[line[1:] != line[:-1]] = 0.0
    return np.asarray(np.bincount(line[1:], steps, minlength=count), float)
