"""Opening hours: from an OpenStreetMap `opening_hours` string to the open minutes of a week.

What cannot be told is unknown, and never counts as open.  Rules are split here and their days
alone are asked of opening-hours-py, a day at a time: version 2.1.4 evaluates whole strings
against the specification in places (a bare remark is open, `||` is asked once a day), as it does
dates that no year has, holidays of a weekday (`PH Mo-Fr`) and school holidays.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from opening_hours import OpeningHours, validate

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Bilingual, Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.model.project import Input


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

# A week of no season's end, for a project whose feeds name no service day.
REFERENCE_MONDAY = dt.date(2024, 10, 7)
DAYS, WEEKS = 7, 52
WEEK = DAYS * DAY
# The day before or after a holiday is none itself.
_HOLIDAYS = re.compile(r"\bPH\b(?! ?[+-])", re.IGNORECASE)
_SCHOOL = re.compile(r"\bSH\b", re.IGNORECASE)
_UNTOUCHED = -1
# Behind what is wrong may stand the first place that has such hours.
FIRST_PLACE = Message(" (first place: {})")
_NOTHING = Bilingual("", "")
_BAD = Message(
    "is not in OSM opening_hours syntax or can be read in two ways{}; nothing is computed from it"
)
_DOUBTFUL = Message("cannot be told in part{}; {}only what is sure counts as open")
_A_WEEK = Message("it is {} to {} h a week, and ")


class Span(NamedTuple):
    """A span of times: minutes since midnight, `end` up to 2880; `sure` unless it may be less."""

    start: int
    end: int
    sure: bool


class Rule(NamedTuple):
    """One rule: how it follows those before it, its days, its times and what they are.

    The operator is `NORMAL`, `ADDED` or `FALLBACK`; days are as written, empty
    for every day; no spans are the whole day; the state is `CLOSED`, `UNKNOWN`
    or `OPEN`, and a remark without a state is unknown.
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
    operator, pieces = NORMAL, [""]
    for part in (*_SEPARATORS.split(hours.strip().removesuffix(NORMAL)), NORMAL):
        if part == ",":
            pieces.append("")
        elif part in (NORMAL, FALLBACK):
            yield operator, [piece.strip() for piece in pieces]
            operator, pieces = part, [""]
        else:
            pieces[-1] += part


def _rules_of(operator: str, segment: Sequence[str]) -> Iterator[Rule]:
    """Join the pieces between commas to rules; a comma adds days, times or a rule."""
    groups: list[list[_Piece]] = []
    for text in segment:
        match = _PIECE.fullmatch(text)
        if match is None:
            raise _NotHours
        days = match["days"].strip(" :")
        piece = _Piece(days, match["times"] or "", match["state"] or "", match["remark"] or "")
        before = groups[-1][-1] if groups else None
        # "Mo-Fr, 08:00-17:00": all day on some days and these times on all, or one rule?
        is_unclear = before is not None and before.is_list_of_days and not piece.days
        if is_unclear or not any(piece):
            raise _NotHours
        # A piece may add days to a list of days, or a time to a time.
        adds_time = bool(piece.times) and not piece.days
        if before is not None and (
            before.is_list_of_days
            or (before.times and not (before.state or before.remark) and adds_time)
        ):
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
    if state == CLOSED and not all(span.sure for span in spans):
        raise _NotHours
    return Rule(operator, days, tuple(spans), state)


