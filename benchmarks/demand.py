"""`vpvkac demand` on origins made up all over the country: time, and memory."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from harness import Comparison, Goal, compare, sized

_SCRIPT = "geopandas script, in chunks (planar)"
_DASK = "ours on Dask, two workers"
_NOTE = (
    "Whole commands. Ours reads and analyses the sample first, about 3 s, and is exact on the "
    "ellipsoid; the script gets units, points and stops ready made, measures on the plane and "
    "checks nothing. Dask's two workers use both cores; its memory is that of one process at most."
)


def benchmark(runs: int) -> list[Comparison]:
    """Measure a million origins beside a script, and ten million by themselves."""
    million, many = sized(1_000_000, 20_000), sized(10_000_000, 50_000)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _write_ground(folder / "ground.gpkg")
        _write_origins(folder / "million.csv", million)
        _write_origins(folder / "many.csv", many)
        return [
            compare(
                f"demand of {million} origins, from the sample's files to the answer",
                ours=ours(folder / "million.csv"),
                alternatives={_SCRIPT: _script(folder / "million.csv", folder)},
                runs=runs,
                note=_NOTE,
            ),
            compare(
                f"demand of {many} origins, from the sample's files to the answer",
                ours=ours(folder / "many.csv"),
                alternatives={_DASK: on_dask(folder / "many.csv", workers=2)},
                runs=min(runs, 3),
                once={_DASK},
                goals=[Goal("memory_mb", 2000)],
                note=_NOTE,
            ),
        ]


def ours(origins: Path, *cluster: str) -> list[str]:
    """Give the command that measures origins."""
    named = ("--id", "id", "--weight", "residents")
    out = str(origins.with_suffix(".ours"))
    command = [sys.executable, "-m", "vpvkac.cli.main", "demand", str(origins)]
    return [*command, *named, "--out", out, *cluster]


def on_dask(origins: Path, workers: int) -> list[str]:
    """Give the command that measures the same on a cluster of this machine."""
    return ours(origins, "--dask", "local", "--workers", str(workers))


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

    here = origins(count)
    table = {
        "id": np.arange(count),
        "lat": here.lat.round(7),
        "lon": here.lon.round(7),
        "residents": np.random.default_rng(count).integers(0, 9, count),
    }
    csv.write_csv(pa.table(table), file)
