"""Find the tables of a feed in a folder or a zip, and refuse a zip that is not safe.

Nothing is ever unpacked to disk: a table is read into memory, after the names,
kinds, number and declared sizes of all members have been checked.  A member
that holds more than it declares is read no further than declared, and refused.
"""

from __future__ import annotations

import io
import re
import shutil
import stat
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from vpvkac.faults import Fault
from vpvkac.language import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

MOST_MEMBERS = 1_000
"""A feed has some twenty files; the largest bundles seen have a few hundred."""

MOST_BYTES = 2 * 1024**3
"""Declared size of all members together: ten times the national feed."""

_TABLES = frozenset(
    {"stops.txt", "routes.txt", "trips.txt", "stop_times.txt", "calendar.txt", "calendar_dates.txt"}
)
_PIECE = 1 << 18
_DRIVE = re.compile(r"[A-Za-z]:")
_ENCRYPTED = 0x1
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,  # a compression that zipfile does not know
    OSError,
    RuntimeError,
    ValueError,
)

_GET_AGAIN = Text("lejupielādējiet to no jauna", "download it again")
_DO_NOT_USE = Text(
    "nelietojiet šo arhīvu; iegūstiet to no publicētāja",
    "do not use this archive; get it from its publisher",
)


class RefusedError(Exception):
    """A feed, or one file of it, that cannot be read at all; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.sentence("en"))


@dataclass(frozen=True)
class Feed:
    """The files of one feed, found but not yet read.

    Parameters
    ----------
    shown
        The folder that holds the tables, as the project names it:
        ``feed.zip`` or ``feed.zip/nested``.
    sizes
        Bytes of each file in that folder, by file name.
    fetch
        Gives the content of a file of `sizes`.
    """

    shown: str
    sizes: Mapping[str, int]
    fetch: Callable[[str], bytes]

    def name(self, table: str) -> str:
        """Give the name under which faults speak of a table."""
        return f"{self.shown}/{table}"

    def read(self, table: str) -> bytes:
        """Read one file.

        Raises
        ------
        RefusedError
            If it is damaged, or not of the size its archive declares.
        """
        try:
            return self.fetch(table)
        except _BROKEN as broken:
            raise RefusedError(
                _error(
                    self.name(table),
                    Text(
                        "datne ir bojāta, vai tās lielums nav tāds, kā norādīts arhīvā",
                        "the file is damaged, or not of the size its archive declares",
                    ),
                    _GET_AGAIN,
                )
            ) from broken


@contextmanager
def opened(path: Path, *, shown: str) -> Iterator[Feed]:
    """Open a feed for reading.

    Parameters
    ----------
    path
        A zip, or a folder; the tables may lie in a subfolder of either.
    shown
        Its name in faults.

    Raises
    ------
    RefusedError
        If there is no feed, there are several, or the zip is not safe.
    """
    if path.is_dir():
        yield _from_folder(path, shown)
        return
    if not path.exists():
        raise RefusedError(
            _error(
                shown,
                Text("datnes vai mapes nav", "there is no such file or folder"),
                Text("pārbaudiet ceļu projekta datnē", "check the path in the project file"),
            )
        )
    archive = _zip(path, shown)
    with archive:
        yield _from_zip(archive, shown)


def _from_folder(path: Path, shown: str) -> Feed:
    found = [
        PurePosixPath(file.relative_to(path).as_posix())
        for file in path.rglob("*")
        if file.is_file()
    ]
    home = _home(sorted(found), shown)
    files = {place.name: path / place for place in found if place.parent == home}
    return Feed(
        shown=_join(shown, home),
        sizes={name: file.stat().st_size for name, file in files.items()},
        fetch=lambda table: files[table].read_bytes(),
    )


def _zip(path: Path, shown: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except _BROKEN as broken:
        raise RefusedError(
            _error(
                shown,
                Text(
                    "nav ne mape, ne lasāms ZIP arhīvs",
                    "this is neither a folder nor a zip archive that can be read",
                ),
                _GET_AGAIN,
            )
        ) from broken


def _from_zip(archive: zipfile.ZipFile, shown: str) -> Feed:
    members = archive.infolist()
    _refuse_unsafe(members, shown)
    placed = [(_place(member), member) for member in members if not member.is_dir()]
    home = _home([place for place, _ in placed], shown)
    files: dict[str, zipfile.ZipInfo] = {}
    for place, member in placed:
        if place.parent != home:
            continue
        if place.name in files:
            raise RefusedError(
                _error(
                    f"{shown}/{place}",
                    Text("datne arhīvā ir vairākas reizes", "the archive holds this file twice"),
                    _GET_AGAIN,
                )
            )
        files[place.name] = member
    return Feed(
        shown=_join(shown, home),
        sizes={name: member.file_size for name, member in files.items()},
        fetch=lambda table: _unpacked(archive, files[table]),
    )


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read a member; zipfile stops at the size declared, and then finds the checksum wrong."""
    # Piece by piece, for at once zlib would hold it twice.
    read = io.BytesIO()
    with archive.open(member) as opened_member:
        shutil.copyfileobj(opened_member, read, _PIECE)
    data = read.getvalue()
    if len(data) != member.file_size:
        raise zipfile.BadZipFile
    return data


