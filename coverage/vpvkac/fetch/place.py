"""What came: checked, unpacked, and put in its place, all files of a source or none.

A server may send a page that says "error" with status 200, or the first half of an archive;
nothing is believed by its name or type.  Local names come from the catalogue alone, so that no
name from the network, in an address or a zip, can lead out of the project's folder.

The files move in one step where the system can (`render.staging`), so that a new `.shp` never
lies beside an old `.dbf`.  What is about to be placed is written down first; where the process
dies before the lock tells of it, the next fetch completes the lock, or takes back what was broken
off.  One process places at a time, and reads the lock anew before it changes its own entry.
"""

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
from typing import Any

from vpvkac.fetch.portal import NEEDED_PARTS, SHAPEFILE_PARTS
from vpvkac.fetch.web import TELL_PUBLISHER, RefusedError, refusal
from vpvkac.model.faults import Fault
from vpvkac.model.options import LANGUAGES
from vpvkac.render.staging import NEW, Change, move_in, settle
from vpvkac.render.workplace import OutputError, workplace
from vpvkac.sources import lock
from vpvkac.sources.catalogue import BY_NAME, RAW, Form, Source
from vpvkac.sources.gtfs import archive
from vpvkac.texts.message import Message, Text, in_context

_PAGE = ("text/html", "application/xhtml")
# What is asked for, and how content types begin that cannot be it.
ACCEPT: Mapping[Form, str] = {
    "csv": "text/csv, */*;q=0.5",
    "json": "application/json",
    "gtfs": "application/zip, */*;q=0.5",
    "shapefile": "application/zip, */*;q=0.5",
}
REFUSED_TYPES: Mapping[Form, tuple[str, ...]] = {
    "csv": (*_PAGE, "application/json", "image/"),
    "json": (*_PAGE, "text/csv", "image/"),
    "gtfs": ("text/", "application/json", "application/xhtml", "image/"),
    # Parts of a shapefile may be text (.prj, .cpg).
    "shapefile": (*_PAGE, "application/json", "image/"),
}
_ZIP_MAGIC = b"PK\x03\x04"
_SHAPE_MAGIC = b"\x00\x00\x27\x0a"
_CODE_PAGE = re.compile(rb"[\w .:-]{1,40}\s*")
_HEAD = 4096
_BROKEN = (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError, ValueError)
_STAGING, _PLACING = ".fetch-{}", ".fetch"
_PENDING = "pending.json"
_REFUSED = ".refused"
_STALE_AFTER = 24 * 3600
# Placing takes a moment; whoever holds it longer is not waited for.
_LONGEST_HELD, _ASK_EVERY = 30.0, 0.05
# A dead process's folder is cleared in less, and this is what is seen of one that is just going.
_CLEARED_IN = 1.0
_LEAVING = (FileExistsError, FileNotFoundError, NotADirectoryError)


# --- What came ----------------------------------------------------------------------------------


def extract(source: Source, download: Path, address_ending: str, folder: Path) -> list[Path]:
    """Check a download, and write what the project reads of it into a folder, by local names.

    The ending of the address (`.shp`) tells the parts of a shapefile apart.  Raises a
    `RefusedError` if it is not of the form expected.
    """
    head = _head(download)
    if not head:
        raise _not(source, in_context("file", "is empty"))
    if head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        raise _not(source, Message("is a web page, not data"))
    in_parts = source.form == "shapefile"
    if source.workbook and _is_workbook(download):
        return [shutil.copyfile(download, folder / Path(source.file).name)]
    if head.startswith(_ZIP_MAGIC) and (in_parts or source.member is not None):
        files = _unpack(source, download, folder)
    else:
        name = f"{source.name}{address_ending}" if in_parts else Path(source.file).name
        files = [shutil.copyfile(download, folder / name)]
    for file in files:
        _CHECKS[source.form](source, file)
    return files


def _is_workbook(download: Path) -> bool:
    """Tell a workbook (XLSX) by what every one of them holds; its reader looks closer."""
    try:
        with zipfile.ZipFile(download) as opened:
            return "xl/workbook.xml" in opened.namelist()
    except _BROKEN:
        return False


def check_parts(source: Source, files: Sequence[str]) -> None:
    """Refuse a shapefile without a part that it cannot be read without, zipped or in parts."""
    there = {PurePosixPath(file).suffix for file in files}
    lacking = ", ".join(ending for ending in NEEDED_PARTS if ending not in there)
    if lacking:
        raise _not(source, Message("lacks the parts {lacking}", lacking=lacking))


def _unpack(source: Source, download: Path, folder: Path) -> list[Path]:
    """Write the members that are read, under names of ours; zipfile checks their sums."""
    broken, files = _not(source, Message("is a damaged or incomplete zip")), []
    try:
        zipped = zipfile.ZipFile(download)
    except _BROKEN:
        raise broken from None
    try:
        with zipped as opened:
            # The same rule as for feeds: judged by the directory of the zip alone.
            archive.refuse_unsafe(opened.infolist(), source.file)
            for name, member in _members(source, opened).items():
                file = folder / name
                with opened.open(member) as packed, file.open("wb") as unpacked:
                    shutil.copyfileobj(packed, unpacked)
                if file.stat().st_size != member.file_size:
                    raise broken
                files.append(file)
    except archive.RefusedError as unsafe:
        raise RefusedError(unsafe.fault) from None
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise broken from None
    return files


