"""Following up: the planner's decisions beside the gaps, and how far the network has come.

A decision is open while its unit stands in a gap list of this run, and done once it stands in
none.  No clock is read, so that the same inputs give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.stamp import source_date
from vpvkac.model.tables import TABLES
from vpvkac.sources.plain import DECISIONS
from vpvkac.sources.reference import published_values

if TYPE_CHECKING:
    from vpvkac.model.accounts import Account

# What a gap list shows of the decisions on a gap's unit.
_OF_GAP = ["decision", "decision_place", "responsible", "due", "note"]
OPEN, DONE = "open", "done"
# Stands between several decisions in one cell.
BETWEEN = "; "
_NOTHING = "–"
_WHOLE_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class StateCounts(NamedTuple):
    """How many decisions there are, by state; the overdue ones are open."""

    all: int
    open: int
    overdue: int
    done: int


class National(NamedTuple):
    """Progress of the whole network: units, those with an open point, those without, the share.

    Of the published first wave and the second: the units less the first wave, and
    the units with an open point less the first wave, since data do not tell to
    which wave a centre belongs.  These are None where the units are not those of
    the whole country.
    """

    units: int
    existing: int
    remaining: int
    share: float
    first_wave: int
    second_wave: int | None
    opened: int | None


def reference_day(accounts: Sequence[Account]) -> str | None:
    """Give the day against which a due day is held, ISO; None where no input bears one.

    SOURCE_DATE_EPOCH where it is set, else the newest day that an input bears.
    """
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
    """Say of every decision whether its unit is still a gap: the columns of `follow_up`.

    `lists` are the unit codes of every gap list, by its name; joined by ``+``.
    `overdue`, by the `reference_day`, is null for a decision without a due day or
    where there is no reference day, and false where it is done.
    """
    if decisions is None:
        decisions = pd.DataFrame(columns=list(DECISIONS), dtype=str).astype({"row": "int64"})
    of_unit = pd.DataFrame(units[["unit", "unit_name", "municipality", "municipality_name"]])
    table = decisions.merge(of_unit, on="unit", how="left", validate="many_to_one")
    names = places.set_index("place")["name"].reindex(table["place"])
    table["place_name"] = names.astype(object).fillna("").astype(str).to_numpy()
    in_lists = pd.DataFrame({name: table["unit"].isin(codes) for name, codes in lists.items()})
    table["lists"] = ["+".join(in_lists.columns[row]) for row in in_lists.to_numpy(bool)]
    is_open = table["lists"] != ""
    table["state"] = np.where(is_open, OPEN, DONE)
    passed = is_open & (table["due"] < (reference or ""))
    known = (table["due"] != "") & (reference is not None)
    table["overdue"] = passed.astype("boolean").mask(~known)
    return table.sort_values("row", ignore_index=True)[list(TABLES["follow_up"].names)]


def decisions_for_gaps(followed: pd.DataFrame, units: pd.Series) -> pd.DataFrame:
    """Give what a gap list shows of the decisions on each gap's unit, by the index of the units.

    Texts, empty where nothing is decided.  Several decisions on a unit stand
    in one cell, by due day and then by row, joined by a semicolon; a dash
    keeps the place of what one of them lacks.
    """
    ordered = by_due(followed).rename(columns={"place": "decision_place"})
    texts, unit = ordered[_OF_GAP].astype(object), ordered["unit"]
    is_given = (texts != "").groupby(unit).any()
    joined = texts.mask(texts == "", _NOTHING).groupby(unit).agg(BETWEEN.join).where(is_given, "")
    decided = joined.reindex(units).astype(object).fillna("").astype(str)
    return decided.set_index(units.index)


def by_due(followed: pd.DataFrame) -> pd.DataFrame:
    """Order decisions by due day, those without one last, then by row."""
    due = followed["due"].mask(followed["due"] == "")
    order = followed.assign(due=due).sort_values(["due", "row"], na_position="last").index
    return followed.loc[order]


def count_in(followed: pd.DataFrame, municipalities: pd.Series, state: str = "") -> pd.Series:
    """Count the decisions on units of each municipality, of one state or of both."""
    of_state = followed[followed["state"].isin([state] if state else [OPEN, DONE])]
    counts = of_state["municipality"].value_counts()
    return municipalities.map(counts).fillna(0).astype("int64")


def count_states(followed: pd.DataFrame) -> StateCounts:
    """Count the decisions by what became of them."""
    is_open = followed["state"] == OPEN
    overdue = followed["overdue"].fillna(value=False).astype(bool)
    return StateCounts(len(followed), int(is_open.sum()), int(overdue.sum()), int((~is_open).sum()))


def progress(municipalities: pd.DataFrame, followed: pd.DataFrame) -> pd.DataFrame:
    """Lay out how far each municipality has come: the columns of `progress`.

    Of `municipalities` without rows where no list of centres is given.
    """
    table = municipalities.reset_index(drop=True)
    table["existing_share"] = table["units_existing"] / table["units"]
    table["remaining"] = table["units"] - table["units_existing"]
    for state in (OPEN, DONE):
        table[f"decisions_{state}"] = count_in(followed, table["municipality"], state)
    return table[list(TABLES["progress"].names)]


def national_progress(table: pd.DataFrame) -> National | None:
    """Sum the progress of all municipalities; None where it is not known."""
    if len(table) == 0:
        return None
    units, existing = int(table["units"].sum()), int(table["units_existing"].sum())
    published = published_values()
    first = int(published["first_wave"])
    is_whole = units in {published["units"], published["units_2023"]}
    waves = (units - first, max(existing - first, 0)) if is_whole else (None, None)
    return National(units, existing, units - existing, existing / units, first, *waves)
