"""CSV for machines: UTF-8 without BOM, comma, decimal point, LF (DESIGN.md, "Outputs")."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Decimals = int | Sequence[int]
_CRLF = "\r\n"
# A spreadsheet takes a text with such a beginning for a formula.
_FORMULA = r"^(?=[=+\-@\t\r])"


def write_csv(path: Path, table: pd.DataFrame, decimals: Mapping[str, Decimals]) -> None:
    """Write a table.

    Parameters
    ----------
    table
        Its order of rows and columns is kept.
    decimals
        Column → decimals of its floats, one count or one for every row; whole
        numbers are written as such, other floats with as many digits as they need.
    """
    columns = [_texts(table[name], decimals.get(name)) for name in table.columns]
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(_Lines(opened), lineterminator=_CRLF)
        writer.writerow(table.columns)
        writer.writerows(zip(*columns, strict=True))


class _Lines:
    """Ends lines with LF, though the writer was told CRLF so that it quotes a CR in a text."""

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def write(self, line: str) -> int:
        """Write one line of the table."""
        return self.file.write(line.removesuffix(_CRLF) + "\n")


def _texts(column: pd.Series, decimals: Decimals | None) -> list[str]:
    """Write one column's values; empty text for a null."""
    if pd.api.types.is_bool_dtype(column):
        text = column.astype("boolean").map({True: "true", False: "false"}).astype(object)
    elif pd.api.types.is_float_dtype(column):
        each = decimals if isinstance(decimals, Sequence) else [decimals] * len(column)
        written = [_number(value, count) for value, count in zip(column, each, strict=True)]
        text = pd.Series(written, column.index, dtype=object)
    elif pd.api.types.is_integer_dtype(column):
        text = column.astype("Int64").astype(object)
    else:
        text = column.astype(object).where(column.notna(), "").astype(str)
        text = text.str.replace(_FORMULA, "'", regex=True).astype(object)
    return text.where(column.notna(), "").astype(str).tolist()


def _number(value: float, decimals: int | None) -> str:
    if pd.isna(value):
        return ""
    if decimals is not None:
        # -0.0 is 0.0.
        return f"{value + 0.0:.{decimals}f}"
    return f"{value:.0f}" if value == round(value) else repr(value)
