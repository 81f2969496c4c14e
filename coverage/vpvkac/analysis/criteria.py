"""The summary: every criterion with its value, its target, and what was published in 2020.

Behind those of every run stand those that optional inputs allow; counts by owner are given
where they differ from those by place.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.access import count_classes
from vpvkac.analysis.catchment import GRID
from vpvkac.analysis.coverage import chosen_places, reach_flags, share
from vpvkac.analysis.network import ANNOUNCED, EXISTING, PLANNED, STATUSES, Network, is_open_centre
from vpvkac.analysis.quality import CODES, count_homes
from vpvkac.inputs.optional import COUNTS
from vpvkac.model.tables import TABLES
from vpvkac.sources.plain import LEVELS, NO, REQUIREMENTS, UNKNOWN, YES
from vpvkac.sources.reference import published_values

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.analysis.reach import ThereAndBack

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
_OWNED = "_owned"
# The plan's indicator, share of Latvia's area by year (the 2020 analysis, 3.1, table 16).
AREA_TARGETS = {2024: 0.85, 2027: 0.90}
# A stop within 700 m of every point is recommended (the 2020 analysis, 3.4, table 30), and
# planned is a point in every unit (2.2).
_WANTED_NONE = ("centres_beyond", "points_beyond", "units_none")
_UNKNOWN = float("nan")
# Institutions with offices of their own (table 6 of the 2020 analysis): abbreviation → a piece
# of the full name that no other institution's has.
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
OTHER = "other"


class _Value(NamedTuple):
    """A value, the band it lies in where it is made from suppressed counts, and a share's parts."""

    value: float
    least: float = _UNKNOWN
    most: float = _UNKNOWN
    part: float = _UNKNOWN
    whole: float = _UNKNOWN


def summarise(
    result: Network,
    residents: pd.DataFrame,
    development: pd.DataFrame | None,
    reach: ThereAndBack | None = None,
) -> pd.DataFrame:
    """Give every criterion in the order of `CRITERIA`; then those of optional inputs.

    `residents` are `catchment.reached_residents`, `development` the development
    centres (`with_centre`), `reach` who can go there and back; None where they are not
    given.  Values are floats, NaN where they are not known: a criterion about a host
    that is not among the inputs has none.  `least` and `most` are the band of what
    residents weigh; a share is `part` of `whole`.  On synthetic data nothing is published or met.
    """
    values = _centres(result) | _hosts(result) | _points(result.network) | _shares(result)
    criteria = [(criterion, values[criterion]) for criterion in CRITERIA]
    criteria += _optional_criteria(result, residents, development)
    criteria += _reach_criteria(reach) if reach is not None else ()
    rows = [row for criterion, value in criteria for row in _rows(criterion, value)]
    summary = pd.DataFrame(rows, columns=list(TABLES["summary"].names))
    summary = summary.astype(
        dict.fromkeys(("value", "published", "least", "most", "part", "whole"), float)
    )
    return summary.assign(published=np.nan, met="") if result.synthetic else summary


def _rows(criterion: str, given: float | _Value) -> Iterator[tuple[object, ...]]:
    value, *band = given if isinstance(given, _Value) else _Value(float(given))
    # A count by owner compares with the same figure as the one by place.
    published = published_values().get(criterion.removesuffix(_OWNED), np.nan)
    measure = "share" if "_share" in criterion else "count"
    if criterion == "area_share_existing":
        # The indicator has no published method, and units do not give its base value: no verdict.
        for year, target in AREA_TARGETS.items():
            yield criterion, value, f"{measure} {year}", target, published, "unknown", *band
    elif criterion in _WANTED_NONE:
        met = "unknown" if np.isnan(value) else "yes" if value == 0 else "no"
        yield criterion, value, measure, 0.0, published, met, *band
    else:
        yield criterion, value, measure, np.nan, published, "", *band


def _centres(result: Network) -> dict[str, float | _Value]:
    centres = result.places[result.places["host"] == "centre"]
    open_ = centres[is_open_centre(centres)]
    is_measured = open_["within"].notna().any() or not len(open_)
    values: dict[str, float | _Value] = {
        "centres": len(open_),
        "centres_announced": len(centres) - len(open_),
        **{
            name.replace("points_", "centres_"): flags.sum() if is_measured else np.nan
            for name, flags in reach_flags(open_).items()
        },
        **_by_centres(result.municipalities["centres"]),
    }
    return values if "centres" in result.project.given else dict.fromkeys(values, np.nan)


