"""What changed from A to B: one change for every unit, and the difference of every criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.geo.geodesy import distance
from vpvkac.inputs.crosswalk import by_overlap
from vpvkac.model.tables import TABLES

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from vpvkac.questions.compare.run import Run

COLUMNS = TABLES["compare"].names
SUMMARY_COLUMNS = TABLES["compare_summary"].names
# One per unit: the first that holds, in this order.
CHANGES = (
    "new_unit", "gone_unit", "gained_point", "lost_point", "gained_reach", "lost_reach", "status",
    "moved", "reach_known", "reach_unknown", "nearer", "farther", "same",
)  # fmt: skip
# The change as seen from the other side; the others are their own.
MIRRORED = {
    "new_unit": "gone_unit", "gained_point": "lost_point", "gained_reach": "lost_reach",
    "reach_known": "reach_unknown", "nearer": "farther",
}  # fmt: skip
_OF_SIDE = {
    "status": "status", "distance_m": "distance", "within": "within", "uncertain": "uncertain",
    "host": "host", "place": "place", "place_name": "place_name", "stop": "stop",
    "stop_name": "stop_name", "lat": "lat", "lon": "lon",
}  # fmt: skip
_NAMES = ["unit_name", "municipality_name"]
# Distances show 0.1 m, and at their threshold they may be rounded to either side.
_SAME_M = 0.1 + 1e-6
_VALUE_DECIMALS = 4


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
    """

    a: Run
    b: Run
    table: pd.DataFrame
    summary: pd.DataFrame

    def __repr__(self) -> str:
        counts = self.counts
        told = ", ".join(f"{count} {change}" for change, count in counts.items() if count)
        return f"<Comparison of {len(self.table)} units: {told}>"

    @property
    def counts(self) -> dict[str, int]:
        """How many units have each change, in the order of `CHANGES`."""
        found = self.table["change"].value_counts()
        return {change: int(found.get(change, 0)) for change in CHANGES}

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
    def synthetic(self) -> bool:
        """Whether the data of either side are invented."""
        return self.a.synthetic or self.b.synthetic


def answer(a: Run, b: Run) -> Comparison:
    """Compare two runs: what changes from A to B."""
    return Comparison(a, b, unit_changes(a, b), summary_changes(a, b))


def unit_changes(a: Run, b: Run) -> pd.DataFrame:
    """Compare two runs unit by unit.

    Parameters
    ----------
    a, b
        The runs; units are matched by code.

    Returns
    -------
    changes
        `COLUMNS`, sorted by `unit`: every unit of either run once.  `change`
        is the first of `CHANGES` that holds:

        - new_unit, gone_unit: only one run has the unit;
        - gained_point, lost_point: a contact point of any status, or none;
        - gained_reach, lost_reach: the point is within reach of a stop in one
          run and not in the other;
        - status: existing, announced, planned;
        - moved: the point is another place, or stands elsewhere;
        - reach_known, reach_unknown: one run has no stops;
        - nearer, farther: the distance to the nearest stop differs by more
          than 0.1 m;
        - same.

        `cause` tells why reach, status or distance changed: another `place`,
        another `position` of the same place, other `stops`, or the
        `threshold` alone.  `moved_m` is the geodesic between the two points,
        metres; `counterparts` the units of the other run that share the area
        of a new or gone unit.
    """
    table = _side_by_side(a, b)
    table["moved_m"] = _moved(table)
    table["change"] = _change(table)
    table["cause"] = _cause(table, a.threshold_m, b.threshold_m)
    table["counterparts"] = _counterparts(table, a.units, b.units)
    return table.sort_values("unit", ignore_index=True)[list(COLUMNS)]


def summary_changes(a: Run, b: Run) -> pd.DataFrame:
    """Give every criterion of either summary with its difference, B less A.

    Returns
    -------
    summary
        `SUMMARY_COLUMNS` in the order of A, then what B alone has; values and
        differences NaN where they cannot be told.
    """
    key = ["criterion", "measure"]
    order = pd.concat([a.summary[key], b.summary[key]]).drop_duplicates(ignore_index=True)
    table = order
    for side, run in (("a", a), ("b", b)):
        values = run.summary[[*key, "value"]].rename(columns={"value": f"value_{side}"})
        table = table.merge(values, "left", key)
    table["difference"] = (table["value_b"] - table["value_a"]).round(_VALUE_DECIMALS)
    return table[list(SUMMARY_COLUMNS)]


