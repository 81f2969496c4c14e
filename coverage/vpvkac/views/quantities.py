"""What kind of number each criterion and each column is, so that it is rounded the same everywhere.

Pages, maps, the terminal and workbooks ask here; how a number of a kind is
rounded and written stands in `vpvkac.texts.formats`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis.criteria import AREA_TARGETS
from vpvkac.model.columns import (
    AREA,
    COLUMNS,
    DEGREES,
    EXCESS,
    LENGTH,
    MINUTES,
    SCORE,
    SHARE,
    TO_STOP,
    Type,
)
from vpvkac.texts import formats
from vpvkac.texts.formats import Shown

if TYPE_CHECKING:
    from vpvkac.texts.message import Lang

UNKNOWN = "–"
# The headings of areas and minutes say the unit.
_BY_TYPE: dict[Type, Callable[[float], Shown]] = {
    LENGTH: formats.to_length,
    SHARE: formats.to_share,
    AREA: lambda value: formats.to_area(value)._replace(unit=""),
    MINUTES: lambda value: formats.to_minutes(value)._replace(unit=""),
    SCORE: lambda value: formats.to_number(value, SCORE.decimals or 0),
}


def of_column(column: str, row: Mapping[Any, Any] | pd.Series, threshold_m: float) -> Shown | None:
    """Round a number of an output table as people see it.

    Parameters
    ----------
    column
        As files name it.
    row
        Of the table, at full precision.

    Returns
    -------
    shown
        None for a null, and for the excess of what exceeds nothing.
    """
    value = row[column]
    if pd.isna(value):
        return None
    of = COLUMNS[column].type
    if of == TO_STOP:
        return formats.to_metres(value, threshold_m)._replace(unit="")
    if of == EXCESS:
        over = formats.to_excess(row["distance_m"], threshold_m)._replace(unit="")
        return over if row["distance_m"] > threshold_m else None
    if of == DEGREES:
        decimals = DEGREES.decimals or 0
        return Shown(formats.to_number(value, decimals).value, decimals)
    return _BY_TYPE.get(of, formats.to_number)(value)


def of_measure(
    value: float, measure: str, *, criterion: str = "", threshold_m: float | None = None
) -> Shown:
    """Round a value of the summary, or a published figure, by its measure.

    A share of the area never shows on the other side of any of its targets.
    """
    if measure.startswith("share"):
        is_area = criterion.startswith("area_share")
        return formats.to_share(value, AREA_TARGETS.values() if is_area else ())
    if measure == "m":
        return formats.to_metres(value, threshold_m)
    return formats.to_area(value) if measure == "km²" else formats.to_number(value)


def criterion(lang: Lang, row: Mapping[Any, Any] | pd.Series, unknown: str = UNKNOWN) -> str:
    """Write the value of a criterion of the summary; `unknown` where it cannot be told."""
    if pd.isna(row["value"]):
        return unknown
    return of_measure(row["value"], row["measure"], criterion=row["criterion"]).text(lang)
