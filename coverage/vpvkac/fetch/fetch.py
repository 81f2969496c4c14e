"""Fetch sources into a project: each by itself, so that one that fails stops no other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Literal

from vpvkac.fetch.contents import ACCEPT, REFUSED_TYPES, check_parts, extract
from vpvkac.fetch.exchange import RefusedError, refusal
from vpvkac.fetch.place import (
    check_unchanged,
    complete_lock,
    file_sha256,
    has_files,
    own_files,
    put,
    staging,
)
from vpvkac.fetch.portal import Found, resolve
from vpvkac.fetch.web import Received, Request, UnchangedError, Version, Web, file_name
from vpvkac.model.accounts import Progress
from vpvkac.model.faults import Fault, InputError
from vpvkac.render.workplace import OutputError
from vpvkac.sources import lock
from vpvkac.sources.catalogue import PORTAL, RAW, Dataset, Direct, OpenStreetMap, Source
from vpvkac.texts.message import Message

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
class FetchOptions:
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
    sources: Sequence[Source], options: FetchOptions, web: Web, progress: Progress
) -> Iterator[Outcome]:
    """Fetch sources one by one and keep the lock; what succeeded stays, whatever else fails.

    Raises
    ------
    InputError
        If there is a lock that cannot be read; nothing is fetched then.
    """
    lock.read(options.folder)
    for source in sources:
        progress(source.file)
        yield _Visit(source, options, web, progress).outcome()


@dataclass
class _Visit:
    """The fetching of one source."""

    source: Source
    options: FetchOptions
    web: Web
    progress: Progress
    versions: list[Version] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def outcome(self) -> Outcome:
        """Fetch it, and tell what became of it."""
        source = self.source
        try:
            known = complete_lock(self.options.folder).get(source.name)
            return self._locked(known) if self.options.locked else self._newest(known)
        except RefusedError as error:
            return Outcome(source, "failed", None, (error.fault,))
        except (InputError, OutputError) as error:
            return Outcome(source, "failed", None, error.faults)
        except OSError as error:
            return Outcome(source, "failed", None, (_cannot_write(source.file, error),))

    def _newest(self, known: lock.Entry | None) -> Outcome:
        with staging(self.options.folder, self.source) as staged:
            try:
                entry = self._obtain(known, staged)
            except UnchangedError:
                return Outcome(self.source, "same", known, tuple(self.warnings))
            is_same = known is not None and known.sums == entry.sums
            if known is not None and is_same:
                entry = replace(entry, time=known.time)
            put(self.source, self.options.folder, staged, entry)
        if known is not None and not is_same:
            self.warnings.append(_changed(self.source, known, entry))
        state: State = "new" if known is None else "same" if is_same else "changed"
        return Outcome(self.source, state, entry, tuple(self.warnings))

    def _locked(self, known: lock.Entry | None) -> Outcome:
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
            found = resolve(
                source, source.origin, options.portal,
                lambda address: self.web.read(address, source.file),
            )  # fmt: skip
        self.warnings += [_newer(source, name) for name in found.passed_over]
        if (
            known is not None
            and known.addresses == found.addresses
            and _is_here(source, known, options.folder)
        ):
            versions = [Version(one.etag, one.last_modified) for one in known.downloads]
            self.versions = versions if Version() not in versions else []
        sums = (None,) * len(found.addresses)
        return _entry(source, found, self._download_all(found.addresses, sums, staged))

    def _ask_osm(self, origin: OpenStreetMap, address: str | None, staged: Path) -> lock.Entry:
        # osmnx brings geopandas with it, which no download needs.
        from vpvkac.fetch.osm import fetch_osm
        from vpvkac.fetch.overpass import Services

        services = Services() if address is None else Services(overpass=address)
        file, cache = staged / Path(self.source.file).name, self.options.folder / _OSM_CACHE
        got = fetch_osm(origin.host, file, cache, services=services, sleep=self.web.sleep)
        local = _local(file)
        download = lock.Download(got.address, local.size, local.sha256, (local,))
        found = Found((got.address,), date=got.date, licence=got.licence)
        return _entry(self.source, found, [download])

    def _download_all(
        self, addresses: Sequence[str], sums: Sequence[str | None], staged: Path
    ) -> list[lock.Download]:
        """Download and check all; a sum that is given must be met."""
        downloads = [
            self._download(address, wanted, staged / f"body-{number}")
            for number, (address, wanted) in enumerate(zip(addresses, sums, strict=True))
        ]
        if self.source.form == "shapefile":
            check_parts(self.source, [file.path for one in downloads for file in one.files])
        return downloads

    def _download(self, address: str, wanted: str | None, body: Path) -> lock.Download:
        source = self.source
        request = Request(
            source.file,
            accept=ACCEPT[source.form],
            # Parts of a shapefile are taken all or none, so only a single file may be unchanged.
            known=self.versions[0] if len(self.versions) == 1 else None,
            refused_types=REFUSED_TYPES[source.form],
            received=_show_bytes(source.file, self.progress),
        )
        with body.open("w+b") as opened:
            self.web.download(address, opened, request)
        sha256 = file_sha256(body)
        if wanted not in {None, sha256}:
            raise _not_as_locked(source, address)
        ending = PurePosixPath(file_name(address)).suffix.casefold()
        files = extract(source, body, ending, body.parent)
        version = request.version
        return lock.Download(
            address,
            body.stat().st_size,
            sha256,
            tuple(_local(file) for file in files),
            version.etag,
            version.last_modified,
        )


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


def _show_bytes(file: str, progress: Progress) -> Received:
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
    problem = Message("is newer on the portal, but of another form or incomplete")
    remedy = Message(
        "the newest that can be read was downloaded; to use this one, name it in the project file"
    )
    return Fault("warning", source.file, problem, remedy, value=name)


def _changed(source: Source, old: lock.Entry, new: lock.Entry) -> Fault:
    sums = f"{old.sums[0][:_SUM_SHOWN]}… → {new.sums[0][:_SUM_SHOWN]}…"
    problem = Message("has changed since {day} (SHA-256 {sums})", day=old.time[:10], sums=sums)
    remedy = Message("compare the results with the previous ones")
    return Fault("warning", source.file, problem, remedy)


def _not_as_locked(source: Source, address: str) -> RefusedError:
    problem = Message("is no longer the file named in {file}", file=lock.LOCK_FILE)
    remedy = Message("fetch without --locked if the new one is wanted")
    return refusal(source.file, problem, remedy, address)


def _cannot_write(file: str, error: OSError) -> Fault:
    """Say that a file cannot be written: the lock where it is meant, else what is fetched."""
    shown = lock.LOCK_FILE if lock.LOCK_FILE in str(error.filename) else file
    problem = Message("cannot be written ({reason})", reason=error.strerror or type(error).__name__)
    return Fault("error", shown, problem, Message("check the folder and the free space"))
