"""Remarks: the account of the rows, and what is said of those that are not used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_COORDINATES, NOT_A_NUMBER = "no_coordinates", "not_a_number"
OUTSIDE, BAD_WEIGHT, NO_WEIGHT = "outside", "bad_weight", "no_weight"
DROPPED = (NOT_A_NUMBER, NO_COORDINATES, BAD_WEIGHT, OUTSIDE)
MOST_WEIGHT = 10_000_000

_NOT_USED = Text("; rinda nav izmantota", "; the row is not used")
_PROBLEMS = {
    NOT_A_NUMBER: Text("nav skaitlis", "is not a number"),
    NO_COORDINATES: Text("nav koordinātu", "has no coordinates"),
    BAD_WEIGHT: Text(
        "nav svars no 0 līdz 10 000 000", "is not a weight from 0 to 10 000 000"
    ),
    OUTSIDE: Text(
        "ir tālāk par 50 km no teritoriālajām vienībām",
        "is more than 50 km outside the territorial units",
    ),
}  # fmt: skip
_REMEDIES = {
    NOT_A_NUMBER: Text("rakstiet skaitli ar punktu", "write a number with a decimal point"),
    NO_COORDINATES: Text("pievienojiet koordinātas", "add its coordinates"),
    BAD_WEIGHT: Text("labojiet svaru", "correct the weight"),
    OUTSIDE: Text(
        "pārbaudiet, vai platums un garums ir grādos un nav samainīti",
        "check that latitude and longitude are degrees and not interchanged",
    ),
}
_NO_WEIGHT = Text("nav svara; tas skaitīts kā 0", "has no weight; it counts as 0")
_GIVE_WEIGHT = Text("norādiet svaru", "give its weight")


class Remark(NamedTuple):
    """So many rows alike, and the first of them."""

    rows: int
    shown: str
    row: int
    field: str
    value: str | None


@dataclass
class Remarks:
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

    def add(self, later: Remarks) -> None:
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
            Text("nav izmantojama neviena rinda", "no row is used")
            if self.read
            else Text("nav nevienas rindas", "has no rows"),
            Text("pārbaudiet, vai tā ir pareizā datne", "check whether it is the right file"),
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
    hint = Text(" (decimālkomats?)", " (decimal comma?)") if comma else Text("", "")
    return Text(*("".join(parts) for parts in zip(problem, hint, _NOT_USED, strict=True))), remedy
