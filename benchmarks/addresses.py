"""A register of the country's size, made up row by row, addresses placed by it, and the centres."""

from __future__ import annotations

import csv
import itertools
import json
import os
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import centres
from harness import Comparison, Goal, compare, sized

if TYPE_CHECKING:
    import pandas as pd

    from harness import Work

_SEED = 7
_MUNICIPALITIES, _PARISHES, _VILLAGES, _STREETS, _FARMS = 36, 14, 11, 1_800, 20_000
_STREETS_EACH = 10
_STARTS = "AĀBCČDEĒGĢIJKĶLĻMNŅOPRSŠTUŪVZŽ"
_MIDDLES = ("ab", "alv", "arg", "auk", "ērz", "ild", "irk", "ķen", "ļav", "mant", "nīt", "okr",
            "olm", "ūs", "rand", "stiņ", "ūdr", "valg", "ežm", "ilt")  # fmt: skip
_FARM_SHARE = 0.6
_ENDS = ("a", "as", "u", "i", "es", "e")
_HEADER = ("KODS", "TIPS_CD", "STATUSS", "APSTIPR", "APST_PAK", "VKUR_CD", "VKUR_TIPS",
           "NOSAUKUMS", "SORT_NOS", "ATRIB", "PNOD_CD", "DAT_SAK", "DAT_MOD", "DAT_BEIG",
           "FOR_BUILD", "PLAN_ADR", "STD", "KOORD_X", "KOORD_Y", "DD_N", "DD_E")  # fmt: skip
_PARENT_HEADER = ("KODS", "TIPS_CD", "NOSAUKUMS", "VKUR_CD", "VKUR_TIPS", "APSTIPR", "APST_PAK",
                  "STATUSS", "SORT_NOS", "DAT_SAK", "DAT_MOD", "DAT_BEIG", "ATRIB",
                  "STD")  # fmt: skip
# The end of an address there, the code of what it lies in, latitude and longitude.
_Place = tuple[str, str, float, float]


def benchmark(runs: int) -> list[Comparison]:
    """Measure reading the register, reading it again, placing addresses, and reading the list."""
    rows, wanted = sized(610_876, 10_000), sized(1_500, 100)
    with tempfile.TemporaryDirectory() as folder:
        register, sought = Path(folder) / "aw_eka.csv", Path(folder) / "sought.json"
        sought.write_text(json.dumps(_write(register, rows, wanted)), encoding="utf-8")
        register_of = f"address register of {rows} rows"
        tasks = (
            (f"{register_of} with its parents, read and indexed", partial(read_anew, register), 10),
            (f"{register_of}, from the cache", partial(read_again, register), 1.5),
            (f"{wanted} addresses placed by it", partial(place, register, sought), 3),
        )
        measured = [
            compare(
                name,
                ours=task,
                alternatives={},
                runs=runs,
                goals=[Goal("seconds", most), Goal("memory_mb", 1_000)],
            )
            for name, task, most in tasks
        ]
        return [*measured, centres.compared(runs)]


def _read(register: Path) -> pd.DataFrame:
    """Read the register, or take it from the cache."""
    from vpvkac.model.project import Input
    from vpvkac.sources.cache import read_once
    from vpvkac.sources.lock import files_beside
    from vpvkac.sources.register import read_register

    beside = files_beside(register).values()
    return read_once(
        read_register, Input(register, register.name), "addresses", beside=beside
    ).table


def read_anew(register: Path) -> Work:
    """Prepare the reading of a register that was not read before."""
    from vpvkac.geocoding.index import RegisterIndex

    caches = (str(register.parent / f"cache-{number}") for number in itertools.count())

    def read() -> dict[str, int]:
        os.environ["VPVKAC_CACHE"] = next(caches)
        index = RegisterIndex(_read(register))
        units = index.register["unit"]
        return {"addresses": len(units), "units": units.nunique(), "lost": int((units == "").sum())}

    return read


def read_again(register: Path) -> Work:
    """Prepare the reading of a register that is in the cache."""
    from vpvkac.geocoding.index import RegisterIndex

    os.environ["VPVKAC_CACHE"] = str(register.parent / "cache")
    _read(register)

    def read() -> dict[str, int]:
        index = RegisterIndex(_read(register))
        return {"addresses": len(index.register)}

    return read


def place(register: Path, sought: Path) -> Work:
    """Prepare the placing of addresses by a register that is indexed."""
    import pandas as pd

    from vpvkac.geocoding.geocode import geocode
    from vpvkac.geocoding.index import RegisterIndex

    os.environ["VPVKAC_CACHE"] = str(register.parent / "cache")
    table = _read(register)
    addresses = pd.Series(json.loads(sought.read_text(encoding="utf-8")))

    def locate() -> dict[str, int]:
        # What an index keeps once it has found it is found anew.
        found = geocode(addresses, RegisterIndex(table))
        counts = found["located_by"].replace("", "not placed").value_counts()
        return {str(way): int(count) for way, count in counts.items()}

    return locate


