"""Find the tables of a feed in a folder or a zip, and refuse a zip that is not safe.

Nothing is unpacked to disk: a table is read piece by piece, after names, kinds, number and
declared sizes of all members were checked, and no further than its declared size.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, cast

from isal import igzip_lib, isal_zlib

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Message, Text

# A feed has some twenty files; the largest bundles seen have a few hundred.
MOST_MEMBERS = 1_000
# Declared size of all members together: ten times the national feed.
MOST_BYTES = 2 * 1024**3
_TABLES = frozenset(
    {"stops.txt", "routes.txt", "trips.txt", "stop_times.txt", "calendar.txt", "calendar_dates.txt"}
)
_READ = _TABLES | {"frequencies.txt", "feed_info.txt"}
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tgz", ".tar", ".bz2", ".xz", ".zst")
_MOST_LISTED = 10
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA}
_METHOD_NAMES = {1: "Shrink", 6: "Implode", 9: "Deflate64", 10: "Implode", 20: "Zstandard",
                 93: "Zstandard", 95: "XZ", 98: "PPMd", 99: "AES"}  # fmt: skip
_OTHER_FORMS = {b"Rar!\x1a\x07": "RAR", b"7z\xbc\xaf\x27\x1c": "7z", b"\x1f\x8b": "gzip",
                b"BZh": "bzip2", b"\xfd7zXZ\x00": "XZ",
                b"\x28\xb5\x2f\xfd": "Zstandard"}  # fmt: skip
_TAR_MARK = slice(257, 262), b"ustar"
_HEAD, _PIECE = 512, 1 << 20
_DRIVE = re.compile(r"[A-Za-z]:")
_ENCRYPTED = 0x1
# Its stub takes the class for one of its errors.
_NO_DEFLATE = cast("type[Exception]", igzip_lib.error)
# NotImplementedError: a form of zip that zipfile does not know.
BROKEN = (zipfile.BadZipFile, zlib.error, _NO_DEFLATE, EOFError, NotImplementedError, OSError,
          RuntimeError, ValueError)  # fmt: skip

MISSING = Message("the file is missing")
_GET_AGAIN = Message("download it again")
_UNPACK = Message("unpack it and give the folder")
_UNPACK_OR_PACK = Message("unpack it and give the folder, or pack it anew as a plain zip")
_DO_NOT_USE = Message("do not use this archive; get it from its publisher")


class RefusedError(Exception):
    """A feed, or one file of it, that cannot be read at all; `fault` says why."""

    def __init__(
        self, file: str, problem: Text, remedy: Text, *, row: int | None = None, value: str = ""
    ) -> None:
        self.fault = Fault("error", file, problem, remedy, row, value=value or None)
        super().__init__(self.fault.sentence("en"))


@dataclass(frozen=True)
class Feed:
    """The files of one feed, found but not yet read.

    `shown` is the folder of the tables as the project names it (``feed.zip/nested``).
    By file name in small letters, `sizes` has bytes, `spelled` the spelling and `places` the
    path within the folder or zip, `path`.  `packed` is when the newest table was packed, as the zip
    says; None for a folder, and where no such date can be true.
    """

    shown: str
    path: Path
    sizes: Mapping[str, int]
    places: Mapping[str, str]
    spelled: Mapping[str, str]
    packed: dt.date | None = None

    def name(self, table: str) -> str:
        """Give the name under which faults speak of a table."""
        return f"{self.shown}/{self.spelled.get(table, table)}"

    def capitals(self) -> list[str]:
        """Give the tables whose names are not in small letters."""
        return [name for key in sorted(_READ) if (name := self.spelled.get(key, key)) != key]

    def read(self, table: str) -> bytes:
        """Read one file; raises RefusedError if it is damaged or of another size than declared."""
        # At once zlib would hold it twice.
        read = io.BytesIO()
        read.writelines(self.pieces(table))
        return read.getvalue()

    def pieces(self, table: str) -> Iterator[bytes]:
        """Read one file, as `read` does, in pieces that end with a line, all but the last."""
        left = b""
        try:
            for piece in self._unpacked(table):
                end = piece.rfind(b"\n") + 1
                if end:
                    yield left + piece[:end]
                    left = b""
                left += piece[end:]
        except BROKEN as broken:
            problem = Message("the file is damaged, or not of the size its archive declares")
            raise RefusedError(self.name(table), problem, _GET_AGAIN) from broken
        if left:
            yield left

    def _unpacked(self, table: str) -> Iterator[bytes]:
        size, place = self.sizes[table], self.places[table]
        if self.path.is_dir():
            with (self.path / place).open("rb") as opened:
                yield from _whole(opened, size)
            return
        with zipfile.ZipFile(self.path) as archive:
            member = archive.getinfo(place)
            if member.compress_type == zipfile.ZIP_DEFLATED:
                yield from _inflated(archive, member)
                return
            # zipfile stops at the size declared, and then finds the checksum wrong.
            with archive.open(member) as opened:
                yield from _whole(opened, size)


def _whole(opened: IO[bytes], size: int) -> Iterator[bytes]:
    """Read a file in pieces; it must have the size."""
    while piece := opened.read(_PIECE):
        size -= len(piece)
        yield piece
    if size != 0:
        raise zipfile.BadZipFile


def _inflated(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Inflate by ISA-L what zipfile finds: three times as fast as by the zlib that it takes."""
    stored = copy(member)
    stored.compress_type, stored.file_size = zipfile.ZIP_STORED, member.compress_size
    del stored.CRC
    inflate = igzip_lib.IgzipDecompressor()
    size, checksum = 0, 0
    with archive.open(stored) as opened:
        while not inflate.eof and size <= member.file_size:
            packed = opened.read(_PIECE) if inflate.needs_input else b""
            if inflate.needs_input and not packed:
                raise EOFError
            piece = inflate.decompress(packed, _PIECE)
            size, checksum = size + len(piece), isal_zlib.crc32(piece, checksum)
            yield piece
    if (size, checksum) != (member.file_size, member.CRC):
        raise zipfile.BadZipFile


