"""The report says what the tables say, what was planted in the sample, and no more than that."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import lxml.html
import pytest

import vpvkac
from browser import console, requests, show
from conftest import ROOT
from page_tables import number_of, tables_of
from plain_country import UNITS, at, beside, write_units
from vpvkac.analysis.rounding import exact
from vpvkac.questions.coverage.gaps import gaps_page
from vpvkac.questions.coverage.report import report_page
from vpvkac.questions.coverage.story import front_page, national_map
from vpvkac.render.symbols import ALERT, INK, STYLE
from vpvkac.texts import words
from vpvkac.texts.formats import percent, share_band, typographic

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

    from page_tables import PageTable
    from vpvkac.api.coverage import Result
    from vpvkac.texts.message import Lang

pytestmark = pytest.mark.slow

NAMES = [
    "</script><script>document.title='ran'</script>",
    "<img src=x onerror=\"document.title='ran'\">",
    "`${document.title='ran'}` {{ 7*7 }} {% raw %}",
    "back\\1slash \\n \"quotes\" 'single' & ampersand; <!-- -->",
    "\u202eright to left\u202c and \u200fmarks",
    "long " + "x" * 495,
    "=1+1",
    "</style></table></svg><style>body{display:none}</style>",
]
COUNTRY = """
[inputs]
units = "units.gpkg"
{inputs}
[rules]
threshold_m = {threshold}
[about]
title = "{title}"
"""
# A page shows shares to 0.1 %, and their bands rounded outwards.
A_STEP = 1e-3
LIBRARIES = 'path = "{}.csv", id = "id", name = "name", lat = "lat", lon = "lon"'


# Those without a target: the main ones, and behind them the rest.
FIGURES = ("first-figures", "figures")


def report_of(result: Result) -> str:
    return report_page(result, exact(result))


@pytest.fixture(scope="module")
def page(sample_result: Result) -> str:
    return report_of(sample_result)


@pytest.fixture(scope="module")
def tables(page: str) -> dict[str, PageTable]:
    return tables_of(page)


@pytest.fixture(scope="module")
def summary(
    tmp_path_factory: pytest.TempPathFactory, sample_result: Result
) -> list[dict[str, str]]:
    out = tmp_path_factory.mktemp("report") / "out"
    sample_result.write(out)
    with (out / "summary.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


@pytest.fixture(scope="module")
def reach(truth: dict[str, Any]) -> dict[str, float]:
    """Distances of the points, by unit, as the generator of the sample reckoned them."""
    network: dict[str, dict[str, Any]] = truth["sets"]["regional"]["network"]
    return {unit: row["distance_m"] for unit, row in network.items() if row.get("distance_m")}


# --- Criteria ------------------------------------------------------------------------------------


def test_every_criterion_shows_the_value_of_summary_csv(
    tables: dict[str, PageTable], summary: list[dict[str, str]]
) -> None:
    with_target = [row for row in summary if row["target"]]
    # Bands of bus calls of our own are not shown.
    without = [
        row for row in summary if not (row["target"] or "points_service" in row["criterion"])
    ]
    by_label = {
        " ".join(words.criterion("lv", row["criterion"], 700).split()): row for row in without
    }
    labels = [label for key in FIGURES for label in tables[key].column("Rādītājs")]
    # The main ones, then the rest: each once.
    assert len(tables["first-figures"].rows) == 10
    assert sorted(labels) == sorted(by_label)
    for rows, keys in ((with_target, ["criteria"]), ([by_label[of] for of in labels], FIGURES)):
        texts = [text for key in keys for text in tables[key].column("Aprēķinātā vērtība")]
        shown = [text.partition("(") for text in texts]
        assert len(shown) == len(rows)
        for (value, _, band), row in zip(shown, rows, strict=True):
            assert number_of(value.strip()) == as_shown(row["value"])
            # What residents weigh stands with its band.
            assert bool(band) == (row["least"] != row["most"])
            if band:
                unit = "%" if "%" in band else ""
                ends = (end.strip(" %)") + unit for end in band.split("–"))
                least, most = (number_of(end) or 0.0 for end in ends)
                assert 0 <= float(row["least"]) - least < A_STEP
                assert 0 <= most - float(row["most"]) < A_STEP


def test_a_share_is_rounded_once_and_its_band_outwards(sample_result: Result) -> None:
    summary = sample_result.summary.copy()
    of = summary["criterion"]
    summary.loc[of == "points_within_share", "value"] = 0.915_46
    residents = of == "population_share_planned"
    summary.loc[residents, ["value", "least", "most"]] = [0.25, 0.248_99, 0.251_01]
    shown = tables_of(report_of(replace(sample_result, summary=summary)))
    texts = [text for key in FIGURES for text in shown[key].column("Aprēķinātā vērtība")]
    values = [" ".join(text.split()) for text in texts]
    assert "91,5 %" in values
    assert "25 % (24,8–25,2 %)" in values


def test_the_binary_error_of_a_share_does_not_widen_its_band() -> None:
    assert share_band("lv", 0.25 - 1e-16, 1 + 2.3e-16).replace("\xa0", " ") == "25–100 %"


def as_shown(value: str) -> Any:
    """Expect a value of the CSV to within what a page shows of a share."""
    return pytest.approx(float(value), abs=5.1e-4) if value else None


def test_synthetic_data_are_neither_published_nor_met(
    tables: dict[str, PageTable], page: str
) -> None:
    for key in ("criteria", *FIGURES):
        assert not {"Publicētā vērtība", "Vērtējums"} & set(tables[key].columns)
    assert "Sintētiski parauga dati" in page
    assert "nekas netiek salīdzināts" in page
    assert "ir sasniegts" not in page


def test_the_centres_that_fail_are_the_planted_ones_farthest_first(
    tables: dict[str, PageTable], truth: dict[str, Any], sample_result: Result
) -> None:
    planted = truth["sets"]["regional"]["counts"]["centres_beyond_list"]
    names = sample_result.places.set_index("place")["name"]
    expected = [
        f"{names[centre['place']]} ({centre['distance_m']:.0f} m)"
        for centre in sorted(planted, key=lambda centre: -centre["distance_m"])
    ]
    row = tables["criteria"].row("Esošie VPVKAC tālāk par 700 m no tuvākās pieturas")
    assert row["Neatbilst, skaits"] == "7"
    assert row["Kas neatbilst"] == "".join(expected)


def test_the_units_that_fail_are_the_planted_ones(
    tables: dict[str, PageTable], truth: dict[str, Any], sample_result: Result
) -> None:
    row = tables["criteria"].row("Teritoriālās vienības bez kontaktpunkta")
    names = sample_result.units.set_index("unit")["unit_name"]
    assert row["Neatbilst, skaits"] == "5"
    for unit in truth["planted"]["units_without_host"]:
        assert names[unit] in row["Kas neatbilst"]


def test_real_data_are_judged_and_compared(write_project: Callable[..., Path]) -> None:
    result = small_country(write_project, titles="Kontaktpunkti")
    page = report_of(result)
    criteria = tables_of(page)["criteria"]
    within_reach = criteria.row("Esošie VPVKAC tālāk par 700 m no tuvākās pieturas")
    assert within_reach["Vērtējums"] == "Nav nosakāms"  # no list of centres is given
    points = criteria.row("Kontaktpunkti tālāk par 700 m no pieturas")
    assert points["Vērtējums"] == "Neatbilst ieteikumam"
    assert criteria.row("Teritoriālās vienības bez kontaktpunkta")["Vērtējums"] == "Nav sasniegts"
    figures = tables_of(page)["first-figures"]
    assert figures.row("Pasta nodaļas")["Publicētā vērtība"] == "607"
    assert figures.row("Teritoriālās vienības")["Publicētā vērtība"] == "587"
    assert "Sintētiski" not in page
    published = tables_of(page)["published"].row("Pasta nodaļas")
    assert published["Publicētā vērtība"] == "607"
    assert published["Aprēķinātā vērtība"] == "3"
    assert published["Starpība"] == "−604"


def test_a_published_share_is_rounded_once(write_project: Callable[..., Path]) -> None:
    result = small_country(write_project, titles="Kontaktpunkti")
    compared = result.published.copy()
    row = compared.index[compared["measure"] == "share"][0]
    compared.loc[row, ["value", "published"]] = [417 / 458, 0.91]
    table = tables_of(report_of(replace(result, published=compared)))["published"]
    shown = table.row(compared.loc[row, "name"].replace("\u00a0", " "))
    assert " ".join(shown["Aprēķinātā vērtība"].split()) == "91 %"


# --- Bands and thresholds ------------------------------------------------------------------------


def bands_of(distances: list[float]) -> list[int]:
    """Count by the definition: (0, 350], (350, 700], (700, 1500], over 1500 m."""
    edges = [(0, 350), (350, 700), (700, 1500), (1500, float("inf"))]
    return [sum(low < metres <= high for metres in distances) for low, high in edges]


BANDS = [
    "Līdz 350 m",
    "Vairāk nekā 350 m, līdz 700 m",
    "Vairāk nekā 700 m, līdz 1500 m",
    "Vairāk nekā 1500 m",
]


def test_the_bands_of_the_country_are_those_of_the_planted_distances(
    tables: dict[str, PageTable], reach: dict[str, float]
) -> None:
    row = tables["nation"].row("Visi kontaktpunkti")
    assert [int(row[band].split(" ")[0]) for band in BANDS] == bands_of(list(reach.values()))
    assert row["Skaits"] == str(len(reach))


@pytest.mark.parametrize(
    ("key", "column"), [("municipalities", "municipality_name"), ("regions", "region")]
)
def test_the_bands_by_territory_are_those_of_the_planted_distances(
    key: str,
    column: str,
    tables: dict[str, PageTable],
    reach: dict[str, float],
    sample_result: Result,
) -> None:
    territory = sample_result.units.set_index("unit")[column]
    for row in tables[key].rows:
        of_row = dict(zip(tables[key].columns, row, strict=True))
        units = [unit for unit, name in territory.items() if name == row[0]]
        held = [reach[unit] for unit in units if unit in reach]
        assert [int(of_row[band]) for band in BANDS] == bands_of(held)
        assert int(of_row["Teritoriālās vienības"]) == len(units)
        assert int(of_row["Bez kontaktpunkta"]) == len(units) - len(held)


def test_the_bands_add_up_in_every_table(tables: dict[str, PageTable]) -> None:
    nation = tables["nation"].row("Visi kontaktpunkti")
    for key in ("kinds", "regions", "municipalities"):
        for band in BANDS:
            total = sum(int(text) for text in tables[key].column(band))
            assert total == int(nation[band].split(" ")[0])
        assert sum(int(text) for text in tables[key].column("Teritoriālās vienības")) == 587


def test_a_distance_on_an_edge_belongs_to_the_nearer_band(sample_result: Result) -> None:
    network = sample_result.network.copy()
    network["distance_m"] = network["distance_m"].where(network["distance_m"].isna(), 700.0)
    page = report_of(replace(sample_result, network=network))
    row = tables_of(page)["nation"].row("Visi kontaktpunkti")
    assert [row[band].split(" ")[0] for band in BANDS] == ["0", "582", "0", "0"]


def test_municipalities_stand_in_the_order_of_the_latvian_alphabet(
    tables: dict[str, PageTable],
) -> None:
    names = tables["municipalities"].column("Pašvaldība")
    letters = "aābcčdeēfgģhiījkķlļmnņoprsštuūvzž"
    keys = [
        [letters.find(letter) for letter in name.lower() if letter in letters] for name in names
    ]
    assert len(names) == 42
    assert keys == sorted(keys)


@pytest.mark.parametrize("limit", [600, 700, 800])
def test_other_thresholds_count_the_planted_distances(
    limit: int, tables: dict[str, PageTable], truth: dict[str, Any], reach: dict[str, float]
) -> None:
    (column,) = [name for name in tables["limits"].columns if name.startswith(f"{limit} m")]
    cells = dict(
        zip(tables["limits"].column("Rādītājs"), tables["limits"].column(column), strict=True)
    )
    centres = [
        truth["sets"]["regional"]["reach"][place]["distance_m"]
        for place, row in truth["places"].items()
        if row.get("status") == "open"
    ]
    within = sum(metres <= limit for metres in centres)
    assert cells["Esošie VPVKAC robežvērtības robežās"] == str(within)
    assert cells["Esošie VPVKAC tālāk par robežvērtību"] == str(len(centres) - within)
    points = sum(metres <= limit for metres in reach.values())
    assert cells["Kontaktpunkti robežvērtības robežās"] == str(points)
    share = percent("lv", points / len(reach)).replace("\u00a0", " ")
    assert cells["Kontaktpunkti robežvērtības robežās, %"] == share


def test_at_the_own_threshold_the_figures_are_those_of_summary_csv(
    tables: dict[str, PageTable],
) -> None:
    cells = dict(
        zip(
            tables["limits"].column("Rādītājs"),
            tables["limits"].column("700 m (šis aprēķins)"),
            strict=True,
        )
    )
    figures = tables["figures"]
    for row, criterion in (
        (
            "Kontaktpunkti bibliotēkās robežvērtības robežās, %",
            "Kontaktpunkti bibliotēkās 700 m robežās",
        ),
        ("Atlasītās bibliotēkas robežvērtības robežās, %", "Atlasītās bibliotēkas 700 m robežās"),
        ("Visas bibliotēkas robežvērtības robežās, %", "Bibliotēkas 700 m robežās"),
    ):
        assert cells[row] == figures.row(f"{criterion} no pieturas, %")["Aprēķinātā vērtība"]


def test_a_threshold_inside_a_band_is_marked(write_project: Callable[..., Path]) -> None:
    page = report_of(small_country(write_project, titles="Karte", threshold=600))
    assert (
        "Robežvērtība 600\u00a0m atrodas joslas “Vairāk nekā 350\u00a0m, līdz 700\u00a0m” iekšpusē"
        in page
    )
    limits = tables_of(page)["limits"]
    assert limits.columns == ["Rādītājs", "600 m (šis aprēķins)", "800 m"]
    assert limits.row("Kontaktpunkti robežvērtības robežās")["800 m"] == "1"
    assert (
        limits.row("Esošie VPVKAC robežvērtības robežās")["800 m"] == "–"
    )  # no list of centres is given


# --- Gaps, hosts, sources ------------------------------------------------------------------------


def test_gaps_are_counted_by_remedy_and_their_lists_stand_on_their_own_page(
    page: str, tables: dict[str, PageTable], sample_result: Result
) -> None:
    # No place of the sample is both beyond reach and rarely served.
    lists = (sample_result.gaps_access, sample_result.gaps_service, sample_result.gaps_coverage)
    asked = Counter(remedy for gaps in lists for remedy in gaps["remedy"])
    counts = dict(
        zip(*(tables["remedies"].column(of) for of in ("Ieteicamā rīcība", "Skaits")), strict=True)
    )
    assert counts == {words.STEPS[code].text("lv"): str(n) for code, n in asked.items()}
    assert not {"access", "service", "coverage", "no-centre", "clusters-table"} & set(tables)
    for key in ("access", "service", "coverage", "municipalities"):
        assert f'href="gaps.html#{key}"' in page


def test_the_story_tells_the_planted_counts(page: str, truth: dict[str, Any]) -> None:
    network = truth["sets"]["regional"]["network"].values()
    metres = [row["distance_m"] for row in network if row.get("distance_m")]
    beyond = sum(metre > 700 for metre in metres)
    none = sum(row["status"] == "none" for row in network)
    figures = re.findall(r"<strong>(\d+)</strong> <span>", page)
    assert figures[:3] == [str(len(metres) - beyond), str(beyond), str(none)]
    assert f"<h3>{beyond}\u00a0punkti ir par tālu no pieturas; " in page
    assert f"<h3>{none}\u00a0teritoriālajās vienībās nav kontaktpunkta</h3>" in page


def test_municipalities_stand_by_their_share_of_gaps_the_worst_first(
    tables: dict[str, PageTable], sample_result: Result
) -> None:
    table = sample_result.municipalities.set_index("municipality_name")
    shares = (table["points_beyond"] + table["units_none"]) / table["units"]
    listed = shares[tables["worst-all"].column("Pašvaldība")]
    assert len(listed) == (shares > 0).sum()
    assert listed.is_monotonic_decreasing
    assert tables["worst"].rows == tables["worst-all"].rows[: len(tables["worst"].rows)]


def test_no_column_is_empty_and_what_is_not_known_is_named_once(
    page: str, tables: dict[str, PageTable]
) -> None:
    for key, table in tables.items():
        for name in table.columns:
            assert set(table.column(name)) - {"–"}, (key, name)
    assert "Nevienai rindai nav datu par: Publicētā vērtība" in page


def test_libraries_and_post_offices_are_those_planted(
    tables: dict[str, PageTable], truth: dict[str, Any]
) -> None:
    planted = truth["sets"]["regional"]["hosts"]
    labels = {
        "libraries": "Bibliotēkas",
        "post_offices": "Pasta nodaļas",
        "libraries+post_offices": "Abas kopā",
    }
    for key, label in labels.items():
        row = tables["hosts"].row(label)
        assert int(row["Iestādes"]) == planted[key]["places"]
        assert int(row["Teritoriālās vienības, kurās ir"]) == planted[key]["units"]
        assert int(row["700 m robežās"]) == planted[key]["within"]


def test_the_sources_account_for_every_row(
    tables: dict[str, PageTable], truth: dict[str, Any]
) -> None:
    inputs = tables["inputs"]
    libraries, planted = inputs.row("Bibliotēkas"), truth["files"]["libraries"]
    assert int(libraries["Nolasītās rindas"]) == planted["rows_read"]
    assert int(libraries["Izmantotās rindas"]) == planted["used"]
    for row in inputs.rows:
        of_row = dict(zip(inputs.columns, row, strict=True))
        left_out = re.findall(r"(\d+) – ", of_row["Neizmantotās rindas"])
        read, used = int(of_row["Nolasītās rindas"]), int(of_row["Izmantotās rindas"])
        assert read == used + sum(int(count) for count in left_out)


# --- What the page is ----------------------------------------------------------------------------


def test_every_table_has_a_caption_and_every_heading_a_scope(tables: dict[str, PageTable]) -> None:
    assert len(tables) >= 12
    for table in tables.values():
        assert table.caption
        assert table.scopes == ["col"] * len(table.columns) + ["row"] * len(table.rows)


def test_every_chart_has_its_content_in_words(page: str) -> None:
    charts = re.findall(r'<svg[^>]*role="img".*?</svg>', page, re.DOTALL)
    assert len(charts) == 7
    for chart in charts:
        assert re.search(r"<title[^>]*>[^<]+</title>", chart)
        assert re.search(r"<desc[^>]*>[^<]*\d[^<]*</desc>", chart)
    for other in re.findall(r"<svg(?![^>]*role)[^>]*>", page):
        assert 'aria-hidden="true"' in other


def test_the_page_is_in_one_language(sample_result: Result) -> None:
    english = report_of(
        replace(sample_result, lang="en", gaps_access=sample_result.gaps_access[:0])
    )
    assert '<html lang="en">' in english
    headings = re.findall(r"<(?:h\d|th scope=.col|caption)[^>]*>([^<]*)", english)
    assert len(headings) > 60
    assert not re.search("[āčēģīķļņšūž]", " ".join(headings))


def test_the_report_is_at_most_2_megabytes(page: str) -> None:
    assert len(page.encode()) <= 2_000_000


def test_style_sheets_have_their_colours_from_the_one_table() -> None:
    folder = ROOT / "coverage" / "vpvkac" / "render" / "templates"
    styles = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.css"))
    assert not re.findall(r"#[0-9a-f]{3,8}\b(?=[;, )])|rgba?\(\d", styles)
    assert set(re.findall(r"var\(--([\w-]+)", styles)) == set(STYLE)
    assert STYLE["accent"] == ALERT


# --- Little data ---------------------------------------------------------------------------------


def small_country(
    write_project: Callable[..., Path],
    *,
    titles: str = "Mazā valsts",
    threshold: float = 700,
    inputs: tuple[str, ...] = ("libraries", "post_offices", "stops"),
    lang: Lang = "lv",
    names: list[str] | None = None,
) -> Result:
    """Analyse four units: in three a library 300 m, 900 m and 1600 m from a stop."""
    middles = {number: at(x, y) for number, (x, y) in enumerate([(5, 15), (5, 5), (15, 15)])}
    files = {name: ["id,name,lat,lon"] for name in inputs}
    for number, (lat, lon) in middles.items():
        name = "name" if names is None else names[number]
        quoted = '"' + name.replace('"', '""') + '"'
        for file in inputs:
            where = beside(lat, lon, (300, 900, 1600)[number]) if file == "stops" else (lat, lon)
            files[file].append(f"{number},{quoted},{where[0]},{where[1]}")
    given = [f"{name} = {{ {LIBRARIES.format(name)} }}" for name in inputs if name != "stops"] + [
        f'stops = [{{ {LIBRARIES.format("stops")}, feed = "f" }}]'
    ] * ("stops" in inputs)
    toml = COUNTRY.format(inputs="\n".join(given), threshold=threshold, title=titles)
    content = {f"{name}_csv": "\n".join(lines) + "\n" for name, lines in files.items()}
    return vpvkac.analyse(vpvkac.load(write_project(toml=toml, **content)), lang=lang)


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_without_stops_the_report_says_that_reach_is_not_computed(
    write_project: Callable[..., Path], lang: Lang
) -> None:
    page = report_of(small_country(write_project, inputs=("libraries",), lang=lang))
    said = {"lv": "sasniedzamība nav aprēķināta", "en": "reach is not computed"}
    assert page.count(said[lang]) >= 3
    assert {"nation", "limits"}.isdisjoint(tables_of(page))


def test_without_libraries_there_is_nothing_to_compare(write_project: Callable[..., Path]) -> None:
    kac = 'path = "kac.csv", id = "id", name = "name", lat = "lat", lon = "lon"'
    toml = f'[inputs]\nunits = "units.gpkg"\ninstitutions = {{ {kac} }}\n'
    toml += '[rules]\nhosts = ["institution"]\n[about]\nsynthetic = true\n'
    lat, lon = at(5, 5)
    project = write_project(toml=toml, kac_csv=f"id,name,lat,lon\n1,KAC,{lat},{lon}\n")
    page = report_of(vpvkac.analyse(vpvkac.load(project)))
    assert "Bibliotēku un pasta nodaļu dati nav norādīti." in page
    assert "VPVKAC saraksts nav norādīts" in page


# --- In the browser ------------------------------------------------------------------------------


@pytest.mark.browser
def test_the_report_asks_for_nothing_and_says_nothing(
    browser: WebDriver, page: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(page, encoding="utf-8")
    show(browser, file)
    asked = [address for address in requests(browser) if not address.startswith("data:")]
    assert asked == [file.as_uri()]
    assert console(browser) == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_its_window(
    browser: WebDriver, page: str, tmp_path: Path, width: int
) -> None:
    file = tmp_path / "report.html"
    file.write_text(page, encoding="utf-8")
    show(browser, file, width=width)
    assert browser.execute_script("return document.documentElement.scrollWidth") == width


@pytest.mark.browser
def test_a_count_is_not_broken_on_a_narrow_page(
    browser: WebDriver, page: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(page, encoding="utf-8")
    show(browser, file, width=420)
    lines = browser.execute_script("""
        const cells = [...document.querySelectorAll("#people-caption ~ * td.number")];
        return cells.map(cell => {
            const range = document.createRange();
            range.selectNodeContents(cell);
            return new Set([...range.getClientRects()].map(box => box.top)).size;
        });
    """)
    # The count, and the two ends of its band.
    assert max(lines) == 3
    assert len(lines) == 24


@pytest.mark.browser
def test_it_prints_on_a4_with_nothing_cut_off(
    browser: WebDriver, page: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(page, encoding="utf-8")
    between_margins = round((210 - 2 * 14) / 25.4 * 96)
    show(browser, file, width=between_margins)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    widest = browser.execute_script(
        "return Math.max(...[...document.querySelectorAll('table, figure, p')]"
        ".map(part => part.getBoundingClientRect().right))"
    )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert widest <= between_margins + 1


@pytest.mark.browser
@pytest.mark.parametrize("names", [NAMES[:3], NAMES[3:6], NAMES[5:]])
def test_hostile_names_show_as_written_and_break_nothing(
    browser: WebDriver, write_project: Callable[..., Path], tmp_path: Path, names: list[str]
) -> None:
    result = small_country(write_project, names=names)
    units = [(unit[0], names[number % 3], *unit[2:]) for number, unit in enumerate(UNITS)]
    write_units(tmp_path / "units.gpkg", units)
    project = replace(result.project, title=names[0])
    result = replace(vpvkac.analyse(vpvkac.load(tmp_path)), project=project)
    file = tmp_path / "report.html"
    file.write_text(report_of(result), encoding="utf-8")
    for width in (360, 1280):
        show(browser, file, width=width)
        assert browser.title.startswith("Pārskats")
        assert console(browser) == []
        assert [address for address in requests(browser) if "report.html" not in address] in (
            [],
            ["data:,"],
        )
        text = browser.execute_script("return document.body.textContent")
        assert all(typographic(name) in text for name in names)
        assert browser.execute_script("return document.documentElement.scrollWidth") == width
        assert browser.execute_script("return getComputedStyle(document.body).display") == "block"
    assert browser.execute_script("return document.scripts.length") == 0


# --- What index.html and the report begin with ------------------------------------------------


def marks_in(drawn: str) -> Counter[tuple[int, str, bool]]:
    """Count the marks of a map by corners, colour and whether they are solid."""
    found: Counter[tuple[int, str, bool]] = Counter()
    for mark in lxml.html.fromstring(drawn).xpath("./circle | ./polygon"):
        colour, rim = mark.get("fill"), mark.get("stroke")
        if mark.get("class") == "halo" or mark.get("stroke-dasharray"):
            continue
        corners = len((mark.get("points") or "").split())
        found[corners, rim or colour, rim is None] += 1
    return found


def test_the_map_has_a_mark_for_each_gap_by_kind_and_status(sample_result: Result) -> None:
    drawn, _ = national_map(sample_result)
    network = sample_result.network
    gaps = network[network["within"].eq(False) | network["uncertain"].eq(True)].fillna(
        {"within": True}
    )
    corners = {"centre": 0, "library": 4}
    expected = Counter(
        (corners[row.host], INK if row.within else ALERT, row.status == "existing")
        for row in gaps.itertuples()
    )
    # The dot of one that is announced.
    announced = gaps[gaps["status"] == "announced"]
    expected += Counter((0, INK if row.within else ALERT, True) for row in announced.itertuples())
    assert marks_in(str(drawn)) == expected
    assert sum(expected.values()) > 49


def test_the_front_page_says_where_the_guide_is(sample_result: Result) -> None:
    (path,) = re.findall(r"docs/[\w/]+\.md", front_page(sample_result))
    assert (ROOT / path).is_file()


def test_a_place_in_two_lists_is_counted_by_one_action(sample_result: Result) -> None:
    """Of which the front page and the gap lists say the same number."""
    twice = sample_result.gaps_access["place"].iloc[0]
    service = sample_result.gaps_service.copy()
    service.loc[service.index[0], "place"] = twice
    result = replace(sample_result, gaps_service=service)
    tables = tables_of(gaps_page(result, exact(result)))
    counts = tables["remedies"].column("Skaits")
    (heading,) = lxml.html.fromstring(front_page(result)).xpath("//h2[@id='steps']/text()")
    assert re.findall(r"\d+", heading) == [str(sum(map(int, counts)))] == ["72"]


@pytest.mark.parametrize(("day", "said"), [
    ("2027-03-31", "Lemj un ierosina pašvaldības, līdz 31.03.2027."),
    ("", "Lemj un ierosina pašvaldības. "),
])  # fmt: skip
def test_first_screens_say_who_acts_and_by_when(sample_result: Result, day: str, said: str) -> None:
    result = replace(sample_result, project=replace(sample_result.project, reply_by=day))
    tables = exact(result)
    for page in (front_page(result), report_page(result, tables), gaps_page(result, tables)):
        (link,) = lxml.html.fromstring(page).xpath("//a[.='Sākt ar pašvaldības lapu']")
        assert link.get("href") == "municipalities/index.html"
        assert link.getparent().text_content().startswith(said)


@pytest.mark.parametrize("make", [lambda result, _: front_page(result), report_page])
def test_what_to_do_counts_every_gap_of_the_lists_once(
    sample_result: Result, make: Callable[[Result, Any], str]
) -> None:
    page = lxml.html.fromstring(make(sample_result, exact(sample_result)))
    lists = (sample_result.gaps_access, sample_result.gaps_service, sample_result.gaps_coverage)
    asked = Counter(remedy for gaps in lists for remedy in gaps["remedy"])
    steps = page.xpath("//section[@class='steps']//li/a")
    shown = {unquote(step.get("href")): int(step.xpath("string(strong)")) for step in steps}
    assert shown == {
        f"gaps.html#remedy={words.REMEDIES[code].text('lv')}": count
        for code, count in asked.items()
    }
    (heading,) = page.xpath("//h2[@id='steps']/text()")
    assert re.findall(r"\d+", heading) == [str(sum(asked.values()))]
    # The number is a sum, whose parts stand below it.
    (parts,) = page.xpath("//h2[@id='steps']/following-sibling::p[1]/text()")
    assert re.findall(r"\d+", parts) == [str(len(gaps)) for gaps in lists]
    # They stand before the map, as a telephone shows them.
    figure = page.xpath("//figure[@class='national']")[0]
    order = list(page.iter())
    assert order.index(steps[-1]) < order.index(figure)
