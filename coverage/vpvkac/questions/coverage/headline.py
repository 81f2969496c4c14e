"""The headline: the figures a planner looks for first, for a terminal and for Jupyter."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from vpvkac.questions.coverage import published_words
from vpvkac.texts import words
from vpvkac.views import writer
from vpvkac.views.writer import Writer, records

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result

_SHOWN = (
    "units", "municipalities", "centres", "centres_announced", "centres_within", "centres_beyond",
    "units_existing", "units_announced", "units_planned", "units_none", "points_within",
    "points_beyond", "points_uncertain", "points_within_share", "libraries_chosen_within_share",
    "library_points_within_share", "post_offices", "stops", "municipalities_with_centre",
    "area_share_existing",
)  # fmt: skip
# Of the published figures those that a reader of the analysis asks for first.
_BESIDE = (
    "units", "municipalities", "centres", "municipalities_with_centre", "centres_beyond",
    "centre_m", "libraries", "post_offices", "stops", "area_share_2024", "area_share_2027",
)  # fmt: skip


def headline(result: Result) -> str:
    """Lay the main criteria out in two columns, label and value, under title and rules."""
    rows = _rows(result)
    width, reach = (max(map(len, column)) for column in zip(*rows, strict=True))
    table = [f"{label:<{width}}  {value:>{reach}}" for label, value in rows]
    return "\n".join([*_heading(result), "", *table, "", *_beside_published(result)])


def headline_html(result: Result) -> str:
    """Lay the same out as an HTML table; names are escaped."""
    title, *notes = (escape(line) for line in _heading(result))
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(label)}</th>'
        f'<td style="text-align:right">{escape(value)}</td></tr>'
        for label, value in _rows(result)
    )
    caption = "<br>".join([f"<strong>{title}</strong>", *notes])
    style = "text-align:left;caption-side:top"
    return f'<table><caption style="{style}">{caption}</caption><tbody>{rows}</tbody></table>'


def _heading(result: Result) -> list[str]:
    write = Writer.of(result)
    about = [
        words.layout_label(result.lang, result.layout),
        f"{write(words.STOP_SET)}: {write.small(words.STOP_SETS[result.stop_set])}",
        f"{write(words.THRESHOLD)}: {write.threshold()}",
    ]
    sample = [write(words.SAMPLE)] * result.synthetic
    return [result.title or write(words.NETWORK), *sample, words.listed(about, "; ")]


def _rows(result: Result) -> list[tuple[str, str]]:
    lang = result.lang
    by_code = {row["criterion"]: row for row in reversed(records(result.summary))}
    return [
        (
            words.criterion(lang, code, result.threshold_m),
            writer.criterion_text(lang, by_code[code]),
        )
        for code in _SHOWN
    ]


def _beside_published(result: Result) -> list[str]:
    """Say the main published figures beside ours; none on synthetic data."""
    lang, rows = result.lang, records(result.published)
    if not rows:
        return []
    lines, shares = [], []
    for row in rows:
        figure = row["figure"]
        if figure.partition(":")[0] in _BESIDE:
            published = published_words.figure(lang, row["published"], row["measure"])
            value = published_words.figure(
                lang, row["value"], row["measure"], figure, result.threshold_m
            )
            line = published_words.line(lang, row["name"], published, row["section"], value)
            lines.append(line + _unjudged(result, figure))
        if figure == "libraries_chosen_within_share" and not math.isnan(row["value"]):
            shares.append(words.against_published(lang, row["published"], row["value"], "2.2"))
    return [f"{published_words.BESIDE.text(lang)}:", *lines, *shares, ""]


def _unjudged(result: Result, figure: str) -> str:
    """Say of a target of the area that nobody can tell whether it is met."""
    if not figure.startswith("area_share"):
        return ""
    write = Writer.of(result)
    return f" ({write.small(words.MET['unknown'])}: {write(words.NO_METHOD)})"
