"""Read one table of a feed: its text, its header, the columns that are asked for.

A national feed has three million stop times, so a table is read by pyarrow
into columns of codes: every distinct text once, and for each row which one.
Whatever is asked of values (is it a number, is it known) is asked of the
distinct ones only.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from vpvkac.faults import Fault, Level
from vpvkac.language import Text
from vpvkac.sources.gtfs.archive import MISSING, RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from vpvkac.sources.gtfs.archive import Feed

    Flags = npt.NDArray[np.bool_]
    Numbers = npt.NDArray[np.float64]
    Places = npt.NDArray[np.int64]

_BLOCK = 1 << 23
_SAMPLE = 100
csv.field_size_limit((1 << 31) - 1)  # pyarrow has no limit, and both must see the same rows
_FIRST_LINE = re.compile(rb"[\r\n]*([^\r\n]*)(?:\r\n|\r|\n|$)")
_PADDING = re.compile(rb",([ \t]+)")
_NOT_BLANK = re.compile(rb"[^\s]")
_LINE_END = re.compile(rb"\r\n|\r|\n")

_MEND_ROW = Text("izlabojiet rindu", "mend the row")
_AS_UTF8 = Text("saglabājiet datni UTF-8 kodējumā", "save the file as UTF-8")


class Shape(NamedTuple):
    """The columns of a table that we read: without a required one it is refused."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


class Column(NamedTuple):
    """A column of text, ends trimmed.

    `distinct` holds every text once; `codes` tells for each row which one it
    is, -1 where the cell is empty.
    """

    codes: npt.NDArray[np.int64]
    distinct: npt.NDArray[np.object_]

    @property
    def empty(self) -> Flags:
        """Tell which rows have no text."""
        return self.codes < 0

    def spread(self, of_distinct: npt.NDArray[Any], *, empty: object) -> npt.NDArray[Any]:
        """Give each row what belongs to its text, and `empty` where it has none."""
        return np.append(of_distinct, np.array([empty], dtype=of_distinct.dtype))[self.codes]

    def texts(self) -> npt.NDArray[np.object_]:
        """Give the text of each row, "" where it is empty."""
        return self.spread(self.distinct, empty="")


_EMPTY = Column(np.empty(0, dtype=np.int64), np.empty(0, dtype=object))


@dataclass(frozen=True)
class Table:
    """One table of a feed.

    Parameters
    ----------
    name
        Its name in faults.
    columns
        The columns of its shape; an optional one that the file lacks is empty.
    records
        Which record of the file each row is, from 0.
    text
        The file, for the lines of faults.
    faults
        Where its faults are collected, in common with the other tables.
    """

    name: str
    columns: Mapping[str, Column]
    records: Places
    text: bytes
    faults: list[Fault]

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    @cached_property
    def lines(self) -> Places:
        """Physical line on which each record begins, the header's being 1."""
        return np.fromiter(_record_lines(self.text), dtype=np.int64)[1:]

    def report(
        self,
        level: Level,
        rows: Flags,
        problem: Text,
        remedy: Text,
        *,
        field: str | None = None,
    ) -> None:
        """Say one fault for all the rows marked, naming the first; none if none is."""
        if not rows.any():
            return
        first = int(np.argmax(rows))
        value = None
        if field is not None and not self[field].empty[first]:
            value = str(self[field].distinct[self[field].codes[first]])
        self.faults.append(
            Fault(
                level,
                self.name,
                problem,
                remedy,
                row=int(self.lines[self.records[first]]),
                field=field,
                value=value,
                alike=int(rows.sum()),
            )
        )


