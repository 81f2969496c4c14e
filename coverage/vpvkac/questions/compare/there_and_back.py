"""Who gained and lost the way to a contact point and back, and which departures changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from vpvkac.analysis.reach import NETWORK, NONE, Places, Rules, walks
from vpvkac.geo.geodesy import to_planar
from vpvkac.model.tables import TABLES

if TYPE_CHECKING:
    import datetime as dt

    import geopandas as gpd

    from vpvkac.analysis.reach import ThereAndBack

HOMES = ("home", "points", "unit", "lat", "lon", "residents", "class", "appointments")
SERVICE = TABLES["reach_service"].names
_UNIT = ["unit", "unit_name", "municipality", "municipality_name"]
_CALLS = ["departures_a", "departures_b", "arrivals_a", "arrivals_b"]
_COUNTED = ("able_a", "able_b", "gained", "lost", "more", "fewer")


class Side(NamedTuple):
    """What `reach` found on one side.

    The homes (`HOMES`), the departures (`SERVICE`), the service day, and the longest walk, s.
    """

    homes: pd.DataFrame
    service: pd.DataFrame
    day: dt.date
    walk: int


class WaysChanged(NamedTuple):
    """What changes in the ways there and back from A to B.

    Parameters
    ----------
    homes
        Of every set and home of both sides: `HOMES` of B, and what changes,
        "gained", "lost", "more", "fewer" (appointments) or "same".
    units
        As in compare_reach.csv: units, then municipalities, then the country.
    service
        As in compare_service.csv, and where the stop is: the departures that change.
    only
        Homes that only A, and only B has: they are not compared.
    days
        The service days of A and B.
    line_names
        What to call each line of either side: without its feed, unless another has the same.
    alone
        Sets of points that one side alone has, and which, "A" or "B": they are not compared.
    """

    homes: pd.DataFrame
    units: pd.DataFrame
    service: pd.DataFrame
    only: tuple[int, int]
    days: tuple[dt.date, dt.date]
    line_names: dict[str, str]
    alone: tuple[tuple[str, str], ...]

    @property
    def country(self) -> pd.DataFrame:
        """The rows of `units` for the country."""
        return self.units[(self.units["unit"] == "") & (self.units["municipality"] == "")]

    @property
    def counts_residents(self) -> bool:
        """Whether residents are counted; else every home is a unit that counts as one."""
        homes = self.homes
        return not (homes["home"].eq(homes["unit"]) & homes["residents"].eq(1)).all()

    @property
    def lines(self) -> pd.DataFrame:
        """The lines that change: their calls at stops in A and B, those that lose most first."""
        table = self.service.groupby("line", sort=True)[_CALLS].sum()
        table["less"] = _calls(table, "a") - _calls(table, "b")
        order = ["less", "line"]
        table = table.reset_index().sort_values(order, ascending=[False, True], ignore_index=True)
        return table.assign(line=table["line"].map(self.line_names))

    def stops(self, units: gpd.GeoDataFrame) -> pd.DataFrame:
        """Give the stops that change: those nearest to most residents who lose their way first.

        With the name of the one of `units` (EPSG:3059) in which each lies, empty where in none.
        """
        named = self.service.assign(line=self.service["line"].map(self.line_names))
        own = named.groupby(["stop", "stop_name"], sort=True)
        table = own[_CALLS].sum()
        first = own[["lat", "lon", "residents_lost"]].first()
        table["residents_lost"] = first["residents_lost"]
        table["lines"] = own["line"].agg(", ".join)
        at = shapely.points(*to_planar(first["lat"], first["lon"]))
        tree = shapely.STRtree(units.geometry.to_numpy())
        stop, unit = tree.query(at, predicate="intersects")
        lies_in = pd.Series(units["unit_name"].to_numpy()[unit], stop)
        lies_in = lies_in[~lies_in.index.duplicated()]
        table["unit_name"] = lies_in.reindex(range(len(table)), fill_value="").to_numpy()
        table["less"] = _calls(table, "a") - _calls(table, "b")
        order = ["residents_lost", "less", "stop"]
        return table.reset_index().sort_values(
            order, ascending=[False, False, True], ignore_index=True
        )


def _calls(table: pd.DataFrame, side: str) -> pd.Series:
    return table[f"departures_{side}"] + table[f"arrivals_{side}"]


def side_of(found: ThereAndBack) -> Side:
    """Take from what was found what is compared."""
    return Side(found.homes[list(HOMES)], found.service, found.day, found.rules.walk)


def compare_ways(a: Side, b: Side, units: pd.DataFrame) -> WaysChanged:
    """Compare homes of both sides, by key, and the departures of lines at stops.

    `units` names the units of either side.
    """
    key = ["points", "home"]
    both = a.homes.merge(b.homes, on=key, suffixes=("_a", ""))
    was, is_now = both["class_a"] != NONE, both["class"] != NONE
    more = both["appointments"].to_numpy(float) - both["appointments_a"].to_numpy(float)
    both["change"] = np.select(
        [is_now & ~was, was & ~is_now, more > 0, more < 0], ["gained", "lost", "more", "fewer"],
        "same",
    )  # fmt: skip
    weight = both["residents"]
    counted = both.assign(able_a=weight.where(was, 0), able_b=weight.where(is_now, 0))
    for change in _COUNTED[2:]:
        counted[change] = weight.where(both["change"] == change, 0)
    only = tuple(side.homes["home"].nunique() - both["home"].nunique() for side in (a, b))
    sets = set(a.homes["points"]), set(b.homes["points"])
    alone = [(name, "A" if name in sets[0] else "B") for name in sorted(sets[0] ^ sets[1])]
    service = _service(a, b)
    lost = both[(both["change"] == "lost") & (both["residents"] > 0)]
    if NETWORK in set(lost["points"]):
        lost = lost[lost["points"] == NETWORK]
    service["residents_lost"] = _residents_near(service, lost, max(a.walk, b.walk))
    return WaysChanged(
        both, _by_unit(counted, units), service,
        (only[0], only[1]), (a.day, b.day), _line_names(a, b), tuple(alone),
    )  # fmt: skip


def _line_names(a: Side, b: Side) -> dict[str, str]:
    """Name the lines of both sides: "feed: name" only where two feeds have the name."""
    lines = pd.Series(pd.concat([a.service["line"], b.service["line"]]).unique(), dtype=object)
    short = lines.str.partition(": ")[2]
    return dict(
        zip(lines, lines.where(short.duplicated(keep=False) | (short == ""), short), strict=True)
    )


def _by_unit(homes: pd.DataFrame, units: pd.DataFrame) -> pd.DataFrame:
    named = homes.merge(units[_UNIT].drop_duplicates("unit"), on="unit", how="left")
    sums = ["residents", *_COUNTED]
    levels = [
        named.groupby(["points", *keys], dropna=False, sort=True)[sums].sum().reset_index()
        for keys in (_UNIT, _UNIT[2:], [])
    ]
    table = pd.concat(levels, ignore_index=True)
    table[_UNIT] = table[_UNIT].fillna("")
    return table[list(TABLES["compare_reach"].names)]


def _service(a: Side, b: Side) -> pd.DataFrame:
    """Put departures and arrivals of each line at each stop side by side, where they differ."""
    table = a.service.merge(b.service, "outer", on=["line", "stop"], suffixes=("_a", "_b"))
    for name in ("stop_name", "lat", "lon"):
        table[name] = table[f"{name}_b"].where(table[f"{name}_b"].notna(), table[f"{name}_a"])
    table[_CALLS] = table[_CALLS].fillna(0).astype(np.int64)
    times = [f"{name}_{side}" for name in ("times", "arrival_times") for side in "ab"]
    table[times] = table[times].fillna("")
    first, second = _calls(table, "a"), _calls(table, "b")
    retimed = [table[f"{name}_a"] != table[f"{name}_b"] for name in ("times", "arrival_times")]
    table["change"] = np.select(
        [first == 0, second == 0, second > first, second < first, retimed[0] | retimed[1]],
        ["added", "withdrawn", "more", "fewer", "retimed"], "same",
    )  # fmt: skip
    changed = table[table["change"] != "same"]
    return changed.sort_values(["line", "stop"], ignore_index=True)


def _residents_near(service: pd.DataFrame, homes: pd.DataFrame, walk: int) -> pd.Series:
    """Count for each row the residents of homes within the walk of its stop."""
    stops = service.drop_duplicates("stop")
    at_stops, at_homes = (
        Places(table["lat"].to_numpy(float), table["lon"].to_numpy(float))
        for table in (stops, homes)
    )
    near = walks(at_stops, at_homes, Rules(), walk)
    residents = homes["residents"].to_numpy(float)[near.target]
    sums = np.bincount(near.origin, residents, minlength=len(stops)).astype(np.int64)
    return service["stop"].map(pd.Series(sums, stops["stop"])).astype(np.int64)
