"""OpenStreetMap: places as `vpvkac fetch osm` keeps them, or out of XML and PBF.

An extract is GeoJSON with what OpenStreetMap said and nothing changed: an `id` such as
`node/123`, all tags as properties, the shape; beside the features its own date, licence and
query, so that a copy of it cannot lose them.  `docs/osm.md` tells the form and the choices.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from vpvkac.model.faults import InputError
from vpvkac.model.project import OSM_ENDINGS, Host, Input
from vpvkac.sources.base import (
    LATITUDE,
    LONGITUDE,
    NOT_IN_WHERE,
    Checks,
    PublishedChecks,
    Reading,
    missing_columns,
    records,
    select_rows,
)
from vpvkac.sources.encoding import read_text
from vpvkac.sources.osm_elements import Elements, Relation, Tags, is_pbf, read_elements
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray


LICENCE = "ODbL 1.0"
PUBLISHER = "© OpenStreetMap contributors"
AMENITIES: dict[Host, str] = {
    "library": "library",
    "post_office": "post_office",
    "municipal_premises": "townhall",
}
_LIVE = "amenity"
# What has been given up keeps its old tag under a prefix; mappers add `disused=yes` too.
_GIVEN_UP = ("disused", "abandoned")
_NAMES = ("name:lv", "name", "official_name:lv", "official_name", "operator")
_PHONES = ("phone", "contact:phone", "mobile", "contact:mobile")
_EMAILS = ("email", "contact:email")
_HOURS = "opening_hours"
_SETTLEMENTS = ("addr:hamlet", "addr:village", "addr:city")
_PARISHES = ("addr:subdistrict", "addr:parish")
_MUNICIPALITIES = ("addr:district", "addr:municipality")
_ABBREVIATED = ((" pagasts", " pag."), (" novads", " nov."))
# Of a place of two kinds both are given: "community_centre; library".
_LISTED = r"(?:^|;)\s*{}\s*(?:;|$)"
_POSTCODE = re.compile(r"(?:LV[- ]?)?([0-9]{4})", re.IGNORECASE)
_ID = r"(?:node|way|relation)/[0-9]+"
_HALF = re.compile("[\ud800-\udfff]")
_HEAD, _BEFORE_JSON = 512, b"\xef\xbb\xbf \t\r\n"
_DECIMALS = 7
_POINT = 0
_FETCH_AGAIN = Message("fetch it again: vpvkac fetch osm")
# No tag is called so.
_SHAPE = "\0shape"
# Relations that are areas; three nodes and the first again are the least area.
_AREAS = {"multipolygon", "boundary"}
_LEAST_RING = 4


def search_tags(amenity: str) -> dict[str, str]:
    """Return the tags by which a kind of place is searched, those given up included.

    >>> search_tags("library")["disused:amenity"]
    'library'
    """
    return {_LIVE: amenity} | {f"{prefix}:{_LIVE}": amenity for prefix in _GIVEN_UP}


def is_extract(source: Input, host: Host) -> bool:
    """Return whether a file in its published form is to be read by `read_osm`, by its ending."""
    return host in AMENITIES and source.path.suffix.lower() in OSM_ENDINGS


@dataclass(frozen=True)
class _Extract:
    """The file: tags as a table of texts (no nulls), shapes, and what it says of itself.

    `is_cut` are those of which the file holds a part alone; `dropped` counts what is not here.
    """

    tags: pd.DataFrame
    ids: pd.Series
    shapes: NDArray[np.object_]
    is_shape: NDArray[np.bool_]
    notes: dict[str, str]
    is_cut: NDArray[np.bool_]
    dropped: dict[str, int] = field(default_factory=dict)


def read_osm(source: Input, host: Host) -> Reading:
    """Read an extract of OpenStreetMap; the planner chooses by tags (`where`).

    Table of `base.COLUMNS`; `id` is `node/123`, an area stands at a point inside of it, `hours` is
    `opening_hours` as it is; positions are NaN where there is no sound shape.  Dropped:
    `not_in_where`, `closed` (disused, abandoned), `type`, `duplicate_reference` (a node in an
    area of the same kind and name), and as `PublishedChecks.settle` decides `bad_value` and
    `duplicate`: an id is empty, repeated or not one of OpenStreetMap, a shape is none.  Notes:
    `date`, `licence`, `publisher`.  Raises InputError if the file is not such an extract, is one
    of another kind of place, or `where` names a tag that is not there.
    """
    with source.path.open("rb") as opened:
        head = opened.read(_HEAD)
    # By its content, whatever its name ends with.
    is_json = source.path.suffix.lower() == OSM_ENDINGS[0] or head.lstrip(_BEFORE_JSON)[:1] == b"{"
    of_elements = is_pbf(head) or b"<osm" in head or not is_json
    extract = _read_places(source, host) if of_elements else _read_json(source, host)
    missing = missing_columns(
        source.shown, [str(key) for key in extract.tags], list(source.where), row=None
    )
    if missing:
        raise InputError(missing)
    checks = PublishedChecks(
        source.shown, np.arange(1, len(extract.tags) + 1), strict=source.strict
    )
    checks.some(extract.tags)
    ids = extract.ids
    checks.unique(ids, field="id", rows=extract.tags.assign(**{_SHAPE: extract.shapes}))
    checks.refuse(
        (ids != "") & ~ids.str.fullmatch(_ID),
        Message("is not an element of OpenStreetMap"),
        Message("must be node/123, for one"),
        field="id",
        values=ids,
    )
    # A point inside of an area.
    points = shapely.point_on_surface(extract.shapes)
    lat, lon = shapely.get_y(points), shapely.get_x(points)
    beyond = (lat < LATITUDE[0]) | (lat > LATITUDE[1]) | (lon < LONGITUDE[0]) | (lon > LONGITUDE[1])
    for wrong, problem in (
        (extract.is_shape & shapely.is_missing(extract.shapes), Message("is not a geometry")),
        (beyond, Message("is out of range")),
    ):
        checks.refuse(wrong, problem, _FETCH_AGAIN, field="geometry", values=ids)
    checks.warn(
        extract.is_cut,
        Message("is not whole in the file; it is placed by what is there"),
        Message("make an extract with complete ways and relations"),
        field="id",
        values=ids,
    )
    keep = select_rows(checks, extract.tags, source.where)
    is_live, is_given_up = _state(extract.tags, AMENITIES[host])
    used = keep & is_live & ~is_given_up
    twice = _duplicates(checks, extract, used)
    dropped = {
        NOT_IN_WHERE: int((~keep).sum()),
        "closed": int((keep & is_given_up).sum()),
        "type": int((keep & ~is_live & ~is_given_up).sum()),
        "duplicate_reference": int(twice.sum()),
    }
    used &= ~twice
    tags = extract.tags[used]
    rows = tags.to_dict("records")
    table = records(
        checks.lines[used],
        id=ids[used].to_numpy(),
        name=_first(tags, _NAMES),
        address=[_address(row) for row in rows],
        phone=_first(tags, _PHONES, listed=True),
        email=_first(tags, _EMAILS, listed=True),
        hours=_first(tags, (_HOURS,)),
        lat=np.round(lat, _DECIMALS)[used],
        lon=np.round(lon, _DECIMALS)[used],
    )
    table, bad = checks.settle(table)
    # One id is there once in XML and PBF, so that no reason is in both.
    dropped |= bad | {reason: count for reason, count in extract.dropped.items() if count}
    count = len(extract.tags) + sum(extract.dropped.values())
    return Reading(table, count, dropped, checks.faults, extract.notes)


def _read_json(source: Input, host: Host) -> _Extract:
    text = read_text(source.path, source.shown)
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        content = None
    facts = content if isinstance(content, dict) else {}
    notes = {key: facts.get(key) for key in ("date", "licence", "publisher")}
    query, features = facts.get("query"), facts.get("features")
    if (
        not isinstance(query, dict)
        or not isinstance(features, list)
        or not all(isinstance(feature, dict) for feature in features)
        or not all(isinstance(note, str) and note for note in notes.values())
    ):
        raise InputError.of(
            source.shown,
            Message("is not an extract of OpenStreetMap with its date and licence"),
            Message("fetch one by vpvkac fetch osm, or name the columns of the table"),
        )
    if query.get(_LIVE) != AMENITIES[host]:
        problem = Message("is not an extract of amenity={wanted}", wanted=AMENITIES[host])
        remedy = Message("name another file")
        value = str(query.get(_LIVE))
        raise InputError.of(source.shown, problem, remedy, field="query", value=value)
    given = [feature.get("properties") for feature in features]
    for row, properties in enumerate(given, 1):
        # JSON may escape half of a character, which no text can hold.
        if not isinstance(properties, dict) or not all(
            isinstance(text, str) and not _HALF.search(text)
            for pair in properties.items()
            for text in pair
        ):
            problem = Message("are not texts by key")
            raise InputError.of(source.shown, problem, _FETCH_AGAIN, row=row, field="properties")
    tags = pd.DataFrame.from_records(given, index=range(len(given))).fillna("").astype(str)
    geometries = [feature.get("geometry") for feature in features]
    texts = [None if shape is None else json.dumps(shape) for shape in geometries]
    return _Extract(
        tags,
        pd.Series([str(feature.get("id") or "") for feature in features], dtype=str),
        shapely.from_geojson(np.array(texts, object), on_invalid="ignore"),
        np.array([shape is not None for shape in geometries], bool),
        {key: str(note) for key, note in notes.items()},
        np.zeros(len(given), bool),
    )


def _read_places(source: Input, host: Host) -> _Extract:
    """Read the places of a kind out of OSM XML or PBF: nodes, ways and relations."""
    query = search_tags(AMENITIES[host])
    elements = read_elements(source, query, Message("an extract of OpenStreetMap is needed"))
    of_kind = re.compile(_LISTED.format(AMENITIES[host]))

    def is_kind(tags: Tags) -> bool:
        return any(of_kind.search(tags[key]) for key in query if key in tags)

    places: list[tuple[str, Tags, shapely.Geometry | None, bool]] = [
        (f"node/{number}", tags, *_shape_of([elements.nodes[number]], 1))
        for number, tags in sorted(elements.tags.items())
        if is_kind(tags) and number in elements.nodes
    ]
    for number, way in sorted(elements.ways.items()):
        if is_kind(way.tags):
            points = [elements.nodes[ref] for ref in way.refs if ref in elements.nodes]
            shape = _shape_of(points, len(way.refs), closed=way.refs[:1] == way.refs[-1:])
            places.append((f"way/{number}", way.tags, *_or_centre(shape, way.centre)))
    for number, relation in sorted(elements.relations.items()):
        if is_kind(relation.tags):
            shape = _or_centre(_area_of(relation, elements), relation.centre)
            places.append((f"relation/{number}", relation.tags, *shape))
    notes = {"publisher": PUBLISHER, "licence": LICENCE} | (
        {"date": elements.date} if elements.date else {}
    )
    shapes = np.array([shape for *_, shape, _ in places], object)
    return _Extract(
        pd.DataFrame.from_records([tags for _, tags, *_ in places], index=range(len(places)))
        .fillna("")
        .astype(str),
        pd.Series([name for name, *_ in places], dtype=str),
        shapes,
        ~shapely.is_missing(shapes),
        notes,
        np.array([cut for *_, cut in places], bool),
        dict(Counter(reason for _, tags, reason in elements.left_out if is_kind(tags))),
    )


def _shape_of(
    points: Sequence[tuple[float, float]], count: int, *, closed: bool = False
) -> tuple[shapely.Geometry | None, bool]:
    """Draw a node, a line or an area of those of its `count` points that are there; also if cut."""
    known = [point for point in points if not math.isnan(point[0] + point[1])]
    cut = len(known) < count
    if not known:
        return None, cut and count > 1
    if len(known) == 1:
        return shapely.Point(known[0]), cut
    if closed and not cut and len(known) >= _LEAST_RING:
        return shapely.Polygon(known), False
    line = shapely.LineString(known)
    return (line.convex_hull if cut and closed else line), cut


def _or_centre(
    shape: tuple[shapely.Geometry | None, bool], centre: tuple[float, float] | None
) -> tuple[shapely.Geometry | None, bool]:
    """Take the centre that is given, if any, for a shape that is not whole in the file."""
    is_whole = shape[0] is not None and not shape[1]
    return shape if is_whole or centre is None else (shapely.Point(centre), False)


def _area_of(relation: Relation, elements: Elements) -> tuple[shapely.Geometry | None, bool]:
    """Draw an area of the ways of its outline; of an outline that is not whole, what is there."""
    if relation.tags.get("type") not in _AREAS:
        return None, False
    drawn: dict[bool, list[shapely.Geometry]] = {True: [], False: []}
    cut = False
    for kind, ref, role in relation.members:
        if kind != "way":
            continue
        refs = elements.ways[ref].refs if ref in elements.ways else ()
        points = [elements.nodes[node] for node in refs if node in elements.nodes]
        line, is_cut = _shape_of(points, max(len(refs), 1))
        cut |= is_cut or not refs
        if line is not None:
            drawn[role != "inner"].append(line)
    outer, inner = (
        shapely.union_all(shapely.get_parts(shapely.polygonize(drawn[side])))
        for side in (True, False)
    )
    if not outer.is_empty:
        return outer.difference(inner), cut
    hull = shapely.union_all(drawn[True]).convex_hull
    return (None if hull.is_empty else hull), True


def _state(tags: pd.DataFrame, amenity: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which are of the kind today, and which of them or of the others are given up."""
    listed = _LISTED.format(amenity)
    is_live = _column(tags, _LIVE).str.contains(listed)
    was = [_column(tags, f"{prefix}:{_LIVE}").str.contains(listed) for prefix in _GIVEN_UP]
    flags = [_column(tags, prefix) == "yes" for prefix in _GIVEN_UP]
    # A place of the kind today may stand where another was given up.
    given_up = (np.any(was, axis=0) & ~is_live) | (np.any(flags, axis=0) & is_live)
    return is_live.to_numpy(bool), np.asarray(given_up, bool)


