"""Compared with the published figures: every figure that the inputs allow, and ours.

Our value, and codes of why it may differ; published figures that disagree
with one another are named, never repaired.  Only with real inputs: a
synthetic sample has nothing published.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.coverage import share
from vpvkac.analysis.network import Cause, Network, is_open_centre
from vpvkac.model.addresses import parse, stem
from vpvkac.model.tables import TABLES
from vpvkac.sources.layouts import layout_of
from vpvkac.sources.reference import Figure, figures

if TYPE_CHECKING:
    import geopandas as gpd

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
    "institution_held": ("institutions", "centres"),
}


class _Ours(NamedTuple):
    """Our value, what explains it, and for a named centre where it is."""

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
) -> tuple[pd.DataFrame, dict[str, tuple[Cause, ...]]]:
    """Compare every published figure that the inputs allow with ours.

    Facts of `published`, in the order of the file, floats, NaN where they
    cannot be told; and by figure what may explain a difference.
    Development centres come with `by_place`; None where they are not given.
    """
    values = first_values(summary)
    rows: list[tuple[object, ...]] = []
    causes: dict[str, tuple[Cause, ...]] = {}
    centres = _OpenCentres(result.places)
    for figure in figures():
        if result.synthetic or not result.project.given.issuperset(NEEDS.get(figure.basis, ())):
            continue
        if figure.basis == "centre":
            ours = _centre(figure, result, centres)
        elif figure.basis == "nothing":
            ours = _Ours()
        elif figure.code == "development_regional_with_centre":
            ours = _Ours(values[figure.code], _development_causes(figure, values, development))
        else:
            ours = _counted(figure, result, values)
        published = np.nan if figure.value is None else float(figure.value)
        difference = ours.value - published
        # What the search for our value found out explains more than the usual cause.
        own = ours.causes
        if not own and np.isnan(ours.value):
            own = (Cause("undetermined"),)
        elif not own and not np.isnan(difference) and difference != 0:
            own = (Cause("usual"),)
        causes[figure.key] = own
        rows.append(
            (figure.key, published, ours.value, difference, figure.measure, ours.place,
             ours.municipality_name)
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=list(TABLES["published"].facts))
    types = dict.fromkeys(("published", "value", "difference"), float)
    return table.astype(types), causes


def _counted(figure: Figure, result: Network, summary: Mapping[str, float]) -> _Ours:
    """Give what is counted, with what makes the difference where that is known."""
    if figure.basis == "owned":
        municipalities = result.municipalities
        own = municipalities[municipalities["municipality_name"] == figure.of]
        if len(own) != 1:
            return _Ours(causes=(Cause("no_municipality"),))
        return _Ours(float(own["centres_owned"].iloc[0]), municipality_name=figure.of)
    if figure.code == "library_units_ahead":
        ahead = float((result.units["libraries"] > 0).sum())
        ahead -= float((result.units["post_offices"] > 0).sum())
        return _Ours(ahead, (Cause("claim_holds" if ahead > 0 else "claim_fails"),))
    if figure.basis != "units":
        return _Ours(_plain_value(figure.code, result, summary))
    value, layout = summary["units"], layout_of(result.units["unit"].tolist())
    if layout != "2021-01-01" and value == figure.value:
        return _Ours(value)
    causes = {"2021-01-01": "coincidence", "2021-07-01": "new_towns", "2022-07-01": "new_towns"}
    return _Ours(value, (Cause(causes.get(layout, "other_units")),))


def _plain_value(code: str, result: Network, summary: Mapping[str, float]) -> float:
    """Give the value that nothing need be said of."""
    if code in summary:
        return summary[code]
    if code.startswith("area_share_"):
        return summary["area_share_existing"]

    def less(whole: str, part: str) -> float:
        return summary.get(whole, np.nan) - summary.get(part, np.nan)

    units = result.units
    own = units["unit"] == units["municipality"]
    in_parishes = units.loc[units["kind"] == "parish", "libraries"]
    waiting = summary["units_existing"] + summary["units_announced"]
    values = {
        "state_cities": float(own.sum()),
        "units_of_municipalities": float((~own).sum()),
        "municipalities_of_units": float(units.loc[~own, "municipality"].nunique()),
        "municipalities_before": summary["municipalities"],
        "points_2022": summary["centres"],
        "first_wave": summary["centres"] + summary["centres_announced"],
        "second_wave": len(units) - waiting,
        "municipalities_with_centre_share": share(
            summary["municipalities_with_centre"], summary["municipalities"]
        ),
        "parishes_with_library_share": share(float((in_parishes > 0).sum()), len(in_parishes)),
        "threshold_m": result.threshold_m,
        "institution_units_without_centre": less(
            "institution_units", "institution_units_with_centre"
        ),
        "development_municipal_without_centre": less(
            "development_municipal", "development_municipal_with_centre"
        ),
    }
    return values[code]


class _OpenCentres:
    """The open centres by the places that they are named after, or stand in."""

    def __init__(self, places: gpd.GeoDataFrame) -> None:
        self._table = places[is_open_centre(places)]

    def of(self, place: str) -> pd.DataFrame:
        """Give the centres named after a place, else those whose address is in it.

        "Dienvidkurzemes novada Aizputes pilsētas VPVKAC" is named after Aizpute, "Ciblas novada
        Blontu VPVKAC" is not named after Cibla.
        """
        wanted = stem(pd.Series([place.casefold()])).iloc[0]
        named = self._words.eq(wanted).groupby(level=0).any()
        by_name = named.reindex(self._table.index, fill_value=False)
        return pd.DataFrame(self._table[by_name if by_name.any() else self._settlements == wanted])

    @cached_property
    def _words(self) -> pd.Series:
        bare = self._table["name"].str.casefold().str.replace(r"^.*?\bnovad\w*\s*", "", regex=True)
        return stem(bare.str.findall(r"\w+").explode().fillna("").astype(str))

    @cached_property
    def _settlements(self) -> pd.Series:
        return parse(self._table["address"])["settlement"]


def _centre(figure: Figure, result: Network, centres: _OpenCentres) -> _Ours:
    """Find the open centre that a place names, and how far it is from a stop."""
    candidates = centres.of(figure.of)
    if len(candidates) != 1:
        metres = tuple(candidates["distance_m"].astype(float))
        which = (
            Cause("several", tuple(candidates["name"]), metres) if metres else Cause("no_centre")
        )
        causes = (which, Cause("today", (figure.municipality,)))
        return _Ours(causes=causes, municipality_name=figure.municipality)
    centre = candidates.iloc[0]
    names_of = result.municipalities.set_index("municipality")["municipality_name"]
    municipality = str(names_of[centre["municipality"]])
    away = float(centre["distance_m"])
    why = Cause("not_measured") if np.isnan(away) else Cause("other_stops", metres=(away,))
    causes = (why, Cause("today", (municipality,)))
    return _Ours(away, causes, str(centre["place"]), municipality)


def _development_causes(
    figure: Figure, summary: Mapping[str, float], table: pd.DataFrame | None
) -> tuple[Cause, ...]:
    """Name the regional development centres with a centre that are not those of the figure."""
    if table is None or summary[figure.code] == figure.value:
        return ()
    today = set(table.loc[(table["level"] == "regional") & table["by_place"], "name"])
    differing = {"now_too": today - set(figure.names), "not_now": set(figure.names) - today}
    causes = (Cause(code, tuple(sorted(names))) for code, names in differing.items() if names)
    return Cause("usual"), *causes
