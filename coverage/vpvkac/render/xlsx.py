"""Workbooks for offices that work in Excel: a first sheet that says what it is, then the tables.

Codes are text.  A number is a number, as people see it on the pages: rounded
once, under a format that displays the same text (`formats.Shown`).  A day is
a day.
"""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError

from vpvkac.model.faults import Fault
from vpvkac.texts import formats
from vpvkac.texts.formats import Shown
from vpvkac.texts.message import Lang, Message

# Excel's own limits: of a sheet's name, of a cell, and of rows under a heading.
LONGEST_NAME = 31
LONGEST_TEXT, MOST_ROWS = 32_767, 1_048_575
_ELLIPSIS = "…"
_CUT = Message("holds only the first 32 767 characters of longer texts; cells cut: {}")
_LEFT_OUT = Message("holds only the first 1 048 575 rows of a table; rows left out: {}")
_IN_CSV = Message("the CSV tables hold all of it")
_LEAST_WIDTH, _MOST_WIDTH = 8, 60
# XlsxWriter stamps the time of writing; the same inputs must give the same bytes.
_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
_PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


class Cover(NamedTuple):
    """The first sheet, in the language of the workbook.

    A warning (if any), facts as label and value, a table of the sources, and notes at the end
    stand under the title of the workbook.
    """

    name: str
    title: str
    warning: str
    facts: Sequence[tuple[str, str]]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]


class Sheet(NamedTuple):
    """A table as it stands in a workbook; its title has at most 31 characters.

    Cells are texts, numbers as they are shown, days, and None for a null.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[tuple[Any, ...]]


def write_workbook(
    path: Path, cover: Cover, sheets: Iterable[Sheet], *, lang: Lang, shown: str
) -> list[Fault]:
    """Write sheets behind one that says what they are.

    Gives warnings of texts and rows that the workbook could not hold; they name the file as
    `shown`.  Raises OSError if it cannot be written.
    """
    # The archive is made in memory: one that a full disk breaks off would complain once more when
    # it is forgotten.
    whole = io.BytesIO()
    try:
        with xlsxwriter.Workbook(whole, _PLAIN | {"tmpdir": str(path.parent)}) as book:
            book.set_properties({"title": cover.title, "created": _CREATED})
            writer = _Writer(book, lang)
            writer.write_cover(cover)
            for sheet in sheets:
                writer.write_sheet(sheet)
    except XlsxFileError as error:
        raise OSError(f"{shown}: {error}") from error
    path.write_bytes(whole.getbuffer())
    return [
        Fault("warning", shown, problem.with_values(writer.lost[problem]), _IN_CSV)
        for problem in (_CUT, _LEFT_OUT)
        if writer.lost[problem]
    ]


class _Writer:
    """Writes sheets, and counts by message what they cannot hold."""

    def __init__(self, book: xlsxwriter.Workbook, lang: Lang) -> None:
        self.book, self.lang = book, lang
        self.lost: Counter[Message] = Counter()
        # Each format is made once.
        self.number_format = cache(lambda code: book.add_format({"num_format": code}))

    def write_cover(self, cover: Cover) -> None:
        """Say what the workbook is, from which data, and what to know before using it."""
        bold = self.book.add_format({"bold": True, "font_size": 14})
        strong = self.book.add_format({"bold": True})
        wrapped = self.book.add_format({"text_wrap": True, "valign": "top"})
        sheet = self.book.add_worksheet(cover.name)
        sheet.set_column(0, 0, 34, wrapped)
        sheet.set_column(1, 4, 28, wrapped)
        sheet.write_string(0, 0, self._text(cover.title), bold)
        row = 1
        if cover.warning:
            sheet.write_string(row, 0, cover.warning, strong)
            row += 1
        for label, value in cover.facts:
            row += 1
            sheet.write_string(row, 0, label, strong)
            sheet.write_string(row, 1, self._text(value), wrapped)
        row += 2
        for column, heading in enumerate(cover.headings):
            sheet.write_string(row, column, heading, strong)
        for texts in cover.rows:
            row += 1
            for column, text in enumerate(texts):
                sheet.write_string(row, column, self._text(text), wrapped)
        for row_of_note, note in enumerate(cover.notes, row + 2):
            sheet.write_string(row_of_note, 0, note)

    def write_sheet(self, content: Sheet) -> None:
        """Write a table under its heading, which stays in sight."""
        rows = content.rows[:MOST_ROWS]
        self.lost[_LEFT_OUT] += len(content.rows) - len(rows)
        sheet = self.book.add_worksheet(content.title)
        style = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        header = self.book.add_format(style)
        for column, heading in enumerate(content.headings):
            sheet.write_string(0, column, heading, header)
            values = [row[column] for row in rows]
            for row, value in enumerate(values, 1):
                self._write_cell(sheet, row, column, value)
            sheet.set_column(column, column, _width(heading, values, self.lang))
        sheet.freeze_panes(1, 0)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(content.headings) - 1)

    def _write_cell(self, sheet: Any, row: int, column: int, value: Any) -> None:
        if isinstance(value, str):
            sheet.write_string(row, column, self._text(value))
        elif isinstance(value, Shown):
            sheet.write_number(row, column, value.cell, self.number_format(value.number_format))
        elif value is not None:
            day = self.number_format(formats.day_format(self.lang))
            sheet.write_datetime(row, column, value, day)

    def _text(self, text: str) -> str:
        """Cut a text to what a cell holds, with an ellipsis."""
        # Excel counts UTF-16 units: a letter outside the basic plane is two.
        units = text.encode("utf-16-le", "surrogatepass")
        if len(units) <= 2 * LONGEST_TEXT:
            return text
        self.lost[_CUT] += 1
        return units[: 2 * LONGEST_TEXT - 2].decode("utf-16-le", "ignore") + _ELLIPSIS


def _width(heading: str, values: list[Any], lang: Lang) -> float:
    """Fit the longest value, and the heading over two lines."""
    texts = (value.text(lang) if isinstance(value, Shown) else str(value) for value in values)
    longest = max(map(len, texts), default=0)
    return min(max(longest, len(heading) / 2, _LEAST_WIDTH), _MOST_WIDTH) + 2
