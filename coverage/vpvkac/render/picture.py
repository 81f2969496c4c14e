"""Maps as pictures, SVG: for pages without scripts, for paper and to download."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import cos, inf, pi, sin
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import shapely
from markupsafe import Markup

from vpvkac.geo.geodesy import to_planar
from vpvkac.render.frame import as_file
from vpvkac.render.symbols import ALERT, AROUND, BORDER, FILLS, INK, PAPER, QUIET, SHAPES, STYLE

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

_WIDTH, _TOLERANCE_M, _DOTS_TOLERANCE_M = 1000.0, 500.0, 300.0
# Of a picture on its own: its heading, a line of its legend, and a letter by its height.
_HEADING, _ROW, _WIDE = 40.0, 34.0, 0.56
_GAP, _HALO, _RING, _SMALLEST = 6.0, 2.5, 4.0, 4.0
# Residents of a dot of one unit's radius squared, the least and the most radius.
_PER_DOT, _DOTS = 144.0, (1.0, 6.0)
_TOWNS = ("state_city", "republic_city")
# Half the width of a letter of a name, half its height, as large as on a narrow page (story.css),
# and the room of a mark.
_LETTER, _HIGH, _CLEAR = 8.3, 15.0, 8.0
_NAME = {
    "class": "name", "text_anchor": "middle", "font_size": "19", "fill": STYLE["name-strong"],
    "stroke": PAPER, "stroke_width": "4", "paint_order": "stroke", "stroke_linejoin": "round",
}  # fmt: skip
_FONT = "Segoe UI, Roboto, Helvetica Neue, Noto Sans, Liberation Sans, Arial, sans-serif"


class Drawing:
    """A territory (bounds in EPSG:3059) to draw on, north up, in `width` units or less.

    `page` begins what it is known by on a page with several.
    """

    def __init__(
        self, bounds: np.ndarray, title: str, *, style: str = "map", page: str = "",
        width: float = _WIDTH, tallest: float = inf, margin: float = 12.0,
    ) -> None:  # fmt: skip
        west, south, east, north = bounds
        wide, high = width - 2 * margin, tallest - 2 * margin
        self._origin, self._margin = (west, north), margin
        self._scale = min(wide / (east - west), high / (north - south))
        self.width = (east - west) * self._scale + 2 * margin
        self.height = (north - south) * self._scale + 2 * margin
        box = f"0 0 {self.width:.0f} {self.height:.0f}"
        self.svg = ET.Element("svg", {"class": style, "role": "img", "viewBox": box})
        ET.SubElement(self.svg, "title").text = title
        # What lies around: neighbours or sea, which the inputs do not tell.
        self.add("rect", **{"class": "around"}, width="100%", height="100%", fill=AROUND)
        self._page = page

    def at(self, positions: np.ndarray) -> np.ndarray:
        """Place positions, shape (n, 2), in the drawing."""
        placed = (np.asarray(positions) - self._origin) * (self._scale, -self._scale)
        return np.asarray(placed + self._margin)

    def add(self, tag: str, **look: str) -> ET.Element:
        """Draw an element; names have no dashes in Python."""
        return ET.SubElement(self.svg, tag, {name.replace("_", "-"): look[name] for name in look})

    def area(self, shape: shapely.Geometry, smallest: float = 0.0, **look: str) -> None:
        """Draw a polygon, or several as one, without rings too small to be seen."""
        rings = shapely.get_rings(shapely.get_parts(shape))
        corners = [self.at(shapely.get_coordinates(ring)[:-1]) for ring in rings]
        seen = [xy for xy in corners if np.ptp(xy, axis=0).max() >= smallest]
        self.add("path", d=_path(seen, "Z"), fill_rule="evenodd", **look)

    def lines(self, shape: shapely.Geometry, **look: str) -> None:
        """Draw lines as one."""
        ways = (self.at(shapely.get_coordinates(line)) for line in shapely.get_parts(shape))
        self.add("path", d=_path(ways), fill="none", **look)

    def marks(self, points: gpd.GeoDataFrame, radius: float) -> np.ndarray:
        """Draw points, their other columns those of `draw_mark`; gives where they stand, (n, 2)."""
        placed = self.at(shapely.get_coordinates(points.geometry.to_numpy()))
        looks = points.drop(columns="geometry").to_dict("records")
        for (x, y), look in zip(placed, looks, strict=True):
            draw_mark(self.svg, x, y, radius, look)
        return placed

    def define(self, codes: Iterable[str]) -> None:
        """Define hatching, and what a legend shows of each fill (`sample`)."""
        defs = self.add("defs")
        for code in codes:
            fill, box = FILLS[code], {"width": "8", "height": "8"}
            if fill.hatch:
                turn = f"rotate({fill.angle})"
                turned = {"patternUnits": "userSpaceOnUse", "patternTransform": turn}
                name = {"id": f"{self._page}hatch-{code}"}
                pattern = ET.SubElement(defs, "pattern", {**name, **box, **turned})
                ET.SubElement(pattern, "rect", {**box, "fill": fill.ground})
                ET.SubElement(pattern, "rect", {**box, "width": "3", "fill": fill.hatch})
            look = {"width": "24", "height": "16", "fill": self.fill(code), "stroke": BORDER}
            ET.SubElement(defs, "rect", {"id": f"{self._page}fill-{code}", **look})

    def fill(self, code: str) -> str:
        """Give the paint of a fill that is defined."""
        return f"url(#{self._page}hatch-{code})" if FILLS[code].hatch else FILLS[code].ground

    def text(self) -> str:
        """Give the drawing as a part of a page."""
        return ET.tostring(self.svg, encoding="unicode")


def draw_mark(svg: ET.Element, x: float, y: float, radius: float, mark: Mapping[str, Any]) -> None:
    """Draw a point as `marks.js` does: form by host, fill by status, colour by reach.

    A halo parts it from what lies below, a dashed ring tells that it is uncertain.
    """
    colour = ALERT if mark.get("reach") == "beyond" else INK
    is_open = mark["status"] == "existing"
    if mark.get("halo"):
        _outline(svg, x, y, radius + _HALO, mark["host"], {"class": "halo", "fill": PAPER})
    rim = {"stroke": colour, "stroke-width": f"{radius / 3.2:.1f}"}
    look = {"fill": colour} if is_open else {"fill": PAPER, **rim}
    _outline(svg, x, y, radius, mark["host"], look)
    if mark["status"] == "announced":
        _outline(svg, x, y, radius * 0.4, "centre", {"fill": colour})
    if mark.get("uncertain"):
        dashed = {"fill": "none", "stroke": colour, "stroke-dasharray": "3 2.5"}
        _outline(svg, x, y, radius + _RING, "centre", dashed)


def _outline(
    svg: ET.Element, x: float, y: float, radius: float, host: str, look: dict[str, str]
) -> None:
    """Draw the form of a kind of host."""
    shape = SHAPES[host]
    if not shape.corners:
        place = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": f"{radius:.1f}"}
        ET.SubElement(svg, "circle", {**place, **look})
        return
    size, step = radius * shape.grow, 2 * pi / shape.corners
    angles = [shape.turn + corner * step for corner in range(shape.corners)]
    corners = (f"{x + size * cos(angle):.1f},{y + size * sin(angle):.1f}" for angle in angles)
    ET.SubElement(svg, "polygon", {"points": " ".join(corners), **look})


def sample(fill: str = "", mark: Mapping[str, Any] | None = None, page: str = "") -> Markup:
    """Show a fill that a drawing on the same page defines, a mark, or a mark on a fill."""
    size = {"viewBox": "0 0 24 16", "width": "24", "height": "16"}
    svg = ET.Element("svg", {"class": "sample", **size, "aria-hidden": "true"})
    if fill:
        ET.SubElement(svg, "use", {"href": f"#{page}fill-{fill}"})
    if mark:
        draw_mark(svg, 12, 8, 4 if mark.get("uncertain") else 5, mark)
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704 - drawn here, of codes


def alone(drawn: str, title: str, entries: Sequence[tuple[str, str]]) -> str:
    """Put a drawing between its title and its legend: samples (SVG), and what each means."""
    drawing = ET.fromstring(drawn)  # noqa: S314 - drawn here
    width, height = map(float, drawing.get("viewBox", "").split()[2:])
    bottom = _HEADING + height
    box = f"0 0 {width:.0f} {bottom + _ROW * len(entries):.0f}"
    space = {"xmlns": "http://www.w3.org/2000/svg", "font-family": _FONT}
    svg = ET.Element("svg", {**space, "class": "map", "role": "img", "viewBox": box})
    ET.SubElement(svg, "title").text = title
    ET.SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": PAPER})
    size = min(24, (width - 24) / (_WIDE * len(title)))
    heading = {"x": "12", "y": "28", "font-size": f"{size:.1f}", "font-weight": "650"}
    ET.SubElement(svg, "text", heading).text = title
    placed = {"y": f"{_HEADING:.0f}", "width": f"{width:.0f}", "height": f"{height:.0f}"}
    drawing.attrib.update(placed)
    svg.append(drawing)
    for row, (sample, label) in enumerate(entries):
        y = bottom + _ROW * (row + 0.5)
        shown = ET.fromstring(sample)  # noqa: S314 - drawn here
        at = {"x": "12", "y": f"{y - 12:.0f}", "width": "24", "height": "24"}
        shown.attrib.update(at)
        svg.append(shown)
        ET.SubElement(svg, "text", {"x": "46", "y": f"{y + 7:.0f}", "font-size": "20"}).text = label
    return ET.tostring(svg, encoding="unicode") + "\n"


def draw(
    units: gpd.GeoDataFrame,
    fills: pd.Series,
    title: str,
    said: str,
    *,
    marks: gpd.GeoDataFrame | None = None,
    page: str = "",
    names: bool = True,
) -> str:
    """Draw units by fill (a code for each, `symbols.FILLS`), municipalities, marks and main towns.

    The columns of `marks` are those of `draw_mark`; `said` tells what is drawn to who cannot see.
    A small map has no room for `names`.

    `page` begins what the drawing is known by on a page with several.
    """
    drawing = Drawing(units.total_bounds, title, page=page)
    drawing.svg.set("font-family", _FONT)
    drawing.add("desc").text = said
    drawing.define(sorted(set(fills)))
    simple = shapely.coverage_simplify(units.geometry.to_numpy(), _TOLERANCE_M)
    drawn = units.set_geometry(simple, crs=units.crs).assign(fill=fills.to_numpy())
    for code, shape in drawn.dissolve("fill", method="coverage").geometry.items():
        drawing.area(shape, _SMALLEST, fill=drawing.fill(str(code)))
    whole = drawn.dissolve("municipality", method="coverage")
    drawing.lines(shapely.line_merge(shapely.union_all(whole.boundary.to_numpy())), stroke=BORDER)
    marked = np.empty((0, 2)) if marks is None else drawing.marks(marks, _GAP)
    if names:
        _write_names(drawing, units, marked)
    return drawing.text()


def dots(
    homes: pd.DataFrame, column: str, styles: Mapping[str, str],
    municipalities: gpd.GeoDataFrame, title: str, *, key: str, legend: Sequence[tuple[str, str]],
) -> Markup:  # fmt: skip
    """Draw homes over the municipalities, in the colour of what a column says of each.

    The greater a dot the more residents.  The drawing holds no text but its title; `legend` is
    style and label, below it and in the same as a file, whose name is `key`.
    """
    drawing = Drawing(municipalities.total_bounds, title, style="plan", width=900, margin=0)
    simple = shapely.simplify(municipalities.geometry.to_numpy(), _DOTS_TOLERANCE_M)
    drawing.lines(shapely.boundary(simple), stroke=QUIET, stroke_width="0.6")
    at = drawing.at(np.column_stack(to_planar(homes["lat"].to_numpy(), homes["lon"].to_numpy())))
    sizes = np.clip(np.sqrt(homes["residents"].to_numpy(float) / _PER_DOT), *_DOTS).round()
    for kind, style in styles.items():
        is_kind = (homes[column] == kind).to_numpy()
        # A line of no length with round ends is a dot: one path for dots of a size.
        for size in np.unique(sizes[is_kind]):
            places = at[is_kind & (sizes == size)].round().astype(int).tolist()
            path = "".join(f"M{x} {y}h0" for x, y in places)
            drawing.add("path", d=path, fill="none", stroke=STYLE[style], stroke_linecap="round",
                        stroke_width=f"{2 * size:.0f}")  # fmt: skip
    sample = '<svg viewBox="0 0 24 16"><rect width="24" height="16" fill="{}"/></svg>'
    entries = [(sample.format(STYLE[style]), label) for style, label in legend]
    link = as_file(alone(drawing.text(), title, entries), key, title)
    swatch = Markup(
        '<span><svg class="swatch" viewBox="0 0 16 12" width="16" height="12" aria-hidden="true">'
        '<rect class="{}" width="16" height="12"/></svg> {}</span> '
    )
    explained = Markup().join(swatch.format(style, label) for style, label in legend)
    # Numbers and an escaped title.
    drawn = Markup(drawing.text())  # noqa: S704
    caption = Markup('<figcaption><p class="legend">{}</p>{}</figcaption>').format(explained, link)
    return Markup("<figure>{}{}</figure>").format(drawn, caption)


def _path(lines: Iterable[np.ndarray], end: str = "") -> str:
    """Write lines in whole units of the drawing."""
    parts = []
    for line in lines:
        xy = line.round().astype(int)
        steps = np.diff(xy, axis=0)
        path = " ".join(f"{x} {y}" for x, y in steps[steps.any(axis=1)].tolist())
        parts.append(f"M{xy[0][0]} {xy[0][1]}l{path}{end}".replace(" -", "-"))
    return "".join(parts)


def _write_names(drawing: Drawing, units: gpd.GeoDataFrame, marks: np.ndarray) -> None:
    """Write the names of towns that are municipalities, the largest first, off marks and names."""
    towns = units[units["kind"].isin(_TOWNS) & (units["unit_name"] == units["municipality_name"])]
    towns = towns.sort_values("area_km2", ascending=False, kind="stable")
    taken = [np.concatenate((marks - _CLEAR, marks + _CLEAR), axis=1)]
    for name, point in zip(towns["unit_name"], towns.representative_point(), strict=True):
        half = np.array((len(name) * _LETTER, _HIGH))
        here = drawing.at(shapely.get_coordinates(point))
        # Above its place, below, to the right, to the left.
        aside = np.array(((0, -22), (0, 24), (half[0] + 10, 0), (-half[0] - 10, 0)))
        middles = np.clip(here + aside, half, (drawing.width - half[0], drawing.height - half[1]))
        boxes, others = np.concatenate((middles - half, middles + half), axis=1), np.vstack(taken)
        meets = (boxes[:, None, :2] < others[:, 2:]) & (boxes[:, None, 2:] > others[:, :2])
        free = ~np.any(np.all(meets, axis=2), axis=1)
        if free.any():
            spot = free.argmax()
            taken.append(boxes[spot][None])
            x, y = middles[spot]
            drawing.add("text", x=f"{x:.0f}", dy="0.36em", y=f"{y:.0f}", **_NAME).text = str(name)
