"""Beside the published figures stand ours, with real data, by name and with the reason.

The figures themselves are those of the analysis as the issue carries them;
what stands in `data/reference` is compared with them here, word for word.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pandas as pd
import pytest
from pyproj import Geod

import vpvkac
from plain_country import at, rows
from vpvkac.model.project import Input
from vpvkac.questions.coverage.view import headline
from vpvkac.sources.reference import figures
from vpvkac.sources.units import read_units

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result
    from vpvkac.texts.message import Lang

pytestmark = pytest.mark.slow

UNITS = {
    "2021-01-01": "units/2021-01-01/Territorial_units_LV_1.2m_(2021.01.01.).shp",
    "2022-07-01": "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp",
}
PARTIAL = "points/vpvkac_2022-08_partial.csv"
# Unit centres stand in for libraries and postcode points for post offices: they are neither.
PROJECT = """
[inputs]
units = "{data}/{units}"
{centres}
libraries = {{ path = "{data}/points/unit_centres_2021.csv", id = "unit", name = "name", \
lat = "lat", lon = "lon" }}
post_offices = {{ path = "{data}/points/postcode_points.csv", id = "postcode", \
name = "postcode", lat = "lat", lon = "lon" }}
{more}
[[inputs.stops]]
path = "{data}/stops/atd_2026_stops.csv"
id = "id"
name = "name"
lat = "lat"
lon = "lon"
feed = "atd"
[rules]
layout = "{layout}"
[about]
synthetic = {synthetic}
"""
CENTRES = (
    'centres = { path = "centres.csv", id = "id", name = "name", address = "address", '
    'owner = "municipality", lat = "settlement_lat", lon = "settlement_lon" }'
)
NAMED = {
    "Cibla": 1411, "Jaunjelgava": 810, "Pāvilosta": 757, "Jēkabpils": 741, "Emburga": 725,
    "Aizpute": 705, "Tīnūži": 701,
}  # fmt: skip


def real_project(
    data: Path,
    folder: Path,
    *,
    layout: str = "2021-07-01",
    centres: pd.DataFrame | None = None,
    more: str = "",
    synthetic: bool = False,
) -> Path:
    """Write a project over the real units and stops."""
    toml = PROJECT.format(
        data=data.resolve(),
        units=UNITS["2021-01-01" if layout == "2021-01-01" else "2022-07-01"],
        centres="" if centres is None else CENTRES,
        more=more,
        layout=layout,
        synthetic=str(synthetic).lower(),
    )
    if centres is not None:
        centres.to_csv(folder / "centres.csv", index=False)
    (folder / "vpvkac.toml").write_text(toml, encoding="utf-8")
    return folder


def partial_list(data: Path) -> pd.DataFrame:
    """Give the 35 real centres of August 2022 of which the name and the address are known."""
    table = pd.read_csv(data / PARTIAL, dtype=str).dropna(subset=["name"])
    return table.assign(id=range(1, len(table) + 1), name=table["name"] + " VPVKAC")


@pytest.fixture(scope="module")
def real(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("real")
    project = real_project(shared_data, folder, centres=partial_list(shared_data))
    return vpvkac.analyse(vpvkac.load(project), lang="en")


def metres_to(stops: pd.DataFrame, centre: pd.DataFrame) -> float:
    """Measure to every stop, and give the least."""
    lat, lon = (
        np.repeat(centre[f"settlement_{axis}"].astype(float).to_numpy(), len(stops))
        for axis in ("lat", "lon")
    )
    return float(Geod(ellps="GRS80").inv(lon, lat, stops["lon"], stops["lat"])[2].min())


def by_figure(result: Result) -> pd.DataFrame:
    return result.published.set_index("figure")


# --- The figures carried as facts ----------------------------------------------------------------


def test_the_figures_carried_are_the_published_ones() -> None:
    carried = {figure.key: figure.value for figure in figures()}
    published = {
        "units": 587, "units_2023": 592, "state_cities": 7, "units_of_municipalities": 580,
        "municipalities": 42, "municipalities_of_units": 35, "municipalities_before": 119,
        "centres": 122, "first_wave": 129, "second_wave": 458, "municipalities_with_centre": 93,
        "municipalities_with_centre_share": 0.78, "municipalities_none": 27,
        "municipalities_one": 83, "municipalities_several": 9,
        "centres_owned:Jaunjelgavas novads": 6, "centres_owned:Jelgavas novads": 13,
        "development_national": 9, "development_national_with_centre": 0,
        "development_regional": 21, "development_regional_with_centre": 11,
        "development_municipal": 109, "development_municipal_with_centre": 82,
        "development_municipal_without_centre": 27,
        "development_municipal_without_centre:elsewhere": 6, "stops": 9310, "centres_within": 115,
        "centres_beyond": 7, "libraries": 747, "libraries_chosen_within_share": 0.91,
        "libraries_within_share": 0.91, "library_points_within_share": 0.91, "post_offices": 607,
        "parishes_with_library_share": 1, "library_units_ahead": None, "institutions": 202,
        "institution_units": 39, "institution_units_with_centre": 9,
        "institution_units_without_centre": 30, "area_share_base": 0.75, "area_share_2024": 0.85,
        "area_share_2027": 0.9, "threshold_m": 700, "centres:elsewhere": 120, "points_2022": 131,
        "call_centres": 11, "call_centres:elsewhere": 9, "call_staff": 11, "call_seats": 19,
        "call_operators": 4, "mobile_service": None, "mobile_service:alternative 2": None,
    }  # fmt: skip
    offices = {"NVA": 31, "VSAA": 32, "PMLP": 33, "VMD": 28, "VZD": 28, "VID": 8, "VDI": 18,
               "LAD": 16, "UR": 8}  # fmt: skip
    published |= {f"institution_{name}": count for name, count in offices.items()}
    published |= {f"centre_m:{name}": metres for name, metres in NAMED.items()}
    assert carried == published


def test_the_published_figures_disagree_as_carried() -> None:
    carried = {figure.key: figure.value or 0 for figure in figures()}
    none, one, several = (carried[f"municipalities_{kind}"] for kind in ("none", "one", "several"))
    assert none + one + several == carried["municipalities_before"] == 119
    assert one + several == 92 != carried["municipalities_with_centre"]
    assert carried["first_wave"] + carried["second_wave"] == carried["units"]
    without = carried["development_municipal"] - carried["development_municipal_with_centre"]
    assert without == 27 != carried["development_municipal_without_centre:elsewhere"]


@pytest.mark.parametrize("layout", ["2021-07-01", "2022-07-01"])
def test_the_named_centres_lie_in_the_municipality_said(shared_data: Path, layout: str) -> None:
    source = Input(shared_data / UNITS["2022-07-01"], "units")
    units = read_units(source, layout).table.set_index("unit")  # type: ignore[arg-type]
    named = [figure for figure in figures() if figure.code == "centre_m"]
    assert [figure.of for figure in named] == list(NAMED)
    for figure in named:
        assert units.loc[figure.unit, "municipality_name"] == figure.municipality


@pytest.mark.parametrize("figure", figures(), ids=lambda figure: figure.key)
def test_every_figure_has_a_section_and_words_in_both_languages(figure: object) -> None:
    texts = [text for name in ("name", "why", "note") if (text := getattr(figure, name))]
    assert getattr(figure, "section")  # noqa: B009
    assert all(
        text.text("lv").strip()
        == text.text("lv")
        != ""
        != text.text("en")
        == text.text("en").strip()
        for text in texts
    )


# --- With real data ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("layout", "units", "municipalities", "said"),
    [
        ("2021-07-01", 587, 43, ""),
        ("2022-07-01", 592, 43, "Ādaži, Iecava, Koknese, Ķekava and Mārupe"),
        ("2021-01-01", 587, 119, "coincidence"),
    ],
)
def test_the_layout_explains_the_number_of_units(
    shared_data: Path, tmp_path: Path, layout: str, units: int, municipalities: int, said: str
) -> None:
    project = vpvkac.load(real_project(shared_data, tmp_path, layout=layout))
    compared = by_figure(vpvkac.analyse(project, lang="en"))
    row = compared.loc[["units"]].to_dict("records")[0]
    assert (row["published"], row["value"], row["difference"]) == (587, units, units - 587)
    assert said in str(row["reason"])
    assert bool(row["reason"]) == bool(said)
    assert compared.loc["municipalities", "value"] == municipalities
    assert compared.loc["municipalities_before", "difference"] == municipalities - 119
    if layout != "2021-01-01":
        assert "Varakļānu" in compared["reason"]["municipalities"]
        assert compared.loc["state_cities", "value"] == 7


def test_what_the_inputs_do_not_allow_is_left_out(shared_data: Path, tmp_path: Path) -> None:
    compared = by_figure(vpvkac.analyse(vpvkac.load(real_project(shared_data, tmp_path))))
    left_out = ("centre", "area_", "municipalities_with", "development", "institution")
    assert not compared.index.str.startswith(left_out).any()
    assert {"units", "stops", "libraries", "post_offices", "threshold_m"} <= set(compared.index)


def test_real_counts_stand_beside_the_published_ones(real: Result) -> None:
    compared = by_figure(real)
    assert compared.loc[["stops"], ["published", "value", "difference"]].to_numpy().tolist() == [
        [9310, 10_168, 858]
    ]
    assert compared.loc["libraries", "value"] == 582
    assert compared.loc["libraries_within_share", "value"] == pytest.approx(539 / 582)
    assert compared.loc["units_of_municipalities", "difference"] == 0
    # 34 of 43 municipalities, as the list of August 2022; by place Jelgavas novads has none.
    assert compared.loc["municipalities_with_centre", "value"] == 34
    held = set(real.municipalities.loc[real.municipalities["centres"] > 0, "municipality_name"])
    assert "Jelgava" in held
    assert "Jelgavas novads" not in held
    told = compared.dropna(subset=["value", "published"])
    assert (told["difference"] == told["value"] - told["published"]).all()


def test_by_owner_the_34_municipalities_of_2022_make_up_94_7_per_cent_of_the_area(
    real: Result,
) -> None:
    owning = real.municipalities["centres_owned"] > 0
    assert owning.sum() == 34
    area = real.municipalities["area_km2"]
    assert round(100 * area[owning].sum() / area.sum(), 1) == 94.7


def test_a_published_disagreement_is_named_whatever_we_find(real: Result) -> None:
    reasons = by_figure(real)["reason"]
    assert "a total of 92" in reasons["municipalities_with_centre"]
    assert "27 + 83 + 9 = 119, but 93 + 27 = 120" in reasons["municipalities_none"]
    assert "6 and 13" in reasons["second_wave"]
    assert "denominator is not published" in reasons["libraries_chosen_within_share"]


def test_each_of_the_seven_centres_stands_by_name(real: Result, shared_data: Path) -> None:
    compared = by_figure(real)
    given = partial_list(shared_data).set_index("name")
    stops = pd.read_csv(shared_data / "stops/atd_2026_stops.csv")
    for name, metres in NAMED.items():
        row = compared.loc[f"centre_m:{name}"]
        assert row["published"] == metres
        assert row["municipality_name"]
        assert row["municipality_name"] in row["reason"]
        listed = f"{name} VPVKAC" in given.index
        assert listed == (name in ("Jaunjelgava", "Aizpute"))
        assert np.isnan(row["value"]) != listed
        if listed:
            away = metres_to(stops, given.loc[[f"{name} VPVKAC"]])
            assert row["value"] == pytest.approx(away, abs=0.001)


def test_a_centre_is_found_by_its_name_in_the_genitive_and_by_its_address(
    shared_data: Path, tmp_path: Path
) -> None:
    centres = pd.DataFrame(
        [
            (1, "Ciblas VPVKAC", "", "Ludzas novads", 56.55, 27.88),
            (2, "Ciblas novada Blontu VPVKAC", "", "Ludzas novads", 56.63, 27.95),
            (3, "Dienvidkurzemes novada Pāvilostas pilsētas VPVKAC", "", "", 56.888, 21.186),
            (4, "Salgales pagasta VPVKAC", "Skolas iela 1, Emburga, Salgales pag., Jelgavas nov.",
             "Jelgavas novads", 56.7, 24.05),
            (5, "Jēkabpils VPVKAC", "", "Jēkabpils novads", 56.499, 25.857),
            (6, "Jēkabpils pilsētas VPVKAC", "", "Jēkabpils novads", 56.51, 25.87),
            (7, "Tīnūžu VPVKAC", "", "Ogres novads", 56.86, 24.58),
        ],
        columns=["id", "name", "address", "municipality", "settlement_lat", "settlement_lon"],
    )  # fmt: skip
    project = real_project(shared_data, tmp_path, centres=centres)
    compared = by_figure(vpvkac.analyse(vpvkac.load(project), lang="en"))
    found = {
        name: compared.loc[f"centre_m:{name}", "place"]
        for name in ("Cibla", "Pāvilosta", "Emburga", "Tīnūži")
    }
    assert found == {"Cibla": "centres:1", "Pāvilosta": "centres:3", "Emburga": "centres:4",
                     "Tīnūži": "centres:7"}  # fmt: skip
    assert compared.loc["centre_m:Emburga", "municipality_name"] == "Jelgavas novads"
    # Two centres of one name: neither is taken for the published one.
    several = compared.loc[["centre_m:Jēkabpils"]]
    assert several["value"].isna().all()
    assert several["reason"].str.contains("Jēkabpils VPVKAC (", regex=False).all()
    assert several["reason"].str.contains("Jēkabpils pilsētas VPVKAC (", regex=False).all()


def test_the_regional_centres_that_differ_are_named(shared_data: Path, tmp_path: Path) -> None:
    plan = rows(
        "id,name,level,municipality",
        (1, "Aizkraukle", "regional", "Aizkraukles novads"),
        (2, "Saldus", "regional", "Saldus novads"),
        (3, "Aizpute", "regional", "Dienvidkurzemes novads"),
    )
    (tmp_path / "plan.csv").write_text(plan, encoding="utf-8")
    more = (
        'development_centres = { path = "plan.csv", id = "id", name = "name", level = "level", '
        'municipality = "municipality" }'
    )
    project = real_project(shared_data, tmp_path, centres=partial_list(shared_data), more=more)
    row = by_figure(vpvkac.analyse(vpvkac.load(project), lang="en")).loc[
        "development_regional_with_centre"
    ]
    assert (row["published"], row["value"]) == (11, 2)
    assert "also with a centre: Aizpute" in row["reason"]
    assert "published, but with no centre here: Alūksne, Balvi" in row["reason"]


def test_the_basis_names_stops_layout_and_the_date_of_the_list(real: Result) -> None:
    compared = by_figure(real)["basis"]
    assert "intercity and local" in compared["centres_beyond"]
    assert "within 700" in compared["centres_beyond"].lower()
    assert "1 July 2021" in compared["municipalities_one"]
    assert "date not known" in compared["centres"]


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_file_workbook_and_terminal_tell_the_same(
    real: Result, tmp_path: Path, lang: Lang, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    # What municipalities are sent tells no published figure.
    monkeypatch.setattr("vpvkac.questions.coverage.files.write_municipalities", lambda *_, **__: [])
    assert real.lang == "en"
    result = real if lang == "en" else replace(real, lang="lv")
    result.write(tmp_path / "out")
    with (tmp_path / "out" / "published.csv").open(encoding="utf-8", newline="") as opened:
        written = list(csv.DictReader(opened))
    assert list(written[0])[:7] == [
        "figure", "section", "published", "value", "difference", "basis", "reason",
    ]  # fmt: skip
    stops = next(row for row in written if row["figure"] == "stops")
    assert (stops["published"], stops["value"], stops["difference"]) == ("9310", "10168", "858")
    share = next(row for row in written if row["figure"] == "libraries_within_share")
    assert (share["published"], share["value"], share["difference"]) == ("0.91", "0.9261", "0.0161")
    book = openpyxl.load_workbook(tmp_path / "out" / "gaps.xlsx")
    title = {"lv": "Publicētie skaitļi", "en": "Published figures"}[lang]
    assert [row[0].value for row in book[title].iter_rows(min_row=2)] == [
        row["name"] for row in written
    ]
    said = headline(result)
    sentence = {"lv": "(2020. gada analīze, 2.2. nodaļa) ir 91", "en": "chapter 2.2) is 91"}
    assert sentence[lang] in said
    for name in NAMED:
        assert name in said


def test_nothing_is_published_of_synthetic_data(
    tmp_path: Path, sample_result: Result, write_project: Callable[..., Path]
) -> None:
    centres = rows("id,name,lat,lon", (1, "Ciblas VPVKAC", *at(5, 5)))
    toml = (
        '[inputs]\nunits = "units.gpkg"\n'
        'centres = { path = "c.csv", id = "id", name = "name", lat = "lat", lon = "lon" }\n'
        "[about]\nsynthetic = true\n"
    )
    project = write_project(toml=toml, c_csv=centres)
    result = vpvkac.analyse(vpvkac.load(project))
    result.write(tmp_path / "out")
    assert not (tmp_path / "out" / "published.csv").exists()
    assert len(result.published) == len(sample_result.published) == 0
    assert result.summary["published"].isna().all()
    assert "Publicēt" not in headline(result)
