"""Cover: what the network adds up to, by unit, by municipality and by distance to a stop."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.network import ANNOUNCED, EXISTING, NONE, STATUSES, is_open_centre
from vpvkac.inputs.optional import COUNTS
from vpvkac.model.tables import TABLES

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.model.territory import Territory


_COMPARED = {
    "libraries": ("library",),
    "post_offices": ("post_office",),
    "libraries+post_offices": ("library", "post_office"),
}
# Bands of distance, metres: (0, 350], (350, 700], (700, 1500] and over, whatever the threshold,
# so that runs with different thresholds can be compared; decided on the distance as measured.
EDGES_M = (350.0, 700.0, 1500.0)
# Columns of the counts, the nearest band first.
BANDS = tuple(f"band_{number}" for number in range(len(EDGES_M) + 1))
# Metres: the thresholds that a run's own is compared with.
LOWER_M, UPPER_M = 600.0, 800.0
# What is expected of points.
DEMAND = ["services_least", "services_most", "staff_least", "staff_most"]


def cover_units(
    units: gpd.GeoDataFrame,
    network: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    stops: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """Count what every unit holds, of the stops that count, and take over what its point reaches.

    Gives the columns of `units` and the polygon, sorted by `unit`.
    """
    counted = units.set_index("unit")
    for column, chosen in _kinds_of_place(places).items():
        counted[column] = _count(places.loc[chosen, "unit"], counted.index)
    counted["stops"] = _count(stops["unit"], counted.index)
    of_point = network.set_index("unit")[["status", "distance_m", "within"]]
    return counted.join(of_point).reset_index()[[*TABLES["units"].names, "geometry"]]


def cover_municipalities(
    territory: Territory,
    units: gpd.GeoDataFrame,
    network: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """Add up by municipality: the columns of `municipalities`, sorted by `municipality`.

    Centres are counted by the place they stand in, and by owner; one whose
    list names no owner counts where it stands.
    """
    table = territory.municipalities.set_index("municipality")
    by_unit = units.groupby("municipality")
    table["units"] = by_unit.size()
    table["area_km2"] = by_unit["area_km2"].sum()
    for column in (*COUNTS, "offline"):
        # The residents of some units are not those of the municipality.
        known = units[column].notna().groupby(units["municipality"]).all()
        table[column] = by_unit[column].sum().where(known)
    for column in ("centres", "announced", "libraries", "post_offices"):
        table[column] = by_unit[column].sum()
    centres = places[is_open_centre(places)]
    owner = centres["owner"].mask(centres["owner"] == "", centres["municipality"])
    table["centres_owned"] = _count(owner, table.index)
    chosen = {f"units_{status}": network["status"] == status for status in STATUSES}
    for column, points in (chosen | reach_flags(network)).items():
        table[column] = _count(network.loc[points, "municipality"], table.index)
    # Tenths of a person add up to tenths.
    table = table.join(network.groupby("municipality")[DEMAND].sum(min_count=1).round(1))
    return table.reset_index()[list(TABLES["municipalities"].names)]


def reach_flags(points: pd.DataFrame) -> dict[str, pd.Series]:
    """Tell which points are within reach, beyond it, and uncertain."""
    within = points["within"].astype("boolean")
    flags = {"within": within, "beyond": ~within, "uncertain": points["uncertain"]}
    return {
        f"points_{name}": flag.astype("boolean").fillna(value=False).astype(bool)
        for name, flag in flags.items()
    }


def _kinds_of_place(places: pd.DataFrame) -> dict[str, pd.Series]:
    host = places["host"]
    return {
        "centres": is_open_centre(places),
        "announced": (host == "centre") & (places["status"] == ANNOUNCED),
        "libraries": host == "library",
        "post_offices": host == "post_office",
        "other": ~host.isin(["centre", "library", "post_office"]),
    }


def _count(codes: pd.Series, index: pd.Index) -> pd.Series:
    return codes.value_counts().reindex(index, fill_value=0).astype("int64")


def compare_hosts(units: gpd.GeoDataFrame, places: gpd.GeoDataFrame) -> pd.DataFrame:
    """Set libraries and post offices side by side, and together: the columns of `hosts`.

    `chosen_within_share` is of one place per unit, the nearest to a stop;
    `only_units` are units that hold none of the other kinds of host.  Shares
    are null where there is nothing to share.
    """
    # Only these columns: a table of all is slow to take apart.
    measures = pd.DataFrame(places[["place", "host", "unit", "distance_m", "within"]])
    rows = []
    for name, hosts in _COMPARED.items():
        is_host = measures["host"].isin(hosts)
        own, others = measures[is_host], measures.loc[~is_host, "unit"].unique()
        count = own["unit"].nunique()
        within = own["within"].dropna()
        chosen = chosen_places(measures, *hosts)["within"].dropna()
        only = own.loc[~own["unit"].isin(others), "unit"].nunique()
        rows.append(
            (
                name, len(own), count, share(count, len(units)),
                int(within.sum()) if len(within) else pd.NA,
                share(float(within.sum()), len(within)),
                share(float(chosen.sum()), len(chosen)), only,
            )
        )  # fmt: skip
    return pd.DataFrame(rows, columns=list(TABLES["hosts"].names)).astype({"within": "Int64"})


def added_units(hosts: pd.DataFrame) -> int:
    """Count the units that post offices would add to those with a library (`compare_hosts`)."""
    units = hosts.set_index("hosts")["units"]
    return int(units["libraries+post_offices"] - units["libraries"])


def choose_nearest(places: pd.DataFrame) -> pd.DataFrame:
    """Choose in every unit the place nearest to a stop; ties and no stops, the lowest key."""
    keys = places[["distance_m", "place", "unit"]].reset_index(drop=True)
    order = keys.sort_values(["distance_m", "place"], na_position="last")
    return places.iloc[order.drop_duplicates("unit").index]


def chosen_places(places: pd.DataFrame, *hosts: str) -> pd.DataFrame:
    """Choose one place of these hosts in every unit that holds one."""
    return choose_nearest(places[places["host"].isin(hosts)])


def share(part: float, whole: float) -> float:
    """Divide; NaN where there is nothing to divide by."""
    return part / whole if whole else float("nan")


def band_of(metres: pd.Series) -> NDArray[np.int64]:
    """Give the number of each distance's band, 0 the nearest; -1 for a null."""
    known = metres.to_numpy(float, na_value=np.nan)
    return np.where(np.isnan(known), -1, np.searchsorted(EDGES_M, known, side="left"))


