"""The list of centres reads the same whichever of its published forms it comes in.

The centres are planted here, and written by the test into each form as
SOURCES.md describes it.
"""

from __future__ import annotations

import csv
import html
import itertools
import re
import time
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input
from vpvkac.sources.centres import read_centres

if TYPE_CHECKING:
    from vpvkac.sources.base import Reading

LEVEL_WORDS = {
    "national": "Nacionālas nozīmes attīstības centrs",
    "regional": "Reģionālas nozīmes attīstības centrs",
    "municipal": "Novadu nozīmes attīstības centrs",
    "": "",
}
WEEK = (
    "Pirmdiena: 8:30 - 12:00; 12:20 - 17:00",
    "Otrdiena: 8:30 - 12:00; 12:30 - 19:00",
    "Trešdiena: 8:30 - 12:00; 12:20 - 17:00",
    "Ceturtdiena: 8:30 – 17.00",
    "Piektdiena 8:30 - 14:00",
    "Sestdiena: Slēgts",
)
WEEK_OSM = (
    "Mo 08:30-12:00,12:20-17:00; Tu 08:30-12:00,12:30-19:00; We 08:30-12:00,12:20-17:00; "
    "Th 08:30-17:00; Fr 08:30-14:00"
)


@dataclass(frozen=True)
class Centre:
    id: str
    full_name: str
    short_name: str
    address: tuple[str, ...]
    level: str = "municipal"
    week: tuple[str, ...] = WEEK
    hours: str = WEEK_OSM
    email: str = "centrs@paraugs.example"
    phone: str = "66954818"
    status: str = "open"


CENTRES = (
    Centre(
        "1",
        "Augšdaugavas novada Višķu pagasta VPVKAC",
        "Višķu VPVKAC",
        ('"Mežlīči"', "Višķi", "Višķu pag.", "Augšdaugavas nov.", "LV-5481"),
        level="",
    ),
    Centre(
        "2",
        "Dienvidkurzemes novada Grobiņas pilsētas VPVKAC",
        "Grobiņas VPVKAC",
        ("Lielā iela 54", "Grobiņas pilsēta", "Dienvidkurzemes nov.", "LV-3430"),
    ),
    Centre(
        "3",
        "Jelgavas novada Jelgavas VPVKAC",
        "Jelgavas VPVKAC",
        ("Lielā iela 5/7", "Jelgava", "Jelgavas nov.", "LV-3001"),
        level="national",
        phone="66954818, 29000000",
    ),
    Centre(
        "10",
        "Cēsu novada Vecpiebalgas pagasta VPVKAC",
        "Vecpiebalgas VPVKAC",
        (),
        level="regional",
        week=("Tiks atvērts",),
        hours="",
        email="",
        phone="",
        status="announced",
    ),
)
OWNERS = [centre.full_name.removesuffix(" VPVKAC") for centre in CENTRES]


def page_row(centre: Centre, number: str | None = None) -> str:
    shown = f"{centre.id})" if number is None else number
    level = LEVEL_WORDS[centre.level]
    phone = '<i class="fa fa-phone" aria-hidden="true"></i>&nbsp;&nbsp;' + centre.phone
    return f"""<tr>
      <td>
        <span style="color: #999999;">{shown}</span>
        <a href="/vpvkac/x"><strong>
            {html.escape(centre.full_name).replace("š", "&scaron;")}
        </strong></a>
        <span style="color: #999999;"><br />{level}</span>
        <br /><br />
        <a href="/vpvkac/x">{"<br /> ".join(map(html.escape, centre.address))}</a>
      </td>
      <td class="text-left">{"<br />".join(centre.week)}</td>
      <td class="text-right">{centre.email}<br />{phone}</td>
    </tr>"""


def page(rows: Sequence[str]) -> str:
    return f"""<!DOCTYPE html><html lang="lv"><head><meta charset="utf-8"><title>VPVKAC</title>
    <script>document.write("<tr><td><strong>Lieks VPVKAC</strong></td></tr>")</script></head><body>
    <table><thead><tr><th><strong>Nosaukums</strong></th><th>Darba laiks</th></tr></thead><tbody>
    {"".join(rows)}</tbody></table></body></html>"""


