"""Measure the geocoder on a register of the country's size, made up row by row.

    python benchmarks/addresses.py

Prints the seconds, and those of the processor, for reading and indexing 560 000
rows, for the same from the cache, and for placing 1 500 addresses written in
the ways of the lists.
"""

from __future__ import annotations

import contextlib
import csv
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

sys.path.insert(0, str(Path(__file__).parents[1] / "coverage"))

ROWS, WANTED = 560_000, 1_500
_SEED = 7
_MUNICIPALITIES, _PARISHES, _VILLAGES, _STREETS, _FARMS = 36, 14, 11, 1_800, 20_000
_STARTS = "AĀBCČDEĒGĢIJKĶLĻMNŅOPRSŠTUŪVZŽ"
_MIDDLES = ("ab", "alv", "arg", "auk", "ērz", "ild", "irk", "ķen", "ļav", "mant", "nīt", "okr",
            "olm", "ūs", "rand", "stiņ", "ūdr", "valg", "ežm", "ilt")  # fmt: skip
_FARM_SHARE = 0.6
_ENDS = ("a", "as", "u", "i", "es", "e")
_HEADER = ("KODS", "TIPS_CD", "STATUSS", "APSTIPR", "APST_PAK", "VKUR_CD", "VKUR_TIPS",
           "NOSAUKUMS", "SORT_NOS", "ATRIB", "PNOD_CD", "DAT_SAK", "DAT_MOD", "DAT_BEIG",
           "FOR_BUILD", "PLAN_ADR", "STD", "KOORD_X", "KOORD_Y", "DD_N", "DD_E")  # fmt: skip


def main() -> None:
    """Make a register and time each step."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VPVKAC_CACHE"] = str(Path(folder) / "cache")
        file = Path(folder) / "aw_eka.csv"
        addresses = _write(file)
        print(f"register: {ROWS} rows, {file.stat().st_size / 1e6:.0f} MB")
        _measure(file, addresses)


def _measure(file: Path, addresses: list[str]) -> None:
    import pandas as pd

    from vpvkac.geocoding.chain import geocode
    from vpvkac.geocoding.index import RegisterIndex
    from vpvkac.project import Input
    from vpvkac.sources.register import read_register

    source = Input(file, file.name)
    for label in ("read and indexed", "from the cache"):
        with _timed(label):
            index = RegisterIndex(read_register(source).table)
    with _timed(f"{len(addresses)} addresses placed"):
        found = geocode(pd.Series(addresses), index)
    print(found["located_by"].replace("", "not placed").value_counts().to_string())


@contextlib.contextmanager
def _timed(label: str) -> Iterator[None]:
    wall, processor = time.perf_counter(), time.process_time()
    yield
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{label}: {wall:.2f} s ({processor:.2f} s of the processor)")


def _write(file: Path) -> list[str]:
    """Write the register; return addresses to look for, in the ways of the lists."""
    random.seed(_SEED)
    names = _names()
    places = _places(names)
    streets = [f"{next(names)} iela" for _ in range(_STREETS)]
    farms = [next(names) for _ in range(_FARMS)]
    wanted = []
    letters = ("", "", "", "A")
    every = ROWS // WANTED
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(_HEADER)
        for number in range(ROWS):
            place, lat, lon = random.choice(places)
            farm = " pag., " in place and random.random() < _FARM_SHARE
            head = f'"{random.choice(farms)}"' if farm else (
                f"{random.choice(streets)} {random.randint(1, 90)}{random.choice(letters)}"
            )  # fmt: skip
            address = f"{head}, {place}"
            position = f"{lat + random.gauss(0, 0.01):.7f}", f"{lon + random.gauss(0, 0.02):.7f}"
            writer.writerow(
                [100_000_000 + number, 108, "DEL" if number % 25 == 0 else "EKS", "Y", 252,
                 200_000_000, 107, head, head, "", 1, "2001-06-29", "2020-09-01", "", "Y", "N",
                 address, "300000.000", "500000.000", *position]
            )  # fmt: skip
            if number % every == 1 and len(wanted) < WANTED:
                wanted.append(_as_listed(address, len(wanted)))
    return wanted


def _names() -> Iterator[str]:
    seen: set[str] = set()
    while True:
        parts = random.choice(_STARTS), *random.choices(_MIDDLES, k=random.randint(1, 3))
        name = "".join(parts) + random.choice(_ENDS)
        if name not in seen:
            seen.add(name)
            yield name


def _places(names: Iterator[str]) -> list[tuple[str, float, float]]:
    places = []
    postcode = 1_000
    for _ in range(_MUNICIPALITIES):
        municipality = next(names)
        lat, lon = random.uniform(56.0, 57.8), random.uniform(21.3, 27.8)
        for _ in range(_PARISHES):
            parish = next(names)
            postcode += 7
            tail = f"{parish} pag., {municipality} nov., LV-{postcode}"
            here = lat + random.gauss(0, 0.1), lon + random.gauss(0, 0.2)
            places += [(f"{next(names)}, {tail}", *here) for _ in range(_VILLAGES)]
            places += [(tail, *here)] * _VILLAGES
        postcode += 7
        town = next(names)
        places += [(f"{town}, {municipality} nov., LV-{postcode}", lat, lon)] * (4 * _VILLAGES)
    return places


def _as_listed(address: str, number: int) -> str:
    """Write an address as the lists do; every fifth so that only a like one is found."""
    forms = (
        lambda text: text.replace("nov.", "novads").replace("pag.", "pagasts"),
        lambda text: text.rsplit(", LV-", 1)[0],
        lambda text: text.replace('"', "").replace(", ", ", 2. stāvs, ", 1),
        lambda text: text.upper(),
        lambda text: text[:3] + text[4] + text[3] + text[5:],
    )
    return forms[number % len(forms)](address)


if __name__ == "__main__":
    main()
