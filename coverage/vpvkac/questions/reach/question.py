"""What is asked of `vpvkac reach`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

from vpvkac.analysis.opening import read_week
from vpvkac.model.faults import InputError
from vpvkac.model.options import OptionError
from vpvkac.model.project import REACH
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.project import Project

Points = Literal["both", "existing", "network"]
# Any Monday of a year whose public holidays are known.
_A_MONDAY = dt.date(2024, 10, 7)


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
        How long an appointment takes, minutes, 1 to 240.
    walk
        The longest walk between home, stop and point, minutes, 0 to 240.
    rail
        Whether trains count beside bus, trolleybus and tram.
    points
        ``"existing"``, the open centres; ``"network"``, every contact point of
        the plan, and the open centres; or both.
    assumed_hours
        The hours of a point whose own are not known.

    Raises
    ------
    ValueError
        If a value is not of its form or out of its range, the return is not
        after the leaving, or the hours are none.
    """

    day: dt.date | None = None
    leave: str = "05:00"
    home: str = "21:00"
    stay: int = 30
    walk: int = 30
    rail: bool = False
    points: Points = "both"
    assumed_hours: str = "Mo-Fr 09:00-17:00"

    def __post_init__(self) -> None:
        for field in fields(self):
            checked = REACH[field.name](field.name, getattr(self, field.name))
            object.__setattr__(self, field.name, checked)
        if self.leave >= self.home:
            remedy = Message("must be after {}").with_values(self.leave)
            raise OptionError("home", self.home, Message("is too early"), remedy)
        if read_week(self.assumed_hours, _A_MONDAY) is None:
            problem = Message("cannot be understood as opening hours")
            remedy = Message('write "Mo-Fr 09:00-17:00"')
            raise OptionError("assumed_hours", self.assumed_hours, problem, remedy)


def question_of(project: Project, asked: dict[str, Any]) -> Question:
    """Join what is asked, None where nothing is, with what the project sets.

    Raises an `InputError` where what the project sets cannot stand together, an `OptionError`
    where what is asked cannot.
    """
    set_ = project.reach or {}
    try:
        Question(**set_)
    except OptionError as error:
        where = f"reach.{error.name}"
        raise InputError.of(
            str(project.path), error.problem, error.remedy, field=where, value=str(error.value)
        ) from None
    given = {name: value for name, value in asked.items() if value is not None}
    return Question(**{**set_, **given})


def seconds_of(clock: str) -> int:
    """Give the seconds after midnight of a time of day, ``"HH:MM"``."""
    hour, minute = clock.split(":")
    return int(hour) * 3600 + int(minute) * 60
