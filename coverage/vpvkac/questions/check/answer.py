"""Every fault of every input, and what became of every row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from vpvkac.inputs.readings import Reader, Readings, read_files, valid_or_none
from vpvkac.inputs.tables import Inputs, place_inputs
from vpvkac.model.accounts import Progress, silent
from vpvkac.model.territory import streets_outside
from vpvkac.sources.base import Reading
from vpvkac.sources.reference import read_assumptions

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

    Streets and assumptions are read too, and opening hours evaluated, which a run does not need:
    `walk`, `cost` and `hours` would raise what is found here.
    """
    reader = Reader(project, progress)
    readings = read_files(reader)
    hours = _faults_of_hours(project, readings)
    placed = place_inputs(reader, readings)
    reader.faults.extend(hours)
    if project.streets is not None:
        _examine_streets(reader, project.streets, placed)
    if project.assumptions is not None:
        reading = reader.read(_read_assumptions, project.assumptions)
        if reading is not None:
            rows = len(reading.table)
            reader.note("assumptions", project.assumptions, reading, rows, {})
    return Examined(tuple(reader.faults), tuple(reader.accounts))


def _faults_of_hours(project: Project, readings: Readings) -> list[Fault]:
    """Warn of the opening hours that `hours` will not understand, or only in part."""
    faults: list[Fault] = []
    for host, reading in readings.hosts.items():
        if valid_or_none(reading) and (reading.table["hours"] != "").any():
            from vpvkac.analysis.opening import faults_of_list

            faults += faults_of_list(reading.table, project.hosts[host])
    return faults


def _examine_streets(reader: Reader, source: Input, placed: Inputs | None) -> None:
    from vpvkac.sources.streets import read_streets

    reading = reader.read(read_streets, source)
    if reading is None:
        return
    units = None if placed is None else placed.territory.units
    outside = [] if units is None else streets_outside(source.shown, reading.table, units)
    if outside:
        reader.faults.extend(outside)
    else:
        rows_used = reading.rows_read - sum(reading.dropped.values())
        reader.note("streets", source, reading, rows_used, {})


def _read_assumptions(source: Input) -> Reading:
    given = read_assumptions(source.path, source.shown).given
    return Reading(pd.DataFrame(index=range(len(given))), len(given))
