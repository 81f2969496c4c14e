"""CSV for machines (UTF-8 without BOM, comma, decimal point, LF), and `datapackage.json`."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import compress
from pathlib import Path
from typing import Any, TextIO

import numpy as np
import pandas as pd

from vpvkac.model.accounts import Source
from vpvkac.model.stamp import VERSION
from vpvkac.model.tables import TABLES
from vpvkac.texts import words
from vpvkac.texts.message import Lang

Decimals = int | Sequence[int]
_CRLF = "\r\n"
# So many rows are held as texts at a time, to bound the memory.
_ROWS = 10_000
# A spreadsheet takes a text with such a beginning for a formula.
_FORMULA = frozenset("=+-@\t\r")


def write_table(
    folder: Path,
    name: str,
    table: pd.DataFrame,
    decimals: Mapping[str, Decimals] | None = None,
) -> None:
    """Write a table of `TABLES` as `NAME.csv`: the columns declared, which must be there.

    `decimals` as of `write_csv`, where they are not the registry's.
    """
    declared = TABLES[name]
    columns = table[list(declared.names)]
    write_csv(folder / f"{name}.csv", columns, {**declared.decimals, **(decimals or {})})


def write_csv(
    path: Path,
    table: pd.DataFrame,
    decimals: Mapping[str, Decimals],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
) -> None:
    """Write a table in its order of rows and columns.

    `decimals` are those of floats, by column, one count or one for every row; whole numbers are
    written as such, other floats with as many digits as they need.
    """
    with path.open("w", encoding=encoding, newline="") as opened:
        writer = csv.writer(_Lines(opened), delimiter=delimiter, lineterminator=_CRLF)
        writer.writerow(table.columns)
        for begin in range(0, len(table), _ROWS):
            part = slice(begin, begin + _ROWS)
            of = {name: _of_rows(decimals.get(name), part) for name in table.columns}
            columns = [_texts(table[name].iloc[part], of[name]) for name in table.columns]
            writer.writerows(zip(*columns, strict=True))


def _of_rows(decimals: Decimals | None, part: slice) -> Decimals | None:
    return decimals[part] if isinstance(decimals, Sequence) else decimals


class _Lines:
    """Ends lines with LF, though the writer was told CRLF so that it quotes a CR in a text."""

    def __init__(self, file: TextIO) -> None:
        self.file = file

    def write(self, line: str) -> int:
        """Write one line of the table."""
        return self.file.write(line.removesuffix(_CRLF) + "\n")


def _texts(column: pd.Series, decimals: Decimals | None) -> list[str]:
    """Write one column's values by its type; empty text for a null.  Lists are quicker here."""
    missing = column.isna().to_numpy(bool)
    known = column[~missing]
    if pd.api.types.is_bool_dtype(known):
        texts = ["true" if value else "false" for value in known.to_numpy(bool).tolist()]
    elif pd.api.types.is_float_dtype(known):
        # -0.0 is 0.0.
        values = (known.to_numpy(float) + 0.0).tolist()
        if isinstance(decimals, Sequence):
            texts = [
                f"{value:.{count}f}"
                for value, count in zip(values, compress(decimals, ~missing), strict=True)
            ]
        elif decimals is not None:
            texts = list(map(f"%.{decimals}f".__mod__, values))
        else:
            texts = [f"{value:.0f}" if value == round(value) else repr(value) for value in values]
    else:
        texts = list(map(str, known.to_numpy(object)))
        is_text = not pd.api.types.is_integer_dtype(known)
        # Few columns have any.
        if is_text and not _FORMULA.isdisjoint({text[:1] for text in texts}):
            texts = [f"'{text}" if text[:1] in _FORMULA else text for text in texts]
    if not missing.any():
        return texts
    written = np.full(len(missing), "", object)
    written[~missing] = texts
    return written.tolist()


def describe(
    folder: Path,
    names: Iterable[str],
    about: dict[str, Any],
    sources: Iterable[Source],
    *,
    lang: Lang,
    threshold_m: float,
) -> str:
    """Describe tables of `TABLES` that were written into a folder: a Frictionless data package.

    `about` is title, description and what else tells by which rules they were made; headings name
    the threshold.
    """
    described = [
        {
            "title": source.name.text(lang),
            "publisher": source.publisher.text(lang) if source.publisher else None,
            "licence": source.licence,
            "date": source.date,
        }
        for source in sources
    ]
    return as_json(
        {
            "profile": "tabular-data-package",
            "name": "vpvkac",
            "version": VERSION,
            **about,
            "sources": [
                {key: value for key, value in source.items() if value is not None}
                for source in described
            ],
            "resources": [_resource(folder, name, lang, threshold_m) for name in names],
        }
    )


def as_json(content: dict[str, Any]) -> str:
    """Write JSON for people and machines: indented, letters as they are, a final newline."""
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


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
