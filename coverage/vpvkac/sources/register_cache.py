"""The register as read, kept between runs under the hash of its file.

Half a million addresses take seconds to take apart and a moment to load.  A
cache that is damaged, of another file or of another version of the program is
as none: the register is read again and the cache replaced, without a word.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import platformdirs
import pyarrow as pa
from pyarrow import parquet

from vpvkac.model import addresses
from vpvkac.model.addresses import COLUMNS
from vpvkac.sources.base import Reading

# Overrides the folder, which is else the user's cache folder.
VARIABLE = "VPVKAC_CACHE"
_ABOUT = b"vpvkac"
_POSITIONS = ("lat", "lon")


def folder() -> Path:
    """Give the folder of the caches."""
    given = os.environ.get(VARIABLE)
    return Path(given) if given else platformdirs.user_cache_path("vpvkac", appauthor=False)


def version() -> str:
    """Name the program that took the addresses apart: the hash of the modules that do it."""
    sources = (Path(addresses.__file__), Path(__file__).with_name("register.py"))
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


def load(key: str) -> Reading | None:
    """Load a register kept under a key; None if there is none that can be trusted."""
    try:
        # Pages carry checksums: a damaged one is an error, not another address.
        table = parquet.read_table(_file(key), page_checksum_verification=True)
        about = json.loads((table.schema.metadata or {})[_ABOUT])
        if about["key"] != key or about["version"] != version() or about["rows"] != len(table):
            return None
        found = _checked(table.replace_schema_metadata(None))
        return Reading(found, int(about["rows_read"]), _counts(about["dropped"]))
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        return None


def keep(key: str, reading: Reading) -> None:
    """Keep a register; where the folder cannot be written, do without."""
    about = {
        "key": key,
        "version": version(),
        "rows": len(reading.table),
        "rows_read": reading.rows_read,
        "dropped": dict(reading.dropped),
    }
    table = pa.Table.from_pandas(reading.table, preserve_index=False)
    table = table.replace_schema_metadata({_ABOUT: json.dumps(about)})
    try:
        folder().mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".part", dir=folder())
    except OSError:
        return
    half = Path(name)
    try:
        with os.fdopen(handle, "wb") as opened:
            parquet.write_table(table, opened, compression="zstd", write_page_checksum=True)
        half.replace(_file(key))
    except OSError:
        half.unlink(missing_ok=True)


def _file(key: str) -> Path:
    return folder() / f"addresses-{key}.parquet"


def _checked(table: pa.Table) -> pd.DataFrame:
    """Give the columns of a register, in order.

    Raises
    ------
    ValueError
        If they are not those.
    """
    found: pd.DataFrame = table.to_pandas()
    if list(found.columns) != ["address", *_POSITIONS, *COLUMNS]:
        raise ValueError("not the columns of a register")
    if any(found[name].dtype != float for name in _POSITIONS) or found.isna().any(axis=None):
        raise ValueError("not the values of a register")
    if any(not isinstance(found[name].dtype, pd.CategoricalDtype) for name in COLUMNS):
        raise ValueError("not the parts of addresses")
    return found


def _counts(given: Mapping[str, object]) -> dict[str, int]:
    return {str(reason): int(str(count)) for reason, count in given.items()}
