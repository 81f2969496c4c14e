"""The state address register: every building's address, position and territorial unit.

`DD_N` and `DD_E` are used; the pair of LKS-92 columns has an uncertain order and is not needed.
Where the files of its parents lie beside `aw_eka.csv`, each address leads by `VKUR_CD` over street
and village to a parish, town or municipality, whose ATVK code stands in `ATRIB`: so an address
tells its unit without any border.  `aw_eka_his.csv` beside it has former addresses, which lists go
on naming after a street was renamed; each leads by its `KODS` to the building's address of today.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.model import addresses
from vpvkac.model.columns import UNIT_CODE
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.model.project import Input
from vpvkac.sources.base import (
    LATITUDE,
    LONGITUDE,
    NOT_IN_WHERE,
    Checks,
    PublishedChecks,
    Reading,
    select_rows,
    with_prefix,
)
from vpvkac.sources.lock import files_beside
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_KEY, _STATUS, _ADDRESS, _LAT, _LON = "KODS", "STATUSS", "STD", "DD_N", "DD_E"
_PARENT, _ATTRIBUTE = "VKUR_CD", "ATRIB"
_COLUMNS = (_KEY, _STATUS, _ADDRESS, _LAT, _LON)
_IN_FORCE = "EKS"
# What the files beside are of; the units first.
_UNITS = ("pagasts", "pilseta", "novads")
_PARENTS = (*_UNITS, "ciems", "iela")
_FORMER = "eka_his"
# The country, on which municipalities and state cities hang.
_COUNTRY = "100000000"
# What is needed of a parent, and of a former address.
_OF_PARENT, _OF_FORMER = (_KEY, _STATUS, _PARENT, _ATTRIBUTE), (_KEY, _ADDRESS)
_LOST = {
    "no_parent": Message("names no parent"),
    "country": Message("leads past every unit"),
    "unknown": Message("leads to a parent that is in no file"),
    "not_in_force": Message("leads to a unit that is no longer in force"),
    "no_code": Message("leads to a unit without a code of seven digits"),
    "circle": Message("leads to itself"),
}
"""Why an address leads to no unit."""

_TABLE = ("address", "lat", "lon", "unit", *addresses.COLUMNS)


def read_register(source: Input) -> Reading:
    """Read the addresses in force.

    Table with `address`, `lat`, `lon`, and as categories `unit`, the code (`LV0054630`) of the unit
    that the address leads to, empty where it leads nowhere or no parents are given, and the parts
    of `addresses.parse`.  Former addresses stand behind those in force.  Dropped: `blank`,
    `not_in_where`, `not_in_force`, `no_coordinates`, `former` (an address that is in force, or
    that leads to none or several), and as `PublishedChecks.settle` decides `bad_value` and
    `duplicate`: a code is empty or repeated, a coordinate of an address in force is not a number.
    Raises InputError if the file is not of its form; one beside that is not is left out with a
    warning.
    """
    required = list(dict.fromkeys((*_COLUMNS, *source.where)))
    parents, faults_beside = _parents(source)
    optional = () if parents is None else (_PARENT,)
    read = read_records(
        source.path, source.shown, required=required, optional=optional, others=False
    )
    checks = PublishedChecks(source.shown, read.lines, strict=source.strict)
    checks.some(read.table)
    checks.unique(read.table[_KEY], field=_KEY, rows=read.table[list(_COLUMNS)])
    keep = select_rows(checks, read.table, source.where)
    in_force = keep & (read.table[_STATUS] == _IN_FORCE).to_numpy(bool)
    table, checks.lines = read.table[in_force].reset_index(drop=True), checks.lines[in_force]
    whole = pd.DataFrame(
        {
            "address": table[_ADDRESS],
            "lat": checks.numbers(table[_LAT], field=_LAT, limits=LATITUDE),
            "lon": checks.numbers(table[_LON], field=_LON, limits=LONGITUDE),
            "key": table[_KEY],
            "parent": table.get(_PARENT, ""),
            "row": checks.lines,
        }
    )
    whole, bad = checks.settle(whole)
    lat, lon = whole["lat"].to_numpy(float), whole["lon"].to_numpy(float)
    placed = np.isfinite(lat) & np.isfinite(lon) & ((lat != 0) | (lon != 0))
    if len(read.table) and not placed.any() and not has_errors(checks.faults):
        problem = Message("has no address in force")
        if in_force.any():
            problem = Message("no address in force has coordinates")
        remedy = Message("download the whole address register")
        checks.faults.insert(0, Fault("error", source.shown, problem, remedy))
    placed_rows = whole[placed].reset_index(drop=True)
    units, lost = _units(placed_rows["parent"], parents)
    # The register knows no flats: what stands behind a farm's hyphen is of its name.
    parts = addresses.parse(addresses.with_numbered_farms(placed_rows["address"]))
    table = pd.concat([placed_rows[["address", "lat", "lon"]].assign(unit=units), parts], axis=1)
    former, rows_of_former, faults_of_former = _former(source, table, placed_rows["key"])
    dropped = {
        "blank": read.blank,
        NOT_IN_WHERE: int((~keep).sum()),
        "not_in_force": int((keep & ~in_force).sum()),
        "no_coordinates": int((~placed).sum()),
        **bad,
    }
    if rows_of_former:
        dropped["former"] = rows_of_former - len(former)
    remedy = Message("download the whole address register")
    leads_nowhere = Checks(source.shown, placed_rows["row"])
    for reason, rows in lost.items():
        values = None if reason == "no_parent" else placed_rows["parent"]
        leads_nowhere.warn(rows, _LOST[reason], remedy, field=_PARENT, values=values)
    table = pd.concat([table, former], ignore_index=True)
    table = table.astype(dict.fromkeys(_TABLE[3:], "category"))
    faults = [*read.faults, *checks.faults, *faults_beside, *faults_of_former]
    faults += leads_nowhere.faults
    return Reading(table, len(keep) + read.blank + rows_of_former, dropped, faults)


def read_parents(source: Input) -> Reading:
    """Read the parents of one kind; raises InputError if the file is not of its form."""
    read = read_records(source.path, source.shown, required=_OF_PARENT, others=False)
    return Reading(read.table, len(read.table) + read.blank, {"blank": read.blank}, read.faults)


def read_former(source: Input) -> Reading:
    """Read the former addresses; raises InputError if the file is not of its form."""
    read = read_records(source.path, source.shown, required=_OF_FORMER, others=False)
    return Reading(read.table, len(read.table) + read.blank, {"blank": read.blank}, read.faults)


def _read_beside(
    source: Input, file: Path, read: Callable[[Input], Reading]
) -> tuple[Reading | None, list[Fault]]:
    """Read a file beside that of the addresses; None and warnings if it is not of its form."""
    shown = Path(source.shown).with_name(file.name).as_posix()
    try:
        return read(Input(file, shown)), []
    except InputError as error:
        problem = Message("is not of its form and is not used")
        remedy = Message("download it again with vpvkac fetch, or put the earlier file back")
        warnings = [replace(fault, level="warning") for fault in error.faults]
        return None, [*warnings, Fault("warning", shown, problem, remedy)]


def _former(
    source: Input, table: pd.DataFrame, keys: pd.Series
) -> tuple[pd.DataFrame, int, list[Fault]]:
    """Give the former addresses of buildings in the table, and how many rows the file has.

    Left out is one that is in force, elsewhere or here, or that several buildings bore.  Its
    postcode is not kept: it may be another's today.
    """
    file = files_beside(source.path).get(_FORMER)
    if file is None:
        return table.iloc[:0], 0, []
    read, faults = _read_beside(source, file, read_former)
    if read is None:
        return table.iloc[:0], 0, faults
    at = pd.Index(keys).get_indexer(pd.Index(read.table[_KEY]))
    text = read.table[_ADDRESS]
    borne = pd.DataFrame({"address": text, "at": at})[
        (at >= 0) & (text != "") & ~text.isin(table["address"])
    ].drop_duplicates()
    borne = borne[~borne["address"].duplicated(keep=False)].reset_index(drop=True)
    parts = addresses.parse(borne["address"]).assign(postcode="")
    there = table[["lat", "lon", "unit"]].iloc[borne["at"]].reset_index(drop=True)
    rows = pd.concat([borne["address"], there, parts], axis=1)
    return rows[list(_TABLE)], read.rows_read, []


def _parents(source: Input) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read every parent: `code`, the number of its own `parent`, `unit` and the reason it has none.

    None where no files are given.  A file that is not of its form counts as empty, with warnings:
    what leads to its parents leads to one that is in no file.
    """
    tables: list[pd.DataFrame] = []
    faults: list[Fault] = []
    for kind, file in files_beside(source.path).items():
        if kind == _FORMER:
            continue
        read, unfit = _read_beside(source, file, read_parents)
        faults += unfit
        table = pd.DataFrame(columns=_OF_PARENT, dtype=str) if read is None else read.table
        tables.append(table.assign(kind=kind))
    if not tables:
        return None, faults
    table = pd.concat(tables, ignore_index=True).drop_duplicates(_KEY, ignore_index=True)
    is_unit = table["kind"].isin(_UNITS).to_numpy(bool)
    codes = with_prefix(table[_ATTRIBUTE])
    coded = codes.str.fullmatch(UNIT_CODE).to_numpy(bool)
    in_force = (table[_STATUS] == _IN_FORCE).to_numpy(bool)
    parent = pd.Index(table[_KEY]).get_indexer(pd.Index(table[_PARENT]))
    ends = is_unit | (parent < 0)
    # Each is led on as long as there is more to be led to; then only circles are left.
    at = np.arange(len(table))
    for _ in _PARENTS:
        at = np.where(ends[at], at, parent[at])
    reason = np.select(
        [~ends[at], is_unit[at] & ~in_force[at], is_unit[at] & ~coded[at], is_unit[at],
         table[_PARENT].iloc[at] == _COUNTRY],
        ["circle", "not_in_force", "no_code", "", "country"], "unknown",
    )  # fmt: skip
    units = np.where(reason == "", codes.iloc[at], "")
    return pd.DataFrame({"code": table[_KEY], "unit": units, "reason": reason}), faults


def _units(
    parents: pd.Series, known: pd.DataFrame | None
) -> tuple[pd.Series, dict[str, NDArray[np.bool_]]]:
    """Give the unit of each address, and which rows lead nowhere by reason."""
    if known is None:
        return pd.Series("", parents.index, dtype=str), {}
    numbers, distinct = pd.factorize(parents)
    led = known.set_index("code").reindex(distinct)
    absent = np.select([distinct == "", distinct == _COUNTRY], ["no_parent", "country"], "unknown")
    units = led["unit"].fillna("").to_numpy(object)
    reason = np.where(led["reason"].isna(), absent, led["reason"].to_numpy(object))[numbers]
    lost = {name: reason == name for name in _LOST}
    return pd.Series(units[numbers], parents.index, dtype=str), lost
