"""Figures agree: what all outputs show of a quantity is one text, rounded once.

The outputs of the sample and of a country whose figures lie at the edges of rounding are
read back (`shown_facts`), sentences included, and held against one another and against
decimal arithmetic on the distances that were planted.
"""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import lxml.html
import pytest

import edge_country
import vpvkac
from page_tables import tables_of
from shown_facts import Fact, Reader, contradictions, everything, plain
from vpvkac.api.questions import explain
from vpvkac.questions.compare.view import metres_of, value_of
from vpvkac.questions.coverage.view import headline
from vpvkac.texts import words

if TYPE_CHECKING:
    from edge_country import Planted
    from vpvkac.api.coverage import Result
    from vpvkac.texts.message import Lang

pytestmark = pytest.mark.slow

_EXPLAINED = 10


def read(result: Result, folder: Path) -> Reader:
    """Read back all that was written of a result."""
    reader = Reader(folder, result.lang, result.threshold_m)
    reader.read_headline(headline(result))
    beyond = result.network[result.network["within"].eq(other=False)]["unit"]
    for unit in (*beyond[:_EXPLAINED], *result.network["unit"][:_EXPLAINED]):
        reader.read_explained(unit, str(explain(result, unit, result.lang)))
    assert list(everything(reader))
    return reader


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Planted]]:
    folder = tmp_path_factory.mktemp("edges")
    return folder, edge_country.write(folder)


@pytest.fixture(scope="module")
def edges(planted: tuple[Path, list[Planted]]) -> Reader:
    folder, _ = planted
    result = vpvkac.analyse(vpvkac.load(folder))
    result.write(folder / "out")
    return read(result, folder / "out")


@pytest.fixture(scope="module", params=["lv", "en"])
def sample(
    request: pytest.FixtureRequest, sample_result: Result, sample_out: Path, sample_out_en: Path
) -> Reader:
    lang: Lang = request.param
    return read(sample_result.in_language(lang), sample_out if lang == "lv" else sample_out_en)


def shown_metres(mm: int, limit_mm: int) -> str:
    """Say a distance as it should be shown: the oracle."""
    metres = Decimal(mm) / 1000
    whole = metres.quantize(Decimal(1), ROUND_HALF_UP)
    if mm > limit_mm and whole * 1000 <= limit_mm:
        return f"{metres.quantize(Decimal('0.1'), ROUND_CEILING)} m".replace(".", ",")
    return f"{whole} m"


def shown_share(part: int, whole: int) -> str:
    tenths = (Fraction(1000 * part, whole) + Fraction(1, 2)) // 1
    return f"{Decimal(tenths) / 10:f} %".replace(".", ",").replace(",0 ", " ")


def test_nothing_of_the_sample_is_shown_as_two_numbers(sample: Reader) -> None:
    assert contradictions(sample.facts) == {}


def test_nothing_at_the_edges_of_rounding_is_shown_as_two_numbers(edges: Reader) -> None:
    assert contradictions(edges.facts) == {}


def test_every_output_was_read(sample: Reader) -> None:
    """A reader that finds nothing would agree with everything."""
    found = Counter((fact.quantity, fact.where.partition(",")[0]) for fact in sample.facts)
    for quantity, where, least in (
        ("distance", "report", 10), ("distance", "gaps.html", 68), ("distance", "gaps.xlsx", 100),
        ("distance", "map.html", 1000), ("distance", "explain", 25),
        ("distance", "maps/centre_stops.html", 100), ("over", "map.html", 90),
        ("over", "gaps.html", 49), ("alternative", "gaps.html", 11), ("criterion", "terminal", 20),
        ("criterion", "report", 45), ("criterion", "gaps.xlsx", 45), ("walk", "map.html", 500),
        ("criterion", "maps/network.html", 5), ("nearest", "map.html", 8),
        ("nearest", "gaps.xlsx", 8), ("area", "map.html", 580), ("area", "gaps.html", 10),
    ):  # fmt: skip
        assert found[quantity, where] >= least, (quantity, where, found[quantity, where])
    numbers = [fact for fact in sample.facts if fact.quantity == "number"]
    assert {fact.where.rpartition(", ")[2] for fact in numbers} >= {"table", "list"}
    assert any(".xlsx" in fact.where for fact in numbers)


