"""`gaps.html`: the gap lists as tables that everyone can read, the equivalent of the maps.

A row has the address ``#unit-LV…`` or ``#municipality-LV…``, to which the
maps link, and leads to its place on the explorer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from vpvkac.analysis.clusters import EXTENT_M
from vpvkac.questions.coverage import gap_counts, wording
from vpvkac.questions.coverage.report import decisions
from vpvkac.render.frame import about, render
from vpvkac.texts import words
from vpvkac.texts.formats import length, metres, number, threshold
from vpvkac.texts.message import Lang, Message
from vpvkac.views.decisions import by_unit, cluster, is_own, said
from vpvkac.views.page import Column, Page, Table
from vpvkac.views.quantities import of_column

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result

_TITLE = Message("Gap lists")
_INTRODUCTION = Message(
    "What to improve in the network, why and how. The name of a unit is a link to the explorer "
    "map. The order is that of the data files and of the workbook gaps.xlsx."
)
_ACCESS_CAPTION = Message(
    "Contact points beyond {threshold} of a stop, and those whose position is to be verified"
)
_SERVICE_CAPTION = Message(
    "Contact points with a stop within {threshold}, where no more than 3 buses call on the "
    "service day at all such stops together"
)
_COVERAGE_CAPTION = Message("Territorial units with no contact point")
_MUNICIPALITY_CAPTION = Message("Municipalities with no open centre")
_POINT = Message("Contact point, address, contact")
_NEAREST = Message("Nearest contact point")
_TO_DO = Message("Recommended action, alternative place")
_NO_CENTRES = Message("No list of centres is given, so municipalities are not judged.")
_NO_VISITS = Message("Bus calls at stops are not known, so they are not judged.")
_STATUS = Message("status of the point: {}")
_FROM_STOP = Message("{host}; {distance} from a stop")
# Only a plain address becomes a link; anything else others wrote is shown as text.
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


@dataclass(frozen=True)
class Line:
    """One line of a cell.

    Parameters
    ----------
    text
        What is said.
    label
        What kind of thing it is; empty where that is clear.
    style
        Class of the paragraph: "first" is bold, "quiet" small.
    href
        Where it leads.
    named
        Whether it is a name from the data, with a language and direction of its own.
    """

    text: str
    label: str = ""
    style: str = ""
    href: str = ""
    named: bool = False


Cell = str | list[Line]
# The decisions on each unit, as `followed.by_unit` gives them.
Decided = dict[str, list[dict[Any, Any]]]


class Field(NamedTuple):
    """A column of a list, and what stands in it for a gap."""

    column: Column
    cell: Callable[[Mapping[str, Any]], Cell]


@dataclass(frozen=True)
class Row:
    """A gap: its address on the page, its number, whom it concerns, and its cells."""

    key: str
    rank: str
    title: str
    under: str
    href: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own."""

    rows: Sequence[Row]
    heading: str = ""
    count: str = ""


class Sequel(NamedTuple):
    """What follows the lists: its key on the page, what it is, its tables or that there is none."""

    key: str
    title: str
    notes: Sequence[str]
    tables: Sequence[Table]
    length: str


@dataclass(frozen=True)
class GapList:
    """One of the lists; `none` is said where it has no row, `note` of what it holds."""

    key: str
    title: str
    caption: str
    columns: Sequence[Column]
    groups: Sequence[Group]
    count: str
    none: str
    note: str = ""


def gaps_page(result: Result, tables: Mapping[str, pd.DataFrame]) -> str:
    """Make `gaps.html`.

    Parameters
    ----------
    tables
        Output tables as `outputs.tables.exact` gives them.

    Returns
    -------
    text
        The page; the same result gives the same text.
    """
    lang = result.lang
    decided = by_unit(tables["follow_up"])
    context = {
        "introduction": _INTRODUCTION.text(lang),
        "contents": wording.CONTENTS.text(lang),
        "lists": [
            _access(result, tables["gaps_access"], decided),
            _service(result, tables["gaps_service"], decided),
            _coverage(result, tables["gaps_coverage"], decided),
            _municipalities(result, tables["gaps_municipalities"]),
        ],
        "sequels": [_clusters(result, tables), *_decisions(result, tables)],
    }
    page = Page(_TITLE.text(lang), "gaps.html", ("gaps.css",), here="gaps.html")
    return render(page, context, about(result, lang))


