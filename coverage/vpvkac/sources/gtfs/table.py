"""Read one table of a feed into columns of codes, and check their values.

A national feed has three million stop times, so of a column every distinct text is kept once,
and for each row which one; whatever is asked of values is asked of the distinct ones only.
A value that is not of its type or range, and a key that is there twice, refuse their rows
(`Table.settle`); an empty cell and a reference to a row that is missing are warnings.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import operator
import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default
from functools import cached_property, partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vpvkac.model.faults import Fault, InputError, Level
from vpvkac.sources.base import BAD_VALUE, DUPLICATE
from vpvkac.sources.encoding import encoding_of, line_ends
from vpvkac.sources.gtfs.archive import Feed, RefusedError
from vpvkac.sources.rows import (
    NO_LIMIT,
    field_limit,
    is_plain,
    physical_lines,
    read_even,
    read_ragged,
    record_lines,
)
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    import numpy.typing as npt

    Flags = npt.NDArray[np.bool_]
    Numbers = npt.NDArray[np.float64]
    Indices = npt.NDArray[np.signedinteger[Any]]
    Coded = Sequence[Sequence[pa.DictionaryArray]]

_FIRST_LINE = re.compile(rb"[\r\n]*([^\r\n]*)(?:\r\n|\r|\n|$)")
_PADDING = re.compile(rb",([ \t]+)")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_DATE = re.compile(r"\d{8}", re.ASCII)
_TIME = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_MOST_HOURS = 7 * 24
# One row in so many may be faulty and is dropped; with more of them the table is refused.
_BAD_SHARE = 100
# Codes of fewer texts are of two bytes; rows that are looked up together.
_MOST_SHORT, _AT_ONCE = 1 << 15, 1 << 16
_SEPARATORS = {";": Message("semicolons"), "\t": Message("tabs"), "|": Message('"|"')}

_NOT_TEXT = Message("the file is no text in UTF-8")
_GET_AGAIN = Message("download the feed again")
_AS_UTF8 = Message("save the file as UTF-8")
CORRECT_ROW = Message("fix the row")
FIX_ROW = Message("fix the row or take it out")
FIX_VALUE = Message("fix the value")
NOT_USED = Message("the row is not used")


# --- Its text ------------------------------------------------------------------------------------


def _utf8_text(raw: bytes, name: str, faults: list[Fault]) -> tuple[bytes, list[int]]:
    """Give a file in UTF-8, without mark and without padding before quotation marks.

    Also the lines, the header being 1, in which a mark was not closed; it is taken out.
    Raises RefusedError if the file is no text, or a mark is open who knows where.
    """
    text = _in_utf8(_without_mark(raw, name, faults), name, faults)
    header = _FIRST_LINE.match(text)
    # CSV allows no blanks between comma and quotation mark; elsewhere they are trimmed.
    for padding in set(_PADDING.findall(header[1])) if header is not None else ():
        text = text.replace(b"," + padding + b'"', b',"')
    if b'"' not in text:  # most have none
        return text, []
    text, open_quotes = _without_open_quotes(text)
    if text.count(b'"') % 2 == 1:
        _refuse_open_quote(text, name)
    return text, open_quotes


def _without_mark(raw: bytes, name: str, faults: list[Fault]) -> bytes:
    """Take off a byte order mark, and turn UTF-16 into UTF-8."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = raw.decode("utf-16").encode().removeprefix(codecs.BOM_UTF8)
        except UnicodeDecodeError:
            raise RefusedError(name, _NOT_TEXT, _GET_AGAIN) from None
        faults.append(Fault("warning", name, Message("the file is in UTF-16"), _AS_UTF8))
        return text
    while raw.startswith(codecs.BOM_UTF8):  # some programs put a second one before the first
        raw = raw.removeprefix(codecs.BOM_UTF8)
    return raw


