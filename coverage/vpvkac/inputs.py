"""Inputs: every file of a project read into canonical tables, with all faults at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from vpvkac.faults import Fault, InputError, has_errors
from vpvkac.geodesy import CRS
from vpvkac.language import Text
from vpvkac.placing import PLACE_COLUMNS, STOP_COLUMNS, Placed, place_hosts, place_stops
from vpvkac.progress import silent
from vpvkac.project import HOST_INPUTS, Input, Project, StopInput
from vpvkac.provenance import Account, sha256, source_of
from vpvkac.schemas import check_places, check_stops, check_units
from vpvkac.sources.centres import read_centres
from vpvkac.sources.gtfs import read_gtfs
from vpvkac.sources.libraries import read_libraries
from vpvkac.sources.plain import read_plain_hosts, read_plain_stops
from vpvkac.sources.post_offices import read_post_offices
from vpvkac.sources.register import read_register
from vpvkac.sources.units import read_units
from vpvkac.territory import Territory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from vpvkac.progress import Progress
    from vpvkac.project import Host
    from vpvkac.sources.reading import Reading

_INPUT_OF_HOST: dict[Host, str] = {host: key for key, host in HOST_INPUTS.items()}
_PUBLISHED_READERS: dict[Host, Callable[[Input], Reading]] = {
    "centre": read_centres,
    "library": read_libraries,
    "post_office": read_post_offices,
}


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
        Vintage of the units; empty if it is none of those known.
    accounts
        What became of every input, in the order of the project.
    faults
        Warnings found.
    """

    territory: Territory
    places: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    layout: str
    accounts: tuple[Account, ...]
    faults: tuple[Fault, ...]


@dataclass
class _Reader:
    """Reads one input after the other and keeps faults and accounts."""

    project: Project
    progress: Progress
    faults: list[Fault] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)

    def read(self, read: Callable[[], Reading], source: Input) -> Reading | None:
        """Read one input; None if it has errors, which are kept."""
        self.progress(source.shown)
        try:
            reading = read()
        except InputError as error:
            self.faults.extend(error.faults)
            return None
        self.faults.extend(reading.faults)
        return reading

    def account(self, key: str, source: Input, reading: Reading, placed: Placed | None) -> None:
        """Note what became of an input's rows; those dropped while placing count too."""
        dropped = dict(reading.dropped)
        for reason, count in (placed.dropped if placed else {}).items():
            dropped[reason] = dropped.get(reason, 0) + count
        used = len(reading.table if placed is None else placed.table)
        if reading.rows_read != used + sum(dropped.values()):
            raise AssertionError(f"{source.shown}: {reading.rows_read} rows read, but {used} used "
                                 f"and {dropped} dropped")  # fmt: skip
        described = source_of(
            key,
            is_plain=source.is_plain,
            synthetic=self.project.synthetic,
            date=_date(reading.notes),
        )
        kept = {reason: count for reason, count in sorted(dropped.items()) if count}
        account = Account(
            key, source.shown, described, sha256(source.path), reading.rows_read, used, kept,
            dict(reading.notes),
        )  # fmt: skip
        self.accounts.append(account)


def read_inputs(project: Project, progress: Progress = silent) -> Inputs:
    """Read every input of a project.

    Raises
    ------
    InputError
        With all faults of all files, if any of them is an error.
    """
    reader = _Reader(project, progress)
    units = reader.read(lambda: read_units(project.units, project.rules.layout), project.units)
    if units is not None:
        reader.account("units", project.units, units, None)
    register = _register(reader)
    hosts = _host_readings(reader)
    feeds = _stop_readings(reader)
    if units is None or has_errors(reader.faults):
        raise InputError(reader.faults)
    progress("…")
    territory = Territory(units.table)
    places = [_placed_host(reader, territory, host, read, register) for host, read in hosts]
    stops = [_placed_stops(reader, territory, stop, read) for stop, read in feeds]
    if has_errors(reader.faults):
        raise InputError(reader.faults)
    inputs = Inputs(
        territory,
        _joined(places, PLACE_COLUMNS, "place"),
        _joined(stops, STOP_COLUMNS, "stop"),
        units.notes["layout"],
        tuple(reader.accounts),
        tuple(reader.faults),
    )
    check_units(territory.units)
    check_places(inputs.places)
    check_stops(inputs.stops)
    return inputs


def _date(notes: object) -> str | None:
    if not isinstance(notes, dict):
        return None
    return notes.get("date") or notes.get("layout") or notes.get("first_day") or None


def _register(reader: _Reader) -> pd.DataFrame | None:
    source = reader.project.addresses
    if source is None:
        return None
    reading = reader.read(lambda: read_register(source), source)
    if reading is None:
        return None
    reader.account("addresses", source, reading, None)
    return reading.table


def _host_readings(reader: _Reader) -> list[tuple[Host, Reading]]:
    found = []
    for host, source in reader.project.hosts.items():
        reading = reader.read(_host_reader(host, source, reader.project), source)
        if reading is not None:
            found.append((host, reading))
    return found


def _host_reader(host: Host, source: Input, project: Project) -> Callable[[], Reading]:
    if source.is_plain:
        return lambda: read_plain_hosts(source)
    published = _PUBLISHED_READERS.get(host)
    if published is not None:
        return lambda: published(source)
    fault = Fault(
        "error",
        str(project.path),
        Text("nav publicēta formāta", "has no published format"),
        Text(
            'nosauciet kolonnas: { path = "…", id = "…", name = "…" }',
            'name its columns: { path = "…", id = "…", name = "…" }',
        ),
        field=f"inputs.{_INPUT_OF_HOST[host]}",
    )

    def refuse() -> Reading:
        raise InputError([fault])

    return refuse


def _stop_readings(reader: _Reader) -> list[tuple[StopInput, Reading]]:
    found = []
    for stops in reader.project.stops:
        reading = reader.read(_stop_reader(stops), stops.source)
        if reading is not None:
            found.append((stops, reading))
    return found


def _stop_reader(stops: StopInput) -> Callable[[], Reading]:
    if stops.source.is_plain:
        return lambda: read_plain_stops(stops)
    return lambda: read_gtfs(
        stops.source.path,
        feed=stops.feed,
        regional=stops.regional,
        service_day=stops.service_day,
        shown=stops.source.shown,
    )


def _placed_host(
    reader: _Reader,
    territory: Territory,
    host: Host,
    reading: Reading,
    register: pd.DataFrame | None,
) -> gpd.GeoDataFrame:
    key = _INPUT_OF_HOST[host]
    source = reader.project.hosts[host]
    placed = place_hosts(
        reading.table, territory, host=host, source=key, shown=source.shown, register=register
    )
    reader.faults.extend(placed.faults)
    reader.account(key, source, reading, placed)
    return placed.table


def _placed_stops(
    reader: _Reader, territory: Territory, stops: StopInput, reading: Reading
) -> gpd.GeoDataFrame:
    placed = place_stops(reading.table, territory, shown=stops.source.shown)
    reader.faults.extend(placed.faults)
    reader.account("stops", stops.source, reading, placed)
    return placed.table


def _joined(
    tables: Sequence[gpd.GeoDataFrame], columns: Sequence[str], key: str
) -> gpd.GeoDataFrame:
    filled = [table for table in tables if len(table)]
    if not filled:
        return gpd.GeoDataFrame(columns=list(columns), geometry="geometry", crs=CRS)
    joined = gpd.GeoDataFrame(pd.concat(filled, ignore_index=True), crs=CRS)
    return joined.sort_values(key, ignore_index=True)