def _clusters(result: Result, tables: Mapping[str, pd.DataFrame]) -> Sequel:
    """List the neighbouring gaps that one measure could mend."""
    lang = result.lang
    table = decisions.clusters_table(result, tables)
    notes = [decisions.clusters_note(lang, EXTENT_M)]
    return Sequel(
        "clusters",
        words.TABLES["gap_clusters"].text(lang),
        notes if table else [*notes, decisions.NO_CLUSTERS.text(lang)],
        [table] if table else [],
        number(lang, len(tables["gap_clusters"])),
    )


def _decisions(result: Result, tables: Mapping[str, pd.DataFrame]) -> list[Sequel]:
    """List the planner's decisions and what became of them; nothing where none are given."""
    lang = result.lang
    given = decisions.decisions_tables(result, tables)
    if not given:
        return []
    notes = decisions.decisions_notes(result, tables)
    title = words.TABLES["follow_up"].text(lang)
    return [Sequel("decisions", title, notes, given, number(lang, len(tables["follow_up"])))]


def _access(result: Result, table: pd.DataFrame, decided: Decided) -> GapList:
    """List the access gaps, by class."""
    lang, limit_m = result.lang, result.threshold_m
    fields = [
        Field(Column(_POINT.text(lang)), lambda gap: _point_lines(gap, lang)),
        _number_field(result, "distance_m"),
        _number_field(result, "over_m"),
        Field(_heading(result, "stop_name"), lambda gap: _stop_lines(gap, lang, limit_m)),
        *_population(result, table),
        Field(
            Column(_TO_DO.text(lang)),
            lambda gap: [*_remedy_lines(gap, lang, limit_m), *_followed_lines(gap, decided, lang)],
        ),
        _reason(result),
    ]
    rows = _rows(table, "unit", fields)
    classes = table["class"].tolist()
    groups = []
    for name in dict.fromkeys(classes):
        found = [row for row, of in zip(rows, classes, strict=True) if of == name]
        groups.append(Group(found, words.CLASSES[name].text(lang), number(lang, len(found))))
    limit = threshold(lang, result.threshold_m)
    none = words.NO_STOPS if result.stops.empty else wording.NOTHING
    return GapList(
        "access",
        words.ACCESS_GAPS.text(lang),
        _ACCESS_CAPTION.text(lang).format(threshold=limit),
        _columns(result, "unit_name", fields),
        groups,
        number(lang, len(rows)),
        none.text(lang),
        gap_counts.access_said(lang, table, result.network, limit_m),
    )


def _service(result: Result, table: pd.DataFrame, decided: Decided) -> GapList:
    """List the points that are near a stop and rarely served."""
    lang = result.lang
    fields = [
        Field(Column(_POINT.text(lang)), lambda gap: _contact_lines(gap, lang)),
        _number_field(result, "distance_m"),
        Field(_heading(result, "stop_name"), lambda gap: _names(gap["stop_name"])),
        _number_field(result, "visits"),
        _number_field(result, "visits_within"),
        *_population(result, table),
        Field(
            _heading(result, "remedy"),
            lambda gap: [*_remedy(gap, lang), *_followed_lines(gap, decided, lang)],
        ),
        _reason(result),
    ]
    rows = [replace(row, key=f"service-{row.key}") for row in _rows(table, "unit", fields)]
    known = result.network["service_class"].notna().any()
    return GapList(
        "service",
        words.SERVICE_GAPS.text(lang),
        _SERVICE_CAPTION.text(lang).format(threshold=threshold(lang, result.threshold_m)),
        _columns(result, "unit_name", fields),
        [Group(rows)] if rows else [],
        number(lang, len(rows)),
        (wording.NOTHING if known else _NO_VISITS).text(lang),
    )


