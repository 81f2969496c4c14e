"""Figure: institutions' own offices (the analysis, 2.2, figure 11 and table 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from vpvkac.analysis.institutions import INSTITUTIONS, institution_of
from vpvkac.questions.coverage.figures.sheet import (
    DescribedBase,
    Figure,
    of_host,
    place_marks,
)
from vpvkac.render.base_layers import municipality_areas
from vpvkac.render.panel import marked
from vpvkac.texts import words
from vpvkac.texts.formats import number
from vpvkac.texts.message import Message, in_context
from vpvkac.views.maps import Entry, Group, Layer

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.questions.coverage.result import Result

FILE = "institutions.html"
TITLE = in_context("map", "Institutions' own service centres")
_SHOWN = Message(
    "Which municipalities hold offices of state institutions, and whether a centre is open there."
)
_FILLS = {
    "existing": Message("Offices and a centre"),
    "none": Message("Offices, no centre"),
    "planned": Message("A centre, no offices"),
    "neither": Message("Neither"),
}
_BY_OFFICES = Message("Municipalities (the number on the map: how many offices)")
_OTHER = Message("Other institutions")
_SAID = ("institution_offices", "centres", "announced", "units")


def can_be_drawn(result: Result) -> bool:
    """Tell whether institutions' offices are given."""
    return "institution" in result.project.hosts


def draw(result: Result, shared: DescribedBase) -> Figure:
    """Colour municipalities by offices and centres, and mark the offices."""
    lang = result.lang
    offices = result.places[result.places["host"] == "institution"].assign(status="existing")
    table = with_offices(result.municipalities, offices)
    fills = dict(zip(table["municipality"], table["fill"], strict=True))
    counts = table["fill"].value_counts()

    def said(row: Any) -> list[tuple[str, str]]:
        return [
            (words.heading(lang, column, result.threshold_m), number(lang, row[column]))
            for column in _SAID
        ]

    label = words.HOSTS_PLURAL["institution"].text(lang)
    return Figure(
        title=TITLE.text(lang),
        shown=_SHOWN.text(lang),
        areas=municipality_areas(shared.base, table, lambda row: fills[row["municipality"]], said),
        marks=[place_marks(result, offices, Layer("offices", label), **of_host("first"))],
        legend=[
            Group(
                _BY_OFFICES.text(lang),
                [
                    Entry(text.text(lang), number(lang, int(counts[code])), fill=code)
                    for code, text in _FILLS.items()
                    if code in counts
                ],
            ),
            Group(
                "",
                [marked(label, number(lang, len(offices)), host="institution", status="existing")],
            ),
        ],
        values=[(label, number(lang, len(offices))), *_by_institution(result)],
        counts={
            code: number(lang, count)
            for code, count in zip(table["municipality"], table["institution_offices"], strict=True)
            if count
        },
    )


def with_offices(municipalities: pd.DataFrame, offices: pd.DataFrame) -> pd.DataFrame:
    """Add how many offices each municipality holds, and its fill."""
    counts = offices["municipality"].value_counts()
    table = municipalities.assign(
        institution_offices=municipalities["municipality"].map(counts).fillna(0).astype("int64")
    )
    held, open_ = table["institution_offices"] > 0, table["centres"] > 0
    return table.assign(
        fill=np.select([held & open_, held, open_], ["existing", "none", "planned"], "neither")
    )


def _by_institution(result: Result) -> list[tuple[str, str]]:
    """Count the offices of each institution, in the order of the published table."""
    offices = result.places[result.places["host"] == "institution"]
    counts = institution_of(offices["name"]).value_counts()
    labels = {code: code for code in INSTITUTIONS} | {"other": _OTHER.text(result.lang)}
    return [
        (label, number(result.lang, int(counts[code])))
        for code, label in labels.items()
        if code in counts
    ]
