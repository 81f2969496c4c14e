"""Decisions: what a planner has decided on gaps, in a CSV beside the project file.

Columns `unit,decision,place,responsible,due,note`, kept by hand, often in a
Latvian Excel: commas or semicolons, UTF-8 or Windows-1257, days as
``2027-06-30`` or ``30.06.2027``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.model.territory import NONE, Territory
from vpvkac.sources.base import Reading
from vpvkac.sources.checks import NOT_IN_WHERE, Checks, select_rows
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.faults import Fault
    from vpvkac.model.project import Input

TEXTS = ("unit", "decision", "place", "responsible", "due", "note")
COLUMNS = (*TEXTS, "row")
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LATVIAN = r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})\.?"


def read_decisions(source: Input) -> Reading:
    """Read the decisions; a unit may have several.

    Returns
    -------
    reading
        Table of `COLUMNS`, texts as written but `due`, which is an ISO date
        or empty; `row` is the physical line.  Dropped: `blank`,
        `not_in_where`.
        Errors: `unit` is empty or no code of a unit, `decision` is empty,
        `due` is no date.  A file in Windows-1257 is warned of.

    Raises
    ------
    InputError
        If the file is not of its form.
    """
    required = list(dict.fromkeys((*TEXTS, *source.where)))
    read = read_records(source.path, source.shown, required=required)
    checks = Checks(source.shown, read.lines)
    keep = select_rows(checks, read.table, source.where)
    table, checks.lines = read.table[keep].reset_index(drop=True), checks.lines[keep]
    checks.filled(table["unit"], field="unit")
    units = checks.unit_codes(table["unit"], field="unit")
    checks.filled(table["decision"], field="decision")
    due = _days(checks, table["due"])
    found = table[list(TEXTS)].assign(unit=units, due=due, row=checks.lines)
    dropped = {"blank": read.blank, NOT_IN_WHERE: int(np.sum(~keep))}
    return Reading(found, len(keep) + read.blank, dropped, [*read.faults, *checks.faults])


def _days(checks: Checks, texts: pd.Series) -> pd.Series:
    """Read days written in either way as ISO dates; empty where not given or not a day."""
    latvian = texts.str.replace(f"^{_LATVIAN}$", r"\3-\2-\1", regex=True)
    plain = latvian.where(texts.str.fullmatch(f"{_ISO}|{_LATVIAN}"))
    days = pd.to_datetime(plain, format="%Y-%m-%d", errors="coerce")
    checks.refuse(
        (texts != "") & days.isna(),
        Message("is not a date"),
        Message("write 2027-06-30 or 30.06.2027"),
        field="due",
        values=texts,
    )
    return days.dt.strftime("%Y-%m-%d").fillna("").astype(str)


def unknown_in_decisions(
    decisions: pd.DataFrame, territory: Territory, places: Iterable[str], shown: str
) -> list[Fault]:
    """Refuse units that the layout does not know; warn of places that no list has.

    Parameters
    ----------
    decisions
        `sources.decisions.COLUMNS`.
    places
        Keys of all places.
    shown
        The file's name as faults say it.
    """
    checks = Checks(shown, decisions["row"])
    units, named = decisions["unit"], decisions["place"]
    checks.refuse(
        territory.coded(units) == NONE,
        Message("is no unit of this layout"),
        Message("check the code, or give another --layout"),
        field="unit",
        values=units,
    )
    checks.warn(
        (named != "") & ~named.isin(list(places)),
        Message("is in no list of places"),
        Message("check the key (places.csv)"),
        field="place",
        values=named,
    )
    return checks.faults
