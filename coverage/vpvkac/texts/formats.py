"""How numbers, distances, shares and dates are written for people.

Every number that people read, on a page, a map, a terminal or in a workbook, is a `Shown`,
rounded once from full precision: what a sentence says and what a column shows is the same text.
One rule holds for decimals: none more than the quantity has, and no zero at the end (7 km, 91 %,
42), but for money.

Latvian: decimal comma, date "01.07.2022.".  English: decimal point, date "1 July 2022".  In both
a no-break space stands before a unit and splits thousands from five digits on (9310, but 64 589).
CSV files are for machines and do not use this module.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import NamedTuple

from vpvkac.texts.message import Lang, Message, labels

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
# Digits from which thousands are split.
_SPLIT_FROM = 5
_EXACT = 1e-9
_KILO = 3
# Decimals to which distances are known.
_MILLIMETRE = 3
_M, _KM, _PER_CENT = "m", "km", "%"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = labels(Mo="Mon", Tu="Tue", We="Wed", Th="Thu", Fr="Fri", Sa="Sat", Su="Sun")
_DAY = re.compile("|".join(DAYS))
_TIME = re.compile(r"(\d\d?):(\d\d)")
_ISO_DAY = len("2023-11-08")
_OPENING = re.compile(r'(?<![^\s(\[“/–-])"(?=\S)')
_INTERVAL = r"\d\d?:\d\d-\d\d?:\d\d"
_NUMBERS = {month[:3]: number for number, month in enumerate(_MONTHS, 1)}
_MOMENT = rf"({'|'.join(_NUMBERS)})(?: (\d\d))?"
_RULE = re.compile(
    rf"(?:{_MOMENT}-{_MOMENT} )?"
    rf"(?P<days>(?:{_DAY.pattern})(?:[-,](?:{_DAY.pattern}))*)"
    r"(?:\[(?P<which>-1|[1-5](?:,[1-5])*)\])? "
    rf"(?P<times>off|{_INTERVAL}(?:,{_INTERVAL})*)(?: \"(?P<note>[^\"]*)\")?"
)
_RULES = re.compile(r'(?:[^;"]|"[^"]*"?)+')


class Shown(NamedTuple):
    """A number as people see it: rounded once, from full precision.

    Pages write it with `text`, workbooks as a number under `number_format`: what is displayed is
    the same text.  Kilometres are kept in metres, per cent in per cent; a `signed` number has a
    plus too.
    """

    value: Decimal
    decimals: int = 0
    unit: str = ""
    signed: bool = False

    def text(self, lang: Lang) -> str:
        """Write the number with its unit."""
        sign = "+" if self.signed and self.value > 0 else ""
        written = sign + _written(lang, _fixed(self._scaled, self.decimals))
        return f"{written}{NBSP}{self.unit}" if self.unit else written

    def bare(self, lang: Lang) -> str:
        """Write the number without its unit, where a heading or what follows says it."""
        return self._replace(unit="").text(lang)

    @property
    def _scaled(self) -> Decimal:
        return self.value.scaleb(-_KILO) if self.unit == _KM else self.value

    @property
    def cell(self) -> float:
        """The number as a workbook's cell holds it: metres, a share from 0 to 1, else as it is."""
        return float(self.value.scaleb(-2) if self.unit == _PER_CENT else self.value)

    @property
    def number_format(self) -> str:
        """The format under which a cell of that number displays the text of `text`."""
        digits = "#,##0" if abs(self._scaled) >= 10 ** (_SPLIT_FROM - 1) else "0"
        digits += f".{'0' * self.decimals}" if self.decimals else ""
        # A comma behind the digits divides by a thousand, a bare % multiplies by a hundred.
        digits += "," if self.unit == _KM else ""
        if self.unit == _PER_CENT:
            digits += f'"{NBSP}"%'
        elif self.unit:
            digits += f'"{NBSP}{self.unit}"'
        return f"+{digits};{MINUS}{digits};{digits}" if self.signed else digits


def to_number(value: float | Decimal, decimals: int = 0) -> Shown:
    """Round a number, half away from zero, to at most so many decimals: 7, not 7,0."""
    return _shortest(_rounded(value, decimals, ROUND_HALF_UP))


def to_metres(value: float, threshold: float | None = None) -> Shown:
    """Round a distance to the metre.

    Beside its threshold it never shows on the other side: beyond 700 m are
    700.3, written with a decimal, and 700.04, written as 700.1.
    """
    return _shortest(shown_metres(value, threshold), _M)


