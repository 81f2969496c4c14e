"""What is kept between runs is what would be read again, and is never trusted blindly."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner

import vpvkac
from plain_country import at, rows
from test_register_parents import EKA, HOUSES, LOST, PARENT, PARENTS, portal
from vpvkac.cli.main import main
from vpvkac.inputs import tables as inputs
from vpvkac.model.accounts import silent
from vpvkac.model.faults import Fault, has_errors
from vpvkac.model.project import Input
from vpvkac.questions.coverage.standing import Said, Standing
from vpvkac.sources import cache
from vpvkac.sources.base import Reading
from vpvkac.sources.lock import LOCK_FILE, files_beside
from vpvkac.sources.register import read_register

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result

HEADER = "KODS,STATUSS,STD,DD_N,DD_E\n"
ROWS = (
    '1,EKS,"Parka iela 1, Ogre, Ogres nov., LV-5001",56.8,24.6\n'
    '2,DEL,"Parka iela 2, Ogre, Ogres nov., LV-5001",56.8,24.6\n'
    '3,EKS,"""Rīti"", Krapes pag., Ogres nov., LV-5014",56.7,25.1\n'
    '4,EKS,"Parka iela 4, Ogre, Ogres nov., LV-5001",,\n'
)
TOML = """
[inputs]
units = "units.gpkg"
addresses = "raw/aw_eka.csv"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
population = { path = "people.csv", unit = "unit", value = "people" }
[[standards]]
km = 5
share = 0.5
"""
PEOPLE = rows("unit,people", ("LV9000100", 10), ("LV9000110", 20), ("LV9000200", 30),
              ("LV9000210", 40))  # fmt: skip
# One library has no position and is left out with a warning.
LIBRARIES = rows(
    "id,name,lat,lon", ("a", "A", *at(5, 5)), ("b", "B", *at(15, 15)), ("c", "C", "", "")
)
DECISIONS = rows(
    "unit,place,decision,responsible,due,note", ("LV9000110", "", "move", *["A", "", ""])
)
STOPS = rows("id,name,lat,lon", ("s", "S", *at(5, 5.1)), ("t", "T", *at(15, 12)))


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a cache folder of the test's own, for files of any size."""
    folder = tmp_path / "kept"
    monkeypatch.setenv("VPVKAC_CACHE", str(folder))
    monkeypatch.setattr(cache, "_WORTH_KEEPING", 0)
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Input:
    path = tmp_path / "aw_eka.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    return Input(path, "aw_eka.csv")


class Read:
    """Reads a register through the cache; counts how often the file itself is read."""

    def __init__(self) -> None:
        self.times = 0
        self.told: list[object] = []

    def __call__(self, source: Input) -> Reading:
        def read(source: Input) -> Reading:
            self.times += 1
            return read_register(source)

        beside = files_beside(source.path).values()
        return cache.read_once(read, source, "addresses", beside=beside, progress=self.told.append)


@pytest.fixture
def project(write_project: Callable[..., Path], tmp_path: Path) -> Path:
    """A project with a register and its parents, with warnings of most kinds."""
    raw = tmp_path / "raw"
    raw.mkdir()
    houses = [*HOUSES, *(house for lost in LOST.values() for house in lost)]
    (raw / "aw_eka.csv").write_bytes(portal(houses, EKA))
    for kind, parents in PARENTS.items():
        (raw / f"aw_{kind}.csv").write_bytes(portal(parents, PARENT))
    return write_project(
        toml=TOML, libraries_csv=LIBRARIES, stops_csv=STOPS, people_csv=PEOPLE,
        decisions_csv=DECISIONS,
    )  # fmt: skip


def run(project: Path, out: Path, *options: str) -> str:
    done = CliRunner().invoke(main, ["run", str(project), "--out", str(out), *options])
    assert done.exit_code == 0, done.output
    return done.stdout


