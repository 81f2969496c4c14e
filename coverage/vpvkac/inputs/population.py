"""Residents of the units, from a table by unit or from a grid of cells.

Every resident read is either given to a unit or accounted for by reason: the
totals are preserved.  A cell is never split, because a suppressed count cannot
be: it goes whole to the unit that holds most of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS, to_degrees
from vpvkac.model.faults import Fault
from vpvkac.model.territory import NONE, Territory
from vpvkac.sources.base import Checks
from vpvkac.sources.units import NEW_TOWNS
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.inputs.crosswalk.crosswalk import Crosswalk
    from vpvkac.model.project import Input

COUNTS = ("population", "population_least", "population_most")
CELL_COLUMNS = ("cell", "unit", "lat", "lon", *COUNTS, "geometry")
# The generalised borders leave cells on the coast outside (as for places, DESIGN.md, "Layout").
_NEAREST_UNIT_M = 1_000.0
# Rows of a statistical table for Latvia, its regions and other sums: LV, LV00A, LV001.
_SUM_CODE = r"LV|LV0[0-9A-Z]{2}"


class Population(NamedTuple):
    """Residents by unit, and what became of the rows and of the residents read.

    Parameters
    ----------
    units
        `COUNTS` (Int64) on the index `unit`; null where nothing is known.
        Least and most are the band of counts made from suppressed cells, and
        equal the count where none is suppressed.
    rows_used
        Rows whose residents were given to a unit.
    dropped
        Rows not used, by reason: `sum` (of units given too), `no_unit`.
    outside
        Residents of the rows dropped, by the same reasons.
    faults
        Errors and warnings found.
    cells
        Where the residents given to units live: `CELL_COLUMNS`, points in
        EPSG:3059.  Of a grid a row for each cell used, at its centre, `cell`
        its row in the file; of a table by unit a row for each unit with a
        count, at its representative point, `cell` its code.
    changes
        What was split, merged, moved or renamed among the codes met; None
        where nothing leads from other layouts.
    """

    units: pd.DataFrame
    rows_used: int
    dropped: Mapping[str, int]
    outside: Mapping[str, int]
    faults: list[Fault]
    cells: gpd.GeoDataFrame
    changes: pd.DataFrame | None = None


def by_unit(
    table: pd.DataFrame, territory: Territory, source: Input, crosswalk: Crosswalk | None = None
) -> Population:
    """Give the units the counts that a table by code has for them.

    Sums over municipalities, regions and the state are left out; towns that a
    layout does not know yet count in the parish they were cut from.

    Parameters
    ----------
    table
        `sources.population.UNIT_COLUMNS`.
    crosswalk
        Leads the codes of another layout to this one, if given.
    """
    led = _led(table, source, crosswalk)
    rest = table[~led.rows]
    checks = Checks(source.shown, rest["row"])
    codes = _in_layout(rest["unit"], territory)
    number = territory.coded(codes)
    sums = (number == NONE) & _is_sum(codes, territory)
    checks.refuse(
        (number == NONE) & ~sums,
        Message("is no unit of this layout"),
        Message("check the code, or give another --layout"),
        field=source.columns["unit"],
        values=rest["unit"],
    )
    counts = rest["population"].to_numpy(np.int64)
    used = number != NONE
    numbers = np.concatenate([number[used], territory.coded(led.table["unit"])])
    people = np.concatenate([counts[used], led.table["population"].to_numpy(np.int64)])
    units = _added(numbers, dict.fromkeys(COUNTS, people), territory)
    faults = [*led.faults, *checks.faults, *_unknown_units(units, source.shown)]
    return Population(
        units,
        int(used.sum()) + int(led.rows.sum()),
        {"sum": int(sums.sum())},
        {"sum": int(counts[sums].sum())},
        faults,
        _cells_of_units(units, territory),
        led.changes,
    )


class _Led(NamedTuple):
    """The counts of another layout's units in this one, and the rows they come from."""

    table: pd.DataFrame
    rows: NDArray[np.bool_]
    faults: list[Fault]
    changes: pd.DataFrame | None


def _led(table: pd.DataFrame, source: Input, crosswalk: Crosswalk | None) -> _Led:
    if crosswalk is None:
        return _Led(table[["unit", "population"]].iloc[:0], np.zeros(len(table), bool), [], None)
    rows = table["unit"].isin(crosswalk.pairs(table["unit"])["old"]).to_numpy(bool)
    moved, met = crosswalk.reallocate(table, ["population"], source.shown)
    return _Led(moved.table, rows, moved.faults, met)


