"""Geocoding keeps its promises: strict before loose, no guess, no false certainty."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pyproj import Geod

from vpvkac.geocoding.geocode import ambiguities, by_unit, geocode
from vpvkac.geocoding.index import RegisterIndex
from vpvkac.inputs.planner_changes import correct, unknown_corrections
from vpvkac.model.addresses import parse, with_numbered_farms
from vpvkac.model.territory import NONE, Territory
from vpvkac.sources.base import records

GEOD = Geod(ellps="GRS80")


def indexed(*rows: tuple[str, float, float]) -> RegisterIndex:
    """Index a register of (address, latitude, longitude)."""
    table = pd.DataFrame(rows, columns=["address", "lat", "lon"])
    return RegisterIndex(pd.concat([table, parse(table["address"])], axis=1))


def placed(address: str, index: RegisterIndex) -> pd.Series:
    """Place one address."""
    return geocode(pd.Series([address]), index).iloc[0]


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Measure the geodesic between two (latitude, longitude)."""
    return float(GEOD.inv(one[1], one[0], other[1], other[0])[2])


TOWN = "Ceļš, Ceļa nov., LV-9900"
REGISTER = indexed(
    (f"Parka iela 1, {TOWN}", 56.000, 25.000),
    (f"Parka iela 2, {TOWN}", 56.010, 25.010),
    (f"Parka iela 3, {TOWN}", 56.020, 25.000),
    (f"Mehānikas iela 7, {TOWN}", 56.000, 25.020),
    (f"Kastaņu iela 7, {TOWN}", 56.004, 25.020),
    (f"Kastaņa iela 7, {TOWN}", 56.008, 25.010),
    (f"Krišjāņa Barona iela 9, {TOWN}", 56.001, 25.001),
    ('"Rīti", Kalna pag., Ceļa nov., LV-9901', 56.100, 25.100),
    ('"Vakari", Kalna pag., Ceļa nov., LV-9901', 56.110, 25.100),
    ("Lielā iela 5, Pilsmala, LV-9902", 56.030, 25.050),
    ("Lielā iela 6, Tāle, Tāles nov., LV-9903", 57.500, 27.000),
    ("Lielā iela 8, Tāle, Tāles nov., LV-9903", 57.510, 27.000),
    ("Lielā iela 9, Tāle, Tāles nov., LV-9904", 57.520, 27.000),
)


def test_the_same_address_twice_on_one_spot_is_one_building_and_on_two_is_none() -> None:
    one = (f"Parka iela 4, {TOWN}", 56.0, 25.0)
    entrance = (f"Parka iela 4, {TOWN}", 56.000_000_1, 25.0)
    elsewhere = (f"Parka iela 4, {TOWN}", 56.002, 25.0)
    assert placed(one[0], indexed(one, entrance))["located_by"] == "address"
    found = placed(one[0], indexed(one, elsewhere))
    assert found["located_by"] == ""
    assert found["candidates"] == f"{one[0]}; {one[0]}"


@pytest.mark.parametrize(
    ("written", "house"),
    [
        ('"Tērces-10"', '"Tērces-10"'),
        ('"Tērces-10"', '"Tērces 10"'),
        ("Tērces-10", '"Tērces-10"'),
        ("„Tērces – 10”", '"Tērces 10"'),
        ('"Tērces 10"', '"Tērces-10"'),
        # A flat where the register has no such house, and where it stands behind the mark.
        ('"Tērces-10"', '"Tērces"'),
        ('"Tērces" - 10', '"Tērces"'),
    ],
)
def test_a_number_behind_a_farms_hyphen_is_of_the_house_where_there_is_one(
    written: str, house: str
) -> None:
    place = "Blīdenes pag., Saldus nov., LV-3852"
    others = [] if house == '"Tērces"' else ['"Tērces"', '"Tērces-11"', '"Tērces 1"']
    given = [
        (f"{name}, {place}", 56.5 + at / 100, 22.7) for at, name in enumerate([house, *others])
    ]
    table = pd.DataFrame(given, columns=["address", "lat", "lon"])
    parts = parse(with_numbered_farms(table["address"]))
    index = RegisterIndex(pd.concat([table, parts], axis=1))
    found = placed(f"{written}, {place}", index)
    assert (found["matched"], found["located_by"]) == (given[0][0], "address")


def test_another_house_of_a_farm_is_not_taken_for_the_one_sought() -> None:
    table = pd.DataFrame(
        [('"Tērces-11", Blīdenes pag., Saldus nov.', 56.5, 22.7)], columns=["address", "lat", "lon"]
    )
    parts = parse(with_numbered_farms(table["address"]))
    found = placed('"Tērces-10", Blīdenes pag., Saldus nov.',
                   RegisterIndex(pd.concat([table, parts], axis=1)))  # fmt: skip
    assert found["matched"] == ""