def test_two_texts_of_one_quantity_are_found() -> None:
    """The check itself can fail."""
    facts = [Fact("distance", "a", text, text) for text in ("2305 m", "2306 m")]
    assert contradictions(facts) == {
        ("distance", "a"): {"2305 m": ["2305 m"], "2306 m": ["2306 m"]}
    }


def test_planted_distances_are_shown_as_decimal_arithmetic_says(
    edges: Reader, planted: tuple[Path, list[Planted]]
) -> None:
    told = {
        (fact.quantity, fact.subject): fact.text
        for fact in edges.facts
        if fact.quantity in ("distance", "over")
    }
    _, libraries = planted
    assert sum(one.mm % 1000 in range(450, 500) for one in libraries) > 400
    for one in libraries:
        place = edges.network[one.unit]["place"]
        text = shown_metres(one.mm, 700_000)
        assert told["distance", place] == text, one
        if one.mm > 700_000:
            over = Decimal(text.removesuffix(" m").replace(",", ".")) - 700
            assert told["over", place] == f"{over} m".replace(".", ","), one


def test_csv_and_geopackage_keep_a_tenth_and_their_side_of_the_threshold(
    edges: Reader, planted: tuple[Path, list[Planted]]
) -> None:
    layer = gpd.read_file(edges.folder / "coverage.gpkg", layer="network", ignore_geometry=True)
    in_layer = layer.set_index("unit")["distance_m"]
    for one in planted[1]:
        text = edges.network[one.unit]["distance_m"]
        assert abs(Decimal(text) * 1000 - one.mm) <= (100 if one.mm > 700_000 else 50), one
        assert (Decimal(text) > 700) == (one.mm > 700_000), one
        assert f"{in_layer[one.unit]:.1f}" == text


def test_planted_shares_are_shown_as_whole_numbers_divide(edges: Reader) -> None:
    told = {fact.subject: fact.text for fact in edges.facts if fact.quantity == "criterion"}
    wanted = shown_share(edge_country.WITHIN_700, edge_country.LIBRARIES)
    assert wanted == "91 %"
    for code in ("points_within_share", "libraries_within_share", "libraries_chosen_within_share"):
        assert told[code] == wanted
    summary = {row["criterion"]: row for row in edges.csv("summary")}
    assert summary["points_within_share"]["value"] == "0.9105"
    assert [summary["points_within_share"][name] for name in ("part", "whole")] == ["417", "458"]


def test_a_comparison_of_earlier_runs_shows_what_they_showed(
    edges: Reader, planted: tuple[Path, list[Planted]], tmp_path: Path
) -> None:
    folder, libraries = planted
    wider = vpvkac.analyse(vpvkac.load(folder).with_rules(threshold_m=800))
    wider.write(tmp_path / "wider")
    first, second = vpvkac.load_run(edges.folder), vpvkac.load_run(tmp_path / "wider")
    vpvkac.compare(first, second).write(tmp_path / "compared")
    tables = tables_of((tmp_path / "compared/compare.html").read_text(encoding="utf-8"))

    row = tables["criteria"].row("Kontaktpunkti 700 m / 800 m robežās no pieturas, %")
    assert [row["A"], row["B"]] == ["91 %", "93,4 %"]
    assert row["Starpība (B − A)"] == "+2,4 p. p."
    gained = tables["gained-reach"]
    by_unit = {edges.network[one.unit]["unit_name"]: one for one in libraries}
    assert len(gained.rows) == edge_country.WITHIN_800 - edge_country.WITHIN_700
    for cells in gained.rows:
        told = dict(zip(gained.columns, cells, strict=True))
        one = by_unit[told["Teritoriālā vienība"]]
        assert told["A"].endswith(f", {shown_metres(one.mm, 700_000)}")
        assert told["B"].endswith(f", {shown_metres(one.mm, 800_000)}")


