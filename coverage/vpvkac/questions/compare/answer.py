"""What changed from A to B: one change for every unit, and the difference of every criterion."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.map_classes import count_sides
from vpvkac.geo.geodesy import distance
from vpvkac.inputs.crosswalk import by_overlap
from vpvkac.model.tables import TABLES
from vpvkac.questions.compare.there_and_back import WaysChanged, compare_ways

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from vpvkac.questions.compare.question import Run, RunInput


# One per unit: the first that holds, in this order.
CHANGES = tuple(TABLES["compare"]["change"].codes or {})
_OF_SIDE = (
    "status", "within", "uncertain", "host", "place", "place_name", "stop", "stop_name", "lat",
    "lon",
)  # fmt: skip
_TEXTS = ("status", "host", "place", "place_name", "stop", "stop_name")
_NAMES = ["unit_name", "municipality_name"]
# Distances show 0.1 m, and at their threshold they may be rounded to either side.
_SAME_M = 0.1 + 1e-6
_VALUE_DECIMALS = 4
# Those that only come nearer or farther are often many.
_MOST = 300
MOST_LISTED = dict.fromkeys(("nearer", "farther", "reach_known", "reach_unknown"), 50)


@dataclass(frozen=True, repr=False)
class Comparison:
    """What changes from run A to run B.

    Parameters
    ----------
    a, b
        The runs, as their files show them.
    table
        One row per unit of either: `unit_changes`.
    summary
        One row per criterion: `summary_changes`.
    ways
        Who gained and lost the way there and back; None where a side does not know it.
    """

    a: Run
    b: Run
    table: pd.DataFrame
    summary: pd.DataFrame
    ways: WaysChanged | None

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {change}" for change, count in self.counts.items() if count)
        return f"<Comparison of {len(self.table)} units: {counts}>"

    @property
    def counts(self) -> dict[str, int]:
        """How many units have each change, in the order of `CHANGES`."""
        counts = self.table["change"].value_counts()
        return {change: int(counts.get(change, 0)) for change in CHANGES}

    @property
    def changed(self) -> pd.DataFrame:
        """The units that changed."""
        return self.table[self.table["change"] != "same"]

    @property
    def changed_criteria(self) -> pd.DataFrame:
        """The criteria whose value differs, or is known on one side only."""
        first, second = self.summary["value_a"], self.summary["value_b"]
        return self.summary[(first != second) & (first.notna() | second.notna())]

    @property
    def same_criteria(self) -> int:
        """How many criteria are known on both sides and do not change in any measure."""
        known = self.summary.dropna(subset=["value_a", "value_b"])["criterion"]
        return len(set(known) - set(self.changed_criteria["criterion"]))

    @property
    def synthetic(self) -> bool:
        """Whether the data of either side are invented."""
        return self.a.synthetic or self.b.synthetic

    @property
    def names(self) -> dict[str, str]:
        """Name of every unit of either run, by code."""
        return dict(zip(self.table["unit"], self.table["unit_name"], strict=True))

    def most_changed(self, change: str) -> pd.DataFrame:
        """Choose the units of a change: if these are many, those whose distance changed most."""
        rows = self.table[self.table["change"] == change]
        by_size = (rows["distance_a"] - rows["distance_b"]).abs()
        order = by_size.sort_values(ascending=False, kind="stable").index
        return rows.loc[order[: MOST_LISTED.get(change, _MOST)]]

    def points(self, side: str) -> pd.DataFrame:
        """Give the points of one side of the units that changed, columns by their own names.

        Of A only those that are elsewhere in B, or not there.
        """
        changed = self.changed if side == "b" else self.changed[_other_point(self.changed)]
        columns = {f"{name}_{side}": name for name in (*_OF_SIDE, "distance")}
        points = changed[["unit", *columns]].rename(columns=columns)
        return points[points["place"] != ""]

    @property
    def reach_of_points(self) -> dict[str, int]:
        """How many of B's points are within reach, beyond it, neither, and to be verified."""
        points = self.points("b")
        sides = count_sides(points)
        unknown = len(points) - sides.within - sides.beyond
        return {"within": sides.within, "beyond": sides.beyond, "unknown": unknown,
                "uncertain": sides.uncertain}  # fmt: skip

    @property
    def moves(self) -> pd.DataFrame:
        """The units whose point moved: where it was, where it is."""
        return self.table[self.table["moved_m"] > 0][["lon_a", "lat_a", "lon_b", "lat_b"]]

    @property
    def different_inputs(self) -> list[tuple[str, RunInput | None, RunInput | None]]:
        """The inputs whose content differs, those of the same kind side by side."""
        keys_a, keys_b = ({(one.key, one.sha256) for one in run.inputs} for run in (self.a, self.b))
        own_a = [one for one in self.a.inputs if (one.key, one.sha256) not in keys_b]
        own_b = [one for one in self.b.inputs if (one.key, one.sha256) not in keys_a]
        return [
            (key, first, second)
            for key in dict.fromkeys(one.key for one in (*own_a, *own_b))
            for first, second in zip_longest(
                (one for one in own_a if one.key == key), (one for one in own_b if one.key == key)
            )
        ]


