"""The list of centres as a spreadsheet saved as text.

UTF-8 with BOM, `;` (another delimiter where it was saved anew), 12 columns, no
usable header, several physical rows a centre; what cannot be found by position
is found by content.
"""

from __future__ import annotations

from vpvkac.model.faults import InputError
from vpvkac.model.project import Input
from vpvkac.sources.base import Reading
from vpvkac.sources.centres.fields import (
    day_lines,
    hours_in,
    is_announced,
    is_blank,
    level_in,
    no_centre,
    one_line,
    owner_in,
)
from vpvkac.sources.centres.rows import Block, Centre, blocks_of, columns_of, reading_of
from vpvkac.sources.encoding import read_any_text
from vpvkac.sources.heading import empty, most_frequent_delimiter
from vpvkac.sources.rows import split_rows
from vpvkac.texts.message import Message

_NUMBER, _FULL_NAME, _SHORT_NAME, _ADDRESS, _PHONE, _EMAIL = 0, 4, 6, 7, 10, 11
_WIDTH = 12
_FORM = Message('a list with ";", whose rows start with a number and have a name in the 5th field,')


def read_centres_text(source: Input) -> Reading:
    """Read the centres' list saved as text.

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
    width = max(_WIDTH, *map(len, rows)) if rows else _WIDTH
    padded = [row + [""] * (width - len(row)) for row in rows]
    columns = columns_of(padded, _NUMBER, (_FULL_NAME, _SHORT_NAME), _ADDRESS)
    blocks = blocks_of(padded, lines, columns)
    if not blocks:
        raise no_centre(source.shown, _FORM)
    return reading_of(source, list(map(_centre, blocks)), told)


def _centre(block: Block) -> Centre:
    first = list(map(one_line, block.rows[0]))
    full, short = first[_FULL_NAME], first[_SHORT_NAME]
    return Centre(
        line=block.line,
        text=block.text,
        number=block.number,
        is_named=bool(block.names),
        name=short or full,
        address=first[_ADDRESS],
        phone=_anywhere(block, _PHONE),
        email=_anywhere(block, _EMAIL),
        owner=owner_in(full or short),
        level=level_in(block.fields),
        is_announced=is_announced(block.fields),
        hours=hours_in(line for row in block.rows for line in day_lines(row[:_PHONE])),
    )


def _anywhere(block: Block, column: int) -> str:
    """Join what stands in one column on any of a centre's rows."""
    found = [one_line(row[column]) for row in block.rows]
    return ", ".join(dict.fromkeys(text for text in found if not is_blank(text)))
