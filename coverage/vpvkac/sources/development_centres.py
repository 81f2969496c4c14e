"""Development centres with their level: a plain table, its published form not being known.

Levels as the plan names them: of national, regional and municipal
significance (GLOSSARY.md, "Territory").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.sources.base import Reading
from vpvkac.sources.checks import LATITUDE, LONGITUDE
from vpvkac.sources.plain import read_columns
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.model.project import Input

NATIONAL, REGIONAL, MUNICIPAL = "national", "regional", "municipal"
LEVELS = (NATIONAL, REGIONAL, MUNICIPAL)
KEYS = ("id", "name", "level", "unit", "unit_name", "municipality", "lat", "lon")
COLUMNS = (*KEYS, "row")
# "Nacionālas nozīmes attīstības centrs", "reģionāls", "novada nozīmes", "regional centre".
_WRITTEN = {
    NATIONAL: r"naci|national",
    REGIONAL: r"re[gģ]ion",
    MUNICIPAL: r"novad|vietēj|pašvald|municipal",
}


def read_development_centres(source: Input) -> Reading:
    """Read the development centres.

    Returns
    -------
    reading
        Columns `COLUMNS`: texts, `level` one of `LEVELS`, `lat` and `lon` in
        degrees (NaN where not given).  Dropped: `blank`, `not_in_where`.
        Errors: `id` is empty or repeated, a level is not known, a unit code
        is malformed, a coordinate is no number, half a position is given.

    Raises
    ------
    InputError
        If the file is not of its form, or a column named is not there.
    """
    read = read_columns(source, KEYS, needed=("id", "level"))
    table, checks, named = read.table, read.checks, source.columns
    checks.unique(table["id"], field=named["id"])
    units = checks.unit_codes(table["unit"], field=named.get("unit", "unit"))
    levels = _levels(table["level"])
    checks.refuse(
        levels == "",
        Message("is not a known level"),
        Message("write national, regional or municipal"),
        field=named["level"],
        values=table["level"],
    )
    places = {
        key: checks.numbers(table[key], field=named.get(key, key), limits=limits)
        for key, limits in {"lat": LATITUDE, "lon": LONGITUDE}.items()
    }
    checks.refuse(
        (table["lat"] == "") != (table["lon"] == ""),
        Message("has half a position"),
        Message("give both lat and lon"),
        values=table["id"],
    )
    found = table.assign(unit=units, level=levels, row=checks.lines, **places)
    return Reading(found[list(COLUMNS)], read.rows_read, read.dropped, checks.faults)


def _levels(texts: pd.Series) -> pd.Series:
    """Tell the level a text names; empty where it names none."""
    folded = texts.str.casefold()
    levels = folded.mask(~folded.isin(LEVELS), "")
    for level, written in _WRITTEN.items():
        levels = levels.mask((levels == "") & folded.str.contains(written, regex=True), level)
    return levels
