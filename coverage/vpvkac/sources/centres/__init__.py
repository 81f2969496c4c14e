"""The one-stop centres: their list in whichever of its published forms a file has.

The list has been published as a page, as a workbook and as that saved as text, with other
columns each time; the words in it are the same.  So `rows` knows what the words mean and where
a centre begins, `page` and `workbook` read one form each, and the text is read here.
"""

from __future__ import annotations

from vpvkac.model.faults import InputError
from vpvkac.model.project import COLUMN_KEYS, Input
from vpvkac.sources.base import Reading
from vpvkac.sources.centres.rows import (
    Block,
    Centre,
    blocks_of,
    centre_of,
    columns_of,
    find_columns,
    is_announced,
    is_blank,
    level_in,
    name_in,
    no_centre,
    owner_in,
    reading_of,
    unmarked,
)
from vpvkac.sources.encoding import read_utf8, unreadable
from vpvkac.sources.hours import day_lines, hours_in, one_line, with_days
from vpvkac.sources.rows import filled_rows
from vpvkac.sources.tabular import empty, most_frequent_delimiter
from vpvkac.texts.message import Message

__all__ = ["read_centres"]

_START = 1_024
_ZIP = b"PK\x03\x04"
# The container of Excel's old XLS, and of an XLSX under a password.
_COMPOUND = b"\xd0\xcf\x11\xe0"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_PAGES = {".html", ".htm", ".xhtml"}
# The columns of the text: 12, with no usable header.
_NUMBER, _FULL_NAME, _SHORT_NAME, _ADDRESS, _PHONE, _EMAIL = 0, 4, 6, 7, 10, 11
_WIDTH = 12
_FORM = Message('a list with ";", whose rows start with a number and have a name in the 5th field,')


def read_centres(source: Input) -> Reading:
    """Read the list of centres as a text file, a page or a workbook.

    What a file is, its content tells; the ending of its name is asked only where a page does not
    begin as one.  The table has `base.COLUMNS` and `level`, the level of the development centre
    (national, regional, municipal or empty); `owner` holds the full name, whose beginning names
    the municipality; `status` is announced where the list says "Tiks atvērts".
    ``notes["date"]`` is the date in the file's name.  `rows_read` counts centres, not rows;
    `row` is where a centre begins.  Dropped: `no_id` (no number that can be used, or no name),
    with the rows under it, and `duplicate`.  Raises `InputError` as the reader of the form
    does, and for an XLS or a locked workbook.
    """
    try:
        with source.path.open("rb") as file:
            start = file.read(_START)
    except OSError as error:
        raise InputError([unreadable(source.shown, error)]) from None
    if start.startswith(_COMPOUND):
        problem = Message("is an XLS, or a workbook with a password")
        raise InputError.of(source.shown, problem, Message("save it as XLSX with no password"))
    if start.startswith(_ZIP):
        from vpvkac.sources.centres.workbook import read_centres_workbook

        return read_centres_workbook(source)
    begins = start.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if begins.startswith(b"<") or source.path.suffix.lower() in _PAGES:
        from vpvkac.sources.centres.page import read_centres_page

        return read_centres_page(source)
    return _read_text(source)


def _read_text(source: Input) -> Reading:
    """Read the list saved as text: several rows a centre, delimited by `;` or as saved anew."""
    data, faults = read_utf8(source.path, source.shown)
    if not data.strip():
        raise InputError([empty(source.shown)])
    delimiter = most_frequent_delimiter(data)
    rows, lines = filled_rows(data, source.shown, delimiter)
    if rows:
        _refuse_plain(source, rows[0])
    width = max(_WIDTH, *map(len, rows)) if rows else _WIDTH
    padded = [with_days(row + [""] * (width - len(row))) for row in rows]
    columns = columns_of(padded, _NUMBER, (_FULL_NAME, _SHORT_NAME), _ADDRESS)
    # An older edition saved as text has its own columns, which are found as in a workbook.
    found = find_columns(padded)
    if found and (found.number != _NUMBER or {*found.names}.isdisjoint(columns.names)):
        columns = found
    blocks, notes = blocks_of(padded, lines, columns)
    if not blocks:
        raise no_centre(source.shown, _FORM)
    read = _centre if columns.published else centre_of
    return reading_of(source, list(map(read, blocks)), faults, notes)


def _refuse_plain(source: Input, heading: list[str]) -> None:
    """Refuse a table with columns of its own, which the project must name."""
    named = {cell.strip().lower(): cell.strip() for cell in heading}
    columns = {key: named[key] for key in (*COLUMN_KEYS, "unit") if key in named}
    if {"lat", "lon"} <= columns.keys() or {"id", "name"} <= columns.keys():
        problem = Message("was read as the published list of centres, but is a table of its own")
        names = ", ".join(f'{key} = "{name}"' for key, name in columns.items())
        line = f'centres = {{ path = "{source.shown}", {names} }}'
        remedy = Message("name its columns in the project file: {columns}", columns=line)
        raise InputError.of(source.shown, problem, remedy, row=1)


def _centre(block: Block) -> Centre:
    first = list(map(one_line, block.rows[0]))
    full, short = name_in(first[_FULL_NAME]), name_in(first[_SHORT_NAME])
    # Phone and e-mail may stand on any of a centre's rows, a footnote of the list below them.
    phone, email = (
        ", ".join(
            dict.fromkeys(
                cell
                for row in block.rows
                for line in row[column].splitlines()
                if not is_blank(cell := one_line(line)) and (column == _PHONE or "@" in cell)
            )
        )
        for column in (_PHONE, _EMAIL)
    )
    return Centre(
        line=block.line,
        text=block.text,
        number=block.number,
        is_named=bool(block.names),
        name=short or full,
        address=unmarked(first[_ADDRESS]),
        phone=phone,
        email=email,
        owner=owner_in(full or short),
        level=level_in(block.fields),
        is_announced=is_announced(block.fields),
        hours=hours_in(line for row in block.rows for line in day_lines(row[:_PHONE])),
        marks=block.marks,
    )