def to_length(value: float) -> Shown:
    """Round metres to the metre below 1 km, else to 0.1 km."""
    whole = _rounded(value, 0, ROUND_HALF_UP)
    if abs(whole) < 10**_KILO:
        return Shown(whole, unit=_M)
    short = _shortest(_rounded(_decimal(value).scaleb(-_KILO), 1, ROUND_HALF_UP))
    return Shown(short.value.scaleb(_KILO), short.decimals, _KM)


def to_excess(value: float, threshold: float) -> Shown:
    """Say by how much a distance as shown is beyond the threshold, in metres."""
    return _shortest(shown_metres(value, threshold) - _decimal(threshold), _M)


def to_area(value: float) -> Shown:
    """Round an area to 1 km², below 100 to 0.1 km²."""
    return to_number(value, 1 if value < 100 else 0)._replace(unit="km²")  # noqa: PLR2004


def to_minutes(value: float) -> Shown:
    """Round minutes to a tenth."""
    return to_number(value, 1)._replace(unit="min")


def to_share(share: float, targets: Iterable[float] = ()) -> Shown:
    """Round a share (0-1) to 0.1 %.

    On one side of a target it never shows as on the other, nor as met where
    it is below: 0.8499 with the target 0.85 is 84,9 %.
    """
    exact = 100 * _decimal(share)
    shown = _rounded(exact, 1, ROUND_HALF_UP)
    for target in targets:
        goal = 100 * _decimal(target)
        if exact < goal <= shown:
            shown = _rounded(exact, 1, ROUND_FLOOR)
        elif exact > goal >= shown:
            shown = _rounded(exact, 1, ROUND_CEILING)
    return _shortest(shown, _PER_CENT)


def to_share_band(least: float, most: float) -> tuple[Shown, Shown]:
    """Round the ends of a band of shares outwards, so that it holds all it held."""
    # The binary error of a share does not widen its band.
    lower = _rounded(100 * _decimal(least + _EXACT), 1, ROUND_FLOOR)
    upper = _rounded(100 * _decimal(most - _EXACT), 1, ROUND_CEILING)
    return _shortest(lower, _PER_CENT), _shortest(upper, _PER_CENT)


def less(shown: Shown, other: Shown, unit: str) -> Shown:
    """Give the difference of two numbers as they are shown, with its sign."""
    return _shortest(shown.value - other.value, unit)._replace(signed=True)


def number(lang: Lang, value: float, decimals: int = 0) -> str:
    """Write a number with a fixed count of decimals, rounded half away from zero: money."""
    return _written(lang, _rounded(value, decimals, ROUND_HALF_UP))


def plain(lang: Lang, value: float, decimals: int = 1) -> str:
    """Write a number with at most so many decimals: 700, not 700,0."""
    return to_number(value, decimals).text(lang)


def metres(lang: Lang, value: float, threshold: float | None = None) -> str:
    """Write a distance in whole metres with its unit; see `to_metres`."""
    return to_metres(value, threshold).text(lang)


def shown_metres(value: float, threshold: float | None = None) -> Decimal:
    """Round a distance to the metre as people see it; see `to_metres`."""
    whole = _rounded(value, 0, ROUND_HALF_UP)
    if threshold is None:
        return whole
    limit = _decimal(threshold)
    if _decimal(value) > limit >= whole:
        return _rounded(value, 1, ROUND_CEILING)
    if _decimal(value) <= limit < whole:
        return _rounded(value, 1, ROUND_FLOOR)
    return whole


def threshold(lang: Lang, value: float) -> str:
    """Write a threshold with its unit, exactly, for decisions hang on it: "700 m"."""
    return plain(lang, value, _MILLIMETRE) + f"{NBSP}{_M}"


def excess(lang: Lang, value: float, threshold: float) -> str:
    """Write by how much a distance as shown is beyond the threshold, in metres."""
    return to_excess(value, threshold).text(lang)


def length(lang: Lang, value: float) -> str:
    """Write metres as metres below 1 km, else as kilometres with at most one decimal."""
    return to_length(value).text(lang)


def square_kilometres(lang: Lang, value: float) -> str:
    """Write an area in km², with at most one decimal below 100."""
    return to_area(value).text(lang)


def minutes(lang: Lang, value: float) -> str:
    """Write minutes with at most one decimal."""
    return to_minutes(value).text(lang)


def percent(lang: Lang, share: float, *targets: float) -> str:
    """Write a share (0-1) in per cent with at most one decimal; see `to_share`."""
    return to_share(share, targets).text(lang)


def share_band(lang: Lang, least: float, most: float) -> str:
    """Write a band of shares with its unit once: "18,8–19,2 %"."""
    lower, upper = to_share_band(least, most)
    return f"{lower.bare(lang)}–{upper.text(lang)}"


