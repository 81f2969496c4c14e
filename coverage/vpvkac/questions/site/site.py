"""Where to put more points: the question, its answers, and the table that tells both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.geo.nearest import nearest
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.options import instance
from vpvkac.model.progress import Progress, silent
from vpvkac.questions.coverage.result import Measured as Network
from vpvkac.questions.site.answer import Answers, fewest, most_saved
from vpvkac.questions.site.demand import Weights, demand_of, weighed
from vpvkac.questions.site.median import nearest_of_many
from vpvkac.questions.site.places import Existing, locked_points
from vpvkac.questions.site.places import candidates as candidates_of
from vpvkac.questions.site.question import POINTS, RADIUS_M, TIME_LIMIT_S, Method, Question
from vpvkac.questions.site.savings import covered_by, covering, nearing
from vpvkac.questions.site.solver import all_saved
from vpvkac.questions.site.telling import EXACT, GREEDY, Covered, Telling, summed
from vpvkac.texts.formats import percent
from vpvkac.texts.message import Formatted, Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray


DISTANCES = Message("Measuring distances")
SOLVING = Message("Looking for the best places")
_FEWER = Message("is more than the number of candidate places ({count})")
_ASK_LESS = Message("give a smaller --points, or other candidates")
_UNREACHABLE = Message(
    "cannot be reached: points in all candidate places ({count}) would cover {share}"
)
_ASK_NEARER = Message("give a smaller --target, a larger --radius, or other --candidates")


@dataclass(frozen=True, repr=False)
class Siting:
    """Where to put more points.

    Parameters
    ----------
    result
        The run it stands on.
    question
        What was asked, with the weights and kinds of candidates that were taken.
    table
        `telling.COLUMNS`, as in site.csv: the best set found (`method` exact), then the
        greedy one.
    demand
        `demand.COLUMNS`, with `covered` (by a point that stays) and `rank` (of the
        new point of the best set that serves it; 0 for none).
    locked, candidates
        Points that stay, and places that could be chosen (`places.COLUMNS`).
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

    def __repr__(self) -> str:
        kind = " (synthetic sample)" if self.result.synthetic else ""
        first = self.of("exact")
        return f"<Siting{kind}: {len(first)} points of {len(self.candidates)} candidates>"

    def of(self, method: str) -> pd.DataFrame:
        """Give the rows of a method, {"exact", "greedy"}."""
        return self.table[self.table["method"] == method].reset_index(drop=True)

    def write(self, out: str | Path) -> list[Path]:
        """Write site.csv and site.html into a folder: both, or neither.

        Raises
        ------
        OSError
            If the folder cannot be written; previous files are then as they were.
        """
        from vpvkac.questions.site.files import write

        return write(self, out)


def site(  # noqa: PLR0913 - the options of the command
    result: Network,
    points: int = POINTS,
    *,
    target: float | None = None,
    method: Method = "cover",
    radius_m: float = RADIUS_M,
    candidates: Sequence[str] | None = None,
    weights: Weights | None = None,
    existing: Existing = "open",
    time_limit_s: float = TIME_LIMIT_S,
    progress: Progress = silent,
) -> Siting:
    """Find where to put more points, with the existing ones locked in.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    points
        How many points to add.
    target
        Share of the weight to be covered, 0-1, by as few points as possible;
        in place of `points`.
    method
        {"cover", "median"}: cover the most within the radius (Church & ReVelle
        1974), or make the weighted distance least (Hakimi 1964).
    radius_m
        Straight-line distance within which a point covers, metres.
    candidates
        Kinds of host, or "stops"; the libraries, municipal premises and post
        offices that are given by default.
    weights
        {"population", "units"}; residents by default where they are known.
    existing
        {"open", "network"}: which points stay: open centres, or the announced
        and planned points too.
    time_limit_s
        Seconds that the solver may take; after them the best answer so far is
        given with its gap.
    progress
        Called with the name of each step.

    Returns
    -------
    siting
        The answers; see `Siting`.

    Raises
    ------
    ValueError
        If an option is out of range.
    InputError
        If what is asked for is not in the project, there are fewer candidates
        than points, or the target cannot be reached.

    Examples
    --------
    >>> import vpvkac
    >>> result = vpvkac.analyse(vpvkac.sample())
    >>> found = vpvkac.site(result, points=2, weights="units")
    >>> found.table["method"].tolist()
    ['exact', 'exact', 'greedy', 'greedy']
    """
    instance("result", result, Network, "vpvkac.analyse(project)")
    asked = Question(points, target, method, radius_m, candidates, weights, existing, time_limit_s)
    return answered(result, asked, progress)


