"""Delimited text read as text, with the physical line of every record for faults."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.faults import Fault, InputError
from vpvkac.language import Text
from vpvkac.sources.checking import Checks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

# A comma, the semicolon of a Latvian Excel, or a tab; the first of them on ties.
_MEND_COLUMNS = Text("labojiet datni vai projekta datni", "mend the file or the project file")
_DELIMITERS = ",;\t"
# A longer field is a quotation mark that nobody closed.
_LONGEST_FIELD = 100_000
_LINE_END = re.compile(r"\r\n|\r|\n")
# What a Latvian Excel writes where it is not told to write UTF-8.
_BALTIC = "cp1257"


@dataclass(frozen=True)
class Records:
    """Records of a delimited file.

    Parameters
    ----------
    table
        Every field as text, stripped of surrounding blanks; no nulls.
    lines
        Physical line on which each record starts, header = 1; shape (n,).
    blank
        Rows of empty fields, which are not in the table.
    faults
        Warnings found.
    """

    table: pd.DataFrame
    lines: NDArray[np.int64]
    blank: int = 0
    faults: list[Fault] = field(default_factory=list)


def read_text(path: Path, shown: str) -> str:
    """Read a UTF-8 file, with or without a byte order mark; letters come composed (NFC).

    Raises
    ------
    InputError
        If the file cannot be read, is not UTF-8, or holds NUL characters; the
        fault names the line.
    """
    data = _read_bytes(path, shown)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError([not_utf8(shown, data[: error.start].decode("latin-1"))]) from None
    return _composed(text, shown)


def read_office_text(path: Path, shown: str) -> tuple[str, list[Fault]]:
    """Read a file that an office keeps: UTF-8, else the Windows-1257 of a Latvian Excel.

    Returns
    -------
    text, faults
        Letters come composed (NFC); a warning tells that the file is not UTF-8.

    Raises
    ------
    InputError
        As `read_text` does, if the file is neither.
    """
    data = _read_bytes(path, shown)
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode(_BALTIC)
        except UnicodeDecodeError:
            return read_text(path, shown), []
        return _composed(text, shown), [Fault("warning", shown, _IS_BALTIC, _SAVE_AS_UTF8)]
    return read_text(path, shown), []


def _read_bytes(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError([unreadable(shown, error)]) from None


def _composed(text: str, shown: str) -> str:
    """Compose letters (NFC), and refuse what is no text.

    Raises
    ------
    InputError
        If there are NUL characters.
    """
    # UTF-16 without a byte order mark decodes as UTF-8 too, every other character a NUL.
    nul = text.find("\0")
    if nul >= 0:
        raise InputError([not_utf8(shown, text[:nul])])
    return unicodedata.normalize("NFC", text)


def unreadable(shown: str, error: OSError) -> Fault:
    """Tell that a file cannot be opened."""
    reason = error.strerror or type(error).__name__
    return Fault(
        "error",
        shown,
        Text(f"nav lasāms ({reason})", f"cannot be read ({reason})"),
        Text("pārbaudiet ceļu un tiesības", "check the path and the permissions"),
    )


def rows_of(text: str, shown: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Split delimited text into rows; blank lines are left out, rows of empty fields are not.

    Returns
    -------
    rows, lines
        The fields of each row as written, and the physical line each row starts on.

    Raises
    ------
    InputError
        If quoting is broken.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    ends = [0]
    # The limit is one for the whole of Python, and other readers have their own.
    usual = csv.field_size_limit(_LONGEST_FIELD)
    try:
        for row in reader:
            rows.append(row)
            ends.append(reader.line_num)
    except csv.Error as error:
        raise InputError([_not_csv(shown, error, ends[-1] + 1)]) from None
    finally:
        csv.field_size_limit(usual)
    used = [len(row) > 1 or (len(row) == 1 and row[0].strip() != "") for row in rows]
    lines = [end + 1 for end, is_used in zip(ends, used, strict=False) if is_used]
    return list(compress(rows, used)), lines


def read_records(
    path: Path, shown: str, *, required: Sequence[str], office: bool = False
) -> Records:
    """Read a delimited file with a header; delimited by comma, semicolon or tab.

    Parameters
    ----------
    path, shown
        The file, and its name as faults say it.
    required
        Columns that must be there; all others are read too.
    office
        Whether the file is kept by hand and may be in Windows-1257 too.

    Raises
    ------
    InputError
        If the file is empty or not well-formed, a required column is missing,
        a column name occurs twice among the required, or a row has more
        fields than the header or too few for a required column.
    """
    text, told = read_office_text(path, shown) if office else (read_text(path, shown), [])
    rows, lines = rows_of(text, shown, delimiter_of(text))
    if not rows:
        raise InputError([empty(shown)])
    header = [name.strip() for name in rows[0]]
    checks = Checks(shown, lines[1:])
    faults = [
        *missing_columns(shown, header, required, row=lines[0]),
        *repeated_columns(shown, header, required, row=lines[0]),
    ]
    if faults:
        raise InputError(faults)
    columns = _columns(rows[1:], len(header))
    filled = _filled(columns, len(rows) - 1)
    check_widths(checks, rows[1:], filled, header, required)
    if checks.faults:
        raise InputError(checks.faults)
    checks.warn(~filled, _IS_BLANK, _NOT_USED)
    first = {name: columns[header.index(name)] for name in header}
    table = pd.DataFrame(first, index=pd.RangeIndex(len(filled)), dtype=str)
    return Records(
        table[filled].reset_index(drop=True),
        checks.lines[filled],
        int((~filled).sum()),
        [*told, *checks.faults],
    )


def missing_columns(
    shown: str,
    header: Sequence[str],
    required: Sequence[str],
    *,
    row: int | None = 1,
    mend: Text = _MEND_COLUMNS,
) -> list[Fault]:
    """Name the required columns that a header, standing on that row, lacks; say how to mend it."""
    return [
        Fault(
            "error",
            shown,
            Text("kolonnas nav", "is not among the columns"),
            Text(
                f"datnē ir: {_listed(header)}; {mend.lv}",
                f"the file has: {_listed(header)}; {mend.en}",
            ),
            row=row,
            field=name,
        )
        for name in dict.fromkeys(required)
        if name not in header
    ]


def delimiter_of(text: str) -> str:
    """Tell the delimiter by the heading."""
    heading = _LINE_END.split(text.lstrip(), 1)[0]
    return max(_DELIMITERS, key=heading.count)


def _columns(rows: list[list[str]], width: int) -> list[list[str]]:
    """Give the columns, stripped; a row that ends early goes on empty."""
    if any(len(row) != width for row in rows):
        rows = [row[:width] + [""] * (width - len(row)) for row in rows]
    columns = zip(*rows, strict=True) if rows else [()] * width
    return [list(map(str.strip, column)) for column in columns]


def _filled(columns: list[list[str]], count: int) -> NDArray[np.bool_]:
    """Tell which rows have a text in any column."""
    filled = np.zeros(count, bool)
    for column in columns:
        filled |= np.fromiter(map(bool, column), bool, count)
    return filled


def check_widths(
    checks: Checks,
    rows: list[list[str]],
    filled: NDArray[np.bool_],
    header: list[str],
    required: Sequence[str],
) -> None:
    """Refuse rows cut off before a required column, or with text beyond the last one."""
    width = len(header)
    needed = 1 + max((header.index(name) for name in required), default=0)
    length = np.fromiter(map(len, rows), np.int64, len(rows))
    beyond = np.zeros(len(rows), bool)
    for number in np.flatnonzero(length > width):
        beyond[number] = any(field.strip() for field in rows[number][width:])
    checks.refuse(
        beyond,
        Text(f"vairāk lauku nekā galvenē ({width})", f"more fields than the header has ({width})"),
        Text("lieciet pēdiņās tekstu ar atdalītāju", "quote text that holds the delimiter"),
    )
    checks.refuse(
        filled & (length < needed),
        Text("beidzas pirms vajadzīgas kolonnas", "ends before a column that is needed"),
        Text("lieciet pēdiņās tekstu ar rindas pārtraukumu", "quote text that holds a line break"),
    )


def _listed(header: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(name[:40] for name in header[:most]) or "–"
    return shown + (", …" if len(header) > most else "")


def repeated_columns(
    shown: str, header: list[str], required: Sequence[str], *, row: int | None
) -> list[Fault]:
    """Name the required columns that a header, standing on that row, has more than once."""
    return [
        Fault(
            "error",
            shown,
            Text("ir divas kolonnas ar šo nosaukumu", "is the name of two columns"),
            Text("pārdēvējiet vienu", "rename one of them"),
            row=row,
            field=name,
        )
        for name in dict.fromkeys(required)
        if header.count(name) > 1
    ]


def not_utf8(shown: str, before: str) -> Fault:
    """Tell that a file is not UTF-8 at the end of what stands before."""
    return Fault(
        "error",
        shown,
        Text("nav UTF-8 teksts", "is not UTF-8 text"),
        Text("saglabājiet datni UTF-8 kodējumā", "save the file as UTF-8"),
        row=len(_LINE_END.split(before)),
    )


def _not_csv(shown: str, error: csv.Error, row: int) -> Fault:
    return Fault(
        "error",
        shown,
        Text(f"nav pareizs CSV ({error})", f"is not well-formed CSV ({error})"),
        Text("pārbaudiet pēdiņas šajā rindā", "check the quotation marks in this row"),
        row=row,
    )


def empty(shown: str) -> Fault:
    """Tell that a file is empty."""
    return Fault(
        "error",
        shown,
        Text("ir tukša", "is empty"),
        Text("ielādējiet datni no jauna", "download the file again"),
    )


_IS_BALTIC = Text(
    "nav UTF-8, tāpēc nolasīta kā Windows-1257", "is not UTF-8, so it was read as Windows-1257"
)
_SAVE_AS_UTF8 = Text(
    "ja burti nav pareizi, saglabājiet to kā CSV UTF-8",
    "if letters are wrong, save it as CSV UTF-8",
)
_IS_BLANK = Text("rinda ir tukša", "the row is blank")
_NOT_USED = Text("rinda nav izmantota", "the row is not used")
