"""A folder to work in that one process alone uses at a time.

The folder has a fixed name, and in it lies a file that the operating system
locks for as long as the process lives: a second process is told who is at
work, and what a dead one left is settled and cleared by the next.
"""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Message

_LOCK = "lock"
# Bytes that Windows locks cannot be read: the lock stands where nothing is written.
_LOCKED_BYTE = 1 << 30
_TRIES = 100
_HELD = Message("is being written by another vpvkac ({who})")
_WAIT = Message("wait until it has ended, or name another folder")
_WHO = Message("process {pid} on {host} since {since}")
_NOBODY = Message("process not known")


class OutputError(OSError):
    """Outputs cannot be put where they are wanted; what was there is as it was.

    `faults` tell what stands in the way, and what to do.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(fault.sentence("en") for fault in faults))
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[type[OutputError], tuple[tuple[Fault, ...]]]:
        """Go from one process to another by the faults."""
        return type(self), (self.faults,)


@contextmanager
def workplace(
    place: Path, shown: str, settle: Callable[[Path], None] = lambda _place: None
) -> Iterator[Path]:
    """Give an empty folder that no other process uses meanwhile; it is gone at the end.

    `shown` is what it is for, as the user named it; its parent is there.  `settle` is called
    before the folder is emptied, at the beginning and at the end, so that what was broken off half
    way is taken back; where it fails, the folder stays for the next process to settle.  Raises
    OutputError if a living process uses it, OSError if it cannot be made.
    """
    lock = _locked(place, shown)
    try:
        settle(place)
        _empty(place)
        lock.truncate(0)
        since = dt.datetime.now().astimezone().isoformat(" ", "seconds")
        lock.write(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}))
        lock.flush()
        yield place
    finally:
        try:
            settle(place)
            with suppress(OSError):  # what is done stands; the next process clears what is left
                _empty(place)
        finally:
            _release(place, lock)


def _locked(place: Path, shown: str) -> IO[str]:
    """Make the folder and lock it; begin anew where its last holder removes it meanwhile."""
    for _ in range(_TRIES):
        with suppress(FileExistsError):
            place.mkdir()
        # One of this name that is somebody's own is refused: all in it would be removed.
        if place.is_symlink() or not place.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(place))
        if not (place / _LOCK).exists() and any(place.iterdir()):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place))
        try:
            lock = (place / _LOCK).open("a+", encoding="utf-8")
        except FileNotFoundError:
            continue
        try:
            _take(lock)
        except (BlockingIOError, PermissionError):
            problem = _HELD.with_values(who=_who(lock))
            lock.close()
            raise OutputError([Fault("error", shown, problem, _WAIT)]) from None
        except OSError:
            lock.close()
            raise
        with suppress(FileNotFoundError):
            if os.path.samestat((place / _LOCK).stat(), os.fstat(lock.fileno())):
                return lock
        lock.close()
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(place))


def _take(lock: IO[str]) -> None:
    """Lock a file, or raise where another process has it."""
    if sys.platform == "win32":
        import msvcrt

        lock.seek(_LOCKED_BYTE)
        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def _release(place: Path, lock: IO[str]) -> None:
    """Remove the lock, then the folder unless something of it must stay."""
    with suppress(OSError):
        if sys.platform == "win32":  # an open file cannot be removed
            lock.close()
        # Removed before it is released: none but its holder may remove it.
        if not any(entry.name != _LOCK for entry in place.iterdir()):
            (place / _LOCK).unlink()
            place.rmdir()
    with suppress(OSError):
        lock.close()


def _empty(place: Path) -> None:
    for entry in place.iterdir():
        if entry.name == _LOCK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _who(lock: IO[str]) -> Message:
    try:
        lock.seek(0)
        holder = json.loads(lock.read(1000))
        return _WHO.with_values(pid=holder["pid"], host=holder["host"], since=holder["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return _NOBODY
