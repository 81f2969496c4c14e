"""Staging: files are written beside their folder and moved in when all are whole."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.model.faults import Fault
from vpvkac.render.moving import NEW, mounts, move_in, settle
from vpvkac.render.ours import planned
from vpvkac.render.workplace import OutputError, workplace
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.project import Project

_BESIDE, _WITHIN = ".{}-vpvkac", ".vpvkac"
_NOT_MOVED = Message("cannot be replaced ({})")
_FREE_IT = Message("all is as it was; close it in other programs, or allow it to be changed")


@contextmanager
def staged(
    out: str | Path,
    *,
    inputs: Sequence[Path] = (),
    sometimes: Sequence[str] = (),
    always: Sequence[str] = (),
) -> Iterator[Path]:
    """Give an empty folder to write into; what it holds at the end is moved into `out`.

    All of it in one step where the system can (`moving`).  Where the writing
    fails, or the process is ended, `out` is as it was.  Files that the same
    command wrote the last time and not now are removed; all others stay.

    Parameters
    ----------
    out
        The folder; made if it is not there.
    inputs
        Files that must stay as they are (`files_of`).
    sometimes
        Patterns of what the command writes on some runs and not on others.
    always
        Files whose names alone make them ours; others are told by `ours`.

    Raises
    ------
    OutputError
        If a file that is not ours stands in the way, or another process is writing there.
    OSError
        If the folder cannot be written.
    """
    # A link is followed, so that staging lies on the same disk as the folder itself.
    folder = Path(os.path.realpath(out))
    if os.path.lexists(folder) and not stat.S_ISDIR(folder.stat().st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(out))
    with _parents_made(folder), _place(folder, str(out)) as place:
        new = place / NEW
        new.mkdir()
        if folder.is_dir():
            # What is made in it inherits the group and the access lists of a shared folder.
            with suppress(OSError):
                shutil.copystat(folder, new)
                if sys.platform != "win32":
                    os.chown(new, -1, folder.stat().st_gid)
        yield new
        change = planned(folder, new, str(out), inputs=inputs, sometimes=sometimes, always=always)
        try:
            move_in(place, folder, change, inputs)
        except OSError as error:
            raise OutputError([_not_moved(out, folder, error)]) from error


def files_of(project: Project) -> tuple[Path, ...]:
    """Give the project file and every file that it names: nothing is written over them."""
    return (project.path, *(source.path for source in project.files))


def write_text(file: Path, text: str) -> None:
    """Write a text as UTF-8 with LF, in a folder that is made if it is not there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def _place(folder: Path, shown: str) -> Iterator[Path]:
    """Give a folder to stage in on the folder's own disk, which no other process uses.

    It lies beside the folder; within it where that is a mount point, or where
    nothing may be written beside it.
    """
    within = folder / _WITHIN
    if within.exists():  # what a dead process left, or a living one uses
        with workplace(within, shown, partial(settle, folder)):
            pass
    with ExitStack() as stack:
        yield _entered(stack, folder, shown)


def _entered(stack: ExitStack, folder: Path, shown: str) -> Path:
    beside, settled = folder.with_name(_BESIDE.format(folder.name)), partial(settle, folder)
    if not (os.path.ismount(folder) or folder in mounts()):
        try:
            return stack.enter_context(workplace(beside, shown, settled))
        except OutputError:
            raise
        except OSError:
            # One that is there may hold what was broken off, and nothing is written before that
            # is settled.
            if os.path.lexists(beside) or not folder.is_dir():
                raise
    return stack.enter_context(workplace(folder / _WITHIN, shown, settled))


def _not_moved(out: str | Path, folder: Path, error: OSError) -> Fault:
    """Name the file of the folder that could not be replaced."""
    named = [Path(os.fsdecode(name)) for name in (error.filename, error.filename2) if name]
    inside = [path.relative_to(folder) for path in named if path.is_relative_to(folder)]
    reason = error.strerror or type(error).__name__
    problem = _NOT_MOVED.with_values(reason)
    return Fault("error", str(Path(out, *inside[:1])), problem, _FREE_IT)


@contextmanager
def _parents_made(folder: Path) -> Iterator[None]:
    """Make the folders above, and remove them again where nothing came into them."""
    missing = [parent for parent in folder.parents if not parent.exists()]
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        for parent in missing:
            with suppress(OSError):
                parent.rmdir()
