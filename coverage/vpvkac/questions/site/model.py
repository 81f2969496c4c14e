"""The model: a sparse mixed-integer programme whose best solution is the best set of points.

For demand i let s_i1 > s_i2 > … be the distinct savings and N_ik the
candidates that save at least s_ik.  With x_j = 1 where a point is put and
z_ik = 1 where N_ik holds one::

    max  Σ_ik (s_ik − s_i,k+1) z_ik
    s.t. z_ik ≤ z_i,k−1 + Σ_{j saves exactly s_ik} x_j
         Σ_j x_j ≤ p,   x_j ∈ {0, 1},   0 ≤ z_ik ≤ 1

Maximal covering has one level for each demand, and this is Church and
ReVelle's model.  For the p-median it is the radius formulation (Cornuéjols,
Nemhauser & Wolsey 1980; in this sparse form Elloumi 2010).

Demand with the same candidates at the same levels is one demand of the summed
weight; levels that begin alike share their beginning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import csr_array

from vpvkac.questions.site.sets import same_sets

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csc_array

_ROOT = -1


class Model(NamedTuple):
    """A programme in the columns (x, z).

    Parameters
    ----------
    candidates
        How many x there are; the first columns.
    worth
        What each column saves, int64, shape (candidates + nodes,).
    rows
        The constraints ``rows @ (x, z) <= 0``, shape (nodes, candidates + nodes).
    """

    candidates: int
    worth: NDArray[np.int64]
    rows: csr_array

    @property
    def nodes(self) -> int:
        """How many z there are."""
        return len(self.worth) - self.candidates


class _Levels(NamedTuple):
    """Levels of all demands, one after the other.

    Parameters
    ----------
    first
        Whether it is its demand's highest.
    step
        How much more it saves than the next lower one.
    starts, members
        The candidates of each level, as a sparse table stores them.
    """

    first: NDArray[np.bool_]
    step: NDArray[np.int64]
    starts: NDArray[np.int64]
    members: NDArray[np.int64]


class _Nodes(NamedTuple):
    """The levels with equal ones made one: the number of the next higher node, and a level."""

    parent: NDArray[np.int64]
    level: NDArray[np.int64]
    worth: NDArray[np.int64]


def model_of(savings: csc_array) -> Model:
    """Make the programme of a table of savings, shape (n, m)."""
    levels = _levels(savings)
    nodes = _nodes(levels)
    candidates = savings.shape[1]
    worth = np.concatenate([np.zeros(candidates, np.int64), nodes.worth])
    return Model(candidates, worth, _rows(levels, nodes, candidates))


def _levels(savings: csc_array) -> _Levels:
    entries = savings.tocoo()
    order = np.lexsort((entries.col, -entries.data, entries.row))
    row, saved = entries.row[order], entries.data[order]
    first_of_row = _changes(row)
    begins = np.flatnonzero(first_of_row | _changes(saved))
    first, saved = first_of_row[begins], saved[begins]
    lower = np.where(np.append(first[1:], True), 0, np.append(saved[1:], 0))
    starts = np.append(begins, len(row))
    return _Levels(first, saved - lower, starts, entries.col[order].astype(np.int64))


def _nodes(levels: _Levels) -> _Nodes:
    """Make one node of the levels of the same candidates under the same node."""
    number = same_sets(levels.starts, levels.members)
    kinds = int(number.max(initial=-1)) + 1
    position = np.arange(len(number))
    depth = position - np.maximum.accumulate(np.where(levels.first, position, 0))
    node = np.full(len(number), _ROOT, np.int64)
    parents, of_level = [], []
    known = 0
    for deep in range(int(depth.max(initial=-1)) + 1):
        here = np.flatnonzero(depth == deep)
        parent = node[here - 1] if deep else np.full(len(here), _ROOT, np.int64)
        _, met, same = np.unique(
            (parent + 1) * kinds + number[here], return_index=True, return_inverse=True
        )
        node[here] = known + same
        parents.append(parent[met])
        of_level.append(here[met])
        known += len(met)
    worth = np.zeros(known, np.int64)
    np.add.at(worth, node, levels.step)
    return _Nodes(_joined(parents), _joined(of_level), worth)


def _rows(levels: _Levels, nodes: _Nodes, candidates: int) -> csr_array:
    """Let no node be reached unless the node above is, or a candidate of its level is chosen."""
    count = len(nodes.worth)
    sizes = np.diff(levels.starts)[nodes.level]
    row = np.repeat(np.arange(count), sizes)
    within = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    member = levels.members[levels.starts[nodes.level][row] + within]
    below = np.flatnonzero(nodes.parent != _ROOT)
    itself = np.arange(count)
    rows = np.concatenate([row, below, itself])
    columns = np.concatenate([member, candidates + nodes.parent[below], candidates + itself])
    values = np.concatenate([-np.ones(len(row) + len(below)), np.ones(count)])
    return csr_array((values, (rows, columns)), shape=(count, candidates + count))


def _changes(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell where a value differs from the one before; the first does."""
    return np.concatenate([np.ones(min(len(values), 1), bool), values[1:] != values[:-1]])


def _joined(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(parts) if parts else np.empty(0, np.int64)
