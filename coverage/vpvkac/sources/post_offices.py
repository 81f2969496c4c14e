"""Post offices: the public list of service locations of Latvijas Pasts, JSON.

Format: SOURCES.md, "Post offices".  Types 1 and 2 are offices; parcel lockers
and letter boxes are left out by definition.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.faults import Fault, InputError, has_errors
from vpvkac.language import Text
from vpvkac.sources.checking import LATITUDE, LONGITUDE, Checks
from vpvkac.sources.delimited import missing_columns, read_text
from vpvkac.sources.reading import Reading
from vpvkac.sources.records import records
from vpvkac.sources.weekdays import intervals_in, opening_hours
from vpvkac.sources.where import REASON, kept

if TYPE_CHECKING:
    from vpvkac.project import Input

_REQUIRED = ("id", "type", "status", "label", "readableAddress", "latitude", "longitude")
_OFFICE_TYPES = ("1", "2")
_OTHER_TYPES = ("6", "7", "9")
_WORKING = ("1",)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_post_offices(source: Input) -> Reading:
    """Read the post offices.

    Returns
    -------
    reading
        Table of `records.COLUMNS`; `row` is the entry's number in the list,
        from 1.  Dropped: `type`, `status`, `not_in_where`.

    Raises
    ------
    InputError
        If the file is not a JSON list of entries with the fields of the API,
        an id is repeated, or a coordinate is not a number.
    """
    entries = _entries(source)
    table = _table(entries, source)
    checks = Checks(source.shown, np.arange(1, len(entries) + 1))
    checks.unique(table["id"], field="id")
    keep = kept(table, source.where)
    office = keep & _of_known(checks, table["type"], "type", _OFFICE_TYPES, _OTHER_TYPES)
    working = office & _of_known(checks, table["status"], "status", _WORKING, ())
    dropped = {
        REASON: int((~keep).sum()),
        "type": int((keep & ~office).sum()),
        "status": int((office & ~working).sum()),
    }
    [entry.get("workingHours") for entry, used in zip(entries, working, strict=True) if used]
    weeks = [entries[number].get("workingHours") for number in np.flatnonzero(working)]
    table, checks.lines = table[working].reset_index(drop=True), checks.lines[working]
    found = records(
        checks.lines,
        id=table["id"],
        name=table["label"],
        address=_with_postcode(table),
        lat=checks.numbers(table["latitude"], field="latitude", limits=LATITUDE),
        lon=checks.numbers(table["longitude"], field="longitude", limits=LONGITUDE),
        hours=_hours(weeks, checks),
    )
    if has_errors(checks.faults):
        raise InputError(checks.faults)
    return Reading(found, len(entries), dropped, checks.faults)


def _entries(source: Input) -> list[dict[str, Any]]:
    text = read_text(source.path, source.shown)
    remedy = Text("ielādējiet datni no jauna", "download the file again")
    try:
        entries = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        row = error.lineno if isinstance(error, json.JSONDecodeError) else None
        problem = Text("nav JSON", "is not JSON")
        raise InputError([Fault("error", source.shown, problem, remedy, row)]) from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        problem = Text("nav JSON ierakstu saraksts", "is not a JSON list of entries")
        raise InputError([Fault("error", source.shown, problem, remedy)])
    if not entries:
        problem = Text("ir tukšs saraksts", "is an empty list")
        raise InputError([Fault("error", source.shown, problem, remedy)])
    return entries


def _table(entries: list[dict[str, Any]], source: Input) -> pd.DataFrame:
    fields = list(dict.fromkeys(key for entry in entries for key in entry))
    faults = missing_columns(source.shown, fields, (*_REQUIRED, *source.where))
    if faults:
        raise InputError(faults)
    texts = [{key: _as_text(entry.get(key)) for key in fields} for entry in entries]
    return pd.DataFrame(texts, columns=fields, dtype=str)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _of_known(
    checks: Checks, values: pd.Series, field: str, used: tuple[str, ...], unused: tuple[str, ...]
) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which entries are used; values never seen before are not, with a warning."""
    checks.warn(
        ~values.isin((*used, *unused)),
        Text(
            "nav pazīstama vērtība; ieraksts nav izmantots", "is not known; the entry is not used"
        ),
        Text("pārbaudiet, vai tā ir nodaļa", "check whether it is an office"),
        field=field,
        values=values,
    )
    return values.isin(used).to_numpy(bool)


def _with_postcode(table: pd.DataFrame) -> list[str]:
    """Add the postcode to an address that does not hold it."""
    codes = table["postCode"] if "postCode" in table else [""] * len(table)
    return [
        address if not code or code in address else f"{address}, {code}"
        for code, address in zip(codes, table["readableAddress"], strict=True)
    ]


def _hours(given: list[Any], checks: Checks) -> list[str]:
    weeks = [
        {day: intervals_in(str(week.get(name) or "")) for day, name in enumerate(_DAYS)}
        if isinstance(week, dict)
        else {}
        for week in given
    ]
    faulty = [any(hours is None for hours in week.values()) for week in weeks]
    checks.warn(
        faulty,
        Text("nav saprotams; darba laiks atstāts tukšs", "is not understood; hours are left empty"),
        Text('rakstiet "9:00-17:00" vai "-"', 'write "9:00-17:00" or "-"'),
        field="workingHours",
        values=pd.Series([_as_text(week) for week in given], dtype=str),
    )
    return [
        "" if wrong else opening_hours({day: hours or "" for day, hours in week.items()})
        for week, wrong in zip(weeks, faulty, strict=True)
    ]
