"""Municipal libraries: the culture data portal's CSV.

Which rows are municipal libraries is the planner's filter (`where`); without one all count.
"""

from __future__ import annotations

from vpvkac.model.faults import Fault
from vpvkac.model.project import Input
from vpvkac.sources.base import (
    LATITUDE,
    LONGITUDE,
    METRES,
    NOT_IN_WHERE,
    PublishedChecks,
    Reading,
    records,
    select_rows,
)
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Message

_ID, _NAME, _ADDRESS, _LAT, _LON = "_id", "Objekta nosaukums", "Adrese", "LAT", "LON"
_REQUIRED = (_ID, _NAME, _ADDRESS, _LAT, _LON)
_EAST_OR_NORTH = ("LKS-92 X", "LKS-92 Y")


def read_libraries(source: Input) -> Reading:
    """Read the libraries: `base.COLUMNS`, positions NaN where the file has none.

    Dropped: `blank`, `not_in_where`, and as `PublishedChecks.settle` decides `bad_value` and
    `duplicate`: `_id` is empty or repeated, a coordinate is not a number.  Raises `InputError`
    if the file is not of its form, or `where` names a column that is not there.
    """
    read = read_records(
        source.path,
        source.shown,
        required=(*_REQUIRED, *source.where),
        optional=_EAST_OR_NORTH,
    )
    checks = PublishedChecks(source.shown, read.lines, strict=source.strict)
    checks.some(read.table)
    used = [name for name in (*_REQUIRED, *_EAST_OR_NORTH) if name in read.table]
    checks.unique(read.table[_ID], field=_ID, rows=read.table[used])
    keep = select_rows(checks, read.table, source.where)
    if not source.where:
        problem = Message("all its rows count as municipal libraries")
        remedy = Message("choose the rows by where")
        checks.faults.append(Fault("warning", source.shown, problem, remedy))
    table, checks.lines = read.table[keep].reset_index(drop=True), read.lines[keep]
    planar = {
        axis: checks.numbers(table[name], field=name, limits=METRES)
        for axis, name in zip("xy", _EAST_OR_NORTH, strict=True)
        if name in table
    }
    found = records(
        checks.lines,
        id=table[_ID],
        name=table[_NAME],
        address=table[_ADDRESS],
        lat=checks.numbers(table[_LAT], field=_LAT, limits=LATITUDE),
        lon=checks.numbers(table[_LON], field=_LON, limits=LONGITUDE),
        **planar,
    )
    found, bad = checks.settle(found)
    dropped = {"blank": read.blank, NOT_IN_WHERE: int((~keep).sum()), **bad}
    return Reading(found, len(keep) + read.blank, dropped, [*read.faults, *checks.faults])
