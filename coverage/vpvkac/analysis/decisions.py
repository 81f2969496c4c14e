"""Following up: the planner's decisions beside the gaps that they are about.

A decision is *open* while its unit stands in a gap list, and *done* once it
stands in none: the program looks at the gaps of this run alone, and knows
nothing of earlier ones.  A unit is a gap if it is in the list of access gaps,
of points rarely served or of coverage gaps, or is itself a municipality
without an open centre.

No clock is read, so that the same inputs give the same bytes.  Whether a
decision is overdue is told by the *reference day*: SOURCE_DATE_EPOCH where it
is set, else the newest day that an input bears.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.epoch import source_date
from vpvkac.model.tables import TABLES
from vpvkac.sources.plain import DECISIONS

if TYPE_CHECKING:
    from vpvkac.model.accounts import Account

# What a gap list shows of the decisions on a gap's unit.
GAP_COLUMNS = ("decision", "decision_place", "responsible", "due", "note")
OPEN, DONE = "open", "done"
# Stands between several decisions in one cell.
BETWEEN = "; "
_NOTHING = "–"
_OF_UNIT = ["unit_name", "municipality", "municipality_name"]
_WHOLE_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class StateCounts(NamedTuple):
    """How many decisions there are, by state; the overdue ones are open."""

    all: int
    open: int
    overdue: int
    done: int


def reference_day(accounts: Sequence[Account]) -> str | None:
    """Give the day against which a due day is held, ISO; None where no input bears one."""
    moment = source_date()
    if moment is not None:
        return moment.date().isoformat()
    dates = (account.source.date for account in accounts)
    return max((date for date in dates if date and _WHOLE_DAY.fullmatch(date)), default=None)


def follow_up(
    decisions: pd.DataFrame | None,
    units: pd.DataFrame,
    places: pd.DataFrame,
    lists: Mapping[str, pd.Series],
    reference: str | None,
) -> pd.DataFrame:
    """Say of every decision whether its unit is still a gap.

    Parameters
    ----------
    decisions
        `sources.plain.DECISIONS`; None where not given.
    units, places
        The tables of the run.
    lists
        Unit codes of every gap list, by the name of the list.
    reference
        `reference_day`; None tells of no decision that it is overdue.

    Returns
    -------
    followed
        Columns of `follow_up`, a row per decision, by `row`.  `state` is open or done;
        `lists` names the gap lists that the unit is in, joined by ``+``;
        `overdue` is null for a decision without a due day or where there is
        no reference day, and false where it is done.
    """
    if decisions is None:
        decisions = pd.DataFrame(columns=list(DECISIONS), dtype=str).astype({"row": "int64"})
    of_unit = pd.DataFrame(units[["unit", *_OF_UNIT]])
    found = decisions.merge(of_unit, on="unit", how="left", validate="many_to_one")
    named = places.set_index("place")["name"].reindex(found["place"])
    found["place_name"] = named.astype(object).fillna("").astype(str).to_numpy()
    held = pd.DataFrame({name: found["unit"].isin(codes) for name, codes in lists.items()})
    found["lists"] = ["+".join(held.columns[row]) for row in held.to_numpy(bool)]
    is_open = found["lists"] != ""
    found["state"] = np.where(is_open, OPEN, DONE)
    passed = is_open & (found["due"] < (reference or ""))
    known = (found["due"] != "") & (reference is not None)
    found["overdue"] = passed.astype("boolean").mask(~known)
    return found.sort_values("row", ignore_index=True)[list(TABLES["follow_up"].names)]


def decisions_for_gaps(followed: pd.DataFrame, units: pd.Series) -> pd.DataFrame:
    """Give what a gap list shows of the decisions on each gap's unit.

    Several decisions on a unit stand in one cell, by due day and then by row,
    joined by a semicolon; a dash keeps the place of what one of them lacks.

    Parameters
    ----------
    units
        Unit codes of the gaps.

    Returns
    -------
    decided
        `GAP_COLUMNS` as texts, empty where nothing is decided; index of `units`.
    """
    ordered = by_due(followed).rename(columns={"place": "decision_place"})
    texts, unit = ordered[list(GAP_COLUMNS)].astype(object), ordered["unit"]
    is_said = (texts != "").groupby(unit).any()
    joined = texts.mask(texts == "", _NOTHING).groupby(unit).agg(BETWEEN.join).where(is_said, "")
    decided = joined.reindex(units).astype(object).fillna("").astype(str)
    return decided.set_index(units.index)


def by_due(followed: pd.DataFrame) -> pd.DataFrame:
    """Order decisions by due day, those without one last, then by row."""
    due = followed["due"].mask(followed["due"] == "")
    return (
        followed.assign(_due=due)
        .sort_values(["_due", "row"], na_position="last")
        .drop(columns="_due")
    )


def count_in(followed: pd.DataFrame, municipalities: pd.Series, state: str = "") -> pd.Series:
    """Count the decisions on units of each municipality, of one state or of both."""
    counted = followed if state == "" else followed[followed["state"] == state]
    counts = counted["municipality"].value_counts()
    return municipalities.map(counts).fillna(0).astype("int64")


def count_states(followed: pd.DataFrame) -> StateCounts:
    """Count the decisions by what became of them."""
    is_open = followed["state"] == OPEN
    overdue = followed["overdue"].fillna(value=False).astype(bool)
    return StateCounts(len(followed), int(is_open.sum()), int(overdue.sum()), int((~is_open).sum()))
