"""The command line: what a planner types, and what it answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from plain_country import at, rows
from vpvkac.cli import COMMANDS, main

if TYPE_CHECKING:
    from collections.abc import Callable

PROJECT = """
[inputs]
units = "units.gpkg"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
"""
HEADER = "id,name,lat,lon"


@pytest.fixture
def project(write_project: Callable[..., Path]) -> Path:
    """Give a project with one library and one stop."""
    return write_project(
        toml=PROJECT,
        libraries_csv=rows(HEADER, ("l", "L", *at(5, 5))),
        stops_csv=rows(HEADER, ("s", "S", *at(5, 5.1))),
    )


def test_run_writes_and_prints_the_headline(project: Path, tmp_path: Path) -> None:
    answer = CliRunner().invoke(main, ["run", str(project), "--out", str(tmp_path / "out")])
    assert answer.exit_code == 0, answer.output
    assert "Teritoriālās vienības" in answer.stdout
    assert str(tmp_path / "out" / "map.html") in answer.stdout
    assert (tmp_path / "out" / "summary.csv").is_file()


def test_a_folder_is_as_good_as_the_file_and_english_is_spoken(
    project: Path, tmp_path: Path
) -> None:
    arguments = ["run", str(project.parent), "--out", str(tmp_path / "o"), "--lang", "en"]
    answer = CliRunner().invoke(main, arguments)
    assert answer.exit_code == 0
    assert "Territorial units" in answer.stdout
    assert "Project:" in answer.stderr


def test_without_a_project_the_one_here_is_used(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    answer = CliRunner().invoke(main, ["run", "--lang", "en"])
    assert answer.exit_code == 0
    assert "Project: vpvkac.toml" in answer.stderr
    assert (project.parent / "out" / "map.html").is_file()


def test_all_faults_of_all_files_are_told_at_once_and_nothing_is_written(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_project(
        toml=PROJECT,
        libraries_csv=rows(HEADER, ("l", "L", '"57,1"', 24), ("m", "M", '"57,2"', 24)),
        stops_csv=rows(HEADER, ("s", "S", 57, 24), ("s", "S", 57, 24)),
    )
    answer = CliRunner().invoke(
        main, ["run", str(file), "--out", str(tmp_path / "out"), "--lang", "en"]
    )
    assert answer.exit_code == 1
    assert (
        'libraries.csv, row 2, lat: "57,1" is not a number (decimal comma?); '
        "write a number with a decimal point (2 rows like this)"
    ) in answer.stderr
    assert 'stops.csv, row 3, id: "s" occurs twice' in answer.stderr
    assert "Nothing was written." in answer.stderr
    assert not (tmp_path / "out").exists()


def test_a_project_that_is_not_there_is_a_sentence() -> None:
    answer = CliRunner().invoke(main, ["run", "nav/tur", "--lang", "en"])
    assert answer.exit_code == 1
    assert "nav/tur: is not there" in answer.stderr


@pytest.mark.parametrize(
    "arguments", [["--threshold", "0"], ["--threshold", "x"], ["--stop-set", "rail"], ["--nav"]]
)
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(main, ["run", *arguments]).exit_code == 2


def test_a_folder_that_cannot_be_written_is_a_sentence(project: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = CliRunner().invoke(main, ["run", str(project), "--out", str(tmp_path / "file" / "o")])
    assert answer.exit_code == 1
    assert "nevar rakstīt" in answer.stderr


def test_options_win_over_the_project(project: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["run", str(project), "--out", str(out), "--threshold", "50"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    network = (out / "network.csv").read_text(encoding="utf-8")
    assert ",false,false," in network


def test_the_sample_can_be_copied_and_run(tmp_path: Path) -> None:
    folder = tmp_path / "paraugs"
    assert CliRunner().invoke(main, ["sample", str(folder)]).exit_code == 0
    assert (folder / "vpvkac.toml").is_file()
    again = CliRunner().invoke(main, ["sample", str(folder), "--lang", "en"])
    assert again.exit_code == 1
    assert "is not an empty folder" in again.stderr


def test_help_names_an_example() -> None:
    answer = CliRunner().invoke(main, ["run", "--help"])
    assert "vpvkac run ventspils/" in answer.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_examples_and_says_what_a_project_is(command: str) -> None:
    shown = " ".join(CliRunner().invoke(main, [command, "--help"]).output.split())
    assert f"Examples: vpvkac {command}" in shown
    if "[PROJECT]" in shown:
        assert (
            "PROJECT is a folder with vpvkac.toml, or that file; without it, the current" in shown
        )


def test_a_pipe_gets_no_progress(project: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "vpvkac.cli",
        "run",
        str(project),
        "--out",
        str(tmp_path / "o"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")
    assert "\r" not in done.stderr + done.stdout
    assert "\x1b" not in done.stderr + done.stdout
    assert Path(tmp_path / "o" / "run.json").is_file()
