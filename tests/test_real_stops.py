"""Stops beyond the national feed: rail stations, one of them abroad, and those of a city."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest

import vpvkac
from vpvkac.inputs.placing import place_stops
from vpvkac.model.project import Input, StopInput
from vpvkac.model.territory import Territory
from vpvkac.sources.gtfs import read_gtfs
from vpvkac.sources.plain import read_plain_stops
from vpvkac.sources.units import read_units

if TYPE_CHECKING:
    import pandas as pd

STATIONS, CITY = "stops/vivi_2026-10_stations.csv", "stops/daugavpils_2024-12_stops.csv"
SAME_NAMES = {name: name for name in ("id", "name", "lat", "lon")}
CITY_COLUMNS = {"id": "stop_id", "name": "stop_name", "lat": "stop_lat", "lon": "stop_lon"}


@pytest.fixture(scope="module")
def territory(shared_data: Path) -> Territory:
    (file,) = (shared_data / "units/2022-07-01").glob("*.shp")
    units = read_units(Input(file, file.name), None).table
    assert isinstance(units, gpd.GeoDataFrame)
    return Territory(units)


def stops_of(file: Path, columns: dict[str, str]) -> pd.DataFrame:
    source = Input(file, file.name, columns=columns)
    reading = read_plain_stops(StopInput(source, feed="x", regional=False))
    assert [fault.problem.text("en") for fault in reading.faults] == ["has no timetable"]
    return reading.table


def test_a_station_across_the_border_is_kept_and_no_error(
    shared_data: Path, territory: Territory
) -> None:
    """138 stations, of which Valga lies in Estonia, within a kilometre of Valka."""
    stops = stops_of(shared_data / STATIONS, SAME_NAMES)
    placed = place_stops(stops, territory, shown="vivi")
    assert (len(placed.table), placed.dropped) == (138, {"outside": 0})
    (told,) = placed.faults
    assert (told.level, told.alike) == ("warning", 1)
    assert "Valga" in str(told.value)
    assert "LV0053200 Valka, where it counts" in told.problem.text("en")
    names = territory.units.set_index("unit")["unit_name"]
    units = placed.table.set_index("stop_name")["unit"].map(names)
    assert units["Valga"] == "Valka"


def test_points_measured_to_a_stop_outside_the_units_are_named_in_the_report(
    shared_data: Path, tmp_path: Path
) -> None:
    """Valga's station serves Valka's point; it is told, and the distance is not changed."""
    (units,) = (shared_data.resolve() / "units/2022-07-01").glob("*.shp")
    libraries = "id,name,lat,lon\nv,Valka,57.7770,26.0300\nr,Rīga,56.95,24.11\n"
    (tmp_path / "libraries.csv").write_text(libraries, encoding="utf-8")
    (tmp_path / "vpvkac.toml").write_text(
        f"""
[inputs]
units = "{units}"
libraries = {{ path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }}
[[inputs.stops]]
path = "{shared_data.resolve() / STATIONS}"
id = "id"
name = "name"
lat = "lat"
lon = "lon"
""",
        encoding="utf-8",
    )
    result = vpvkac.analyse(vpvkac.load(tmp_path), lang="en")
    point = result.network.set_index("unit_name").loc["Valka"]
    assert point["stop_name"] == "Valga"
    result.write(tmp_path / "out")
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    told = re.search(r"outside the units, abroad[^<]*", report)
    assert told
    assert ": 1. The nearest: Valka – Valga (" in told[0]


def test_stops_abroad_within_50_km_are_kept_for_distances_and_told_and_not_called_swapped(
    tmp_path: Path, territory: Territory
) -> None:
    file = tmp_path / "stops.csv"
    rows = (
        "r,Rīga,56.95,24.11",
        "t,Tõrva,58.003,25.927",
        "b,Biržai,56.2,24.75",
        "x,Tallinn,59.44,24.74",
    )
    file.write_text("\n".join(("id,name,lat,lon", *rows)), encoding="utf-8")
    placed = place_stops(stops_of(file, SAME_NAMES), territory, shown="stops.csv")
    table = placed.table.set_index("stop_name")
    assert sorted(table.index) == ["Biržai", "Rīga", "Tõrva"]
    assert table.index[table["unit"] == ""].tolist() == ["Biržai", "Tõrva"]
    assert placed.dropped == {"outside": 1}
    beyond, abroad = placed.faults
    assert (beyond.level, beyond.row) == ("warning", 5)
    assert (abroad.level, abroad.row, abroad.alike) == ("warning", 4, 2)
    assert abroad.problem.text("en").endswith("it counts for distances alone")
    assert "swap" not in abroad.sentence("en") + beyond.sentence("en")
    assert abroad.sentence("lv") != abroad.sentence("en")


def test_all_stops_of_a_city_lie_in_it_or_in_the_four_parishes_around(
    shared_data: Path, territory: Territory
) -> None:
    stops = stops_of(shared_data / CITY, CITY_COLUMNS)
    placed = place_stops(stops, territory, shown="daugavpils")
    assert len(placed.table) == 294
    assert placed.faults == []
    names = territory.units.set_index("unit")["unit_name"]
    around = set(placed.table["unit"].map(names))
    assert "Daugavpils" in around
    assert len(around) == 5


def rail_feed(stations: Path, file: Path) -> None:
    """Make a feed of trains that call at every station: a route of type 2, a trip, its calls."""
    with stations.open(encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    calls = [f"t,{n // 60:02}:{n % 60:02}:00,{row['id']},{n}" for n, row in enumerate(rows)]
    tables = {
        "stops.txt": ["stop_id,stop_name,stop_lat,stop_lon",
                      *(f"{r['id']},{r['name']},{r['lat']},{r['lon']}" for r in rows)],
        "routes.txt": ["route_id,route_type", "r,2"],
        "trips.txt": ["route_id,service_id,trip_id", "r,s,t"],
        "stop_times.txt": ["trip_id,arrival_time,stop_id,stop_sequence", *calls],
        "calendar_dates.txt": ["service_id,date,exception_type", "s,20261012,1"],
    }  # fmt: skip
    with zipfile.ZipFile(file, "w") as archive:
        for name, lines in tables.items():
            archive.writestr(name, io.StringIO("\n".join(lines)).getvalue())


def test_rail_is_never_in_the_stop_set(shared_data: Path, tmp_path: Path) -> None:
    feed = tmp_path / "rail.zip"
    rail_feed(shared_data / STATIONS, feed)
    reading = read_gtfs(feed, feed="rail", regional=True)
    assert (len(reading.table), reading.rows_read) == (0, 138)
    assert reading.dropped == {"not_bus": 138}
    (error,) = [fault for fault in reading.faults if fault.level == "error"]
    assert error.problem.text("en") == "no stop is served by bus, trolleybus or tram"