def list_rows(centre: Centre) -> list[list[str]]:
    """Give the 12 columns of the text file; the workbook of the same columns has them too."""
    address = ", ".join(centre.address)
    level = LEVEL_WORDS[centre.level]
    first = [
        *(centre.id, "Reģions", level, "", centre.full_name, "", centre.short_name, address),
        *("", "", centre.phone, ""),
    ]
    days = [
        [*[""] * 8, *day.replace("diena: ", "diena|").replace("diena 8", "diena|8").split("|"), ""]
        for day in centre.week
    ]
    rows = [row + [""] * (12 - len(row)) for row in [first, *days]]
    rows[1][11] = centre.email
    return rows


def older_rows(centre: Centre) -> list[list[str | int]]:
    """Give the older workbook's columns: number, place, full name, address, hours, contacts."""
    place = centre.short_name.removesuffix(" VPVKAC")
    contacts: list[str | int] = [centre.phone, centre.email]
    address = ", ".join(centre.address)
    first = [int(centre.id), place, centre.full_name, address, "Darba laiks:", *contacts]
    return [first, *[["", "", "", "", day] for day in centre.week]]


def write_csv(folder: Path) -> Path:
    lines = [";".join(f'"{field.replace(chr(34), chr(34) * 2)}"' for field in row)
             for centre in CENTRES for row in list_rows(centre)]  # fmt: skip
    file = folder / "vpvkac-kontakti_2023_aktual_081123.csv"
    file.write_text("﻿" + "\r\n".join(lines), encoding="utf-8")
    return file


def write_page(folder: Path, text: str = "") -> Path:
    file = folder / "vpvkac.html"
    file.write_text(text or page([page_row(centre) for centre in CENTRES]), encoding="utf-8")
    return file


def write_workbook(
    folder: Path, rows: Sequence[Sequence[object]], *, merged: Sequence[str] = ()
) -> Path:
    workbook = openpyxl.Workbook()
    workbook.active.title = "Par sarakstu"  # type: ignore[union-attr]
    sheet = workbook.create_sheet("Kontakti")
    sheet.append(["VPVKAC kontakti"])
    sheet.append(["Nr.", "Vieta", "VPVKAC", "Adrese", "Darba laiks", "Tālrunis", "E-pasts"])
    for row in rows:
        sheet.append([value or None for value in row])
    for cells in merged:
        sheet.merge_cells(cells)
    file = folder / "vpvkac_kontakti_2022_08.xlsx"
    workbook.save(file)
    return file


def read(file: Path) -> Reading:
    return read_centres(Input(file, file.name))


def fault_of(file: Path) -> Fault:
    with pytest.raises(InputError) as refused:
        read(file)
    assert len(refused.value.faults) == 1
    return refused.value.faults[0]


def hold_planted(reading: Reading, *, full_names: bool = False) -> None:
    table = reading.table
    assert reading.rows_read == len(CENTRES) == len(table) + sum(reading.dropped.values())
    assert not reading.faults
    for column in ("id", "hours", "email", "phone", "status"):
        assert table[column].tolist() == [getattr(centre, column) for centre in CENTRES], column
    names = "full_name" if full_names else "short_name"
    assert table["name"].tolist() == [getattr(centre, names) for centre in CENTRES]
    assert table["address"].tolist() == [", ".join(centre.address) for centre in CENTRES]
    assert table["owner"].tolist() == OWNERS


def test_the_page_gives_every_planted_centre(tmp_path: Path) -> None:
    reading = read(write_page(tmp_path))
    hold_planted(reading, full_names=True)
    assert reading.table["level"].tolist() == [centre.level for centre in CENTRES]


def test_the_text_file_gives_every_planted_centre(tmp_path: Path) -> None:
    reading = read(write_csv(tmp_path))
    hold_planted(reading)
    assert reading.table["level"].tolist() == [centre.level for centre in CENTRES]
    assert reading.notes["date"] == "2023-11-08"


