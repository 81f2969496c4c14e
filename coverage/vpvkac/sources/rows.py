"""The rows of delimited text, by Arrow or by the csv module, and the lines they stand on.

Arrow is quick; the csv module knows the line of every fault.  The tables of a GTFS feed may
have rows of any width, which Arrow hands over one by one (`read_ragged`).
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import compress, islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from vpvkac.model.faults import Fault, InputError
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A longer field is a quotation mark that nobody closed.
LONGEST_FIELD = 100_000
NO_LIMIT = (1 << 31) - 1
_ARROW_BLOCK = 1 << 21
_MOST_SHORT = 1 << 15
_SAMPLE = 100
_NOT_BLANK = re.compile(rb"[^\s]")
_CSV_ERRORS = {
    "unexpected end": Message("a quotation mark is never closed"),
    "expected after": Message("no delimiter after a closing quotation mark"),
    "field limit": Message("a field is longer than 100 000 characters"),
    "": Message("the row cannot be parted into fields"),
}


@contextmanager
def field_limit(size: int) -> Iterator[None]:
    """Limit the fields of the csv module, which has one limit for the whole of Python."""
    usual = csv.field_size_limit(size)
    try:
        yield
    finally:
        csv.field_size_limit(usual)


def not_csv(shown: str, error: csv.Error, row: int) -> Fault:
    """Tell that the row's quoting is broken."""
    reason = next(text for key, text in _CSV_ERRORS.items() if key in str(error))
    problem = Message("is not well-formed CSV ({reason})", reason=reason)
    return Fault("error", shown, problem, Message("check the quotation marks in this row"), row)


def parse(
    text: bytes,
    kinds: Mapping[str, pa.DataType],
    width: int,
    *,
    start: int = 0,
    delimiter: str = ",",
    threads: bool = True,
    take_aside: Callable[[arrow_csv.InvalidRow], str] | None = None,
) -> pa.Table:
    """Parse CSV in UTF-8 without a header by Arrow, from `start` on.

    `kinds` are the types of the columns wanted, which are named by their numbers from 0, of
    `width` in all.  With several threads no row's number is known.  `take_aside` is given every
    row of another width; else they are errors.  Raises `pyarrow.ArrowInvalid` if it is no CSV,
    or a value is not of its type.
    """
    return arrow_csv.read_csv(
        pa.BufferReader(pa.py_buffer(memoryview(text)[start:])),
        read_options=arrow_csv.ReadOptions(
            column_names=[str(number) for number in range(width)],
            block_size=_ARROW_BLOCK,
            use_threads=threads,
        ),
        parse_options=arrow_csv.ParseOptions(
            delimiter=delimiter, newlines_in_values=b'"' in text, invalid_row_handler=take_aside
        ),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=list(kinds),
            column_types=kinds,
            null_values=[""],
            strings_can_be_null=False,
            check_utf8=False,  # it was made sure of
        ),
    )


def split_rows(
    text: str, shown: str, delimiter: str, *, before: int = 0
) -> tuple[list[list[str]], list[int]]:
    """Split delimited text, with so many lines before it, into rows and their physical lines.

    Blank lines are left out, rows of empty fields are not.  Raises `InputError` if quoting is
    broken.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    end = before
    with field_limit(LONGEST_FIELD):
        try:
            for row in reader:
                if len(row) > 1 or (row and row[0].strip()):
                    rows.append(row)
                    lines.append(end + 1)
                end = before + reader.line_num
        except csv.Error as error:
            raise InputError([not_csv(shown, error, end + 1)]) from None
    return rows, lines


def filled_rows(text: bytes, shown: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Split text in UTF-8 as `split_rows`, but pass over lines of delimiters and blanks at once.

    A spreadsheet saved as text may go on with such lines to the last row that it could have.
    """
    begins, within = physical_lines(text)
    begins, within = np.append(begins, len(text)), np.append(within, text.count(b'"') % 2)
    is_text = np.isin(np.arange(256), list(f'{delimiter}" \t\r\n'.encode()), invert=True)
    places = np.flatnonzero(is_text[np.frombuffer(text, np.uint8)])
    # Quotation marks around nothing are no text; a line within a field is not passed over.
    is_filled = (within[:-1] | within[1:]) == 1
    is_filled[np.searchsorted(begins, places, "right") - 1] = True
    filled = np.flatnonzero(is_filled)
    lines = [text[begins[line] : begins[line + 1]].decode() for line in filled]
    rows, of_filled = split_rows("".join(lines), shown, delimiter)
    return rows, (filled[np.array(of_filled, int) - 1] + 1).tolist()


class RaggedRows(NamedTuple):
    """Rows of which some have fewer or more cells than the header.

    The columns asked for as written, "" where a row ends before; which record of the text each
    row is, from 0; how many cells it has; whether any text stands beyond the header's last.
    """

    columns: list[pa.ChunkedArray]
    records: NDArray[np.int64]
    widths: NDArray[np.int64]
    surplus: NDArray[np.bool_]


