"""OSM XML: nodes and ways as they stand today, of extracts, editors' files and histories.

An element may stand there in several versions (a history, files put together);
the highest counts.  One that is deleted (`visible="false"` in a history,
`action="delete"` in a file of JOSM) is not there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree


class Way(NamedTuple):
    """A way: the nodes that it leads along, in order, and its tags."""

    refs: tuple[int, ...]
    tags: Mapping[str, str]


class _Version(NamedTuple):
    """An element in one version; None where it is deleted."""

    number: int
    content: Any


@dataclass
class Elements:
    """What a file holds.

    Parameters
    ----------
    nodes
        Number → longitude and latitude, degrees; NaN where the file gives none.
    ways
        Number → way.
    read
        Ways of the file, in all versions.
    dropped
        Ways not among `ways`: `deleted`, `old_version`, `duplicate` (the same
        version once more).
    contradictory
        Nodes and ways of which one version stands there in two forms.
    date
        Date of the data, ISO; empty where the file does not say it.
    remark
        What Overpass says of a query that it broke off; empty if nothing.
    """

    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    ways: dict[int, Way] = field(default_factory=dict)
    read: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    contradictory: list[str] = field(default_factory=list)
    date: str = ""
    remark: str = ""


def read_elements(path: Path) -> Elements:
    """Read nodes and ways.

    Raises
    ------
    lxml.etree.LxmlError
        If the file is not XML.
    ValueError
        If a number or a coordinate is none.
    OSError
        If the file cannot be read.
    """
    found = Elements()
    nodes: dict[int, _Version] = {}
    ways: dict[int, _Version] = {}
    dropped = dict.fromkeys(("deleted", "old_version", "duplicate"), 0)
    for element in _parsed(path):
        if element.tag == "meta":
            found.date = element.get("osm_base", "")[:10]
        elif element.tag == "remark":
            found.remark = " ".join((element.text or "").split())
        elif element.tag == "node":
            _keep(nodes, element, _place, found, {})
        else:
            found.read += 1
            _keep(ways, element, _way, found, dropped)
        element.clear()
    dropped["deleted"] = sum(version.content is None for version in ways.values())
    found.dropped = dropped
    found.nodes = {key: kept.content for key, kept in nodes.items() if kept.content is not None}
    found.ways = {key: kept.content for key, kept in ways.items() if kept.content is not None}
    return found


def _parsed(path: Path) -> Iterator[Any]:
    with path.open("rb") as opened:
        parser = etree.iterparse(
            opened, events=("end",), tag=("node", "way", "meta", "remark"), resolve_entities=False,
            no_network=True, load_dtd=False, huge_tree=True,
        )  # fmt: skip
        for _, element in parser:
            yield element


def _keep(
    kept: dict[int, _Version],
    element: Any,
    content_of: Any,
    found: Elements,
    dropped: dict[str, int],
) -> None:
    """Keep the highest version of an element; count the others."""
    key = int(element.get("id", ""))
    number = int(element.get("version", "0"))
    new = _Version(number, None if _is_deleted(element) else content_of(element))
    old = kept.get(key)
    if old is None or new.number > old.number:
        kept[key] = new
    if old is None:
        return
    if new.number != old.number:
        dropped["old_version"] = dropped.get("old_version", 0) + 1
        return
    dropped["duplicate"] = dropped.get("duplicate", 0) + 1
    # As texts, since a coordinate that is not given is no equal of itself.
    if repr(new.content) != repr(old.content):
        found.contradictory.append(f"{element.tag}/{key}")


def _is_deleted(element: Any) -> bool:
    return bool(element.get("visible") == "false" or element.get("action") == "delete")


def _place(element: Any) -> tuple[float, float]:
    return float(element.get("lon", "nan")), float(element.get("lat", "nan"))


def _way(element: Any) -> Way:
    refs = tuple(int(nd.get("ref", "")) for nd in element.iter("nd"))
    return Way(refs, {tag.get("k", ""): tag.get("v", "") for tag in element.iter("tag")})
