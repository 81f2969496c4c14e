"""Measuring: ours and the alternatives in turn, several runs, each in a process of its own.

A task is either a whole command (a sequence of words) or a callable that
prepares the work and returns it: a function without arguments, which alone is
timed.  It stands at the top of its module (with `functools.partial` for
arguments), for a fresh process imports it; so the memory measured is its own,
with its libraries and its data.  What the work returns, or a command prints as
JSON on its last line, is kept as `found`, where it is an object of names and
values: it tells whether both sides did the same.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Work = Callable[[], object]
Task = Callable[[], Work] | Sequence[str]

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
OURS = "vpvkac"
QUICK = "VPVKAC_BENCHMARK_QUICK"
_MEGABYTE = 1e6


class Run(NamedTuple):
    """One run: seconds by the clock, seconds of the processor, bytes at most, what was found."""

    seconds: float
    processor: float
    memory: float
    found: dict[str, Any]


@dataclass(frozen=True)
class Measured:
    """All runs of one task, in the order they were made."""

    label: str
    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        """Median by the clock."""
        return median(run.seconds for run in self.runs)

    @property
    def processor(self) -> float:
        """Median of the processor's seconds."""
        return median(run.processor for run in self.runs)

    @property
    def memory_mb(self) -> float:
        """Most memory held in any run, megabytes."""
        return max(run.memory for run in self.runs) / _MEGABYTE


class Spread(NamedTuple):
    """A ratio of medians and the least and greatest ratio of runs made in turn."""

    ratio: float
    least: float
    greatest: float


class Goal(NamedTuple):
    """What ours is to keep: a ratio to an alternative's time, seconds, or megabytes."""

    of: Literal["ratio", "seconds", "memory_mb"]
    limit: float
    against: str = ""


class Outcome(NamedTuple):
    """A goal in words, its limit, and what was measured in the same unit."""

    goal: str
    limit: float
    measured: float

    @property
    def met(self) -> bool:
        """Whether the goal holds."""
        return self.measured <= self.limit


@dataclass
class Comparison:
    """What was measured side by side; the first of `rows` is ours."""

    name: str
    rows: list[Measured]
    outcomes: list[Outcome] = field(default_factory=list)
    note: str = ""

    def row(self, label: str) -> Measured:
        """Give the runs of one label."""
        return next(row for row in self.rows if row.label == label)

    def told(self) -> dict[str, Any]:
        """Lay out the comparison for JSON."""
        first = self.rows[0]
        return {
            "name": self.name,
            "note": self.note,
            "rows": [_row_told(row, first) for row in self.rows],
            "goals": [{**outcome._asdict(), "met": outcome.met} for outcome in self.outcomes],
        }


def compare(
    name: str,
    ours: Task,
    alternatives: Mapping[str, Task],
    *,
    runs: int,
    goals: Sequence[Goal] = (),
    once: Collection[str] = (),
    note: str = "",
) -> Comparison:
    """Measure ours and the alternatives in turn.

    Parameters
    ----------
    name
        What is done, with its size.
    ours, alternatives
        Tasks; the alternatives by label.
    runs
        How many times each is run.
    goals
        What ours is to keep.
    once
        Labels of alternatives too slow to run more than once.
    note
        What the reader must know to judge the comparison.
    """
    rows = measure({OURS: ours, **alternatives}, runs, once)
    compared = Comparison(name, rows, note=note)
    compared.outcomes = [_outcome(compared, goal) for goal in goals]
    return compared


def measure(tasks: Mapping[str, Task], runs: int, once: Collection[str] = ()) -> list[Measured]:
    """Run every task `runs` times, in turn, to and fro; those of `once` in the first turn only."""
    done: dict[str, list[Run]] = {label: [] for label in tasks}
    with _workers(tasks) as workers:
        for turn in range(runs):
            for label in list(tasks)[:: 1 if turn % 2 == 0 else -1]:
                if turn == 0 or label not in once:
                    done[label].append(_asked(label, workers[label]))
    return [Measured(label, tuple(made)) for label, made in done.items()]


def sized(full: int, quick: int) -> int:
    """Give the size of a benchmark: the full one, or the small one of `--quick`."""
    return quick if os.environ.get(QUICK) else full


def spread(ours: Measured, other: Measured) -> Spread:
    """Divide our time by another's: the medians, and the extremes of runs made in turn."""
    theirs = [run.seconds for run in other.runs]
    paired = theirs * len(ours.runs) if len(theirs) == 1 else theirs
    each = [mine.seconds / took for mine, took in zip(ours.runs, paired, strict=False)]
    return Spread(ours.seconds / other.seconds, min(each), max(each))


