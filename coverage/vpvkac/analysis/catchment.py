"""Catchment: how many residents live near the contact points, and what they may ask of each.

Of a grid each cell counts where its centre is.  A table by unit does not say
where in a unit its residents live: as many are taken to be within a distance
as the share of the unit's area that is (areal weighting), an estimate.  Every
resident of a unit is given to one point, and every service expected to one:
totals are preserved.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import lcm
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from vpvkac.analysis import opening
from vpvkac.analysis.coverage import share as divide
from vpvkac.analysis.network import EXISTING, NONE, STATUSES, Residents
from vpvkac.geo.nearest import Targets
from vpvkac.inputs.optional import COUNTS
from vpvkac.model.tables import TABLES
from vpvkac.sources.reference import reference_file

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

# Metres: the recommended walk to a stop, and ways to a point that are no walk.
RADII_M = (700, 2_000, 5_000, 10_000, 15_000)
IN_UNIT, NETWORK = "in_unit", "network"
GRID, BY_UNIT = "grid", "unit"
_OUTSIDE, _TOWNS = "outside_towns", "towns"
_OF_POINTS = (
    "residents_nearest", "residents_nearest_least", "residents_nearest_most", "services_least",
    "services_most",
)  # fmt: skip
# Parts of a tenth of a person, so that nothing is rounded before the end.
_PARTS = 10**6


class Rate(NamedTuple):
    """Services a resident and year; the yearly rate is between the two."""

    least: Fraction
    most: Fraction


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(reference_file("demand.toml").read_text(encoding="utf-8"))


@cache
def published_rates() -> Mapping[str, Fraction]:
    """Give the services a resident as published: outside_towns, towns and all (table 41, 2020).

    The rest of the table's services and residents are those of towns and
    cities, so that both together give the published total.
    """
    table = _document()["table_41"]
    outside, services, residents = table[_OUTSIDE], table["services"], table["residents"]
    return {
        _OUTSIDE: Fraction(outside["services"], outside["residents"]),
        _TOWNS: Fraction(services - outside["services"], residents - outside["residents"]),
        "all": Fraction(services, residents),
    }


@cache
def rates() -> Mapping[str, Rate]:
    """Give the rate of each kind of unit.

    Least is 12/21 of the published rate, which may be of 21 months.  Of a
    state city, where no centre was in 2019, the rate of towns is a floor and
    that of all places the other end.
    """
    published, document = published_rates(), _document()
    year = Fraction(12, document["table_41"]["months"])
    ends = {name: Rate(published[name] * year, published[name]) for name in (_OUTSIDE, _TOWNS)}
    ends["without_centre"] = Rate(published[_TOWNS], published["all"])
    return {kind: ends[group] for group, kinds in document["kinds"].items() for kind in kinds}


def published_services() -> int:
    """Give the services of the whole country as published (table 41, 2020)."""
    return int(_document()["table_41"]["services"])


def published_rate(kind: str) -> Fraction:
    """Give the published services a resident of a kind of unit: all units of the table's total.

    That of towns for a state city, too, where it is a floor (`rates`).
    """
    of_parish = kind in _document()["kinds"][_OUTSIDE]
    return published_rates()[_OUTSIDE if of_parish else _TOWNS]


class _Band(NamedTuple):
    """A count of residents as published, and between what the suppressed counts leave it."""

    value: float
    least: float
    most: float


def reached_residents(
    residents: Residents | None, units: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Count the residents in units with a point, and within each distance of one.

    Columns of `residents`, no row where residents are not given.  Shares are of
    the total, 0-1; their band holds every share that counts between least and
    most can give.
    """
    rows = [] if residents is None else list(_rows(residents, units, network))
    table = pd.DataFrame(rows, columns=list(TABLES["residents"].names))
    counts = dict.fromkeys(("radius_m", "residents", "least", "most"), "Int64")
    return table.astype({**counts, **dict.fromkeys(("share", "share_least", "share_most"), float)})


