"""Facts of the published sources, each with a small file written here; the name tells the fact.

They were gathered from public descriptions and from programs that read the sources; files that
hold them whole are not at hand.  Facts that other tests hold are not repeated.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from plain_country import UNITS, rows, units_frame
from portal_server import resource
from test_libraries_list import KEYS, institutions, libraries_among, written
from test_libraries_list import read as read_list
from vpvkac.fetch.place import ACCEPT
from vpvkac.fetch.portal import resolve
from vpvkac.fetch.web import RefusedError
from vpvkac.model.addresses import parse
from vpvkac.model.project import Input
from vpvkac.model.territory import Territory
from vpvkac.sources.base import Reading
from vpvkac.sources.catalogue import BY_NAME, GROUPS, SOURCES, Dataset, Direct, Page, Table
from vpvkac.sources.centres import read_centres
from vpvkac.sources.gtfs import read_gtfs
from vpvkac.sources.hours import hours_in
from vpvkac.sources.libraries import read_libraries
from vpvkac.sources.lock import files_beside
from vpvkac.sources.plain import read_plain_hosts
from vpvkac.sources.population import read_population_by_unit
from vpvkac.sources.post_offices import read_post_offices
from vpvkac.sources.register import read_register
from vpvkac.sources.units import read_atvk, read_units

LONG = "valsts un pašvaldības vienotais klientu apkalpošanas centrs"
# As the table of the whole register writes it: a mark, CRLF, every value in quotes.
BUILDINGS = ("KODS", "TIPS_CD", "STATUSS", "VKUR_CD", "VKUR_TIPS", "NOSAUKUMS", "ATRIB",
             "FOR_BUILD", "STD", "KOORD_X", "KOORD_Y", "DD_N", "DD_E")  # fmt: skip
PARENTS = ("KODS", "TIPS_CD", "NOSAUKUMS", "VKUR_CD", "STATUSS", "ATRIB", "STD")


def quoted(columns: tuple[str, ...], *records: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    table.writerows([columns, *records])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def building(code: str, parent: str, address: str, **more: str) -> tuple[str, ...]:
    row = {"KODS": code, "TIPS_CD": "108", "STATUSS": "EKS", "VKUR_CD": parent, "STD": address,
           "ATRIB": "LV-5001", "FOR_BUILD": "N", "DD_N": "56.8", "DD_E": "24.6"} | more  # fmt: skip
    return tuple(row.get(column, "") for column in BUILDINGS)


def parent(code: str, above: str, name: str, attribute: str) -> tuple[str, ...]:
    row = {"KODS": code, "VKUR_CD": above, "NOSAUKUMS": name, "STATUSS": "EKS",
           "ATRIB": attribute, "STD": name}  # fmt: skip
    return tuple(row.get(column, "") for column in PARENTS)


@pytest.fixture
def register(tmp_path: Path) -> Callable[..., Reading]:
    """Write a register with its parents; give what is read."""
    tables = {
        "aw_novads.csv": [parent("1", "100000000", "Ogres nov.", "0040000")],
        "aw_pilseta.csv": [parent("2", "1", "Ogre", "0040010"),
                           parent("3", "100000000", "Rīga", "0001000")],
        "aw_pagasts.csv": [parent("4", "1", "Taurupes pag.", "0040540")],
        "aw_ciems.csv": [parent("5", "4", "Taurupe", "9999999")],
        "aw_iela.csv": [parent("6", "5", "Parka iela", "8888888"),
                        parent("7", "3", "Krišjāņa Barona iela", "1")],
    }  # fmt: skip

    def read(*records: tuple[str, ...], change: Callable[[bytes], bytes] = bytes) -> Reading:
        for name, found in tables.items():
            (tmp_path / name).write_bytes(change(quoted(PARENTS, *found)))
        file = tmp_path / "aw_eka.csv"
        file.write_bytes(change(quoted(BUILDINGS, *records)))
        return read_register(Input(file, file.name))

    return read


# --- Codes and layouts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "code", ["0040010", "LV0040010", "lv0040010", "LV 0040010", "Lv-0040010", "LV\xa00040010"]
)
def test_a_code_is_read_with_and_without_lv_wherever_one_is_read(tmp_path: Path, code: str) -> None:
    """The register and the land agency's service write seven digits; what is written has `LV`."""
    wanted = "LV0040010"
    file = tmp_path / "t.csv"

    def source(text: str, **columns: str) -> Input:
        file.write_text(text, encoding="utf-8")
        return Input(file, file.name, columns=columns)

    places = source(f"i,u\n1,{code}\n", id="i", unit="u")
    assert read_plain_hosts(places).table["unit"].tolist() == [wanted]
    people = source(f"u,n\n{code},5\n", unit="u", value="n")
    assert read_population_by_unit(people).table["unit"].tolist() == [wanted]
    history = source(
        "Level,Code,Code_version,Name,Code_parent,Validity_period_begin,Validity_period_end,"
        f"Predecessors,Successors\n4,{code},1,Ogre,{code},2021-07-01,,{code},\n"
    )
    read = read_atvk(history).table
    assert read[["code", "parent", "predecessors"]].to_numpy().tolist() == [[wanted] * 3]
    units = units_frame([(code, "Ogre", 6, code, "Ogres novads", 0, 0)])
    units.to_file(tmp_path / "u.gpkg", driver="GPKG")
    found = read_units(Input(tmp_path / "u.gpkg", "u.gpkg")).table
    assert found[["unit", "municipality"]].to_numpy().tolist() == [[wanted, wanted]]
    assert isinstance(found, gpd.GeoDataFrame)
    assert Territory(found).municipality_named(pd.Series([code])).tolist() == [wanted]
    institution = institutions(60)
    for row in institution:
        row["unit"] = code
    listed = read_list(written(tmp_path, institution, list(KEYS)))
    assert set(listed.table["unit"]) == {wanted}


