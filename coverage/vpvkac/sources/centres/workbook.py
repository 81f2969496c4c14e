"""The list of centres as an XLSX workbook, the form before the text file.

Several rows a centre, of which the first begins with a number; which column
holds what is not relied on.

What is hidden is treated by what hides it.  Hidden sheets are passed over; so
are hidden columns, but for numbers.  Hidden rows are read, since a filter
hides them from view and not from the list, and a warning counts them.
Formulas that no spreadsheet has computed are empty, with a warning.  Rows
without any value are taken out before the sheets are parsed: there may be a
million of them.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Any, BinaryIO

from lxml import etree

from vpvkac.model.faults import Fault, InputError, Level
from vpvkac.model.project import Input
from vpvkac.sources.base import Reading
from vpvkac.sources.centres.rows import (
    Block,
    Columns,
    Note,
    blocks_of,
    centre_of,
    find_columns,
    no_centre,
    number_in,
    reading_of,
)
from vpvkac.sources.hours import with_days
from vpvkac.sources.xlsx import ERRORS, LARGEST, SHEETS, check_archive, too_large, unreadable
from vpvkac.texts.message import Message

# Sheets may go on with empty rows, which are never held at once.
_LARGEST_SHEETS = 2_000_000_000
_BLOCK = 1 << 20
_VALUES = (b"<v", b"<is", b"<f", b"</sheetData")
_ROW, _NUMBERED_ROW = b"<row", re.compile(rb"<row\s[^>]*\br=")
_MOST_ROWS = 20_000
_MOST_COLUMNS = 60
_FORM = Message('a sheet where a centre starts with a number and has a name with "VPVKAC"')
_TRUE = {"1", "true"}
_LAST_COLUMN = 16_384


@dataclass
class _Sheet:
    """A sheet: the rows that hold anything, padded to one width, their numbers, and the centres.

    `columns` is None where it is no list of centres.  Hidden rows are numbered
    from 1, hidden columns from 0; `formulas` are the rows of formulas without
    a value, of which the first is the cell "B7", say.
    """

    title: str
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    columns: Columns | None = None
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas: list[int] = field(default_factory=list)
    first_formula: str | None = None


def read_centres_workbook(source: Input) -> Reading:
    """Read the centres as `read_centres` says, from the first visible sheet that holds one.

    A warning names it where others do too.  Raises `InputError` if the file is no workbook,
    unpacks to more than 100 MB, holds declarations that XLSX forbids, or no centre to be used.
    """
    shown = source.shown
    check_archive(source, of_sheets=_LARGEST_SHEETS)
    sheet, blocks, notes, faults = _first_list(source)
    if sheet.formulas and not any(block.number and block.names for block in blocks):
        raise InputError([_without_value("error", shown, sheet)])
    hidden = [line for line in sheet.lines if line in sheet.hidden_rows]
    if hidden:
        problem = Message("the row is hidden (by a filter?) and was read")
        remedy = Message("delete rows that no longer hold, and show the others")
        faults.append(Fault("warning", shown, problem, remedy, hidden[0], alike=len(hidden)))
    if sheet.formulas:
        faults.append(_without_value("warning", shown, sheet))
    return reading_of(source, list(map(centre_of, blocks)), faults, notes)


def _without_empty_rows(file: BinaryIO, shown: str) -> BinaryIO:
    """Copy a workbook without the rows of its sheets that have no value; the others keep theirs."""
    copy = io.BytesIO()
    with zipfile.ZipFile(file) as archive, zipfile.ZipFile(copy, "w") as kept:
        for part in archive.infolist():
            with archive.open(part) as opened:
                is_sheet = part.filename.startswith(SHEETS)
                data = _rows_with_values(opened) if is_sheet else opened.read()
            if len(data) > LARGEST:
                raise too_large(shown, len(archive.infolist()), part.file_size)
            kept.writestr(part.filename, data)
    copy.seek(0)
    return copy


def _rows_with_values(sheet: IO[bytes]) -> bytes:
    """Read a sheet's XML but for rows without a value, whose number the others state."""
    kept: list[bytes] = []
    size, rest = 0, b""
    # As much again as a row that has no end, so that what is sought twice does not add up.
    while size <= LARGEST and (block := sheet.read(max(_BLOCK, len(rest)))):
        text = rest + block
        first, last = text.find(_ROW), text.rfind(_ROW)
        is_empty = first == 0 and not any(value in text for value in _VALUES)
        if is_empty and _NUMBERED_ROW.match(text):
            rest = text[last:]
            continue
        # The first piece is what stands before the rows.
        before, *rows = text.split(_ROW)
        pieces = [before, *(_ROW + row for row in rows)]
        rest = pieces.pop()
        kept += (
            piece
            for piece in pieces
            if not _NUMBERED_ROW.match(piece) or any(value in piece for value in _VALUES)
        )
        size = sum(map(len, kept)) + len(rest)
    return b"".join([*kept, rest])


