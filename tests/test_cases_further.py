"""More inputs of the kinds that once gave a wrong figure or none, each with what should happen."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely import affinity, transform
from shapely.geometry import LineString, Polygon, box

from plain_country import SOUTH, UNITS, WEST, at, rows, units_frame, write_units
from vpvkac import analyse, load
from vpvkac import hours as measure_hours
from vpvkac.analysis.opening import read_week
from vpvkac.cli.main import main
from vpvkac.model.faults import InputError
from vpvkac.model.project import Input
from vpvkac.questions.check.answer import examine
from vpvkac.sources.geodata import Layer, read_layer
from vpvkac.sources.population import read_population_grid
from vpvkac.sources.streets import read_streets
from vpvkac.sources.units import read_units
from vpvkac.texts.message import Bilingual

if TYPE_CHECKING:
    from pathlib import Path

    from vpvkac.sources.base import Reading

SIDE = 20
BOW_TIE = Polygon([(0, 0), (1000, 1000), (1000, 0), (0, 1000)])


def grid(path: Path, changed: dict[int, Any], counts: dict[int, str], *, twice: int = 0) -> Input:
    """Write 400 cells of 20 residents, some with another shape or count, the first ones twice."""
    cells: list[Any] = [
        box(WEST + x * 1000, SOUTH + y * 1000, WEST + x * 1000 + 1000, SOUTH + y * 1000 + 1000)
        for x in range(SIDE)
        for y in range(SIDE)
    ]
    texts = [counts.get(number, "20") for number in range(SIDE**2)]
    shapes = [changed.get(number, cell) for number, cell in enumerate(cells)]
    frame = gpd.GeoDataFrame(
        {"residents": texts + texts[:twice]}, geometry=shapes + shapes[:twice], crs=3059
    )
    frame.to_file(path, driver="GPKG")
    return Input(path, path.name, {"value": "residents"})


@pytest.mark.parametrize(
    ("changed", "counts", "problem"),
    [
        ({}, {6: "many"}, "is not a number"),
        ({}, {6: "-3"}, "is out of range"),
        ({}, {6: "2.5"}, "is not a whole number"),
        ({6: None}, {}, "no valid geometry"),
        ({6: BOW_TIE}, {}, "no valid geometry"),
        ({6: LineString([(WEST, SOUTH), (WEST, SOUTH + 5)])}, {}, "neither a polygon nor a point"),
    ],
)
def test_a_bad_cell_of_many_is_dropped_and_told(
    tmp_path: Path, changed: dict[int, Any], counts: dict[int, str], problem: str
) -> None:
    source = grid(tmp_path / "g.gpkg", changed, counts, twice=3)
    reading = read_population_grid(source)
    assert {fault.level for fault in reading.faults} == {"warning"}
    told = next(fault for fault in reading.faults if problem in fault.problem.text("en"))
    assert (told.row, told.alike) == (7, 1)
    assert told.problem.text("en").endswith("; the row is not used")
    assert {reason: n for reason, n in reading.dropped.items() if n} == {
        "bad_value": 1, "duplicate": 3,
    }  # fmt: skip
    assert reading.rows_read == 403
    assert int(reading.table["population"].sum()) == 20 * 399

    whole = Input(source.path, source.shown, source.columns, strict=True)
    assert {fault.level for fault in read_population_grid(whole).faults} == {"error"}


def test_over_one_bad_cell_in_a_hundred_is_an_error(tmp_path: Path) -> None:
    source = grid(tmp_path / "g.gpkg", {1: BOW_TIE, 2: None}, {3: "x", 4: "-1"}, twice=1)
    assert {fault.level for fault in read_population_grid(source).faults} == {"error"}


def project(folder: Path, hours: list[str], toml: str = "") -> Path:
    """Write the small country with a centre for every string of opening hours."""
    write_units(folder / "units.gpkg", UNITS)
    names = [f"VPVKAC {number}" for number in range(len(hours))]
    table = pd.DataFrame({"id": range(len(hours)), "name": names, "hours": hours})
    table["lat"], table["lon"] = at(5, 5)
    table.to_csv(folder / "c.csv", index=False)
    file = folder / "vpvkac.toml"
    columns = ", ".join(f'{name} = "{name}"' for name in table)
    file.write_text(
        f'[inputs]\nunits = "units.gpkg"\ncentres = {{ path = "c.csv", {columns} }}\n{toml}',
        encoding="utf-8",
    )
    return file


def test_check_tells_hours_that_are_not_understood(tmp_path: Path) -> None:
    hours = ["Mo-Fr 08:00-17:00", "pēc pieraksta", "Mo-Fr 9-17h", "Mo 08:00+", "Mo-Fr 9-17h", ""]
    faults, accounts = examine(load(project(tmp_path, hours)))
    assert [
        (fault.level, fault.row, fault.field, fault.value, fault.alike) for fault in faults
    ] == [
        ("warning", 3, "hours", "pēc pieraksta", 1),
        ("warning", 4, "hours", "Mo-Fr 9-17h", 2),
        ("warning", 5, "hours", "Mo 08:00+", 1),
    ]
    assert [account.rows_used for account in accounts] == [4, 6]


def test_half_an_hour_has_a_decimal_comma_in_latvian(tmp_path: Path) -> None:
    result = analyse(load(project(tmp_path, ['Mo 08:00-12:30; Tu 08:00-09:00 "pēc pieraksta"'])))
    (fault,) = measure_hours(result).faults
    assert "nedēļā ir no 4,5 līdz 5,5\N{NO-BREAK SPACE}h" in fault.problem.text("lv")
    assert "it is 4.5 to 5.5\N{NO-BREAK SPACE}h a week" in fault.problem.text("en")


@pytest.mark.parametrize(
    "more", ["PH -1 day 08:00-16:00", "PH +1 day 10:00-16:00", "PH -1 day off"]
)
def test_the_day_before_a_holiday_opens_no_holiday(more: str) -> None:
    monday = dt.date(2024, 10, 7)
    said, closed = (
        read_week(f"Mo-Fr 08:00-17:00; {more}{end}", monday) for end in ("", "; PH off")
    )
    assert said is not None
    assert closed is not None
    assert said.year_h == closed.year_h


def vpvkac(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the program in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "vpvkac", *map(str, arguments)], capture_output=True, text=True,
        check=False, encoding="utf-8", env=os.environ | variables,
    )  # fmt: skip


@pytest.mark.parametrize("epoch", ["abc", "1e9", "1.5"])
def test_a_wrong_epoch_is_told_before_a_library_reads_it(tmp_path: Path, epoch: str) -> None:
    file = project(tmp_path, [""])
    done = vpvkac("run", file, "--out", tmp_path / "out", "--lang", "en", SOURCE_DATE_EPOCH=epoch)
    assert done.returncode == 1
    assert f'Error: SOURCE_DATE_EPOCH: "{epoch}" is no number of seconds' in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Komandas:"),
        (("--lang", "lv"), "Kļūda: nav norādīta komanda"),
        (("--lang", "en"), "Error: no command is given"),
    ],
)
def test_without_a_command_the_program_helps(arguments: tuple[str, ...], said: str) -> None:
    found = CliRunner().invoke(main, list(arguments))
    assert found.exit_code == 2
    assert said in found.output
    assert found.output.count("Lietojums:") + found.output.count("Usage:") == 1


LIBRARIES = (
    'libraries = {{ path = "{}", id = "id", name = "name", lat = "lat", lon = "lon" }}\n'.format
)
STOPS = (
    'stops = [{{ path = "{}", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }}, '
    '{{ path = "{}", id = "id", name = "name", lat = "lat", lon = "lon", feed = "g" }}]\n'.format
)
HERE = (("1", "A", *at(5, 5)), ("2", "A", *at(5, 5)), ("3", "B", *at(5, 5)))


def told(folder: Path, toml: str, level: str) -> list[tuple[str, str]]:
    (folder / "l.csv").write_text(rows("id,name,lat,lon", *HERE), encoding="utf-8")
    (folder / "m.csv").write_text(rows("id,name,lat,lon", *HERE[1:]), encoding="utf-8")
    faults, _ = examine(load(project(folder, ["Mo-Fr 08:00-17:00"], toml)))
    return [(fault.file, fault.problem.text("en")) for fault in faults if fault.level == level]


def test_a_place_under_two_keys_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, LIBRARIES("l.csv"), "warning")
    assert ("l.csv", "has the position and the name of libraries:1; both count") in found


def test_a_stop_of_two_feeds_is_told(tmp_path: Path) -> None:
    found = told(tmp_path, STOPS("l.csv", "m.csv"), "warning")
    assert ("m.csv", "has the position and the name of f:1; both count") in found


@pytest.mark.parametrize(
    ("toml", "file", "level"),
    [
        (STOPS("l.csv", "./l.csv"), "./l.csv", "error"),
        (
            LIBRARIES("l.csv") + LIBRARIES("l.csv").replace("libraries", "post_offices"),
            "l.csv",
            "warning",
        ),
    ],
)
def test_a_file_given_twice_is_told(tmp_path: Path, toml: str, file: str, level: str) -> None:
    found = told(tmp_path, toml, level)
    assert (file, "is given twice (also as l.csv); each row counts twice") in found


def test_a_file_may_be_given_twice_for_other_rows(tmp_path: Path) -> None:
    one = LIBRARIES("l.csv").replace(" }", ', where = { name = ["A"] } }')
    other = one.replace("libraries", "post_offices").replace('"A"', '"B"')
    found = told(tmp_path, one + other, "warning")
    assert not [problem for _, problem in found if "given twice" in problem]


@pytest.mark.parametrize("moved", ["far", "swapped"])
def test_one_unit_outside_of_latvia_is_an_error(tmp_path: Path, moved: str) -> None:
    frame = units_frame(UNITS).to_crs(4326)
    first = frame.geometry.iloc[0]
    frame.geometry = [
        affinity.translate(first, 10, 0) if moved == "far" else transform(first, np.fliplr),
        *frame.geometry.iloc[1:],
    ]
    frame.to_file(tmp_path / "u.geojson")
    faults = read_units(Input(tmp_path / "u.geojson", "u.geojson")).faults
    assert [(fault.level, fault.row, fault.value) for fault in faults] == [
        ("error", 1, "LV9000100")
    ]


@pytest.mark.parametrize(("abroad", "is_wrong"), [(1, True), (2, True), (4, False)])
def test_units_are_in_latvia_or_all_elsewhere(tmp_path: Path, abroad: int, is_wrong: bool) -> None:
    frame = units_frame(UNITS).to_crs(4326)
    moved = [affinity.translate(shape, 10, 0) for shape in frame.geometry.iloc[:abroad]]
    frame.geometry = [*moved, *frame.geometry.iloc[abroad:]]
    frame.to_file(tmp_path / "u.geojson")
    reading = read_units(Input(tmp_path / "u.geojson", "u.geojson"))
    said = [str(fault) for fault in reading.faults]
    assert any("lies outside Latvia, unlike others" in one for one in said) == is_wrong


def written(folder: Path, *features: dict[str, Any], encoding: str = "utf-8") -> Layer:
    content = {"type": "FeatureCollection", "features": features}
    text = json.dumps(content, ensure_ascii=False)
    (folder / "l.geojson").write_text(text, encoding=encoding)
    return read_layer(folder / "l.geojson", "l.geojson", Bilingual("", ""), ["name"])


def feature(geometry: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": "Ķīšezers"}, "geometry": geometry}


@pytest.mark.parametrize("coordinates", [["24,1", "57"], [24.1], [None, 57], "24 57", [24, [57]]])
def test_what_is_no_geometry_is_an_error_not_a_place_without_one(
    tmp_path: Path, coordinates: Any
) -> None:
    bad = feature({"type": "Point", "coordinates": coordinates})
    layer = written(tmp_path, feature(None), bad)
    assert [(fault.level, fault.row, fault.field) for fault in layer.faults] == [
        ("error", 2, "geometry")
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1257"])
def test_geojson_is_read_in_any_encoding_or_told(tmp_path: Path, encoding: str) -> None:
    layer = written(tmp_path, feature(None), encoding=encoding)
    assert layer.table["name"].tolist() == ["Ķīšezers"]
    assert [fault.level for fault in layer.faults] == ["warning"] * (encoding == "cp1257")


def test_an_empty_collection_has_no_rows_rather_than_no_columns(tmp_path: Path) -> None:
    layer = written(tmp_path)
    assert (len(layer.table), layer.faults) == (0, [])


NODES = '<node id="1" lat="56.88" lon="24.08"/><node id="2" lat="56.89" lon="24.08"/>'


def streets(path: Path, *ways: dict[str, str], more: str = "") -> Reading:
    """Read ways from node 1 to 2, the last one drawn the other way round."""
    written = NODES
    for number, tags in enumerate(ways, 1):
        refs = (2, 1) if number == len(ways) else (1, 2)
        written += f'<way id="{number}">'
        written += "".join(f'<nd ref="{ref}"/>' for ref in refs)
        written += "".join(f'<tag k="{key}" v="{value}"/>' for key, value in tags.items())
        written += "</way>"
    path.write_text(f'<osm version="0.6">{more}{written}</osm>', encoding="utf-8")
    return read_streets(Input(path, path.name))


STREET = {"highway": "residential"}


def test_a_street_that_is_two_ways_counts_once(tmp_path: Path) -> None:
    reading = streets(tmp_path / "s.osm", STREET, STREET, STREET)
    assert (reading.rows_read, len(reading.table), reading.dropped["duplicate"]) == (3, 1, 2)


@pytest.mark.parametrize(
    "tags", [{"access": "no"}, {"abandoned": "yes"}, {"demolished": "yes"}, {"razed": "yes"}]
)
def test_what_is_closed_or_no_more_is_no_street(tmp_path: Path, tags: dict[str, str]) -> None:
    reading = streets(tmp_path / "s.osm", {"highway": "path"} | tags, STREET)
    assert (len(reading.table), reading.dropped["not_walked"]) == (1, 1)


def test_where_walkers_are_let_in_a_closed_way_is_a_street(tmp_path: Path) -> None:
    closed = {"highway": "path", "access": "no", "foot": "designated"}
    assert len(streets(tmp_path / "s.osm", closed).table) == 1


def test_a_query_that_broke_off_is_told(tmp_path: Path) -> None:
    remark = "<remark>runtime error: Query timed out</remark>"
    with pytest.raises(InputError, match=r"before the query broke off"):
        streets(tmp_path / "s.osm", STREET, more=remark)
