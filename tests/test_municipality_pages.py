"""Every municipality has a page that says what its tables say, and a workbook to send with it."""

from __future__ import annotations

import csv
import hashlib
import html
import itertools
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import lxml.html
import openpyxl
import pytest

from browser import pages_printed, show
from conftest import ROOT
from vpvkac.analysis.rounding import exact
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.files import write_municipalities
from vpvkac.questions.coverage.municipality import Parts, letter
from vpvkac.render.symbols import SHAPES
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import shown_metres
from vpvkac.views.gaps import AccessGap
from vpvkac.views.writer import Writer

if TYPE_CHECKING:
    from selenium.webdriver.chrome.webdriver import WebDriver

    from vpvkac.api.coverage import Result


pytestmark = pytest.mark.slow

RETURN = "Aizpildītās datnes lūdzam atsūtīt līdz 31.03.2027.; adresāts:"
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
            assert words.REMEDIES[gap.remedy].text("lv") in text
        for gap in sample_result.gaps_coverage.query("municipality == @code").itertuples():
            assert " ".join(gap.reason.replace("\u00a0", " ").split()) in text


def test_only_who_has_no_gap_at_all_reads_that_there_is_none(
    pages: Path, sample_result: Result
) -> None:
    """A municipality with no open centre has a gap, though its units may have none."""
    closed = sample_result.gaps_municipalities.set_index("municipality")["remedy"]
    none, quiet = "Nepilnību, par kurām jālemj, nav.", set()
    for code in sample_result.municipalities["municipality"]:
        letter = lxml.html.parse(pages / code / "index.html")
        (verdict,) = letter.xpath("//p[@class='verdict']")
        legend = letter.xpath("string(//dl[@class='legend'])").replace("\u00a0", " ")
        said = " ".join(verdict.text_content().replace("\u00a0", " ").split())
        sheet = openpyxl.load_workbook(pages / code / f"{code}.xlsx").worksheets[0]
        cells = [
            str(cell.value).replace("\u00a0", " ") for row in sheet.iter_rows() for cell in row
        ]
        assert said in cells
        assert ("Pašvaldībā nav neviena esoša VPVKAC:" in said) == (code in closed.index), code
        if code in closed.index:
            remedy = words.REMEDIES[closed[code]].text("lv")
            assert said.endswith(f": {words.lowered(remedy)}.")
        lists = (sample_result.gaps_access, sample_result.gaps_service, sample_result.gaps_coverage)
        of_units = any(gaps["municipality"].eq(code).any() for gaps in lists)
        assert said.endswith(none) == (not of_units and code not in closed.index), code
        text = text_of(pages / code / "index.html")
        assert ("tālāk minēto nepilnību" in text) == of_units
        beyond = sample_result.network.query("municipality == @code")["within"].eq(False).any()
        assert ("Tālāk par 700 m" in legend) == beyond, code
        if not of_units:
            quiet.add(code in closed.index)
    assert True in quiet


NOUNS = ("sasniedzamības nepilnības", "pietura ir tuvu, bet reisu maz", "pārklājuma nepilnības")


