"""Reach at other thresholds: how its figures would move, and the curve behind them.

The place chosen for a unit is the one nearest to a stop and does not depend
on the threshold, so other thresholds need no other network.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from vpvkac.analysis.coverage import chosen_places, share
from vpvkac.analysis.network import is_open_centre

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

# Metres: the thresholds that a run's own is compared with.
LOWER_M, UPPER_M = 600.0, 800.0


def distances(network: pd.DataFrame, places: pd.DataFrame) -> dict[str, NDArray[np.float64]]:
    """Gather the distances to a stop of every group whose reach is counted, as measured.

    Parameters
    ----------
    network, places
        Contact points, and measured places.

    Returns
    -------
    distances
        Metres, without the nulls, of: the open `centres`; all contact `points`;
        those in libraries, `library_points`; all `libraries`; and the
        `libraries_chosen`, one a unit.
    """
    groups: dict[str, pd.Series] = {
        "centres": places.loc[is_open_centre(places), "distance_m"],
        "points": network["distance_m"],
        "library_points": network.loc[network["host"] == "library", "distance_m"],
        "libraries": places.loc[places["host"] == "library", "distance_m"],
        "libraries_chosen": chosen_places(places, "library")["distance_m"],
    }
    return {name: metres.dropna().to_numpy(float) for name, metres in groups.items()}


def reach_at(distances: Mapping[str, NDArray[np.float64]], threshold_m: float) -> dict[str, float]:
    """Count what a threshold takes in: `<group>_within`, `<group>_beyond`, `<group>_within_share`.

    NaN where a group has no distance.
    """
    figures: dict[str, float] = {}
    for name, metres in distances.items():
        within = int((metres <= threshold_m).sum()) if len(metres) else np.nan
        figures[f"{name}_within"] = within
        figures[f"{name}_beyond"] = len(metres) - within
        figures[f"{name}_within_share"] = share(within, len(metres))
    return figures


def shares_within(metres: NDArray[np.float64], limits_m: ArrayLike) -> NDArray[np.float64]:
    """Give the share (0-1) of distances that each limit takes in; NaN where there are none."""
    within = np.searchsorted(np.sort(metres), limits_m, side="right").astype(float)
    return within / len(metres) if len(metres) else np.full_like(within, np.nan)


def least_threshold(distance_m: float) -> float:
    """Give the least threshold in whole metres that takes a distance in."""
    return float(math.ceil(distance_m))
