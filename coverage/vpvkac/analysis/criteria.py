"""The summary: every criterion with its value, its target, and what the 2020 analysis published."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.coverage import chosen_places, covered_units, reached, share, weighted_share
from vpvkac.analysis.network import is_open_centre
from vpvkac.analysis.optional_criteria import OWNED, Further, by_centres, further_rows
from vpvkac.inputs.population import COUNTS
from vpvkac.sources.reference import published_values

if TYPE_CHECKING:
    import geopandas as gpd

COLUMNS = (
    "criterion", "value", "measure", "target", "published", "met", "least", "most", "part", "whole",
)  # fmt: skip
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
_UNKNOWN = float("nan")
# The indicator has no published method, and units do not give its base value: no verdict by unit.
_UNJUDGED = "unknown"


class Tables(NamedTuple):
    """What the summary is made of; `development` is None where it is not given."""

    units: gpd.GeoDataFrame
    network: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    municipalities: pd.DataFrame
    residents: pd.DataFrame
    development: pd.DataFrame | None = None


class _Value(NamedTuple):
    """A value, the band it lies in where it is made from suppressed counts, and a share's parts."""

    value: float
    least: float = _UNKNOWN
    most: float = _UNKNOWN
    part: float = _UNKNOWN
    whole: float = _UNKNOWN


def summarise(tables: Tables, given: frozenset[str], *, synthetic: bool) -> pd.DataFrame:
    """Give every criterion of DESIGN.md's list, in its order; then those of optional inputs.

    Parameters
    ----------
    given
        Inputs the project names; a criterion about a host that is not given
        has no value, rather than none of them.
    synthetic
        Whether the data are invented: then nothing is published or met.

    Returns
    -------
    summary
        `COLUMNS`; values are floats, NaN where they cannot be told.  `least`
        and `most` are the band of what residents weigh; a share is `part` of
        `whole`, which files give in full.
    """
    values = _values(tables, given)
    rows = [row for criterion in CRITERIA for row in _rows(criterion, values[criterion])]
    further = further_rows(
        Further(
            tables.units,
            tables.places,
            tables.municipalities,
            tables.residents,
            tables.development,
            given,
        )
    )
    rows += [row for name, *value in further for row in _rows(name, _Value(*value))]
    summary = pd.DataFrame(rows, columns=list(COLUMNS))
    summary = summary.astype(dict.fromkeys(("published", "least", "most", "part", "whole"), float))
    if synthetic:
        summary["published"] = np.nan
        summary["met"] = ""
    return summary


def _rows(criterion: str, given: _Value) -> Iterator[tuple[object, ...]]:
    value, *band = given
    # A count by owner compares with the same figure as the one by place.
    known = published_values().get(criterion.removesuffix(OWNED), np.nan)
    measure = "share" if "_share" in criterion else "count"
    if criterion == "area_share_existing":
        for year, target in AREA_TARGETS.items():
            yield criterion, value, f"{measure} {year}", target, known, _UNJUDGED, *band
    elif criterion in _WANTED_NONE:
        met = _met(reached=value == 0, value=value)
        yield criterion, value, measure, 0.0, known, met, *band
    else:
        yield criterion, value, measure, np.nan, known, "", *band


def _met(*, reached: bool, value: float) -> str:
    if np.isnan(value):
        return "unknown"
    return "yes" if reached else "no"


def _values(tables: Tables, given: frozenset[str]) -> dict[str, _Value]:
    counted = (
        _territory(tables)
        | _centres(tables, "centres" in given)
        | _hosts(tables, given)
        | _network(tables)
    )
    exact = {
        name: value if isinstance(value, _Value) else _Value(float(value))
        for name, value in counted.items()
    }
    return exact | _shares(tables, "centres" in given)


def _territory(tables: Tables) -> dict[str, float]:
    return {
        "units": len(tables.units),
        "municipalities": len(tables.municipalities),
        "stops": len(tables.stops) or np.nan,
    }


def _centres(tables: Tables, given: bool) -> dict[str, float]:
    centres = tables.places[tables.places["host"] == "centre"]
    open_ = centres[is_open_centre(centres)]
    reach = reached(open_)
    measured = open_["within"].notna().any() or not len(open_)
    values = {
        "centres": len(open_),
        "centres_announced": len(centres) - len(open_),
        "centres_within": reach["points_within"].sum() if measured else np.nan,
        "centres_beyond": reach["points_beyond"].sum() if measured else np.nan,
        "centres_uncertain": reach["points_uncertain"].sum() if measured else np.nan,
        **by_centres(tables.municipalities["centres"]),
    }
    return {name: float(value) if given else np.nan for name, value in values.items()}


def _hosts(tables: Tables, given: frozenset[str]) -> dict[str, float | _Value]:
    places = tables.places
    libraries = places[places["host"] == "library"]
    chosen = chosen_places(places, "library")
    with_libraries = "libraries" in given
    return {
        "libraries": len(libraries) if with_libraries else np.nan,
        "libraries_within_share": _share_within(libraries),
        "libraries_chosen": len(chosen) if with_libraries else np.nan,
        "libraries_chosen_within_share": _share_within(chosen),
        "post_offices": (places["host"] == "post_office").sum()
        if "post_offices" in given
        else np.nan,
    }


def _network(tables: Tables) -> dict[str, float | _Value]:
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


def _share_within(table: pd.DataFrame) -> _Value:
    within = table["within"].dropna()
    part, whole = float(within.sum()), float(len(within))
    return _Value(share(part, whole), part=part, whole=whole)


def _shares(tables: Tables, centres_given: bool) -> dict[str, _Value]:
    """Weigh the covered units by area and by residents."""
    covered = covered_units(tables.network, tables.municipalities)
    area, residents = ("area_km2",), COUNTS
    asked = {
        "area_share_existing": (covered.existing, area),
        "area_share_planned": (covered.planned, area),
        "area_share_municipalities": (covered.municipalities, area),
        "population_share_existing": (covered.existing, residents),
        "population_share_planned": (covered.planned, residents),
    }
    shares = {}
    for name, (units, weights) in asked.items():
        found = _Value(*weighted_share(tables.units, units, *weights))
        exact = found._replace(least=_UNKNOWN, most=_UNKNOWN)
        shares[name] = found if weights is residents else exact
    known = asked if centres_given else {name for name in asked if name.endswith("_planned")}
    return {name: value if name in known else _Value(_UNKNOWN) for name, value in shares.items()}
