"""Post offices: the public list of service locations of Latvijas Pasts, JSON.

Format: SOURCES.md, "Post offices".  Types 1 and 2 are offices; parcel lockers
and letter boxes are left out by definition.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input
from vpvkac.sources.base import (
    LATITUDE,
    LONGITUDE,
    NOT_IN_WHERE,
    Checks,
    PublishedChecks,
    Reading,
    missing_columns,
    records,
    select_rows,
)
from vpvkac.sources.encoding import read_any_text
from vpvkac.sources.hours import intervals_in, opening_hours
from vpvkac.texts.message import Message

_REQUIRED = ("id", "type", "status", "label", "readableAddress", "latitude", "longitude")
_POSTCODE = "postCode"
_HOURS = "workingHours"
_TEXTS = ("id", "label", "readableAddress")
# Half of the list's years write it without its country.
_LATVIAN_POSTCODE = r"(?:LV[- ]?)?([0-9]{4})"
# Values of a field that make an entry an office at work, and others that are known.
_KINDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("type", ("1", "2"), ("6", "7", "9")),
    ("status", ("1",), ()),
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_post_offices(source: Input) -> Reading:
    """Read the post offices.

    Returns
    -------
    reading
        Table of `records.COLUMNS`; `row` is the entry's number in the list,
        from 1.  Dropped: `not_in_where`, `type`, `status`, and as
        `PublishedChecks.settle` decides `bad_value` and `duplicate`: an id is
        empty or repeated, a value of an office is not of its type.
        Errors: more than a few entries are bad.

    Raises
    ------
    InputError
        If the file is not a JSON list of entries with the fields of the API.
    """
    entries, told = _entries(source)
    table = _table(entries, source)
    checks = PublishedChecks(source.shown, np.arange(1, len(entries) + 1), strict=source.strict)
    checks.unique(table["id"], field="id", rows=table)
    chosen = select_rows(checks, table, source.where)
    dropped = {NOT_IN_WHERE: int((~chosen).sum())}
    for field, used, unused in _KINDS:
        checks.warn(
            chosen & ~table[field].isin((*used, *unused)),
            Message("is not known; the entry is not used"),
            Message("check whether it is an office"),
            field=field,
            values=table[field],
        )
        of_kind = chosen & table[field].isin(used).to_numpy(bool)
        dropped[field] = int((chosen & ~of_kind).sum())
        chosen = of_kind
    offices = [entries[number] for number in np.flatnonzero(chosen)]
    table, checks.lines = table[chosen].reset_index(drop=True), checks.lines[chosen]
    for field in _TEXTS:
        checks.refuse(
            [not _is_text(entry.get(field)) for entry in offices],
            Message("is not text"),
            Message("check this entry"),
            field=field,
            values=table[field],
        )
    addresses = _with_postcode(checks, table)
    lat = checks.numbers(table["latitude"], field="latitude", limits=LATITUDE)
    lon = checks.numbers(table["longitude"], field="longitude", limits=LONGITUDE)
    weeks = [_week(entry.get(_HOURS)) for entry in offices]
    checks.warn(
        [week is None for week in weeks],
        Message("is not understood; hours are left empty"),
        Message('write "9:00-17:00" or "-"'),
        field=_HOURS,
        values=table[_HOURS],
    )
    found = records(
        checks.lines,
        id=table["id"],
        name=table["label"],
        address=addresses,
        lat=lat,
        lon=lon,
        hours=[week or "" for week in weeks],
    )
    found, bad = checks.settle(found)
    return Reading(found, len(entries), dropped | bad, [*told, *checks.faults])


def _entries(source: Input) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the entries, and a warning where the file's encoding had to be guessed."""
    text, told = read_any_text(source.path, source.shown)
    remedy = Message("download the file again")
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        row = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise InputError.of(source.shown, Message("is not JSON"), remedy, row=row) from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError.of(source.shown, Message("is not a JSON list of entries"), remedy)
    if not entries:
        raise InputError.of(source.shown, Message("is an empty list"), remedy)
    return entries, told


def _table(entries: list[dict[str, Any]], source: Input) -> pd.DataFrame:
    fields = list(dict.fromkeys(key for entry in entries for key in entry))
    needed = list(dict.fromkeys((*_REQUIRED, *source.where)))
    if faults := missing_columns(source.shown, fields, needed, row=None):
        raise InputError(faults)
    columns = {
        key: [_as_text(entry.get(key)) for entry in entries] for key in (*needed, _POSTCODE, _HOURS)
    }
    return pd.DataFrame(columns, dtype=str)


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        # JSON knows one kind of number: 7.0 is the key 7.
        value = int(value)
    text = value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    # JSON may escape half of a character, or a NUL, which no table can hold.
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "\ufffd")


def _is_text(value: object) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return value is None or (isinstance(value, str | int) and not isinstance(value, bool))


def _with_postcode(checks: Checks, table: pd.DataFrame) -> list[str]:
    """Add the postcode to an address that does not hold it."""
    digits = table[_POSTCODE].str.extract(f"^{_LATVIAN_POSTCODE}$", expand=False)
    checks.warn(
        (table[_POSTCODE] != "") & digits.isna(),
        Message("is no postcode of Latvia; not used"),
        Message('write "LV-1055"'),
        field=_POSTCODE,
        values=table[_POSTCODE],
    )
    codes = ("LV-" + digits).fillna("")
    return [
        address if code in address else f"{address}, {code}"
        for code, address in zip(codes, table["readableAddress"], strict=True)
    ]


def _week(given: object) -> str | None:
    """Read the hours of the weekdays; None if they are not understood."""
    if given is None:
        return ""
    if not isinstance(given, dict):
        return None
    week: dict[int, str] = {}
    for day, name in enumerate(_DAYS):
        said = given.get(name)
        hours = "" if said is None else intervals_in(said) if isinstance(said, str) else None
        if hours is None:
            return None
        week[day] = hours
    return opening_hours(week)
