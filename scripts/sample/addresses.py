"""Addresses of the places, and the state address register with its decoys."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Geod

from sample.names import FARMS, STREETS
from sample.outline import TO_DEGREES, TO_PLANE
from sample.places import Address

if TYPE_CHECKING:
    from sample.places import Place
    from sample.roads import Network
    from sample.units import Unit

HEADER = ("KODS", "TIPS_CD", "STATUSS", "APSTIPR", "APST_PAK", "VKUR_CD", "VKUR_TIPS",
          "NOSAUKUMS", "SORT_NOS", "ATRIB", "PNOD_CD", "DAT_SAK", "DAT_MOD", "DAT_BEIG",
          "FOR_BUILD", "PLAN_ADR", "STD", "KOORD_X", "KOORD_Y", "DD_N", "DD_E")  # fmt: skip
PARENT_HEADER = ("KODS", "TIPS_CD", "NOSAUKUMS", "VKUR_CD", "VKUR_TIPS", "APSTIPR", "APST_PAK",
                 "STATUSS", "SORT_NOS", "DAT_SAK", "DAT_MOD", "DAT_BEIG", "ATRIB",
                 "STD")  # fmt: skip
_COUNTRY = "100000000"
_UNIT_KEY, _MUNICIPALITY_KEY = 980_009_000, 960_000_000
# Of a town, of a parish.
_PARENT_TYPES = ("104", "105")
IN_FORCE = "EKS"
_GEOD = Geod(ellps="GRS80")
_FILLERS = 5


@dataclass(frozen=True)
class Row:
    """One row of the register."""

    address: Address
    lat: float
    lon: float
    in_force: bool = True


class AddressBook:
    """Gives out addresses, each once in its unit."""

    def __init__(self, rng: np.random.Generator, units: list[Unit]) -> None:
        self.rng = rng
        self.units = units
        self.given: set[tuple[int, str]] = set()

    def postcode(self, unit: int) -> str:
        """Return the one postcode of a unit; none such is in use."""
        return f"LV-9{unit:03d}"

    def write(self, unit: int, house: str, *, farm: bool = False) -> Address:
        """Return a house's address in a unit."""
        where = self.units[unit]
        municipality = where.municipality_name.removesuffix(" novads")
        town = where.kind != "parish"
        return Address(
            house,
            "" if farm else where.stem.nominative,
            "" if town else where.stem.genitive,
            "" if where.l1_type == 1 else municipality,
            self.postcode(unit),
            town,
        )

    def new(self, unit: int, *, farm: bool = False) -> Address:
        """Give an address not given before: a street and number, or a farm."""
        while True:
            if farm:
                house = f'"{FARMS[int(self.rng.integers(len(FARMS)))]}"'
            else:
                street = STREETS[int(self.rng.integers(len(STREETS)))]
                house = f"{street} {self._number()}"
            if farm and sum(key == (unit, house) for key in self.given):
                farm = False
                continue
            if (unit, house) not in self.given:
                self.given.add((unit, house))
                return self.write(unit, house, farm=farm)

    def _number(self) -> str:
        number = str(int(self.rng.integers(1, 60)))
        ending = int(self.rng.integers(0, 14))
        return number + {0: "A", 1: "B", 2: f"/{int(self.rng.integers(1, 9))}"}.get(ending, "")


def around(lat: float, lon: float, metres: float, azimuth: float) -> tuple[float, float]:
    """Return the point so far away in a direction, seven decimals."""
    east, north, _ = _GEOD.fwd(lon, lat, azimuth, metres)
    return round(float(north), 7), round(float(east), 7)


