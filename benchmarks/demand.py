"""`vpvkac demand` on origins made up all over the country: time, and memory."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from harness import OURS, Comparison, Outcome, compare, measure, sized

_SCRIPT = "geopandas script, in chunks (planar)"
_DASK = "ours on Dask, two workers"
_MOST_MB, _FASTER = 2_000.0, 1.7
_CHUNK = 5_000_000
_NOTE = (
    "Whole commands. Ours reads and analyses the sample first, about 3 s, and is exact on the "
    "ellipsoid; the script gets units, points and stops ready made, measures on the plane and "
    "checks nothing. Dask's two workers use both cores; its memory is that of one process at most."
)


def benchmark(runs: int) -> list[Comparison]:
    """Measure a million origins beside a script, and a hundred million on one core and on two."""
    million, many = sized(1_000_000, 20_000), sized(100_000_000, 50_000)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _write_ground(folder / "ground.gpkg")
        _write_origins(folder / "million.csv", million)
        _write_origins(folder / "many.csv", many)
        return [
            compare(
                f"demand of {million} origins, from the sample's files to the answer",
                ours=_ours(folder / "million.csv"),
                alternatives={_SCRIPT: _script(folder / "million.csv", folder)},
                runs=runs,
                note=_NOTE,
            ),
            _on_two_cores(folder / "many.csv", many),
        ]  # fmt: skip


def _on_two_cores(origins: Path, count: int) -> Comparison:
    """Measure once by itself and once on Dask: minutes each."""
    dask = [*_ours(origins), "--dask", "local", "--workers", "2"]
    alone, both = measure({OURS: _ours(origins), _DASK: dask}, runs=1)
    outcomes = [
        Outcome(f"{row.label}: at most {_MOST_MB:g} MB", _MOST_MB, row.memory_mb)
        for row in (alone, both)
    ]
    speed = f"{_DASK}: at most 1/{_FASTER:g} of the time of one"
    outcomes.append(Outcome(speed, round(1 / _FASTER, 3), both.seconds / alone.seconds))
    name = f"demand of {count} origins, from the sample's files to the answer"
    return Comparison(name, [alone, both], outcomes, _NOTE)


def _ours(origins: Path) -> list[str]:
    named = ("--id", "id", "--weight", "residents")
    out = str(origins.with_suffix(".ours"))
    command = [sys.executable, "-m", "vpvkac.cli.main", "demand", str(origins)]
    return [*command, *named, "--out", out]


def _script(origins: Path, folder: Path) -> list[str]:
    script = Path(__file__).with_name("demand_script.py")
    given = (origins, folder / "ground.gpkg", origins.with_suffix(".script"))
    return [sys.executable, str(script), *map(str, given)]


def _write_ground(file: Path) -> None:
    """Write what the script joins to."""
    import vpvkac

    result = vpvkac.analyse(vpvkac.sample())
    layers = {
        "units": result.units[["unit", "geometry"]],
        "points": result.network.dropna(subset="place")[["place", "geometry"]],
        "stops": result.stops[result.stops["in_set"]][["stop", "geometry"]],
    }
    for name, layer in layers.items():
        layer.to_file(file, layer=name, driver="GPKG")


def _write_origins(file: Path, count: int) -> None:
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv

    from origins import origins

    writer = None
    for first in range(0, count, _CHUNK):
        part = min(_CHUNK, count - first)
        here = origins(part, seed=first)
        table = pa.table({
            "id": np.arange(first, first + part),
            "lat": here.lat.round(7),
            "lon": here.lon.round(7),
            "residents": np.random.default_rng(first).integers(0, 9, part),
        })  # fmt: skip
        writer = writer or csv.CSVWriter(file, table.schema)
        writer.write_table(table)
    if writer is not None:
        writer.close()
