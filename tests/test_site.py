"""`vpvkac site`: the table adds up against every pair measured, and the page runs."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lxml.html
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from pyproj import Geod

import vpvkac
from browser import console, requests, show
from plain_country import at, rows
from test_explorer import HOSTILE
from vpvkac.cli.main import main
from vpvkac.questions.site.view import site_page

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from selenium.webdriver.chrome.webdriver import WebDriver

    from vpvkac.api.coverage import Result
    from vpvkac.api.questions import Siting


pytestmark = pytest.mark.slow

PYPROJ = Geod(ellps="GRS80")
CONTRACT = ["rank", "place", "unit", "lat", "lon", "gain", "covered", "share", "method", "optimal",
            "gap"]  # fmt: skip
PLAIN = 'id = "id", name = "name", lat = "lat", lon = "lon"'
TOML = f"""
[inputs]
units = "units.gpkg"
centres = {{ path = "centres.csv", {PLAIN} }}
libraries = {{ path = "libraries.csv", {PLAIN} }}
"""
PEOPLE = 'population = { path = "people.csv", unit = "code", value = "people" }\n'
# A centre in the north; libraries amid the south and the east, and 1 km from the town's middle.
CENTRES = rows("id,name,lat,lon", ("c", "Centrs", *at(5, 15)))
LIBRARIES = rows(
    "id,name,lat,lon",
    ("s", "Dienvidu", *at(5, 5)),
    ("e", "Austrumu", *at(15, 15)),
    ("t", "Pilsētas", *at(16, 5)),
)
COUNTS = rows(
    "code,people", ("LV9000100", 100), ("LV9000110", 30), ("LV9000200", 500), ("LV9000210", 70)
)


@pytest.fixture
def country(write_project: Callable[..., Path]) -> Callable[..., Result]:
    def analyse(toml: str = TOML, lang: Any = "lv", **files: str) -> Result:
        tables = {"centres_csv": CENTRES, "libraries_csv": LIBRARIES, "people_csv": COUNTS} | files
        return vpvkac.analyse(vpvkac.load(write_project(toml=toml, **tables)), lang=lang)

    return analyse


@pytest.fixture(scope="module")
def covering(sample_result: Result) -> Siting:
    return vpvkac.site(sample_result, points=4)


@pytest.fixture(scope="module")
def nearing(sample_result: Result) -> Siting:
    return vpvkac.site(sample_result, points=3, method="median")


def apart(demand: pd.DataFrame, points: pd.DataFrame) -> NDArray[np.float64]:
    """Measure every pair with pyproj; shape (demand, points)."""
    to_lat, lat = np.meshgrid(points["lat"], demand["lat"])
    to_lon, lon = np.meshgrid(points["lon"], demand["lon"])
    return np.asarray(np.round(PYPROJ.inv(lon, lat, to_lon, to_lat)[2], 3))


def open_centres(result: Result) -> pd.DataFrame:
    places = pd.DataFrame(result.places)
    return places[(places["host"] == "centre") & (places["status"] == "open")]


# --- The table --------------------------------------------------------------------------------


def test_gain_and_cover_are_those_of_every_pair_measured(
    covering: Siting, sample_result: Result
) -> None:
    people = sample_result.inputs.residents
    assert people is not None
    people = people[people["population"] > 0]
    before = (apart(people, open_centres(sample_result)) <= 5000).any(axis=1)
    for method in ("exact", "greedy"):
        chosen = covering.of(method)
        assert chosen["rank"].tolist() == [1, 2, 3, 4]
        within = apart(people, chosen) <= 5000
        last = int(people["population"][before].sum())
        for number, row in enumerate(chosen.to_dict("records")):
            covered = before | within[:, : number + 1].any(axis=1)
            assert row["covered"] == people["population"][covered].sum() == last + row["gain"]
            assert row["covered_least"] == people["population_least"][covered].sum()
            assert row["covered_most"] == people["population_most"][covered].sum()
            assert row["share"] == pytest.approx(row["covered"] / people["population"].sum())
            last = row["covered"]
    # On the sample's city greed does not pay.
    exact, greedy = (covering.of(method)["gain"].sum() for method in ("exact", "greedy"))
    assert exact > greedy
    assert covering.of("exact")["optimal"].all()
    assert covering.of("greedy")["gap"].iloc[0] == pytest.approx((exact - greedy) / exact)


def test_whom_a_point_serves_is_told_of_every_place_of_demand(covering: Siting) -> None:
    within = apart(covering.demand, covering.of("exact")) <= 5000
    served = covering.demand["rank"].to_numpy()
    covered = covering.demand["covered"].to_numpy()
    assert (served[covered] == 0).all()
    first = np.where(within.any(axis=1), within.argmax(axis=1) + 1, 0)
    assert (served[~covered] == first[~covered]).all()


def test_the_mean_distance_is_that_of_every_pair_measured(
    nearing: Siting, sample_result: Result
) -> None:
    demand = nearing.demand
    away = apart(demand, open_centres(sample_result)).min(axis=1)
    mean = np.average(away, weights=demand["weight"])
    assert nearing.mean_before_m == pytest.approx(mean, abs=0.001)
    total = demand["weight"].sum()
    for row in nearing.of("exact").to_dict("records"):
        away = np.minimum(away, apart(demand, pd.DataFrame([row]))[:, 0])
        after = np.average(away, weights=demand["weight"])
        assert row["mean_m"] == pytest.approx(after, abs=0.001)
        assert row["gain"] == pytest.approx((mean - after) * total, rel=1e-6)
        mean = after
    assert nearing.of("exact")["optimal"].all()


def test_a_place_that_holds_a_point_is_no_candidate(sample_result: Result) -> None:
    siting = vpvkac.site(sample_result, points=1, existing="network", weights="units")
    held = set(sample_result.network["place"].dropna())
    assert held <= set(siting.locked["place"])
    assert not held & set(siting.candidates["place"])
    assert set(siting.candidates["host"]) == {"library", "post_office"}


def test_stops_may_be_candidates(sample_result: Result) -> None:
    siting = vpvkac.site(sample_result, points=2, candidates=["stops"], weights="units")
    stops = sample_result.stops
    assert set(siting.candidates["place"]) == set(
        stops["stop"][stops["in_set"] & (stops["unit"] != "")]
    )
    assert siting.of("exact")["unit_name"].notna().all()


def test_four_squares_can_be_reckoned_in_the_head(country: Callable[..., Result]) -> None:
    result = country(TOML + PEOPLE)
    siting = vpvkac.site(result, points=2, radius_m=4000)
    assert siting.of("exact")["place"].tolist() == ["libraries:e", "libraries:t"]
    assert siting.of("exact")["gain"].tolist() == [500, 70]
    assert siting.of("exact")["covered"].tolist() == [600, 670]
    by_units = vpvkac.site(result, points=1, radius_m=4000, weights="units")
    # All three are as good: the lowest key.
    assert by_units.of("exact")["place"].tolist() == ["libraries:e"]
    target = vpvkac.site(result, target=0.85, radius_m=4000)
    assert target.of("exact")["place"].tolist() == ["libraries:e"]
    assert vpvkac.site(result, target=0.1, radius_m=4000).table.empty


def test_points_that_would_gain_nothing_are_left_out_and_it_is_said(
    country: Callable[..., Result],
) -> None:
    result = country(lang="en")
    siting = vpvkac.site(result, points=3, radius_m=15_000, weights="units")
    assert len(siting.of("exact")) < 3
    assert "Further points would gain nothing" in site_page(siting, siting.lang)


def test_without_points_that_stay_the_first_gain_is_not_told(
    country: Callable[..., Result],
) -> None:
    toml = TOML.replace("centres =", "post_offices =")
    result = country(toml)
    siting = vpvkac.site(result, points=2, method="median", candidates=["library"])
    assert siting.locked.empty
    assert siting.of("exact")["gain"].isna().tolist() == [True, False]
    demand = siting.demand
    away = apart(demand, siting.of("exact")).min(axis=1)
    assert siting.of("exact")["mean_m"].iloc[-1] == pytest.approx(away.mean(), abs=0.001)
    assert site_page(siting, siting.lang)


# --- Broken use -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"candidates": ["post_office"]}, "inputs.post_offices"),
        ({"candidates": ["centre"]}, "no candidate place"),
        ({"points": 9}, "more than the number of candidate places (3)"),
        ({"weights": "population"}, "inputs.population"),
        ({"target": 1.0, "radius_m": 100.0}, "would cover"),
    ],
)
def test_what_cannot_be_answered_is_said(
    country: Callable[..., Result], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(vpvkac.InputError, match=re.escape(said)):
        vpvkac.site(country(), **options)


@pytest.mark.parametrize(
    "options",
    [
        {"points": 0},
        {"radius_m": 0.0},
        {"radius_m": float("nan")},
        {"target": 0.0},
        {"target": 1.5},
        {"target": 0.5, "method": "median"},
        {"candidates": ["school"]},
        {"candidates": []},
        {"time_limit_s": 0.0},
        {"method": "mean"},
        {"weights": "area"},
        {"existing": "none"},
    ],
)
def test_a_question_out_of_range_is_refused(sample_result: Result, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(reversed(options)).split("_")[0]):
        vpvkac.site(sample_result, **options)


@pytest.mark.parametrize(
    "options",
    [
        ["-p", "0"],
        ["--radius", "0"],
        ["--radius", "nan"],
        ["--target", "2"],
        ["-p", "3", "--target", "0.9"],
        ["--target", "0.9", "--method", "median"],
        ["--candidates", "skola"],
        ["--candidates", ""],
    ],
)
def test_wrong_usage_exits_with_2(options: list[str], tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["site", *options, "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_a_fault_exits_with_1_and_writes_nothing(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_project(toml=TOML, centres_csv=CENTRES, libraries_csv=LIBRARIES)
    out = tmp_path / "out"
    done = CliRunner().invoke(main, ["site", str(file), "-p", "9", "--out", str(out)])
    assert done.exit_code == 1
    assert "--points “9”: ir vairāk nekā iespējamo vietu (3)" in done.stderr
    assert not out.exists()


# --- Files and page ---------------------------------------------------------------------------


def test_the_command_writes_table_and_page_the_same_each_time(
    write_project: Callable[..., Path], tmp_path: Path
) -> None:
    file = write_project(
        toml=TOML + PEOPLE, centres_csv=CENTRES, libraries_csv=LIBRARIES, people_csv=COUNTS
    )
    for out in ("one", "two"):
        asked = ["site", str(file), "-p", "2", "--radius", "4000", "--out", str(tmp_path / out)]
        done = CliRunner().invoke(main, asked)
        assert done.exit_code == 0, done.output
        assert "1. Austrumu (Austrumu pagasts) +500" in done.stdout
    for name in ("site.csv", "site.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    with (tmp_path / "one" / "site.csv").open(encoding="utf-8", newline="") as opened:
        table = list(csv.DictReader(opened))
    assert list(table[0])[: len(CONTRACT)] == CONTRACT
    assert [row["method"] for row in table] == ["exact", "exact", "greedy", "greedy"]
    assert table[1]["covered"] == "670"
    assert table[1]["share"] == "0.9571"
    assert table[1]["optimal"] == "true"


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_the_page_says_what_is_shown_of_whom_and_how_good_it_is(
    covering: Siting, lang: Any
) -> None:
    siting = replace(covering, lang=lang, result=replace(covering.result, lang=lang))
    page = lxml.html.document_fromstring(site_page(siting, siting.lang))
    said = page.text_content()
    mark = {"lv": "Sintētiski parauga dati", "en": "Synthetic sample"}[lang]
    assert page.find_class("synthetic")[0].text_content() == mark
    assert {"lv": "Pierādīts, ka", "en": "proven"}[lang] in said
    listed = [item.text_content() for item in page.find_class("listed")[0].iter("li")]
    for row, item in zip(siting.of("exact").to_dict("records"), listed, strict=True):
        assert row["place_name"] in item
        assert row["unit_name"] in item
    assert len(list(page.find_class("legend")[0].iter("li"))) == 6


def test_an_answer_that_is_not_proven_says_so(covering: Siting) -> None:
    table = covering.table.assign(optimal=False, gap=0.0312)
    siting = replace(covering, table=table, lang="en", result=replace(covering.result, lang="en"))
    said = lxml.html.document_fromstring(site_page(siting, siting.lang)).text_content()
    assert "at most 3.1\u00a0% more" in said
    assert "There is no better choice" not in said


@pytest.mark.browser
def test_the_page_runs_without_network_whatever_the_names(
    browser: WebDriver, covering: Siting, tmp_path: Path
) -> None:
    names = [HOSTILE[row % len(HOSTILE)] for row in range(len(covering.table))]
    table = covering.table.assign(place_name=names, unit_name=HOSTILE[1])
    hostile = replace(
        covering,
        table=table,
        candidates=covering.candidates.assign(name=HOSTILE[0]),
        locked=covering.locked.assign(name=HOSTILE[1]),
    )
    file = tmp_path / "site.html"
    file.write_text(site_page(hostile, hostile.lang), encoding="utf-8")
    for width in (1280, 400):
        show(browser, file, width=width)
        assert console(browser) == []
        asked = [url for url in requests(browser) if not url.startswith("data:")]
        assert asked == [file.as_uri()]
        for button in browser.find_elements("css selector", "button[data-point]"):
            browser.execute_script("arguments[0].click()", button)
            shown = browser.find_element("css selector", ".card h2").text
            assert shown.strip()[:20] in str(button.get_property("textContent"))
        for box in browser.find_elements("css selector", "input[name=layer]"):
            browser.execute_script("arguments[0].click()", box)
        assert browser.execute_script("return window.ran") is None
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width
        assert console(browser) == []


def test_the_circles_are_geodesic(covering: Siting) -> None:
    found = re.search(
        r'<script type="application/json" id="map-data">(.*?)</script>',
        site_page(covering, covering.lang),
    )
    assert found is not None
    rings = json.loads(found[1])["circles"]["features"]
    for row, ring in zip(covering.of("exact").to_dict("records"), rings, strict=True):
        lon, lat = np.array(ring["geometry"]["coordinates"][0]).T
        centre = np.full(len(lon), row["lon"]), np.full(len(lat), row["lat"])
        away = PYPROJ.inv(*centre, lon, lat)[2]
        assert np.abs(away - 5000).max() < 0.2
