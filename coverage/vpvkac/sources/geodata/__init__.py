"""Files of geodata: GeoPackage, GeoJSON, shapefile, alone in a zip too.

What a file is, is told by its content.  Only these three are opened, so that no content makes a
library read other files or ask the network.  GDAL is asked for the shapes of shapefiles alone:
of a GeoPackage it makes 0 of a text in a column of numbers, hides the key, and runs what a view
asks for; of GeoJSON it leaves out entries that are no features, makes all numbers of a column
floats if one is, and fetches a linked coordinate system.
"""

from __future__ import annotations

import json
import re
import sqlite3
import warnings
import zipfile
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from itertools import chain, compress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyproj
import shapely

from vpvkac.model.faults import InputError
from vpvkac.sources.base import Checks
from vpvkac.sources.encoding import read_any_text, unreadable
from vpvkac.sources.geodata.layer import (
    DEGREES,
    Columns,
    Layer,
    chosen,
    compose,
    layer_of,
    reproject,
    without_lost_coordinates,
)
from vpvkac.sources.geodata.shapefile import MAGIC, read_shapefile
from vpvkac.sources.gtfs.archive import BROKEN, RefusedError, refuse_unsafe
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Layer", "read_layer", "reproject"]

_HEAD = 4096
_SQLITE = b"SQLite format 3\0"
_ZIP, _ENDINGS = b"PK\3\4", (".shp", ".gpkg", ".geojson")
# What a text may begin with: a byte order mark, and blanks, which have a NUL in UTF-16.
_TEXT_MARK = re.compile(rb"^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)")
_BLANKS = b" \t\r\n\0"
# Tables that programs keep in a GeoPackage for themselves.
_OWN_TABLES = {"layer_styles", "qgis_projects"}
# A value longer than this is none that a planner keeps.
_LONGEST_VALUE = 100_000_000
# Bytes of the envelope by its code in the header's flags.
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_HEADER = 8
_METADATA = (
    "gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys", "gpkg_data_columns",
)  # fmt: skip
_LAYERS = """
SELECT c.table_name, g.column_name, g.srs_id
FROM gpkg_contents c LEFT JOIN gpkg_geometry_columns g ON lower(g.table_name) = lower(c.table_name)
WHERE c.data_type IN ('features', 'attributes', 'aspatial')
ORDER BY c.rowid
"""
_KIND = """
SELECT type, sql FROM sqlite_master WHERE type IN ('table', 'view') AND lower(name) = lower(?)
"""
_JSON_COLUMNS = """
SELECT column_name FROM gpkg_data_columns
WHERE mime_type = 'application/json' AND lower(table_name) = lower(?)
"""
_CRS = """
SELECT srs_name, organization, organization_coordsys_id, definition
FROM gpkg_spatial_ref_sys WHERE srs_id = ?
"""
# Names that an authority gives: PROJ would look up any other by likeness.
_CRS_NAME = re.compile(
    r"(urn:(x-)?ogc:def:crs:|https?://www\.opengis\.net/def/crs/|(EPSG|OGC|ESRI):)", re.IGNORECASE
)
_ID = "id"
_SAVE = Message("save it as a FeatureCollection")


def read_layer(
    path: Path, shown: str, forms: Text, columns: Columns, *, layer: str | None = None
) -> Layer:
    """Read columns of the one layer of a file, as texts, and its shapes.

    `forms` are those a file may have, for the fault; `columns` are names, or choose them of
    those in the file; `layer` is the one wanted of a GeoPackage, None where one alone may have
    the columns.  Raises `InputError` if the file cannot be read, has several
    layers, or lacks a column.
    """
    try:
        with path.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError as error:
        raise InputError([unreadable(shown, error)]) from None
    if head.startswith(_SQLITE):
        return _read_geopackage(path, shown, columns, layer)
    if head.startswith(MAGIC) and path.suffix.lower() == ".shp":
        return read_shapefile(path, shown, columns)
    if _TEXT_MARK.sub(b"", head).lstrip(_BLANKS).startswith(b"{"):
        return _read_geojson(path, shown, columns)
    if head.startswith(_ZIP):
        return _read_zip(path, shown, forms, columns, layer)
    problem = Message("is neither a GeoPackage nor GeoJSON nor a shapefile (.shp)")
    if not head.strip():
        problem = Message("is empty")
    raise InputError.of(shown, problem, Message("{forms} is needed", forms=forms))


