"""Bands of distance: how many contact points lie how far from their nearest stop.

The bands are the published ones, (0, 350], (350, 700], (700, 1500] and over
1500 m, whatever the threshold: runs with different thresholds can then be
compared.  A band is decided on the distance as measured, to 0.001 m, and not
on the rounded one that tables show.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.network import EXISTING, NONE

if TYPE_CHECKING:
    from numpy.typing import NDArray

EDGES_M = (350.0, 700.0, 1500.0)
# Columns of the counts, the nearest band first.
BANDS = tuple(f"band_{number}" for number in range(len(EDGES_M) + 1))


def band_of(metres: pd.Series) -> NDArray[np.int64]:
    """Give the number of each distance's band, 0 the nearest; -1 for a null."""
    known = metres.to_numpy(float, na_value=np.nan)
    return np.where(np.isnan(known), -1, np.searchsorted(EDGES_M, known, side="left"))


def count_bands(network: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Count contact points by band.

    Parameters
    ----------
    network
        Contact points with `status`, `distance_m` and `within`; a unit with
        no point is in no band.
    by
        Column whose every value has a row; None counts all in one, ``"all"``.

    Returns
    -------
    counts
        Indexed by the values of `by`, in their order: `units`, `existing` and
        `none` (units by status), `BANDS`, `measured` (their sum) and
        `within_share`, of the measured, NaN where there are none.
    """
    band = band_of(network["distance_m"])
    marks = pd.DataFrame(
        {
            "units": True,
            EXISTING: network["status"] == EXISTING,
            NONE: network["status"] == NONE,
            **{name: band == number for number, name in enumerate(BANDS)},
            "measured": band >= 0,
            "within": network["within"].astype("boolean").fillna(value=False),
        },
        index=network.index,
    ).astype("int64")
    counts = marks.groupby(network[by] if by else np.full(len(marks), "all")).sum()
    counts["within_share"] = counts.pop("within") / counts["measured"].where(counts["measured"] > 0)
    return counts
