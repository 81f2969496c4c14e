"""The one reader of delimited files: whole, or of any size a block at a time.

`encoding` makes text of bytes and `rows` reads the records; here the heading is found, and what
is wrong with its columns.  The tables of a GTFS feed (`gtfs.table`) are read by the same, in
its specification's own way.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.base import FIX_COLUMNS, Checks, folded, listed, missing_columns
from vpvkac.sources.encoding import (
    BYTE_ORDER_MARK,
    END_OF_DOS,
    Encoding,
    compose,
    encoding_of,
    line_ends,
    read_utf8,
    unreadable,
)
from vpvkac.sources.rows import LONGEST_FIELD, NO_LIMIT, field_limit, not_csv, parse, split_rows
from vpvkac.texts.message import Message, Text, in_context

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A block of a file: some hundred thousand short records.
BLOCK = 16_000_000
# A record is no longer than so many blocks.
_LONGEST = 16
_HEAD = 1_000_000
# The first of them on ties.
_DELIMITERS = ",;\t|"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_QUOTED = re.compile(r'"[^"]*"')
# What Excel writes above a table to say its delimiter; saved again, it may be in quotes.
_SEP = re.compile(r'"?sep *= *([^\w\s"]|\t)"?[,;\t|]*', re.IGNORECASE)
# Titles and notes above a heading are no more lines than these.
_MOST_ABOVE = 30
_EMPTY_FIELDS = ' ,;|"\t\r\n'


@dataclass(frozen=True)
class Records:
    """Records of a delimited file, every field as text, stripped of blanks around it.

    `lines` are the physical lines on which they start, header = 1; `blank` counts the rows of
    empty fields, which are not in the table; `faults` are warnings.
    """

    table: pd.DataFrame
    lines: NDArray[np.int64]
    blank: int = 0
    faults: list[Fault] = field(default_factory=list)


def read_records(
    path: Path,
    shown: str,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    others: bool = True,
) -> Records:
    """Read a delimited file with a header; delimited by comma, semicolon, tab or bar.

    `others` says whether columns neither required nor optional are wanted too.  Raises
    `InputError` if the file is empty or not well-formed, a required column is missing, the name
    of a column that is used occurs twice, or a row has more fields than the header or too few
    for a required column.
    """
    data, faults = read_utf8(path, shown)
    text = data[:_HEAD].decode(errors="ignore")
    head = find_heading(text, shown, required)
    if of_heading := heading_faults(head, required, optional):
        raise InputError([*faults, *of_heading])
    names = [name for name in dict.fromkeys(head.names) if others or name in {*required, *optional}]
    data = data[len(text[: head.end].encode()) :]
    try:
        table, starts = read_block(data, head, names, required=required, whole=True)
    except InputError as error:
        raise InputError([*faults, *error.faults]) from None
    columns = [pc.utf8_trim_whitespace(column) for column in table.columns]
    filled = np.zeros(len(table), bool)
    for column in columns:
        filled |= np.asarray(pc.not_equal(column, ""), bool)
    if not others and not filled.all():
        # Whether a row is blank cannot be told without all of its fields.
        return read_records(path, shown, required=required, optional=optional)
    checks = Checks(shown, starts)
    checks.warn(~filled, Message("the row is blank"), Message("the row is not used"))
    texts = dict(zip(names, (column.to_pandas() for column in columns), strict=True))
    found = pd.DataFrame(texts, index=pd.RangeIndex(len(filled)), dtype=str)
    if not filled.all():
        found = found[filled].reset_index(drop=True)
    return Records(found, starts[filled], int((~filled).sum()), [*faults, *checks.faults])


class Block(NamedTuple):
    """A part of a file that can be read by itself: its bytes, and the line of its first record.

    `share` is where it ends in the whole file, 0-1.
    """

    begin: int
    size: int
    line: int
    share: float


@dataclass(frozen=True)
class Delimited:
    """A delimited file with a header, looked at and not yet read.

    `names` are the columns to be read, `body` is where the records begin, in bytes.
    """

    path: Path
    shown: str
    names: list[str]
    head: Heading
    encoding: Encoding
    body: int

    def blocks(self) -> Iterator[Block]:
        """Divide the file where records end, always in the same way.

        Raises `InputError` if a record has no end.
        """
        length = self.path.stat().st_size
        begin, line, rest = self.body, self.head.lines + 1, b""
        with self.path.open("rb") as opened:
            opened.seek(begin)
            while block := opened.read(BLOCK):
                data = rest + block
                size, lines = self._whole_records(data, at_end=begin + len(data) >= length)
                if size == 0 and len(data) > _LONGEST * BLOCK:
                    problem = Message("has a quotation mark that is never closed")
                    remedy = Message("quote text that holds a quotation mark, and double the mark")
                    raise InputError.of(self.shown, problem, remedy, row=line)
                rest = data[size:]
                if size > 0:
                    yield Block(begin, size, line, (begin + size) / length)
                    begin, line = begin + size, line + lines

    def _whole_records(self, data: bytes, *, at_end: bool) -> tuple[int, int]:
        """Give how many bytes are whole records, and how many lines end in them."""
        if not self.encoding.codec.startswith("utf-16"):
            size = len(data) if at_end else _end_of_records(data)
            return size, line_ends(data[:size])
        # A character of UTF-16 has two bytes, or four; the last may not be whole yet.
        text = data.decode(self.encoding.codec, "strict" if at_end else "ignore").encode()
        whole = text if at_end else text[: _end_of_records(text)]
        return len(whole.decode().encode(self.encoding.codec)), line_ends(whole)

    def read(
        self, begin: int, size: int, line: int, *, decimals: Sequence[str] = ()
    ) -> tuple[pa.Table, NDArray[np.int64]]:
        """Read a block; see `read_block`."""
        try:
            with self.path.open("rb") as opened:
                opened.seek(begin)
                data = opened.read(size)
        except OSError as error:
            # A worker on another machine may not see the file.
            raise InputError([unreadable(self.shown, error)]) from None
        if self.encoding.codec != "utf-8":
            data = data.decode(self.encoding.codec).encode()
        data = data.replace(BYTE_ORDER_MARK.encode(), b"").removesuffix(END_OF_DOS.encode())
        return read_block(
            data, self.head, self.names, required=self.names, line=line, decimals=decimals
        )


def open_delimited(path: Path, shown: str, names: Sequence[str], *, fix: Text) -> Delimited:
    """Look at the encoding and the header of a delimited file whose columns `names` are needed.

    `fix` says what to do where one is missing.  Raises `InputError` if the file cannot be read,
    is empty or no text, lacks a column, or has no rows.
    """
    try:
        encoding = encoding_of(lambda: _pieces(path), shown)
        with path.open("rb") as opened:
            opened.seek(encoding.mark)
            text = opened.read(_HEAD).decode(encoding.codec, "ignore")
    except OSError as error:
        raise InputError([unreadable(shown, error)]) from None
    head = find_heading(text, shown, names)
    head = head._replace(names=[compose(name).strip() for name in head.names])
    faults = heading_faults(head, names, fix=fix)
    is_whole = path.stat().st_size <= encoding.mark + _HEAD
    if not faults and is_whole and not text[head.end :].strip():
        remedy = Message("check whether it was made empty")
        faults = [Fault("error", shown, Message("has no rows"), remedy)]
    if faults:
        raise InputError([*encoding.faults, *faults])
    body = encoding.mark + len(text[: head.end].encode(encoding.codec))
    return Delimited(path, shown, list(names), head, encoding, body)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while piece := opened.read(_HEAD):
            yield piece


def _end_of_records(data: bytes) -> int:
    """Find the end of the last line after which no quotation mark is open; 0 if there is none."""
    # A CR at the very end may be half of a line end.
    end = _line_end_before(data, len(data) - data.endswith(b"\r"))
    is_open = data.count(b'"', 0, end) % 2 == 1
    while is_open and end > 0:
        before = _line_end_before(data, end - 1)
        is_open ^= data.count(b'"', before, end) % 2 == 1
        end = before
    return end


def _line_end_before(data: bytes, stop: int) -> int:
    """Find the end of the last line that ends before a byte; never between CR and LF."""
    end = max(data.rfind(b"\n", 0, stop), data.rfind(b"\r", 0, stop)) + 1
    return end - 1 if data[end - 1 : end + 1] == b"\r\n" else end


class Heading(NamedTuple):
    """The heading of a delimited text: its columns, stripped, and what stands between them.

    `row` is the physical line it stands on, `lines` how many end with it, `end` where the
    records begin, in characters; `lower` is the line under it that looks more like the heading,
    0 if there is none.
    """

    shown: str
    names: list[str]
    delimiter: str
    row: int
    lines: int
    end: int
    lower: int = 0


@field_limit(NO_LIMIT)
def find_heading(text: str, shown: str, required: Sequence[str]) -> Heading:
    """Find the heading of a delimited text, below blank lines and Excel's ``sep=;``.

    The delimiter is that which parts most of the columns required.  Raises `InputError` if there
    is none, or its quoting is broken.
    """
    begin, lines, declared = len(text), 0, ""
    for line in _LINE.finditer(text):
        sep = _SEP.fullmatch(line[0].rstrip("\r\n"))
        if sep and not declared:
            declared = sep[1]
        elif line[0].strip().strip(_EMPTY_FIELDS):
            begin = line.start()
            break
        lines += 1
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
    below, end, lower = lines + reader.line_num, begin + opened.tell(), 0
    if required and set(required).isdisjoint(stripped):
        under = islice(_LINE.finditer(text, end), _MOST_ABOVE)
        words = [re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in required]
        alike = (n for n, line in enumerate(under, 1) if all(one.search(line[0]) for one in words))
        lower = next((below + number for number in alike), 0)
    return Heading(shown, stripped, delimiter, lines + 1, below, end, lower)


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


def most_frequent_delimiter(text: bytes) -> str:
    """Tell the delimiter of a text without a heading: what stands most often outside quotes."""
    unquoted = b"".join(text[:_HEAD].split(b'"')[::2])
    return max(";,\t|", key=lambda delimiter: unquoted.count(delimiter.encode()))


def heading_faults(
    head: Heading,
    required: Sequence[str],
    optional: Sequence[str] = (),
    *,
    fix: Text = FIX_COLUMNS,
) -> list[Fault]:
    """Name the columns that a heading lacks, has twice, or writes otherwise than it should."""
    shown, names = head.shown, head.names
    known = set(map(folded, names))
    wanted = dict.fromkeys(required)
    if len(required) > 1 and known.isdisjoint(map(folded, required)):
        problem = Message("has none of the columns {wanted}", wanted=", ".join(wanted))
        remedy = Message("the file has: {there}; {fix}", there=listed(names), fix=fix)
        if head.lower:
            remedy = Message(
                "row {row} looks like the heading; delete the rows above it", row=head.lower
            )
        return [Fault("error", shown, problem, remedy, head.row)]
    # A column that need not be there, and is there in another case, would be passed over.
    meant = [name for name in optional if name not in names and folded(name) in known]
    twice, rename = Message("is the name of two columns"), Message("rename one of them")
    return [
        *missing_columns(shown, names, [*required, *meant], row=head.row, fix=fix),
        *(
            Fault("error", shown, twice, rename, head.row, name)
            for name in dict.fromkeys([*required, *optional])
            if names.count(name) > 1
        ),
    ]


def empty(shown: str) -> Fault:
    """Tell that a file is empty."""
    problem = in_context("file", "is empty")
    return Fault("error", shown, problem, Message("download the file again"))


def read_block(
    data: bytes,
    head: Heading,
    names: Sequence[str],
    *,
    required: Sequence[str],
    line: int | None = None,
    decimals: Sequence[str] = (),
    whole: bool = False,
) -> tuple[pa.Table, NDArray[np.int64]]:
    """Read whole records: the columns `names` as written, and the physical line of each record.

    `data` is in UTF-8 without marks; `line` that of its first record, None for the one under the
    heading; no record may end before the last column `required`.  Columns of `decimals` come as
    numbers if every one of them is a finite number or empty.  A `whole` file is read by several
    threads, and its rows of empty fields may end early.  Raises `InputError` if the quoting is
    broken, or a record has fields beyond the header or too few.
    """
    first = head.lines + 1 if line is None else line
    places = {name: head.names.index(name) for name in names}
    for numbers in dict.fromkeys((tuple(decimals), ())):
        table = _quickly(data, head, places, numbers, threads=whole)
        if table is not None:
            return table, first + np.arange(len(table))
    rows, starts = split_rows(data.decode(), head.shown, head.delimiter, before=first - 1)
    width = len(head.names)
    needed = 1 + max(map(head.names.index, required), default=0)
    checks = Checks(head.shown, starts)
    problem = Message("more fields than the header has ({width})", width=width)
    remedy = Message("quote text that holds the delimiter")
    checks.refuse([any(map(str.strip, row[width:])) for row in rows], problem, remedy)
    checks.refuse(
        [len(row) < needed and not (whole and not any(map(str.strip, row))) for row in rows],
        Message("ends before a column that is needed"),
        Message("quote text that holds a line break"),
    )
    if checks.faults:
        raise InputError(checks.faults)
    columns = {
        name: pa.array([row[place] if place < len(row) else "" for row in rows], pa.string())
        for name, place in places.items()
    }
    return pa.table(columns), np.asarray(starts, np.int64)


def _quickly(
    data: bytes, head: Heading, places: Mapping[str, int], decimals: Sequence[str], *, threads: bool
) -> pa.Table | None:
    """Read well-quoted records that are one line each; None if they are any other."""
    if not head.delimiter.isascii() or not _is_well_quoted(data, head.delimiter):
        return None
    kinds = {
        str(place): pa.float64() if name in decimals else pa.string()
        for name, place in places.items()
    }
    try:
        table = parse(data, kinds, len(head.names), delimiter=head.delimiter, threads=threads)
    except pa.ArrowInvalid:
        return None
    if len(table) != line_ends(data) + (bool(data) and not data.endswith((b"\n", b"\r"))):
        return None
    for column in table.columns:
        if pa.types.is_string(column.type):
            sound = (pc.max(pc.binary_length(column)).as_py() or 0) <= LONGEST_FIELD
        else:  # Arrow takes "nan" and "inf" for numbers; as texts they are refused.
            sound = pc.all(pc.is_finite(column)).as_py() in {True, None}
        if not sound:
            return None
    return table.rename_columns(list(places))


def _is_well_quoted(data: bytes, delimiter: str) -> bool:
    """Tell whether quotation marks stand only around whole fields, and doubled within."""
    if b'"' not in data:
        return True
    text = np.frombuffer(data, np.uint8)
    marks = np.flatnonzero(text == ord('"'))
    beside = np.isin(np.arange(256), [ord(delimiter), ord('"'), ord("\r"), ord("\n")])
    before, after = text[np.maximum(marks[::2] - 1, 0)], marks[1::2] + 1
    return (
        len(marks) % 2 == 0
        and bool(beside[before].all())
        and bool(beside[text[np.minimum(after, len(text) - 1)]].all())
    )
