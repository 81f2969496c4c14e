"""The best set of points: a sparse mixed-integer programme that HiGHS solves, with a bound.

For demand i let s_i1 > s_i2 > … be the distinct savings and N_ik the candidates that save at least
s_ik.  With x_j = 1 where a point is put and z_ik = 1 where N_ik holds one::

    max  Σ_ik (s_ik − s_i,k+1) z_ik
    s.t. z_ik ≤ z_i,k−1 + Σ_{j saves exactly s_ik} x_j
         Σ_j x_j ≤ p,   x_j ∈ {0, 1},   0 ≤ z_ik ≤ 1

Maximal covering has one level for each demand, and this is Church and ReVelle's model.  For the
p-median it is the radius formulation (Cornuéjols, Nemhauser & Wolsey 1980; in this sparse form
Elloumi 2010).  Demand with the same candidates at the same levels is one demand of the summed
weight; levels that begin alike share their beginning.  One thread and the solver's own fixed seed:
the same model gives the same answer, unless the time limit cuts it short.

Where the p-median has no point that stays, only the nearest candidates of each place are looked at
first.  The weighted distance so found, with the limit in place of what lies beyond it, is never
above the true one; so if no place is farther from the set chosen than its limit, that set is the
best of all.  Else those limits are widened.

Without the solver, *greedy* takes always the point that gains most and reaches at least 1 − 1/e
(63 %) of the best gain: the worth of a set is submodular (Nemhauser, Wolsey & Fisher 1978).  A gain
never grows when points are added, so that only the candidates at the head of a queue of old gains
are computed anew (Minoux 1978).  The *interchange* swaps a chosen point for another as long as that
saves more (Teitz & Bart 1968).  The *relaxation* bounds models of any size, and leaves out
candidates that cannot help.  For any λ ≥ 0 and any set S of p candidates::

    Σ_i max_{j ∈ S} s_ij  ≤  Σ_i λ_i + Σ_{j ∈ S} ρ_j,   ρ_j = Σ_i max(s_ij − λ_i, 0)

because the largest saving of i is at most λ_i and what exceeds it.  The p largest ρ_j therefore
bound every set; and a candidate whose ρ_j is too small to lift that bound above a set already known
is in no better one.  The λ are found by the subgradient method (Held, Wolfe & Crowder 1974; for the
p-median Cornuéjols, Fisher & Nemhauser 1977); the last ones are rounded to whole numbers, so that
bound and exclusion hold exactly.
"""

from __future__ import annotations

import heapq
import math
import time
import warnings
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.sparse import csr_array
from scipy.spatial import KDTree

