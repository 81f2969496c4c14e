"""Crosswalk: tables in the unit codes of another year recoded to the units of this one.

By the history of unit codes (ATVK), or by a file of the units they belong to, whose overlap
with these units is measured; what is certain of single codes needs neither.
`docs/layouts.md` tells it to planners.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import to_planar
from vpvkac.model.territory import NEAR_BORDER_M
from vpvkac.sources.base import Checks
from vpvkac.sources.layouts import layout_of
from vpvkac.sources.units import read_atvk, read_units
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.model.faults import Fault
    from vpvkac.model.project import Input
    from vpvkac.sources.base import Reading


CHANGE_COLUMNS = ("old", "old_name", "new", "new_name", "change")
COLUMNS = (
    "old", "old_name", "old_municipality", "new", "new_name", "new_municipality", "change",
    "overlap_km2", "share_of_old", "share_of_new",
)  # fmt: skip
# What is certain of single codes: towns cut from a parish, to which they belong in a layout
# before (2022-07-01; Carnikava 2026-08-22), and Varakļāni, which changed its municipality on
# 2025-07-01.  What became of its two parishes only the history of codes can tell.
_TOWNS = (
    ("LV0020220", "Koknese", "LV0020470", "Kokneses pagasts", "Aizkraukles novads"),
    ("LV0034220", "Ķekava", "LV0034421", "Ķekavas pagasts", "Ķekavas novads"),
    ("LV0023200", "Ādaži", "LV0023401", "Ādažu pagasts", "Ādažu novads"),
    ("LV0025210", "Iecava", "LV0025460", "Iecavas pagasts", "Bauskas novads"),
    ("LV0039200", "Mārupe", "LV0039411", "Mārupes pagasts", "Mārupes novads"),
    ("LV0023210", "Carnikava", "LV0023410", "Carnikavas pagasts", "Ādažu novads"),
)
_VARAKLANI = (
    ("LV0055200", "Varakļāni", "Varakļānu novads"), ("LV0038231", "Varakļāni", "Madonas novads")
)  # fmt: skip
_CERTAIN = pd.DataFrame(
    [
        *((town, name, novads, parish, parish_name, novads, "merged")
          for town, name, parish, parish_name, novads in _TOWNS),
        (*_VARAKLANI[0], *_VARAKLANI[1], "moved"),
        (*_VARAKLANI[1], *_VARAKLANI[0], "moved"),
    ],
    columns=list(COLUMNS[:7]),
).assign(overlap_km2=np.nan, share_of_old=1.0, share_of_new=np.nan)  # fmt: skip
# An overlap that is less than this share of both units is a border drawn otherwise.
NOISE_SHARE = 0.02
_HISTORY_ENDINGS = {".csv", ".txt"}
# A period ends on its last day, or on the first day of the next: both are met.
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Lineage:
    """The history of codes (`sources.atvk.COLUMNS`, sorted by code and begin), indexed.

    A change is known from either side: a record names its successors, or its successor names
    it.  Both are taken, so that one side's omission loses nothing.
    """

    records: pd.DataFrame

    @cached_property
    def edges(self) -> pd.DataFrame:
        """Changes: `earlier` and `later` record number, and the `date` of the change."""
        found = pd.concat([self._by_successors(), self._by_predecessors(), self._by_versions()])
        found = found[found["earlier"] != found["later"]].drop_duplicates(["earlier", "later"])
        begin = self.records["begin"].to_numpy()
        found["date"] = np.fmax(begin[found["later"]],
                                self.records["end"].to_numpy()[found["earlier"]])  # fmt: skip
        # What would lead back in time is an error of the file.
        forward = found["date"] >= begin[found["earlier"]]
        return found[forward.to_numpy(bool)].reset_index(drop=True)

    def _units(self, date: str) -> NDArray[np.bool_]:
        """Tell which records are units on a date: in force, with no other unit inside."""
        day, end = pd.Timestamp(date), self.records["end"]
        in_force = (self.records["begin"] <= day) & (end.isna() | (end > day))
        parents = self.records.loc[in_force, "parent"]
        return (in_force & ~self.records["code"].isin(parents)).to_numpy(bool)

    def between(self, source: str, target: str) -> pd.DataFrame:
        """Pair the units of two dates, either of which may be the earlier.

        Gives record numbers `old` and `new`; a unit that leads nowhere is in no pair.
        """
        first, last = min(source, target), max(source, target)
        within = (self.edges["date"] > first) & (self.edges["date"] <= last)
        start = np.flatnonzero(self._units(first))
        pairs = self._reach(start, self._units(last), self.edges[within])
        return pairs if source <= target else pairs.rename(columns={"old": "new", "new": "old"})

    def leading_to(self, codes: ArrayLike, known: Collection[str]) -> pd.DataFrame:
        """Lead codes of unknown date to known ones: by what they became, else by what they were.

        Gives record numbers `old` and `new`; a code that leads nowhere is in no pair.
        """
        code = self.records["code"]
        stop = code.isin(known).to_numpy(bool)
        wanted = code.isin(np.asarray(codes, object))
        latest = self.records[wanted].drop_duplicates("code", keep="last").index
        later = self._reach(latest.to_numpy(), stop, self.edges, through=False)
        left = self.records[wanted & ~code.isin(code.to_numpy()[later["old"]])]
        earliest = left.drop_duplicates("code", keep="first").index
        backward = self.edges.rename(columns={"earlier": "later", "later": "earlier"})
        earlier = self._reach(earliest.to_numpy(), stop, backward, through=False, back=True)
        return pd.concat([later, earlier], ignore_index=True)

    def _reach(
        self,
        start: NDArray[np.int64],
        stop: NDArray[np.bool_],
        edges: pd.DataFrame,
        *,
        through: bool = True,
        back: bool = False,
    ) -> pd.DataFrame:
        """Follow changes in the order of time to the records wanted (`stop`).

        Each way ends, since no step is taken twice.  `through` goes on from a record that is
        wanted, which may live on and lose a part.
        """
        none = pd.Timestamp.max if back else pd.Timestamp.min
        ways = pd.DataFrame({"old": start, "new": start, "since": none}).astype(
            {"since": edges["date"].dtype}
        )
        new_ways = ways
        while len(new_ways):
            going = new_ways if through else new_ways[~stop[new_ways["new"]]]
            steps = going.merge(edges, left_on="new", right_on="earlier")
            in_order = steps["date"] <= steps["since"] if back else steps["date"] >= steps["since"]
            taken = steps.loc[in_order, ["old", "later", "date"]].set_axis(ways.columns, axis=1)
            before = len(ways)
            ways = pd.concat([ways, taken], ignore_index=True).drop_duplicates()
            new_ways = ways.iloc[before:]
        wanted = ways[stop[ways["new"]]]
        return wanted[["old", "new"]].drop_duplicates().reset_index(drop=True)

    def _by_successors(self) -> pd.DataFrame:
        """Find the record of each successor named: in force when the period ends, else next."""
        named = self._named("successors")
        ended = self.records["end"].to_numpy()[named["number"]]
        begun = self.records["begin"].to_numpy()[named["number"]]
        # A unit that lives on names those cut from it later.
        named["at"] = np.where(np.isnat(ended), begun + _DAY, ended)
        then = self._asof(named, named["at"] + _DAY, "backward")
        end = self.records["end"].reindex(then).to_numpy()
        holds = (then >= 0) & (np.isnat(end) | (end > named["at"].to_numpy()))
        holds &= ~np.isnat(ended)
        following = self._asof(named, named["at"] + _DAY, "forward")
        later = np.where(holds, then, np.where(following >= 0, following, then))
        return pd.DataFrame({"earlier": named["number"], "later": later})[later >= 0]

    def _by_predecessors(self) -> pd.DataFrame:
        """Find the record of each predecessor named: the last that began before."""
        named = self._named("predecessors")
        begun = self.records["begin"].to_numpy()[named["number"]]
        earlier = self._asof(named, pd.Series(begun) - _DAY, "backward")
        return pd.DataFrame({"earlier": earlier, "later": named["number"]})[earlier >= 0]

    def _by_versions(self) -> pd.DataFrame:
        """Join the versions of one code that follow without a break."""
        code = self.records["code"].to_numpy()
        end, begin = self.records["end"].to_numpy()[:-1], self.records["begin"].to_numpy()[1:]
        follows = (code[:-1] == code[1:]) & (np.isnat(end) | (begin - end <= _DAY.to_numpy()))
        number = np.flatnonzero(follows)
        return pd.DataFrame({"earlier": number, "later": number + 1})

    def _named(self, column: str) -> pd.DataFrame:
        """Give the codes named in a column: the record's `number` and the `code`."""
        lists = self.records[column].str.split().explode().dropna()
        return pd.DataFrame({"number": lists.index.to_numpy(), "code": lists.to_numpy(object)})

    def _asof(self, named: pd.DataFrame, at: pd.Series, direction: str) -> NDArray[np.int64]:
        """Find the record of each code that begins last until a day, or first from it; -1: none."""
        records = self.records[["code", "begin"]].assign(found=np.arange(len(self.records)))
        wanted = pd.DataFrame({"code": named["code"].astype(str), "at": at.to_numpy()})
        wanted["at"] = wanted["at"].astype(records["begin"].dtype)
        wanted["order"] = np.arange(len(wanted))
        found = pd.merge_asof(
            wanted.sort_values("at"),
            records.sort_values("begin"),
            left_on="at",
            right_on="begin",
            by="code",
            direction=direction,  # type: ignore[arg-type]
        )
        return found.sort_values("order")["found"].fillna(-1).to_numpy(np.int64)


