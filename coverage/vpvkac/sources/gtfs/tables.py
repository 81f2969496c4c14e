"""Read one table of a feed: its text, its header, the columns that are asked for.

A national feed has three million stop times, so a table is read by pyarrow
into columns of codes: every distinct text once, and for each row which one.
Whatever is asked of values (is it a number, is it known) is asked of the
distinct ones only.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa

from vpvkac.faults import Fault, Level
from vpvkac.language import Text
from vpvkac.sources.gtfs.archive import MISSING, RefusedError
from vpvkac.sources.gtfs.cells import Cells, Column, no_text, read_cells
from vpvkac.sources.gtfs.text import RecordLines, header_of, unreadable, utf8_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from vpvkac.sources.gtfs.archive import Feed
    from vpvkac.sources.gtfs.cells import Flags, Places

_MEND_ROW = Text("izlabojiet rindu", "mend the row")


class Shape(NamedTuple):
    """The columns of a table that we read: without a required one it is refused."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


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
    def lines(self) -> RecordLines:
        """Physical line on which each record begins."""
        return RecordLines(self.text)

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
            value = self[field].text(first)
        self.faults.append(
            Fault(
                level,
                self.name,
                problem,
                remedy,
                row=self.lines[int(self.records[first])],
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
        text = utf8_text(feed.read(shape.name), name, faults)
        header, start = header_of(text, name)
        places = _places(header, shape, name, faults)
        if places is None:
            return None
        cells = read_cells(text, start, list(places.values()), len(header))
    except RefusedError as refused:
        faults.append(refused.fault)
        return None
    except (pa.ArrowInvalid, csv.Error):
        faults.append(
            unreadable(name, Text("nav lasāma CSV datne", "this is no CSV that can be read"))
        )
        return None
    columns = dict(zip(places, cells.columns, strict=True))
    absent = no_text(len(cells.records))
    for column in shape.optional:
        columns.setdefault(column, absent)
    table = Table(name, columns, cells.records, text, faults)
    _report_ragged(table, cells, len(header))
    if b"\0" in text:
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
            "lejupielādējiet pieturu avotu no jauna vai pievienojiet datni",
            "download the feed again, or add the file",
        ),
    )


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


def _report_ragged(table: Table, cells: Cells, header: int) -> None:
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
    column = table[field]
    bad = np.array(["\0" in value for value in column.distinct], dtype=bool)
    table.report(
        "error",
        column.spread(bad, empty=False),
        Text("satur nulles baitu", "holds a zero byte"),
        Text("izņemiet to", "take it out"),
        field=field,
    )
