"""Libraries: the culture data portal's statistics, or its list of institutions.

Which rows are municipal libraries is the planner's filter (`where`); without one all rows of the
statistics count, and of the list those whose category speaks of libraries.
The words over the columns of the list (`objektusaraksts.csv`) are not relied on: its columns
are found by what they hold, and it is said what was taken for what.  A column that the project
names corrects that one; the others are still found.  So `where` may mean the category whatever
its column is called, by patterns: `category = ["*bibliot*", "!*skol*"]`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.model.columns import UNIT_CODE
from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.base import (
    ANNOUNCED,
    LATITUDE,
    LONGITUDE,
    METRES,
    NOT_IN_WHERE,
    OPEN,
    TEXTS,
    PublishedChecks,
    Reading,
    records,
    select_rows,
    with_prefix,
)
from vpvkac.sources.plain import DELIMITED, read_plain_hosts
from vpvkac.sources.tabular import Records, read_records
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from vpvkac.model.project import Input


# The statistics name their columns.
_STATISTICS = {
    "id": "_id", "name": "Objekta nosaukums", "address": "Adrese", "lat": "LAT", "lon": "LON",
}  # fmt: skip
_PLANAR = {"x": "LKS-92 X", "y": "LKS-92 Y"}
_LIMITS = {"lat": LATITUDE, "lon": LONGITUDE, "x": METRES, "y": METRES}
_LATVIA = {"lat": (55.0, 59.0), "lon": (20.0, 29.0)}
_PLANE = (1e5, 9e5)
_UNIT = r"[Ll][Vv][ \xa0-]?\d{7}|0\d{6}"
# A code of seven digits, of which a spreadsheet took the zeros for a number's.
_SHORT_UNIT = r"[1-9]\d{4}"
_FORMS = {
    "email": r"\S+@\S+\.\S+.*",
    "page": r"(?:https?://|www\.)\S+",
    "isil": r"[A-Z]{2}-[A-Za-z0-9/:-]+",
    "phone": r"\+?[\d\s()+,;/-]{8,}",
    "address": r".*(?:LV-?\s?\d{4}\b|,.*\b(?:nov|pag)\b|\b(?:iela|prospekts|laukums)\b.*,).*",
}
# So many of a column's filled values must be of one kind, and so many rows have one.
_MOSTLY, _FILLED = 0.9, 0.05
# A category is one of few, and says of some rows that they are libraries.
_MOST_CATEGORIES, _LIBRARY = 60, "bibliot"
# In `where`: any category that fits a pattern, and none that fits one behind the other mark.
_CATEGORY, _ANY, _NOT = "category", "*", "!"


def read_libraries(source: Input) -> Reading:
    """Read the libraries: `base.COLUMNS`, positions NaN where the file has none.

    Dropped: `blank`, `not_in_where`, and as `PublishedChecks.settle` decides `bad_value` and
    `duplicate`: the id is empty or repeated, a coordinate is not a number.  Where the project
    names columns, a file that is not the list is a plain table, read as such.  Raises
    `InputError` if the file is not of its form, or `where` names a column that is not there or no
    category.
    """
    patterns = source.where.get(_CATEGORY, ())
    if any(_ANY in value or value.startswith(_NOT) for value in patterns):
        others = {name: values for name, values in source.where.items() if name != _CATEGORY}
        source = replace(source, where=others)
    else:
        patterns = ()
    corrected = _corrected(source) if source.is_plain else _read(source)
    if corrected is None:
        return read_plain_hosts(source)
    read, named, found = corrected
    if patterns and found and _CATEGORY not in found:
        problem = Message("has no column of categories, among which where chooses")
        remedy = Message("delete where if all its rows are municipal libraries")
        raise InputError.of(source.shown, problem, remedy)
    checks = PublishedChecks(source.shown, read.lines, strict=source.strict)
    checks.some(read.table)
    rows = read.table[list(dict.fromkeys(named.values()))]
    checks.unique(read.table[named["id"]], field=named["id"], rows=rows)
    keep = _choose(checks, source, read.table, named.get("category"), patterns)
    table, checks.lines = read.table[keep].reset_index(drop=True), read.lines[keep]
    places = {
        key: checks.numbers(table[named[key]], field=named[key], limits=limits)
        for key, limits in _LIMITS.items()
        if key in named
    }
    texts = {key: table[named[key]] for key in TEXTS if key in named}
    if "status" in texts:
        texts["status"] = texts["status"].where(texts["status"] != "", OPEN)
        checks.choices(texts["status"], (OPEN, ANNOUNCED), field=named["status"])
    if "unit" in texts:
        codes = with_prefix(texts["unit"])
        is_code = codes.str.fullmatch(UNIT_CODE)
        texts["unit"] = codes.where(is_code, "")
        problem = Message("is not the code of a territorial unit")
        remedy = Message(
            "the row is located by its position or address; write all seven digits: LV0054630"
        )
        wrong = (codes != "") & ~is_code
        checks.warn(wrong, problem, remedy, field=named["unit"], values=codes)
    libraries, bad = checks.settle(records(checks.lines, **texts, **places))
    dropped = {"blank": read.blank, NOT_IN_WHERE: int((~keep).sum()), **bad}
    faults = [*read.faults, *checks.faults]
    if found:
        names = ", ".join(f'{key} = "{name}"' for key, name in found.items())
        problem = Message("its columns were found by what they hold: {names}", names=names)
        remedy = Message("if one is wrong, name the columns in the project file")
        faults.insert(0, Fault("warning", source.shown, problem, remedy))
        faults += _short_units(source, read.table, named)
    return Reading(libraries, len(keep) + read.blank, dropped, faults, is_published=True)


def _corrected(source: Input) -> tuple[Records, dict[str, str], dict[str, str]] | None:
    """Read the list with the columns named in the project, the others found; None if it is none.

    A plain table of a planner's own has hardly a library's ISIL and its unit's code, and
    categories or a second pair of coordinates besides.
    """
    if source.path.suffix.lower() not in DELIMITED:
        return None
    try:
        read = read_records(
            source.path, source.shown, required=[*source.columns.values(), *source.where]
        )
    except InputError:
        return None
    found = _found_columns(read.table.drop(columns=list(source.columns.values())))
    found = {key: name for key, name in found.items() if key not in source.columns}
    named = {**found, **source.columns}
    is_list = _is_list(read.table, named) and {"isil", "unit"} <= named.keys()
    return (read, named, found) if is_list and named.keys() & {"category", "x"} else None


def _read(source: Input) -> tuple[Records, dict[str, str], dict[str, str]]:
    """Read the file: its columns by key, and those among them that were found by content."""
    try:
        read = read_records(
            source.path,
            source.shown,
            required=(*_STATISTICS.values(), *source.where),
            optional=list(_PLANAR.values()),
        )
    except InputError as error:
        read, found = _read_list(source, error)
        return read, found, found
    named = _STATISTICS | {key: name for key, name in _PLANAR.items() if name in read.table}
    # The list may have the statistics' words over its columns; the statistics have no unit code.
    if not any(read.table[name].str.fullmatch(_UNIT).any() for name in read.table):
        return read, named, {}
    found = {
        key: name
        for key, name in _found_columns(read.table).items()
        if key not in named and name not in named.values()
    }
    if "unit" not in found:
        found = {}
    return read, named | found, found


def _read_list(source: Input, error: InputError) -> tuple[Records, dict[str, str]]:
    """Read a file that is not the statistics by its columns' contents; else raise the error."""
    try:
        read = read_records(source.path, source.shown, required=list(source.where))
    except InputError:
        raise _without_where(source, error) from None
    found = _found_columns(read.table)
    if not _is_list(read.table, found):
        raise error
    for key in found.keys() & {"unit", "isil", "lat", "lon", *_FORMS}:
        if _kind(pd.Series([found[key]])) == key:
            problem = Message("has a library in the first row, where the names of columns must be")
            remedy = Message("put a row with names of columns before it")
            raise InputError.of(source.shown, problem, remedy, row=1, field=key, value=found[key])
    return read, found