def rows_of(name: str, delimiter: str) -> list[dict[str, str]]:
    """Read a table of the sample as it stands."""
    with (ROOT / "data/sample" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_a_letter_counts_what_is_decided_and_surveyed(pages: Path, sample_result: Result) -> None:
    """As the sample's own decisions.csv and telpas.csv have it."""
    decided = {row["unit"] for row in rows_of("decisions.csv", ";")}
    answered = {
        row["vieta"] for row in rows_of("telpas.csv", ",") if {"jā", "nē"} & {*row.values()}
    }
    places, seen = sample_result.places[sample_result.places["host"].isin(["centre", "library"])], 0
    lists = (sample_result.gaps_access, sample_result.gaps_service, sample_result.gaps_coverage)
    for code in sample_result.municipalities["municipality"]:
        text = text_of(pages / code / "index.html")
        own_lists = [gaps.loc[gaps["municipality"] == code, "unit"].tolist() for gaps in lists]
        gaps, counts = [*itertools.chain(*own_lists)], [*map(len, own_lists)]
        done = sum(unit in decided for unit in gaps)
        kinds = [f"{noun}: {count}" for noun, count in zip(NOUNS, counts, strict=True) if count]
        parts = f" ({'; '.join(kinds)})" if len(kinds) > 1 else ""
        said = f"Nepilnības: {len(gaps)}{parts}; no tām ar lēmumu: {done}."
        assert (said in text) == bool(gaps), code
        left = re.search(r"Par (\d+) nepilnīb\w+ jāpieņem lēmums", text)
        assert int(left[1] if left else 0) == len(gaps) - done, code
        own = set(places.loc[places["municipality"] == code, "place"])
        sides = len(own & answered), len(own), len(own - answered)
        said = "telpas vismaz daļēji apsekotas: {} no {}; vēl jāapseko: {}.".format(*sides)
        assert said in text, code
        assert ("Aizpildītās datnes lūdzam atsūtīt" in text) == bool(left or sides[2]), code
        seen += done
    assert seen > 1


def test_letter_and_workbooks_say_by_when_and_to_whom_they_go(
    pages: Path, sample_result: Result
) -> None:
    (code, *_) = sample_result.gaps_access["municipality"]
    (contact,) = re.findall(
        r'^contact = "(.*)"$', (ROOT / "data/sample/vpvkac.toml").read_text("utf-8"), re.MULTILINE
    )
    letter = lxml.html.parse(pages / code / "index.html")
    (line,) = letter.xpath("//ul[@class='asked']/li[last()]")
    said = f"Aizpildītās datnes lūdzam atsūtīt līdz 31.01.2024.; adresāts: {contact}"
    assert " ".join(line.text_content().split()) == said
    assert line.xpath("a/@href") == [f"mailto:{contact}"]
    for name in (code, f"{code}_telpas"):
        sheet = openpyxl.load_workbook(pages / code / f"{name}.xlsx").worksheets[0]
        texts = [
            str(cell.value).replace("\u00a0", " ") for row in sheet.iter_rows() for cell in row
        ]
        assert sum(said in text for text in texts) == 1


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("", f"{RETURN} tas, no kā tās saņēmāt."),
        (
            "Anna <i>x</i>",
            f"{RETURN} Anna <i>x</i>",
        ),
    ],
)
def test_without_an_address_it_goes_to_the_sender_or_by_name(
    sample_result: Result, contact: str, line: str
) -> None:
    project = replace(sample_result.project, contact=contact, reply_by="2027-03-31")
    result = replace(sample_result, project=project)
    tables = exact(result)
    code = result.gaps_access["municipality"].iloc[0]
    row = tables["municipalities"].set_index("municipality", drop=False).loc[code]
    page = lxml.html.fromstring(letter(Parts.of(result, tables), row).of_run())
    (said,) = page.xpath("//ul[@class='asked']/li[last()]")
    assert " ".join(said.text_content().replace("\u00a0", " ").split()) == line
    assert said.xpath("a | .//i") == []


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
    sheets = ("network", "gaps_access", "gaps_service", "gaps_coverage", "places", "units",
              "worst_off", "standards")  # fmt: skip
    for name in sheets:
        sheet = book[TABLES[name].title.text("lv")]
        own = tables[name].query("municipality == @code")
        assert sheet.max_row == max(len(own), 1) + 1
        assert len(own) or sheet["A2"].value == "Šādu rindu nav."
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
    """1, 2, 3 … within its municipality, in the order of the national lists."""
    lists = [getattr(sample_result, name) for name in
             ("gaps_access", "gaps_service", "gaps_coverage")]  # fmt: skip
    seen = 0
    for code, network in sample_result.network.groupby("municipality"):
        units = [unit for gaps in lists for unit in gaps.loc[gaps["municipality"] == code, "unit"]]
        names = network.set_index("unit").loc[units, "unit_name"].tolist()
        expected = [(str(number), name) for number, name in enumerate(names, 1)]
        tree = lxml.html.parse(pages / str(code) / "index.html").getroot()
        assert tree.xpath("//svg//text/text()") == [number for number, _ in expected]
        listed = [(title.xpath("string(span)"), title.xpath("string(bdi[1])"))
                  for title in tree.xpath("//ol[@class='gaps']/li/h3")]  # fmt: skip
        tinted = [(number, row.xpath("string(th/bdi)"))
                  for row in tree.xpath("//table//tr[@class='gap']")
                  for number in row.xpath("th/span/text()")]  # fmt: skip
        assert len(tree.xpath("//table[@class='units']//tbody/tr")) == len(network)
        sheet = openpyxl.load_workbook(pages / str(code) / f"{code}.xlsx").worksheets[0]
        in_book = [(str(row[0].value), row[1].value) for row in sheet.iter_rows()
                   if isinstance(row[0].value, int)]  # fmt: skip
        assert listed == sorted(tinted, key=lambda row: int(row[0])) == expected
        assert list(dict.fromkeys(in_book)) == expected
        seen += len(listed)
    assert seen == sum(map(len, lists))


