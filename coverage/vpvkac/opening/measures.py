"""Figures of typical weeks: hours, lunch, early, evening, Saturday (DESIGN.md, `hours`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.opening.demand import intensity_share

if TYPE_CHECKING:
    from numpy.typing import NDArray

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


def measured(minutes: NDArray[np.bool_]) -> pd.DataFrame:
    """Measure typical weeks.

    Parameters
    ----------
    minutes
        Whether open, minute by minute: shape (n, 7, 1440), Monday first.

    Returns
    -------
    figures
        One row each: `weekly_h`; `lunch_closed` and `lunch_days`, Monday to
        Friday; `early` (open the whole of 8-9 on all five working days) and
        `early_days`; `evening` (any time after 17 on a working day) and
        `evening_days`; `late_days` (open the whole of 18-19); `saturday`;
        `friday_until_14` (open on Friday and closed from 14 on);
        `intensity_share`; `lunch_mo_th`, lunches from Monday to Thursday.
    """
    hours = open_hours(minutes)
    working = minutes[:, :WORKDAYS]
    lunch = closes_at_lunch(working)
    early = hours[:, :WORKDAYS, EARLY] == 1
    evening = working[:, :, EVENING_FROM:].any(axis=2)
    on_friday = np.any(minutes[:, FRIDAY], axis=1)
    later_on_friday = np.any(minutes[:, FRIDAY, FRIDAY_END:], axis=1)
    figures = {
        "weekly_h": minutes.sum(axis=(1, 2)) / 60,
        "lunch_closed": lunch.any(axis=1),
        "early": early.all(axis=1),
        "evening": np.any(evening, axis=1),
        "saturday": np.any(minutes[:, SATURDAY], axis=1),
        "intensity_share": intensity_share(hours),
        "lunch_days": lunch.sum(axis=1),
        "early_days": early.sum(axis=1),
        "evening_days": evening.sum(axis=1),
        "late_days": (hours[:, :WORKDAYS, LATE] == 1).sum(axis=1),
        "friday_until_14": on_friday & ~later_on_friday,
        "lunch_mo_th": lunch[:, :FRIDAY].sum(axis=1),
    }
    return pd.DataFrame(figures)


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
