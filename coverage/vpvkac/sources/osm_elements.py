"""The elements of OpenStreetMap's XML and PBF: nodes, ways and relations as they stand today.

A file may be an extract, an editor's or a history: of an element in several versions the highest
counts, and one that is deleted (`visible="false"`, in a file of JOSM `action="delete"`) is not
there.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from vpvkac.model.faults import InputError
from vpvkac.model.project import Input
from vpvkac.texts.message import Message, Text

Tags = Mapping[Any, str]

# The first blob of a PBF says so within its first bytes.
_PBF_HEAD = 64
# Most nodes have none.
_NO_TAGS: Tags = MappingProxyType({})
_KINDS = {"n": "node", "w": "way", "r": "relation"}


class Way(NamedTuple):
    """A way: the nodes that it leads along, in order, its tags, and the centre if one is given."""

    refs: tuple[int, ...]
    tags: Tags
    centre: tuple[float, float] | None = None


class Relation(NamedTuple):
    """A relation: kind ("node", "way", …), number and role of its members; the rest as of a way."""

    members: tuple[tuple[str, int, str], ...]
    tags: Tags
    centre: tuple[float, float] | None = None


@dataclass
class Elements:
    """What a file holds, by number: of nodes longitude and latitude, NaN where not given.

    `tags` are those of nodes that have any.  `read` counts the ways of the file, in all versions;
    `left_out` has kind, tags and reason of what is not among them: `deleted`, `old_version`,
    `duplicate` (the same version once more).  `date` is that of the data, ISO, or empty.
    """

    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    ways: dict[int, Way] = field(default_factory=dict)
    relations: dict[int, Relation] = field(default_factory=dict)
    tags: dict[int, Tags] = field(default_factory=dict)
    read: int = 0
    left_out: list[tuple[str, Tags, str]] = field(default_factory=list)
    date: str = ""
    remark: str = ""


# Kind, number and version of an element, its content, None where it is deleted, and its tags.
_Element = tuple[str, int, int, Any, "Tags"]


def is_pbf(head: bytes) -> bool:
    """Tell by the beginning of a file whether it is OpenStreetMap's PBF."""
    return b"OSMHeader" in head[:_PBF_HEAD]


