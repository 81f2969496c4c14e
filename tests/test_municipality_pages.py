"""Every municipality has a page that says what its tables say, and a workbook to send with it."""

from __future__ import annotations

import hashlib
import html
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lxml.html
import openpyxl
import pytest

from page_tables import tables_of
from vpvkac.analysis.rounding import exact
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.files import write_municipalities
from vpvkac.render.symbols import SHAPES
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import shown_metres

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result


pytestmark = pytest.mark.slow

_TAG = re.compile(r"<[^>]+>")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, sample_result: Result) -> Path:
    """Write the sample's municipalities once."""
    folder = tmp_path_factory.mktemp("out") / "municipalities"
    write_municipalities(folder, sample_result, exact(sample_result))
    return folder


def text_of(page: Path) -> str:
    """Give what a reader sees."""
    bare = html.unescape(_TAG.sub(" ", page.read_text(encoding="utf-8")))
    return " ".join(bare.replace("\u00a0", " ").split())


def test_every_municipality_has_a_page_and_a_workbook(pages: Path, sample_result: Result) -> None:
    for code in sample_result.municipalities["municipality"]:
        assert (pages / code / "index.html").is_file()
        assert (pages / code / f"{code}.xlsx").is_file()
    assert len(list(pages.iterdir())) == 42 + 1


def test_the_index_leads_to_every_page_and_workbook(pages: Path, sample_result: Result) -> None:
    links = set(re.findall(r'href="([^"]+)"', (pages / "index.html").read_text(encoding="utf-8")))
    for code in sample_result.municipalities["municipality"]:
        assert {f"{code}/index.html", f"{code}/{code}.xlsx"} <= links
    local = [link for link in links if not link.startswith(("../", "#", "data:"))]
    assert all((pages / link).is_file() for link in local)


def test_a_page_names_every_unit_point_and_gap(pages: Path, sample_result: Result) -> None:
    for code in sample_result.municipalities["municipality"]:
        text = text_of(pages / code / "index.html")
        network = sample_result.network.query("municipality == @code")
        for name in [*network["unit_name"], *network["place_name"].dropna()]:
            assert " ".join(name.split()) in text
        for gap in sample_result.gaps_access.query("municipality == @code").itertuples():
            assert " ".join(gap.reason.replace("\u00a0", " ").split()) in text
            assert words.lowered(words.REMEDIES[gap.remedy].text("lv")) in text
        for gap in sample_result.gaps_coverage.query("municipality == @code").itertuples():
            assert " ".join(gap.reason.replace("\u00a0", " ").split()) in text


def test_a_gap_says_whom_to_ask(pages: Path, sample_result: Result) -> None:
    gaps = sample_result.gaps_access
    centre = gaps[(gaps["host"] == "centre") & (gaps["remedy"] == "ask_for_stop")].iloc[0]
    text = text_of(pages / centre["municipality"] / "index.html")
    assert centre["phone"] in text
    assert centre["email"] in text
    assert "Autotransporta direkcija" in text


def test_a_page_says_how_to_report_a_wrong_place(pages: Path, sample_result: Result) -> None:
    code = sample_result.municipalities["municipality"].iloc[0]
    text = text_of(pages / code / "index.html")
    assert "Ja vieta vai adrese nav pareiza" in text
    assert "Sintētiski parauga dati" in text


def test_the_workbook_holds_the_same_tables(pages: Path, sample_result: Result) -> None:
    tables = exact(sample_result)
    code = sample_result.municipalities.nlargest(1, "points_beyond")["municipality"].iloc[0]
    book = openpyxl.load_workbook(pages / code / f"{code}.xlsx")
    for name in ("network", "gaps_access", "gaps_service", "gaps_coverage", "places", "units"):
        sheet = book[TABLES[name].title.text("lv")]
        own = tables[name].query("municipality == @code")
        assert sheet.max_row == len(own) + 1
    network = tables["network"].query("municipality == @code").set_index("unit")
    header: list[Any] = [cell.value for cell in book[TABLES["network"].title.text("lv")][1]]
    unit, metres = header.index("Teritoriālās vienības kods"), header.index("Attālums pa taisni, m")
    rows = list(book[TABLES["network"].title.text("lv")].iter_rows(min_row=2, values_only=True))
    assert {row[unit]: row[metres] for row in rows} == {
        code: float(shown_metres(away, 700)) for code, away in network["distance_m"].items()
    }


