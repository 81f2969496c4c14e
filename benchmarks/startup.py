"""Start-up: the help of the command line against the import of its largest library."""

from __future__ import annotations

import sys

from harness import Comparison, Goal, compare

_THEIRS = "import geopandas"


def benchmark(runs: int) -> Comparison:
    """Measure `vpvkac --help`."""
    return compare(
        "vpvkac --help",
        ours=[sys.executable, "-m", "vpvkac.cli.main", "--help"],
        alternatives={_THEIRS: [sys.executable, "-c", _THEIRS]},
        runs=runs,
        goals=[Goal("ratio", 0.25, _THEIRS)],
    )
