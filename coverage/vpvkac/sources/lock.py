"""Where an input comes from: its name, publisher and licence, and the bytes fetched.

`sources.lock.json` says which bytes were fetched, from where, when and under which licence.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from vpvkac.model.accounts import Source
from vpvkac.model.faults import InputError, printable
from vpvkac.sources.catalogue import BY_NAME, CSB
from vpvkac.texts.message import Bilingual, Message

LOCK_FILE = "sources.lock.json"
_FORM = 1
# What reading JSON that is no lock may raise.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, ArithmeticError, RecursionError)
# Digits of the last second that a date can hold, less one.
_LONGEST_EPOCH = 11
_SHAPEFILE_PARTS = (".shx", ".dbf", ".prj", ".cpg")
# The files of the address register.
_BESIDE = re.compile(
    r"(?:.*[^a-z])?aw_(eka(?:_his)?|pagasts|pilseta|novads|ciems|iela)(?!_his)([^a-z].*)?\.csv"
)

_KNOWN = {
    name: Source(source.title, source.publisher, source.licence) for name, source in BY_NAME.items()
}
# Names for all inputs; publisher and licence where the catalogue knows the publication.
PUBLISHED = {
    **{key: _KNOWN[key] for key in ("units", "addresses", "centres", "libraries", "post_offices")},
    "municipal_premises": Source(Message("Municipal premises")),
    "institutions": Source(Message("Institutions' offices")),
    "state_centres": Source(Message("State service centres")),
    "development_centres": Source(Message("Development centres")),
    "population": Source(Message("Residents"), CSB),
    "age_groups": Source(Message("Residents of 65 and over"), CSB),
    "corrections": Source(Message("Corrections of places")),
    "atvk_history": Source(Message("History of unit codes"), CSB),
    "decisions": Source(Message("Decisions on gaps")),
    "suitability": Source(Message("Checklist of premises")),
    "points": Source(Message("Points of the what-if")),
    "assumptions": Source(Message("Assumptions of costs")),
    "streets": Source(Message("Streets and roads")),
    "stops": replace(_KNOWN["atd"], name=Message("Bus stops")),
}


@dataclass(frozen=True)
class Local:
    """A local file made of a download; `path` is relative to the project's folder."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Download:
    """One body that came from one address, and the files made of it."""

    address: str
    size: int
    sha256: str
    files: tuple[Local, ...]
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Entry:
    """What is locked of one source.

    `dataset` and `resource` are the portal's, empty for a direct address.  `date` is that of
    the data by the resource's name, `resource_date` when the publisher last changed it, None
    where not said; `licence` as the portal states it, else as the catalogue knows it; `time`,
    UTC, is when these bytes came.
    """

    dataset: str
    resource: str
    date: str | None
    resource_date: str | None
    licence: str | None
    time: str
    downloads: tuple[Download, ...]

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 by local path."""
        return {file.path: file.sha256 for one in self.downloads for file in one.files}

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the bytes came from."""
        return tuple(one.address for one in self.downloads)

    @property
    def sums(self) -> tuple[str, ...]:
        """SHA-256 of the downloads."""
        return tuple(one.sha256 for one in self.downloads)

    @property
    def size(self) -> int:
        """Bytes downloaded."""
        return sum(one.size for one in self.downloads)


def read(folder: Path) -> dict[str, Entry]:
    """Read the lock of a project's folder, by source; empty where there is none.

    Raises InputError if the file is not a lock.
    """
    file = folder / LOCK_FILE
    try:
        return parse(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, *UNREADABLE):
        problem = Message("is not a lock file that can be read")
        remedy = Message("delete it and fetch the sources again")
        raise InputError.of(str(file), problem, remedy) from None


def write(folder: Path, entries: dict[str, Entry]) -> None:
    """Write the lock, whole or not at all."""
    new = folder / f".{LOCK_FILE}.new"
    try:
        new.write_text(render(entries), encoding="utf-8")
        new.replace(folder / LOCK_FILE)
    finally:
        new.unlink(missing_ok=True)


def render(entries: dict[str, Entry]) -> str:
    """Write entries as the lock does."""
    sources = {name: asdict(entries[name]) for name in sorted(entries)}
    return json.dumps({"version": _FORM, "sources": sources}, ensure_ascii=False, indent=2) + "\n"


def parse(content: dict[str, Any]) -> dict[str, Entry]:
    """Read entries of a lock's content; raises one of `UNREADABLE` if it is none."""
    if content["version"] != _FORM:
        raise ValueError
    return {str(name): _entry(entry) for name, entry in content["sources"].items()}


