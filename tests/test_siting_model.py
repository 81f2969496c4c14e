"""The best set of points equals that of every set tried, and of spopt's own models."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from scipy.sparse import csc_array

from vpvkac.analysis.sets import number_sets
from vpvkac.questions.site import solver
from vpvkac.questions.site.problem import (
    cover_savings,
    distance_savings,
    distinct_candidates,
    is_covered,
)
from vpvkac.questions.site.solver import (
    choose_fewest,
    greedy,
    interchange,
    relax,
    save_most,
    simple_bound,
    solve,
    solve_median,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

PYPROJ = Geod(ellps="GRS80")
MANY = settings(max_examples=120, deadline=None)


@st.composite
def tables(draw: st.DrawFn) -> NDArray[np.int64]:
    """Draw what up to 7 candidates save for up to 8 places; many zeros, many ties."""
    shape = draw(st.integers(1, 8)), draw(st.integers(1, 7))
    values = st.sampled_from([0, 0, 0, 1, 1, 2, 3, 5, 8, 1000])
    cells = draw(st.lists(values, min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    return np.array(cells, np.int64).reshape(shape)


def worth(table: NDArray[np.int64], chosen: tuple[int, ...] | list[int]) -> int:
    return int(table[:, list(chosen)].max(axis=1, initial=0).sum())


def most(table: NDArray[np.int64], points: int) -> int:
    sets = combinations(range(table.shape[1]), min(points, table.shape[1]))
    return max(worth(table, chosen) for chosen in sets)


@MANY
@given(tables(), st.integers(1, 7))
def test_no_set_of_so_many_points_saves_more(table: NDArray[np.int64], points: int) -> None:
    answers = save_most(csc_array(table), points, 60)
    exact, simple = answers
    assert exact.ranked.worth == worth(table, exact.ranked.chosen) == most(table, points)
    assert exact.optimal
    assert exact.gap == 0
    assert len(exact.ranked.chosen) <= points
    assert simple.ranked.worth == worth(table, simple.ranked.chosen)
    assert simple.optimal == (simple.ranked.worth == exact.ranked.worth)
    missing = exact.ranked.worth - simple.ranked.worth
    assert simple.gap * max(exact.ranked.worth, 1) == pytest.approx(missing)
    # Each gains something, and the first gain most.
    assert all(gain > 0 for gain in exact.ranked.gains)
    assert exact.ranked.gains == sorted(exact.ranked.gains, reverse=True)
    # Nemhauser, Wolsey & Fisher 1978.
    assert simple.ranked.worth >= (1 - 1 / np.e) * exact.ranked.worth - 1e-9


@MANY
@given(tables(), st.integers(1, 100))
def test_no_fewer_points_are_enough(table: NDArray[np.int64], share: int) -> None:
    whole = worth(table, tuple(range(table.shape[1])))
    enough = -(-whole * share // 100)
    answers = choose_fewest(csc_array(table), enough, 60)
    count = len(answers.exact.ranked.chosen)
    assert answers.exact.ranked.worth >= enough
    assert answers.exact.optimal
    assert answers.exact.gap == 0
    assert count == 0 or most(table, count - 1) < enough
    # Of the sets of so many the one that saves most.
    assert answers.exact.ranked.worth == (most(table, count) if count else 0)
    assert answers.greedy.ranked.worth >= enough
    assert answers.greedy.optimal == (len(answers.greedy.ranked.chosen) == count)


@MANY
@given(tables())
def test_a_greedy_point_is_the_best_next_one(table: NDArray[np.int64]) -> None:
    ranked = greedy(csc_array(table), table.shape[1])
    for count, gain in enumerate(ranked.gains):
        before = ranked.chosen[:count]
        gains = [worth(table, [*before, j]) - worth(table, before) for j in range(table.shape[1])]
        assert gain == max(gains)
        assert ranked.chosen[count] == gains.index(gain)
    assert ranked.worth == worth(table, tuple(range(table.shape[1])))


@MANY
@given(tables())
def test_of_candidates_that_save_the_same_the_first_is_kept(table: NDArray[np.int64]) -> None:
    columns = [tuple(column) for column in table.T]
    kept = [
        number
        for number, column in enumerate(columns)
        if any(column) and column not in columns[:number]
    ]
    assert distinct_candidates(csc_array(table)).tolist() == kept


@given(st.lists(st.sets(st.integers(0, 6)), max_size=12))
def test_sets_have_the_same_number_only_if_they_are_equal(sets: list[set[int]]) -> None:
    starts = np.cumsum([0, *map(len, sets)])
    members = np.array([member for one in sets for member in sorted(one)], np.int64)
    number = number_sets(starts, members)
    for i, j in combinations(range(len(sets)), 2):
        assert (number[i] == number[j]) == (sets[i] == sets[j])


def test_without_time_the_bound_holds_and_the_gap_is_told() -> None:
    # Three circles that share a place two by two: any two cover 5 of the 6.
    table = np.zeros((6, 3), np.int64)
    for candidate, covered in enumerate([(0, 1, 2), (2, 3, 4), (4, 5, 0)]):
        table[list(covered), candidate] = 1
    savings = csc_array(table)
    assert simple_bound(savings, 2) == 6
    assert not solve(savings, 2, 0, greedy(savings, 1)).optimal
    answer = save_most(savings, 2, 0).exact
    assert answer.ranked.worth == 5
    assert not answer.optimal
    assert answer.gap == pytest.approx(1 / 6)
    assert save_most(savings, 2, 60).exact.optimal


# --- On the ellipsoid ---------------------------------------------------------------------------


def scattered(count: int, seed: int) -> pd.DataFrame:
    """Scatter places over 90 km, in and around six towns."""
    random = np.random.default_rng(seed)
    towns = random.uniform([56.5, 24.0], [57.3, 25.5], (6, 2))
    spread = random.normal(0, [0.09, 0.16], (count, 2))
    lat, lon = (towns[random.integers(0, 6, count)] + spread).round(7).T
    weight = random.integers(1, 400, count)
    return pd.DataFrame({"lat": lat, "lon": lon, "weight": weight})


def apart(demand: pd.DataFrame, points: pd.DataFrame) -> NDArray[np.float64]:
    """Measure every pair with pyproj; shape (demand, points)."""
    to_lat, lat = np.meshgrid(points["lat"], demand["lat"])
    to_lon, lon = np.meshgrid(points["lon"], demand["lon"])
    return np.asarray(np.round(PYPROJ.inv(lon, lat, to_lon, to_lat)[2], 3))


def by_spopt(model: Any, **more: Any) -> float:
    """Solve one of spopt's models by CBC; its objective."""
    import pulp

    built = model.from_cost_matrix(**more)
    solved = built.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0))
    return float(solved.problem.objective.value())


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("points", [3, 9])
@pytest.mark.filterwarnings("ignore::DeprecationWarning:pulp", "ignore::DeprecationWarning:spopt")
def test_maximal_covering_is_that_of_spopt(seed: int, points: int) -> None:
    from spopt.locate import MCLP

    demand, locked, free = scattered(160, seed), scattered(6, seed + 50), scattered(45, seed + 90)
    already = is_covered(locked, demand, 6000)
    savings = cover_savings(demand, free, already, 6000)
    answer = save_most(savings, points, 60).exact
    assert answer.optimal
    every = pd.concat([locked, free], ignore_index=True)
    theirs = by_spopt(
        MCLP,
        cost_matrix=apart(demand, every),
        weights=demand["weight"].to_numpy(),
        service_radius=6000,
        p_facilities=len(locked) + points,
        predefined_facilities_arr=np.arange(len(every)) < len(locked),
    )
    assert demand["weight"][already].sum() + answer.ranked.worth == round(theirs)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("points", [1, 6])
