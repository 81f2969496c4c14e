"""The open data portal: from a dataset to the address of its newest fitting file.

The portal answers `package_show` in JSON; its shape is in `docs/fetch.md`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from vpvkac.fetch.web import LONGEST_ADDRESS, NAME_ADDRESS, TELL_PUBLISHER, file_name, refusal
from vpvkac.sources.catalogue import Dataset, Search, Source
from vpvkac.sources.dates import date_in
from vpvkac.texts.message import Message

SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
NEEDED_PARTS = SHAPEFILE_PARTS[:4]
_KINDS = {"csv": ("csv",), "json": ("json",), "gtfs": ("zip", "gtfs"), "shapefile": ("zip",)}
# What explains data and holds none.
_DOCUMENTS = {"", "doc", "docx", "html", "jpg", "pdf", "png", "txt"}
# Ids of the portal's licences → how they are commonly written.
_LICENCES = {
    "cc-zero": "CC0",
    "cc0-1.0": "CC0",
    "cc0": "CC0",
    "cc-by": "CC BY",
    "cc-by-4.0": "CC BY 4.0",
    "cc-by-sa": "CC BY-SA",
    "cc-by-sa-4.0": "CC BY-SA 4.0",
    "odc-odbl": "ODbL",
}
_UNSTATED = {"", "notspecified", "none"}
_NAMES_SHOWN, _LENGTH_SHOWN, _MOST_FOUND = 5, 120, 100


@dataclass(frozen=True)
class Found:
    """What the portal, or the catalogue, says of the file to take.

    Several addresses are a shapefile published in parts.  `dataset` and `resource` are names of
    the portal, `date` that of the data by the latter, `modified` that of the resource;
    `passed_over` are newer resources that fit by name, in a form that is not taken.
    """

    addresses: tuple[str, ...]
    dataset: str = ""
    resource: str = ""
    date: str | None = None
    modified: str | None = None
    licence: str | None = None
    passed_over: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Resource:
    """One resource of a dataset, its texts made fit to be shown; `day` compares vintages."""

    id: str
    name: str
    file: str
    kind: str
    address: str
    date: str | None
    modified: str
    in_datastore: bool
    package: dict[str, Any]

    @classmethod
    def of(cls, entry: dict[str, Any], package: dict[str, Any]) -> _Resource:
        """Read it from the portal's entry."""
        address, name = entry["url"].strip(), _text(entry.get("name"))
        file = file_name(address)
        return cls(
            _text(entry.get("id")),
            name,
            file,
            PurePosixPath(file).suffix.casefold()[1:] or _text(entry.get("format")).casefold(),
            address,
            date_in(file) or date_in(name),
            _text(entry.get("last_modified")) or _text(entry.get("created")),
            entry.get("datastore_active") is True,
            package,
        )

    @property
    def day(self) -> str:
        return self.date or self.modified[:10]


