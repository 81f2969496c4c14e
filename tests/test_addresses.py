"""Addresses written in several ways come apart into the same parts."""

from __future__ import annotations

import pandas as pd
import pytest

from vpvkac.model.addresses import (
    has_diacritics,
    locality_of,
    municipality_stems,
    parse,
    spelled,
    stem,
    unit_stems,
)


def parted(address: str) -> dict[str, str]:
    """Take one address apart; the parts that it has."""
    parts = parse(pd.Series([address])).iloc[0]
    return {name: text for name, text in parts.items() if text}


@pytest.mark.parametrize(
    "written",
    [
        "Lāčplēša iela 1A, Aizkraukle, Aizkraukles nov., LV-5101",
        "Lāčplēša iela 1 A, Aizkraukles pilsēta, Aizkraukles novads, LV5101",
        "LACPLESA I. 1-a, 2. stāvs, kab. 12, AIZKRAUKLE, Aizkraukles nov, lv 5101, Latvija",
        "LV-5101, Aizkraukles novads, Aizkraukle, Lāčplēša iela 1a",
        "Lāčplēša iela Nr.1a-7 Aizkraukle, Aizkraukles novadā, LV–5101",
        "Bibliotēka, Lāčplēša ielā 1A; Aizkraukle (pie tilta); Aizkraukles nov.\nLV-5101",
    ],
)
def test_one_address_in_several_forms_has_one_set_of_parts(written: str) -> None:
    assert parted(written) == {
        "name": "lacplesa", "kind": "iela", "number": "1a", "settlement": "aizkraukl",
        "municipality": "aizkraukl", "postcode": "5101",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("Parka iela 5", "5"), ("Parka iela 5.", "5"), ("Parka iela 5 / 7", "5/7"),
        ("Parka iela 5A/7B", "5a/7b"), ("Parka iela 5 k-1", "5k1"), ("Parka iela 5 k1", "5k1"),
        ("Parka iela 5, korpuss 1", "5k1"), ("Parka iela 5a korp. 1", "5ak1"),
        ("Parka iela 5, k.1-22", "5k1"), ("Parka iela 5 k-1-22", "5k1"), ("Parka iela 5-22", "5"),
        ("Parka iela 5 dz. 22", "5"), ("Parka iela", ""), ("1. maija iela 5", "5"),
        ("1905. gada iela 5", "5"),
    ],
)  # fmt: skip
def test_a_house_number_keeps_its_letter_and_part_but_not_its_flat(
    written: str, number: str
) -> None:
    assert parted(f"{written}, Ogre").get("number", "") == number


def test_a_farm_may_bear_a_word_that_is_else_an_institution() -> None:
    assert parted("Kubalu skola, Dundagas pag., Talsu nov.")["name"] == "kubalu skola"
    assert parted("Kubalu skola, Pils iela 5, Dundaga")["name"] == "pils"


def test_a_farm_may_bear_a_word_for_street_or_a_flat() -> None:
    assert parted('"Vecais ceļš", Bebru pag.')["name"] == "vecais cels"
    assert parted("Vecais ceļš, Bebru pag.")["name"] == "vecais cels"
    assert parted('"Rīti"-3, Bebru pag.')["name"] == "riti"
    assert parted('"Rīti 3", Bebru pag.')["number"] == "3"


def test_an_endless_text_is_read_in_no_time() -> None:
    assert parted("a1 " * 100_000)["name"].startswith("a1 a1")


def test_of_two_plain_words_the_first_is_the_farm_unless_the_address_runs_backwards() -> None:
    onwards, backwards = "Ozoli, Bebri, Bebru pag.", "Bebru pag., Bebri, Ozoli"
    for written in (onwards, backwards):
        assert (parted(written)["name"], parted(written)["settlement"]) == ("ozoli", "bebr")


@pytest.mark.parametrize("written", ["", "LV", "a/k 12", "2. stāvs", ",,;", '"'])
def test_what_is_no_address_has_no_head(written: str) -> None:
    assert "name" not in parted(written)


@pytest.mark.parametrize(
    "forms",
    [
        ("aizkraukle", "Aizkraukles", "Aizkrauklē"), ("rīga", "rīgas", "rīgā"),
        ("cēsis", "cēsu", "cēsīs"), ("tukums", "tukuma", "tukumā"), ("saldus", "saldū"),
        ("limbaži", "limbažu", "limbažos"), ("jēkabpils", "jēkabpilī"), ("ceļš", "ceļa", "ceļā"),
        ("preiļi", "preiļu", "preiļos"), ("ogre", "ogres", "ogrē"), ("Pļaviņas", "pļaviņās"),
    ],
)  # fmt: skip
def test_the_cases_of_a_name_have_one_stem(forms: tuple[str, ...]) -> None:
    stems = stem(pd.Series(forms))
    assert len(set(stems)) == 1
    assert len(stems[0]) > 1


def test_names_of_units_compare_with_those_in_addresses() -> None:
    units = unit_stems(pd.Series(["Aizkraukles pagasts", "Aizkraukle", "Salaspils novads"]))
    addresses = parse(
        pd.Series(["Rīti, Aizkraukles pag.", "Parka iela 1, Aizkraukle", "Parka iela 1, Salaspils"])
    )
    assert units.tolist() == locality_of(addresses).tolist()
    assert len(set(municipality_stems(pd.Series(["Jelgavas novads", "Jelgava"])))) == 1


def test_names_get_back_the_letters_they_were_written_with() -> None:
    texts = pd.Series(["Kāpu iela 3, Ainaži", "Kapu iela 3, Ainaži", "KĀPU IELA 3"])
    assert spelled(parse(texts)["name"], texts).tolist() == ["kāpu", "kapu", "kāpu"]
    assert has_diacritics(pd.Series(["Kapu iela 3, Ainaži", "Kapu iela 3, Ainazi"])).tolist() == [
        True, False,
    ]  # fmt: skip


def test_nulls_are_empty_addresses_and_the_index_is_kept() -> None:
    parts = parse(pd.Series([None, "", "Parka iela 1, Ogre"], index=[7, 3, 5], dtype=object))
    assert parts.index.tolist() == [7, 3, 5]
    assert (parts.iloc[:2] == "").all(axis=None)


def test_there_may_be_no_address_at_all() -> None:
    assert len(parse(pd.Series([], dtype=str))) == 0
