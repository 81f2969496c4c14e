"""Starting: the help of the command line, and what a run imports, against the largest libraries."""

from __future__ import annotations

import sys

from harness import Comparison, Goal, compare

_GEOPANDAS, _AND_FOLIUM = "import geopandas", "import geopandas, folium"
LOADED = "import vpvkac.cli.questions, vpvkac.api.coverage, vpvkac.questions.coverage.files"
"""What `vpvkac run` imports before its first step."""


def benchmark(runs: int) -> list[Comparison]:
    """Measure `vpvkac --help`, and the imports of `vpvkac run`."""
    return [
        compare(
            "vpvkac --help",
            ours=[sys.executable, "-m", "vpvkac.cli.main", "--help"],
            alternatives={_GEOPANDAS: [sys.executable, "-c", _GEOPANDAS]},
            runs=runs,
            goals=[Goal("ratio", 0.25, _GEOPANDAS)],
        ),
        compare(
            "what vpvkac run imports before its first step",
            ours=[sys.executable, "-c", LOADED],
            alternatives={_AND_FOLIUM: [sys.executable, "-c", _AND_FOLIUM]},
            runs=runs,
            goals=[Goal("ratio", 1.2, _AND_FOLIUM)],
        ),
    ]
