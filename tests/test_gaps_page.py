"""`gaps.html`: the gap lists that everyone can read say what the CSV files say, row by row."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import lxml.html
import pandas as pd
import pytest
from selenium.webdriver.support.ui import WebDriverWait

import vpvkac
from browser import console, requests, show
from page_tables import number_of, tables_of
from plain_country import at, beside, rows
from test_explorer import HOSTILE
from vpvkac.analysis.rounding import exact, shown
from vpvkac.questions.coverage.explorer import explorer
from vpvkac.questions.coverage.gaps import gaps_page
from vpvkac.render.csvfile import write_table
from vpvkac.render.map_page import render
from vpvkac.texts.formats import typographic

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

    from vpvkac.api.coverage import Result


pytestmark = pytest.mark.slow

Json = dict[str, Any]
LISTS = {
    "access": "gaps_access",
    "service": "gaps_service",
    "coverage": "gaps_coverage",
    "municipalities": "gaps_municipalities",
}


def page_of(result: Result) -> str:
    return gaps_page(result, exact(result))


@pytest.fixture(scope="module")
def page(sample_result: Result) -> str:
    return page_of(sample_result)


@pytest.fixture(scope="module")
def files(sample_result: Result, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Json]]:
    """Read the CSV files of the gap lists back as text."""
    folder, tables = tmp_path_factory.mktemp("gaps"), shown(sample_result)
    read = {}
    for name in LISTS.values():
        write_table(folder, name, tables[name])
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
            read[name] = list(csv.DictReader(opened))
    return read


def gaps_of(page: str, key: str) -> list[lxml.html.HtmlElement]:
    """Give the rows of a list that stand for a gap."""
    tree = lxml.html.document_fromstring(page)
    (table,) = tree.xpath(f"//table[caption/@id='{key}-caption']")
    return list(table.xpath(".//tbody/tr[@id]"))


def cells(row: lxml.html.HtmlElement) -> list[str]:
    return [" ".join(cell.text_content().split()) for cell in row]


# --- What the lists say -------------------------------------------------------------------------


@pytest.mark.parametrize("key", LISTS)
def test_every_gap_of_the_csv_has_its_row_in_its_order(
    page: str, files: dict[str, list[Json]], key: str
) -> None:
    code = "municipality" if key == "municipalities" else "unit"
    before = "service-" if key == "service" else ""
    listed = [(row.get("id"), cells(row)[0]) for row in gaps_of(page, key)]

    assert listed == [(f"{before}{code}-{gap[code]}", gap["rank"]) for gap in files[LISTS[key]]]


@pytest.mark.parametrize(
    ("key", "columns"),
    [
        ("access", {"distance_m": "Attālums pa taisni, m", "over_m": "Pārsniegums, m"}),
        (
            "service",
            {
                "distance_m": "Attālums pa taisni, m",
                "visits": "Autobusu reisi dienā",
                "visits_within": "Autobusu reisi dienā 700 m robežās",
            },
        ),
        (
            "coverage",
            {
                "area_km2": "Platība, km²",
                "nearest_m": "Attālums līdz tuvākajam kontaktpunktam",
            },
        ),
        (
            "municipalities",
            {
                "units": "Teritoriālās vienības",
                "planned": "Plānotie",
                "none": "Bez kontaktpunkta",
                "area_km2": "Platība, km²",
            },
        ),
    ],
)
def test_numbers_are_those_of_the_csv(
    page: str, files: dict[str, list[Json]], key: str, columns: dict[str, str]
) -> None:
    headings = tables_of(page)[key].columns
    for name, heading in columns.items():
        column = headings.index(heading)
        read = [metres_of(cells(row)[column]) for row in gaps_of(page, key)]
        step = 50.1 if name == "nearest_m" else 0.501
        wanted = [float(gap[name]) if gap[name] else None for gap in files[LISTS[key]]]
        assert read == [
            # What is not beyond the threshold exceeds nothing.
            None if name == "over_m" and (value or 0) < 0 else pytest.approx(value, abs=step)
            for value in wanted
        ], heading


def metres_of(text: str) -> float | None:
    """Read a number, or a length in metres or kilometres."""
    bare = text.replace(" ", "")
    if bare in ("", "–"):
        return None
    scale = 1000 if bare.endswith("km") else 1
    return (number_of(bare.removesuffix("km").removesuffix("m")) or 0) * scale


def test_access_gaps_are_the_planted_ones(page: str, truth: Json) -> None:
    planted = {
        gap["unit"]: round(gap["distance_m"], 1) for gap in truth["sets"]["regional"]["gaps_access"]
    }
    column = tables_of(page)["access"].columns.index("Attālums pa taisni, m")
    listed = {
        str(row.get("id")).removeprefix("unit-"): number_of(cells(row)[column].replace(" ", ""))
        for row in gaps_of(page, "access")
    }

    assert listed.keys() == planted.keys()
    assert all(abs(listed[unit] - planted[unit]) <= 0.5501 for unit in planted)


def test_a_row_says_reason_remedy_and_whom_to_ask(
    page: str, files: dict[str, list[Json]], truth: Json
) -> None:
    (gap,) = [gap for gap in files["gaps_access"] if gap["distance_m"] == "1411.0"]
    (row,) = [row for row in gaps_of(page, "access") if row.get("id") == f"unit-{gap['unit']}"]
    said = " ".join(cells(row))
    place = truth["places"][gap["place"]]

    # The numbers of a row are not said again in a sentence.
    assert "mērot pa taisni" not in said
    assert "Tajā pašā teritoriālajā vienībā ir cita iestāde" in said
    assert "Pārcelt uz citu vietu tajā pašā teritoriālajā vienībā" in said
    assert gap["alt_name"] in said
    assert f"{float(gap['alt_distance_m']):.0f} m no pieturas" in said
    assert place["phone"] in said
    assert f"mailto:{place['email']}" in row.xpath(".//a/@href")


def test_the_planted_points_a_few_metres_beyond_are_to_be_measured_first(
    page: str, files: dict[str, list[Json]]
) -> None:
    """Two of the planted centres, at 701 and 705 m; they stay beyond."""
    first = "vispirms pārbaudiet, kā attālums mērīts"
    gaps = files["gaps_access"]
    close = {gap["unit"] for gap in gaps if 700 < float(gap["distance_m"]) <= 710}
    assert {gap["unit"] for gap in gaps if first in gap["reason"]} == close
    assert {
        str(row.get("id")).removeprefix("unit-")
        for row in gaps_of(page, "access")
        if first in " ".join(cells(row))
    } == close
    assert {"701.0", "705.0"} <= {gap["distance_m"] for gap in gaps if gap["unit"] in close}
    assert {gap["class"] for gap in gaps if gap["unit"] in close} <= {"move", "beyond"}


def test_a_distance_just_beyond_the_threshold_never_shows_as_within(
    write_project: Callable[..., Path],
) -> None:
    place = at(5, 15)
    stop = beside(*place, 700.04)
    project = write_project(
        toml=ONE_STOP,
        libraries_csv=rows("id,name,lat,lon", (1, "A", *place)),
        stops_csv=rows("id,name,lat,lon", (1, "S", *stop)),
    )

    (row,) = gaps_of(page_of(vpvkac.analyse(vpvkac.load(project))), "access")

    assert cells(row)[3:5] == ["700,1", "0,1"]


ONE_STOP = """
[inputs]
units = "units.gpkg"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
"""


def test_two_gaps_of_one_unit_have_addresses_of_their_own(sample_result: Result) -> None:
    twice = pd.concat([sample_result.gaps_access.iloc[:1], sample_result.gaps_access])
    page = page_of(replace(sample_result, gaps_access=twice.reset_index(drop=True)))

    ids = re.findall(r' id="([^"]+)"', page)
    unit = twice["unit"].iloc[0]
    assert len(ids) == len(set(ids))
    assert {f"unit-{unit}", f"unit-{unit}-2"} <= set(ids)


def test_lists_with_nothing_in_them_say_so(write_project: Callable[..., Path]) -> None:
    listed = rows("id,name,lat,lon", *((n, "A", *at(x, y)) for n, (x, y) in enumerate(MIDDLES)))
    libraries = ONE_STOP.partition("stops =")[0]
    project = write_project(toml=libraries, libraries_csv=listed)

    page = page_of(vpvkac.analyse(vpvkac.load(project)))

    assert "<table" not in page
    assert "Pieturas nav norādītas, sasniedzamība nav aprēķināta" in page
    assert "Šādu nepilnību nav." in page
    assert "VPVKAC saraksts nav norādīts, tāpēc pašvaldības nav vērtētas." in page


MIDDLES = [(5, 15), (5, 5), (15, 15), (15, 5)]


def test_a_column_that_says_nothing_is_left_out_and_named(page: str, files: Any) -> None:
    coverage = tables_of(page)["coverage"]
    assert {row["other_premises"] for row in files["gaps_coverage"]} == {""}
    assert "Citas iestādes teritoriālajā vienībā" not in coverage.columns
    said = "Nevienai rindai nav datu par: Citas iestādes teritoriālajā vienībā."
    assert lxml.html.document_fromstring(page).xpath(f"//p[.='{said}']")
    for key in LISTS:
        columns = zip(*map(cells, gaps_of(page, key)), strict=True)
        assert not [column for column in columns if set(column) == {"–"}]


# --- What the page is ---------------------------------------------------------------------------


def test_tables_have_captions_and_header_scopes(page: str) -> None:
    tables = tables_of(page)

    sequels = ["quality-table", "clusters-table", "decisions-open", "decisions-done"]
    assert list(tables) == ["remedies", *LISTS, *sequels]
    for key, table in tables.items():
        assert table.caption
        assert None not in table.scopes
        assert table.scopes.count("col") == len(table.columns)
        assert table.scopes.count("row") == (len(gaps_of(page, key)) or len(table.rows))
    assert "700 m" in tables["access"].caption


def test_names_are_marked_as_latvian_on_the_english_page(sample_result: Result, page: str) -> None:
    english = lxml.html.document_fromstring(page_of(replace(sample_result, lang="en")))

    assert english.get("lang") == "en"
    names = english.xpath("//tbody//bdi")
    assert {name.get("lang") for name in names} == {"lv"}
    assert len(names) > 200
    assert 'lang="lv"' not in page.partition("<body")[2]


def test_the_page_is_at_most_2_megabytes_with_a_gap_in_every_unit(sample_result: Result) -> None:
    listed = sample_result.gaps_access
    every = pd.concat([listed] * 12).head(587).reset_index(drop=True)

    page = page_of(replace(sample_result, gaps_access=every))

    assert len(page.encode()) <= 2_000_000


# --- How it behaves -----------------------------------------------------------------------------


def written(folder: Path, page: str) -> Path:
    (folder / "gaps.html").write_text(page, encoding="utf-8")
    return folder / "gaps.html"


@pytest.mark.browser
def test_a_row_leads_to_its_place_on_the_explorer(
    browser: WebDriver, sample_result: Result, page: str, tmp_path: Path
) -> None:
    whole = render(explorer(sample_result), title="", lang="lv")
    (tmp_path / "map.html").write_text(whole, encoding="utf-8")
    gap = sample_result.gaps_access.iloc[0]
    show(browser, written(tmp_path, page))

    browser.find_element("css selector", f"#unit-{gap['unit']} a").click()

    assert browser.current_url.endswith(f"map.html#unit={gap['unit']}")
    # The card fades in; what is not yet visible has no text.
    WebDriverWait(browser, 10).until(
        lambda shown: shown.find_element("css selector", ".card h2").text == gap["unit_name"]
    )


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1440])
def test_the_page_fits_the_screen_and_asks_for_nothing(
    browser: WebDriver, page: str, tmp_path: Path, width: int
) -> None:
    file = written(tmp_path, page)
    show(browser, file, width=width)

    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert requests(browser) == [file.as_uri()]
    assert console(browser) == []


def shown_units(browser: WebDriver) -> list[str]:
    """Give the units of the access gaps that are to be seen, in the order of the page."""
    rows = browser.find_elements("css selector", "table.access tr[id]")
    return [row.get_attribute("id").removeprefix("unit-") for row in rows if row.is_displayed()]


@pytest.mark.browser
def test_a_list_is_sorted_and_filtered_by_its_columns(
    browser: WebDriver, sample_result: Result, page: str, tmp_path: Path
) -> None:
    from selenium.webdriver.support.ui import Select

    show(browser, written(tmp_path, page))
    gaps = sample_result.gaps_access
    assert shown_units(browser) == list(gaps["unit"])

    head = browser.find_element("css selector", "table.access thead th:nth-child(4)")
    for way, up in (("ascending", True), ("descending", False)):
        head.find_element("css selector", "button").click()
        assert head.get_attribute("aria-sort") == way
        metres = gaps.set_index("unit")["distance_m"].round()[shown_units(browser)]
        assert len(metres) == len(gaps)
        assert metres.is_monotonic_increasing if up else metres.is_monotonic_decreasing
    head.find_element("css selector", "button").click()
    assert head.get_attribute("aria-sort") is None
    assert shown_units(browser) == list(gaps["unit"])

    municipality = gaps["municipality_name"].mode()[0]
    chooser = browser.find_element("css selector", "#access ~ .tools select")
    Select(chooser).select_by_visible_text(municipality)
    chosen = gaps["unit"][gaps["municipality_name"] == municipality]
    assert shown_units(browser) == list(chosen)
    said = browser.find_element("css selector", "#access ~ .tools [role=status]").text
    assert said == f"Rādīti: {len(chosen)} no {len(gaps)}"
    assert console(browser) == []


@pytest.mark.browser
def test_a_link_shows_the_gaps_of_one_action(
    browser: WebDriver, page: str, files: dict[str, list[Json]], tmp_path: Path
) -> None:
    file = written(tmp_path, page)
    wanted = "Ierosināt pieturas ierīkošanu vai pārvietošanu"
    browser.get("about:blank")
    browser.get(f"{file.as_uri()}#remedy={quote(wanted)}")
    expected = [row["unit_name"] for row in files["gaps_access"] if row["remedy"] == "ask_for_stop"]
    shown = browser.execute_script(
        "return [...document.querySelectorAll('table.access tr[id]:not([hidden]) th p.first')]"
        ".map(one => one.textContent)"
    )
    assert shown == expected
    assert browser.execute_script("return scrollY") > 0


def test_hostile_names_show_as_written_and_nothing_runs(
    browser: WebDriver, sample_result: Result, tmp_path: Path
) -> None:
    def renamed(table: Any, *columns: str) -> Any:
        names = [HOSTILE[row % len(HOSTILE)] for row in range(len(table))]
        return table.assign(**dict.fromkeys(columns, names))

    page = page_of(
        replace(
            sample_result,
            gaps_access=renamed(
                sample_result.gaps_access, "unit_name", "place_name", "stop_name", "email", "reason"
            ),
            gaps_service=renamed(
                sample_result.gaps_service,
                "unit_name",
                "place_name",
                "stop_name",
                "email",
                "reason",
            ),
            gaps_coverage=renamed(sample_result.gaps_coverage, "other_premises", "nearest_name"),
            gaps_municipalities=renamed(sample_result.gaps_municipalities, "municipality_name"),
        )
    )
    file = written(tmp_path, page)
    show(browser, file)

    for table in LISTS:
        texts = browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])].map(name => name.textContent)",
            f"table.{table} bdi",
        )
        assert set(map(typographic, HOSTILE[:5])) <= set(texts)
    assert browser.execute_script("return window.ran") is None
    assert browser.find_elements("css selector", "tbody img, tbody script, tbody b") == []
    assert browser.find_elements("css selector", "a[href^=mailto]") == []
    assert requests(browser) == [file.as_uri()]
    assert console(browser) == []
