"""The planner's filter: `where = { "column" = ["value", …] }` keeps some rows of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

REASON = "not_in_where"


def kept(table: pd.DataFrame, where: Mapping[str, tuple[str, ...]]) -> NDArray[np.bool_]:
    """Tell which rows have one of the values given in each column named; shape (n,)."""
    keep = np.ones(len(table), bool)
    for column, values in where.items():
        keep &= table[column].isin(values).to_numpy(bool)
    return keep
