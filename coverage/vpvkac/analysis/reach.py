"""Reach: whether one can go to a contact point, be served, and be home again on one day.

An *appointment* is a half hour of the day at which an office is open for a
whole stay.  It is *usable* from a home if one can leave the home after an
hour given, be at the point by its beginning, leave it at its end, and be home
before another hour; each way on foot or by vehicle.  For each appointment
one search backward gives the latest leaving from every stop toward every
point, and one forward the earliest return (`timetable`); a home takes the
best of the stops within its walk.

Times are seconds after midnight of the service day, walks whole seconds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np

from vpvkac.analysis.timetable import NEVER, Starts
from vpvkac.geo.geodesy import distance
from vpvkac.geo.nearest import Targets

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.analysis.timetable import Ints, Times, Timetable
    from vpvkac.model.faults import Fault

    Flags = NDArray[np.bool_]

WALK, BUS, NONE = "walk", "bus", "none"
EXISTING, NETWORK = "existing", "network"
HALF_HOUR = 1800
SLOTS = 48
# Within which an office could be open, minutes of the day.
_FROM, _UNTIL = 7 * 60, 19 * 60
_DAY = 24 * 60
_METRES_A_SECOND = 70 / 60
# Homes by points that are looked at together: so many as a processor's cache holds.
_CELLS = 250_000
# Searches that are made together, to bound the memory.
_TOGETHER = 2048


class Rules(NamedTuple):
    """What the definition leaves open; seconds, but for the detour."""

    leave: int = 5 * 3600
    home: int = 21 * 3600
    stay: int = 1800
    walk: int = 1800
    change_walk: int = 600
    change: int = 60
    detour: float = 1.3


class Walks(NamedTuple):
    """Pairs that lie within a walk, ordered by `origin`, then `target`; seconds; shape (k,)."""

    origin: Ints
    target: Ints
    seconds: Ints


class Places(NamedTuple):
    """Where homes, points or stops are: degrees, shape (n,)."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]

    def take(self, rows: Ints) -> Places:
        """Give some of them, by number."""
        return Places(self.lat[rows], self.lon[rows])


class Journeys(NamedTuple):
    """From every home to every point: what is usable, and the best of it.

    Parameters
    ----------
    usable
        Bit *k* for the half hour *k* of the day, whether or not the point is
        open then: uint64, shape (homes, points).
    out, back
        Latest leaving and earliest return for the appointment with fewest
        seconds between, the earliest on ties: int32, shape (homes, points);
        `NEVER` where no appointment is usable.
    best
        That appointment's half hour, shape (homes, points); -1 where none is.
    first_there, last_back
        The half hours of the first appointment while the point is open for which there is a way
        there, `SLOTS` if for none, and of the last from which there is one back, -1 if from none.
    """

    usable: NDArray[np.uint64]
    out: NDArray[np.int32]
    back: NDArray[np.int32]
    best: NDArray[np.int8]
    first_there: NDArray[np.int8]
    last_back: NDArray[np.int8]

    @property
    def goes(self) -> Flags:
        """Whether there is a way there for any appointment while the point is open."""
        return np.asarray(self.first_there < SLOTS)

    @property
    def returns(self) -> Flags:
        """Whether there is a way back from any appointment while the point is open."""
        return np.asarray(self.last_back >= 0)


class Choice(NamedTuple):
    """The point of a set that is best for each home; arrays of shape (homes,).

    Most usable appointments, then fewest seconds away, then the first point;
    `point` is -1 and the rest 0 where no appointment of any is usable.
    """

    point: Ints
    appointments: Ints
    slot: Ints
    out: Ints
    back: Ints