def _write(file: Path, rows: int, count: int) -> list[str]:
    """Write the register and its parents in the portal's byte form.

    Return addresses to look for, in the ways of the lists.
    """
    random.seed(_SEED)
    names = _names()
    places, parents = _places(names)
    streets = [f"{next(names)} iela" for _ in range(_STREETS)]
    street_codes: dict[tuple[str, str], str] = {}
    farms = [next(names) for _ in range(_FARMS)]
    wanted: list[str] = []
    letters = ("", "", "", "A")
    every = rows // count
    with _table(file, _HEADER) as write:
        for number in range(rows):
            place, parent, lat, lon = random.choice(places)
            farm = " pag., " in place and random.random() < _FARM_SHARE
            if farm:
                head = f'"{random.choice(farms)}"'
            else:
                street = streets[(int(parent) + random.randrange(_STREETS_EACH)) % _STREETS]
                head = f"{street} {random.randint(1, 90)}{random.choice(letters)}"
                parent = street_codes.setdefault((street, parent), f"3{len(street_codes):08}")
            address = f"{head}, {place}"
            position = f"{lat + random.gauss(0, 0.01):.7f}", f"{lon + random.gauss(0, 0.02):.7f}"
            state, planar = "EKS", ("300000.000", "500000.000")
            if number % 10 == 0:
                # What is no longer in force has no position.
                state, planar, position = "DEL", ("", ""), ("", "")
            write(
                [100_000_000 + number, 108, state, "Y", 252,
                 parent, 107, head, head, "LV-1001", 1, "2001.06.29", "2020.09.01", "", "N", "N",
                 address, *planar, *position]
            )  # fmt: skip
            if number % every == 1 and len(wanted) < count:
                wanted.append(_as_listed(address, len(wanted)))
    parents["iela"] = [(code, street, above) for (street, above), code in street_codes.items()]
    for kind, rows_of in parents.items():
        with _table(file.with_name(f"aw_{kind}.csv"), _PARENT_HEADER) as write:
            for code, name, above, *unit in rows_of:
                write([code, 105, name, above, 113, "Y", 252, "EKS", name, "1999.03.16",
                       "2025.07.21", "", *(unit or [""]), name])  # fmt: skip
    return wanted


@contextmanager
def _table(file: Path, header: Sequence[str]) -> Iterator[Callable[[Sequence[object]], object]]:
    """Write rows as the portal does: a mark, every value quoted, lines that end with CRLF."""
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(header)
        yield writer.writerow


def _names() -> Iterator[str]:
    seen: set[str] = set()
    while True:
        parts = random.choice(_STARTS), *random.choices(_MIDDLES, k=random.randint(1, 3))
        name = "".join(parts) + random.choice(_ENDS)
        if name not in seen:
            seen.add(name)
            yield name


def _places(names: Iterator[str]) -> tuple[list[_Place], dict[str, list[tuple[str, ...]]]]:
    """Make villages, parishes and towns up, and the register's rows of them and what is above."""
    places: list[_Place] = []
    parents: dict[str, list[tuple[str, ...]]] = {
        kind: [] for kind in ("novads", "pagasts", "ciems", "pilseta")
    }

    def add(kind: str, name: str, above: str, *unit: str) -> str:
        code = f"2{sum(map(len, parents.values())):08}"
        parents[kind].append((code, name, above, *unit))
        return code

    postcode = 1_000
    for number in range(_MUNICIPALITIES):
        municipality = next(names)
        novads = add("novads", municipality, "100000000", f"{number + 20:04}000")
        lat, lon = random.uniform(56.0, 57.8), random.uniform(21.3, 27.8)
        for parish_number in range(_PARISHES):
            parish = next(names)
            pagasts = add("pagasts", parish, novads, f"{number + 20:04}{parish_number + 400}")
            postcode += 7
            tail = f"{parish} pag., {municipality} nov., LV-{postcode}"
            here = lat + random.gauss(0, 0.1), lon + random.gauss(0, 0.2)
            for _ in range(_VILLAGES):
                village = next(names)
                places.append((f"{village}, {tail}", add("ciems", village, pagasts), *here))
            places += [(tail, pagasts, *here)] * _VILLAGES
        postcode += 7
        town = next(names)
        pilseta = add("pilseta", town, novads, f"{number + 20:04}200")
        tail = f"{town}, {municipality} nov., LV-{postcode}"
        places += [(tail, pilseta, lat, lon)] * (4 * _VILLAGES)
    return places, parents


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
