"""What came: is it a file of the form expected, and which files are made of it.

A server may send a page that says "error" with status 200, or the first half of
an archive; nothing is believed by its name or type.  Local names come from the
catalogue alone, so that no name from the network, in an address or a zip, can
lead out of the project's folder.
"""

from __future__ import annotations

import codecs
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from vpvkac.fetch.exchange import TELL_PUBLISHER, RefusedError, refusal
from vpvkac.fetch.portal import NEEDED_PARTS, SHAPEFILE_PARTS
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
    if _is_page(head):
        raise _not(source, Message("is a web page, not data"))
    zipped = head.startswith(_ZIP_MAGIC)
    if source.form == "shapefile":
        return _shapefile(source, download, address_ending, folder, zipped=zipped)
    target = folder / Path(source.file).name
    if zipped and source.member is not None:
        with _opened(source, download) as members:
            _unpack(source, members, _the_member(source, members, source.member), target)
    else:
        shutil.copyfile(download, target)
    _CHECKS[source.form](source, target)
    return [target]


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


def _shapefile(
    source: Source, download: Path, ending: str, folder: Path, *, zipped: bool
) -> list[Path]:
    stem = source.name
    if not zipped:
        target = folder / f"{stem}{ending}"
        shutil.copyfile(download, target)
        _check_part(source, target)
        return [target]
    with _opened(source, download) as members:
        shape = _the_member(source, members, source.member or r"\.shp$")
        written = []
        for part_ending, member in _parts_beside(members, shape).items():
            target = folder / f"{stem}{part_ending}"
            _unpack(source, members, member, target)
            _check_part(source, target)
            written.append(target)
    return written


def _opened(source: Source, download: Path) -> zipfile.ZipFile:
    """Open a zip whose members may be unpacked: judged by its directory alone."""
    try:
        opened = zipfile.ZipFile(download)
    except _BROKEN:
        raise _not(source, _BROKEN_ZIP) from None
    try:
        archive.refuse_unsafe(opened.infolist(), source.file)
    except archive.RefusedError as unsafe:
        opened.close()
        raise RefusedError(unsafe.fault) from None
    return opened


def _the_member(source: Source, opened: zipfile.ZipFile, pattern: str) -> zipfile.ZipInfo:
    """Find the one member whose name fits, or the only one of that ending."""
    files = [member for member in opened.infolist() if not member.is_dir()]
    names = {member.filename: _name(member) for member in files}
    fitting = [member for member in files if re.search(pattern, names[member.filename])]
    if not fitting:
        ending = ".shp" if source.form == "shapefile" else f".{source.form}"
        fitting = [member for member in files if names[member.filename].endswith(ending)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        problem = Message("is a zip with several fitting files")
    else:
        problem = Message("is a zip without the file wanted")
    raise _not(source, problem)


def _parts_beside(opened: zipfile.ZipFile, shape: zipfile.ZipInfo) -> dict[str, zipfile.ZipInfo]:
    stem = PurePosixPath(shape.filename).with_suffix("").as_posix().casefold()
    found = {}
    for member in opened.infolist():
        path = PurePosixPath(member.filename)
        ending = path.suffix.casefold()
        if ending in SHAPEFILE_PARTS and path.with_suffix("").as_posix().casefold() == stem:
            found[ending] = member
    return found


def _name(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename.replace("\\", "/")).name.casefold()


def _unpack(source: Source, opened: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Write one member under a name of ours; zipfile checks its sum."""
    try:
        with opened.open(member) as packed, target.open("wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)
    except _BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise _not(source, _BROKEN_ZIP) from None
    if target.stat().st_size != member.file_size:
        raise _not(source, _BROKEN_ZIP)


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
    with file.open("rb") as opened:
        if opened.read(len(_ZIP_MAGIC)) != _ZIP_MAGIC:
            raise _not(source, _NOT_ZIP)
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
}
_BROKEN_ZIP = Message("is a damaged or incomplete zip")
_NOT_ZIP = Message("is not a zip")


def _head(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(_HEAD)


def _is_page(head: bytes) -> bool:
    return head.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<")


def _not(source: Source, what: Text) -> RefusedError:
    problem = Message("the file received {what}", what=what)
    return refusal(source.file, problem, TELL_PUBLISHER)
