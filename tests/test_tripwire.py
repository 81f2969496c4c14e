"""Start and main job stay within five times their goals (docs/performance.md).

No measurement: one run of each, in seconds of the processor, is enough to see on a busy machine
what was made slow by mistake, such as a heavy library at the start or a loop over rows.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from harness import measure
from startup import LOADED

pytestmark = pytest.mark.slow

MARGIN = 5
JOBS = Path(__file__).resolve().parents[1] / "benchmarks"


@pytest.mark.parametrize(
    ("ours", "other", "goal"),
    [
        (["-m", "vpvkac.cli.main", "--help"], ["-c", "import geopandas"], 0.25),
        (["-c", LOADED], ["-c", "import geopandas, folium"], 1.2),
        ([f"{JOBS}/our_script.py", "{out}"], [f"{JOBS}/careful_script.py", "{out}"], 0.9),
    ],
    ids=["start", "what a run imports", "main job"],
)  # fmt: skip
def test_nothing_takes_five_times_its_goal(
    ours: list[str], other: list[str], goal: float, tmp_path: Path
) -> None:
    tasks = {
        side: [sys.executable, *(word.format(out=tmp_path / side) for word in words)]
        for side, words in {"ours": ours, "other": other}.items()
    }
    took = {row.label: row.processor for row in measure(tasks, 1)}
    assert took["ours"] <= MARGIN * goal * took["other"]
