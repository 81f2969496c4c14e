"""Choosing among rows of the register: one spot is a match, several are rivals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.geocoding.index import Pairs, RegisterIndex

NO_ROW = -1
_MOST_RIVALS = 5
BETWEEN_RIVALS = "; "


class Matches(NamedTuple):
    """What was found for each address sought, shape (n,).

    Parameters
    ----------
    row
        Row of the register; `NO_ROW` if there is no match.
    within_m
        Metres within which the place lies for certain, 0 for a sure match.
    score
        0-100.
    rivals
        Addresses that fit equally well, where that is why there is no match.
    """

    row: NDArray[np.int64]
    within_m: NDArray[np.float64]
    score: NDArray[np.float64]
    rivals: NDArray[np.object_]

    @property
    def is_open(self) -> NDArray[np.bool_]:
        """Where there is neither a match nor rivals."""
        return np.asarray((self.row == NO_ROW) & (self.rivals == ""), bool)


def no_matches(count: int) -> Matches:
    """Give the state before anything was found."""
    return Matches(
        np.full(count, NO_ROW, np.int64),
        np.full(count, np.nan),
        np.full(count, np.nan),
        np.full(count, "", object),
    )


def choose(count: int, best: Pairs, score: NDArray[np.float64], index: RegisterIndex) -> Matches:
    """Take the row where the best pairs stand on one spot; else name the rivals.

    Parameters
    ----------
    best
        For each address sought the pairs that fit equally well.
    score
        Score of each pair, 0-100.
    """
    found = no_matches(count)
    table = pd.DataFrame(
        {"sought": best.sought, "row": best.row, "score": score, "spot": index.spots(best.row)}
    ).sort_values(["sought", "score", "row"], ascending=[True, False, True])
    table = table.drop_duplicates(["sought", "spot"])
    alone = table[~table["sought"].duplicated(keep=False)]
    found.row[alone["sought"]] = alone["row"]
    found.score[alone["sought"]] = alone["score"]
    found.within_m[alone["sought"]] = 0.0
    several = table[table["sought"].duplicated(keep=False)]
    listed = several.groupby("sought").head(_MOST_RIVALS)
    listed = listed.assign(address=index.addresses(listed["row"].to_numpy()).to_numpy())
    rivals = listed.groupby("sought")["address"].agg(BETWEEN_RIVALS.join)
    found.rivals[rivals.index] = rivals.to_numpy(object)
    return found
