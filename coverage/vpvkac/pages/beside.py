"""The published figures with ours beside them; synthetic data are compared with none."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

import pandas as pd

from vpvkac import formats, words
from vpvkac.pages import wording
from vpvkac.pages.frame import Column, Table

if TYPE_CHECKING:
    from vpvkac.language import Lang
    from vpvkac.pages.frame import Cell
    from vpvkac.result import Result

_COLUMNS = ("figure", "section", "published", "value", "difference", "basis", "reason")
_NUMBERS = ("published", "value", "difference")
_TENTH = Decimal("0.1")


def published_table(result: Result) -> Table | None:
    """Give every published figure that the inputs allow, ours and why they differ."""
    compared = result.published
    if compared.empty:
        return None
    lang, limit = result.lang, result.threshold_m
    columns = [Column(words.heading(lang, name, limit), name in _NUMBERS) for name in _COLUMNS]
    rows = [_row(row, lang, limit) for _, row in compared.iterrows()]
    caption = wording.PUBLISHED_CAPTION.into(lang)
    return Table("published", caption, columns, rows, wide=True)


def _row(row: pd.Series, lang: Lang, threshold_m: float) -> list[Cell]:
    measure = row["measure"]
    return [
        row["name"],
        row["section"],
        _written(lang, row["published"], measure, None),
        _written(lang, row["value"], measure, threshold_m),
        _difference(lang, row["published"], row["value"], measure),
        row["basis"],
        row["reason"],
    ]


def _written(lang: Lang, value: float, measure: str, threshold_m: float | None) -> str:
    if pd.isna(value):
        return ""
    if measure == "share":
        return formats.percent(lang, value)
    if measure == "m":
        return formats.metres(lang, value, threshold_m)
    return formats.number(lang, value)


def _difference(lang: Lang, published: float, value: float, measure: str) -> str:
    """Write the difference of the two values as the table shows them."""
    if pd.isna(published) or pd.isna(value):
        return ""
    if measure == "share":
        apart = _per_cent(value) - _per_cent(published)
        unit = f"{formats.NBSP}{wording.POINTS_OF_PER_CENT.into(lang)}"
    elif measure == "m":
        apart = formats.shown_metres(value) - formats.shown_metres(published)
        unit = f"{formats.NBSP}m"
    else:
        apart, unit = Decimal(repr(value)) - Decimal(repr(published)), ""
    sign = "+" if apart > 0 else ""
    return f"{sign}{formats.plain(lang, float(apart))}{unit}"


def _per_cent(share: float) -> Decimal:
    return (100 * Decimal(repr(share))).quantize(_TENTH, rounding=ROUND_HALF_UP)
