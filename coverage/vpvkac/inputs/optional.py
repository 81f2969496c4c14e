"""Optional inputs fitted to the units and places: residents, development centres, checklist.

Every resident read is either given to a unit or accounted for by reason: the totals are
preserved.  A cell of the grid is never split, because a suppressed count cannot be: it goes
whole to the unit that holds most of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS, to_degrees, to_planar
from vpvkac.inputs.crosswalk import Crosswalk
from vpvkac.inputs.placing import refuse_units
from vpvkac.model.addresses import municipality_stems, unit_stems
from vpvkac.model.faults import Fault, has_errors
from vpvkac.model.territory import NONE, Territory
from vpvkac.sources.base import Checks
from vpvkac.sources.plain import REQUIREMENTS, UNKNOWN, read_development_centres, read_suitability
from vpvkac.sources.population import (
    AGES,
    is_by_unit,
    read_age_groups,
    read_population_by_unit,
    read_population_grid,
)
from vpvkac.sources.premises_sheets import is_premises_sheets, read_premises_sheets
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.model.project import Input
    from vpvkac.sources.base import Reading


COUNTS = ("population", "population_least", "population_most")
# The share of each age group that uses no internet.
OFFLINE = {"age_65_74": 0.10, "age_75": 0.34}
CELL_COLUMNS = ("cell", "unit", "lat", "lon", *COUNTS, "geometry")
DEVELOPMENT_COLUMNS = (
    "centre", "name", "level", "unit", "unit_name", "municipality", "municipality_name",
)  # fmt: skip
# The generalised borders leave cells on the coast outside, as they do places.
_NEAREST_UNIT_M = 1_000.0
# Rows of a statistical table for Latvia, its regions and other sums: LV, LV00A, LV001; and for
# Madonas and Varakļānu novads of before and after 2025-07-01.
_SUM_CODE = r"LV|LV0[0-9A-Z]{2}|LV003800[01]|LV0055000"


class InputAccount(NamedTuple):
    """What became of one input: its reading, the rows used, and the rows dropped since."""

    key: str
    reading: Reading
    used: int
    dropped: Mapping[str, int]


class Optional(NamedTuple):
    """The optional inputs of a project; None where not given.

    `residents` are `COUNTS`, `AGES` and those of these who are `offline`, a column each of the
    units' table, null where not known; `cells`
    is where they live (`CELL_COLUMNS`); `changes` what was split, merged, moved or renamed
    among the codes met.
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
    is_sheets = not source.is_plain and is_premises_sheets(source.path)
    return {
        "development_centres": read_development_centres,
        "population": read_population_by_unit if is_by_unit(source) else read_population_grid,
        "age_groups": read_age_groups,
        "suitability": read_premises_sheets if is_sheets else read_suitability,
    }[key]


def resolve_optional(
    readings: Mapping[str, Reading],
    sources: Mapping[str, Input],
    territory: Territory,
    places: Sequence[str],
    crosswalk: Crosswalk,
) -> Optional:
    """Fit readings without an error to the units and to the places, by their keys."""
    unknown = pd.Series(pd.NA, territory.units.index, dtype="Int64")
    of_units = {**dict.fromkeys((*COUNTS, *AGES), unknown), "offline": unknown.astype("Float64")}
    found = Optional(of_units, None, None, None, [], [], [])

    def note(key: str, reading: Reading, fitted: Fitted | Population | Counted) -> None:
        found.faults.extend(fitted.faults)
        # An input with an error is not accounted for, as it is not used.
        if not has_errors(fitted.faults):
            found.accounts.append(InputAccount(key, reading, fitted.used, fitted.dropped))

    if (read := readings.get("population")) is not None:
        source = sources["population"]
        if is_by_unit(source):
            people = residents_by_unit(read.table, territory, source, crosswalk)
        else:
            people = residents_by_grid(read.table, territory, source)
        units = people.table
        residents = of_units | {name: units[name].reset_index(drop=True) for name in COUNTS}
        changes = [] if people.changes is None else [people.changes]
        found = found._replace(residents=residents, cells=people.cells, changes=changes)
        notes = {f"residents_{reason}": str(count) for reason, count in people.outside.items()}
        note("population", replace(read, notes={**read.notes, **notes}), people)
    if (read := readings.get("age_groups")) is not None:
        older = older_by_unit(read.table, territory, sources["age_groups"], crosswalk)
        ages = {name: older.table[name].reset_index(drop=True) for name in (*AGES, "offline")}
        found = found._replace(residents=found.residents | ages)
        found.changes.extend([] if older.changes is None else [older.changes])
        note("age_groups", read, older)
    if (read := readings.get("development_centres")) is not None:
        centres = place_development_centres(read.table, territory, sources["development_centres"])
        found = found._replace(development=centres.table)
        note("development_centres", read, centres)
    if (read := readings.get("suitability")) is not None:
        matched = match_checklist(read.table, places, sources["suitability"])
        found = found._replace(checklist=matched.table)
        note("suitability", read, matched)
    return found


