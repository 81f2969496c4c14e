"""Hours as Latvian lists write them, in the syntax of OpenStreetMap's `opening_hours`.

"8:30 - 12:00; 12:20 - 17:00" on Mondays is `Mo 08:30-12:00,12:20-17:00`: within a day intervals
are joined by a comma, since a semicolon would override the morning.
"""

from __future__ import annotations

import itertools
import operator
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_STEMS = ("pirm", "otr", "tre[sš]", "ceturt", "piekt", "sest", "sv[eē]t")
_SHORT = ("p|pr|pirm", "o|ot|otr", "t|tr|tre[sš]", "c|ce|ct|cet|ceturt", "pk|pt|piekt",
          "s|se|sest", "sv|sv[eē]t")  # fmt: skip
_CLOCK = r"(?:[01]?[0-9]|2[0-4])[:.][0-5][0-9]"
_DASH = r"[-‐-―−]"
_TO, _AND = rf"\s*(?:{_DASH}|\blīdz\b)\s*", r"\s*(?:,\s*(?:un\s)?|\bun\b)\s*"
_AT = r"(?:\bplkst\.?\s*)?"
_INTERVAL = re.compile(
    rf"(?:\bno\s+)?{_AT}(?<![0-9])({_CLOCK})\.?{_TO}{_AT}({_CLOCK})(?![0-9])", re.IGNORECASE
)
# "no 9 līdz 18": whole hours, which only a weekday beside them tells from other figures.
_HOUR = rf"(?:{_CLOCK}|(?:0?[6-9]|1[0-9]|2[0-4])(?![:.]?[0-9]))"
_HOURS = re.compile(
    rf"(?:\bno\s+)?{_AT}(?<![0-9:.])({_HOUR})\.?{_TO}{_AT}({_HOUR})(?![0-9])", re.IGNORECASE
)
_CLOSED = r"sl[eē]gts|sl[eē]gta|brīvs|brīvdiena|nestrādā|nepieņem|nav\s+(?:\w+\s+)?pieņemšanas"
# A whole word in any ending, "Pirmdiena", "TREŠDIENĀS", "Ceturtd."; or what stands for a day,
# "Pk.", "Sest.", but only before a time of day or "closed", since "P. Stradiņa iela" is no
# Monday.  Several are a list, "S., Sv.", or a span, "Pirmdiena - ceturtdiena".
_NAME = [re.compile(rf"{stem}d|(?:{short})\.?$", re.IGNORECASE)
         for stem, short in zip(_STEMS, _SHORT, strict=True)]  # fmt: skip
_WORD, _LETTER = rf"\b(?:{'|'.join(_STEMS)})d(?:ien\w*|\.)", rf"\b(?:{'|'.join(_SHORT)})\b\.?"
_WORDS, _LETTERS = (rf"{one}(?:(?:{_TO}|{_AND}){one})*" for one in (_WORD, _LETTER))
_BEFORE_HOURS = (
    rf"(?=[:\s]*(?:{_DASH}\s*)?(?:(?:\bno\s+)?{_AT}(?:{_CLOCK}|{_HOUR}{_TO}{_HOUR})|{_CLOSED}|$))"
)
_DAY = re.compile(rf"{_WORDS}|^\s*{_LETTERS}(?!\s*$){_BEFORE_HOURS}", re.IGNORECASE)
# A day anywhere in a line, and the names of days in a cell of their own.
_EVERY_DAY = re.compile(rf"{_WORDS}|(?<!\w){_LETTERS}(?!\s*$){_BEFORE_HOURS}", re.IGNORECASE)
_DAYS_ALONE = re.compile(rf"\s*(?:{_WORDS}|{_LETTERS})[\s:]*", re.IGNORECASE)
_BEGINS_HOURS = re.compile(rf"{_BEFORE_HOURS}.", re.IGNORECASE)
_EACH = re.compile(rf"\bkatru\s+(?={_WORD})", re.IGNORECASE)
_IS_CLOSED = re.compile(rf"{_CLOSED}|^{_DASH}?$", re.IGNORECASE)
# "Slēgts uz laiku", "Remonta dēļ slēgts" of no day; on public holidays it goes without saying.
_CLOSED_FOR = re.compile(rf"(?!.*svētk)(?:[\w ]{{1,40}}\s)?(?:{_CLOSED})\b", re.IGNORECASE)
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
_ORDERS = {"pirm": 1, "otr": 2, "treš": 3, "ceturt": 4, "piekt": 5, "pēdēj": -1,
           "1.": 1, "2.": 2, "3.": 3, "4.": 4, "5.": 5}  # fmt: skip
