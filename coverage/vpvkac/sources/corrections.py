"""Corrections: where a place really is, in a small CSV beside the project file.

Columns `place,address,lat,lon`.  `place` is the key of places.csv
(`libraries:12`).  A position wins; an address alone goes through the register
like one of the list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vpvkac.sources.base import Reading
from vpvkac.sources.checks import LATITUDE, LONGITUDE, NOT_IN_WHERE, Checks, select_rows
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.project import Input

COLUMNS = ("place", "address", "lat", "lon", "row")
_REQUIRED = ("place", "address", "lat", "lon")


def read_corrections(source: Input) -> Reading:
    """Read the corrections.

    Returns
    -------
    reading
        Table of `COLUMNS`: `address` is empty and `lat`, `lon` are NaN where
        not given; `row` is the physical line.  Dropped: `blank`,
        `not_in_where`.
        Errors: `place` is empty or repeated, neither address nor position is
        given, half a position is, a coordinate is not one.

    Raises
    ------
    InputError
        If the file is not of its form.
    """
    required = list(dict.fromkeys((*_REQUIRED, *source.where)))
    read = read_records(source.path, source.shown, required=required)
    checks = Checks(source.shown, read.lines)
    keep = select_rows(checks, read.table, source.where)
    table, checks.lines = read.table[keep].reset_index(drop=True), checks.lines[keep]
    checks.unique(table["place"], field="place")
    lat = checks.numbers(table["lat"], field="lat", limits=LATITUDE)
    lon = checks.numbers(table["lon"], field="lon", limits=LONGITUDE)
    checks.refuse(
        (table["lat"] == "") != (table["lon"] == ""),
        Message("has half a position"),
        Message("give both lat and lon"),
        values=table["place"],
    )
    checks.refuse(
        (table["address"] == "") & (table["lat"] == "") & (table["lon"] == ""),
        Message("has neither an address nor a position"),
        Message("give one of them, or delete the row"),
        values=table["place"],
    )
    found = table[["place", "address"]].assign(lat=lat, lon=lon, row=checks.lines)
    dropped = {"blank": read.blank, NOT_IN_WHERE: int(np.sum(~keep))}
    return Reading(found, len(keep) + read.blank, dropped, [*read.faults, *checks.faults])
