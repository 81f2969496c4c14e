"""Settlements, the roads between them, and the places on the roads where buses stop."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import Delaunay, cKDTree
from shapely.geometry import LineString, Point

from sample.names import district_names, road_stop_names
from sample.outline import bend, chance

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from sample.units import Unit

_LONGEST_ROAD_M = 24_000.0
_CAPITAL_DISTRICTS = 30
_CITY_DISTRICTS = 5
_EAST_OF_THE_GULF = 600_000.0
_HAMLET_AWAY_M = 2_000.0
_NEAR_BORDER_M = 5_000.0
_ABROAD_M = 1_500.0


# Start, end and course of a possible road.
Link = tuple[int, int, LineString]


@dataclass
class Node:
    """A settlement, or a district of a city.

    Attributes
    ----------
    kind
        {"city", "district", "town", "village", "hamlet", "abroad"}.
    unit
        Number of its unit in the list of units; -1 abroad.
    """

    name: str
    kind: str
    unit: int
    xy: np.ndarray


@dataclass
class Halt:
    """A place where buses stop: one pole on each side of the road, or one for both."""

    name: str
    poles: list[np.ndarray]
    urban: bool


@dataclass
class Road:
    """A road between two nodes; halts in order from `start` to `end`, nodes' own not included."""

    start: int
    end: int
    length: float
    main: bool
    halts: list[Halt] = field(default_factory=list)


@dataclass
class Network:
    """Nodes, roads, and each node's own halts."""

    nodes: list[Node]
    roads: list[Road]
    centres: list[list[Halt]]

    def matrix(self, roads: list[Road]) -> csr_array:
        """Return the weights of some of the roads as a symmetric sparse matrix."""
        size = len(self.nodes)
        start = [road.start for road in roads]
        end = [road.end for road in roads]
        weight = [road.length for road in roads]
        return csr_array((weight * 2, (start + end, end + start)), shape=(size, size))


def _inside(rng: np.random.Generator, unit: Unit, near: np.ndarray, spread: float,
            margin: float) -> np.ndarray:  # fmt: skip
    """Draw a point of the unit around a point, at least `margin` metres from the border."""
    core = unit.shape.buffer(-margin)
    for _ in range(400):
        spot = np.round(near + rng.normal(0, spread, 2))
        if core.contains(Point(spot)):
            return spot
    middle = unit.shape.buffer(-margin / 2).representative_point()
    return np.round([middle.x, middle.y])


def _settlements(rng: np.random.Generator, units: list[Unit]) -> list[Node]:
    """Put a settlement in every unit and districts in the state cities."""
    nodes = []
    districts = iter(district_names())
    for number, unit in enumerate(units):
        middle = np.array(unit.shape.representative_point().coords[0])
        if unit.kind == "parish":
            spread = 0.14 * float(np.sqrt(unit.shape.area))
            xy = _inside(rng, unit, middle, spread, 900)
            nodes.append(Node(unit.stem.nominative, "village", number, xy))
        else:
            kind = "city" if unit.kind == "state_city" else "town"
            centre = np.array(unit.shape.centroid.coords[0])
            nodes.append(Node(unit.name, kind, number, np.round(centre)))
    for number, unit in enumerate(units):
        if unit.l1_type != 1:
            continue
        count = _CAPITAL_DISTRICTS if number == 0 else _CITY_DISTRICTS
        spots = [nodes[number].xy]
        apart = 0.55 * float(np.sqrt(unit.shape.area / count))
        for _ in range(4000):
            spot = _inside(rng, unit, spots[0], 0.3 * float(np.sqrt(unit.shape.area)), 500)
            if min(np.hypot(*(spot - other)) for other in spots) > apart:
                spots.append(spot)
            if len(spots) > count:
                break
        nodes += [Node(next(districts), "district", number, spot) for spot in spots[1:]]
    return nodes


def _gabriel(xy: np.ndarray) -> list[tuple[int, int]]:
    """Link the pairs of points whose diameter circle holds no other point."""
    triangles = Delaunay(xy).simplices
    edges = np.unique(
        np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]])),
        axis=0,
    )
    middle = (xy[edges[:, 0]] + xy[edges[:, 1]]) / 2
    half = np.hypot(*(xy[edges[:, 0]] - xy[edges[:, 1]]).T) / 2
    nearest = cKDTree(xy).query(middle)[0]
    return [(int(start), int(end)) for start, end in edges[nearest >= half - 1]]


