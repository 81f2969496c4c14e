"""The heading of delimited text: where it stands, its delimiter, what is wrong with its columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

from vpvkac.model.faults import Fault, InputError
from vpvkac.texts.message import Message, Text, in_context

_FIX_COLUMNS = Message("correct the file or the project file")
# The first of them on ties.
_DELIMITERS = ",;\t|"
# A longer field is a quotation mark that nobody closed.
LONGEST_FIELD = 100_000
NO_LIMIT = (1 << 31) - 1
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_QUOTED = re.compile(r'"[^"]*"')
# What Excel writes above a table to say its delimiter; saved again, it may be in quotes.
_SEP = re.compile(r'"?sep *= *([^\w\s"]|\t)"?[,;\t|]*', re.IGNORECASE)
# Titles and notes above a heading are no more lines than these.
_MOST_ABOVE = 30
_EMPTY_FIELDS = ' ,;|"\t\r\n'
_MOST_LISTED, _MOST_LETTERS = 12, 40


class Heading(NamedTuple):
    """The heading of a delimited text.

    Parameters
    ----------
    shown
        The file's name as faults say it.
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

    shown: str
    names: list[str]
    delimiter: str
    row: int
    lines: int
    end: int
    lower: int = 0


@contextmanager
def field_limit(size: int) -> Iterator[None]:
    """Limit the fields of the csv module, which has one limit for the whole of Python."""
    usual = csv.field_size_limit(size)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


@field_limit(NO_LIMIT)
def find_heading(text: str, shown: str, required: Sequence[str]) -> Heading:
    """Find the heading of a delimited text, below blank lines and Excel's ``sep=;``.

    Parameters
    ----------
    required
        Columns to be found: the delimiter is that which parts most of them.

    Raises
    ------
    InputError
        If there is none, or its quoting is broken.
    """
    begin, lines, declared = _before_heading(text)
    delimiter = _delimiter_of(text[begin:], required, declared)
    opened = io.StringIO(text[begin:], newline="")
    reader = csv.reader(opened, delimiter=delimiter, strict=True)
    try:
        names = next(reader, None)
    except csv.Error as error:
        raise InputError([not_csv(shown, error, lines + 1)]) from None
    if names is None:
        raise InputError([empty(shown)])
    stripped = [name.strip() for name in names]
    below, end = lines + reader.line_num, begin + opened.tell()
    lower = 0 if set(required) & set(stripped) else _lower_heading(text, end, required)
    return Heading(shown, stripped, delimiter, lines + 1, below, end, lower and lower + below)


