"""Demand: columns however Parquet stores them, tables that cannot be meant, clusters that die.

The measure for a way of storing is the same table in plain columns.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
import logging
import os
import shutil
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from click.testing import CliRunner

import vpvkac
from plain_country import UNITS, at, rows, write_units
from vpvkac import Columns, InputError, demand
from vpvkac.cli.main import main
from vpvkac.questions.demand import cluster
from vpvkac.questions.demand.origins import open_parquet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from vpvkac.api.coverage import Result

PLAIN = 'id = "id", name = "name", lat = "lat", lon = "lon"'
TOML = f"""
[inputs]
units = "units.gpkg"
centres = {{ path = "centres.csv", {PLAIN}, status = "status" }}
stops = [{{ path = "stops.csv", {PLAIN}, feed = "f" }}]
"""
SPOTS = [at(5, 5), at(6, 15), at(15, 6), at(14, 14)]
LAT, LON = map(list, zip(*SPOTS, strict=True))
KEYS = ["ķēde", "b", None, "b"]
WEIGHTS = [3, None, 0, 12]
COLUMNS = Columns(key="id", weight="people")


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Result:
    folder = tmp_path_factory.mktemp("country")
    write_units(folder / "units.gpkg", UNITS)
    places = rows("id,name,lat,lon,status", ("a", "A", *at(5, 5), "open"))
    (folder / "centres.csv").write_text(places, encoding="utf-8")
    stops = rows("id,name,lat,lon", ("1", "S", *at(6, 6)), ("2", "S", *at(15, 15)))
    (folder / "stops.csv").write_text(stops, encoding="utf-8")
    (folder / "vpvkac.toml").write_text(TOML, encoding="utf-8")
    return vpvkac.analyse(vpvkac.load(folder), lang="en")


def answered(result: Result, table: pa.Table, folder: Path, columns: Columns = COLUMNS) -> pa.Table:
    """Write a Parquet of origins, and give what became of them."""
    pq.write_table(table, folder / "o.parquet")
    found = demand(result, folder / "o.parquet", folder / "out", columns=columns)
    assert found.read == found.used + sum(found.dropped.values()) == len(table)
    return pq.read_table(folder / "out" / "demand.parquet")


def plain_table() -> pa.Table:
    return pa.table(
        {
            "id": pa.array(KEYS, pa.string()),
            "lat": pa.array(LAT, pa.float64()),
            "lon": pa.array(LON, pa.float64()),
            "people": pa.array(WEIGHTS, pa.float64()),
        }
    )


# How columns are stored


def as_text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string())


STORED: dict[str, Callable[[pa.ChunkedArray], Any]] = {
    "categories": lambda column: column.dictionary_encode(),
    "text": as_text,
    "categories_of_text": lambda column: as_text(column).dictionary_encode(),
    "large_string": lambda column: as_text(column).cast(pa.large_string()),
    "string_view": lambda column: as_text(column).cast(pa.string_view()),
}


@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize("name", ["id", "lat", "lon", "people"])
def test_a_column_is_read_however_it_is_stored(
    country: Result, tmp_path: Path, stored: str, name: str
) -> None:
    table = plain_table()
    (tmp_path / "plain").mkdir()
    expected = answered(country, table, tmp_path / "plain")
    other = table.set_column(table.schema.names.index(name), name, STORED[stored](table[name]))
    assert answered(country, other, tmp_path).equals(expected)


def test_keys_of_all_columns_in_categories_are_their_texts(country: Result, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": KEYS, "lat": LAT, "lon": LON, "people": WEIGHTS}).astype("category")
    table = pa.Table.from_pandas(frame)
    assert all(pa.types.is_dictionary(column.type) for column in table.columns)
    found = answered(country, table, tmp_path)
    assert found["origin"].to_pylist() == KEYS
    assert found["lat"].to_pylist() == LAT
    assert found["weight"].to_pylist() == WEIGHTS
    assert found["unit"].to_pylist() == ["LV9000110", "LV9000100", "LV9000210", "LV9000200"]


def decimals(kind: Callable[[int, int], pa.DataType]) -> Callable[[list[Any]], pa.Array]:
    return lambda values: pa.array([decimal.Decimal(str(each)) for each in values], kind(9, 7))


@pytest.mark.parametrize("kind", [pa.decimal128, pa.decimal256])
def test_decimal_coordinates_are_numbers(
    country: Result, tmp_path: Path, kind: Callable[[int, int], pa.DataType]
) -> None:
    written = decimals(kind)
    table = plain_table()
    table = table.set_column(1, "lat", written(LAT)).set_column(2, "lon", written(LON))
    found = answered(country, table, tmp_path)
    assert found["lat"].to_pylist() == LAT
    assert found["lon"].to_pylist() == LON


@pytest.mark.parametrize("kind", [pa.int8(), pa.uint16(), pa.int64(), pa.float16(), pa.float32()])
def test_whole_degrees_may_be_stored_as_whole_numbers(
    sample_result: Result, tmp_path: Path, kind: pa.DataType
) -> None:
    degrees = np.array([57, 57], np.float16 if kind == pa.float16() else np.float64)
    table = pa.table({"lat": pa.array(degrees).cast(kind), "lon": pa.array([24, 25], pa.int32())})
    found = answered(sample_result, table, tmp_path, Columns())
    assert found["lat"].to_pylist() == [57.0, 57.0]


@pytest.mark.parametrize("key", [
    pa.array([1, 2, None, 4], pa.int64()),
    pa.array([dt.date(2020, 1, 1)] * 4),
    pa.array([decimal.Decimal("1.50")] * 4),
    pa.array([None] * 4),
    pa.array(["a", "", " c ", None]).dictionary_encode(),
    pa.array([7, 7, None, 8]).dictionary_encode(),
])  # fmt: skip
def test_keys_of_other_types_are_their_texts(
    country: Result, tmp_path: Path, key: pa.Array
) -> None:
    values = key.to_pylist()
    found = answered(country, plain_table().set_column(0, "id", key), tmp_path)
    assert found["origin"].to_pylist() == [
        None if value is None else str(value).strip() for value in values
    ]


@pytest.mark.parametrize("huge", [2**63 - 1, -(2**62)])
def test_a_number_that_is_no_coordinate_drops_its_row_only(
    country: Result, tmp_path: Path, huge: int
) -> None:
    table = plain_table()
    table = table.set_column(3, "people", pa.array([3, huge, 0, 1], pa.int64()))
    found = answered(country, table, tmp_path)
    assert found["origin"].to_pylist() == ["ķēde", None, "b"]


@pytest.mark.parametrize("type_", [pa.bool_(), pa.list_(pa.int64())])
def test_a_type_that_is_neither_number_nor_text_is_told(
    country: Result, tmp_path: Path, type_: pa.DataType
) -> None:
    with pytest.raises(InputError, match="people: is a column of"):
        answered(country, plain_table().set_column(3, "people", pa.nulls(4, type_)), tmp_path)


def test_a_geometry_is_read_however_it_is_stored(country: Result, tmp_path: Path) -> None:
    shapes = shapely.points(LON, LAT)
    frame = gpd.GeoDataFrame({"id": KEYS}, geometry=shapes, crs=4326)
    frame.to_parquet(tmp_path / "plain.parquet")
    table = pq.read_table(tmp_path / "plain.parquet")
    place = table.schema.names.index("geometry")
    plain = answered(country, table, tmp_path, Columns(key="id"))
    wkb = table["geometry"]
    for column in (
        wkb.cast(pa.large_binary()),
        wkb.cast(pa.binary_view()),
        wkb.dictionary_encode(),
    ):
        other = table.set_column(place, "geometry", column)
        assert answered(country, other, tmp_path, Columns(key="id")).equals(plain)


# Tables that cannot be meant


CLASHES = [
    (Columns(lat="lat", lon="lat"), "lat: is named for more than one use (--lat, --lon)"),
    (Columns(key="lat"), "lat: is named for more than one use (--id, --lat)"),
    (Columns(key="lon", weight="lon"), "lon: is named for more than one use (--id, --lon, "),
    (Columns(weight="lat"), "lat: is named for more than one use (--lat, --weight)"),
    (Columns(key="people", weight="people"), "people: is named for more than one use (--id, "),
]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize(("columns", "sentence"), CLASHES)
def test_a_column_named_for_two_uses_is_told(
    country: Result, tmp_path: Path, form: str, columns: Columns, sentence: str
) -> None:
    file = tmp_path / f"o.{form}"
    frame = plain_table().to_pandas()
    if form == "csv":
        frame.to_csv(file, index=False)
    else:
        frame.to_parquet(file)
    with pytest.raises(InputError) as told:
        demand(country, file, tmp_path / "out", columns=columns)
    assert sentence in str(told.value)
    assert not (tmp_path / "out").exists()


def test_beside_a_geometry_the_columns_of_degrees_are_free(country: Result, tmp_path: Path) -> None:
    shapes = shapely.points(LON, LAT)
    frame = gpd.GeoDataFrame({"lat": ["x", "y", "z", "u"]}, geometry=shapes, crs=4326)
    frame.to_parquet(tmp_path / "o.parquet")
    found = demand(country, tmp_path / "o.parquet", tmp_path / "out", columns=Columns(key="lat"))
    assert found.used == 4


def test_all_faults_of_a_heading_are_told_at_once(country: Result, tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text("lat,lon\n57,24\n", encoding="utf-8")
    with pytest.raises(InputError) as told:
        demand(country, file, tmp_path / "out", columns=Columns(key="lat", weight="people"))
    assert {fault.field for fault in told.value.faults} == {"lat", "people"}


NOTHING = {
    "heading.csv": "lat,lon\n",
    "blank.csv": "lat,lon\n,\n,\n",
    "swapped.csv": "lat,lon\n24.1,56.9\n24.2,56.8\n",
    "comma.csv": 'lat;lon\n"57,1";"24,1"\n',
}


@pytest.mark.parametrize("name", [*NOTHING, "empty.parquet", "nulls.parquet"])
def test_a_table_of_which_nothing_is_used_is_an_error(
    country: Result, tmp_path: Path, name: str
) -> None:
    file, out = tmp_path / name, tmp_path / "out"
    if name in NOTHING:
        file.write_text(NOTHING[name], encoding="utf-8")
    else:
        count = 0 if name == "empty.parquet" else 3
        pq.write_table(pa.table({"lat": pa.nulls(count), "lon": pa.nulls(count)}), file)
    out.mkdir()
    (out / "demand.parquet").write_text("earlier", encoding="utf-8")
    with pytest.raises(InputError) as told:
        demand(country, file, out)
    errors = [fault for fault in told.value.faults if fault.level == "error"]
    assert len(errors) == 1
    is_empty = name in {"heading.csv", "empty.parquet"}
    assert ("has no rows" if is_empty else "no row is used") in errors[0].sentence("en")
    warnings = [fault for fault in told.value.faults if fault.level == "warning"]
    assert bool(warnings) != is_empty
    assert [path.name for path in out.iterdir()] == ["demand.parquet"]


def test_the_command_says_that_nothing_is_used_and_why(small_project: Path, tmp_path: Path) -> None:
    file = tmp_path / "o.csv"
    file.write_text(NOTHING["swapped.csv"], encoding="utf-8")
    asked = ["demand", str(file), str(small_project), "--out", str(tmp_path / "out")]
    answer = CliRunner().invoke(main, asked)
    assert answer.exit_code == 1
    assert "nav izmantojama neviena rinda" in answer.stderr
    assert "vai platums un garums" in answer.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["lat", "people"])
def test_two_columns_of_one_name_are_told(country: Result, tmp_path: Path, name: str) -> None:
    table = plain_table()
    with pytest.raises(InputError, match=f"{name}: is the name of several columns"):
        answered(country, table.append_column(name, table[name]), tmp_path)
    spare = table.append_column("spare", table["id"]).append_column("spare", table["id"])
    assert len(answered(country, spare, tmp_path)) == 4


def test_metadata_nested_without_end_are_a_sentence(tmp_path: Path) -> None:
    deep = "[" * 100_000
    table = plain_table().replace_schema_metadata({"geo": deep})
    pq.write_table(table, tmp_path / "o.parquet")
    with pytest.raises(InputError, match="metadata that make no sense"):
        open_parquet(tmp_path / "o.parquet", "o.parquet", Columns())
    listed = {"primary_column": ["geometry"], "columns": {}}
    table = plain_table().replace_schema_metadata({"geo": json.dumps(listed)})
    pq.write_table(table, tmp_path / "o.parquet")
    with pytest.raises(InputError, match="metadata that make no sense"):
        open_parquet(tmp_path / "o.parquet", "o.parquet", Columns())


# Clusters that die


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Write origins in many row groups, each of them a partition."""
    file = tmp_path / "many.parquet"
    rng = np.random.default_rng(2)
    lat, lon = rng.uniform(56.6, 57.2, 4000), rng.uniform(22, 26, 4000)
    pq.write_table(pa.table({"lat": lat, "lon": lon}), file, row_group_size=100)
    return file


