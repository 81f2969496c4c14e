"""The output tables of a run: which are written, with which columns."""

from __future__ import annotations

from vpvkac.analysis.rounding import (
    DISTANCE_DECIMALS,
    SHARE_DECIMALS,
    exact,
    rounded,
    shown,
    shown_distance,
)
from vpvkac.model.columns import COLUMNS as _REGISTRY
from vpvkac.model.tables import OUTPUTS, TABLES
from vpvkac.questions.coverage.result import Result

__all__ = (
    "COLUMNS",
    "DECIMALS",
    "DISTANCE_DECIMALS",
    "KEYS",
    "SHARE_DECIMALS",
    "STOP_COLUMNS",
    "exact",
    "rounded",
    "shown",
    "shown_distance",
    "written",
)

STOP_COLUMNS = TABLES["stops"].names
COLUMNS = {name: TABLES[name].names for name in OUTPUTS if name != "stops"}
KEYS = {name: TABLES[name].key for name in COLUMNS}
DECIMALS = {
    column.name: column.type.decimals
    for column in _REGISTRY.values()
    if column.type.decimals is not None
}


def written(result: Result) -> dict[str, tuple[str, ...]]:
    """Give the CSV outputs of a run and their columns.

    Nothing is published of synthetic data; residents are there where they are given.
    """
    without = {"published": result.synthetic, "residents": result.residents.empty}
    return {name: columns for name, columns in COLUMNS.items() if not without.get(name)}
