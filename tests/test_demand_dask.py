"""On a Dask cluster the answer is that of one process, also if a worker dies half-way."""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import distributed
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plain_country import rows
from vpvkac import Columns, InputError, demand
from vpvkac.geo.geodesy import to_degrees
from vpvkac.sources import tabular

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from vpvkac import Demand
    from vpvkac.api.coverage import Result

pytestmark = pytest.mark.slow

_ROWS = 6000
_COLUMNS = Columns(weight="people")


@pytest.fixture(autouse=True)
def _many_partitions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "BLOCK", 3_000)


@pytest.fixture(scope="module")
def origins(sample_result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write origins all over the country, a few of them without a position."""
    rng = np.random.default_rng(6)
    west, south, east, north = sample_result.units.total_bounds
    lat, lon = to_degrees(rng.uniform(west, east, _ROWS), rng.uniform(south, north, _ROWS))
    table = zip(lat.round(7), lon.round(7), rng.integers(0, 9, _ROWS), strict=True)
    written = [row if number % 777 else ("", "", 1) for number, row in enumerate(table)]
    file = tmp_path_factory.mktemp("origins") / "origins.csv"
    file.write_text(rows("lat,lon,people", *written), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def alone(sample_result: Result, origins: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the answer of one process."""
    out = tmp_path_factory.mktemp("alone")
    demand(sample_result, origins, out, columns=_COLUMNS)
    return out


def canonical(file: Path) -> bytes:
    """Give the bytes of a table in the order of its rows in the file of origins."""
    table = pq.read_table(file)
    order = np.argsort(table["origin"].cast(pa.int64()).to_numpy(), kind="stable")
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table.take(pa.array(order)).combine_chunks())
    return bytes(sink.getvalue())


def assert_same(out: Path, alone: Path, found: Demand) -> None:
    assert canonical(out / "demand.parquet") == canonical(alone / "demand.parquet")
    units = (out / "demand_units.csv").read_bytes()
    assert units == (alone / "demand_units.csv").read_bytes()
    assert (found.read, found.used) == (_ROWS, _ROWS - 8)
    assert [(fault.row, fault.alike) for fault in found.faults] == [(2, 8)]
    names = [file.name for file in sorted((out / "demand.parquet").iterdir())]
    assert names == [f"part-{number:05d}.parquet" for number in range(len(names))]
    assert len(names) > 30


def test_two_workers_give_the_answer_of_one_process(
    sample_result: Result, origins: Path, alone: Path, tmp_path: Path
) -> None:
    # The file of an earlier run gives way to the folder of parts.
    demand(sample_result, origins, tmp_path, columns=_COLUMNS)
    found = demand(sample_result, origins, tmp_path, columns=_COLUMNS, dask="local", workers=2)
    assert_same(tmp_path, alone, found)


@pytest.fixture
def two_workers() -> Iterator[Any]:
    with distributed.LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2,
        threads_per_worker=1,
        host="127.0.0.1",
        dashboard_address=None,
        # Its page of health is served in any case; two tests at once need two ports.
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


def test_the_work_of_a_worker_killed_half_way_is_done_again(
    sample_result: Result,
    origins: Path,
    alone: Path,
    tmp_path: Path,
    two_workers: Any,
) -> None:
    victim = two_workers.workers[0]
    told: list[str] = []
    under_way: list[int] = []

    def kill_half_way(step: str) -> None:
        told.append(step)
        # The first step is the indexing; each further one a partition that is done.
        if len(told) == 4:
            os.kill(victim.pid, signal.SIGSTOP)
            # What it had sent before it was stopped arrives.
            time.sleep(0.3)
            under_way.append(len(two_workers.scheduler.workers[victim.worker_address].processing))
            os.kill(victim.pid, signal.SIGKILL)

    found = demand(
        sample_result,
        origins,
        tmp_path,
        columns=_COLUMNS,
        dask=two_workers.scheduler_address,
        progress=kill_half_way,
    )
    assert under_way[0] > 0
    assert_same(tmp_path, alone, found)
    broken = tmp_path / "broken.csv"
    broken.write_text("lat,lon\n57,24\n57,24,1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"broken.csv, row 3: more fields than the header"):
        demand(sample_result, broken, tmp_path / "new", dask=two_workers.scheduler_address)
    assert not (tmp_path / "new").exists()


def test_without_dask_a_sentence_says_how_to_install_it(
    sample_result: Result, origins: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'vpvkac\[dask\]'"):
        demand(sample_result, origins, tmp_path / "out", dask="local")
    assert not (tmp_path / "out").exists()


def test_an_address_that_makes_no_sense_is_a_sentence(
    sample_result: Result, origins: Path, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=r'"nowhere://x" does not answer'):
        demand(sample_result, origins, tmp_path / "out", dask="nowhere://x")
