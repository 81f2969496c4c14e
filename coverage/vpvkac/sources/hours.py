"""Hours as Latvian lists write them, in the syntax of OpenStreetMap's `opening_hours`.

"8:30 - 12:00; 12:20 - 17:00" on Mondays is `Mo 08:30-12:00,12:20-17:00`: within a day intervals
are joined by a comma, since a semicolon would override the morning.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

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
_MONTHS = {
    "janvār": "Jan", "februār": "Feb", "mart": "Mar", "aprīl": "Apr", "maij": "May",
    "jūnij": "Jun", "jūlij": "Jul", "august": "Aug", "septembr": "Sep", "oktobr": "Oct",
    "novembr": "Nov", "decembr": "Dec",
}  # fmt: skip
_MOMENT = rf"(\d{{1,2}})\.\s*({'|'.join(_MONTHS)})\w*"
_SEASON = re.compile(rf"{_MOMENT}\s*[-–—]\s*{_MOMENT}", re.IGNORECASE)


def one_line(text: str) -> str:
    """Put a text on one line, with single blanks and letters composed (NFC)."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def weekday_in(text: str) -> int | None:
    """Find a Latvian weekday name in a text; its number, Monday = 0."""
    found = _DAY.search(text)
    return None if found is None or found.lastgroup is None else int(found.lastgroup[1:])


def speaks_of_hours(text: str) -> bool:
    """Return whether a text names a weekday, times from one to another, or a season."""
    return any(form.search(text) for form in (_DAY, _INTERVAL, _SEASON))


def intervals_in(text: str) -> str | None:
    """Read a day's hours as `08:30-12:00,12:20-17:00`; empty if closed, None if it is not hours."""
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
    minutes = [int(clock[:-3]) * 60 + int(clock[-2:]) for span in found for clock in span]
    # Intervals must follow one another within the day; else a figure is mistyped.
    if minutes[-1] > _MINUTES or any(a >= b for a, b in itertools.pairwise(minutes)):
        return None
    clocks = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes]
    return ",".join(map("-".join, zip(clocks[::2], clocks[1::2], strict=True)))


def opening_hours(week: Mapping[int, str]) -> str:
    """Join days of equal hours: `Mo-Th 08:00-17:00; Fr 08:00-15:00`.

    `week` has hours as `intervals_in` gives them by weekday, Monday = 0; other days are closed.
    """
    rules = []
    for hours, run in itertools.groupby(range(len(DAYS)), lambda day: week.get(day, "")):
        days = list(run)
        span = DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
        if hours:
            rules.append(f"{span} {hours}")
    return "; ".join(rules)


def day_lines(fields: Sequence[str]) -> list[str]:
    """Return the lines of a row's fields; a bare weekday takes the hours in the field behind."""
    lines: list[str] = []
    filled = [field for field in fields if field.strip()]
    is_paired = False
    for field, behind in itertools.pairwise([*filled, ""]):
        days = field.splitlines()
        bare = list(map(_is_bare_weekday, days))
        if not is_paired and any(bare):
            hours = behind.splitlines()
            if len(days) != len(hours):
                # Lines that do not pair are joined so that they cannot pass for one day's hours.
                hours = [(" " if len(days) == 1 else " | ").join(hours)] * len(days)
            lines.extend(
                f"{day} {of_day}" if is_bare else day
                for day, of_day, is_bare in zip(days, hours, bare, strict=True)
            )
        elif not is_paired:
            lines.extend(days)
        is_paired = any(bare) and not is_paired and weekday_in(behind) is None
    return lines


def _is_bare_weekday(text: str) -> bool:
    return len(_DAY.findall(text)) == 1 and not _DAY.sub("", text).strip(_FILLING)


def hours_in(lines: Iterable[str]) -> tuple[str, str]:
    """Read the hours of a week, or of a week in each season, as `opening_hours`.

    Lines that name neither a weekday nor times are passed over, except one that dates a season:
    "(1.oktobris - 31.maijs)".  Also gives the first line that names a weekday or times and is
    not understood, empty if there is none.
    """
    weeks: dict[str, dict[int, str]] = {}
    season = bad = ""
    for line in map(one_line, lines):
        day = weekday_in(line)
        if day is None:
            if dated := _SEASON.search(line):
                first, start, last, end = dated.groups()
                season = (
                    f"{_MONTHS[start.lower()]} {int(first):02d}"
                    f"-{_MONTHS[end.lower()]} {int(last):02d}"
                )
            # Times of no day: "Darba dienās 8:00-17:00", "Pusdienas 12:00-13:00".
            bad = bad or (line if _INTERVAL.search(line) else "")
            continue
        hours = intervals_in(line)
        week = weeks.setdefault(season, {})
        # A day named twice has its morning on one line and its afternoon on another.
        if hours and week.get(day, hours) != hours:
            hours = intervals_in(f"{week[day]},{hours}")
        if hours is None:
            bad = bad or line
            # "Katra mēneša otrā trešdiena - metodiskā diena" is a remark, no other hours.
            if _DIGIT.search(line):
                week.pop(day, None)
        elif hours or day not in week:
            week[day] = hours
    rules = [
        f"{season} {rule}".strip()
        for season, week in weeks.items()
        for rule in opening_hours(week).split("; ")
        if rule
    ]
    return "; ".join(rules), bad
