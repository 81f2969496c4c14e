"""No command imports what it does not use."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import test_reach
from plain_country import at, rows
from vpvkac.cli.main import COMMANDS

pytestmark = pytest.mark.slow

PROJECT = """
[inputs]
units = "units.gpkg"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
"""
HEAVY = {
    "branca", "dask", "distributed", "folium", "geopandas", "jinja2", "lxml", "matplotlib",
    "networkx", "numpy", "openpyxl", "osmnx", "pandas", "pandera", "pyarrow",
    "pyogrio", "pyproj", "rapidfuzz", "requests", "scipy", "shapely", "sklearn", "xlsxwriter",
}  # fmt: skip
READ = {"geopandas", "numpy", "pandas", "pandera", "pyarrow", "pyogrio", "pyproj", "rapidfuzz",
        "shapely"}  # fmt: skip
MEASURED = READ | {"scipy"}
PAGES = MEASURED | {"jinja2"}
# folium asks for requests whether anything is fetched or not.
MAPS = PAGES | {"branca", "folium", "requests"}


def imported(*arguments: str) -> set[str]:
    """Run a command in a process of its own; the heavy libraries that it has loaded at its end."""
    code = (
        "import json, sys\n"
        "from vpvkac.cli.main import main\n"
        "try:\n"
        f"    main({list(arguments)!r}, standalone_mode=False)\n"
        "finally:\n"
        "    print('\\n' + json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return HEAVY & set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_imports_nothing_heavy(command: str) -> None:
    assert imported(*command.split(), "--help") == set()


def test_version_and_init_import_nothing_heavy(tmp_path: Path) -> None:
    assert imported("--version") == set()
    assert imported("init", str(tmp_path / "new")) == set()


def test_the_start_of_run_waits_for_geopandas_and_for_little_else() -> None:
    code = (
        "import json, sys, vpvkac.cli.questions, vpvkac.api.coverage\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    packages = {name.partition(".")[0] for name in json.loads(loaded)}
    # SciPy is loaded where distances are measured, pandera where tables are made anew; that loads
    # hypothesis, where it is installed.
    assert {"hypothesis", *HEAVY} & packages <= READ - {"pandera"}


def test_outputs_that_stand_are_told_without_a_heavy_library() -> None:
    code = (
        "import json, sys, vpvkac.inputs.project_file, vpvkac.cli.questions\n"
        "import vpvkac.questions.coverage.standing\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    assert HEAVY & {name.partition(".")[0] for name in json.loads(loaded)} == set()


@pytest.fixture
def project(write_project: Callable[..., Path]) -> Path:
    """A project of one library and one stop."""
    return write_project(
        toml=PROJECT,
        libraries_csv=rows("id,name,lat,lon", ("l", "L", *at(5, 5))),
        stops_csv=rows("id,name,lat,lon", ("s", "S", *at(5, 5.1))),
    )


@pytest.mark.parametrize(
    ("command", "used"),
    [
        ("check {} --out {}", READ),
        ("run {} --out {}", MEASURED | MAPS | {"xlsxwriter"}),
        ("hours {} --out {}", PAGES),
        ("cost {} --out {}", PAGES),
        ("site {} --out {} --points 1", MAPS),
        ("explain LV9000110 {}", MEASURED),
    ],
)
def test_a_command_imports_no_library_it_does_not_use(
    command: str, used: set[str], project: Path, tmp_path: Path
) -> None:
    assert imported(*command.format(project, tmp_path).split()) - used == set()


def test_demand_imports_what_measures_and_no_more(project: Path, tmp_path: Path) -> None:
    origins = tmp_path / "origins.csv"
    origins.write_text(rows("lat,lon", at(5, 5.1)), encoding="utf-8")
    asked = ("demand", str(origins), str(project), "--out", str(tmp_path / "out"))
    assert imported(*asked) - MEASURED == set()


@pytest.mark.parametrize(("command", "used"), [
    ("reach", PAGES), ("run --reach", MEASURED | MAPS | {"xlsxwriter"}),
])  # fmt: skip
def test_journeys_need_no_library_of_graphs(
    command: str, used: set[str], write_project: Callable[..., Path], tmp_path: Path
) -> None:
    feed = tmp_path / "gtfs"
    feed.mkdir()
    for name, text in test_reach.FEED.items():
        (feed / name).write_text(text, encoding="utf-8")
    file = write_project(toml=test_reach.PROJECT, libraries_csv=test_reach.LIBRARIES)
    assert imported(*command.split(), str(file), "--out", str(tmp_path / "out")) - used == set()
