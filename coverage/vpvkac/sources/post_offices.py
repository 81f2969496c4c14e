"""Post offices: the public list of service locations of Latvijas Pasts, JSON.

Types 1 and 2 are offices; parcel lockers and letter boxes are left out by definition, and so are
those of other countries, which the list holds if it is not asked for Latvia's alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from rapidfuzz.distance import OSA

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input
from vpvkac.sources.base import (
    LATITUDE,
    LONGITUDE,
    NOT_IN_WHERE,
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
_COUNTRY, _POSTCODE, _OTHER_POSTCODE = "countryCode", "postCode", "locationPostCode"
_HOURS = "workingHours"
# Half of the list's years write it without its country.
_LATVIAN_POSTCODE = r"(?:[Ll][Vv]\s?[-–]?\s?)?([0-9]{4})"
# Values of a field that make an entry an office at work, and others that are known.
_KINDS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("type", ("1", "2"), ("6", "7", "9")),
    ("status", ("1",), ()),
)
# One letter in four: "tusday", "wensday".
_LEAST_LIKENESS = 0.7
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_post_offices(source: Input) -> Reading:
    """Read the post offices: table of `base.COLUMNS`; `row` is the entry's number, from 1.

    Dropped: `not_in_where`, `type`, `status`, `country`, and as `PublishedChecks.settle` decides
    `bad_value` and `duplicate`: an id is empty or repeated, a value of an office is not of its
    type.  Raises InputError if the file is not a JSON list of entries with the fields of the API.
    """
    entries, before = _entries(source)
    fields = list(dict.fromkeys(key for entry in entries for key in entry))
    needed = list(dict.fromkeys((*_REQUIRED, *source.where)))
    if faults := missing_columns(source.shown, fields, needed, row=None):
        raise InputError(faults)
    wanted = (*needed, _COUNTRY, _POSTCODE, _OTHER_POSTCODE, _HOURS)
    table = pd.DataFrame(
        {key: [_as_text(entry.get(key)) for entry in entries] for key in wanted}, dtype=str
    )
    table[_POSTCODE] = table[_POSTCODE].mask(table[_POSTCODE] == "", table[_OTHER_POSTCODE])
    checks = PublishedChecks(source.shown, np.arange(1, len(entries) + 1), strict=source.strict)
    checks.unique(table["id"], field="id", rows=table)
    chosen = select_rows(checks, table, source.where)
    at_home = table[_COUNTRY].str.upper().isin(("LV", "")).to_numpy(bool)
    dropped = {NOT_IN_WHERE: int((~chosen).sum())}
    for field, used, unused in _KINDS:
        checks.warn(
            chosen & at_home & ~table[field].isin((*used, *unused)),
            Message("is not known; the entry is not used"),
            Message("check whether it is an office"),
            field=field,
            values=table[field],
        )
        of_kind = chosen & table[field].isin(used).to_numpy(bool)
        dropped[field] = int((chosen & ~of_kind).sum())
        chosen = of_kind
    dropped["country"] = int((chosen & ~at_home).sum())
    chosen &= at_home
    offices = [entries[number] for number in np.flatnonzero(chosen)]
    table, checks.lines = table[chosen].reset_index(drop=True), checks.lines[chosen]
    for field in ("id", "label", "readableAddress"):
        checks.refuse(
            # JSON knows one kind of number, and flags besides.
            [
                isinstance(value := entry.get(field), bool | dict | list)
                or (isinstance(value, float) and not value.is_integer())
                for entry in offices
            ],
            Message("is not text"),
            Message("check this entry"),
            field=field,
            values=table[field],
        )
    # An address may hold its postcode or not.
    digits = table[_POSTCODE].str.extract(f"^{_LATVIAN_POSTCODE}$", expand=False)
    checks.warn(
        (table[_POSTCODE] != "") & digits.isna(),
        Message("is no postcode of Latvia; not used"),
        Message('write "LV-1055"'),
        field=_POSTCODE,
        values=table[_POSTCODE],
    )
    addresses = [
        address if code in address else ", ".join(filter(None, (address, code)))
        for code, address in zip(("LV-" + digits).fillna(""), table["readableAddress"], strict=True)
    ]
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
    others = pd.Series([", ".join(_other_days(entry.get(_HOURS))) for entry in offices], dtype=str)
    checks.warn(
        (others != "") & pd.notna(pd.Series(weeks, dtype=object)),
        Message("is no day of the week that is known; its hours are not used"),
        Message("check the hours of this entry"),
        field=_HOURS,
        values=others,
    )
    rows = records(
        checks.lines,
        id=table["id"],
        name=table["label"],
        address=addresses,
        lat=lat,
        lon=lon,
        hours=[week or "" for week in weeks],
    )
    rows, bad = checks.settle(rows)
    return Reading(rows, len(entries), dropped | bad, [*before, *checks.faults])


def _entries(source: Input) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Return the entries, and a warning where the file's encoding had to be guessed."""
    text, faults = read_any_text(source.path, source.shown)
    remedy = Message("download the file again")
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        row = error.lineno if isinstance(error, json.JSONDecodeError) else None
        raise InputError.of(source.shown, Message("is not JSON"), remedy, row=row) from None
    # Who does not ask for plain JSON gets the list within an object.
    whole: dict[str, Any] = {}
    if isinstance(entries, dict):
        whole = {name.removeprefix("hydra:"): part for name, part in entries.items()}
        entries = whole.get("member")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise InputError.of(source.shown, Message("is not a JSON list of entries"), remedy)
    if not entries:
        raise InputError.of(source.shown, Message("is an empty list"), remedy)
    total, view = whole.get("totalItems"), whole.get("view")
    of_more = isinstance(total, int | float) and total > len(entries)
    count = f"{total:.0f}" if of_more else "?"
    if of_more or (isinstance(view, dict) and (view.get("hydra:next") or view.get("next"))):
        problem = Message(
            "is one page of several: {count} of {total} entries",
            count=len(entries), total=count,
        )  # fmt: skip
        remedy = Message("download the whole list: itemsPerPage=10000 in the address")
        raise InputError.of(source.shown, problem, remedy)
    return entries, faults


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


def _other_days(given: object) -> list[str]:
    """Name what stands among the days of the week and is none."""
    names = given if isinstance(given, dict) else ()
    return [name for name in names if name.lower() not in _DAYS and not name.startswith("@")]


def _is_like(name: str, days: Sequence[str]) -> bool:
    likeness = (OSA.normalized_similarity(name.lower(), day) for day in days)
    return max(likeness, default=0.0) >= _LEAST_LIKENESS


def _week(given: object) -> str | None:
    """Read the hours of the weekdays; None if they are not understood."""
    if not isinstance(given, dict):
        return "" if given is None else None
    named = {name.lower(): hours for name, hours in given.items()}
    # Days under names that are not known, or misspelt, are not days closed.
    missing = [day for day in _DAYS if day not in named]
    others = _other_days(given)
    is_unknown = others and len(missing) == len(_DAYS)
    if is_unknown or any(_is_like(name, missing) for name in others):
        return None
    days = [named.get(name) for name in _DAYS]
    hours = [
        "" if day is None else intervals_in(day) if isinstance(day, str) else None for day in days
    ]
    week = {day: text for day, text in enumerate(hours) if text is not None}
    return opening_hours(week) if len(week) == len(_DAYS) else None
