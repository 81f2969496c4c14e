"""Residents: by unit, and on the statistical grid whose small counts are suppressed.

A table by unit is a plain table with `unit` and `value`.  The grid `rezgis` holds residents in
`iedzivotaji` (in a shapefile `iedzivotaj`), or in the column that the project names as `value`; a
cell with 1 to 10 residents is published as 5, so every count made from it has a band.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS, overlapping
from vpvkac.model.faults import InputError
from vpvkac.model.project import Input
from vpvkac.sources.base import Checks, PublishedChecks, Reading, with_prefix
from vpvkac.sources.plain import read_columns
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

AGES = ("age_65_74", "age_75")
UNIT_COLUMNS = ("unit", "population", "row")
GRID_COLUMNS = ("population", "population_least", "population_most", "row", "geometry")
_PUBLISHED_COLUMN = "iedzivotaji"
# Letters that the name of a column in a shapefile can have.
_LONGEST_OF_DBF = 10
# What stands for a count of 1 to 10.
SUPPRESSED, LEAST, MOST = 5, 1, 10
# Points, polygons and multipolygons, by shapely's numbers.
_CELLS = (0, 3, 6)
# Cells drawn in another coordinate system, or with rounded corners, lap over a little.
_OVERLAP = 0.05
# More people than live on Earth is no count of residents.
_COUNTS = (0.0, 1e10)


def is_by_unit(source: Input) -> bool:
    """Return whether an input is a table by unit; else it is a grid."""
    return "unit" in source.columns


def read_population_by_unit(source: Input) -> Reading:
    """Read residents by unit code: `UNIT_COLUMNS`, counts Int64.

    Dropped: `blank`, `not_in_where`, `no_value` (an empty count).  Errors: a code is empty or
    repeated, a count is not a whole number or negative.  Raises `InputError` if the file is not
    of its form, or a column named is not there.
    """
    return _read_by_unit(source, {"value": "population"})


def read_age_groups(source: Input) -> Reading:
    """Read residents of 65-74 and of 75 and over by unit code, as `read_population_by_unit`."""
    return _read_by_unit(source, {name: name for name in AGES})


def _read_by_unit(source: Input, names: Mapping[str, str]) -> Reading:
    read = read_columns(source, ("unit", *names), needed=("unit", *names))
    checks = read.checks
    units = with_prefix(read.table["unit"])
    checks.unique(units, field=source.columns["unit"])
    table, empty = pd.DataFrame({"unit": units}), np.zeros(len(units), bool)
    for key, name in names.items():
        table[name], none = _counts(read.table[key], checks, source.columns[key])
        empty |= none
    dropped = read.dropped | {"no_value": int(empty.sum())}
    table = table.assign(row=checks.lines)[~empty].reset_index(drop=True)
    used = table.astype(dict.fromkeys(names.values(), "Int64"))
    return Reading(used, read.rows_read, dropped, checks.faults)


def read_population_grid(source: Input) -> Reading:
    """Read residents on a grid of cells: `GRID_COLUMNS` in EPSG:3059, in the order of the file.

    `population` is as published, the others between which counts the truth lies; ``notes`` tell
    the residents as published and the cells suppressed.  Dropped: `blank`, `not_in_where`,
    `no_value`, and as `PublishedChecks.settle` decides `bad_value` (a count is not a whole
    number or negative, a cell has no shape or an invalid one) and `duplicate`.  Errors: a cell
    lies on another.  Raises `InputError` if the file has no geometry or no column of residents.
    """
    is_shapefile = source.path.suffix.lower() == ".shp"
    published = _PUBLISHED_COLUMN[:_LONGEST_OF_DBF] if is_shapefile else _PUBLISHED_COLUMN
    column = source.columns.get("value", published)
    # As if the project had named the published column.
    named = replace(source, columns={**source.columns, "value": column})
    read = read_columns(named, ("value",), needed=("value",), shaped=True)
    if read.shapes is None:
        remedy = Message(
            "give the grid as a GeoPackage or a shapefile, or a table with unit and value"
        )
        raise InputError.of(source.shown, Message("has no geometry of cells"), remedy)
    # Whatever its column is called, a grid is a publication, which no planner can correct.
    checks = PublishedChecks(source.shown, read.checks.lines, strict=source.strict)
    counts, empty = _counts(read.table["value"], checks, column)
    shapes = read.shapes.to_numpy()
    _check_cells(checks, shapes, counts)
    _check_copies(checks, shapes, counts, ~(empty | checks.bad()))
    # However few cells overlap: nobody can tell whose residents count twice.
    used = np.flatnonzero(~(empty | checks.bad()) & (counts > 0))
    one, other = used[np.array(overlapping(shapes[used], _OVERLAP))]
    lying = np.zeros(len(counts), bool)
    lying[np.maximum(one, other)] = True
    overlaps = Checks(source.shown, checks.lines)
    problem = Message("the cell lies on another, so that residents would count twice")
    remedy = Message("keep cells of one size that do not overlap, without sums")
    overlaps.refuse(lying, problem, remedy)
    suppressed = counts == SUPPRESSED
    grid = gpd.GeoDataFrame(
        {
            "population": counts.astype(np.int64),
            "population_least": np.where(suppressed, LEAST, counts).astype(np.int64),
            "population_most": np.where(suppressed, MOST, counts).astype(np.int64),
            "row": checks.lines,
        },
        geometry=shapes,
        crs=CRS,
    )[~empty]
    grid, bad = checks.settle(grid)
    notes = {
        "residents": str(int(grid["population"].sum())),
        "cells_suppressed": str(int((grid["population"] == SUPPRESSED).sum())),
    }
    dropped = read.dropped | {"no_value": int(empty.sum())} | bad
    faults = [*read.checks.faults, *checks.faults, *overlaps.faults]
    return Reading(grid, read.rows_read, dropped, faults, notes)


def _counts(
    text: pd.Series, checks: Checks, field: str
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read whole counts; 0 where one is wrong, and where the field is empty."""
    values = checks.numbers(text, field=field, limits=_COUNTS)
    part = np.isfinite(values) & (values % 1 != 0)
    problem, remedy = Message("is not a whole number"), Message("a count of residents is whole")
    checks.refuse(part, problem, remedy, field=field, values=text)
    empty = (text == "").to_numpy(bool)
    problem, remedy = Message("has no count; the row is not used"), Message("write the count, or 0")
    checks.warn(empty, problem, remedy, field=field)
    # A wrong value has been refused: nothing is computed from it.
    return np.where(np.isfinite(values) & ~part, values, 0.0), empty


