"""The p-median: as near as possible to everybody, on the weighted mean.

With points that stay, a place of demand needs only the candidates nearer than
the nearest of them (`savings.nearing`), and the model is whole.  Without any,
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
from vpvkac.questions.site.answer import Answer, Answers, most_saved
from vpvkac.questions.site.greedy import Ranked, greedy
from vpvkac.questions.site.savings import MILLIMETRES, nearing

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_FIRST_LOOK = 16
# A limit beyond every candidate: a planar distance differs from the geodesic by less.
_BEYOND = 1.01


def nearest_of_many(
    demand: pd.DataFrame, candidates: pd.DataFrame, points: int, seconds: float
) -> Answers:
    """Choose points where none stays; gaps are shares of the weighted distance."""
    until = time.monotonic() + seconds
    limits = _Limits(demand, candidates, points)
    while True:
        savings = nearing(demand, candidates, limits.metres)
        found = most_saved(savings, points, until - time.monotonic())
        away = _away(demand, candidates, found.exact.ranked)
        short = (away > limits.metres) & ~limits.whole
        if not short.any() or time.monotonic() > until:
            break
        limits.widen(short)
    saved = found.exact.ranked.worth
    most = saved if found.exact.optimal else round(saved / (1 - found.exact.gap))
    weight = demand["weight"].to_numpy(np.int64)
    least = float(weight @ limits.metres) - most / MILLIMETRES
    cost = float(weight @ away)
    simple = float(weight @ _away(demand, candidates, found.greedy.ranked))
    proven = found.exact.optimal and not short.any()
    return Answers(
        _answer(_ranked(demand, candidates, found.exact), cost, cost if proven else least),
        _answer(_ranked(demand, candidates, found.greedy), simple, cost if proven else least),
    )


def farthest(demand: pd.DataFrame, chosen: pd.DataFrame) -> NDArray[np.float64]:
    """Give a limit beyond every point chosen, metres, shape (n,).

    Where no point stays, it is from there that the points chosen bring nearer.
    """
    away = [
        distance(demand["lat"], demand["lon"], np.full(len(demand), lat), np.full(len(demand), lon))
        for lat, lon in chosen[["lat", "lon"]].itertuples(index=False)
    ]
    return np.asarray(np.ceil(np.max(away, axis=0, initial=0)) + 1)


def _ranked(demand: pd.DataFrame, candidates: pd.DataFrame, answer: Answer) -> Ranked:
    """Order the points chosen by what they save from the farthest of them on."""
    numbers = sorted(answer.ranked.chosen)
    chosen = candidates.iloc[numbers]
    ranked = greedy(nearing(demand, chosen, farthest(demand, chosen)), len(numbers))
    return Ranked([numbers[number] for number in ranked.chosen], ranked.gains)


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
        first = max(_FIRST_LOOK, 4 * self._tree.n // points)
        self._look = np.full(len(demand), first)
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


def _away(demand: pd.DataFrame, candidates: pd.DataFrame, ranked: Ranked) -> NDArray[np.float64]:
    """Measure to the nearest point chosen; shape (n,)."""
    chosen = candidates.iloc[ranked.chosen]
    return nearest(demand["lat"], demand["lon"], chosen["lat"], chosen["lon"]).distance_m


def _answer(ranked: Ranked, cost: float, least: float) -> Answer:
    return Answer(ranked, cost <= least, max(cost - least, 0.0) / cost if cost else 0.0)
