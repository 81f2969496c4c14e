"""The record of what the program wrote into a folder, so that it never touches anything else.

`.vpvkac.json` lists the files of each command.  A file that it does not list
is somebody's own: it stays, and where one of ours would have to stand in its
place, nothing is written.  What an earlier version wrote is known by its
`run.json`, or by the heading of its table.
"""

from __future__ import annotations

import json
import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.faults import Fault
from vpvkac.language import Text
from vpvkac.outputs.workplace import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

RECORD = ".vpvkac.json"
_RUN_FILE = "run.json"
_PROGRAM = "vpvkac"
_LONGEST_HEADING = 10_000
_FOREIGN = Text(
    "nav vpvkac veidota, un jaunā izvade to pārrakstītu",
    "was not made by vpvkac, and an output would replace it",
)
_INPUT = Text(
    "ir projekta ievade, un jaunā izvade to pārrakstītu",
    "is an input of the project, and an output would replace it",
)
_ELSEWHERE = Text(
    "norādiet citu mapi (--out) vai pārvietojiet šo",
    "name another folder (--out), or move this one away",
)


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
    command: str,
    *,
    inputs: Iterable[Path] = (),
    sometimes: Sequence[str] = (),
    shown: str,
) -> Change:
    """Tell what becomes of a folder's files, and add the new record to the new ones.

    Parameters
    ----------
    folder, new
        Where the files go, and where they are now.
    command
        Whose files they are.
    inputs
        Files that must stay as they are.
    sometimes
        Patterns of what the command writes on some runs only, to find what an
        earlier version, which kept no record, wrote.
    shown
        The folder as the user named it.

    Raises
    ------
    OutputError
        If a file that is not ours, or an input, stands in the way.
    """
    record = _read(folder / RECORD)
    put = sorted(leaves(new))
    last = record.get(command)
    if last is None:
        last = _of_earlier_version(folder, new, put, sometimes)
    record = {
        name: [file for file in files if _is_in(folder, file)] for name, files in record.items()
    }
    record[command] = put
    _write(new / RECORD, record)
    put.append(RECORD)
    kept = _identities(inputs)
    own = [file for file in dict.fromkeys([*last, RECORD]) if _is_in(folder, file)]
    dropped = [file for file in own if not _is_among(folder / file, kept)]
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
            _INPUT if _is_among(folder / file, inputs) else _FOREIGN,
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


def _identities(files: Iterable[Path]) -> set[tuple[int, int]]:
    return {found for file in files if (found := _identity(file)) is not None}


def _is_among(file: Path, identities: set[tuple[int, int]]) -> bool:
    return _identity(file) in identities


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        there = file.stat()
    except (OSError, ValueError):
        return None
    return there.st_dev, there.st_ino


def _read(file: Path) -> dict[str, list[str]]:
    """Read the record; one that is not there, or not of its form, names no file."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return {
            str(name): [one for one in files if _is_inside(one)] for name, files in content.items()
        }
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return {}


def _is_inside(file: object) -> bool:
    path = PurePosixPath(file) if isinstance(file, str) else None
    return (
        path is not None and not path.is_absolute() and bool(path.parts) and ".." not in path.parts
    )


def _write(file: Path, record: Mapping[str, list[str]]) -> None:
    content = {name: record[name] for name in sorted(record)}
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8", newline="\n")


def _of_earlier_version(
    folder: Path, new: Path, put: Sequence[str], sometimes: Sequence[str]
) -> list[str]:
    if not (_has_run(folder, put) or _has_table(folder, new, put)):
        return []
    found = (
        path.relative_to(folder).as_posix() for some in sometimes for path in folder.glob(some)
    )
    return [*put, *found]


def _has_run(folder: Path, put: Sequence[str]) -> bool:
    if _RUN_FILE not in put:
        return False
    try:
        run = json.loads((folder / _RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(run, dict) and run.get("program") == _PROGRAM


def _has_table(folder: Path, new: Path, put: Sequence[str]) -> bool:
    """Tell whether a table there has the heading of the new one; columns are added at its end."""
    return any(
        (old := _heading(folder / file)) and _heading(new / file).startswith(old)
        for file in put
        if file.endswith(".csv")
    )


def _heading(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.readline(_LONGEST_HEADING).rstrip(b"\r\n")
    except OSError:
        return b""