def _check_cells(checks: Checks, shapes: NDArray[np.object_], counts: NDArray[np.float64]) -> None:
    there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    problem = Message("the cell has no valid geometry")
    remedy = Message("correct it (QGIS: Fix geometries)")
    checks.refuse(~(there & shapely.is_valid(shapes)), problem, remedy)
    problem = Message("the cell is neither a polygon nor a point")
    remedy = Message("give the cells as polygons")
    checks.refuse(there & ~np.isin(shapely.get_type_id(shapes), _CELLS), problem, remedy)
    # A small count other than 5 gives away that the file is not as published.
    checks.warn(
        (counts >= LEAST) & (counts <= MOST) & (counts != SUPPRESSED),
        Message("is from 1 to 10, for which the published grid has 5"),
        Message("the count is taken as it stands; cells with 5 still count as 1 to 10"),
        values=pd.Series(counts).astype("int64").astype(str),
    )


def _check_copies(
    checks: PublishedChecks,
    shapes: NDArray[np.object_],
    counts: NDArray[np.float64],
    used: NDArray[np.bool_],
) -> None:
    """Gather the cells used that stand there twice: with one count they count once, else not."""
    drawn = shapely.to_wkb(shapely.normalize(shapes[used]))
    table = pd.DataFrame({"shape": drawn, "count": counts[used]}, index=np.flatnonzero(used))
    copies = table.duplicated()
    once = table[~copies]
    differ = table["shape"].isin(once.loc[once["shape"].duplicated(), "shape"])
    for rows, problem, remedy, outcome in (
        (
            copies & ~differ,
            Message("the cell stands there more than once"),
            Message("keep each cell once"),
            Message("; its residents count once"),
        ),
        (
            differ,
            Message("the same cell has different counts"),
            Message("keep the right one"),
            Message("; none of them is used"),
        ),
    ):
        twice = rows.reindex(range(len(used)), fill_value=False).to_numpy(bool)
        checks.repeated(twice, (problem, remedy, outcome))