def bytes_of(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


# --- The same ------------------------------------------------------------------------------------


def test_a_run_writes_and_says_the_same_with_and_without_the_cache(
    kept: Path, project: Path, tmp_path: Path
) -> None:
    said = run(project, tmp_path / "out1", "--no-cache")
    right = bytes_of(tmp_path / "out1")
    assert not kept.exists(), "nothing is kept of such a run"
    assert run(project, tmp_path / "out2") == said.replace("out1", "out2")
    assert bytes_of(tmp_path / "out2") == right
    names = {file.name for file in kept.iterdir()}
    out = tmp_path / "out3"
    assert run(project, out) == said.replace("out1", "out3")
    assert bytes_of(out) == right
    # The inputs were there already; what a folder holds is kept for each.
    assert len({file.name for file in kept.iterdir()} - names) == 1
    # Now nothing is written any more, and all is said as before, the warnings too.
    before = moments(out)
    again = CliRunner().invoke(main, ["run", str(project), "--out", str(out), "--timings"])
    assert again.stdout == said.replace("out1", "out3")
    assert "vpvkac check" in again.stderr
    assert moments(out) == before


def test_the_inputs_are_taken_from_the_cache_whatever_is_asked_of_them(
    kept: Path, project: Path
) -> None:
    loaded = vpvkac.load(project)
    first = inputs.read_inputs(loaded)
    for other in (loaded.with_rules(threshold_m=300, hosts=("library",)),
                  loaded.with_rules(stop_set="bus", peak_factor=2.0),
                  replace(loaded, streets=Input(kept, "streets"))):  # fmt: skip
        steps: list[object] = []
        found = inputs.read_inputs(other, steps.append)
        assert steps == [inputs.FROM_CACHE]
        same_table(found.places, first.places)
    # Without a regional feed no distance is computed, of which the inputs warn.
    stops = tuple(replace(stops, regional=False) for stops in loaded.stops)
    without = replace(loaded, stops=stops)
    warned = [len(inputs.read_inputs(project).faults)
              for project in (without, without.with_rules(stop_set="all"))]  # fmt: skip
    assert warned == [len(first.faults) + 1, len(first.faults)]


def test_one_changed_file_is_read_anew_and_the_others_are_not(
    kept: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs.read_inputs(vpvkac.load(project))
    (project.parent / "libraries.csv").write_text(LIBRARIES.replace(",A,", ",Ā,"), "utf-8")
    monkeypatch.setattr("vpvkac.inputs.readings.read_register", pytest.fail)
    steps: list[object] = []
    found = inputs.read_inputs(vpvkac.load(project), steps.append)
    assert inputs.FROM_CACHE not in steps
    assert set(found.places["name"]) == {"Ā", "B"}
    assert kept.exists()


def test_every_table_fault_and_account_of_the_sample_comes_back_as_it_was(
    sample_result: Result, kept: Path
) -> None:
    was = sample_result.inputs
    cache.keep("sample", inputs._pack(was))  # noqa: SLF001
    content = cache.load("sample")
    assert content is not None
    found = inputs._unpack(content, sample_result.project, silent)  # noqa: SLF001
    same_table(was.territory.units, found.territory.units)
    for name in (field.name for field in fields(inputs.Inputs)):
        before, after = getattr(was, name), getattr(found, name)
        if isinstance(before, pd.DataFrame):
            same_table(before, after)
        elif name not in ("territory", "faults", "accounts", "timetables"):
            assert before == after
    for lang in ("lv", "en"):
        said = [fault.sentence(lang) for fault in was.faults]
        assert [fault.sentence(lang) for fault in found.faults] == said
    # A timetable is made of the feed again where it is asked for.
    assert found.timetables.keys() == was.timetables.keys()
    for before, after in zip(was.accounts, found.accounts, strict=True):
        assert replace(after, source=before.source) == before
        source, again = before.source, after.source
        assert (again.licence, again.date) == (source.licence, source.date)
        assert again.name.text("lv") == source.name.text("lv")
        assert (again.publisher is None) == (source.publisher is None)
    assert kept.exists()


def same_table(was: pd.DataFrame, found: pd.DataFrame) -> None:
    assert type(found) is type(was)
    pd.testing.assert_frame_equal(
        pd.DataFrame(found), pd.DataFrame(was), check_exact=True, check_column_type="exact"
    )
    if isinstance(was, gpd.GeoDataFrame):
        assert isinstance(found, gpd.GeoDataFrame)
        assert found.crs == was.crs
        assert found.geometry.to_wkb().tolist() == was.geometry.to_wkb().tolist()


def test_a_register_with_bad_rows_is_kept_with_its_warnings(kept: Path, source: Input) -> None:
    lines = "".join(f"{number},EKS,Iela {number},56.8,24.1\n" for number in range(10, 310))
    bad = '310,EKS,Iela 310,"56,8",24.1\n311,EKS,Iela 311,56.8,\n,,,,\n'
    source.path.write_text(HEADER + ROWS + lines + bad, encoding="utf-8")
    chosen = replace(source, where={"KODS": tuple(map(str, range(1, 312)))})
    read = Read()
    first, second = read(chosen), read(chosen)
    assert (read.times, len(list(kept.iterdir()))) == (1, 1)
    same_table(first.table, second.table)
    assert dict(second.dropped) == dict(first.dropped)
    assert second.rows_read == len(second.table) + sum(second.dropped.values())
    assert second.dropped["bad_value"] == 1
    for lang in ("lv", "en"):
        said = [fault.sentence(lang) for fault in first.faults]
        assert [fault.sentence(lang) for fault in second.faults] == said
        assert any("56,8" in line for line in said)
    # Whoever wants every bad row to be an error is not given what was kept with a warning.
    assert has_errors(read(replace(chosen, strict=True)).faults)


def test_a_file_with_an_error_tells_it_each_time(kept: Path, source: Input) -> None:
    source.path.write_text(HEADER + ROWS + "1,EKS,x,1,1\n", encoding="utf-8")
    read = Read()
    assert has_errors(read(source).faults)
    assert has_errors(read(source).faults)
    assert read.times == 2
    assert not kept.exists()


@pytest.mark.parametrize("column", [[1, "a"], [None, float("nan")], [(1, 2), (3,)], [b"a", "b"]])
def test_a_table_that_would_come_back_otherwise_is_not_kept(kept: Path, column: list[Any]) -> None:
    table = pd.DataFrame({"x": pd.Series(column, dtype=object)})
    cache.keep("odd", cache.Content({}, {"table": table}))
    assert cache.load("odd") is None
    assert not kept.exists()


def test_every_field_of_what_is_asked_is_told(kept: Path, project: Path) -> None:
    loaded = vpvkac.load(project)
    told = str(cache._told(loaded))  # noqa: SLF001
    assert all(f"('{field.name}', " in told for field in fields(vpvkac.Project))
    assert cache.Key((loaded,), loaded.files).name() != ""
    assert cache.Key((object(),), loaded.files).name() == "", "nothing is known of it"
    assert not kept.exists()


# --- What decides --------------------------------------------------------------------------------


def test_whatever_decides_what_is_read_names_what_is_kept(
    kept: Path, source: Input, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def name(source: Input = source, *options: object) -> str:
        beside = files_beside(source.path).values()
        return cache.Key(options, (source,), tuple(beside)).name()

    names = [name(), name(source, "other"), name(replace(source, strict=True)),
             name(replace(source, where={"KODS": ("1",)})), name(replace(source, shown="x.csv")),
             name(replace(source, columns={"id": "KODS"}))]  # fmt: skip
    for file in ("aw_iela.csv", "aw_eka.prj", "aw_eka.csv-wal", LOCK_FILE, f"../{LOCK_FILE}"):
        (tmp_path / file).resolve().write_text("{}", encoding="utf-8")
        names.append(name())
    (tmp_path / f"../{LOCK_FILE}").resolve().unlink()
    source.path.write_text(HEADER + ROWS.replace("56.8", "56.9"), encoding="utf-8")
    names.append(name())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    names.append(name())
    assert len(set(names)) == len(names)
    assert name() == names[-1]
    assert not kept.exists()


def test_every_file_that_is_opened_while_reading_is_in_the_name(
    project: Path, tmp_path: Path
) -> None:
    (project.parent / LOCK_FILE).write_text("{}", encoding="utf-8")
    (project.parent / "raw" / "aw_eka_his.csv").write_bytes(portal([], ("KODS", "STD")))
    loaded = vpvkac.load(project)
    opened: set[Path] = set()
    sys.addaudithook(watch := Watch(tmp_path, opened))
    with watch:
        inputs._read_inputs(replace(loaded, use_cache=False), silent)  # noqa: SLF001
    addresses = loaded.addresses
    assert addresses is not None
    key = cache.Key((), loaded.files, tuple(files_beside(addresses.path).values()))
    assert project.parent / "raw" / "aw_iela.csv" in opened
    assert {file for file in opened if file.exists()} <= set(key.files)


class Watch:
    """Notes the files beneath a folder that Python opens; a hook cannot be taken away again."""

    def __init__(self, folder: Path, opened: set[Path]) -> None:
        self.folder, self.opened, self.on = folder, opened, False

    def __enter__(self) -> None:
        self.on = True

    def __exit__(self, *_: object) -> None:
        self.on = False

    def __call__(self, event: str, given: tuple[Any, ...]) -> None:
        if self.on and event == "open" and isinstance(given[0], str):
            path = Path(given[0])
            if path.is_relative_to(self.folder):
                self.opened.add(path)


def test_a_file_that_changes_while_it_is_read_is_not_kept(kept: Path, source: Input) -> None:
    def changed(source: Input) -> Reading:
        reading = read_register(source)
        source.path.write_text(HEADER + ROWS.replace("56.8", "56.9"), encoding="utf-8")
        return reading

    cache.read_once(changed, source, "addresses")
    assert not kept.exists()


def test_small_files_leave_no_cache(
    source: Input, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VPVKAC_CACHE", str(tmp_path / "kept"))
    Read()(source)
    assert not (tmp_path / "kept").exists()


# --- Not trusted ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "harm", ["emptied", "cut", "garbage", 0, 12, 60, 400, -1, "another version"]
)
def test_what_is_not_sound_is_made_again_and_told_in_the_timings_only(
    harm: str | int, kept: Path, source: Input, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Read()
    right = read(source).table
    (file,) = kept.iterdir()
    data = file.read_bytes()
    damaged = {"emptied": b"", "cut": data[: len(data) // 2], "garbage": os.urandom(1000)}
    if isinstance(harm, int):
        file.write_bytes(data[:harm] + bytes([data[harm] ^ 0xFF]) + data[harm:][1:])
    elif harm in damaged:
        file.write_bytes(damaged[harm])
    else:
        monkeypatch.setattr(cache, "program", lambda: "another")
    again = read(source)
    assert not again.faults
    same_table(again.table, right)
    same_table(read(source).table, right)
    assert read.times == 2
    assert read.told == [cache.OUTDATED if harm == "another version" else cache.DAMAGED]
    assert len(list(kept.iterdir())) == 1


def test_a_folder_that_cannot_be_written_is_done_without(
    kept: Path, source: Input, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.write_text("a file where the folder should be", encoding="utf-8")
    assert len(Read()(source).table) == 2
    monkeypatch.setenv("VPVKAC_CACHE", os.devnull)
    assert len(Read()(source).table) == 2
    assert tmp_path.is_dir()


def test_entries_written_at_once_are_whole_whoever_reads_them(kept: Path) -> None:
    tables = [pd.DataFrame({"x": [number] * 10_000}) for number in range(4)]

    def write_and_read(number: int) -> int:
        cache.keep("one", cache.Content({"number": number % 4}, {"x": tables[number % 4]}))
        content = cache.load("one", pytest.fail)
        assert content is not None
        assert set(content.tables["x"]["x"]) == {content.about["number"]}
        return number

    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(write_and_read, range(40)))) == 40
    assert [file.name for file in kept.iterdir()] == ["one.kept"]


def test_what_was_used_longest_ago_goes_first(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for age, name in enumerate(("new", "used", "old")):
        cache.keep(name, cache.Content({"x": "y" * 100}))
        os.utime(kept / f"{name}.kept", (1e9 - age, 1e9 - age))
    (kept / "somebody's.txt").write_text("z" * 1000, encoding="utf-8")
    assert cache.load("used") is not None
    monkeypatch.setattr(cache, "_MOST_BYTES", 3 * (kept / "old.kept").stat().st_size)
    cache.keep("next", cache.Content({"x": "y" * 100}))
    assert {file.name for file in kept.iterdir()} == {
        "next.kept", "used.kept", "new.kept", "somebody's.txt",
    }  # fmt: skip


# --- Outputs that stand --------------------------------------------------------------------------


def moments(out: Path) -> dict[Path, int]:
    return {file: file.stat().st_mtime_ns for file in out.rglob("*") if file.is_file()}


def test_outputs_stand_where_nothing_was_changed_added_or_taken_away(
    kept: Path, project: Path, tmp_path: Path
) -> None:
    out, room = tmp_path / "out", "<html lang=lv><!--pages--><!--/pages-->"
    for name in ("run.json", "index.html", "maps/network.html", "walk.html"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(room, encoding="utf-8")
    said = Said(["one", "two"], read_inputs_faults(project), [])
    loaded = vpvkac.load(project)
    standing = Standing(loaded, out, "lv", None)
    standing.keep(said, [Path("run.json"), Path("index.html"), Path("maps/network.html")])
    again = standing.said()
    assert again is not None
    assert list(again.lines) == ["one", "two"]
    assert [fault.sentence("lv") for fault in again.inputs] == [
        fault.sentence("lv") for fault in said.inputs
    ]
    (out / "own.txt").write_text("somebody's", encoding="utf-8")
    assert standing.said() is not None
    # Ours, one of ours below, and pages of other commands, which ours link.
    for name in ("run.json", "maps/network.html", "walk.html", "reach.html"):
        there = out / name
        was = there.read_bytes() if there.exists() else None
        there.write_text("changed", encoding="utf-8")
        assert standing.said() is None, name
        there.unlink()
        assert (standing.said() is None) == (was is not None), name
        if was is not None:
            there.write_bytes(was)
        assert standing.said() is not None, name
    # What a killed process left is for the next one to settle.
    for left in (out / ".vpvkac", out.with_name(".out-vpvkac")):
        left.mkdir()
        assert standing.said() is None
        left.rmdir()
    others = [
        Standing(loaded, out, "en", None), Standing(loaded, out, "lv", True),
        Standing(loaded, tmp_path, "lv", None),
        Standing(loaded.with_rules(threshold_m=300), out, "lv", None),
        Standing(replace(loaded, reply_by="2027-01-01"), out, "lv", None),
    ]  # fmt: skip
    assert [other.said() for other in others] == [None] * len(others)
    project.write_text(TOML + "\n", encoding="utf-8")
    assert Standing(loaded, out, "lv", None).said() is None
    assert kept.exists()


def read_inputs_faults(project: Path) -> list[Fault]:
    return list(inputs.read_inputs(vpvkac.load(project)).faults)
