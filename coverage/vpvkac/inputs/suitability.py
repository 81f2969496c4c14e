"""The checklist of premises beside the places, and what it adds up to for the contact points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.sources.base import Checks
from vpvkac.sources.plain import NO, REQUIREMENTS, UNKNOWN, YES
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.model.faults import Fault
    from vpvkac.model.project import Input


ANSWERS = (YES, NO, UNKNOWN)


class Matched(NamedTuple):
    """The checklist's rows whose place is known, the rows dropped, and the faults found."""

    table: pd.DataFrame
    dropped: dict[str, int]
    faults: list[Fault]


def match(checklist: pd.DataFrame, places: Sequence[str], source: Input) -> Matched:
    """Keep the rows of the checklist whose place is among the places.

    Parameters
    ----------
    checklist
        `sources.plain.SUITABILITY`.
    places
        Keys of all places.

    Returns
    -------
    matched
        Dropped: `no_place`, a reference to a place that is missing.
    """
    checks = Checks(source.shown, checklist["row"])
    missing = ~checklist["place"].isin(places)
    checks.warn(
        missing,
        Message("is the key of no place; the row is not used"),
        Message("write the key as in places.csv, e.g. libraries:12"),
        field=source.columns["id"],
        values=checklist["place"],
    )
    known = checklist[~missing].reset_index(drop=True)
    return Matched(known, {"no_place": int(missing.sum())}, checks.faults)


def with_answers(places: gpd.GeoDataFrame, checklist: pd.DataFrame | None) -> gpd.GeoDataFrame:
    """Add a column for each requirement: yes, no or unknown; null without a checklist."""
    if checklist is None:
        return places.assign(**dict.fromkeys(REQUIREMENTS, None))
    answers = checklist.set_index("place")[list(REQUIREMENTS)].reindex(places["place"])
    return places.assign(
        **{name: answers[name].fillna(UNKNOWN).to_numpy() for name in REQUIREMENTS}
    )


def counts(points: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Count the contact points by requirement and answer.

    Parameters
    ----------
    points
        Places that are their unit's point, with the answers.
    """
    return {
        (requirement, answer): int((points[requirement] == answer).sum())
        for requirement in REQUIREMENTS
        for answer in ANSWERS
    }
