"""What-if: the points that a planner adds, moves, opens or closes, among the lists as read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from vpvkac.model.project import INPUT_OF_HOST, Host
from vpvkac.sources.base import OPEN, POSITIONS, TEXTS, records
from vpvkac.sources.points import change_records, check_new_points

if TYPE_CHECKING:
    from vpvkac.model.faults import Fault
    from vpvkac.sources.base import Reading


class Applied(NamedTuple):
    """The lists with the what-if in them, its new places by kind of host, and its faults."""

    hosts: dict[Host, Reading]
    new: dict[Host, pd.DataFrame]
    faults: list[Fault]


def apply_points(hosts: Mapping[Host, Reading], points: pd.DataFrame, shown: str) -> Applied:
    """Put the points of a what-if among the lists.

    Parameters
    ----------
    hosts
        What the readers of hosts gave.
    points
        `sources.points.COLUMNS`.
    shown
        The file of the points, for faults.

    Returns
    -------
    applied
        A point that a list has changes its record there, and a closed one is
        dropped from it as `closed`.  Any other is new, and comes as
        `sources.base.COLUMNS` to be placed as all are.
    """
    listed = keys_of(hosts)
    new = points[~points["place"].isin(listed)]
    checks = check_new_points(new, shown)
    merged = {host: _changed(reading, points[points["host"] == host])
              for host, reading in hosts.items()}  # fmt: skip
    found: dict[Host, pd.DataFrame] = {
        host: _records(new[new["host"] == host])
        for host in INPUT_OF_HOST
        if (new["host"] == host).any()
    }
    return Applied(merged, found, checks.faults)


def keys_of(hosts: Mapping[Host, Reading]) -> pd.Series:
    """Give the keys of all places that the lists have."""
    keys = [INPUT_OF_HOST[host] + ":" + reading.table["id"] for host, reading in hosts.items()]
    return pd.concat(keys) if keys else pd.Series(dtype=str)


def _changed(reading: Reading, points: pd.DataFrame) -> Reading:
    if len(points) == 0:
        return reading
    table, closed = change_records(reading.table, points)
    dropped = dict(reading.dropped)
    if closed:
        dropped["closed"] = dropped.get("closed", 0) + closed
    return replace(reading, table=table, dropped=dropped)


def _records(new: pd.DataFrame) -> pd.DataFrame:
    """Give new points the form in which every reader of hosts gives its places."""
    texts = {name: new[name] for name in TEXTS if name != "status"}
    positions = {name: new[name] for name in POSITIONS if name in new}
    status = new["status"].where(new["status"] != "", OPEN)
    columns = {name: column.to_numpy() for name, column in (texts | positions).items()}
    return records(new["row"], **columns, status=status.to_numpy())
