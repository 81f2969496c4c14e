"""Points of a what-if: places added, moved, opened or closed, in a small CSV.

Columns `place,lat,lon` and, where wanted, `host`, `name`, `address`,
`status`, `unit`, `owner`, `hours`, `phone`, `email`.  `place` is the key of
places.csv (`libraries:12`): one that a list has is changed, any other is new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vpvkac.model.project import HOST_INPUTS, Input
from vpvkac.sources.base import ANNOUNCED, OPEN, Checks, Reading
from vpvkac.sources.plain import positions, read_fixed
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd

CLOSED = "closed"
_TEXTS = (
    "name", "address", "phone", "email", "owner", "unit", "unit_name", "municipality", "hours",
    "status",
)  # fmt: skip
COLUMNS = ("place", "host", "id", *_TEXTS, "lat", "lon", "row")


def read_points(source: Input) -> Reading:
    """Read the points of a what-if: `COLUMNS`, texts empty and positions NaN where not given.

    Dropped: `blank`.  Errors: `place` is empty, repeated or of no kind of host, `host` is another
    kind than that of `place`, half a position is given, a value is not of its type.
    """
    read = read_fixed(source, ("place", "lat", "lon"), ("host", *_TEXTS))
    table, checks = read.table, read.checks
    keys = table["place"].str.partition(":")
    number, kind = keys[2].astype(str), keys[0].map(HOST_INPUTS).fillna("").astype(str)
    checks.unique(table["place"], field="place")
    checks.refuse(
        (table["place"] != "") & ((kind == "") | (number == "")),
        Message("is not the key of a place"),
        Message("write one of: {listed}", listed=", ".join(f"{key}:…" for key in HOST_INPUTS)),
        field="place",
        values=table["place"],
    )
    checks.refuse(
        (table["host"] != "") & (kind != "") & (table["host"] != kind),
        Message("is not the kind that place names"),
        Message("correct one of the two"),
        field="host",
        values=table["host"],
    )
    checks.choices(table["status"], (OPEN, ANNOUNCED, CLOSED), field="status")
    units = checks.unit_codes(table["unit"], field="unit")
    table = table.assign(
        id=number, host=kind, unit=units, row=checks.lines, **positions(read, "place")
    )[list(COLUMNS)]
    return Reading(table, read.rows_read, {"blank": read.dropped["blank"]}, checks.faults)


def check_new_points(new: pd.DataFrame, shown: str) -> Checks:
    """Refuse new points without a name or a position, or closed ones, which no list has."""
    checks = Checks(shown, new["row"])
    closed = new["status"] == CLOSED
    unplaced = ~closed & (new["lat"].isna() | new["lon"].isna())
    for wrong, problem, remedy in (
        (closed, Message("is in no list and cannot be closed"),
         Message("check the key against places.csv")),
        (unplaced, Message("is in no list and has no coordinates"),
         Message("give lat and lon, or check the key against places.csv")),
        (~closed & (new["name"] == ""), Message("is in no list and has no name"),
         Message("give its name")),
    ):  # fmt: skip
        checks.refuse(wrong, problem, remedy, field="place", values=new["place"])
    return checks


def change_records(records: pd.DataFrame, points: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Change the records of one kind of host as the points of that host say.

    A new position takes unit, municipality and address of the list away, so that the polygon
    decides; a text given replaces the list's.  Also counts the records closed and left out.
    """
    given = points.set_index("id").reindex(records["id"])
    given.index = records.index
    moved = (given["lat"].notna() & given["lon"].notna()).to_numpy(bool)
    found = records.copy()
    found.loc[moved, ["unit", "unit_name", "municipality", "address"]] = ""
    found.loc[moved, ["x", "y"]] = np.nan
    for column in ("lat", "lon"):
        found[column] = found[column].mask(moved, given[column])
    for column in _TEXTS:
        text = given[column].fillna("")
        found[column] = found[column].mask(text != "", text).astype(str)
    closed = (found["status"] == CLOSED).to_numpy(bool)
    return found[~closed].reset_index(drop=True), int(closed.sum())