def _rows(
    residents: Residents, units: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> Iterator[tuple[object, ...]]:
    cells = residents.cells

    def count(share: NDArray[np.float64]) -> _Band:
        return _Band(*(float((cells[name] * share).sum()) for name in COUNTS))

    total = count(np.ones(len(cells)))

    def row(measure: str, radius: int | None, points: str, part: _Band) -> tuple[object, ...]:
        # The part at its least with the rest at its most, and the reverse.
        shares = (
            divide(part.value, total.value),
            divide(part.least, part.least + total.most - part.most),
            divide(part.most, part.most + total.least - part.least),
        )
        known = shares if residents.complete else (np.nan,) * 3
        return measure, radius, points, *map(round, part), *known, residents.basis

    yield row("total", None, "all", total)
    status = cells["unit"].map(network.set_index("unit")["status"])
    for name in (*STATUSES, NETWORK):
        inside = status != NONE if name == NETWORK else status == name
        yield row(IN_UNIT, None, name, count(inside.to_numpy(float)))
    for name, points in point_sets(network).items():
        for radius, share in zip(RADII_M, shares_within(residents, units, points), strict=True):
            yield row(f"within_{radius}", radius, name, count(share))


def point_sets(network: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Give the open centres that are points, and every point, by key."""
    points = network[network["place"].notna()].sort_values("place")
    return {EXISTING: points[points["status"] == EXISTING], NETWORK: points}


def shares_within(
    residents: Residents,
    units: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame,
    radii: Sequence[float] = RADII_M,
) -> Sequence[NDArray[np.float64]]:
    """Give the share of each cell that is within each distance of a point."""
    cells = residents.cells
    if len(points) == 0:
        return [np.zeros(len(cells))] * len(radii)
    if residents.basis == BY_UNIT:
        shapes = units.set_index("unit").geometry.reindex(cells["unit"]).to_numpy()
        return [_area_shares(shapes, points.geometry.to_numpy(), radius) for radius in radii]
    away = Targets(points["lat"], points["lon"]).nearest(cells["lat"], cells["lon"]).distance_m
    return [(away <= radius).astype(float) for radius in radii]


def _area_shares(
    shapes: NDArray[np.object_], points: NDArray[np.object_], radius: float
) -> NDArray[np.float64]:
    """Give the share of each polygon's area within a planar distance of a point."""
    around = shapely.union_all(shapely.buffer(points, radius))
    shapely.prepare(around)
    shares = shapely.covers(around, shapes).astype(float)
    # Only the polygons on the edge are cut, each with no more of the edge than is near it.
    edge = np.flatnonzero((shares == 0) & shapely.intersects(around, shapes))
    cut = shapes[edge]
    near = np.empty(len(cut), object)
    near[:] = [shapely.clip_by_rect(around, *bounds) for bounds in shapely.bounds(cut)]
    shares[edge] = shapely.area(shapely.intersection(cut, near)) / shapely.area(cut)
    return shares


def with_demand(network: gpd.GeoDataFrame, residents: Residents | None) -> gpd.GeoDataFrame:
    """Add to every point the residents to whom it is the nearest, and the services they may ask.

    Cells of a grid go to the point nearest to their centre.  Of a table by unit
    the residents go to their unit's point; those of a unit without one, to the
    point nearest to its representative point.  Services are those of a year, by
    the rate of the kind of unit that residents live in (`rates`), between the
    lower rate on the fewest residents and the higher rate on the most.  Int64,
    null where there is no point or where residents are not given.
    """
    columns = {name: pd.Series(pd.NA, network.index, dtype="Int64") for name in _OF_POINTS}
    points = network[network["place"].notna()].sort_values("place")
    if residents is None or len(points) == 0:
        return network.assign(**columns)
    cells, point = residents.cells, _nearest_point(points, residents)
    kinds = cells["unit"].map(network.set_index("unit")["kind"])

    def given(counts: pd.Series) -> pd.Series:
        """Give every cell's count to its point."""
        sums = counts.groupby(point).sum().reindex(points.index, fill_value=0)
        if int(sums.sum()) != int(counts.sum()):
            raise AssertionError(f"{counts.name}: {sums.sum()} given of {counts.sum()}")
        return sums.astype("Int64")

    for name, count in zip(_OF_POINTS[: len(COUNTS)], COUNTS, strict=True):
        columns[name] = given(cells[count])
    for end in Rate._fields:
        counts = cells[f"population_{end}"]
        by_kind = {kind: given(counts.where(kinds == kind, 0)) for kind in kinds.unique()}
        columns[f"services_{end}"] = _expected(by_kind, points.index, end).astype("Int64")
    return network.assign(
        **{name: column.reindex(network.index) for name, column in columns.items()}
    )


def with_staff(network: gpd.GeoDataFrame, hours: pd.Series, peak: float) -> gpd.GeoDataFrame:
    """Add the people whom the expected services need at the desk while a point is open.

    services × 15 minutes × peak / (75 % × minutes open a year), of 46 weeks of
    the point's own hours, 40 a week where they are not known; the fewest
    services by the most hours, and the reverse.  To 0.1, so that points,
    municipalities and the country add up.  `hours` are the texts by place.
    """
    desk, points = _document()["desk"], network[network["services_most"].notna()]
    texts = hours.reindex(points["place"]).fillna("").set_axis(points.index)
    week = opening.hours_a_week(texts, desk["hours_a_week"])
    cap = None
    for end, open_ in (("most", week["least"]), ("least", week["most"])):
        minutes = open_ * 60 * desk["weeks"] * desk["load"]
        people = points[f"services_{end}"].astype(float) * desk["minutes"] * peak / minutes
        cap = _tenths(people, points["municipality"], cap)
        network[f"staff_{end}"] = (cap / 10).reindex(network.index)
    return network


def _tenths(people: pd.Series, municipality: pd.Series, cap: pd.Series | None) -> pd.Series:
    """Round to whole tenths that add up, first among municipalities and then in each."""
    parts = (people * 10 * _PARTS).round().astype("int64")
    caps = pd.Series(parts.sum(), parts.index) if cap is None else cap
    groups = parts.groupby(municipality)
    total = round(Fraction(int(parts.sum()), _PARTS))
    totals = apportion(total, groups.sum(), caps.groupby(municipality).sum())
    tenths = [apportion(totals[code], own, caps[own.index]) for code, own in groups]
    return pd.concat(tenths) if tenths else people


def _expected(by_kind: Mapping[str, pd.Series], points: pd.Index, end: str) -> pd.Series:
    """Give each point the services that its residents of each kind of unit may ask, {least, most}.

    The points' services add up to those of all residents, rounded once.
    """
    of_kinds = {kind: getattr(rates()[kind], end) for kind in by_kind}
    # Over one denominator the services are whole, and nothing is rounded before the end.
    parts = lcm(*(rate.denominator for rate in of_kinds.values()))
    services = pd.Series(0, points, dtype=object)
    for kind, rate in of_kinds.items():
        services += by_kind[kind].astype("int64").astype(object) * int(rate * parts)
    return apportion(round(Fraction(int(services.sum()), parts)), services)


def _nearest_point(points: gpd.GeoDataFrame, residents: Residents) -> NDArray[np.int64]:
    """Find the point that each cell's residents are given to: its label in the index."""
    cells = residents.cells
    targets = Targets(points["lat"], points["lon"])
    nearest = targets.nearest(cells["lat"], cells["lon"]).target
    point: NDArray[np.int64] = points.index.to_numpy(np.int64)[nearest]
    if residents.basis == BY_UNIT:
        own = cells["unit"].map(pd.Series(points.index, points["unit"])).to_numpy(float)
        point = np.where(np.isnan(own), point, own).astype(np.int64)
    return point


def apportion(total: int, weights: pd.Series, most: pd.Series | None = None) -> pd.Series:
    """Divide a whole number by weights so that the parts are whole and add up to it.

    Each part is what its weight asks for, rounded down; what is left goes, one
    each, to the largest remainders, the first of equal ones (Hamilton's method).
    With `most` no part is more than that; they add up to the number or more.
    """
    whole = int(weights.sum())
    if whole == 0:
        return pd.Series(0, weights.index, dtype="int64")
    # Whole numbers throughout: no rounding decides who gets the last ones.
    quotas = [divmod(total * int(weight), whole) for weight in weights]
    limits = np.full(len(quotas), total) if most is None else most.to_numpy(np.int64)
    parts = np.minimum([part for part, _ in quotas], limits)
    order = np.array(sorted(range(len(quotas)), key=lambda place: -quotas[place][1]))
    while left := total - int(parts.sum()):
        parts[order[parts[order] < limits[order]][:left]] += 1
    return pd.Series(parts, weights.index)
