"""What the counts of gaps are made of, in words, where a reader meets two that differ."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from vpvkac.texts.formats import number, threshold
from vpvkac.texts.message import Lang, Message

_ACCESS = Message(
    "In the list: points beyond {threshold}: {beyond}; points within {threshold} to be verified: "
    "{unsure}; existing centres that are not their unit's point: {others}."
)
_LISTED = Message(
    "Access gaps: {access}; a stop near, but few buses: {service}; no point: {coverage}."
)
_DECIDED = Message(
    "One gap may have several decisions. Gaps with a decision: points: {points}; units with no "
    "point: {units}."
)


class Listed(NamedTuple):
    """How many gaps the three lists hold, a place that stands in two counted once."""

    access: int
    service: int
    coverage: int


def listed(access: pd.DataFrame, service: pd.DataFrame, coverage: pd.DataFrame) -> Listed:
    """Count the gaps of the lists."""
    rare = set(service["place"]) - set(access["place"])
    return Listed(len(access), len(rare), len(coverage))


def listed_said(lang: Lang, count: Listed) -> str:
    """Say what the number of all gaps is the sum of."""
    told = {name: number(lang, value) for name, value in count._asdict().items()}
    return _LISTED.text(lang).format(**told)


def access_said(lang: Lang, gaps: pd.DataFrame, network: pd.DataFrame, threshold_m: float) -> str:
    """Say what a list of access gaps holds beside the points beyond the threshold.

    Parameters
    ----------
    gaps
        `gaps.ACCESS_COLUMNS`.
    network
        Contact points, with `place`.

    Returns
    -------
    sentence
        Empty where the list holds these points alone.
    """
    is_point = gaps["place"].isin(network["place"])
    beyond = gaps["distance_m"] > threshold_m
    counts = {
        "beyond": int((is_point & beyond).sum()),
        "unsure": int((is_point & ~beyond).sum()),
        "others": int((~is_point).sum()),
    }
    if counts["beyond"] == len(gaps):
        return ""
    told = {name: number(lang, value) for name, value in counts.items()}
    return _ACCESS.text(lang).format(threshold=threshold(lang, threshold_m), **told)


def decided(access: pd.DataFrame, service: pd.DataFrame, coverage: pd.DataFrame) -> tuple[int, int]:
    """Count the points with a gap, and the units with none, that a decision is about."""
    columns = ["place", "decision"]
    points = pd.concat([access[columns], service[columns]]).drop_duplicates("place")
    return int((points["decision"] != "").sum()), int((coverage["decision"] != "").sum())


def decided_said(lang: Lang, points: int, units: int) -> str:
    """Say how many gaps the decisions are about."""
    return _DECIDED.text(lang).format(points=number(lang, points), units=number(lang, units))
