"""Where the invented residents live, on a grid of 1 km as published, and how many are old.

It draws from streams of its own, so that no other file of the sample
depends on it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from sample.outline import TO_PLANE
from sample.places import GEOD

if TYPE_CHECKING:
    from sample.places import Place
    from sample.roads import Network
    from sample.units import Unit

CELL_M = 1_000
# Counts of 1 to 10 are published as 5.
SUPPRESSED, LEAST, MOST = 5, 1, 10
_SEED = 20_211_003
_AGE_SEED = 20_230_101
# Shares of residents of 65-74 and of 75 and over, their spread (of the logarithm) among units, and
# by how much the country is older than its cities.
_AGES, _AGE_SPREAD, _OLDER_COUNTRY = (0.112, 0.098), 0.18, 1.12
# Of each age those who use no internet.
_OFFLINE = (0.10, 0.34)
_PERCENTILES = (0.5, 0.9, 0.99)
_CAPITAL_RESIDENTS = 605_000
# Residents of a unit: median and spread (of the logarithm) by kind.
_CITY, _TOWN, _PARISH = (60_000, 0.45), (3_300, 0.6), (1_080, 0.55)
_CITY_IN_MUNICIPALITY = 22_000
# Parishes around the capital are fuller, by up to so many times.
_SUBURBS, _SUBURBS_M = 4.0, 28_000.0
# How far a settlement spreads, and what its cells weigh beside a lone farm's.
_SPREAD_M = {"city": 2_600.0, "district": 1_900.0, "town": 750.0, "village": 450.0,
             "hamlet": 300.0}  # fmt: skip
_WEIGHT = {"city": 40.0, "district": 25.0, "town": 60.0, "village": 30.0, "hamlet": 6.0}
_HALT_WEIGHT, _FARM_WEIGHT = 1.0, 0.2
_FARMS = 4
# Where a settlement is thinner than this it is open land; what a small one adds where it stands.
_THIN, _HEART = 0.02, 0.2
_ABROAD_M, _ABROAD_RESIDENTS = 3_000.0, 37
_STILL_ITS_UNIT_M = 1_000.0


@dataclass
class Cells:
    """The inhabited cells: south-west corners in EPSG:3059, residents, and the unit of each.

    `unit` is the number of the unit that holds most of the cell, -1 where there is none.
    """

    corners: np.ndarray
    residents: np.ndarray
    unit: np.ndarray

    @property
    def shapes(self) -> np.ndarray:
        """Return the squares."""
        west, south = self.corners.T
        return np.asarray(shapely.box(west, south, west + CELL_M, south + CELL_M))

    @property
    def published(self) -> np.ndarray:
        """Return the counts as published: small ones suppressed."""
        small = (self.residents >= LEAST) & (self.residents <= MOST)
        return np.where(small, SUPPRESSED, self.residents)


def make_cells(units: list[Unit], network: Network) -> Cells:
    """Spread the residents of every unit over its cells, and put a few abroad by mistake."""
    rng = np.random.default_rng(_SEED)
    corners, owner = _grid(units)
    sizes = _sizes(rng, units)
    spots = _spots(units, network)
    middles = corners + CELL_M / 2
    residents = np.zeros(len(corners), np.int64)
    for number in range(len(units)):
        mine = np.flatnonzero(owner == number)
        weights = _weights(rng, middles[mine], spots[number])
        residents[mine] = rng.multinomial(sizes[number], weights / weights.sum())
    lived = residents > 0
    stray = _abroad(units)
    return Cells(
        np.vstack([corners[lived], stray]),
        np.append(residents[lived], _ABROAD_RESIDENTS),
        np.append(owner[lived], -1),
    )


def _grid(units: list[Unit]) -> tuple[np.ndarray, np.ndarray]:
    """Return the cells that lie in some unit, and which one holds most of each."""
    shapes = [unit.shape for unit in units]
    west, south, east, north = shapely.total_bounds(shapes) // CELL_M * CELL_M
    x, y = np.meshgrid(np.arange(west, east + 1, CELL_M), np.arange(south, north + 1, CELL_M))
    corners = np.column_stack([x.ravel(), y.ravel()])
    boxes = Cells(corners, np.empty(0), np.empty(0)).shapes
    area = np.zeros(len(boxes))
    owner = np.full(len(boxes), -1)
    tree = shapely.STRtree(boxes)
    # Units come in the order of their codes, so that the lower one keeps a tie.
    for number, shape in enumerate(shapes):
        touched = tree.query(shape, predicate="intersects")
        parts = shapely.area(shapely.intersection(boxes[touched], shape))
        more = parts > area[touched]
        area[touched[more]] = parts[more]
        owner[touched[more]] = number
    held = owner >= 0
    return corners[held], owner[held]


def _sizes(rng: np.random.Generator, units: list[Unit]) -> np.ndarray:
    """Draw the residents of each unit; the capital is the largest state city."""
    own = [n for n, unit in enumerate(units) if unit.code == unit.municipality]
    capital = max(own, key=lambda n: units[n].shape.area)
    middle = units[capital].shape.centroid
    sizes = np.zeros(len(units), np.int64)
    for number, unit in enumerate(units):
        median, spread = {"state_city": _CITY, "town": _TOWN, "parish": _PARISH}[unit.kind]
        size = median * np.exp(rng.normal(0, spread))
        if unit.kind == "parish":
            away = unit.shape.centroid.distance(middle)
            size *= 1 + _SUBURBS * np.exp(-((away / _SUBURBS_M) ** 2))
        if unit.kind == "state_city" and number not in own:
            size *= _CITY_IN_MUNICIPALITY / _CITY[0]
        sizes[number] = _CAPITAL_RESIDENTS if number == capital else round(size)
    return sizes


def _spots(units: list[Unit], network: Network) -> dict[int, list[tuple[np.ndarray, str]]]:
    """Return where people gather in each unit: its settlements and the halts on its roads."""
    spots: dict[int, list[tuple[np.ndarray, str]]] = defaultdict(list)
    for node in network.nodes:
        if node.unit >= 0:
            spots[node.unit].append((node.xy, node.kind))
    halts = np.array([halt.poles[0] for road in network.roads for halt in road.halts])
    tree = shapely.STRtree([unit.shape for unit in units])
    for halt, unit in tree.query(shapely.points(halts), predicate="intersects").T:
        spots[int(unit)].append((halts[halt], "halt"))
    return spots


def _weights(
    rng: np.random.Generator, middles: np.ndarray, spots: list[tuple[np.ndarray, str]]
) -> np.ndarray:
    """Weigh a unit's cells: settlements spread, halts and a few farms count where they stand."""
    weights = np.zeros(len(middles))
    for xy, kind in spots:
        away = np.hypot(*(middles - xy).T)
        if kind == "halt":
            weights[away.argmin()] += _HALT_WEIGHT * rng.uniform(0.05, 1)
            continue
        spread = np.exp(-0.5 * (away / _SPREAD_M[kind]) ** 2)
        # A small settlement may lie between the middles of its cells.
        spread[away.argmin()] += _HEART
        weights += np.where(spread > _THIN, spread, 0) * _WEIGHT[kind]
    farms = rng.choice(len(middles), min(_FARMS, len(middles)), replace=False)
    weights[farms] += _FARM_WEIGHT * rng.uniform(0.05, 1, len(farms))
    return weights


