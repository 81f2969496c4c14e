"""`datapackage.json`: a Frictionless description of the tables, for analysts' tools."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.model.version import VERSION
from vpvkac.questions.coverage.runfile import as_json
from vpvkac.questions.coverage.tables import COLUMNS, KEYS, written
from vpvkac.texts import words

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Lang


def describe(result: Result, tables: Mapping[str, pd.DataFrame], folder: Path) -> str:
    """Describe the CSV files of a folder as a Frictionless data package, JSON."""
    lang = result.lang
    content = {
        "profile": "tabular-data-package",
        "name": "vpvkac",
        "version": VERSION,
        "title": result.title or words.NETWORK.text(lang),
        "description": words.SAMPLE.text(lang) if result.synthetic else words.LIMITS.text(lang),
        "synthetic": result.synthetic,
        "stop_set": result.stop_set,
        "threshold_m": result.threshold_m,
        "layout": result.layout or None,
        "sources": [_source(source, lang) for source in result.sources],
        "resources": [
            _resource(name, tables[name], folder / f"{name}.csv", result)
            for name in written(result)
        ],
    }
    return as_json(content)


def _source(source: Any, lang: Lang) -> dict[str, Any]:
    publisher = source.publisher.text(lang) if source.publisher else None
    described = {
        "title": source.name.text(lang),
        "publisher": publisher,
        "licence": source.licence,
        "date": source.date,
    }
    return {key: value for key, value in described.items() if value is not None}


def _resource(name: str, table: pd.DataFrame, file: Path, result: Result) -> dict[str, Any]:
    data = file.read_bytes()
    return {
        "profile": "tabular-data-resource",
        "name": name,
        "title": words.TABLES[name].text(result.lang),
        "path": file.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(data),
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "doubleQuote": True},
        "schema": {
            "fields": [_field(table[column], result) for column in COLUMNS[name]],
            "primaryKey": list(KEYS[name]),
            "missingValues": [""],
        },
    }


def _field(column: pd.Series, result: Result) -> dict[str, str]:
    title = words.heading(result.lang, str(column.name), result.threshold_m)
    return {"name": str(column.name), "title": title, "type": _type(column)}


def _type(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    return "number" if pd.api.types.is_float_dtype(column) else "string"