def answered(result: Network, asked: Question, progress: Progress = silent) -> Siting:
    """Answer a question; see `site`."""
    lang = result.lang
    progress(DISTANCES.text(lang))
    weights = weighed(result, asked.weights)
    demand = demand_of(result, weights)
    locked = locked_points(result, asked.existing)
    free = candidates_of(result, asked.candidates, locked)
    question = replace(
        asked, weights=weights, candidates=tuple(free["host"].drop_duplicates().sort_values())
    )
    if question.target is None and question.points > len(free):
        raise InputError([_too_many(result, question, len(free))])
    demand["covered"] = covered_by(locked, demand, question.radius_m)
    limit = _limit(question, demand, locked)
    progress(SOLVING.text(lang))
    answers = _answers(result, question, demand, free, limit)
    telling = Telling(result, question, demand, free, limit)
    tables = [telling.rows(answers.exact, EXACT), telling.rows(answers.greedy, GREEDY)]
    demand["rank"] = telling.serving(answers.exact)
    return Siting(
        result,
        question,
        pd.concat([table for table in tables if len(table)] or tables, ignore_index=True),
        demand,
        locked,
        free,
        summed(demand, np.ones(len(demand), bool)),
        summed(demand, demand["covered"].to_numpy(bool)),
        np.nan if limit is None else float(np.average(limit, weights=demand["weight"])),
    )


def _limit(
    question: Question, demand: pd.DataFrame, locked: pd.DataFrame
) -> NDArray[np.float64] | None:
    """Measure how far the points that stay are, where the p-median asks it."""
    if question.method == "cover" or locked.empty:
        return None
    return nearest(demand["lat"], demand["lon"], locked["lat"], locked["lon"]).distance_m


def _answers(
    result: Network,
    question: Question,
    demand: pd.DataFrame,
    free: pd.DataFrame,
    limit: NDArray[np.float64] | None,
) -> Answers:
    points, seconds = question.points, question.time_limit_s
    if question.method == "median":
        if limit is None:
            return nearest_of_many(demand, free, points, seconds)
        return most_saved(nearing(demand, free, limit), points, seconds)
    savings = covering(demand, free, demand["covered"].to_numpy(bool), question.radius_m)
    if question.target is None:
        return most_saved(savings, points, seconds)
    total, before = int(demand["weight"].sum()), int(demand.loc[demand["covered"], "weight"].sum())
    wanted = (Decimal(repr(question.target)) * total).to_integral_value(ROUND_CEILING)
    enough = max(int(wanted) - before, 0)
    if (most := all_saved(savings)) < enough:
        raise InputError(
            [_unreachable(result, question.target, len(free), (before + most) / total)]
        )
    return fewest(savings, enough, seconds)


def _too_many(result: Network, question: Question, count: int) -> Fault:
    said = _FEWER.with_values(count=count)
    return _fault(result, "--points", str(question.points), said, _ASK_LESS)


def _unreachable(result: Network, target: float, count: int, most: float) -> Fault:
    # With the target beside it, the share never shows as reaching it.
    said = _UNREACHABLE.with_values(count=count, share=Formatted(percent, most, target))
    return _fault(result, "--target", str(target), said, _ASK_NEARER)


def _fault(result: Network, field: str, value: str, problem: Text, remedy: Text) -> Fault:
    path = str(result.project.path)
    return Fault("error", path, problem, remedy, field=field, value=value)
