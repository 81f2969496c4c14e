"""The one-stop centres: the list as an XLSX workbook, the form before the text file.

Format: SOURCES.md, "Centres".  Several rows a centre, of which the first
begins with a number; which column holds what is not relied on.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from vpvkac.model.faults import Fault, InputError, Level
from vpvkac.sources.base import ANNOUNCED, OPEN, Reading, records
from vpvkac.sources.centre_fields import (
    date_in_name,
    day_lines,
    emails_in,
    hours_in,
    is_announced,
    is_contact_or_hours,
    level_in,
    looks_like_address,
    names_centre,
    no_centre,
    number_in,
    one_line,
    owner_in,
    phones_in,
    warn_hours,
)
from vpvkac.sources.centre_rows import Block, Columns, blocks_of, find_columns, keep_whole, settle
from vpvkac.sources.sheet_looks import Looks, look_at
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.project import Input

# The list is some tens of kilobytes; what unpacks to more than this is not it.
_LARGEST = 100_000_000
_MOST_PARTS = 1_000
_MOST_ROWS = 20_000
_MOST_COLUMNS = 60
_START_OF_PART = 2_048
# A part that tells a zipped document of another form.
_OTHER_FORMS = {
    "XLSB": "xl/workbook.bin",
    "OpenDocument (ODS)": "META-INF/manifest.xml",
    "MS Word (DOCX)": "word/document.xml",
}
# What openpyxl raises on a damaged file; `SyntaxError` is the parser's of XML.
_ERRORS = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError,
    SyntaxError, EOFError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip
_FORM = Message('a sheet where a centre starts with a number and has a name with "VPVKAC"')


_HIDDEN_ROW = Message("the row is hidden (by a filter?) and was read")
_SHOW_ROWS = Message("delete rows that no longer hold, and show the others")
_FORMULA = Message("the cell is a formula without a value")
_COMPUTE = Message("open the workbook in Excel and save it")
_ONLY_HIDDEN = Message("is a hidden sheet, and no other holds a centre")
_SHOW_SHEET = Message("show the sheet")


@dataclass(frozen=True)
class _Sheet:
    """A sheet as read: the rows that hold anything, and what of it a reader must be told.

    Attributes
    ----------
    rows, lines
        Texts of the cells, padded to one width, and the numbers of their rows.
    looks
        What the sheet hides, and its formulas without a value.
    """

    title: str
    rows: list[list[str]]
    lines: list[int]
    looks: Looks
    columns: Columns | None

    @property
    def blocks(self) -> list[Block]:
        """The centres; none where the sheet is no list of them."""
        return [] if self.columns is None else blocks_of(self.rows, self.lines, self.columns)


def read_centres_workbook(source: Input) -> Reading:
    """Read the centres from an XLSX workbook.

    What is hidden is treated by what hides it.  Hidden sheets are passed over;
    so are hidden columns, but for numbers.  Hidden rows are read, since a
    filter hides them from view and not from the list, and a warning counts
    them.  Formulas that no spreadsheet has computed are empty, with a warning.

    Returns
    -------
    reading
        Table of `records.COLUMNS` and `level`, as of `read_centres_page`, from
        the first visible sheet that holds a centre, which a warning names
        where others do too; `row` is the row of the sheet.
        Dropped: `no_id` (no number that can be used, or no name), with the
        rows under it.  Of two centres under one number `duplicate`,
        as `PublishedChecks.settle` decides.

    Raises
    ------
    InputError
        If the file is not a workbook, unpacks to more than 100 MB, holds
        declarations that XLSX forbids, or holds no centre that can be used.
    """
    _check_archive(source)
    sheet, blocks, remarks = _first_list(source)
    if sheet.looks.formulas and not any(block.is_whole for block in blocks):
        raise InputError([_without_value("error", source.shown, sheet.looks)])
    checks, centres = keep_whole(blocks, source)
    remarks += _looks_told(source.shown, sheet)
    hours = [hours_in(line for row in centre.rows for line in day_lines(row)) for centre in centres]
    warn_hours(checks, [bad for _, bad in hours])
    table = records(
        checks.lines,
        id=[centre.number for centre in centres],
        # The short name lacks the municipality.
        name=[min(centre.names, key=len) for centre in centres],
        address=[_address(centre) for centre in centres],
        phone=[phones_in(_beside_number(centre)) for centre in centres],
        email=[emails_in(centre.fields) for centre in centres],
        owner=[owner_in(max(centre.names, key=len)) for centre in centres],
        status=[ANNOUNCED if is_announced(centre.fields) else OPEN for centre in centres],
        hours=[week for week, _ in hours],
    ).assign(level=[level_in(centre.fields) for centre in centres])
    table, dropped = settle(checks, table, blocks)
    faults = [*remarks, *checks.faults]
    return Reading(table, len(blocks), dropped, faults, date_in_name(source.shown))


def _check_archive(source: Input) -> None:
    """Refuse what is no workbook, or would unpack beyond bounds, before openpyxl opens it."""
    try:
        with zipfile.ZipFile(source.path) as archive:
            fault = _archive_fault(archive, source.shown)
    except _ERRORS as error:
        fault = _unreadable(source.shown, str(error))
    if fault is not None:
        raise InputError([fault])


def _archive_fault(archive: zipfile.ZipFile, shown: str) -> Fault | None:
    parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    if len(parts) > _MOST_PARTS or size > _LARGEST:
        return _too_large(shown, len(parts), size)
    names = {part.filename for part in parts}
    for form, part in _OTHER_FORMS.items():
        if part in names:
            return _other_form(shown, form)
    if any(_declares(archive, part) for part in parts):
        return _unreadable(shown, "<!DOCTYPE>")
    return None


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Tell whether a part has declarations, by which a small file can grow beyond all bounds."""
    with archive.open(part) as opened:
        return b"<!DOCTYPE" in opened.read(_START_OF_PART)


