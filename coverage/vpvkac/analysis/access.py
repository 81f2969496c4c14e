"""Access: how far each place is from its nearest stop, and how often buses call there."""

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


# A planner's rule of thumb: 700 m are about 10 minutes on foot (REFERENCE.md, requirement 6.2).
_METRES_A_MINUTE = 70.0


def in_set(stops: gpd.GeoDataFrame, stop_set: StopSet) -> NDArray[np.bool_]:
    """Tell which stops belong to a stop set; shape (n,).

    `regional`: bus stops of regional feeds; `bus`: bus stops of all feeds;
    `all`: trolleybus and tram stops too (DESIGN.md, "Stop set").
    """
    if stop_set == "all":
        return np.ones(len(stops), bool)
    bus = stops["modes"].str.startswith("bus")
    chosen = bus & stops["regional"] if stop_set == "regional" else bus
    return np.asarray(chosen, bool)


def measure(places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame, rules: Rules) -> gpd.GeoDataFrame:
    """Add to every place its nearest stop and whether it is within reach.

    Parameters
    ----------
    places, stops
        Canonical tables, sorted by key.
    rules
        Stop set and threshold.

    Returns
    -------
    places
        With `stop`, `stop_name`, `visits`, `distance_m` (0.001 m), `walk_min`,
        `within`, `uncertain` and `distance_all_m`; null where there is no stop.
    """
    chosen = stops[in_set(stops, rules.stop_set)].reset_index(drop=True)
    found = _nearest_or_none(places, chosen)
    metres = pd.Series(found.distance_m)
    of_stop = pd.DataFrame(chosen[["stop", "stop_name", "visits"]])
    of_stop = of_stop.reindex(found.target).reset_index(drop=True)
    return places.assign(
        stop=of_stop["stop"],
        stop_name=of_stop["stop_name"],
        visits=of_stop["visits"].astype("Int64"),
        distance_m=metres,
        walk_min=metres / _METRES_A_MINUTE,
        within=(metres <= rules.threshold_m).astype("boolean").mask(metres.isna()),
        uncertain=_uncertain(metres, places["located_within_m"], rules.threshold_m),
        distance_all_m=_nearest_or_none(places, stops).distance_m,
    )


def _nearest_or_none(places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame) -> Nearest:
    if len(stops) == 0:
        return Nearest(np.full(len(places), -1, np.int64), np.full(len(places), np.nan))
    return nearest(places["lat"], places["lon"], stops["lat"], stops["lon"])


def _uncertain(metres: pd.Series, within_m: pd.Series, threshold_m: float) -> pd.Series:
    """Tell where the placing's precision could change the decision (DESIGN.md, "Placing")."""
    within = metres <= threshold_m
    changes = (within != (metres + within_m <= threshold_m)) | (
        within != (metres - within_m <= threshold_m)
    )
    return (changes & (within_m > 0)).astype("boolean").mask(metres.isna())


# The visits that each class begins with.
CLASSES = {"none": 0, "1-3": 1, "4-9": 4, "10-23": 10, "24+": 24}
# Classes that limit reach by public transport.
RARE = ("none", "1-3")
COLUMNS = ("visits", "visits_within", "service_class")
_UNKNOWN = "unknown"


def with_service(
    places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame, threshold_m: float
) -> gpd.GeoDataFrame:
    """Add to every measured place the visits within the threshold, and their class.

    Visits are summed over stop places.  Where several feeds have poles at one
    stop place, those of the feed with most visits there count, so that a pole
    in two feeds counts once.

    Parameters
    ----------
    places
        Measured places (`access.measure`).
    stops
        Stops of the set, with their `stop_place`; `visits` is null where it is
        not known.
    threshold_m
        Metres, by geodesic.

    Returns
    -------
    places
        With `visits_within` (Int64) and `service_class`, null where there is
        no stop of the set whose visits are known, or a stop place within the
        threshold whose visits are not.
    """
    served = places.copy()
    served["visits_within"] = _visits_within(places, stops, threshold_m)
    served["service_class"] = classes(served["visits_within"])
    return served


