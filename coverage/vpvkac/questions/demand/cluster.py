"""The work on Dask: partitions side by side, each written as a part of its own.

A part is written beside its name and renamed when it is whole, so that one begun by a worker that
died leaves nothing behind, and is done again by another.  The job lies in a file that workers
read, as they read the origins: data that is held by workers is lost with them, and waited for.
"""

from __future__ import annotations

import logging
import os
import pickle
import queue
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vpvkac.model.faults import InputError
from vpvkac.questions.demand.answer import Done, Report, measure
from vpvkac.questions.demand.origins import Partition, Source
from vpvkac.questions.demand.tally import Targets
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    from vpvkac.questions.demand.answer import Write
    from vpvkac.questions.demand.tally import Accounting

_TIMEOUT_S = 30
# How long nothing may be under way, and how often that is looked at.
_IDLE_S, _LOOK_S = 30.0, 1.0
_ROUNDS = 3
_STARTS = 2
_KEPT_BYTES = 256 << 20
# Whose lines no user of ours can act on.
_TALKATIVE = ("asyncio", "bokeh", "distributed", "tornado")
_SILENT = logging.CRITICAL + 1
_SILENT_WORKERS = dict.fromkeys(
    [*_TALKATIVE, "distributed.client", "tornado.application"], "critical"
)


class Job(NamedTuple):
    """What every partition needs; the path becomes a folder of parts."""

    targets: Targets
    source: Source
    writing_to: Callable[[Path], AbstractContextManager[Write]]
    path: Path


