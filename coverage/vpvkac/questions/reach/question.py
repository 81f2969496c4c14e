"""What is asked of `vpvkac reach`."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal, get_args

from vpvkac.model.options import flag, one_of, whole

Points = Literal["both", "existing", "network"]
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_MOST_MIN = 240


@dataclass(frozen=True)
class Question:
    """What is asked; the options of `vpvkac reach`.

    Parameters
    ----------
    day
        The day of the timetables; None takes the Monday-Friday date with most
        bus visits of all feeds together, the earliest on ties.
    leave, home
        Earliest leaving of home and latest return, ``"HH:MM"``.
    stay
        How long an appointment takes, minutes.
    walk
        The longest walk between home, stop and point, minutes.
    rail
        Whether trains count beside bus, trolleybus and tram.
    points
        ``"existing"``, the open centres; ``"network"``, every contact point of
        the plan, and the open centres; or both.

    Raises
    ------
    ValueError
        If a time is none, a number is out of its range, or the return is not
        after the leaving.
    """

    day: dt.date | None = None
    leave: str = "05:00"
    home: str = "21:00"
    stay: int = 30
    walk: int = 30
    rail: bool = False
    points: Points = "both"

    def __post_init__(self) -> None:
        whole("stay", self.stay, 1)
        whole("walk", self.walk, 0)
        if max(self.stay, self.walk) > _MOST_MIN:
            raise ValueError(f"stay and walk are at most {_MOST_MIN} minutes")
        flag("rail", self.rail)
        one_of("points", self.points, get_args(Points))
        if seconds_of("leave", self.leave) >= seconds_of("home", self.home):
            raise ValueError("home must be after leave")


def seconds_of(name: str, clock: str) -> int:
    """Read a time of day, ``"HH:MM"``, as seconds after midnight."""
    found = _CLOCK.fullmatch(clock) if isinstance(clock, str) else None
    if found is None:
        raise ValueError(f"{name} must be a time HH:MM, not {clock!r}")
    return int(found[1]) * 3600 + int(found[2]) * 60