def _abroad(units: list[Unit]) -> np.ndarray:
    """Return the corner of a cell over the border, clearly farther than a unit reaches."""
    land = shapely.union_all([unit.shape for unit in units])
    east = land.bounds[2] // CELL_M * CELL_M
    north = land.centroid.y // CELL_M * CELL_M
    corner = np.array([[east, north]])
    while shapely.box(*corner[0], *(corner[0] + CELL_M)).distance(land) < _ABROAD_M:
        corner[0, 0] += CELL_M
    return corner


def make_ages(units: list[Unit], cells: Cells) -> np.ndarray:
    """Draw for each unit how many of its residents are of 65-74, and of 75 and over."""
    rng = np.random.default_rng(_AGE_SEED)
    inside = cells.unit >= 0
    lived = np.bincount(cells.unit[inside], cells.residents[inside], len(units)).astype(np.int64)
    country = np.array([_OLDER_COUNTRY if unit.kind == "parish" else 1.0 for unit in units])
    spread = np.exp(rng.normal(0, _AGE_SPREAD, (len(units), len(_AGES))))
    return rng.binomial(lived[:, None], np.array(_AGES) * spread * country[:, None])


def told_of_older(
    units: list[Unit], cells: Cells, ages: np.ndarray, centres: list[Place]
) -> dict[str, Any]:
    """Return the older residents by unit, and how far from an open centre people live.

    Up to which distance half of them live, 90 % and 99 %: of all residents as published, and of
    those who use no internet, who live where the residents of their unit do.
    """
    inside = cells.unit >= 0
    owner, people = cells.unit[inside], cells.published[inside]
    lon, lat = TO_PLANE.transform(*(cells.corners[inside] + CELL_M / 2).T, direction="INVERSE")
    away = np.full(len(owner), np.inf)
    for centre in centres:
        here = np.full(len(owner), centre.lon), np.full(len(owner), centre.lat)
        away = np.minimum(away, GEOD.inv(lon, lat, *here)[2])
    offline = ages @ _OFFLINE
    share = offline / np.bincount(owner, people, len(units))
    order = away.argsort(kind="stable")
    percentiles = {}
    for name, weight in (("all", people), ("offline", people * share[owner])):
        sums = np.cumsum(weight[order])
        at = np.searchsorted(sums, np.array(_PERCENTILES) * sums[-1])
        percentiles[name] = np.round(away[order][at], 3).tolist()
    return {
        "total": [*ages.sum(axis=0).tolist(), round(float(offline.sum()), 2)],
        "by_unit": {unit.code: ages[number].tolist() for number, unit in enumerate(units)},
        "existing": percentiles,
    }


def told(units: list[Unit], cells: Cells) -> dict[str, Any]:
    """Return what a right reading of the grid gives: as published, least, most, and the truth."""
    suppressed = (cells.residents >= LEAST) & (cells.residents <= MOST)
    ends = {
        "population": cells.published,
        "population_least": np.where(suppressed, LEAST, cells.residents),
        "population_most": np.where(suppressed, MOST, cells.residents),
        "lived": cells.residents,
    }
    inside = cells.unit >= 0
    sums = {name: np.bincount(cells.unit[inside], counts[inside], len(units)).astype(int)
            for name, counts in ends.items()}  # fmt: skip
    return {
        "cells": len(cells.residents),
        "cells_suppressed": int(suppressed.sum()),
        "residents_no_unit": int(cells.published[~inside].sum()),
        "total": {name: int(counts[inside].sum()) for name, counts in ends.items()},
        "by_unit": {
            unit.code: {name: int(counts[number]) for name, counts in sums.items()}
            for number, unit in enumerate(units)
        },
    }
