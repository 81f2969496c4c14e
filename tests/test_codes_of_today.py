"""Codes and layouts as they are now: what is certain is led over, the rest is told by name."""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

import vpvkac
from plain_country import rows
from vpvkac.inputs.crosswalk import Crosswalk
from vpvkac.model.project import Input
from vpvkac.model.territory import Territory
from vpvkac.questions.explain.question import find_unit
from vpvkac.sources import lock
from vpvkac.sources.units import read_units
from vpvkac.texts import words

UNITS_2018 = "units/2018-01-01/Territorial_units_LV_1.2m_(2018.01.01.).shp"
UNITS_2021 = "units/2021-01-01/Territorial_units_LV_1.2m_(2021.01.01.).shp"
UNITS_2022 = "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp"
# Madonas novads since 2025-07-01; the two parishes' codes are made, since theirs are not known.
JOINED = {"LV0038000": "LV0038001", "LV0055000": "LV0038001"}
RENUMBERED = {"LV0055200": "LV0038231", "LV0055400": "LV0038905", "LV0055410": "LV0038915"}


def units_of(folder: Path, name: str, layout: str | None = None) -> gpd.GeoDataFrame:
    return read_units(Input(folder / name, name), layout).table  # type: ignore[arg-type, return-value]


@pytest.fixture(scope="module")
def units_2025(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a file of 2025-07-01 from that of 2022: Varakļānu novads is part of Madonas novads."""
    units = gpd.read_file(shared_data / UNITS_2022)
    joined = units["L0_code"].isin(JOINED)
    units["L0_code"] = units["L0_code"].replace(JOINED)
    units.loc[joined, "L0_name"] = "Madonas novads"
    units["L1_code"] = units["L1_code"].replace(RENUMBERED)
    file = tmp_path_factory.mktemp("2025") / "Territorial_units_LV_1.2m_(2025.07.01.).shp"
    units.to_file(file, encoding="utf-8")
    return file


def test_the_units_of_2018_have_codes_without_lv_and_their_own_date(shared_data: Path) -> None:
    """SOURCES.md, new: `L1_code` = `0601056`; the 587 codes of 2021-01-01."""
    raw = gpd.read_file(shared_data / UNITS_2018, ignore_geometry=True)
    assert raw["L1_code"].str.fullmatch(r"\d{7}").all()
    reading = read_units(Input(shared_data / UNITS_2018, UNITS_2018))
    assert not reading.faults
    assert set(reading.table["unit"]) == set(units_of(shared_data, UNITS_2021)["unit"])
    assert len(reading.table) == 587
    assert reading.notes["layout"] == "2018-01-01"
    assert words.layout_label("en", "2018-01-01") == "Territorial layout (as of 1 January 2018)"
    asked = read_units(Input(shared_data / UNITS_2018, UNITS_2018), "2021-01-01")
    assert asked.notes["layout"] == "2021-01-01"
    with pytest.raises(vpvkac.InputError, match=r"holds another layout \(2018-01-01\)"):
        read_units(Input(shared_data / UNITS_2018, UNITS_2018), "2022-07-01")


def run(folder: Path, toml: str, **files: str) -> vpvkac.Result:
    (folder / "vpvkac.toml").write_text(toml, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return vpvkac.analyse(vpvkac.load(folder), lang="en")


def test_a_project_with_units_of_2018_runs(shared_data: Path, tmp_path: Path) -> None:
    data = shared_data.resolve()
    result = run(
        tmp_path,
        f"""
[inputs]
units = "{data / UNITS_2018}"
libraries = {{ path = "{data}/points/unit_centres_2021.csv", id = "unit", name = "name",
              unit = "unit", lat = "lat", lon = "lon" }}
stops = [{{ path = "{data}/stops/atd_2026_stops.csv", id = "id", name = "name", lat = "lat",
           lon = "lon", feed = "atd" }}]
""".replace(",\n", ", "),
    )
    # data/README.md: 582 centres, 92.6 % of them within 700 m of a stop of the regional feed.
    assert len(result.places) == 582
    assert round(float(result.places["within"].mean()), 3) == 0.926
    assert result.layout == "2018-01-01"
    given = pd.read_csv(data / "points/unit_centres_2021.csv").set_index("unit")["name"]
    assert (result.places.set_index("unit")["name"] == given.sort_index()).all()


def test_a_later_layout_is_read_as_it_stands_and_never_called_that_of_2022(
    shared_data: Path, units_2025: Path, tmp_path: Path
) -> None:
    """SOURCES.md, new: neither 587 nor 592 is today's number; named by its date."""
    towns = pd.read_csv(shared_data / "points/unit_centres_2021.csv").head(20)
    libraries = rows("id,name,lat,lon", *towns[["unit", "name", "lat", "lon"]].to_numpy().tolist())
    result = run(
        tmp_path,
        f"""
[inputs]
units = "{units_2025}"
libraries = {{ path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }}
""",
        libraries=libraries,
    )
    assert result.layout == "2025-07-01"
    assert result.units["municipality"].nunique() == 42
    result.write(tmp_path / "out")
    with (tmp_path / "out" / "summary.csv").open(encoding="utf-8", newline="") as file:
        value = {row["criterion"]: row["value"] for row in csv.DictReader(file)}
    assert value["municipalities"] == "42"
    for page in ("report.html", "map.html", "gaps.html"):
        text = (tmp_path / "out" / page).read_text(encoding="utf-8")
        assert "1 July 2022" not in text
        assert "in force from" not in text
    with (tmp_path / "out" / "published.csv").open(encoding="utf-8", newline="") as file:
        units = next(row for row in csv.DictReader(file) if row["published"] == "587")
    assert "1 July 2022" not in units["basis"] + units["reason"]
    assert "1 July 2025" in units["basis"]


def test_an_equal_number_of_units_does_not_make_a_layout_that_of_2022(units_2025: Path) -> None:
    units = read_units(Input(units_2025, units_2025.name))
    assert len(units.table) == 592
    assert units.notes["layout"] == "2025-07-01"


def test_a_fetched_file_goes_by_the_date_that_its_lock_tells(
    units_2025: Path, tmp_path: Path
) -> None:
    """`fetch` writes `raw/units.shp`, whatever the publisher named it."""
    raw = tmp_path / "raw"
    raw.mkdir()
    for part in units_2025.parent.glob(f"{units_2025.stem}*"):
        shutil.copy(part, raw / f"units{part.suffix}")
    units = Input(raw / "units.shp", "raw/units.shp")
    assert read_units(units).notes["layout"] == ""
    digest = hashlib.sha256((raw / "units.shp").read_bytes()).hexdigest()
    file = lock.Local("raw/units.shp", 1, digest)
    download = lock.Download("https://data.gov.lv/u.zip", 1, digest, (file,))
    name = "Territorial_units_LV_1.2m_(2025.07.01.).zip"
    entry = lock.Entry("robezas", name, "2025-07-01", "2025-08-12", None, "2026-11-29T16:00:00Z",
                       (download,))  # fmt: skip
    lock.write(tmp_path, {"units": entry})
    assert read_units(units).notes["layout"] == "2025-07-01"


@pytest.mark.parametrize(
    ("layout", "code", "wanted"),
    [
        ("2025", "LV0055200", "LV0038231"),  # Varakļāni
        ("2022", "LV0038231", "LV0055200"),
        ("2022", "LV0023210", "LV0023410"),  # Carnikava, a town since 2026-08-22
        ("2021", "LV0020220", "LV0020470"),  # Koknese and the four other towns of 2022
        ("2021", "LV0034220", "LV0034421"),
        ("2021", "LV0023200", "LV0023401"),
        ("2021", "LV0025210", "LV0025460"),
        ("2021", "LV0039200", "LV0039411"),
        ("2022", "LV0020220", ""),
        ("2025", "LV0055400", ""),
        ("2025", "LV0055410", ""),
    ],
)
def test_what_is_certain_of_codes_is_led_over_without_a_history(
    shared_data: Path, units_2025: Path, layout: str, code: str, wanted: str
) -> None:
    """Varakļāni is `LV0038231` since 2025-07-01, Carnikava a town (`LV0023210`) since 2026-08-22.

    The codes of Murmastienes and Varakļānu pagasts (`LV0055400`, `LV0055410`) lead nowhere.
    """
    units = {
        "2025": lambda: units_of(units_2025.parent, units_2025.name),
        "2022": lambda: units_of(shared_data, UNITS_2022),
        "2021": lambda: units_of(shared_data, UNITS_2022, "2021-07-01"),
    }[layout]()
    pairs = Crosswalk(units).pairs(pd.Series([code, ""]))
    assert pairs["new"].tolist() == ([wanted] if wanted else [])


PLAIN = """
[inputs]
units = "{units}"
libraries = {{ path = "libraries.csv", id = "id", name = "name", unit = "unit", owner = "owner" }}
"""
HEADER = "id,name,unit,owner"


def test_codes_of_2022_find_the_units_of_2025(units_2025: Path, tmp_path: Path) -> None:
    """Madonas novads was `LV0038000` and is `LV0038001` since 2025-07-01."""
    libraries = rows(
        HEADER,
        ("a", "Varakļāni", "0055200", "Varakļānu novads"),
        ("b", "Madona", "LV0038220", "0038000"),
        ("c", "Cesvaine", "0038200", "LV0055000"),
    )
    result = run(tmp_path, PLAIN.format(units=units_2025), libraries=libraries)
    assert result.places["unit"].tolist() == ["LV0038231", "LV0038220", "LV0038200"]
    assert result.places["owner"].unique().tolist() == ["LV0038001"]
    changes = result.inputs.changes
    assert changes is not None
    assert changes.to_numpy().tolist() == [
        ["LV0055200", "Varakļāni", "LV0038231", "Varakļāni", "moved"]
    ]
    assert find_unit(result.units, "0038231").unit == "LV0038231"


def test_units_that_could_not_be_led_over_are_named(units_2025: Path, tmp_path: Path) -> None:
    """The new codes of Murmastienes and Varakļānu pagasts are not known."""
    libraries = rows(
        HEADER, ("a", "A", "LV0055400", ""), ("b", "B", "0055410", ""), ("c", "C", "0055410", "")
    )
    with pytest.raises(vpvkac.InputError) as raised:
        run(tmp_path, PLAIN.format(units=units_2025), libraries=libraries)
    fault = next(fault for fault in raised.value.faults if fault.level == "error")
    assert (fault.value, fault.alike) == ("LV0055400", 3)
    assert "LV0055410" in fault.problem.text("lv")
    assert "atvk_history" in fault.remedy.text("lv")


def test_the_history_leads_over_what_is_not_certain(units_2025: Path, tmp_path: Path) -> None:
    header = ("Level,Code,Code_version,Name,Code_parent,Validity_period_begin,"
              "Validity_period_end,Predecessors,Successors")  # fmt: skip
    history = rows(
        header,
        (4, "LV0055400", 1, "Murmastienes pagasts", "LV0055000", "2021-07-01", "2025-06-30", "",
         "LV0038905"),
        (4, "LV0038905", 1, "Murmastienes pagasts", "LV0038001", "2025-07-01", "", "", ""),
    )  # fmt: skip
    result = run(
        tmp_path,
        PLAIN.format(units=units_2025) + 'atvk_history = "history.csv"\n',
        libraries=rows(HEADER, ("a", "A", "LV0055400", ""), ("b", "B", "LV0055200", "")),
        history=history,
    )
    assert result.places["unit"].tolist() == ["LV0038905", "LV0038231"]


def test_residents_by_codes_that_lag_a_merger_are_counted(units_2025: Path, tmp_path: Path) -> None:
    """SOURCES.md, new: the bureau's area codes lag a merger (2025 still `LV0038000`)."""
    people = rows(
        "code,count", ("LV", 9), ("LV0038000", 5), ("LV0055000", 3), ("0038220", 5), ("0055200", 3)
    )
    result = run(
        tmp_path,
        PLAIN.format(units=units_2025)
        + 'population = { path = "people.csv", unit = "code", value = "count" }\n',
        libraries=rows(HEADER, ("a", "A", "LV0038231", "")),
        people=people,
    )
    counted = result.units.set_index("unit")["population"].dropna()
    assert counted.to_dict() == {"LV0038220": 5, "LV0038231": 3}
    account = next(account for account in result.accounts if account.key == "population")
    assert (account.rows_used, account.dropped) == (2, {"sum": 3})


def test_municipalities_are_read_with_and_without_lv(shared_data: Path) -> None:
    territory = Territory(units_of(shared_data, UNITS_2022))
    texts = pd.Series(["0038000", "LV0038000", "Madonas novads", "0001000", "Varakļānu nov."])
    assert territory.municipality_named(texts).tolist() == [
        "LV0038000", "LV0038000", "LV0038000", "LV0001000", "LV0055000",
    ]  # fmt: skip


@pytest.mark.parametrize("key", ["decisions", "points", "development_centres"])
def test_planners_tables_are_led_over_too(
    units_2025: Path, tmp_path: Path, key: str, write_project: Callable[..., Path]
) -> None:
    del write_project
    toml = PLAIN.format(units=units_2025)
    tables = {
        "decisions": rows(
            "place,unit,decision,responsible,due,note", ("", "0055200", "planned", "", "", "")
        ),
        "points": rows(
            "place,host,name,unit,lat,lon",
            ("libraries:new", "library", "N", "0055200", 56.6, 26.76),
        ),
        "development_centres": rows("key,level,code", ("d", "municipal", "0055200")),
    }
    if key == "decisions":
        toml += 'decisions = "decisions.csv"\n'
    if key == "development_centres":
        toml += ('development_centres = { path = "development_centres.csv", id = "key", '
                 'level = "level", unit = "code" }\n')  # fmt: skip
    (tmp_path / f"{key}.csv").write_text(tables[key], encoding="utf-8")
    (tmp_path / "libraries.csv").write_text(
        rows(HEADER, ("a", "A", "LV0038220", "")), encoding="utf-8"
    )
    (tmp_path / "vpvkac.toml").write_text(toml, encoding="utf-8")
    project = vpvkac.load(tmp_path)
    if key == "points":
        project = project.with_points(tmp_path / "points.csv")
    inputs = vpvkac.analyse(project).inputs
    table = {"decisions": inputs.decisions, "points": inputs.places,
             "development_centres": inputs.development}[key]  # fmt: skip
    assert table is not None
    assert "LV0038231" in set(table["unit"])
