"""What would change it: the rule applied anew to the unit's places under another condition.

Nothing is guessed: the unit's places are measured and its point chosen by
`access.measure` and `network.build_network`, as in a run of the changed
project.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.access import measure
from vpvkac.analysis.coverage import least_threshold
from vpvkac.analysis.network import ANNOUNCED, NONE, build_network

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike

    from vpvkac.analysis.network import Findings
    from vpvkac.model.project import Rules

# Kinds of change; the thing changed stands beside.
STOP_SET = "stop_set"  # the stop set that counts
STOP_CLOSES = "stop_closes"  # the stop that is given up
THRESHOLD = "threshold_m"  # the threshold, metres
OPENS = "opens"  # the announced place that opens
CLOSES = "closes"  # the point, given up
HOST = "host"  # the kind of host that may hold a point too, after the others
POINT = "point"  # the place that the point is set up in
CHANGES = (STOP_SET, STOP_CLOSES, THRESHOLD, OPENS, CLOSES, HOST, POINT)
COLUMNS = (
    "change", "to", "status", "host", "place", "place_name", "stop", "stop_name", "distance_m",
    "within", "uncertain", "differs",
)  # fmt: skip
_OF_POINT = COLUMNS[2:-1]
_STOP_SETS = ("regional", "bus", "all")
# Beside the run's own, the thresholds that the report compares.
_THRESHOLDS = (600.0, 800.0)


class _Change(NamedTuple):
    kind: str
    to: str | float
    point: dict[str, Any]


@dataclass(frozen=True)
class _Case:
    """A unit with its places and the stops, to be judged anew.

    Parameters
    ----------
    unit
        One row.
    places
        The places that stand in it.
    stops
        All stops.
    """

    unit: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    rules: Rules

    @cached_property
    def measured(self) -> gpd.GeoDataFrame:
        """The places with their nearest stops."""
        return measure(self.places, self.stops, self.rules)

    def point(self) -> dict[str, Any]:
        """Give the unit's row of the network."""
        return self.among(np.ones(len(self.places), bool), self.rules.hosts)

    def among(self, kept: ArrayLike, hosts: Sequence[str]) -> dict[str, Any]:
        """Give the point that some of the places, or other hosts, would give."""
        return _points(build_network(self.unit, self.measured[np.asarray(kept)], hosts))[0]

    def each_alone(self) -> list[dict[str, Any]]:
        """Give every place as the point of a unit that holds nothing else, in their order."""
        count = len(self.places)
        units = self.unit.iloc[np.zeros(count, int)].assign(unit=self.places["place"].to_numpy())
        apart = self.measured.assign(unit=self.places["place"])
        return _points(build_network(units, apart, sorted(set(self.places["host"]))))

    def under(self, **rules: Any) -> dict[str, Any]:
        """Give the point under other rules."""
        return replace(self, rules=replace(self.rules, **rules)).point()

    def opening(self, place: str) -> dict[str, Any]:
        """Give the point if an announced place were open."""
        status = self.places["status"].mask(self.places["place"] == place, "open")
        return replace(self, places=self.places.assign(status=status)).point()

    def without_stop(self, stop: str) -> dict[str, Any]:
        """Give the point if a stop were given up."""
        left = self.stops[self.stops["stop"] != stop].reset_index(drop=True)
        return replace(self, stops=left).point()


def changes(result: Findings, unit: str) -> pd.DataFrame:
    """Judge a unit anew under each condition that could change its point or its reach.

    Returns
    -------
    changes
        `COLUMNS`: a row for each change, its point as in `network.csv`;
        `differs` tells whether status, place, reach or certainty do.
    """
    units, places = result.inputs.territory.units, result.inputs.places
    case = _Case(
        units[units["unit"] == unit],
        places[places["unit"] == unit].reset_index(drop=True),
        result.inputs.stops,
        result.project.rules,
    )
    now = case.point()
    compared = ("status", "place", "within", "uncertain")
    rows = [
        {
            "change": change.kind,
            "to": change.to,
            **change.point,
            "differs": any(change.point[name] != now[name] for name in compared),
        }
        for change in _changes(case, now)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _changes(case: _Case, now: dict[str, Any]) -> Iterator[_Change]:
    if now["status"] != NONE and len(case.stops):
        yield from _other_stops(case, now)
    if now["distance_m"] is not None:
        yield from _other_thresholds(case, float(now["distance_m"]))
    yield from _other_openings(case, now)
    for host in sorted(set(case.places["host"]) - set(case.rules.hosts)):
        yield _Change(HOST, host, case.under(hosts=(*case.rules.hosts, host)))
    for point in case.each_alone():
        if point["place"] != now["place"]:
            yield _Change(POINT, point["place"], point)


def _other_stops(case: _Case, now: dict[str, Any]) -> Iterator[_Change]:
    for stop_set in _STOP_SETS:
        if stop_set != case.rules.stop_set:
            yield _Change(STOP_SET, stop_set, case.under(stop_set=stop_set))
    if now["stop"] is not None:
        yield _Change(STOP_CLOSES, now["stop"], case.without_stop(now["stop"]))


def _other_thresholds(case: _Case, distance_m: float) -> Iterator[_Change]:
    """Judge at the report's thresholds, and at the least one that takes the point in."""
    tried = {*_THRESHOLDS, least_threshold(distance_m)} - {case.rules.threshold_m}
    for threshold_m in sorted(tried):
        yield _Change(THRESHOLD, threshold_m, case.under(threshold_m=threshold_m))


def _other_openings(case: _Case, now: dict[str, Any]) -> Iterator[_Change]:
    places, hosts = case.places, case.rules.hosts
    waiting = (places["status"] == ANNOUNCED) & places["host"].isin(hosts)
    for place in places.loc[waiting, "place"]:
        yield _Change(OPENS, place, case.opening(place))
    if now["status"] != NONE:
        yield _Change(CLOSES, now["place"], case.among(places["place"] != now["place"], hosts))


def _points(network: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the points as plain values, None for a null."""
    plain = pd.DataFrame(network)[list(_OF_POINT)].astype(object)
    filled = plain.where(plain.notna(), None)
    return [dict(zip(_OF_POINT, row, strict=True)) for row in filled.to_numpy()]
