"""The ground: points, stops and units, indexed once, that all origins are measured against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from vpvkac.analysis.network import is_open_centre, points_and_centres
from vpvkac.geo.geodesy import to_planar
from vpvkac.geo.nearest import Targets
from vpvkac.inputs.placing import OUTSIDE_M
from vpvkac.questions.coverage.tables import shown_distance
from vpvkac.questions.demand import remarks
from vpvkac.questions.demand.cells import Cells
from vpvkac.questions.demand.tally import Measured

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.questions.coverage.result import Measured as Network
    from vpvkac.questions.demand.chunk import Chunk
    from vpvkac.questions.demand.remarks import Remarks

Points = Literal["network", "existing"]


class Answer(NamedTuple):
    """Origins measured: the rows for the file, and the figures for the tally."""

    table: pa.Table
    measured: Measured


class Ground:
    """What origins are measured against; it is sent whole to wherever the work is done.

    Parameters
    ----------
    result
        From `vpvkac.analyse`.
    points
        `network`: every contact point, and every open centre that is not its
        unit's point; `existing`: the open centres alone.
    """

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

    def measure(self, chunk: Chunk, found: Remarks, shown: str) -> Answer:
        """Measure the origins of a chunk that can be used, and remark on the others.

        Returns
        -------
        answer
            Columns as `output.schema` has them, without the geometry.
        """
        found.read += len(chunk.row)
        used = _sound(chunk, found, shown)
        x, y = to_planar(chunk.lat.value[used], chunk.lon.value[used])
        inside = self._inside(x, y)
        outside = np.zeros(len(chunk.row), bool)
        outside[used[~inside]] = True
        found.note(remarks.OUTSIDE, outside, shown=shown, row=chunk.row, field=_pair(chunk),
                   value=lambda row: f"{chunk.lat.text(row)}, {chunk.lon.text(row)}")  # fmt: skip
        return self._answer(chunk, used[inside], self._cells.at(x[inside], y[inside]))

    def _inside(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.bool_]:
        west, south, east, north = self._box
        return np.asarray((west <= x) & (x <= east) & (south <= y) & (y <= north))

    def _answer(self, chunk: Chunk, used: NDArray[np.int64], unit: NDArray[np.int64]) -> Answer:
        lat, lon = chunk.lat.value[used], chunk.lon.value[used]
        place, place_m = self._places.nearest(lat, lon)
        stop, stop_m = self._stops.nearest(lat, lon)
        columns = {
            "origin": chunk.origin.take(pa.array(used)),
            "place": place,
            "place_m": self._shown(place_m),
            "stop": stop,
            "stop_m": self._shown(stop_m),
            "within": self._within(stop_m),
            "unit": self.units.take(pa.array(unit, mask=unit < 0)),
            "place_within": self._within(place_m),
        }
        weight = None
        if chunk.weight is not None:
            given = chunk.weight.value[used]
            columns["weight"] = pa.array(given, from_pandas=True)
            weight = np.nan_to_num(given)
        table = pa.table({**columns, "lat": lat, "lon": lon})
        numbered = np.where(unit < 0, len(self.units), unit)
        return Answer(table, Measured(numbered, place_m, stop_m, weight))

    def _shown(self, metres: NDArray[np.float64]) -> pa.Array:
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
        self._targets = Targets(in_order["lat"], in_order["lon"]) if len(table) > 0 else None

    def nearest(
        self, lat: NDArray[np.float64], lon: NDArray[np.float64]
    ) -> tuple[pa.Array, NDArray[np.float64]]:
        """Give key and metres of the nearest for every origin; null and NaN where there is none."""
        if self._targets is None:
            return pa.nulls(len(lat), pa.string()), np.full(len(lat), np.nan)
        found = self._targets.nearest(lat, lon)
        return self.keys.take(pa.array(found.target)), found.distance_m


def _sound(chunk: Chunk, found: Remarks, shown: str) -> NDArray[np.int64]:
    """Choose the rows of a chunk that have a position and a sound weight."""
    lat, lon, weight = chunk.lat, chunk.lon, chunk.weight
    row, nothing = chunk.row, np.zeros(len(chunk.row), bool)
    for column in (lat, lon):
        found.note(remarks.NOT_A_NUMBER, column.wrong & ~nothing, shown=shown, row=row,
                   field=column.name, value=column.text)  # fmt: skip
        nothing |= column.wrong
    at_zero = (lat.value == 0) & (lon.value == 0)
    missing = ~nothing & (np.isnan(lat.value) | np.isnan(lon.value) | at_zero)
    found.note(remarks.NO_COORDINATES, missing, shown=shown, row=row, field=_pair(chunk))
    nothing |= missing
    if weight is not None:
        out = (weight.value < 0) | (weight.value > remarks.MOST_WEIGHT)
        bad = ~nothing & (weight.wrong | out)
        found.note(remarks.BAD_WEIGHT, bad, shown=shown, row=row, field=weight.name,
                   value=weight.text)  # fmt: skip
        nothing |= bad
        empty = ~nothing & np.isnan(weight.value)
        found.note(remarks.NO_WEIGHT, empty, shown=shown, row=row, field=weight.name)
    return np.flatnonzero(~nothing)


def _pair(chunk: Chunk) -> str:
    """Name the columns of the position."""
    return ", ".join(dict.fromkeys((chunk.lat.name, chunk.lon.name)))