@pytest.mark.parametrize("code", ["40010", "LV40010", "LV00400100", "0040010.0", "LVOO40010"])
def test_what_is_no_code_of_seven_digits_is_refused_and_not_guessed(
    tmp_path: Path, code: str
) -> None:
    file = tmp_path / "t.csv"
    file.write_text(f"i,u\n1,{code}\n", encoding="utf-8")
    (fault,) = read_plain_hosts(Input(file, "t.csv", columns={"id": "i", "unit": "u"})).faults
    assert (fault.level, fault.field, fault.value) == ("error", "u", code)


def test_the_file_of_2018_has_areas_and_a_code_with_lv_besides(tmp_path: Path) -> None:
    """Extra `L1_area`, `L0_area` and `LAU2_code`; `L0_type` 5 for a municipality."""
    units = units_frame(UNITS)
    bare = {name: units[name].str.removeprefix("LV") for name in ("L1_code", "L0_code")}
    more = units.assign(**bare, L1_area=100.0, L0_area=200.0, LAU2_code=units["L0_code"])
    more[[*sorted(more.columns.drop("geometry"), reverse=True), "geometry"]].to_file(
        tmp_path / "Territorial_units_LV_1.2m_(2018.01.01.).gpkg", driver="GPKG"
    )
    (file,) = tmp_path.glob("*.gpkg")
    reading = read_units(Input(file, file.name))
    assert reading.table["unit"].tolist() == sorted(code for code, *_ in UNITS)
    assert reading.table["area_km2"].round(6).tolist() == [100.0] * 4
    assert (reading.faults, reading.notes["layout"]) == ([], "2018-01-01")


# --- Files of the portal -------------------------------------------------------------------------


def newest(name: str, resources: list[tuple[str, str]]) -> str:
    """The file that is taken of a dataset's; each with the day it was changed on the portal."""
    source = BY_NAME[name]
    assert isinstance(source.origin, Dataset)
    answer = {
        "success": True,
        "result": {
            "resources": [
                resource(f"https://data.gov.lv/d/{file}", file, f"{day}T00:00:00")
                for file, day in resources
            ]
        },
    }
    found = resolve(source, source.origin, "https://x", lambda _: json.dumps(answer).encode())
    return found.addresses[0].rpartition("/")[2]


def test_the_newest_feed_of_riga_is_chosen_by_month_and_year_in_its_name() -> None:
    """`MM_YYYY`: by name 12_2025 comes after 06_2026, and on the portal it was changed later."""
    files = [("marsrutusaraksti12_2025.zip", "2026-09-01"),
             ("marsrutusaraksti06_2026.zip", "2026-05-28"),
             ("marsrutusaraksti11_2024.zip", "2026-10-01")]  # fmt: skip
    assert newest("riga", files) == "marsrutusaraksti06_2026.zip"
    for name in ("marsrutusaraksti7_2026.zip", "marsrutu_saraksti-07.2026.zip",
                 "marsrutusaraksti072026.zip"):  # fmt: skip
        assert newest("riga", [*files, (name, "2026-01-01")]) == name


def test_the_newest_units_are_those_of_the_day_in_the_name_even_with_two_dots() -> None:
    files = [("territorial_units_lv_1.2m_2024.01.01..zip", "2024-02-01"),
             ("territorial_units_lv_1.2m_2025.07.01..zip", "2025-07-10"),
             ("territorial_units_lv_1.7m_2025.07.01..zip", "2026-01-01"),
             ("Territorial_units_LV_2.4m_(2026.01.01.).zip", "2026-02-01"),
             ("Territorial_units_LV_1.2m_(2022.07.01.).zip", "2026-03-01")]  # fmt: skip
    assert newest("units", files) == "territorial_units_lv_1.2m_2025.07.01..zip"


