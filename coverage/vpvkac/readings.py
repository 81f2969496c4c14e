"""Readings: every file of a project read by its reader, with its faults and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vpvkac.faults import Fault, InputError, has_errors
from vpvkac.optional import optional_reader
from vpvkac.provenance import Account, sha256, source_of
from vpvkac.sources.centres_forms import read_centres_file
from vpvkac.sources.corrections import read_corrections
from vpvkac.sources.decisions import read_decisions
from vpvkac.sources.gtfs import read_gtfs
from vpvkac.sources.libraries import read_libraries
from vpvkac.sources.osm import is_extract, read_osm
from vpvkac.sources.plain import read_plain_hosts, read_plain_stops
from vpvkac.sources.points import read_points
from vpvkac.sources.post_offices import read_post_offices
from vpvkac.sources.register import read_register
from vpvkac.sources.units import read_units
from vpvkac.vintage import read_vintage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from vpvkac.placing import Placed
    from vpvkac.progress import Progress
    from vpvkac.project import Host, Input, Project, StopInput
    from vpvkac.sources.reading import Reading

_PUBLISHED_READERS: dict[Host, Callable[[Input], Reading]] = {
    "centre": read_centres_file,
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

    def read(self, read: Callable[[], Reading], source: Input) -> Reading | None:
        """Read one input and keep its faults; None if it is not of its form."""
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
    units, addresses = project.units, project.addresses
    corrections, history = project.corrections, project.atvk_history
    points = project.points
    decisions = project.decisions
    return Readings(
        reader.read(lambda: read_units(units, project.rules.layout), units),
        None if addresses is None else reader.read(lambda: read_register(addresses), addresses),
        {
            host: reading
            for host, source in project.hosts.items()
            if (reading := reader.read(_host_reader(host, source), source)) is not None
        },
        [
            (stops, reading)
            for stops in project.stops
            if (reading := reader.read(_stop_reader(stops, project.strict), stops.source))
            is not None
        ],
        {
            key: reading
            for key, source in project.optional.items()
            if (reading := reader.read(optional_reader(key, source), source)) is not None
        },
        None
        if corrections is None
        else reader.read(lambda: read_corrections(corrections), corrections),
        None if history is None else reader.read(lambda: read_vintage(history), history),
        None if points is None else reader.read(lambda: read_points(points), points),
        None if decisions is None else reader.read(lambda: read_decisions(decisions), decisions),
    )


def sound(reading: Reading | None) -> Reading | None:
    """Give the reading if it has no error."""
    return None if reading is None or has_errors(reading.faults) else reading


def _host_reader(host: Host, source: Input) -> Callable[[], Reading]:
    if source.is_plain:
        return lambda: read_plain_hosts(source)
    if is_extract(source, host):
        return lambda: read_osm(source, host)
    return lambda: _PUBLISHED_READERS[host](source)


def _stop_reader(stops: StopInput, strict: bool) -> Callable[[], Reading]:
    if stops.source.is_plain:
        return lambda: read_plain_stops(stops)
    return lambda: read_gtfs(
        stops.source.path,
        feed=stops.feed,
        regional=stops.regional,
        service_day=stops.service_day,
        shown=stops.source.shown,
        strict=strict,
    )


def _date(notes: Mapping[str, str]) -> str | None:
    return notes.get("date") or notes.get("layout") or notes.get("first_day") or None
