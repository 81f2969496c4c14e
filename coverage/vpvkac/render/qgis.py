"""QML, QGIS's style format: renderers, symbols, column aliases and lists of codes.

Written with an XML library throughout, so that no text can end an element.
The elements and attributes are those that QGIS 3.18 and later reads; what is
left out keeps QGIS's own setting.  Sizes are millimetres on paper, colours
`#rrggbb`.  A symbol is a list of layers, drawn from the first to the last.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from xml.etree import ElementTree as ET

from vpvkac.render.symbols import PAPER, Fill

_VERSION = "3.28.0-Firenze"
# Only what is written below: QGIS leaves the rest of the layer's settings as they are.
_CATEGORIES = "LayerConfiguration|Symbology|Fields"
_POINTS, _AREAS = "0", "2"
# The feature identifier, which GDAL puts before the columns.
_IDENTIFIERS = 1
_RULES = uuid.UUID("5d0c1f0e-2f5b-4e0a-9d4e-6b0a3c6f7f11")
_HATCH_DISTANCE, _HATCH_WIDTH, _OUTLINE = 1.7, 0.4, 0.2


class Entry(NamedTuple):
    """One line of a legend: what it stands for, its label and its symbol.

    `what` is a value in `categorised`, a filter expression in `ruled`.
    """

    what: str
    label: str
    symbol: ET.Element


def area(fill: Fill, outline: str = PAPER) -> ET.Element:
    """Make the symbol of an area: its colour, its hatching, a thin outline."""
    ground = _layer(
        "SimpleFill",
        color=_rgba(fill.ground),
        style="solid",
        outline_color=_rgba(outline),
        outline_style="solid",
        outline_width=str(_OUTLINE),
        outline_width_unit="MM",
    )
    return _symbol("fill", ground, *([_hatch(fill)] if fill.hatch else []))


def marker(*marks: ET.Element) -> ET.Element:
    """Make a point symbol of its marks."""
    return _symbol("marker", *marks)


def mark(
    shape: str,
    size: float,
    *,
    colour: str | None,
    outline: str,
    width: float = _OUTLINE,
    dashed: bool = False,
) -> ET.Element:
    """Draw a mark; one without a colour is hollow and shows what is under it."""
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


def single(symbol: ET.Element) -> ET.Element:
    """Draw all features alike."""
    return _renderer("singleSymbol", [], [symbol])


def categorised(column: str, entries: Sequence[Entry]) -> ET.Element:
    """Draw features by the value of a column."""
    categories = ET.Element("categories")
    for position, (value, label, _) in enumerate(entries):
        made = {"value": value, "label": label, "symbol": str(position)}
        ET.SubElement(categories, "category", {**made, "render": "true", "type": "string"})
    symbols = [entry.symbol for entry in entries]
    return _renderer("categorizedSymbol", [categories], symbols, attr=column)


def ruled(entries: Sequence[Entry]) -> ET.Element:
    """Draw each feature once for every filter that it passes, the last on top."""
    rules = ET.Element("rules", key=_key(""))
    for position, (condition, label, _) in enumerate(entries):
        made = {"key": _key(condition), "filter": condition, "label": label}
        ET.SubElement(rules, "rule", {**made, "symbol": str(position)})
    return _renderer("RuleRenderer", [rules], [entry.symbol for entry in entries])


def document(
    renderer: ET.Element,
    aliases: Mapping[str, str],
    *,
    codes: Mapping[str, Mapping[str, str]],
    named_by: str,
    areas: bool,
) -> str:
    """Put a style together.

    Parameters
    ----------
    renderer
        One of `single`, `categorised`, `ruled`.
    aliases
        Column → what it is called, all columns in the layer's order.
    codes
        Column → code → label, for columns that hold codes.
    named_by
        Column that names a feature.
    areas
        Whether the features are polygons; else they are points.

    Returns
    -------
    qml
        The XML document.
    """
    root = ET.Element("qgis", version=_VERSION, styleCategories=_CATEGORIES, readOnly="0")
    flags = ET.SubElement(root, "flags")
    for flag in ("Identifiable", "Removable", "Searchable"):
        ET.SubElement(flags, flag).text = "1"
    root.append(renderer)
    _add_codes(root, codes)
    held = ET.SubElement(root, "aliases")
    for index, (column, alias) in enumerate(aliases.items(), start=_IDENTIFIERS):
        ET.SubElement(held, "alias", index=str(index), field=column, name=alias)
    ET.SubElement(root, "previewExpression").text = f'"{named_by}"'
    ET.SubElement(root, "layerGeometryType").text = _AREAS if areas else _POINTS
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode")


def _renderer(
    kind: str, parts: Sequence[ET.Element], symbols: Sequence[ET.Element], **attributes: str
) -> ET.Element:
    made = {"type": kind, **attributes, "symbollevels": "0", "enableorderby": "0"}
    renderer = ET.Element("renderer-v2", made)
    renderer.extend(parts)
    held = ET.SubElement(renderer, "symbols")
    held.extend(_named(symbol, str(position)) for position, symbol in enumerate(symbols))
    return renderer


def _named(symbol: ET.Element, name: str) -> ET.Element:
    """Give a symbol, and those within its layers, the names by which QGIS finds them."""
    symbol.set("name", name)
    for position, layer in enumerate(symbol.findall("layer")):
        for inner in layer.findall("symbol"):
            _named(inner, f"@{name}@{position}")
    return symbol


def _add_codes(root: ET.Element, codes: Mapping[str, Mapping[str, str]]) -> None:
    """Have QGIS show the label wherever a column holds a code."""
    fields = ET.SubElement(root, "fieldConfiguration")
    for column, labels in codes.items():
        field = ET.SubElement(fields, "field", name=column)
        widget = ET.SubElement(field, "editWidget", type="ValueMap")
        held = ET.SubElement(ET.SubElement(widget, "config"), "Option", type="Map")
        listed = ET.SubElement(held, "Option", type="List", name="map")
        for code, label in labels.items():
            _add_options(listed, {label: code})


def _add_options(parent: ET.Element, values: Mapping[str, str]) -> None:
    """Write texts by key in QGIS's notation of a map."""
    held = ET.SubElement(parent, "Option", type="Map")
    for key, value in values.items():
        ET.SubElement(held, "Option", type="QString", name=key, value=value)


def _hatch(fill: Fill) -> ET.Element:
    colour, width = _rgba(fill.hatch), str(_HATCH_WIDTH)
    layer = _layer(
        "LinePatternFill",
        angle=str(fill.angle),
        color=colour,
        distance=str(_HATCH_DISTANCE),
        distance_unit="MM",
        line_width=width,
        line_width_unit="MM",
    )
    line = {"line_color": colour, "line_style": "solid", "line_width": width}
    layer.append(_symbol("line", _layer("SimpleLine", **line, line_width_unit="MM")))
    return layer


def _symbol(kind: str, *layers: ET.Element) -> ET.Element:
    symbol = ET.Element("symbol", type=kind, name="", alpha="1", clip_to_extent="1", force_rhr="0")
    symbol.extend(layers)
    return symbol


def _layer(symbol_class: str, **properties: str) -> ET.Element:
    layer = ET.Element("layer", {"class": symbol_class, "enabled": "1", "locked": "0", "pass": "0"})
    _add_options(layer, properties)
    return layer


def _rgba(colour: str) -> str:
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"{red},{green},{blue},255"


def _key(condition: str) -> str:
    """Name a rule the same in every run; QGIS would draw a name by lot."""
    return f"{{{uuid.uuid5(_RULES, condition)}}}"
