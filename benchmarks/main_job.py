"""The main job on the sample: ours against two scripts, then all that a run writes, and again."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import slider
from against import of_a_first_run
from harness import OURS, Comparison, Goal, Measured, Outcome, compare, measure

_PLAIN, _CAREFUL = "plain script", "careful script"
_NOTE = (
    "Whole commands, from the sample's files to tables, a GeoPackage and one map with every place "
    "and every regional stop. Found: units by status, and contact points within 700 m. The "
    "scripts measure on the plane, find addresses by exact or likest text, and check nothing."
)
_STEPS = "Found: seconds of each step of the last run, by `--timings`."
# What the results of 2026-11-21 are of, and what a run may take of its time.
_BEFORE, _HALF = "7c8d04f6", 0.5
_FIRST, _UNCHANGED = "with --no-cache", "again, nothing changed"
_OTHERWISE = {
    "with another threshold": ("--threshold", "800"),
    "with another stop set": ("--stop-set", "all"),
    "in the other language": ("--lang", "en"),
}
_OF_FIRST = 1 / 3
# Begins a run with the caches of the runs before it, into a folder that is not there.
_ANEW = """
import os, shutil, sys
os.environ["VPVKAC_CACHE"] = sys.argv[1]
shutil.rmtree(sys.argv[2], ignore_errors=True)
os.execv(sys.executable, [sys.executable, "-m", "vpvkac.cli.main", "run", *sys.argv[3:]])
"""


def benchmark(runs: int) -> list[Comparison]:
    """Measure the main job, step by step everything else that a run writes, and second runs."""
    with tempfile.TemporaryDirectory() as folder:
        same = compare(
            "the main job on the sample",
            ours=_script("our_script", folder),
            alternatives={
                _PLAIN: _script("plain_script", folder),
                _CAREFUL: _script("careful_script", folder),
            },
            runs=runs,
            once={_PLAIN},
            goals=[
                Goal("ratio", 0.5, _PLAIN),
                Goal("ratio", 0.9, _CAREFUL),
                Goal("memory_mb", 600),
            ],
            note=_NOTE,
        )
        beside = of_a_first_run(_BEFORE, min(runs, 3), _HALF)
        rows = measure({OURS: _script("run_steps", folder)}, 1)
        whole = Comparison("vpvkac run on the sample, with all it writes", rows, note=_STEPS)
        page = Path(folder, "run_steps", "map.html")
        again = _again(Path(folder), min(runs, 3))
        return [same, beside, whole, again, *slider.compared(page)]


def _again(folder: Path, runs: int) -> Comparison:
    """Measure runs that find the inputs placed by an earlier one."""
    jobs = {
        _FIRST: _run(folder, folder / "first", "--no-cache"),
        _UNCHANGED: _run(folder, folder / "none", out=folder / "unchanged"),
        **{label: _run(folder, folder / "other", *words) for label, words in _OTHERWISE.items()},
    }
    # Fills the cache, and the folder in which nothing will have changed.
    measure({_UNCHANGED: jobs[_UNCHANGED]}, 1)
    rows = measure(jobs, runs)
    outcomes = [_of_first(row, rows[0]) for row in rows[1:]]
    return Comparison("a second run on the sample", rows, outcomes, "Whole commands.")


def _of_first(row: Measured, first: Measured) -> Outcome:
    share = row.seconds / first.seconds
    return Outcome(f"{row.label}: at most a third of the first", _OF_FIRST, share)


def _run(folder: Path, removed: Path, *words: str, out: Path | None = None) -> list[str]:
    """Give the command of a run, before which a folder is removed: that of its outputs, mostly."""
    command = [sys.executable, "-c", _ANEW, str(folder / "cache"), str(removed)]
    return [*command, "--out", str(out or removed), *words]


def _script(name: str, folder: str) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name(f"{name}.py")), f"{folder}/{name}"]
