"""The best set of points: HiGHS solves the model, and says how good its answer surely is.

One thread and the solver's own fixed seed: the same model gives the same
answer, unless the time limit cuts it short, which happens elsewhere on
another machine.
"""

from __future__ import annotations

import math
import time
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from vpvkac.questions.site.exchange import exchanged
from vpvkac.questions.site.greedy import Ranked, greedy
from vpvkac.questions.site.model import Model, model_of
from vpvkac.questions.site.relaxation import relax
from vpvkac.questions.site.savings import distinct

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csc_array


# To this share of itself the solver's bound is sure, in doubles.  Of less than 500 million
# residents that is less than one: a proof for whole numbers.
_PRECISION = 1e-9
# From so many nodes on the relaxation comes before the solver, and leaves out what it can; of so
# many the solver would not keep its time limit.
_LARGE, _TOO_LARGE = 50_000, 300_000
# The solver works best with numbers of this size.
_SCALE_TO = 1e6


class Best(NamedTuple):
    """The best set found, and a bound that no set surpasses."""

    ranked: Ranked
    bound: int

    @property
    def optimal(self) -> bool:
        """Whether the set is proven to be a best one."""
        return self.bound - self.ranked.worth <= 2 * _PRECISION * self.bound


def best(savings: csc_array, points: int, seconds: float, start: Ranked) -> Best:
    """Find the set of points that saves most.

    Parameters
    ----------
    savings
        From `savings`, int64, shape (n, m).
    points
        How many points at most.
    seconds
        Time limit of the solver.
    start
        A set already known, given back where the solver finds no better one.

    Returns
    -------
    best
        Candidates in the order of their gain (`greedy`); a bound above the
        worth where the time limit came before the proof.
    """
    until = time.monotonic() + seconds
    bound = simple_bound(savings, points)
    if start.worth >= bound or seconds <= 0:
        return Best(start, bound)
    kept = distinct(savings)
    model = model_of(savings[:, kept])
    if model.nodes > _LARGE and len(kept) > points:
        differing = savings[:, kept]
        swapped = exchanged(differing, greedy(differing, points), seconds / 4)
        start = _better(savings, points, start, kept[swapped.chosen])
        relaxed = relax(differing, points, seconds / 4, start.worth)
        start = _better(savings, points, start, kept[relaxed.chosen])
        bound, kept = min(bound, relaxed.bound), kept[relaxed.kept]
        model = model_of(savings[:, kept])
    left = until - time.monotonic()
    if start.worth >= bound or left <= 0 or model.nodes > _TOO_LARGE:
        return Best(start, bound)
    solved = _solved(model, points, left)
    if solved.bound is not None:
        # What the relaxation leaves out is in no better set than the one known.
        bound = min(bound, max(solved.bound, start.worth))
    return Best(_better(savings, points, start, kept[solved.chosen]), bound)


def _better(savings: csc_array, points: int, known: Ranked, chosen: NDArray[np.int64]) -> Ranked:
    """Give the better of a set known and another."""
    other = greedy(savings, points, among=chosen.tolist())
    return max(known, other, key=lambda one: one.worth)


def simple_bound(savings: csc_array, points: int) -> int:
    """Bound the worth without a solver: what all save, and what the best save each alone."""
    alone = np.sort(np.asarray(savings.sum(axis=0)))[::-1]
    return int(min(alone[:points].sum(), all_saved(savings)))


def fewest_by_bound(savings: csc_array, enough: int) -> int:
    """Give a number of points that `enough` surely needs."""
    alone = np.sort(np.asarray(savings.sum(axis=0)))[::-1]
    return int(np.searchsorted(np.cumsum(alone), enough)) + 1


def all_saved(savings: csc_array) -> int:
    """Give what all candidates save together."""
    return int(savings.max(axis=1).sum()) if savings.nnz else 0


class _Solved(NamedTuple):
    chosen: NDArray[np.int64]
    bound: int | None


def _solved(model: Model, points: int, seconds: float) -> _Solved:
    scale = _SCALE_TO / max(float(model.worth.sum()), 1)
    integer = np.arange(len(model.worth)) < model.candidates
    count = csr_array(integer[None, :].astype(float))
    with warnings.catch_warnings():
        # SciPy hands the option on to HiGHS and says so.
        warnings.filterwarnings("ignore", "Unrecognized options", RuntimeWarning)
        answer: Any = milp(
            -model.worth * scale,
            integrality=integer,
            bounds=Bounds(0, 1),
            constraints=[
                LinearConstraint(model.rows, -np.inf, 0),
                LinearConstraint(count, -np.inf, points),
            ],
            options={"time_limit": seconds, "mip_rel_gap": 0, "parallel": False},
        )
    values = np.zeros(model.candidates) if answer.x is None else answer.x[: model.candidates]
    return _Solved(np.flatnonzero(np.round(values)), _bound(answer.mip_dual_bound, scale))


def _bound(dual: float | None, scale: float) -> int | None:
    if dual is None or not math.isfinite(dual):
        return None
    return math.floor(-dual / scale * (1 + _PRECISION))