def _without_where(source: Input, error: InputError) -> InputError:
    """Name the columns of `where` that the list lacks; the error as it is for any other file."""
    try:
        read = read_records(source.path, source.shown, required=())
    except InputError:
        return error
    missing = [name for name in source.where if name not in read.table]
    found = _found_columns(read.table)
    if not missing or not _is_list(read.table, found):
        return error
    remedy = Message("correct where in the project file; the file has: {columns}",
                     columns=", ".join(map(str, read.table)))  # fmt: skip
    if "category" in found:
        where = _where(found["category"], _of_libraries(read.table[found["category"]]).unique())
        remedy = Message(
            "the category was found in the column {column}: {where}",
            column=found["category"],
            where=where,
        )
    problem = Message("is named by where and is not among the columns")
    return InputError(
        [*read.faults, *(Fault("error", source.shown, problem, remedy, field=n) for n in missing)]
    )


def _short_units(source: Input, table: pd.DataFrame, named: dict[str, str]) -> list[Fault]:
    """Tell of columns that hold codes of units without their zeros, if there are no whole ones."""
    if "unit" in named:
        return []
    problem = Message("holds five digits: if they are codes of units, their zeros are lost")
    remedy = Message("write all seven digits, as text: 0054630 or LV0054630")
    columns = table[[name for name in map(str, table) if name not in named.values()]]
    filled = {name: cells[cells != ""] for name, cells in columns.items()}
    return [
        Fault("warning", source.shown, problem, remedy, field=str(name), value=cells.iloc[0])
        for name, cells in filled.items()
        if cells.str.fullmatch(_SHORT_UNIT).sum() >= max(_MOSTLY * len(cells), 1)
    ]


def _is_list(table: pd.DataFrame, found: dict[str, str]) -> bool:
    # Both files may have the same words over their coordinates; the statistics have no unit code.
    is_statistics = len(set(_STATISTICS.values()) & set(table)) > 1 and "unit" not in found
    is_enough = {"id", "name"} <= found.keys() and found.keys() & {"lat", "x", "address", "unit"}
    return bool(is_enough) and not is_statistics


