"""Gaps: where the network fails, and what could close each gap.

Access gaps are points beyond the threshold or uncertain; service gaps are
points within it where few buses call; coverage gaps are units with no point;
municipal gaps are municipalities with no open centre (DESIGN.md, "Outputs").
How a remedy is chosen stands at `_access_remedies`, `_coverage_remedies` and
`_municipality_remedies`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from vpvkac.analysis.coverage import chosen_places, reached
from vpvkac.analysis.network import (
    ANNOUNCED,
    EXISTING,
    NONE,
    PLANNED,
    is_open_centre,
    points_and_centres,
)
from vpvkac.analysis.service import RARE
from vpvkac.geo.geodesy import to_degrees
from vpvkac.geo.nearest import nearest
from vpvkac.inputs.population import COUNTS
from vpvkac.texts import words

if TYPE_CHECKING:
    from vpvkac.analysis.result import Network
    from vpvkac.model.project import Rules
    from vpvkac.texts.message import Lang

ACCESS_COLUMNS = (
    "rank", "class", "unit", "unit_name", "kind", "municipality", "municipality_name", "host",
    "status", "place", "place_name", "address", "lat", "lon", "distance_m", "over_m", "stop",
    "stop_name", "visits", "distance_all_m", "uncertain", "located_by", "located_within_m",
    "alt_place", "alt_host", "alt_name", "alt_address", "alt_distance_m", "population", "remedy",
    "reason", "phone", "email", "population_least", "population_most", "alt_visits_within",
    "alt_service_class",
)  # fmt: skip
SERVICE_COLUMNS = (
    "rank", "unit", "unit_name", "kind", "municipality", "municipality_name", "host", "status",
    "place", "place_name", "address", "lat", "lon", "stop", "stop_name", "distance_m", "visits",
    "visits_within", "service_class", "population", "remedy", "reason", "phone", "email",
    "population_least", "population_most",
)  # fmt: skip
COVERAGE_COLUMNS = (
    "rank", "unit", "unit_name", "kind", "municipality", "municipality_name", "area_km2",
    "population", "other_premises", "nearest_place", "nearest_host", "nearest_name",
    "nearest_unit_name", "nearest_m", "remedy", "reason", "population_least", "population_most",
)  # fmt: skip
MUNICIPALITY_COLUMNS = (
    "rank", "municipality", "municipality_name", "units", "announced", "planned", "none",
    "area_km2", "population", "institution_offices", "remedy", "reason", "population_least",
    "population_most",
)  # fmt: skip
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
        keys = ("unit", "unit", "unit", "municipality")
        return {
            name: listed[key] for name, listed, key in zip(self._fields, self, keys, strict=True)
        }


def gap_lists(covered: Network) -> GapLists:
    """List the gaps of a network, their reasons in its language."""
    units, network, places = covered.units, covered.network, covered.places
    rules, lang, hosts = covered.project.rules, covered.lang, covered.project.hosts
    return GapLists(
        access_gaps(units, network, places, rules, lang),
        coverage_gaps(
            units, network, places, rules, lang, premises_known="municipal_premises" in hosts
        ),
        service_gaps(units, network, places, rules, lang),
        municipality_gaps(judged_municipalities(covered), network, places, lang),
    )


def judged_municipalities(covered: Network) -> pd.DataFrame:
    """Give the municipalities; none where no list of centres tells which have one."""
    has_list = "centre" in covered.project.hosts
    return covered.municipalities if has_list else covered.municipalities.iloc[:0]


def access_gaps(
    units: gpd.GeoDataFrame, network: gpd.GeoDataFrame, places: gpd.GeoDataFrame, rules: Rules,
    lang: Lang,
) -> gpd.GeoDataFrame:  # fmt: skip
    """List the points beyond the threshold or uncertain, and the open centres like them.

    Parameters
    ----------
    units
        `cover.cover_units`.
    places
        Measured places.

    Returns
    -------
    gaps
        `ACCESS_COLUMNS` and the point, EPSG:3059, ordered by class (move,
        beyond, verify), then population, then distance, descending.
    """
    judged = points_and_centres(network, places)
    reach = reached(judged)
    gaps = _in_units(judged[reach["points_beyond"] | reach["points_uncertain"]], units)
    others = places[~places["place"].isin(network["place"].dropna())]
    gaps = _with_alternatives(gaps, others[reached(others)["points_within"]])
    gaps["class"] = _classes(gaps)
    gaps["over_m"] = gaps["distance_m"] - rules.threshold_m
    gaps["remedy"] = _access_remedies(gaps, rules.threshold_m)
    gaps["reason"] = [_access_reason(gap, rules.threshold_m, lang) for gap in _rows(gaps)]
    gaps = _ranked(gaps, "class", "population", "distance_m", "place")
    return gpd.GeoDataFrame(gaps, crs=places.crs)[[*ACCESS_COLUMNS, "geometry"]]


def service_gaps(
    units: gpd.GeoDataFrame, network: gpd.GeoDataFrame, places: gpd.GeoDataFrame, rules: Rules,
    lang: Lang,
) -> gpd.GeoDataFrame:  # fmt: skip
    """List the points within reach of stops where few buses call, and the open centres like them.

    Parameters
    ----------
    units
        `cover.cover_units`.
    places
        Measured places with their service (`service.with_service`).

    Returns
    -------
    gaps
        `SERVICE_COLUMNS` and the point, EPSG:3059, ordered by class (none,
        1-3), then population, then distance, descending.
    """
    judged = points_and_centres(network, places)
    rare = reached(judged)["points_within"] & judged["service_class"].isin(RARE)
    gaps = _in_units(judged[rare], units)
    gaps["remedy"] = "ask_for_service"
    gaps["reason"] = [_service_reason(gap, rules.threshold_m, lang) for gap in _rows(gaps)]
    gaps = _ranked(gaps, "service_class", "population", "distance_m", "place")
    return gpd.GeoDataFrame(gaps, crs=places.crs)[[*SERVICE_COLUMNS, "geometry"]]


def coverage_gaps(
    units: gpd.GeoDataFrame,
    network: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    rules: Rules,
    lang: Lang,
    *,
    premises_known: bool,
) -> gpd.GeoDataFrame:
    """List the units with no contact point, and the nearest point of another unit.

    Parameters
    ----------
    premises_known
        Whether municipal premises are among the inputs: then a unit without
        any is known to have none.

    Returns
    -------
    gaps
        `COVERAGE_COLUMNS` and the polygon, ordered by population, then
        `nearest_m`, descending.
    """
    gaps = units[units["status"] == NONE].reset_index(drop=True)
    gaps["other_premises"] = _premises(gaps["unit"], places)
    gaps = _with_nearest_points(gaps, network[network["status"] != NONE].reset_index(drop=True))
    gaps["remedy"] = _coverage_remedies(gaps, premises_known=premises_known)
    gaps["reason"] = [
        words.coverage_gap(
            lang, rules.hosts, gap["nearest_name"], gap["nearest_unit_name"], gap["nearest_m"]
        )
        for gap in _rows(gaps)
    ]
    gaps = _ranked(gaps, None, "population", "nearest_m", "unit")
    return gpd.GeoDataFrame(gaps, crs=units.crs)[[*COVERAGE_COLUMNS, "geometry"]]


def municipality_gaps(
    municipalities: pd.DataFrame, network: pd.DataFrame, places: pd.DataFrame, lang: Lang
) -> pd.DataFrame:
    """List the municipalities in which no open centre stands.

    Returns
    -------
    gaps
        `MUNICIPALITY_COLUMNS`, by area descending.
    """
    gaps = municipalities[municipalities["centres"] == 0].reset_index(drop=True)
    gaps = gaps.rename(columns={f"units_{name}": name for name in (PLANNED, NONE)})
    institutions = places.loc[places["host"] == "institution", "municipality"].value_counts()
    gaps["institution_offices"] = gaps["municipality"].map(institutions).fillna(0).astype("int64")
    libraries = network[(network["status"] == PLANNED) & (network["host"] == "library")]
    in_library = libraries["municipality"].value_counts()
    gaps["in_library"] = gaps["municipality"].map(in_library).fillna(0).astype("int64")
    gaps["remedy"] = _municipality_remedies(gaps)
    owned = _centres_owned(places)
    gaps["reason"] = [_municipality_reason(gap, owned, lang) for gap in _rows(gaps)]
    gaps = gaps.sort_values(["area_km2", "municipality"], ascending=[False, True])
    gaps["rank"] = np.arange(1, len(gaps) + 1)
    return gaps.reset_index(drop=True)[list(MUNICIPALITY_COLUMNS)]


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Give the rows as plain values, None for a null; gap lists are short."""
    plain = pd.DataFrame(table).drop(columns="geometry", errors="ignore").astype(object)
    filled = plain.where(plain.notna(), None)
    return [dict(zip(filled.columns, row, strict=True)) for row in filled.to_numpy()]


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
    listed = listed.rename(columns={"name": "place_name"})
    return listed.assign(status=_status_of(listed))


