"""The published rows of the cost tables and their totals, as printed."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from vpvkac.sources.reference import reference_file

_FILE = "cost_published.csv"


class Cell(NamedTuple):
    """Where a published figure stands; the year is None for 2021-2027 in all."""

    scenario: str
    row: str
    year: int | None


@cache
def published_cells() -> Mapping[Cell, float]:
    """Give every published figure, EUR; the totals as printed, in ten thousands."""
    with reference_file(_FILE).open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return {
        Cell(row["scenario"], row["row"], int(head) if head.isdigit() else None): float(value)
        for row in rows
        for head, value in row.items()
        if head not in ("scenario", "row") and value
    }
