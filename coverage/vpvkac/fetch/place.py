"""Putting what was fetched in its place: all files of a source and its entry in the lock, or none.

The files move in one step where the system can (`outputs.moving`), so that a
new `.shp` never lies beside an old `.dbf`.  What is about to be placed is
written down first; where the process dies before the lock tells of it, the
next fetch completes the lock, or takes back what was broken off.  One process
places at a time, and reads the lock anew before it changes its own entry.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path, PurePosixPath

from vpvkac.fetch.exchange import refusal
from vpvkac.render.staging import NEW, Change, move_in, settle
from vpvkac.render.workplace import OutputError, workplace
from vpvkac.sources import lock
from vpvkac.sources.catalogue import BY_NAME, RAW, Source
from vpvkac.texts.message import Message

_STAGING, _PLACING = ".fetch-{}", ".fetch"
_PENDING = "pending.json"
_STALE_AFTER = 24 * 3600
# Placing takes a moment; whoever holds it longer is not waited for.
_LONGEST_HELD, _ASK_EVERY = 30.0, 0.05
# A dead process's folder is cleared in less, and this is what is seen of one that is just going.
_CLEARED_IN = 1.0
_LEAVING = (FileExistsError, FileNotFoundError, NotADirectoryError)


@contextmanager
def staging(folder: Path, source: Source) -> Iterator[Path]:
    """Give a folder for the downloads of a source, on the disk of the files.

    No other process uses it; it goes when all is done or failed, and with it
    what processes that died have left.

    Raises
    ------
    OutputError
        If another process is fetching the same source.
    OSError
        If it cannot be made.
    """
    base = _base(folder)
    for name in BY_NAME:
        left = base / _STAGING.format(name)
        if name != source.name and left.is_dir():
            with suppress(OSError), workplace(left, source.file):
                pass
    # Earlier versions staged among the files, without a sign of life.
    for left in (folder / RAW).glob(_STAGING.format("*")):
        if time.time() - left.stat().st_mtime > _STALE_AFTER:
            shutil.rmtree(left, ignore_errors=True)
    own = partial(workplace, base / _STAGING.format(source.name), source.file)
    with _entered(own, _CLEARED_IN) as place:
        yield place


def complete_lock(folder: Path) -> dict[str, lock.Entry]:
    """Read the lock, after completing or taking back what a process that died was placing.

    Raises
    ------
    InputError
        If the lock cannot be read.
    OSError
        If it cannot be settled.
    """
    if (folder / RAW).is_dir() and (_base(folder) / _PLACING).exists():
        with _held(folder):
            pass
    return lock.read(folder)


def put(source: Source, folder: Path, staged: Path, entry: lock.Entry) -> None:
    """Put the staged files of a source in their place, and its entry into the lock.

    Raises
    ------
    RefusedError
        If a file in the way was changed by hand, or put there.
    InputError
        If the lock cannot be read.
    OSError
        If files or lock cannot be written; files are then as they were, or all new.
    """
    with _held(folder) as place:
        known = lock.read(folder).get(source.name)
        before = own_files(known) if known is not None else {}
        check_unchanged(folder, entry.files, before)
        new = place / NEW
        new.mkdir()
        for path in entry.files:
            name = PurePosixPath(path).name
            (staged / name).replace(new / name)
        # A part that the new shapefile lacks would be read as its own.
        parts = [path for path in before.keys() - entry.files.keys() if _is_part(path, source)]
        gone = [PurePosixPath(path).name for path in sorted({*parts, *entry.files})]
        raw = _raw(folder)
        change = Change(
            [PurePosixPath(path).name for path in entry.files],
            [name for name in gone if (raw / name).is_file()],
        )
        _write_pending(place, source.name, entry)
        move_in(place, raw, change)


def check_unchanged(folder: Path, wanted: Mapping[str, str], before: Mapping[str, str]) -> None:
    """Refuse to overwrite what a person has changed or put there.

    Raises
    ------
    RefusedError
        If a file is neither the one known nor the one wanted.
    """
    for path, new in wanted.items():
        there = folder / path
        if there.exists() and file_sha256(there) not in {before.get(path), new}:
            raise refusal(
                path,
                Message("was changed by hand, or was not downloaded by fetch"),
                Message("rename or delete it, then fetch again"),
            )


def file_sha256(file: Path) -> str:
    """Hash a file."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def has_files(folder: Path, files: Mapping[str, str]) -> bool:
    """Tell whether local files are there, and have these sums."""
    return all(
        (folder / path).is_file() and file_sha256(folder / path) == wanted
        for path, wanted in files.items()
    )


def own_files(known: lock.Entry) -> dict[str, str]:
    """Give the files of an entry that lie where files are fetched to, whatever the lock says."""
    return {
        path: wanted
        for path, wanted in known.files.items()
        if PurePosixPath(path).parent == PurePosixPath(RAW)
    }


def _raw(folder: Path) -> Path:
    # A link is followed, so that all lies on the same disk as the files themselves.
    return Path(os.path.realpath(folder / RAW))


def _base(folder: Path) -> Path:
    """Choose where to stage: beside the files, or among them where that is another disk."""
    (folder / RAW).mkdir(exist_ok=True)
    raw = _raw(folder)
    beside = raw.parent
    one_disk = beside.stat().st_dev == raw.stat().st_dev and not os.path.ismount(raw)
    return beside if one_disk and os.access(beside, os.W_OK | os.X_OK) else raw


@contextmanager
def _held(folder: Path) -> Iterator[Path]:
    """Hold files and lock against other processes, waiting until the one at work is done."""
    place = partial(workplace, _base(folder) / _PLACING, lock.LOCK_FILE, partial(_settle, folder))
    with _entered(place, _LONGEST_HELD) as held:
        yield held


@contextmanager
def _entered(place: Callable[[], AbstractContextManager[Path]], patience: float) -> Iterator[Path]:
    """Enter a workplace, waiting so many seconds for another process to leave it."""
    begun = time.monotonic()
    with ExitStack() as stack:
        while True:
            try:
                held = stack.enter_context(place())
                break
            except (OutputError, *_LEAVING) as error:
                bound = patience if isinstance(error, OutputError) else _CLEARED_IN
                if time.monotonic() - begun > bound:
                    raise
                time.sleep(_ASK_EVERY)
        yield held


def _settle(folder: Path, place: Path) -> None:
    """Bring files and lock into one state, all old or all new."""
    settle(_raw(folder), place)
    pending = place / _PENDING
    if not pending.is_file():
        return
    entries: dict[str, lock.Entry] = {}
    with suppress(*lock.UNREADABLE):
        entries = lock.parse(json.loads(pending.read_text(encoding="utf-8")))
    for name, entry in entries.items():
        if has_files(folder, own_files(entry)):
            _write_entry(folder, name, entry)
    pending.unlink()


def _write_pending(place: Path, name: str, entry: lock.Entry) -> None:
    half = place / f"{_PENDING}.part"
    half.write_text(lock.render({name: entry}), encoding="utf-8")
    half.replace(place / _PENDING)


def _write_entry(folder: Path, name: str, entry: lock.Entry) -> None:
    entries = lock.read(folder)
    if entries.get(name) != entry:
        lock.write(folder, entries | {name: entry})


def _is_part(path: str, source: Source) -> bool:
    return PurePosixPath(path).stem == source.name
