"""Shapes that lie on one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray


def overlapping(
    shapes: NDArray[np.object_], tolerance: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find pairs of which one covers more than a share of the other; shapes may touch.

    Parameters
    ----------
    shapes
        Valid points and polygons on a plane, shape (n,).
    tolerance
        The share of the smaller one's area that is not counted.

    Returns
    -------
    one, other
        Numbers of the shapes, ``one < other``, each of shape (m,).
    """
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
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
