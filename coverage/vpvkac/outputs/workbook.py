"""Workbooks for offices that work in Excel, the national `gaps.xlsx` and the municipal ones.

The first sheet says what the workbook is: title, dates, sources, notes; then
one table a sheet, codes as text, numbers as numbers, headings in the language.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter

from vpvkac import formats, words
from vpvkac.outputs.tables import DECIMALS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from vpvkac.language import Lang, Text
    from vpvkac.result import Result

_SHEETS = ("summary", "gaps_access", "gaps_coverage", "gaps_municipalities")
# Excel's own limits of a sheet's name.
_LONGEST_NAME = 31
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
    "remedy": words.REMEDIES,
    "located_by": words.LOCATED_BY,
    "met": words.MET,
}


def write_gaps_workbook(path: Path, result: Result, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write the summary and the three gap lists; tables as `tables.shown` gives them."""
    write_workbook(path, result, {name: tables[name] for name in _SHEETS})


def write_workbook(
    path: Path, result: Result, sheets: Mapping[str, pd.DataFrame], *, about: str | None = None
) -> None:
    """Write tables as sheets behind one that says what they are.

    Parameters
    ----------
    sheets
        Name of an output table (`words.TABLES` has its title) → its rows, as
        `tables.shown` gives them.
    about
        What the workbook is about, beside the project's title: a
        municipality's name, say.
    """
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    title = ": ".join(part for part in (about, _title(result)) if part)
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": title, "created": _CREATED})
        _write_cover(book, result, title)
        for name, table in sheets.items():
            tidy = pd.DataFrame(table).drop(columns="geometry", errors="ignore")
            sheet = book.add_worksheet(words.TABLES[name].into(result.lang)[:_LONGEST_NAME])
            _write_table(book, sheet, _worded(name, tidy, result), result)


def _title(result: Result) -> str:
    return result.title or words.NETWORK.into(result.lang)


def _write_cover(book: xlsxwriter.Workbook, result: Result, title: str) -> None:
    """Say what the workbook is, from which data, and what to know before using it."""
    lang = result.lang
    bold = book.add_format({"bold": True, "font_size": 14})
    strong = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(words.ABOUT.into(lang))
    sheet.set_column(0, 0, 34, wrapped)
    sheet.set_column(1, 4, 28, wrapped)
    sheet.write_string(0, 0, title, bold)
    row = 1
    if result.synthetic:
        sheet.write_string(row, 0, words.SAMPLE.into(lang), strong)
        row += 1
    for label, value in _facts(result):
        row += 1
        sheet.write_string(row, 0, label, strong)
        sheet.write_string(row, 1, value, wrapped)
    row += 2
    headings = (words.SOURCE, words.PUBLISHER, words.LICENCE, words.DATA_AS_OF)
    for column, heading in enumerate(headings):
        sheet.write_string(row, column, heading.into(lang), strong)
    for source in result.sources:
        row += 1
        for column, text in enumerate(_source_row(source, lang)):
            sheet.write_string(row, column, text, wrapped)
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
    worded = {
        column: table[column].map(_in(_CODED[column], lang))
        for column in table.columns
        if column in _CODED
    }
    if name == "summary":
        worded["criterion"] = table["criterion"].map(
            lambda code: words.criterion(lang, code, result.threshold_m)
        )
        worded["measure"] = table["measure"].map(lambda code: words.measure(lang, code))
    for column in table.select_dtypes(["bool", "boolean"]).columns:
        worded[column] = table[column].map(_in(words.YES_NO, lang))
    return table.assign(**worded)


def _in(words_of: Mapping[Any, Text], lang: Lang) -> dict[Any, str]:
    return {code: text.into(lang) for code, text in words_of.items()}


def _write_table(
    book: xlsxwriter.Workbook,
    sheet: Any,
    table: pd.DataFrame,
    result: Result,
) -> None:
    header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    for number, column in enumerate(table.columns):
        heading = words.heading(result.lang, column, result.threshold_m)
        sheet.write_string(0, number, heading, header)
        cells = book.add_format({"num_format": _NUMBER_FORMATS.get(DECIMALS.get(column, 0), "0")})
        if column == "value":
            cells = book.add_format({"num_format": "General"})
        _write_column(sheet, number, table[column], cells)
        sheet.set_column(number, number, _width(heading, table[column]))
    sheet.freeze_panes(1, 0)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _write_column(sheet: Any, number: int, column: pd.Series, cells: Any) -> None:
    known = column.notna()
    is_number = pd.api.types.is_numeric_dtype(column)
    for row, (value, given) in enumerate(zip(column, known, strict=True), 1):
        if given and is_number:
            sheet.write_number(row, number, float(value), cells)
        elif given and value != "":
            sheet.write_string(row, number, str(value))


def _width(heading: str, column: pd.Series) -> float:
    """Fit the longest value, and the heading over two lines."""
    longest = column.dropna().astype(str).str.len().max() if column.notna().any() else 0
    return min(max(float(longest), len(heading) / 2, _LEAST_WIDTH), _MOST_WIDTH) + 2