def test_the_last_part_of_the_path_is_matched_whole() -> None:
    """Beside `aw_eka.csv` stand `aw_eka_his.csv` and `aw_eka_metadata.json`."""
    files = [("aw_eka_his.csv", "2026-10-01"), ("aw_eka_metadata.json", "2026-10-01"),
             ("aw_eka.csv", "2026-09-30"), ("aw_eka.csv-metadata.json", "2026-10-02")]  # fmt: skip
    assert newest("addresses", files) == "aw_eka.csv"
    assert newest("aw_eka_his", files) == "aw_eka_his.csv"


def test_post_offices_are_asked_for_latvia_alone_and_as_plain_json() -> None:
    """Without `country[]=LV` the list holds Lithuania and Estonia; it comes as JSON if asked."""
    origin = BY_NAME["post_offices"].origin
    assert isinstance(origin, Direct)
    assert "country[]=LV" in origin.address
    assert "application/json" in ACCEPT["json"]


def test_every_address_of_a_feed_that_is_known_is_in_the_catalogue() -> None:
    known = "\n".join(
        one.address
        for source in SOURCES
        for one in (source.origin, *source.fallbacks)
        if isinstance(one, Direct | Page)
    )
    assert "https://www.atd.lv/sites/default/files/GTFS/gtfs-latvia-lv.zip" in known
    assert "https://vivi.lv/uploads/GTFS.zip" in known
    for city in ("liepaja", "rezekne", "jurmala", "lsa", "pieriga"):
        assert f"marsruti.lv/{city}" in known.lower()
    assert "lvnap.lv/jap" in known
    assert "https://satiksme.daugavpils.lv/" in known
    assert {"ventspils", "valmiera", "jekabpils", "daugavpils"} <= set(GROUPS["cities"])


@pytest.mark.parametrize(
    ("name", "dataset"),
    [
        ("units", "robezas"),
        ("centres", "vpvkac-kontakti"),
        ("addresses", "varis-atvertie-dati"),
        ("libraries", "6d564a05-1d8c-49b8-835f-c969c61da182"),
        ("libraries", "bibliotku-statistika"),
        ("culture_centres", "kulturas-centru-statistika"),
        ("atd", "atd-gtfs"),
        ("riga", "marsrutu-saraksti-rigas-satiksme-sabiedriskajam-transportam"),
        ("atvk", "atvk"),
        ("population_grid", "rezgis"),
    ],
)
def test_every_dataset_that_is_known_is_in_the_catalogue_with_something_in_its_place(
    name: str, dataset: str
) -> None:
    source = BY_NAME[name]
    origins = (source.origin, *source.fallbacks)
    assert dataset in {one.id for one in origins if isinstance(one, Dataset)}
    assert len(origins) > 1


def test_residents_are_asked_of_the_bureau_in_both_languages_under_its_population() -> None:
    """CSB API `data.stat.gov.lv/api/v1/{lv,en}/OSP_PUB/START/POP/…`."""
    source = BY_NAME["population"]
    addresses = [one.address for one in (source.origin, *source.fallbacks)
                 if isinstance(one, Table)]  # fmt: skip
    begins = [f"https://data.stat.gov.lv/api/v1/{lang}/OSP_PUB/START/POP/" for lang in ("lv", "en")]
    assert all(map(str.startswith, addresses, begins))
    assert len(addresses) == 2


@pytest.mark.parametrize("scale", ["1.7m", "2.4m"])
def test_the_same_units_with_coarser_borders_stand_in_for_those_of_1_2_million(scale: str) -> None:
    """The same at other scales (1.7, 2.4 million): same units, coarser."""
    source, name = BY_NAME["units"], f"territorial_units_lv_{scale}_2025.07.01..zip"
    answer = {"success": True, "result": {"resources": [resource(f"https://data.gov.lv/{name}")]}}
    taken = []
    for one in (source.origin, *source.fallbacks):
        if isinstance(one, Dataset):
            with suppress(RefusedError):
                found = resolve(source, one, "https://x", lambda _: json.dumps(answer).encode())
                taken.append((one.lesser, found.date))
    assert taken == [(True, "2025-07-01")]


def test_rail_is_a_feed_of_its_own_that_serves_no_input() -> None:
    rail = BY_NAME["rail"]
    assert (rail.key, rail.line) == ("", "")


# --- The register --------------------------------------------------------------------------------


def test_a_unit_is_the_atrib_of_parish_or_town_and_never_of_village_street_or_building(
    register: Callable[..., Reading],
) -> None:
    """`ATRIB` is the postcode in `aw_eka` and something else in `aw_ciems` and `aw_iela`."""
    reading = register(
        building("10", "6", "Parka iela 1, Taurupe, Taurupes pag., Ogres nov., LV-5064"),
        building("11", "7", "Krišjāņa Barona iela 1, Rīga, LV-1050"),
        building("12", "2", '"Ierasti", Ogre, Ogres nov., LV-5001'),
        building("13", "4", '"Riņņi", Taurupes pag., Ogres nov., LV-5064'),
    )
    assert reading.table["unit"].tolist() == ["LV0040540", "LV0001000", "LV0040010", "LV0040540"]


