"""Telling: the table of an answer, point after point."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.geo.nearest import nearest
from vpvkac.questions.site.median import farthest
from vpvkac.questions.site.savings import MILLIMETRES, within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.questions.coverage.result import Measured as Network
    from vpvkac.questions.site.answer import Answer
    from vpvkac.questions.site.question import Question

COLUMNS = (
    "rank", "place", "unit", "lat", "lon", "gain", "covered", "share", "method", "optimal", "gap",
    "mean_m", "covered_least", "covered_most", "host", "place_name", "unit_name",
)  # fmt: skip
EXACT, GREEDY = "exact", "greedy"
# What is added up of the demand, and the column it stands in.
_COUNTED = {"weight": "covered", "least": "covered_least", "most": "covered_most"}


class Covered(NamedTuple):
    """A weight, and the band that suppressed counts leave."""

    value: int
    least: int
    most: int


def summed(demand: pd.DataFrame, chosen: NDArray[np.bool_]) -> Covered:
    """Add up the weights of some places of demand."""
    sums = demand.loc[chosen, ["weight", "least", "most"]].sum()
    return Covered(int(sums["weight"]), int(sums["least"]), int(sums["most"]))


class Telling(NamedTuple):
    """What an answer is told by.

    Parameters
    ----------
    demand
        `demand.COLUMNS` and `covered`, by a point that stays.
    limit
        Metres to the nearest point that stays, for the p-median; else None.
    """

    result: Network
    question: Question
    demand: pd.DataFrame
    candidates: pd.DataFrame
    limit: NDArray[np.float64] | None

    def rows(self, answer: Answer, method: str) -> pd.DataFrame:
        """Give a row per point, in the order of their gain.

        Returns
        -------
        rows
            `COLUMNS`; `covered` counts from the points that stay on.
        """
        gains, means = self._by_distance(answer) if self._is_median else (answer.ranked.gains, None)
        chosen = self.candidates.iloc[answer.ranked.chosen].reset_index(drop=True)
        table = chosen.rename(columns={"name": "place_name"})
        table["rank"] = np.arange(1, len(table) + 1)
        table["gain"] = pd.Series(gains, dtype=float if self._is_median else "Int64")
        table["method"], table["optimal"], table["gap"] = method, answer.optimal, answer.gap
        table["mean_m"] = np.nan if means is None else means
        covered = self._covered(answer)
        for column, name in _COUNTED.items():
            table[name] = covered[column]
        table["share"] = table["covered"] / self.demand["weight"].sum()
        names = self.result.units.set_index("unit")["unit_name"]
        table["unit_name"] = table["unit"].map(names)
        return table[list(COLUMNS)]

    def serving(self, answer: Answer) -> NDArray[np.int64]:
        """Tell by rank which new point serves each place of demand.

        That is the first that covers it; of the p-median the nearest, where
        it is nearer than every point that stays.

        Returns
        -------
        rank
            0 where none does, shape (n,).
        """
        if self._is_median:
            return self._nearest(answer)
        first = self._first_within(answer)
        return np.where((first < len(answer.ranked.chosen)) & ~self.demand["covered"], first + 1, 0)

    @property
    def _is_median(self) -> bool:
        return self.question.method == "median"

    def _chosen(self, answer: Answer) -> pd.DataFrame:
        return self.candidates.iloc[answer.ranked.chosen]

    def _first_within(self, answer: Answer) -> NDArray[np.int64]:
        """Give the first point that covers each place of demand; their number where none does."""
        chosen, demand = self._chosen(answer), self.demand
        pairs = within(chosen, demand, self.question.radius_m)
        first = np.full(len(demand), len(chosen))
        np.minimum.at(first, pairs.target, pairs.origin)
        return first

    def _covered(self, answer: Answer) -> dict[str, NDArray[np.int64]]:
        """Add up what is covered after each point."""
        count = len(answer.ranked.chosen)
        when = np.where(self.demand["covered"], 0, self._first_within(answer) + 1)
        return {
            column: np.cumsum(
                np.bincount(when, self.demand[column], minlength=count + 2).astype(np.int64)
            )[1 : count + 1]
            for column in _COUNTED
        }

    def _by_distance(self, answer: Answer) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the weighted metres that each point saves, and the mean distance after it.

        Where no point stays, the first saves nothing that could be told.
        """
        limit = self.limit
        if limit is None:
            limit = farthest(self.demand, self._chosen(answer))
        weight = self.demand["weight"].to_numpy(np.int64)
        gains = np.array(answer.ranked.gains, float) / MILLIMETRES
        means = (float(weight @ limit) - np.cumsum(gains)) / float(weight.sum())
        if self.limit is None:
            gains[:1] = np.nan
        return gains, means

    def _nearest(self, answer: Answer) -> NDArray[np.int64]:
        chosen = self._chosen(answer)
        if chosen.empty:
            return np.zeros(len(self.demand), np.int64)
        found = nearest(self.demand["lat"], self.demand["lon"], chosen["lat"], chosen["lon"])
        if self.limit is None:
            return found.target + 1
        return np.where(found.distance_m < self.limit, found.target + 1, 0)