def _read_zip(path: Path, shown: str, forms: Text, columns: Columns, layer: str | None) -> Layer:
    """Read the one file of geodata in a zip, unpacked into a folder that is removed again."""
    try:
        with zipfile.ZipFile(path) as opened, TemporaryDirectory() as folder:
            refuse_unsafe(opened.infolist(), shown)
            opened.extractall(folder)
            files = [file for file in Path(folder).rglob("*") if file.suffix.lower() in _ENDINGS]
            if len(files) != 1:
                count, names = len(files), ", ".join(sorted(file.name for file in files))
                problem = Message("is a zip with {count} files of geodata ({listed})",
                                  count=count, listed=names or "–")  # fmt: skip
                raise InputError.of(shown, problem, Message("{forms} is needed", forms=forms))
            found = read_layer(files[0], f"{shown}/{files[0].name}", forms, columns, layer=layer)
            return replace(found, name=f"{files[0].stem} {found.name}".strip())
    except RefusedError as unsafe:
        raise InputError([unsafe.fault]) from None
    except InputError:
        raise
    except BROKEN:
        problem = Message("is a damaged or incomplete zip")
        raise InputError.of(shown, problem, Message("download the file again")) from None


class _Table(NamedTuple):
    """The table of one layer; the last two are None if it has no geometry."""

    name: str
    geometry: str | None
    srs: int | None


def _read_geopackage(path: Path, shown: str, columns: Columns, layer: str | None) -> Layer:
    """Read a plain table by SQLite itself, https://www.geopackage.org/spec130/."""
    # What another program has not yet moved into the file lies beside it; else nothing is to be
    # written beside it, not even a lock.
    log = path.with_name(f"{path.name}-wal")
    how = "mode=ro" if log.is_file() and log.stat().st_size else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
            database.execute("PRAGMA trusted_schema = OFF")
            database.text_factory = _text
            return _read_table(database, shown, columns, layer)
    except InputError:
        raise
    except (sqlite3.Error, ValueError) as error:
        problem = Message("cannot be read ({error})", error=error)
        raise InputError.of(shown, problem, Message("a GeoPackage is needed")) from None


def _text(written: bytes) -> str | bytes:
    """Return a text; bytes that are none stay bytes, and are told as such with their row."""
    with suppress(UnicodeDecodeError):
        return written.decode()
    return written


def _read_table(
    database: sqlite3.Connection, shown: str, columns: Columns, layer: str | None
) -> Layer:
    for name in _METADATA:
        _refuse_unless_plain(database, shown, name, may_lack=True)
    table = _chosen_table(database, shown, columns, layer)
    _refuse_unless_plain(database, shown, table.name)
    kinds = _kinds(database, table)
    if table.geometry not in {None, *kinds}:
        raise _no_plain_table(shown, table.name)
    names = {compose(name): name for name in kinds if name != table.geometry}
    try:
        found = database.execute(_JSON_COLUMNS, [table.name]).fetchall()
    except sqlite3.OperationalError:
        # The table is an extension.
        found = []
    # Columns that hold JSON: a list of telephones, say, as GDAL stores it.
    in_json = {str(name).casefold() for (name,) in found}
    columns = chosen(columns, names)
    cells: dict[str, list[Any]] = {}
    for name in (name for name in columns if name in names):
        cells[name] = _column(database, table.name, names[name])
        if kinds[names[name]] == "BOOLEAN":
            cells[name] = [bool(value) if value in (0, 1) else value for value in cells[name]]
        elif names[name].casefold() in in_json:
            cells[name] = list(map(_parse_json, cells[name]))
    shapes: NDArray[np.object_] | None = None
    crs: tuple[pyproj.CRS | None, str] = (None, "")
    if table.geometry is not None:
        shapes = _unwrapped(_column(database, table.name, table.geometry))
        crs = _crs_of_table(database, table.srs)
    return replace(layer_of(shown, columns, list(names), cells, shapes, crs), name=table.name)


