"""A plan of a municipality for its page: units by status, points, drawn as SVG.

Forms and colours are the explorer's; each unit bears the number it has in the
page's table, so that the plan needs no names and reads in print.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
import shapely

from vpvkac.analysis.network import STATUSES
from vpvkac.render.symbols import ALERT, FILLS, INK, PAPER, QUIET

if TYPE_CHECKING:
    import geopandas as gpd

_WIDTH, _MARGIN = 720.0, 12.0
_TALLEST = 900.0
_TOLERANCE_M = 60.0
# A number keeps so far from a point, in the drawing's units.
_CLEAR = 12.0


def plan(units: gpd.GeoDataFrame, points: gpd.GeoDataFrame, title: str) -> str:
    """Draw the units and points of one municipality.

    Parameters
    ----------
    units
        Polygons in EPSG:3059 with `status`, in the order of the page's table.
    points
        Their contact points, with `host`, `status`, `within` and `uncertain`.
    title
        What the plan shows, for those who cannot see it.

    Returns
    -------
    svg
        One element; it holds codes and numbers and no text from the data but
        the title, which is escaped.
    """
    view = _View(units.total_bounds)
    svg = ET.Element(
        "svg",
        {"class": "plan", "role": "img", "viewBox": f"0 0 {view.width:.0f} {view.height:.0f}"},
    )
    ET.SubElement(svg, "title").text = title
    _hatches(svg)
    shapes = shapely.coverage_simplify(units.geometry.to_numpy(), _TOLERANCE_M)
    for shape, status in zip(shapes, units["status"], strict=True):
        _unit(svg, view, shape, str(status))
    for point in points.itertuples():
        _point(svg, view, point)
    at = shapely.get_coordinates(points.geometry.to_numpy())
    for number, inside in enumerate(units.geometry.representative_point(), 1):
        _number(svg, view, number, inside, at)
    return ET.tostring(svg, encoding="unicode")


class _View:
    """The way from metres to the drawing's units; north is up."""

    def __init__(self, bounds: Sequence[float]) -> None:
        west, south, east, north = bounds
        inner = _WIDTH - 2 * _MARGIN
        self.scale = min(inner / (east - west), (_TALLEST - 2 * _MARGIN) / (north - south))
        self.west, self.north = west, north
        self.width = (east - west) * self.scale + 2 * _MARGIN
        self.height = (north - south) * self.scale + 2 * _MARGIN

    def at(self, easting: Any, northing: Any) -> tuple[Any, Any]:
        """Place one position, or arrays of them."""
        return (
            _MARGIN + (easting - self.west) * self.scale,
            _MARGIN + (self.north - northing) * self.scale,
        )


def _hatches(svg: ET.Element) -> None:
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


def _unit(svg: ET.Element, view: _View, shape: shapely.Geometry, status: str) -> None:
    rings = shapely.get_rings(shape)
    path = " ".join(_path(view, shapely.get_coordinates(ring)) for ring in rings)
    fill = f"url(#hatch-{status})" if FILLS[status].hatch else FILLS[status].ground
    ET.SubElement(
        svg,
        "path",
        {"d": path, "fill": fill, "fill-rule": "evenodd", "stroke": QUIET, "stroke-width": "0.8"},
    )


def _path(view: _View, coordinates: np.ndarray) -> str:
    x, y = view.at(coordinates[:-1, 0], coordinates[:-1, 1])
    corners = zip(x.tolist(), y.tolist(), strict=True)
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in corners) + "Z"


def _point(svg: ET.Element, view: _View, point: Any) -> None:
    """Draw a point: form by host, solid where open, a ring where beyond or uncertain."""
    x, y = view.at(point.geometry.x, point.geometry.y)
    beyond = _is(point.within, wanted=False)
    uncertain = _is(point.uncertain, wanted=True)
    colour = ALERT if beyond else INK
    fill = colour if point.status == "existing" else PAPER
    style = {"fill": fill, "stroke": colour, "stroke-width": "1.8"}
    if point.host == "centre":
        ET.SubElement(svg, "circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "4.5", **style})
    else:
        corner = {"x": f"{x - 4:.1f}", "y": f"{y - 4:.1f}", "width": "8", "height": "8"}
        ET.SubElement(svg, "rect", {**corner, **style})
    if beyond or uncertain:
        ring = {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "9", "fill": "none", "stroke": ALERT}
        if uncertain:
            ring["stroke-dasharray"] = "3 2"
        ET.SubElement(svg, "circle", ring)


def _number(
    svg: ET.Element, view: _View, number: int, inside: shapely.Point, points: np.ndarray
) -> None:
    """Write a unit's number inside it, above a point that stands in its way."""
    x, y = view.at(inside.x, inside.y)
    for easting, northing in points:
        point_x, point_y = view.at(easting, northing)
        if abs(point_x - x) < _CLEAR and abs(point_y - y) < _CLEAR:
            x, y = point_x, point_y - _CLEAR
            break
    ET.SubElement(svg, "text", {"x": f"{x:.1f}", "y": f"{y:.1f}"}).text = str(number)


def _is(value: object, *, wanted: bool) -> bool:
    """Compare a decision that may be null."""
    return value is wanted or (isinstance(value, np.bool_) and bool(value) is wanted)