def _status_of(places: pd.DataFrame) -> np.ndarray:
    centre = places["host"] == "centre"
    waiting = places["status"] == ANNOUNCED
    return np.select([centre & ~waiting, centre & waiting], [EXISTING, ANNOUNCED], PLANNED)


def _with_alternatives(gaps: pd.DataFrame, within: gpd.GeoDataFrame) -> pd.DataFrame:
    """Add the place of the same unit that is within reach and nearest to a stop."""
    hosts = within["host"].unique()
    best = chosen_places(within, *hosts).set_index("unit")[list(_OF_ALTERNATIVE)]
    return gaps.join(best.add_prefix("alt_"), on="unit")


def _classes(gaps: pd.DataFrame) -> np.ndarray:
    uncertain = gaps["uncertain"].astype(bool)
    return np.select([uncertain, gaps["alt_place"].notna()], ["verify", "move"], "beyond")


def _access_remedies(gaps: pd.DataFrame, threshold_m: float) -> np.ndarray:
    """Choose what to do about each access gap.

    An uncertain position is verified before anything else.  If a place of the
    unit is within reach, the point moves there.  Else, where a stop is within
    twice the threshold, a route passes and a stop may be moved or added; where
    it is farther, but the unit has stops, other premises near one are looked
    for; where the unit has no stop at all, support is given remotely.
    """
    return np.select(
        [
            gaps["class"] == "verify",
            gaps["class"] == "move",
            gaps["distance_m"] <= _STOP_MAY_MOVE * threshold_m,
            gaps["stops"] > 0,
        ],
        ["verify_location", "move_within_unit", "ask_for_stop", "other_premises"],
        "remote_support",
    )


