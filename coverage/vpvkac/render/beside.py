"""Two processes: part of the writing is done in one of its own while this one goes on."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")


def processors() -> int:
    """Count the processors that this process may use, where it can be copied: on Linux alone."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


@contextmanager
def beside(work: Callable[[], T], processes: int) -> Iterator[Callable[[], T]]:
    """Do work in a copy of this process while the body runs; what is given waits for its result.

    With one process the work is done when its result is asked for.  What the work raises is raised
    there; where the body fails, the copy is ended.
    """
    if processes == 1:
        yield work
        return
    # A copy knows all tables; another process would have to be told them, and load the program.
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(work, sender), daemon=True)
    process.start()
    sender.close()
    try:
        yield partial(_received, receiver)
    finally:
        process.kill()
        process.join()
        receiver.close()


def _send(work: Callable[[], T], sender: Connection) -> None:
    # The first process says what an interruption means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        sender.send((work(), None))
    except Exception as error:  # noqa: BLE001 - raised where the result is asked for
        error.add_note(traceback.format_exc())
        sender.send((None, error))


def _received(receiver: Connection) -> Any:
    try:
        result, error = receiver.recv()
    except EOFError:
        raise ChildProcessError("the process that writes beside this one was ended") from None
    if error is not None:
        raise error
    return result
