"""A small evaluator of `opening_hours`, moment by moment, written against the specification.

It shares nothing with the package, nor with the library that the package
asks: its own scanner, its own calendar, plain loops.  A moment is a day and a
minute; the state of a moment is found by going through the rules.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable
from typing import NamedTuple

DAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
NO, MAYBE, YES = "no", "maybe", "yes"
WORDS = {"open": YES, "off": NO, "closed": NO, "unknown": MAYBE}
TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*")|(?P<fallback>\|\|)|(?P<always>24/7)|(?P<clock>\d{1,2}:\d\d)
    |(?P<year>(?:19|20)\d\d)(?![0-9:])|(?P<number>\d+)(?!:)|(?P<word>[A-Za-z]+)|(?P<sign>[-+,;:/()\[\]]))""",
    re.VERBOSE,
)


class Times(NamedTuple):
    """From the earliest and the latest start to the earliest and the latest end."""

    starts: tuple[int, int]
    ends: tuple[int, int]


class Rule(NamedTuple):
    kind: str
    dates: list  # type: ignore[type-arg]
    weekdays: list  # type: ignore[type-arg]
    times: list[Times]
    state: str


class Reader:
    """Reads one string left to right; any surprise is a ValueError."""

    def __init__(self, text: str) -> None:
        text = text.translate(str.maketrans({"–": "-", "\u00a0": " "})).strip()
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found:
                raise ValueError(text[at:])
            self.tokens.append((str(found.lastgroup), found[0].strip()))
            at = found.end()
        self.at = 0

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        here = self.at + ahead
        return self.tokens[here] if here < len(self.tokens) else ("end", "")

    def take(self, value: str | None = None) -> str:
        kind, text = self.peek()
        if kind == "end" or (value is not None and text != value):
            raise ValueError(f"{value} wanted, {text} found")
        self.at += 1
        return text

    def maybe(self, value: str) -> bool:
        if self.peek()[1] == value:
            self.at += 1
            return True
        return False

    def word(self, choice: list[str], ahead: int = 0) -> int | None:
        kind, text = self.peek(ahead)
        capital = text.capitalize()
        return choice.index(capital) if kind == "word" and capital in choice else None

    def named(self, text: str, ahead: int = 0) -> bool:
        return self.peek(ahead)[1].lower() == text

    # The value: rules and their separators.

    def rules(self) -> list[Rule]:
        found = [self.rule(";")]
        while self.peek()[0] != "end":
            separator = self.take()
            if separator not in (";", ",", "||"):
                raise ValueError(separator)
            if self.peek()[0] == "end" and separator == ";":
                break
            found.append(self.rule(separator))
        return found

    def rule(self, kind: str) -> Rule:
        if self.peek()[0] == "text" and self.peek(1)[1] == ":":
            self.at += 2
        begin = self.at
        dates = self.dates()
        self.maybe(":")
        weekdays = self.weekdays()
        self.maybe(":")
        times = self.times()
        state = None
        if self.peek()[1].lower() in WORDS:
            state = WORDS[self.take().lower()]
        if self.peek()[0] == "text":
            self.take()
            state = state or MAYBE
        if self.at == begin:
            raise ValueError("an empty rule")
        return Rule(kind, dates, weekdays, times, state or YES)

    # Times.

    def is_time(self, ahead: int = 0) -> bool:
        kind, text = self.peek(ahead)
        return kind in ("clock", "always") or text == "(" or text.lower() in SUN

    def times(self) -> list[Times]:
        found: list[Times] = []
        if not self.is_time():
            return found
        while True:
            found += self.span()
            if not (self.peek()[1] == "," and self.is_time(1)):
                return found
            self.at += 1

    def span(self) -> list[Times]:
        if self.maybe("24/7"):
            return [Times((0, 0), (1440, 1440))]
        start = self.moment()
        if self.maybe("+"):
            return [Times((start[0], 1440), (start[0], 1440))]
        self.take("-")
        end = self.moment()
        if start[0] >= 1440 or end[1] > 2880:
            raise ValueError("no time of a day")
        if end[1] <= start[0]:
            end = (end[0] + 1440, end[1] + 1440)
        found = [Times(start, end)]
        if self.maybe("+"):
            midnight = 1440 if end[1] < 1440 else 2880
            found.append(Times((end[1], midnight), (end[1], midnight)))
        if self.peek()[1] == "/":
            raise ValueError("points in time")
        return found

    def moment(self) -> tuple[int, int]:
        if self.maybe("("):
            low, high = SUN[self.take().lower()]
            sign = 1 if self.take() == "+" else -1
            shift = sign * self.clock()
            self.take(")")
            return max(low + shift, 0), min(high + shift, 1440)
        if self.peek()[1].lower() in SUN:
            return SUN[self.take().lower()]
        minute = self.clock()
        return minute, minute

    def clock(self) -> int:
        if self.peek()[0] != "clock":
            raise ValueError("a clock time is wanted")
        hours, minutes = self.take().split(":")
        if int(minutes) > 59:
            raise ValueError("no minute")
        return int(hours) * 60 + int(minutes)

    # Weekdays and holidays: a list of lists, all of which must name the day.

    def weekdays(self) -> list:  # type: ignore[type-arg]
        groups = []
        while self.word(DAYS) is not None or self.peek()[1].upper() in ("PH", "SH"):
            groups.append(self.weekday_list())
            self.maybe(":")
        if len(groups) > 1 and any(item[0] == "week" for group in groups[:-1] for item in group):
            raise ValueError("weekdays twice")
        return groups

    def weekday_list(self) -> list:  # type: ignore[type-arg]
        found = [self.weekday()]
        while self.peek()[1] == "," and (
            self.word(DAYS, 1) is not None or self.peek(1)[1].upper() in ("PH", "SH")
        ):
            self.at += 1
            found.append(self.weekday())
        return found

    def weekday(self) -> tuple:  # type: ignore[type-arg]
        if self.peek()[1].upper() in ("PH", "SH"):
            return (self.take().upper(), self.offset())
        first = self.word(DAYS)
        if first is None:
            raise ValueError("a weekday is wanted")
        self.at += 1
        if self.maybe("["):
            numbers: list[int] = []
            while True:
                sign = -1 if self.maybe("-") else 1
                low = int(self.take())
                high = int(self.take()) if sign == 1 and self.maybe("-") else low
                numbers += [sign * n for n in range(low, high + 1)]
                if self.maybe("]"):
                    break
                self.take(",")
            if not all(1 <= abs(n) <= 5 for n in numbers):
                raise ValueError("no such week of a month")
            return ("nth", first, numbers, self.offset())
        last = first
        if self.peek()[1] == "-" and self.word(DAYS, 1) is not None:
            self.at += 1
            last = DAYS.index(self.take().capitalize())
        return ("week", first, last)

    def offset(self) -> int:
        if (
            self.peek()[1] in "+-"
            and self.peek(1)[0] == "number"
            and (self.peek(2)[1].lower() in ("day", "days"))
        ):
            sign = 1 if self.take() == "+" else -1
            number = int(self.take())
            self.take()
            return sign * number
        return 0

    # Years, dates and weeks: one list each, all of which must name the day.

    def dates(self) -> list:  # type: ignore[type-arg]
        found = []
        if (
            self.peek()[0] == "year"
            and self.word(MONTHS, 1) is None
            and not self.named("easter", 1)
        ):
            found.append(self.listed(self.years))
        if self.is_date():
            found.append(self.listed(self.date_range))
        if self.named("week"):
            self.at += 1
            found.append(self.listed(self.week_range))
        return found

    def is_date(self, ahead: int = 0) -> bool:
        if self.peek(ahead)[0] == "year":
            ahead += 1
        return self.word(MONTHS, ahead) is not None or self.named("easter", ahead)

    def listed(self, read: Callable[[], tuple]) -> list:  # type: ignore[type-arg]
        found = [read()]
        while self.peek()[1] == "," and self.peek(1)[0] in ("number", "year", "word"):
            if self.peek(1)[0] == "word" and not self.is_date(1):
                break
            if self.peek(1)[0] == "number" and read == self.date_range:
                self.at += 1
                month = found[-1][1][1]
                first = last = ("date", month, self.day(month), None, 0)
                if self.maybe("-"):
                    last = ("date", month, self.day(month), None, 0)
                found.append(("dates", first, last))
                continue
            self.at += 1
            found.append(read())
        return found

    def years(self) -> tuple:  # type: ignore[type-arg]
        first = last = int(self.take())
        step = 1
        if self.maybe("+"):
            last = 9999
        elif self.maybe("-"):
            last = int(self.take())
            if self.maybe("/"):
                step = int(self.take())
        return ("years", first, last, step)

    def week_range(self) -> tuple:  # type: ignore[type-arg]
        first = last = int(self.take())
        step = 1
        if self.maybe("-"):
            last = int(self.take())
            if self.maybe("/"):
                step = int(self.take())
        if not 1 <= first <= 53 or not 1 <= last <= 53:
            raise ValueError("no week")
        return ("weeks", first, last, step)

    def date_range(self) -> tuple:  # type: ignore[type-arg]
        first = last = self.date(None)
        if self.peek()[1] == "-" and (self.is_date(1) or self.peek(1)[0] == "number"):
            self.at += 1
            last = self.date(first)
        return ("dates", first, last)

    def date(self, before: tuple | None) -> tuple:  # type: ignore[type-arg]
        year = int(self.take()) if self.peek()[0] == "year" else None
        if self.named("easter"):
            self.at += 1
            return ("easter", None, None, year, self.offset())
        if before is not None and self.peek()[0] == "number":
            return ("date", before[1], self.day(before[1]), before[3], 0)
        month = self.word(MONTHS)
        if month is None:
            raise ValueError("a month is wanted")
        self.at += 1
        if self.peek()[0] == "number":
            return ("date", month, self.day(month), year, self.offset())
        # "Dec Sa[1]" is a date only as the edge of a span: "Jan Su[-1]-Mar Su[1]".
        sign = 1 if self.peek(2)[1] == "-" else 0
        begins = before is None and self.peek(4 + sign)[1] == "-" and self.is_date(5 + sign)
        ends = before is not None and before[0] == "nth"
        if self.word(DAYS) is not None and self.peek(1)[1] == "[" and (begins or ends):
            _, weekday, numbers, offset = self.weekday()
            return ("nth", month, (weekday, numbers[0]), year, offset)
        return ("month", month, None, year, 0)

    def day(self, month: int) -> int:
        day = int(self.take())
        if not 1 <= day <= [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]:
            raise ValueError("no day of this month")
        return day


