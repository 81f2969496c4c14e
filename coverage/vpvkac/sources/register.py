"""The state address register: every building's address and position.

Format: SOURCES.md, "Addresses".  `DD_N` and `DD_E` are used; the pair of
LKS-92 columns has an uncertain order and is not needed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from vpvkac.addresses import parse
from vpvkac.faults import Fault, InputError, has_errors
from vpvkac.language import Text
from vpvkac.sources.checking import LATITUDE, LONGITUDE, Checks
from vpvkac.sources.delimited import missing_columns, unreadable
from vpvkac.sources.reading import Reading

if TYPE_CHECKING:
    from vpvkac.project import Input

_KEY, _STATUS, _ADDRESS, _LAT, _LON = "KODS", "STATUSS", "STD", "DD_N", "DD_E"
_COLUMNS = (_KEY, _STATUS, _ADDRESS, _LAT, _LON)
_IN_FORCE = "EKS"


def read_register(source: Input) -> Reading:
    """Read the addresses in force.

    Returns
    -------
    reading
        Table with `address`, the parts of `addresses.parse`, `lat` and `lon`.
        Dropped: `not_in_force`, `no_coordinates`.

    Raises
    ------
    InputError
        If the file is not of its form, a code is repeated, or a coordinate of
        an address in force is not a number.
    """
    raw = _read(source)
    checks = Checks(source.shown, np.arange(2, len(raw) + 2))
    checks.unique(raw[_KEY], field=_KEY)
    in_force = (raw[_STATUS] == _IN_FORCE).to_numpy(bool)
    table, checks.lines = raw[in_force].reset_index(drop=True), checks.lines[in_force]
    lat = checks.numbers(table[_LAT], field=_LAT, limits=LATITUDE)
    lon = checks.numbers(table[_LON], field=_LON, limits=LONGITUDE)
    if has_errors(checks.faults):
        raise InputError(checks.faults)
    placed = np.isfinite(lat) & np.isfinite(lon) & ((lat != 0) | (lon != 0))
    found = pd.DataFrame({"address": table[_ADDRESS], "lat": lat, "lon": lon})[placed]
    found = pd.concat([found, parse(found["address"])], axis=1).reset_index(drop=True)
    dropped = {"not_in_force": int((~in_force).sum()), "no_coordinates": int((~placed).sum())}
    return Reading(found, len(raw), dropped, checks.faults)


def _read(source: Input) -> pd.DataFrame:
    options = csv.ConvertOptions(
        column_types=dict.fromkeys(_COLUMNS, pa.string()),
        include_columns=list(_COLUMNS),
        strings_can_be_null=False,
    )
    try:
        with csv.open_csv(source.path) as opened:
            header = opened.schema.names
        faults = missing_columns(source.shown, header, _COLUMNS)
        if faults:
            raise InputError(faults)
        table = csv.read_csv(source.path, convert_options=options)
    except OSError as error:
        raise InputError([unreadable(source.shown, error)]) from None
    except pa.ArrowInvalid as error:
        raise InputError([_not_csv(source.shown, str(error))]) from None
    texts = {name: pd.Series(table[name].to_pandas(), dtype=str).str.strip() for name in _COLUMNS}
    return pd.DataFrame(texts)


def _not_csv(shown: str, message: str) -> Fault:
    row = re.search(r"Row #(\d+)", message)
    reason = message.splitlines()[0][:120]
    return Fault(
        "error",
        shown,
        Text(f"nav pareizs UTF-8 CSV ({reason})", f"is not well-formed UTF-8 CSV ({reason})"),
        Text("ielādējiet datni no jauna", "download the file again"),
        row=int(row.group(1)) if row else None,
    )
