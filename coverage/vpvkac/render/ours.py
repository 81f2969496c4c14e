"""Which files of a folder the program made, so that it never touches any other.

`run.json` lists the files of its run; one of an earlier version lists none,
and then those of the contract's names are ours.  The files of another command
are ours where its table bears the heading that it writes.  Any other file is
somebody's own: it stays, and where one of ours would have to stand in its
place, nothing is written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from vpvkac.model.faults import Fault
from vpvkac.render.workplace import OutputError
from vpvkac.texts.message import Message

RUN_FILE, FILES = "run.json", "files"
_PROGRAM = "vpvkac"
# So many columns tell a table: later versions add some at its end.
_TELLING = 3
_LONGEST_HEADING = 10_000
_FOREIGN = Message("was not made by vpvkac, and an output would replace it")
_INPUT = Message("is an input of the project, and an output would replace it")
_ELSEWHERE = Message("name another folder (--out), or move this one away")


class Change(NamedTuple):
    """What becomes of a folder's files; paths are relative, with slashes.

    Parameters
    ----------
    put
        Files that are new.
    dropped
        Files of the last run that give way, whether one of `put` takes their place or not.
    """

    put: list[str]
    dropped: list[str]


def planned(
    folder: Path,
    new: Path,
    shown: str,
    *,
    inputs: Iterable[Path] = (),
    sometimes: Sequence[str] = (),
    always: Sequence[str] = (),
) -> Change:
    """Tell what becomes of a folder's files.

    Parameters
    ----------
    folder, new
        Where the files go, and where they are now.
    shown
        The folder as the user named it.
    inputs
        Files that must stay as they are.
    sometimes
        Patterns of what the command writes on some runs and not on others.
    always
        Files whose names alone make them ours.

    Raises
    ------
    OutputError
        If a file that is not ours, or an input, stands in the way.
    """
    put = sorted(leaves(new))
    kept = {found for file in inputs if (found := _identity(file)) is not None}
    last = dict.fromkeys([*_last(folder, new, put, sometimes), *always])
    there = [file for file in last if _is_in(folder, file)]
    dropped = [file for file in there if _identity(folder / file) not in kept]
    _refuse_to_replace(folder, put, set(dropped), kept, shown)
    return Change(put, dropped)


def leaves(folder: Path) -> Iterator[str]:
    """Give every file, link and empty folder beneath a folder; links are not followed."""
    for parent, names, files in os.walk(folder, onerror=_raise):
        inside = PurePosixPath(Path(parent).relative_to(folder).as_posix())
        links = [name for name in names if os.path.islink(os.path.join(parent, name))]  # noqa: PTH114, PTH118
        for name in (*files, *links):
            yield str(inside / name)
        if not names and not files and parent != str(folder):
            yield str(inside)


def parents(file: str) -> Iterator[str]:
    """Give the folders that a file lies in, the outermost first."""
    return reversed([str(parent) for parent in PurePosixPath(file).parents][:-1])


def _raise(error: OSError) -> None:
    raise error


def _refuse_to_replace(
    folder: Path, put: Iterable[str], dropped: set[str], inputs: set[tuple[int, int]], shown: str
) -> None:
    """Refuse, with all that stands in the way, where what stays has the place of a new file."""
    in_the_way = dict.fromkeys(way for file in put for way in _in_the_way(folder, file, dropped))
    faults = [
        Fault(
            "error",
            str(Path(shown, file)),
            _INPUT if _identity(folder / file) in inputs else _FOREIGN,
            _ELSEWHERE,
        )
        for file in in_the_way
    ]
    if faults:
        raise OutputError(faults)


def _in_the_way(folder: Path, file: str, dropped: set[str]) -> Iterator[str]:
    for parent in parents(file):
        at = folder / parent
        if os.path.lexists(at) and not _is_folder(at):
            if parent not in dropped:
                yield parent
            return
    at = folder / file
    if _is_folder(at):
        inside = [str(PurePosixPath(file) / leaf) for leaf in leaves(at)]
        yield from [leaf for leaf in inside or [file] if leaf not in dropped]
    elif os.path.lexists(at) and file not in dropped:
        yield file


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_in(folder: Path, file: str) -> bool:
    """Tell whether a file of the record is still there, and not by way of a link."""
    return all(_is_folder(folder / parent) for parent in parents(file)) and (
        os.path.lexists(folder / file) and not _is_folder(folder / file)
    )


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        there = file.stat()
    except (OSError, ValueError):
        return None
    return there.st_dev, there.st_ino


def _last(folder: Path, new: Path, put: Sequence[str], sometimes: Sequence[str]) -> Iterable[str]:
    """Give what the command wrote the last time, whether it is still there or not."""
    known = (
        path.relative_to(folder).as_posix() for some in sometimes for path in folder.glob(some)
    )
    if RUN_FILE in put:
        run = _run_of(folder / RUN_FILE)
        if run is None:
            return ()
        listed = run.get(FILES)
        if not isinstance(listed, list):
            return (*put, *known)
        return [file for file in listed if _is_inside(file)]
    tables = [file for file in put if file.endswith(".csv")]
    # Tables are alike where they bear the same heading, as far as it tells one.
    alike = any(
        _heading(folder / file)[:_TELLING] == _heading(new / file)[:_TELLING] for file in tables
    )
    return (*put, *known) if alike else ()


def _run_of(file: Path) -> dict[str, Any] | None:
    try:
        run = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return run if isinstance(run, dict) and run.get("program") == _PROGRAM else None


def _is_inside(file: object) -> bool:
    """Tell whether an entry of the list is a path within the folder."""
    path = PurePosixPath(file) if isinstance(file, str) else PurePosixPath()
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _heading(file: Path) -> list[str]:
    try:
        with file.open("rb") as opened:
            return opened.readline(_LONGEST_HEADING).decode().strip().split(",")
    except (OSError, UnicodeDecodeError):
        return []
