"""Real centres of the published lists, and the slips met in them, come to the right owner and town.

The towns, municipalities and counts are those of ../shared/data, which shares nothing with the
package; each real centre is written in all three editions' ways.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from vpvkac.model.addresses import locality_of, municipality_stems, parse, stem
from vpvkac.model.project import Input
from vpvkac.model.territory import Territory
from vpvkac.sources.base import Reading
from vpvkac.sources.centres import read_centres
from vpvkac.sources.units import read_units

Edition = Callable[[Path, list[tuple[str, str]]], Reading]
LONG = "valsts un pašvaldības vienotais klientu apkalpošanas centrs"
UNITS = "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp"
# Madonas novads has another code since 2025-07-01, of which the units of 2022 know nothing.
CODE_OF_2022 = {"LV0038001": "LV0038000"}


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def territory(shared_data: Path) -> Territory:
    return Territory(read_units(Input(shared_data / UNITS, "units")).table)


def read(file: Path) -> Reading:
    reading = read_centres(Input(file, file.name))
    assert reading.rows_read == len(reading.table) + sum(reading.dropped.values())
    return reading


def as_text(folder: Path, centres: list[tuple[str, str]]) -> Reading:
    """The edition of 2023-11: a text of 12 columns, names ending in VPVKAC."""
    file = folder / "vpvkac-kontakti_2023_aktual_081123.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        table = csv.writer(opened, delimiter=";", lineterminator="\r\n")
        for number, (name, address) in enumerate(centres, 1):
            short = name.split("novada")[-1].strip(" ,")
            table.writerow([number, "", "", "", name, "", short, address, "", "", "", ""])
            table.writerow([*[""] * 8, "Pirmdiena", "8:00 - 17:00", "", ""])
    return read(file)


def as_workbook(folder: Path, centres: list[tuple[str, str]]) -> Reading:
    """The edition of 2022-08: a workbook, names in full with the short one in brackets."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Nr.", "Vieta", "VPVKAC", "Adrese", "Darba laiks", "Tālrunis", "E-pasts"])
    for number, (name, address) in enumerate(centres, 1):
        place = name.split("novada")[-1].removesuffix(" VPVKAC").strip(" ,").split(" ")[0]
        full = f"{name.removesuffix(' VPVKAC')} {LONG} ({place} VPVKAC)"
        sheet.append([number, place, full, address.replace(" novads", " nov."), "", "", ""])
        sheet.append(["", "", "", "", "Pirmdiena: 8:00 - 17:00", "", ""])
    file = folder / "vpvkac_kontakti_2022_08.xlsx"
    book.save(file)
    return read(file)


def as_page(folder: Path, centres: list[tuple[str, str]]) -> Reading:
    """The network's page: the name in <strong>, the address in lines below it, curly quotes."""
    rows = [
        f"<tr><td>{number}) <strong>{name}</strong><br />"
        + address.replace(", ", "<br /> ").replace('"', "”")
        + "</td><td>Pirmdiena: 8:00 - 17:00</td><td></td></tr>"
        for number, (name, address) in enumerate(centres, 1)
    ]
    file = folder / "vpvkac.html"
    text = f"<html><body><table>{''.join(rows)}</table></body></html>"
    file.write_text(text, encoding="utf-8")
    return read(file)


@pytest.mark.parametrize("edition", [as_text, as_workbook, as_page])
def test_17_real_centres_of_2023_have_their_owner_and_town_in_every_edition(
    shared_data: Path, tmp_path: Path, territory: Territory, edition: Edition
) -> None:
    real = rows_of(shared_data / "centres/vpvkac_2023-11_partial.csv")
    counts = rows_of(shared_data / "centres/vpvkac_2023-11_counts.csv")
    codes = {row["municipality"]: row["code_2026"] for row in counts}
    towns = rows_of(shared_data / "register/aw_pilseta.csv")
    by_stem = {
        stem(pd.Series([row["NOSAUKUMS"]]))[0]: row["NOSAUKUMS"]
        for row in towns
        if row["STATUSS"] == "EKS"
    }
    assert len(real) == 17
    table = edition(tmp_path, [(row["full_name"], row["address"]) for row in real]).table
    owned = territory.municipality_named(table["owner"]).tolist()
    wanted = [CODE_OF_2022.get(code, code) for code in (codes[row["municipality"]] for row in real)]
    assert owned == wanted
    # The genitive of the address leads to the register's town, whose name has the same stem.
    places = locality_of(parse(table["address"]))
    found = [by_stem[place] for place in places]
    genitives = [row["full_name"].split(" pilsētas")[0].split()[-1] for row in real]
    assert [name[:3] for name in found] == [genitive[:3] for genitive in genitives]
    assert table["hours"].tolist() == ["Mo 08:00-17:00"] * 17
    if edition is as_workbook:
        # Its full names end in the short one: "… centrs (Aizkraukles VPVKAC)".
        assert table["name"].tolist() == [f"{genitive} VPVKAC" for genitive in genitives]


