"""Writes the sample in the published formats, with the oddities those are known for."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyogrio

from sample.addresses import Row, parent_tables, register_table
from sample.feeds import PUBLISHER, Feed
from sample.outline import TO_PLANE, chance
from sample.people import CELL_M, Cells
from sample.places import Address, Hours, Place, Positions

if TYPE_CHECKING:
    from sample.units import Unit

UNITS_FILE = "Territorial_units_LV_1.2m_(2021.07.01.).shp"
CENTRES_FILE = "vpvkac-kontakti_2023_aktual_081123.csv"
REGISTER_FILE = "aw_eka.csv"
LIBRARIES_FILE = "bibliotekas.csv"
OFFICES_FILE = "pasta_nodalas.json"
REGIONAL_FILE = "gtfs-latvia-lv.zip"
CITY_FILE = "gtfs-pilseta.zip"
LONE_FILE = "gtfs-nomale.zip"
RESIDENTS_FILE = "rezgis_iedzivotaji_1km.geojson"
AGES_FILE, AGES_HEADER = "iedzivotaji_65.csv", ("atvk", "teritorija", "v65_74", "v75")
PROJECT_FILE = "vpvkac.toml"

WEEKDAYS = ("Pirmdiena", "Otrdiena", "Trešdiena", "Ceturtdiena", "Piektdiena", "Sestdiena",
            "Svētdiena")  # fmt: skip
DAY_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_ENGLISH = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MUNICIPAL = ("Pašvaldības iestāde", "Pašvaldības iestādes struktūrvienība")
_OTHER_STATUS = (
    "Valsts iestāde",
    "Augstskolas struktūrvienība",
    "Privāto tiesību juridiska persona",
)
_ZIP_DATE = (2023, 11, 1, 0, 0, 0)


PROJECT = """\
# Sintētiski parauga dati: nosaukumi un skaitļi ir izdomāti.
# Synthetic sample: names and numbers are invented.  Paths are relative to this file.
# Made by scripts/make_sample.py; what was planted in it: data/README.md.

[inputs]
units = "Territorial_units_LV_1.2m_(2021.07.01.).shp"
centres = "vpvkac-kontakti_2023_aktual_081123.csv"
addresses = "aw_eka.csv"
post_offices = "pasta_nodalas.json"
population = "rezgis_iedzivotaji_1km.geojson"
age_groups = { path = "iedzivotaji_65.csv", unit = "atvk", age_65_74 = "v65_74", age_75 = "v75" }
streets = "ielas.graphml"
suitability = { path = "telpas.csv", id = "vieta", utilities = "r1_1", step_free = "r1_2", \
desk_kinds = "r2_1", desk_apart = "r2_2", public_computer = "r3_1", printing = "r3_2", \
specialist_desk = "r3_3", card_terminal = "r3_4", queue_machine = "r3_5", signs = "r4_1", \
leaflets = "r4_2", video = "r5_1", covid_rules = "r5_2", parking = "r6_1" }
stops = [
  { path = "gtfs-latvia-lv.zip", feed = "reg", regional = true },
  { path = "gtfs-pilseta.zip", feed = "pilseta" },
  { path = "gtfs-nomale.zip", feed = "nomale" },
]

[inputs.institutions]
path = "iestades.csv"
id = "id"
name = "nosaukums"
lat = "lat"
lon = "lon"

[inputs.state_centres]
path = "valsts_centri.csv"
id = "id"
name = "nosaukums"
lat = "lat"
lon = "lon"

[inputs.libraries]
path = "bibliotekas.csv"

[inputs.libraries.where]
"Juridiskais statuss" = ["Pašvaldības iestāde", "Pašvaldības iestādes struktūrvienība"]
"Darbojās 2022.gadā" = ["Jā"]

[rules]
threshold_m = 700
stop_set = "regional"
hosts = ["centre", "library"]

[[standards]]
km = 5
share = 0.8
floor = 0.5

