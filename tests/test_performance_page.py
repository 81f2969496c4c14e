"""The tables of docs/performance.md are those of the committed results."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import page
import run

pytestmark = pytest.mark.slow

ROW = {
    "label": "vpvkac",
    "runs": 3,
    "seconds": {"median": 1.2345, "least": 1, "greatest": 2},
    "processor": {"median": 1.1, "least": 1, "greatest": 2},
    "memory_mb": 123.4,
    "ours_to_this": {"ratio": 1, "least": 1, "greatest": 1},
    "found": {},
}
OTHER = ROW | {
    "label": "theirs",
    "ours_to_this": {"ratio": 0.51234, "least": 0.4, "greatest": 0.6},
    "found": {"counted": 7},
}


def results(*, met: bool) -> dict[str, Any]:
    goal = {"goal": "at most 0.5 × the time of theirs", "limit": 0.5, "measured": 0.75, "met": met}
    comparison = {"name": "a job", "note": "a note", "rows": [ROW, OTHER], "goals": [goal]}
    job = {"date": "2026-11-21", "loop_s": 0.4567, "comparisons": [comparison]}
    return {"benchmarks": {"job": job}}


def stored() -> dict[str, Any]:
    if not page.RESULTS.exists():
        pytest.skip("no results are committed")
    told: dict[str, Any] = json.loads(page.RESULTS.read_text(encoding="utf-8"))
    return told


def test_the_page_shows_the_committed_results() -> None:
    text = page.PAGE.read_text(encoding="utf-8")
    assert page.renewed(text, stored()) == text


def test_the_page_has_a_place_for_every_benchmark() -> None:
    marks = re.findall(r"<!-- (\w+) -->", page.PAGE.read_text(encoding="utf-8"))
    assert sorted(marks) == sorted([*run.NAMES, *run.ON_DEMAND, "machine", "goals"])


def test_every_benchmark_can_be_run() -> None:
    folder = page.RESULTS.parent
    texts = {
        name: (folder / f"{name}.py").read_text(encoding="utf-8")
        for name in (*run.NAMES, *run.ON_DEMAND)
    }
    assert [name for name, text in texts.items() if "\ndef benchmark(runs: int)" not in text] == []


def test_the_committed_results_are_of_one_machine_and_whole() -> None:
    told = stored()
    assert {"processor", "cores", "memory_gb", "python", "threads"} <= set(told["machine"])
    assert [name for name in told["benchmarks"] if name not in run.ON_DEMAND] == list(run.NAMES)


def test_a_table_tells_medians_spreads_and_ratios() -> None:
    text = page.renewed("before\n<!-- job -->\nold\n<!-- /job -->\nafter", results(met=True))
    assert "| vpvkac | 1.23 | 1–2 | 1.1 | 123 |  |  |" in text
    assert "| theirs | 1.23 | 1–2 | 1.1 | 123 | 0.512 | 0.4–0.6 |" in text
    assert "Found by theirs: counted 7." in text
    assert "Measured on 2026-11-21; ten million rounds" in text
    assert "took 0.457 s." in text
    assert text.startswith("before\n<!-- job -->\n")
    assert text.endswith("<!-- /job -->\nafter")
    assert "old" not in text


def test_a_goal_that_is_missed_says_by_how_much() -> None:
    block = "<!-- goals -->\n<!-- /goals -->"
    assert "| 0.75 | **no**, 1.5 times the goal |" in page.renewed(block, results(met=False))
    assert "| 0.75 | yes |" in page.renewed(block, results(met=True))


def test_much_that_was_found_stands_in_a_table() -> None:
    told = results(met=True)
    steps = {f"step {number}": number for number in range(20)}
    told["benchmarks"]["job"]["comparisons"][0]["rows"][0] = ROW | {"found": steps}
    text = page.renewed("<!-- job -->\n<!-- /job -->", told)
    assert "| found | vpvkac |" in text
    assert "| step 19 | 19 |" in text


def test_what_was_not_measured_says_so() -> None:
    assert "Not measured yet." in page.renewed("<!-- walk -->\n<!-- /walk -->", {})