def test_the_35_municipalities_own_the_165_centres_that_the_list_has(
    shared_data: Path, tmp_path: Path, territory: Territory
) -> None:
    counts = rows_of(shared_data / "centres/vpvkac_2023-11_counts.csv")
    centres = [
        (f"{row['municipality'].replace('novads', 'novada')} Alfas pagasta VPVKAC", "Iela 1, Alfa")
        for row in counts
        for _ in range(int(row["centres_2023_11"]))
    ]
    table = as_text(tmp_path, centres).table
    assert len(table) == 165
    owned = Counter(territory.municipality_named(table["owner"]))
    assert owned == {
        CODE_OF_2022.get(row["code_2026"], row["code_2026"]): int(row["centres_2023_11"])
        for row in counts
        if row["centres_2023_11"] != "0"
    }
    assert len(owned) == 34


def test_the_stems_of_the_82_towns_in_force_tell_them_apart_in_the_genitive(
    shared_data: Path,
) -> None:
    """-es → -e, -as → -a, -a → -s, -u → -i; Cēsu = Cēsis, Pļaviņu = Pļaviņas (SOURCES)."""
    towns = [
        row["NOSAUKUMS"]
        for row in rows_of(shared_data / "register/aw_pilseta.csv")
        if row["STATUSS"] == "EKS"
    ]
    assert len(towns) == 82
    stems = stem(pd.Series(towns))
    assert stems.is_unique
    own = {"Cēsis": "Cēsu", "Pļaviņas": "Pļaviņu", "Ainaži": "Ainažu", "Rīga": "Rīgas",
           "Balvi": "Balvu", "Dobele": "Dobeles", "Saldus": "Saldus", "Salaspils": "Salaspils",
           "Jelgava": "Jelgavas", "Jaunjelgava": "Jaunjelgavas", "Talsi": "Talsu"}  # fmt: skip
    assert set(own) <= set(towns)
    of_genitive = locality_of(
        parse(pd.Series([f"Iela 1, {name} pilsēta" for name in own.values()]))
    )
    assert of_genitive.tolist() == stem(pd.Series(list(own))).tolist()


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("Smiltenes novada, Smiltenes pilsētas VPVKAC", "LV0049000"),
        (f"Smiltenes novada, Smiltenes pilsētas {LONG} (Smiltenes VPVKAC)", "LV0049000"),
        (f"Ogres novada Ogres pilsētas {LONG.replace('pašvaldības', 'pašvaldību')}", "LV0040000"),
        ("Madonas novada Cesvaines plsētas VPVKAC", "LV0038000"),
        ("Jelgavas novada Jelgavas pilsētas VPVKAC", "LV0030000"),
        # "Jelgavas" is a part of "Jaunjelgavas".
        ("Aizkraukles novada Jaunjelgavas pilsētas VPVKAC", "LV0020000"),
    ],
)
@pytest.mark.parametrize("edition", [as_text, as_page])
def test_owners_come_from_names_with_the_slips_met(
    tmp_path: Path, territory: Territory, name: str, owner: str, edition: Edition
) -> None:
    table = edition(tmp_path, [(name, "Lielā iela 5/7, Jelgavas pilsēta, LV-3001")]).table
    assert territory.municipality_named(table["owner"]).tolist() == [owner]


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("Pilsētas laukums 2, Cesvaines plsēta, Madonas novads",
         "Pilsētas laukums 2, Cesvaine, Madonas nov."),
        ("Rīgas iela 77, Līvānu pilsēta, Līvānu nov.,, LV-5316",
         "Rīgas iela 77, Līvāni, Līvānu nov., LV-5316"),
        ("Zemgales iela 33, Olaine pilsēta, Olaines nov.",
         "Zemgales iela 33, Olaine, Olaines nov."),
        ("Kultūras laukums 1 A, Iecava, Bauskas nov.", "Kultūras laukums 1A, Iecava, Bauskas nov."),
        ("Skolas iela 2 k.9-1, Ogre, Ogres nov.", "Skolas iela 2 k-9, Ogre, Ogres nov."),
        ("Pils iela 5-1, Alūksne, Alūksnes nov.", "Pils iela 5, Alūksne, Alūksnes nov."),
        ("Dārza ielā 3, Smiltenes pilsēta, Smiltenes novads",
         "Dārza iela 3, Smiltene, Smiltenes nov."),
        ("“Stāķi 19” - 19, Stāķi, Stradu pagasts, Gulbenes novads",
         '"Stāķi 19", Stāķi, Stradu pag., Gulbenes nov.'),
        ('"Tērces-10", Blīdene, Blīdenes pag., Saldus nov.',
         '"Tērces", Blīdene, Blīdenes pag., Saldus nov.'),
        ("„Mežlīči”, Višķi, Višķu pagasts, Augšdaugavas novads",
         '"Mežlīči", Višķi, Višķu pag., Augšdaugavas nov.'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("edition", [as_text, as_workbook, as_page])
def test_addresses_with_the_slips_met_are_those_written_right(
    tmp_path: Path, written: str, right: str, edition: Edition
) -> None:
    table = edition(tmp_path, [("Ogres novada Ogres pilsētas VPVKAC", written)]).table
    pd.testing.assert_frame_equal(parse(table["address"]), parse(pd.Series([right])))


def test_two_telephones_in_a_field_and_an_address_of_mail_with_a_diacritic(tmp_path: Path) -> None:
    row = ["1", "", "", "", "Ogres novada Ogres pilsētas VPVKAC", "", "Ogres VPVKAC",
           "Iela 1, Ogre", "", "", "+371 65000000, 29000000",
           "kristīne@paraugs.example"]  # fmt: skip
    text = tmp_path / "l.csv"
    text.write_text(";".join(row), encoding="utf-8")
    page = tmp_path / "l.html"
    page.write_text(
        f"<table><tr><td>1) <strong>{row[4]}</strong><br>{row[7]}</td><td></td>"
        f"<td>{row[11]}<br>{row[10]}</td></tr></table>",
        encoding="utf-8",
    )
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append([*row[:1], *row[4:]])
    book.save(tmp_path / "l.xlsx")
    for file in (text, page, tmp_path / "l.xlsx"):
        (found,) = read(file).table[["phone", "email"]].to_numpy().tolist()
        assert found == [row[10], row[11]]


@pytest.mark.parametrize("edition", [as_text, as_workbook, as_page])
def test_35_real_addresses_of_2022_name_their_town_and_municipality(
    shared_data: Path, tmp_path: Path, territory: Territory, edition: Edition
) -> None:
    rows = rows_of(shared_data / "points/vpvkac_2022-08_partial.csv")
    listed = {row["municipality"]: int(row["centres_listed"]) for row in rows}
    assert (sum(listed.values()), listed["Ventspils novads"]) == (134, 0)
    real = [row for row in rows if row["address"]]
    assert len(real) == 35
    name = "Ogres novada Ogres pilsētas VPVKAC"
    parts = parse(edition(tmp_path, [(name, row["address"]) for row in real]).table["address"])
    towns = pd.Series([row["name"] for row in real])
    municipalities = pd.Series([row["municipality"] for row in real])
    assert locality_of(parts).str.removesuffix(" pag").tolist() == stem(towns).tolist()
    assert parts["municipality"].tolist() == municipality_stems(municipalities).tolist()
    number = territory.named(locality_of(parts), parts["municipality"])
    # Owner and place differ: a centre of Jelgavas novads stands in the state city, outside of it.
    assert [row["name"] for row, unit in zip(real, number, strict=True) if unit < 0] == ["Jelgava"]
    found = territory.units["municipality"].to_numpy()[number[number >= 0]]
    assert found.tolist() == [row["municipality_code"] for row in real if row["name"] != "Jelgava"]


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("Jēkabpils valstspilsētas", "Jēkabpils novads"),
        ("Valmieras valstspilsētas", "Valmieras novads"),
        ("Ogres valstspilsētas", "Ogres novads"),
        ("Jelgavas valstspilsētas", "Jelgava"),
        ("Jelgavas novada", "Jelgavas novads"),
    ],
)
def test_a_state_city_within_a_municipality_is_owned_by_it(
    name: str, owner: str, shared_data: Path
) -> None:
    path = next((shared_data / "units/2022-07-01").glob("*.shp"))
    territory = Territory(read_units(Input(path, "units")).table)
    names = territory.municipalities.set_index("municipality")["municipality_name"]
    found = territory.municipality_named(pd.Series([f"{name} VPVKAC"]))
    assert found.map(names).tolist() == [owner]
