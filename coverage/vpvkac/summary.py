"""The summary: every criterion with its value, its target, and what the 2020 analysis published."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.cover import area_cover, chosen_places, reached, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

COLUMNS = ("criterion", "value", "measure", "target", "published", "met")
CRITERIA = (
    "units", "municipalities", "centres", "centres_announced", "centres_within", "centres_beyond",
    "centres_uncertain", "libraries", "libraries_within_share", "libraries_chosen",
    "libraries_chosen_within_share", "post_offices", "stops", "units_existing", "units_announced",
    "units_planned", "units_none", "points_within", "points_beyond", "points_uncertain",
    "points_within_share", "library_points_within_share", "municipalities_with_centre",
    "municipalities_one", "municipalities_several", "municipalities_none", "area_share_existing",
    "area_share_planned", "area_share_municipalities", "population_share_existing",
    "population_share_planned",
)  # fmt: skip
# The plan's indicator, share of Latvia's area by year (REFERENCE.md, 3.1, table 16).
AREA_TARGETS = {2024: 0.85, 2027: 0.90}
# Requirement 6.2 recommends a stop within 700 m of every point, and the plan a point in every
# unit (REFERENCE.md, 3.4, table 30; 2.2).
_WANTED_NONE = ("centres_beyond", "points_beyond", "units_none")
# The 2020 analysis (REFERENCE.md, "Network and reach"); sections 2.2 and 3.6.
_PUBLISHED = {
    "units": 587,
    "municipalities": 42,
    "centres": 122,
    "centres_within": 115,
    "centres_beyond": 7,
    "libraries": 747,
    "libraries_chosen_within_share": 0.91,
    "post_offices": 607,
    "stops": 9310,
    "municipalities_with_centre": 93,
    "municipalities_one": 83,
    "municipalities_several": 9,
    "municipalities_none": 27,
}


class Tables(NamedTuple):
    """What the summary is made of."""

    units: gpd.GeoDataFrame
    network: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    municipalities: pd.DataFrame


def summarise(tables: Tables, given: frozenset[str], *, synthetic: bool) -> pd.DataFrame:
    """Give every criterion of DESIGN.md's list, in its order.

    Parameters
    ----------
    given
        Kinds of host the project names; a criterion about a host that is not
        given has no value, rather than none of them.
    synthetic
        Whether the data are invented: then nothing is published or met.

    Returns
    -------
    summary
        `COLUMNS`; values are floats, NaN where they cannot be told.
    """
    values = _values(tables, given)
    rows = [row for criterion in CRITERIA for row in _rows(criterion, values[criterion])]
    summary = pd.DataFrame(rows, columns=list(COLUMNS))
    summary["published"] = summary["published"].astype(float)
    if synthetic:
        summary["published"] = np.nan
        summary["met"] = ""
    return summary


def _rows(criterion: str, value: float) -> Iterator[tuple[object, ...]]:
    published = _PUBLISHED.get(criterion, np.nan)
    measure = "share" if "_share" in criterion else "count"
    if criterion == "area_share_existing":
        for year, target in AREA_TARGETS.items():
            met = _met(reached=value >= target, value=value)
            yield criterion, value, f"{measure} {year}", target, published, met
    elif criterion in _WANTED_NONE:
        yield criterion, value, measure, 0.0, published, _met(reached=value == 0, value=value)
    else:
        yield criterion, value, measure, np.nan, published, ""


def _met(*, reached: bool, value: float) -> str:
    if np.isnan(value):
        return "unknown"
    return "yes" if reached else "no"


def _values(tables: Tables, given: frozenset[str]) -> dict[str, float]:
    return (
        _territory(tables)
        | _centres(tables, "centre" in given)
        | _hosts(tables, given)
        | _network(tables)
        | _shares(tables, "centre" in given)
    )


def _territory(tables: Tables) -> dict[str, float]:
    return {
        "units": len(tables.units),
        "municipalities": len(tables.municipalities),
        "stops": len(tables.stops) or np.nan,
    }


def _centres(tables: Tables, given: bool) -> dict[str, float]:
    centres = tables.places[tables.places["host"] == "centre"]
    open_ = centres[centres["status"] == "open"]
    reach = reached(open_)
    measured = open_["within"].notna().any() or not len(open_)
    held = tables.municipalities["centres"]
    values = {
        "centres": len(open_),
        "centres_announced": len(centres) - len(open_),
        "centres_within": reach["points_within"].sum() if measured else np.nan,
        "centres_beyond": reach["points_beyond"].sum() if measured else np.nan,
        "centres_uncertain": reach["points_uncertain"].sum() if measured else np.nan,
        "municipalities_with_centre": (held > 0).sum(),
        "municipalities_one": (held == 1).sum(),
        "municipalities_several": (held > 1).sum(),
        "municipalities_none": (held == 0).sum(),
    }
    return {name: float(value) if given else np.nan for name, value in values.items()}


def _hosts(tables: Tables, given: frozenset[str]) -> dict[str, float]:
    places = tables.places
    libraries = places[places["host"] == "library"]
    chosen = chosen_places(places, "library")
    with_libraries = "library" in given
    return {
        "libraries": len(libraries) if with_libraries else np.nan,
        "libraries_within_share": _share_within(libraries),
        "libraries_chosen": len(chosen) if with_libraries else np.nan,
        "libraries_chosen_within_share": _share_within(chosen),
        "post_offices": (places["host"] == "post_office").sum()
        if "post_office" in given
        else np.nan,
    }


def _network(tables: Tables) -> dict[str, float]:
    network = tables.network
    reach = reached(network)
    measured = bool(network["within"].notna().any())
    counts = network["status"].value_counts()
    statuses = ("existing", "announced", "planned", "none")
    return (
        {f"units_{status}": float(counts.get(status, 0)) for status in statuses}
        | {name: float(chosen.sum()) if measured else np.nan for name, chosen in reach.items()}
        | {
            "points_within_share": _share_within(network),
            "library_points_within_share": _share_within(network[network["host"] == "library"]),
        }
    )


def _share_within(table: pd.DataFrame) -> float:
    within = table["within"].dropna()
    return share(float(within.sum()), len(within))


def _shares(tables: Tables, centres_given: bool) -> dict[str, float]:
    area, residents = (
        area_cover(tables.units, tables.network, tables.municipalities, weight)
        for weight in ("area_km2", "population")
    )
    unknown = np.nan
    return {
        "area_share_existing": area.existing if centres_given else unknown,
        "area_share_planned": area.planned,
        "area_share_municipalities": area.municipalities if centres_given else unknown,
        "population_share_existing": residents.existing if centres_given else unknown,
        "population_share_planned": residents.planned,
    }