def _lower_heading(text: str, begin: int, required: Sequence[str]) -> int:
    """Count the lines from a place on to one that has every required column; 0 if none has."""
    if not required:
        return 0
    lines = islice(_LINE.finditer(text, begin), _MOST_ABOVE)
    for count, line in enumerate(lines, 1):
        if all(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", line[0]) for name in required):
            return count
    return 0


def _before_heading(text: str) -> tuple[int, int, str]:
    """Give where the heading begins, the lines before it, and the delimiter declared in them."""
    lines, declared = 0, ""
    for line in _LINE.finditer(text):
        sep = _SEP.fullmatch(line[0].rstrip("\r\n"))
        if sep and not declared:
            declared = sep[1]
        elif line[0].strip().strip(_EMPTY_FIELDS):
            return line.start(), lines, declared
        lines += 1
    return len(text), lines, declared


def _delimiter_of(text: str, required: Sequence[str], declared: str) -> str:
    """Tell the delimiter by the heading that a text begins with.

    It parts most of the required columns, is the one declared, and stands most often outside of
    quotation marks.
    """
    heading = ""
    for line in _LINE.finditer(text):
        heading += line[0]
        if heading.count('"') % 2 == 0 or len(heading) > LONGEST_FIELD:
            break
    heading = heading[:LONGEST_FIELD]
    bare = _QUOTED.sub("", heading)

    def rank(delimiter: str) -> tuple[int, bool, int]:
        reader = csv.reader(io.StringIO(heading, newline=""), delimiter=delimiter)
        names = {name.strip() for name in next(reader, [])}
        return len(names.intersection(required)), delimiter == declared, bare.count(delimiter)

    return max(dict.fromkeys(_DELIMITERS + declared), key=rank)


def most_frequent_delimiter(text: str) -> str:
    """Tell the delimiter of a text without a heading: what stands most often outside quotes."""
    return max(";,\t|", key=_QUOTED.sub("", text).count)


def heading_faults(
    head: Heading,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    fix: Text = _FIX_COLUMNS,
) -> list[Fault]:
    """Name the columns that a heading lacks, has twice, or writes otherwise than it should."""
    shown, names = head.shown, head.names
    known = {_folded(name) for name in names}
    wanted = dict.fromkeys(required)
    if len(required) > 1 and known.isdisjoint(map(_folded, required)):
        problem = Message("has none of the columns {wanted}", wanted=", ".join(wanted))
        remedy = Message("the file has: {there}; {fix}", there=_listed(names), fix=fix)
        if head.lower:
            remedy = Message(
                "row {row} looks like the heading; delete the rows above it", row=head.lower
            )
        return [Fault("error", shown, problem, remedy, head.row)]
    # A column that need not be there, and is there in another case, would be passed over.
    meant = [name for name in optional if name not in names and _folded(name) in known]
    twice, rename = Message("is the name of two columns"), Message("rename one of them")
    return [
        *missing_columns(shown, names, [*required, *meant], row=head.row, fix=fix),
        *(
            Fault("error", shown, twice, rename, head.row, name)
            for name in dict.fromkeys([*required, *optional])
            if names.count(name) > 1
        ),
    ]


def missing_columns(
    shown: str,
    header: Sequence[str],
    required: Sequence[str],
    *,
    row: int | None = 1,
    fix: Text = _FIX_COLUMNS,
) -> list[Fault]:
    """Name the required columns that a header, standing on that row, lacks; say how to fix it."""
    faults = []
    written = {_folded(name): name for name in reversed(header)}
    for name in dict.fromkeys(required):
        if name in header:
            continue
        near = written.get(_folded(name))
        there = (
            Message("the file has: {header}", header=_listed(header))
            if near is None
            else Message('the file has "{near}", written otherwise', near=near)
        )
        remedy = Message("{there}; {fix}", there=there, fix=fix)
        problem = Message("is not among the columns")
        faults.append(Fault("error", shown, problem, remedy, row, name))
    return faults


def _folded(name: str) -> str:
    """Give a name without what people overlook: case, blanks, how blanks are written."""
    return "".join(char for char in name.casefold() if char.isalnum())


def _listed(header: Sequence[str]) -> str:
    shown = ", ".join(name[:_MOST_LETTERS] for name in header[:_MOST_LISTED]) or "–"
    return shown + (", …" if len(header) > _MOST_LISTED else "")


def not_csv(shown: str, error: csv.Error, row: int) -> Fault:
    """Tell that the row's quoting is broken."""
    reason = next((text for key, text in _CSV_ERRORS.items() if key in str(error)), _BROKEN)
    problem = Message("is not well-formed CSV ({reason})", reason=reason)
    return Fault("error", shown, problem, Message("check the quotation marks in this row"), row)


def empty(shown: str) -> Fault:
    """Tell that a file is empty."""
    problem = in_context("file", "is empty")
    return Fault("error", shown, problem, Message("download the file again"))


_CSV_ERRORS = {
    "unexpected end": Message("a quotation mark is never closed"),
    "expected after": Message("no delimiter after a closing quotation mark"),
    "field limit": Message("a field is longer than 100 000 characters"),
}
_BROKEN = Message("the row cannot be parted into fields")
