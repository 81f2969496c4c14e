"""What offices send back is merged whole, conflicts are named, and nothing else is touched."""

from __future__ import annotations

import csv
import datetime as dt
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from openpyxl.utils.datetime import to_excel

import vpvkac
from test_decisions import BARE, FAR, FILES, HEADER, NEAR, TOML
from vpvkac.analysis.rounding import exact
from vpvkac.cli.main import main
from vpvkac.questions.coverage.workbook import COUNTS, answer, cover
from vpvkac.render.xlsx import write_workbook
from vpvkac.texts.message import Lang
from vpvkac.views.gaps import by_municipality
from vpvkac.views.writer import Writer

DAY = dt.date(2027, 6, 30)
Project = Callable[..., Path]


@pytest.fixture
def project(write_project: Callable[..., Path]) -> Project:
    """Write a project, with decisions or without."""

    def write(*lines: str, heading: str = HEADER) -> Path:
        given = {"decisions_csv": "\n".join([heading, *lines]) + "\n"} if lines else {}
        return write_project(toml=TOML, **FILES, **given)

    return write


def book_of(project: Path, lang: Lang = "lv") -> Any:
    """Make the national workbook of a project, as it goes out."""
    result = vpvkac.analyse(vpvkac.load(project), lang=lang)
    tables, path = exact(result), project.parent / "sent.xlsx"
    lists = by_municipality(tables, Writer.of(result)).values()
    gaps = [numbered for of_one in lists for numbered in enumerate(of_one, 1)]
    sums = tables["municipalities"][list(COUNTS)].sum()
    first = answer(result, "", sums, gaps, [], of_municipality=False)
    write_workbook(path, cover(result), [], lang=lang, shown=path.name, answer=first)
    return openpyxl.load_workbook(path)


def rows_of(book: Any) -> dict[str, Any]:
    """Give the cells to fill in, by unit: decision, responsible, due, note."""
    sheet = book.worksheets[0]
    return {row[2].value: row[6:10] for row in sheet.iter_rows()
            if re.fullmatch(r"LV\d{7}", str(row[2].value))}  # fmt: skip


def fill(book: Any, unit: str, *values: object) -> None:
    for cell, value in zip(rows_of(book)[unit], values, strict=False):
        cell.value = value


def save(book: Any, project: Path, name: str = "back.xlsx") -> Path:
    path = project.parent / name
    book.save(path)
    return path


def told(project: Path) -> list[list[str]]:
    """Read decisions.csv as any other program would."""
    with (project.parent / "decisions.csv").open(encoding="utf-8-sig", newline="") as opened:
        return [list(row.values()) for row in csv.DictReader(opened)]


def run(project: Path, *arguments: object) -> tuple[int, str, str]:
    words = ["decisions", "import", *map(str, arguments), "--project", str(project)]
    answered = CliRunner().invoke(main, [*words, "--lang", "en"])
    return answered.exit_code, answered.stdout, answered.stderr


EXPECTED = [
    [BARE, "remote_support", "", "Kāds", "2027-06-30", ""],
    [FAR, "Cits lēmums", "", "", "", "piezīme"],
]


def filled(project: Path, lang: Lang = "lv") -> Any:
    book = book_of(project, lang)
    fill(book, BARE, vpvkac_words(lang), "Kāds", DAY)
    fill(book, FAR, "Cits lēmums", None, None, "piezīme")
    return book


def vpvkac_words(lang: Lang) -> str:
    from vpvkac.texts.words import REMEDIES

    return REMEDIES["remote_support"].text(lang)


# --- What is filled in comes back ----------------------------------------------------------------


@pytest.mark.parametrize("lang", ["lv", "en"])
def test_what_is_filled_in_is_in_decisions_and_in_the_next_run(
    project: Project, lang: Lang
) -> None:
    here = project()
    back = save(filled(here, lang), here)
    assert run(here, back)[0] == 0
    assert told(here) == EXPECTED
    once = (here.parent / "decisions.csv").read_bytes()
    code, said, _ = run(here, back)
    assert (code, (here.parent / "decisions.csv").read_bytes()) == (0, once)
    assert "As before: 2" in said
    result = vpvkac.analyse(vpvkac.load(here))
    assert result.gaps_coverage.set_index("unit")["due"][BARE] == "2027-06-30"
    assert rows_of(book_of(here))[BARE][2].value.date() == DAY


