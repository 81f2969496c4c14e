"""The work of one partition: read, measure, write, add up.  The same here and on a cluster."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.questions.demand.remarks import Remarks
from vpvkac.questions.demand.tally import Tally

if TYPE_CHECKING:
    import pyarrow as pa

    from vpvkac.questions.demand.chunk import Partition, Source
    from vpvkac.questions.demand.ground import Ground
    from vpvkac.questions.demand.output import Writer


class Job(NamedTuple):
    """What every partition needs.

    Parameters
    ----------
    columns
        Of what is written.
    path
        Where to write: a file, or on a cluster a folder of parts.
    """

    ground: Ground
    source: Source
    columns: pa.Schema
    path: Path


class Done(NamedTuple):
    """What came of some origins: added up by unit, and the account of their rows."""

    tally: Tally
    remarks: Remarks

    def add(self, later: Done) -> None:
        """Add what came of rows further on."""
        self.tally.merge(later.tally)
        self.remarks.add(later.remarks)


def nothing_done(ground: Ground) -> Done:
    """Begin an account."""
    return Done(Tally(len(ground.units), ground.threshold_m), Remarks())


def work(
    ground: Ground,
    source: Source,
    part: Partition,
    writer: Writer,
    told: Callable[[Remarks], None] = lambda _: None,
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
    done = nothing_done(ground)
    for chunk in source.read(part):
        answer = ground.measure(chunk, done.remarks, part.shown)
        writer.write(answer.table)
        done.tally.add(answer.measured)
        told(done.remarks)
    return done