def _first_list(source: Input) -> tuple[_Sheet, list[Block], list[Fault]]:
    """Give the first visible sheet with centres, its centres, and what is to be said of it."""
    try:
        # openpyxl leaves a file open that it cannot read.
        with source.path.open("rb") as file, warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            shown_sheets, hidden_sheets = _sheets(file, source.shown)
    except InputError:
        raise
    except _ERRORS as error:
        raise InputError([_unreadable(source.shown, str(error))]) from None
    lists = [(sheet, blocks) for sheet in shown_sheets if (blocks := sheet.blocks)]
    if not lists:
        raise InputError([_no_list(source.shown, shown_sheets, hidden_sheets)])
    remarks = [_remark(source.shown, text) for text in dict.fromkeys(str(t.message) for t in told)]
    if len(lists) > 1:
        remarks.append(_several_lists(source.shown, [sheet.title for sheet, _ in lists]))
    return *lists[0], remarks


def _sheets(file: BinaryIO, shown: str) -> tuple[list[_Sheet], list[_Sheet]]:
    """Read all sheets: those that are seen, and those that are hidden."""
    from openpyxl.reader.excel import ExcelReader

    reader = ExcelReader(file, read_only=True, data_only=True)
    reader.read()
    parts = {sheet.name: relation.target for sheet, relation in reader.parser.find_sheets()}
    seen: list[_Sheet] = []
    hidden: list[_Sheet] = []
    for sheet in reader.wb.worksheets:
        is_seen = sheet.sheet_state == "visible"
        # What stands behind the list, or out of sight, may be as long as it likes.
        is_needed = is_seen and not any(before.columns for before in seen)
        rows = list(_rows(sheet, shown if is_needed else None))
        with reader.archive.open(parts[sheet.title]) as part:
            looks = look_at(part, _MOST_ROWS)
        (seen if is_seen else hidden).append(_sheet(sheet.title, rows, looks))
    return seen, hidden


def _sheet(title: str, rows: list[tuple[int, list[str]]], looks: Looks) -> _Sheet:
    width = max((len(row) for _, row in rows), default=0)
    padded = [
        [
            "" if column in looks.columns and not number_in(cell) else cell
            for column, cell in enumerate(row)
        ]
        + [""] * (width - len(row))
        for _, row in rows
    ]
    return _Sheet(title, padded, [line for line, _ in rows], looks, find_columns(padded))


