"""The headline: the figures a planner looks for first, for a terminal and for Jupyter."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from vpvkac.questions.coverage import published_words
from vpvkac.texts import formats, words
from vpvkac.views import quantities

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result
    from vpvkac.texts.message import Lang

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
_SHARE, _CHAPTER = "libraries_chosen_within_share", "2.2"


def headline(result: Result) -> str:
    """Lay the main criteria out in two columns, label and value, under title and rules."""
    rows = _rows(result)
    width = max(len(label) for label, _ in rows)
    reach = max(len(value) for _, value in rows)
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
    lang = result.lang
    lines = [result.title or words.NETWORK.text(lang)]
    if result.synthetic:
        lines.append(words.SAMPLE.text(lang))
    stop_set = words.lowered(words.STOP_SETS[result.stop_set].text(lang))
    about = [
        words.layout_label(lang, result.layout),
        f"{words.STOP_SET.text(lang)}: {stop_set}",
        f"{words.THRESHOLD.text(lang)}: {formats.threshold(lang, result.threshold_m)}",
    ]
    return [*lines, words.listed(about, "; ")]


def _beside_published(result: Result) -> list[str]:
    """Say the main published figures beside ours; none on synthetic data."""
    lang, compared = result.lang, result.published
    if len(compared) == 0:
        return []
    main = compared[compared["figure"].str.replace(r":.*", "", regex=True).isin(_BESIDE)]
    lines = [
        published_words.line(
            lang,
            row["name"],
            published_words.figure(lang, row["published"], row["measure"]),
            row["section"],
            published_words.figure(
                lang, row["value"], row["measure"], row["figure"], result.threshold_m
            ),
        )
        + _unjudged(lang, row["figure"])
        for row in main.to_dict("records")
    ]
    shares = compared[(compared["figure"] == _SHARE) & compared["value"].notna()]
    lines += [
        words.against_published(lang, row["published"], row["value"], _CHAPTER)
        for row in shares.to_dict("records")
    ]
    return [f"{published_words.BESIDE.text(lang)}:", *lines, ""]


def _unjudged(lang: Lang, figure: str) -> str:
    """Say of a target of the area that nobody can tell whether it is met."""
    if not figure.startswith("area_share"):
        return ""
    return f" ({words.lowered(words.MET['unknown'].text(lang))}: {words.NO_METHOD.text(lang)})"


def _rows(result: Result) -> list[tuple[str, str]]:
    lang = result.lang
    first = result.summary.drop_duplicates("criterion")
    by_code = {row["criterion"]: row for row in first.to_dict("records")}
    return [
        (
            words.criterion(lang, code, result.threshold_m),
            quantities.criterion(lang, by_code[code]),
        )
        for code in _SHOWN
    ]