_NTH = rf"(?:(?:{'|'.join(list(_ORDERS)[:6])})\w*|[1-5]\.)"
_ORDER = re.compile(rf"\b(?:katr\w*\s+)?mēneša\s+({_NTH}(?:{_AND}{_NTH})*)\s*$", re.IGNORECASE)
# What is said of some days of a month, of working days that are closed, from a date on.
_OF_MONTH = re.compile(r"\bmēne(?:ša|sī)\b", re.IGNORECASE)
_OF_OTHER_DAYS = re.compile(
    rf"{_OF_MONTH.pattern}|\bdarba?\s*dien\w*\b.*(?:{_CLOSED}|\d)|\bno\s+{_MOMENT}"
    rf"|\b(?:katru|visas)\s+dien\w*\b.*\d",
    re.IGNORECASE,
)
_REMARK = re.compile(
    r"\(([^()]*)\)\W*$|(?<=\d)[\s,;.–-]+((?:tikai\s+)?(?:pēc|ar)\s+(?:\w+\s+)?pierakst\w*)\W*$",
    re.IGNORECASE,
)
# A remark by which the hours beside it do not hold always.
_RESTRICTS = re.compile(
    rf"\b(?:{'|'.join(_MONTHS)}|vasar|ziem|pavasar|ruden|nedēļ|mēne)|\b(?:{_CLOSED})", re.IGNORECASE
)
# "pusdienas 12:00-13:00", "(pārtraukums 12.00-12.45)".
_PAUSE = re.compile(
    r"[\s,;(]*\b(?:ar\s+)?(?:pusdien\w*\.?(?:\s+pārtrauk\w*)?|pārtrauk\w*)[\s:–-]*"
    rf"(?:\bno\s+)?{_AT}({_HOUR})\.?{_TO}{_AT}({_HOUR})(?![0-9])[\s).]*",
    re.IGNORECASE,
)
# "8⁰⁰"
_RAISED = re.compile(r"(?<=[0-9])([⁰¹²³⁴⁵])([⁰¹²³⁴-⁹])")


def one_line(text: str) -> str:
    """Put a text on one line, with single blanks and letters composed (NFC)."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _as_written(text: str) -> str:
    """Put a line of hours in its plainest form: figures in line, no "katru" before a weekday."""
    plain = _RAISED.sub(lambda found: ":" + unicodedata.normalize("NFKC", found[0]), text)
    return _EACH.sub("", one_line(plain))


def weekday_in(text: str) -> int | None:
    """Find a Latvian weekday name in a text; its number, Monday = 0."""
    found = _DAY.search(text)
    return None if found is None else _days(found[0])[0]


@lru_cache(maxsize=1024)
def _days(names: str) -> tuple[int, ...]:
    """Read weekday names, one or a list or a span, as numbers; lists repeat the same few."""
    days: list[int] = []
    for part in re.split(_AND, names.strip(), flags=re.IGNORECASE):
        first, *_, last = 2 * [
            next(day for day, name in enumerate(_NAME) if name.match(one))
            for one in re.split(_TO, part, flags=re.IGNORECASE)
        ]
        days.extend(range(first, last + 1) if first <= last else [first, last])
    return tuple(days)


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
    found = _HOURS.findall(stripped)
    rest = _HOURS.sub("", stripped)
    if not found or rest.strip(_FILLING + "un"):
        return None
    minutes = [_minute(clock) for span in found for clock in span]
    # Intervals must follow one another within the day; else a figure is mistyped.
    if minutes[-1] > _MINUTES or any(a >= b for a, b in itertools.pairwise(minutes)):
        return None
    return _clocks(minutes)


def _minute(clock: str) -> int:
    hour, _, minute = clock.replace(".", ":").partition(":")
    return int(hour) * 60 + int(minute or 0)


def _clocks(minutes: Sequence[int]) -> str:
    clocks = [f"{minute // 60:02d}:{minute % 60:02d}" for minute in minutes]
    return ",".join(map("-".join, zip(clocks[::2], clocks[1::2], strict=True)))


def _without_pause(hours: str, pause: tuple[int, int]) -> str | None:
    """Take a pause out of a day's hours; None where it is neither within nor between them."""
    minutes = [_minute(clock) for clock in re.split("[-,]", hours) if clock]
    at = bisect_right(minutes, pause[0])
    if at != bisect_left(minutes, pause[1]) or not 0 < at < len(minutes) or pause[0] >= pause[1]:
        return None
    if at % 2:
        minutes[at:at] = pause
    return _clocks(minutes) if minutes[at - 1] < minutes[at] else None


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


def with_days(fields: Sequence[str]) -> list[str]:
    """Put days written short in cells of their own before the hours in the next filled cell."""
    cells = list(fields)
    filled = [at for at, cell in enumerate(cells) if cell.strip()]
    alone = [_DAYS_ALONE.fullmatch(cells[at]) is not None for at in filled]
    if any(map(operator.and_, alone, alone[1:])):
        # Several days before several hours: which are whose is not clear.
        run = [at for at in filled if _DAYS_ALONE.fullmatch(cells[at]) or _HOURS.match(cells[at])]
        cells[run[0]] = " | ".join(cells[at].strip() for at in run)
        cells = ["" if at in run[1:] else cell for at, cell in enumerate(cells)]
    for at, behind in itertools.pairwise(filled):
        days, hours = cells[at].strip().splitlines(), cells[behind].strip().splitlines()
        if len(days) == len(hours) and all(map(_DAYS_ALONE.fullmatch, days)):
            pairs = zip(days, hours, strict=True)
            joined = [f"{day.strip()} {of_day.strip()}" for day, of_day in pairs]
            if all(map(_BEGINS_HOURS.match, hours)) and all(map(_DAY.match, joined)):
                cells[at], cells[behind] = "\n".join(joined), ""
    return cells


