"""`datapackage.json`: a Frictionless description of tables, for analysts' tools."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from vpvkac.model.accounts import Source
from vpvkac.model.stamp import VERSION
from vpvkac.model.tables import TABLES
from vpvkac.texts import words
from vpvkac.texts.message import Lang


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
