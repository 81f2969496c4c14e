"""A map as one picture, SVG: for pages without scripts, for paper and to download."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

import numpy as np
import shapely

from vpvkac.render.symbols import ALERT, BORDER, FILLS, PAPER, STYLE

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

# Units with this fill bear a mark where their point stands.
MARKED = "beyond"
_WIDTH, _MARGIN, _TOLERANCE_M = 1000.0, 12.0, 500.0
# Of a picture on its own: its heading, and a line of its legend.
_HEADING, _ROW = 40.0, 34.0
_GAP, _HALO, _SMALLEST = 6, 2.5, 4.0
_TOWNS = ("state_city", "republic_city")
# A name keeps so far from those before it, stands so far above its place, and has such letters.
_APART, _ABOVE, _LETTER = (150.0, 26.0), 12.0, 7.5
_NAME = {
    "class": "name", "text-anchor": "middle", "font-size": "19", "fill": STYLE["name-strong"],
    "stroke": PAPER, "stroke-width": "4", "paint-order": "stroke", "stroke-linejoin": "round",
}  # fmt: skip
_FONT = "Segoe UI, Roboto, Helvetica Neue, Noto Sans, Liberation Sans, Arial, sans-serif"


class Key(NamedTuple):
    """A line of the legend: what a fill means, by its code, and how many units have it."""

    fill: str
    label: str
    number: str


def draw(
    units: gpd.GeoDataFrame,
    fills: pd.Series,
    marks: gpd.GeoSeries,
    title: str,
    keys: Sequence[Key],
    *,
    apart: bool = False,
    page: str = "",
) -> str:
    """Draw units by fill (a code for each, `symbols.FILLS`), municipalities, gaps and main towns.

    `apart` from a page the picture bears its title and its legend; `page` begins what it is known
    by on a page with several.
    """
    west, south, east, north = units.total_bounds
    scale = (_WIDTH - 2 * _MARGIN) / (east - west)
    top, below = (_HEADING, _ROW * len(keys)) if apart else (0.0, 0.0)
    bottom = (north - south) * scale + 2 * _MARGIN + top

    def at(positions: np.ndarray) -> np.ndarray:
        """Place positions in the drawing; north is up."""
        return np.asarray((positions - (west, north)) * (scale, -scale) + (_MARGIN, _MARGIN + top))

    box = f"0 0 {_WIDTH:.0f} {bottom + below:.0f}"
    svg = ET.Element("svg", {"class": "map", "role": "img", "viewBox": box, "font-family": _FONT})
    ET.SubElement(svg, "title").text = title
    ET.SubElement(svg, "desc").text = "; ".join(f"{key.label}: {key.number}" for key in keys)
    _define(svg, sorted(set(fills)), page)
    simple = shapely.coverage_simplify(units.geometry.to_numpy(), _TOLERANCE_M)
    drawn = units.set_geometry(simple, crs=units.crs).assign(fill=fills.to_numpy())
    for code, shape in drawn.dissolve("fill", method="coverage").geometry.items():
        rings = shapely.get_rings(shapely.get_parts(shape))
        path = _path((at(shapely.get_coordinates(ring)[:-1]) for ring in rings), "Z")
        area = {"d": path, "fill": _fill(str(code), page), "fill-rule": "evenodd"}
        ET.SubElement(svg, "path", area)
    whole = drawn.dissolve("municipality", method="coverage")
    lines = shapely.get_parts(shapely.line_merge(shapely.union_all(whole.boundary.to_numpy())))
    path = _path(at(shapely.get_coordinates(line)) for line in lines)
    ET.SubElement(svg, "path", {"d": path, "fill": "none", "stroke": BORDER})
    for x, y in at(shapely.get_coordinates(marks.to_numpy())):
        _mark(svg, x, y)
    _write_names(svg, units, at)
    if not apart:
        return ET.tostring(svg, encoding="unicode")
    heading = {"x": f"{_MARGIN:.0f}", "y": "28", "font-size": "24", "font-weight": "650"}
    ET.SubElement(svg, "text", heading).text = title
    for row, key in enumerate(keys):
        y = bottom + _ROW * (row + 0.5)
        swatch = {"href": f"#fill-{key.fill}", "x": f"{_MARGIN:.0f}", "y": f"{y - 8:.0f}"}
        ET.SubElement(svg, "use", swatch)
        place = {"x": "46", "y": f"{y + 7:.0f}", "font-size": "20"}
        ET.SubElement(svg, "text", place).text = f"{key.label}: {key.number}"
    head, rest = ET.tostring(svg, encoding="unicode").split(">", 1)
    ground = f'<rect width="100%" height="100%" fill="{PAPER}"/>'
    return f'{head} xmlns="http://www.w3.org/2000/svg">{ground}{rest}\n'


def _path(lines: Iterable[np.ndarray], end: str = "") -> str:
    """Write lines in whole units of the drawing, without closed ones too small to be seen."""
    parts = []
    for line in lines:
        xy = line.round().astype(int)
        if end and np.ptp(xy, axis=0).max() < _SMALLEST:
            continue
        steps = np.diff(xy, axis=0)
        path = " ".join(f"{x} {y}" for x, y in steps[steps.any(axis=1)].tolist())
        parts.append(f"M{xy[0][0]} {xy[0][1]}l{path}{end}".replace(" -", "-"))
    return "".join(parts)


def _fill(code: str, page: str) -> str:
    return f"url(#{page}hatch-{code})" if FILLS[code].hatch else FILLS[code].ground


def _define(svg: ET.Element, codes: Iterable[str], page: str) -> None:
    """Define hatching, and what a legend shows of each fill: `<use href="#fill-…"/>`."""
    defs = ET.SubElement(svg, "defs")
    for code in codes:
        fill, box = FILLS[code], {"width": "8", "height": "8"}
        if fill.hatch:
            turned = {"patternUnits": "userSpaceOnUse", "patternTransform": f"rotate({fill.angle})"}
            pattern = ET.SubElement(defs, "pattern", {"id": f"{page}hatch-{code}", **box, **turned})
            ET.SubElement(pattern, "rect", {**box, "fill": fill.ground})
            ET.SubElement(pattern, "rect", {**box, "width": "3", "fill": fill.hatch})
        swatch = ET.SubElement(defs, "g", {"id": f"{page}fill-{code}"})
        look = {"width": "24", "height": "16", "fill": _fill(code, page), "stroke": BORDER}
        ET.SubElement(swatch, "rect", look)
        if code == MARKED:
            _mark(swatch, 12, 8)


def _mark(svg: ET.Element, x: float, y: float) -> None:
    look = {"fill": ALERT, "stroke": PAPER, "stroke-width": f"{_HALO}"}
    ET.SubElement(svg, "circle", {"cx": f"{x:.0f}", "cy": f"{y:.0f}", "r": f"{_GAP}", **look})


def _write_names(
    svg: ET.Element, units: gpd.GeoDataFrame, at: Callable[[np.ndarray], np.ndarray]
) -> None:
    """Write the names of towns that are municipalities, the largest first, where there is room."""
    towns = units[units["kind"].isin(_TOWNS) & (units["unit_name"] == units["municipality_name"])]
    towns = towns.sort_values("area_km2", ascending=False, kind="stable")
    placed: list[np.ndarray] = []
    for name, point in zip(towns["unit_name"], towns.representative_point(), strict=True):
        here = at(shapely.get_coordinates(point))[0]
        if all((np.abs(here - other) > _APART).any() for other in placed):
            placed.append(here)
            # Half of the name is on either side.
            half = len(name) * _LETTER
            x, y = min(max(here[0], half), _WIDTH - half), here[1] - _ABOVE
            ET.SubElement(svg, "text", {"x": f"{x:.0f}", "y": f"{y:.0f}", **_NAME}).text = str(name)
