"""How good the bus is, by the Austrian quality classes: in the report and among the gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.analysis.quality import CODES, NO_CLASS
from vpvkac.model.columns import COLUMNS
from vpvkac.model.tables import TABLES
from vpvkac.texts import words
from vpvkac.texts.message import Message
from vpvkac.views.page import Link, Note, Section
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.questions.coverage.view import Result

_MOST_NAMED = 5
QUALITY_GAPS = TABLES["gaps_quality"].title
_LABELS = {**words.QUALITY_CLASSES, "unknown": words.ANSWERS["unknown"]}
_HOMES = "population_quality_"
_EDITION = Message(
    "The tables are those of ÖROK's Materialien, Heft 10; the outermost G of the categories IV, V, "
    "VII and VIII rests on one source."
)


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
        "{named}."
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
        Note(write(QUALITY_GAPS), href="gaps.html#quality") if len(without) else None,
        tabulate("quality", caption, fields, codes, files=("network.csv", "gaps_quality.csv")),
        Note(f"{write(method)} {write(_EDITION)}", "quiet"),
    )


def quality_lines(result: Result) -> dict[str, str]:
    """Count the points of each municipality by class, and those near a stop that have none."""
    write, lines = Writer.of(result), {}
    counted = Message("Points by quality class of the bus (B the best, G the least): {counts}.")
    near = Message(
        "Points by quality class of the bus (B the best, G the least): {counts}; of these with no "
        "class within {threshold} of a stop: {count}."
    )
    points, gaps = result.network[result.network["place"].notna()], result.gaps_quality
    # An open centre that is not its unit's point stands there, too.
    without = gaps.loc[gaps["place"].isin(points["place"]), "municipality"].value_counts()
    for code, classes in points.groupby("municipality")["quality_class"]:
        counts = classes.fillna("unknown").value_counts()
        said = "; ".join(
            f"{write.small(label) if len(of) > 1 else write(label)}: {write.number(counts[of])}"
            for of, label in _LABELS.items()
            if of in counts
        )
        few = without.get(code, 0)
        told = near if few else counted
        lines[str(code)] = write(
            told, counts=said, count=write.number(few), threshold=write.threshold()
        )
    return lines


def gaps_section(result: Result, gaps: pd.DataFrame) -> Section:
    """List the points that pass the threshold and have no class, those with most residents first.

    `gaps` are gaps_quality of `rounding.exact`.
    """
    write = Writer.of(result)
    fields = [
        *write.fields("rank"),
        write.field(
            "unit_name", lambda row: Link(row["unit_name"], f"map.html#unit={row['unit']}")
        ),
        write.field("municipality_name", write.municipality),
        *write.fields("place_name", "stop_name", "distance_m", "calls_by_day", "population"),
    ]
    caption = Message(
        "Contact points with a stop within {threshold} and too few bus calls for any quality class"
    )
    need = Message(
        "A class needs at least 8 calls from 6 to 20 h at one stop, both directions, within 500 m, "
        "or 14 within 750 m: what lacks can be asked of those who order the trips. Points with no "
        "more than 3 calls stand in the list of the rarely served, too."
    )
    title, none = write(QUALITY_GAPS), write(Message("There are no such gaps."))
    table = tabulate(
        "quality-table", write.heading(caption), fields, records(gaps), head=1, wide=True,
        files=("gaps_quality.csv", "gaps.xlsx"),
    )  # fmt: skip
    told = f"{write(need)} {write(_EDITION)}"
    return Section.of("quality", title, told, table if len(gaps) else none)
