"""Polygons that lie on one another, against every pair cut with shapely."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from shapely import affinity

from vpvkac.geo.geodesy import overlapping

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE, CELLS = 1000.0, 60


def coverage(random: np.random.Generator) -> list[shapely.Geometry]:
    """Divide a square into cells that fit one another."""
    points = shapely.MultiPoint(random.uniform(0, SIDE, (CELLS, 2)))
    square = shapely.box(0, 0, SIDE, SIDE)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=square))
    return list(shapely.coverage_simplify(cells, 0.0))


def faults_in(cells: list[shapely.Geometry], random: np.random.Generator) -> list[shapely.Geometry]:
    """Move, double, enclose, widen and join cells, and add points in, on and beside them."""
    made = list(cells)
    moved, doubled, around, joined = random.choice(len(cells), 4, replace=False)
    made[moved] = affinity.translate(made[moved], *random.uniform(-20, 20, 2))
    made.append(made[doubled])
    made.append(cells[around].centroid.buffer(1))
    made.append(cells[joined].buffer(30))
    # As a municipality in the same file as its units.
    beside = [cell for cell in cells if cell.touches(cells[joined])]
    made.append(shapely.union_all([cells[joined], *beside]))
    far = shapely.box(2 * SIDE, 0, 2 * SIDE + 10, 10)
    made.append(shapely.MultiPolygon([far, cells[0].centroid.buffer(5)]))
    # Its edges fit nobody's, though it covers nothing of theirs.
    made.append(shapely.box(-50, 0, min(cell.bounds[0] for cell in cells), 333))
    corner = shapely.get_point(cells[1].exterior, 0)
    made.extend([cells[1].centroid, corner, shapely.Point(-SIDE, 0), cells[1].centroid])
    return made


def every_pair(shapes: NDArray[np.object_], tolerance: float) -> set[tuple[int, int]]:
    """Cut each with each."""
    found = set()
    for one, other in combinations(range(len(shapes)), 2):
        smaller = min(shapes[one].area, shapes[other].area)
        common = shapes[one].intersection(shapes[other])
        if smaller > 0:
            is_on = common.area > tolerance * smaller
        else:
            is_on = not common.is_empty and not shapes[one].touches(shapes[other])
        if is_on:
            found.add((one, other))
    return found


@pytest.mark.parametrize("tolerance", [0.0, 0.02, 0.05])
@pytest.mark.parametrize("seed", range(8))
def test_overlaps_are_those_of_every_pair(seed: int, tolerance: float) -> None:
    random = np.random.default_rng(seed)
    shapes = np.array(faults_in(coverage(random), random), object)
    shapes = shapes[random.permutation(len(shapes))]
    one, other = overlapping(shapes, tolerance)
    found = list(zip(one.tolist(), other.tolist(), strict=True))
    assert len(found) == len(set(found))
    assert set(found) == every_pair(shapes, tolerance)


def test_cells_that_fit_one_another_have_no_overlap() -> None:
    shapes = np.array(coverage(np.random.default_rng(1)), object)
    assert overlapping(shapes, 0.0)[0].tolist() == []


def test_squares_of_two_sizes_do_not_overlap_where_one_stands_on_the_other() -> None:
    large = [shapely.box(x, 0, x + 4, 4) for x in (0, 4)]
    small = [shapely.box(x, 4, x + 1, 5) for x in range(8)]
    assert overlapping(np.array(large + small, object), 0.0)[0].tolist() == []
    inner = shapely.box(1, 1, 2, 2)
    one, other = overlapping(np.array([*large, *small, inner], object), 0.05)
    assert (one.tolist(), other.tolist()) == ([0], [10])
