"""The streets of one municipality, and the ways along them, found without the program."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point

from sample.outline import TO_DEGREES, TO_PLANE
from sample.places import GEOD, THRESHOLD_M
from sample.roads import course_of
from sample.truth import key_of

if TYPE_CHECKING:
    from sample.places import Place
    from sample.roads import Network
    from sample.truth import Answer, Stops
    from sample.units import Unit

STREETS_FILE = "ielas.graphml"
_SYNTHETIC = "Sintētiski parauga dati / Synthetic sample"
_FARTHEST_M = 250.0
_NOT_GIVEN_M = 2_000.0
_LEAST_UNITS = 12
_AROUND_M = (50.0, 330.0)
_RIVER_M = (760.0, 2_200.0)
_CLEAR_M = 120.0
# Air distances of the points that a river is put before.
_ACROSS_M = (250.0, 620.0)
_FAR_FROM_ROADS_M = (330.0, 1_500.0)
_OFF_THE_ROAD_M = _BESIDE_M = 90.0
_CUT_OFF_M = (130.0, 600.0)
# Of two stops; and how far a point may be from the other one.
_APART_M = 350.0
_OTHER_M = 1_500.0


@dataclass
class Street:
    """A street between two junctions, its course from one to the other."""

    start: int
    end: int
    course: np.ndarray
    kind: str


@dataclass
class _Map:
    """The streets while they are laid: junctions by their spot, and courses."""

    spots: dict[tuple[float, float], int] = field(default_factory=dict)
    courses: list[tuple[np.ndarray, str]] = field(default_factory=list)

    def lay(self, course: np.ndarray, kind: str) -> None:
        self.courses.append((np.round(course, 1), kind))

    def vertices(self) -> np.ndarray:
        return np.concatenate([course for course, _ in self.courses])

    def distance(self, spot: np.ndarray) -> float:
        lines = [LineString(course) for course, _ in self.courses]
        return float(shapely.distance(lines, Point(spot)).min())

    def streets(self) -> list[Street]:
        """Cut the courses where they share a vertex."""
        shared: dict[tuple[float, float], int] = defaultdict(int)
        for course, _ in self.courses:
            for number, spot in enumerate(map(tuple, course.tolist())):
                shared[spot] += 2 if number in (0, len(course) - 1) else 1
        streets = []
        for course, kind in self.courses:
            spots = [tuple(spot) for spot in course.tolist()]
            cuts = [n for n, spot in enumerate(spots) if shared[spot] > 1]
            for begin, end in pairwise(cuts):
                ends = [self.spots.setdefault(spots[n], len(self.spots) + 1) for n in (begin, end)]
                streets.append(Street(*ends, course[begin : end + 1], kind))
        return streets


class StreetMaker:
    """Lays the roads, village streets and yards of the first municipality that has room for all."""

    def __init__(
        self, rng: np.random.Generator, units: list[Unit], network: Network, answer: Answer,
        stops: Stops,
    ) -> None:  # fmt: skip
        self.rng = rng
        self.units = units
        self.network = network
        self.answer = answer
        held = stops.regional
        self.stop_keys = stops.keys[held]
        self.stops_at = np.column_stack(TO_PLANE.transform(stops.lon[held], stops.lat[held]))
        self.degrees = np.column_stack([stops.lon[held], stops.lat[held]])
        points = {key_of(p): p for p in answer.points if p is not None}
        centres = {key_of(p): p for p in answer.places
                   if (p.host, p.status) == ("centre", "open")}  # fmt: skip
        self.points = dict(sorted((points | centres).items()))
        self.planted: dict[str, str] = {}

    def make(self) -> list[Street]:
        """Lay the streets; `municipality` and `planted` tell where and what."""
        by_code: dict[str, list[int]] = defaultdict(list)
        for number, unit in enumerate(self.units):
            by_code[unit.municipality].append(number)
        for code, members in sorted(by_code.items()):
            if len(members) >= _LEAST_UNITS and self._laid(set(members)):
                self.municipality = code
                return self.map.streets()
        msg = "no municipality has room for what is to be planted"
        raise AssertionError(msg)

    def _laid(self, members: set[int]) -> bool:
        self.map = _Map()
        nodes = self.network.nodes
        for road in self.network.roads:
            if nodes[road.start].unit in members or nodes[road.end].unit in members:
                course = np.array(course_of(nodes, road).coords)
                self.map.lay(course, "secondary" if road.main else "tertiary")
        for number in sorted(n for n, node in enumerate(nodes) if node.unit in members):
            self._village(number)
        here = {key: p for key, p in self.points.items() if p.unit in members}
        self.planted = {}
        if not self._choose(here):
            return False
        spared = {self.planted[name] for name in ("far", "river", "other_stop", "cut_off")}
        for key, place in here.items():
            if key not in spared:
                self._yard(place)
        self._plant(here)
        return True

    def _at(self, place: Place) -> np.ndarray:
        return np.array(TO_PLANE.transform(place.lon, place.lat))

    def _village(self, number: int) -> None:
        """Lay streets to the settlement's own halts, and one around its middle."""
        node = self.network.nodes[number]
        for halt in self.network.centres[number]:
            away = halt.poles[0] - node.xy
            reach = float(np.hypot(*away))
            if reach > _BESIDE_M:
                across = np.array([-away[1], away[0]]) / reach
                middle = node.xy + away / 2 + across * self.rng.uniform(-30, 30)
                self.map.lay(np.vstack([node.xy, middle, halt.poles[0] + away / reach * 20]),
                             "residential")  # fmt: skip
        near = [tuple(spot) for spot in np.unique(self.map.vertices(), axis=0)
                if _AROUND_M[0] < np.hypot(*(spot - node.xy)) < _AROUND_M[1]]  # fmt: skip
        turn = {spot: float(np.arctan2(*(np.array(spot) - node.xy)[::-1])) for spot in near}
        ring = sorted(near, key=lambda spot: turn[spot])
        for one, other in pairwise(ring):
            if turn[other] - turn[one] < 0.75 * np.pi:
                middle = (np.array(one) + np.array(other)) / 2
                out = middle + 0.15 * (middle - node.xy)
                self.map.lay(np.array([one, np.round(out, 1), other]), "residential")

    def _yard(self, place: Place) -> None:
        """Lay a street from the nearest vertex to the yard before a place."""
        at = self._at(place)
        vertices = self.map.vertices()
        self._way(vertices[np.hypot(*(vertices - at).T).argmin()], at)

    def _way(self, begin: np.ndarray, at: np.ndarray, leave: float = 0.0) -> None:
        """Lay a bent street from `leave` metres past its beginning to 12-30 m before a place."""
        away = at - begin
        reach = float(np.hypot(*away))
        if reach < 45 + leave:
            return
        ahead = away / reach
        across = np.array([-ahead[1], ahead[0]])
        stop_short = self.rng.uniform(12, 30)
        middle = begin + away / 2 + across * self.rng.uniform(0.05, 0.12) * reach
        self.map.lay(np.vstack([begin + leave * ahead, middle, at - stop_short * ahead]),
                     "service")  # fmt: skip

    def _choose(self, here: dict[str, Place]) -> bool:
        """Choose the points to plant something at; tell whether there is one for each."""
        for name, fits in (("far", self._is_far), ("river", self._is_across),
                           ("other_stop", self._has_another),
                           ("cut_off", self._can_be_cut)):  # fmt: skip
            free = [key for key, place in here.items()
                    if key not in self.planted.values() and fits(key, place)]  # fmt: skip
            if not free:
                return False
            self.planted[name] = free[0]
        return True

    def _is_far(self, _key: str, place: Place) -> bool:
        at = self._at(place)
        amid = MultiPoint(self.map.vertices()).convex_hull.covers(Point(at))
        return amid and _FAR_FROM_ROADS_M[0] < self.map.distance(at) < _FAR_FROM_ROADS_M[1]

    def _is_across(self, key: str, place: Place) -> bool:
        near = self.map.distance(self._at(place)) > _OFF_THE_ROAD_M
        return near and _ACROSS_M[0] < self.answer.metres[key] < _ACROSS_M[1]

    def _has_another(self, key: str, place: Place) -> bool:
        return self._is_across(key, place) and self._another(place) is not None

    def _can_be_cut(self, _key: str, place: Place) -> bool:
        return _CUT_OFF_M[0] < self.map.distance(self._at(place)) < _CUT_OFF_M[1]

    def _another(self, place: Place) -> np.ndarray | None:
        """Give the spot of the next stop that stands apart from the nearest."""
        at = self._at(place)
        order = np.argsort(np.hypot(*(self.stops_at - at).T), kind="stable")
        nearest = self.stops_at[order[0]]
        for stop in order[1:20]:
            spot = self.stops_at[stop]
            if np.hypot(*(spot - nearest)) > _APART_M and np.hypot(*(spot - at)) < _OTHER_M:
                return np.array(spot)
        return None

    def _plant(self, here: dict[str, Place]) -> None:
        """Lay the streets of the chosen points; the far one gets none."""
        vertices = self.map.vertices()
        river = self._at(here[self.planted["river"]])
        reach = np.hypot(*(vertices - river).T)
        fits = (reach > _RIVER_M[0]) & (reach < _RIVER_M[1])
        # The nearest street over a bridge that passes no stop on its way.
        stops = MultiPoint(self.stops_at)
        clear = [LineString([spot, river]).distance(stops) > _CLEAR_M for spot in vertices[fits]]
        self._way(min(vertices[fits][clear], key=lambda spot: np.hypot(*(spot - river))), river)
        other = here[self.planted["other_stop"]]
        spot = self._another(other)
        self._way(vertices[np.hypot(*(vertices - spot).T).argmin()], self._at(other))
        alone = self._at(here[self.planted["cut_off"]])
        self._way(vertices[np.hypot(*(vertices - alone).T).argmin()], alone, leave=60.0)


