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
from dataclasses import dataclass
from functools import cached_property
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
_FIRST_LINE = re.compile(rb"[\r\n]*([^\r\n]*)(?:\r\n|\r|\n|$)")
_PADDED_QUOTE = re.compile(rb',[ \t]+"')
_BLANK = re.compile(rb"\s*\Z")
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
        text = _decoded(feed.read(shape.name), name, faults)
        header, start = _header(text, name)
        places = _places(header, shape, name, faults)
        if places is None:
            return None
        # csv allows no blank between comma and quotation mark, padded feeds have one.
        if any(cell != cell.lstrip() for cell in header):
            text = text[:start] + _PADDED_QUOTE.sub(b',"', text[start:])
        _refuse_open_quote(text, name)
        try:
            cells = _cells(text, start, list(places.values()), len(header))
        except (pa.ArrowInvalid, UnicodeDecodeError):
            text = _recoded(text, name, faults)
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
    _report_ragged(table, cells.ragged, len(header))
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


class _Ragged(NamedTuple):
    """A record with fewer or more cells than the header."""

    record: int
    cells: list[str]


class _Cells(NamedTuple):
    columns: list[Column]
    records: Places
    ragged: list[_Ragged]


def _decoded(raw: bytes, name: str, faults: list[Fault]) -> bytes:
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


def _recoded(text: bytes, name: str, faults: list[Fault]) -> bytes:
    """Read a text that is not UTF-8 as Latin-1, or around its few broken letters."""
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
    try:
        text.decode()
    except UnicodeDecodeError as error:
        row = len(_LINE_END.findall(text, 0, error.start)) + 1
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


def _cells(text: bytes, start: int, places: Sequence[int], width: int) -> _Cells:
    """Read the columns at the places given, from the first row on."""
    if _BLANK.match(text, start):
        nothing = Column(np.empty(0, dtype=np.int64), np.empty(0, dtype=object))
        return _Cells([nothing] * len(places), np.empty(0, dtype=np.int64), [])
    ragged: list[_Ragged] = []
    read = _parsed(text, start, places, width, ragged)
    records = np.arange(read.num_rows, dtype=np.int64)
    if ragged:
        # Only one thread knows which record it is at.
        ragged.clear()
        read = _parsed(text, start, places, width, ragged, threads=False)
        odd = np.array([row.record for row in ragged], dtype=np.int64)
        even = np.setdiff1d(np.arange(read.num_rows + len(odd)), odd)
        ragged = [row for row in ragged if len(row.cells) > 1 or row.cells[0].strip()]
        records = np.append(even, np.array([row.record for row in ragged], dtype=np.int64))
    order = np.argsort(records, kind="stable")
    columns = [
        _column(read[str(place)], [_cell(row.cells, place) for row in ragged], order)
        for place in places
    ]
    return _Cells(columns, records[order], ragged)


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
        cells = next(csv.reader(io.StringIO(row.text, newline="")), [""])
        ragged.append(_Ragged(-1 if row.number is None else row.number - 1, cells))
        return "skip"

    names = [str(place) for place in range(width)]
    wanted = [str(place) for place in places]
    text_codes = pa.dictionary(pa.int32(), pa.string())
    return pacsv.read_csv(
        pa.BufferReader(pa.py_buffer(memoryview(text)[start:])),
        read_options=pacsv.ReadOptions(column_names=names, block_size=_BLOCK, use_threads=threads),
        parse_options=pacsv.ParseOptions(
            newlines_in_values=b'"' in text, invalid_row_handler=take_aside
        ),
        convert_options=pacsv.ConvertOptions(
            include_columns=wanted,
            column_types=dict.fromkeys(wanted, text_codes),
            strings_can_be_null=False,
        ),
    )


def _column(read: pa.ChunkedArray, added: Sequence[str], order: Places) -> Column:
    """Make codes of a column as parsed, the cells of ragged rows added to it."""
    whole = read.unify_dictionaries().combine_chunks()
    trimmed = pc.utf8_trim_whitespace(whole.dictionary).to_numpy(zero_copy_only=False)
    texts = np.append(trimmed, np.array(added, dtype=object))
    texts[texts == ""] = None
    codes, values = pd.factorize(texts)
    cells = np.append(whole.indices.to_numpy(), len(trimmed) + np.arange(len(added)))
    return Column(codes[cells][order], values)


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _report_ragged(table: Table, ragged: Sequence[_Ragged], width: int) -> None:
    def rows(chosen: Sequence[_Ragged]) -> Flags:
        return np.isin(table.records, [row.record for row in chosen])

    short = [row for row in ragged if len(row.cells) < width]
    table.report(
        "warning",
        rows(short),
        Text(
            "rindā ir mazāk lauku nekā virsrakstā; trūkstošie lasīti kā tukši",
            "the row has fewer cells than the header; the missing ones are read as empty",
        ),
        _MEND_ROW,
    )
    long = [row for row in ragged if len(row.cells) > width]
    shifted = [row for row in long if any(cell.strip() for cell in row.cells[width:])]
    table.report(
        "warning",
        rows([row for row in long if row not in shifted]),
        Text(
            "rindā ir vairāk lauku nekā virsrakstā; liekie ir tukši un nav lasīti",
            "the row has more cells than the header; the extra ones are empty and not read",
        ),
        _MEND_ROW,
    )
    # Which cell belongs to which column cannot be told, so no value of the row can be trusted.
    table.report(
        "error",
        rows(shifted),
        Text(
            "rindā ir vairāk lauku nekā virsrakstā",
            "the row has more cells than the header",
        ),
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
