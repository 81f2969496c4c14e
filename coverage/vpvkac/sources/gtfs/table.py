"""Read one table of a feed: its text, its header, the columns that are asked for.

A national feed has three million stop times, so a table is read by pyarrow
into columns of codes: every distinct text once, and for each row which one.
Whatever is asked of values (is it a number, is it known) is asked of the
distinct ones only.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from vpvkac.model.faults import Fault, Level
from vpvkac.sources.base import BAD_VALUE
from vpvkac.sources.gtfs.archive import Feed, RefusedError
from vpvkac.sources.gtfs.column import Column, NoText
from vpvkac.sources.gtfs.text import GET_AGAIN, header_of, utf8_text
from vpvkac.sources.rows import NO_LIMIT, RaggedRows, field_limit, read_ragged, record_lines
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    from vpvkac.sources.gtfs.column import Flags, Indices

FIX_ROW = Message("fix the row")
NOT_USED = Message("the row is not used")

# One row in so many may be faulty and is dropped; with more of them the table is refused.
_BAD_SHARE = 100
_SEPARATORS = {";": Message("semicolons"), "\t": Message("tabs"), "|": Message('"|"')}


class Shape(NamedTuple):
    """The columns of a table that we read: without a required one it is refused.

    A required column that `instead` lists may be missing where one of its
    others is there.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    instead: Mapping[str, tuple[str, ...]] = {}

    @property
    def columns(self) -> tuple[str, ...]:
        """Required or not."""
        return self.required + self.optional


class _Bad(NamedTuple):
    """Rows that cannot be used, and why."""

    rows: Flags
    problem: Text
    remedy: Text
    field: str | None
    reason: str


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
    strict
        Whether a single faulty row refuses the table.
    """

    name: str
    columns: Mapping[str, Column]
    records: Indices
    text: bytes
    faults: list[Fault]
    strict: bool = False
    _bad: list[_Bad] = field(default_factory=list)

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
        lines = record_lines(self.text)[1:]
        if len(self.records) and self.records.max() >= len(lines):
            # A mark within a cell quotes nothing: every line is a record.
            lines = record_lines(self.text, quotes=False)[1:]
        return lines

    def warn(self, rows: Flags, problem: Text, remedy: Text, *, field: str | None = None) -> None:
        """Warn once of all the rows marked, naming the first; not at all if none is."""
        self._report("warning", rows, problem, remedy, field)

    def _report(
        self, level: Level, rows: Flags, problem: Text, remedy: Text, field: str | None
    ) -> None:
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
        remedy: Text,
        *,
        field: str | None = None,
        reason: str = BAD_VALUE,
    ) -> None:
        """Mark rows that cannot be used; `settle` decides what that means for the table."""
        if rows.any():
            self._bad.append(_Bad(rows, problem, remedy, field, reason))

    def settle(self) -> dict[str, Flags]:
        """Report the rows that were refused, and tell which of them are dropped, by reason.

        Up to 1 % of a table's rows are dropped with a warning.  With more,
        or where the reading is strict, each is an error; then nothing is
        dropped, so that no other table is blamed for what it refers to.
        """
        if not self._bad:
            return {}
        bad = np.zeros(len(self), dtype=bool)
        for found in self._bad:
            bad |= found.rows
        refused = self.strict or bool(bad.sum() * _BAD_SHARE > len(self))
        dropped: dict[str, Flags] = {}
        for found in self._bad:
            level: Level = "error" if refused else "warning"
            remedy = found.remedy if refused else NOT_USED
            self._report(level, found.rows, found.problem, remedy, found.field)
            dropped[found.reason] = dropped.get(found.reason, False) | (found.rows & bad)
            bad &= ~found.rows
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
    """Read the columns of one table.

    Parameters
    ----------
    feed
        Where the table lies.
    shape
        Its file name and the columns wanted.
    faults
        Takes what is found wrong with the file.
    strict
        Whether a single faulty row refuses the table.

    Returns
    -------
    None if the file lacks a required column or cannot be read, which is then
    among the faults.
    """
    name = feed.name(shape.name)
    try:
        text, open_quotes = utf8_text(feed.read(shape.name), name, faults)
        header, start = header_of(text, name)
        places = _places(header, shape, name, faults)
        if places is None:
            return None
        rows = read_ragged(text, start, list(places.values()), len(header))
    except RefusedError as refused:
        faults.append(refused.fault)
        return None
    except (pa.ArrowInvalid, csv.Error):
        problem = Message("this is no CSV that can be read")
        faults.append(Fault("error", name, problem, GET_AGAIN))
        return None
    columns: dict[str, Column] = dict.fromkeys(shape.columns, NoText(len(rows.records)))
    columns |= dict(zip(places, map(Column, rows.columns), strict=True))
    table = Table(name, columns, rows.records, text, faults, strict)
    _report_ragged(table, rows, len(header))
    if open_quotes:
        records = np.searchsorted(table.lines, open_quotes, "right") - 1
        wrong = np.isin(table.records, records)
        table.refuse(wrong, Message("a quotation mark is not closed"), FIX_ROW)
    for column in columns if b"\0" in text else ():
        bad = np.array(["\0" in value for value in table[column].distinct], dtype=bool)
        wrong = table[column].spread(bad, empty=False)
        table.refuse(wrong, Message("holds a zero byte"), Message("take it out"), field=column)
    return table


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
    whole = True
    for column in shape.columns:
        count = names.count(column)
        others = shape.instead.get(column, ())
        if count > 1:
            problem = Message("the column is there more than once")
            remedy = Message("keep one of them")
        elif count == 0 and column in shape.required and not any(o in names for o in others):
            problem = Message("the column is missing")
            there = ", ".join(cell.strip() for cell in header)
            remedy = Message("fix the header, which has: {there}", there=there)
        else:
            continue
        faults.append(Fault("error", name, problem, remedy, row=1, field=column))
        whole = False
    if not whole:
        return None
    return {column: names.index(column) for column in shape.columns if column in names}


def _plain(heading: str) -> str:
    """Give a heading as the specification writes it: ``Stop ID`` is `stop_id`."""
    marks = heading.replace("\ufeff", "").replace("\u200b", "").replace('"', "")
    return "_".join(marks.lower().split())


def _report_ragged(table: Table, rows: RaggedRows, header: int) -> None:
    problem = Message("the row has fewer cells than the header; the missing ones are read as empty")
    table.warn(rows.widths < header, problem, FIX_ROW)
    problem = Message(
        "the row has more cells than the header; the extra ones are empty and not read"
    )
    table.warn((rows.widths > header) & ~rows.surplus, problem, FIX_ROW)
    # Which cell belongs to which column cannot be told, so no value of the row can be trusted.
    problem = Message("the row has more cells than the header")
    remedy = Message("put a text that holds a comma in quotation marks")
    table.refuse(rows.surplus, problem, remedy)