def test_state_cities_hang_on_the_country_and_have_no_municipality_in_their_address(
    register: Callable[..., Reading],
) -> None:
    """No `nov.` in state cities, no `pag.` in towns."""
    reading = register(
        building("11", "7", "Krišjāņa Barona iela 1, Rīga, LV-1050"),
        building("12", "2", "Brīvības iela 33, Ogre, Ogres nov., LV-5001"),
    )
    parts = reading.table[["settlement", "parish", "municipality"]].astype(str)
    assert parts.to_numpy().tolist() == [["rig", "", ""], ["ogr", "", "ogr"]]
    assert not reading.faults


def test_rows_not_in_force_have_no_coordinates_and_are_no_fault(
    register: Callable[..., Reading],
) -> None:
    gone = {"DD_N": "", "DD_E": "", "KOORD_X": "", "KOORD_Y": ""}
    reading = register(
        building("10", "2", "Ogre 1"),
        building("11", "2", "Ogre 2", STATUSS="DEL", **gone),
        building("12", "2", "Ogre 3", STATUSS="ERR", **gone),
    )
    assert (reading.dropped["not_in_force"], reading.dropped["no_coordinates"]) == (2, 0)
    assert not reading.faults


def test_land_for_building_in_force_is_an_address(register: Callable[..., Reading]) -> None:
    """`FOR_BUILD = Y` is land, not a building, and can be in force."""
    reading = register(building("10", "2", '"Ierasti", Ogre, Ogres nov.', FOR_BUILD="Y"))
    assert reading.table["address"].tolist() == ['"Ierasti", Ogre, Ogres nov.']


@pytest.mark.parametrize(
    "change",
    [
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data[3:],
        lambda data: data[3:].decode().encode("utf-16"),
        lambda data: data[3:].decode().encode("iso8859-13"),
        lambda data: data[3:].decode().replace('","', '";"').encode("cp1257"),
        lambda data: data + b"\x1a",
        lambda data: data.replace(b'"00', b'"LV00'),
        lambda data: data + b",".join([b'""'] * data.split(b"\r\n")[0].count(b'","')) + b',""\r\n',
    ],
    ids=["two marks", "LF", "no mark", "UTF-16", "ISO-8859-13", "semicolons and Windows-1257",
         "end of DOS", "codes with LV", "an empty row at the end"],
)  # fmt: skip
def test_a_register_in_other_bytes_is_the_same(
    register: Callable[..., Reading], change: Callable[[bytes], bytes]
) -> None:
    """A mark, CRLF, all quoted; Rīga's own address files are ISO-8859-13, others cp1257."""
    given = [
        building("10", "6", '"""Stacija ""Biksti""""", Taurupes pag., Ogres nov.'),
        building("11", "7", "Krišjāņa Barona iela 1, Rīga, LV-1050"),
        building("12", "4", '"Vilidža ", Ķēči, Taurupes pag., Ogres nov., LV-5064'),
    ]
    plain, other = register(*given).table, register(*given, change=change).table
    pd.testing.assert_frame_equal(plain, other)


def test_latitude_and_longitude_are_read_by_name_in_either_order(tmp_path: Path) -> None:
    """The order of `DD_N` and `DD_E` differs between the specification and the file."""
    for one, other in (("DD_N", "DD_E"), ("DD_E", "DD_N")):
        columns = ("KODS", "STATUSS", "STD", one, other)
        value = {"KODS": "1", "STATUSS": "EKS", "STD": "A", "DD_N": "56.8", "DD_E": "24.6"}
        file = tmp_path / "aw_eka.csv"
        file.write_bytes(quoted(columns, tuple(value[name] for name in columns)))
        table = read_register(Input(file, file.name)).table
        assert table[["lat", "lon"]].to_numpy().tolist() == [[56.8, 24.6]]


