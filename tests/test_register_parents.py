"""The register whole: every address leads to its unit, whatever bytes the portal writes."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from vpvkac.geocoding.geocode import geocode
from vpvkac.geocoding.index import RegisterIndex
from vpvkac.model.project import Input
from vpvkac.sources import cache
from vpvkac.sources.base import Reading
from vpvkac.sources.lock import files_beside
from vpvkac.sources.register import read_register
from vpvkac.texts.words import DROPPED

EKA = ("KODS", "TIPS_CD", "STATUSS", "APSTIPR", "APST_PAK", "VKUR_CD", "VKUR_TIPS", "NOSAUKUMS",
       "SORT_NOS", "ATRIB", "PNOD_CD", "DAT_SAK", "DAT_MOD", "DAT_BEIG", "FOR_BUILD", "PLAN_ADR",
       "STD", "KOORD_X", "KOORD_Y", "DD_N", "DD_E")  # fmt: skip
PARENT = ("KODS", "TIPS_CD", "NOSAUKUMS", "VKUR_CD", "VKUR_TIPS", "APSTIPR", "APST_PAK", "STATUSS",
          "SORT_NOS", "DAT_SAK", "DAT_MOD", "DAT_BEIG", "ATRIB", "STD")  # fmt: skip
REAL = "register/aw_eka_excerpt_2026-09-30.csv"
# By hand, of the parents of each row in the files beside it.
REAL_UNITS = {
    "101000034": "LV0054630", "101003948": "LV0054620", "101105106": "LV0025400",
    "101165372": "LV0032530", "101335418": "LV0036200", "101844053": "LV0001000",
}  # fmt: skip

Row = dict[str, str]


def portal(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    """Write rows in the portal's byte form: mark, CRLF, every value quoted, quotes doubled."""
    lines = [",".join(f'"{name}"' for name in columns)]
    for row in rows:
        values = (row.get(name, "").replace('"', '""') for name in columns)
        lines.append(",".join(f'"{value}"' for value in values))
    return "\ufeff".encode() + "\r\n".join([*lines, ""]).encode()


def house(code: str, parent: str, address: str, **more: str) -> Row:
    row = {"KODS": code, "STATUSS": "EKS", "VKUR_CD": parent, "STD": address, "FOR_BUILD": "N"}
    return row | {"DD_N": f"56.{code}", "DD_E": f"24.{code}"} | more


def parent(code: str, above: str, attribute: str = "", status: str = "EKS") -> Row:
    return {"KODS": code, "VKUR_CD": above, "ATRIB": attribute, "STATUSS": status}


PARENTS = {
    "novads": [parent("1", "100000000", "0040000"), parent("2", "100000000", "0026000", "DEL")],
    "pilseta": [parent("11", "1", "0040200"), parent("12", "100000000", "0001000")],
    "pagasts": [
        parent("21", "1", "0040410"), parent("22", "1", "0040420", "DEL"), parent("23", "1", "?"),
    ],
    "ciems": [parent("31", "21", "not a code"), parent("32", "33"), parent("33", "32")],
    "iela": [
        parent("41", "31", "LV-5001"), parent("42", "11"), parent("43", "999"), parent("44", "22"),
        parent("45", "23"), parent("46", "32"), parent("47", "100000000"), parent("48", "12"),
    ],
}  # fmt: skip
HOUSES = [
    house("101", "41", "Ozolu iela 1, Ciems, Krapes pag., Ogres nov., LV-5014"),
    house("102", "31", '"Riņņi", Ciems, Krapes pag., Ogres nov., LV-5014'),
    house("103", "21", '"Stacija "Biksti"", Krapes pag., Ogres nov., LV-5014'),
    house("104", "42", "Parka iela 2, Ogre, Ogres nov., LV-5001"),
    house("105", "1", '"Vilidža ", Ogres nov., LV-5001'),
    house("106", "48", "Brīvības iela 3, Rīga, LV-1050"),
]
LOST = {
    "leads to a parent that is in no file": [
        house("111", "43", "Zuda iela 1, Ogre, Ogres nov., LV-5001"),
        house("112", "998", "Zuda iela 2, Ogre, Ogres nov., LV-5001"),
    ],
    "leads to a unit that is no longer in force": [
        house("113", "44", "Veca iela 1, Ogre, Ogres nov., LV-5001"),
        house("114", "22", "Veca iela 2, Ogre, Ogres nov., LV-5001"),
        house("115", "2", "Veca iela 3, Ogre, Ogres nov., LV-5001"),
    ],
    "leads to a unit without a code of seven digits": [
        house("116", "45", "Koda iela 1, Ogre, Ogres nov., LV-5001"),
    ],
    "leads to itself": [house("117", "46", "Riņķa iela 1, Ogre, Ogres nov., LV-5001")],
    "leads past every unit": [
        house("118", "47", "Valsts iela 1, LV-5001"), house("119", "100000000", "Valsts iela 2"),
    ],
    "names no parent": [house("120", "", "Tukšā iela 1, Ogre, Ogres nov., LV-5001")],
}  # fmt: skip

