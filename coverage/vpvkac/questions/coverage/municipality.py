"""A page for every municipality, to print on A4 or send by e-mail, and the index to find them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup

from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.plan import plan
from vpvkac.questions.coverage.report.decisions import in_order, progress_of, progress_sentences
from vpvkac.render.frame import render
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Message
from vpvkac.views.gaps import AccessGap, CoverageGap, Gap, ServiceGap, with_labels
from vpvkac.views.page import Link, Page, Table, about
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.questions.coverage.view import Result


_STYLE = ("municipality.css",)
_UNITS = Message("Units and their contact points")
_PROGRESS = Message("With an open point")
_PLAN_KEY = Message(
    "Circle: centre, square: another host; filled: open, hollow: not yet; orange with a ring: "
    "beyond {threshold}, dashed ring: to be verified. Hatching: blue, an announced centre; orange, "
    "no point."
)
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
    gaps: dict[str, list[Gap]]
    decisions: dict[str, list[dict[str, str]]]

    @classmethod
    def of(cls, result: Result, tables: Mapping[str, pd.DataFrame]) -> Parts:
        """Take the tables of `coverage.tables.exact` apart."""
        units = result.units[["municipality", "unit", "unit_name", "status", "stops", "geometry"]]
        points = result.network.loc[
            result.network["place"].notna(),
            ["municipality", "host", "status", "within", "uncertain", "geometry"],
        ]
        ordered = _sorted(units, "unit_name")
        numbers = ordered.groupby("municipality").cumcount() + 1
        reasons = _by_municipality(tables["gaps_municipalities"])
        return cls(
            result,
            units=_by_municipality(ordered),
            points=_by_municipality(points),
            network={row["unit"]: row for row in records(tables["network"])},
            numbers=dict(zip(ordered["unit"], numbers.tolist(), strict=True)),
            sentences={code: rows["reason"].tolist() for code, rows in reasons.items()},
            gaps=_gaps(tables, Writer.of(result)),
            decisions=_decisions(tables["follow_up"], Writer.of(result)),
        )


def municipality_page(parts: Parts, municipality: pd.Series) -> str:
    """Make the page of one municipality.

    Parameters
    ----------
    municipality
        Its row of ``tables["municipalities"]``.
    """
    result, write = parts.result, Writer.of(parts.result)
    code, name = str(municipality["municipality"]), str(municipality["municipality_name"])
    units = parts.units[code]
    points = parts.points.get(code, units.iloc[:0])
    caption = write(
        Message(
            "Sketch of {}: units by the status of their point. Numbers are those of the list of "
            "gaps, the table and the workbook."
        ),
        name,
    )
    report_how = Message(
        "Tell the publisher of the data, with the name of the place, its address and the right "
        "coordinates. The correction will show in the next run with the new data."
    )
    context = {
        "overview": write(Message("Overview")),
        "figures": _figures(result, municipality),
        "sentences": parts.sentences.get(code, []),
        # The plan holds numbers and an escaped title; nothing else comes from data.
        "plan": Markup(plan(units, points, caption)),  # noqa: S704
        "plan_caption": f"{caption} {write.heading(_PLAN_KEY)}",
        "gaps_heading": write(Message("Gaps and recommended actions")),
        "gaps": [
            {
                "number": write.number(parts.numbers[gap.code]),
                "unit": gap.name,
                "place": gap.place_name,
                "reason": gap.reason,
                "remedy": words.lowered(gap.remedy),
                "ask": gap.contacts,
            }
            for gap in parts.gaps.get(code, [])
        ],
        "decisions_heading": write(TABLES["follow_up"].title),
        "decisions": parts.decisions.get(code, []),
        "no_gaps": write(Message("There are no gaps.")),
        "remedy_label": write.heading("remedy"),
        "ask_label": write(Message("Whom to ask")),
        "units_heading": write(_UNITS),
        "units": _unit_table(parts, units, name),
        "report_heading": write(Message("If a place or an address is wrong")),
        "report_how": write(report_how),
        "report_to": _publishers(result, write),
        "workbook_note": write(Message("The same tables as a workbook: {}.xlsx."), code),
    }
    page = Page(name, "municipality.html", _STYLE, home=None)
    return render(page, context, about(result, result.lang))


def index_page(result: Result, tables: Mapping[str, pd.DataFrame]) -> str:
    """Make the index of the municipalities' pages and workbooks."""
    write = Writer.of(result)
    progress = write.field(_PROGRESS, lambda row: progress_of(write.lang, row), number=True)
    fields = [
        write.field(
            "municipality_name",
            lambda row: Link(str(row["municipality_name"]), f"{row['municipality']}/index.html"),
        ),
        *([] if result.progress.empty else [progress]),
        *write.fields("units", "centres", "units_planned", "units_none", "points_beyond"),
        write.field(
            Message("Workbook"),
            lambda row: Link("XLSX", f"{row['municipality']}/{row['municipality']}.xlsx"),
        ),
    ]
    rows = records(_sorted(tables["municipalities"], "municipality_name"))
    caption = write(TABLES["municipalities"].title)
    introduction = Message(
        "Every municipality has a page to print or send, and a workbook with the same tables."
    )
    context = {
        "introduction": write(introduction),
        "sentences": progress_sentences(result),
        "municipalities": tabulate("municipalities", caption, fields, rows),
    }
    title, here = write(Message("Municipality pages")), "municipalities/index.html"
    page = Page(title, "municipalities.html", _STYLE, "../", here)
    return render(page, context, about(result, result.lang))


