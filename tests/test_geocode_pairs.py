"""The address set: what lists write, and which building of the register is meant.

`address_register.csv` and `address_pairs.csv` are made up over real names of towns
and parishes; a house that exists is there by chance, and its position is not
its own.  An empty `right` is a decoy, whose right answer is that there is no
match.  They were committed before the matcher was tuned.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from vpvkac.geocoding.geocode import geocode
from vpvkac.geocoding.index import RegisterIndex
from vpvkac.model.project import Input
from vpvkac.sources.register import read_register

HERE = Path(__file__).parent
# The figures of docs/geocoding.md; a change of the matcher that moves them must be told there.
BY_ADDRESS, BY_LIKENESS = 237, 52
MISSED = {
    "Bеātes iela 5, Valmiera, Valmieras nov., LV-4201": "postcode",
    "Zemnieku iela 5, Rēzeknes novads": "",
    "1905.g. iela 77, Koknese, Kokneses pag., Aizkraukles nov.": "settlement",
}


@pytest.fixture(scope="module")
def pairs() -> pd.DataFrame:
    return pd.read_csv(HERE / "address_pairs.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def given() -> pd.DataFrame:
    """Give the register's rows as they stand in the file."""
    return pd.read_csv(HERE / "address_register.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def placed(pairs: pd.DataFrame) -> pd.DataFrame:
    """Place every address as written."""
    register = read_register(Input(HERE / "address_register.csv", "address_register.csv"))
    return geocode(pairs["written"], RegisterIndex(register.table))


@pytest.fixture(scope="module")
def right(pairs: pd.DataFrame, given: pd.DataFrame) -> pd.Series:
    """Give the register's address that is meant; empty for a decoy."""
    return pairs["right"].map(given.set_index("KODS")["STD"]).fillna("")


def test_the_set_is_large_enough_and_points_at_addresses_in_force(
    pairs: pd.DataFrame, given: pd.DataFrame
) -> None:
    decoy = pairs["form"].str.startswith("decoy")
    assert len(pairs) >= 300
    assert decoy.sum() >= 60
    assert pairs["written"].is_unique
    assert (decoy == (pairs["right"] == "")).all()
    in_force = given.loc[given["STATUSS"] == "EKS", "KODS"]
    assert pairs.loc[~decoy, "right"].isin(in_force).all()
    assert given["KODS"].is_unique


def test_no_match_is_wrong(placed: pd.DataFrame, right: pd.Series, pairs: pd.DataFrame) -> None:
    claimed = placed["located_by"].isin(["address", "fuzzy"])
    wrong = claimed & (placed["matched"] != right)
    assert pairs.loc[wrong, "written"].tolist() == []


def test_at_least_97_percent_of_the_others_are_matched_and_the_misses_are_those_told(
    placed: pd.DataFrame, right: pd.Series, pairs: pd.DataFrame
) -> None:
    others = right != ""
    matched = others & (placed["matched"] == right)
    assert matched.sum() / others.sum() >= 0.97
    missed = pairs.loc[others & ~matched, "written"]
    assert dict(zip(missed, placed.loc[missed.index, "located_by"], strict=True)) == MISSED
    assert (placed["located_by"] == "address").sum() == BY_ADDRESS
    assert (placed["located_by"] == "fuzzy").sum() == BY_LIKENESS


def test_the_position_is_that_of_the_building_meant(
    placed: pd.DataFrame, pairs: pd.DataFrame, given: pd.DataFrame
) -> None:
    sure = placed["located_by"] == "address"
    meant = given.set_index("KODS").loc[pairs.loc[sure, "right"], ["DD_N", "DD_E"]]
    assert (placed.loc[sure, ["lat", "lon"]].to_numpy() == meant.to_numpy(float)).all()


def test_only_a_match_of_the_whole_address_is_certain(placed: pd.DataFrame) -> None:
    by = placed["located_by"]
    assert (placed.loc[by == "address", "located_within_m"] == 0).all()
    assert (placed.loc[by.isin(["fuzzy", "postcode", "settlement"]), "located_within_m"] > 0).all()
    assert placed.loc[by == "", "located_within_m"].isna().all()
    assert placed.loc[by == "address", "score"].between(97, 100).all()
    assert placed.loc[by == "fuzzy", "score"].between(80, 100).all()
    assert placed.loc[~by.isin(["address", "fuzzy"]), "score"].isna().all()


def test_a_misses_fallback_holds_the_building_within_its_precision(
    placed: pd.DataFrame, pairs: pd.DataFrame, given: pd.DataFrame
) -> None:
    from pyproj import Geod

    fallen = placed["located_by"].isin(["postcode", "settlement"]) & (pairs["right"] != "")
    assert fallen.any()
    meant = given.set_index("KODS").loc[pairs.loc[fallen, "right"], ["DD_N", "DD_E"]].astype(float)
    there = placed[fallen]
    away = Geod(ellps="GRS80").inv(there["lon"], there["lat"], meant["DD_E"], meant["DD_N"])[2]
    assert (away <= there["located_within_m"] + 0.001).all()


def test_the_figures_are_those_of_the_docs(pairs: pd.DataFrame) -> None:
    told = (HERE.parent / "docs" / "geocoding.md").read_text(encoding="utf-8")
    decoys = int((pairs["right"] == "").sum())
    others = len(pairs) - decoys
    sentence = (
        f"{len(pairs)} pairs, {decoys} of them decoys. Of the {others} others {BY_ADDRESS} are "
        f"matched as `address`, {BY_LIKENESS} as `fuzzy`, {len(MISSED)} not: "
        f"{100 * (others - len(MISSED)) / others:.1f} %"
    )
    assert sentence in " ".join(told.split())
    for written in MISSED:
        assert f"`{written}`" in told
