"""Which days a rule's selectors name: the calendar is that of opening-hours-py.

Only selectors that it reads as the specification does are asked of it, a day
at a time.  Not asked: dates that no year has (it takes every day for
`Feb 30`), holidays of a weekday (`PH Mo-Fr`: it takes either for both), and
school holidays, of which it has no calendar.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from opening_hours import OpeningHours, validate

if TYPE_CHECKING:
    from numpy.typing import NDArray

COUNTRY = "LV"
# The years whose public holidays the package knows.
FIRST_YEAR, LAST_YEAR = 2000, 2076
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_LEAP_YEAR, _WEEKS_OF_YEAR = 2024, 53
_DAY_OF_WEEK = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_NTH = r"(?:\[-?[1-5](?:-[1-5])?(?:,-?[1-5](?:-[1-5])?)*\](?: ?[+-][0-9]+ days?)?)"
_WEEKDAY = rf"{_DAY_OF_WEEK}(?:{_NTH}|-{_DAY_OF_WEEK})?"
_HOLIDAY = r"(?:PH(?: ?[+-][0-9]+ days?)?|SH)"
_LISTED = rf"(?:{_WEEKDAY}|{_HOLIDAY})"
_MONTH = "|".join(_MONTHS)
_YEARS = r"[0-9]{4}(?:-[0-9]{4}(?:/[0-9]+)?|\+)?"
_WEEKS = r"week ?[0-9]{1,2}(?:-[0-9]{1,2}(?:/[0-9]+)?)?(?:,[0-9]{1,2}(?:-[0-9]{1,2}(?:/[0-9]+)?)?)*"
_DATE = rf"(?:[0-9]{{4}} )?(?:(?:{_MONTH})(?: [0-9]{{1,2}})?|easter)(?: ?[+-][0-9]+ days?)?"
_NTH_DATE = rf"(?:[0-9]{{4}} )?(?:{_MONTH}) {_DAY_OF_WEEK}\[-?[1-5]\]"
_DATES = rf"(?:{_DATE}(?:-(?:{_DATE}|[0-9]{{1,2}}))?|{_NTH_DATE}-{_NTH_DATE})"
_WIDE = re.compile(
    rf"(?:(?:{_YEARS})(?:,{_YEARS})*(?= |$))?(?: ?{_DATES}(?:,{_DATES})*)?(?: ?{_WEEKS})?"
)
# A span of dates whose last weekday was taken for the rule's: "Jan Su[-1]-Mar" and "Su[1]".
_CUT = re.compile(rf"\]-(?:{_MONTH})$")
_WEEK_NUMBERS = re.compile(r"week ?([0-9,/-]+)")
_SMALL = re.compile(
    rf"(?P<wide>.*?) ?(?P<days>(?:{_HOLIDAY}(?:,{_HOLIDAY})* )?{_LISTED}(?:,{_LISTED})*)?"
)
_HOLIDAYS_FIRST = re.compile(rf"({_HOLIDAY}(?:,{_HOLIDAY})*) ({_WEEKDAY}(?:,{_WEEKDAY})*)")
_MONTH_DAY = re.compile(rf"\b({_MONTH}) ([0-9]{{1,2}})(?![0-9:])")
_MORE_DAYS = re.compile(rf"\b({_MONTH}) ([0-9]{{1,2}}(?:-[0-9]{{1,2}})?),([0-9]{{1,2}})(?![0-9:])")
_WORDS = {
    word.lower(): word
    for word in (*_MONTHS, "Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH", "SH", "week", "easter")
}


class Selector(NamedTuple):
    """Days as written, in the parts that are asked one by one; a day is named by all of them.

    Parameters
    ----------
    parts
        What opening-hours-py is asked, one by one.
    school
        The same for a day that is a school holiday.
    never
        Whether no day but a school holiday is named.
    """

    parts: tuple[str, ...]
    school: tuple[str, ...]
    never: bool = False


@cache
def read_selector(days: str) -> Selector | None:
    """Read day selectors; None where they are not in the syntax.

    Parameters
    ----------
    days
        `Mo-Fr`, `Oct 01-May 31 Sa`, `PH`, `week 1-53/2 Mo`; empty for every day.
    """
    written = _tidied(days)
    if not written:
        return Selector((), ())
    found = _SMALL.fullmatch(written)
    if found is None:
        return None
    wide, small = found["wide"], found["days"] or ""
    if _CUT.search(wide):
        wide, small = written, ""
    if not _is_wide(wide):
        return None
    both = _HOLIDAYS_FIRST.fullmatch(small)
    asked = [both[1], both[2]] if both else [small]
    selector = _selector(wide, asked)
    texts = {*selector.parts, *selector.school}
    return selector if all(map(validate, texts)) else None


def _selector(wide: str, asked: list[str]) -> Selector:
    # Each part is asked alone: together the package takes "Dec Th[1] +1 day" for one date.
    parts, school, never = [wide], [wide], False
    for listed in asked:
        items = re.split(r",(?![^\[]*\])", listed)
        rest = ",".join(item for item in items if item != "SH")
        parts.append(rest)
        if "SH" in items:
            never = never or not rest
        else:
            school.append(rest)
    return Selector(tuple(filter(None, parts)), tuple(filter(None, school)), never)


def named_days(
    selector: Selector, first: dt.date, days: int, *, public: bool, school: bool
) -> NDArray[np.bool_]:
    """Tell which days are named: shape (days,).

    Parameters
    ----------
    public
        Whether Latvia's public holidays are such; else no day is one.
    school
        Whether every day is a school holiday; else no day is one.
    """
    named = np.full(days, school or not selector.never)
    for part in selector.school if school else selector.parts:
        named &= _asked(part, first, days, public)
    return named


def public_holidays(first: dt.date, days: int) -> NDArray[np.bool_]:
    """Tell which days are public holidays in Latvia, as the package knows them: shape (days,)."""
    return _asked("PH", first, days, True)


def holidays_are_known(first: dt.date, days: int) -> bool:
    """Tell whether the package knows the public holidays of all these days."""
    last = first.toordinal() + days - 1
    return first.year >= FIRST_YEAR and last <= dt.date(LAST_YEAR, 12, 31).toordinal()


@cache
def _asked(part: str, first: dt.date, days: int, public: bool) -> NDArray[np.bool_]:
    """Ask whether each day is named, at its noon: one moment is right where its iterator is not."""
    opening = OpeningHours(part, country=COUNTRY) if public else OpeningHours(part)
    noon = dt.datetime.combine(first, dt.time(12))
    answer = np.array(
        [opening.is_open(noon + dt.timedelta(days=number)) for number in range(days)], dtype=bool
    )
    answer.flags.writeable = False
    return answer


def _tidied(days: str) -> str:
    """Write words as the specification does, one space between them, none about signs."""
    text = re.sub(r"[\s:]+", " ", days).strip()
    text = re.sub(r" ?([,/]) ?", r"\1", text)
    text = re.sub(r"(?<=[A-Za-z0-9\]]) ?- ?(?=[A-Za-z])", "-", text)
    text = re.sub(r"(?<=[0-9]) ?- (?=[0-9])", "-", text)
    text = re.sub(r"[A-Za-z]+", lambda word: _WORDS.get(word[0].lower(), word[0]), text)
    while (more := _MORE_DAYS.search(text)) is not None:
        text = f"{text[: more.start()]}{more[1]} {more[2]},{more[1]} {more[3]}{text[more.end() :]}"
    return text


def _is_wide(wide: str) -> bool:
    """Tell whether years, dates and weeks are in the syntax, and are such as there are."""
    if _WIDE.fullmatch(wide) is None:
        return False
    weeks = [
        int(number)
        for listed in _WEEK_NUMBERS.findall(wide)
        for number in re.findall(r"(?<![0-9/])[0-9]+", listed)
    ]
    return all(1 <= week <= _WEEKS_OF_YEAR for week in weeks) and all(
        1 <= int(day) <= calendar.monthrange(_LEAP_YEAR, _MONTHS[month])[1]
        for month, day in _MONTH_DAY.findall(wide)
    )
