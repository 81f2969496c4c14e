"""Layouts: a table in the unit codes of one vintage, run against the units of another.

A crosswalk pairs the units of two layouts, by the history of codes or by the
overlap of the polygons, and says of each pair what happened.  Quantities are
divided by it so that totals stay; places are led to the unit they stand in.
`docs/layouts.md` tells it to planners.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import to_planar
from vpvkac.model.territory import NEAR_BORDER_M
from vpvkac.sources.base import Checks
from vpvkac.sources.units import layout_of
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from vpvkac.inputs.crosswalk.history import Lineage
    from vpvkac.model.faults import Fault

COLUMNS = (
    "old", "old_name", "old_municipality", "new", "new_name", "new_municipality", "change",
    "overlap_km2", "share_of_old", "share_of_new",
)  # fmt: skip
# An overlap that is less than this share of both units is a border drawn otherwise.
NOISE_SHARE = 0.02
_SIDES = ("old", "new")


class Recoded(NamedTuple):
    """A table in the codes of the new layout, and the faults found on the way."""

    table: pd.DataFrame
    faults: list[Fault]


def by_overlap(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, *, noise: float = NOISE_SHARE
) -> pd.DataFrame:
    """Pair the units of two layouts by the area they share.

    Parameters
    ----------
    old, new
        Canonical units in EPSG:3059.
    noise
        A pair that is less than this share of both its units is left out.

    Returns
    -------
    crosswalk
        Table of `COLUMNS` sorted by `old` and `new`.  `share_of_old` is the
        part of the old unit's planar area that lies in the new one, as
        measured; both shares are of whole units.
    """
    first, second = old.geometry.to_numpy(), new.geometry.to_numpy()
    i, j = shapely.STRtree(second).query(first, predicate="intersects")
    area = shapely.area(shapely.intersection(first[i], second[j]))
    of_old, of_new = area / shapely.area(first)[i], area / shapely.area(second)[j]
    kept = np.maximum(of_old, of_new) >= noise
    pairs = pd.DataFrame(
        {
            "overlap_km2": area[kept] / 1e6,
            "share_of_old": of_old[kept],
            "share_of_new": of_new[kept],
        }
    )
    for side, units, number in (("old", old, i[kept]), ("new", new, j[kept])):
        pairs[side] = units["unit"].to_numpy(object)[number]
        pairs[f"{side}_name"] = units["unit_name"].to_numpy(object)[number]
        pairs[f"{side}_municipality"] = units["municipality_name"].to_numpy(object)[number]
    return _crosswalk(pairs)


def by_history(lineage: Lineage, source: str, target: str) -> pd.DataFrame:
    """Pair the units of two dates by the history of codes.

    Parameters
    ----------
    source, target
        Dates, `2021-01-01`; either may be the earlier.

    Returns
    -------
    crosswalk
        Table of `COLUMNS`.  The history knows no areas: `overlap_km2` is
        null, and so is the share of a unit that is one of several.
    """
    return _named(lineage, lineage.between(source, target))


def leading_to(lineage: Lineage, codes: pd.Series, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Pair codes that a layout does not know with its units, by the history of codes.

    Returns
    -------
    crosswalk
        Table of `COLUMNS` as of `by_history`; codes that are units of the
        layout, and codes that lead to none, are not in it.
    """
    unknown = codes[(codes != "") & ~codes.isin(units["unit"])].unique()
    return _named(lineage, lineage.leading_to(unknown, set(units["unit"])))


def crosswalk_for(codes: pd.Series, units: gpd.GeoDataFrame, lineage: Lineage) -> pd.DataFrame:
    """Pair the codes of a table with the units of a layout, by the history of codes.

    A table whose codes are all those of one known layout is of that layout,
    so that a code which is in both, but lost a part in between, counts as
    split; the codes of any other table are each led to the units they became.
    """
    source, target = layout_of(codes.tolist()), layout_of(units["unit"].tolist())
    if source and target and source != target:
        return by_history(lineage, source, target)
    return leading_to(lineage, codes, units)