def _by_centres(count: pd.Series) -> dict[str, float]:
    """Count municipalities with a centre, with one, with several and with none."""
    kinds = {
        "with_centre": count > 0,
        "one": count == 1,
        "several": count > 1,
        "none": count == 0,
    }
    return {f"municipalities_{name}": float(flags.sum()) for name, flags in kinds.items()}


def _hosts(result: Network) -> dict[str, float | _Value]:
    places, given = result.places, result.project.given
    libraries = places[places["host"] == "library"]
    chosen = chosen_places(places, "library")
    offices = (places["host"] == "post_office").sum()
    return {
        "units": len(result.units),
        "municipalities": len(result.municipalities),
        "stops": int(result.stops["counted"].sum()) or np.nan,
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
            name: flags.sum() if is_measured else np.nan
            for name, flags in reach_flags(network).items()
        },
        "points_within_share": _share_within(network),
        "library_points_within_share": _share_within(network[network["host"] == "library"]),
    }


def _share_within(table: pd.DataFrame) -> _Value:
    within = table["within"].dropna()
    part, whole = float(within.sum()), float(len(within))
    return _Value(share(part, whole), part=part, whole=whole)


def _shares(result: Network) -> dict[str, float | _Value]:
    """Weigh by area and residents the units with an open point, with any, or with centres near.

    The last are those of municipalities with an open centre.  The band of
    residents holds every share that counts between least and most can give:
    the covered units at their least with the others at their most, and the
    reverse.  NaN where the weights are not known of every unit.
    """
    by_unit, municipalities = result.network.set_index("unit"), result.municipalities
    with_centre = municipalities.loc[municipalities["centres"] > 0, "municipality"]
    covered = {
        "existing": by_unit["status"] == EXISTING,
        "planned": by_unit["status"].isin([EXISTING, ANNOUNCED, PLANNED]),
        "municipalities": by_unit["municipality"].isin(with_centre),
    }
    table = result.units.set_index("unit")
    area, value, least, most = (table[name].astype(float) for name in ("area_km2", *COUNTS))
    shares: dict[str, float | _Value] = {}
    for name, units in covered.items():
        inside = units.reindex(table.index)
        part, whole = _parts(inside, area, area)
        shares[f"area_share_{name}"] = _Value(share(part, whole), part=part, whole=whole)
        part, whole = _parts(inside, value, value)
        band = share(*_parts(inside, least, most)), share(*_parts(inside, most, least))
        shares[f"population_share_{name}"] = _Value(share(part, whole), *band, part, whole)
    if "centres" in result.project.given:
        return shares
    # Without a list of centres nobody knows which units have one.
    return {name: one if "planned" in name else _UNKNOWN for name, one in shares.items()}


def _parts(inside: pd.Series, inner: pd.Series, outer: pd.Series) -> tuple[float, float]:
    """Add up the weights inside, and the whole with those outside; NaN where any is unknown."""
    part = float(inner[inside].sum(skipna=False))
    return part, part + float(outer[~inside].sum(skipna=False))


def _optional_criteria(
    result: Network, residents: pd.DataFrame, development: pd.DataFrame | None
) -> Iterator[tuple[str, float | _Value]]:
    """Give the criteria that the inputs allow."""
    places, municipalities, given = result.places, result.municipalities, result.project.given
    owned = municipalities["centres_owned"]
    if "centres" in given and not municipalities["centres"].equals(owned):
        for criterion, value in _by_centres(owned).items():
            yield f"{criterion}{_OWNED}", value
    if development is not None:
        yield from _development(development, with_centres="centres" in given)
    if "municipal_premises" in given:
        yield "municipal_premises", (places["host"] == "municipal_premises").sum()
    if "institutions" in given:
        yield from _institutions(result)
    if "population" in given:
        # NaN where a unit's count is not known.
        counts = (result.units[name].astype(float).sum(skipna=False) for name in COUNTS)
        yield "population", _Value(*counts)
    points = places[places["chosen"]]
    if "suitability" in given:
        for requirement, answer in product(REQUIREMENTS, (YES, NO, UNKNOWN)):
            yield f"points_{requirement}_{answer}", (points[requirement] == answer).sum()
    yield from count_classes(points["service_class"]).items()
    yield from _quality(result)
    near = residents[residents["radius_m"].notna()]
    for row in near.to_dict("records"):
        band = (float(row[name]) for name in ("residents", "least", "most"))
        yield f"population_{row['measure']}_{row['points']}", _Value(*band)


