"""Counts of gaps: of the lists, of what they hold, of those decided on, of what fails a target."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from vpvkac.analysis.map_classes import is_beyond
from vpvkac.analysis.network import NONE, is_open_centre


class GapCounts(NamedTuple):
    """How many gaps the three lists of a unit's gaps hold, a place in two of them counted once."""

    access: int
    service: int
    coverage: int

    @property
    def total(self) -> int:
        """How many there are of all kinds."""
        return sum(self)


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

    @property
    def total(self) -> int:
        """How many there are of both kinds."""
        return sum(self)


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


def failing_points(criterion: str, network: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """List what falls short of a criterion with a target.

    Parameters
    ----------
    criterion
        units_none, centres_beyond or points_beyond.

    Returns
    -------
    failing
        Units with no point, rows of the network; or centres or points beyond the threshold,
        the farthest first, their name in `name`.
    """
    if criterion == "units_none":
        return network[network["status"] == NONE]
    if criterion == "centres_beyond":
        failing = places[is_open_centre(places) & is_beyond(places)]
    else:
        failing = network[is_beyond(network)].assign(name=network["place_name"])
    return failing.sort_values(["distance_m", "place"], ascending=[False, True])


def count_placings(places: pd.DataFrame) -> pd.DataFrame:
    """Count places by how they were located.

    Returns
    -------
    placings
        By `located_by`: `places`; `located_within_m`, that of the worst placed; `uncertain`, how
        many are to be verified.
    """
    is_uncertain = places["uncertain"].astype("boolean").fillna(value=False).astype(bool)
    groups = places.assign(uncertain=is_uncertain).groupby("located_by")
    return groups.agg(
        places=("place", "size"),
        located_within_m=("located_within_m", "max"),
        uncertain=("uncertain", "sum"),
    )
