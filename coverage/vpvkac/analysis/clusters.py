"""Clusters of gaps: neighbouring gaps that one measure could mend.

Gaps of the access and the coverage list that share a remedy are joined by
complete linkage until no two groups lie wholly within `EXTENT_M` of each
other: every two gaps of a cluster are at most so far apart, however long the
chain between them.  Only remedies that one measure can carry out for several
units are joined: a stop or a trip on one route, premises or remote support
that serve several units.  A position to be verified, or a point that moves
within its own unit, is a matter of that unit alone.

Complete linkage: Müllner, "Modern hierarchical, agglomerative clustering
algorithms", arXiv:1109.2378 (2011), by scikit-learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import MILLIMETRE, to_degrees
from vpvkac.geo.nearest import chains
from vpvkac.model.tables import TABLES
from vpvkac.texts.collation import collation_key

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


# The farthest that two gaps of a cluster may be apart, metres: neighbouring parishes, whose
# middles are about 10 km apart, within reach of one bus route or of premises shared.
EXTENT_M = 15_000.0
# Whatever two ways of reckoning a distance may differ by.
_SLACK_M = 1.0
GAP_COLUMNS = ("cluster", "cluster_name", "cluster_size")
# What one measure can carry out for several units; other remedies concern a unit alone.
SHARED_REMEDIES = ("ask_for_stop", "ask_for_service", "other_premises", "remote_support")
_FACTS = TABLES["gap_clusters"].facts
_BETWEEN = " / "


class Clusters(NamedTuple):
    """The clusters, and the cluster of every gap.

    Parameters
    ----------
    table
        Facts of `gap_clusters`, by number.
    of_gaps
        `GAP_COLUMNS` for every list given, with the list's index; null where
        a gap is in no cluster.
    """

    table: pd.DataFrame
    of_gaps: dict[str, pd.DataFrame]


def find_clusters(lists: Mapping[str, gpd.GeoDataFrame]) -> Clusters:
    """Join the neighbouring gaps of several lists.

    Parameters
    ----------
    lists
        Gap lists in EPSG:3059 with `unit`, `municipality`,
        `municipality_name`, `population`, `remedy` and points or polygons,
        of which a point inside stands for the whole.  The order of rows
        plays no part.

    Returns
    -------
    clusters
        Those of two gaps and more, numbered by residents, then by gaps,
        descending, then by the lowest unit code.
    """
    gaps = _joined_lists(lists)
    gaps["group"] = _groups(gaps)
    joined = gaps[gaps.groupby("group")["unit"].transform("size") > 1]
    table = _described(joined)
    described = table.set_index("group").reindex(gaps["group"])
    gaps["cluster"] = described["cluster"].to_numpy()
    gaps["cluster_name"] = described["name"].astype(object).fillna("").to_numpy()
    gaps["cluster_size"] = described["gaps"].to_numpy()
    gaps = gaps.astype({"cluster": "Int64", "cluster_name": str, "cluster_size": "Int64"})
    of_gaps = {
        name: gaps.loc[gaps["list"] == name]
        .set_index("index")[list(GAP_COLUMNS)]
        .reindex(gap_list.index)
        for name, gap_list in lists.items()
    }
    return Clusters(table[list(_FACTS)], of_gaps)


def hulls(lists: Mapping[str, gpd.GeoDataFrame], around_m: float) -> gpd.GeoSeries:
    """Draw an outline round the gaps of every cluster, by its number.

    Parameters
    ----------
    lists
        Gap lists with `cluster`.
    around_m
        How far outside the outermost gaps it runs, metres.
    """
    import geopandas as gpd

    frames = [
        pd.DataFrame({"cluster": gaps["cluster"], "at": _positions(gaps)})
        for gaps in lists.values()
    ]
    held = pd.concat(frames).dropna(subset="cluster")
    outlines = {
        int(str(cluster)): shapely.buffer(shapely.MultiPoint(at.to_numpy()).convex_hull, around_m)
        for cluster, at in held.groupby("cluster")["at"]
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
        at = _positions(gaps)
        frame = pd.DataFrame(gaps[columns]).assign(
            list=name,
            index=gaps.index,
            x=shapely.get_x(at).round(MILLIMETRE),
            y=shapely.get_y(at).round(MILLIMETRE),
        )
        frames.append(frame)
    stacked = pd.concat(frames, ignore_index=True)
    return stacked.sort_values(["x", "y", "list", "unit"], ignore_index=True)


def _groups(gaps: pd.DataFrame) -> NDArray[np.int64]:
    """Give neighbours one number; a gap that stays alone has one of its own."""
    group = np.arange(len(gaps), dtype=np.int64)
    shared = gaps[gaps["remedy"].isin(SHARED_REMEDIES)]
    for _, alike in shared.groupby("remedy"):
        if len(alike) > 1:
            labels = _linked(alike[["x", "y"]].to_numpy(float))
            rows = alike.index.to_numpy()
            # The group bears the number of its first row.
            group[rows] = rows[np.unique(labels, return_index=True)[1]][labels]
    return group


def _linked(positions: NDArray[np.float64]) -> NDArray[np.int64]:
    """Join positions by complete linkage up to `EXTENT_M`; labels 0, 1, … of shape (n,).

    What no chain of steps up to `EXTENT_M` leads to is never joined: each chain
    is linked alone, for linkage takes the square of its number in memory.
    """
    chain = chains(positions, EXTENT_M + _SLACK_M)
    order = np.argsort(chain, kind="stable")
    label = np.empty(len(positions), np.int64)
    begun = 0
    for rows in np.split(order, np.flatnonzero(np.diff(chain[order])) + 1):
        label[rows] = begun + (_linked_chain(positions[rows]) if len(rows) > 1 else 0)
        begun = int(label[rows].max()) + 1
    return label


def _linked_chain(positions: NDArray[np.float64]) -> NDArray[np.int64]:
    from sklearn.cluster import AgglomerativeClustering

    # scikit-learn joins below the limit, not at it.
    limit = float(np.nextafter(EXTENT_M, np.inf))
    found = AgglomerativeClustering(None, linkage="complete", distance_threshold=limit)
    return np.asarray(found.fit_predict(positions), np.int64)


def _described(joined: pd.DataFrame) -> pd.DataFrame:
    """Measure, number and name the clusters."""
    gaps = joined.sort_values("group", kind="stable", ignore_index=True)
    by_group = gaps.groupby("group")
    units = gaps.drop_duplicates(["group", "unit"])
    counted = units["population"].groupby(units["group"]).sum()
    known = units["population"].notna().groupby(units["group"]).all()
    middle = by_group[["x", "y"]].mean()
    lat, lon = to_degrees(middle["x"], middle["y"])
    table = pd.DataFrame(
        {
            "name": _municipalities(gaps, "municipality_name", _BETWEEN),
            "remedy": by_group["remedy"].first(),
            "gaps": by_group.size(),
            "units": units.groupby("group").size(),
            "residents": counted.where(known),
            "lat": lat,
            "lon": lon,
            "extent_m": _extents(gaps),
            "municipalities": _municipalities(gaps, "municipality", "+"),
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
    table["name"] = _numbered(table["name"])
    return table[["group", *_FACTS]]


def _municipalities(gaps: pd.DataFrame, column: str, between: str) -> pd.Series:
    """Join the names or codes of each group's municipalities, in the order of the alphabet."""
    places = gaps.drop_duplicates(["group", "municipality"])
    place = {text: n for n, text in enumerate(sorted(places[column].unique(), key=collation_key))}
    places = places.assign(place=places[column].map(place)).sort_values(["group", "place"])
    return places.groupby("group")[column].agg(between.join)


def _extents(gaps: pd.DataFrame) -> pd.Series:
    """Measure how far apart the farthest two positions of each group are, metres in the plane.

    The rows of a group follow one another.
    """
    groups, first = np.unique(gaps["group"], return_index=True)
    parts = np.split(gaps[["x", "y"]].to_numpy(float), first[1:])
    return pd.Series([_extent(at) for at in parts[: len(groups)]], groups, dtype=float)


def _extent(at: NDArray[np.float64]) -> float:
    apart = at[:, None, :] - at[None, :, :]
    return float(np.hypot(apart[..., 0], apart[..., 1]).max().round(MILLIMETRE))


def _numbered(names: pd.Series) -> pd.Series:
    """Add a number where several clusters have one name."""
    count = (names.groupby(names).cumcount() + 1).astype(str)
    return names.where(~names.duplicated(keep=False), names + " " + count)
