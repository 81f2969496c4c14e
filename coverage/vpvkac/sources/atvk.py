"""The history of unit codes: the classifier ATVK with every change since it began.

Format: SOURCES.md, "Territorial units", last part: one row per unit, version
and period, with the codes it came from and those it went into.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from vpvkac.model.project import Input
from vpvkac.sources.base import Reading
from vpvkac.sources.checks import UNIT_CODE, Checks, PublishedChecks
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Message

COLUMNS = (
    "code", "version", "name", "level", "parent", "begin", "end", "predecessors", "successors",
    "row",
)  # fmt: skip
_PUBLISHED = (
    "Level", "Code", "Code_version", "Name", "Code_parent", "Validity_period_begin",
    "Validity_period_end", "Predecessors", "Successors",
)  # fmt: skip
# Country, region, district, municipality or state city, town or parish.
_LEVELS = ("0", "1", "2", "3", "4")
_BARE_CODE = r"\b(\d{7})\b"
_ISO = r"(\d{4}-\d{2}-\d{2})(?:[T ]0{1,2}:00.*)?"
_LATVIAN = r"(\d{2})\.(\d{2})\.(\d{4})\.?"
# An end so far off says that there is none.
_NO_END = 2900
_NO_VERSION = "?"


def read_atvk(source: Input) -> Reading:
    """Read the history of unit codes.

    Returns
    -------
    reading
        Table of `COLUMNS`, sorted by code and begin: `code` and `parent` as
        `LV` and seven digits, also where the file leaves `LV` out; `begin`
        and `end` dates, `end` null while in force; `predecessors` and
        `successors` codes joined by blanks.  Dropped: `blank`, `type`, rows of
        no unit code (the country and its regions), and as
        `PublishedChecks.settle` decides `bad_value` and `duplicate`: an unknown
        level, a code and begin that occur twice, no name, a value that is no
        date, an end before the begin.  Errors: more than a few rows are bad.

    Raises
    ------
    InputError
        If the file is not of its form, or a column is missing.
    """
    read = read_records(source.path, source.shown, required=_PUBLISHED)
    checks = PublishedChecks(source.shown, read.lines, strict=source.strict)
    raw = read.table[list(_PUBLISHED)]
    checks.some(raw)
    checks.choices(raw["Level"], _LEVELS, field="Level")
    codes = _codes(raw["Code"])
    is_unit = codes.str.fullmatch(UNIT_CODE).to_numpy(bool)
    table, checks.lines = raw[is_unit].reset_index(drop=True), read.lines[is_unit]
    found = pd.DataFrame(
        {
            "code": codes[is_unit].to_numpy(object),
            "version": table["Code_version"],
            "name": table["Name"],
            "level": pd.to_numeric(table["Level"], errors="coerce"),
            "parent": _codes(table["Code_parent"]),
            "begin": _dates(checks, table, "Validity_period_begin"),
            "end": _dates(checks, table, "Validity_period_end"),
            "predecessors": _code_lists(table["Predecessors"]),
            "successors": _code_lists(table["Successors"]),
            "row": checks.lines,
        }
    )
    checks.filled(table["Name"], field="Name")
    checks.filled(table["Validity_period_begin"], field="Validity_period_begin")
    checks.refuse(
        (found["end"] < found["begin"]).to_numpy(bool),
        Message("is before the begin"),
        Message("check both dates"),
        field="Validity_period_end",
        values=table["Validity_period_end"],
    )
    begun = found["begin"].dt.strftime("%Y-%m-%d")
    # A row without a begin, or with one that is no date, has been refused for that.
    versions = (found["code"] + ", " + begun).fillna(_NO_VERSION + found["row"].astype(str))
    checks.unique(versions.astype(str), field="Code", rows=found.drop(columns="row"))
    found, bad = checks.settle(found)
    _warn_of_missing(checks, found)
    found = found.sort_values(["code", "begin"], ignore_index=True)
    dropped = {"blank": read.blank, "type": int((~is_unit).sum()), **bad}
    faults = [*read.faults, *checks.faults]
    return Reading(found, len(found) + sum(dropped.values()), dropped, faults)


def _codes(texts: pd.Series) -> pd.Series:
    """Write codes with `LV`, as the units' files have them."""
    return texts.str.replace(_BARE_CODE, r"LV\1", regex=True)


def _code_lists(texts: pd.Series) -> pd.Series:
    """Return the unit codes named in a text, each once, joined by blanks."""
    return _codes(texts).str.findall(UNIT_CODE).map(lambda codes: " ".join(dict.fromkeys(codes)))


def _dates(checks: Checks, table: pd.DataFrame, field: str) -> pd.Series:
    """Read dates as 2021-07-01 or 01.07.2021.; null where empty."""
    text = table[field]
    iso = text.str.replace(_LATVIAN, r"\3-\2-\1", regex=True)
    written = iso.str.extract(f"^{_ISO}$", expand=False)
    endless = pd.to_numeric(written.str[:4], errors="coerce") >= _NO_END
    dates = pd.to_datetime(written.mask(endless), format="%Y-%m-%d", errors="coerce")
    checks.refuse(
        (text != "") & dates.isna() & ~endless,
        Message("is not a date"),
        Message('write "2021-07-01"'),
        field=field,
        values=text,
    )
    return dates


def _warn_of_missing(checks: Checks, found: pd.DataFrame) -> None:
    checks.lines = found["row"].to_numpy(np.int64)
    named = (found["predecessors"] + " " + found["successors"]).str.split()
    known = set(found["code"])
    missing = named.map(lambda codes: next((code for code in codes if code not in known), ""))
    checks.warn(
        np.asarray(missing != "", bool),
        Message("is named as predecessor or successor, but is not in the file"),
        Message("download the whole history"),
        values=missing.astype(str),
    )