def answer(a: Run, b: Run) -> Comparison:
    """Compare two runs: what changes from A to B."""
    ways = None
    if a.reach is not None and b.reach is not None:
        ways = compare_ways(a.reach, b.reach, pd.concat([b.units, a.units]))
    return Comparison(a, b, unit_changes(a, b), summary_changes(a, b), ways)


def unit_changes(a: Run, b: Run) -> pd.DataFrame:
    """Compare two runs unit by unit, matched by code: columns of compare.csv, sorted by `unit`.

    `change` is the first of `CHANGES` that holds:

    - new_unit, gone_unit: only one run has the unit;
    - gained_point, lost_point: a contact point of any status, or none;
    - gained_reach, lost_reach: the point is within reach of a stop in one run and not the other;
    - status: existing, announced, planned;
    - moved: the point is another place, or stands elsewhere;
    - reach_known, reach_unknown: one run has no stops;
    - nearer, farther: the distance to the nearest stop differs by more than 0.1 m;
    - same.

    `cause` tells why reach, status or distance changed: another `place`, another `position` of
    the same place, other `stops`, or the `threshold` alone.  `moved_m` is the geodesic between the
    two points, metres; `counterparts` the units of the other run that share the area of a new or
    gone unit.
    """
    table = _side_by_side(a, b)
    ends = table[["lat_a", "lon_a", "lat_b", "lon_b"]].to_numpy(float)
    both = np.isfinite(ends).all(axis=1)
    table["moved_m"] = np.nan
    table.loc[both, "moved_m"] = np.round(distance(*ends[both].T), 1)
    table["change"] = _change(table)
    table["cause"] = _cause(table, a.threshold_m, b.threshold_m)
    table["counterparts"] = _counterparts(table, a.units, b.units)
    return table.sort_values("unit", ignore_index=True)[list(TABLES["compare"].names)]


def summary_changes(a: Run, b: Run) -> pd.DataFrame:
    """Give every criterion of either summary with its difference, B less A.

    In the order of A, then what B alone has; NaN where values and differences cannot be told.
    """
    key = ["criterion", "measure"]
    table = pd.concat([a.summary[key], b.summary[key]]).drop_duplicates(ignore_index=True)
    for side, run in (("a", a), ("b", b)):
        values = run.summary[[*key, "value"]].rename(columns={"value": f"value_{side}"})
        table = table.merge(values, "left", key)
    table["difference"] = (table["value_b"] - table["value_a"]).round(_VALUE_DECIMALS)
    return table[list(TABLES["compare_summary"].names)]