def test_candidates_are_named_and_not_guessed_among() -> None:
    twins = indexed(
        ('"Mežlīči", Aizkraukles pag., Aizkraukles nov., LV-5108', 56.60, 25.20),
        ('"Mežlīči", Bebru pag., Aizkraukles nov., LV-5135', 56.70, 25.50),
    )
    found = placed("Mežlīči, Aizkraukles nov.", twins)
    assert found["located_by"] == ""
    assert "Aizkraukles pag." in found["candidates"]
    assert "Bebru pag." in found["candidates"]
    known = placed("Mežlīči, Bebru pag., Aizkraukles nov.", twins)
    assert (known["lat"], known["candidates"]) == (56.70, "")


def test_each_ambiguous_place_is_told_with_its_candidates() -> None:
    given = records(
        [4, 6], id=["1", "2"], address=["Kastaņi iela 7, Ceļš", f"Parka iela 1, {TOWN}"]
    )
    found = geocode(given["address"], REGISTER)
    (fault,) = ambiguities(given, found["candidates"], "list.csv")
    assert (fault.level, fault.file, fault.row) == ("warning", "list.csv", 4)
    for lang in ("lv", "en"):
        assert "Kastaņa iela 7" in fault.sentence(lang)
        assert "Kastaņu iela 7" in fault.sentence(lang)


def test_a_parish_name_that_two_municipalities_have_needs_the_municipality() -> None:
    both = indexed(
        ("Liepas, Salas pag., Jēkabpils nov., LV-5230", 56.5, 25.8),
        ("Vilki, Salas pag., Mārupes nov., LV-2105", 56.9, 23.7),
    )
    assert placed("Liepas, Salas pag.", both)["located_by"] == ""
    assert placed("Liepas, Salas pag., Babītes nov.", both)["located_by"] == ""
    assert placed("Liepas, Salas pag., Jēkabpils nov.", both)["located_by"] == "address"


def test_a_like_address_is_known_to_within_the_farthest_that_is_like_enough() -> None:
    found = placed("Mehānikās iela 7, Ceļš, Ceļa nov.", REGISTER)
    assert found["located_by"] == "fuzzy"
    assert found["matched"].startswith("Mehānikas iela 7")
    assert 80 <= found["score"] < 100
    assert found["located_within_m"] == pytest.approx(100)
    shortened = placed("Kr. Barona iela 9, Ceļš, Ceļa nov.", REGISTER)
    assert (shortened["located_by"], shortened["score"]) == ("fuzzy", 95.0)


def test_two_addresses_about_equally_like_are_candidates() -> None:
    found = placed("Kastaņi iela 7, Ceļš, Ceļa nov., LV-9900", REGISTER)
    assert found["located_by"] == "postcode"
    assert found["candidates"].count("iela 7") == 2


def test_a_like_name_with_another_number_is_no_match() -> None:
    assert placed("Mehānikās iela 8, Ceļš, Ceļa nov.", REGISTER)["located_by"] == "settlement"


def test_a_street_that_exists_is_not_another_one_misspelt() -> None:
    index = indexed(
        (f"Vārpnieku iela 5, {TOWN}", 56.0, 25.0), (f"Vārpniece iela 6, {TOWN}", 56.001, 25.0)
    )
    assert placed("Vārpniece iela 5, Ceļš, Ceļa nov.", index)["located_by"] == ""
    assert placed("Vārpnieki iela 5, Ceļš, Ceļa nov.", index)["located_by"] == "fuzzy"


def test_the_next_city_is_looked_in_after_the_municipality_and_no_other() -> None:
    near = placed("Lielā iela 5, Ceļa nov.", REGISTER)
    assert (near["located_by"], near["lat"]) == ("fuzzy", 56.030)
    assert placed("Lielā iela 6, Ceļa nov.", REGISTER)["located_by"] == ""
    assert placed("Lielā iela 5, Pilsmala, Ceļa nov.", REGISTER)["located_by"] == "address"
    own = indexed(
        (f"Lielā iela 5, {TOWN}", 56.0, 25.0), ("Lielā iela 5, Pilsmala, LV-9902", 56.030, 25.050)
    )
    assert placed("Lielā iela 5, Ceļa nov.", own)["lat"] == 56.0


def test_a_town_may_be_named_as_the_parish_it_was_and_a_village_as_its_parish() -> None:
    index = indexed(
        ("Gaujas iela 3, Ādaži, Ādažu nov., LV-2164", 57.07, 24.33),
        ('"Rīti", Bebru pag., Aizkraukles nov., LV-5135', 56.7, 25.5),
    )
    assert placed("Gaujas iela 3, Ādažu pag., Ādažu nov.", index)["located_by"] == "fuzzy"
    assert placed('"Rīti", Bebri, Aizkraukles nov.', index)["located_by"] == "fuzzy"


