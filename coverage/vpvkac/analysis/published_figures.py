"""Compared with the published figures: every figure that the inputs allow, ours beside it.

Our value, on what it rests and why it may differ; published figures that
disagree with one another are named, never repaired (REFERENCE.md).  Only with
real inputs: a synthetic sample has nothing published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.coverage import share
from vpvkac.analysis.network import is_open_centre
from vpvkac.model.addresses import parse, stem
from vpvkac.questions.coverage import published_words as say
from vpvkac.sources.reference import Figure, figures
from vpvkac.texts import words
from vpvkac.texts.formats import metres, shown_metres

if TYPE_CHECKING:
    from vpvkac.inputs.tables import Inputs
    from vpvkac.model.project import Project
    from vpvkac.texts.message import Lang, Text

COLUMNS = (
    "figure", "section", "published", "value", "difference", "basis", "reason", "name", "measure",
    "place", "municipality_name",
)  # fmt: skip
# What a basis cannot do without, and which lists its dates come from.
_NEEDS: dict[str, tuple[str, ...]] = {
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
_BY_STOPS = ("stops", "reach", "centre")
_BY_UNITS = (
    "units", "state_cities", "rural_units", "municipalities", "rural", "second_wave", "held",
    "owned", "development_held", "libraries_chosen", "library_points", "parishes", "ahead",
    "institution_units", "area",
)  # fmt: skip


class Known(NamedTuple):
    """What a run knows that can stand beside a published figure.

    Parameters
    ----------
    inputs, project
        What was read, and by which rules it was counted.
    table
        The summary.
    places
        Measured places.
    development
        Development centres with `by_place`; None where they are not given.
    """

    inputs: Inputs
    project: Project
    table: pd.DataFrame
    units: pd.DataFrame
    municipalities: pd.DataFrame
    places: pd.DataFrame
    development: pd.DataFrame | None

    @property
    def layout(self) -> str:
        """Date of the layout; empty if it is none of those known."""
        return self.inputs.layout

    @property
    def summary(self) -> dict[str, float]:
        """Value of every criterion."""
        first = self.table.drop_duplicates("criterion")
        return dict(zip(first["criterion"], first["value"].astype(float), strict=True))


class _Found(NamedTuple):
    """Ours: the value, clauses that explain it, and for a named centre where it is."""

    value: float = np.nan
    clauses: tuple[str | Text | None, ...] = ()
    place: str = ""
    municipality_name: str = ""


def compare(known: Known, lang: Lang) -> pd.DataFrame:
    """Set every published figure that the inputs allow beside ours.

    Returns
    -------
    compared
        `COLUMNS`, in the order of REFERENCE.md; values are floats, NaN where
        they cannot be told.
    """
    rows = [
        _row(figure, _found(figure, known, lang), known, lang)
        for figure in figures()
        if known.project.given.issuperset(_NEEDS.get(figure.basis, ()))
        and not known.project.synthetic
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(
        dict.fromkeys(("published", "value", "difference"), float)
    )


def _row(figure: Figure, found: _Found, known: Known, lang: Lang) -> tuple[object, ...]:
    published = np.nan if figure.value is None else float(figure.value)
    difference = found.value - published
    # What the search for our value found out explains more than the usual cause.
    clauses = found.clauses
    if not clauses and np.isnan(found.value):
        clauses = (say.NOT_TOLD,)
    elif not clauses and not np.isnan(difference) and difference != 0:
        clauses = (figure.why,)
    past = say.earlier(lang, figure.earlier) if figure.earlier else None
    return (
        figure.key,
        say.section(lang, figure.section),
        published,
        found.value,
        difference,
        _basis(figure, known, lang),
        say.sentence(lang, [*clauses, figure.note, past]),
        figure.name.text(lang),
        figure.measure,
        found.place,
        found.municipality_name,
    )


def _found(figure: Figure, known: Known, lang: Lang) -> _Found:
    if figure.basis == "units":
        return _units(figure, known)
    if figure.basis == "owned":
        return _owned(figure, known)
    if figure.basis == "centre":
        return _centre(figure, known, lang)
    if figure.code == "development_regional_with_centre":
        return _named_development(figure, known, lang)
    if figure.code == "library_units_ahead":
        return _ahead(known)
    return _Found(_value(figure, known))


def _value(figure: Figure, known: Known) -> float:
    """Give the value that needs no words of its own."""
    summary, units, code = known.summary, known.units, figure.code
    if code in summary:
        return summary[code]
    if code.startswith("area_share_"):
        return summary["area_share_existing"]
    own = units["unit"] == units["municipality"]
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
        "parishes_with_library_share": _parishes_with_library(units),
        "threshold_m": known.project.rules.threshold_m,
        "institution_units_without_centre": _less(
            summary, "institution_units", "institution_units_with_centre"
        ),
        "development_municipal_without_centre": _less(
            summary, "development_municipal", "development_municipal_with_centre"
        ),
    }
    return values[code]


def _less(summary: Mapping[str, float], whole: str, part: str) -> float:
    return summary.get(whole, np.nan) - summary.get(part, np.nan)


def _parishes_with_library(units: pd.DataFrame) -> float:
    parishes = units[units["kind"] == "parish"]
    return share(float((parishes["libraries"] > 0).sum()), len(parishes))


def _units(figure: Figure, known: Known) -> _Found:
    """Count the units; which layout they are of is what makes the difference."""
    value = known.summary["units"]
    if known.layout == "2021-01-01":
        return _Found(value, (say.COINCIDENCE,))
    if value == figure.value:
        return _Found(value)
    if known.layout in ("2021-07-01", "2022-07-01"):
        return _Found(value, (say.NEW_TOWNS,))
    return _Found(value, (say.OTHER_UNITS,))


def _owned(figure: Figure, known: Known) -> _Found:
    named = known.municipalities[known.municipalities["municipality_name"] == figure.of]
    if len(named) != 1:
        return _Found(clauses=(say.NO_MUNICIPALITY,))
    return _Found(float(named["centres_owned"].iloc[0]), municipality_name=figure.of)


def _centre(figure: Figure, known: Known, lang: Lang) -> _Found:
    """Find the open centre that a place names, and how far it is from a stop."""
    today, threshold_m = say.today(lang, figure.municipality), known.project.rules.threshold_m
    found = _centres_named(figure, known)
    if len(found) == 0:
        return _Found(clauses=(say.NO_CENTRE, today), municipality_name=figure.municipality)
    if len(found) > 1:
        names = [
            f"{name} ({metres(lang, away, threshold_m)})" if not np.isnan(away) else name
            for name, away in zip(found["name"], found["distance_m"].astype(float), strict=True)
        ]
        return _Found(
            clauses=(say.several(lang, names), today), municipality_name=figure.municipality
        )
    centre = found.iloc[0]
    names_of = known.municipalities.set_index("municipality")["municipality_name"]
    municipality = str(names_of[centre["municipality"]])
    away = float(centre["distance_m"])
    differs = say.NOT_MEASURED if np.isnan(away) else None
    if differs is None and shown_metres(away, threshold_m) != figure.value:
        differs = say.OTHER_STOPS
    return _Found(
        away, (differs, say.today(lang, municipality)), str(centre["place"]), municipality
    )


def _centres_named(figure: Figure, known: Known) -> pd.DataFrame:
    """Find the open centres named after a place; else those whose address is in it.

    "Dienvidkurzemes novada Aizputes pilsētas VPVKAC" is named after Aizpute,
    "Ciblas novada Blontu VPVKAC" is not named after Cibla.
    """
    places = known.places
    centres = places[is_open_centre(places)]
    wanted = stem(pd.Series([figure.of.casefold()])).iloc[0]
    bare = centres["name"].str.casefold().str.replace(r"^.*?\bnovad\w*\s*", "", regex=True)
    words_of = bare.str.findall(r"\w+").explode().fillna("")
    named = stem(words_of.astype(str)).eq(wanted).groupby(level=0).any()
    by_name = named.reindex(centres.index, fill_value=False)
    by_address = parse(centres["address"])["settlement"] == wanted
    return pd.DataFrame(centres[by_name if by_name.any() else by_address])


def _named_development(figure: Figure, known: Known, lang: Lang) -> _Found:
    value = known.summary[figure.code]
    table = known.development
    if table is None or value == figure.value:
        return _Found(value)
    regional = table[table["level"] == "regional"]
    held = set(regional.loc[regional["by_place"], "name"])
    clauses = say.others(
        lang,
        now_too=sorted(held - set(figure.names)),
        not_now=sorted(set(figure.names) - held),
    )
    return _Found(value, (figure.why, *clauses))


def _ahead(known: Known) -> _Found:
    units = known.units
    ahead = float((units["libraries"] > 0).sum() - (units["post_offices"] > 0).sum())
    return _Found(ahead, (say.CLAIM_HOLDS if ahead > 0 else say.CLAIM_FAILS,))


def _basis(figure: Figure, known: Known, lang: Lang) -> str:
    """Say what was counted, in which layout, by which stops, from lists of which date."""
    clauses: list[str | Text | None] = [say.BASES[figure.basis]]
    owned = known.summary.get(f"{figure.code}_owned", np.nan)
    if not np.isnan(owned) and owned != known.summary[figure.code]:
        clauses.append(say.by_owner(lang, owned))
    if figure.basis == "area":
        by_municipality = known.summary["area_share_municipalities"]
        clauses.append(say.by_municipality(lang, by_municipality))
    rules = known.project.rules
    is_reach = figure.code.endswith("within_share")
    if figure.basis in _BY_STOPS or is_reach:
        clauses.append(say.stop_set(lang, rules.stop_set))
    if figure.basis == "reach" or is_reach:
        clauses.append(words.lowered(words.within_reach(lang, rules.threshold_m)))
    if figure.basis in _BY_UNITS:
        clauses.append(words.lowered(words.layout_label(lang, known.layout)))
    clauses.extend(
        say.list_of(lang, account.source.name, account.source.date)
        for account in known.inputs.accounts
        if account.key in _NEEDS.get(figure.basis, ())
    )
    return say.sentence(lang, clauses)
