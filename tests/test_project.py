"""The project file: what it may say, and that all faults of it and its files are told at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import vpvkac
from plain_country import at, rows
from vpvkac.inputs.tables import read_inputs
from vpvkac.model.faults import Fault, InputError

if TYPE_CHECKING:
    from vpvkac.model.project import Project

LIBRARY = 'path = "libraries.csv", id = "id", lat = "lat", lon = "lon"'
STOP = 'path = "stops.csv", id = "id", lat = "lat", lon = "lon"'
BASE = f'[inputs]\nunits = "units.gpkg"\nlibraries = {{ {LIBRARY} }}\n'
FILES = {
    "libraries_csv": rows("id,lat,lon", ("1", *at(5, 5))),
    "stops_csv": rows("id,lat,lon", ("s", *at(5, 5))),
}


@pytest.fixture
def load(write_project: Callable[..., Path]) -> Callable[..., Project]:
    """Load a project with this text."""
    return lambda toml, **files: vpvkac.load(write_project(toml=toml, **(FILES | files)))


@pytest.fixture
def faults(load: Callable[..., Project]) -> Callable[..., list[Fault]]:
    """Give the errors that reading a project meets."""

    def told(toml: str, **files: str) -> list[Fault]:
        with pytest.raises(InputError) as raised:
            read_inputs(load(toml, **files))
        return [fault for fault in raised.value.faults if fault.level == "error"]

    return told


def test_what_is_left_out_has_the_rules_of_the_definition(load: Callable[..., Project]) -> None:
    project = load(BASE)
    assert project.rules == vpvkac.Rules(None, 700.0, "regional", ("centre", "library"))
    assert (project.title, project.synthetic, project.stops) == ("", False, ())
    assert project.addresses is None


def test_dates_may_stand_without_quotes(load: Callable[..., Project]) -> None:
    project = load(f'{BASE}stops = [{{ path = "stops.csv", service_day = 2026-11-02 }}]\n'
                   "[rules]\nlayout = 2022-07-01\n")  # fmt: skip
    assert project.rules.layout == "2022-07-01"
    assert project.stops[0].service_day == dt.date(2026, 11, 2)


def test_one_feed_alone_is_regional_and_bears_the_name_of_its_file(
    load: Callable[..., Project],
) -> None:
    alone = load(f"{BASE}stops = [{{ {STOP} }}]\n").stops
    assert [(stop.feed, stop.regional) for stop in alone] == [("stops", True)]
    two = load(f'{BASE}stops = [{{ {STOP} }}, {{ {STOP}, feed = "f", regional = true }}]\n').stops
    assert [(stop.feed, stop.regional) for stop in two] == [("stops", False), ("f", True)]
    told_not = load(f"{BASE}stops = [{{ {STOP}, regional = false }}]\n").stops
    assert not told_not[0].regional


def test_paths_are_relative_to_the_file_or_absolute(
    load: Callable[..., Project], tmp_path: Path
) -> None:
    (tmp_path / "mape ā").mkdir()
    (tmp_path / "mape ā" / "bibliotēkas.csv").write_text(FILES["libraries_csv"], encoding="utf-8")
    for path in ("mape ā/bibliotēkas.csv", str(tmp_path / "mape ā" / "bibliotēkas.csv")):
        project = load(BASE.replace("libraries.csv", path))
        assert project.hosts["library"].shown == path
        assert len(read_inputs(project).places) == 1


@pytest.mark.parametrize(
    ("toml", "field", "meant"),
    [
        (f"[input]\n{BASE}", "input", "inputs"),
        (f'{BASE}librarys = "x"\n', "inputs.librarys", "libraries"),
        (BASE.replace("id =", "idd ="), "inputs.libraries.idd", "id"),
        (f'{BASE}stops = [{{ {STOP}, fed = "x" }}]', "inputs.stops[1].fed", "feed"),
        (f"{BASE}[rules]\nthreshold = 5\n", "rules.threshold", "threshold_m"),
        (f"{BASE}[about]\ntitel = 5\n", "about.titel", "title"),
    ],
)
def test_an_unknown_key_is_an_error_that_suggests_the_near_one(
    faults: Callable[..., list[Fault]], toml: str, field: str, meant: str
) -> None:
    (fault,) = [fault for fault in faults(toml) if "known key" in fault.problem.text("en")]
    assert fault.field == field
    assert fault.remedy.text("en") == f"was this meant: {meant}?"


@pytest.mark.parametrize("key", ["decisions", "streets", "assumptions"])
def test_an_input_of_one_form_takes_no_columns_and_must_be_there(
    faults: Callable[..., list[Fault]], key: str
) -> None:
    found = faults(f'{BASE}{key} = {{ path = "x.csv", name = "n" }}\n')
    assert {fault.field for fault in found} >= {f"inputs.{key}", f"inputs.{key}.name"}


@pytest.mark.parametrize(
    ("section", "line", "field"),
    [
        ("rules", 'threshold_m = "700"', "rules.threshold_m"),
        ("rules", "threshold_m = true", "rules.threshold_m"),
        ("rules", "threshold_m = 0", "rules.threshold_m"),
        ("rules", "threshold_m = nan", "rules.threshold_m"),
        ("rules", f"threshold_m = {'9' * 400}", "rules.threshold_m"),
        ("rules", 'layout = "2023-07-01"', "rules.layout"),
        ("rules", "layout = 2022-07-01T00:00:00", "rules.layout"),
        ("rules", 'stop_set = "rail"', "rules.stop_set"),
        ("rules", "stop_set = true", "rules.stop_set"),
        ("rules", 'hosts = "centre"', "rules.hosts"),
        ("rules", "hosts = []", "rules.hosts"),
        ("rules", 'hosts = ["centre", "bank"]', "rules.hosts"),
        ("rules", 'hosts = ["centre", "centre"]', "rules.hosts"),
        ("rules", 'hosts = [["centre"]]', "rules.hosts"),
        ("about", "title = 5", "about.title"),
        ("about", 'synthetic = "yes"', "about.synthetic"),
        ("about", "contact = 5", "about.contact"),
        ("about", 'contact = ["a@b.example"]', "about.contact"),
    ],
)
def test_a_rule_of_the_wrong_type_or_value_is_an_error(
    faults: Callable[..., list[Fault]], section: str, line: str, field: str
) -> None:
    (fault,) = faults(f"{BASE}[{section}]\n{line}\n")
    assert fault.field == field


@pytest.mark.parametrize(
    ("table", "field"),
    [
        (LIBRARY.replace('"id"', "1"), "inputs.libraries.id"),
        (LIBRARY.replace('"id"', '" "'), "inputs.libraries.id"),
        (LIBRARY.replace(', lon = "lon"', ""), "inputs.libraries.lon"),
        (f'{LIBRARY}, y = "lat"', "inputs.libraries.x"),
        (f"{LIBRARY}, where = true", "inputs.libraries.where"),
        (f'{LIBRARY}, where = {{ id = "1" }}', "inputs.libraries.where"),
        (f"{LIBRARY}, where = {{ id = [1] }}", "inputs.libraries.where"),
        (f"{LIBRARY}, where = {{ id = [] }}", "inputs.libraries.where"),
        (LIBRARY.replace('"libraries.csv"', "5"), "inputs.libraries"),
        (LIBRARY.replace("libraries.csv", "nav.csv"), "inputs.libraries"),
        (LIBRARY.replace("libraries.csv", "."), "inputs.libraries"),
        (LIBRARY.replace("libraries.csv", "x" * 5000), "inputs.libraries"),
        (LIBRARY.replace("libraries.csv", "x\\u0000"), "inputs.libraries"),
    ],
)
def test_a_plain_table_that_is_told_wrongly_is_an_error(
    faults: Callable[..., list[Fault]], table: str, field: str
) -> None:
    found = faults(f'[inputs]\nunits = "units.gpkg"\nlibraries = {{ {table} }}\n')
    assert field in {fault.field for fault in found}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ('stops = "stops.csv"', "inputs.stops"),
        ("stops = [5]", "inputs.stops[1]"),
        (f'stops = [{{ {STOP}, feed = "a:b" }}]', "inputs.stops[1].feed"),
        (f'stops = [{{ {STOP}, feed = "" }}]', "inputs.stops[1].feed"),
        (f"stops = [{{ {STOP} }}, {{ {STOP} }}]", "inputs.stops.feed"),
        (f'stops = [{{ {STOP}, regional = "yes" }}]', "inputs.stops[1].regional"),
        (f'stops = [{{ {STOP}, service_day = "2026-13-01" }}]', "inputs.stops[1].service_day"),
        ('stops = [{ path = "nav.zip" }]', "inputs.stops[1]"),
        ('stops = [{ path = ".", feed = "f", where = { a = ["b"] } }]', "inputs.stops[1].where"),
        ('municipal_premises = "libraries.csv"', "inputs.municipal_premises"),
        ('centres = { path = "libraries.csv", where = { a = ["b"] } }', "inputs.centres.where"),
        ('addresses = { path = "libraries.csv", id = "id" }', "inputs.addresses.id"),
    ],
)
def test_an_input_that_is_told_wrongly_is_an_error(
    faults: Callable[..., list[Fault]], line: str, field: str
) -> None:
    assert field in {fault.field for fault in faults(f"{BASE}{line}\n")}


@pytest.mark.parametrize(
    ("toml", "fields"),
    [
        ("", {"inputs", "inputs.units"}),
        ('[inputs]\nunits = "units.gpkg"\n', {"inputs"}),
        (BASE.replace("units", "unitz", 1), {"inputs.units", "inputs.unitz"}),
        ('inputs = "x"\n', {"inputs", "inputs.units"}),
        (f"{BASE}[[rules]]\na = 1\n", {"rules"}),
    ],
)
def test_units_and_one_host_are_needed(
    faults: Callable[..., list[Fault]], toml: str, fields: set[str]
) -> None:
    assert {fault.field for fault in faults(toml)} == fields


@pytest.mark.parametrize(
    "toml", ["[inputs", "a = " + "[" * 5000, "a = " + "9" * 5000, 'a = "1"\na = "2"\n']
)
def test_what_is_not_toml_is_said(faults: Callable[..., list[Fault]], toml: str) -> None:
    (fault,) = faults(toml)
    assert "is not TOML" in fault.problem.text("en")


def test_a_project_that_is_not_there_or_not_utf_8_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="was not found"):
        vpvkac.load(tmp_path)
    (tmp_path / "vpvkac.toml").write_bytes('title = "ā"'.encode("cp1257"))
    with pytest.raises(InputError, match="not UTF-8"):
        vpvkac.load(tmp_path)


def test_the_faults_of_the_project_and_of_every_file_are_told_in_one_run(
    faults: Callable[..., list[Fault]],
) -> None:
    toml = f"""
        [inputs]
        units = "units.gpkg"
        centres = "nav.csv"
        libraries = {{ {LIBRARY} }}
        post_offices = "offices.json"
        addresses = "addresses.csv"
        population = "x.csv"
        stops = [{{ {STOP} }}]
        [rules]
        threshold_m = "x"
    """
    found = faults(
        toml,
        libraries_csv="id,lat,lon\n1,abc,24\n1,57,24\n",
        offices_json="{",
        addresses_csv="x\n",
        stops_csv="id,lat\n",
    )
    fields = [(fault.file.rpartition("/")[2], fault.row, fault.field) for fault in found]
    assert set(fields) == {
        ("vpvkac.toml", None, "rules.threshold_m"),
        ("vpvkac.toml", None, "inputs.population"),
        ("vpvkac.toml", None, "inputs.centres"),
        ("libraries.csv", 2, "lat"),
        ("libraries.csv", 3, "id"),
        ("offices.json", 1, None),
        ("addresses.csv", 1, None),
        ("stops.csv", 1, "lon"),
    }
    assert len(fields) == len(set(fields))


def test_unknown_codes_are_told_beside_the_faults_of_other_rows_and_files(
    faults: Callable[..., list[Fault]],
) -> None:
    toml = BASE.replace('id = "id"', 'id = "id", unit = "kods"') + f"stops = [{{ {STOP} }}]\n"
    found = faults(
        toml,
        libraries_csv="id,lat,lon,kods\n1,abc,24,\n2,57,24,LV0001000\n3,57,24,LV1\n",
        stops_csv="id,lat,lon\n1,1000,24\n",
    )
    assert {(fault.file, fault.row, fault.field) for fault in found} == {
        ("libraries.csv", 2, "lat"),
        ("libraries.csv", 3, "kods"),
        ("libraries.csv", 4, "kods"),
        ("stops.csv", 2, "lat"),
    }


def test_premises_and_institutions_come_as_plain_tables(load: Callable[..., Project]) -> None:
    more = f"municipal_premises = {{ {LIBRARY} }}\ninstitutions = {{ {LIBRARY} }}\n"
    places = read_inputs(load(BASE + more)).places
    assert places["place"].tolist() == ["institutions:1", "libraries:1", "municipal_premises:1"]


def test_without_a_regional_source_the_default_stop_set_is_empty_and_it_is_said(
    load: Callable[..., Project],
) -> None:
    project = load(f"{BASE}stops = [{{ {STOP}, regional = false }}]\n")
    (warning,) = [fault for fault in read_inputs(project).faults if fault.field == "inputs.stops"]
    assert "no source of stops is regional" in warning.problem.text("en")
    other = read_inputs(project.with_rules(stop_set="bus"))
    assert "inputs.stops" not in {fault.field for fault in other.faults}