[[standards]]
km = 15
share = 0.95

[about]
title = "Kontaktpunktu tīkls: sintētiski parauga dati"
title_en = "Network of contact points: synthetic sample data"
contact = "planotajs@paraugs.example"
reply_by = "2024-01-31"
synthetic = true

[plan]
budget = 900000
first = 2024
last = 2029
targets = { 2026 = 0.85, 2029 = 0.90 }
"""


def write_units(folder: Path, units: list[Unit]) -> None:
    """Write the units' shapefile, in no order of code, with a fixed date in its table."""
    order = np.random.default_rng(7).permutation(len(units))
    shown = [units[n] for n in order]
    frame = gpd.GeoDataFrame(
        {
            "L1_code": [u.code for u in shown],
            "L1_name": [u.name for u in shown],
            "L1_type": np.array([u.l1_type for u in shown], dtype="int32"),
            "L0_code": [u.municipality for u in shown],
            "L0_name": [u.municipality_name for u in shown],
            "L0_type": np.array([1 if u.l1_type == 1 else 5 for u in shown], dtype="int32"),
            "NUTS3_code": [u.region for u in shown],
            "NUTS3_name": [u.region_name for u in shown],
        },
        geometry=[u.shape for u in shown],
        crs="EPSG:3059",
    )
    pyogrio.write_dataframe(
        frame, folder / UNITS_FILE, driver="ESRI Shapefile",
        layer_options={"ENCODING": "UTF-8", "RESIZE": "YES",
                       "DBF_DATE_LAST_UPDATE": "2021-07-01"},
    )  # fmt: skip


def _hours(rng: np.random.Generator) -> Hours:
    """Draw a working week; about half close at lunch."""
    start = ("8:00", "8:30", "9:00")[int(rng.integers(3))]
    lunch = chance(rng, 0.5)
    week: Hours = {}
    for code in DAY_CODES[:5]:
        end = "15:00" if code == "Fr" and chance(rng, 0.6) else "17:00"
        end = "18:00" if code == "Mo" and chance(rng, 0.4) else end
        week[code] = [[start, "12:00"], ["12:20", end]] if lunch else [[start, end]]
    if chance(rng, 0.03):
        week["Sa"] = [["9:00", "13:00"]]
    return week


def padded_hours(week: Hours) -> Hours:
    """Return the hours with two-digit hours, as opening_hours writes them."""
    return {
        day: [[time.zfill(5) for time in span] for span in spans] for day, spans in week.items()
    }


def centre_address(place: Place, unit: Unit, variant: int, owner: Unit) -> str:
    """Write a centre's address as the list does: seldom the way the register does."""
    address = place.address
    text = address.text()
    if owner.municipality != unit.municipality:
        municipality = owner.municipality_name.removesuffix(" novads")
        parts = (address.house, address.settlement, f"{municipality} nov.", address.postcode)
        return ", ".join(parts)
    genitive = unit.stem.genitive
    match variant:
        case 1:
            text = _spelt_out(address, genitive)
        case 2:
            text = address.text(postcode=False)
        case 3:
            text = text.replace(f"{address.house},", f"{address.house}, 2. stāvs,", 1)
        case 4 if not address.house.startswith('"'):
            # The municipality's name of before the reform: only house and postcode agree.
            text = text.replace(f", {address.municipality} nov.", f", {genitive} nov.")
        case 5:
            text = text.replace(", ", ",\n", 1).replace('"', "“", 1).replace('"', "”", 1)
    return text


def _spelt_out(address: Address, genitive: str) -> str:
    """Write an address without abbreviations, a town as "of the town of"."""
    text = address.text().replace(" pag.,", " pagasts,").replace(" nov.,", " novads,")
    if address.town:
        text = text.replace(f", {address.settlement},", f", {genitive} pilsēta,", 1)
    return text


