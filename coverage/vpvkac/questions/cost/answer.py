"""The answer of `vpvkac cost`: the published scenarios, and the model for the user's network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from vpvkac.analysis.network import Network
from vpvkac.model.project import Project
from vpvkac.model.tables import TABLES
from vpvkac.questions.cost.model import (
    Amounts,
    Cell,
    compute_costs,
    published_cells,
    published_scope,
    round_half_away,
    sum_years,
)
from vpvkac.questions.cost.own import Own, at_band, own_network, per_resident
from vpvkac.sources.reference import SCENARIOS, Assumptions, published_assumptions, read_assumptions

_PER_RESIDENT = (
    "set-up cost per new resident", "upkeep per new resident", "cost per new resident",
)  # fmt: skip
_BAND_ROWS = ("services per point", "cost per service")
_PRICES = ("cost per service", "cost per service at low demand", "cost per service at high demand")
# Decimals of the rows that are prices; the others are whole.
CENTS = dict.fromkeys((*_PRICES, *_PER_RESIDENT), 2)


class _Line(NamedTuple):
    """One line of the table, unrounded."""

    scenario: str
    row: str
    year: int | None
    value: Fraction | int | None


@dataclass(frozen=True, repr=False)
class Answer:
    """The costs of the published network, and of the user's own.

    Parameters
    ----------
    assumptions
        What they were computed with.
    result
        The user's network; None for the published scenarios alone.
    own
        Its points by wave and municipality; None without a result.
    amounts
        Scenario as `cost.csv` names it → rows by year, exact and unrounded, EUR.
    table
        As in `cost.csv`: EUR whole, prices with two decimals; `year`
        null for a sum over the years.
    """

    assumptions: Assumptions
    result: Network | None
    own: Own | None
    amounts: dict[str, Amounts]
    table: pd.DataFrame

    @property
    def agreement(self) -> tuple[int, int]:
        """How many published values by year the model gives to the digit, and of how many."""
        compared = self.table[self.table["year"].notna() & self.table["published"].notna()]
        every = sum(cell.year is not None for cell in published_cells())
        return int((compared["value"] == compared["published"]).sum()), every


def answer(result: Network | None, assumptions: Assumptions) -> Answer:
    """Compute what the network costs and who pays; without one, the published scenarios alone."""
    scopes = {"": published_scope(assumptions)}
    own = None if result is None else own_network(result)
    if own is not None:
        scopes["_own"] = own.scope(assumptions)
        scopes |= {f"_{code}": scope for code, scope in own.scopes(assumptions).items()}
    amounts = {
        name + ending: compute_costs(assumptions, name, scope)
        for name in SCENARIOS
        for ending, scope in scopes.items()
    }
    lines = [*_lines(amounts), *(_own_lines(assumptions, own) if own else ())]
    published = published_cells()
    table = pd.DataFrame(
        [
            (*line[:3], _rounded(line), published.get(Cell(*line[:3])))
            # Scenarios by their key; within one the rows as they come.
            for line in sorted(lines, key=lambda line: line.scenario)
        ],
        columns=list(TABLES["cost"].names),
    )
    table = table.astype({"year": "Int64", "value": float, "published": float})
    return Answer(assumptions, result, own, amounts, table)


def project_assumptions(project: Project) -> Assumptions:
    """Read the assumptions that a project names, else the published ones."""
    given = project.assumptions
    return published_assumptions() if given is None else read_assumptions(given.path, given.shown)


def _lines(amounts: dict[str, Amounts]) -> Iterator[_Line]:
    for scenario, rows in amounts.items():
        for row, years in rows.items():
            for year, value in years.items():
                yield _Line(scenario, row, year, value)
            added = sum_years(row, years)
            if added is not None:
                yield _Line(scenario, row, None, added)


def _own_lines(assumptions: Assumptions, own: Own) -> Iterator[_Line]:
    """Give what is computed for the user's network only."""
    years = assumptions.years
    for name in SCENARIOS:
        for part in (own.whole, *own.parts):
            scenario, price = f"{name}_{part.code}", per_resident(assumptions, part)
            yield _Line(scenario, "new residents", years.set_up, part.new_residents)
            when, values = (years.set_up, years.last, None), (*price, price.first_year)
            for row, year, value in zip(_PER_RESIDENT, when, values, strict=True):
                yield _Line(scenario, row, year, value)
        for end, amounts in at_band(assumptions, name, own.scope(assumptions)).items():
            for row in _BAND_ROWS:
                for year, value in amounts[row].items():
                    yield _Line(f"{name}_own", f"{row} at {end} demand", year, value)


def _rounded(line: _Line) -> float | None:
    if line.value is None:
        return None
    return float(round_half_away(Fraction(line.value), CENTS.get(line.row, 0)))
