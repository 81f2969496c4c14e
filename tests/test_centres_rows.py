"""A centre's row is found by what it holds, whatever stands between, above and below the centres.

Every shape is planted around the same four centres, as text and as a workbook, and must give the
table of the plain list.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import openpyxl
import pytest

from vpvkac.model.project import Input
from vpvkac.sources.base import Reading
from vpvkac.sources.centres import read_centres

NAMES = ("Alfas", "Betas", "Gammas", "Deltas")
WIDTH = 12
Rows = list[list[str]]


def row(**fields: str) -> list[str]:
    """Give a row whose cells are named n1 to n12."""
    cells = [""] * WIDTH
    for name, text in fields.items():
        cells[int(name[1:]) - 1] = text
    return cells


HEADING = row(n1="Nr.\np.k.", n2="Reģions", n5="VPVKAC pilnais nosaukums", n7="VPVKAC",
              n8="Adrese", n9="Darba laiks", n11="Tālrunis", n12="E-pasts")  # fmt: skip
TITLE = row(n5="VPVKAC saraksts 2023. gadā")


def centre(at: int, **more: str) -> Rows:
    name = NAMES[at]
    first = {
        "n1": str(at + 1), "n2": "Kurzemes", "n5": f"{name} novada {name} pilsētas VPVKAC",
        "n7": f"{name} VPVKAC", "n8": f"Parka iela {at + 1}, {name} pilsēta, {name} nov.",
        "n11": f"6{at}000000", **more,
    }  # fmt: skip
    days = [row(n9="P.", n10=f"8.{at}0–12.00", n12=f"a{at}@b.example"),
            row(n9="C.", n10=f"9.{at}0–12.00"), row(n9="Otrdiena: slēgts")]  # fmt: skip
    return [row(**first), *days]


def listed(*marked: tuple[int, dict[str, str]]) -> Rows:
    changed = dict(marked)
    return [HEADING, *(cells for at in range(4) for cells in centre(at, **changed.get(at, {})))]


def as_text(rows: Rows, folder: Path) -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    file = folder / "list.csv"
    file.write_text(text.getvalue(), encoding="utf-8-sig")
    return file


def as_workbook(rows: Rows, folder: Path) -> Path:
    book = openpyxl.Workbook()
    for cells in rows:
        book.active.append([cell or None for cell in cells])
    book.save(folder / "list.xlsx")
    return folder / "list.xlsx"


FORMS = {"text": as_text, "workbook": as_workbook}
Form = Callable[[Rows, Path], Path]


@pytest.fixture(params=FORMS)
def form(request: pytest.FixtureRequest) -> Form:
    return FORMS[request.param]


def read(file: Path) -> Reading:
    reading = read_centres(Input(file, file.name))
    assert reading.rows_read == len(reading.table) + sum(reading.dropped.values())
    return reading


def between(rows: Rows, *others: list[str], of: int | None = None) -> Rows:
    """Put rows before each centre, or before one, and behind the last."""
    begins = [at for at, cells in enumerate(rows) if cells[4].endswith(" VPVKAC")]
    chosen = begins if of is None else [begins[of]]
    whole = [cells for at, own in enumerate(rows)
             for cells in ([*others, own] if at in chosen else [own])]  # fmt: skip
    return [*whole, *others]


def numbers(*texts: str) -> Rows:
    return listed(*((at, {"n1": text}) for at, text in enumerate(texts)))


def parted_cells() -> Rows:
    rows = listed()
    for cells, above in zip(rows[2:], rows[1:], strict=False):
        for at in (0, 1, 4, 6, 7):
            cells[at] = cells[at] or above[at]
    return rows


SHAPES = {
    "blank rows": between(listed(), row(), row(), row()),
    "a dash for nothing": between(listed(), row(n3="–")),
    "planning regions": between(listed(), row(n1="Kurzemes plānošanas reģions")),
    "regions in another column": between(listed(), row(n2="Vidzemes reģions")),
    "municipalities": between(listed(), row(n5="Rietumu Alfas novads")),
    "totals": between(listed(), row(n1="Kopā:", n2="2")),
    "totals by name": between(listed(), row(n5="Pavisam kopā VPVKAC: 4")),
    "sources": between(listed(), row(n1="Avots: VARAM"), row(n1="Sagatavoja J. Bērziņš, 67026000")),
    "pages": between(listed(), row(n12="2. lapa")),
    "heading again": between(listed(), HEADING),
    "title and heading on each page": [TITLE, *between(listed(), TITLE, HEADING)],
    "a page that ends within a centre": [TITLE, *listed()[:3], TITLE, HEADING, *listed()[3:]],
    "column numbers": between(listed(), [str(at) for at in range(1, 13)]),
    "numbers with points": numbers("1.", "2.)", "Nr. 3", "4.0"),
    "numbers before names": listed(
        *((at, {"n1": "", "n5": f"{at + 1}. {name} novada {name} pilsētas VPVKAC"})
          for at, name in enumerate(NAMES))
    ),
    "a number on the row above": [
        cells for own in listed()
        for cells in ([row(n1=own[0]), ["", *own[1:]]] if own[4].endswith(" VPVKAC") else [own])
    ],
    "merged cells that were parted": parted_cells(),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_what_stands_between_centres_is_no_centre_and_ends_none(
    shape: str, form: Form, tmp_path: Path
) -> None:
    plain = read(form(listed(), tmp_path)).table
    assert plain["hours"].tolist() == [
        f"Mo 08:{at}0-12:00; Th 09:{at}0-12:00" for at in range(4)
    ]  # fmt: skip
    reading = read(form(SHAPES[shape], tmp_path))
    assert reading.table.drop(columns="row").equals(plain.drop(columns="row"))
    assert reading.faults == []
    assert sum(reading.dropped.values()) == 0


def test_roman_numbers(form: Form, tmp_path: Path) -> None:
    reading = read(form(numbers("I", "II.", "III)", "C"), tmp_path))
    assert reading.table["id"].tolist() == ["I", "II", "III", "C"]
    assert reading.table["hours"].str.contains("Th 09").all()


@pytest.mark.parametrize(("mark", "noted"), [("*", "*"), ("**", "**"), ("¹", "¹"), ("*)", "*)")])
@pytest.mark.parametrize("column", ["n1", "n5", "n7", "n8"])
def test_a_note_that_a_centre_will_be_opened_is_of_those_that_bear_its_mark(
    mark: str, noted: str, column: str, form: Form, tmp_path: Path
) -> None:
    cell = centre(1)[0][int(column[1:]) - 1]
    rows = listed((1, {column: f"{cell}{mark}"}))
    note = row(n1=f"{noted} Tiks atvērts 2024. gadā, tālr. 67000000")
    plain, marked = read(form(listed(), tmp_path)), read(form([*rows, row(), note], tmp_path))
    assert marked.table["status"].tolist() == ["open", "announced", "open", "open"]
    same = [name for name in plain.table if name != "status"]
    assert marked.table[same].equals(plain.table[same])
    assert (marked.faults, sum(marked.dropped.values())) == ([], 0)


def test_a_note_that_says_else_and_a_mark_without_a_note_are_told(
    form: Form, tmp_path: Path
) -> None:
    rows = [*listed((1, {"n1": "2*"}), (2, {"n7": "Gammas VPVKAC**"})),
            row(n2="* Slēgts remontdarbu dēļ")]  # fmt: skip
    reading = read(form(rows, tmp_path))
    assert reading.table["id"].tolist() == ["1", "2", "3", "4"]
    assert reading.table["name"].tolist()[2] == "Gammas VPVKAC"
    told = {fault.problem.text("en"): fault for fault in reading.faults}
    assert told["is a note that is not read"].value == "* Slēgts remontdarbu dēļ"
    assert (
        told["bears a mark, and no note is found that explains it"].row == reading.table["row"][2]
    )
    assert len(told) == 2


def test_a_centre_that_has_hours_and_is_said_to_be_opened_is_told(
    form: Form, tmp_path: Path
) -> None:
    rows = [*listed()[:5], row(n1="Tiks atvērti 2024. gadā:"), *listed()[5:]]
    reading = read(form(rows, tmp_path))
    assert reading.table["status"].tolist() == ["announced", "open", "open", "open"]
    (fault,) = reading.faults
    assert "is said to be opened yet has hours" in fault.problem.text("en")


def test_a_centre_closed_for_a_time_is_told(form: Form, tmp_path: Path) -> None:
    reading = read(form(listed((1, {"n9": "Slēgts uz laiku"})), tmp_path))
    (fault,) = reading.faults
    assert fault.value == "Slēgts uz laiku"


@pytest.mark.parametrize(
    ("rows", "dropped"),
    [
        (numbers("1", "", "3", "4"), {"no_id": 1}),
        (numbers("1", "–", "01.08.2022", "4"), {"no_id": 2}),
        (listed((1, {"n5": "", "n7": ""})), {"no_id": 1}),
        # Rows under a heading that is a centre's after all are no one else's.
        (between(listed(), row(n1="Epsilonas novads"), row(n9="P.", n10="7-8"), of=2)[:-2],
         {"no_id": 1}),
    ],
)  # fmt: skip
def test_a_centre_that_is_not_used_is_dropped_by_a_reason_and_lends_its_rows_to_none(
    rows: Rows, dropped: dict[str, int], form: Form, tmp_path: Path
) -> None:
    plain = read(form(listed(), tmp_path)).table
    reading = read(form(rows, tmp_path))
    assert {key: count for key, count in reading.dropped.items() if count} == dropped
    assert sum(fault.alike for fault in reading.faults) == sum(dropped.values())
    kept = plain[plain["id"].isin(reading.table["id"])]
    same = [name for name in plain if name != "row"]
    assert reading.table[same].equals(kept[same].reset_index(drop=True))


MEASURED = """
import re, sys
from pathlib import Path
from vpvkac.model.project import Input
from vpvkac.sources.centres import read_centres
print(len(read_centres(Input(Path(sys.argv[1]), "list.xlsx")).table))
print(re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
"""


def with_empty_rows(file: Path, count: int, cells: Sequence[str]) -> None:
    """Put empty rows behind those of a sheet, up to the last one that a sheet can have."""
    with zipfile.ZipFile(file) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for part, content in parts.items():
            if not part.startswith("xl/worksheets/"):
                archive.writestr(part, content)
                continue
            head, tail = content.split(b"</sheetData>")
            with archive.open(part, "w", force_zip64=True) as opened:
                opened.write(head)
                for begin in range(1_000, 1_000 + count, 1_000):
                    rows = (
                        f'<row r="{line}" spans="1:12">'
                        + "".join(f'<c r="{cell}{line}" s="0"/>' for cell in cells) + "</row>"
                        for line in range(begin, begin + 1_000)
                    )  # fmt: skip
                    opened.write("".join(rows).encode())
                opened.write(b"</sheetData>" + tail)


def test_a_workbook_with_a_million_empty_rows_reads_as_one_without(tmp_path: Path) -> None:
    file = as_workbook(listed(), tmp_path)
    plain = read(file)
    with_empty_rows(file, 1_047_000, "ABCD")
    assert read(file).table.equals(plain.table)
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(file)], capture_output=True, text=True, check=True
    )
    count, peak = map(int, done.stdout.split())
    assert (count, peak < 300_000) == (4, True)


def test_rows_far_below_are_read_with_their_numbers(tmp_path: Path) -> None:
    file = as_workbook([*listed(), *([row()] * 30_000), *centre(0, n1="7")], tmp_path)
    reading = read(file)
    assert reading.table["id"].tolist() == ["1", "2", "3", "4", "7"]
    assert reading.table["row"].tolist()[-1] == len(listed()) + 30_001
