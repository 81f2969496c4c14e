"""The real files beside the repository read with the counts that their README states.

What other tests hold (`test_real_data`, `test_real_stops`, `test_gtfs`, `test_layouts`,
`test_centres_published`, `test_osm_elements`, `test_weekdays`) is not repeated.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from vpvkac.fetch.portal import date_in
from vpvkac.geo.geodesy import overlapping, to_planar
from vpvkac.model.project import Input, StopInput
from vpvkac.model.territory import Territory
from vpvkac.sources.gtfs import read_gtfs
from vpvkac.sources.plain import read_plain_hosts, read_plain_stops
from vpvkac.sources.units import read_units

UNITS = {
    "2018-01-01": 587,
    "2021-01-01": 587,
    "2022-07-01": 592,
}
PLACE = {name: name for name in ("name", "lat", "lon")}


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def tables_of(feed: Path) -> dict[str, bytes]:
    """The tables of a feed as they stand in its zip, by name."""
    with zipfile.ZipFile(feed) as archive:
        names = [name for name in archive.namelist() if name.endswith(".txt")]
        return {name.rpartition("/")[2]: archive.read(name) for name in names}


def records_in(table: bytes) -> list[dict[str, str]]:
    text = io.StringIO(table.decode("utf-8-sig"), newline="")
    return list(csv.DictReader(text, skipinitialspace=True))


def shapefile(folder: Path, day: str) -> Path:
    (file,) = (folder / "units" / day).glob("*.shp")
    return file


@pytest.fixture(scope="module")
def territories(shared_data: Path) -> dict[str, Territory]:
    """The units of each published day."""
    files = {day: shapefile(shared_data, day) for day in UNITS}
    return {day: Territory(read_units(Input(files[day], files[day].name)).table) for day in UNITS}


# --- Units -------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", UNITS)
def test_units_are_as_many_as_stated_valid_and_without_overlaps(
    territories: dict[str, Territory], day: str
) -> None:
    units = territories[day].units
    assert len(units) == UNITS[day]
    assert units.is_valid.all()
    shapes = units.geometry.to_numpy()
    one, other = overlapping(shapes, 0.0)
    assert shapely.area(shapely.intersection(shapes[one], shapes[other])).max(initial=0) < 1


@pytest.mark.parametrize("day", ["2021-01-01", "2022-07-01"])
def test_units_cover_64_578_9_square_kilometres(
    territories: dict[str, Territory], day: str
) -> None:
    assert territories[day].units["area_km2"].sum() == pytest.approx(64_578.9, abs=0.05)


def test_the_layout_of_2021_has_497_parishes_67_towns_14_undivided_and_9_cities(
    territories: dict[str, Territory],
) -> None:
    units = territories["2021-01-01"].units
    assert units["kind"].value_counts().to_dict() == {
        "parish": 497, "town": 67, "municipality": 14, "state_city": 9,
    }  # fmt: skip
    assert units["municipality"].nunique() == 119
    assert not set(units["unit"]) & set(territories["2022-07-01"].units["unit"])


def test_the_derived_layout_is_587_valid_units_of_43_municipalities(shared_data: Path) -> None:
    file = shared_data / "units/2021-07-01_derived/units.gpkg"
    reading = read_units(Input(file, file.name))
    assert not reading.faults
    table = reading.table
    assert isinstance(table, gpd.GeoDataFrame)
    assert (len(table), table["municipality"].nunique()) == (587, 43)
    assert table.is_valid.all()
    assert table["area_km2"].sum() == pytest.approx(64_578.9, abs=0.05)


# --- The register ------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "count", "in_force"), [("pilseta", 85, 82), ("novads", 146, 35)])
def test_the_complete_register_has_85_towns_and_146_municipalities(
    shared_data: Path, kind: str, count: int, in_force: int
) -> None:
    rows = rows_of(shared_data / f"register/aw_{kind}.csv")
    assert len(rows) == count
    assert sum(row["STATUSS"] == "EKS" for row in rows) == in_force


def test_codes_of_the_register_are_those_of_2022_but_for_three(
    shared_data: Path, territories: dict[str, Territory]
) -> None:
    """Carnikava `LV0023210`, Varakļāni `LV0038231`, Madonas novads `LV0038001` are new."""
    units = territories["2022-07-01"].units
    known = set(units["unit"]) | set(units["municipality"])
    new = {
        row["NOSAUKUMS"]: f"LV{row['ATRIB']}"
        for kind in ("pilseta", "novads")
        for row in rows_of(shared_data / f"register/aw_{kind}.csv")
        if row["STATUSS"] == "EKS" and f"LV{row['ATRIB']}" not in known
    }
    assert {name.removesuffix("novads").removesuffix("nov.").strip() for name in new} == {
        "Carnikava", "Varakļāni", "Madonas",
    }  # fmt: skip
    assert set(new.values()) == {"LV0023210", "LV0038231", "LV0038001"}


# --- Places ------------------------------------------------------------------------------------


def test_582_unit_centres_of_which_25_names_are_guessed_and_26_lie_just_outside(
    shared_data: Path, territories: dict[str, Territory]
) -> None:
    file = shared_data / "points/unit_centres_2021.csv"
    source = Input(file, file.name, columns={**PLACE, "id": "unit", "unit": "unit"})
    reading = read_plain_hosts(source)
    table = reading.table
    assert (reading.rows_read, len(table)) == (582, 582)
    territory = territories["2021-01-01"]
    own = territory.coded(table["unit"])
    assert (own >= 0).all()
    points = gpd.points_from_xy(*to_planar(table["lat"], table["lon"])).to_numpy()
    away = territory.away(points, own)
    assert (away > 0).sum() == 26
    assert sum(row["name_guessed"] == "True" for row in rows_of(file)) == 25


def test_697_postcodes_have_a_point_each(shared_data: Path) -> None:
    file = shared_data / "points/postcode_points.csv"
    columns = {**PLACE, "id": "postcode", "name": "example_place"}
    reading = read_plain_hosts(Input(file, file.name, columns=columns))
    assert (reading.rows_read, len(reading.table)) == (697, 697)
    assert not reading.faults
    assert reading.table["id"].str.fullmatch(r"LV-\d{4}").all()


def test_the_list_of_2022_has_134_centres_in_34_municipalities(shared_data: Path) -> None:
    rows = rows_of(shared_data / "points/vpvkac_2022-08_partial.csv")
    (number,) = [key for key in rows[0] if re.search("listed|count", key)]
    counts = {row["municipality"]: int(row[number] or 0) for row in rows}
    assert sum(counts.values()) == 134
    assert [name for name, count in counts.items() if count == 0] == ["Ventspils novads"]
    assert sum(bool(row["address"]) for row in rows) == 35


def test_the_list_of_2023_has_165_centres_in_34_municipalities(shared_data: Path) -> None:
    rows = rows_of(shared_data / "centres/vpvkac_2023-11_counts.csv")
    counts = {row["municipality"]: int(row["centres_2023_11"]) for row in rows}
    assert sum(counts.values()) == 165
    assert sum(count > 0 for count in counts.values()) == 34
    assert counts["Ventspils novads"] == 0


def test_142_libraries_and_163_post_offices_of_openstreetmap_of_which_5_lie_abroad(
    shared_data: Path, territories: dict[str, Territory]
) -> None:
    """The nodes' unit is that of their polygon; five lie outside Latvia."""
    rows = rows_of(shared_data / "osm/latvia_2019-09_nodes.csv")
    kinds = pd.Series([row["amenity"] for row in rows]).value_counts()
    assert (len(rows), kinds["library"], kinds["post_office"]) == (409, 142, 163)
    lon, lat = (pd.Series([float(row[axis]) for row in rows]).to_numpy() for axis in ("lon", "lat"))
    territory = territories["2022-07-01"]
    number = territory.holding(gpd.points_from_xy(*to_planar(lat, lon)).to_numpy())
    units = territory.units["unit_name"].reindex(number).fillna("")
    assert units.tolist() == [row["unit_2022"] for row in rows]
    assert (number < 0).sum() == 5