def _members(source: Source, opened: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Find what is read, by its local name: the one file that fits; of a shapefile its parts."""
    ending = ".shp" if source.form == "shapefile" else f".{source.form}"
    members = [member for member in opened.infolist() if not member.is_dir()]
    names = [PurePosixPath(one.filename.replace("\\", "/")).name.casefold() for one in members]
    named = list(zip(names, members, strict=True))
    pattern = source.member or rf"\{ending}$"
    fitting = [member for name, member in named if re.search(pattern, name)]
    fitting = fitting or [member for name, member in named if name.endswith(ending)]
    if not fitting:
        raise _not(source, Message("is a zip without the file wanted"))
    if len(fitting) > 1:
        raise _not(source, Message("is a zip with several fitting files"))
    if source.form != "shapefile":
        return {Path(source.file).name: fitting[0]}
    stem = PurePosixPath(fitting[0].filename).with_suffix("").as_posix().casefold()
    parts = {}
    for member in opened.infolist():
        path = PurePosixPath(member.filename)
        ending = path.suffix.casefold()
        if ending in SHAPEFILE_PARTS and path.with_suffix("").as_posix().casefold() == stem:
            parts[f"{source.name}{ending}"] = member
    return parts


def _check_csv(source: Source, file: Path) -> None:
    head = _head(file)
    first = head.removeprefix(codecs.BOM_UTF8).partition(b"\n")[0].decode("utf-8", "replace")
    if b"\0" in head or not any(mark in first for mark in ",;\t"):
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
        if "stops.txt" in archive.find_feed(file, shown=source.file).sizes:
            return
    except archive.RefusedError as unfit:
        raise RefusedError(unfit.fault) from None
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
        part = Message("is not a shapefile's part {ending}", ending=file.suffix or "?")
        raise _not(source, part)


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
    return refusal(source.file, Message("the file received {what}", what=what), TELL_PUBLISHER)


# --- Where it goes ------------------------------------------------------------------------------


@contextmanager
def staging(folder: Path, source: Source) -> Iterator[Path]:
    """Give a folder for the downloads of a source, on the disk of the files.

    No other process uses it (an `OutputError` says if one does); it goes when all is done or
    failed, and with it what processes that died have left.
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
    """Read the lock, after completing or taking back what a process that died was placing."""
    if (folder / RAW).is_dir() and (_base(folder) / _PLACING).exists():
        with _held(folder):
            pass
    return lock.read(folder)


def put(source: Source, folder: Path, staged: Path, entry: lock.Entry) -> None:
    """Put the staged files of a source in their place, and its entry into the lock.

    Raises a `RefusedError` if a file in the way was changed by hand, or put there; after an
    `OSError` the files are as they were, or all new.
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
        stale = before.keys() - entry.files.keys()
        parts = [path for path in stale if PurePosixPath(path).stem == source.name]
        gone = [PurePosixPath(path).name for path in sorted({*parts, *entry.files})]
        raw = _raw(folder)
        change = Change(
            [PurePosixPath(path).name for path in entry.files],
            [name for name in gone if (raw / name).is_file()],
        )
        half = place / f"{_PENDING}.part"
        half.write_text(lock.render({source.name: entry}), encoding="utf-8")
        half.replace(place / _PENDING)
        move_in(place, raw, change)


def clear_refused(source: Source, folder: Path) -> None:
    """Delete what was once refused, when the newest can be read."""
    for left in folder.glob(f"{RAW}/{source.name}.*{_REFUSED}*"):
        left.unlink()


def keep_refused(
    source: Source, folder: Path, staged: Path, entry: lock.Entry, faults: Sequence[Fault]
) -> str:
    """Keep what its reader refuses beside the last good file, and the reason in a text beside."""
    for path in entry.files:
        shutil.copyfile(staged / PurePosixPath(path).name, folder / f"{path}{_REFUSED}")
    reasons = [f"{entry.time} {address}" for address in entry.addresses]
    reasons += [fault.sentence(lang) for lang in LANGUAGES for fault in faults]
    reason = folder / f"{source.file}{_REFUSED}.txt"
    reason.write_text("\n".join(reasons) + "\n", encoding="utf-8")
    return f"{source.file}{_REFUSED}"


def check_unchanged(folder: Path, wanted: Mapping[str, str], before: Mapping[str, str]) -> None:
    """Refuse to overwrite what a person has changed or put there: neither known nor wanted."""
    problem = Message("was changed by hand, or was not downloaded by fetch")
    for path, new in wanted.items():
        there = folder / path
        if there.exists() and file_sha256(there) not in {before.get(path), new}:
            raise refusal(path, problem, Message("rename or delete it, then fetch again"))


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
    raw = PurePosixPath(RAW)
    return {path: sha for path, sha in known.files.items() if PurePosixPath(path).parent == raw}


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
    placed: dict[str, lock.Entry] = {}
    with suppress(*lock.UNREADABLE):
        placed = lock.parse(json.loads(pending.read_text(encoding="utf-8")))
    for name, entry in placed.items():
        if has_files(folder, own_files(entry)):
            entries = lock.read(folder)
            if entries.get(name) != entry:
                lock.write(folder, entries | {name: entry})
    pending.unlink()
