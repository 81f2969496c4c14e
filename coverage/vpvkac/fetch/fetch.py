"""Fetch sources into a project: each by itself, so that one that fails stops no other."""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from vpvkac.fetch.elsewhere import find_link, find_year, newest_day, question, write_figures
from vpvkac.fetch.place import (
    ACCEPT,
    REFUSED_TYPES,
    check_parts,
    check_unchanged,
    clear_refused,
    complete_lock,
    extract,
    file_sha256,
    has_files,
    keep_refused,
    own_files,
    put,
    staging,
)
from vpvkac.fetch.portal import Found, resolve
from vpvkac.fetch.web import (
    MOST_OF_AN_ANSWER,
    NAME_ADDRESS,
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
from vpvkac.model.project import Input
from vpvkac.render.workplace import OutputError
from vpvkac.sources import lock
from vpvkac.sources.catalogue import (
    PORTAL,
    RAW,
    Dataset,
    Direct,
    Form,
    OpenStreetMap,
    Origin,
    Page,
    Search,
    Source,
    Table,
)
from vpvkac.texts.message import Composed, Message

if TYPE_CHECKING:
    from vpvkac.fetch.osm import Services

State = Literal["new", "same", "changed", "failed", "behind", "absent", "unknown"]
_STAYS = Message("the last good file stays in use; tell the publisher")
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
class Standing:
    """How a source stands beside the lock, without downloading it.

    It is the same as in the lock, the lock is behind, the source is absent from it, asking
    failed, or it is unknown, as neither side knows a date; `date` is the newest that its publisher
    names, `locked` that of the lock.
    """

    source: Source
    state: State
    date: str | None
    locked: str | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class FetchOptions:
    """Into which folder to fetch, only what is locked or the newest, and from which addresses.

    With `read` each new file is read by its reader before it takes the place of the last good
    one; `columns` are those that the project names for the file of a source.
    """

    folder: Path
    locked: bool = False
    portal: str = PORTAL
    addresses: Mapping[str, str] = field(default_factory=dict)
    read: bool = False
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def fetch(
    sources: Sequence[Source], options: FetchOptions, web: Web, progress: Progress
) -> Iterator[Outcome]:
    """Fetch sources one by one and keep the lock; what succeeded stays, whatever else fails.

    Raises an `InputError` if there is a lock that cannot be read; nothing is fetched then.
    """
    lock.read(options.folder)
    with TemporaryDirectory() as zips:
        for source in sources:
            progress(source.file)
            visit = _Visit(source, options, web, progress, Path(zips))
            try:
                known = complete_lock(options.folder).get(source.name)
                yield visit.locked(known) if options.locked else visit.newest(known)
            except RefusedError as error:
                yield Outcome(source, "failed", None, (error.fault,))
            except (InputError, OutputError) as error:
                yield Outcome(source, "failed", None, error.faults)
            except OSError as error:
                yield Outcome(source, "failed", None, (_cannot_write(source.file, error),))


def standings(
    sources: Sequence[Source], options: FetchOptions, web: Web, progress: Progress
) -> Iterator[Standing]:
    """Ask of each source what is newest, and compare it with the lock."""
    entries = lock.read(options.folder)
    for source in sources:
        progress(source.file)
        yield _Visit(source, options, web, progress, options.folder).standing(
            entries.get(source.name)
        )


@dataclass
class _Visit:
    """The fetching of one source; `zips` keeps archives that hold other sources too."""

    source: Source
    options: FetchOptions
    web: Web
    progress: Progress
    zips: Path
    version: Version | None = None
    warnings: list[Fault] = field(default_factory=list)
    tried: set[tuple[str, ...]] = field(default_factory=set)
    # Of a statistical table: which is asked for.
    year: str = ""

    def newest(self, known: lock.Entry | None) -> Outcome:
        """Fetch the newest that can be read, unless the server says that it is already here."""
        source = self.source
        failed: list[Fault] = []
        tries: list[Fault] = []
        for origin in self._origins(known):
            with staging(self.options.folder, source) as staged:
                try:
                    entry = self._obtain(origin, known, staged)
                    if origin is not source.origin:
                        self._check_not_older(known, entry)
                    self._check_readable(staged, known, entry)
                except UnchangedError:
                    outcome = Outcome(source, "same", known)
                except RefusedError as error:
                    tries.append(error.fault)
                    continue
                except InputError as error:
                    failed.extend(error.faults)
                    continue
                else:
                    outcome = self._put(staged, known, entry)
            failed += tries
            if not failed:
                clear_refused(source, self.options.folder)
                return replace(outcome, faults=tuple(self.warnings))
            where = outcome.entry.addresses[0] if outcome.entry else ""
            fallback = Message("was taken from another address")
            remedy = Message("see that it is what you want")
            failed.append(Fault("warning", source.file, fallback, remedy, value=where))
            earlier = [replace(fault, level="warning") for fault in failed]
            return replace(outcome, faults=(*earlier, *self.warnings))
        is_here = known is not None and _is_here(source, known, self.options.folder)
        failed += _all_failed(tries, is_refused=bool(failed), is_here=is_here)
        if source.instead:
            instead = Message("can be replaced by OpenStreetMap's")
            remedy = Message("download it with vpvkac fetch {name}", name=source.instead)
            failed.append(Fault("warning", source.file, instead, remedy))
        return Outcome(source, "failed", None, tuple(failed))

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
        self.year = known.date or ""
        with staging(folder, source) as staged:
            downloads = self._download_all(known.addresses, known.sums, staged)
            if replace(known, downloads=tuple(downloads)).files != known.files:
                raise _not_as_locked(source, known.addresses[0])
            put(source, folder, staged, known)
        return Outcome(source, "same", known)

    def standing(self, known: lock.Entry | None) -> Standing:
        """Ask what is newest, and no more than the headers of its file."""
        failed: list[Fault] = []
        locked = None if known is None else known.date or known.resource_date
        for origin in self._origins(known):
            try:
                day, state = self._compare(origin, known, locked)
            except RefusedError as error:
                failed.append(error.fault)
                continue
            return Standing(self.source, state, day or locked, locked, tuple(failed))
        return Standing(self.source, "failed", None, locked, tuple(failed))

    def _compare(
        self, origin: Origin, known: lock.Entry | None, locked: str | None
    ) -> tuple[str | None, State]:
        """Give the newest day that an origin names, and how the lock stands beside it."""
        found = self._find_new(origin)
        day, version = found.date or found.modified, Version()
        if not isinstance(origin, Table | OpenStreetMap):
            try:
                version = Download(
                    self.web, found.addresses[0], io.BytesIO(), self.source.file,
                    known=self._version(known, found), headers_only=True,
                    refused_types=REFUSED_TYPES.get(self.source.form, ()),
                ).run()  # fmt: skip
            except UnchangedError:
                return day, "same"
            day = day or version.date
        if known is None:
            return day, "absent"
        if origin is not self.source.origin and day and locked and day <= locked:
            # What stands in for the publication never takes the place of what is as new.
            return day, "same"
        is_same_place = known.addresses == found.addresses
        if is_same_place and (found.modified or "") > (known.resource_date or found.modified or ""):
            # Replaced under its name, and under the date in it.
            return found.modified, "behind"
        first = known.downloads[0]
        differs = version.differs_from(Version(first.etag, first.last_modified))
        if differs or not is_same_place or day not in {None, locked}:
            return day, "behind"
        return day, "unknown" if day is None and differs is None else "same"

    def _origins(self, known: lock.Entry | None) -> Iterator[Origin]:
        """Give where the source may be had, in order; only the address given, if one is."""
        source, portal = self.source, self.options.portal.rstrip("/")
        address = self.options.addresses.get(source.name)
        if address is not None:
            osm = source.origin if isinstance(source.origin, OpenStreetMap) else None
            yield replace(osm, overpass=address) if osm else Direct(address)
            return
        yield source.origin
        for origin in source.fallbacks:
            if isinstance(origin, Dataset) and origin.lesser and known is not None:
                came = known.dataset == origin.id and re.search(origin.pattern, _resource(known))
                if not came and _is_here(source, known, self.options.folder):
                    continue
            if isinstance(origin, Dataset | Search) or portal == PORTAL:
                yield origin
            # In place of the portal stands another: nobody else is asked behind its back.
            elif isinstance(origin, Direct):
                address = origin.address.replace(PORTAL, portal)
                if urlsplit(address).netloc == urlsplit(portal).netloc:
                    yield Direct(address)

    def _find_new(self, origin: Origin) -> Found:
        """Give the addresses of the newest, each once."""
        found = self._find(origin)
        if found.addresses in self.tried:
            asked = origin.id if isinstance(origin, Dataset) else ""
            asked = origin.words if isinstance(origin, Search) else asked or found.addresses[0]
            raise refusal(self.source.file, Message("leads to the same file"), NAME_ADDRESS, asked)
        self.tried.add(found.addresses)
        return found

    def _find(self, origin: Origin) -> Found:
        """Give the addresses of the newest."""
        source = self.source

        def read(address: str, accept: str = "application/json") -> bytes:
            return self.web.read(address, source.file, accept)

        if isinstance(origin, Dataset | Search):
            return resolve(source, origin, self.options.portal.rstrip("/"), read)
        if isinstance(origin, Page):
            return find_link(source, origin, lambda address: read(address, "text/html"))
        if isinstance(origin, Table):
            return find_year(source, origin, read)
        if isinstance(origin, OpenStreetMap):
            service = _services(origin).overpass
            return Found((service,), date=newest_day(service, lambda asked: read(asked, "text/*")))
        return Found((origin.address,))

    def _version(self, known: lock.Entry | None, found: Found) -> Version | None:
        """Give the version that is here, if it came from the same address and is unchanged."""
        if known is None or known.addresses != found.addresses:
            return None
        first, *others = known.downloads
        # Parts of a shapefile are taken all or none, so only a single file may be unchanged.
        version = Version(first.etag, first.last_modified)
        if others or version == Version() or not _is_here(self.source, known, self.options.folder):
            return None
        return version

    def _obtain(self, origin: Origin, known: lock.Entry | None, staged: Path) -> lock.Entry:
        """Get the newest into the staging folder, and account for it."""
        source = self.source
        if isinstance(origin, OpenStreetMap):
            return self._ask_osm(origin, staged)
        found = self._find_new(origin)
        newer = Message("is newer on the portal, but of another form or incomplete")
        remedy = Message(
            "the newest that can be read was downloaded; to use this one, name it in the project "
            "file"
        )
        for name in found.passed_over:
            self.warnings.append(Fault("warning", source.file, newer, remedy, value=name))
        self.version, self.year = self._version(known, found), found.date or ""
        sums = (None,) * len(found.addresses)
        return _entry(source, found, self._download_all(found.addresses, sums, staged))

    def _ask_osm(self, origin: OpenStreetMap, staged: Path) -> lock.Entry:
        from vpvkac.fetch.osm import fetch_osm

        file, cache = staged / Path(self.source.file).name, self.options.folder / RAW / "osm_cache"
        services, sleep = _services(origin), self.web.sleep
        got = fetch_osm(origin.host, file, cache, services=services, sleep=sleep)
        local = _local(file)
        download = lock.Download(got.address, local.size, local.sha256, (local,))
        found = Found((got.address,), date=got.date, licence=got.licence)
        return _entry(self.source, found, [download])

    def _check_readable(self, staged: Path, known: lock.Entry | None, entry: lock.Entry) -> None:
        """Read a new file; one that cannot be read is kept beside, and raises an `InputError`."""
        is_known = known is not None and known.sums == entry.sums
        if not self.options.read or not self.source.reader or is_known:
            return
        columns = self.options.columns.get(self.source.file, self.source.columns)
        faults = _reader_faults(self.source, staged / Path(self.source.file).name, columns)
        if faults:
            kept = keep_refused(self.source, self.options.folder, staged, entry, faults)
            problem = Message("was refused by its reader and kept beside as {file}", file=kept)
            raise InputError([*faults, Fault("error", self.source.file, problem, _STAYS)])

    def _check_not_older(self, known: lock.Entry | None, entry: lock.Entry) -> None:
        """Refuse what a fallback has of an earlier day than the file that is here."""
        if known is None or not _is_here(self.source, known, self.options.folder):
            return
        day, locked = (one.date or one.resource_date or "" for one in (entry, known))
        if "" < day < locked:
            problem = Message("is older there ({day}) than the file that is here", day=day)
            raise refusal(self.source.file, problem, _STAYS, entry.addresses[0])

    def _put(self, staged: Path, known: lock.Entry | None, entry: lock.Entry) -> Outcome:
        """Put the files in their place; a changed file is reported."""
        source = self.source
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
        return Outcome(source, state, entry)

    def _download_all(
        self, addresses: Sequence[str], sums: Sequence[str | None], staged: Path
    ) -> list[lock.Download]:
        """Download and check all; a sum that is given must be met."""
        source, downloads = self.source, []
        for number, (address, wanted) in enumerate(zip(addresses, sums, strict=True)):
            body = staged / f"body-{number}"
            version = self._download(address, body)
            sha256 = file_sha256(body)
            if wanted not in {None, sha256}:
                raise _not_as_locked(source, address)
            files = tuple(map(_local, self._extract(address, body, staged)))
            size = body.stat().st_size
            downloads.append(
                lock.Download(address, size, sha256, files, version.etag, version.last_modified)
            )
        if source.form == "shapefile":
            check_parts(source, [file.path for one in downloads for file in one.files])
        return downloads

    def _table(self, address: str) -> Table | None:
        """Give the statistical table that stands at an address, if one does."""
        origins = (self.source.origin, *self.source.fallbacks)
        tables = (one for one in origins if isinstance(one, Table) and one.address == address)
        return next(tables, None)

    def _extract(self, address: str, body: Path, staged: Path) -> list[Path]:
        """Check what came, and write the local files of it."""
        if self._table(address) is None:
            ending = PurePosixPath(file_name(address)).suffix.casefold()
            return extract(self.source, body, ending, staged)
        file = staged / Path(self.source.file).name
        write_figures(self.source, body.read_bytes(), self.year, file)
        return [file]

    def _download(self, address: str, body: Path) -> Version:
        """Download a file; an archive that holds other sources too, once for all of them."""
        source, table = self.source, self._table(address)
        form: Form = source.form if table is None else "json"
        kept = self.zips / hashlib.sha256(address.encode()).hexdigest()
        about = kept.with_suffix(".json")
        if about.is_file():
            shutil.copyfile(kept, body)
            return Version(*json.loads(about.read_text(encoding="utf-8")))
        with body.open("w+b") as opened:
            version = Download(
                self.web, address, opened, source.file, ACCEPT[form], self.version,
                REFUSED_TYPES[form], _show_bytes(source.file, self.progress),
                most_bytes=MOST_OF_AN_ANSWER if table else None,
                question=question(table, self.year) if table else b"",
            ).run()  # fmt: skip
        if source.key == "addresses" and zipfile.is_zipfile(body):
            shutil.copyfile(body, kept)
            about.write_text(json.dumps([version.etag, version.last_modified]), encoding="utf-8")
        return version


def _all_failed(tries: Sequence[Fault], *, is_refused: bool, is_here: bool) -> Sequence[Fault]:
    """Say in one sentence where the source was tried, why it failed there, and what stays."""
    if not tries or (len(tries) == 1 and not is_here):
        return tries
    said = [Message("{place} – {problem}", place=one.value or "–", problem=one.problem)
            for one in tries]  # fmt: skip
    places = Composed(*said, between="; ")
    problem = Message("cannot be had: {tries}", tries=places)
    if is_refused:
        problem = Message("cannot be had elsewhere: {tries}", tries=places)
    remedy = _STAYS if is_here else tries[0].remedy
    return [replace(tries[0], value=None, problem=problem, remedy=remedy)]


def _services(origin: OpenStreetMap) -> Services:
    # shapely comes with it, which no download needs.
    from vpvkac.fetch.osm import Services

    return Services(overpass=origin.overpass)


def _reader_faults(source: Source, file: Path, columns: Mapping[str, str]) -> Sequence[Fault]:
    """Read a file as `check` will; give what its reader refuses it for."""
    module, _, name = source.reader.rpartition(".")
    read = getattr(import_module(f"vpvkac.sources.{module}"), name)
    given = Input(file, source.file, columns=columns)
    try:
        if source.form == "gtfs":
            regional = source.name == "atd"
            reading = read(file, feed=source.name, regional=regional, shown=source.file)
        elif isinstance(source.origin, OpenStreetMap):
            reading = read(given, source.origin.host)
        else:
            reading = read(given)
    except InputError as error:
        return error.faults
    errors = [fault for fault in reading.faults if fault.level == "error"]
    if source.name == "rail" and reading.rows_read:
        from vpvkac.sources.gtfs.reader import NO_BUS

        # Trains are what it is for.
        errors = [fault for fault in errors if fault.problem is not NO_BUS]
    return errors


def _entry(source: Source, found: Found, downloads: Sequence[lock.Download]) -> lock.Entry:
    last_modified = Version(last_modified=downloads[0].last_modified).date
    return lock.Entry(
        found.dataset,
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


def _resource(known: lock.Entry) -> str:
    return f"{known.resource} {file_name(known.addresses[0])}".casefold()


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