@contextmanager
def two_workers(*, processes: bool = True) -> Iterator[Any]:
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None,
        processes=processes, protocol="tcp",
        # Its page of health is served in any case; two tests at once need two ports.
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        silence_logs=logging.CRITICAL,
    ) as started:  # fmt: skip
        yield started


def kill(started: Any, number: int, *, again: bool) -> None:
    """Kill a worker; without `again` its nanny does not start another."""
    nanny = started.workers[number]
    nanny.auto_restart = again
    os.kill(nanny.pid, signal.SIGKILL)


def test_the_work_of_a_worker_killed_at_the_first_step_is_done_by_the_other(
    sample_result: Result, many: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    demand(sample_result, many, tmp_path / "alone")
    with two_workers() as started:
        killing = threading.Event()

        def kill_first(_: str) -> None:
            # The first step is the indexing; the work is sent after it.
            if not killing.is_set():
                killing.set()
                kill(started, 0, again=False)

        found = demand(sample_result, many, tmp_path / "out", dask=started.scheduler_address,
                       progress=kill_first)  # fmt: skip
        capfd.readouterr()
    assert (found.read, found.used) == (4000, 4000)
    units = "demand_units.csv"
    assert (tmp_path / "out" / units).read_bytes() == (tmp_path / "alone" / units).read_bytes()
    parts = sorted(path.name for path in (tmp_path / "out" / "demand.parquet").iterdir())
    assert parts == [f"part-{number:05d}.parquet" for number in range(40)]


def test_where_no_worker_is_left_the_wait_ends_with_a_sentence(
    sample_result: Result,
    many: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(cluster, "_IDLE_S", 0.5)
    monkeypatch.setattr(cluster, "_LOOK_S", 0.2)
    with two_workers() as started:

        def kill_all(_: str) -> None:
            for number in started.workers:
                kill(started, number, again=False)

        begun = time.monotonic()
        with pytest.raises(InputError, match="had workers that stopped again and again"):
            demand(sample_result, many, tmp_path / "out", dask=started.scheduler_address,
                   progress=kill_all)  # fmt: skip
    assert time.monotonic() - begun < 60
    assert not (tmp_path / "out").exists()
    assert capfd.readouterr() == ("", "")


def test_a_cluster_that_does_not_start_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    tried: list[int] = []

    def fails(**_: object) -> None:
        tried.append(1)
        raise RuntimeError("Nanny failed to start.")

    monkeypatch.setattr(distributed, "LocalCluster", fails)
    with (
        pytest.raises(InputError, match=r"cannot start its workers \(Nanny failed to start"),
        cluster.cluster("local", 2),
    ):
        pass
    assert len(tried) == 2


def test_what_a_worker_cannot_write_is_told_as_such(
    sample_result: Result, many: Path, tmp_path: Path
) -> None:
    told: list[str] = []

    def remove(step: str) -> None:
        # The first step is the indexing; each further one a part that is done.
        told.append(step)
        if len(told) == 2:
            for folder in list(tmp_path.rglob("demand.parquet")):
                shutil.rmtree(folder)

    with two_workers(processes=False) as started, pytest.raises(FileNotFoundError):
        demand(sample_result, many, tmp_path / "out", dask=started.scheduler_address,
               progress=remove)  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_loggers_are_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    names = ("distributed", "distributed.client", "tornado.application", "asyncio")
    before = [logging.getLogger(name).level for name in names]
    inside: list[bool] = []

    def fails(*_: object, **__: object) -> None:
        inside.append(any(logging.getLogger(n).isEnabledFor(logging.CRITICAL) for n in names))
        raise OSError("no answer")

    monkeypatch.setattr(distributed, "Client", fails)
    with pytest.raises(InputError, match="does not answer"), cluster.cluster("tcp://x:1", None):
        pass
    assert inside == [False]
    assert [logging.getLogger(name).level for name in names] == before