def _side_by_side(a: Run, b: Run) -> pd.DataFrame:
    """Join the two networks by unit; names are those of B, else of A."""
    networks = [run.network.set_index("unit") for run in (a, b)]
    units = networks[0].index.union(networks[1].index)
    first, second = (network.reindex(units) for network in networks)
    table = second[_NAMES].fillna(first[_NAMES])
    for side, network in (("a", first), ("b", second)):
        table[f"distance_{side}"] = network["distance_m"]
        for name in _OF_SIDE:
            column = network[name]
            table[f"{name}_{side}"] = column.fillna("") if name in _TEXTS else column
    return table.rename_axis("unit").reset_index()


def _other_point(table: pd.DataFrame) -> pd.Series:
    """Tell where the point is another place, or stands elsewhere."""
    return (table["place_a"] != table["place_b"]) | (table["moved_m"] > 0)


def _change(table: pd.DataFrame) -> NDArray[np.object_]:
    """Name the change of each unit: the first condition that holds."""
    none_a, none_b = table["status_a"] == "none", table["status_b"] == "none"
    known_a, known_b = table["within_a"].notna(), table["within_b"].notna()
    within_a, within_b = (table[f"within_{side}"].fillna(value=False) for side in "ab")
    both = known_a & known_b
    nearer = table["distance_a"] - table["distance_b"]
    conditions = {
        "new_unit": table["status_a"] == "",
        "gone_unit": table["status_b"] == "",
        "gained_point": none_a & ~none_b,
        "lost_point": none_b & ~none_a,
        "gained_reach": both & ~within_a & within_b,
        "lost_reach": both & within_a & ~within_b,
        "status": table["status_a"] != table["status_b"],
        "moved": (table["place_a"] != "") & (table["place_b"] != "") & _other_point(table),
        "reach_known": known_b & ~known_a,
        "reach_unknown": known_a & ~known_b,
        "nearer": nearer > _SAME_M,
        "farther": nearer < -_SAME_M,
    }
    return _first_of(conditions, "same")


def _cause(table: pd.DataFrame, threshold_a: float, threshold_b: float) -> NDArray[np.object_]:
    """Say why reach, status or distance changed; empty for other changes.

    Where the threshold would do alone and the point would not, it is the
    threshold; else what changed about the point.
    """
    metres_a, metres_b = table["distance_a"], table["distance_b"]
    within_a, within_b = (table[f"within_{side}"].fillna(value=False) for side in "ab")
    reach = table["change"].isin(["gained_reach", "lost_reach"])
    other_metres = (metres_a - metres_b).abs() > _SAME_M
    as_far = (metres_a - metres_b).abs() <= _SAME_M
    by_threshold = (metres_a <= threshold_b) == within_b
    by_point = (metres_b <= threshold_a) == within_a.map({True: False, False: True})
    conditions = {
        "": ~(reach | table["change"].isin(["status", "moved", "nearer", "farther"])),
        "threshold": reach & ((~_other_point(table) & as_far) | (by_threshold & ~by_point)),
        "place": table["place_a"] != table["place_b"],
        "position": table["moved_m"] > 0,
        "stops": (table["change"] != "status") | other_metres,
    }
    return _first_of(conditions, "")


def _first_of(conditions: dict[str, pd.Series], otherwise: str) -> NDArray[np.object_]:
    """Give for each row the first condition that holds."""
    masks = [condition.to_numpy(bool) for condition in conditions.values()]
    return np.select(masks, list(conditions), otherwise).astype(object)


def _counterparts(
    table: pd.DataFrame, units_a: gpd.GeoDataFrame, units_b: gpd.GeoDataFrame
) -> pd.Series:
    """Name for each new or gone unit the units of the other run that share its area."""
    counterparts = pd.Series("", table.index, dtype=object)
    for change, own, other in (("new_unit", units_b, units_a), ("gone_unit", units_a, units_b)):
        alone = table["change"] == change
        if alone.any():
            pairs = by_overlap(own[own["unit"].isin(table.loc[alone, "unit"])], other)
            codes = pairs.groupby("old")["new"].agg(" ".join)
            counterparts[alone] = table.loc[alone, "unit"].map(codes).fillna("")
    return counterparts
