"""Who is worst off: how far the last residents live from a point, and where a standard fails.

A mean, or a Gini alone, would not show it: the index rises while everyone gains, if some gain more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.catchment import point_sets, shares_within
from vpvkac.geo.nearest import Targets
from vpvkac.model.tables import TABLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.analysis.network import Network
    from vpvkac.analysis.reach import ThereAndBack

ALL, OFFLINE = "all", "offline"
PERCENTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
_LEVELS: tuple[list[str], ...] = ([], ["kind"], ["municipality", "municipality_name"])
_OF_UNIT = ["unit", "kind", "municipality", "municipality_name"]
YES, NO, UNKNOWN = "yes", "no", "unknown"


def worst_off(result: Network, reach: ThereAndBack | None) -> pd.DataFrame:
    """Give how far residents live and how long they are away: the median, 90 % and 99 %.

    Columns of `worst_off`: the country, each kind of unit and each municipality,
    for open centres and for every point, of all residents and of those who use no
    internet.  The percentile is the least distance up to which so many live.  Of minutes it
    is of all residents, null where it falls among those who cannot go.
    """
    rows = [] if result.living is None else list(_rows(result, reach))
    names = list(TABLES["worst_off"].names)
    table = _joined(rows, names)
    texts = [name for name in names[:5] if name != "residents"]
    table[texts] = table[texts].fillna("")
    counts = dict.fromkeys(("residents", "minutes_p50", "minutes_p90", "minutes_p99"), "Int64")
    distances = {f"distance_{name}": float for name in PERCENTILES}
    return table.astype({**counts, **distances, "none_share": float})


def _rows(result: Network, reach: ThereAndBack | None) -> list[pd.DataFrame]:
    cells = result.living.cells  # type: ignore[union-attr]
    of_unit = result.units[_OF_UNIT]
    homes = cells[["unit", "population"]].merge(of_unit, on="unit")
    tables = []
    for points, targets in point_sets(result.network).items():
        away = np.full(len(cells), np.nan)
        if len(targets):
            found = Targets(targets["lat"], targets["lon"]).nearest(cells["lat"], cells["lon"])
            away = found.distance_m
        ways = None
        if reach is not None and (reach.homes["points"] == points).any():
            ways = reach.homes[reach.homes["points"] == points].merge(of_unit, on="unit")
        for people, share in _people(result).items():
            weight = homes["population"] * homes["unit"].map(share)
            tables += [
                _percentiles(homes, away, weight, ways, share, keys).assign(
                    people=people, points=points
                )
                for keys in _LEVELS
            ]
    return tables


def _people(result: Network) -> dict[str, pd.Series]:
    """Give what part of the residents of each unit is meant."""
    units = result.units.set_index("unit")
    people = {ALL: pd.Series(1.0, units.index)}
    if units["offline"].notna().any():
        share = units["offline"] / units["population"].where(units["population"] > 0)
        people[OFFLINE] = share.fillna(0.0).astype(float)
    return people


def _percentiles(
    homes: pd.DataFrame, away: NDArray[np.float64], weight: pd.Series,
    ways: pd.DataFrame | None, share: pd.Series, keys: list[str],
) -> pd.DataFrame:  # fmt: skip
    """Measure one group of people by some keys; without any all together."""
    group, table = _groups(homes, keys)
    table["residents"] = np.bincount(group, weight, len(table)).round().astype(np.int64)
    for name, part in PERCENTILES.items():
        values = weighted_quantiles(group, away, weight.to_numpy(float), part, len(table))
        table[f"distance_{name}"] = values
    if ways is None:
        return table
    group, found = _groups(ways, keys)
    weights = (ways["residents"] * ways["unit"].map(share)).to_numpy(float)
    minutes = ways["minutes"].to_numpy(float, na_value=np.inf)
    for name, part in PERCENTILES.items():
        values = weighted_quantiles(group, minutes, weights, part, len(found))
        found[f"minutes_{name}"] = np.where(np.isinf(values), np.nan, values)
    with np.errstate(invalid="ignore"):
        total = np.bincount(group, weights, len(found))
        found["none_share"] = np.bincount(group, weights * np.isinf(minutes), len(found)) / total
    return table.merge(found, how="left") if keys else pd.concat([table, found], axis=1)


def _groups(homes: pd.DataFrame, keys: list[str]) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Give each home the number of its group, and the groups."""
    if not keys:
        return np.zeros(len(homes), np.int64), pd.DataFrame(index=range(1))
    grouped = homes.groupby(keys, sort=True)
    return np.asarray(grouped.ngroup(), np.int64), grouped.size().reset_index()[keys]


