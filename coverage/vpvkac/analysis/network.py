"""The network: one contact point for every unit.

An open centre; else an announced centre; else the next host in the order
given.  Among several the one nearest to a stop of the set; ties, and where
there are no stops, the lowest key (DESIGN.md, "Contact point of a unit").
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from vpvkac.model.tables import TABLES

# Of a point before its service and demand are known.
COLUMNS = TABLES["network"].needed
EXISTING, ANNOUNCED, PLANNED, NONE = "existing", "announced", "planned", "none"
STATUSES = (EXISTING, ANNOUNCED, PLANNED, NONE)
_OF_PLACE = (
    "host", "place", "name", "address", "lat", "lon", "stop", "stop_name", "distance_m",
    "walk_min", "within", "uncertain", "located_by", "near_border", "distance_all_m", "geometry",
)  # fmt: skip


def choose_nearest(places: pd.DataFrame) -> pd.DataFrame:
    """Choose in every unit the place nearest to a stop; ties and no stops, the lowest key."""
    keys = places[["distance_m", "place", "unit"]].reset_index(drop=True)
    order = keys.sort_values(["distance_m", "place"], na_position="last")
    return places.iloc[order.drop_duplicates("unit").index]


def points_and_centres(network: pd.DataFrame, places: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """List every contact point, and every open centre that is not its unit's point, by key."""
    is_point = places["place"].isin(network["place"].dropna())
    found: gpd.GeoDataFrame = places[is_point | is_open_centre(places)]
    return found.sort_values("place", ignore_index=True)


def is_open_centre(places: pd.DataFrame) -> pd.Series:
    """Tell which places are centres open today."""
    return (places["host"] == "centre") & (places["status"] == "open")


def build_network(
    units: gpd.GeoDataFrame, places: gpd.GeoDataFrame, hosts: Sequence[str]
) -> gpd.GeoDataFrame:
    """Give every unit its contact point.

    Parameters
    ----------
    units
        Canonical units.
    places
        Measured places (`access.measure`).
    hosts
        Kinds of host that may hold a point, the preferred first.

    Returns
    -------
    network
        `COLUMNS` and the point, EPSG:3059, one row per unit, sorted by `unit`;
        `status` is existing, announced, planned or none.
    """
    candidates = places[places["host"].isin(hosts)]
    # An empty column would map to text.
    rank = candidates["host"].map({host: number for number, host in enumerate(hosts)}).astype(float)
    waiting = candidates["status"] == ANNOUNCED
    ordered = candidates.assign(rank=2 * rank + waiting).sort_values(
        ["rank", "distance_m", "place"], na_position="last"
    )
    points = ordered.drop_duplicates("unit").set_index("unit")
    of_unit = units.drop(columns="geometry").set_index("unit")
    chosen = points.reindex(of_unit.index)
    network = pd.concat([of_unit, chosen[list(_OF_PLACE)]], axis=1)
    network["status"] = status_of(chosen)
    network["near_border"] = network["near_border"].astype("boolean")
    network = network.rename(columns={"name": "place_name"}).reset_index()
    frame = gpd.GeoDataFrame(network, geometry="geometry", crs=units.crs)
    return frame.sort_values("unit", ignore_index=True)[[*COLUMNS, "geometry"]]


def status_of(places: pd.DataFrame) -> np.ndarray:
    """Tell what a point at each place is: existing, announced, planned; none without a place."""
    centre = places["host"] == "centre"
    waiting = places["status"] == ANNOUNCED
    return np.select(
        [places["place"].isna(), centre & ~waiting, centre & waiting],
        [NONE, EXISTING, ANNOUNCED],
        PLANNED,
    )
