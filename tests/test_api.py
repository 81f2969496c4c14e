"""The Python interface: three functions and a result that analysts can go on with."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import folium
import geopandas as gpd
import pytest

import vpvkac
from vpvkac.api.coverage import Result


def test_the_public_names_are_those_documented() -> None:
    for name in ("load", "sample", "analyse", "Result", "Project", "InputError"):
        assert name in vpvkac.__all__
        assert getattr(vpvkac, name).__doc__
    with pytest.raises(AttributeError, match="no attribute"):
        vpvkac.nothing  # noqa: B018


def test_tables_are_geodataframes_in_lks_92(sample_result: Result) -> None:
    for name in (
        "units",
        "network",
        "places",
        "stops",
        "gaps_access",
        "gaps_service",
        "gaps_coverage",
    ):
        table = getattr(sample_result, name)
        assert isinstance(table, gpd.GeoDataFrame)
        assert table.crs.to_epsg() == 3059


def test_a_point_stands_where_its_latitude_and_longitude_say(sample_result: Result) -> None:
    places = sample_result.places
    degrees = places.to_crs(4326).geometry
    assert (degrees.y - places["lat"]).abs().max() < 1e-8
    assert (degrees.x - places["lon"]).abs().max() < 1e-8


def test_the_map_is_a_folium_map_that_jupyter_shows(sample_result: Result) -> None:
    drawn = sample_result.map()
    assert isinstance(drawn, folium.Map)
    assert "iframe" in drawn._repr_html_()


def test_other_rules_make_another_result_and_leave_the_project_alone() -> None:
    project = vpvkac.sample()
    wider = project.with_rules(threshold_m=800)
    assert (project.rules.threshold_m, wider.rules.threshold_m) == (700, 800)
    assert wider.rules.hosts == project.rules.hosts


def test_a_result_shows_a_short_summary_and_not_a_dump(sample_result: Result) -> None:
    assert repr(sample_result) == (
        "<Result (synthetic sample): 587 units: 122 existing, 2 announced, 458 planned, 5 none; "
        "50 access gaps, 5 coverage gaps>"
    )
    shown = sample_result._repr_html_()
    assert shown.count("<tr>") == 20
    assert "91,6" in shown
    assert "Sintētiski parauga dati" in shown


def test_an_input_error_says_what_is_wrong() -> None:
    with pytest.raises(vpvkac.InputError, match="was not found") as caught:
        vpvkac.load("nav/tur")
    assert caught.value.faults[0].level == "error"


def test_an_english_title_stands_on_english_pages_alone() -> None:
    project = vpvkac.sample()
    assert (
        vpvkac.analyse(project, lang="en").title
        == "Network of contact points: synthetic sample data"
    )
    assert vpvkac.analyse(project).title == "Kontaktpunktu tīkls: sintētiski parauga dati"


def test_every_public_name_is_there_and_known_to_type_checkers() -> None:
    tree = ast.parse(Path(vpvkac.__file__).read_text(encoding="utf-8"))
    typed = {
        alias.name
        for block in tree.body
        if isinstance(block, ast.If)
        for statement in block.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    assert typed == set(vpvkac.__all__)
    assert all(getattr(vpvkac, name) is not None for name in (*vpvkac.__all__, "__version__"))


def test_a_question_does_not_load_the_libraries_of_another() -> None:
    code = "import sys, vpvkac.api.questions; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {
        "dask", "folium", "jinja2", "matplotlib", "networkx", "openpyxl", "osmnx", "requests",
        "sklearn", "xlsxwriter",
    }  # fmt: skip


def test_a_question_is_named_without_loading_a_heavy_library() -> None:
    code = (
        "import sys, vpvkac\nfor name in vpvkac.__all__: getattr(vpvkac, name)\nprint(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"dask", "folium", "highspy", "jinja2", "lxml", "openpyxl", "xlsxwriter"}
    assert heavy & set(done.stdout.split()) == set()
