"""The output tables rounded as files show them; pages and workbooks round once, from `exact`.

Rounding never crosses a decision: a distance beyond the threshold does not
show as at or under it, a share below its target not as met.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.criteria import AREA_TARGETS
from vpvkac.model.columns import COLUMNS, SHARE, TO_STOP
from vpvkac.model.tables import OUTPUTS, TABLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.analysis.network import Findings

_METRE_DECIMALS, _SHARE_DECIMALS = TO_STOP.decimals or 0, SHARE.decimals or 0
# Guards floor and ceiling against the binary error of a decimal limit.
_EXACT = 1e-6


def exact(result: Findings, names: Iterable[str] = OUTPUTS) -> dict[str, pd.DataFrame]:
    """Give the output tables by name, at full precision, with their registered columns.

    Those with a geometry keep it.
    """
    tables = {name: getattr(result, name) for name in names}
    return {
        name: table[[*TABLES[name].names, *table.columns.intersection(["geometry"])]]
        for name, table in tables.items()
    }


def shown(result: Findings, names: Iterable[str] = OUTPUTS) -> dict[str, pd.DataFrame]:
    """Give the tables of `exact` as CSV files and the GeoPackage show them."""
    threshold_m = result.threshold_m
    tables = {name: rounded(table, threshold_m) for name, table in exact(result, names).items()}
    if "summary" in tables:
        table, summary = tables["summary"], result.summary
        is_share = summary["measure"].str.startswith("share")
        shares = _round_shares(summary["value"], summary["criterion"])
        table["value"] = summary["value"].mask(is_share, shares)
        band = _outwards(summary["least"], summary["most"])
        table[["least", "most"]] = summary[["least", "most"]].mask(is_share, band)
    if "residents" in tables:
        band = _outwards(result.residents["share_least"], result.residents["share_most"])
        tables["residents"][["share_least", "share_most"]] = band
    if "standards" in tables:
        table, of = tables["standards"], result.standards
        table["share"] = _round_beside(
            of["share"].to_numpy(float), of["required"].to_numpy(float), _SHARE_DECIMALS, under=True
        )
        table[["share_least", "share_most"]] = _outwards(of["share_least"], of["share_most"])
    if "published" in tables:
        table = tables["published"]
        shares = _round_shares(table["value"], table["figure"])
        metres = shown_distance(table["value"], threshold_m)
        value = table["value"].mask(table["measure"] == "share", shares)
        table["value"] = value.mask(table["measure"] == "m", metres)
        # The difference of what is shown.
        table["difference"] = (table["value"] - table["published"]).round(_SHARE_DECIMALS)
    return tables


def rounded(table: pd.DataFrame, threshold_m: float) -> pd.DataFrame:
    """Give a table with the decimals that files show."""
    table = table.copy(deep=False)
    for name in table.columns.intersection(pd.Index(COLUMNS)):
        of = COLUMNS[name].type
        if of == TO_STOP:
            table[name] = shown_distance(table[name], threshold_m)
        elif of.decimals is not None:
            table[name] = table[name].astype(float).round(of.decimals)
    if "over_m" in table:
        table["over_m"] = (table["distance_m"] - threshold_m).round(_METRE_DECIMALS)
    return table


def shown_distance(metres: pd.Series, threshold_m: float) -> pd.Series:
    """Round distances to 0.1 m; what is beyond the threshold stays beyond it, and the reverse."""
    values = metres.to_numpy(float, na_value=np.nan)
    return pd.Series(_round_beside(values, threshold_m, _METRE_DECIMALS), metres.index)


def _round_shares(values: pd.Series, names: pd.Series) -> pd.Series:
    """Round shares; that of an area never to the other side of any of its targets."""
    exact = values.to_numpy(float)
    plain = np.round(exact, _SHARE_DECIMALS)
    shares = plain
    for target in AREA_TARGETS.values():
        off_target = _round_beside(exact, target, _SHARE_DECIMALS, under=True)
        shares = np.where(off_target != plain, off_target, shares)
    is_area = names.str.startswith("area_share").to_numpy(bool)
    return pd.Series(np.where(is_area, shares, plain), values.index)


def _outwards(least: pd.Series, most: pd.Series) -> pd.DataFrame:
    """Round shares outwards, so that a band as shown still holds every value it may hold."""
    steps = 10.0**_SHARE_DECIMALS
    lower = (np.floor(least * steps + _EXACT) / steps).round(_SHARE_DECIMALS)
    upper = (np.ceil(most * steps - _EXACT) / steps).round(_SHARE_DECIMALS)
    return pd.DataFrame({least.name: lower, most.name: upper})


def _round_beside(
    values: NDArray[np.float64],
    limit: float | NDArray[np.float64],
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
    next_up = np.round((np.floor(limit / step + _EXACT) + 1) * step, decimals)
    next_down = np.round((np.ceil(limit / step - _EXACT) - 1) * step, decimals)
    last = next_down if under else np.round(np.floor(limit / step + _EXACT) * step, decimals)
    over = (values > limit) & (rounded <= limit)
    below = (values < limit) & ((rounded >= limit) if under else (rounded > limit))
    return np.where(over, next_up, np.where(below, last, rounded))
