"""The one-stop centres: the list as an XLSX workbook, the form before the text file.

Format: SOURCES.md, "Centres".  Several rows a centre, of which the first
begins with a number; which column holds what is not relied on.
"""

from __future__ import annotations

import warnings
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pandas as pd

from vpvkac.faults import Fault, InputError
from vpvkac.language import Text
from vpvkac.sources.centre_fields import (
    date_in_name,
    day_lines,
    emails_in,
    hours_in,
    is_announced,
    level_in,
    names_centre,
    no_centre,
    number_in,
    one_line,
    owner_in,
    phones_in,
    warn_hours,
)
from vpvkac.sources.checking import Checks
from vpvkac.sources.reading import Reading
from vpvkac.sources.records import ANNOUNCED, OPEN, records
from vpvkac.sources.weekdays import weekday_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from vpvkac.project import Input

# The list is some tens of kilobytes; what unpacks to more than this is not it.
_LARGEST = 100_000_000
_MOST_PARTS = 1_000
_MOST_ROWS = 20_000
_MOST_COLUMNS = 60
_START_OF_PART = 2_048
_WHOLE_CENTRE = 3
# What openpyxl raises on a damaged file; `SyntaxError` is the parser's of XML.
_ERRORS = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError,
    SyntaxError, EOFError, OSError, NotImplementedError, RuntimeError,
)  # fmt: skip
_FORM = Text(
    "lapa, kurā centra rinda sākas ar numuru un satur nosaukumu ar “VPVKAC”",
    'a sheet where a centre starts with a number and has a name with "VPVKAC"',
)


@dataclass(frozen=True)
class _Centre:
    """The rows of one centre: the filled cells of each, and the sheet row of the first."""

    rows: list[list[str]]
    line: int

    @property
    def number(self) -> str:
        return number_in(self.rows[0][0])

    @property
    def full_name(self) -> str:
        """The longest name of the first row: the short one lacks the municipality."""
        return max(filter(names_centre, self.rows[0]), key=len, default="")

    @property
    def short_name(self) -> str:
        return min(filter(names_centre, self.rows[0]), key=len, default="")

    @property
    def cells(self) -> list[str]:
        return [cell for row in self.rows for cell in row]

    @property
    def address(self) -> str:
        """The first cell behind the names that is of no other kind."""
        first = self.rows[0]
        names = [place for place, cell in enumerate(first) if names_centre(cell)]
        behind = first[names[-1] + 1 :] if names else []
        return next((one_line(cell) for cell in behind if _may_be_address(cell)), "")


def read_centres_workbook(source: Input) -> Reading:
    """Read the centres from an XLSX workbook.

    Returns
    -------
    reading
        Table of `records.COLUMNS` and `level`, as of `read_centres_page`, from
        the first sheet that holds a centre; `row` is the row of the sheet.
        Dropped: `no_id`, a number with no centre's name beside it.  Errors:
        a number stands before two centres.

    Raises
    ------
    InputError
        If the file is not a workbook, unpacks to more than 100 MB, holds
        declarations that XLSX forbids, or holds no centre.
    """
    _check_archive(source)
    numbered, remarks = _first_list(source)
    centres = [centre for centre in numbered if centre.full_name]
    checks = Checks(source.shown, [centre.line for centre in numbered])
    _warn_nameless(checks, numbered)
    checks.lines = np.array([centre.line for centre in centres], np.int64)
    numbers = pd.Series([centre.number for centre in centres], dtype=str)
    checks.unique(numbers, field="Nr.")
    hours = [hours_in(line for row in centre.rows for line in day_lines(row)) for centre in centres]
    warn_hours(checks, [bad for _, bad in hours])
    table = records(
        checks.lines,
        id=numbers,
        name=[one_line(centre.short_name) for centre in centres],
        address=[centre.address for centre in centres],
        phone=[phones_in(centre.cells[1:]) for centre in centres],
        email=[emails_in(centre.cells) for centre in centres],
        owner=[owner_in(one_line(centre.full_name)) for centre in centres],
        status=[ANNOUNCED if is_announced(centre.cells) else OPEN for centre in centres],
        hours=[week for week, _ in hours],
    ).assign(level=[level_in(centre.cells) for centre in centres])
    faults = [*remarks, *checks.faults]
    dropped = {"no_id": len(numbered) - len(centres)}
    return Reading(table, len(numbered), dropped, faults, date_in_name(source.shown))


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
    if any(_declares(archive, part) for part in parts):
        return _unreadable(shown, "<!DOCTYPE>")
    return None


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    """Tell whether a part has declarations, by which a small file can grow beyond all bounds."""
    with archive.open(part) as opened:
        return b"<!DOCTYPE" in opened.read(_START_OF_PART)


