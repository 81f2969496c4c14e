"""Points of a what-if: places added, moved, opened or closed, in a small CSV.

Columns `place,lat,lon` and, where wanted, `host`, `name`, `address`,
`status`, `unit`, `owner`, `hours`, `phone`, `email`.  `place` is the key of
places.csv (`libraries:12`): one that a list has is changed, any other is new.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from vpvkac.model.project import HOST_INPUTS, Input
from vpvkac.sources.base import ANNOUNCED, OPEN, Reading
from vpvkac.sources.checks import LATITUDE, LONGITUDE, Checks
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Message

CLOSED = "closed"
_REQUIRED = ("place", "lat", "lon")
_TEXTS = (
    "name", "address", "phone", "email", "owner", "unit", "unit_name", "municipality", "hours",
    "status",
)  # fmt: skip
COLUMNS = ("place", "host", "id", *_TEXTS, "lat", "lon", "row")


def read_points(source: Input) -> Reading:
    """Read the points of a what-if.

    Returns
    -------
    reading
        Table of `COLUMNS`: texts empty and positions NaN where not given;
        `row` is the physical line.  Dropped: `blank`.  Errors: `place` is
        empty, repeated or of no kind of host, `host` is another kind than
        that of `place`, half a position is given, a value is not of its type.

    Raises
    ------
    InputError
        If the file is not of its form.
    """
    optional = ("host", *_TEXTS)
    read = read_records(source.path, source.shown, required=_REQUIRED, optional=optional)
    table, checks = read.table, Checks(source.shown, read.lines)
    texts = {name: table.get(name, "") for name in optional}
    found = pd.DataFrame({"place": table["place"], **texts}, index=table.index, dtype=str)
    keys = found["place"].str.partition(":")
    found["id"], found["row"] = keys[2].astype(str), checks.lines
    checks.unique(found["place"], field="place")
    kind = keys[0].map(HOST_INPUTS).fillna("").astype(str)
    _check_kind(checks, found, kind)
    found["host"] = kind
    checks.choices(found["status"], (OPEN, ANNOUNCED, CLOSED), field="status")
    found["unit"] = checks.unit_codes(found["unit"], field="unit")
    found["lat"] = checks.numbers(table["lat"], field="lat", limits=LATITUDE)
    found["lon"] = checks.numbers(table["lon"], field="lon", limits=LONGITUDE)
    checks.refuse(
        (table["lat"] == "") != (table["lon"] == ""),
        Message("has half a position"),
        Message("give both lat and lon"),
        values=found["place"],
    )
    return Reading(
        found[list(COLUMNS)],
        len(found) + read.blank,
        {"blank": read.blank},
        [*read.faults, *checks.faults],
    )


def refuse_incomplete(new: pd.DataFrame, shown: str) -> Checks:
    """Refuse new points without a name or a position, or closed ones, which no list has."""
    checks = Checks(shown, new["row"])
    checks.refuse(
        new["status"] == CLOSED,
        Message("is in no list and cannot be closed"),
        Message("check the key against places.csv"),
        field="place",
        values=new["place"],
    )
    stays = new["status"] != CLOSED
    checks.refuse(
        stays & (new["lat"].isna() | new["lon"].isna()),
        Message("is in no list and has no coordinates"),
        Message("give lat and lon, or check the key against places.csv"),
        field="place",
        values=new["place"],
    )
    checks.refuse(
        stays & (new["name"] == ""),
        Message("is in no list and has no name"),
        Message("give its name"),
        field="place",
        values=new["place"],
    )
    return checks


def changed(records: pd.DataFrame, points: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Change the records of one kind of host as the points say.

    Parameters
    ----------
    records
        What a reader gave, `sources.base.COLUMNS`.
    points
        Points of this host, `COLUMNS`; those of other ids change nothing.

    Returns
    -------
    records, closed
        A new position takes unit, municipality and address of the list away,
        so that the polygon decides; a text given replaces the list's.  And
        how many records are closed and left out.
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
        said = given[column].fillna("")
        found[column] = found[column].mask(said != "", said).astype(str)
    closed = (found["status"] == CLOSED).to_numpy(bool)
    return found[~closed].reset_index(drop=True), int(closed.sum())


def _check_kind(checks: Checks, found: pd.DataFrame, kind: pd.Series) -> None:
    listed = ", ".join(f"{key}:…" for key in HOST_INPUTS)
    checks.refuse(
        (found["place"] != "") & ((kind == "") | (found["id"] == "")),
        Message("is not the key of a place"),
        Message("write one of: {listed}", listed=listed),
        field="place",
        values=found["place"],
    )
    checks.refuse(
        (found["host"] != "") & (kind != "") & (found["host"] != kind),
        Message("is not the kind that place names"),
        Message("correct one of the two"),
        field="host",
        values=found["host"],
    )