# --- Stops and feeds ---------------------------------------------------------------------------


def test_all_10_168_stops_of_the_regional_feed_lie_inside_a_unit(
    shared_data: Path, territories: dict[str, Territory]
) -> None:
    file = shared_data / "stops/atd_2026_stops.csv"
    source = Input(file, file.name, columns={**PLACE, "id": "id"})
    table = read_plain_stops(StopInput(source, feed="atd", regional=True)).table
    assert len(table) == 10_168
    points = gpd.points_from_xy(*to_planar(table["lat"], table["lon"])).to_numpy()
    number = territories["2021-01-01"].holding(points)
    assert (number >= 0).all()
    assert len(set(number)) == 584


def test_ids_of_the_national_feed_stay_text_of_up_to_7_digits(shared_data: Path) -> None:
    """2 to 7 digits by the description; of these stops two have one digit, none leading zeros."""
    file = shared_data / "stops/atd_2026_stops.csv"
    source = Input(file, file.name, columns={**PLACE, "id": "id"})
    table = read_plain_stops(StopInput(source, feed="atd", regional=True)).table
    assert table["stop"].str.fullmatch(r"atd:\d{1,7}").all()
    assert sorted(table["stop"]) == sorted(f"atd:{row['id']}" for row in rows_of(file))


def test_138_stations_and_294_stops_of_daugavpils(shared_data: Path) -> None:
    for name, key, count in (
        ("vivi_2026-10_stations", "id", 138),
        ("daugavpils_2024-12_stops", "stop_id", 294),
    ):
        rows = rows_of(shared_data / f"stops/{name}.csv")
        assert len(rows) == len({row[key] for row in rows}) == count