def find_feed(path: Path, *, shown: str) -> Feed:
    """Find a feed in a zip or a folder, in a subfolder of which the tables may lie.

    Raises RefusedError if there is no feed, there are several, or the zip is not safe.
    """
    if path.is_dir():
        there = filter(Path.is_file, path.rglob("*"))
        files = {PurePosixPath(file.relative_to(path).as_posix()): file for file in there}
        home, here = _tables_of(sorted(files), shown)
        return Feed(
            shown=home,
            path=path,
            sizes={name: files[place].stat().st_size for name, place in here.items()},
            places={name: str(place) for name, place in here.items()},
            spelled={name: place.name for name, place in here.items()},
        )
    if not path.exists():
        problem = Message("there is no such file or folder")
        raise RefusedError(shown, problem, Message("check the path in the project file"))
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except BROKEN as broken:
        raise RefusedError(shown, *_not_zip(path)) from broken
    return _from_zip(path, members, shown)


def _from_zip(path: Path, members: Sequence[zipfile.ZipInfo], shown: str) -> Feed:
    refuse_unsafe(members, shown)
    # Some programs for Windows separate the folders of a zip by backslashes.
    files = [
        (PurePosixPath(member.filename.replace("\\", "/")), member)
        for member in members
        if not member.is_dir()
    ]
    home, here = _tables_of([place for place, _ in files], shown)
    member_of = dict(files)
    member_at = {name: member_of[place] for name, place in here.items()}
    for name in sorted(_READ & member_at.keys()):
        method = member_at[name].compress_type
        if method not in _METHODS:
            problem = Message(
                "the archive is packed by a method that cannot be read here ({name})",
                name=_METHOD_NAMES.get(method, str(method)),
            )
            raise RefusedError(shown, problem, _UNPACK_OR_PACK)
    dates = []
    for name in _TABLES & member_at.keys():
        try:
            dates.append(dt.date(*member_at[name].date_time[:3]))
        except ValueError:  # by a clock that was not set
            continue
    return Feed(
        shown=home,
        path=path,
        sizes={name: member.file_size for name, member in member_at.items()},
        places={name: member.filename for name, member in member_at.items()},
        spelled={name: place.name for name, place in here.items()},
        packed=max(dates, default=None),
    )