def _rows(sheet: Any, shown: str | None) -> Iterator[tuple[int, list[str]]]:
    """Give the number and the cells of each row that has any text.

    A sheet too long is an error where `shown` names the file, else it ends there.
    """
    # The size that a sheet states of itself may be wrong.
    sheet.reset_dimensions()
    for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if line > _MOST_ROWS:
            if shown is None:
                return
            raise InputError([_too_long(shown)])
        cells = [_text(value) for value in row[:_MOST_COLUMNS]]
        if any(cells):
            yield line, cells


def _text(value: object) -> str:
    """Give a cell's value as the sheet shows it: whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dt.date):
        return value.strftime("%d.%m.%Y")
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return unicodedata.normalize("NFC", str(value)).strip()


def _address(centre: Block) -> str:
    """Give the cell of the column of addresses, else one behind the names that reads as one."""
    first, at = centre.rows[0], centre.columns.address
    if at is not None and not (is_contact_or_hours(first[at]) or names_centre(first[at])):
        return one_line(first[at])
    behind = first[centre.columns.names[0] + 1 :]
    return next((one_line(cell) for cell in behind if looks_like_address(cell)), "")


def _beside_number(centre: Block) -> list[str]:
    """All cells but the number, which could pass for a telephone."""
    first = list(centre.rows[0])
    del first[centre.columns.number]
    return [*first, *(cell for row in centre.rows[1:] for cell in row)]


def _looks_told(shown: str, sheet: _Sheet) -> list[Fault]:
    """Warn of rows that the sheet hides, and of formulas without a value."""
    told = []
    hidden = [line for line in sheet.lines if line in sheet.looks.rows]
    if hidden:
        told.append(Fault("warning", shown, _HIDDEN_ROW, _SHOW_ROWS, hidden[0], alike=len(hidden)))
    if sheet.looks.formulas:
        told.append(_without_value("warning", shown, sheet.looks))
    return told


def _without_value(level: Level, shown: str, looks: Looks) -> Fault:
    """Tell of formulas without a value, naming the first."""
    count = len(looks.formulas)
    row, cell = looks.formulas[0], looks.first_formula
    return Fault(level, shown, _FORMULA, _COMPUTE, row, cell, alike=count)


def _no_list(shown: str, seen: list[_Sheet], hidden: list[_Sheet]) -> Fault:
    """Say why no sheet is a list: formulas without a value, a hidden sheet, or another file."""
    for sheet in seen:
        if sheet.looks.formulas:
            return _without_value("error", shown, sheet.looks)
    for sheet in hidden:
        if sheet.columns is not None:
            return Fault("error", shown, _ONLY_HIDDEN, _SHOW_SHEET, value=sheet.title)
    return no_centre(shown, _FORM)


def _several_lists(shown: str, titles: list[str]) -> Fault:
    others = ", ".join(f"“{title}”" for title in titles[1:])
    return Fault(
        "warning",
        shown,
        Message(
            "is the sheet that was read; {others}, which hold centres too, were not", others=others
        ),
        Message("hide or delete the sheets not meant"),
        value=titles[0],
    )


def _other_form(shown: str, form: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("is an {form} file, not an XLSX workbook", form=form),
        Message("open it and save it as XLSX"),
    )


def _unreadable(shown: str, reason: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("is no readable workbook ({reason})", reason=reason),
        Message("save it as XLSX in Excel"),
    )


def _remark(shown: str, text: str) -> Fault:
    return Fault(
        "warning",
        shown,
        Message("was read with the remark: {text}", text=text),
        Message("check the file"),
    )


def _too_large(shown: str, parts: int, size: int) -> Fault:
    megabytes = f"{size / 1e6:.0f} MB"
    return Fault(
        "error",
        shown,
        Message(
            "would unpack to too much ({parts} parts, {megabytes})",
            parts=parts,
            megabytes=megabytes,
        ),
        Message("download the file again"),
    )


def _too_long(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("has a sheet of over {rows} rows", rows=_MOST_ROWS),
        Message("delete the empty rows behind the list"),
    )
