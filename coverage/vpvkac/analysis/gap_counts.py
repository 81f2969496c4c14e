"""Counts of gaps: of the lists, of what the list of access gaps holds, and of those decided on."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd


class GapCounts(NamedTuple):
    """How many gaps the three lists of a unit's gaps hold, a place in two of them counted once."""

    access: int
    service: int
    coverage: int


class AccessCounts(NamedTuple):
    """What the list of access gaps is made of.

    Parameters
    ----------
    beyond, to_verify
        Contact points beyond the threshold, and those within it whose position
        is uncertain.
    centres
        Open centres that are not their unit's point.
    """

    beyond: int
    to_verify: int
    centres: int


class DecidedCounts(NamedTuple):
    """How many points with a gap, and how many units with no point, a decision is about."""

    points: int
    units: int


def count_gaps(access: pd.DataFrame, service: pd.DataFrame, coverage: pd.DataFrame) -> GapCounts:
    """Count the gaps of the lists (`gaps`), with `place`."""
    rare = set(service["place"]) - set(access["place"])
    return GapCounts(len(access), len(rare), len(coverage))


def count_access(access: pd.DataFrame, network: pd.DataFrame, threshold_m: float) -> AccessCounts:
    """Count what the list of access gaps holds, by `place` and `distance_m`."""
    is_point = access["place"].isin(network["place"])
    beyond = access["distance_m"] > threshold_m
    return AccessCounts(
        int((is_point & beyond).sum()), int((is_point & ~beyond).sum()), int((~is_point).sum())
    )


def count_decided(
    access: pd.DataFrame, service: pd.DataFrame, coverage: pd.DataFrame
) -> DecidedCounts:
    """Count the gaps whose `decision` is not empty, a place in two lists once."""
    columns = ["place", "decision"]
    points = pd.concat([access[columns], service[columns]]).drop_duplicates("place")
    return DecidedCounts(
        int((points["decision"] != "").sum()), int((coverage["decision"] != "").sum())
    )


def count_remedies(access: pd.DataFrame, service: pd.DataFrame) -> pd.Series:
    """Count the gaps of points by `remedy`."""
    remedies: pd.Series = pd.concat([access["remedy"], service["remedy"]])
    return remedies.value_counts()