@pytest.mark.filterwarnings("ignore::DeprecationWarning:pulp", "ignore::DeprecationWarning:spopt")
def test_the_p_median_is_that_of_spopt(seed: int, points: int) -> None:
    from spopt.locate import PMedian

    demand, locked, free = scattered(70, seed), scattered(4, seed + 50), scattered(25, seed + 90)
    limit = apart(demand, locked).min(axis=1)
    answer = save_most(distance_savings(demand, free, limit), points, 60).exact
    assert answer.optimal
    every = pd.concat([locked, free], ignore_index=True)
    theirs = by_spopt(
        PMedian,
        cost_matrix=apart(demand, every),
        weights=demand["weight"].to_numpy(),
        p_facilities=len(locked) + points,
        predefined_facilities_arr=np.arange(len(every)) < len(locked),
    )
    ours = demand["weight"] @ limit - answer.ranked.worth / 1000
    assert ours == pytest.approx(theirs, abs=0.01)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("points", [1, 2, 3])
def test_the_p_median_without_points_that_stay_is_the_least_of_all(seed: int, points: int) -> None:
    demand, free = scattered(60, seed), scattered(40, seed + 90)
    answers = solve_median(demand, free, points, 60)
    weight, away = demand["weight"].to_numpy(), apart(demand, free)
    costs = {
        chosen: weight @ away[:, list(chosen)].min(axis=1)
        for chosen in combinations(range(len(free)), points)
    }
    assert answers.exact.optimal
    chosen = tuple(sorted(answers.exact.ranked.chosen))
    assert costs[chosen] == pytest.approx(min(costs.values()), abs=0.01)
    simple = costs[tuple(sorted(answers.greedy.ranked.chosen))]
    assert answers.greedy.gap == pytest.approx((simple - min(costs.values())) / simple)


