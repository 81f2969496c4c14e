"""The order of openings by year: multi-period covering under budgets and targets.

With x_jt = 1 where point j is open in year t (x_j0 = 0), y_it = 1 where demand i is served then,
and N_i the points that serve it (Schilling 1980; Gunawardane 1982)::

    max  Σ_t Σ_i w_i y_it
    s.t. y_it ≤ Σ_{j ∈ N_i} x_jt
         x_jt ≥ x_j,t−1
         Σ_j setup_j (x_jt − x_j,t−1) + Σ_j upkeep_jt x_jt ≤ budget_t
         Σ_j area_j x_jt ≥ needed_t
         Σ_{j ∈ m} (x_jt − x_j,t−1) ≤ most   for every municipality m
         x_jt ∈ {0, 1},   0 ≤ y_it ≤ 1

All numbers are whole (residents, thousandths of a km², cents), so that what is decided is exact.
Demand that the same points serve is one; where one point alone serves it, its weight is that
point's.  HiGHS solves it, in one thread and with its own fixed seed.

*Greedy* opens in each year the point that gains most, while the money of that year and of all
later ones lasts.  What must be open by then comes first, and its money is set aside beforehand.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from vpvkac.analysis.sets import number_sets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray
    from scipy import sparse

    from vpvkac.model.faults import Fault

# To this share of itself the solver's bound is sure, in doubles.
PRECISION = 2e-9
# Half of the least step of whole numbers, less than which the solver may err.
_HALF = 0.5
_CENTS, _THOUSAND = 100, 1000
# As SciPy names the state in which there is no solution.
_INFEASIBLE = 2
# The solver works best with numbers of this size.
_SCALE_TO = 1e6


@dataclass(frozen=True, repr=False)
class Openings:
    """In what order the remaining points open.

    Parameters
    ----------
    table
        As in plan.csv: a row for each remaining unit, those that open first, in their order.
    years
        As in plan_years.csv.
    faults
        Warnings of decisions that could not be taken as fixed.
    asked
        The options of `[plan]` as they were taken, by name.
    not_fixed
        Units on which there is a decision with a due year that the plan does not keep to.
    """

    table: pd.DataFrame
    years: pd.DataFrame
    faults: tuple[Fault, ...]
    asked: Mapping[str, Any]
    not_fixed: frozenset[str]


@dataclass(frozen=True)
class Case:
    """What is to be opened: n points, T years, d places of demand; all numbers are whole.

    Parameters
    ----------
    weight
        Of the demand that no point serves yet, shape (d,).
    serves
        Which points would serve which demand, shape (d, n).
    area, setup, group
        Of each point: area that it opens, cost of opening it, municipality, shape (n,).
    upkeep
        Cost of each point in each year in which it is open, the first included, shape (n, T).
    budget, needed
        Money of each year, and area that is to be opened by then, shape (T,).
    earliest, latest
        The first year in which a point may open, T for never, and the year by which it must be
        open, T for none, shape (n,).
    most
        Openings in a municipality and year; None for any number.
    """

    weight: NDArray[np.int64]
    serves: sparse.csr_array
    area: NDArray[np.int64]
    setup: NDArray[np.int64]
    group: NDArray[np.int64]
    upkeep: NDArray[np.int64]
    budget: NDArray[np.int64]
    needed: NDArray[np.int64]
    earliest: NDArray[np.int64]
    latest: NDArray[np.int64]
    most: int | None = None

    @property
    def years(self) -> int:
        """How many years there are."""
        return len(self.budget)

    def is_open(self, opened: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which points are open in which years, by their year of opening, shape (n, T)."""
        return np.asarray(opened[:, None] <= np.arange(self.years))

    def spent(self, opened: NDArray[np.int64]) -> NDArray[np.int64]:
        """Add up what openings cost in each year."""
        once = np.bincount(opened, self.setup, self.years + 1)[: self.years]
        yearly = (self.upkeep * self.is_open(opened)).sum(axis=0)
        return np.asarray(np.rint(once).astype(np.int64) + yearly)

    def opened_area(self, opened: NDArray[np.int64]) -> NDArray[np.int64]:
        """Add up the area opened by each year."""
        return np.asarray(self.area @ self.is_open(opened))

    def served(self, opened: NDArray[np.int64]) -> NDArray[np.int64]:
        """Add up the weight newly served in each year."""
        is_served = self.serves @ self.is_open(opened).astype(np.int64) > 0
        return np.asarray(self.weight @ is_served)

    def gains_after(self, opened: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tell what each point would still gain after some have opened, shape (n,)."""
        left = np.diff(self.serves[:, opened].indptr) == 0
        return np.asarray(np.where(left, self.weight, 0) @ self.serves)

    def is_allowed(self, opened: NDArray[np.int64]) -> bool:
        """Tell whether openings keep to everything: money, area, years, municipalities."""
        years = np.arange(self.years)
        in_year = [np.bincount(self.group[opened == year]).max(initial=0) for year in years]
        return bool(
            (self.spent(opened) <= self.budget).all()
            and (self.opened_area(opened) >= self.needed).all()
            and (opened >= self.earliest).all()
            and (opened <= self.latest).all()
            and (self.most is None or max(in_year) <= self.most)
        )


class Order(NamedTuple):
    """Points in the order of their opening, the year of each (0 and up), and what each gains."""

    point: NDArray[np.int64]
    year: NDArray[np.int64]
    gain: NDArray[np.int64]

    def opened(self, case: Case) -> NDArray[np.int64]:
        """Give the year in which each point opens; T for never."""
        opened = np.full(len(case.area), case.years)
        opened[self.point] = self.year
        return opened


class _Demand:
    """The demand that no point serves yet."""

    def __init__(self, case: Case) -> None:
        self.weight, self.area = case.weight.copy(), case.area
        self.of_demand, self.of_point = case.serves, case.serves.tocsc()

    def take(self, among: NDArray[np.int64]) -> tuple[int, int]:
        """Open the point that gains most, and give it and its gain; ties go to the larger area."""
        gains = np.asarray(self.weight @ self.of_demand)[among]
        best = np.lexsort((among, -self.area[among], -gains))[0]
        point = int(among[best])
        self.weight[self.of_point.indices[slice(*self.of_point.indptr[point : point + 2])]] = 0
        return point, int(gains[best])


def greedy(case: Case) -> Order:
    """Open in each year what must open, then what gains most while money lasts.

    The money of what must open later is set aside; targets are not looked at.
    """
    opened = np.where(case.latest < case.years, case.latest, case.years)
    left, demand = case.budget - case.spent(opened), _Demand(case)
    steps: list[tuple[int, int, int]] = []
    for year in range(case.years):
        forced = np.flatnonzero(opened == year)
        in_group = np.bincount(case.group[forced], minlength=case.group.max(initial=0) + 1)
        while len(forced):
            point, gain = demand.take(forced)
            steps.append((point, year, gain))
            forced = forced[forced != point]
        while len(can := _affordable(case, opened, left, year, in_group)):
            point, gain = demand.take(can)
            steps.append((point, year, gain))
            opened[point] = year
            in_group[case.group[point]] += 1
            left[year:] -= case.upkeep[point, year:]
            left[year] -= case.setup[point]
    return Order(*np.array(steps, np.int64).reshape(-1, 3).T)


def in_order(case: Case, opened: NDArray[np.int64]) -> Order:
    """Put the openings of a plan in order: by year, in one by what each gains."""
    never = np.where(opened < case.years, opened, case.years)
    return greedy(replace(case, earliest=never, latest=opened))


def _affordable(
    case: Case,
    opened: NDArray[np.int64],
    left: NDArray[np.int64],
    year: int,
    in_group: NDArray[np.int64],
) -> NDArray[np.int64]:
    """List the points that may open in a year and whose cost, then and later, is left."""
    cost = case.upkeep[:, year:].copy()
    cost[:, 0] += case.setup
    can = (opened == case.years) & (case.earliest <= year) & (cost <= left[year:]).all(axis=1)
    if case.most is not None:
        can &= in_group[case.group] < case.most
    return np.flatnonzero(can)


class Best(NamedTuple):
    """The best plan found, and a bound on the weight served, summed over the years.

    `opened` is None where there is no plan, or none was found in time; `is_possible` tells which.
    """

    opened: NDArray[np.int64] | None
    bound: int
    is_possible: bool = True


def solve(case: Case, seconds: float) -> Best:
    """Find the plan that serves most, with money that is left spent on further points."""
    solved = _solved(case, seconds)
    most = int(case.weight.sum()) * case.years
    bound = most if solved.bound is None else min(most, solved.bound)
    plans = [greedy(case).opened(case)]
    if solved.opened is not None:
        plans += _filled(case, solved.opened)
    allowed = [opened for opened in plans if case.is_allowed(opened)]
    best = max(allowed, key=partial(_merit, case), default=None)
    return Best(best, bound, solved.is_possible)


def _filled(case: Case, opened: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Spend what a plan leaves on further points; then also open at once what gains nothing."""
    order = in_order(case, opened)
    useless = np.isin(np.arange(len(opened)), order.point[order.gain == 0])
    for free in (np.zeros(len(opened), bool), useless):
        latest = np.where(free, case.latest, np.minimum(opened, case.latest))
        earliest = np.where(free | (opened == case.years), case.earliest, opened)
        yield greedy(replace(case, earliest=earliest, latest=latest)).opened(case)


def _merit(case: Case, opened: NDArray[np.int64]) -> tuple[int, int]:
    """Rate a plan by what it serves, then by the area that it opens, over the years."""
    return int(case.served(opened).sum()), int(case.opened_area(opened).sum())


class Least(NamedTuple):
    """The least that is missing in each year, shape (T,), and whether it is proven to be least."""

    missing: NDArray[np.int64]
    proven: bool


def least_money(case: Case, seconds: float) -> Least | None:
    """Find the least money that, added, meets all targets, in cents; None if no money would."""
    solved = _solved(case, seconds, "money")
    if solved.opened is None:
        return None
    return Least(np.maximum(case.spent(solved.opened) - case.budget, 0), solved.proven)


def least_area(case: Case, seconds: float) -> Least | None:
    """Find the least area that targets miss; None if the money pays not even what must open."""
    solved = _solved(case, seconds, "area")
    if solved.opened is None:
        return None
    return Least(np.maximum(case.needed - case.opened_area(solved.opened), 0), solved.proven)


class _Solved(NamedTuple):
    """What the solver found: years of opening, a bound on the weight served, and the state."""

    opened: NDArray[np.int64] | None
    bound: int | None
    is_possible: bool
    proven: bool


def _solved(case: Case, seconds: float, lacking: Literal["", "money", "area"] = "") -> _Solved:
    """Solve the programme; with `lacking` that of the least money or area that is missing.

    Columns are x by year and point, y by year and demand, and what is missing by year.
    """
    # Here, for most of the program never optimises, and it takes long to load.
    from scipy import sparse
    from scipy.optimize import Bounds, LinearConstraint, milp

    years, points = case.years, len(case.area)
    alone, members, weights = _demand(case)
    widths = years * points, years, years * len(weights), years * bool(lacking)
    ends = np.cumsum(widths)
    column = np.arange(ends[-1])
    by_year = sparse.eye_array(years, format="csr")
    new = by_year - sparse.eye_array(years, k=-1)
    short = {lacking: -by_year}
    once = sparse.kron(new, case.setup[None, :] / _CENTS)
    yearly = sparse.block_diag([row[None, :] / _CENTS for row in case.upkeep.T])
    area = sparse.kron(by_year, case.area[None, :] / _THOUSAND)
    count = sparse.kron(by_year, np.ones((1, points)))
    group = sparse.csr_array((np.ones(points), (case.group, np.arange(points))))
    most = points if case.most is None else case.most
    # Of the columns of each kind, then between what the row must lie.
    blocks = (
        (sparse.kron(new[1:], sparse.eye_array(points)), None, None, None, 0, np.inf),
        (once + yearly, None, None, short.get("money"), -np.inf, (case.budget + _HALF) / _CENTS),
        (-area, None, None, short.get("area"), -np.inf, (_HALF - case.needed) / _THOUSAND),
        (sparse.kron(new, group), None, None, None, -np.inf, most),
        (count, -by_year, None, None, 0, 0),
        (-sparse.kron(by_year, members), None, sparse.eye_array(widths[2]), None, -np.inf, 0),
    )
    limits = []
    for *parts, least, greatest in blocks:
        height = parts[0].shape[0]
        filled = [
            sparse.csr_array((height, width)) if part is None else part
            for part, width in zip(parts, widths, strict=True)
        ]
        if height:
            limits.append(LinearConstraint(sparse.hstack(filled, format="csr"), least, greatest))
    gain = np.concatenate([np.tile(alone, years), np.zeros(years), np.tile(weights, years)])
    scale = _SCALE_TO / max(float(gain.sum()), 1)
    cost = np.concatenate([-gain * scale * (not lacking), np.ones(widths[3])])
    when = np.arange(years)[:, None]
    lower, upper = np.zeros(ends[-1]), np.full(ends[-1], np.inf)
    lower[: ends[0]] = (when >= case.latest).ravel()
    upper[: ends[0]] = (when >= case.earliest).ravel()
    lower[ends[0] : ends[1]], upper[ends[0] : ends[1]] = _counts(case, lacking)
    upper[ends[1] : ends[2]] = 1
    options = {"time_limit": seconds, "mip_rel_gap": 0, "parallel": False}
    # Presolving would put the counts aside, on which the least money is decided.
    options["presolve"] = lacking != "money"
    with warnings.catch_warnings():
        # SciPy hands the option on to HiGHS and says so.
        warnings.filterwarnings("ignore", "Unrecognized options", RuntimeWarning)
        found: Any = milp(
            cost,
            integrality=column < ends[1],
            bounds=Bounds(lower, upper),
            constraints=limits,
            options=options,
        )
    opened = bound = None
    if found.x is not None:
        is_open = np.rint(found.x[: ends[0]]).astype(np.int64).reshape(years, points)
        opened = years - is_open.sum(axis=0)
    dual = found.mip_dual_bound
    if dual is not None and math.isfinite(dual):
        bound = math.floor(-dual / scale * (1 + PRECISION))
    return _Solved(opened, bound, found.status != _INFEASIBLE, found.status == 0)


def _counts(case: Case, lacking: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Bound how many points are open in each year, by the largest areas and the least costs."""
    points, years = len(case.area), case.years
    least, most = np.zeros(years, np.int64), np.full(years, points)
    if lacking != "area":
        largest = np.cumsum(np.sort(case.area)[::-1])
        least = np.minimum(np.searchsorted(largest, case.needed) + (case.needed > 0), points)
    if lacking != "money":
        cheapest, before = case.setup.min() + case.upkeep.min(axis=0), 0
        for year, cost in enumerate(np.maximum(cheapest, 1)):
            affordable = (case.budget[year] + case.setup.min() * before) // cost
            before = most[year] = min(points, affordable)
        # None closes again.
        most = np.minimum.accumulate(most[::-1])[::-1]
    return least, most


def _demand(
    case: Case,
) -> tuple[NDArray[np.int64], sparse.csr_array, NDArray[np.int64]]:
    """Join demand that the same points serve.

    Gives the weight that each point alone serves, shape (n,); then of every other set of points
    its members, shape (g, n), and the weight that they serve.
    """
    number = number_sets(case.serves.indptr, case.serves.indices)
    first = np.unique(number, return_index=True)[1]
    weight = np.bincount(number, case.weight).astype(np.int64)
    members = case.serves[first]
    size = np.diff(members.indptr)
    alone = np.where(size == 1, weight, 0) @ members
    several = (size > 1) & (weight > 0)
    return np.asarray(alone).astype(np.int64), members[several], weight[several]
