"""The rows of `demand.parquet`: GeoParquet, written chunk by chunk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vpvkac.analysis.network import Network

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


def about(result: Network, points: str, title: str) -> dict[str, object]:
    """Tell by what the figures were made; stands in the metadata of the file."""
    return {
        "title": title,
        "synthetic": result.synthetic,
        "layout": result.layout or None,
        "stop_set": result.stop_set,
        "threshold_m": result.threshold_m,
        "points": points,
    }


class ParquetWriter:
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
def writing_to(path: Path, columns: pa.Schema) -> Iterator[ParquetWriter]:
    """Open a file of origins for writing."""
    # Opened here, for Arrow takes no path that is not UTF-8.
    with (
        path.open("wb") as opened,
        pq.ParquetWriter(
            opened, columns, compression="zstd", use_dictionary=["place", "stop", "unit"]
        ) as file,
    ):
        yield ParquetWriter(file, columns)


def _points(lat: np.ndarray, lon: np.ndarray) -> pa.Array:
    """Write points as well-known binary, 21 bytes each."""
    points = np.empty(len(lat), _WKB)
    points["order"], points["type"] = _LITTLE_ENDIAN, _POINT
    points["lon"], points["lat"] = lon, lat
    ends = np.arange(len(lat) + 1, dtype=np.int32) * _WKB.itemsize
    return pa.Array.from_buffers(
        pa.binary(), len(lat), [None, pa.py_buffer(ends), pa.py_buffer(points.tobytes())]
    )
