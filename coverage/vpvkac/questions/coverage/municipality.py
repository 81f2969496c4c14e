"""A page for every municipality, to print or send, with a plan of it; and their index."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import cos, pi, sin
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.etree import ElementTree as ET

import numpy as np
import shapely
from markupsafe import Markup

from vpvkac.analysis.network import STATUSES
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.gaps import in_order, progress_of, progress_sentences
from vpvkac.render.frame import render
from vpvkac.render.symbols import ALERT, FILLS, INK, PAPER, QUIET, SHAPES
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Message
from vpvkac.views.gaps import AccessGap, CoverageGap, Gap, ServiceGap, with_labels
from vpvkac.views.page import Link, Page, Table, about
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.questions.coverage.view import Result


_STYLE = ("municipality.css",)
_UNITS = Message("Units and their contact points")
_PROGRESS = Message("With an open point")
_FIGURES = (
    "units", "area_km2", "population", "centres", "units_planned", "units_none", "points_within",
    "points_beyond", "points_uncertain",
)  # fmt: skip
# Of the plan, in the drawing's units: its size, a point, its ring, and how far a number keeps off.
_WIDTH, _TALLEST, _MARGIN = 720.0, 900.0, 12.0
_POINT, _RING, _CLEAR = 4.5, 9, 12.0
_TOLERANCE_M = 60.0


class Parts(NamedTuple):
    """What the pages are made of, taken apart by municipality once for all of them.

    `numbers` are those of the units within their municipality, by which its table, its plan, its
    list of gaps and its workbook know them; the rows of `network` are by unit.
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
        """Take the tables of `rounding.exact` apart."""
        write = Writer.of(result)
        units = result.units[["municipality", "unit", "unit_name", "status", "stops", "geometry"]]
        ordered = _sorted(units, "unit_name")
        numbers = ordered.groupby("municipality").cumcount() + 1
        points = result.network.loc[
            result.network["place"].notna(),
            ["municipality", "host", "status", "within", "uncertain", "geometry"],
        ]
        # In the order of the national lists.
        gaps: dict[str, list[Gap]] = {}
        for gap in (
            *AccessGap.of(tables["gaps_access"], write),
            *ServiceGap.of(tables["gaps_service"], write),
            *CoverageGap.of(tables["gaps_coverage"], write),
        ):
            gaps.setdefault(gap["municipality"], []).append(gap)
        # Open ones first.
        decisions: dict[str, list[dict[str, str]]] = {}
        for given in records(in_order(tables["follow_up"])):
            state = write.small(words.DECISION_STATES[given["state"]])
            said = "; ".join(with_labels(given, write.lang))
            of_unit = {"unit": given["unit_name"], "state": state, "said": said}
            decisions.setdefault(given["municipality"], []).append(of_unit)
        reasons = _by_municipality(tables["gaps_municipalities"])
        return cls(
            result,
            units=_by_municipality(ordered),
            points=_by_municipality(points),
            network={row["unit"]: row for row in records(tables["network"])},
            numbers=dict(zip(ordered["unit"], numbers.tolist(), strict=True)),
            sentences={code: rows["reason"].tolist() for code, rows in reasons.items()},
            gaps=gaps,
            decisions=decisions,
        )


def _by_municipality(table: Any) -> dict[str, Any]:
    return dict(list(table.groupby("municipality")))


def _sorted(table: Any, column: str) -> Any:
    """Sort by the Latvian alphabet."""
    return table.sort_values(column, key=lambda names: names.map(collation_key), kind="stable")


def municipality_page(parts: Parts, municipality: pd.Series) -> str:
    """Make the page of one municipality, a row of ``tables["municipalities"]``."""
    result, write = parts.result, Writer.of(parts.result)
    code, name = str(municipality["municipality"]), str(municipality["municipality_name"])
    units = parts.units[code]
    points = parts.points.get(code, units.iloc[:0])
    sketch = Message(
        "Sketch of {}: units by the status of their point. Numbers are those of the list of gaps, "
        "the table and the workbook."
    )
    key = Message(
        "Circle: centre, square: library, diamond: parish or town administration, triangle: post "
        "office, hexagon: institution's own centre; filled: open, hollow: not yet; orange with a "
        "ring: beyond {threshold}, dashed ring: to be verified. Hatching: blue, an announced "
        "centre; orange, no point."
    )
    caption = write(sketch, name)
    figures = [(write.heading(column), write.cell(column, municipality)) for column in _FIGURES]
    if not result.progress.empty:
        figures.insert(0, (write(_PROGRESS), progress_of(write.lang, municipality)))
    unknown = Message("the preparer of this report")
    report_how = Message(
        "Tell the publisher of the data, with the name of the place, its address and the right "
        "coordinates. The correction will show in the next run with the new data."
    )
    context = {
        "overview": write(Message("Overview")),
        "figures": [figure for figure in figures if figure[1]],
        "sentences": parts.sentences.get(code, []),
        # The plan holds numbers and an escaped title; nothing else comes from data.
        "plan": Markup(_plan(units, points, caption)),  # noqa: S704
        "plan_caption": f"{caption} {write.heading(key)}",
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
        "report_to": [
            f"{write(source.name)} – {write(source.publisher or unknown)}"
            for source in result.sources
        ],
        "workbook_note": write(Message("The same tables as a workbook: {}.xlsx."), code),
    }
    page = Page(name, "municipality.html", _STYLE)
    return render(page, context, about(result, result.lang))


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


