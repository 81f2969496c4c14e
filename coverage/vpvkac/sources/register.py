"""The state address register: every building's address and position.

Format: SOURCES.md, "Addresses".  `DD_N` and `DD_E` are used; the pair of
LKS-92 columns has an uncertain order and is not needed.

Half a million addresses take seconds to parse and a moment to load, so what
was read is kept between runs under the hash of the file.  A cache that is
damaged, of another file or of another version of the program is as none: the
register is read again and the cache replaced, without a word.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import platformdirs
import pyarrow as pa
from pyarrow import parquet

from vpvkac.model import addresses
from vpvkac.model.faults import Fault, has_errors
from vpvkac.model.project import Input
from vpvkac.sources.base import (
    LATITUDE,
    LONGITUDE,
    NOT_IN_WHERE,
    PublishedChecks,
    Reading,
    select_rows,
)
from vpvkac.sources.lock import sha256
from vpvkac.sources.tabular import read_records
from vpvkac.texts.message import Message

_KEY, _STATUS, _ADDRESS, _LAT, _LON = "KODS", "STATUSS", "STD", "DD_N", "DD_E"
_COLUMNS = (_KEY, _STATUS, _ADDRESS, _LAT, _LON)
_IN_FORCE = "EKS"
# A smaller file is read faster than its hash is looked up and its cache loaded.
_WORTH_KEEPING = 8_000_000
# Overrides the folder of the caches, which is else the user's cache folder.
_CACHE_VARIABLE = "VPVKAC_CACHE"
_ABOUT = b"vpvkac"


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
    known = _load(key) if key else None
    if known is not None:
        return known
    reading = _read(source)
    # A warning must be said again each time, and an error corrected.
    if key and not reading.faults:
        _keep(key, reading)
    return reading


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
    lat, lon = whole["lat"].to_numpy(float), whole["lon"].to_numpy(float)
    placed = np.isfinite(lat) & np.isfinite(lon) & ((lat != 0) | (lon != 0))
    if len(read.table) and not placed.any() and not has_errors(checks.faults):
        problem = Message("has no address in force")
        if in_force.any():
            problem = Message("no address in force has coordinates")
        remedy = Message("download the whole address register")
        checks.faults.insert(0, Fault("error", source.shown, problem, remedy))
    found = whole.loc[placed, ["address", "lat", "lon"]]
    parts = addresses.parse(found["address"]).astype("category")
    dropped = {
        "blank": read.blank,
        NOT_IN_WHERE: int((~keep).sum()),
        "not_in_force": int((keep & ~in_force).sum()),
        "no_coordinates": int((~placed).sum()),
        **bad,
    }
    table = pd.concat([found, parts], axis=1).reset_index(drop=True)
    return Reading(table, len(keep) + read.blank, dropped, [*read.faults, *checks.faults])


def cache_folder() -> Path:
    """Return the folder of the caches."""
    given = os.environ.get(_CACHE_VARIABLE)
    return Path(given) if given else platformdirs.user_cache_path("vpvkac", appauthor=False)


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


def _cache_file(key: str) -> Path:
    return cache_folder() / f"addresses-{key}.parquet"


def _version() -> str:
    """Name the program that parsed the addresses: the hash of the modules that do it."""
    modules = (Path(addresses.__file__), Path(__file__))
    return hashlib.sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()


def _load(key: str) -> Reading | None:
    """Load a register kept under a key; None if there is none that can be trusted."""
    try:
        # Pages carry checksums: a damaged one is an error, not another address.
        table = parquet.read_table(_cache_file(key), page_checksum_verification=True)
        about = json.loads((table.schema.metadata or {})[_ABOUT])
        found: pd.DataFrame = table.replace_schema_metadata(None).to_pandas()
        is_whole = (
            (about["key"], about["version"], about["rows"]) == (key, _version(), len(found))
            and list(found.columns) == ["address", "lat", "lon", *addresses.COLUMNS]
            and all(found[name].dtype == float for name in ("lat", "lon"))
            and not found.isna().any(axis=None)
            and all(
                isinstance(found[name].dtype, pd.CategoricalDtype) for name in addresses.COLUMNS
            )
        )
        dropped = {str(reason): int(str(count)) for reason, count in about["dropped"].items()}
        return Reading(found, int(about["rows_read"]), dropped) if is_whole else None
    except (OSError, pa.ArrowException, AttributeError, KeyError, TypeError, ValueError):
        return None


def _keep(key: str, reading: Reading) -> None:
    """Keep a register; where the folder cannot be written, do without."""
    about = {
        "key": key,
        "version": _version(),
        "rows": len(reading.table),
        "rows_read": reading.rows_read,
        "dropped": dict(reading.dropped),
    }
    table = pa.Table.from_pandas(reading.table, preserve_index=False)
    table = table.replace_schema_metadata({_ABOUT: json.dumps(about)})
    try:
        cache_folder().mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".part", dir=cache_folder())
    except OSError:
        return
    half = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            parquet.write_table(table, opened, compression="zstd", write_page_checksum=True)
        half.replace(_cache_file(key))
    except OSError:
        half.unlink(missing_ok=True)
