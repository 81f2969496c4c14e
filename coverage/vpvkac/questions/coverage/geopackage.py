"""The GeoPackage: the tables with their geometry, and a style for each that QGIS applies by itself.

The same inputs give the same bytes: GDAL's stamps of time are set to one
date, and the file is a copy that SQLite makes afresh, whose pages and
counters do not remember how the draft came to be.  QGIS finds the styles in
the table `layer_styles`.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from vpvkac.questions.coverage.qgis_layers import TITLES, description, is_area, style_of

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.texts.message import Lang

GEOMETRY = "geom"
_NAME = "coverage.gpkg"
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


def write_geopackage(
    path: Path, layers: Mapping[str, gpd.GeoDataFrame], *, lang: Lang, threshold_m: float
) -> None:
    """Write layers and their styles into one GeoPackage.

    Parameters
    ----------
    path
        The file; one that is there already is replaced.
    layers
        Tables in EPSG:3059 by name, those of `vpvkac.questions.coverage.qgis_layers.TITLES`,
        with the columns and the precision of the CSV outputs.  Geometries
        may be missing.
    lang
        Language of titles, labels and column aliases; names of tables and
        columns and all codes stay.
    threshold_m
        Named in labels, metres.

    Raises
    ------
    OSError
        If it cannot be written, the disk being full, say.
    """
    styles = [
        (name, GEOMETRY, name, style_of(name, table, lang, threshold_m), TITLES[name].text(lang))
        for name, table in layers.items()
    ]
    # GDAL and SQLite open no path with a line break, or with letters that are not UTF-8.
    beside = path.parent if str(path).isprintable() else None
    with TemporaryDirectory(prefix=".gpkg-", dir=beside) as folder:
        draft, whole = Path(folder, "draft.gpkg"), Path(folder, "whole.gpkg")
        try:
            for name, table in layers.items():
                _write_layer(draft, name, table, lang, threshold_m)
            _copy_afresh(draft, whole, styles)
        except (sqlite3.Error, DataSourceError, DataLayerError, FeatureError) as error:
            raise OSError(_failed(error)) from error
        shutil.move(whole, path)


def _copy_afresh(draft: Path, whole: Path, styles: list[tuple[str, str, str, str, str]]) -> None:
    with closing(sqlite3.connect(draft)) as database:
        with database:
            _add_styles(database, styles)
            database.execute("UPDATE gpkg_contents SET last_change = ?", (_MOMENT,))
        database.execute("VACUUM INTO ?", (str(whole),))


def _failed(error: Exception) -> str:
    """Say why, without the statement that failed and the path of a draft that nobody knows."""
    return f"{_NAME}: {str(error).partition(': ')[0].partition('(')[0].strip()}"


def _write_layer(
    path: Path, name: str, table: gpd.GeoDataFrame, lang: Lang, threshold_m: float
) -> None:
    """Add one table; its geometry type is fixed, so that an empty one is of it too."""
    areas = is_area(name)
    table.to_file(
        path,
        layer=name,
        driver="GPKG",
        engine="pyogrio",
        index=False,
        geometry_type="MultiPolygon" if areas else "Point",
        promote_to_multi=areas,
        dataset_options={"VERSION": _VERSION},
        layer_options={
            "GEOMETRY_NAME": GEOMETRY,
            "IDENTIFIER": TITLES[name].text(lang),
            "DESCRIPTION": description(name, lang, threshold_m),
        },
    )


def _add_styles(database: sqlite3.Connection, styles: list[tuple[str, str, str, str, str]]) -> None:
    """Make `layer_styles`, each style the default of its layer, and list it among the contents.

    Parameters
    ----------
    database
        The GeoPackage.
    styles
        Table, geometry column, name, QML and description of each.
    """
    database.execute(_STYLE_TABLE)
    # QGIS asks for an empty schema, not for none.
    database.executemany(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name,"
        " f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner,"
        " update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', ?)",
        [(*style, _MOMENT) for style in styles],
    )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id)"
        " VALUES ('layer_styles', 'attributes', 'layer_styles', '', 0)"
    )
    database.execute(
        "INSERT INTO gpkg_ogr_contents (table_name, feature_count) VALUES ('layer_styles', ?)",
        (len(styles),),
    )