def read_table(feed: Feed, shape: Shape, faults: list[Fault]) -> Table | None:
    """Read the columns of one table.

    Parameters
    ----------
    feed
        Where the table lies.
    shape
        Its file name and the columns wanted.
    faults
        Takes what is found wrong with the file.

    Returns
    -------
    None if the file lacks a required column or cannot be read, which is then
    among the faults.
    """
    name = feed.name(shape.name)
    try:
        text = _unpadded(_in_utf8(_marked(feed.read(shape.name), name, faults), name, faults))
        header, start = _header(text, name)
        places = _places(header, shape, name, faults)
        if places is None:
            return None
        _refuse_open_quote(text, name)
        cells = _cells(text, start, list(places.values()), len(header))
    except RefusedError as refused:
        faults.append(refused.fault)
        return None
    except pa.ArrowInvalid:
        faults.append(_error(name, Text("nav lasāma CSV datne", "this is no CSV that can be read")))
        return None
    columns = dict(zip(places, cells.columns, strict=True))
    absent = Column(np.full(len(cells.records), -1), np.empty(0, dtype=object))
    for column in shape.optional:
        columns.setdefault(column, absent)
    table = Table(name, columns, cells.records, text, faults)
    _report_ragged(table, cells, len(header))
    for column in shape.required + shape.optional:
        _report_binary(table, column)
    return table


def missing(feed: Feed, table: str) -> Fault:
    """Say that a table the reader needs is not there."""
    return Fault(
        "error",
        feed.name(table),
        MISSING,
        Text(
            "lejupielādējiet datu kopu no jauna vai pievienojiet datni",
            "download the feed again, or add the file",
        ),
    )


class _Cells(NamedTuple):
    """What the rows of a file hold.

    Parameters
    ----------
    columns
        The columns asked for.
    records
        Which record of the file each row is.
    widths
        How many cells each row has.
    surplus
        Whether there is any text beyond the last column of the header.
    """

    columns: list[Column]
    records: Places
    widths: Places
    surplus: Flags


class _Ragged(NamedTuple):
    """A record with fewer or more cells than most; 0 is the first record."""

    record: int
    cells: list[str]


