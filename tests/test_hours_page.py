"""`vpvkac hours`: its table and its page, with what others wrote into names and hours."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from click.testing import CliRunner

import vpvkac
from browser import console, requests, show
from page_tables import number_of, tables_of
from plain_country import at
from test_pages_accessible import serious
from vpvkac.api.questions import Hours
from vpvkac.cli.main import main
from vpvkac.model.tables import TABLES
from vpvkac.questions.hours.files import write
from vpvkac.questions.hours.view import hours_page, terminal_lines

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

    from vpvkac.api.coverage import Result


pytestmark = pytest.mark.slow

CONTRACT = ("place", "unit", "hours", "weekly_h", "lunch_closed", "early", "evening", "saturday",
            "intensity_share")  # fmt: skip
TOML = """
[inputs]
units = "units.gpkg"
centres = { path = "centres.csv", id = "id", name = "name", lat = "lat", lon = "lon", hours = "h" }
libraries = { path = "books.csv", id = "id", name = "name", lat = "lat", lon = "lon", hours = "h" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f", regional = true }]
"""  # noqa: E501 - an inline table is one line
SCRIPT = "<script>document.title='ran'</script>"
PLACES = [
    ("a", SCRIPT, at(5, 15), "Mo-Fr 08:00-17:00; Sa 09:00-12:00"),
    ("b", "=cmd|'/c calc'!A1", at(5, 5), SCRIPT),
    ("c", '"{{ 7*7 }}" & co', at(15, 15), '=1+1 "quoted"'),
    ("d", "Plain", at(15, 5), ""),
    ("e", "Remark", at(16, 5), 'Mo 09:00-10:00 "pēc pieraksta"'),
]


def table_of(places: list[tuple[str, str, tuple[float, float], str]]) -> str:
    from io import StringIO

    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", "name", "lat", "lon", "h"])
    writer.writerows([key, name, *where, hours] for key, name, where, hours in places)
    return text.getvalue()


@pytest.fixture
def hostile(write_project: Callable[..., Path]) -> Path:
    books = [("l1", "Books", at(5, 16), "Tu 10:00-12:00"), ("l2", "No hours", at(5, 4), "")]
    return write_project(
        toml=TOML, centres_csv=table_of(PLACES), books_csv=table_of(books),
        stops_csv=table_of([("s", "Stop", at(5, 15.1), "")]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def sample_hours(sample_result: Result) -> Hours:
    return vpvkac.hours(sample_result)


def test_the_command_writes_both_files_and_leaves_others(hostile: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "report.html").write_text("of another command")
    asked = ["hours", str(hostile), "--out", str(out), "--all", "--lang", "en"]
    answer = CliRunner().invoke(main, asked)
    assert answer.exit_code == 0, answer.output
    assert sorted(file.name for file in out.iterdir()) == ["hours.csv", "hours.html", "report.html"]
    with (out / "hours.csv").open(encoding="utf-8", newline="") as opened:
        rows = {row["place"]: row for row in csv.DictReader(opened)}
    assert tuple(next(iter(rows.values()))) == TABLES["hours"].names
    assert TABLES["hours"].names[: len(CONTRACT)] == CONTRACT
    # The library with hours is in the table by --all; the one without is not.
    assert sorted(rows) == [*(f"centres:{key}" for key in "abcde"), "libraries:l1"]
    assert (
        rows["centres:a"] | {"weekly_h": "48.00", "early": "true", "saturday": "true"}
        == (rows["centres:a"])
    )
    assert rows["centres:b"]["hours"] == SCRIPT
    assert rows["centres:c"]["hours"] == '\'=1+1 "quoted"'
    assert [rows[f"centres:{key}"]["unknown"] for key in "abcde"] == [
        "", "not_understood", "not_understood", "no_hours", "not_told",
    ]  # fmt: skip
    assert rows["centres:d"]["weekly_h"] == rows["centres:d"]["early"] == ""
    # A remark alone does not say that it is open: nothing is sure, an hour is possible.
    assert rows["centres:e"]["weekly_h"] == rows["centres:e"]["early"] == ""
    assert rows["centres:e"]["weekly_h_least"] == "0.00"
    assert rows["centres:e"]["weekly_h_most"] == "1.00"
    assert rows["libraries:l1"]["weekly_h"] == "2.00"
    # A plain table of stops has no times.
    assert rows["centres:a"]["bus_unknown"] == "no_times"
    told = [line for line in answer.stderr.splitlines() if ", hours: " in line]
    assert len(told) == 3
    assert sum("is not in OSM opening_hours syntax" in line for line in told) == 2
    assert sum("cannot be told in part" in line for line in told) == 1
    assert "1 / 5" in answer.stdout


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_the_same_hours_give_the_same_bytes_in_each_language(
    sample_hours: Hours, tmp_path: Path, lang: Any
) -> None:
    hours = replace(sample_hours, lang=lang, result=replace(sample_hours.result, lang=lang))
    first = [file.read_bytes() for file in write(hours, tmp_path / "1", lang)]
    again = vpvkac.hours(replace(sample_hours.result, lang=lang))
    assert [file.read_bytes() for file in write(again, tmp_path / "2", lang)] == first
    assert all(len(content) < 1_000_000 for content in first)


def test_the_page_shows_the_numbers_of_the_tables(sample_hours: Hours) -> None:
    tables = tables_of(hours_page(sample_hours, sample_hours.lang))
    assert set(tables) == {
        "national", "open", "demand", "municipality", "to-weigh", "early", "no-bus",
    }  # fmt: skip
    assert [number_of(cell) for cell in tables["national"].column("Skaits")] == (
        sample_hours.national["count"].tolist()[:-2]
    )
    # Buses at one stop stay columns and are no headline.
    assert sample_hours.national["check"].tolist()[-2:] == ["bus_before", "bus_after"]
    assert tables["open"].row("9.00–10.00")["P."] == "122"
    assert tables["demand"].row("17.00–18.00")["Pk."] == "178"
    assert tables["demand"].row("18.00–19.00")["Pk."] == ""
    assert len(tables["municipality"].rows) == len(sample_hours.by_municipality)
    table = sample_hours.table
    open_at_both = (table["late_days"] > 0) & table["saturday"]
    assert len(tables["to-weigh"].rows) == (~open_at_both).sum()
    # The analysis asks about opening at 8-9: those that do are listed, not those that do not.
    assert len(tables["early"].rows) == (table["early_days"] > 0).sum() < len(table)
    no_bus = ~table["bus_before"] | ~table["bus_after"]
    assert len(tables["no-bus"].rows) == no_bus.sum()
    # No centre of the sample is without hours, and the page says so.
    assert "<p>Nav neviena.</p>" in hours_page(sample_hours, sample_hours.lang)


def test_the_page_tells_who_can_use_the_hours_where_it_was_asked(sample_hours: Hours) -> None:
    places = sorted(sample_hours.table["place"])
    table = pd.DataFrame({"place": places, "points": "existing"}).assign(
        appointments=13, appointments_bus=12, unused="14:30", residents_bus=1000,
        first="08:00", last="14:30",
        earlier_adds=pd.array([pd.NA, 7, *[0] * (len(places) - 2)], "Int64"),
        later_adds=pd.array([3, 0, *[0] * (len(places) - 2)], "Int64"),
    )  # fmt: skip
    asked = replace(sample_hours, usable=table)
    shown = tables_of(hours_page(asked, "en"))["usable"]
    assert len(shown.rows) == len(places)
    # First the centres at which an hour more adds most.
    assert shown.column("An hour earlier adds, residents")[:3] == ["7", "–", "0"]
    assert shown.column("An hour later adds, residents")[:3] == ["0", "3", "0"]
    assert set(shown.column("Of use to no one by bus")) == {"14:30"}
    lines = terminal_lines(asked, [], "en")
    assert any("by bus" in line and line.endswith("1464 / 1586") for line in lines)
    assert any("an hour more" in line and line.endswith("  2 / 122") for line in lines)
    assert not any("hour more" in line for line in terminal_lines(sample_hours, [], "en"))


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_nothing_counts_opening_at_eight_as_a_recommendation(
    sample_hours: Hours, lang: Any
) -> None:
    """The analysis asks whether 8-9 is needed (2.7); nobody can fail to follow a question."""
    hours = replace(sample_hours, lang=lang, result=replace(sample_hours.result, lang=lang))
    page = hours_page(hours, hours.lang).replace("\u00a0", " ")
    said = {
        "lv": ("vai darbs plkst. 8.00–9.00, kad pieprasījums ir viszemākais, ir nepieciešams",
               ("neatbilst", "iesaka")),
        "en": ("whether opening 8:00–9:00, when demand is lowest, is needed",
               ("do not follow", "recommend")),
    }  # fmt: skip
    sentence, never = said[lang]
    assert sentence in page
    # The terms at the foot of every page tell of other recommendations.
    body = page.split("</main>")[0]
    assert not any(word in body for word in never)
    # Whether a centre opens at 8-9 moves none of the list to weigh.
    table = sample_hours.table
    changed = replace(hours, table=table.assign(early=~table["early"], early_days=0))
    names = [row[0] for row in tables_of(hours_page(hours, hours.lang))["to-weigh"].rows]
    assert names == [
        row[0] for row in tables_of(hours_page(changed, changed.lang))["to-weigh"].rows
    ]


def test_synthetic_hours_are_compared_with_nothing(sample_hours: Hours) -> None:
    page = hours_page(sample_hours, sample_hours.lang)
    assert "Sintētiski parauga dati" in page
    assert "tāpēc ar publicētajiem skaitļiem tie nav salīdzināti" in page
    assert "99 no 120" not in page
    project = replace(sample_hours.result.project, synthetic=False)
    real = vpvkac.hours(replace(sample_hours.result, project=project))
    national = tables_of(hours_page(real, real.lang))["national"]
    beside = dict(zip(national.column("Kritērijs"), national.column("Analīzē (2020)"), strict=True))
    assert "99 no 120" in beside["Atvērts plkst. 8.00–9.00, vidēji darba dienā"]
    assert beside["Darba laiks ir zināms"] == "–"


def test_post_offices_that_publish_hours_measure_as_planted(
    sample_result: Result, truth: dict[str, Any]
) -> None:
    table = vpvkac.hours(sample_result, every_host=True).table.set_index("place")
    assert table["host"].value_counts().to_dict() == {"post_office": 607, "centre": 122}
    planted = {
        place: entry["hours"]
        for place, entry in truth["places"].items()
        if place in table.index and table["host"].eq("post_office")[place] and entry.get("hours")
    }
    assert len(planted) > 50
    for place, week in planted.items():
        minutes = sum(_minute(b) - _minute(a) for spans in week.values() for a, b in spans)
        assert table["weekly_h"][place] == pytest.approx(minutes / 60), place


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


@pytest.mark.browser
def test_the_page_is_accessible_quiet_and_runs_nothing(
    browser: WebDriver, hostile: Path, sample_hours: Hours, tmp_path: Path
) -> None:
    small = vpvkac.hours(vpvkac.analyse(vpvkac.load(hostile)))
    for name, hours, width in (
        ("sample", sample_hours, 360), ("sample", sample_hours, 1280), ("hostile", small, 800),
    ):  # fmt: skip
        file = tmp_path / f"{name}.html"
        file.write_text(hours_page(hours, hours.lang), encoding="utf-8")
        show(browser, file, width=width)
        assert browser.title.startswith("VPVKAC, kas atvērti")
        assert serious(browser) == []
        assert console(browser) == []
        assert [url for url in requests(browser) if not url.startswith(("file:", "data:"))] == []
        wide = "return document.documentElement.scrollWidth - innerWidth"
        assert browser.execute_script(wide) <= 0
