"""The surroundings of points: where to download streets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from vpvkac.analysis.network import points_and_centres
from vpvkac.geo.geodesy import to_degrees

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.questions.coverage.result import Result as Findings

# Streets this far from a point, and from the straight line to its nearest stop, are asked for.
AROUND_M = 1_000.0
# Areas with less between them are asked for as one.
_BETWEEN_M = 2_000.0


def surroundings(result: Findings) -> list[shapely.Polygon]:
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
    # Overpass takes outlines only; a hole in an area is asked for with it.
    outlines = [shapely.Polygon(part.exterior) for part in parts]
    areas = [shapely.transform(outline, _to_lon_lat) for outline in outlines]
    return sorted(areas, key=lambda area: area.bounds)


def _to_lon_lat(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    lat, lon = to_degrees(xy[:, 0], xy[:, 1])
    return np.column_stack([lon, lat])
