"""Tables whose columns the project names, and those that a planner keeps by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.model.project import Input, StopInput
from vpvkac.model.territory import NONE, Territory
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


CORRECTIONS = ("place", "address", "lat", "lon", "row")
DECISIONS = ("unit", "decision", "place", "responsible", "due", "note", "row")
REQUIREMENTS = ("step_free", "public_computer", "desk_apart", "parking")
SUITABILITY = ("place", *REQUIREMENTS, "row")
YES, NO, UNKNOWN = "yes", "no", "unknown"
# Levels as the plan names them: of national, regional and municipal significance (GLOSSARY.md,
# "Territory").
NATIONAL, REGIONAL, MUNICIPAL = LEVELS = ("national", "regional", "municipal")
DEVELOPMENT_CENTRES = (
    "id", "name", "level", "unit", "unit_name", "municipality", "lat", "lon", "row",
)  # fmt: skip
_ANSWERS = {
    **dict.fromkeys(("yes", "jā", "ja", "ir", "true", "1"), YES),
    **dict.fromkeys(("no", "nē", "ne", "nav", "false", "0"), NO),
    **dict.fromkeys(("", "unknown", "nav zināms", "nezināms", "?"), UNKNOWN),
}
# "Nacionālas nozīmes attīstības centrs", "reģionāls", "novada nozīmes", "regional centre".
_LEVELS = {
    NATIONAL: r"naci|national",
    REGIONAL: r"re[gģ]ion",
    MUNICIPAL: r"novad|vietēj|pašvald|municipal",
}
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LATVIAN = r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})\.?"
_AS_NAMED: Mapping[str, str] = MappingProxyType({})


def read_fixed(source: Input, required: Sequence[str], optional: Sequence[str] = ()) -> Columns:
    """Read a CSV whose columns have fixed names; those that need not be there are then empty."""
    needed = list(dict.fromkeys((*required, *source.where)))
    read = read_records(source.path, source.shown, required=needed, optional=optional)
    checks = Checks(source.shown, read.lines)
    keep = select_rows(checks, read.table, source.where)
    checks.lines = checks.lines[keep]
    checks.faults = [*read.faults, *checks.faults]
    table = read.table[keep].reset_index(drop=True)
    texts = {name: table.get(name, "") for name in (*required, *optional)}
    return Columns(
        pd.DataFrame(texts, index=table.index, dtype=str),
        checks,
        len(keep) + read.blank,
        {"blank": read.blank, NOT_IN_WHERE: int((~keep).sum())},
    )


def positions(
    read: Columns, key: str, named: Mapping[str, str] = _AS_NAMED
) -> dict[str, NDArray[np.float64]]:
    """Read `lat` and `lon` in degrees, NaN where not given, and refuse half a position.

    `key` is the column that names the row in a fault, `named` what the file
    calls the columns where otherwise.
    """
    table, checks = read.table, read.checks
    found = {
        axis: checks.numbers(table[axis], field=named.get(axis, axis), limits=limits)
        for axis, limits in (("lat", LATITUDE), ("lon", LONGITUDE))
    }
    checks.refuse(
        (table["lat"] == "") != (table["lon"] == ""),
        Message("has half a position"),
        Message("give both lat and lon"),
        values=table[key],
    )
    return found


def _reading(read: Columns, columns: Sequence[str], **changed: Any) -> Reading:
    table = read.table.assign(row=read.checks.lines, **changed)[list(columns)]
    return Reading(table, read.rows_read, read.dropped, read.checks.faults)


def read_corrections(source: Input) -> Reading:
    """Read corrections: where a place really is.

    A position wins; an address alone goes through the register like one of
    the list.

    Returns
    -------
    reading
        Table of `CORRECTIONS`: `place` is the key of places.csv
        (`libraries:12`), `address` is empty and `lat`, `lon` are NaN where not
        given; `row` is the physical line.  Dropped: `blank`, `not_in_where`.
        Errors: `place` is empty or repeated, neither address nor position is
        given, half a position is, a coordinate is not one.

    Raises
    ------
    InputError
        If the file is not of its form.
    """
    read = read_fixed(source, CORRECTIONS[:-1])
    table, checks = read.table, read.checks
    checks.unique(table["place"], field="place")
    degrees = positions(read, "place")
    checks.refuse(
        (table["address"] == "") & (table["lat"] == "") & (table["lon"] == ""),
        Message("has neither an address nor a position"),
        Message("give one of them, or delete the row"),
        values=table["place"],
    )
    return _reading(read, CORRECTIONS, **degrees)


def read_decisions(source: Input) -> Reading:
    """Read what a planner has decided on gaps; a unit may have several decisions.

    Returns
    -------
    reading
        Table of `DECISIONS`, texts as written but `due`, which is an ISO date
        or empty (the file may have ``2027-06-30`` or ``30.06.2027``); `row` is
        the physical line.  Dropped: `blank`, `not_in_where`.
        Errors: `unit` is empty or no code of a unit, `decision` is empty,
        `due` is no date.  A file in Windows-1257 is warned of.

    Raises
    ------
    InputError
        If the file is not of its form.
    """
    read = read_fixed(source, DECISIONS[:-1])
    table, checks, due = read.table, read.checks, read.table["due"]
    checks.filled(table["unit"], field="unit")
    units = checks.unit_codes(table["unit"], field="unit")
    checks.filled(table["decision"], field="decision")
    written = due.str.replace(f"^{_LATVIAN}$", r"\3-\2-\1", regex=True)
    plain = written.where(due.str.fullmatch(f"{_ISO}|{_LATVIAN}"))
    days = pd.to_datetime(plain, format="%Y-%m-%d", errors="coerce")
    checks.refuse(
        (due != "") & days.isna(),
        Message("is not a date"),
        Message("write 2027-06-30 or 30.06.2027"),
        field="due",
        values=due,
    )
    dates = days.dt.strftime("%Y-%m-%d").fillna("").astype(str)
    return _reading(read, DECISIONS, unit=units, due=dates)


def check_decisions(
    decisions: pd.DataFrame, territory: Territory, places: Iterable[str], shown: str
) -> list[Fault]:
    """Refuse units that the layout does not know; warn of places that no list has.

    Parameters
    ----------
    decisions
        Table of `DECISIONS`.
    places
        Keys of all places.
    shown
        The file's name as faults say it.
    """
    checks = Checks(shown, decisions["row"])
    units, named = decisions["unit"], decisions["place"]
    checks.refuse(
        territory.coded(units) == NONE,
        Message("is not a unit in this layout"),
        Message("check the code, or give another --layout"),
        field="unit",
        values=units,
    )
    checks.warn(
        (named != "") & ~named.isin(list(places)),
        Message("is in no list of places"),
        Message("check the key (places.csv)"),
        field="place",
        values=named,
    )
    return checks.faults


def read_suitability(source: Input) -> Reading:
    """Read the checklist of suitability: which requirements each place meets, as far as known.

    The requirements are those of table 30 of the 2020 analysis that a visit
    can tell: step-free entrance, public computer, desk apart, parking.  The
    stop within 700 m is measured, not ticked.  Unknown stays unknown.

    Returns
    -------
    reading
        Table of `SUITABILITY`; `place` is the key of a place, every requirement
        is yes, no or unknown, and unknown where no column is named for it.
        Dropped: `blank`, `not_in_where`.  Errors: a key is empty or repeated,
        an answer is none of those known.

    Raises
    ------
    InputError
        If the file is not of its form, a column named is not there, or none is
        named for any requirement.
    """
    read = read_columns(source, ("id", *REQUIREMENTS), needed=("id",))
    table, checks, named = read.table, read.checks, source.columns
    if not set(REQUIREMENTS) & set(named):
        problem = Message(
            "no column is named for any requirement ({listed})", listed=", ".join(REQUIREMENTS)
        )
        raise InputError.of(source.shown, problem, Message('write { …, step_free = "column" }'))
    checks.unique(table["id"], field=named["id"])
    answers = {}
    for requirement in REQUIREMENTS:
        said = table[requirement].str.casefold().map(_ANSWERS)
        checks.refuse(
            said.isna(),
            Message("is not a known answer"),
            Message("write yes, no, or leave it empty"),
            field=named.get(requirement, requirement),
            values=table[requirement],
        )
        answers[requirement] = said.fillna(UNKNOWN)
    return _reading(read, SUITABILITY, place=table["id"], **answers)


def read_development_centres(source: Input) -> Reading:
    """Read the development centres with their level; their published form is not known.

    Returns
    -------
    reading
        Table of `DEVELOPMENT_CENTRES`: texts, `level` one of `LEVELS`, `lat`
        and `lon` in degrees (NaN where not given).  Dropped: `blank`,
        `not_in_where`.  Errors: `id` is empty or repeated, a level is not
        known, a unit code is malformed, a coordinate is no number, half a
        position is given.

    Raises
    ------
    InputError
        If the file is not of its form, or a column named is not there.
    """
    read = read_columns(source, DEVELOPMENT_CENTRES[:-1], needed=("id", "level"))
    table, checks, named = read.table, read.checks, source.columns
    checks.unique(table["id"], field=named["id"])
    units = checks.unit_codes(table["unit"], field=named.get("unit", "unit"))
    folded = table["level"].str.casefold()
    levels = folded.mask(~folded.isin(LEVELS), "")
    for level, written in _LEVELS.items():
        levels = levels.mask((levels == "") & folded.str.contains(written, regex=True), level)
    checks.refuse(
        levels == "",
        Message("is not a known level"),
        Message("write national, regional or municipal"),
        field=named["level"],
        values=table["level"],
    )
    return _reading(
        read, DEVELOPMENT_CENTRES, unit=units, level=levels, **positions(read, "id", named)
    )
