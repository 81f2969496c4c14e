"""What others wrote into names goes through every output as text and nothing else."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import openpyxl
import pytest

import vpvkac
from browser import console, requests, show
from plain_country import UNITS, at, write_units
from vpvkac.texts.formats import typographic

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

pytestmark = pytest.mark.slow

NAMES = [
    "</script><script>document.title='ran'</script>",
    "<img src=x onerror=\"document.title='ran'\">",
    "`${document.title='ran'}` {{ 7*7 }} {% raw %}",
    "back\\1slash \\n \"quotes\" 'single' & ampersand; <!-- -->",
    "\u202eright to left\u202c and \u200fmarks",
    "long " + "x" * 495,
    "=1+1",
    "+371 -1 @x",
]
TOML = """
[inputs]
units = "units.gpkg"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
[about]
title = "</title><script>document.title='ran'</script>"
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run over a country whose every name is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    units = [(code, NAMES[number], *rest) for number, (code, _, *rest) in enumerate(UNITS)]
    write_units(folder / "units.gpkg", units)
    (folder / "vpvkac.toml").write_text(TOML, encoding="utf-8")
    middles = [at(5, 15), at(5, 5), at(15, 15)]
    for file, shift in (("libraries", 0.0), ("stops", 1.2)):
        with (folder / f"{file}.csv").open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(["id", "name", "lat", "lon"])
            for number, name in enumerate(NAMES):
                lat, lon = middles[number % 3]
                writer.writerow([number, name, lat + shift / 111, lon])
    result = vpvkac.analyse(vpvkac.load(folder))
    result.write(folder / "out")
    return folder / "out"


def test_csv_keeps_the_text_and_guards_formulas(out: Path) -> None:
    with (out / "places.csv").open(encoding="utf-8", newline="") as opened:
        found = {row["name"] for row in csv.DictReader(opened)}
    assert found == {f"'{name}" if name[0] in "=+-@" else name for name in NAMES}


def test_the_geopackage_keeps_the_text(out: Path) -> None:
    assert set(gpd.read_file(out / "coverage.gpkg", layer="places")["name"]) == set(NAMES)


def test_the_workbook_keeps_the_text_and_no_formula(out: Path) -> None:
    book = openpyxl.load_workbook(out / "gaps.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    links = [cell.hyperlink for cell in cells if cell.hyperlink]
    page = re.compile(r"municipalities.LV[0-9]{7}.index\.html|mailto:[\w.+-]+@[\w.-]+")
    assert all(link.location or page.fullmatch(link.target) for link in links)
    texts = {str(cell.value) for cell in cells}
    with (out / "gaps_access.csv").open(encoding="utf-8", newline="") as opened:
        names = {row["place_name"].removeprefix("'") for row in csv.DictReader(opened)}
    assert names
    assert names <= texts


def test_json_stays_json(out: Path) -> None:
    for name in ("run.json", "datapackage.json"):
        content = json.loads((out / name).read_text(encoding="utf-8"))
        assert content["title"].startswith("</title>")


def test_no_page_holds_a_name_unescaped(out: Path) -> None:
    pages = list(out.rglob("*.html"))
    assert pages
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert "<script>document.title" not in text
        assert "<img src=x" not in text


@pytest.mark.browser
def test_every_page_opens_without_running_a_name_or_asking_for_anything(
    browser: WebDriver, out: Path
) -> None:
    for page in sorted(out.rglob("*.html")):
        show(browser, page)
        assert browser.title != "ran", page
        assert console(browser) == [], page
        asked = [address for address in requests(browser) if not address.startswith("data:")]
        assert asked == [page.as_uri()], page


@pytest.mark.browser
def test_a_municipalitys_page_shows_the_names_as_written(browser: WebDriver, out: Path) -> None:
    page = next(out.glob("municipalities/LV9000000/index.html"))
    show(browser, page)
    shown = browser.find_element("css selector", "#units-table-caption").find_element(
        "xpath", "ancestor::table"
    )
    text = str(shown.get_attribute("textContent"))
    for name in NAMES[:2]:
        assert typographic(name) in text
