"""The answer of `vpvkac site`: the best set of points, and the greedy one, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.network import Network
from vpvkac.model.faults import InputError, Share
from vpvkac.model.tables import TABLES
from vpvkac.questions.site import problem, solver
from vpvkac.questions.site.question import Question
from vpvkac.questions.site.solver import Solution, Solutions
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What is added up of the demand, and the column it stands in.
_COUNTED = {"weight": "covered", "least": "covered_least", "most": "covered_most"}


class Covered(NamedTuple):
    """A weight, and the band that suppressed counts leave."""

    value: int
    least: int
    most: int


@dataclass(frozen=True, repr=False)
class Answer:
    """Where to put more points.

    Parameters
    ----------
    result
        The run it stands on.
    question
        What was asked, with the weights and kinds of candidates that were taken.
    table
        As in site.csv: the best set found (`method` exact), then the
        greedy one.  `covered` counts from the points that stay on.
    demand
        `problem.DEMAND_COLUMNS`, with `covered` (by a point that stays) and `rank`
        (of the new point of the best set that serves it; 0 for none).
    locked, candidates
        Points that stay, and places that could be chosen (`problem.PLACE_COLUMNS`).
    total, before
        Weight of all demand, and what the points that stay cover of it.
    mean_before_m
        Weighted mean distance to the nearest point that stays, metres; NaN
        where none stays, and for maximal covering.
    """

    result: Network
    question: Question
    table: pd.DataFrame
    demand: pd.DataFrame
    locked: pd.DataFrame
    candidates: pd.DataFrame
    total: Covered
    before: Covered
    mean_before_m: float

    def of(self, method: str) -> pd.DataFrame:
        """Give the rows of a method, {"exact", "greedy"}."""
        return self.table[self.table["method"] == method].reset_index(drop=True)

    @property
    def after(self) -> Covered:
        """What is covered with the new points."""
        rows = self.of("exact")
        if rows.empty:
            return self.before
        return Covered(*(int(rows[name].iloc[-1]) for name in _COUNTED.values()))

    def gained(self, method: str) -> int:
        """Add up what the points of a method newly cover."""
        return int(self.of(method)["gain"].sum())

    def mean_after_m(self, method: str) -> float:
        """Give the mean distance with the points of a method, metres; NaN where there are none."""
        means = self.of(method)["mean_m"]
        return float(means.iloc[-1]) if len(means) else np.nan

    def share(self, weight: float) -> float:
        """Give a weight as a share of all; of weighted metres the metres on the mean."""
        return weight / self.total.value


def answer(result: Network, asked: Question, progress: Callable[[Text], object]) -> Answer:
    """Find where to put more points.

    Raises InputError if what is asked for is not in the project, there are fewer candidates than
    points, or the target cannot be reached.
    """
    progress(Message("Measuring distances"))
    residents = result.inputs.residents
    weights = asked.weights or ("units" if residents is None else "population")
    demand = problem.demand_table(result, weights)
    locked = problem.locked_points(result, asked.existing)
    free = problem.candidate_places(result, asked.candidates, locked)
    kinds = tuple(free["host"].drop_duplicates().sort_values())
    question = replace(asked, weights=weights, candidates=kinds)
    if question.target is None and question.points > len(free):
        fewer = Message("is more than the number of candidate places ({count})", count=len(free))
        remedy = Message("give a smaller --points, or other candidates")
        file, points = str(result.project.path), str(question.points)
        raise InputError.of(file, fewer, remedy, field="--points", value=points)
    demand["covered"] = problem.is_covered(locked, demand, question.radius_m)
    limit = None
    if question.method == "median" and len(locked):
        limit = problem.nearest_of(demand, locked).distance_m
    progress(Message("Looking for the best places"))
    case = _Case(result, question, demand, free, limit)
    solutions = case.solve()
    tables = [case.rows(solutions.exact, "exact"), case.rows(solutions.greedy, "greedy")]
    table = pd.concat([table for table in tables if len(table)] or tables, ignore_index=True)
    demand["rank"] = case.serving_rank(solutions.exact)
    total, before = (
        Covered(*map(int, rows[list(_COUNTED)].sum()))
        for rows in (demand, demand[demand["covered"]])
    )
    mean = np.nan if limit is None else float(np.average(limit, weights=demand["weight"]))
    return Answer(result, question, table, demand, locked, free, total, before, mean)


class _Case(NamedTuple):
    """What is solved: `problem.DEMAND_COLUMNS` with `covered` by a point that stays, candidates.

    `limit` is metres to the nearest point that stays, for the p-median; else None.
    """

    result: Network
    question: Question
    demand: pd.DataFrame
    candidates: pd.DataFrame
    limit: NDArray[np.float64] | None

    def solve(self) -> Solutions:
        """Find the best set and the greedy one."""
        question, demand, free, limit = self.question, self.demand, self.candidates, self.limit
        points, seconds = question.points, question.time_limit_s
        if question.method == "median":
            if limit is None:
                return solver.solve_median(demand, free, points, seconds)
            return solver.save_most(problem.distance_savings(demand, free, limit), points, seconds)
        covered = demand["covered"].to_numpy(bool)
        savings = problem.cover_savings(demand, free, covered, question.radius_m)
        if question.target is None:
            return solver.save_most(savings, points, seconds)
        total, before = int(demand["weight"].sum()), int(demand.loc[covered, "weight"].sum())
        wanted = (Decimal(repr(question.target)) * total).to_integral_value(ROUND_CEILING)
        enough, most = max(int(wanted) - before, 0), solver.saved_by_all(savings)
        if most < enough:
            unreachable = Message(
                "cannot be reached: points in all candidate places ({count}) would cover {share}",
                count=len(free),
                share=Share((before + most) / total, question.target),
            )
            nearer = Message("give a smaller --target, a larger --radius, or other --candidates")
            file, target = str(self.result.project.path), str(question.target)
            raise InputError.of(file, unreachable, nearer, field="--target", value=target)
        return solver.choose_fewest(savings, enough, seconds)

    def rows(self, solution: Solution, method: str) -> pd.DataFrame:
        """Give a row of the table per point, in the order of their gain."""
        ranked, is_median = solution.ranked, self.question.method == "median"
        chosen = self.candidates.iloc[ranked.chosen]
        gains: NDArray[Any] = np.array(ranked.gains)
        means: NDArray[np.float64] | float = np.nan
        if is_median:
            limit = solver.limit_beyond(self.demand, chosen) if self.limit is None else self.limit
            weight = self.demand["weight"].to_numpy(np.int64)
            gains = gains / problem.MILLIMETRES
            means = (float(weight @ limit) - np.cumsum(gains)) / float(weight.sum())
            if self.limit is None:
                # Where no point stays, the first saves nothing that could be named.
                gains[:1] = np.nan
        table = chosen.reset_index(drop=True).rename(columns={"name": "place_name"})
        count = len(table)
        table["rank"] = np.arange(1, count + 1)
        table["gain"] = pd.Series(gains, dtype=float if is_median else "Int64")
        table["method"], table["optimal"], table["gap"] = method, solution.optimal, solution.gap
        table["mean_m"] = means
        # Of each place of demand, after how many points it is covered.
        when = np.where(self.demand["covered"], 0, self._first_within(chosen) + 1)
        for column, name in _COUNTED.items():
            added = np.bincount(when, self.demand[column], minlength=count + 2).astype(np.int64)
            table[name] = np.cumsum(added)[1 : count + 1]
        table["share"] = table["covered"] / self.demand["weight"].sum()
        table["unit_name"] = table["unit"].map(self.result.units.set_index("unit")["unit_name"])
        return table[list(TABLES["site"].names)]

    def serving_rank(self, solution: Solution) -> NDArray[np.int64]:
        """Give the rank of the new point that serves each place of demand; 0 where none does.

        That is the first that covers it; of the p-median the nearest, where it is nearer than
        every point that stays.
        """
        chosen, demand = self.candidates.iloc[solution.ranked.chosen], self.demand
        if self.question.method == "cover":
            first = self._first_within(chosen)
            return np.where((first < len(chosen)) & ~demand["covered"], first + 1, 0)
        if chosen.empty:
            return np.zeros(len(demand), np.int64)
        near = problem.nearest_of(demand, chosen)
        limit = np.inf if self.limit is None else self.limit
        return np.where(near.distance_m < limit, near.target + 1, 0)

    def _first_within(self, chosen: pd.DataFrame) -> NDArray[np.int64]:
        """Give the first point that covers each place of demand; their number where none does."""
        pairs = problem.pairs_within(chosen, self.demand, self.question.radius_m)
        first = np.full(len(self.demand), len(chosen))
        np.minimum.at(first, pairs.target, pairs.origin)
        return first
