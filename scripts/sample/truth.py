"""What a right answer is: worked out by exhaustive geodesic search from how things were placed."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from sample.feeds import BUS, WORKING_DAYS, Feed
from sample.outline import TO_PLANE
from sample.places import GEOD, THRESHOLD_M, Place

if TYPE_CHECKING:
    from sample.units import Unit

_BLOCK = 40
_STILL_ITS_UNIT_M = 1_000.0
_PREFIX = {"centre": "centres", "library": "libraries", "post_office": "post_offices"}


class Stops:
    """The stops that anything but rail serves, of both feeds."""

    def __init__(self, feeds: list[Feed]) -> None:
        found = []
        for feed in feeds:
            modes = feed.modes()
            for stop in feed.stops:
                kinds = modes.get(stop.stop_id, set()) - {"rail"}
                lat, lon = float(stop.lat), float(stop.lon)
                if stop.location_type in ("", "0") and kinds and (lat or lon):
                    key = f"{feed.name}:{stop.stop_id}"
                    found.append((key, stop.name, lat, lon, feed.padded and BUS in kinds,
                                  BUS in kinds))  # fmt: skip
        # In the order of the keys, so that the first of equal distances is the lower key.
        found.sort()
        self.keys = np.array([stop[0] for stop in found])
        self.lat = np.array([stop[2] for stop in found])
        self.lon = np.array([stop[3] for stop in found])
        self.regional = np.array([stop[4] for stop in found])
        self.bus = np.array([stop[5] for stop in found])

    def sets(self) -> dict[str, np.ndarray]:
        """Return which stops each stop set holds."""
        return {"regional": self.regional, "bus": self.bus, "all": np.ones_like(self.bus)}


def key_of(place: Place) -> str:
    """Return a place's key."""
    return f"{_PREFIX[place.host]}:{place.number}"


@dataclass(frozen=True)
class Nearest:
    """The nearest stop of a set: distance rounded to a millimetre, key, and equals of it."""

    metres: float
    stop: str
    tied: tuple[str, ...]


def distances(places: list[Place], stops: Stops) -> dict[str, list[Nearest]]:
    """Measure every place to every stop; return the nearest by stop set."""
    sets = stops.sets()
    found: dict[str, list[Nearest]] = {name: [] for name in sets}
    for first in range(0, len(places), _BLOCK):
        block = places[first : first + _BLOCK]
        shape = (len(block), len(stops.keys))
        lat = np.broadcast_to(np.array([p.lat for p in block])[:, None], shape)
        lon = np.broadcast_to(np.array([p.lon for p in block])[:, None], shape)
        metres = GEOD.inv(lon, lat, np.broadcast_to(stops.lon, shape),
                          np.broadcast_to(stops.lat, shape))[2]  # fmt: skip
        metres = np.round(metres, 3)
        for name, held in sets.items():
            masked = np.where(held, metres, np.inf)
            for row in masked:
                tied = tuple(str(key) for key in stops.keys[row == row.min()])
                found[name].append(Nearest(float(row.min()), tied[0], tied))
    return found


def _uncertain(distance: float, within_m: float) -> bool:
    """Say whether the placing's precision could turn the decision."""
    decision = distance <= THRESHOLD_M
    ends = (distance + within_m <= THRESHOLD_M, distance - within_m <= THRESHOLD_M)
    return within_m > 0 and any(end != decision for end in ends)


