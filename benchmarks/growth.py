"""Growth: the analysis and its tables from the national size to Europe's.

`python benchmarks/growth.py FOLDER OUT` does one job: it reads the project of
a folder, analyses it and writes its tables as CSV.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import harness

NATIONAL, EUROPE = 587, 100_000
_TIMES = (1, 2, 4, 8, 16)
_QUICK_TIMES = (1, 2)
_EUROPE_QUICK = 4 * NATIONAL
# Doubling the country may cost so much; Europe's tables so many seconds and megabytes.
_DOUBLED, _EUROPE_S, _EUROPE_MB = 2.2, 100.0, 3_000.0


def benchmark(runs: int) -> list[harness.Comparison]:
    """Measure each doubling up to 16 times the national size, and Europe's size once."""
    with tempfile.TemporaryDirectory() as folder:
        return [_growth(Path(folder), runs), _europe(Path(folder))]


def _growth(folder: Path, runs: int) -> harness.Comparison:
    count = harness.sized(len(_TIMES), len(_QUICK_TIMES))
    sizes = {f"{times} x": times * NATIONAL for times in _TIMES[:count]}
    rows = harness.measure({label: _job(folder, size) for label, size in sizes.items()}, runs)
    outcomes = [
        harness.Outcome(f"{what} of {twice.label} at most {_DOUBLED} of {once.label}", _DOUBLED,
                        value)
        for once, twice in pairwise(rows)
        for what, value in (
            ("time", twice.seconds / once.seconds),
            ("memory", twice.memory_mb / once.memory_mb),
        )
    ]  # fmt: skip
    name = f"Growth from {NATIONAL} units, 10 places and 30 stops to each"
    return harness.Comparison(name, rows, outcomes, "whole commands, files read and tables written")


def _europe(folder: Path) -> harness.Comparison:
    units = harness.sized(EUROPE, _EUROPE_QUICK)
    (row,) = harness.measure({harness.OURS: _job(folder, units)}, runs=1)
    outcomes = [
        harness.Outcome(f"at most {_EUROPE_S:g} s", _EUROPE_S, row.seconds),
        harness.Outcome(f"at most {_EUROPE_MB:g} MB", _EUROPE_MB, row.memory_mb),
    ]
    name = f"Tables of {units} units, {units * 10} places and {units * 30} stops"
    return harness.Comparison(name, [row], outcomes, "one run; files read and tables written")


def _job(folder: Path, units: int) -> list[str]:
    """Make the country of so many units, and give the command that analyses it."""
    from growth_country import write_country

    country = folder / str(units)
    write_country(country, units)
    return [sys.executable, __file__, str(country), str(country / "out")]


def main(project: Path, out: Path) -> None:
    """Analyse a project and write its tables; print what was found and the seconds taken."""
    import vpvkac
    from vpvkac.analysis.rounding import shown
    from vpvkac.questions.coverage.files import written
    from vpvkac.render.csvfile import write_table

    begun = time.perf_counter()
    result = vpvkac.analyse(vpvkac.load(project))
    analysed = time.perf_counter()
    out.mkdir(exist_ok=True)
    tables = shown(result)
    for name in written(result):
        write_table(out, name, tables[name])
    found = {
        "units": len(result.units),
        "places": len(result.places),
        "stops": len(result.stops),
        "gaps": len(result.gaps_access) + len(result.gaps_coverage),
        "analysed_s": round(analysed - begun, 2),
        "written_s": round(time.perf_counter() - analysed, 2),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
