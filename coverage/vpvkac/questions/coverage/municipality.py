"""A page for every municipality, to print on A4 or send by e-mail, and the index to find them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
from markupsafe import Markup

from vpvkac.questions.coverage.plan import plan
from vpvkac.questions.coverage.report import decisions as followed
from vpvkac.render.frame import about, render
from vpvkac.texts import formats, words
from vpvkac.texts.message import Lang, Message
from vpvkac.views.decisions import labelled
from vpvkac.views.page import Cell, Column, Link, Page, Table
from vpvkac.views.quantities import of_column

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result

_STYLE = ("municipality.css",)
_OVERVIEW = Message("Overview")
_GAPS = Message("Gaps and recommended actions")
_NO_GAPS = Message("There are no gaps.")
_UNITS = Message("Units and their contact points")
_ASK = Message("Whom to ask")
_NUMBER = Message("No.")
_NO_PHONE = Message("telephone not known")
_PLAN = Message(
    "Sketch of {}: units by the status of their point. Numbers are those of the list of gaps, the "
    "table and the workbook."
)
_PLAN_KEY = Message(
    "Circle: centre, square: another host; filled: open, hollow: not yet; orange with a ring: "
    "beyond {threshold}, dashed ring: to be verified. Hatching: blue, an announced centre; orange, "
    "no point."
)
_REPORT = Message("If a place or an address is wrong")
_REPORT_HOW = Message(
    "Tell the publisher of the data, with the name of the place, its address and the right "
    "coordinates. The correction will show in the next run with the new data."
)
_UNKNOWN_PUBLISHER = Message("the preparer of this report")
_WORKBOOK = Message("The same tables as a workbook: {}.xlsx.")
_INDEX = Message("Municipality pages")
_INTRODUCTION = Message(
    "Every municipality has a page to print or send, and a workbook with the same tables."
)
_PROGRESS = Message("With an open point")
_PAGE, _BOOK = Message("Page"), Message("Workbook")
# Whom a remedy concerns beside the municipality itself.
_ASKED = {
    "ask_for_stop": Message("Road Transport Administration"),
    "ask_for_service": Message("Road Transport Administration"),
}
_OF_POINT = (
    "unit", "unit_name", "kind", "status", "place_name", "address", "stop_name", "distance_m",
)  # fmt: skip
_FIGURES = (
    "units", "area_km2", "population", "centres", "units_planned", "units_none", "points_within",
    "points_beyond", "points_uncertain",
)  # fmt: skip


class Parts(NamedTuple):
    """What the pages are made of, taken apart by municipality once for all of them.

    Parameters
    ----------
    units
        What the plan and the table need of its units, in their order on the page.
    points
        The contact points of its units.
    network
        Rows of the output table, by unit.
    numbers
        The number of each unit within its municipality: its row of the table,
        and what the plan, the list of gaps and the workbook know it by.
    sentences, gaps, decisions
        What is said of it; nothing where its code is not there.
    """

    result: Result
    units: dict[str, Any]
    points: dict[str, Any]
    network: dict[str, dict[Hashable, Any]]
    numbers: dict[str, int]
    sentences: dict[str, list[str]]
    gaps: dict[str, list[dict[str, str]]]
    decisions: dict[str, list[dict[str, str]]]

    @classmethod
    def of(cls, result: Result, tables: Mapping[str, pd.DataFrame]) -> Parts:
        """Take the tables of `outputs.tables.shown` apart."""
        units = result.units[["municipality", "unit", "unit_name", "status", "stops", "geometry"]]
        points = result.network.loc[
            result.network["place"].notna(),
            ["municipality", "host", "status", "within", "uncertain", "geometry"],
        ]
        municipal = tables["gaps_municipalities"]
        ordered = _sorted(units, "unit_name")
        place = ordered.groupby("municipality").cumcount() + 1
        numbers = dict(zip(ordered["unit"], place.tolist(), strict=True))
        return cls(
            result,
            units=_by_municipality(ordered),
            points=_by_municipality(points),
            network={row["unit"]: row for row in _rows(tables["network"][list(_OF_POINT)])},
            sentences={
                code: rows["reason"].tolist() for code, rows in _by_municipality(municipal).items()
            },
            numbers=numbers,
            gaps=_gaps(result.lang, tables, numbers),
            decisions=_decisions(result.lang, tables),
        )


def municipality_page(parts: Parts, municipality: pd.Series) -> str:
    """Make the page of one municipality.

    Parameters
    ----------
    municipality
        Its row of ``tables["municipalities"]``.
    """
    result = parts.result
    lang, code = result.lang, str(municipality["municipality"])
    name = str(municipality["municipality_name"])
    units = parts.units[code]
    points = parts.points.get(code, units.iloc[:0])
    caption = _PLAN.text(lang).format(name)
    key = _PLAN_KEY.text(lang).replace("{threshold}", formats.threshold(lang, result.threshold_m))
    context = {
        "overview": _OVERVIEW.text(lang),
        "figures": _figures(result, municipality),
        "sentences": parts.sentences.get(code, []),
        # The plan holds numbers and an escaped title; nothing else comes from data.
        "plan": Markup(plan(units, points, caption)),  # noqa: S704
        "plan_caption": f"{caption} {key}",
        "gaps_heading": _GAPS.text(lang),
        "gaps": parts.gaps.get(code, []),
        "decisions_heading": words.TABLES["follow_up"].text(lang),
        "decisions": parts.decisions.get(code, []),
        "no_gaps": _NO_GAPS.text(lang),
        "remedy_label": words.COLUMNS["remedy"].text(lang),
        "ask_label": _ASK.text(lang),
        "units_heading": _UNITS.text(lang),
        "units": _unit_table(result, units, parts.network, name),
        "report_heading": _REPORT.text(lang),
        "report_how": _REPORT_HOW.text(lang),
        "report_to": _publishers(result),
        "workbook_note": _WORKBOOK.text(lang).format(code),
    }
    return render(Page(name, "municipality.html", _STYLE, home=None), context, about(result, lang))


def index_page(result: Result, tables: Mapping[str, pd.DataFrame]) -> str:
    """Make the index of the municipalities' pages and workbooks."""
    lang = result.lang
    listed = _sorted(tables["municipalities"], "municipality_name")
    columns = ("units", "centres", "units_planned", "units_none", "points_beyond")
    judged = not result.progress.empty
    rows: list[list[Cell]] = [
        [
            Link(str(row["municipality_name"]), f"{row['municipality']}/index.html"),
            *([followed.progress_of(lang, row)] if judged else []),
            *(formats.number(lang, row[column]) for column in columns),
            Link("XLSX", f"{row['municipality']}/{row['municipality']}.xlsx"),
        ]
        for _, row in listed.iterrows()
    ]
    headings = [
        Column(words.heading(lang, "municipality_name", result.threshold_m)),
        *([Column(_PROGRESS.text(lang), number=True)] if judged else []),
        *(Column(words.heading(lang, name, result.threshold_m), number=True) for name in columns),
        Column(_BOOK.text(lang)),
    ]
    table = Table("municipalities", words.TABLES["municipalities"].text(lang), headings, rows)
    context = {
        "introduction": _INTRODUCTION.text(lang),
        "sentences": followed.progress_sentences(result),
        "municipalities": table,
    }
    page = Page(
        _INDEX.text(lang),
        "municipalities.html",
        _STYLE,
        home="../",
        here="municipalities/index.html",
    )
    return render(page, context, about(result, lang))


