"""Sets of numbers, one after the other: which of them are equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def number_sets(starts: NDArray[np.integer], members: NDArray[np.integer]) -> NDArray[np.int64]:
    """Give each set a number, 0 and up without holes, equal ones the same; shape (n,).

    Set i holds ``members[starts[i]:starts[i + 1]]``, sorted.  Compared member by member, so that
    no two different sets are ever taken for one.
    """
    sizes = np.diff(starts)
    number = np.zeros(len(sizes), np.int64)
    known = 0
    for size in np.unique(sizes):
        rows = np.flatnonzero(sizes == size)
        table = members[np.asarray(starts)[rows][:, None] + np.arange(size)]
        if size:
            order = np.lexsort(table.T[::-1])
            differs = (table[order][1:] != table[order][:-1]).any(axis=1)
            number[rows[order]] = np.concatenate([[0], np.cumsum(differs)])
        number[rows] += known
        known = int(number[rows].max()) + 1
    return number
