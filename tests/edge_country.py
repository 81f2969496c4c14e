"""A country whose true figures lie where a number rounded twice turns out another.

458 parishes of 10 km square hold a library each, 22 more hold none; 417 libraries are
within 700 m of a stop and 428 within 800 m, so that the shares are 91,048 % and 93,4498 %.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from plain_country import GEOD, at, beside, write_units

COLUMNS, ROWS = range(24), range(-8, 12)  # Cells of 10 km that keep within Latvia's bounds.
LIBRARIES, WITHIN_700, WITHIN_800 = 458, 417, 428
# Millimetres just under a half metre, which 0.1 m brings to the half; and round the threshold.
EDGES_MM = (
    40_460, 228_470, 349_980, 499_490, 640_455, 699_460, 699_970, 700_040, 700_460, 718_470,
    757_480, 799_960, 800_030, 810_020, 1_411_020, 1_804_480, 2_305_480, 3_499_495,
)  # fmt: skip
_AZIMUTHS = range(60, 121)


class Planted(NamedTuple):
    """A library: its unit and key, its name, and its distance to its stop in millimetres."""

    unit: str
    name: str
    mm: int


def write(folder: Path) -> list[Planted]:
    """Write units, libraries, stops and vpvkac.toml; give what was planted."""
    cells = [(x, y) for y in ROWS for x in COLUMNS]
    codes = [f"LV9{number:06d}" for number in range(len(cells))]
    write_units(
        folder / "units.gpkg",
        [
            (code, f"{x}. un {y}. pagasts", 7, f"LV8{x // 8:06d}", f"{x // 8}. novads", x, y)
            for code, (x, y) in zip(codes, cells, strict=True)
        ],
    )
    planted, libraries, stops = [], ["id,name,lat,lon"], ["id,name,lat,lon"]
    for number, (code, (x, y), mm) in enumerate(zip(codes, cells, _distances(), strict=False)):
        place = at(10 * x + 5, 10 * y + 5)
        stop, exact = _stop(place, mm)
        planted.append(Planted(code, f"Bibliotēka {number}", exact))
        libraries.append(f"{number},Bibliotēka {number},{place[0]},{place[1]}")
        stops.append(f"{number},Pietura {number},{stop[0]},{stop[1]}")
    (folder / "libraries.csv").write_text("\n".join(libraries) + "\n", encoding="utf-8")
    (folder / "stops.csv").write_text("\n".join(stops) + "\n", encoding="utf-8")
    (folder / "vpvkac.toml").write_text(_TOML, encoding="utf-8")
    within = [sum(one.mm <= limit for one in planted) for limit in (700_000, 800_000)]
    assert (len(planted), *within) == (LIBRARIES, WITHIN_700, WITHIN_800)
    return planted


def _distances() -> list[int]:
    """Give the distances to be planted, the edges among them."""
    sides = {
        WITHIN_700: [mm for mm in EDGES_MM if mm <= 700_000],
        WITHIN_800 - WITHIN_700: [mm for mm in EDGES_MM if 700_000 < mm <= 800_000],
        LIBRARIES - WITHIN_800: [mm for mm in EDGES_MM if mm > 800_000],
    }
    starts = (100_470, 710_480, 900_490)
    found = []
    for (count, edges), start in zip(sides.items(), starts, strict=True):
        more = count - len(edges)
        found += edges + [start + (1000 * step) % 580_000 for step in range(more)]
    return found


def _stop(place: tuple[float, float], mm: int) -> tuple[tuple[float, float], int]:
    """Put a stop so far from a place, and tell how far it truly is: positions have 7 decimals."""
    best = min(
        (beside(*place, mm / 1000, azimuth) for azimuth in _AZIMUTHS),
        key=lambda stop: abs(_true_mm(place, stop) - mm),
    )
    exact = _true_mm(place, best)
    # The edge that was asked for: on the same side of the half metre, of the tenth, of 700 m.
    assert abs(exact - mm) <= 4, (exact, mm)
    return best, exact


def _true_mm(place: tuple[float, float], stop: tuple[float, float]) -> int:
    return round(GEOD.inv(place[1], place[0], stop[1], stop[0])[2] * 1000)


_TOML = """\
[inputs]
units = "units.gpkg"
libraries = { path = "libraries.csv", id = "id", name = "name", lat = "lat", lon = "lon" }
stops = [{ path = "stops.csv", id = "id", name = "name", lat = "lat", lon = "lon", feed = "f" }]
"""
