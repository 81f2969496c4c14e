"""Hours as Latvian lists write them, in the syntax of OpenStreetMap's `opening_hours`.

"8:30 - 12:00; 12:20 - 17:00" on Mondays is `Mo 08:30-12:00,12:20-17:00`: within a day intervals
are joined by a comma, since a semicolon would override the morning.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_STEMS = ("pirm", "otr", "tre[sš]", "ceturt", "piekt", "sest", "sv[eē]t")
_SHORT = ("p", "o", "t", "c", "pk", "s", "sv")
_CLOCK = r"(?:[01]?[0-9]|2[0-4])[:.][0-5][0-9]"
_DASH = r"[-‐-―−]"
_TO, _AND = rf"\s*(?:{_DASH}|\blīdz\b)\s*", r"\s*(?:,\s*(?:un\s)?|\bun\b)\s*"
_AT = r"(?:\bplkst\.?\s*)?"
_INTERVAL = re.compile(
    rf"(?:\bno\s+)?{_AT}(?<![0-9])({_CLOCK}){_TO}{_AT}({_CLOCK})(?![0-9])", re.IGNORECASE
)
_CLOSED = r"sl[eē]gts|sl[eē]gta|brīvs|brīvdiena|nestrādā"
# A whole word in any ending, "Pirmdiena", "TREŠDIENĀS", "Ceturtd."; or the letter that stands
# for a day, "Pk.", but only before a time of day or "closed", since "P. Stradiņa iela" is no
# Monday.  Several are a list, "S., Sv.", or a span, "Pirmdiena - ceturtdiena".
_NAME = [re.compile(rf"{stem}d|{short}\.$", re.IGNORECASE)
         for stem, short in zip(_STEMS, _SHORT, strict=True)]  # fmt: skip
_WORD, _LETTER = rf"\b(?:{'|'.join(_STEMS)})d(?:ien\w*|\.)", rf"(?:{'|'.join(_SHORT)})\."
_DAY = re.compile(
    rf"{_WORD}(?:(?:{_TO}|{_AND}){_WORD})*"
    rf"|^\s*{_LETTER}(?:(?:{_TO}|{_AND}){_LETTER})*(?=[:\s]*(?:{_CLOCK}|{_CLOSED}))",
    re.IGNORECASE,
)
_IS_CLOSED = re.compile(rf"{_CLOSED}|^{_DASH}?$", re.IGNORECASE)
_CLOSED_BECAUSE = re.compile(rf"(?:{_CLOSED})\s*(?:{_DASH}|[,:])\s*(\S.*)$", re.IGNORECASE)
_DASH_BEFORE = re.compile(rf"^\s*{_DASH}\s*(?=\d)")
_DIGIT = re.compile("[0-9]")
_FILLING = " \t\r\n:;,./"
_MINUTES = 24 * 60
_MONTHS = {
    "janvār": "Jan", "februār": "Feb", "mart": "Mar", "aprīl": "Apr", "maij": "May",
    "jūnij": "Jun", "jūlij": "Jul", "august": "Aug", "septembr": "Sep", "oktobr": "Oct",
    "novembr": "Nov", "decembr": "Dec",
}  # fmt: skip
# "1.oktobris", "septembris", "01.09."; without the point at its end this could be a time.
_MOMENT = (
    rf"(?:(?:(\d{{1,2}})\.\s*)?\b({'|'.join(_MONTHS)})\w*"
    r"|(?<![\d.])([0-3]?\d)\.\s?(0?[1-9]|1[0-2])\.(?!\s*\d))"
)
_SEASON = re.compile(rf"\(?(?:\bno\s+)?{_MOMENT}{_TO}{_MOMENT}\)?", re.IGNORECASE)
# "Vasaras darba laiks", "darba laiks ziemā", "Vasarā:".
_SEASON_WORD = re.compile(
    r"\b(?:ziemas|vasaras|pavasara|rudens)\s+(?:darba\s*)?(?:laik|period|sezon|mēneš|grafik)"
    r"|(?:\blaik\w*\s+|^)(?:ziemā|vasarā|pavasarī|rudenī)\W*$",
    re.IGNORECASE,
)
# "Katra mēneša otrā trešdiena": which of a month's Wednesdays.
_ORDERS = {"pirm": 1, "otr": 2, "treš": 3, "ceturt": 4, "piekt": 5, "pēdēj": -1}
_NTH = rf"(?:{'|'.join(_ORDERS)})\w*"
_ORDER = re.compile(rf"\b(?:katr\w*\s+)?mēneša\s+({_NTH}(?:{_AND}{_NTH})*)\s*$", re.IGNORECASE)
# What is said of some days of a month, of working days that are closed, from a date on.
_OF_MONTH = re.compile(r"\bmēneša\b", re.IGNORECASE)
_OF_OTHER_DAYS = re.compile(
    rf"{_OF_MONTH.pattern}|\bdarba\s*dien\w*\b.*(?:{_CLOSED}|\bnepieņem)|\bno\s+{_MOMENT}",
    re.IGNORECASE,
)
_REMARK = re.compile(r"\(([^()]*)\)\s*$")


def one_line(text: str) -> str:
    """Put a text on one line, with single blanks and letters composed (NFC)."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def weekday_in(text: str) -> int | None:
    """Find a Latvian weekday name in a text; its number, Monday = 0."""
    found = _DAY.search(text)
    return None if found is None else _days(found[0])[0]


def _days(names: str) -> list[int]:
    """Read weekday names, one or a list or a span, as numbers."""
    days: list[int] = []
    for part in re.split(_AND, names.strip(), flags=re.IGNORECASE):
        first, *_, last = 2 * [
            next(day for day, name in enumerate(_NAME) if name.match(one))
            for one in re.split(_TO, part, flags=re.IGNORECASE)
        ]
        days.extend(range(first, last + 1) if first <= last else [first, last])
    return days


