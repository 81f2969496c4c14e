"""The p-median: as near as possible to everybody, on the weighted mean.

With points that stay, a place of demand needs only the candidates nearer than
the nearest of them (`distance_savings`), and the model is whole.  Without any,
only the nearest candidates of each place are looked at first.  The weighted
distance so found, with the limit in place of what lies beyond it, is never
above the true one; so if no place is farther from the set chosen than its
limit, that set is the best of all.  Else those limits are widened.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from vpvkac.geo.geodesy import distance, to_planar
from vpvkac.geo.nearest import nearest
from vpvkac.questions.site.heuristics import Ranked, greedy
from vpvkac.questions.site.problem import MILLIMETRES, distance_savings
from vpvkac.questions.site.solver import Solution, Solutions, save_most

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_FIRST_LOOK = 16
# A limit beyond every candidate: a planar distance differs from the geodesic by less.
_BEYOND = 1.01


def solve_median(
    demand: pd.DataFrame, candidates: pd.DataFrame, points: int, seconds: float
) -> Solutions:
    """Choose points where none stays; gaps are shares of the weighted distance."""
    until = time.monotonic() + seconds
    weight = demand["weight"].to_numpy(np.int64)

    def away(ranked: Ranked) -> NDArray[np.float64]:
        """Measure to the nearest point chosen; shape (n,)."""
        chosen = candidates.iloc[ranked.chosen]
        return nearest(demand["lat"], demand["lon"], chosen["lat"], chosen["lon"]).distance_m

    limits = _Limits(demand, candidates, points)
    while True:
        savings = distance_savings(demand, candidates, limits.metres)
        exact, simple = save_most(savings, points, until - time.monotonic())
        short = (away(exact.ranked) > limits.metres) & ~limits.whole
        if not short.any() or time.monotonic() > until:
            break
        limits.widen(short)
    cost = float(weight @ away(exact.ranked))
    if exact.optimal and not short.any():
        least = cost
    else:
        saved = exact.ranked.worth
        most = saved if exact.optimal else round(saved / (1 - exact.gap))
        least = float(weight @ limits.metres) - most / MILLIMETRES

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


class _Limits:
    """How far each place of demand looks for candidates.

    Attributes
    ----------
    metres
        The limits, to the millimetre, shape (n,).
    whole
        Whether a limit lies beyond every candidate, shape (n,).
    """

    def __init__(self, demand: pd.DataFrame, candidates: pd.DataFrame, points: int) -> None:
        self._tree = KDTree(np.column_stack(to_planar(candidates["lat"], candidates["lon"])))
        self._origins = np.column_stack(to_planar(demand["lat"], demand["lon"]))
        self._look = np.full(len(demand), max(_FIRST_LOOK, 4 * self._tree.n // points))
        self.metres = np.zeros(len(demand))
        self.whole = np.zeros(len(demand), bool)
        self._measure(np.arange(len(demand)))

    def widen(self, short: NDArray[np.bool_]) -> None:
        """Look at twice as many candidates."""
        self._look[short] *= 2
        self._measure(np.flatnonzero(short))

    def _measure(self, rows: NDArray[np.int64]) -> None:
        for look in np.unique(self._look[rows]):
            here = rows[self._look[rows] == look]
            self.whole[here] = look >= self._tree.n
            far = self._tree.query(self._origins[here], k=[min(look, self._tree.n)])[0][:, 0]
            beyond = np.where(self.whole[here], _BEYOND * far + 1, far)
            self.metres[here] = np.ceil(beyond * MILLIMETRES) / MILLIMETRES
