"""A page for every municipality, to print or send, with a plan of it; and their index."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from math import pi
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup

from vpvkac.analysis.decisions import DONE
from vpvkac.analysis.map_classes import verdicts
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage import legend
from vpvkac.questions.coverage.gaps import in_order, progress_of, progress_sentences
from vpvkac.questions.coverage.premises import (
    Premises,
    checklist_places,
    is_surveyed,
    premises_of,
)
from vpvkac.questions.coverage.quality import quality_lines
from vpvkac.questions.coverage.worst_off import worst_off_lines
from vpvkac.render.frame import as_file, render
from vpvkac.render.picture import Drawing, alone
from vpvkac.render.symbols import ALERT, PAPER, QUIET
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Message
from vpvkac.views.demand import demand_lines
from vpvkac.views.gaps import (
    NO_UNIT,
    Gap,
    MunicipalityGap,
    by_municipality,
    figures_of,
    reply_by,
    send_back,
    verdict,
    with_labels,
)
from vpvkac.views.page import About, Link, Page, about
from vpvkac.views.plan import PAGE
from vpvkac.views.reach import municipality_lines, units_without_way
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from vpvkac.questions.coverage.view import Result


_STYLE = ("municipality.css",)
_UNITS = Message("Units and their contact points")
_PROGRESS = Message("With an open point")
_WORKBOOK = Message("All data stand in the workbook:")
_TO_SEND = Message("To send")
_ASK = Message("Please write decision, responsible and due of each gap in the workbook:")
_PREMISES = Message(
    "Places whose premises are surveyed, at least in part: {surveyed} of {places}; still to be "
    "surveyed: {left}. Please fill in the checklist:"
)
_PUBLISHER = Message(
    "Tell the publisher of the data (named at the foot of this page) the name of the place, its "
    "address and the right coordinates."
)
_UNNAMED = Message(
    "Tell who keeps the data the name of the place, its address and the right coordinates."
)
_CORRECTED = Message("The correction will show in the next run with the new data.")
_YEARS = Message("The years are those of the plan.")
_ON_PAGE = Message("Its money, targets and limits are on its page.")
_NOT_FIXED = Message("It does not keep to the due years of your decisions.")
_NO_WAY = Message("No way there and back: residents, and what would help")
_OPENS = Message("{status}, opens in {year}")
_QUIET = ("area_km2", "population", "centres")
_COLUMNS: tuple[str | Message, ...] = (
    "unit_name", Message("To the stop"), "place_name", "status", "stop_name",
)  # fmt: skip
# Of the plan, in the drawing's units: its size, a point, its ring, the disc of a number.
_WIDTH, _TALLEST, _MARGIN = 720.0, 760.0, 24.0
_POINT, _RING, _DISC = 6.5, 12.0, 17.0
_NUMBER = {
    "fill": PAPER, "font_size": "22", "font_weight": "650", "font_family": "sans-serif",
    "text_anchor": "middle",
}  # fmt: skip
# How far a number may stand from what it is of, and in how many directions.
_AWAY, _DIRECTIONS = (0.0, 32.0, 48.0, 68.0, 92.0), 12
_TOLERANCE_M = 60.0


class Parts(NamedTuple):
    """What the pages are made of, taken apart by municipality once for all of them.

    The gaps of a municipality are numbered in their order, on its plan, in its list, its table and
    its workbook; the rows of `network` and `plan` are by unit, `places` are the positions of
    places.
    """

    result: Result
    units: dict[str, Any]
    points: dict[str, Any]
    network: dict[str, dict[Hashable, Any]]
    places: gpd.GeoSeries
    gaps: dict[str, list[Gap]]
    closed: dict[str, list[MunicipalityGap]]
    decisions: dict[str, list[dict[str, str]]]
    reach: dict[str, list[str]]
    without_way: dict[str, dict[str, list[tuple[str, str]]]]
    farthest: dict[str, list[str]]
    buses: dict[str, str]
    premises: dict[str, Premises]
    surveyed: dict[str, pd.Series]
    plan: dict[str, dict[Hashable, Any]]

    @classmethod
    def of(cls, result: Result, tables: Mapping[str, pd.DataFrame]) -> Parts:
        """Take the tables of `rounding.exact` apart."""
        write = Writer.of(result)
        units = result.units[["municipality", "unit", "unit_name", "status", "stops", "geometry"]]
        ordered = _sorted(units, "unit_name")
        of_points = ["municipality", "unit", "host", "status", "within", "uncertain", "geometry"]
        # Open ones stand with their gaps.
        decisions: dict[str, list[dict[str, str]]] = {}
        done = tables["follow_up"][tables["follow_up"]["state"] == DONE]
        for given in records(in_order(done)):
            said = "; ".join(with_labels(given, write.lang))
            of_unit = {"unit": given["unit_name"], "said": said}
            decisions.setdefault(given["municipality"], []).append(of_unit)
        closed = MunicipalityGap.of(tables["gaps_municipalities"], write)
        asked = checklist_places(result)
        reach, without_way = {}, {}
        if result.reach is not None:
            names = result.places.set_index("place")["name"]
            reach = municipality_lines(result.reach, names, write.lang)
            without_way = units_without_way(result.reach, write)
        return cls(
            result,
            units=_by_municipality(ordered),
            points=_by_municipality(result.network[of_points]),
            network={row["unit"]: row for row in records(tables["network"])},
            places=result.places.set_index("place").geometry,
            gaps=by_municipality(tables, write),
            closed={gap.code: [gap] for gap in closed},
            decisions=decisions,
            reach=reach,
            without_way=without_way,
            farthest=worst_off_lines(result),
            buses=quality_lines(result) if len(result.stops) else {},
            premises=premises_of(result),
            surveyed=dict(list(is_surveyed(asked).groupby(asked["municipality"]))),
            plan={row["unit"]: row for row in records(result.openings.table)}
            if result.openings
            else {},
        )


def _by_municipality(table: Any) -> dict[str, Any]:
    return dict(list(table.groupby("municipality")))


def _sorted(table: Any, column: str) -> Any:
    """Sort by the Latvian alphabet."""
    return table.sort_values(column, key=lambda names: names.map(collation_key), kind="stable")


class Letter(NamedTuple):
    """A letter to one municipality: what its page shows, and what else where it is `sent` alone."""

    page: Page
    about: About
    context: Mapping[str, object]
    sent: Mapping[str, object]

    def of_run(self) -> str:
        """Make the page that stands among those of a run."""
        return render(self.page, self.context, self.about)

    def alone(self) -> str:
        """Make the page that is sent: it leads to the municipality's own workbooks only."""
        return render(replace(self.page, alone=True), {**self.context, **self.sent}, self.about)


