"""What decides on reach and gaps at any threshold: no threshold, only what one is compared with.

`gaps.access_gaps` and `gaps.service_gaps` decide at the threshold of a run.  Of a network in
which every distance is known the same can be told at any other: the point of a unit and its
alternative are those nearest to a stop, whatever the threshold.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, get_args

import numpy as np
import pandas as pd

from vpvkac.analysis.access import CLASSES, count_calls, in_set, pair_calls
from vpvkac.analysis.compute import Reach, reach_stops
from vpvkac.analysis.coverage import choose_nearest
from vpvkac.analysis.network import points_and_centres
from vpvkac.model.project import StopSet

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.analysis.network import Network

# Each holds those before it.
SETS: tuple[StopSet, ...] = get_args(StopSet)
# Visits from which on a point is not rarely served.
MANY = CLASSES["4-9"]


class Decisive(NamedTuple):
    """By a stop set: what decides of its points, and the visits within a distance."""

    points: pd.DataFrame
    visits: pd.DataFrame


def decisive(network: Network, most_m: float) -> dict[StopSet, Decisive]:
    """Give what decides at any threshold up to `most_m`, by the run's stop set and each other.

    Of the others only those that hold a stop; nothing where there are no stops at all.
    """
    own, found = network.project.rules, {}
    for stop_set in SETS if len(network.stops) else ():
        if stop_set != own.stop_set and not in_set(network.stops, stop_set).any():
            continue
        reach = reach_stops(replace(own, stop_set=stop_set), network.inputs)
        points = deciding(reach)
        found[stop_set] = Decisive(points, visits_by_distance(points, reach.chosen, most_m))
    return found


def deciding(reach: Reach) -> pd.DataFrame:
    """Give what a threshold of t metres decides by, of every point and every open centre.

    Columns of `places`, and: `is_point`; `least_m` and `most_m`, between which t (least ≤ t < most)
    leaves the position to be verified, null where it is sure; `alt_place`, the place of the unit
    that is no point and nearest to a stop, and `alt_distance_m`; `stops` of the unit; `order` in a
    list of gaps of one class: by residents, then distance, descending, then key.
    """
    places, network = reach.places, reach.network
    points = pd.DataFrame(points_and_centres(network, places)).drop(columns="geometry")
    is_point = points["place"].isin(network["place"])
    precision_m = points["located_within_m"].where(points["located_within_m"] > 0)
    others = pd.DataFrame(places[~places["place"].isin(network["place"].dropna())])
    best = choose_nearest(others[others["distance_m"].notna()]).set_index("unit")
    best = best[["place", "distance_m"]].add_prefix("alt_")
    of_unit = pd.DataFrame(reach.units[["unit", "stops", "population"]]).set_index("unit")
    table = points.assign(
        is_point=is_point,
        least_m=points["distance_m"] - precision_m,
        most_m=points["distance_m"] + precision_m,
    ).join(best.join(of_unit, how="outer"), on="unit")
    order = table.sort_values(
        ["population", "distance_m", "place"], ascending=[False, False, True], na_position="last"
    )
    table.loc[order.index, "order"] = np.arange(len(order))
    return table.astype({"order": "int64"})


def visits_by_distance(
    points: pd.DataFrame, stops: gpd.GeoDataFrame, most_m: float
) -> pd.DataFrame:
    """Give from which distance on how many visits there are at all stops within it.

    Of points (`place`, `lat`, `lon`), by stops of the set with `stop_place`, up to `most_m`:
    `place`, `from_m`, `visits` (Int64, null where they are not known), ascending, and of each place
    no more rows once `MANY` are reached.  As `access.with_service` at every threshold.
    """
    none = pd.DataFrame({"place": [], "from_m": [], "visits": pd.array([], "Int64")})
    if stops["visits"].isna().all():
        return none
    pairs = pair_calls(points, stops, most_m).sort_values(["origin", "distance_m"], kind="stable")
    if pairs.empty:
        return none
    pairs["nth"] = pairs.groupby("origin").cumcount()
    steps, nth = [], 0
    while len(pairs):
        reached = pairs[pairs["nth"] <= nth]
        last = reached.groupby("origin")["distance_m"].last()
        visits = count_calls(reached).reindex(last.index)
        # The visits of a distance at which several stops stand are those of the last of them.
        steps.append(pd.DataFrame({"from_m": last, "visits": visits}).reset_index())
        many = visits.index[visits.fillna(0) >= MANY]
        left = pairs.groupby("origin")["nth"].max() > nth
        pairs = pairs[pairs["origin"].isin(left.index[left].difference(many))]
        nth += 1
    table = pd.concat(steps).drop_duplicates(["origin", "from_m"], keep="last")
    table = table.sort_values(["origin", "from_m"], ignore_index=True)
    places = points["place"].to_numpy(object)[table["origin"].to_numpy(np.int64)]
    return pd.DataFrame(
        {"place": places, "from_m": table["from_m"], "visits": table["visits"].astype("Int64")}
    )