def _by_municipality(table: Any) -> dict[str, Any]:
    return dict(list(table.groupby("municipality")))


def _rows(table: pd.DataFrame) -> list[dict[Hashable, Any]]:
    return pd.DataFrame(table).to_dict("records")


def _sorted(table: Any, column: str) -> Any:
    """Sort by the Latvian alphabet."""
    return table.sort_values(
        column, key=lambda names: names.map(formats.collation_key), kind="stable"
    )


def _figures(result: Result, municipality: pd.Series) -> list[tuple[str, str]]:
    lang = result.lang
    progress = (
        []
        if result.progress.empty
        else [(_PROGRESS.text(lang), followed.progress_of(lang, municipality))]
    )
    return progress + [
        (
            words.heading(lang, column, result.threshold_m),
            words.residents(lang, municipality) if column == "population" else shown.text(lang),
        )
        for column in _FIGURES
        if (shown := of_column(column, municipality, result.threshold_m)) is not None
    ]


def _gaps(
    lang: Lang, tables: Mapping[str, pd.DataFrame], numbers: Mapping[str, int]
) -> dict[str, list[dict[str, str]]]:
    """Give the gaps of each municipality in the order of the national lists."""
    found: dict[str, list[dict[str, str]]] = {}
    for name in ("gaps_access", "gaps_service", "gaps_coverage"):
        of_points = name != "gaps_coverage"
        for gap in _rows(tables[name].drop(columns="geometry", errors="ignore")):
            found.setdefault(gap["municipality"], []).append(
                {
                    "number": formats.number(lang, numbers[gap["unit"]]),
                    "unit": gap["unit_name"],
                    "place": gap["place_name"] if of_points else "",
                    "reason": gap["reason"],
                    "remedy": words.lowered(words.REMEDIES[gap["remedy"]].text(lang)),
                    "ask": _asked(lang, gap) if of_points else gap["municipality_name"],
                }
            )
    return found


