"""Inputs: the files of a project placed in its units as canonical tables, all faults at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

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
from vpvkac.model.project import INPUT_OF_HOST, Host, Input, Project, Rules, StopInput
from vpvkac.model.stamp import faults_of_epoch
from vpvkac.model.tables import TABLES, Table
from vpvkac.model.territory import NONE, Territory, blamed_units, register_abroad
from vpvkac.sources.base import Reading, nothing_used
from vpvkac.sources.cache import (
    Content,
    Key,
    cached,
    pack_accounts,
    pack_faults,
    unpack_accounts,
    unpack_faults,
)
from vpvkac.sources.gtfs import read_timetable
from vpvkac.sources.gtfs.reader import FeedReading
from vpvkac.sources.lock import files_beside, sha256
from vpvkac.sources.plain import check_decisions
from vpvkac.texts.message import Composed, Message

if TYPE_CHECKING:
    import pandera.pandas as pa
    from numpy.typing import NDArray

    from vpvkac.model.accounts import Account
    from vpvkac.sources.gtfs.timetable import TimedFeed


_STORED: dict[str, Any] = {"string": str, "boolean": bool, "integer": "Int64", "number": float}
_SHAPES = {"units": ("Polygon", "MultiPolygon"), "places": ("Point",), "stops": ("Point",)}


def check_contract(name: str, table: gpd.GeoDataFrame) -> None:
    """Hold a canonical table to its contract: columns, system of coordinates, kind of geometry.

    What is wrong in a file is a fault: a breach here, a SchemaErrors or ValueError, is ours.
    """
    if len(table) == 0:
        return
    contract(TABLES[name]).validate(table, lazy=True)
    shapes = _SHAPES[name]
    if table.crs != CRS or not table.geom_type.isin(shapes).all():
        raise ValueError(f"a canonical table holds {shapes} in {CRS}")


def contract(table: Table) -> pa.DataFrameSchema:
    """Make the contract of a table: what inputs give must be there, the rest may be."""
    import pandera.pandas as pa

    unique = table.key[0] if len(table.key) == 1 else None
    return pa.DataFrameSchema(
        {
            column.name: _contract_of(column, table, unique=column.name == unique)
            for column in table.columns
        }
    )


def _contract_of(column: Column, table: Table, *, unique: bool) -> pa.Column:
    import pandera.pandas as pa

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
FROM_CACHE = Message("Inputs from the cache")


@dataclass(frozen=True)
class Inputs:
    """The canonical tables of a project: places and stops sorted by key, EPSG:3059.

    `layout` is the date of the units, empty if it is none of those known; `accounts` stand in
    the order of the project; `changes` are what was split, merged, moved or renamed between the
    layout of the inputs and this one, None where no history is given; `timetables` are made
    when they are asked for, of what was read of each feed, or of the feed read again.
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
    timetables: Mapping[str, Callable[[], TimedFeed]] = field(default_factory=dict)


def read_inputs(project: Project, progress: Progress = silent) -> Inputs:
    """Read every input of a project, or take them from the cache if these very ones were read so.

    Raises
    ------
    InputError
        With all faults of all files, if any of them is an error.
    """
    if not project.use_cache:
        return _read_inputs(project, progress)
    # Of the rules only the layout decides what is read, and of the stop set a warning.
    rules = Rules(layout=project.rules.layout)
    asked = replace(project, rules=rules, streets=None, assumptions=None)
    options = ("inputs", asked, len(_no_stop_counts(project)))
    beside = () if project.addresses is None else files_beside(project.addresses.path).values()
    return cached(
        Key(options, asked.files, tuple(beside)),
        lambda: _read_inputs(project, progress),
        pack=_pack,
        unpack=lambda content: _unpack(content, asked, progress),
        progress=progress,
    )


def _read_inputs(project: Project, progress: Progress) -> Inputs:
    reader = Reader(project, progress)
    inputs = place_inputs(reader, read_files(reader))
    if inputs is None or has_errors(reader.faults):
        raise InputError(reader.faults)
    check_contract("units", inputs.territory.units)
    check_contract("places", inputs.places)
    check_contract("stops", inputs.stops)
    return inputs