def _outcome(compared: Comparison, goal: Goal) -> Outcome:
    ours = compared.rows[0]
    if goal.of == "ratio":
        measured = spread(ours, compared.row(goal.against)).ratio
        return Outcome(f"at most {goal.limit:g} × the time of {goal.against}", goal.limit, measured)
    if goal.of == "seconds":
        return Outcome(f"at most {goal.limit:g} s", goal.limit, ours.seconds)
    return Outcome(f"at most {goal.limit:g} MB", goal.limit, ours.memory_mb)


def _row_told(row: Measured, ours: Measured) -> dict[str, Any]:
    ratio = spread(ours, row)
    return {
        "label": row.label,
        "runs": len(row.runs),
        "seconds": _extremes([run.seconds for run in row.runs]),
        "processor": _extremes([run.processor for run in row.runs]),
        "memory_mb": round(row.memory_mb, 1),
        "ours_to_this": {name: round(value, 4) for name, value in ratio._asdict().items()},
        "ours_to_this_processor": round(ours.processor / row.processor, 4),
        "found": row.runs[-1].found,
    }


def _extremes(seconds: list[float]) -> dict[str, float]:
    made = {"median": median(seconds), "least": min(seconds), "greatest": max(seconds)}
    return {name: round(value, 4) for name, value in made.items()}


@contextmanager
def _workers(tasks: Mapping[str, Task]) -> Iterator[dict[str, Connection]]:
    """Keep one fresh process per task, with its work prepared."""
    spawned = multiprocessing.get_context("spawn")
    connections, processes = {}, []
    try:
        for label, task in tasks.items():
            connections[label], theirs = spawned.Pipe()
            process = spawned.Process(target=_serve, args=(theirs, task), daemon=True)
            process.start()
            theirs.close()
            processes.append(process)
            _answer(label, connections[label])
        yield connections
    finally:
        for connection in connections.values():
            connection.close()
        for process in processes:
            process.join()


def _asked(label: str, connection: Connection) -> Run:
    connection.send("run")
    return Run(*_answer(label, connection))


def _answer(label: str, connection: Connection) -> tuple[Any, ...]:
    """Wait for a process to be ready or done; its traceback is shown if it failed."""
    try:
        answer = connection.recv()
    except EOFError:
        raise RuntimeError(f"{label}: the process ended before its time") from None
    told = answer if isinstance(answer, str) else ""
    if told:
        raise RuntimeError(f"{label} failed:\n{told}")
    return tuple(answer)


def _serve(connection: Connection, task: Task) -> None:
    """Prepare the work, then run it as often as asked, until the other side hangs up."""
    try:
        run = _timed(task()) if callable(task) else _command(task)
        connection.send(())
        while connection.recv():
            connection.send(tuple(run()))
    except EOFError:
        return
    except BaseException:  # noqa: BLE001 - told to whoever asked
        connection.send(traceback.format_exc())


def _timed(work: Work) -> Callable[[], Run]:
    def run() -> Run:
        clock, processor = time.perf_counter(), time.process_time()
        found = work()
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
        return Run(clock, processor, _most_memory(), found if isinstance(found, dict) else {})

    return run


def _command(words: Sequence[str]) -> Callable[[], Run]:
    def run() -> Run:
        with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as told:
            clock = time.perf_counter()
            process = subprocess.Popen(list(words), stdout=printed, stderr=told, cwd=ROOT)
            _, status, used = os.wait4(process.pid, 0)
            clock = time.perf_counter() - clock
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode != 0:
                told.seek(0)
                raise RuntimeError(f"{list(words)}:\n{told.read().decode(errors='replace')}")
            printed.seek(0)
            found = _object_in(printed.read().decode(errors="replace"))
        # This process is small, so the most that its child held is the command's own.
        return Run(clock, used.ru_utime + used.ru_stime, _bytes(used.ru_maxrss), found)

    return run


def _object_in(printed: str) -> dict[str, Any]:
    lines = printed.rstrip().splitlines()
    try:
        found = json.loads(lines[-1]) if lines else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _most_memory() -> float:
    """Give the most memory this process held, bytes.

    Linux's `VmHWM`, for `ru_maxrss` there counts the process that started this one too.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(x for x in status.read_text().splitlines() if x.startswith("VmHWM"))
        return float(line.split()[1]) * 1024
    import resource

    return _bytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _bytes(resident: float) -> float:
    """Linux tells kibibytes, macOS bytes."""
    return resident if sys.platform == "darwin" else resident * 1024
