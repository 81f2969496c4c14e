"""Every file of a run: whole or not at all, in the contract's form, the same bytes every time."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest

import vpvkac
from page_tables import tables_of
from vpvkac.analysis.rounding import shown, shown_distance
from vpvkac.api.coverage import Result
from vpvkac.model.tables import OUTPUTS, TABLES
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import staged, write_text
from vpvkac.sources.plain import REQUIREMENTS
from vpvkac.texts import formats
from vpvkac.texts.formats import number
from vpvkac.texts.words import criterion

pytestmark = pytest.mark.slow

# The tables of the report that show summary.csv.
SUMMED = ("criteria", "first-figures", "figures")
FILES = {
    "coverage.gpkg", "datapackage.json", "follow_up.csv", "gap_clusters.csv", "gaps.html",
    "gaps.xlsx", "gaps_access.csv", "gaps_coverage.csv", "gaps_municipalities.csv",
    "gaps_service.csv", "gaps_quality.csv", "candidates.csv", "help.html", "hosts.csv",
    "index.html", "institution_places.csv", "institutions.csv",
    "map.html", "maps", "municipalities",
    "municipalities.csv", "network.csv", "pictures", "places.csv", "progress.csv", "report.html",
    "residents.csv", "run.json", "standards.csv", "summary.csv", "units.csv", "worst_off.csv",
}  # fmt: skip
# DESIGN.md's outputs, word for word: the contract that analysts' scripts rely on.
CONTRACT = {
    "summary": "criterion, value, measure, target, published, met",
    "network": "unit, unit_name, kind, municipality, municipality_name, region, status, host, "
    "place, place_name, address, lat, lon, stop, stop_name, distance_m, walk_min, within, "
    "uncertain, located_by, near_border, distance_all_m",
    "places": "place, host, name, address, unit, municipality, owner, status, chosen, hours, "
    "phone, email, located_by, located_within_m, score, near_border, lat, lon, stop, stop_name, "
    "distance_m, walk_min, within, uncertain, distance_all_m",
    "units": "unit, unit_name, kind, municipality, municipality_name, region, area_km2, "
    "population, centres, announced, libraries, post_offices, other, stops, status, distance_m, "
    "within",
    "municipalities": "municipality, municipality_name, region, units, area_km2, population, "
    "centres, centres_owned, announced, libraries, post_offices, units_existing, "
    "units_announced, units_planned, units_none, points_within, points_beyond, points_uncertain",
    "gaps_access": "rank, class, unit, unit_name, kind, municipality, municipality_name, host, "
    "status, place, place_name, address, lat, lon, distance_m, over_m, stop, stop_name, visits, "
    "distance_all_m, uncertain, located_by, located_within_m, alt_place, alt_host, alt_name, "
    "alt_address, alt_distance_m, population, remedy, reason, phone, email",
    "gaps_coverage": "rank, unit, unit_name, kind, municipality, municipality_name, area_km2, "
    "population, other_premises, nearest_place, nearest_host, nearest_name, nearest_unit_name, "
    "nearest_m, remedy, reason",
    "gaps_municipalities": "rank, municipality, municipality_name, units, announced, planned, "
    "none, area_km2, population, institution_offices, remedy, reason",
    "hosts": "hosts, places, units, units_share, within, within_share, chosen_within_share, "
    "only_units",
}


@pytest.fixture
def out(sample_out: Path) -> Path:
    return sample_out


@pytest.fixture
def small(small_project: Path) -> Result:
    return vpvkac.analyse(vpvkac.load(small_project))


def read(out: Path, name: str) -> list[dict[str, str]]:
    """Read a CSV as text."""
    with (out / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def all_files(folder: Path) -> set[Path]:
    return {file for file in folder.rglob("*") if file.is_file()}


def digests(folder: Path) -> dict[str, str]:
    """Hash every file."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_every_file_is_written(out: Path) -> None:
    assert {file.name for file in out.iterdir()} == FILES


@pytest.mark.parametrize("name", CONTRACT)
def test_columns_are_those_of_the_contract(out: Path, name: str) -> None:
    with (out / f"{name}.csv").open(encoding="utf-8", newline="") as opened:
        header = next(csv.reader(opened))
    contract = CONTRACT[name].split(", ")
    assert header[: len(contract)] == contract