def write_streets(path: Path, streets: list[Street]) -> None:
    """Write streets as osmnx saves a graph: both directions, degrees, courses as WKT."""
    spots: dict[int, np.ndarray] = {}
    for street in streets:
        spots[street.start], spots[street.end] = street.course[0], street.course[-1]
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        *(f'<key id="{key}" for="{of}" attr.name="{name}" attr.type="string"/>'
          for key, of, name in (("g0", "graph", "crs"), ("g1", "graph", "simplified"),
                                ("g2", "graph", "synthetic"), ("n0", "node", "y"),
                                ("n1", "node", "x"), ("e0", "edge", "highway"),
                                ("e1", "edge", "oneway"), ("e2", "edge", "geometry"))),
        '<graph edgedefault="directed">',
        '<data key="g0">epsg:4326</data>',
        '<data key="g1">True</data>',
        f'<data key="g2">{escape(_SYNTHETIC)}</data>',
    ]  # fmt: skip
    for number, spot in sorted(spots.items()):
        lon, lat = _degrees(spot[None])[0]
        lines.append(f'<node id="{number}"><data key="n0">{lat:.7f}</data>'
                     f'<data key="n1">{lon:.7f}</data></node>')  # fmt: skip
    for number, street in enumerate(streets):
        for start, end, course in ((street.start, street.end, street.course),
                                   (street.end, street.start, street.course[::-1])):  # fmt: skip
            text = ", ".join(f"{lon:.7f} {lat:.7f}" for lon, lat in _degrees(course))
            bent = len(course) > len(("start", "end"))
            shape = f'<data key="e2">LINESTRING ({text})</data>' if bent else ""
            lines.append(
                f'<edge source="{start}" target="{end}" id="{number}">'
                f'<data key="e0">{street.kind}</data><data key="e1">False</data>{shape}</edge>'
            )
    path.write_bytes(("\n".join([*lines, "</graph>", "</graphml>"]) + "\n").encode())


