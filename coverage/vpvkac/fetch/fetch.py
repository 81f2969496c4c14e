"""Fetch sources into a project: each by itself, so that one that fails stops no other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

import pooch

from vpvkac.fetch.address import file_name
from vpvkac.fetch.contents import ACCEPT, REFUSED_TYPES, check_parts, settle
from vpvkac.fetch.place import guard, intact, ours, put, settled, staging
from vpvkac.fetch.portal import Found, resolve
from vpvkac.fetch.refusal import RefusedError, refused
from vpvkac.fetch.web import Received, Request, UnchangedError, Version, Web
from vpvkac.model.faults import Fault, InputError
from vpvkac.render.workplace import OutputError
from vpvkac.sources import lock
from vpvkac.sources.catalogue import PORTAL, RAW, Dataset, Direct, OpenStreetMap, Source
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.progress import Progress

State = Literal["new", "same", "changed", "failed"]
_OSM_CACHE = f"{RAW}/osm_cache"
_MEGABYTE = 1e6
_SHOW_EVERY = 0.1
_SUM_SHOWN = 12


@dataclass(frozen=True)
class Outcome:
    """What became of one source.

    Parameters
    ----------
    state
        new, same (as in the lock), changed (since the lock) or failed.
    entry
        What the lock now says; None if it failed.
    faults
        Why it failed, or what is to be known of it.
    """

    source: Source
    state: State
    entry: lock.Entry | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Wishes:
    """How to fetch.

    Parameters
    ----------
    folder
        The project's folder.
    locked
        Take only what the lock names, and only if it is the same.
    portal
        Address of the portal.
    addresses
        Addresses to use instead of the catalogue's, by source.
    """

    folder: Path
    locked: bool = False
    portal: str = PORTAL
    addresses: Mapping[str, str] = field(default_factory=dict)


def fetch(
    sources: Sequence[Source], wishes: Wishes, web: Web, progress: Progress
) -> Iterator[Outcome]:
    """Fetch sources one by one and keep the lock; what succeeded stays, whatever else fails.

    Raises
    ------
    InputError
        If there is a lock that cannot be read; nothing is fetched then.
    """
    # pooch tells of every file and its sum; the command tells it better.
    pooch.get_logger().setLevel("ERROR")
    lock.read(wishes.folder)
    for source in sources:
        progress(source.file)
        yield _one(source, wishes, web, progress)


def _one(source: Source, wishes: Wishes, web: Web, progress: Progress) -> Outcome:
    try:
        known = settled(wishes.folder).get(source.name)
        if wishes.locked:
            return _locked(source, wishes, web, known, progress)
        return _newest(source, wishes, web, known, progress)
    except RefusedError as refusal:
        return Outcome(source, "failed", None, (refusal.fault,))
    except (InputError, OutputError) as error:
        return Outcome(source, "failed", None, error.faults)
    except OSError as error:
        return Outcome(source, "failed", None, (_cannot_write(source.file, error),))


def _newest(
    source: Source, wishes: Wishes, web: Web, known: lock.Entry | None, progress: Progress
) -> Outcome:
    with staging(wishes.folder, source) as staged:
        visit = _Visit(source, web, staged, progress)
        try:
            entry = _obtain(source, wishes, web, known, visit)
        except UnchangedError:
            return Outcome(source, "same", known, tuple(visit.warnings))
        is_same = known is not None and known.sums == entry.sums
        if known is not None and is_same:
            entry = replace(entry, time=known.time)
        put(source, wishes.folder, staged, entry)
    if known is None:
        return Outcome(source, "new", entry, tuple(visit.warnings))
    if is_same:
        return Outcome(source, "same", entry, tuple(visit.warnings))
    return Outcome(source, "changed", entry, (*visit.warnings, _changed(source, known, entry)))


def _obtain(
    source: Source, wishes: Wishes, web: Web, known: lock.Entry | None, visit: _Visit
) -> lock.Entry:
    """Get the newest into the staging folder, and account for it."""
    if isinstance(source.origin, OpenStreetMap):
        return _asked(source, source.origin, wishes, web, visit.staging)
    found = _find(source, source.origin, wishes, web)
    visit.warnings += [_newer(source, name) for name in found.passed_over]
    if known is not None and known.addresses == found.addresses:
        visit.known = _versions(known) if _is_here(source, known, wishes.folder) else []
    return _entry(source, found, visit.take(found.addresses, [None] * len(found.addresses)))


def _asked(
    source: Source, origin: OpenStreetMap, wishes: Wishes, web: Web, staging: Path
) -> lock.Entry:
    # osmnx brings geopandas with it, which no download needs.
    from vpvkac.fetch.osm import fetch_osm
    from vpvkac.fetch.overpass import Services

    given = wishes.addresses.get(source.name)
    services = Services() if given is None else Services(overpass=given)
    file = staging / Path(source.file).name
    extract = fetch_osm(
        origin.host, file, wishes.folder / _OSM_CACHE, services=services, sleep=web.sleep
    )
    local = _local(file)
    download = lock.Download(extract.address, local.size, local.sha256, (local,))
    found = Found((extract.address,), date=extract.date, licence=extract.licence)
    return _entry(source, found, [download])


def _locked(
    source: Source, wishes: Wishes, web: Web, known: lock.Entry | None, progress: Progress
) -> Outcome:
    if known is None:
        raise refused(
            source.file,
            Message("is not in {file}", file=lock.LOCK_FILE),
            Message("fetch it without --locked"),
        )
    if _is_here(source, known, wishes.folder):
        return Outcome(source, "same", known)
    if isinstance(source.origin, OpenStreetMap):
        # What it answered then cannot be asked for again.
        raise _not_as_locked(source, known.addresses[0])
    guard(wishes.folder, ours(known), {})
    with staging(wishes.folder, source) as staged:
        visit = _Visit(source, web, staged, progress)
        downloads = visit.take(known.addresses, list(known.sums))
        entry = replace(known, downloads=tuple(downloads))
        if entry.files != known.files:
            raise _not_as_locked(source, known.addresses[0])
        put(source, wishes.folder, staged, known)
    return Outcome(source, "same", known)


def _find(source: Source, origin: Dataset | Direct, wishes: Wishes, web: Web) -> Found:
    given = wishes.addresses.get(source.name)
    if given is not None:
        return Found((given,))
    if isinstance(origin, Direct):
        return Found((origin.address,))
    return resolve(source, origin, wishes.portal, lambda address: web.read(address, source.file))


@dataclass
class _Visit:
    """Downloads of one source, into a folder of their own."""

    source: Source
    web: Web
    staging: Path
    progress: Progress
    known: list[Version] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def take(self, addresses: Sequence[str], sums: Sequence[str | None]) -> list[lock.Download]:
        """Download and check all; a sum that is given must be met."""
        downloads = [
            self._take(number, address, wanted)
            for number, (address, wanted) in enumerate(zip(addresses, sums, strict=True))
        ]
        if self.source.form == "shapefile":
            check_parts(self.source, [file.path for one in downloads for file in one.files])
        return downloads

    def _take(self, number: int, address: str, wanted: str | None) -> lock.Download:
        request = Request(
            self.source.file,
            accept=ACCEPT[self.source.form],
            # Parts of a shapefile are taken all or none, so only a single file may be unchanged.
            known=self.known[0] if len(self.known) == 1 else None,
            refused_types=REFUSED_TYPES[self.source.form],
            received=_shown(self.source.file, self.progress),
        )
        body = self._body(number, address, wanted, request)
        ending = PurePosixPath(file_name(address)).suffix.casefold()
        files = settle(self.source, body, ending, self.staging)
        version = request.version
        return lock.Download(
            address,
            body.stat().st_size,
            pooch.file_hash(str(body)),
            tuple(_local(file) for file in files),
            version.etag,
            version.last_modified,
        )

    def _body(self, number: int, address: str, wanted: str | None, request: Request) -> Path:
        """Let pooch download into a temporary file, compare the sum, and name the file."""

        def downloader(url: str, output_file: str, _pooch: object) -> None:
            with Path(output_file).open("w+b") as opened:
                self.web.download(url, cast("BinaryIO", opened), request)

        try:
            body = pooch.retrieve(
                address,
                known_hash=None if wanted is None else f"sha256:{wanted}",
                fname=f"body-{number}",
                path=self.staging,
                downloader=downloader,
            )
        except ValueError:
            raise _not_as_locked(self.source, address) from None
        return Path(body)


def _entry(source: Source, found: Found, downloads: Sequence[lock.Download]) -> lock.Entry:
    last_modified = Version(last_modified=downloads[0].last_modified).date
    return lock.Entry(
        source.origin.id if isinstance(source.origin, Dataset) and found.resource else "",
        found.resource,
        found.date,
        found.modified or last_modified,
        found.licence or source.licence,
        lock.now(),
        tuple(downloads),
    )


def _local(file: Path) -> lock.Local:
    return lock.Local(f"{RAW}/{file.name}", file.stat().st_size, pooch.file_hash(str(file)))


def _versions(known: lock.Entry) -> list[Version]:
    versions = [Version(one.etag, one.last_modified) for one in known.downloads]
    return versions if all(version != Version() for version in versions) else []


def _is_here(source: Source, known: lock.Entry, folder: Path) -> bool:
    """Tell whether the local files are there, and are those that were fetched."""
    files = ours(known)
    return source.file in files and intact(folder, files)


def _shown(file: str, progress: Progress) -> Received:
    last = 0.0

    def received(received: int, total: int | None) -> None:
        nonlocal last
        if received != total and time.monotonic() - last < _SHOW_EVERY:
            return
        last = time.monotonic()
        whole = f" / {total / _MEGABYTE:.1f}" if total else ""
        progress(f"{file}: {received / _MEGABYTE:.1f}{whole} MB")

    return received


def _newer(source: Source, name: str) -> Fault:
    return Fault(
        "warning",
        source.file,
        Message("is newer on the portal, but of another form or incomplete"),
        Message(
            "the newest that can be read was downloaded; to use this one, name it in the "
            "project file"
        ),
        value=name,
    )


def _changed(source: Source, old: lock.Entry, new: lock.Entry) -> Fault:
    sums = f"{old.sums[0][:_SUM_SHOWN]}… → {new.sums[0][:_SUM_SHOWN]}…"
    day = old.time[:10]
    return Fault(
        "warning",
        source.file,
        Message("has changed since {day} (SHA-256 {sums})", day=day, sums=sums),
        Message("compare the results with the previous ones"),
    )


def _not_as_locked(source: Source, address: str) -> RefusedError:
    return refused(
        source.file,
        Message("is no longer the file named in {file}", file=lock.LOCK_FILE),
        Message("fetch without --locked if the new one is wanted"),
        address,
    )


def _cannot_write(file: str, error: OSError) -> Fault:
    """Tell that a file cannot be written: the lock where it is meant, else what is fetched."""
    reason = error.strerror or type(error).__name__
    return Fault(
        "error",
        lock.LOCK_FILE if lock.LOCK_FILE in str(error.filename) else file,
        Message("cannot be written ({reason})", reason=reason),
        Message("check the folder and the free space"),
    )
