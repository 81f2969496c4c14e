"""Every fault of every input, and what became of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from vpvkac.inputs.readings import Reader, Readings, read_files, valid_or_none
from vpvkac.inputs.tables import PlacedInputs, place_inputs
from vpvkac.model.accounts import Progress, silent
from vpvkac.model.territory import streets_outside
from vpvkac.sources.base import Reading

if TYPE_CHECKING:
    from vpvkac.model.accounts import Account
    from vpvkac.model.faults import Fault
    from vpvkac.model.project import Input, Project


class Examined(NamedTuple):
    """The faults of a project's inputs, and the accounts of those without an error."""

    faults: tuple[Fault, ...]
    accounts: tuple[Account, ...]


def examine(project: Project, progress: Progress = silent) -> Examined:
    """Read every input of a project for its faults and accounts; no fault is raised.

    Streets and assumptions are read too, and opening hours evaluated, which a run
    does not need: `walk`, `cost` and `hours` would tell what is told here.
    """
    reader = Reader(project, progress)
    read = read_files(reader)
    hours = _examined_hours(project, read)
    placed = place_inputs(reader, read)
    reader.faults.extend(hours)
    _examine_streets(reader, placed)
    _examine_assumptions(reader)
    return Examined(tuple(reader.faults), tuple(reader.accounts))


def _examined_hours(project: Project, read: Readings) -> list[Fault]:
    """Warn of the opening hours that `hours` will not understand, or only in part."""
    given = [
        (project.hosts[host], reading.table)
        for host, reading in read.hosts.items()
        if valid_or_none(reading) and (reading.table["hours"] != "").any()
    ]
    if not given:
        return []
    from vpvkac.analysis.opening import faults_of_list

    return [fault for source, table in given for fault in faults_of_list(table, source)]


def _examine_streets(reader: Reader, placed: PlacedInputs | None) -> None:
    source = reader.project.streets
    if source is None:
        return
    from vpvkac.sources.streets import read_streets

    reading = reader.read(read_streets, source)
    if reading is not None:
        if placed is not None:
            outside = streets_outside(source.shown, reading.table, placed.territory.units)
            if outside:
                reader.faults.extend(outside)
                return
        used = reading.rows_read - sum(reading.dropped.values())
        reader.note("streets", source, reading, used, {})


def _examine_assumptions(reader: Reader) -> None:
    source = reader.project.assumptions
    if source is None:
        return

    from vpvkac.sources.reference import read_assumptions

    def read(source: Input) -> Reading:
        given = read_assumptions(source.path, source.shown).given
        return Reading(pd.DataFrame(index=range(len(given))), len(given))

    reading = reader.read(read, source)
    if reading is not None:
        reader.account("assumptions", source, reading, None)
