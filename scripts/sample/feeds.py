"""Two GTFS feeds: the national regional one and the capital's own, with every table."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
from scipy.sparse.csgraph import dijkstra

from sample.names import road_stop_names
from sample.outline import TO_DEGREES, chance
from sample.roads import Halt, Network, Road, forest, path, steps

NIGHT_LINES = (2, 5)
WORKING_DAYS = range(5)
_EVE_LINES = 4
_QUOTED_EVERY = 9
REGIONAL = "reg"
CITY = "pilseta"
SERVED_STOPS = 9_310
FIRST_DAY = date(2023, 11, 1)
LAST_DAY = date(2023, 12, 31)
PUBLISHER = "Sintētiski parauga dati"
TWIN_IDS = (("987", "10452"), ("31", "2045"), ("8800", "12700"), ("642", "1999"))
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

BUS = "bus"
KIND_OF_ROUTE_TYPE = {"3": BUS, "700": BUS, "800": "trolleybus", "900": "tram", "2": "rail"}


@dataclass
class Stop:
    """One row of stops.txt; coordinates as the text that is published."""

    stop_id: str
    name: str
    lat: str
    lon: str
    location_type: str = "0"
    parent: str = ""


@dataclass
class Feed:
    """A feed as tables of text, and its stops for the rest of the sample to stand on."""

    name: str
    padded: bool
    stops: list[Stop] = field(default_factory=list)
    routes: list[tuple[str, ...]] = field(default_factory=list)
    trips: list[tuple[str, ...]] = field(default_factory=list)
    times: list[tuple[str, ...]] = field(default_factory=list)
    calendar: dict[str, str] = field(default_factory=dict)
    exceptions: list[tuple[str, date, str]] = field(default_factory=list)

    def tables(self) -> dict[str, list[tuple[str, ...]]]:
        """Return every table, header first."""
        start, end = FIRST_DAY.strftime("%Y%m%d"), LAST_DAY.strftime("%Y%m%d")
        stop_header = ("stop_id", "stop_code", "stop_name", "stop_desc", "stop_lat", "stop_lon",
                       "stop_url", "location_type", "parent_station")  # fmt: skip
        return {
            "agency": [
                ("agency_id", "agency_name", "agency_url", "agency_timezone", "agency_lang"),
                (self.name, PUBLISHER, "https://paraugs.example", "Europe/Riga", "lv"),
            ],
            "stops": [
                stop_header,
                *((s.stop_id, "", s.name, "", s.lat, s.lon, "", s.location_type, s.parent)
                  for s in self.stops),
            ],
            "routes": [
                ("route_id", "agency_id", "route_short_name", "route_long_name", "route_type"),
                *self.routes,
            ],
            "trips": [
                ("route_id", "service_id", "trip_id", "trip_headsign", "direction_id"),
                *self.trips,
            ],
            "stop_times": [
                ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence",
                 "pickup_type", "drop_off_type"),
                *self.times,
            ],
            "calendar": [
                ("service_id", *_WEEKDAYS, "start_date", "end_date"),
                *((service, *days, start, end) for service, days in self.calendar.items()),
            ],
            "calendar_dates": [
                ("service_id", "date", "exception_type"),
                *((service, day.strftime("%Y%m%d"), kind) for service, day, kind in
                  self.exceptions),
            ],
            "feed_info": [
                ("feed_publisher_name", "feed_publisher_url", "feed_lang", "feed_start_date",
                 "feed_end_date", "feed_version"),
                (PUBLISHER, "https://paraugs.example", "lv", start, end, "paraugs-1"),
            ],
        }  # fmt: skip

    def running(self, day: date) -> set[str]:
        """Return the services that run on a day."""
        runs = {s for s, days in self.calendar.items() if days[day.weekday()] == "1"}
        for service, when, kind in self.exceptions:
            if when == day:
                (runs.add if kind == "1" else runs.discard)(service)
        return runs

    def kind_of_trip(self) -> dict[str, str]:
        """Return what runs each trip: bus, trolleybus, tram or rail."""
        kinds = {route[0]: KIND_OF_ROUTE_TYPE[route[4]] for route in self.routes}
        return {trip[2]: kinds[trip[0]] for trip in self.trips}

    def modes(self) -> dict[str, set[str]]:
        """Return what serves each stop; stops that nothing serves are left out."""
        kinds = self.kind_of_trip()
        served: dict[str, set[str]] = {}
        for trip, _, _, stop, *_ in self.times:
            served.setdefault(stop, set()).add(kinds[trip])
        return served

    def visits(self) -> dict[date, Counter[str]]:
        """Count bus visits of each stop on every day of the feed."""
        kinds = self.kind_of_trip()
        service = {trip[2]: trip[1] for trip in self.trips}
        by_service: dict[str, Counter[str]] = {}
        for trip, _, _, stop, *_ in self.times:
            if kinds[trip] == BUS:
                by_service.setdefault(service[trip], Counter())[stop] += 1
        days = [FIRST_DAY + timedelta(n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
        return {
            day: sum((by_service.get(s, Counter()) for s in sorted(self.running(day))), Counter())
            for day in days
        }

    def service_day(self) -> date:
        """Return the Monday-Friday date with most bus visits, the earliest of several."""
        totals = {day: sum(count.values()) for day, count in self.visits().items()}
        working = [day for day in totals if day.weekday() in WORKING_DAYS]
        return min(working, key=lambda day: (-totals[day], day))


def degrees(xy: np.ndarray) -> tuple[str, str]:
    """Return latitude and longitude of a planar point as published: seven decimals."""
    lon, lat = TO_DEGREES.transform(float(xy[0]), float(xy[1]))
    return f"{lat:.7f}", f"{lon:.7f}"


def clock(minutes: int) -> str:
    """Return minutes after midnight as GTFS writes them, past 24:00 on a night trip."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}:00"


