"""Plain tables: a CSV, GeoJSON or GeoPackage whose columns the project names.

Only the columns named are read, whatever the table is about; an unnamed one is
never used, even if it has the name of a key (DESIGN.md, "Project file").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.model.project import Input, StopInput
from vpvkac.sources.base import (
    ANNOUNCED,
    LATITUDE,
    LONGITUDE,
    METRES,
    NOT_IN_WHERE,
    OPEN,
    POSITIONS,
    TEXTS,
    Checks,
    Reading,
    records,
    select_rows,
)
from vpvkac.sources.geodata import Layer, read_layer
from vpvkac.sources.tabular import Records, read_records
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

_DELIMITED = {".csv", ".tsv", ".txt"}
_FORMS = Message("CSV, GeoJSON or GeoPackage")
_DEGREES = "EPSG:4326"
_DEGREE_DECIMALS = 7
# Points, polygons and multipolygons, by shapely's numbers.
_PLACED = (0, 3, 6)
_LIMITS = {"lat": LATITUDE, "lon": LONGITUDE, "x": METRES, "y": METRES}


@dataclass(frozen=True)
class Columns:
    """The columns named, of the rows kept.

    Parameters
    ----------
    table
        Texts, a column for every key asked for; empty where a key names no column.
    checks
        Holds the faults found, and the line of every row.
    rows_read
        Rows of the file.
    dropped
        Rows left out: `blank`, `not_in_where`.
    shapes
        The rows' geometry in EPSG:3059; None for a file without, or where it is not wanted.
    """

    table: pd.DataFrame
    checks: Checks
    rows_read: int
    dropped: dict[str, int]
    shapes: gpd.GeoSeries | None = None


def read_columns(
    source: Input, keys: Sequence[str], *, needed: Sequence[str], shaped: bool = False
) -> Columns:
    """Read the columns that a project names for these keys.

    Parameters
    ----------
    keys
        Keys wanted; those not named are empty.
    needed
        Keys that must be named.
    shaped
        Whether the geometry is wanted too.

    Raises
    ------
    InputError
        If a key needed is not named, the file is not of its form, or a column
        named is not there.
    """
    missing = [key for key in needed if key not in source.columns]
    if missing:
        raise InputError([_not_named(source.shown, key) for key in missing])
    named = {key: source.columns[key] for key in keys if key in source.columns}
    required = list(dict.fromkeys((*named.values(), *source.where)))
    records, layer = read_named(source, required)
    shapes = layer.reprojected(CRS) if shaped and layer is not None else None
    checks = Checks(source.shown, records.lines)
    checks.some(records.table)
    keep = select_rows(checks, records.table, source.where)
    whole = records.table[keep].reset_index(drop=True)
    checks.lines = checks.lines[keep]
    checks.faults = [*records.faults, *checks.faults]
    texts = {key: whole[named[key]] if key in named else "" for key in keys}
    return Columns(
        pd.DataFrame(texts, index=whole.index, dtype=str),
        checks,
        len(records.table) + records.blank,
        {"blank": records.blank, NOT_IN_WHERE: int((~keep).sum())},
        None if shapes is None else shapes[keep].reset_index(drop=True),
    )


def read_named(source: Input, required: Sequence[str]) -> tuple[Records, Layer | None]:
    """Read columns of a plain table as text, and its features if it has a geometry.

    Raises
    ------
    InputError
        If the file is not of its form, or a column is not there.
    """
    if source.path.suffix.lower() in _DELIMITED:
        return read_records(source.path, source.shown, required=required), None
    layer = read_layer(source.path, source.shown, _FORMS, required)
    # Features have no header: the first is row 1.
    records = Records(layer.table, np.arange(1, len(layer.table) + 1), faults=layer.faults)
    return records, None if layer.shapes is None else layer


def read_plain_hosts(source: Input) -> Reading:
    """Read a plain table of hosts.

    Returns
    -------
    reading
        Table of `base.COLUMNS`.  Dropped: `blank`, `not_in_where`.
        Errors: `id` is empty or repeated, a value is not of its type.

    Raises
    ------
    InputError
        If the file is not of its form, or a column named is not there.
    """
    found, dropped, checks, told = _read(source, placed=False)
    named = source.columns
    status = found["status"].where(found["status"] != "", OPEN)
    checks.choices(status, (OPEN, ANNOUNCED), field=named.get("status", "status"))
    texts = {name: found[name] for name in TEXTS}
    texts["unit"] = checks.unit_codes(found["unit"], field=named.get("unit", "unit"))
    positions = {name: found[name] for name in POSITIONS}
    table = records(checks.lines, **{**texts, **positions, "status": status})
    return Reading(table, len(table) + sum(dropped.values()), dropped, [*told, *checks.faults])


def read_plain_stops(stops: StopInput) -> Reading:
    """Read a plain table of stops, which counts whole as bus.

    Returns
    -------
    reading
        Columns `stop, stop_name, feed, regional, modes, visits, lat, lon` as
        `sources.gtfs` gives them, and `x, y, row`; `visits` null; lat and lon
        NaN where a stop has x and y alone.  Dropped: `blank`,
        `not_in_where`, `no_coordinates`.  Errors as for hosts.

    Raises
    ------
    InputError
        As `read_plain_hosts`; also if neither `lat` and `lon` nor `x` and `y`
        are named and the file has no geometry.
    """
    source = stops.source
    found, dropped, checks, told = _read(source, placed=True)
    found["row"] = checks.lines
    missing = _is_missing(found["lat"], found["lon"]) & _is_missing(found["x"], found["y"])
    # A coordinate that is no number has been told as such.
    if not has_errors(checks.faults):
        problem = Message("has no coordinates; the stop is not used")
        remedy = Message("add its coordinates")
        checks.warn(missing, problem, remedy, field=source.columns["id"], values=found["id"])
    remedy = Message("all its stops count as bus stops; visits are not known")
    checks.faults.append(Fault("warning", source.shown, Message("has no timetable"), remedy))
    used = found[~missing]
    table = pd.DataFrame(
        {
            "stop": stops.feed + ":" + used["id"],
            "stop_name": used["name"],
            "feed": stops.feed,
            "regional": stops.regional,
            "modes": "bus",
            "visits": pd.array([pd.NA] * len(used), "Int64"),
            **{name: used[name] for name in (*POSITIONS, "row")},
        }
    ).sort_values("stop", ignore_index=True)
    dropped["no_coordinates"] = int(missing.sum())
    return Reading(table, len(table) + sum(dropped.values()), dropped, [*told, *checks.faults])


def _read(
    source: Input, *, placed: bool
) -> tuple[pd.DataFrame, dict[str, int], Checks, list[Fault]]:
    """Read the columns named, as texts and positions, of the rows kept.

    A geometry counts where the project names no coordinates; if the rows must
    be placed, one of both must be there.  Given too are the rows dropped, the
    checks of the rest, and what was found wrong before.
    """
    names = source.columns
    if "id" not in names:
        raise InputError([_not_named(source.shown, "id")])
    read, layer = read_named(source, list(dict.fromkeys((*names.values(), *source.where))))
    told, position = read.faults, None
    if layer is not None and not names.keys() & _LIMITS.keys():
        *position, faults = _positions(layer)
        told = [*told, *faults]
    elif placed and not {"lat", "x"} & names.keys():
        problem = Message("has neither coordinates nor geometry")
        remedy = Message("name lat and lon, or x and y")
        raise InputError([Fault("error", source.shown, problem, remedy)])
    checks = Checks(source.shown, read.lines)
    if len(read.table) == 0:
        problem, remedy = Message("has no rows"), Message("check the file")
        checks.faults.append(Fault("error", source.shown, problem, remedy))
    checks.unique(read.table[names["id"]], field=names["id"])
    keep = select_rows(checks, read.table, source.where)
    table, checks.lines = read.table[keep].reset_index(drop=True), checks.lines[keep]
    texts = {key: table[names[key]] if key in names else "" for key in TEXTS}
    found = pd.DataFrame(texts, index=table.index)
    for key, limits in _LIMITS.items():
        found[key] = np.nan
        if key in names:
            found[key] = checks.numbers(table[names[key]], field=names[key], limits=limits)
    if position is not None:
        found["lat"], found["lon"] = (degrees[keep] for degrees in position)
    return found, {"blank": read.blank, NOT_IN_WHERE: int((~keep).sum())}, checks, told


def _is_missing(first: pd.Series, second: pd.Series) -> pd.Series:
    return first.isna() | second.isna() | ((first == 0) & (second == 0))


def _positions(layer: Layer) -> tuple[NDArray[np.float64], NDArray[np.float64], list[Fault]]:
    """Give latitude and longitude of points, and of a point inside of areas.

    Positions are NaN where there is no shape; other shapes are errors.
    """
    shapes = layer.reprojected(_DEGREES).to_numpy()
    checks = Checks(layer.shown, np.arange(1, len(shapes) + 1))
    # Shapes of one part are taken out of their collections.
    alone = shapely.get_num_geometries(shapes) == 1
    shapes = np.where(alone, shapely.get_geometry(shapes, 0), shapes)
    there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    placed = np.isin(shapely.get_type_id(shapes), _PLACED)
    problem = Message("is a line or several points, not a point")
    checks.refuse(there & ~placed, problem, Message("give one point"), field="geometry")
    valid = shapely.is_valid(shapes)
    problem = Message("is not a valid area")
    remedy = Message("fix it (QGIS: Fix geometries), or give a point")
    checks.refuse(there & placed & ~valid, problem, remedy, field="geometry")
    shapes[~(there & placed & valid)] = None
    points = shapely.point_on_surface(shapes)
    lat, lon = np.asarray(shapely.get_y(points)), np.asarray(shapely.get_x(points))
    # Degrees stay as the file writes them.
    if layer.crs is None or not layer.crs.equals(_DEGREES):
        lat, lon = np.round(lat, _DEGREE_DECIMALS), np.round(lon, _DEGREE_DECIMALS)
    return lat, lon, checks.faults


def _not_named(shown: str, key: str) -> Fault:
    problem = Message("no column is named for {key}", key=key)
    remedy = Message('write {{ path = "…", {key} = "column" }}', key=key)
    return Fault("error", shown, problem, remedy, field=key)
