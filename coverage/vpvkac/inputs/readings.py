"""Readings: every file of a project read by its reader, and what is given twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vpvkac.inputs.crosswalk import read_crosswalk
from vpvkac.inputs.optional import optional_reader
from vpvkac.model.accounts import Account
from vpvkac.model.faults import Fault, InputError, Level, has_errors
from vpvkac.sources.base import Reading, nothing_used
from vpvkac.sources.centres import read_centres
from vpvkac.sources.gtfs import read_gtfs
from vpvkac.sources.libraries import read_libraries
from vpvkac.sources.lock import sha256, source_of
from vpvkac.sources.osm import is_extract, read_osm
from vpvkac.sources.plain import (
    read_corrections,
    read_decisions,
    read_plain_hosts,
    read_plain_stops,
)
from vpvkac.sources.points import read_points
from vpvkac.sources.post_offices import read_post_offices
from vpvkac.sources.register import read_register
from vpvkac.sources.units import read_units
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.inputs.placing import Placed
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

    def read(self, read: Callable[[Input], Reading], source: Input) -> Reading | None:
        """Read one input and keep its faults; None if it is not of its form."""
        self.progress(source.shown)
        if (found := source.unfit) is not None:
            self.faults.append(Fault("error", source.shown, *found))
            return None
        try:
            reading = read(replace(source, strict=self.project.strict))
        except InputError as error:
            self.faults.extend(error.faults)
            return None
        fault = self._unused(source, reading)
        if fault is not None:
            reading = replace(reading, faults=[fault, *reading.faults])
        self.faults.extend(reading.faults)
        return reading

    def _unused(self, source: Input, reading: Reading) -> Fault | None:
        """Tell that no row of an input is used; a feed tells that itself, with its reason."""
        stops = (stops.source for stops in self.project.stops)
        is_feed = not source.is_plain and source in stops
        if len(reading.table) or is_feed or has_errors(reading.faults):
            return None
        fault = nothing_used(source.shown, reading.dropped)
        # A file that the project does not name, as decisions kept beside it, may be empty yet.
        is_beside = source in self.project.beside
        return replace(fault, level="warning") if is_beside else fault

    def account(self, key: str, source: Input, reading: Reading, placed: Placed | None) -> None:
        """Note what became of an input's rows; those dropped while placing count too."""
        if placed is None:
            self.note(key, source, reading, len(reading.table), {})
        else:
            self.note(key, source, reading, len(placed.table), placed.dropped)

    def note(
        self, key: str, source: Input, reading: Reading, used: int, more: Mapping[str, int]
    ) -> None:
        """Note how many of an input's rows were used, and which more were dropped."""
        dropped = dict(reading.dropped)
        for reason, count in more.items():
            dropped[reason] = dropped.get(reason, 0) + count
        if reading.rows_read != used + sum(dropped.values()):
            raise AssertionError(f"{source.shown}: {reading.rows_read} rows read, but {used} used "
                                 f"and {dropped} dropped")  # fmt: skip
        described = source_of(
            key,
            is_plain=source.is_plain,
            synthetic=self.project.synthetic,
            date=_date(reading.notes),
            path=source.path,
            notes=reading.notes,
        )
        kept = {reason: count for reason, count in sorted(dropped.items()) if count}
        account = Account(
            key, source.shown, described, sha256(source.path), reading.rows_read, used, kept,
            dict(reading.notes),
        )  # fmt: skip
        self.accounts.append(account)


@dataclass(frozen=True)
class Readings:
    """What the readers gave; nothing for a file that is not of its form."""

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
    return Readings(
        reader.read(lambda source: read_units(source, project.rules.layout), project.units),
        _read_given(reader, read_register, project.addresses),
        {
            host: reading
            for host, source in project.hosts.items()
            if (reading := reader.read(_host_reader(host, source), source)) is not None
        },
        [
            (stops, reading)
            for stops in project.stops
            if (reading := reader.read(_stop_reader(stops), stops.source)) is not None
        ],
        {
            key: reading
            for key, source in project.optional.items()
            if (reading := reader.read(optional_reader(key, source), source)) is not None
        },
        _read_given(reader, read_corrections, project.corrections),
        _read_given(reader, read_crosswalk, project.atvk_history),
        _read_given(reader, read_points, project.points),
        _read_given(reader, read_decisions, project.decisions),
    )


