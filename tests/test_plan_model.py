"""The order of openings equals the best of every order tried, and what CBC finds."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from vpvkac.analysis.plan import PRECISION, Case, greedy, in_order, least_area, least_money, solve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MANY = settings(max_examples=80, deadline=None)


def case_of(  # noqa: PLR0913, PLR0917 - the parts of a case
    weight: Any, serves: Any, area: Any, setup: Any, upkeep: Any, budget: Any, needed: Any,
    *, group: Any = None, earliest: Any = None, latest: Any = None, most: int | None = None,
) -> Case:  # fmt: skip
    """Make a case; upkeep is by point, and by year or the same in each."""
    points, years = len(area), len(budget)

    def whole(given: Any, usual: int = 0) -> NDArray[np.int64]:
        return np.full(points, usual) if given is None else np.array(given, np.int64)

    by_year = np.array(upkeep, np.int64)
    if by_year.ndim == 1:
        by_year = np.repeat(by_year[:, None], years, axis=1)
    return Case(
        np.array(weight, np.int64), sparse.csr_array(np.array(serves, np.int64)), whole(area),
        whole(setup), whole(group), by_year, np.array(budget, np.int64),
        np.array(needed, np.int64), whole(earliest), whole(latest, years), most,
    )  # fmt: skip


class Tried(NamedTuple):
    """What one order does, reckoned one point, year and place at a time."""

    served: int
    too_dear: int
    too_small: int
    allowed: bool


def tried(case: Case, opened: Sequence[int]) -> Tried:
    serves = case.serves.toarray()
    served = too_dear = too_small = 0
    allowed = True
    for year in range(case.years):
        there = [point for point, when in enumerate(opened) if when <= year]
        new = [point for point in there if opened[point] == year]
        spent = sum(case.setup[p] for p in new) + sum(case.upkeep[p, year] for p in there)
        too_dear += max(int(spent - case.budget[year]), 0)
        too_small += max(int(case.needed[year] - sum(case.area[p] for p in there)), 0)
        for place, weight in enumerate(case.weight):
            served += int(weight) * any(serves[place, point] for point in there)
        of_group = [sum(case.group[p] == one for p in new) for one in set(case.group)]
        allowed &= case.most is None or max(of_group, default=0) <= case.most
    for point, when in enumerate(opened):
        allowed &= case.earliest[point] <= when <= case.latest[point]
    return Tried(served, too_dear, too_small, bool(allowed))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw up to 4 points, 3 years and 4 places, with ties, tight money and odd rules."""
    points, years, places = (draw(st.integers(1, most)) for most in (4, 3, 4))

    def several(values: Any, *shape: int) -> Any:
        size = int(np.prod(shape))
        return np.array(draw(st.lists(values, min_size=size, max_size=size))).reshape(shape)

    earliest = several(st.sampled_from([0, 0, 0, 1, years]), points)
    latest = np.maximum(earliest, several(st.sampled_from([years, years, years, 1]), points))
    return case_of(
        several(st.sampled_from([0, 1, 2, 5, 100]), places),
        several(st.sampled_from([0, 0, 1]), places, points),
        several(st.integers(0, 9), points),
        several(st.sampled_from([1, 3, 3, 4]), points),
        several(st.sampled_from([0, 1, 1, 2]), points, years),
        several(st.integers(0, 14), years),
        several(st.sampled_from([0, 0, 0, 5, 12]), years),
        group=several(st.integers(0, 1), points),
        earliest=np.minimum(earliest, years), latest=np.minimum(latest, years),
        most=draw(st.sampled_from([None, 1, 2])),
    )  # fmt: skip


@MANY
@given(cases())
def test_no_order_that_is_allowed_serves_more(case: Case) -> None:
    every = [
        tried(case, opened) for opened in product(range(case.years + 1), repeat=len(case.area))
    ]
    kept = [one for one in every if one.allowed]
    possible = [one.served for one in kept if not one.too_dear and not one.too_small]
    best = solve(case, 60)
    assert (best.opened is not None) == best.is_possible == bool(possible)
    if best.opened is not None:
        found = tried(case, best.opened.tolist())
        assert found == Tried(max(possible), 0, 0, allowed=True)
        assert best.bound == max(possible)
        order = in_order(case, best.opened)
        assert (order.opened(case) == best.opened).all()
        assert int((order.gain * (case.years - order.year)).sum()) == max(possible)
    # What is missing: of money with all targets held, of area with all money kept.
    money, area = least_money(case, 60), least_area(case, 60)
    least = min((one.too_dear for one in kept if not one.too_small), default=None)
    assert (None if money is None else int(money.missing.sum())) == least
    least = min((one.too_small for one in kept if not one.too_dear), default=None)
    assert (None if area is None else int(area.missing.sum())) == least