def _refuse_unsafe(members: Sequence[zipfile.ZipInfo], shown: str) -> None:
    """Refuse by the directory of the zip alone, before anything is unpacked."""
    if len(members) > MOST_MEMBERS:
        raise RefusedError(
            _error(
                shown,
                Text(
                    f"ieraksti arhīvā, bet atļauti ne vairāk kā {MOST_MEMBERS}",
                    f"entries in the archive, and {MOST_MEMBERS} are the most allowed",
                ),
                _DO_NOT_USE,
                value=str(len(members)),
            )
        )
    declared = sum(member.file_size for member in members)
    if declared > MOST_BYTES:
        raise RefusedError(
            _error(
                shown,
                Text(
                    f"baiti izpakotā veidā, bet atļauti ne vairāk kā {MOST_BYTES}",
                    f"bytes when unpacked, and {MOST_BYTES} are the most allowed",
                ),
                _DO_NOT_USE,
                value=str(declared),
            )
        )
    for member in members:
        problem = _unsafe(member)
        if problem is not None:
            raise RefusedError(_error(shown, problem, _DO_NOT_USE, value=member.orig_filename))


def _unsafe(member: zipfile.ZipInfo) -> Text | None:
    name = member.orig_filename.replace("\\", "/")
    if ".." in name.split("/") or "\0" in name:
        return Text(
            "ir ceļš ārpus arhīva mapes", "is a path that leads out of the archive's folder"
        )
    if name.startswith("/") or _DRIVE.match(name):
        return Text("ir absolūts ceļš", "is an absolute path")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return Text("ir saite vai ierīce, nevis datne", "is a link or a device, not a file")
    if member.flag_bits & _ENCRYPTED:
        return Text("ir šifrēta datne", "is an encrypted file")
    return None


def _place(member: zipfile.ZipInfo) -> PurePosixPath:
    # Some programs for Windows separate the folders of a zip by backslashes.
    return PurePosixPath(member.filename.replace("\\", "/"))


def _home(places: Sequence[PurePosixPath], shown: str) -> PurePosixPath:
    """Find the one folder that holds the feed."""
    stops = [place for place in places if place.name == "stops.txt"]
    if len({place.parent for place in stops}) > 1:
        raise RefusedError(
            _error(
                shown,
                Text("ir vairāku pieturu avotu pieturas", "are the stops of several feeds"),
                Text("norādiet katru pieturu avotu atsevišķi", "name each feed by itself"),
                value=", ".join(str(place) for place in stops),
            )
        )
    others = [place for place in places if place.name in _TABLES]
    homes = {place.parent for place in stops or others}
    if len(homes) != 1:
        raise RefusedError(_error(f"{shown}/stops.txt", MISSING, Text("pievienojiet to", "add it")))
    return homes.pop()


MISSING = Text("datnes nav", "the file is missing")


def _join(shown: str, home: PurePosixPath) -> str:
    return shown if home == PurePosixPath() else f"{shown}/{home}"


def _error(file: str, problem: Text, remedy: Text, *, value: str | None = None) -> Fault:
    return Fault("error", file, problem, remedy, value=value)
