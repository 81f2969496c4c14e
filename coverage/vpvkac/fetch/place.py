"""Placing."""

from __future__ import annotations

import codecs
import hashlib
import json
import os
import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from vpvkac.fetch.portal import NEEDED_PARTS, SHAPEFILE_PARTS
from vpvkac.fetch.web import TELL_PUBLISHER, RefusedError, refusal
from vpvkac.render import moving
from vpvkac.render.ours import Change
from vpvkac.render.workplace import OutputError, workplace
from vpvkac.sources import lock
from vpvkac.sources.catalogue import BY_NAME, RAW, Source
from vpvkac.sources.gtfs import archive
from vpvkac.texts.message import Message, Text, in_context

if TYPE_CHECKING:
    from vpvkac.sources.catalogue import Form, Source


ACCEPT: Mapping[Form, str] = {
    "csv": "text/csv, */*;q=0.5",
    "json": "application/json",
    "gtfs": "application/zip, */*;q=0.5",
    "shapefile": "application/zip, */*;q=0.5",
}
_PAGE = ("text/html", "application/xhtml")
REFUSED_TYPES: Mapping[Form, tuple[str, ...]] = {
    "csv": (*_PAGE, "application/json", "image/"),
    "json": (*_PAGE, "text/csv", "image/"),
    "gtfs": ("text/", "application/json", "application/xhtml", "image/"),
    # Parts of a shapefile may be text (.prj, .cpg).
    "shapefile": (*_PAGE, "application/json", "image/"),
}
_ZIP_MAGIC = b"PK\x03\x04"
_HEAD = 4096
_DELIMITERS = (",", ";", "\t")
_SHAPE_MAGIC = b"\x00\x00\x27\x0a"
_CODE_PAGE = re.compile(rb"[\w .:-]{1,40}\s*")
_BROKEN = (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)
_BROKEN_ZIP = Message("is a damaged or incomplete zip")


def extract(source: Source, download: Path, address_ending: str, folder: Path) -> list[Path]:
    """Check a download, and write what the project reads of it into a folder.

    Parameters
    ----------
    address_ending
        Ending of the address (``.shp``), which tells the parts of a shapefile apart.
    folder
        For the files, which bear their local names.

    Raises
    ------
    RefusedError
        If it is not of the form expected.
    """
    head = _head(download)
    if not head:
        raise _not(source, in_context("file", "is empty"))
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        raise _not(source, Message("is a web page, not data"))
    in_parts = source.form == "shapefile"
    if head.startswith(_ZIP_MAGIC) and (in_parts or source.member is not None):
        files = _unpack(source, download, folder)
    else:
        name = f"{source.name}{address_ending}" if in_parts else Path(source.file).name
        files = [shutil.copyfile(download, folder / name)]
    for file in files:
        _CHECKS[source.form](source, file)
    return files


def check_parts(source: Source, files: Sequence[str]) -> None:
    """Check that a shapefile is whole, whether it came as a zip or in parts.

    Raises
    ------
    RefusedError
        If a part without which it cannot be read is not among the files.
    """
    there = {PurePosixPath(file).suffix for file in files}
    lacking = ", ".join(ending for ending in NEEDED_PARTS if ending not in there)
    if lacking:
        raise _not(source, Message("lacks the parts {lacking}", lacking=lacking))


def _unpack(source: Source, download: Path, folder: Path) -> list[Path]:
    """Write the members that are read, under names of ours; zipfile checks their sums."""
    files = []
    try:
        opened = zipfile.ZipFile(download)
    except _BROKEN:
        raise _not(source, _BROKEN_ZIP) from None
    try:
        with opened:
            # The same rule as for feeds: judged by the directory of the zip alone.
            archive.refuse_unsafe(opened.infolist(), source.file)
            for name, member in _members(source, opened).items():
                file = folder / name
                with opened.open(member) as packed, file.open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)
                if file.stat().st_size != member.file_size:
                    raise _not(source, _BROKEN_ZIP)
                files.append(file)
    except archive.RefusedError as unsafe:
        raise RefusedError(unsafe.fault) from None
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise _not(source, _BROKEN_ZIP) from None
    return files


