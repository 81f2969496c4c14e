"""Placing: from records as read to places with a position and a unit.

A position comes from the file, else from the address.  A unit comes from the
unit code; else from unit name and municipality together, stated or in the
address, if unique in the layout; else from the polygon; else from the nearest
unit within 1 km (DESIGN.md, "Layout"; the bounds of 2 km and 50 km stand
there too).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.addresses import locality_of, municipality_stems, parse, unit_stems
from vpvkac.faults import Fault
from vpvkac.geocode import geocode
from vpvkac.geodesy import CRS, to_degrees, to_planar
from vpvkac.language import Text
from vpvkac.sources.checking import Checks
from vpvkac.territory import NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.project import Host
    from vpvkac.territory import Territory

PLACE_COLUMNS = (
    "place", "host", "name", "address", "phone", "email", "owner", "unit", "municipality",
    "hours", "status", "located_by", "located_within_m", "score", "near_border", "lat", "lon",
    "geometry",
)  # fmt: skip
STOP_COLUMNS = (
    "stop", "stop_name", "feed", "regional", "modes", "visits", "unit", "lat", "lon", "geometry",
)  # fmt: skip
_NEAREST_UNIT_M = 1_000.0
_FAR_FROM_UNIT_M = 2_000.0
_OUTSIDE_M = 50_000.0
_DEGREE_DECIMALS = 7


class Placed(NamedTuple):
    """A placed table, the rows dropped by reason, and the faults found."""

    table: gpd.GeoDataFrame
    dropped: dict[str, int]
    faults: list[Fault]


class _Units(NamedTuple):
    """The unit of each record: row number in the units, and whether by its position alone."""

    number: NDArray[np.int64]
    by_position: NDArray[np.bool_]


def place_hosts(
    records: pd.DataFrame,
    territory: Territory,
    *,
    host: Host,
    source: str,
    shown: str,
    register: pd.DataFrame | None = None,
) -> Placed:
    """Find the position and the unit of every record.

    Parameters
    ----------
    records
        What a reader gave, `sources.records.COLUMNS`.
    host, source
        The kind of host, and the first part of the key `source:id`.
    shown
        The file, for faults.
    register
        The address register, if there is one.

    Returns
    -------
    placed
        Table of `PLACE_COLUMNS` in EPSG:3059 sorted by `place`.  Dropped:
        `no_coordinates`, `outside`, `no_unit`.
    """
    checks = Checks(shown, records["row"])
    found = _positions(records, territory, register)
    codes = records["unit"]
    checks.refuse(
        (codes != "") & (territory.coded(codes) == NONE),
        Text("nav šī teritoriālā iedalījuma vienība", "is no unit of this layout"),
        Text("pārbaudiet kodu vai norādiet --layout", "check the code, or give another --layout"),
        field="unit",
        values=codes,
    )
    points = _points(found["lat"], found["lon"])
    nowhere = np.isnan(found["lat"].to_numpy())
    outside = ~nowhere & ~_inside(points, territory)
    units = _units(records, found["matched"], points, territory)
    homeless = ~nowhere & ~outside & (units.number == NONE)
    _warn_dropped(checks, records, nowhere, outside, homeless)
    kept = ~(nowhere | outside | homeless)
    _warn_far(checks, records, points, units, kept, territory)
    table = _table(records, found, units, territory, host=host, source=source)
    table["owner"] = _owners(checks, records["owner"], territory)
    frame = gpd.GeoDataFrame(table[kept], geometry=points[kept], crs=CRS)
    number = units.number[kept]
    by_position = units.by_position[kept]
    frame["near_border"] = by_position & territory.near_another(points[kept], number)
    dropped = {
        "no_coordinates": int(nowhere.sum()),
        "outside": int(outside.sum()),
        "no_unit": int(homeless.sum()),
    }
    frame = frame.sort_values("place", ignore_index=True)[list(PLACE_COLUMNS)]
    return Placed(frame, dropped, checks.faults)


def place_stops(stops: pd.DataFrame, territory: Territory, *, shown: str) -> Placed:
    """Find the unit of every stop; a stop over 1 km from any unit keeps an empty one.

    Returns
    -------
    placed
        Table of `STOP_COLUMNS` in EPSG:3059 sorted by `stop`.  Dropped: `outside`.
    """
    points = _points(stops["lat"], stops["lon"])
    inside = _inside(points, territory)
    codes = np.append(territory.units["unit"].to_numpy(object), "")
    table = stops.assign(unit=codes[_by_polygon(points, territory)])
    frame = gpd.GeoDataFrame(table[inside], geometry=points[inside], crs=CRS)
    frame = frame.sort_values("stop", ignore_index=True)[list(STOP_COLUMNS)]
    left_out = stops["stop"][~inside]
    faults = [
        Fault("warning", shown, _OUTSIDE, _CHECK_POSITION, value=first, alike=len(left_out))
        for first in left_out[:1]
    ]
    return Placed(frame, {"outside": len(left_out)}, faults)


def _positions(
    records: pd.DataFrame, territory: Territory, register: pd.DataFrame | None
) -> pd.DataFrame:
    """Give every record a position if it can be had: its own, else that of its address."""
    found = records[["lat", "lon"]].copy()
    missing = _is_missing(found["lat"], found["lon"])
    planar = missing & ~_is_missing(records["x"], records["y"])
    if planar.any():
        lat, lon = _from_lks92(records["x"][planar], records["y"][planar], territory)
        found.loc[planar, "lat"], found.loc[planar, "lon"] = lat, lon
    found["located_by"] = "published"
    found["located_within_m"] = 0.0
    found["score"] = np.nan
    found["matched"] = ""
    left = missing & ~planar
    found.loc[left, ["lat", "lon", "located_within_m"]] = np.nan
    if register is not None and left.any():
        by_address = geocode(records["address"][left], register)
        found.loc[left, by_address.columns] = by_address
    return found


def _is_missing(first: pd.Series, second: pd.Series) -> pd.Series:
    """Tell where a pair of coordinates is incomplete or 0,0."""
    return first.isna() | second.isna() | ((first == 0) & (second == 0))


def _from_lks92(
    x: pd.Series, y: pd.Series, territory: Territory
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Turn LKS-92 pairs into degrees; the order that falls inside the units holds for the file."""
    west, south, east, north = territory.units.total_bounds
    east_first = (x.between(west, east) & y.between(south, north)).sum()
    north_first = (y.between(west, east) & x.between(south, north)).sum()
    easting, northing = (y, x) if north_first > east_first else (x, y)
    lat, lon = to_degrees(easting, northing)
    return np.round(lat, _DEGREE_DECIMALS), np.round(lon, _DEGREE_DECIMALS)


