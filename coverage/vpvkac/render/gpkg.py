"""GeoPackage: layers, and for each a style in QML that QGIS applies by itself.

The same inputs give the same bytes: GDAL's stamps of time are set to one date, and the file is a
copy that SQLite makes afresh.  QGIS finds the styles in the table `layer_styles`; they hold what
QGIS 3.18 and later reads, sizes in millimetres on paper, and an XML library writes them, so that
no text can end an element.
"""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from vpvkac.render.symbols import PAPER, Fill

if TYPE_CHECKING:
    import geopandas as gpd


GEOMETRY = "geom"
# Older programs warn of 1.4 or refuse it, and nothing of it is needed.
_VERSION = "1.3"
# No table was changed at any time: a file's bytes say what is in it, not when it was made.
_MOMENT = "1970-01-01T00:00:00.000Z"

# As QGIS makes it when a style is saved in a database.
_STYLE_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  f_table_catalog TEXT(256),
  f_table_schema TEXT(256),
  f_table_name TEXT(256),
  f_geometry_column TEXT(256),
  styleName TEXT(30),
  styleQML TEXT,
  styleSLD TEXT,
  useAsDefault BOOLEAN,
  description TEXT,
  owner TEXT(30),
  ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)
"""


class Layer(NamedTuple):
    """A layer: its table in EPSG:3059 (geometries may be missing), and its style (`document`).

    Title and description are in the language of the file; the features are polygons (`areas`) or
    points.
    """

    name: str
    table: gpd.GeoDataFrame
    title: str
    description: str
    style: str
    areas: bool


def write_geopackage(path: Path, layers: Sequence[Layer]) -> None:
    """Write layers and their styles into one GeoPackage; one that is there is replaced.

    Raises OSError if it cannot be written, the disk being full, say.
    """
    # GDAL and SQLite open no path with a line break, or with letters that are not UTF-8.
    folder = path.parent if str(path).isprintable() else None
    with TemporaryDirectory(prefix=".gpkg-", dir=folder) as work:
        draft, whole = Path(work, "draft.gpkg"), Path(work, "whole.gpkg")
        try:
            for layer in layers:
                _write_layer(draft, layer)
            with closing(sqlite3.connect(draft)) as database:
                with database:
                    _add_styles(database, layers)
                    database.execute("UPDATE gpkg_contents SET last_change = ?", (_MOMENT,))
                database.execute("VACUUM INTO ?", (str(whole),))
        except (sqlite3.Error, DataSourceError, DataLayerError, FeatureError) as error:
            # Without the statement that failed and the path of a draft that nobody knows.
            reason = str(error).partition(": ")[0].partition("(")[0].strip()
            raise OSError(f"{path.name}: {reason}") from error
        shutil.move(whole, path)


def _write_layer(path: Path, layer: Layer) -> None:
    """Add one table; its geometry type is fixed, so that an empty one is of it too."""
    layer.table.to_file(
        path,
        layer=layer.name,
        driver="GPKG",
        engine="pyogrio",
        index=False,
        geometry_type="MultiPolygon" if layer.areas else "Point",
        promote_to_multi=layer.areas,
        dataset_options={"VERSION": _VERSION},
        layer_options={
            "GEOMETRY_NAME": GEOMETRY,
            "IDENTIFIER": layer.title,
            "DESCRIPTION": layer.description,
        },
    )


def _add_styles(database: sqlite3.Connection, layers: Sequence[Layer]) -> None:
    """Make `layer_styles`, each style the default of its layer, and list it among the contents."""
    database.execute(_STYLE_TABLE)
    # QGIS asks for an empty schema, not for none.
    database.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
        " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner,"
        " update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', ?)",
        [(layer.name, GEOMETRY, layer.name, layer.style, layer.title, _MOMENT) for layer in layers],
    )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', '', 0)"
    )
    database.execute(
        "INSERT INTO gpkg_ogr_contents (table_name, feature_count) VALUES ('layer_styles', ?)",
        (len(layers),),
    )


_QGIS_VERSION = "3.28.0-Firenze"
# Only what is written below: QGIS leaves the rest of the layer's settings as they are.
_CATEGORIES = "LayerConfiguration|Symbology|Fields"
# The feature identifier, which GDAL puts before the columns.
_IDENTIFIERS = 1
_RULES = uuid.UUID("5d0c1f0e-2f5b-4e0a-9d4e-6b0a3c6f7f11")
_HATCH_DISTANCE, _HATCH_WIDTH, _OUTLINE = 1.7, 0.4, 0.2


class Entry(NamedTuple):
    """One line of a legend: its filter, label and symbol."""

    condition: str
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
    if not fill.hatch:
        return _symbol("fill", ground)
    colour, width = _rgba(fill.hatch), str(_HATCH_WIDTH)
    hatch = _layer(
        "LinePatternFill",
        angle=str(fill.angle),
        color=colour,
        distance=str(_HATCH_DISTANCE),
        distance_unit="MM",
        line_width=width,
        line_width_unit="MM",
    )
    line = {"line_color": colour, "line_style": "solid", "line_width": width}
    hatch.append(_symbol("line", _layer("SimpleLine", **line, line_width_unit="MM")))
    return _symbol("fill", ground, hatch)


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
    return _renderer("singleSymbol", [symbol])


def ruled(entries: Sequence[Entry]) -> ET.Element:
    """Draw each feature once for every filter that it passes, the last on top."""
    rules = ET.Element("rules", key=_key(""))
    for position, (condition, label, _) in enumerate(entries):
        attributes = {"key": _key(condition), "filter": condition, "label": label}
        ET.SubElement(rules, "rule", attributes, symbol=str(position))
    return _renderer("RuleRenderer", [entry.symbol for entry in entries], rules)


def document(
    renderer: ET.Element,
    aliases: Mapping[str, str],
    *,
    codes: Mapping[str, Mapping[str, str]],
    named_by: str,
    areas: bool,
) -> str:
    """Put a style (QML) together.

    `aliases` say what each column is called, in the layer's order; `codes` are labels by code, by
    column; `named_by` is the column that names a feature; features are polygons (`areas`) or
    points.
    """
    root = ET.Element("qgis", version=_QGIS_VERSION, styleCategories=_CATEGORIES, readOnly="0")
    flags = ET.SubElement(root, "flags")
    for flag in ("Identifiable", "Removable", "Searchable"):
        ET.SubElement(flags, flag).text = "1"
    root.append(renderer)
    # QGIS shows the label wherever a column holds a code.
    fields = ET.SubElement(root, "fieldConfiguration")
    for column, labels in codes.items():
        field = ET.SubElement(fields, "field", name=column)
        widget = ET.SubElement(field, "editWidget", type="ValueMap")
        options = ET.SubElement(ET.SubElement(widget, "config"), "Option", type="Map")
        listed = ET.SubElement(options, "Option", type="List", name="map")
        for code, label in labels.items():
            _add_options(listed, {label: code})
    listed = ET.SubElement(root, "aliases")
    for index, (column, alias) in enumerate(aliases.items(), start=_IDENTIFIERS):
        ET.SubElement(listed, "alias", index=str(index), field=column, name=alias)
    ET.SubElement(root, "previewExpression").text = f'"{named_by}"'
    ET.SubElement(root, "layerGeometryType").text = "2" if areas else "0"
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode")


def _renderer(
    kind: str, symbols: Sequence[ET.Element], *parts: ET.Element, **attributes: str
) -> ET.Element:
    renderer = ET.Element(
        "renderer-v2", {"type": kind, **attributes, "symbollevels": "0", "enableorderby": "0"}
    )
    renderer.extend(parts)
    named = (_named(symbol, str(position)) for position, symbol in enumerate(symbols))
    ET.SubElement(renderer, "symbols").extend(named)
    return renderer


def _named(symbol: ET.Element, name: str) -> ET.Element:
    """Give a symbol, and those within its layers, the names by which QGIS finds them."""
    symbol.set("name", name)
    for position, layer in enumerate(symbol.findall("layer")):
        for inner in layer.findall("symbol"):
            _named(inner, f"@{name}@{position}")
    return symbol


def _add_options(parent: ET.Element, values: Mapping[str, str]) -> None:
    """Write texts by key in QGIS's notation of a map."""
    entries = ET.SubElement(parent, "Option", type="Map")
    for key, value in values.items():
        ET.SubElement(entries, "Option", type="QString", name=key, value=value)


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
