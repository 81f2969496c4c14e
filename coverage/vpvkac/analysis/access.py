"""Access: how far each place is from its nearest stop, and how often buses call there.

Stops of overlapping feeds are clustered into stop places, so that none is counted twice;
distances use every stop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.geo.nearest import Nearest, Targets, chains, nearest

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pandas.api.typing import SeriesGroupBy

    from vpvkac.model.project import Rules, StopSet

# A planner's rule of thumb: 700 m are about 10 minutes on foot (the 2020 analysis, 6.2).
_METRES_A_MINUTE = 70.0
SAME_PLACE_M = 30.0
# The visits that each class begins with.
CLASSES = {"none": 0, "1-3": 1, "4-9": 4, "10-23": 10, "24+": 24}
# Classes that limit reach by public transport.
RARE = ("none", "1-3")
_OF_SERVICE = ["visits", "visits_within", "service_class"]


def in_set(stops: gpd.GeoDataFrame, stop_set: StopSet) -> NDArray[np.bool_]:
    """Tell which stops belong to a stop set; shape (n,).

    `regional`: bus stops of regional feeds; `bus`: bus stops of all feeds;
    `all`: trolleybus and tram stops too.
    """
    if stop_set == "all":
        return np.ones(len(stops), bool)
    bus = stops["modes"].str.startswith("bus")
    return np.asarray(bus & stops["regional"] if stop_set == "regional" else bus, bool)


def measure(places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame, rules: Rules) -> gpd.GeoDataFrame:
    """Add to every place its nearest stop, `distance_m` (geodesic, 0.001 m) and `within`.

    Null where there is no stop.  `uncertain` is a place of which the precision of
    its position could change the decision.
    """
    chosen = stops[in_set(stops, rules.stop_set)].reset_index(drop=True)
    target, distance_m = _nearest_or_none(places, chosen)
    of_stop = chosen[["stop", "stop_name", "visits"]].reindex(target).reset_index(drop=True)
    metres, threshold_m = pd.Series(distance_m), rules.threshold_m
    precision_m = places["located_within_m"]
    within = metres <= threshold_m
    changes = (within != (metres + precision_m <= threshold_m)) | (
        within != (metres - precision_m <= threshold_m)
    )
    return places.assign(
        stop=of_stop["stop"],
        stop_name=of_stop["stop_name"],
        visits=of_stop["visits"].astype("Int64"),
        distance_m=metres,
        walk_min=metres / _METRES_A_MINUTE,
        within=within.astype("boolean").mask(metres.isna()),
        uncertain=(changes & (precision_m > 0)).astype("boolean").mask(metres.isna()),
        distance_all_m=_nearest_or_none(places, stops).distance_m,
    )


def _nearest_or_none(places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame) -> Nearest:
    if len(stops) == 0:
        return Nearest(np.full(len(places), -1, np.int64), np.full(len(places), np.nan))
    return nearest(places["lat"], places["lon"], stops["lat"], stops["lon"])


def with_service(
    places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame, threshold_m: float
) -> gpd.GeoDataFrame:
    """Add to every measured place `visits_within` (Int64) and its `service_class`.

    The visits on the service day at all stops of the set within the threshold
    (geodesic metres), summed over stop places.  Where several feeds have stops
    at one stop place, those of the feed with most visits there count.  Null
    where the visits of no stop are known, or of any stop place within the
    threshold are not.
    """
    if stops["visits"].isna().all():
        visits = pd.Series(pd.NA, places.index, dtype="Int64")
    else:
        sums = count_calls(pair_calls(places, stops, threshold_m))
        # A place with no stop within the threshold has no visits.
        every = sums.reindex(np.arange(len(places)), fill_value=0.0)
        visits = pd.Series(every.to_numpy(), places.index).astype("Int64")
    return places.assign(visits_within=visits, service_class=classes(visits))


def pair_calls(places: pd.DataFrame, stops: gpd.GeoDataFrame, threshold_m: float) -> pd.DataFrame:
    """Pair each place (`origin`, its number) with the stops within the threshold and their visits.

    Of measured stops with `stop_place`; `distance_m` in geodesic metres.
    """
    targets = Targets(stops["lat"], stops["lon"])
    pairs = targets.within(places["lat"], places["lon"], threshold_m)
    # The stops of one feed are just summed.
    place = stops["stop_place"].to_numpy() * (len(stops["feed"].unique()) > 1)
    return pd.DataFrame(
        {
            "origin": pairs.origin,
            "distance_m": pairs.distance_m,
            "stop_place": place[pairs.target],
            "feed": stops["feed"].to_numpy()[pairs.target],
            "visits": stops["visits"].to_numpy(float, na_value=np.nan)[pairs.target],
        }
    )


def count_calls(calls: pd.DataFrame) -> pd.Series:
    """Sum the visits of `pair_calls` by origin, each stop place once."""
    by_feed = _sums(calls.groupby(["origin", "stop_place", "feed"])["visits"])
    by_place = by_feed.groupby(level=["origin", "stop_place"]).max()
    return _sums(by_place.groupby(level="origin"))


def _sums(groups: SeriesGroupBy[float, Any]) -> pd.Series:
    """Add up each group; null where any of it is."""
    return groups.sum().where(groups.count() == groups.size())


def of_points(network: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add the visits and the classes of the places to the points of a network."""
    return network.join(places.set_index("place")[_OF_SERVICE], on="place")


def classes(visits: pd.Series) -> pd.Series:
    """Class counts of visits (`CLASSES`); null where the count is."""
    edges = np.array(list(CLASSES.values()))
    number = np.searchsorted(edges, visits.fillna(0).to_numpy(np.int64), side="right") - 1
    names = np.array(list(CLASSES), object)[number]
    return pd.Series(names, visits.index).where(visits.notna(), None)


def count_classes(points: pd.Series) -> dict[str, int]:
    """Count classes of points, by criterion of the summary; nothing where none is known."""
    if not points.notna().any():
        return {}
    counts = points.fillna("unknown").value_counts()
    return {
        f"points_service_{code.replace('-', '_').rstrip('+')}": int(counts.get(code, 0))
        for code in (*CLASSES, "unknown")
    }


def stop_places(stops: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Cluster stops (EPSG:3059) that stand within 30 m of one another, in chains.

    Gives the number of each stop's place, in the order of their first stops, shape (n,).
    """
    return chains(np.column_stack([stops.geometry.x, stops.geometry.y]), SAME_PLACE_M)


def with_stop_places(stops: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add to stops of a set `stop_place`, by number, and `counted`.

    One feed counts every stop, as the published 9 310 do.  Where feeds
    overlap, at each stop place the stops count of the feed that has most
    there, the lower name on ties.
    """
    if len(stops["feed"].unique()) <= 1:
        return stops.assign(stop_place=np.arange(len(stops)), counted=True)
    table = pd.DataFrame({"place": stop_places(stops), "feed": stops["feed"].to_numpy()})
    sizes = table.value_counts().rename("stops").reset_index()
    fullest = sizes.sort_values(["place", "stops", "feed"], ascending=[True, False, True])
    chosen = fullest.drop_duplicates("place").set_index("place")["feed"]
    counted = table["feed"] == table["place"].map(chosen)
    return stops.assign(stop_place=table["place"].to_numpy(), counted=counted.to_numpy())