def test_an_earlier_run_that_keeps_less_is_not_shown_as_more(edges: Reader, tmp_path: Path) -> None:
    """A run of before 0.9: four decimals and 0.1 m are all that is known of it."""
    import shutil

    folder = tmp_path / "out"
    shutil.copytree(edges.folder, folder)
    summary = folder / "summary.csv"
    lines = [line.rsplit(",", 2)[0] for line in summary.read_text(encoding="utf-8").splitlines()]
    summary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(folder / "coverage.gpkg")) as layers, layers:
        layers.execute("DROP TABLE stops")
        layers.execute("DELETE FROM gpkg_contents WHERE table_name = 'stops'")
    run = vpvkac.load_run(folder)
    share = {"criterion": "points_within_share", "measure": "share"}
    assert value_of(run, share, 0.9105).text("lv") == "91,05\u00a0%"
    assert value_of(run, share, 0.9104).text("lv") == "91\u00a0%"
    metres = partial(metres_of, run, "LV9000000")
    assert metres(2305.5).text("lv") == "2305,5\u00a0m"
    assert metres(2305.4).text("lv") == "2305\u00a0m"
    assert metres(700.1).text("lv") == "700,1\u00a0m"


def test_counts_of_the_legend_are_those_of_the_lists(sample: Reader) -> None:
    tree = lxml.html.document_fromstring(sample.page("map.html"))
    legend = {plain(item.text_content()): item for item in tree.xpath("//*[@class='legend']//li")}
    counted = {label: plain(item.findtext("b") or "") for label, item in legend.items()}
    beyond = words.beyond_reach(sample.lang, 700)
    (count,) = [text for label, text in counted.items() if label.startswith(plain(beyond))]
    points = [row for row in sample.network.values() if row["within"] == "false"]
    assert count == str(len(points))
    # The page holds its panel in the other language too.
    listed = tree.xpath("//details[@id='gap-list']")[0]
    title = plain("".join(listed.xpath("summary/text() | summary/b/text()")))
    notes = [plain(line.text_content()) for line in listed.xpath("summary/span | p")]
    access, service, coverage = (
        sample.csv(f"gaps_{name}") for name in ("access", "service", "coverage")
    )
    rare = {row["place"] for row in service} - {row["place"] for row in access}
    parts = [len(access), len(rare), len(coverage)]
    assert title.endswith(f"({sum(parts)})")
    said = [int(number) for number in _numbers(notes[0])]
    assert said == parts
    others = _numbers(notes[1].replace("700 m", ""))
    assert sum(map(int, others)) == len(access)
    assert others[0] == count
    decided = {row["place"] for row in (*access, *service) if row["decision"]}
    label = {"lv": "Kontaktpunkti, par kuru nepilnību ir lēmums", "en": "Points with a decision"}
    (shown,) = [text for name, text in counted.items() if name.startswith(label[sample.lang])]
    assert shown == str(len(decided))
    for page in ("report.html", "gaps.html"):
        text = plain(lxml.html.document_fromstring(sample.page(page)).text_content())
        wanted = {"lv": f"ir lēmums: kontaktpunkti – {shown};", "en": f"points: {shown};"}
        assert wanted[sample.lang] in text


def _numbers(text: str) -> list[str]:
    import re

    return re.findall(r"(?<![0-9,])[0-9]+(?![0-9,])", text)


def test_every_share_of_the_workbook_is_a_per_cent(sample: Reader) -> None:
    import openpyxl

    from spreadsheet import displayed

    sheet = openpyxl.load_workbook(sample.folder / "gaps.xlsx").worksheets[2]
    shares = [row for row in sample.csv("summary") if row["measure"].startswith("share")]
    shown = [displayed(row[1], sample.lang) for row in sheet.iter_rows(min_row=2)]
    assert sum(text.endswith("%") for text in shown) == len(shares)


def test_run_json_counts_the_rows_that_the_report_counts(sample: Reader) -> None:
    import json

    inputs: list[dict[str, Any]] = json.loads(sample.page("run.json"))["inputs"]
    tables = tables_of(sample.page("report.html"))
    text = plain(" ".join(" ".join(row) for table in tables.values() for row in table.rows))
    for one in inputs:
        rows = f"{one['rows_read']:,}".replace(",", " ") if one["rows_read"] >= 10_000 else str(
            one["rows_read"]
        )  # fmt: skip
        assert rows in text, one["file"]