Write = Callable[..., Input]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a register with its parents, and tell its input."""

    def written(houses: Sequence[Row], *, columns: Sequence[str] = EKA) -> Input:
        file = tmp_path / "aw_eka.csv"
        file.write_bytes(portal(houses, columns))
        for kind, rows in PARENTS.items():
            (tmp_path / f"aw_{kind}.csv").write_bytes(portal(rows, PARENT))
        return Input(file, "raw/aw_eka.csv")

    return written


def units_of(source: Input) -> dict[str, str]:
    table = read_register(source).table
    return dict(zip(table["address"], table["unit"].astype(str), strict=True))


# --- The real rows -------------------------------------------------------------------------------


def rows_in(file: Path) -> list[Row]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def test_the_real_rows_lead_to_the_unit_that_their_parents_name(shared_data: Path) -> None:
    file = shared_data / REAL
    above = {row["KODS"]: (kind, row) for kind in ("iela", "ciems", "pagasts", "pilseta", "novads")
             for row in rows_in(next(file.parent.glob(f"aw_{kind}*.csv")))}  # fmt: skip
    reading = read_register(Input(file, file.name))
    expected = {}
    for row in rows_in(file):
        kind, at = above[row["VKUR_CD"]]
        while kind in {"iela", "ciems"}:
            kind, at = above[at["VKUR_CD"]]
        if row["STATUSS"] == "EKS":
            expected[row["STD"]] = "LV" + at["ATRIB"]
            assert REAL_UNITS.get(row["KODS"], expected[row["STD"]]) == expected[row["STD"]]
    assert units_of(Input(file, file.name)) == expected
    assert len(expected) == 10
    assert reading.dropped["not_in_force"] == 2
    assert reading.faults == []


def test_the_real_rows_lie_in_the_units_that_they_lead_to(shared_data: Path) -> None:
    table = read_register(Input(shared_data / REAL, "aw_eka.csv")).table
    (file,) = (shared_data / "units/2022-07-01").glob("*.shp")
    units = gpd.read_file(file)
    points = gpd.points_from_xy(table["lon"], table["lat"], crs="EPSG:4326").to_crs(3059)
    held = gpd.sjoin(gpd.GeoDataFrame(table[["unit"]], geometry=points), units, how="left")
    assert (held["unit"].astype(str) == held["L1_code"]).all()
    assert len(held) == 10


def test_every_town_and_municipality_of_the_real_register_leads_to_a_code(
    shared_data: Path, tmp_path: Path
) -> None:
    """82 towns and 35 municipalities are in force: a house that hangs on each leads to it."""
    expected, houses = {}, []
    for kind in ("pilseta", "novads"):
        rows = rows_in(shared_data / f"register/aw_{kind}.csv")
        (tmp_path / f"aw_{kind}.csv").write_bytes(
            (shared_data / f"register/aw_{kind}.csv").read_bytes()
        )
        for row in rows:
            houses.append(house(str(len(houses)), row["KODS"], row["STD"] + row["KODS"]))
            expected[houses[-1]["STD"]] = "LV" + row["ATRIB"] if row["STATUSS"] == "EKS" else ""
    assert len(houses) == 85 + 146
    file = tmp_path / "aw_eka.csv"
    file.write_bytes(portal(houses, EKA))
    reading = read_register(Input(file, "aw_eka.csv"))
    assert dict(zip(reading.table["address"], reading.table["unit"], strict=True)) == expected
    assert sum(unit != "" for unit in expected.values()) == 82 + 35
    (fault,) = reading.faults
    assert fault.alike == 85 + 146 - 82 - 35
    assert "LV0023210" in expected.values()  # Carnikava, since 2026-08-22
    assert "LV0038001" in expected.values()  # Madonas novads, since 2025-07-01


# --- Where addresses lead ------------------------------------------------------------------------


def test_an_address_leads_over_street_and_village_to_its_parish_or_town(write: Write) -> None:
    assert list(units_of(write(HOUSES)).values()) == [
        "LV0040410", "LV0040410", "LV0040410", "LV0040200", "LV0040000", "LV0001000",
    ]  # fmt: skip
    assert read_register(write(HOUSES)).faults == []


def test_addresses_that_lead_nowhere_are_counted_by_reason_and_stay(write: Write) -> None:
    source = write([*HOUSES, *(row for rows in LOST.values() for row in rows)])
    reading = read_register(source)
    told = {fault.problem.text("en"): fault for fault in reading.faults}
    assert {problem: fault.alike for problem, fault in told.items()} == {
        problem: len(rows) for problem, rows in LOST.items()
    }
    for problem, rows in LOST.items():
        assert (told[problem].level, told[problem].field) == ("warning", "VKUR_CD")
        assert told[problem].value == (rows[0]["VKUR_CD"] or None)
        assert told[problem].sentence("lv") != told[problem].sentence("en")
    assert told["names no parent"].row == len(HOUSES) + 1 + sum(map(len, LOST.values()))
    assert len(reading.table) == reading.rows_read == len(HOUSES) + 10
    assert (reading.table["unit"].iloc[len(HOUSES) :] == "").all()


def test_without_parents_no_unit_is_known_and_nothing_is_told(write: Write) -> None:
    source = write(HOUSES)
    for kind in PARENTS:
        (source.path.parent / f"aw_{kind}.csv").unlink()
    reading = read_register(source)
    assert (reading.table["unit"] == "").all()
    assert reading.faults == []


@pytest.mark.parametrize("kinds", [("pagasts",), tuple(PARENTS)])
def test_a_table_of_parents_of_another_form_is_a_warning(
    write: Write, kinds: Sequence[str]
) -> None:
    source = write(HOUSES)
    for kind in kinds:
        file = source.path.parent / f"aw_{kind}.csv"
        file.write_bytes(file.read_bytes().replace(b"ATRIB", b"ATVK"))
    reading = read_register(source)
    assert {fault.level for fault in reading.faults} == {"warning"}
    problems = [(fault.file, fault.problem.text("en")) for fault in reading.faults]
    for kind in kinds:
        assert (f"raw/aw_{kind}.csv", "is not of its form and is not used") in problems
    lost = [fault for fault in reading.faults if fault.field == "VKUR_CD"]
    reason = "leads to a parent that is in no file"
    assert [fault.problem.text("en") for fault in lost] == [reason]
    units = reading.table["unit"].astype(str)
    assert (units == "").sum() == lost[0].alike == (len(HOUSES) if len(kinds) > 1 else 3)


def test_tables_of_parents_without_a_row_lead_nowhere_and_end_no_job(write: Write) -> None:
    source = write([house("900", "21", "Iela 1")])
    for kind in PARENTS:
        (source.path.parent / f"aw_{kind}.csv").write_bytes(portal([], PARENT))
    reading = read_register(source)
    assert list(reading.table["unit"]) == [""]
    assert [fault.alike for fault in reading.faults] == [1]


def test_parents_are_found_by_the_last_part_of_their_names(tmp_path: Path) -> None:
    for name in ("addresses.csv", "aw_iela.csv", "aw_iela_his.csv", "aw_eka_his.csv",
                 "AW_CIEMS.CSV", "aw_ciemsx.csv", "raw_pagasts.csv", "aw_novads_2025-01-01.csv",
                 "aw_novads_2026-09-30.csv", "aw_pilseta.txt", "_metadata.json"):  # fmt: skip
        (tmp_path / name).write_text("", encoding="utf-8")
    (tmp_path / "aw_pilseta.csv").mkdir()
    found = {kind: file.name for kind, file in files_beside(tmp_path / "addresses.csv").items()}
    assert found == {
        "iela": "aw_iela.csv", "eka_his": "aw_eka_his.csv", "ciems": "AW_CIEMS.CSV",
        "novads": "aw_novads_2026-09-30.csv",
    }  # fmt: skip
    own = tmp_path / "aw_eka_2025-01-01.csv"
    own.write_text("", encoding="utf-8")
    assert files_beside(own)["novads"].name == "aw_novads_2025-01-01.csv"


def test_the_cache_is_of_the_parents_too_and_says_again_what_leads_nowhere(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VPVKAC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cache, "_WORTH_KEEPING", 0)
    source = write([*HOUSES, *LOST["leads to itself"]])

    def read() -> Reading:
        beside = files_beside(source.path).values()
        return cache.read_once(read_register, source, "addresses", beside=beside)

    first, second = read(), read()
    assert len(list((tmp_path / "cache").iterdir())) == 1
    pd.testing.assert_frame_equal(first.table, second.table)
    said = [fault.sentence("lv") for fault in second.faults]
    assert said == [fault.sentence("lv") for fault in first.faults]
    assert len(said) == 1
    changed = [parent("11", "1", "0040299"), PARENTS["pilseta"][1]]
    (tmp_path / "aw_pilseta.csv").write_bytes(portal(changed, PARENT))
    assert "LV0040299" in set(read().table["unit"])


# --- The bytes of the register -------------------------------------------------------------------


def test_mark_crlf_and_quotes_of_every_value_are_no_part_of_it(write: Write) -> None:
    source = write(HOUSES)
    assert source.path.read_bytes().startswith(b'\xef\xbb\xbf"KODS","TIPS_CD"')
    assert source.path.read_bytes().count(b"\r\n") == len(HOUSES) + 1
    table = read_register(source).table
    assert table["address"].tolist() == [row["STD"] for row in HOUSES]


def test_names_with_quotation_marks_or_a_trailing_blank_are_read_and_found(write: Write) -> None:
    table = read_register(write(HOUSES)).table
    assert table["name"].tolist()[1:3] == ["rinni", "stacija biksti"]
    assert table["name"].tolist()[4] == "vilidza"
    sought = pd.Series(
        ['"Stacija Biksti", Krapes pagasts, Ogres novads', '"Vilidža", Ogres nov., LV-5001']
    )
    found = geocode(sought, RegisterIndex(table))
    assert found["located_by"].tolist() == ["address", "address"]


def test_a_name_for_a_number_and_a_part_of_a_building_are_read(shared_data: Path) -> None:
    table = read_register(Input(shared_data / REAL, "aw_eka.csv")).table
    found = table.set_index("address")
    assert found.loc["Bauskas iela Ozoli, Bārbele, Bārbeles pag., Bauskas nov., LV-3905", "name"]
    assert found.loc["Bērzu iela 19 k-1, Liepāja, LV-3411", "number"] == "19k1"


def test_land_in_force_is_an_address_and_what_is_not_in_force_is_none(write: Write) -> None:
    rows = [
        house("101", "41", "Zeme 1, Ogres nov.", FOR_BUILD="Y"),
        house("102", "41", "Zeme 2, Ogres nov.", STATUSS="DEL", DD_N="", DD_E=""),
        house("103", "41", "Zeme 3, Ogres nov.", STATUSS="ERR", DD_N="", DD_E=""),
    ]
    reading = read_register(write(rows))
    assert reading.table["address"].tolist() == ["Zeme 1, Ogres nov."]
    assert reading.dropped["not_in_force"] == 2


def test_two_codes_of_one_address_are_two_rows_each_in_its_unit(write: Write) -> None:
    text = "Parka iela 2, Ogre, Ogres nov., LV-5001"
    table = read_register(write([house("104", "42", text), house("105", "21", text)])).table
    assert table["address"].tolist() == [text, text]
    assert table["unit"].tolist() == ["LV0040200", "LV0040410"]


@pytest.mark.parametrize("columns", [EKA[::-1], (*EKA[:-2], "DD_E", "DD_N")])
def test_columns_are_read_by_name_in_any_order(write: Write, columns: Sequence[str]) -> None:
    expected = read_register(write(HOUSES)).table
    pd.testing.assert_frame_equal(read_register(write(HOUSES, columns=columns)).table, expected)


# --- Former addresses ----------------------------------------------------------------------------

HISTORY = ("KODS", "KODS_HIS", "TIPS_CD", "DAT_SAK", "DAT_MOD", "DAT_BEIG", "STD")


def test_a_renamed_street_leads_to_the_building_of_today(write: Write, tmp_path: Path) -> None:
    source = write(HOUSES)
    former = [
        {"KODS": "104", "STD": "Ļeņina iela 2, Ogre, Ogres raj., LV-5000"},
        {"KODS": "104", "STD": "Ļeņina iela 2, Ogre, Ogres raj., LV-5000"},
        {"KODS": "104", "STD": HOUSES[3]["STD"]},
        {"KODS": "101", "STD": "Dalīta iela 1, Ogre"},
        {"KODS": "102", "STD": "Dalīta iela 1, Ogre"},
        {"KODS": "999", "STD": "Nojaukta iela 1, Ogre"},
    ]
    (tmp_path / "aw_eka_his.csv").write_bytes(portal(former, HISTORY))
    reading = read_register(source)
    assert reading.table["address"].tolist()[len(HOUSES) :] == [former[0]["STD"]]
    assert reading.rows_read == len(HOUSES) + len(former)
    assert reading.dropped["former"] == len(former) - 1
    assert "former" in DROPPED
    found = geocode(pd.Series(["Ļeņina iela 2, Ogre"]), RegisterIndex(reading.table))
    assert found["located_by"].tolist() == ["address"]
    assert found[["lat", "lon"]].iloc[0].tolist() == [56.104, 24.104]
    assert reading.table["unit"].iloc[-1] == "LV0040200"


@pytest.mark.parametrize("content", [b"KODS\r\n", b"", b'"KODS","STD_OLD"\r\n"104","x"\r\n'])
def test_former_addresses_of_another_form_are_not_used(
    write: Write, tmp_path: Path, content: bytes
) -> None:
    source = write(HOUSES)
    expected = read_register(source).table
    (tmp_path / "aw_eka_his.csv").write_bytes(content)
    reading = read_register(source)
    pd.testing.assert_frame_equal(reading.table, expected)
    assert "former" not in reading.dropped
    assert {(fault.level, fault.file) for fault in reading.faults} == {
        ("warning", "raw/aw_eka_his.csv")
    }
    assert "is not of its form" in reading.faults[-1].problem.text("en")
