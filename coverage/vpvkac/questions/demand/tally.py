"""Tallies: origins, weights and distances added up by unit, in whole numbers.

Sums of millimetres and thousandths do not depend on the order in which they
are added, so every way of dividing the origins gives the same tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MILLI = 1000
# Distances are counted by the metre, rounded up; a key is unit · 2^32 + metres.
_BITS = 32
_PENDING = 1_000_000


class Measured(NamedTuple):
    """Some origins, measured.

    Parameters
    ----------
    unit
        Row number of the unit; the count of units where there is none.
    place_m, stop_m
        Metres rounded to 0.001 m; NaN where there is no such target.
    weight
        None where there are no weights.
    """

    unit: NDArray[np.int64]
    place_m: NDArray[np.float64]
    stop_m: NDArray[np.float64]
    weight: NDArray[np.float64] | None


class Tally:
    """Origins by unit; the last number stands for those in no unit.

    Parameters
    ----------
    units
        How many units there are.
    threshold_m
        Distance that counts as within reach.
    """

    def __init__(self, units: int, threshold_m: float) -> None:
        self.threshold_m = threshold_m
        self.rows = units + 1
        names = ("origins", "within", "place_within")
        self.counts = {name: np.zeros(self.rows, np.int64) for name in names}
        self.weights = {name: np.zeros(self.rows, np.int64) for name in names}
        self.to_place, self.to_stop = Distances(self.rows), Distances(self.rows)

    def add(self, some: Measured) -> None:
        """Add some origins."""
        where = {
            "origins": np.ones(len(some.unit), bool),
            "within": some.stop_m <= self.threshold_m,
            "place_within": some.place_m <= self.threshold_m,
        }
        for name, chosen in where.items():
            self.counts[name] += np.bincount(some.unit[chosen], minlength=self.rows)
            if some.weight is not None:
                self.weights[name] += _summed(
                    some.unit[chosen], thousandths(some.weight[chosen]), self.rows
                )
        self.to_place.add(some.unit, some.place_m)
        self.to_stop.add(some.unit, some.stop_m)

    def merge(self, other: Tally) -> None:
        """Add what another tally holds."""
        for name in self.counts:
            self.counts[name] += other.counts[name]
            self.weights[name] += other.weights[name]
        self.to_place.merge(other.to_place)
        self.to_stop.merge(other.to_stop)

    def table(self, *, weighed: bool) -> pd.DataFrame:
        """Give a row per unit, and the last for origins in no unit."""
        table = pd.DataFrame(
            {
                "origins": self.counts["origins"],
                **_shares(self.counts, ("within", "place_within"), ""),
                **self.to_place.columns("place_m"),
                **self.to_stop.columns("stop_m"),
            }
        )
        if weighed:
            weights = {name: sums / _MILLI for name, sums in self.weights.items()}
            table["weight"] = weights["origins"]
            table = table.assign(**_shares(weights, ("within", "place_within"), "weight_"))
        if self.to_stop.is_empty:
            table[[name for name in map(str, table) if _is_of_stops(name)]] = np.nan
        if self.to_place.is_empty:
            table[[name for name in map(str, table) if "place_within" in name]] = np.nan
        return table


class Distances:
    """Distances by unit: their sum, the longest, and how many end in each metre."""

    def __init__(self, rows: int) -> None:
        self.count = np.zeros(rows, np.int64)
        self.sum_mm = np.zeros(rows, np.int64)
        self.most_mm = np.zeros(rows, np.int64)
        self._metres = _Counts(np.empty(0, np.int64), np.empty(0, np.int64))
        self._pending: list[_Counts] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing was measured."""
        return not self.count.any()

    def add(self, unit: NDArray[np.int64], metres: NDArray[np.float64]) -> None:
        """Add distances; NaN where there is none."""
        known = ~np.isnan(metres)
        unit, whole = unit[known], thousandths(metres[known])
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
        """Give mean, median and longest, metres; NaN for a unit without origins."""
        some = self.count > 0
        mean = np.divide(self.sum_mm / _MILLI, self.count, out=_nan(some), where=some)
        most = np.where(some, self.most_mm / _MILLI, np.nan)
        return {f"{name}_mean": mean, f"{name}_median": self._median(), f"{name}_max": most}

    def counted(self) -> _Counts:
        """Give how many distances end in each metre of each unit."""
        if self._pending:
            keys, counts = (
                np.concatenate(part) for part in zip(self._metres, *self._pending, strict=True)
            )
            merged, number = np.unique(keys, return_inverse=True)
            self._metres = _Counts(merged, _summed(number, counts, len(merged)))
            self._pending = []
        return self._metres

    def _keep(self, counts: _Counts) -> None:
        self._pending.append(counts)
        if sum(len(part.key) for part in self._pending) > max(_PENDING, len(self._metres.key)):
            self.counted()

    def _median(self) -> NDArray[np.float64]:
        """Find the least whole metre that at least half of a unit's distances do not exceed."""
        key, count = self.counted()
        median = _nan(self.count > 0)
        ends = np.cumsum(count)
        before = np.concatenate([[0], np.cumsum(self.count)])[:-1]
        some = np.flatnonzero(self.count)
        half = before[some] + (self.count[some] + 1) // 2
        median[some] = key[np.searchsorted(ends, half)] & ((1 << _BITS) - 1)
        return median


class _Counts(NamedTuple):
    """Keys in order, and how often each occurs."""

    key: NDArray[np.int64]
    times: NDArray[np.int64]


def thousandths(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Write metres as millimetres, and weights as thousandths."""
    return np.rint(values * _MILLI).astype(np.int64)


def _summed(number: NDArray[np.int64], values: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Add up whole numbers by number; a chunk's sums stay below 2^53, where floats are exact."""
    return np.bincount(number, weights=values, minlength=length).astype(np.int64)


def _shares(
    counts: dict[str, NDArray[np.int64]] | dict[str, NDArray[np.float64]],
    names: tuple[str, ...],
    prefix: str,
) -> dict[str, NDArray[np.float64] | NDArray[np.int64]]:
    """Give each count and its share; NaN where nothing counts."""
    of = counts["origins"]
    columns: dict[str, NDArray[np.float64] | NDArray[np.int64]] = {}
    for name in names:
        columns[prefix + name] = counts[name]
        columns[f"{prefix}{name}_share"] = np.divide(counts[name], of, out=_nan(of), where=of > 0)
    return columns


def _is_of_stops(name: str) -> bool:
    return "within" in name and "place" not in name


def _nan(like: NDArray[np.generic]) -> NDArray[np.float64]:
    return np.full(len(like), np.nan)
