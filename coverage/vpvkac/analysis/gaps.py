"""Gaps: where the network fails, and what could close each gap.

Access gaps are points beyond the threshold or uncertain; service gaps are
points within it where few buses call; coverage gaps are units with no point;
municipal gaps are municipalities with no open centre (DESIGN.md, "Outputs").
The rows are facts and codes; what is said of them, `reason`, is made last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeVar

import geopandas as gpd
import numpy as np

from vpvkac.analysis.coverage import chosen_places, reach_flags
from vpvkac.analysis.network import (
    NONE,
    PLANNED,
    is_open_centre,
    points_and_centres,
    status_of,
)
from vpvkac.analysis.service import RARE
from vpvkac.geo.geodesy import to_degrees
from vpvkac.geo.nearest import nearest
from vpvkac.inputs.optional import COUNTS
from vpvkac.model.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.analysis.result import Network

_Table = TypeVar("_Table", bound="pd.DataFrame")
# Classes of access gaps and of service, each in the order of its list.
_CLASSES = ("move", "beyond", "verify", *RARE)
_OF_ALTERNATIVE = (
    "place", "host", "name", "address", "distance_m", "visits_within", "service_class",
)  # fmt: skip
# A stop on a passing route can be moved or added; one farther than twice the walk is elsewhere.
_STOP_MAY_MOVE = 2.0


class GapLists(NamedTuple):
    """The four lists of a network's gaps; columns as of the functions that make them."""

    access: gpd.GeoDataFrame
    coverage: gpd.GeoDataFrame
    service: gpd.GeoDataFrame
    municipalities: pd.DataFrame

    def codes(self) -> dict[str, pd.Series]:
        """Give the codes of the units that each list names; a municipality may be one itself."""
        key = {"municipalities": "municipality"}
        return {name: getattr(self, name)[key.get(name, "unit")] for name in self._fields}


def gap_lists(result: Network) -> GapLists:
    """List the gaps of a network."""
    return GapLists(
        access_gaps(result),
        coverage_gaps(result),
        service_gaps(result),
        municipality_gaps(result),
    )


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

    Returns
    -------
    gaps
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
    gaps = gaps.join(best[list(_OF_ALTERNATIVE)].add_prefix("alt_"), on="unit")
    gaps["class"] = np.select(
        [gaps["uncertain"].astype(bool), gaps["alt_place"].notna()], ["verify", "move"], "beyond"
    )
    gaps["over_m"] = gaps["distance_m"] - threshold_m
    gaps["remedy"] = np.select(
        [
            gaps["class"] == "verify",
            gaps["class"] == "move",
            gaps["distance_m"] <= _STOP_MAY_MOVE * threshold_m,
            gaps["stops"] > 0,
        ],
        ["verify_location", "move_within_unit", "ask_for_stop", "other_premises"],
        "remote_support",
    )
    gaps = _ranked(gaps, "class", "population", "distance_m", "place")
    return _facts("gaps_access", gpd.GeoDataFrame(gaps, crs=places.crs))


def service_gaps(result: Network) -> gpd.GeoDataFrame:
    """List the points within reach of stops where few buses call, and the open centres like them.

    Returns
    -------
    gaps
        Facts of `gaps_service` and the point, EPSG:3059, ordered by class (none,
        1-3), then population, then distance, descending.
    """
    points = points_and_centres(result.network, result.places)
    rare = reach_flags(points)["points_within"] & points["service_class"].isin(RARE)
    gaps = _in_units(points[rare], result.units).assign(remedy="ask_for_service")
    gaps = _ranked(gaps, "service_class", "population", "distance_m", "place")
    return _facts("gaps_service", gpd.GeoDataFrame(gaps, crs=points.crs))


def coverage_gaps(result: Network) -> gpd.GeoDataFrame:
    """List the units with no contact point, and the nearest point of another unit.

    Other premises are looked for, unless the municipal premises are among the
    inputs and the unit has none of any kind: then support is given remotely.

    Returns
    -------
    gaps
        Facts of `gaps_coverage` and the polygon, ordered by population, then
        `nearest_m`, descending.
    """
    units, network = result.units, result.network
    gaps = units[units["status"] == NONE].reset_index(drop=True)
    gaps["other_premises"] = _premises(gaps["unit"], result.places)
    gaps = _with_nearest_points(gaps, network[network["status"] != NONE])
    none_held = gaps["other_premises"] == ""
    none_held &= "municipal_premises" in result.project.hosts
    gaps["remedy"] = np.where(none_held, "remote_support", "other_premises")
    gaps = _ranked(gaps, None, "population", "nearest_m", "unit")
    return _facts("gaps_coverage", gpd.GeoDataFrame(gaps, crs=units.crs))


def municipality_gaps(result: Network) -> pd.DataFrame:
    """List the municipalities in which no open centre stands.

    The remedy is a library where one is planned, else other premises.

    Returns
    -------
    gaps
        Facts of `gaps_municipalities`, by area descending.
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
    """Keep the columns of an output that are known here; its texts, decisions and clusters follow.

    The geometry stays.
    """
    known = (column for column in (*TABLES[name].facts, "geometry") if column in gaps)
    return gaps[list(known)]


def _ranked(
    gaps: pd.DataFrame, group: str | None, weight: str, length: str, key: str
) -> pd.DataFrame:
    """Order by class, then weight and length descending, unknown weights last; number the rows."""
    order = {name: number for number, name in enumerate(_CLASSES)}
    gaps = gaps.assign(order=gaps[group].map(order) if group else 0)
    gaps = gaps.sort_values(
        ["order", weight, length, key], ascending=[True, False, False, True], na_position="last"
    )
    gaps["rank"] = np.arange(1, len(gaps) + 1)
    return gaps.reset_index(drop=True)


def _in_units(places: gpd.GeoDataFrame, units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add what is known of the places' units."""
    of_unit = units[["unit", "unit_name", "kind", "municipality_name", "stops", *COUNTS]]
    listed = places.merge(of_unit, on="unit", validate="many_to_one")
    return listed.rename(columns={"name": "place_name"}).assign(status=status_of(listed))


def _premises(units: pd.Series, places: pd.DataFrame) -> pd.Series:
    """Name the places a unit holds that may not host a point, such as its post office."""
    held = places[places["unit"].isin(units)]
    named = held["name"].where(held["name"] != "", held["address"])
    lists = named.groupby(held["unit"]).agg("; ".join)
    return units.map(lists).astype(object).fillna("")


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
    found = nearest(*to_degrees(inside.x, inside.y), points["lat"], points["lon"])
    taken = points.iloc[found.target].reset_index(drop=True)
    return gaps.assign(
        **{name: taken[column] for name, column in columns.items()}, nearest_m=found.distance_m
    )
