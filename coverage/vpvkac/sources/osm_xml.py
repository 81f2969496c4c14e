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


@dataclass
class Elements:
    """What a file holds."""

    # Number → longitude and latitude, degrees; NaN where the file gives none.
    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    ways: dict[int, Way] = field(default_factory=dict)
    # Ways of the file in all versions, and those not among `ways`: `deleted`, `old_version`,
    # `duplicate` (the same version once more).
    read: int = 0
    dropped: dict[str, int] = field(default_factory=dict)
    # Nodes and ways of which one version stands there in two forms.
    contradictory: list[str] = field(default_factory=list)
    # Date of the data, ISO, and what Overpass says of a query that it broke off; else empty.
    date: str = ""
    remark: str = ""


def read_elements(path: Path) -> Elements:
    """Read nodes and ways.

    Raises
    ------
    lxml.etree.LxmlError, ValueError
        If the file is not XML; if a number or a coordinate is none.
    """
    found = Elements()
    # Version and content by number, the content None where the element is deleted.
    nodes: dict[int, tuple[int, Any]] = {}
    ways: dict[int, tuple[int, Any]] = {}
    dropped = dict.fromkeys(("deleted", "old_version", "duplicate"), 0)
    for element in _elements(path):
        if element.tag == "meta":
            found.date = element.get("osm_base", "")[:10]
        elif element.tag == "remark":
            found.remark = " ".join((element.text or "").split())
        else:
            is_way = element.tag == "way"
            found.read += is_way
            left_out = _keep(ways if is_way else nodes, element, found.contradictory)
            if is_way and left_out:
                dropped[left_out] += 1
        element.clear()
    dropped["deleted"] = sum(content is None for _, content in ways.values())
    found.dropped = dropped
    found.nodes = {key: content for key, (_, content) in nodes.items() if content is not None}
    found.ways = {key: content for key, (_, content) in ways.items() if content is not None}
    return found


def _elements(path: Path) -> Iterator[Any]:
    with path.open("rb") as opened:
        parser = etree.iterparse(
            opened, events=("end",), tag=("node", "way", "meta", "remark"), resolve_entities=False,
            no_network=True, load_dtd=False, huge_tree=True,
        )  # fmt: skip
        for _, element in parser:
            yield element


def _keep(kept: dict[int, tuple[int, Any]], element: Any, contradictory: list[str]) -> str:
    """Keep the highest version of an element; say why another is left out, empty if none is."""
    key = int(element.get("id", ""))
    number = int(element.get("version", "0"))
    content: Any = None
    if element.get("visible") != "false" and element.get("action") != "delete":
        content = _node(element) if element.tag == "node" else _way(element)
    before, other = kept.get(key, (None, None))
    if before is None or number > before:
        kept[key] = number, content
    if before is None:
        return ""
    if number != before:
        return "old_version"
    # As texts, since a coordinate that is not given is no equal of itself.
    if repr(content) != repr(other):
        contradictory.append(f"{element.tag}/{key}")
    return "duplicate"


def _node(element: Any) -> tuple[float, float]:
    return float(element.get("lon", "nan")), float(element.get("lat", "nan"))


def _way(element: Any) -> Way:
    refs = tuple(int(nd.get("ref", "")) for nd in element.iter("nd"))
    return Way(refs, {tag.get("k", ""): tag.get("v", "") for tag in element.iter("tag")})
