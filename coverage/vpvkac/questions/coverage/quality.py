"""The section of the report on how good the bus is, by the Austrian quality classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.analysis.quality import CODES, NO_CLASS
from vpvkac.model.columns import COLUMNS
from vpvkac.texts import words
from vpvkac.texts.message import Message
from vpvkac.views.page import Note, Section
from vpvkac.views.writer import Writer, tabulate

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

_MOST_NAMED = 5
_LABELS = {**words.QUALITY_CLASSES, "unknown": words.ANSWERS["unknown"]}
_HOMES = "population_quality_"


def quality_section(result: Result) -> Section | None:
    """Count points and residents by class, and name those near a stop that gives none."""
    write = Writer.of(result)
    values = result.summary.set_index("criterion")["value"]
    counts = values[values.index.str.startswith(("points_quality_", _HOMES))]
    if counts.empty:
        return None
    method = Message(
        "The classes are the Austrian ÖV-Güteklassen (ÖROK): how often buses call at a stop from 6 "
        "to 20 h on the service day, all its poles together, and how far the stop is in a straight "
        "line; B is the best that buses give, G the least. A stop with fewer than 8 calls gives "
        "none, nor does one of 8 to 13 calls beyond 500 m."
    )
    without = result.gaps_quality
    named = "; ".join(without["place_name"].head(_MOST_NAMED))
    listed = Message(
        "Points that have a stop within {threshold} and no class: {count}. With most residents: "
        "{named}. All of them: gaps_quality.csv and gaps.xlsx."
    )
    codes = [*CODES, *(["unknown"] if counts["points_quality_unknown"] else [])]
    fields = [
        write.field("quality_class", lambda code: write(_LABELS[code])),
        write.field(Message("Points"), lambda code: write.number(counts[f"points_quality_{code}"]),
                    number=True),
    ]  # fmt: skip
    if f"{_HOMES}{NO_CLASS}" in counts:
        fields.append(
            write.field(Message("Residents by the class at home"),
                        lambda code: write.number(counts[f"{_HOMES}{code}"]), number=True)
        )  # fmt: skip
    caption = write(Message("Points and residents by quality class of the bus"))
    said = write(listed, threshold=write.threshold(), count=write.number(len(without)), named=named)
    return Section.of(
        "quality",
        write(COLUMNS["quality_class"].heading),
        said if len(without) else None,
        tabulate("quality", caption, fields, codes, files=("network.csv", "gaps_quality.csv")),
        Note(write(method), "quiet"),
    )
