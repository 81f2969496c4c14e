"""Units as others write them: names of columns, and the date and the codes of a layout."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
from click.testing import CliRunner

import vpvkac
from plain_country import UNITS, at, rows, units_frame
from vpvkac.cli.main import main
from vpvkac.model.project import Input
from vpvkac.sources.base import Reading
from vpvkac.sources.layouts import layout_named, layout_of
from vpvkac.sources.units import read_units

UNITS_2021 = "units/2021-01-01/Territorial_units_LV_1.2m_(2021.01.01.).shp"
UNITS_2022 = "units/2022-07-01/Territorial_units_LV_1.2m_(2022.07.01.).shp"
BY_OTHERS = {
    "L1_code": "ATVK", "L1_name": "Nosaukums", "L1_type": "Tips", "L0_code": "Novada_kod",
    "L0_name": "NOVADS", "NUTS3_name": "Reģions",
}  # fmt: skip
KEYS = dict(zip(("unit", "unit_name", "kind", "municipality", "municipality_name", "region"),
                BY_OTHERS, strict=True))  # fmt: skip


def read(folder: Path, frame: gpd.GeoDataFrame, name: str = "u.gpkg", **more: Any) -> Reading:
    frame.to_file(folder / name)
    return read_units(Input(folder / name, name, **more))


def said(reading: Reading) -> str:
    return "\n".join(fault.sentence("en") for fault in reading.faults)


# --- Columns -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["u.gpkg", "u.shp", "u.geojson"])
@pytest.mark.parametrize("write", [str.lower, str.upper, str.title])
def test_columns_may_be_in_another_letter_case(tmp_path: Path, name: str, write: Any) -> None:
    frame = units_frame(UNITS)
    as_published = read(tmp_path, frame, f"p{name}").table
    found = read(tmp_path, frame.rename(columns={of: write(of) for of in BY_OTHERS}), name)
    assert not found.faults
    assert found.table.drop(columns="geometry").equals(as_published.drop(columns="geometry"))


@pytest.mark.parametrize("name", ["u.gpkg", "u.shp", "u.geojson"])
def test_columns_may_have_other_usual_names_which_is_told(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, units_frame(UNITS).rename(columns=BY_OTHERS), name)
    assert found.table["unit"].tolist() == sorted(code for code, *_ in UNITS)
    assert found.table["municipality_name"].tolist() == [unit[4] for unit in UNITS]
    assert set(found.table["region"]) == {"Paraugs"}
    assert 'unit = "ATVK"' in said(found)
    assert "name the columns in the project file" in said(found)


def test_the_published_name_goes_before_any_other(tmp_path: Path) -> None:
    frame = units_frame(UNITS).assign(code="x", name="x", kind=9, region="x", LAU2_code="x")
    found = read(tmp_path, frame)
    assert (found.faults, set(found.table["region"])) == ([], {"Paraugs"})


def test_without_a_region_it_stays_empty_and_that_is_told(tmp_path: Path) -> None:
    found = read(tmp_path, units_frame(UNITS).drop(columns=["NUTS3_name", "NUTS3_code"]))
    (fault,) = found.faults
    assert (fault.level, fault.field) == ("warning", "NUTS3_name")
    assert set(found.table["region"]) == {""}


@pytest.mark.parametrize(
    "kinds",
    [
        ("pagasts", "pagasts", "Pagasts", "pilsēta"),
        ("parish", "parish", "parish", "town"),
        ("7", "7.0", "7", "6"),
    ],
)
def test_kinds_may_be_words_or_texts(tmp_path: Path, kinds: tuple[str, ...]) -> None:
    found = read(tmp_path, units_frame(UNITS).assign(L1_type=kinds))
    assert found.table["kind"].tolist() == ["parish", "parish", "parish", "town"]


def test_a_code_with_and_without_lv_is_the_same_code(tmp_path: Path) -> None:
    frame = units_frame(UNITS)
    frame["L1_code"] = ["LV9000100", "9000100", *frame["L1_code"][2:]]
    assert "occurs twice" in said(read(tmp_path, frame))


PLAIN = """
[inputs]
units = {units}
libraries = {{ path = "libraries.csv", id = "id", name = "name", unit = "unit" }}
"""


def project(folder: Path, frame: gpd.GeoDataFrame, columns: str, name: str = "u.gpkg") -> Path:
    frame.to_file(folder / name)
    units = f'{{ path = "{name}"{columns} }}'
    (folder / "vpvkac.toml").write_text(PLAIN.format(units=units), encoding="utf-8")
    libraries = rows("id,name,unit", ("a", "A", "9000100"), ("b", "B", "lv 9000210"))
    (folder / "libraries.csv").write_text(libraries, encoding="utf-8")
    return folder


def test_the_project_may_name_the_columns_of_units(tmp_path: Path) -> None:
    named = {f"c{number}": published for number, published in enumerate(BY_OTHERS)}
    frame = units_frame(UNITS).rename(columns={old: new for new, old in named.items()})
    columns = "".join(f', {key} = "c{number}"' for number, key in enumerate(KEYS))
    result = vpvkac.analyse(vpvkac.load(project(tmp_path, frame, columns)), lang="en")
    assert result.places["unit"].tolist() == ["LV9000100", "LV9000210"]
    assert result.units["region"].unique().tolist() == ["Paraugs"]
    assert not result.inputs.faults


def test_a_column_named_for_units_must_be_there_and_be_of_units(tmp_path: Path) -> None:
    frame = units_frame(UNITS)
    with pytest.raises(vpvkac.InputError, match="kods"):
        vpvkac.analyse(vpvkac.load(project(tmp_path, frame, ', unit = "kods"')))
    with pytest.raises(vpvkac.InputError, match=r"inputs\.units\.hours"):
        vpvkac.load(project(tmp_path, frame, ', hours = "L1_name"'))


def test_a_run_without_regions_has_no_table_of_regions(tmp_path: Path) -> None:
    folder = project(tmp_path, units_frame(UNITS).drop(columns="NUTS3_name"), "")
    stops = 'stops = [{ path = "s.csv", id = "i", lat = "y", lon = "x" }]\n'
    with (folder / "vpvkac.toml").open("a", encoding="utf-8") as file:
        file.write(stops)
    (folder / "s.csv").write_text(rows("i,y,x", ("s", *at(5, 5))), encoding="utf-8")
    result = vpvkac.analyse(vpvkac.load(folder), lang="en")
    result.write(tmp_path / "out")
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "By municipality" in report
    assert "By statistical region" not in report


# --- The date of a layout, and the codes it has --------------------------------------------------

DATES = [
    ("Territorial_units_LV_1.2m_(2025.07.01.).shp", "2025-07-01"),
    ("territorial_units_lv_1.2m_2025.07.01..gpkg", "2025-07-01"),
    ("Teritorialas_vienibas_01.07.2025.gpkg", "2025-07-01"),
    ("vienibas-1.7.2025.gpkg", "2025-07-01"),
    ("units-2025-07-01.gpkg", "2025-07-01"),
    ("units_20250701.gpkg", "2025-07-01"),
    ("units_01_07_2025.gpkg", "2025-07-01"),
    ("units_01072025.gpkg", "2025-07-01"),
    ("units_2025_07_01.gpkg", "2025-07-01"),
    ("units 2025 07 01.gpkg", "2025-07-01"),
    ("units_2025-07.gpkg", "2025-07"),
    ("units_07.2025.gpkg", "2025-07"),
    ("units_2025.gpkg", "2025"),
    ("2025units.gpkg", "2025"),
    ("units_31.02.2025.gpkg", "2025"),
    ("units_1.2m.gpkg", ""),
    ("units_2000m.gpkg", ""),
    ("epsg3059.gpkg", ""),
]
SOME = ["LV9000100"]


@pytest.mark.parametrize(("name", "day"), DATES)
def test_a_layout_is_named_by_the_date_in_its_file_s_name(name: str, day: str) -> None:
    assert layout_named(Path("/x") / name, name, SOME) == (day, [])


@pytest.mark.parametrize(
    ("path", "more", "day"),
    [
        ("/2025-07-01/u.gpkg", {}, "2025-07-01"),
        ("/robezas_01.07.2025/u.gpkg", {}, "2025-07-01"),
        ("/2025/u.gpkg", {}, ""),
        ("/2026-11-29/u_2025.gpkg", {}, "2025"),
        ("/x/u.gpkg", {"layer": "vienibas_01.07.2025"}, "2025-07-01"),
        ("/x/u_2025.07.01.gpkg", {"layer": "vienibas_2026"}, "2025-07-01"),
        ("/x/u_2024.gpkg", {"column": ["2021-07-01", "", "2025-07-01T00:00:00"]}, "2025-07-01"),
    ],
)
def test_a_layer_a_folder_or_a_column_of_dates_may_tell_the_day(
    path: str, more: dict[str, Any], day: str
) -> None:
    assert layout_named(Path(path), "u", SOME, **more) == (day, [])


def test_a_column_and_a_layer_are_read_for_their_dates(tmp_path: Path) -> None:
    frame = units_frame(UNITS)
    assert read(tmp_path, frame.assign(Valid_From="01.07.2025"), "a.gpkg").notes["layout"] == (
        "2025-07-01"
    )
    frame.to_file(tmp_path / "b.gpkg", layer="vienibas_2025_07_01")
    assert read_units(Input(tmp_path / "b.gpkg", "b")).notes["layout"] == "2025-07-01"


# --- A zip, and layers ---------------------------------------------------------------------------


def zipped(file: Path, *parts: Path, within: str = "") -> Input:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, within + part.name)
    return Input(file, file.name)


@pytest.mark.parametrize(
    ("inside", "outside", "day"),
    [
        ("units.shp", "Territorial_units_LV_1.2m_(2025.07.01.).zip", "2025-07-01"),
        ("Territorial_units_LV_1.2m_(2025.07.01.).shp", "download.zip", "2025-07-01"),
        ("vienibas_01.07.2025.gpkg", "download.zip", "2025-07-01"),
        ("units.geojson", "download.zip", ""),
    ],
)
def test_units_may_stay_in_the_zip_as_downloaded(
    tmp_path: Path, inside: str, outside: str, day: str
) -> None:
    made = tmp_path / "made"
    made.mkdir()
    plain = read(made, units_frame(UNITS), inside)
    reading = read_units(zipped(tmp_path / outside, *made.iterdir(), within="robezas/"))
    assert reading.notes["layout"] == day
    assert reading.table.equals(plain.table)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([outside, "made"])


def test_a_zip_that_is_none_holds_several_or_leads_astray_is_refused(tmp_path: Path) -> None:
    for name in ("a.geojson", "b.geojson"):
        units_frame(UNITS).to_file(tmp_path / name)
    both = zipped(tmp_path / "both.zip", tmp_path / "a.geojson", tmp_path / "b.geojson")
    with pytest.raises(vpvkac.InputError, match=r"2 files of geodata \(a\.geojson, b\.geojson\)"):
        read_units(both)
    with pytest.raises(vpvkac.InputError, match=r"0 files of geodata"):
        read_units(zipped(tmp_path / "none.zip", tmp_path / "both.zip"))
    astray = zipped(tmp_path / "astray.zip", tmp_path / "a.geojson", within="../")
    with pytest.raises(vpvkac.InputError, match="leads out of the archive's folder"):
        read_units(astray)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(both.path.read_bytes()[:500])
    with pytest.raises(vpvkac.InputError, match="damaged or incomplete zip"):
        read_units(Input(broken, broken.name))


def test_of_several_layers_the_one_with_the_columns_is_taken(tmp_path: Path) -> None:
    frame, file = units_frame(UNITS), tmp_path / "u.gpkg"
    frame[["L0_code", "L0_name", "geometry"]].to_file(file, layer="novadi_2026")
    frame.to_file(file, layer="vienibas_01.07.2025")
    reading = read_units(Input(file, file.name))
    assert (len(reading.table), reading.notes["layout"]) == (4, "2025-07-01")
    frame.to_file(file, layer="vienibas_2026")
    with pytest.raises(vpvkac.InputError, match="has 3 layers"):
        read_units(Input(file, file.name))


@pytest.fixture(scope="module")
def codes(shared_data: Path) -> dict[str, list[str]]:
    found = {
        year: gpd.read_file(shared_data / name, ignore_geometry=True)["L1_code"].tolist()
        for year, name in (("2021", UNITS_2021), ("2022", UNITS_2022))
    }
    later = {"LV0055200": "LV0038231", "LV0055400": "LV0038905", "LV0055410": "LV0038915"}
    found["2025"] = [later.get(code, code) for code in found["2022"]]
    found["2026"] = [*found["2022"], "LV0023210"]
    return found


@pytest.mark.parametrize(
    ("of", "name", "layout", "known"),
    [
        # The layout of 2022-07-01 was in force until 2025-06-30.
        ("2022", "u_2022.07.01.shp", "2022-07-01", "2022-07-01"),
        ("2022", "u_2024.01.01..shp", "2024-01-01", "2022-07-01"),
        ("2022", "u_2024.shp", "2024", "2022-07-01"),
        ("2022", "u_2022.shp", "2022-07-01", "2022-07-01"),
        ("2022", "u.shp", "2022-07-01", "2022-07-01"),
        ("2021", "u_2018.01.01.shp", "2018-01-01", "2021-01-01"),
        ("2021", "u.shp", "2021-01-01", "2021-01-01"),
        ("2025", "u_01.07.2025.shp", "2025-07-01", ""),
        ("2025", "u.shp", "", ""),
        ("2026", "u.shp", "", ""),
    ],
)
def test_the_date_and_the_codes_of_a_layout_are_told_apart(
    codes: dict[str, list[str]], of: str, name: str, layout: str, known: str
) -> None:
    assert layout_of(codes[of]) == known
    assert layout_named(Path("/x") / name, name, codes[of]) == (layout, [])


@pytest.mark.parametrize(
    ("of", "name", "layout", "words"),
    [
        # A later date with earlier codes goes by its date; the first day of a known layout is
        # never given to another.
        ("2022", "u_2025.07.01.shp", "2025-07-01", "its codes are those of 2022-07-01"),
        ("2022", "u_2021.07.01.shp", "2022-07-01", "its codes are those of 2022-07-01"),
        ("2021", "u_2022.07.01.shp", "2021-01-01", "its codes are those of 2021-01-01"),
        ("2025", "u_2022.07.01.shp", "", "its codes are not those of then"),
        ("2025", "u_2024.shp", "2024", "its codes are not those of then"),
    ],
)
def test_where_name_and_codes_disagree_it_is_told(
    codes: dict[str, list[str]], of: str, name: str, layout: str, words: str
) -> None:
    named, (fault,) = layout_named(Path("/x") / name, name, codes[of])
    assert named == layout
    assert fault.level == "warning"
    assert words in fault.problem.text("en")


def test_check_tells_the_layout_found(tmp_path: Path, shared_data: Path) -> None:
    folder = project(tmp_path, units_frame(UNITS), "", "u_01.07.2025.gpkg")
    printed = CliRunner().invoke(main, ["check", str(folder), "--lang", "en", "--out", str(folder)])
    assert (
        "Territorial layout (as of 1 July 2025); units: 4; codes of no layout known here"
        in printed.output
    )
    frame = gpd.read_file(shared_data / UNITS_2022)
    folder = project(tmp_path, frame, "", "u_2024.01.01.gpkg")
    printed = CliRunner().invoke(main, ["check", str(folder), "--lang", "en", "--out", str(folder)])
    assert (
        "Territorial layout (as of 1 January 2024); units: 592; "
        "codes as of 1 July 2022" in printed.output
    )
