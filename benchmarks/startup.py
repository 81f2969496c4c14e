"""Start-up: what the command line and a run load, against the import of their largest libraries."""

from __future__ import annotations

import sys

from harness import Comparison, Goal, compare

_THEIRS = "import geopandas"
_OF_A_RUN = "import geopandas, folium"
# What `run` has loaded when its first step begins.
_READING = "import vpvkac.cli.questions, vpvkac.api.coverage, vpvkac.questions.coverage.files"


def benchmark(runs: int) -> list[Comparison]:
    """Measure `vpvkac --help`, and what `vpvkac run` imports before its first step."""
    return [
        compare(
            "vpvkac --help",
            ours=[sys.executable, "-m", "vpvkac.cli.main", "--help"],
            alternatives={_THEIRS: [sys.executable, "-c", _THEIRS]},
            runs=runs,
            goals=[Goal("ratio", 0.25, _THEIRS)],
        ),
        compare(
            "what vpvkac run imports before its first step",
            ours=[sys.executable, "-c", _READING],
            alternatives={_OF_A_RUN: [sys.executable, "-c", _OF_A_RUN]},
            runs=runs,
            goals=[Goal("ratio", 1.2, _OF_A_RUN)],
        ),
    ]
