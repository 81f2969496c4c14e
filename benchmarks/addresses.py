"""Placing addresses by a register of the country's size, made up row by row."""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness import Comparison, Goal, compare, sized

if TYPE_CHECKING:
    from harness import Work

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


def benchmark(runs: int) -> list[Comparison]:
    """Measure reading the register, reading it again, and placing addresses."""
    rows, wanted = sized(560_000, 10_000), sized(1_500, 100)
    with tempfile.TemporaryDirectory() as folder:
        register, sought = Path(folder) / "aw_eka.csv", Path(folder) / "sought.json"
        sought.write_text(json.dumps(_write(register, rows, wanted)), encoding="utf-8")
        register_of = f"address register of {rows} rows"
        tasks = (
            (f"{register_of}, read and indexed", partial(read_anew, register), 10),
            (f"{register_of}, from the cache", partial(read_again, register), 1.5),
            (f"{wanted} addresses placed by it", partial(place, register, sought), 3),
        )
        return [
            compare(name, ours=task, alternatives={}, runs=runs, goals=[Goal("seconds", most)])
            for name, task, most in tasks
        ]


def read_anew(register: Path) -> Work:
    """Prepare the reading of a register that was not read before."""
    from vpvkac.geocoding.index import RegisterIndex
    from vpvkac.model.project import Input
    from vpvkac.sources.register import read_register

    source = Input(register, register.name)
    caches = (str(register.parent / f"cache-{number}") for number in itertools.count())

    def read() -> dict[str, int]:
        os.environ["VPVKAC_CACHE"] = next(caches)
        index = RegisterIndex(read_register(source).table)
        return {"addresses": len(index.register)}

    return read


def read_again(register: Path) -> Work:
    """Prepare the reading of a register that is in the cache."""
    from vpvkac.geocoding.index import RegisterIndex
    from vpvkac.model.project import Input
    from vpvkac.sources.register import read_register

    os.environ["VPVKAC_CACHE"] = str(register.parent / "cache")
    source = Input(register, register.name)
    read_register(source)

    def read() -> dict[str, int]:
        index = RegisterIndex(read_register(source).table)
        return {"addresses": len(index.register)}

    return read


def place(register: Path, sought: Path) -> Work:
    """Prepare the placing of addresses by a register that is indexed."""
    import pandas as pd

    from vpvkac.geocoding.geocode import geocode
    from vpvkac.geocoding.index import RegisterIndex
    from vpvkac.model.project import Input
    from vpvkac.sources.register import read_register

    os.environ["VPVKAC_CACHE"] = str(register.parent / "cache")
    table = read_register(Input(register, register.name)).table
    addresses = pd.Series(json.loads(sought.read_text(encoding="utf-8")))

    def locate() -> dict[str, int]:
        # What an index keeps once it has found it is found anew.
        found = geocode(addresses, RegisterIndex(table))
        counts = found["located_by"].replace("", "not placed").value_counts()
        return {str(way): int(count) for way, count in counts.items()}

    return locate


def _write(file: Path, rows: int, count: int) -> list[str]:
    """Write the register; return addresses to look for, in the ways of the lists."""
    random.seed(_SEED)
    names = _names()
    places = _places(names)
    streets = [f"{next(names)} iela" for _ in range(_STREETS)]
    farms = [next(names) for _ in range(_FARMS)]
    wanted: list[str] = []
    letters = ("", "", "", "A")
    every = rows // count
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(_HEADER)
        for number in range(rows):
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
            if number % every == 1 and len(wanted) < count:
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
    written: str = forms[number % len(forms)](address)
    return written