def _points(lat: pd.Series, lon: pd.Series) -> NDArray[np.object_]:
    """Make points in EPSG:3059; empty ones where there are no coordinates."""
    easting, northing = to_planar(lat, lon)
    points = np.full(len(lat), shapely.Point(), object)
    known = np.isfinite(easting) & np.isfinite(northing)
    points[known] = shapely.points(easting[known], northing[known])
    return points


def _inside(points: NDArray[np.object_], territory: Territory) -> NDArray[np.bool_]:
    """Tell which points lie in the units' bounding box or less than 50 km from it."""
    box = shapely.buffer(shapely.box(*territory.units.total_bounds), _OUTSIDE_M, join_style="mitre")
    return np.asarray(shapely.intersects(box, points))


def _by_polygon(points: NDArray[np.object_], territory: Territory) -> NDArray[np.int64]:
    number = territory.holding(points)
    stray = number == NONE
    number[stray] = territory.nearest(points[stray], _NEAREST_UNIT_M)
    return number


def _units(
    records: pd.DataFrame,
    matched: pd.Series,
    points: NDArray[np.object_],
    territory: Territory,
) -> _Units:
    stated = territory.municipality_named(records["municipality"])
    names = territory.municipalities.set_index("municipality")["municipality_name"]
    municipality = municipality_stems(stated.map(names).fillna(records["municipality"]).astype(str))
    claims = [
        territory.coded(records["unit"]),
        territory.named(unit_stems(records["unit_name"]), municipality),
        *(
            territory.named(locality_of(parts), parts["municipality"])
            for parts in (parse(records["address"]), parse(matched))
        ),
    ]
    number = np.full(len(records), NONE, np.int64)
    for claim in claims:
        number = np.where(number == NONE, claim, number)
    by_position = number == NONE
    number[by_position] = _by_polygon(points[by_position], territory)
    return _Units(number, by_position)


