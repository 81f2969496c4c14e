"""GeoPackage: plain tables read by SQLite itself, https://www.geopackage.org/spec130/.

GDAL makes 0 of a text in a column of numbers, hides the key, and runs what a
view asks for; so it is not asked.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pyproj
import shapely

from vpvkac.model.faults import InputError
from vpvkac.sources.geodata.layer import Layer, compose, layer_of, without_lost_coordinates
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

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


class _Table(NamedTuple):
    """The table of one layer; the last two are None if it has no geometry."""

    name: str
    geometry: str | None
    srs: int | None


def read_geopackage(
    path: Path, shown: str, columns: Sequence[str], *, layer: str | None = None
) -> Layer:
    """Read the columns asked for, the key among them, and the shapes.

    Parameters
    ----------
    layer
        The layer wanted; None where the file must hold one alone.

    Raises
    ------
    InputError
        If the file cannot be read, has several layers, its layer is no plain
        table, or lacks a column.
    """
    try:
        with closing(_open(path)) as database:
            return _read(database, shown, columns, layer)
    except InputError:
        raise
    except (sqlite3.Error, ValueError) as error:
        problem = Message("cannot be read ({error})", error=error)
        raise InputError.of(shown, problem, Message("a GeoPackage is needed")) from None


def _open(path: Path) -> sqlite3.Connection:
    # What another program has not yet moved into the file lies beside it; else nothing is to be
    # written beside it, not even a lock.
    log = path.with_name(f"{path.name}-wal")
    how = "mode=ro" if log.is_file() and log.stat().st_size else "immutable=1"
    database = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True)
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    database.execute("PRAGMA trusted_schema = OFF")
    database.text_factory = _text
    return database


def _text(written: bytes) -> str | bytes:
    """Return a text; bytes that are none stay bytes, and are told as such with their row."""
    try:
        return written.decode()
    except UnicodeDecodeError:
        return written


def _read(
    database: sqlite3.Connection, shown: str, columns: Sequence[str], wanted: str | None
) -> Layer:
    for name in _METADATA:
        if _is_plain(database, name) is False:
            raise _no_plain_table(shown, name)
    table = _choose(database, shown, wanted)
    if not _is_plain(database, table.name):
        raise _no_plain_table(shown, table.name)
    information = database.execute("SELECT * FROM pragma_table_xinfo(?)", [table.name])
    kinds = {
        str(name): str(kind).upper()
        for _, name, kind, _, _, _, hidden in information.fetchall()
        if hidden == 0
    }
    if table.geometry not in {None, *kinds}:
        raise _no_plain_table(shown, table.name)
    names = {compose(name): name for name in kinds if name != table.geometry}
    in_json = _json_columns(database, table.name)
    cells: dict[str, list[Any]] = {}
    for name in (name for name in columns if name in names):
        cells[name] = _column(database, table.name, names[name])
        if kinds[names[name]] == "BOOLEAN":
            cells[name] = [bool(value) if value in (0, 1) else value for value in cells[name]]
        elif names[name].casefold() in in_json:
            cells[name] = list(map(_parse_json, cells[name]))
    if table.geometry is None:
        return layer_of(shown, columns, list(names), cells, None)
    shapes = _shapes(_column(database, table.name, table.geometry))
    return layer_of(shown, columns, list(names), cells, shapes, _crs(database, table.srs))


def _choose(database: sqlite3.Connection, shown: str, wanted: str | None) -> _Table:
    """Choose the layer wanted; else the one layer with geometry, or else the one table."""
    layers = [
        _Table(*row)
        for row in database.execute(_LAYERS)
        if isinstance(row[0], str) and row[0] not in _OWN_TABLES and wanted in {None, row[0]}
    ]
    chosen = [layer for layer in layers if layer.geometry is not None] or layers
    if len(chosen) == 1:
        return chosen[0]
    listed = ", ".join(layer.name for layer in chosen) or "–"
    problem = Message("has {count} layers ({listed})", count=len(chosen), listed=listed)
    raise InputError.of(shown, problem, Message("save the layer wanted in its own file"))


def _is_plain(database: sqlite3.Connection, table: str) -> bool | None:
    """Return whether it is no view, which may ask for anything, nor virtual; None for none."""
    found = database.execute(_KIND, [table]).fetchone()
    if found is None:
        return None
    kind, made = found
    return kind == "table" and not str(made).upper().startswith("CREATE VIRTUAL")


def _column(database: sqlite3.Connection, table: str, column: str) -> list[Any]:
    """Read a column in the order of the file.

    One at a time, in the order of the rows: an index would give it in another.
    """
    name, of = (f'"{text.replace(chr(34), 2 * chr(34))}"' for text in (column, table))
    query = f"SELECT {name} FROM {of} NOT INDEXED"  # noqa: S608 - names are quoted; placeholders stand for values alone
    return [value for (value,) in database.execute(query)]


def _json_columns(database: sqlite3.Connection, table: str) -> set[str]:
    """Name the columns that hold JSON: a list of telephones, say, as GDAL stores it."""
    try:
        found = database.execute(_JSON_COLUMNS, [table]).fetchall()
    except sqlite3.OperationalError:
        # The table is an extension.
        return set()
    return {str(name).casefold() for (name,) in found}


def _parse_json(value: Any) -> Any:
    try:
        return json.loads(value)
    except (ValueError, TypeError, RecursionError):
        return value


def _shapes(blobs: Sequence[Any]) -> NDArray[np.object_]:
    """Take shapes out of their envelopes; None where there is none."""
    written = np.empty(len(blobs), object)
    for number, blob in enumerate(blobs):
        if isinstance(blob, bytes) and blob[:2] == b"GP" and len(blob) > _HEADER:
            envelope = _ENVELOPES.get(blob[3] >> 1 & 7)
            written[number] = None if envelope is None else blob[_HEADER + envelope :]
    shapes = np.asarray(shapely.from_wkb(written, on_invalid="ignore"), object)
    return without_lost_coordinates(shapes)


def _crs(database: sqlite3.Connection, srs: int | None) -> tuple[pyproj.CRS | None, str]:
    found = database.execute(_CRS, [srs]).fetchone()
    # The standard has -1 and 0 for systems that are not known.
    if found is None or srs in (-1, 0):
        return None, ""
    name, organization, code, definition = found
    # A definition is WKT; PROJ would look up anything else by likeness.
    for written in (f"{organization}:{code}", definition if "[" in str(definition) else ""):
        try:
            return pyproj.CRS.from_user_input(written), str(name)
        except pyproj.exceptions.CRSError:
            continue
    return None, str(name)


def _no_plain_table(shown: str, table: str) -> InputError:
    problem = Message("has a layer, {table}, that is no plain table", table=table)
    return InputError.of(shown, problem, Message("save the layer in a new file"))
