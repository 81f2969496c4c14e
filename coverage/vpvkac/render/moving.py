"""Moving new files into a folder, so that it holds one run or the other, never a mixture.

There are two ways.

By *exchange*, where the system can: beside the folder a second one is made
whole, of the new files and of hard links to every file that stays, and the
two change places in one step (`renameat2` with `RENAME_EXCHANGE`, Linux).
Whoever looks sees the old run or the new, and so does whoever looks after the
process was killed.  What came into the old folder at the last moment is
carried over before that is removed.

By *journal*, everywhere else: what will be moved is written down first; a
step that fails, and a process that dies, is taken back, the latter by the
next command that writes into the folder.  Until then a reader may meet a
mixture.  So it goes where the file system knows no exchange or no hard links;
where the folder is a mount point or holds one; where we stand in it (a shell
there would stay behind in the old folder), it holds an input of the project,
or many files of others (`_MOST_LEAVES`); where it is another user's; and where
something of ours in it is locked, which is then an error and no change.

A folder that is not there yet is renamed into its place, in one step on every
system.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from vpvkac.render.ours import Change, leaves, parents

NEW = "new"
_OLD, _JOURNAL, _PROBE = "old", "journal.json", "probe"
# A folder with more than this is no folder of outputs, but somebody's home, say.
_MOST_LEAVES = 5_000
_MOUNTS = Path("/proc/self/mountinfo")
_RENAME_EXCHANGE = 2


def move_in(place: Path, folder: Path, change: Change, inputs: Iterable[Path] = ()) -> None:
    """Put the files of `place / NEW` into a folder; all of them, or none.

    Parameters
    ----------
    place
        A `workplace` on the folder's own disk; `settle` is called on it next, whether this fails
        or not.
    folder
        Where the files go.
    change
        `ours.planned`.
    inputs
        Files of the project.

    Raises
    ------
    OSError
        If a file cannot be moved; the path that it names is within the folder.
    """
    if not os.path.lexists(folder):
        (place / NEW).rename(folder)
        return
    if _may_be_exchanged(place, folder, inputs):
        with suppress(OSError):
            if _exchanged(place, folder, change):
                return
        (place / _JOURNAL).unlink(missing_ok=True)
    _write_journal(place, change._asdict())
    for file in change.dropped:
        _move(folder, place / _OLD, file)
    _prune(folder, change.dropped)
    for file in change.put:
        _move(place / NEW, folder, file)
    (place / _JOURNAL).unlink()


def settle(folder: Path, place: Path) -> None:
    """Bring a folder into one state, old or new, where a move was broken off; else do nothing."""
    try:
        journal = json.loads((place / _JOURNAL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return
    if "exchanged" not in journal:
        _take_back(place, folder, **journal)
    elif folder.exists() and folder.stat().st_ino == journal["exchanged"]:
        _carry_late(place / NEW, folder, set(journal["dropped"]))
    (place / _JOURNAL).unlink()


def _take_back(place: Path, folder: Path, *, put: list[str], dropped: list[str]) -> None:
    # A new file that is still in its place was not moved: what bears its name is an old one.
    moved = [file for file in put if not os.path.lexists(place / NEW / file)]
    for file in moved:
        if os.path.lexists(folder / file):
            _move(folder, place / NEW, file)
    _prune(folder, put)
    for file in dropped:
        if os.path.lexists(place / _OLD / file):
            _move(place / _OLD, folder, file)


def _move(source: Path, target: Path, file: str) -> None:
    (target / file).parent.mkdir(parents=True, exist_ok=True)
    (source / file).replace(target / file)


def _prune(folder: Path, files: Iterable[str]) -> None:
    """Remove the folders that the files lay in, as far as they are empty."""
    inside = {parent for file in files for parent in parents(file)}
    for parent in sorted(inside, reverse=True):
        with suppress(OSError):
            (folder / parent).rmdir()


def _write_journal(place: Path, content: dict[str, Any]) -> None:
    half = place / f"{_JOURNAL}.part"
    with half.open("w", encoding="utf-8") as opened:
        json.dump(content, opened)
        opened.flush()
        os.fsync(opened.fileno())
    half.replace(place / _JOURNAL)


def _exchanged(place: Path, folder: Path, change: Change) -> bool:
    """Make the new folder whole and exchange it with the old; False where that cannot be."""
    new, there = place / NEW, folder.stat()
    inside = list(leaves(folder))
    gone = set(change.dropped)
    for leaf in gone.intersection(inside):
        _probe(folder / leaf, place)
    for leaf in inside:
        if leaf not in gone:
            _carry(folder, new, leaf)
    shutil.copystat(folder, new)
    os.utime(new)
    os.chown(new, there.st_uid, there.st_gid)
    _write_journal(place, {"exchanged": new.stat().st_ino, "dropped": change.dropped})
    return _exchange(new, folder)


def _probe(file: Path, place: Path) -> None:
    """Raise where a file is locked (immutable, say): its owner does not want it replaced."""
    os.link(file, place / _PROBE, follow_symlinks=False)
    (place / _PROBE).unlink()


def _carry(old: Path, new: Path, leaf: str) -> None:
    """Link a file that stays into the new folder; its folders are made as they were."""
    for parent in parents(leaf):
        _make_alike(old / parent, new / parent)
    if (old / leaf).is_dir() and not (old / leaf).is_symlink():
        _make_alike(old / leaf, new / leaf)
    else:
        os.link(old / leaf, new / leaf, follow_symlinks=False)


def _make_alike(old: Path, new: Path) -> None:
    if not new.exists():
        new.mkdir()
        shutil.copystat(old, new)


def _carry_late(old: Path, new: Path, dropped: set[str]) -> None:
    """Move over what came into the old folder, or was replaced there, after it was read."""
    for leaf in list(leaves(old)):
        if leaf in dropped:
            continue
        at, target = old / leaf, new / leaf
        if at.is_dir() and not at.is_symlink():
            target.mkdir(parents=True, exist_ok=True)
        elif not (os.path.lexists(target) and os.path.samestat(at.lstat(), target.lstat())):
            _move(old, new, leaf)


def _may_be_exchanged(place: Path, folder: Path, inputs: Iterable[Path]) -> bool:
    if place.parent != folder.parent or not sys.platform.startswith("linux"):
        return False
    here, owner = Path(os.path.realpath(os.curdir)), folder.stat().st_uid
    stands = [here, *(Path(os.path.realpath(file)) for file in inputs), *mounts()]
    return (
        not any(path.is_relative_to(folder) for path in stands)
        and os.geteuid() in {0, owner}
        and _is_small(folder)
    )


def _is_small(folder: Path) -> bool:
    """Tell whether a folder holds few files, and every folder in it can be changed."""
    count = 0
    for parent, _, files in os.walk(folder):
        count += 1 + len(files)
        if count > _MOST_LEAVES or not os.access(parent, os.R_OK | os.W_OK | os.X_OK):
            return False
    return True


def mounts() -> list[Path]:
    """Give every mount point; none where the system does not tell."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    # Blanks and such are written as three octal digits.
    return [Path(_unescaped(line.split(" ")[4])) for line in lines]


def _unescaped(text: str) -> str:
    for char in " \t\n\\":
        text = text.replace(f"\\{ord(char):03o}", char)
    return text


def _exchange(first: Path, second: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    here = -100  # AT_FDCWD: paths are absolute
    paths = os.fsencode(first), os.fsencode(second)
    return bool(renameat2(here, paths[0], here, paths[1], _RENAME_EXCHANGE) == 0)