def _marked(raw: bytes, name: str, faults: list[Fault]) -> bytes:
    """Take off a byte order mark, and turn UTF-16 into UTF-8."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = raw.decode("utf-16").encode()
        except UnicodeDecodeError:
            raise RefusedError(_not_text(name)) from None
        problem = Text("datne ir UTF-16 kodējumā", "the file is in UTF-16")
        faults.append(Fault("warning", name, problem, _AS_UTF8))
        return text
    return raw.removeprefix(codecs.BOM_UTF8)


def _unpadded(text: bytes) -> bytes:
    """Take the blanks out between comma and quotation mark, where the header is padded.

    CSV allows none there; blanks elsewhere are trimmed from the values.
    """
    header = _FIRST_LINE.match(text)
    paddings = set(_PADDING.findall(header[1])) if header is not None else set()
    for padding in paddings:
        text = text.replace(b"," + padding + b'"', b',"')
    return text


def _in_utf8(text: bytes, name: str, faults: list[Fault]) -> bytes:
    """Read a text that is not UTF-8 as Latin-1, or around its few broken letters."""
    if text.isascii():
        return text
    try:
        text.decode()
    except UnicodeDecodeError as error:
        row = len(_LINE_END.findall(text, 0, error.start)) + 1
    else:
        return text
    read = text.decode("utf-8", "replace")
    broken = read.count("\ufffd")
    whole = len(read) - len(read.encode("ascii", "ignore")) - broken
    if whole > broken:
        problem = Text(
            "ir bojātas UTF-8 rakstzīmes; to vietā ir �",
            "some letters are broken UTF-8; � stands for them",
        )
    else:
        read = text.decode("latin-1")
        problem = Text("nav UTF-8; lasīta kā Latin-1", "this is not UTF-8; read as Latin-1")
    faults.append(Fault("warning", name, problem, _AS_UTF8, row=row))
    return read.encode()


def _header(text: bytes, name: str) -> tuple[list[str], int]:
    """Give the names of the columns as written, and where the rows begin."""
    first = _FIRST_LINE.match(text)
    line = first[1] if first is not None else b""
    if b"\0" in line:
        raise RefusedError(_not_text(name))
    if first is None or not line.strip(b" \t,"):
        raise RefusedError(_error(name, Text("datne ir tukša", "the file is empty")))
    return next(csv.reader([line.decode("utf-8", "replace")])), first.end()


def _places(
    header: Sequence[str], shape: Shape, name: str, faults: list[Fault]
) -> dict[str, int] | None:
    """Find the columns of the shape in the header."""
    names = [cell.strip().strip('"') for cell in header]
    whole = True
    for column in shape.required + shape.optional:
        count = names.count(column)
        if count > 1:
            problem = Text("sleja ir vairākas reizes", "the column is there more than once")
        elif count == 0 and column in shape.required:
            problem = Text("slejas nav", "the column is missing")
        else:
            continue
        remedy = Text(
            "izlabojiet virsrakstu rindu (slejas atdala komats)",
            "mend the header (columns are separated by commas)",
        )
        faults.append(Fault("error", name, problem, remedy, row=1, field=column))
        whole = False
    wanted = [column for column in shape.required + shape.optional if column in names]
    return {column: names.index(column) for column in wanted} if whole else None


def _refuse_open_quote(text: bytes, name: str) -> None:
    """Refuse a quotation mark that swallows the rest of the file."""
    if text.count(b'"') % 2 == 0:
        return
    row: list[str] = []
    start = end = 0
    rows = _reader(text + b"\n#")
    try:
        while row != ["#"]:
            row = next(rows)
            start, end = end, rows.line_num
    except (StopIteration, csv.Error):  # at the end, or a field longer than any should be
        problem = Text("pēdiņas nav aizvērtas", "a quotation mark is not closed")
        row_of_mark = start + 1
        raise RefusedError(Fault("error", name, problem, _MEND_ROW, row=row_of_mark)) from None


def _cells(text: bytes, start: int, places: Sequence[int], header: int) -> _Cells:
    """Read the columns at the places given, from the first row on.

    The first rows tell how many cells to expect: where that is not the
    number of the header, all rows are mostly alike.  The few that are not
    are taken one by one.
    """
    width = _usual_width(text, start)
    if width == 0:
        nothing = np.empty(0, dtype=np.int64)
        return _Cells([_EMPTY] * len(places), nothing, nothing, nothing.astype(bool))
    wanted = [place for place in (*places, *range(header, width)) if place < width]
    ragged: list[_Ragged] = []
    read = _parsed(text, start, wanted, width, ragged)
    records = np.arange(read.num_rows, dtype=np.int64)
    if ragged:
        # Only one thread knows which record it is at.
        ragged.clear()
        read = _parsed(text, start, wanted, width, ragged, threads=False)
        odd = np.array([row.record for row in ragged], dtype=np.int64)
        even = np.setdiff1d(np.arange(read.num_rows + len(odd)), odd)
        ragged = [row for row in ragged if len(row.cells) > 1 or row.cells[0].strip()]
        records = np.append(even, np.array([row.record for row in ragged], dtype=np.int64))
    order = np.argsort(records) if ragged else slice(None)
    read_rows = np.full(read.num_rows, width)
    widths = np.append(read_rows, np.array([len(row.cells) for row in ragged], dtype=np.int64))
    columns = [_column(read, place, ragged) for place in (*places, *range(header, max(widths)))]
    ordered = [Column(column.codes[order], column.distinct) for column in columns]
    surplus = [~column.empty for column in ordered[len(places) :]]
    return _Cells(
        ordered[: len(places)],
        records[order],
        widths[order],
        np.logical_or.reduce(surplus) if surplus else np.zeros(len(records), dtype=bool),
    )


def _usual_width(text: bytes, start: int) -> int:
    """Count the cells of most of the first records; 0 if there are none."""
    begin = _NOT_BLANK.search(text, start)
    if begin is None:
        return 0
    sample = text[begin.start() : begin.start() + _BLOCK].decode("latin-1")
    rows = islice(csv.reader(io.StringIO(sample, newline="")), _SAMPLE)
    return Counter(len(row) for row in rows if row).most_common(1)[0][0]


def _parsed(
    text: bytes,
    start: int,
    places: Sequence[int],
    width: int,
    ragged: list[_Ragged],
    *,
    threads: bool = True,
) -> pa.Table:
    def take_aside(row: pacsv.InvalidRow) -> str:
        cells = next(csv.reader((row.text,)), [""])
        ragged.append(_Ragged(-1 if row.number is None else row.number - 1, cells))
        return "skip"

    wanted = [str(place) for place in places]
    return pacsv.read_csv(
        pa.BufferReader(pa.py_buffer(memoryview(text)[start:])),
        read_options=pacsv.ReadOptions(
            column_names=[str(place) for place in range(width)],
            block_size=_BLOCK,
            use_threads=threads,
        ),
        parse_options=pacsv.ParseOptions(
            newlines_in_values=b'"' in text, invalid_row_handler=take_aside
        ),
        convert_options=pacsv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, pa.dictionary(pa.int32(), pa.string())),
            strings_can_be_null=False,
        ),
    )


def _column(read: pa.Table, place: int, ragged: Sequence[_Ragged]) -> Column:
    """Make codes of a column as parsed, the cells of ragged rows put after it."""
    added = [row.cells[place].strip() if place < len(row.cells) else "" for row in ragged]
    codes = np.full(read.num_rows, -1)
    texts = np.empty(0, dtype=object)
    if str(place) in read.column_names:
        whole = read[str(place)].unify_dictionaries().combine_chunks()
        texts = pc.utf8_trim_whitespace(whole.dictionary).to_numpy(zero_copy_only=False)
        codes = whole.indices.to_numpy()
    texts = np.append(texts, np.array([*added, ""], dtype=object))
    texts[texts == ""] = None
    trimmed, distinct = pd.factorize(texts)
    cells = np.append(codes, len(texts) - 1 - len(added) + np.arange(len(added)))
    return Column(trimmed[cells], distinct)


def _report_ragged(table: Table, cells: _Cells, header: int) -> None:
    table.report(
        "warning",
        cells.widths < header,
        Text(
            "rindā ir mazāk lauku nekā virsrakstā; trūkstošie lasīti kā tukši",
            "the row has fewer cells than the header; the missing ones are read as empty",
        ),
        _MEND_ROW,
    )
    table.report(
        "warning",
        (cells.widths > header) & ~cells.surplus,
        Text(
            "rindā ir vairāk lauku nekā virsrakstā; liekie ir tukši un nav lasīti",
            "the row has more cells than the header; the extra ones are empty and not read",
        ),
        _MEND_ROW,
    )
    # Which cell belongs to which column cannot be told, so no value of the row can be trusted.
    table.report(
        "error",
        cells.surplus,
        Text("rindā ir vairāk lauku nekā virsrakstā", "the row has more cells than the header"),
        Text(
            "ielieciet tekstu ar komatu pēdiņās", "put a text that holds a comma in quotation marks"
        ),
    )


def _report_binary(table: Table, field: str) -> None:
    if b"\0" not in table.text:
        return
    column = table[field]
    bad = np.array(["\0" in value for value in column.distinct], dtype=bool)
    table.report(
        "error",
        column.spread(bad, empty=False),
        Text("satur nulles baitu", "holds a zero byte"),
        Text("izņemiet to", "take it out"),
        field=field,
    )


def _record_lines(text: bytes) -> Iterator[int]:
    """Give the line on which each record begins, the header's included."""
    rows = _reader(text)
    end = 0
    for row in rows:
        if row:
            yield end + 1
        end = rows.line_num


def _reader(text: bytes) -> Any:  # the csv module names no type of its own
    # Line ends are the same bytes in every encoding of one byte.
    return csv.reader(io.TextIOWrapper(io.BytesIO(text), "latin-1", newline=""))


def _not_text(name: str) -> Fault:
    return _error(name, Text("datne nav teksts UTF-8 kodējumā", "the file is no text in UTF-8"))


def _error(name: str, problem: Text) -> Fault:
    remedy = Text("lejupielādējiet datu kopu no jauna", "download the feed again")
    return Fault("error", name, problem, remedy)