@dataclass(frozen=True, repr=False)
class ThereAndBack:
    """Who can use a contact point; each table has a row for each set of points.

    Parameters
    ----------
    units
        As in reach.csv: units, then municipalities, then the country.
    places
        As in reach_places.csv.
    appointments
        As in reach_hours.csv.
    homes
        As in reach_homes.parquet.
    gaps
        As in gaps_reach.csv, without its sentence.
    by_hour
        Residents who can use some point, by `points` and `begin` of the
        appointment, seconds after midnight.
    service
        As in reach_service.csv: where each line stops on the day, and when.
    day
        The service day.
    counts
        Of the timetable: departures, calls, calls by arrangement, trips left
        out for their times.
    assumed
        Share of the residents who can use a point whose point's hours are
        assumed, by set.
    arranged
        Share of residents who could not without a call by arrangement, by set.
    basis
        How residents were counted, `catchment.GRID` or `catchment.BY_UNIT`;
        empty where they are not given, and every unit counts as one.
    rules, assumed_hours
        By which rules, and by which hours where a point's own are not known.
    faults
        Warnings of what is not used of the timetables.
    """

    units: pd.DataFrame
    places: pd.DataFrame
    appointments: pd.DataFrame
    homes: pd.DataFrame
    gaps: pd.DataFrame
    by_hour: pd.DataFrame
    service: pd.DataFrame
    day: dt.date
    counts: Mapping[str, int]
    assumed: Mapping[str, float]
    arranged: Mapping[str, float]
    basis: str
    rules: Rules
    assumed_hours: str
    faults: tuple[Fault, ...]

    @property
    def counts_residents(self) -> bool:
        """Whether residents are counted; else every unit counts as one."""
        return bool(self.basis)

    @property
    def country(self) -> pd.DataFrame:
        """The rows of `units` for the country."""
        return self.units[(self.units["unit"] == "") & (self.units["municipality"] == "")]

    def of_widest_set(self) -> Self:
        """Give the tables by all points alone where these were asked for, else by the centres."""
        name = NETWORK if NETWORK in set(self.units["points"]) else EXISTING
        tables = {key: getattr(self, key) for key in ("units", "homes", "gaps")}
        return replace(
            self, **{key: table[table["points"] == name] for key, table in tables.items()}
        )

    def examples(self, *keys: str, kind: str = BUS) -> dict[tuple[str, ...], dict[Hashable, Any]]:
        """Give of each set the home of a class with most residents, the lowest key on ties.

        By points and `keys` ("unit", "municipality"): the row of `homes`.
        """
        municipality = self.units.drop_duplicates("unit").set_index("unit")["municipality"]
        homes = self.homes[self.homes["class"] == kind].sort_values(
            ["residents", "home"], ascending=[False, True]
        )
        homes = homes.assign(municipality=homes["unit"].map(municipality))
        first = homes.drop_duplicates(["points", *keys])
        names = first[["points", *keys]].itertuples(index=False, name=None)
        return dict(zip(names, first.to_dict("records"), strict=True))


