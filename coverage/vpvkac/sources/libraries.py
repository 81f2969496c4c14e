"""Municipal libraries: the culture data portal's CSV.

Format: SOURCES.md, "Libraries".  Which rows are municipal libraries is the
planner's filter (`where`); without one all rows count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vpvkac.faults import InputError, has_errors
from vpvkac.sources.checking import LATITUDE, LONGITUDE, Checks
from vpvkac.sources.delimited import read_records
from vpvkac.sources.reading import Reading
from vpvkac.sources.records import records
from vpvkac.sources.where import REASON, kept

if TYPE_CHECKING:
    from vpvkac.project import Input

_ID, _NAME, _ADDRESS, _LAT, _LON = "_id", "Objekta nosaukums", "Adrese", "LAT", "LON"
_EAST_OR_NORTH = ("LKS-92 X", "LKS-92 Y")


def read_libraries(source: Input) -> Reading:
    """Read the libraries.

    Returns
    -------
    reading
        Table of `records.COLUMNS`; positions NaN where the file has none or 0.

    Raises
    ------
    InputError
        If the file is not of its form, `_id` is repeated, a coordinate is not
        a number, or `where` names a column that is not there.
    """
    required = (_ID, _NAME, _ADDRESS, _LAT, _LON, *source.where)
    read = read_records(source.path, source.shown, required=required)
    checks = Checks(source.shown, read.lines)
    checks.unique(read.table[_ID], field=_ID)
    keep = kept(read.table, source.where)
    table, checks.lines = read.table[keep].reset_index(drop=True), read.lines[keep]
    lat = checks.numbers(table[_LAT], field=_LAT, limits=LATITUDE)
    lon = checks.numbers(table[_LON], field=_LON, limits=LONGITUDE)
    planar = [
        checks.numbers(table[name], field=name) if name in table else np.full(len(table), np.nan)
        for name in _EAST_OR_NORTH
    ]
    if has_errors(checks.faults):
        raise InputError(checks.faults)
    found = records(
        checks.lines,
        id=table[_ID],
        name=table[_NAME],
        address=table[_ADDRESS],
        lat=lat,
        lon=lon,
        x=planar[0],
        y=planar[1],
    )
    return Reading(found, len(keep), {REASON: int((~keep).sum())}, checks.faults)
