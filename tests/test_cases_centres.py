"""No centre of the list takes the hours, telephone or address of another, nor is lost unsaid.

The small inputs that once failed, and lists written here in each form with one
row made odd: what is read of all other centres must be what the list without
that row gives.
"""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import json
import re
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from vpvkac.cli.main import main
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input
from vpvkac.sources.centres import read_centres
from vpvkac.sources.centres.rows import names_centre, number_in, owner_in, phones_in

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.sources.base import Reading

pytestmark = pytest.mark.slow

FOLDER = tempfile.TemporaryDirectory()
DAYS = ("Pirmdiena", "Otrdiena", "Trešdiena", "Ceturtdiena", "Piektdiena")
LUNCH, LUNCH_OSM = "8:30 - 12:00; 12:30 - 17:00", "Mo-Fr 08:30-12:00,12:30-17:00"
EVENING, EVENING_OSM = "17:30 - 19:00", "Mo-Fr 17:30-19:00"
WANTED = ["name", "address", "phone", "email", "owner", "status", "hours"]


@dataclass(frozen=True)
class Centre:
    """A centre as a list writes it; its hours are one text a day."""

    number: object
    name: str
    short: str
    address: str
    times: str = LUNCH
    phone: str = "+371 26123450"
    email: str = "a@paraugs.example"
    level: str = ""


GOOD = tuple(
    Centre(number, f"Alfas novada {place} pagasta VPVKAC", f"{place} VPVKAC",
           f"Parka iela {number}, {place}, Alfas nov., LV-990{number}",
           phone=f"+371 2612345{number}", email=f"a{number}@paraugs.example")
    for number, place in ((1, "Alfas"), (2, "Betas"), (4, "Deltas"))
)  # fmt: skip
ODD = Centre(None, "Gammas novada Gammas pagasta VPVKAC", "Gammas VPVKAC",
             "Parka iela 9, Gammas, Gammas nov., LV-9921", EVENING, "+371 27777777",
             "treis@paraugs.example")  # fmt: skip
# What stands for a number → the number read; empty where none can be.
NUMBERS: dict[object, str] = {
    None: "", "": "", "–": "", "-": "", " ": "", dt.date(2022, 8, 1): "", "2022-08-01": "",
    "12/1": "", "1.aug": "", "?": "", "2a": "2a", "12a": "12a", "12 a": "12a", "2.1": "2.1",
    2.1: "2.1", "III": "III", "Nr. 3": "3", "nr.3": "3", "#3": "3", "№ 3": "3", "3)": "3",
    "3.": "3", "3.0": "3", 3.0: "3", " 3 ": "3", "\xa03": "3",
}  # fmt: skip
NAMES = (
    ("Gammas novada Gammas pagasta VPVKAC", "Gammas VPVKAC"),
    ("GAMMAS NOVADA GAMMAS PAGASTA vpvkac", ""),
    ("Gammas novada, Gammas pag. valsts un pašvaldību vienotais klientu apkalpošanas centrs", ""),
    ("Gammas novada Gammas pilsētas Valsts un pašvaldības vienotais klientu apkalpošanas centrs",
     ""),
    ("Gammas novada klientu apkalpošanas centrs", "Gammas VPVKAC"),
)  # fmt: skip
# Words that the position alone tells for a name, as in text and workbook.
WORDS = (*NAMES, ("Gammas novada pakalpojumu punkts", "Gammas punkts"), ("", ""))
ADDRESSES = (ODD.address, '"Mežmalas", Gammas pag., Gammas nov.', "Mežmalas, Gammas pag.", "")


def list_rows(centre: Centre) -> list[list[object]]:
    """Write a centre in the text file's twelve columns."""
    first = [
        centre.number, "", centre.level, "", centre.name, "", centre.short, centre.address,
        DAYS[0], centre.times, centre.phone, centre.email,
    ]  # fmt: skip
    return [first, *[[*[""] * 8, day, centre.times, "", ""] for day in DAYS[1:]]]


def narrow_rows(centre: Centre) -> list[list[object]]:
    """Write a centre in the older workbook's seven columns."""
    first = [centre.number, centre.name or centre.short, centre.address, DAYS[0], centre.times,
             centre.phone, centre.email]  # fmt: skip
    return [first, *[["", "", "", day, centre.times, "", ""] for day in DAYS[1:]]]


