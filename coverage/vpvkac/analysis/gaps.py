"""Gaps: where the network fails, what could close each gap, and which ones one measure could mend.

Rows are facts and codes; what is said of them is made last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.analysis.access import RARE
from vpvkac.analysis.coverage import chosen_places, reach_flags
from vpvkac.analysis.network import NONE, PLANNED, is_open_centre, points_and_centres, status_of
from vpvkac.analysis.quality import NO_CLASS, joined_stops
from vpvkac.geo.geodesy import MILLIMETRE, to_degrees
from vpvkac.geo.nearest import chains, nearest
from vpvkac.inputs.optional import COUNTS
from vpvkac.model.tables import TABLES
from vpvkac.texts.collation import collation_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.analysis.network import Network


_Table = TypeVar("_Table", bound="pd.DataFrame")
# Classes of access gaps and of service, each in the order of its list.
_CLASSES = ("move", "beyond", "verify", *RARE)
_OF_ALTERNATIVE = [
    "place", "host", "name", "address", "distance_m", "visits_within", "service_class",
]  # fmt: skip
# A stop on a passing route can be moved or added; one farther than twice the walk is elsewhere.
STOP_MAY_MOVE = 2.0
# The farthest that two gaps of a cluster may be apart, metres: neighbouring parishes, whose
# middles are about 10 km apart, within reach of one bus route or of premises shared.
EXTENT_M = 15_000.0
# Whatever two ways of reckoning a distance may differ by.
_SLACK_M = 1.0
GAP_COLUMNS = ("cluster", "cluster_name", "cluster_size")
# What one measure can carry out for several units; other remedies concern a unit alone.
SHARED_REMEDIES = ("ask_for_stop", "ask_for_service", "other_premises", "remote_support")


def municipalities_with_list(result: Network) -> pd.DataFrame:
    """Give the municipalities; none where no list of centres tells which have one."""
    has_list = "centre" in result.project.hosts
    return result.municipalities if has_list else result.municipalities.iloc[:0]


def access_gaps(result: Network) -> gpd.GeoDataFrame:
    """List the points beyond the threshold or uncertain, and the open centres like them.

    An uncertain position is verified before anything else.  If a place of the
    unit is within reach, the point moves there.  Else, where a stop is within
    twice the threshold, a route passes and a stop may be moved or added; where
    it is farther, but the unit has stops, other premises near one are looked
    for; where the unit has no stop at all, support is given remotely.

    Facts of `gaps_access` and the point, EPSG:3059, ordered by class (move,
    beyond, verify), then population, then distance, descending.
    """
    places, threshold_m = result.places, result.project.rules.threshold_m
    points = points_and_centres(result.network, places)
    reach = reach_flags(points)
    gaps = _in_units(points[reach["points_beyond"] | reach["points_uncertain"]], result.units)
    others = places[~places["place"].isin(result.network["place"].dropna())]
    within = others[reach_flags(others)["points_within"]]
    # The place of the same unit that is within reach and nearest to a stop.
    best = chosen_places(within, *within["host"].unique()).set_index("unit")
    gaps = gaps.join(best[_OF_ALTERNATIVE].add_prefix("alt_"), on="unit")
    uncertain, movable = gaps["uncertain"].astype(bool), gaps["alt_place"].notna()
    near = gaps["distance_m"] <= STOP_MAY_MOVE * threshold_m
    gaps["class"] = np.select([uncertain, movable], ["verify", "move"], "beyond")
    gaps["over_m"] = gaps["distance_m"] - threshold_m
    gaps["remedy"] = np.select(
        [uncertain, movable, near, gaps["stops"] > 0],
        ["verify_location", "move_within_unit", "ask_for_stop", "other_premises"],
        "remote_support",
    )
    return _ranked("gaps_access", gaps, "class", "distance_m", "place")


def service_gaps(result: Network) -> gpd.GeoDataFrame:
    """List the points within reach of stops where few buses call, and the open centres like them.

    Facts of `gaps_service` and the point, EPSG:3059, ordered by class (none,
    1-3), then population, then distance, descending.
    """
    points = points_and_centres(result.network, result.places)
    rare = reach_flags(points)["points_within"] & points["service_class"].isin(RARE)
    gaps = _in_units(points[rare], result.units).assign(remedy="ask_for_service")
    return _ranked("gaps_service", gaps, "service_class", "distance_m", "place")


def quality_gaps(result: Network) -> gpd.GeoDataFrame:
    """List the points within reach of a stop that have no quality class, and the centres like them.

    With the calls by day at all poles of the nearest stop.  Facts of `gaps_quality` and the point,
    EPSG:3059, ordered by population, then distance, descending.
    """
    points = points_and_centres(result.network, result.places)
    without = reach_flags(points)["points_within"] & (points["quality_class"] == NO_CLASS)
    gaps = _in_units(points[without], result.units)
    stops = result.stops[result.stops["in_set"]]
    calls = joined_stops(stops).set_index(stops["stop"].to_numpy())["calls"]
    gaps["calls_by_day"] = gaps["stop"].map(calls).astype("Int64")
    return _ranked("gaps_quality", gaps, None, "distance_m", "place")


def coverage_gaps(result: Network) -> gpd.GeoDataFrame:
    """List the units with no contact point, and the nearest point of another unit.

    Other premises are looked for, unless the municipal premises are among the
    inputs and the unit has none of any kind: then support is given remotely.
    Facts of `gaps_coverage` and the polygon, ordered by population, then
    `nearest_m`, descending.
    """
    units, network, places = result.units, result.network, result.places
    gaps = units[units["status"] == NONE].reset_index(drop=True)
    # The places that a unit holds that may not host a point, such as its post office.
    inside = places[places["unit"].isin(gaps["unit"])]
    names = inside["name"].where(inside["name"] != "", inside["address"])
    lists = names.groupby(inside["unit"]).agg("; ".join)
    gaps["other_premises"] = gaps["unit"].map(lists).astype(object).fillna("")
    gaps = _with_nearest_points(gaps, network[network["status"] != NONE])
    is_remote = (gaps["other_premises"] == "") & ("municipal_premises" in result.project.hosts)
    gaps["remedy"] = np.where(is_remote, "remote_support", "other_premises")
    return _ranked("gaps_coverage", gaps, None, "nearest_m", "unit")


def municipality_gaps(result: Network) -> pd.DataFrame:
    """List the municipalities in which no open centre stands: facts of `gaps_municipalities`.

    By area, descending; the remedy is a library where one is planned, else other premises.
    """
    places, municipalities = result.places, municipalities_with_list(result)
    gaps = municipalities[municipalities["centres"] == 0].reset_index(drop=True)
    gaps = gaps.rename(columns={f"units_{name}": name for name in (PLANNED, NONE)})
    offices = places.loc[places["host"] == "institution", "municipality"].value_counts()
    gaps["institution_offices"] = gaps["municipality"].map(offices).fillna(0).astype("int64")
    in_library = gaps["municipality"].isin(planned_in_library(result.network).index)
    gaps["remedy"] = np.where(in_library, "library", "other_premises")
    gaps = gaps.sort_values(["area_km2", "municipality"], ascending=[False, True])
    gaps["rank"] = np.arange(1, len(gaps) + 1)
    return _facts("gaps_municipalities", gaps.reset_index(drop=True))


def planned_in_library(network: pd.DataFrame) -> pd.Series:
    """Count the points planned in libraries, by code of the municipality that has any."""
    planned = (network["status"] == PLANNED) & (network["host"] == "library")
    counts: pd.Series = network.loc[planned, "municipality"].value_counts()
    return counts


def owned_centres(places: pd.DataFrame) -> dict[str, list[str]]:
    """Name the open centres of every municipality that owns any, wherever they stand."""
    centres = places[is_open_centre(places)]
    return {str(owner): list(names) for owner, names in centres.groupby("owner")["name"]}


def _facts(name: str, gaps: _Table) -> _Table:
    """Keep the geometry and the columns known here; texts, decisions and clusters follow."""
    return gaps[[column for column in (*TABLES[name].facts, "geometry") if column in gaps]]


def _ranked(
    name: str, gaps: gpd.GeoDataFrame, group: str | None, length: str, key: str
) -> gpd.GeoDataFrame:
    """Order by class, then residents and length descending, unknown ones last; keep the facts."""
    order = {code: number for number, code in enumerate(_CLASSES)}
    ordered = gaps.assign(order=gaps[group].map(order) if group else 0).sort_values(
        ["order", "population", length, key],
        ascending=[True, False, False, True],
        na_position="last",
        ignore_index=True,
    )
    return _facts(name, ordered.assign(rank=np.arange(1, len(gaps) + 1)))


def _in_units(places: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add what is known of the places' units."""
    of_unit = units[["unit", "unit_name", "kind", "municipality_name", "stops", *COUNTS]]
    joined = places.merge(pd.DataFrame(of_unit), on="unit", validate="many_to_one")
    return joined.rename(columns={"name": "place_name"}).assign(status=status_of(joined))


