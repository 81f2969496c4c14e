"""The main job on the sample: ours against two scripts that an analyst might write."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from against import of_a_first_run
from harness import OURS, Comparison, Goal, compare, measure

_PLAIN, _CAREFUL = "plain script", "careful script"
# What was measured on 2026-11-21.
_BEFORE = "7c8d04f6"
_NOTE = (
    "Whole commands, from the sample's files to tables, a GeoPackage and one map with every place "
    "and every regional stop. Found: units by status, and contact points within 700 m. The "
    "scripts measure on the plane, find addresses by exact or likest text, and check nothing."
)
_STEPS = "Found: seconds of each step of the last run, by `--timings`."


def benchmark(runs: int) -> list[Comparison]:
    """Measure the main job, and step by step everything else that a run writes."""
    with tempfile.TemporaryDirectory() as folder:
        same = compare(
            "the main job on the sample",
            ours=_script("our_script", folder),
            alternatives={
                _PLAIN: _script("plain_script", folder),
                _CAREFUL: _script("careful_script", folder),
            },
            runs=runs,
            goals=[
                Goal("ratio", 0.5, _PLAIN),
                Goal("ratio", 0.9, _CAREFUL),
                Goal("memory_mb", 600),
            ],
            note=_NOTE,
        )
        whole = measure({OURS: _script("run_steps", folder)}, min(runs, 3))
    steps = Comparison("vpvkac run on the sample, with all it writes", whole, note=_STEPS)
    return [same, of_a_first_run(_BEFORE, runs, 0.5), steps]


def _script(name: str, folder: str) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name(f"{name}.py")), f"{folder}/{name}"]
