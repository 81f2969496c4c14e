"""The nearest point and stop of any number of origins: `demand`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.model.accounts import Progress, in_words, silent
from vpvkac.model.options import instance
from vpvkac.questions.coverage.view import NetworkInLanguage

if TYPE_CHECKING:
    from vpvkac.questions.demand.answer import Demand
    from vpvkac.questions.demand.question import Columns, Points


def demand(  # noqa: PLR0913 - all but the first three have a default
    result: NetworkInLanguage,
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
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> found = vpvkac.demand(result, "adreses.csv", "out", columns=vpvkac.Columns(key="KODS"))
    ... # doctest: +SKIP
    """
    from vpvkac.questions.demand import files, view
    from vpvkac.questions.demand.question import Columns, Question

    instance("result", result, NetworkInLanguage, "vpvkac.analyse(project)")
    columns = Columns() if columns is None else columns
    question = Question(origins, columns, points, dask, workers)
    lang = result.lang
    return files.write(
        result, question, out,
        title=result.title,
        progress=in_words(progress, lang),
        report=lambda rows, share: progress(view.reading(rows, share, lang)),
    )  # fmt: skip
