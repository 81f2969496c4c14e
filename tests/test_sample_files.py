"""The sample's files hold what they should, by readers that are not the program's."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from pyproj import Geod, Transformer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "data" / "sample"
UNITS = "Territorial_units_LV_1.2m_(2021.07.01.).shp"
CENTRES = "vpvkac-kontakti_2023_aktual_081123.csv"
GEOD = Geod(ellps="GRS80")
LATVIA_KM2 = 64_579
SEVEN = [1411, 810, 757, 741, 725, 705, 701]


@pytest.fixture(scope="module")
def truth() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((SAMPLE / "truth.json").read_text(encoding="utf-8"))
    return told


@pytest.fixture(scope="module")
def units() -> Any:
    return pyogrio.read_dataframe(SAMPLE / UNITS)


def feed_table(feed: str, table: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(SAMPLE / feed) as archive:
        text = archive.read(f"{table}.txt").decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    return list(rows)


def bus_stops(feed: str) -> list[dict[str, str]]:
    routes = {r["route_id"] for r in feed_table(feed, "routes") if r["route_type"] in ("3", "700")}
    trips = {t["trip_id"] for t in feed_table(feed, "trips") if t["route_id"] in routes}
    served = {t["stop_id"] for t in feed_table(feed, "stop_times") if t["trip_id"] in trips}
    return [
        stop
        for stop in feed_table(feed, "stops")
        if stop["stop_id"] in served
        and stop["location_type"] in ("", "0")
        and float(stop["stop_lat"]) != 0
    ]


@pytest.fixture(scope="module")
def regional() -> tuple[np.ndarray, np.ndarray]:
    stops = bus_stops("gtfs-latvia-lv.zip")
    return (
        np.array([float(stop["stop_lat"]) for stop in stops]),
        np.array([float(stop["stop_lon"]) for stop in stops]),
    )


def metres_to_stop(place: dict[str, Any], stops: tuple[np.ndarray, np.ndarray]) -> float:
    lat, lon = stops
    here = np.full(len(lat), place["lon"]), np.full(len(lat), place["lat"])
    return float(GEOD.inv(*here, lon, lat)[2].min())


def test_the_committed_files_are_what_the_generator_makes(tmp_path: Path) -> None:
    elsewhere = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"}
    script = ROOT / "scripts" / "make_sample.py"
    subprocess.run(
        [sys.executable, str(script), "--out", str(tmp_path)],
        check=True, cwd=tmp_path, env=elsewhere, capture_output=True,
    )  # fmt: skip
    made = {path.name for path in tmp_path.iterdir()}
    assert made == {path.name for path in SAMPLE.iterdir()}
    for name in sorted(made):
        if name.endswith(".zip"):
            assert members(tmp_path / name) == members(SAMPLE / name), name
        else:
            assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes(), name


def members(path: Path) -> list[tuple[str, tuple[int, ...], bytes]]:
    """List a zip's members; the packed bytes may differ between versions of zlib."""
    with zipfile.ZipFile(path) as archive:
        return [(m.filename, m.date_time, archive.read(m)) for m in archive.infolist()]


def test_the_sample_stays_small() -> None:
    sizes = [path.stat().st_size for path in SAMPLE.iterdir()]
    assert sum(sizes) < 8_000_000
    assert max(sizes) < 3_000_000


def test_units_are_a_clean_coverage_of_latvias_extent_and_area(units: Any) -> None:
    shapes = units.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert set(shapely.get_type_id(shapes)) == {3}
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapes).sum() / 1e6 == pytest.approx(LATVIA_KM2, rel=0.01)
    x, y = shapely.get_coordinates(shapes).T
    lon, lat = Transformer.from_crs(3059, 4258, always_xy=True).transform(x, y)
    assert 20.95 < lon.min() < 21.1
    assert 28.1 < lon.max() < 28.26
    assert 55.66 < lat.min() < 55.75
    assert 58.0 < lat.max() < 58.1