class Fitted(NamedTuple):
    """A table fitted to the units or places, the rows used and dropped of it, and its faults."""

    table: pd.DataFrame
    used: int
    dropped: Mapping[str, int]
    faults: list[Fault]


class Population(NamedTuple):
    """Residents by unit, what became of the rows and of the residents, and where they live.

    `table` holds `COUNTS` (Int64) on the index `unit`, null where nothing is known: least and
    most are the band of counts made from suppressed cells.  `dropped` are rows by reason,
    `sum` (of units given too) or `no_unit`, and `outside` their residents.  `cells` are
    `CELL_COLUMNS`, points in EPSG:3059: the centre of each cell used, by its row in the file,
    or a point inside each unit with a count, by its code.
    """

    table: pd.DataFrame
    used: int
    dropped: Mapping[str, int]
    outside: Mapping[str, int]
    faults: list[Fault]
    cells: gpd.GeoDataFrame
    changes: pd.DataFrame | None = None


def residents_by_unit(
    table: pd.DataFrame, territory: Territory, source: Input, crosswalk: Crosswalk
) -> Population:
    """Give the units the counts that a table by code (`population.UNIT_COLUMNS`) has for them.

    Sums over municipalities, regions and the state are left out; towns that a layout does
    not know yet count in the parish they were cut from.
    """
    counted = _counts_by_unit(table, ["population"], territory, source, crosswalk)
    units = pd.DataFrame(dict.fromkeys(COUNTS, counted.table["population"]))
    missing = units["population"].isna().to_numpy(bool)
    if missing.any():
        problem = Message("is a unit without a count, so no share of residents is computed")
        remedy, value = Message("complete the table"), str(units.index[missing][0])
        without = Fault("warning", source.shown, problem, remedy, value=value,
                        alike=int(missing.sum()))  # fmt: skip
        counted.faults.append(without)
    given = units[~missing]
    middles = territory.units.geometry[~missing].representative_point()
    return Population(
        units,
        counted.used,
        counted.dropped,
        {"sum": counted.outside},
        counted.faults,
        _cells(given.index, given.index.to_numpy(), middles, given),
        counted.changes,
    )


class Counted(NamedTuple):
    """Counts on the index `unit`, null where nothing is known, and what became of the rows.

    `outside` adds up the first count of the rows that are `sum`s of units.
    """

    table: pd.DataFrame
    used: int
    dropped: Mapping[str, int]
    outside: int
    faults: list[Fault]
    changes: pd.DataFrame | None


def _counts_by_unit(
    table: pd.DataFrame, names: list[str], territory: Territory, source: Input, crosswalk: Crosswalk
) -> Counted:
    is_led = table["unit"].isin(crosswalk.pairs(table["unit"])["old"]).to_numpy(bool)
    led, changes = crosswalk.reallocate(table, names, source.shown)
    rest = table[~is_led]
    checks = Checks(source.shown, rest["row"])
    codes = rest["unit"]
    number = territory.coded(codes)
    is_sum = codes.isin(territory.units["municipality"]) | codes.str.fullmatch(_SUM_CODE)
    sums = (number == NONE) & is_sum.to_numpy(bool)
    refuse_units(checks, (number == NONE) & ~sums, codes, source)
    used = number != NONE
    numbers = np.concatenate([number[used], territory.coded(led.table["unit"])])
    every = pd.concat([rest.loc[used, names], led.table[names]], ignore_index=True)
    counts = {name: every[name].to_numpy(np.int64) for name in names}
    return Counted(
        _added(numbers, counts, territory),
        int(used.sum()) + int(is_led.sum()),
        {"sum": int(sums.sum())},
        int(rest.loc[sums, names[0]].sum()),
        [*led.faults, *checks.faults],
        changes,
    )


def older_by_unit(
    table: pd.DataFrame, territory: Territory, source: Input, crosswalk: Crosswalk
) -> Counted:
    """Give the units their older residents, and how many of these use no internet (`OFFLINE`)."""
    counted = _counts_by_unit(table, list(AGES), territory, source, crosswalk)
    units = counted.table
    units["offline"] = sum(units[name] * share for name, share in OFFLINE.items())
    missing = units["offline"].isna()
    if missing.any():
        problem = Message("is a unit without a count, so its older residents are not counted")
        remedy, value = Message("complete the table"), str(units.index[missing][0])
        without = Fault("warning", source.shown, problem, remedy, value=value,
                        alike=int(missing.sum()))  # fmt: skip
        counted.faults.append(without)
    return counted


