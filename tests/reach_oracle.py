"""Journeys by timetable as plain loops: one home at a time, one departure after the other.

It shares nothing with the package: its own reading of the feeds, geodesics of pyproj, labels in
lists.  From the latest moment at which a home's stops are left to the earliest, labels of earlier
arrivals spread; what was reached before by leaving later is not asked again.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import math
import zipfile
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from pyproj import Geod

GEOD = Geod(ellps="GRS80")
DAY = 86_400
DETOUR, METRES_A_MINUTE = 1.3, 70
CHANGE, CHANGE_WALK = 60, 600
# Bus, tram and trolleybus, plain and extended.
ROAD = {0, 3, 11, *range(200, 210), *range(700, 717), 800, *range(900, 907)}
NEVER = math.inf


@dataclass
class Call:
    """A call of a vehicle: its stop, times, and whether one may get on and off."""

    stop: str
    arrive: int
    depart: int
    on: bool
    off: bool


def rows_of(feed: zipfile.ZipFile, name: str) -> list[dict[str, str]]:
    if name not in feed.namelist():
        return []
    text = io.TextIOWrapper(feed.open(name), "utf-8-sig")
    return [{key: value or "" for key, value in row.items()}
            for row in csv.DictReader(text, skipinitialspace=True)]  # fmt: skip


def seconds(clock: str) -> int:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def services(feed: zipfile.ZipFile, day: dt.date) -> set[str]:
    """Services that run on a day."""
    text = day.strftime("%Y%m%d")
    runs = {
        row["service_id"]
        for row in rows_of(feed, "calendar.txt")
        if row["start_date"] <= text <= row["end_date"] and row[day.strftime("%A").lower()] == "1"
    }
    for row in rows_of(feed, "calendar_dates.txt"):
        if row["date"] == text:
            (runs.add if row["exception_type"] == "1" else runs.discard)(row["service_id"])
    return runs


def timed(rows: list[dict[str, str]], name: str) -> list[Call] | None:
    """The calls of a trip, by sequence; None if it has no first or last time, or goes backward."""
    calls, given = [], []
    for number, row in enumerate(sorted(rows, key=lambda row: int(row["stop_sequence"]))):
        arrive = row["arrival_time"] or row["departure_time"]
        depart = row["departure_time"] or row["arrival_time"]
        if arrive:
            given.append(number)
        calls.append(Call(
            f"{name}:{row['stop_id']}", seconds(arrive or "0:0:0"), seconds(depart or "0:0:0"),
            row.get("pickup_type") != "1", row.get("drop_off_type") != "1",
        ))  # fmt: skip
    if given[:1] != [0] or given[-1] != len(calls) - 1:
        return None
    for first, last in itertools.pairwise(given):
        begin, many = calls[first].depart, last - first
        for number in range(first + 1, last):
            at = begin + (calls[last].arrive - begin) * (number - first) // many
            calls[number].arrive = calls[number].depart = at
    moments = [moment for call in calls for moment in (call.arrive, call.depart)]
    return calls if moments == sorted(moments) else None


def moved(calls: list[Call], by: int) -> list[Call]:
    return [Call(c.stop, c.arrive + by, c.depart + by, c.on, c.off) for c in calls]


def read_trips(
    path: Path, name: str, day: dt.date
) -> tuple[list[list[Call]], dict[str, tuple[float, float]]]:
    """The vehicles of a day, and where the stops are."""
    with zipfile.ZipFile(path) as feed:
        road = {row["route_id"] for row in rows_of(feed, "routes.txt")
                if int(row["route_type"]) in ROAD}  # fmt: skip
        today, before = services(feed, day), services(feed, day - dt.timedelta(days=1))
        service = {row["trip_id"]: row["service_id"] for row in rows_of(feed, "trips.txt")
                   if row["route_id"] in road}  # fmt: skip
        calls: dict[str, list[dict[str, str]]] = {}
        for row in rows_of(feed, "stop_times.txt"):
            if service.get(row["trip_id"]) in today | before:
                calls.setdefault(row["trip_id"], []).append(row)
        starts: dict[str, set[int]] = {}
        for row in rows_of(feed, "frequencies.txt"):
            band = (row["start_time"], row["end_time"])
            starts.setdefault(row["trip_id"], set()).update(
                range(*map(seconds, band), int(row["headway_secs"]))
            )
        where = {f"{name}:{row['stop_id']}": (float(row["stop_lat"]), float(row["stop_lon"]))
                 for row in rows_of(feed, "stops.txt")
                 if row.get("location_type", "") in {"", "0"}}  # fmt: skip
    trips = []
    for trip, rows in calls.items():
        run = timed(rows, name)
        if run is None:
            continue
        runs = [moved(run, at - run[0].depart) for at in sorted(starts.get(trip, {run[0].depart}))]
        if service[trip] in today:
            trips += runs
        if service[trip] in before:
            trips += [moved(late, -DAY) for late in runs if max(c.arrive for c in late) >= DAY]
    return trips, where


Rule = dict[tuple[str, str], int | None]


def read_rules(path: Path, name: str) -> Rule:
    """The least seconds of a change from stop to stop, None where it is not possible.

    A rule for a station is one for its stops, after those that name the stop itself.
    """
    with zipfile.ZipFile(path) as feed:
        stops, table = rows_of(feed, "stops.txt"), rows_of(feed, "transfers.txt")
    rules: dict[tuple[str, str], tuple[int, int | None]] = {}
    for row in table:
        if row["transfer_type"] not in {"2", "3"} or row.get("from_route_id"):
            continue
        least = int(row["min_transfer_time"]) if row["transfer_type"] == "2" else None
        ends = [
            [(f"{name}:{stop['stop_id']}", rank) for stop in stops
             for rank, field in enumerate(("stop_id", "parent_station"))
             if stop.get(field) == row[end]]
            for end in ("from_stop_id", "to_stop_id")
        ]  # fmt: skip
        for (one, here), (other, there) in itertools.product(*ends):
            if here + there <= rules.get((one, other), (9, None))[0]:
                rules[one, other] = (here + there, least)
    return {pair: least for pair, (_, least) in rules.items()}


def walk(one: tuple[float, float], many: list[tuple[float, float]]) -> list[int]:
    """Whole seconds on foot, rounded up; the metres are known to the millimetre."""
    lat, lon = np.array(many, float).reshape(-1, 2).T
    metres = GEOD.inv(np.full(len(lat), one[1]), np.full(len(lat), one[0]), lon, lat)[2]
    return [math.ceil(round(round(m, 3) * DETOUR * 60 / METRES_A_MINUTE, 6)) for m in metres]


Key = TypeVar("Key")


class Near(Generic[Key]):
    """Stops or points by squares of their degrees, each wider than any walk that is asked for."""

    def __init__(self, stops: dict[Key, tuple[float, float]]) -> None:
        self.stops = stops
        self.squares: dict[tuple[int, int], list[Key]] = {}
        for stop, at in stops.items():
            self.squares.setdefault(self.square(at), []).append(stop)

    @staticmethod
    def square(at: tuple[float, float]) -> tuple[int, int]:
        return math.floor(at[0] / 0.03), math.floor(at[1] / 0.06)

    def within(self, at: tuple[float, float], longest: int) -> dict[Key, int]:
        y, x = self.square(at)
        around = itertools.product((y - 1, y, y + 1), (x - 1, x, x + 1))
        close = [stop for square in around for stop in self.squares.get(square, ())]
        times = walk(at, [self.stops[stop] for stop in close]) if close else []
        return {stop: took for stop, took in zip(close, times, strict=True) if took <= longest}


@dataclass
class Day:
    """The vehicles of a day, and between which stops one may change in how many seconds."""

    trips: list[list[Call]]
    changes: dict[str, dict[str, int]]
    leaving: dict[str, list[tuple[int, int, int]]] = field(init=False)

    def __post_init__(self) -> None:
        self.leaving = {}
        for trip, calls in enumerate(self.trips):
            for number, call in enumerate(calls):
                if call.on:
                    self.leaving.setdefault(call.stop, []).append((call.depart, trip, number))
        for found in self.leaving.values():
            found.sort()

    @classmethod
    def of(cls, trips: list[list[Call]], where: dict[str, tuple[float, float]], rules: Rule) -> Day:
        served = {call.stop for calls in trips for call in calls}
        places = {stop: at for stop, at in where.items() if stop in served}
        close = Near(places)
        changes = {
            stop: {other: CHANGE + (took if other != stop else 0)
                   for other, took in close.within(at, CHANGE_WALK).items()}
            for stop, at in places.items()
        }  # fmt: skip
        for (stop, other), least in rules.items():
            if other in changes.get(stop, {}):
                del changes[stop][other]
                if least is not None:
                    # A change at equal times would be no change.
                    changes[stop][other] = max(least, 1)
        return cls(trips, changes)

    def backward(self) -> Day:
        """The day with its clock, and every vehicle, running backward."""
        trips = [
            [Call(call.stop, -call.depart, -call.arrive, call.off, call.on)
             for call in reversed(calls)]
            for calls in self.trips
        ]  # fmt: skip
        changes: dict[str, dict[str, int]] = {}
        for stop, others in self.changes.items():
            for other, took in others.items():
                changes.setdefault(other, {})[stop] = took
        return Day(trips, changes)

    def labels(
        self, access: dict[str, int], leave: Iterable[float]
    ) -> Iterator[tuple[float, dict[str, int]]]:
        """For each leaving, latest first: the stops at which one now alights earlier, and when."""
        alighted: dict[str, int] = {}
        asked: dict[str, int] = {}
        boarded: dict[int, int] = {}
        for moment in leave:
            better: dict[str, int] = {}
            ready = [(stop, moment + took) for stop, took in access.items()]
            while ready:
                stop, since = ready.pop()
                departures = self.leaving.get(stop, [])
                first = bisect_left(departures, (since,))
                last = asked.get(stop, len(departures))
                if first >= last:
                    continue
                asked[stop] = first
                for _, trip, number in departures[first:last]:
                    calls = self.trips[trip]
                    end = boarded.get(trip, len(calls))
                    if number >= end:
                        continue
                    boarded[trip] = number
                    for call in calls[number + 1 : end + 1]:
                        if call.off and call.arrive < alighted.get(call.stop, NEVER):
                            alighted[call.stop] = better[call.stop] = call.arrive
                            ready += [(other, call.arrive + took) for other, took
                                      in self.changes.get(call.stop, {}).items()]  # fmt: skip
            yield moment, better

    def leavings(self, access: dict[str, int]) -> list[int]:
        """Moments, latest first, at which one leaves just in time for a vehicle."""
        found = {depart - took for stop, took in access.items()
                 for depart, _, _ in self.leaving.get(stop, [])}  # fmt: skip
        return sorted(found, reverse=True)

    def latest(
        self,
        access: dict[str, int],
        egress: dict[str, list[tuple[int, int]]],
        direct: dict[int, int],
        deadlines: list[int],
    ) -> dict[tuple[int, int], int]:
        """The latest leaving with which each point is reached by each deadline, if any is."""
        found: dict[tuple[int, int], int] = {
            (point, deadline): deadline - took
            for point, took in direct.items() for deadline in deadlines
        }  # fmt: skip
        rest: dict[int, list[int]] = {}
        for moment, better in self.labels(access, self.leavings(access)):
            for stop, arrive in better.items():
                for point, took in egress.get(stop, ()):
                    waiting = rest.setdefault(point, sorted(deadlines))
                    while waiting and arrive + took <= waiting[-1]:
                        key = (point, waiting.pop())
                        found[key] = max(found.get(key, moment), moment)
        return found

    def reaches(
        self,
        access: dict[str, int],
        egress: dict[str, list[tuple[int, int]]],
        direct: dict[int, int],
        leave: int,
    ) -> dict[int, float]:
        """When each point is reached by one who leaves at a moment."""
        arrive: dict[int, float] = {point: leave + took for point, took in direct.items()}
        for _, better in self.labels(access, [leave]):
            for stop, at in better.items():
                for point, took in egress.get(stop, ()):
                    arrive[point] = min(arrive.get(point, NEVER), at + took)
        return arrive


LATE = 1 << 30


def scan(
    day: Day, begins: dict[str, dict[int, int]], columns: int, last: int
) -> dict[str, npt.NDArray[np.int32]]:
    """When each of many starts first alights at a stop, by one pass over the hops of the day.

    `begins` says at which stop which start is when; hops that leave after `last` are not looked at.
    """
    ready, alighted = (defaultdict(lambda: np.full(columns, LATE, np.int32)) for _ in range(2))
    for stop, moments in begins.items():
        for column, moment in moments.items():
            ready[stop][column] = moment
    aboard: dict[int, npt.NDArray[np.bool_]] = {}
    hops = sorted(
        (call.depart, trip, number)
        for trip, calls in enumerate(day.trips)
        for number, call in enumerate(calls[:-1])
    )
    for depart, trip, number in hops:
        if depart > last:
            break
        call, following = day.trips[trip][number : number + 2]
        if call.on and call.stop in ready:
            boards = ready[call.stop] <= depart
            aboard[trip] = boards | aboard[trip] if trip in aboard else boards
        if not following.off or trip not in aboard:
            continue
        first = alighted[following.stop]
        sooner = aboard[trip] & (first > following.arrive)
        if sooner.any():
            first[sooner] = following.arrive
            for other, took in day.changes.get(following.stop, {}).items():
                there = ready[other]
                np.minimum(there, following.arrive + took, out=there, where=sooner)
    return alighted
