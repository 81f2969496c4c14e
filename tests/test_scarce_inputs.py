"""A run of few inputs, or of none near another, is whole: no page needs what is not there."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from plain_country import UNITS, at, rows
from vpvkac.cli.main import main

HEADER = "id,name,lat,lon"
TABLE = '{{ path = "{0}.csv", id = "id", name = "name", lat = "lat", lon = "lon"{1} }}'
STOPS = "[" + TABLE.format("stops", ', feed = "f"') + "]"
FEED = '[{ path = "feed.zip", feed = "f", regional = true }]'
PEOPLE = '{ path = "people.csv", unit = "code", value = "people" }'
SOUTH_WEST, NORTH_EAST = at(5, 5), at(15, 15)
FILES = {
    "centres_csv": rows(HEADER, ("c", "Dienvidu VPVKAC", *SOUTH_WEST)),
    "libraries_csv": rows(HEADER, ("l", "Bibliotēka", *SOUTH_WEST)),
    "offices_csv": rows(HEADER, (1, "NVA", *SOUTH_WEST)),
    "stops_csv": rows(HEADER, ("s", "S", *NORTH_EAST)),
    "people_csv": rows("code,people", *((unit[0], 10) for unit in UNITS)),
}
CENTRES, LIBRARIES = TABLE.format("centres", ""), TABLE.format("libraries", "")
# The stop is far from every point; one municipality has no point at all.
PROJECTS = {
    "a centre and a feed": {"centres": CENTRES, "stops": FEED},
    "one host, stops and residents": {"libraries": LIBRARIES, "stops": STOPS, "population": PEOPLE},
    "one host alone": {"libraries": LIBRARIES},
    "offices and no stops": {"centres": CENTRES, "institutions": TABLE.format("offices", "")},
}


def feed_of(lat: float, lon: float) -> bytes:
    """Make a feed of one stop, at which a bus stops once a day."""
    tables = {
        "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\na,A,http://a.lv,Europe/Riga",
        "stops.txt": f"stop_id,stop_name,stop_lat,stop_lon\ns,S,{lat},{lon}",
        "routes.txt": "route_id,agency_id,route_short_name,route_type\nr,a,1,3",
        "trips.txt": "route_id,service_id,trip_id\nr,w,t",
        "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
        "start_date,end_date\nw,1,1,1,1,1,1,1,20260101,20261231",
        "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "t,08:00:00,08:00:00,s,1",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, text in tables.items():
            archive.writestr(name, text)
    return packed.getvalue()


@pytest.mark.parametrize("case", PROJECTS)
def test_a_run_of_few_inputs_is_whole(
    write_project: Callable[..., Path], tmp_path: Path, case: str
) -> None:
    inputs = {"units": '"units.gpkg"'} | PROJECTS[case]
    toml = "[inputs]\n" + "\n".join(f"{key} = {given}" for key, given in inputs.items())
    file = write_project(toml=toml, **FILES)
    (tmp_path / "feed.zip").write_bytes(feed_of(*NORTH_EAST))
    answer = CliRunner().invoke(main, ["run", str(file), "--out", str(tmp_path / "out")])
    assert answer.exit_code == 0, answer.output
    with (tmp_path / "out" / "network.csv").open(encoding="utf-8-sig", newline="") as opened:
        assert sum(bool(row["place"]) for row in csv.DictReader(opened)) == 1
    assert len(list((tmp_path / "out" / "municipalities").glob("*/*.html"))) == 2
