"""Inputs: the files of a project placed in its units as canonical tables, all faults at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd
import pandera.pandas as pa

from vpvkac.geo.geodesy import CRS
from vpvkac.geocoding.index import RegisterIndex
from vpvkac.inputs.crosswalk import Crosswalk, joined_changes
from vpvkac.inputs.optional import Optional, resolve_optional
from vpvkac.inputs.placing import (
    PLACE_COLUMNS,
    STOP_COLUMNS,
    Placed,
    place_hosts,
    place_stops,
    unknown_units,
)
from vpvkac.inputs.planner_changes import apply_points, keys_of, unknown_corrections
from vpvkac.inputs.readings import (
    Reader,
    Readings,
    inputs_given_twice,
    places_at_one_spot,
    read_files,
    stops_at_one_spot,
    valid_or_none,
)
from vpvkac.model.accounts import Progress, silent
from vpvkac.model.addresses import Parsed
from vpvkac.model.columns import Column
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.model.project import INPUT_OF_HOST, Host, Project, StopInput
from vpvkac.model.stamp import faults_of_epoch
from vpvkac.model.tables import TABLES, Table
from vpvkac.model.territory import Territory, blamed_units, register_abroad
from vpvkac.sources.base import Reading, nothing_used
from vpvkac.sources.plain import check_decisions
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.accounts import Account


_STORED: dict[str, Any] = {"string": str, "boolean": bool, "integer": "Int64", "number": float}
_SHAPES = {"units": ("Polygon", "MultiPolygon"), "places": ("Point",), "stops": ("Point",)}


def check_contract(name: str, table: gpd.GeoDataFrame) -> None:
    """Hold a table to its contract: columns, system of coordinates and kind of geometry.

    Parameters
    ----------
    name
        {"units", "places", "stops"}.

    Raises
    ------
    pandera.errors.SchemaErrors, ValueError
        If the table breaks its contract.
    """
    if len(table) == 0:
        return
    contract(TABLES[name]).validate(table, lazy=True)
    shapes = _SHAPES[name]
    if table.crs != CRS or not table.geom_type.isin(shapes).all():
        raise ValueError(f"a canonical table holds {shapes} in {CRS}")


def contract(table: Table) -> pa.DataFrameSchema:
    """Make the contract of a table: what inputs give must be there, the rest may be."""
    unique = table.key[0] if len(table.key) == 1 else None
    return pa.DataFrameSchema(
        {
            column.name: _contract_of(column, table, unique=column.name == unique)
            for column in table.columns
        }
    )


def _contract_of(column: Column, table: Table, *, unique: bool) -> pa.Column:
    filled = unique or column.name in table.filled
    checks = []
    if column.type.stored == "string":
        if column.codes:
            blank = [] if filled else [""]
            checks.append(pa.Check.isin([*column.codes, *blank]))
        if column.pattern:
            checks.append(pa.Check.str_matches(rf"^({column.pattern}){'' if filled else '?'}$"))
    elif column.limits:
        checks.append(pa.Check.in_range(*column.limits))
    return pa.Column(
        _STORED[column.type.stored],
        checks,
        nullable=not filled and column.type.stored != "string",
        unique=unique,
        required=column.name in table.given,
    )


PLACING = Message("Finding positions and territorial units")


@dataclass(frozen=True)
class Inputs:
    """The canonical tables of a project.

    Parameters
    ----------
    territory
        The units, indexed; ``territory.units`` is the table.
    places, stops
        All hosts and all stops, sorted by key, EPSG:3059.
    layout
        Date of the layout; empty if it is none of those known.
    accounts
        What became of every input, in the order of the project.
    faults
        Warnings found.
    development
        The development centres (`development.COLUMNS`); None where not given.
    checklist
        The checklist of premises (`sources.plain.SUITABILITY`); None where not given.
    changes
        What was split, merged, moved or renamed between the layout of the
        inputs and this one (`crosswalk.CHANGE_COLUMNS`); None where no history is given.
    residents
        Where residents live, a row for each cell of the grid, or for each unit
        (`population.CELL_COLUMNS`); None where not given.
    decisions
        What the planner has decided (`sources.plain.DECISIONS`), units of
        this layout; None where not given.
    """

    territory: Territory
    places: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    layout: str
    accounts: tuple[Account, ...]
    faults: tuple[Fault, ...]
    development: pd.DataFrame | None = None
    checklist: pd.DataFrame | None = None
    changes: pd.DataFrame | None = None
    residents: gpd.GeoDataFrame | None = None
    decisions: pd.DataFrame | None = None


def read_inputs(project: Project, progress: Progress = silent) -> Inputs:
    """Read every input of a project.

    Raises
    ------
    InputError
        With all faults of all files, if any of them is an error.
    """
    reader = Reader(project, progress)
    placed = place_inputs(reader, read_files(reader))
    if placed is None or has_errors(reader.faults):
        raise InputError(reader.faults)
    inputs = Inputs(
        placed.territory,
        _joined(placed.places, PLACE_COLUMNS, "place"),
        _joined(placed.stops, STOP_COLUMNS, "stop"),
        placed.layout,
        tuple(reader.accounts),
        tuple(reader.faults),
        placed.optional.development,
        placed.optional.checklist,
        placed.changes,
        placed.optional.cells,
        placed.decisions,
    )
    check_contract("units", inputs.territory.units)
    check_contract("places", inputs.places)
    check_contract("stops", inputs.stops)
    return inputs


def faults_of_files(project: Project) -> list[Fault]:
    """Read the files of a project that is itself at fault, for their faults alone."""
    reader = Reader(project, silent)
    read_files(reader)
    # The project's own faults name the paths that lead nowhere.
    nowhere = {source.shown for source in project.files if not source.is_there}
    return [fault for fault in reader.faults if fault.file not in nowhere]


class _Addresses(NamedTuple):
    """By what hosts are placed: the register, the corrections, all addresses taken apart."""

    register: RegisterIndex | None
    corrections: pd.DataFrame | None
    parsed: Parsed | None


class PlacedInputs(NamedTuple):
    """The units, and every host and feed placed in them."""

    territory: Territory
    layout: str
    places: list[gpd.GeoDataFrame]
    stops: list[gpd.GeoDataFrame]
    optional: Optional
    changes: pd.DataFrame | None
    decisions: pd.DataFrame | None


def place_inputs(reader: Reader, read: Readings) -> PlacedInputs | None:
    """Place and account for every input that was read; None if there are no units to place in.

    What has an error is not placed: its rows would only be warned of once more.
    """
    reader.faults.extend(faults_of_epoch())
    project = reader.project
    units = valid_or_none(read.units)
    if units is None:
        return None
    territory = Territory(units.table)
    crosswalk = _crosswalk(reader, read, territory)
    changes = _recode_hosts(reader, read, crosswalk)
    new = _new_points(reader, read)
    for host, reading in read.hosts.items():
        reader.faults.extend(unknown_units(reading.table, territory, project.hosts[host]))
    reader.faults.extend(_no_stop_counts(project))
    reader.faults.extend(inputs_given_twice(project))
    reader.progress(PLACING)
    reader.account("units", project.units, units, None)
    before = len(reader.faults)
    hosts = _placed_hosts(reader, territory, read)
    points = _placed_points(reader, territory, read, new)
    feeds = [
        _placed_stops(reader, territory, stops, reading)
        for stops, reading in read.stops
        if valid_or_none(reading)
    ]
    found = [(placed.misplaced, len(placed.table) > 0) for placed in (*hosts, *feeds)]
    # What is likely wrong stands before the faults of the rows.
    reader.faults[before:before] = blamed_units(project.units.shown, units.table, found)
    places = [placed.table for placed in hosts] + points
    stops = [placed.table for placed in feeds]
    reader.faults.extend(_stops_given_twice(project, stops))
    resolved = resolve_optional(
        {key: reading for key, reading in read.optional.items() if valid_or_none(reading)},
        project.optional,
        territory,
        [str(key) for table in places for key in table["place"]],
        crosswalk,
    )
    for key, reading, used, dropped in resolved.accounts:
        if used == 0 and len(reading.table):
            reader.faults.append(nothing_used(project.optional[key].shown, dropped))
        reader.note(key, project.optional[key], reading, used, dropped)
    reader.faults.extend(resolved.faults)
    changes += resolved.changes
    decisions = _decisions(reader, read, territory, crosswalk, changes)
    filled = Territory(territory.units.assign(**resolved.residents))
    met = None if crosswalk is None else joined_changes(changes)
    return PlacedInputs(filled, units.notes["layout"], places, stops, resolved, met, decisions)


def _stops_given_twice(project: Project, feeds: Sequence[gpd.GeoDataFrame]) -> list[Fault]:
    if not feeds:
        return []
    shown = {stops.feed: stops.source.shown for stops in project.stops}
    return stops_at_one_spot(pd.concat(feeds), shown)


def _crosswalk(reader: Reader, read: Readings, territory: Territory) -> Crosswalk | None:
    """Give the way from codes of other layouts, if the project has one and it is sound."""
    source, history = reader.project.atvk_history, valid_or_none(read.history)
    if source is None or history is None:
        return None
    reader.account("atvk_history", source, history, None)
    return Crosswalk(source, history.table, territory.units)


def _recode_hosts(
    reader: Reader, read: Readings, crosswalk: Crosswalk | None
) -> list[pd.DataFrame]:
    """Lead the unit codes of all hosts to this layout; the changes met on the way."""
    if crosswalk is None:
        return []
    found = []
    for host, reading in read.hosts.items():
        shown = reader.project.hosts[host].shown
        moved, met = crosswalk.recode_places(reading.table, shown)
        read.hosts[host] = replace(reading, table=moved.table)
        reader.faults.extend(moved.faults)
        found.append(met)
    return found


def _new_points(reader: Reader, read: Readings) -> dict[Host, pd.DataFrame]:
    """Put the points of a what-if among the lists; give those that no list has."""
    source, points = reader.project.points, valid_or_none(read.points)
    if source is None or points is None:
        return {}
    applied = apply_points(read.hosts, points.table, source.shown)
    read.hosts.update(applied.hosts)
    reader.faults.extend(applied.faults)
    return {} if has_errors(applied.faults) else applied.new


def _placed_points(
    reader: Reader, territory: Territory, read: Readings, new: Mapping[Host, pd.DataFrame]
) -> list[gpd.GeoDataFrame]:
    """Place the new points of a what-if as all hosts are, and account for all its points."""
    source, points = reader.project.points, valid_or_none(read.points)
    if source is None or points is None:
        return []
    placed = []
    dropped: Counter[str] = Counter()
    for host, table in new.items():
        reader.faults.extend(unknown_units(table, territory, source))
        found = place_hosts(table, territory, host=host, source=source)
        # The points of one kind are no input of their own: what becomes of the rows is told.
        reader.faults.extend(fault for fault in found.faults if fault.row is not None)
        dropped.update(found.dropped)
        placed.append(found.table)
    used = len(points.table) - dropped.total()
    if used == 0:
        reader.faults.append(nothing_used(source.shown, dropped))
    reader.note("points", source, points, used, dropped)
    return placed


def _placed_hosts(reader: Reader, territory: Territory, read: Readings) -> list[Placed]:
    """Place hosts; none if the register that the project names has an error."""
    addresses, register = reader.project.addresses, valid_or_none(read.register)
    if addresses is not None:
        if register is None:
            return []
        reader.account("addresses", addresses, register, None)
        lat, lon = (register.table[name].to_numpy(float) for name in ("lat", "lon"))
        abroad = register_abroad(addresses.shown, lat, lon)
        if abroad is not None:
            reader.faults.append(abroad.fault)
    index = None if register is None else RegisterIndex(register.table)
    corrections = _corrections(reader, read)
    hosts = {host: reading for host, reading in read.hosts.items() if valid_or_none(reading)}
    texts = [reading.table["address"] for reading in hosts.values()]
    parsed = Parsed(pd.concat(texts)) if texts else None
    return [
        _placed_host(reader, territory, host, reading, _Addresses(index, corrections, parsed))
        for host, reading in hosts.items()
    ]


def _corrections(reader: Reader, read: Readings) -> pd.DataFrame | None:
    """Give the planner's corrections; warn of those to places that no list has."""
    source, reading = reader.project.corrections, valid_or_none(read.corrections)
    if source is None or reading is None:
        return None
    # Where a what-if gives a place another position, that of the corrections is of no use.
    points = valid_or_none(read.points)
    used = reading.table
    if points is not None:
        moved = points.table.loc[points.table["lat"].notna(), "place"]
        used = used[~used["place"].isin(moved)]
    left = len(reading.table) - len(used)
    known = used["place"].isin(keys_of(read.hosts))
    dropped = {"superseded": left, "no_place": int((~known).sum())}
    reader.note("corrections", source, reading, int(known.sum()), dropped)
    if len(used) and not known.any():
        reader.faults.append(nothing_used(source.shown, {"no_place": len(used)}))
    reader.faults.extend(unknown_corrections(used, known, source.shown))
    return used