def _side_by_side(a: Run, b: Run) -> pd.DataFrame:
    """Join the two networks by unit; names are those of B, else of A."""
    first, second = (
        run.network[["unit", *_NAMES, *_OF_SIDE]]
        .set_index("unit")
        .rename(columns={name: f"{short}_{side}" for name, short in _OF_SIDE.items()})
        for side, run in (("a", a), ("b", b))
    )
    units = first.index.union(second.index)
    table = pd.concat(
        [first.drop(columns=_NAMES).reindex(units), second.drop(columns=_NAMES).reindex(units)],
        axis=1,
    )
    for name in _NAMES:
        table[name] = second[name].reindex(units).fillna(first[name].reindex(units))
    texts = [f"{name}_{side}" for name in ("status", "host", "place", "place_name", "stop",
                                           "stop_name") for side in "ab"]  # fmt: skip
    table[texts] = table[texts].fillna("")
    return table.rename_axis("unit").reset_index()


def _moved(table: pd.DataFrame) -> NDArray[np.float64]:
    """Measure from the point of A to that of B, metres; NaN where either has none."""
    ends = table[["lat_a", "lon_a", "lat_b", "lon_b"]].to_numpy(float)
    both = np.isfinite(ends).all(axis=1)
    metres = np.full(len(table), np.nan)
    metres[both] = np.round(distance(*ends[both].T), 1)
    return metres


def _change(table: pd.DataFrame) -> NDArray[np.object_]:
    """Name the change of each unit: the first condition that holds."""
    only_b, only_a = table["status_a"] == "", table["status_b"] == ""
    none_a, none_b = table["status_a"] == "none", table["status_b"] == "none"
    known_a, known_b = table["within_a"].notna(), table["within_b"].notna()
    within_a, within_b = (table[f"within_{side}"].fillna(value=False) for side in "ab")
    both = known_a & known_b
    nearer = table["distance_a"] - table["distance_b"]
    conditions = {
        "new_unit": only_b,
        "gone_unit": only_a,
        "gained_point": none_a & ~none_b,
        "lost_point": none_b & ~none_a,
        "gained_reach": both & ~within_a & within_b,
        "lost_reach": both & within_a & ~within_b,
        "status": table["status_a"] != table["status_b"],
        "moved": _elsewhere(table),
        "reach_known": known_b & ~known_a,
        "reach_unknown": known_a & ~known_b,
        "nearer": nearer > _SAME_M,
        "farther": nearer < -_SAME_M,
    }
    held = [condition.to_numpy(bool) for condition in conditions.values()]
    return np.select(held, list(conditions), "same").astype(object)


def _elsewhere(table: pd.DataFrame) -> pd.Series:
    """Tell where both runs have a point, but not the same place at the same position."""
    points = (table["place_a"] != "") & (table["place_b"] != "")
    return points & ((table["place_a"] != table["place_b"]) | (table["moved_m"] > 0))


def _cause(table: pd.DataFrame, threshold_a: float, threshold_b: float) -> NDArray[np.object_]:
    """Say why reach, status or distance changed; empty for other changes.

    Where the threshold would do alone and the point would not, it is the
    threshold; else what changed about the point.
    """
    metres_a, metres_b = table["distance_a"], table["distance_b"]
    within_a, within_b = (table[f"within_{side}"].fillna(value=False) for side in "ab")
    reach = table["change"].isin(["gained_reach", "lost_reach"])
    other_point = (table["place_a"] != table["place_b"]) | (table["moved_m"] > 0)
    still = ~other_point & ((metres_a - metres_b).abs() <= _SAME_M)
    by_threshold = (metres_a <= threshold_b) == within_b
    by_point = (metres_b <= threshold_a) == within_a.map({True: False, False: True})
    threshold = reach & (still | (by_threshold & ~by_point))
    told = reach | table["change"].isin(["status", "moved", "nearer", "farther"])
    conditions = [
        ~told,
        threshold,
        table["place_a"] != table["place_b"],
        table["moved_m"] > 0,
        (table["change"] != "status") | ((metres_a - metres_b).abs() > _SAME_M),
    ]
    causes = ["", "threshold", "place", "position", "stops"]
    held = [np.asarray(condition, bool) for condition in conditions]
    return np.select(held, causes, "").astype(object)


def _counterparts(
    table: pd.DataFrame, units_a: gpd.GeoDataFrame, units_b: gpd.GeoDataFrame
) -> pd.Series:
    """Name for each new or gone unit the units of the other run that share its area."""
    found = pd.Series("", table.index, dtype=object)
    for change, own, other in (
        ("new_unit", units_b, units_a),
        ("gone_unit", units_a, units_b),
    ):
        alone = table["change"] == change
        if not alone.any():
            continue
        pairs = by_overlap(own[own["unit"].isin(table.loc[alone, "unit"])], other)
        codes = pairs.groupby("old")["new"].agg(" ".join)
        found[alone] = table.loc[alone, "unit"].map(codes).fillna("")
    return found
