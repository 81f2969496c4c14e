"""What the planner changes in the lists: corrections, and the points of a what-if."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.project import INPUT_OF_HOST, Host
from vpvkac.sources.base import OPEN, POSITIONS, TEXTS, Checks, Reading, records
from vpvkac.sources.plain import CLOSED, POINT_TEXTS
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.model.faults import Fault


def correct(
    records: pd.DataFrame, source: str, corrections: pd.DataFrame
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Correct the records of a list; give them, and which have their position by a correction.

    A corrected address takes the place of the list's, whose position is then gone, so that
    the register decides; a corrected position is final.
    """
    given = corrections.set_index("place").reindex(source + ":" + records["id"])
    given.index = records.index
    positioned = given["lat"].notna() & given["lon"].notna()
    addressed = given["address"].fillna("") != ""
    changed = records.copy()
    changed["address"] = records["address"].mask(addressed, given["address"]).astype(str)
    changed.loc[addressed | positioned, list(POSITIONS)] = np.nan
    for column in ("lat", "lon"):
        changed[column] = changed[column].mask(positioned, given[column])
    return changed, positioned.to_numpy(bool)


def unknown_corrections(corrections: pd.DataFrame, known: pd.Series, shown: str) -> list[Fault]:
    """Warn of corrections to places that no list has, not even among its dropped rows."""
    checks = Checks(shown, corrections["row"])
    problem = Message("is a place of no list; the correction is not used")
    remedy = Message("check the key against places.csv")
    checks.warn(~known, problem, remedy, field="place", values=corrections["place"])
    return checks.faults


class Applied(NamedTuple):
    """The lists with the what-if in them, its new places by kind of host, and its faults."""

    hosts: dict[Host, Reading]
    new: dict[Host, pd.DataFrame]
    faults: list[Fault]


def apply_points(hosts: Mapping[Host, Reading], points: pd.DataFrame, shown: str) -> Applied:
    """Put the points of a what-if (`sources.plain.POINTS`) among the lists.

    A point that a list has changes its record there, and a closed one is dropped from it as
    `closed`.  Any other is new, and comes as `sources.base.COLUMNS` to be placed as all are.
    """
    changed = dict(hosts)
    for host, reading in hosts.items():
        own = points[points["host"] == host]
        if len(own):
            table, closed = _change_records(reading.table, own)
            dropped = dict(reading.dropped)
            if closed:
                dropped["closed"] = dropped.get("closed", 0) + closed
            changed[host] = replace(reading, table=table, dropped=dropped)
    new = points[~points["place"].isin(keys_of(hosts))]
    by_host = {host: new[new["host"] == host] for host in INPUT_OF_HOST}
    found = {host: _as_records(some) for host, some in by_host.items() if len(some)}
    return Applied(changed, found, _check_new_points(new, shown).faults)


def keys_of(hosts: Mapping[Host, Reading]) -> pd.Series:
    """Give the keys of all places that the lists have."""
    keys = [INPUT_OF_HOST[host] + ":" + reading.table["id"] for host, reading in hosts.items()]
    return pd.concat(keys) if keys else pd.Series(dtype=str)


def _as_records(new: pd.DataFrame) -> pd.DataFrame:
    columns = {name: new[name].to_numpy() for name in (*TEXTS, *POSITIONS) if name in new}
    columns["status"] = new["status"].where(new["status"] != "", OPEN).to_numpy()
    return records(new["row"], **columns)


def _check_new_points(new: pd.DataFrame, shown: str) -> Checks:
    """Refuse new points without a name or a position, or closed ones, which no list has."""
    checks = Checks(shown, new["row"])
    closed = new["status"] == CLOSED
    unplaced = ~closed & (new["lat"].isna() | new["lon"].isna())
    for wrong, problem, remedy in (
        (closed, Message("is in no list and cannot be closed"),
         Message("check the key against places.csv")),
        (unplaced, Message("is in no list and has no coordinates"),
         Message("give lat and lon, or check the key against places.csv")),
        (~closed & (new["name"] == ""), Message("is in no list and has no name"),
         Message("give its name")),
    ):  # fmt: skip
        checks.refuse(wrong, problem, remedy, field="place", values=new["place"])
    return checks


def _change_records(records: pd.DataFrame, points: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Change the records of one kind of host as the points of that host say.

    A new position takes unit, municipality and address of the list away, so that the polygon
    decides; a text given replaces the list's.  Also counts the records closed and left out.
    """
    given = points.set_index("id").reindex(records["id"])
    given.index = records.index
    moved = (given["lat"].notna() & given["lon"].notna()).to_numpy(bool)
    found = records.copy()
    found.loc[moved, ["unit", "unit_name", "municipality", "address"]] = ""
    found.loc[moved, ["x", "y"]] = np.nan
    for column in ("lat", "lon"):
        found[column] = found[column].mask(moved, given[column])
    for column in POINT_TEXTS:
        text = given[column].fillna("")
        found[column] = found[column].mask(text != "", text).astype(str)
    closed = (found["status"] == CLOSED).to_numpy(bool)
    return found[~closed].reset_index(drop=True), int(closed.sum())
