"""The planner's filter: `where = { "column" = ["value", …] }` keeps some rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from vpvkac.sources.checking import Checks

REASON = "not_in_where"


def kept(
    checks: Checks, table: pd.DataFrame, where: Mapping[str, tuple[str, ...]]
) -> NDArray[np.bool_]:
    """Tell which rows have one of the values given in each column named; shape (n,).

    A value that no row has is a warning: a misspelt one would leave rows out in silence.
    """
    keep = np.ones(len(table), bool)
    for column, values in where.items():
        keep &= table[column].isin(values).to_numpy(bool)
        present = set(table[column])
        checks.faults.extend(
            _matches_nothing(checks.shown, column, value)
            for value in values
            if value not in present
        )
    return keep


def _matches_nothing(shown: str, column: str, value: str) -> Fault:
    return Fault(
        "warning",
        shown,
        Message("is in no row"),
        Message("check where in the project file"),
        field=column,
        value=value,
    )
