"""The country as its publishers send it: real tables of `../shared/data` in the real byte forms.

Units, towns and municipalities of the register, names and addresses of centres, stops, settlement
points and postcodes are real; streets, parishes, buildings, trips and post offices are made around
them, so that every file has the form, the bytes and the size of column that its publisher gives it.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd

from portal_server import Answer, Portal, resource

BOM = "\ufeff"
UNITS = "Territorial_units_LV_1.2m_(2022.07.01.)"
OLD_UNITS = "Territorial_units_LV_1.2m_(2021.01.01.)"
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
PARENT = (
    "KODS", "TIPS_CD", "NOSAUKUMS", "VKUR_CD", "VKUR_TIPS", "APSTIPR", "APST_PAK", "STATUSS",
    "SORT_NOS", "DAT_SAK", "DAT_MOD", "DAT_BEIG", "ATRIB", "STD",
)  # fmt: skip
BUILDING = (
    "KODS", "TIPS_CD", "STATUSS", "APSTIPR", "APST_PAK", "VKUR_CD", "VKUR_TIPS", "NOSAUKUMS",
    "SORT_NOS", "ATRIB", "PNOD_CD", "DAT_SAK", "DAT_MOD", "DAT_BEIG", "FOR_BUILD", "PLAN_ADR",
    "STD", "KOORD_X", "KOORD_Y", "DD_N", "DD_E",
)  # fmt: skip
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LAST_ROW = 1_048_576
DAYS = ("Pirmdiena", "Otrdiena", "Trešdiena", "Ceturtdiena", "Piektdiena")


class Country:
    """The files of the country, by the name that each is published under."""

    def __init__(self, data: Path) -> None:
        self.data = data
        units = gpd.read_file(data / "units" / "2022-07-01" / f"{UNITS}.shp")
        self.units = units.set_index("L1_code")
        self.towns = self._parents("aw_pilseta")
        self.municipalities = self._parents("aw_novads")
        self.centres = pd.read_csv(data / "centres" / "vpvkac_2023-11_partial.csv", dtype=str)
        self.points = pd.read_csv(data / "points" / "unit_centres_2021.csv")
        places = gpd.GeoDataFrame(
            self.points,
            geometry=gpd.points_from_xy(self.points["lon"], self.points["lat"], crs=4326),
        ).to_crs(3059)
        inside = places.sjoin(units[["L1_code", "L1_name", "geometry"]], how="left")
        self.points["L1_code"] = inside.groupby(level=0)["L1_code"].first().fillna("")
        self.stops = pd.read_csv(data / "stops" / "atd_2026_stops.csv", dtype=str)

    def _parents(self, name: str) -> pd.DataFrame:
        table = pd.read_csv(self.data / "register" / f"{name}.csv", dtype=str).fillna("")
        return table[table["STATUSS"] == "EKS"]

    def list_of_centres(self) -> bytes:
        """A spreadsheet saved as text: twelve columns, several rows a centre, empty ones behind."""
        rows: list[list[str]] = [[""] * 12, ["Nr.", "", "", "", "VPVKAC pilnais nosaukums", ""]]
        for number, centre in enumerate(self.centres.itertuples(), 1):
            short = centre.full_name.partition("novada ")[2] or centre.full_name
            first = [str(number), "", "", "", centre.full_name, "", short, centre.address]
            rows.append([*first, "", "", f"+371 6{number:07d}", f"centrs{number}@novads.example"])
            rows += [["", "", "", "", "", "", "", "", day, "8:30 - 12:00; 12:30 - 17:00"]
                     for day in DAYS]  # fmt: skip
        lines = [";".join(_quoted(cell) for cell in [*row, *[""] * (12 - len(row))])
                 for row in rows]  # fmt: skip
        # Down to the last row that a spreadsheet could have.
        lines += [";" * 11] * (LAST_ROW - len(rows))
        return (BOM + "\r\n".join(lines)).encode()

    def register(self) -> dict[str, bytes]:
        """The address register: buildings, and the parents that lead them to their units."""
        by_code = dict(zip(self.municipalities["ATRIB"], self.municipalities["KODS"], strict=True))
        parishes, streets, buildings = [], [], []
        number = 110_000_000
        for code, unit in self.units[self.units["L1_type"] == 7].iterrows():
            number += 1
            name = unit["L1_name"].replace("pagasts", "pag.")
            above = by_code.get(unit["L0_code"].removeprefix("LV"), "100000000")
            full = f"{name}, {unit['L0_name'].replace('novads', 'nov.')}"
            parishes.append(_parent(number, "105", name, above, str(code)[2:], full))
            spot = gpd.GeoSeries([unit.geometry.representative_point()], crs=3059).to_crs(4326)[0]
            farm = f"Kalni {len(parishes)}"
            address = f'"{farm}", {full}, LV-9999'
            buildings.append(_building(number + 1_000_000, number, farm, address, spot.y, spot.x))
        for centre in self.centres.itertuples():
            town = self._town(centre.address)
            if town is None:
                continue
            number += 1
            street, _, house = centre.address.split(",")[0].rpartition(" ")
            streets.append(
                _parent(number, "107", street, town["KODS"], "", f"{street}, {town.STD}")
            )
            at = self.points[self.points["name"] == town["NOSAUKUMS"]].iloc[0]
            postcode = centre.address.rpartition(" ")[2]
            address = f"{street} {house}, {town['STD']}, {postcode}"
            key = number + 1_000_000
            buildings += [
                _building(key, number, house, address, at["lat"], at["lon"]),
                # Land may be in force, and what is no longer has no position.
                _building(key + 500_000, number, f"{house}Z", f"{street} {house}Z, {town['STD']}",
                          at["lat"], at["lon"], land="Y"),
                _building(key + 600_000, number, "99", f"{street} 99, {town['STD']}"),
            ]  # fmt: skip
        real = [table[list(PARENT)].to_numpy() for table in (self.towns, self.municipalities)]
        kinds = ("iela", "ciems", "pagasts", "pilseta", "novads")
        parents = zip(kinds, (streets, [], parishes, *real), strict=True)
        tables = {f"aw_{kind}.csv": _register_table(PARENT, rows) for kind, rows in parents}
        return {"aw_eka.csv": _register_table(BUILDING, buildings)} | tables

    def _town(self, address: str) -> pd.Series | None:
        """Find the town that an address names in the genitive, by the longest common beginning."""
        match = re.search(r", ([^,]+) pilsēta,", address)
        if match is None:
            return None
        named = self.towns.assign(
            common=[_common(name, match[1]) for name in self.towns["NOSAUKUMS"]]
        )
        found: pd.Series = named.sort_values("common").iloc[-1]
        return found if found["common"] >= len(match[1]) - 2 else None

    def libraries(self) -> dict[str, bytes]:
        """The list of culture institutions, libraries among them, and the statistics."""
        # The words over the columns are not known; these are none of the statistics'.
        institutions = [
            ["nr", "objekta_veids", "nosaukums", "isil", "adrese", "platums", "garums", "lks_x",
             "lks_y", "kategorija", "talrunis", "epasts", "atvk", "saite", "attels"]
        ]  # fmt: skip
        others = [
            ("Bibliotēka", "Skolas bibliotēka", "skolas bibliotēka"),
            ("Bibliotēka", "Speciālā bibliotēka", "muzeja bibliotēka"),
            ("Muzejs", "Muzejs", "muzejs"),
            ("Kultūras centrs", "Kultūras centrs", "kultūras nams"),
        ]
        statistics = [["_id", "Objekta nosaukums", "ISIL kods", "Adrese", "LAT", "LON"]]
        for number, point in enumerate(self.points.itertuples(), 1):
            name, code = f"{point.name} bibliotēka", str(point.L1_code).removeprefix("LV")
            lat, lon, isil = str(point.lat), str(point.lon), f"LV-{number:04d}"
            institutions.append(
                [str(number), "Bibliotēka", name, isil, "", lat, lon, "", "", "Publiskā bibliotēka",
                 "", "", code, "https://example.org/", ""]
            )  # fmt: skip
            kind, category, word = others[number % len(others)]
            institutions.append(
                [str(10_000 + number), kind, f"{point.name} {word}", "", "", lat, lon, "", "",
                 category, "", "", code, f"https://example.org/{number}", ""]
            )  # fmt: skip
            # A few that the list knows no more: whoever takes the statistics has more of them.
            statistics += [[str(number), name, isil, "", lat, lon]]
            if number % 50 == 0:
                statistics += [[str(10_000 + number), f"{point.name} filiāle", "", "", lat, lon]]
        return {
            "objektusaraksts.csv": _table(institutions),
            "bibliotekas.csv": _table(statistics),
        }

    def post_offices(self) -> bytes:
        """The API's answer: offices, lockers and letter boxes in one list."""
        points = pd.read_csv(self.data / "points" / "postcode_points.csv")
        points = points.drop_duplicates(["lat", "lon"]).reset_index(drop=True)
        entries = [
            {
                "@type": "ServiceLocation",
                "id": str(number),
                "type": (2, 1, 6, 9)[number % 4],
                "countryCode": "LV",
                "postCode": point.postcode,
                "readableAddress": f"{point.example_place}, {point.postcode}",
                "label": f"{point.example_place} pasta nodaļa",
                "latitude": point.lat,
                "longitude": point.lon,
                "workingHours": dict.fromkeys(WEEK, "09:00-12:00;13:00-17:00") | {"sunday": "-"},
                "status": 1,
                "outside": False,
            }
            for number, point in enumerate(points.itertuples(), 1)
        ]
        return json.dumps(entries, ensure_ascii=False).encode()

    def national_feed(self) -> bytes:
        """A feed with a blank before each header and value but the first, quoted after it."""
        stops = [(one.id, "", one.name, one.lat, one.lon) for one in self.stops.itertuples()]
        calls, trips = [], []
        for number, (stop, *_) in enumerate(stops):
            trip, place = divmod(number, 100)
            if place == 0:
                trips.append(("1", "daily", str(trip)))
            time = f"{7 + place // 60:02d}:{place % 60:02d}:00"
            calls.append((str(trip), time, time, stop, str(place + 1)))
        dates = ("1", "1", "1", "1", "1", "1", "1", "20260101", "20271231")
        return zipped({
            "stops.txt": _feed("stop_id,stop_code,stop_name,stop_lat,stop_lon", stops),
            "routes.txt": _feed("route_id,route_short_name,route_type", [("1", "7930", "3")]),
            "trips.txt": _feed("route_id,service_id,trip_id", trips),
            "stop_times.txt": _feed(
                "trip_id,arrival_time,departure_time,stop_id,stop_sequence", calls
            ),
            "calendar.txt": _feed(f"service_id,{','.join(WEEK)},start_date,end_date",
                                  [("daily", *dates)]),
        })  # fmt: skip

    def publish(self, portal: Portal) -> str:
        """Publish everything under the datasets of the catalogue; give the API of the offices."""
        for name, vintage in ((UNITS, "2022-07-01"), (OLD_UNITS, "2021-01-01")):
            folder = self.data / "units" / vintage
            parts = {f"{name}{part}": (folder / f"{name}{part}").read_bytes() for part in PARTS}
            portal.lay(f"/units/{name}.zip", zipped(parts))
        # What was uploaded last is not what is newest.
        new, old = (f"{portal.origin}/units/{name}.zip" for name in (UNITS, OLD_UNITS))
        portal.publish("robezas", [resource(new, modified="2022-08-01"), resource(old)])
        register = self.register()
        more = {"aw_eka_his.csv": b"KODS\r\n", "aw_eka.csv_metadata.json": b"{}"}
        self._publish(portal, "varis-atvertie-dati", register | more, "cc-by-4.0")
        libraries = self.libraries()
        culture = "6d564a05-1d8c-49b8-835f-c969c61da182"
        self._publish(portal, culture, {"objektusaraksts.csv": libraries["objektusaraksts.csv"]})
        self._publish(
            portal, "bibliotku-statistika", {"bibliotekas.csv": libraries["bibliotekas.csv"]}
        )
        centres = {"vpvkac-kontakti_2023_aktual_081123.csv": self.list_of_centres()}
        self._publish(portal, "vpvkac-kontakti", centres)
        feed = self.national_feed()
        self._publish(portal, "atd-gtfs", {"gtfs-latvia-lv.zip": feed})
        city = "marsrutu-saraksti-rigas-satiksme-sabiedriskajam-transportam"
        few = Country.few_stops(self.stops.head(50))
        months = {f"marsrutusaraksti{month}.zip": few for month in ("12_2025", "10_2026")}
        self._publish(portal, city, months)
        return portal.lay("/offices", Answer(self.post_offices(), kind="application/json"))

    @staticmethod
    def few_stops(stops: pd.DataFrame) -> bytes:
        """A city's feed with the byte-order mark and the route types of its kind."""
        rows = [(f"9{one.id}", one.name, one.lat, one.lon) for one in stops.itertuples()]
        calls = [("1", f"8:{n:02d}:00", row[0], str(n + 1)) for n, row in enumerate(rows)]
        header = "service_id," + ",".join(WEEK) + ",start_date,end_date\n"
        tables = {
            "stops.txt": _plain("stop_id,stop_name,stop_lat,stop_lon", rows),
            "routes.txt": "route_id,route_short_name,route_type\n1,1,700\n",
            "trips.txt": "route_id,service_id,trip_id\n1,daily,1\n",
            "stop_times.txt": _plain("trip_id,departure_time,stop_id,stop_sequence", calls),
            "calendar.txt": f"{header}daily,1,1,1,1,1,1,1,20260101,20271231\n",
        }
        return zipped({name: (BOM + text).encode() for name, text in tables.items()})

    @staticmethod
    def _publish(
        portal: Portal, dataset: str, files: Mapping[str, bytes], licence: str = "cc-zero"
    ) -> None:
        given = [resource(portal.lay(f"/{dataset}/{name}", body), name)
                 for name, body in files.items()]  # fmt: skip
        portal.publish(dataset, given, licence)