def _course(start: np.ndarray, end: np.ndarray) -> LineString:
    """Draw a bent road between two points."""
    steps = max(2, int(np.hypot(*(end - start)) / 300))
    along = np.linspace(0, 1, steps + 1)[:, None]
    straight = start + along * (end - start)
    shift = bend(straight) - straight
    ends = shift[0] + along * (shift[-1] - shift[0])
    return LineString(np.round(straight + 1.5 * (shift - ends)))


def course_of(nodes: list[Node], road: Road) -> LineString:
    """Draw a road once more, as it was when its halts were put beside it."""
    return _course(nodes[road.start].xy, nodes[road.end].xy)


def _pole_pair(rng: np.random.Generator, course: LineString, at: float,
               share_of_pairs: float) -> list[np.ndarray]:  # fmt: skip
    """Put poles on both sides of the road, some way apart, or one pole for both ways."""

    def pole(distance: float, side: float) -> np.ndarray:
        distance = min(max(distance, 1.0), course.length - 1.0)
        here = np.array(course.interpolate(distance).coords[0])
        ahead = np.array(course.interpolate(distance + 1.0).coords[0])
        across = np.array([ahead[1] - here[1], here[0] - ahead[0]])
        return here + side * across / max(float(np.hypot(*across)), 1e-9)

    gap = rng.uniform(2, 45)
    sides = [pole(at - gap / 2, rng.uniform(4, 11)), pole(at + gap / 2, -rng.uniform(4, 11))]
    return sides if rng.uniform() < share_of_pairs else sides[:1]


def _halts(rng: np.random.Generator, course: LineString, urban: np.ndarray,
           names: list[str]) -> list[Halt]:  # fmt: skip
    """Space halts along a road: closer together in towns."""
    halts = []
    at = rng.uniform(350, 900)
    while at < course.length - 350:
        spot = course.interpolate(at)
        in_town = any(area.contains(spot) for area in urban)
        name = names[int(rng.integers(len(names)))]
        halts.append(Halt(name, _pole_pair(rng, course, at, 0.95), in_town))
        at += rng.uniform(420, 800) if in_town else rng.uniform(1_500, 4_300)
    return halts


def _centre_halts(rng: np.random.Generator, node: Node) -> list[Halt]:
    """Put the halts of a settlement's middle: a pair, a second one in larger places."""
    count = {"city": 3, "town": 2, "village": 2, "district": 1, "hamlet": 1, "abroad": 1}
    halts = []
    for number in range(count[node.kind]):
        if node.kind == "village" and number == 1 and chance(rng, 0.45):
            break
        turn = rng.uniform(0, 2 * np.pi)
        reach = 0.0 if number == 0 else rng.uniform(180, 420)
        spot = node.xy + reach * np.array([np.cos(turn), np.sin(turn)])
        stub = LineString([spot - 40 * np.array([np.cos(turn), np.sin(turn)]), spot
                           + 40 * np.array([np.cos(turn), np.sin(turn)])])  # fmt: skip
        name = node.name if number == 0 else f"{node.name}, {('skola', 'centrs')[number - 1]}"
        if "," in name:
            name = name.replace(",", " –")
        halts.append(Halt(name, _pole_pair(rng, stub, 40, 0.97), node.kind != "hamlet"))
    return halts


