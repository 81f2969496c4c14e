"""The workbooks of a run, the national `gaps.xlsx` and those of municipalities: what they show.

Headings and labels of codes are the registry's (`vpvkac.model.columns`), rows
in the order of the pages, numbers rounded as the pages round them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from vpvkac.model.accounts import Source
from vpvkac.model.columns import COLUMNS, FLAG, Column
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.report.criteria import difference
from vpvkac.questions.coverage.report.decisions import in_order
from vpvkac.render.xlsx import LONGEST_NAME, Cover, Sheet
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import Shown
from vpvkac.texts.message import Lang
from vpvkac.views import gaps, writer

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

NATIONAL = (
    "summary", "published", "gaps_access", "gaps_service", "gaps_coverage", "gaps_municipalities",
    "gap_clusters", "follow_up", "progress", "residents",
)  # fmt: skip
MUNICIPAL = (
    "network", "gaps_access", "gaps_service", "gaps_coverage", "places", "units", "follow_up",
)  # fmt: skip
# Columns whose numbers are counts in one row and shares in another.
_MIXED = ("value", "target", "published")
_BANDS = (("least", "most"), ("share_least", "share_most"))
# By what the pages sort a table that has no rank.
_SORTED_BY = {
    "network": "unit_name", "units": "unit_name", "places": "name", "progress": "municipality_name",
}  # fmt: skip


class Rows(NamedTuple):
    """A sheet, and the code of the municipality that each of its rows is of; empty if of none."""

    sheet: Sheet
    codes: list[str]


def cover(result: Result, about: str = "") -> Cover:
    """Say what a workbook is, from which data, and what to know before using it.

    Parameters
    ----------
    about
        What it is about, beside the project's title: a municipality's name, say.
    """
    lang = result.lang
    facts = [
        (words.STOP_SET.text(lang), words.STOP_SETS[result.stop_set].text(lang)),
        (words.THRESHOLD.text(lang), formats.threshold(lang, result.threshold_m)),
    ]
    if result.layout:
        facts.insert(0, (words.LAYOUT.text(lang), formats.date(lang, result.layout)))
    title = result.title or words.NETWORK.text(lang)
    headings = (words.SOURCE, words.PUBLISHER, words.LICENCE, words.DATA_AS_OF)
    return Cover(
        name=words.ABOUT.text(lang),
        title=" – ".join(part for part in (about, title) if part),
        warning=words.SAMPLE.text(lang) if result.synthetic else "",
        facts=facts,
        headings=[heading.text(lang) for heading in headings],
        rows=[_source(source, lang) for source in result.sources],
        notes=[
            words.LIMITS.text(lang),
            "; ".join(words.abbreviations(lang, *words.ABBREVIATIONS)),
        ],
    )


def _source(source: Source, lang: Lang) -> tuple[str, str, str, str]:
    return (
        source.name.text(lang),
        source.publisher.text(lang) if source.publisher else "",
        source.licence or "",
        formats.date(lang, source.date) if source.date else "",
    )


def rows_of(
    name: str, table: pd.DataFrame, result: Result, numbers: Mapping[str, int] | None = None
) -> Rows:
    """Make a sheet of an output table: words in place of codes, headings in the language.

    Parameters
    ----------
    table
        As `vpvkac.analysis.rounding.exact` gives it.
    numbers
        The number that each unit has on its municipality's page: it comes
        first, and the rank says that it is that of the national list.
    """
    tidy = _in_order(name, pd.DataFrame(table).drop(columns="geometry", errors="ignore"))
    cells = _cells(name, tidy, result)
    columns = {column.name: column for column in TABLES[name].columns}
    if name == "residents":
        columns |= {"measure": COLUMNS["residents_group"]}
    if numbers is not None and "unit" in tidy:
        cells = {"number": [Shown(Decimal(numbers[unit])) for unit in tidy["unit"]], **cells}
        columns |= {"number": COLUMNS["number"], "rank": COLUMNS["national_rank"]}
    sheet = Sheet(
        TABLES[name].title.text(result.lang)[:LONGEST_NAME],
        [
            words.with_threshold(result.lang, columns[column].heading, result.threshold_m)
            for column in cells
        ],
        list(zip(*cells.values(), strict=True)),
    )
    codes = tidy["municipality"].tolist() if "municipality" in tidy else [""] * len(tidy)
    return Rows(sheet, codes)


def _in_order(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Order the rows as the pages do: by name in the Latvian alphabet, or by rank."""
    if name == "follow_up":
        return in_order(table)
    if name not in _SORTED_BY:
        return table
    return table.sort_values(
        _SORTED_BY[name], key=lambda names: names.map(collation_key), kind="stable"
    )


