"""Demand: the nearest point, the nearest stop and the unit of any number of origins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.analysis.network import Network
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import NO_PATH, unfit
from vpvkac.questions.demand.accounting import Accounting
from vpvkac.questions.demand.chunk import Source, named_twice
from vpvkac.questions.demand.delimited import open_delimited
from vpvkac.questions.demand.geoparquet import open_parquet
from vpvkac.questions.demand.partition import Done, Nowhere, Writer, nothing_done, work
from vpvkac.questions.demand.question import Points, Question
from vpvkac.questions.demand.targets import Targets
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd

_PARQUET = (".parquet", ".geoparquet", ".pq")
_OF_UNIT = ("unit", "unit_name", "kind", "municipality", "municipality_name")
# Rows read so far, and the share of the whole.
Report = Callable[[int, float], None]


@dataclass(frozen=True, repr=False, eq=False)
class Demand:
    """What came of the origins.

    Parameters
    ----------
    result
        What they were measured against.
    units
        Columns as in ``demand_units.csv``, at full precision: a row per unit
        in order of code, and a last one, with no code, for origins in no unit.
    read, used
        Rows of the file, and those that are in ``demand.parquet``.
    dropped
        Rows not used, by reason.
    points
        Which points counted: `network` or `existing`.
    weighed
        Whether origins have weights.
    faults
        Warnings found.
    files
        What was written; nothing where only the answer was asked for.
    """

    result: Network
    units: pd.DataFrame
    read: int
    used: int
    dropped: Mapping[str, int]
    points: Points
    weighed: bool
    faults: tuple[Fault, ...]
    files: tuple[Path, ...] = ()

    def __repr__(self) -> str:
        dropped = ", ".join(f"{count} {why}" for why, count in self.dropped.items() if count)
        return f"<Demand: {self.used} of {self.read} origins used" + (
            f"; dropped: {dropped}>" if dropped else ">"
        )


def answer(network: Network, question: Question) -> Demand:
    """Measure the origins of a file in this process, and keep no row of them.

    Raises
    ------
    InputError
        If the file is not of its form, lacks a column, or holds no row that can be used.
    """
    source = open_origins(question)
    targets = Targets(network, question.points)
    done = measure_origins(targets, source, Nowhere())
    return add_up(network, question, source, done)


def measure_origins(
    targets: Targets, source: Source, writer: Writer, report: Report = lambda _, __: None
) -> Done:
    """Measure all partitions, one after the other; their rows go to the writer."""
    done = nothing_done(targets)
    for part in source.partitions():
        before, share = done.accounting.read, part.share

        def tell(so_far: Accounting, before: int = before, share: float = share) -> None:
            report(before + so_far.read, share)

        done.add(work(targets, source, part, writer, tell))
    return done


def add_up(network: Network, question: Question, source: Source, done: Done) -> Demand:
    """Make the table of units of what was measured, and the account of the rows.

    Raises
    ------
    InputError
        If no row is used.
    """
    account = done.accounting
    if account.used == 0:
        raise InputError([*source.faults, *account.faults, account.nothing_used(question.shown)])
    weighed = question.columns.weight is not None
    return Demand(
        network, _units_table(network, done.tally.table(weighed=weighed)), account.read,
        account.used, account.dropped, question.points, weighed,
        (*source.faults, *account.faults),
    )  # fmt: skip


def _units_table(network: Network, tally: pd.DataFrame) -> pd.DataFrame:
    """Name the units of a tally; the last row is of origins in no unit, and has no names."""
    import pandas as pd

    names = network.units[list(_OF_UNIT)].reset_index(drop=True).reindex(range(len(tally)))
    return pd.concat([pd.DataFrame(names), tally], axis=1)


def open_origins(question: Question) -> Source:
    """Look at a file of origins.

    Raises
    ------
    InputError
        If it is not there, not of its form, lacks a column, or one is named for two uses.
    """
    shown, columns = question.shown, question.columns
    if "\0" in shown:
        raise InputError([Fault("error", shown, *NO_PATH)])
    path = Path(shown).resolve()
    if not path.exists():
        problem = Message("is not there")
        remedy = Message("check the path")
        raise InputError([Fault("error", shown, problem, remedy)])
    if (found := unfit(path, may_be_folder=True)) is not None:
        raise InputError([Fault("error", shown, *found)])
    if path.is_dir() or path.suffix.lower() in _PARQUET:
        return open_parquet(path, shown, columns)
    twice = named_twice(shown, columns)
    try:
        source = open_delimited(path, shown, columns)
    except InputError as error:
        raise InputError([*error.faults, *twice]) from None
    if twice:
        raise InputError(twice)
    return source
