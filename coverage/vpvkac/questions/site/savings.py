"""Savings: what every candidate would do for every place of demand.

Both methods are one question: a set S of new points is worth
Σ_i max_{j ∈ S} s_ij, where s_ij is what candidate j saves for demand i.

- Maximal covering (Church & ReVelle 1974): s_ij is the weight of i if j is
  within the radius and no locked point is, else 0.
- p-median (Hakimi 1964; ReVelle & Swain 1970): s_ij is the weight of i times
  the metres by which j is nearer than the limit of i.  With locked points the
  limit is the distance to the nearest of them: no candidate farther away can
  help, so that leaving them out loses nothing.

Savings are whole numbers (weights, or weights × millimetres), and sums exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csc_array

from vpvkac.geo.nearest import Pairs, Targets
from vpvkac.questions.site.sets import first_of_each, same_sets

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

MILLIMETRES = 1000
_NONE = np.empty(0, np.int64)
_NO_PAIRS = Pairs(_NONE, _NONE, np.empty(0))


def covered_by(points: pd.DataFrame, demand: pd.DataFrame, radius_m: float) -> NDArray[np.bool_]:
    """Tell which places of demand lie within the radius of any of the points; shape (n,)."""
    covered = np.zeros(len(demand), bool)
    covered[within(points, demand, radius_m).target] = True
    return covered


def covering(
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
    already: NDArray[np.bool_],
    radius_m: float,
) -> csc_array:
    """Tell what each candidate would newly cover.

    Parameters
    ----------
    already
        Demand that a locked point covers, shape (n,).

    Returns
    -------
    savings
        Weights, int64, shape (n, m).
    """
    pairs = within(candidates, demand, radius_m)
    weight = np.where(already, 0, demand["weight"].to_numpy(np.int64))
    return _table(pairs.target, pairs.origin, weight[pairs.target], demand, candidates)


def nearing(
    demand: pd.DataFrame, candidates: pd.DataFrame, limit_m: NDArray[np.float64]
) -> csc_array:
    """Tell by how much each candidate would bring a point nearer.

    Parameters
    ----------
    limit_m
        Distance from which each place of demand is brought nearer, metres, shape (n,).

    Returns
    -------
    savings
        Weights × millimetres, int64, shape (n, m).
    """
    pairs = _nearer(demand, candidates, limit_m)
    weight = demand["weight"].to_numpy(np.int64)
    nearer = _whole(limit_m)[pairs.origin] - _whole(pairs.distance_m)
    return _table(pairs.origin, pairs.target, weight[pairs.origin] * nearer, demand, candidates)


def distinct(savings: csc_array) -> NDArray[np.int64]:
    """List the candidates that differ in what they save; of equal ones the first, sorted.

    Those that save nothing are left out.
    """
    amounts, amount = np.unique(savings.data, return_inverse=True)
    entry = savings.indices.astype(np.int64) * len(amounts) + amount
    first = np.sort(first_of_each(same_sets(savings.indptr, entry)))
    return np.asarray(first[np.diff(savings.indptr)[first] > 0])


def within(points: pd.DataFrame, demand: pd.DataFrame, radius_m: float) -> Pairs:
    """Pair points with the demand no farther than the radius, ordered by point, then demand."""
    if points.empty:
        return _NO_PAIRS
    targets = Targets(demand["lat"], demand["lon"])
    return targets.within(points["lat"], points["lon"], radius_m)


def _nearer(demand: pd.DataFrame, candidates: pd.DataFrame, limit_m: NDArray[np.float64]) -> Pairs:
    """Pair each place of demand with the candidates no farther than its own limit."""
    lat, lon = demand["lat"].to_numpy(float), demand["lon"].to_numpy(float)
    targets = Targets(candidates["lat"], candidates["lon"])
    # Places of like limits are looked up together, and the looks are at most twice too wide.
    band = np.floor(np.log2(np.maximum(limit_m, 1))).astype(int)
    found = [_NO_PAIRS]
    for one in np.unique(band):
        rows = np.flatnonzero(band == one)
        pairs = targets.within(lat[rows], lon[rows], float(limit_m[rows].max()))
        found.append(pairs._replace(origin=rows[pairs.origin]))
    origin, target, metres = (np.concatenate(part) for part in zip(*found, strict=True))
    near = metres <= limit_m[origin]
    return Pairs(origin[near], target[near], metres[near])


def _whole(metres: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.rint(metres * MILLIMETRES), np.int64)


def _table(
    row: NDArray[np.int64],
    column: NDArray[np.int64],
    saved: NDArray[np.int64],
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
) -> csc_array:
    some = saved > 0
    shape = (len(demand), len(candidates))
    table = csc_array((saved[some], (row[some], column[some])), shape=shape)
    table.sort_indices()
    return table
