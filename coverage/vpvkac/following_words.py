"""Decisions in words: codes of remedies and of lists, days and cells that hold several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac import words
from vpvkac.following import BETWEEN
from vpvkac.formats import date

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from vpvkac.language import Lang

_LISTS = {
    "access": words.ACCESS_GAPS,
    "coverage": words.COVERAGE_GAPS,
    "municipalities": words.MUNICIPALITY_GAPS,
}


def decided(cells: pd.Series, lang: Lang) -> pd.Series:
    """Put the remedy's words in place of its code; any other decision stays as written."""
    return _each(cells, BETWEEN, lambda text: decision(lang, text))


def decision(lang: Lang, text: str) -> str:
    """Say one decision: a remedy by its words, else as written."""
    return words.REMEDIES[text].into(lang) if text in words.REMEDIES else text


def days(cells: pd.Series, lang: Lang) -> pd.Series:
    """Write due days as people do."""
    return _each(cells, BETWEEN, lambda text: day(lang, text))


def day(lang: Lang, text: str) -> str:
    """Write one due day; what is none, such as a dash, stays."""
    return date(lang, text) if text[:1].isdigit() else text


def lists(cells: pd.Series, lang: Lang) -> pd.Series:
    """Name the gap lists that a unit stands in."""
    named = _each(cells, "+", lambda code: _LISTS[code].into(lang) if code else "")
    return named.str.replace("+", BETWEEN, regex=False)


def _each(cells: pd.Series, between: str, say: Callable[[str], str]) -> pd.Series:
    return cells.map(lambda cell: between.join(say(part) for part in cell.split(between)))
