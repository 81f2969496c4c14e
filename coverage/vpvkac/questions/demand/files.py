"""The files of `demand`: GeoParquet chunk by chunk, and the table of units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.model.tables import TABLES
from vpvkac.questions.demand.answer import Demand, Report, add_up, measure_origins, open_origins
from vpvkac.questions.demand.partition import Job
from vpvkac.questions.demand.question import Question
from vpvkac.questions.demand.rows import about, schema, writing_to
from vpvkac.questions.demand.targets import Targets
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import files_of, staged
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.analysis.network import Network

ORIGINS, UNITS = "demand.parquet", "demand_units.csv"
# One file, or a folder of parts.
_PARTS = (ORIGINS, f"{ORIGINS}/part-*.parquet")
INDEXING = Message("Indexing points, stops and borders")


def write(
    network: Network, question: Question, out: str | Path, *, title: str,
    progress: Callable[[Message], None], report: Report,
) -> Demand:  # fmt: skip
    """Measure origins and write their rows and the table of units: both files, or none.

    Parameters
    ----------
    title
        Of the project, for the metadata.
    progress
        Told of the indexing.
    report
        Told how far the reading is.

    Raises
    ------
    InputError
        If the file is not of its form, lacks a column, holds no row that can be used,
        or no cluster is to be had.
    OSError
        If the folder cannot be written.
    """
    source = open_origins(question)
    progress(INDEXING)
    targets = Targets(network, question.points)
    described = schema(
        about(network, question.points, title), weighed=question.columns.weight is not None
    )
    path = Path(question.shown).resolve()
    inputs = (*files_of(network.project), path, *path.glob("*"))
    with staged(out, inputs=inputs, sometimes=_PARTS) as folder:
        job = Job(targets, source, described, folder / ORIGINS)
        if question.dask is None:
            with writing_to(job.path, job.columns) as writer:
                done = measure_origins(targets, source, writer, report)
        else:
            from vpvkac.questions.demand.cluster import cluster, work_on

            with cluster(question.dask, question.workers) as client:
                done = work_on(client, job, report)
        found = add_up(network, question, source, done)
        write_csv(folder / UNITS, found.units, TABLES["demand_units"].decimals)
    return replace(found, files=(Path(out) / ORIGINS, Path(out) / UNITS))