def trim(rng: np.random.Generator, network: Network, wanted: int) -> None:
    """Leave exactly `wanted` poles: turn pairs along roads into single poles."""
    along = [halt for road in network.roads for halt in road.halts]
    own = [halt for halts in network.centres for halt in halts]
    extra = sum(len(halt.poles) for halt in along + own) - wanted
    pairs = [halt for halt in along if len(halt.poles) > 1 and not halt.urban]
    if not 0 <= extra <= len(pairs):
        msg = f"{extra} poles to take away from {len(pairs)} pairs"
        raise AssertionError(msg)
    for number in rng.permutation(len(pairs))[:extra]:
        pairs[number].poles.pop()


def _twin_poles(network: Network) -> dict[int, tuple[str, str]]:
    """Put both poles of a few villages on the same spot, so that places nearby tie.

    Returns the ids to give, by the halt's identity: the lower one as text is the
    higher one as a number.
    """
    villages = [n for n, node in enumerate(network.nodes) if node.kind == "village"]
    halts = [network.centres[n][0] for n in villages[50::90]]
    paired = [halt for halt in halts if len(halt.poles) > 1]
    for halt, _ in zip(paired, TWIN_IDS, strict=False):
        halt.poles[1] = halt.poles[0]
    return {id(halt): ids for halt, ids in zip(paired, TWIN_IDS, strict=False)}


