"""Cells: a grid over the units, so that most origins find theirs without a look at its border.

A cell that no border touches lies whole in one unit, or in none; the border
itself is asked for the others alone.  The answers are those of `Territory`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from vpvkac.model.territory import NONE, Territory

if TYPE_CHECKING:
    from numpy.typing import NDArray


NEAREST_UNIT_M = 1_000.0
# About so many cells for each unit: fewer leave more to the borders, more take longer to fill.
_PER_UNIT = 400
_MOST_CELLS = 16_000_000
# A border this near counts as touching, whatever the arithmetic.
_PAD_M = 0.01
_UNKNOWN, _BORDER = -3, -2


class Cells:
    """The units of a territory by position.

    Parameters
    ----------
    territory
        The units; results are row numbers of its table.
    """

    def __init__(self, territory: Territory) -> None:
        self.territory = territory
        west, south, east, north = territory.units.total_bounds
        cells = min(_PER_UNIT * len(territory.units), _MOST_CELLS)
        area = max((east - west) * (north - south), 1.0)
        self._side = side = max((area / cells) ** 0.5, 1.0)
        self._west, self._south = west - side, south - side
        # Flat or narrow, there is a cell more on each side.
        self._columns = int((east - west) // side) + 3
        self._rows = int((north - south) // side) + 3
        self._code = np.full(self._columns * self._rows, _UNKNOWN, np.int32)
        self._code[self._touched()] = _BORDER

    def at(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        """Find the unit that holds each position, else the nearest within 1 km, else `NONE`.

        Parameters
        ----------
        x, y
            Metres (EPSG:3059), shape (n,).
        """
        number = self._held(x, y)
        stray = np.flatnonzero(number == NONE)
        if len(stray) > 0:
            points = np.asarray(shapely.points(x[stray], y[stray]))
            number[stray] = self.territory.nearest(points, NEAREST_UNIT_M)
        return number

    def _held(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int64]:
        column, row = self._column(x), self._row(y)
        beyond = (column < 0) | (column >= self._columns) | (row < 0) | (row >= self._rows)
        cell = np.where(beyond, 0, row * self._columns + column)
        number = self._filled(cell).astype(np.int64)
        number[beyond] = NONE
        near = np.flatnonzero(number == _BORDER)
        if len(near) > 0:
            number[near] = self.territory.holding(np.asarray(shapely.points(x[near], y[near])))
        return number

    def _filled(self, cell: NDArray[np.int64]) -> NDArray[np.int32]:
        """Give the code of every cell; one not met before is asked for at its middle."""
        code = self._code[cell]
        new = np.unique(cell[code == _UNKNOWN])
        if len(new) == 0:
            return code
        row, column = np.divmod(new, self._columns)
        middle = shapely.points(
            self._west + (column + 0.5) * self._side, self._south + (row + 0.5) * self._side
        )
        self._code[new] = self.territory.holding(np.asarray(middle))
        return self._code[cell]

    def _touched(self) -> NDArray[np.int64]:
        """Find the cells that a border may touch: those around each short piece of it."""
        rings = shapely.get_rings(self.territory.units.geometry.to_numpy())
        where, ring = shapely.get_coordinates(
            shapely.segmentize(rings, self._side), return_index=True
        )
        pair = np.flatnonzero(ring[1:] == ring[:-1])
        low = np.minimum(where[pair], where[pair + 1]) - _PAD_M
        high = np.maximum(where[pair], where[pair + 1]) + _PAD_M
        first = self._column(low[:, 0]), self._row(low[:, 1])
        last = self._column(high[:, 0]), self._row(high[:, 1])
        # A piece no longer than a cell reaches into the next but one at most.
        return np.unique(
            [
                np.minimum(first[1] + up, last[1]) * self._columns
                + np.minimum(first[0] + right, last[0])
                for up in range(3)
                for right in range(3)
            ]
        )

    def _column(self, x: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.asarray(np.floor((x - self._west) / self._side), np.int64)

    def _row(self, y: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.asarray(np.floor((y - self._south) / self._side), np.int64)
