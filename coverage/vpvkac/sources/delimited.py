"""Delimited text read as text, with the physical line of every record for faults."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.faults import Fault, InputError
from vpvkac.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_LONGEST_FIELD = 10_000_000


@dataclass(frozen=True)
class Records:
    """Records of a delimited file.

    Parameters
    ----------
    table
        Every field as text, stripped of surrounding blanks; no nulls.
    lines
        Physical line on which each record starts, header = 1; shape (n,).
    """

    table: pd.DataFrame
    lines: NDArray[np.int64]


def read_text(path: Path, shown: str) -> str:
    """Read a UTF-8 file, with or without a byte order mark.

    Raises
    ------
    InputError
        If the file cannot be read, or is not UTF-8; the fault names the line.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError([unreadable(shown, error)]) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault(
            "error",
            shown,
            Text("nav UTF-8 teksts", "is not UTF-8 text"),
            Text("saglabājiet datni UTF-8 kodējumā", "save the file as UTF-8"),
            row=data[: error.start].count(b"\n") + 1,
        )
        raise InputError([fault]) from None


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
    """Split delimited text into rows; blank rows are left out.

    Returns
    -------
    rows, lines
        The fields of each row as written, and the physical line each row starts on.

    Raises
    ------
    InputError
        If quoting is broken.
    """
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    start = 1
    try:
        for row in reader:
            if any(field.strip() for field in row):
                rows.append(row)
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        fault = Fault(
            "error",
            shown,
            Text(f"nav pareizs CSV ({error})", f"is not well-formed CSV ({error})"),
            Text("pārbaudiet pēdiņas šajā rindā", "check the quotation marks in this row"),
            row=start,
        )
        raise InputError([fault]) from None
    return rows, lines


def read_records(path: Path, shown: str, *, required: Sequence[str]) -> Records:
    """Read a delimited file with a header; its delimiter is a comma, or the semicolon of Excel.

    Parameters
    ----------
    path, shown
        The file, and its name as faults say it.
    required
        Columns that must be there; all others are read too.

    Raises
    ------
    InputError
        If the file is empty or not well-formed, a required column is missing,
        a column name occurs twice among the required, or a row has more
        fields than the header.
    """
    text = read_text(path, shown)
    heading = text[: text.find("\n")]
    rows, lines = rows_of(text, shown, ";" if heading.count(";") > heading.count(",") else ",")
    if not rows:
        raise InputError([_empty(shown)])
    header = [name.strip() for name in rows[0]]
    faults = [
        *missing_columns(shown, header, required),
        *_twice(shown, header, required),
        *_overlong(shown, rows, lines, len(header)),
    ]
    if faults:
        raise InputError(faults)
    width = len(header)
    padded = [[field.strip() for field in row] + [""] * (width - len(row)) for row in rows[1:]]
    table = pd.DataFrame(padded, columns=header, dtype=str)
    return Records(table.loc[:, ~table.columns.duplicated()], np.array(lines[1:], np.int64))


def missing_columns(shown: str, header: Sequence[str], required: Sequence[str]) -> list[Fault]:
    """Name the required columns that a header lacks."""
    return [
        Fault(
            "error",
            shown,
            Text("kolonnas nav", "is not among the columns"),
            Text(
                f"datnē ir: {_listed(header)}; norādiet kolonnu projekta datnē",
                f"the file has: {_listed(header)}; name the column in the project file",
            ),
            row=1,
            field=name,
        )
        for name in dict.fromkeys(required)
        if name not in header
    ]


def _listed(header: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(name[:40] for name in header[:most])
    return shown + (", …" if len(header) > most else "")


def _twice(shown: str, header: Sequence[str], required: Sequence[str]) -> list[Fault]:
    return [
        Fault(
            "error",
            shown,
            Text("ir divas kolonnas ar šo nosaukumu", "is the name of two columns"),
            Text("pārdēvējiet vienu", "rename one of them"),
            row=1,
            field=name,
        )
        for name in dict.fromkeys(required)
        if header.count(name) > 1
    ]


def _overlong(shown: str, rows: list[list[str]], lines: list[int], width: int) -> list[Fault]:
    over = [line for row, line in zip(rows, lines, strict=True) if len(row) > width]
    if not over:
        return []
    return [
        Fault(
            "error",
            shown,
            Text(
                f"ir vairāk lauku nekā galvenē ({width})",
                f"has more fields than the header ({width})",
            ),
            Text("lieciet pēdiņās tekstu ar komatu", "quote text that holds the delimiter"),
            row=over[0],
            alike=len(over),
        )
    ]


def _empty(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Text("ir tukša", "is empty"),
        Text("ielādējiet datni no jauna", "download the file again"),
    )
