"""The state address register: every building's address and position.

Format: SOURCES.md, "Addresses".  `DD_N` and `DD_E` are used; the pair of
LKS-92 columns has an uncertain order and is not needed.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.model.addresses import parse
from vpvkac.model.faults import Fault, has_errors
from vpvkac.sources import register_cache
from vpvkac.sources.base import Reading
from vpvkac.sources.checks import LATITUDE, LONGITUDE, NOT_IN_WHERE, PublishedChecks, select_rows
from vpvkac.sources.provenance import sha256
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.model.project import Input

_KEY, _STATUS, _ADDRESS, _LAT, _LON = "KODS", "STATUSS", "STD", "DD_N", "DD_E"
_COLUMNS = (_KEY, _STATUS, _ADDRESS, _LAT, _LON)
_IN_FORCE = "EKS"
# A smaller file is read faster than its hash is looked up and its cache loaded.
_WORTH_KEEPING = 8_000_000


def read_register(source: Input) -> Reading:
    """Read the addresses in force, from the cache if this very file was read before.

    Returns
    -------
    reading
        Table with `address`, `lat`, `lon` and, as categories, the parts of
        `addresses.parse`.
        Dropped: `blank`, `not_in_where`, `not_in_force`, `no_coordinates`, and
        as `PublishedChecks.settle` decides `bad_value` and `duplicate`: a code
        is empty or repeated, a coordinate of an address in force is not a
        number.  Errors: there is no address in force with a position, more
        than a few rows are bad.

    Raises
    ------
    InputError
        If the file is not of its form.
    """
    key = _cache_key(source)
    known = register_cache.load(key) if key else None
    if known is not None:
        return known
    reading = _read(source)
    # A warning must be said again each time, and an error mended.
    if key and not reading.faults:
        register_cache.keep(key, reading)
    return reading


def _cache_key(source: Input) -> str:
    """Name what is read: the file's hash and the choice of its rows; empty if it is not kept."""
    try:
        if source.path.stat().st_size < _WORTH_KEEPING:
            return ""
        digest = sha256(source.path)
    except OSError:
        return ""
    choice = {column: list(values) for column, values in sorted(source.where.items())}
    return hashlib.sha256(f"{digest} {json.dumps(choice)}".encode()).hexdigest()


def _read(source: Input) -> Reading:
    required = list(dict.fromkeys((*_COLUMNS, *source.where)))
    read = read_records(source.path, source.shown, required=required, others=False)
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
            "row": checks.lines,
        }
    )
    whole, bad = checks.settle(whole)
    placed = _is_placed(whole)
    if len(read.table) and not placed.any() and not has_errors(checks.faults):
        checks.faults.insert(0, _no_address(source.shown, in_force=bool(in_force.any())))
    found = whole.loc[placed, ["address", "lat", "lon"]]
    parts = parse(found["address"]).astype("category")
    dropped = {
        "blank": read.blank,
        NOT_IN_WHERE: int((~keep).sum()),
        "not_in_force": int((keep & ~in_force).sum()),
        "no_coordinates": int((~placed).sum()),
        **bad,
    }
    return Reading(
        pd.concat([found, parts], axis=1).reset_index(drop=True),
        len(keep) + read.blank,
        dropped,
        [*read.faults, *checks.faults],
    )


def _is_placed(table: pd.DataFrame) -> NDArray[np.bool_]:
    lat, lon = table["lat"].to_numpy(float), table["lon"].to_numpy(float)
    return np.asarray(np.isfinite(lat) & np.isfinite(lon) & ((lat != 0) | (lon != 0)))


def _no_address(shown: str, *, in_force: bool) -> Fault:
    problem = (
        Message("no address in force has coordinates")
        if in_force
        else Message("has no address in force")
    )
    return Fault(
        "error",
        shown,
        problem,
        Message("download the whole address register"),
    )
