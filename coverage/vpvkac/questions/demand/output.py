"""What `demand` writes: GeoParquet chunk by chunk, and the table of units."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from vpvkac.questions.coverage.tables import DISTANCE_DECIMALS, SHARE_DECIMALS
from vpvkac.render.csvfile import write_csv

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Measured as Network

ORIGINS, UNITS = "demand.parquet", "demand_units.csv"
_OF_UNIT = ("unit", "unit_name", "kind", "municipality", "municipality_name")
_WEIGHT_DECIMALS = 3
# By the ending of a column's name; medians are whole metres.
_DECIMALS = {
    "_share": SHARE_DECIMALS,
    "_mean": DISTANCE_DECIMALS,
    "_median": 0,
    "_max": DISTANCE_DECIMALS,
}
# Latitude and longitude, for no `crs` is given: https://geoparquet.org/releases/v1.1.0/.
_GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}
_LITTLE_ENDIAN, _POINT = 1, 1
_WKB = np.dtype([("order", "u1"), ("type", "<u4"), ("lon", "<f8"), ("lat", "<f8")])


def schema(about: dict[str, object], *, weighed: bool) -> pa.Schema:
    """Give the columns of `demand.parquet`.

    Parameters
    ----------
    about
        How the figures were made, from `about`.
    weighed
        Whether there is a column of weights.
    """
    columns = [
        ("origin", pa.string()),
        ("place", pa.string()),
        ("place_m", pa.float64()),
        ("stop", pa.string()),
        ("stop_m", pa.float64()),
        ("within", pa.bool_()),
        ("unit", pa.string()),
        ("place_within", pa.bool_()),
        *([("weight", pa.float64())] if weighed else []),
        ("lat", pa.float64()),
        ("lon", pa.float64()),
        ("geometry", pa.binary()),
    ]
    metadata = {"geo": json.dumps(_GEO), "vpvkac": json.dumps(about, ensure_ascii=False)}
    return pa.schema(columns, metadata)


def about(result: Network, points: str) -> dict[str, object]:
    """Tell by what the figures were made; stands in the metadata of the file."""
    return {
        "title": result.title,
        "synthetic": result.synthetic,
        "layout": result.layout or None,
        "stop_set": result.stop_set,
        "threshold_m": result.threshold_m,
        "points": points,
    }


class Writer:
    """Writes origins to one file."""

    def __init__(self, file: pq.ParquetWriter, columns: pa.Schema) -> None:
        self._file, self._columns = file, columns

    def write(self, table: pa.Table) -> None:
        """Write some origins, with their geometry."""
        if len(table) == 0:
            return
        geometry = _points(table["lat"].to_numpy(), table["lon"].to_numpy())
        whole = table.append_column("geometry", geometry)
        self._file.write_table(whole.cast(self._columns), row_group_size=len(whole))


@contextmanager
def writing_to(path: Path, columns: pa.Schema) -> Iterator[Writer]:
    """Open a file of origins for writing."""
    # Opened here, for Arrow takes no path that is not UTF-8.
    with (
        path.open("wb") as opened,
        pq.ParquetWriter(
            opened, columns, compression="zstd", use_dictionary=["place", "stop", "unit"]
        ) as file,
    ):
        yield Writer(file, columns)


def units_table(result: Network, tally: pd.DataFrame) -> pd.DataFrame:
    """Name the units of a tally; the last row is of origins in no unit, and has no names."""
    names = result.units[list(_OF_UNIT)].reset_index(drop=True).reindex(range(len(tally)))
    return pd.concat([pd.DataFrame(names), tally], axis=1)


def write_units(path: Path, table: pd.DataFrame) -> None:
    """Write the table of units."""
    decimals = {name: _decimals(name) for name in table.columns if _is_decimal(name)}
    write_csv(path, table, decimals)


def _is_decimal(name: str) -> bool:
    return name.startswith("weight") or name.endswith(tuple(_DECIMALS))


def _decimals(name: str) -> int:
    return next(
        (count for ending, count in _DECIMALS.items() if name.endswith(ending)), _WEIGHT_DECIMALS
    )


def _points(lat: np.ndarray, lon: np.ndarray) -> pa.Array:
    """Write points as well-known binary, 21 bytes each."""
    points = np.empty(len(lat), _WKB)
    points["order"], points["type"] = _LITTLE_ENDIAN, _POINT
    points["lon"], points["lat"] = lon, lat
    ends = np.arange(len(lat) + 1, dtype=np.int32) * _WKB.itemsize
    return pa.Array.from_buffers(
        pa.binary(), len(lat), [None, pa.py_buffer(ends), pa.py_buffer(points.tobytes())]
    )