def test_a_workbook_that_comes_back_as_it_went_out_changes_nothing(project: Project) -> None:
    here = project(f"{FAR},move_within_unit,libraries:far,Z,30.06.2027.,n", f"{FAR},otrs,,,,",
                   f"{NEAR},padarīts,,,2020-01-01,")  # fmt: skip
    before = (here.parent / "decisions.csv").read_bytes()
    code, said, _ = run(here, save(book_of(here), here))
    assert (code, (here.parent / "decisions.csv").read_bytes()) == (0, before)
    assert "As before: 3" in said


def _sorted_otherwise(book: Any) -> None:
    sheet = book.worksheets[0]
    first = next(row[0].row for row in sheet.iter_rows() if row[0].value == 1)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first)]
    for number, row in enumerate(rows[::-1], first):
        for column, value in enumerate(row, 1):
            sheet.cell(number, column).value = value


def _without_rows(book: Any) -> None:
    sheet = book.worksheets[0]
    for row in range(sheet.max_row, 0, -1):
        code = str(sheet.cell(row, 3).value)
        if code.startswith("LV") and code not in {BARE, FAR}:
            sheet.delete_rows(row)


def _columns_moved(book: Any) -> None:
    sheet = book.worksheets[0]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    for row in sheet.iter_rows(min_row=1):
        values = [cell.value for cell in row]
        for cell, value in zip(row, [*values[5:], *values[:5]], strict=True):
            cell.hyperlink, cell.value = None, value


def _more_columns(book: Any) -> None:
    sheet = book.worksheets[0]
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.insert_cols(4, 2)
    sheet.cell(3, 4, "Mūsu piezīmes")
    sheet.cell(sheet.max_row + 2, 1, "Aizpildīja: Ģirts")


def _dates(as_written: Callable[[dt.date], object]) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        cell = rows_of(book)[BARE][2]
        cell.value, cell.number_format = as_written(DAY), "General"

    return change


