"""What all readers share: the account of every row, the one form of hosts, checks of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partialmethod
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.columns import UNIT_CODE, WRITTEN_CODE
from vpvkac.model.faults import Fault, Level
from vpvkac.texts.message import Bilingual, Composed, Message, Text
from vpvkac.texts.words import DROPPED

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

TEXTS = (
    "id", "name", "address", "phone", "email", "owner", "unit", "unit_name", "municipality",
    "hours", "status",
)  # fmt: skip
POSITIONS = ("lat", "lon", "x", "y")
COLUMNS = (*TEXTS, *POSITIONS, "row")
OPEN, ANNOUNCED = "open", "announced"
LATITUDE = (-90.0, 90.0)
LONGITUDE = (-180.0, 180.0)
# No plane of coordinates reaches farther.
METRES = (-1e7, 1e7)
# "inf", "nan" and "1_000" are numbers to Python, but no value of a column.
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
# What people write for a number with a decimal point; the last is anything else.
_MISWRITTEN = (
    (Message(" (decimal comma?)"), r"[+-]?[0-9]+,[0-9]+"),
    (Message(" (blanks between digits?)"), r"[+-]?[0-9]{1,3}(?:[\s'’][0-9]{3})+(?:[.,][0-9]+)?"),
    (Bilingual("", ""), r"(?s:.*)"),
)
# Degrees that are as large are metres of some plane.
_METRES_FROM = 10_000.0
# So many rows of a hundred may be bad in a published source, which its reader cannot fix.
_PER_CENT = 1
BAD_VALUE, DUPLICATE, NOT_IN_WHERE = "bad_value", "duplicate", "not_in_where"
# A code that is taken for a number loses its first zeros, and may gain a decimal.
_SHORT_CODE = r"^([0-9]{4,6})(?:\.0)?$"
_REPEATED = Message("occurs twice")
_ONE_ROW = Message("each key must have one row")
_NOT_USED = Message("; the row is not used")
FIX_COLUMNS = Message("correct the file or the project file")
_MOST_LISTED, _MOST_LETTERS = 12, 40


@dataclass(frozen=True)
class Reading:
    """A table as read from one input, with its account.

    ``rows_read == len(table) + sum(dropped.values())`` holds for every reader
    whose input has no error; the pipeline asserts it.

    Parameters
    ----------
    table
        One row per used row of the file.
    rows_read
        Rows (records) the file has, blank lines not counted.
    dropped
        Rows not used, by reason code (`vpvkac.texts.words.DROPPED` has the words).
    faults
        Errors and warnings found, in the order of the file.
    notes
        Facts read from the file itself: its reference date (``{"date": "2023-11-08"}``), say.
    is_published
        Whether it is a published list of which the project may correct single columns.
    """

    table: pd.DataFrame
    rows_read: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    is_published: bool = False


def nothing_used(shown: str, dropped: Mapping[str, int]) -> Fault:
    """Tell that no row of an input is used, and of how many rows which is the reason."""
    reasons = [
        Message("{reason}: {count}", reason=DROPPED[code], count=count)
        for code, count in dropped.items()
        if count
    ]
    problem = Message("has no rows")
    if reasons:
        problem = Message("no row is used ({listed})", listed=Composed(*reasons, between=", "))
    return Fault("error", shown, problem, Message("check whether it is the right file"))


def records(lines: ArrayLike, **columns: ArrayLike) -> pd.DataFrame:
    """Make the table `COLUMNS` that every reader of hosts gives, as the file has them, not placed.

    `lines` are the physical lines of the records; text columns have empty text for a null,
    positions NaN; those left out are empty, `status` is open.  `lat`, `lon` are degrees, `x`,
    `y` LKS-92 metres in either order, as read.
    """
    row = np.asarray(lines, np.int64)
    blank = {name: [""] * len(row) for name in TEXTS}
    unknown = {name: np.full(len(row), np.nan) for name in POSITIONS}
    given = {"status": [OPEN] * len(row)} | dict(columns)
    table = pd.DataFrame(blank | unknown | given | {"row": row}).loc[:, list(COLUMNS)]
    return table.astype(dict.fromkeys(TEXTS, str)).astype(dict.fromkeys(POSITIONS, float))


def with_prefix(codes: pd.Series) -> pd.Series:
    """Give unit codes with the `LV` that some files leave out or write otherwise."""
    return codes.str.replace(WRITTEN_CODE, r"LV\1", regex=True)


class Checks:
    """The faults of one table; rows alike make one fault that names the first of them.

    `shown` is the file's name as faults say it, `lines` the physical line of every row.
    """

    def __init__(self, shown: str, lines: ArrayLike) -> None:
        self.shown = shown
        self.lines = np.asarray(lines, np.int64)
        self.faults: list[Fault] = []

    def refuse(
        self,
        wrong: ArrayLike,
        problem: Text,
        remedy: Text,
        *,
        field: str | None = None,
        values: pd.Series | None = None,
        level: Level = "error",
    ) -> None:
        """Report the rows where `wrong` holds, as an error by default; it names the first."""
        where = np.flatnonzero(np.asarray(wrong, bool))
        if len(where):
            value = None if values is None else str(values.iloc[int(where[0])])
            row = int(self.lines[where[0]])
            fault = Fault(level, self.shown, problem, remedy, row, field, value, len(where))
            self._take(fault, where)

    warn = partialmethod(refuse, level="warning")

    def _take(self, fault: Fault, _where: NDArray[np.int64]) -> None:
        self.faults.append(fault)

    def numbers(
        self, text: pd.Series, *, field: str, limits: tuple[float, float]
    ) -> NDArray[np.float64]:
        """Read a column of numbers with a decimal point, within limits that are included.

        NaN where empty, not a number or out of range; shape (n,).
        """
        filled = (text != "").to_numpy(bool)
        values = pd.to_numeric(text.where(filled), errors="coerce").to_numpy(float, na_value=np.nan)
        plain = text.str.fullmatch(NUMBER).to_numpy(bool)
        wrong = filled & ~(plain & np.isfinite(values))
        left = wrong
        for hint, form in _MISWRITTEN if wrong.any() else ():
            of_form = left & text.str.fullmatch(form).to_numpy(bool)
            problem = Message("is not a number{hint}", hint=hint)
            remedy = Message("write a number with a decimal point")
            self.refuse(of_form, problem, remedy, field=field, values=text)
            left = left & ~of_form
        values = np.where(wrong, np.nan, values)
        outside = np.isfinite(values) & ((values < limits[0]) | (values > limits[1]))
        least, most = (format(limit, "g") for limit in limits)
        remedy = Message("must be from {least} to {most}", least=least, most=most)
        if limits in {LATITUDE, LONGITUDE} and (np.abs(values[outside]) > _METRES_FROM).all():
            remedy = Message("{remedy}; name metres x, y", remedy=remedy)
        self.refuse(outside, Message("is out of range"), remedy, field=field, values=text)
        return np.where(outside, np.nan, values)

    def filled(self, text: pd.Series, *, field: str) -> None:
        """Refuse empty values."""
        self.refuse(text == "", Message("is empty"), Message("fill this field in"), field=field)

    def unique(self, keys: pd.Series, *, field: str) -> None:
        """Refuse empty and repeated keys."""
        self.filled(keys, field=field)
        repeated = keys.duplicated() & (keys != "")
        self.refuse(repeated, _REPEATED, _ONE_ROW, field=field, values=keys)

    def unit_codes(self, codes: pd.Series, *, field: str) -> pd.Series:
        """Give unit codes with `LV`, and refuse what is not seven digits; empty ones pass."""
        written = with_prefix(codes)
        wrong = (codes != "") & ~written.str.fullmatch(UNIT_CODE)
        short = codes.str.extract(_SHORT_CODE, expand=False)
        whole = "LV" + short[short.notna()].head(1).str.zfill(7)
        problem = Message("is not the code of a territorial unit")
        remedy = Message("must be LV and seven digits")
        self.refuse(wrong & short.isna(), problem, remedy, field=field, values=codes)
        remedy = Message("write {code} if its first zeros were lost in a spreadsheet",
                         code="".join(whole))  # fmt: skip
        self.refuse(wrong & short.notna(), problem, remedy, field=field, values=codes)
        return written

    def some(self, table: pd.DataFrame) -> None:
        """Refuse a published file without a single row: such a download has failed."""
        if len(table) == 0:
            remedy = Message("download the file again")
            self.faults.append(Fault("error", self.shown, Message("has no rows"), remedy))

    def choices(self, values: pd.Series, allowed: tuple[str, ...], *, field: str) -> None:
        """Refuse values that are not among those allowed; empty ones pass."""
        wrong = (values != "") & ~values.isin(allowed)
        remedy = Message("choose: {listed}", listed=", ".join(allowed))
        self.refuse(wrong, Message("is not a known value"), remedy, field=field, values=values)


class _Bad(NamedTuple):
    """Rows that cannot be used: why, their lines, the error it is, and how a warning goes on."""

    reason: str
    lines: NDArray[np.int64]
    error: Fault
    outcome: Text


class PublishedChecks(Checks):
    """The faults of a published source, of which up to 1 % of the rows may be bad.

    Nobody who reads it can fix it, so its bad rows are gathered while it is read, and `settle`
    decides: few of them are left out with a warning, many are errors.  If `strict`, every bad
    row is an error.
    """

    def __init__(self, shown: str, lines: ArrayLike, *, strict: bool) -> None:
        super().__init__(shown, lines)
        self.rows = len(self.lines)
        self.strict = strict
        self._bad: list[_Bad] = []

    def _take(self, fault: Fault, where: NDArray[np.int64]) -> None:
        if fault.level == "warning":
            self.faults.append(fault)
        else:
            self._bad.append(_Bad(BAD_VALUE, self.lines[where], fault, _NOT_USED))

    def unique(self, keys: pd.Series, *, field: str, rows: pd.DataFrame | None = None) -> None:
        """Gather rows without a key, copies of a row, and rows that differ under one key.

        `rows` are what is read of every row; those equal in it count once.
        """
        self.filled(keys, field=field)
        named = (keys != "").to_numpy(bool)
        later = keys.duplicated().to_numpy(bool)
        if not (named & later).any():
            return
        whole = pd.DataFrame({"": keys}) if rows is None else rows.assign(**{"": keys})
        copies = named & whole.duplicated().to_numpy(bool)
        differing = keys[named & ~copies]
        differs = keys.isin(differing[differing.duplicated()]).to_numpy(bool)
        once = (_REPEATED, _ONE_ROW, Message("; the row counts once"))
        self.repeated(copies & ~differs, once, field=field, values=keys)
        other = (Message("occurs twice with other values"), _ONE_ROW, _NOT_USED)
        self.repeated(differs, other, named=differs & later, field=field, values=keys)

    def repeated(
        self,
        rows: NDArray[np.bool_],
        words: tuple[Text, Text, Text],
        *,
        named: NDArray[np.bool_] | None = None,
        field: str | None = None,
        values: pd.Series | None = None,
    ) -> None:
        """Gather rows that stand there more than once and are not to be used.

        `words` are the problem, its remedy, and how a warning goes on; the fault names the first
        of `named`, by default of the same rows.
        """
        if rows.any():
            problem, remedy, outcome = words
            first = Checks(self.shown, self.lines)
            first.refuse(
                rows if named is None else named, problem, remedy, field=field, values=values
            )
            lines = self.lines[rows]
            error = replace(first.faults[0], alike=len(lines))
            self._bad.append(_Bad(DUPLICATE, lines, error, outcome))

    def bad(self) -> NDArray[np.bool_]:
        """Tell the rows gathered so far that are not to be used; shape (n,)."""
        return np.isin(self.lines, [line for bad in self._bad for line in bad.lines])

    def settle(self, found: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
        """Leave the bad rows out of a table whose `row` is their line, or make them errors.

        Also counts those left out as `bad_value` and `duplicate`.
        """
        lines: dict[str, list[int]] = {BAD_VALUE: [], DUPLICATE: []}
        for bad in self._bad:
            lines[bad.reason].extend(bad.lines.tolist())
        count = len({line for of_reason in lines.values() for line in of_reason})
        if count and (self.strict or 100 * count > _PER_CENT * self.rows):
            self.faults.extend(bad.error for bad in self._bad)
            return found, {}
        self.faults.extend(
            replace(bad.error, level="warning", problem=Composed(bad.error.problem, bad.outcome))
            for bad in self._bad
        )
        repeated = found["row"].isin(lines[DUPLICATE]).to_numpy(bool)
        wrong = found["row"].isin(lines[BAD_VALUE]).to_numpy(bool) & ~repeated
        dropped = {BAD_VALUE: int(wrong.sum()), DUPLICATE: int(repeated.sum())}
        return found[~(wrong | repeated)].reset_index(drop=True), dropped


def select_rows(
    checks: Checks, table: pd.DataFrame, where: Mapping[str, tuple[str, ...]]
) -> NDArray[np.bool_]:
    """Tell which rows the project's `where = { "column" = ["value", …] }` keeps; shape (n,).

    Those that have one of the values given in each column named; unit codes are the same with
    and without `LV`.  A value that no row has is a warning: a misspelt one would leave rows out
    in silence.
    """
    chosen = np.ones(len(table), bool)
    problem, remedy = Message("is in no row"), Message("check where in the project file")
    for column, values in where.items():
        cells, wanted = with_prefix(table[column]), with_prefix(pd.Series(values, dtype=str))
        chosen &= cells.isin(wanted).to_numpy(bool)
        present = set(cells)
        checks.faults.extend(
            Fault("warning", checks.shown, problem, remedy, field=column, value=value)
            for value, code in zip(values, wanted, strict=True)
            if code not in present
        )
    return chosen


def missing_columns(
    shown: str,
    header: Sequence[str],
    required: Sequence[str],
    *,
    row: int | None = 1,
    fix: Text = FIX_COLUMNS,
) -> list[Fault]:
    """Name the required columns that a header, standing on that row, lacks; say how to fix it."""
    faults = []
    written = {folded(name): name for name in reversed(header)}
    for name in dict.fromkeys(required):
        if name in header:
            continue
        near = written.get(folded(name))
        there = Message("the file has: {header}", header=listed(header))
        if near is not None:
            there = Message('the file has "{near}", written otherwise', near=near)
        remedy = Message("{there}; {fix}", there=there, fix=fix)
        faults.append(Fault("error", shown, Message("is not among the columns"), remedy, row, name))
    return faults


def folded(name: str) -> str:
    """Give a name without what people overlook: case, blanks, how blanks are written."""
    return "".join(char for char in name.casefold() if char.isalnum())


def listed(header: Sequence[str]) -> str:
    """List the first names of a header, each cut."""
    shown = ", ".join(name[:_MOST_LETTERS] for name in header[:_MOST_LISTED]) or "–"
    return shown + (", …" if len(header) > _MOST_LISTED else "")
