"""Fetch sources into a project: each by itself, so that one that fails stops no other."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from vpvkac.fetch.place import (
    ACCEPT,
    REFUSED_TYPES,
    check_parts,
    check_unchanged,
    complete_lock,
    extract,
    file_sha256,
    has_files,
    own_files,
    put,
    staging,
)
from vpvkac.fetch.portal import Found, resolve
from vpvkac.fetch.web import (
    Download,
    RefusedError,
    UnchangedError,
    Version,
    Web,
    file_name,
    refusal,
)
from vpvkac.model.accounts import Progress
from vpvkac.model.faults import Fault, InputError
from vpvkac.render.workplace import OutputError
from vpvkac.sources import lock
from vpvkac.sources.catalogue import PORTAL, RAW, Dataset, Direct, OpenStreetMap, Source
from vpvkac.texts.message import Message

State = Literal["new", "same", "changed", "failed"]
_MEGABYTE = 1e6
_SHOW_EVERY = 0.1
_SUM_SHOWN = 12


@dataclass(frozen=True)
class Outcome:
    """What became of one source.

    It is new, the same as in the lock, changed since, or failed; `entry` is what the lock now
    says, None if it failed; `faults` are why, or what is to be known of it.
    """

    source: Source
    state: State
    entry: lock.Entry | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class FetchOptions:
    """Into which folder to fetch, only what is locked or the newest, and from which addresses."""

    folder: Path
    locked: bool = False
    portal: str = PORTAL
    addresses: Mapping[str, str] = field(default_factory=dict)


def fetch(
    sources: Sequence[Source], options: FetchOptions, web: Web, progress: Progress
) -> Iterator[Outcome]:
    """Fetch sources one by one and keep the lock; what succeeded stays, whatever else fails.

    Raises an `InputError` if there is a lock that cannot be read; nothing is fetched then.
    """
    lock.read(options.folder)
    for source in sources:
        progress(source.file)
        visit = _Visit(source, options, web, progress)
        try:
            known = complete_lock(options.folder).get(source.name)
            yield visit.locked(known) if options.locked else visit.newest(known)
        except RefusedError as error:
            yield Outcome(source, "failed", None, (error.fault,))
        except (InputError, OutputError) as error:
            yield Outcome(source, "failed", None, error.faults)
        except OSError as error:
            yield Outcome(source, "failed", None, (_cannot_write(source.file, error),))


@dataclass
class _Visit:
    """The fetching of one source."""

    source: Source
    options: FetchOptions
    web: Web
    progress: Progress
    version: Version | None = None
    warnings: list[Fault] = field(default_factory=list)

    def newest(self, known: lock.Entry | None) -> Outcome:
        """Fetch the newest, unless the server says that it is the one already here."""
        source = self.source
        with staging(self.options.folder, source) as staged:
            try:
                entry = self._obtain(known, staged)
            except UnchangedError:
                return Outcome(source, "same", known, tuple(self.warnings))
            is_same = known is not None and known.sums == entry.sums
            if known is not None and is_same:
                entry = replace(entry, time=known.time)
            put(source, self.options.folder, staged, entry)
        if known is not None and not is_same:
            sums = f"{known.sums[0][:_SUM_SHOWN]}… → {entry.sums[0][:_SUM_SHOWN]}…"
            changed = Message("has changed since {day} (SHA-256 {sums})")
            problem = changed.with_values(day=known.time[:10], sums=sums)
            remedy = Message("compare the results with the previous ones")
            self.warnings.append(Fault("warning", source.file, problem, remedy))
        state: State = "new" if known is None else "same" if is_same else "changed"
        return Outcome(source, state, entry, tuple(self.warnings))

    def locked(self, known: lock.Entry | None) -> Outcome:
        """Fetch exactly what the lock names."""
        source, folder = self.source, self.options.folder
        if known is None:
            problem = Message("is not in {file}", file=lock.LOCK_FILE)
            raise refusal(source.file, problem, Message("fetch it without --locked"))
        if _is_here(source, known, folder):
            return Outcome(source, "same", known)
        if isinstance(source.origin, OpenStreetMap):
            # What it answered then cannot be asked for again.
            raise _not_as_locked(source, known.addresses[0])
        check_unchanged(folder, own_files(known), {})
        with staging(folder, source) as staged:
            downloads = self._download_all(known.addresses, known.sums, staged)
            if replace(known, downloads=tuple(downloads)).files != known.files:
                raise _not_as_locked(source, known.addresses[0])
            put(source, folder, staged, known)
        return Outcome(source, "same", known)

    def _obtain(self, known: lock.Entry | None, staged: Path) -> lock.Entry:
        """Get the newest into the staging folder, and account for it."""
        source, options = self.source, self.options
        address = options.addresses.get(source.name)
        if isinstance(source.origin, OpenStreetMap):
            return self._ask_osm(source.origin, address, staged)
        if address is not None:
            found = Found((address,))
        elif isinstance(source.origin, Direct):
            found = Found((source.origin.address,))
        else:
            portal = options.portal.rstrip("/")
            found = resolve(
                source, source.origin, portal, lambda asked: self.web.read(asked, source.file)
            )
        newer = Message("is newer on the portal, but of another form or incomplete")
        remedy = Message(
            "the newest that can be read was downloaded; to use this one, name it in the project "
            "file"
        )
        for name in found.passed_over:
            self.warnings.append(Fault("warning", source.file, newer, remedy, value=name))
        is_known = known is not None and known.addresses == found.addresses
        if known is not None and is_known and _is_here(source, known, options.folder):
            first, *others = known.downloads
            # Parts of a shapefile are taken all or none, so only a single file may be unchanged.
            version = Version(first.etag, first.last_modified)
            self.version = None if others or version == Version() else version
        sums = (None,) * len(found.addresses)
        return _entry(source, found, self._download_all(found.addresses, sums, staged))

    def _ask_osm(self, origin: OpenStreetMap, address: str | None, staged: Path) -> lock.Entry:
        # osmnx brings geopandas with it, which no download needs.
        from vpvkac.fetch.osm import Services, fetch_osm

        services = Services() if address is None else Services(overpass=address)
        file, cache = staged / Path(self.source.file).name, self.options.folder / RAW / "osm_cache"
        got = fetch_osm(origin.host, file, cache, services=services, sleep=self.web.sleep)
        local = _local(file)
        download = lock.Download(got.address, local.size, local.sha256, (local,))
        found = Found((got.address,), date=got.date, licence=got.licence)
        return _entry(self.source, found, [download])

    def _download_all(
        self, addresses: Sequence[str], sums: Sequence[str | None], staged: Path
    ) -> list[lock.Download]:
        """Download and check all; a sum that is given must be met."""
        source, downloads = self.source, []
        for number, (address, wanted) in enumerate(zip(addresses, sums, strict=True)):
            body = staged / f"body-{number}"
            with body.open("w+b") as opened:
                version = Download(
                    self.web, address, opened, source.file, ACCEPT[source.form], self.version,
                    REFUSED_TYPES[source.form], _show_bytes(source.file, self.progress),
                ).run()  # fmt: skip
            sha256 = file_sha256(body)
            if wanted not in {None, sha256}:
                raise _not_as_locked(source, address)
            ending = PurePosixPath(file_name(address)).suffix.casefold()
            files = tuple(_local(file) for file in extract(source, body, ending, staged))
            size = body.stat().st_size
            downloads.append(
                lock.Download(address, size, sha256, files, version.etag, version.last_modified)
            )
        if source.form == "shapefile":
            check_parts(source, [file.path for one in downloads for file in one.files])
        return downloads


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
    return lock.Local(f"{RAW}/{file.name}", file.stat().st_size, file_sha256(file))


def _is_here(source: Source, known: lock.Entry, folder: Path) -> bool:
    """Tell whether the local files are there, and are those that were fetched."""
    files = own_files(known)
    return source.file in files and has_files(folder, files)


def _show_bytes(file: str, progress: Progress) -> Callable[[int, int | None], None]:
    last = 0.0

    def received(received: int, total: int | None) -> None:
        nonlocal last
        if received != total and time.monotonic() - last < _SHOW_EVERY:
            return
        last = time.monotonic()
        whole = f" / {total / _MEGABYTE:.1f}" if total else ""
        progress(f"{file}: {received / _MEGABYTE:.1f}{whole} MB")

    return received


def _not_as_locked(source: Source, address: str) -> RefusedError:
    problem = Message("is no longer the file named in {file}", file=lock.LOCK_FILE)
    remedy = Message("fetch without --locked if the new one is wanted")
    return refusal(source.file, problem, remedy, address)


def _cannot_write(file: str, error: OSError) -> Fault:
    """Say that a file cannot be written: the lock where it is meant, else what is fetched."""
    shown = lock.LOCK_FILE if lock.LOCK_FILE in str(error.filename) else file
    problem = Message("cannot be written ({reason})", reason=error.strerror or type(error).__name__)
    return Fault("error", shown, problem, Message("check the folder and the free space"))
