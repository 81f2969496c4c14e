"""Small inputs that once failed, and others of their kinds: text, bad rows, nothing used."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import vpvkac
from plain_country import at, rows
from vpvkac.cli.main import main
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.model.project import Input
from vpvkac.questions.check.answer import Examined, examine
from vpvkac.questions.demand.origins import open_delimited
from vpvkac.questions.demand.question import Columns
from vpvkac.sources import tabular
from vpvkac.sources.centres import read_centres
from vpvkac.sources.libraries import read_libraries
from vpvkac.sources.osm import read_osm
from vpvkac.sources.post_offices import read_post_offices
from vpvkac.sources.register import read_register
from vpvkac.sources.tabular import read_records
from vpvkac.sources.units import read_atvk

if TYPE_CHECKING:
    from vpvkac.sources.base import Reading

LETTERS = "ĀČĒĢĪĶĻŅŠŪŽāčēģīķļņšūž"
NAMED = ("id", "name", "lat", "lon")
FOUR = [
    ("1", "Ābele", "57", "24"),
    ("2", "Bērzs, liels", "57.1", "24.1"),
    ("3", 'Ce"ri', "57", "24"),
]


def records_of(data: bytes, folder: Path, required: tuple[str, ...] = NAMED) -> tuple[Any, ...]:
    """Read a table whole; the rows, their lines and what was told."""
    file = folder / "t.csv"
    file.write_bytes(data)
    read = read_records(file, "t.csv", required=required)
    table = list(read.table[list(required)].itertuples(index=False, name=None))
    return table, read.lines.tolist(), [fault.sentence("en") for fault in read.faults]


def origins_of(data: bytes, folder: Path) -> tuple[list[str], list[int], list[float]]:
    """Read the same as origins, a block at a time; keys, lines and latitudes."""
    file = folder / "t.csv"
    file.write_bytes(data)
    source = open_delimited(file, "t.csv", Columns(key="name"))
    chunks = [chunk for part in source.partitions() for chunk in source.read(part)]
    return (
        [key for chunk in chunks for key in chunk.origin.to_pylist()],
        [row for chunk in chunks for row in chunk.row.tolist()],
        [lat for chunk in chunks for lat in chunk.lat.value.tolist()],
    )


def table_of(delimiter: str = ",", ending: str = "\n") -> str:
    """Write the table by hand, every field in quotation marks."""
    lines = [NAMED, *FOUR]
    return ending.join(
        delimiter.join('"' + field.replace('"', '""') + '"' for field in line) for line in lines
    ) + ending  # fmt: skip


# --- Cases -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["homes", "homes_lf", "homes_mixed"])
def test_origins_with_cr_line_ends_are_read(shared_cases: Path, tmp_path: Path, name: str) -> None:
    case = shared_cases / "10-demand-cr-line-ends"
    options = ["--id", "id", "--out", str(tmp_path / "out"), "--lang", "en"]
    result = CliRunner().invoke(main, ["demand", str(case / f"{name}.csv"), str(case), *options])
    assert result.exit_code == 0, result.output
    told = pq.read_table(tmp_path / "out" / "demand.parquet")
    assert told["origin"].to_pylist() == [str(number) for number in range(told.num_rows)]
    assert told.num_rows == (3 if name == "homes_mixed" else 5)


@pytest.mark.parametrize("name", ["15-csv-quoted-header", "16-csv-sep-line"])
def test_a_table_of_excel_is_read(shared_cases: Path, name: str) -> None:
    examined = examine(vpvkac.load(shared_cases / name))
    assert not has_errors(examined.faults), examined.faults
    (libraries,) = [account for account in examined.accounts if account.key == "libraries"]
    assert (libraries.rows_read, libraries.rows_used) == (4, 4)


# --- Encodings -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "words"),
    [
        ("latin-1", "Château"),
        ("latin-1", "Château-Thierry; Église; Forêt; Hôpital"),
        ("latin-1", "Français, mère, frère, maître, août"),
        ("latin-1", "Place du Théâtre"),
        ("latin-1", "Við Strond, Tórshavn, Norðragøta, Hoyvík, Æðuvík, Klaksvík, Suðuroy"),
        ("latin-1", "Königstraße, Gymnasium Köln"),
        ("cp1252", "Skjærvøy – Tromsø"),
        ("cp1257", "Rīga"),
        ("cp1257", "Čiekurkalns; Ķekava; Ļaudona; Ņikļi; Ģipka; Šķēde"),
        ("iso8859-13", "Dārza iela 3, Smiltenes pilsēta"),
        ("cp1257", "Inčkalni, Ančkini"),
        ("cp1257", "saīsināt, neēdīs, pieēsties, paātrināt"),
        ("cp1257", "Rēzekne, skūla, ōzuls"),
        ("cp1257", "Õismäe; Rīga; Tõrva; Pärnu; Müllera iela"),
        ("cp1257", "Panevėžys; Šiauliai; Klaipėda"),
        ("cp1257", "Šiauliai; Tytuvėnų iela; Ķegums; Cēsis"),
        ("iso8859-13", "“Mežlīči“ un “Šķūņi“"),
        ("cp1257", "O´Konora iela; Rīga; Brīvības iela"),
        ("latin-1", "Rivière, Première, Crèche, Élysée, Noël, Besançon, Île de Ré"),
        ("latin-1", "Logroño, España, Almería, León, São João"),
        ("latin-1", "Egilsstaðir, Ísafjörður, Reykjavík, Þórshöfn"),
    ],
)
def test_the_encoding_is_that_whose_words_are_plausible(
    tmp_path: Path, codec: str, words: str
) -> None:
    text = f'id,name,lat,lon\n1,"{words}",57,24\n'
    table, _, told = records_of(text.encode(codec), tmp_path)
    assert (table[0][1], len(told)) == (words, 1)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1257", "iso8859-13"])
@pytest.mark.parametrize("letter", [*LETTERS, LETTERS])
def test_every_latvian_letter_is_itself_in_every_encoding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str, letter: str
) -> None:
    text = f"id,name,lat,lon\n1,{letter},57,24\n2,x{letter}y,58,24\n"
    table, lines, told = records_of(text.encode(codec), tmp_path)
    assert [name for _, name, *_ in table] == [letter, f"x{letter}y"]
    assert lines == [2, 3]
    assert bool(told) == (codec in {"cp1257", "iso8859-13"})
    monkeypatch.setattr(tabular, "BLOCK", 34)
    assert origins_of(text.encode(codec), tmp_path) == ([letter, f"x{letter}y"], lines, [57, 58])


@pytest.mark.parametrize(
    ("codec", "name"), [("cp1257", "Windows-1257"), ("iso8859-13", "ISO-8859-13")]
)
def test_quotation_marks_tell_the_baltic_encodings_apart(
    tmp_path: Path, codec: str, name: str
) -> None:
    text = "id,name,lat,lon\n1,Bērnu „Zīle”,57,24\n"
    table, _, (told,) = records_of(text.encode(codec), tmp_path)
    assert table[0][1] == "Bērnu „Zīle”"
    assert told.startswith("t.csv, row 2: ")
    assert f"read as {name}" in told


def test_a_text_without_latvian_letters_is_latin(tmp_path: Path) -> None:
    text = "id,name,lat,lon\n1,Bjørk på øya,57,24\n"
    table, _, (told,) = records_of(text.encode("latin-1"), tmp_path)
    assert table[0][1] == "Bjørk på øya"
    assert "Latin-1" in told


@pytest.mark.parametrize(
    "data",
    [
        "id,name,lat,lon\n1,Zīle,57,24\n".encode() + b"2,Z\xeele,57,24\n",
        "\ufeffid,name,lat,lon\n1,Zile,57,24\n".encode() + b"2,Z\xeele,57,24\n",
        "id,name,lat,lon\n1,Zile,57,24\n2,Zīle,57,24\n".encode("utf-16-le"),
        b"id,name,lat,lon\n1,Zile,57,24\n2,Z\0le,57,24\n",
        "id,name,lat,lon\n1,Каждый охотник желает знать,57,24\n".encode("cp1251"),
        b"\x89PNG\r\n\x1a\n\xff\xfe\x01\x02",
    ],
    ids=["two encodings", "marked and not UTF-8", "UTF-16 unmarked", "NUL", "Russian", "a picture"],
)
def test_what_cannot_be_told_is_refused_and_never_guessed(tmp_path: Path, data: bytes) -> None:
    for read in (records_of, origins_of):
        with pytest.raises(InputError, match="is not UTF-8 text"):
            read(data, tmp_path)


# --- Line ends, delimiters, headings ----------------------------------------------------------


@pytest.mark.parametrize("size", [7, 40, 10**6])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "before", ["", "\ufeff", "\ufeff\ufeff", "sep=X\n", "\n\nXXX\n", '"sep=X"\n']
)
def test_a_table_is_the_same_however_it_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: int,
    delimiter: str,
    ending: str,
    before: str,
) -> None:
    monkeypatch.setattr(tabular, "BLOCK", size)
    data = (before.replace("X", delimiter).replace("\n", ending)
            + table_of(delimiter, ending)).encode()  # fmt: skip
    table, lines, told = records_of(data, tmp_path)
    assert (table, told) == (FOUR, [])
    first = 2 + before.count("\n")
    assert lines == [first, first + 1, first + 2]
    names = [name for _, name, *_ in FOUR]
    assert origins_of(data, tmp_path) == (names, lines, [57, 57.1, 57])


def test_line_ends_may_be_mixed_and_stand_within_quotation_marks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = b'id,name,lat,lon\r1,"a\r\nb",1,24\n\r\n2,c,2,24\r\n3,"d\re",3,24\r4,f,4,24'
    names, lines = ["a\r\nb", "c", "d\re", "f"], [2, 5, 6, 8]
    for size in range(5, 60):
        monkeypatch.setattr(tabular, "BLOCK", size)
        assert origins_of(data, tmp_path) == (names, lines, [1, 2, 3, 4])
    table, found, _ = records_of(data, tmp_path)
    assert ([name for _, name, *_ in table], found) == (names, lines)


@pytest.mark.parametrize(
    "heading",
    [
        'id;"name, nosaukums, title, label";lat;lon',
        "id;name, nosaukums, title, label;lat;lon",
        'id;"name;\nnosaukums, a, b, c, d";lat;lon',
        "id;name, a, b, c, d;lat;lon;;;",
    ],
)
def test_a_heading_may_hold_other_delimiters(tmp_path: Path, heading: str) -> None:
    parts = heading.split('"')
    name = parts[1] if len(parts) > 1 else heading.split(";")[1]
    data = f"{heading}\n1;a;57;24\n".encode()
    table, _, _ = records_of(data, tmp_path, ("id", name, "lat", "lon"))
    assert table == [("1", "a", "57", "24")]


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        ("name,LAT,lon", 'row 1, lat: is not among the columns; the file has "LAT"'),
        ("name,l a t,lon", 'row 1, lat: is not among the columns; the file has "l a t"'),
        ("name,y,lon", "row 1, lat: is not among the columns; the file has: name, y, lon"),
        ("name,lat,lon,lat", "row 1, lat: is the name of two columns"),
        ('name,"lat,lon', "a quotation mark is never closed"),
    ],
)
def test_a_heading_at_fault_is_told_and_by_demand_too(
    tmp_path: Path, heading: str, said: str
) -> None:
    data = f"{heading}\na,57,24\n".encode()
    for told in (lambda: records_of(data, tmp_path, NAMED[1:]), lambda: origins_of(data, tmp_path)):
        with pytest.raises(InputError) as raised:
            told()
        assert said in str(raised.value)


@pytest.mark.parametrize("data", [b"", b"\n\n", b",,,\n", b"sep=;\n"])
def test_a_table_without_a_heading_is_empty(tmp_path: Path, data: bytes) -> None:
    for read_it in (records_of, origins_of):
        with pytest.raises(InputError, match="is empty"):
            read_it(data, tmp_path)


def test_an_optional_column_in_another_case_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,Status\n1,closed\n", encoding="utf-8")
    with pytest.raises(InputError, match='status: is not among the columns; the file has "Status"'):
        read_records(tmp_path / "t.csv", "t.csv", required=("a",), optional=("status",))


def test_origins_without_a_row_are_an_error(tmp_path: Path) -> None:
    for data in (b"name,lat,lon\n", b"name,lat,lon", b"name,lat,lon\r\n\r\n \r\n"):
        with pytest.raises(InputError, match="has no rows"):
            origins_of(data, tmp_path)


@pytest.mark.parametrize(
    ("number", "hint"),
    [("57,1", "decimal comma?"), ("57 123", "blanks between digits?"),
     ("57\xa0123,5", "blanks between digits?"), ("312000", "name metres x, y")],
)  # fmt: skip
def test_a_number_written_otherwise_is_refused_with_the_cause(
    tmp_path: Path, number: str, hint: str
) -> None:
    content = LIBRARY_HEADING + f'1,A,,"{number}",24\n'
    (fault,) = errors(read(read_libraries, content, tmp_path))
    assert hint in fault.sentence("en")


# --- Bad rows of a published source -------------------------------------------------------------

LIBRARY_HEADING = "_id,Objekta nosaukums,Adrese,LAT,LON\n"
REGISTER_HEADING = "KODS,STATUSS,STD,DD_N,DD_E\n"
ATVK_HEADING = (
    "Level,Code,Code_version,Name,Code_parent,Validity_period_begin,Validity_period_end,"
    "Predecessors,Successors\n"
)


def read(reader: Callable[[Input], Reading], text: str, folder: Path, **more: Any) -> Reading:
    (folder / "t.csv").write_text(text, encoding="utf-8")
    return reader(Input(folder / "t.csv", "t.csv", **more))


def errors(reading: Reading) -> list[Fault]:
    return [fault for fault in reading.faults if fault.level == "error"]


def csv_of(heading: str, line: str) -> Callable[[list[tuple[str, str]]], str]:
    return lambda given: heading + "".join(line.format(key, value) + "\n" for key, value in given)


def offices_of(given: list[tuple[str, str]]) -> str:
    return json.dumps(
        [
            {"id": key, "type": 1, "status": 1, "label": "N", "readableAddress": "A",
             "latitude": value, "longitude": 24}
            for key, value in given
        ]
    )  # fmt: skip


class Source:
    """A published source: its reader, how a row is written, what is sound, differs and is bad."""

    def __init__(self, reader: Any, write: Any, field: str, values: tuple[str, str, str]) -> None:
        self.reader, self.write, self.field = reader, write, field
        self.good, self.other, self.bad = values

    def reading(self, given: list[tuple[str, str]], folder: Path, **more: Any) -> Reading:
        found = read(self.reader, self.write(given), folder, **more)
        if not errors(found):
            # The pipeline asserts the same.
            assert found.rows_read == len(given) == len(found.table) + sum(found.dropped.values())
        return found


SOURCES = {
    "libraries": Source(
        read_libraries, csv_of(LIBRARY_HEADING, "{},A,,{},24"), "LAT", ("57", "58", "x")
    ),
    "post offices": Source(read_post_offices, offices_of, "latitude", ("57", "58", "x")),
    "register": Source(
        read_register, csv_of(REGISTER_HEADING, "{},EKS,A,{},24"), "DD_N", ("57", "58", "x")
    ),
    "codes": Source(
        read_atvk, csv_of(ATVK_HEADING, "4,LV{:0>7},{},N,,2020-01-01,,,"), "Code", ("1", "2", "")
    ),
}
WITH_VALUES = [name for name in SOURCES if name != "codes"]
HUNDRED = [str(number) for number in range(1, 101)]


@pytest.mark.parametrize("name", WITH_VALUES)
def test_one_bad_row_of_a_hundred_is_dropped_and_told(tmp_path: Path, name: str) -> None:
    source = SOURCES[name]
    given = [(key, source.bad if key == "7" else source.good) for key in HUNDRED]
    found = source.reading(given, tmp_path)
    assert errors(found) == []
    assert (len(found.table), found.dropped["bad_value"]) == (99, 1)
    (fault,) = [fault for fault in found.faults if fault.row is not None]
    row = 7 if name == "post offices" else 8
    assert (fault.level, fault.row, fault.field, fault.value) == (
        "warning", row, source.field, source.bad
    )  # fmt: skip
    assert fault.problem.text("en").endswith("the row is not used")
    (strict,) = errors(source.reading(given, tmp_path, strict=True))
    assert (strict.row, strict.field, strict.value) == (row, source.field, source.bad)


@pytest.mark.parametrize("name", WITH_VALUES)
@pytest.mark.parametrize(("rows_given", "bad"), [(99, 1), (199, 2), (299, 3), (100, 2)])
def test_more_than_one_of_a_hundred_is_an_error(
    tmp_path: Path, name: str, rows_given: int, bad: int
) -> None:
    source = SOURCES[name]
    given = [
        (str(number), source.bad if number < bad else source.good) for number in range(rows_given)
    ]
    (fault,) = errors(source.reading(given, tmp_path))
    assert (fault.field, fault.alike) == (source.field, bad)


@pytest.mark.parametrize("name", SOURCES)
def test_equal_rows_count_once(tmp_path: Path, name: str) -> None:
    source = SOURCES[name]
    given = [(key, source.good) for key in HUNDRED] + [("5", source.good)]
    found = source.reading(given, tmp_path)
    # One of 101 rows is less than one of a hundred.
    assert errors(found) == []
    assert (len(found.table), found.dropped["duplicate"]) == (100, 1)
    (fault,) = [fault for fault in found.faults if fault.row is not None]
    assert fault.row == (101 if name == "post offices" else 102)
    assert "counts once" in fault.problem.text("en")
    assert errors(source.reading(given, tmp_path, strict=True))
    assert errors(source.reading([*given[:98], given[4]], tmp_path))


@pytest.mark.parametrize("name", SOURCES)
def test_of_rows_that_differ_under_one_key_none_is_used(tmp_path: Path, name: str) -> None:
    source = SOURCES[name]
    given = [(str(number), source.good) for number in range(199)] + [("5", source.other)]
    found = source.reading(given, tmp_path)
    assert errors(found) == []
    assert (len(found.table), found.dropped["duplicate"]) == (198, 2)
    (fault,) = [fault for fault in found.faults if fault.row is not None]
    assert (fault.row, fault.alike) == ((200 if name == "post offices" else 201), 2)
    assert errors(source.reading(given, tmp_path, strict=True))
    assert errors(source.reading(given[1:], tmp_path))


def extract_of(given: list[tuple[str, float]]) -> str:
    """Write an extract of OpenStreetMap: ids and latitudes."""
    features = [
        {"type": "Feature", "id": key, "properties": {"amenity": "library"},
         "geometry": {"type": "Point", "coordinates": [24.0, lat]}}
        for key, lat in given
    ]  # fmt: skip
    told = {"date": "2026-01-01", "licence": "ODbL 1.0", "publisher": "OSM"}
    return json.dumps({**told, "query": {"amenity": "library"}, "features": features})


@pytest.mark.parametrize(
    ("sound", "more", "dropped"),
    [
        (99, [("way/x", 57.0)], {"bad_value": 1}),
        (98, [("way/x", 57.0)], None),
        (99, [("node/5", 57.0)], {"duplicate": 1}),
        (98, [("node/5", 57.0)], None),
        (199, [("node/5", 58.0)], {"duplicate": 2}),
        (198, [("node/5", 58.0)], None),
    ],
)
def test_bad_features_of_openstreetmap_are_settled_so_too(
    tmp_path: Path, sound: int, more: list[tuple[str, float]], dropped: dict[str, int] | None
) -> None:
    given = [(f"node/{number}", 57.0) for number in range(sound)] + more
    for strict in (False, True):
        found = read(lambda source: read_osm(source, "library"), extract_of(given), tmp_path,
                     strict=strict)  # fmt: skip
        if strict or dropped is None:
            assert [fault.row for fault in errors(found)] == [sound + 1]
            continue
        assert errors(found) == []
        assert {reason: count for reason, count in found.dropped.items() if count} == dropped
        assert found.rows_read == len(found.table) + sum(found.dropped.values())


def test_a_bad_row_that_is_repeated_is_dropped_once(tmp_path: Path) -> None:
    source = SOURCES["libraries"]
    given = [(str(number), source.good) for number in range(198)] + [("x", "x"), ("x", "x")]
    found = source.reading(given, tmp_path)
    assert errors(found) == []
    assert {why: n for why, n in found.dropped.items() if n} == {"bad_value": 1, "duplicate": 1}


# --- Values of another type ----------------------------------------------------------------------

ENTRY = {"id": "1", "type": 1, "status": 1, "label": "N", "readableAddress": "Iela 1",
         "latitude": 57, "longitude": 24}  # fmt: skip


def offices(folder: Path, *entries: dict[str, Any]) -> Reading:
    return read(read_post_offices, json.dumps(entries), folder)


def test_ids_of_json_are_the_same_key_as_number_text_and_float(tmp_path: Path) -> None:
    given = [ENTRY | {"id": number} for number in (7.0, "8", 9, "x9.5")]
    assert offices(tmp_path, *given).table["id"].tolist() == ["7", "8", "9", "x9.5"]
    assert errors(offices(tmp_path, ENTRY | {"id": 4.5}))


@pytest.mark.parametrize("value", [["LV-1055"], {"a": 1}, True, "10555", "LT-01100"])
def test_what_is_no_postcode_is_left_out_of_the_address(tmp_path: Path, value: object) -> None:
    found = offices(tmp_path, ENTRY | {"postCode": value})
    assert found.table["address"].tolist() == ["Iela 1"]
    assert [fault.field for fault in found.faults] == ["postCode"]


@pytest.mark.parametrize("value", ["LV-1055", "LV1055", "1055", 1055])
def test_a_postcode_is_written_in_one_way(tmp_path: Path, value: object) -> None:
    found = offices(tmp_path, ENTRY | {"postCode": value})
    assert (found.table["address"].tolist(), found.faults) == (["Iela 1, LV-1055"], [])


@pytest.mark.parametrize("value", [False, 0, [], {}])
def test_hours_of_another_type_are_not_taken_for_closed(tmp_path: Path, value: object) -> None:
    found = offices(tmp_path, ENTRY | {"workingHours": {"monday": value, "tuesday": "9:00-17:00"}})
    assert [fault.field for fault in found.faults] == ["workingHours"]


# --- What is likely wrong -------------------------------------------------------------------------

LIBRARIES = 'libraries = { path = "l.csv", id = "id", lat = "lat", lon = "lon", address = "a" }\n'
STOPS = 'stops = [{ path = "s.csv", id = "id", lat = "lat", lon = "lon", feed = "s" }]\n'
UNITS = '[inputs]\nunits = "units.gpkg"\n'


@pytest.fixture
def checked(write_project: Callable[..., Path]) -> Callable[..., Examined]:
    """Examine a project of these files; the account of the rows must add up."""

    def examined(toml: str = LIBRARIES, **files: str) -> Examined:
        found = examine(vpvkac.load(write_project(toml=UNITS + toml, **files)))
        for account in found.accounts:
            assert account.rows_read == account.rows_used + sum(account.dropped.values())
        return found

    return examined


def places(*spots: tuple[object, object], address: str = "") -> str:
    return rows("id,lat,lon,a", *((number, *spot, address) for number, spot in enumerate(spots)))


def first(found: Examined, file: str) -> Fault:
    return next(fault for fault in found.faults if fault.file == file)


IN, SWAPPED = at(5, 5), at(5, 5)[::-1]
FAR, ABROAD = (57.5, 27.5), (40.0, 3.0)


@pytest.mark.parametrize(
    ("spots", "said"),
    [
        ([SWAPPED] * 3, "latitude and longitude are swapped (rows: 3 of 3)"),
        ([FAR] * 3, "the places are in Latvia, but outside the units (rows: 3 of 3)"),
        ([ABROAD] * 3, "the places are outside Latvia (rows: 3 of 3)"),
        ([("", "")] * 3, "there are neither coordinates nor addresses (rows: 3 of 3)"),
        ([SWAPPED, SWAPPED, IN], "latitude and longitude are swapped (rows: 2 of 3)"),
        ([FAR, FAR, IN], "the places are in Latvia, but outside the units (rows: 2 of 3)"),
    ],
)
def test_the_cause_stands_before_the_rows(
    checked: Callable[..., Examined], spots: list[tuple[object, object]], said: str
) -> None:
    fault = first(checked(l_csv=places(*spots)), "l.csv")
    assert (fault.problem.text("en"), fault.row) == (said, None)
    assert fault.level == ("warning" if IN in spots else "error")


def test_few_rows_that_fall_out_are_told_by_row_alone(checked: Callable[..., Examined]) -> None:
    found = checked(l_csv=places(IN, IN, SWAPPED, FAR))
    assert [fault.row for fault in found.faults] == [5, 4]
    assert ["swapped" in fault.remedy.text("en") for fault in found.faults] == [False, True]


def test_the_units_are_blamed_where_every_input_lies_outside(
    checked: Callable[..., Examined],
) -> None:
    found = checked(LIBRARIES + STOPS, l_csv=places(FAR, FAR), s_csv=places(FAR, FAR))
    blamed = first(found, "units.gpkg")
    assert (blamed.level, blamed.problem.text("en")) == (
        "error",
        "most rows of every input lie outside",
    )
    files = [fault.file for fault in found.faults if fault.level == "error"]
    assert files == ["units.gpkg", "l.csv", "s.csv"]
    one = checked(LIBRARIES + STOPS, l_csv=places(IN, IN), s_csv=places(FAR, FAR))
    assert "units.gpkg" not in [fault.file for fault in one.faults]


@pytest.mark.parametrize(
    ("register", "said"),
    [
        (None, "there are no coordinates, and the project has no address register"),
        ('1,EKS,"Cita iela 1, Rīga",57,24\n', "the addresses are not in the register"),
    ],
)  # fmt: skip
def test_addresses_that_lead_nowhere_are_an_error(
    checked: Callable[..., Examined], register: str | None, said: str
) -> None:
    files = {} if register is None else {"r_csv": REGISTER_HEADING + register}
    toml = LIBRARIES + ('addresses = "r.csv"\n' if files else "")
    table = places(("", ""), ("", ""), address='"Pikk tänav 5, Tallinn"')
    fault = first(checked(toml, l_csv=table, **files), "l.csv")
    assert fault.level == "error"
    assert said in fault.problem.text("en")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("1,DEL,A,57,24\n", "has no address in force"),
        ("1,EKS,A,,\n", "no address in force has coordinates"),
        ("", "has no rows"),
    ],
)
def test_a_register_without_an_address_is_an_error(tmp_path: Path, line: str, said: str) -> None:
    (fault,) = errors(read(read_register, REGISTER_HEADING + line, tmp_path))
    assert fault.problem.text("en") == said


def test_a_register_abroad_or_swapped_is_blamed_and_not_the_list(
    checked: Callable[..., Examined],
) -> None:
    address = '"Skolas iela 1, Pilsēta, Labais nov."'
    table = places(("", ""), ("", ""), address=address)
    for (lat, lon), said in ((SWAPPED, "swapped"), (ABROAD, "outside Latvia")):
        register = f"{REGISTER_HEADING}1,EKS,{address},{lat},{lon}\n"
        found = checked(LIBRARIES + 'addresses = "r.csv"\n', l_csv=table, r_csv=register)
        blamed = found.faults[0]
        assert (blamed.file, blamed.level) == ("r.csv", "error")
        assert said in blamed.problem.text("en")
        assert said not in first(found, "l.csv").problem.text("en")


def test_degrees_named_as_metres_are_told(checked: Callable[..., Examined]) -> None:
    toml = 'libraries = { path = "l.csv", id = "id", x = "lon", y = "lat" }\n'
    fault = first(checked(toml, l_csv=places(IN, IN)), "l.csv")
    assert (fault.level, fault.problem.text("en")) == (
        "error", "x and y are degrees, not metres (rows: 2 of 2)"
    )  # fmt: skip


def test_a_workbook_named_csv_is_told(tmp_path: Path) -> None:
    for read_it in (records_of, origins_of):
        with pytest.raises(InputError, match="is an Excel workbook"):
            read_it(b"PK\x03\x04\x14\0rest", tmp_path)


def test_the_list_of_centres_is_read_in_the_encoding_of_an_office(tmp_path: Path) -> None:
    row = ["1", "", "", "", "Ādažu novada Ādažu VPVKAC", "", "Ādažu VPVKAC", "Gaujas iela 1, Ādaži"]
    file = tmp_path / "vpvkac-kontakti.csv"
    file.write_bytes((";".join([*row, "", "", "", ""]) + "\n").encode("cp1257"))
    found = read_centres(Input(file, file.name))
    assert found.table["name"].tolist() == ["Ādažu VPVKAC"]
    assert any("Windows-1257" in fault.problem.text("en") for fault in found.faults)


OFFICE_FILE = 'post_offices = "p.json"\n'


@pytest.mark.parametrize(
    ("toml", "files", "said"),
    [
        (LIBRARIES, {"l_csv": "id,lat,lon,a\n"}, "has no rows"),
        (LIBRARIES, {"l_csv": "id,lat,lon,a\n,,,\n,,,\n"}, "has no rows"),
        (
            LIBRARIES.replace(" }", ', where = { a = ["y"] } }'),
            {"l_csv": places(IN, IN, address="x")},
            "no row is used (not in the project's selection: 2)",
        ),
        (OFFICE_FILE, {"p_json": json.dumps([ENTRY | {"type": 6}])},
         "no row is used (another kind of object: 1)"),
        (OFFICE_FILE, {"p_json": json.dumps([ENTRY | {"status": 2}])},
         "no row is used (another status: 1)"),
    ],
)  # fmt: skip
def test_an_input_of_which_nothing_is_used_is_an_error(
    checked: Callable[..., Examined], toml: str, files: dict[str, str], said: str
) -> None:
    found = checked(toml, **files)
    told = [fault.problem.text("en") for fault in found.faults if fault.level == "error"]
    assert told == [said]


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("corrections", "place,address,lat,lon\nlibraries:77,,57,24\n"),
        ("corrections", "place,address,lat,lon\n"),
        ("decisions", "unit,decision,place,responsible,due,note\n"),
    ],
)
def test_a_file_of_the_planner_that_says_nothing_is_an_error(
    checked: Callable[..., Examined], key: str, content: str
) -> None:
    found = checked(LIBRARIES + f'{key} = "k.csv"\n', l_csv=places(IN), k_csv=content)
    assert first(found, "k.csv").level == "error"


def test_decisions_kept_beside_the_project_may_be_empty_yet(
    checked: Callable[..., Examined],
) -> None:
    heading = "unit,decision,place,responsible,due,note\n"
    found = checked(l_csv=places(IN), decisions_csv=heading)
    assert [(fault.file, fault.level) for fault in found.faults] == [("decisions.csv", "warning")]


@pytest.mark.parametrize(
    ("key", "columns", "content"),
    [
        ("suitability", 'id = "id", parking = "p"', "id,p\nlibraries:77,\n"),
        ("population", 'unit = "u", value = "n"', "u,n\nLV,5\n"),
        ("development_centres", 'id = "id", level = "l"', "id,l\n1,national\n"),
    ],
)
def test_an_optional_input_of_which_nothing_is_used_is_an_error(
    checked: Callable[..., Examined], key: str, columns: str, content: str
) -> None:
    toml = LIBRARIES + f'{key} = {{ path = "k.csv", {columns} }}\n'
    fault = first(checked(toml, l_csv=places(IN), k_csv=content), "k.csv")
    assert fault.level == "error"
    assert "no row is used" in fault.problem.text("en")


def test_strict_makes_a_dropped_row_an_error(
    checked: Callable[..., Examined], tmp_path: Path
) -> None:
    lines = "".join(f"{n},A,,{'x' if n == 7 else IN[0]},{IN[1]}\n" for n in range(1, 101))
    found = checked('libraries = "l.csv"\n', l_csv=LIBRARY_HEADING + lines)
    assert not has_errors(found.faults)
    (account,) = [account for account in found.accounts if account.key == "libraries"]
    assert (account.rows_used, account.dropped) == (99, {"bad_value": 1})
    for command in ("run", "check"):
        options = ["--out", str(tmp_path / "out"), "--lang", "en", "--strict"]
        result = CliRunner().invoke(main, [command, str(tmp_path), *options])
        assert result.exit_code == 1
        assert 'Error: l.csv, row 8, LAT: "x" is not a number' in result.stderr


def test_unit_codes_are_read_with_and_without_their_letters(
    checked: Callable[..., Examined],
) -> None:
    toml = LIBRARIES + (
        'population = { path = "k.csv", unit = "u", value = "n" }\ndecisions = "d.csv"\n'
        'development_centres = { path = "c.csv", id = "id", level = "l", unit = "u" }\n'
    )
    found = checked(
        toml,
        l_csv=places(IN),
        k_csv="u,n\n9000100,5\nLV9000110,6\n9000200,7\n9000210,8\n",
        d_csv="unit,decision,place,responsible,due,note\n9000100,Slēgt,,,,\n",
        c_csv="id,l,u\n1,national,9000210\n",
    )
    assert not has_errors(found.faults), found.faults
