"""The answer of `vpvkac plan`: in what order the remaining points open, and what each year has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis import plan as model
from vpvkac.analysis.network import ANNOUNCED, EXISTING, Network, is_open_centre
from vpvkac.geo.nearest import Targets
from vpvkac.model.columns import COLUMNS
from vpvkac.model.faults import Fault, InputError, Share
from vpvkac.model.project import PLAN
from vpvkac.model.tables import TABLES
from vpvkac.questions.plan.question import Question
from vpvkac.sources.reference import Assumptions
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

# Decisions that open a point; the others ask for a stop, for buses, for support or for a look.
OPENING = ("library", "move_within_unit", "other_premises")
_NOT_KNOWN = Message("is in words of its own, which may open a point or not")
_NAME_IT = Message(
    "nothing is fixed by it; if it opens the point, name these words: --opens, or opens = […] "
    "under [plan]"
)
_CENTS, _THOUSAND = 100, 1000
_PLANNER, _DECISION, _BARRED = "planner", "decision", "barred"


@dataclass(frozen=True, repr=False)
class Answer(model.Openings):
    """The order of openings by year.

    Parameters
    ----------
    table, years, faults
        As in plan.csv and plan_years.csv; warnings of decisions that could not be taken as fixed.
    asked, not_fixed
        See `Openings`.
    result
        The run it stands on.
    question
        What was asked, with the weights that were taken.
    total, before
        Residents (or units) in all, and those served before the first opening.
    """

    result: Network
    question: Question
    assumptions: Assumptions
    total: int
    before: int

    @property
    def opened(self) -> pd.DataFrame:
        """The rows of the units whose point opens."""
        return self.table[self.table["year"].notna()]

    @property
    def nowhere(self) -> int:
        """How many units open without any place yet, so that premises must be found."""
        return int(self.opened["place"].isna().sum())

    @property
    def optimal(self) -> bool:
        """Whether it is proven that no plan serves more."""
        return bool(self.years["optimal"].iloc[0])

    @property
    def served(self) -> int:
        """Residents (or units) newly served, added up over the years."""
        return int(self.years["served"].iloc[0])

    @property
    def bound(self) -> int:
        """What no plan can serve more of; what is served where that is proven to be the best."""
        return int(self.years["bound"].iloc[0])

    @property
    def gap(self) -> float:
        """By how much the best plan may be better, as a share of the bound."""
        return float(self.years["gap"].iloc[0])

    def points(self, year: int | None = None) -> pd.DataFrame:
        """Give the points open at the end of a year, else of the last, as `with_points` reads them.

        Each is a centre at the place where the plan opens it, with the hours of that place; a unit
        without any place has none.
        """
        rows = self.opened[self.opened["place"].notna()]
        rows = rows[rows["year"] <= (self.question.last if year is None else year)]
        hours = rows["place"].map(self.result.places.set_index("place")["hours"])
        named = rows.rename(columns={"place_name": "name"}).assign(
            place="centres:plan-" + rows["unit"], host="centre", status="open", hours=hours
        )
        return named[list(TABLES["plan_points"].names)].sort_values("unit", ignore_index=True)


def answer(
    result: Network, asked: Question, assumptions: Assumptions, progress: Callable[[Text], object]
) -> Answer:
    """Find in what order to open the remaining points.

    Raises InputError if a unit is not known or open already, residents are asked for and not
    known, the targets cannot be met, or no plan was found in time.
    """
    remaining = result.network[~result.network["status"].isin([EXISTING, ANNOUNCED])]
    remaining = pd.DataFrame(remaining).drop(columns="geometry").reset_index(drop=True)
    sizes = result.units.set_index("unit")[["area_km2", "population"]]
    remaining = remaining.join(sizes, on="unit")
    question = replace(asked, weights=_weights(result, asked))
    fixed, warnings = _fixed(result, question, remaining)
    if remaining.empty:
        problem = Message("has no unit that still needs a point")
        remedy = Message("there is nothing to plan")
        raise InputError.of(str(result.project.path), problem, remedy)
    remaining = _where_decided(remaining, fixed.place, result.places)
    progress(Message("Looking for the best order"))
    demand = _demand(result, question, remaining)
    case = _case(result, question, assumptions, remaining, demand, fixed)
    best = model.solve(case, question.time_limit_s)
    if best.opened is None:
        raise InputError(_why(result, question, case, possible=best.is_possible))
    order, simple = model.in_order(case, best.opened), model.greedy(case)
    table = _table(case, question, remaining, order, simple)
    table["fixed"] = [fixed.source.get(unit, "") for unit in table["unit"]]
    years = _years(result, question, case, demand, (best.opened, simple.opened(case)))
    # Shares of what is served for the first time: the bound says nothing of the rest.
    served = int(case.served(best.opened).sum())
    missing = best.bound - served
    years["optimal"] = proven = missing <= model.PRECISION * best.bound
    years["gap"] = 0.0 if proven else missing / best.bound
    years["served"] = served
    years["bound"] = served if proven else best.bound
    once, yearly = _costs(assumptions)
    table["setup"], table["upkeep"] = float(once), float(yearly)
    years["cost"] = years["opened"] * float(once) + years["open"] * float(yearly)
    return Answer(
        table[list(TABLES["plan"].names)], years[list(TABLES["plan_years"].names)],
        tuple(warnings), {name: getattr(question, name) for name in PLAN},
        _not_fixed(result, question, remaining), result, question, assumptions, demand.total,
        demand.before,
    )  # fmt: skip


def _weights(result: Network, asked: Question) -> Any:
    """Take residents where those of every unit are known, else units."""
    known = result.inputs.residents is not None and result.units["population"].notna().all()
    if asked.weights == "population" and not known:
        problem = Message("the residents of some units are not known")
        remedy = Message("name population, or choose --weights units")
        file = str(result.project.path)
        raise InputError.of(file, problem, remedy, field="inputs.population")
    return asked.weights or ("population" if known else "units")


class _Fixed(NamedTuple):
    """The year of opening by unit, T for those barred, who says so, and the place decided on."""

    year: Mapping[str, int]
    source: Mapping[str, str]
    place: Mapping[str, str]


def _fixed(
    result: Network, question: Question, remaining: pd.DataFrame
) -> tuple[_Fixed, list[Fault]]:
    """Join what the planner fixes and bars with what is decided; what is wrong is told at once."""
    waiting, known = set(remaining["unit"]), set(result.units["unit"])
    file, set_ = str(result.project.path), result.project.plan
    faults = []
    asked: tuple[tuple[str, str, Iterable[str]], ...] = (
        ("--fix", "fixed", question.fixed), ("--bar", "barred", question.barred),
    )  # fmt: skip
    for option, name, units in asked:
        for unit in units:
            if unit not in waiting:
                is_known = unit in known
                problem = Message("has a point already") if is_known else Message("is no unit")
                remedy = Message("leave it out") if is_known else Message("write a code, LV…")
                where = (file, f"plan.{name}") if unit in set_.get(name, ()) else (option, None)
                faults.append(Fault("error", where[0], problem, remedy, field=where[1], value=unit))
    year = dict.fromkeys(question.barred, question.last + 1)
    source = dict.fromkeys(question.barred, _BARRED)
    decided, warnings = _decided(result, question, waiting)
    for unit in sorted(set(decided["unit"])):
        rows = decided[decided["unit"] == unit]
        row, when = int(rows["row"].iloc[0]), rows["year"]
        there: dict[str, Any] = {"row": row, "field": "unit", "value": unit}
        shown = "" if result.project.decisions is None else result.project.decisions.shown
        if unit in question.barred:
            problem, remedy = Message("is barred and fixed at once"), Message("give one of the two")
            faults.append(Fault("error", shown, problem, remedy, **there))
        elif unit not in question.fixed and len(set(when)) > 1:
            problem = Message("is to open in two different years")
            remedy = Message("give one due year, or fix it with --fix")
            faults.append(Fault("error", shown, problem, remedy, **there))
        year[unit], source[unit] = int(when.iloc[0]), _DECISION
    if faults:
        raise InputError(faults)
    year.update(question.fixed)
    source |= dict.fromkeys(question.fixed, _PLANNER)
    places = decided[decided["place"] != ""].drop_duplicates("unit")
    return _Fixed(year, source, dict(zip(places["unit"], places["place"], strict=True))), warnings


def _where_decided(
    remaining: pd.DataFrame, place_of: Mapping[str, str], places: pd.DataFrame
) -> pd.DataFrame:
    """Put the point of a unit at the place in it that a decision taken as fixed names."""
    named = (
        pd.DataFrame(places).rename(columns={"name": "place_name"}).set_index("place", drop=False)
    )
    chosen = named.reindex(remaining["unit"].map(place_of)).set_axis(remaining.index)
    is_named = chosen["unit"] == remaining["unit"]
    where = ("place", "place_name", "host", "address", "lat", "lon")
    return remaining.assign(**{of: remaining[of].mask(is_named, chosen[of]) for of in where})


def _decided(
    result: Network, question: Question, waiting: set[str]
) -> tuple[pd.DataFrame, list[Fault]]:
    """Give the decisions that open a remaining point in a year of the plan, and warn of others."""
    table = result.inputs.decisions
    if not question.decisions or table is None or result.project.decisions is None:
        return pd.DataFrame({"unit": [], "place": [], "row": [], "year": []}), []
    table = table.assign(year=pd.to_numeric(table["due"].str[:4], errors="coerce"))
    decision = table["decision"]
    is_opening = decision.isin(OPENING) | _plain(decision).isin(_plain(pd.Series(question.opens)))
    is_own_words = ~decision.isin(COLUMNS["remedy"].codes or ())
    reasons = (
        (~table["unit"].isin(waiting), "unit", Message("has a point already")),
        (~is_opening & ~is_own_words, "decision", Message("does not open a point")),
        (~is_opening, "decision", _NOT_KNOWN),
        (table["year"].isna(), "due", Message("is empty")),
        (~table["year"].isin(list(question.years)), "due", Message("is a year outside the plan")),
    )
    left, warnings = pd.Series(data=True, index=table.index), []
    for wrong, field, problem in reasons:
        rows = table[left & wrong]
        left &= ~wrong
        if len(rows):
            first = rows.iloc[0]
            remedy = _NAME_IT if problem is _NOT_KNOWN else Message("nothing is fixed by it")
            warnings.append(
                Fault(
                    "warning", result.project.decisions.shown, problem, remedy, int(first["row"]),
                    field, str(first[field]), len(rows),
                )
            )  # fmt: skip
    return table[left].astype({"year": int}), warnings


def _not_fixed(result: Network, question: Question, remaining: pd.DataFrame) -> frozenset[str]:
    """Name the remaining units whose decisions have a due year, where decisions fix nothing."""
    table = result.inputs.decisions
    if question.decisions or table is None:
        return frozenset()
    due = set(table.loc[table["due"] != "", "unit"]) & set(remaining["unit"])
    return frozenset(due - {*question.fixed, *question.barred})


def _plain(texts: pd.Series) -> pd.Series:
    """Give texts without what a hand writes differently: case, and blanks around and within."""
    return texts.astype(str).str.split().str.join(" ").str.casefold()


class _Demand(NamedTuple):
    """What is not served yet and which points would serve it; the weight in all, and before."""

    weight: NDArray[np.int64]
    serves: sparse.csr_array
    total: int
    before: int


def _demand(result: Network, question: Question, remaining: pd.DataFrame) -> _Demand:
    """Weigh each unit, or with a radius each place where residents live."""
    from scipy import sparse

    if question.radius_m is None:
        by_unit = question.weights == "units"
        every = pd.Series(1, result.units.index) if by_unit else result.units["population"]
        weight = np.asarray(every[result.units["unit"].isin(remaining["unit"])], np.int64)
        serves = sparse.csr_array(sparse.eye_array(len(remaining), dtype=np.int64))
        total = int(every.sum())
        return _Demand(weight, serves, total, total - int(weight.sum()))
    if question.weights == "units":
        middles = result.units.geometry.representative_point().to_crs("EPSG:4326")
        cells = pd.DataFrame({"lat": middles.y, "lon": middles.x, "population": 1})
    else:
        cells = pd.DataFrame(result.inputs.residents).sort_values(["unit", "cell"])
    cells = cells.astype({"population": np.int64}).reset_index(drop=True)
    places = result.places
    stays = places[is_open_centre(places) | places["place"].isin(
        result.network.loc[result.network["status"] == ANNOUNCED, "place"]
    )]  # fmt: skip
    targets = Targets(cells["lat"], cells["lon"])
    reached = targets.within(stays["lat"], stays["lon"], question.radius_m).target
    placed = np.flatnonzero(remaining["lat"].notna())
    near = remaining.iloc[placed]
    pairs = targets.within(near["lat"], near["lon"], question.radius_m)
    left = np.ones(len(cells), bool)
    left[reached] = False
    one = np.ones(len(pairs.origin), np.int64)
    shape = (len(cells), len(remaining))
    serves = sparse.csr_array((one, (pairs.target, placed[pairs.origin])), shape=shape)[left]
    serves.sort_indices()
    weight = np.asarray(cells["population"], np.int64)
    return _Demand(weight[left], serves, int(weight.sum()), int(weight[~left].sum()))


def _costs(assumptions: Assumptions) -> tuple[Fraction, Fraction]:
    """Give what a point costs once and in a full year, as in the last of `cost`, EUR."""
    upkeep, last = assumptions.upkeep, assumptions.years.last
    once = assumptions.investment.setting_up + assumptions.investment.first_training
    yearly = upkeep.supplement * upkeep.supplement_share.at(last) + upkeep.regular_training.at(last)
    return once, yearly


def _case(
    result: Network, question: Question, assumptions: Assumptions, remaining: pd.DataFrame,
    demand: _Demand, fixed: _Fixed,
) -> model.Case:  # fmt: skip
    """Put it in whole numbers: cents, and thousandths of a square kilometre."""
    once, yearly = _costs(assumptions)
    shares: list[Fraction] = [Fraction(1)] * len(question.years)
    if question.scenario is not None:
        # Setting up and first training are the state's in both scenarios.
        common = assumptions.scenario[question.scenario].common_share
        shares = [common.at(year) for year in question.years]
    cents = [round(yearly * share * _CENTS) for share in shares]
    area = _thousandths(result.units["area_km2"])
    before = area[~result.units["unit"].isin(remaining["unit"])].sum()
    needed = [
        int((Decimal(repr(question.targets.get(year, 0.0))) * int(area.sum())).to_integral_value(
            ROUND_CEILING)) - int(before)
        for year in question.years
    ]  # fmt: skip
    year = remaining["unit"].map(fixed.year) - question.first
    never = len(question.years)
    return model.Case(
        demand.weight,
        demand.serves,
        _thousandths(remaining["area_km2"]),
        np.full(len(remaining), round(once * _CENTS), np.int64),
        np.unique(remaining["municipality"], return_inverse=True)[1].astype(np.int64),
        np.tile(np.array(cents, np.int64), (len(remaining), 1)),
        np.array([round(question.budget_of(one) * _CENTS) for one in question.years], np.int64),
        np.maximum(needed, 0).astype(np.int64),
        np.asarray(year.fillna(0), np.int64),
        np.asarray(year.fillna(never), np.int64),
        question.most,
    )


def _thousandths(area: pd.Series) -> NDArray[np.int64]:
    return np.asarray(np.rint(area.to_numpy(float) * _THOUSAND), np.int64)


def _table(
    case: model.Case, question: Question, remaining: pd.DataFrame, order: model.Order,
    simple: model.Order,
) -> pd.DataFrame:  # fmt: skip
    """Give a row for each remaining unit: those that open in their order, then the others."""
    table, count = remaining.copy(), len(remaining)
    left = np.ones(count, bool)
    left[order.point] = False
    residents = case.gains_after(order.point)
    residents[order.point] = order.gain
    table["residents"] = residents
    for name, one in (("", order), ("greedy_", simple)):
        rank, year = (pd.array([pd.NA] * count, dtype="Int64") for _ in range(2))
        rank[one.point] = np.arange(1, len(one.point) + 1)
        year[one.point] = one.year + question.first
        table[f"{name}rank"], table[f"{name}year"] = rank, year
    rows = np.concatenate([order.point, np.flatnonzero(left)])
    return table.iloc[rows].reset_index(drop=True)


def _years(
    result: Network, question: Question, case: model.Case, demand: _Demand,
    plans: tuple[NDArray[np.int64], NDArray[np.int64]],
) -> pd.DataFrame:  # fmt: skip
    """Add up each year: money, area and residents, of the plan and of the greedy order."""
    opened, greedy = plans
    area = _thousandths(result.units["area_km2"])
    before = int(area.sum() - case.area.sum())
    served = case.served(opened)
    target = [question.targets.get(year, np.nan) for year in question.years]
    is_met = case.opened_area(opened) >= case.needed
    return pd.DataFrame(
        {
            "year": list(question.years),
            "opened": np.bincount(opened, minlength=case.years + 1)[: case.years],
            "open": case.is_open(opened).sum(axis=0),
            "spent": case.spent(opened) / _CENTS,
            "budget": case.budget / _CENTS,
            "area_km2": (case.opened_area(opened) + before) / _THOUSAND,
            "area_share": (case.opened_area(opened) + before) / area.sum(),
            "target": target,
            "met": ["" if np.isnan(one) else "yes" if met else "no"
                    for one, met in zip(target, is_met, strict=True)],
            "residents": served + demand.before,
            "residents_share": (served + demand.before) / demand.total,
            "greedy_opened": np.bincount(greedy, minlength=case.years + 1)[: case.years],
            "greedy_area_share": (case.opened_area(greedy) + before) / area.sum(),
            "greedy_residents_share": (case.served(greedy) + demand.before) / demand.total,
        }
    )  # fmt: skip


def _why(result: Network, question: Question, case: model.Case, *, possible: bool) -> list[Fault]:
    """Say why there is no plan: by how much a target is missed, and what money would be enough."""
    file = str(result.project.path)
    if possible:
        problem = Message("no plan that meets the targets was found in time")
        return [Fault("error", file, problem, Message("give a longer --time-limit"))]
    money = model.least_money(case, question.time_limit_s)
    remedy: Text = Message(
        "no money is enough: units are barred or fixed to other years, or --most is too low"
    )
    if money is not None:
        enough = [
            f"{year} = {-(-int(cents) // _CENTS)}"
            for year, cents in zip(question.years, case.budget + money.missing, strict=True)
        ]
        least = Message(
            "at least {sum} EUR more would be needed, as in budget = {budgets}; or give smaller "
            "targets"
        )
        # Where the time was over before it was proven to be the least.
        some = Message(
            "{sum} EUR more would be enough: budget = {budgets}; or give smaller targets"
        )
        remedy = (least if money.proven else some).with_values(
            sum=-(-int(money.missing.sum()) // _CENTS),
            budgets="{ " + ", ".join(enough) + " }",
        )
    area = model.least_area(case, question.time_limit_s)
    if area is None:
        problem = Message("is not enough for what is fixed")
        return [Fault("error", file, problem, remedy, field="--budget")]
    total = int(_thousandths(result.units["area_km2"]).sum())
    faults = []
    for year, missing in zip(question.years, area.missing.tolist(), strict=True):
        if missing:
            target = question.targets[year]
            problem = Message(
                "cannot be met with this money: {share} of the area can be open, {km2} km² too few",
                share=Share(target - missing / total, target),
                km2=-(-missing // _THOUSAND),
            )
            value = f"{year}={target:g}"
            faults.append(Fault("error", file, problem, remedy, field="--target", value=value))
    return faults
