"""The published figures with ours beside them; synthetic data are compared with none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.questions.coverage import wording
from vpvkac.texts import words
from vpvkac.texts.formats import Shown, less
from vpvkac.views.page import Cell, Column, Table
from vpvkac.views.quantities import of_measure

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Lang

_COLUMNS = ("figure", "section", "published", "value", "difference", "basis", "reason")
_NUMBERS = ("published", "value", "difference")


def published_table(result: Result) -> Table | None:
    """Give every published figure that the inputs allow, ours and why they differ."""
    compared = result.published
    if compared.empty:
        return None
    lang, limit = result.lang, result.threshold_m
    columns = [Column(words.heading(lang, name, limit), name in _NUMBERS) for name in _COLUMNS]
    rows = [_row(row, lang, limit) for _, row in compared.iterrows()]
    caption = wording.PUBLISHED_CAPTION.text(lang)
    return Table("published", caption, columns, rows, wide=True)


def _row(row: pd.Series, lang: Lang, threshold_m: float) -> list[Cell]:
    value = _shown(row, "value", threshold_m)
    published = _shown(row, "published", None)
    return [
        row["name"],
        row["section"],
        "" if published is None else published.text(lang),
        "" if value is None else value.text(lang),
        "" if published is None or value is None else difference(lang, value, published).text(lang),
        row["basis"],
        row["reason"],
    ]


def _shown(row: pd.Series, column: str, threshold_m: float | None) -> Shown | None:
    """Round ours as any criterion; a published value, which nothing turns, as it is."""
    if pd.isna(row[column]):
        return None
    key = row["figure"] if column == "value" else ""
    return of_measure(row[column], row["measure"], criterion=key, threshold_m=threshold_m)


def difference(lang: Lang, value: Shown, published: Shown) -> Shown:
    """Give the difference of the two values as the table shows them."""
    unit = wording.POINTS_OF_PER_CENT.text(lang) if value.unit == "%" else value.unit
    return less(value, published, unit)
