"""CSV for machines: UTF-8 without BOM, comma, decimal point, LF (DESIGN.md, "Outputs")."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from itertools import compress, repeat
from pathlib import Path
from typing import TextIO

import pandas as pd

from vpvkac.model.tables import TABLES

Decimals = int | Sequence[int]
_CRLF = "\r\n"
# A spreadsheet takes a text with such a beginning for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_table(
    folder: Path,
    name: str,
    table: pd.DataFrame,
    decimals: Mapping[str, Decimals] | None = None,
) -> None:
    """Write a table of `vpvkac.model.tables` as `NAME.csv`, with the columns that it has.

    Parameters
    ----------
    name
        One of `TABLES`.
    table
        Columns that are not declared are left out; those declared must be there.
    decimals
        Where they are not the registry's, as of `write_csv`.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    declared = TABLES[name]
    columns = table[list(declared.names)]
    write_csv(folder / f"{name}.csv", columns, {**declared.decimals, **(decimals or {})})


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
    missing = column.isna().to_numpy(bool)
    if isinstance(decimals, Sequence):
        decimals = list(compress(decimals, ~missing))
    written = iter(_written(column[~missing], decimals))
    return ["" if is_null else next(written) for is_null in missing.tolist()]


def _written(known: pd.Series, decimals: Decimals | None) -> list[str]:
    """Write values that are all known, by the type of their column; lists are quicker here."""
    if pd.api.types.is_bool_dtype(known):
        return ["true" if value else "false" for value in known.to_numpy(bool).tolist()]
    if pd.api.types.is_float_dtype(known):
        # -0.0 is 0.0.
        values = (known.to_numpy(float) + 0.0).tolist()
        each = decimals if isinstance(decimals, Sequence) else repeat(decimals)
        return [_number(value, count) for value, count in zip(values, each, strict=False)]
    if pd.api.types.is_integer_dtype(known):
        return [str(value) for value in known.to_numpy(object)]
    texts = [str(value) for value in known.to_numpy(object)]
    return [f"'{text}" if text.startswith(_FORMULA) else text for text in texts]


def _number(value: float, decimals: int | None) -> str:
    if decimals is not None:
        return f"{value:.{decimals}f}"
    return f"{value:.0f}" if value == round(value) else repr(value)