def write_text(centres: Sequence[Centre]) -> Path:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["", "", "", "", "VPVKAC saraksts", *[""] * 7])
    writer.writerow(["Nr.", "", "", "", "Pilnais nosaukums", "", "Nosaukums", "Adrese",
                     "Darba laiks", "", "Tālrunis", "E-pasts"])  # fmt: skip
    for centre in centres:
        writer.writerows(list_rows(centre))
    return written("list.csv", text.getvalue())


def write_workbook(
    centres: Sequence[Centre],
    rows: Callable[[Centre], list[list[object]]] = narrow_rows,
    change: Callable[[Any], None] = lambda _: None,
) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append(["VPVKAC kontakti"])
    sheet.append(["Nr.", "Nosaukums", "Adrese", "Diena", "Darba laiks", "Tālrunis", "E-pasts"])
    for centre in centres:
        for row in rows(centre):
            sheet.append([None if cell == "" else cell for cell in row])
    change(workbook)
    file = Path(FOLDER.name) / "vpvkac_kontakti_2022_08.xlsx"
    workbook.save(file)
    return file


def write_wide_workbook(centres: Sequence[Centre]) -> Path:
    return write_workbook(centres, list_rows)


def write_page(centres: Sequence[Centre]) -> Path:
    rows = "".join(map(page_row, centres))
    return written("list.html", f"<!DOCTYPE html><table>{rows}</table>")


def page_row(centre: Centre, days: Sequence[str] = DAYS) -> str:
    number = "" if centre.number is None else str(centre.number)
    hours = "<br>".join(f"{day}: {centre.times}" for day in days)
    return (
        f"<tr><td><span>{html.escape(number)}</span> <strong>{html.escape(centre.name)}</strong>"
        f"<br>{html.escape(centre.address)}</td><td>{hours}</td>"
        f"<td>{centre.email}<br>{centre.phone}</td></tr>\n"
    )


FORMS = {
    "text": write_text,
    "workbook": write_workbook,
    "wide workbook": write_wide_workbook,
    "page": write_page,
}


def written(name: str, text: str) -> Path:
    file = Path(FOLDER.name) / name
    file.write_text(text, encoding="utf-8")
    return file


def read(file: Path) -> Reading:
    return read_centres(Input(file, file.name))


def refused(file: Path) -> Fault:
    with pytest.raises(InputError) as error:
        read(file)
    (fault,) = error.value.faults
    return fault


def others_are_unchanged(form: str, odd: Centre, at: int) -> tuple[Reading, pd.DataFrame]:
    """Check the good centres against the list without the odd row; give what is read of that."""
    plain = read(FORMS[form](GOOD))
    assert plain.table["hours"].tolist() == [LUNCH_OSM] * len(GOOD)
    assert not plain.faults
    reading = read(FORMS[form]([*GOOD[:at], odd, *GOOD[at:]]))
    # By the telephone, which is a good centre's own.
    ours = reading.table["phone"].isin([centre.phone for centre in GOOD])
    good, more = reading.table[ours], reading.table[~ours]
    wanted = plain.table[["id", *WANTED]]
    assert good[["id", *WANTED]].to_numpy().tolist() == wanted.to_numpy().tolist()
    assert reading.rows_read == len(reading.table) + sum(reading.dropped.values())
    return reading, more


