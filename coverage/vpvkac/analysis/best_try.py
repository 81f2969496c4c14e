"""The best try of homes from which no appointment is usable: how near one comes to it.

By what stands in the way of a home: how far the nearest served stop is, when one is at a point
that no longer serves, from which appointment one is not home in time, at which half hour one
could be served.  Times are seconds after midnight of the service day.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.reach import HALF_HOUR, SLOTS, seconds_on_foot, walks_of
from vpvkac.analysis.timetable import NEVER, Starts
from vpvkac.geo.nearest import nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.analysis.reach import Flags, OnFoot, Places, Rules
    from vpvkac.analysis.timetable import Ints, Timetable

MIDNIGHT = 86_400


@dataclass(frozen=True, repr=False)
class BestTries:
    """The best tries toward one set of points, a table for each obstacle.

    A table has a row for each home that is asked for, in that order.  Its columns are some of
    `point` and `stop` (by number), `out`, `arrive`, `leave`, `back` (leaving home, at the
    point, leaving it, home again; seconds), `distance_m` and `walk_s`; NaN where there is nothing
    to tell.

    Parameters
    ----------
    members
        Which of the points are of the set, shape (points,).
    slots
        `open_slots` of the points.
    served
        Stops at which one can board or alight, by number.
    """

    timetable: Timetable
    on_foot: OnFoot
    rules: Rules
    homes: Places
    points: Places
    stops: Places
    members: Flags
    slots: Flags
    served: Ints

    def without_stop(self, homes: Ints) -> pd.DataFrame:
        """Find the served stop nearest to each home, in a straight line, and the walk to it."""
        stops = self.stops.take(self.served)
        if not len(self.served):
            return pd.DataFrame(index=range(len(homes)))
        number, metres = nearest(*self.homes.take(homes), *stops)
        walk = seconds_on_foot(metres, self.rules)
        return pd.DataFrame(
            {"stop": self.served[number], "distance_m": metres, "walk_s": walk}, dtype=float
        )

    def too_late(self, homes: Ints) -> pd.DataFrame:
        """Find the earliest arrival at a point that serves that day, after its last appointment.

        At any point where none serves; of those at which one is as early the first.  `out` is the
        latest leaving with which one is there then.  Where no way leads to a point by the hour of
        the return, the stop at which one can alight that is nearest to a point, if it is nearer
        than the home, and how far that is.
        """
        serves = np.asarray(self._open.any(axis=1))
        among = serves if serves.any() else self.members
        known = {
            name: np.full(len(homes), np.nan)
            for name in ("point", "out", "arrive", "stop", "distance_m")
        }
        if not among.any():
            return pd.DataFrame(known)
        leave = np.full(len(homes), self.rules.leave)
        arrive = np.where(among, self._at_points(homes, leave, self.rules.home), NEVER)
        point, first = arrive.argmin(axis=1), arrive.min(axis=1)
        is_there = first < NEVER
        known["point"][is_there], known["arrive"][is_there] = point[is_there], first[is_there]
        by = np.full((int(is_there.sum()), len(among)), -NEVER)
        by[np.arange(len(by)), point[is_there]] = first[is_there]
        known["out"][is_there] = self._leaving(homes[is_there], by)
        far = self._nearest_alighting(homes[~is_there], among)
        for name, values in zip(("point", "stop", "distance_m"), far, strict=True):
            known[name][~is_there] = values
        return pd.DataFrame(known)

    def no_way_home(self, homes: Ints, first_there: NDArray[np.int8]) -> pd.DataFrame:
        """Find the appointment from which one is home earliest, though too late, by midnight.

        Of these journeys the one that leaves home latest, to the point that it reaches first.
        Where no way leads home by midnight, the latest leaving with which one is at a point for
        an appointment.

        Parameters
        ----------
        first_there
            Of `Journeys`, for the homes: shape (homes, points).
        """
        first = first_there.astype(np.int64)
        has = (first < SLOTS) & self._open.any(axis=1)
        since = np.where(has, first * HALF_HOUR + self.rules.stay, NEVER)
        by = np.where(has, self._latest_open[:, -1], -NEVER)
        back = np.full(len(homes), NEVER)
        midnight = np.full(len(homes), MIDNIGHT)
        some = np.flatnonzero((self._leaving_points(homes, midnight) >= since).any(axis=1))
        if len(some):
            back[some] = self._at_homes(self.timetable, homes[some], since[some], MIDNIGHT)
            last = self._leaving_points(homes[some], back[some]) - self.rules.stay
            slot = np.clip(last // HALF_HOUR, -1, SLOTS - 1) + 1
            by[some] = self._latest_open[np.arange(len(self._open)), slot]
        out = self._leaving(homes, by)
        arrive = self._at_points(homes, out, MIDNIGHT)
        arrive = np.where(arrive <= by, arrive, NEVER)
        point = arrive.argmin(axis=1)
        arrive = arrive.min(axis=1)
        slot = self._next_open[point, -(-arrive // HALF_HOUR)]
        return pd.DataFrame(
            {
                "point": point,
                "out": out,
                "arrive": arrive,
                "leave": slot * HALF_HOUR + self.rules.stay,
                "back": np.where(back < NEVER, back, np.nan),
            },
            dtype=float,
        )

    def at_other_hours(self, homes: Ints, points: Ints, slots: Ints) -> pd.DataFrame:
        """Follow journeys to a point each, for a half hour that is usable if it were open then."""
        here, begin = np.arange(len(homes)), slots * HALF_HOUR
        by = np.full((len(homes), len(self.members)), -NEVER)
        by[here, points] = begin
        since = np.where(by >= 0, by + self.rules.stay, NEVER)
        out = self._leaving(homes, by)
        return pd.DataFrame(
            {
                "point": points,
                "out": out,
                "arrive": self._at_points(homes, out, MIDNIGHT)[here, points],
                "leave": begin + self.rules.stay,
                "back": self._at_homes(self.timetable, homes, since, self.rules.home),
            },
            dtype=float,
        )

    @cached_property
    def _mirror(self) -> Timetable:
        return self.timetable.mirror()

    @cached_property
    def _open(self) -> Flags:
        return self.slots & self.members[:, None]

    @cached_property
    def _latest_open(self) -> Ints:
        """When the last appointment up to each half hour begins; first that of up to none."""
        begins = np.where(self._open, np.arange(SLOTS) * HALF_HOUR, -NEVER)
        return np.maximum.accumulate(np.pad(begins, ((0, 0), (1, 0)), constant_values=-NEVER), 1)

    @cached_property
    def _next_open(self) -> Ints:
        """Half hour of the first appointment from each half hour on, `SLOTS` if there is none."""
        slots = np.where(self._open, np.arange(SLOTS), SLOTS)
        return np.minimum.accumulate(slots[:, ::-1], axis=1)[:, ::-1]

    def _leaving(self, homes: Ints, by: Ints) -> Ints:
        """Give the latest leaving of homes to be at some point by a time; -`NEVER` if none is."""
        return -self._at_homes(self._mirror, homes, -by, -self.rules.leave)

    def _leaving_points(self, homes: Ints, back: Ints) -> Ints:
        """Give the latest leaving of every point to be home by a time, as `_at_points`."""
        return -self._at_points(homes, -back, -self.rules.leave, self._mirror)

    def _at_points(
        self, homes: Ints, leave: Ints, until: int, timetable: Timetable | None = None
    ) -> Ints:
        """Give when one is at each point, (homes, points); `NEVER` if not by `until`."""
        timetable = timetable or self.timetable
        home, point, walk = walks_of(self.on_foot.home_point, homes)
        alight = timetable.earliest_arrivals(self._leaving_for_stops(homes, leave), until)
        near = self.on_foot.point_stop
        arrive = np.full((len(self.members), len(homes)), NEVER)
        np.minimum.at(arrive, near.origin, alight[near.target] + near.seconds[:, None])
        np.minimum.at(arrive, (point, home), leave[home] + walk)
        return np.where(arrive <= until, arrive, NEVER).T

    def _leaving_for_stops(self, homes: Ints, leave: Ints) -> Starts:
        home, stop, walk = walks_of(self.on_foot.home_stop, homes)
        return Starts(home, stop, leave[home] + walk, len(homes))

    def _at_homes(self, timetable: Timetable, homes: Ints, since: Ints, until: int) -> Ints:
        """Give when one is at each home, (homes,), from points left at `since`, (homes, points)."""
        near = self.on_foot.point_stop
        # Most homes have the points' times in common.
        times, number = np.unique(since, axis=0, return_inverse=True)
        start, pair = np.nonzero(times[:, near.origin] < NEVER)
        seconds = times[start, near.origin[pair]] + near.seconds[pair]
        alight = timetable.earliest_arrivals(
            Starts(start, near.target[pair], seconds, len(times)), until
        )
        home, stop, walk = walks_of(self.on_foot.home_stop, homes)
        arrive = np.full(len(homes), NEVER)
        np.minimum.at(arrive, home, alight[stop, number.ravel()[home]] + walk)
        home, point, walk = walks_of(self.on_foot.home_point, homes)
        np.minimum.at(arrive, home, since[home, point] + walk)
        return np.where(arrive <= until, arrive, NEVER)

    def _nearest_alighting(self, homes: Ints, among: Flags) -> tuple[NDArray[np.float64], ...]:
        """Give point, stop and metres: how near to some point one can alight, or else lives."""
        targets = np.flatnonzero(among)
        leave = np.full(len(homes), self.rules.leave)
        alight = self.timetable.earliest_arrivals(
            self._leaving_for_stops(homes, leave), self.rules.home
        )
        point, metres = nearest(*self.stops, *self.points.take(targets))
        own, from_home = nearest(*self.homes.take(homes), *self.points.take(targets))
        away = np.where(alight.T < NEVER, metres, np.inf)
        stop = away.argmin(axis=1)
        away = away.min(axis=1)
        nearer = away < from_home
        return (
            targets[np.where(nearer, point[stop], own)].astype(float),
            np.where(nearer, stop, np.nan),
            np.where(nearer, away, from_home),
        )
