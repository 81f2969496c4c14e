"""Delimited text read as text, with the physical line of every record for faults."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import compress, islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.checking import Checks
from vpvkac.sources.encoding import encoding_of, not_text
from vpvkac.texts.message import Message, Text, in_context

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MEND_COLUMNS = Message("correct the file or the project file")
# The first of them on ties.
_DELIMITERS = ",;\t|"
# A longer field is a quotation mark that nobody closed.
_LONGEST_FIELD = 100_000
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_QUOTED = re.compile(r'"[^"]*"')
# What Excel writes above a table to say its delimiter; saved again, it may be in quotes.
_SEP = re.compile(r'"?sep *= *([^\w\s"]|\t)"?[,;\t|]*', re.IGNORECASE)
# Titles and notes above a heading are no more lines than these.
_MOST_ABOVE = 30
_EMPTY_FIELDS = ' ,;|"\t\r\n'
_BYTE_ORDER_MARK = "\ufeff"
_END_OF_DOS = "\x1a"


@dataclass(frozen=True)
class Records:
    """Records of a delimited file.

    Parameters
    ----------
    table
        Every field as text, stripped of surrounding blanks; no nulls.
    lines
        Physical line on which each record starts, header = 1; shape (n,).
    blank
        Rows of empty fields, which are not in the table.
    faults
        Warnings found.
    """

    table: pd.DataFrame
    lines: NDArray[np.int64]
    blank: int = 0
    faults: list[Fault] = field(default_factory=list)


class Heading(NamedTuple):
    """The head of a delimited text.

    Parameters
    ----------
    names
        Of the columns, stripped.
    delimiter
        Between fields.
    row, lines
        The physical line it stands on, and how many lines end with it.
    end
        Where the records begin, in characters.
    lower
        The line under it that looks more like the heading; 0 if there is none.
    """

    names: list[str]
    delimiter: str
    row: int
    lines: int
    end: int
    lower: int = 0


def read_text(path: Path, shown: str) -> str:
    """Read a UTF-8 file, with or without a byte order mark; letters come composed (NFC).

    Raises
    ------
    InputError
        If the file cannot be read, is not UTF-8, or holds NUL characters; the
        fault names the line.
    """
    text, told = read_any_text(path, shown)
    if told:
        raise InputError([not_text(shown, told[0].row or 1)])
    return text


def read_any_text(path: Path, shown: str) -> tuple[str, list[Fault]]:
    """Read a text file in any encoding that `sources.encoding` can tell.

    Returns
    -------
    text, faults
        Letters come composed (NFC); a warning tells of an encoding that was guessed.

    Raises
    ------
    InputError
        If the file cannot be read, or is no text; the fault names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError([unreadable(shown, error)]) from None
    encoding = encoding_of(lambda: iter((data,)), shown)
    return composed(encoding.decode(data[encoding.mark :])), list(encoding.faults)


def composed(text: str) -> str:
    """Compose letters (NFC), and take out the marks that files begin or end with."""
    unmarked = text.replace(_BYTE_ORDER_MARK, "").removesuffix(_END_OF_DOS)
    return unicodedata.normalize("NFC", unmarked)


def unreadable(shown: str, error: OSError) -> Fault:
    """Tell that a file cannot be opened."""
    reason = error.strerror or type(error).__name__
    return Fault(
        "error",
        shown,
        Message("cannot be read ({reason})", reason=reason),
        Message("check the path and the permissions"),
    )


