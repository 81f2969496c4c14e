"""`vpvkac.cost`: the published scenarios, and the same model for the user's own network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.options import instance, language
from vpvkac.questions.cost.model import Amounts, published_scope, reckon, rounded, total
from vpvkac.questions.cost.own import Own, Part, at_band, own_network, per_resident
from vpvkac.questions.cost.published import Cell, published_cells
from vpvkac.questions.coverage.result import Measured as Network
from vpvkac.sources.assumptions import (
    SCENARIOS,
    Assumptions,
    published_assumptions,
    read_assumptions,
)

if TYPE_CHECKING:
    from vpvkac.model.progress import Progress
    from vpvkac.model.project import Project
    from vpvkac.texts.message import Lang

COLUMNS = ("scenario", "row", "year", "value", "published")
OWN = "own"
NEW_RESIDENTS = "new residents"
PER_RESIDENT = (
    "set-up cost per new resident", "upkeep per new resident", "cost per new resident",
)  # fmt: skip
_BAND_ROWS = ("services per point", "cost per service")
_PRICES = ("cost per service", "cost per service at low demand", "cost per service at high demand")
# Decimals of the rows that are prices; the others are whole.
CENTS = dict.fromkeys((*_PRICES, *PER_RESIDENT), 2)


class _Line(NamedTuple):
    """One line of the table, unrounded."""

    scenario: str
    row: str
    year: int | None
    value: Fraction | int | None


@dataclass(frozen=True, repr=False)
class Costs:
    """The cost model reckoned: the published network, and the user's own.

    Parameters
    ----------
    assumptions
        What it was reckoned with.
    result
        The user's network; None for the published scenarios alone.
    own
        Its points by wave and municipality; None without a result.
    amounts
        Scenario as `cost.csv` names it → rows by year, exact and unrounded, EUR.
    table
        `COLUMNS` as in `cost.csv`: EUR whole, prices with two decimals; `year`
        null for a sum over the years.
    """

    assumptions: Assumptions
    result: Network | None
    own: Own | None
    amounts: dict[str, Amounts]
    table: pd.DataFrame

    def __repr__(self) -> str:
        return f"<Costs: {len(self.amounts)} scenarios, {self.assumptions.shown}>"

    def write(self, out: str | Path) -> list[Path]:
        """Write `cost.csv`, and with a network `cost.html`, into a folder: all or none.

        Raises
        ------
        OSError
            If the folder cannot be written; previous files are then as they were.
        """
        from vpvkac.questions.cost.files import write_costs

        return write_costs(self, out)


def cost(
    result: Network | None = None, assumptions: Assumptions | str | Path | None = None
) -> Costs:
    """Reckon what the network costs and who pays.

    Parameters
    ----------
    result
        A network (`vpvkac.analyse`); left out, only the published scenarios
        A and B are reckoned.
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
        instance("result", result, Network, "vpvkac.analyse(project)")
    if assumptions is None and result is not None:
        assumptions = project_assumptions(result.project)
    elif assumptions is None:
        assumptions = published_assumptions()
    elif not isinstance(assumptions, Assumptions):
        assumptions = read_assumptions(assumptions)
    own = None if result is None else own_network(result)
    amounts = _amounts(assumptions, own)
    lines = [*_lines(amounts), *(_own_lines(assumptions, own) if own else ())]
    return Costs(assumptions, result, own, amounts, _table(lines))


def project_assumptions(project: Project) -> Assumptions:
    """Read the assumptions that a project names, else the published ones."""
    given = project.assumptions
    return published_assumptions() if given is None else read_assumptions(given.path, given.shown)


def cost_of_project(project: Project, *, lang: Lang, progress: Progress) -> Costs:
    """Analyse a project and reckon its costs.

    Raises
    ------
    InputError
        With the faults of the assumptions and of all other inputs.
    """
    from vpvkac.analysis.compute import measure_network
    from vpvkac.inputs.tables import read_inputs

    faults: list[Fault] = []
    try:
        assumptions = project_assumptions(project)
    except InputError as error:
        faults.extend(error.faults)
    try:
        measured = measure_network(project, read_inputs(project, progress), progress)
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    if faults:
        raise InputError(faults)
    return cost(Network(**vars(measured), lang=language(lang)), assumptions)


def _amounts(assumptions: Assumptions, own: Own | None) -> dict[str, Amounts]:
    scopes = {"": published_scope(assumptions)}
    if own is not None:
        scopes[f"_{OWN}"] = own.scope(assumptions)
        scopes |= {f"_{code}": scope for code, scope in own.scopes(assumptions).items()}
    return {
        name + ending: reckon(assumptions, name, scope)
        for name in SCENARIOS
        for ending, scope in scopes.items()
    }


def _lines(amounts: dict[str, Amounts]) -> Iterator[_Line]:
    for scenario, rows in amounts.items():
        for row, years in rows.items():
            for year, value in years.items():
                yield _Line(scenario, row, year, value)
            added = total(row, years)
            if added is not None:
                yield _Line(scenario, row, None, added)


def _own_lines(assumptions: Assumptions, own: Own) -> Iterator[_Line]:
    """Give what is reckoned for the user's network only."""
    for name in SCENARIOS:
        for part in (own.whole, *own.parts):
            yield from _resident_lines(assumptions, f"{name}_{part.code}", part)
        for end, amounts in at_band(assumptions, name, own.scope(assumptions)).items():
            for row in _BAND_ROWS:
                for year, value in amounts[row].items():
                    yield _Line(f"{name}_{OWN}", f"{row} at {end} demand", year, value)


def _resident_lines(assumptions: Assumptions, scenario: str, part: Part) -> Iterator[_Line]:
    years, price = assumptions.years, per_resident(assumptions, part)
    yield _Line(scenario, NEW_RESIDENTS, years.set_up, part.new_residents)
    when = (years.set_up, years.last, None)
    for row, year, value in zip(PER_RESIDENT, when, (*price, price.first_year), strict=True):
        yield _Line(scenario, row, year, value)


def _table(lines: list[_Line]) -> pd.DataFrame:
    """Round the lines, and put the published figures beside them."""
    published = published_cells()
    # Scenarios by their key; within one the rows as they come.
    ordered = sorted(lines, key=lambda line: line.scenario)
    table = pd.DataFrame(
        [
            (
                line.scenario,
                line.row,
                line.year,
                _shown(line),
                published.get(Cell(line.scenario, line.row, line.year)),
            )
            for line in ordered
        ],
        columns=list(COLUMNS),
    )
    return table.astype({"year": "Int64", "value": float, "published": float})


def _shown(line: _Line) -> float | None:
    if line.value is None:
        return None
    return float(rounded(Fraction(line.value), CENTS.get(line.row, 0)))
