"""Check a column against the specification: its numbers, times, keys and references.

A value that is there but is not of its type or range, and a key that is there
twice, refuse their rows (`Table.settle` says what that means); an empty cell
and a reference to a row that is missing are warnings.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Container
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.sources.base import DUPLICATE
from vpvkac.sources.gtfs.table import Table
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    import numpy.typing as npt

    from vpvkac.sources.gtfs.column import Flags, Indices, Numbers

FIX_VALUE = Message("fix the value")
FIX_ROW = Message("fix the row or take it out")

_EQUAL = Message("repeats the key of an earlier row, and the rows are equal")
_DIFFERENT = Message("is the key of more than one row, and the rows differ")

_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_DATE = re.compile(r"\d{8}", re.ASCII)
_TIME = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_MOST_HOURS = 7 * 24


def degrees(table: Table, field: str, *, most: float) -> Numbers:
    """Read degrees from -`most` to `most`; NaN where empty or wrong."""

    def number(text: str) -> float:
        value = float(text) if _DECIMAL.fullmatch(text) else np.nan
        return value if abs(value) <= most else np.nan

    problem = Message("is not a number from -{most} to {most}", most=format(most, "g"))
    remedy = Message("write degrees (WGS 84) with a decimal point")
    return _parsed(table, field, number, problem, remedy)


def whole_numbers(table: Table, field: str, allowed: Container[int], problem: Text) -> Numbers:
    """Read whole numbers that are among those allowed; NaN where empty or wrong."""

    def number(text: str) -> float:
        return int(text) if _WHOLE.fullmatch(text) and int(text) in allowed else np.nan

    return _parsed(table, field, number, problem)


def dates(table: Table, field: str) -> Numbers:
    """Read dates as day numbers (`date.toordinal`); NaN where empty or wrong."""
    return _parsed(table, field, day, Message("is not a date of the form YYYYMMDD"))


def day(text: str) -> float:
    """Read a date of the form YYYYMMDD as a day number; NaN where it is none."""
    if not _DATE.fullmatch(text):
        return np.nan
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal()
    except ValueError:
        return np.nan


def times(table: Table, field: str) -> Numbers:
    """Give times of day, past 24:00 too, as seconds; NaN where empty or wrong.

    A time without seconds is a whole minute; `check_times` warns of it.
    """
    column = table[field]
    values = np.fromiter(map(_seconds, column.distinct), dtype=np.float64)
    return column.spread(values, empty=np.nan)


def check_times(table: Table, field: str) -> None:
    """Refuse what is no time of day, and warn of times without seconds.

    Most tables have neither, which the distinct texts tell at a fraction of
    the cost of their codes.
    """
    column = table[field]
    texts = [text for text in column.unique if text]
    if any(np.isnan(_seconds(text)) for text in texts):
        wrong = np.isnan(np.fromiter(map(_seconds, column.distinct), dtype=np.float64))
        problem = Message(
            "is not a time of the form HH:MM:SS from 00:00:00 to {hours}:00:00", hours=_MOST_HOURS
        )
        table.refuse(column.spread(wrong, empty=False), problem, FIX_VALUE, field=field)
    if any(_is_whole_minute(text) for text in texts):
        short = np.fromiter(map(_is_whole_minute, column.distinct), dtype=bool)
        problem, remedy = (
            Message("is a time without seconds"),
            Message("it is read as a whole minute"),
        )
        table.warn(column.spread(short, empty=False), problem, remedy, field=field)


def _seconds(text: str) -> float:
    found = _TIME.fullmatch(text)
    if found is None or int(found[1]) >= _MOST_HOURS:
        return np.nan
    return int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)


def _is_whole_minute(text: str) -> bool:
    found = _TIME.fullmatch(text)
    return found is not None and found[3] is None


def keys(table: Table, field: str) -> None:
    """Refuse rows that repeat a key: equal rows but for the first, all rows that differ."""
    column = table[field]
    if len(column.distinct) == len(table):
        return
    _refuse_repeated(table, field, column.codes, ~column.empty)


def pair(table: Table, first: str, second: Numbers, *, field: str) -> None:
    """Refuse rows that repeat a key and, with it, a second one, as `keys` does.

    Parameters
    ----------
    first
        The column of the first key.
    second
        The second key of each row, a whole number from 0, NaN where there is none.
    field
        The second key's column, shown in the fault.
    """
    whole = (table[first].codes >= 0) & ~np.isnan(second)
    both = second[whole].astype(np.int64)
    both += table[first].codes[whole] * (both.max(initial=0) + 1)
    if (both[1:] > both[:-1]).all():  # most files are in order: then no key is there twice
        return
    key = np.full(len(table), -1, dtype=np.int64)
    key[whole] = both
    _refuse_repeated(table, field, key, whole)


def _refuse_repeated(table: Table, field: str, key: Indices, among: Flags) -> None:
    """Refuse the rows that repeat a key, as their columns that are read are equal or not."""
    rows = np.flatnonzero(among)
    rows = rows[pd.Series(key[rows]).duplicated(keep=False).to_numpy()]
    if not len(rows):
        return
    found = table.take(rows)
    texts = pd.DataFrame({name: column.texts() for name, column in found.columns.items()})
    equal = texts.assign(key=key[rows]).duplicated().to_numpy()
    left = rows[~equal]
    differ = left[pd.Series(key[left]).duplicated(keep=False).to_numpy()]
    for bad, problem in ((rows[equal], _EQUAL), (differ, _DIFFERENT)):
        flags = np.zeros(len(table), dtype=bool)
        flags[bad] = True
        table.refuse(flags, problem, FIX_ROW, field=field, reason=DUPLICATE)


def match(table: Table, field: str, found: pd.Index[str], problem: Text) -> Indices:
    """Give the position of each row's reference in `found`, -1 where it is not there.

    Empty references are -1 as well, and reported with the others.
    """
    column = table[field]
    position = column.spread(positions(column.distinct, found), empty=-1)
    table.warn(position < 0, problem, FIX_ROW, field=field)
    return position


def positions(texts: npt.NDArray[np.object_] | pd.Index[str], found: pd.Index[str]) -> Indices:
    """Find the first position of each text among keys, -1 where it is none of them."""
    first = np.flatnonzero(~found.duplicated())
    among = found[first].get_indexer(pd.Index(texts, dtype=object))
    return np.append(first, -1)[among].astype(np.int64)


def present(table: Table, fields: tuple[str, ...], problem: Text) -> Flags:
    """Tell which rows have a text in all the fields; the others are reported."""
    whole = np.ones(len(table), dtype=bool)
    for field in fields:
        lacking = table[field].empty
        table.warn(lacking, problem, FIX_ROW, field=field)
        whole &= ~lacking
    return whole


def _parsed(
    table: Table,
    field: str,
    parse: Callable[[str], float],
    problem: Text,
    remedy: Text = FIX_VALUE,
) -> Numbers:
    """Parse each distinct text once; one that gives NaN refuses its rows."""
    column = table[field]
    values = np.fromiter(map(parse, column.distinct), dtype=np.float64)
    if np.isnan(values).any():
        wrong = column.spread(np.isnan(values), empty=False)
        table.refuse(wrong, problem, remedy, field=field)
    return column.spread(values, empty=np.nan)
