"""What chunks of origins add up to: tallies by unit, and the account of their rows.

Sums of millimetres and thousandths are whole numbers and do not depend on the order in which they
are added, so every way of dividing the origins gives the same tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Bilingual, Composed, Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.questions.demand.origins import Chunk

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


class _Counts(NamedTuple):
    """Keys in order, and how often each occurs."""

    key: NDArray[np.int64]
    times: NDArray[np.int64]


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
