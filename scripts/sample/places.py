"""Where the centres, libraries and post offices stand, each at a planned distance from a stop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod
from scipy.spatial import cKDTree
from shapely.geometry import Point

from sample.outline import TO_DEGREES, TO_PLANE, chance

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from sample.feeds import Feed
    from sample.roads import Network
    from sample.units import Unit

# Day of the week → intervals, each from and to.
Hours = dict[str, list[list[str]]]

GEOD = Geod(ellps="GRS80")
THRESHOLD_M = 700.0
CENTRES = 122
LIBRARIES = 747
POST_OFFICES = 607
LIBRARY_POINTS_BEYOND = 41
SEVEN_M = (1411.0, 810.0, 757.0, 741.0, 725.0, 705.0, 701.0)
EDGE_M = (699.995, 699.9)
_NEAR_M = (25.0, 680.0)
_CLEARLY_BEYOND_M = (716.0, 2_600.0)
_UNCERTAIN_M = (640.0, 760.0)
_SAME_M = 0.1
_NO_LIBRARY = 8
_MOVE_BY_OFFICE = 6
_MUNICIPALITIES_WITHOUT_CENTRE = 4


@dataclass(frozen=True)
class Address:
    """One address in the parts it is written from."""

    house: str
    settlement: str
    parish: str
    municipality: str
    postcode: str
    town: bool

    def text(self, *, postcode: bool = True) -> str:
        """Return the address as the register writes it."""
        parts = [self.house, self.settlement]
        if self.parish:
            parts.append(f"{self.parish} pag.")
        if self.municipality:
            parts.append(f"{self.municipality} nov.")
        if postcode:
            parts.append(self.postcode)
        return ", ".join(part for part in parts if part)


NO_ADDRESS = Address("", "", "", "", "", town=False)


@dataclass
class Place:
    """A place of a host; `lat` and `lon` are as published, seven decimals.

    Attributes
    ----------
    number
        Its number in the published list of its host.
    owner
        Code of the municipality that a centre belongs to.
    written
        The address as the published list writes it; empty where it gives none.
    plan
        Why it stands where it stands, in a word, for the checks.
    """

    host: str
    unit: int
    lat: float
    lon: float
    plan: str
    status: str = "open"
    number: int = 0
    name: str = ""
    owner: str = ""
    address: Address = NO_ADDRESS
    written: str = ""
    located_by: str = "published"
    within_m: float = 0.0
    phone: str = ""
    email: str = ""
    hours: Hours = field(default_factory=dict)


class Positions:
    """Finds points at given distances from the regional stops."""

    def __init__(self, rng: np.random.Generator, units: list[Unit], network: Network,
                 feed: Feed) -> None:  # fmt: skip
        self.rng = rng
        self.units = units
        self.network = network
        self.lat = np.array([float(stop.lat) for stop in feed.stops])
        self.lon = np.array([float(stop.lon) for stop in feed.stops])
        self.xy = np.column_stack(TO_PLANE.transform(self.lon, self.lat))
        self.tree = cKDTree(self.xy)
        spots = shapely.STRtree(np.asarray(shapely.points(self.xy)))
        found = spots.query([unit.shape.buffer(600) for unit in units], predicate="intersects")
        self.stops_of: list[list[int]] = [[] for _ in units]
        for unit, stop in found.T:
            self.stops_of[int(unit)].append(int(stop))
        self.cores: dict[tuple[int, float], BaseGeometry] = {}

    def distance(self, lat: float, lon: float) -> float:
        """Return metres to the nearest regional stop."""
        x, y = TO_PLANE.transform(lon, lat)
        planar = self.tree.query((x, y))[0]
        near = self.tree.query_ball_point((x, y), planar * 1.003 + 2)
        return float(min(
            GEOD.inv(lon, lat, self.lon[stop], self.lat[stop])[2] for stop in near
        ))  # fmt: skip

    def _inside(self, unit: int, lat: float, lon: float, margin: float) -> bool:
        key = (unit, margin)
        if key not in self.cores:
            self.cores[key] = self.units[unit].shape.buffer(-margin)
            shapely.prepare(self.cores[key])
        return bool(self.cores[key].contains(Point(TO_PLANE.transform(lon, lat))))

    def near(self, unit: int, *, middle: bool, low: float = _NEAR_M[0],
             high: float = _NEAR_M[1]) -> tuple[float, float]:  # fmt: skip
        """Return a point of the unit near a stop, of its middle or of any of its roads."""
        stops = np.array(self.stops_of[unit])
        if middle:
            away = np.hypot(*(self.xy[stops] - self.network.nodes[unit].xy).T)
            few = 40 if self.units[unit].l1_type == 1 else 4
            stops = stops[np.argsort(away, kind="stable")[:few]]
        for spread in np.repeat((190.0, 60.0), 300):
            stop = int(stops[int(self.rng.integers(len(stops)))])
            x, y = self.xy[stop] + self.rng.normal(0, spread, 2)
            lon, lat = (round(float(value), 7) for value in TO_DEGREES.transform(x, y))
            if self._inside(unit, lat, lon, 40) and low < self.distance(lat, lon) < high:
                return lat, lon
        msg = f"no room near a stop in {self.units[unit].code}"
        raise AssertionError(msg)

    def at(self, unit: int, metres: float, tries: int = 400) -> tuple[float, float] | None:
        """Return a point of the unit exactly so far from its nearest stop, or None."""
        stops = self.stops_of[unit]
        for _ in range(tries):
            stop = stops[int(self.rng.integers(len(stops)))]
            lon, lat, _ = GEOD.fwd(self.lon[stop], self.lat[stop],
                                   float(self.rng.uniform(0, 360)), metres)  # fmt: skip
            lat, lon = round(lat, 7), round(lon, 7)
            if self._inside(unit, lat, lon, 90) and abs(self.distance(lat, lon) - metres) < _SAME_M:
                return self._finest(lat, lon, metres)
        return None

    def _finest(self, lat: float, lon: float, metres: float) -> tuple[float, float]:
        """Return the point among its seven-decimal neighbours that fits the distance best."""
        around = [
            (round(lat + north * 1e-7, 7), round(lon + east * 1e-7, 7))
            for north in range(-4, 5) for east in range(-4, 5)
        ]  # fmt: skip
        return min(around, key=lambda spot: abs(self.distance(*spot) - metres))

    def beyond(self, unit: int, low: float = _CLEARLY_BEYOND_M[0]) -> tuple[float, float] | None:
        """Return a point of the unit clearly beyond the threshold, or None if it has no room."""
        for share in (1.0, 0.5, 0.25, 0.1, 0.02):
            metres = low + share * (_CLEARLY_BEYOND_M[1] - low) * float(self.rng.uniform() ** 2)
            found = self.at(unit, round(metres, 2), tries=60)
            if found is not None:
                return found
        return None


@dataclass
class Plan:
    """Which unit gets which kind of point."""

    centres: list[int] = field(default_factory=list)
    announced: list[int] = field(default_factory=list)
    bare: list[int] = field(default_factory=list)
    library_points: list[int] = field(default_factory=list)
    guest: int = -1
    host_city: int = -1
    owner_of_guest: str = ""


def make_plan(rng: np.random.Generator, units: list[Unit]) -> Plan:
    """Choose the units of centres, announced centres, library points, and of nothing."""
    plan = Plan()
    plan.host_city = 4
    members: dict[str, list[int]] = {}
    for number, unit in enumerate(units):
        if unit.l1_type != 1:
            members.setdefault(unit.municipality, []).append(number)
    towards = {
        code: units[plan.host_city].shape.centroid.distance(
            shapely.union_all([units[n].shape for n in numbers]).centroid)
        for code, numbers in members.items()
    }  # fmt: skip
    plan.owner_of_guest = min(towards, key=lambda code: (towards[code], code))
    codes = [code for code in members if code != plan.owner_of_guest]
    codes = [codes[place] for place in rng.permutation(len(codes))]
    without = codes[: _MUNICIPALITIES_WITHOUT_CENTRE - 1]
    holding = sorted(codes[_MUNICIPALITIES_WITHOUT_CENTRE - 1 :], key=lambda c: -len(members[c]))
    counts = _counts(rng, [len(members[code]) for code in holding])
    plan.centres = [plan.host_city]
    for code, count in zip(holding, counts, strict=True):
        numbers = members[code]
        towns = [n for n in numbers if units[n].kind != "parish"]
        parishes = [n for n in numbers if units[n].kind == "parish"]
        order = towns + [parishes[place] for place in rng.permutation(len(parishes))]
        plan.centres += order[:count]
    taken = set(plan.centres)
    plan.announced = [
        next(n for n in members[without[0]] if units[n].kind != "parish"),
        next(n for n in members[holding[9]] if n not in taken and units[n].kind == "parish"),
    ]
    taken |= set(plan.announced)
    plan.bare = [
        next(n for n in reversed(members[code]) if n not in taken) for code in (
            without[1], holding[0], holding[5], holding[12], holding[20])
    ]  # fmt: skip
    taken |= set(plan.bare)
    plan.library_points = [n for n in range(len(units)) if n not in taken]
    plan.centres.sort()
    return plan


def _counts(rng: np.random.Generator, sizes: list[int]) -> list[int]:
    """Share 121 centres among municipalities: 13, 6, several ones, the rest two to eight."""
    counts = [13, 6, *(int(n) for n in rng.integers(2, 9, len(sizes) - 2))]
    for place in range(len(sizes) - 7, len(sizes)):
        counts[place] = 1
    for place, size in enumerate(sizes):
        counts[place] = min(counts[place], size - 3)
    free = range(2, len(sizes) - 7)
    while sum(counts) != CENTRES - 1:
        step = 1 if sum(counts) < CENTRES - 1 else -1
        place = int(rng.choice(np.array(free)))
        if counts[place] + step in range(2, min(sizes[place] - 3, 8) + 1):
            counts[place] += step
    return counts


class PlaceMaker:
    """Puts every place on the ground according to the plan."""

    def __init__(self, rng: np.random.Generator, units: list[Unit], positions: Positions,
                 plan: Plan) -> None:  # fmt: skip
        self.rng = rng
        self.units = units
        self.positions = positions
        self.plan = plan
        self.beyond_units: set[int] = set()
        self.places: list[Place] = []

    def make(self) -> list[Place]:
        """Make all places: centres, then libraries, then post offices."""
        self._centres()
        self._libraries()
        self._post_offices()
        return self.places

    def _put(self, host: str, unit: int, spot: tuple[float, float], plan: str, **more: object
             ) -> Place:  # fmt: skip
        place = Place(host, unit, *spot, plan=plan, **more)  # type: ignore[arg-type]
        self.places.append(place)
        return place

    def _centres(self) -> None:
        """Put the seven beyond, the two at the edge, and the others near a stop."""
        positions = self.positions
        free = [n for n in self.plan.centres if self.units[n].l1_type != 1]
        order = [free[place] for place in self.rng.permutation(len(free))]
        spots: dict[int, tuple[tuple[float, float], str]] = {}
        owners: set[str] = set()
        for metres in (*SEVEN_M, *EDGE_M):
            for unit in order:
                if unit in spots or self.units[unit].municipality in owners:
                    continue
                spot = positions.at(unit, metres, tries=120)
                if spot is not None:
                    spots[unit] = (spot, "seven" if metres in SEVEN_M else "edge")
                    owners.add(self.units[unit].municipality)
                    break
        for unit in self.plan.centres:
            spot, plan = spots.get(unit) or (positions.near(unit, middle=True), "near")
            owner = self.plan.owner_of_guest if unit == self.plan.host_city else ""
            place = self._put("centre", unit, spot, plan, located_by="address")
            place.owner = owner or self.units[unit].municipality
        for number, unit in enumerate(self.plan.announced):
            far = positions.beyond(unit, 900) if number else None
            spot = far or positions.near(unit, middle=True)
            plan = "announced beyond" if far else "announced"
            place = self._put("centre", unit, spot, plan, status="announced",
                              located_by="address")  # fmt: skip
            place.owner = self.units[unit].municipality
        order = [int(n) for n in self.rng.permutation(CENTRES + 2)]
        for number, place in zip(order, self.places, strict=True):
            place.number = number + 1

    def _libraries(self) -> None:
        """Put one library in each unit that waits for one, then the others."""
        self._library_points()
        positions = self.positions
        seven = [p for p in self.places if p.plan == "seven"]
        wanted: list[tuple[int, str]] = []
        for rank, place in enumerate(seven):
            if rank in (1, 3, 5):
                wanted.append((place.unit, "mends"))
            elif rank in (0, 4):
                wanted.append((place.unit, "beyond"))
        wanted += [(unit, "near") for unit in self.plan.announced]
        done = {place.unit for place in seven}
        others = [n for n in self.plan.centres if n not in done]
        skipped = {others[int(n)] for n in self.rng.permutation(len(others))[:_NO_LIBRARY]}
        skipped.discard(self.plan.host_city)
        wanted += [(unit, "near") for unit in others if unit not in skipped]
        for unit, plan in wanted:
            spot = (positions.beyond(unit) if plan == "beyond" else None) or (
                positions.near(unit, middle=True))  # fmt: skip
            self._put("library", unit, spot, plan)
        self._more_libraries(skipped)

    def _library_points(self) -> None:
        positions = self.positions
        parishes = [n for n in self.plan.library_points if self.units[n].kind == "parish"]
        order = [parishes[int(n)] for n in self.rng.permutation(len(parishes))]
        far: dict[int, tuple[tuple[float, float], str]] = {}
        for metres in _UNCERTAIN_M:
            unit = next(n for n in order if n not in far and positions.at(n, metres, 60))
            spot = positions.at(unit, metres)
            if spot is None:
                msg = "no room for an uncertain library"
                raise AssertionError(msg)
            far[unit] = (spot, "uncertain")
        for unit in order:
            if len(far) == LIBRARY_POINTS_BEYOND + 1:
                break
            spot = None if unit in far else positions.beyond(unit)
            if spot is not None:
                far[unit] = (spot, "beyond")
        self.beyond_units = {unit for unit, (_, plan) in far.items() if plan == "beyond"}
        for unit in self.plan.library_points:
            spot, plan = far.get(unit) or (positions.near(unit, middle=True), "near")
            self._put("library", unit, spot, plan)

    def _more_libraries(self, skipped: set[int]) -> None:
        """Add branches: many in the capital, some in cities, a second one in some units."""
        positions = self.positions
        fixed = {p.unit for p in self.places if p.plan in ("seven", "uncertain")}
        closed = fixed | skipped | set(self.plan.bare) | self.beyond_units
        extra: list[int] = []
        for number, area in enumerate(self.units):
            if area.l1_type == 1:
                extra += [number] * (23 if number == 0 else int(self.rng.integers(3, 7)))
        for unit in sorted(self.beyond_units)[:5]:
            spot = positions.beyond(unit)
            if spot is not None:
                self._put("library", unit, spot, "beyond too")
        free = [n for n in range(7, len(self.units)) if n not in closed]
        have = sum(place.host == "library" for place in self.places)
        short = LIBRARIES - have - len(extra)
        chosen = [free[int(n)] for n in self.rng.permutation(len(free))]
        extra += (chosen + chosen)[:short]
        for unit in extra:
            far = positions.beyond(unit) if chance(self.rng, 0.2) else None
            self._put("library", unit, far or positions.near(unit, middle=False), "branch")

    def _post_offices(self) -> None:
        """Put the post offices; where a point is beyond reach, only as planned."""
        positions = self.positions
        fixed = {p.unit: p.plan for p in self.places if p.plan in ("seven", "uncertain")}
        bare = set(self.plan.bare)
        seven = [p.unit for p in self.places if p.plan == "seven"]
        beyond = sorted(self.beyond_units)
        offices: list[tuple[int, str]] = [(seven[6], "mends"), (seven[0], "beyond")]
        offices += [(unit, "mends") for unit in beyond[8 : 8 + _MOVE_BY_OFFICE]]
        offices += [(unit, "beyond") for unit in beyond[20:30]]
        for number, area in enumerate(self.units):
            if area.l1_type == 1:
                offices += [(number, "near")] * (41 if number == 0 else 6)
            elif area.kind != "parish" and number not in fixed:
                offices += [(number, "near")] * (2 if number % 4 == 0 else 1)
        parishes = [
            n for n, area in enumerate(self.units)
            if area.kind == "parish" and n not in fixed and n not in bare
            and n not in self.beyond_units and n not in self.plan.announced
        ]  # fmt: skip
        order = [parishes[int(n)] for n in self.rng.permutation(len(parishes))]
        offices += [(unit, "near") for unit in order[: POST_OFFICES - len(offices)]]
        offices.sort()
        for unit, plan in offices:
            far = positions.beyond(unit) if plan == "beyond" else None
            middle = self.units[unit].l1_type != 1
            self._put("post_office", unit, far or positions.near(unit, middle=middle), plan)