def test_the_feed_of_riga_has_six_tables_and_no_stop_times(shared_data: Path) -> None:
    tables = tables_of(shared_data / "gtfs/riga_2025-06_without_stop_times.zip")
    assert len(tables) == 6
    assert "stop_times.txt" not in tables
    assert all(table.startswith(b"\xef\xbb\xbf") for table in tables.values())
    types = {row["route_type"] for row in records_in(tables["routes.txt"])}
    assert types <= {"3", "700", "800", "900"}
    assert {"800", "900"} <= types
    assert date_in("marsrutusaraksti06_2025.zip") == "2025-06"


def test_the_feed_of_cairns_has_crlf_no_agency_id_and_1_405_times_past_midnight(
    shared_data: Path,
) -> None:
    tables = tables_of(shared_data / "gtfs/cairns_gtfs.zip")
    assert tables["stops.txt"].count(b"\r\n") == tables["stops.txt"].count(b"\n")
    assert "agency_id" not in records_in(tables["routes.txt"])[0]
    times = [row["departure_time"] for row in records_in(tables["stop_times.txt"])]
    assert sum(int(time.partition(":")[0] or 0) >= 24 for time in times) == 1_405


def test_of_the_feed_of_berlin_every_parent_station_is_missing(shared_data: Path) -> None:
    file = shared_data / "gtfs/ber_gtfs.zip"
    rows = records_in(tables_of(file)["stops.txt"])
    ids = {row["stop_id"] for row in rows}
    parents = [row["parent_station"] for row in rows if row["parent_station"]]
    assert parents
    assert not ids & set(parents)
    reading = read_gtfs(file, feed="ber", regional=True)
    (fault,) = [fault for fault in reading.faults if fault.field == "parent_station"]
    assert (fault.level, fault.alike) == ("warning", len(parents))


def test_the_french_feed_has_164_stops_567_trips_and_11_775_stop_times(shared_data: Path) -> None:
    file = shared_data / "feeds/chateau_thierry_2025-10.zip"
    tables = tables_of(file)
    count = {name: len(records_in(table)) for name, table in tables.items()}
    assert (count["stops.txt"], count["trips.txt"], count["stop_times.txt"]) == (164, 567, 11_775)
    assert sum(table.startswith(b"\xef\xbb\xbf") for table in tables.values()) == 2
    assert sum(b"\r\n" in table for table in tables.values()) == 3
    times = records_in(tables["stop_times.txt"])
    order = [(row["trip_id"], int(row["stop_sequence"])) for row in times]
    assert order != sorted(order)
    reading = read_gtfs(file, feed="fr", regional=True)
    assert reading.notes["last_day"] == "2026-12-31"
    assert reading.faults == ()


def test_the_faroese_feed_has_75_stops_and_times_without_seconds(shared_data: Path) -> None:
    file = shared_data / "feeds/faroe_2025_unofficial.zip"
    tables = tables_of(file)
    assert len(records_in(tables["stops.txt"])) == 75
    times = [row["departure_time"] for row in records_in(tables["stop_times.txt"])]
    assert any(re.fullmatch(r"\d{1,2}:\d{2}", time) for time in times)
    assert read_gtfs(file, feed="fo", regional=True).rows_read == 75


def test_about_forty_small_feeds_each_have_one_fault(shared_data: Path) -> None:
    assert 35 <= len(list((shared_data / "gtfs/bad").iterdir())) <= 45
