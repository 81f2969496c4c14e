"""Plain tables: a CSV, GeoJSON or GeoPackage whose columns the project names.

Only the columns named are read; an unnamed one is never used, even if it
bears the name of a key (DESIGN.md, "Project file").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.sources.checking import LATITUDE, LONGITUDE, METRES, Checks
from vpvkac.sources.columns import read_named
from vpvkac.sources.reading import Reading
from vpvkac.sources.records import ANNOUNCED, OPEN, POSITIONS, TEXTS, records
from vpvkac.sources.where import REASON, kept
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.model.project import Input, StopInput
    from vpvkac.sources.delimited import Records
    from vpvkac.sources.geodata import Layer

_DEGREES = "EPSG:4326"
_DEGREE_DECIMALS = 7
# Points, polygons and multipolygons, by shapely's numbers.
_PLACED = (0, 3, 6)
_LIMITS = {"lat": LATITUDE, "lon": LONGITUDE, "x": METRES, "y": METRES}


@dataclass(frozen=True)
class _File:
    """A file's records, and the positions of its features; None if it has no geometry."""

    records: Records
    lat: NDArray[np.float64] | None = None
    lon: NDArray[np.float64] | None = None


def read_plain_hosts(source: Input) -> Reading:
    """Read a plain table of hosts.

    Returns
    -------
    reading
        Table of `records.COLUMNS`.  Dropped: `blank`, `not_in_where`.
        Errors: `id` is empty or repeated, a value is not of its type.

    Raises
    ------
    InputError
        If the file is not of its form, or a column named is not there.
    """
    file = _read(source)
    checks = Checks(source.shown, file.records.lines)
    found, dropped = _named(file, source, checks)
    named = source.columns
    status = found["status"].where(found["status"] != "", OPEN)
    checks.choices(status, (OPEN, ANNOUNCED), field=named.get("status", "status"))
    texts = {name: found[name] for name in TEXTS}
    texts["unit"] = checks.unit_codes(found["unit"], field=named.get("unit", "unit"))
    positions = {name: found[name] for name in POSITIONS}
    table = records(checks.lines, **{**texts, **positions, "status": status})
    return _reading(table, file, dropped, checks)


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
    file = _read(source)
    if file.lat is None and not {"lat", "x"} & source.columns.keys():
        raise InputError([_no_position(source.shown)])
    checks = Checks(source.shown, file.records.lines)
    found, dropped = _named(file, source, checks)
    found["row"] = checks.lines
    missing = _is_missing(found["lat"], found["lon"]) & _is_missing(found["x"], found["y"])
    # A coordinate that is no number has been told as such.
    if not has_errors(checks.faults):
        checks.warn(missing, _NOWHERE, _ADD, field=source.columns["id"], values=found["id"])
    checks.faults.append(_counts_whole(source.shown))
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
    return _reading(table, file, dropped | {"no_coordinates": int(missing.sum())}, checks)


def _reading(table: pd.DataFrame, file: _File, dropped: dict[str, int], checks: Checks) -> Reading:
    total = len(table) + sum(dropped.values())
    return Reading(table, total, dropped, [*file.records.faults, *checks.faults])


def _named(file: _File, source: Input, checks: Checks) -> tuple[pd.DataFrame, dict[str, int]]:
    """Take the columns named, as texts and positions, of the rows kept; the rest is dropped."""
    names, whole = source.columns, file.records.table
    if len(whole) == 0:
        checks.faults.append(_no_rows(source.shown))
    checks.unique(whole[names["id"]], field=names["id"])
    keep = kept(checks, whole, source.where)
    table, checks.lines = whole[keep].reset_index(drop=True), checks.lines[keep]
    texts = {key: table[names[key]] if key in names else "" for key in TEXTS}
    found = pd.DataFrame(texts, index=table.index)
    for key, limits in _LIMITS.items():
        found[key] = (
            checks.numbers(table[names[key]], field=names[key], limits=limits)
            if key in names
            else np.nan
        )
    if file.lat is not None and file.lon is not None:
        found["lat"], found["lon"] = file.lat[keep], file.lon[keep]
    return found, {"blank": file.records.blank, REASON: int((~keep).sum())}


def _is_missing(first: pd.Series, second: pd.Series) -> pd.Series:
    return first.isna() | second.isna() | ((first == 0) & (second == 0))


def _read(source: Input) -> _File:
    """Read a file; its geometry counts where the project names no coordinates."""
    if "id" not in source.columns:
        raise InputError([_no_id(source.shown)])
    required = list(dict.fromkeys((*source.columns.values(), *source.where)))
    named, layer = read_named(source, required)
    if layer is None or source.columns.keys() & _LIMITS.keys():
        return _File(named)
    lat, lon, faults = _positions(layer)
    return _File(replace(named, faults=[*named.faults, *faults]), lat, lon)


def _positions(layer: Layer) -> tuple[NDArray[np.float64], NDArray[np.float64], list[Fault]]:
    """Give latitude and longitude of points, and of a point inside of areas.

    Positions are NaN where there is no shape; other shapes are errors.
    """
    shapes = layer.reprojected(_DEGREES).to_numpy()
    checks = Checks(layer.shown, np.arange(1, len(shapes) + 1))
    shapes = _single(shapes)
    there = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    placed = np.isin(shapely.get_type_id(shapes), _PLACED)
    checks.refuse(there & ~placed, _NO_POINT, _MAKE_POINT, field="geometry")
    sound = shapely.is_valid(shapes)
    checks.refuse(there & placed & ~sound, _NO_SOUND_AREA, _MEND_SHAPE, field="geometry")
    shapes[~(there & placed & sound)] = None
    points = shapely.point_on_surface(shapes)
    lat, lon = np.asarray(shapely.get_y(points)), np.asarray(shapely.get_x(points))
    # Degrees stay as the file writes them.
    if layer.crs is None or not layer.crs.equals(_DEGREES):
        lat, lon = np.round(lat, _DEGREE_DECIMALS), np.round(lon, _DEGREE_DECIMALS)
    return lat, lon, checks.faults


def _single(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Take shapes of one part out of their collections."""
    alone = shapely.get_num_geometries(shapes) == 1
    return np.where(alone, shapely.get_geometry(shapes, 0), shapes)


_NO_POINT = Message("is a line or several points, not a point")
_MAKE_POINT = Message("give one point")
_NO_SOUND_AREA = Message("is not a valid area")
_MEND_SHAPE = Message("mend it (QGIS: Fix geometries), or give a point")
_NOWHERE = Message("has no coordinates; the stop is not used")
_ADD = Message("add its coordinates")


def _no_id(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("no column is named for id"),
        Message('write { path = "…", id = "column" }'),
        field="id",
    )


def _no_position(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("has neither coordinates nor geometry"),
        Message("name lat and lon, or x and y"),
    )


def _no_rows(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("has no rows"),
        Message("check the file"),
    )


def _counts_whole(shown: str) -> Fault:
    return Fault(
        "warning",
        shown,
        Message("has no timetable"),
        Message("all its stops count as bus stops; visits are not known"),
    )