def _quality(result: Network) -> Iterator[tuple[str, float | _Value]]:
    """Count points, and residents of a grid, by quality class; nothing where none is known."""
    points = result.network.dropna(subset=["place"])["quality_class"]
    if not points.notna().any():
        return
    counts = points.fillna(UNKNOWN).value_counts()
    yield from ((f"points_quality_{code}", counts.get(code, 0)) for code in (*CODES, UNKNOWN))
    if result.living is None or result.living.basis != GRID:
        return
    homes = count_homes(result.living, result.stops[result.stops["in_set"]])
    for code, *counted in homes[list(COUNTS)].itertuples():
        yield f"population_quality_{code}", _Value(*map(float, counted))


def _reach_criteria(reach: ThereAndBack) -> Iterator[tuple[str, float | _Value]]:
    """Count the residents who can use a point there and back, by set of points.

    Units, where residents are not given.
    """
    of = "" if reach.counts_residents else "_units"
    for row in reach.country.to_dict("records"):
        able, everyone = row["walk"] + row["bus"], row["residents"]
        name = f"reach_{row['points']}{of}"
        yield f"{name}_share", _Value(share(able, everyone), part=able, whole=everyone)
        yield f"{name}_walk", row["walk"]
        yield f"{name}_bus", row["bus"]
        yield f"{name}_none", _Value(row["none"], row["none_least"], row["none_most"])


def _development(development: pd.DataFrame, *, with_centres: bool) -> Iterator[tuple[str, float]]:
    differ = not development["by_place"].equals(development["by_owner"])
    for level in LEVELS:
        own = development[development["level"] == level]
        yield f"development_{level}", len(own)
        if with_centres:
            yield f"development_{level}_with_centre", own["by_place"].sum()
        if with_centres and differ:
            yield f"development_{level}_with_centre{_OWNED}", own["by_owner"].sum()


def _institutions(result: Network) -> Iterator[tuple[str, float]]:
    """Count offices by institution, and the units and municipalities that hold one."""
    offices = result.places[result.places["host"] == "institution"]
    kinds = institution_of(offices["name"]).value_counts()
    yield "institutions", len(offices)
    for kind in (*INSTITUTIONS, OTHER):
        if kind != OTHER or kind in kinds:
            yield f"institution_{kind}", kinds.get(kind, 0)
    units = result.units[result.units["unit"].isin(offices["unit"])]
    has_office = result.municipalities["municipality"].isin(offices["municipality"])
    municipalities = result.municipalities[has_office]
    with_centre = (municipalities["centres"] > 0).sum()
    owning = (municipalities["centres_owned"] > 0).sum()
    has_list = "centres" in result.project.given
    yield "institution_units", len(units)
    if has_list:
        yield "institution_units_with_centre", (units["centres"] > 0).sum()
    yield "institution_municipalities", len(municipalities)
    if has_list:
        yield "institution_municipalities_with_centre", with_centre
    if has_list and owning != with_centre:
        yield f"institution_municipalities_with_centre{_OWNED}", owning


def with_centre(development: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Tell which development centres have an open one-stop centre: bool `by_place`, `by_owner`.

    A centre whose list names no owner counts where it stands.
    """
    centres = places.loc[is_open_centre(places), ["unit", "municipality", "owner"]]
    own = (centres["owner"] == "") | (centres["owner"] == centres["municipality"])
    return development.assign(
        by_place=development["unit"].isin(centres["unit"]),
        by_owner=development["unit"].isin(centres.loc[own, "unit"]),
    )


def institution_of(names: pd.Series) -> pd.Series:
    """Tell the institution an office's name begins with or names; "other" where it is none.

    Examples
    --------
    >>> import pandas as pd
    >>> institution_of(pd.Series(["NVA Balvu filiāle", "Valsts darba inspekcija", "Dome"])).tolist()
    ['NVA', 'VDI', 'other']
    """
    institutions = names.map(lambda _: OTHER).astype(str)
    for code, full in _FULL_NAMES.items():
        # Abbreviations count in capitals only: "ur" and "vid" are parts of words.
        matches = names.str.contains(rf"(?:\b{code}\b|(?i:{full}))", regex=True)
        institutions = institutions.mask((institutions == OTHER) & matches, code)
    return institutions
