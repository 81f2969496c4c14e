"""The summary: every criterion with its value, its target, and what was published in 2020."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.access import count_classes
from vpvkac.analysis.coverage import (
    chosen_places,
    covered_units,
    reach_flags,
    share,
    weighted_share,
)
from vpvkac.analysis.network import STATUSES, is_open_centre
from vpvkac.inputs.optional import COUNTS
from vpvkac.model.tables import TABLES
from vpvkac.sources.plain import LEVELS, NO, REQUIREMENTS, UNKNOWN, YES
from vpvkac.sources.reference import published_values

if TYPE_CHECKING:
    import geopandas as gpd


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
_MUNICIPAL = (
    "municipalities_with_centre", "municipalities_one", "municipalities_several",
    "municipalities_none",
)  # fmt: skip
_OWNED = "_owned"
# The plan's indicator, share of Latvia's area by year (REFERENCE.md, 3.1, table 16).
AREA_TARGETS = {2024: 0.85, 2027: 0.90}
# Requirement 6.2 recommends a stop within 700 m of every point, and the plan a point in every
# unit (REFERENCE.md, 3.4, table 30; 2.2).
_WANTED_NONE = ("centres_beyond", "points_beyond", "units_none")
_UNKNOWN = float("nan")


class Tables(NamedTuple):
    """What the summary is made of.

    Parameters
    ----------
    units, network, municipalities
        Of `coverage` and `network`.
    places
        Measured places with their service, the checklist's answers and `chosen`.
    stops
        Those that count.
    residents
        `catchment.reached_residents`.
    development
        With `by_place` and `by_owner` (`with_centre`); None where they are not given.
    given
        Inputs of the project, as it names them: a criterion about a host that
        is not given has no value, rather than none of them.
    """

    units: gpd.GeoDataFrame
    network: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    stops: gpd.GeoDataFrame
    municipalities: pd.DataFrame
    residents: pd.DataFrame
    development: pd.DataFrame | None
    given: frozenset[str]


class _Value(NamedTuple):
    """A value, the band it lies in where it is made from suppressed counts, and a share's parts."""

    value: float
    least: float = _UNKNOWN
    most: float = _UNKNOWN
    part: float = _UNKNOWN
    whole: float = _UNKNOWN


def summarise(tables: Tables, *, synthetic: bool) -> pd.DataFrame:
    """Give every criterion of DESIGN.md's list, in its order; then those of optional inputs.

    Parameters
    ----------
    synthetic
        Whether the data are invented: then nothing is published or met.

    Returns
    -------
    summary
        Columns of `summary`; values are floats, NaN where they cannot be told.
        `least` and `most` are the band of what residents weigh; a share is
        `part` of `whole`, which files give in full.
    """
    values = {
        "units": len(tables.units),
        "municipalities": len(tables.municipalities),
        "stops": len(tables.stops) or np.nan,
        **_centres(tables),
        **_hosts(tables),
        **_points(tables.network),
        **_shares(tables),
    }
    found = [(criterion, values[criterion]) for criterion in CRITERIA]
    found += _optional_criteria(tables)
    rows = [row for criterion, value in found for row in _rows(criterion, value)]
    summary = pd.DataFrame(rows, columns=list(TABLES["summary"].names))
    summary = summary.astype(
        dict.fromkeys(("value", "published", "least", "most", "part", "whole"), float)
    )
    if synthetic:
        summary["published"] = np.nan
        summary["met"] = ""
    return summary


def _rows(criterion: str, given: float | _Value) -> Iterator[tuple[object, ...]]:
    value, *band = given if isinstance(given, _Value) else _Value(float(given))
    # A count by owner compares with the same figure as the one by place.
    known = published_values().get(criterion.removesuffix(_OWNED), np.nan)
    measure = "share" if "_share" in criterion else "count"
    if criterion == "area_share_existing":
        # The indicator has no published method, and units do not give its base value: no verdict.
        for year, target in AREA_TARGETS.items():
            yield criterion, value, f"{measure} {year}", target, known, "unknown", *band
    elif criterion in _WANTED_NONE:
        met = "unknown" if np.isnan(value) else "yes" if value == 0 else "no"
        yield criterion, value, measure, 0.0, known, met, *band
    else:
        yield criterion, value, measure, np.nan, known, "", *band