def _first_list(source: Input) -> tuple[_Sheet, list[Block], list[Note], list[Fault]]:
    """Return the first visible sheet with centres, its centres, notes, and what to say of it."""
    shown = source.shown
    try:
        # openpyxl leaves a file open that it cannot read.
        with source.path.open("rb") as file, warnings.catch_warnings(record=True) as remarks:
            warnings.simplefilter("always")
            seen, hidden = _sheets(_without_empty_rows(file, shown), shown)
    except InputError:
        raise
    except ERRORS as error:
        raise unreadable(shown, str(error)) from None
    lists = [
        (sheet, *found)
        for sheet in seen
        if sheet.columns and (found := blocks_of(sheet.rows, sheet.lines, sheet.columns))[0]
    ]
    if not lists:
        raise _no_list(shown, seen, hidden)
    faults = [
        Fault(
            "warning",
            shown,
            Message("was read with the remark: {text}", text=text),
            Message("check the file"),
        )
        for text in dict.fromkeys(str(remark.message) for remark in remarks)
    ]
    if len(lists) > 1:
        others = ", ".join(f"“{sheet.title}”" for sheet, *_ in lists[1:])
        problem = Message(
            "is the sheet that was read; {others}, which hold centres too, were not", others=others
        )
        remedy = Message("hide or delete the sheets not meant")
        faults.append(Fault("warning", shown, problem, remedy, value=lists[0][0].title))
    return *lists[0], faults


def _sheets(file: BinaryIO, shown: str) -> tuple[list[_Sheet], list[_Sheet]]:
    """Read all sheets: those that are seen, and those that are hidden."""
    from openpyxl.reader.excel import ExcelReader

    reader = ExcelReader(file, read_only=True, data_only=True)
    reader.read()
    parts = {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets()}
    seen: list[_Sheet] = []
    hidden: list[_Sheet] = []
    for worksheet in reader.wb.worksheets:
        sheet = _Sheet(worksheet.title)
        is_seen = worksheet.sheet_state == "visible"
        # What stands behind the list, or out of sight, may be as long as it likes.
        is_needed = is_seen and not any(before.columns for before in seen)
        rows = dict(_rows(worksheet, shown if is_needed else None))
        with reader.archive.open(parts[sheet.title]) as part:
            _see_hidden(sheet, part)
        width = max(map(len, rows.values()), default=0)
        for row in rows.values():
            texts = [
                "" if at in sheet.hidden_columns and not number_in(cell) else cell
                for at, cell in enumerate(row)
            ]
            sheet.rows.append(with_days(texts + [""] * (width - len(row))))
        sheet.lines = list(rows)
        sheet.columns = find_columns(sheet.rows)
        (seen if is_seen else hidden).append(sheet)
    return seen, hidden


def _rows(sheet: Any, shown: str | None) -> Iterator[tuple[int, list[str]]]:
    """Return the number and the cells of each row that has any text.

    A sheet too long is an error where `shown` names the file, else it ends there.
    """
    # The size that a sheet states of itself may be wrong.
    sheet.reset_dimensions()
    texts = (
        (line, cells)
        for line, row in enumerate(sheet.iter_rows(values_only=True), 1)
        if any(cells := [_text(value) for value in row[:_MOST_COLUMNS]])
    )
    yield from islice(texts, _MOST_ROWS)
    if shown is not None and next(texts, None) is not None:
        problem = Message("has a sheet of over {rows} rows", rows=_MOST_ROWS)
        raise InputError.of(shown, problem, Message("delete the rows that are not of the list"))


def _text(value: object) -> str:
    """Return a cell's value as the sheet shows it: whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dt.date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return unicodedata.normalize("NFC", str(value)).strip()


def _see_hidden(sheet: _Sheet, part: IO[bytes]) -> None:
    """Read in a sheet's own XML what its first rows hide, which openpyxl does not tell."""
    number = 0
    events = etree.iterparse(
        part, events=("start", "end"), tag=("{*}row", "{*}c", "{*}col"),
        resolve_entities=False, no_network=True,
    )  # fmt: skip
    for event, element in events:
        name = etree.QName(element).localname
        is_hidden = element.get("hidden") in _TRUE
        if name == "row" and event == "start":
            number = int(element.get("r", number + 1))
            if is_hidden:
                sheet.hidden_rows.add(number)
        elif name == "c" and event == "end":
            # A formula of the type text may have an empty value.
            is_formula = element.find("{*}f") is not None and element.get("t") != "str"
            if is_formula and not element.findtext("{*}v"):
                sheet.formulas.append(number)
                sheet.first_formula = sheet.first_formula or element.get("r")
        elif name == "col" and event == "start" and is_hidden:
            last = min(int(element.get("max", 1)), _LAST_COLUMN)
            sheet.hidden_columns.update(range(int(element.get("min", 1)) - 1, last))
        elif name == "row":
            element.clear()


def _no_list(shown: str, seen: list[_Sheet], hidden: list[_Sheet]) -> InputError:
    """Say why no sheet is a list: formulas without a value, a hidden sheet, or another file."""
    for sheet in seen:
        if sheet.formulas:
            return InputError([_without_value("error", shown, sheet)])
    for sheet in hidden:
        if sheet.columns is not None:
            problem = Message("is a hidden sheet, and no other holds a centre")
            return InputError.of(shown, problem, Message("show the sheet"), value=sheet.title)
    return no_centre(shown, _FORM)


def _without_value(level: Level, shown: str, sheet: _Sheet) -> Fault:
    """Report formulas without a value, naming the first."""
    return Fault(
        level,
        shown,
        Message("the cell is a formula without a value"),
        Message("open the workbook in Excel and save it"),
        sheet.formulas[0],
        sheet.first_formula,
        alike=len(sheet.formulas),
    )
