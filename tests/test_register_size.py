"""The address register as large as that of 2026-09, with every oddity as often as it has it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pandas as pd
import pytest

from test_register_parents import EKA, PARENT, PARENTS, portal
from vpvkac.geocoding.geocode import geocode
from vpvkac.geocoding.index import RegisterIndex
from vpvkac.model.project import Input
from vpvkac.sources.register import read_register

# SOURCES.md, new: "all 610 876 rows of 2026-09".
ROWS, IN_FORCE = 610_876, 550_652
QUOTED, BLANK_AT_END, NAME_FOR_NUMBER, TWO_CODES = 236, 25, 15, 5


def odd_addresses() -> Iterator[tuple[str, str]]:
    """Give parent and name of the addresses that are odd."""
    yield from (("21", f'"Stacija "Biksti {n}""') for n in range(QUOTED))
    yield from (("21", f'"Vilidža {n} "') for n in range(BLANK_AT_END))
    yield from (("41", f"Bauskas iela Ozoli{n}") for n in range(NAME_FOR_NUMBER))
    for n in range(TWO_CODES):
        yield from (("21", f'"Divi {n}"'), ("42", f'"Divi {n}"'))


def plain_addresses() -> Iterator[tuple[str, str]]:
    count = IN_FORCE - QUOTED - BLANK_AT_END - NAME_FOR_NUMBER - 2 * TWO_CODES
    return (("41", f"Ozolu iela {n}") for n in range(1, count + 1))


@pytest.fixture
def register(tmp_path: Path) -> Input:
    """Write the register in the portal's bytes: mark, CRLF, all quoted, quotes doubled."""
    for kind, rows in PARENTS.items():
        (tmp_path / f"aw_{kind}.csv").write_bytes(portal(rows, PARENT))
    path = tmp_path / "aw_eka.csv"
    found = enumerate(chain(odd_addresses(), plain_addresses()))
    gone = ((IN_FORCE + n, ("41", f"Zudusī iela {n}")) for n in range(ROWS - IN_FORCE))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(EKA)
        for number, (parent, name) in chain(found, gone):
            force = number < IN_FORCE
            place = (f"{56 + number / 1e6:.7f}", f"{24 + number / 1e6:.7f}") if force else ("", "")
            writer.writerow(
                (100_000_000 + number, 108, "EKS" if force else "DEL", "Y", "252", parent, 107,
                 name, name, "LV-5001", "", "1990.01.01", "2020.01.01 00:00:00",
                 "" if force else "2020.01.01", "Y" if number % 50 == 0 else "N", "N",
                 f"{name}, Ogre, Ogres nov., LV-5001", "", "", *place)
            )  # fmt: skip
    return Input(path, path.name)


@pytest.mark.slow
def test_all_610_876_rows_of_which_550_652_are_in_force_with_their_oddities(
    register: Input,
) -> None:
    """Quotation marks in 236 names, 25 that end in a blank, 15 names for a number, 5 twice."""
    assert 90e6 < register.path.stat().st_size < 150e6
    reading = read_register(register)
    assert (reading.rows_read, len(reading.table)) == (ROWS, IN_FORCE)
    assert {reason: n for reason, n in reading.dropped.items() if n} == {
        "not_in_force": ROWS - IN_FORCE
    }
    assert [fault for fault in reading.faults if fault.level == "error"] == []
    table = reading.table
    twice = table[table["address"].duplicated(keep=False)]
    assert len(twice) == 2 * TWO_CODES
    assert twice.groupby("address")["unit"].nunique().tolist() == [2] * TWO_CODES
    assert table["lat"].notna().all()
    names = [name for _, name in odd_addresses()][: -2 * TWO_CODES]
    sought = pd.Series([f"{name}, Ogre, Ogres nov., LV-5001" for name in names])
    found = geocode(sought, RegisterIndex(table))
    assert set(found["located_by"]) == {"address"}
    assert found["lat"].round(7).tolist() == [round(56 + n / 1e6, 7) for n in range(len(names))]
