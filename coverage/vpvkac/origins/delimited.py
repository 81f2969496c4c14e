"""Origins in delimited text: divided where records end, read a block at a time.

A block whose records are a line each is read by Arrow; any other, with line
breaks inside of quotes, blank lines or a fault, by the careful reader of
`sources.delimited`, which knows the line of everything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from vpvkac.faults import Fault, InputError
from vpvkac.language import Text
from vpvkac.origins.chunk import (
    NAME_COLUMNS,
    ROWS,
    Chunk,
    Columns,
    Partition,
    numbers,
    texts,
)
from vpvkac.sources.checking import Checks
from vpvkac.sources.delimited import (
    check_widths,
    delimiter_of,
    empty,
    missing_columns,
    not_utf8,
    repeated_columns,
    rows_of,
    unreadable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

# A partition of a CSV: some hundred thousand short records.
BLOCK = 16_000_000
_LONGEST = 16
_HEAD = 1_000_000
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Delimited:
    """A delimited file of origins with a header.

    Parameters
    ----------
    path, shown
        The file, and its name as faults say it.
    columns
        The columns to be read.
    header, delimiter
        Of the file.
    body, line
        Where the records begin: byte, physical line.
    """

    path: Path
    shown: str
    columns: Columns
    header: tuple[str, ...]
    delimiter: str
    body: int
    line: int

    def partitions(self) -> Iterator[Partition]:
        """Divide the file into blocks of whole records."""
        length = self.path.stat().st_size
        begin, line, rest = self.body, self.line, b""
        with self.path.open("rb") as opened:
            opened.seek(begin)
            while block := opened.read(BLOCK):
                data = rest + block
                at_end = begin + len(data) >= length
                size = len(data) if at_end else _end_of_records(data)
                if size == 0 and len(data) > _LONGEST * BLOCK:
                    raise InputError([_never_closed(self.shown, line)])
                rest = data[size:]
                if size > 0:
                    share = (begin + size) / length
                    yield Partition(self.path, self.shown, begin, size, line, share)
                    begin, line = begin + size, line + data.count(b"\n", 0, size)

    def read(self, part: Partition) -> Iterator[Chunk]:
        """Read a block, in chunks."""
        try:
            with self.path.open("rb") as opened:
                opened.seek(part.begin)
                data = opened.read(part.size)
        except OSError as error:
            # A worker on another machine may not see the file.
            raise InputError([unreadable(self.shown, error)]) from None
        quick = self._quickly(data)
        if quick is None:
            table, lines = self._carefully(data, part.row)
        else:
            table, lines = quick, part.row + np.arange(len(quick))
        for begin in range(0, len(table), ROWS):
            yield self._chunk(table.slice(begin, ROWS), lines[begin : begin + ROWS])

    def _chunk(self, table: pa.Table, lines: NDArray[np.int64]) -> Chunk:
        key, weight = self.columns.key, self.columns.weight
        lat, lon = self.columns.position
        origin = pa.array(lines).cast(pa.string()) if key is None else texts(table[key])
        return Chunk(
            lines,
            origin,
            numbers(lat, table[lat]),
            numbers(lon, table[lon]),
            None if weight is None else numbers(weight, table[weight]),
        )

    def _quickly(self, data: bytes) -> pa.Table | None:
        """Read a block in which every record is one line; None if it is any other."""
        position = {name: str(self.header.index(name)) for name in self.columns.named}
        for number in (pa.float64(), pa.string()):
            kinds = dict.fromkeys(position.values(), number)
            if self.columns.key is not None:
                kinds[position[self.columns.key]] = pa.string()
            try:
                table = self._parsed(data, kinds)
            except pa.ArrowInvalid:
                continue
            if len(table) != data.count(b"\n") + (not data.endswith(b"\n")) or b"\0" in data:
                return None
            # Arrow takes "nan" and "inf" for numbers; as texts they are refused.
            if number == pa.string() or _is_finite(table):
                return table.rename_columns(list(position))
        return None

    def _parsed(self, data: bytes, kinds: Mapping[str, pa.DataType]) -> pa.Table:
        return arrow_csv.read_csv(
            pa.BufferReader(data),
            # One thread, one block: partitions are what is done side by side.
            read_options=arrow_csv.ReadOptions(
                column_names=[str(number) for number in range(len(self.header))],
                block_size=len(data) + 1,
                use_threads=False,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=kinds,
                include_columns=list(kinds),
                null_values=[""],
                strings_can_be_null=False,
            ),
        )  # fmt: skip

    def _carefully(self, data: bytes, line: int) -> tuple[pa.Table, NDArray[np.int64]]:
        """Read a block record by record."""
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError([self._told(data[: error.start], line)]) from None
        if (nul := data.find(b"\0")) >= 0:
            raise InputError([self._told(data[:nul], line)])
        try:
            rows, starts = rows_of(text, self.shown, self.delimiter)
        except InputError as error:
            moved = [replace(fault, row=(fault.row or 1) + line - 1) for fault in error.faults]
            raise InputError(moved) from None
        lines = np.asarray(starts, np.int64) + line - 1
        checks = Checks(self.shown, lines)
        check_widths(checks, rows, np.ones(len(rows), bool), list(self.header), self.columns.named)
        if checks.faults:
            raise InputError(checks.faults)
        position = {name: self.header.index(name) for name in self.columns.named}
        columns = {
            name: pa.array([row[number] for row in rows], pa.string())
            for name, number in position.items()
        }
        return pa.table(columns), lines

    def _told(self, before: bytes, line: int) -> Fault:
        fault = not_utf8(self.shown, before.decode("latin-1"))
        return replace(fault, row=(fault.row or 1) + line - 1)


def open_delimited(path: Path, shown: str, columns: Columns) -> Delimited:
    """Look at the header of a delimited file.

    Raises
    ------
    InputError
        If the file cannot be read, is empty or not UTF-8, or lacks a column.
    """
    try:
        with path.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError as error:
        raise InputError([unreadable(shown, error)]) from None
    text, lines = _heading(head.removeprefix(_MARK), shown)
    delimiter = delimiter_of(text)
    rows, starts = rows_of(text, shown, delimiter)
    if not rows:
        raise InputError([empty(shown)])
    header = [name.strip() for name in rows[0]]
    faults = [
        *missing_columns(shown, header, columns.named, row=starts[0], mend=NAME_COLUMNS),
        *repeated_columns(shown, header, columns.named, row=starts[0]),
    ]
    if faults:
        raise InputError(faults)
    body = len(head) - len(head.removeprefix(_MARK)) + len(text.encode())
    return Delimited(path, shown, columns, tuple(header), delimiter, body, lines + 1)


def _heading(head: bytes, shown: str) -> tuple[str, int]:
    """Cut out the heading, with the blank lines before it; its text and count of lines."""
    size = 0
    while True:
        size = (head.find(b"\n", size) + 1) or len(head)
        heading = head[:size]
        is_whole = heading.strip() and heading.count(b'"') % 2 == 0
        if is_whole or size == len(head):
            break
    try:
        text = heading.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError([not_utf8(shown, head[: error.start].decode("latin-1"))]) from None
    if "\0" in text:
        raise InputError([not_utf8(shown, "")])
    return text, heading.count(b"\n")


def _end_of_records(data: bytes) -> int:
    """Find the end of the last line after which no quotation mark is open; 0 if there is none."""
    end = data.rfind(b"\n") + 1
    is_open = data.count(b'"', 0, end) % 2 == 1
    while is_open and end > 0:
        before = data.rfind(b"\n", 0, end - 1) + 1
        is_open ^= data.count(b'"', before, end) % 2 == 1
        end = before
    return end


def _is_finite(table: pa.Table) -> bool:
    """Tell whether all numbers of a table are finite."""
    decimals = [column for column in table.columns if pa.types.is_floating(column.type)]
    return all(pc.all(pc.is_finite(column)).as_py() in {True, None} for column in decimals)


def _never_closed(shown: str, line: int) -> Fault:
    return Fault(
        "error",
        shown,
        Text("ir pēdiņas, kas nav aizvērtas", "has a quotation mark that is never closed"),
        Text(
            "lieciet pēdiņās tekstu ar pēdiņām un dubultojiet tās",
            "quote text that holds a quotation mark, and double the mark",
        ),
        row=line,
    )