def write_centres(folder: Path, rng: np.random.Generator, units: list[Unit],
                  places: list[Place]) -> dict[str, Any]:  # fmt: skip
    """Write the centres' list: a spreadsheet saved as text, several rows a centre."""
    heads = {unit.municipality: unit for unit in units}
    rows: list[list[str]] = [
        _cells({5: f"{PUBLISHER}: valsts un pašvaldību vienotie\nklientu apkalpošanas centri"}),
        _cells({5: "Nosaukumi un skaitļi ir izdomāti", 12: "Dati uz 08.11.2023."}),
        _cells({}),
        _cells({1: "Nr.\np.k.", 2: "Reģions", 3: "Līmenis", 5: "VPVKAC pilnais nosaukums",
                7: "VPVKAC", 8: "Adrese", 9: "Darba laiks", 11: "Tālrunis", 12: "E-pasts"}),
        _cells({9: "diena", 10: "laiks"}),
    ]  # fmt: skip
    centres = sorted((p for p in places if p.host == "centre"), key=lambda p: p.number)
    for place in centres:
        unit = units[place.unit]
        owner = heads[place.owner]
        kind = {"parish": "pagasta", "town": "pilsētas", "state_city": "valstspilsētas"}[unit.kind]
        place.name = (f"{owner.municipality_name.removesuffix(' novads')} novada "
                      f"{unit.stem.genitive} {kind} VPVKAC")  # fmt: skip
        rows += _centre_rows(rng, place, unit, owner)
        if place.number % 40 == 0:
            rows.append(_cells({1: str(place.number // 40 + 1)}))
            rows.append(_cells({5: f"{PUBLISHER}, turpinājums"}))
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(rows)
    (folder / CENTRES_FILE).write_bytes(("\ufeff" + text.getvalue()).encode())
    return {
        "records": len(rows),
        "blank records": sum(not any(row) for row in rows),
        "physical lines": text.getvalue().count("\n"),
        "centres": len(centres),
        "open": sum(place.status == "open" for place in centres),
        "announced": sum(place.status == "announced" for place in centres),
        "dropped": {},
    }


def _cells(values: dict[int, str]) -> list[str]:
    """Return a row of twelve cells; keys count from 1."""
    return [values.get(column, "") for column in range(1, 13)]


def _centre_rows(rng: np.random.Generator, place: Place, unit: Unit, owner: Unit
                 ) -> list[list[str]]:  # fmt: skip
    """Return a centre's rows: the heading, then a row a weekday."""
    number = place.number
    variant = int(rng.integers(0, 6))
    place.written = centre_address(place, unit, variant, owner)
    place.phone = "+371 00000000"
    place.email = f"centrs{number}@paraugs.example"
    first = {
        1: str(number), 2: owner.region_name, 3: "Novadu nozīmes attīstības centrs",
        5: place.name if number % 5 else place.name.replace(" VPVKAC", "\nVPVKAC"),
        7: f"{unit.stem.genitive} VPVKAC", 8: place.written,
    }  # fmt: skip
    week = {} if place.status == "announced" else _hours(rng)
    place.hours = padded_hours(week)
    under: list[dict[int, str]] = [{10: "Tiks atvērts"}] if not week else []
    for day, code in enumerate(DAY_CODES):
        spans = week.get(code)
        if spans is None and (not week or number % 3):
            continue
        wide = " - " if number % 4 else "-"
        time = "; ".join(wide.join(span) for span in spans) if spans else "slēgts"
        if number % 7 == 0:
            under.append({9: f"{WEEKDAYS[day]}: {time}"})
        else:
            under.append({9: WEEKDAYS[day], 10: time})
    rows = [first, *under]
    rows[0 if number % 3 else min(1, len(rows) - 1)][11] = place.phone
    rows[0 if number % 2 else min(2, len(rows) - 1)][12] = place.email
    return [_cells(row) for row in rows]


def write_register(folder: Path, rows: list[Row], units: list[Unit]) -> None:
    """Write the address register and the parents that its addresses lead to."""
    for file, table in {REGISTER_FILE: register_table(rows, units), **parent_tables(units)}.items():
        _write_csv(folder / file, table, bom=False)


def _write_csv(path: Path, rows: Iterable[Iterable[str]], *, bom: bool) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_bytes((("\ufeff" if bom else "") + text.getvalue()).encode())


_LIBRARY_HEADER = (
    "_id", "Objekta nosaukums", "ISIL kods", "Adrese", "LAT", "LON", "LKS-92 X", "LKS-92 Y",
    "Vadītājs/ direktors", "Juridiskais statuss", "Dibināšanas gads", "Sākums",
    "Darbojās 2021.gadā", "Darbojās 2022.gadā", "Lietotāju skaits 2021.gadā",
    "Lietotāju skaits 2022.gadā", "Izsniegums 2022.gadā",
)  # fmt: skip
_NOT_MUNICIPAL = 26


def write_libraries(folder: Path, rng: np.random.Generator, units: list[Unit],
                    places: list[Place], positions: Positions, bare: list[int]
                    ) -> dict[str, Any]:  # fmt: skip
    """Write the libraries, those left out by the project's filter among them."""
    libraries = [p for p in places if p.host == "library"]
    seen: dict[tuple[int, str], int] = {}
    for place in libraries:
        place.name = _library_name(units[place.unit], place, seen)
    others = [*bare[:3], *(int(n) for n in rng.integers(0, len(units), 37))]
    strays = []
    for number, unit in enumerate(others):
        spot = positions.near(unit, middle=False)
        shut = number >= _NOT_MUNICIPAL
        stray = Place("library", unit, *spot, plan="closed" if shut else "not municipal")
        word = "slēgtā bibliotēka" if shut else "speciālā bibliotēka"
        stray.name = f"{units[unit].stem.genitive} {word}"
        strays.append(stray)
    # The second and third of the units with no host hold a closed one and a private one.
    strays[1].plan = "closed"
    lost = Place("library", 30, 0.0, 0.0, plan="no coordinates and no address")
    lost.name = "Pārvietojamā bibliotēka"
    far = Place("library", 30, 59.4370000, 24.7536000, plan="outside the country")
    far.name = "Ārzemju lasītava"
    rows = [*libraries, *strays, lost, far]
    table = []
    for number, order in enumerate(rng.permutation(len(rows)).tolist(), start=1):
        rows[order].number = number
        table.append(_library_row(rng, rows[order], number))
    _write_csv(folder / LIBRARIES_FILE, [_LIBRARY_HEADER, *table], bom=True)
    closed = sum(place.plan == "closed" for place in strays)
    return {
        "rows_read": len(rows),
        "used": len(libraries),
        "dropped": {
            "left out by the project's where": len(strays),
            "no coordinates and no address": 1,
            "farther than 50 km outside the units": 1,
        },
        "of those left out by where": {"closed": closed, "not municipal": len(strays) - closed},
        "used without coordinates": {
            "placed by address": sum(p.located_by == "address" for p in libraries),
            "placed by postcode": sum(p.located_by == "postcode" for p in libraries),
        },
    }


def _library_name(unit: Unit, place: Place, seen: dict[tuple[int, str], int]) -> str:
    number = seen.get((place.unit, "library"), 0) + 1
    seen[place.unit, "library"] = number
    kind = {"parish": "pagasta", "town": "pilsētas", "state_city": "pilsētas"}[unit.kind]
    if number == 1:
        return f"{unit.stem.genitive} {kind} bibliotēka"
    return f"{unit.stem.genitive} {kind} {number}. bibliotēka"


def _library_row(rng: np.random.Generator, place: Place, number: int) -> list[str]:
    x = y = lat = lon = ""
    if place.located_by == "published" and place.plan != "no coordinates and no address":
        lat, lon = f"{place.lat:.7f}", f"{place.lon:.7f}"
        east, north = TO_PLANE.transform(place.lon, place.lat)
        x, y = f"{north:.3f}", f"{east:.3f}"
    elif number % 2:
        x = y = lat = lon = "0"
    silent = place.located_by == "published" and number % _NO_ADDRESS_EVERY == 0
    place.written = "" if silent else place.address.text()
    municipal = place.plan != "not municipal"
    status = _MUNICIPAL[number % 2] if municipal else _OTHER_STATUS[number % 3]
    works = "Nē" if place.plan == "closed" else "Jā"
    users = int(rng.integers(60, 1_800))
    return [
        str(number), place.name, f"LV-99{number:04d}", place.written, lat, lon, x, y,
        PUBLISHER, status,
        str(int(rng.integers(1921, 1999))), "", "Jā", works, str(users + 11),
        str(users) if works == "Jā" else "", str(users * 9) if works == "Jā" else "",
    ]  # fmt: skip


# Every so many place has no address: its unit can only come from the polygons.
_NO_ADDRESS_EVERY = 30
_LAST_OFFICE_TYPE = 2
_LETTER_BOX = 9
_FOREIGN_LOCKER = 7
_LOCKERS = 300
_FOREIGN_LOCKERS = 12
_LETTER_BOXES = 480


def write_offices(folder: Path, rng: np.random.Generator, units: list[Unit],
                  places: list[Place], positions: Positions, bare: list[int]
                  ) -> dict[str, Any]:  # fmt: skip
    """Write the post's list of service points, one a line."""
    offices = [p for p in places if p.host == "post_office"]
    seen: dict[int, int] = {}
    for place in offices:
        seen[place.unit] = seen.get(place.unit, 0) + 1
        tail = f" {seen[place.unit]}." if seen[place.unit] > 1 else ""
        place.name = f"{units[place.unit].stem.genitive}{tail} pasta nodaļa"
    others: list[tuple[int, Place]] = []
    for kind, count in ((6, _LOCKERS), (7, _FOREIGN_LOCKERS), (9, _LETTER_BOXES)):
        wanted = [*bare, *(int(n) for n in rng.integers(0, len(units), count - len(bare)))]
        for unit in wanted:
            spot = positions.near(unit, middle=False)
            word = {6: "pakomāts", 7: "ārvalstu pakomāts", 9: "pastkastīte"}[kind]
            place = Place("other", unit, *spot, plan=word)
            place.name = f"{units[unit].stem.nominative}, {word}"
            others.append((kind, place))
    typed = [(1 if number % 6 == 0 else 2, place) for number, place in enumerate(offices)]
    listed = typed + others
    lines = []
    for number, order in enumerate(rng.permutation(len(listed)), start=1):
        kind, place = listed[order]
        place.number = 3_000 + number
        lines.append(json.dumps(_office(rng, kind, place, units[place.unit]), ensure_ascii=False))
    (folder / OFFICES_FILE).write_bytes(("[\n" + ",\n".join(lines) + "\n]\n").encode())
    kinds = [kind for kind, _ in listed]
    return {
        "rows_read": len(listed),
        "used": len(offices),
        "dropped": {"of another type: lockers and letter boxes": len(others)},
        "by type": {str(kind): kinds.count(kind) for kind in sorted(set(kinds))},
    }


def _office(rng: np.random.Generator, kind: int, place: Place, unit: Unit) -> dict[str, object]:
    """Return one point as the post's service gives it."""
    place.written = place.address.text() or unit.name
    if kind <= _LAST_OFFICE_TYPE and place.number % _NO_ADDRESS_EVERY == 0:
        place.written = ""
    hours: dict[str, str] = dict.fromkeys(_ENGLISH, "00:00-24:00")
    if kind <= _LAST_OFFICE_TYPE:
        week = {"Mo": [["09:00", "18:00"]], **{day: [["09:00", "16:00"]] for day in ("Tu", "We",
                "Th", "Fr")}}  # fmt: skip
        if place.number % 5 == 0:
            week = {day: [["8:00", "11:00"]] for day in DAY_CODES[:5]}
        if place.number % 9 == 0:
            week["Sa"] = [["09:00", "13:00"]]
        lead = " " if place.number % 4 == 0 else ""
        hours = {
            english: lead + "-".join(week[code][0]) if code in week else "-"
            for english, code in zip(_ENGLISH, DAY_CODES, strict=True)
        }
        place.hours = padded_hours(week)
    elif kind == _LETTER_BOX:
        hours = dict.fromkeys(_ENGLISH, "-")
    country = "LV" if kind != _FOREIGN_LOCKER else ("LT", "EE")[int(rng.integers(2))]
    return {
        "id": str(place.number), "type": kind, "countryCode": country,
        "postCode": place.address.postcode, "readableAddress": place.written,
        "label": place.name, "latitude": place.lat,
        "longitude": place.lon, "workingHours": hours, "status": 1,
        "outside": kind > _LAST_OFFICE_TYPE,
    }  # fmt: skip


def write_feed(path: Path, feed: Feed) -> None:
    """Zip a feed's tables, each with a BOM and a fixed date.

    A padded feed has a space before every header and value but the first.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for table, rows in feed.tables().items():
            comma = ", " if feed.padded else ","
            lines = [comma.join(_quoted(value, always=not feed.padded) for value in row)
                     for row in rows]  # fmt: skip
            entry = zipfile.ZipInfo(f"{table}.txt", _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, ("\ufeff" + "\n".join(lines) + "\n").encode())


def _quoted(value: str, *, always: bool) -> str:
    """Quote a text that is a name, doubling quotes inside it, as the city's feed does."""
    if always and (" " in value or '"' in value or not value.isascii()):
        doubled = value.replace('"', '""')
        return f'"{doubled}"'
    return value


def write_residents(folder: Path, cells: Cells) -> dict[str, Any]:
    """Write the grid of residents, a cell a line; the counts as published, small ones as 5."""
    lines = []
    for (west, south), count in zip(
        cells.corners.astype(int).tolist(), cells.published.tolist(), strict=True
    ):
        east, north = west + CELL_M, south + CELL_M
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        feature = {
            "type": "Feature", "properties": {"iedzivotaji": count},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }  # fmt: skip
        lines.append(json.dumps(feature, separators=(",", ":")))
    head = {
        "type": "FeatureCollection", "name": "Sintētiski parauga dati",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3059"}},
    }  # fmt: skip
    start = json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [\n'
    text = start + ",\n".join(lines) + "\n]}\n"
    (folder / RESIDENTS_FILE).write_bytes(text.encode())
    outside = int((cells.unit < 0).sum())
    return {
        "rows_read": len(lines), "used": len(lines) - outside, "dropped": {"no_unit": outside}
    }  # fmt: skip


def write_ages(folder: Path, units: list[Unit], ages: np.ndarray) -> dict[str, Any]:
    """Write the older residents by unit, each municipality's sum before its units."""
    sums: dict[str, np.ndarray] = {}
    for unit, count in zip(units, ages, strict=True):
        sums[unit.municipality] = sums.get(unit.municipality, 0) + count
    own = {unit.code for unit in units}
    rows = [(unit.code, unit.name, *count) for unit, count in zip(units, ages, strict=True)]
    rows += [
        (unit.municipality, unit.municipality_name, *sums.pop(unit.municipality))
        for unit in units if unit.municipality in sums.keys() - own
    ]  # fmt: skip
    text = "\n".join([",".join(map(str, row)) for row in [AGES_HEADER, *sorted(rows)]]) + "\n"
    (folder / AGES_FILE).write_bytes(text.encode())
    used = len(units)
    return {"rows_read": len(rows), "used": used, "dropped": {"sum": len(rows) - used}}


def write_project(folder: Path) -> None:
    """Write the project file."""
    (folder / PROJECT_FILE).write_bytes(PROJECT.encode())
