"""Run benchmarks and lay their results out as a table and JSON; see scripts/benchmark.py."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import against
import harness
import page
from page import RESULTS

NAMES = (
    "startup", "main_job", "nearest", "counting", "gtfs", "addresses", "walk", "siting",
    "growth", "reach", "demand",
)  # fmt: skip
ON_DEMAND = ("demand_large",)
"""Measured only where asked for by name; the results kept of them stay."""
_LIBRARIES = (
    "numpy", "pandas", "geopandas", "shapely", "pyproj", "pyogrio", "scipy", "scikit-learn",
    "pyarrow", "folium", "duckdb", "gtfs-kit", "spopt", "dask",
)  # fmt: skip
_THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS", "ARROW_IO_THREADS",
)  # fmt: skip
_RUNS = 5
_ROUNDS = 10_000_000


def main() -> int:
    """Run what is asked for; tell how many goals are missed by the exit code 1."""
    asked = _arguments()
    os.environ.update(dict.fromkeys(_THREADS, str(asked.threads)))
    # Nothing is kept from one run to the next, but where that is what is measured.
    os.environ["VPVKAC_CACHE"] = os.devnull
    # The libraries are installed compiled; so is ours from its second start on.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if asked.quick:
        os.environ[harness.QUICK] = "1"
    if asked.against:
        return _against(asked.against, asked.runs)
    made = {name: _benchmark(name, asked.runs) for name in asked.names or NAMES}
    if not asked.quick:
        _keep(made, asked.threads)
    missed = [
        f"{comparison['name']}: {goal['goal']} ({goal['measured']:.3g})"
        for benchmark in made.values()
        for comparison in benchmark["comparisons"]
        for goal in comparison["goals"]
        if not goal["met"]
    ]
    print("\n".join(["", f"Goals missed: {len(missed)}", *missed]))
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/benchmark.py", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; or {', '.join(ON_DEMAND)}"
    )
    parser.add_argument("--runs", type=int, default=_RUNS, help="runs of each (default 5)")
    parser.add_argument("--threads", type=int, default=1, help="of every library (default 1)")
    parser.add_argument("--against", metavar="REV", help="start, check and run beside a commit's")
    parser.add_argument("--quick", action="store_true", help="small sizes; nothing is kept")
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - {*NAMES, *ON_DEMAND})
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    return asked


def _against(revision: str, runs: int) -> int:
    try:
        for comparison in against.benchmark(revision, runs):
            print(_table(comparison.told()), flush=True)
    except subprocess.CalledProcessError as error:
        print(error.stderr.decode(errors="replace").strip(), file=sys.stderr)
        return 1
    return 0


def _benchmark(name: str, runs: int) -> dict[str, Any]:
    print(f"\n== {name}", flush=True)
    loop_s = _loop_s()
    made = importlib.import_module(name).benchmark(runs)
    told = [comparison.told() for comparison in (made if isinstance(made, list) else [made])]
    for comparison in told:
        print(_table(comparison), flush=True)
    return {"date": f"{datetime.now(UTC):%Y-%m-%d}", "loop_s": loop_s, "comparisons": told}


def _loop_s() -> float:
    """Time what says how fast the machine is just now, for it may have other guests."""
    took = []
    for _ in range(3):
        begun = time.perf_counter()
        for _ in range(_ROUNDS):
            pass
        took.append(time.perf_counter() - begun)
    return round(statistics.median(took), 3)


def _table(comparison: dict[str, Any]) -> str:
    head = (
        "",
        "seconds",
        "least-greatest",
        "processor",
        "MB",
        "ours to this",
        "spread",
        "processor",
    )
    lines = [head, *(_line(row) for row in comparison["rows"])]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    table = ["  ".join(x.ljust(w) for x, w in zip(line, widths, strict=True)) for line in lines]
    found = [f"  {row['label']} found {row['found']}" for row in comparison["rows"] if row["found"]]
    goals = [
        f"  {'met   ' if goal['met'] else 'MISSED'} {goal['goal']}: {goal['measured']:.3g}"
        for goal in comparison["goals"]
    ]
    return "\n".join([comparison["name"], *table, *found, *goals])


def _line(row: dict[str, Any]) -> tuple[str, ...]:
    took, ratio = row["seconds"], row["ours_to_this"]
    return (
        row["label"],
        f"{took['median']:.3f}",
        f"{took['least']:.3f}-{took['greatest']:.3f}",
        f"{row['processor']['median']:.3f}",
        f"{row['memory_mb']:.0f}",
        f"{ratio['ratio']:.3f}",
        f"{ratio['least']:.3f}-{ratio['greatest']:.3f}",
        f"{row['ours_to_this_processor']:.3f}",
    )


def _keep(made: dict[str, Any], threads: int) -> None:
    """Write the results; those of another machine or of other libraries are not kept beside."""
    machine = {**_machine(), "threads": threads}
    before = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    kept = before.get("benchmarks", {}) if before.get("machine") == machine else {}
    every = {**kept, **made}
    ordered = {name: every[name] for name in (*NAMES, *ON_DEMAND) if name in every}
    whole = {"machine": machine, "benchmarks": ordered}
    RESULTS.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    page.PAGE.write_text(page.renewed(page.PAGE.read_text(encoding="utf-8"), whole), "utf-8")


def _machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "libraries": {name: metadata.version(name) for name in _LIBRARIES if _has(name)},
    }


def _has(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (ValueError, AttributeError):
        return None


if __name__ == "__main__":
    sys.exit(main())