def day_lines(fields: Sequence[str]) -> list[str]:
    """Return the lines of a row's fields; a bare weekday takes the hours in the field behind."""
    lines: list[str] = []
    filled = [field for field in with_days(fields) if field.strip()]
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
    pauses: list[tuple[str, str, tuple[int, int]]] = []
    for line in itertools.chain.from_iterable(map(_parted, lines)):
        found = _read_line(line)
        pause = None if found.days else _PAUSE.fullmatch(line)
        if pause:
            pauses.append((line, season, (_minute(pause[1]), _minute(pause[2]))))
        elif not found.days:
            # "Vasaras darba laiks" has its dates on the next line, if anywhere.
            is_undated = not found.season and _SEASON_WORD.search(line) is not None
            undated = line if is_undated else "" if found.season else undated
            season = found.season or season
            # Times of no day: "Pusdienas 12:00-13:00"; days that are closed or otherwise open:
            # "katra mēneša pēdējā darba dienā slēgts", "No 1. septembra".
            is_lost = _INTERVAL.search(line) or (not found.season and _OF_OTHER_DAYS.search(line))
            is_lost = is_lost or (" | " in line and _HOURS.search(line)) or _CLOSED_FOR.match(line)
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
    for line, of_line, pause_of_days in pauses:
        week = weeks.get(of_line, {})
        parted = {day: _without_pause(hours, pause_of_days) for day, hours in week.items() if hours}
        # A short day may end before the pause begins.
        clear = {day: hours for day, hours in parted.items() if hours is not None}
        week |= clear
        bad = bad or ("" if clear else line)
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
        if hours and week.get(day) == "":
            # Closed on one line and open on another.
            is_clear = False
            hours = ""
        elif hours and week.get(day, hours) != hours:
            hours = intervals_in(f"{week[day]},{hours}")
            # What is said of several days at once leaves to a day what is said of it alone.
            if hours is None and len(found.days) > 1:
                is_clear, hours = False, ""
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


def _parted(text: str) -> list[str]:
    """Part a line that gives several days their own hours, "P. 8:00-12:00; O. 9:00-12:00"."""
    line = _as_written(text)
    begins = [found.start() for found in _EVERY_DAY.finditer(line)]
    if len(begins) < 2 or line[: begins[0]].strip():  # noqa: PLR2004
        return [line]
    parts = [
        line[begin:end].strip(_FILLING) for begin, end in itertools.pairwise([*begins, len(line)])
    ]
    read = map(_read_line, parts)
    is_clear = all(
        one.days
        and not (one.which or one.season)
        and (one.hours or re.search(_CLOSED, part, re.IGNORECASE))
        for one, part in zip(read, parts, strict=True)
    )
    return parts if is_clear else [line]


class _Line(NamedTuple):
    """What a line says: of which days or day of the month, in which season, hours and a remark."""

    days: tuple[int, ...]
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
        return _Line((), "", season, None, "")
    days, order = _days(named[0]), _ORDER.search(line[: named.start()])
    words = line[named.start() :] if order else line
    pause = _PAUSE.search(words)
    words = words if pause is None else f"{words[: pause.start()]} {words[pause.end() :]}"
    remark = _REMARK.search(words)
    words, note = (
        (words, "") if remark is None else (words[: remark.start()], remark[1] or remark[2])
    )
    if not note and (because := _CLOSED_BECAUSE.search(words)) and not _DIGIT.search(words):
        note = because[1]
    note = note.strip().replace('"', "'")
    hours = intervals_in(words)
    if hours and pause is not None:
        hours = _without_pause(hours, (_minute(pause[1]), _minute(pause[2])))
    # A day without hours is not closed for a remark, nor open for one that says when it is not.
    if _INTERVAL.search(note) or (
        note and _RESTRICTS.search(note)
        if hours
        else pause or (note and not re.search(_CLOSED, words, re.IGNORECASE))
    ):
        hours = None
    if order is None or len(days) > 1:
        return _Line(days, "", season, hours, note)
    if hours is None and not _DIGIT.search(words):
        # "Katra mēneša otrā trešdiena - metodiskā diena"
        hours, note = "", note or words[len(named[0]) :].strip(f"{_FILLING}-–—")
    stems = re.findall("|".join(map(re.escape, _ORDERS)), order[1].lower())
    which = ",".join(str(_ORDERS[stem]) for stem in stems)
    return _Line(days, f"{DAYS[days[0]]}[{which}]", season, hours, note)


def _remarked(hours: str, note: str) -> str:
    """Add a remark to a day's hours, as a comment of OpenStreetMap; empty if closed without one."""
    return f'{hours or "off"} "{note}"' if note else hours
