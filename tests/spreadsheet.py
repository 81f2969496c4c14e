"""Displays a cell as a spreadsheet does, by its number format; knows no more than we use."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell

_NUMBER = re.compile(
    r"(?P<sign>[+\N{MINUS SIGN}]?)(?P<group>#,##)?0(?:\.(?P<decimals>0+))?(?P<thousands>,*)"
    r'(?:"(?P<text>[^"]*)")?(?P<percent>%?)'
)
_DAY = {"lv": 'dd.mm.yyyy"."', "en": "[$-809]d mmmm yyyy"}


def displayed(cell: Cell, lang: str) -> str:
    """Give the text that Excel shows in a Latvian or an English country; empty for no value."""
    value, code = cell.value, cell.number_format
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, dt.datetime):
        assert code == _DAY[lang], code
        return f"{value:%d.%m.%Y.}" if lang == "lv" else f"{value.day} {value:%B %Y}"
    assert isinstance(value, int | float), value
    return _number(Decimal(repr(value)), code, lang)


def _number(value: Decimal, code: str, lang: str) -> str:
    sections = code.split(";")
    section = sections[0] if value > 0 or len(sections) == 1 else sections[1 if value < 0 else 2]
    parts = _NUMBER.fullmatch(section)
    assert parts, f"{code!r} is not a number format that is known here"
    value = value * 100 if parts["percent"] else value
    value = value / 1000 ** len(parts["thousands"])
    rounded = abs(value).quantize(Decimal(1).scaleb(-len(parts["decimals"] or "")), ROUND_HALF_UP)
    whole, _, fraction = f"{rounded:f}".partition(".")
    if parts["group"]:
        whole = f"{int(whole):,}".replace(",", "\N{NO-BREAK SPACE}")
    sign = parts["sign"] or ("\N{MINUS SIGN}" if value < 0 and len(sections) == 1 else "")
    point = "," if lang == "lv" else "."
    number = whole + (point + fraction if fraction else "")
    return f"{sign}{number}{parts['text'] or ''}{parts['percent']}"
