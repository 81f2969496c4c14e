"""The candidates: every place of a unit, in the order of the rule, and why it is the point or not.

The order is `network.build_network`'s: kinds of host as the project names
them, of each kind open places before announced ones; among several the one
nearest to a stop; on ties, and without stops, the lowest key.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.network import ANNOUNCED

if TYPE_CHECKING:
    from vpvkac.analysis.result import Findings

CHOSEN = "chosen"
NOT_A_HOST = "not_a_host"
LATER_HOST = "later_host"
NOT_YET_OPEN = "not_yet_open"
FARTHER = "farther"
HIGHER_KEY = "higher_key"
WHYS = (CHOSEN, NOT_A_HOST, LATER_HOST, NOT_YET_OPEN, FARTHER, HIGHER_KEY)
COLUMNS = (
    "place", "host", "name", "address", "status", "distance_m", "within", "uncertain", "stop",
    "stop_name", "located_by", "located_within_m", "near_border", "why",
)  # fmt: skip
STEP_COLUMNS = ("host", "status", "places", "decides")


def candidates(result: Findings, unit: str) -> pd.DataFrame:
    """List every place of a unit in the order in which the rule would take them.

    Returns
    -------
    candidates
        `COLUMNS`; `why` is one of `WHYS`.  Places of hosts that may not hold a
        point come last, by their distance to a stop.
    """
    hosts = result.project.rules.hosts
    places = pd.DataFrame(result.places[result.places["unit"] == unit]).drop(columns="geometry")
    places["step"] = _steps_of(places, hosts)
    order = places.sort_values(["step", "distance_m", "place"], na_position="last")
    order["why"] = _whys(order)
    return order.reset_index(drop=True)[list(COLUMNS)]


def steps(listed: pd.DataFrame, hosts: Sequence[str]) -> pd.DataFrame:
    """List the steps of the rule, how many places of the unit each finds, and which decides.

    Parameters
    ----------
    listed
        `candidates`.
    hosts
        Kinds of host that may hold a point, the preferred first.

    Returns
    -------
    steps
        `STEP_COLUMNS`; announced places are a step for centres, and for other
        hosts where there are such.
    """
    rows = []
    for host in hosts:
        of_host = listed[listed["host"] == host]
        waiting = of_host["status"] == ANNOUNCED
        rows.append((host, "open", of_host[~waiting]))
        if host == "centre" or waiting.any():
            rows.append((host, ANNOUNCED, of_host[waiting]))
    return pd.DataFrame(
        [
            (host, status, len(found), bool((found["why"] == CHOSEN).any()))
            for host, status, found in rows
        ],
        columns=list(STEP_COLUMNS),
    )


def _steps_of(places: pd.DataFrame, hosts: Sequence[str]) -> pd.Series:
    """Give the step that finds each place; NaN for a host that may not hold a point."""
    rank = places["host"].map({host: number for number, host in enumerate(hosts)}).astype(float)
    return 2 * rank + (places["status"] == ANNOUNCED)


def _whys(order: pd.DataFrame) -> np.ndarray:
    """Say of each place why it is the point, or what stands before it."""
    if len(order) == 0:
        return np.empty(0, object)
    first = order.iloc[0]
    none = np.isnan(first["step"])
    is_first = (order["place"] == first["place"]) & (not none)
    later_host = order["step"] // 2 > first["step"] // 2
    tied = order["distance_m"].isna() | (order["distance_m"] == first["distance_m"])
    return np.select(
        [order["step"].isna(), is_first, later_host, order["step"] > first["step"], tied],
        [NOT_A_HOST, CHOSEN, LATER_HOST, NOT_YET_OPEN, HIGHER_KEY],
        FARTHER,
    )
