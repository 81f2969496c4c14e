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
