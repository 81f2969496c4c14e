"""The Lagrangian relaxation: a bound for models of any size, and candidates that cannot help.

For any λ ≥ 0 and any set S of p candidates::

    Σ_i max_{j ∈ S} s_ij  ≤  Σ_i λ_i + Σ_{j ∈ S} ρ_j,   ρ_j = Σ_i max(s_ij − λ_i, 0)

because the largest saving of i is at most λ_i and what exceeds it.  The p
largest ρ_j therefore bound every set; and a candidate whose ρ_j is too small
to lift that bound above a set already known is in no better one.  The λ are
found by the subgradient method (Held, Wolfe & Crowder 1974; for the p-median
Cornuéjols, Fisher & Nemhauser 1977); the last ones are rounded to whole
numbers, so that bound and exclusion hold exactly.
"""

from __future__ import annotations

import time
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


class Relaxed(NamedTuple):
    """What the relaxation tells.

    Parameters
    ----------
    bound
        No set saves more.
    chosen
        The best set it came across.
    kept
        Candidates that a set better than every known one could hold, sorted.
    """

    bound: int
    chosen: NDArray[np.int64]
    kept: NDArray[np.int64]


def relax(savings: csc_array, points: int, seconds: float, known: int) -> Relaxed:
    """Bound what so many points can save.

    Parameters
    ----------
    savings
        From `savings`, int64, shape (n, m); every candidate saves something,
        and there are at least as many as points.
    seconds
        Time limit.
    known
        What a known set saves.
    """
    until = time.monotonic() + seconds
    multipliers = lowest = direction = np.zeros(savings.shape[0])
    least, step, waited = np.inf, _STEP, 0
    found = np.empty(0, np.int64)
    for _ in range(_ROUNDS):
        worth = saved_above(savings, multipliers)
        chosen = np.argpartition(worth, len(worth) - points)[len(worth) - points :]
        bound = float(multipliers.sum() + worth[chosen].sum())
        waited += 1
        if bound < least:
            least, lowest, waited = bound, multipliers, 0
        if (saved := _saved(savings, chosen)) > known:
            known, found = saved, chosen
        if waited > _PATIENCE:
            step, multipliers, waited = step / 2, lowest, 0
            direction = np.zeros(savings.shape[0])
            continue
        # Of a multiplier that is 0 already nothing can be taken.
        slope = np.where(multipliers > 0, 1.0, 0.0) - _times(savings, multipliers, chosen)
        direction = slope + _MOMENTUM * direction
        square = float(direction @ direction)
        settled = bound - known < 1 or square == 0 or step < _LEAST_STEP
        if settled or time.monotonic() > until:
            break
        multipliers = np.maximum(multipliers - step * (bound - known) / square * direction, 0)
    whole = np.rint(lowest).astype(np.int64)
    worth = saved_above(savings, whole)
    best = np.sort(worth)[::-1][:points]
    bound = int(whole.sum() + best.sum())
    # A set with candidate j holds at best j and the points - 1 best others.
    with_it = bound - np.maximum(best[-1] - worth, 0)
    return Relaxed(bound, np.sort(found), np.flatnonzero(with_it > known))


def _saved(savings: csc_array, chosen: NDArray[np.int64]) -> int:
    """Give what a set saves."""
    return int(savings[:, chosen].max(axis=1).sum())


def saved_above(savings: csc_array, multipliers: NDArray[np.generic]) -> NDArray[np.generic]:
    """Sum what each candidate saves above the multipliers; shape (m,)."""
    over = np.maximum(savings.data - multipliers[savings.indices], 0)
    return np.add.reduceat(over, savings.indptr[:-1])


def _times(
    savings: csc_array, multipliers: NDArray[np.float64], chosen: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Count the candidates chosen that save more than the multiplier of each demand."""
    part = savings[:, chosen]
    over = part.data > multipliers[part.indices]
    return np.bincount(part.indices[over], minlength=savings.shape[0])
