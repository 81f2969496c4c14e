"""Addresses written in several ways are one address, and look-alikes are not."""

from __future__ import annotations

import pandas as pd
import pytest

from vpvkac.addresses import municipality_stems, parse, stem, unit_stems
from vpvkac.geocode import geocode

REGISTER = [
    "Lāčplēša iela 1, Aizkraukle, Aizkraukles nov., LV-5101",
    '"Mežlīči", Aizkraukles pag., Aizkraukles nov., LV-5108',
    '"Mežlīči", Bebru pag., Aizkraukles nov., LV-5135',
    "Lielā iela 5/7, Jelgava, LV-3001",
    "Brīvības iela 7, Ilūkste, Augšdaugavas nov., LV-5447",
    "Skolas iela 1A, Koknese, Kokneses pag., Aizkraukles nov., LV-5113",
    "Liepas, Salas pag., Jēkabpils nov., LV-5230",
    "Liepas, Salas pag., Babītes nov., LV-2105",
    "Parka iela 2, Ceļš, Ceļa nov., LV-9900",
    "Parka iela 3, Ceļš, Ceļa nov., LV-9900",
]


@pytest.fixture(scope="module")
def register() -> pd.DataFrame:
    """Give a register whose n-th address stands at 56.n, 25.n."""
    table = pd.DataFrame({"address": REGISTER})
    table["lat"] = [56 + number / 100 for number in range(len(table))]
    table["lon"] = [25 + number / 100 for number in range(len(table))]
    return pd.concat([table, parse(table["address"])], axis=1)


def placed(address: str, register: pd.DataFrame) -> pd.Series:
    """Place one address."""
    return geocode(pd.Series([address]), register).iloc[0]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("Lāčplēša iela 1, Aizkraukles pilsēta, Aizkraukles nov., LV-5101", 0),
        ("Lāčplēša iela 1, Aizkraukle, Aizkraukles novads", 0),
        ("LĀČPLĒŠA IELA 1,  Aizkraukle , Aizkraukles nov. , lv-5101", 0),
        ("Lāčplēša iela 1, 2. stāvs, Aizkraukle, Aizkraukles nov., LV-5101", 0),
        ("Lāčplēša iela 1, kab. 12, Aizkraukle, Aizkraukles nov.", 0),
        ("“Mežlīči”, Aizkraukles pagasts, Aizkraukles novads", 1),
        ("Mežlīči, Bebru pagasts, Aizkraukles novads, LV-5135", 2),
        ("Lielā iela 5 / 7, Jelgava, Jelgavas nov.", 3),
        ("Lielā iela 5/7, LV-3001", 3),
        ("Brīvības iela 7, Ilūkste, Ilūkstes pilsēta, Augšdaugavas nov., LV-5447", 4),
        ("Brīvības iela 7, Ilūkste, Ilūkstes nov., LV-5447", 4),
        ("Skolas iela 1 A, Koknese, Kokneses pag., Aizkraukles nov.", 5),
        ("Liepas, Salas pag., Jēkabpils nov.", 6),
        ("Parka iela 2, Ceļa pilsēta, Ceļa novads", 8),
    ],
)
def test_one_address_in_several_forms(written: str, number: int, register: pd.DataFrame) -> None:
    found = placed(written, register)
    assert found["located_by"] == "address"
    assert found["matched"] == REGISTER[number]
    assert (found["lat"], found["located_within_m"]) == (56 + number / 100, 0)


@pytest.mark.parametrize(
    "written",
    [
        "Lāčplēša iela 1, Jaunjelgava, Aizkraukles nov.",
        "Lāčplēša iela 11, Aizkraukle, Aizkraukles nov.",
        "Mežlīči, Aizkraukles nov.",
        "Mežlīči, Kokneses pagasts, Aizkraukles novads",
        "Liepas, Salas pag.",
        "Liepas, Salas pag., Citurienes nov.",
        "Jelgava",
        "",
    ],
)
def test_a_look_alike_is_no_match(written: str, register: pd.DataFrame) -> None:
    found = placed(written, register)
    assert found["located_by"] == ""
    assert pd.isna(found["lat"])


def test_an_unknown_house_is_placed_by_its_postcode_to_within_its_farthest_address(
    register: pd.DataFrame,
) -> None:
    found = placed("Parka iela 99, Ceļš, Ceļa nov., LV-9900", register)
    assert found["located_by"] == "postcode"
    assert (found["lat"], found["lon"]) == (56.085, 25.085)
    # Half the way between the two addresses, 0.01 degree apart each way.
    assert found["located_within_m"] == pytest.approx(637.2, abs=1)
    assert pd.isna(found["score"])


def test_a_street_of_another_postcode_and_town_is_not_taken(register: pd.DataFrame) -> None:
    found = placed("Lielā iela 5/7, Dobele, Dobeles nov., LV-3001", register)
    assert found["located_by"] == "postcode"


@pytest.mark.parametrize(
    ("nominative", "genitive"),
    [
        ("aizkraukle", "aizkraukles"), ("rīga", "rīgas"), ("cēsis", "cēsu"), ("tukums", "tukuma"),
        ("saldus", "saldus"), ("limbaži", "limbažu"), ("jēkabpils", "jēkabpils"), ("ceļš", "ceļa"),
        ("preiļi", "preiļu"), ("ogre", "ogres"),
    ],
)  # fmt: skip
def test_a_name_and_its_genitive_have_one_stem(nominative: str, genitive: str) -> None:
    stems = stem(pd.Series([nominative, genitive]))
    assert stems[0] == stems[1] != ""


def test_names_of_units_compare_with_those_in_addresses() -> None:
    units = unit_stems(pd.Series(["Aizkraukles pagasts", "Aizkraukle", "Salaspils novads"]))
    assert units.tolist() == ["aizkraukl pag", "aizkraukl", "salaspil"]
    assert municipality_stems(pd.Series(["Jelgavas novads", "Jelgava"])).tolist() == ["jelgav"] * 2


def test_nulls_are_empty_addresses() -> None:
    assert (parse(pd.Series([None, ""])) == "").all(axis=None)
