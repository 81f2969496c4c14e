"""Catchment: how many residents live near the contact points, and what they may ask of each."""

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

from vpvkac.analysis.coverage import share as divide
from vpvkac.analysis.network import EXISTING, NONE, STATUSES, Residents
from vpvkac.geo.nearest import Targets
from vpvkac.inputs.optional import COUNTS
from vpvkac.model.tables import TABLES
from vpvkac.sources.reference import reference_file

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


_FILE = "demand.toml"
_MONTHS_OF_YEAR = 12
OUTSIDE, TOWNS = "outside_towns", "towns"
_WITHOUT_CENTRE = "without_centre"


class Rate(NamedTuple):
    """Services a resident and year; the yearly rate is between the two."""

    least: Fraction
    most: Fraction


@cache
def published_rates() -> Mapping[str, Fraction]:
    """Give the services a resident as published: `OUTSIDE`, `TOWNS` and "all".

    The rest of the table's services and residents are those of towns and
    cities, so that both together give the published total.
    """
    table = _document()["table_41"]
    outside, services, residents = table[OUTSIDE], table["services"], table["residents"]
    return {
        OUTSIDE: Fraction(outside["services"], outside["residents"]),
        TOWNS: Fraction(services - outside["services"], residents - outside["residents"]),
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
    year = Fraction(_MONTHS_OF_YEAR, document["table_41"]["months"])
    ends = {
        OUTSIDE: Rate(published[OUTSIDE] * year, published[OUTSIDE]),
        TOWNS: Rate(published[TOWNS] * year, published[TOWNS]),
        _WITHOUT_CENTRE: Rate(published[TOWNS], published["all"]),
    }
    return {kind: ends[group] for group, kinds in document["kinds"].items() for kind in kinds}


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads(reference_file(_FILE).read_text(encoding="utf-8"))


# Metres: the recommended walk to a stop, and ways to a point that are no walk.
RADII_M = (700, 2_000, 5_000, 10_000, 15_000)
TOTAL, IN_UNIT = "total", "in_unit"
ALL, NETWORK = "all", "network"
GRID, BY_UNIT = "grid", "unit"
POINT_COLUMNS = (
    "residents_nearest", "residents_nearest_least", "residents_nearest_most", "services_least",
    "services_most",
)  # fmt: skip


class _Band(NamedTuple):
    """A count of residents as published, and between what the suppressed counts leave it."""

    value: float
    least: float
    most: float


def reached_residents(
    residents: Residents | None, units: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Count the residents in units with a point, and within each distance of one.

    Parameters
    ----------
    residents
        None where they are not given.
    units, network
        Polygons of the units, and their points (`network.build_network`).

    Returns
    -------
    table
        Columns of `residents`; no row where residents are not given.  `measure` is total,
        in_unit (of the units by the status of their point, and of those with
        any) or within_700 and so on; `points` says of which points.  Shares
        are of the total, 0-1; their band holds every share that counts
        between least and most can give.
    """
    rows = [] if residents is None else list(_rows(residents, units, network))
    table = pd.DataFrame(rows, columns=list(TABLES["residents"].names))
    counts = dict.fromkeys(("radius_m", "residents", "least", "most"), "Int64")
    return table.astype({**counts, **dict.fromkeys(("share", "share_least", "share_most"), float)})


def _rows(
    residents: Residents, units: gpd.GeoDataFrame, network: gpd.GeoDataFrame
) -> Iterator[tuple[object, ...]]:
    cells = residents.cells
    total = _sum(cells, np.ones(len(cells)))
    yield _row(TOTAL, None, ALL, total, total, residents)
    status = cells["unit"].map(network.set_index("unit")["status"])
    for name in (*STATUSES, NETWORK):
        inside = status != NONE if name == NETWORK else status == name
        yield _row(IN_UNIT, None, name, _sum(cells, inside.to_numpy(float)), total, residents)
    placed = network[network["place"].notna()].sort_values("place")
    for name, points in ((EXISTING, placed[placed["status"] == EXISTING]), (NETWORK, placed)):
        shares = _shares_within(residents, units, points)
        for radius, share in zip(RADII_M, shares, strict=True):
            within = _sum(cells, share)
            yield _row(f"within_{radius}", radius, name, within, total, residents)


def _row(
    measure: str, radius: int | None, points: str, part: _Band, total: _Band, residents: Residents
) -> tuple[object, ...]:
    counts = (round(part.value), round(part.least), round(part.most))
    shares = _share(part, total) if residents.complete else (np.nan,) * 3
    return measure, radius, points, *counts, *shares, residents.basis


def _sum(cells: gpd.GeoDataFrame, share: NDArray[np.float64]) -> _Band:
    return _Band(*(float((cells[name] * share).sum()) for name in COUNTS))


def _share(part: _Band, total: _Band) -> tuple[float, float, float]:
    """Give the share of the total, and the band that it lies in.

    The part at its least with the rest at its most, and the reverse.
    """
    rest_most, rest_least = total.most - part.most, total.least - part.least
    return (
        divide(part.value, total.value),
        divide(part.least, part.least + rest_most),
        divide(part.most, part.most + rest_least),
    )


def _shares_within(
    residents: Residents, units: gpd.GeoDataFrame, points: gpd.GeoDataFrame
) -> Sequence[NDArray[np.float64]]:
    """Give the share of each cell that is within each distance of a point."""
    cells = residents.cells
    if len(points) == 0:
        return [np.zeros(len(cells))] * len(RADII_M)
    if residents.basis == BY_UNIT:
        shapes = units.set_index("unit").geometry.reindex(cells["unit"]).to_numpy()
        return [_area_shares(shapes, points.geometry.to_numpy(), radius) for radius in RADII_M]
    away = Targets(points["lat"], points["lon"]).nearest(cells["lat"], cells["lon"]).distance_m
    return [(away <= radius).astype(float) for radius in RADII_M]


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

    Cells of a grid go to the point nearest to their centre.  Of a table by
    unit the residents go to their unit's point; those of a unit without one,
    to the point nearest to its representative point.

    Returns
    -------
    network
        With `POINT_COLUMNS`, Int64; null where there is no point or where
        residents are not given.  Services are those of a year, by the rate of
        the kind of unit that residents live in (`rates.rates`), between the
        lower rate on the fewest residents and the higher rate on the most.
    """
    demanded = network.assign(**dict.fromkeys(POINT_COLUMNS, pd.array([pd.NA], "Int64")[0]))
    demanded = demanded.astype(dict.fromkeys(POINT_COLUMNS, "Int64"))
    points = network[network["place"].notna()].sort_values("place")
    if residents is None or len(points) == 0:
        return demanded
    point = _nearest_point(points, residents)
    given = _given_to(points, residents.cells, point)
    kinds = residents.cells["unit"].map(network.set_index("unit")["kind"])
    values = dict(zip(POINT_COLUMNS, (given[name] for name in COUNTS), strict=False))
    for end in ("least", "most"):
        counts = residents.cells[f"population_{end}"]
        by_kind = {
            kind: counts.where(kinds == kind, 0).groupby(point).sum().reindex(points.index)
            for kind in kinds.unique()
        }
        values[f"services_{end}"] = _expected(by_kind, points.index, end)
    for name, column in values.items():
        demanded[name] = column.astype("Int64").reindex(demanded.index)
    return demanded


def _expected(by_kind: Mapping[str, pd.Series], points: pd.Index, end: str) -> pd.Series:
    """Give each point the services that its residents of each kind of unit may ask, {least, most}.

    The points' services add up to those of all residents, rounded once.
    """
    known = {kind: getattr(rates()[kind], end) for kind in by_kind}
    # Over one denominator the services are whole, and nothing is rounded before the end.
    parts = lcm(*(rate.denominator for rate in known.values()))
    asked = pd.Series(0, points, dtype=object)
    for kind, rate in known.items():
        asked += by_kind[kind].fillna(0).astype("int64").astype(object) * int(rate * parts)
    return apportion(round(Fraction(int(asked.sum()), parts)), asked)


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


def _given_to(
    points: gpd.GeoDataFrame, cells: gpd.GeoDataFrame, point: NDArray[np.int64]
) -> pd.DataFrame:
    """Give every cell's residents to its point; counts on the index of the points."""
    sums = cells[list(COUNTS)].groupby(point).sum()
    given = pd.DataFrame(sums).reindex(points.index, fill_value=0)
    for name in COUNTS:
        if int(given[name].sum()) != int(cells[name].sum()):
            raise AssertionError(f"{name}: {given[name].sum()} given of {cells[name].sum()}")
    return given


def apportion(total: int, weights: pd.Series) -> pd.Series:
    """Divide a whole number by weights so that the parts are whole and add up to it.

    Each part is what its weight asks for, rounded down; what is left goes, one
    each, to the largest remainders, the first of equal ones (Hamilton's method).
    """
    whole = int(weights.sum())
    if whole == 0:
        return pd.Series(0, weights.index, dtype="int64")
    # Whole numbers throughout: no rounding decides who gets the last ones.
    asked = [total * int(weight) for weight in weights]
    parts = np.array([part // whole for part in asked], np.int64)
    remainders = [part % whole for part in asked]
    order = sorted(range(len(asked)), key=lambda place: -remainders[place])
    parts[order[: total - int(parts.sum())]] += 1
    return pd.Series(parts, weights.index)


def expected_services(network: pd.DataFrame) -> tuple[int, int]:
    """Add up the services that may be asked of all points in a year, at least and at most."""
    return int(network["services_least"].sum()), int(network["services_most"].sum())
