"""A result in one language: its texts, its headline, and the published figures in words."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any, Self

import pandas as pd

from vpvkac.analysis.network import Cause, Findings, Network
from vpvkac.analysis.published_figures import NEEDS, first_values
from vpvkac.model.tables import TABLES
from vpvkac.sources.reference import Figure, figures
from vpvkac.texts import formats, words
from vpvkac.texts.formats import Shown, less
from vpvkac.texts.message import Lang, Message
from vpvkac.views.reasons import reasons
from vpvkac.views.writer import Writer, criterion_text, of_measure, records

_SHOWN = (
    "units", "municipalities", "centres", "centres_announced", "centres_within", "centres_beyond",
    "units_existing", "units_announced", "units_planned", "units_none", "points_within",
    "points_beyond", "points_uncertain", "points_within_share", "reach_existing_share",
    "reach_network_share", "reach_existing_units_share", "reach_network_units_share",
    "libraries_chosen_within_share", "library_points_within_share",
    "post_offices", "stops", "municipalities_with_centre", "area_share_existing",
)  # fmt: skip
# Of the published figures those that a reader of the analysis asks for first.
_BESIDE = (
    "units", "municipalities", "centres", "municipalities_with_centre", "centres_beyond",
    "centre_m", "libraries", "post_offices", "stops", "area_share_2024", "area_share_2027",
)  # fmt: skip
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
    **dict.fromkeys(
        ("institution_units", "institution_held"),
        Message("units that hold an institution's office"),
    ),
    "area": Message("area of units whose point is open"),
    "threshold": Message("the run's threshold"),
    "nothing": Message("nothing in these inputs"),
}
_BY_STOPS = ("stops", "reach", "centre")
_BY_UNITS = (
    "units", "state_cities", "rural_units", "municipalities", "rural", "second_wave", "held",
    "owned", "development_held", "libraries_chosen", "library_points", "parishes", "ahead",
    "institution_units", "institution_held", "area",
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
_COMPARED = Message("Compared with the published figures")
_TABLE = Message(r"table \1")
_FIGURE = Message(r"figure \1")
_SLIDES = Message("slides of 2 February 2022")
_BY_MUNICIPALITY = Message("by municipality with an open centre: {}")
_BY_OWNER = Message("by owner: {}")
_EARLIER = Message("published for 2018: {}")
_UNDETERMINED = Message("cannot be determined")
_NO_DATE = Message("date not known")
_LINE = Message("{name}: published {published} ({section}), here {value}.")


@dataclass(frozen=True, repr=False)
class NetworkInLanguage(Network):
    """A network, and the language in which it is to be shown."""

    lang: Lang

    @property
    def title(self) -> str:
        """Title of the project in the language."""
        return self.project.title_in(self.lang)


@dataclass(frozen=True, repr=False)
class Result(Findings, NetworkInLanguage):
    """The network of a project and its gaps, with their texts in one language.

    Beside the columns of `Findings` the gap lists and clusters have a
    `reason`, and the published figures a `section`, `basis`, `reason` and
    `name`.  `letters` are the municipalities whose letters and workbooks are
    written; None for all of them.
    """

    letters: frozenset[str] | None = None

    @classmethod
    def of(cls, findings: Findings, lang: Lang) -> Self:
        """Give findings their texts."""
        return cls(**vars(findings) | _texts(findings, lang), lang=lang)

    def in_language(self, lang: Lang) -> Self:
        """Give the same result in another language; nothing is computed again."""
        return self if lang == self.lang else replace(self, lang=lang, **_texts(self, lang))


def _texts(findings: Findings, lang: Lang) -> dict[str, Any]:
    """Give the tables that hold texts, each of these behind the column that it follows in files."""
    columns = {name: {"reason": texts} for name, texts in reasons(findings, lang).items()}
    columns["published"] = _published_texts(findings, lang)
    tables = {}
    for table_name, texts in columns.items():
        table, order = getattr(findings, table_name), TABLES[table_name].names
        names = list(table.columns)
        for name in sorted(texts.keys() - set(names), key=order.index):
            names.insert(names.index(order[order.index(name) - 1]) + 1, name)
        empty = None if len(table) else object
        series = {name: pd.Series(text, table.index, dtype=empty) for name, text in texts.items()}
        tables[table_name] = table.assign(**series)[names]
    return tables


# --- The headline ------------------------------------------------------------------------------


def headline(result: Result) -> str:
    """Lay the main criteria out in two columns, label and value, under title and rules."""
    rows = _criteria(result)
    width, reach = (max(map(len, column)) for column in zip(*rows, strict=True))
    table = [f"{label:<{width}}  {value:>{reach}}" for label, value in rows]
    return "\n".join([*_heading(result), "", *table, "", *_beside_published(result)])


def headline_html(result: Result) -> str:
    """Lay the same out as an HTML table; names are escaped."""
    title, *notes = (escape(line) for line in _heading(result))
    rows = "".join(
        f'<tr><th scope="row" style="text-align:left">{escape(label)}</th>'
        f'<td style="text-align:right">{escape(value)}</td></tr>'
        for label, value in _criteria(result)
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


def _criteria(result: Result) -> list[tuple[str, str]]:
    lang = result.lang
    by_code = {row["criterion"]: row for row in reversed(records(result.summary))}
    return [
        (words.criterion(lang, code, result.threshold_m), criterion_text(lang, by_code[code]))
        for code in _SHOWN
        if code in by_code
    ]


def _beside_published(result: Result) -> list[str]:
    """Say the main published figures beside ours; none on synthetic data."""
    write, rows = Writer.of(result), records(result.published)
    if not rows:
        return []
    unjudged = f" ({write.small(words.MET['unknown'])}: {write(words.NO_METHOD)})"
    lines, shares = [f"{write(_COMPARED)}:"], []
    for row in rows:
        figure, measure = row["figure"], row["measure"]
        if figure.partition(":")[0] in _BESIDE:
            own = {"criterion": figure, "threshold_m": write.threshold_m}
            texts = {
                name: write(_UNDETERMINED)
                if pd.isna(row[name])
                else of_measure(row[name], measure, **options).text(write.lang)
                for name, options in (("published", {}), ("value", own))
            }
            line = write(_LINE, name=row["name"], section=row["section"], **texts)
            lines.append(line + unjudged * figure.startswith("area_share"))
        if figure == "libraries_chosen_within_share" and pd.notna(row["value"]):
            against = (row["published"], row["value"], "2.2")
            shares.append(words.against_published(write.lang, *against))
    return [*lines, *shares, ""]


# --- Published figures in words ----------------------------------------------------------------


def difference(lang: Lang, value: Shown, published: Shown) -> Shown:
    """Give the difference of the two values as they are shown."""
    return less(value, published, Message("pp").text(lang) if value.unit == "%" else value.unit)


def _published_texts(findings: Findings, lang: Lang) -> dict[str, list[str]]:
    """Say of every published figure its section, the basis of ours, why it may differ, its name."""
    by_key = {figure.key: figure for figure in figures()}
    values = first_values(findings.summary)
    columns: dict[str, list[str]] = {"section": [], "basis": [], "reason": [], "name": []}
    for row in findings.published.to_dict("records"):
        figure = by_key[row["figure"]]
        # "2.2, 5. tab." or "2.2, table 5"
        section = figure.section.replace("slides", _SLIDES.text(lang))
        section = re.sub(r"\bt(\d+)", _TABLE.text(lang), section)
        columns["section"].append(re.sub(r"\bf(\d+)", _FIGURE.text(lang), section))
        columns["basis"].append(_basis(lang, figure, values, findings))
        causes = findings.causes[figure.key]
        clauses = [_cause(lang, cause, figure, row, findings.threshold_m) for cause in causes]
        if figure.note:
            clauses.append(figure.note.text(lang))
        if figure.earlier:
            clauses.append(_EARLIER.text(lang).format(formats.number(lang, figure.earlier)))
        columns["reason"].append(_sentence(clauses))
        columns["name"].append(figure.name.text(lang))
    return columns


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


def _basis(lang: Lang, figure: Figure, values: Mapping[str, float], findings: Findings) -> str:
    """Say what was counted, in which layout, by which stops, from lists of which date."""
    clauses = [_BASES[figure.basis].text(lang)]
    rules, is_reach = findings.project.rules, figure.code.endswith("within_share")
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
        clauses.append(words.lowered(words.layout_label(lang, findings.layout)))
    for account in findings.accounts:
        if account.key in NEEDS.get(figure.basis, ()):
            name, iso = account.source.name.text(lang), account.source.date
            date = words.lowered(words.as_of(lang, iso)) if iso else _NO_DATE.text(lang)
            clauses.append(f"{name}, {date}")
    return _sentence(clauses)


def _sentence(clauses: Sequence[str]) -> str:
    """Join clauses to one sentence that begins with a capital; empty if there is none."""
    joined = "; ".join(dict.fromkeys(clause for clause in clauses if clause))
    return joined[:1].upper() + joined[1:] + ("" if joined.endswith(".") or not joined else ".")
