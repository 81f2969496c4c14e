"""Writing: texts, headings and numbers of one result, in its language and with its threshold.

A table is described by its fields, each a heading and what stands under it::

    write = Writer.of(result)
    fields = [
        write.field("unit_name"),
        write.field("remedy"),
        write.field(Message("Distance"), lambda row: write.length(row["nearest_m"]), number=True),
    ]
    tabulate("gaps", caption, fields, records(table))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import pandas as pd

from vpvkac.analysis.criteria import AREA_TARGETS
from vpvkac.model import columns
from vpvkac.model.columns import COLUMNS, Type
from vpvkac.texts import formats, words
from vpvkac.texts.formats import Shown
from vpvkac.texts.message import Lang, Message, Text
from vpvkac.views.page import Cell, Column, Link, Table

_OF_ALL = Message("{what}: {shown} of {count}")


class _Worded(Protocol):
    """What has a language and a threshold: a result."""

    @property
    def lang(self) -> Lang: ...

    @property
    def threshold_m(self) -> float: ...


class Field(NamedTuple):
    """A column of a table, and what stands in it for a row."""

    column: Column
    cell: Callable[[Any], Any]


class Writer(NamedTuple):
    """Writes what is shown; nothing where there is no value.

    The threshold is that of the run: headings name it, and no distance as shown crosses it.
    `letters` are the municipalities that have a page; None where all have one.
    """

    lang: Lang
    threshold_m: float
    letters: frozenset[str] | None = None

    @classmethod
    def of(cls, result: _Worded) -> Writer:
        """Write in the language of a result."""
        return cls(result.lang, result.threshold_m, getattr(result, "letters", None))

    def __call__(self, text: Text, *places: object, **values: object) -> str:
        """Say a text, with what stands in its placeholders."""
        written = text.text(self.lang)
        return written.format(*places, **values) if places or values else written

    def small(self, text: Text) -> str:
        """Say a text that begins with a small letter, inside a sentence."""
        return words.lowered(text.text(self.lang))

    def heading(self, of: str | Text) -> str:
        """Head a column: one of the registry by its name, any other by its text."""
        text = COLUMNS[of].heading if isinstance(of, str) else of
        return words.with_threshold(self.lang, text, self.threshold_m)

    def number(self, value: Any, decimals: int = 0) -> str:
        """Write a number with a fixed count of decimals."""
        return "" if pd.isna(value) else formats.number(self.lang, value, decimals)

    def share(self, value: Any, *targets: float) -> str:
        """Write a share (0-1) in per cent; see `formats.to_share`."""
        return "" if pd.isna(value) else formats.percent(self.lang, value, *targets)

    def metres(self, value: Any) -> str:
        """Write a distance to a stop."""
        return "" if pd.isna(value) else formats.metres(self.lang, value, self.threshold_m)

    def length(self, value: Any) -> str:
        """Write any other distance, in metres or kilometres."""
        return "" if pd.isna(value) else formats.length(self.lang, value)

    def cut(self, caption: str, most: int, count: int) -> str:
        """Say in a caption how many rows a table lists, at most so many, of how many."""
        shown = self.number(min(most, count))
        return self(_OF_ALL, what=caption, shown=shown, count=self.number(count))

    def threshold(self, metres: float | None = None) -> str:
        """Write a threshold, the run's own unless another is given."""
        return formats.threshold(self.lang, self.threshold_m if metres is None else metres)

    def letter(self, municipality: str) -> str:
        """Give the way from the folder of a run to a municipality's page; empty if it has none."""
        if self.letters is not None and municipality not in self.letters:
            return ""
        return f"municipalities/{municipality}/index.html"

    def municipality(self, row: Mapping[Any, Any]) -> str | Link:
        """Name the municipality of a row; the name leads to its page."""
        name, page = row["municipality_name"], self.letter(row["municipality"])
        return Link(name, page) if page else str(name)

    def cell(self, column: str, row: Any) -> str:
        """Write a cell by its column: words in place of a code or a flag, a number, a text."""
        if column == "population":
            return words.residents(self.lang, row)
        value, declared = row[column], COLUMNS[column]
        codes = words.YES_NO if declared.type == columns.FLAG else declared.codes
        if pd.isna(value):
            return ""
        if codes is not None:
            return self(codes[value])
        if isinstance(value, str):
            return value
        figure = of_column(column, row, self.threshold_m)
        return "" if figure is None else figure.text(self.lang)

    def field(
        self,
        of: str | Text,
        cell: Callable[[Any], Any] | str | None = None,
        *,
        number: bool | None = None,
    ) -> Field:
        """Describe a column of a table: its heading (`heading`) and what stands in it for a row.

        That is told by a function, or a column of the registry; else by the column that `of`
        names.  A number stands to the right; unless given, its type tells.
        """
        name = cell if isinstance(cell, str) else of if isinstance(of, str) else ""
        if number is None:
            number = bool(name) and COLUMNS[name].type.stored in ("integer", "number")
        column = Column(self.heading(of), number)
        return Field(column, cell if callable(cell) else lambda row: self.cell(name, row))

    def fields(self, *columns: str) -> list[Field]:
        """Describe columns of the registry."""
        return [self.field(column) for column in columns]


