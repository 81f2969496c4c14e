"""The syntax of `opening_hours`: the rules of a string, and which days their selectors name.

Rules are split here and their days alone are asked of opening-hours-py,
because version 2.1.4 evaluates whole strings against the specification in
places: a bare remark counts as open, `||` as asked once a day, and its
iterator stops after the first interval behind one.

Only selectors that it reads as the specification does are asked of it, a day
at a time.  Not asked: dates that no year has (it takes every day for
`Feb 30`), holidays of a weekday (`PH Mo-Fr`: it takes either for both), and
school holidays, of which it has no calendar.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from opening_hours import OpeningHours, validate

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HOUR = 60
DAY = 24 * _HOUR
CLOSED, UNKNOWN, OPEN = 0, 1, 2
NORMAL, ADDED, FALLBACK = ";", ",", "||"
# Two seasons of a week whose days all differ take some four hundred letters.
_LONGEST = 2000
_STATES = {"open": OPEN, "closed": CLOSED, "off": CLOSED, "unknown": UNKNOWN}
_QUOTED = r'"[^"]*"'
_SEPARATORS = re.compile(rf"({_QUOTED}|\[[^\]]*\]|;|\|\||,)")
_CLOCK = r"[0-9]{1,2}:[0-9]{2}"
_SUN = r"sunrise|sunset|dawn|dusk"
_MOMENT = rf"(?:{_CLOCK}|(?:{_SUN})|\((?:{_SUN})\s*[+-]\s*{_CLOCK}\))"
_SPAN = re.compile(rf"({_MOMENT})(?:\s*-\s*({_MOMENT}))?\s*(\+)?", re.IGNORECASE)
_EVENT = re.compile(_SUN, re.IGNORECASE)
_PIECE = re.compile(
    rf"(?:{_QUOTED}\s*:)?\s*(?P<days>[^\"]*?)\s*:?\s*"
    rf"(?:(?<![^\s:\"])(?P<times>24/7|{_MOMENT}(?:\s*-\s*{_MOMENT})?\s*\+?))?\s*"
    rf"(?:(?<![^\s+0-9)])(?P<state>open|closed|off|unknown))?\s*(?P<remark>{_QUOTED})?\s*",
    re.IGNORECASE,
)
_WRITTEN = str.maketrans({"–": "-", "—": "-", "−": "-", "\u00a0": " ", "“": '"', "”": '"'})

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


class Span(NamedTuple):
    """A span of times: minutes since midnight, `end` up to 2880; `told` unless it may be less."""

    start: int
    end: int
    told: bool


class Rule(NamedTuple):
    """One rule.

    Parameters
    ----------
    operator
        How it follows the rules before it: `NORMAL`, `ADDED`, `FALLBACK`.
    days
        Its day selectors as written; empty for every day.
    spans
        Its times; empty for the whole day.
    state
        `CLOSED`, `UNKNOWN` or `OPEN`; a remark without a state is unknown.
    """

    operator: str
    days: str
    spans: tuple[Span, ...]
    state: int


class _Piece(NamedTuple):
    """What stands between two commas."""

    days: str
    times: str
    state: str
    remark: str

    @property
    def is_list_of_days(self) -> bool:
        return bool(self.days) and not (self.times or self.state or self.remark)

    def is_continued_by(self, piece: _Piece) -> bool:
        """Tell whether a piece adds days to a list of days, or a time to a time."""
        if self.is_list_of_days:
            return True
        is_time = bool(piece.times) and not piece.days
        return bool(self.times) and not self.state and not self.remark and is_time


class _NotHours(ValueError):  # noqa: N818 - never seen outside
    """A string is not in the syntax, or can be read two ways."""


def read_rules(hours: str) -> tuple[Rule, ...] | None:
    """Split a string into its rules; None where it is not in the syntax or can be read two ways.

    A later rule with hours, or that closes, and names no day is such a case:
    `Mo-Fr 08:00-12:00; 13:00-17:00` opens on Sundays by the syntax, and was
    hardly meant to.
    """
    if len(hours) > _LONGEST:
        return None
    try:
        rules = [
            rule
            for operator, segment in _segments(hours.translate(_WRITTEN))
            for rule in _rules_of(operator, segment)
        ]
    except _NotHours:
        return None
    return tuple(rules) if rules and not _is_ambiguous(rules) else None


def _segments(hours: str) -> Iterator[tuple[str, list[str]]]:
    """Split at `;` and `||`, each segment at its commas, outside quotes and brackets."""
    operator, pieces, current = NORMAL, [], ""
    for part in _SEPARATORS.split(hours):
        if part == ",":
            pieces.append(current.strip())
            current = ""
        elif part in (NORMAL, FALLBACK):
            yield operator, [*pieces, current.strip()]
            operator, pieces, current = part, [], ""
        else:
            current += part
    if pieces or current.strip() or operator == FALLBACK:
        yield operator, [*pieces, current.strip()]


def _rules_of(operator: str, segment: Sequence[str]) -> Iterator[Rule]:
    """Join the pieces between commas to rules; a comma adds days, times or a rule."""
    groups: list[list[_Piece]] = []
    for text in segment:
        found = _PIECE.fullmatch(text)
        if found is None:
            raise _NotHours
        days = found["days"].strip(" :")
        piece = _Piece(days, found["times"] or "", found["state"] or "", found["remark"] or "")
        before = groups[-1][-1] if groups else None
        # "Mo-Fr, 08:00-17:00": all day on some days and these times on all, or one rule?
        is_unclear = before is not None and before.is_list_of_days and not piece.days
        if is_unclear or not any(piece):
            raise _NotHours
        if before is not None and before.is_continued_by(piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    for group in groups:
        yield _rule(operator, group)
        operator = ADDED


def _rule(operator: str, group: Sequence[_Piece]) -> Rule:
    days = ",".join(piece.days for piece in group if piece.days)
    spans = [span for piece in group if piece.times for span in _spans(piece.times)]
    state = next((_STATES[piece.state.lower()] for piece in group if piece.state), None)
    if state is None:
        state = UNKNOWN if any(piece.remark for piece in group) else OPEN
    if state == CLOSED and not all(span.told for span in spans):
        raise _NotHours
    return Rule(operator, days, tuple(spans), state)


def _spans(times: str) -> list[Span]:
    """Read `08:00-17:00`, `17:00+`, `sunrise-20:00`; a point in time is none."""
    if times == "24/7":
        return [Span(0, DAY, told=True)]
    found = _SPAN.fullmatch(times)
    if found is None or not (found[2] or found[3]):
        raise _NotHours
    start, end = _moment(found[1]), _moment(found[2] or found[1])
    if start.earliest >= DAY or end.latest > 2 * DAY:
        raise _NotHours
    if not found[2]:
        return [Span(start.earliest, DAY, told=False)]
    if end.latest <= start.earliest:
        end = _Moment(end.earliest + DAY, end.latest + DAY)
    open_end = -(-(end.latest + 1) // DAY) * DAY if found[3] else end.latest
    spans = (
        Span(start.earliest, min(start.latest, end.latest), told=False),
        Span(start.latest, end.earliest, told=True),
        Span(max(start.latest, end.earliest), open_end, told=False),
    )
    return [span for span in spans if span.start < span.end]


class _Moment(NamedTuple):
    """A clock time, or the bounds of one that the sun sets; minutes since midnight."""

    earliest: int
    latest: int


def _moment(text: str) -> _Moment:
    """Read a moment; in Latvia the sun rises before noon and sets after it."""
    event = _EVENT.search(text)
    clock = re.search(_CLOCK, text)
    minute = 0
    if clock is not None:
        hours, minutes = map(int, clock[0].split(":"))
        if minutes >= _HOUR:
            raise _NotHours
        minute = _HOUR * hours + minutes
    if event is None:
        return _Moment(minute, minute)
    first = 0 if event[0].lower() in ("sunrise", "dawn") else DAY // 2
    shift = -minute if "-" in text else minute
    return _Moment(max(first + shift, 0), min(first + DAY // 2 + shift, DAY))


def _is_ambiguous(rules: Sequence[Rule]) -> bool:
    """Tell whether a later rule names no day where that may be an oversight."""
    named = bool(rules[0].days)
    for rule in rules[1:]:
        opens = rule.state == OPEN and (named or rule.operator == NORMAL)
        closes = rule.state == CLOSED and not rule.spans
        if not rule.days and (opens or closes) and rule.operator != FALLBACK:
            return True
        named = named or bool(rule.days)
    return False


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