def resolve(
    source: Source, origin: Dataset | Search, portal: str, read: Callable[[str], bytes]
) -> Found:
    """Ask the portal, whose address ends without a slash, for the newest fitting file.

    `read` gives the body at an address.  Raises a `RefusedError` if the answer is not the
    portal's, or no resource fits.
    """
    is_search = isinstance(origin, Search)
    wanted = origin.words if isinstance(origin, Search) else origin.id
    asked = f"package_search?rows={_MOST_FOUND}&q=" if is_search else "package_show?id="
    address = f"{portal}/api/3/action/{asked}{quote(wanted)}"
    resources = [
        _Resource.of(entry, package)
        for package in _packages(read(address), source.file, address, several=is_search)
        for entry in package["resources"]
        if isinstance(entry, dict) and _is_address(entry.get("url"))
    ]
    pattern = re.compile(origin.pattern)

    def fits(one: _Resource) -> bool:
        texts = [one.file, one.name]
        if is_search:
            named = (_text(one.package.get(key)) for key in ("name", "title"))
            texts = [" ".join([*named, one.name, one.file])]
        return any(pattern.search(text.casefold()) for text in texts)

    fitting = list(filter(fits, resources))
    from_datastore = isinstance(origin, Dataset) and origin.datastore
    kinds = _KINDS[source.form] + (("zip",) if source.member else ())
    if source.workbook and not (isinstance(origin, Dataset) and origin.text_only):
        kinds += ("xlsx",)
    groups = _groups(source, fitting, kinds, from_datastore=from_datastore)
    if not groups and is_search:
        problem = Message("was searched for on the portal, and no fitting file was found")
        raise refusal(source.file, problem, NAME_ADDRESS, wanted)
    if not groups:
        names = [one.name or one.file for one in resources]
        there = ", ".join(names[:_NAMES_SHOWN]) + (" …" if len(names) > _NAMES_SHOWN else "")
        problem = Message("is a dataset of the portal with no fitting file (it has: {there})")
        raise refusal(source.file, problem.with_values(there=there or "–"), NAME_ADDRESS, wanted)

    def rank(group: list[_Resource]) -> tuple[str, bool, str, str]:
        """By date of the data; on one day the plain file before the zip, then the later."""
        first = group[0]
        plain = source.form == "csv" and first.kind == "csv"
        return first.day, plain, first.modified, first.name

    chosen = max(groups, key=rank)
    first = chosen[0]
    # What is newer than the choice but no file of the form: a workbook, half a shapefile.
    newer = [
        one.name or one.file
        for one in fitting
        if one.kind not in _DOCUMENTS and one.day > first.day
    ]
    addresses = tuple(
        f"{portal}/datastore/dump/{quote(one.id, safe='')}?bom=True"
        if from_datastore and one.in_datastore and one.id
        else one.address
        for one in chosen
    )
    package = first.package
    stated = _text(package.get("license_id"))
    licence: str | None = _LICENCES.get(stated.casefold(), stated)
    if stated.casefold() in _UNSTATED:
        licence = _text(package.get("license_title")) or None
    return Found(
        addresses,
        _text(package.get("name")) if is_search else wanted,
        first.name or _text(first.file),
        first.date,
        first.modified[:10] or None,
        licence,
        tuple(dict.fromkeys(newer))[:_NAMES_SHOWN],
    )


def _packages(body: bytes, shown: str, address: str, *, several: bool) -> list[dict[str, Any]]:
    """Read the portal's answer; what it holds may still be anything."""
    try:
        answer = json.loads(body)
        result = answer["result"]
        packages: list[dict[str, Any]] = list(result["results"]) if several else [result]
        is_sound = answer["success"] is True and all(
            isinstance(package["resources"], list) for package in packages
        )
    except (ValueError, RecursionError, LookupError, TypeError):
        is_sound = False
    if not is_sound:
        problem = Message("does not answer as the portal's API does")
        raise refusal(shown, problem, TELL_PUBLISHER, address)
    return packages


def _groups(
    source: Source, fitting: Sequence[_Resource], kinds: Sequence[str], *, from_datastore: bool
) -> list[list[_Resource]]:
    """Give what may be taken: single files, and whole sets of a shapefile's parts."""
    groups = [
        [one] for one in fitting if one.kind in kinds or (from_datastore and one.in_datastore)
    ]
    if source.form != "shapefile":
        return groups
    sets: dict[str, dict[str, _Resource]] = {}
    for resource in sorted(fitting, key=lambda one: one.modified):
        file = PurePosixPath(resource.file)
        if file.suffix.casefold() in SHAPEFILE_PARTS:
            sets.setdefault(file.stem.casefold(), {})[file.suffix.casefold()] = resource
    return groups + [
        [parts[ending] for ending in SHAPEFILE_PARTS if ending in parts]
        for parts in sets.values()
        if parts.keys() >= set(NEEDED_PARTS)
    ]


def _is_address(value: object) -> bool:
    # A name is searched for patterns, which takes the longer the longer it is.
    return isinstance(value, str) and 0 < len(value) <= LONGEST_ADDRESS


def _text(value: object) -> str:
    """Give a text of the portal's without what could steer a terminal."""
    if not isinstance(value, str):
        return ""
    return "".join(char for char in value if char.isprintable()).strip()[:_LENGTH_SHOWN]
