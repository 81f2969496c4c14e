"""The workbooks of a run, the national `gaps.xlsx` and those of municipalities: what they show.

Headings and labels of codes are the registry's (`vpvkac.model.columns`), gaps
are described by `views.gaps`, rows stand in the order of the pages, and
numbers are rounded as the pages round them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from vpvkac.model.columns import COLUMNS, FLAG, Column
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.gaps import in_order
from vpvkac.questions.coverage.view import difference
from vpvkac.render.xlsx import LONGEST_NAME, Cover, Sheet
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import Shown
from vpvkac.views.gaps import (
    AccessGap,
    CoverageGap,
    Gap,
    MunicipalityGap,
    ServiceGap,
    day_cells,
    decision_cells,
    list_cells,
    place_cells,
)
from vpvkac.views.writer import Writer, of_column, of_measure, records

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

NATIONAL = (
    "summary", "published", "gaps_access", "gaps_service", "gaps_reach", "gaps_coverage",
    "gaps_municipalities", "gap_clusters", "follow_up", "progress", "residents",
)  # fmt: skip
MUNICIPAL = (
    "network", "gaps_access", "gaps_service", "gaps_reach", "gaps_coverage", "places", "units",
    "follow_up",
)  # fmt: skip
# Columns whose numbers are counts in one row and shares in another.
_MIXED = ("value", "target", "published")
_ENDS = ("least", "most", "share_least", "share_most")
_GAPS: dict[str, type[Gap]] = {
    "gaps_access": AccessGap,
    "gaps_service": ServiceGap,
    "gaps_coverage": CoverageGap,
    "gaps_municipalities": MunicipalityGap,
}
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

    `about` is what it is about beside the project's title: a municipality's name, say.
    """
    write, lang = Writer.of(result), result.lang
    facts = [
        (write(words.STOP_SET), write(words.STOP_SETS[result.stop_set])),
        (write(words.THRESHOLD), write.threshold()),
    ]
    if result.layout:
        facts.insert(0, (write(words.LAYOUT), formats.date(lang, result.layout)))
    title = result.title or write(words.NETWORK)
    headings = (words.SOURCE, words.PUBLISHER, words.LICENCE, words.DATA_AS_OF)
    return Cover(
        name=write(words.ABOUT),
        title=" – ".join(part for part in (about, title) if part),
        warning=write(words.SAMPLE) if result.synthetic else "",
        facts=facts,
        headings=[write(heading) for heading in headings],
        rows=[
            (
                write(source.name),
                write(source.publisher) if source.publisher else "",
                source.licence or "",
                formats.date(lang, source.date) if source.date else "",
            )
            for source in result.sources
        ],
        notes=[write(words.LIMITS), "; ".join(words.abbreviations(lang, *words.ABBREVIATIONS))],
    )


def rows_of(
    name: str, table: pd.DataFrame, result: Result, numbers: Mapping[str, int] | None = None
) -> Rows:
    """Make a sheet of a table of `rounding.exact`: words in place of codes, headings in a language.

    Parameters
    ----------
    numbers
        The number that each unit has on its municipality's page: it comes
        first, and the rank says that it is that of the national list.
    """
    write, tidy = Writer.of(result), _in_order(name, table)
    rows = _GAPS[name].of(tidy, write) if name in _GAPS else records(tidy)
    declared = TABLES[name].columns
    cells = {of.name: _cells(of, rows, tidy[of.name], result) for of in declared}
    if name == "published":
        cells["figure"] = cells.pop("name")
    columns = {column.name: column for column in declared}
    if name == "residents":
        columns |= {"measure": COLUMNS["residents_group"]}
    if numbers is not None and "unit" in tidy:
        cells = {"number": [Shown(Decimal(numbers[unit])) for unit in tidy["unit"]], **cells}
        columns |= {"number": COLUMNS["number"], "rank": COLUMNS["national_rank"]}
    sheet = Sheet(
        write(TABLES[name].title)[:LONGEST_NAME],
        [write.heading(columns[column].heading) for column in cells],
        list(zip(*([_or_none(cell) for cell in of] for of in cells.values()), strict=True)),
    )
    codes = tidy["municipality"].tolist() if "municipality" in tidy else [""] * len(tidy)
    return Rows(sheet, codes)