def clock(seconds: int) -> str:
    """Write seconds after midnight as HH:MM, rounded down."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def walks(origins: Places, targets: Places, rules: Rules, longest: int) -> Walks:
    """Pair origins and targets within `longest` seconds on foot, straight by detour, rounded up."""
    pairs = Targets(targets.lat, targets.lon).within(
        origins.lat, origins.lon, longest * _METRES_A_SECOND / rules.detour + 1
    )
    seconds = seconds_on_foot(pairs.distance_m, rules)
    near = seconds <= longest
    return Walks(pairs.origin[near], pairs.target[near], seconds[near])


def seconds_on_foot(metres: NDArray[np.float64], rules: Rules) -> Ints:
    """Give the whole seconds, rounded up, of walks that are so long in a straight line."""
    # Distances are whole millimetres: what is past the sixth decimal is arithmetic.
    return np.ceil(np.round(metres * rules.detour / _METRES_A_SECOND, 6)).astype(np.int64)


def open_slots(minutes: Flags, stay_min: int) -> Flags:
    """Tell at which half hours a whole stay lies in one open interval.

    Parameters
    ----------
    minutes
        Whether each point is open, minute by minute of the day and the one
        after: shape (points, 2880).

    Returns
    -------
    slots
        Shape (points, 48).
    """
    before = np.concatenate(
        [np.zeros((len(minutes), 1), np.int64), np.cumsum(minutes, axis=1)], axis=1
    )
    begins = np.arange(SLOTS) * HALF_HOUR // 60
    return np.asarray(before[:, begins + stay_min] - before[:, begins] == stay_min)


def could_be_open(stay: int) -> range:
    """Give the half hours whose stay, in seconds, lies within 07:00-19:00."""
    return range(_FROM * 60 // HALF_HOUR, (_UNTIL * 60 - stay) // HALF_HOUR + 1)


def hour_more(minutes: Flags, stay_min: int) -> tuple[Flags, Flags]:
    """Give the half hours that opening an hour earlier, and closing one later, would add.

    Of the day's first opening, but not before 07:00, and its last closing, but not after
    19:00; none where a point is not open that day.  `minutes` are as those of `open_slots`,
    and each of the two has its shape.
    """
    today, minute = minutes[:, :_DAY], np.arange(_DAY)
    first = np.asarray(today.argmax(axis=1))[:, None]
    end = _DAY - today[:, ::-1].argmax(axis=1)[:, None]
    is_open = np.asarray(today.any(axis=1))[:, None]
    earlier = is_open & (minute >= np.maximum(first - 60, _FROM)) & (minute < first)
    later = is_open & (minute >= end) & (minute < np.minimum(end + 60, _UNTIL))
    now = open_slots(minutes, stay_min)
    earlier, later = (
        open_slots(np.concatenate([today | more, minutes[:, _DAY:]], axis=1), stay_min) & ~now
        for more in (earlier, later)
    )
    return earlier, later


class OnFoot(NamedTuple):
    """The walks that journeys begin and end with."""

    home_stop: Walks
    home_point: Walks
    point_stop: Walks


def search(
    timetable: Timetable,
    on_foot: OnFoot,
    shape: tuple[int, int],
    open_: Flags,
    rules: Rules,
    *,
    slots: Iterable[int] | None = None,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> Journeys:
    """Search there and back for every half hour at which an office is, or could be, open.

    Parameters
    ----------
    on_foot
        Stops by the numbers of the timetable, points sorted by key.
    shape
        How many homes and points there are.
    open_
        `open_slots` of the points.
    slots
        Half hours to look at beside those at which any point is open; all at which
        one could be, where they are not given.
    progress
        Called before each half hour with its number and how many there are.
    """
    found = Journeys(
        np.zeros(shape, np.uint64), np.full(shape, NEVER, np.int32),
        np.full(shape, NEVER, np.int32), np.full(shape, -1, np.int8),
        np.full(shape, SLOTS, np.int8), np.full(shape, -1, np.int8),
    )  # fmt: skip
    mirror = timetable.mirror()
    slots = could_be_open(rules.stay) if slots is None else slots
    parts = _parts(on_foot, shape)
    every = sorted({*slots, *np.flatnonzero(open_.any(axis=0)).tolist()})
    step = max(1, _TOGETHER // max(1, shape[1]))
    for number in range(0, len(every), step):
        together = every[number : number + step]
        begins = np.array(together) * HALF_HOUR
        ends = begins + rules.stay
        toward = mirror.earliest_arrivals(_starts(on_foot, -begins, shape[1]), -rules.leave)
        homeward = timetable.earliest_arrivals(_starts(on_foot, ends, shape[1]), rules.home)
        for at, slot in enumerate(together):
            progress(number + at, len(every))
            points = slice(at * shape[1], (at + 1) * shape[1])
            there, again = (np.ascontiguousarray(way[:, points]) for way in (toward, homeward))
            for part in parts:
                out = -part.best(there, -int(begins[at]))
                back = part.best(again, int(ends[at]))
                _note(found, part.homes, slot, (out, back), open_[:, slot], rules)
    return found


def _starts(on_foot: OnFoot, moments: Ints, points: int) -> Starts:
    """Begin at every point at each of the moments."""
    near, many = on_foot.point_stop, len(moments)
    number = np.repeat(np.arange(many), len(near.origin))
    return Starts(
        np.tile(near.origin, many) + number * points,
        np.tile(near.target, many),
        np.tile(near.seconds, many) + moments[number],
        many * points,
    )


def _note(
    found: Journeys, homes: slice, slot: int, ways: tuple[Times, Times], is_open: Flags,
    rules: Rules,
) -> None:  # fmt: skip
    """Put down what a half hour comes to for some homes."""
    out, back = ways
    goes, returns = out >= rules.leave, back <= rules.home
    usable = goes & returns
    first, last = found.first_there[homes], found.last_back[homes]
    np.copyto(first, np.int8(slot), where=goes & is_open & (first > slot))
    np.copyto(last, np.int8(slot), where=returns & is_open & (last < slot))
    found.usable[homes] |= usable * np.uint64(1 << slot)
    least = np.where(found.best[homes] < 0, NEVER, found.back[homes] - found.out[homes])
    better = usable & is_open & (back - out < least)
    for table, value in ((found.out, out), (found.back, back), (found.best, slot)):
        np.copyto(table[homes], value, where=better, casting="same_kind")


class _Part(NamedTuple):
    """Some homes, and in `stops` the first stop and walk of each, the second, and so on.

    In the `order` of falling number of stops, so that each layer is of the homes that come first.
    """

    homes: slice
    order: Ints
    stops: list[tuple[Ints, Times]]
    direct: Walks
    points: int

    def best(self, at_stops: Times, moment: int) -> Times:
        """Give the least of stop and walk, or of the walk alone, shape (homes, points)."""
        least = np.full((len(self.order), self.points), NEVER, np.int32)
        for stop, seconds in self.stops:
            times = at_stops.take(stop, axis=0)
            times += seconds[:, None]
            here = least[: len(stop)]
            np.minimum(here, times, out=here)
        best = np.empty_like(least)
        best[self.order] = least
        home, point, walk = self.direct
        np.minimum.at(best, (home, point), (moment + walk).astype(np.int32))
        return best


def _parts(on_foot: OnFoot, shape: tuple[int, int]) -> list[_Part]:
    step = max(1, _CELLS // max(1, shape[1]))
    parts = []
    for low in range(0, shape[0], step):
        homes = np.arange(low, min(low + step, shape[0]))
        begin = np.searchsorted(on_foot.home_stop.origin, homes)
        many = np.searchsorted(on_foot.home_stop.origin, homes, side="right") - begin
        order = np.argsort(-many, kind="stable")
        layers = [begin[order[: int((many > layer).sum())]] + layer for layer in range(many.max())]
        stops = [
            (on_foot.home_stop.target[rows], on_foot.home_stop.seconds[rows].astype(np.int32))
            for rows in layers
        ]
        direct = walks_of(on_foot.home_point, homes)
        parts.append(_Part(slice(low, low + len(homes)), order, stops, direct, shape[1]))
    return parts


def slot_bits(slots: Flags) -> NDArray[np.uint64]:
    """Write half hours, shape (points, 48), as bits, shape (points,)."""
    return np.asarray((slots * (np.uint64(1) << np.arange(SLOTS, dtype=np.uint64))).sum(axis=1))


def half_hours(bits: NDArray[np.uint64]) -> Flags:
    """Give the half hours that bits of any shape stand for, along one more axis."""
    return np.asarray((bits[..., None] >> np.arange(SLOTS, dtype=np.uint64)) & np.uint64(1) == 1)


def choose(found: Journeys, open_: Flags, points: Flags) -> Choice:
    """Choose for every home among some of the points, given as flags."""
    columns = np.flatnonzero(points)
    homes = np.arange(len(found.usable))
    none = np.zeros(len(homes), np.int64)
    if not len(columns):
        return Choice(none - 1, none, none, none, none)
    count = np.bitwise_count(found.usable[:, columns] & slot_bits(open_)[columns]).astype(np.int64)
    back, out = (times[:, columns].astype(np.int64) for times in (found.back, found.out))
    score = np.where(count > 0, (count << 20) - (back - out), 0)
    column = score.argmax(axis=1)
    some = count[homes, column] > 0
    point = columns[column]
    return Choice(
        np.where(some, point, -1),
        np.where(some, count[homes, column], 0),
        np.where(some, found.best[homes, point].astype(np.int64), 0),
        np.where(some, out[homes, column], 0),
        np.where(some, back[homes, column], 0),
    )


def can_use(
    timetable: Timetable, on_foot: OnFoot, homes: Ints, opens: Sequence[Flags], rules: Rules
) -> Flags:
    """Tell from which of some homes any appointment at all is usable, shape (len(homes), sets).

    Each set of points is `open_slots` of all points, open at none where it is not of the set.

    By one search forward from the earliest leaving of the homes, and one backward from their
    latest return: an appointment is usable if it begins at or after the arrival and ends at or
    before the last leaving of its point.
    """
    able = np.zeros((len(homes), len(opens)), bool)
    mirror, following = timetable.mirror(), np.full((*opens[0].shape, len(opens)), SLOTS)
    following = np.concatenate([following, following[:, :1]], axis=1)
    for slot in range(SLOTS - 1, -1, -1):
        for number, open_ in enumerate(opens):
            following[:, slot, number] = np.where(
                open_[:, slot], slot, following[:, slot + 1, number]
            )
    for low in range(0, len(homes), _TOGETHER):
        here = slice(low, min(low + _TOGETHER, len(homes)))
        many = here.stop - low
        stop, point = (walks_of(part, homes[here]) for part in on_foot[:2])
        order = np.lexsort((point.origin, point.target))
        direct = Walks(point.target[order], point.origin[order], point.seconds[order])
        begins, ends = (
            Starts(stop.origin, stop.target, stop.seconds + moment, many)
            for moment in (rules.leave, -rules.home)
        )
        there = timetable.earliest_arrivals(begins, rules.home)
        again = mirror.earliest_arrivals(ends, -rules.leave)
        # Homes and points change places: these walks end at the points.
        for part in _parts(OnFoot(on_foot.point_stop, direct, stop), (len(following), many)):
            arrive = part.best(there, rules.leave).astype(np.int64)
            leave = -part.best(again, -rules.home).astype(np.int64)
            begin = np.clip(-(-arrive // HALF_HOUR), 0, SLOTS)
            for number in range(len(opens)):
                first = np.take_along_axis(following[part.homes, :, number], begin, axis=1)
                fits = (first < SLOTS) & (first * HALF_HOUR + rules.stay <= leave)
                able[here, number] |= fits.any(axis=0)
    return able


def residents_by_slot(
    usable: NDArray[np.uint64], residents: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Sum the residents of the homes from which each half hour is usable, shape (points, 48)."""
    sums = np.zeros((usable.shape[1], SLOTS))
    step = max(1, _CELLS // max(1, usable.shape[1]))
    for low in range(0, len(usable), step):
        part, many = usable[low : low + step], residents[low : low + step]
        some = int(np.bitwise_or.reduce(part, axis=None, initial=0))
        for slot in range(SLOTS):
            if some >> slot & 1:
                sums[:, slot] += many @ ((part >> np.uint64(slot)) & np.uint64(1))
    return sums


def residents_near_and_far(
    usable: NDArray[np.uint64], near: Walks, residents: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum, as `residents_by_slot`, those within the walk of the point, and the others."""
    far = usable.copy()
    far[near.origin, near.target] = 0
    on_foot = np.zeros((usable.shape[1], SLOTS))
    can = half_hours(usable[near.origin, near.target])
    np.add.at(on_foot, near.target, can * residents[near.origin, None])
    return on_foot, residents_by_slot(far, residents)


def residents_of_day(
    found: Journeys, open_: Flags, points: Flags, residents: ArrayLike
) -> NDArray[np.float64]:
    """Sum the residents who can use some of the points at each half hour, shape (48,)."""
    usable = np.bitwise_or.reduce(found.usable[:, points] & slot_bits(open_)[points], axis=1)
    return np.asarray(np.asarray(residents, float) @ half_hours(usable))


WAYS = ("no_stop", "no_outbound", "no_return", "hours")


class WalkTo(NamedTuple):
    """The point that a home walks to, -1 where there is none, and metres to it, else NaN."""

    point: Ints
    metres: NDArray[np.float64]


def walks_to(
    pairs: Walks, homes: Places, at: Places, points: Flags, open_: Flags, rules: Rules
) -> WalkTo:
    """Find for each home which of some points has most appointments that are usable on foot alone.

    The nearest in a straight line on ties, then the first.

    Parameters
    ----------
    pairs
        The walks between homes and points, which are `at` their places.
    points
        Which points there are to choose among, shape (points,).
    open_
        `open_slots` of all of them.
    """
    begins = np.arange(SLOTS) * HALF_HOUR
    home, point, walk = pairs
    fits = (begins - walk[:, None] >= rules.leave) & (
        begins + rules.stay + walk[:, None] <= rules.home
    )
    usable = (fits & open_[point]).sum(axis=1) * points[point]
    home, point, usable = (values[usable > 0] for values in (home, point, usable))
    metres = distance(*homes.take(home), *at.take(point))
    order = np.lexsort((point, metres, -usable, home))
    order = order[np.unique(home[order], return_index=True)[1]]
    chosen = WalkTo(np.full(len(homes.lat), -1), np.full(len(homes.lat), np.nan))
    for values, found in zip(chosen, (point, metres), strict=True):
        values[home[order]] = found[order]
    return chosen


def obstacles(
    found: Journeys, points: Flags, has_stop: Flags, could: Iterable[int], only_hours: Flags
) -> NDArray[np.object_]:
    """Tell what stands in the way from each home to some of the points: the first that holds.

    `no_stop`: no stop is within the walk.  `no_outbound`: to no point is there a way
    while it is open.  `hours`: an appointment would be usable if its point were open
    at the half hours at which it `could` be.  `no_return`: there is none, for no way leads home.
    Of homes whom `only_hours` can hinder, `hours` goes before all others.
    """
    bits = np.uint64(sum(1 << slot for slot in could))
    goes, returns = (ways[:, points].any(axis=1) for ways in (found.goes, found.returns))
    helps = (found.usable[:, points] & bits).any(axis=1)
    reasons = [only_hours & helps, ~has_stop, ~goes, ~returns | ~helps]
    return np.select(reasons, [WAYS[3], *WAYS[:3]], default=WAYS[3]).astype(object)


class Ride(NamedTuple):
    """A journey: when it ends, and with how many vehicles at the least; 0 and 0 without one."""

    arrive: Ints
    vehicles: Ints


def rides(timetable: Timetable, begin: Walks, depart: Ints, end: Walks, until: Ints) -> Ride:
    """Follow journeys that begin at given times; fastest if these ascend.

    Parameters
    ----------
    begin, end
        The stops that each journey, the `origin`, can begin and end with.
    depart
        When each journey begins, shape (journeys,).
    until
        When each is known to have ended.

    Returns
    -------
    ride
        By vehicle: the earliest end, and the fewest vehicles with which it is reached.
    """
    size = len(depart)
    arrive, vehicles = np.full(size, NEVER, np.int64), np.zeros(size, np.int64)
    for low in range(0, size, _TOGETHER):
        high = min(low + _TOGETHER, size)
        here = slice(*np.searchsorted(begin.origin, [low, high]))
        starts = Starts(
            begin.origin[here] - low,
            begin.target[here],
            depart[begin.origin[here]] + begin.seconds[here],
            high - low,
        )
        last = int(until[low:high].max())
        there = slice(*np.searchsorted(end.origin, [low, high]))
        journey, stop = end.origin[there] - low, end.target[there]
        found = timetable.arrivals_by_vehicles(starts, journey, stop, last)
        for many, seconds in enumerate(found, 1):
            best = np.full(high - low, NEVER, np.int64)
            np.minimum.at(best, journey, seconds + end.seconds[there])
            sooner = best < arrive[low:high]
            arrive[low:high][sooner], vehicles[low:high][sooner] = best[sooner], many
    arrive[arrive == NEVER] = 0
    return Ride(arrive, vehicles)


def walks_of(pairs: Walks, chosen: Ints) -> Walks:
    """Give each of many, `chosen` by its number in `pairs`, its own walks; -1 has none."""
    begin = np.searchsorted(pairs.origin, chosen, side="left")
    many = np.searchsorted(pairs.origin, chosen, side="right") - begin
    origin = np.repeat(np.arange(len(chosen)), many)
    row = np.arange(len(origin)) - np.repeat(np.cumsum(many) - many, many) + np.repeat(begin, many)
    return Walks(origin, pairs.target[row], pairs.seconds[row])


def there_and_back(
    timetable: Timetable, on_foot: OnFoot, choices: Sequence[Choice], rules: Rules
) -> list[tuple[Ints, Ints]]:
    """Tell when one arrives who leaves at the latest, and how often one changes, there and back.

    Of journeys with the times of the choice those with fewest vehicles; a walk has none.  A
    journey of several choices is followed once.

    Returns
    -------
    arrive, changes
        Of each choice, shape (homes,); 0 where nothing is chosen.
    """
    size = len(choices[0].point)
    rows = np.concatenate(
        [np.stack([one.slot, one.out, one.point, np.arange(size), one.back]) for one in choices],
        axis=1,
    )
    rows[3] = np.where(rows[2] < 0, -1, rows[3])
    journeys, number = np.unique(rows, axis=1, return_inverse=True)
    arrive, changes = _follow(timetable, on_foot, journeys, rules)
    number = number.reshape(len(choices), size)
    return [(arrive[of], changes[of]) for of in number]


def _follow(
    timetable: Timetable, on_foot: OnFoot, journeys: Ints, rules: Rules
) -> tuple[Ints, Ints]:
    """Follow journeys, the rows slot, out, point, home and back."""
    slot, leaves, point, home, returns = journeys
    some = point >= 0
    near_home = walks_of(on_foot.home_stop, home)
    near_point = walks_of(on_foot.point_stop, point)
    begin = slot * HALF_HOUR
    end = begin + rules.stay
    out = rides(timetable, near_home, leaves, near_point, begin)
    back = rides(timetable, near_point, end, near_home, returns)
    direct = walks_of(on_foot.home_point, home)
    straight = np.full(len(home), NEVER, np.int64)
    is_pair = point[direct.origin] == direct.target
    straight[direct.origin[is_pair]] = direct.seconds[is_pair]
    walks_out = some & (leaves + straight <= begin)
    walks_back = some & (end + straight == returns)
    arrive = np.where(walks_out, leaves + straight, out.arrive)
    changes = np.where(walks_out, 0, np.maximum(out.vehicles - 1, 0)) + np.where(
        walks_back, 0, np.maximum(back.vehicles - 1, 0)
    )
    return np.where(some, arrive, 0), np.where(some, changes, 0)
