"""There, served, and home again: the sample, its timetable doubled, and a national timetable.

`python benchmarks/reach.py PROJECT` does one job: it analyses a project, then asks `reach`.
"""

from __future__ import annotations

import io
import json
import resource
import shutil
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import pandas as pd

import harness

_FEED, _LATER_S = "gtfs-latvia-lv.zip", 7 * 60
_SAMPLE_S, _SAMPLE_MB, _DOUBLED = 30.0, 1_000.0, 2.2
_TIMES = ["arrival_time", "departure_time"]
_TWICE = "its timetable doubled"
_NOTE = (
    "Whole commands without pages, files read. Doubled: every trip of the national feed runs "
    "again seven minutes later. The goals are of `reach` alone, as found below, and of the "
    "processor, whose one thread it uses."
)


def benchmark(runs: int) -> list[harness.Comparison]:
    """Measure the sample, its timetable doubled, and three million stop times once."""
    with tempfile.TemporaryDirectory() as folder:
        return [_doubled(Path(folder), runs), _national(Path(folder))]


def _doubled(folder: Path, runs: int) -> harness.Comparison:
    twice = _project(folder / "twice")
    _double(twice / _FEED)
    jobs = {"the sample": _job(harness.SAMPLE), _TWICE: _job(twice)}
    once, doubled = harness.measure(jobs, runs, once={_TWICE})
    took = [min(run.found["reach_processor_s"] for run in row.runs) for row in (once, doubled)]
    outcomes = [
        harness.Outcome(f"at most {_SAMPLE_S:g} s of the processor", _SAMPLE_S, took[0]),
        harness.Outcome(f"at most {_SAMPLE_MB:g} MB", _SAMPLE_MB, once.memory_mb),
        harness.Outcome(
            f"doubled timetable: at most {_DOUBLED:g} times", _DOUBLED, took[1] / took[0]
        ),
    ]
    return harness.Comparison("reach on the sample", [once, doubled], outcomes, _NOTE)


def _national(folder: Path) -> harness.Comparison:
    from gtfs_feed import write_feed

    stop_times = harness.sized(3_000_000, 30_000)
    project = _project(folder / "national")
    write_feed(
        project / _FEED, stops=harness.sized(10_000, 500), stop_times=stop_times, padded=False
    )
    (row,) = harness.measure({harness.OURS: _job(project)}, runs=1)
    return harness.Comparison(f"reach with {stop_times} stop times", [row], note="One run.")


def _project(folder: Path) -> Path:
    shutil.copytree(harness.SAMPLE, folder)
    return folder


def _double(feed: Path) -> None:
    """Let every trip run again, a little later."""
    with zipfile.ZipFile(feed) as archive:
        tables = {
            name: pd.read_csv(
                io.BytesIO(archive.read(name)), dtype=str, skipinitialspace=True,
                encoding="utf-8-sig", keep_default_na=False,
            )
            for name in archive.namelist()
        }  # fmt: skip
    for name in ("trips.txt", "stop_times.txt"):
        again = tables[name].assign(trip_id=tables[name]["trip_id"] + "b")
        for column in set(_TIMES) & set(again):
            again[column] = again[column].map(_later)
        tables[name] = pd.concat([tables[name], again])
    with zipfile.ZipFile(feed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in tables.items():
            archive.writestr(name, table.to_csv(index=False))


def _later(clock: str) -> str:
    if not clock:
        return clock
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    moment = hours * 3600 + minutes * 60 + seconds + _LATER_S
    return f"{moment // 3600:02}:{moment // 60 % 60:02}:{moment % 60:02}"


def _job(project: Path) -> list[str]:
    return [sys.executable, __file__, str(project)]


def main(project: Path) -> None:
    """Analyse a project and ask who can go there and back; print what was found."""
    import vpvkac

    result = vpvkac.analyse(vpvkac.load(project / "vpvkac.toml"))
    begun, processor = time.perf_counter(), time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = vpvkac.reach(result)
    country = found.units.iloc[-1]
    told = {
        "reach_s": round(time.perf_counter() - begun, 2),
        "reach_processor_s": round(time.process_time() - processor, 2),
        "before_mb": round(before / 1e3),
        **found.counts,
        **{kind: int(country[kind]) for kind in ("walk", "bus", "none")},
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
