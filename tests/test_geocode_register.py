"""The register is read once and kept, and what is kept is never trusted blindly."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

from vpvkac.model.faults import has_errors
from vpvkac.model.project import Input
from vpvkac.sources import register
from vpvkac.sources.plain import read_corrections
from vpvkac.sources.register import read_register

HEADER = "KODS,STATUSS,STD,DD_N,DD_E\n"
ROWS = (
    '1,EKS,"Parka iela 1, Ogre, Ogres nov., LV-5001",56.8,24.6\n'
    '2,DEL,"Parka iela 2, Ogre, Ogres nov., LV-5001",56.8,24.6\n'
    '3,EKS,"""Rīti"", Krapes pag., Ogres nov., LV-5014",56.7,25.1\n'
    '4,EKS,"Parka iela 3, Ogre, Ogres nov., LV-5001",,\n'
)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a cache folder of the test's own, for registers of any size."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("VPVKAC_CACHE", str(folder))
    monkeypatch.setattr(register, "_WORTH_KEEPING", 0)
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Input:
    path = tmp_path / "aw_eka.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    return Input(path, "aw_eka.csv")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count how often the file itself is read."""
    counted: list[str] = []
    plain = register._read  # noqa: SLF001

    def count(source: Input) -> object:
        counted.append(source.shown)
        return plain(source)

    monkeypatch.setattr(register, "_read", count)
    return counted


def test_a_register_is_read_once_and_is_the_same_from_the_cache(
    cache: Path, source: Input, reads: list[str]
) -> None:
    first, second = read_register(source), read_register(source)
    assert reads == ["aw_eka.csv"]
    assert len(list(cache.iterdir())) == 1
    pd.testing.assert_frame_equal(first.table, second.table)
    assert (second.rows_read, dict(second.dropped)) == (first.rows_read, dict(first.dropped))
    assert second.rows_read == len(second.table) + sum(second.dropped.values()) == 4
    assert second.dropped["not_in_force"] == second.dropped["no_coordinates"] == 1
    assert second.table["name"].tolist() == ["parka", "riti"]


def test_a_changed_register_or_another_choice_of_rows_is_read_anew(
    cache: Path, source: Input, reads: list[str]
) -> None:
    read_register(source)
    chosen = read_register(Input(source.path, source.shown, where={"KODS": ("1",)}))
    assert len(chosen.table) == 1
    source.path.write_text(HEADER + ROWS.replace("56.8", "56.9"), encoding="utf-8")
    assert read_register(source).table["lat"].tolist() == [56.9, 56.7]
    assert len(reads) == len(list(cache.iterdir())) == 3


