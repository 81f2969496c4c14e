"""The files of `demand`: GeoParquet chunk by chunk, and the table of units."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from vpvkac.model.tables import TABLES
from vpvkac.questions.demand.answer import Demand, Report, answer, measure_all
from vpvkac.questions.demand.origins import open_origins
from vpvkac.questions.demand.question import Question
from vpvkac.questions.demand.tally import Targets
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import files_of, staged
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.analysis.network import Network
    from vpvkac.questions.demand.answer import Write

ORIGINS, UNITS = "demand.parquet", "demand_units.csv"
# One file, or a folder of parts.
_PARTS = (ORIGINS, f"{ORIGINS}/part-*.parquet")
# Latitude and longitude, for no `crs` is given: https://geoparquet.org/releases/v1.1.0/.
_GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}
_LITTLE_ENDIAN, _POINT = 1, 1
_WKB = np.dtype([("order", "u1"), ("type", "<u4"), ("lon", "<f8"), ("lat", "<f8")])
_ARROW = {"string": pa.string(), "number": pa.float64(), "boolean": pa.bool_()}


def write(
    network: Network, question: Question, out: str | Path, *, title: str,
    progress: Callable[[Message], None], report: Report,
) -> Demand:  # fmt: skip
    """Measure origins and write their rows and the table of units: both files, or none.

    Raises as `vpvkac.demand`.
    """
    source = open_origins(question)
    progress(Message("Indexing points, stops and borders"))
    targets = Targets(network, question.points)
    about = {
        "title": title,
        "synthetic": network.synthetic,
        "layout": network.layout or None,
        "stop_set": network.stop_set,
        "threshold_m": network.threshold_m,
        "points": question.points,
    }
    columns = _schema(about, weighed=question.columns.weight is not None)
    path = Path(question.shown).resolve()
    inputs = (*files_of(network.project), path, *path.glob("*"))
    with staged(out, inputs=inputs, sometimes=_PARTS) as folder:
        if question.dask is None:
            with _writing_to(folder / ORIGINS, columns) as write_rows:
                done = measure_all(targets, source, write_rows, report)
        else:
            from vpvkac.questions.demand.cluster import Job, cluster, work_on

            job = Job(targets, source, partial(_writing_to, columns=columns), folder / ORIGINS)
            with cluster(question.dask, question.workers) as client:
                done = work_on(client, job, report)
        demand = answer(network, question, source, done)
        write_csv(folder / UNITS, demand.units, TABLES["demand_units"].decimals)
    return replace(demand, files=(Path(out) / ORIGINS, Path(out) / UNITS))


def _schema(about: dict[str, object], *, weighed: bool) -> pa.Schema:
    """Give the columns of `demand.parquet`, and by what the figures were made."""
    columns = [
        (column.name, _ARROW[column.type.stored])
        for column in TABLES["demand"].columns
        if weighed or column.name != "weight"
    ]
    metadata = {"geo": json.dumps(_GEO), "vpvkac": json.dumps(about, ensure_ascii=False)}
    return pa.schema([*columns, ("geometry", pa.binary())], metadata)


@contextmanager
def _writing_to(path: Path, columns: pa.Schema) -> Iterator[Write]:
    """Open a file of origins; give what writes some to it, with their geometry."""
    # Opened here, for Arrow takes no path that is not UTF-8.
    with (
        path.open("wb") as opened,
        pq.ParquetWriter(
            opened, columns, compression="zstd", use_dictionary=["place", "stop", "unit"]
        ) as file,
    ):

        def write_rows(table: pa.Table) -> None:
            if len(table) > 0:
                points = _points(table["lat"].to_numpy(), table["lon"].to_numpy())
                whole = table.append_column("geometry", points)
                file.write_table(whole.cast(columns), row_group_size=len(whole))

        yield write_rows


def _points(lat: np.ndarray, lon: np.ndarray) -> pa.Array:
    """Write points as well-known binary, 21 bytes each."""
    points = np.empty(len(lat), _WKB)
    points["order"], points["type"] = _LITTLE_ENDIAN, _POINT
    points["lon"], points["lat"] = lon, lat
    ends = np.arange(len(lat) + 1, dtype=np.int32) * _WKB.itemsize
    return pa.Array.from_buffers(
        pa.binary(), len(lat), [None, pa.py_buffer(ends), pa.py_buffer(points.tobytes())]
    )