def _coverage(result: Result, table: pd.DataFrame, decided: Decided) -> GapList:
    """List the units with no point."""
    lang = result.lang
    fields = [
        _number_field(result, "area_km2"),
        *_population(result, table),
        Field(_heading(result, "other_premises"), lambda gap: _names(gap["other_premises"])),
        Field(Column(_NEAREST.text(lang)), lambda gap: _nearest_lines(gap, lang)),
        _number_field(result, "nearest_m"),
        Field(
            _heading(result, "remedy"),
            lambda gap: [*_remedy(gap, lang), *_followed_lines(gap, decided, lang)],
        ),
        _reason(result),
    ]
    rows = _rows(table, "unit", fields)
    return GapList(
        "coverage",
        words.COVERAGE_GAPS.text(lang),
        _COVERAGE_CAPTION.text(lang),
        _columns(result, "unit_name", fields),
        [Group(rows)] if rows else [],
        number(lang, len(rows)),
        wording.NOTHING.text(lang),
    )


def _municipalities(result: Result, table: pd.DataFrame) -> GapList:
    """List the municipalities with no open centre."""
    lang, given = result.lang, result.project.hosts
    counts = ["units", "announced", "planned", "none", "area_km2"]
    offices = ["institution_offices"] if "institution" in given else []
    offices += ["decisions"] if table["decisions"].any() else []
    fields = [
        *(_number_field(result, name) for name in counts),
        *_population(result, table),
        *(_number_field(result, name) for name in offices),
        Field(_heading(result, "remedy"), lambda gap: _remedy(gap, lang)),
        _reason(result),
    ]
    rows = _rows(table, "municipality", fields)
    none = wording.NOTHING if "centre" in given else _NO_CENTRES
    return GapList(
        "municipalities",
        words.MUNICIPALITY_GAPS.text(lang),
        _MUNICIPALITY_CAPTION.text(lang),
        _columns(result, "municipality_name", fields),
        [Group(rows)] if rows else [],
        number(lang, len(rows)),
        none.text(lang),
    )


def _columns(result: Result, name: str, fields: Sequence[Field]) -> list[Column]:
    first = [_heading(result, "rank", number=True), _heading(result, name)]
    return [*first, *(field.column for field in fields)]


def _rows(table: pd.DataFrame, concerns: str, fields: Sequence[Field]) -> list[Row]:
    """Write the gaps in their order; a second gap of a unit has an address of its own."""
    gaps = pd.DataFrame(table).drop(columns="geometry", errors="ignore")
    again = gaps.groupby(concerns).cumcount().tolist()
    return [
        _row(gap, concerns, before, fields)
        for gap, before in zip(gaps.to_dict("records"), again, strict=True)
    ]


def _row(gap: Mapping[Any, Any], concerns: str, before: int, fields: Sequence[Field]) -> Row:
    code, of_unit = str(gap[concerns]), concerns == "unit"
    return Row(
        key=f"{concerns}-{code}" + (f"-{before + 1}" if before else ""),
        rank=str(gap["rank"]),
        title=_text(gap["unit_name" if of_unit else "municipality_name"]) or code,
        under=_text(gap["municipality_name"]) if of_unit else "",
        href=f"map.html#unit={code}" if of_unit else f"municipalities/{code}/index.html",
        cells=[field.cell(gap) for field in fields],
    )


def _point_lines(gap: Mapping[str, Any], lang: Lang) -> list[Line]:
    """Say what stands there, where, how it was located, and whom to ask."""
    located = words.LOCATED_BY[gap["located_by"]].text(lang)
    if gap["located_within_m"]:
        located += f" (±{length(lang, gap['located_within_m'])})"
    how = Line(located, words.MAP["located"].text(lang), style="quiet")
    return [*_contact_lines(gap, lang), how]


def _contact_lines(gap: Mapping[str, Any], lang: Lang) -> list[Line]:
    """Say what stands there, where, and whom to ask."""
    status = _STATUS.text(lang).format(words.STATUSES[gap["status"]].text(lang).lower())
    email = _text(gap["email"])
    return _said(
        Line(_text(gap["place_name"]), named=True, style="first"),
        Line(f"{words.HOSTS[gap['host']].text(lang)}; {status}", style="quiet"),
        Line(_text(gap["address"]), named=True),
        Line(_text(gap["phone"]), named=True),
        Line(email, href=f"mailto:{email}" if _EMAIL.fullmatch(email) else "", named=True),
    )