def _members(source: Source, opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Find what is read, by its local name: the one file that fits; of a shapefile its parts."""
    found = _the_member(source, opened)
    if source.form != "shapefile":
        return {Path(source.file).name: found}
    stem = PurePosixPath(found.filename).with_suffix("").as_posix().casefold()
    members = {}
    for member in opened.infolist():
        path = PurePosixPath(member.filename)
        ending = path.suffix.casefold()
        if ending in SHAPEFILE_PARTS and path.with_suffix("").as_posix().casefold() == stem:
            members[f"{source.name}{ending}"] = member
    return members


def _the_member(source: Source, opened: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Find the one member whose name fits, or the only one of that ending."""
    ending = ".shp" if source.form == "shapefile" else f".{source.form}"
    names = [
        (PurePosixPath(member.filename.replace("\\", "/")).name.casefold(), member)
        for member in opened.infolist()
        if not member.is_dir()
    ]
    pattern = source.member or rf"\{ending}$"
    fitting = [member for name, member in names if re.search(pattern, name)]
    fitting = fitting or [member for name, member in names if name.endswith(ending)]
    if not fitting:
        raise _not(source, Message("is a zip without the file wanted"))
    if len(fitting) > 1:
        raise _not(source, Message("is a zip with several fitting files"))
    return fitting[0]


def _check_csv(source: Source, file: Path) -> None:
    head = _head(file)
    text = head.removeprefix(codecs.BOM_UTF8)
    first = text.partition(b"\n")[0].decode("utf-8", "replace")
    if b"\0" in head or not any(mark in first for mark in _DELIMITERS):
        raise _not(source, Message("is not a CSV table"))


def _check_json(source: Source, file: Path) -> None:
    try:
        content: Any = json.loads(file.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise _not(source, Message("is not JSON, or is cut off")) from None
    if not isinstance(content, list) or not content:
        raise _not(source, Message("is not a JSON list of records"))


def _check_gtfs(source: Source, file: Path) -> None:
    if not _head(file).startswith(_ZIP_MAGIC):
        raise _not(source, Message("is not a zip"))
    try:
        with archive.open_feed(file, shown=source.file) as feed:
            lacking = "stops.txt" not in feed.sizes
    except archive.RefusedError as unfit:
        raise RefusedError(unfit.fault) from None
    if lacking:
        raise _not(source, Message("is not GTFS: it has no stops.txt"))


def _check_part(source: Source, file: Path) -> None:
    """Check the beginning of a part of a shapefile."""
    head = _head(file)
    sound = {
        ".shp": head.startswith(_SHAPE_MAGIC),
        ".shx": head.startswith(_SHAPE_MAGIC),
        ".dbf": head[:1] in {b"\x03", b"\x83", b"\x30", b"\x8b"},
        ".prj": head.lstrip().startswith((b"PROJ", b"GEOG", b"COMPD")),
        ".cpg": _CODE_PAGE.fullmatch(head) is not None,
    }
    if not sound.get(file.suffix, False):
        ending = file.suffix or "?"
        raise _not(source, Message("is not a shapefile's part {ending}", ending=ending))


_CHECKS: Mapping[Form, Callable[[Source, Path], None]] = {
    "csv": _check_csv,
    "json": _check_json,
    "gtfs": _check_gtfs,
    "shapefile": _check_part,
}


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_HEAD)


def _not(source: Source, what: Text) -> RefusedError:
    problem = Message("the file received {what}", what=what)
    return refusal(source.file, problem, TELL_PUBLISHER)


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
        new = place / moving.NEW
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
        moving.move_in(place, raw, change)


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
    moving.settle(_raw(folder), place)
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
