"""Workbooks for offices that work in Excel, the national `gaps.xlsx` and the municipal ones.

The first sheet says what the workbook is: title, dates, sources, notes; then
one table a sheet, codes as text, numbers as numbers, headings in the language.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd
import xlsxwriter

from vpvkac import following_words, formats, words
from vpvkac.outputs.tables import DECIMALS, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from vpvkac.language import Lang, Text
    from vpvkac.result import Result

_SHEETS = (
    "summary", "published", "gaps_access", "gaps_service", "gaps_coverage", "gaps_municipalities",
    "gap_clusters", "follow_up", "progress", "residents",
)  # fmt: skip
# Columns whose numbers are counts in one row and shares in another.
_MIXED = {"value", "target", "published", "difference", "least", "most"}
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


def write_gaps_workbook(path: Path, result: Result, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write the summary, the gap lists and what follows from them, of `tables.shown`."""
    names = [name for name in _SHEETS if name in written(result)]
    write_workbook(path, result, [as_sheet(name, tables[name], result) for name in names])


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
    path: Path, result: Result, sheets: Sequence[Sheet], *, about: str | None = None
) -> None:
    """Write sheets behind one that says what they are.

    Parameters
    ----------
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
        for sheet in sheets:
            _write_table(book, sheet)


def _title(result: Result) -> str:
    return result.title or words.NETWORK.into(result.lang)


def _number_format(column: str) -> str:
    return "General" if column in _MIXED else _NUMBER_FORMATS[DECIMALS.get(column, 0)]


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
    written_out = words.abbreviations(lang, *words.ABBREVIATIONS)
    sheet.write_string(row + 3, 0, "; ".join(written_out))


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


def _write_table(book: xlsxwriter.Workbook, content: Sheet) -> None:
    sheet = book.add_worksheet(content.title)
    header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    cells = {form: book.add_format({"num_format": form}) for form in dict.fromkeys(content.formats)}
    for number, heading in enumerate(content.headings):
        sheet.write_string(0, number, heading, header)
        values = [row[number] for row in content.rows]
        _write_column(sheet, number, values, cells[content.formats[number]])
        sheet.set_column(number, number, _width(heading, values))
    sheet.freeze_panes(1, 0)
    if content.rows:
        sheet.autofilter(0, 0, len(content.rows), len(content.headings) - 1)


def _write_column(sheet: Any, number: int, values: list[Any], cells: Any) -> None:
    for row, value in enumerate(values, 1):
        if isinstance(value, str):
            sheet.write_string(row, number, value)
        elif value is not None:
            sheet.write_number(row, number, float(value), cells)


def _width(heading: str, values: list[Any]) -> float:
    """Fit the longest value, and the heading over two lines."""
    longest = max((len(str(value)) for value in values if value is not None), default=0)
    return min(max(longest, len(heading) / 2, _LEAST_WIDTH), _MOST_WIDTH) + 2