def letter(parts: Parts, municipality: pd.Series) -> Letter:
    """Say all of one municipality, a row of ``tables["municipalities"]``, on two sheets."""
    result, write = parts.result, Writer.of(parts.result)
    code, name = str(municipality["municipality"]), str(municipality["municipality_name"])
    units, gaps = parts.units[code], parts.gaps.get(code, [])
    points = parts.points.get(code, result.network.iloc[:0])
    closed = parts.closed.get(code, [])
    stands, needed = verdict(municipality, gaps, closed, write)
    by_when = reply_by(result.project.reply_by, write)
    undecided = sum(not gap.given for gap in gaps)
    surveyed = parts.surveyed.get(code, pd.Series(dtype=bool))
    counts = {"surveyed": surveyed.sum(), "places": len(surveyed), "left": (~surveyed).sum()}
    numbers = {of: write.number(int(count)) for of, count in counts.items()}
    asks = undecided or counts["left"]
    figures = [(write.heading(column), write.cell(column, municipality)) for column in _QUIET]
    sketch = Message("Sketch of {}: the numbers are those of the gaps below.")
    caption = write(sketch if gaps else Message("Sketch of {}."), name)
    named = any(source.publisher for source in result.sources)
    plan = _plan(units, points, _anchors(parts, gaps, units), caption)
    hosts = set(points["host"].dropna())
    explained = legend.network_legend(points, hosts, write.lang, write.threshold_m)
    of_premises = parts.premises.get(code, Premises([]))
    demand = demand_lines(municipality, result.project.rules.peak_factor, write, brief=True)
    # The years of decisions that the plan does not keep to.
    free = result.openings.not_fixed if result.openings else frozenset()
    not_fixed = [write(_NOT_FIXED)] if free & set(units["unit"]) else []
    context = {
        "verdict": f"{stands} {needed}",
        "ask": write(_ASK if undecided else _WORKBOOK),
        "workbook": f"{code}.xlsx",
        "premises_ask": write(_PREMISES, **numbers) if len(surveyed) else "",
        "premises": f"{code}_telpas.xlsx",
        "send_back": send_back(result.project.reply_by, result.project.contact, write)
        if asks
        else None,
        "key_figures": figures_of(municipality, write),
        "figures": [figure for figure in figures if figure[1]],
        "closed": closed,
        "context_heading": write(Message("Residents, buses, premises and staff")),
        "context": [
            *parts.reach.get(code, []),
            *parts.farthest.get(code, []),
            *([buses] if (buses := parts.buses.get(code)) else []),
            *of_premises.lines,
            *demand,
        ],
        "candidates": of_premises.candidates,
        "rates": write(Message("What the rates rest on is in the report.")) if demand else "",
        # The plan holds numbers and an escaped title; nothing else comes from data.
        "plan": Markup(plan),  # noqa: S704
        "plan_caption": caption,
        "picture": as_file(alone(plan, caption, legend.in_a_column(explained)), code, caption),
        "legend": legend.with_samples(explained),
        "gaps_heading": write(Message("Gaps and recommended actions")),
        "gaps": gaps,
        "no_gaps": write(NO_UNIT),
        "remedy_label": write.heading("remedy"),
        "ask_label": write(Message("Whom to ask")),
        "by_label": write.heading("due"),
        "by_when": by_when,
        "decisions_heading": write(Message("Decisions carried out")),
        "decisions": parts.decisions.get(code, []),
        "units_heading": write(_UNITS),
        "unit_columns": [write.heading(of) for of in _COLUMNS],
        "units": _unit_rows(parts, units, gaps),
        "plan_page": f"../../{PAGE}#list-{code}-caption",
        "plan_how": " ".join([write(_YEARS), write(_ON_PAGE), *not_fixed]) if parts.plan else "",
        "no_way_heading": write(
            _NO_WAY
            if result.reach and result.reach.counts_residents
            else TABLES["gaps_reach"].title
        ),
        "no_way": parts.without_way.get(code, {}),
        "report_heading": write(Message("If a place or an address is wrong")),
        "report_how": [write(_PUBLISHER if named else _UNNAMED), write(_CORRECTED)],
    }
    sent = {
        "rates": "",
        "plan_page": "",
        "plan_how": " ".join([write(_YEARS), *not_fixed]) if parts.plan else "",
    }
    page = Page(name, "municipality.html", _STYLE)
    return Letter(page, about(result, result.lang), context, sent)


