"""Quality: how good the bus is at a place, by the Austrian classes (ÖV-Güteklassen of the ÖROK).

A stop has a category by how often buses call at all its poles together, a place the best class
that any stop near it gives, by its category and distance (docs/quality.md has the sources).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.access import count_calls
from vpvkac.geo.nearest import Targets, nearest
from vpvkac.inputs.optional import COUNTS

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.analysis.network import Residents

# Bus calls from 6 h to before 20 h with which each category begins.  The interval is 840 minutes
# by half the calls, both directions: below 10 minutes is III, up to 20 IV, 40 V, 60 VI, 120 VII,
# 210 VIII.
LEAST_CALLS = {"III": 169, "IV": 84, "V": 42, "VI": 28, "VII": 14, "VIII": 8}
# Metres to which each column of `_CLASSES` reaches, and the classes of each category.
_REACH_M = (300.0, 500.0, 750.0, 1_000.0, 1_250.0)
_CLASSES = {
    "III": "BCDEF", "IV": "CDEFG", "V": "DEFGG", "VI": "EFG", "VII": "FGG", "VIII": "GG",
}  # fmt: skip
NO_CLASS = "none"
CODES = ("B", "C", "D", "E", "F", "G", NO_CLASS)
_NO_CLASS = CODES.index(NO_CLASS)
_SAME_NAME_M = 150.0


def joined_stops(stops: gpd.GeoDataFrame) -> pd.DataFrame:
    """Join the poles of one stop: `joined` by number, and `calls`, those of all its poles by day.

    Joined are poles of one parent in one feed, and those of one name within 150 m (geodesic), in
    chains; a name joins no two parents.  Where feeds overlap, the calls of the feed with most of
    them count.  NaN where the calls at any pole of it are not known.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    pairs = Targets(stops["lat"], stops["lon"]).within(stops["lat"], stops["lon"], _SAME_NAME_M)
    # Names by number, none by -1: there are several pairs to each stop.
    codes, written = pd.factorize(stops["stop_name"], use_na_sentinel=False)
    plain = pd.Series(written, dtype=str).str.split().str.join(" ").str.casefold()
    name = pd.factorize(plain.mask(plain == ""))[0][codes]
    parent = (stops["feed"] + ":" + stops["parent"]).mask(stops["parent"] == "", "").to_numpy()
    first, second = pairs.origin, pairs.target
    is_one = (name[first] == name[second]) & (name[first] >= 0)
    is_one &= (parent[first] == "") | (parent[second] == "")
    # The poles of a parent are joined to the first of them, however far they stand.
    numbered = pd.Series(np.arange(len(stops)))
    of_parent = numbered.groupby(parent).transform("first").where(parent != "", numbered)
    begin = np.concatenate([first[is_one], numbered])
    end = np.concatenate([second[is_one], of_parent])
    graph = coo_array((np.ones(len(begin), np.int8), (begin, end)), (len(stops), len(stops)))
    joined = connected_components(graph, directed=False)[1]
    calls = stops["calls_by_day"].to_numpy(float, na_value=np.nan)
    table = pd.DataFrame({"origin": joined, "stop_place": joined, "feed": stops["feed"].to_numpy(),
                          "visits": calls})  # fmt: skip
    return pd.DataFrame({"joined": joined, "calls": count_calls(table).reindex(joined).to_numpy()})


def quality_classes(lat: ArrayLike, lon: ArrayLike, stops: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Give each position, in degrees, the best class of any stop near it, in a straight line.

    One of `CODES`; None where a stop of which the calls are not known could give a better one.
    """
    classes = np.full(np.shape(lat), None, object)
    if stops["calls_by_day"].isna().all():
        return classes
    calls = joined_stops(stops)["calls"].to_numpy()
    category = np.searchsorted(sorted(LEAST_CALLS.values()), calls, side="right")
    best = np.full(np.shape(lat), _NO_CLASS)
    for number, name in enumerate(reversed(LEAST_CALLS), 1):
        own = stops[(category == number) & ~np.isnan(calls)]
        best = np.minimum(best, _ranks(lat, lon, own, name))
    is_known = _ranks(lat, lon, stops[np.isnan(calls)], "III") >= best
    classes[is_known] = np.array(CODES, object)[best[is_known]]
    return classes


def _ranks(
    lat: ArrayLike, lon: ArrayLike, stops: gpd.GeoDataFrame, category: str
) -> NDArray[np.int64]:
    """Tell the class, by its number in `CODES`, that the nearest of stops of one category gives."""
    if stops.empty:
        return np.full(np.shape(lat), _NO_CLASS)
    band = np.searchsorted(_REACH_M, nearest(lat, lon, stops["lat"], stops["lon"]).distance_m)
    ranks = [CODES.index(letter) for letter in _CLASSES[category]]
    ranks += [_NO_CLASS] * (len(_REACH_M) + 1 - len(ranks))
    return np.array(ranks)[band]


def count_homes(living: Residents, stops: gpd.GeoDataFrame) -> pd.DataFrame:
    """Count the residents by the class where they live: `COUNTS`, by code, null as "unknown"."""
    cells = living.cells
    classes = pd.Series(quality_classes(cells["lat"], cells["lon"], stops), cells.index)
    counted: pd.DataFrame = cells[list(COUNTS)].groupby(classes.fillna("unknown").to_numpy()).sum()
    return counted.reindex([*CODES, "unknown"], fill_value=0)