class RegisterMaker:
    """Gives every place its address and makes the register."""

    def __init__(self, rng: np.random.Generator, units: list[Unit], network: Network,
                 places: list[Place]) -> None:  # fmt: skip
        self.rng = rng
        self.units = units
        self.network = network
        self.places = places
        self.book = AddressBook(rng, units)
        self.rows: list[Row] = []
        self.decoys: dict[str, int] = {}

    def make(self) -> list[Row]:
        """Give the addresses and return the register's rows in an order of their own."""
        for place in self.places:
            self._give(place)
        self._twin_address()
        self._without_coordinates()
        for place in self.places:
            if place.plan == "uncertain":
                self._by_postcode(place)
        self._fillers()
        self._decoys()
        order = self.rng.permutation(len(self.rows))
        return [self.rows[n] for n in order]

    def _give(self, place: Place) -> None:
        """Give a place an address, in the register if it is a centre and mostly otherwise."""
        rural = self.units[place.unit].kind == "parish"
        farm = rural and bool(self.rng.uniform() < (0.15 if place.host == "centre" else 0.08))
        address = self.book.new(place.unit, farm=farm)
        place.address = address
        listed = {"centre": 1.1, "library": 0.85, "post_office": 0.5}[place.host]
        if place.plan != "uncertain" and self.rng.uniform() < listed:
            self.rows.append(Row(address, place.lat, place.lon))

    def _twin_address(self) -> None:
        """Let one address text stand in both units of each pair of equal names."""
        by_name: dict[str, list[int]] = {}
        for number, unit in enumerate(self.units):
            by_name.setdefault(unit.name, []).append(number)
        pairs = [numbers for numbers in by_name.values() if len(numbers) > 1]
        for numbers in pairs:
            mine = [row for row in self.rows if row.address.postcode in {
                self.book.postcode(n) for n in numbers}]  # fmt: skip
            for row in mine:
                other = next(n for n in numbers if self.book.postcode(n) != row.address.postcode)
                farm = not row.address.settlement
                if (other, row.address.house) in self.book.given:
                    continue
                twin = self.book.write(other, row.address.house, farm=farm)
                self.book.given.add((other, row.address.house))
                self._near_settlement(other, twin)
                self._count("same address text in two municipalities")

    def _near_settlement(self, unit: int, address: Address, reach: float = 500.0) -> None:
        spot = self.network.nodes[unit].xy + self.rng.normal(0, reach / 2, 2)
        lon, lat = TO_DEGREES.transform(*spot)
        self.rows.append(Row(address, round(float(lat), 7), round(float(lon), 7)))

    def _without_coordinates(self) -> None:
        """Choose libraries that are published without coordinates, and list their addresses."""
        chosen = [p for p in self.places if p.host == "library" and p.plan in ("near", "branch")]
        listed = {row.address for row in self.rows}
        chosen = [place for place in chosen if place.address in listed][5::49][:12]
        for place in chosen:
            place.located_by = "address"

    def _by_postcode(self, place: Place) -> None:
        """Leave only the postcode to go by: its register rows stand around the place.

        Opposite pairs of rows keep their mean at the place; the farthest is the precision.
        """
        postcode = f"LV-98{60 + place.unit % 40:02d}"
        farms = iter(FARMS[3:])
        rows = []
        for metres, azimuth in ((150.0, 20.0), (95.0, 100.0), (60.0, 160.0)):
            for turn in (0.0, 180.0):
                spot = around(place.lat, place.lon, metres, azimuth + turn)
                house = f'"{next(farms)}"'
                given = self.book.write(place.unit, house, farm=True)
                self.book.given.add((place.unit, house))
                rows.append(Row(replace(given, postcode=postcode), *spot))
        rows[-1] = _levelled(rows)
        self.rows += rows
        gone = replace(
            self.book.write(place.unit, '"Nojauktās kūtis"', farm=True), postcode=postcode
        )
        self.rows.append(Row(gone, *around(place.lat, place.lon, 900, 45), in_force=False))
        place.lat = round(float(np.mean([row.lat for row in rows])), 7)
        place.lon = round(float(np.mean([row.lon for row in rows])), 7)
        place.located_by = "postcode"
        place.within_m = max(_GEOD.inv(place.lon, place.lat, row.lon, row.lat)[2] for row in rows)
        unknown = self.book.write(place.unit, '"Tautas nams Zvaigznes un pūčulaukums"', farm=True)
        place.address = replace(unknown, postcode=postcode)

    def _fillers(self) -> None:
        """Fill the register with other houses of every unit."""
        for unit in range(len(self.units)):
            many = 4 * _FILLERS if self.units[unit].kind != "parish" else _FILLERS
            for number in range(many):
                farm = self.units[unit].kind == "parish" and number % 2 == 1
                self._near_settlement(unit, self.book.new(unit, farm=farm))

    def _count(self, decoy: str) -> None:
        self.decoys[decoy] = self.decoys.get(decoy, 0) + 1

    def _decoys(self) -> None:
        """Add rows that a careless match would take."""
        by_address = {row.address: row for row in self.rows}
        towns = [n for n, unit in enumerate(self.units) if unit.kind == "town"]
        sought = [p for p in self.places if p.host == "centre" or p.located_by == "address"]
        for number, place in enumerate(sought):
            address = place.address
            if address.house.startswith('"'):
                self._twin_farm(place, address)
            else:
                other = towns[(7 * number) % len(towns)]
                if other != place.unit and (other, address.house) not in self.book.given:
                    self.book.given.add((other, address.house))
                    self._near_settlement(other, self.book.write(other, address.house))
                    self._count("same street and number in another town")
            if number % 4 == 0:
                row = by_address[address]
                spot = around(row.lat, row.lon, 1_900, 40.0 * number)
                self.rows.append(Row(address, *spot, in_force=False))
                self._count("not in force, the same address elsewhere")

    def _twin_farm(self, place: Place, address: Address) -> None:
        """Put a farm of the same name in another parish of the municipality."""
        mine = self.units[place.unit]
        for other, unit in enumerate(self.units):
            if (
                unit.municipality == mine.municipality
                and unit.kind == "parish"
                and (other, address.house) not in self.book.given
            ):
                self.book.given.add((other, address.house))
                self._near_settlement(other, self.book.write(other, address.house, farm=True))
                self._count("same farm name in another parish of the municipality")
                return


