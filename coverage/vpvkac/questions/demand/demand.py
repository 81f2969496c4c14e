"""Demand: the nearest point, the nearest stop and the unit of any number of origins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.inputfile import NO_PATH, unfit
from vpvkac.model.options import instance, one_of, whole
from vpvkac.model.progress import Progress, silent
from vpvkac.questions.coverage.result import Measured as Network
from vpvkac.questions.demand.chunk import Columns, Source, named_twice
from vpvkac.questions.demand.delimited import open_delimited
from vpvkac.questions.demand.geoparquet import open_parquet
from vpvkac.questions.demand.ground import Ground, Points
from vpvkac.questions.demand.output import (
    ORIGINS,
    UNITS,
    about,
    schema,
    units_table,
    write_units,
    writing_to,
)
from vpvkac.questions.demand.partition import Done, Job, nothing_done, work
from vpvkac.render.staging import files_of, staged
from vpvkac.texts.formats import number, percent
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.questions.demand.remarks import Remarks

# One file, or a folder of parts.
_PARTS = (ORIGINS, f"{ORIGINS}/part-*.parquet")
_PARQUET = (".parquet", ".geoparquet", ".pq")
_INDEXING = Message("Indexing points, stops and borders")
_READING = Message("Origins: {rows} ({share})")


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
        What was written.
    """

    result: Network
    units: pd.DataFrame
    read: int
    used: int
    dropped: Mapping[str, int]
    points: Points
    weighed: bool
    faults: tuple[Fault, ...]
    files: tuple[Path, ...]

    def __repr__(self) -> str:
        dropped = ", ".join(f"{count} {why}" for why, count in self.dropped.items() if count)
        return f"<Demand: {self.used} of {self.read} origins used" + (
            f"; dropped: {dropped}>" if dropped else ">"
        )


def demand(  # noqa: PLR0913 - all but the first three have a default
    result: Network,
    origins: str | Path,
    out: str | Path,
    *,
    columns: Columns | None = None,
    points: Points = "network",
    dask: str | None = None,
    workers: int | None = None,
    progress: Progress = silent,
) -> Demand:
    """Find the nearest point, the nearest stop and the unit of every origin.

    The origins are read, measured and written a chunk at a time, so that
    their number is not bounded by the memory.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    origins
        A CSV, a (Geo)Parquet or a folder of Parquet files.
    out
        Folder for ``demand.parquet`` and ``demand_units.csv``; both are
        written, or none.
    columns
        Names of the file's columns.
    points
        {"network", "existing"}: every contact point and open centre, or the
        open centres alone.
    dask
        Address of a Dask scheduler whose workers see the same files, or
        "local" for a cluster on this machine; ``demand.parquet`` is then a
        folder of parts.  None for this process alone.
    workers
        Processes of the cluster on this machine; None for one per core.
    progress
        Called as the work goes on.

    Returns
    -------
    demand
        The table of units, and the account of the rows.

    Raises
    ------
    InputError
        If the file is not of its form, lacks a column, holds no row that can be used,
        or no cluster is to be had.
    OSError
        If the folder cannot be written.

    Examples
    --------
    >>> import vpvkac
    >>> from vpvkac.questions.demand.chunk import Columns
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> found = vpvkac.demand(result, "adreses.csv", "out", columns=Columns(key="KODS"))
    ... # doctest: +SKIP
    """
    instance("result", result, Network, "vpvkac.analyse(project)")
    points = one_of("points", points, get_args(Points))
    workers = None if workers is None else whole("workers", workers, 1)
    if "\0" in str(origins):
        raise InputError([Fault("error", str(origins), *NO_PATH)])
    columns = Columns() if columns is None else columns
    instance("columns", columns, Columns, "vpvkac.Columns(lat=…, lon=…)")
    path = Path(origins).resolve()
    source = opened(path, str(origins), columns)
    progress(_INDEXING.text(result.lang))
    ground = Ground(result, points)
    described = schema(about(result, points), weighed=columns.weight is not None)
    told = Telling(result, progress)
    inputs = (*files_of(result.project), path, *path.glob("*"))
    with staged(out, inputs=inputs, sometimes=_PARTS) as folder:
        job = Job(ground, source, described, folder / ORIGINS)
        done = _here(job, told) if dask is None else _on_cluster(dask, workers, job, told)
        if done.remarks.used == 0:
            raise InputError(
                [*source.faults, *done.remarks.faults, done.remarks.nothing_used(str(origins))]
            )
        table = units_table(result, done.tally.table(weighed=columns.weight is not None))
        write_units(folder / UNITS, table)
    remarks = done.remarks
    return Demand(
        result, table, remarks.read, remarks.used, remarks.dropped, points,
        columns.weight is not None, (*source.faults, *remarks.faults),
        (Path(out) / ORIGINS, Path(out) / UNITS),
    )  # fmt: skip


def _here(job: Job, told: Telling) -> Done:
    """Do all partitions in this process, into one file."""
    whole = nothing_done(job.ground)
    with writing_to(job.path, job.columns) as writer:
        for part in job.source.partitions():
            before = whole.remarks.read
            told_here = partial(_told, told, before, part.share)
            whole.add(work(job.ground, job.source, part, writer, told_here))
    return whole


def _told(told: Telling, before: int, share: float, remarks: Remarks) -> None:
    told(before + remarks.read, share)


def _on_cluster(address: str, workers: int | None, job: Job, told: Telling) -> Done:
    from vpvkac.questions.demand.cluster import cluster, work_on

    with cluster(address, workers) as client:
        return work_on(client, job, told)


def opened(path: Path, shown: str, columns: Columns) -> Source:
    """Look at a file of origins.

    Raises
    ------
    InputError
        If it is not there, not of its form, lacks a column, or one is named for two uses.
    """
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


class Telling:
    """Tells how far the work has come."""

    def __init__(self, result: Network, progress: Progress) -> None:
        self._lang, self._progress = result.lang, progress

    def __call__(self, rows: int, share: float) -> None:
        """Tell the rows read and the share of the whole."""
        self._progress(
            _READING.text(self._lang).format(
                rows=number(self._lang, rows), share=percent(self._lang, round(share, 2))
            )
        )
