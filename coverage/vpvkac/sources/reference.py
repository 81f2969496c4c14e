"""The published figures of the 2020 analysis, carried as facts in `data/reference/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from vpvkac.texts.message import Bilingual, Text

_FILE = "published.toml"
_FACTS = (
    "code", "section", "measure", "basis", "of", "value", "municipality", "unit", "earlier",
)  # fmt: skip
_HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Figure:
    """One published figure.

    Parameters
    ----------
    code, of
        What it is called, and what it is of where several bear one code.
    section
        Chapter of the analysis, table (t5) and figure (f10); `slides`.
    value
        As published; None where a claim has no number.
    measure
        {"count", "share", "m"}; shares are 0-1.
    basis
        What of ours stands beside it, a basis of `questions.coverage.view`.
    name
        What the figure says.
    why, note
        What may explain a difference; what is to be known of the figure itself.
    municipality, unit
        Of a named centre: today's municipality, and the code of its unit in
        the layouts since 2021-07-01.
    names
        The development centres that the figure counts, where they are named.
    earlier
        The same figure of 2018.
    """

    code: str
    section: str
    measure: str
    basis: str
    name: Text
    of: str = ""
    value: float | None = None
    why: Text | None = None
    note: Text | None = None
    municipality: str = ""
    unit: str = ""
    names: tuple[str, ...] = ()
    earlier: float | None = None

    @property
    def key(self) -> str:
        """Name the figure by one word of its own."""
        return f"{self.code}:{self.of}" if self.of else self.code


@cache
def figures() -> tuple[Figure, ...]:
    """Return every published figure, in the order of the file."""
    document = tomllib.loads(reference_file(_FILE).read_text(encoding="utf-8"))
    found = []
    for entry in document["figure"]:
        facts: dict[str, Any] = {key: entry[key] for key in _FACTS if key in entry}
        facts |= {key: _text(document[key][entry[key]]) for key in ("why", "note") if key in entry}
        found.append(Figure(name=_text(entry), names=tuple(entry.get("names", ())), **facts))
    return tuple(found)


@cache
def published_values() -> Mapping[str, float]:
    """Return the figures that have a number and no `of`, by code."""
    return {
        figure.code: float(figure.value)
        for figure in figures()
        if figure.value is not None and not figure.of
    }


def _text(texts: Mapping[str, Any]) -> Text:
    return Bilingual(texts["lv"], texts["en"])


def reference_file(name: str) -> Path:
    """Find a file of facts: in the installed package, or in the source tree it is made from."""
    folders = (_HERE / "reference", _HERE.parents[1] / "data" / "reference")
    return next(folder / name for folder in folders if (folder / name).is_file())
