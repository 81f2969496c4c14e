"""The list of culture institutions is read by what its columns hold, whatever their words."""

from __future__ import annotations

import csv
import io
import tomllib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import vpvkac
from vpvkac.cli.main import main
from vpvkac.inputs.project_file import load
from vpvkac.model.faults import InputError, has_errors
from vpvkac.model.project import Input
from vpvkac.questions.check.answer import examine
from vpvkac.sources.base import Reading
from vpvkac.sources.libraries import read_libraries
from vpvkac.sources.units import read_units
from vpvkac.texts.message import Lang

LANGS: tuple[Lang, Lang] = ("lv", "en")

# SOURCES: `objektusaraksts.csv` has its columns in this order; the words over them are not known.
KEYS = ("id", "object", "name", "isil", "address", "lat", "lon", "x", "y", "category", "phone",
        "email", "unit", "page", "picture")  # fmt: skip
CATEGORIES = ("Publiskā bibliotēka", "Muzejs", "Kultūras centrs", "Skolas bibliotēka")


def institutions(count: int, seed: int = 0) -> list[dict[str, str]]:
    """Planted institutions; some lack what the list may lack."""
    dice = np.random.default_rng(seed)
    rows = []
    for number in range(1, count + 1):
        category = CATEGORIES[number % len(CATEGORIES)]
        lat, lon = 56 + dice.random(), 24 + dice.random()
        rows.append(
            {
                "id": str(1000 + number), "object": category.split()[-1].capitalize(),
                "name": f"Parauga {number}. {category.lower()}",
                "isil": f"LV-{number:04d}" if "bibliot" in category else "",
                "address": f"Dīķa iela {number}, Alfa, Alfas nov., LV-{9000 + number % 900}",
                "lat": f"{lat:.6f}", "lon": f"{lon:.6f}",
                "x": f"{300_000 + number}", "y": f"{500_000 + number}", "category": category,
                "phone": f"+371 6{number:07d}" if number % 3 else "",
                "email": f"a{number}@paraugs.example" if number % 4 else "",
                # Written without LV, as the register has them.
                "unit": f"00{20 + number % 30:02d}{200 + 10 * (number % 9)}",
                "page": f"https://paraugs.example/{number}" if number % 2 else "",
                "picture": f"https://paraugs.example/{number}.jpg" if number % 5 else "",
            }
        )  # fmt: skip
    return rows


