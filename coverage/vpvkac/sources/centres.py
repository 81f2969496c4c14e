"""The one-stop centres: the contact list, a spreadsheet saved as text.

Format: SOURCES.md, "Centres".  UTF-8 with BOM, `;`, 12 columns, no usable
header, several physical rows a centre; what cannot be found by position is
found by content.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.faults import Fault, InputError
from vpvkac.language import Text
from vpvkac.sources.checking import Checks
from vpvkac.sources.delimited import read_text, rows_of
from vpvkac.sources.reading import Reading
from vpvkac.sources.records import ANNOUNCED, OPEN, records
from vpvkac.sources.weekdays import intervals_in, is_bare_weekday, opening_hours, weekday_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpvkac.project import Input

_NUMBER, _FULL_NAME, _SHORT_NAME, _ADDRESS, _PHONE, _EMAIL = 0, 4, 6, 7, 10, 11
_WIDTH = 12
_ANNOUNCED = re.compile(r"tiks\s+atvērt", re.IGNORECASE)
_IS_NUMBER = re.compile(r"[0-9]+\.?")
_NAME_ENDING = re.compile(r"\s*\bVPVKAC\b.*$", re.IGNORECASE)
# "saraksts_081123.csv", "…_2022_08.xlsx": the list's date stands in its name.
_DATE_IN_NAME = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})(?!\d)|(?<!\d)(20\d{2})[_-](\d{2})(?!\d)")


@dataclass(frozen=True)
class _Block:
    """The physical rows of one centre, and the line of the first."""

    rows: list[list[str]]
    line: int

    @property
    def number(self) -> str:
        return self.rows[0][_NUMBER].strip().rstrip(".")

    @property
    def is_whole(self) -> bool:
        """Whether both the number and the name are there."""
        return bool(self.number and self.rows[0][_FULL_NAME].strip())


def read_centres(source: Input) -> Reading:
    """Read the centres' contact list.

    Returns
    -------
    reading
        Table of `records.COLUMNS`; `owner` holds the full name, whose
        beginning names the municipality; `status` is announced where a field
        of the centre says "Tiks atvērts".  ``notes["date"]`` is the date in
        the file's name.  `rows_read` counts centres, not physical rows.
        Dropped: `no_id` (no number, or no name).  Errors: a number stands before two centres.

    Raises
    ------
    InputError
        If the file is not a delimited text, or no centre is found.
    """
    rows, lines = rows_of(read_text(source.path, source.shown), source.shown, ";")
    blocks = _blocks([row + [""] * (_WIDTH - len(row)) for row in rows], lines)
    whole = [block for block in blocks if block.is_whole]
    if not whole:
        raise InputError([_no_centre(source.shown)])
    checks = Checks(source.shown, [block.line for block in blocks])
    _warn_incomplete(checks, blocks)
    checks.lines = np.array([block.line for block in whole], np.int64)
    first = pd.DataFrame([block.rows[0][:_WIDTH] for block in whole], dtype=str)
    first = first.apply(lambda column: column.map(_one_line))
    number = pd.Series([block.number for block in whole], dtype=str)
    checks.unique(number, field="1")
    found = records(
        checks.lines,
        id=number,
        name=first[_SHORT_NAME].where(first[_SHORT_NAME] != "", first[_FULL_NAME]),
        address=first[_ADDRESS],
        phone=[_anywhere(block, _PHONE) for block in whole],
        email=[_anywhere(block, _EMAIL) for block in whole],
        owner=first[_FULL_NAME].str.replace(_NAME_ENDING, "", regex=True),
        status=[ANNOUNCED if _is_announced(block) else OPEN for block in whole],
        hours=_hours(whole, checks),
    )
    dropped = {"no_id": len(blocks) - len(whole)}
    return Reading(found, len(blocks), dropped, checks.faults, _date(source.shown))


def _blocks(rows: list[list[str]], lines: list[int]) -> list[_Block]:
    """Gather the rows of each centre; rows above the first are headings.

    A row that has a number or a centre's name and address, but not both,
    begins a block too, so that its rows do not fall to the centre above.
    """
    blocks: list[_Block] = []
    for row, line in zip(rows, lines, strict=True):
        if _IS_NUMBER.fullmatch(row[_NUMBER].strip()) or _has_name_and_address(row):
            blocks.append(_Block([row], line))
        elif blocks:
            blocks[-1].rows.append(row)
    return blocks


def _has_name_and_address(row: list[str]) -> bool:
    """Tell a centre's row without its number from the heading, whose "Adrese" has no figure."""
    named = _NAME_ENDING.search(row[_FULL_NAME]) is not None
    return named and any(char.isdecimal() for char in row[_ADDRESS])