def _duplicates(checks: Checks, extract: _Extract, used: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return of each node in an area, both of one name or one of none, the one that says less."""
    sound = used & ~shapely.is_missing(extract.shapes)
    is_node = shapely.get_type_id(extract.shapes) == _POINT
    nodes, areas = np.flatnonzero(sound & is_node), np.flatnonzero(sound & ~is_node)
    node, area = shapely.STRtree(extract.shapes[areas]).query(
        extract.shapes[nodes], predicate="within"
    )
    node, area = nodes[node], areas[area]
    names = np.array([name.casefold() for name in _first(extract.tags, _NAMES[:2])], object)
    same = (names[node] == names[area]) | (names[node] == "") | (names[area] == "")
    node, area = node[same], area[same]
    tag_counts = (extract.tags != "").sum(axis=1).to_numpy()
    twice = np.zeros(len(used), bool)
    twice[np.where(tag_counts[node] > tag_counts[area], area, node)] = True
    checks.warn(
        twice,
        Message("is mapped twice (a point in a building)"),
        Message("the one that says more is used; correct it in OpenStreetMap"),
        field="id",
        values=extract.ids,
    )
    return twice


def _column(tags: pd.DataFrame, key: str) -> pd.Series:
    return tags[key] if key in tags else pd.Series("", index=tags.index, dtype=str)


def _first(tags: pd.DataFrame, keys: tuple[str, ...], *, listed: bool = False) -> list[str]:
    """Return of each row the first of the tags that is there; lists parted by commas, not `;`."""
    texts = _column(tags, keys[0])
    for key in keys[1:]:
        texts = texts.where(texts != "", _column(tags, key))
    if listed:
        return [", ".join(filter(None, map(str.strip, text.split(";")))) for text in texts]
    return [str(text).strip() for text in texts]


def _address(tags: Tags) -> str:
    """Join an address as the state register writes it; empty if there is none.

    >>> _address({"addr:street": "Skolas iela", "addr:housenumber": "3", "addr:city": "Cesvaine",
    ...           "addr:district": "Madonas novads", "addr:postcode": "LV-4871"})
    'Skolas iela 3, Cesvaine, Madonas nov., LV-4871'
    >>> _address({"addr:housename": "Straumēni", "addr:subdistrict": "Salas pagasts"})
    '"Straumēni", Salas pag.'
    """
    street = tags.get("addr:street", "") or tags.get("addr:place", "")
    number, name = tags.get("addr:housenumber", ""), tags.get("addr:housename", "")
    building = f"{street} {number}" if street and number else street or number
    if name and not (street and number):
        # Farms are known by name; the register writes it in quotation marks.
        quoted = '"' + name.strip(' "“”„') + '"'
        building = f"{street}, {quoted}" if street else quoted
    postcode = tags.get("addr:postcode", "")
    digits = _POSTCODE.fullmatch(postcode.strip())
    parts = [
        building,
        *(tags.get(key, "") for key in _SETTLEMENTS),
        _abbreviate(tags, _PARISHES),
        _abbreviate(tags, _MUNICIPALITIES),
        f"LV-{digits[1]}" if digits else postcode,
    ]
    pieces = dict.fromkeys(part.strip() for part in parts if part.strip())
    return ", ".join(pieces) or tags.get("addr:full", "").strip()


def _abbreviate(tags: Tags, keys: tuple[str, ...]) -> str:
    """Return the first of the units named, abbreviated as the register does."""
    name = next((tags[key] for key in keys if tags.get(key)), "").strip()
    for full, short in _ABBREVIATED:
        if name.endswith(full):
            return name.removesuffix(full) + short
    return name