def _in_order(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Order the rows as the pages do: by name in the Latvian alphabet, or by rank."""
    plain = pd.DataFrame(table).drop(columns="geometry", errors="ignore")
    if name == "follow_up":
        return in_order(plain)
    if name not in _SORTED_BY:
        return plain
    return plain.sort_values(
        _SORTED_BY[name], key=lambda names: names.map(collation_key), kind="stable"
    )


def _cells(column: Column, rows: Sequence[Any], values: pd.Series, result: Result) -> Iterable[Any]:
    """Give the cells of a column: words in place of codes, numbers as they are shown."""
    write = Writer.of(result)
    codes = words.YES_NO if column.type == FLAG else column.codes
    if codes:
        return values.map({code: write.heading(label) for code, label in codes.items()})
    if column.name in _OWN_WORDS:
        return _OWN_WORDS[column.name](values, result)
    if column.type.stored != "string":
        return [_number(row, column.name, write) for row in rows]
    return [row.text(column.name) if isinstance(row, Gap) else row[column.name] for row in rows]


def _municipalities(codes: pd.Series, result: Result) -> list[str]:
    """Name municipalities; a code that the layout does not know stays."""
    known = result.municipalities.set_index("municipality")["municipality_name"].to_dict()
    return [known.get(code, code) for code in codes]


def _days(cells: pd.Series, result: Result) -> list[dt.date | str]:
    """Give days as such; where several decisions share a cell, as people write them."""
    days: list[dt.date | str] = []
    for due, written in zip(cells, day_cells(cells, result.lang), strict=True):
        try:
            days.append(dt.date.fromisoformat(due))
        except ValueError:
            days.append(written)
    return days


# Columns whose words are made of what they hold.
_OWN_WORDS: dict[str, Callable[[pd.Series, Result], Iterable[Any]]] = {
    "owner": _municipalities,
    "decision_place": lambda keys, result: place_cells(
        keys, result.places.set_index("place")["name"].to_dict()
    ),
    # The rules of a place behind one another.
    "hours": lambda cells, result: [
        "" if pd.isna(hours) else formats.opening_hours(result.lang, hours).replace("\n", "; ")
        for hours in cells
    ],
    "measure": lambda codes, result: [words.measure(result.lang, code) for code in codes],
    "decision": lambda cells, result: decision_cells(cells, result.lang),
    "due": _days,
    "lists": lambda cells, result: list_cells(cells, result.lang),
}


def _number(row: Mapping[Any, Any], column: str, write: Writer) -> Shown | None:
    if column in _MIXED:
        return _measured(row, column, write)
    if column == "difference":
        value, published = (_measured(row, name, write) for name in ("value", "published"))
        if value is None or published is None:
            return None
        return difference(write.lang, value, published)
    return _end(row, column) if column in _ENDS else of_column(column, row, write.threshold_m)


def _measured(row: Mapping[Any, Any], column: str, write: Writer) -> Shown | None:
    """Round a number by the measure of its row; no target turns a target or a published value."""
    own: dict[str, Any] = {}
    if column == "value":
        code = row.get("criterion", row.get("figure", ""))
        own = {"criterion": code, "threshold_m": write.threshold_m}
    return None if pd.isna(row[column]) else of_measure(row[column], row["measure"], **own)


def _end(row: Mapping[Any, Any], column: str) -> Shown | None:
    """Round an end of a band, of one of shares outwards."""
    of = column.removesuffix("least").removesuffix("most")
    least, most = row[f"{of}least"], row[f"{of}most"]
    if pd.isna(least):
        return None
    if of or row["measure"].startswith("share"):
        return formats.to_share_band(least, most)[column.endswith("most")]
    return formats.to_number(row[column])


def _or_none(value: Any) -> Any:
    """Give a cell's text, number or day; None for a null and for an empty text."""
    if isinstance(value, Shown | dt.date):
        return value
    return None if pd.isna(value) or value == "" else value