def _stop_lines(gap: Mapping[str, Any], lang: Lang, threshold_m: float) -> list[Line]:
    """Name the nearest stop, how often it is served, and how far a nearer one of any kind is."""
    lines = [Line(_text(gap["stop_name"]), named=True)]
    if pd.notna(gap["visits"]):
        visits = number(lang, gap["visits"])
        lines.append(Line(visits, words.MAP["visits"].text(lang), style="quiet"))
    if gap["distance_all_m"] < gap["distance_m"]:
        distance = metres(lang, gap["distance_all_m"], threshold_m)
        lines.append(Line(distance, words.MAP["any_stop"].text(lang), style="quiet"))
    return _said(*lines)


def _remedy_lines(gap: Mapping[str, Any], lang: Lang, threshold_m: float) -> list[Line]:
    """Say what to do; and where, if a place of the unit is within reach."""
    if pd.isna(gap["alt_place"]):
        return _remedy(gap, lang)
    return _said(
        *_remedy(gap, lang),
        Line(_text(gap["alt_name"]), named=True),
        Line(_text(gap["alt_address"]), named=True),
        Line(
            _FROM_STOP.text(lang).format(
                host=words.HOSTS[gap["alt_host"]].text(lang),
                distance=metres(lang, gap["alt_distance_m"], threshold_m),
            ),
            style="quiet",
        ),
    )


def _remedy(gap: Mapping[str, Any], lang: Lang) -> list[Line]:
    return [Line(words.REMEDIES[gap["remedy"]].text(lang), style="first")]


def _followed_lines(gap: Mapping[str, Any], decided: Decided, lang: Lang) -> list[Line]:
    """Say to which cluster a gap belongs, and what has been decided on its unit."""
    lines = []
    if pd.notna(gap.get("cluster")):
        named = cluster(gap, lang)
        label = words.COLUMNS["cluster_name"].text(lang)
        lines.append(Line(named, label, style="quiet", href="#clusters", named=True))
    for given in decided.get(gap["unit"], []):
        for name, text in said(given, lang).items():
            label = words.COLUMNS[name].text(lang)
            style = "first" if name == "decision" else "quiet"
            lines.append(Line(text, label, style, named=not is_own(name, given)))
    return _said(*lines)


def _nearest_lines(gap: Mapping[str, Any], lang: Lang) -> list[Line]:
    """Name the nearest contact point of another unit."""
    if pd.isna(gap["nearest_place"]):
        return []
    return _said(
        Line(_text(gap["nearest_name"]), named=True),
        Line(_text(gap["nearest_unit_name"]), named=True, style="quiet"),
        Line(words.HOSTS[gap["nearest_host"]].text(lang), style="quiet"),
    )


def _names(joined: Any) -> list[Line]:
    return _said(Line(_text(joined), named=True))


def _said(*lines: Line) -> list[Line]:
    """Leave out the lines that say nothing."""
    return [line for line in lines if line.text]


def _heading(result: Result, name: str, *, number: bool = False) -> Column:
    return Column(words.heading(result.lang, name, result.threshold_m), number)


def _number_field(result: Result, name: str) -> Field:
    heading = _heading(result, name, number=True)
    return Field(heading, lambda gap: _number(result, gap, name))


def _population(result: Result, table: pd.DataFrame) -> list[Field]:
    """Give the column of residents where any are known, with the band of suppressed counts."""
    if not table["population"].notna().any():
        return []
    heading = _heading(result, "population", number=True)
    return [Field(heading, lambda gap: words.residents(result.lang, gap))]


def _reason(result: Result) -> Field:
    return Field(_heading(result, "reason"), lambda gap: _text(gap["reason"]))


def _number(result: Result, gap: Mapping[str, Any], name: str) -> str:
    shown = of_column(name, gap, result.threshold_m)
    return "" if shown is None else shown.text(result.lang)


def _text(cell: Any) -> str:
    return "" if pd.isna(cell) else str(cell)