class Answer:
    """The network, the counts and the gaps for one stop set."""

    def __init__(self, units: list[Unit], places: list[Place], nearest: list[Nearest]) -> None:
        self.units = units
        self.places = places
        self.nearest = dict(zip(map(key_of, places), nearest, strict=True))
        self.metres = {key: near.metres for key, near in self.nearest.items()}
        self.by_unit: dict[int, list[Place]] = defaultdict(list)
        for place in places:
            self.by_unit[place.unit].append(place)
        self.points = [self._point(unit) for unit in range(len(units))]

    def _first(self, places: list[Place]) -> Place | None:
        """Return the place nearest to a stop; ties go to the lowest key."""
        return min(places, key=lambda p: (self.metres[key_of(p)], key_of(p)), default=None)

    def _point(self, unit: int) -> Place | None:
        here = self.by_unit[unit]
        for host, status in (("centre", "open"), ("centre", "announced"), ("library", "open")):
            point = self._first([p for p in here if (p.host, p.status) == (host, status)])
            if point is not None:
                return point
        return None

    def status(self, unit: int) -> str:
        """Return a unit's status."""
        point = self.points[unit]
        if point is None:
            return "none"
        if point.host == "library":
            return "planned"
        return "existing" if point.status == "open" else "announced"

    def within(self, place: Place) -> bool:
        """Say whether a place is within reach."""
        return self.metres[key_of(place)] <= THRESHOLD_M

    def uncertain(self, place: Place) -> bool:
        """Say whether a place's decision is uncertain."""
        return _uncertain(self.metres[key_of(place)], place.within_m)

    def network(self) -> dict[str, dict[str, Any]]:
        """Return the network, a row per unit code."""
        table: dict[str, dict[str, Any]] = {}
        for number, unit in enumerate(self.units):
            point = self.points[number]
            row: dict[str, Any] = {"status": self.status(number)}
            if point is not None:
                key = key_of(point)
                row |= {
                    "place": key, "distance_m": self.metres[key],
                    "stop": self.nearest[key].stop,
                    "within": self.within(point),
                }  # fmt: skip
            table[unit.code] = row
        return table

    def reach(self) -> dict[str, dict[str, Any]]:
        """Return every place's distance and stop by its key."""
        return {
            key: {"distance_m": near.metres, "stop": near.stop}
            for key, near in sorted(self.nearest.items())
        }

    def ties(self) -> list[dict[str, Any]]:
        """Return the places with several stops at one distance; the first is the right one."""
        return [
            {"place": key, "distance_m": near.metres, "stops": list(near.tied)}
            for key, near in sorted(self.nearest.items()) if len(near.tied) > 1
        ]  # fmt: skip

    def gaps(self) -> list[dict[str, Any]]:
        """Return the access gaps with their class and the place that would mend each."""
        gaps = []
        for number, unit in enumerate(self.units):
            point = self.points[number]
            if point is None or (self.within(point) and not self.uncertain(point)):
                continue
            others = [p for p in self.by_unit[number] if p is not point and self.within(p)]
            mend = self._first(others)
            kind = "verify" if self.uncertain(point) else ("move" if mend else "beyond")
            gaps.append({
                "class": kind, "unit": unit.code, "place": key_of(point), "host": point.host,
                "status": self.status(number), "name": point.name,
                "distance_m": self.metres[key_of(point)],
                "alt_place": key_of(mend) if mend else None,
                "alt_host": mend.host if mend else None,
                "alt_distance_m": self.metres[key_of(mend)] if mend else None,
            })  # fmt: skip
        return gaps

    def hosts(self) -> dict[str, dict[str, Any]]:
        """Return what libraries and post offices reach, alone and together."""
        kinds = {"libraries": ("library",), "post_offices": ("post_office",),
                 "libraries+post_offices": ("library", "post_office")}  # fmt: skip
        table = {}
        for name, hosts in kinds.items():
            held = [p for p in self.places if p.host in hosts]
            in_units: dict[int, list[Place]] = defaultdict(list)
            for place in held:
                in_units[place.unit].append(place)
            chosen = [self._first(here) for here in in_units.values()]
            reached = sum(self.within(place) for place in chosen if place is not None)
            table[name] = {
                "places": len(held),
                "units": len(in_units),
                "within": sum(self.within(place) for place in held),
                "chosen_within": reached,
                "chosen_within_share": round(reached / len(in_units), 4),
            }
        return table

    def counts(self) -> dict[str, Any]:
        """Return the headline figures."""
        centres = [p for p in self.places if p.host == "centre" and p.status == "open"]
        libraries = [p for p in self.places if p.host == "library"]
        statuses = Counter(self.status(number) for number in range(len(self.units)))
        points = [p for p in self.points if p is not None]
        library_points = [p for p in points if p.host == "library"]
        reached = [p for p in points if self.within(p)]
        hosts = self.hosts()
        beyond = sorted((p for p in centres if not self.within(p)),
                        key=lambda p: -self.metres[key_of(p)])  # fmt: skip
        return {
            "units": len(self.units),
            "municipalities": len({unit.municipality for unit in self.units}),
            "centres": len(centres),
            "centres_announced": sum(p.status == "announced" for p in self.places),
            "centres_within": len(centres) - len(beyond),
            "centres_beyond": len(beyond),
            "centres_uncertain": sum(self.uncertain(p) for p in centres),
            "centres_beyond_list": [
                {"place": key_of(p), "name": p.name, "unit": self.units[p.unit].code,
                 "distance_m": self.metres[key_of(p)]} for p in beyond
            ],
            "libraries": len(libraries),
            "libraries_within": hosts["libraries"]["within"],
            "libraries_within_share": round(hosts["libraries"]["within"] / len(libraries), 4),
            "libraries_chosen": hosts["libraries"]["units"],
            "libraries_chosen_within": hosts["libraries"]["chosen_within"],
            "libraries_chosen_within_share": hosts["libraries"]["chosen_within_share"],
            "post_offices": hosts["post_offices"]["places"],
            **{f"units_{name}": statuses[name]
               for name in ("existing", "announced", "planned", "none")},
            "points_within": len(reached),
            "points_beyond": len(points) - len(reached),
            "points_uncertain": sum(self.uncertain(p) for p in points),
            "points_within_share": round(len(reached) / len(points), 4),
            "library_points": len(library_points),
            "library_points_within": sum(self.within(p) for p in library_points),
            "library_points_within_share": round(
                sum(self.within(p) for p in library_points) / len(library_points), 4),
            **self._municipalities(centres),
            **self._areas(),
        }  # fmt: skip

    def _municipalities(self, centres: list[Place]) -> dict[str, int]:
        every = {unit.municipality for unit in self.units}
        held = Counter(self.units[p.unit].municipality for p in centres)
        return {
            "municipalities_with_centre": len(held),
            "municipalities_one": sum(count == 1 for count in held.values()),
            "municipalities_several": sum(count > 1 for count in held.values()),
            "municipalities_none": len(every) - len(held),
        }

    def _areas(self) -> dict[str, float]:
        area = np.array([unit.shape.area for unit in self.units])
        status = np.array([self.status(number) for number in range(len(self.units))])
        municipality = np.array([unit.municipality for unit in self.units])
        opened = np.isin(municipality, municipality[status == "existing"])
        total = area.sum()
        return {
            "area_km2": round(float(total) / 1e6, 3),
            "area_share_existing": round(float(area[status == "existing"].sum() / total), 4),
            "area_share_planned": round(float(area[status != "none"].sum() / total), 4),
            "area_share_municipalities": round(float(area[opened].sum() / total), 4),
        }


