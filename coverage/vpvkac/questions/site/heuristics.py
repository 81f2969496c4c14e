"""Sets found without a solver, and a bound: greedy, interchange, Lagrangian relaxation.

Greedy takes always the point that gains most; easy to explain, seldom far
from the best.  It reaches at least 1 − 1/e (63 %) of the best gain: the worth
of a set of points is submodular (Nemhauser, Wolsey & Fisher 1978).  A gain
never grows when points are added, so that only the candidates at the head of
a queue of old gains are computed anew (Minoux 1978).

The interchange swaps a chosen point for another as long as that saves more
(Teitz & Bart 1968); it makes the greedy answer better where the model is too
large to be solved.

The relaxation bounds models of any size, and leaves out candidates that
cannot help.  For any λ ≥ 0 and any set S of p candidates::

    Σ_i max_{j ∈ S} s_ij  ≤  Σ_i λ_i + Σ_{j ∈ S} ρ_j,   ρ_j = Σ_i max(s_ij − λ_i, 0)

because the largest saving of i is at most λ_i and what exceeds it.  The p
largest ρ_j therefore bound every set; and a candidate whose ρ_j is too small
to lift that bound above a set already known is in no better one.  The λ are
found by the subgradient method (Held, Wolfe & Crowder 1974; for the p-median
Cornuéjols, Fisher & Nemhauser 1977); the last ones are rounded to whole
numbers, so that bound and exclusion hold exactly.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
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