def is_used_or_told(reading: Reading, more: pd.DataFrame, odd: Centre, number: str) -> None:
    """Check that the odd centre is used with all it has, or dropped with a warning of its row."""
    assert reading.rows_read == len(GOOD) + 1
    warned = [fault for fault in reading.faults if fault.level == "warning"]
    if len(more) == 0:
        assert reading.dropped["no_id"] == 1
        assert [fault.alike for fault in warned] == [1]
        assert not number or not names_centre(odd.name + odd.short)
    else:
        assert reading.dropped["no_id"] == 0
        assert number
        found = more.iloc[0]
        assert [found["id"], found["hours"], found["phone"], found["email"]] == [
            number, EVENING_OSM, odd.phone, odd.email,
        ]  # fmt: skip
        assert found["address"] == odd.address
        assert not warned


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("number", NUMBERS, ids=repr)
def test_a_centre_with_any_number_is_used_or_dropped(form: str, number: object) -> None:
    odd = replace(ODD, number=number)
    reading, more = others_are_unchanged(form, odd, at=2)
    is_used_or_told(reading, more, odd, NUMBERS[number])
    assert len(more) == bool(NUMBERS[number])


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([form for form in FORMS if form != "page"]),
    st.sampled_from(list(NUMBERS)),
    st.sampled_from(WORDS),
    st.sampled_from(ADDRESSES),
    st.sampled_from(["", "Novadu nozīmes attīstības centrs"]),
    st.integers(0, len(GOOD)),
)
def test_a_row_that_lacks_any_of_a_centre_lends_nothing_to_another(
    form: str, number: object, names: tuple[str, str], address: str, level: str, at: int
) -> None:
    name, short = names
    odd = replace(ODD, number=number, name=name, short=short, address=address, level=level)
    if not (NUMBERS[number] or name or address):
        return
    reading, more = others_are_unchanged(form, odd, at)
    is_used_or_told(reading, more, odd, NUMBERS[number])


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(list(NUMBERS)),
    st.sampled_from([name for name, _ in NAMES]),
    st.sampled_from(["strong", "b", "span"]),
    st.integers(0, len(GOOD)),
)
def test_a_row_of_a_page_lends_nothing_to_another(
    number: object, name: str, tag: str, at: int
) -> None:
    odd = replace(ODD, number=number, name=name)
    rows = [page_row(centre) for centre in GOOD]
    rows.insert(at, page_row(odd).replace("strong>", f"{tag}>"))
    reading = read(written("list.html", f"<table>{''.join(rows)}</table>"))
    ours = reading.table["phone"].isin([centre.phone for centre in GOOD])
    assert reading.table.loc[ours, "hours"].tolist() == [LUNCH_OSM] * len(GOOD)
    used = bool(NUMBERS[number]) and tag != "span"
    assert reading.table.loc[~ours, "hours"].tolist() == [EVENING_OSM] * used
    assert reading.dropped["no_id"] == 1 - used
    assert [fault.row for fault in reading.faults] == [at + 1] * (1 - used)


@pytest.mark.parametrize("form", FORMS)
def test_a_number_of_another_centre_is_an_error_and_mixes_nothing(form: str) -> None:
    reading, more = others_are_unchanged(form, replace(ODD, number=2), at=3)
    assert [(fault.level, fault.value) for fault in reading.faults] == [("error", "2")]
    assert more["hours"].tolist() == [EVENING_OSM]


@pytest.mark.parametrize("form", ["text", "workbook", "wide workbook", "page"])
@pytest.mark.parametrize("strict", [False, True])
def test_a_centre_copied_in_a_long_list_counts_once(form: str, *, strict: bool) -> None:
    long = [replace(GOOD[0], number=n, phone=f"+371 26{n:06d}") for n in range(1, 121)]
    file = FORMS[form]([*long, long[7]])
    reading = read_centres(Input(file, file.name, strict=strict))
    assert [fault.level for fault in reading.faults] == ["error" if strict else "warning"]
    if not strict:
        assert reading.dropped == {"no_id": 0, "bad_value": 0, "duplicate": 1}
        assert reading.table["id"].tolist() == [str(n) for n in range(1, 121)]


@pytest.mark.parametrize("form", FORMS)
def test_a_list_of_which_nothing_can_be_used_is_one_error(form: str) -> None:
    centres = [replace(centre, number="?") for centre in GOOD]
    if form == "page":
        # A page without numbers counts its rows.
        assert read(FORMS[form](centres)).table["id"].tolist() == ["1", "2", "3"]
        return
    fault = refused(FORMS[form](centres))
    assert fault.level == "error"
    assert "no centre (of 3) with both a number" in fault.problem.text("en")


@pytest.mark.parametrize("form", ["text", "workbook", "wide workbook"])
def test_headings_met_again_and_columns_numbered_are_no_centres(form: str) -> None:
    heads = Centre("Nr.", "VPVKAC pilnais nosaukums", "VPVKAC", "Adrese", "", "Tālrunis", "E-pasts")
    width = 12 if form != "workbook" else 7
    rows = list_rows if width == 12 else narrow_rows
    plain = [row for centre in GOOD for row in rows(centre)]
    heading, numbers = rows(heads)[:1], [list(range(1, width + 1))]
    for row in heading:
        row[3 if width == 7 else 8] = "Darba laiks"
    cells = [*heading, *numbers, *plain[:5], *heading, *numbers, *plain[5:]]
    if form == "text":
        text = io.StringIO()
        csv.writer(text, delimiter=";").writerows(cells)
        reading = read(written("list.csv", text.getvalue()))
    else:
        reading = read(write_workbook([ODD], lambda _: cells))
    assert reading.table["phone"].tolist() == [centre.phone for centre in GOOD]
    assert reading.table["hours"].tolist() == [LUNCH_OSM] * len(GOOD)
    assert (reading.rows_read, list(reading.faults)) == (len(GOOD), [])


