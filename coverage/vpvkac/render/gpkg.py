"""GeoPackage: layers, and a style for each that QGIS applies by itself.

The same inputs give the same bytes: GDAL's stamps of time are set to one
date, and the file is a copy that SQLite makes afresh, whose pages and
counters do not remember how the draft came to be.  QGIS finds the styles in
the table `layer_styles`.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

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
    """A layer of a GeoPackage.

    Parameters
    ----------
    name
        Of its table.
    table
        Features in EPSG:3059; geometries may be missing.
    title, description
        In the language of the file.
    style
        QML (`vpvkac.render.qgis.document`).
    areas
        Whether the features are polygons; else they are points.
    """

    name: str
    table: gpd.GeoDataFrame
    title: str
    description: str
    style: str
    areas: bool


def write_geopackage(path: Path, layers: Sequence[Layer]) -> None:
    """Write layers and their styles into one GeoPackage; one that is there is replaced.

    Raises
    ------
    OSError
        If it cannot be written, the disk being full, say.
    """
    # GDAL and SQLite open no path with a line break, or with letters that are not UTF-8.
    beside = path.parent if str(path).isprintable() else None
    with TemporaryDirectory(prefix=".gpkg-", dir=beside) as folder:
        draft, whole = Path(folder, "draft.gpkg"), Path(folder, "whole.gpkg")
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
