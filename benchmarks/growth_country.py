"""A country of any size, made up: units, places and stops in the files that a project reads.

Units are cells of an uneven grid around 24° E, 37° N, each about as large as a
Latvian one; every unit has its settlements, and places and stops stand around
them.  None lies in Latvia, for there a unit outside is taken for a mistake.
Everything follows from the number of units and a fixed seed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Numbers = NDArray[np.int64]

# Latvia's 64 589 km² have 587 units in 43 municipalities.
SIDE_M, UNITS_OF_MUNICIPALITY = 10_500.0, 14
EAST, NORTH = 500_000.0, -1_900_000.0
PLACES_OF_UNIT, STOPS_OF_UNIT = 10, 30
# Of a hundred places; the rest are municipal premises.
_SHARES = {"centres": 0.02, "libraries": 0.18, "post_offices": 0.15, "municipal_premises": 0.65}
_FEEDS = {"reg": 0.7, "cits": 0.3}
_ANNOUNCED = 0.2
_CORNER, _ROUGH, _ROUGH_POINTS = 0.2, 0.008, 9
_SETTLEMENTS, _SETTLEMENT_M, _STOPS_M, _IN_CELL = 3, 500.0, 1_500.0, 0.45
_AT_SETTLEMENTS = 0.6
_SYLLABLES = ("ka", "lo", "mi", "nu", "pe", "ra", "si", "ta", "ve", "zi")
_SEED = 24
_CRS = "EPSG:3059"
_DEGREE_DECIMALS = 7


class _Grid(NamedTuple):
    """The middle of every unit's cell, and its settlements, in EPSG:3059."""

    middle: Floats
    settlements: Floats


def write_country(folder: Path, units: int) -> None:
    """Write a project of so many units: 10 places and 30 stops for each.

    Parameters
    ----------
    folder
        Takes `vpvkac.toml` and the files it names.
    """
    random = np.random.default_rng(_SEED)
    folder.mkdir(parents=True, exist_ok=True)
    grid = _grid(random, units)
    _units(random, units).to_file(folder / "units.gpkg", driver="GPKG")
    kinds = random.choice(len(_SHARES), units * PLACES_OF_UNIT, p=list(_SHARES.values()))
    for number, kind in enumerate(_SHARES):
        table = _places(random, grid, int((kinds == number).sum()))
        table.to_csv(folder / f"{kind}.csv", index=False)
    for feed, share in _FEEDS.items():
        count = round(units * STOPS_OF_UNIT * share)
        _stops(random, grid, count).to_csv(folder / f"stops_{feed}.csv", index=False)
    (folder / "vpvkac.toml").write_text(_project(), encoding="utf-8")


def _grid(random: np.random.Generator, units: int) -> _Grid:
    wide = _wide(units)
    column, row = np.arange(units) % wide, np.arange(units) // wide
    middle = np.column_stack([column + 0.5, row + 0.5]) * SIDE_M + _corner(units)
    apart = random.uniform(-0.3, 0.3, (units, _SETTLEMENTS, 2)) * SIDE_M
    return _Grid(middle, middle[:, None] + apart)


def _wide(units: int) -> int:
    return int(np.ceil(np.sqrt(units)))


def _corner(units: int) -> Floats:
    """Put the middle of the country at 24° E, 37° N or thereabouts."""
    half = _wide(units) * SIDE_M / 2
    return np.array([EAST - half, NORTH - half])


def _units(random: np.random.Generator, units: int) -> gpd.GeoDataFrame:
    number = np.arange(units)
    municipality = number // UNITS_OF_MUNICIPALITY
    return gpd.GeoDataFrame(
        {
            "L1_code": _codes(number + 100_000),
            "L1_name": _names(number) + " pagasts",
            "L1_type": 7,
            "L0_code": _codes(9_000_000 + municipality),
            "L0_name": _names(municipality) + " novads",
            "NUTS3_name": "Sintētisks",
        },
        geometry=_cells(random, units),
        crs=_CRS,
    )


def _cells(random: np.random.Generator, units: int) -> NDArray[np.object_]:
    """Draw the cells; neighbours share the points of their border."""
    wide = _wide(units)
    corners = np.stack(np.meshgrid(*[np.arange(wide + 1.0)] * 2), axis=2)
    corners = (corners + random.uniform(-_CORNER, _CORNER, corners.shape)) * SIDE_M
    corners += _corner(units)
    along = _border(random, corners[:, :-1], corners[:, 1:])
    upward = _border(random, corners[:-1], corners[1:])
    row, column = np.arange(units) // wide, np.arange(units) % wide
    rings = np.concatenate(
        [
            along[row, column],
            upward[row, column + 1],
            # A border begins with its first corner, and its neighbour holds the last.
            _turned(along, corners[:, 1:])[row + 1, column],
            _turned(upward, corners[1:])[row, column],
        ],
        axis=1,
    )
    return np.asarray(shapely.polygons(rings))


