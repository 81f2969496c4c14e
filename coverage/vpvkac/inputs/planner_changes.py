"""What the planner changes in the lists: corrections, and the points of a what-if."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.project import INPUT_OF_HOST, Host
from vpvkac.sources.base import OPEN, POSITIONS, TEXTS, Checks, records
from vpvkac.sources.points import change_records, check_new_points
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.model.faults import Fault
    from vpvkac.sources.base import Reading


_POSITIONS = ["lat", "lon", "x", "y"]


class Corrected(NamedTuple):
    """Records with their corrections, and which of them have their position by one."""

    records: pd.DataFrame
    positioned: NDArray[np.bool_]


def correct(records: pd.DataFrame, source: str, corrections: pd.DataFrame) -> Corrected:
    """Put corrections in the place of what a list says.

    Parameters
    ----------
    records
        What a reader gave, `sources.base.COLUMNS`.
    source
        The first part of the key `source:id`.
    corrections
        As `sources.planner_tables` gives them.

    Returns
    -------
    corrected
        A corrected address takes the place of the list's, whose position is
        then gone, so that the register decides; a corrected position is final.
    """
    given = corrections.set_index("place").reindex(source + ":" + records["id"])
    given.index = records.index
    positioned = given["lat"].notna() & given["lon"].notna()
    addressed = given["address"].fillna("") != ""
    changed = records.copy()
    changed["address"] = records["address"].mask(addressed, given["address"]).astype(str)
    changed.loc[addressed | positioned, _POSITIONS] = np.nan
    for column in ("lat", "lon"):
        changed[column] = changed[column].mask(positioned, given[column])
    return Corrected(changed, positioned.to_numpy(bool))


def unknown_corrections(corrections: pd.DataFrame, known: pd.Series, shown: str) -> list[Fault]:
    """Warn of corrections to places that no list has.

    Parameters
    ----------
    corrections
        As `sources.planner_tables` gives them.
    known
        Whether a list has the place, among its dropped rows at least.
    shown
        The file of the corrections, for faults.
    """
    checks = Checks(shown, corrections["row"])
    checks.warn(
        ~known,
        Message("is a place of no list; the correction is not used"),
        Message("check the key against places.csv"),
        field="place",
        values=corrections["place"],
    )
    return checks.faults


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