def _in_utf8(text: bytes, name: str, faults: list[Fault]) -> bytes:
    """Read a text that is not UTF-8 by its letters, or around the few broken ones."""
    if text.isascii():
        return text
    try:
        text.decode()
    except UnicodeDecodeError as error:
        row = line_ends(text[: error.start]) + 1
    else:
        return text
    read = text.decode("utf-8", "replace")
    broken = read.count("\ufffd")
    if len(read) - len(read.encode("ascii", "ignore")) > 2 * broken:
        problem = Message("some letters are broken UTF-8; � stands for them")
        faults.append(Fault("warning", name, problem, _AS_UTF8, row))
        return read.encode()
    try:
        encoding = encoding_of(lambda: iter((text,)), name)
    except InputError:
        problem = Message("is not UTF-8, so the file was read as Latin-1")
        faults.append(Fault("warning", name, problem, _AS_UTF8, row))
        return text.decode("latin-1").encode()
    faults.extend(encoding.faults)
    return text.decode(encoding.codec).encode()


def _without_open_quotes(text: bytes) -> tuple[bytes, list[int]]:
    """Take the quotation marks out of lines in which one is not closed.

    A field may be several lines long: it begins and ends on lines with an odd
    number of marks.  Where such a beginning has all its cells, and so has the
    line after it, a mark was forgotten, which must not swallow what follows.
    """
    begins, marks = physical_lines(text)
    begins, marks = np.append(begins, len(text)), np.append(marks, text.count(b'"'))
    first = _FIRST_LINE.match(text)
    commas = first[1].count(b",") if first is not None else 0
    parts: list[bytes] = []
    lines: list[int] = []
    done, within_field = 0, False
    for line in np.flatnonzero(np.diff(marks) % 2):
        begin, end = int(begins[line]), int(begins[line + 1])
        following = _FIRST_LINE.match(text, end)
        after = following[1] if following is not None else b""
        if within_field:
            within_field = False
        elif text.count(b",", begin, end) < commas or (after and after.count(b",") < commas):
            within_field = True
        else:
            parts += [text[done:begin], text[begin:end].replace(b'"', b"")]
            lines.append(int(line) + 1)
            done = end
    return (b"".join([*parts, text[done:]]) if parts else text), lines


def _refuse_open_quote(text: bytes, name: str) -> None:
    """Refuse a quotation mark that swallows the rest of the file."""
    row: list[str] = []
    start = end = 0
    # Line ends are the same bytes in every encoding of one byte.
    lines = io.TextIOWrapper(io.BytesIO(text + b"\n#"), "latin-1", newline="")
    rows = csv.reader(lines)
    try:
        while row != ["#"]:
            row = next(rows)
            start, end = end, rows.line_num
    except (StopIteration, csv.Error):  # at the end, or a field longer than any should be
        problem = Message("a quotation mark is not closed")
        raise RefusedError(name, problem, CORRECT_ROW, row=start + 1) from None


# --- Its columns and rows ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Column:
    """A column of text, ends trimmed.

    `distinct` has every text once, perhaps some that no row has; `codes` tell which of them
    each row has, -1 where the cell is empty.
    """

    codes: Indices
    distinct: npt.NDArray[np.object_]

    @classmethod
    def of(cls, parts: Sequence[pa.DictionaryArray]) -> Self:
        """Join the parts of a column as they were read, each with a dictionary of its own."""
        if not parts:
            return cls(np.empty(0, np.int32), np.empty(0, object))
        texts = pa.concat_arrays([part.dictionary for part in parts])
        # Texts that differ by their blanks only become one.
        trimmed = pc.dictionary_encode(pc.utf8_trim_whitespace(texts))
        number = trimmed.indices.to_numpy()
        distinct = trimmed.dictionary.to_numpy(zero_copy_only=False)
        blank = trimmed.dictionary.index("").as_py()
        if blank >= 0:
            distinct = np.delete(distinct, blank)
            number = np.where(number == blank, -1, number - (number > blank))
        number = number.astype(np.int16 if len(distinct) < _MOST_SHORT else np.int32)
        codes = np.empty(sum(map(len, parts)), number.dtype)
        row = text = 0
        for part in parts:
            codes[row : row + len(part)] = number[text:][part.indices.to_numpy()]
            row, text = row + len(part), text + len(part.dictionary)
        return cls(codes, distinct)

    @property
    def empty(self) -> Flags:
        """Which rows have no text."""
        return self.codes < 0

    def spread(self, of_distinct: npt.NDArray[Any], *, empty: object) -> npt.NDArray[Any]:
        """Give each row what belongs to its text, and `empty` where it has none."""
        return taken(np.append(of_distinct, np.array([empty], dtype=of_distinct.dtype)), self.codes)

    def texts(self) -> npt.NDArray[np.object_]:
        """Give the text of each row, "" where it is empty."""
        return self.spread(self.distinct, empty="")

    def text(self, row: int) -> str:
        """Give the text of one row."""
        code = self.codes[row]
        return "" if code < 0 else str(self.distinct[code])

    def take(self, rows: Indices) -> Column:
        """Give the column of some rows only."""
        return Column(self.codes[rows], self.distinct)