def test_rows_that_the_cell_of_a_name_stretches_over_belong_to_it() -> None:
    rows = [page_row(centre) for centre in GOOD]
    rows[1] = page_row(GOOD[1], DAYS[:1]).replace("<td>", '<td rowspan="5">', 1)
    rows[1] += "".join(f"<tr><td>{day}: {LUNCH}</td></tr>" for day in DAYS[1:])
    reading = read(written("list.html", f"<table>{''.join(rows)}</table>"))
    assert reading.table["hours"].tolist() == [LUNCH_OSM] * len(GOOD)
    assert not reading.faults


@pytest.mark.parametrize(
    ("case", "used"),
    [
        ("02-xlsx-centre-lost/y20_no_number", None),
        ("02-xlsx-centre-lost/y21_12a", "centres:2a"),
        ("02-xlsx-centre-lost/y23_date", None),
        ("03-csv-centre-lost/z04_farm_no_number", None),
        ("03-csv-centre-lost/z05_farm_3a", "centres:3a"),
        ("03-csv-centre-lost/z07_no_number_no_word", None),
    ],
)
def test_the_third_centre_keeps_its_own(
    case: str, used: str | None, shared_cases: Path, tmp_path: Path
) -> None:
    told, account, centres = run(shared_cases / case, tmp_path)
    for place in ("centres:1", "centres:2", "centres:4"):
        assert centres[place]["hours"] == LUNCH_OSM
        assert "," not in centres[place]["phone"]
        assert "," not in centres[place]["email"]
    assert len(centres) == (3 if used is None else 4)
    assert (account["rows_read"], account["rows_used"]) == (4, len(centres))
    assert account["rows_dropped"] == ({"no_id": 1} if used is None else {})
    assert (", row 1" in told and "Gammas" in told) == (used is None)
    if used is not None:
        assert centres[used]["hours"] == EVENING_OSM
        assert centres[used]["unit"] == "LV9911100"


def test_a_hidden_sheet_is_passed_over(shared_cases: Path, tmp_path: Path) -> None:
    told, account, centres = run(shared_cases / "09-xlsx-hidden-sheet", tmp_path)
    assert not any("VECAIS" in centre["name"] for centre in centres.values())
    assert sorted(centre["unit"] for centre in centres.values()) == [
        "LV9900100", "LV9900200", "LV9911100", "LV9911200",
    ]  # fmt: skip
    assert (account["rows_read"], account["rows_used"], told.count("kontakti")) == (4, 4, 0)


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "formula without a value; open the workbook in Excel and save it"),
     ("lv", "formula bez vērtības; atveriet darbgrāmatu programmā Excel un saglabājiet to")],
)  # fmt: skip
def test_formulas_never_computed_are_said_so(
    lang: str, words: str, shared_cases: Path, tmp_path: Path
) -> None:
    folder = shared_cases / "29-xlsx-formulas"
    result = CliRunner().invoke(main, ["run", str(folder), "--out", str(tmp_path), "--lang", lang])
    assert result.exit_code == 1
    assert words in result.output
    assert not (tmp_path / "places.csv").exists()


def run(folder: Path, out: Path) -> tuple[str, dict[str, Any], dict[str, dict[str, str]]]:
    """Run and check a case; what was said, the account of the centres, the centres by key."""
    result = CliRunner().invoke(main, ["run", str(folder), "--out", str(out), "--lang", "en"])
    assert result.exit_code == 0, result.output
    inputs = json.loads((out / "run.json").read_text(encoding="utf-8"))["inputs"]
    (account,) = [entry for entry in inputs if "kontakti" in json.dumps(entry)]
    with (out / "places.csv").open(encoding="utf-8") as file:
        centres = {row["place"]: row for row in csv.DictReader(file) if row["host"] == "centre"}
    checked = CliRunner().invoke(main, ["check", str(folder), "--out", str(out), "--lang", "en"])
    return checked.stderr, account, centres