@pytest.mark.parametrize("harm", ["emptied", "cut", "flipped", "foreign", "another version"])
def test_a_cache_that_is_not_sound_is_replaced_without_a_word(
    harm: str, cache: Path, source: Input, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = read_register(source).table
    (file,) = cache.iterdir()
    data = file.read_bytes()
    if harm == "emptied":
        file.write_bytes(b"")
    elif harm == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif harm == "flipped":
        # In the first page of the first column, behind its header.
        file.write_bytes(data[:60] + bytes([data[60] ^ 0xFF]) + data[61:])
    elif harm == "foreign":
        parquet.write_table(pa.table({"address": ["x"]}), file)
    else:
        monkeypatch.setattr(register, "_version", lambda: "another")
    again = read_register(source)
    assert not again.faults
    pd.testing.assert_frame_equal(again.table, right)
    pd.testing.assert_frame_equal(read_register(source).table, right)
    assert len(reads) == 2


def test_without_a_writable_cache_the_register_is_read_all_the_same(
    tmp_path: Path, cache: Path, source: Input, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.write_text("a file where the folder should be", encoding="utf-8")
    assert len(read_register(source).table) == 2
    locked = tmp_path / "locked"
    locked.mkdir()
    locked.chmod(stat.S_IRUSR | stat.S_IXUSR)
    monkeypatch.setenv("VPVKAC_CACHE", str(locked / "deeper"))
    assert len(read_register(source).table) == 2


def test_a_register_with_a_fault_tells_it_each_time(
    cache: Path, source: Input, reads: list[str]
) -> None:
    source.path.write_text(HEADER + ROWS + "1,EKS,x,1,1\n", encoding="utf-8")
    assert has_errors(read_register(source).faults)
    assert has_errors(read_register(source).faults)
    assert len(reads) == 2
    assert not cache.exists()


def test_a_register_with_bad_rows_is_kept_with_its_warnings(
    cache: Path, source: Input, reads: list[str]
) -> None:
    rows = "".join(f"{number},EKS,Iela {number},56.8,24.1\n" for number in range(10, 310))
    bad = '310,EKS,Iela 310,"56,8",24.1\n311,EKS,Iela 311,56.8,\n,,,,\n'
    source.path.write_text(HEADER + ROWS + rows + bad, encoding="utf-8")
    chosen = replace(source, where={"KODS": tuple(map(str, range(1, 312)))})
    first, second = read_register(chosen), read_register(chosen)
    assert (len(reads), len(list(cache.iterdir()))) == (1, 1)
    pd.testing.assert_frame_equal(first.table, second.table)
    assert second.faults == first.faults
    assert dict(second.dropped) == dict(first.dropped)
    assert second.dropped["bad_value"] == 1
    assert {fault.level for fault in second.faults} == {"warning"}
    lines = {lang: [fault.sentence(lang) for fault in second.faults] for lang in ("lv", "en")}
    assert any("56,8" in line and "is not a number" in line for line in lines["en"])
    assert any("nav skaitlis" in line for line in lines["lv"])
    # Whoever wants every bad row to be an error is not given what was kept with a warning.
    assert has_errors(read_register(replace(chosen, strict=True)).faults)
    # The file is told by the name that the project has for it.
    elsewhere = read_register(replace(chosen, shown="raw/register.csv"))
    assert len(reads) == 2
    assert {fault.file for fault in elsewhere.faults} == {"raw/register.csv"}


def test_a_small_register_leaves_no_cache(
    tmp_path: Path, source: Input, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VPVKAC_CACHE", str(tmp_path / "cache"))
    read_register(source)
    assert not (tmp_path / "cache").exists()


def corrections(tmp_path: Path, *lines: str) -> Input:
    path = tmp_path / "corrections.csv"
    path.write_text("\n".join(["place,address,lat,lon", *lines]) + "\n", encoding="utf-8")
    return Input(path, "corrections.csv")


def test_corrections_are_an_address_or_a_position_of_a_place(tmp_path: Path) -> None:
    reading = read_corrections(
        corrections(tmp_path, 'libraries:1,"Parka iela 1, Ogre",,', "centres:7,,56.8,24.6")
    )
    assert not reading.faults
    assert reading.table["place"].tolist() == ["libraries:1", "centres:7"]
    assert reading.table["lat"].fillna(0).tolist() == [0, 56.8]
    assert reading.table["row"].tolist() == [2, 3]
    assert reading.rows_read == 2


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("libraries:2,,,", None), ("libraries:2,,56.8,", None),
        ("libraries:2,Parka iela 1,,24", None), (",Parka iela 1,,", "place"),
        ("libraries:1,Parka iela 1,,", "place"), ("libraries:2,,x,24.6", "lat"),
        ("libraries:2,,56.8,200", "lon"),
    ],
)  # fmt: skip
def test_a_correction_that_says_nothing_or_half_of_it_is_an_error(
    line: str, field: str | None, tmp_path: Path
) -> None:
    reading = read_corrections(corrections(tmp_path, "libraries:1,Parka iela 1,,", line))
    errors = [fault for fault in reading.faults if fault.level == "error"]
    assert [(fault.row, fault.field) for fault in errors] == [(3, field)]