def _unit_rows(parts: Parts, units: Any, gaps: Sequence[Gap]) -> list[tuple[list[int], list[str]]]:
    """List the units with their points: the numbers of their gaps, and the cells."""
    write = Writer.of(parts.result)
    numbers: dict[str, list[int]] = {}
    for number, gap in enumerate(gaps, 1):
        numbers.setdefault(gap.code, []).append(number)
    rows = []
    for unit in units["unit"]:
        row, year = parts.network[unit], parts.plan.get(unit, {}).get("year")
        status = write.cell("status", row)
        cells = [
            write.cell("unit_name", row),
            write.metres(row["distance_m"]),
            write.cell("place_name", row),
            status if pd.isna(year) else write(_OPENS, status=status, year=str(year)),
            write.cell("stop_name", row),
        ]
        rows.append((numbers.get(unit, []), cells))
    return rows


def index_page(result: Result, tables: Mapping[str, pd.DataFrame], *, zipped: bool) -> str:
    """Make the index of the municipalities' pages and workbooks, and of those zipped to be sent.

    Of those that are written alone; the figures of all are in the report.
    """
    write = Writer.of(result)

    def link(text: str, file: str, row: Mapping[Any, Any]) -> Link:
        return Link(text, f"{row['municipality']}/{file}")

    progress = write.field(_PROGRESS, lambda row: progress_of(write.lang, row), number=True)
    fields = [
        write.field(
            "municipality_name", lambda row: link(str(row["municipality_name"]), "index.html", row)
        ),
        *([] if result.progress.empty else [progress]),
        *write.fields("units", "centres", "units_planned", "units_none", "points_beyond"),
        write.field(
            Message("Workbook"), lambda row: link("XLSX", f"{row['municipality']}.xlsx", row)
        ),
        write.field(
            Message("Premises"),
            lambda row: link("XLSX", f"{row['municipality']}_telpas.xlsx", row),
        ),
        *([write.field(_TO_SEND, lambda row: Link("ZIP", f"{row['municipality']}.zip"))]
          if zipped else []),
    ]  # fmt: skip
    every = records(_sorted(tables["municipalities"], "municipality_name"))
    rows = [row for row in every if write.letter(row["municipality"])]
    caption = write(TABLES["municipalities"].title)
    introduction = Message(
        "Every municipality has a page to print or send, a workbook with the same tables, and a "
        "checklist of premises to fill in."
    )
    few = Message(
        "Municipalities whose page and workbooks this run wrote (--only): {shown} of {all}."
    )
    some = write(few, shown=write.number(len(rows)), all=write.number(len(every)))
    context = {
        "introduction": write(introduction) if len(rows) == len(every) else some,
        "sentences": progress_sentences(result),
        "municipalities": tabulate(
            "municipalities", caption, fields, rows, files=("../municipalities.csv", "../gaps.xlsx")
        ),
    }
    page = Page(write(Message("Municipality pages")), "municipalities.html", _STYLE)
    return render(page, context, about(result, result.lang))


