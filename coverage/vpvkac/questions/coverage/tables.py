"""The output tables: the result's tables with the columns and the precision that files show.

Rounding never crosses a decision: a distance beyond the threshold does not
show as at or under it, a share below its target not as met (DESIGN.md,
"Distance").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis import (
    catchment,
    clusters,
    coverage,
    criteria,
    decisions,
    gaps,
    network,
    published_figures,
    rollout,
    service,
)
from vpvkac.sources.suitability import REQUIREMENTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.questions.coverage.result import Result
    from vpvkac.questions.coverage.result import Result as Findings

PLACE_COLUMNS = (
    "place", "host", "name", "address", "unit", "municipality", "owner", "status", "chosen",
    "hours", "phone", "email", "located_by", "located_within_m", "score", "near_border", "lat",
    "lon", "stop", "stop_name", "distance_m", "walk_min", "within", "uncertain", "distance_all_m",
    *REQUIREMENTS, *service.COLUMNS,
)  # fmt: skip
STOP_COLUMNS = (
    "stop", "stop_name", "feed", "regional", "modes", "visits", "unit", "in_set", "lat", "lon",
)  # fmt: skip


def _with_texts(columns: tuple[str, ...], after: str, *texts: str) -> tuple[str, ...]:
    place = columns.index(after) + 1
    return (*columns[:place], *texts, *columns[place:])


_FOLLOWED = (*clusters.GAP_COLUMNS, *decisions.GAP_COLUMNS)
# The CSV outputs, in DESIGN.md's order, and what identifies a row.
COLUMNS: dict[str, tuple[str, ...]] = {
    "summary": criteria.COLUMNS,
    "network": (*network.COLUMNS, *service.COLUMNS, *catchment.POINT_COLUMNS),
    "places": PLACE_COLUMNS,
    "units": coverage.UNIT_COLUMNS,
    "municipalities": coverage.MUNICIPALITY_COLUMNS,
    "gaps_access": (*_with_texts(gaps.ACCESS_COLUMNS, "remedy", "reason"), *_FOLLOWED),
    "gaps_service": (
        *_with_texts(gaps.SERVICE_COLUMNS, "remedy", "reason"),
        *decisions.GAP_COLUMNS,
    ),
    "gaps_coverage": (*_with_texts(gaps.COVERAGE_COLUMNS, "remedy", "reason"), *_FOLLOWED),
    "gaps_municipalities": (
        *_with_texts(gaps.MUNICIPALITY_COLUMNS, "remedy", "reason"),
        *decisions.MUNICIPALITY_COLUMNS,
    ),
    "hosts": coverage.HOSTS_COLUMNS,
    "residents": catchment.COLUMNS,
    "published": _with_texts(
        _with_texts(published_figures.COLUMNS, "figure", "section"),
        "difference",
        "basis",
        "reason",
        "name",
    ),
    "gap_clusters": _with_texts(clusters.COLUMNS, "extent_m", "reason"),
    "follow_up": decisions.COLUMNS,
    "progress": rollout.COLUMNS,
}
KEYS: dict[str, tuple[str, ...]] = {
    "summary": ("criterion", "measure"),
    "network": ("unit",),
    "places": ("place",),
    "units": ("unit",),
    "municipalities": ("municipality",),
    "gaps_access": ("place",),
    "gaps_service": ("place",),
    "gaps_coverage": ("unit",),
    "gaps_municipalities": ("municipality",),
    "hosts": ("hosts",),
    "residents": ("measure", "points"),
    "published": ("figure",),
    "gap_clusters": ("cluster",),
    "follow_up": ("row",),
    "progress": ("municipality",),
}
DISTANCE_DECIMALS, SHARE_DECIMALS, DEGREE_DECIMALS, AREA_DECIMALS = 1, 4, 7, 3
# Guards floor and ceiling against the binary error of a decimal limit.
_EXACT = 1e-6
_TO_STOP = ("distance_m", "distance_all_m", "alt_distance_m")
DECIMALS = {
    **dict.fromkeys(
        (*_TO_STOP, "over_m", "nearest_m", "located_within_m", "extent_m"), DISTANCE_DECIMALS
    ),
    **dict.fromkeys(
        ("units_share", "within_share", "chosen_within_share", "existing_share"), SHARE_DECIMALS
    ),
    **dict.fromkeys(("share", "share_least", "share_most"), SHARE_DECIMALS),
    **dict.fromkeys(("lat", "lon"), DEGREE_DECIMALS),
    "area_km2": AREA_DECIMALS,
    "walk_min": 1,
    "score": 1,
}


def written(result: Result) -> dict[str, tuple[str, ...]]:
    """Give the CSV outputs of a run and their columns.

    Nothing is published of synthetic data; residents are there where they are given.
    """
    without = {"published": result.synthetic, "residents": result.residents.empty}
    return {name: columns for name, columns in COLUMNS.items() if not without.get(name)}


def exact(result: Findings) -> dict[str, pd.DataFrame]:
    """Give the output tables at full precision, for pages and workbooks, which round once.

    Returns
    -------
    tables
        By name: those of `COLUMNS`, and `stops` with `STOP_COLUMNS`.  Those
        with a geometry keep it.
    """
    columns = COLUMNS | {"stops": STOP_COLUMNS}
    return {name: _selected(getattr(result, name), columns[name]) for name in columns}


def shown(result: Findings) -> dict[str, pd.DataFrame]:
    """Give the tables of `exact` as CSV files and the GeoPackage show them."""
    threshold = result.threshold_m
    tables = {name: rounded(table, threshold) for name, table in exact(result).items()}
    tables["summary"]["value"] = _shown_values(result.summary)
    tables["summary"][["least", "most"]] = _shown_band(result.summary)
    tables["residents"][["share_least", "share_most"]] = _outwards(
        result.residents["share_least"], result.residents["share_most"]
    )
    tables["published"] = _compared(tables["published"], threshold)
    return tables


def shown_distance(metres: pd.Series, threshold_m: float) -> pd.Series:
    """Round distances to 0.1 m; what is beyond the threshold stays beyond it, and the reverse."""
    values = metres.to_numpy(float, na_value=np.nan)
    return pd.Series(
        _round_beside(values, np.full(len(values), threshold_m), DISTANCE_DECIMALS), metres.index
    )


def _selected(table: pd.DataFrame, columns: tuple[str, ...]) -> pd.DataFrame:
    geometry = [name for name in ("geometry",) if name in table]
    return table[[*columns, *geometry]]


def rounded(table: pd.DataFrame, threshold_m: float) -> pd.DataFrame:
    """Give a table with the decimals that files show."""
    table = table.copy()
    for column in table.columns.intersection(pd.Index(DECIMALS)):
        if column in _TO_STOP:
            table[column] = shown_distance(table[column], threshold_m)
        else:
            table[column] = table[column].astype(float).round(DECIMALS[column])
    if "over_m" in table:
        table["over_m"] = (table["distance_m"] - threshold_m).round(DISTANCE_DECIMALS)
    return table


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
