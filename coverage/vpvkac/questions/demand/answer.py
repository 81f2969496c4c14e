"""Demand: the nearest point, the nearest stop and the unit of any number of origins."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.analysis.network import Network
from vpvkac.model.faults import Fault, InputError
from vpvkac.questions.demand.origins import Partition, Source
from vpvkac.questions.demand.question import Points, Question
from vpvkac.questions.demand.tally import Accounting, Tally, Targets
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    # Takes the rows of the origins that were measured.
    Write = Callable[[pa.Table], None]

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

    @property
    def in_no_unit(self) -> int:
        """Origins that lie in no unit."""
        return int(self.units["origins"].iloc[-1])

    @property
    def totals(self) -> dict[str, tuple[float, float | None]]:
        """Sums over all units of what counts, by column, and the share that each is of the whole.

        What is known of no unit is left out; the sum of weights is a share of nothing.
        """
        names = ["within", "place_within"]
        if self.weighed:
            names += ["weight", "weight_within", "weight_place_within"]
        sums = self.units[names].dropna(axis="columns", how="all").sum().to_dict()
        totals = {str(name): float(total) for name, total in sums.items()}
        wholes = {name: totals["weight"] if "weight" in name else self.used for name in totals}
        return {
            name: (total, total / wholes[name] if name != "weight" and wholes[name] else None)
            for name, total in totals.items()
        }


class Done(NamedTuple):
    """What came of some origins: added up by unit, and the account of their rows."""

    tally: Tally
    accounting: Accounting

    @classmethod
    def nothing(cls, targets: Targets) -> Done:
        """Begin an account."""
        return cls(Tally(len(targets.units), targets.threshold_m), Accounting())


def measure(
    targets: Targets, source: Source, part: Partition, write: Write,
    report: Callable[[int], None] = lambda _: None,
) -> Done:  # fmt: skip
    """Measure and write the origins of a partition; the same here and on a cluster."""
    done = Done.nothing(targets)
    for chunk in source.read(part):
        rows, measured = targets.measure(chunk, done.accounting)
        write(rows)
        done.tally.add(measured)
        report(done.accounting.read)
    return done


def measure_all(targets: Targets, source: Source, write: Write, report: Report) -> Done:
    """Measure all partitions in this process, one after the other."""
    whole = Done.nothing(targets)
    for part in source.partitions():
        tell = partial(_report_from, report, whole.accounting.read, part.share)
        done = measure(targets, source, part, write, tell)
        whole.tally.merge(done.tally)
        whole.accounting.add(done.accounting)
    return whole


def _report_from(report: Report, before: int, share: float, read: int) -> None:
    report(before + read, share)


def answer(network: Network, question: Question, source: Source, done: Done) -> Demand:
    """Make the table of units of what was measured, and the account of the rows.

    Raises InputError if no row is used.
    """
    account = done.accounting
    faults = [*source.faults, *account.faults]
    if account.used == 0:
        problem = Message("no row is used") if account.read else Message("has no rows")
        remedy = Message("check whether it is the right file")
        raise InputError([*faults, Fault("error", question.shown, problem, remedy)])
    weighed = question.columns.weight is not None
    units = done.tally.table(weighed=weighed)
    # The last row is of origins in no unit, and has no names.
    names = network.units[list(_OF_UNIT)].reset_index(drop=True).reindex(range(len(units)))
    for place, name in enumerate(_OF_UNIT):
        units.insert(place, name, names[name])
    return Demand(
        network, units, account.read, account.used, account.dropped, question.points, weighed,
        tuple(faults),
    )  # fmt: skip