def _with_nearest_points(gaps: gpd.GeoDataFrame, points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add the nearest contact point; a unit with none can only have it in another unit."""
    columns = {
        "nearest_place": "place",
        "nearest_host": "host",
        "nearest_name": "place_name",
        "nearest_unit_name": "unit_name",
    }
    if len(points) == 0:
        return gaps.assign(**dict.fromkeys(columns, None), nearest_m=np.nan)
    points = points.sort_values("place", ignore_index=True)
    inside = gaps.geometry.representative_point()
    target, distance_m = nearest(*to_degrees(inside.x, inside.y), points["lat"], points["lon"])
    taken = points.iloc[target].reset_index(drop=True)
    return gaps.assign(
        **{name: taken[column] for name, column in columns.items()}, nearest_m=distance_m
    )


class Clusters(NamedTuple):
    """The clusters, facts of `gap_clusters` by number, and the cluster of every gap.

    `of_gaps` has `GAP_COLUMNS` for every list given, with the list's index;
    null where a gap is in no cluster.
    """

    table: pd.DataFrame
    of_gaps: dict[str, pd.DataFrame]


def find_clusters(lists: Mapping[str, gpd.GeoDataFrame]) -> Clusters:
    """Join neighbouring gaps, in EPSG:3059, that share a remedy for several units.

    By complete linkage up to `EXTENT_M` (Müllner, arXiv:1109.2378, 2011): every
    two gaps of a cluster are at most so far apart.  The clusters, of two gaps
    and more, are numbered by residents, then by gaps, descending, then by the
    lowest unit code; the order of the rows plays no part.
    """
    gaps = _joined_lists(lists)
    gaps["group"] = _groups(gaps)
    table = _described(gaps[gaps.groupby("group")["unit"].transform("size") > 1])
    described = table.set_index("group").reindex(gaps["group"])
    gaps["cluster"] = described["cluster"].to_numpy()
    gaps["cluster_name"] = described["name"].astype(object).fillna("").to_numpy()
    gaps["cluster_size"] = described["gaps"].to_numpy()
    gaps = gaps.astype({"cluster": "Int64", "cluster_name": str, "cluster_size": "Int64"})
    of_list = {name: gaps[gaps["list"] == name].set_index("index") for name in lists}
    return Clusters(
        table[list(TABLES["gap_clusters"].facts)],
        {name: of_list[name][list(GAP_COLUMNS)].reindex(lists[name].index) for name in lists},
    )


def hulls(lists: Mapping[str, gpd.GeoDataFrame], around_m: float) -> gpd.GeoSeries:
    """Draw an outline round the gaps of every cluster, by its number, so far outside them."""
    frames = [
        pd.DataFrame({"cluster": gaps["cluster"], "at": _positions(gaps)})
        for gaps in lists.values()
    ]
    outlines = {
        int(str(cluster)): shapely.buffer(shapely.MultiPoint(at.to_numpy()).convex_hull, around_m)
        for cluster, at in pd.concat(frames).groupby("cluster")["at"]
    }
    crs = next(iter(lists.values())).crs
    return gpd.GeoSeries(list(outlines.values()), index=list(outlines), crs=crs)


def _positions(gaps: gpd.GeoDataFrame) -> NDArray[np.object_]:
    return np.asarray(gaps.geometry.representative_point(), object)


def _joined_lists(lists: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Stack the lists, by position, list and unit, so that no order of rows decides a tie."""
    columns = ["unit", "municipality", "municipality_name", "population", "remedy"]
    frames = []
    for name, gaps in lists.items():
        x, y = shapely.get_coordinates(_positions(gaps)).T.round(MILLIMETRE)
        frames.append(pd.DataFrame(gaps[columns]).assign(list=name, index=gaps.index, x=x, y=y))
    stacked = pd.concat(frames, ignore_index=True)
    return stacked.sort_values(["x", "y", "list", "unit"], ignore_index=True)


def _groups(gaps: pd.DataFrame) -> NDArray[np.int64]:
    """Give neighbours one number, that of their first row; a gap that stays alone has its own."""
    group = np.arange(len(gaps), dtype=np.int64)
    positions = gaps[["x", "y"]].to_numpy(float)
    for _, alike in gaps[gaps["remedy"].isin(SHARED_REMEDIES)].groupby("remedy"):
        # What no chain of steps leads to is never joined: each chain is linked alone, for
        # linkage takes the square of its number in memory.
        chain = chains(positions[alike.index], EXTENT_M + _SLACK_M)
        for _, members in pd.Series(alike.index).groupby(chain):
            if len(members) > 1:
                rows = members.to_numpy()
                labels = _linked(positions[rows])
                group[rows] = rows[np.unique(labels, return_index=True)[1]][labels]
    return group


def _linked(positions: NDArray[np.float64]) -> NDArray[np.int64]:
    from scipy.cluster.hierarchy import fcluster, linkage

    joined = linkage(positions, method="complete")
    return np.asarray(fcluster(joined, EXTENT_M, criterion="distance") - 1, np.int64)


def _described(joined: pd.DataFrame) -> pd.DataFrame:
    """Measure, number and name the clusters, of their gaps with `group`."""
    by_group = joined.groupby("group")
    units = joined.drop_duplicates(["group", "unit"])
    residents = units["population"].groupby(units["group"]).sum()
    is_known = units["population"].notna().groupby(units["group"]).all()
    middle = by_group[["x", "y"]].mean()
    lat, lon = to_degrees(middle["x"], middle["y"])
    extents = [_extent(at.to_numpy(float)) for _, at in by_group[["x", "y"]]]
    table = pd.DataFrame(
        {
            "name": _municipalities(joined, "municipality_name", " / "),
            "remedy": by_group["remedy"].first(),
            "gaps": by_group.size(),
            "units": units.groupby("group").size(),
            "residents": residents.where(is_known),
            "lat": lat,
            "lon": lon,
            "extent_m": pd.Series(extents, middle.index, dtype=float),
            "municipalities": _municipalities(joined, "municipality", "+"),
            "first": by_group["unit"].min(),
        },
        index=middle.index,
    ).reset_index()
    table = table.astype({"name": str, "residents": "Int64", "gaps": "int64", "units": "int64"})
    table = table.sort_values(
        ["residents", "gaps", "first"], ascending=[False, False, True], na_position="last",
        ignore_index=True,
    )  # fmt: skip
    table["cluster"] = np.arange(1, len(table) + 1)
    # A number where several clusters have one name.
    names = table["name"]
    count = (names.groupby(names).cumcount() + 1).astype(str)
    return table.assign(name=names.where(~names.duplicated(keep=False), names + " " + count))


def _municipalities(gaps: pd.DataFrame, column: str, between: str) -> pd.Series:
    """Join the names or codes of each group's municipalities, in the order of the alphabet."""
    places = gaps.drop_duplicates(["group", "municipality"])
    places = places.sort_values(column, key=lambda texts: texts.map(collation_key))
    return places.groupby("group")[column].agg(between.join)


def _extent(at: NDArray[np.float64]) -> float:
    """Measure how far apart the farthest two positions are, metres in the plane."""
    apart = at[:, None, :] - at[None, :, :]
    return float(np.hypot(apart[..., 0], apart[..., 1]).max().round(MILLIMETRE))
