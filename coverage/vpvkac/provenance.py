"""Where data come from: the published sources, and the account of every input read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vpvkac.language import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


_SHAPEFILE_PARTS = (".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True)
class Source:
    """A source as footers and `run.json` name it.

    Parameters
    ----------
    name
        What the data are.
    publisher, licence
        None where they are not known, as for a planner's own table.
    date
        Reference date, ISO, or a part of it; None where not known.
    """

    name: Text
    publisher: Text | None = None
    licence: str | None = None
    date: str | None = None


_CSB = Text("Centrālā statistikas pārvalde", "Central Statistical Bureau of Latvia")
_MINISTRY = Text(
    "Viedās administrācijas un reģionālās attīstības ministrija",
    "Ministry of Smart Administration and Regional Development",
)
_LAND_SERVICE = Text("Valsts zemes dienests", "State Land Service of Latvia")
_CULTURE = Text("Kultūras datu portāls", "Culture data portal")
_POST = Text("Latvijas Pasts", "Latvijas Pasts")
_TRANSPORT = Text("Autotransporta direkcija", "Road Transport Administration of Latvia")

# Publisher and licence where the publication is known (SOURCES.md); names for all inputs.
PUBLISHED = {
    "units": Source(Text("Teritoriālās vienības", "Territorial units"), _CSB),
    "addresses": Source(
        Text("Valsts adrešu reģistrs", "State address register"), _LAND_SERVICE, "CC BY 4.0"
    ),
    "centres": Source(Text("VPVKAC saraksts", "List of centres (VPVKAC)"), _MINISTRY, "CC0"),
    "libraries": Source(Text("Bibliotēkas", "Libraries"), _CULTURE),
    "post_offices": Source(Text("Pasta nodaļas", "Post offices"), _POST),
    "municipal_premises": Source(Text("Pašvaldību telpas", "Municipal premises")),
    "institutions": Source(Text("Iestāžu KAC", "Institutions' offices")),
    "stops": Source(Text("Autobusu pieturas", "Bus stops"), _TRANSPORT, "CC0"),
}


@dataclass(frozen=True)
class Account:
    """What became of one input.

    ``rows_read == rows_used + sum(dropped.values())``.

    Parameters
    ----------
    key
        The input as the project names it: units, centres, stops …
    shown
        The file, as the project names it.
    sha256
        Of the file, or of the members of a folder in order of name.
    """

    key: str
    shown: str
    source: Source
    sha256: str
    rows_read: int
    rows_used: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)


def source_of(key: str, *, is_plain: bool, synthetic: bool, date: str | None) -> Source:
    """Name the source of an input; publisher and licence only where they are known to be theirs."""
    known = PUBLISHED[key]
    if is_plain or synthetic:
        return Source(known.name, date=date)
    return Source(known.name, known.publisher, known.licence, date)


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
    if len(files) == 1:
        return _digest(next(iter(files.values()))).hexdigest()
    whole = hashlib.sha256()
    for name, file in sorted(files.items()):
        whole.update(name.encode() + b"\0" + _digest(file).digest())
    return whole.hexdigest()


def _digest(file: Path) -> hashlib._Hash:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256")
