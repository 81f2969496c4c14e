"""What is wrong with opening hours as published, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.analysis.opening.weeks import REFERENCE_MONDAY, Week, read_week
from vpvkac.model.faults import Fault
from vpvkac.texts.message import Bilingual, Message, Text

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.model.project import Input

# Behind what is wrong may stand the first place that has such hours.
_BAD = Message(
    "is not in OSM opening_hours syntax or can be read in two ways{}; nothing is computed from it"
)
_BAD_REMEDY = Message('write "Mo-Th 08:30-12:00,12:30-17:00; Fr 08:00-14:00", say')
_DOUBTFUL = Message("cannot be told in part{}; {}only what is sure counts as open")
_A_WEEK = Message("it is {} to {} h a week, and ")
FIRST_PLACE = Message(" (first place: {})")
_NOTHING = Bilingual("", "")
_DOUBTFUL_REMEDY = Message("check the hours")


def faults_of_list(records: pd.DataFrame, source: Input) -> list[Fault]:
    """Warn once of each string of a list that cannot be used, or only in part.

    Parameters
    ----------
    records
        What a reader gave, `sources.base.COLUMNS`.
    source
        The list.

    Returns
    -------
    faults
        With the row of the first that has it.
    """
    field = source.columns.get("hours", "hours")
    found = records[records["hours"] != ""].groupby("hours", sort=False)["row"]
    told = []
    for text, row, alike in found.agg(["first", "size"]).itertuples():
        said = problem_of(read_week(text, REFERENCE_MONDAY), _NOTHING, with_band=False)
        if said is not None:
            told.append(Fault("warning", source.shown, *said, row or None, field, text, alike))
    return told


def problem_of(week: Week | None, place: Text, *, with_band: bool) -> tuple[Text, Text] | None:
    """Say what is wrong with hours and what to do; None if nothing is."""
    if week is None:
        return _BAD.with_values(place), _BAD_REMEDY
    if not week.doubtful:
        return None
    band: Text = _NOTHING
    if with_band:
        limits = [f"{week.least:g}", f"{week.most:g}"]
        band = _A_WEEK.with_values(*(Bilingual(limit.replace(".", ","), limit) for limit in limits))
    return _DOUBTFUL.with_values(place, band), _DOUBTFUL_REMEDY