@MANY
@given(cases())
def test_the_greedy_order_keeps_to_money_and_opens_what_gains_most(case: Case) -> None:
    opened = greedy(case).opened(case)
    found, serves = tried(case, opened.tolist()), case.serves.toarray()
    # Only what must open may be too dear, or too much for a municipality.
    forced = np.where(case.latest < case.years, case.latest, case.years)
    alone = tried(case, forced.tolist())
    assert found.too_dear == alone.too_dear
    assert found.allowed or not alone.allowed
    left = case.weight.copy()
    for point, gain in zip(greedy(case).point, greedy(case).gain, strict=True):
        assert gain == left[serves[:, point] > 0].sum()
        left[serves[:, point] > 0] = 0


@pytest.mark.parametrize("seed", range(4))
def test_of_the_16_million_orders_of_12_units_in_3_years_none_serves_more(seed: int) -> None:
    random = np.random.default_rng(seed)
    weight, area = random.integers(100, 5000, 12), random.integers(10, 400, 12)
    setup, upkeep = random.integers(40, 47, 12), random.integers(12, 16, 12)
    group = random.integers(0, 4, 12)
    budget, needed = np.array([190, 260, 330]), np.array([0, int(area.sum() * 0.62), 0])
    best = solve(
        case_of(weight, np.eye(12), area, setup, upkeep, budget, needed, group=group, most=2), 60
    )
    # What each year costs, opens and serves, and what each municipality opens, adds up from halves.
    halves = []
    for units in (range(6), range(6, 12)):
        sums = []
        for years in product(range(4), repeat=6):
            line = np.zeros((3, 7), np.int64)
            for unit, opens in zip(units, years, strict=True):
                if opens < 3:
                    line[opens, 0] += setup[unit]
                    line[opens, 3 + group[unit]] += 1
                line[opens:, 0] += upkeep[unit]
                line[opens:, 1] += area[unit]
                line[opens:, 2] += weight[unit]
            sums.append(line)
        half = np.array(sums)
        # A half that is not allowed alone is not with another.
        allowed = (half[:, :, 0] <= budget).all(axis=1) & (half[:, :, 3:] <= 2).all(axis=(1, 2))
        halves.append(half[allowed])
    most = 0
    served = halves[1][:, :, 2].sum(axis=1)
    for first in halves[0]:
        every = first + halves[1][first[:, 2].sum() + served > most]
        allowed = (every[:, :, 0] <= budget).all(axis=1) & (every[:, :, 1] >= needed).all(axis=1)
        allowed &= (every[:, :, 3:] <= 2).all(axis=(1, 2))
        most = max(most, int(every[allowed, :, 2].sum(axis=1).max(initial=0)))
    assert best.opened is not None
    assert most > 0
    assert best.bound == most


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pulp")
@pytest.mark.parametrize("seed", range(2))
def test_cbc_finds_the_same_on_a_middle_case(seed: int) -> None:
    pulp = pytest.importorskip("pulp")
    random = np.random.default_rng(seed)
    points, places, years = 40, 120, 4
    at, of = random.random((points, 2)), random.random((places, 2))
    serves = np.hypot(*(of[:, None] - at).transpose(2, 0, 1)) < 0.16
    weight, area = random.integers(1, 900, places), random.integers(1, 300, points)
    group, budget = random.integers(0, 6, points), [40, 50, 45, 60]
    needed = [0, int(area.sum() * 0.45), 0, int(area.sum() * 0.6)]
    setup, upkeep = np.full(points, 4), random.integers(1, 3, points)
    case = case_of(weight, serves, area, setup, upkeep, budget, needed, group=group, most=2)
    best = solve(case, 60)
    model = pulp.LpProblem("plan", pulp.LpMaximize)
    x = pulp.LpVariable.dicts("x", (range(points), range(years)), cat="Binary")
    y = pulp.LpVariable.dicts("y", (range(places), range(years)), 0, 1)
    model += pulp.lpSum(int(weight[i]) * y[i][t] for i in range(places) for t in range(years))
    new = [[x[j][t] - (x[j][t - 1] if t else 0) for t in range(years)] for j in range(points)]
    for t in range(years):
        model += (
            pulp.lpSum(4 * new[j][t] + int(upkeep[j]) * x[j][t] for j in range(points))
            <= (budget[t])
        )
        model += pulp.lpSum(int(area[j]) * x[j][t] for j in range(points)) >= needed[t]
        for one in set(group.tolist()):
            model += pulp.lpSum(new[j][t] for j in range(points) if group[j] == one) <= 2
        for j in range(points):
            model += new[j][t] >= 0
        for i in range(places):
            model += y[i][t] <= pulp.lpSum(x[j][t] for j in np.flatnonzero(serves[i]).tolist())
    model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0))
    value = round(pulp.value(model.objective))
    assert best.opened is not None
    assert tried(case, best.opened.tolist()) == Tried(value, 0, 0, allowed=True)
    assert best.bound - value <= PRECISION * value
