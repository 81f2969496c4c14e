"""The one form in which every reader of hosts gives its places, before they are placed.

A record keeps what the file said; `vpvkac.inputs.placing` finds its position and its unit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

TEXTS = (
    "id", "name", "address", "phone", "email", "owner", "unit", "unit_name", "municipality",
    "hours", "status",
)  # fmt: skip
POSITIONS = ("lat", "lon", "x", "y")
COLUMNS = (*TEXTS, *POSITIONS, "row")
OPEN, ANNOUNCED = "open", "announced"


def records(lines: ArrayLike, **columns: ArrayLike) -> pd.DataFrame:
    """Make the table of `COLUMNS`.

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
        `lat`, `lon` in degrees, `x`, `y` as read (LKS-92 metres in either order).
    """
    row = np.asarray(lines, np.int64)
    blank = {name: [""] * len(row) for name in TEXTS}
    unknown = {name: np.full(len(row), np.nan) for name in POSITIONS}
    given = {"status": [OPEN] * len(row)} | dict(columns)
    table = pd.DataFrame(blank | unknown | given | {"row": row}).loc[:, list(COLUMNS)]
    return table.astype(dict.fromkeys(TEXTS, str)).astype(dict.fromkeys(POSITIONS, float))