def _degrees(course: np.ndarray) -> np.ndarray:
    """Return longitude and latitude as they are written."""
    return np.round(np.column_stack(TO_DEGREES.transform(course[:, 0], course[:, 1])), 7)


class Walks:
    """The ways along the streets as written: each stretch measured, each point searched alone."""

    def __init__(self, streets: list[Street]) -> None:
        self.courses = [_degrees(street.course) for street in streets]
        self.planes = [np.column_stack(TO_PLANE.transform(*c.T)) for c in self.courses]
        self.streets = streets
        self.steps = [np.array([_geodesic(one, other) for one, other in pairwise(course)])
                      for course in self.courses]  # fmt: skip
        self.of = np.concatenate([np.full(len(p) - 1, n) for n, p in enumerate(self.planes)])
        self.step = np.concatenate([np.arange(len(p) - 1) for p in self.planes])
        self.begin = np.concatenate([p[:-1] for p in self.planes])
        self.end = np.concatenate([p[1:] for p in self.planes])
        self.hull = MultiPoint(np.concatenate(self.planes)).convex_hull

    def foot(self, degrees: np.ndarray) -> tuple[int, float, float] | str:
        """Find the nearest spot of the streets: street, metres along it, metres off it."""
        at = np.array(TO_PLANE.transform(*degrees))
        along = self.end - self.begin
        square = np.maximum((along**2).sum(axis=1), 1e-12)
        part = np.clip(((at - self.begin) * along).sum(axis=1) / square, 0, 1)
        spots = self.begin + part[:, None] * along
        number = int(np.hypot(*(spots - at).T).argmin())
        off = _geodesic(degrees, np.array(TO_DEGREES.transform(*spots[number])))
        if round(off, 3) > _FARTHEST_M:
            outside = off > _NOT_GIVEN_M or not self.hull.covers(Point(at))
            return "outside" if outside else "no_street"
        of, step = int(self.of[number]), int(self.step[number])
        before = float(self.steps[of][:step].sum())
        return of, before + float(part[number]) * float(self.steps[of][step]), off

    def ways(self, points: dict[str, np.ndarray], stops: dict[str, np.ndarray]) -> dict[str, Any]:
        """Find each point's way to its nearest stop; the reason where there is none."""
        stands = {key: foot for key, at in stops.items()
                  if not isinstance(foot := self.foot(at), str)}  # fmt: skip
        told: dict[str, Any] = {}
        for key, at in points.items():
            foot = self.foot(at)
            told[key] = {"reason": foot} if isinstance(foot, str) else self._way(foot, stands)
        return told

    def _way(self, foot: tuple[int, float, float],
             stands: dict[str, tuple[int, float, float]]) -> dict[str, Any]:  # fmt: skip
        metres = self._junctions(foot)
        ends = {}
        for key, (of, along, off) in stands.items():
            street, whole = self.streets[of], float(self.steps[of].sum())
            by = min(metres.get(street.start, np.inf) + along,
                     metres.get(street.end, np.inf) + whole - along)  # fmt: skip
            if of == foot[0]:
                by = min(by, abs(along - foot[1]))
            ends[key] = (round(foot[2] + by + off, 3), key, off)
        street_m, stop, off = min(ends.values())
        if not np.isfinite(street_m):
            return {"reason": "unreachable"}
        return {"stop": stop, "street_m": street_m, "off_street_m": round(foot[2] + off, 3)}

    def _junctions(self, foot: tuple[int, float, float]) -> dict[int, float]:
        """Search from a spot on a street (Dijkstra, with a heap)."""
        of, along, _ = foot
        links: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for street, steps in zip(self.streets, self.steps, strict=True):
            links[street.start].append((street.end, float(steps.sum())))
            links[street.end].append((street.start, float(steps.sum())))
        heap = [(along, self.streets[of].start),
                (float(self.steps[of].sum()) - along, self.streets[of].end)]  # fmt: skip
        heapq.heapify(heap)
        found: dict[int, float] = {}
        while heap:
            metres, here = heapq.heappop(heap)
            if here not in found:
                found[here] = metres
                for there, length in links[here]:
                    heapq.heappush(heap, (metres + length, there))
        return found