class RegionalMaker:
    """Makes the national feed over the whole road network."""

    def __init__(self, rng: np.random.Generator, network: Network) -> None:
        self.rng = rng
        self.network = network
        self.feed = Feed(REGIONAL, padded=True)
        self.road = {}
        for road in network.roads:
            self.road[road.start, road.end] = road
            self.road[road.end, road.start] = road
        self.ids: dict[tuple[int, int], str] = {}
        self.pool = iter(self._numbers())
        self.twins = _twin_poles(network)

    def _numbers(self) -> list[str]:
        """Return ids of two to seven digits, in no order."""
        few = [str(n) for n in range(12, 100, 3)] + [str(n) for n in range(101, 1_000, 7)]
        spoken = [int(number) for pair in TWIN_IDS for number in pair]
        free = np.setdiff1d(np.arange(1_000, 19_000), spoken)
        many = [str(n) for n in self.rng.permutation(free)[:9_600]]
        long = [str(n) for n in self.rng.permutation(np.arange(200_000, 3_000_000))[:400]]
        every = few + many + long
        return [every[place] for place in self.rng.permutation(len(every))]

    def next_id(self) -> str:
        """Return an id not given yet."""
        return next(self.pool)

    def make(self) -> Feed:
        """Make stops, routes, trips and times."""
        for halts in self.network.centres:
            self._add_poles(halts)
        for road in self.network.roads:
            self._add_poles(road.halts)
        self._calendar()
        self._local_routes()
        self._intercity_routes()
        return self.feed

    def _add_poles(self, halts: list[Halt]) -> None:
        for halt in halts:
            twins = self.twins.get(id(halt))
            for side, pole in enumerate(halt.poles):
                number = twins[side] if twins else self.next_id()
                stop = Stop(number, halt.name, *degrees(pole))
                self.ids[id(halt), side] = stop.stop_id
                self.feed.stops.append(stop)

    def _calendar(self) -> None:
        """Set services so that the date with most of them is not the busiest one."""
        self.feed.calendar = {
            "1": "1111100", "2": "1111111", "3": "0000010", "4": "0000001", "5": "0000100",
            "6": "1010100", "7": "1111100",
        }  # fmt: skip
        eve, worked = date(2023, 11, 17), date(2023, 12, 16)
        self.feed.exceptions = [
            ("5", date(2023, 11, 3), "2"), ("1", eve, "2"), ("7", eve, "2"), ("8", eve, "1"),
            *((str(100 + n), eve, "1") for n in range(40)),
            *((service, worked, "1") for service in ("1", "5", "6", "7")),
            *((service, date(2023, 12, day), "2") for day in (25, 26) for service in ("1", "7")),
        ]  # fmt: skip

    def calls(self, nodes: list[int], side: int, *, fast: bool) -> list[tuple[str, float]]:
        """Return the stops of a way through nodes with the metres between them.

        A fast bus calls at settlements and in towns only.
        """
        found: list[tuple[str, float]] = []

        def call(halt: Halt, pole: int, metres: float) -> None:
            stop = self.ids[id(halt), pole % len(halt.poles)]
            found.append((stop, metres))

        def own(node: int) -> None:
            halts = self.network.centres[node]
            for halt in halts[::-1] if side else halts:
                call(halt, side, 350.0)

        own(nodes[0])
        for start, end in steps(nodes):
            road = self.road[start, end]
            onward = road.start == start
            halts = road.halts if onward else road.halts[::-1]
            gap = road.length / (len(halts) + 1)
            for halt in halts:
                if halt.urban or not fast:
                    call(halt, 0 if onward else -1, gap)
            own(end)
        return found

    def _run(self, nodes: list[int], plan: list[tuple[str, int, int]], *, fast: bool) -> None:
        """Add a route both ways: service, first departure, departures an hour or so apart."""
        number = len(self.feed.routes) + 5_000
        ends = [self.network.nodes[nodes[0]].name, self.network.nodes[nodes[-1]].name]
        self.feed.routes.append((str(number), REGIONAL, str(number), " – ".join(ends), "3"))
        for direction, way in enumerate((nodes, nodes[::-1])):
            calls = self.calls(way, direction, fast=fast)
            for service, start, trips in plan:
                for trip in range(trips):
                    begin = start + direction * 37 + trip * (1_080 // max(trips, 1))
                    self._trip(str(number), service, ends[1 - direction], direction, begin, calls)

    def _trip(self, route: str, service: str, sign: str, direction: int, begin: int,
              calls: list[tuple[str, float]]) -> None:  # fmt: skip
        trip = str(70_000 + len(self.feed.trips))
        self.feed.trips.append((route, service, trip, sign, str(direction)))
        at = float(begin)
        for sequence, (stop, metres) in enumerate(calls):
            at += 0.0 if sequence == 0 else metres / 780
            time = clock(round(at))
            self.feed.times.append((trip, time, time, stop, str(sequence + 1), "0", "0"))

    def _local_routes(self) -> None:
        """Serve every road: leaves of the tree of nearest towns, and links between trees."""
        network = self.network
        hubs = [n for n, node in enumerate(network.nodes) if node.kind in ("town", "city")]
        before, _ = forest(network, hubs)
        parents = {int(node) for node in before if node >= 0}
        special = iter(range(40))
        for node in range(len(network.nodes)):
            if node not in parents and node not in hubs:
                nodes = path(before, node)[::-1]
                plan = [(("1", "2", "7")[node % 3], 330 + node % 90, 1 + node % 3)]
                if node % 9 == 0:
                    plan.append(("5", 900, 1))
                extra = next(special, None)
                if extra is not None:
                    plan.append((str(100 + extra), 600, 1))
                self._run(nodes, plan, fast=False)
        tree = {frozenset((node, int(up))) for node, up in enumerate(before) if up >= 0}
        for number, road in enumerate(network.roads):
            if frozenset((road.start, road.end)) not in tree:
                nodes = path(before, road.start)[::-1] + path(before, road.end)
                plan = [(("1", "6", "7", "1")[number % 4], 360 + number % 120, 1)]
                self._run(nodes, plan, fast=False)

    def _intercity_routes(self) -> None:
        """Run from every town to the capital, fast, and late at night from a few."""
        network = self.network
        hubs = [n for n, node in enumerate(network.nodes) if node.kind in ("town", "city")]
        _, before = dijkstra(
            network.matrix(network.roads), directed=False, indices=0, return_predecessors=True
        )
        for number, hub in enumerate(hubs[1:]):
            plan = [("2", 300 + number % 60, 2), ("1", 380 + number % 45, 1), ("8", 420, 1)]
            plan.append(("3" if number % 2 else "4", 540, 1))
            if number % 6 == 0:
                plan.append(("2", 1_400, 1))
            self._run(path(before, hub)[::-1], plan, fast=True)


class CityMaker:
    """Makes the capital's own feed: the same poles a few metres off, and more of them."""

    def __init__(self, rng: np.random.Generator, network: Network) -> None:
        self.rng = rng
        self.network = network
        self.feed = Feed(CITY, padded=False)
        self.members = [
            n for n, node in enumerate(network.nodes)
            if node.unit == 0 and node.kind in ("city", "district")
        ]  # fmt: skip
        inside = set(self.members)
        self.roads = [road for road in network.roads if {road.start, road.end} <= inside]
        self.poles: dict[tuple[int, int], list[list[str]]] = {}
        self.own: dict[int, list[str]] = {}
        self.next_id = 1_100

    def make(self) -> Feed:
        """Make stops, lines, trips and times."""
        for road in self.roads:
            self._lay(road)
        for member in self.members:
            halt = self.network.centres[member][0]
            self.own[member] = [self._stop(halt.name, pole, 6.0) for pole in halt.poles]
        self.feed.calendar = {"31912": "1111100", "31914": "0000011"}
        extra, eve = date(2023, 11, 16), date(2023, 11, 17)
        self.feed.exceptions = [
            ("31913", extra, "1"), ("31912", eve, "2"), ("31914", eve, "1"),
            *((f"3192{n}", eve, "1") for n in range(_EVE_LINES)),
        ]  # fmt: skip
        self._lines()
        return self.feed

    def _stop(self, name: str, xy: np.ndarray, off: float) -> str:
        turn = self.rng.uniform(0, 2 * np.pi)
        spot = xy + self.rng.uniform(0.3, 1.0) * off * np.array([np.cos(turn), np.sin(turn)])
        stop = Stop(str(self.next_id), name, *degrees(spot), location_type="")
        self.next_id += 1
        self.feed.stops.append(stop)
        return stop.stop_id

    def _lay(self, road: Road) -> None:
        """Copy the road's poles with a few metres' difference and add halts between them."""
        names = road_stop_names()
        found: list[list[str]] = []
        halts = road.halts
        for place, halt in enumerate(halts):
            found.append([self._stop(halt.name, pole, 7.0) for pole in halt.poles])
            if place + 1 < len(halts) and chance(self.rng, 0.45):
                name = names[int(self.rng.integers(len(names)))]
                if self.next_id % _QUOTED_EVERY == 0:
                    name = f'{name} "{name.split()[0]}"'
                middle = [
                    (halt.poles[n % len(halt.poles)] + halts[place + 1].poles[n % len(
                        halts[place + 1].poles)]) / 2 for n in (0, 1)
                ]  # fmt: skip
                found.append([self._stop(name, pole, 7.0) for pole in middle])
        self.poles[road.start, road.end] = found
        self.poles[road.end, road.start] = found[::-1]

    def _lines(self) -> None:
        """Draw bus, trolleybus and tram lines through the districts."""
        matrix = self.network.matrix(self.roads)
        _, before = dijkstra(matrix, directed=False, indices=self.members,
                             return_predecessors=True)  # fmt: skip
        used: set[frozenset[int]] = set()
        lines: list[tuple[str, list[int]]] = []
        order = [int(n) for n in self.rng.permutation(len(self.members))]
        for place in range(10):
            nodes = path(before[order[place]], self.members[order[-1 - place]])
            lines.append(("3" if place % 2 else "700", nodes))
            used |= {frozenset(step) for step in steps(nodes)}
        for road in self.roads:
            if frozenset((road.start, road.end)) not in used:
                nodes = path(before[0], road.start)[::-1]
                if road.end in nodes:
                    nodes = [*nodes[: nodes.index(road.end) + 1], road.start]
                else:
                    nodes = [*nodes, road.end]
                used |= {frozenset(step) for step in steps(nodes)}
                lines.append(("3", nodes))
        lines += [("800", nodes) for _, nodes in lines[:4]]
        for number, (kind, nodes) in enumerate(lines, start=1):
            self._line(number, kind, nodes)
        for number, place in enumerate((1, 3, 6), start=1):
            self._tram(number, lines[place][1])

    def _line(self, number: int, kind: str, nodes: list[int]) -> None:
        word = "trol" if kind == "800" else "bus"
        self._run(f"paraugs_{word}_{number}", kind, nodes, [
            [self.own[nodes[0]]],
            *([*self.poles[start, end], self.own[end]] for start, end in steps(nodes)),
        ])  # fmt: skip

    def _tram(self, number: int, nodes: list[int]) -> None:
        """Give a tram line poles of its own, on islands in the middle of the street."""
        by_id = {stop.stop_id: stop for stop in self.feed.stops}
        legs = []
        for start, end in steps(nodes):
            leg = []
            for ids in self.poles[start, end][::2]:
                first = by_id[ids[0]]
                stop = Stop(str(self.next_id), f"{first.name} (tramvajs)",
                            f"{float(first.lat) + 0.00021:.7f}", first.lon, "")  # fmt: skip
                self.next_id += 1
                self.feed.stops.append(stop)
                leg.append([stop.stop_id])
            legs.append(leg)
        self._run(f"paraugs_tram_{number}", "900", nodes, legs)

    def _run(self, route: str, kind: str, nodes: list[int], legs: list[list[list[str]]]) -> None:
        ends = [self.network.nodes[n].name for n in (nodes[0], nodes[-1])]
        self.feed.routes.append((route, CITY, route.rsplit("_", 1)[1], " - ".join(ends), kind))
        calls = [ids for leg in legs for ids in leg]
        number = len(self.feed.routes)
        plan = [("31912", 8), ("31914", 4), ("31913", 1)]
        if number <= _EVE_LINES:
            plan.append((f"3192{number - 1}", 1))
        for direction, way in enumerate((calls, calls[::-1])):
            for service, trips in plan:
                for trip in range(trips):
                    begin = 300 + 13 * number % 50 + direction * 20 + trip * (1_130 // trips)
                    begin += 420 if number in NIGHT_LINES and trip == trips - 1 else 0
                    name = str(len(self.feed.trips) + 1)
                    self.feed.trips.append((route, service, name, ends[1 - direction],
                                            str(direction)))  # fmt: skip
                    for place, ids in enumerate(way):
                        at = clock(begin + 2 * place)
                        self.feed.times.append((name, at, at, ids[direction % len(ids)],
                                                str(place + 1), "0", "0"))  # fmt: skip
