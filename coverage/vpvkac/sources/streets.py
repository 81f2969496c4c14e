"""Streets: a GraphML as osmnx saves it, OSM XML, or a GeoPackage of lines.

All become one table of *pieces*: a line from one junction to the next, with
the numbers of its ends.  Lines meet only where they share a vertex, so that a
bridge is no crossing: in a GraphML at the nodes it names, in OSM XML at the
nodes that ways share, in a GeoPackage where vertices agree to the centimetre.
Whoever walks may go both ways along each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from vpvkac.geo.geodesy import CRS
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.model.project import Input
from vpvkac.sources.base import METRES, NOT_IN_WHERE, Checks, Reading, select_rows
from vpvkac.sources.geodata import read_layer, reproject
from vpvkac.sources.osm import LICENCE, PUBLISHER
from vpvkac.sources.osm_elements import is_pbf, read_elements
from vpvkac.texts import words
from vpvkac.texts.message import Composed, Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

COLUMNS = ("start", "end", "geometry")
_EXTRACT_AGAIN = Message("make the extract again")
_KEEP_ONE = Message("keep one of them")
FORMS = Message("an osmnx GraphML, OSM XML or PBF, or a GeoPackage of street lines")
_DEGREES = "EPSG:4326"
_HEAD = 4096
_NODE = re.compile(rb"""<node\s[^>]*?\bid=["']([^"']*)["']""")
_EDGE = re.compile(rb"<edge[\s/>]")
_OSM = re.compile(rb"<osm[\s>]")
_XML_ENDINGS = (".graphml", ".osm", ".xml")
_LINES = {"LineString", "MultiLineString", "LinearRing"}
# Vertices of a GeoPackage that agree so closely are one; metres.
_SAME_M = 0.01
# Two ways between the same junctions are one street if all they are agrees so closely; metres.
_TWICE_DECIMALS = 3
# Attributes that osmnx would turn into numbers: nothing here hangs on them, and other programs
# number nodes by text.
_NOT_NEEDED = dict.fromkeys(
    ("bearing", "elevation", "elevation_res", "grade", "grade_abs", "length", "oneway", "osmid",
     "reversed", "speed_kph", "street_count", "travel_time"),
    str,
)  # fmt: skip
# What nobody walks on, by OpenStreetMap's tags: after osmnx's network type "walk", which takes
# ways closed to all, and those that are no more.
_NOT_WALKED = {
    "highway": {
        "abandoned", "bus_guideway", "construction", "cycleway", "motor", "motorway",
        "motorway_link", "no", "planned", "platform", "proposed", "raceway", "razed",
        "rest_area", "services",
    },
    "area": {"yes"},
    "access": {"private", "no"},
    "foot": {"no"},
    "service": {"private"},
    "abandoned": {"yes"},
    "demolished": {"yes"},
    "razed": {"yes"},
}  # fmt: skip
TAGS = frozenset(_NOT_WALKED)
# What says that one may walk all the same.
_WALKED = {"yes", "designated", "permissive"}


class _Lines(NamedTuple):
    """Lines as read: their n vertices one after the other, EPSG:3059, shape (n, 2).

    Of each vertex the number of its line, ascending, and of the line of the file that this is
    a part of; `vertex` is equal where lines meet.
    """

    xy: NDArray[np.float64]
    line: NDArray[np.int64]
    feature: NDArray[np.int64]
    vertex: NDArray[np.int64]


def read_streets(source: Input) -> Reading:
    """Read streets: a GeoDataFrame of `COLUMNS` in EPSG:3059.

    `start` and `end` number the junctions from 0.  `rows_read` counts the lines of the file; one
    may become several pieces.  Dropped: `not_in_where`, `not_walked` (a way of OSM XML that is no
    street, or not for walking), `deleted`, `old_version`, `duplicate`, `no_shape`, `twice` (the
    same street in the other direction), `no_length`.  Notes: `date`, `publisher`, `licence` and
    `synthetic` where the file says them.  Raises InputError if the file is not of its form, holds
    no street, or coordinates of it are missing or lead nowhere.
    """
    with source.path.open("rb") as opened:
        head = opened.read(_HEAD)
    if b"<graphml" in head:
        reading = _read_graphml(source)
    elif _OSM.search(head) or is_pbf(head):
        reading = _read_osm(source)
    elif b"<osmChange" in head:
        raise _refusal(source, Message("is a file of changes (osmChange)"))
    elif head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") or (
        source.path.suffix.lower() in _XML_ENDINGS
    ):
        raise _refusal(source, Message("is neither GraphML nor OSM XML"))
    else:
        reading = _read_lines(source)
    if has_errors(reading.faults):
        raise InputError(reading.faults)
    if len(reading.table) > 0:
        return reading
    reasons = [
        Message("{reason}: {count}", reason=words.DROPPED[code], count=count)
        for code, count in reading.dropped.items()
        if count
    ]
    if not reasons:
        raise _refusal(source, Message("has no streets"))
    problem = Message(
        "no line is a street (lines: {rows}; {why})",
        rows=reading.rows_read,
        why=Composed(*reasons, between="; "),
    )
    raise InputError([*reading.faults, Fault("error", source.shown, problem, _EXTRACT_AGAIN)])


# --- GraphML -------------------------------------------------------------------------------------


def _read_graphml(source: Input) -> Reading:
    import osmnx

    _no_where(source)
    try:
        graph = osmnx.io.load_graphml(source.path, node_dtypes=_NOT_NEEDED, edge_dtypes=_NOT_NEEDED)
    except Exception as error:  # noqa: BLE001 - any of three libraries' errors: the file is at fault
        raise _unreadable(source, error) from None
    crs = graph.graph.get("crs")
    if not crs:
        raise _refusal(source, Message("names no crs"))
    # networkx keeps the last of several nodes or edges of one key, without a word.
    written = source.path.read_bytes()
    times = Counter(_NODE.findall(written))
    repeated = [node.decode("utf-8", "replace") for node, count in times.items() if count > 1]
    problem = Message("is a node that is in the file more than once")
    _refuse_any(source, "node", repeated, problem, _KEEP_ONE)
    nodes = list(graph.nodes)
    numbers = {node: number for number, node in enumerate(nodes)}
    xy = np.array(
        [(data.get("x", np.nan), data.get("y", np.nan)) for _, data in graph.nodes(data=True)],
        float,
    ).reshape(-1, 2)
    nowhere = [str(nodes[number]) for number in np.flatnonzero(~np.isfinite(xy).all(axis=1))]
    problem = Message("is a node without coordinates x and y")
    _refuse_any(source, "node", nowhere, problem, Message("{forms} is needed", forms=FORMS))
    edges = list(graph.edges(data="geometry"))
    start = np.array([numbers[u] for u, _, _ in edges], np.int64)
    end = np.array([numbers[v] for _, v, _ in edges], np.int64)
    shapes = _with_ends(np.array([shape for *_, shape in edges], object), start, end, xy)
    try:
        lines = gpd.GeoSeries(shapes, crs=str(crs))
    except Exception as error:  # noqa: BLE001 - pyproj's errors are RuntimeErrors of several kinds
        reason = " ".join(str(error).split())
        problem = Message("has a crs that is no such ({reason})", reason=reason)
        raise _refusal(source, problem) from None
    planar = _in_range(lines, source.shown)
    used, dropped = _each_once(gpd.GeoDataFrame({"start": start, "end": end}, geometry=planar))
    count = len(_EDGE.findall(written))
    dropped["duplicate"] = count - len(edges)
    facts, notes = graph.graph, {}
    # osmnx's graphs are OpenStreetMap's.
    if "OSMnx" in str(facts.get("created_with", "")):
        notes = {"publisher": PUBLISHER, "licence": LICENCE}
    if date := str(facts.get("date", ""))[:10]:
        notes["date"] = date
    if facts.get("synthetic"):
        notes["synthetic"] = str(facts["synthetic"])
    return Reading(used, count, dropped, (), notes)


def _with_ends(
    shapes: NDArray[np.object_],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    xy: NDArray[np.float64],
) -> NDArray[np.object_]:
    """Draw every edge from its start to its end: straight where it has no shape."""
    bent = shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING
    lines = np.empty(len(shapes), object)
    lines[~bent] = shapely.linestrings(np.stack([xy[start[~bent]], xy[end[~bent]]], axis=1))
    drawn = shapes[bent]
    first = shapely.get_coordinates(shapely.get_point(drawn, 0))
    last = shapely.get_coordinates(shapely.get_point(drawn, -1))
    from_, to = xy[start[bent]], xy[end[bent]]
    straight_on = np.hypot(*(first - from_).T) + np.hypot(*(last - to).T)
    # As happens to graphs made undirected.
    turned = np.hypot(*(first - to).T) + np.hypot(*(last - from_).T) < straight_on
    drawn = np.where(turned, shapely.reverse(drawn), drawn)
    coordinates, of = shapely.get_coordinates(drawn, return_index=True)
    counts = np.bincount(of, minlength=len(drawn))
    ends = np.cumsum(counts)
    coordinates[ends - counts], coordinates[ends - 1] = from_, to
    lines[bent] = shapely.linestrings(coordinates, indices=of)
    return lines


def _each_once(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, dict[str, int]]:
    """Keep each street once, whichever way it is drawn; osmnx gives both directions."""
    start, end = frame["start"].to_numpy(np.int64), frame["end"].to_numpy(np.int64)
    shapes = frame.geometry.to_numpy()
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    facts = pd.DataFrame(
        {
            "one": np.minimum(start, end),
            "other": np.maximum(start, end),
            "length": shapely.length(shapes).round(_TWICE_DECIMALS),
            "x": np.bincount(of, xy[:, 0], len(frame)).round(_TWICE_DECIMALS),
            "y": np.bincount(of, xy[:, 1], len(frame)).round(_TWICE_DECIMALS),
        }
    )
    twice = facts.duplicated().to_numpy(bool)
    no_length = ~twice & (facts["length"] == 0).to_numpy(bool) & (start == end)
    dropped = {"twice": int(twice.sum()), "no_length": int(no_length.sum())}
    return frame[~twice & ~no_length].reset_index(drop=True), dropped


# --- OSM XML -------------------------------------------------------------------------------------


def _read_osm(source: Input) -> Reading:
    """Read the ways on which one walks.

    osmnx takes every way of such a file for a street, rivers and borders too, and does not see
    the tags that close a street to walkers, nor what is deleted.
    """
    _no_where(source)
    elements = read_elements(source, {"highway"}, Message("{forms} is needed", forms=FORMS))
    left_out = Counter(reason for kind, _, reason in elements.left_out if kind == "way")
    streets = {key: way for key, way in elements.ways.items() if is_walked(way.tags)}
    # One street may stand there as two ways, in either direction.
    once = {min(way.refs, way.refs[::-1]): key for key, way in reversed(streets.items())}
    walked = {key: streets[key] for key in sorted(once.values())}
    lines, is_cut, no_shape = _of_ways(
        source, elements.nodes, [way.refs for way in walked.values()]
    )
    pieces, no_length = _pieces(lines, len(walked))
    dropped = {
        **{reason: left_out[reason] for reason in ("deleted", "old_version")},
        "duplicate": left_out["duplicate"] + len(streets) - len(walked),
        "not_walked": len(elements.ways) - len(streets),
        "no_shape": no_shape,
        "no_length": no_length - no_shape,
    }
    faults = []
    if is_cut.any():
        problem = Message("leads over nodes that are not in the file; it is cut there")
        remedy = Message("for the whole way make an extract with complete ways")
        value, alike = str(list(walked)[int(np.argmax(is_cut))]), int(is_cut.sum())
        faults.append(
            Fault("warning", source.shown, problem, remedy, field="way", value=value, alike=alike)
        )
    notes = {"publisher": PUBLISHER, "licence": LICENCE}
    if elements.date:
        notes["date"] = elements.date
    return Reading(pieces, elements.read, dropped, faults, notes)


def is_walked(tags: Mapping[Any, str]) -> bool:
    """Return whether one walks on a way, by OpenStreetMap's tags."""
    if "highway" not in tags:
        return False
    closed = [key for key, values in _NOT_WALKED.items() if tags.get(key) in values]
    # A path for bicycles where walkers are let in, a private road with a right of way.
    if tags.get("foot") in _WALKED and "area" not in closed:
        closed = [key for key in closed if key == "highway" and tags[key] != "cycleway"]
    return not closed