def _table(
    records: pd.DataFrame,
    found: pd.DataFrame,
    units: _Units,
    territory: Territory,
    *,
    host: str,
    source: str,
) -> pd.DataFrame:
    of_unit = territory.units[["unit", "municipality"]].reindex(units.number).fillna("")
    table = records[["name", "address", "phone", "email", "hours", "status"]].copy()
    table["place"] = source + ":" + records["id"]
    table["host"] = host
    table["unit"] = of_unit["unit"].to_numpy()
    table["municipality"] = of_unit["municipality"].to_numpy()
    columns = ["lat", "lon", "located_by", "located_within_m", "score"]
    table[columns] = found[columns]
    return table


def _owners(checks: Checks, texts: pd.Series, territory: Territory) -> pd.Series:
    owners = territory.municipality_named(texts)
    checks.warn(
        (texts != "") & (owners == ""),
        Text("nenosauc nevienu pašvaldību; īpašnieks nav zināms",
             "names no municipality; the owner is not known"),
        Text("pārbaudiet nosaukumu un teritoriālo iedalījumu",
             "check the name and the layout"),
        values=texts,
    )  # fmt: skip
    return owners


def _warn_dropped(
    checks: Checks,
    records: pd.DataFrame,
    nowhere: NDArray[np.bool_],
    outside: NDArray[np.bool_],
    homeless: NDArray[np.bool_],
) -> None:
    checks.warn(
        nowhere,
        Text("nav koordinātu, un pēc adreses vieta nav atrodama; rinda nav izmantota",
             "has no coordinates and its address is not found; the row is not used"),
        Text("pievienojiet koordinātas, labojiet adresi vai norādiet addresses",
             "add coordinates, mend the address, or give addresses"),
        values=records["name"] + " (" + records["address"] + ")",
    )  # fmt: skip
    checks.warn(outside, _OUTSIDE, _CHECK_POSITION, values=records["name"])
    checks.warn(
        homeless,
        Text("nav nevienā teritoriālajā vienībā un ir tālāk par 1 km no tām; rinda nav izmantota",
             "is in no unit and over 1 km from any; the row is not used"),
        _CHECK_POSITION,
        values=records["name"],
    )  # fmt: skip


def _warn_far(
    checks: Checks,
    records: pd.DataFrame,
    points: NDArray[np.object_],
    units: _Units,
    kept: NDArray[np.bool_],
    territory: Territory,
) -> None:
    """Warn where a code or a name pair is more than 2 km from the point."""
    away = np.zeros(len(records))
    claimed = kept & ~units.by_position
    away[claimed] = territory.away(points[claimed], units.number[claimed])
    codes = np.append(territory.units["unit"].to_numpy(object), "")[units.number]
    checks.warn(
        away > _FAR_FROM_UNIT_M,
        Text("ir norādīta kā vienība, taču vieta ir vairāk nekā 2 km no tās",
             "is the unit stated, yet the place is more than 2 km from it"),
        Text("pārbaudiet vienību un koordinātas", "check the unit and the coordinates"),
        values=pd.Series(codes).astype(str),
    )  # fmt: skip


_OUTSIDE = Text(
    "ir vairāk nekā 50 km ārpus vienību robežām; rinda nav izmantota",
    "is more than 50 km outside the units' bounds; the row is not used",
)
_CHECK_POSITION = Text(
    "pārbaudiet koordinātas (vai platums un garums nav samainīti?)",
    "check the coordinates (are latitude and longitude swapped?)",
)