def tabulate(
    key: str,
    caption: str,
    fields: Sequence[Field],
    rows: Iterable[Any],
    *,
    head: int = 0,
    wide: bool = False,
    files: Sequence[str] = (),
) -> Table:
    """Lay rows out by fields; see `Table`."""
    cells: list[list[Cell]] = [[field.cell(row) for field in fields] for row in rows]
    return Table(key, caption, [field.column for field in fields], cells, head, wide, files)


def records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """Give the rows of a table without their shapes, values as of Python, None for `pd.NA`."""
    # As `DataFrame.to_dict` does, in a third of its time.
    names = [name for name in table.columns if name != "geometry"]
    columns = (
        [None if value is pd.NA else value for value in table[name].tolist()] for name in names
    )
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


# The headings of areas and minutes say the unit.
_BY_TYPE: dict[Type, Callable[[float], Shown]] = {
    columns.LENGTH: formats.to_length,
    columns.SHARE: formats.to_share,
    columns.AREA: lambda value: formats.to_area(value)._replace(unit=""),
    columns.MINUTES: lambda value: formats.to_minutes(value)._replace(unit=""),
    columns.SCORE: lambda value: formats.to_number(value, columns.SCORE.decimals or 0),
    columns.PEOPLE: lambda value: formats.to_number(value, columns.PEOPLE.decimals or 0),
}


def of_column(column: str, row: Mapping[Any, Any] | pd.Series, threshold_m: float) -> Shown | None:
    """Round a number of an output table as people see it, from its row at full precision.

    None for a null, and for the excess of what exceeds nothing.
    """
    value = row[column]
    if pd.isna(value):
        return None
    of = COLUMNS[column].type
    if of == columns.TO_STOP:
        return formats.to_metres(value, threshold_m)._replace(unit="")
    if of == columns.EXCESS:
        over = formats.to_excess(row["distance_m"], threshold_m)._replace(unit="")
        return over if row["distance_m"] > threshold_m else None
    if of == columns.DEGREES:
        decimals = columns.DEGREES.decimals or 0
        return Shown(formats.to_number(value, decimals).value, decimals)
    return _BY_TYPE.get(of, formats.to_number)(value)


def of_measure(
    value: float, measure: str, *, criterion: str = "", threshold_m: float | None = None
) -> Shown:
    """Round a value of the summary, or a published figure, by its measure.

    A share of the area never shows on the other side of any of its targets.
    """
    if measure.startswith("share"):
        is_area = criterion.startswith("area_share")
        return formats.to_share(value, AREA_TARGETS.values() if is_area else ())
    if measure == "m":
        return formats.to_metres(value, threshold_m)
    return formats.to_area(value) if measure == "km²" else formats.to_number(value)


def criterion_text(lang: Lang, row: Mapping[Any, Any] | pd.Series, unknown: str = "–") -> str:
    """Write the value of a criterion of the summary; `unknown` where it cannot be told."""
    if pd.isna(row["value"]):
        return unknown
    return of_measure(row["value"], row["measure"], criterion=row["criterion"]).text(lang)