def _centres(tables: Tables) -> dict[str, float]:
    centres = tables.places[tables.places["host"] == "centre"]
    open_ = centres[is_open_centre(centres)]
    is_measured = open_["within"].notna().any() or not len(open_)
    reach = reach_flags(open_)
    values = {
        "centres": len(open_),
        "centres_announced": len(centres) - len(open_),
        **{
            f"centres_{name}": reach[f"points_{name}"].sum() if is_measured else np.nan
            for name in ("within", "beyond", "uncertain")
        },
        **_by_centres(tables.municipalities["centres"]),
    }
    return values if "centres" in tables.given else dict.fromkeys(values, np.nan)


def _hosts(tables: Tables) -> dict[str, float | _Value]:
    places, given = tables.places, tables.given
    libraries = places[places["host"] == "library"]
    chosen = chosen_places(places, "library")
    offices = (places["host"] == "post_office").sum()
    return {
        "libraries": len(libraries) if "libraries" in given else np.nan,
        "libraries_within_share": _share_within(libraries),
        "libraries_chosen": len(chosen) if "libraries" in given else np.nan,
        "libraries_chosen_within_share": _share_within(chosen),
        "post_offices": offices if "post_offices" in given else np.nan,
    }


def _points(network: gpd.GeoDataFrame) -> dict[str, float | _Value]:
    is_measured = bool(network["within"].notna().any())
    counts = network["status"].value_counts()
    return {
        **{f"units_{status}": counts.get(status, 0) for status in STATUSES},
        **{
            name: chosen.sum() if is_measured else np.nan
            for name, chosen in reach_flags(network).items()
        },
        "points_within_share": _share_within(network),
        "library_points_within_share": _share_within(network[network["host"] == "library"]),
    }


def _share_within(table: pd.DataFrame) -> _Value:
    within = table["within"].dropna()
    part, whole = float(within.sum()), float(len(within))
    return _Value(share(part, whole), part=part, whole=whole)


def _shares(tables: Tables) -> dict[str, _Value]:
    """Weigh the covered units by area and by residents."""
    covered = covered_units(tables.network, tables.municipalities)
    # Without a list of centres nobody knows which units have one.
    units = covered._asdict() if "centres" in tables.given else {"planned": covered.planned}
    shares = {
        f"{weight}_share_{name}": _Value(_UNKNOWN)
        for weight in ("area", "population")
        for name in covered._fields
    }
    for name, chosen in units.items():
        area = weighted_share(tables.units, chosen, "area_km2")
        shares[f"area_share_{name}"] = _Value(area.value, part=area.part, whole=area.whole)
        shares[f"population_share_{name}"] = _Value(*weighted_share(tables.units, chosen, *COUNTS))
    return shares


def _by_centres(held: pd.Series) -> dict[str, float]:
    """Count municipalities with a centre, with one, with several and with none."""
    counts = ((held > 0).sum(), (held == 1).sum(), (held > 1).sum(), (held == 0).sum())
    return dict(zip(_MUNICIPAL, map(float, counts), strict=True))


# --- optional inputs -----------------------------------------------------------------------------


def _optional_criteria(tables: Tables) -> Iterator[tuple[str, float | _Value]]:
    """Give the criteria that the inputs allow."""
    places, municipalities, given = tables.places, tables.municipalities, tables.given
    owned = municipalities["centres_owned"]
    if "centres" in given and not municipalities["centres"].equals(owned):
        for criterion, value in _by_centres(owned).items():
            yield f"{criterion}{_OWNED}", value
    if tables.development is not None:
        yield from _development(tables.development, with_centres="centres" in given)
    if "municipal_premises" in given:
        yield "municipal_premises", (places["host"] == "municipal_premises").sum()
    if "institutions" in given:
        yield from _institutions(tables)
    if "population" in given:
        # NaN where a unit's count is not known.
        counts = (tables.units[name].astype(float).sum(skipna=False) for name in COUNTS)
        yield "population", _Value(*counts)
    points = places[places["chosen"]]
    if "suitability" in given:
        for requirement, answer in product(REQUIREMENTS, (YES, NO, UNKNOWN)):
            yield f"points_{requirement}_{answer}", (points[requirement] == answer).sum()
    yield from count_classes(points["service_class"]).items()
    near = tables.residents[tables.residents["radius_m"].notna()]
    for row in near.to_dict("records"):
        band = (float(row[name]) for name in ("residents", "least", "most"))
        yield f"population_{row['measure']}_{row['points']}", _Value(*band)


