"""Workbooks for offices that work in Excel, the national `gaps.xlsx` and the municipal ones.

The first sheet says what the workbook is: title, dates, sources, notes; then
one table a sheet, headings in the language, rows in the order of the pages.
Codes are text.  A number is a number, as people see it on the pages: rounded
once, under a format that displays the same text (`formats.Shown`).  A day is
a day.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError

from vpvkac.model.faults import Fault
from vpvkac.questions.coverage.report.decisions import in_order
from vpvkac.questions.coverage.report.published import difference
from vpvkac.questions.coverage.tables import written
from vpvkac.sources.planner_tables import REQUIREMENTS
from vpvkac.texts import formats, words
from vpvkac.texts.formats import Shown
from vpvkac.texts.message import Lang, Message, Text
from vpvkac.views import decisions, quantities

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result

_SHEETS = (
    "summary", "published", "gaps_access", "gaps_service", "gaps_coverage", "gaps_municipalities",
    "gap_clusters", "follow_up", "progress", "residents",
)  # fmt: skip
# Columns whose numbers are counts in one row and shares in another.
_MIXED = ("value", "target", "published")
_BANDS = (("least", "most"), ("share_least", "share_most"))
# By what the pages sort a table that has no rank.
_SORTED_BY = {
    "network": "unit_name", "units": "unit_name", "places": "name", "progress": "municipality_name",
}  # fmt: skip
_HEADINGS = {("residents", "measure"): "residents_group"}
# Excel's own limits: of a sheet's name, of a cell, and of rows under a heading.
_LONGEST_NAME = 31
LONGEST_TEXT, MOST_ROWS = 32_767, 1_048_575
_ELLIPSIS = "…"
_CUT = Message("holds only the first 32 767 characters of longer texts; cells cut: {}")
_LEFT_OUT = Message("holds only the first 1 048 575 rows of a table; rows left out: {}")
_IN_CSV = Message("the CSV tables hold all of it")
_LEAST_WIDTH, _MOST_WIDTH = 8, 60
# XlsxWriter stamps the time of writing; the same inputs must give the same bytes.
_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
_CODED = {
    "kind": words.KINDS,
    "host": words.HOSTS,
    "alt_host": words.HOSTS,
    "nearest_host": words.HOSTS,
    "status": words.STATUSES,
    "class": words.CLASSES,
    "service_class": words.SERVICE_CLASSES,
    "alt_service_class": words.SERVICE_CLASSES,
    "remedy": words.REMEDIES,
    "located_by": words.LOCATED_BY,
    "met": words.MET,
    "state": words.DECISION_STATES,
    # In one table these columns hold other codes.
    "places.status": words.PLACE_STATUSES,
    "residents.measure": words.RESIDENTS_MEASURES,
    "residents.points": words.RESIDENTS_POINTS,
    "residents.basis": words.RESIDENTS_BASES,
    **dict.fromkeys(REQUIREMENTS, words.ANSWERS),
}


class Sheet(NamedTuple):
    """A table as it stands in a workbook.

    Parameters
    ----------
    title
        Name of the sheet, at most 31 characters.
    headings
        In the result's language.
    rows
        Texts, numbers as they are shown, days, and None for a null.
    codes
        Code of the municipality that each row is of; empty where it is of none.
    """

    title: str
    headings: list[str]
    rows: list[tuple[Any, ...]]
    codes: list[str]


def write_gaps_workbook(
    path: Path, result: Result, tables: Mapping[str, pd.DataFrame]
) -> list[Fault]:
    """Write the summary, the gap lists and what follows from them, of `tables.exact`.

    Returns
    -------
    faults
        Warnings of what the workbook could not hold.
    """
    names = [name for name in _SHEETS if name in written(result)]
    sheets = [as_sheet(name, tables[name], result) for name in names]
    return write_workbook(path, result, sheets, shown=path.name)


def as_sheet(
    name: str, table: pd.DataFrame, result: Result, numbers: Mapping[str, int] | None = None
) -> Sheet:
    """Make a sheet of an output table: words in place of codes, headings in the language.

    Parameters
    ----------
    table
        As `tables.exact` gives it.
    numbers
        The number that each unit has on its municipality's page: it comes
        first, and the rank says that it is that of the national list.
    """
    tidy = _in_order(name, pd.DataFrame(table).drop(columns="geometry", errors="ignore"))
    worded = _worded(name, tidy, result)
    headings = {column: _HEADINGS.get((name, column), column) for column in worded}
    if numbers is not None and "unit" in tidy:
        worded = {"number": [Shown(Decimal(numbers[unit])) for unit in tidy["unit"]], **worded}
        headings |= {"number": "number", "rank": "national_rank"}
    codes = tidy["municipality"].tolist() if "municipality" in tidy else [""] * len(tidy)
    return Sheet(
        words.TABLES[name].text(result.lang)[:_LONGEST_NAME],
        [words.heading(result.lang, headings[column], result.threshold_m) for column in worded],
        list(zip(*worded.values(), strict=True)),
        codes,
    )


def write_workbook(
    path: Path, result: Result, sheets: Sequence[Sheet], *, shown: str, about: str | None = None
) -> list[Fault]:
    """Write sheets behind one that says what they are.

    Parameters
    ----------
    shown
        The file as warnings name it.
    about
        What the workbook is about, beside the project's title: a
        municipality's name, say.

    Returns
    -------
    faults
        Warnings of texts and rows that the workbook could not hold.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
        "tmpdir": str(path.parent),
    }
    title = " – ".join(part for part in (about, _title(result)) if part)
    # The archive is made in memory: one that a full disk breaks off would complain once more when
    # it is forgotten.
    limits, whole = _Limits(), io.BytesIO()
    try:
        with xlsxwriter.Workbook(whole, options) as book:
            book.set_properties({"title": title, "created": _CREATED})
            _write_cover(book, result, title, limits)
            for sheet in sheets:
                _write_table(book, sheet, result.lang, limits)
    except XlsxFileError as error:
        raise OSError(f"{shown}: {error}") from error
    path.write_bytes(whole.getbuffer())
    return limits.faults(shown)


