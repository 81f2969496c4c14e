"""Tables whose columns the project names, and those that a planner keeps by hand.

A plain table is a CSV, GeoJSON or GeoPackage: only the columns named are read; an unnamed one is
never used, even if it has the name of a key.  Corrections and decisions are CSV with columns of
fixed names, often from a Latvian Excel: commas or semicolons, UTF-8 or Windows-1257.
So are the points of a what-if.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.model.project import HOST_INPUTS, Input, StopInput
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
from vpvkac.texts import words
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

CLOSED = "closed"
POINT_TEXTS = (
    "name", "address", "phone", "email", "owner", "unit", "unit_name", "municipality", "hours",
    "status",
)  # fmt: skip
POINTS = ("place", "host", "id", *POINT_TEXTS, "lat", "lon", "row")
CORRECTIONS = ("place", "address", "lat", "lon", "row")
DECISIONS = ("unit", "decision", "place", "responsible", "due", "note", "row")
REQUIREMENTS = tuple(words.REQUIREMENTS)
SUITABILITY = ("place", *REQUIREMENTS, "row")
YES, NO, UNKNOWN = "yes", "no", "unknown"
# As the plan names them: of national, regional and municipal significance.
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
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LATVIAN_DATE = r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})\.?"
DELIMITED = {".csv", ".tsv", ".txt"}
_FORMS = Message("CSV, GeoJSON or GeoPackage")
_DEGREES = "EPSG:4326"
_DEGREE_DECIMALS = 7
# Points, polygons and multipolygons, by shapely's numbers.
_PLACED = (0, 3, 6)
_LIMITS = {"lat": LATITUDE, "lon": LONGITUDE, "x": METRES, "y": METRES}
_AS_NAMED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Columns:
    """The columns named, of the rows kept: texts, empty where a key names no column.

    `checks` holds the faults found and the line of every row; `dropped` counts `blank` and
    `not_in_where`; `shapes` are in EPSG:3059, None for a file without, or where not wanted.
    """

    table: pd.DataFrame
    checks: Checks
    rows_read: int
    dropped: dict[str, int]
    shapes: gpd.GeoSeries | None = None

    def reading(self, columns: Sequence[str], **changed: Any) -> Reading:
        """Give some columns, as they are or changed, with the line of each row as `row`."""
        table = self.table.assign(row=self.checks.lines, **changed)[list(columns)]
        return Reading(table, self.rows_read, self.dropped, self.checks.faults)


def read_columns(
    source: Input, keys: Sequence[str], *, needed: Sequence[str], shaped: bool = False
) -> Columns:
    """Read the columns that a project names for these keys; those not named are empty.

    `shaped` is whether the geometry is wanted too.  Raises InputError if a key needed is not
    named, the file is not of its form, or a column named is not there.
    """
    _check_named(source, needed)
    named = {key: source.columns[key] for key in keys if key in source.columns}
    rows, layer = _read_named(source, list(dict.fromkeys((*named.values(), *source.where))))
    shapes = layer.reprojected(CRS) if shaped and layer is not None else None
    checks = Checks(source.shown, rows.lines)
    checks.some(rows.table)
    return _chosen(source, rows, checks, {key: named.get(key) for key in keys}, shapes)


def read_fixed(source: Input, required: Sequence[str], optional: Sequence[str] = ()) -> Columns:
    """Read a CSV whose columns have fixed names; those that need not be there are then empty."""
    needed = list(dict.fromkeys((*required, *source.where)))
    rows = read_records(source.path, source.shown, required=needed, optional=optional)
    named = {key: key if key in rows.table else None for key in (*required, *optional)}
    return _chosen(source, rows, Checks(source.shown, rows.lines), named)


def _chosen(
    source: Input,
    rows: Records,
    checks: Checks,
    named: Mapping[str, str | None],
    shapes: gpd.GeoSeries | None = None,
) -> Columns:
    """Give the rows that `where` keeps, their columns by key."""
    keep = select_rows(checks, rows.table, source.where)
    checks.lines = checks.lines[keep]
    checks.faults = [*rows.faults, *checks.faults]
    whole = rows.table[keep].reset_index(drop=True)
    texts = {key: "" if column is None else whole[column] for key, column in named.items()}
    return Columns(
        pd.DataFrame(texts, index=whole.index, dtype=str),
        checks,
        len(keep) + rows.blank,
        {"blank": rows.blank, NOT_IN_WHERE: int((~keep).sum())},
        None if shapes is None else shapes[keep].reset_index(drop=True),
    )


def _read_named(source: Input, required: Sequence[str]) -> tuple[Records, Layer | None]:
    """Read columns of a plain table as text, and its features if it has a geometry."""
    if source.path.suffix.lower() in DELIMITED:
        return read_records(source.path, source.shown, required=required), None
    layer = read_layer(source.path, source.shown, _FORMS, required)
    # Features have no header: the first is row 1.
    rows = Records(layer.table, np.arange(1, len(layer.table) + 1), faults=layer.faults)
    return rows, None if layer.shapes is None else layer


def _check_named(source: Input, needed: Sequence[str]) -> None:
    faults = [
        Fault(
            "error", source.shown, Message("no column is named for {key}", key=key),
            Message('write {{ path = "…", {key} = "column" }}', key=key), field=key,
        )
        for key in needed
        if key not in source.columns
    ]  # fmt: skip
    if faults:
        raise InputError(faults)


# --- Hosts and stops -----------------------------------------------------------------------------


def read_plain_hosts(source: Input) -> Reading:
    """Read a plain table of hosts.

    Table of `base.COLUMNS`.  Dropped: `blank`, `not_in_where`.  Errors: `id` is empty or
    repeated, a value is not of its type.  Raises InputError if the file is not of its form, or a
    column named is not there.
    """
    read = _read_placed(source, placed=False)
    hosts, checks, named = read.table, read.checks, source.columns
    status = hosts["status"].where(hosts["status"] != "", OPEN)
    checks.choices(status, (OPEN, ANNOUNCED), field=named.get("status", "status"))
    units = checks.unit_codes(hosts["unit"], field=named.get("unit", "unit"))
    texts = {name: hosts[name] for name in (*TEXTS, *POSITIONS)}
    table = records(checks.lines, **{**texts, "unit": units, "status": status})
    return Reading(table, read.rows_read, read.dropped, checks.faults)


def read_plain_stops(stops: StopInput) -> Reading:
    """Read a plain table of stops, which counts whole as bus.

    Columns `stop, stop_name, feed, regional, modes, visits, lat, lon` as `sources.gtfs` gives
    them, and `x, y, row`; `visits` null; lat and lon NaN where a stop has x and y alone.
    Dropped: `blank`, `not_in_where`, `no_coordinates`.  Errors as for hosts; InputError also if
    neither `lat` and `lon` nor `x` and `y` are named and the file has no geometry.
    """
    source = stops.source
    read = _read_placed(source, placed=True)
    rows, checks = read.table, read.checks
    missing = np.ones(len(rows), bool)
    for first, second in (("lat", "lon"), ("x", "y")):
        pair = rows[[first, second]]
        missing &= (pair.isna().any(axis=1) | (pair == 0).all(axis=1)).to_numpy(bool)
    # A coordinate that is no number has been told as such.
    if not has_errors(checks.faults):
        problem = Message("has no coordinates; the stop is not used")
        remedy = Message("add its coordinates")
        checks.warn(missing, problem, remedy, field=source.columns["id"], values=rows["id"])
    remedy = Message("all its stops count as bus stops; visits are not known")
    checks.faults.append(Fault("warning", source.shown, Message("has no timetable"), remedy))
    used = rows.assign(row=checks.lines)[~missing]
    table = pd.DataFrame(
        {
            "stop": stops.feed + ":" + used["id"],
            "stop_name": used["name"],
            "feed": stops.feed,
            "regional": stops.regional,
            "modes": "bus",
            **dict.fromkeys(("visits", "calls_by_day"), pd.array([pd.NA] * len(used), "Int64")),
            "parent": "",
            **{name: used[name] for name in (*POSITIONS, "row")},
        }
    ).sort_values("stop", ignore_index=True)
    dropped = {**read.dropped, "no_coordinates": int(missing.sum())}
    return Reading(table, read.rows_read, dropped, checks.faults)


def _read_placed(source: Input, *, placed: bool) -> Columns:
    """Read the columns named, as texts and positions, of the rows kept.

    A geometry counts where the project names no coordinates; if the rows must be placed, one of
    both must be there.
    """
    names = source.columns
    _check_named(source, ("id",))
    read, layer = _read_named(source, list(dict.fromkeys((*names.values(), *source.where))))
    before, position = read.faults, None
    if layer is not None and not names.keys() & _LIMITS.keys():
        *position, faults = _points_of(layer)
        before = [*before, *faults]
    elif placed and not {"lat", "x"} & names.keys():
        problem = Message("has neither coordinates nor geometry")
        raise InputError.of(source.shown, problem, Message("name lat and lon, or x and y"))
    checks = Checks(source.shown, read.lines)
    if len(read.table) == 0:
        problem, remedy = Message("has no rows"), Message("check the file")
        checks.faults.append(Fault("error", source.shown, problem, remedy))
    checks.unique(read.table[names["id"]], field=names["id"])
    keep = select_rows(checks, read.table, source.where)
    table, checks.lines = read.table[keep].reset_index(drop=True), checks.lines[keep]
    texts = pd.DataFrame(
        {key: table[names[key]] if key in names else "" for key in TEXTS}, index=table.index
    )
    for key, limits in _LIMITS.items():
        texts[key] = np.nan
        if key in names:
            texts[key] = checks.numbers(table[names[key]], field=names[key], limits=limits)
    if position is not None:
        texts["lat"], texts["lon"] = (degrees[keep] for degrees in position)
    checks.faults = [*before, *checks.faults]
    dropped = {"blank": read.blank, NOT_IN_WHERE: int((~keep).sum())}
    return Columns(texts, checks, len(keep) + read.blank, dropped)


def _points_of(layer: Layer) -> tuple[NDArray[np.float64], NDArray[np.float64], list[Fault]]:
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


# --- Tables kept by hand -------------------------------------------------------------------------


def positions(
    read: Columns, key: str, named: Mapping[str, str] = _AS_NAMED
) -> dict[str, NDArray[np.float64]]:
    """Read `lat` and `lon` in degrees, NaN where not given, and refuse half a position.

    `key` is the column that names the row in a fault, `named` what the file calls the columns.
    """
    table, checks = read.table, read.checks
    degrees = {
        axis: checks.numbers(table[axis], field=named.get(axis, axis), limits=_LIMITS[axis])
        for axis in ("lat", "lon")
    }
    half = (table["lat"] == "") != (table["lon"] == "")
    remedy = Message("give both lat and lon")
    checks.refuse(half, Message("has half a position"), remedy, values=table[key])
    return degrees


def read_corrections(source: Input) -> Reading:
    """Read corrections: where a place really is.

    Table of `CORRECTIONS`: `place` is the key of places.csv (`libraries:12`); a position wins, an
    address alone goes through the register; empty or NaN where not given.  Errors: `place` is
    empty or repeated, neither address nor position is given, half a position is.
    """
    read = read_fixed(source, CORRECTIONS[:-1])
    table, checks = read.table, read.checks
    checks.unique(table["place"], field="place")
    degrees = positions(read, "place")
    checks.refuse(
        (table[["address", "lat", "lon"]] == "").all(axis=1),
        Message("has neither an address nor a position"),
        Message("give one of them, or delete the row"),
        values=table["place"],
    )
    return read.reading(CORRECTIONS, **degrees)


def read_points(source: Input) -> Reading:
    """Read the points of a what-if: `POINTS`, texts empty and positions NaN where not given.

    `place` is the key of places.csv (`libraries:12`): one that a list has is changed, any other
    is new.

    Dropped: `blank`.  Errors: `place` is empty, repeated or of no kind of host, `host` is another
    kind than that of `place`, half a position is given, a value is not of its type.
    """
    read = read_fixed(source, ("place", "lat", "lon"), ("host", *POINT_TEXTS))
    table, checks = read.table, read.checks
    keys = table["place"].str.partition(":")
    number, kind = keys[2].astype(str), keys[0].map(HOST_INPUTS).fillna("").astype(str)
    checks.unique(table["place"], field="place")
    checks.refuse(
        (table["place"] != "") & ((kind == "") | (number == "")),
        Message("is not the key of a place"),
        Message("write one of: {listed}", listed=", ".join(f"{key}:…" for key in HOST_INPUTS)),
        field="place",
        values=table["place"],
    )
    checks.refuse(
        (table["host"] != "") & (kind != "") & (table["host"] != kind),
        Message("is not the kind that place names"),
        Message("correct one of the two"),
        field="host",
        values=table["host"],
    )
    checks.choices(table["status"], (OPEN, ANNOUNCED, CLOSED), field="status")
    units = checks.unit_codes(table["unit"], field="unit")
    table = table.assign(
        id=number, host=kind, unit=units, row=checks.lines, **positions(read, "place")
    )[list(POINTS)]
    return Reading(table, read.rows_read, {"blank": read.dropped["blank"]}, checks.faults)


def read_decisions(source: Input) -> Reading:
    """Read what a planner has decided on gaps; a unit may have several decisions.

    Table of `DECISIONS`, texts as written but `due`, which is an ISO date or empty (the file may
    have ``2027-06-30`` or ``30.06.2027``).  Errors: `unit` is empty or no code of a unit,
    `decision` is empty, `due` is no date.
    """
    read = read_fixed(source, DECISIONS[:-1])
    table, checks = read.table, read.checks
    checks.filled(table["unit"], field="unit")
    units = checks.unit_codes(table["unit"], field="unit")
    checks.filled(table["decision"], field="decision")
    # The mark before what a spreadsheet would take for a formula, as the program writes it.
    texts = table.replace(r"^'(?=[=+@\t\r-])", "", regex=True)
    due = due_days(checks, table["due"], field="due")
    return replace(read, table=texts).reading(DECISIONS, unit=units, due=due)


def due_days(checks: Checks, due: pd.Series, *, field: str) -> pd.Series:
    """Read days, ``2027-06-30`` or ``30.06.2027``, as ISO dates, and refuse what is none."""
    written = due.str.replace(f"^{_LATVIAN_DATE}$", r"\3-\2-\1", regex=True)
    plain = written.where(due.str.fullmatch(f"{_DATE}|{_LATVIAN_DATE}"))
    days = pd.to_datetime(plain, format="%Y-%m-%d", errors="coerce")
    remedy = Message("write 2027-06-30 or 30.06.2027")
    wrong = (due != "") & days.isna()
    checks.refuse(wrong, Message("is not a date"), remedy, field=field, values=due)
    return days.dt.strftime("%Y-%m-%d").fillna("").astype(str)


def check_decisions(
    decisions: pd.DataFrame, territory: Territory, places: Iterable[str], shown: str
) -> list[Fault]:
    """Refuse units that the layout does not know; warn of places that no list has."""
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

    The requirements are the rows of table 30 of the 2020 analysis; the stop within 700 m is
    measured, not ticked.  Table of `SUITABILITY`; unknown where no column is named.  Errors: a
    key is empty or repeated, an answer is none of those known; InputError also if no requirement
    is named.
    """
    read = read_columns(source, ("id", *REQUIREMENTS), needed=("id",))
    table, checks, named = read.table, read.checks, source.columns
    if not set(REQUIREMENTS) & set(named):
        problem = Message(
            "no column is named for any requirement ({listed})", listed=", ".join(REQUIREMENTS)
        )
        raise InputError.of(source.shown, problem, Message('write { …, step_free = "column" }'))
    checks.unique(table["id"], field=named["id"])
    return read.reading(SUITABILITY, place=table["id"], **read_answers(table, checks, named))


def read_answers(
    table: pd.DataFrame, checks: Checks, named: Mapping[str, str]
) -> dict[str, pd.Series]:
    """Read the answers to `REQUIREMENTS`, and refuse what is none; `named` heads the columns."""
    answers = {}
    for requirement in REQUIREMENTS:
        answer = table[requirement].str.casefold().map(_ANSWERS)
        checks.refuse(
            answer.isna(),
            Message("is not a known answer"),
            Message("write yes, no, or leave it empty"),
            field=named.get(requirement, requirement),
            values=table[requirement],
        )
        answers[requirement] = answer.fillna(UNKNOWN)
    return answers


def read_development_centres(source: Input) -> Reading:
    """Read the development centres with their level; their published form is not known.

    Table of `DEVELOPMENT_CENTRES`: `level` one of `LEVELS`, `lat` and `lon` in degrees, NaN where
    not given.  Errors: `id` is empty or repeated, a level is not known, a unit code is malformed,
    a coordinate is no number, half a position is given.
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
    degrees = positions(read, "id", named)
    return read.reading(DEVELOPMENT_CENTRES, unit=units, level=levels, **degrees)
