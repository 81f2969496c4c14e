"""QML, QGIS's style format: renderers, column aliases and lists of codes, as one XML document.

Written with an XML library throughout, so that no text can end an element.
The elements and attributes are those that QGIS 3.18 and later reads; what is
left out keeps QGIS's own setting.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from vpvkac.render import qgis_symbols

if TYPE_CHECKING:
    from vpvkac.render.qgis_symbols import Symbol

_VERSION = "3.28.0-Firenze"
# Only what is written below: QGIS leaves the rest of the layer's settings as they are.
_CATEGORIES = "LayerConfiguration|Symbology|Fields"
_POINTS, _AREAS = "0", "2"
# The feature identifier, which GDAL puts before the columns.
_IDENTIFIERS = 1
_RULES = uuid.UUID("5d0c1f0e-2f5b-4e0a-9d4e-6b0a3c6f7f11")


class Entry(NamedTuple):
    """One line of a legend: what it stands for, its label and its symbol.

    `what` is a value in `categorised`, a filter expression in `ruled`.
    """

    what: str
    label: str
    symbol: Symbol


def single(symbol: Symbol) -> ET.Element:
    """Draw all features alike."""
    renderer = _renderer("singleSymbol")
    _add_symbols(renderer, [symbol])
    return renderer


def categorised(column: str, entries: Sequence[Entry]) -> ET.Element:
    """Draw features by the value of a column."""
    renderer = _renderer("categorizedSymbol", attr=column)
    categories = ET.SubElement(renderer, "categories")
    for position, (value, label, _) in enumerate(entries):
        ET.SubElement(
            categories,
            "category",
            value=value,
            label=label,
            symbol=str(position),
            render="true",
            type="string",
        )
    _add_symbols(renderer, [entry.symbol for entry in entries])
    return renderer


def ruled(entries: Sequence[Entry]) -> ET.Element:
    """Draw each feature once for every filter that it passes, the last on top."""
    renderer = _renderer("RuleRenderer")
    rules = ET.SubElement(renderer, "rules", key=_key(""))
    for position, (condition, label, _) in enumerate(entries):
        ET.SubElement(
            rules,
            "rule",
            key=_key(condition),
            filter=condition,
            label=label,
            symbol=str(position),
        )
    _add_symbols(renderer, [entry.symbol for entry in entries])
    return renderer


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
    _add_aliases(root, aliases)
    ET.SubElement(root, "previewExpression").text = f'"{named_by}"'
    ET.SubElement(root, "layerGeometryType").text = _AREAS if areas else _POINTS
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode")


def _renderer(kind: str, **attributes: str) -> ET.Element:
    made = {"type": kind, **attributes, "symbollevels": "0", "enableorderby": "0"}
    return ET.Element("renderer-v2", made)


def _add_symbols(renderer: ET.Element, drawn: Sequence[Symbol]) -> None:
    held = ET.SubElement(renderer, "symbols")
    held.extend(qgis_symbols.named(symbol, str(position)) for position, symbol in enumerate(drawn))


def _add_codes(root: ET.Element, codes: Mapping[str, Mapping[str, str]]) -> None:
    """Have QGIS show the label wherever a column holds a code."""
    fields = ET.SubElement(root, "fieldConfiguration")
    for column, labels in codes.items():
        field = ET.SubElement(fields, "field", name=column)
        widget = ET.SubElement(field, "editWidget", type="ValueMap")
        held = ET.SubElement(ET.SubElement(widget, "config"), "Option", type="Map")
        listed = ET.SubElement(held, "Option", type="List", name="map")
        for code, label in labels.items():
            qgis_symbols.options(listed, {label: code})


def _add_aliases(root: ET.Element, aliases: Mapping[str, str]) -> None:
    held = ET.SubElement(root, "aliases")
    for index, (column, alias) in enumerate(aliases.items(), start=_IDENTIFIERS):
        ET.SubElement(held, "alias", index=str(index), field=column, name=alias)


def _key(condition: str) -> str:
    """Name a rule the same in every run; QGIS would draw a name by lot."""
    return f"{{{uuid.uuid5(_RULES, condition)}}}"