def residents_by_grid(grid: gpd.GeoDataFrame, territory: Territory, source: Input) -> Population:
    """Give the units the residents of the cells (`population.GRID_COLUMNS`) mostly in them.

    A cell that touches no unit goes to the nearest one within 1 km; its residents are
    dropped, with a warning, where there is none.  A unit with no cell has no residents.
    """
    checks = Checks(source.shown, grid["row"])
    number = unit_of_cells(grid.geometry.to_numpy(), territory)
    outside = number == NONE
    # A grid of which nothing is used is of another country, or in other coordinates.
    report = checks.refuse if outside.all() else checks.warn
    problem = Message("is the count of a cell over 1 km from any unit; the cell is not used")
    remedy, people = Message("check the grid's coordinate system"), grid["population"]
    counted = outside & ((people > 0).to_numpy(bool) | outside.all())
    report(counted, problem, remedy, values=people.astype(str))
    inside = grid[~outside]
    counts = {name: inside[name].to_numpy(np.int64) for name in COUNTS}
    codes = territory.units["unit"].to_numpy()[number[~outside]]
    return Population(
        _added(number[~outside], counts, territory).fillna(0),
        len(inside),
        {"no_unit": int(outside.sum())},
        {"no_unit": int(grid.loc[outside, "population"].sum())},
        checks.faults,
        _cells(inside["row"], codes, inside.geometry.centroid, pd.DataFrame(counts)),
    )


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

    Polygons or points in EPSG:3059; `NONE` where there is no unit within 1 km.
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


def _added(
    number: NDArray[np.int64], counts: Mapping[str, NDArray[np.int64]], territory: Territory
) -> pd.DataFrame:
    rows = pd.DataFrame(dict(counts)).groupby(number).sum()
    every = rows.reindex(np.arange(len(territory.units)))
    every.index = pd.Index(territory.units["unit"], name="unit")
    return every.astype("Int64")


def place_development_centres(table: pd.DataFrame, territory: Territory, source: Input) -> Fitted:
    """Find the unit of every development centre (`plain.DEVELOPMENT_CENTRES`).

    By its code; else by unit name and municipality, if unique; else by its own name and
    municipality, as a town or a parish of that name; else by position.  Gives
    `DEVELOPMENT_COLUMNS` sorted by key; drops `no_unit`.  An unknown code is an error.
    """
    checks = Checks(source.shown, table["row"])
    number = territory.coded(table["unit"])
    refuse_units(checks, (number == NONE) & (table["unit"] != ""), table["unit"], source)
    code = territory.municipality_named(table["municipality"])
    names = territory.municipalities.set_index("municipality")["municipality_name"]
    municipality = municipality_stems(code.map(names).fillna(table["municipality"]).astype(str))
    # A state city of its own is found without its municipality, which is itself.
    municipality = municipality.mask(code.isin(territory.units["unit"]), "")
    name = table["name"]
    for unit_name in (table["unit_name"], name, (name + " pagasts").mask(name == "", "")):
        named = territory.named(unit_stems(unit_name), municipality)
        number = np.where(number == NONE, named, number)
    positioned = (number == NONE) & table[["lat", "lon"]].notna().all(axis=1).to_numpy(bool)
    if positioned.any():
        planar = to_planar(table.loc[positioned, "lat"], table.loc[positioned, "lon"])
        points = np.asarray(shapely.points(np.column_stack(planar)), object)
        number[positioned] = territory.holding(points)
    nowhere = number == NONE
    problem = Message("is found in no unit; the row is not used")
    remedy = Message("give the unit's code, its name and municipality, or coordinates")
    values = name.mask(name == "", table["id"])
    checks.warn(nowhere & (table["unit"] == ""), problem, remedy, values=values)
    own = table.loc[~nowhere, ["id", "name", "level"]].rename(columns={"id": "centre"})
    units = territory.units[list(DEVELOPMENT_COLUMNS[3:])].iloc[number[~nowhere]]
    placed = pd.concat([own.reset_index(drop=True), units.reset_index(drop=True)], axis=1)
    placed = placed.sort_values("centre", ignore_index=True)[list(DEVELOPMENT_COLUMNS)]
    return Fitted(placed, len(placed), {"no_unit": int(nowhere.sum())}, checks.faults)


def match_checklist(checklist: pd.DataFrame, places: Sequence[str], source: Input) -> Fitted:
    """Keep the rows of the checklist of premises whose place is known; others are `no_place`."""
    missing = ~checklist["place"].isin(places)
    problem = Message("is the key of no place; the row is not used")
    remedy = Message("write the key as in places.csv, e.g. libraries:12")
    field, faults = source.columns.get("id", "place"), []
    # Of workbooks sent back each sheet is a file of its own.
    files = checklist["file"] if "file" in checklist else pd.Series(source.shown, checklist.index)
    for file, rows in checklist[missing].groupby(files, sort=False):
        checks = Checks(str(file), rows["row"])
        checks.warn(rows["row"] > 0, problem, remedy, field=field, values=rows["place"])
        faults += checks.faults
    known = checklist[~missing].reset_index(drop=True)
    return Fitted(known, len(known), {"no_place": int(missing.sum())}, faults)


def with_answers(places: gpd.GeoDataFrame, checklist: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Add a column for each requirement: yes, no or unknown; null without a checklist."""
    if checklist is None:
        return places.assign(**dict.fromkeys(REQUIREMENTS, None))
    answers = checklist.set_index("place")[list(REQUIREMENTS)].reindex(places["place"])
    return places.assign(
        **{name: answers[name].fillna(UNKNOWN).to_numpy() for name in REQUIREMENTS}
    )
