"""`run --only` and `run --zip`: the letters of some municipalities, each in one file to send."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import lxml.html
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

import vpvkac
from links import dead_links
from plain_country import at, rows
from vpvkac.api.coverage import write
from vpvkac.cli.main import main
from vpvkac.model.options import OptionError
from vpvkac.questions.coverage.question import find_municipalities
from vpvkac.render.parcel import write_parcel
from vpvkac.sources import cache

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result

PROJECT = """
[inputs]
units = "units.gpkg"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
"""
LEFT, RIGHT = "LV9000000", "LV9001000"
LETTER = {"index.html", "{}.xlsx", "{}_telpas.xlsx"}
NAMES = pd.DataFrame(
    [
        ("LV0054010", "Ventspils"), ("LV0056000", "Ventspils novads"),
        ("LV0024000", "Cēsu novads"), ("LV0034000", "Ogres novads"),
        ("LV0030000", "Jēkabpils novads"), ("LV0005000", "Liepāja"),
    ],
    columns=["municipality", "municipality_name"],
)  # fmt: skip


@pytest.fixture
def project(write_project: Callable[..., Path]) -> Path:
    """Give a project of two municipalities, each with a library, one of them near no stop."""
    return write_project(
        toml=PROJECT,
        libraries_csv=rows("id,name,lat,lon", ("l", "L", *at(5, 5)), ("r", "R", *at(15, 5))),
        stops_csv=rows("id,name,lat,lon", ("s", "S", *at(5, 5.1))),
    )


def run(project: Path, out: Path, *options: str) -> str:
    done = CliRunner().invoke(main, ["run", str(project), "--out", str(out), *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def digests(folder: Path) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def letter_of(code: str) -> set[str]:
    return {f"municipalities/{code}/{name.format(code)}" for name in LETTER}


# --- Only some -----------------------------------------------------------------------------------


def test_only_the_letters_asked_for_are_written_and_earlier_ones_go(
    project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(project, out)
    every = digests(out)
    assert letter_of(LEFT) | letter_of(RIGHT) <= every.keys()
    own = out / "municipalities" / LEFT / "own.txt"
    own.write_text("somebody's", encoding="utf-8")
    said = run(project, out, "--only", "Labais")
    assert f"Labais novads: {out / 'municipalities' / RIGHT / 'index.html'}" in said
    some = digests(out)
    assert every.keys() - some.keys() == letter_of(LEFT)
    assert some.keys() - every.keys() == {f"municipalities/{LEFT}/own.txt"}
    # The country is the same; pages differ in their links alone, the letter in nothing.
    same = {name for name in every if every[name] == some.get(name)}
    assert letter_of(RIGHT) | {"network.csv", "coverage.gpkg", "summary.csv", "maps/network.html",
                               "datapackage.json"} <= same  # fmt: skip
    assert not dead_links(out)
    assert run(project, out, "--only", RIGHT, "--only", "9000000").count("novads: ") == 2
    own.unlink()
    again = digests(out)
    assert again.keys() == every.keys()


def test_a_run_that_stands_is_one_of_the_same_municipalities(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VPVKAC_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(cache, "_WORTH_KEEPING", 0)
    out = tmp_path / "out"

    def moments() -> dict[str, int]:
        return {str(file): file.stat().st_mtime_ns for file in out.rglob("*.*")}

    asked: list[tuple[str, ...]] = [
        (), ("--only", LEFT), ("--only", RIGHT), ("--only", RIGHT, "--zip"), ("--zip",),
    ]  # fmt: skip
    parcels = []
    for options in asked:
        before = moments() if out.exists() else {}
        said = run(project, out, *options)
        written = moments()
        assert written != before, options
        assert run(project, out, *options) == said
        assert moments() == written
        parcels.append(sorted(path.name for path in (out / "municipalities").glob("*.zip")))
    assert parcels == [[], [], [], [f"{RIGHT}.zip"], [f"{LEFT}.zip", f"{RIGHT}.zip"]]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("LV0024000", "LV0024000"), ("0024000", "LV0024000"), ("Cēsu novads", "LV0024000"),
        ("cesu nov.", "LV0024000"), ("Cēsu", "LV0024000"), ("Cēsis", "LV0024000"),
        ("Ogre", "LV0034000"), ("Jēkabpils", "LV0030000"), ("LIEPĀJA", "LV0005000"),
        # The name as it is written before one without its kind.
        ("Ventspils", "LV0054010"), ("Ventspils novads", "LV0056000"),
    ],
)  # fmt: skip
def test_a_municipality_is_found_by_code_and_name(asked: str, code: str) -> None:
    assert find_municipalities(NAMES, [asked]) == {code}


@pytest.mark.parametrize("asked", ["", "LV0000001", "Cēsu pagasts x", "Vents", "novads"])
def test_what_is_no_municipality_is_refused(asked: str) -> None:
    with pytest.raises(OptionError):
        find_municipalities(NAMES, ["Cēsis", asked])


def test_a_misspelt_name_is_told_with_the_nearest_and_nothing_is_written(
    project: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    arguments = ["run", str(project), "--out", str(out), "--lang", "en", "--only", "Labias"]
    answer = CliRunner().invoke(main, arguments)
    assert answer.exit_code == 2
    assert "--only" in answer.stderr
    assert "did you mean: Labais novads (LV9001000)?" in answer.stderr
    assert not out.exists()
    with pytest.raises(OptionError, match=r"only: 'Labias' .* Labais novads"):
        vpvkac.analyse(vpvkac.load(project)).write(out, only=["Labias"])
    assert not out.exists()


@pytest.mark.slow
def test_no_link_of_a_run_of_some_leads_nowhere(sample_result: Result, tmp_path: Path) -> None:
    codes = sample_result.municipalities["municipality"]
    chosen = {codes.iloc[3], codes.iloc[-1]}
    sample_result.write(tmp_path, only=sorted(chosen))
    assert {path.name for path in (tmp_path / "municipalities").iterdir()} == {
        "index.html", *chosen,
    }  # fmt: skip
    assert not dead_links(tmp_path)
    # Ways that scripts put together, and those of the workbook.
    led: dict[str, set[str]] = {}
    for page in [*tmp_path.glob("map*.html"), *tmp_path.glob("maps/*.html")]:
        text = page.read_text(encoding="utf-8")
        assert "`${home}municipalities" not in text
        led[page.name] = set(re.findall(r'"page": ?"([^"]+)"', text))
    cells = [
        cell for sheet in openpyxl.load_workbook(tmp_path / "gaps.xlsx")
        for row in sheet.iter_rows() for cell in row if cell.hyperlink
    ]  # fmt: skip
    targets = {str(cell.hyperlink.target) for cell in cells}
    led["gaps.xlsx"] = {target for target in targets if "/" in target}
    pages = {f"municipalities/{code}/index.html" for code in chosen}
    assert led["map.html"] == led["centres.html"] == pages
    assert set().union(*led.values()) == pages


# --- In one file ---------------------------------------------------------------------------------


def test_a_parcel_is_the_same_bytes_whenever_it_is_written(tmp_path: Path) -> None:
    files = {"Ķ/b.txt": b"b" * 1000, "Ķ/a – ā.txt": b""}
    write_parcel(tmp_path / "one.zip", files)
    write_parcel(tmp_path / "two.zip", dict(reversed(files.items())))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        entries = archive.infolist()
        assert archive.testzip() is None
        assert {entry.filename: archive.read(entry) for entry in entries} == files
    assert [entry.filename for entry in entries] == sorted(files)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    # Names that are not ASCII are told to be UTF-8.
    assert all(entry.flag_bits & 0x800 for entry in entries)


def test_a_parcel_holds_letter_and_workbooks_and_leads_to_nothing_else(
    project: Path, tmp_path: Path
) -> None:
    out, unpacked = tmp_path / "out", tmp_path / "unpacked"
    run(project, out, "--zip")
    assert not dead_links(out)
    index = (out / "municipalities" / "index.html").read_text(encoding="utf-8")
    for code in (LEFT, RIGHT):
        assert f'href="{code}.zip"' in index
        with zipfile.ZipFile(out / "municipalities" / f"{code}.zip") as archive:
            archive.extractall(unpacked)
        names = {name.format(code) for name in LETTER}
        assert {path.name for path in (unpacked / code).iterdir()} == names
        for name in names - {"index.html"}:
            beside = out / "municipalities" / code / name
            assert (unpacked / code / name).read_bytes() == beside.read_bytes()
    assert not dead_links(unpacked)
    listed = json.loads((out / "run.json").read_text(encoding="utf-8"))["files"]
    assert {f"municipalities/{code}.zip" for code in (LEFT, RIGHT)} <= set(listed)


def said_by(page: str) -> str:
    """Give what a letter says, without the way to other pages."""
    document = lxml.html.fromstring(page)
    for away in document.xpath("//nav | //li[a[contains(@href, 'report.html')]]"):
        away.drop_tree()
    return " ".join(document.text_content().split())


@pytest.mark.slow
def test_the_letter_that_is_sent_says_what_the_page_says(
    sample_result: Result, tmp_path: Path
) -> None:
    code = sample_result.gaps_access["municipality"].iloc[0]
    sample_result.write(tmp_path, only=[code], zipped=True)
    page = (tmp_path / "municipalities" / code / "index.html").read_text(encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "municipalities" / f"{code}.zip") as archive:
        sent = archive.read(f"{code}/index.html").decode()
    assert "../" in page
    assert "../" not in sent
    assert "<nav" not in sent
    assert said_by(sent) == said_by(page)


@pytest.mark.slow
def test_a_letter_with_the_plan_leads_to_its_page_only_among_the_pages(tmp_path: Path) -> None:
    result = vpvkac.analyse(vpvkac.sample(), plan=True)
    code = result.gaps_access["municipality"].iloc[0]
    result.write(tmp_path, only=[code], zipped=True)
    with zipfile.ZipFile(tmp_path / "municipalities" / f"{code}.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    sent = (tmp_path / "unpacked" / code / "index.html").read_text(encoding="utf-8")
    page = (tmp_path / "municipalities" / code / "index.html").read_text(encoding="utf-8")
    assert "Gadi ir no plāna." in sent
    assert "plan.html" in page
    assert "plan.html" not in sent
    assert not dead_links(tmp_path)


def test_two_processes_write_the_same_parcels(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vpvkac.questions.coverage.files._MANY", 1)
    result = replace(vpvkac.analyse(vpvkac.load(project)), letters=frozenset({LEFT}))
    for processes, out in ((1, tmp_path / "one"), (2, tmp_path / "two")):
        write(result, out, zipped=True, processes=processes)
    one, two = digests(tmp_path / "one"), digests(tmp_path / "two")
    assert f"municipalities/{LEFT}.zip" in one
    assert one == two
