"""The answer of `vpvkac site`: the best set of points, and the greedy one, in one table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.result import Network
from vpvkac.geo.nearest import nearest
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.tables import TABLES
from vpvkac.questions.site import problem, solver
from vpvkac.questions.site.question import Question
from vpvkac.questions.site.solver import Solution, Solutions, limit_beyond, solve_median
from vpvkac.texts.formats import percent
from vpvkac.texts.message import Formatted, Message, Text

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


def answer(result: Network, asked: Question, progress: Callable[[Text], object]) -> Answer:
    """Find where to put more points.

    Raises
    ------
    InputError
        If what is asked for is not in the project, there are fewer candidates
        than points, or the target cannot be reached.
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
        raise InputError([_fault(result, "--points", question.points, (fewer, remedy))])
    demand["covered"] = problem.is_covered(locked, demand, question.radius_m)
    limit = None
    if question.method == "median" and len(locked):
        found = nearest(demand["lat"], demand["lon"], locked["lat"], locked["lon"])
        limit = found.distance_m
    progress(Message("Looking for the best places"))
    solutions = _solutions(result, question, demand, free, limit)
    results = ResultTable(result, question, demand, free, limit)
    tables = [results.rows(solutions.exact, "exact"), results.rows(solutions.greedy, "greedy")]
    demand["rank"] = results.serving_rank(solutions.exact)
    total, before = (
        Covered(*map(int, rows[list(_COUNTED)].sum()))
        for rows in (demand, demand[demand["covered"]])
    )
    return Answer(
        result,
        question,
        pd.concat([table for table in tables if len(table)] or tables, ignore_index=True),
        demand,
        locked,
        free,
        total,
        before,
        np.nan if limit is None else float(np.average(limit, weights=demand["weight"])),
    )


def _solutions(
    result: Network,
    question: Question,
    demand: pd.DataFrame,
    free: pd.DataFrame,
    limit: NDArray[np.float64] | None,
) -> Solutions:
    points, seconds = question.points, question.time_limit_s
    if question.method == "median":
        if limit is None:
            return solve_median(demand, free, points, seconds)
        savings = problem.distance_savings(demand, free, limit)
        return solver.save_most(savings, points, seconds)
    covered = demand["covered"].to_numpy(bool)
    savings = problem.cover_savings(demand, free, covered, question.radius_m)
    if question.target is None:
        return solver.save_most(savings, points, seconds)
    total, before = int(demand["weight"].sum()), int(demand.loc[covered, "weight"].sum())
    wanted = (Decimal(repr(question.target)) * total).to_integral_value(ROUND_CEILING)
    enough, most = max(int(wanted) - before, 0), solver.saved_by_all(savings)
    if most < enough:
        # With the target beside it, the share never shows as reaching it.
        share = Formatted(percent, (before + most) / total, question.target)
        unreachable = Message(
            "cannot be reached: points in all candidate places ({count}) would cover {share}",
            count=len(free),
            share=share,
        )
        nearer = Message("give a smaller --target, a larger --radius, or other --candidates")
        raise InputError([_fault(result, "--target", question.target, (unreachable, nearer))])
    return solver.choose_fewest(savings, enough, seconds)


def _fault(result: Network, field: str, value: object, said: tuple[Text, Text]) -> Fault:
    return Fault("error", str(result.project.path), *said, field=field, value=str(value))


class ResultTable(NamedTuple):
    """Makes the table of a solution, point after point.

    Parameters
    ----------
    demand
        `problem.DEMAND_COLUMNS` and `covered`, by a point that stays.
    limit
        Metres to the nearest point that stays, for the p-median; else None.
    """

    result: Network
    question: Question
    demand: pd.DataFrame
    candidates: pd.DataFrame
    limit: NDArray[np.float64] | None

    def rows(self, solution: Solution, method: str) -> pd.DataFrame:
        """Give a row of the table per point, in the order of their gain."""
        is_median = self.question.method == "median"
        gains, means = (
            self._gains_by_distance(solution) if is_median else (solution.ranked.gains, np.nan)
        )
        table = self._chosen(solution).reset_index(drop=True).rename(columns={"name": "place_name"})
        count = len(table)
        table["rank"] = np.arange(1, count + 1)
        table["gain"] = pd.Series(gains, dtype=float if is_median else "Int64")
        table["method"], table["optimal"], table["gap"] = method, solution.optimal, solution.gap
        table["mean_m"] = means
        # Of each place of demand, after how many points it is covered.
        when = np.where(self.demand["covered"], 0, self._first_within(solution) + 1)
        for column, name in _COUNTED.items():
            added = np.bincount(when, self.demand[column], minlength=count + 2).astype(np.int64)
            table[name] = np.cumsum(added)[1 : count + 1]
        table["share"] = table["covered"] / self.demand["weight"].sum()
        table["unit_name"] = table["unit"].map(self.result.units.set_index("unit")["unit_name"])
        return table[list(TABLES["site"].names)]

    def serving_rank(self, solution: Solution) -> NDArray[np.int64]:
        """Give the rank of the new point that serves each place of demand; 0 where none does.

        That is the first that covers it; of the p-median the nearest, where
        it is nearer than every point that stays.
        """
        chosen, demand = self._chosen(solution), self.demand
        if self.question.method == "cover":
            first = self._first_within(solution)
            return np.where((first < len(chosen)) & ~demand["covered"], first + 1, 0)
        if chosen.empty:
            return np.zeros(len(demand), np.int64)
        found = nearest(demand["lat"], demand["lon"], chosen["lat"], chosen["lon"])
        limit = np.inf if self.limit is None else self.limit
        return np.where(found.distance_m < limit, found.target + 1, 0)

    def _chosen(self, solution: Solution) -> pd.DataFrame:
        return self.candidates.iloc[solution.ranked.chosen]

    def _first_within(self, solution: Solution) -> NDArray[np.int64]:
        """Give the first point that covers each place of demand; their number where none does."""
        chosen = self._chosen(solution)
        pairs = problem.pairs_within(chosen, self.demand, self.question.radius_m)
        first = np.full(len(self.demand), len(chosen))
        np.minimum.at(first, pairs.target, pairs.origin)
        return first

    def _gains_by_distance(
        self, solution: Solution
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the weighted metres that each point saves, and the mean distance after it.

        Where no point stays, the first saves nothing that could be named.
        """
        limit = self.limit
        if limit is None:
            limit = limit_beyond(self.demand, self._chosen(solution))
        weight = self.demand["weight"].to_numpy(np.int64)
        gains = np.array(solution.ranked.gains, float) / problem.MILLIMETRES
        means = (float(weight @ limit) - np.cumsum(gains)) / float(weight.sum())
        if self.limit is None:
            gains[:1] = np.nan
        return gains, means
