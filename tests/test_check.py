"""`vpvkac check`: every problem of every file, every row accounted for, the exit code of a run."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from plain_country import at, rows
from vpvkac.cli.main import main

PROJECT = """
[inputs]
units = "units.gpkg"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
"""
HEADER = "id,name,lat,lon"


def check(file: Path, out: Path, *arguments: str) -> tuple[int, str, list[dict[str, str]]]:
    """Run the check; its exit code, what it prints and the table it writes."""
    answer = CliRunner().invoke(main, ["check", str(file), "--out", str(out), *arguments])
    with (out / "check.csv").open(encoding="utf-8", newline="") as opened:
        return answer.exit_code, answer.stdout, list(csv.DictReader(opened))


def test_a_sound_project_passes_and_its_rows_add_up(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_project(
        toml=PROJECT,
        libraries_csv=rows(HEADER, ("l", "L", *at(5, 5)), ("m", "M", "", "")),
        stops_csv=rows(HEADER, ("s", "S", *at(5, 5.1))),
    )
    code, printed, table = check(file, tmp_path / "out", "--lang", "en")
    assert code == 0
    assert {row["level"] for row in table} == {"warning"}
    line = next(line for line in printed.splitlines() if line.startswith("libraries.csv"))
    assert line.split() == ["libraries.csv", "2", "1", "1"]
    assert "no coordinates" in printed
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["check.csv"]


def test_every_fault_of_every_file_is_a_row_and_the_exit_is_that_of_run(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_project(
        toml=PROJECT,
        libraries_csv=rows(HEADER, ("l", "L", '"57,1"', 24), ("l", "M", 57, 24)),
        stops_csv=rows("id,name,lat", ("s", "S", 57)),
    )
    code, _, table = check(file, tmp_path / "out", "--lang", "en")
    assert code == 1
    found = {(row["level"], row["file"], row["row"], row["field"], row["value"]) for row in table}
    assert ("error", "libraries.csv", "2", "lat", "57,1") in found
    assert ("error", "libraries.csv", "3", "id", "l") in found
    assert ("error", "stops.csv", "1", "lon", "") in found
    assert all(row["problem"] and row["remedy"] for row in table)
    ran = CliRunner().invoke(main, ["run", str(file), "--out", str(tmp_path / "run")])
    assert ran.exit_code == code


def test_a_project_file_at_fault_is_in_the_table_too(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_project(toml='[inputs]\nunits = "nav.shp"\nlibrary = "x.csv"\n')
    code, _, table = check(file, tmp_path / "out", "--lang", "en")
    assert code == 1
    assert {"inputs.library", "inputs.units"} <= {row["field"] for row in table}


def test_what_the_project_sets_for_questions_is_checked_whole(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_project(
        toml=f"{PROJECT}\n[plan]\nbudget = 7200\nfirst = 2030\nlast = 2027\n"
        '[reach]\nassumed_hours = "often"\n',
        libraries_csv=rows(HEADER, ("l", "L", *at(5, 5))),
        stops_csv=rows(HEADER, ("s", "S", *at(5, 5.1))),
    )
    code, _, table = check(file, tmp_path / "out", "--lang", "en")
    assert code == 1
    wrong = {row["field"]: row["value"] for row in table if row["level"] == "error"}
    assert wrong == {"plan.last": "2027", "reach.assumed_hours": "often"}


@pytest.mark.parametrize(("lang", "word"), [("lv", "Kļūdas: 0"), ("en", "Errors: 0")])
def test_the_sample_has_warnings_and_no_error(tmp_path: Path, lang: str, word: str) -> None:
    from vpvkac.inputs.project_file import sample_folder

    code, printed, table = check(sample_folder(), tmp_path / "out", "--lang", lang)
    assert code == 0
    assert word in printed
    assert {row["file"] for row in table} >= {"gtfs-latvia-lv.zip/stops.txt", "bibliotekas.csv"}
