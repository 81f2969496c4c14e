"""Figures of typical weeks: hours, lunch, early, evening, Saturday (DESIGN.md, `hours`).

The demand by hour is table 14 of the analysis: services per open centre hour.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.sources.reference import reference_file
from vpvkac.texts.message import Bilingual, Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

WORKDAYS = 5
SATURDAY = 5
EARLY, LATE = 8, 18
EVENING_FROM = 17 * 60
FRIDAY, FRIDAY_END = 4, 14 * 60
LUNCH_FROM, LUNCH_UNTIL = 11 * 60, 15 * 60


def hourly_shares(minutes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the open fraction of each hour: (n, 7, 1440) minutes to (n, 7, 24)."""
    fractions: NDArray[np.float64] = minutes.reshape(*minutes.shape[:2], 24, 60).mean(axis=3)
    return fractions


def measure_weeks(
    minutes: NDArray[np.bool_], unknown: NDArray[np.bool_] | None = None
) -> pd.DataFrame:
    """Measure typical weeks.

    Parameters
    ----------
    minutes
        Whether surely open, minute by minute: shape (n, 7, 1440), Monday first.
    unknown
        Whether it is not known, same shape; None where it always is.

    Returns
    -------
    figures
        One row each: `weekly_h`; `lunch_closed` and `lunch_days`, Monday to
        Friday; `early` (open the whole of 8-9 on all five working days) and
        `early_days`; `evening` (any time after 17 on a working day) and
        `evening_days`; `late` (open the whole of 18-19 on a working day) and
        `late_days`; `saturday`; `friday_until_14` (open on Friday and closed
        from 14 on); `intensity_share`; `lunch_mo_th`, lunches from Monday to
        Thursday.  Hours, days and the share count what is surely open; a flag
        that hangs on unknown minutes is null.
    """
    doubtful = np.zeros_like(minutes) if unknown is None else unknown
    sure, possible = _marks(minutes), _marks(minutes | doubtful)
    lunch = closes_at_lunch(minutes[:, :WORKDAYS])
    about_noon = doubtful[:, :WORKDAYS, LUNCH_FROM - 1 : LUNCH_UNTIL + 1].any(axis=2)
    sure_lunch = lunch & ~about_noon

    def on_any_day(name: str) -> pd.arrays.BooleanArray:
        return _flags(sure[name].any(axis=1), possible[name].any(axis=1))

    figures = {
        "weekly_h": minutes.sum(axis=(1, 2)) / 60,
        "lunch_closed": _flags(sure_lunch.any(axis=1), (lunch | about_noon).any(axis=1)),
        "early": _flags(sure["early"].all(axis=1), possible["early"].all(axis=1)),
        "evening": on_any_day("evening"),
        "late": on_any_day("late"),
        "saturday": _flags(sure["saturday"], possible["saturday"]),
        "intensity_share": intensity_share(hourly_shares(minutes)),
        "lunch_days": sure_lunch.sum(axis=1),
        **{f"{name}_days": sure[name].sum(axis=1) for name in ("early", "evening", "late")},
        "friday_until_14": _flags(
            sure["friday"] & ~possible["friday_later"], possible["friday"] & ~sure["friday_later"]
        ),
        "lunch_mo_th": sure_lunch[:, :FRIDAY].sum(axis=1),
    }
    return pd.DataFrame(figures)


def _marks(minutes: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Mark what open minutes make of the days; more minutes never unmake a mark."""
    hours = hourly_shares(minutes)[:, :WORKDAYS]
    return {
        "early": hours[:, :, EARLY] == 1,
        "late": hours[:, :, LATE] == 1,
        "evening": minutes[:, :WORKDAYS, EVENING_FROM:].any(axis=2),
        "saturday": minutes[:, SATURDAY].any(axis=1),
        "friday": minutes[:, FRIDAY].any(axis=1),
        "friday_later": minutes[:, FRIDAY, FRIDAY_END:].any(axis=1),
    }


def _flags(sure: ArrayLike, possible: ArrayLike) -> pd.arrays.BooleanArray:
    """Give the flag where what is sure and what is possible agree; else null."""
    flags = np.asarray(sure, bool)
    return pd.arrays.BooleanArray(flags, flags != np.asarray(possible, bool))


def closes_at_lunch(minutes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell on which days there is a gap between two open spans that lies within 11:00-15:00.

    Parameters
    ----------
    minutes
        Shape (n, days, 1440).

    Returns
    -------
    gap
        Shape (n, days).
    """
    # From the minute before 11:00, whose end is the earliest closing, to the
    # one that begins at 15:00, the latest opening again.
    around = minutes[:, :, LUNCH_FROM - 1 : LUNCH_UNTIL + 1].astype(np.int8)
    turns = np.diff(around, axis=2)
    closes, opens = turns < 0, turns > 0
    first_closing = closes.argmax(axis=2)
    last_opening = turns.shape[2] - 1 - opens[:, :, ::-1].argmax(axis=2)
    gap: NDArray[np.bool_] = closes.any(axis=2) & opens.any(axis=2) & (first_closing < last_opening)
    return gap


@cache
def intensity() -> NDArray[np.float64]:
    """Give the services per open centre hour: shape (7, 24), Monday first, NaN where not known.

    A sum over the weeks of the analysis for a centre that was open then: an
    intensity where open, not a share of demand.  Source: the analysis, table 14.
    """
    values = np.full((7, 24), np.nan)
    for hour, cells in _reference()["table_14"]["hours"].items():
        for day, value in enumerate(cells):
            if value != "":
                values[day, int(hour)] = value
    values.flags.writeable = False
    return values


def intensity_share(open_hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh open hours by the intensity found in them.

    Σ (fraction of the hour open × value) / Σ values, over the cells of table
    14 that have one.  1 is open in every hour of the table.

    Parameters
    ----------
    open_hours
        Fraction of each hour open, shape (n, 7, 24), Monday first.

    Returns
    -------
    share
        0-1, shape (n,).
    """
    values = intensity()
    known = ~np.isnan(values)
    share: NDArray[np.float64] = open_hours[:, known] @ values[known] / values[known].sum()
    # A sum in another order may end a bit above the whole.
    return np.minimum(share, 1.0)


@dataclass(frozen=True)
class PublishedFinding:
    """A finding of the analysis on opening hours; `count` and `of` are None without a number."""

    text: Text
    count: int | None
    of: int | None


@cache
def published_findings() -> Mapping[str, PublishedFinding]:
    """Give what the analysis found, by the check of ours that it is compared with."""
    return {
        check: PublishedFinding(
            Bilingual(entry["lv"], entry["en"]), entry.get("count"), entry.get("of")
        )
        for check, entry in _reference()["found"].items()
    }


@cache
def _reference() -> dict[str, Any]:
    return tomllib.loads(reference_file("hours.toml").read_text(encoding="utf-8"))
