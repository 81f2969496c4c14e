"""The user's own network: its points by wave, its demand, and each municipality's part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.analysis.catchment import rates
from vpvkac.analysis.network import Network
from vpvkac.questions.cost.model import Amounts, Scope, compute_costs
from vpvkac.sources.reference import Assumptions

if TYPE_CHECKING:
    import pandas as pd


class Part(NamedTuple):
    """The points and residents of one municipality, or of the whole network.

    Parameters
    ----------
    code, name
        Of the municipality; "own" for the whole network.
    first_wave
        Centres, open and announced, by the place they stand in.
    second_wave
        Units with neither: each needs a point.
    residents, new_residents
        Of all units, and of those of the second wave; None where the count of
        any of them is not known.
    """

    code: str
    name: str
    first_wave: int
    second_wave: int
    residents: int | None
    new_residents: int | None


@dataclass(frozen=True)
class Own:
    """The user's network in the terms of the cost model.

    Parameters
    ----------
    whole
        The network.
    parts
        Its municipalities, by code.
    by_residents
        Whether demand and common costs are divided by residents; else by points.
    shares
        Each municipality's share of common costs; together 1.
    demand_shares
        Each municipality's share of demand, by residents at the rate of the
        kind of unit they live in (`rates.rates`, the published end); together 1.
    """

    whole: Part
    parts: tuple[Part, ...]
    by_residents: bool
    shares: Mapping[str, Fraction]
    demand_shares: Mapping[str, Fraction]

    def scope(self, assumptions: Assumptions) -> Scope:
        """Give what the model is computed for, for the whole network."""
        own, demand = assumptions.own, assumptions.demand
        services = own.share * demand.services if own.services is None else own.services
        contacts = own.share * demand.contacts if own.contacts is None else own.contacts
        first, second = self.whole.first_wave, self.whole.second_wave
        return Scope(first, second, own.share, Fraction(services), Fraction(contacts))

    def scopes(self, assumptions: Assumptions) -> dict[str, Scope]:
        """Give the municipalities' parts of it, by code; they add up to `scope`."""
        whole = self.scope(assumptions)
        return {
            part.code: Scope(
                part.first_wave,
                part.second_wave,
                whole.share * self.shares[part.code],
                whole.services * self.demand_shares[part.code],
                whole.contacts * self.demand_shares[part.code],
            )
            for part in self.parts
        }


class PerResident(NamedTuple):
    """What a newly covered resident costs, EUR; None where residents are not known.

    Parameters
    ----------
    set_up
        Once: setting up the second-wave points and their first training.
    upkeep
        In the last year of the model: supplement and regular training of these points.
    """

    set_up: Fraction | None
    upkeep: Fraction | None

    @property
    def first_year(self) -> Fraction | None:
        """The set-up and one full year of upkeep."""
        if self.set_up is None or self.upkeep is None:
            return None
        return self.set_up + self.upkeep


def own_network(result: Network) -> Own:
    """Count the points of a result's network by wave and municipality."""
    units = result.units
    centres, residents = units["centres"] + units["announced"], units["population"].astype("Int64")
    new = centres == 0
    table = units[["municipality"]].assign(
        first=centres,
        second=new.astype(int),
        residents=residents,
        new_residents=residents.where(new, 0),
    )
    names = dict(zip(units["municipality"], units["municipality_name"], strict=True))
    grouped = table.groupby("municipality", sort=True)
    parts = tuple(_part(str(code), names[code], rows) for code, rows in grouped)
    whole = _part("own", "", table)
    by_residents = bool(whole.residents)
    if by_residents:
        weights = {part.code: Fraction(part.residents or 0) for part in parts}
    else:
        weights = {part.code: Fraction(part.first_wave + part.second_wave) for part in parts}
    demand = _services(units) if by_residents else weights
    return Own(whole, parts, by_residents, _shares(weights), _shares(demand))


def per_resident(assumptions: Assumptions, part: Part) -> PerResident:
    """Divide what the second-wave points cost by the residents of their units.

    What would be paid without these points (the first wave, the centres in
    common) is left out.
    """
    if not part.new_residents:
        return PerResident(None, None)
    upkeep, last = assumptions.upkeep, assumptions.years.last
    once = assumptions.investment.setting_up + assumptions.investment.first_training
    yearly = upkeep.supplement * upkeep.supplement_share.at(last) + upkeep.regular_training.at(last)
    each = Fraction(part.second_wave, part.new_residents)
    return PerResident(once * each, yearly * each)


def at_band(assumptions: Assumptions, name: str, scope: Scope) -> dict[str, Amounts]:
    """Compute a scenario at either end, {"low", "high"}, of the band the services lie in."""
    demand = assumptions.demand
    ends = {"low": demand.services_low, "high": demand.services_high}
    return {
        end: compute_costs(assumptions, name, replace(scope, services=services * scope.share))
        for end, services in ends.items()
    }


def _part(code: str, name: str, rows: pd.DataFrame) -> Part:
    # The residents of some units are not those of all.
    residents = [
        None if rows[column].isna().any() else int(rows[column].sum())
        for column in ("residents", "new_residents")
    ]
    return Part(code, name, int(rows["first"].sum()), int(rows["second"].sum()), *residents)


def _services(units: pd.DataFrame) -> dict[str, Fraction]:
    """Add up the services that a municipality's residents may ask, at the published end."""
    services: dict[str, Fraction] = {}
    by_kind = units.groupby(["municipality", "kind"])["population"].sum()
    for row in by_kind.reset_index().to_dict("records"):
        asked = rates()[row["kind"]].most * int(row["population"])
        services[row["municipality"]] = services.get(row["municipality"], Fraction(0)) + asked
    return services


def _shares(weights: Mapping[str, Fraction]) -> dict[str, Fraction]:
    whole = sum(weights.values())
    return {code: weight / whole for code, weight in weights.items()}
