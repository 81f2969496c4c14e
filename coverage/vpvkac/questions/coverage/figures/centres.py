"""Figure: existing centres by municipality (the analysis, 2.2, figure 5 and table 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vpvkac.questions.coverage.figures.sheet import (
    DescribedBase,
    Figure,
    criteria,
    of_host,
    place_marks,
)
from vpvkac.render.base_layers import municipality_areas
from vpvkac.render.panel import marked
from vpvkac.texts import words
from vpvkac.texts.formats import number
from vpvkac.texts.message import Message
from vpvkac.views.maps import Entry, Group, Layer

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result

FILE = "centres.html"
TITLE = Message("Existing centres by municipality")
_SHOWN = Message(
    "How many open centres there are in each municipality. A centre counts where it is "
    "located, not by its owner."
)
# Least count of each class, and what the class is called.
_CLASSES = {
    "none": (0, Message("No existing centre")),
    "count_1": (1, Message("One centre")),
    "count_2": (2, Message("2–4 centres")),
    "count_5": (5, Message("5–9 centres")),
    "count_10": (10, Message("10 or more centres")),
}
_BY_COUNT = Message("Municipalities by number of centres (the number on the map)")
_SAID = ("centres", "centres_owned", "announced", "units", "units_planned", "units_none")


def can_be_drawn(result: Result) -> bool:
    """Tell whether a list of centres is given."""
    return "centre" in result.project.hosts


def draw(result: Result, shared: DescribedBase) -> Figure:
    """Colour municipalities by their number of open centres, and mark the centres."""
    lang, table = result.lang, result.municipalities
    classes = class_of(table["centres"].to_numpy())
    fills = dict(zip(table["municipality"], classes, strict=True))

    def said(row: Any) -> list[tuple[str, str]]:
        return [
            (words.heading(lang, column, result.threshold_m), number(lang, row[column]))
            for column in _SAID
        ]

    centres = result.places[result.places["host"] == "centre"]
    centres = centres.assign(status=centres["status"].replace("open", "existing"))
    layer = Layer("centres", words.HOSTS_PLURAL["centre"].text(lang))
    return Figure(
        title=TITLE.text(lang),
        shown=_SHOWN.text(lang),
        areas=municipality_areas(shared.base, table, lambda row: fills[row["municipality"]], said),
        marks=[place_marks(result, centres.sort_values("status"), layer, **of_host("first"))],
        legend=_legend(result, classes),
        values=criteria(
            result,
            "centres",
            "municipalities_with_centre",
            "municipalities_one",
            "municipalities_several",
            "municipalities_none",
        ),
        counts={
            code: number(lang, count)
            for code, count in zip(table["municipality"], table["centres"], strict=True)
        },
    )


def class_of(counts: np.ndarray) -> np.ndarray:
    """Give the class of each count, as the code of its fill."""
    codes = np.array(list(_CLASSES))
    least = [bound for bound, _ in _CLASSES.values()]
    return codes[np.searchsorted(least, counts, side="right") - 1]


def _legend(result: Result, classes: np.ndarray) -> list[Group]:
    lang = result.lang
    counts = {code: int((classes == code).sum()) for code in _CLASSES}
    areas = [
        Entry(label.text(lang), number(lang, counts[code]), fill=code)
        for code, (_, label) in _CLASSES.items()
        if counts[code]
    ]
    centres = result.places[result.places["host"] == "centre"]
    statuses = {"existing": "open", "announced": "announced"}
    marks = [
        marked(
            words.STATUSES_PLURAL[drawn].text(lang),
            number(lang, int((centres["status"] == status).sum())),
            host="centre",
            status=drawn,
        )
        for drawn, status in statuses.items()
        if (centres["status"] == status).any()
    ]
    return [
        Group(_BY_COUNT.text(lang), areas),
        Group(words.HOSTS_PLURAL["centre"].text(lang), marks),
    ]