def _development(development: pd.DataFrame, *, with_centres: bool) -> Iterator[tuple[str, float]]:
    differ = not development["by_place"].equals(development["by_owner"])
    for level in LEVELS:
        own = development[development["level"] == level]
        yield f"development_{level}", len(own)
        if with_centres:
            yield f"development_{level}_with_centre", own["by_place"].sum()
        if with_centres and differ:
            yield f"development_{level}_with_centre{_OWNED}", own["by_owner"].sum()


def _institutions(tables: Tables) -> Iterator[tuple[str, float]]:
    """Count offices by institution, and the units and municipalities that hold one."""
    offices = tables.places[tables.places["host"] == "institution"]
    kinds = institution_of(offices["name"]).value_counts()
    yield "institutions", len(offices)
    for kind in (*INSTITUTIONS, OTHER):
        if kind != OTHER or kind in kinds:
            yield f"institution_{kind}", kinds.get(kind, 0)
    units = tables.units[tables.units["unit"].isin(offices["unit"])]
    held = tables.municipalities["municipality"].isin(offices["municipality"])
    municipalities = tables.municipalities[held]
    with_centre = (municipalities["centres"] > 0).sum()
    owning = (municipalities["centres_owned"] > 0).sum()
    has_list = "centres" in tables.given
    yield "institution_units", len(units)
    if has_list:
        yield "institution_units_with_centre", (units["centres"] > 0).sum()
    yield "institution_municipalities", len(municipalities)
    if has_list:
        yield "institution_municipalities_with_centre", with_centre
    if has_list and owning != with_centre:
        yield f"institution_municipalities_with_centre{_OWNED}", owning


def with_centre(development: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Tell which development centres have an open one-stop centre.

    A centre whose list names no owner counts where it stands.

    Returns
    -------
    development
        With `by_place` and `by_owner`, both bool.
    """
    centres = places.loc[is_open_centre(places), ["unit", "municipality", "owner"]]
    own = (centres["owner"] == "") | (centres["owner"] == centres["municipality"])
    return development.assign(
        by_place=development["unit"].isin(centres["unit"]),
        by_owner=development["unit"].isin(centres.loc[own, "unit"]),
    )


OTHER = "other"
# Abbreviation → a piece of the full name that no other institution's has.
_FULL_NAMES = {
    "NVA": r"nodarbinātības valsts aģentūr",
    "VSAA": r"valsts sociālās apdrošināšanas aģentūr",
    "PMLP": r"pilsonības un migrācijas lietu pārvald",
    "VMD": r"valsts mež\w* dienest",
    "VZD": r"valsts zemes dienest",
    "VID": r"valsts ieņēmumu dienest",
    "VDI": r"valsts darba inspekcij",
    "LAD": r"lauku atbalsta dienest",
    "UR": r"uzņēmumu reģistr",
}
INSTITUTIONS = tuple(_FULL_NAMES)


def institution_of(names: pd.Series) -> pd.Series:
    """Tell the institution an office's name begins with or names; `OTHER` where it is none.

    Examples
    --------
    >>> import pandas as pd
    >>> institution_of(pd.Series(["NVA Balvu filiāle", "Valsts darba inspekcija", "Dome"])).tolist()
    ['NVA', 'VDI', 'other']
    """
    found = names.map(lambda _: OTHER).astype(str)
    for code, full in _FULL_NAMES.items():
        # Abbreviations count in capitals only: "ur" and "vid" are parts of words.
        named = names.str.contains(rf"(?:\b{code}\b|(?i:{full}))", regex=True)
        found = found.mask((found == OTHER) & named, code)
    return found
