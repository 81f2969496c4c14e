"""What the lists of centres say in any of their forms, found by content rather than by position."""

from __future__ import annotations

import datetime as dt
import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence

from vpvkac.model.faults import InputError
from vpvkac.sources.weekdays import (
    has_interval,
    intervals_in,
    is_bare_weekday,
    opening_hours,
    weekday_in,
)
from vpvkac.texts.message import Message, Text

LEVELS = ("national", "regional", "municipal")
_LEVEL = re.compile(r"\b(nacionāl|reģionāl|novad)\w*\s+nozīmes\s+attīstības\s+centr", re.IGNORECASE)
_LEVEL_STEMS = dict(zip(("nacionāl", "reģionāl", "novad"), LEVELS, strict=True))
_ANNOUNCED = re.compile(r"tiks\s+atvērt", re.IGNORECASE)
# "VPVKAC", also misspelt or with points, or its long form, in any case and number of words:
# "valsts un pašvaldību vienotais klientu apkalpošanas centrs".
_SHORT_FORM = r"\bV\.?P\.?V?\.?(?:K\.?A|A\.?K)\.?C\b"
_LONG_FORM = (
    r"\b(?:valsts\s+un\s+pa[sš]vald\w+\s+)?(?:vienot\w+\s+)?"
    r"klientu\s+apkalpo[sš]an\w+\s+centr(?:s|a|ā)\b"
)
_CENTRE = re.compile(rf"(?<![.@/\w-])(?:{_SHORT_FORM}|{_LONG_FORM})(?![@/]|\.\w)", re.IGNORECASE)
_NAME_ENDING = re.compile(rf"[\s,(]{{0,9}}(?:{_SHORT_FORM}|{_LONG_FORM}).*$", re.IGNORECASE)
# "95", "95.", "95)", "95.0", "Nr. 95", "#95", "12a", "2.1", "III"; not a date, and not a dash.
_NUMBER = re.compile(
    r"(?:(?i:nr\b\.?)|№|#)?\s*"
    r"([0-9]{1,6}(?:\.[0-9]{1,3})?\s?[^\W\d_]?|[IVXLC]{1,7})\s*[.)]{0,2}"
)
_WHOLE = re.compile(r"\.0+$")
_DASHES = "-–—"
# A place word and a figure, a comma or a farm's quotation mark beside it.
_PLACE = re.compile(
    r"\bLV\W{0,3}[0-9]{4}\b|\bnov(?:\.|ad)|\bpag(?:\.|ast)|\biel[aā]\b|\bpils|\bciem"
    r"|\bprosp|\blaukum|\bceļ[sš]\b|\bbulv|\bšosej",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[0-9,\"'“”„«»]")
_CONTACT_LABEL = re.compile(r"^(?:tālrunis|telefons|tālr|tel|mob|t)\b[.:\s]*", re.IGNORECASE)
# Bounded parts: a hostile page must not make the search slow.
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONES = re.compile(r"\+?\d[\d\s()+,;/-]{5,100}")
_LEAST_DIGITS = 6
_DIGIT = re.compile("[0-9]")
# "saraksts_081123.csv", "…_2022_08.xlsx": the list's date stands in its name.
_DATE_IN_NAME = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})(?!\d)|(?<!\d)(20\d{2})[_-](\d{2})(?!\d)")
_MONTHS = {
    "janvār": "Jan", "februār": "Feb", "mart": "Mar", "aprīl": "Apr", "maij": "May",
    "jūnij": "Jun", "jūlij": "Jul", "august": "Aug", "septembr": "Sep", "oktobr": "Oct",
    "novembr": "Nov", "decembr": "Dec",
}  # fmt: skip
_MOMENT = rf"(\d{{1,2}})\.\s*({'|'.join(_MONTHS)})\w*"
_SEASON = re.compile(rf"{_MOMENT}\s*[-–—]\s*{_MOMENT}", re.IGNORECASE)


def number_in(text: str) -> str:
    """Read what tells a centre from others, as "95)", "Nr. 95", "95.0", "12a"; else empty.

    >>> [number_in(text) for text in ("95)", "Nr. 3", "3.0", "12 a", "2.1", "III")]
    ['95', '3', '3', '12a', '2.1', 'III']
    >>> [number_in(text) for text in ("", "–", "01.08.2022", "1. aug", "Ogre")]
    ['', '', '', '', '']
    """
    found = _NUMBER.fullmatch(text.strip())
    return "" if found is None else _WHOLE.sub("", "".join(found.group(1).split()))


def names_centre(text: str) -> bool:
    """Return whether a text is the name of a centre."""
    return _CENTRE.search(text) is not None


def looks_like_address(text: str) -> bool:
    """Return whether a text reads as an address: words for a place, in parts or with a figure."""
    if names_centre(text) or is_contact_or_hours(text) or level_in([text]):
        return False
    return _PLACE.search(text) is not None and _PARTS.search(text) is not None


def is_blank(text: str) -> bool:
    """Return whether a cell holds nothing, or a dash for nothing."""
    return not text.strip(f" \t\r\n\xa0{_DASHES}")


