"""How numbers, distances, shares and dates are written for people, and how names are sorted.

Latvian: decimal comma, date "01.07.2022.".  English: decimal point, date
"1 July 2022".  In both a no-break space stands before a unit and splits
thousands from five digits on (9310, but 64 589).  CSV files are for machines
and do not use this module.  The rules: GLOSSARY.md, "Writing rules".
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.language import Text

if TYPE_CHECKING:
    from vpvkac.language import Lang

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
_SPLIT_FROM = 5
_EXACT = 1e-9
_KILOMETRE = 1000
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_ALPHABET = "aābcčdeēfgģhiīyjkķlļmnņoōpqrŗsštuūvwxzž"
_PLACE_OF = {letter: place for place, letter in enumerate(_ALPHABET)}
# Letters of the alphabet stand after digits and punctuation, and before every other script.
_LETTERS_FROM = 0x80
_OTHERS_FROM = 0x100


_DAYS = {
    "Mo": Text("P.", "Mon"),
    "Tu": Text("O.", "Tue"),
    "We": Text("T.", "Wed"),
    "Th": Text("C.", "Thu"),
    "Fr": Text("Pk.", "Fri"),
    "Sa": Text("S.", "Sat"),
    "Su": Text("Sv.", "Sun"),
}
_CLOSED = Text("slēgts", "closed")
_DAY = re.compile("|".join(_DAYS))
_TIME = re.compile(r"(\d\d?):(\d\d)")
_ISO_DAY = len("2023-11-08")
_OPENING = re.compile(r'(?<![^\s(\[“/–-])"(?=\S)')
_CLOSING = re.compile('"')
_INTERVAL = r"\d\d?:\d\d-\d\d?:\d\d"
_RULE = re.compile(
    rf"(?P<days>(?:{_DAY.pattern})(?:[-,](?:{_DAY.pattern}))*) "
    rf"(?P<times>off|{_INTERVAL}(?:,{_INTERVAL})*)"
)


class Noun(NamedTuple):
    """A noun in the forms that counting needs.

    Parameters
    ----------
    one, many, of
        Latvian: singular (21 pietura), plural (22 pieturas), genitive plural
        (10 pieturu).
    en_one, en_many
        English: singular and plural.
    """

    one: str
    many: str
    of: str
    en_one: str
    en_many: str


def number(lang: Lang, value: float, decimals: int = 0) -> str:
    """Write a number with a fixed count of decimals, rounded half away from zero."""
    return _written(lang, _rounded(value, decimals, ROUND_HALF_UP))


def plain(lang: Lang, value: float, decimals: int = 1) -> str:
    """Write a number with at most so many decimals: 700, not 700,0."""
    return _written(lang, _shortest(_rounded(value, decimals, ROUND_HALF_UP)))


def metres(lang: Lang, value: float, threshold: float | None = None) -> str:
    """Write a distance in whole metres with its unit.

    A distance beyond `threshold` never shows as at or under it: 700.3 is
    written with a decimal, 700.04 as 700.1.
    """
    return f"{_written(lang, shown_metres(value, threshold))}{NBSP}m"


def shown_metres(value: float, threshold: float | None = None) -> Decimal:
    """Round a distance to the metre as people see it; see `metres`."""
    whole = _rounded(value, 0, ROUND_HALF_UP)
    if threshold is None or value <= threshold or whole > _decimal(threshold):
        return whole
    return _rounded(value, 1, ROUND_CEILING)


def least_threshold(value: float) -> float:
    """Round a distance up to 0.1 m: the least threshold as people write it that takes it in."""
    return float(_rounded(value, 1, ROUND_CEILING))


def excess(lang: Lang, value: float, threshold: float) -> str:
    """Write by how much a distance as shown is beyond the threshold, in metres."""
    over = shown_metres(value, threshold) - _decimal(threshold)
    return f"{_written(lang, _shortest(over))}{NBSP}m"


def length(lang: Lang, value: float) -> str:
    """Write metres as metres below 1 km, else as kilometres with one decimal."""
    if value < _KILOMETRE:
        return metres(lang, value)
    return f"{number(lang, value / _KILOMETRE, 1)}{NBSP}km"


def square_kilometres(lang: Lang, value: float) -> str:
    """Write an area in km², with one decimal below 100."""
    return f"{number(lang, value, 1 if value < 100 else 0)}{NBSP}km²"  # noqa: PLR2004


def percent(lang: Lang, share: float, target: float | None = None) -> str:
    """Write a share (0-1) in per cent with at most one decimal.

    A share on one side of `target` never shows as on the other: 0.8499 with
    the target 0.85 is written 84,9 %.
    """
    shown = _rounded(100 * _decimal(share), 1, ROUND_HALF_UP)
    if target is not None:
        goal = 100 * _decimal(target)
        if share < target and shown >= goal:
            shown = _rounded(100 * _decimal(share), 1, ROUND_FLOOR)
        elif share > target and shown <= goal:
            shown = _rounded(100 * _decimal(share), 1, ROUND_CEILING)
    return f"{_written(lang, _shortest(shown))}{NBSP}%"


def percent_band(lang: Lang, least: float, most: float) -> tuple[str, str]:
    """Write the ends of a band of shares, rounded outwards so that it holds all it held."""
    # The binary error of a share does not widen its band.
    ends = ((least + _EXACT, ROUND_FLOOR), (most - _EXACT, ROUND_CEILING))
    shown = (_rounded(100 * _decimal(share), 1, how) for share, how in ends)
    lower, upper = (f"{_written(lang, _shortest(value))}{NBSP}%" for value in shown)
    return lower, upper


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


def date_range(lang: Lang, first: str, last: str) -> str:
    """Write two ISO dates as "01.11.2023.–08.11.2023." or "1–8 November 2023"."""
    begin, end = date(lang, first), date(lang, last)
    if lang == "lv":
        return f"{begin}–{end}"
    whole = first[:4] == last[:4] and first[4:5] == last[4:5] == "-"
    if whole and first[:7] == last[:7] and len(first) == len(last) == _ISO_DAY:
        return f"{begin.partition(' ')[0]}–{end}"
    if whole and len(first) == len(last) == _ISO_DAY:
        return f"{begin.rpartition(' ')[0]} – {end}"
    return f"{begin} – {end}"


def typographic(text: str) -> str:
    """Put “ ” in place of the straight quotation marks of a name or an address.

    Examples
    --------
    >>> typographic('"Tautas nams", SIA "Ezers"')
    '“Tautas nams”, SIA “Ezers”'
    """
    return _CLOSING.sub("”", _OPENING.sub("“", text)) if '"' in text else text


def opening_hours(lang: Lang, hours: str) -> str:
    """Write opening hours for people: "Mo-Fr 08:30-12:00" is "P.–Pk. 8.30–12.00".

    Parameters
    ----------
    lang
        Language of the weekdays.
    hours
        OSM opening_hours.  Anything but weekdays, times and "off" is given as
        it is.

    Returns
    -------
    hours
        One rule a line.
    """
    rules = [rule.strip() for rule in hours.split(";") if rule.strip()]
    return "\n".join(_rule(lang, rule) for rule in rules)


def counted(lang: Lang, count: int, noun: Noun) -> str:
    """Write a count with its noun in the right form: 21 pietura, 12 pieturu, 22 pieturas."""
    if lang == "en":
        form = noun.en_one if count == 1 else noun.en_many
    else:
        form = _latvian_form(count, noun)
    return f"{number(lang, count)}{NBSP}{form}"


def collation_key(name: str) -> tuple[tuple[int, ...], str]:
    """Give the key by which names sort in the Latvian alphabet (a, ā, b, c, č …).

    Examples
    --------
    >>> sorted(["Zaļenieku", "Ādažu", "Čornajas", "Ainažu", "Cēsu"], key=collation_key)
    ['Ainažu', 'Ādažu', 'Cēsu', 'Čornajas', 'Zaļenieku']
    """
    composed = unicodedata.normalize("NFC", name)
    return tuple(_place(letter) for letter in composed.lower()), composed


def _rule(lang: Lang, rule: str) -> str:
    parts = _RULE.fullmatch(rule)
    if parts is None:
        return rule
    days = _DAY.sub(lambda day: _DAYS[day[0]].into(lang), parts["days"])
    if parts["times"] == "off":
        times = _CLOSED.into(lang)
    else:
        times = _TIME.sub(lambda time: _clock(lang, time), parts["times"])
    return f"{days} {times}".replace("-", "–").replace(",", ", ")


def _clock(lang: Lang, time: re.Match[str]) -> str:
    return f"{int(time[1])}{'.' if lang == 'lv' else ':'}{time[2]}"


def _place(letter: str) -> int:
    if letter in _PLACE_OF:
        return _LETTERS_FROM + _PLACE_OF[letter]
    code = ord(letter)
    return code if code < _LETTERS_FROM else _OTHERS_FROM + code


def _latvian_form(count: int, noun: Noun) -> str:
    """Choose by the CLDR plural rule for Latvian."""
    if count % 10 == 0 or 11 <= count % 100 <= 19:  # noqa: PLR2004
        return noun.of
    return noun.one if count % 10 == 1 else noun.many


def _decimal(value: float | Decimal) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


def _rounded(value: float | Decimal, decimals: int, how: str) -> Decimal:
    return _decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=how)


def _shortest(value: Decimal) -> Decimal:
    whole = value.to_integral_value()
    return whole if value == whole else value.normalize()


def _written(lang: Lang, value: Decimal) -> str:
    digits, _, fraction = f"{abs(value):f}".partition(".")
    if len(digits) >= _SPLIT_FROM:
        digits = f"{int(digits):,}".replace(",", NBSP)
    point = "," if lang == "lv" else "."
    sign = MINUS if value < 0 else ""
    return sign + digits + (point + fraction if fraction else "")