def test_units_have_the_planned_networks_shape(units: Any) -> None:
    assert len(units) == units.L1_code.nunique() == 587
    assert units.L1_code.str.fullmatch(r"LV99\d{5}").all()
    assert Counter(units.L1_type) == {7: 511, 6: 69, 1: 7}
    assert units.L1_code.str.endswith("010").sum() == 3
    owners = units.groupby("L0_code").L0_type.first()
    assert Counter(owners) == {5: 35, 1: 7}
    assert (units[units.L1_type == 1].L1_code == units[units.L1_type == 1].L0_code).all()
    inside = units[units.L1_type != 1]
    assert (inside.L1_code.str[:6] == inside.L0_code.str[:6]).all()
    twice = units.L1_name.value_counts()
    assert (twice[twice > 1] == 2).all()
    assert (twice > 1).sum() == 2


def test_every_municipality_is_one_piece(units: Any) -> None:
    for code, members_ in units.groupby("L0_code"):
        whole = shapely.coverage_union_all(members_.geometry.to_numpy())
        assert shapely.get_num_geometries(whole) == 1, code


def test_the_gulf_is_sea_and_the_land_is_land(units: Any) -> None:
    to_plane = Transformer.from_crs(4258, 3059, always_xy=True)
    tree = shapely.STRtree(units.geometry.to_numpy())

    def on_land(lon: float, lat: float) -> bool:
        point = shapely.Point(to_plane.transform(lon, lat))
        return len(tree.query(point, predicate="intersects")) > 0

    assert not on_land(23.6, 57.4)
    assert on_land(22.3, 57.2)
    assert on_land(25.3, 57.4)
    assert on_land(27.5, 56.2)


def test_the_centres_list_is_a_spreadsheet_of_124_numbered_blocks() -> None:
    raw = (SAMPLE / CENTRES).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig")), delimiter=";"))
    assert {len(row) for row in rows} == {12}
    heads = [row for row in rows if row[0].isdigit() and row[4]]
    assert sorted(int(row[0]) for row in heads) == list(range(1, 125))
    assert sum("Tiks atvērts" in row for row in rows) == 2
    assert all(row[7] for row in heads)
    assert any("\n" in row[7] for row in heads)
    assert any(re.search(r"\d - 12:00; 12:20 - ", cell) for row in rows for cell in row)
    said = " ".join(cell for row in rows for cell in row)
    assert "Sintētiski parauga dati" in said
    assert set(re.findall(r"\+371 \d+", said)) == {"+371 00000000"}
    assert set(re.findall(r"@[\w.]+", said)) == {"@paraugs.example"}


def test_seven_centres_are_beyond_and_two_at_the_edge(
    truth: dict[str, Any], regional: tuple[np.ndarray, np.ndarray]
) -> None:
    opened = {
        key: metres_to_stop(place, regional)
        for key, place in truth["places"].items()
        if key.startswith("centres:") and place["status"] == "open"
    }
    assert len(opened) == 122
    beyond = sorted((d for d in opened.values() if d > 700), reverse=True)
    assert beyond == pytest.approx(SEVEN, abs=0.05)
    edge = sorted(d for d in opened.values() if 690 < d <= 700)
    assert edge[0] == pytest.approx(699.9, abs=0.01)
    assert 699.99 <= edge[1] <= 700.0
    told = truth["sets"]["regional"]["counts"]["centres_beyond_list"]
    assert [row["distance_m"] for row in told] == pytest.approx(beyond, abs=0.001)


