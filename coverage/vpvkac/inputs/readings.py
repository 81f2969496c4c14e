"""Readings: every file of a project read by its reader, and what is given twice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from vpvkac.inputs.crosswalk import read_crosswalk
from vpvkac.inputs.optional import optional_reader
from vpvkac.model.accounts import Account
from vpvkac.model.faults import Fault, InputError, Level, has_errors
from vpvkac.sources.base import Reading, nothing_used
from vpvkac.sources.cache import read_once
from vpvkac.sources.centres import read_centres
from vpvkac.sources.gtfs import read_gtfs
from vpvkac.sources.libraries import read_libraries
from vpvkac.sources.lock import files_beside, sha256, source_of
from vpvkac.sources.osm import is_extract, read_osm
from vpvkac.sources.plain import (
    read_corrections,
    read_decisions,
    read_plain_hosts,
    read_plain_stops,
    read_points,
)
from vpvkac.sources.post_offices import read_post_offices
from vpvkac.sources.register import read_register
from vpvkac.sources.units import read_units
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.model.accounts import Progress
    from vpvkac.model.project import Host, Input, Project, StopInput


_PUBLISHED_READERS: dict[Host, Callable[[Input], Reading]] = {
    "centre": read_centres,
    "library": read_libraries,
    "post_office": read_post_offices,
}


@dataclass
class Reader:
    """Reads one input after the other and keeps faults and accounts."""

    project: Project
    progress: Progress
    faults: list[Fault] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)

    def read(
        self, read: Callable[[Input], Reading], source: Input, *options: object
    ) -> Reading | None:
        """Read one input and keep its faults; None if it is not of its form.

        `options` name the reader, with all that it knows beside the input, for the cache; what
        has none is not kept.
        """
        self.progress(source.shown)
        if (unfit := source.unfit) is not None:
            self.faults.append(Fault("error", source.shown, *unfit))
            return None
        try:
            reading = self._read(read, replace(source, strict=self.project.strict), *options)
        except InputError as error:
            self.faults.extend(error.faults)
            return None
        # A feed tells itself that no stop of it is used, with its reason.
        is_feed = not source.is_plain and source in (stops.source for stops in self.project.stops)
        if not (len(reading.table) or is_feed or has_errors(reading.faults)):
            fault = nothing_used(source.shown, reading.dropped)
            # A file that the project does not name, as decisions kept beside it, may be empty yet.
            if source in self.project.beside:
                fault = replace(fault, level="warning")
            reading = replace(reading, faults=[fault, *reading.faults])
        self.faults.extend(reading.faults)
        return reading

    def _read(self, read: Callable[[Input], Reading], source: Input, *options: object) -> Reading:
        if not (options and self.project.use_cache):
            return read(source)
        beside = files_beside(source.path).values() if read is read_register else ()
        return read_once(read, source, *options, beside=beside, progress=self.progress)

    def note(
        self, key: str, source: Input, reading: Reading, used: int, more: Mapping[str, int]
    ) -> None:
        """Note how many of an input's rows were used, and which were dropped while placing."""
        dropped = dict(reading.dropped)
        for reason, count in more.items():
            dropped[reason] = dropped.get(reason, 0) + count
        if reading.rows_read != used + sum(dropped.values()):
            raise AssertionError(f"{source.shown}: {reading.rows_read} rows read, but {used} used "
                                 f"and {dropped} dropped")  # fmt: skip
        notes = reading.notes
        described = source_of(
            key,
            is_plain=source.is_plain and not reading.is_published,
            synthetic=self.project.synthetic,
            date=notes.get("date") or notes.get("layout") or notes.get("first_day") or None,
            path=source.path,
            notes=notes,
        )
        some = {reason: count for reason, count in sorted(dropped.items()) if count}
        account = Account(
            key, source.shown, described, sha256(source.path), reading.rows_read, used, some,
            dict(notes),
        )  # fmt: skip
        self.accounts.append(account)


@dataclass(frozen=True)
class Readings:
    """What the readers gave; only hosts may have an error, and none is of another form."""

    units: Reading | None
    register: Reading | None
    hosts: dict[Host, Reading]
    stops: list[tuple[StopInput, Reading]]
    optional: dict[str, Reading]
    corrections: Reading | None
    history: Reading | None
    points: Reading | None
    decisions: Reading | None