def of_points(network: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add `COLUMNS` of the places to the points of a network; null where there is no point."""
    return network.join(places.set_index("place")[list(COLUMNS)], on="place")


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
    counts = points.fillna(_UNKNOWN).value_counts()
    return {
        f"points_service_{code.replace('-', '_').rstrip('+')}": int(counts.get(code, 0))
        for code in (*CLASSES, _UNKNOWN)
    }


def _visits_within(
    places: gpd.GeoDataFrame, stops: gpd.GeoDataFrame, threshold_m: float
) -> pd.Series:
    if stops["visits"].isna().all():
        return pd.Series(pd.NA, places.index, dtype="Int64")
    targets = Targets(stops["lat"], stops["lon"])
    pairs = targets.within(places["lat"], places["lon"], threshold_m)
    calls = pd.DataFrame(
        {
            "origin": pairs.origin,
            "stop_place": _places_of(stops)[pairs.target],
            "feed": stops["feed"].to_numpy()[pairs.target],
            "visits": stops["visits"].to_numpy(float, na_value=np.nan)[pairs.target],
        }
    )
    by_feed = _sums(calls.groupby(["origin", "stop_place", "feed"])["visits"])
    # The busiest feed of each stop place; null where no feed there tells its visits.
    by_place = by_feed.groupby(level=["origin", "stop_place"]).max()
    sums = _sums(by_place.groupby(level="origin"))
    # A place with no stop within the threshold has no visits.
    every = sums.reindex(np.arange(len(places)), fill_value=0.0)
    return pd.Series(every.to_numpy(), places.index).astype("Int64")


def _sums(groups: SeriesGroupBy[float, Any]) -> pd.Series:
    """Add up each group; null where any of it is."""
    return groups.sum().where(groups.count() == groups.size())


def _places_of(stops: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Give the stop place of each stop; one of all for one feed, whose poles are just summed."""
    if len(stops["feed"].unique()) == 1:
        return np.zeros(len(stops), np.int64)
    return np.asarray(stops["stop_place"], np.int64)


SAME_PLACE_M = 30.0


def stop_places(stops: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Cluster poles that stand within 30 m of one another, in chains, into stop places.

    Parameters
    ----------
    stops
        Points in EPSG:3059.

    Returns
    -------
    place
        Number of each stop's place, in the order of their first stops, shape (n,).
    """
    where = np.column_stack([stops.geometry.x, stops.geometry.y])
    return chains(where, SAME_PLACE_M)


def with_stop_places(stops: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add to stops of a set `stop_place`, by number, and `counted` (`count_once`).

    One feed does not overlap: each of its poles is a stop place.
    """
    if len(stops["feed"].unique()) <= 1:
        return stops.assign(stop_place=np.arange(len(stops)), counted=True)
    place = stop_places(stops)
    return stops.assign(stop_place=place, counted=count_once(place, stops["feed"]))


def count_once(place: NDArray[np.int64], feeds: pd.Series) -> NDArray[np.bool_]:
    """Tell which stops count: at each stop place those of the feed that has most poles there.

    One feed counts every pole, as the published 9 310 do; where feeds overlap
    the fuller one counts, the lower name on ties.

    Parameters
    ----------
    place
        Number of each stop's place (`stop_places`), shape (n,).
    feeds
        The feed of each stop.
    """
    table = pd.DataFrame({"place": place, "feed": feeds.to_numpy()})
    poles = table.value_counts().rename("poles").reset_index()
    fullest = poles.sort_values(["place", "poles", "feed"], ascending=[True, False, True])
    chosen = fullest.drop_duplicates("place").set_index("place")["feed"]
    return np.asarray(table["feed"] == table["place"].map(chosen))