def test_metadata_and_past_addresses_are_not_taken_for_the_register(tmp_path: Path) -> None:
    for name in ("aw_eka.csv", "aw_eka_his.csv", "aw_eka_metadata.json", "aw_iela.csv",
                 "aw_iela_his.csv", "aw_iela.csv-metadata.json", "AW_NOVADS.CSV"):  # fmt: skip
        (tmp_path / name).write_text("", encoding="utf-8")
    found = {kind: file.name for kind, file in files_beside(tmp_path / "aw_eka.csv").items()}
    assert found == {"eka_his": "aw_eka_his.csv", "iela": "aw_iela.csv", "novads": "AW_NOVADS.CSV"}


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Bērzu iela 19 k-1, Liepāja", "Bērzu iela 19 k.1, Liepāja"),
        ("Bērzu iela 19 k-1, Liepāja", "Bērzu iela 19k-1, Liepāja"),
        ("Bērzu iela 19 k-1, Liepāja", "Bērzu iela 19, korp. 1, Liepāja"),
        ('"Vilidža ", Kombuļi', '"Vilidža", Kombuļi'),
        ('"Stacija "Biksti"", Bikstu pag.', '"Stacija „Biksti”", Bikstu pag.'),
        ('"Tērces-10", Vidrižu pag.', '"Tērces", Vidrižu pag.'),
        ('"Tērces-10", Vidrižu pag.', "“Tērces – 10”, Vidrižu pag."),
        ('"Tērces-10", Vidrižu pag.', "„Tērces” - 10, Vidrižu pag."),
        ('"Stāķi 19" - 19, Stāķi', "„Stāķi 19“–19, Stāķi"),
        ("Bauskas iela Ozoli, Bārbele", 'Bauskas iela "Ozoli", Bārbele'),
        ("Kultūras laukums 1 A, Iecava", "Kultūras laukumā 1a, Iecava"),
        ("Zemgales iela 33, Olaine pilsēta", "Zemgales ielā 33, pilsēta Olaine"),
        ("Zemgales iela 33, Olaine plsēta", "Zemgales iela 33, Olaines pilsētā"),
        ("Rīgas iela 77, Līvānu nov.,, LV-5316", "Rīgas iela 77, Līvānu novads. LV–5316"),
        ("Pils iela 5-1, Alūksne", "Pils iela 5 – 1, Alūksne"),
        ("Brīvības bulvāris 3, Rīga", "Brīvības bulvārī 3, Rīgā"),
        ("Rīgas šoseja 5, Ogre", "Ogrē, Rīgas šosejā 5"),
    ],
)
def test_an_address_is_the_same_in_the_other_ways_of_writing_it(written: str, same: str) -> None:
    one, other = (parse(pd.Series([text])) for text in (written, same))
    pd.testing.assert_frame_equal(one, other)


# --- Centres -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("Pirmdiena: 8:30−12:00", "Mo 08:30-12:00"),
        ("Pirmdiena: 8:30‑12:00", "Mo 08:30-12:00"),
        ("Pirmdiena: 8:30 ‒ 12:00", "Mo 08:30-12:00"),
        ("Pirmdiena: 8:30 — 12:00; 12:20—17:00", "Mo 08:30-12:00,12:20-17:00"),
        ("Pirmdiena: no 8.30 līdz 17.00", "Mo 08:30-17:00"),
        ("Pirmdiena: no plkst. 8:30 līdz plkst. 17:00", "Mo 08:30-17:00"),
        ("No pirmdienas līdz piektdienai 8:00–17:00", "Mo-Fr 08:00-17:00"),
        ("P.–Pk. 8.00–17.00", "Mo-Fr 08:00-17:00"),
        ("Otrdiena: Slegts", ""),
        ("Sestdiena, svētdiena – brīvdiena", ""),
        ("Otrdiena: slēgts – atrodas Rugājos", 'Tu off "atrodas Rugājos"'),
        ("Katra mēneša trešā ceturtdiena: 9.00–12.00", "Th[3] 09:00-12:00"),
        ("Sestdiena: 10:00 - 14:00 (septembris–maijs)", "Sep-May Sa 10:00-14:00"),
        ("Sestdiena: 10:00 - 14:00 (01.09.-31.05.)", "Sep 01-May 31 Sa 10:00-14:00"),
    ],
)
def test_hours_in_forms_like_the_written_ones(line: str, hours: str) -> None:
    assert hours_in([line]) == (hours, "")


def test_a_season_by_dates_in_figures_does_not_run_into_the_one_before() -> None:
    lines = ["Ziemas darba laiks (no 1. oktobra līdz 31. maijam)", "Sestdiena: 9:00 - 15:00",
             "Vasaras darba laiks (01.06.–30.09.)", "Pirmdiena: 8:00 - 12:00"]  # fmt: skip
    wanted = "Oct 01-May 31 Sa 09:00-15:00; Jun 01-Sep 30 Mo 08:00-12:00"
    assert hours_in(lines) == (wanted, "")


def test_a_season_without_dates_is_told_and_its_hours_are_not_given_to_another() -> None:
    lines = ["Ziemas darba laiks (oktobris–maijs)", "Sestdiena: 9:00 - 15:00",
             "Vasaras darba laiks", "Pirmdiena: 8:00 - 12:00"]  # fmt: skip
    assert hours_in(lines) == ("Oct-May Sa 09:00-15:00", "Vasaras darba laiks")


def test_a_region_or_street_with_the_word_for_a_season_is_none() -> None:
    lines = ["Parauga ziemeļi", "Vasaras iela 3", "Pirmdiena: 8:00 - 12:00"]
    assert hours_in(lines) == ("Mo 08:00-12:00", "")