def date(lang: Lang, iso: str) -> str:
    """Write an ISO date as "01.07.2022." or "1 July 2022".

    A reference date that is no full ISO date ("2020", "2023-06") is given as
    it is: publishers do not always say the day.
    """
    try:
        day = dt.date.fromisoformat(iso[:10])
    except ValueError:
        return iso
    if lang == "lv":
        return f"{day.day:02d}.{day.month:02d}.{day.year}."
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def day_format(lang: Lang) -> str:
    """Give the format under which a workbook's cell of a day displays the text of `date`."""
    return 'dd.mm.yyyy"."' if lang == "lv" else "[$-809]d mmmm yyyy"


def date_range(lang: Lang, first: str, last: str) -> str:
    """Write two ISO dates as "01.11.2023.–08.11.2023." or "1–8 November 2023"."""
    begin, end = date(lang, first), date(lang, last)
    if lang == "lv":
        return f"{begin}–{end}"
    if first[:4] == last[:4] and first[4:5] == "-" and len(first) == len(last) == _ISO_DAY:
        if first[:7] == last[:7]:
            return f"{begin.partition(' ')[0]}–{end}"
        begin = begin.rpartition(" ")[0]
    return f"{begin} – {end}"


def typographic(text: str) -> str:
    """Put “ ” in place of the straight quotation marks of a name or an address.

    Examples
    --------
    >>> typographic('"Tautas nams", SIA "Ezers"')
    '“Tautas nams”, SIA “Ezers”'
    """
    return _OPENING.sub("“", text).replace('"', "”")


def time_of_day(lang: Lang, clock: str) -> str:
    """Write a time of day: "08:30" is "8.30" in Latvian and "8:30" in English."""
    return f"{int(clock[:2])}{'.' if lang == 'lv' else ':'}{clock[3:]}"


def opening_hours(lang: Lang, hours: str) -> str:
    """Write OSM opening_hours, a rule a line: "Mo-Fr 08:30-12:00" is "P.–Pk. 8.30–12.00".

    A season, a day of the month and a remark are written too; anything else is given as it is.
    """

    def clock(time: re.Match[str]) -> str:
        return f"{int(time[1])}{'.' if lang == 'lv' else ':'}{time[2]}"

    def moment(month: str, day: str | None, *, whole: str) -> str:
        number, day = _NUMBERS[month], str(int(day or whole))
        return f"{day}.{number}." if lang == "lv" else f"{day} {_MONTHS[number - 1]}"

    def written(rule: str) -> str:
        parts = _RULE.fullmatch(rule)
        if parts is None:
            return rule
        days = _DAY.sub(lambda day: DAYS[day[0]].text(lang), parts["days"])
        is_off = parts["times"] == "off"
        times = Message("closed").text(lang) if is_off else _TIME.sub(clock, parts["times"])
        days, times = (text.replace("-", "–").replace(",", ", ") for text in (days, times))
        if parts["which"]:
            number = parts["which"].replace(",", "., " if lang == "lv" else ", ")
            of_month = Message("{day} (no. {number} of the month)", day=days, number=number)
            if parts["which"] == "-1":
                of_month = Message("{day} (the last of the month)", day=days)
            days = of_month.text(lang)
        line = f"{days} {times}"
        if parts[1]:
            last = str(calendar.monthrange(2024, _NUMBERS[parts[3]])[1])
            season = (moment(parts[1], parts[2], whole="1"), moment(parts[3], parts[4], whole=last))
            line = f"{'–'.join(season)} {line}"
        return f"{line} ({parts['note']})" if parts["note"] else line

    return "\n".join(written(rule.strip()) for rule in _RULES.findall(hours) if rule.strip())


def _decimal(value: float | Decimal) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


def _rounded(value: float | Decimal, decimals: int, how: str) -> Decimal:
    return _decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=how)


def _shortest(value: Decimal, unit: str = "") -> Shown:
    """Keep no more decimals than are needed."""
    short = value.normalize()
    exponent = short.as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    return Shown(_fixed(short, decimals), decimals, unit)


def _fixed(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals))


def _written(lang: Lang, value: Decimal) -> str:
    digits, _, fraction = f"{abs(value):f}".partition(".")
    if len(digits) >= _SPLIT_FROM:
        digits = f"{int(digits):,}".replace(",", NBSP)
    point = "," if lang == "lv" else "."
    sign = MINUS if value < 0 else ""
    return sign + digits + (point + fraction if fraction else "")
