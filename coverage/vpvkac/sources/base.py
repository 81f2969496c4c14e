"""What readers give back: a table with an account of every row, and the one form of hosts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Composed, Message
from vpvkac.texts.words import DROPPED

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TEXTS = (
    "id", "name", "address", "phone", "email", "owner", "unit", "unit_name", "municipality",
    "hours", "status",
)  # fmt: skip
POSITIONS = ("lat", "lon", "x", "y")
COLUMNS = (*TEXTS, *POSITIONS, "row")
OPEN, ANNOUNCED = "open", "announced"


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
        Rows (records) the file has, blank lines not counted.
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
        Message("{reason}: {count}", reason=DROPPED[code], count=count)
        for code, count in dropped.items()
        if count
    ]
    problem = Message("has no rows")
    if reasons:
        problem = Message("no row is used ({listed})", listed=Composed(*reasons, between=", "))
    return Fault("error", shown, problem, Message("check whether it is the right file"))


def records(lines: ArrayLike, **columns: ArrayLike) -> pd.DataFrame:
    """Make the table that every reader of hosts gives: what the file said, not yet placed.

    Parameters
    ----------
    lines
        Physical line of every record, shape (n,).
    columns
        Text columns (empty text for a null) and positions (NaN for a null),
        each of shape (n,); those left out are empty, `status` is open.

    Returns
    -------
    records
        The columns `COLUMNS`; `lat`, `lon` in degrees, `x`, `y` as read
        (LKS-92 metres in either order).  `vpvkac.inputs.placing` finds
        positions and units.
    """
    row = np.asarray(lines, np.int64)
    blank = {name: [""] * len(row) for name in TEXTS}
    unknown = {name: np.full(len(row), np.nan) for name in POSITIONS}
    given = {"status": [OPEN] * len(row)} | dict(columns)
    table = pd.DataFrame(blank | unknown | given | {"row": row}).loc[:, list(COLUMNS)]
    return table.astype(dict.fromkeys(TEXTS, str)).astype(dict.fromkeys(POSITIONS, float))