@pytest.mark.parametrize(
    "name",
    [
        f"Aizkraukles novada Aizkraukles pilsētas {LONG} (Aizkraukles VPVKAC)",
        f"Aizkraukles novada Aizkraukles pilsētas {LONG.replace('dības', 'dību')}",
        "Aizkraukles novada Aizkraukles pilsētas VPVKAC",
        "Aizkraukles novada, Aizkraukles pilsētas VPVKAC",
        "Aizkraukles  novada Aizkraukles pilsētas V.P.V.K.A.C.",
        "AIZKRAUKLES NOVADA AIZKRAUKLES PILSĒTAS VPVKAC",
    ],
)
@pytest.mark.parametrize(
    "empty", [b"", b";;;;;;;;;;;", b";;;;;;;;;;; ", b";;;;", b";".join([b'""'] * 12)]
)
def test_full_names_of_every_edition_lead_to_their_owner_whatever_empty_rows_follow(
    tmp_path: Path, name: str, empty: bytes
) -> None:
    file = tmp_path / "vpvkac-kontakti_2023_aktual_081123.csv"
    row = ["1", "", "", "", name, "", "Aizkraukles VPVKAC",
           "Lāčplēša iela 1, Aizkraukles pilsēta, Aizkraukles nov., LV-5101"]  # fmt: skip
    text = ";".join([*row, "", "", "", ""])
    file.write_bytes(b"\xef\xbb\xbf" + text.encode() + b"\r\n" + 1000 * (empty + b"\r\n"))
    reading = read_centres(Input(file, file.name))
    (owner,) = reading.table["owner"]
    units = units_frame([("LV0020200", "Aizkraukle", 6, "LV0020000", "Aizkraukles novads", 0, 0)])
    units.to_file(tmp_path / "u.gpkg", driver="GPKG")
    table = read_units(Input(tmp_path / "u.gpkg", "u")).table
    assert isinstance(table, gpd.GeoDataFrame)
    found = Territory(table).municipality_named(pd.Series([owner]))
    assert (found.tolist(), reading.rows_read) == (["LV0020000"], 1)
    assert reading.notes["date"] == "2023-11-08"


@pytest.mark.parametrize(
    ("phone", "email", "wanted"),
    [
        ("65071160; 26678355", "ā@ogrē.lv", ["65071160; 26678355", "ā@ogrē.lv"]),
        ("65071160\n26678355", "a@b.lv\nC@D.lv", ["65071160, 26678355", "a@b.lv, C@D.lv"]),
        ("+371 65071160 / 26678355", "a@b.lv", ["+371 65071160 / 26678355", "a@b.lv"]),
    ],
)
def test_two_telephones_in_a_field_stay_two(
    tmp_path: Path, phone: str, email: str, wanted: list[str]
) -> None:
    """A real fault met; so is an e-mail with a diacritic."""
    row = ["1", "", "", "", "Ogres novada Ogres pilsētas VPVKAC", "", "Ogres VPVKAC",
           "Brīvības iela 33, Ogre", "", "", phone, email]  # fmt: skip
    file = tmp_path / "l.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened, delimiter=";").writerow(row)
    found = read_centres(Input(file, file.name)).table
    assert found[["phone", "email"]].to_numpy().tolist() == [wanted]


# --- Libraries -----------------------------------------------------------------------------------


def test_positions_that_are_0_where_unknown_are_still_found_to_be_positions(
    tmp_path: Path,
) -> None:
    given = institutions(300)
    for row in given[::3]:
        row.update(dict.fromkeys(("lat", "lon", "x", "y"), "0"))
    table = read_list(written(tmp_path, given, list(KEYS))).table
    assert table["lat"].tolist() == [float(row["lat"]) for row in libraries_among(given)]
    assert table["unit"].ne("").all()


def test_positions_with_a_decimal_comma_are_told_and_not_taken_for_telephones(
    tmp_path: Path,
) -> None:
    given = institutions(300)
    for row in given:
        row.update({key: row[key].replace(".", ",") for key in ("lat", "lon")})
    reading = read_libraries(Input(written(tmp_path, given, list(KEYS)), "l.csv"))
    errors = [fault for fault in reading.faults if fault.level == "error"]
    assert [fault.field for fault in errors] == ["lat", "lon"]
    assert "decimal comma" in errors[0].problem.text("en")
    assert reading.table["phone"].tolist() == [row["phone"] for row in libraries_among(given)]


def test_numbers_that_look_like_codes_are_not_taken_for_them(tmp_path: Path) -> None:
    given = institutions(300)
    for number, row in enumerate(given):
        row["id"] = f"{number:07d}"
    table = read_list(written(tmp_path, given, list(KEYS))).table
    assert table["id"].tolist() == [row["id"] for row in libraries_among(given)]
    assert table["unit"].tolist() == [f"LV{row['unit']}" for row in libraries_among(given)]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1257", "iso8859-13", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_list_of_institutions_in_other_bytes_is_the_same(
    tmp_path: Path, codec: str, delimiter: str
) -> None:
    given = institutions(100)
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter)
    table.writerows([KEYS, *([row[key] for key in KEYS] for row in given)])
    file = tmp_path / "objektusaraksts.csv"
    file.write_bytes(text.getvalue().encode(codec))
    read = read_libraries(Input(file, file.name)).table
    assert read["name"].tolist() == [row["name"] for row in libraries_among(given)]
    assert read["address"].tolist() == [row["address"] for row in libraries_among(given)]