def _of_ways(
    source: Input, nodes: Mapping[int, tuple[float, float]], ways: Sequence[tuple[int, ...]]
) -> tuple[_Lines, NDArray[np.bool_], int]:
    """Join ways and nodes; also which ways are cut at a missing node, and how many have no line."""
    vertex = np.array([ref for way in ways for ref in way], np.int64)
    way = np.repeat(np.arange(len(ways)), [len(refs) for refs in ways])
    known = np.fromiter(map(nodes.__contains__, vertex.tolist()), bool, len(vertex))
    is_cut = np.bincount(way[~known], minlength=len(ways)) > 0
    # A part begins with its way, and behind each node that is not there.
    begins = np.ones(len(vertex), bool)
    begins[1:] = (way[1:] != way[:-1]) | ~known[:-1]
    part = np.cumsum(begins) - 1
    vertex, way, part = vertex[known], way[known], part[known]
    degrees = np.array([nodes[ref] for ref in vertex.tolist()], float).reshape(-1, 2)
    points = _in_range(gpd.GeoSeries(shapely.points(degrees), crs=_DEGREES), source.shown)
    # A line has two ends.
    is_line = np.bincount(part)[part] >= 2  # noqa: PLR2004
    shaped = np.zeros(len(ways), bool)
    shaped[way[is_line]] = True
    xy = shapely.get_coordinates(points.to_numpy())
    return _Lines(xy, part, way, vertex), is_cut, int((~shaped).sum())


