"""`vpvkac demand` on a hundred million origins: memory; and what a second worker saves.

It takes a quarter of an hour and 3 GB of disk, so it is measured only where it is asked for
by name.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import demand
from harness import Comparison, Goal, Outcome, compare, measure, sized, spread

_ONE, _TWO = "ours on Dask, one worker", "ours on Dask, two workers"
# Two workers are 1.7 times as fast as one.
_TWO_OF_ONE = 1 / 1.7
_A_FILE, _JITTER = 1_000_000, 0.0005
_NOTE = "Whole commands, run once; a folder of GeoParquet's plain kind, columns of degrees."
_OF_DASK = (
    "Whole commands, run once, on a fifth of the folder: what a second worker saves is told by "
    "then. Memory is that of one process at most."
)


def benchmark(runs: int) -> list[Comparison]:
    """Measure one process, then two workers beside one, once each whatever `runs` says."""
    most, fewer = sized(100_000_000, 100_000), sized(20_000_000, 50_000)
    with tempfile.TemporaryDirectory() as made:
        all_of_it, part = Path(made, "origins"), Path(made, "part")
        _write_origins(all_of_it, most)
        _write_origins(part, fewer)
        alone = compare(
            f"demand of {most} origins, from the sample's files to the answer",
            ours=demand.ours(all_of_it),
            alternatives={},
            runs=min(runs, 1),
            goals=[Goal("memory_mb", 2000)],
            note=_NOTE,
        )
        workers = {
            _TWO: demand.on_dask(part, workers=2),
            _ONE: demand.on_dask(part, workers=1),
        }
        rows = measure(workers, min(runs, 1))
    saved = spread(*rows).ratio
    outcome = Outcome("two workers at most 0.588 × the time of one", _TWO_OF_ONE, saved)
    on_dask = Comparison(f"demand of {fewer} origins, on Dask", rows, [outcome], _OF_DASK)
    return [alone, on_dask]


def _write_origins(folder: Path, count: int) -> None:
    """Write files of a million, the same points each moved by some metres of its own."""
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    from origins import origins

    folder.mkdir()
    size = min(count, _A_FILE)
    here = origins(size)
    for number in range(count // size):
        random = np.random.default_rng(number)
        table = {
            "id": np.arange(number * size, (number + 1) * size),
            "lat": (here.lat + random.uniform(-_JITTER, _JITTER, size)).round(7),
            "lon": (here.lon + random.uniform(-_JITTER, _JITTER, size)).round(7),
            "residents": random.integers(0, 9, size),
        }
        parquet.write_table(pa.table(table), folder / f"{number:03}.parquet")