def make_network(rng: np.random.Generator, units: list[Unit]) -> Network:
    """Make settlements, main roads, side roads to hamlets, and all halts."""
    nodes = _settlements(rng, units)
    names = road_stop_names()
    country = shapely.coverage_union_all(np.array([unit.shape for unit in units]))
    shapely.prepare(country)
    urban = np.array([unit.shape for unit in units if unit.kind != "parish"])
    shapely.prepare(urban)
    tree = shapely.STRtree(urban)
    xy = np.array([node.xy for node in nodes])
    links: list[Link] = []
    for start, end in _gabriel(xy):
        course = _course(xy[start], xy[end])
        if course.length > _LONGEST_ROAD_M or not country.buffer(400).contains(course):
            continue
        links.append((start, end, course))
    keep = _kept(rng, xy, links)
    roads = []
    for start, end, course in keep:
        near = urban[tree.query(course, predicate="intersects")]
        roads.append(Road(start, end, course.length, main=True,
                          halts=_halts(rng, course, near, names)))  # fmt: skip
    nodes, spurs = _with_hamlets(rng, units, nodes, country, names)
    network = Network(nodes, roads + spurs, [_centre_halts(rng, node) for node in nodes])
    parts = connected_components(network.matrix(network.roads), directed=False)[0]
    if parts != 1:
        msg = f"the roads fall into {parts} parts"
        raise AssertionError(msg)
    return network


def _kept(rng: np.random.Generator, xy: np.ndarray, links: list[Link]) -> list[Link]:
    """Keep the links of the relative neighbourhood and a part of the others."""
    tree = cKDTree(xy)
    kept = []
    for link in links:
        start, end = link[0], link[1]
        length = float(np.hypot(*(xy[start] - xy[end])))
        near = set(tree.query_ball_point(xy[start], length - 1)) & set(
            tree.query_ball_point(xy[end], length - 1)
        )
        if not near - {start, end} or chance(rng, 0.17):
            kept.append(link)
    return kept


def _with_hamlets(rng: np.random.Generator, units: list[Unit], nodes: list[Node],
                  country: BaseGeometry, names: list[str]
                  ) -> tuple[list[Node], list[Road]]:  # fmt: skip
    """Add hamlets on side roads, and two halts just over the land border."""
    nodes = list(nodes)
    spurs = []
    for number, unit in enumerate(units):
        if unit.kind != "parish":
            continue
        for _ in range(int(rng.integers(0, 2))):
            spot = _inside(rng, unit, nodes[number].xy, 3_200, 400)
            if np.hypot(*(spot - nodes[number].xy)) < _HAMLET_AWAY_M:
                continue
            spurs.append(_spur(rng, nodes, number, Node(
                names[int(rng.integers(len(names)))], "hamlet", number, spot), names))  # fmt: skip
    villages = [number for number, node in enumerate(nodes) if node.kind == "village"]
    border = country.boundary
    shore = {n: border.distance(Point(nodes[n].xy)) for n in villages}
    for number in sorted(shore, key=lambda n: (-nodes[n].xy[1], n)):
        gate = border.interpolate(border.project(Point(nodes[number].xy)))
        away = np.array(gate.coords[0]) - nodes[number].xy
        over = np.round(nodes[number].xy + away * (1 + 2_300 / float(np.hypot(*away))))
        near = shore[number] < _NEAR_BORDER_M and nodes[number].xy[0] > _EAST_OF_THE_GULF
        if near and country.distance(Point(over)) > _ABROAD_M:
            spurs.append(_spur(rng, nodes, number, Node(
                "Kaimiņvalsts robeža", "abroad", -1, over), names))  # fmt: skip
            break
    return nodes, spurs


def _spur(rng: np.random.Generator, nodes: list[Node], start: int, hamlet: Node,
          names: list[str]) -> Road:  # fmt: skip
    """Lay a side road from a village to a new node."""
    course = _course(nodes[start].xy, hamlet.xy)
    nodes.append(hamlet)
    halts = [] if hamlet.kind == "abroad" else _halts(rng, course, np.array([]), names)
    return Road(start, len(nodes) - 1, course.length, main=False, halts=halts)


def path(predecessors: np.ndarray, end: int) -> list[int]:
    """Follow predecessors back from a node to where the search began."""
    nodes = [end]
    while predecessors[nodes[-1]] >= 0:
        nodes.append(int(predecessors[nodes[-1]]))
    return nodes


def forest(network: Network, hubs: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Return each node's predecessor towards its nearest hub, and that hub."""
    _, predecessors, sources = dijkstra(
        network.matrix(network.roads), directed=False, indices=hubs,
        return_predecessors=True, min_only=True,
    )  # fmt: skip
    return predecessors, sources


def steps(nodes: list[int]) -> list[tuple[int, int]]:
    """Return the consecutive pairs of a path."""
    return list(pairwise(nodes))
