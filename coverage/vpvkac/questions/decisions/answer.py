"""What comes back from offices, merged into the decisions of a project.

A decision is known by its unit, whatever layout its code is of, and by its text.  What a workbook
adds is added, what it fills in is filled in.  Where it says another thing than the project's file,
or than another workbook, that is a conflict, which names both; only `replace` puts a workbook's
word in place of the file's, and never in place of another workbook's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from vpvkac.inputs.crosswalk import Crosswalk, read_crosswalk
from vpvkac.model.columns import COLUMNS
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.model.project import DECISIONS_FILE, Input, Project
from vpvkac.sources.base import Reading
from vpvkac.sources.decision_sheets import read_decision_sheets
from vpvkac.sources.plain import DECISIONS, read_decisions
from vpvkac.sources.tabular import read_records
from vpvkac.sources.units import read_units
from vpvkac.texts.message import Message

_COLUMNS = DECISIONS[:-1]
_MORE = ("responsible", "due", "note")
_DIFFERS = Message('differs from "{other}" in {file}, row {row}')
_SETTLE = Message("correct one of the two")
_OR_REPLACE = Message("correct one of the two, or take what the workbooks say with --replace")
_REPLACES = Message('takes the place of "{other}" in {file}, row {row}')
_CHECK = Message("check that this is meant")
_STAYS = Message('has no decision; "{other}" in {file}, row {row}, stays')
_DELETE = Message("if it no longer holds, delete it there")


class _Place(NamedTuple):
    """Where something stands, and whether that is the project's own file."""

    file: str
    row: int
    own: bool = False


@dataclass
class _Decision:
    """A decision; where it stands, or what of it stands elsewhere; its row of the own file."""

    texts: dict[str, str]
    place: _Place
    elsewhere: dict[str, _Place] = field(default_factory=dict)
    index: int | None = None
    change: str = "same"

    def conflicts(self, row: Mapping[Any, Any]) -> int:
        """Count what a row says otherwise."""
        return sum(bool(row[name]) and row[name] != self.texts[name] for name in _MORE)


@dataclass
class Merged:
    """The decisions of a project with those of workbooks.

    `table` has every column of the project's file `target`; `counts` are how many decisions are
    "same", "completed", "replaced" and "new"; `faults` are warnings.
    """

    target: Input
    table: pd.DataFrame
    counts: Counter[str]
    faults: list[Fault]

    @property
    def is_changed(self) -> bool:
        """Whether anything is other than in the project's file."""
        return self.counts["same"] < self.counts.total()


def merge(project: Project, files: Sequence[Path], *, replace: bool = False) -> Merged:
    """Merge the decisions of workbooks into those of the project; nothing is written.

    Raises InputError with all faults of all files, conflicts among them.
    """
    own = project.decisions or Input(project.path.parent / DECISIONS_FILE, DECISIONS_FILE)
    faults: list[Fault] = []
    table = pd.DataFrame(columns=list(_COLUMNS), dtype=str)
    read = _read(read_decisions, own, faults) if own.is_there else None
    if read is not None:
        table = read_records(own.path, own.shown, required=_COLUMNS).table
    paths = {path.resolve(): Input(path, str(path)) for path in files}
    sheets = [_read(read_decision_sheets, paths[path], faults) for path in sorted(paths)]
    if has_errors(faults):
        raise InputError(faults)
    merger, crosswalk = _Merger(faults, replace=replace), _crosswalk(project)
    if read is not None:
        merger.start(read.table, crosswalk.recoded(read.table["unit"]), own.shown)
    for reading in filter(None, sheets):
        units = crosswalk.recoded(reading.table["unit"])
        _refuse_unknown(reading.table[~units.isin(crosswalk.units["unit"])], faults)
        for unit, rows in reading.table.groupby(units, sort=False):
            merger.take(str(unit), rows.to_dict("records"))
    if has_errors(faults):
        raise InputError(faults)
    decisions = [decision for of_unit in merger.known.values() for decision in of_unit]
    counts = Counter(decision.change for decision in decisions)
    return Merged(own, _with(table, decisions), counts, faults)


def _read(read: Callable[[Input], Reading], source: Input, faults: list[Fault]) -> Reading | None:
    """Read one file and keep its faults; None if it is not of its form."""
    try:
        reading = read(source)
    except InputError as error:
        faults.extend(error.faults)
        return None
    faults.extend(reading.faults)
    return reading


def _crosswalk(project: Project) -> Crosswalk:
    """Read the units of the project, and the way to them from other codes."""
    faults: list[Fault] = []
    layout, history = project.rules.layout, project.atvk_history
    units = _read(lambda source: read_units(source, layout), project.units, faults)
    older = None if history is None else _read(read_crosswalk, history, faults)
    if units is None or has_errors(faults):
        raise InputError(faults)
    if history is None or older is None:
        return Crosswalk(units.table)
    return Crosswalk.of(units.table, history, older.table)


