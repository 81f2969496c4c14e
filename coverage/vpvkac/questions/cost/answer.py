"""The answer of `vpvkac cost`: the published scenarios, and the model for the user's network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import pandas as pd

from vpvkac.analysis.network import Network
from vpvkac.model.tables import TABLES
from vpvkac.questions.cost import model
from vpvkac.questions.cost.question import Own, Part, own_network
from vpvkac.sources.reference import SCENARIOS, Assumptions

BUDGETS = ("state budget", "municipal budget")
_PER_RESIDENT = (
    "set-up cost per new resident", "upkeep per new resident", "cost per new resident",
)  # fmt: skip
_BAND_ROWS = ("services per point", "cost per service", *BUDGETS)
_PRICES = ("cost per service", "cost per service at low demand", "cost per service at high demand")
# Decimals of the rows that are prices; the others are whole.
CENTS = dict.fromkeys((*_PRICES, *_PER_RESIDENT), 2)
# A network with less than this share of the model's points is hardly the whole country's.
_HARDLY_WHOLE = 0.5


class PerResident(NamedTuple):
    """What a newly covered resident costs, EUR: once, in the last year of the model, and both.

    None where residents are not known.
    """

    set_up: Fraction | None = None
    upkeep: Fraction | None = None
    first_year: Fraction | None = None


class PublishedTotal(NamedTuple):
    """A printed total of expenses, the sum of its rows, and what explains the one of B, EUR."""

    scenario: str
    budget: str
    printed: float
    added: float
    parts: Mapping[str, float]


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
    band
        Scenario → {"low", "high"} → the same for the user's network at either
        end of the band that the services lie in; no ends where they are the user's own count.
    table
        As in `cost.csv`: EUR whole, prices with two decimals; `year`
        null for a sum over the years.
    """

    assumptions: Assumptions
    result: Network | None
    own: Own | None
    amounts: dict[str, model.Amounts]
    band: dict[str, dict[str, model.Amounts]]
    table: pd.DataFrame

    @property
    def agreement(self) -> tuple[int, int]:
        """How many published values by year the model gives to the digit, and of how many."""
        every = sum(cell.year is not None for cell in model.published_cells())
        return self._agreement(self.table)[0], every

    def agreement_of(self, scenario: str, row: str) -> tuple[int, int]:
        """Give the agreement of one row of one scenario."""
        of_row = (self.table["scenario"] == scenario) & (self.table["row"] == row)
        return self._agreement(self.table[of_row])

    @staticmethod
    def _agreement(rows: pd.DataFrame) -> tuple[int, int]:
        compared = rows[rows["year"].notna() & rows["published"].notna()]
        return int((compared["value"] == compared["published"]).sum()), len(compared)

    @property
    def seems_partial(self) -> bool:
        """Whether a part of the country seems to bear the common costs of the whole."""
        points = 0 if self.own is None else self.own.whole.points
        network = self.assumptions.network
        model = network.first_wave + network.second_wave
        return self.assumptions.own.share == 1 and points < _HARDLY_WHOLE * model


def answer(result: Network | None, assumptions: Assumptions) -> Answer:
    """Compute what the network costs and who pays; without one, the published scenarios alone."""
    scopes = {"": model.published_scope(assumptions)}
    own = None if result is None else own_network(result)
    band: dict[str, dict[str, model.Amounts]] = {}
    if own is not None:
        own_scopes = own.scopes(assumptions)
        scopes |= {f"_{code}": scope for code, scope in own_scopes.items()}
        ends = {
            end: replace(own_scopes["own"], services=services)
            for end, services in own.band(assumptions).items()
        }
        band = {
            name: {
                end: model.compute_costs(assumptions, name, scope) for end, scope in ends.items()
            }
            for name in SCENARIOS
        }
    amounts = {
        name + ending: model.compute_costs(assumptions, name, scope)
        for name in SCENARIOS
        for ending, scope in scopes.items()
    }
    lines = [*_lines(amounts), *(_own_lines(assumptions, own, band) if own else ())]
    # Scenarios by their key; within one the rows as they come.
    lines.sort(key=lambda line: line[0].scenario)
    published = model.published_cells()
    columns = list(TABLES["cost"].names)
    rows = [(*cell, _rounded(cell.row, value), published.get(cell)) for cell, value in lines]
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype({"year": "Int64", "value": float, "published": float})
    return Answer(assumptions, result, own, amounts, band, table)


def per_resident(assumptions: Assumptions, part: Part) -> PerResident:
    """Divide what the second-wave points cost by the residents of their units.

    Setting up and first training, and the supplement and regular training of the last year: what
    would be paid without these points (the first wave, the centres in common) is left out.
    """
    if not part.new_residents:
        return PerResident()
    upkeep, last = assumptions.upkeep, assumptions.years.last
    once = assumptions.investment.setting_up + assumptions.investment.first_training
    yearly = upkeep.supplement * upkeep.supplement_share.at(last) + upkeep.regular_training.at(last)
    each = Fraction(part.second_wave, part.new_residents)
    return PerResident(once * each, yearly * each, (once + yearly) * each)


def published_totals() -> list[PublishedTotal]:
    """Set the printed totals of expenses beside the sums of their own rows."""
    cells = model.published_cells()
    support, gain = (
        model.sum_published("B", "support"),
        model.sum_published("B", "municipal budget"),
    )
    saving = cells[model.Cell("B", "saving", 2022)]
    parts = {"support": support, "gain": gain, "saving": saving}
    explained = {"state budget": support - saving, "municipal budget": saving - gain}
    return [
        PublishedTotal(
            name,
            budget,
            printed=-cells[model.Cell(name, budget, None)],
            added=-model.sum_published(name, budget),
            parts={**parts, "explained": explained[budget]},
        )
        for name in SCENARIOS
        for budget in BUDGETS
    ]


# A line of the table, unrounded.
_Line = tuple[model.Cell, Fraction | int | None]


def _lines(amounts: Mapping[str, model.Amounts]) -> Iterator[_Line]:
    for scenario, rows in amounts.items():
        for row, years in rows.items():
            for year, value in years.items():
                yield model.Cell(scenario, row, year), value
            added = model.sum_years(row, years)
            if added is not None:
                yield model.Cell(scenario, row, None), added


def _own_lines(
    assumptions: Assumptions, own: Own, band: Mapping[str, Mapping[str, model.Amounts]]
) -> Iterator[_Line]:
    """Give what is computed for the user's network only."""
    years = assumptions.years
    for name in SCENARIOS:
        for part in (own.whole, *own.parts):
            scenario, price = f"{name}_{part.code}", per_resident(assumptions, part)
            yield model.Cell(scenario, "new residents", years.set_up), part.new_residents
            when = (years.set_up, years.last, None)
            for row, year, value in zip(_PER_RESIDENT, when, price, strict=True):
                yield model.Cell(scenario, row, year), value
        for end, amounts in band[name].items():
            rows = {row: amounts[row] for row in _BAND_ROWS}
            for cell, value in _lines({f"{name}_own": rows}):
                yield cell._replace(row=f"{cell.row} at {end} demand"), value


def _rounded(row: str, value: Fraction | int | None) -> float | None:
    if value is None:
        return None
    return float(model.round_half_away(Fraction(value), CENTS.get(row, 0)))
