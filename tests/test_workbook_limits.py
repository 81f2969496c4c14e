"""What Excel's file format cannot hold: cut with an ellipsis and told, never in silence."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.etree
import openpyxl
import pytest
from click.testing import CliRunner

from vpvkac.cli.main import main
from vpvkac.model.faults import Fault
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.files import Written
from vpvkac.questions.coverage.workbook import NATIONAL, cover
from vpvkac.render import xlsx
from vpvkac.render.xlsx import LONGEST_TEXT, Sheet, write_workbook
from vpvkac.texts.message import Bilingual

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result


def written(path: Path, result: Result, *rows: tuple[object, ...]) -> list[str]:
    """Write a sheet of rows; the warnings, in English."""
    sheet = Sheet("T", ["H"], rows)
    faults = write_workbook(path, cover(result), [sheet], lang="lv", shown="t.xlsx")
    return [fault.sentence("en") for fault in faults]


def cells(path: Path) -> list[str]:
    return [str(row[0].value) for row in openpyxl.load_workbook(path)["T"].iter_rows(min_row=2)]


@pytest.mark.parametrize("letter", ["a", "ā", "𝄞", "a𝄞"])
def test_a_text_is_cut_to_what_a_cell_holds(
    letter: str, tmp_path: Path, sample_result: Result
) -> None:
    units = len(letter.encode("utf-16-le")) // 2
    fits = letter * (LONGEST_TEXT // units)
    said = written(tmp_path / "t.xlsx", sample_result, (fits,), (fits + letter,))
    (told,) = said
    assert told.startswith("t.xlsx: holds only the first 32 767 characters")
    assert "cells cut: 1" in told
    whole, cut = cells(tmp_path / "t.xlsx")
    assert whole == fits
    assert cut.endswith("…")
    assert fits.startswith(cut[:-1])
    assert LONGEST_TEXT - 2 <= len(cut.encode("utf-16-le")) // 2 <= LONGEST_TEXT


def test_a_long_text_is_shown_whole_and_no_word_of_a_heading_is_broken(
    tmp_path: Path, sample_result: Result
) -> None:
    words = " ".join(["Garš teikums."] * 30)
    sheet = Sheet(
        "T", ["Īss", "Pārsniegums, m", "Pamatojums"], [("a", "b", words), ("a", "b", "c")]
    )
    write_workbook(tmp_path / "t.xlsx", cover(sample_result), [sheet], lang="lv", shown="t.xlsx")
    written = openpyxl.load_workbook(tmp_path / "t.xlsx")["T"]
    widths = [written.column_dimensions[letter].width for letter in "ABC"]
    assert widths[1] >= len("Pārsniegums,") + 1
    height, wrapped = written.row_dimensions[2].height, written["C2"].alignment.wrap_text
    # 11 points take 15; more letters than the column is wide stand in no line of it.
    assert wrapped
    assert height / 15 * widths[2] >= len(words)
    assert (written.row_dimensions[3].height or 15) == 15
    assert not written["A2"].alignment.wrap_text


def test_rows_beyond_a_sheet_are_counted(
    tmp_path: Path, sample_result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 3)
    said = written(tmp_path / "t.xlsx", sample_result, *[(str(row),) for row in range(5)])
    assert "rows left out: 2" in said[0]
    assert cells(tmp_path / "t.xlsx") == ["0", "1", "2"]


@pytest.mark.parametrize("text", ["https://x.lv/" + "a" * 3000, "_x0041_", "mailto:a@b.lv", "=1+1"])
def test_any_other_text_is_kept_as_it_is(text: str, tmp_path: Path, sample_result: Result) -> None:
    assert written(tmp_path / "t.xlsx", sample_result, (text,)) == []
    (read,) = cells(tmp_path / "t.xlsx")
    assert read == text


def test_what_xml_cannot_hold_is_escaped_as_excel_does(
    tmp_path: Path, sample_result: Result
) -> None:
    assert written(tmp_path / "t.xlsx", sample_result, ("a\x01b\x0bc\ufffe",)) == []
    with zipfile.ZipFile(tmp_path / "t.xlsx") as archive:
        texts = lxml.etree.fromstring(archive.read("xl/sharedStrings.xml")).itertext()
    assert "a_x0001_b_x000B_c_xFFFE_" in list(texts)


def test_more_addresses_than_excel_links_are_plain_texts(
    tmp_path: Path, sample_result: Result
) -> None:
    rows = [(f"https://x.lv/{row}",) for row in range(65_600)]
    assert written(tmp_path / "t.xlsx", sample_result, *rows) == []
    assert len(cells(tmp_path / "t.xlsx")) == len(rows)


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_names_of_sheets_are_whole_and_apart(lang: str) -> None:
    titles = [TABLES[name].title.text(lang) for name in NATIONAL]  # type: ignore[arg-type]
    assert all(len(title) <= 31 and not set(title) & set("[]:*?/\\") for title in titles)
    assert len({title.casefold() for title in titles}) == len(titles)


def test_the_user_is_told_and_the_csv_holds_all(shared_data: Path, tmp_path: Path) -> None:
    case = shared_data.parent / "cases" / "27-xlsx-cell-limit"
    out = tmp_path / "out"
    answer = CliRunner().invoke(main, ["run", str(case), "--out", str(out), "--lang", "en"])
    assert answer.exit_code == 0, answer.output
    assert "Warning: gaps.xlsx: holds only the first 32 767 characters" in answer.stderr
    assert "Warning: municipalities/" in answer.stderr
    assert "x" * 40_000 in (out / "follow_up.csv").read_text(encoding="utf-8")


def test_python_is_warned_too(
    tmp_path: Path, sample_result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = Fault("warning", "gaps.xlsx", Bilingual("lv", "en"), Bilingual("lv", "en"))
    monkeypatch.setattr(
        "vpvkac.questions.coverage.files.write", lambda *_, **__: Written([], [fault])
    )
    with pytest.warns(UserWarning, match="gaps.xlsx: lv"):
        sample_result.write(tmp_path / "out")
