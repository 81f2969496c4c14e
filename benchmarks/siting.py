"""Where the next points go: maximal covering at 5 km, and the p-median, against spopt.

Demand stands on a grid over 320 km × 200 km around 24° E, heavier around towns;
half of the candidates stand in towns, half anywhere.  The answer is measured
from positions to the best set of points with its proof.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

import plan
from harness import OURS, Comparison, Outcome, compare, measure, sized
from vpvkac.geo.geodesy import to_degrees
from vpvkac.geo.nearest import Targets, nearest
from vpvkac.questions.site.problem import cover_savings, distance_savings, is_covered
from vpvkac.questions.site.solver import save_most

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from harness import Work

_SEED = 1
_WEST, _SOUTH, _WIDE, _HIGH = 340_000, 200_000, 320_000, 200_000
_RADIUS_M, _TIME_LIMIT_S = 5_000, 60
_TOWNS, _TOWN_M, _REACH_M = 150, 700, 3_000
_SPOPT = "spopt MCLP, solved by CBC"
_NOTE = (
    "From positions to the best set of points with its proof, the greedy answer beside it. spopt "
    "gets the same pairs within 5 km, as the table that it wants, within its time. Found: "
    "residents newly covered, or metres saved, and whether the answer is proven best."
)


class Job(NamedTuple):
    """What is asked, and within how many seconds it should be answered."""

    method: str
    demand: int
    candidates: int
    points: int
    locked: int
    goal_s: float | None = None

    @property
    def name(self) -> str:
        """Say what is asked."""
        return (
            f"{self.method}: {self.points} more points of {self.candidates} candidates for "
            f"{self.demand} places of demand, {self.locked} points there"
        )


_SMALL = Job("maximal covering", 8_000, 600, 20, 0, 1)
_OTHERS = (
    Job("maximal covering", 8_000, 600, 20, 120, 1),
    Job("maximal covering", 64_000, 2_000, 100, 0, 10),
    Job("maximal covering", 64_000, 2_000, 100, 120, 10),
    Job("p-median", 600, 1_300, 5, 120),
    Job("p-median", 8_000, 600, 20, 120),
    Job("p-median", 64_000, 2_000, 20, 120),
)


def benchmark(runs: int) -> list[Comparison]:
    """Measure each job, the smallest against spopt too; and the plan by year."""
    small = compare(
        _SMALL.name,
        ours=partial(ours, _SMALL),
        alternatives={_SPOPT: partial(by_spopt, _SMALL)},
        runs=runs,
        once={_SPOPT},
        note=_NOTE,
    )
    others = _OTHERS[: sized(len(_OTHERS), 1)]
    alone = [
        Comparison(job.name, measure({OURS: partial(ours, job)}, min(runs, 3))) for job in others
    ]
    saved = [row.runs[0].found["saved"] for row in small.rows]
    small.outcomes.append(
        Outcome("residents covered otherwise than by spopt", 0, max(saved) - min(saved))
    )
    compared = [small, *alone]
    for job, comparison in zip((_SMALL, *others), compared, strict=True):
        if job.goal_s is not None:
            took = comparison.rows[0].seconds
            comparison.outcomes.append(Outcome(f"at most {job.goal_s:g} s", job.goal_s, took))
    return [*compared, plan.compared(runs)]


def ours(job: Job) -> Work:
    """Prepare demand and candidates."""
    demand, locked, free = country(job)

    def answer() -> dict[str, float]:
        if job.method == "p-median":
            away = nearest(demand["lat"], demand["lon"], locked["lat"], locked["lon"])
            savings = distance_savings(demand, free, away.distance_m)
        else:
            already = is_covered(locked, demand, _RADIUS_M)
            savings = cover_savings(demand, free, already, _RADIUS_M)
        best = save_most(savings, job.points, _TIME_LIMIT_S).exact
        return {"saved": float(best.ranked.worth), "optimal": bool(best.optimal)}

    return answer


def by_spopt(job: Job) -> Work:
    """Prepare spopt's model of maximal covering, of the pairs that the geodesic finds."""
    import pulp
    from spopt.locate import MCLP

    demand, _, free = country(job)

    def answer() -> dict[str, float]:
        pairs = Targets(free["lat"], free["lon"]).within(demand["lat"], demand["lon"], _RADIUS_M)
        cost = np.full((len(demand), len(free)), np.inf)
        cost[pairs.origin, pairs.target] = 0.0
        model = MCLP.from_cost_matrix(
            cost_matrix=cost,
            weights=demand["weight"].to_numpy(),
            service_radius=_RADIUS_M,
            p_facilities=job.points,
        )
        solved = model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0, gapAbs=0))
        return {"saved": float(solved.problem.objective.value())}

    return answer


def country(job: Job) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Make demand, the points that are there, and the candidates; the same ones each time."""
    random = np.random.default_rng(_SEED)
    across = round((job.demand * _WIDE / _HIGH) ** 0.5)
    x, y = np.meshgrid(np.linspace(0, _WIDE, across), np.linspace(0, _HIGH, job.demand // across))
    cells = np.column_stack([x.ravel(), y.ravel()])
    towns = random.uniform([0, 0], [_WIDE, _HIGH], (_TOWNS, 2))
    away = np.min([np.hypot(*(cells - town).T) for town in towns], axis=0)
    weight = 1 + random.lognormal(2.5, 1.6, len(cells)) * (0.1 + 8 * np.exp(-away / _REACH_M))
    places = _places(random, towns, job.locked + job.candidates)
    demand = _table(cells).assign(weight=weight.astype(np.int64))
    return demand, _table(places[: job.locked]), _table(places[job.locked :])


def _places(
    random: np.random.Generator, towns: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    anywhere = random.uniform([0, 0], [_WIDE, _HIGH], (count, 2))
    in_town = towns[random.integers(0, len(towns), count)] + random.normal(0, _TOWN_M, (count, 2))
    return np.where(random.random((count, 1)) < 0.5, anywhere, in_town)  # noqa: PLR2004


def _table(places: NDArray[np.float64]) -> pd.DataFrame:
    lat, lon = to_degrees(_WEST + places[:, 0], _SOUTH + places[:, 1])
    return pd.DataFrame({"lat": lat, "lon": lon})
