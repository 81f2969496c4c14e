"""Placing in a country of four squares: positions, units, bounds and warnings by definition."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pyproj import Transformer

import vpvkac
from plain_country import SIDE, SOUTH, UNITS, WEST, at, rows, write_units
from vpvkac.inputs.tables import Inputs, read_inputs
from vpvkac.model.faults import InputError

NORTH, SOUTHERN, EAST, TOWN = "LV9000100", "LV9000110", "LV9000200", "LV9000210"
KEYS = ("id", "lat", "lon", "x", "y", "address", "unit", "unit_name", "municipality", "owner")
HEADER = ",".join(KEYS)
COLUMNS = ", ".join(f'{key} = "{key}"' for key in KEYS)
TOML = f"""
[inputs]
units = "units.gpkg"
libraries = {{ path = "libraries.csv", {COLUMNS} }}
"""
REGISTER = "KODS,STATUSS,STD,DD_N,DD_E\n"
TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:3059", always_xy=True)


def place(number: str, where: tuple[float, float] | None = None, **more: Any) -> str:
    lat, lon = where or ("", "")
    given = {"id": number, "lat": lat, "lon": lon} | more
    return ",".join(f'"{given.get(key, "")}"' for key in KEYS) + "\n"


@pytest.fixture
def read(write_project: Callable[..., Path]) -> Callable[..., Inputs]:
    """Read libraries placed so, and other files."""

    def read_places(*lines: str, toml: str = "", **files: str) -> Inputs:
        table = HEADER + "\n" + "".join(lines)
        return read_inputs(
            vpvkac.load(write_project(toml=TOML + toml, libraries_csv=table, **files))
        )

    return read_places


def units_of(inputs: Inputs) -> dict[str, str]:
    keys = inputs.places["place"].str.removeprefix("libraries:")
    return dict(zip(keys, inputs.places["unit"], strict=True))


def told(inputs: Inputs) -> list[tuple[str, int | None, int]]:
    return [(fault.problem.text("en"), fault.row, fault.alike) for fault in inputs.faults]


def dropped(inputs: Inputs) -> dict[str, int]:
    (account,) = [account for account in inputs.accounts if account.key == "libraries"]
    assert account.rows_read == account.rows_used + sum(account.dropped.values())
    return dict(account.dropped)


def test_the_code_goes_before_the_names_and_these_before_the_polygon(
    read: Callable[..., Inputs],
) -> None:
    near_border = at(5, 9.5)  # in the southern unit, 500 m from the northern
    names = {"unit_name": "Ziemeļu pagasts", "municipality": "Kreisais novads"}
    inputs = read(
        place("code", near_border, unit=NORTH, unit_name="Pilsēta", municipality="Labais novads"),
        place("names", near_border, **names),
        place("municipality code", near_border, **names | {"municipality": "LV9000000"}),
        place("short", near_border, **names | {"municipality": "Kreisais nov."}),
        place("address", near_border, address="Mežs, Ziemeļu pag., Kreisais nov., LV-1000"),
        place("polygon", near_border),
        place("name alone", near_border, unit_name="Ziemeļu pagasts"),
        place("no such pair", near_border, **names | {"municipality": "Labais novads"}),
    )
    found = units_of(inputs)
    by_polygon = {key for key, unit in found.items() if unit == SOUTHERN}
    assert by_polygon == {"polygon", "name alone", "no such pair"}
    assert set(found.values()) == {NORTH, SOUTHERN}
    # Only what the polygon places is flagged for a border nearby.
    flagged = inputs.places.loc[inputs.places["near_border"], "place"]
    assert set(flagged.str.removeprefix("libraries:")) == by_polygon


def test_a_border_is_near_up_to_700_metres(read: Callable[..., Inputs]) -> None:
    inputs = read(place("1", at(5, 9.301)), place("2", at(5, 9.299)), place("3", at(0.1, 5)))
    assert inputs.places["near_border"].tolist() == [True, False, False]


def test_on_a_shared_border_the_lower_code_holds_the_place(read: Callable[..., Inputs]) -> None:
    lat, lon = TO_METRES.transform(WEST, SOUTH, direction="INVERSE")[::-1]
    assert (lat, lon) == pytest.approx(at(0, 0))
    corner = {"x": WEST + SIDE, "y": SOUTH + SIDE}
    inputs = read(place("corner", **corner), toml="")
    assert units_of(inputs)["corner"] in {NORTH, SOUTHERN, EAST, TOWN}
    from shapely import Point

    from vpvkac.model.territory import Territory

    territory = Territory(inputs.territory.units)
    points = pd.Series(
        [Point(WEST + SIDE, SOUTH + SIDE), Point(WEST + SIDE, SOUTH + 5000)], dtype=object
    ).to_numpy()
    codes = territory.units["unit"].to_numpy()[territory.holding(points)]
    assert codes.tolist() == [NORTH, SOUTHERN]


def test_a_place_beside_the_territory_belongs_to_the_nearest_unit_within_a_kilometre(
    read: Callable[..., Inputs],
) -> None:
    inputs = read(
        place("in", at(-0.99, 5)),
        place("beyond", at(-1.01, 5)),
        place("coded", at(-1.01, 5), unit=SOUTHERN),
        place("far", at(-49.9, 5)),
        place("farther", at(-50.1, 5)),
        place("inside", at(5, 5)),
    )
    assert units_of(inputs) == {"in": SOUTHERN, "coded": SOUTHERN, "inside": SOUTHERN}
    assert dropped(inputs) == {"no_unit": 2, "outside": 1}
    assert {(row, alike) for _, row, alike in told(inputs)} == {(3, 2), (6, 1)}


@pytest.mark.parametrize(
    "where", [(24.1, 56.9), (90.0, 24.0), (-90.0, 0.0), (57.0, -180.0), (0.0, 24.0)]
)
def test_a_swapped_or_wild_position_is_dropped_with_a_warning(
    read: Callable[..., Inputs], where: tuple[float, float]
) -> None:
    inputs = read(place("1", where), place("2", at(5, 5)))
    assert dropped(inputs) == {"outside": 1}
    (fault,) = inputs.faults
    assert fault.row == 2
    assert "more than 50\N{NO-BREAK SPACE}km outside" in fault.problem.text("en")
    assert ("swapped" in fault.remedy.text("en")) == (where == (24.1, 56.9))


def test_what_has_no_coordinates_and_no_address_is_dropped_with_a_warning(
    read: Callable[..., Inputs],
) -> None:
    found = [place(str(number), at(5, 5)) for number in (4, 5, 6)]
    inputs = read(place("1"), place("2", (0, 0)), place("3", address="Nekur"), *found)
    assert dropped(inputs) == {"no_coordinates": 3}
    ((_, row, alike),) = told(inputs)
    assert (row, alike) == (2, 3)


@pytest.mark.parametrize("claim", ["code", "names", "address"])
def test_a_claim_is_doubted_beyond_two_kilometres_and_holds_all_the_same(
    read: Callable[..., Inputs], claim: str
) -> None:
    more = {
        "code": {"unit": SOUTHERN},
        "names": {"unit_name": "Dienvidu pagasts", "municipality": "Kreisais novads"},
        "address": {"address": "Mežs, Dienvidu pagasts, Kreisais nov."},
    }[claim]
    inputs = read(place("1", at(5, 11.99), **more), place("2", at(5, 12.01), **more))
    assert units_of(inputs) == {"1": SOUTHERN, "2": SOUTHERN}
    ((problem, row, _),) = told(inputs)
    assert row == 3
    assert "more than 2\N{NO-BREAK SPACE}km" in problem


def test_a_name_pair_that_contradicts_the_code_is_doubted_too(read: Callable[..., Inputs]) -> None:
    names = {"unit_name": "Pilsēta", "municipality": "Labais novads"}
    inputs = read(place("1", at(5, 5), unit=SOUTHERN, **names))
    assert units_of(inputs) == {"1": SOUTHERN}
    assert [(fault.field, fault.value) for fault in inputs.faults] == [("unit_name", "Pilsēta")]


def test_a_position_known_roughly_is_doubted_only_where_it_must_be_wrong(
    read: Callable[..., Inputs],
) -> None:
    end = "Dienvidu pagasts, Kreisais nov., LV-1001"
    # The houses of the postcode stand 6 km apart, their middle 2.9 km from the southern unit.
    houses = [
        (n, "EKS", f'"Meža iela {n + 1}, {end}"', *at(5 + n / 100, 9.9 + n % 2 * 6))
        for n in range(12)
    ]
    register = rows(REGISTER.strip(), *houses)
    toml = 'addresses = "addresses.csv"\n'
    inputs = read(
        place("1", address=f"Liepas, {end}", unit=SOUTHERN), toml=toml, addresses_csv=register
    )
    assert inputs.places["located_by"].tolist() == ["postcode"]
    assert told(inputs) == []


@pytest.mark.parametrize("order", [("x", "y"), ("y", "x")])
def test_the_order_of_lks_92_pairs_is_that_which_falls_inside(
    read: Callable[..., Inputs], order: tuple[str, str]
) -> None:
    easting, northing = order
    pairs = [(WEST + 1000, SOUTH + 2000), (WEST + 11_000, SOUTH + 12_000)]
    lines = [place(str(n), **{easting: e, northing: s}) for n, (e, s) in enumerate(pairs)]
    inputs = read(*lines)
    assert units_of(inputs) == {"0": SOUTHERN, "1": EAST}
    for place_, (e, s) in zip(inputs.places.itertuples(), pairs, strict=True):
        assert TO_METRES.transform(place_.lon, place_.lat) == pytest.approx((e, s), abs=0.02)
    assert set(inputs.places["located_by"]) == {"published"}


def test_degrees_count_before_an_lks_92_pair(read: Callable[..., Inputs]) -> None:
    inputs = read(place("1", at(5, 15), x=WEST + 1000, y=SOUTH + 1000))
    assert units_of(inputs) == {"1": NORTH}
    assert (inputs.places["lat"][0], inputs.places["lon"][0]) == at(5, 15)


def test_stops_may_be_given_by_lks_92_pairs_too(read: Callable[..., Inputs]) -> None:
    toml = 'stops = [{ path = "stops.csv", id = "id", x = "n", y = "e" }]\n'
    stops = rows("id,n,e", ("a", SOUTH + 5000, WEST + 5000), ("b", SOUTH + 15_000, WEST - 3000))
    inputs = read(place("1", at(5, 5)), toml=toml, stops_csv=stops)
    assert inputs.stops["unit"].tolist() == [SOUTHERN, ""]
    first = inputs.stops.iloc[0]
    assert (first["lat"], first["lon"]) == pytest.approx(at(5, 5), abs=2e-7)


def test_a_stop_beyond_50_km_is_dropped_at_its_row(read: Callable[..., Inputs]) -> None:
    toml = 'stops = [{ path = "stops.csv", id = "id", lat = "lat", lon = "lon" }]\n'
    stops = rows("id,lat,lon", ("a", *at(-49.9, 5)), ("b", *at(-50.1, 5)))
    inputs = read(place("1", at(5, 5)), toml=toml, stops_csv=stops)
    assert inputs.stops["stop"].tolist() == ["stops:a"]
    assert any("50\N{NO-BREAK SPACE}km" in problem and row == 3 for problem, row, _ in told(inputs))


def test_owners_go_by_name_abbreviation_or_code(read: Callable[..., Inputs]) -> None:
    owners = [
        "Labais novads",
        "Labais nov.",
        "LV9001000",
        "Labais novada Pilsētas",
        "",
        "Cits novads",
    ]
    inputs = read(*(place(str(n), at(5, 5), owner=name) for n, name in enumerate(owners)))
    assert inputs.places["owner"].tolist() == ["LV9001000"] * 4 + ["", ""]
    assert [(fault.row, fault.field, fault.value) for fault in inputs.faults] == [
        (7, "owner", "Cits novads")
    ]


@pytest.mark.parametrize("key", ["a b", "ā:č", "=1+1", 'x""y', "-"])
def test_any_id_makes_a_key(read: Callable[..., Inputs], key: str) -> None:
    inputs = read(place(key, at(5, 5)))
    assert inputs.places["place"].tolist() == [f"libraries:{key}".replace('""', '"')]


def test_tables_without_rows_are_errors(read: Callable[..., Inputs]) -> None:
    toml = 'stops = [{ path = "stops.csv", id = "id", lat = "lat", lon = "lon" }]\n'
    with pytest.raises(InputError) as raised:
        read(toml=toml, stops_csv="id,lat,lon\n")
    said = {
        (fault.file, fault.problem.text("en"))
        for fault in raised.value.faults
        if fault.level == "error"
    }
    assert said == {("libraries.csv", "has no rows"), ("stops.csv", "has no rows")}


def test_a_name_pair_that_two_units_share_is_no_claim(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_project(
        toml=TOML,
        libraries_csv=HEADER + "\n" + place("1", at(5, 5), unit_name="Ziemeļu pagasts",
                                            municipality="Kreisais novads"),
    )  # fmt: skip
    twins = [UNITS[0], (UNITS[1][0], UNITS[0][1], *UNITS[1][2:]), *UNITS[2:]]
    (tmp_path / "units.gpkg").unlink()
    write_units(tmp_path / "units.gpkg", twins)
    assert units_of(read_inputs(vpvkac.load(file))) == {"1": SOUTHERN}