def _spans(times: str) -> list[Span]:
    """Read `08:00-17:00`, `17:00+`, `sunrise-20:00`; a point in time is none."""
    if times == "24/7":
        return [Span(0, DAY, sure=True)]
    match = _SPAN.fullmatch(times)
    if match is None or not (match[2] or match[3]):
        raise _NotHours
    start, latest_start = _moment(match[1])
    end, latest_end = _moment(match[2] or match[1])
    if start >= DAY or latest_end > 2 * DAY:
        raise _NotHours
    if not match[2]:
        return [Span(start, DAY, sure=False)]
    if latest_end <= start:
        end, latest_end = end + DAY, latest_end + DAY
    open_end = -(-(latest_end + 1) // DAY) * DAY if match[3] else latest_end
    spans = (
        Span(start, min(latest_start, latest_end), sure=False),
        Span(latest_start, end, sure=True),
        Span(max(latest_start, end), open_end, sure=False),
    )
    return [span for span in spans if span.start < span.end]


def _moment(text: str) -> tuple[int, int]:
    """Read a clock time, or the bounds of one that the sun sets, in minutes since midnight.

    In Latvia the sun rises before noon and sets after it.
    """
    event = _EVENT.search(text)
    clock = re.search(_CLOCK, text)
    minute = 0
    if clock is not None:
        hours, minutes = map(int, clock[0].split(":"))
        if minutes >= _HOUR:
            raise _NotHours
        minute = _HOUR * hours + minutes
    if event is None:
        return minute, minute
    first = 0 if event[0].lower() in ("sunrise", "dawn") else DAY // 2
    shift = -minute if "-" in text else minute
    return max(first + shift, 0), min(first + DAY // 2 + shift, DAY)


def _is_ambiguous(rules: Sequence[Rule]) -> bool:
    """Tell whether a later rule names no day where that may be an oversight."""
    names_days = bool(rules[0].days)
    for rule in rules[1:]:
        opens = rule.state == OPEN and (names_days or rule.operator == NORMAL)
        closes = rule.state == CLOSED and not rule.spans
        if not rule.days and (opens or closes) and rule.operator != FALLBACK:
            return True
        names_days = names_days or bool(rule.days)
    return False


class Selector(NamedTuple):
    """Days as written, in the parts that are asked one by one; a day is named by all of them.

    `school` are the parts for a day that is a school holiday, and `never` is
    whether no day but a school holiday is named.
    """

    parts: tuple[str, ...]
    school: tuple[str, ...]
    never: bool = False


@cache
def read_selector(days: str) -> Selector | None:
    """Read day selectors such as `Oct 01-May 31 Sa`; None where they are not in the syntax.

    Empty for every day.
    """
    written = _tidied(days)
    if not written:
        return Selector((), ())
    match = _SMALL.fullmatch(written)
    if match is None:
        return None
    wide, small = match["wide"], match["days"] or ""
    if _CUT.search(wide):
        wide, small = written, ""
    if not _is_wide(wide):
        return None
    # Each part is asked alone: together the package takes "Dec Th[1] +1 day" for one date.
    both = _HOLIDAYS_FIRST.fullmatch(small)
    parts, school, never = [wide], [wide], False
    for days_listed in [both[1], both[2]] if both else [small]:
        items = re.split(r",(?![^\[]*\])", days_listed)
        rest = ",".join(item for item in items if item != "SH")
        parts.append(rest)
        if "SH" in items:
            never = never or not rest
        else:
            school.append(rest)
    if not all(map(validate, filter(None, [*parts, *school]))):
        return None
    return Selector(tuple(filter(None, parts)), tuple(filter(None, school)), never)


def holidays_are_known(monday: dt.date) -> bool:
    """Tell whether the package knows the public holidays of the weeks from a Monday on."""
    last = monday.toordinal() + WEEKS * DAYS - 1
    return monday.year >= FIRST_YEAR and last <= dt.date(LAST_YEAR, 12, 31).toordinal()


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
        for numbers in _WEEK_NUMBERS.findall(wide)
        for number in re.findall(r"(?<![0-9/])[0-9]+", numbers)
    ]
    return all(1 <= week <= _WEEKS_OF_YEAR for week in weeks) and all(
        1 <= int(day) <= calendar.monthrange(_LEAP_YEAR, _MONTHS[month])[1]
        for month, day in _MONTH_DAY.findall(wide)
    )


class Week(NamedTuple):
    """The hours that one string stands for.

    Whether surely open, and whether that cannot be told, minute by minute in the
    reference week, as if there were no holidays: shape (7, 1440), Monday first.
    Fewest surely open and most possibly open hours in a week, of the 52 from the
    reference week on, as if there were no public holidays.  Surely open hours in
    these 52 weeks, public holidays closed, NaN where they hang on school holidays.
    Whether any minute of these weeks cannot be told.
    """

    minutes: NDArray[np.bool_]
    unknown: NDArray[np.bool_]
    least: float
    most: float
    year_h: float
    doubtful: bool


class _Hours(NamedTuple):
    """A string that is understood: its rules with their days."""

    rules: Sequence[tuple[Rule, Selector]]
    opens_on_holidays: bool
    on_school: bool


def hours_a_week(texts: pd.Series, otherwise: float) -> pd.DataFrame:
    """Give the `least` and `most` hours of a week; where any are not told, others."""
    weeks = {text: read_week(text, REFERENCE_MONDAY) for text in texts.unique() if text}
    told = {text: (week.least, week.most) for text, week in weeks.items() if week and week.least}
    ends = [told.get(text, (otherwise, otherwise)) for text in texts]
    return pd.DataFrame(ends, texts.index, ["least", "most"], dtype=float)


def read_week(hours: str, monday: dt.date) -> Week | None:
    """Evaluate a string over the weeks from a Monday on; None where it cannot be understood.

    A string that opens on no public holiday (`PH`) by name is taken to be
    closed on them: the published lists say nothing, and the offices are closed.
    """
    parsed = _parsed(hours)
    if parsed is None:
        return None
    span = WEEKS * DAYS
    usual = _states(parsed, monday, span)
    with_holidays = _with_holidays(parsed, monday, span)
    sure, possible = usual == OPEN, usual != CLOSED
    year = float((with_holidays == OPEN).sum() / 60)
    if parsed.on_school:
        # Any day may be a school holiday.
        on_school = _states(parsed, monday, span, school=True)
        sure &= on_school == OPEN
        possible |= on_school != CLOSED
        if not np.array_equal(_with_holidays(parsed, monday, span, school=True), with_holidays):
            year = float("nan")
    typical = usual[:WEEK].reshape(DAYS, DAY)
    return Week(
        typical == OPEN,
        typical == UNKNOWN,
        float(sure.reshape(WEEKS, WEEK).sum(axis=1).min() / 60),
        float(possible.reshape(WEEKS, WEEK).sum(axis=1).max() / 60),
        year,
        not np.array_equal(sure, possible),
    )


def read_day(hours: str, day: dt.date) -> tuple[int, int] | None:
    """Find a day's first opening and last closing; None where it does not surely open that day.

    Minutes since midnight, the last may be beyond 1440.  Public holidays are
    closed as in `read_week`, which must understand the string.
    """
    is_open = open_around(hours, day)
    turns = np.diff(is_open.astype(np.int8))
    opens = np.flatnonzero(turns > 0) + 1 - DAY
    closes = np.flatnonzero(turns < 0) + 1 - DAY
    opens = opens[(opens >= 0) & (opens < DAY)]
    closes = closes[closes > opens[-1]] if len(opens) else closes[:0]
    return (int(opens[0]), int(closes[0])) if len(closes) else None


def open_around(hours: str, day: dt.date) -> NDArray[np.bool_]:
    """Tell minute by minute whether it is surely open, from the day before to the one after.

    Public holidays are closed as in `read_week`; shape (4320,).  Raises ValueError if
    `read_week` does not understand the hours.
    """
    parsed = _parsed(hours)
    if parsed is None:
        raise ValueError(f"hours that are not understood: {hours!r}")
    return np.asarray(_with_holidays(parsed, day - dt.timedelta(days=1), 3) == OPEN)


def monday_of(day: dt.date) -> dt.date:
    """Give the Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())


def _parsed(hours: str) -> _Hours | None:
    with_days = []
    for rule in read_rules(hours) or ():
        selector = read_selector(rule.days)
        if selector is None:
            return None
        with_days.append((rule, selector))
    if not with_days:
        return None
    return _Hours(
        with_days,
        any(rule.state != CLOSED and _HOLIDAYS.search(rule.days) for rule, _ in with_days),
        any(_SCHOOL.search(rule.days) for rule, _ in with_days),
    )


def _with_holidays(
    hours: _Hours, first: dt.date, days: int, *, school: bool = False
) -> NDArray[np.int8]:
    states = _states(hours, first, days, public=True, school=school)
    if not hours.opens_on_holidays:
        states.reshape(days, DAY)[_asked("PH", first, days, True)] = CLOSED
    return states


def _states(
    hours: _Hours, first: dt.date, days: int, *, public: bool = False, school: bool = False
) -> NDArray[np.int8]:
    """Evaluate some days minute by minute, in the order of the rules; shape (days × 1440,).

    A rule behind `;` replaces what the rules before it say of its days, a rule
    that closes only takes its times away, a rule behind `,` adds its times,
    and one behind `||` is asked where the rules before it say closed.  What
    reaches past midnight adds to the day after.  Times have no zone: a clock
    change neither adds nor takes an hour.  `public`: whether Latvia's public
    holidays are such, else no day is one; `school`: whether every day is a
    school holiday, else none is.
    """
    states = np.full((days, DAY), CLOSED, np.int8)
    before = first - dt.timedelta(days=1)
    for rule, selector in hours.rules:
        is_named = np.full(days + 1, school or not selector.never)
        for text in selector.school if school else selector.parts:
            is_named &= _asked(text, before, days + 1, public)
        times = _times(rule)
        if rule.operator == NORMAL and rule.state != CLOSED:
            states[is_named[1:]] = CLOSED
        for on, part in ((is_named[1:], times[:DAY]), (is_named[:-1], times[DAY:])):
            touched = np.flatnonzero(part != _UNTOUCHED)
            if not len(touched):
                continue
            cells = np.ix_(np.flatnonzero(on), touched)
            now = states[cells]
            new = np.broadcast_to(part[touched], now.shape)
            states[cells] = np.where(now == CLOSED, new, now) if rule.operator == FALLBACK else new
    return states.reshape(-1)


def _times(rule: Rule) -> NDArray[np.int8]:
    """Lay a rule's state over its day and the one after; shape (2880,)."""
    times = np.full(2 * DAY, _UNTOUCHED, np.int8)
    if not rule.spans:
        times[:DAY] = rule.state
    # A time that is told outweighs one that is not.
    for span in sorted(rule.spans, key=lambda one: one.sure):
        times[span.start : span.end] = rule.state if span.sure else UNKNOWN
    return times


def problem_of(week: Week | None, place: Text, *, with_band: bool) -> tuple[Text, Text] | None:
    """Say what is wrong with hours and what to do; None if nothing is."""
    if week is None:
        return _BAD.with_values(place), Message(
            'write "Mo-Th 08:30-12:00,12:30-17:00; Fr 08:00-14:00", say'
        )
    if not week.doubtful:
        return None
    band: Text = _NOTHING
    if with_band:
        limits = [f"{week.least:g}", f"{week.most:g}"]
        band = _A_WEEK.with_values(*(Bilingual(limit.replace(".", ","), limit) for limit in limits))
    return _DOUBTFUL.with_values(place, band), Message("check the hours")


def faults_of_list(records: pd.DataFrame, source: Input) -> list[Fault]:
    """Warn once of each string of a list that cannot be used, or only in part.

    `records` is what a reader gave; a fault bears the row of the first that has the string.
    """
    field = source.columns.get("hours", "hours")
    rows = records[records["hours"] != ""].groupby("hours", sort=False)["row"]
    faults = []
    for text, row, alike in rows.agg(["first", "size"]).itertuples():
        problem = problem_of(read_week(text, REFERENCE_MONDAY), _NOTHING, with_band=False)
        if problem is not None:
            faults.append(Fault("warning", source.shown, *problem, row or None, field, text, alike))
    return faults
