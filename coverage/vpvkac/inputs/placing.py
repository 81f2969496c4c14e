"""Placing: from records as read to places with a position and a unit.

A position comes from a correction, else from the file, else from the address,
else from the unit that code or names claim.  A unit comes from the
unit code; else from unit name and municipality together, stated or in the
address, if unique in the layout; else from the polygon; else from the nearest
unit within 1 km (DESIGN.md, "Layout"; the bounds of 2 km and 50 km stand
there too).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS, to_degrees, to_planar
from vpvkac.geocoding.geocode import NO_ROW, ambiguities, by_unit, geocode
from vpvkac.inputs.planner_changes import correct
from vpvkac.model.addresses import Parsed, locality_of, municipality_stems, parse, unit_stems
from vpvkac.model.project import INPUT_OF_HOST, Host, Input
from vpvkac.model.tables import TABLES
from vpvkac.model.territory import NONE, Misplaced, Territory, by_address, by_position
from vpvkac.sources.base import LONGITUDE, UNIT_CODE, Checks, nothing_used
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.geocoding.index import RegisterIndex
    from vpvkac.model.faults import Fault


PLACE_COLUMNS = (*TABLES["places"].given, "geometry")
STOP_COLUMNS = (*TABLES["stops"].given, "geometry")
_NEAREST_UNIT_M = 1_000.0
_FAR_FROM_UNIT_M = 2_000.0
OUTSIDE_M = 50_000.0
_DEGREE_DECIMALS = 7


class Placed(NamedTuple):
    """A placed table, the rows dropped by reason, the faults found, and why most rows fell out."""

    table: gpd.GeoDataFrame
    dropped: dict[str, int]
    faults: list[Fault]
    misplaced: Misplaced | None = None


class _Claims(NamedTuple):
    """The units that code and names claim for each record, as row numbers; the code wins."""

    coded: NDArray[np.int64]
    named: NDArray[np.int64]

    @property
    def number(self) -> NDArray[np.int64]:
        """The unit claimed; `NONE` where nothing is."""
        return _first(self.coded, self.named)


class _Fallen(NamedTuple):
    """Which records are dropped: without a position, far outside, in no unit."""

    nowhere: NDArray[np.bool_]
    outside: NDArray[np.bool_]
    homeless: NDArray[np.bool_]


def unknown_units(records: pd.DataFrame, territory: Territory, source: Input) -> list[Fault]:
    """Refuse codes that the layout does not know; malformed ones are refused when they are read."""
    checks = Checks(source.shown, records["row"])
    codes = records["unit"]
    checks.refuse(
        codes.str.fullmatch(UNIT_CODE) & (territory.coded(codes) == NONE),
        Message("is no unit of this layout"),
        Message("check the code, or give another --layout"),
        field=source.columns.get("unit"),
        values=codes,
    )
    return checks.faults


def place_hosts(
    records: pd.DataFrame,
    territory: Territory,
    *,
    host: Host,
    source: Input,
    register: RegisterIndex | None = None,
    corrections: pd.DataFrame | None = None,
    parsed: Parsed | None = None,
) -> Placed:
    """Find the position and the unit of every record.

    Parameters
    ----------
    records
        What a reader gave, `sources.base.COLUMNS`.
    host, source
        The kind of host, and the input it was read from.
    register
        The address register, if there is one.
    corrections
        The planner's, as `sources.plain` gives them.
    parsed
        The addresses of all lists, where they are taken apart already.

    Returns
    -------
    placed
        Table of `PLACE_COLUMNS` in EPSG:3059 sorted by `place`.  Dropped:
        `no_coordinates`, `outside`, `no_unit`.
    """
    checks = Checks(source.shown, records["row"])
    corrected = np.zeros(len(records), bool)
    if corrections is not None:
        records, corrected = correct(records, INPUT_OF_HOST[host], corrections)
    parts = parse(records["address"]) if parsed is None else parsed.of(records["address"])
    found = _positions(records, parts, territory, checks, register)
    found.loc[corrected, "located_by"] = "correction"
    checks.faults.extend(ambiguities(records, found["candidates"], source.shown))
    matched = None if register is None else register.parts(found["register_row"].to_numpy(np.int64))
    claims = _claims(records, parts, matched, territory)
    _place_in_unit(found, claims.number, territory)
    points = _points(found["lat"], found["lon"])
    nowhere = found["lat"].isna().to_numpy(bool)
    outside = ~nowhere & ~_inside(points, territory)
    by_position = claims.number == NONE
    number = claims.number
    number[by_position] = _by_polygon(points[by_position], territory)
    homeless = ~nowhere & ~outside & (number == NONE)
    away = outside | homeless
    # Where the register led a place astray, its own list is not to blame.
    own = found["located_by"].isin(["published", "correction"]).to_numpy(bool)
    misplaced = _astray(
        source.shown, found, away & own, territory, degrees=_are_degrees(records)
    ) or by_address(
        source.shown,
        int((records["address"] != "").to_numpy(bool)[nowhere].sum()),
        nowhere=int(nowhere.sum()),
        rows=len(records),
        has_register=register is not None,
    )
    told = [] if misplaced is None else [misplaced.fault]
    fallen = _Fallen(nowhere, outside, homeless)
    _warn_dropped(checks, records, found, fallen, territory)
    kept = ~(nowhere | outside | homeless)
    allowed = np.where(kept, _FAR_FROM_UNIT_M + found["located_within_m"], np.inf)
    _warn_far(checks, allowed, points, claims, territory, source)
    table = _table(records, found, number, territory, host=host)
    table["owner"] = _owners(checks, records["owner"], territory, source)
    frame = gpd.GeoDataFrame(table[kept], geometry=points[kept], crs=CRS)
    near = territory.near_another(points[kept], number[kept])
    frame["near_border"] = by_position[kept] & near
    dropped = {
        "no_coordinates": int(nowhere.sum()),
        "outside": int(outside.sum()),
        "no_unit": int(homeless.sum()),
    }
    frame = frame.sort_values("place", ignore_index=True)[list(PLACE_COLUMNS)]
    if len(records) and frame.empty and misplaced is None:
        told = [nothing_used(source.shown, dropped)]
    return Placed(frame, dropped, [*told, *checks.faults], misplaced)


def place_stops(stops: pd.DataFrame, territory: Territory, *, shown: str) -> Placed:
    """Find the unit of every stop; a stop over 1 km from any unit keeps an empty one.

    Parameters
    ----------
    stops
        What `sources.gtfs` or `sources.plain` gave; the latter with `x`, `y`
        where a stop may have no degrees, and `row`.

    Returns
    -------
    placed
        Table of `STOP_COLUMNS` in EPSG:3059 sorted by `stop`.  Dropped: `outside`.
    """
    # A feed's rows are not known here, and its stops have degrees or none.
    checks = Checks(shown, stops.get("row", np.zeros(len(stops))))
    if "x" in stops:
        stops = stops.assign(**_degrees(stops, territory, checks))
    points = _points(stops["lat"], stops["lon"])
    inside = _inside(points, territory)
    codes = np.append(territory.units["unit"].to_numpy(object), "")
    table = stops.assign(unit=codes[_by_polygon(points, territory)])
    frame = gpd.GeoDataFrame(table[inside], geometry=points[inside], crs=CRS)
    frame = frame.sort_values("stop", ignore_index=True)[list(STOP_COLUMNS)]
    misplaced = _astray(shown, stops, ~inside, territory, degrees=_are_degrees(stops))
    _warn_outside(checks, stops["lat"], stops["lon"], ~inside, territory, stops["stop"])
    told = [] if misplaced is None else [misplaced.fault]
    faults = [*told, *(replace(fault, row=fault.row or None) for fault in checks.faults)]
    return Placed(frame, {"outside": int((~inside).sum())}, faults, misplaced)


def _positions(
    records: pd.DataFrame,
    parts: pd.DataFrame,
    territory: Territory,
    checks: Checks,
    register: RegisterIndex | None,
) -> pd.DataFrame:
    """Give every record a position if it can be had: its own, else that of its address."""
    found = pd.DataFrame(_degrees(records, territory, checks), index=records.index)
    found["located_by"] = "published"
    found["located_within_m"] = 0.0
    found["score"] = np.nan
    found[["matched", "candidates"]] = ""
    found["register_row"] = NO_ROW
    left = found["lat"].isna()
    found.loc[left, "located_within_m"] = np.nan
    if register is not None and left.any():
        by_address = geocode(records["address"][left], register, parts[left])
        found.loc[left, by_address.columns] = by_address
    return found


def _place_in_unit(found: pd.DataFrame, number: NDArray[np.int64], territory: Territory) -> None:
    """Place what has no position, but claims a unit, at a point inside it."""
    left = found["lat"].isna().to_numpy(bool) & (number != NONE)
    areas = by_unit(np.where(left, number, NONE), territory)
    found.loc[left, "lat"] = areas.lat[left]
    found.loc[left, "lon"] = areas.lon[left]
    found.loc[left, "located_within_m"] = areas.within_m[left]
    found.loc[left, "located_by"] = "unit"


def _degrees(
    table: pd.DataFrame, territory: Territory, checks: Checks
) -> dict[str, NDArray[np.float64]]:
    """Give latitude and longitude as read, else those of the LKS-92 pair, else NaN."""
    missing = _is_missing(table["lat"], table["lon"])
    lat = np.where(missing, np.nan, table["lat"])
    lon = np.where(missing, np.nan, table["lon"])
    pairs = ~_is_missing(table["x"], table["y"])
    if (missing & pairs).any():
        easting, northing = _east_north(table["x"], table["y"], pairs, territory, checks)
        from_pair = np.round(to_degrees(easting, northing), _DEGREE_DECIMALS)
        lat = np.where(missing & pairs, from_pair[0], lat)
        lon = np.where(missing & pairs, from_pair[1], lon)
    return {"lat": lat, "lon": lon}


def _is_missing(first: pd.Series, second: pd.Series) -> pd.Series:
    """Tell where a pair of coordinates is incomplete or 0,0."""
    return first.isna() | second.isna() | ((first == 0) & (second == 0))


def _east_north(
    x: pd.Series, y: pd.Series, pairs: pd.Series, territory: Territory, checks: Checks
) -> tuple[pd.Series, pd.Series]:
    """Tell easting from northing: for the whole file, by the order that falls inside the units.

    Where both orders fare alike, x is taken for the easting, with a warning.
    """
    as_written = _number_inside(x[pairs], y[pairs], territory)
    turned = _number_inside(y[pairs], x[pairs], territory)
    checks.warn(
        pairs if as_written == turned > 0 else np.zeros(len(x), bool),
        Message("may be easting or northing; x is taken for the easting"),
        Message("name lat and lon"),
        values=x,
    )
    return (y, x) if turned > as_written else (x, y)


def _number_inside(easting: pd.Series, northing: pd.Series, territory: Territory) -> int:
    points = np.asarray(shapely.points(easting.to_numpy(float), northing.to_numpy(float)))
    return int((territory.holding(points) != NONE).sum())


def _points(lat: ArrayLike, lon: ArrayLike) -> NDArray[np.object_]:
    """Make points in EPSG:3059; empty ones where there are no coordinates."""
    easting, northing = to_planar(lat, lon)
    points = np.full(len(easting), shapely.Point(), object)
    known = np.isfinite(easting) & np.isfinite(northing)
    points[known] = shapely.points(easting[known], northing[known])
    return points


def _inside(points: NDArray[np.object_], territory: Territory) -> NDArray[np.bool_]:
    """Tell which points lie in the units' bounding box or less than 50 km from it."""
    box = shapely.buffer(shapely.box(*territory.units.total_bounds), OUTSIDE_M, join_style="mitre")
    return np.asarray(shapely.intersects(box, points))


