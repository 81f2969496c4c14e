"""Further inputs of the kinds that once failed: read as meant, or refused by their cause."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from click.testing import CliRunner

from plain_country import UNITS, at, rows, write_units
from test_cases_centres import FORMS, GOOD, LUNCH_OSM, write_page, write_text
from test_gtfs import SMALL
from vpvkac.cli.main import main
from vpvkac.inputs.project_file import load
from vpvkac.model.faults import InputError
from vpvkac.model.project import Input
from vpvkac.questions.check.answer import Examined, examine
from vpvkac.sources.centres import read_centres
from vpvkac.sources.gtfs import read_gtfs

if TYPE_CHECKING:
    Checked = Callable[..., Examined]
LIST = rows("id,name,lat,lon", ("1", "Viena", *at(5, 5)), ("2", "Ābeļu ķēve", *at(15, 5)))
STREET = (
    '<osm version="0.6"><node id="1" lat="{0}" lon="{1}"/><node id="2" lat="{0}" lon="{2}"/>'
    '<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way></osm>'
)


@pytest.fixture
def checked(tmp_path: Path) -> Checked:
    """Give what makes a project of a list and other files, and checks it."""

    def examined(list_: bytes = LIST.encode(), more: str = "", **files: str) -> Examined:
        write_units(tmp_path / "units.gpkg", UNITS)
        (tmp_path / "l.csv").write_bytes(list_)
        for name, text in files.items():
            (tmp_path / name.replace("_", ".")).write_text(text, encoding="utf-8")
        (tmp_path / "vpvkac.toml").write_text(
            '[inputs]\nunits = "units.gpkg"\nlibraries = { path = "l.csv", id = "id", '
            f'name = "name", lat = "lat", lon = "lon" }}\n{more}\n',
            encoding="utf-8",
        )
        return examine(load(tmp_path))

    return examined


def told(examined: Examined, level: str, lang: str = "en") -> list[str]:
    return [fault.sentence(lang) for fault in examined.faults if fault.level == level]


# --- Text --------------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["cp775", "mac_latin2"])
def test_letters_of_dos_and_old_macs_are_refused(checked: Checked, codec: str) -> None:
    assert told(checked(LIST.encode(codec)), "error") == [
        "l.csv, row 3: is not UTF-8 text; save the file as UTF-8"
    ]


def test_dashes_and_apostrophes_in_words_leave_windows_1257(checked: Checked) -> None:
    text = LIST.replace("Viena", "Rīga–Valka O’Braiena bibliotēka…x")
    examined = checked(text.encode("cp1257"))
    assert told(examined, "error") == []
    assert "read as Windows-1257" in told(examined, "warning")[0]


@pytest.mark.parametrize(
    "data",
    [
        b"sep=,\n" + LIST.replace(",", ";").encode(),
        b"sep = ;\n" + LIST.replace(",", ";").encode(),
        LIST.encode() + b"\x1a",
    ],
)  # fmt: skip
def test_marks_of_other_programs_do_not_hide_the_table(checked: Checked, data: bytes) -> None:
    examined = checked(data)
    assert told(examined, "error") == []
    assert [account.rows_used for account in examined.accounts if account.key == "libraries"] == [2]


@pytest.mark.parametrize(
    ("above", "row"), [("Bibliotēku saraksts\n", 2), ("# 2023\n\nA,B\n", 4), ("a;b;;\n;;;\n", 3)]
)
def test_lines_above_the_heading_are_told_by_one_sentence(
    checked: Checked, above: str, row: int
) -> None:
    (error,) = told(checked((above + LIST).encode()), "error")
    assert error.endswith(
        f"has none of the columns id, name, lat, lon; row {row} looks like the heading; "
        "delete the rows above it"
    )


@pytest.mark.parametrize("text", ["<!DOCTYPE html><html></html>", '{"a": 1}', "a:b:c\n1:2:3\n"])
def test_a_file_without_any_of_the_columns_is_told_once(checked: Checked, text: str) -> None:
    (error,) = told(checked(text.encode()), "error")
    assert "has none of the columns id, name, lat, lon; the file has: " in error


@pytest.mark.parametrize(
    ("head", "form"),
    [(b"%PDF-1.7", "PDF"), (b"\x1f\x8b\x08\x00", "gzip"), (b"SQLite format 3\0", "GeoPackage")],
)
def test_a_file_of_another_form_is_called_by_it(checked: Checked, head: bytes, form: str) -> None:
    (error,) = told(checked(head), "error")
    assert error.startswith(f"l.csv: is a {form}")


ORIGINS = "id,lat,lon\n" + "".join(f"{n},{at(n, 5)[0]},{at(n, 5)[1]}\n" for n in range(1, 4))


@pytest.mark.parametrize(
    ("origins", "said"),
    [
        (ORIGINS.replace("lat,lon", "lon,lat"), "more than 50 km outside"),
        (ORIGINS.replace(",", ";").replace(".", ","), "decimal comma?"),
        ("id,lat,lon\n1,,\n2,,\n", "has no coordinates"),
    ],
)
def test_origins_of_which_none_is_used_are_an_error(
    checked: Checked, tmp_path: Path, origins: str, said: str
) -> None:
    checked(o_csv=origins)
    arguments = ["demand", str(tmp_path / "o.csv"), str(tmp_path), "--id", "id", "--lang", "en"]
    found = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "out")])
    assert found.exit_code == 1
    assert "no row is used" in found.stderr
    assert said in found.stderr
    assert not (tmp_path / "out").exists()


def test_origins_that_end_with_the_mark_of_dos(checked: Checked, tmp_path: Path) -> None:
    checked(o_csv=ORIGINS + "\x1a")
    arguments = ["demand", str(tmp_path / "o.csv"), str(tmp_path), "--lang", "en"]
    found = CliRunner().invoke(main, [*arguments, "--out", str(tmp_path / "out")])
    assert found.exit_code == 0, found.output


# --- Centres -----------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", "\t", "|"])
def test_the_list_of_centres_saved_with_another_delimiter(tmp_path: Path, delimiter: str) -> None:
    with write_text(GOOD).open(encoding="utf-8", newline="") as text:
        cells = list(csv.reader(text, delimiter=";"))
    file = tmp_path / "list.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text, delimiter=delimiter).writerows([*cells, [""] * 12, [""] * 12])
    reading = read_centres(Input(file, "list.csv"))
    assert reading.table["hours"].tolist() == [LUNCH_OSM] * len(GOOD)
    assert not reading.faults


@pytest.mark.parametrize("codec", ["cp1257", "iso8859-13"])
@pytest.mark.parametrize("head", ["", '<meta charset="windows-1257">', '<meta charset="utf-8">'])
def test_a_page_of_centres_in_another_encoding(tmp_path: Path, codec: str, head: str) -> None:
    page = write_page(GOOD).read_text(encoding="utf-8").replace("Parka", "Ķieģeļu")
    file = tmp_path / "list.html"
    file.write_bytes((head + page).encode(codec))
    reading = read_centres(Input(file, "list.html"))
    assert reading.table["address"].str.startswith("Ķieģeļu").all()
    assert reading.table["hours"].tolist() == [LUNCH_OSM] * len(GOOD)
    assert ["not UTF-8" in fault.problem.text("en") for fault in reading.faults] == [True]


@pytest.mark.parametrize("form", FORMS)
def test_a_footnote_announces_no_centre(form: str) -> None:
    file = FORMS[form](GOOD)
    if file.suffix == ".xlsx":
        workbook = openpyxl.load_workbook(file)
        workbook.active.append(["* Tiks atvērts 2023. gadā"])
        workbook.save(file)
    elif file.suffix == ".csv":
        text = file.read_text(encoding="utf-8") + "* Tiks atvērts 2023. gadā" + ";" * 11 + "\n"
        file.write_text(text, encoding="utf-8")
    reading = read_centres(Input(file, file.name))
    assert reading.table["status"].tolist() == ["open"] * len(GOOD)
    told = [fault.value for fault in reading.faults]
    assert told == ([] if form == "page" else ["* Tiks atvērts 2023. gadā"])


def test_an_empty_list_of_centres_is_told(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(b"\r\n")
    with pytest.raises(InputError, match="is empty"):
        read_centres(Input(file, "list.csv"))


# --- Feeds -------------------------------------------------------------------------------------


def feed(folder: Path, **tables: bytes | None) -> Path:
    """Pack the small feed with some files changed, added or, for None, left out."""
    files: dict[str, bytes | None] = {
        name: "\n".join(lines).encode() for name, lines in SMALL.items()
    }
    files |= {name.replace("__", "."): text for name, text in tables.items()}
    path = folder / "feed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            if text is not None:
                archive.writestr(name, text)
    return path


def read(path: Path) -> tuple[list[str], list[str], list[str]]:
    reading = read_gtfs(path, feed="x", regional=True)
    by_level: dict[str, list[str]] = {"error": [], "warning": []}
    for fault in reading.faults:
        by_level[fault.level].append(fault.sentence("en"))
    return by_level["error"], by_level["warning"], reading.table["stop_name"].tolist()


@pytest.mark.parametrize(
    ("codec", "read_as", "stop"),
    [("cp1257", "Windows-1257", "Ķegums"), ("cp1252", "Latin-1", "Logroño"),
     ("cp1251", "Latin-1", None)],
)  # fmt: skip
def test_stops_in_another_encoding_keep_their_letters(
    tmp_path: Path, codec: str, read_as: str, stop: str | None
) -> None:
    lines = ["stop_id,stop_name,stop_lat,stop_lon", f"1,{stop or 'Остановка'},56.95,24.1",
             "02,Upe,57.5,25.25", "003,Ala,56.25,26.5", "9,Osta,56.95,24.1"]  # fmt: skip
    errors, warnings, names = read(feed(tmp_path, stops__txt="\n".join(lines).encode(codec)))
    assert errors == []
    assert stop is None or stop in names
    assert [f"read as {read_as}" in line for line in warnings if "UTF-8" in line] == [True]


@pytest.mark.parametrize("name", ["stops.txt", "trips.txt", "routes.txt"])
def test_a_table_without_rows_is_blamed_itself(tmp_path: Path, name: str) -> None:
    head = SMALL[name][0].encode() + b"\n"
    errors, warnings, _ = read(feed(tmp_path, **{name.replace(".", "__"): head}))
    assert errors == [
        f"feed.zip/{name}: the file has no rows; check the feed, or download it again"
    ]
    assert not any("is not in" in line for line in warnings)


@pytest.mark.parametrize("kind", ["900", "800", "11", "0"])
def test_a_feed_of_trams_is_not_told_to_run_on_another_day(tmp_path: Path, kind: str) -> None:
    routes = f"route_id,route_type\nB,{kind}\nT,{kind}\nR,2".encode()
    errors, warnings, _ = read(feed(tmp_path, routes__txt=routes))
    assert errors == []
    assert not any("another day" in line for line in warnings)
    assert any('count in the stop set "all" alone' in line for line in warnings)


def test_a_feed_of_areas_on_call_has_no_stops(tmp_path: Path) -> None:
    times = b"trip_id,location_id,stop_sequence\nb1,area,1"
    given = {"stops__txt": None, "stop_times__txt": times, "locations__geojson": b"{}"}
    errors, warnings, names = read(feed(tmp_path, **given))
    assert (errors, names) == ([], [])
    assert ["on call, no fixed stop" in line for line in warnings] == [True]


# --- Checked like all else ---------------------------------------------------------------------


def test_streets_of_another_place_are_an_error(checked: Checked, tmp_path: Path) -> None:
    lat, lon = at(5, 5)
    more = 'streets = "s.osm"'
    assert told(checked(more=more, s_osm=STREET.format(lat, lon, lon + 0.01)), "error") == []
    away = checked(more=more, s_osm=STREET.format(48, 2, 2.01))
    assert [line[:43] for line in told(away, "error")] == [
        "s.osm: no street lies where the units are; "
    ]
    walked = CliRunner().invoke(main, ["walk", str(tmp_path), "--out", str(tmp_path / "out")])
    assert walked.exit_code == 1


def test_streets_of_a_query_that_broke_off_are_an_error(checked: Checked) -> None:
    remark = '<remark>runtime error: Query timed out in "query" at line 3</remark></osm>'
    streets = STREET.format(*at(5, 5), at(5, 5)[1] + 0.01).replace("</osm>", remark)
    (error,) = told(checked(more='streets = "s.osm"', s_osm=streets), "error")
    assert "Query timed out" in error
    assert "the extract is not whole" in error


def test_a_correction_of_no_place_is_accounted_for(checked: Checked) -> None:
    lines = [("libraries:1", *at(5, 6)), ("libraries:99", *at(5, 6))]
    text = "\n".join(["place,lat,lon,address,note", *(f"{p},{a},{o},," for p, a, o in lines)])
    examined = checked(more='corrections = "c.csv"', c_csv=text + "\n")
    (account,) = [account for account in examined.accounts if account.key == "corrections"]
    assert (account.rows_read, account.rows_used, account.dropped) == (2, 1, {"no_place": 1})


def test_a_checklist_of_which_no_answer_is_named_is_an_error(checked: Checked) -> None:
    more = 'suitability = { path = "s.csv", id = "place" }'
    examined = checked(more=more, s_csv="place,step_free\nlibraries:1,maybe\n")
    (error,) = told(examined, "error")
    assert "no column is named for any requirement" in error
