"""From the text of a table to columns of codes, ragged rows and all."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

if TYPE_CHECKING:
    import numpy.typing as npt

    Flags = npt.NDArray[np.bool_]
    Numbers = npt.NDArray[np.float64]
    Places = npt.NDArray[np.int64]

_BLOCK = 1 << 21
_SAMPLE = 100
_NOT_BLANK = re.compile(rb"[^\s]")


class Column:
    """A column of text, ends trimmed.

    Most questions are asked of every text once: `distinct` holds them, and
    `codes` tells for each row which one it is, -1 where the cell is empty.
    These are found when first asked for; whether cells are empty is known without.

    Parameters
    ----------
    cells
        The text of each row as it was read, a pyarrow.ChunkedArray of strings.
    """

    def __init__(self, cells: pa.ChunkedArray) -> None:
        self._cells = cells

    @property
    def codes(self) -> Places:
        """Which of the distinct texts each row has."""
        return self._coded[0]

    @property
    def distinct(self) -> npt.NDArray[np.object_]:
        """Every text of the column once."""
        return self._coded[1]

    @cached_property
    def unique(self) -> npt.NDArray[np.object_]:
        """Every text of the column at least once, in no order, without making the codes."""
        if "_coded" in self.__dict__:
            return self.distinct
        texts = pc.utf8_trim_whitespace(pc.unique(self._cells))
        return np.asarray(texts.to_numpy(zero_copy_only=False), dtype=object)

    @cached_property
    def empty(self) -> Flags:
        """Tell which rows have no text."""
        if "_coded" in self.__dict__:
            return self.codes < 0
        if "unique" in self.__dict__ and "" not in self.unique:
            return np.zeros(len(self._cells), dtype=bool)
        blank = pc.or_(pc.equal(pc.binary_length(self._cells), 0), pc.utf8_is_space(self._cells))
        return np.asarray(blank.to_numpy(), dtype=bool)

    def spread(self, of_distinct: npt.NDArray[Any], *, empty: object) -> npt.NDArray[Any]:
        """Give each row what belongs to its text, and `empty` where it has none."""
        return np.append(of_distinct, np.array([empty], dtype=of_distinct.dtype))[self.codes]

    def texts(self) -> npt.NDArray[np.object_]:
        """Give the text of each row, "" where it is empty."""
        return self.spread(self.distinct, empty="")

    def text(self, row: int) -> str:
        """Give the text of one row."""
        return str(pc.utf8_trim_whitespace(self._cells[row]).as_py())

    def taken(self, rows: Places) -> Column:
        """Give the column of some rows only."""
        return Column(self._cells.take(pa.array(rows)))

    @cached_property
    def _coded(self) -> tuple[Places, npt.NDArray[np.object_]]:
        if not len(self._cells):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=object)
        # All chunks get the same dictionary.
        chunks = pc.dictionary_encode(self._cells).chunks
        texts = pc.utf8_trim_whitespace(chunks[0].dictionary).to_numpy(zero_copy_only=False)
        texts[texts == ""] = None
        # Texts that differ by their blanks only become one.
        trimmed, distinct = pd.factorize(texts)
        codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
        return trimmed[codes], distinct


class _NoText(Column):
    """A column without any text, which is known without looking."""

    @cached_property
    def unique(self) -> npt.NDArray[np.object_]:
        """No text."""
        return np.empty(0, dtype=object)

    @cached_property
    def empty(self) -> Flags:
        """All rows."""
        return np.ones(len(self._cells), dtype=bool)


def no_text(rows: int) -> Column:
    """Give a column without any text."""
    return _NoText(pa.chunked_array([pa.repeat("", rows)]))


class Cells(NamedTuple):
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


def read_cells(text: bytes, start: int, places: Sequence[int], header: int) -> Cells:
    """Read the columns at the places given, from the first row on.

    The first rows tell how many cells to expect: where that is not the
    number of the header, all rows are mostly alike.  The few that are not
    are taken one by one.

    Parameters
    ----------
    text, start
        The file, in UTF-8, and where its first row begins.
    places
        Which columns are wanted, from 0.
    header
        How many columns the header has.

    Raises
    ------
    pyarrow.ArrowInvalid
        If pyarrow cannot read it as CSV.
    """
    width = _usual_width(text, start)
    if width == 0:
        nothing = np.empty(0, dtype=np.int64)
        return Cells([no_text(0)] * len(places), nothing, nothing, nothing.astype(bool))
    wanted = [place for place in (*places, *range(header, width)) if place < width]
    ragged: list[_Ragged] = []
    read = _parsed(text, start, wanted, width, ragged)
    if not ragged:
        return _even(read, width, places, header)
    # Only one thread knows which record it is at.
    ragged.clear()
    read = _parsed(text, start, wanted, width, ragged, threads=False)
    return _with_ragged(read, width, ragged, places, header)


def _even(read: pa.Table, width: int, places: Sequence[int], header: int) -> Cells:
    """Give the cells of a file whose records are all alike."""
    rows = read.num_rows
    columns = [
        Column(read[str(place)]) if place < width else no_text(rows)
        for place in (*places, *range(header, width))
    ]
    return Cells(
        columns[: len(places)],
        np.arange(rows),
        np.broadcast_to(np.int64(width), rows),
        _any_text(columns[len(places) :], rows),
    )


def _with_ragged(
    read: pa.Table, width: int, ragged: Sequence[_Ragged], places: Sequence[int], header: int
) -> Cells:
    """Put the records that were taken aside where they belong."""
    odd = np.array([row.record for row in ragged], dtype=np.int64)
    even = np.setdiff1d(np.arange(read.num_rows + len(odd)), odd)
    ragged = [row for row in ragged if len(row.cells) > 1 or row.cells[0].strip()]
    records = np.append(even, np.array([row.record for row in ragged], dtype=np.int64))
    lengths = np.array([len(row.cells) for row in ragged], dtype=np.int64)
    widths = np.append(np.full(read.num_rows, width), lengths)
    order = np.argsort(records)

    def column(place: int) -> Column:
        regular = [pa.repeat("", read.num_rows)] if place >= width else read[str(place)].chunks
        added = [row.cells[place] if place < len(row.cells) else "" for row in ragged]
        return Column(pa.chunked_array([*regular, pa.array(added, pa.string())])).taken(order)

    surplus = [column(place) for place in range(header, int(widths.max(initial=0)))]
    return Cells(
        [column(place) for place in places],
        records[order],
        widths[order],
        _any_text(surplus, len(records)),
    )


def _any_text(columns: Sequence[Column], rows: int) -> Flags:
    found = np.zeros(rows, dtype=bool)
    for column in columns:
        found |= ~column.empty
    return found


def _usual_width(text: bytes, start: int) -> int:
    """Count the cells of most of the first records; 0 if there are none."""
    begin = _NOT_BLANK.search(text, start)
    if begin is None:
        return 0
    sample = io.BytesIO(text[begin.start() : begin.start() + _BLOCK])
    lines = io.TextIOWrapper(sample, "latin-1", newline="")
    rows = islice(csv.reader(lines), _SAMPLE)
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
            column_types=dict.fromkeys(wanted, pa.string()),
            strings_can_be_null=False,
            check_utf8=False,  # it was made sure of
        ),
    )