def _astray(
    shown: str,
    table: pd.DataFrame,
    away: NDArray[np.bool_],
    territory: Territory,
    *,
    degrees: NDArray[np.bool_],
) -> Misplaced | None:
    """Tell what is wrong with the positions of an input of which most lie outside the units."""
    lat, lon = table["lat"].to_numpy(float)[away], table["lon"].to_numpy(float)[away]
    swapped = _inside(_points(lon, lat), territory)
    return by_position(
        shown, lat, lon, swapped=int(swapped.sum()), rows=len(table),
        degrees=int((away & degrees).sum()),
    )  # fmt: skip


def _are_degrees(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which pairs of metres are so small that they may be degrees."""
    if "x" not in table:
        return np.zeros(len(table), bool)
    small = (table["x"].abs() <= LONGITUDE[1]) & (table["y"].abs() <= LONGITUDE[1])
    return small.to_numpy(bool)


def _by_polygon(points: NDArray[np.object_], territory: Territory) -> NDArray[np.int64]:
    number = territory.holding(points)
    stray = number == NONE
    number[stray] = territory.nearest(points[stray], _NEAREST_UNIT_M)
    return number


def _claims(
    records: pd.DataFrame,
    written: pd.DataFrame,
    matched: pd.DataFrame | None,
    territory: Territory,
) -> _Claims:
    """Gather what code, names, the address as written and the register's address claim."""
    coded = territory.coded(records["unit"])
    addresses = [written] if matched is None else [written, matched]
    named = [territory.named(locality_of(parts), parts["municipality"]) for parts in addresses]
    return _Claims(coded, _first(_stated_pair(records, territory), *named))


def _first(*claims: NDArray[np.int64]) -> NDArray[np.int64]:
    """Take for each record the first claim that names a unit."""
    number = claims[0].copy()
    for claim in claims[1:]:
        number = np.where(number == NONE, claim, number)
    return number


def _stated_pair(records: pd.DataFrame, territory: Territory) -> NDArray[np.int64]:
    """Find the units that name and municipality, a name or a code, state together."""
    number = np.full(len(records), NONE, np.int64)
    stated = (records["unit_name"] != "").to_numpy(bool)
    if stated.any():
        number[stated] = _named_pair(records[stated], territory)
    return number


def _named_pair(records: pd.DataFrame, territory: Territory) -> NDArray[np.int64]:
    code = territory.municipality_named(records["municipality"])
    names = territory.municipalities.set_index("municipality")["municipality_name"]
    municipality = code.map(names).fillna(records["municipality"]).astype(str)
    return territory.named(unit_stems(records["unit_name"]), municipality_stems(municipality))


def _table(
    records: pd.DataFrame,
    found: pd.DataFrame,
    number: NDArray[np.int64],
    territory: Territory,
    *,
    host: Host,
) -> pd.DataFrame:
    of_unit = territory.units[["unit", "municipality"]].reindex(number).fillna("")
    table = records[["name", "address", "phone", "email", "hours", "status"]].copy()
    table["place"] = INPUT_OF_HOST[host] + ":" + records["id"]
    table["host"] = host
    table["unit"] = of_unit["unit"].to_numpy()
    table["municipality"] = of_unit["municipality"].to_numpy()
    columns = ["lat", "lon", "located_by", "located_within_m", "score"]
    table[columns] = found[columns]
    return table


def _owners(checks: Checks, texts: pd.Series, territory: Territory, source: Input) -> pd.Series:
    owners = territory.municipality_named(texts)
    checks.warn(
        (texts != "") & (owners == ""),
        Message("names no municipality; the owner is not known"),
        Message("check the name and the layout"),
        field=source.columns.get("owner"),
        values=texts,
    )
    return owners


def _warn_dropped(
    checks: Checks,
    records: pd.DataFrame,
    found: pd.DataFrame,
    fallen: _Fallen,
    territory: Territory,
) -> None:
    checks.warn(
        fallen.nowhere,
        Message("has no coordinates and its address is not found; the row is not used"),
        Message("add coordinates, correct the address, or give addresses"),
        values=records["name"].where(records["address"] == "",
                                     records["name"] + " (" + records["address"] + ")"),
    )  # fmt: skip
    _warn_outside(checks, found["lat"], found["lon"], fallen.outside, territory, records["name"])
    checks.warn(
        fallen.homeless,
        Message("is in no unit and over 1 km from any; the row is not used"),
        _CHECK_POSITION,
        values=records["name"],
    )


def _warn_outside(
    checks: Checks,
    lat: pd.Series,
    lon: pd.Series,
    outside: NDArray[np.bool_],
    territory: Territory,
    values: pd.Series,
) -> None:
    """Warn of rows outside; ask whether a position is swapped only where that would mend it."""
    swapped = outside & _inside(_points(lon, lat), territory)
    checks.warn(outside & ~swapped, _OUTSIDE, _CHECK_POSITION, values=values)
    checks.warn(swapped, _OUTSIDE, _CHECK_ORDER, values=values)


def _warn_far(
    checks: Checks,
    allowed: NDArray[np.float64],
    points: NDArray[np.object_],
    claims: _Claims,
    territory: Territory,
    source: Input,
) -> None:
    """Warn where a code or a name pair is farther from the point than allowed, in metres."""
    other_name = np.where(claims.named == claims.coded, NONE, claims.named)
    for claim, column in ((claims.coded, "unit"), (other_name, "unit_name")):
        claimed = claim != NONE
        away = np.zeros(len(points))
        away[claimed] = territory.away(points[claimed], claim[claimed])
        checks.warn(
            away > allowed,
            Message("is the unit stated, yet the place is more than 2 km from it"),
            Message("check the unit and the coordinates"),
            field=source.columns.get(column),
            values=pd.Series(np.append(territory.units[column].to_numpy(object), "")[claim]),
        )


_OUTSIDE = Message("is more than 50 km outside the units' bounds; the row is not used")
_CHECK_POSITION = Message("check the coordinates")
_CHECK_ORDER = Message("check the coordinates (are latitude and longitude swapped?)")
