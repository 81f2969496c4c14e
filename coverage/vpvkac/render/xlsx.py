"""Workbooks for offices that work in Excel: a first sheet to fill in, what it rests on, the tables.

Every sheet prints on landscape A4, its heading on each page.  Codes are text.  A number is a
number, as people see it on the pages: rounded once, under a format that displays the same text
(`formats.Shown`).  A day is a day.
"""

from __future__ import annotations

import datetime as dt
import io
import textwrap
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import accumulate, compress
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError

from vpvkac.model.faults import Fault
from vpvkac.render.symbols import STYLE
from vpvkac.texts import formats
from vpvkac.texts.formats import Shown
from vpvkac.texts.message import Lang, Message
from vpvkac.views.page import Link

# Excel's own limits: of a sheet's name, of a cell, of rows under a heading, of links.
LONGEST_NAME = 31
LONGEST_TEXT, MOST_ROWS, _LONGEST_LINK, _MOST_LINKS = 32_767, 1_048_575, 2_000, 65_000
_ELLIPSIS = "…"
_CUT = Message("holds only the first 32 767 characters of longer texts; cells cut: {}")
_LEFT_OUT = Message("holds only the first 1 048 575 rows of a table; rows left out: {}")
_IN_CSV = Message("the CSV tables hold all of it")
_LEAST_WIDTH, _MOST_WIDTH = 8, 90
# Points of a line, letters across a page that can still be read, and A4 by Excel's number.
_LINE, _PAGE_WIDTH, _A4 = 15, 220, 9
_CELL: dict[str, Any] = {
    "text_wrap": True, "valign": "top", "align": "left", "bottom": 1,
    "bottom_color": STYLE["rule"],
}  # fmt: skip
_TO_FILL = STYLE["note"]
# The room of a number in the tables parts it from the text to its right.
_NUMBER: dict[str, Any] = {"align": "right", "indent": 1}
# XlsxWriter stamps the time of writing; the same inputs must give the same bytes.
_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
_PLAIN = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


class Cover(NamedTuple):
    """The sheet that says what the data are, in the language of the workbook.

    A warning (if any), facts as label and value, a table of the sources, and notes stand under the
    title of the workbook; at the end the other sheets by name, `contents` above them.
    """

    name: str
    title: str
    warning: str
    facts: Sequence[tuple[str, str]]
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str]
    contents: str