def read_files(reader: Reader) -> Readings:
    """Read every file, in the order of the accounts."""
    project = reader.project

    def valid(
        read: Callable[[Input], Reading], source: Input | None, *options: object
    ) -> Reading | None:
        return None if source is None else valid_or_none(reader.read(read, source, *options))

    layout, rail = project.rules.layout, project.counts_rail
    read_stops = partial(_stop_reader, rail=rail)
    return Readings(
        valid(lambda source: read_units(source, layout), project.units, "units", layout),
        valid(read_register, project.addresses, "addresses"),
        {
            host: reading
            for host, source in project.hosts.items()
            if (reading := reader.read(_host_reader(host, source), source, host)) is not None
        },
        [
            (stops, reading)
            for stops in project.stops
            if (reading := valid(read_stops(stops), stops.source, stops, rail)) is not None
        ],
        {
            key: reading
            for key, source in project.optional.items()
            if (reading := valid(optional_reader(key, source), source, key)) is not None
        },
        valid(read_corrections, project.corrections, "corrections"),
        valid(read_crosswalk, project.atvk_history, "atvk_history"),
        valid(read_points, project.points, "points"),
        valid(read_decisions, project.decisions, "decisions"),
    )


def valid_or_none(reading: Reading | None) -> Reading | None:
    """Give the reading if it has no error."""
    return None if reading is None or has_errors(reading.faults) else reading


def _host_reader(host: Host, source: Input) -> Callable[[Input], Reading]:
    if source.is_plain:
        # The list of institutions stays one where the project corrects what was found in it.
        return read_libraries if host == "library" else read_plain_hosts
    if is_extract(source, host):
        return lambda source: read_osm(source, host)
    return _PUBLISHED_READERS[host]


def _stop_reader(stops: StopInput, *, rail: bool) -> Callable[[Input], Reading]:
    if stops.source.is_plain:
        return lambda source: read_plain_stops(replace(stops, source=source))
    return lambda source: read_gtfs(
        source.path,
        feed=stops.feed,
        regional=stops.regional,
        service_day=stops.service_day,
        shown=source.shown,
        strict=source.strict,
        rail=rail,
    )


def inputs_given_twice(project: Project) -> list[Fault]:
    """Refuse a file given for two feeds, and warn of one for two kinds of host.

    It may be given twice if other rows or columns are taken of it.
    """
    feeds = [stops.source for stops in project.stops]
    faults = []
    sources: list[tuple[Level, list[Input]]] = [
        ("warning", list(project.hosts.values())), ("error", feeds)
    ]  # fmt: skip
    for level, inputs in sources:
        known: dict[object, str] = {}
        for source in inputs:
            if source.unfit is not None:
                continue
            taken = (sha256(source.path), repr((source.columns, source.where)))
            first = known.setdefault(taken, source.shown)
            if first is not source.shown:
                problem = Message("is given twice (also as {first}); each row counts twice",
                                  first=first)  # fmt: skip
                remedy = Message("give it once, or with another where each time")
                faults.append(Fault(level, source.shown, problem, remedy))
    return faults


def places_at_one_spot(table: gpd.GeoDataFrame, shown: str) -> list[Fault]:
    """Warn of places of one list that have the same name and position under two keys."""
    # Of these a position is that of the place itself.
    exact = table["located_by"].isin(["published", "correction", "address"])
    exact = table[exact & (table["name"] != "")]
    return _at_one_spot(exact, "place", ["name", "lat", "lon"], [shown] * len(exact))


def stops_at_one_spot(table: pd.DataFrame, shown: Mapping[str, str]) -> list[Fault]:
    """Warn of stops that stand in two feeds, with the same name and position."""
    crowded = table[(table["stop_name"] != "") & table.duplicated(["lat", "lon"], keep=False)]
    # Within one feed two poles may have one name and position.
    once = crowded.drop_duplicates(["feed", "stop_name", "lat", "lon"])
    return _at_one_spot(once, "stop", ["stop_name", "lat", "lon"], once["feed"].map(shown).tolist())


def _at_one_spot(
    table: pd.DataFrame, key: str, same: list[str], files: Sequence[str]
) -> list[Fault]:
    table = table.assign(file=files, first=table.groupby(same)[key].transform("first"))
    problem = Message("has the position and the name of {first}; both count")
    return [
        Fault(
            "warning",
            str(file),
            problem.with_values(first=rows["first"].iloc[0]),
            Message("if they are the same, keep one"),
            value=str(rows[key].iloc[0]),
            alike=len(rows),
        )
        for file, rows in table[table.duplicated(same)].groupby("file", sort=False)
    ]
