"""The work of one partition: read, measure, write, add up.  The same here and on a cluster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from vpvkac.questions.demand.accounting import Accounting
from vpvkac.questions.demand.chunk import Partition, Source
from vpvkac.questions.demand.tally import Tally
from vpvkac.questions.demand.targets import Targets

if TYPE_CHECKING:
    import pyarrow as pa


class Writer(Protocol):
    """What takes the rows of the origins that were measured."""

    def write(self, table: pa.Table) -> None:
        """Take some rows."""


class Nowhere:
    """A writer that keeps no rows, for who asks for the tallies alone."""

    def write(self, table: pa.Table) -> None:
        """Take some rows."""


class Job(NamedTuple):
    """What every partition needs.

    Parameters
    ----------
    columns
        Of what is written.
    path
        Where to write: a file, or on a cluster a folder of parts.
    """

    targets: Targets
    source: Source
    columns: pa.Schema
    path: Path


class Done(NamedTuple):
    """What came of some origins: added up by unit, and the account of their rows."""

    tally: Tally
    accounting: Accounting

    def add(self, later: Done) -> None:
        """Add what came of rows further on."""
        self.tally.merge(later.tally)
        self.accounting.add(later.accounting)


def nothing_done(targets: Targets) -> Done:
    """Begin an account."""
    return Done(Tally(len(targets.units), targets.threshold_m), Accounting())


def work(
    targets: Targets,
    source: Source,
    part: Partition,
    writer: Writer,
    told: Callable[[Accounting], None] = lambda _: None,
) -> Done:
    """Measure and write the origins of a partition.

    Parameters
    ----------
    told
        Called after each chunk with the account so far.

    Raises
    ------
    InputError
        If the partition is not of its form.
    """
    done = nothing_done(targets)
    for chunk in source.read(part):
        answer = targets.measure(chunk, done.accounting, part.shown)
        writer.write(answer.table)
        done.tally.add(answer.measured)
        told(done.accounting)
    return done
