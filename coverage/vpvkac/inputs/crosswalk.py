"""Crosswalk: tables in the unit codes of another year recoded to the units of this one.

By the history of unit codes (ATVK), or by a file of the units they belong to, whose overlap
with these units is measured.  `docs/layouts.md` tells it to planners.
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
from vpvkac.sources.units import layout_of, read_atvk, read_units
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.model.faults import Fault
    from vpvkac.model.project import Input
    from vpvkac.sources.base import Reading


# A period ends on its last day, or on the first day of the next: both are met.
_DAY = pd.Timedelta(days=1)


@dataclass(frozen=True)
class Lineage:
    """The history of codes, indexed.

    Parameters
    ----------
    records
        Table of `sources.atvk.COLUMNS` sorted by code and begin, default index.
    """

    records: pd.DataFrame

    @cached_property
    def edges(self) -> pd.DataFrame:
        """Changes: `earlier` and `later` record number, and the `date` of the change."""
        found = pd.concat([self._by_successors(), self._by_predecessors(), self._by_versions()])
        found = found[found["earlier"] != found["later"]].drop_duplicates(["earlier", "later"])
        begin = self.records["begin"].to_numpy()[found["later"]]
        end = self.records["end"].to_numpy()[found["earlier"]]
        found["date"] = np.fmax(begin, end)
        # What would lead back in time is an error of the file.
        forward = found["date"] >= self.records["begin"].to_numpy()[found["earlier"]]
        return found[forward.to_numpy(bool)].reset_index(drop=True)

    def in_force(self, date: str) -> NDArray[np.bool_]:
        """Tell which records are in force on a date."""
        day = pd.Timestamp(date)
        end = self.records["end"]
        return np.asarray((self.records["begin"] <= day) & (end.isna() | (end > day)), bool)

    def units(self, date: str) -> NDArray[np.bool_]:
        """Tell which records are units on a date: in force, with no other unit inside."""
        now = self.in_force(date)
        return now & ~self.records["code"].isin(self.records["parent"][now]).to_numpy(bool)

    def between(self, source: str, target: str) -> pd.DataFrame:
        """Pair the units of one date with those of another, either of which may be the earlier.

        Returns
        -------
        pairs
            Record numbers `old` and `new`; a unit that leads nowhere is in no pair.
        """
        first, last = min(source, target), max(source, target)
        within = (self.edges["date"] > first) & (self.edges["date"] <= last)
        pairs = self._reach(np.flatnonzero(self.units(first)), self.units(last), self.edges[within])
        return pairs if source <= target else pairs.rename(columns={"old": "new", "new": "old"})

    def leading_to(self, codes: ArrayLike, known: Collection[str]) -> pd.DataFrame:
        """Lead codes of unknown date to known ones: by what they became, else by what they were.

        Parameters
        ----------
        codes
            Unit codes, none of which is known.
        known
            The codes of the layout wanted.

        Returns
        -------
        pairs
            Record numbers `old` and `new`; a code that leads nowhere is in no pair.
        """
        stop = self.records["code"].isin(known).to_numpy(bool)
        wanted = self.records["code"].isin(np.asarray(codes, object))
        latest = self.records[wanted].drop_duplicates("code", keep="last").index
        later = self._reach(latest.to_numpy(), stop, self.edges, through=False)
        left = self.records[wanted & ~self.records["code"].isin(self.codes(later["old"]))]
        earliest = left.drop_duplicates("code", keep="first").index
        backward = self.edges.rename(columns={"earlier": "later", "later": "earlier"})
        earlier = self._reach(earliest.to_numpy(), stop, backward, through=False, back=True)
        return pd.concat([later, earlier], ignore_index=True)

    def codes(self, numbers: ArrayLike) -> NDArray[np.object_]:
        """Give the codes of records."""
        return self.records["code"].to_numpy(object)[np.asarray(numbers, np.int64)]

    def _reach(
        self,
        start: NDArray[np.int64],
        stop: NDArray[np.bool_],
        edges: pd.DataFrame,
        *,
        through: bool = True,
        back: bool = False,
    ) -> pd.DataFrame:
        """Follow changes in the order of time; each way ends, since no step is taken twice.

        Parameters
        ----------
        stop
            Which records are wanted.
        through
            Whether to go on from a wanted record, which may live on and lose a part.
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
            steps = steps[in_order]
            taken = pd.DataFrame(
                {"old": steps["old"], "new": steps["later"], "since": steps["date"]}
            )
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
        number = np.arange(len(self.records) - 1)
        same = self.records["code"].to_numpy()[:-1] == self.records["code"].to_numpy()[1:]
        end = self.records["end"].to_numpy()[:-1]
        begin = self.records["begin"].to_numpy()[1:]
        follows = same & (np.isnat(end) | (begin - end <= _DAY.to_numpy()))
        return pd.DataFrame({"earlier": number[follows], "later": number[follows] + 1})

    def _named(self, column: str) -> pd.DataFrame:
        """Give the codes named in a column: the record's `number` and the `code`."""
        lists = self.records[column].str.split().explode()
        lists = lists[lists.notna()]
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