def zipped(members: Mapping[str, bytes]) -> bytes:
    """Zip files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _parent(code: int, kind: str, name: str, above: str, unit: str, full: str) -> list[str]:
    return [str(code), kind, name, above, "", "Y", "252", "EKS", name, "2021.07.01", "2026.03.18",
            "", unit, full]  # fmt: skip


def _building(
    code: int,
    above: int,
    name: str,
    full: str,
    lat: float | None = None,
    lon: float | None = None,
    *,
    land: str = "N",
) -> list[str]:
    state = "DEL" if lat is None else "EKS"
    at = ["", ""] if lat is None else [f"{lat:.6f}", f"{lon:.6f}"]
    return [str(code), "108", state, "Y", "252", str(above), "", name, name, "", "", "1999.03.19",
            "2026.06.30", "", land, "N", full, "", "", *at]  # fmt: skip


def _register_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([header, *rows])
    return (BOM + text.getvalue()).encode()


def _table(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return (BOM + text.getvalue()).encode()


def _feed(header: str, rows: Iterable[Sequence[str]]) -> bytes:
    lines = [header.replace(",", ", ")]
    for first, *others in rows:
        lines.append(", ".join([first, *('"' + cell.replace('"', '""') + '"' for cell in others)]))
    return ("\r\n".join(lines) + "\r\n").encode()


def _plain(header: str, rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header.split(","), *rows])
    return text.getvalue()


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if ";" in cell or '"' in cell else cell


def _common(one: str, other: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
                min(len(one), len(other)))  # fmt: skip
