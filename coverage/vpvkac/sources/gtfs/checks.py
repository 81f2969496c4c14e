"""Ask of a column what the specification says of it: its numbers, keys and references.

A value that is there but is not of its type or range, and a key that is there
twice, are errors; an empty cell and a reference to a row that is missing are
warnings.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vpvkac.language import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from vpvkac.sources.gtfs.cells import Flags, Numbers, Places
    from vpvkac.sources.gtfs.tables import Table

MEND_VALUE = Text("izlabojiet vērtību", "mend the value")
MEND_ROW = Text("izlabojiet vai izņemiet rindu", "mend the row or take it out")

_REPEATED = Text("atkārto agrākas rindas atslēgu", "repeats the key of an earlier row")

_DECIMAL = r"\A[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\z"
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_DATE = re.compile(r"\d{8}", re.ASCII)
_TIME = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)", re.ASCII)


def numbers(table: Table, field: str, *, most: float) -> Numbers:
    """Read decimal numbers from -`most` to `most`; NaN where empty or wrong."""
    distinct = table[field].distinct
    plain = pc.match_substring_regex(pa.array(distinct, pa.string()), _DECIMAL)
    values = np.where(plain.to_numpy(zero_copy_only=False), distinct, np.nan).astype(np.float64)
    return _checked(
        table,
        field,
        np.where(np.abs(values) <= most, values, np.nan),
        Text(
            f"nav skaitlis no -{most:g} līdz {most:g}",
            f"is not a number from -{most:g} to {most:g}",
        ),
        Text("izlabojiet vērtību (decimālpunkts)", "mend the value (decimal point)"),
    )


def whole_numbers(
    table: Table, field: str, problem: Text, *, allowed: Callable[[int], bool]
) -> Numbers:
    """Read whole numbers of which `allowed` is true; NaN where empty or wrong."""

    def number(text: str) -> float:
        return int(text) if _WHOLE.fullmatch(text) and allowed(int(text)) else np.nan

    return _parsed(table, field, number, problem, MEND_VALUE)


def dates(table: Table, field: str) -> Numbers:
    """Read dates as day numbers (`date.toordinal`); NaN where empty or wrong."""

    def day(text: str) -> float:
        if not _DATE.fullmatch(text):
            return np.nan
        try:
            return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal()
        except ValueError:
            return np.nan

    problem = Text("nav datums formā GGGGMMDD", "is not a date of the form YYYYMMDD")
    return _parsed(table, field, day, problem, MEND_VALUE)


def times(table: Table, field: str) -> Numbers:
    """Read times of day, past 24:00 too, as seconds; NaN where empty or wrong."""

    def seconds(text: str) -> float:
        parts = _TIME.fullmatch(text)
        return (
            np.nan if parts is None else int(parts[1]) * 3600 + int(parts[2]) * 60 + int(parts[3])
        )

    problem = Text("nav laiks formā HH:MM:SS", "is not a time of the form HH:MM:SS")
    return _parsed(table, field, seconds, problem, MEND_VALUE)


def keys(table: Table, field: str) -> pd.Index[str]:
    """Give the key of each row; a repeated key is an error."""
    column = table[field]
    repeated = pd.Series(column.codes).duplicated().to_numpy() & ~column.empty
    table.report("error", repeated, _REPEATED, MEND_ROW, field=field)
    return pd.Index(column.texts(), dtype=object)


def pair(table: Table, first: str, second: Numbers, *, field: str) -> None:
    """Report as errors the rows that repeat a key and, with it, a second one.

    Parameters
    ----------
    first
        The column of the first key.
    second
        The second key of each row, a whole number from 0, NaN where there is none.
    field
        The second key's column, shown in the fault.
    """
    whole = ~table[first].empty & ~np.isnan(second)
    both = second[whole].astype(np.int64)
    both += table[first].codes[whole] * (both.max(initial=0) + 1)
    repeated = np.zeros(len(table), dtype=bool)
    if not (both[1:] > both[:-1]).all():  # most files are in order: then no key is there twice
        repeated[whole] = pd.Series(both).duplicated().to_numpy()
    problem = Text(
        f"šai {first} vērtībai jau ir iepriekš", f"is there in an earlier row of the same {first}"
    )
    table.report("error", repeated, problem, MEND_ROW, field=field)


def known(table: Table, field: str, found: pd.Index[str], problem: Text) -> Places:
    """Give the position of each row's reference in `found`, -1 where it is not there.

    Empty references are -1 as well, and reported with the others.
    """
    column = table[field]
    position = column.spread(positions(column.distinct, found), empty=-1)
    table.report("warning", position < 0, problem, MEND_ROW, field=field)
    return position


def positions(texts: npt.NDArray[np.object_] | pd.Index[str], found: pd.Index[str]) -> Places:
    """Find the position of each text among keys, -1 where it is none of them.

    Where a key is repeated, which is an error, positions are among the distinct keys.
    """
    return found.drop_duplicates().get_indexer(pd.Index(texts, dtype=object)).astype(np.int64)


def present(table: Table, fields: tuple[str, ...], problem: Text) -> Flags:
    """Tell which rows have a text in all the fields; the others are reported."""
    whole = np.ones(len(table), dtype=bool)
    for field in fields:
        lacking = table[field].empty
        table.report("warning", lacking, problem, MEND_ROW, field=field)
        whole &= ~lacking
    return whole


def _parsed(
    table: Table, field: str, parse: Callable[[str], float], problem: Text, remedy: Text
) -> Numbers:
    """Parse each distinct text once; one that gives NaN is an error."""
    values = np.fromiter(map(parse, table[field].distinct), dtype=np.float64)
    return _checked(table, field, values, problem, remedy)


def _checked(table: Table, field: str, values: Numbers, problem: Text, remedy: Text) -> Numbers:
    """Give each row the value of its text; a text whose value is NaN is an error."""
    column = table[field]
    if np.isnan(values).any():
        wrong = column.spread(np.isnan(values), empty=False)
        table.report("error", wrong, problem, remedy, field=field)
    return column.spread(values, empty=np.nan)
