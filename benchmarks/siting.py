"""Measure `vpvkac site` on a country's worth of demand: maximal covering at 5 km, and the p-median.

    python benchmarks/siting.py

Demand stands on a grid over 320 km × 200 km around 24° E, heavier around towns;
half of the candidates stand in towns, half anywhere.  Prints the seconds of
each step: the savings, the greedy answer, and the best one with its proof.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

# Two threads at most, whatever the machine has.
os.environ.setdefault("OMP_NUM_THREADS", "2")
sys.path.insert(0, str(Path(__file__).parents[1] / "coverage"))

import numpy as np
import pandas as pd

from vpvkac.geodesy import to_degrees
from vpvkac.proximity import nearest
from vpvkac.siting.answer import most_saved
from vpvkac.siting.greedy import greedy
from vpvkac.siting.savings import covered_by, covering, nearing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_SEED = 1
_WEST, _SOUTH, _WIDE, _HIGH = 340_000, 200_000, 320_000, 200_000
_RADIUS_M, _TIME_LIMIT_S = 5_000, 60
_TOWNS, _TOWN_M, _REACH_M = 150, 700, 3_000


class Task(NamedTuple):
    """What is measured, and within how many seconds it should be done."""

    method: str
    demand: int
    candidates: int
    points: int
    locked: int
    goal_s: float | None


_TASKS = (
    Task("cover", 8_000, 600, 20, 0, 1),
    Task("cover", 8_000, 600, 20, 120, 1),
    Task("cover", 64_000, 2_000, 100, 0, 10),
    Task("cover", 64_000, 2_000, 100, 120, 10),
    Task("median", 600, 1_300, 5, 120, None),
    Task("median", 8_000, 600, 20, 120, None),
    Task("median", 64_000, 2_000, 20, 120, None),
)


def main() -> None:
    """Time each task."""
    for task in _TASKS:
        print(
            f"{task.method}: {task.demand} places of demand, {task.candidates} candidates, "
            f"{task.points} points, {task.locked} locked"
        )
        _measure(task)


def _measure(task: Task) -> None:
    demand, locked, free = _country(task)
    begun = time.perf_counter()
    with _timed("savings"):
        if task.method == "cover":
            already = covered_by(locked, demand, _RADIUS_M)
            savings = covering(demand, free, already, _RADIUS_M)
        else:
            away = nearest(demand["lat"], demand["lon"], locked["lat"], locked["lon"])
            savings = nearing(demand, free, away.distance_m)
    with _timed("greedy"):
        greedy(savings, task.points)
    with _timed("best and proof"):
        answers = most_saved(savings, task.points, _TIME_LIMIT_S)
    whole = time.perf_counter() - begun
    exact, simple = answers
    goal = "" if task.goal_s is None else f" (goal {task.goal_s} s)"
    print(f"  in all: {whole:.2f} s{goal}")
    print(f"  {savings.nnz} savings; optimal: {exact.optimal}, gap {exact.gap:.4%}")
    print(f"  greedy: {1 - simple.ranked.worth / exact.ranked.worth:.4%} less")


def _country(task: Task) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(_SEED)
    across = round((task.demand * _WIDE / _HIGH) ** 0.5)
    x, y = np.meshgrid(np.linspace(0, _WIDE, across), np.linspace(0, _HIGH, task.demand // across))
    cells = np.column_stack([x.ravel(), y.ravel()])
    towns = random.uniform([0, 0], [_WIDE, _HIGH], (_TOWNS, 2))
    away = np.min([np.hypot(*(cells - town).T) for town in towns], axis=0)
    weight = 1 + random.lognormal(2.5, 1.6, len(cells)) * (0.1 + 8 * np.exp(-away / _REACH_M))
    places = _places(random, towns, task.locked + task.candidates)
    demand = _table(cells).assign(weight=weight.astype(np.int64))
    return demand, _table(places[: task.locked]), _table(places[task.locked :])


def _places(
    random: np.random.Generator, towns: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    anywhere = random.uniform([0, 0], [_WIDE, _HIGH], (count, 2))
    in_town = towns[random.integers(0, len(towns), count)] + random.normal(0, _TOWN_M, (count, 2))
    return np.where(random.random((count, 1)) < 0.5, anywhere, in_town)  # noqa: PLR2004


def _table(places: NDArray[np.float64]) -> pd.DataFrame:
    lat, lon = to_degrees(_WEST + places[:, 0], _SOUTH + places[:, 1])
    return pd.DataFrame({"lat": lat, "lon": lon})


@contextlib.contextmanager
def _timed(label: str) -> Iterator[None]:
    wall, processor = time.perf_counter(), time.process_time()
    yield
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"  {label}: {wall:.2f} s ({processor:.2f} s of the processor)")


if __name__ == "__main__":
    main()
