"""Decisions in workbooks that offices send back: found by headings, wherever those stand now.

Sheets may be in another order or under another name, rows sorted or deleted, columns moved or
added.  A sheet of decisions has the code of the unit and the decision among its headings, and not
the code of the municipality, which every table of data has.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import pandas as pd

from vpvkac.model.columns import COLUMNS
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import NOT_FOUND, Input
from vpvkac.sources.base import Checks, Reading, folded
from vpvkac.sources.plain import due_days
from vpvkac.sources.xlsx import heading_row, load
from vpvkac.texts.message import Lang, Message
from vpvkac.texts.words import REMEDIES

FIELDS = ("unit", "decision", "responsible", "due", "note")
_LANGS: tuple[Lang, ...] = get_args(Lang)
_OF_HEADING = {
    folded(COLUMNS[name].heading.text(lang)): name
    for name in (*FIELDS, "municipality")
    for lang in _LANGS
}
_OF_WORDS = {folded(words.text(lang)): code for code, words in REMEDIES.items() for lang in _LANGS}
_NOTHING = {"-", "–", "—"}
# Of 2000 and 2100: what a date is to a spreadsheet; other numbers are none.
_SERIALS = (36_526, 73_415)


def read_decision_sheets(source: Input) -> Reading:
    """Read the rows of gaps of a workbook: a decision each, or none.

    Table of `FIELDS` and `file`, which names the sheet too, and `row`: texts; remedies by their
    codes, days ISO, what is not filled in empty.  Errors: no sheet of decisions, a heading twice, a
    code or a day that is none, a row without code or decision that says more, a formula without a
    value.  Raises InputError if the file is no workbook.
    """
    if not source.is_there:
        problem, remedy = source.unfit or (NOT_FOUND, Message("check the path"))
        raise InputError.of(source.shown, problem, remedy)
    book, written = (load(source, data_only=values) for values in (True, False))
    sheets = [
        _read(sheet, written[sheet.title], f"{source.shown}/{sheet.title}", at)
        for sheet in book.worksheets
        if (at := heading_row(sheet, _is_heading))
    ]
    if not sheets:
        problem = Message("has no sheet of decisions")
        headings = ", ".join(COLUMNS[name].heading.text("lv") for name in FIELDS[:2])
        remedy = Message("a sheet must have the headings {listed}", listed=headings)
        raise InputError.of(source.shown, problem, remedy)
    table = pd.concat([sheet.table for sheet in sheets], ignore_index=True)
    return Reading(table, len(table), {}, [fault for sheet in sheets for fault in sheet.faults])


def _is_heading(row: Sequence[Any]) -> bool:
    names = {_OF_HEADING.get(folded(_text(cell))) for cell in row}
    return names >= {"unit", "decision"} and "municipality" not in names


class _EachRow(Checks):
    """Checks that name every row: an office looks for its own."""

    def refuse(self, wrong: Any, *said: Any, **more: Any) -> None:
        """Report each of the rows where `wrong` holds."""
        wrong = np.asarray(wrong, bool)
        for row in np.flatnonzero(wrong):
            super().refuse(np.arange(len(wrong)) == row, *said, **more)


def _read(sheet: Any, written: Any, shown: str, heading: int) -> Reading:
    """Read the rows below the heading; `written` is the same sheet with its formulas."""
    _fill_merged(sheet)
    label = {name: COLUMNS[name].heading.text("lv") for name in FIELDS}
    cells: dict[str, Sequence[Any]] = {}
    faults = []
    for column in sheet.iter_cols(min_row=heading):
        name = _OF_HEADING.get(folded(_text(column[0].value)))
        if name in cells:
            problem, remedy = Message("occurs twice"), Message("delete or rename one of the two")
            faults.append(Fault("error", shown, problem, remedy, heading, label[name]))
        elif name is not None:
            cells[name], label[name] = column[1:], _text(column[0].value)
    for name in FIELDS:
        if name not in cells:
            problem, remedy = Message("is not among the columns"), Message("nothing is read of it")
            faults.append(Fault("warning", shown, problem, remedy, heading, label[name]))
    rows = range(heading + 1, sheet.max_row + 1)
    texts = {name: [_text(_value(cell, name)) for cell in of] for name, of in cells.items()}
    table = pd.DataFrame(texts, rows, dtype=str).reindex(columns=list(FIELDS), fill_value="")
    table = table[(table != "").any(axis=1)].assign(file=shown, row=lambda table: table.index)
    checks = _EachRow(shown, table["row"])
    for name, of in cells.items():
        wrong = [
            cell.data_type == "e"
            or (cell.value is None and written[cell.coordinate].data_type == "f")
            for cell in of
        ]
        problem, remedy = (
            Message("the cell is a formula without a value"),
            Message("write the value"),
        )
        checks.refuse(pd.Series(wrong, rows)[table.index], problem, remedy, field=label[name])
    empty, fill_in = Message("is empty"), Message("fill this field in")
    says_more = (table[["responsible", "due", "note"]] != "").any(axis=1)
    no_unit, no_decision = (table[name] == "" for name in ("unit", "decision"))
    checks.refuse(no_unit, empty, fill_in, field=label["unit"])
    checks.refuse(no_decision & says_more, empty, fill_in, field=label["decision"])
    table = table.assign(
        unit=checks.unit_codes(table["unit"], field=label["unit"]),
        decision=table["decision"].map(lambda text: _OF_WORDS.get(folded(text), text)),
        due=due_days(checks, table["due"], field=label["due"]),
    )
    # A year alone, "2027", is a day of 1905 where a spreadsheet takes it for a date.
    other = (table["due"] != "") & ~table["due"].str.startswith("20")
    problem, remedy = Message("is not a day of this century"), Message("write the day")
    checks.refuse(other, problem, remedy, field=label["due"], values=table["due"])
    return Reading(table, len(table), {}, [*faults, *checks.faults])


def _fill_merged(sheet: Any) -> None:
    """Let every cell of merged ones say what they say together."""
    for area in list(sheet.merged_cells.ranges):
        value = sheet.cell(area.min_row, area.min_col).value
        sheet.unmerge_cells(area.coord)
        for row in sheet.iter_rows(area.min_row, area.max_row, area.min_col, area.max_col):
            for cell in row:
                cell.value = value


def _value(cell: Any, name: str) -> Any:
    """Give the value of a cell; where a day belongs, the day that a number is to a spreadsheet."""
    from openpyxl.utils.datetime import from_excel

    value = cell.value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if name == "due" and is_number and _SERIALS[0] <= value <= _SERIALS[1]:
        return from_excel(value, cell.parent.parent.epoch)
    return value


def _text(value: Any) -> str:
    """Give what a cell says as text, nothing for a dash alone; days as ISO."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, dt.datetime):
        value = value.date()
    text = "" if value is None else unicodedata.normalize("NFC", str(value)).strip()
    return "" if text in _NOTHING else text