def changes(crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Report what was split, merged, moved to another municipality, or renamed."""
    columns = ["old", "old_name", "new", "new_name", "change"]
    return crosswalk.loc[crosswalk["change"] != "same", columns].reset_index(drop=True)


def reallocate(
    table: pd.DataFrame, crosswalk: pd.DataFrame, quantities: Sequence[str], *, shown: str
) -> Recoded:
    """Carry counts by unit into the new layout; every total stays as it is.

    A merged unit gets the sum; a split one is divided by area, and whole
    numbers stay whole (largest remainder).

    Parameters
    ----------
    table
        Columns `unit`, `row` (physical line) and the quantities; nulls stay nulls.
    quantities
        Columns to carry, integers or floats.
    shown
        The file, for faults.

    Returns
    -------
    moved
        Columns `unit` and the quantities, sorted by `unit`.  Errors: a code
        that the crosswalk does not know; a split whose areas it does not
        know.  Warning: quantities divided by area.
    """
    checks = Checks(shown, table["row"])
    codes = table["unit"]
    _refuse_unknown(checks, codes, crosswalk)
    split = crosswalk[crosswalk["old"].duplicated(keep=False)]
    blind = split.loc[split["share_of_old"].isna(), "old"]
    checks.refuse(
        codes.isin(blind),
        _successors(codes, crosswalk, blind),
        Message("give the units of both layouts, so that it can be divided by area"),
        field="unit",
        values=codes,
    )
    checks.warn(
        codes.isin(split["old"]) & ~codes.isin(blind),
        Message("is a unit that was split; its figures were divided by area"),
        Message("a town's part is usually larger; give figures of the new layout if there are any"),
        field="unit",
        values=codes,
    )
    parts = table.merge(crosswalk[["old", "new", "share_of_old"]], left_on="unit", right_on="old")
    measured = parts["share_of_old"].where(~parts["old"].isin(blind), 0.0).fillna(1.0)
    whole = measured.groupby(parts["row"]).transform("sum")
    share = (measured / whole.where(whole > 0)).to_numpy()
    divided = {name: _divided(parts[name], share, parts["row"]) for name in quantities}
    moved = pd.DataFrame({"unit": parts["new"], **divided})
    sums = moved.groupby("unit", as_index=False).sum(min_count=1)
    return Recoded(sums.astype({name: table[name].dtype for name in quantities}), checks.faults)


def recode_places(
    records: pd.DataFrame, crosswalk: pd.DataFrame, units: gpd.GeoDataFrame, *, shown: str
) -> Recoded:
    """Recode the units of places to the new layout.

    Where a unit was split, the place goes to the part whose polygon holds
    its point, or that is nearest to it within 700 m, as far as generalised
    borders are off.

    Parameters
    ----------
    records
        `sources.base.COLUMNS`; a code that the crosswalk does not know, or
        an empty one, stays as it is.
    units
        Canonical units of the new layout.

    Returns
    -------
    moved
        The records with their new codes.  Error: a place of a split unit
        with no point, or one far from all its parts; the fault names them.
    """
    checks = Checks(shown, records["row"])
    once = crosswalk[~crosswalk["old"].duplicated(keep=False)].set_index("old")["new"]
    codes = records["unit"]
    found = _recoded(codes, once)
    split = crosswalk[crosswalk["old"].duplicated(keep=False)]
    torn = codes.isin(split["old"])
    chosen = _part_holding(records[torn], split, units)
    found = found.mask(torn, chosen.reindex(codes.index).fillna(""))
    lost = torn & (found == "")
    checks.refuse(
        lost,
        _successors(codes, crosswalk, codes[lost]),
        Message("give coordinates or the new code"),
        field="unit",
        values=codes,
    )
    return Recoded(records.assign(unit=found.astype(str)), checks.faults)


def recode_units(records: pd.DataFrame, crosswalk: pd.DataFrame, *, shown: str) -> Recoded:
    """Recode unit codes that stand for the unit itself to the new layout.

    Parameters
    ----------
    records
        `unit` and `row`; a code that the crosswalk does not know stays as it is.

    Returns
    -------
    moved
        The records with their new codes.  Error: a unit was split, and only
        the file's owner knows which part is meant; the fault names the parts.
    """
    checks = Checks(shown, records["row"])
    torn = crosswalk["old"].duplicated(keep=False)
    codes = records["unit"]
    split = codes.isin(crosswalk.loc[torn, "old"])
    checks.refuse(
        split,
        _successors(codes, crosswalk, codes[split]),
        Message("give the new code"),
        field="unit",
        values=codes,
    )
    found = _recoded(codes, crosswalk[~torn].set_index("old")["new"])
    return Recoded(records.assign(unit=found), checks.faults)


def _recoded(codes: pd.Series, once: pd.Series) -> pd.Series:
    """Put the new code in place of each that the crosswalk knows; others stay."""
    known = once.to_dict()
    return pd.Series([known.get(code, code) for code in codes], codes.index, dtype=str)


def _crosswalk(pairs: pd.DataFrame) -> pd.DataFrame:
    """Say what happened to each pair, and bring the table into its form."""
    pairs["change"] = _changes(pairs)
    return pairs.sort_values(["old", "new"], ignore_index=True)[list(COLUMNS)]


def _changes(pairs: pd.DataFrame) -> NDArray[np.object_]:
    """Name the change of each pair; a code alone that is other is no change of the unit."""
    split = pairs["old"].duplicated(keep=False)
    merged = pairs["new"].duplicated(keep=False)
    moved = pairs["old_municipality"] != pairs["new_municipality"]
    renamed = pairs["old_name"] != pairs["new_name"]
    return np.select([split, merged, moved, renamed], ["split", "merged", "moved", "renamed"],
                     "same").astype(object)  # fmt: skip


def _named(lineage: Lineage, pairs: pd.DataFrame) -> pd.DataFrame:
    """Make a crosswalk of pairs of records."""
    records = lineage.records
    names = records.drop_duplicates("code", keep="last").set_index("code")["name"]
    for side in _SIDES:
        of_side = records.iloc[pairs[side].to_numpy(np.int64)]
        pairs[f"{side}_name"] = of_side["name"].to_numpy(object)
        parents = of_side["parent"].map(names).fillna(of_side["parent"])
        pairs[f"{side}_municipality"] = parents.to_numpy(object)
        pairs[side] = of_side["code"].to_numpy(object)
    pairs = pairs.drop_duplicates(list(_SIDES)).reset_index(drop=True)
    for side in _SIDES:
        alone = ~pairs[side].duplicated(keep=False)
        pairs[f"share_of_{side}"] = np.where(alone, 1.0, np.nan)
    pairs["overlap_km2"] = np.nan
    return _crosswalk(pairs)


def _refuse_unknown(checks: Checks, codes: pd.Series, crosswalk: pd.DataFrame) -> None:
    checks.refuse(
        ~codes.isin(crosswalk["old"]),
        Message("is no unit of the table's layout"),
        Message("check the code, and the layout's date"),
        field="unit",
        values=codes,
    )


def _successors(codes: pd.Series, crosswalk: pd.DataFrame, of: pd.Series) -> Text:
    """Say which units the first of the codes went into."""
    first = codes[codes.isin(of)].head(1)
    parts = crosswalk[crosswalk["old"].isin(first)]
    named = ", ".join(parts["new"] + " " + parts["new_name"])
    return Message("was split into {named}", named=named)


def _divided(values: pd.Series, share: NDArray[np.float64], row: pd.Series) -> pd.Series:
    """Divide the values of each row by its shares; whole numbers by the largest remainder."""
    exact = values.astype("Float64") * share
    if not pd.api.types.is_integer_dtype(values.dtype):
        return exact
    # What is whole but for the last bit of the float is whole.
    least = (exact + 1e-9) // 1
    missing = values.astype("Float64") - least.groupby(row).transform("sum")
    place = (exact - least).groupby(row).rank(method="first", ascending=False)
    whole: pd.Series = least + (place <= missing).astype("Float64")
    return whole


def _part_holding(records: pd.DataFrame, split: pd.DataFrame, units: gpd.GeoDataFrame) -> pd.Series:
    """Find for each record the part of its old unit that holds its point; index of the records."""
    known = records[["lat", "lon"]].notna().all(axis=1) & (records[["lat", "lon"]] != 0).any(axis=1)
    placed = records.loc[known, ["unit", "lat", "lon"]]
    pairs = placed.reset_index(names="place").merge(
        split[["old", "new"]], left_on="unit", right_on="old"
    )
    points = shapely.points(*to_planar(pairs["lat"], pairs["lon"]))
    shapes = units.set_index("unit").geometry.reindex(pairs["new"]).to_numpy()
    pairs["away"] = shapely.distance(points, shapes)
    near = pairs[pairs["away"] <= NEAR_BORDER_M].sort_values(["place", "away", "new"])
    return near.drop_duplicates("place").set_index("place")["new"]
