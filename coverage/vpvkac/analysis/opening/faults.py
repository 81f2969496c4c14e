"""What is wrong with opening hours as published, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.analysis.opening.weeks import REFERENCE_MONDAY, Week, read_week
from vpvkac.model.faults import Fault
from vpvkac.texts.message import Text

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.model.project import Input

# Behind what is wrong may stand the first place that has such hours.
_BAD = Text(
    "nav OSM opening_hours pierakstā vai ir saprotams divējādi{}; rādītāji nav aprēķināti",
    "is not in OSM opening_hours syntax or can be read in two ways{}; nothing is computed from it",
)
_BAD_REMEDY = Text(
    'rakstiet, piemēram, "Mo-Th 08:30-12:00,12:30-17:00; Fr 08:00-14:00"',
    'write "Mo-Th 08:30-12:00,12:30-17:00; Fr 08:00-14:00", say',
)
_DOUBTFUL = Text(
    "daļēji nav nosakāms{}; {}par atvērtu ieskaitīts tikai droši zināmais laiks",
    "cannot be told in part{}; {}only what is sure counts as open",
)
_A_WEEK = Text("nedēļā ir no {} līdz {} h, ", "it is {} to {} h a week, and ")
FIRST_PLACE = Text(" (pirmā vieta: {})", " (first place: {})")
_NOTHING = Text("", "")
_DOUBTFUL_REMEDY = Text("pārbaudiet darba laiku", "check the hours")


def faults_of_list(records: pd.DataFrame, source: Input) -> list[Fault]:
    """Warn once of each string of a list that cannot be used, or only in part.

    Parameters
    ----------
    records
        What a reader gave, `sources.records.COLUMNS`.
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
        return Text(_BAD.lv.format(place.lv), _BAD.en.format(place.en)), _BAD_REMEDY
    if not week.doubtful:
        return None
    band = _NOTHING
    if with_band:
        limits = [f"{week.least:g}", f"{week.most:g}"]
        commas = [limit.replace(".", ",") for limit in limits]
        band = Text(_A_WEEK.lv.format(*commas), _A_WEEK.en.format(*limits))
    problem = Text(
        *(said.format(*more) for said, *more in zip(_DOUBTFUL, place, band, strict=True))
    )
    return problem, _DOUBTFUL_REMEDY
