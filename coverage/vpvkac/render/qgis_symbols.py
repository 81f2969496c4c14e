"""Symbols of QGIS's style format: filled and hatched areas, and markers.

Sizes are millimetres on paper, colours `#rrggbb`.  A symbol is a list of
layers, drawn from the first to the last.
"""

from __future__ import annotations

from xml.etree import ElementTree as ET

Symbol = ET.Element

_HATCH_DISTANCE = 1.7
_HATCH_WIDTH = 0.4
_OUTLINE = 0.2


def fill(*layers: ET.Element) -> Symbol:
    """Make an area symbol of its layers."""
    return _symbol("fill", layers)


def marker(*layers: ET.Element) -> Symbol:
    """Make a point symbol of its layers."""
    return _symbol("marker", layers)


def area(colour: str, outline: str) -> ET.Element:
    """Fill an area with one colour, with a thin outline."""
    return _layer(
        "SimpleFill",
        color=_rgba(colour),
        style="solid",
        outline_color=_rgba(outline),
        outline_style="solid",
        outline_width=str(_OUTLINE),
        outline_width_unit="MM",
    )


def hatch(colour: str, angle: int) -> ET.Element:
    """Hatch an area with lines at an angle, degrees against the clock."""
    layer = _layer(
        "LinePatternFill",
        angle=str(angle),
        color=_rgba(colour),
        distance=str(_HATCH_DISTANCE),
        distance_unit="MM",
        line_width=str(_HATCH_WIDTH),
        line_width_unit="MM",
    )
    line = _layer(
        "SimpleLine",
        line_color=_rgba(colour),
        line_style="solid",
        line_width=str(_HATCH_WIDTH),
        line_width_unit="MM",
    )
    layer.append(_symbol("line", [line]))
    return layer


def mark(
    shape: str,
    size: float,
    *,
    colour: str | None,
    outline: str,
    width: float = _OUTLINE,
    dashed: bool = False,
) -> ET.Element:
    """Draw a marker; one without a colour is hollow and shows what is under it."""
    return _layer(
        "SimpleMarker",
        name=shape,
        size=str(size),
        size_unit="MM",
        color=_rgba(colour) if colour else "255,255,255,0",
        outline_color=_rgba(outline),
        outline_style="dash" if dashed else "solid",
        outline_width=str(width),
        outline_width_unit="MM",
    )


def named(symbol: Symbol, name: str) -> Symbol:
    """Give a symbol, and those within its layers, the names by which QGIS finds them."""
    symbol.set("name", name)
    for position, layer in enumerate(symbol.findall("layer")):
        for inner in layer.findall("symbol"):
            named(inner, f"@{name}@{position}")
    return symbol


def options(parent: ET.Element, values: dict[str, str]) -> None:
    """Write texts by key in QGIS's notation of a map."""
    held = ET.SubElement(parent, "Option", type="Map")
    for key, value in values.items():
        ET.SubElement(held, "Option", type="QString", name=key, value=value)


def _symbol(kind: str, layers: tuple[ET.Element, ...] | list[ET.Element]) -> Symbol:
    symbol = ET.Element("symbol", type=kind, name="", alpha="1", clip_to_extent="1", force_rhr="0")
    symbol.extend(layers)
    return symbol


def _layer(symbol_class: str, **properties: str) -> ET.Element:
    layer = ET.Element("layer", {"class": symbol_class, "enabled": "1", "locked": "0", "pass": "0"})
    options(layer, properties)
    return layer


def _rgba(colour: str) -> str:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"{red},{green},{blue},255"
