"""The figures as maps: each shows what was planted, says how much of it, and runs nothing."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lxml.html
import pandas as pd
import pytest

import vpvkac
from browser import console, pages_printed, requests, show
from plain_country import at, rows
from test_explorer import HOSTILE
from vpvkac.questions.coverage.explorer import explorer
from vpvkac.questions.coverage.figures import figure_maps
from vpvkac.render.map_page import render

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

    from vpvkac.api.coverage import Result


pytestmark = pytest.mark.slow

Json = dict[str, Any]
ON_SAMPLE = [
    "centres.html",
    "centre_stops.html",
    "libraries.html",
    "libraries_post_offices.html",
    "network.html",
    "institutions.html",
]
NBSP = "\u00a0"


@pytest.fixture(scope="module")
def pages(sample_result: Result) -> dict[str, str]:
    return figure_maps(sample_result)


def data_of(page: str) -> Json:
    found = re.search(r'<script type="application/json" id="map-data">(.*?)</script>', page)
    assert found is not None
    return dict(json.loads(found[1]))


def areas_of(page: str) -> list[Json]:
    return [feature["properties"] for feature in data_of(page)["areas"]["features"]]


def marks_of(page: str) -> list[Json]:
    """Give the marks as they are drawn, all layers together."""
    layers = data_of(page)["marks"]
    return [
        feature["properties"] | layer["look"] for layer in layers for feature in layer["features"]
    ]


class Panel:
    """What a reader of the panel sees."""

    def __init__(self, page: str) -> None:
        self.tree = lxml.html.document_fromstring(page)

    def of_class(self, name: str) -> list[Any]:
        return list(self.tree.find_class(name))

    def text(self, name: str) -> str:
        """Give the text of a class, or of the one element of a tag."""
        (found,) = self.of_class(name) or self.tree.findall(f".//{name}")
        return str(found.text_content()).strip()

    def legend(self, kind: str) -> dict[str, int]:
        """Give the counts of the legend, by what is drawn: `fill` or `mark`."""
        swatches = self.tree.xpath(f"//canvas[@data-{kind}]")
        counts = {
            swatch.get(f"data-{kind}"): swatch.getparent().find("b").text for swatch in swatches
        }
        return {drawn: int(count) for drawn, count in counts.items() if count}

    def values(self) -> dict[str, str]:
        (listed,) = self.of_class("values")
        return {str(row.findtext("dt")): str(row.findtext("dd")) for row in listed}


# --- Which figures there are --------------------------------------------------------------------


def test_the_sample_has_every_figure_its_inputs_allow(pages: dict[str, str]) -> None:
    assert list(pages) == ON_SAMPLE


LIBRARIES_ONLY = """
[inputs]
units = "units.gpkg"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
"""


def test_libraries_alone_give_the_figures_of_libraries_and_network(
    write_project: Callable[..., Path],
) -> None:
    listed = rows("id,name,lat,lon", (1, "A", *at(5, 15)), (2, "B", *at(5, 14)))
    project = write_project(toml=LIBRARIES_ONLY, libraries_csv=listed)

    drawn = figure_maps(vpvkac.analyse(vpvkac.load(project)))

    assert list(drawn) == ["libraries.html", "network.html"]
    assert Panel(drawn["libraries.html"]).legend("fill") == {"planned": 1, "none": 3}
    assert "Pieturas nav norādītas" in Panel(drawn["libraries.html"]).text("facts")


OFFICES = """
[inputs]
units = "units.gpkg"
institutions = { path = "kac.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
[about]
synthetic = true
"""


def test_institutions_are_counted_by_name_and_municipality(
    write_project: Callable[..., Path],
) -> None:
    offices = rows(
        "id,name,lat,lon",
        (1, "NVA Kreisā filiāle", *at(5, 15)),
        (2, "Valsts darba inspekcija", *at(5, 5)),
        (3, "NVA", *at(4, 5)),
    )
    libraries = rows("id,name,lat,lon", (1, "A", *at(5, 15)))
    project = write_project(toml=OFFICES, kac_csv=offices, libraries_csv=libraries)

    page = figure_maps(vpvkac.analyse(vpvkac.load(project)))["institutions.html"]

    assert {area["name"]: area["fill"] for area in areas_of(page)} == {
        "Kreisais novads": "none",  # offices, no centre
        "Labais novads": "neither",
    }
    values = Panel(page).values()
    assert values == {"Iestāžu KAC": "3", "NVA": "2", "VDI": "1"}


# --- What each of them shows --------------------------------------------------------------------


# Which properties of a mark the legend of a figure tells apart.
TELLING = {
    "centres.html": ("status",),
    "centre_stops.html": ("tone", "halo"),
    "libraries.html": ("status", "reach"),
    "libraries_post_offices.html": ("host",),
    "network.html": ("status",),
    "institutions.html": ("host",),
}


@pytest.mark.parametrize("file", ON_SAMPLE)
def test_the_legend_counts_what_is_drawn(pages: dict[str, str], file: str) -> None:
    panel = Panel(pages[file])
    fills = Counter(area["fill"] for area in areas_of(pages[file]))
    counted = panel.legend("fill")

    if counted:
        assert counted == dict(fills)
    for drawn, count in panel.legend("mark").items():
        wanted = {key: value for key, value in json.loads(drawn).items() if value}
        alone = ("uncertain", "decisions", *["reach"] * (file == "network.html"))
        telling = next(((key,) for key in alone if key in wanted), TELLING[file])
        # A mark bears what has been decided; the legend only that something has.
        marks = [
            mark | {"decisions": bool(mark.get("decisions"))} for mark in marks_of(pages[file])
        ]
        same = [
            mark
            for mark in marks
            if all(mark.get(key) == wanted[key] for key in wanted if key in telling)
        ]
        assert len(same) == count, drawn


def test_municipalities_have_the_centres_that_were_planted(
    pages: dict[str, str], truth: Json, sample_result: Result
) -> None:
    of_unit = sample_result.units.set_index("unit")["municipality"]
    planted = Counter(
        of_unit[place["unit"]]
        for key, place in truth["places"].items()
        if key.startswith("centres:") and place["status"] == "open"
    )
    data = data_of(pages["centres.html"])
    written = {name["municipality"]: int(name["count"]) for name in data["names"]}
    assert written == {code: planted[code] for code in of_unit.unique()}

    least = {"none": 0, "count_1": 1, "count_2": 2, "count_5": 5, "count_10": 10}
    for area in areas_of(pages["centres.html"]):
        count = planted[area["municipality"]]
        assert area["fill"] == max((low, fill) for fill, low in least.items() if low <= count)[1]


def test_centres_are_banded_by_the_planted_distance(pages: dict[str, str], truth: Json) -> None:
    reach = truth["sets"]["regional"]["reach"]
    metres = [
        reach[key]["distance_m"]
        for key, place in truth["places"].items()
        if key.startswith("centres:") and place["status"] == "open"
    ]
    bands = Counter(
        "0" if m <= 350 else "1" if m <= 700 else "2" if m <= 1500 else "3" for m in metres
    )
    drawn = Counter(
        mark["tone"].removeprefix("band_") for mark in marks_of(pages["centre_stops.html"])
    )

    assert drawn == bands
    beyond = sorted((m for m in metres if m > 700), reverse=True)
    labels = [label["text"] for label in data_of(pages["centre_stops.html"])["labels"]]
    assert labels == [f"{round(m)}{NBSP}m" for m in beyond]
    assert len(labels) == 7


def test_only_centres_have_lines_to_their_stops_there(pages: dict[str, str]) -> None:
    gaps = data_of(pages["centre_stops.html"])["gaps"]["features"]
    lines = [one for one in gaps if one["properties"]["part"] == "line"]

    assert len(lines) == 7


def test_a_threshold_inside_a_band_is_told_by_a_halo(sample_result: Result) -> None:
    project = sample_result.project.with_rules(threshold_m=800)
    page = figure_maps(vpvkac.analyse(project))["centre_stops.html"]

    halos = Counter((mark["tone"], mark["halo"]) for mark in marks_of(page))

    assert halos["band_2", False] == 5  # 701, 705, 725, 741 and 757 m
    assert halos["band_2", True] == 2
    assert f"1500{NBSP}m (tālāk par 800{NBSP}m) 2" in Panel(page).text("legend")


def test_the_chosen_library_is_the_one_nearest_to_a_stop(
    pages: dict[str, str], truth: Json
) -> None:
    reach = truth["sets"]["regional"]["reach"]
    libraries = [
        (place["unit"], reach[key]["distance_m"], key, place["name"])
        for key, place in truth["places"].items()
        if key.startswith("libraries:")
    ]
    nearest = {unit: name for unit, _, _, name in sorted(libraries, reverse=True)}
    filled = {
        mark["unit"]: mark["name"]
        for mark in marks_of(pages["libraries.html"])
        if mark["status"] == "existing"
    }

    assert filled == nearest
    assert len(marks_of(pages["libraries.html"])) == len(libraries) == 747


def test_units_are_told_apart_by_the_hosts_they_hold(pages: dict[str, str], truth: Json) -> None:
    def held(kind: str) -> set[str]:
        return {
            place["unit"] for key, place in truth["places"].items() if key.startswith(f"{kind}:")
        }

    library, post = held("libraries"), held("post_offices")
    fills = {
        (True, True): "existing",
        (True, False): "planned",
        (False, True): "some",
        (False, False): "none",
    }

    for area in areas_of(pages["libraries_post_offices.html"]):
        assert area["fill"] == fills[area["unit"] in library, area["unit"] in post]


def test_every_access_gap_has_its_number_on_the_network(
    pages: dict[str, str], sample_result: Result
) -> None:
    gaps = sample_result.gaps_access
    data = data_of(pages["network.html"])

    written = [(int(label["text"]), *label["at"]) for label in data["labels"]]

    assert written == list(gaps[["rank", "lat", "lon"]].itertuples(index=False, name=None))
    assert len(written) == 50
    assert Counter(area["fill"] for area in areas_of(pages["network.html"])) == {
        "within": 533,
        "beyond": 49,
        "none": 5,
    }


def test_key_figures_are_those_of_the_summary(pages: dict[str, str], sample_result: Result) -> None:
    summary = sample_result.summary.drop_duplicates("criterion").set_index("criterion")["value"]
    values = Panel(pages["libraries.html"]).values()

    assert list(values.values()) == [
        str(int(summary["libraries"])),
        "89" + NBSP + "%",
        str(int(summary["libraries_chosen"])),
        "92,5" + NBSP + "%",
    ]
    hosts = sample_result.hosts.set_index("hosts")
    compared = list(Panel(pages["libraries_post_offices.html"]).values().values())
    assert compared[0] == f"{hosts['units']['libraries']} (97,4{NBSP}%)"


# --- What every page says and is ----------------------------------------------------------------


@pytest.mark.parametrize("file", ON_SAMPLE)
def test_a_page_says_what_its_numbers_rest_on(pages: dict[str, str], file: str) -> None:
    panel = Panel(pages[file])

    assert panel.text("h1")
    assert panel.text("shown").endswith(".")
    assert panel.text("synthetic") == "Sintētiski parauga dati"
    for said in (
        "Teritoriālais iedalījums",
        "Pieturu kopa: starppilsētu",
        f"700{NBSP}m",
        "Dati uz",
    ):
        assert said in panel.text("facts")
    assert "VPVKAC saraksts, dati uz 08.11.2023." in panel.text("sources")
    assert "lēmumu pieņemšanai tos izmantot nedrīkst" in panel.text("sources")


@pytest.mark.parametrize("file", ON_SAMPLE)
def test_a_page_leads_to_the_explorer_the_gap_lists_and_the_other_figures(
    pages: dict[str, str], file: str
) -> None:
    links = Panel(pages[file]).of_class("pages")[0].findall(".//a")

    assert [link.get("href") for link in links] == ["../map.html", "../gaps.html", *ON_SAMPLE]
    assert [link.get("href") for link in links if link.get("aria-current")] == [file]


def test_a_page_speaks_english(sample_result: Result) -> None:
    for page in figure_maps(replace(sample_result, lang="en")).values():
        panel = Panel(page)
        assert panel.tree.get("lang") == "en"
        said = " ".join(panel.text(part) for part in ("h1", "shown", "facts", "legend", "pages"))
        assert not re.search(r"[āčēģīķļņšūž]", said)


def test_real_data_are_not_called_synthetic(sample_result: Result) -> None:
    real = replace(sample_result, project=replace(sample_result.project, synthetic=False))

    for page in figure_maps(real).values():
        assert Panel(page).of_class("synthetic") == []
        assert "Sintētiski" not in Panel(page).text("footer")


@pytest.mark.parametrize("file", ON_SAMPLE)
def test_a_page_is_at_most_5_megabytes(pages: dict[str, str], file: str) -> None:
    assert len(pages[file].encode()) <= 5_000_000


# --- How they behave ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(
    tmp_path_factory: pytest.TempPathFactory, pages: dict[str, str], sample_result: Result
) -> Path:
    """Write the figures and the explorer as a run lays them out."""
    return written(tmp_path_factory.mktemp("figures"), pages, sample_result)


def written(folder: Path, pages: dict[str, str], result: Result) -> Path:
    (folder / "maps").mkdir()
    for name, page in pages.items():
        (folder / "maps" / name).write_text(page, encoding="utf-8")
    whole = render(explorer(result, lang=result.lang), title=result.title, lang=result.lang)
    (folder / "map.html").write_text(whole, encoding="utf-8")
    return folder


def asked_elsewhere(driver: WebDriver, file: Path) -> list[str]:
    own = ("data:", "about:", file.as_uri())
    return [url for url in requests(driver) if not url.startswith(own)]


@pytest.mark.browser
@pytest.mark.parametrize("file", ON_SAMPLE)
def test_a_page_opens_with_no_request_and_few_elements(
    browser: WebDriver, folder: Path, file: str
) -> None:
    show(browser, folder / "maps" / file, width=1440)

    for zoom in (7, 9, 11, 13):
        browser.execute_script("map_0.setZoom(arguments[0], {animate: false})", zoom)
        count = browser.execute_script("return document.querySelectorAll('*').length")
        assert count <= 1500
    for box in browser.find_elements("css selector", "input[name=layer]"):
        box.click()
        box.click()
    assert asked_elsewhere(browser, folder / "maps" / file) == []
    assert console(browser) == []


@pytest.mark.browser
@pytest.mark.parametrize("file", ON_SAMPLE)
def test_a_page_prints_on_one_sheet_with_legend_and_sources(
    browser: WebDriver, folder: Path, file: str
) -> None:
    show(browser, folder / "maps" / file, width=1440)

    assert pages_printed(browser) == 1

    browser.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    outside = browser.execute_script(
        """
        const sheet = document.body.getBoundingClientRect();
        const shown = document.querySelectorAll(
          ".panel h1, .facts li, .values dd, .legend li, .sources li, .sources p");
        return [...shown].filter(e => {
          const box = e.getBoundingClientRect();
          return box.height === 0 || box.bottom > sheet.bottom + 1 || box.right > sheet.right + 1;
        }).map(e => e.textContent);
        """
    )
    browser.execute_script("window.dispatchEvent(new Event('afterprint'))")
    assert outside == []


@pytest.mark.browser
@pytest.mark.parametrize("file", ON_SAMPLE)
def test_on_a_phone_a_page_is_no_wider_than_the_screen(
    browser: WebDriver, folder: Path, file: str
) -> None:
    show(browser, folder / "maps" / file, width=390, height=844)

    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    assert browser.execute_script("return map_0.getSize().y") > 844 / 2
    browser.execute_script("document.getElementById('fold').click()")
    legend = "return document.querySelector('.legend').getBoundingClientRect().height"
    assert browser.execute_script(legend) > 50


@pytest.mark.browser
def test_an_area_has_the_colour_its_legend_has(browser: WebDriver, folder: Path) -> None:
    show(browser, folder / "maps" / "centres.html", width=1440)
    drawn, legend = browser.execute_script(
        """
        for (const box of document.querySelectorAll("input[name=layer]")) box.click();
        const canvas = document.querySelector(".map canvas");
        const of = (from, x, y) => from.getContext("2d").getImageData(x, y, 1, 1).data.join();
        const seen = new Set();
        for (let x = 0; x < canvas.width; x += 7) {
          for (let y = 0; y < canvas.height; y += 7) seen.add(of(canvas, x, y));
        }
        const plain = [...document.querySelectorAll("canvas[data-fill^=count]")];
        return [[...seen], plain.map(swatch => of(swatch, 9, 9))];
        """
    )

    assert len(set(legend)) == len(legend) == 4
    assert set(legend) <= set(drawn)


@pytest.mark.browser
def test_a_point_leads_to_its_unit_on_the_explorer(
    browser: WebDriver, folder: Path, truth: Json
) -> None:
    farthest = truth["sets"]["regional"]["counts"]["centres_beyond_list"][0]
    show(browser, folder / "maps" / "centre_stops.html", width=1440)
    browser.find_element("css selector", ".listed a").click()

    assert browser.current_url == (folder / "map.html").as_uri() + f"#unit={farthest['unit']}"
    said = browser.find_element("css selector", ".card").text.replace(NBSP, " ")
    assert "1411 m" in said


@pytest.mark.browser
def test_a_card_leads_on_to_explorer_and_gap_list(
    browser: WebDriver, folder: Path, sample_result: Result
) -> None:
    first = sample_result.gaps_access.iloc[0]
    show(browser, folder / "maps" / "network.html", width=1440)
    browser.execute_script(
        """
        map_0.eachLayer(layer => {
          const said = layer.feature && layer.feature.properties;
          const sought = said && said.rank && said.unit === arguments[0] && layer.getLatLng;
          if (sought) layer.fire("click", {}, true);
        });
        """,
        first["unit"],
    )

    # Telephone and e-mail aside.
    links = browser.find_elements("css selector", ".card p a")
    assert [link.get_dom_attribute("href") for link in links] == [
        f"../gaps.html#unit-{first['unit']}",
        f"../map.html#unit={first['unit']}",
    ]


@pytest.mark.browser
def test_hostile_names_show_as_written_and_nothing_runs(
    browser: WebDriver, sample_result: Result, tmp_path: Path
) -> None:
    names = pd.Series([HOSTILE[row % len(HOSTILE)] for row in range(2000)])

    def renamed(table: Any, *columns: str) -> Any:
        return table.assign(**{name: names.iloc[: len(table)].to_numpy() for name in columns})

    hostile = replace(
        sample_result,
        project=replace(sample_result.project, title=HOSTILE[0]),
        units=renamed(sample_result.units, "unit_name", "municipality_name"),
        municipalities=renamed(sample_result.municipalities, "municipality_name"),
        places=renamed(sample_result.places, "name", "address", "phone", "email", "hours"),
        stops=sample_result.stops.assign(stop_name=HOSTILE[1]),
        gaps_access=renamed(sample_result.gaps_access, "reason", "stop_name", "alt_name"),
        gaps_coverage=renamed(sample_result.gaps_coverage, "reason"),
    )
    folder = written(tmp_path, figure_maps(hostile), hostile)

    for file in sorted((folder / "maps").iterdir()):
        show(browser, file, width=1440)
        # Every card, tip and label there is, a few of each kind.
        browser.execute_script(
            """
            const parts = [];
            map_0.eachLayer(layer => { if (layer.feature) parts.push(layer); });
            parts.forEach((layer, i) => {
              if (i % 97 && i > 20 || !layer.getTooltip || !layer.getTooltip()) return;
              const at = layer.getLatLng ? layer.getLatLng() : layer.getBounds().getCenter();
              layer.openTooltip(at);
              layer.fire("click", {latlng: at}, true);
              layer.closeTooltip();
            });
            map_0.setZoom(11, {animate: false});
            """
        )
        shown = browser.find_element("css selector", "body").get_attribute("textContent") or ""
        assert any(name in shown for name in HOSTILE), file.name
        assert HOSTILE[0] in browser.title
        assert browser.execute_script("return window.ran") is None
        assert browser.find_elements("css selector", "img, b b, i b") == []
        assert asked_elsewhere(browser, file) == []
        assert console(browser) == []