def test_the_sheet_read_is_named_where_several_hold_centres() -> None:
    def add_sheet(workbook: Any) -> None:
        workbook.active.title = "Jaunais"
        for title, state in (("Vecais", "visible"), ("Slēptais", "veryHidden"), ("Cits", "hidden")):
            sheet = workbook.copy_worksheet(workbook["Jaunais"])
            sheet.title, sheet.sheet_state = title, state

    reading = read(write_workbook(GOOD, change=add_sheet))
    assert len(reading.table) == len(GOOD)
    (fault,) = reading.faults
    assert (fault.level, fault.value) == ("warning", "Jaunais")
    assert "“Vecais”" in fault.problem.text("en")
    assert "Slēptais" not in fault.problem.text("en")


def test_a_list_in_a_hidden_sheet_alone_is_said_to_be_there() -> None:
    def hide(workbook: Any) -> None:
        workbook.active.title, workbook.active.sheet_state = "Saraksts", "hidden"
        workbook.active = workbook.create_sheet("Tukša")

    fault = refused(write_workbook(GOOD, change=hide))
    assert (fault.value, "hidden sheet" in fault.problem.text("en")) == ("Saraksts", True)


def test_hidden_rows_are_read_and_told() -> None:
    def hide(workbook: Any) -> None:
        for row in range(8, 13):
            workbook.active.row_dimensions[row].hidden = True

    reading = read(write_workbook(GOOD, change=hide))
    assert reading.table["id"].tolist() == ["1", "2", "4"]
    assert [(fault.level, fault.row, fault.alike) for fault in reading.faults] == [
        ("warning", 8, 5)
    ]


def test_hidden_columns_are_passed_over_but_for_numbers() -> None:
    def rows(centre: Centre) -> list[list[object]]:
        return [[a, b, "Vecā iela 1, Veca, Alfas nov.", *more]
                for a, b, *more in narrow_rows(centre)]  # fmt: skip

    def hide(workbook: Any) -> None:
        for column in "AC":
            workbook.active.column_dimensions[column].hidden = True

    plain = read(write_workbook(GOOD)).table
    found = read(write_workbook(GOOD, rows, hide)).table
    assert found[["id", *WANTED]].equals(plain[["id", *WANTED]])


def test_some_formulas_without_a_value_are_told_and_those_with_an_empty_one_are_not() -> None:
    def formulas(workbook: Any) -> None:
        workbook.active["C3"] = "=B3"
        workbook.active["A8"] = "=A3+1"
        workbook.active["H3"] = '=IF(TRUE,"","")'

    file = write_workbook(GOOD, change=formulas)
    swap(file, "xl/worksheets/sheet1.xml", r'<c r="H3"', '<c r="H3" t="str"')
    reading = read(file)
    assert [(fault.level, fault.row, fault.field, fault.alike) for fault in reading.faults] == [
        ("warning", 3, "C3", 2),
        ("warning", 8, None, 1),
    ]
    assert reading.table["id"].tolist() == ["1", "4"]
    assert reading.table["address"].tolist() == ["", GOOD[2].address]


def test_numbers_that_are_all_formulas_without_a_value_are_an_error() -> None:
    def formulas(workbook: Any) -> None:
        for row in (3, 8, 13):
            workbook.active[f"A{row}"] = "=ROW()"

    fault = refused(write_workbook(GOOD, change=formulas))
    assert (fault.level, fault.field, fault.alike) == ("error", "A3", 3)


def test_numbers_and_names_repeated_on_each_row_are_one_centre() -> None:
    rows = [[*first[:3], *row[3:]] for first, *more in map(narrow_rows, GOOD)
            for row in (first, *more)]  # fmt: skip
    reading = read(write_workbook([ODD], lambda _: rows))
    assert reading.table["hours"].tolist() == [LUNCH_OSM] * len(GOOD)
    assert not reading.faults


@pytest.mark.parametrize(
    ("part", "form"),
    [("xl/workbook.bin", "XLSB"), ("META-INF/manifest.xml", "ODS"), ("word/document.xml", "DOCX")],
)
def test_another_document_named_xlsx_is_called_what_it_is(part: str, form: str) -> None:
    file = Path(FOLDER.name) / "other.xlsx"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(part, b"x")
    assert form in refused(file).problem.text("en")


