"""Premises: the rows of table 30, the sheet sent back, and candidates compared in plain loops."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

import vpvkac
from page_tables import tables_of
from plain_country import at, beside, rows
from vpvkac.analysis.premises import _first_better, with_compliance
from vpvkac.model.faults import InputError
from vpvkac.model.project import TABLE_30, Rules
from vpvkac.questions.coverage.premises import premises_section
from vpvkac.sources.plain import REQUIREMENTS
from vpvkac.views.page import Table
from vpvkac.views.premises import upstairs_lines
from vpvkac.views.writer import Writer

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result
    from vpvkac.texts.message import Lang

TOML = """
[inputs]
units = "units.gpkg"
centres = { path = "centres.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
libraries = { path = "libraries.csv", id = "id", name = "name", address = "adrese", lat = "lat", \
lon = "lon" }
stops = [ { path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "x" } ]
%s
"""
FILES = {
    "centres_csv": rows("id,name,lat,lon", (1, "Dienvidu VPVKAC", *at(5, 5))),
    "libraries_csv": rows(
        "id,name,adrese,lat,lon",
        (1, "Pilsētas bibliotēka", '"Liela iela 1, 2. stāvs"', *at(15, 5)),
        (2, "Bērnu bibliotēka", "Liela iela 2", *at(15, 6)),
        (3, "Ziemeļu bibliotēka", "Maza iela 3", *at(5, 15)),
    ),
    "stops_csv": rows("id,name,lat,lon", (1, "A", *beside(*at(15, 5), 100.0))),
}
KINDS = {"1.1": "utilities", "1.2": "step_free", "2.1": "desk_kinds", "2.2": "desk_apart",
         "3.1": "public_computer", "3.2": "printing", "3.3": "specialist_desk",
         "3.4": "card_terminal", "3.5": "queue_machine", "4.1": "signs", "4.2": "leaflets",
         "5.1": "video", "5.2": "covid_rules", "6.1": "parking"}  # fmt: skip


@pytest.fixture
def analysed(write_project: Callable[..., Path]) -> Callable[..., Result]:
    def analyse(more: str = "", **files: str) -> Result:
        project = write_project(toml=TOML % more, **{**FILES, **files})
        return vpvkac.analyse(vpvkac.load(project), lang="lv")

    return analyse


def fill(path: Path, answers: dict[str, dict[str, str]]) -> None:
    """Answer in the sheet as an office would: by the number of the row and the key of the place."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    heading = next(row for row in sheet.iter_rows() if any(
        str(cell.value or "").startswith("3.1 ") for cell in row))  # fmt: skip
    columns = {str(cell.value)[:3]: cell.column for cell in heading}
    for row in sheet.iter_rows(min_row=heading[0].row + 1):
        for number, answer in answers.get(str(row[0].value), {}).items():
            sheet.cell(row[0].row, columns[number]).value = answer
    book.save(path)