def _warn_incomplete(checks: Checks, blocks: list[_Block]) -> None:
    checks.warn(
        [not block.is_whole for block in blocks],
        Text(
            "nav numura 1. laukā vai nosaukuma 5. laukā; centrs nav izmantots",
            "has no number in the 1st field or no name in the 5th; the centre is not used",
        ),
        Text("pievienojiet trūkstošo", "add what is missing"),
        values=pd.Series(
            [" ".join(field for field in block.rows[0] if field) for block in blocks], dtype=str
        ),
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _anywhere(block: _Block, column: int) -> str:
    """Join what stands in one column on any of a centre's rows."""
    found = [_one_line(row[column]) for row in block.rows]
    return ", ".join(dict.fromkeys(text for text in found if text))


def _is_announced(block: _Block) -> bool:
    return any(_ANNOUNCED.search(field) for row in block.rows for field in row)


def _hours(blocks: list[_Block], checks: Checks) -> list[str]:
    read = [_week(block) for block in blocks]
    checks.warn(
        [bool(bad) for _, bad in read],
        Text(
            "nav saprotams kā darba laiks; šī diena atstāta tukša",
            "is not understood as hours; that day is left empty",
        ),
        Text('rakstiet "8:30 - 12:00; 12:20 - 17:00"', 'write "8:30 - 12:00; 12:20 - 17:00"'),
        values=pd.Series([bad for _, bad in read], dtype=str),
    )
    return [opening_hours(week) for week, _ in read]


def _week(block: _Block) -> tuple[dict[int, str], str]:
    """Find weekdays and their hours by content; give also the first text not understood."""
    week: dict[int, str] = {}
    bad = ""
    for line, beside in _lines_of_days(block):
        day = weekday_in(line)
        if day is None:
            continue
        stated = beside if is_bare_weekday(line) else line
        hours = intervals_in(stated)
        # A day named twice has its morning on one line and its afternoon on another.
        if hours and week.get(day, hours) != hours:
            hours = intervals_in(f"{week[day]},{hours}")
        if hours is None:
            bad = bad or _one_line(f"{line} {beside}")
            week.pop(day, None)
        elif hours or day not in week:
            week[day] = hours
    return week, bad


def _lines_of_days(block: _Block) -> Iterator[tuple[str, str]]:
    """Give the lines of the fields that name weekdays, with what stands in the field behind."""
    for row in block.rows:
        fields = row[:_PHONE]
        for position, field in enumerate(fields):
            if weekday_in(field) is not None:
                behind = next((text for text in fields[position + 1 :] if text.strip()), "")
                yield from _side_by_side(field.splitlines(), behind.splitlines())


def _side_by_side(days: list[str], hours: list[str]) -> list[tuple[str, str]]:
    """Pair the lines of a field of days with those of the field behind it."""
    if len(hours) == len(days):
        return list(zip(days, hours, strict=True))
    # Lines that do not pair are joined so that they cannot pass for one day's hours.
    beside = (" " if len(days) == 1 else " / ").join(hours)
    return [(day, beside) for day in days]


def _date(shown: str) -> dict[str, str]:
    """Read the list's date from its file name: ddmmyy, or year and month."""
    found = _DATE_IN_NAME.search(shown.rsplit("/", 1)[-1])
    if found is None:
        return {}
    day, month, year, full_year, only_month = found.groups()
    date = f"{full_year}-{only_month}" if full_year else f"20{year}-{month}-{day}"
    try:
        dt.date.fromisoformat(date if day else f"{date}-01")
    except ValueError:
        return {}
    return {"date": date}


def _no_centre(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Text("nav neviena centra", "holds no centre"),
        Text(
            "vajadzīgs saraksts ar “;”, kurā rinda sākas ar numuru un 5. laukā ir nosaukums",
            'a list with ";" is needed, whose rows start with a number and a name in the 5th field',
        ),
    )
