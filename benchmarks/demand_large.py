"""`vpvkac demand` on a hundred million origins: memory, and what a second worker saves.

It takes half an hour and 3 GB of disk, so it is measured only where it is asked for by name.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import demand
from harness import Comparison, Goal, Outcome, compare, sized, spread

_ONE, _TWO = "ours on Dask, one worker", "ours on Dask, two workers"
# Two workers are 1.7 times as fast as one.
_TWO_OF_ONE = 1 / 1.7
_A_FILE, _JITTER = 1_000_000, 0.0005
_NOTE = (
    "Whole commands, run once; a folder of GeoParquet's plain kind, columns of degrees. Dask's "
    "memory is that of one process at most."
)


def benchmark(runs: int) -> Comparison:
    """Measure one process beside one worker and two, once each whatever `runs` says."""
    count = sized(100_000_000, 100_000)
    with tempfile.TemporaryDirectory() as made:
        origins = Path(made, "origins")
        _write_origins(origins, count)
        compared = compare(
            f"demand of {count} origins, from the sample's files to the answer",
            ours=demand.ours(origins),
            alternatives={
                _ONE: demand.on_dask(origins, workers=1),
                _TWO: demand.on_dask(origins, workers=2),
            },
            runs=min(runs, 1),
            goals=[Goal("memory_mb", 2000)],
            note=_NOTE,
        )
    saved = spread(compared.row(_TWO), compared.row(_ONE)).ratio
    goal = "two workers of Dask at most 0.588 × the time of one"
    compared.outcomes.append(Outcome(goal, _TWO_OF_ONE, saved))
    return compared


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