def _found_columns(table: pd.DataFrame) -> dict[str, str]:
    """Find columns by what they hold, each once: the name of each by key."""
    columns: dict[str, list[str]] = defaultdict(list)
    for name in map(str, table):
        columns[_kind(table[name])].append(name)
    distinct = table.nunique()
    # Several institutions stand in one unit, and numbers of their own may look like codes.
    units = sorted(columns.pop("unit", []), key=lambda name: (distinct[name], name))
    # The list's own numbers may be as large as coordinates, before which they stand.
    planar = columns.pop("planar", [])
    keys = columns.pop("key", []) + units[1:] or planar[:-2]
    # Of several the one that tells most apart.
    names = sorted(columns.pop("name", []), key=lambda name: -distinct[name])
    libraries = {name: _of_libraries(table[name]).nunique() for name in columns["category"]}
    categories = sorted(
        columns.pop("category"), key=lambda name: (-libraries[name], -distinct[name])
    )
    columns.pop("", None)
    found = {kind: alike[0] for kind, alike in columns.items()}
    one_of = {"unit": units, "id": keys, "name": names, "category": categories}
    found |= {key: alike[0] for key, alike in one_of.items() if alike}
    return found | dict(zip("xy", planar[-2:], strict=False))


def _kind(cells: pd.Series) -> str:
    """Tell what a column holds; empty for nothing that is looked for."""
    # A decimal comma makes no telephone of a position; it is told where the numbers are read.
    numbers = pd.to_numeric(cells.str.replace(",", "."), errors="coerce")
    # A position that is not known may be written as 0.
    unknown = (numbers == 0) & ((numbers == 0).sum() > 1)
    filled, numbers = cells[(cells != "") & ~unknown], numbers[~unknown]
    count, distinct = max(len(filled), 1), filled.nunique()
    kinds = {key: numbers.between(*limits).sum() for key, limits in _LATVIA.items()}
    kinds["unit"] = filled.str.fullmatch(_UNIT).sum()
    kinds["planar"] = numbers.between(*_PLANE).sum()
    kinds |= {key: filled.str.fullmatch(form).sum() for key, form in _FORMS.items()}
    kind = next((key for key, alike in kinds.items() if alike >= _MOSTLY * count), "")
    if kind and (kind in {"unit", "planar"} or len(filled) >= _FILLED * len(cells)):
        return kind
    if distinct == len(cells) and not filled.str.contains("[. ]").any():
        return "key"
    if distinct > min(_MOST_CATEGORIES, len(cells) / 2):
        return "name"
    return "category" if len(_of_libraries(filled)) else ""


def _choose(
    checks: PublishedChecks,
    source: Input,
    table: pd.DataFrame,
    category: str | None,
    patterns: Sequence[str],
) -> NDArray[np.bool_]:
    """Tell which rows are wanted: the project's, else of a list those that speak of libraries."""
    keep = select_rows(checks, table, source.where)
    if source.where and not patterns:
        return keep
    problem = Message("all its rows count as municipal libraries")
    remedy = Message("choose the rows by where")
    if category is not None:
        libraries = _of_libraries(table[category])
        if patterns:
            chosen = _fitting(table[category], patterns)
            if chosen.empty:
                fits_none = Message("where fits no category")
                remedy = Message("correct where in the project file: {where}",
                                 where=_where(category, libraries.unique()))  # fmt: skip
                raise InputError.of(source.shown, fits_none, remedy, field=category)
            libraries = chosen
        keep &= table.index.isin(libraries.index)
        counts = libraries.value_counts()
        problem = Message(
            "only the rows of these categories count as municipal libraries: {categories}",
            categories=", ".join(f"{value} ({count})" for value, count in counts.items()),
        )
        where = _where(category, counts.index)
        remedy = Message("narrow them by where in the project file: {where}", where=where)
    checks.faults.append(Fault("warning", source.shown, problem, remedy, field=category))
    return keep


def _fitting(categories: pd.Series, patterns: Sequence[str]) -> pd.Series:
    """Give the categories that fit a pattern, and none of those behind an exclamation mark."""
    wanted = [one.casefold() for one in patterns if not one.startswith(_NOT)] or [_ANY]
    unwanted = [one.removeprefix(_NOT).casefold() for one in patterns if one.startswith(_NOT)]

    def fits(category: str) -> bool:
        name = category.casefold()
        is_wanted = any(fnmatchcase(name, pattern) for pattern in wanted)
        return is_wanted and not any(fnmatchcase(name, pattern) for pattern in unwanted)

    return categories[categories.isin([one for one in categories.unique() if fits(one)])]


def _where(column: str, values: Iterable[str]) -> str:
    chosen = ", ".join(f'"{value}"' for value in values)
    return f'where = {{ "{column}" = [{chosen}] }}'


def _of_libraries(categories: pd.Series) -> pd.Series:
    return categories[categories.str.contains(_LIBRARY, case=False)]