def _border(random: np.random.Generator, begin: Floats, end: Floats) -> Floats:
    """Draw uneven lines from corners to corners, each without its last point."""
    share = np.linspace(0, 1, _ROUGH_POINTS + 2)[:-1, None]
    lines = begin[..., None, :] + (end - begin)[..., None, :] * share
    rough = random.uniform(-_ROUGH, _ROUGH, lines.shape) * SIDE_M
    rough[..., 0, :] = 0
    return np.asarray(lines + rough)


def _turned(lines: Floats, end: Floats) -> Floats:
    return np.concatenate([end[..., None, :], lines[..., :0:-1, :]], axis=-2)


def _places(random: np.random.Generator, grid: _Grid, count: int) -> pd.DataFrame:
    unit = random.integers(len(grid.middle), size=count)
    where = _around(random, grid, unit, _SETTLEMENT_M)
    number = np.arange(count)
    house = pd.Series(random.integers(1, 90, count)).astype(str)
    address = (
        _names(random.integers(500, size=count)) + " iela " + house + ", "
        + _names(unit) + " pag., " + _names(unit // UNITS_OF_MUNICIPALITY) + " nov."
    )  # fmt: skip
    return pd.DataFrame(
        {
            "id": number,
            "name": _names(unit) + " iestāde " + pd.Series(number).astype(str),
            "address": address,
            "phone": pd.Series(random.integers(60_000_000, 70_000_000, count)).astype(str),
            "status": np.where(random.random(count) < _ANNOUNCED, "announced", "open"),
            **_degrees(where),
        }
    )


def _stops(random: np.random.Generator, grid: _Grid, count: int) -> pd.DataFrame:
    unit = random.integers(len(grid.middle), size=count)
    where = _around(random, grid, unit, _STOPS_M)
    anywhere = random.random(count) > _AT_SETTLEMENTS
    apart = random.uniform(-_IN_CELL, _IN_CELL, (count, 2)) * SIDE_M
    where[anywhere] = (grid.middle[unit] + apart)[anywhere]
    number = np.arange(count)
    return pd.DataFrame({"id": number, "name": _names(number % 40_000), **_degrees(where)})


def _around(random: np.random.Generator, grid: _Grid, unit: Numbers, metres: float) -> Floats:
    """Stand around a settlement of the unit, within its cell."""
    settlement = grid.settlements[unit, random.integers(_SETTLEMENTS, size=len(unit))]
    where = settlement + random.normal(0, metres, settlement.shape)
    most = _IN_CELL * SIDE_M
    return np.asarray(np.clip(where, grid.middle[unit] - most, grid.middle[unit] + most))


def _degrees(where: Floats) -> dict[str, Floats]:
    to_degrees = Transformer.from_crs(_CRS, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(where[:, 0], where[:, 1])
    return {"lat": np.round(lat, _DEGREE_DECIMALS), "lon": np.round(lon, _DEGREE_DECIMALS)}


def _codes(number: Numbers) -> pd.Series:
    return "LV" + pd.Series(number).astype(str).str.zfill(7)


def _names(number: Numbers) -> pd.Series:
    """Name numbers in syllables, each by a name of its own."""
    base = len(_SYLLABLES)
    name = pd.Series("", index=np.arange(len(number)), dtype=object)
    for digit in range(5, -1, -1):
        name += np.array(_SYLLABLES, object)[number // base**digit % base]
    return name.str.capitalize()


def _project() -> str:
    columns = 'id = "id", name = "name", lat = "lat", lon = "lon"'
    more = 'address = "address", phone = "phone"'
    lines = ["[inputs]", 'units = "units.gpkg"', "stops = ["]
    lines += [
        f'  {{ path = "stops_{feed}.csv", feed = "{feed}", regional = true, {columns} }},'
        for feed in _FEEDS
    ]
    lines.append("]")
    for kind in _SHARES:
        status = ', status = "status"' if kind == "centres" else ""
        lines.append(f'{kind} = {{ path = "{kind}.csv", {columns}, {more}{status} }}')
    lines += ["[about]", 'title = "Sintētiska valsts"', "synthetic = true", ""]
    return "\n".join(lines)