def _levelled(rows: list[Row]) -> Row:
    """Shift the last row by some centimetres so that the mean needs no rounding."""
    step = 10**7
    lat = sum(round(row.lat * step) for row in rows) % len(rows)
    lon = sum(round(row.lon * step) for row in rows) % len(rows)
    last = rows[-1]
    return Row(last.address, round(last.lat - lat / step, 7), round(last.lon - lon / step, 7))


def register_table(rows: list[Row], units: list[Unit]) -> list[tuple[str, ...]]:
    """Return the register as published, header first; each address leads to its unit."""
    table: list[tuple[str, ...]] = [HEADER]
    book = AddressBook(np.random.default_rng(), units)
    parents = {_where(book.write(unit, "")): unit for unit in range(len(units))}
    for number, row in enumerate(rows):
        east, north = TO_PLANE.transform(row.lon, row.lat)
        house = row.address.house
        name = house if house.startswith('"') else house.rsplit(" ", 1)[1]
        ended = "" if row.in_force else "2019-04-30"
        unit = parents[_where(row.address)]
        table.append((
            str(990_000_001 + 37 * number), "108", IN_FORCE if row.in_force else "DEL", "Y", "252",
            str(_UNIT_KEY + unit), _PARENT_TYPES[units[unit].kind == "parish"], name, name, "",
            str(970_000_000 + int(row.address.postcode[3:])), "2001-06-29", "2020-09-01", ended,
            "Y", "N", row.address.text(), f"{north:.3f}", f"{east:.3f}", f"{row.lat:.7f}",
            f"{row.lon:.7f}",
        ))  # fmt: skip
    return table


def _where(address: Address) -> tuple[str, str, str]:
    return (address.settlement if address.town else "", address.parish, address.municipality)


def parent_tables(units: list[Unit]) -> dict[str, list[tuple[str, ...]]]:
    """Return the parishes, the towns and the municipalities that addresses lead to, by file."""
    municipalities = sorted(
        {(unit.municipality, unit.municipality_name) for unit in units if unit.l1_type != 1}
    )
    keys = {
        code: str(_MUNICIPALITY_KEY + number) for number, (code, _) in enumerate(municipalities)
    }
    tables: dict[str, list[tuple[str, ...]]] = {
        file: [PARENT_HEADER] for file in ("aw_pagasts.csv", "aw_pilseta.csv", "aw_novads.csv")
    }
    for code, name in municipalities:
        short = name.replace(" novads", " nov.")
        tables["aw_novads.csv"].append(_parent(keys[code], "113", _COUNTRY, short, code, short))
    for number, unit in enumerate(units):
        parish = unit.kind == "parish"
        of = unit.municipality_name.replace(" novads", " nov.")
        short = f"{unit.stem.genitive} pag." if parish else unit.stem.nominative
        table = tables["aw_pagasts.csv" if parish else "aw_pilseta.csv"]
        full = short if unit.l1_type == 1 else f"{short}, {of}"
        parent = keys.get(unit.municipality, _COUNTRY)
        kind = _PARENT_TYPES[parish]
        table.append(_parent(str(_UNIT_KEY + number), kind, parent, short, unit.code, full))
    return tables


def _parent(key: str, kind: str, parent: str, name: str, code: str, full: str) -> tuple[str, ...]:
    above = "101" if parent == _COUNTRY else "113"
    attribute = code.removeprefix("LV")
    return (key, kind, name, parent, above, "Y", "252", IN_FORCE, name, "2021-07-01", "2021-07-01",
            "", attribute, full)  # fmt: skip