def test_a_million_empty_rows_behind_the_list_cost_little() -> None:
    file = write_text(GOOD)
    plain = read(file)
    with file.open("a", encoding="utf-8", newline="") as opened:
        opened.write((";" * 11 + "\r\n") * 1_048_000)
    start = time.perf_counter()
    reading = read(file)
    assert time.perf_counter() - start < 5
    assert reading.table.equals(plain.table)
    assert reading.rows_read == plain.rows_read


@pytest.mark.parametrize(
    ("day", "times", "hours"),
    [
        ("PIRMDIENA", "8:30 - 12:00; 12:20 - 17:00", "Mo 08:30-12:00,12:20-17:00"),
        ("TREŠDIENA:", "8.30 – 17.00", "We 08:30-17:00"),
        ("Svetdiena", "9:00 — 12:00", "Su 09:00-12:00"),
        ("Otrdienās", "8:00-13:00 / 15:00-17:30.", "Tu 08:00-13:00,15:00-17:30"),
        ("CETURTDIENA", "SLĒGTS (remonts)", 'Th off "remonts"'),
        ("Pk.", "8.30–12.00 un 13.00–16.00", "Fr 08:30-12:00,13:00-16:00"),
        ("P.", "8.30–12.00", "Mo 08:30-12:00"),
    ],
)
def test_days_and_times_in_the_ways_they_are_written(day: str, times: str, hours: str) -> None:
    for beside in (" ", '";"'):
        assert hours_of(f'"{day}{beside}{times}"') == hours


def hours_of(fields: str) -> str:
    first = "1;;;;Alfas novada VPVKAC;;;Parka iela 1, Alfa;;;;\n"
    reading = read(written("list.csv", f"{first};;;;;;;;{fields};\n"))
    assert not reading.faults
    return str(reading.table["hours"][0])


@pytest.mark.parametrize(
    "line",
    ["Darba dienās 8:00 - 17:00", "Pusdienas 12:00 - 13:00", "P-Pk 8:00-17:00",
     "Sestdiena: 10:00 - 14:00 (pusdienas 13:30 - 14:30)"],
)  # fmt: skip
def test_times_that_are_not_understood_are_told_and_the_week_kept(line: str) -> None:
    rows = [page_row(replace(centre, times=LUNCH)) for centre in GOOD[:1]]
    text = f"<table>{rows[0]}</table>".replace("</td><td>a1@", f"<br>{line}</td><td>a1@")
    reading = read(written("list.html", text))
    assert reading.table["hours"].tolist() == [LUNCH_OSM]
    assert [fault.value for fault in reading.faults] == [line]


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("Smiltenes novada, Smiltenes pilsētas VPVKAC", "Smiltenes novada, Smiltenes pilsētas"),
        ("Cēsu novada, Cēsu valsts un pašvaldību vienotais klientu apkalpošanas centrs (VPVKAC)",
         "Cēsu novada, Cēsu"),
        ("Ogres novada Valsts un pašvaldības vienotais klientu apkalpošanas centrs",
         "Ogres novada"),
        ("Ogres novada V.P.V.K.A.C.", "Ogres novada"),
        ("Ogres novada VPKAC", "Ogres novada"),
    ],
)  # fmt: skip
def test_names_of_centres_and_their_owners(name: str, owner: str) -> None:
    assert names_centre(name)
    assert owner_in(name) == owner


@pytest.mark.parametrize(
    "text",
    ["vpvkac@ogresnovads.lv", "ogre.vpvkac@paraugs.example", "https://paraugs.example/vpvkac",
     "www.vpvkac.example", "vienotie klientu apkalpošanas centri", "Ogres novads"],
)  # fmt: skip
def test_addresses_of_mail_and_pages_name_no_centre(text: str) -> None:
    assert not names_centre(text)


def test_numbers() -> None:
    assert {text: number_in(str(text)) for text in NUMBERS if isinstance(text, str)} == {
        text: number for text, number in NUMBERS.items() if isinstance(text, str)
    }


def test_two_telephones_and_the_word_for_them() -> None:
    assert phones_in(["Tālr.: 65133930, 29000000", "+371 26123450"]) == (
        "65133930, 29000000, +371 26123450"
    )


def swap(file: Path, name: str, pattern: str, by: str) -> None:
    """Replace the first match of a pattern in a part of a workbook."""
    with zipfile.ZipFile(file) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    text, count = re.subn(pattern, by, parts[name].decode(), count=1)
    assert count == 1
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, text if part == name else content)