def by_grid(grid: gpd.GeoDataFrame, territory: Territory, source: Input) -> Population:
    """Give the units the residents of the cells that lie mostly in them.

    A cell that touches no unit goes to the nearest one within 1 km; its
    residents are dropped, and said, where there is none.  A unit with no cell
    has no residents.

    Parameters
    ----------
    grid
        `sources.population.GRID_COLUMNS`, EPSG:3059.
    """
    checks = Checks(source.shown, grid["row"])
    number = unit_of_cells(grid.geometry.to_numpy(), territory)
    outside = number == NONE
    # A grid of which nothing is used is of another country, or in other coordinates.
    report = checks.refuse if outside.all() else checks.warn
    report(
        outside & ((grid["population"] > 0).to_numpy(bool) | outside.all()),
        Message("is the count of a cell over 1 km from any unit; the cell is not used"),
        Message("check the grid's coordinate system"),
        values=grid["population"].astype(str),
    )
    inside = grid[~outside]
    counts = {name: inside[name].to_numpy(np.int64) for name in COUNTS}
    units = _added(number[~outside], counts, territory).fillna(0)
    codes = territory.units["unit"].to_numpy()[number[~outside]]
    cells = _cells(inside["row"], codes, inside.geometry.centroid, pd.DataFrame(counts))
    return Population(
        units,
        len(inside),
        {"no_unit": int(outside.sum())},
        {"no_unit": int(grid.loc[outside, "population"].sum())},
        checks.faults,
        cells,
    )


def _cells_of_units(units: pd.DataFrame, territory: Territory) -> gpd.GeoDataFrame:
    known = units["population"].notna().to_numpy(bool)
    codes = units.index.to_numpy()[known]
    middles = territory.units.geometry[known].representative_point()
    return _cells(codes, codes, middles, units[known])


def _cells(
    names: ArrayLike, units: NDArray[np.object_], middles: gpd.GeoSeries, counts: pd.DataFrame
) -> gpd.GeoDataFrame:
    points = middles.reset_index(drop=True)
    lat, lon = to_degrees(points.x, points.y)
    table = {"cell": np.asarray(names).astype(str), "unit": units, "lat": lat, "lon": lon}
    numbers = {name: counts[name].to_numpy(np.int64) for name in COUNTS}
    return gpd.GeoDataFrame({**table, **numbers}, geometry=points, crs=CRS)


def unit_of_cells(cells: NDArray[np.object_], territory: Territory) -> NDArray[np.int64]:
    """Find the unit that holds the greatest part of each cell; the lower code on ties.

    Parameters
    ----------
    cells
        Polygons or points in EPSG:3059, shape (n,).

    Returns
    -------
    number
        Row number of the unit, `NONE` where there is none within 1 km.
    """
    shapes = territory.units.geometry.to_numpy()
    cell, unit = shapely.STRtree(shapes).query(cells, predicate="intersects")
    # Most cells lie in one unit: only the shared ones are cut.
    shared = np.bincount(cell, minlength=len(cells))[cell] > 1
    part = np.zeros(len(cell))
    part[shared] = shapely.area(shapely.intersection(cells[cell[shared]], shapes[unit[shared]]))
    order = np.lexsort((unit, -part, cell))
    held, first = np.unique(cell[order], return_index=True)
    number = np.full(len(cells), NONE, np.int64)
    number[held] = unit[order][first]
    stray = number == NONE
    number[stray] = territory.nearest(cells[stray], _NEAREST_UNIT_M)
    return number


def _in_layout(codes: pd.Series, territory: Territory) -> pd.Series:
    """Put the newest towns into the parish that holds them in a layout without them."""
    known = set(territory.units["unit"])
    back = {
        town: parish for town, parish in NEW_TOWNS.items() if town not in known and parish in known
    }
    return codes.replace(back)


def _is_sum(codes: pd.Series, territory: Territory) -> NDArray[np.bool_]:
    """Tell the codes of municipalities, regions and the state, which hold units."""
    municipal = codes.isin(territory.units["municipality"])
    return (municipal | codes.str.fullmatch(_SUM_CODE)).to_numpy(bool)


def _added(
    number: NDArray[np.int64], counts: Mapping[str, NDArray[np.int64]], territory: Territory
) -> pd.DataFrame:
    rows = pd.DataFrame(dict(counts)).groupby(number).sum()
    every = rows.reindex(np.arange(len(territory.units)))
    every.index = pd.Index(territory.units["unit"], name="unit")
    return every.astype("Int64")


def _unknown_units(units: pd.DataFrame, shown: str) -> list[Fault]:
    missing = units.index[units["population"].isna()]
    return [
        Fault(
            "warning",
            shown,
            Message("is a unit without a count, so no share of residents is computed"),
            Message("complete the table"),
            value=str(first),
            alike=len(missing),
        )
        for first in missing[:1]
    ]
