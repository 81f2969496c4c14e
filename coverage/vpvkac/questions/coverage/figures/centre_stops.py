"""Figure: each centre's distance to its nearest stop (the analysis, 2.2, figure 10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.analysis.network import is_open_centre
from vpvkac.questions.coverage import map_layers
from vpvkac.questions.coverage.explorer import gap_entries
from vpvkac.questions.coverage.figures.sheet import (
    DescribedBase,
    Figure,
    Listed,
    Row,
    criteria,
    place_marks,
    to_unit,
)
from vpvkac.questions.coverage.report.bands import EDGES_M, band_labels
from vpvkac.render.base_layers import plain_areas
from vpvkac.render.panel import marked
from vpvkac.texts import words
from vpvkac.texts.formats import metres, number, threshold
from vpvkac.texts.message import Message
from vpvkac.views.maps import Entry, Group, Layer, NavLink

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result

FILE = "centre_stops.html"
TITLE = Message("Existing centres: distance to the nearest stop")
_SHOWN = Message(
    "The straight-line distance from each existing centre to its nearest stop. {limit}; "
    "the distance of centres beyond it is written on the map."
)
_RECOMMENDED = Message("No more than {threshold} is recommended")
_ASKED = Message("The threshold of this run is {threshold}")
_CENTRES = Message("Existing centres by distance")
_MORE = Message("All: {count}")
_FORMS = {"within": "centre", "beyond": "municipal_premises"}
_LISTED = 12


def can_be_drawn(result: Result) -> bool:
    """Tell whether open centres are given, and stops."""
    return len(_centres(result)) > 0


def draw(result: Result, shared: DescribedBase) -> Figure:
    """Mark centres by band of distance; those beyond reach have another form and a label."""
    lang = result.lang
    limit = _RECOMMENDED if result.threshold_m == words.RECOMMENDED_M else _ASKED
    centres = _centres(result)
    beyond = centres[centres["reach"] == "beyond"].sort_values(
        ["distance_m", "place"], ascending=[False, True]
    )
    # The farthest on top.
    drawn = centres.sort_values(["distance_m", "place"]).reset_index(drop=True)
    of_centres = result.gaps_access[result.gaps_access["place"].isin(centres["place"])]
    layer = Layer("centres", words.STATUSES_PLURAL["existing"].text(lang))
    marks = place_marks(result, drawn, layer, grow=1.5)
    for feature, band, reach in zip(
        marks.points["features"], drawn["band"], drawn["reach"], strict=True
    ):
        feature["properties"] |= {"tone": f"band_{band}", "form": _FORMS[reach]}
    return Figure(
        title=TITLE.text(lang),
        shown=_SHOWN.text(lang).format(
            limit=limit.text(lang).format(threshold=threshold(lang, result.threshold_m))
        ),
        areas=plain_areas(shared.base, result.municipalities, lang),
        marks=[marks],
        legend=[
            Group(_CENTRES.text(lang), _entries(result, centres)),
            Group("", gap_entries(of_centres, lang)),
        ],
        values=criteria(result, "centres_within", "centres_beyond", "centres_uncertain"),
        listed=_beyond_list(result, beyond),
        gaps=map_layers.gaps(result, lang, of_centres),
        labels=[
            {
                "text": metres(lang, row["distance_m"], result.threshold_m),
                "at": [row["lat"], row["lon"]],
            }
            for row in beyond.to_dict("records")
        ],
    )


def _centres(result: Result) -> pd.DataFrame:
    """List the open centres whose distance is known, with their band and reach."""
    places = pd.DataFrame(result.places.drop(columns="geometry"))
    centres = places[is_open_centre(places) & places["distance_m"].notna()]
    bands = np.searchsorted(EDGES_M, centres["distance_m"].to_numpy(float), side="left")
    reach = np.where(centres["within"].to_numpy(bool), "within", "beyond")
    return centres.assign(status="existing", band=bands, reach=reach)


def _entries(result: Result, centres: pd.DataFrame) -> list[Entry]:
    """Explain each band, apart within and beyond the threshold where it lies inside a band."""
    lang, labels = result.lang, band_labels(result.lang)
    counts: dict[Any, int] = centres.groupby(["band", "reach"]).size().to_dict()
    split = {band for band, _ in counts if sum((band, reach) in counts for reach in _FORMS) > 1}
    sides = {
        "within": words.within_reach(lang, result.threshold_m),
        "beyond": words.beyond_reach(lang, result.threshold_m),
    }
    entries = [
        marked(
            f"{labels[band]} ({words.lowered(sides[reach])})" if band in split else labels[band],
            number(lang, counts[band, reach]),
            form=_FORMS[reach],
            status="existing",
            tone=f"band_{band}",
            reach=reach,
        )
        for band in range(len(labels))
        for reach in _FORMS
        if (band, reach) in counts
    ]
    uncertain = int(centres["uncertain"].astype("boolean").fillna(value=False).sum())
    if uncertain:
        label = words.UNCERTAIN.text(lang)
        drawn = {"form": "centre", "status": "existing", "uncertain": True}
        entries.append(marked(label, number(lang, uncertain), **drawn))
    return entries


def _beyond_list(result: Result, beyond: pd.DataFrame) -> Listed | None:
    """List the centres beyond the threshold, the farthest first."""
    if beyond.empty:
        return None
    lang = result.lang
    rows = [
        Row(row["name"], metres(lang, row["distance_m"], result.threshold_m), to_unit(row["unit"]))
        for row in beyond.head(_LISTED).to_dict("records")
    ]
    more = None
    if len(beyond) > _LISTED:
        more = NavLink(
            "../gaps.html#access", _MORE.text(lang).format(count=number(lang, len(beyond)))
        )
    return Listed(words.beyond_reach(lang, result.threshold_m), rows, more)
