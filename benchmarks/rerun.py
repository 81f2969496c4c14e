"""A run again: with nothing changed, under another rule, in another language, as the first.

`python benchmarks/rerun.py FOLDER OPTION…` runs the sample with the cache of a folder and into
an empty folder of outputs; with `--first` the cache is empty too, with `--unchanged` the outputs
are those of the run before.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import harness

_FIRST, _UNCHANGED = "--first", "--unchanged"
_AGAIN = {
    "nothing changed": (_UNCHANGED,),
    "another threshold": ("--threshold", "800"),
    "another stop set": ("--stop-set", "all"),
    "another language": ("--lang", "en"),
}
_SHARE = 1 / 3
_NOTE = "Whole commands with all that they write, the cache filled by the run before."


def benchmark(runs: int) -> harness.Comparison:
    """Measure the first run of the sample, and what one takes that follows it."""
    with tempfile.TemporaryDirectory() as folder:
        job = [sys.executable, __file__]
        tasks = {"first": [*job, f"{folder}/first", _FIRST]}
        tasks |= {what: [*job, f"{folder}/{what}", *words] for what, words in _AGAIN.items()}
        for what in _AGAIN:
            subprocess.run([*job, f"{folder}/{what}"], check=True, capture_output=True)
        first, *again = harness.measure(tasks, min(runs, 3))
    outcomes = [
        harness.Outcome(
            f"{row.label}: at most a third of the first", round(_SHARE, 3),
            row.seconds / first.seconds,
        )
        for row in again
    ]  # fmt: skip
    return harness.Comparison("vpvkac run on the sample, again", [first, *again], outcomes, _NOTE)


def main(folder: Path, *asked: str) -> None:
    """Run the sample once."""
    if _FIRST in asked:
        shutil.rmtree(folder / "cache", ignore_errors=True)
    if _UNCHANGED not in asked:
        shutil.rmtree(folder / "out", ignore_errors=True)
    words = [word for word in asked if word not in (_FIRST, _UNCHANGED)]
    os.environ["VPVKAC_CACHE"] = str(folder / "cache")
    command = [sys.executable, "-m", "vpvkac.cli.main", "run", *words, "--out", str(folder / "out")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