def _tables_of(places: Sequence[PurePosixPath], shown: str) -> tuple[str, dict[str, PurePosixPath]]:
    """Give the feed's folder as faults name it, and its files by their names in small letters."""
    home = _home(places, shown)
    by_name: dict[str, PurePosixPath] = {}
    for place in places:
        name = place.name.lower()
        if place.parent != home:
            continue
        if name in by_name and name in _READ:
            both = sorted({by_name[name].name, place.name})
            problem = Message("the table is there more than once")
            if len(both) > 1:
                problem = Message(
                    "the table is there more than once ({members})", members=", ".join(both)
                )
            raise RefusedError(f"{shown}/{place}", problem, Message("keep one of them"))
        by_name[name] = place
    return shown if home == PurePosixPath() else f"{shown}/{home}", by_name


def _home(places: Sequence[PurePosixPath], shown: str) -> PurePosixPath:
    """Find the one folder that has the feed."""
    # What macOS adds to a zip has the names of the files it is about.
    places = [place for place in places if "__MACOSX" not in place.parts]
    stops = [place for place in places if place.name.lower() == "stops.txt"]
    homes = {place.parent for place in stops}
    if len(homes) > 1:
        problem = Message("are the stops of several feeds")
        value = ", ".join(map(str, stops))
        raise RefusedError(shown, problem, Message("name each feed by itself"), value=value)
    if not homes:
        homes = {place.parent for place in places if place.name.lower() in _TABLES}
    if len(homes) == 1:
        return homes.pop()
    nested = [
        place
        for place in places
        if place.name.lower().endswith(_ARCHIVES) and not place.name.startswith(".")
    ]
    names = [str(place) for place in (nested or places)]
    listed = ", ".join([*names[:_MOST_LISTED], *["…"][: len(names) > _MOST_LISTED]])
    if nested:
        problem = Message("are archives within this one")
        if len(nested) == 1:
            problem = Message("is an archive within this one")
        remedy = Message("unpack and name each feed by itself")
        raise RefusedError(shown, problem, remedy, value=listed)
    remedy = Message("add it")
    if places:
        remedy = Message("add it; there is only {places}", places=listed)
    raise RefusedError(f"{shown}/stops.txt", MISSING, remedy)


def refuse_unsafe(members: Sequence[zipfile.ZipInfo], shown: str) -> None:
    """Refuse by the directory of the zip alone, before anything is unpacked."""
    declared = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS:
        problem = Message(
            "entries in the archive, and {most} are the most allowed", most=MOST_MEMBERS
        )
        raise RefusedError(shown, problem, _DO_NOT_USE, value=str(len(members)))
    if declared > MOST_BYTES:
        problem = Message("bytes when unpacked, and {most} are the most allowed", most=MOST_BYTES)
        raise RefusedError(shown, problem, _DO_NOT_USE, value=str(declared))
    for member in members:
        name = member.orig_filename.replace("\\", "/")
        kind = stat.S_IFMT(member.external_attr >> 16)
        unsafe = None
        if ".." in name.split("/") or "\0" in name:
            unsafe = Message("is a path that leads out of the archive's folder")
        elif name.startswith("/") or _DRIVE.match(name):
            unsafe = Message("is an absolute path")
        elif kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            unsafe = Message("is a link or a device, not a file")
        if unsafe is not None:
            raise RefusedError(shown, unsafe, _DO_NOT_USE, value=member.orig_filename)
    if any(member.flag_bits & _ENCRYPTED for member in members):
        problem = Message("the archive is encrypted (protected by a password)")
        raise RefusedError(shown, problem, _UNPACK_OR_PACK)


def _not_zip(path: Path) -> tuple[Text, Text]:
    """Say what a file is that is no zip, as far as its beginning tells, and what to do."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        head = b""
    forms = [name for mark, name in _OTHER_FORMS.items() if head.startswith(mark)]
    if head[_TAR_MARK[0]] == _TAR_MARK[1]:
        forms.append("tar")
    if forms:
        return Message("this is a {form} archive, not a zip", form=forms[0]), _UNPACK
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
    problem = Message("this is neither a folder nor a zip archive that can be read")
    if head.startswith(b"PK"):
        problem = Message("the zip is damaged or cut short: its directory cannot be read")
    elif not text:
        problem = Message("the file is empty")
    elif text.startswith(b"<"):
        problem = Message("this is a web page or XML, not a zip archive")
    elif text.startswith((b"{", b"[")):
        problem = Message("this is JSON, not a zip archive")
    elif b"\n" in head and b"," in head.splitlines()[0]:
        problem = Message("this is a single table, not a folder or a zip archive of GTFS tables")
    return problem, _GET_AGAIN
