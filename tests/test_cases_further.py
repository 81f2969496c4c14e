"""More inputs of the kinds that once gave a wrong figure or none, each with what should happen."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely.geometry import LineString, Polygon, box

from plain_country import SOUTH, UNITS, WEST, at, write_units
from vpvkac import analyse, load
from vpvkac import hours as measure_hours
from vpvkac.cli import main
from vpvkac.inputs import examine
from vpvkac.opening.weeks import read_week
from vpvkac.project import Input
from vpvkac.sources.population import read_population_grid

if TYPE_CHECKING:
    from pathlib import Path

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
    told = next(fault for fault in reading.faults if problem in fault.problem.en)
    assert (told.row, told.alike) == (7, 1)
    assert told.problem.en.endswith("; the row is not used")
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
    table = pd.DataFrame({"id": range(len(hours)), "name": "VPVKAC", "hours": hours})
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
    assert "nedēļā ir no 4,5 līdz 5,5 h" in fault.problem.lv
    assert "it is 4.5 to 5.5 h a week" in fault.problem.en


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
        [sys.executable, "-m", "vpvkac.cli", *map(str, arguments)], capture_output=True, text=True,
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
