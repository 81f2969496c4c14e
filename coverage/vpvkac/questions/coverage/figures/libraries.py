"""Figure: municipal libraries, chosen and other (the analysis, 2.2, figure 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.coverage import chosen_places
from vpvkac.questions.coverage.figures.sheet import (
    DescribedBase,
    Figure,
    criteria,
    place_marks,
    unit_areas,
)
from vpvkac.render.panel import border_entry, marked
from vpvkac.texts import words
from vpvkac.texts.formats import number
from vpvkac.texts.message import Message
from vpvkac.views.maps import Entry, Group, Layer

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result

FILE = "libraries.html"
TITLE = Message("Municipal libraries: chosen and other")
_SHOWN = Message(
    "In every territorial unit that has libraries one is chosen, the nearest to a stop."
)
_CHOSEN = Message("Chosen libraries")
_OTHER = Message("Other libraries")
_WITH, _WITHOUT = Message("With a library"), Message("No library")
# Drawn filled and hollow.
_DRAWN = {"existing": _CHOSEN, "planned": _OTHER}


def can_be_drawn(result: Result) -> bool:
    """Tell whether libraries are given."""
    return "library" in result.project.hosts


def draw(result: Result, shared: DescribedBase) -> Figure:
    """Mark chosen libraries filled and the others hollow; hatch the units without any."""
    lang = result.lang
    libraries = drawn_libraries(result)
    held = result.units.set_index("unit")["libraries"] > 0
    marks = [
        place_marks(
            result,
            libraries[libraries["status"] == status],
            Layer(f"libraries_{status}", label.text(lang)),
        )
        for status, label in reversed(_DRAWN.items())
    ]
    return Figure(
        title=TITLE.text(lang),
        shown=_SHOWN.text(lang),
        areas=unit_areas(result, shared, held.map({True: "planned", False: "none"})),
        marks=marks,
        legend=[
            Group(
                words.MAP["units"].text(lang),
                [
                    Entry(_WITH.text(lang), number(lang, int(held.sum())), fill="planned"),
                    Entry(_WITHOUT.text(lang), number(lang, int((~held).sum())), fill="none"),
                    border_entry(lang),
                ],
            ),
            Group(words.HOSTS_PLURAL["library"].text(lang), _entries(result, libraries)),
        ],
        values=criteria(
            result,
            "libraries",
            "libraries_within_share",
            "libraries_chosen",
            "libraries_chosen_within_share",
        ),
    )


def drawn_libraries(result: Result) -> pd.DataFrame:
    """List the libraries, those beyond the threshold last, with the status they are drawn with."""
    places = result.places[result.places["host"] == "library"]
    chosen = places["place"].isin(chosen_places(result.places, "library")["place"])
    frame = pd.DataFrame(places.drop(columns="geometry"))
    frame["status"] = np.where(chosen, "existing", "planned")
    frame["beyond"] = ~frame["within"].astype("boolean").fillna(value=True)
    return frame.sort_values(["beyond", "place"], kind="stable")


def _entries(result: Result, libraries: pd.DataFrame) -> list[Entry]:
    """Explain chosen and other libraries, each within and beyond reach where that is known."""
    entries = []
    for status, label in _DRAWN.items():
        of_status = libraries[libraries["status"] == status]
        for reach, side, count in _sides(result, of_status):
            said = ", ".join(part for part in (label.text(result.lang), side) if part)
            shown = number(result.lang, count)
            entries.append(marked(said, shown, host="library", status=status, reach=reach))
    return entries


def _sides(result: Result, libraries: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Count those within and beyond reach; all together where no reach is computed."""
    lang, within = result.lang, libraries["within"].astype("boolean")
    if not within.notna().any():
        return [("", "", len(libraries))]
    return [
        ("within", words.lowered(words.within_reach(lang, result.threshold_m)), int(within.sum())),
        (
            "beyond",
            words.lowered(words.beyond_reach(lang, result.threshold_m)),
            int((~within).sum()),
        ),
    ]