# --- Post offices --------------------------------------------------------------------------------

WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "09:00-18:00")


def office(folder: Path, **changes: object) -> Reading:
    """Read one entry as the interface gives it, with changes; None takes a field away."""
    entry: dict[str, object] = {
        "id": "3122", "type": 2, "countryCode": "LV", "postCode": "LV-1055", "status": 1,
        "readableAddress": "Buļļu iela 1, Rīga", "label": "Iļģuciema pasta nodaļa",
        "latitude": 56.97, "longitude": 24.06, "workingHours": WEEK, "outside": False,
    } | changes  # fmt: skip
    file = folder / "o.json"
    entry = {key: value for key, value in entry.items() if value is not None}
    file.write_text(json.dumps([entry]), encoding="utf-8")
    return read_post_offices(Input(file, file.name))


@pytest.mark.parametrize(
    ("monday", "hours"),
    [
        ("09:00-12:00;13:00-18:00", "09:00-12:00,13:00-18:00"),
        ("09:00-12:00; 13:00-18:00;", "09:00-12:00,13:00-18:00"),
        ("09.00-12.00;13.00-18.00", "09:00-12:00,13:00-18:00"),
        (" 9:00 – 12:00", "09:00-12:00"),
        ("00:00-24:00", "00:00-24:00"),
    ],
)
def test_hours_of_an_office_may_be_two_intervals_with_dots(
    tmp_path: Path, monday: str, hours: str
) -> None:
    reading = office(tmp_path, workingHours=WEEK | {"monday": monday, "@type": "WorkingHours"})
    assert reading.table["hours"].tolist() == [f"Mo {hours}; Tu-Fr 09:00-18:00"]
    assert not reading.faults


def test_days_of_an_office_may_be_missing(tmp_path: Path) -> None:
    week = {day: hours for day, hours in WEEK.items() if day != "wednesday"}
    hours = office(tmp_path, workingHours=week).table["hours"]
    assert hours.tolist() == ["Mo-Tu 09:00-18:00; Th-Fr 09:00-18:00"]


@pytest.mark.parametrize("case", [str.upper, str.capitalize])
def test_days_of_an_office_are_known_in_any_case_and_others_are_told(
    tmp_path: Path, case: Callable[[str], str]
) -> None:
    week = {case(day): hours for day, hours in WEEK.items()}
    assert office(tmp_path, workingHours=week).table["hours"].tolist() == ["Mo-Fr 09:00-18:00"]
    reading = office(tmp_path, workingHours={"pirmdiena": "09:00-18:00", "@type": "WorkingHours"})
    assert [fault.field for fault in reading.faults] == ["workingHours"]


@pytest.mark.parametrize(
    ("others", "hours"),
    [
        # A day is missing and another is not known: it may be that day, misspelt.
        ({"tuesday": None, "tusday": "09:00-18:00"}, ""),
        ({"wednesday": None, "Wensday": "09:00-18:00"}, ""),
        ({"holidays": "-"}, "Mo-Fr 09:00-18:00"),
    ],
)
def test_a_day_of_an_office_that_is_not_known_is_no_day_closed(
    tmp_path: Path, others: dict[str, str | None], hours: str
) -> None:
    week = {day: text for day, text in {**WEEK, **others}.items() if text is not None}
    reading = office(tmp_path, workingHours=week)
    assert reading.table["hours"].tolist() == [hours]
    assert [fault.field for fault in reading.faults] == ["workingHours"]


def test_an_office_without_an_address_has_its_postcode_alone(tmp_path: Path) -> None:
    office(tmp_path, readableAddress="", postCode="LV-1055")
    file = tmp_path / "o.json"
    for address in ("null", '""', '" "'):
        written = re.sub(r'"readableAddress": [^,]*,', f'"readableAddress": {address},',
                         file.read_text(encoding="utf-8"))  # fmt: skip
        file.write_text(written, encoding="utf-8")
        reading = read_post_offices(Input(file, file.name))
        assert reading.table["address"].tolist() == ["LV-1055"]