@contextmanager
def cluster(address: str, workers: int | None) -> Iterator[Any]:
    """Connect to a scheduler, or start a cluster of processes on this machine.

    The address "local" is a cluster of our own, reached over the loopback alone, of so many
    processes, else one per core.  Raises InputError if Dask is not installed or does not answer.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise _error(
            Message("needs Dask, which is not installed"),
            Message("install it: pip install 'vpvkac[dask]'"),
        ) from None
    with _silence(), ExitStack() as stack:
        if address == "local":
            own = stack.enter_context(_started(distributed, workers or os.cpu_count() or 1))
            address = own.scheduler_address
        try:
            client = distributed.Client(address, timeout=_TIMEOUT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise _error(
                Message("does not answer ({reason})", reason=_reason(error)),
                Message("check the address, e.g. tcp://10.0.0.1:8786, or write local"),
                address,
            ) from None
        yield stack.enter_context(client)


def _started(distributed: Any, workers: int) -> Any:
    """Start a cluster; begin anew where a worker dies before it has begun."""
    dask: Any = import_module("dask")
    environ = "distributed.nanny.pre-spawn-environ."
    settings = {
        f"{environ}DASK_DISTRIBUTED__LOGGING": repr(_SILENT_WORKERS),
        # Dask gives memory back at every turn; a chunk's arrays are wanted again by the next.
        f"{environ}MALLOC_TRIM_THRESHOLD_": _KEPT_BYTES,
    }
    for _ in range(_STARTS):
        try:
            with dask.config.set(settings):
                return distributed.LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    host="127.0.0.1",
                    dashboard_address=None,
                    # Dask's page of health is served in any case: at a port that nobody uses.
                    scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
                    silence_logs=_SILENT,
                )
        except (OSError, RuntimeError) as error:
            reason = _reason(error)
    raise _error(
        Message("cannot start its workers ({reason})", reason=reason),
        Message("try with fewer of them: --workers"),
    )


@contextmanager
def _silence() -> Iterator[None]:
    """Keep the lines that Dask logs in this process from the terminal."""
    names = [
        *_TALKATIVE,
        *(name for name in logging.root.manager.loggerDict if name.startswith(_TALKATIVE)),
    ]
    usual = {logger: logger.level for logger in map(logging.getLogger, names)}
    for logger in usual:
        logger.setLevel(_SILENT)
    try:
        yield
    finally:
        for logger, level in usual.items():
            logger.setLevel(level)


def work_on(client: Any, job: Job, report: Report) -> Done:
    """Do all partitions on a `distributed.Client`, and add up what came of them in their order.

    The job's folder holds a file for each partition at the end and nothing else.  Raises
    InputError if a partition is not of its form, or workers died on it again and again; OSError
    if a worker cannot write.
    """
    job.path.mkdir()
    file = job.path / f".job-{uuid.uuid4().hex}"
    file.write_bytes(pickle.dumps(job))
    parts = list(job.source.partitions())
    whole = Done.nothing(job.targets)
    accounts: dict[int, Accounting] = {}
    for _ in range(_ROUNDS):
        left = {number: part for number, part in enumerate(parts) if number not in accounts}
        for number, done in _results(client, file, left):
            # Tallies may be added in any order, the first row of a remark may not.
            whole.tally.merge(done.tally)
            accounts[number] = done.accounting
            report(sum(each.read for each in accounts.values()), len(accounts) / len(parts))
    if len(accounts) < len(parts):
        raise _died()
    for number in range(len(parts)):
        whole.accounting.add(accounts[number])
    # What workers that died had begun.
    for path in set(job.path.iterdir()) - {_part(job.path, number) for number in accounts}:
        path.unlink(missing_ok=True)
    return whole


def _results(client: Any, job: Path, parts: Mapping[int, Partition]) -> Iterator[tuple[int, Done]]:
    """Give what is done as it is done; what was lost with a worker is left out."""
    distributed: Any = import_module("distributed")
    lost = (distributed.CancelledError, distributed.comm.CommClosedError)
    failed: Exception | None = None
    try:
        # Writing is an effect: the same call twice is not one.
        futures = client.map(_work, list(parts), list(parts.values()), job=str(job), pure=False)
        number_of = dict(zip((future.key for future in futures), parts, strict=True))
        for future in _ended(client, futures):
            if future.status == "error" and not isinstance(future.exception(), lost):
                failed = future.exception()
                break
            # Its worker may die before the result is fetched, and the data with it.
            with suppress(*lost, distributed.scheduler.KilledWorker):
                yield number_of[future.key], future.result(timeout=_TIMEOUT_S)
    except (OSError, *lost):
        # Of files only the work itself tells; what is raised here is the network's.
        raise _died() from None
    if isinstance(failed, distributed.scheduler.KilledWorker):
        raise _died()
    if failed is not None:
        raise failed


def _ended(client: Any, futures: list[Any]) -> Iterator[Any]:
    """Give futures as they end, in whatever way; end where nothing is under way any more."""
    ended: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for future in futures:
        future.add_done_callback(ended.put)
    left, busy = len(futures), time.monotonic()
    while left:
        try:
            future = ended.get(timeout=_LOOK_S)
        except queue.Empty:
            under_way = client.sync(client.scheduler.processing, callback_timeout=_TIMEOUT_S)
            if any(under_way.values()):
                busy = time.monotonic()
            elif time.monotonic() - busy > _IDLE_S:
                client.cancel(futures, force=True)
                return
        else:
            left, busy = left - 1, time.monotonic()
            yield future


@lru_cache(maxsize=1)
def _read(file: str) -> Job:
    job: Job = pickle.loads(Path(file).read_bytes())  # noqa: S301 - our own, written for this run
    return job


def _work(number: int, part: Partition, job: str) -> Done:
    """Do a partition on a worker."""
    targets, source, writing_to, folder = _read(job)
    whole = _part(folder, number)
    unfinished = folder / f".{whole.name}-{uuid.uuid4().hex}"
    try:
        with writing_to(unfinished) as write:
            done = measure(targets, source, part, write)
        unfinished.replace(whole)
    finally:
        unfinished.unlink(missing_ok=True)
    return done


def _part(folder: Path, number: int) -> Path:
    return folder / f"part-{number:05d}.parquet"


def _reason(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__


def _error(problem: Text, remedy: Text, value: str | None = None) -> InputError:
    return InputError.of("--dask", problem, remedy, value=value)


def _died() -> InputError:
    return _error(
        Message("had workers that stopped again and again before their work was done"),
        Message("give them more memory, or run without --dask"),
    )