def _entry(content: dict[str, Any]) -> Entry:
    downloads = tuple(
        Download(
            str(one["address"]),
            int(one["size"]),
            str(one["sha256"]),
            tuple(
                Local(str(file["path"]), int(file["size"]), str(file["sha256"]))
                for file in one["files"]
            ),
            str(one["etag"]),
            str(one["last_modified"]),
        )
        for one in content["downloads"]
    )
    if not downloads:
        raise ValueError
    # What a lock says is shown on terminals and in workbooks, and anybody may have written it.
    optional = {
        key: None if content[key] is None else printable(str(content[key]))
        for key in ("date", "resource_date", "licence")
    }
    dataset, resource, time = (
        printable(str(content[key])) for key in ("dataset", "resource", "time")
    )
    return Entry(dataset, resource, **optional, time=time, downloads=downloads)


def now() -> str:
    """Return the time by SOURCE_DATE_EPOCH, else by the clock; UTC, to the second."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    usable = given.isascii() and given.isdigit() and len(given) <= _LONGEST_EPOCH
    moment = dt.datetime.fromtimestamp(int(given), dt.UTC) if usable else dt.datetime.now(dt.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def source_of(
    key: str,
    *,
    is_plain: bool,
    synthetic: bool,
    date: str | None,
    path: Path | None = None,
    notes: Mapping[str, str] | None = None,
) -> Source:
    """Name the source of an input; publisher and licence only where they are known to be theirs.

    `date` is as the file itself or its name tells it, and precedes that of the lock, which
    describes a file at `path` that is still what was fetched.  A licence that the file itself
    states (`notes`), as an extract of OpenStreetMap does, goes with it whatever else is known.
    """
    known = PUBLISHED[key]
    if notes and "licence" in notes:
        publisher = Bilingual(notes["publisher"], notes["publisher"])
        return Source(known.name, publisher, notes["licence"], date)
    if is_plain or synthetic:
        return Source(known.name, date=date)
    described = (None if path is None else _from_lock(path.absolute())) or known
    return described if date is None else replace(described, date=date)


def date_fetched(path: Path) -> str:
    """Give the date that the publisher gave a file, if it is still what was fetched; else empty."""
    locked = _locked(path.absolute())
    return "" if locked is None else locked[1].date or ""


def _from_lock(path: Path) -> Source | None:
    locked = _locked(path)
    if locked is None or locked[0] not in BY_NAME:
        return None
    name, entry = locked
    return replace(_KNOWN[name], licence=entry.licence, date=entry.date or entry.resource_date)


def _locked(path: Path) -> tuple[str, Entry] | None:
    """Find what a lock in the file's folder or beside it says of a file, if it is unchanged."""
    for folder in list(path.parents)[:2]:
        shown = path.relative_to(folder).as_posix()
        try:
            for name, entry in read(folder).items():
                if shown in entry.files and entry.files[shown] == _digest(path).hex():
                    return name, entry
        except (InputError, OSError):
            # `fetch` tells of a damaged lock; a run needs none.
            return None
    return None


def sha256(path: Path) -> str:
    """Hash a file; of a shapefile its parts too, of a folder all files in it, in order of name."""
    files = {path.name: path}
    if path.is_dir():
        files = {
            file.relative_to(path).as_posix(): file for file in path.rglob("*") if file.is_file()
        }
    elif path.suffix.lower() == ".shp":
        beside = (path.with_suffix(suffix) for suffix in _SHAPEFILE_PARTS)
        files |= {file.name: file for file in beside if file.is_file()}
    digests = {name: _digest(file) for name, file in sorted(files.items())}
    if len(digests) == 1:
        return next(iter(digests.values())).hex()
    whole = hashlib.sha256()
    for name, digest in digests.items():
        whole.update(name.encode() + b"\0" + digest)
    return whole.hexdigest()


def _digest(file: Path) -> bytes:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def files_beside(path: Path) -> dict[str, Path]:
    """Find the other files of the register beside that of the addresses, by kind ("iela", …).

    The name tells the kind, whatever stands before and behind it (`aw_iela_2026-09-30.csv`); of
    several the one whose name goes on as that of the addresses, else the last by name.
    """
    named = [
        (match[2] or "", file, match[1])
        for file in (path, *path.parent.glob("*"))
        if file.is_file() and (match := _BESIDE.fullmatch(file.name.casefold())) is not None
    ]
    ending = next((ending for ending, file, _ in named if file == path), "")
    # Of one kind the last one stays.
    ordered = sorted(named, key=lambda one: (one[0] == ending, one[1].name))
    return {kind: file for _, file, kind in ordered if kind != "eka"}