@pytest.mark.parametrize(
    ("fields", "postcode"),
    [
        ({"postCode": "LV-1055"}, "LV-1055"),
        ({"postCode": None, "locationPostCode": "LV-1055"}, "LV-1055"),
        ({"postCode": "", "locationPostCode": "1055"}, "LV-1055"),
        ({"postCode": "LV-1055", "locationPostCode": "LV-1056"}, "LV-1055"),
        ({"postCode": "lv-1055"}, "LV-1055"),
        ({"postCode": "LV – 1055"}, "LV-1055"),
        ({"postCode": "LV1055"}, "LV-1055"),
    ],
)
def test_the_postcode_of_an_office_stands_in_either_field(
    tmp_path: Path, fields: dict[str, str | None], postcode: str
) -> None:
    reading = office(tmp_path, **fields)
    assert reading.table["address"].tolist() == [f"Buļļu iela 1, Rīga, {postcode}"]
    assert not reading.faults


@pytest.mark.parametrize(("country", "is_used"), [("LV", True), ("lv", True), (None, True),
                                                  ("LT", False), ("EE", False)])  # fmt: skip
def test_offices_of_other_countries_are_left_out(
    tmp_path: Path, country: str | None, *, is_used: bool
) -> None:
    """Without `country[]=LV` the list holds Lithuania and Estonia."""
    reading = office(tmp_path, countryCode=country)
    assert len(reading.table) == is_used
    assert reading.dropped["country"] == (not is_used)


def test_a_letter_box_has_times_of_collection_and_is_no_office(tmp_path: Path) -> None:
    """Type 9 has `pickUpTimes` instead of `workingHours`; a foreign firm's lockers are type 6."""
    for kind, label in ((9, "Pastkastīte"), (6, "Cits pakomāts")):
        reading = office(tmp_path, type=kind, label=label, workingHours=None,
                         pickUpTimes={"monday": "17:00"})  # fmt: skip
        assert reading.dropped["type"] == 1
        assert len(reading.table) == 0
        assert not [fault for fault in reading.faults if fault.field == "type"]


# --- Stops ---------------------------------------------------------------------------------------


def test_values_quoted_behind_a_blank_hold_their_comma_and_headsigns_may_be_empty(
    tmp_path: Path,
) -> None:
    """The national feed: `14722, …, "Raiņa iela, 2", …`; no `feed_info.txt`, four-digit routes."""
    tables = {
        "stops.txt": 'stop_id, stop_code, stop_name, stop_lat, stop_lon\r\n'
        '14722, "", "Raiņa iela, 2", 56.95, 24.1\r\n7, "", "Mežs  un ""māja""", 56.96, 24.1\r\n',
        "routes.txt": "route_id, route_short_name, route_type\r\nr1, 5101, 3\r\n",
        "trips.txt": 'route_id, service_id, trip_id, trip_headsign\r\nr1, s1, t1, ""\r\n',
        "stop_times.txt": "trip_id, arrival_time, departure_time, stop_id, stop_sequence\r\n"
        "t1, 7:05:00, 7:05:00, 14722, 1\r\nt1, 25:05:00, 25:05:00, 7, 2\r\n",
        "calendar.txt": "service_id, monday, tuesday, wednesday, thursday, friday, saturday, "
        "sunday, start_date, end_date\r\ns1, 1, 1, 1, 1, 1, 0, 0, 20261102, 20261129\r\n",
    }  # fmt: skip
    feed = tmp_path / "gtfs-latvia-lv.zip"
    with zipfile.ZipFile(feed, "w") as archive:
        for name, text in tables.items():
            archive.writestr(name, b"\xef\xbb\xbf" + text.encode())
    reading = read_gtfs(feed, feed="atd", regional=True)
    table = reading.table.set_index("stop")
    assert table["stop_name"].to_dict() == {
        "atd:14722": "Raiņa iela, 2", "atd:7": 'Mežs  un "māja"',
    }  # fmt: skip
    assert table["visits"].tolist() == [1, 1]
    assert "publisher" not in reading.notes
    assert not [fault for fault in reading.faults if fault.level == "error"]


# --- Residents -----------------------------------------------------------------------------------


def test_residents_may_be_of_an_age_group_in_a_column_of_its_own(tmp_path: Path) -> None:
    """The bureau publishes residents by age group by unit too: the project names the column."""
    file = tmp_path / "p.csv"
    text = rows("AREA,TOTAL,Y65-", ("LV0040010", "100", "20"), ("0001000", "900", "150"))
    file.write_text(text, encoding="utf-8")
    source = Input(file, file.name, columns={"unit": "AREA", "value": "Y65-"})
    table = read_population_by_unit(source).table
    assert dict(zip(table["unit"], table["population"], strict=True)) == {
        "LV0040010": 20, "LV0001000": 150,
    }  # fmt: skip


def test_no_name_of_a_source_matches_what_stands_beside_its_file() -> None:
    """Patterns are of the whole last part of the path."""
    for name in GROUPS["register"]:
        source = BY_NAME[name]
        member = source.member or ""
        table = member.removeprefix(r"\b").removesuffix(r"\.csv$")
        assert re.search(member, f"x/{table}.csv")
        for other in (f"{table}_his.csv", f"{table}_metadata.json", f"{table}.csv.bak"):
            assert not re.search(member, other)