class Recoded(NamedTuple):
    """A table in the codes of the new layout, and the faults found on the way."""

    table: pd.DataFrame
    faults: list[Fault]


def by_overlap(
    old: gpd.GeoDataFrame, new: gpd.GeoDataFrame, *, noise: float = NOISE_SHARE
) -> pd.DataFrame:
    """Pair the units of two layouts (EPSG:3059) by the area they share, at least `noise` of one.

    Gives `COLUMNS` sorted by `old` and `new`; `share_of_old` is the part of the old unit's
    planar area that lies in the new one, as measured, of whole units.
    """
    first, second = old.geometry.to_numpy(), new.geometry.to_numpy()
    i, j = shapely.STRtree(second).query(first, predicate="intersects")
    area = shapely.area(shapely.intersection(first[i], second[j]))
    of_old, of_new = area / shapely.area(first)[i], area / shapely.area(second)[j]
    pairs = pd.DataFrame(
        {"overlap_km2": area / 1e6, "share_of_old": of_old, "share_of_new": of_new}
    )
    for side, units, number in (("old", old, i), ("new", new, j)):
        pairs[side] = units["unit"].to_numpy(object)[number]
        pairs[f"{side}_name"] = units["unit_name"].to_numpy(object)[number]
        pairs[f"{side}_municipality"] = units["municipality_name"].to_numpy(object)[number]
    return _with_changes(pairs[np.maximum(of_old, of_new) >= noise].copy())