def _first_list(source: Input) -> tuple[list[_Centre], list[Fault]]:
    """Give the centres of the first sheet that has any, and what openpyxl remarked."""
    try:
        # openpyxl leaves a file open that it cannot read.
        with source.path.open("rb") as file, warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            found = _lists(file, source.shown)
    except InputError:
        raise
    except _ERRORS as error:
        raise InputError([_unreadable(source.shown, str(error))]) from None
    if not found:
        raise InputError([no_centre(source.shown, _FORM)])
    remarks = dict.fromkeys(str(remark.message) for remark in told)
    return found, [_remark(source.shown, text) for text in remarks]


def _lists(file: BinaryIO, shown: str) -> list[_Centre]:
    import openpyxl

    workbook = openpyxl.load_workbook(file, read_only=True, data_only=True)
    for sheet in workbook.worksheets:
        found = _centres(_rows(sheet, shown))
        if any(centre.full_name for centre in found):
            return found
    return []


def _rows(sheet: Any, shown: str) -> Iterator[tuple[int, list[str]]]:
    """Give the number and the filled cells of each row that has any."""
    # The size that a sheet states of itself may be wrong.
    sheet.reset_dimensions()
    for line, row in enumerate(sheet.iter_rows(values_only=True), 1):
        if line > _MOST_ROWS:
            raise InputError([_too_long(shown)])
        cells = [_text(value) for value in row[:_MOST_COLUMNS]]
        filled = [cell for cell in cells if cell]
        if filled:
            yield line, filled


def _text(value: object) -> str:
    """Give a cell's value as the sheet shows it: whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _centres(rows: Iterator[tuple[int, list[str]]]) -> list[_Centre]:
    """Gather the rows under each number; rows above the first are headings."""
    centres: list[_Centre] = []
    for line, cells in rows:
        if _starts(cells):
            centres.append(_Centre([cells], line))
        elif centres:
            centres[-1].rows.append(cells)
    return centres


def _starts(cells: list[str]) -> bool:
    """Tell whether a row starts a centre: a number, and a name or as much as a centre has."""
    if not number_in(cells[0]):
        return False
    return len(cells) >= _WHOLE_CENTRE or any(names_centre(cell) for cell in cells)


def _may_be_address(cell: str) -> bool:
    other = level_in([cell]) or emails_in([cell]) or phones_in([cell]) or is_announced([cell])
    return not (other or weekday_in(cell) is not None or cell.lower().startswith("darba laiks"))


def _warn_nameless(checks: Checks, centres: list[_Centre]) -> None:
    checks.warn(
        [not centre.full_name for centre in centres],
        Text(
            "ir numurs bez centra nosaukuma; centrs nav izmantots",
            "is a number with no name of a centre; the centre is not used",
        ),
        Text("pievienojiet nosaukumu ar “VPVKAC”", 'add the name, with "VPVKAC"'),
        values=pd.Series([centre.number for centre in centres], dtype=str),
    )


def _unreadable(shown: str, reason: str) -> Fault:
    return Fault(
        "error",
        shown,
        Text(f"nav lasāma Excel darbgrāmata ({reason})", f"is no readable workbook ({reason})"),
        Text("atveriet to programmā Excel un saglabājiet kā XLSX", "save it as XLSX in Excel"),
    )


def _remark(shown: str, text: str) -> Fault:
    return Fault(
        "warning",
        shown,
        Text(f"lasīšanas brīdinājums: {text}", f"was read with the remark: {text}"),
        Text("pārbaudiet datni", "check the file"),
    )


def _too_large(shown: str, parts: int, size: int) -> Fault:
    megabytes = f"{size / 1e6:.0f} MB"
    return Fault(
        "error",
        shown,
        Text(
            f"izpakojot būtu pārāk liela ({parts} daļas, {megabytes})",
            f"would unpack to too much ({parts} parts, {megabytes})",
        ),
        Text("lejupielādējiet datni no jauna", "download the file again"),
    )


def _too_long(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Text(f"lapā ir vairāk nekā {_MOST_ROWS} rindu", f"has a sheet of over {_MOST_ROWS} rows"),
        Text("dzēsiet tukšās rindas aiz saraksta", "delete the empty rows behind the list"),
    )