def index_page(result: Result, tables: Mapping[str, pd.DataFrame]) -> str:
    """Make the index of the municipalities' pages and workbooks."""
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
    page = Page(write(Message("Municipality pages")), "municipalities.html", _STYLE)
    return render(page, context, about(result, result.lang))


# --- The plan ----------------------------------------------------------------------------------


def _plan(units: gpd.GeoDataFrame, points: gpd.GeoDataFrame, title: str) -> str:
    """Draw units by status with their numbers, and points, as SVG.

    Forms and colours are the explorer's; a unit bears its number in the page's
    table, so that the plan needs no names and reads in print. No text comes
    from the data but the title, which is escaped.
    """
    west, south, east, north = units.total_bounds
    wide, high = _WIDTH - 2 * _MARGIN, _TALLEST - 2 * _MARGIN
    scale = min(wide / (east - west), high / (north - south))

    def at(easting: Any, northing: Any) -> tuple[Any, Any]:
        """Place one position, or arrays of them; north is up."""
        return _MARGIN + (easting - west) * scale, _MARGIN + (north - northing) * scale

    width, height = (east - west) * scale + 2 * _MARGIN, (north - south) * scale + 2 * _MARGIN
    box = f"0 0 {width:.0f} {height:.0f}"
    svg = ET.Element("svg", {"class": "plan", "role": "img", "viewBox": box})
    ET.SubElement(svg, "title").text = title
    _draw_hatches(svg)
    shapes = shapely.coverage_simplify(units.geometry.to_numpy(), _TOLERANCE_M)
    for shape, status in zip(shapes, units["status"], strict=True):
        paths = []
        for ring in shapely.get_rings(shape):
            xs, ys = at(*shapely.get_coordinates(ring)[:-1].T)
            corners = zip(xs.tolist(), ys.tolist(), strict=True)
            paths.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "Z")
        fill = f"url(#hatch-{status})" if FILLS[status].hatch else FILLS[status].ground
        line = {"fill-rule": "evenodd", "stroke": QUIET, "stroke-width": "0.8"}
        ET.SubElement(svg, "path", {"d": " ".join(paths), "fill": fill, **line})
    for point in points.itertuples():
        _draw_point(svg, *at(point.geometry.x, point.geometry.y), point)
    points_at = [at(*position) for position in shapely.get_coordinates(points.geometry.to_numpy())]
    for number, inside in enumerate(units.geometry.representative_point(), 1):
        x, y = at(inside.x, inside.y)
        # Above a point that stands in its way.
        near = ((x_, y_ - _CLEAR) for x_, y_ in points_at if max(abs(x_ - x), abs(y_ - y)) < _CLEAR)
        x, y = next(near, (x, y))
        ET.SubElement(svg, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}"}).text = str(number)
    return ET.tostring(svg, encoding="unicode")


def _draw_hatches(svg: ET.Element) -> None:
    defs = ET.SubElement(svg, "defs")
    for status in STATUSES:
        fill = FILLS[status]
        if not fill.hatch:
            continue
        pattern = ET.SubElement(
            defs,
            "pattern",
            {
                "id": f"hatch-{status}", "width": "6", "height": "6",
                "patternUnits": "userSpaceOnUse", "patternTransform": f"rotate({fill.angle})",
            },
        )  # fmt: skip
        ET.SubElement(pattern, "rect", {"width": "6", "height": "6", "fill": fill.ground})
        ET.SubElement(pattern, "rect", {"width": "2", "height": "6", "fill": fill.hatch})


def _draw_point(svg: ET.Element, x: float, y: float, point: Any) -> None:
    """Draw a point: form by host, solid where open, a ring where beyond or uncertain."""
    beyond, uncertain = _is(point.within, wanted=False), _is(point.uncertain, wanted=True)
    colour, shape = ALERT if beyond else INK, SHAPES[point.host]
    fill = colour if point.status == "existing" else PAPER
    style = {"fill": fill, "stroke": colour, "stroke-width": "1.8"}
    centre = {"cx": f"{x:.1f}", "cy": f"{y:.1f}"}
    if shape.corners:
        radius = _POINT * shape.grow
        angles = [shape.turn + number * 2 * pi / shape.corners for number in range(shape.corners)]
        corners = [(x + radius * cos(angle), y + radius * sin(angle)) for angle in angles]
        outline = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
        ET.SubElement(svg, "polygon", {"points": outline, **style})
    else:
        ET.SubElement(svg, "circle", {**centre, "r": f"{_POINT}", **style})
    if beyond or uncertain:
        dashes = {"stroke-dasharray": "3 2"} if uncertain else {}
        ring = {**centre, "r": f"{_RING}", "fill": "none", "stroke": ALERT, **dashes}
        ET.SubElement(svg, "circle", ring)


def _is(value: object, *, wanted: bool) -> bool:
    """Compare a decision that may be null."""
    return isinstance(value, bool | np.bool_) and bool(value) is wanted
