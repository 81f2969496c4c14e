"""Placing: from records as read to places with a position and a unit.

A position comes from a correction, else from the file, else from the address, else from the
unit that code or names claim.  A unit comes from the unit code; else from the register, where
it has the very address; else from unit name and municipality together, stated or in the
address, if unique in the layout; else from the polygon; else from the nearest unit within 1 km
(docs/geocoding.md).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS, distance, to_degrees, to_planar
from vpvkac.geocoding.geocode import NO_ROW, ambiguities, by_unit, find_exact, geocode
from vpvkac.inputs.planner_changes import correct
from vpvkac.model.addresses import Parsed, locality_of, municipality_stems, parse, unit_stems
from vpvkac.model.columns import UNIT_CODE
from vpvkac.model.project import INPUT_OF_HOST, Host, Input
from vpvkac.model.tables import TABLES
from vpvkac.model.territory import NONE, Misplaced, Territory, by_address, by_position
from vpvkac.sources.base import LONGITUDE, Checks, nothing_used
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
_MOST_NAMED = 10
# Units of which it is not certain what became: Murmastienes and Varakļānu pagasts, which joined
# Madonas novads on 2025-07-01, and Carnikavas pagasts, from which a town was cut on 2026-08-22.
_LEFT_TO_HISTORY = ("LV0055400", "LV0055410", "LV0023410")


class Placed(NamedTuple):
    """A placed table, the rows dropped by reason, the faults found, and why most rows fell out."""

    table: gpd.GeoDataFrame
    dropped: dict[str, int]
    faults: list[Fault]
    misplaced: Misplaced | None = None


def unknown_units(records: pd.DataFrame, territory: Territory, source: Input) -> list[Fault]:
    """Refuse codes that the layout does not know; malformed ones are refused when they are read."""
    checks = Checks(source.shown, records["row"])
    codes = records["unit"]
    is_code = codes.str.fullmatch(UNIT_CODE).to_numpy(bool)
    unknown = is_code & (territory.coded(codes) == NONE)
    refuse_units(checks, unknown, codes, source)
    return checks.faults


def refuse_units(
    checks: Checks, unknown: NDArray[np.bool_], codes: pd.Series, source: Input
) -> None:
    """Refuse the codes that are unknown to the layout, and that nothing led to it; name several."""
    problem = Message("is not a unit in this layout")
    remedy = Message("check the code, or give another --layout")
    wrong = codes[unknown].drop_duplicates()
    if 1 < len(wrong) <= _MOST_NAMED:
        others = ", ".join(wrong.iloc[1:])
        problem = Message("is not a unit in this layout, nor are: {others}", others=others)
    if wrong.isin(_LEFT_TO_HISTORY).any():
        remedy = Message("give atvk_history, the history of codes: only it can tell the new code")
    checks.refuse(unknown, problem, remedy, field=source.columns.get("unit"), values=codes)


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
    """Find position and unit of every record (`sources.base.COLUMNS`).

    Gives `PLACE_COLUMNS` sorted by `place`; drops `no_coordinates`, `outside`, `no_unit`.
    `parsed` holds the addresses of all lists, where they are taken apart already.
    """
    corrected = np.zeros(len(records), bool)
    if corrections is not None:
        records, corrected = correct(records, INPUT_OF_HOST[host], corrections)
    parts = parse(records["address"]) if parsed is None else parsed.of(records["address"])
    return _Hosts(records, parts, corrected, territory, source, register).placed(host)


class _Hosts:
    """The records of a list on their way to places, with what is found of them."""

    def __init__(
        self,
        records: pd.DataFrame,
        parts: pd.DataFrame,
        corrected: NDArray[np.bool_],
        territory: Territory,
        source: Input,
        register: RegisterIndex | None,
    ) -> None:
        self.records, self.parts, self.territory = records, parts, territory
        self.source, self.register = source, register
        self.checks = Checks(source.shown, records["row"])
        self.found = self._positions()
        self.found.loc[corrected, "located_by"] = "correction"
        self.checks.faults.extend(ambiguities(records, self.found["candidates"], source.shown))
        # Units as row numbers: by code, by the register, by stated names, by any names.
        self.coded = territory.coded(records["unit"])
        self.registered, self.astray = self._registered()
        self.stated, self.named = self._named()
        self.number = self._units()
        self.points = _points(self.found["lat"], self.found["lon"])
        self._place_by_points()

    def _positions(self) -> pd.DataFrame:
        """Give every record a position if it can be had: its own, else that of its address."""
        records = self.records
        degrees = _degrees(records, self.territory, self.checks)
        found = pd.DataFrame(degrees, index=records.index)
        found["located_by"] = "published"
        found["located_within_m"] = 0.0
        found["score"] = np.nan
        found[["matched", "candidates"]] = ""
        found[["register_row", "unit_row"]] = NO_ROW
        left = found["lat"].isna()
        found.loc[left, "located_within_m"] = np.nan
        if self.register is not None and left.any():
            by_register = geocode(records["address"][left], self.register, self.parts[left])
            found.loc[left, by_register.columns] = by_register
        return found

    def _registered(self) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Find the units that the register leads to, and positions over 2 km from their address.

        Only the very address tells it, not one that is like it; where several buildings bear it,
        their unit if they lie in one.  A correction of a position says
        that the list's address is not to be relied on.
        """
        found, register, addresses = self.found, self.register, self.records["address"]
        row = found["unit_row"].to_numpy(np.int64, copy=True)
        astray = np.zeros(len(row), bool)
        if register is None or not (register.unit != NONE).any():
            return np.full(len(row), NONE), astray
        own = np.flatnonzero((found["located_by"] == "published") & (addresses != ""))
        if len(own):
            exact, row[own] = find_exact(addresses.iloc[own], register, self.parts.iloc[own])
            own, exact = own[exact != NO_ROW], exact[exact != NO_ROW]
            lat, lon = (found[name].to_numpy(float)[own] for name in ("lat", "lon"))
            away = distance(lat, lon, register.lat[exact], register.lon[exact])
            astray[own] = away > _FAR_FROM_UNIT_M
        return np.where(row == NO_ROW, NONE, register.unit[row]), astray

    def _named(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Find the units named with their municipality: as stated, and else in the address.

        The address as the list writes it goes before the one that the register has for it.
        """
        records, territory = self.records, self.territory
        code = territory.municipality_named(records["municipality"])
        names = territory.municipalities.set_index("municipality")["municipality_name"]
        municipality = code.map(names).fillna(records["municipality"]).astype(str)
        stated = territory.named(unit_stems(records["unit_name"]), municipality_stems(municipality))
        stated = np.where(records["unit_name"] == "", NONE, stated)
        addresses = [self.parts]
        if self.register is not None:
            addresses.append(self.register.parts(self.found["register_row"].to_numpy(np.int64)))
        claims = [territory.named(locality_of(parts), parts["municipality"]) for parts in addresses]
        return stated, _first(stated, *claims)

    def _units(self) -> NDArray[np.int64]:
        """Take the unit claimed; what has no position is placed at a point inside it."""
        number = _first(self.coded, self.registered, self.named)
        left = self.found["lat"].isna().to_numpy(bool) & (number != NONE)
        areas = by_unit(np.where(left, number, NONE), self.territory)
        for column, values in zip(("lat", "lon", "located_within_m"), areas, strict=True):
            self.found.loc[left, column] = values[left]
        self.found.loc[left, "located_by"] = "unit"
        return number

    def _place_by_points(self) -> None:
        """Find the units of the rest by their position, and say by what each is known."""
        rest = self.number == NONE
        self.number[rest], near = _by_position(self.points[rest], self.territory)
        rest[rest] = ~near
        self.found["located_unit"] = np.select(
            [self.coded != NONE, self.registered != NONE, self.named != NONE, rest],
            ["code", "register", "name", "polygon"],
            "nearest",
        )

    def placed(self, host: Host) -> Placed:
        """Give the places of a kind of host, what is dropped, and what is to be said of them."""
        records, found, shown = self.records, self.found, self.source.shown
        nowhere = found["lat"].isna().to_numpy(bool)
        outside = ~nowhere & ~_inside(self.points, self.territory)
        homeless = ~nowhere & ~outside & (self.number == NONE)
        kept = ~(nowhere | outside | homeless)
        # Where the register led a place astray, its own list is not to blame.
        own = found["located_by"].isin(["published", "correction"]).to_numpy(bool)
        misplaced = _astray(
            shown, found, (outside | homeless) & own, self.territory, raw=records
        ) or by_address(
            shown,
            int((records["address"] != "").to_numpy(bool)[nowhere].sum()),
            nowhere=int(nowhere.sum()),
            rows=len(records),
            has_register=self.register is not None,
        )
        reasons = {"no_coordinates": nowhere, "outside": outside, "no_unit": homeless}
        dropped = {reason: int(rows.sum()) for reason, rows in reasons.items()}
        self._warn_dropped(reasons)
        self._warn_of_units(kept)
        table = self._table(host)
        frame = gpd.GeoDataFrame(table[kept], geometry=self.points[kept], crs=CRS)
        near = self.territory.near_another(self.points[kept], self.number[kept])
        frame["near_border"] = frame["located_unit"].isin(["polygon", "nearest"]) & near
        frame = frame.sort_values("place", ignore_index=True)[list(PLACE_COLUMNS)]
        cause = [] if misplaced is None else [misplaced.fault]
        if len(records) and frame.empty and misplaced is None:
            cause = [nothing_used(shown, dropped)]
        return Placed(frame, dropped, [*cause, *self.checks.faults], misplaced)

    def _table(self, host: Host) -> pd.DataFrame:
        records, territory = self.records, self.territory
        table = records[["name", "address", "phone", "email", "hours", "status"]].copy()
        table["place"] = INPUT_OF_HOST[host] + ":" + records["id"]
        table["host"] = host
        of_unit = territory.units[["unit", "municipality"]].reindex(self.number).fillna("")
        table[["unit", "municipality"]] = of_unit.to_numpy()
        columns = ["lat", "lon", "located_by", "located_within_m", "score", "located_unit"]
        table[columns] = self.found[columns]
        table["owner"] = territory.municipality_named(records["owner"])
        problem = Message("names no municipality; the owner is not known")
        remedy, field = Message("check the name and the layout"), self.source.columns.get("owner")
        unknown = (records["owner"] != "") & (table["owner"] == "")
        self.checks.warn(unknown, problem, remedy, field=field, values=records["owner"])
        return table

    def _warn_dropped(self, reasons: dict[str, NDArray[np.bool_]]) -> None:
        checks, name, address = self.checks, self.records["name"], self.records["address"]
        problem = Message("has no coordinates and its address is not found; the row is not used")
        remedy = Message("add coordinates, correct the address, or give addresses")
        values = name.where(address == "", name + " (" + address + ")")
        checks.warn(reasons["no_coordinates"], problem, remedy, values=values)
        _warn_outside(checks, self.found, reasons["outside"], self.territory, name)
        problem = Message("is in no unit and over 1 km from any; the row is not used")
        checks.warn(reasons["no_unit"], problem, _CHECK_POSITION, values=name)

    def _warn_of_units(self, kept: NDArray[np.bool_]) -> None:
        """Warn where a unit claimed is not the register's, or is far from the place.

        Where the register tells the unit, no border need be asked; positions are compared with
        the building that it has for the address.
        """
        sure = self.registered != NONE
        allowed = np.where(kept, _FAR_FROM_UNIT_M + self.found["located_within_m"], np.inf)
        for column, claim in (("unit", self.coded), ("unit_name", self.named)):
            far = ~sure & (claim != NONE)
            if column == "unit_name":
                far &= claim != self.coded
            away = self.territory.away(self.points[far], claim[far])
            far[far] = away > allowed[far]
            problem = Message("is the unit stated, yet the place is more than 2 km from it")
            self._warn_of(
                far, column, claim, problem, Message("check the unit and the coordinates")
            )
        for column, claim in (("unit", self.coded), ("unit_name", self.stated)):
            differs = sure & (claim != NONE) & (claim != self.registered)
            if column == "unit_name":
                differs &= claim != self.coded
            units = self.territory.units.iloc[self.registered[differs][:1]]
            unit = "".join(units["unit"] + " " + units["unit_name"])
            problem = Message(
                "is the unit stated, yet by the register the address is in {unit}", unit=unit
            )
            self._warn_of(
                differs, column, claim, problem, Message("check the unit and the address")
            )
        problem = Message("is over 2 km from the coordinates, by the register")
        remedy = Message("check the address and the coordinates")
        field, values = self.source.columns.get("address"), self.records["address"]
        self.checks.warn(self.astray, problem, remedy, field=field, values=values)

    def _warn_of(
        self,
        rows: NDArray[np.bool_],
        column: str,
        claim: NDArray[np.int64],
        problem: Message,
        remedy: Message,
    ) -> None:
        values = pd.Series(np.append(self.territory.units[column].to_numpy(object), "")[claim])
        field = self.source.columns.get(column)
        self.checks.warn(rows, problem, remedy, field=field, values=values)


def place_stops(stops: pd.DataFrame, territory: Territory, *, shown: str) -> Placed:
    """Find the unit of every stop; one over 1 km from any unit keeps an empty one, with a warning.

    Gives `STOP_COLUMNS` sorted by `stop`; drops `outside`.  A plain table has `row`, and `x`
    and `y` where a stop may have no degrees.
    """
    # A feed's rows are not known here, and its stops have degrees or none.
    checks = Checks(shown, stops.get("row", np.zeros(len(stops))))
    if "x" in stops:
        stops = stops.assign(**_degrees(stops, territory, checks))
    points = _points(stops["lat"], stops["lon"])
    inside = _inside(points, territory)
    number, stray = _by_position(points, territory)
    codes = np.append(territory.units["unit"].to_numpy(object), "")
    table = stops.assign(unit=codes[number])
    frame = gpd.GeoDataFrame(table[inside], geometry=points[inside], crs=CRS)
    frame = frame.sort_values("stop", ignore_index=True)[list(STOP_COLUMNS)]
    misplaced = _astray(shown, stops, ~inside, territory, raw=stops)
    _warn_outside(checks, stops, ~inside, territory, stops["stop"])
    checks.warn(
        inside & (table["unit"] == "").to_numpy(bool),
        Message("is in no unit and over 1 km from any; it counts for distances alone"),
        Message("if it does not stand abroad, check the coordinates"),
        values=stops["stop"],
    )
    beside = stray & (number != NONE)
    units = territory.units.iloc[number[beside][:1]]
    problem = Message(
        "is in no unit, but within 1 km of {unit}, where it counts",
        unit="".join(units["unit"] + " " + units["unit_name"]),
    )
    remedy = Message("if it stands abroad, this unit may have fewer stops than are counted")
    checks.warn(beside, problem, remedy, values=stops["stop"] + " " + stops["stop_name"])
    cause = [] if misplaced is None else [misplaced.fault]
    faults = [*cause, *(replace(fault, row=fault.row or None) for fault in checks.faults)]
    return Placed(frame, {"outside": int((~inside).sum())}, faults, misplaced)


def _degrees(
    table: pd.DataFrame, territory: Territory, checks: Checks
) -> dict[str, NDArray[np.float64]]:
    """Give latitude and longitude as read, else those of the LKS-92 pair, else NaN.

    Which of x and y is the easting is decided once for the file: by the order that falls
    inside the units.  Where both fare alike, x is taken for it, with a warning.
    """
    missing, paired = (
        table[a].isna() | table[b].isna() | ((table[a] == 0) & (table[b] == 0))
        for a, b in (("lat", "lon"), ("x", "y"))
    )
    paired = ~paired
    lat = np.where(missing, np.nan, table["lat"])
    lon = np.where(missing, np.nan, table["lon"])
    if not (missing & paired).any():
        return {"lat": lat, "lon": lon}
    x, y = table["x"], table["y"]
    as_written, turned = (
        int((territory.holding(np.asarray(shapely.points(pair))) != NONE).sum())
        for pair in (table.loc[paired, ["x", "y"]], table.loc[paired, ["y", "x"]])
    )
    problem = Message("may be easting or northing; x is taken for the easting")
    alike = paired & (as_written == turned > 0)
    checks.warn(alike, problem, Message("name lat and lon"), values=x)
    easting, northing = (y, x) if turned > as_written else (x, y)
    from_pair = np.round(to_degrees(easting, northing), _DEGREE_DECIMALS)
    both = zip(("lat", "lon"), (lat, lon), from_pair, strict=True)
    return {name: np.where(missing & paired, pair, own) for name, own, pair in both}


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
    raw: pd.DataFrame,
) -> Misplaced | None:
    """Tell what is wrong with the positions of an input of which most lie outside the units."""
    lat, lon = table["lat"].to_numpy(float)[away], table["lon"].to_numpy(float)[away]
    swapped = int(_inside(_points(lon, lat), territory).sum())
    degrees = 0
    if "x" in raw:
        # A pair of metres so small may be degrees.
        small = (raw[["x", "y"]].abs() <= LONGITUDE[1]).all(axis=1).to_numpy(bool)
        degrees = int((away & small).sum())
    return by_position(shown, lat, lon, swapped=swapped, rows=len(table), degrees=degrees)


def _by_position(
    points: NDArray[np.object_], territory: Territory
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Find the units that hold points, else the nearest within 1 km; tell which those are."""
    number = territory.holding(points)
    stray = number == NONE
    number[stray] = territory.nearest(points[stray], _NEAREST_UNIT_M)
    return number, stray


def _first(*claims: NDArray[np.int64]) -> NDArray[np.int64]:
    """Take for each record the first claim that names a unit."""
    number = claims[0].copy()
    for claim in claims[1:]:
        number = np.where(number == NONE, claim, number)
    return number


def _warn_outside(
    checks: Checks,
    table: pd.DataFrame,
    outside: NDArray[np.bool_],
    territory: Territory,
    values: pd.Series,
) -> None:
    """Warn of rows outside; ask whether a position is swapped only where that would mend it."""
    swapped = outside.copy()
    lat, lon = table["lat"].to_numpy(float)[outside], table["lon"].to_numpy(float)[outside]
    swapped[outside] = _inside(_points(lon, lat), territory)
    problem = Message("is more than 50 km outside the units' bounds; the row is not used")
    checks.warn(outside & ~swapped, problem, _CHECK_POSITION, values=values)
    remedy = Message("check the coordinates (are latitude and longitude swapped?)")
    checks.warn(swapped, problem, remedy, values=values)


_CHECK_POSITION = Message("check the coordinates")
