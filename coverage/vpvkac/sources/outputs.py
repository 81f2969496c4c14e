"""Tables that the program wrote, read back by their declaration (`vpvkac.model.tables`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.model.tables import TABLES

if TYPE_CHECKING:
    from vpvkac.sources.base import Checks

# What `render.csvfile` puts before a text that a spreadsheet would take for a formula.
_GUARD = re.compile(r"^'(?=[=+\-@\t\r])")
_FLAGS = {"true": True, "false": False}
_ANY = (-1e12, 1e12)


def read_back(name: str, texts: pd.DataFrame, checks: Checks) -> pd.DataFrame:
    """Read the cells of an earlier table of `TABLES`, all text, by the types of its columns.

    `Table.needed` must be there, and what later versions added is read where it is.  As of
    `plain`, null where a cell is faulty; `checks` takes the faults: no rows, keys that are empty
    or occur twice, what is no flag or no number.
    """
    declared = TABLES[name]
    table = texts[[column for column in declared.names if column in texts]]
    table = table.replace(_GUARD, "", regex=True)
    checks.some(table)
    if declared.key:
        first, *others = declared.key
        keys = table[first]
        for other in others:
            keys = keys + ", " + table[other]
        if others:
            checks.filled(table[first], field=first)
        checks.unique(keys, field=first)
    for column in declared.columns:
        if column.name not in table:
            continue
        values = table[column.name]
        if column.type.stored == "boolean":
            checks.choices(values, tuple(_FLAGS), field=column.name)
            table[column.name] = values.map(_FLAGS)
        elif column.type.stored != "string":
            limits = column.limits or _ANY
            table[column.name] = checks.numbers(values, field=column.name, limits=limits)
    return plain(name, table)


def plain(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of a declared table, in its order, one type each, computed or read back.

    Flags are `boolean`, numbers floats, texts `str`, empty where null.
    """
    columns: dict[str, pd.Series] = {}
    for declared in TABLES[name].columns:
        if declared.name not in table:
            continue
        column = table[declared.name]
        if declared.type.stored == "boolean":
            columns[declared.name] = column.astype("boolean")
        elif declared.type.stored == "string":
            columns[declared.name] = column.astype(object).where(column.notna(), "").astype(str)
        else:
            columns[declared.name] = column.astype("Float64").astype(float)
    return pd.DataFrame(columns)