def _kinds(database: sqlite3.Connection, table: _Table) -> dict[str, str]:
    """Give the kinds of a table's columns by name, but for those that are computed."""
    columns = database.execute("SELECT * FROM pragma_table_xinfo(?)", [table.name]).fetchall()
    return {str(name): str(kind).upper() for _, name, kind, *_, hidden in columns if hidden == 0}


def _chosen_table(
    database: sqlite3.Connection, shown: str, columns: Columns, wanted: str | None
) -> _Table:
    """Choose the layer wanted; else the one with geometry, or the one table, that has the columns.

    Where there is one alone it is chosen whatever its columns, so that these are told.
    """
    layers = [
        _Table(*row)
        for row in database.execute(_LAYERS)
        if isinstance(row[0], str) and row[0] not in _OWN_TABLES and wanted in {None, row[0]}
    ]
    layers = [layer for layer in layers if layer.geometry is not None] or layers
    if len(layers) > 1:
        there = [list(map(compose, _kinds(database, layer))) for layer in layers]
        fit = [set(chosen(columns, names)) <= set(names) for names in there]
        layers = list(compress(layers, fit)) if sum(fit) == 1 else layers
    if len(layers) == 1:
        return layers[0]
    names = ", ".join(layer.name for layer in layers) or "–"
    problem = Message("has {count} layers ({listed})", count=len(layers), listed=names)
    raise InputError.of(shown, problem, Message("save the layer wanted in its own file"))


def _refuse_unless_plain(
    database: sqlite3.Connection, shown: str, table: str, *, may_lack: bool = False
) -> None:
    """Refuse a view, which may ask for anything, and a virtual table."""
    found = database.execute(_KIND, [table]).fetchone()
    if found is None and may_lack:
        return
    kind, made = found or ("", "")
    if kind != "table" or str(made).upper().startswith("CREATE VIRTUAL"):
        raise _no_plain_table(shown, table)


def _no_plain_table(shown: str, table: str) -> InputError:
    problem = Message("has a layer, {table}, that is no plain table", table=table)
    return InputError.of(shown, problem, Message("save the layer in a new file"))


def _column(database: sqlite3.Connection, table: str, column: str) -> list[Any]:
    """Read a column in the order of the file.

    One at a time, in the order of the rows: an index would give it in another.
    """
    name, of = (f'"{text.replace(chr(34), 2 * chr(34))}"' for text in (column, table))
    query = f"SELECT {name} FROM {of} NOT INDEXED"  # noqa: S608 - names are quoted; placeholders stand for values alone
    return [value for (value,) in database.execute(query)]


def _parse_json(value: Any) -> Any:
    with suppress(ValueError, TypeError, RecursionError):
        return json.loads(value)
    return value


def _unwrapped(blobs: Sequence[Any]) -> NDArray[np.object_]:
    """Take shapes out of their envelopes; None where there is none."""
    written = np.empty(len(blobs), object)
    for number, blob in enumerate(blobs):
        if isinstance(blob, bytes) and blob[:2] == b"GP" and len(blob) > _HEADER:
            envelope = _ENVELOPES.get(blob[3] >> 1 & 7)
            written[number] = None if envelope is None else blob[_HEADER + envelope :]
    return without_lost_coordinates(shapely.from_wkb(written, on_invalid="ignore"))


def _crs_of_table(database: sqlite3.Connection, srs: int | None) -> tuple[pyproj.CRS | None, str]:
    found = database.execute(_CRS, [srs]).fetchone()
    # The standard has -1 and 0 for systems that are not known.
    if found is None or srs in (-1, 0):
        return None, ""
    name, organization, code, definition = found
    # A definition is WKT; PROJ would look up anything else by likeness.
    written = [f"{organization}:{code}", definition if "[" in str(definition) else ""]
    return _first_known(*written), str(name)


def _first_known(*written: str) -> pyproj.CRS | None:
    """Make a coordinate system of the first text that names one."""
    for text in written:
        with suppress(pyproj.exceptions.CRSError):
            return pyproj.CRS.from_user_input(text)
    return None


