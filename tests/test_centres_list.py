"""The centres' list: centres by number and name, hours and "Tiks atvērts" wherever they stand."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vpvkac.model.faults import InputError
from vpvkac.model.project import Input
from vpvkac.sources.centres import read_centres

if TYPE_CHECKING:
    from vpvkac.sources.base import Reading

SAMPLE = Path(__file__).parents[1] / "data/sample/vpvkac-kontakti_2023_aktual_081123.csv"
FOLDER = tempfile.TemporaryDirectory()
HEADING = (
    '"Nr.\np.k.";Reģions;;;VPVKAC pilnais nosaukums;;VPVKAC;Adrese;Darba laiks;;Tālrunis;E-pasts\n'
)
WIDTH = 12


def row(**fields: str) -> str:
    """Write a row; the fields are named n1 to n12."""
    cells = ["" for _ in range(WIDTH)]
    for name, text in fields.items():
        cells[int(name[1:]) - 1] = '"' + text.replace('"', '""') + '"'
    return ";".join(cells) + "\n"


def centre(number: str, **more: str) -> str:
    stated = {"n5": "Ogres novada Ikšķiles pilsētas VPVKAC", "n7": "Ikšķiles VPVKAC",
              "n8": "Peldu iela 22, Ikšķile, Ogres nov., LV-5052"}  # fmt: skip
    return row(n1=number, **(stated | more))


def read(text: str, name: str = "vpvkac-kontakti_2023_aktual_081123.csv") -> Reading:
    path = Path(FOLDER.name) / name
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    return read_centres(Input(path, name))


def hours(text: str) -> str:
    (found,) = read(text).table["hours"]
    return str(found)


def test_a_centre_is_its_number_names_address_owner_telephone_and_e_mail() -> None:
    text = HEADING + centre("1", n11="+371 60000000") + row(n12="a@b.example") + centre("2.")
    reading = read(text)
    first = reading.table.iloc[0]
    assert reading.table["id"].tolist() == ["1", "2"]
    assert reading.table["row"].tolist() == [3, 5]
    assert first[["name", "owner", "phone", "email"]].tolist() == [
        "Ikšķiles VPVKAC", "Ogres novada Ikšķiles pilsētas", "+371 60000000", "a@b.example"
    ]  # fmt: skip
    assert first["address"] == "Peldu iela 22, Ikšķile, Ogres nov., LV-5052"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["whole", "no name", "no number", "more"]), min_size=1))
def test_every_centre_is_used_or_dropped_and_lends_its_rows_to_no_other(kinds: list[str]) -> None:
    text, address = HEADING, "Iela 1, LV-5052"
    whole = []
    for number, kind in enumerate(kinds):
        written = {
            "whole": centre(str(number), n11=f"tel {number}"),
            "no name": row(n1=str(number), n8=address, n11=f"tel {number}"),
            "no number": row(n5="Ogres novada VPVKAC", n8=address, n11=f"tel {number}"),
            "more": row(n9="Pirmdiena", n10="8:00 - 12:00"),
        }[kind]
        text += written
        whole += [f"tel {number}"] if kind == "whole" else []
    if not whole:
        with pytest.raises(InputError):
            read(text)
        return
    reading = read(text)
    assert reading.table["phone"].tolist() == whole
    incomplete = kinds.count("no name") + kinds.count("no number")
    assert reading.dropped["no_id"] == incomplete
    assert reading.rows_read == len(whole) + incomplete
    assert sum(fault.alike for fault in reading.faults) == incomplete


@pytest.mark.parametrize("position", range(1, WIDTH + 1))
def test_a_centre_is_announced_by_the_words_in_any_of_its_fields(position: int) -> None:
    text = centre("1") + row(**{f"n{position}": "TIKS\natvērts 2024. gadā"}) + centre("2")
    assert read(text).table["status"].tolist() == ["announced", "open"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (row(n9="Pirmdiena", n10="8:30 - 12:00; 12:20 - 17:00"), "Mo 08:30-12:00,12:20-17:00"),
        (row(n3="Pirmdiena:", n6="8.30–17.00"), "Mo 08:30-17:00"),
        (row(n9="Otrdiena: 8:00 - 17:00\nTrešdiena: slēgts"), "Tu 08:00-17:00"),
        (row(n9="Pirmdiena\nOtrdiena", n10="8:00-9:00\n10:00-11:00"),
         "Mo 08:00-09:00; Tu 10:00-11:00"),
        (row(n9="Pirmdiena\nOtrdiena", n10="8:00-9:00"), "Mo-Tu 08:00-09:00"),
        (row(n9="Pirmdiena", n10="8:00-12:00") + row(n9="Pirmdiena", n10="13:00-17:00"),
         "Mo 08:00-12:00,13:00-17:00"),
        (row(n9="Pirmdiena, otrdiena", n10="8:00-17:00"), "Mo-Tu 08:00-17:00"),
        (row(n9="Pirmdiena - ceturtdiena", n10="8:00-17:00"), "Mo-Th 08:00-17:00"),
        (row(n9="Sestdiena", n11="+371 60000000"), ""),
        ("", ""),
    ],
)  # fmt: skip
def test_hours_are_found_by_their_words(rows: str, expected: str) -> None:
    assert hours(centre("1") + rows) == expected
    assert list(read(centre("1") + rows).faults) == []


@pytest.mark.parametrize(
    "rows",
    [
        row(n9="Pirmdiena", n10="pēc pieraksta"),
        row(n9="Pirmdiena, otrdiena 8:00-17:00 trešdiena"),
        row(n9="Pirmdiena: 8:00-17:00, slēgts 12:00-13:00"),
        row(n9="Pirmdiena", n10="8:60-9:10"),
        row(n9="Pirmdiena", n10="8:00-17:00") + row(n9="Pirmdiena", n10="9:00-18:00"),
        row(n9="Pirmdiena\nOtrdiena\nTrešdiena", n10="8:00-9:00\n10:00-11:00"),
    ],
)
def test_hours_not_understood_are_told_and_not_guessed(rows: str) -> None:
    reading = read(centre("1") + rows)
    assert reading.table["hours"].tolist() == [""]
    assert [(fault.level, fault.row) for fault in reading.faults] == [("warning", 1)]


@pytest.mark.parametrize("text", [HEADING, "Ogres:VPVKAC\n"])
def test_a_file_without_a_centre_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="has no centres"):
        read(text)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("heading", ["id,name,unit,lat,lon", "ID,Name,Lat,Lon", "code,lat,lon"])
def test_a_table_of_its_own_says_how_to_name_its_columns(heading: str, delimiter: str) -> None:
    values = {"unit": "LV0022200", "lat": "57.1313", "lon": "27.2659"}
    cells = [values.get(word.lower(), "Balvu VPVKAC") for word in heading.split(",")]
    text = "\n".join([heading, ",".join(cells)]).replace(",", delimiter)
    with pytest.raises(InputError, match="but is a table of its own") as error:
        read(text)
    (fault,) = error.value.faults
    lat = heading.split(",")[-2]
    assert f'lat = "{lat}", lon = ' in fault.sentence("en")


def test_a_number_before_two_centres_is_an_error_at_the_second() -> None:
    reading = read(HEADING + centre("1") + centre("1."))
    assert [(fault.level, fault.row, fault.value) for fault in reading.faults] == [
        ("error", 4, "1")
    ]


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("vpvkac-kontakti_2023_aktual_081123.csv", "2023-11-08"),
        ("vpvkac_kontakti_2022_08.csv", "2022-08"),
        ("vpvkac_999999.csv", None),
        ("vpvkac_2022_13.csv", None),
        ("vpvkac.csv", None),
    ],
)
def test_the_lists_date_stands_in_its_name(name: str, date: str | None) -> None:
    assert read(centre("1"), name).notes.get("date") == date


@pytest.mark.parametrize("shift", range(1, 4))
def test_columns_put_in_before_those_published_are_no_matter(shift: int) -> None:
    text = centre("1", n11="+371 60000000") + row(n9="Pirmdiena", n10="8:00-17:00")
    text += row(n12="a@b.example") + centre("2")
    plain, shifted = (
        read(text),
        read("".join(f"{';' * shift}{line}\n" for line in text.splitlines())),
    )
    assert shifted.table.equals(plain.table)
    assert len(plain.table) == 2


@pytest.mark.slow
@pytest.mark.parametrize("empty", [b";;;;;;;;;;;", b'"";"";"";"";"";"";"";"";"";"";"";" "'])
def test_empty_rows_to_the_last_of_a_spreadsheet_cost_neither_time_nor_memory(
    tmp_path: Path, empty: bytes
) -> None:
    # SOURCES: the list of 2023-11 is about 14 MB, empty rows run to Excel's row 1 048 576.
    whole = SAMPLE.read_bytes()
    rest = 1_048_576 - whole.count(b"\n")
    half = whole.index(b"\n2;") + 1
    long = tmp_path / SAMPLE.name
    # Behind the list, within it, and above the last row, which holds a note.
    gap = (empty + b"\r\n") * 1_000
    note = b";;;;;;;;;;;*piezime\r\n"
    long.write_bytes(whole[:half] + gap + whole[half:] + (empty + b"\r\n") * (rest - 1_001) + note)
    usual = read_centres(Input(SAMPLE, SAMPLE.name))
    code = (
        "import re, sys, time; from pathlib import Path\n"
        "from vpvkac.model.project import Input; from vpvkac.sources.centres import read_centres\n"
        "read_centres(Input(Path(sys.argv[1]), 'a')); start = time.perf_counter()\n"
        "found = read_centres(Input(Path(sys.argv[2]), 'vpvkac_081123.csv'))\n"
        "print(time.perf_counter() - start)\n"
        # Not that of `resource`, which goes over from the process that starts this one.
        "print(re.search(r'VmHWM:\\s*(\\d+)', Path('/proc/self/status').read_text())[1])\n"
        "found.table.drop(columns='row').to_csv(sys.stdout)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(SAMPLE), str(long)],
        capture_output=True, text=True, check=True, encoding="utf-8",
    )  # fmt: skip
    seconds, kilobytes, table = done.stdout.split("\n", 2)
    assert table == usual.table.drop(columns="row").to_csv()
    # Before, some thirty seconds more than without them, and 700 MB.
    assert float(seconds) < 10
    assert int(kilobytes) < 300_000