def test_a_workbook_of_the_text_files_columns_gives_every_planted_centre(tmp_path: Path) -> None:
    rows = itertools.chain.from_iterable(map(list_rows, CENTRES))
    reading = read(write_workbook(tmp_path, list(rows)))
    hold_planted(reading)
    assert reading.table["level"].tolist() == [centre.level for centre in CENTRES]
    assert reading.notes["date"] == "2022-08"


def test_the_older_workbook_gives_every_planted_centre(tmp_path: Path) -> None:
    rows = itertools.chain.from_iterable(map(older_rows, CENTRES))
    hold_planted(read(write_workbook(tmp_path, list(rows))), full_names=True)


def test_the_older_workbook_saved_as_text_gives_every_planted_centre(tmp_path: Path) -> None:
    rows = [["Nr.", "Vieta", "VPVKAC", "Adrese", "Darba laiks", "Tālrunis", "E-pasts"]]
    rows.extend(list(map(str, row)) for row in itertools.chain(*map(older_rows, CENTRES)))
    file = tmp_path / "vpvkac_kontakti_2022_08.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        csv.writer(opened, delimiter=";").writerows(rows)
    hold_planted(read(file), full_names=True)


def test_merged_cells_of_a_workbook_count_once(tmp_path: Path) -> None:
    rows = [row for centre in CENTRES for row in older_rows(centre)]
    # Number, place, name and address stretch over all rows of the second centre.
    first = 2 + 1 + len(CENTRES[0].week) + 1
    last = first + len(CENTRES[1].week)
    merged = [f"{column}{first}:{column}{last}" for column in "ABCD"]
    hold_planted(read(write_workbook(tmp_path, rows, merged=merged)), full_names=True)


def test_faults_of_a_workbook_name_the_row_of_the_sheet(tmp_path: Path) -> None:
    rows = [row for centre in CENTRES for row in older_rows(centre)]
    rows.insert(0, [""] * 7)
    rows.append([2, "Grobiņa", "Dienvidkurzemes novada Grobiņas pilsētas VPVKAC", "", "", "", ""])
    rows.append([11, "Grobiņa", "nosaukuma nav", "", "", "", ""])
    reading = read(write_workbook(tmp_path, rows))
    assert [(fault.level, fault.row) for fault in reading.faults] == [
        ("warning", 2 + len(rows)),
        ("error", 2 + len(rows) - 1),
    ]
    assert reading.dropped["no_id"] == 1
    assert reading.rows_read == len(CENTRES) + 2


def test_rows_of_a_page_name_the_line_of_the_file(tmp_path: Path) -> None:
    file = write_page(tmp_path)
    lines = file.read_text(encoding="utf-8").split("\n")
    for row, centre in zip(read(file).table["row"], CENTRES, strict=True):
        assert "<tr>" in lines[row - 1]
        assert f"{centre.id})" in lines[row + 1]


def test_a_page_without_numbers_counts_its_rows(tmp_path: Path) -> None:
    rows = [page_row(centre, number="") for centre in CENTRES]
    table = read(write_page(tmp_path, page(rows))).table
    assert table["id"].tolist() == ["1", "2", "3", "4"]


def test_a_number_before_two_centres_of_a_page_is_an_error(tmp_path: Path) -> None:
    rows = [page_row(CENTRES[0]), page_row(CENTRES[1]), page_row(CENTRES[2], number="2)")]
    faults = read(write_page(tmp_path, page(rows))).faults
    assert [(fault.level, fault.problem.text("en")) for fault in faults] == [
        ("error", "occurs twice with other values")
    ]


def test_unclosed_tags_change_nothing(tmp_path: Path) -> None:
    text = page([page_row(centre) for centre in CENTRES])
    for tag in ("</tr>", "</td>", "</strong>", "</a>", "</span>", "</tbody>", "</table>", "</th>"):
        text = text.replace(tag, "")
    hold_planted(read(write_page(tmp_path, text)), full_names=True)


