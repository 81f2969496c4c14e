"""Plain tables: a CSV, GeoJSON or GeoPackage whose columns the project names.

Only the columns named are read; an unnamed one is never used, even if it
bears the name of a key (DESIGN.md, "Project file").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from vpvkac.faults import Fault, InputError, has_errors
from vpvkac.language import Text
from vpvkac.sources.checking import LATITUDE, LONGITUDE, Checks
from vpvkac.sources.delimited import Records, missing_columns, read_records
from vpvkac.sources.reading import Reading
from vpvkac.sources.records import ANNOUNCED, OPEN, TEXTS, records
from vpvkac.sources.where import REASON, kept

if TYPE_CHECKING:
    from vpvkac.project import Input, StopInput

_DEGREES = "EPSG:4326"
_POSITION_PAIRS = (("lat", "lon"), ("x", "y"))


def read_plain_hosts(source: Input) -> Reading:
    """Read a plain table of hosts.

    Returns
    -------
    reading
        Table of `records.COLUMNS`.

    Raises
    ------
    InputError
        If the file is not of its form, a column named is not there, `id` is
        not named or repeated, or a value is not of its type.
    """
    found, checks, total = _read(source)
    named = source.columns
    status = found["status"] if "status" in named else pd.Series(OPEN, found.index, dtype=str)
    status = status.where(status != "", OPEN)
    checks.choices(status, (OPEN, ANNOUNCED), field=named.get("status", "status"))
    checks.unit_codes(found["unit"], field=named.get("unit", "unit"))
    if has_errors(checks.faults):
        raise InputError(checks.faults)
    table = records(
        checks.lines,
        **{**{name: found[name] for name in TEXTS}, "status": status},
        **{name: found[name] for name in ("lat", "lon", "x", "y")},
    )
    return Reading(table, total, {REASON: total - len(table)}, checks.faults)


def read_plain_stops(stops: StopInput) -> Reading:
    """Read a plain table of stops, which counts whole as bus.

    Returns
    -------
    reading
        Columns `stop, stop_name, feed, regional, modes, visits, lat, lon` as
        `sources.gtfs` gives them; `visits` null.  Dropped: `no_coordinates`,
        `not_in_where`.

    Raises
    ------
    InputError
        As `read_plain_hosts`; also if `lat` and `lon` are not named and the
        file has no geometry.
    """
    found, checks, total = _read(stops.source)
    lat, lon = found["lat"], found["lon"]
    missing = lat.isna() | lon.isna() | ((lat == 0) & (lon == 0))
    checks.warn(
        missing,
        Text("nav koordinātu; pietura nav izmantota", "has no coordinates; the stop is not used"),
        Text("pievienojiet koordinātas", "add its coordinates"),
        field=stops.source.columns.get("id"),
        values=found["id"],
    )
    checks.faults.append(_counts_whole(stops.source.shown))
    if has_errors(checks.faults):
        raise InputError(checks.faults)
    used = found[~missing]
    table = pd.DataFrame(
        {
            "stop": stops.feed + ":" + used["id"],
            "stop_name": used["name"],
            "feed": stops.feed,
            "regional": stops.regional,
            "modes": "bus",
            "visits": pd.array([pd.NA] * len(used), "Int64"),
            "lat": used["lat"],
            "lon": used["lon"],
        }
    ).sort_values("stop", ignore_index=True)
    dropped = {REASON: total - len(found), "no_coordinates": int(missing.sum())}
    return Reading(table, total, dropped, checks.faults)


def _read(source: Input) -> tuple[pd.DataFrame, Checks, int]:
    """Read the columns named, as texts and positions, and the number of rows in the file."""
    if "id" not in source.columns:
        raise InputError([_no_id(source.shown)])
    raw = _records(source)
    checks = Checks(source.shown, raw.lines)
    names = source.columns
    checks.unique(raw.table[names["id"]], field=names["id"])
    keep = kept(raw.table, source.where)
    table, checks.lines = raw.table[keep].reset_index(drop=True), raw.lines[keep]
    found = pd.DataFrame(
        {key: table[names[key]] if key in names else "" for key in TEXTS}, index=table.index
    )
    limits = {"lat": LATITUDE, "lon": LONGITUDE, "x": (-1e7, 1e7), "y": (-1e7, 1e7)}
    for key, allowed in limits.items():
        found[key] = (
            checks.numbers(table[names[key]], field=names[key], limits=allowed)
            if key in names
            else np.nan
        )
    if not any(key in names for pair in _POSITION_PAIRS for key in pair) and _POINT_LAT in table:
        found["lat"] = pd.to_numeric(table[_POINT_LAT])
        found["lon"] = pd.to_numeric(table[_POINT_LON])
    return found, checks, len(raw.table)


# Columns that stand for a feature's own point; no file can hold such names.
_POINT_LAT, _POINT_LON = "\0lat", "\0lon"


def _records(source: Input) -> Records:
    required = (*source.columns.values(), *source.where)
    if source.path.suffix.lower() in {".csv", ".txt"}:
        return read_records(source.path, source.shown, required=required)
    try:
        frame = pyogrio.read_dataframe(source.path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        fault = Fault(
            "error",
            source.shown,
            Text(f"nav CSV, GeoJSON vai GeoPackage ({error})",
                 f"is not CSV, GeoJSON or GeoPackage ({error})"),
            Text("pārbaudiet datni un tās paplašinājumu", "check the file and its extension"),
        )  # fmt: skip
        raise InputError([fault]) from None
    columns = [str(name) for name in frame.columns if name != "geometry"]
    faults = missing_columns(source.shown, columns, required)
    if faults:
        raise InputError(faults)
    table = pd.DataFrame({name: _texts(frame[name]) for name in dict.fromkeys(required)})
    if isinstance(frame, gpd.GeoDataFrame) and frame.crs is not None:
        points = frame.geometry.to_crs(_DEGREES).representative_point()
        table[_POINT_LAT], table[_POINT_LON] = points.y, points.x
    return Records(table, np.arange(1, len(table) + 1))


def _texts(column: pd.Series) -> pd.Series:
    """Give a typed column as text: nulls empty, whole numbers without a decimal point."""
    if pd.api.types.is_float_dtype(column) and (column.dropna() % 1 == 0).all():
        column = column.astype("Int64")
    return column.astype(object).where(column.notna(), "").astype(str).str.strip()


def _no_id(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Text("nav norādīta kolonna id", "no column is named for id"),
        Text('rakstiet { path = "…", id = "kolonna" }', 'write { path = "…", id = "column" }'),
        field="id",
    )


def _counts_whole(shown: str) -> Fault:
    return Fault(
        "warning",
        shown,
        Text("nav kustības sarakstu", "has no timetable"),
        Text(
            "visas pieturas uzskatītas par autobusu pieturām; reisu skaits nav zināms",
            "all its stops count as bus stops; visits are not known",
        ),
    )
