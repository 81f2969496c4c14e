"""What the network costs: `cost`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.api.coverage import measure
from vpvkac.model.accounts import Progress
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.options import instance
from vpvkac.model.project import Project
from vpvkac.questions.cost import answer as cost_answer
from vpvkac.questions.coverage.view import NetworkInLanguage
from vpvkac.sources.reference import Assumptions, published_assumptions, read_assumptions

if TYPE_CHECKING:
    from vpvkac.texts.message import Lang


@dataclass(frozen=True, repr=False)
class Costs(cost_answer.Answer):  # noqa: D101 - it is the answer's
    __doc__ = cost_answer.Answer.__doc__

    lang: Lang

    def __repr__(self) -> str:
        return f"<Costs: {len(self.amounts)} scenarios, {self.assumptions.shown}>"

    def write(self, out: str | Path) -> list[Path]:
        """Write `cost.csv`, and with a network `cost.html`, into a folder: all or none.

        Raises
        ------
        OSError
            If the folder cannot be written; previous files are then as they were.
        """
        from vpvkac.questions.cost.files import write

        return write(self, out, self.lang)


def cost(
    result: NetworkInLanguage | None = None, assumptions: Assumptions | str | Path | None = None
) -> Costs:
    """Calculate the cost of the network and who pays.

    Parameters
    ----------
    result
        A network (`vpvkac.analyse`); left out, only the published scenarios
        A and B are calculated.
    assumptions
        A file of assumptions, or one that has been read; else the project's,
        else those of the 2020 analysis.

    Returns
    -------
    costs
        `costs.table` holds every row, as `cost.csv` does.

    Raises
    ------
    InputError
        With every fault of the file of assumptions.

    Examples
    --------
    >>> import vpvkac
    >>> table = vpvkac.cost().table.set_index(["scenario", "row", "year"])
    >>> float(table.loc[("A", "cost per service", 2022), "value"])
    13.31
    """
    if result is not None:
        instance("result", result, NetworkInLanguage, "vpvkac.analyse(project)")
    if assumptions is None and result is not None:
        assumptions = cost_answer.project_assumptions(result.project)
    elif assumptions is None:
        assumptions = published_assumptions()
    elif not isinstance(assumptions, Assumptions):
        assumptions = read_assumptions(assumptions)
    found = cost_answer.answer(result, assumptions)
    return Costs(**vars(found), lang="lv" if result is None else result.lang)


def cost_of_project(project: Project, *, lang: Lang, progress: Progress) -> Costs:
    """Measure a project's network and calculate its costs.

    Raises
    ------
    InputError
        With the faults of the assumptions and of all other inputs.
    """
    faults: list[Fault] = []
    try:
        assumptions = cost_answer.project_assumptions(project)
    except InputError as error:
        faults.extend(error.faults)
    try:
        result = measure(project, lang=lang, progress=progress)
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    if faults:
        raise InputError(faults)
    return cost(result, assumptions)