def test_a_page_laid_out_by_a_table_of_tables_changes_nothing(tmp_path: Path) -> None:
    inner = page([page_row(centre) for centre in CENTRES])
    text = f"<table><tr><td>Izvēlne<td>{inner}<td>Kājene 66000000</table>"
    hold_planted(read(write_page(tmp_path, text)), full_names=True)


def test_scripts_comments_and_styles_are_not_read(tmp_path: Path) -> None:
    hidden = page_row(CENTRES[0], number="99)")
    rows = [page_row(centre) for centre in CENTRES]
    rows += [f"<!-- {hidden} -->", f"<template>{hidden}</template>"]
    rows += [f"<style>{hidden}</style><script>{hidden}</script>"]
    with_scripts = page(rows).replace(
        "Grobiņas pilsēta<", "Grobiņas pilsēta<script>var a</script><"
    )
    reading = read(write_page(tmp_path, with_scripts))
    assert [id_ for id_ in reading.table["id"] if id_ != "99"] == [c.id for c in CENTRES]
    assert "var a" not in " ".join(reading.table["address"])


def test_markup_written_as_entities_stays_text(tmp_path: Path) -> None:
    row = page_row(CENTRES[1]).replace(
        "Lielā iela 54", "Lielā &lt;script&gt;&amp;amp; 54&nbsp;&#x6B;"
    )
    address = read(write_page(tmp_path, page([row]))).table["address"][0]
    assert address.startswith("Lielā <script>&amp; 54 k, Grobiņas pilsēta")


