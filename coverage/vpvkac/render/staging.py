"""Moving new files into a folder, so that it holds one run or the other, never a mixture.

Files are written beside their folder and moved in when all are whole.  Which files of the folder
the program made, and may replace, is told by `run.json` or by the heading of a command's table;
any other file is somebody's own: it stays, and where one of ours would have to stand in its
place, nothing is written.

By *exchange*, where the system can: beside the folder a second one is made whole, of the new
files and of hard links to every file that stays, and the two change places in one step
(`renameat2` with `RENAME_EXCHANGE`, Linux).  Whoever looks sees the old run or the new, also
after the process was killed.  What came into the old folder at the last moment is carried over.

By *journal*, everywhere else: what will be moved is written down first; a step that fails, and a
process that dies, is taken back, the latter by the next command that writes into the folder.
Until then a reader may meet a mixture.  So it goes without exchange or hard links; where the
folder is or holds a mount point; where we stand in it (a shell there would stay behind in the
old folder), it holds an input, or very many files; where it is another user's.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from vpvkac.model.faults import Fault
from vpvkac.render import navigation
from vpvkac.render.workplace import OutputError, workplace
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.project import Project


NEW = "new"
RUN_FILE, FILES = "run.json", "files"
_BESIDE, _WITHIN = ".{}-vpvkac", ".vpvkac"
_OLD, _JOURNAL, _PROBE = "old", "journal.json", "probe"
# So many columns tell a table: later versions add some at its end.
_TELLING = 3
_LONGEST_HEADING = 10_000
# A folder with more than this is no folder of outputs, but somebody's home, say.
_MOST_LEAVES = 5_000
_MOUNTS = Path("/proc/self/mountinfo")
_RENAME_EXCHANGE, _AT_FDCWD = 2, -100
_FOREIGN = Message("was not made by vpvkac, and an output would replace it")
_INPUT = Message("is an input of the project, and an output would replace it")
_ELSEWHERE = Message("name another folder (--out), or move this one away")
_NOT_MOVED = Message("cannot be replaced ({})")
FREE_IT = Message("all is as it was; close it in other programs, or allow it to be changed")


@contextmanager
def staged(
    out: str | Path,
    *,
    inputs: Sequence[Path] = (),
    sometimes: Sequence[str] = (),
    always: Sequence[str] = (),
) -> Iterator[Path]:
    """Give an empty folder to write into; what it holds at the end is moved into `out`.

    Where the writing fails, or the process is ended, `out` is as it was.  Files that the same
    command wrote the last time and not now are removed; all others stay, and so do the `inputs`
    (`files_of`).  `sometimes` are patterns of what the command writes on some runs and not on
    others; `always` are files whose names alone make them ours.  Raises OutputError if a file that
    is not ours stands in the way, or another process is writing there; OSError if the folder
    cannot be written.
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
        linked = navigation.fill(new, folder, change.dropped)
        change = Change(sorted(change.put + linked), change.dropped + linked)
        try:
            move_in(place, folder, change, inputs)
        except OSError as error:
            # The file of the folder that could not be replaced.
            named = [Path(os.fsdecode(name)) for name in (error.filename, error.filename2) if name]
            inside = [path.relative_to(folder) for path in named if path.is_relative_to(folder)]
            problem = _NOT_MOVED.with_values(error.strerror or type(error).__name__)
            file = str(Path(out, *inside[:1]))
            raise OutputError([Fault("error", file, problem, FREE_IT)]) from error


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

    It lies beside the folder; within it where that is a mount point, or where nothing may be
    written beside it.
    """
    beside, within = _places(folder)
    settled = partial(settle, folder)
    if within.exists():  # what a dead process left, or a living one uses
        with workplace(within, shown, settled):
            pass
    with ExitStack() as stack:
        place = None
        if not (os.path.ismount(folder) or folder in mounts()):
            try:
                place = stack.enter_context(workplace(beside, shown, settled))
            except OutputError:
                raise
            except OSError:
                # One that is there may hold what was broken off, and nothing is written before
                # that is settled.
                if os.path.lexists(beside) or not folder.is_dir():
                    raise
        yield place or stack.enter_context(workplace(within, shown, settled))


def _places(folder: Path) -> tuple[Path, Path]:
    """Give the folders to stage in, beside a folder and within it."""
    return folder.with_name(_BESIDE.format(folder.name)), folder / _WITHIN


def is_settled(folder: Path) -> bool:
    """Tell whether no process is writing into a folder, nor a dead one left anything half done."""
    return not any(map(os.path.lexists, _places(folder)))


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


# --- Which files are ours ------------------------------------------------------------------------


class Change(NamedTuple):
    """What becomes of a folder's files; paths are relative, with slashes.

    New files are `put`; those of the last run that give way, whether one of `put` takes their
    place or not, are `dropped`.
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
    """Tell what becomes of a folder's files when those of `new` come in; arguments as of `staged`.

    Raises OutputError, with all that stands in the way, if what stays has the place of a new file.
    """
    put = sorted(leaves(new))
    kept = {known for file in inputs if (known := _identity(file)) is not None}
    last = dict.fromkeys([*_last(folder, new, put, sometimes), *always])
    # A file of the record counts if it is still there, and not by way of a link.
    there = [
        file
        for file in last
        if all(_is_folder(folder / parent) for parent in parents(file))
        and os.path.lexists(folder / file)
        and not _is_folder(folder / file)
    ]
    dropped = [file for file in there if _identity(folder / file) not in kept]
    gone = set(dropped)
    in_the_way = dict.fromkeys(way for file in put for way in _in_the_way(folder, file, gone))
    if in_the_way:
        faults = []
        for file in in_the_way:
            problem = _INPUT if _identity(folder / file) in kept else _FOREIGN
            faults.append(Fault("error", str(Path(shown, file)), problem, _ELSEWHERE))
        raise OutputError(faults)
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


