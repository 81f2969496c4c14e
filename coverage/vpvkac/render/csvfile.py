"""CSV for machines (UTF-8 without BOM, comma, decimal point, LF), and `datapackage.json`."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress, repeat
from pathlib import Path
from typing import Any, TextIO

import pandas as pd

from vpvkac.model.accounts import Source
from vpvkac.model.stamp import VERSION
from vpvkac.model.tables import TABLES
from vpvkac.texts import words
from vpvkac.texts.message import Lang

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


def describe(
    folder: Path,
    names: Iterable[str],
    about: dict[str, Any],
    sources: Iterable[Source],
    *,
    lang: Lang,
    threshold_m: float,
) -> str:
    """Describe CSV files of a folder, JSON.

    Parameters
    ----------
    names
        Tables of `vpvkac.model.tables`, each written as `NAME.csv`.
    about
        Title, description and what else tells by which rules they were made.
    threshold_m
        Named in headings, metres.
    """
    content = {
        "profile": "tabular-data-package",
        "name": "vpvkac",
        "version": VERSION,
        **about,
        "sources": [_source(source, lang) for source in sources],
        "resources": [_resource(folder, name, lang, threshold_m) for name in names],
    }
    return as_json(content)


def as_json(content: dict[str, Any]) -> str:
    """Write JSON for people and machines: indented, letters as they are, a final newline."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _source(source: Source, lang: Lang) -> dict[str, Any]:
    described = {
        "title": source.name.text(lang),
        "publisher": source.publisher.text(lang) if source.publisher else None,
        "licence": source.licence,
        "date": source.date,
    }
    return {key: value for key, value in described.items() if value is not None}


def _resource(folder: Path, name: str, lang: Lang, threshold_m: float) -> dict[str, Any]:
    table, path = TABLES[name], f"{name}.csv"
    data = (folder / path).read_bytes()
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "title": table.title.text(lang),
        "path": path,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "doubleQuote": True},
        "schema": {
            "fields": [
                {
                    "name": column.name,
                    "title": words.with_threshold(lang, column.heading, threshold_m),
                    "type": column.type.stored,
                }
                for column in table.columns
            ],
            "primaryKey": list(table.key),
            "missingValues": [""],
        },
    }