@pytest.mark.slow
@pytest.mark.parametrize(
    "filling",
    ["<td>x@", "<a href='", "<", "&", "<!--", "<![", "<tr><td>Pirmdiena 1:1-", "a@a.a.", "<br>1"],
)
def test_a_megabyte_of_hostile_markup_is_read_in_time(tmp_path: Path, filling: str) -> None:
    rows = "".join(page_row(centre) for centre in CENTRES)
    bulk = filling * (1_000_000 // len(filling))
    start = time.process_time()
    table = read(write_page(tmp_path, f"<table>{rows}</table><table><tr><td>{bulk}")).table
    assert table["id"].tolist() == [centre.id for centre in CENTRES]
    assert time.process_time() - start < 30


@pytest.mark.parametrize("filling", ["<table>", "<b>", "<table><tr><td><strong>"])
def test_tags_nested_beyond_all_bounds_are_an_error_after_what_was_read(
    tmp_path: Path, filling: str
) -> None:
    rows = "".join(page_row(centre) for centre in CENTRES)
    reading = read(write_page(tmp_path, f"<table>{rows}</table>\n{filling * 100_000}"))
    assert reading.table["id"].tolist() == [centre.id for centre in CENTRES]
    assert [(fault.level, fault.row) for fault in reading.faults] == [
        ("error", rows.count("\n") + 2)
    ]


def test_a_page_of_over_20_megabytes_is_refused(tmp_path: Path) -> None:
    assert "too large (25\N{NO-BREAK SPACE}MB)" in fault_of(
        write_page(tmp_path, "<p>" + " " * 25_000_000)
    ).problem.text("en")


def test_hours_with_no_centre_beside_them_are_told(tmp_path: Path) -> None:
    rows = [page_row(CENTRES[1]), page_row(CENTRES[2]).replace("VPVKAC", "centrs")]
    reading = read(write_page(tmp_path, page(rows)))
    assert [fault.level for fault in reading.faults] == ["warning"]
    assert reading.table["id"].tolist() == ["2"]


def test_hours_by_season_keep_their_seasons(tmp_path: Path) -> None:
    week = (
        "Ziemas darba laiks", "(1.oktobris - 31.maijs)", "Pirmdiena: Slēgts",
        "Otrdiena: 8:00 - 13:00 ; 15:00-17:30", "Sestdiena: 9:00 - 15:00", "",
        "Vasaras darba laiks", "(1.jūnijs - 30.septembris)",
        "Pirmdiena: 8:00 -12:15; 13:00 - 17:00",
    )  # fmt: skip
    centre = Centre("1", "X novada Y pilsētas VPVKAC", "", ("A",), week=week)
    reading = read(write_page(tmp_path, page([page_row(centre)])))
    assert reading.table["hours"][0] == (
        "Oct 01-May 31 Tu 08:00-13:00,15:00-17:30; Oct 01-May 31 Sa 09:00-15:00; "
        "Jun 01-Sep 30 Mo 08:00-12:15,13:00-17:00"
    )
    assert not reading.faults


def test_a_day_of_the_month_is_kept_beside_the_week(tmp_path: Path) -> None:
    week = (*WEEK, "Katra mēneša otrā trešdiena - metodiskā diena")
    centre = Centre("1", "X novada Y pilsētas VPVKAC", "", ("A",), week=week)
    reading = read(write_page(tmp_path, page([page_row(centre)])))
    assert reading.table["hours"][0] == f'{WEEK_OSM}; We[2] off "metodiskā diena"'
    assert not reading.faults


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("error.csv", b"<!DOCTYPE html><html><body>404</body></html>", "has no centres"),
        ("empty.html", b"", "has no centres"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "XLS"),
        ("cut.xlsx", b"PK\x03\x04" + b"\0" * 100, "no readable workbook"),
        ("latin.html", "<p>Rīga".encode("cp1257"), "has no centres"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, name: str, content: bytes, problem: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    assert problem in fault_of(file).problem.text("en")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in fault_of(tmp_path / "nav.xlsx").problem.text("en")


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    file = write_workbook(tmp_path, older_rows(CENTRES[1]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", b"\0" * 120_000_000)
    assert file.stat().st_size < 1_000_000
    assert "unpack to too much" in fault_of(file).problem.text("en")


def test_a_workbook_with_declarations_is_refused(tmp_path: Path) -> None:
    """Entities that name each other ten times over, ten deep, would fill the memory."""
    file = write_workbook(tmp_path, older_rows(CENTRES[1]))
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "a" * 10}">' for n in range(10)
    )
    swap_part(
        file,
        "xl/workbook.xml",
        f"<?xml version='1.0'?><!DOCTYPE x [{entities}]><workbook>&e9;</workbook>".encode(),
    )
    assert "no readable workbook" in fault_of(file).problem.text("en")


def test_a_damaged_sheet_is_refused(tmp_path: Path) -> None:
    file = write_workbook(tmp_path, older_rows(CENTRES[1]))
    swap_part(file, "xl/worksheets/sheet2.xml", b"<worksheet><sheetData><row r='x'>")
    assert "no readable workbook" in fault_of(file).problem.text("en")


def test_what_the_reader_of_workbooks_remarks_is_told(tmp_path: Path) -> None:
    rows = [row for centre in CENTRES for row in older_rows(centre)]
    file = write_workbook(tmp_path, rows)
    with zipfile.ZipFile(file) as archive:
        styles = archive.read("xl/styles.xml").decode()
    unstyled = re.sub("<cellStyles.*</cellStyles>", "", styles)
    assert unstyled != styles
    swap_part(file, "xl/styles.xml", unstyled.encode())
    reading = read(file)
    assert [fault.level for fault in reading.faults] == ["warning"]
    assert "no default style" in reading.faults[0].problem.text("en")
    assert len(reading.table) == len(CENTRES)


def test_a_sheet_of_a_million_blank_rows_hinders_no_other(tmp_path: Path) -> None:
    file = write_workbook(tmp_path, older_rows(CENTRES[1]))
    sheet = "<row r='1048576'><c r='A1048576' t='inlineStr'><is><t>x</t></is></c></row>"
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    content = f"<worksheet xmlns='{namespace}'><sheetData>{sheet}</sheetData></worksheet>"
    swap_part(file, "xl/worksheets/sheet1.xml", content.encode())
    assert len(read_centres(Input(file, file.name)).table) == 1


def swap_part(file: Path, name: str, content: bytes) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    assert name in parts
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, old in parts.items():
            archive.writestr(part, content if part == name else old)