def _raise(error: OSError) -> None:
    raise error


def parents(file: str) -> Iterator[str]:
    """Give the folders that a file lies in, the outermost first."""
    return reversed([str(parent) for parent in PurePosixPath(file).parents][:-1])


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
    if RUN_FILE not in put:
        # Tables are alike where they bear the same heading, as far as it tells one.
        tables = (file for file in put if file.endswith(".csv"))
        alike = any(_heading(folder / file) == _heading(new / file) for file in tables)
        return (*put, *known) if alike else ()
    try:
        run = json.loads((folder / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    if not isinstance(run, dict) or run.get("program") != "vpvkac":
        return ()
    # A run of an earlier version lists no files; then those of the contract's names are ours.
    listed = run.get(FILES)
    if not isinstance(listed, list):
        return (*put, *known)
    return [file for file in listed if isinstance(file, str) and _is_within(PurePosixPath(file))]


def _is_within(path: PurePosixPath) -> bool:
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _heading(file: Path) -> list[str]:
    try:
        with file.open("rb") as opened:
            heading = opened.readline(_LONGEST_HEADING).decode()
    except (OSError, UnicodeDecodeError):
        return []
    return heading.strip().split(",")[:_TELLING]


# --- Moving in -----------------------------------------------------------------------------------


def move_in(place: Path, folder: Path, change: Change, inputs: Iterable[Path] = ()) -> None:
    """Put the files of `place / NEW` into a folder; all of them, or none.

    `place` is a `workplace` on the folder's own disk; `settle` is called on it next, whether this
    fails or not.  Raises OSError if a file cannot be moved; the path that it names is within the
    folder.
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


def _may_be_exchanged(place: Path, folder: Path, inputs: Iterable[Path]) -> bool:
    """Tell whether a folder is ours to replace, and small, and all in it can be changed."""
    if place.parent != folder.parent or not sys.platform.startswith("linux"):
        return False
    here, owner = Path(os.path.realpath(os.curdir)), folder.stat().st_uid
    stands = [here, *(Path(os.path.realpath(file)) for file in inputs), *mounts()]
    if any(path.is_relative_to(folder) for path in stands) or os.geteuid() not in {0, owner}:
        return False
    count = 0
    for parent, _, files in os.walk(folder):
        count += 1 + len(files)
        if count > _MOST_LEAVES or not os.access(parent, os.R_OK | os.W_OK | os.X_OK):
            return False
    return True


def _exchanged(place: Path, folder: Path, change: Change) -> bool:
    """Make the new folder whole and exchange it with the old; False where that cannot be."""
    new, there = place / NEW, folder.stat()
    inside = list(leaves(folder))
    gone = set(change.dropped)
    for leaf in gone.intersection(inside):
        # One that is locked (immutable, say) cannot be linked: its owner does not want it replaced.
        os.link(folder / leaf, place / _PROBE, follow_symlinks=False)
        (place / _PROBE).unlink()
    for leaf in inside:
        if leaf in gone:
            continue
        # What stays is linked into the new folder; its folders are made as they were.
        for parent in parents(leaf):
            _make_alike(folder / parent, new / parent)
        if _is_folder(folder / leaf):
            _make_alike(folder / leaf, new / leaf)
        else:
            os.link(folder / leaf, new / leaf, follow_symlinks=False)
    shutil.copystat(folder, new)
    os.utime(new)
    os.chown(new, there.st_uid, there.st_gid)
    _write_journal(place, {"exchanged": new.stat().st_ino, "dropped": change.dropped})
    return _exchange(new, folder)


def _make_alike(old: Path, new: Path) -> None:
    if not new.exists():
        new.mkdir()
        shutil.copystat(old, new)


def _carry_late(old: Path, new: Path, dropped: set[str]) -> None:
    """Move over what came into the old folder, or was replaced there, after it was read."""
    for leaf in sorted(set(leaves(old)) - dropped):
        at, target = old / leaf, new / leaf
        if _is_folder(at):
            target.mkdir(parents=True, exist_ok=True)
        elif not (os.path.lexists(target) and os.path.samestat(at.lstat(), target.lstat())):
            _move(old, new, leaf)


def mounts() -> list[Path]:
    """Give every mount point; none where the system does not tell."""
    try:
        lines = _MOUNTS.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    points = [line.split(" ")[4] for line in lines]
    # Blanks and such are written as three octal digits.
    for char in " \t\n\\":
        points = [point.replace(f"\\{ord(char):03o}", char) for point in points]
    return [Path(point) for point in points]


def _exchange(first: Path, second: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot."""
    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError):
        return False
    paths = os.fsencode(first), os.fsencode(second)
    return bool(renameat2(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0)