def _decisions(
    reader: Reader,
    read: Readings,
    territory: Territory,
    crosswalk: Crosswalk | None,
    changes: list[pd.DataFrame],
) -> pd.DataFrame | None:
    """Give the planner's decisions, their units led to this layout; None where not given."""
    source, reading = reader.project.decisions, valid_or_none(read.decisions)
    if source is None or reading is None:
        return None
    table, faults = reading.table, []
    if crosswalk is not None:
        moved, met = crosswalk.recode(table, source.shown)
        table, faults = moved.table, list(moved.faults)
        changes.append(met)
    if not faults:
        faults = check_decisions(table, territory, keys_of(read.hosts), source.shown)
    reader.faults.extend(faults)
    if has_errors(faults):
        return None
    reader.note("decisions", source, reading, len(table), {})
    return table


def _no_stop_counts(project: Project) -> list[Fault]:
    """Warn where the stop set is that of regional feeds, and none is marked so."""
    if project.rules.stop_set != "regional" or not project.stops:
        return []
    if any(stops.regional for stops in project.stops):
        return []
    return [
        Fault(
            "warning",
            str(project.path),
            Message("no source of stops is regional, so no distance is computed"),
            Message("write regional = true, or choose another stop_set"),
            field="inputs.stops",
        )
    ]