CHANGES: dict[str, Callable[[Any], None]] = {
    "sheets reordered": lambda book: book.move_sheet(book.worksheets[0], 2),
    "sheet renamed": lambda book: setattr(book.worksheets[0], "title", "Atbilde"),
    "rows sorted": _sorted_otherwise,
    "rows deleted": _without_rows,
    "columns moved": _columns_moved,
    "more columns": _more_columns,
    "date as number": _dates(to_excel),
    "date as text": _dates(lambda day: f"{day:%d.%m.%Y.}"),
    "date as ISO": _dates(str),
    "blanks": lambda book: fill(book, BARE, f"  {vpvkac_words('lv').upper()} ", " Kāds "),
    "dashes": lambda book: fill(book, FAR, "Cits lēmums", "–", "-"),
    "1904": lambda book: (setattr(book, "epoch", dt.datetime(1904, 1, 1)),  # noqa: DTZ001
                          _dates(lambda day: to_excel(day, dt.datetime(1904, 1, 1)))(book)),  # noqa: DTZ001
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_people_do_to_a_workbook_does_not_matter(project: Project, change: str) -> None:
    here = project()
    book = filled(here)
    CHANGES[change](book)
    code, _, errors = run(here, save(book, here))
    assert (code, errors) == (0, ""), errors
    assert told(here) == EXPECTED


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
@pytest.mark.slow
def test_a_workbook_saved_by_libreoffice_is_read_alike(project: Project, tmp_path: Path) -> None:
    here = project()
    back = convert(save(filled(here), here), "xlsx", tmp_path / "lo")
    assert run(here, back)[0] == 0
    assert told(here) == EXPECTED


def convert(file: Path, form: str, folder: Path) -> Path:
    """Convert a workbook by LibreOffice."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(["soffice", profile, "--headless", "--convert-to", form, "--outdir",
                    str(folder), str(file)], check=True, capture_output=True)  # fmt: skip
    return folder / f"{file.stem}.{form}"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
@pytest.mark.slow
def test_the_first_sheet_prints_on_landscape_pages_of_its_own(
    project: Project, tmp_path: Path
) -> None:
    here = project(f"{FAR},x,,,,")
    book_of(here)
    printed = convert(here.parent / "sent.xlsx", "pdf", tmp_path / "lo").read_bytes()
    boxes = re.findall(rb"/Type\s*/Page\b(?!s).*?/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed,
                       re.DOTALL)  # fmt: skip
    # The answer, and what the data are.
    assert len(boxes) == 2
    assert all(float(wide) > float(high) for wide, high in boxes)


# --- Conflicts -----------------------------------------------------------------------------------


def test_a_conflict_names_file_sheet_row_and_both_values_and_nothing_is_written(
    project: Project,
) -> None:
    here = project(f"{FAR},x,,Z,2027-01-01,")
    before = (here.parent / "decisions.csv").read_bytes()
    book = book_of(here)
    fill(book, FAR, "x", "Z", DAY)
    fill(book, BARE, "jauns")
    row = rows_of(book)[FAR][0].row
    back = save(book, here)
    code, _, errors = run(here, back)
    assert code == 1
    where = f"{back}/Kas jādara, row {row}, Termiņš"
    differs = '"2027-06-30" differs from "2027-01-01" in decisions.csv, row 2'
    assert f"{where}: {differs}" in " ".join(errors.split())
    assert (here.parent / "decisions.csv").read_bytes() == before
    code, said, errors = run(here, back, "--replace")
    assert code == 0
    assert 'takes the place of "2027-01-01"' in errors
    assert "Replaced: 1" in said
    assert told(here) == [[FAR, "x", "", "Z", "2027-06-30", ""], [BARE, "jauns", "", "", "", ""]]


def test_another_decision_in_the_place_of_one_is_a_conflict_and_one_more_is_not(
    project: Project,
) -> None:
    here = project(f"{FAR},x,,,,")
    book = book_of(here)
    fill(book, FAR, "y")
    assert 'Lēmums: "y" differs from "x"' in run(here, save(book, here))[2]
    fill(book, FAR, "x")
    sheet = book.worksheets[0]
    sheet.append([cell.value for cell in sheet[rows_of(book)[FAR][0].row]])
    sheet.cell(sheet.max_row, 7, "y")
    assert run(here, save(book, here))[0] == 0
    assert [row[:2] for row in told(here)] == [[FAR, "x"], [FAR, "y"]]


@pytest.mark.parametrize("options", [(), ("--replace",)])
def test_two_workbooks_that_differ_are_a_conflict_whatever_is_asked_for(
    project: Project, options: tuple[str, ...]
) -> None:
    here, files = project(), []
    for name, values in (("a.xlsx", ("x", "A")), ("b.xlsx", ("x", "B")), ("c.xlsx", ("y",))):
        book = book_of(here)
        fill(book, FAR, *values)
        files.append(save(book, here, name))
    code, _, errors = run(here, *files, *options)
    assert code == 1
    assert '"B" differs from "A" in' in errors
    assert '"y" differs from "x" in' in errors
    assert not (here.parent / "decisions.csv").exists()


def test_workbooks_in_any_order_make_the_same_bytes(project: Project) -> None:
    here, files, written = project(), [], set()
    for name, unit in (("a.xlsx", FAR), ("b.xlsx", BARE)):
        book = book_of(here)
        fill(book, unit, "x")
        files.append(save(book, here, name))
    for order in (files, files[::-1]):
        assert run(here, *order)[0] == 0
        written.add((here.parent / "decisions.csv").read_bytes())
        (here.parent / "decisions.csv").unlink()
    assert len(written) == 1


def test_what_is_empty_is_filled_in_and_an_emptied_decision_stays(project: Project) -> None:
    here = project(f"{FAR},x,libraries:far,,,", f"{BARE},y,,,,")
    book = book_of(here)
    fill(book, FAR, "x", "Kāds", DAY, "n")
    fill(book, BARE, None)
    code, said, errors = run(here, save(book, here))
    assert code == 0
    assert "Completed: 1" in said
    assert 'has no decision; "y" in decisions.csv, row 3, stays' in errors
    assert told(here) == [[FAR, "x", "libraries:far", "Kāds", "2027-06-30", "n"],
                          [BARE, "y", "", "", "", ""]]  # fmt: skip


# --- Bad values ----------------------------------------------------------------------------------


def test_every_bad_value_is_a_sentence_of_its_own(project: Project) -> None:
    here = project()
    book = book_of(here)
    sheet = book.worksheets[0]
    fill(book, FAR, "x", None, "drīz")
    fill(book, BARE, "x", None, 2027)
    for code, values in (("Rīga", ("x",)), ("LV9999999", ("x",)), (None, ("x",)),
                         (NEAR, (None, "Kāds")), (NEAR, ("=1+1",))):  # fmt: skip
        sheet.append([None, None, code, None, None, None, *values])
    code, _, errors = run(here, save(book, here))
    assert code == 1
    for value in ('"drīz" is not a date', '"1905-07-19" is not a day', '"Rīga" is not the code',
                  "kods: is empty", "Lēmums: is empty", "formula without a value"):  # fmt: skip
        assert value in " ".join(errors.split())
    assert not (here.parent / "decisions.csv").exists()


def test_a_unit_that_the_layout_does_not_know_is_refused(project: Project) -> None:
    here = project()
    book = book_of(here)
    book.worksheets[0].append([None, None, "LV9999999", None, None, None, "x"])
    code, _, errors = run(here, save(book, here))
    assert (code, '"LV9999999" is not a unit in this layout' in errors) == (1, True)


def test_what_is_no_workbook_of_decisions_is_told(project: Project, tmp_path: Path) -> None:
    here = project()
    other = openpyxl.Workbook()
    other.save(tmp_path / "other.xlsx")
    (tmp_path / "text.xlsx").write_text("x", encoding="utf-8")
    twice = book_of(here)
    twice.worksheets[0].insert_cols(11)
    heading = next(row for row in twice.worksheets[0].iter_rows() if row[2].value and row[0].value)
    twice.worksheets[0].cell(heading[0].row, 11, "Lēmums")
    twice.save(tmp_path / "twice.xlsx")
    for name, said in {"other.xlsx": "has no sheet of decisions", "none.xlsx": "file not found",
                       "text.xlsx": "is no readable workbook",
                       "twice.xlsx": "occurs twice"}.items():  # fmt: skip
        code, _, errors = run(here, tmp_path / name)
        assert (code, said in errors) == (1, True), (name, errors)


def test_merged_cells_speak_for_all_that_they_cover(project: Project) -> None:
    here = project()
    book = book_of(here)
    fill(book, FAR, "x")
    cells = sorted(row[0].coordinate for row in rows_of(book).values())
    fill(book, next(code for code, row in rows_of(book).items() if row[0].coordinate == cells[0]),
         "kopīgs")  # fmt: skip
    book.worksheets[0].merge_cells(f"{cells[0]}:{cells[-1]}")
    assert run(here, save(book, here))[0] == 0
    assert {row[1] for row in told(here)} == {"kopīgs"}
    assert {row[0] for row in told(here)} == set(rows_of(book_of(here)))


# --- The file stays what it is -------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1257"])
def test_delimiter_mark_other_columns_and_order_stay(
    project: Project, delimiter: str, encoding: str
) -> None:
    here = project()
    file = here.parent / "decisions.csv"
    lines = [f"{HEADER},mans", f"{FAR},Jāpārceļ,,Z,1.7.2027,,ā", f"{BARE},y,,,,,b"]
    file.write_bytes("\r\n".join(lines).replace(",", delimiter).encode(encoding))
    book = book_of(here)
    fill(book, BARE, "y", "Kāds")
    assert run(here, save(book, here))[0] == 0
    text = file.read_bytes().decode("utf-8")
    assert text.startswith("\ufeff") == (encoding != "utf-8")
    rows = [line.split(delimiter) for line in text.removeprefix("\ufeff").splitlines()]
    assert rows == [
        [*HEADER.split(","), "mans"],
        [FAR, "Jāpārceļ", "", "Z", "1.7.2027", "", "ā"],
        [BARE, "y", "", "Kāds", "", "", "b"],
    ]


def test_what_a_spreadsheet_would_take_for_a_formula_is_kept_from_it(project: Project) -> None:
    here = project()
    book = book_of(here)
    fill(book, FAR, "=HYPERLINK(1)", "+371 67", None, "-")
    rows_of(book)[FAR][0].data_type = "s"
    back = save(book, here)
    assert run(here, back)[0] == 0
    assert told(here) == [[FAR, "'=HYPERLINK(1)", "", "'+371 67", "", ""]]
    assert run(here, back)[0] == 0
    assert vpvkac.analyse(vpvkac.load(here)).follow_up["decision"].tolist() == ["=HYPERLINK(1)"]


def test_python_does_the_same(project: Project) -> None:
    here = project()
    back = save(filled(here), here)
    merged = vpvkac.import_decisions(vpvkac.load(here), [back])
    assert merged.counts == {"new": 2}
    assert told(here) == EXPECTED
    with pytest.raises(vpvkac.InputError, match="file not found"):
        vpvkac.import_decisions(vpvkac.load(here), ["none.xlsx"])


def test_a_table_that_a_spreadsheet_has_open_stays_and_is_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows it cannot be replaced."""
    here = project(f"{FAR},Cits lēmums,,,,")
    back, before = save(filled(here), here), told(here)

    def refused(*_: object) -> None:
        raise PermissionError(13, "The file is being used by another process")

    monkeypatch.setattr("pathlib.Path.replace", refused)
    code, _, said = run(here, back)
    assert code == 1
    assert "decisions.csv: cannot be written (The file is being used by another process)" in said
    assert "close it in other programs" in said
    assert told(here) == before
    assert sorted(path.name for path in here.parent.glob(".*")) == []
