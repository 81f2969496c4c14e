"""Sets of whole numbers, stored one after the other as a sparse table stores its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def same_sets(starts: NDArray[np.integer], members: NDArray[np.integer]) -> NDArray[np.int64]:
    """Give sets numbers, so that equal ones have the same number.

    Compared member by member, so that no two different sets are ever taken
    for one.

    Parameters
    ----------
    starts
        Set i holds ``members[starts[i]:starts[i + 1]]``, sorted; shape (n + 1,).
    members
        Shape (k,).

    Returns
    -------
    number
        Of each set, 0 and up without holes, shape (n,).
    """
    sizes = np.diff(starts)
    number = np.zeros(len(sizes), np.int64)
    known = 0
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        table = members[np.asarray(starts)[rows][:, None] + np.arange(size)]
        number[rows] = known + _same_rows(table)
        known = int(number[rows].max()) + 1
    return number


def first_of_each(number: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the first position of each number, in the order of the numbers."""
    return np.unique(number, return_index=True)[1].astype(np.int64)


def _same_rows(table: NDArray[np.integer]) -> NDArray[np.int64]:
    """Give rows of a table numbers, so that equal ones have the same number; shape (n,)."""
    if table.shape[1] == 0:
        return np.zeros(len(table), np.int64)
    order = np.lexsort(table.T[::-1])
    ordered = table[order]
    differs = np.concatenate([[False], (ordered[1:] != ordered[:-1]).any(axis=1)])
    number = np.empty(len(table), np.int64)
    number[order] = np.cumsum(differs)
    return number
