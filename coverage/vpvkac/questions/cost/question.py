"""What is asked of `cost`: by which assumptions, and for which network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.analysis.catchment import Rate, published_rate, published_services, rates
from vpvkac.analysis.network import Network
from vpvkac.model.project import Project
from vpvkac.questions.cost.model import Scope
from vpvkac.sources.reference import Assumptions, published_assumptions, read_assumptions

if TYPE_CHECKING:
    import pandas as pd


class Part(NamedTuple):
    """The points and residents of one municipality, or of the whole network, whose code is "own".

    The first wave are centres, open and announced, by the place they stand in; the second, units
    with neither: each needs a point.  `new_residents` are those of the second wave's units;
    residents are None where the count of any unit is not known.
    """

    code: str
    name: str
    first_wave: int
    second_wave: int
    residents: int | None
    new_residents: int | None

    @property
    def points(self) -> int:
        """Points of both waves."""
        return self.first_wave + self.second_wave


class Expected(NamedTuple):
    """Services a year that a network's residents may ask, by the kinds of unit that they live in.

    At the published rates (`catchment.published_rate`), which give the services of table 41 for
    its residents; and at the ends of the band that a year's lie in (`catchment.rates`).
    """

    published: Fraction
    least: Fraction
    most: Fraction


@dataclass(frozen=True)
class Own:
    """The user's network and its municipalities, by code, in the terms of the cost model.

    Common costs are divided by `shares`, demand by `demand_shares`, both together 1: by residents
    and what they are expected to ask, or by points where residents are not known (`expected` None).
    """

    whole: Part
    parts: tuple[Part, ...]
    shares: Mapping[str, Fraction]
    demand_shares: Mapping[str, Fraction]
    expected: Expected | None

    def scopes(self, assumptions: Assumptions) -> dict[str, Scope]:
        """Give what the model is computed for, by code; the parts add up to "own"."""
        own, demand = assumptions.own, assumptions.demand
        share = own.share
        if self.expected is not None:
            share = self.expected.published / published_services()
        services = share * demand.services if own.services is None else own.services
        contacts = share * demand.contacts if own.contacts is None else own.contacts
        common, demand_shares = (
            {"own": Fraction(1), **of} for of in (self.shares, self.demand_shares)
        )
        return {
            part.code: Scope(
                part.first_wave,
                part.second_wave,
                own.share * common[part.code],
                services * demand_shares[part.code],
                contacts * demand_shares[part.code],
            )
            for part in (self.whole, *self.parts)
        }

    def band(self, assumptions: Assumptions) -> dict[str, Fraction]:
        """Give the services of the year before the first at the "low" and the "high" end.

        None where the user counts services of their own.
        """
        own, demand = assumptions.own, assumptions.demand
        if own.services is not None:
            return {}
        if self.expected is None:
            low, high = demand.services_low * own.share, demand.services_high * own.share
        else:
            # As much more than published as the country's services are assumed to be.
            times = Fraction(demand.services, published_services())
            low, high = self.expected.least * times, self.expected.most * times
        return {"low": low, "high": high}


def project_assumptions(project: Project) -> Assumptions:
    """Read the assumptions that a project names, else the published ones."""
    file = project.assumptions
    return published_assumptions() if file is None else read_assumptions(file.path, file.shown)


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
    expected = None
    if whole.residents:
        weights = {part.code: Fraction(part.residents or 0) for part in parts}
        asked = units["population"].astype("int64").astype(object) * units["kind"].map(
            {kind: published_rate(kind) for kind in rates()}
        )
        demand = asked.groupby(units["municipality"]).sum().to_dict()
        expected = Expected(sum(demand.values()), *_ends(result))
    else:
        weights = demand = {part.code: Fraction(part.points) for part in parts}
    shares, demand_shares = (
        {code: weight / sum(of.values()) for code, weight in of.items()} for of in (weights, demand)
    )
    return Own(whole, parts, shares, demand_shares, expected)


def _ends(result: Network) -> Iterator[Fraction]:
    """Give the least and the most services that the residents of the network's units may ask."""
    if result.living is None:
        raise AssertionError("residents of units without where they live")
    cells = result.living.cells
    kinds = cells["unit"].map(result.units.set_index("unit")["kind"])
    for end in Rate._fields:
        counts = cells[f"population_{end}"].groupby(kinds).sum()
        yield sum(
            (getattr(rates()[kind], end) * int(counts[kind]) for kind in counts.index), Fraction(0)
        )


def _part(code: str, name: str, rows: pd.DataFrame) -> Part:
    # The residents of some units are not those of all.
    residents = [
        None if rows[column].isna().any() else int(rows[column].sum())
        for column in ("residents", "new_residents")
    ]
    return Part(code, name, int(rows["first"].sum()), int(rows["second"].sum()), *residents)
