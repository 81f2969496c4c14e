"""Targets: points, stops and units, indexed once, that all origins are measured against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from vpvkac.analysis.network import is_open_centre, points_and_centres
from vpvkac.analysis.rounding import shown_distance
from vpvkac.geo import nearest
from vpvkac.geo.geodesy import to_planar
from vpvkac.inputs.placing import OUTSIDE_M
from vpvkac.model.territory import NONE, Territory
from vpvkac.questions.demand import tally
from vpvkac.questions.demand.question import Points

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.analysis.network import Network
    from vpvkac.questions.demand.origins import Chunk

_NEAREST_UNIT_M = 1_000.0
# About so many cells for each unit: fewer leave more to the borders, more take longer to fill.
_PER_UNIT = 400
_MOST_CELLS = 16_000_000
# A border this near counts as touching, whatever the arithmetic.
_PAD_M = 0.01
_MOST_WEIGHT = 10_000_000
_UNKNOWN, _BORDER = -3, -2


class Cells:
    """The units of a territory by position; results are row numbers of its table."""

    def __init__(self, territory: Territory) -> None:
        self.territory = territory
        west, south, east, north = territory.units.total_bounds
        cells = min(_PER_UNIT * len(territory.units), _MOST_CELLS)
        area = max((east - west) * (north - south), 1.0)
        self._side = side = max((area / cells) ** 0.5, 1.0)
        self._origin = np.array([west - side, south - side])
        # Flat or narrow, there is a cell more on each side.
        self._columns = int((east - west) // side) + 3
        self._rows = int((north - south) // side) + 3
        self._code = np.full(self._columns * self._rows, _UNKNOWN, np.int32)
        self._code[self._touched()] = _BORDER

    def at(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """Find the unit that holds each position, else the nearest within 1 km, else `NONE`.

        Metres (EPSG:3059), shape (n,).
        """
        column, row = self._cells(np.column_stack([x, y])).T
        inside = (column >= 0) & (column < self._columns) & (row >= 0) & (row < self._rows)
        cell = np.where(inside, row * self._columns + column, 0)
        new = np.unique(cell[self._code[cell] == _UNKNOWN])
        if len(new) > 0:
            # What holds the middle of a cell holds all of it.
            middle = np.column_stack(np.divmod(new, self._columns)[::-1]) + 0.5
            points = np.asarray(shapely.points(self._origin + middle * self._side))
            self._code[new] = self.territory.holding(points)
        number = np.where(inside, self._code[cell], NONE).astype(np.int64)
        near = np.flatnonzero(number == _BORDER)
        if len(near) > 0:
            number[near] = self.territory.holding(np.asarray(shapely.points(x[near], y[near])))
        stray = np.flatnonzero(number == NONE)
        if len(stray) > 0:
            points = np.asarray(shapely.points(x[stray], y[stray]))
            number[stray] = self.territory.nearest(points, _NEAREST_UNIT_M)
        return number

    def _touched(self) -> NDArray[np.int64]:
        """Find the cells that a border may touch: those around each short piece of it."""
        rings = shapely.get_rings(self.territory.units.geometry.to_numpy())
        pieces = shapely.segmentize(rings, self._side)
        where, ring = shapely.get_coordinates(pieces, return_index=True)
        pair = np.flatnonzero(ring[1:] == ring[:-1])
        first = self._cells(np.minimum(where[pair], where[pair + 1]) - _PAD_M)
        last = self._cells(np.maximum(where[pair], where[pair + 1]) + _PAD_M)
        # A piece no longer than a cell reaches into the next but one at most.
        steps = [(right, up) for right in range(3) for up in range(3)]
        cells = np.concatenate([np.minimum(first + step, last) for step in steps])
        return np.unique(cells[:, 1] * self._columns + cells[:, 0])

    def _cells(self, where: NDArray[np.float64]) -> NDArray[np.int64]:
        """Give column and row of the cell of each position."""
        return np.asarray(np.floor((where - self._origin) / self._side), np.int64)


class Targets:
    """What origins are measured against; it is sent whole to wherever the work is done."""

    def __init__(self, result: Network, points: Points) -> None:
        places = points_and_centres(result.network, result.places)
        if points == "existing":
            places = places[is_open_centre(places)]
        self.threshold_m = result.threshold_m
        self.units = pa.array(result.units["unit"], pa.string())
        self._places = _Sites(places, "place")
        self._stops = _Sites(result.stops[result.stops["in_set"]], "stop")
        self._cells = Cells(result.inputs.territory)
        west, south, east, north = result.units.total_bounds
        self._box = (west - OUTSIDE_M, south - OUTSIDE_M, east + OUTSIDE_M, north + OUTSIDE_M)

    def measure(self, chunk: Chunk, account: tally.Accounting) -> tuple[pa.Table, tally.Measured]:
        """Measure the origins of a chunk that can be used, and warn of the others.

        Gives the rows for the file, but for the geometry, and figures for the tally.
        """
        account.read += len(chunk.row)
        rows = _usable_rows(chunk, account)
        x, y = to_planar(chunk.lat.value[rows], chunk.lon.value[rows])
        west, south, east, north = self._box
        inside = (west <= x) & (x <= east) & (south <= y) & (y <= north)
        outside = np.zeros(len(chunk.row), bool)
        outside[rows[~inside]] = True
        account.note(tally.OUTSIDE, outside, chunk, _position(chunk),
                     lambda row: f"{chunk.lat.text(row)}, {chunk.lon.text(row)}")  # fmt: skip
        rows, unit = rows[inside], self._cells.at(x[inside], y[inside])
        lat, lon = chunk.lat.value[rows], chunk.lon.value[rows]
        place, place_m = self._places.nearest(lat, lon)
        stop, stop_m = self._stops.nearest(lat, lon)
        columns = {
            "origin": chunk.origin.take(pa.array(rows)),
            "place": place,
            "place_m": self._rounded(place_m),
            "stop": stop,
            "stop_m": self._rounded(stop_m),
            "within": self._within(stop_m),
            "unit": self.units.take(pa.array(unit, mask=unit < 0)),
            "place_within": self._within(place_m),
        }
        weight = None
        if chunk.weight is not None:
            weights = chunk.weight.value[rows]
            columns["weight"] = pa.array(weights, from_pandas=True)
            weight = np.nan_to_num(weights)
        number = np.where(unit < 0, len(self.units), unit)
        table = pa.table({**columns, "lat": lat, "lon": lon})
        return table, tally.Measured(number, place_m, stop_m, weight)

    def _rounded(self, metres: NDArray[np.float64]) -> pa.Array:
        """Round as tables show distances: what is beyond the threshold stays beyond it."""
        rounded = shown_distance(pd.Series(metres), self.threshold_m)
        return pa.array(rounded.to_numpy(), from_pandas=True)

    def _within(self, metres: NDArray[np.float64]) -> pa.Array:
        return pa.array(metres <= self.threshold_m, mask=np.isnan(metres))


class _Sites:
    """Points or stops: their keys, and an index of where they are."""

    def __init__(self, table: pd.DataFrame, key: str) -> None:
        in_order = table.sort_values(key)
        self.keys = pa.array(in_order[key], pa.string())
        self._index = nearest.Targets(in_order["lat"], in_order["lon"]) if len(table) > 0 else None

    def nearest(
        self, lat: NDArray[np.float64], lon: NDArray[np.float64]
    ) -> tuple[pa.Array, NDArray[np.float64]]:
        """Give key and metres of the nearest for every origin; null and NaN where there is none."""
        if self._index is None:
            return pa.nulls(len(lat), pa.string()), np.full(len(lat), np.nan)
        site = self._index.nearest(lat, lon)
        return self.keys.take(pa.array(site.target)), site.distance_m


def _usable_rows(chunk: Chunk, account: tally.Accounting) -> NDArray[np.int64]:
    """Choose the rows of a chunk that have a position and a sound weight."""
    lat, lon, weight = chunk.lat, chunk.lon, chunk.weight
    left_out = np.zeros(len(chunk.row), bool)
    for column in (lat, lon):
        wrong = column.wrong & ~left_out
        account.note(tally.NOT_A_NUMBER, wrong, chunk, column.name, column.text)
        left_out |= column.wrong
    at_zero = (lat.value == 0) & (lon.value == 0)
    missing = ~left_out & (np.isnan(lat.value) | np.isnan(lon.value) | at_zero)
    account.note(tally.NO_COORDINATES, missing, chunk, _position(chunk))
    left_out |= missing
    if weight is not None:
        out = (weight.value < 0) | (weight.value > _MOST_WEIGHT)
        bad = ~left_out & (weight.wrong | out)
        account.note(tally.BAD_WEIGHT, bad, chunk, weight.name, weight.text)
        left_out |= bad
        empty = ~left_out & np.isnan(weight.value)
        account.note(tally.NO_WEIGHT, empty, chunk, weight.name)
    return np.flatnonzero(~left_out)


def _position(chunk: Chunk) -> str:
    """Name the columns of the position."""
    return ", ".join(dict.fromkeys((chunk.lat.name, chunk.lon.name)))
