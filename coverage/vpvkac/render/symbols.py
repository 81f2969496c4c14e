"""The symbols of all maps and pages: colours and hatching of areas, forms and colours of marks.

One table for what a browser draws (`marks.js` is handed `for_script`, style sheets `for_style`),
for the styles of QGIS (`vpvkac.render.gpkg`) and for the plans in SVG.  No meaning is told by
colour alone: areas are hatched, and marks differ in form by kind of host.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import pi
from typing import Any, NamedTuple


class Fill(NamedTuple):
    """Colour of an area, and colour and angle of its hatching, degrees against the clock."""

    ground: str
    hatch: str = ""
    angle: int = 0


class Shape(NamedTuple):
    """A regular polygon: name, corners (0 for a circle), turn in radians, size beside a circle."""

    name: str
    corners: int = 0
    turn: float = 0.0
    grow: float = 1.0


INK, ALERT, BETTER, PAPER = "#123a63", "#b8430b", "#ffd54a", "#ffffff"
# On a dark screen what is drawn is turned dark, by which yellow would be brown and this is yellow.
BETTER_TURNED = "#785600"
STOP, BORDER, STREET, CANDIDATE = "#3f4a54", "#44566a", "#8494a3", "#8795a3"
QUIET, AROUND = "#55626f", "#e4e9ed"
# By code: status of a unit, change of one, class of a count.
FILLS = {
    "existing": Fill("#7ba6cb"),
    "announced": Fill("#dce8f1", "#4d7fae", 45),
    "planned": Fill("#dce8f1"),
    "none": Fill("#fdf1e6", "#c9642f", 135),
    # By verdict on the unit's point; what a filter leaves out.
    "within": Fill("#cddbe7"),
    "beyond": Fill("#f4bd94"),
    "unknown": Fill("#e6edf3"),
    "dim": Fill("#f6f7f8"),
    "plain": Fill("#e6edf3"),
    "neither": Fill(PAPER, "#9aa6b2", 45),
    "some": Fill("#fdf3d3", "#a87b12", 45),
    "gained_point": Fill("#3d6f9e"),
    "gained_reach": Fill("#7ba6cb"),
    "nearer": Fill("#dce8f1"),
    "lost_point": Fill("#e9a77c", ALERT, 135),
    "lost_reach": Fill("#fdf1e6", "#c9642f", 135),
    "farther": Fill("#fbe6d6"),
    "status": Fill("#dce8f1", "#4d7fae", 45),
    "moved": Fill("#fdf3d3", "#a87b12", 45),
    "other_unit": Fill(PAPER, "#9aa6b2", 45),
    "same": Fill("#f1f4f6"),
    "count_1": Fill("#dce8f1"),
    "count_2": Fill("#abc9e1"),
    "count_5": Fill("#6f9fc8"),
    "count_10": Fill("#3d6f9e"),
}
# Colours of marks where they do not tell reach: kinds of host, bands of distance.
TONES = {
    "first": INK,
    "band_0": INK,
    "band_1": "#4c8cc2",
    "band_2": ALERT,
    "band_3": "#7a2a05",
    "beyond": ALERT,
    "amber": "#d57a1f",
    "second": "#8a6100",
}
# By kind of host.
SHAPES = {
    "centre": Shape("circle"),
    "library": Shape("square", 4, pi / 4, 1.2),
    "municipal_premises": Shape("diamond", 4, 0.0, 1.25),
    "post_office": Shape("triangle", 3, -pi / 2, 1.3),
    "institution": Shape("hexagon", 6, 0.0, 1.1),
    "state_centre": Shape("pentagon", 5, -pi / 2, 1.15),
}


# What style sheets name, `var(--rule)`: texts and lines, then charts.
STYLE = {
    "ink": "#1c2733", "quiet": QUIET, "strong": INK, "accent": ALERT, "accent-veil": f"{ALERT}1a",
    "paper": PAPER, "ground": "#f4f6f8", "around": AROUND, "rule": "#d5dde4",
    "axis": "#8fa3b5", "edge": "#7b8894",
    "note": "#fdf1e7", "name": "#27384a", "name-strong": "#0f2438", "name-quiet": "#3d4c5b",
    "stop": STOP, "border": BORDER, "street": STREET, "candidate": CANDIDATE,
    "demand": TONES["amber"], "shade": "20, 35, 50", "light": "255, 255, 255",
    "band-0": INK, "band-1": FILLS["existing"].ground, "band-2": "#f0a873", "band-3": ALERT,
    "part": "#396a99", "whole": "#e9eef3", "existing": INK, "announced": FILLS["announced"].hatch,
    "planned": "#b9d0e4", "none": FILLS["none"].hatch, "heat-0": "#f4f6f8", "heat-1": "#e6eef5",
    "heat-2": "#d3e2ee", "heat-3": "#bcd3e5", "heat-4": "#9fc0da", "heat-5": "#7ba6cb",
}  # fmt: skip


# Those of `STYLE` that differ on a dark screen; maps are drawn as on a light one, then turned dark.
DARK = {
    "ink": "#e6ebf0", "quiet": "#aab5c0", "strong": "#93c1ea", "accent": "#f0a074",
    "accent-veil": "#f0a0741a", "paper": "#14191f", "ground": "#1c232b", "rule": "#36414d",
    "axis": "#6d7d8c", "edge": "#8996a3", "note": "#33261c", "around": "#0d1116",
    "name": "#d5dee6", "name-strong": "#ffffff", "name-quiet": "#b3bfca", "light": "20, 25, 31",
    "band-0": "#93c1ea", "band-1": "#4d7fae", "band-2": "#a8622f", "band-3": "#f0a074",
    "part": "#6fa3d0", "whole": "#29333e", "existing": "#93c1ea", "announced": "#5f92c2",
    "planned": "#34536f", "none": "#f0a074", "heat-0": "#1b222a", "heat-1": "#1f2d3a",
    "heat-2": "#243a4e", "heat-3": "#2a4962", "heat-4": "#315a7a", "heat-5": "#386b92",
}  # fmt: skip


def for_style(*, dark: bool = False) -> str:
    """Give the colours of style sheets as CSS custom properties; with `dark` for both schemes."""
    light = f":root, svg.map, svg.plan {{{_properties(STYLE)}}}\n"
    if not dark:
        return light
    screen = "@media screen and (prefers-color-scheme: dark)"
    return f"{light}{screen} {{:root {{{_properties(DARK)}}}}}\n"


def _properties(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def for_script() -> dict[str, Any]:
    """Give the table as JSON for `marks.js`: a fill is ground, hatching and slope (1 or -1)."""
    return {
        "ink": INK,
        "around": AROUND,
        "alert": ALERT,
        "better": BETTER,
        "better_turned": BETTER_TURNED,
        "paper": PAPER,
        "stop": STOP,
        "border": BORDER,
        "street": STREET,
        "candidate": CANDIDATE,
        "fills": {
            code: [fill.ground, fill.hatch, 1 if fill.angle < 90 else -1]  # noqa: PLR2004 - upright
            for code, fill in FILLS.items()
        },
        "tones": TONES,
        "corners": {host: shape[1:] for host, shape in SHAPES.items() if shape.corners},
    }
