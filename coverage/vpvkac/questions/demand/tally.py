"""What origins are measured against, and what chunks of them add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from vpvkac.analysis.network import is_open_centre, points_and_centres
from vpvkac.analysis.rounding import shown_distance
from vpvkac.geo import nearest
from vpvkac.geo.geodesy import to_planar
from vpvkac.inputs.placing import OUTSIDE_M
from vpvkac.model.faults import Fault
from vpvkac.model.territory import NONE, Territory
from vpvkac.questions.demand.question import Points
from vpvkac.texts.message import Bilingual, Composed, Message

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

    def measure(self, chunk: Chunk, account: Accounting) -> tuple[pa.Table, Measured]:
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
        account.note(OUTSIDE, outside, chunk, _position(chunk),
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
        return table, Measured(number, place_m, stop_m, weight)

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


def _usable_rows(chunk: Chunk, account: Accounting) -> NDArray[np.int64]:
    """Choose the rows of a chunk that have a position and a sound weight."""
    lat, lon, weight = chunk.lat, chunk.lon, chunk.weight
    left_out = np.zeros(len(chunk.row), bool)
    for column in (lat, lon):
        wrong = column.wrong & ~left_out
        account.note(NOT_A_NUMBER, wrong, chunk, column.name, column.text)
        left_out |= column.wrong
    at_zero = (lat.value == 0) & (lon.value == 0)
    missing = ~left_out & (np.isnan(lat.value) | np.isnan(lon.value) | at_zero)
    account.note(NO_COORDINATES, missing, chunk, _position(chunk))
    left_out |= missing
    if weight is not None:
        out = (weight.value < 0) | (weight.value > _MOST_WEIGHT)
        bad = ~left_out & (weight.wrong | out)
        account.note(BAD_WEIGHT, bad, chunk, weight.name, weight.text)
        left_out |= bad
        empty = ~left_out & np.isnan(weight.value)
        account.note(NO_WEIGHT, empty, chunk, weight.name)
    return np.flatnonzero(~left_out)


def _position(chunk: Chunk) -> str:
    """Name the columns of the position."""
    return ", ".join(dict.fromkeys((chunk.lat.name, chunk.lon.name)))


NO_COORDINATES, NOT_A_NUMBER = "no_coordinates", "not_a_number"
OUTSIDE, BAD_WEIGHT, NO_WEIGHT = "outside", "bad_weight", "no_weight"
DROPPED = (NOT_A_NUMBER, NO_COORDINATES, BAD_WEIGHT, OUTSIDE)
_MILLI = 1000
# Distances are counted by the metre, rounded up; a key is unit · 2^32 + metres.
_BITS = 32
_PENDING = 1_000_000
_COUNTED = ("origins", "within", "place_within")
_NOT_USED = Message("; the row is not used")
# Problem and remedy of each reason.
_CLAUSES = {
    NOT_A_NUMBER: (Message("is not a number"), Message("write a number with a decimal point")),
    NO_COORDINATES: (Message("has no coordinates"), Message("add its coordinates")),
    BAD_WEIGHT: (Message("is not a weight from 0 to 10 000 000"), Message("correct the weight")),
    OUTSIDE: (
        Message("is more than 50 km outside the territorial units"),
        Message("check that latitude and longitude are degrees and not interchanged"),
    ),
    NO_WEIGHT: (Message("has no weight; it counts as 0"), Message("give its weight")),
}


@dataclass
class Accounting:
    """Rows read, and a warning of those of each reason, in the order of chunks and partitions."""

    read: int = 0
    warnings: dict[str, Fault] = field(default_factory=dict)

    def note(
        self, reason: str, where: NDArray[np.bool_], chunk: Chunk, column: str,
        value: Callable[[int], str] | None = None,
    ) -> None:  # fmt: skip
        """Warn of the rows of a chunk where something holds; the first of them is named."""
        count = int(np.count_nonzero(where))
        if count > 0:
            first = int(np.argmax(where))
            text = None if value is None else value(first)
            comma = reason != OUTSIDE and text is not None and "," in text
            hint = Message(" (decimal comma?)") if comma else Bilingual("", "")
            clause, remedy = _CLAUSES[reason]
            problem = clause if reason == NO_WEIGHT else Composed(clause, hint, _NOT_USED)
            row = int(chunk.row[first])
            fault = Fault("warning", chunk.shown, problem, remedy, row, column, text, count)
            self.add(Accounting(0, {reason: fault}))

    def add(self, later: Accounting) -> None:
        """Add those of rows further on."""
        self.read += later.read
        for reason, fault in later.warnings.items():
            first = self.warnings.get(reason)
            self.warnings[reason] = (
                replace(first, alike=first.alike + fault.alike) if first else fault
            )

    @property
    def dropped(self) -> dict[str, int]:
        """Rows not used, by reason; every reason stands, with 0 where there is none."""
        return {why: self.warnings[why].alike if why in self.warnings else 0 for why in DROPPED}

    @property
    def used(self) -> int:
        """Rows used."""
        return self.read - sum(self.dropped.values())

    @property
    def faults(self) -> list[Fault]:
        """A warning for each reason."""
        return [self.warnings[reason] for reason in _CLAUSES if reason in self.warnings]


class Measured(NamedTuple):
    """Origins measured: row number of the unit, else their count; metres, NaN without a target."""

    unit: NDArray[np.int64]
    place_m: NDArray[np.float64]
    stop_m: NDArray[np.float64]
    weight: NDArray[np.float64] | None


class Tally:
    """Origins by unit; the last number stands for those in no unit."""

    def __init__(self, units: int, threshold_m: float) -> None:
        self.threshold_m = threshold_m
        self.rows = units + 1
        self.counts = {name: np.zeros(self.rows, np.int64) for name in _COUNTED}
        self.weights = {name: np.zeros(self.rows, np.int64) for name in _COUNTED}
        self.to_place, self.to_stop = Distances(self.rows), Distances(self.rows)

    def add(self, some: Measured) -> None:
        """Add some origins."""
        choices = (
            np.ones(len(some.unit), bool),
            some.stop_m <= self.threshold_m,
            some.place_m <= self.threshold_m,
        )
        for name, chosen in zip(_COUNTED, choices, strict=True):
            self.counts[name] += np.bincount(some.unit[chosen], minlength=self.rows)
            if some.weight is not None:
                weights = _thousandths(some.weight[chosen])
                self.weights[name] += _summed(some.unit[chosen], weights, self.rows)
        self.to_place.add(some.unit, some.place_m)
        self.to_stop.add(some.unit, some.stop_m)

    def merge(self, other: Tally) -> None:
        """Add what another tally holds."""
        for name in _COUNTED:
            self.counts[name] += other.counts[name]
            self.weights[name] += other.weights[name]
        self.to_place.merge(other.to_place)
        self.to_stop.merge(other.to_stop)

    def table(self, *, weighed: bool) -> pd.DataFrame:
        """Give a row per unit, and the last for origins in no unit."""
        columns = {
            "origins": self.counts["origins"],
            **_shares(self.counts, ""),
            **self.to_place.columns("place_m"),
            **self.to_stop.columns("stop_m"),
        }
        if weighed:
            weights = {name: sums / _MILLI for name, sums in self.weights.items()}
            columns |= {"weight": weights["origins"], **_shares(weights, "weight_")}
        # Within reach of what is not there: unknown, not none.
        for name in columns:
            distances = self.to_place if "place_within" in name else self.to_stop
            if "within" in name and not distances.count.any():
                columns[name] = np.full(self.rows, np.nan)
        return pd.DataFrame(columns)


class Distances:
    """Distances by unit: their sum, the longest, and how many end in each metre."""

    def __init__(self, rows: int) -> None:
        self.count, self.sum_mm, self.most_mm = np.zeros((3, rows), np.int64)
        self._metres = _Counts(np.empty(0, np.int64), np.empty(0, np.int64))
        self._pending: list[_Counts] = []

    def add(self, unit: NDArray[np.int64], metres: NDArray[np.float64]) -> None:
        """Add distances; NaN where there is none."""
        known = ~np.isnan(metres)
        unit, whole = unit[known], _thousandths(metres[known])
        self.count += np.bincount(unit, minlength=len(self.count))
        self.sum_mm += _summed(unit, whole, len(self.sum_mm))
        np.maximum.at(self.most_mm, unit, whole)
        self._keep(_Counts(*np.unique((unit << _BITS) - (-whole // _MILLI), return_counts=True)))

    def merge(self, other: Distances) -> None:
        """Add those of another."""
        self.count += other.count
        self.sum_mm += other.sum_mm
        np.maximum(self.most_mm, other.most_mm, out=self.most_mm)
        self._keep(other.counted())

    def columns(self, name: str) -> dict[str, NDArray[np.float64]]:
        """Give mean, median and longest, metres; NaN for a unit without origins.

        The median is the least whole metre that at least half of a unit's distances do not exceed.
        """
        some = self.count > 0
        mean, median, most = np.full((3, len(some)), np.nan)
        mean[some] = self.sum_mm[some] / _MILLI / self.count[some]
        most[some] = self.most_mm[some] / _MILLI
        key, times = self.counted()
        half = np.cumsum(self.count)[some] - self.count[some] + (self.count[some] + 1) // 2
        median[some] = key[np.searchsorted(np.cumsum(times), half)] & ((1 << _BITS) - 1)
        return {f"{name}_mean": mean, f"{name}_median": median, f"{name}_max": most}

    def counted(self) -> _Counts:
        """Give how many distances end in each metre of each unit."""
        if self._pending:
            self._metres = _merged([self._metres, *self._pending])
            self._pending = []
        return self._metres

    def _keep(self, counts: _Counts) -> None:
        self._pending.append(counts)
        if sum(len(part.key) for part in self._pending) > max(_PENDING, len(self._metres.key)):
            self.counted()


class _Counts(NamedTuple):
    """Keys in order, and how often each occurs."""

    key: NDArray[np.int64]
    times: NDArray[np.int64]


def _merged(several: Sequence[_Counts]) -> _Counts:
    """Add up counts of the same key."""
    key, times = (np.concatenate(part) for part in zip(*several, strict=True))
    # Each has its keys in order: a stable sort merges such runs in linear time.
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    return _Counts(key[first], np.add.reduceat(times[order], first) if len(first) else times)


def _thousandths(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Write metres as millimetres, and weights as thousandths."""
    return np.rint(values * _MILLI).astype(np.int64)


def _summed(number: NDArray[np.int64], values: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Add up whole numbers by number; a chunk's sums stay below 2^53, where floats are exact."""
    return np.bincount(number, weights=values, minlength=length).astype(np.int64)


def _shares(counts: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    """Give each count and its share; NaN where nothing counts."""
    of, columns = counts["origins"], {}
    for name in _COUNTED[1:]:
        share = np.full(len(of), np.nan)
        columns[prefix + name] = counts[name]
        columns[f"{prefix}{name}_share"] = np.divide(counts[name], of, out=share, where=of > 0)
    return columns