def _pack(inputs: Inputs) -> Content:
    """Write inputs as the cache keeps them."""
    tables = {
        name: value for name, value in vars(inputs).items() if isinstance(value, pd.DataFrame)
    }
    about = {
        "layout": inputs.layout,
        "accounts": pack_accounts(inputs.accounts),
        "faults": pack_faults(inputs.faults),
    }
    return Content(about, {**tables, "territory": inputs.territory.units})


def _unpack(content: Content, project: Project, progress: Progress) -> Inputs:
    """Read what `_pack` wrote."""
    progress(FROM_CACHE)
    tables: dict[str, Any] = dict(content.tables)
    return Inputs(
        **{**tables, "territory": Territory(tables["territory"])},
        layout=content.about["layout"],
        accounts=tuple(unpack_accounts(content.about["accounts"])),
        faults=tuple(unpack_faults(content.about["faults"])),
        timetables=_timetables(project),
    )


def _timetables(project: Project) -> dict[str, Callable[[], TimedFeed]]:
    """Give what reads the timetable of each feed, where it was not read with its stops."""
    return {
        stops.feed: partial(read_timetable, stops.source.path, shown=stops.source.shown)
        for stops in project.stops
        if not stops.source.is_plain
    }


def faults_of_files(project: Project) -> list[Fault]:
    """Read the files of a project that is itself at fault, for their faults alone."""
    reader = Reader(project, silent)
    read_files(reader)
    # The project's own faults name the paths that lead nowhere.
    nowhere = {source.shown for source in project.files if not source.is_there}
    return [fault for fault in reader.faults if fault.file not in nowhere]


def place_inputs(reader: Reader, read: Readings) -> Inputs | None:
    """Place and account for every input that was read; None if there are no units to place in.

    What has an error is not placed: its rows would only be warned of once more.
    """
    reader.faults.extend(faults_of_epoch())
    return None if read.units is None else _Placer(reader, read, read.units).placed()