@pytest.mark.parametrize("name", CONTRACT)
def test_csv_is_for_machines(out: Path, name: str) -> None:
    data = (out / f"{name}.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.endswith(b"\n")
    text = data.decode("utf-8")
    assert not set(text.replace("\n", ",").split(",")) & {
        "True",
        "False",
        "nan",
        "NaN",
        "None",
        "<NA>",
    }


@pytest.mark.parametrize("name", ["network", "places", "units", "municipalities", "hosts"])
def test_tables_are_sorted_by_their_key(out: Path, name: str) -> None:
    keys = [row[TABLES[name].key[0]] for row in read(out, name)]
    assert len(set(keys)) == len(keys)
    if name != "hosts":
        assert keys == sorted(keys)


def test_the_summary_has_its_rows_in_the_contracts_order(out: Path) -> None:
    criteria = [row["criterion"] for row in read(out, "summary")]
    assert criteria[:5] == [
        "units",
        "municipalities",
        "centres",
        "centres_announced",
        "centres_within",
    ]
    last = criteria.index("population_share_planned")
    assert criteria[last - 2 : last] == ["area_share_municipalities", "population_share_existing"]
    # What optional inputs tell stands after the contract's rows.
    rest = [criterion for criterion in criteria[last + 1 :] if not criterion.endswith("_owned")]
    classes = ("none", "1_3", "4_9", "10_23", "24", "unknown")
    near = [
        f"population_within_{metres}_{points}"
        for points in ("existing", "network")
        for metres in (700, 2000, 5000, 10_000, 15_000)
    ]
    letters = (*"BCDEFG", "none", "unknown")
    offices = ("NVA", "VSAA", "PMLP", "VMD", "VZD", "VID", "VDI", "LAD", "UR", "other", "units",
               "units_with_centre", "municipalities", "municipalities_with_centre")  # fmt: skip
    assert rest == [
        "institutions",
        *(f"institution_{name}" for name in offices),
        "population",
        *(f"points_{name}_{told}" for name in REQUIREMENTS for told in ("yes", "no", "unknown")),
        *(f"points_service_{name}" for name in classes),
        *(f"points_quality_{name}" for name in letters),
        *(f"population_quality_{name}" for name in letters),
        *near,
    ]
    years = [r["measure"] for r in read(out, "summary") if r["criterion"] == "area_share_existing"]
    assert years == ["share 2024", "share 2027"]


def test_numbers_have_the_contracts_decimals(out: Path) -> None:
    for row in read(out, "places"):
        assert len(row["lat"].partition(".")[2]) == 7
        assert len(row["distance_m"].partition(".")[2]) == 1
        assert row["within"] in {"true", "false"}
    shares = [r["value"] for r in read(out, "summary") if r["measure"].startswith("share")]
    assert all(len(value.partition(".")[2]) <= 4 for value in shares)


def test_a_text_that_a_spreadsheet_would_take_for_a_formula_gets_an_apostrophe(
    tmp_path: Path,
) -> None:
    names = ["=1+1", "+371", "-x", "@a", "\tb", "\rc", "a=b", "'q", ""]
    write_csv(tmp_path / "t.csv", pd.DataFrame({"name": names, "n": [-1.5] * 9}), {"n": 1})
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as opened:
        read_back = [row["name"] for row in csv.DictReader(opened)]
    assert read_back == ["'=1+1", "'+371", "'-x", "'@a", "'\tb", "'\rc", "a=b", "'q", ""]
    assert "-1.5" in (tmp_path / "t.csv").read_text(encoding="utf-8")


def test_a_long_table_is_written_in_parts_as_in_one(tmp_path: Path) -> None:
    """Beside pandas; of which the decimals go by the row, too."""
    count = 25_001
    values = np.random.default_rng(1).uniform(-1000, 1000, count)
    names = pd.Series([f'"{n}", ā' if n % 7 else None for n in range(count)], dtype="str")
    decimals = [n % 4 for n in range(count)]
    table = pd.DataFrame({"name": names, "value": values, "by_row": values})
    write_csv(tmp_path / "t.csv", table, {"value": 2, "by_row": decimals})

    texts = {
        "value": [f"{value:.2f}" for value in values],
        "by_row": [f"{value:.{of}f}" for value, of in zip(values, decimals, strict=True)],
    }
    expected = table.assign(**texts).to_csv(index=False, lineterminator="\n")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == expected


def test_a_distance_never_shows_on_the_other_side_of_the_threshold() -> None:
    metres = pd.Series([699.94, 699.96, 700.0, 700.001, 700.04, 700.05, 700.16, 1411.0, None])
    assert shown_distance(metres, 700).tolist()[:-1] == [
        699.9, 700.0, 700.0, 700.1, 700.1, 700.1, 700.2, 1411.0,
    ]  # fmt: skip
    odd = pd.Series([700.26, 700.24, 700.25])
    assert [distance <= 700.25 for distance in shown_distance(odd, 700.25)] == [False, True, True]


def test_the_same_number_stands_in_every_output(out: Path) -> None:
    network = {row["unit"]: row for row in read(out, "network")}
    units = {row["unit"]: row for row in read(out, "units")}
    layer = gpd.read_file(out / "coverage.gpkg", layer="network").set_index("unit")
    places = {row["place"]: row for row in read(out, "places")}
    for unit, row in network.items():
        assert units[unit]["distance_m"] == row["distance_m"]
        if row["place"]:
            assert places[row["place"]]["distance_m"] == row["distance_m"]
            assert f"{layer['distance_m'][unit]:.1f}" == row["distance_m"]
    summary = {row["criterion"]: row["value"] for row in read(out, "summary")}
    beyond = [r for r in read(out, "network") if r["within"] == "false"]
    assert int(summary["points_beyond"]) == len(beyond)
    totals = [sum(int(row[f"points_{kind}"]) for row in read(out, "municipalities"))
              for kind in ("within", "beyond", "uncertain")]  # fmt: skip
    assert totals == [int(summary[f"points_{k}"]) for k in ("within", "beyond", "uncertain")]


def test_workbook_report_and_gap_page_say_the_numbers_of_the_tables(
    out: Path, sample_result: Result
) -> None:
    book = openpyxl.load_workbook(out / "gaps.xlsx")
    rows = list(book["Kopsavilkums"].iter_rows(min_row=2, values_only=True))
    # Bands of our own stay in the file.
    summary = [row for row in read(out, "summary") if "points_service" not in row["criterion"]]
    for row, written in zip(rows, summary, strict=True):
        share = written["measure"].startswith("share")
        wanted = pytest.approx(float(written["value"]), abs=5.1e-4 if share else 0)
        assert row[1] == (wanted if written["value"] else None)
    sheet = list(book["Sasniedzamības nepilnības"].values)
    metres = sheet[0].index("Attālums pa taisni, m")
    shown = [formats.to_metres(away, 700) for away in sample_result.gaps_access["distance_m"]]
    assert [row[metres] for row in sheet[1:]] == [float(one.value) for one in shown]
    page = tables_of((out / "gaps.html").read_text(encoding="utf-8"))
    told = "".join(" ".join(row) for table in page.values() for row in table.rows)
    for one in shown:
        assert one.bare("lv") in told
    report = tables_of((out / "report.html").read_text(encoding="utf-8"))
    cells = {row[0]: row for name in SUMMED for row in report[name].rows}
    for code in ("centres", "libraries", "post_offices", "stops", "units_planned"):
        value = next(float(r["value"]) for r in summary if r["criterion"] == code)
        assert number("lv", value) in cells[criterion("lv", code, sample_result.threshold_m)]


def test_gap_lists_hold_every_gap_once(out: Path) -> None:
    gaps = read(out, "gaps_access")
    assert [int(row["rank"]) for row in gaps] == list(range(1, len(gaps) + 1))
    wanted = {
        row["place"]
        for row in read(out, "places")
        if (row["chosen"] == "true" or (row["host"] == "centre" and row["status"] == "open"))
        and (row["within"] == "false" or row["uncertain"] == "true")
    }
    assert {row["place"] for row in gaps} == wanted
    assert all(row["remedy"] and row["reason"] for row in gaps)
    none = {row["unit"] for row in read(out, "network") if row["status"] == "none"}
    assert {row["unit"] for row in read(out, "gaps_coverage")} == none


def test_the_workbook_says_what_it_is_and_keeps_codes_as_text(out: Path) -> None:
    book = openpyxl.load_workbook(out / "gaps.xlsx")
    first = [
        str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value
    ]
    assert any("Sintētiski parauga dati" in text for text in first)
    about = [str(cell.value) for row in book["Visi dati"].iter_rows() for cell in row]
    assert any("08.11.2023." in text for text in about)
    sheet = book["Sasniedzamības nepilnības"]
    header = [cell.value for cell in sheet[1]]
    gaps = read(out, "gaps_access")
    assert sheet.max_row == len(gaps) + 1
    row = dict(zip(header, [cell.value for cell in sheet[2]], strict=True))
    assert isinstance(row["Teritoriālās vienības kods"], str)
    assert row["Attālums pa taisni, m"] == pytest.approx(float(gaps[0]["distance_m"]), abs=0.55)
    book_rows = list(book["Lēmumi par nepilnībām"].iter_rows(min_row=2))
    due = [cell for line in book_rows for cell in line if cell.is_date]
    assert {cell.number_format for cell in due} == {'dd.mm.yyyy"."'}
    assert sorted(cell.value.date().isoformat() for cell in due) == sorted(
        row["due"] for row in read(out, "follow_up") if row["due"]
    )
    assert sheet.freeze_panes == "D2"


def test_run_json_accounts_for_every_input(out: Path) -> None:
    run = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert run["synthetic"] is True
    assert run["note"] == "synthetic sample"
    assert run["parameters"]["threshold_m"] == 700
    for entry in run["inputs"]:
        assert entry["rows_read"] == entry["rows_used"] + sum(entry["rows_dropped"].values())
    centres = next(entry for entry in run["inputs"] if entry["input"] == "centres")
    file = Path(vpvkac.sample().path).parent / centres["file"]
    assert centres["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert centres["reference_date"] == "2023-11-08"


def test_the_time_is_that_of_source_date_epoch(
    sample_result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vpvkac.questions.coverage.files import run_file

    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert json.loads(run_file(sample_result))["time"] is None
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert json.loads(run_file(sample_result))["time"] == "2023-11-14T22:13:20+00:00"


def test_the_data_package_describes_the_tables_as_they_are(out: Path) -> None:
    package = json.loads((out / "datapackage.json").read_text(encoding="utf-8"))
    assert package["stop_set"] == "regional"
    assert package["sources"]
    for resource in package["resources"]:
        data = (out / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        rows = read(out, resource["name"])
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == list(rows[0])
        for field in fields:
            values = [row[field["name"]] for row in rows if row[field["name"]]]
            parse = {"integer": int, "number": float, "boolean": ["true", "false"].index,
                     "string": str}[field["type"]]  # fmt: skip
            for value in values:
                parse(value)


def test_two_runs_give_the_same_bytes_in_another_folder_zone_locale_and_day(
    out: Path, tmp_path: Path
) -> None:
    there = tmp_path / "citur" / "ārā"
    environment = os.environ | {
        "TZ": "Pacific/Auckland", "LC_ALL": "C", "LANG": "C", "PYTHONHASHSEED": "7",
        "PYTHONUTF8": "1",
    }  # fmt: skip
    command = [sys.executable, "-m", "vpvkac.cli.main", "run", "--out", str(there)]
    subprocess.run(command, check=True, cwd=tmp_path, env=environment, capture_output=True)
    assert digests(there) == digests(out)


def test_the_zip_inside_the_workbook_has_no_time_of_today(out: Path) -> None:
    with zipfile.ZipFile(out / "gaps.xlsx") as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_run_that_fails_leaves_the_previous_files_whole(
    tmp_path: Path, small: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(file.name for file in tmp_path.iterdir())
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "summary.csv").write_text("previous", encoding="utf-8")
    (folder / "walk.csv").write_text("of another command", encoding="utf-8")

    def broken(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vpvkac.questions.coverage.files.write_geopackage", broken)
    with pytest.raises(OSError, match="No space"):
        small.write(folder)
    assert {file.name for file in folder.iterdir()} == {"summary.csv", "walk.csv"}
    assert (folder / "summary.csv").read_text(encoding="utf-8") == "previous"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out", *before]


def test_files_of_other_commands_stay(tmp_path: Path, small: Result) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "walk.csv").write_text("of another command", encoding="utf-8")
    written = small.write(folder)
    assert all_files(folder) == {*written, folder / "walk.csv"}
    assert (folder / "walk.csv").read_text(encoding="utf-8") == "of another command"


def test_a_folder_of_the_run_is_replaced_whole(tmp_path: Path) -> None:
    out = tmp_path / "out"
    files = ["maps/old.html", "run.json", "sometimes.csv"]
    with staged(out) as folder:
        write_text(folder / "maps" / "old.html", "old")
        write_text(folder / "sometimes.csv", "old")
        write_text(folder / "run.json", json.dumps({"program": "vpvkac", "files": files}))
    (out / "maps" / "own.html").write_text("own", encoding="utf-8")
    (out / "other.csv").write_text("old", encoding="utf-8")
    with staged(out) as folder:
        write_text(folder / "maps" / "new.html", "new")
        write_text(folder / "run.json", "{}")
    files = sorted(file.relative_to(out).as_posix() for file in out.rglob("*") if file.is_file())
    assert files == ["maps/new.html", "maps/own.html", "other.csv", "run.json"]
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_a_folder_stays_as_it_was_where_the_writing_fails(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "walk.csv").write_text("old", encoding="utf-8")
    with pytest.raises(IsADirectoryError), staged(out) as folder:
        write_text(folder, "a folder is no file")
    assert (out / "walk.csv").read_text(encoding="utf-8") == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["out"]


def test_a_link_to_a_folder_is_followed(tmp_path: Path, small: Result) -> None:
    disk, out = tmp_path / "disk", tmp_path / "out"
    disk.mkdir()
    out.symlink_to(disk)
    files = small.write(out)
    assert files[0].parent == out
    assert all_files(disk) == {disk / file.relative_to(out) for file in files}
    assert disk / "coverage.gpkg" in all_files(disk)


def test_shown_tables_have_every_row_of_the_result(sample_result: Result) -> None:
    tables = shown(sample_result)
    for name in set(OUTPUTS) - {"stops"}:
        assert len(tables[name]) == len(getattr(sample_result, name))