class _Limits:
    """Cuts texts that no cell holds, and counts what a workbook cannot hold of its tables."""

    def __init__(self) -> None:
        self.cut = self.left_out = 0

    def text(self, text: str) -> str:
        """Cut a text to what a cell holds, with an ellipsis."""
        # Excel counts UTF-16 units: a letter outside the basic plane is two.
        units = text.encode("utf-16-le", "surrogatepass")
        if len(units) <= 2 * LONGEST_TEXT:
            return text
        self.cut += 1
        return units[: 2 * LONGEST_TEXT - 2].decode("utf-16-le", "ignore") + _ELLIPSIS

    def rows(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Take the rows that a sheet holds under its heading."""
        self.left_out += max(len(rows) - MOST_ROWS, 0)
        return rows[:MOST_ROWS]

    def faults(self, shown: str) -> list[Fault]:
        """Warn of what was cut or left out."""
        told = ((self.cut, _CUT), (self.left_out, _LEFT_OUT))
        return [
            Fault("warning", shown, problem.with_values(count), _IN_CSV)
            for count, problem in told
            if count
        ]


def _title(result: Result) -> str:
    return result.title or words.NETWORK.text(result.lang)


def _write_cover(book: xlsxwriter.Workbook, result: Result, title: str, limits: _Limits) -> None:
    """Say what the workbook is, from which data, and what to know before using it."""
    lang = result.lang
    bold = book.add_format({"bold": True, "font_size": 14})
    strong = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(words.ABOUT.text(lang))
    sheet.set_column(0, 0, 34, wrapped)
    sheet.set_column(1, 4, 28, wrapped)
    sheet.write_string(0, 0, limits.text(title), bold)
    row = 1
    if result.synthetic:
        sheet.write_string(row, 0, words.SAMPLE.text(lang), strong)
        row += 1
    for label, value in _facts(result):
        row += 1
        sheet.write_string(row, 0, label, strong)
        sheet.write_string(row, 1, limits.text(value), wrapped)
    row += 2
    headings = (words.SOURCE, words.PUBLISHER, words.LICENCE, words.DATA_AS_OF)
    for column, heading in enumerate(headings):
        sheet.write_string(row, column, heading.text(lang), strong)
    for source in result.sources:
        row += 1
        for column, text in enumerate(_source_row(source, lang)):
            sheet.write_string(row, column, limits.text(text), wrapped)
    sheet.write_string(row + 2, 0, words.LIMITS.text(lang))
    written_out = words.abbreviations(lang, *words.ABBREVIATIONS)
    sheet.write_string(row + 3, 0, "; ".join(written_out))


def _facts(result: Result) -> list[tuple[str, str]]:
    lang = result.lang
    facts = [
        (words.STOP_SET.text(lang), words.STOP_SETS[result.stop_set].text(lang)),
        (words.THRESHOLD.text(lang), formats.threshold(lang, result.threshold_m)),
    ]
    if result.layout:
        facts.insert(0, (words.LAYOUT.text(lang), formats.date(lang, result.layout)))
    return facts


def _source_row(source: Any, lang: Lang) -> tuple[str, str, str, str]:
    return (
        source.name.text(lang),
        source.publisher.text(lang) if source.publisher else "",
        source.licence or "",
        formats.date(lang, source.date) if source.date else "",
    )


def _in_order(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Order the rows as the pages do: by name in the Latvian alphabet, or by rank."""
    if name == "follow_up":
        return in_order(table)
    if name not in _SORTED_BY:
        return table
    return table.sort_values(
        _SORTED_BY[name], key=lambda names: names.map(formats.collation_key), kind="stable"
    )


def _worded(name: str, table: pd.DataFrame, result: Result) -> dict[str, list[Any]]:
    """Give the cells of each column: words in place of codes, numbers as they are shown."""
    named = _named(name, table, result)
    rows = table.to_dict("records")
    if name in ("summary", "published"):
        named |= _mixed(rows, result)
    for least, most in _BANDS:
        if least in table:
            named |= _band(rows, least, most)
    return {
        column: [_cell(value) for value in named[column]]
        if column in named
        else _cells(column, table[column], rows, result)
        for column in map(str, table)
        if (name, column) != ("published", "name")
    }


def _named(name: str, table: pd.DataFrame, result: Result) -> dict[str, list[Any]]:
    """Put words in place of codes."""
    named: dict[str, list[Any]] = {}
    for column in map(str, table):
        coded: Mapping[Any, Text] | None = _CODED.get(f"{name}.{column}", _CODED.get(column))
        if coded is None and pd.api.types.is_bool_dtype(table[column]):
            coded = words.YES_NO
        if coded is not None:
            named[column] = table[column].map(_in(coded, result.lang)).tolist()
        elif column in _SAID:
            named[column] = list(_SAID[column](table[column], result))
    if name == "published":
        named["figure"] = table["name"].tolist()
    return named


def _municipalities(codes: pd.Series, result: Result) -> list[str]:
    """Name municipalities; a code that the layout does not know stays."""
    known = result.municipalities.set_index("municipality")["municipality_name"].to_dict()
    return [known.get(code, code) for code in codes]


def _places(keys: pd.Series, result: Result) -> list[str]:
    """Name the places of decisions."""
    return decisions.places(keys, result.places.set_index("place")["name"].to_dict())


def _hours(cells: pd.Series, result: Result) -> list[str]:
    """Write opening hours as people do, the rules of a place behind one another."""
    return [
        "" if pd.isna(hours) else formats.opening_hours(result.lang, hours).replace("\n", "; ")
        for hours in cells
    ]


def _criteria(codes: pd.Series, result: Result) -> list[str]:
    return [words.criterion(result.lang, code, result.threshold_m) for code in codes]


# Columns whose words are made of what they hold.
_SAID: dict[str, Callable[[pd.Series, Result], Iterable[Any]]] = {
    "criterion": _criteria,
    "owner": _municipalities,
    "decision_place": _places,
    "hours": _hours,
    "measure": lambda codes, result: [words.measure(result.lang, code) for code in codes],
    "decision": lambda cells, result: decisions.decided(cells, result.lang),
    "due": lambda cells, result: [_day(result.lang, due) for due in cells],
    "lists": lambda cells, result: decisions.lists(cells, result.lang),
}


def _day(lang: Lang, due: str) -> dt.date | str:
    """Give a day as such; where several decisions share a cell, as people write them."""
    try:
        return dt.date.fromisoformat(due)
    except ValueError:
        return decisions.days(pd.Series([due]), lang)[0]


def _mixed(rows: list[dict[Any, Any]], result: Result) -> dict[str, list[Any]]:
    """Round the columns whose numbers are of several measures; no target turns a target."""
    limit = result.threshold_m
    shown = {
        column: [
            None
            if pd.isna(row[column])
            else quantities.of_measure(
                row[column],
                row["measure"],
                criterion=row.get("criterion", row.get("figure", "")) if column == "value" else "",
                threshold_m=limit if column == "value" else None,
            )
            for row in rows
        ]
        for column in _MIXED
        if rows and column in rows[0]
    }
    if rows and "difference" in rows[0]:
        pairs = zip(shown["value"], shown["published"], strict=True)
        shown["difference"] = [
            None if one is None or other is None else difference(result.lang, one, other)
            for one, other in pairs
        ]
    return shown


def _band(rows: list[dict[Any, Any]], least: str, most: str) -> dict[str, list[Any]]:
    """Round the ends of bands, those of shares outwards."""
    ends = [
        (None, None)
        if pd.isna(row[least])
        else formats.to_share_band(row[least], row[most])
        if least.startswith("share") or row["measure"].startswith("share")
        else (formats.to_number(row[least]), formats.to_number(row[most]))
        for row in rows
    ]
    return {least: [low for low, _ in ends], most: [high for _, high in ends]}


def _cells(column: str, values: pd.Series, rows: list[dict[Any, Any]], result: Result) -> list[Any]:
    """Give the cells of a column of numbers, as they are shown, or of texts."""
    if pd.api.types.is_numeric_dtype(values):
        return [quantities.of_column(column, row, result.threshold_m) for row in rows]
    return [_cell(value) for value in values]


def _cell(value: Any) -> Any:
    """Give a cell's text or day; None for a null and for an empty text."""
    if isinstance(value, Shown | dt.date):
        return value
    return None if pd.isna(value) or value == "" else value


def _in(words_of: Mapping[Any, Text], lang: Lang) -> dict[Any, str]:
    return {code: text.text(lang) for code, text in words_of.items()}


def _write_table(book: xlsxwriter.Workbook, content: Sheet, lang: Lang, limits: _Limits) -> None:
    rows = limits.rows(content.rows)
    sheet = book.add_worksheet(content.title)
    header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    cells = _Formats(book)
    for number, heading in enumerate(content.headings):
        sheet.write_string(0, number, heading, header)
        values = [row[number] for row in rows]
        _write_column(sheet, number, values, cells, lang, limits)
        sheet.set_column(number, number, _width(heading, values, lang))
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(content.headings) - 1)


class _Formats(dict[str, Any]):
    """The formats of a book's cells by their number format, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        super().__init__()
        self._book = book

    def __missing__(self, code: str) -> Any:
        self[code] = self._book.add_format({"num_format": code})
        return self[code]


def _write_column(
    sheet: Any,
    number: int,
    values: list[Any],
    cells: Mapping[str, Any],
    lang: Lang,
    limits: _Limits,
) -> None:
    for row, value in enumerate(values, 1):
        if isinstance(value, str):
            sheet.write_string(row, number, limits.text(value))
        elif isinstance(value, Shown):
            sheet.write_number(row, number, value.cell, cells[value.number_format])
        elif value is not None:
            sheet.write_datetime(row, number, value, cells[formats.day_format(lang)])


def _width(heading: str, values: list[Any], lang: Lang) -> float:
    """Fit the longest value, and the heading over two lines."""
    texts = (value.text(lang) if isinstance(value, Shown) else str(value) for value in values)
    longest = max(map(len, texts), default=0)
    return min(max(longest, len(heading) / 2, _LEAST_WIDTH), _MOST_WIDTH) + 2