def stop_counts(feed: Feed) -> dict[str, int]:
    """Count the rows of stops.txt by what becomes of them."""
    modes = feed.modes()
    counts: Counter[str] = Counter()
    for stop in feed.stops:
        kinds = modes.get(stop.stop_id, set())
        if stop.location_type not in ("", "0"):
            kind = {"1": "stations", "2": "entrances"}[stop.location_type]
        elif not kinds:
            kind = "unserved"
        elif kinds == {"rail"}:
            kind = "rail_only"
        elif float(stop.lat) == 0 and float(stop.lon) == 0:
            kind = "served_without_coordinates"
        elif BUS in kinds:
            kind = "served_bus"
        else:
            kind = "served_tram_or_trolleybus_only"
        counts[kind] += 1
    return {"rows": len(feed.stops), **dict(sorted(counts.items()))}


def stops_by_unit(units: list[Unit], stops: Stops, held: np.ndarray) -> dict[str, int]:
    """Count the stops of a set in each unit: inside it, or nearest to it within 1 km."""
    xy = np.column_stack(TO_PLANE.transform(stops.lon[held], stops.lat[held]))
    points = np.asarray(shapely.points(xy))
    tree = shapely.STRtree([unit.shape for unit in units])
    inside, unit_of = tree.query(points, predicate="intersects")
    counts = Counter(units[unit].code for unit in unit_of)
    outside = np.setdiff1d(np.arange(len(points)), inside)
    lost = 0
    for place in outside:
        near = tree.nearest(points[place])
        if points[place].distance(units[near].shape) <= _STILL_ITS_UNIT_M:
            counts[units[near].code] += 1
        else:
            lost += 1
    return {**{unit.code: counts[unit.code] for unit in units}, "": lost}


def telling_stops(feed: Feed) -> list[str]:
    """Choose a dozen stops whose visits on the service day tell a right count from a wrong one.

    The most and the least visited, some that trains, trams or night buses serve as
    well, and those whose count differs most on the date with most services.
    """
    day = feed.service_day()
    visits = feed.visits()
    modes = feed.modes()
    trap = min(visits, key=lambda when: (-len(feed.running(when)), when))
    count = visits[day]
    bus = sorted(stop for stop, kinds in modes.items() if BUS in kinds)
    by_count = sorted(bus, key=lambda stop: (-count[stop], stop))
    mixed = [stop for stop in bus if len(modes[stop]) > 1]
    night = sorted({row[3] for row in feed.times if row[1] >= "24:00:00"})
    differ = sorted(bus, key=lambda stop: (-abs(count[stop] - visits[trap][stop]), stop))
    return sorted({*by_count[:3], *by_count[-3:], *mixed[:3], *night[:2], *differ[:2]})


