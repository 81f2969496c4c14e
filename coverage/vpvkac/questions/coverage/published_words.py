"""The published figures in words: the section, what ours is based on, and why it may differ."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from vpvkac.analysis.published_figures import NEEDS, first_values
from vpvkac.analysis.result import Cause, Findings
from vpvkac.sources.reference import Figure, figures
from vpvkac.texts import formats, words
from vpvkac.texts.message import Lang, Message
from vpvkac.views.writer import of_measure

# What we counted; what the figures rest on (layout, stops, lists) is said after it.
_BASES = {
    "units": Message("territorial units"),
    "state_cities": Message("units that are municipalities themselves"),
    "rural_units": Message("the other territorial units"),
    "municipalities": Message("municipalities"),
    "rural": Message("municipalities other than state cities"),
    "centres": Message("open centres"),
    "first_wave": Message("open and announced centres"),
    "second_wave": Message("units with no open or announced centre"),
    "held": Message("municipalities by the place open centres stand in"),
    "owned": Message("open centres by owner"),
    "development": Message("list of development centres"),
    "development_held": Message("development centres in whose unit an open centre stands"),
    "stops": Message("stops; where feeds overlap each place once"),
    "reach": Message("open centres"),
    "centre": Message("straight-line distance from the open centre to the nearest stop"),
    "libraries": Message("all libraries"),
    "libraries_chosen": Message("chosen libraries: one per unit, the nearest to a stop"),
    "library_points": Message("points planned in libraries"),
    "post_offices": Message("post offices"),
    "parishes": Message("parishes that hold at least one library"),
    "ahead": Message("units with a library minus units with a post office"),
    "institutions": Message("institutions' offices by name"),
    "institution_units": Message("units that hold an institution's office"),
    "area": Message("area of units whose point is open"),
    "threshold": Message("the run's threshold"),
}
_BY_STOPS = ("stops", "reach", "centre")
_BY_UNITS = (
    "units", "state_cities", "rural_units", "municipalities", "rural", "second_wave", "held",
    "owned", "development_held", "libraries_chosen", "library_points", "parishes", "ahead",
    "institution_units", "area",
)  # fmt: skip
# Why ours may differ (`published_figures.Cause`); those with a placeholder name what they mean.
_CAUSES = {
    "new_towns": Message("on 1 July 2022 Ādaži, Iecava, Koknese, Ķekava and Mārupe became towns"),
    "coincidence": Message(
        "a coincidence: these are 587 units of the previous layout (9 + 67 + 497 + 14 in 119 "
        "municipalities)"
    ),
    "other_units": Message("another set of units"),
    "no_municipality": Message("this layout has no such municipality"),
    "no_centre": Message("the list has no open centre there"),
    "not_measured": Message("distances are not computed"),
    "other_stops": Message("another address of the centre, or other stops than in 2020"),
    "undetermined": Message("cannot be determined from these data"),
    "claim_holds": Message("the claim holds"),
    "claim_fails": Message("the claim does not hold in these data"),
    "several": Message("several centres: {}"),
    "now_too": Message("also with a centre: {}"),
    "not_now": Message("published, but with no centre here: {}"),
    "today": Message("today's municipality: {}"),
}
BESIDE = Message("Compared with the published figures")
_TABLE = Message(r"table \1")
_FIGURE = Message(r"figure \1")
_SLIDES = Message("slides of 2 February 2022")
_BY_MUNICIPALITY = Message("by municipality with an open centre: {}")
_BY_OWNER = Message("by owner: {}")
_EARLIER = Message("published for 2018: {}")
_UNTOLD = Message("cannot be determined")
_NO_DATE = Message("date not known")
_LINE = Message("{name}: published {published} ({section}), here {value}.")


def text_columns(result: Findings, lang: Lang) -> dict[str, list[str]]:
    """Say of every published figure its `section`, the `basis` of ours, a `reason` and its `name`.

    Parameters
    ----------
    result
        With `published`, and the `causes` of its figures.
    """
    by_key = {figure.key: figure for figure in figures()}
    values = first_values(result.summary)
    columns: dict[str, list[str]] = {"section": [], "basis": [], "reason": [], "name": []}
    for row in result.published.to_dict("records"):
        figure = by_key[row["figure"]]
        columns["section"].append(_section(lang, figure.section))
        columns["basis"].append(_basis(lang, figure, values, result))
        columns["reason"].append(_reason(lang, figure, row, result))
        columns["name"].append(figure.name.text(lang))
    return columns


def _section(lang: Lang, code: str) -> str:
    """Write a section: "2.2, 5. tab." or "2.2, table 5"."""
    text = code.replace("slides", _SLIDES.text(lang))
    text = re.sub(r"\bt(\d+)", _TABLE.text(lang), text)
    return re.sub(r"\bf(\d+)", _FIGURE.text(lang), text)


def _reason(lang: Lang, figure: Figure, row: Mapping[Any, Any], result: Findings) -> str:
    clauses = [
        _cause(lang, cause, figure, row, result.threshold_m) for cause in result.causes[figure.key]
    ]
    if figure.note:
        clauses.append(figure.note.text(lang))
    if figure.earlier:
        clauses.append(_EARLIER.text(lang).format(formats.number(lang, figure.earlier)))
    return _sentence(clauses)


def _cause(
    lang: Lang, cause: Cause, figure: Figure, row: Mapping[Any, Any], threshold_m: float
) -> str:
    if cause.code == "usual":
        return figure.why.text(lang) if figure.why else ""
    if cause.code == "other_stops":
        # A difference that does not show needs no cause.
        if formats.shown_metres(row["value"], threshold_m) == row["published"]:
            return ""
        return _CAUSES[cause.code].text(lang)
    names = list(cause.names)
    for place, away in enumerate(cause.metres):
        if not math.isnan(away):
            names[place] += f" ({formats.metres(lang, away, threshold_m)})"
    return _CAUSES[cause.code].text(lang).format(", ".join(names))


def _basis(lang: Lang, figure: Figure, values: Mapping[str, float], result: Findings) -> str:
    """Say what was counted, in which layout, by which stops, from lists of which date."""
    clauses = [_BASES[figure.basis].text(lang)]
    rules, is_reach = result.project.rules, figure.code.endswith("within_share")
    owned = values.get(f"{figure.code}_owned", math.nan)
    if not math.isnan(owned) and owned != values[figure.code]:
        clauses.append(_BY_OWNER.text(lang).format(formats.plain(lang, owned, 3)))
    if figure.basis == "area":
        share = formats.percent(lang, values["area_share_municipalities"])
        clauses.append(_BY_MUNICIPALITY.text(lang).format(share))
    if figure.basis in _BY_STOPS or is_reach:
        label, name = words.STOP_SET.text(lang), words.STOP_SETS[rules.stop_set].text(lang)
        clauses.append(f"{words.lowered(label)}: {words.lowered(name)}")
    if figure.basis == "reach" or is_reach:
        clauses.append(words.lowered(words.within_reach(lang, rules.threshold_m)))
    if figure.basis in _BY_UNITS:
        clauses.append(words.lowered(words.layout_label(lang, result.layout)))
    for account in result.accounts:
        if account.key in NEEDS.get(figure.basis, ()):
            name, iso = account.source.name.text(lang), account.source.date
            date = words.lowered(words.as_of(lang, iso)) if iso else _NO_DATE.text(lang)
            clauses.append(f"{name}, {date}")
    return _sentence(clauses)


def _sentence(clauses: Sequence[str]) -> str:
    """Join clauses to one sentence that begins with a capital; empty if there is none."""
    joined = "; ".join(dict.fromkeys(clause for clause in clauses if clause))
    if not joined:
        return ""
    return joined[0].upper() + joined[1:] + ("" if joined.endswith(".") else ".")


def line(lang: Lang, name: str, published: str, section_: str, value: str) -> str:
    """Say a published figure and ours in one line."""
    return _LINE.text(lang).format(name=name, published=published, section=section_, value=value)


def figure(
    lang: Lang, value: float, measure: str, key: str = "", threshold_m: float | None = None
) -> str:
    """Write a value by its measure; or that it cannot be determined.

    Parameters
    ----------
    key
        Of the published figure; empty for the published value itself, which
        no target and no threshold turns.
    """
    if math.isnan(value):
        return _UNTOLD.text(lang)
    return of_measure(value, measure, criterion=key, threshold_m=threshold_m).text(lang)
