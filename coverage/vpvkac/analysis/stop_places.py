"""Stop places: poles of several feeds that are one place to a passenger, for counting only.

Feeds overlap: the same pole stands in two of them a few metres apart.
Distances use every pole; counts must not count it twice (SOURCES.md, "Stops").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.geo.nearest import chains

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

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