def service_days(feeds: list[Feed], wanted: dict[str, list[str]]) -> dict[str, Any]:
    """Return each feed's service day, the traps beside it, and some stops' visits on it."""
    found: dict[str, Any] = {}
    for feed in feeds:
        day = feed.service_day()
        visits = feed.visits()
        totals = {when: sum(count.values()) for when, count in visits.items()}
        most_services = min(totals, key=lambda when: (-len(feed.running(when)), when))
        busiest = min(totals, key=lambda when: (-totals[when], when))
        found[feed.name] = {
            "service_day": day.isoformat(),
            "visits_on_service_day": totals[day],
            "date_with_most_services": most_services.isoformat(),
            "busiest_date_of_all": busiest.isoformat(),
            "dates_tied_with_service_day": [
                when.isoformat() for when in totals
                if totals[when] == totals[day] and when.weekday() in WORKING_DAYS and when != day
            ],
            "visits": {f"{feed.name}:{stop}": visits[day][stop] for stop in wanted[feed.name]},
        }  # fmt: skip
    return found


def service_of_points(answer: Answer, feed: Feed) -> dict[str, Any]:
    """Return, for the point of every unit, the visits at its nearest stop and within 700 m.

    Of the regional feed, on its service day, by measuring to every stop that buses serve.
    """
    modes = feed.modes()
    served = [stop for stop in feed.stops if stop.location_type in ("", "0")
              and BUS in modes.get(stop.stop_id, set())
              and (float(stop.lat) or float(stop.lon))]  # fmt: skip
    lat = np.array([float(stop.lat) for stop in served])
    lon = np.array([float(stop.lon) for stop in served])
    calls = feed.visits()[feed.service_day()]
    visits = np.array([calls[stop.stop_id] for stop in served])
    points = [point for point in answer.points if point is not None]
    told = {}
    for point in sorted(points, key=key_of):
        here = np.full(len(lat), point.lon), np.full(len(lat), point.lat)
        metres = np.round(GEOD.inv(*here, lon, lat)[2], 3)
        nearest = answer.nearest[key_of(point)].stop.partition(":")[2]
        told[key_of(point)] = {
            "visits": calls[nearest], "visits_within": int(visits[metres <= THRESHOLD_M].sum())
        }  # fmt: skip
    return told


def described(units: list[Unit], places: list[Place]) -> dict[str, dict[str, Any]]:
    """Return what is known of every place: its unit, position, placing, hours and owner."""
    table = {}
    for place in sorted(places, key=key_of):
        row: dict[str, Any] = {
            "name": place.name, "unit": units[place.unit].code, "lat": place.lat,
            "lon": place.lon, "located_by": place.located_by,
        }  # fmt: skip
        if place.within_m:
            row["located_within_m"] = round(place.within_m, 3)
        if place.host == "centre":
            row |= {
                "status": place.status, "owner": place.owner,
                "address": place.written, "hours": place.hours,
                "phone": place.phone, "email": place.email,
            }  # fmt: skip
        elif place.hours and place.number % 9 == 0:
            row["hours"] = place.hours
        table[key_of(place)] = row
    return table


def _near_border(units: list[Unit], place: Place) -> bool:
    """Say whether another unit lies within the threshold of a place, in the plane."""
    point = shapely.Point(TO_PLANE.transform(place.lon, place.lat))
    others = np.array([u.shape for n, u in enumerate(units) if n != place.unit])
    return bool((shapely.distance(others, point) <= THRESHOLD_M).any())


def planted(units: list[Unit], places: list[Place], answers: dict[str, Answer]) -> dict[str, Any]:
    """Return the planted facts that a test would look for by name."""
    regional = answers["regional"]
    guests = [p for p in places if p.host == "centre"
              and p.owner != units[p.unit].municipality]  # fmt: skip
    return {
        "units_without_host": [
            unit.code for number, unit in enumerate(units) if not regional.by_unit[number]
        ],
        "uncertain": [
            {"place": key_of(p), "unit": units[p.unit].code, "lat": p.lat, "lon": p.lon,
             "distance_m": regional.metres[key_of(p)],
             "located_within_m": round(p.within_m, 3)}
            for p in places if p.located_by == "postcode"
        ],
        "at_the_edge": [
            {"place": key_of(p), "distance_m": regional.metres[key_of(p)]}
            for p in places if p.plan == "edge"
        ],
        "centres_standing_elsewhere": [
            {"place": key_of(p), "owner": p.owner, "unit": units[p.unit].code,
             "stands_in": units[p.unit].municipality} for p in guests
        ],
        "announced": sorted(key_of(p) for p in places if p.status == "announced"),
        "ties": regional.ties(),
        "within_only_in_set_all": sorted(
            key for key, near in answers["all"].nearest.items()
            if near.metres <= THRESHOLD_M < regional.metres[key]
        ),
        # Only the polygon can tell their unit; true where another unit is within 700 m.
        "without_address": {
            key_of(p): _near_border(units, p) for p in sorted(places, key=key_of)
            if not p.written
        },
        "equal_unit_names": sorted(
            name for name, count in Counter(unit.name for unit in units).items() if count > 1
        ),
    }  # fmt: skip