def weighted_quantiles(
    group: NDArray[np.int64], values: NDArray[np.float64], weights: NDArray[np.float64],
    share: float, size: int,
) -> NDArray[np.float64]:  # fmt: skip
    """Give for each group the least value up to which a share of its weight lies, else NaN."""
    order = np.lexsort((values, group))
    sums = np.bincount(group, weights, minlength=size)
    before = np.cumsum(sums) - sums
    at = np.searchsorted(np.cumsum(weights[order]), before + share * sums * (1 - 1e-12))
    quantiles = np.full(size, np.nan)
    quantiles[sums > 0] = values[order][at[sums > 0]]
    return quantiles


def judge_standards(result: Network) -> pd.DataFrame:
    """Hold the country and every municipality to the project's ladder of standards.

    Columns of `standards`, no row without a ladder or without residents.  `met`
    is unknown where the band of the share holds the target, and where the
    residents of a unit are not known.  Of residents by unit those of a unit
    partly within the distance could all be, or none.
    """
    names = list(TABLES["standards"].names)
    ladder, living = result.project.standards, result.living
    rows: list[pd.DataFrame] = []
    if ladder and living is not None:
        radii = [1000 * standard.km for standard in ladder]
        for points, targets in point_sets(result.network).items():
            shares = shares_within(living, result.inputs.territory.units, targets, radii)
            for standard, share in zip(ladder, shares, strict=True):
                floor = np.nan if standard.floor is None else standard.floor
                rows += [
                    _shares(result, share, keys).assign(
                        km=standard.km, points=points, required=required
                    )
                    for keys, required in (
                        (_LEVELS[0], standard.share),
                        (_LEVELS[2], floor),
                    )
                ]
    table = _joined(rows, names)
    numbers = ["km", "share", "share_least", "share_most", "required"]
    table = table.astype({**dict.fromkeys(numbers, float), "residents": "Int64"})
    texts = ["municipality", "municipality_name"]
    table[texts] = table[texts].fillna("")
    met, missed = table["share_least"] >= table["required"], table["share_most"] < table["required"]
    table["met"] = np.select([table["required"].isna(), met, missed], ["", YES, NO], UNKNOWN)
    return table[names]


def _joined(rows: list[pd.DataFrame], names: list[str]) -> pd.DataFrame:
    """Join tables in one of these columns, which is there where no table is."""
    joined = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame()
    return joined.reindex(columns=names)


def _shares(result: Network, share: NDArray[np.float64], keys: list[str]) -> pd.DataFrame:
    """Give the residents by some keys, and which share of them is within the distance."""
    cells, of_unit = result.living.cells, result.units[_OF_UNIT]  # type: ignore[union-attr]
    group, table = _groups(cells[["unit"]].merge(of_unit, on="unit"), keys)
    # Whole cells, or the units that are so wholly or in part.
    some, wholly = np.ceil(share), np.floor(share)

    def total(name: str, part: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.bincount(group, cells[name].to_numpy(float) * part, len(table))
        return np.asarray(sums, float)

    table["residents"] = total("population", np.ones(len(cells)))
    least, most = total("population_least", wholly), total("population_most", some)
    with np.errstate(invalid="ignore"):
        table["share"] = total("population", share) / table["residents"]
        table["share_least"] = least / (least + total("population_most", 1 - wholly))
        table["share_most"] = most / (most + total("population_least", 1 - some))
    unknown = result.units[result.units["population"].isna()]
    is_unknown = np.full(len(table), len(unknown) > 0)
    if keys:
        is_unknown = table["municipality"].isin(unknown["municipality"]).to_numpy(bool)
    table.loc[is_unknown, ["share", "share_least", "share_most"]] = np.nan
    return table.assign(residents=table["residents"].round())
