"""The one reader of delimited files: whole, or of any size a block at a time.

`encoding` makes text of bytes, `heading` finds the columns and what is wrong with them, `rows`
reads the records, and `checks` names the physical lines of what is wrong with those.  The tables
of a GTFS feed (`gtfs.table`) are read by the same, in its specification's own way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.checks import Checks
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
from vpvkac.sources.heading import Heading, find_heading, heading_faults
from vpvkac.sources.rows import read_block
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A block of a file: some hundred thousand short records.
BLOCK = 16_000_000
# A record is no longer than so many blocks.
_LONGEST = 16
_HEAD = 1_000_000
_IS_BLANK = Message("the row is blank")
_NOT_USED = Message("the row is not used")


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


def read_records(
    path: Path,
    shown: str,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    others: bool = True,
) -> Records:
    """Read a delimited file with a header; delimited by comma, semicolon, tab or bar.

    Parameters
    ----------
    path, shown
        The file, and its name as faults say it.
    required
        Columns that must be there.
    optional
        Columns that are used where they are there.
    others
        Whether all other columns are wanted too.

    Raises
    ------
    InputError
        If the file is empty or not well-formed, a required column is missing,
        the name of a column that is used occurs twice, or a row has more
        fields than the header or too few for a required column.
    """
    data, told = read_utf8(path, shown)
    text = data[:_HEAD].decode(errors="ignore")
    head = find_heading(text, shown, required)
    faults = heading_faults(head, required, optional)
    if faults:
        raise InputError([*told, *faults])
    names = [name for name in dict.fromkeys(head.names) if others or name in {*required, *optional}]
    data = data[len(text[: head.end].encode()) :]
    try:
        table, starts = read_block(data, head, names, required=required, whole=True)
    except InputError as error:
        raise InputError([*told, *error.faults]) from None
    columns = [pc.utf8_trim_whitespace(column) for column in table.columns]
    filled = np.zeros(len(table), bool)
    for column in columns:
        filled |= np.asarray(pc.not_equal(column, ""), bool)
    if not others and not filled.all():
        # Whether a row is blank cannot be told without all of its fields.
        return read_records(path, shown, required=required, optional=optional)
    checks = Checks(shown, starts)
    checks.warn(~filled, _IS_BLANK, _NOT_USED)
    texts = dict(zip(names, (column.to_pandas() for column in columns), strict=True))
    found = pd.DataFrame(texts, index=pd.RangeIndex(len(filled)), dtype=str)
    if not filled.all():
        found = found[filled].reset_index(drop=True)
    return Records(found, starts[filled], int((~filled).sum()), [*told, *checks.faults])


class Block(NamedTuple):
    """A part of a file that can be read by itself.

    Parameters
    ----------
    begin, size
        In bytes.
    line
        Physical line of its first record.
    share
        Where it ends in the whole file, 0-1.
    """

    begin: int
    size: int
    line: int
    share: float


@dataclass(frozen=True)
class Delimited:
    """A delimited file with a header, looked at and not yet read.

    Parameters
    ----------
    path, shown
        The file, and its name as faults say it.
    names
        The columns to be read.
    head, encoding
        Of the file.
    body
        Where the records begin, in bytes.
    """

    path: Path
    shown: str
    names: list[str]
    head: Heading
    encoding: Encoding
    body: int

    def blocks(self) -> Iterator[Block]:
        """Divide the file where records end, always in the same way.

        Raises
        ------
        InputError
            If a record has no end.
        """
        length = self.path.stat().st_size
        begin, line, rest = self.body, self.head.lines + 1, b""
        with self.path.open("rb") as opened:
            opened.seek(begin)
            while block := opened.read(BLOCK):
                data = rest + block
                size, lines = self._whole_records(data, at_end=begin + len(data) >= length)
                if size == 0 and len(data) > _LONGEST * BLOCK:
                    raise InputError([_never_closed(self.shown, line)])
                rest = data[size:]
                if size > 0:
                    yield Block(begin, size, line, (begin + size) / length)
                    begin, line = begin + size, line + lines

    def _whole_records(self, data: bytes, *, at_end: bool) -> tuple[int, int]:
        """Give how many bytes are whole records, and how many lines end in them."""
        if self.encoding.is_ascii_based:
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
            data = self.encoding.decode(data).encode()
        data = data.replace(BYTE_ORDER_MARK.encode(), b"").removesuffix(END_OF_DOS.encode())
        return read_block(
            data, self.head, self.names, required=self.names, line=line, decimals=decimals
        )


def open_delimited(path: Path, shown: str, names: Sequence[str], *, fix: Text) -> Delimited:
    """Look at the encoding and the header of a delimited file.

    Parameters
    ----------
    names
        The columns to be read, all of which must be there.
    fix
        What to do where one is not.

    Raises
    ------
    InputError
        If the file cannot be read, is empty or no text, lacks a column, or has no rows.
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


def _never_closed(shown: str, line: int) -> Fault:
    problem = Message("has a quotation mark that is never closed")
    remedy = Message("quote text that holds a quotation mark, and double the mark")
    return Fault("error", shown, problem, remedy, line)
