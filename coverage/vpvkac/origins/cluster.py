"""The work on Dask: partitions side by side, each written as a part of its own.

A part is written beside its name and renamed when it is whole, so that one
begun by a worker that died leaves nothing behind, and is done again by another.
"""

from __future__ import annotations

import logging
import os
import uuid
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from vpvkac.faults import Fault, InputError
from vpvkac.language import Text
from vpvkac.origins.output import writing_to
from vpvkac.origins.partition import nothing_done, work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from vpvkac.origins.chunk import Partition
    from vpvkac.origins.partition import Done, Job
    from vpvkac.origins.remarks import Remarks

LOCAL = "local"
_TIMEOUT_S = 30
_ROUNDS = 3
_DASK = "--dask"


@contextmanager
def cluster(address: str, workers: int | None) -> Iterator[Any]:
    """Connect to a scheduler, or start a cluster of processes on this machine.

    Parameters
    ----------
    address
        Of the scheduler; `LOCAL` for a cluster of our own, reached over the
        loopback alone.
    workers
        Its processes; None for one per core.

    Raises
    ------
    InputError
        If Dask is not installed or does not answer.
    """
    try:
        distributed: Any = import_module("distributed")
    except ImportError:
        raise InputError([_not_installed()]) from None
    if address != LOCAL:
        try:
            client = distributed.Client(address, timeout=_TIMEOUT_S, set_as_default=False)
        except (OSError, ValueError) as error:
            raise InputError([_no_answer(address, error)]) from None
        with client:
            yield client
        return
    with (
        distributed.LocalCluster(
            n_workers=workers or os.cpu_count() or 1,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.ERROR,
        ) as own,
        distributed.Client(own, set_as_default=False) as client,
    ):
        yield client


def work_on(client: Any, job: Job, told: Callable[[int, float], None]) -> Done:
    """Do all partitions on a cluster, and add up what came of them in their order.

    Parameters
    ----------
    client
        A `distributed.Client`.
    job
        Its path is made a folder, and holds a file for each partition at the end and nothing else.
    told
        Called after each partition with the rows read so far and the share done.

    Raises
    ------
    InputError
        If a partition is not of its form, or workers died on it again and again.
    OSError
        If a worker cannot write.
    """
    job.path.mkdir()
    parts = list(job.source.partitions())
    whole = nothing_done(job.ground)
    told_of: dict[int, Remarks] = {}
    for _ in range(_ROUNDS):
        left = {number: part for number, part in enumerate(parts) if number not in told_of}
        for number, done in _results(client, job, left):
            # Tallies may be added in any order, the first row of a remark may not.
            whole.tally.merge(done.tally)
            told_of[number] = done.remarks
            told(sum(each.read for each in told_of.values()), len(told_of) / len(parts))
    if len(told_of) < len(parts):
        raise InputError([_died()])
    for number in range(len(parts)):
        whole.remarks.add(told_of[number])
    if not parts:
        _write_nothing(job)
    _clear(job.path, max(len(parts), 1))
    return whole


def _results(client: Any, job: Job, parts: Mapping[int, Partition]) -> Iterator[tuple[int, Done]]:
    """Give what is done as it is done; what was lost with a worker's memory is left out."""
    if not parts:
        return
    distributed: Any = import_module("distributed")
    sent = client.scatter(job, broadcast=True, hash=False)
    # Writing is an effect: the same call twice is not one.
    futures = client.map(_work, list(parts), list(parts.values()), job=sent, pure=False)
    number_of = dict(zip((future.key for future in futures), parts, strict=True))
    for future in distributed.as_completed(futures, loop=client.loop):
        if future.status == "finished":
            # Its worker may die before the result is fetched, and the data with it.
            with suppress(distributed.CancelledError):
                yield number_of[future.key], future.result()
        elif future.status == "error":
            error = future.exception()
            if isinstance(error, distributed.KilledWorker):
                raise InputError([_died()])
            raise error


def _work(number: int, part: Partition, job: Job) -> Done:
    """Do a partition on a worker."""
    whole = job.path / _name(number)
    beside = job.path / f".{whole.name}-{uuid.uuid4().hex}"
    try:
        with writing_to(beside, job.columns) as writer:
            done = work(job.ground, job.source, part, writer)
        beside.replace(whole)
    finally:
        beside.unlink(missing_ok=True)
    return done


def _write_nothing(job: Job) -> None:
    """Write a part without rows, so that there is something to read."""
    with writing_to(job.path / _name(0), job.columns):
        pass


def _clear(folder: Path, parts: int) -> None:
    """Remove what workers that died had begun."""
    names = {_name(number) for number in range(parts)}
    for file in folder.iterdir():
        if file.name not in names:
            file.unlink(missing_ok=True)


def _name(number: int) -> str:
    return f"part-{number:05d}.parquet"


def _not_installed() -> Fault:
    return Fault(
        "error",
        _DASK,
        Text("Dask nav uzstādīts", "needs Dask, which is not installed"),
        Text("uzstādiet: pip install 'vpvkac[dask]'", "install it: pip install 'vpvkac[dask]'"),
    )


def _no_answer(address: str, error: Exception) -> Fault:
    reason = str(error).partition("\n")[0] or type(error).__name__
    return Fault(
        "error",
        _DASK,
        Text(f"neatbild ({reason})", f"does not answer ({reason})"),
        Text(
            "pārbaudiet adresi, piemēram tcp://10.0.0.1:8786, vai rakstiet local",
            "check the address, e.g. tcp://10.0.0.1:8786, or write local",
        ),
        value=address,
    )


def _died() -> Fault:
    return Fault(
        "error",
        _DASK,
        Text(
            "darba procesi vairākkārt apstājās, darbu nepabeidzot",
            "had workers that stopped again and again before their work was done",
        ),
        Text("piešķiriet tiem vairāk atmiņas", "give them more memory"),
    )