def test_a_postcode_is_the_middle_of_its_addresses_to_within_the_farthest() -> None:
    found = placed("Upes iela 99, LV-9900", REGISTER)
    rows = REGISTER.register[REGISTER.register["postcode"] == "9900"]
    middle = (rows["lat"].mean(), rows["lon"].mean())
    assert found["located_by"] == "postcode"
    assert (found["lat"], found["lon"]) == pytest.approx(middle, abs=1e-7)
    farthest = max(metres(middle, spot) for spot in zip(rows["lat"], rows["lon"], strict=True))
    assert found["located_within_m"] == pytest.approx(farthest, abs=0.1)
    assert pd.isna(found["score"])


def test_a_postcode_of_few_addresses_does_not_place() -> None:
    assert placed('"Nav", LV-9901', REGISTER)["located_by"] == ""
    assert placed("Upes iela 1, Tāle, Tāles nov., LV-9903", REGISTER)["located_by"] == "settlement"


def test_addresses_close_together_still_leave_a_doubt() -> None:
    close = indexed(*((f"Parka iela {n}, {TOWN}", 56 + n / 1e5, 25.0) for n in range(1, 5)))
    assert placed("Upes iela 9, Ceļš, LV-9900", close)["located_within_m"] == 100


def test_a_postcode_of_quite_another_place_is_not_believed() -> None:
    assert placed("Upes iela 9, Tāle, Tāles nov., LV-9900", REGISTER)["located_by"] == "settlement"
    assert placed("Upes iela 9, Tāles nov., LV-9900", REGISTER)["located_by"] == ""
    assert placed("Upes iela 9, Kaut Kas, LV-9900", REGISTER)["located_by"] == "postcode"


def test_a_settlement_alone_places_and_one_of_two_does_not() -> None:
    assert placed("Tāle, Tāles nov.", REGISTER)["located_by"] == "settlement"
    two = indexed(
        *((f"Parka iela {n}, Sils, Ceļa nov., LV-9900", 56 + n / 100, 25.0) for n in range(4)),
        *((f"Parka iela {n}, Sils, Tāles nov., LV-9903", 57 + n / 100, 25.0) for n in range(4)),
    )
    assert placed("Upes iela 9, Sils", two)["located_by"] == ""
    assert placed("Upes iela 9, Sils, Tāles nov.", two)["lat"] == pytest.approx(57.015)


def test_an_empty_list_and_an_empty_register_are_no_trouble() -> None:
    assert len(geocode(pd.Series([], dtype=str), REGISTER)) == 0
    assert placed(f"Parka iela 1, {TOWN}", indexed())["located_by"] == ""
    assert placed("", REGISTER)["located_by"] == ""


def test_the_order_and_index_of_the_list_do_not_matter() -> None:
    texts = REGISTER.register["address"].sample(frac=1, random_state=3)
    found = geocode(texts, REGISTER)
    assert found.index.tolist() == texts.index.tolist()
    assert (found["matched"] == texts).all()


@pytest.fixture(scope="module")
def territory() -> Territory:
    """Give four square units, 10 km wide."""
    from plain_country import UNITS, units_frame

    return Territory(units_frame(UNITS))


def test_a_unit_is_known_to_within_its_farthest_border_point(territory: Territory) -> None:
    import geopandas as gpd
    import shapely

    areas = by_unit(np.array([0, NONE, 0]), territory)
    assert np.isnan(areas.lat[1])
    assert areas.lat[0] == areas.lat[2]
    square = territory.units.geometry.iloc[0]
    corners = gpd.GeoSeries(
        shapely.points(shapely.get_coordinates(square)), crs=territory.units.crs
    ).to_crs(4326)
    at = (areas.lat[0], areas.lon[0])
    farthest = max(metres(at, (corner.y, corner.x)) for corner in corners)
    assert areas.within_m[0] == pytest.approx(farthest, abs=0.1)
    inside = gpd.GeoSeries([shapely.Point(at[1], at[0])], crs=4326).to_crs(territory.units.crs)
    assert square.contains(inside.iloc[0])


def test_corrections_win_over_the_list() -> None:
    given = records(
        [2, 3, 4], id=["1", "2", "3"], address=["A", "B", "C"], lat=[56.0, 56.0, np.nan],
        lon=[25.0, 25.0, np.nan],
    )  # fmt: skip
    corrections = pd.DataFrame(
        {"place": ["libraries:1", "libraries:3", "libraries:9"],
         "address": ["Parka iela 1", "", "x"], "lat": [np.nan, 57.5, 57.0],
         "lon": [np.nan, 27.5, 27.0], "row": [2, 3, 5]}
    )  # fmt: skip
    changed, positioned = correct(given, "libraries", corrections)
    assert changed["address"].tolist() == ["Parka iela 1", "B", "C"]
    assert positioned.tolist() == [False, False, True]
    assert changed["lat"].fillna(0).tolist() == [0, 56.0, 57.5]
    assert correct(given, "centres", corrections)[0].equals(given)
    known = corrections["place"].isin(["libraries:1", "libraries:3"])
    unknown = unknown_corrections(corrections, known, "corrections.csv")
    assert [(fault.level, fault.row, fault.value) for fault in unknown] == [
        ("warning", 5, "libraries:9")
    ]