def rows_of(
    text: str, shown: str, delimiter: str, *, before: int = 0
) -> tuple[list[list[str]], list[int]]:
    """Split delimited text into rows; blank lines are left out, rows of empty fields are not.

    Parameters
    ----------
    before
        Lines of the file before the text.

    Returns
    -------
    rows, lines
        The fields of each row as written, and the physical line each row starts on.

    Raises
    ------
    InputError
        If quoting is broken.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    ends = [before]
    # The limit is one for the whole of Python, and other readers have their own.
    usual = csv.field_size_limit(_LONGEST_FIELD)
    try:
        for row in reader:
            rows.append(row)
            ends.append(before + reader.line_num)
    except csv.Error as error:
        raise InputError([_not_csv(shown, error, ends[-1] + 1)]) from None
    finally:
        csv.field_size_limit(usual)
    used = [len(row) > 1 or (len(row) == 1 and row[0].strip() != "") for row in rows]
    lines = [end + 1 for end, is_used in zip(ends, used, strict=False) if is_used]
    return list(compress(rows, used)), lines


def read_records(
    path: Path, shown: str, *, required: Sequence[str], optional: Sequence[str] = ()
) -> Records:
    """Read a delimited file with a header; delimited by comma, semicolon, tab or bar.

    Parameters
    ----------
    path, shown
        The file, and its name as faults say it.
    required
        Columns that must be there; all others are read too.
    optional
        Columns that are used where they are there.

    Raises
    ------
    InputError
        If the file is empty or not well-formed, a required column is missing,
        the name of a column that is used occurs twice, or a row has more
        fields than the header or too few for a required column.
    """
    text, told = read_any_text(path, shown)
    head = heading_of(text, shown, required)
    faults = faults_of_heading(shown, head, required, optional)
    if faults:
        raise InputError([*told, *faults])
    rows, starts = rows_of(text[head.end :], shown, head.delimiter, before=head.lines)
    checks = Checks(shown, starts)
    columns = _columns(rows, len(head.names))
    filled = _filled(columns, len(rows))
    check_widths(checks, rows, filled, head.names, required)
    if checks.faults:
        raise InputError([*told, *checks.faults])
    checks.warn(~filled, _IS_BLANK, _NOT_USED)
    first = {name: columns[head.names.index(name)] for name in head.names}
    table = pd.DataFrame(first, index=pd.RangeIndex(len(filled)), dtype=str)
    return Records(
        table[filled].reset_index(drop=True),
        checks.lines[filled],
        int((~filled).sum()),
        [*told, *checks.faults],
    )


def heading_of(text: str, shown: str, required: Sequence[str]) -> Heading:
    """Find the head of a delimited text, below blank lines and Excel's ``sep=;``.

    Parameters
    ----------
    required
        Columns to be found: the delimiter is that which parts most of them.

    Raises
    ------
    InputError
        If there is none, or its quoting is broken.
    """
    begin, lines, said = _before_heading(text)
    delimiter = delimiter_of(text[begin:], required, said)
    opened = io.StringIO(text[begin:], newline="")
    reader = csv.reader(opened, delimiter=delimiter, strict=True)
    try:
        names = next(reader, None)
    except csv.Error as error:
        raise InputError([_not_csv(shown, error, lines + 1)]) from None
    if names is None:
        raise InputError([empty(shown)])
    stripped = [name.strip() for name in names]
    below = lines + reader.line_num
    end = begin + opened.tell()
    lower = 0 if set(required) & set(stripped) else _lower_heading(text, end, required)
    return Heading(stripped, delimiter, lines + 1, below, end, lower and lower + below)


def _lower_heading(text: str, begin: int, required: Sequence[str]) -> int:
    """Count the lines from a place on to one that holds every required column; 0 if none does."""
    if not required:
        return 0
    lines = islice(_LINE.finditer(text, begin), _MOST_ABOVE)
    for count, line in enumerate(lines, 1):
        if all(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line[0]) for name in required):
            return count
    return 0


def _before_heading(text: str) -> tuple[int, int, str]:
    """Give where the heading begins, the lines before it, and the delimiter said in them."""
    lines, said = 0, ""
    for line in _LINE.finditer(text):
        told = _SEP.fullmatch(line[0].rstrip("\r\n"))
        if told and not said:
            said = told[1]
        elif line[0].strip().strip(_EMPTY_FIELDS):
            return line.start(), lines, said
        lines += 1
    return len(text), lines, said


def faults_of_heading(
    shown: str,
    head: Heading,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    mend: Text = _MEND_COLUMNS,
) -> list[Fault]:
    """Name the columns that a heading lacks, has twice, or writes otherwise than it should."""
    names = head.names
    known = {_folded(name) for name in names}
    if len(required) > 1 and known.isdisjoint(map(_folded, required)):
        return [_no_heading(shown, head, required, mend)]
    # A column that need not be there, and is there in another case, would be passed over.
    meant = [name for name in optional if name not in names and _folded(name) in known]
    return [
        *missing_columns(shown, names, [*required, *meant], row=head.row, mend=mend),
        *repeated_columns(shown, names, [*required, *optional], row=head.row),
    ]


def _no_heading(shown: str, head: Heading, required: Sequence[str], mend: Text) -> Fault:
    """Tell that a heading has none of the columns, by one fault for all of them."""
    wanted = ", ".join(dict.fromkeys(required))
    there = _listed(head.names)
    remedy = Message("the file has: {there}; {mend}", there=there, mend=mend)
    if head.lower:
        remedy = Message(
            "row {row} looks like the heading; delete the rows above it", row=head.lower
        )
    return Fault(
        "error",
        shown,
        Message("has none of the columns {wanted}", wanted=wanted),
        remedy,
        row=head.row,
    )


def missing_columns(
    shown: str,
    header: Sequence[str],
    required: Sequence[str],
    *,
    row: int | None = 1,
    mend: Text = _MEND_COLUMNS,
) -> list[Fault]:
    """Name the required columns that a header, standing on that row, lacks; say how to mend it."""
    faults = []
    for name in dict.fromkeys(required):
        if name in header:
            continue
        near = next((other for other in header if _folded(other) == _folded(name)), None)
        there = (
            Message("the file has: {header}", header=_listed(header))
            if near is None
            else Message('the file has "{near}", written otherwise', near=near)
        )
        faults.append(
            Fault(
                "error",
                shown,
                Message("is not among the columns"),
                Message("{there}; {mend}", there=there, mend=mend),
                row=row,
                field=name,
            )
        )
    return faults


def _folded(name: str) -> str:
    """Give a name without what people overlook: case, blanks, how blanks are written."""
    return "".join(char for char in name.casefold() if char.isalnum())


def delimiter_of(text: str, required: Sequence[str] = (), said: str = "") -> str:
    """Tell the delimiter by the heading that a text begins with.

    It parts most of the required columns, is the one `said`, and stands most often outside of
    quotation marks.
    """
    first = _LINE.match(text)
    heading = first[0] if first else ""
    for line in _LINE.finditer(text, len(heading)):
        if heading.count('"') % 2 == 0 or len(heading) > _LONGEST_FIELD:
            break
        heading += line[0]
    heading = heading[:_LONGEST_FIELD]
    bare = _QUOTED.sub("", heading)

    def parted(delimiter: str) -> tuple[int, bool, int]:
        reader = csv.reader(io.StringIO(heading, newline=""), delimiter=delimiter)
        names = {name.strip() for name in next(reader, [])}
        return len(names.intersection(required)), delimiter == said, bare.count(delimiter)

    return max(dict.fromkeys(_DELIMITERS + said), key=parted)


def most_frequent_delimiter(text: str) -> str:
    """Tell the delimiter of a text without a heading: what stands most often outside quotes."""
    bare = _QUOTED.sub("", text)
    return max(";,\t|", key=bare.count)


def _columns(rows: list[list[str]], width: int) -> list[list[str]]:
    """Give the columns, stripped; a row that ends early goes on empty."""
    if any(len(row) != width for row in rows):
        rows = [row[:width] + [""] * (width - len(row)) for row in rows]
    columns = zip(*rows, strict=True) if rows else [()] * width
    return [list(map(str.strip, column)) for column in columns]


def _filled(columns: list[list[str]], count: int) -> NDArray[np.bool_]:
    """Tell which rows have a text in any column."""
    filled = np.zeros(count, bool)
    for column in columns:
        filled |= np.fromiter(map(bool, column), bool, count)
    return filled


def check_widths(
    checks: Checks,
    rows: list[list[str]],
    filled: NDArray[np.bool_],
    header: list[str],
    required: Sequence[str],
) -> None:
    """Refuse rows cut off before a required column, or with text beyond the last one."""
    width = len(header)
    needed = 1 + max((header.index(name) for name in required), default=0)
    length = np.fromiter(map(len, rows), np.int64, len(rows))
    beyond = np.zeros(len(rows), bool)
    for number in np.flatnonzero(length > width):
        beyond[number] = any(field.strip() for field in rows[number][width:])
    checks.refuse(
        beyond,
        Message("more fields than the header has ({width})", width=width),
        Message("quote text that holds the delimiter"),
    )
    checks.refuse(
        filled & (length < needed),
        Message("ends before a column that is needed"),
        Message("quote text that holds a line break"),
    )


def _listed(header: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(name[:40] for name in header[:most]) or "–"
    return shown + (", …" if len(header) > most else "")


def repeated_columns(
    shown: str, header: list[str], required: Sequence[str], *, row: int
) -> list[Fault]:
    """Name the required columns that a header, standing on that row, has more than once."""
    return [
        Fault(
            "error",
            shown,
            Message("is the name of two columns"),
            Message("rename one of them"),
            row=row,
            field=name,
        )
        for name in dict.fromkeys(required)
        if header.count(name) > 1
    ]


def _not_csv(shown: str, error: csv.Error, row: int) -> Fault:
    said = next((text for key, text in _CSV_ERRORS.items() if key in str(error)), _BROKEN)
    return Fault(
        "error",
        shown,
        Message("is not well-formed CSV ({said})", said=said),
        Message("check the quotation marks in this row"),
        row=row,
    )


def empty(shown: str) -> Fault:
    """Tell that a file is empty."""
    return Fault(
        "error",
        shown,
        in_context("file", "is empty"),
        Message("download the file again"),
    )


def no_rows(shown: str) -> Fault:
    """Tell that a table has a heading and nothing below it."""
    return Fault(
        "error",
        shown,
        Message("has no rows"),
        Message("check whether it was made empty"),
    )


_CSV_ERRORS = {
    "unexpected end": Message("a quotation mark is never closed"),
    "expected after": Message("no delimiter after a closing quotation mark"),
    "field limit": Message("a field is longer than 100 000 characters"),
}
_BROKEN = Message("the row cannot be parted into fields")
_IS_BLANK = Message("the row is blank")
_NOT_USED = Message("the row is not used")