def test_the_sheets_of_a_run_read_back_as_the_checklist(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    analysed().write(tmp_path / "out")
    sheets = {path.name[:9]: path for path in (tmp_path / "out").rglob("*_telpas.xlsx")}
    assert set(sheets) == {"LV9000000", "LV9001000", "LV9000210"} & set(sheets)
    assert len(sheets) >= 2
    given = {
        "libraries:1": {row: ("jā", "nē", "nav zināms")[n % 3] for n, row in enumerate(KINDS)},
        "libraries:3": {"1.2": "Jā", "6.1": "nē"},
        "centres:1": {"3.4": "nē"},
    }
    folder = tmp_path / "telpas"
    folder.mkdir()
    for path in sheets.values():
        fill(path, given)
        path.rename(folder / path.name)
    result = analysed(f'suitability = "{folder}"')
    places = result.places.set_index("place")
    for place, answers in given.items():
        told = {KINDS[number]: {"jā": "yes", "nē": "no"}.get(answer.casefold(), "unknown")
                for number, answer in answers.items()}  # fmt: skip
        expected = [told.get(name, "unknown") for name in REQUIREMENTS]
        assert places.loc[place, list(REQUIREMENTS)].tolist() == expected
    assert (places.loc["libraries:2", list(REQUIREMENTS)] == "unknown").all()
    # What was answered stands in the next sheet to be filled in.
    result.write(tmp_path / "again")
    again = tmp_path / "twice"
    again.mkdir()
    for path in (tmp_path / "again").rglob("*_telpas.xlsx"):
        path.rename(again / path.name)
    twice = analysed(f'suitability = "{again}"').places
    pd.testing.assert_frame_equal(twice[list(REQUIREMENTS)], result.places[list(REQUIREMENTS)])


def test_a_bad_answer_and_a_place_twice_are_named_with_file_sheet_and_row(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    analysed().write(tmp_path / "out")
    first = next(path for path in sorted((tmp_path / "out").rglob("*_telpas.xlsx"))
                 if "libraries:1" in keys(path))  # fmt: skip
    fill(first, {"libraries:1": {"3.1": "varbūt"}})
    folder = tmp_path / "telpas"
    folder.mkdir()
    (folder / "a.xlsx").write_bytes(first.read_bytes())
    (folder / "b.xlsx").write_bytes(first.read_bytes())
    with pytest.raises(InputError) as caught:
        analysed(f'suitability = "{folder}"')
    said = [str(fault) for fault in caught.value.faults]
    assert sum("varbūt" in one for one in said) == 2
    assert any("b.xlsx" in one and "libraries:" in one for one in said)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "text.xlsx").write_text("no workbook", encoding="utf-8")
    with pytest.raises(InputError):
        analysed(f'suitability = "{empty}"')


def test_everything_wrong_with_what_was_sent_back_is_told_at_once(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    analysed().write(tmp_path / "out")
    first = next(path for path in sorted((tmp_path / "out").rglob("*_telpas.xlsx"))
                 if "libraries:1" in keys(path))  # fmt: skip
    folder = tmp_path / "telpas"
    folder.mkdir()
    book = openpyxl.load_workbook(first)
    sheet = book.worksheets[0]
    head = next(row[0].row for row in sheet.iter_rows() if str(row[6].value).startswith("1.1 "))
    sheet.cell(head, 8).value = "1.1 vēlreiz"
    sheet.cell(head + 1, 1).value, sheet.cell(head + 1, 7).value = None, "jā"
    sheet.cell(head + 2, 1).value, sheet.cell(head + 2, 7).value = "libraries:99", "varbūt"
    book.save(folder / "A.XLSX")
    (folder / "b.xlsx").write_bytes(b"PK")
    (folder / "c.ods").write_bytes(b"")
    (folder / "~$A.xlsx").write_bytes(b"")
    with pytest.raises(InputError) as caught:
        analysed(f'suitability = "{folder}/"')
    name = f"{folder}/A.XLSX/{sheet.title}"
    told = {(fault.level, fault.file, fault.row) for fault in caught.value.faults}
    assert told >= {
        ("error", name, head), ("error", name, head + 1), ("error", name, head + 2),
        ("error", f"{folder}/b.xlsx", None), ("warning", f"{folder}/c.ods", None),
    }  # fmt: skip
    assert not any("~$" in fault.file for fault in caught.value.faults)


def test_a_cell_to_fill_in_takes_what_is_typed(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    """A date's format would turn the 1 of an answer into New Year's Eve of 1899."""
    analysed().write(tmp_path / "out")
    for path in (tmp_path / "out").rglob("*_telpas.xlsx"):
        for row in openpyxl.load_workbook(path).worksheets[0].iter_rows():
            assert {cell.number_format for cell in row} == {"General"}


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_each_column_says_in_full_what_it_asks(
    analysed: Callable[..., Result], tmp_path: Path, lang: Lang
) -> None:
    """Beside the cell, where Excel shows no more than 255 letters; printed, on two pages of A4."""
    analysed().write(tmp_path / "out", lang=lang)
    path = next((tmp_path / "out").rglob("*_telpas.xlsx"))
    sheet = openpyxl.load_workbook(path).worksheets[0]
    heading = next(row for row in sheet.iter_rows() if str(row[6].value).startswith("1.1 "))
    asked = {}
    for choice in sheet.data_validations.dataValidation:
        (cells,) = choice.sqref.ranges
        asked[str(heading[cells.min_col - 1].value)[:3]] = choice.prompt
    assert list(asked) == list(KINDS)
    assert max(map(len, asked.values())) <= 255
    words = {
        "lv": ("dzirdes", "tīmekļa kamer", "skener", "bezmaksas", "cilvēkiem ar invaliditāti"),
        "en": ("hearing", "web camera", "scanner", "free internet", "disabilities"),
    }
    for row, word in zip(("1.2", "3.1", "3.1", "3.1", "6.1"), words[lang], strict=True):
        assert word in asked[row]
    assert (sheet.page_setup.fitToWidth, sheet.print_title_cols) == (2, "$A:$C")
    # What every page repeats is whole there: no part of a line that stands on the first alone.
    assert min(lines.min_col for lines in sheet.merged_cells.ranges) == 4


def keys(path: Path) -> set[str]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return {str(row[0].value) for row in sheet.iter_rows()}


# --- Compliance ----------------------------------------------------------------------------------


def test_compliance_is_met_of_met_and_not_met_by_the_rows_that_bind() -> None:
    rng = np.random.default_rng(7)
    count = 60
    answers = {name: rng.choice(["yes", "no", "unknown"], count) for name in REQUIREMENTS}
    keys_ = [f"libraries:{n}" for n in range(count)]
    places: Any = pd.DataFrame({
        "place": keys_, "host": rng.choice(["centre", "library"], count), "address": "",
        "within": pd.array(rng.choice([True, False, None], count), "boolean"),
        "uncertain": pd.array(rng.choice([True, False], count, p=[0.2, 0.8]), "boolean"),
    })  # fmt: skip
    rules = Rules(binding_centre=("1.1", "3.5", "6.2"), binding_library=("1.2", "2.2", "4.1"))
    found = with_compliance(places, pd.DataFrame({"place": keys_, **answers}), rules)
    for n, row in found.iterrows():
        number = int(str(n))
        binding = rules.binding_centre if row["host"] == "centre" else rules.binding_library
        told = {TABLE_30[name]: answers[name][number] for name in REQUIREMENTS}
        sure = not pd.isna(row["within"]) and not row["uncertain"]
        told["6.2"] = ("yes" if row["within"] else "no") if sure else "unknown"
        mine = [told[one] for one in binding]
        met, not_met = mine.count("yes"), mine.count("no")
        assert row["requirements_met"] == met
        assert row["requirements_not_met"] == not_met
        assert row["requirements_unknown"] == mine.count("unknown")
        if any(told[one] != "unknown" for one in binding if one != "6.2"):
            assert row["compliance"] == pytest.approx(met / (met + not_met))
        else:
            assert np.isnan(row["compliance"])


@pytest.mark.parametrize(("address", "upstairs"), [
    ("Liela iela 1, 2. stāvs", True), ("Liela iela 1, 2.stāvā", True), ("Rīgas 4, 3 stāvs", True),
    ("Rīgas 4, otrais stāvs", True), ("Rīgas 4, II stāvs", True), ("Rīgas 4, pagrabstāvs", True),
    ("Liela iela 1, 1. stāvs", False), ("Liela iela 2", False), ("Stāvā iela 2", False),
    ("Liela iela 12, 1. stāvs", False), ("2. Stāvkrasta iela 4", False), ("", False),
])  # fmt: skip
def test_an_address_upstairs_makes_the_entrance_to_be_checked(
    address: str, *, upstairs: bool
) -> None:
    places: Any = pd.DataFrame({"place": ["libraries:1"], "address": [address]})
    found = with_compliance(places, None, Rules())
    assert found["floor_check"].tolist() == [upstairs]


def test_who_has_answered_for_the_entrance_is_not_asked_to_check_it(
    analysed: Callable[..., Result],
) -> None:
    asked = analysed().places.set_index("place")["floor_check"]
    assert asked[asked].index.tolist() == ["libraries:1"]
    premises = 'suitability = { path = "p.csv", id = "place", step_free = "s" }'
    for answer, left in (("jā", 0), ("nē", 0), ("", 1)):
        result = analysed(premises, p_csv=f"place,s\nlibraries:1,{answer}\n")
        assert result.places["floor_check"].sum() == left


# --- Candidates ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_the_front_is_that_of_plain_loops(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 60

    def some(values: list[Any]) -> list[Any]:
        return [values[n] for n in rng.integers(0, len(values), count)]

    table = pd.DataFrame({
        "unit": some(["a", "b", "c"]),
        "distance_m": some([100.0, 200.0, 300.0, np.nan]),
        "quality_class": some(["D", "F", "none", None]),
        "residents_within": pd.array(some([10, 20, 30]), "Int64"),
        "step_free": some(["yes", "no", "unknown"]),
        "weekly_h": some([20.0, 40.0, np.nan]),
    })  # fmt: skip
    worth = [
        (-row.distance_m, {"D": 3, "F": 2, "none": 1}.get(row.quality_class, np.nan),
         float(row.residents_within), {"yes": 1, "no": 0}.get(row.step_free, np.nan), row.weekly_h)
        for row in table.itertuples()
    ]  # fmt: skip

    def better(one: int, other: int) -> bool:
        """Tell whether the other is at least as good in all, and better in some."""
        some_better = False
        for mine, its in zip(worth[one], worth[other], strict=True):
            if np.isnan(mine) != np.isnan(its) or mine > its:
                return False
            some_better |= bool(its > mine)
        return some_better

    expected = [
        next((other for other in range(count)
              if table["unit"][other] == table["unit"][one] and better(one, other)), -1)
        for one in range(count)
    ]  # fmt: skip
    assert _first_better(table).tolist() == expected
    assert 0 < expected.count(-1) < count


def test_candidates_of_a_unit_without_a_centre_are_compared(
    analysed: Callable[..., Result],
) -> None:
    table = analysed().candidates
    assert table["place"].tolist() == ["libraries:1", "libraries:2"]
    assert table["on_front"].tolist() == [True, False]
    assert table["better_place"].fillna("").tolist() == ["", "libraries:1"]
    assert table["floor_check"].tolist() == [True, False]


def test_the_letter_tells_of_answers_buses_and_candidates(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    premises = 'suitability = { path = "p.csv", id = "place", step_free = "s", printing = "p" }'
    answers = "place,s,p\nlibraries:1,jā,nē\nlibraries:2,nē,jā\n"
    analysed(premises, p_csv=answers).write(tmp_path / "out")
    letters = {
        path.parent.name: path.read_text(encoding="utf-8").replace("\u00a0", " ")
        for path in (tmp_path / "out" / "municipalities").glob("*/index.html")
    }
    (letter,) = [text for text in letters.values() if "kandidāti: 2" in text]
    # Of libraries 1.2, 3.2 and 6.2, the stop at 100 m, bind: two met, printing not.
    held = "no prasībām, ko uzskata par saistošām, – izpildītas: 2; neizpildītas: 1"
    assert f"ir atbildes: 1 no 1; {held}" in letter
    assert "izpildītas no zināmajām: 66,7 %" in letter
    assert "vairāki kandidāti: 1; kandidāti: 2; kandidāti, kurus" in letter
    table = tables_of(letter)["candidates"]
    first, second = map(table.row, ("Pilsētas bibliotēka", "Bērnu bibliotēka"))
    assert (first["Ieeja bez pakāpieniem"], second["Ieeja bez pakāpieniem"]) == ("jā", "nē")
    is_point = "Ir teritoriālās vienības kontaktpunkts"
    assert (first[is_point], second[is_point]) == ("jā", "nē")
    report_page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    report = tables_of(report_page)
    counted = {row[0][:3]: row[1:] for row in report["requirements"].rows}
    assert counted["1.2"][:3] == ["1", "0", "0"]
    # What is computed is counted, too, and what binds adds up to what is said above.
    assert counted["6.2"][:3] == ["1", "0", "0"]
    binding = [row for number, row in counted.items() if "bibliotēka" in row[3]]
    assert [sum(int(row[n]) for row in binding) for n in range(3)] == [2, 1, 9]
    assert report["requirements"].rows[-1][1:4] == ["2", "1", "9"]
    assert "nav zināms. Ko uzskata par saistošu, ir iestatījums" in report_page


def test_a_place_upstairs_is_named_for_its_entrance_wherever_it_is_compared(
    analysed: Callable[..., Result], tmp_path: Path
) -> None:
    """Without a checklist: on report, letter, the candidates compared, and in explain."""
    result = analysed()
    result.write(tmp_path / "out")
    said = "jāpārbauda, vai ieeja ir bez pakāpieniem: Pilsētas bibliotēka."
    assert said in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    pages = (tmp_path / "out" / "municipalities").glob("*/index.html")
    (letter,) = [text for path in pages if said in (text := path.read_text(encoding="utf-8"))]
    table = tables_of(letter)["candidates"]
    entrance = [table.row(name)["Ieeja bez pakāpieniem"]
                for name in ("Pilsētas bibliotēka", "Bērnu bibliotēka")]  # fmt: skip
    assert entrance == ["jāpārbauda", "–"]
    (unit,) = set(result.candidates["unit"])
    assert said in " ".join(str(vpvkac.explain(result, unit)).split())


def test_of_many_names_three_are_said_and_the_others_counted() -> None:
    places = pd.DataFrame({"name": list("ABCDE"), "floor_check": [True, True, False, True, True]})
    write = Writer("en", 700.0)
    (line,) = upstairs_lines(places, write)
    assert line.endswith("to be checked: A; B; D; and 1 more.")
    assert upstairs_lines(places[:0], write) == []


def test_the_report_counts_where_another_candidate_has_more(sample_result: Result) -> None:
    table = sample_result.candidates
    more = dict.fromkeys(("distance_m", "quality_class", "residents_within"), 0)
    for _, unit in table.groupby("unit"):
        (chosen,) = unit[unit["chosen"]].to_dict("records")
        more["distance_m"] += bool((unit["distance_m"] < chosen["distance_m"]).any())
        more["quality_class"] += bool((unit["quality_class"] < chosen["quality_class"]).any())
        nearby = unit["residents_within"] > chosen["residents_within"]
        more["residents_within"] += bool(nearby.any())
    section = premises_section(sample_result)
    assert section is not None
    (shown,) = [block for block in section.blocks
                if isinstance(block, Table) and block.key == "candidates"]  # fmt: skip
    assert [int(str(row[1])) for row in shown.rows][:3] == list(more.values())