SUN = {"sunrise": (0, 720), "dawn": (0, 720), "sunset": (720, 1440), "dusk": (720, 1440)}


# --- The calendar -------------------------------------------------------------------------------


def easter(year: int) -> dt.date:
    """Find Easter Sunday (Butcher's rule)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return dt.date(year, month, day + 1)


def nth_weekday(year: int, month: int, weekday: int, number: int) -> dt.date | None:
    day = dt.date(year, month + 1, 1)
    every = []
    while day.month == month + 1:
        if day.weekday() == weekday:
            every.append(day)
        day += dt.timedelta(1)
    place = number - 1 if number > 0 else number
    return every[place] if -len(every) <= place < len(every) else None


def edge(date: tuple, year: int, *, last: bool) -> dt.date | None:  # type: ignore[type-arg]
    kind, month, what, _, offset = date
    if kind == "easter":
        day = easter(year)
    elif kind == "nth":
        found = nth_weekday(year, month, *what)
        if found is None:
            return None
        day = found
    elif kind == "month":
        after = dt.date(year + month // 11, (month + 1) % 12 + 1, 1)
        day = after - dt.timedelta(1) if last else dt.date(year, month + 1, 1)
    else:
        length = 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28
        if month == 1 and what > length:
            return dt.date(year, 3, 1) if not last else dt.date(year, 2, length)
        day = dt.date(year, month + 1, what)
    return day + dt.timedelta(offset)


def in_dates(day: dt.date, first: tuple, last: tuple) -> bool:  # type: ignore[type-arg]
    if first == last and first[0] == "date" and first[1:3] == (1, 29):
        return (day.month, day.day) == (2, 29) and first[3] in (None, day.year)
    years = [first[3]] if first[3] is not None else [day.year - 1, day.year, day.year + 1]
    for year in years:
        begin = edge(first, year, last=False)
        end = edge(last, last[3] if last[3] is not None else year, last=True)
        if begin is not None and end is not None and end < begin and last[3] in (None, first[3]):
            end = edge(last, year + 1, last=True)
        if begin is not None and end is not None and begin <= day <= end:
            return True
    return False


def in_date_item(day: dt.date, item: tuple) -> bool:  # type: ignore[type-arg]
    if item[0] == "years":
        return item[1] <= day.year <= item[2] and (day.year - item[1]) % item[3] == 0
    if item[0] == "weeks":
        week = day.isocalendar()[1]
        return item[1] <= week <= item[2] and (week - item[1]) % item[3] == 0
    return in_dates(day, item[1], item[2])


def in_weekday_item(day: dt.date, item: tuple, school: bool) -> bool:  # type: ignore[type-arg]
    if item[0] == "PH":
        return False
    if item[0] == "SH":
        return school
    if item[0] == "nth":
        day = day - dt.timedelta(item[3])
        return any(
            nth_weekday(day.year, day.month - 1, item[1], number) == day for number in item[2]
        )
    return (day.weekday() - item[1]) % 7 <= (item[2] - item[1]) % 7


def names(rule: Rule, day: dt.date, school: bool) -> bool:
    return all(any(in_date_item(day, item) for item in group) for group in rule.dates) and all(
        any(in_weekday_item(day, item, school) for item in group) for group in rule.weekdays
    )


# --- The state of a moment ----------------------------------------------------------------------


def says(rule: Rule, minute: int) -> str | None:
    """What a rule says of a minute of a day it names; minutes over 1440 are of the day after."""
    if not rule.times:
        return rule.state if 0 <= minute < 1440 else None
    answers = []
    for (start, latest), (earliest, end) in rule.times:
        if latest <= minute < earliest:
            answers.append(rule.state)
        elif start <= minute < end:
            answers.append(MAYBE)
    return next((answer for answer in answers if answer == rule.state), None) or (
        answers[0] if answers else None
    )


def state(rules: list[Rule], day: dt.date, minute: int, *, school: bool = False) -> str:
    now = NO
    for rule in rules:
        today = names(rule, day, school)
        if rule.kind == ";" and rule.state != NO and today:
            now = NO
        for named, asked in (
            (today, minute),
            (names(rule, day - dt.timedelta(1), school), minute + 1440),
        ):
            said = says(rule, asked) if named else None
            if said is not None and (rule.kind != "||" or now == NO):
                now = said
    return now


def week_minutes(
    text: str, monday: dt.date, schools: tuple[bool, ...] = (False, True)
) -> tuple[int, int]:
    """Count the minutes of a week that are surely and that are possibly open.

    Whether a day is a school holiday is not known, unless `schools` says so.
    """
    rules = Reader(text).rules()
    edges = {0, 1440}
    for rule in rules:
        for times in rule.times:
            edges |= {moment % 1440 for both in times for moment in both}
    turns = sorted(edges)
    sure = possible = 0
    for number in range(7):
        day = monday + dt.timedelta(number)
        for start, end in itertools.pairwise(turns):
            found = {state(rules, day, start, school=school) for school in schools}
            sure += (end - start) * (found == {YES})
            possible += (end - start) * (found != {NO})
    return sure, possible