def is_contact_or_hours(text: str) -> bool:
    """Return whether a cell holds only what stands on any of a centre's rows.

    That is hours, a season, a telephone, an e-mail address, or that the centre
    will be opened; or nothing.
    """
    line = one_line(text)
    return (
        is_blank(line)
        or weekday_in(line) is not None
        or has_interval(line)
        or line.lower().startswith("darba laiks")
        or _SEASON.search(line) is not None
        or bool(emails_in([line]) or phones_in([line]))
        or is_announced([line])
    )


def is_announced(texts: Iterable[str]) -> bool:
    """Return whether any of the texts says that the centre will be opened ("Tiks atvērts").

    A footnote says it of the centres that bear its mark.
    """
    return any(_ANNOUNCED.search(text) for text in texts if not text.lstrip().startswith("*"))


def level_in(texts: Iterable[str]) -> str:
    """Find the level of the development centre: one of `LEVELS`, empty if none is named."""
    found = next(filter(None, map(_LEVEL.search, texts)), None)
    return "" if found is None else _LEVEL_STEMS[found.group(1).lower()]


def owner_in(full_name: str) -> str:
    """Return the part of a full name that begins with the owner, without "VPVKAC"."""
    return _NAME_ENDING.sub("", full_name)


def emails_in(texts: Iterable[str]) -> str:
    """Join the e-mail addresses found."""
    return ", ".join(dict.fromkeys(found for text in texts for found in _EMAIL.findall(text)))


def phones_in(texts: Iterable[str]) -> str:
    """Join the texts that are telephone numbers and nothing else but the word for them."""
    lines = [_CONTACT_LABEL.sub("", one_line(text)) for text in texts]
    phones = [
        line
        for line in lines
        if _PHONES.fullmatch(line) and sum(map(str.isdigit, line)) >= _LEAST_DIGITS
    ]
    return ", ".join(dict.fromkeys(phones))


def one_line(text: str) -> str:
    """Put a text on one line, with single blanks and letters composed (NFC)."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def day_lines(fields: Sequence[str]) -> list[str]:
    """Return the lines of a row's fields; a bare weekday takes the hours in the field behind."""
    lines: list[str] = []
    filled = [field for field in fields if field.strip()]
    paired = False
    for field, behind in itertools.pairwise([*filled, ""]):
        days = field.splitlines()
        bare = any(map(is_bare_weekday, days))
        if not paired:
            lines.extend(_with_hours(days, behind.splitlines()) if bare else days)
        paired = bare and not paired and weekday_in(behind) is None
    return lines


def _with_hours(days: list[str], hours: list[str]) -> list[str]:
    """Put the hours behind each bare weekday."""
    if len(days) != len(hours):
        # Lines that do not pair are joined so that they cannot pass for one day's hours.
        hours = [(" " if len(days) == 1 else " | ").join(hours)] * len(days)
    return [
        f"{day} {beside}" if is_bare_weekday(day) else day
        for day, beside in zip(days, hours, strict=True)
    ]


def hours_in(lines: Iterable[str]) -> tuple[str, str]:
    """Read the hours of a week, or of a week in each season.

    Parameters
    ----------
    lines
        Texts; those that name neither a weekday nor times are passed over,
        except one that dates a season: "(1.oktobris - 31.maijs)".

    Returns
    -------
    hours, bad
        In the syntax of OpenStreetMap's `opening_hours`, and the first line
        that names a weekday or times and is not understood, empty if there is none.
    """
    weeks: dict[str, dict[int, str]] = {}
    season = bad = ""
    for line in map(one_line, lines):
        day = weekday_in(line)
        if day is None:
            season = _season(line) or season
            # Times of no day: "Darba dienās 8:00-17:00", "Pusdienas 12:00-13:00".
            bad = bad or (line if has_interval(line) else "")
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


def date_in_name(shown: str) -> dict[str, str]:
    """Read a list's date from its file name (ddmmyy, or year and month) as a reading's notes."""
    found = _DATE_IN_NAME.search(shown.rsplit("/", 1)[-1])
    if found is None:
        return {}
    day, month, year, full_year, only_month = found.groups()
    date = f"{full_year}-{only_month}" if full_year else f"20{year}-{month}-{day}"
    try:
        dt.date.fromisoformat(date if day else f"{date}-01")
    except ValueError:
        return {}
    return {"date": date}


def no_centre(shown: str, form: Text) -> InputError:
    """Report that a file holds no centre, and in which form it is looked for."""
    remedy = Message("{form} is needed", form=form)
    return InputError.of(shown, Message("holds no centre"), remedy)


def _season(line: str) -> str:
    """Read "(1.oktobris - 31.maijs)" as `Oct 01-May 31`; empty if the line dates no season."""
    found = _SEASON.search(line)
    if found is None:
        return ""
    first_day, first, last_day, last = found.groups()
    start = f"{_MONTHS[first.lower()]} {int(first_day):02d}"
    return f"{start}-{_MONTHS[last.lower()]} {int(last_day):02d}"