def _read_geojson(path: Path, shown: str, columns: Columns) -> Layer:
    """Read a collection of features (RFC 7946, and the `crs` member of 2008).

    A feature's `id` is a column where no property is called so.
    """
    text, guesses = read_any_text(path, shown)
    remedy = Message("if letters are wrong, save the file as UTF-8")
    faults = [replace(guess, remedy=remedy) for guess in guesses]
    content, entries = _entries(text, shown)
    crs = _crs_of_geojson(content)
    if not entries:
        # That it has no rows is told where they are wanted, not that it lacks the columns.
        columns = () if callable(columns) else columns
        cells: dict[str, Sequence[Any]] = dict.fromkeys(columns, ())
        return layer_of(shown, columns, columns, cells, np.empty(0, object), crs, faults=faults)
    checks = Checks(shown, np.arange(1, len(entries) + 1))
    checks.refuse(
        [not _is_feature(entry) for entry in entries],
        Message("is no Feature of GeoJSON"),
        Message("fix or delete this entry"),
        field="features",
        values=pd.Series([str(entry) for entry in entries], dtype=object),
    )
    if checks.faults:
        raise InputError(checks.faults)
    properties = [entry["properties"] or {} for entry in entries]
    names = {compose(name): name for name in dict.fromkeys(chain.from_iterable(properties))}
    has_id = _ID not in names and any(_ID in entry for entry in entries)
    columns = chosen(columns, [*names, *[_ID] * has_id])
    cells = {
        name: [one.get(names[name]) for one in properties] for name in columns if name in names
    }
    if has_id:
        names[_ID] = _ID
        cells[_ID] = [entry.get(_ID) for entry in entries]
    written = [
        None if entry["geometry"] is None else json.dumps(entry["geometry"]) for entry in entries
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shapes = shapely.from_geojson(np.array(written, object), on_invalid="ignore")
    shapes = without_lost_coordinates(shapes)
    checks.refuse(
        shapely.is_missing(shapes) & [text is not None for text in written],
        Message("is no geometry of GeoJSON"),
        Message("correct its coordinates, or write null"),
        field="geometry",
        values=pd.Series([text or "null" for text in written], dtype=object),
    )
    faults = [*faults, *checks.faults]
    layer = layer_of(shown, columns, list(names), cells, shapes, crs, faults=faults)
    return replace(layer, name=str(content.get("name") or ""))


def _entries(text: str, shown: str) -> tuple[dict[str, Any], list[Any]]:
    """Parse the file; also give its features, or what stands in their place."""
    try:
        # Where a whole number is needed "Infinity" is told as the text that it is.
        content = json.loads(
            text,
            object_pairs_hook=_each_once,
            parse_constant=lambda name: None if name == "NaN" else name,
        )
    except (ValueError, RecursionError) as error:
        reason = "" if isinstance(error, RecursionError) else f" ({error})"
        raise InputError.of(shown, Message("is not JSON{reason}", reason=reason), _SAVE) from None
    if isinstance(content, dict):
        entries = content.get("features")
        if content.get("type") == "Feature":
            return content, [content]
        if content.get("type") == "FeatureCollection" and isinstance(entries, list):
            return content, entries
    raise InputError.of(shown, Message("is no collection of GeoJSON features"), _SAVE)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)!r}: 2 ×")
    return found


def _is_feature(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("type") == "Feature"
        and isinstance(entry.setdefault("properties", None), dict | None)
        and isinstance(entry.setdefault("geometry", None), dict | None)
    )


def _crs_of_geojson(content: dict[str, Any]) -> tuple[pyproj.CRS | None, str]:
    """Read the coordinate system; degrees where none is named.  Links are not followed."""
    member = content.get("crs")
    if member is None:
        return pyproj.CRS.from_user_input(DEGREES), ""
    inside = member.get("properties") if isinstance(member, dict) else None
    facts = inside if isinstance(inside, dict) else {}
    name = str(facts.get("name") or facts.get("href") or facts.get("code") or member)
    if isinstance(member, dict) and member.get("type") == "EPSG":
        name = f"EPSG:{facts.get('code')}"
    is_name = _CRS_NAME.match(name) and "href" not in facts
    return (_first_known(name) if is_name else None), name