def test_a_gap_has_one_number_on_page_plan_and_in_the_workbook(
    pages: Path, sample_result: Result
) -> None:
    """That of its unit in the table; the rank in the national list goes by another name."""
    seen = 0
    for code, network in sample_result.network.groupby("municipality"):
        tree = lxml.html.parse(pages / str(code) / "index.html").getroot()
        table = tables_of((pages / str(code) / "index.html").read_text("utf-8"))["units-table"]
        number_of = dict(zip(table.column("Teritoriālā vienība"), table.column("Nr."), strict=True))
        assert list(number_of) == sorted(network["unit_name"], key=collation_key)
        assert tree.xpath("//svg//text/text()") == list(number_of.values())
        titles = [title.text_content() for title in tree.xpath("//ul[@class='gaps']/li/h3")]
        listed = [title.partition(" – ")[0] for title in titles]
        book = openpyxl.load_workbook(pages / str(code) / f"{code}.xlsx")
        in_book = []
        for name in ("gaps_access", "gaps_service", "gaps_coverage"):
            head, *rows = book[TABLES[name].title.text("lv")].values
            assert head[:2] == ("Nr.", "Nr. valsts sarakstā")
            in_book += [f"{row[0]}. {row[head.index('Teritoriālā vienība')]}" for row in rows]
        assert listed == in_book
        assert all(
            number_of[title.partition(". ")[2]] == title.partition(".")[0] for title in listed
        )
        seen += len(listed)
    assert seen == sum(len(getattr(sample_result, name)) for name in
                       ("gaps_access", "gaps_service", "gaps_coverage"))  # fmt: skip


def test_the_workbook_is_sorted_and_worded_as_the_pages_are(
    pages: Path, sample_result: Result
) -> None:
    result = sample_result
    owners = result.municipalities.set_index("municipality")["municipality_name"]
    for code in result.municipalities["municipality"]:
        book = openpyxl.load_workbook(pages / code / f"{code}.xlsx")
        for name, column in (("network", "Teritoriālā vienība"), ("places", "Nosaukums"),
                             ("units", "Teritoriālā vienība")):  # fmt: skip
            head, *rows = book[TABLES[name].title.text("lv")].values
            names = [row[head.index(column)] for row in rows]
            assert names == sorted(names, key=collation_key)
        head, *rows = book[TABLES["places"].title.text("lv")].values
        told = [dict(zip(head, row, strict=True)) for row in rows]
        assert {row["Īpašnieks (pašvaldība)"] for row in told} <= {*owners, None}
        hours = [row["Darba laiks"] for row in told if row["Darba laiks"]]
        assert not [text for text in hours if re.search("Mo|Tu|We|Th|Fr|[0-9]:[0-9]", text)]
        assert {row["Statuss"] for row in told} <= {
            text.text("lv") for text in words.PLACE_STATUSES.values()
        }


def test_pages_keep_their_budget_and_ask_for_nothing(pages: Path) -> None:
    for page in pages.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert len(text.encode()) <= 500_000
        assert "<script" not in text
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)


def test_the_plan_draws_every_unit_and_point_once(pages: Path, sample_result: Result) -> None:
    for code in sample_result.municipalities["municipality"]:
        plan = (pages / code / "index.html").read_text(encoding="utf-8")
        plan = plan[plan.index("<svg") : plan.index("</svg>")]
        network = sample_result.network.query("municipality == @code")
        assert plan.count("<path") == len(network)
        assert plan.count("<text") == len(network)
        points = network.dropna(subset=["place"])
        rings = (~points["within"].astype(bool) | points["uncertain"].astype(bool)).sum()
        corners = [len(form.split()) for form in re.findall(r'<polygon points="([^"]*)"', plan)]
        assert plan.count("<circle") + len(corners) == len(points) + rings
        forms = [SHAPES[host].corners for host in points["host"] if SHAPES[host].corners]
        assert sorted(corners) == sorted(forms)


def test_pages_and_workbooks_have_the_same_bytes_again(
    pages: Path, tmp_path: Path, sample_result: Result
) -> None:
    again = tmp_path / "again"
    write_municipalities(again, sample_result, exact(sample_result))
    for file in pages.rglob("*.*"):
        other = again / file.relative_to(pages)
        assert (
            hashlib.sha256(file.read_bytes()).digest()
            == hashlib.sha256(other.read_bytes()).digest()
        )