def read_elements(source: Input, keys: Collection[str], remedy: Text) -> Elements:
    """Read the elements of OSM XML, or those of PBF with one of the keys and what they are made of.

    Raises InputError if the file is of neither form (`remedy` says what is needed instead), is
    what was found before a query broke off, or has one version of an element in two forms.
    """
    with source.path.open("rb") as opened:
        pbf = is_pbf(opened.read(_PBF_HEAD))
    whole, contradictory = Elements(), []
    latest: dict[str, dict[int, tuple[int, Any, Tags]]] = {"node": {}, "way": {}, "relation": {}}
    try:
        elements = _of_pbf(source.path, keys, whole) if pbf else _of_xml(source, whole, remedy)
        for kind, number, version, content, tags in elements:
            before = latest[kind].get(number)
            whole.read += kind == "way"
            if before is None or version > before[0]:
                latest[kind][number] = version, content, tags
            if before is not None and version != before[0]:
                older = before[2] if version > before[0] else tags
                whole.left_out.append((kind, older, "old_version"))
            elif before is not None:
                whole.left_out.append((kind, tags, "duplicate"))
                # As texts, since a coordinate that is not given is no equal of itself.
                if repr((content, tags)) != repr(before[1:]):
                    contradictory.append(f"{kind}/{number}")
    # lxml's errors are SyntaxErrors, pyosmium's RuntimeErrors.
    except (SyntaxError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        problem = Message("cannot be read ({reason})", reason=reason)
        raise InputError.of(source.shown, problem, remedy) from None
    if "error" in whole.remark:
        problem = Message("is what was found before the query broke off; the extract is not whole")
        again = Message("make the extract again")
        raise InputError.of(source.shown, problem, again, field="remark", value=whole.remark)
    if contradictory:
        problem = Message("is in the file in two forms of one version")
        first, count = contradictory[0], len(contradictory)
        one = Message("keep one of them")
        raise InputError.of(source.shown, problem, one, field="id", value=first, alike=count)
    for kind, of_kind in latest.items():
        deleted = [tags for _, content, tags in of_kind.values() if content is None]
        whole.left_out += [(kind, tags, "deleted") for tags in deleted]
    whole.tags = {key: tags for key, (_, _, tags) in latest["node"].items() if tags}
    whole.nodes, whole.ways, whole.relations = (
        {key: content for key, (_, content, _) in of_kind.items() if content is not None}
        for of_kind in latest.values()
    )
    return whole


def _of_xml(source: Input, whole: Elements, remedy: Text) -> Iterator[_Element]:
    """Give the elements of XML; pyosmium sees neither what JOSM deleted nor Overpass's remark."""
    from lxml import etree

    with source.path.open("rb") as opened:
        parser = etree.iterparse(
            opened, events=("end",), tag=("node", "way", "relation", "meta", "remark"),
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True,
        )  # fmt: skip
        for _, element in parser:
            if element.tag == "meta":
                whole.date = element.get("osm_base", "")[:10]
            elif element.tag == "remark":
                whole.remark = " ".join((element.text or "").split())
            elif (within := element.getparent().tag) == "osm":
                yield _of_xml_element(element)
            else:
                # "delete" of an osmChange, "old" of a difference.
                problem = Message("holds changes, not what there is")
                raise InputError.of(source.shown, problem, remedy, field=within)
            element.clear()


def _of_xml_element(element: Any) -> _Element:
    number, version = int(element.get("id", "")), int(element.get("version", "0"))
    tags: Tags = _NO_TAGS
    if len(element):
        tags = {tag.get("k", ""): tag.get("v", "") for tag in element.iter("tag")}
    content: Any = None
    if element.get("visible") == "false" or element.get("action") == "delete":
        pass
    elif element.tag == "node":
        content = float(element.get("lon", "nan")), float(element.get("lat", "nan"))
    elif element.tag == "way":
        refs = tuple(int(nd.get("ref", "")) for nd in element.iter("nd"))
        content = Way(refs, tags, _centre_of(element))
    else:
        members = (
            (one.get("type", ""), int(one.get("ref", "")), one.get("role", ""))
            for one in element.iter("member")
        )
        content = Relation(tuple(members), tags, _centre_of(element))
    return element.tag, number, version, content, tags


def _centre_of(element: Any) -> tuple[float, float] | None:
    """Give the centre that Overpass adds where it is asked for no nodes."""
    centre = element.find("center")
    return None if centre is None else (float(centre.get("lon", "")), float(centre.get("lat", "")))


def _of_pbf(path: Path, keys: Collection[str], whole: Elements) -> Iterator[_Element]:
    """Give of a PBF what has one of the keys, then the ways and nodes that it is made of.

    Filtered by pyosmium: a country has twenty million nodes.  A history is read whole, since its
    deleted elements have no tags.
    """
    import osmium

    # By its content, whatever its name ends with.
    file = osmium.io.File(str(path), "pbf")
    with osmium.io.Reader(file) as reader:
        header = reader.header()
    whole.date = header.get("osmosis_replication_timestamp")[:10]
    if header.has_multiple_object_versions:
        yield from map(_of_pbf_element, osmium.FileProcessor(file))
        return
    there: dict[str, set[int]] = {"node": set(), "way": set(), "relation": set()}
    needed: dict[str, set[int]] = {"node": set(), "way": set(), "relation": set()}

    def noted(elements: Iterable[Any]) -> Iterator[_Element]:
        for element in map(_of_pbf_element, elements):
            kind, number, _, content, _ = element
            there[kind].add(number)
            if kind == "way":
                needed["node"].update(content.refs)
            for member, ref, _ in content.members if kind == "relation" else ():
                needed[member].add(ref)
            yield element

    by_key = osmium.filter.KeyFilter(*keys)
    yield from noted(osmium.FileProcessor(file).with_filter(by_key))
    for kind, entity in (("way", osmium.osm.WAY), ("node", osmium.osm.NODE)):
        if missing := needed[kind] - there[kind]:
            by_id = osmium.filter.IdFilter(missing)
            yield from noted(osmium.FileProcessor(file, entity).with_filter(by_id))


def _of_pbf_element(element: Any) -> _Element:
    tags: Tags = dict(element.tags) if element.tags else _NO_TAGS
    content: Any = None
    kind = "node" if element.is_node() else "way" if element.is_way() else "relation"
    if not element.visible:
        pass
    elif kind == "node":
        location = element.location
        content = (location.lon, location.lat) if location.valid() else (math.nan, math.nan)
    elif kind == "way":
        content = Way(tuple(node.ref for node in element.nodes), tags)
    else:
        members = ((_KINDS[one.type], one.ref, one.role) for one in element.members)
        content = Relation(tuple(members), tags)
    return kind, element.id, element.version, content, tags
