"""The cost model of the 2020 analysis (section 4, tables 40-44), for any number of points.

The formulas are those that give every published row; `docs/cost.md` lists them.  All is computed
in exact fractions and rounded half away from zero at the end, so that municipalities add up to
their network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from vpvkac.sources.reference import Assumptions, Scenario, Steps, reference_file
from vpvkac.sources.tabular import read_records

# The rows of the published tables, in their order.
PUBLISHED_ROWS = (
    "support", "fixed part", "services part", "contacts part", "total cost", "saving",
    "state budget", "municipal budget", "cost per service",
)  # fmt: skip
EXPENSES = (
    "first-wave upkeep", "investment", "supplement", "contact centre", "administrative centre",
    "first training", "regular training", "publicity", "digital centre",
)  # fmt: skip
_COUNTS = (
    "first-wave points", "second-wave points", "services", "contacts", "services per point",
)  # fmt: skip
# A sum over years would be a sum of the same points, or of prices.
NOT_ADDED = frozenset(
    {"cost per service", "first-wave points", "second-wave points", "services per point"}
)

Amounts = dict[str, dict[int, Fraction | None]]


@dataclass(frozen=True)
class Scope:
    """What the model is computed for: points and demand of a network, or of a municipality in it.

    `share`, 0-1, is of what the country has in common: administrative, digital and contact
    centre, publicity; services and contacts are those of the year before the first.
    """

    first_wave: int
    second_wave: int
    share: Fraction
    services: Fraction
    contacts: Fraction


class _Year(NamedTuple):
    """Demand of one year, and the common cost that grows with it, EUR."""

    year: int
    services: Fraction
    contacts: Fraction
    contact_centre: Fraction


def published_scope(assumptions: Assumptions) -> Scope:
    """Give the network that the published tables are computed for."""
    network, demand = assumptions.network, assumptions.demand
    services, contacts = Fraction(demand.services), Fraction(demand.contacts)
    return Scope(network.first_wave, network.second_wave, Fraction(1), services, contacts)


def compute_costs(assumptions: Assumptions, name: str, scope: Scope) -> Amounts:
    """Compute a scenario, "A" or "B": row → year → EUR or count, unrounded.

    None where the row does not exist in that year; `saving` only where the scenario saves.
    """
    scenario, years = assumptions.scenario[name], assumptions.years.all
    services = _grow(scope.services, scenario.services, years)
    contacts = _grow(scope.contacts, scenario.contacts, years)
    # The contact centre begins when its growth does.
    centre = _grow(
        assumptions.upkeep.contact_centre * scope.share,
        scenario.contact_centre,
        range(scenario.contact_centre.begins, years.stop),
    )
    amounts: Amounts = {row: {} for row in (*PUBLISHED_ROWS, *EXPENSES, *_COUNTS)}
    for year in years:
        demand = _Year(year, services[year], contacts[year], centre.get(year, Fraction(0)))
        for row, amount in _amounts(assumptions, scenario, scope, demand).items():
            amounts[row][year] = amount
    if not scenario.saves:
        del amounts["saving"]
    return amounts


def sum_years(row: str, amounts: Mapping[int, Fraction | None]) -> Fraction | None:
    """Add a row up over the years; None where a sum means nothing."""
    if row in NOT_ADDED:
        return None
    return sum((amount for amount in amounts.values() if amount is not None), Fraction(0))


def round_half_away(amount: Fraction, decimals: int = 0) -> Fraction:
    """Round to decimals, a half away from zero."""
    scale = 10**decimals
    above, below = 2 * scale * abs(amount.numerator), 2 * amount.denominator
    size = Fraction((above + amount.denominator) // below, scale)
    return size if amount.numerator >= 0 else -size


def _grow(base: Fraction, growth: Steps, years: range) -> dict[int, Fraction]:
    grown, value = {}, base
    for year in years:
        value *= growth.at(year)
        grown[year] = value
    return grown


def _amounts(
    assumptions: Assumptions, scenario: Scenario, scope: Scope, year: _Year
) -> dict[str, Fraction | None]:
    """Compute every row of one year."""
    cost = _expenses(assumptions, scope, year)
    state, savings = assumptions.state, assumptions.saving
    services_part, contacts_part, saving = None, None, None
    second_wave = 0
    if year.year >= assumptions.years.set_up:
        services_part = state.service * year.services
        contacts_part = state.contact * year.contacts
        second_wave = scope.second_wave
        if scenario.saves:
            saving = savings.service.at(year.year) * year.services
            saving += savings.contact * year.contacts
    fixed = _fixed_part(assumptions, scenario, scope, cost, year.year)
    support = fixed + (services_part or 0) + (contacts_part or 0) + cost["investment"]
    extra = Fraction(0) if scenario.first_training_in_fixed_part else cost["first training"]
    total_cost = sum(cost.values(), Fraction(0))
    points = scope.first_wave + second_wave
    return {
        "support": support,
        "fixed part": fixed,
        "services part": services_part,
        "contacts part": contacts_part,
        "total cost": total_cost,
        "saving": saving,
        "state budget": (saving or 0) - support - extra,
        "municipal budget": support + extra - total_cost,
        "cost per service": _per_service(assumptions, scope, cost, year),
        **cost,
        "first-wave points": Fraction(scope.first_wave),
        "second-wave points": Fraction(second_wave),
        "services": year.services,
        "contacts": year.contacts,
        "services per point": year.services / points if points else None,
    }


def _expenses(assumptions: Assumptions, scope: Scope, year: _Year) -> dict[str, Fraction]:
    """Compute what the network costs in one year, by kind."""
    upkeep = assumptions.upkeep
    points = scope.first_wave + scope.second_wave
    per_centre = upkeep.first_wave / assumptions.network.first_wave
    supplement = upkeep.supplement * upkeep.supplement_share.at(year.year)
    investment = training = Fraction(0)
    if year.year == assumptions.years.set_up:
        investment, training = _set_up(assumptions, scope)
    return {
        "first-wave upkeep": per_centre * scope.first_wave,
        "investment": investment,
        "supplement": supplement * scope.second_wave,
        "contact centre": year.contact_centre,
        "administrative centre": upkeep.administrative_centre.at(year.year) * scope.share,
        "first training": training,
        "regular training": upkeep.regular_training.at(year.year) * points,
        "publicity": upkeep.publicity.at(year.year) * scope.share,
        "digital centre": upkeep.digital_centre * scope.share,
    }


def _set_up(assumptions: Assumptions, scope: Scope) -> tuple[Fraction, Fraction]:
    """Compute investment and first training of all points."""
    each = assumptions.investment
    investment = each.improving * scope.first_wave + each.setting_up * scope.second_wave
    return investment, each.first_training * (scope.first_wave + scope.second_wave)


def _fixed_part(
    assumptions: Assumptions, scenario: Scenario, scope: Scope, cost: Mapping[str, Fraction],
    year: int,
) -> Fraction:  # fmt: skip
    """Compute the state's fixed part; before the year of the set-up it is a lump sum.

    The state always pays publicity and digital centre whole; what is left of the lump sum goes
    to the first-wave centres, to each the same.
    """
    upkeep, state = assumptions.upkeep, assumptions.state
    whole = cost["publicity"] + cost["digital centre"]
    if year < assumptions.years.set_up:
        of_country = upkeep.publicity.at(year) + upkeep.digital_centre
        part = Fraction(scope.first_wave, assumptions.network.first_wave)
        return (state.fixed_part_before - of_country) * part + whole
    shared = ("supplement", "contact centre", "administrative centre", "regular training")
    return (
        state.upkeep_share.at(year) * cost["first-wave upkeep"]
        + scenario.common_share.at(year) * sum(cost[row] for row in shared)
        + whole
        + (cost["first training"] if scenario.first_training_in_fixed_part else 0)
    )


def _per_service(
    assumptions: Assumptions, scope: Scope, cost: Mapping[str, Fraction], year: _Year
) -> Fraction | None:
    """Divide what recurs, and a part of what was invested, by services and contacts."""
    once = ("investment", "first training", "publicity")
    recurring = sum(cost.values()) - sum(cost[row] for row in once)
    if year.year >= assumptions.years.set_up:
        investment, training = _set_up(assumptions, scope)
        recurring += (investment + training) / assumptions.investment.written_off_over
    served = year.services + year.contacts
    return recurring / served if served else None


class Cell(NamedTuple):
    """Where a published figure stands; the year is None for 2021-2027 in all."""

    scenario: str
    row: str
    year: int | None


@cache
def published_cells() -> Mapping[Cell, float]:
    """Give every published figure, EUR; the totals as printed, in ten thousands."""
    file = reference_file("cost_published.csv")
    table = read_records(file, file.name, required=("scenario", "row")).table
    return {
        Cell(row["scenario"], row["row"], int(head) if head.isdigit() else None): float(row[head])
        for row in table.to_dict("records")
        for head in map(str, table.columns[2:])
        if row[head]
    }


def sum_published(scenario: str, row: str) -> float:
    """Add up the published figures of a row by year."""
    return sum(
        value
        for cell, value in published_cells().items()
        if (cell.scenario, cell.row) == (scenario, row) and cell.year is not None
    )