def _access_reason(gap: dict[str, Any], threshold_m: float, lang: Lang) -> str:
    if gap["class"] == "verify":
        return words.uncertain(lang, gap["distance_m"], gap["located_within_m"], threshold_m)
    sentences = [
        words.access_gap(lang, gap["place_name"], gap["distance_m"], gap["stop_name"], threshold_m)
    ]
    if gap["class"] == "move":
        sentences.append(
            words.better_place(
                lang,
                gap["alt_host"],
                gap["alt_name"],
                gap["alt_address"],
                gap["alt_distance_m"],
                threshold_m,
            )
        )
        if gap["alt_service_class"] in RARE:
            sentences.append(words.rarely_served_there(lang, gap["alt_visits_within"], threshold_m))
    return " ".join(sentences)


def _service_reason(gap: dict[str, Any], threshold_m: float, lang: Lang) -> str:
    """Say how few buses call at the nearest stop, and how many at all stops within reach."""
    every = words.visits_within(lang, gap["visits_within"], threshold_m)
    if gap["visits"] is None:
        return every
    nearest = words.rarely_served(
        lang, gap["stop_name"], gap["distance_m"], gap["visits"], threshold_m
    )
    return nearest if gap["visits_within"] == gap["visits"] else f"{nearest} {every}"


def _premises(units: pd.Series, places: pd.DataFrame) -> pd.Series:
    """Name the places a unit holds that may not host a point, such as its post office."""
    held = places[places["unit"].isin(units)]
    named = held["name"].where(held["name"] != "", held["address"])
    lists = named.groupby(held["unit"]).agg("; ".join)
    return units.map(lists).astype(object).fillna("")


def _with_nearest_points(gaps: gpd.GeoDataFrame, points: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Add the nearest contact point; a unit with none can only have it in another unit."""
    points = points.sort_values("place", ignore_index=True)
    inside = gaps.geometry.representative_point()
    lat, lon = to_degrees(inside.x, inside.y)
    columns = {
        "nearest_place": "place",
        "nearest_host": "host",
        "nearest_name": "place_name",
        "nearest_unit_name": "unit_name",
    }
    if len(points) == 0:
        return gaps.assign(**dict.fromkeys(columns, None), nearest_m=np.nan)
    found = nearest(lat, lon, points["lat"], points["lon"])
    taken = points.iloc[found.target].reset_index(drop=True)
    return gaps.assign(
        **{name: taken[column] for name, column in columns.items()}, nearest_m=found.distance_m
    )


def _coverage_remedies(gaps: pd.DataFrame, *, premises_known: bool) -> np.ndarray:
    """Choose what to do about each unit with no point.

    Other premises are looked for unless the municipal premises are known and
    the unit has none of any kind: then support is given remotely.
    """
    none = premises_known & (gaps["other_premises"] == "")
    return np.where(none, "remote_support", "other_premises")


def _municipality_remedies(gaps: pd.DataFrame) -> np.ndarray:
    """Choose what to do in each municipality: a library where one is planned, else premises."""
    return np.where(gaps["in_library"] > 0, "library", "other_premises")


def _centres_owned(places: pd.DataFrame) -> dict[str, list[str]]:
    """Name the open centres of every municipality that owns any, wherever they stand."""
    centres = places[is_open_centre(places)]
    return {str(owner): list(names) for owner, names in centres.groupby("owner")["name"]}


def _municipality_reason(gap: dict[str, Any], owned: dict[str, list[str]], lang: Lang) -> str:
    sentence = words.municipality_gap(lang, gap["in_library"], gap["units"])
    names = owned.get(gap["municipality"])
    return f"{sentence} {words.owned_elsewhere(lang, names)}" if names else sentence