def read_ragged(text: bytes, start: int, places: Sequence[int], header: int) -> RaggedRows:
    """Read rows separated by commas, whatever their widths, from `start` on.

    `places` are the columns wanted, from 0, of a header of so many.  The first rows tell how
    many cells to expect: where that is not the number of the header, all rows are mostly alike;
    the few that are not are taken one by one.  Raises `pyarrow.ArrowInvalid` if it is no CSV.
    """
    width = _usual_width(text, start)
    wanted = [place for place in (*places, *range(header, width)) if place < width]
    kinds = {str(place): pa.string() for place in wanted}
    odd: list[int] = []
    cells: list[list[str]] = []

    def take_aside(row: arrow_csv.InvalidRow) -> str:
        odd.append(-1 if row.number is None else row.number - 1)
        cells.append(next(csv.reader((row.text,)), [""]))
        return "skip"

    read = pa.table({})
    if width > 0:
        read = parse(text, kinds, width, start=start, take_aside=take_aside)
    if odd:  # Only one thread knows which record it is at.
        odd.clear()
        cells.clear()
        read = parse(text, kinds, width, start=start, threads=False, take_aside=take_aside)
    records, widths = np.arange(len(read)), np.broadcast_to(np.int64(width), len(read))
    order = None
    if odd:
        even = np.delete(np.arange(len(read) + len(odd)), odd)
        # A line of blanks is a record, but no row.
        filled = [len(row) > 1 or row[0].strip() != "" for row in cells]
        cells = list(compress(cells, filled))
        records = np.append(even, np.array(list(compress(odd, filled)), np.int64))
        widths = np.append(widths, np.array([len(row) for row in cells], np.int64))
        order = np.argsort(records)
        records, widths = records[order], widths[order]

    def column(place: int) -> pa.ChunkedArray:
        chunks = read[str(place)].chunks if place < width else [pa.repeat("", len(read))]
        if order is None:
            return pa.chunked_array(chunks, pa.string())
        added = pa.array([row[place] if place < len(row) else "" for row in cells], pa.string())
        return pa.chunked_array([*chunks, added]).take(pa.array(order))

    surplus = np.zeros(len(records), bool)
    for place in range(header, int(widths.max(initial=0))):
        surplus |= ~is_blank(column(place))
    return RaggedRows([column(place) for place in places], records, widths, surplus)


def read_even(
    pieces: Iterable[bytes], places: Sequence[int], width: int
) -> list[list[pa.DictionaryArray]] | None:
    """Read columns of plain rows, all of one width, as codes; None if some row is not plain.

    Of a piece, which ends with its last row, nothing is kept but the codes and what they stand
    for.
    """
    kinds = {str(place): pa.string() for place in places}
    columns: list[list[pa.DictionaryArray]] = [[] for _ in places]
    for piece in pieces:
        if not is_plain(piece):
            return None
        try:
            read = parse(piece, kinds, width)
        except pa.ArrowInvalid:
            return None
        for batch in read.to_batches():
            for column, coded in zip(columns, _coded(batch.columns), strict=True):
                column.append(coded)
    return columns


def _coded(columns: Iterable[pa.StringArray]) -> Iterator[pa.DictionaryArray]:
    """Code columns of text; many arrivals are the departures, and many columns of one text."""
    coded = before = None
    for cells in columns:
        if before is None or not cells.equals(before):
            if cells[0] == cells[-1] and pc.all(pc.equal(cells, cells[0])).as_py():
                zeros = np.zeros(len(cells), np.int8)
                coded = pa.DictionaryArray.from_arrays(zeros, cells[:1])
            else:
                coded = pc.dictionary_encode(cells)
                if len(coded.dictionary) < _MOST_SHORT:
                    short = coded.indices.to_numpy().astype(np.int16)
                    coded = pa.DictionaryArray.from_arrays(short, coded.dictionary)
        before = cells
        yield coded


def is_plain(text: bytes) -> bool:
    """Tell whether a text is in UTF-8, without quotation marks or zero bytes."""
    if b'"' in text or b"\0" in text:
        return False
    try:
        _ = text.isascii() or text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _usual_width(text: bytes, start: int) -> int:
    """Count the cells of most of the first records; 0 if there are none."""
    begin = _NOT_BLANK.search(text, start)
    if begin is None:
        return 0
    sample = io.BytesIO(text[begin.start() : begin.start() + _ARROW_BLOCK])
    rows = islice(csv.reader(io.TextIOWrapper(sample, "latin-1", newline="")), _SAMPLE)
    return Counter(len(row) for row in rows if row).most_common(1)[0][0]


def is_blank(cells: pa.ChunkedArray) -> NDArray[np.bool_]:
    """Tell which cells have no text; shape (n,)."""
    blank = pc.or_(pc.equal(pc.binary_length(cells), 0), pc.utf8_is_space(cells))
    return np.asarray(blank.to_numpy(), bool)


def physical_lines(text: bytes) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
    """Give where each physical line begins, and 1 if within quotation marks, else 0; shape (n,)."""
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    if b"\r" in text:
        alone = np.flatnonzero(data == ord("\r"))
        alone = alone[data[np.minimum(alone + 1, len(data) - 1)] != ord("\n")]
        ends = np.sort(np.append(ends, alone))
    begins = np.append(0, ends + 1)
    within = np.zeros(len(begins), bool)
    if len(ends) and b'"' in text:
        # Whether each line has an odd number of marks; the last goes on to the end of the text.
        odd = np.logical_xor.reduceat(data == ord('"'), begins[:-1])
        odd[-1] = text.count(b'"', begins[-2], begins[-1]) % 2
        within[1:] = np.logical_xor.accumulate(odd)
    return begins, within.astype(np.int8)


def record_lines(text: bytes, *, quotes: bool = True) -> NDArray[np.int64]:
    """Give the physical line on which each record begins, from 1; blank lines are no records.

    With `quotes`, a line that begins within quotation marks goes on with the record before.
    """
    begins, within = physical_lines(text)
    first = np.frombuffer(text + b"\n", np.uint8)[begins]
    is_record = ((within == 0) | (not quotes)) & (first != ord("\n")) & (first != ord("\r"))
    return np.flatnonzero(is_record) + 1