def _placed_host(
    reader: Reader,
    territory: Territory,
    host: Host,
    reading: Reading,
    addresses: _Addresses,
) -> Placed:
    key = INPUT_OF_HOST[host]
    source = reader.project.hosts[host]
    placed = place_hosts(
        reading.table,
        territory,
        host=host,
        source=source,
        register=addresses.register,
        corrections=addresses.corrections,
        parsed=addresses.parsed,
    )
    reader.faults.extend(placed.faults)
    reader.faults.extend(places_at_one_spot(placed.table, source.shown))
    reader.account(key, source, reading, placed)
    return placed


def _placed_stops(
    reader: Reader, territory: Territory, stops: StopInput, reading: Reading
) -> Placed:
    placed = place_stops(reading.table, territory, shown=stops.source.shown)
    reader.faults.extend(placed.faults)
    reader.account("stops", stops.source, reading, placed)
    return placed


def _joined(
    tables: Sequence[gpd.GeoDataFrame], columns: Sequence[str], key: str
) -> gpd.GeoDataFrame:
    filled = [table for table in tables if len(table)]
    if not filled:
        return gpd.GeoDataFrame(columns=list(columns), geometry="geometry", crs=CRS)
    joined = gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=CRS)
    return joined.sort_values(key, ignore_index=True)
