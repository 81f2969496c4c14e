"""The planner's corrections of places."""

from __future__ import annotations

from pathlib import Path

import pytest

from vpvkac.model.project import Input
from vpvkac.sources.plain import read_corrections


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
