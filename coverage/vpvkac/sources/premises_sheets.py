"""Checklists of premises that municipalities send back: workbooks, found by their headings.

A sheet of the checklist has the key of the place among its headings, and headings that begin with
the number of a row of table 30 ("3.1 …"), wherever they stand and in whatever language.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from vpvkac.model.columns import COLUMNS
from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import TABLE_30, Input
from vpvkac.sources.base import Checks, Reading, folded
from vpvkac.sources.plain import REQUIREMENTS, SUITABILITY, read_answers
from vpvkac.sources.xlsx import heading_row, load
from vpvkac.texts.message import Lang, Message

_WORKBOOK = ".xlsx"
_ROW = re.compile(r"\s*([1-6]\.[1-5])(?![0-9.])")
_PLACE = {folded(COLUMNS["place"].heading.text(lang)) for lang in get_args(Lang)}
_NAME = {row: name for name, row in TABLE_30.items() if name in REQUIREMENTS}


def is_premises_sheets(path: Path) -> bool:
    """Tell whether a checklist is workbooks sent back: one, or a folder of them."""
    return path.is_dir() or path.suffix.lower() == _WORKBOOK


def read_premises_sheets(source: Input) -> Reading:
    """Read one workbook, or all of a folder: table `SUITABILITY`, unknown where not filled in.

    A last column, `file`, names the sheet.  Errors: a workbook that cannot be read or has no
    checklist, a row of table 30 in two columns, answers without a place, a place twice, an answer
    that is none of those known.  Raises InputError if no workbook has a checklist.
    """
    shown = source.shown.rstrip("/\\")
    faults: list[Fault] = []
    if source.path.is_dir():
        files, faults = _workbooks(source.path, shown)
    else:
        files = {shown: source.path}
    if not files:
        problem = Message("holds no workbook (*.xlsx)")
        remedy = Message("put the workbooks sent back into it")
        raise InputError([*faults, Fault("error", source.shown, problem, remedy)])
    readings: list[Reading] = []
    for name, file in files.items():
        try:
            readings += _sheets(file, name)
        except InputError as error:
            faults += error.faults
    if not readings:
        raise InputError(faults)
    table = pd.concat([reading.table for reading in readings], ignore_index=True)
    faults += [fault for reading in readings for fault in reading.faults]
    twice = table["place"].duplicated() & (table["place"] != "")
    problem, remedy = Message("is answered twice"), Message("keep the newer workbook alone")
    for sheet, rows in table[twice].groupby("file", sort=False):
        checks = Checks(str(sheet), rows["row"])
        checks.refuse(rows["row"] > 0, problem, remedy, values=rows["place"])
        faults += checks.faults
    return Reading(table[[*SUITABILITY, "file"]], len(table), {}, faults)


def _workbooks(folder: Path, shown: str) -> tuple[dict[str, Path], list[Fault]]:
    """Find the workbooks of a folder by name, and warn of the files that are none."""
    files = sorted(
        (file for file in folder.iterdir() if file.is_file()), key=lambda file: file.name
    )
    # What Excel keeps beside an open workbook, and what systems hide, nobody sent.
    sent = {f"{shown}/{file.name}": file for file in files if not file.name.startswith(("~$", "."))}
    problem, remedy = Message("is no XLSX workbook; it is not read"), Message("save it as XLSX")
    faults = [
        Fault("warning", name, problem, remedy)
        for name, file in sent.items()
        if file.suffix.lower() != _WORKBOOK
    ]
    return {name: file for name, file in sent.items() if file.suffix.lower() == _WORKBOOK}, faults


def _sheets(path: Path, shown: str) -> list[Reading]:
    readings = [
        _read(sheet, f"{shown}/{sheet.title}", at)
        for sheet in load(Input(path, shown)).worksheets
        if (at := heading_row(sheet, _is_heading))
    ]
    if not readings:
        problem = Message("has no sheet of the checklist of premises")
        heading = COLUMNS["place"].heading.text("lv")
        remedy = Message('a sheet must have the heading "{place}" and rows of table 30 ("3.1 …")',
                         place=heading)  # fmt: skip
        raise InputError.of(shown, problem, remedy)
    return readings


def _is_heading(row: Sequence[Any]) -> bool:
    texts = [str(cell or "") for cell in row]
    return any(folded(text) in _PLACE for text in texts) and any(map(_ROW.match, texts))


def _read(sheet: Any, shown: str, heading: int) -> Reading:
    """Read the rows below the heading; one without the key of a place must be empty."""
    cells: dict[str, list[str]] = {}
    label: dict[str, str] = {}
    twice: list[Fault] = []
    for column in sheet.iter_cols(min_row=heading, values_only=True):
        texts = ["" if cell is None else str(cell).strip() for cell in column]
        at = _ROW.match(texts[0])
        name = "place" if folded(texts[0]) in _PLACE else _NAME.get(at[1]) if at else None
        if name in cells:
            problem, remedy = Message("stands in two columns"), Message("keep one of them")
            twice.append(Fault("error", shown, problem, remedy, heading, label[name], texts[0]))
        elif name is not None:
            cells[name], label[name] = texts[1:], texts[0]
    rows = pd.Series(range(heading + 1, sheet.max_row + 1))
    table = pd.DataFrame(cells, dtype=str).reindex(columns=["place", *REQUIREMENTS], fill_value="")
    table = table.assign(row=rows)[(table != "").any(axis=1)].reset_index(drop=True)
    checks = Checks(shown, table["row"])
    keyless = table["place"] == ""
    remedy = Message("write the key as in places.csv, e.g. libraries:12")
    checks.refuse(keyless, Message("is missing"), remedy, field=label["place"])
    answers = read_answers(table, checks, label)
    return Reading(table.assign(file=shown, **answers), len(table), {}, [*twice, *checks.faults])