class Sheet(NamedTuple):
    """A table as it stands in a workbook; its title has at most 31 characters.

    Cells are texts, numbers as they are shown, days, links, and None for a null.  The first columns
    down to that of the `names` stay in sight; `none` is said where there are no rows.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[tuple[Any, ...]]
    names: int = 0
    none: str = ""


class Choice(NamedTuple):
    """What may be chosen in a column that is filled in, and what is said of it there."""

    column: int
    values: Sequence[str | dt.date]
    hint: str
    is_day: bool = False


class Answer(NamedTuple):
    """The first sheet: how it stands, what is asked, and a table to fill in and send back.

    `widths` are those of its columns in letters; `choices` are of the columns to be filled in, in
    the hidden sheet `lists`.
    """

    title: str
    lines: Sequence[str]
    table: Sheet
    widths: Sequence[int]
    choices: Sequence[Choice]
    lists: str


def write_workbook(
    path: Path,
    cover: Cover,
    sheets: Sequence[Sheet],
    *,
    lang: Lang,
    shown: str,
    answer: Answer | None = None,
) -> list[Fault]:
    """Write sheets behind the answer, if there is one, and one that says what they are.

    Gives warnings of texts and rows that the workbook could not hold; they name the file as
    `shown`.  Raises OSError if it cannot be written.
    """
    # The archive is made in memory: one that a full disk breaks off would complain once more when
    # it is forgotten.
    whole = io.BytesIO()
    try:
        with xlsxwriter.Workbook(whole, _PLAIN | {"in_memory": True}) as book:
            book.set_properties({"title": cover.title, "created": _CREATED})
            writer = _Writer(book, lang)
            if answer is not None:
                writer.write_answer(answer)
            writer.write_cover(cover, sheets)
            for sheet in sheets:
                writer.write_sheet(sheet)
            if answer is not None:
                writer.write_lists(answer)
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
        self.links: Counter[str] = Counter()
        # Each format is made once.
        self.format = cache(lambda **style: book.add_format(style))
        self.day = formats.day_format(lang)

    def write_answer(self, answer: Answer) -> None:
        """Say how it stands, then a table whose last columns are filled in."""
        table, top, width = answer.table, len(answer.lines) + 2, sum(answer.widths)
        pages = ceil(width / _PAGE_WIDTH)
        sheet = self._add_sheet(table.title, pages)
        # The lines stand on the first page, off the columns that every page repeats.
        first = table.names if pages > 1 else 0
        across = sum(end <= width / pages for end in accumulate(answer.widths))
        for column, width in enumerate(answer.widths):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, self._text(answer.title), self.format(bold=True, font_size=16))
        for row, line in enumerate(answer.lines, 1):
            style = self.format(font_size=12, bold=row == 1, text_wrap=True, valign="top")
            sheet.merge_range(row, first, row, across - 1, self._text(line), style)
            # Twelve points take more room than eleven.
            lines = _lines(line, 0.85 * sum(answer.widths[first:across]))
            sheet.set_row(row, 1.15 * _LINE * lines)
        self._write_heading(sheet, top, table.headings, answer.widths)
        filled = {choice.column for choice in answer.choices}
        days = {choice.column for choice in answer.choices if choice.is_day}
        for row, cells in enumerate(table.rows, top + 1):
            sheet.set_row(row, _LINE * max(map(_lines, cells, answer.widths)))
            for column, value in enumerate(cells):
                style = {"bg_color": _TO_FILL} if column in filled else {}
                if value is None and column in days:
                    style["num_format"] = self.day
                self._write_cell(sheet, row, column, value, **_CELL, **style)
        if not table.rows:
            sheet.write_string(top + 1, 0, table.none)
        last = top + max(len(table.rows), 1)
        for number, choice in enumerate(answer.choices):
            source = (
                f"='{answer.lists}'!${chr(65 + number)}$1:${chr(65 + number)}${len(choice.values)}"
            )
            given = {"validate": "list", "source": source} if choice.values else {"validate": "any"}
            # Anything else may be written too.
            free = {"show_error": False, "input_message": choice.hint}
            sheet.data_validation(top + 1, choice.column, last, choice.column, given | free)
        sheet.freeze_panes(top + 1, table.names)
        sheet.repeat_rows(top)
        if pages > 1:
            sheet.repeat_columns(0, table.names - 1)
        sheet.autofilter(top, 0, last, len(table.headings) - 1)

    def write_lists(self, answer: Answer) -> None:
        """Write what can be chosen, out of sight."""
        sheet = self.book.add_worksheet(answer.lists)
        for column, choice in enumerate(answer.choices):
            for row, value in enumerate(choice.values):
                self._write_cell(sheet, row, column, value)
        sheet.hide()

    def write_cover(self, cover: Cover, sheets: Sequence[Sheet]) -> None:
        """Say what the data are, from where, what to know before using them, and where they are."""
        wrapped, strong = self.format(text_wrap=True, valign="top"), self.format(bold=True)
        sheet = self._add_sheet(cover.name, 1)
        sheet.set_column(0, 0, 34, wrapped)
        sheet.set_column(1, 4, 28, wrapped)
        sheet.write_string(0, 0, self._text(cover.title), self.format(bold=True, font_size=14))
        row = 1
        if cover.warning:
            sheet.write_string(row, 0, cover.warning, strong)
            row += 1
        for label, value in cover.facts:
            row += 1
            sheet.write_string(row, 0, label, strong)
            sheet.write_string(row, 1, self._text(value), self.format(valign="top"))
        row += 2
        sheet.write_string(row, 0, cover.contents, strong)
        for listed in sheets:
            row += 1
            where = "'" + listed.title.replace("'", "''") + "'"
            sheet.write_url(row, 0, f"internal:{where}!A1", string=listed.title)
            sheet.write_number(row, 1, len(listed.rows), self.format(align="left"))
        row += 2
        # Columns of which nothing is known are left out.
        known = [any(column) for column in zip(*cover.rows, strict=True)] or [True] * 4
        for cells in (cover.headings, *cover.rows):
            texts = list(compress(cells, known))
            for column, text in enumerate(texts):
                style = strong if cells is cover.headings else wrapped
                sheet.write_string(row, column, self._text(text), style)
            sheet.set_row(row, _LINE * max(map(_lines, texts, (34, 28, 28, 28))))
            row += 1
        for row_of_note, note in enumerate(cover.notes, row + 1):
            sheet.merge_range(row_of_note, 0, row_of_note, 4, note, wrapped)
            sheet.set_row(row_of_note, _LINE * _lines(note, 146))

    def write_sheet(self, content: Sheet) -> None:
        """Write a table under its heading, which stays in sight as its names do."""
        rows = content.rows[:MOST_ROWS]
        self.lost[_LEFT_OUT] += len(content.rows) - len(rows)
        widths = []
        columns = list(zip(*rows, strict=True)) or [()] * len(content.headings)
        for heading, values in zip(content.headings, columns, strict=True):
            widths.append(_width(heading, values, self.lang))
        sheet = self._add_sheet(content.title, ceil(sum(widths) / _PAGE_WIDTH))
        self._write_heading(sheet, 0, content.headings, widths)
        heights: dict[int, int] = {}
        for column, (width, values) in enumerate(zip(widths, columns, strict=True)):
            known = [(row, value) for row, value in enumerate(values, 1) if value is not None]
            # Every other column is as wide as its longest text.
            is_wrapped = width > _MOST_WIDTH
            for row, value in known:
                style = _NUMBER if isinstance(value, Shown) else {"text_wrap": is_wrapped}
                self._write_cell(sheet, row, column, value, valign="top", **style)
                if is_wrapped:
                    heights[row] = max(heights.get(row, 1), _lines(value, width))
            # A column of which nothing is known is there, and takes no room.
            is_empty = bool(rows) and not known
            sheet.set_column(column, column, width, None, {"hidden": is_empty})
        for row, lines in heights.items():
            sheet.set_row(row, _LINE * lines)
        if not rows:
            sheet.write_string(1, 0, content.none)
        sheet.freeze_panes(1, content.names)
        sheet.repeat_rows(0)
        if content.names:
            sheet.repeat_columns(0, content.names - 1)
        if rows:
            sheet.autofilter(0, 0, len(rows), len(content.headings) - 1)

    def _add_sheet(self, name: str, pages_wide: int) -> Any:
        """Add a sheet that prints on so many pages of landscape A4 beside each other."""
        sheet = self.book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(pages_wide, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&A&R&P / &N")
        return sheet

    def _write_heading(
        self, sheet: Any, row: int, headings: Sequence[str], widths: Sequence[float]
    ) -> None:
        style = self.format(bold=True, text_wrap=True, valign="top", bottom=1)
        sheet.set_row(row, _LINE * max(map(_lines, headings, widths)))
        for column, heading in enumerate(headings):
            sheet.write_string(row, column, heading, style)

    def _write_cell(self, sheet: Any, row: int, column: int, value: Any, **style: Any) -> None:
        if value is None:
            if style:
                sheet.write_blank(row, column, None, self.format(**style))
        elif isinstance(value, str):
            sheet.write_string(row, column, self._text(value), self.format(**style))
        elif isinstance(value, Shown):
            number = self.format(num_format=value.number_format, **style)
            sheet.write_number(row, column, value.cell, number)
        elif isinstance(value, Link):
            self._write_link(sheet, row, column, value, style)
        else:
            sheet.write_datetime(row, column, value, self.format(num_format=self.day, **style))

    def _write_link(
        self, sheet: Any, row: int, column: int, link: Link, style: dict[str, Any]
    ) -> None:
        """Write a link, or its text where Excel takes no more of them."""
        text = self._text(link.text)
        if len(link.href) > _LONGEST_LINK or self.links[sheet.name] >= _MOST_LINKS:
            sheet.write_string(row, column, text, self.format(**style))
            return
        self.links[sheet.name] += 1
        underlined = self.format(**style, font_color=STYLE["strong"], underline=1)
        sheet.write_url(row, column, link.href, underlined, text)

    def _text(self, text: str) -> str:
        """Cut a text to what a cell holds, with an ellipsis."""
        # Excel counts UTF-16 units: a letter outside the basic plane is two.
        if 2 * len(text) <= LONGEST_TEXT:
            return text
        units = text.encode("utf-16-le", "surrogatepass")
        if len(units) <= 2 * LONGEST_TEXT:
            return text
        self.lost[_CUT] += 1
        return units[: 2 * LONGEST_TEXT - 2].decode("utf-16-le", "ignore") + _ELLIPSIS


def _width(heading: str, values: Sequence[Any], lang: Lang) -> float:
    """Fit the longest value, and the heading over two lines, no word of it broken."""
    texts = (
        value if isinstance(value, str)
        else value.text(lang) if isinstance(value, Shown)
        else value.text if isinstance(value, Link) else str(value)
        for value in values
    )  # fmt: skip
    longest = max(map(len, texts), default=0)
    # Bold letters are wider.
    word = 1.15 * max(map(len, heading.split()), default=0)
    return min(max(longest, len(heading) / 2, word, _LEAST_WIDTH), _MOST_WIDTH) + 2


@lru_cache(maxsize=4096)
def _lines(value: Any, width: float) -> int:
    """Count the lines that a text takes in a cell of so many letters."""
    text = value.text if isinstance(value, Link) else value if isinstance(value, str) else ""
    # Bold letters are wider.
    parts = (textwrap.wrap(part, max(int(width) - 1, 1)) for part in text.split("\n"))
    return max(sum(max(len(part), 1) for part in parts), 1)
