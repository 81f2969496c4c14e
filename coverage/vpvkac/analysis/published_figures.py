"""Compared with the published figures: every figure that the inputs allow, and ours.

Our value, and codes of why it may differ; published figures that disagree
with one another are named, never repaired (REFERENCE.md).  Only with real
inputs: a synthetic sample has nothing published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.coverage import share
from vpvkac.analysis.network import Cause, Network, is_open_centre
from vpvkac.model.addresses import parse, stem
from vpvkac.model.tables import TABLES
from vpvkac.sources.reference import Figure, figures

# What a basis cannot do without, and which lists its dates come from.
NEEDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("centres", "first_wave", "second_wave", "held", "owned"), ("centres",)),
    **dict.fromkeys(("reach", "centre"), ("centres", "stops")),
    "area": ("centres",),
    "development": ("development_centres",),
    "development_held": ("development_centres", "centres"),
    "stops": ("stops",),
    **dict.fromkeys(("libraries", "libraries_chosen", "library_points"), ("libraries",)),
    "parishes": ("libraries",),
    "post_offices": ("post_offices",),
    "ahead": ("libraries", "post_offices"),
    "institutions": ("institutions",),
    "institution_units": ("institutions",),
}


class Comparison(NamedTuple):
    """Our figures and the published ones.

    Parameters
    ----------
    table
        Facts of `published`, in the order of REFERENCE.md; values are floats, NaN where
        they cannot be told.
    causes
        By figure, what may explain a difference.
    """

    table: pd.DataFrame
    causes: dict[str, tuple[Cause, ...]]


class _Facts(NamedTuple):
    """What a run knows that can be compared; `development` with `by_place`, None if not given."""

    result: Network
    summary: Mapping[str, float]
    development: pd.DataFrame | None


class _Value(NamedTuple):
    """Ours: the value, what explains it, and for a named centre where it is."""

    value: float = np.nan
    causes: tuple[Cause, ...] = ()
    place: str = ""
    municipality_name: str = ""


def first_values(summary: pd.DataFrame) -> dict[str, float]:
    """Give the value of every criterion of a summary."""
    first = summary.drop_duplicates("criterion")
    return dict(zip(first["criterion"], first["value"].astype(float), strict=True))


def compare_published(
    result: Network, summary: pd.DataFrame, development: pd.DataFrame | None
) -> Comparison:
    """Compare every published figure that the inputs allow with ours.

    Parameters
    ----------
    summary
        `criteria.summarise`.
    development
        Development centres with `by_place`; None where they are not given.
    """
    facts = _Facts(result, first_values(summary), development)
    rows: list[tuple[object, ...]] = []
    causes: dict[str, tuple[Cause, ...]] = {}
    for figure in figures():
        if result.synthetic or not result.project.given.issuperset(NEEDS.get(figure.basis, ())):
            continue
        found = _value_of(figure, facts)
        published = np.nan if figure.value is None else float(figure.value)
        difference = found.value - published
        # What the search for our value found out explains more than the usual cause.
        own = found.causes
        if not own and np.isnan(found.value):
            own = (Cause("undetermined"),)
        elif not own and not np.isnan(difference) and difference != 0:
            own = (Cause("usual"),)
        causes[figure.key] = own
        rows.append(
            (figure.key, published, found.value, difference, figure.measure, found.place,
             found.municipality_name)
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(TABLES["published"].facts))
    return Comparison(
        table.astype(dict.fromkeys(("published", "value", "difference"), float)), causes
    )


def _value_of(figure: Figure, facts: _Facts) -> _Value:
    if figure.basis == "units":
        return _units(figure, facts)
    if figure.basis == "owned":
        return _owned(figure, facts)
    if figure.basis == "centre":
        return _centre(figure, facts)
    if figure.code == "development_regional_with_centre":
        return _named_development(figure, facts)
    if figure.code == "library_units_ahead":
        units = facts.result.units
        ahead = float((units["libraries"] > 0).sum() - (units["post_offices"] > 0).sum())
        return _Value(ahead, (Cause("claim_holds" if ahead > 0 else "claim_fails"),))
    return _Value(_plain_value(figure.code, facts))


def _plain_value(code: str, facts: _Facts) -> float:
    """Give the value that nothing need be said of."""
    summary, units = facts.summary, facts.result.units
    if code in summary:
        return summary[code]
    if code.startswith("area_share_"):
        return summary["area_share_existing"]

    def less(whole: str, part: str) -> float:
        return summary.get(whole, np.nan) - summary.get(part, np.nan)

    own = units["unit"] == units["municipality"]
    parishes = units[units["kind"] == "parish"]
    waiting = summary["units_existing"] + summary["units_announced"]
    values = {
        "state_cities": float(own.sum()),
        "units_of_municipalities": float((~own).sum()),
        "municipalities_of_units": float(units.loc[~own, "municipality"].nunique()),
        "municipalities_before": summary["municipalities"],
        "first_wave": summary["centres"] + summary["centres_announced"],
        "second_wave": len(units) - waiting,
        "municipalities_with_centre_share": share(
            summary["municipalities_with_centre"], summary["municipalities"]
        ),
        "parishes_with_library_share": share(
            float((parishes["libraries"] > 0).sum()), len(parishes)
        ),
        "threshold_m": facts.result.threshold_m,
        "institution_units_without_centre": less(
            "institution_units", "institution_units_with_centre"
        ),
        "development_municipal_without_centre": less(
            "development_municipal", "development_municipal_with_centre"
        ),
    }
    return values[code]


def _units(figure: Figure, facts: _Facts) -> _Value:
    """Count the units; which layout they are of is what makes the difference."""
    value, layout = facts.summary["units"], facts.result.layout
    if layout == "2021-01-01":
        return _Value(value, (Cause("coincidence"),))
    if value == figure.value:
        return _Value(value)
    new_towns = layout in ("2021-07-01", "2022-07-01")
    return _Value(value, (Cause("new_towns" if new_towns else "other_units"),))


def _owned(figure: Figure, facts: _Facts) -> _Value:
    municipalities = facts.result.municipalities
    named = municipalities[municipalities["municipality_name"] == figure.of]
    if len(named) != 1:
        return _Value(causes=(Cause("no_municipality"),))
    return _Value(float(named["centres_owned"].iloc[0]), municipality_name=figure.of)


def _centre(figure: Figure, facts: _Facts) -> _Value:
    """Find the open centre that a place names, and how far it is from a stop."""
    found = _centres_named(figure, facts.result.places)
    if len(found) != 1:
        metres = tuple(found["distance_m"].astype(float))
        which = Cause("several", tuple(found["name"]), metres) if metres else Cause("no_centre")
        causes = (which, Cause("today", (figure.municipality,)))
        return _Value(causes=causes, municipality_name=figure.municipality)
    centre = found.iloc[0]
    names_of = facts.result.municipalities.set_index("municipality")["municipality_name"]
    municipality = str(names_of[centre["municipality"]])
    away = float(centre["distance_m"])
    why = Cause("not_measured") if np.isnan(away) else Cause("other_stops", metres=(away,))
    causes = (why, Cause("today", (municipality,)))
    return _Value(away, causes, str(centre["place"]), municipality)


def _centres_named(figure: Figure, places: pd.DataFrame) -> pd.DataFrame:
    """Find the open centres named after a place; else those whose address is in it.

    "Dienvidkurzemes novada Aizputes pilsētas VPVKAC" is named after Aizpute,
    "Ciblas novada Blontu VPVKAC" is not named after Cibla.
    """
    centres = places[is_open_centre(places)]
    wanted = stem(pd.Series([figure.of.casefold()])).iloc[0]
    bare = centres["name"].str.casefold().str.replace(r"^.*?\bnovad\w*\s*", "", regex=True)
    words_of = bare.str.findall(r"\w+").explode().fillna("")
    named = stem(words_of.astype(str)).eq(wanted).groupby(level=0).any()
    by_name = named.reindex(centres.index, fill_value=False)
    by_address = parse(centres["address"])["settlement"] == wanted
    return pd.DataFrame(centres[by_name if by_name.any() else by_address])


def _named_development(figure: Figure, facts: _Facts) -> _Value:
    """Count the regional development centres with a centre, and name those that differ."""
    value, table = facts.summary[figure.code], facts.development
    if table is None or value == figure.value:
        return _Value(value)
    held = set(table.loc[(table["level"] == "regional") & table["by_place"], "name"])
    named = {"now_too": held - set(figure.names), "not_now": set(figure.names) - held}
    differing = (Cause(code, tuple(sorted(names))) for code, names in named.items() if names)
    return _Value(value, (Cause("usual"), *differing))
