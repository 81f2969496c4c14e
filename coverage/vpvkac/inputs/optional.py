"""Optional inputs fitted to the units and places: residents, development centres, checklist."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS, to_degrees, to_planar
from vpvkac.model.addresses import municipality_stems, unit_stems
from vpvkac.model.faults import Fault, has_errors
from vpvkac.model.territory import NONE, Territory
from vpvkac.sources.base import Checks
from vpvkac.sources.plain import REQUIREMENTS, UNKNOWN, read_development_centres, read_suitability
from vpvkac.sources.population import is_by_unit, read_population_by_unit, read_population_grid
from vpvkac.sources.units import NEW_TOWNS
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.inputs.crosswalk import Crosswalk
    from vpvkac.model.project import Input
    from vpvkac.model.territory import Territory
    from vpvkac.sources.base import Reading


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


def residents_by_unit(
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


def residents_by_grid(grid: gpd.GeoDataFrame, territory: Territory, source: Input) -> Population:
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


COLUMNS = ("centre", "name", "level", "unit", "unit_name", "municipality", "municipality_name")


class Placed(NamedTuple):
    """The development centres in their units, the rows dropped, and the faults found."""

    table: pd.DataFrame
    dropped: dict[str, int]
    faults: list[Fault]


def place_development_centres(table: pd.DataFrame, territory: Territory, source: Input) -> Placed:
    """Find the unit of every development centre.

    By its code; else by unit name and municipality, if unique; else by its own
    name and municipality, as a town or a parish of that name; else by position.

    Parameters
    ----------
    table
        `sources.planner_tables.DEVELOPMENT_CENTRES`.

    Returns
    -------
    placed
        Table of `COLUMNS`, sorted by key.  Dropped: `no_unit`.  An unknown
        code is an error.
    """
    checks = Checks(source.shown, table["row"])
    coded = territory.coded(table["unit"])
    checks.refuse(
        (coded == NONE) & (table["unit"] != ""),
        Message("is no unit of this layout"),
        Message("check the code, or give another --layout"),
        field=source.columns.get("unit"),
        values=table["unit"],
    )
    number = coded
    for found in (*_named(table, territory), _holding(table, territory)):
        number = np.where(number == NONE, found, number)
    nowhere = number == NONE
    checks.warn(
        nowhere & (table["unit"] == ""),
        Message("is found in no unit; the row is not used"),
        Message("give the unit's code, its name and municipality, or coordinates"),
        values=table["name"].mask(table["name"] == "", table["id"]),
    )
    columns = ["unit", "unit_name", "municipality", "municipality_name"]
    of_unit = territory.units[columns].iloc[number[~nowhere]].reset_index(drop=True)
    own = table.loc[~nowhere, ["id", "name", "level"]].reset_index(drop=True)
    placed = pd.concat([own.rename(columns={"id": "centre"}), of_unit], axis=1)
    placed = placed.sort_values("centre", ignore_index=True)[list(COLUMNS)]
    return Placed(placed, {"no_unit": int(nowhere.sum())}, checks.faults)


def _named(table: pd.DataFrame, territory: Territory) -> list[NDArray[np.int64]]:
    stated = territory.municipality_named(table["municipality"])
    names = territory.municipalities.set_index("municipality")["municipality_name"]
    written = stated.map(names).fillna(table["municipality"]).astype(str)
    # A state city of its own is found without its municipality, which is itself.
    is_city = stated.isin(territory.units["unit"])
    municipality = municipality_stems(written).mask(is_city, "")
    own = table["name"]
    return [
        territory.named(unit_stems(names_of_units), municipality)
        for names_of_units in (table["unit_name"], own, (own + " pagasts").mask(own == "", ""))
    ]


def _holding(table: pd.DataFrame, territory: Territory) -> NDArray[np.int64]:
    lat, lon = table["lat"].to_numpy(float), table["lon"].to_numpy(float)
    known = np.isfinite(lat) & np.isfinite(lon)
    found = np.full(len(table), NONE, np.int64)
    if known.any():
        points = shapely.points(np.column_stack(to_planar(lat[known], lon[known])))
        found[known] = territory.holding(np.asarray(points, object))
    return found


class Matched(NamedTuple):
    """The checklist's rows whose place is known, the rows dropped, and the faults found."""

    table: pd.DataFrame
    dropped: dict[str, int]
    faults: list[Fault]