def _geodesic(one: np.ndarray, other: np.ndarray) -> float:
    return float(GEOD.inv(one[0], one[1], other[0], other[1])[2])


def walks(maker: StreetMaker, streets: list[Street]) -> dict[str, Any]:
    """Tell the way of every point, and make sure that what was planted is there."""
    points = {key: np.array([p.lon, p.lat]) for key, p in maker.points.items()}
    stops = {str(key): at for key, at in zip(maker.stop_keys, maker.degrees, strict=True)}
    told = Walks(streets).ways(points, stops)
    near, planted = maker.answer.nearest, maker.planted
    river, other = told[planted["river"]], told[planted["other_stop"]]
    if not near[planted["river"]].metres <= THRESHOLD_M < river["street_m"]:
        msg = f"no river before {planted['river']}: {river}"
        raise AssertionError(msg)
    if other["stop"] in near[planted["other_stop"]].tied:
        msg = f"no other stop for {planted['other_stop']}: {other}"
        raise AssertionError(msg)
    for name, reason in (("far", "no_street"), ("cut_off", "unreachable")):
        if told[planted[name]] != {"reason": reason}:
            msg = f"{planted[name]} is not {name}: {told[planted[name]]}"
            raise AssertionError(msg)
    return {"municipality": maker.municipality, "planted": planted, "ways": told}
