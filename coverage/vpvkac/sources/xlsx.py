"""Workbooks from outside: refused where they are none, or unpack beyond bounds."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from vpvkac.model.faults import InputError
from vpvkac.model.project import Input
from vpvkac.texts.message import Message

# What is read of them is some hundreds of kilobytes at most.
LARGEST = 100_000_000
SHEETS = "xl/worksheets/"
_MOST_PARTS = 1_000
_START_OF_PART = 2_048
# A heading stands no lower, below a title and what is said above the table.
_MOST_ABOVE = 60
# A part that tells a zipped document of another form.
_OTHER_FORMS = {
    "XLSB": "xl/workbook.bin",
    "OpenDocument (ODS)": "META-INF/manifest.xml",
    "MS Word (DOCX)": "word/document.xml",
}
# What openpyxl raises on a damaged file; `SyntaxError` is the parser's of XML.
ERRORS = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError,
    SyntaxError, EOFError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip


def check_archive(source: Input, *, of_sheets: int = LARGEST) -> None:
    """Refuse what is no workbook, or would unpack beyond bounds, before openpyxl opens it.

    `of_sheets` are the bytes that its sheets may have, the other parts 100 MB.
    """
    try:
        with zipfile.ZipFile(source.path) as archive:
            parts = archive.infolist()
            sheets = sum(part.file_size for part in parts if part.filename.startswith(SHEETS))
            size = sum(part.file_size for part in parts)
            names = {part.filename for part in parts}
            other = next((form for form, part in _OTHER_FORMS.items() if part in names), None)
            is_large = len(parts) > _MOST_PARTS or size - sheets > LARGEST or sheets > of_sheets
            # Declarations, by which a small file can grow beyond all bounds.
            declares = not (is_large or other) and any(
                b"<!DOCTYPE" in archive.open(part).read(_START_OF_PART) for part in parts
            )
    except ERRORS as error:
        raise unreadable(source.shown, str(error)) from None
    if is_large:
        raise too_large(source.shown, len(parts), size)
    if other:
        problem = Message("is an {form} file, not an XLSX workbook", form=other)
        raise InputError.of(source.shown, problem, Message("open it and save it as XLSX"))
    if declares:
        raise unreadable(source.shown, "<!DOCTYPE>")


def unreadable(shown: str, reason: str) -> InputError:
    """Say that a file is no workbook, and why."""
    problem = Message("is no readable workbook ({reason})", reason=reason)
    return InputError.of(shown, problem, Message("save it as XLSX in Excel"))


def too_large(shown: str, parts: int, size: int) -> InputError:
    """Say that a file would unpack to too many parts or bytes."""
    megabytes = f"{size / 1e6:.0f} MB"
    problem = Message(
        "would unpack to too much ({parts} parts, {megabytes})", parts=parts, megabytes=megabytes
    )
    return InputError.of(shown, problem, Message("download the file again"))


def load(source: Input, *, data_only: bool = True) -> Any:
    """Open a workbook, for its values or its formulas; raises InputError if it is none."""
    check_archive(source)
    import openpyxl

    try:
        with warnings.catch_warnings():
            # They are of what is not read: styles, pictures, drop-downs of later versions.
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(source.path, data_only=data_only)
    except ERRORS as error:
        raise unreadable(source.shown, str(error)) from None


def heading_row(sheet: Any, is_heading: Callable[[Sequence[Any]], bool]) -> int:
    """Find the row of a sheet's headings; 0 where it has none."""
    rows = sheet.iter_rows(max_row=_MOST_ABOVE, values_only=True)
    return next((number for number, row in enumerate(rows, 1) if is_heading(row)), 0)
