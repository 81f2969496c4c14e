"""Sentences on one unit's change: what stood there, what stands there, and what made the change."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.questions.compare import wording
from vpvkac.texts import words
from vpvkac.texts.formats import length, threshold

if TYPE_CHECKING:
    from vpvkac.questions.compare.side import Run
    from vpvkac.texts.message import Lang

    Row = Mapping[Hashable, Any]


def side_text(row: Row, side: str, run: Run, lang: Lang) -> str:
    """Say what a unit has on one side: status, place and distance."""
    status = row[f"status_{side}"]
    if status == "":
        return wording.ABSENT.text(lang)
    if status == "none":
        return wording.NO_POINT.text(lang)
    parts = [words.STATUSES[status].text(lang), row[f"place_name_{side}"]]
    if pd.notna(row[f"distance_{side}"]):
        parts.append(_metres(row, side, run, lang))
    if row[f"uncertain_{side}"] is True:
        parts.append(wording.TO_VERIFY.text(lang))
    return ", ".join(parts)


def reason(row: Row, a: Run, b: Run, names: Mapping[str, str], lang: Lang) -> str:
    """Say in a sentence what changed about a unit.

    Parameters
    ----------
    row
        One row of `changes.unit_changes`.
    a, b
        The runs.
    names
        Name of every unit of either run, by code.
    """
    change = row["change"]
    if change in {"new_unit", "gone_unit"} and not row["counterparts"]:
        return wording.NO_COUNTERPART.text(lang)
    sentence = wording.REASON.get(change, wording.BY_CAUSE[row["cause"]])
    return sentence.text(lang).format(
        place_a=row["place_name_a"],
        place_b=row["place_name_b"],
        stop_a=row["stop_name_a"],
        stop_b=row["stop_name_b"],
        metres_a=_metres(row, "a", a, lang),
        metres_b=_metres(row, "b", b, lang),
        threshold_a=threshold(lang, a.threshold_m),
        threshold_b=threshold(lang, b.threshold_m),
        moved="" if pd.isna(row["moved_m"]) else length(lang, row["moved_m"]),
        counterparts=", ".join(names.get(code, code) for code in row["counterparts"].split()),
    )


def _metres(row: Row, side: str, run: Run, lang: Lang) -> str:
    value = row[f"distance_{side}"]
    if pd.isna(value):
        return wording.UNKNOWN.text(lang)
    return run.distance(row["unit"], value).text(lang)