# --- The plan ----------------------------------------------------------------------------------


def _plan(
    units: gpd.GeoDataFrame, points: gpd.GeoDataFrame, anchors: NDArray[np.float64], title: str
) -> str:
    """Draw units by verdict, points, and the numbers of the gaps, which stand at `anchors`, as SVG.

    No text comes from the data but the title, which is
    escaped.
    """
    drawing = Drawing(units.total_bounds, title, style="plan", width=_WIDTH, tallest=_TALLEST,
                      margin=_MARGIN)  # fmt: skip
    fills = units["unit"].map(verdicts(points))
    drawing.define(sorted(set(fills)))
    shapes = shapely.coverage_simplify(units.geometry.to_numpy(), _TOLERANCE_M)
    for shape, fill in zip(shapes, fills, strict=True):
        drawing.area(shape, fill=drawing.fill(fill), stroke=QUIET, stroke_width="0.8")
    taken = drawing.marks(legend.marks_of(points[points["host"].notna()]), _POINT)
    gaps = drawing.at(anchors)
    for number, (gap, spot) in enumerate(
        zip(gaps, _spots(gaps, taken, drawing.width, drawing.height), strict=True), 1
    ):
        ends = dict(zip(("x1", "y1", "x2", "y2"), map("{:.1f}".format, (*gap, *spot)), strict=True))
        drawing.add("line", **ends, stroke=ALERT, stroke_width="2")
        centre = {"cx": f"{spot[0]:.1f}", "cy": f"{spot[1]:.1f}", "r": f"{_DISC:g}"}
        ring = {"class": "disc", "fill": ALERT, "stroke": PAPER, "stroke_width": "2"}
        drawing.add("circle", **centre, **ring)
        place = {"x": f"{spot[0]:.1f}", "y": f"{spot[1]:.1f}", "dy": "0.36em", **_NUMBER}
        drawing.add("text", **place).text = str(number)
    return drawing.text()


def _anchors(parts: Parts, gaps: Sequence[Gap], units: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Give where each gap stands: at its place, else inside its unit; shape (n, 2)."""
    inside = units.set_index("unit").geometry.representative_point()
    shapes = [
        inside[gap.code] if pd.isna(gap["place"]) else parts.places[gap["place"]] for gap in gaps
    ]
    return np.array([(shape.x, shape.y) for shape in shapes]).reshape(-1, 2)


def _spots(
    gaps: NDArray[np.float64], points: NDArray[np.float64], width: float, height: float
) -> NDArray[np.float64]:
    """Find a spot for the number of each gap: near it, off all points, and off other numbers."""
    turns = np.arange(_DIRECTIONS) * 2 * pi / _DIRECTIONS - pi / 4
    around = np.column_stack((np.cos(turns), np.sin(turns)))
    offsets = np.concatenate([around * away for away in _AWAY])
    spots = np.empty((0, 2))
    for gap in gaps:
        tried = np.clip(gap + offsets, _DISC, (width - _DISC, height - _DISC))
        room = np.ones(len(tried))
        for others, clear in ((points, _DISC + _RING), (spots, 2.2 * _DISC)):
            away = np.hypot(*(tried[:, None] - others).transpose(2, 0, 1))
            room = np.minimum(room, away.min(axis=1, initial=clear) / clear)
        # The first that has all the room it needs, else the one that has most.
        spots = np.vstack((spots, tried[room.argmax()]))
    return spots
