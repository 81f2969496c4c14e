"""Workbooks for offices that work in Excel, the national `gaps.xlsx` and the municipal ones.

The first sheet says what the workbook is: title, dates, sources, notes; then
one table a sheet, codes as text, numbers as numbers, headings in the language.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import xlsxwriter
from xlsxwriter.exceptions import XlsxFileError

from vpvkac import following_words, formats, words
from vpvkac.faults import Fault
from vpvkac.language import Text
from vpvkac.outputs.tables import DECIMALS, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from vpvkac.language import Lang
    from vpvkac.result import Result

_SHEETS = (
    "summary", "published", "gaps_access", "gaps_service", "gaps_coverage", "gaps_municipalities",
    "gap_clusters", "follow_up", "progress", "residents",
)  # fmt: skip
# Columns whose numbers are counts in one row and shares in another.
_MIXED = {"value", "target", "published", "difference", "least", "most"}
# Excel's own limits: of a sheet's name, of a cell, and of rows under a heading.
_LONGEST_NAME = 31
LONGEST_TEXT, MOST_ROWS = 32_767, 1_048_575
_ELLIPSIS = "…"
_CUT = Text(
    "satur tikai tekstu pirmās 32 767 rakstzīmes; saīsinātas šūnas: {}",
    "holds only the first 32 767 characters of longer texts; cells cut: {}",
)
_LEFT_OUT = Text(
    "satur tikai tabulu pirmās 1 048 575 rindas; izlaistas rindas: {}",
    "holds only the first 1 048 575 rows of a table; rows left out: {}",
)
_IN_CSV = Text("viss ir CSV tabulās", "the CSV tables hold all of it")
_LEAST_WIDTH, _MOST_WIDTH = 8, 60
# XlsxWriter stamps the time of writing; the same inputs must give the same bytes.
_CREATED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
_NUMBER_FORMATS = {0: "0", 1: "0.0", 3: "0.000", 4: "0.0000", 7: "0.0000000"}
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
}


class Sheet(NamedTuple):
    """A table as it stands in a workbook.

    Parameters
    ----------
    title
        Name of the sheet, at most 31 characters.
    headings
        In the result's language.
    formats
        Number format of each column.
    rows
        Texts, numbers, and None for a null.
    """

    title: str
    headings: list[str]
    formats: list[str]
    rows: list[tuple[Any, ...]]


def write_gaps_workbook(
    path: Path, result: Result, tables: Mapping[str, pd.DataFrame]
) -> list[Fault]:
    """Write the summary, the gap lists and what follows from them, of `tables.shown`.

    Returns
    -------
    faults
        Warnings of what the workbook could not hold.
    """
    names = [name for name in _SHEETS if name in written(result)]
    sheets = [as_sheet(name, tables[name], result) for name in names]
    return write_workbook(path, result, sheets, shown=path.name)


def as_sheet(name: str, table: pd.DataFrame, result: Result) -> Sheet:
    """Make a sheet of an output table: words in place of codes, headings in the language."""
    tidy = pd.DataFrame(table).drop(columns="geometry", errors="ignore")
    worded = _worded(name, tidy, result).astype(object)
    filled = worded.where(worded.notna() & (worded != ""), None)
    return Sheet(
        words.TABLES[name].into(result.lang)[:_LONGEST_NAME],
        [words.heading(result.lang, column, result.threshold_m) for column in worded.columns],
        [_number_format(column) for column in worded.columns],
        list(filled.itertuples(index=False, name=None)),
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
    title = ": ".join(part for part in (about, _title(result)) if part)
    # The archive is made in memory: one that a full disk breaks off would complain once more when
    # it is forgotten.
    limits, whole = _Limits(), io.BytesIO()
    try:
        with xlsxwriter.Workbook(whole, options) as book:
            book.set_properties({"title": title, "created": _CREATED})
            _write_cover(book, result, title, limits)
            for sheet in sheets:
                _write_table(book, sheet, limits)
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
            Fault("warning", shown, Text(*(text.format(count) for text in problem)), _IN_CSV)
            for count, problem in told
            if count
        ]


def _title(result: Result) -> str:
    return result.title or words.NETWORK.into(result.lang)


def _number_format(column: str) -> str:
    return "General" if column in _MIXED else _NUMBER_FORMATS[DECIMALS.get(column, 0)]


def _write_cover(book: xlsxwriter.Workbook, result: Result, title: str, limits: _Limits) -> None:
    """Say what the workbook is, from which data, and what to know before using it."""
    lang = result.lang
    bold = book.add_format({"bold": True, "font_size": 14})
    strong = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(words.ABOUT.into(lang))
    sheet.set_column(0, 0, 34, wrapped)
    sheet.set_column(1, 4, 28, wrapped)
    sheet.write_string(0, 0, limits.text(title), bold)
    row = 1
    if result.synthetic:
        sheet.write_string(row, 0, words.SAMPLE.into(lang), strong)
        row += 1
    for label, value in _facts(result):
        row += 1
        sheet.write_string(row, 0, label, strong)
        sheet.write_string(row, 1, limits.text(value), wrapped)
    row += 2
    headings = (words.SOURCE, words.PUBLISHER, words.LICENCE, words.DATA_AS_OF)
    for column, heading in enumerate(headings):
        sheet.write_string(row, column, heading.into(lang), strong)
    for source in result.sources:
        row += 1
        for column, text in enumerate(_source_row(source, lang)):
            sheet.write_string(row, column, limits.text(text), wrapped)
    sheet.write_string(row + 2, 0, words.LIMITS.into(lang))


def _facts(result: Result) -> list[tuple[str, str]]:
    lang = result.lang
    facts = [
        (words.STOP_SET.into(lang), words.STOP_SETS[result.stop_set].into(lang)),
        (words.THRESHOLD.into(lang), formats.metres(lang, result.threshold_m)),
    ]
    if result.layout:
        facts.insert(0, (words.LAYOUT.into(lang), formats.date(lang, result.layout)))
    return facts


def _source_row(source: Any, lang: Lang) -> tuple[str, str, str, str]:
    return (
        source.name.into(lang),
        source.publisher.into(lang) if source.publisher else "",
        source.licence or "",
        formats.date(lang, source.date) if source.date else "",
    )


def _worded(name: str, table: pd.DataFrame, result: Result) -> pd.DataFrame:
    """Put words in place of codes."""
    lang = result.lang
    worded: dict[str, Any] = {
        column: table[column].map(_in(_CODED[column], lang))
        for column in table.columns
        if column in _CODED
    }
    if name == "summary":
        worded["criterion"] = table["criterion"].map(
            lambda code: words.criterion(lang, code, result.threshold_m)
        )
    if name == "published":
        worded["figure"] = table["name"]
        table = table.drop(columns="name")
    if "decision" in table:
        worded["decision"] = following_words.decided(table["decision"], lang)
        worded["due"] = following_words.days(table["due"], lang)
    if "lists" in table:
        worded["lists"] = following_words.lists(table["lists"], lang)
    if name == "residents":
        worded["measure"] = table["measure"].map(_in(words.RESIDENTS_MEASURES, lang))
        worded["points"] = table["points"].map(_in(words.RESIDENTS_POINTS, lang))
        worded["basis"] = table["basis"].map(_in(words.RESIDENTS_BASES, lang))
    elif "measure" in table:
        worded["measure"] = table["measure"].map(lambda code: words.measure(lang, code))
    for column in table.select_dtypes(["bool", "boolean"]).columns:
        worded[column] = table[column].map(_in(words.YES_NO, lang))
    return table.assign(**worded)


def _in(words_of: Mapping[Any, Text], lang: Lang) -> dict[Any, str]:
    return {code: text.into(lang) for code, text in words_of.items()}


def _write_table(book: xlsxwriter.Workbook, content: Sheet, limits: _Limits) -> None:
    rows = limits.rows(content.rows)
    sheet = book.add_worksheet(content.title)
    header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    cells = {form: book.add_format({"num_format": form}) for form in dict.fromkeys(content.formats)}
    for number, heading in enumerate(content.headings):
        sheet.write_string(0, number, heading, header)
        values = [row[number] for row in rows]
        _write_column(sheet, number, values, cells[content.formats[number]], limits)
        sheet.set_column(number, number, _width(heading, values))
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(content.headings) - 1)


def _write_column(sheet: Any, number: int, values: list[Any], cells: Any, limits: _Limits) -> None:
    for row, value in enumerate(values, 1):
        if isinstance(value, str):
            sheet.write_string(row, number, limits.text(value))
        elif value is not None:
            sheet.write_number(row, number, float(value), cells)


def _width(heading: str, values: list[Any]) -> float:
    """Fit the longest value, and the heading over two lines."""
    longest = max((len(str(value)) for value in values if value is not None), default=0)
    return min(max(longest, len(heading) / 2, _LEAST_WIDTH), _MOST_WIDTH) + 2