def _decisions(lang: Lang, tables: Mapping[str, pd.DataFrame]) -> dict[str, list[dict[str, str]]]:
    """Give the decisions on units of each municipality, open ones first, in words."""
    found: dict[str, list[dict[str, str]]] = {}
    for given in _rows(followed.in_order(tables["follow_up"])):
        found.setdefault(given["municipality"], []).append(
            {
                "unit": given["unit_name"],
                "state": words.lowered(words.DECISION_STATES[given["state"]].text(lang)),
                "said": "; ".join(labelled(given, lang)),
            }
        )
    return found


def _asked(lang: Lang, gap: Mapping[Hashable, Any]) -> str:
    """Name the place itself with its telephone and e-mail, and who decides on stops."""
    contact = ", ".join(text for text in (gap["phone"], gap["email"]) if text)
    people = [f"{gap['place_name']} ({contact or _NO_PHONE.text(lang)})"]
    if gap["remedy"] in _ASKED:
        people.append(_ASKED[gap["remedy"]].text(lang))
    return "; ".join(people)


def _unit_table(
    result: Result, units: Any, network: Mapping[str, Mapping[Hashable, Any]], name: str
) -> Table:
    lang, threshold = result.lang, result.threshold_m
    columns = [
        Column(_NUMBER.text(lang), number=True),
        *(
            Column(words.heading(lang, column, threshold))
            for column in ("unit_name", "kind", "status", "place_name", "address")
        ),
        Column(words.heading(lang, "stops", threshold), number=True),
        Column(words.heading(lang, "stop_name", threshold)),
        Column(words.heading(lang, "distance_m", threshold), number=True),
    ]
    rows = [
        _unit_row(lang, number, network[unit], int(stops), threshold)
        for number, (unit, stops) in enumerate(zip(units["unit"], units["stops"], strict=True), 1)
    ]
    return Table(
        "units-table",
        f"{name} – {words.lowered(_UNITS.text(lang))}",
        columns,
        rows,
        head=1,
        wide=True,
    )


def _unit_row(
    lang: Lang, number: int, point: Mapping[Hashable, Any], stops: int, threshold: float
) -> list[str]:
    distance = point["distance_m"]
    return [
        str(number),
        str(point["unit_name"]),
        words.KINDS[point["kind"]].text(lang),
        words.STATUSES[point["status"]].text(lang),
        *(str(point[name]) if pd.notna(point[name]) else "" for name in ("place_name", "address")),
        formats.number(lang, stops),
        str(point["stop_name"]) if pd.notna(point["stop_name"]) else "",
        formats.metres(lang, distance, threshold) if pd.notna(distance) else "",
    ]


def _publishers(result: Result) -> list[str]:
    lang = result.lang
    return [
        f"{source.name.text(lang)} – {(source.publisher or _UNKNOWN_PUBLISHER).text(lang)}"
        for source in result.sources
    ]