class _Placer:
    """Places what was read, input by input, and keeps the changes of unit codes met."""

    def __init__(self, reader: Reader, read: Readings, units: Reading) -> None:
        self.reader, self.read, self.units = reader, read, units
        self.project, self.faults = reader.project, reader.faults
        self.territory = Territory(units.table)
        self.changes: list[pd.DataFrame] = []
        self.crosswalk = Crosswalk(units.table)
        if self.project.atvk_history is not None and read.history is not None:
            source, table = self.project.atvk_history, read.history.table
            reader.note("atvk_history", source, read.history, len(table), {})
            self.crosswalk = Crosswalk.of(units.table, source, table)

    def placed(self) -> Inputs:
        project, read = self.project, self.read
        self._recode_hosts()
        new = self._new_points()
        for host, reading in read.hosts.items():
            source = project.hosts[host]
            unknown = unknown_units(reading.table, self.territory, source)
            if reading.is_published or not source.is_plain:
                # No planner can mend a published list, which gives positions and addresses too.
                outcome = Message("; the row is located by its position or address")
                unknown = [
                    replace(fault, level="warning", problem=Composed(fault.problem, outcome))
                    for fault in unknown
                ]
            self.faults.extend(unknown)
        self.faults.extend(_no_stop_counts(project))
        self.faults.extend(inputs_given_twice(project))
        self.reader.progress(PLACING)
        self.reader.note("units", project.units, self.units, len(self.units.table), {})
        before = len(self.faults)
        hosts = self._hosts()
        places = [*(placed.table for placed in hosts), *self._points(new)]
        feeds = [self._stops(stops, reading) for stops, reading in read.stops]
        outcomes = [(placed.misplaced, len(placed.table) > 0) for placed in (*hosts, *feeds)]
        # What is likely wrong stands before the faults of the rows.
        units = self.territory.units
        self.faults[before:before] = blamed_units(project.units.shown, units, outcomes)
        stops = [placed.table for placed in feeds]
        if stops:
            shown = {stops.feed: stops.source.shown for stops in project.stops}
            self.faults.extend(stops_at_one_spot(pd.concat(stops), shown))
        resolved = self._optional([str(key) for table in places for key in table["place"]])
        decisions = self._decisions()
        has_changes = read.history is not None or any(len(met) for met in self.changes)
        return Inputs(
            Territory(units.assign(**resolved.residents)),
            _joined(places, PLACE_COLUMNS, "place"),
            _joined(stops, STOP_COLUMNS, "stop"),
            self.units.notes["layout"],
            tuple(self.reader.accounts),
            tuple(self.faults),
            resolved.development,
            resolved.checklist,
            joined_changes(self.changes) if has_changes else None,
            resolved.cells,
            decisions,
            _timetables(project)
            | {
                stops.feed: reading.timetable
                for stops, reading in read.stops
                if isinstance(reading, FeedReading) and reading.timetable is not None
            },
        )

    def _recode_hosts(self) -> None:
        """Lead the unit codes of all hosts to this layout."""
        for host, reading in self.read.hosts.items():
            table = self._recoded(reading.table, self.project.hosts[host])
            self.read.hosts[host] = replace(reading, table=table)

    def _recoded(self, table: pd.DataFrame, source: Input) -> pd.DataFrame:
        """Lead the unit codes of places to this layout."""
        moved, met = self.crosswalk.recode_places(table, source.shown)
        self.faults.extend(moved.faults)
        self.changes.append(met)
        return moved.table

    def _new_points(self) -> dict[Host, pd.DataFrame]:
        """Put the points of a what-if among the lists; give those that no list has."""
        source, points = self.project.points, self.read.points
        if source is None or points is None:
            return {}
        table = self._recoded(points.table, source)
        applied = apply_points(self.read.hosts, table, source.shown)
        self.read.hosts.update(applied.hosts)
        self.faults.extend(applied.faults)
        return {} if has_errors(applied.faults) else applied.new

    def _points(self, new: Mapping[Host, pd.DataFrame]) -> list[gpd.GeoDataFrame]:
        """Place the new points of a what-if as all hosts are, and account for all its points."""
        source, points = self.project.points, self.read.points
        if source is None or points is None:
            return []
        tables = []
        dropped: Counter[str] = Counter()
        for host, table in new.items():
            self.faults.extend(unknown_units(table, self.territory, source))
            placed = place_hosts(table, self.territory, host=host, source=source)
            # The points of one kind are no input of their own: what becomes of the rows is told.
            self.faults.extend(fault for fault in placed.faults if fault.row is not None)
            dropped.update(placed.dropped)
            tables.append(placed.table)
        used = len(points.table) - dropped.total()
        if used == 0:
            self.faults.append(nothing_used(source.shown, dropped))
        self.reader.note("points", source, points, used, dropped)
        return tables

    def _hosts(self) -> list[Placed]:
        """Place hosts; none if the register that the project names has an error."""
        addresses, register = self.project.addresses, self.read.register
        index = None
        if addresses is not None:
            if register is None:
                return []
            table = register.table
            # What lies beside tells the units, and so belongs to what was read.
            beside = {file.name: sha256(file) for file in files_beside(addresses.path).values()}
            noted = replace(register, notes={**register.notes, **dict(sorted(beside.items()))})
            self.reader.note("addresses", addresses, noted, len(table), {})
            abroad = register_abroad(addresses.shown, *table[["lat", "lon"]].to_numpy(float).T)
            self.faults.extend([] if abroad is None else [abroad.fault])
            index = RegisterIndex(table, self._units_of_register(table, addresses.shown))
        corrections = self._corrections()
        hosts = {host: reading for host, reading in self.read.hosts.items()
                 if valid_or_none(reading)}  # fmt: skip
        texts = [reading.table["address"] for reading in hosts.values()]
        parsed = Parsed(pd.concat(texts)) if texts else None
        found = []
        for host, reading in hosts.items():
            source = self.project.hosts[host]
            placed = place_hosts(
                reading.table,
                self.territory,
                host=host,
                source=source,
                register=index,
                corrections=corrections,
                parsed=parsed,
            )
            self.faults.extend(placed.faults)
            self.faults.extend(places_at_one_spot(placed.table, source.shown))
            used = len(placed.table)
            self.reader.note(INPUT_OF_HOST[host], source, reading, used, placed.dropped)
            found.append(placed)
        return found

    def _units_of_register(self, table: pd.DataFrame, shown: str) -> NDArray[np.int64]:
        """Find the units that addresses lead to; warn of those that this layout does not know."""
        codes = pd.Series(table["unit"].cat.categories, dtype=str)
        number = np.append(self.territory.coded(self.crosswalk.recoded(codes)), NONE)
        unit = number[table["unit"].cat.codes]
        lost = (unit == NONE) & (table["unit"] != "").to_numpy(bool)
        if lost.any():
            others = table["unit"][lost].astype(str).unique()
            problem = Message(
                "is the unit of addresses, but none of this layout (units like this: {count})",
                count=len(others),
            )
            remedy = Message("give atvk_history; until then their units go by names and borders")
            self.faults.append(
                Fault("warning", shown, problem, remedy, value=others[0], alike=int(lost.sum()))
            )
        return unit

    def _corrections(self) -> pd.DataFrame | None:
        """Give the planner's corrections; warn of those to places that no list has."""
        source, reading = self.project.corrections, self.read.corrections
        if source is None or reading is None:
            return None
        used = reading.table
        # Where a what-if gives a place another position, that of the corrections is of no use.
        if self.read.points is not None:
            points = self.read.points.table
            used = used[~used["place"].isin(points.loc[points["lat"].notna(), "place"])]
        known = used["place"].isin(keys_of(self.read.hosts))
        dropped = {"superseded": len(reading.table) - len(used), "no_place": int((~known).sum())}
        self.reader.note("corrections", source, reading, int(known.sum()), dropped)
        if len(used) and not known.any():
            self.faults.append(nothing_used(source.shown, {"no_place": len(used)}))
        self.faults.extend(unknown_corrections(used, known, source.shown))
        return used

    def _stops(self, stops: StopInput, reading: Reading) -> Placed:
        placed = place_stops(reading.table, self.territory, shown=stops.source.shown)
        self.faults.extend(placed.faults)
        self.reader.note("stops", stops.source, reading, len(placed.table), placed.dropped)
        return placed

    def _optional(self, places: Sequence[str]) -> Optional:
        sources = self.project.optional
        if (centres := self.read.optional.get("development_centres")) is not None:
            table = self._recoded(centres.table, sources["development_centres"])
            self.read.optional["development_centres"] = replace(centres, table=table)
        resolved = resolve_optional(
            self.read.optional, sources, self.territory, places, self.crosswalk
        )
        for key, reading, used, dropped in resolved.accounts:
            if used == 0 and len(reading.table):
                self.faults.append(nothing_used(sources[key].shown, dropped))
            self.reader.note(key, sources[key], reading, used, dropped)
        self.faults.extend(resolved.faults)
        self.changes += resolved.changes
        return resolved

    def _decisions(self) -> pd.DataFrame | None:
        """Give the planner's decisions, their units led to this layout; None where not given."""
        source, reading = self.project.decisions, self.read.decisions
        if source is None or reading is None:
            return None
        moved, met = self.crosswalk.recode(reading.table, source.shown)
        table, faults = moved.table, list(moved.faults)
        self.changes.append(met)
        if not faults:
            hosts = keys_of(self.read.hosts)
            faults = check_decisions(table, self.territory, hosts, source.shown)
        self.faults.extend(faults)
        if has_errors(faults):
            return None
        self.reader.note("decisions", source, reading, len(table), {})
        return table


def _no_stop_counts(project: Project) -> list[Fault]:
    """Warn where the stop set is that of regional feeds, and none is marked so."""
    if project.rules.stop_set != "regional" or not project.stops:
        return []
    if any(stops.regional for stops in project.stops):
        return []
    problem = Message("no source of stops is regional, so no distance is computed")
    remedy = Message("write regional = true, or choose another stop_set")
    return [Fault("warning", str(project.path), problem, remedy, field="inputs.stops")]


def _joined(
    tables: Sequence[gpd.GeoDataFrame], columns: Sequence[str], key: str
) -> gpd.GeoDataFrame:
    filled = [table for table in tables if len(table)]
    if not filled:
        return gpd.GeoDataFrame(columns=list(columns), geometry="geometry", crs=CRS)
    joined = gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=CRS)
    return joined.sort_values(key, ignore_index=True)
