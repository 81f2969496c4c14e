"""What real feeds also hold: stations, entrances, unserved poles, a railway, a lost coordinate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sample.addresses import around
from sample.feeds import CITY, REGIONAL, CityMaker, RegionalMaker, Stop, clock, degrees
from sample.outline import TO_PLANE

if TYPE_CHECKING:
    from sample.places import Place

_UNSERVED = 150
_ENTRANCES = 6
_RAIL_STOPS = 9
_RAIL_SHARED = 2
_STATIONS = 30


def add_to_regional(maker: RegionalMaker, places: list[Place]) -> None:
    """Add to the national feed all that must not count, some of it where it would tempt."""
    seven = sorted((p for p in places if p.plan == "seven"), key=lambda p: p.number)
    beyond = [p for p in places if p.host == "library" and p.plan == "beyond"]
    _stations(maker, seven[3])
    tempting = [seven[0], seven[1], beyond[2], beyond[5]]
    _unserved(maker, [around(p.lat, p.lon, 140.0, 60.0) for p in tempting])
    _railway(maker, seven[2])
    _lost_stop(maker)
    stop = next(s for s in maker.feed.stops if " " in s.name)
    stop.name = stop.name.replace(" ", "  ")
    order = maker.rng.permutation(len(maker.feed.stops))
    maker.feed.stops = [maker.feed.stops[n] for n in order]


def _added(maker: RegionalMaker, name: str, spot: tuple[float, float], kind: str = "0") -> Stop:
    stop = Stop(maker.next_id(), name, f"{spot[0]:.7f}", f"{spot[1]:.7f}", kind)
    maker.feed.stops.append(stop)
    return stop


def _stations(maker: RegionalMaker, tempted: Place) -> None:
    """Add bus stations over the poles of towns, and one beside a centre that is out of reach."""
    network = maker.network
    towns = [n for n, node in enumerate(network.nodes) if node.kind in ("town", "city")]
    by_id = {stop.stop_id: stop for stop in maker.feed.stops}
    for town in towns[: _STATIONS - 1]:
        halt = network.centres[town][0]
        lat, lon = degrees(network.nodes[town].xy)
        name = f"{network.nodes[town].name} – autoosta"
        station = _added(maker, name, (float(lat), float(lon)), "1")
        for side in range(len(halt.poles)):
            by_id[maker.ids[id(halt), side]].parent = station.stop_id
        if town in towns[:_ENTRANCES]:
            entrance = _added(maker, f"{name}, ieeja", around(float(lat), float(lon), 25, 90), "2")
            entrance.name = entrance.name.replace(",", " –")
            entrance.parent = station.stop_id
    _added(maker, "Autoosta bez reisiem", around(tempted.lat, tempted.lon, 180.0, 200.0), "1")


def _unserved(maker: RegionalMaker, tempting: list[tuple[float, float]]) -> None:
    """Add poles that no trip calls at."""
    for spot in tempting:
        _added(maker, "Slēgtā pietura", spot)
    served = [stop for stop in maker.feed.stops if stop.location_type == "0"]
    for place in maker.rng.permutation(len(served))[: _UNSERVED - len(tempting)]:
        near = served[place]
        spot = around(float(near.lat), float(near.lon), float(maker.rng.uniform(200, 3_000)),
                      float(maker.rng.uniform(0, 360)))  # fmt: skip
        _added(maker, f"{near.name} – vecā", spot)


def _railway(maker: RegionalMaker, tempted: Place) -> None:
    """Add a narrow-gauge railway; two of its stops are bus stops too, one tempts a centre."""
    here = np.array(TO_PLANE.transform(tempted.lon, tempted.lat))
    towns = [node for node in maker.network.nodes if node.kind == "town"]
    end = min(towns, key=lambda node: float(np.hypot(*(node.xy - here))))
    ids = []
    for place in range(_RAIL_STOPS - _RAIL_SHARED):
        along = here + (end.xy - here) * place / (_RAIL_STOPS - _RAIL_SHARED)
        lat, lon = degrees(along + np.array([170.0, 90.0]))
        ids.append(_added(maker, f"{place}. kilometrs", (float(lat), float(lon))).stop_id)
    node = maker.network.nodes.index(end)
    ids += [maker.ids[id(halt), 0] for halt in maker.network.centres[node][:_RAIL_SHARED]]
    maker.feed.routes.append(("9", REGIONAL, "B9", "Parauga bānītis", "2"))
    for trip, service in enumerate(("2", "2", "3", "4")):
        for direction, way in enumerate((ids, ids[::-1])):
            name = str(9_000 + 10 * trip + direction)
            maker.feed.trips.append(("9", service, name, "Parauga bānītis", str(direction)))
            for sequence, stop in enumerate(way):
                at = clock(500 + 240 * trip + 100 * direction + 7 * sequence)
                maker.feed.times.append((name, at, at, stop, str(sequence + 1), "0", "0"))


def _lost_stop(maker: RegionalMaker) -> None:
    """Add a served stop whose coordinates are 0, 0."""
    lost = _added(maker, "Pazudusī pietura", (0.0, 0.0))
    lost.lat = lost.lon = "0"
    trip = maker.feed.trips[0][2]
    last = [row for row in maker.feed.times if row[0] == trip][-1]
    place = maker.feed.times.index(last)
    maker.feed.times.insert(
        place + 1, (trip, last[1], last[2], lost.stop_id, str(int(last[4]) + 1), "0", "0")
    )


def add_to_city(maker: CityMaker, places: list[Place]) -> list[Place]:
    """Lead a city bus and a tram out to two libraries that no regional bus reaches.

    Returns the two: within reach in set `all`, beyond it in `regional`.
    """
    capital = maker.network.nodes[0].xy
    beyond = [p for p in places if p.host == "library" and p.plan == "beyond"]
    beyond = [p for p in beyond if p.unit in _library_point_units(places)]
    beyond.sort(key=lambda p: float(np.hypot(*(
        np.array(TO_PLANE.transform(p.lon, p.lat)) - capital))))  # fmt: skip
    reached = beyond[:2]
    start = maker.own[maker.members[0]]
    for place, kind, metres in zip(reached, ("3", "900"), (260.0, 330.0), strict=True):
        ids = []
        for side, azimuth in enumerate((75.0, 75.8)):
            lat, lon = around(place.lat, place.lon, metres, azimuth)
            ids.append(str(maker.next_id))
            maker.next_id += 1
            maker.feed.stops.append(
                Stop(ids[side], "Piepilsētas galapunkts", f"{lat:.7f}", f"{lon:.7f}", "")
            )
        number = len(maker.feed.routes) + 1
        route = f"paraugs_{'bus' if kind == '3' else 'tram'}_{number}"
        maker.feed.routes.append((route, CITY, str(number), "Centrs - Piepilsēta", kind))
        for trip in range(6):
            name = str(len(maker.feed.trips) + 1)
            maker.feed.trips.append((route, "31912", name, "Piepilsēta", str(trip % 2)))
            ends = [start[0], ids[0]] if trip % 2 == 0 else [ids[1], start[-1]]
            for sequence, stop in enumerate(ends):
                at = clock(390 + 240 * trip + 35 * sequence)
                maker.feed.times.append((name, at, at, stop, str(sequence + 1), "0", "0"))
    return reached


def _library_point_units(places: list[Place]) -> set[int]:
    """Return the units that hold a library and no centre."""
    centres = {p.unit for p in places if p.host == "centre"}
    return {p.unit for p in places if p.host == "library"} - centres
