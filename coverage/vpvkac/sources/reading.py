"""What a reader gives back: a table, and an account of every row it read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Composed, Message
from vpvkac.texts.words import DROPPED

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Reading:
    """A table as read from one input, with its account.

    ``rows_read == len(table) + sum(dropped.values())`` holds for every reader
    whose input has no error; the pipeline asserts it.

    Parameters
    ----------
    table
        One row per used row of the file.
    rows_read
        Rows (records) the file holds, blank lines not counted.
    dropped
        Rows not used, by reason code (`vpvkac.texts.words.DROPPED` has the words).
    faults
        Errors and warnings found, in the order of the file.
    notes
        Facts read from the file itself, such as its reference date
        (``{"date": "2023-11-08"}``) or service day.
    """

    table: pd.DataFrame
    rows_read: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def nothing_used(shown: str, dropped: Mapping[str, int]) -> Fault:
    """Tell that no row of an input is used, and of how many rows which is the reason."""
    reasons = [
        Message("{reason}: {count}", reason=reason, count=count)
        for reason, count in ((DROPPED[code], count) for code, count in dropped.items() if count)
    ]
    listed = Composed(*reasons, between=", ")
    return Fault(
        "error",
        shown,
        Message("no row is used ({listed})", listed=listed) if reasons else Message("has no rows"),
        Message("check whether it is the right file"),
    )