def taken(values: npt.NDArray[Any], at: Indices) -> npt.NDArray[Any]:
    """Take values by their positions, of which numpy would make a longer copy at once."""
    found = np.empty(len(at), values.dtype)
    for begin in range(0, len(at), _AT_ONCE):
        found[begin : begin + _AT_ONCE] = values[at[begin : begin + _AT_ONCE]]
    return found


class Shape(NamedTuple):
    """The columns of a table that we read: without a required one it is refused.

    A required one that `instead` lists may be missing where one of its others is there.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    instead: Mapping[str, tuple[str, ...]] = {}


class _Bad(NamedTuple):
    """Rows that cannot be used, and why."""

    rows: Flags
    problem: Text
    remedy: Text
    field: str | None
    reason: str


@dataclass(frozen=True)
class Table:
    """One table of a feed: its columns by name, empty where an optional one is not there.

    `records` tells which record of the file each row is, and `read` gives the file's text;
    `faults` are collected in common with the other tables; `strict` is whether one faulty row
    refuses the table.
    """

    name: str
    columns: Mapping[str, Column]
    records: Indices
    read: Callable[[], bytes]
    faults: list[Fault]
    strict: bool = False
    _bad: list[_Bad] = default(default_factory=list)

    def __len__(self) -> int:
        return len(self.records)

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def index(self, field: str) -> pd.Index[str]:
        """Give the text of each row as keys."""
        return pd.Index(self[field].texts(), dtype=object)

    @cached_property
    def lines(self) -> Indices:
        """Physical line on which each record begins, that of the header left out."""
        # Few files have a fault, and none is kept in memory for it.
        text = self.read()
        lines = record_lines(text)[1:]
        if len(self.records) and self.records.max() >= len(lines):
            # A mark within a cell quotes nothing: every line is a record.
            lines = record_lines(text, quotes=False)[1:]
        return lines

    def warn(
        self,
        rows: Flags,
        problem: Text,
        remedy: Text,
        *,
        field: str | None = None,
        level: Level = "warning",
    ) -> None:
        """Tell once of all the rows marked, naming the first; not at all if none is."""
        if not rows.any():
            return
        first, alike = int(np.argmax(rows)), int(rows.sum())
        value = None
        if field is not None and not self[field].empty[first]:
            value = self[field].text(first)
        line = int(self.lines[self.records[first]])
        self.faults.append(Fault(level, self.name, problem, remedy, line, field, value, alike))

    def refuse(
        self,
        rows: Flags,
        problem: Text,
        remedy: Text = FIX_VALUE,
        *,
        field: str | None = None,
        reason: str = BAD_VALUE,
    ) -> None:
        """Mark rows that cannot be used; `settle` decides what that means for the table."""
        if rows.any():
            self._bad.append(_Bad(rows, problem, remedy, field, reason))

    def settle(self) -> dict[str, Flags]:
        """Report the rows that were refused, and tell which of them are dropped, by reason.

        Up to 1 % of a table's rows are dropped with a warning.  With more, or where the
        reading is strict, each is an error; then nothing is dropped, so that no other
        table is blamed for what it refers to.
        """
        bad = np.zeros(len(self), dtype=bool)
        for one in self._bad:
            bad |= one.rows
        refused = self.strict or bool(bad.sum() * _BAD_SHARE > len(self))
        dropped: dict[str, Flags] = {}
        for one in self._bad:
            level: Level = "error" if refused else "warning"
            remedy = one.remedy if refused else NOT_USED
            self.warn(one.rows, one.problem, remedy, field=one.field, level=level)
            dropped[one.reason] = dropped.get(one.reason, False) | (one.rows & bad)
            bad &= ~one.rows
        self._bad.clear()
        return {} if refused else dropped

    def without_refused(self) -> tuple[Table, Flags]:
        """Settle; give the table without its dropped rows, and which rows are left."""
        left = np.ones(len(self), dtype=bool)
        for rows in self.settle().values():
            left &= ~rows
        return (self if left.all() else self.take(np.flatnonzero(left))), left

    def take(self, rows: Indices) -> Table:
        """Give some rows of the table."""
        columns = {name: column.take(rows) for name, column in self.columns.items()}
        return replace(self, columns=columns, records=self.records[rows], _bad=[])


@field_limit(NO_LIMIT)  # Arrow has no limit, and both must see the same rows
def read_table(
    feed: Feed, shape: Shape, faults: list[Fault], *, strict: bool = False
) -> Table | None:
    """Read the columns of one table; None if it cannot be used, which is then a fault."""
    name = feed.name(shape.name)
    try:
        return _plain_table(feed, shape, faults, strict=strict) or _any_table(
            feed, shape, faults, strict=strict
        )
    except RefusedError as refused:
        faults.append(refused.fault)
    except (pa.ArrowInvalid, csv.Error):
        problem = Message("this is no CSV that can be read")
        faults.append(Fault("error", name, problem, _GET_AGAIN))
    return None


def _plain_table(feed: Feed, shape: Shape, faults: list[Fault], *, strict: bool) -> Table | None:
    """Read a table as most are, piece by piece; None if there is anything to say of its text."""
    name, pieces = feed.name(shape.name), feed.pieces(shape.name)
    first = next(pieces, b"").removeprefix(codecs.BOM_UTF8)
    if first.startswith(codecs.BOM_UTF8) or not is_plain(first):
        return None
    header, start = _header(first, name)
    places = _places(header, shape, name, [])
    if places is None:
        return None
    cells = read_even(chain((first[start:],), pieces), list(places.values()), len(header))
    if cells is None:
        return None
    records = np.arange(sum(map(len, cells[0])), dtype=np.int32)
    columns = _columns(shape, places, cells, len(records))
    return Table(name, columns, records, partial(_text, feed, shape.name), faults, strict)


def _columns(shape: Shape, places: Mapping[str, int], cells: Coded, rows: int) -> dict[str, Column]:
    nothing = Column(np.broadcast_to(np.int16(-1), rows), np.empty(0, object))
    columns = dict.fromkeys((*shape.required, *shape.optional), nothing)
    made: list[Column] = []
    for before, parts in zip(((), *cells), cells, strict=False):
        # Columns that are alike were coded once (`read_even`).
        is_alike = len(made) > 0 and all(map(operator.is_, before, parts))
        made.append(made[-1] if is_alike else Column.of(parts))
    return columns | dict(zip(places, made, strict=True))


def _text(feed: Feed, table: str) -> bytes:
    """Read the text once more, whose faults are told."""
    return _utf8_text(feed.read(table), feed.name(table), [])[0]


def _any_table(feed: Feed, shape: Shape, faults: list[Fault], *, strict: bool) -> Table | None:
    name = feed.name(shape.name)
    text, open_quotes = _utf8_text(feed.read(shape.name), name, faults)
    header, start = _header(text, name)
    places = _places(header, shape, name, faults)
    if places is None:
        return None
    rows = read_ragged(text, start, list(places.values()), len(header))
    coded = [[pc.dictionary_encode(cells) for cells in column.chunks] for column in rows.columns]
    columns = _columns(shape, places, coded, len(rows.records))
    table = Table(name, columns, rows.records, partial(_text, feed, shape.name), faults, strict)
    problem = Message("the row has fewer cells than the header; the missing ones are read as empty")
    table.warn(rows.widths < len(header), problem, CORRECT_ROW)
    problem = Message(
        "the row has more cells than the header; the extra ones are empty and not read"
    )
    table.warn((rows.widths > len(header)) & ~rows.surplus, problem, CORRECT_ROW)
    # Which cell belongs to which column cannot be told, so no value of the row can be trusted.
    problem = Message("the row has more cells than the header")
    table.refuse(rows.surplus, problem, Message("put a text that holds a comma in quotation marks"))
    if open_quotes:
        records = np.searchsorted(table.lines, open_quotes, "right") - 1
        wrong = np.isin(table.records, records)
        table.refuse(wrong, Message("a quotation mark is not closed"), CORRECT_ROW)
    for column in columns if b"\0" in text else ():
        bad = np.array(["\0" in value for value in table[column].distinct], dtype=bool)
        wrong = table[column].spread(bad, empty=False)
        table.refuse(wrong, Message("holds a zero byte"), Message("take it out"), field=column)
    return table


def _header(text: bytes, name: str) -> tuple[list[str], int]:
    """Give the names of the columns as written, and where the rows begin."""
    first = _FIRST_LINE.match(text)
    line = first[1] if first is not None else b""
    if b"\0" in line:
        raise RefusedError(name, _NOT_TEXT, _GET_AGAIN)
    if first is None or not line.strip(b" \t,"):
        raise RefusedError(name, Message("the file is empty"), _GET_AGAIN)
    return next(csv.reader([line.decode("utf-8", "replace")])), first.end()


def _places(
    header: Sequence[str], shape: Shape, name: str, faults: list[Fault]
) -> dict[str, int] | None:
    """Find the columns of the shape in the header, in whatever case they are written."""
    names = [_plain(cell) for cell in header]
    wanted = set(shape.required)
    for mark, separator in _SEPARATORS.items():
        parts = {_plain(cell) for cell in ",".join(header).split(mark)}
        if len(wanted & parts) > len(wanted & set(names)):
            problem = Message(
                "columns are separated by {separator}, and GTFS requires commas",
                separator=separator,
            )
            remedy = Message("save the table with commas")
            faults.append(Fault("error", name, problem, remedy, row=1))
            return None
    places: dict[str, int] | None = {}
    for column in (*shape.required, *shape.optional):
        others = shape.instead.get(column, ())
        if names.count(column) > 1:
            problem = Message("the column is there more than once")
            remedy = Message("keep one of them")
        elif column in names:
            if places is not None:
                places[column] = names.index(column)
            continue
        elif column in wanted and not any(other in names for other in others):
            problem = Message("the column is missing")
            there = ", ".join(cell.strip() for cell in header)
            remedy = Message("fix the header, which has: {there}", there=there)
        else:
            continue
        faults.append(Fault("error", name, problem, remedy, row=1, field=column))
        places = None
    return places


def _plain(heading: str) -> str:
    """Give a heading as the specification writes it: ``Stop ID`` is `stop_id`."""
    marks = heading.replace("\ufeff", "").replace("\u200b", "").replace('"', "")
    return "_".join(marks.lower().split())


# --- Checks of its values ------------------------------------------------------------------------


def _parsed(
    table: Table,
    field: str,
    parse: Callable[[str], float],
    problem: Text,
    remedy: Text = FIX_VALUE,
) -> Numbers:
    """Parse each distinct text once; one that gives NaN refuses its rows."""
    column = table[field]
    values = np.fromiter(map(parse, column.distinct), dtype=np.float64)
    if np.isnan(values).any():
        table.refuse(column.spread(np.isnan(values), empty=False), problem, remedy, field=field)
    return column.spread(values, empty=np.nan)


def degrees(table: Table, field: str, *, most: float) -> Numbers:
    """Read degrees from -`most` to `most`; NaN where empty or wrong."""

    def number(text: str) -> float:
        value = float(text) if _DECIMAL.fullmatch(text) else np.nan
        return value if abs(value) <= most else np.nan

    problem = Message("is not a number from -{most} to {most}", most=format(most, "g"))
    remedy = Message("write degrees (WGS 84) with a decimal point")
    return _parsed(table, field, number, problem, remedy)


def whole_numbers(table: Table, field: str, allowed: Container[int], problem: Text) -> Numbers:
    """Read whole numbers that are among those allowed; NaN where empty or wrong."""

    def number(text: str) -> float:
        return int(text) if _WHOLE.fullmatch(text) and int(text) in allowed else np.nan

    return _parsed(table, field, number, problem)


def dates(table: Table, field: str) -> Numbers:
    """Read dates as day numbers (`date.toordinal`); NaN where empty or wrong."""
    return _parsed(table, field, day_number, Message("is not a date of the form YYYYMMDD"))


def day_number(text: str) -> float:
    """Read a date of the form YYYYMMDD as a day number; NaN where it is none."""
    try:
        return dt.date.fromisoformat(text).toordinal() if _DATE.fullmatch(text) else np.nan
    except ValueError:
        return np.nan


def times(table: Table, field: str) -> Numbers:
    """Give times of day, past 24:00 too, as seconds; NaN where empty or wrong.

    A time without seconds is a whole minute; `check_times` warns of it.
    """
    column = table[field]
    values = np.fromiter(map(_seconds, column.distinct), dtype=np.float64)
    return column.spread(values, empty=np.nan)


def check_times(table: Table, field: str) -> None:
    """Refuse what is no time of day, and warn of times without seconds."""
    column = table[field]
    wrong = np.isnan(np.fromiter(map(_seconds, column.distinct), dtype=np.float64))
    short = ~wrong & np.array([text.count(":") == 1 for text in column.distinct], dtype=bool)
    if wrong.any():
        problem = Message(
            "is not a time of the form HH:MM:SS from 00:00:00 to {hours}:00:00", hours=_MOST_HOURS
        )
        table.refuse(column.spread(wrong, empty=False), problem, field=field)
    if short.any():
        problem = Message("is a time without seconds")
        remedy = Message("it is read as a whole minute")
        table.warn(column.spread(short, empty=False), problem, remedy, field=field)


def _seconds(text: str) -> float:
    clock = _TIME.fullmatch(text)
    if clock is None or int(clock[1]) >= _MOST_HOURS:
        return np.nan
    return int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)


def keys(table: Table, field: str) -> None:
    """Refuse rows that repeat a key: equal rows but for the first, all rows that differ."""
    codes = table[field].codes
    _refuse_repeated(table, field, codes, codes >= 0)


def pair(table: Table, first: str, second: Numbers, *, field: str) -> None:
    """Refuse rows that repeat a key and with it a second one, as `keys` does.

    `second` is a whole number from 0, NaN where there is none; `field` is its column.
    """
    codes = table[first].codes
    if in_order(codes, second):  # as most files are: then no key is there twice
        return
    whole = (codes >= 0) & ~np.isnan(second)
    key = np.where(whole, second, -1).astype(np.int64)
    key += codes * (key.max(initial=0) + 1)
    _refuse_repeated(table, field, key, whole)


def in_order(first: Indices, second: Numbers) -> bool:
    """Tell whether every row is after the one before it, by one number, then by another."""
    follows = (first[1:] == first[:-1]) & (second[1:] > second[:-1])
    follows |= first[1:] > first[:-1]
    return bool(follows.all())


def _refuse_repeated(table: Table, field: str, key: Indices, among: Flags) -> None:
    """Refuse the rows that repeat a key, as their columns that are read are equal or not."""
    rows = np.flatnonzero(among)
    rows = rows[pd.Series(key[rows]).duplicated(keep=False).to_numpy()]
    if not len(rows):
        return
    several = table.take(rows)
    texts = pd.DataFrame({name: column.texts() for name, column in several.columns.items()})
    equal = texts.assign(key=key[rows]).duplicated().to_numpy()
    left = rows[~equal]
    differ = left[pd.Series(key[left]).duplicated(keep=False).to_numpy()]
    for bad, problem in (
        (rows[equal], Message("repeats the key of an earlier row, and the rows are equal")),
        (differ, Message("is the key of more than one row, and the rows differ")),
    ):
        flags = np.zeros(len(table), dtype=bool)
        flags[bad] = True
        table.refuse(flags, problem, FIX_ROW, field=field, reason=DUPLICATE)


def match(table: Table, field: str, known: pd.Index[str], problem: Text) -> Indices:
    """Give the position of each row's reference in `found`; -1 where it is not there or empty."""
    column = table[field]
    position = column.spread(positions(column.distinct, known), empty=-1)
    table.warn(position < 0, problem, FIX_ROW, field=field)
    return position


def positions(texts: npt.NDArray[np.object_] | pd.Index[str], known: pd.Index[str]) -> Indices:
    """Find the first position of each text among keys, -1 where it is none of them."""
    first = np.flatnonzero(~known.duplicated())
    among = known[first].get_indexer(pd.Index(texts, dtype=object))
    return np.append(first, -1)[among].astype(np.int32)


def present(table: Table, fields: tuple[str, ...], problem: Text) -> Flags:
    """Tell which rows have a text in all the fields; the others are reported."""
    whole = np.ones(len(table), dtype=bool)
    for name in fields:
        lacking = table[name].empty
        table.warn(lacking, problem, FIX_ROW, field=name)
        whole &= ~lacking
    return whole
