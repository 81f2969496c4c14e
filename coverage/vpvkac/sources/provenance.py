"""Where an input comes from: its name, publisher and licence, and the hash of its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from vpvkac.model.accounts import Source
from vpvkac.model.faults import InputError
from vpvkac.sources import lock
from vpvkac.sources.catalogue import BY_NAME
from vpvkac.texts.message import Bilingual, Message

_SHAPEFILE_PARTS = (".shx", ".dbf", ".prj", ".cpg")


def _from_catalogue(name: str) -> Source:
    source = BY_NAME[name]
    return Source(source.title, source.publisher, source.licence)


_STATISTICS = Message("Central Statistical Bureau of Latvia")
# Names for all inputs; publisher and licence where the catalogue knows the publication.
PUBLISHED = {
    "units": _from_catalogue("units"),
    "addresses": _from_catalogue("addresses"),
    "centres": _from_catalogue("centres"),
    "libraries": _from_catalogue("libraries"),
    "post_offices": _from_catalogue("post_offices"),
    "municipal_premises": Source(Message("Municipal premises")),
    "institutions": Source(Message("Institutions' offices")),
    "development_centres": Source(Message("Development centres")),
    "population": Source(Message("Residents"), _STATISTICS),
    "corrections": Source(Message("Corrections of places")),
    "atvk_history": Source(Message("History of unit codes"), _STATISTICS),
    "decisions": Source(Message("Decisions on gaps")),
    "suitability": Source(Message("Checklist of premises")),
    "points": Source(Message("Points of the what-if")),
    "assumptions": Source(Message("Assumptions of costs")),
    "streets": Source(Message("Streets and roads")),
    "stops": replace(_from_catalogue("atd"), name=Message("Bus stops")),
}


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

    Parameters
    ----------
    date
        As the file itself or its name tells it; precedes the lock's.
    path
        The file: if it is one that was fetched, unchanged, the lock tells its
        publisher, licence and date.
    notes
        Facts read from the file: a licence that the file itself states, as an
        extract of OpenStreetMap does, goes with it whatever else is known.
    """
    known = PUBLISHED[key]
    if notes and "licence" in notes:
        publisher = Bilingual(notes["publisher"], notes["publisher"])
        return Source(known.name, publisher, notes["licence"], date)
    if is_plain or synthetic:
        return Source(known.name, date=date)
    described = (None if path is None else _from_lock(path)) or known
    return described if date is None else replace(described, date=date)


def _from_lock(path: Path) -> Source | None:
    """Return what the lock beside a project says of a file; None if it is not what was fetched."""
    try:
        name, entry = lock.find_entry(path) or ("", None)
    except InputError:
        # `fetch` tells of a damaged lock; a run needs none.
        return None
    if entry is None or name not in BY_NAME:
        return None
    date = entry.date or entry.resource_date
    return Source(BY_NAME[name].title, BY_NAME[name].publisher, entry.licence, date)


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
    digests = {}
    for name, file in sorted(files.items()):
        with file.open("rb") as opened:
            digests[name] = hashlib.file_digest(opened, "sha256").digest()
    if len(digests) == 1:
        return next(iter(digests.values())).hex()
    whole = hashlib.sha256()
    for name, digest in digests.items():
        whole.update(name.encode() + b"\0" + digest)
    return whole.hexdigest()
