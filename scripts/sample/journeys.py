"""Journeys planted for reach: buses between lone homes and two centres, in a feed of their own.

Their stops are so far from all others that nothing else leads there: what a home can do is told
by trying every journey of at most two of these buses.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import cKDTree

from sample.addresses import around
from sample.feeds import Feed, Stop
from sample.outline import TO_DEGREES, TO_PLANE
from sample.people import CELL_M
from sample.places import GEOD, THRESHOLD_M
from sample.streets import Walks
from sample.truth import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sample.people import Cells
    from sample.places import Place
    from sample.streets import Street
    from sample.truth import Answer

FEED = "nomale"
# On foot for at most 30 minutes; a change takes a minute.
_METRES_A_MINUTE, _DETOUR, _WALK_S, _CHANGE_S = 70, 1.3, 1_800, 60
_STAY_S = _HALF_HOUR_S = 1_800
_LEAVE_S, _NOON_S, _HOME_S = 5 * 3_600, 12 * 3_600, 21 * 3_600
_RIDE_S = 1_500
# Nothing else is within a walk of a lone home, nor within that of a change of a planted stop.
_ALONE_M, _APART_M = 2_050.0, 620.0
_HOME_TO_STOP_M = 320.0
# The stop at a centre: farther than the threshold and the centre's own stop.
_FROM_CENTRE_M = np.arange(740.0, 1_540.0, 25.0)
_CLOSE_M = 600.0
# Between measuring in the plane and on the ellipsoid.
_MARGIN_M = 5.0
_WEEKDAYS, _THURSDAYS, _FRIDAYS = "d", "c", "p"
_FRIDAY = "Fr"


@dataclass(frozen=True)
class _Line:
    """One vehicle: service, stops and clock times; how one boards at the first."""

    service: str
    stops: tuple[str, str]
    times: tuple[str, str]
    pickup: str = "0"


@dataclass(frozen=True)
class _Leg:
    begin: str
    depart: int
    end: str
    arrive: int


def _seconds(clock: str) -> int:
    hours, minutes, seconds = (int(part) for part in clock.split(":"))
    return hours * 3_600 + minutes * 60 + seconds


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _walk(one: tuple[float, float], other: tuple[float, float]) -> int:
    """Walk from one to another, whole seconds rounded up."""
    metres = round(float(GEOD.inv(one[1], one[0], other[1], other[0])[2]), 3)
    return ceil(round(metres * _DETOUR * 60 / _METRES_A_MINUTE, 6))


class JourneyMaker:
    """Finds lone homes and two centres, and lays the buses between them."""

    def __init__(self, answer: Answer, feeds: list[Feed], cells: Cells, streets: list[Street],
                 cut_off: str) -> None:  # fmt: skip
        """`cut_off` is the centre from which no street leads to a stop."""
        stops = np.array([(float(stop.lon), float(stop.lat)) for f in feeds for stop in f.stops])
        self.stops = cKDTree(np.column_stack(TO_PLANE.transform(*stops.T)))
        opened = {key_of(place): place for place in answer.places
                  if (place.host, place.status) == ("centre", "open")}  # fmt: skip
        points = opened | {key_of(place): place for place in answer.points if place is not None}
        self.points = cKDTree([_plane(place) for place in points.values()])
        self.places = np.array([_plane(place) for place in answer.places])
        nearest = np.array([answer.metres[key_of(place)] for place in answer.places])
        self.clear_m = np.maximum(nearest, THRESHOLD_M) + _MARGIN_M
        self.cells = cells
        self.homes = cells.corners + CELL_M / 2
        self.walks = Walks(streets)
        self.spots: dict[str, tuple[float, float]] = {}
        self.feed = Feed(FEED, padded=False)
        self.feed.calendar = {
            _WEEKDAYS: "1111100", _THURSDAYS: "0001000", _FRIDAYS: "0000100",
        }  # fmt: skip
        self.across = opened[cut_off]
        self.centre = next(place for _, place in sorted(opened.items()) if self._is_fit(place))

    def _is_fit(self, place: Place) -> bool:
        """Say whether a centre closes at lunch on Fridays and stands alone, near a stop."""
        at = _plane(place)
        alone = self.points.query(at, k=2)[0][1] > 2 * _ALONE_M
        closes = len(place.hours[_FRIDAY]) > 1
        return bool(closes and alone and self.stops.query(at)[0] < _CLOSE_M
                    and self._spot_at(place) is not None)  # fmt: skip

    def _is_clear(self, spot: tuple[float, float]) -> bool:
        """Say whether a stop there would turn no other answer: each place has its own nearer."""
        away = self.places - TO_PLANE.transform(*spot[::-1])
        return bool((np.hypot(*away.T) > self.clear_m).all())

    def _spot_at(self, place: Place, *, cut_off: bool = False) -> tuple[float, float] | None:
        """Find a spot for a stop beside a centre, apart from all other stops."""
        for metres in _FROM_CENTRE_M:
            for azimuth in range(0, 360, 5):
                spot = around(place.lat, place.lon, metres, azimuth)
                at = TO_PLANE.transform(*spot[::-1])
                apart = self.stops.query(at)[0] > _APART_M and self._is_clear(spot)
                if apart and self.points.query(at, k=2)[0][1] > _ALONE_M and (
                    not cut_off or self._is_across(place, spot)
                ):  # fmt: skip
                    return spot
        return None

    def _is_across(self, place: Place, spot: tuple[float, float]) -> bool:
        """Say whether no street leads from a spot to a place that stands at a street."""
        at, there = np.array(spot[::-1]), np.array([place.lon, place.lat])
        if isinstance(self.walks.foot(at), str):
            return True
        return bool(self.walks.ways({"it": there}, {"at": at})["it"] == {"reason": "unreachable"})

    def _lone_homes(self, place: Place, many: int) -> list[int]:
        """Choose the nearest homes that have no stop, no point and no other home about them."""
        away = np.hypot(*(self.homes - _plane(place)).T)
        others = cKDTree(self.homes).query(self.homes, k=2)[0][:, 1]
        alone = (self.stops.query(self.homes)[0] > _ALONE_M) & (others > _ALONE_M)
        alone &= (self.points.query(self.homes)[0] > _ALONE_M) & (self.cells.unit >= 0)
        alone &= away > 2 * _ALONE_M
        order = sorted(np.flatnonzero(alone), key=lambda home: (away[home], home))
        return [home for home in order if self._is_clear(self._stop_of(home))][:many]

    def _change_spot(self) -> tuple[float, float]:
        """Find a spot in the wild: no home, point or stop within a walk."""
        for metres in np.arange(2 * _ALONE_M, 20_000, 250):
            for azimuth in range(0, 360, 10):
                spot = around(self.centre.lat, self.centre.lon, metres, azimuth)
                at = TO_PLANE.transform(*spot[::-1])
                trees = (self.stops, self.points, cKDTree(self.homes))
                if min(tree.query(at)[0] for tree in trees) > _ALONE_M and self._is_clear(spot):
                    return spot
        msg = "no spot for a change"
        raise AssertionError(msg)

    def make(self) -> dict[str, Any]:
        """Make the feed; tell what can be done from each home."""
        names = ("only_there", "only_back", "last_bus", "lunch", "night", "minute", "no_minute",
                 "on_request", "an_hour_later")  # fmt: skip
        homes = dict(zip(names, self._lone_homes(self.centre, len(names)), strict=True))
        homes["across"] = next(home for home in self._lone_homes(self.across, 40)
                               if home not in homes.values())  # fmt: skip
        self._stop("centre", self._spot_at(self.centre))
        self._stop("beside", self._spot_at(self.across, cut_off=True))
        self._stop("change", self._change_spot())
        for name, home in homes.items():
            self._stop(name, self._stop_of(home))
        for line in self._lines():
            self._run(line)
        return {name: self._told(name, home) for name, home in homes.items()}

    def _at_home(self, home: int) -> tuple[float, float]:
        lon, lat = TO_DEGREES.transform(*self.homes[home])
        return float(lat), float(lon)

    def _stop_of(self, home: int) -> tuple[float, float]:
        return around(*self._at_home(home), _HOME_TO_STOP_M, 45.0)

    def _stop(self, name: str, spot: tuple[float, float] | None) -> None:
        if spot is None:
            msg = f"no spot for the stop of {name}"
            raise AssertionError(msg)
        self.spots[name] = spot
        number = len(self.feed.stops) + 1
        lat, lon = (f"{degrees:.7f}" for degrees in spot)
        self.feed.stops.append(Stop(str(number), f"Nomale {number}", lat, lon))

    def _lines(self) -> Iterator[_Line]:
        """Give the vehicles, each between two stops."""

        def there(name: str, begin: str, end: str, service: str = _WEEKDAYS,
                  pickup: str = "0") -> _Line:  # fmt: skip
            return _Line(service, (name, self._end_of(name)), (begin, end), pickup)

        def back(name: str, begin: int) -> _Line:
            times = _clock(begin), _clock(begin + _RIDE_S)
            return _Line(_WEEKDAYS, (self._end_of(name), name), times)

        walk = _walk(self.spots["centre"], (self.centre.lat, self.centre.lon))
        closes = _seconds(f"{self.centre.hours[_FRIDAY][-1][1]}:00")
        yield there("only_there", "09:00:00", "09:30:00")
        yield back("only_back", closes)
        # Five minutes too early for who is served at the last appointment.
        yield there("last_bus", "07:00:00", "07:30:00")
        yield back("last_bus", closes + walk - 300)
        # There at noon at the earliest, back as soon as one is served from noon on.
        yield there("lunch", "11:00:00", _clock(_NOON_S - walk))
        yield back("lunch", _NOON_S + _STAY_S + walk)
        yield there("night", "31:00:00", "31:30:00", service=_THURSDAYS)
        yield _Line(_WEEKDAYS, ("minute", "change"), ("06:50:00", "07:10:00"))
        yield _Line(_WEEKDAYS, ("no_minute", "change"), ("06:50:00", "07:10:01"))
        yield _Line(_WEEKDAYS, ("change", "centre"), ("07:11:00", "07:30:00"))
        yield there("on_request", "07:00:00", "07:30:00", service=_FRIDAYS, pickup="2")
        # There for an appointment at the hour at which the centre closes.
        yield there("an_hour_later", _clock(closes - walk - _RIDE_S), _clock(closes - walk))
        yield there("across", "07:00:00", "07:30:00")
        for name in ("night", "minute", "no_minute", "on_request", "an_hour_later", "across"):
            yield back(name, closes + _STAY_S + walk)

    @staticmethod
    def _end_of(name: str) -> str:
        return "beside" if name == "across" else "centre"

    def _run(self, line: _Line) -> None:
        number = str(len(self.feed.trips) + 1)
        ids = {name: stop.stop_id for name, stop in zip(self.spots, self.feed.stops, strict=True)}
        self.feed.routes.append((number, FEED, number, f"Nomales autobuss {number}", "3"))
        self.feed.trips.append((number, line.service, number, "Nomale", "0"))
        for sequence, (stop, time) in enumerate(zip(line.stops, line.times, strict=True), 1):
            pickup = line.pickup if sequence == 1 else "0"
            self.feed.times.append((number, time, time, ids[stop], str(sequence), pickup, "0"))

    def _legs(self) -> list[_Leg]:
        """Give the vehicles of the service day, a Friday, and those of the night before it."""
        found = []
        for line in self._lines():
            times = [_seconds(time) for time in line.times]
            if line.service == _THURSDAYS:
                times = [time - 86_400 for time in times]
            found.append(_Leg(line.stops[0], times[0], line.stops[1], times[1]))
        return found

    def _told(self, name: str, home: int) -> dict[str, Any]:
        """Try all journeys for every appointment of the home's centre."""
        place = self.across if name == "across" else self.centre
        stop = self._end_of(name)
        to_stop = _walk(self._at_home(home), self.spots[name])
        to_place = _walk((place.lat, place.lon), self.spots[stop])
        if max(to_stop, to_place) > _WALK_S:
            msg = f"{name} is farther than a walk"
            raise AssertionError(msg)
        there = [(first.depart - to_stop, last.arrive + to_place, changes)
                 for first, last, changes in self._journeys(name, stop)]  # fmt: skip
        back = [(first.depart - to_place, last.arrive + to_stop, changes)
                for first, last, changes in self._journeys(stop, name)]  # fmt: skip
        spans = [[_seconds(f"{time}:00") for time in span] for span in place.hours[_FRIDAY]]
        open_at = [k for k in range(0, 86_400, _HALF_HOUR_S)
                   if any(a <= k and k + _STAY_S <= b for a, b in spans)]  # fmt: skip

        def at(k: int) -> tuple[int, int, int, int, int] | None:
            goes = [way for way in there if way[0] >= _LEAVE_S and way[1] <= k]
            comes = [way for way in back if way[0] >= k + _STAY_S and way[1] <= _HOME_S]
            if not goes or not comes:
                return None
            out, home_at = max(way[0] for way in goes), min(way[1] for way in comes)
            arrive, changes = min(way[1:] for way in goes if way[0] == out)
            changes += min(way[2] for way in comes if way[1] == home_at)
            return home_at - out, k, out, arrive, changes

        usable = [best for k in open_at if (best := at(k))]
        told: dict[str, Any] = {
            "home": str(home + 1), "residents": int(self.cells.published[home]),
            "centre": key_of(place), "class": "bus" if usable else "none",
            "appointments": len(usable), "of": len(open_at),
        }  # fmt: skip
        if usable:
            away, k, out, arrive, changes = min(usable)
            told |= {"out": out, "arrive": arrive, "leave": k + _STAY_S, "back": out + away,
                     "minutes": ceil(away / 60), "changes": changes}  # fmt: skip
            return told
        goes = any(way[0] >= _LEAVE_S and way[1] <= open_at[-1] for way in there)
        comes = any(way[0] >= open_at[0] + _STAY_S and way[1] <= _HOME_S for way in back)
        helps = [k for k in range(7 * 3_600, 19 * 3_600, _HALF_HOUR_S) if at(k)]
        return told | {
            "way": "no_outbound" if not goes else "hours" if comes and helps else "no_return",
            "helps": [_clock(k)[:5] for k in helps],
        }

    def _journeys(self, begin: str, end: str) -> Iterator[tuple[_Leg, _Leg, int]]:
        """Give the first and last vehicle of each journey of one or two, and its changes."""
        legs = self._legs()
        for first in legs:
            if first.begin == begin:
                if first.end == end:
                    yield first, first, 0
                for last in legs:
                    if (first.end, end) == (last.begin, last.end) and (
                        last.depart - first.arrive >= _CHANGE_S
                    ):  # fmt: skip
                        yield first, last, 1


def _plane(place: Place) -> tuple[float, float]:
    x, y = TO_PLANE.transform(place.lon, place.lat)
    return float(x), float(y)
