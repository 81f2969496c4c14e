"""Weekday hours as published, in the syntax of OpenStreetMap's `opening_hours`.

"8:30 - 12:00; 12:20 - 17:00" on Mondays is `Mo 08:30-12:00,12:20-17:00`:
within a day intervals are joined by a comma, since a semicolon would override
the morning (SOURCES.md, "Centres").
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_STEMS = ("pirm", "otr", "tre[sš]", "ceturt", "piekt", "sest", "sv[eē]t")
_SHORT = ("p", "o", "t", "c", "pk", "s", "sv")
_CLOCK = r"(?:[01]?[0-9]|2[0-4])[:.][0-5][0-9]"
_INTERVAL = re.compile(rf"(?<![0-9])({_CLOCK})\s*[-–—]\s*({_CLOCK})(?![0-9])")
# A whole word in any ending, "Pirmdiena", "TREŠDIENĀS", "Ceturtd."; or the letter that stands
# for a day, "Pk.", but only before a time of day, since "P. Stradiņa iela" is no Monday.
_DAY = re.compile(
    "|".join(
        rf"(?P<d{day}>\b{stem}d(?:ien\w*|\.)|^\s*{short}\.[:\s]*(?={_CLOCK}))"
        for day, (stem, short) in enumerate(zip(_STEMS, _SHORT, strict=True))
    ),
    re.IGNORECASE,
)
_CLOSED = re.compile(r"slēgts|slēgta|brīvs|brīvdiena|nestrādā|^[-–—]?$", re.IGNORECASE)
_DIGIT = re.compile("[0-9]")
_FILLING = " \t\r\n:;,./"
_MINUTES = 24 * 60


def weekday_in(text: str) -> int | None:
    """Find a Latvian weekday name in a text; its number, Monday = 0."""
    found = _DAY.search(text)
    return None if found is None or found.lastgroup is None else int(found.lastgroup[1:])


def is_bare_weekday(text: str) -> bool:
    """Return whether a text is one weekday name and nothing else."""
    return len(_DAY.findall(text)) == 1 and not _DAY.sub("", text).strip(_FILLING)


def has_interval(text: str) -> bool:
    """Return whether a text holds times of day from one to another."""
    return _INTERVAL.search(text) is not None


def intervals_in(text: str) -> str | None:
    """Read a day's hours.

    Returns
    -------
    hours
        `08:30-12:00,12:20-17:00`; empty text where the day is closed; None
        where the text is not hours.
    """
    # "Pirmdiena, otrdiena 8:00-17:00" speaks of more than a day.
    if len(_DAY.findall(text)) > 1:
        return None
    stripped = _DAY.sub("", text).strip(_FILLING)
    if _CLOSED.search(stripped) and not _DIGIT.search(stripped):
        return ""
    found = _INTERVAL.findall(stripped)
    rest = _INTERVAL.sub("", stripped)
    if not found or rest.strip(_FILLING + "un"):
        return None
    starts_ends = [_minutes(clock) for span in found for clock in span]
    # Intervals must follow one another within the day; else a figure is mistyped.
    rising = all(a < b for a, b in itertools.pairwise(starts_ends))
    if not rising or starts_ends[-1] > _MINUTES:
        return None
    clocks = list(map(_clock, starts_ends))
    return ",".join(map("-".join, zip(clocks[::2], clocks[1::2], strict=True)))


def opening_hours(week: Mapping[int, str]) -> str:
    """Join days of equal hours: `Mo-Th 08:00-17:00; Fr 08:00-15:00`.

    Parameters
    ----------
    week
        Weekday number → hours as `intervals_in` gives them; days not named or
        with empty hours are closed.
    """
    rules: list[str] = []
    day = 0
    while day < len(DAYS):
        hours = week.get(day, "")
        last = day
        while last + 1 < len(DAYS) and week.get(last + 1, "") == hours:
            last += 1
        if hours:
            span = DAYS[day] if day == last else f"{DAYS[day]}-{DAYS[last]}"
            rules.append(f"{span} {hours}")
        day = last + 1
    return "; ".join(rules)


def _minutes(clock: str) -> int:
    return int(clock[:-3]) * 60 + int(clock[-2:])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