def _cells(name: str, table: pd.DataFrame, result: Result) -> dict[str, list[Any]]:
    """Give the cells of each column: words in place of codes, numbers as they are shown."""
    rows = table.to_dict("records")
    cells = {
        column.name: _of_column(column, table[column.name], rows, result)
        for column in TABLES[name].columns
    }
    if name in ("summary", "published"):
        cells |= _mixed(rows, result)
    for least, most in _BANDS:
        if least in table:
            cells |= _band(rows, least, most)
    if name == "published":
        cells["figure"] = cells.pop("name")
    return {column: [_or_none(value) for value in values] for column, values in cells.items()}


def _of_column(
    column: Column, values: pd.Series, rows: list[dict[Any, Any]], result: Result
) -> Iterable[Any]:
    lang, limit = result.lang, result.threshold_m
    codes = words.YES_NO if column.type == FLAG else column.codes
    if codes:
        labels = {code: words.with_threshold(lang, label, limit) for code, label in codes.items()}
        return values.map(labels)
    if column.name in _SAID:
        return _SAID[column.name](values, result)
    if column.type.stored == "string":
        return values
    return [writer.of_column(column.name, row, limit) for row in rows]


def _municipalities(codes: pd.Series, result: Result) -> list[str]:
    """Name municipalities; a code that the layout does not know stays."""
    known = result.municipalities.set_index("municipality")["municipality_name"].to_dict()
    return [known.get(code, code) for code in codes]


def _hours(cells: pd.Series, result: Result) -> list[str]:
    """Write opening hours as people do, the rules of a place behind one another."""
    return [
        "" if pd.isna(hours) else formats.opening_hours(result.lang, hours).replace("\n", "; ")
        for hours in cells
    ]


def _day(lang: Lang, due: str) -> dt.date | str:
    """Give a day as such; where several decisions share a cell, as people write them."""
    try:
        return dt.date.fromisoformat(due)
    except ValueError:
        return gaps.day_cells(pd.Series([due]), lang)[0]


# Columns whose words are made of what they hold.
_SAID: dict[str, Callable[[pd.Series, Result], Iterable[Any]]] = {
    "owner": _municipalities,
    "decision_place": lambda keys, result: gaps.place_cells(
        keys, result.places.set_index("place")["name"].to_dict()
    ),
    "hours": _hours,
    "measure": lambda codes, result: [words.measure(result.lang, code) for code in codes],
    "decision": lambda cells, result: gaps.decision_cells(cells, result.lang),
    "due": lambda cells, result: [_day(result.lang, due) for due in cells],
    "lists": lambda cells, result: gaps.list_cells(cells, result.lang),
}


def _mixed(rows: list[dict[Any, Any]], result: Result) -> dict[str, list[Any]]:
    """Round the columns whose numbers are of several measures; no target turns a target."""
    shown: dict[str, list[Any]] = {}
    for column in _MIXED:
        if not rows or column not in rows[0]:
            continue
        own = column == "value"
        shown[column] = [
            None
            if pd.isna(row[column])
            else writer.of_measure(
                row[column],
                row["measure"],
                criterion=row.get("criterion", row.get("figure", "")) if own else "",
                threshold_m=result.threshold_m if own else None,
            )
            for row in rows
        ]
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


def _or_none(value: Any) -> Any:
    """Give a cell's text, number or day; None for a null and for an empty text."""
    if isinstance(value, Shown | dt.date):
        return value
    return None if pd.isna(value) or value == "" else value