CHANGE_COLUMNS = ("old", "old_name", "new", "new_name", "change")
_HISTORY_ENDINGS = {".csv", ".txt"}


def read_crosswalk(source: Input) -> Reading:
    """Read the history of codes (CSV), or the units of another layout (geodata).

    Raises
    ------
    InputError
        If the file is not of its form.
    """
    if _is_history(source):
        return read_atvk(source)
    return read_units(source)


@dataclass(frozen=True)
class Crosswalk:
    """The way from other codes to these units.

    Parameters
    ----------
    source, table
        The input, and what `read_crosswalk` gave for it.
    units
        Canonical units of the run's layout.
    """

    source: Input
    table: pd.DataFrame
    units: gpd.GeoDataFrame

    def pairs(self, codes: pd.Series) -> pd.DataFrame:
        """Pair the codes of a table with these units (`layouts.COLUMNS`).

        Codes that are units of this layout are not in it, unless the table is
        of one known layout as a whole.
        """
        if _is_history(self.source):
            return crosswalk_for(codes, self.units, self._lineage)
        if codes[codes != ""].isin(self.units["unit"]).all():
            return self._overlap.iloc[:0]
        return self._overlap

    @cached_property
    def _lineage(self) -> Lineage:
        return Lineage(self.table)

    @cached_property
    def _overlap(self) -> pd.DataFrame:
        return by_overlap(self.table, self.units)

    def recode_places(self, records: pd.DataFrame, shown: str) -> tuple[Recoded, pd.DataFrame]:
        """Recode the units of places; give the changes met on the way too."""
        crosswalk = self.pairs(records["unit"])
        moved = recode_places(records, crosswalk, self.units, shown=shown)
        return moved, _met(crosswalk, records["unit"])

    def recode(self, records: pd.DataFrame, shown: str) -> tuple[Recoded, pd.DataFrame]:
        """Recode codes that stand for the units themselves; give the changes met on the way too."""
        crosswalk = self.pairs(records["unit"])
        return recode_units(records, crosswalk, shown=shown), _met(crosswalk, records["unit"])

    def reallocate(
        self, table: pd.DataFrame, quantities: Sequence[str], shown: str
    ) -> tuple[Recoded, pd.DataFrame]:
        """Carry the counts of units of the other layout; those of this one stay as they are.

        Returns
        -------
        moved, changes
            The rows recoded, `unit` and the quantities, without those that were
            units of this layout already; and the changes met on the way.
        """
        crosswalk = self.pairs(table["unit"])
        recoded = table[table["unit"].isin(crosswalk["old"])]
        return reallocate(recoded, crosswalk, quantities, shown=shown), _met(
            crosswalk, recoded["unit"]
        )


def joined_changes(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the changes met in several tables, each once, sorted by code."""
    table = pd.concat([pd.DataFrame(columns=list(CHANGE_COLUMNS)), *found], ignore_index=True)
    return table.drop_duplicates().sort_values(["old", "new"], ignore_index=True)


def _met(crosswalk: pd.DataFrame, codes: pd.Series) -> pd.DataFrame:
    """Report what was split, merged, moved or renamed among the codes of a table."""
    report = changes(crosswalk)
    return report[report["old"].isin(codes)]


def _is_history(source: Input) -> bool:
    return source.path.suffix.lower() in _HISTORY_ENDINGS