@pytest.mark.parametrize("seed", range(5))
def test_savings_are_those_of_every_pair(seed: int) -> None:
    demand, locked, free = scattered(80, seed), scattered(5, seed + 50), scattered(30, seed + 90)
    away, limit = apart(demand, free), apart(demand, locked).min(axis=1)
    weight = demand["weight"].to_numpy()[:, None]
    already = is_covered(locked, demand, 5000)
    assert (already == (limit <= 5000)).all()
    within = (away <= 5000) & ~already[:, None]
    assert (cover_savings(demand, free, already, 5000).toarray() == weight * within).all()
    nearer = np.maximum(np.rint(limit[:, None] * 1000) - np.rint(away * 1000), 0)
    assert (distance_savings(demand, free, limit).toarray() == weight * nearer).all()


def test_demand_exactly_at_the_radius_is_covered() -> None:
    demand, free = scattered(1, 4), scattered(1, 5)
    radius = float(apart(demand, free)[0, 0])
    nobody = np.array([False])
    assert cover_savings(demand, free, nobody, radius).sum() == demand["weight"].sum()
    assert cover_savings(demand, free, nobody, radius - 0.001).sum() == 0


# --- What a model too large for the solver rests on ---------------------------------------------


@MANY
@given(tables(), st.integers(1, 6))
def test_the_relaxation_bounds_every_set_and_keeps_every_better_candidate(
    table: NDArray[np.int64], points: int
) -> None:
    table = table[:, distinct_candidates(csc_array(table))]
    if table.shape[1] < points:
        return
    simple = greedy(csc_array(table), points)
    known = simple.worth
    relaxed = relax(csc_array(table), points, 60, known)
    assert relaxed.bound >= most(table, points)
    known = max(known, worth(table, relaxed.chosen.tolist()))
    for chosen in combinations(range(table.shape[1]), points):
        if worth(table, chosen) > known:
            assert set(chosen) <= set(relaxed.kept.tolist())


@MANY
@given(tables(), st.integers(1, 6))
def test_after_the_interchange_no_swap_saves_more(table: NDArray[np.int64], points: int) -> None:
    table = table[:, distinct_candidates(csc_array(table))]
    if table.shape[1] == 0:
        return
    savings = csc_array(table)
    simple = greedy(savings, points)
    swapped = interchange(savings, simple, 60)
    assert simple.worth <= swapped.worth == worth(table, swapped.chosen)
    for out in swapped.chosen:
        rest = [one for one in swapped.chosen if one != out]
        assert all(worth(table, [*rest, j]) <= swapped.worth for j in range(table.shape[1]))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_large_model_is_solved_as_a_small_one(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The relaxation, the interchange and what they leave out change no best answer."""
    demand, locked, free = scattered(300, seed), scattered(6, seed + 50), scattered(60, seed + 90)
    limit = apart(demand, locked).min(axis=1)
    savings = distance_savings(demand, free, limit)
    small = save_most(savings, 5, 60).exact
    monkeypatch.setattr(solver, "_LARGE", 0)
    large = save_most(savings, 5, 60).exact
    assert small.optimal
    assert large.optimal
    assert large.ranked.worth == small.ranked.worth
    monkeypatch.setattr(solver, "_TOO_LARGE", -1)
    unproven = save_most(savings, 5, 60).exact
    bound = unproven.ranked.worth / (1 - unproven.gap)
    assert unproven.ranked.worth <= small.ranked.worth <= bound * (1 + 1e-9)
    assert unproven.gap < 0.05