def _by_municipality(table: Any) -> dict[str, Any]:
    return dict(list(table.groupby("municipality")))


def _sorted(table: Any, column: str) -> Any:
    """Sort by the Latvian alphabet."""
    return table.sort_values(column, key=lambda names: names.map(collation_key), kind="stable")


def _figures(result: Result, municipality: pd.Series) -> list[tuple[str, str]]:
    write = Writer.of(result)
    progress = [(write(_PROGRESS), progress_of(write.lang, municipality))]
    figures = [(write.heading(name), write.cell(name, municipality)) for name in _FIGURES]
    return [*([] if result.progress.empty else progress), *(said for said in figures if said[1])]


def _gaps(tables: Mapping[str, pd.DataFrame], write: Writer) -> dict[str, list[Gap]]:
    """Give the gaps of each municipality in the order of the national lists."""
    found: dict[str, list[Gap]] = {}
    kinds: Sequence[tuple[type[Gap], str]] = (
        (AccessGap, "gaps_access"), (ServiceGap, "gaps_service"), (CoverageGap, "gaps_coverage"),
    )  # fmt: skip
    for kind, name in kinds:
        for gap in kind.of(tables[name], write):
            found.setdefault(gap["municipality"], []).append(gap)
    return found


def _decisions(followed: pd.DataFrame, write: Writer) -> dict[str, list[dict[str, str]]]:
    """Give the decisions on units of each municipality, open ones first, in words."""
    found: dict[str, list[dict[str, str]]] = {}
    for given in records(in_order(followed)):
        found.setdefault(given["municipality"], []).append(
            {
                "unit": given["unit_name"],
                "state": write.small(words.DECISION_STATES[given["state"]]),
                "said": "; ".join(with_labels(given, write.lang)),
            }
        )
    return found


def _unit_table(parts: Parts, units: Any, name: str) -> Table:
    """List the units with their points, in the order of their numbers."""
    write = Writer.of(parts.result)
    rows = [
        {**parts.network[unit], "number": parts.numbers[unit], "stops": int(stops)}
        for unit, stops in zip(units["unit"], units["stops"], strict=True)
    ]
    fields = [
        write.field(Message("No."), lambda row: str(row["number"]), number=True),
        *write.fields("unit_name", "kind", "status", "place_name", "address", "stops", "stop_name"),
        write.field("distance_m", lambda row: write.metres(row["distance_m"])),
    ]
    caption = f"{name} – {write.small(_UNITS)}"
    return tabulate("units-table", caption, fields, rows, head=1, wide=True)


def _publishers(result: Result, write: Writer) -> list[str]:
    unknown = Message("the preparer of this report")
    return [
        f"{write(source.name)} – {write(source.publisher or unknown)}" for source in result.sources
    ]
