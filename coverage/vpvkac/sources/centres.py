"""The one-stop centres: the contact list, a spreadsheet saved as text.

Format: SOURCES.md, "Centres".  UTF-8 with BOM, `;` (another delimiter where it
was saved anew), 12 columns, no usable header, several physical rows a centre;
what cannot be found by position is found by content.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.model.faults import InputError
from vpvkac.sources.base import ANNOUNCED, OPEN, Reading, records
from vpvkac.sources.centre_fields import (
    date_in_name,
    day_lines,
    hours_in,
    is_announced,
    is_blank,
    level_in,
    no_centre,
    one_line,
    owner_in,
    warn_hours,
)
from vpvkac.sources.centre_rows import Block, blocks_of, columns_of, keep_whole, settle
from vpvkac.sources.encoding import read_any_text
from vpvkac.sources.heading import empty, most_frequent_delimiter
from vpvkac.sources.rows import split_rows
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.project import Input
    from vpvkac.sources.checks import Checks

_NUMBER, _FULL_NAME, _SHORT_NAME, _ADDRESS, _PHONE, _EMAIL = 0, 4, 6, 7, 10, 11
_WIDTH = 12
_FORM = Message('a list with ";", whose rows start with a number and have a name in the 5th field,')


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
        Dropped: `no_id` (no number that can be used, or no name), with the
        rows under it.  Of two centres under one number `duplicate`,
        as `PublishedChecks.settle` decides.

    Raises
    ------
    InputError
        If the file is not a delimited text, or no centre in it can be used.
    """
    text, told = read_any_text(source.path, source.shown)
    if not text.strip():
        raise InputError([empty(source.shown)])
    delimiter = most_frequent_delimiter(text)
    # The list of 2023 goes on with empty rows to the last that a spreadsheet has.
    rows, lines = split_rows(text.rstrip(f"{delimiter} \t\r\n"), source.shown, delimiter)
    width = max(map(len, rows), default=0)
    padded = [row + [""] * (max(width, _WIDTH) - len(row)) for row in rows]
    columns = columns_of(padded, _NUMBER, (_FULL_NAME, _SHORT_NAME), _ADDRESS)
    blocks = blocks_of(padded, lines, columns)
    if not blocks:
        raise InputError([no_centre(source.shown, _FORM)])
    checks, whole = keep_whole(blocks, source)
    first = pd.DataFrame([block.rows[0][:_WIDTH] for block in whole], dtype=str)
    first = first.apply(lambda column: column.map(one_line))
    full, short = first[_FULL_NAME], first[_SHORT_NAME]
    found = records(
        checks.lines,
        id=[block.number for block in whole],
        name=short.where(short != "", full),
        address=first[_ADDRESS],
        phone=[_anywhere(block, _PHONE) for block in whole],
        email=[_anywhere(block, _EMAIL) for block in whole],
        owner=full.where(full != "", short).map(owner_in),
        status=[ANNOUNCED if is_announced(block.fields) else OPEN for block in whole],
        hours=_hours(whole, checks),
    ).assign(level=[level_in(block.fields) for block in whole])
    found, dropped = settle(checks, found, blocks)
    faults = [*told, *checks.faults]
    return Reading(found, len(blocks), dropped, faults, date_in_name(source.shown))


def _anywhere(block: Block, column: int) -> str:
    """Join what stands in one column on any of a centre's rows."""
    found = [one_line(row[column]) for row in block.rows]
    return ", ".join(dict.fromkeys(text for text in found if not is_blank(text)))


def _hours(blocks: list[Block], checks: Checks) -> list[str]:
    read = [hours_in(_lines(block)) for block in blocks]
    warn_hours(checks, [bad for _, bad in read])
    return [week for week, _ in read]


def _lines(block: Block) -> list[str]:
    return [line for row in block.rows for line in day_lines(row[:_PHONE])]
