"""The output tables rounded as files show them; pages and workbooks round once, from `exact`.

Rounding never crosses a decision: a distance beyond the threshold does not
show as at or under it, a share below its target not as met (DESIGN.md,
"Distance").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis import criteria
from vpvkac.model.columns import COLUMNS, SHARE, TO_STOP
from vpvkac.model.tables import OUTPUTS, TABLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.analysis.network import Findings

DISTANCE_DECIMALS, SHARE_DECIMALS = TO_STOP.decimals or 0, SHARE.decimals or 0
# Guards floor and ceiling against the binary error of a decimal limit.
_EXACT = 1e-6


def exact(result: Findings, names: Iterable[str] = OUTPUTS) -> dict[str, pd.DataFrame]:
    """Give the output tables at full precision, for pages and workbooks, which round once.

    Returns
    -------
    tables
        By name, with the columns of `vpvkac.model.tables.TABLES`.  Those with
        a geometry keep it.
    """
    return {name: _selected(getattr(result, name), TABLES[name].names) for name in names}


def shown(result: Findings, names: Iterable[str] = OUTPUTS) -> dict[str, pd.DataFrame]:
    """Give the tables of `exact` as CSV files and the GeoPackage show them."""
    threshold = result.threshold_m
    tables = {name: rounded(table, threshold) for name, table in exact(result, names).items()}
    if "summary" in tables:
        tables["summary"]["value"] = _shown_values(result.summary)
        tables["summary"][["least", "most"]] = _shown_band(result.summary)
    if "residents" in tables:
        tables["residents"][["share_least", "share_most"]] = _outwards(
            result.residents["share_least"], result.residents["share_most"]
        )
    if "published" in tables:
        tables["published"] = _compared(tables["published"], threshold)
    return tables


def shown_distance(metres: pd.Series, threshold_m: float) -> pd.Series:
    """Round distances to 0.1 m; what is beyond the threshold stays beyond it, and the reverse."""
    values = metres.to_numpy(float, na_value=np.nan)
    return pd.Series(
        _round_beside(values, np.full(len(values), threshold_m), DISTANCE_DECIMALS), metres.index
    )


def rounded(table: pd.DataFrame, threshold_m: float) -> pd.DataFrame:
    """Give a table with the decimals that files show."""
    table = table.copy()
    for name in table.columns.intersection(pd.Index(COLUMNS)):
        of = COLUMNS[name].type
        if of == TO_STOP:
            table[name] = shown_distance(table[name], threshold_m)
        elif of.decimals is not None:
            table[name] = table[name].astype(float).round(of.decimals)
    if "over_m" in table:
        table["over_m"] = (table["distance_m"] - threshold_m).round(DISTANCE_DECIMALS)
    return table


def _selected(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    geometry = [name for name in ("geometry",) if name in table]
    return table[[*columns, *geometry]]


def _shown_values(table: pd.DataFrame) -> pd.Series:
    is_share = table["measure"].str.startswith("share")
    return table["value"].mask(is_share, _shown_shares(table["value"], table["criterion"]))


def _shown_shares(values: pd.Series, names: pd.Series) -> pd.Series:
    """Round shares; that of an area never to the other side of any of its targets."""
    exact = values.to_numpy(float)
    rounded = np.round(exact, SHARE_DECIMALS)
    shares = rounded
    for target in criteria.AREA_TARGETS.values():
        limits = np.full(len(exact), target)
        beside = _round_beside(exact, limits, SHARE_DECIMALS, under=True)
        shares = np.where(beside != rounded, beside, shares)
    is_area = names.str.startswith("area_share").to_numpy(bool)
    return pd.Series(np.where(is_area, shares, rounded), values.index)


def _shown_band(table: pd.DataFrame) -> pd.DataFrame:
    is_share = table["measure"].str.startswith("share")
    band = table[["least", "most"]]
    return band.mask(is_share, _outwards(table["least"], table["most"]))


def _outwards(least: pd.Series, most: pd.Series) -> pd.DataFrame:
    """Round shares outwards, so that a band as shown still holds every value it may hold."""
    steps = 10.0**SHARE_DECIMALS
    lower = (np.floor(least * steps + _EXACT) / steps).round(SHARE_DECIMALS)
    upper = (np.ceil(most * steps - _EXACT) / steps).round(SHARE_DECIMALS)
    return pd.DataFrame({least.name: lower, most.name: upper})


def _compared(table: pd.DataFrame, threshold_m: float) -> pd.DataFrame:
    """Round values by their measure, and give the difference of what is shown."""
    is_share = table["measure"] == "share"
    value = table["value"].mask(is_share, _shown_shares(table["value"], table["figure"]))
    metres = shown_distance(table["value"], threshold_m)
    value = value.mask(table["measure"] == "m", metres)
    difference = (value - table["published"]).round(SHARE_DECIMALS)
    return table.assign(value=value, difference=difference)


def _round_beside(
    values: NDArray[np.float64],
    limits: NDArray[np.float64],
    decimals: int,
    *,
    under: bool = False,
) -> NDArray[np.float64]:
    """Round, yet never across a limit.

    What is over the limit shows at least one step over it, what is under it
    not over it; with `under` (shares and their targets) what is below the
    limit shows at least one step below it, too.
    """
    step = 10.0**-decimals
    rounded = np.round(values, decimals)
    # A limit between two steps: the first step above it, the last below it.
    next_up = np.round((np.floor(limits / step + _EXACT) + 1) * step, decimals)
    next_down = np.round((np.ceil(limits / step - _EXACT) - 1) * step, decimals)
    last = next_down if under else np.round(np.floor(limits / step + _EXACT) * step, decimals)
    over = (values > limits) & (rounded <= limits)
    below = (values < limits) & ((rounded >= limits) if under else (rounded > limits))
    return np.where(over, next_up, np.where(below, last, rounded))
