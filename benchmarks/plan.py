"""The order of openings: 463 units in six years on the sample, by unit and within 5 km.

`python benchmarks/plan.py [METRES]` does one job: it analyses the sample, then asks `plan`.
"""

from __future__ import annotations

import json
import sys
import time

import harness

_GOAL_S, _BUDGET, _RADIUS_M = 60.0, 900_000, 5_000
_NOTE = (
    "Whole commands without pages, files read; the goal is of `plan` alone, as found below, with "
    "its proof. Found: residents newly served, added up over the years, and the bound."
)


def compared(runs: int) -> harness.Comparison:
    """Measure the plan by unit, and with the residents within a radius."""
    jobs = {"by unit": (), f"within {_RADIUS_M} m": (str(_RADIUS_M),)}
    tasks = {label: [sys.executable, __file__, *words] for label, words in jobs.items()}
    rows = harness.measure(tasks, min(runs, 3))
    outcomes = [
        harness.Outcome(
            f"{row.label}: at most {_GOAL_S:g} s",
            _GOAL_S,
            max(run.found["plan_s"] for run in row.runs),
        )
        for row in rows
    ]
    return harness.Comparison("463 units in six years", rows, outcomes, _NOTE)


def main(radius_m: float | None) -> None:
    """Analyse the sample and plan its openings; print what was found."""
    import vpvkac

    result = vpvkac.analyse(vpvkac.sample())
    begun = time.perf_counter()
    planned = vpvkac.plan(result, _BUDGET, radius_m=radius_m)
    told = {
        "plan_s": round(time.perf_counter() - begun, 2),
        "units": len(planned.table),
        "years": len(planned.years),
        "served": planned.served,
        "bound": planned.bound,
        "optimal": planned.optimal,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else None)
