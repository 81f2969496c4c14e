"""Checks that many readers share: numbers, codes, keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.faults import Fault
from vpvkac.language import Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.faults import Level

LATITUDE = (-90.0, 90.0)
LONGITUDE = (-180.0, 180.0)
# No plane of coordinates reaches farther.
METRES = (-1e7, 1e7)
UNIT_CODE = r"LV[0-9]{7}"
# "inf", "nan" and "1_000" are numbers to Python, but no value of a column.
NUMBER = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?"
_EMPTY = Text("ir tukšs", "is empty")


class Checks:
    """The faults of one table; rows alike make one fault that names the first of them.

    Parameters
    ----------
    shown
        The file's name as faults say it.
    lines
        Physical line of every row of the table, shape (n,).
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
    ) -> None:
        """Report the rows where `wrong` holds as an error."""
        self._report("error", wrong, problem, remedy, field, values)

    def warn(
        self,
        wrong: ArrayLike,
        problem: Text,
        remedy: Text,
        *,
        field: str | None = None,
        values: pd.Series | None = None,
    ) -> None:
        """Report the rows where `wrong` holds as a warning."""
        self._report("warning", wrong, problem, remedy, field, values)

    def numbers(
        self, text: pd.Series, *, field: str, limits: tuple[float, float]
    ) -> NDArray[np.float64]:
        """Read a column of numbers with a decimal point.

        Parameters
        ----------
        text
            The column as read, stripped; empty text is a null.
        limits
            Least and most value allowed, both included.

        Returns
        -------
        values
            Floats, shape (n,); NaN where empty, not a number or out of range.
        """
        filled = (text != "").to_numpy(bool)
        values = pd.to_numeric(text.where(filled), errors="coerce").to_numpy(float, na_value=np.nan)
        plain = text.str.fullmatch(NUMBER).to_numpy(bool)
        wrong = filled & ~(plain & np.isfinite(values))
        comma = bool(text[wrong].str.fullmatch(r"[+-]?[0-9]+,[0-9]+").any())
        hint_lv, hint_en = (" (decimālkomats?)", " (decimal comma?)") if comma else ("", "")
        self.refuse(
            wrong,
            Text(f"nav skaitlis{hint_lv}", f"is not a number{hint_en}"),
            Text("rakstiet skaitli ar punktu", "write a number with a decimal point"),
            field=field,
            values=text,
        )
        values = np.where(wrong, np.nan, values)
        outside = np.isfinite(values) & ((values < limits[0]) | (values > limits[1]))
        self.refuse(
            outside,
            Text("ir ārpus robežām", "is out of range"),
            Text(
                f"jābūt no {limits[0]:g} līdz {limits[1]:g}",
                f"must be from {limits[0]:g} to {limits[1]:g}",
            ),
            field=field,
            values=text,
        )
        return np.where(outside, np.nan, values)

    def filled(self, text: pd.Series, *, field: str) -> None:
        """Refuse empty values."""
        self.refuse(
            text == "", _EMPTY, Text("aizpildiet šo lauku", "fill this field in"), field=field
        )

    def unique(self, keys: pd.Series, *, field: str) -> None:
        """Refuse empty and repeated keys."""
        self.filled(keys, field=field)
        self.refuse(
            keys.duplicated() & (keys != ""),
            Text("atkārtojas", "occurs twice"),
            Text("katrai atslēgai jābūt vienai rindai", "each key must have one row"),
            field=field,
            values=keys,
        )

    def unit_codes(self, codes: pd.Series, *, field: str) -> None:
        """Refuse unit codes that are not `LV` and seven digits; empty ones pass."""
        self.refuse(
            (codes != "") & ~codes.str.fullmatch(UNIT_CODE),
            Text("nav teritoriālās vienības kods", "is not the code of a territorial unit"),
            Text("jābūt LV un septiņiem cipariem", "must be LV and seven digits"),
            field=field,
            values=codes,
        )

    def some(self, table: pd.DataFrame) -> None:
        """Refuse a published file without a single row: such a download has failed."""
        if len(table) == 0:
            problem = Text("nav nevienas rindas", "holds no row")
            remedy = Text("lejupielādējiet datni no jauna", "download the file again")
            self.faults.append(Fault("error", self.shown, problem, remedy))

    def choices(self, values: pd.Series, allowed: tuple[str, ...], *, field: str) -> None:
        """Refuse values that are not among those allowed; empty ones pass."""
        listed = ", ".join(allowed)
        self.refuse(
            (values != "") & ~values.isin(allowed),
            Text("nav zināma vērtība", "is not a known value"),
            Text(f"izvēlieties: {listed}", f"choose: {listed}"),
            field=field,
            values=values,
        )

    def _report(
        self,
        level: Level,
        wrong: ArrayLike,
        problem: Text,
        remedy: Text,
        field: str | None,
        values: pd.Series | None,
    ) -> None:
        where = np.flatnonzero(np.asarray(wrong, bool))
        if len(where) == 0:
            return
        first = int(where[0])
        value = None if values is None else str(values.iloc[first])
        row = int(self.lines[first])
        self.faults.append(Fault(level, self.shown, problem, remedy, row, field, value, len(where)))