def count_bands(network: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Count contact points by band of `distance_m`; a unit with no point is in no band.

    Indexed by the values of the column `by`, in their order, else all in one
    row ``"all"``: `units`, `existing` and `none` (units by status), `BANDS`,
    `measured` (their sum) and `within_share`, of the measured, NaN where
    there are none.
    """
    band = band_of(network["distance_m"])
    marks = pd.DataFrame(
        {
            "units": True,
            EXISTING: network["status"] == EXISTING,
            NONE: network["status"] == NONE,
            **{name: band == number for number, name in enumerate(BANDS)},
            "measured": band >= 0,
            "within": network["within"].astype("boolean").fillna(value=False),
        },
        index=network.index,
    ).astype("int64")
    counts = marks.groupby(network[by] if by else np.full(len(marks), "all")).sum()
    counts["within_share"] = counts.pop("within") / counts["measured"].where(counts["measured"] > 0)
    return counts


def distances(network: pd.DataFrame, places: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Gather the distances to a stop of every group whose reach is counted, as measured.

    Metres, without the nulls.  The place chosen for a unit is the one nearest
    to a stop whatever the threshold, so other thresholds need no other network.
    """
    groups: dict[str, pd.Series] = {
        "centres": places.loc[is_open_centre(places), "distance_m"],
        "points": network["distance_m"],
        "library_points": network.loc[network["host"] == "library", "distance_m"],
        "libraries": places.loc[places["host"] == "library", "distance_m"],
        "libraries_chosen": chosen_places(places, "library")["distance_m"],
    }
    return {name: metres.dropna().to_numpy(float) for name, metres in groups.items()}


def reach_at(distances: Mapping[str, NDArray[np.float64]], threshold_m: float) -> dict[str, float]:
    """Count what a threshold takes in: `<group>_within`, `<group>_beyond`, `<group>_within_share`.

    NaN where a group has no distance.
    """
    figures: dict[str, float] = {}
    for name, metres in distances.items():
        within = int((metres <= threshold_m).sum()) if len(metres) else np.nan
        figures[f"{name}_within"] = within
        figures[f"{name}_beyond"] = len(metres) - within
        figures[f"{name}_within_share"] = share(within, len(metres))
    return figures


def shares_within(metres: NDArray[np.float64], limits_m: ArrayLike) -> NDArray[np.float64]:
    """Give the share (0-1) of distances that each limit takes in; NaN where there are none."""
    within = np.searchsorted(np.sort(metres), limits_m, side="right").astype(float)
    return within / len(metres) if len(metres) else np.full_like(within, np.nan)


def least_threshold(distance_m: float) -> float:
    """Give the least threshold in whole metres that takes a distance in."""
    return float(math.ceil(distance_m))