def match_checklist(checklist: pd.DataFrame, places: Sequence[str], source: Input) -> Matched:
    """Keep the rows of the checklist whose place is among the places.

    Parameters
    ----------
    checklist
        `sources.planner_tables.SUITABILITY`.
    places
        Keys of all places.

    Returns
    -------
    matched
        Dropped: `no_place`, a reference to a place that is missing.
    """
    checks = Checks(source.shown, checklist["row"])
    missing = ~checklist["place"].isin(places)
    checks.warn(
        missing,
        Message("is the key of no place; the row is not used"),
        Message("write the key as in places.csv, e.g. libraries:12"),
        field=source.columns["id"],
        values=checklist["place"],
    )
    known = checklist[~missing].reset_index(drop=True)
    return Matched(known, {"no_place": int(missing.sum())}, checks.faults)


def with_answers(places: gpd.GeoDataFrame, checklist: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Add a column for each requirement: yes, no or unknown; null without a checklist."""
    if checklist is None:
        return places.assign(**dict.fromkeys(REQUIREMENTS, None))
    answers = checklist.set_index("place")[list(REQUIREMENTS)].reindex(places["place"])
    return places.assign(
        **{name: answers[name].fillna(UNKNOWN).to_numpy() for name in REQUIREMENTS}
    )


class InputAccount(NamedTuple):
    """What became of one input: its reading, the rows used, and the rows dropped since."""

    key: str
    reading: Reading
    used: int
    dropped: Mapping[str, int]


class Optional(NamedTuple):
    """The optional inputs of a project.

    Parameters
    ----------
    residents
        `COUNTS`, a column each of the units' table; null where not known.
    cells
        Where they live (`CELL_COLUMNS`); None where not given.
    development, checklist
        None where they are not given.
    accounts, faults
        What became of the rows of each input, and the faults found.
    changes
        What was split, merged, moved or renamed among the codes met.
    """

    residents: dict[str, pd.Series]
    cells: gpd.GeoDataFrame | None
    development: pd.DataFrame | None
    checklist: pd.DataFrame | None
    accounts: list[InputAccount]
    faults: list[Fault]
    changes: list[pd.DataFrame]


def optional_reader(key: str, source: Input) -> Callable[[Input], Reading]:
    """Give the reader of an optional input."""
    by_unit = is_by_unit(source)
    return {
        "development_centres": read_development_centres,
        "population": read_population_by_unit if by_unit else read_population_grid,
        "suitability": read_suitability,
    }[key]


def resolve_optional(
    readings: Mapping[str, Reading],
    sources: Mapping[str, Input],
    territory: Territory,
    places: Sequence[str],
    crosswalk: Crosswalk | None = None,
) -> Optional:
    """Fit what was read to the units and the places.

    Parameters
    ----------
    readings
        Readings without an error, by input.
    places
        Keys of all places.
    crosswalk
        The way from the codes of other layouts, if there is one.
    """
    found = _Found([], [])
    changes: list[pd.DataFrame] = []
    unknown = pd.Series(pd.NA, territory.units.index, dtype="Int64")
    residents = dict.fromkeys(COUNTS, unknown)
    cells = centres = checklist = None
    if (read := readings.get("population")) is not None:
        people = _residents(read, sources["population"], territory, crosswalk)
        changes = [] if people.changes is None else [people.changes]
        residents = {name: people.units[name].reset_index(drop=True) for name in residents}
        cells = people.cells
        notes = {f"residents_{reason}": str(count) for reason, count in people.outside.items()}
        told = replace(read, notes={**read.notes, **notes})
        found.note("population", told, people.rows_used, people.dropped, people.faults)
    if (read := readings.get("development_centres")) is not None:
        placed = place_development_centres(read.table, territory, sources["development_centres"])
        centres = placed.table
        found.note("development_centres", read, len(centres), placed.dropped, placed.faults)
    if (read := readings.get("suitability")) is not None:
        matched = match_checklist(read.table, places, sources["suitability"])
        checklist = matched.table
        found.note("suitability", read, len(checklist), matched.dropped, matched.faults)
    return Optional(residents, cells, centres, checklist, found.accounts, found.faults, changes)


class _Found(NamedTuple):
    """The accounts and faults found so far."""

    accounts: list[InputAccount]
    faults: list[Fault]

    def note(
        self,
        key: str,
        reading: Reading,
        used: int,
        dropped: Mapping[str, int],
        faults: Sequence[Fault],
    ) -> None:
        """Keep the faults; an input with an error is not accounted for, as it is not used."""
        self.faults.extend(faults)
        if not has_errors(faults):
            self.accounts.append(InputAccount(key, reading, used, dropped))


def _residents(
    read: Reading, source: Input, territory: Territory, crosswalk: Crosswalk | None
) -> Population:
    if is_by_unit(source):
        return residents_by_unit(read.table, territory, source, crosswalk)
    return residents_by_grid(read.table, territory, source)
