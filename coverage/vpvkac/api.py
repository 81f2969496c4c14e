"""The Python interface: from a project to a result that shows and keeps itself."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.analysis.compute import GAPS, find_gaps, measure_network
from vpvkac.analysis.result import Network
from vpvkac.inputs.tables import read_inputs
from vpvkac.model.options import instance, language
from vpvkac.model.progress import Progress, silent
from vpvkac.model.project import Project
from vpvkac.questions.coverage import result

if TYPE_CHECKING:
    import folium

    from vpvkac.questions.demand.answer import Demand
    from vpvkac.questions.demand.chunk import Columns
    from vpvkac.questions.demand.question import Points
    from vpvkac.texts.message import Lang


@dataclass(frozen=True, repr=False)
class Result(result.Result):
    """The network of a project and its gaps, with their texts in one language."""

    def _repr_html_(self) -> str:
        """Show the headline in Jupyter."""
        from vpvkac.questions.coverage.headline import headline_html

        return headline_html(self)

    def map(self) -> folium.Map:
        """Draw the explorer; Jupyter shows it."""
        from vpvkac.questions.coverage.explorer import explorer

        return explorer(self, lang=self.lang)

    def write(self, out: str | Path) -> list[Path]:
        """Write every output into a folder: all of them, or none.

        Parameters
        ----------
        out
            The folder; made if it is not there.  Files of other names in it stay.

        Returns
        -------
        files
            The files written, in order of name.

        Raises
        ------
        OSError
            If the folder cannot be written; previous files are then as they were.

        Warns
        -----
        UserWarning
            If a workbook cannot hold all of a table; the CSV does.
        """
        from vpvkac.questions.coverage.files import write

        written = write(self, out)
        for fault in written.faults:
            warnings.warn(fault.sentence(self.lang), stacklevel=2)
        return written.files


def analyse(project: Project, *, lang: Lang = "lv", progress: Progress = silent) -> Result:
    """Compute the network of a project, its coverage and its gaps.

    Parameters
    ----------
    project
        From `vpvkac.load` or `vpvkac.sample`.
    lang
        {"lv", "en"}: language of the reasons, and of the maps and pages.
    progress
        Called with the name of each step.

    Returns
    -------
    result
        Tables as GeoDataFrames in EPSG:3059; see `Findings`.

    Raises
    ------
    InputError
        With all faults of all files, if any of them is an error.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> int((result.network["status"] == "existing").sum())
    122
    """
    measured = measure(project, lang=lang, progress=progress)
    progress(GAPS.text(measured.lang))
    return Result(**vars(find_gaps(measured)))


def measure(project: Project, *, lang: Lang = "lv", progress: Progress = silent) -> Network:
    """Read the inputs of a project and measure its network, without its gaps.

    Parameters, errors
        As of `analyse`.
    """
    instance("project", project, Project, "vpvkac.load(path) or vpvkac.sample()")
    lang = language(lang)
    inputs = read_inputs(project, progress)
    return measure_network(project, inputs, lang=lang, progress=progress)


# --- demand --------------------------------------------------------------------------------------


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
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> found = vpvkac.demand(result, "adreses.csv", "out", columns=vpvkac.Columns(key="KODS"))
    ... # doctest: +SKIP
    """
    from vpvkac.questions.demand import files, view
    from vpvkac.questions.demand.chunk import Columns
    from vpvkac.questions.demand.question import Question

    instance("result", result, Network, "vpvkac.analyse(project)")
    columns = Columns() if columns is None else columns
    question = Question(origins, columns, points, dask, workers)
    lang = result.lang
    return files.write(
        result, question, out,
        title=result.title,
        progress=lambda message: progress(message.text(lang)),
        report=lambda rows, share: progress(view.reading(rows, share, lang)),
    )  # fmt: skip