def _refuse_unknown(rows: pd.DataFrame, faults: list[Fault]) -> None:
    problem, remedy = Message("is not a unit in this layout"), Message("check the code")
    faults.extend(
        Fault("error", row["file"], problem, remedy, row["row"], _heading("unit"), row["unit"])
        for row in rows.to_dict("records")
    )


def _heading(name: str) -> str:
    return COLUMNS[name].heading.text("lv")


class _Merger:
    """The decisions known so far, by unit, and what was found wrong with more of them."""

    def __init__(self, faults: list[Fault], *, replace: bool) -> None:
        self.faults, self.replace = faults, replace
        self.known: dict[str, list[_Decision]] = {}

    def start(self, table: pd.DataFrame, units: pd.Series, shown: str) -> None:
        """Begin with the project's own decisions."""
        texts: Any = table[list(_COLUMNS)].to_dict("records")
        for index, (unit, row) in enumerate(zip(units, table["row"], strict=True)):
            place = _Place(shown, int(row), own=True)
            decision = _Decision(texts[index], place, index=index)
            self.known.setdefault(unit, []).append(decision)

    def take(self, unit: str, rows: Sequence[dict[Any, Any]]) -> None:
        """Take what one workbook says of a unit."""
        before = self.known.setdefault(unit, [])
        added: list[_Decision] = []
        named = {row["decision"] for row in rows}
        if named == {""}:
            self._say_that_they_stay(before, rows[0])
        for row in rows:
            place = _Place(row.pop("file"), row.pop("row"))
            alike = [one for one in (*before, *added) if one.texts["decision"] == row["decision"]]
            if alike:
                self._compare(min(alike, key=lambda one: one.conflicts(row)), row, place)
            elif row["decision"]:
                added.append(_Decision({"place": "", **row}, place, change="new"))
        # A decision in the place of one that the workbook does not name.
        gone = [one for one in before if one.texts["decision"] not in named]
        for old, new in zip(gone, added, strict=False):
            if self._put(old, {"decision": new.texts["decision"], "place": ""}, new.place):
                self._compare(old, new.texts, new.place)
        before.extend(added[len(gone) :])

    def _compare(self, old: _Decision, row: Mapping[Any, Any], place: _Place) -> None:
        """Fill in what is empty, and meet what differs."""
        for name in _MORE:
            if row[name] and not old.texts[name]:
                old.texts[name], old.elsewhere[name] = row[name], place
                old.change = "completed" if old.change == "same" else old.change
            elif row[name] and row[name] != old.texts[name]:
                self._put(old, {name: row[name]}, place)

    def _put(self, old: _Decision, texts: dict[str, str], place: _Place) -> bool:
        """Replace a text of the project's own file where that is asked for; else it is a fault."""
        name, text = next(iter(texts.items()))
        there = old.elsewhere.get(name, old.place)
        may = self.replace and there.own
        problem = _DIFFERS.with_values(other=old.texts[name], file=there.file, row=there.row)
        if may:
            problem = _REPLACES.with_values(other=old.texts[name], file=there.file, row=there.row)
            old.texts.update(texts)
            old.elsewhere.update(dict.fromkeys(texts, place))
            old.change = "replaced"
        remedy = _CHECK if may else _OR_REPLACE if there.own else _SETTLE
        self.faults.append(
            Fault("warning" if may else "error", place.file, problem, remedy, place.row,
                  _heading(name), text)
        )  # fmt: skip
        return may

    def _say_that_they_stay(self, decisions: Sequence[_Decision], row: Mapping[Any, Any]) -> None:
        for one in decisions:
            problem = _STAYS.with_values(
                other=one.texts["decision"], file=one.place.file, row=one.place.row
            )
            self.faults.append(
                Fault("warning", row["file"], problem, _DELETE, row["row"], _heading("decision"))
            )


def _with(table: pd.DataFrame, decisions: Sequence[_Decision]) -> pd.DataFrame:
    """Put what has changed into the project's table, and what is new below it, in a fixed order."""
    merged = table.copy()
    for one in decisions:
        if one.change in ("completed", "replaced"):
            for name in one.elsewhere:
                merged.loc[one.index, name] = one.texts[name]
    new = [one.texts for one in decisions if one.change == "new"]
    new.sort(key=lambda texts: [texts[name] for name in _COLUMNS])
    added = pd.DataFrame(new, columns=list(_COLUMNS), dtype=str)
    return pd.concat([merged, added], ignore_index=True).fillna("")
