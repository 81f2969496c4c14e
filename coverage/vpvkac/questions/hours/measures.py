"""Figures of typical weeks: hours, lunch, early, evening, Saturday (DESIGN.md, `hours`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.questions.hours.demand import intensity_share

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

WORKDAYS = 5
SATURDAY = 5
EARLY, LATE = 8, 18
EVENING_FROM = 17 * 60
FRIDAY, FRIDAY_END = 4, 14 * 60
LUNCH_FROM, LUNCH_UNTIL = 11 * 60, 15 * 60


def open_hours(minutes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the open fraction of each hour: (n, 7, 1440) minutes to (n, 7, 24)."""
    fractions: NDArray[np.float64] = minutes.reshape(*minutes.shape[:2], 24, 60).mean(axis=3)
    return fractions


def measured(minutes: NDArray[np.bool_], unknown: NDArray[np.bool_] | None = None) -> pd.DataFrame:
    """Measure typical weeks.

    Parameters
    ----------
    minutes
        Whether surely open, minute by minute: shape (n, 7, 1440), Monday first.
    unknown
        Whether it cannot be told, same shape; None where it always can.

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
    early, late, evening = (sure[name].sum(axis=1) for name in ("early", "late", "evening"))
    figures = {
        "weekly_h": minutes.sum(axis=(1, 2)) / 60,
        "lunch_closed": _told((lunch & ~about_noon).any(axis=1), (lunch | about_noon).any(axis=1)),
        "early": _told(sure["early"].all(axis=1), possible["early"].all(axis=1)),
        "evening": _told(sure["evening"].any(axis=1), possible["evening"].any(axis=1)),
        "late": _told(sure["late"].any(axis=1), possible["late"].any(axis=1)),
        "saturday": _told(sure["saturday"], possible["saturday"]),
        "intensity_share": intensity_share(open_hours(minutes)),
        "lunch_days": (lunch & ~about_noon).sum(axis=1),
        "early_days": early,
        "evening_days": evening,
        "late_days": late,
        "friday_until_14": _told(
            sure["friday"] & ~possible["friday_later"], possible["friday"] & ~sure["friday_later"]
        ),
        "lunch_mo_th": (lunch & ~about_noon)[:, :FRIDAY].sum(axis=1),
    }
    return pd.DataFrame(figures)


def _marks(minutes: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Tell what open minutes make of the days; more minutes never unmake a mark."""
    hours = open_hours(minutes)[:, :WORKDAYS]
    return {
        "early": hours[:, :, EARLY] == 1,
        "late": hours[:, :, LATE] == 1,
        "evening": minutes[:, :WORKDAYS, EVENING_FROM:].any(axis=2),
        "saturday": minutes[:, SATURDAY].any(axis=1),
        "friday": minutes[:, FRIDAY].any(axis=1),
        "friday_later": minutes[:, FRIDAY, FRIDAY_END:].any(axis=1),
    }


def _told(sure: ArrayLike, possible: ArrayLike) -> pd.arrays.BooleanArray:
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
