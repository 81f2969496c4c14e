"""From the text of a table to columns of codes, ragged rows and all."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Flags = npt.NDArray[np.bool_]
    Numbers = npt.NDArray[np.float64]
    Places = npt.NDArray[np.int64]

_BLOCK = 1 << 23
_SAMPLE = 100
_NOT_BLANK = re.compile(rb"[^\s]")


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
        The file, and where its first row begins.
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
        return Cells([_EMPTY] * len(places), nothing, nothing, nothing.astype(bool))
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
    return Cells(
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
