"""Service at stops: how often buses call where a place can be reached from.

A stop may be near and still be of little use.  `visits` are those at the
nearest stop on the service day, `visits_within` those at all stops of the
set within the threshold, and `service_class` is the class of the latter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.geo.nearest import Targets

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pandas.api.typing import SeriesGroupBy

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
