"""The one-stop centres: the contact list, a spreadsheet saved as text.

Format: SOURCES.md, "Centres".  UTF-8 with BOM, `;`, 12 columns, no usable
header, several physical rows a centre; what cannot be found by position is
found by content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.faults import Fault, InputError
from vpvkac.language import Text
from vpvkac.sources.centre_fields import (
    date_in_name,
    day_lines,
    hours_in,
    is_announced,
    level_in,
    names_centre,
    one_line,
    owner_in,
    warn_hours,
)
from vpvkac.sources.checking import Checks
from vpvkac.sources.delimited import read_any_text, rows_of
from vpvkac.sources.reading import Reading
from vpvkac.sources.records import ANNOUNCED, OPEN, records

if TYPE_CHECKING:
    from vpvkac.project import Input

_NUMBER, _FULL_NAME, _SHORT_NAME, _ADDRESS, _PHONE, _EMAIL = 0, 4, 6, 7, 10, 11
_WIDTH = 12
_IS_NUMBER = re.compile(r"[0-9]+\.?")


@dataclass(frozen=True)
class _Block:
    """The physical rows of one centre, and the line of the first."""

    rows: list[list[str]]
    line: int

    @property
    def number(self) -> str:
        return self.rows[0][_NUMBER].strip().rstrip(".")

    @property
    def fields(self) -> list[str]:
        return [field for row in self.rows for field in row]

    @property
    def is_whole(self) -> bool:
        """Whether both the number and the name are there."""
        return bool(self.number and self.rows[0][_FULL_NAME].strip())


def read_centres(source: Input) -> Reading:
    """Read the centres' contact list.

    Returns
    -------
    reading
        Table of `records.COLUMNS` and `level`, the level of the development
        centre (national, regional, municipal or empty); `owner` holds the full
        name, whose beginning names the municipality; `status` is announced where a field
        of the centre says "Tiks atvērts".  ``notes["date"]`` is the date in
        the file's name.  `rows_read` counts centres, not physical rows.
        Dropped: `no_id` (no number, or no name).  Errors: a number stands before two centres.

    Raises
    ------
    InputError
        If the file is not a delimited text, or no centre is found.
    """
    text, told = read_any_text(source.path, source.shown)
    rows, lines = rows_of(text, source.shown, ";")
    blocks = _blocks([row + [""] * (_WIDTH - len(row)) for row in rows], lines)
    whole = [block for block in blocks if block.is_whole]
    if not whole:
        raise InputError([_no_centre(source.shown)])
    checks = Checks(source.shown, [block.line for block in blocks])
    _warn_incomplete(checks, blocks)
    checks.lines = np.array([block.line for block in whole], np.int64)
    first = pd.DataFrame([block.rows[0][:_WIDTH] for block in whole], dtype=str)
    first = first.apply(lambda column: column.map(one_line))
    number = pd.Series([block.number for block in whole], dtype=str)
    checks.unique(number, field="1")
    found = records(
        checks.lines,
        id=number,
        name=first[_SHORT_NAME].where(first[_SHORT_NAME] != "", first[_FULL_NAME]),
        address=first[_ADDRESS],
        phone=[_anywhere(block, _PHONE) for block in whole],
        email=[_anywhere(block, _EMAIL) for block in whole],
        owner=first[_FULL_NAME].map(owner_in),
        status=[ANNOUNCED if is_announced(block.fields) else OPEN for block in whole],
        hours=_hours(whole, checks),
    ).assign(level=[level_in(block.fields) for block in whole])
    dropped = {"no_id": len(blocks) - len(whole)}
    faults = [*told, *checks.faults]
    return Reading(found, len(blocks), dropped, faults, date_in_name(source.shown))


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
    named = names_centre(row[_FULL_NAME])
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


def _anywhere(block: _Block, column: int) -> str:
    """Join what stands in one column on any of a centre's rows."""
    found = [one_line(row[column]) for row in block.rows]
    return ", ".join(dict.fromkeys(text for text in found if text))


def _hours(blocks: list[_Block], checks: Checks) -> list[str]:
    read = [hours_in(_lines(block)) for block in blocks]
    warn_hours(checks, [bad for _, bad in read])
    return [week for week, _ in read]


def _lines(block: _Block) -> list[str]:
    return [line for row in block.rows for line in day_lines(row[:_PHONE])]


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
