"""Origins in delimited text: divided where records end, read a block at a time.

A block whose records are a line each is read by Arrow; any other, with line
breaks inside of quotes, blank lines or a fault, by the careful reader of
`sources.delimited`, which knows the line of everything.  The encoding and the
heading are told as for every other delimited text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from vpvkac.model.faults import Fault, InputError
from vpvkac.questions.demand.chunk import (
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
    composed,
    faults_of_heading,
    heading_of,
    no_rows,
    rows_of,
    unreadable,
)
from vpvkac.sources.encoding import Encoding, encoding_of, line_ends
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A partition of a CSV: some hundred thousand short records.
BLOCK = 16_000_000
_LONGEST = 16
_HEAD = 1_000_000
_MARK = "\ufeff".encode()
_END_OF_DOS = b"\x1a"


@dataclass(frozen=True)
class Delimited:
    """A delimited file of origins with a header.

    Parameters
    ----------
    path, shown
        The file, and its name as faults say it.
    columns
        The columns to be read.
    header, delimiter, encoding
        Of the file.
    body, line
        Where the records begin: byte, physical line.
    """

    path: Path
    shown: str
    columns: Columns
    header: tuple[str, ...]
    delimiter: str
    encoding: Encoding
    body: int
    line: int

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Warnings of the file as a whole."""
        return self.encoding.faults

    def partitions(self) -> Iterator[Partition]:
        """Divide the file into blocks of whole records."""
        length = self.path.stat().st_size
        begin, line, rest = self.body, self.line, b""
        with self.path.open("rb") as opened:
            opened.seek(begin)
            while block := opened.read(BLOCK):
                data = rest + block
                at_end = begin + len(data) >= length
                size, lines = self._whole_records(data, at_end=at_end)
                if size == 0 and len(data) > _LONGEST * BLOCK:
                    raise InputError([_never_closed(self.shown, line)])
                rest = data[size:]
                if size > 0:
                    share = (begin + size) / length
                    yield Partition(self.path, self.shown, begin, size, line, share)
                    begin, line = begin + size, line + lines

    def _whole_records(self, data: bytes, *, at_end: bool) -> tuple[int, int]:
        """Give how many bytes are whole records, and how many lines end in them."""
        if self.encoding.is_ascii_based:
            size = len(data) if at_end else _end_of_records(data)
            return size, line_ends(data[:size])
        # A character of UTF-16 has two bytes, or four; the last may not be whole yet.
        text = data.decode(self.encoding.codec, "strict" if at_end else "ignore").encode()
        end = len(text) if at_end else _end_of_records(text)
        whole = text[:end]
        return len(whole.decode().encode(self.encoding.codec)), line_ends(whole)

    def read(self, part: Partition) -> Iterator[Chunk]:
        """Read a block, in chunks."""
        try:
            with self.path.open("rb") as opened:
                opened.seek(part.begin)
                data = opened.read(part.size)
        except OSError as error:
            # A worker on another machine may not see the file.
            raise InputError([unreadable(self.shown, error)]) from None
        data = self._utf8(data)
        quick = self._quickly(data)
        if quick is None:
            table, lines = self._carefully(data, part.row)
        else:
            table, lines = quick, part.row + np.arange(len(quick))
        for begin in range(0, len(table), ROWS):
            yield self._chunk(table.slice(begin, ROWS), lines[begin : begin + ROWS])

    def _utf8(self, data: bytes) -> bytes:
        """Give a block as UTF-8, without the marks that files begin or end with."""
        if self.encoding.codec != "utf-8":
            data = self.encoding.decode(data).encode()
        return data.replace(_MARK, b"").removesuffix(_END_OF_DOS)

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
            if len(table) != line_ends(data) + (not data.endswith((b"\n", b"\r"))):
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
            parse_options=arrow_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
            convert_options=arrow_csv.ConvertOptions(
                column_types=kinds,
                include_columns=list(kinds),
                null_values=[""],
                strings_can_be_null=False,
            ),
        )

    def _carefully(self, data: bytes, line: int) -> tuple[pa.Table, NDArray[np.int64]]:
        """Read a block record by record."""
        rows, starts = rows_of(data.decode(), self.shown, self.delimiter, before=line - 1)
        lines = np.asarray(starts, np.int64)
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


def open_delimited(path: Path, shown: str, columns: Columns) -> Delimited:
    """Look at the encoding and the header of a delimited file.

    Raises
    ------
    InputError
        If the file cannot be read, is empty or no text, lacks a column, or has no rows.
    """
    try:
        encoding = encoding_of(lambda: _blocks(path), shown)
        with path.open("rb") as opened:
            opened.seek(encoding.mark)
            head = opened.read(_HEAD).decode(encoding.codec, "ignore")
    except OSError as error:
        raise InputError([unreadable(shown, error)]) from None
    heading = heading_of(head, shown, columns.named)
    names = tuple(composed(name).strip() for name in heading.names)
    heading = heading._replace(names=list(names))
    faults = faults_of_heading(shown, heading, columns.named, mend=NAME_COLUMNS)
    if faults:
        raise InputError([*encoding.faults, *faults])
    body = encoding.mark + len(head[: heading.end].encode(encoding.codec))
    is_whole = path.stat().st_size <= encoding.mark + _HEAD
    if is_whole and not head[heading.end :].strip():
        raise InputError([*encoding.faults, no_rows(shown)])
    return Delimited(
        path, shown, columns, names, heading.delimiter, encoding, body, heading.lines + 1
    )


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while block := opened.read(_HEAD):
            yield block


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


def _is_finite(table: pa.Table) -> bool:
    """Tell whether all numbers of a table are finite."""
    decimals = [column for column in table.columns if pa.types.is_floating(column.type)]
    return all(pc.all(pc.is_finite(column)).as_py() in {True, None} for column in decimals)


def _never_closed(shown: str, line: int) -> Fault:
    return Fault(
        "error",
        shown,
        Message("has a quotation mark that is never closed"),
        Message("quote text that holds a quotation mark, and double the mark"),
        row=line,
    )
