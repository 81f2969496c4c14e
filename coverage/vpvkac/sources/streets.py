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
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from lxml import etree

from vpvkac.geo.geodesy import CRS
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.sources.base import Reading
from vpvkac.sources.checks import METRES, NOT_IN_WHERE, Checks, select_rows
from vpvkac.sources.geodata import read_layer, reprojected
from vpvkac.sources.osm import LICENCE, PUBLISHER
from vpvkac.sources.osm_xml import read_elements
from vpvkac.texts import words
from vpvkac.texts.message import Composed, Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.model.project import Input

COLUMNS = ("start", "end", "geometry")
FORMS = Message("an osmnx GraphML, OSM XML or a GeoPackage of street lines")
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
    """Lines as read: vertices one after the other, EPSG:3059.

    Parameters
    ----------
    xy
        Easting and northing, shape (n, 2).
    line, feature
        Number of the line of each vertex, ascending, and of the line of the
        file that it is a part of, shape (n,).
    vertex
        What tells vertices apart; equal where lines meet, shape (n,).
    """

    xy: NDArray[np.float64]
    line: NDArray[np.int64]
    feature: NDArray[np.int64]
    vertex: NDArray[np.int64]


def read_streets(source: Input) -> Reading:
    """Read streets.

    Returns
    -------
    reading
        GeoDataFrame of `COLUMNS` in EPSG:3059: `start` and `end` number the
        junctions from 0.  ``rows_read`` counts the lines of the file; one may
        become several pieces.  Dropped: `not_in_where`, `not_walked` (a way
        of OSM XML that is no street, or not for walking), `deleted`,
        `old_version`, `duplicate`, `no_shape`, `twice` (the same street in the
        other direction), `no_length`.  ``notes``:
        `date`, `publisher` and `licence` where the file says them, and
        `synthetic` where it says that it is.

    Raises
    ------
    InputError
        If the file is not of its form, holds no street, or coordinates of it
        are missing or lead nowhere.
    """
    head = _head(source.path)
    if b"<graphml" in head:
        reading = _graphml(source)
    elif _OSM.search(head):
        reading = _osm_xml(source)
    elif b"<osmChange" in head:
        problem = Message("is a file of changes (osmChange)")
        raise _refused(source, problem)
    elif head.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") or (
        source.path.suffix.lower() in _XML_ENDINGS
    ):
        raise _refused(source, Message("is neither GraphML nor OSM XML"))
    else:
        reading = _layer(source)
    if has_errors(reading.faults):
        raise InputError(reading.faults)
    if len(reading.table) == 0:
        raise _without_streets(source, reading)
    return reading


def _without_streets(source: Input, reading: Reading) -> InputError:
    """Tell that no street is left, and why."""
    counts = {why: count for why, count in reading.dropped.items() if count}
    if not counts:
        return _refused(source, Message("has no streets"))
    listed = [
        Message("{reason}: {count}", reason=reason, count=count)
        for reason, count in ((words.DROPPED[code], count) for code, count in counts.items())
    ]
    why = Composed(*listed, between="; ")
    problem = Message("no line is a street (lines: {rows}; {why})", rows=reading.rows_read, why=why)
    return InputError([*reading.faults, Fault("error", source.shown, problem, _EXTRACT_AGAIN)])


_EXTRACT_AGAIN = Message("make the extract again")