def by_history(lineage: Lineage, source: str, target: str) -> pd.DataFrame:
    """Pair the units of two dates (`2021-01-01`; either may be the earlier), by the history.

    Gives `COLUMNS`.  The history knows no areas: `overlap_km2` is null, and so is the share
    of a unit that is one of several.
    """
    return _of_records(lineage.records, lineage.between(source, target))


def leading_to(lineage: Lineage, codes: pd.Series, units: gpd.GeoDataFrame) -> pd.DataFrame:
    """Pair codes that a layout does not know with its units, as `by_history`.

    Codes that are units of the layout, and codes that lead to none, are not in it.
    """
    unknown = codes[(codes != "") & ~codes.isin(units["unit"])].unique()
    return _of_records(lineage.records, lineage.leading_to(unknown, set(units["unit"])))


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
    report = crosswalk.loc[crosswalk["change"] != "same", list(CHANGE_COLUMNS)]
    return report.reset_index(drop=True)


def _of_records(records: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Make a crosswalk of pairs of records."""
    names = records.drop_duplicates("code", keep="last").set_index("code")["name"]
    for side in ("old", "new"):
        of_side = records.iloc[pairs[side].to_numpy(np.int64)]
        pairs[f"{side}_name"] = of_side["name"].to_numpy(object)
        parents = of_side["parent"].map(names).fillna(of_side["parent"])
        pairs[f"{side}_municipality"] = parents.to_numpy(object)
        pairs[side] = of_side["code"].to_numpy(object)
    pairs = pairs.drop_duplicates(["old", "new"]).reset_index(drop=True)
    for side in ("old", "new"):
        several = pairs[side].duplicated(keep=False)
        pairs[f"share_of_{side}"] = np.where(several, np.nan, 1.0)
    pairs["overlap_km2"] = np.nan
    return _with_changes(pairs)


def _with_changes(pairs: pd.DataFrame) -> pd.DataFrame:
    """Say what happened to each pair; a code alone that is other is no change of the unit."""
    split, merged = (pairs[side].duplicated(keep=False) for side in ("old", "new"))
    moved = pairs["old_municipality"] != pairs["new_municipality"]
    renamed = pairs["old_name"] != pairs["new_name"]
    names = ["split", "merged", "moved", "renamed"]
    pairs["change"] = np.select([split, merged, moved, renamed], names, "same").astype(object)
    return pairs.sort_values(["old", "new"], ignore_index=True)[list(COLUMNS)]


def reallocate(
    table: pd.DataFrame, crosswalk: pd.DataFrame, quantities: Sequence[str], *, shown: str
) -> Recoded:
    """Carry counts by unit (`unit`, `row`, quantities) into the new layout; totals stay.

    A merged unit gets the sum; a split one is divided by area, with a warning, and whole
    numbers stay whole (largest remainder).  Errors: a code that the crosswalk does not know;
    a split whose areas it does not know.
    """
    checks = Checks(shown, table["row"])
    codes = table["unit"]
    problem = Message("is not a unit in the table's layout")
    remedy = Message("check the code, and the layout's date")
    checks.refuse(~codes.isin(crosswalk["old"]), problem, remedy, field="unit", values=codes)
    split = crosswalk[crosswalk["old"].duplicated(keep=False)]
    blind = split.loc[split["share_of_old"].isna(), "old"]
    remedy = Message("give the units of both layouts, so that it can be divided by area")
    _refuse_split(checks, codes, crosswalk, codes.isin(blind), remedy)
    problem = Message("is a unit that was split; its figures were divided by area")
    remedy = Message(
        "a town's part is usually larger; give figures of the new layout if there are any"
    )
    divided = codes.isin(split["old"]) & ~codes.isin(blind)
    checks.warn(divided, problem, remedy, field="unit", values=codes)
    parts = table.merge(crosswalk[["old", "new", "share_of_old"]], left_on="unit", right_on="old")
    measured = parts["share_of_old"].where(~parts["old"].isin(blind), 0.0).fillna(1.0)
    whole = measured.groupby(parts["row"]).transform("sum")
    share = (measured / whole.where(whole > 0)).to_numpy()
    carried = {name: _divided(parts[name], share, parts["row"]) for name in quantities}
    moved = pd.DataFrame({"unit": parts["new"], **carried})
    sums = moved.groupby("unit", as_index=False).sum(min_count=1)
    return Recoded(sums.astype({name: table[name].dtype for name in quantities}), checks.faults)


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


def recode_places(
    records: pd.DataFrame, crosswalk: pd.DataFrame, units: gpd.GeoDataFrame, *, shown: str
) -> Recoded:
    """Recode the units of places; a code that the crosswalk does not know stays as it is.

    Where a unit was split, the place goes to the part whose polygon holds its point, or that
    is nearest to it within 700 m, as far as generalised borders are off.  Error: a place of a
    split unit with no point, or one far from all its parts.
    """
    checks = Checks(shown, records["row"])
    codes = records["unit"]
    split = crosswalk[crosswalk["old"].duplicated(keep=False)]
    torn = codes.isin(split["old"])
    chosen = _part_holding(records[torn], split, units)
    recoded = _recoded(codes, crosswalk).mask(torn, chosen.reindex(codes.index).fillna(""))
    remedy = Message("give coordinates or the new code")
    _refuse_split(checks, codes, crosswalk, torn & (recoded == ""), remedy)
    return Recoded(records.assign(unit=recoded.astype(str)), checks.faults)


def recode_units(records: pd.DataFrame, crosswalk: pd.DataFrame, *, shown: str) -> Recoded:
    """Recode codes that stand for the unit itself; one that the crosswalk does not know stays.

    Error: a unit was split, and only the file's owner knows which part is meant.
    """
    checks = Checks(shown, records["row"])
    codes = records["unit"]
    split = codes.isin(crosswalk.loc[crosswalk["old"].duplicated(keep=False), "old"])
    _refuse_split(checks, codes, crosswalk, split, Message("give the new code"))
    return Recoded(records.assign(unit=_recoded(codes, crosswalk)), checks.faults)


def _recoded(codes: pd.Series, crosswalk: pd.DataFrame) -> pd.Series:
    """Put the new code in place of each that became one unit; others stay."""
    once = crosswalk[~crosswalk["old"].duplicated(keep=False)]
    known = dict(zip(once["old"], once["new"], strict=True))
    return pd.Series([known.get(code, code) for code in codes], codes.index, dtype=str)


def _refuse_split(
    checks: Checks, codes: pd.Series, crosswalk: pd.DataFrame, split: pd.Series, remedy: Text
) -> None:
    """Refuse the codes of split units; say which units the first of them went into."""
    parts = crosswalk[crosswalk["old"].isin(codes[split].head(1))]
    named = ", ".join(parts["new"] + " " + parts["new_name"])
    problem = Message("was split into {named}", named=named)
    checks.refuse(split, problem, remedy, field="unit", values=codes)


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


def read_crosswalk(source: Input) -> Reading:
    """Read the history of codes (CSV), or the units of another layout (geodata)."""
    return read_atvk(source) if _is_history(source) else read_units(source)


def _is_history(source: Input) -> bool:
    return source.path.suffix.lower() in _HISTORY_ENDINGS


@dataclass(frozen=True)
class Crosswalk:
    """The way from other codes to these units: by a history, by units of another layout, or none.

    What is certain of single codes is known without either.
    """

    units: gpd.GeoDataFrame
    lineage: Lineage | None = None
    others: gpd.GeoDataFrame | None = None

    @classmethod
    def of(cls, units: gpd.GeoDataFrame, source: Input, table: gpd.GeoDataFrame) -> Crosswalk:
        """Make one of what `read_crosswalk` gave for an input."""
        if _is_history(source):
            return cls(units, lineage=Lineage(table))
        return cls(units, others=table)

    def pairs(self, codes: pd.Series) -> pd.DataFrame:
        """Pair the codes of a table with these units (`COLUMNS`).

        Codes that are units of this layout are not in it, unless the table is
        of one known layout as a whole.
        """
        known = set(self.units["unit"])
        distinct = set(codes.unique())
        pairs = _CERTAIN.iloc[:0]
        if self.lineage is not None:
            pairs = crosswalk_for(codes, self.units, self.lineage)
        elif self._overlap is not None and distinct - known - {""}:
            pairs = self._overlap
        left = distinct - known - set(pairs["old"])
        certain = _CERTAIN[_CERTAIN["old"].isin(left) & _CERTAIN["new"].isin(known)]
        if certain.empty:
            return pairs
        return pd.concat([pairs, certain][pairs.empty :]).sort_values(
            ["old", "new"], ignore_index=True
        )

    @cached_property
    def _overlap(self) -> pd.DataFrame | None:
        return None if self.others is None else by_overlap(self.others, self.units)

    def recoded(self, codes: pd.Series) -> pd.Series:
        """Put the new code in place of each that became one unit; others stay."""
        return _recoded(codes, self.pairs(codes))

    def recode_places(self, records: pd.DataFrame, shown: str) -> tuple[Recoded, pd.DataFrame]:
        """Recode the units of places; give the changes met on the way too."""
        crosswalk = self.pairs(records["unit"])
        moved = recode_places(records, crosswalk, self.units, shown=shown)
        return moved, _met(crosswalk, records["unit"])

    def recode(self, records: pd.DataFrame, shown: str) -> tuple[Recoded, pd.DataFrame]:
        """Recode codes that stand for the units themselves; give the changes met too."""
        crosswalk = self.pairs(records["unit"])
        return recode_units(records, crosswalk, shown=shown), _met(crosswalk, records["unit"])

    def reallocate(
        self, table: pd.DataFrame, quantities: Sequence[str], shown: str
    ) -> tuple[Recoded, pd.DataFrame]:
        """Carry the counts of units of the other layout alone; give the changes met too."""
        crosswalk = self.pairs(table["unit"])
        others = table[table["unit"].isin(crosswalk["old"])]
        moved = reallocate(others, crosswalk, quantities, shown=shown)
        return moved, _met(crosswalk, others["unit"])


def joined_changes(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the changes met in several tables, each once, sorted by code."""
    table = pd.concat([pd.DataFrame(columns=list(CHANGE_COLUMNS)), *found], ignore_index=True)
    return table.drop_duplicates().sort_values(["old", "new"], ignore_index=True)


def _met(crosswalk: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    report = changes(crosswalk)
    return report[report["old"].isin(codes.unique())]
