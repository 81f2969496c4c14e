"""The tables of docs/performance.md, made from results.json and put between their marks.

A table stands between `<!-- NAME -->` and `<!-- /NAME -->`, NAME being that
of a benchmark, `machine`, or `goals`; the words around it are written by hand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "performance.md"
RESULTS = ROOT / "benchmarks" / "results.json"
_BLOCK = re.compile(r"<!-- (\w+) -->\n.*?<!-- /\1 -->", re.DOTALL)
_NOT_MEASURED = "Not measured yet."
_IN_A_LINE = 8
# How the harness names the program itself.
_OURS = "vpvkac"

Results = dict[str, Any]


def renewed(text: str, results: Results) -> str:
    """Put the results' tables in the place of those in a text."""

    def block(found: re.Match[str]) -> str:
        return f"<!-- {found[1]} -->\n{_content(found[1], results)}\n<!-- /{found[1]} -->"

    return _BLOCK.sub(block, text)


def _content(name: str, results: Results) -> str:
    if name == "machine":
        return _machine(results)
    if name == "goals":
        return _goals(results)
    measured = results.get("benchmarks", {}).get(name)
    if measured is None:
        return _NOT_MEASURED
    told = [_comparison(comparison) for comparison in measured["comparisons"]]
    return "\n\n".join([_when(measured), *told])


def _when(measured: dict[str, Any]) -> str:
    return (
        f"Measured on {measured['date']}; ten million rounds of an empty loop in Python took "
        f"{_short(measured['loop_s'])} s."
    )


def _machine(results: Results) -> str:
    if "machine" not in results:
        return _NOT_MEASURED
    told = results["machine"]
    libraries = ", ".join(f"{name} {version}" for name, version in told["libraries"].items())
    return (
        f"{told['processor']}, {told['cores']} cores, {told['memory_gb']} GB of memory; "
        f"{told['system']}, Python {told['python']}, threads of every library: {told['threads']}. "
        f"{libraries}."
    )


def _goals(results: Results) -> str:
    rows = [
        (comparison["name"], goal["goal"], _short(goal["measured"]),
         "yes" if goal["met"] else f"**no**, {_excess(goal)}")
        for measured in results.get("benchmarks", {}).values()
        for comparison in measured["comparisons"]
        for goal in comparison["goals"]
    ]  # fmt: skip
    return _table(("what", "goal", "measured", "met"), rows) if rows else _NOT_MEASURED


def _excess(goal: dict[str, Any]) -> str:
    """Say by how much a goal is missed."""
    if goal["limit"] == 0:
        return _short(goal["measured"])
    return f"{_short(goal['measured'] / goal['limit'])} times the goal"


def _comparison(comparison: dict[str, Any]) -> str:
    rows: list[dict[str, Any]] = comparison["rows"]
    head = ["", "seconds", "least–greatest", "processor", "MB"]
    cells = [_measured(row) for row in rows]
    if len(rows) > 1:
        first = "ours" if rows[0]["label"] == _OURS else rows[0]["label"]
        head += [f"{first} to this", "spread"]
        cells = [
            (*cell, *_ratio(row, is_first=number == 0))
            for number, (cell, row) in enumerate(zip(cells, rows, strict=True))
        ]
    note = [comparison["note"]] if comparison["note"] else []
    table = _table(tuple(head), cells)
    return "\n\n".join([f"**{comparison['name']}**", table, *note, *_all_found(rows)])


def _measured(row: dict[str, Any]) -> tuple[str, ...]:
    took = row["seconds"]
    return (
        row["label"],
        _short(took["median"]),
        f"{_short(took['least'])}–{_short(took['greatest'])}",
        _short(row["processor"]["median"]),
        f"{row['memory_mb']:.0f}",
    )


def _ratio(row: dict[str, Any], *, is_first: bool) -> tuple[str, str]:
    if is_first:
        return "", ""
    ratio = row["ours_to_this"]
    return _short(ratio["ratio"]), f"{_short(ratio['least'])}–{_short(ratio['greatest'])}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _all_found(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Tell what the tasks found, together those that found the same."""
    alike: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["found"]:
            alike.setdefault(json.dumps(row["found"], sort_keys=True), []).append(row)
    return [_found([row["label"] for row in same], same[0]["found"]) for same in alike.values()]


def _found(labels: Sequence[str], found: dict[str, Any]) -> str:
    """Tell what was found in a line; much of it in a table."""
    told = {name: _told(value) for name, value in found.items()}
    if len(told) > _IN_A_LINE:
        return _table(("found", " and ".join(labels)), list(told.items()))
    pairs = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())
    return f"Found by {'; '.join(labels)}: {pairs}."


def _told(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return str(value)


def _short(value: float) -> str:
    """Write a number with three digits that tell, without an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"  # noqa: PLR2004