def libraries_among(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows that are taken where the project chooses none."""
    return [row for row in rows if "bibliot" in row["category"].lower()]


def written(
    folder: Path, rows: list[dict[str, str]], header: list[str], order: list[str] | None = None
) -> Path:
    """Write the list, its columns in an order, under any words."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(header)
    table.writerows([row[key] for key in order or KEYS] for row in rows)
    file = folder / "objektusaraksts.csv"
    file.write_text(text.getvalue(), encoding="utf-8-sig")
    return file


def read(file: Path, **more: object) -> Reading:
    reading = read_libraries(Input(file, file.name, **more))  # type: ignore[arg-type]
    assert reading.rows_read == len(reading.table) + sum(reading.dropped.values())
    return reading


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize(
    "word", ["Kolonna {}", "{}", "Objekta lauks №{}"]
)  # fmt: skip
def test_every_column_is_found_by_what_it_holds(
    tmp_path: Path, word: str, *, shuffled: bool
) -> None:
    rows = institutions(400)
    order = list(KEYS)
    if shuffled:
        np.random.default_rng(len(word)).shuffle(order)
    header = [word.format(number) for number in range(len(KEYS))]
    reading = read(written(tmp_path, rows, header, order))
    table, rows = reading.table, libraries_among(rows)
    for key in ("id", "name", "address", "phone", "email"):
        assert table[key].tolist() == [row[key] for row in rows], key
    assert table["unit"].tolist() == [f"LV{row['unit']}" for row in rows]
    np.testing.assert_array_equal(table["lat"], [float(row["lat"]) for row in rows])
    np.testing.assert_array_equal(table["lon"], [float(row["lon"]) for row in rows])
    pair = {tuple(sorted(xy)) for xy in zip(table["x"], table["y"], strict=True)}
    assert pair == {tuple(sorted((float(row["x"]), float(row["y"])))) for row in rows}
    # What was taken for what is said.
    told = reading.faults[0].problem.text("en")
    for key in ("id", "name", "address", "lat", "lon", "phone", "email", "unit", "category"):
        assert f'{key} = "{header[order.index(key)]}"' in told, (key, told)


def test_libraries_are_taken_by_category_until_where_chooses_among_them(tmp_path: Path) -> None:
    rows = institutions(200)
    rows[0]["category"] = "SPECIĀLĀ BIBLIOTĒKA"
    rows[1]["category"] = ""
    file = written(tmp_path, rows, list(KEYS))
    reading = read(file)
    assert reading.table["id"].tolist() == [row["id"] for row in libraries_among(rows)]
    assert (len(reading.table), reading.dropped["not_in_where"]) == (101, 99)
    (taken,) = [fault for fault in reading.faults if fault.field == "category"]
    assert taken.level == "warning"
    begins = {"lv": "par pašvaldību bibliotēkām", "en": "only the rows of these categories"}
    for lang in LANGS:
        problem = taken.problem.text(lang)
        assert problem.startswith(begins[lang])
        for count in ("Publiskā bibliotēka (50)", "Skolas bibliotēka (50)", "BIBLIOTĒKA (1)"):
            assert count in problem
        assert 'where = { "category" = [' in taken.remedy.text(lang)
        assert "Muzejs" not in problem + taken.remedy.text(lang)
    chosen = read(file, where={"category": ("Publiskā bibliotēka",)})
    assert chosen.table["id"].tolist() == [
        row["id"] for row in rows if row["category"] == "Publiskā bibliotēka"
    ]
    assert chosen.dropped["not_in_where"] == 150
    assert not any(fault.field == "category" for fault in chosen.faults)
    assert len(read(file, where={"category": ("Muzejs",)}).table) == 49


STATISTICS = {"id": "_id", "name": "Objekta nosaukums", "address": "Adrese", "lat": "LAT",
              "lon": "LON", "unit": "ATVK kods"}  # fmt: skip


def test_a_list_with_the_words_of_the_statistics_keeps_its_codes(tmp_path: Path) -> None:
    rows = institutions(200)
    file = written(tmp_path, rows, [STATISTICS.get(key, key) for key in KEYS])
    reading = read(file)
    for key in ("id", "name", "address", "phone", "email"):
        assert reading.table[key].tolist() == [row[key] for row in libraries_among(rows)], key
    assert reading.table["unit"].tolist() == [f"LV{row['unit']}" for row in libraries_among(rows)]
    assert 'unit = "ATVK kods"' in reading.faults[0].problem.text("en")
    chosen = read(file, where={"category": ("Publiskā bibliotēka",)}).table
    assert len(chosen) == 50
    assert chosen["unit"].ne("").all()
    # Without a code the file is the statistics: all its rows count.
    order = [key for key in KEYS if key != "unit"]
    header = [STATISTICS.get(key, key) for key in order]
    statistics = read(written(tmp_path, rows, header, order))
    assert len(statistics.table) == 200
    assert statistics.table["unit"].eq("").all()


@pytest.mark.parametrize("words", [{}, STATISTICS])
def test_a_column_of_where_that_the_list_lacks_is_named_with_the_category(
    tmp_path: Path, words: dict[str, str]
) -> None:
    file = written(tmp_path, institutions(200), [words.get(key, key) for key in KEYS])
    with pytest.raises(InputError) as raised:
        read(file, where={"Kategorija": ("Publiskā bibliotēka",)})
    (fault,) = raised.value.faults
    assert (fault.level, fault.field) == ("error", "Kategorija")
    for lang in LANGS:
        assert 'where = { "category" = [' in fault.remedy.text(lang)
        assert "_id" not in fault.problem.text(lang)


def test_a_column_of_where_is_named_in_a_list_without_categories(tmp_path: Path) -> None:
    order = [key for key in KEYS if key not in {"object", "category"}]
    file = written(tmp_path, institutions(200), order, order)
    assert len(read(file).table) == 200
    with pytest.raises(InputError) as raised:
        read(file, where={"Kategorija": ("Publiskā bibliotēka",)})
    (fault,) = raised.value.faults
    assert fault.field == "Kategorija"
    assert "the file has: id, name, isil" in fault.remedy.text("en")


def test_a_code_that_is_none_leaves_the_row_to_its_position(tmp_path: Path) -> None:
    rows = institutions(60)
    rows[3]["unit"], rows[6]["unit"] = "Rīga", ""
    reading = read(written(tmp_path, rows, list(KEYS)))
    assert reading.table["unit"].tolist()[1:3] == ["", ""]
    (fault,) = [fault for fault in reading.faults if fault.field == "unit"]
    assert (fault.level, fault.row, fault.value) == ("warning", 5, "Rīga")


def test_codes_without_their_zeros_are_told_with_what_to_write(tmp_path: Path) -> None:
    rows = institutions(60)
    whole = read(written(tmp_path, rows, list(KEYS)))
    assert not any("digits" in fault.sentence("en") for fault in whole.faults)
    for row in rows:
        row["unit"] = row["unit"].removeprefix("00")
    reading = read(written(tmp_path, rows, list(KEYS)))
    assert set(reading.table["unit"]) == {""}
    (fault,) = [fault for fault in reading.faults if fault.field == "unit"]
    assert fault.value == rows[0]["unit"]
    assert "write all seven digits" in fault.sentence("en")


def test_a_list_without_a_heading_is_refused_and_loses_no_library(tmp_path: Path) -> None:
    first, *others = institutions(60)[2:]
    file = written(tmp_path, others, [first[key] for key in KEYS])
    with pytest.raises(InputError, match="has a library in the first row") as error:
        read(file)
    (fault,) = error.value.faults
    assert fault.row == 1


@pytest.mark.parametrize("key", ["id", "name", "address", "phone", "email", "unit", "x"])
def test_a_column_named_in_the_project_corrects_that_one_alone(tmp_path: Path, key: str) -> None:
    rows = institutions(200)
    rows[3]["unit"] = "Rīga"
    file = written(tmp_path, rows, [f"Kolonna {name}" for name in KEYS])
    found = read(file)
    named = ("x", "y") if key == "x" else (key,)
    # Named as it was found, nothing changes.
    same = read(file, columns={one: f"Kolonna {one}" for one in named})
    assert same.table.equals(found.table)
    assert same.dropped == found.dropped
    assert same.is_published
    told = same.faults[0].problem.text("en")
    assert not any(f' {one} = "' in told for one in named)
    assert 'category = "Kolonna category"' in told
    if key == "name":
        other = read(file, columns={"name": "Kolonna object"}).table
        assert other["name"].unique().tolist() == ["Bibliotēka"]
        assert other.drop(columns="name").equals(found.table.drop(columns="name"))


def test_a_plain_table_with_a_unit_and_a_category_stays_one(tmp_path: Path) -> None:
    order = ["id", "name", "address", "lat", "lon", "category", "unit"]
    file = written(tmp_path, institutions(60), order, order)
    reading = read(file, columns={"id": "id", "lat": "lat", "lon": "lon"})
    assert len(reading.table) == 60
    assert reading.table["unit"].eq("").all()
    assert not reading.is_published
    with pytest.raises(InputError, match="Kods: is not among the columns"):
        read(file, columns={"id": "Kods"})


def test_a_file_that_is_neither_is_refused_as_before(tmp_path: Path) -> None:
    file = tmp_path / "l.csv"
    file.write_text("a,b\n1,2\n3,4\n", encoding="utf-8")
    with pytest.raises(InputError, match="has none of the columns _id"):
        read(file)
    # Statistics that lack a column are not guessed at.
    file.write_text("_id,Adrese,LAT,LON,Nosaukums\n1,Iela 1,57,24,A\n", encoding="utf-8")
    with pytest.raises(InputError, match="Objekta nosaukums: is not among the columns"):
        read(file)


PROJECT = """
[inputs]
units = "{units}"
stops = [{{ path = "{stops}", id = "id", name = "name", lat = "lat", lon = "lon", feed = "atd" }}]
[inputs.libraries]
path = "objektusaraksts.csv"
where = {{ category = ["Publiskā bibliotēka"] }}
{named}
"""


@pytest.mark.parametrize("named", ["", 'name = "name"\nunit = "unit"'])
def test_a_library_stands_in_the_unit_of_its_code_and_an_unknown_code_ends_no_job(
    shared_data: Path, tmp_path: Path, named: str
) -> None:
    units = shared_data / "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp"
    known = read_units(Input(units, "units"))
    points = known.table.geometry.representative_point().to_crs(4326)
    rows = institutions(200)
    for number, row in enumerate(rows):
        row["unit"] = known.table["unit"][number].removeprefix("LV")
        row["lat"], row["lon"] = f"{points[number].y:.6f}", f"{points[number].x:.6f}"
        row["x"] = row["y"] = ""
    libraries = [number for number, row in enumerate(rows) if row["category"] == CATEGORIES[0]]
    # A code of today's register, which the layout of 2022 does not have.
    rows[libraries[0]]["unit"] = "0038999"
    written(tmp_path, rows, list(KEYS))
    project = tmp_path / "vpvkac.toml"
    stops = (shared_data / "stops/atd_2026_stops.csv").resolve()
    project.write_text(
        PROJECT.format(units=units.resolve(), stops=stops, named=named), encoding="utf-8"
    )
    examined = examine(load(project))
    assert not has_errors(examined.faults)
    unknown = [f for f in examined.faults if "is not a unit in this layout" in f.problem.text("en")]
    assert [(fault.level, fault.value) for fault in unknown] == [("warning", "LV0038999")]
    for lang, words in (("lv", "kolonnas atrastas pēc satura"), ("en", "found by what they hold")):
        done = CliRunner().invoke(main, ["check", str(project), "--lang", lang])
        assert words in done.output
    places = vpvkac.analyse(vpvkac.load(tmp_path)).places.set_index("place")
    for number in libraries:
        place = places.loc[f"libraries:{rows[number]['id']}"]
        assert place["unit"] == known.table["unit"][number]


# As `init` writes it.
LIKELY = ("*bibliot*", "!*skol*", "!*izglītīb*", "!*speciāl*", "!*zinātn*", "!*akadēm*",
          "!*nacionāl*")  # fmt: skip


@pytest.mark.parametrize("word", ["category", "Kategorija", "Veids", "x7"])
def test_the_likely_municipal_libraries_are_chosen_whatever_the_column_is_called(
    tmp_path: Path, word: str
) -> None:
    rows = institutions(400)
    others = (
        "Speciālā bibliotēka",
        "AUGSTSKOLAS BIBLIOTĒKA",
        "Zinātniskā bibliotēka",
        "Bibliotēka",
    )
    for number, row in enumerate(rows[::40]):
        row["category"] = others[number % len(others)]
    file = written(tmp_path, rows, [word if key == "category" else key for key in KEYS])
    reading = read(file, where={"category": LIKELY})
    wanted = [row["id"] for row in rows if row["category"] in {"Publiskā bibliotēka", "Bibliotēka"}]
    assert reading.table["id"].tolist() == wanted
    (taken,) = [fault for fault in reading.faults if fault.field == word]
    assert "Publiskā bibliotēka (" in taken.problem.text("lv")
    # The line that is said chooses the same.
    line = taken.remedy.text("lv").partition("where = ")[2]
    exact = tomllib.loads(f"where = {line}")["where"]
    assert read(file, where=exact).table["id"].tolist() == wanted


def test_a_where_on_the_category_leaves_the_statistics_whole_and_says_so(tmp_path: Path) -> None:
    order = [key for key in KEYS if key not in {"unit", "category", "object"}]
    header = [STATISTICS.get(key, key) for key in order]
    reading = read(written(tmp_path, institutions(40), header, order), where={"category": LIKELY})
    assert len(reading.table) == 40
    assert ["all its rows count as municipal libraries" in fault.problem.text("en")
            for fault in reading.faults] == [True]  # fmt: skip


def test_patterns_that_fit_no_category_are_an_error_with_those_there_are(tmp_path: Path) -> None:
    file = written(tmp_path, institutions(40), list(KEYS))
    with pytest.raises(InputError) as raised:
        read(file, where={"category": ("*arhīv*",)})
    (fault,) = raised.value.faults
    assert '"category" = ["Skolas bibliotēka", "Publiskā bibliotēka"]' in fault.remedy.text("lv")


def test_a_list_of_institutions_without_categories_is_not_taken_for_libraries(
    tmp_path: Path,
) -> None:
    order = [key for key in KEYS if key not in {"object", "category"}]
    file = written(tmp_path, institutions(200), order, order)
    with pytest.raises(InputError, match="no column of categories"):
        read(file, where={"category": LIKELY})