from vpvkac.analysis.sets import number_sets
from vpvkac.geo.geodesy import distance, to_planar
from vpvkac.questions.site.problem import (
    MILLIMETRES,
    distance_savings,
    distinct_candidates,
    nearest_of,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csc_array


_ROUNDS = 400
_STEP, _LEAST_STEP = 1.0, 0.002
# So many rounds without a lower bound halve the step.
_PATIENCE = 12
# How much of the last direction is kept, against going to and fro (Camerini, Fratta & Maffioli).
_MOMENTUM = 0.7


class Ranked(NamedTuple):
    """Candidates in the order of their gain, and what each adds to those before it."""

    chosen: list[int]
    gains: list[int]

    @property
    def worth(self) -> int:
        """What they save together."""
        return sum(self.gains)


def greedy(
    savings: csc_array,
    points: int,
    among: Iterable[int] | None = None,
    *,
    enough: int | None = None,
) -> Ranked:
    """Choose points one after the other, each with the greatest gain; ties go to the lower number.

    Fewer than `points` where no other gains anything, or `enough` is saved.  `savings` of shape
    (n, m) are those of `problem`; `among` are the candidates to choose from, all by default.
    """
    saved = np.zeros(savings.shape[0], np.int64)
    parts = [slice(*ends) for ends in pairwise(savings.indptr.tolist())]

    def gain(number: int) -> int:
        part = parts[number]
        return int(np.maximum(savings.data[part] - saved[savings.indices[part]], 0).sum())

    every = range(savings.shape[1]) if among is None else among
    queue = [(-gain(number), number) for number in every]
    heapq.heapify(queue)
    ranked = Ranked([], [])
    while queue and len(ranked.chosen) < points:
        if enough is not None and ranked.worth >= enough:
            break
        _, number = heapq.heappop(queue)
        now = (-gain(number), number)
        if queue and now > queue[0]:
            heapq.heappush(queue, now)
            continue
        if now[0] == 0:
            break
        rows = savings.indices[parts[number]]
        saved[rows] = np.maximum(saved[rows], savings.data[parts[number]])
        ranked.chosen.append(number)
        ranked.gains.append(-now[0])
    return ranked


def interchange(savings: csc_array, start: Ranked, seconds: float) -> Ranked:
    """Swap points until no swap saves more, or the time is up; every candidate saves something."""
    until = time.monotonic() + seconds
    chosen, unchanged, number = list(start.chosen), 0, 0
    while unchanged < len(chosen) and time.monotonic() < until:
        others = [one for one in chosen if one != chosen[number]]
        kept = savings[:, others].max(axis=1).toarray().ravel() if others else 0
        gains = _saved_above(savings, np.broadcast_to(kept, savings.shape[:1]))
        best = int(gains.argmax())
        is_better = gains[best] > gains[chosen[number]]
        if is_better:
            chosen[number] = best
        unchanged = 0 if is_better else unchanged + 1
        number = (number + 1) % len(chosen)
    return greedy(savings, len(chosen), among=sorted(chosen))


class Relaxed(NamedTuple):
    """What the relaxation gives: no set saves more than `bound`, `chosen` is the best it met.

    `kept` are the candidates, sorted, that a set better than every known one could hold.
    """

    bound: int
    chosen: NDArray[np.int64]
    kept: NDArray[np.int64]


def relax(savings: csc_array, points: int, seconds: float, known: int) -> Relaxed:
    """Bound what so many points can save, of at least as many candidates that save something.

    `known` is what a known set saves.
    """
    until = time.monotonic() + seconds
    multipliers = lowest = direction = np.zeros(savings.shape[0])
    least, step, waited = np.inf, _STEP, 0
    best_met = np.empty(0, np.int64)
    for _ in range(_ROUNDS):
        worth = _saved_above(savings, multipliers)
        chosen = np.argpartition(worth, len(worth) - points)[len(worth) - points :]
        part = savings[:, chosen]
        bound = float(multipliers.sum() + worth[chosen].sum())
        waited += 1
        if bound < least:
            least, lowest, waited = bound, multipliers, 0
        if (saved := int(part.max(axis=1).sum())) > known:
            known, best_met = saved, chosen
        if waited > _PATIENCE:
            step, multipliers, waited = step / 2, lowest, 0
            direction = np.zeros(savings.shape[0])
            continue
        # How many of those chosen save more than the multiplier of each demand; of a multiplier
        # that is 0 already nothing can be taken.
        over = part.data > multipliers[part.indices]
        times = np.bincount(part.indices[over], minlength=savings.shape[0])
        direction = np.where(multipliers > 0, 1.0, 0.0) - times + _MOMENTUM * direction
        square = float(direction @ direction)
        is_done = bound - known < 1 or square == 0 or step < _LEAST_STEP
        if is_done or time.monotonic() > until:
            break
        multipliers = np.maximum(multipliers - step * (bound - known) / square * direction, 0)
    whole = np.rint(lowest).astype(np.int64)
    worth = _saved_above(savings, whole)
    best = np.sort(worth)[::-1][:points]
    bound = int(whole.sum() + best.sum())
    # A set with candidate j holds at best j and the points - 1 best others.
    with_it = bound - np.maximum(best[-1] - worth, 0)
    return Relaxed(bound, np.sort(best_met), np.flatnonzero(with_it > known))


def _saved_above(savings: csc_array, multipliers: NDArray[np.generic]) -> NDArray[np.generic]:
    """Sum what each candidate saves above the multipliers; shape (m,)."""
    over = np.maximum(savings.data - multipliers[savings.indices], 0)
    return np.add.reduceat(over, savings.indptr[:-1])


# To this share of itself the solver's bound is sure, in doubles.  Of less than 500 million
# residents that is less than one: a proof for whole numbers.
_PRECISION = 1e-9
# From so many nodes on the relaxation comes before the solver, and leaves out what it can; of so
# many the solver would not keep its time limit.
_LARGE, _TOO_LARGE = 50_000, 300_000
# The solver works best with numbers of this size.
_SCALE_TO = 1e6
_ROOT = -1
# So many candidates a place of the p-median looks at first.
_FIRST_LOOK = 16
# A limit beyond every candidate: a planar distance differs from the geodesic by less.
_BEYOND = 1.01


class Solution(NamedTuple):
    """Points in the order of their gain, whether no other set is better (proven), and the gap.

    The gap: by how much the best may be better, as a share of the bound of what is saved; for a
    target, as a share of the points.
    """

    ranked: Ranked
    optimal: bool
    gap: float


class Solutions(NamedTuple):
    """The best solution found, and the greedy one."""

    exact: Solution
    greedy: Solution


def save_most(savings: csc_array, points: int, seconds: float) -> Solutions:
    """Choose so many points that save most."""
    simple = greedy(savings, points)
    best = solve(savings, points, seconds, simple)
    bound = best.ranked.worth if best.optimal else best.bound

    def rated(ranked: Ranked) -> Solution:
        missing = bound - ranked.worth
        return Solution(ranked, missing == 0, missing / bound if bound else 0.0)

    return Solutions(rated(best.ranked), rated(simple))


def choose_fewest(savings: csc_array, enough: int, seconds: float) -> Solutions:
    """Choose as few points as save enough; of such sets the one that saves most.

    The greedy answer tells how many points are enough; one fewer is tried until the best set of
    so many is proven not to be.  All candidates together have to save `enough`.
    """
    until = time.monotonic() + seconds
    simple = greedy(savings, savings.shape[1], enough=enough)
    count, best, least = len(simple.chosen), None, 0
    while count > least:
        first = Ranked(simple.chosen[: count - 1], simple.gains[: count - 1])
        fewer = solve(savings, count - 1, until - time.monotonic(), first)
        if fewer.ranked.worth >= enough:
            best, count = fewer, len(fewer.ranked.chosen)
            continue
        # What candidates save each alone bounds how many are surely needed.
        surely = np.searchsorted(np.cumsum(_saved_alone(savings)), enough) + 1
        least = count if fewer.bound < enough else int(surely)
        break
    if best is None:
        best = solve(savings, count, until - time.monotonic(), simple)

    def rated(ranked: Ranked) -> Solution:
        count = len(ranked.chosen)
        return Solution(ranked, count == least, (count - least) / count if count else 0.0)

    return Solutions(rated(best.ranked), rated(simple))


class Best(NamedTuple):
    """The best set found, and a bound that no set surpasses."""

    ranked: Ranked
    bound: int

    @property
    def optimal(self) -> bool:
        """Whether the set is proven to be a best one."""
        return self.bound - self.ranked.worth <= 2 * _PRECISION * self.bound


def solve(savings: csc_array, points: int, seconds: float, start: Ranked) -> Best:
    """Find the set of at most so many points that saves most, in the order of their gain.

    `start` is a set already known, given back where the solver finds no better one.  The bound is
    above the worth where the time limit came before the proof.
    """
    until = time.monotonic() + seconds
    bound = simple_bound(savings, points)
    if start.worth >= bound or seconds <= 0:
        return Best(start, bound)

    def better(known: Ranked, chosen: NDArray[np.int64]) -> Ranked:
        other = greedy(savings, points, among=chosen.tolist())
        return max(known, other, key=lambda one: one.worth)

    kept = distinct_candidates(savings)
    model = Model.of(savings[:, kept])
    if model.rows.shape[0] > _LARGE and len(kept) > points:
        differing = savings[:, kept]
        swapped = interchange(differing, greedy(differing, points), seconds / 4)
        start = better(start, kept[swapped.chosen])
        relaxed = relax(differing, points, seconds / 4, start.worth)
        start = better(start, kept[relaxed.chosen])
        bound, kept = min(bound, relaxed.bound), kept[relaxed.kept]
        model = Model.of(savings[:, kept])
    left = until - time.monotonic()
    if start.worth >= bound or left <= 0 or model.rows.shape[0] > _TOO_LARGE:
        return Best(start, bound)
    chosen, proven = model.run_highs(points, left)
    if proven is not None:
        # What the relaxation leaves out is in no better set than the one known.
        bound = min(bound, max(proven, start.worth))
    return Best(better(start, kept[chosen]), bound)


def simple_bound(savings: csc_array, points: int) -> int:
    """Bound the worth without a solver: what all save, and what the best save each alone."""
    return int(min(_saved_alone(savings)[:points].sum(), saved_by_all(savings)))


def saved_by_all(savings: csc_array) -> int:
    """Give what all candidates save together."""
    return int(savings.max(axis=1).sum()) if savings.nnz else 0


def _saved_alone(savings: csc_array) -> NDArray[np.int64]:
    """Give what each candidate saves alone, the most first; shape (m,)."""
    return np.sort(np.asarray(savings.sum(axis=0)))[::-1]


class Model(NamedTuple):
    """A programme in the columns (x, z), of which the candidates' x come first.

    `worth` is what each column saves, int64; the constraints are ``rows @ (x, z) <= 0``.
    """

    candidates: int
    worth: NDArray[np.int64]
    rows: csr_array

    @classmethod
    def of(cls, savings: csc_array) -> Model:
        """Make the programme of a table of savings, shape (n, m)."""
        # Levels of all demands, one after the other, the highest of each first.
        entries = savings.tocoo()
        order = np.lexsort((entries.col, -entries.data, entries.row))
        row, saved = entries.row[order], entries.data[order]
        first = _changes(row)
        begins = np.flatnonzero(first | _changes(saved))
        first, saved = first[begins], saved[begins]
        # How much more each saves than the next lower one.
        step = saved - np.where(np.append(first[1:], True), 0, np.append(saved[1:], 0))
        starts = np.append(begins, len(row))
        members = entries.col[order].astype(np.int64)
        node, parent, level = _nodes(first, number_sets(starts, members))
        worth = np.zeros(savings.shape[1] + len(level), np.int64)
        np.add.at(worth, savings.shape[1] + node, step)
        # No node is reached unless the node above is, or a candidate of its level is chosen.
        sizes = np.diff(starts)[level]
        reached = np.repeat(np.arange(len(level)), sizes)
        within = np.arange(len(reached)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        below, itself = np.flatnonzero(parent != _ROOT), np.arange(len(level))
        nodes = savings.shape[1] + np.concatenate([parent[below], itself])
        columns = np.concatenate([members[starts[level][reached] + within], nodes])
        values = np.concatenate([-np.ones(len(reached) + len(below)), np.ones(len(level))])
        ends = values, (np.concatenate([reached, below, itself]), columns)
        return cls(savings.shape[1], worth, csr_array(ends, shape=(len(level), len(worth))))

    def run_highs(self, points: int, seconds: float) -> tuple[NDArray[np.int64], int | None]:
        """Solve it: the candidates chosen, and the bound that is proven, None without one."""
        # Here, for most of the program never optimises, and it takes long to load.
        from scipy.optimize import Bounds, LinearConstraint, milp

        scale = _SCALE_TO / max(float(self.worth.sum()), 1)
        integer = np.arange(len(self.worth)) < self.candidates
        count = csr_array(integer[None, :].astype(float))
        limits = [
            LinearConstraint(self.rows, -np.inf, 0),
            LinearConstraint(count, -np.inf, points),
        ]
        options = {"time_limit": seconds, "mip_rel_gap": 0, "parallel": False}
        with warnings.catch_warnings():
            # SciPy hands the option on to HiGHS and says so.
            warnings.filterwarnings("ignore", "Unrecognized options", RuntimeWarning)
            solved: Any = milp(
                -self.worth * scale,
                integrality=integer,
                bounds=Bounds(0, 1),
                constraints=limits,
                options=options,
            )
        values = np.zeros(self.candidates) if solved.x is None else solved.x[: self.candidates]
        dual = solved.mip_dual_bound
        is_bound = dual is not None and math.isfinite(dual)
        bound = math.floor(-dual / scale * (1 + _PRECISION)) if is_bound else None
        return np.flatnonzero(np.round(values)), bound


def _changes(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell where a value differs from the one before; the first does."""
    return np.concatenate([np.ones(min(len(values), 1), bool), values[1:] != values[:-1]])


def _nodes(
    first: NDArray[np.bool_], number: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Make one node of the levels of the same candidates under the same node.

    Of each level its node; of each node the next higher one, and one of its levels.
    """
    kinds, position = int(number.max(initial=-1)) + 1, np.arange(len(number))
    depth = position - np.maximum.accumulate(np.where(first, position, 0))
    node = np.full(len(number), _ROOT, np.int64)
    parents, of_level = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    known = 0
    for deep in range(int(depth.max(initial=-1)) + 1):
        here = np.flatnonzero(depth == deep)
        parent = node[here - 1] if deep else np.full(len(here), _ROOT, np.int64)
        under = (parent + 1) * kinds + number[here]
        _, met, same = np.unique(under, return_index=True, return_inverse=True)
        node[here] = known + same
        parents.append(parent[met])
        of_level.append(here[met])
        known += len(met)
    return node, np.concatenate(parents), np.concatenate(of_level)


def solve_median(
    demand: pd.DataFrame, candidates: pd.DataFrame, points: int, seconds: float
) -> Solutions:
    """Choose points where none stays; gaps are shares of the weighted distance."""
    until = time.monotonic() + seconds
    weight = demand["weight"].to_numpy(np.int64)

    def away(ranked: Ranked) -> NDArray[np.float64]:
        """Measure to the nearest point chosen; shape (n,)."""
        return nearest_of(demand, candidates.iloc[ranked.chosen]).distance_m

    tree = KDTree(np.column_stack(to_planar(candidates["lat"], candidates["lon"])))
    origins = np.column_stack(to_planar(demand["lat"], demand["lon"]))
    look = np.full(len(demand), max(_FIRST_LOOK, 4 * tree.n // points))
    limits, whole = _limits(tree, origins, look)
    while True:
        savings = distance_savings(demand, candidates, limits)
        exact, simple = save_most(savings, points, until - time.monotonic())
        short = (away(exact.ranked) > limits) & ~whole
        if not short.any() or time.monotonic() > until:
            break
        look[short] *= 2
        limits[short], whole[short] = _limits(tree, origins[short], look[short])
    cost = float(weight @ away(exact.ranked))
    if exact.optimal and not short.any():
        least = cost
    else:
        saved = exact.ranked.worth
        most = saved if exact.optimal else round(saved / (1 - exact.gap))
        least = float(weight @ limits) - most / MILLIMETRES

    def rated(ranked: Ranked) -> Solution:
        """Order the points chosen by what they save from the farthest of them on."""
        cost = float(weight @ away(ranked))
        numbers = sorted(ranked.chosen)
        chosen = candidates.iloc[numbers]
        again = greedy(distance_savings(demand, chosen, limit_beyond(demand, chosen)), len(numbers))
        ordered = Ranked([numbers[number] for number in again.chosen], again.gains)
        return Solution(ordered, cost <= least, max(cost - least, 0.0) / cost if cost else 0.0)

    return Solutions(rated(exact.ranked), rated(simple.ranked))


def limit_beyond(demand: pd.DataFrame, chosen: pd.DataFrame) -> NDArray[np.float64]:
    """Give a limit beyond every point chosen, metres, shape (n,).

    Where no point stays, it is from there that the points chosen bring nearer.
    """
    away = [
        distance(demand["lat"], demand["lon"], np.full(len(demand), lat), np.full(len(demand), lon))
        for lat, lon in chosen[["lat", "lon"]].itertuples(index=False)
    ]
    return np.asarray(np.ceil(np.max(away, axis=0, initial=0)) + 1)


def _limits(
    tree: KDTree, origins: NDArray[np.float64], look: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Tell how far each place looks for candidates, to the millimetre, and whether beyond all."""
    metres, whole = np.zeros(len(look)), look >= tree.n
    for wide in np.unique(look):
        here = look == wide
        metres[here] = tree.query(origins[here], k=[min(wide, tree.n)])[0][:, 0]
    beyond = np.where(whole, _BEYOND * metres + 1, metres)
    return np.ceil(beyond * MILLIMETRES) / MILLIMETRES, whole
