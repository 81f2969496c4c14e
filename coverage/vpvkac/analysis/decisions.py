"""Following up: decisions beside the gaps that they are about, and progress by municipality."""

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


_FROM_MUNICIPALITIES = [
    "municipality", "municipality_name", "units", "units_existing", "units_announced",
    "units_planned", "units_none",
]  # fmt: skip


class Plan(NamedTuple):
    """The published plan: points of its two waves."""

    first_wave: int
    second_wave: int


class National(NamedTuple):
    """Progress of the whole network.

    Parameters
    ----------
    units, existing, remaining
        Units of the layout, those with an open point, those without.
    share
        Of the units that have one, 0-1.
    first_wave
        Published number of first-wave centres.
    second_wave, opened
        Points of the second wave, the units less the first wave; and how
        many are open, the units with an open point less the first wave.
        None where the units are not those of the whole country.
    """

    units: int
    existing: int
    remaining: int
    share: float
    first_wave: int
    second_wave: int | None
    opened: int | None


def progress(municipalities: pd.DataFrame, followed: pd.DataFrame) -> pd.DataFrame:
    """Lay out how far each municipality has come.

    Parameters
    ----------
    municipalities
        `cover.cover_municipalities`; empty where no list of centres is given.
    followed
        `following.follow_up`.

    Returns
    -------
    progress
        Columns of `progress`, by municipality.
    """
    table = municipalities[_FROM_MUNICIPALITIES].reset_index(drop=True)
    table["existing_share"] = table["units_existing"] / table["units"]
    table["remaining"] = table["units"] - table["units_existing"]
    for state in (OPEN, DONE):
        table[f"decisions_{state}"] = count_in(followed, table["municipality"], state)
    return table[list(TABLES["progress"].names)]


def published_plan() -> Plan:
    """Give the published numbers of points (`data/reference/published.toml`)."""
    figures = published_values()
    return Plan(int(figures["first_wave"]), int(figures["second_wave"]))


def national_progress(table: pd.DataFrame) -> National | None:
    """Sum the progress of all municipalities; None where it is not known."""
    if len(table) == 0:
        return None
    units, existing = int(table["units"].sum()), int(table["units_existing"].sum())
    first = published_plan().first_wave
    whole = units in {published_values()["units"], published_values()["units_2023"]}
    return National(
        units,
        existing,
        units - existing,
        existing / units,
        first,
        units - first if whole else None,
        max(existing - first, 0) if whole else None,
    )