def speaks_of_hours(text: str) -> bool:
    """Return whether a text names a weekday, times from one to another, or a season."""
    return any(form.search(text) for form in (_DAY, _INTERVAL, _SEASON))


def intervals_in(text: str) -> str | None:
    """Read a day's hours as `08:30-12:00,12:20-17:00`; empty if closed, None if it is not hours."""
    # "Pirmdiena 8:00-12:00 otrdiena 8:00-17:00" speaks of more than a day.
    if len(_DAY.findall(text)) > 1:
        return None
    stripped = _DASH_BEFORE.sub("", _DAY.sub("", text)).strip(_FILLING)
    if _IS_CLOSED.search(stripped) and not _DIGIT.search(stripped):
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
    return "; ".join(_rules(week))


def _rules(week: Mapping[int, str]) -> list[str]:
    rules = []
    for hours, run in itertools.groupby(range(len(DAYS)), lambda day: week.get(day, "")):
        days = list(run)
        span = DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}"
        if hours:
            rules.append(f"{span} {hours}")
    return rules


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
    "(1.oktobris - 31.maijs)".  A remark in brackets is kept, as is a day of the month ("katra
    mēneša otrā trešdiena"), which is closed where no times stand beside it.  Also gives the
    first line that names a weekday or times and is not understood, empty if there is none.
    """
    weeks: dict[str, dict[int, str]] = {}
    notes: dict[tuple[str, int], str] = {}
    of_month: list[str] = []
    season = undated = bad = ""
    for line in map(one_line, lines):
        found = _read_line(line)
        if not found.days:
            # "Vasaras darba laiks" has its dates on the next line, if anywhere.
            is_undated = not found.season and _SEASON_WORD.search(line) is not None
            undated = line if is_undated else "" if found.season else undated
            season = found.season or season
            # Times of no day: "Pusdienas 12:00-13:00"; days that are closed or otherwise open:
            # "katra mēneša pēdējā darba dienā slēgts", "No 1. septembra".
            is_lost = _INTERVAL.search(line) or (not found.season and _OF_OTHER_DAYS.search(line))
            bad = bad or (line if is_lost else "")
        elif undated and not found.season:
            bad = bad or undated
        elif not found.which and _OF_MONTH.search(line):
            bad = bad or line
        elif found.which and found.hours is not None:
            of_month.append(f"{found.which} {_remarked(found.hours, found.note) or 'off'}")
        else:
            of_line = found.season or season
            week = weeks.setdefault(of_line, {})
            is_clear = _take(found, line, week, notes, of_line)
            bad = bad or ("" if is_clear else line)
    rules = [
        f"{months} {rule}".strip()
        for months, week in weeks.items()
        for rule in _rules(
            {day: _remarked(hours, notes[months, day]) for day, hours in week.items()}
        )
    ]
    return "; ".join([*rules, *of_month]), bad


def _take(
    found: _Line, line: str, week: dict[int, str], notes: dict[tuple[str, int], str], season: str
) -> bool:
    """Put the days of a line into a week; False where it is not clear what it says of them."""
    is_clear = True
    for day in found.days:
        # A day named twice has its morning on one line and its afternoon on another.
        hours = found.hours
        if hours and week.get(day, hours) != hours:
            hours = intervals_in(f"{week[day]},{hours}")
        if hours or (hours is not None and day not in week):
            week[day] = hours
            notes[season, day] = found.note or notes.get((season, day), "")
        elif hours is None:
            is_clear = False
            # "Pirmdiena - metodiskā diena" is a remark, no other hours.
            if _DIGIT.search(line):
                week.pop(day, None)
        elif week[day]:
            # Open on one line and closed on another.
            is_clear = False
    return is_clear


class _Line(NamedTuple):
    """What a line says: of which days or day of the month, in which season, hours and a remark."""

    days: list[int]
    which: str
    season: str
    hours: str | None
    note: str


def _read_line(line: str) -> _Line:
    """Read a line; without days if it names none, `hours` None if they are not understood."""
    dated = _SEASON.search(line)
    season = ""
    if dated is not None:
        line = line.replace(dated[0], " ")
        season = "-".join(
            _MONTHS[name.lower()] + (f" {int(day):02d}" if day else "")
            if name
            else f"{list(_MONTHS.values())[int(month) - 1]} {int(date):02d}"
            for day, name, date, month in (dated.groups()[:4], dated.groups()[4:])
        )
    named = _DAY.search(line)
    if named is None:
        return _Line([], "", season, None, "")
    days, order = _days(named[0]), _ORDER.search(line[: named.start()])
    words, *remarks = _REMARK.split(line[named.start() :] if order else line)
    if not remarks and (because := _CLOSED_BECAUSE.search(words)) and not _DIGIT.search(words):
        remarks = [because[1]]
    note = " ".join(remarks).strip().replace('"', "'")
    hours = None if _INTERVAL.search(note) else intervals_in(words)
    if order is None or len(days) > 1:
        return _Line(days, "", season, hours, note)
    if hours is None and not _DIGIT.search(words):
        # "Katra mēneša otrā trešdiena - metodiskā diena"
        hours, note = "", note or words[len(named[0]) :].strip(f"{_FILLING}-–—")
    stems = re.findall("|".join(_ORDERS), order[1].lower())
    which = ",".join(str(_ORDERS[stem]) for stem in stems)
    return _Line(days, f"{DAYS[days[0]]}[{which}]", season, hours, note)


def _remarked(hours: str, note: str) -> str:
    """Add a remark to a day's hours, as a comment of OpenStreetMap; empty if closed without one."""
    return f'{hours or "off"} "{note}"' if note else hours