def test_numbers_on_a_plan_do_not_cover_one_another(pages: Path) -> None:
    for page in pages.glob("*/index.html"):
        tree = lxml.html.parse(page).getroot()
        discs = [tuple(float(disc.get(of)) for of in ("cx", "cy", "r"))
                 for disc in tree.xpath("//svg//circle[@class='disc']")]  # fmt: skip
        for (x, y, r), (other_x, other_y, _) in itertools.combinations(discs, 2):
            assert math.hypot(x - other_x, y - other_y) >= 2 * r


def test_telephone_and_e_mail_are_links_only_where_they_are_plain(sample_result: Result) -> None:
    write = Writer.of(sample_result)
    table = exact(sample_result)["gaps_access"].head(1)
    given = {
        ("+371 67 000000", "a.b@c.lv"): ["tel:+37167000000", "mailto:a.b@c.lv"],
        ("67000000; 26000000", ""): ["tel:+37167000000", "tel:+37126000000"],
        ("javascript:alert(1)", "x@y?subject=z"): [],
        ("tel. 6700", "a@b.lv, c@d.lv"): [],
        ("", '"><script>'): [],
    }
    for (phone, email), hrefs in given.items():
        (gap,) = AccessGap.of(table.assign(phone=phone, email=email), write)
        assert [part.href for part in gap.contacts if not isinstance(part, str)] == hrefs


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
        gaps = plan.count('class="disc"')
        assert plan.count("<path") == len(network)
        assert plan.count("<text") == gaps
        points = network.dropna(subset=["place"])
        # Beyond reach a halo, uncertain a dashed ring, announced a dot.
        beyond, unsure = ~points["within"].astype(bool), points["uncertain"].astype(bool)
        assert plan.count('class="halo"') == beyond.sum()
        plan = re.sub(r'<\w+ [^<]*class="halo"[^<]*', "", plan)
        more = unsure.sum() + (points["status"] == "announced").sum()
        corners = [len(form.split()) for form in re.findall(r'<polygon points="([^"]*)"', plan)]
        assert plan.count("<circle") + len(corners) == len(points) + more + gaps
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


@pytest.mark.browser
def test_a_letter_is_two_sheets_and_begins_with_the_answer(
    browser: WebDriver, pages: Path, sample_result: Result
) -> None:
    """Verdict, what is asked, the four figures; what else is told of residents comes last."""
    for code in sample_result.municipalities["municipality"]:
        show(browser, pages / code / "index.html")
        assert pages_printed(browser) <= 2, code
        tree = lxml.html.parse(pages / code / "index.html").getroot()
        before = [part.get("class") for part in tree.xpath("(//main//dl)[1]/preceding-sibling::*")]
        reasons = sample_result.gaps_municipalities["municipality"].eq(code).sum()
        # Behind the verdict what is asked, by when and of whom.
        assert before == ["verdict", "asked", *["note"] * reasons]
        headings = tree.xpath("//main/section/@aria-labelledby")
        assert headings.index("context") > headings.index("units-table-caption")