def test_centres_stand_where_the_register_has_their_address(truth: dict[str, Any]) -> None:
    with (SAMPLE / "aw_eka.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    in_force = [row for row in rows if row["STATUSS"] == "EKS"]
    assert len({row["STD"] for row in in_force}) == len(in_force)
    spots = {(float(row["DD_N"]), float(row["DD_E"])) for row in in_force}
    centres = [p for key, p in truth["places"].items() if key.startswith("centres:")]
    assert len({place["unit"] for place in centres}) == 124
    assert all((place["lat"], place["lon"]) in spots for place in centres)
    elsewhere = {row["STD"] for row in rows if row["STATUSS"] != "EKS"}
    assert elsewhere & {row["STD"] for row in in_force}


def test_places_stand_in_the_unit_that_the_truth_names(truth: dict[str, Any], units: Any) -> None:
    shapes = dict(zip(units.L1_code, units.geometry, strict=True))
    to_plane = Transformer.from_crs(4258, 3059, always_xy=True)
    for key, place in truth["places"].items():
        point = shapely.Point(to_plane.transform(place["lon"], place["lat"]))
        assert shapes[place["unit"]].contains(point), key


def test_747_libraries_remain_of_the_file_when_filtered_and_placed(truth: dict[str, Any]) -> None:
    raw = (SAMPLE / "bibliotekas.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf_id,Objekta nosaukums,ISIL kods,Adrese,LAT,LON,")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    kept = [
        row
        for row in rows
        if row["Juridiskais statuss"].startswith("Pašvaldības iestāde")
        and row["Darbojās 2022.gadā"] == "Jā"
    ]
    unplaced = [row for row in kept if not row["Adrese"] and row["LAT"] in ("", "0")]
    outside = [row for row in kept if row["LAT"] and float(row["LAT"]) > 59]
    assert len(unplaced) == len(outside) == 1
    used = {f"libraries:{row['_id']}" for row in kept if row not in unplaced + outside}
    assert len(used) == 747
    assert used == {key for key in truth["places"] if key.startswith("libraries:")}
    account = truth["files"]["libraries"]
    assert account["rows_read"] == len(rows) == account["used"] + sum(account["dropped"].values())


def test_607_post_offices_stand_among_lockers_and_letter_boxes() -> None:
    points = json.loads((SAMPLE / "pasta_nodalas.json").read_text(encoding="utf-8"))
    types = Counter(point["type"] for point in points)
    assert types[1] + types[2] == 607
    assert set(types) == {1, 2, 6, 7, 9}
    assert {point["status"] for point in points} == {1}
    assert len({point["id"] for point in points}) == len(points)
    hours = {time for point in points for time in point["workingHours"].values()}
    assert "8:00-11:00" in hours
    assert any(time.startswith(" ") for time in hours)


def test_the_regional_feed_has_exactly_9310_served_bus_stops() -> None:
    stops = bus_stops("gtfs-latvia-lv.zip")
    every = feed_table("gtfs-latvia-lv.zip", "stops")
    assert len(stops) == 9_310
    assert len({stop["stop_id"] for stop in every}) == len(every)
    assert {len(stop["stop_id"]) for stop in every} <= set(range(2, 8))
    assert sum("  " in stop["stop_name"] for stop in every) == 1
    assert sum(stop["location_type"] == "1" for stop in every) == 30
    assert max(t["departure_time"] for t in feed_table("gtfs-latvia-lv.zip", "stop_times")) > "24"


@pytest.mark.parametrize("feed", ["gtfs-latvia-lv.zip", "gtfs-pilseta.zip"])
def test_feeds_have_every_table_with_a_mark_of_their_encoding(feed: str) -> None:
    tables = ("agency", "stops", "routes", "trips", "stop_times", "calendar", "calendar_dates",
              "feed_info")  # fmt: skip
    with zipfile.ZipFile(SAMPLE / feed) as archive:
        assert sorted(archive.namelist()) == sorted(f"{table}.txt" for table in tables)
        texts = {name: archive.read(name) for name in archive.namelist()}
    assert all(text.startswith(b"\xef\xbb\xbf") for text in texts.values())
    padded = {b", " in text.splitlines()[0] for text in texts.values()}
    assert padded == {feed == "gtfs-latvia-lv.zip"}
    assert feed_table(feed, "agency")[0]["agency_name"] == "Sintētiski parauga dati"
    assert feed_table(feed, "feed_info")[0]["feed_publisher_name"] == "Sintētiski parauga dati"


def test_the_city_feed_overlaps_the_regional_one(regional: tuple[np.ndarray, np.ndarray]) -> None:
    stops = bus_stops("gtfs-pilseta.zip")
    lat, lon = regional
    near = 0
    for stop in stops:
        here = (
            np.full(len(lat), float(stop["stop_lon"])),
            np.full(len(lat), float(stop["stop_lat"])),
        )
        near += bool(GEOD.inv(*here, lon, lat)[2].min() < 10)
    assert near > 200
    assert near < len(stops)
    kinds = {route["route_type"] for route in feed_table("gtfs-pilseta.zip", "routes")}
    assert kinds == {"3", "700", "800", "900"}
    assert {stop["location_type"] for stop in stops} == {""}
    assert any('"' in stop["stop_name"] for stop in stops)


def test_the_uncertain_libraries_turn_with_the_precision_of_their_postcode(
    truth: dict[str, Any], regional: tuple[np.ndarray, np.ndarray]
) -> None:
    with (SAMPLE / "bibliotekas.csv").open(encoding="utf-8-sig", newline="") as file:
        addresses = {f"libraries:{row['_id']}": row["Adrese"] for row in csv.DictReader(file)}
    with (SAMPLE / "aw_eka.csv").open(encoding="utf-8", newline="") as file:
        register = [row for row in csv.DictReader(file) if row["STATUSS"] == "EKS"]
    decisions = []
    for row in truth["planted"]["uncertain"]:
        address = addresses[row["place"]]
        assert address not in {entry["STD"] for entry in register}
        spots = [
            (float(entry["DD_N"]), float(entry["DD_E"]))
            for entry in register
            if entry["STD"].endswith(address[-7:])
        ]
        lat, lon = (round(float(np.mean(values)), 7) for values in zip(*spots, strict=True))
        assert (lat, lon) == (row["lat"], row["lon"])
        farthest = max(GEOD.inv(lon, lat, east, north)[2] for north, east in spots)
        assert row["located_within_m"] == pytest.approx(farthest, abs=0.001)
        assert 60 <= farthest <= 400
        metres = metres_to_stop(row, regional)
        decisions.append((metres <= 700, metres - farthest <= 700 < metres + farthest))
    assert sorted(decisions) == [(False, True), (True, True)]


def test_the_truth_adds_up_to_the_planted_network(truth: dict[str, Any]) -> None:
    for name in ("regional", "all"):
        counts = truth["sets"][name]["counts"]
        network = truth["sets"][name]["network"]
        assert len(network) == 587
        assert Counter(row["status"] for row in network.values()) == {
            "existing": 122, "announced": 2, "planned": 458, "none": 5,
        }  # fmt: skip
        assert counts["points_within"] + counts["points_beyond"] == 582
    regional = truth["sets"]["regional"]["counts"]
    assert regional["library_points_within"] == 417
    assert round(100 * regional["library_points_within_share"]) == 91
    assert regional["stops"] == 9_310
    mended = [gap for gap in truth["sets"]["regional"]["gaps_access"] if gap["class"] == "move"]
    assert Counter(gap["alt_host"] for gap in mended) == {"library": 4, "post_office": 7}
    assert len(truth["planted"]["within_only_in_set_all"]) == 2


def test_the_service_day_is_neither_the_busiest_date_nor_the_one_with_most_services(
    truth: dict[str, Any],
) -> None:
    service = truth["service"]["reg"]
    assert service["service_day"] == "2023-11-10"
    assert service["date_with_most_services"] == "2023-11-17"
    assert service["busiest_date_of_all"] == "2023-12-16"
    assert min(service["dates_tied_with_service_day"]) > service["service_day"]
