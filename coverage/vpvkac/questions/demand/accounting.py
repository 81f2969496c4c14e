"""The account of the rows, and what is said of those that are not used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Bilingual, Composed, Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_COORDINATES, NOT_A_NUMBER = "no_coordinates", "not_a_number"
OUTSIDE, BAD_WEIGHT, NO_WEIGHT = "outside", "bad_weight", "no_weight"
DROPPED = (NOT_A_NUMBER, NO_COORDINATES, BAD_WEIGHT, OUTSIDE)
MOST_WEIGHT = 10_000_000

_NOT_USED = Message("; the row is not used")
_PROBLEMS = {
    NOT_A_NUMBER: Message("is not a number"),
    NO_COORDINATES: Message("has no coordinates"),
    BAD_WEIGHT: Message("is not a weight from 0 to 10 000 000"),
    OUTSIDE: Message("is more than 50 km outside the territorial units"),
}
_REMEDIES = {
    NOT_A_NUMBER: Message("write a number with a decimal point"),
    NO_COORDINATES: Message("add its coordinates"),
    BAD_WEIGHT: Message("correct the weight"),
    OUTSIDE: Message("check that latitude and longitude are degrees and not interchanged"),
}
_NO_WEIGHT = Message("has no weight; it counts as 0")
_GIVE_WEIGHT = Message("give its weight")


class Remark(NamedTuple):
    """So many rows alike, and the first of them."""

    rows: int
    shown: str
    row: int
    field: str
    value: str | None


@dataclass
class Accounting:
    """What became of the rows, added up over chunks and partitions in their order.

    Parameters
    ----------
    read
        Rows read; those used are `read` less those dropped.
    found
        Remark on the rows of each reason.
    """

    read: int = 0
    found: dict[str, Remark] = field(default_factory=dict)

    def note(
        self,
        reason: str,
        where: NDArray[np.bool_],
        *,
        shown: str,
        row: NDArray[np.int64],
        field: str,
        value: Callable[[int], str] | None = None,
    ) -> None:
        """Remark on the rows where something holds."""
        count = int(np.count_nonzero(where))
        if count == 0:
            return
        first = int(np.argmax(where))
        said = value(first) if value is not None else None
        self._add(reason, Remark(count, shown, int(row[first]), field, said))

    def add(self, later: Accounting) -> None:
        """Add those of rows further on."""
        self.read += later.read
        for reason, remark in later.found.items():
            self._add(reason, remark)

    def _add(self, reason: str, later: Remark) -> None:
        known = self.found.get(reason)
        if known is not None:
            later = known._replace(rows=known.rows + later.rows)
        self.found[reason] = later

    @property
    def dropped(self) -> dict[str, int]:
        """Rows not used, by reason; every reason stands, with 0 where there is none."""
        return {why: self.found[why].rows if why in self.found else 0 for why in DROPPED}

    @property
    def used(self) -> int:
        """Rows used."""
        return self.read - sum(self.dropped.values())

    def nothing_used(self, shown: str) -> Fault:
        """Tell that not one row is used; the warnings tell why."""
        return Fault(
            "error",
            shown,
            Message("no row is used") if self.read else Message("has no rows"),
            Message("check whether it is the right file"),
        )

    @property
    def faults(self) -> list[Fault]:
        """A warning for each reason."""
        return [
            Fault("warning", found.shown, *_said(reason, found), found.row, found.field,
                  found.value, found.rows)
            for reason in (*DROPPED, NO_WEIGHT)
            if (found := self.found.get(reason)) is not None
        ]  # fmt: skip


def _said(reason: str, found: Remark) -> tuple[Text, Text]:
    """Give problem and remedy."""
    if reason == NO_WEIGHT:
        return _NO_WEIGHT, _GIVE_WEIGHT
    problem, remedy = _PROBLEMS[reason], _REMEDIES[reason]
    comma = reason != OUTSIDE and found.value is not None and "," in found.value
    hint = Message(" (decimal comma?)") if comma else Bilingual("", "")
    return Composed(problem, hint, _NOT_USED), remedy