def _head(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(_HEAD)


# --- GraphML -------------------------------------------------------------------------------------


def _graphml(source: Input) -> Reading:
    import osmnx

    _no_where(source)
    try:
        graph = osmnx.io.load_graphml(source.path, node_dtypes=_NOT_NEEDED, edge_dtypes=_NOT_NEEDED)
    except Exception as error:  # noqa: BLE001 - any of three libraries' errors: the file is at fault
        reason = " ".join(str(error).split()) or type(error).__name__
        problem = Message("cannot be read ({reason})", reason=reason)
        raise _refused(source, problem) from None
    crs = graph.graph.get("crs")
    if not crs:
        raise _refused(source, Message("names no crs"))
    # networkx keeps the last of several nodes or edges of one key, without a word.
    written = source.path.read_bytes()
    _check_repeated(source, _NODE.findall(written))
    count = len(_EDGE.findall(written))
    numbers = {node: number for number, node in enumerate(graph.nodes)}
    xy = np.array([_pair(data) for _, data in graph.nodes(data=True)], float).reshape(-1, 2)
    _check_nodes(source, list(graph.nodes), xy)
    edges = list(graph.edges(data="geometry"))
    start = np.array([numbers[u] for u, _, _ in edges], np.int64)
    end = np.array([numbers[v] for _, v, _ in edges], np.int64)
    shapes = _with_ends(np.array([shape for *_, shape in edges], object), start, end, xy)
    frame = gpd.GeoDataFrame(
        {"start": start, "end": end}, geometry=_series(source, shapes, str(crs))
    )
    frame = _checked(frame, source.shown)
    used, dropped = _each_once(frame)
    dropped["duplicate"] = count - len(frame)
    return Reading(used, count, dropped, (), _said_of(graph.graph))


def _check_repeated(source: Input, nodes: list[bytes]) -> None:
    repeated = [node for node, times in Counter(nodes).items() if times > 1]
    if not repeated:
        return
    problem = Message("is a node that is in the file more than once")
    remedy = Message("keep one of them")
    shown = repeated[0].decode("utf-8", "replace")
    fault = Fault(
        "error", source.shown, problem, remedy, field="node", value=shown, alike=len(repeated)
    )
    raise InputError([fault])


def _pair(data: Mapping[str, Any]) -> tuple[float, float]:
    return data.get("x", np.nan), data.get("y", np.nan)


def _series(source: Input, shapes: NDArray[np.object_], crs: str) -> gpd.GeoSeries:
    try:
        return gpd.GeoSeries(shapes, crs=crs)
    except Exception as error:  # noqa: BLE001 - pyproj's errors are RuntimeErrors of several kinds
        reason = " ".join(str(error).split())
        problem = Message("has a crs that is no such ({reason})", reason=reason)
        raise _refused(source, problem) from None


def _check_nodes(source: Input, nodes: list[str], xy: NDArray[np.float64]) -> None:
    wrong = np.flatnonzero(~np.isfinite(xy).all(axis=1))
    if len(wrong) == 0:
        return
    problem = Message("is a node without coordinates x and y")
    remedy = Message("{forms} is needed", forms=FORMS)
    fault = Fault(
        "error", source.shown, problem, remedy, field="node", value=str(nodes[wrong[0]]),
        alike=len(wrong),
    )  # fmt: skip
    raise InputError([fault])


def _with_ends(
    shapes: NDArray[np.object_],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    xy: NDArray[np.float64],
) -> NDArray[np.object_]:
    """Give every edge a line that begins and ends at its nodes.

    An edge without a shape is straight; a shape drawn from the end to the
    start, as happens to graphs made undirected, is turned round.
    """
    bent = shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING
    lines = np.empty(len(shapes), object)
    lines[~bent] = shapely.linestrings(np.stack([xy[start[~bent]], xy[end[~bent]]], axis=1))
    drawn = shapes[bent]
    first = shapely.get_coordinates(shapely.get_point(drawn, 0))
    last = shapely.get_coordinates(shapely.get_point(drawn, -1))
    from_, to = xy[start[bent]], xy[end[bent]]
    straight_on = np.hypot(*(first - from_).T) + np.hypot(*(last - to).T)
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


def _said_of(facts: Mapping[str, Any]) -> dict[str, str]:
    """Take from the facts of a graph what footers say; osmnx's graphs are OpenStreetMap's."""
    notes = {}
    if "OSMnx" in str(facts.get("created_with", "")):
        notes = {"publisher": PUBLISHER, "licence": LICENCE}
    date = str(facts.get("date", ""))[:10]
    if date:
        notes["date"] = date
    if facts.get("synthetic"):
        notes["synthetic"] = str(facts["synthetic"])
    return notes


# --- OSM XML -------------------------------------------------------------------------------------


def _osm_xml(source: Input) -> Reading:
    """Read the ways with a `highway` on which one walks.

    osmnx's own reader takes every way of such a file for a street, rivers and
    borders too, and does not see the tags that close a street to walkers, nor
    what is deleted.
    """
    _no_where(source)
    try:
        found = read_elements(source.path)
    except (etree.LxmlError, ValueError) as error:
        reason = " ".join(str(error).split())
        problem = Message("cannot be read ({reason})", reason=reason)
        raise _refused(source, problem) from None
    if "error" in found.remark:
        raise InputError([_broken_off(source, found.remark)])
    if found.contradictory:
        raise InputError([_in_two_forms(source, found.contradictory)])
    streets = {key: way for key, way in found.ways.items() if is_walked(way.tags)}
    # One street may stand there as two ways, in either direction.
    once = {min(way.refs, way.refs[::-1]): key for key, way in reversed(streets.items())}
    walked = {key: streets[key] for key in sorted(once.values())}
    lines, is_cut, no_shape = _of_ways(source, found.nodes, [way.refs for way in walked.values()])
    pieces, no_length = _pieces(lines, len(walked))
    dropped = {
        **found.dropped,
        "duplicate": found.dropped["duplicate"] + len(streets) - len(walked),
        "not_walked": len(found.ways) - len(streets),
        "no_shape": no_shape,
        "no_length": no_length - no_shape,
    }
    faults = _cut_ways(source, np.array(list(walked), np.int64)[is_cut])
    notes = {"publisher": PUBLISHER, "licence": LICENCE}
    if found.date:
        notes["date"] = found.date
    return Reading(pieces, found.read, dropped, faults, notes)


def _broken_off(source: Input, remark: str) -> Fault:
    return Fault(
        "error",
        source.shown,
        Message("is what was found before the query broke off; the extract is not whole"),
        Message("make the extract again"),
        field="remark",
        value=remark,
    )


def _in_two_forms(source: Input, elements: Sequence[str]) -> Fault:
    return Fault(
        "error",
        source.shown,
        Message("is in the file in two forms of one version"),
        Message("keep one of them"),
        field="id",
        value=elements[0],
        alike=len(elements),
    )


def _cut_ways(source: Input, ways: NDArray[np.int64]) -> list[Fault]:
    """Warn of ways that lead over nodes that the file does not hold."""
    if len(ways) == 0:
        return []
    problem = Message("leads over nodes that are not in the file; it is cut there")
    remedy = Message("for the whole way make an extract with complete ways")
    first = str(int(ways[0]))
    return [Fault("warning", source.shown, problem, remedy, None, "way", first, len(ways))]


def is_walked(tags: Mapping[Any, str]) -> bool:
    """Tell by OpenStreetMap's tags whether one walks on a way."""
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
    """Join ways and nodes; a way is cut where it leads over a node that is not there.

    Returns
    -------
    lines, is_cut, no_shape
        The parts of the ways, which ways are cut, and how many have no part
        of two nodes.
    """
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
    points = gpd.GeoSeries(shapely.points(degrees), crs=_DEGREES)
    frame = _checked(gpd.GeoDataFrame(geometry=points), source.shown)
    # A line has two ends.
    is_line = np.bincount(part)[part] >= 2  # noqa: PLR2004
    shaped = np.zeros(len(ways), bool)
    shaped[way[is_line]] = True
    xy = shapely.get_coordinates(frame.geometry.to_numpy())
    return _Lines(xy, part, way, vertex), is_cut, int((~shaped).sum())


# --- GeoPackage and other layers -----------------------------------------------------------------


def _layer(source: Input) -> Reading:
    layer = read_layer(source.path, source.shown, FORMS, list(source.where))
    if layer.shapes is None:
        raise _refused(source, Message("has no geometry"))
    checks = Checks(source.shown, np.arange(len(layer.table)) + 1)
    keep = select_rows(checks, layer.table, source.where)
    shapes = layer.reprojected(CRS)[keep]
    shaped = (shapes.notna() & ~shapes.is_empty).to_numpy(bool)
    kinds = set(shapes[shaped].geom_type)
    if kinds - _LINES:
        kind = min(kinds - _LINES)
        problem = Message("holds {kind}, not lines", kind=kind)
        raise _refused(source, problem)
    drawn = shapes[shaped].to_numpy()
    same = pd.Series(shapely.to_wkb(shapely.normalize(drawn))).duplicated().to_numpy(bool)
    lines = _of_shapes(drawn[~same])
    pieces, no_length = _pieces(lines, int((~same).sum()))
    dropped = {
        NOT_IN_WHERE: int((~keep).sum()),
        "no_shape": int((~shaped).sum()),
        "duplicate": int(same.sum()),
        "no_length": no_length,
    }
    return Reading(pieces, len(keep), dropped, [*layer.faults, *checks.faults])


def _of_shapes(shapes: NDArray[np.object_]) -> _Lines:
    """Take lines apart; vertices that agree to the centimetre are one."""
    parts, of = shapely.get_parts(shapely.force_2d(shapes), return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    grid = np.round((xy - METRES[0]) / _SAME_M).astype(np.int64)
    vertex = (grid[:, 0] << 31) + grid[:, 1]
    return _Lines(xy, part, of[part], vertex)


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


def _checked(frame: gpd.GeoDataFrame, shown: str) -> gpd.GeoDataFrame:
    """Bring shapes to EPSG:3059; refuse those that lead nowhere."""
    planar = reprojected(frame, shown, CRS)
    xy, of = shapely.get_coordinates(planar.geometry.to_numpy(), return_index=True)
    wrong = np.unique(of[~(np.isfinite(xy) & (np.abs(xy) <= METRES[1])).all(axis=1)])
    if len(wrong):
        problem = Message("has coordinates out of range")
        remedy = Message("check the coordinate system")
        row = int(wrong[0]) + 1
        fault = Fault("error", shown, problem, remedy, row, "geometry", alike=len(wrong))
        raise InputError([fault])
    return planar


def _no_where(source: Input) -> None:
    if source.where:
        problem = Message("does not apply to this format")
        remedy = Message("delete where")
        raise InputError([Fault("error", source.shown, problem, remedy, field="where")])


def _refused(source: Input, problem: Text) -> InputError:
    remedy = Message("{forms} is needed", forms=FORMS)
    return InputError([Fault("error", source.shown, problem, remedy)])