# --- GeoPackage and other layers -----------------------------------------------------------------


def _read_lines(source: Input) -> Reading:
    layer = read_layer(source.path, source.shown, FORMS, list(source.where))
    if layer.shapes is None:
        raise _refusal(source, Message("has no geometry"))
    checks = Checks(source.shown, np.arange(len(layer.table)) + 1)
    keep = select_rows(checks, layer.table, source.where)
    shapes = layer.reprojected(CRS)[keep]
    shaped = (shapes.notna() & ~shapes.is_empty).to_numpy(bool)
    if others := set(shapes[shaped].geom_type) - _LINES:
        raise _refusal(source, Message("holds {kind}, not lines", kind=min(others)))
    drawn = shapes[shaped].to_numpy()
    same = pd.Series(shapely.to_wkb(shapely.normalize(drawn))).duplicated().to_numpy(bool)
    parts, of = shapely.get_parts(shapely.force_2d(drawn[~same]), return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    grid = np.round((xy - METRES[0]) / _SAME_M).astype(np.int64)
    vertex = (grid[:, 0] << 31) + grid[:, 1]
    pieces, no_length = _pieces(_Lines(xy, part, of[part], vertex), int((~same).sum()))
    dropped = {
        NOT_IN_WHERE: int((~keep).sum()),
        "no_shape": int((~shaped).sum()),
        "duplicate": int(same.sum()),
        "no_length": no_length,
    }
    return Reading(pieces, len(keep), dropped, [*layer.faults, *checks.faults])


# --- What the forms share ------------------------------------------------------------------------


def _pieces(lines: _Lines, count: int) -> tuple[gpd.GeoDataFrame, int]:
    """Cut lines where they meet; also how many of the file's `count` lines have no length."""
    new_line = np.concatenate([[True], lines.line[1:] != lines.line[:-1]])[: len(lines.line)]
    same = np.concatenate([[False], lines.vertex[1:] == lines.vertex[:-1]])[: len(lines.line)]
    keep = new_line | ~same
    xy, line, feature = lines.xy[keep], lines.line[keep], lines.feature[keep]
    ids, vertex = np.unique(lines.vertex[keep], return_inverse=True)
    first = np.concatenate([[True], line[1:] != line[:-1]])[: len(line)]
    last = np.concatenate([first[1:], [True]])[: len(line)]
    junction = first | last | (np.bincount(vertex, minlength=len(ids))[vertex] > 1)
    at = np.flatnonzero(junction)
    begin, end = at[:-1][~last[at[:-1]]], at[1:][~last[at[:-1]]]
    size = end - begin + 1
    piece = np.repeat(np.arange(len(begin)), size)
    rows = np.repeat(begin - (np.cumsum(size) - size), size) + np.arange(size.sum())
    shapes = shapely.linestrings(xy[rows], indices=piece) if len(begin) else []
    _, numbers = np.unique(np.concatenate([vertex[begin], vertex[end]]), return_inverse=True)
    frame = gpd.GeoDataFrame(
        {"start": numbers[: len(begin)], "end": numbers[len(begin) :]}, geometry=shapes, crs=CRS
    )
    return frame, count - len(np.unique(feature[begin]))


def _in_range(shapes: gpd.GeoSeries, shown: str) -> gpd.GeoSeries:
    """Bring shapes to EPSG:3059; refuse those that lead nowhere."""
    planar = reproject(shapes, shown, CRS)
    xy, of = shapely.get_coordinates(planar.to_numpy(), return_index=True)
    wrong = np.unique(of[~(np.isfinite(xy) & (np.abs(xy) <= METRES[1])).all(axis=1)])
    if len(wrong):
        problem = Message("has coordinates out of range")
        remedy = Message("check the coordinate system")
        row = int(wrong[0]) + 1
        raise InputError.of(shown, problem, remedy, row=row, field="geometry", alike=len(wrong))
    return planar


def _no_where(source: Input) -> None:
    if source.where:
        problem = Message("does not apply to this format")
        raise InputError.of(source.shown, problem, Message("delete where"), field="where")


def _refuse_any(
    source: Input, field: str, values: Sequence[str], problem: Text, remedy: Text
) -> None:
    """Refuse a file that has any of these, naming the first."""
    if values:
        raise InputError.of(
            source.shown, problem, remedy, field=field, value=values[0], alike=len(values)
        )


def _unreadable(source: Input, error: Exception) -> InputError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return _refusal(source, Message("cannot be read ({reason})", reason=reason))


def _refusal(source: Input, problem: Text) -> InputError:
    return InputError.of(source.shown, problem, Message("{forms} is needed", forms=FORMS))