def _read_given(
    reader: Reader, read: Callable[[Input], Reading], source: Input | None
) -> Reading | None:
    return None if source is None else reader.read(read, source)


def valid_or_none(reading: Reading | None) -> Reading | None:
    """Give the reading if it has no error."""
    return None if reading is None or has_errors(reading.faults) else reading


def _host_reader(host: Host, source: Input) -> Callable[[Input], Reading]:
    if source.is_plain:
        return read_plain_hosts
    if is_extract(source, host):
        return lambda source: read_osm(source, host)
    return _PUBLISHED_READERS[host]


def _stop_reader(stops: StopInput) -> Callable[[Input], Reading]:
    if stops.source.is_plain:
        return lambda source: read_plain_stops(replace(stops, source=source))
    return lambda source: read_gtfs(
        source.path,
        feed=stops.feed,
        regional=stops.regional,
        service_day=stops.service_day,
        shown=source.shown,
        strict=source.strict,
    )


def _date(notes: Mapping[str, str]) -> str | None:
    return notes.get("date") or notes.get("layout") or notes.get("first_day") or None


# Of these a position is that of the place itself.
_EXACT = ("published", "correction", "address")


def inputs_given_twice(project: Project) -> list[Fault]:
    """Refuse a file given for two feeds, and warn of one for two kinds of host.

    It may be given twice if other rows or columns are taken of it.
    """
    feeds = [stops.source for stops in project.stops]
    return [
        *_given_twice("warning", project.hosts.values()),
        *_given_twice("error", feeds),
    ]


def _given_twice(level: Level, sources: Iterable[Input]) -> list[Fault]:
    known: dict[object, str] = {}
    faults = []
    for source in sources:
        if source.unfit is not None:
            continue
        taken = (sha256(source.path), repr((source.columns, source.where)))
        first = known.setdefault(taken, source.shown)
        if first is not source.shown:
            faults.append(_same_file(level, source.shown, first))
    return faults


def _same_file(level: Level, shown: str, first: str) -> Fault:
    return Fault(
        level,
        shown,
        Message("is given twice (also as {first}); each row counts twice", first=first),
        Message("give it once, or with another where each time"),
    )


def places_at_one_spot(table: gpd.GeoDataFrame, shown: str) -> list[Fault]:
    """Warn of places of one list that have the same name and position under two keys."""
    exact = table[table["located_by"].isin(_EXACT) & (table["name"] != "")]
    return _at_one_spot(exact, "place", ["name", "lat", "lon"], [shown] * len(exact))


def stops_at_one_spot(table: pd.DataFrame, shown: dict[str, str]) -> list[Fault]:
    """Warn of stops that stand in two feeds, with the same name and position.

    Parameters
    ----------
    shown
        Feed → its file, as faults say it.
    """
    # Within one feed two poles may have one name and position.
    once = table[table["stop_name"] != ""].drop_duplicates(["feed", "stop_name", "lat", "lon"])
    return _at_one_spot(once, "stop", ["stop_name", "lat", "lon"], once["feed"].map(shown).tolist())


def _at_one_spot(
    table: pd.DataFrame, key: str, same: list[str], files: Sequence[str]
) -> list[Fault]:
    table = table.assign(file=files, first=table.groupby(same)[key].transform("first"))
    later = table[table.duplicated(same)]
    return [
        Fault(
            "warning",
            str(file),
            Message(
                "has the position and the name of {first}; both count", first=rows["first"].iloc[0]
            ),
            Message("if they are the same, keep one"),
            value=str(rows[key].iloc[0]),
            alike=len(rows),
        )
        for file, rows in later.groupby("file", sort=False)
    ]
