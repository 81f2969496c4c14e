"""Tables that a planner keeps by hand, beside the project file, often in a Latvian Excel.

Corrections and decisions are CSV with columns of fixed names: commas or
semicolons, UTF-8 or Windows-1257.  The checklist of suitability and the
development centres are plain tables, whose columns the project names.
`vpvkac.sources.points` reads those of a what-if.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import Input
from vpvkac.model.territory import NONE, Territory
from vpvkac.sources.base import LATITUDE, LONGITUDE, NOT_IN_WHERE, Checks, Reading, select_rows
from vpvkac.sources.plain import Columns, read_columns
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

CORRECTIONS = ("place", "address", "lat", "lon", "row")
DECISIONS = ("unit", "decision", "place", "responsible", "due", "note", "row")
REQUIREMENTS = ("step_free", "public_computer", "desk_apart", "parking")
SUITABILITY = ("place", *REQUIREMENTS, "row")
YES, NO, UNKNOWN = "yes", "no", "unknown"
# Levels as the plan names them: of national, regional and municipal significance (GLOSSARY.md,
# "Territory").
NATIONAL, REGIONAL, MUNICIPAL = LEVELS = ("national", "regional", "municipal")
DEVELOPMENT_CENTRES = (
    "id", "name", "level", "unit", "unit_name", "municipality", "lat", "lon", "row",
)  # fmt: skip
_ANSWERS = {
    **dict.fromkeys(("yes", "jā", "ja", "ir", "true", "1"), YES),
    **dict.fromkeys(("no", "nē", "ne", "nav", "false", "0"), NO),
    **dict.fromkeys(("", "unknown", "nav zināms", "nezināms", "?"), UNKNOWN),
}
# "Nacionālas nozīmes attīstības centrs", "reģionāls", "novada nozīmes", "regional centre".
_LEVELS = {
    NATIONAL: r"naci|national",
    REGIONAL: r"re[gģ]ion",
    MUNICIPAL: r"novad|vietēj|pašvald|municipal",
}
_ISO = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LATVIAN = r"([0-9]{1,2})\. ?([0-9]{1,2})\. ?([0-9]{4})\.?"
_AS_NAMED: Mapping[str, str] = MappingProxyType({})


def read_fixed(source: Input, required: Sequence[str], optional: Sequence[str] = ()) -> Columns:
    """Read a CSV whose columns have fixed names; those that need not be there are then empty."""
    needed = list(dict.fromkeys((*required, *source.where)))
    read = read_records(source.path, source.shown, required=needed, optional=optional)
    checks = Checks(source.shown, read.lines)
    keep = select_rows(checks, read.table, source.where)
    checks.lines = checks.lines[keep]
    checks.faults = [*read.faults, *checks.faults]
    table = read.table[keep].reset_index(drop=True)
    texts = {name: table.get(name, "") for name in (*required, *optional)}
    return Columns(
        pd.DataFrame(texts, index=table.index, dtype=str),
        checks,
        len(keep) + read.blank,
        {"blank": read.blank, NOT_IN_WHERE: int((~keep).sum())},
    )


def positions(
    read: Columns, key: str, named: Mapping[str, str] = _AS_NAMED
) -> dict[str, NDArray[np.float64]]:
    """Read `lat` and `lon` in degrees, NaN where not given, and refuse half a position.

    `key` is the column that names the row in a fault, `named` what the file
    calls the columns where otherwise.
    """
    table, checks = read.table, read.checks
    found = {
        axis: checks.numbers(table[axis], field=named.get(axis, axis), limits=limits)
        for axis, limits in (("lat", LATITUDE), ("lon", LONGITUDE))
    }
    checks.refuse(
        (table["lat"] == "") != (table["lon"] == ""),
        Message("has half a position"),
        Message("give both lat and lon"),
        values=table[key],
    )
    return found


def _reading(read: Columns, columns: Sequence[str], **changed: Any) -> Reading:
    table = read.table.assign(row=read.checks.lines, **changed)[list(columns)]
    return Reading(table, read.rows_read, read.dropped, read.checks.faults)


def read_corrections(source: Input) -> Reading:
    """Read corrections: where a place really is.

    A position wins; an address alone goes through the register like one of
    the list.

    Returns
    -------
    reading
        Table of `CORRECTIONS`: `place` is the key of places.csv
        (`libraries:12`), `address` is empty and `lat`, `lon` are NaN where not
        given; `row` is the physical line.  Dropped: `blank`, `not_in_where`.
        Errors: `place` is empty or repeated, neither address nor position is
        given, half a position is, a coordinate is not one.

    Raises
    ------
    InputError
        If the file is not of its form.
    """
    read = read_fixed(source, CORRECTIONS[:-1])
    table, checks = read.table, read.checks
    checks.unique(table["place"], field="place")
    degrees = positions(read, "place")
    checks.refuse(
        (table["address"] == "") & (table["lat"] == "") & (table["lon"] == ""),
        Message("has neither an address nor a position"),
        Message("give one of them, or delete the row"),
        values=table["place"],
    )
    return _reading(read, CORRECTIONS, **degrees)


def read_decisions(source: Input) -> Reading:
    """Read what a planner has decided on gaps; a unit may have several decisions.

    Returns
    -------
    reading
        Table of `DECISIONS`, texts as written but `due`, which is an ISO date
        or empty (the file may have ``2027-06-30`` or ``30.06.2027``); `row` is
        the physical line.  Dropped: `blank`, `not_in_where`.
        Errors: `unit` is empty or no code of a unit, `decision` is empty,
        `due` is no date.  A file in Windows-1257 is warned of.

    Raises
    ------
    InputError
        If the file is not of its form.
    """
    read = read_fixed(source, DECISIONS[:-1])
    table, checks, due = read.table, read.checks, read.table["due"]
    checks.filled(table["unit"], field="unit")
    units = checks.unit_codes(table["unit"], field="unit")
    checks.filled(table["decision"], field="decision")
    written = due.str.replace(f"^{_LATVIAN}$", r"\3-\2-\1", regex=True)
    plain = written.where(due.str.fullmatch(f"{_ISO}|{_LATVIAN}"))
    days = pd.to_datetime(plain, format="%Y-%m-%d", errors="coerce")
    checks.refuse(
        (due != "") & days.isna(),
        Message("is not a date"),
        Message("write 2027-06-30 or 30.06.2027"),
        field="due",
        values=due,
    )
    dates = days.dt.strftime("%Y-%m-%d").fillna("").astype(str)
    return _reading(read, DECISIONS, unit=units, due=dates)


def check_decisions(
    decisions: pd.DataFrame, territory: Territory, places: Iterable[str], shown: str
) -> list[Fault]:
    """Refuse units that the layout does not know; warn of places that no list has.

    Parameters
    ----------
    decisions
        Table of `DECISIONS`.
    places
        Keys of all places.
    shown
        The file's name as faults say it.
    """
    checks = Checks(shown, decisions["row"])
    units, named = decisions["unit"], decisions["place"]
    checks.refuse(
        territory.coded(units) == NONE,
        Message("is not a unit in this layout"),
        Message("check the code, or give another --layout"),
        field="unit",
        values=units,
    )
    checks.warn(
        (named != "") & ~named.isin(list(places)),
        Message("is in no list of places"),
        Message("check the key (places.csv)"),
        field="place",
        values=named,
    )
    return checks.faults


def read_suitability(source: Input) -> Reading:
    """Read the checklist of suitability: which requirements each place meets, as far as known.

    The requirements are those of table 30 of the 2020 analysis that a visit
    can tell: step-free entrance, public computer, desk apart, parking.  The
    stop within 700 m is measured, not ticked.  Unknown stays unknown.

    Returns
    -------
    reading
        Table of `SUITABILITY`; `place` is the key of a place, every requirement
        is yes, no or unknown, and unknown where no column is named for it.
        Dropped: `blank`, `not_in_where`.  Errors: a key is empty or repeated,
        an answer is none of those known.

    Raises
    ------
    InputError
        If the file is not of its form, a column named is not there, or none is
        named for any requirement.
    """
    read = read_columns(source, ("id", *REQUIREMENTS), needed=("id",))
    table, checks, named = read.table, read.checks, source.columns
    if not set(REQUIREMENTS) & set(named):
        problem = Message(
            "no column is named for any requirement ({listed})", listed=", ".join(REQUIREMENTS)
        )
        raise InputError.of(source.shown, problem, Message('write { …, step_free = "column" }'))
    checks.unique(table["id"], field=named["id"])
    answers = {}
    for requirement in REQUIREMENTS:
        said = table[requirement].str.casefold().map(_ANSWERS)
        checks.refuse(
            said.isna(),
            Message("is not a known answer"),
            Message("write yes, no, or leave it empty"),
            field=named.get(requirement, requirement),
            values=table[requirement],
        )
        answers[requirement] = said.fillna(UNKNOWN)
    return _reading(read, SUITABILITY, place=table["id"], **answers)


def read_development_centres(source: Input) -> Reading:
    """Read the development centres with their level; their published form is not known.

    Returns
    -------
    reading
        Table of `DEVELOPMENT_CENTRES`: texts, `level` one of `LEVELS`, `lat`
        and `lon` in degrees (NaN where not given).  Dropped: `blank`,
        `not_in_where`.  Errors: `id` is empty or repeated, a level is not
        known, a unit code is malformed, a coordinate is no number, half a
        position is given.

    Raises
    ------
    InputError
        If the file is not of its form, or a column named is not there.
    """
    read = read_columns(source, DEVELOPMENT_CENTRES[:-1], needed=("id", "level"))
    table, checks, named = read.table, read.checks, source.columns
    checks.unique(table["id"], field=named["id"])
    units = checks.unit_codes(table["unit"], field=named.get("unit", "unit"))
    folded = table["level"].str.casefold()
    levels = folded.mask(~folded.isin(LEVELS), "")
    for level, written in _LEVELS.items():
        levels = levels.mask((levels == "") & folded.str.contains(written, regex=True), level)
    checks.refuse(
        levels == "",
        Message("is not a known level"),
        Message("write national, regional or municipal"),
        field=named["level"],
        values=table["level"],
    )
    return _reading(
        read, DEVELOPMENT_CENTRES, unit=units, level=levels, **positions(read, "id", named)
    )
