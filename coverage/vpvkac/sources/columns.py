"""The columns a project names of a plain table, whatever the table is about.

CSV, GeoJSON or GeoPackage; only the columns named are read (DESIGN.md,
"Project file").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.geo.geodesy import CRS
from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.checking import Checks
from vpvkac.sources.delimited import Records, read_records
from vpvkac.sources.geodata import Layer, read_layer
from vpvkac.sources.where import REASON, kept
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.model.project import Input

_DELIMITED = {".csv", ".tsv", ".txt"}
_FORMS = Message("CSV, GeoJSON or GeoPackage")


@dataclass(frozen=True)
class Columns:
    """The columns named, of the rows kept.

    Parameters
    ----------
    table
        Texts, a column for every key asked for; empty where a key names no column.
    checks
        Holds the faults found, and the line of every row.
    rows_read
        Rows of the file.
    dropped
        Rows left out: `blank`, `not_in_where`.
    shapes
        The rows' geometry in EPSG:3059; None for a file without, or where it is not wanted.
    """

    table: pd.DataFrame
    checks: Checks
    rows_read: int
    dropped: dict[str, int]
    shapes: gpd.GeoSeries | None = None


def read_columns(
    source: Input, keys: Sequence[str], *, needed: Sequence[str], shaped: bool = False
) -> Columns:
    """Read the columns that a project names for these keys.

    Parameters
    ----------
    keys
        Keys wanted; those not named are empty.
    needed
        Keys that must be named.
    shaped
        Whether the geometry is wanted too.

    Raises
    ------
    InputError
        If a key needed is not named, the file is not of its form, or a column
        named is not there.
    """
    missing = [key for key in needed if key not in source.columns]
    if missing:
        raise InputError([_not_named(source.shown, key) for key in missing])
    named = {key: source.columns[key] for key in keys if key in source.columns}
    required = list(dict.fromkeys((*named.values(), *source.where)))
    records, layer = read_named(source, required)
    shapes = layer.reprojected(CRS) if shaped and layer is not None else None
    checks = Checks(source.shown, records.lines)
    checks.some(records.table)
    keep = kept(checks, records.table, source.where)
    whole = records.table[keep].reset_index(drop=True)
    checks.lines = checks.lines[keep]
    checks.faults = [*records.faults, *checks.faults]
    texts = {key: whole[named[key]] if key in named else "" for key in keys}
    return Columns(
        pd.DataFrame(texts, index=whole.index, dtype=str),
        checks,
        len(records.table) + records.blank,
        {"blank": records.blank, REASON: int((~keep).sum())},
        None if shapes is None else shapes[keep].reset_index(drop=True),
    )


def read_named(source: Input, required: Sequence[str]) -> tuple[Records, Layer | None]:
    """Read columns of a plain table as text, and its features if it has a geometry.

    Raises
    ------
    InputError
        If the file is not of its form, or a column is not there.
    """
    if source.path.suffix.lower() in _DELIMITED:
        return read_records(source.path, source.shown, required=required), None
    layer = read_layer(source.path, source.shown, _FORMS, required)
    # Features have no header: the first is row 1.
    records = Records(layer.table, np.arange(1, len(layer.table) + 1), faults=layer.faults)
    return records, None if layer.shapes is None else layer


def _not_named(shown: str, key: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("no column is named for {key}", key=key),
        Message('write {{ path = "…", {key} = "column" }}', key=key),
        field=key,
    )
