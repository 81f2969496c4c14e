"""The answer of `vpvkac reach`: homes, places and units, by what residents can use."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis import reach
from vpvkac.analysis.best_try import BestTries
from vpvkac.analysis.network import Network, is_open_centre, points_and_centres
from vpvkac.analysis.opening import DAY, open_around, read_week
from vpvkac.analysis.reach import (
    BUS,
    EXISTING,
    NETWORK,
    NONE,
    WALK,
    Choice,
    Journeys,
    OnFoot,
    Places,
    Rules,
    ThereAndBack,
    clock,
)
from vpvkac.analysis.worst_off import weighted_quantiles
from vpvkac.geo.geodesy import distance, to_degrees
from vpvkac.model.accounts import Progress, silent
from vpvkac.questions.reach.question import Question, seconds_of
from vpvkac.questions.reach.vehicles import Vehicles, read_vehicles
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

REMEDIES = {
    "no_stop": "remote_support",
    "no_outbound": "departure_there",
    "no_return": "departure_back",
    "hours": "other_hours",
}
_SEARCHING = Message("Journeys: appointment {} of {}")
_LEFT = Message("Journeys: appointment {} of {}, about {} s more")
_FOLLOWING = Message("Journeys: arrivals and changes")
_RESIDENTS = ("population", "population_least", "population_most")
_OF_GAP = [
    "points", "rank", "unit", "unit_name", "municipality", "municipality_name", "residents_none",
    "none_least", "none_most", "way", "remedy",
]  # fmt: skip
_OF_TRY = ["point", "stop", "out", "arrive", "leave", "back", "distance_m", "walk_s"]


@dataclass(frozen=True, repr=False)
class Answer(ThereAndBack):
    """What `reach` finds: tables with a row for each set of points, existing, then network.

    Beside those of `ThereAndBack` what was asked, of which analysis.
    """

    question: Question
    result: Network


def answer(result: Network, question: Question, progress: Progress = silent) -> Answer:
    """Find for every home whether one can go, be served and return.

    Raises
    ------
    InputError
        If a feed has no timetable that can be used, or nothing runs on the day.
    """
    rules = Rules(
        leave=seconds_of(question.leave),
        home=seconds_of(question.home),
        stay=question.stay * 60,
        walk=question.walk * 60,
    )
    vehicles = read_vehicles(result, question.day, rules, rail=question.rail, progress=progress)
    homes = _homes(result)
    points = _points(result, vehicles.day, question.assumed_hours)
    if question.points == EXISTING:
        points = points[points[EXISTING]].reset_index(drop=True)
    minutes = np.array(points["minutes"].to_list(), bool).reshape(len(points), 2 * DAY)
    slots = reach.open_slots(minutes, question.stay)
    more = reach.hour_more(minutes, question.stay)
    at_home, at_stop = _positions(homes), _positions(vehicles.stops)
    on_foot = OnFoot(
        reach.walks(at_home, at_stop, rules, rules.walk),
        reach.walks(at_home, _positions(points), rules, rules.walk),
        reach.walks(_positions(points), at_stop, rules, rules.walk),
    )
    shape = (len(homes), len(points))

    began = perf_counter()

    def step(number: int, many: int) -> None:
        if not number:
            progress(_SEARCHING.with_values(1, many))
            return
        left = round((perf_counter() - began) / number * (many - number))
        progress(_LEFT.with_values(number + 1, many, left))

    could = {*reach.could_be_open(rules.stay), *np.flatnonzero(np.any(more, axis=(0, 1))).tolist()}
    found = reach.search(
        vehicles.timetable, on_foot, shape, slots, rules, slots=could, progress=step
    )
    names = [EXISTING, NETWORK] if question.points == "both" else [question.points]
    residents = reach.residents_near_and_far(
        found.usable, on_foot.home_point, homes["population"].to_numpy(float)
    )
    sets = [
        _Set(name, found, homes, points, slots, more, on_foot, residents, vehicles, rules)
        for name in names
    ]
    progress(_FOLLOWING)
    journeys = reach.there_and_back(
        vehicles.timetable, on_foot, [one.choice for one in sets], rules
    )
    tables = [one.tables(result, *way) for one, way in zip(sets, journeys, strict=True)]
    units, places, appointments, at_homes, gaps, by_hour = (
        pd.concat(table, ignore_index=True) for table in zip(*tables, strict=True)
    )
    assumed = {name: _assumed_share(at_homes, points, name) for name in names}
    arranged = dict(zip(names, _depending(sets), strict=True))
    return Answer(
        units, places, appointments, at_homes, gaps, by_hour, vehicles.service, vehicles.day,
        vehicles.counts, assumed, arranged, result.living.basis if result.living else "", rules,
        question.assumed_hours, vehicles.faults, question, result,
    )  # fmt: skip


def _homes(result: Network) -> pd.DataFrame:
    """Give where residents live, by unit; one in every unit where none are given."""
    names = ["home", "unit", "lat", "lon", *_RESIDENTS]
    if result.living is not None:
        cells = pd.DataFrame(result.living.cells.drop(columns="geometry"))
        return cells.rename(columns={"cell": "home"})[names].reset_index(drop=True)
    middles = result.units.geometry.representative_point()
    lat, lon = to_degrees(middles.x, middles.y)
    homes = pd.DataFrame({"home": result.units["unit"], "unit": result.units["unit"]})
    return homes.assign(lat=lat, lon=lon, **dict.fromkeys(_RESIDENTS, 1))[names]


def _points(result: Network, day: dt.date, assumed: str) -> pd.DataFrame:
    """Give the offices of both sets, by key, with the minutes at which they are open."""
    points = pd.DataFrame(
        points_and_centres(result.network, result.places).drop(columns="geometry")
    )
    points = points[["place", "host", "name", "unit", "status", "lat", "lon", "hours"]]
    points[EXISTING] = is_open_centre(points)
    hours = points["hours"].fillna("").astype(str).str.strip()
    monday = day - dt.timedelta(days=day.weekday())
    known = {text: bool(text) and read_week(text, monday) is not None for text in hours.unique()}
    points["hours_known"] = hours.map(known).to_numpy(bool)
    points["hours"] = hours.where(points["hours_known"], assumed)
    minutes = {text: open_around(text, day)[DAY:] for text in points["hours"].unique()}
    points["minutes"] = points["hours"].map(minutes)
    return points.reset_index(drop=True)


def _positions(table: pd.DataFrame) -> Places:
    return Places(table["lat"].to_numpy(float), table["lon"].to_numpy(float))


@dataclass(frozen=True)
class _Set:
    """One set of points, and what is found for it.

    `residents` are those who can use each half hour of each point, on foot and by bus.
    """

    name: str
    found: Journeys
    homes: pd.DataFrame
    points: pd.DataFrame
    slots: NDArray[np.bool_]
    more: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    on_foot: OnFoot
    residents: tuple[NDArray[np.float64], NDArray[np.float64]]
    vehicles: Vehicles
    rules: Rules

    @cached_property
    def weight(self) -> NDArray[np.float64]:
        return self.homes["population"].to_numpy(float)

    @cached_property
    def choice(self) -> Choice:
        return reach.choose(self.found, self.slots, self.members)

    @cached_property
    def members(self) -> NDArray[np.bool_]:
        if self.name == EXISTING:
            return self.points[EXISTING].to_numpy(bool)
        return np.ones(len(self.points), bool)

    def tables(
        self, result: Network, arrive: NDArray[np.int64], changes: NDArray[np.int64]
    ) -> tuple[pd.DataFrame, ...]:
        homes = self.at_homes(arrive, changes)
        units = _by_unit(homes, result).assign(points=self.name)
        sums = reach.residents_of_day(
            self.found, self.slots, self.members, self.homes["population"]
        )
        begins = np.flatnonzero(self.slots[self.members].any(axis=0))
        by_hour = pd.DataFrame(
            {"points": self.name, "begin": begins * reach.HALF_HOUR, "residents": sums[begins]}
        )
        places, appointments = self.at_places((homes["class"] == NONE).to_numpy(bool))
        return units, places, appointments, homes, self.gaps(units, homes), by_hour

    @cached_property
    def walk(self) -> reach.WalkTo:
        return reach.walks_to(
            self.on_foot.home_point, _positions(self.homes), _positions(self.points),
            self.members, self.slots, self.rules,
        )  # fmt: skip

    @cached_property
    def classes(self) -> NDArray[np.object_]:
        able = [self.walk.point >= 0, self.choice.point >= 0]
        return np.select(able, [WALK, BUS], NONE).astype(object)

    def at_homes(self, arrive: NDArray[np.int64], changes: NDArray[np.int64]) -> pd.DataFrame:
        choice, kinds = self.choice, self.classes
        has_stop = np.zeros(len(self.homes), bool)
        near = self.on_foot.home_stop
        has_stop[near.origin[self.vehicles.has_service[near.target]]] = True
        could = reach.could_be_open(self.rules.stay)
        way = reach.obstacles(self.found, self.members, has_stop, could, self.only_hours())
        some = choice.point >= 0
        place, unit = self.points[["place", "unit"]].reindex(choice.point).to_numpy(object).T
        open_at = np.append(self.slots.sum(axis=1), 0)[choice.point]
        begin = choice.slot * reach.HALF_HOUR
        homes = self.homes.rename(columns={"population": "residents"}).assign(points=self.name)
        homes["class"], homes["way"] = kinds, np.where(kinds == NONE, way, "")
        homes["place"] = np.where(some, place, "")
        homes["own"] = pd.array(unit == homes["unit"], "boolean")
        numbers = {
            "appointments": choice.appointments, "of": open_at, "out": choice.out,
            "arrive": arrive, "leave": begin + self.rules.stay, "back": choice.back,
            "minutes": -(-(choice.back - choice.out) // 60), "changes": changes,
        }  # fmt: skip
        for name, values in numbers.items():
            homes[name] = pd.array(values, "Int64")
        homes.loc[~some, ["own", *(name for name in numbers if name != "appointments")]] = pd.NA
        homes["walk_place"] = _at(self.points["place"], self.walk.point)
        homes["walk_m"] = self.walk.metres
        homes["hour"] = self.hours_asked_for(homes["unit"], np.flatnonzero(homes["way"] == "hours"))
        return homes

    def hours_asked_for(self, units: pd.Series, hindered: NDArray[np.int64]) -> pd.Series:
        """Give of homes that hours hinder the half hour that would serve most of their unit.

        Of those that would serve the home, the earliest on ties; seconds after midnight, null for
        all other homes.
        """
        usable = self.found.usable[np.ix_(hindered, np.flatnonzero(self.members))]
        could = np.isin(np.arange(reach.SLOTS), reach.could_be_open(self.rules.stay))
        serves = reach.half_hours(np.bitwise_or.reduce(usable, axis=1)) & could
        of_unit = units.iloc[hindered]
        served = pd.DataFrame(serves * self.weight[hindered, None], of_unit.index)
        most = served.groupby(of_unit).transform("sum").to_numpy()
        begin = np.where(serves, most, -1).argmax(axis=1) * reach.HALF_HOUR
        return pd.Series(begin, of_unit.index, "Int64").reindex(units.index)

    @cached_property
    def timely(self) -> NDArray[np.bool_]:
        """Half hours at which a point is open, between the earliest leaving and the return."""
        begins = np.arange(reach.SLOTS) * reach.HALF_HOUR
        fits = (begins >= self.rules.leave) & (begins + self.rules.stay <= self.rules.home)
        return np.asarray(self.slots & fits)

    def only_hours(self) -> NDArray[np.bool_]:
        """Tell whom no departure helps: no appointment is in their time, or one within the walk."""
        hinders = np.full(len(self.homes), not self.timely[self.members].any())
        pairs = self.on_foot.home_point
        near = self.members[pairs.target] & self.slots[pairs.target].any(axis=1)
        hinders[pairs.origin[near]] = True
        return hinders

    def at_places(self, is_none: NDArray[np.bool_]) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Count whom every place of the set serves, and each of its appointments.

        Beside them the appointments of an hour more, and whom it adds: residents who can use
        no place of the set, and could use this one.
        """
        members = np.flatnonzero(self.members)
        weight, usable = self.weight, self.found.usable[:, members]
        slots, more = self.slots[members], [hour[members] for hour in self.more]
        served = (usable & reach.slot_bits(slots)) != 0
        pairs = self.on_foot.home_point
        near = np.zeros(self.found.usable.shape, bool)
        near[pairs.origin, pairs.target] = True
        near = near[:, members]
        on_foot, by_bus = (residents[members] for residents in self.residents)
        added = reach.residents_by_slot(usable[is_none], weight[is_none])
        points = self.points.iloc[members].assign(points=self.name)
        most = np.where(slots, on_foot + by_bus, -1)
        has = np.asarray(slots.any(axis=1))
        table = points[["points", "place", "unit", "hours", "hours_known"]].assign(
            appointments=slots.sum(axis=1),
            appointments_bus=(slots & (by_bus > 0)).sum(axis=1),
            unused=[
                " ".join(clock(int(slot) * reach.HALF_HOUR) for slot in np.flatnonzero(row))
                for row in slots & (by_bus == 0)
            ],
            residents_walk=(weight @ (near & served)).round().astype(np.int64),
            residents_bus=(weight @ (served & ~near)).round().astype(np.int64),
            first=_clocks(slots.argmax(axis=1), has),
            last=_clocks(reach.SLOTS - 1 - slots[:, ::-1].argmax(axis=1), has),
            busiest=_clocks(most.argmax(axis=1), has & (most.max(axis=1) > 0)),
        )
        for name, hour in zip(("earlier_adds", "later_adds"), more, strict=True):
            won = (usable[is_none] & reach.slot_bits(hour)) != 0
            table[name] = pd.array((weight[is_none] @ won).round().astype(np.int64), "Int64")
            table.loc[~hour.any(axis=1), name] = pd.NA
        place, slot = np.nonzero(slots | more[0] | more[1])
        appointments = (
            points[["points", "place"]]
            .iloc[place]
            .assign(
                begin=_clocks(slot, np.ones(len(slot), bool)),
                is_open=slots[place, slot],
                residents_walk=on_foot[place, slot].round().astype(np.int64),
                residents_bus=by_bus[place, slot].round().astype(np.int64),
                adds=added[place, slot].round().astype(np.int64),
            )
        )
        return table, appointments

    def gaps(self, units: pd.DataFrame, homes: pd.DataFrame) -> pd.DataFrame:
        """List the units in which some cannot, with the obstacle of most and what would help.

        The example is the home with most residents of those whom that obstacle hinders; the rest
        is its best try.
        """
        stops = self.vehicles.stops
        rows = units[(units["unit"] != "") & (units["none"] > 0)].sort_values("rank")
        rows = rows.assign(
            points=self.name, residents_none=rows["none"], remedy=rows["way"].map(REMEDIES),
            rank=pd.array(np.arange(1, len(rows) + 1), "Int64"),
        )  # fmt: skip
        order = homes.sort_values(["residents", "home"], ascending=[False, True]).index.to_numpy()
        hindered = homes.loc[order].groupby(["unit", "way"]).indices
        ways = rows["way"].to_numpy(object)
        groups = [order[hindered[key]] for key in zip(rows["unit"], ways, strict=True)]
        asked = [self.asked_for(*one) for one in zip(groups, ways, strict=True)]
        stop, point, begin, end = np.array(asked, np.int64).reshape(-1, 4).T
        # Without a point to go to, or hours that would serve, there is nothing to ask for.
        rows["remedy"] = rows["remedy"].where(point >= 0, "remote_support")
        examples = np.array([group[0] for group in groups], np.int64)
        rows = rows[_OF_GAP].assign(
            hindered=[int(self.weight[group].sum()) for group in groups],
            example=self.homes["home"].to_numpy(object)[examples],
            asked_stop=_at(stops["stop_name"], stop),
            asked_place=_at(self.points["name"], point),
            begin=[clock(time) if time >= 0 else "" for time in begin.tolist()],
            end=[clock(time) if time >= 0 else "" for time in end.tolist()],
        )
        tries = self.tries(examples, ways, point, begin).set_index(rows.index)
        place, at = (tries[name].fillna(-1).astype(np.int64) for name in ("point", "stop"))
        rows = rows.assign(
            place=_at(self.points["place"], place), place_name=_at(self.points["name"], place),
            stop=_at(stops["stop"], at), stop_name=_at(stops["stop_name"], at),
            distance_m=tries["distance_m"],
        )  # fmt: skip
        return rows.join(tries[["out", "arrive", "leave", "back", "walk_s"]].astype("Int64"))

    def tries(
        self, homes: NDArray[np.int64], ways: NDArray[np.object_], points: NDArray[np.int64],
        begins: NDArray[np.int64],
    ) -> pd.DataFrame:  # fmt: skip
        """Tell how near some homes come to it, each by what stands in its way.

        Where that is the hours, by the half hour and point asked for, if they serve the home;
        else by the first half hour that would.
        """
        best = BestTries(
            self.vehicles.timetable, self.on_foot, self.rules, _positions(self.homes),
            _positions(self.points), _positions(self.vehicles.stops), self.members, self.slots,
            np.flatnonzero(self.vehicles.has_service),
        )  # fmt: skip
        table = pd.DataFrame(np.nan, range(len(homes)), _OF_TRY)
        some = {way: np.flatnonzero(ways == way) for way in reach.WAYS}
        point, slot = points.copy(), begins // reach.HALF_HOUR
        for row in some["hours"]:
            usable = self.could_use(homes[row])
            if not usable[point[row], slot[row]]:
                slot[row] = usable.any(axis=0).argmax()
                point[row] = usable[:, slot[row]].argmax()
        find = {
            "no_stop": lambda rows: best.without_stop(homes[rows]),
            "no_outbound": lambda rows: best.too_late(homes[rows]),
            "no_return": lambda rows: best.no_way_home(
                homes[rows], self.found.first_there[homes[rows]]
            ),
            "hours": lambda rows: best.at_other_hours(homes[rows], point[rows], slot[rows]),
        }
        for way in np.unique(ways):
            rows = some[way]
            found = find[way](rows)
            table.loc[rows, found.columns] = found.to_numpy()
        return table

    def could_use(self, home: np.int64) -> NDArray[np.bool_]:
        """Tell which half hours of each point a home could use if it were open for them."""
        could = np.isin(np.arange(reach.SLOTS), reach.could_be_open(self.rules.stay))
        return np.asarray(reach.half_hours(self.found.usable[home]) & self.members[:, None] & could)

    def asked_for(self, hindered: NDArray[np.int64], way: str) -> tuple[int, ...]:
        """Give what would help homes of a unit, sorted, that one obstacle hinders.

        A stop, a point, and between which seconds; -1 where there is nothing to ask for.
        """
        nothing = (-1, -1, -1, -1)
        members = np.flatnonzero(self.members)
        if way == "no_stop":
            return nothing
        if way == "hours":
            weight = self.weight[hindered]
            usable = self.found.usable[np.ix_(hindered, members)]
            halves = reach.could_be_open(self.rules.stay)
            could = [(usable >> np.uint64(slot)) & np.uint64(1) for slot in halves]
            best = int(np.argmax([weight @ some.any(axis=1) for some in could]))
            point = int(members[np.argmax(weight @ could[best])])
            begin = halves[best] * reach.HALF_HOUR
            return -1, point, begin, begin + self.rules.stay
        near = reach.walks_of(self.on_foot.home_stop, hindered[:1])
        served = self.vehicles.has_service[near.target]
        nearest = near.seconds[served].argmin()
        stop, walk = int(near.target[served][nearest]), int(near.seconds[served][nearest])
        begins, ends = self.window(hindered[0], members, way, walk)
        has = begins < ends if way == "no_return" else begins <= ends
        members, begins, ends = members[has], begins[has], ends[has]
        if not len(members):
            return nothing
        here, there = _positions(self.homes.iloc[hindered[:1]]), _positions(self.points)
        lat, lon = (np.repeat(degrees, len(members)) for degrees in here)
        chosen = int(distance(lat, lon, *there.take(members)).argmin())
        return stop, int(members[chosen]), int(begins[chosen]), int(ends[chosen])

    def window(
        self, home: np.int64, points: NDArray[np.int64], way: str, walk: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Tell between which seconds a departure would help a home, for each of some points.

        `no_return`: who leaves a point after the first appointment with a way there, and is at the
        stop, `walk` from home, in time.  `no_outbound`: who is at a point by the last appointment
        with a way back; by its last of all where no point has one, for then both are lacking.
        Empty, with the end first, where none would.
        """
        first, last = (ways[home, points].astype(np.int64) * reach.HALF_HOUR
                       for ways in (self.found.first_there, self.found.last_back))  # fmt: skip
        if way == "no_return":
            return first + self.rules.stay, np.full(len(points), self.rules.home - walk)
        timely = self.timely[points]
        begins = np.where(timely.any(axis=1), timely.argmax(axis=1), reach.SLOTS)
        ends = reach.SLOTS - 1 - timely[:, ::-1].argmax(axis=1)
        if (last >= 0).any():
            return begins * reach.HALF_HOUR, last
        return begins * reach.HALF_HOUR, ends * reach.HALF_HOUR


def _depending(sets: list[_Set]) -> list[float]:
    """Give the share of residents who could not without a call by arrangement, of each set."""
    one = sets[0]
    rest, total = one.vehicles.by_arrangement, one.weight.sum()
    if rest is None or not total:
        return [0.0] * len(sets)
    by_bus = np.stack([each.classes == BUS for each in sets], axis=1)
    homes = np.flatnonzero(by_bus.any(axis=1))
    opens = [each.slots & each.members[:, None] for each in sets]
    depends = by_bus[homes] & ~reach.can_use(rest, one.on_foot, homes, opens, one.rules)
    return [float(share) for share in one.weight[homes] @ depends / total]


def _at(values: pd.Series, rows: ArrayLike) -> NDArray[np.object_]:
    """Give the texts of some rows, an empty one for -1."""
    return np.asarray(np.append(values.to_numpy(object), [""])[np.asarray(rows)])


def _clocks(slots: NDArray[np.int64], known: NDArray[np.bool_]) -> list[str]:
    return [
        clock(int(slot) * reach.HALF_HOUR) if is_known else ""
        for slot, is_known in zip(slots, known, strict=True)
    ]


def _by_unit(homes: pd.DataFrame, result: Network) -> pd.DataFrame:
    """Sum the homes by unit, municipality and for the country."""
    names = ["unit", "unit_name", "municipality", "municipality_name"]
    homes = homes.merge(result.units[names], on="unit", how="left")
    levels = [_figures(homes, keys) for keys in (names, names[2:], [])]
    levels[0]["rank"] = levels[0]["none"].rank(method="first", ascending=False).astype("Int64")
    table = pd.concat(levels, ignore_index=True)
    table[names] = table[names].fillna("")
    return table


def _figures(homes: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Sum the homes by some keys; without any all together."""
    group, size = np.zeros(len(homes), np.int64), 1
    table = pd.DataFrame(index=range(size))
    if keys:
        grouped = homes.groupby(keys, sort=True)
        group, size = np.asarray(grouped.ngroup(), np.int64), grouped.ngroups
        table = grouped.size().reset_index()[keys]
    weight, kind = homes["residents"].to_numpy(float), homes["class"].to_numpy(object)
    is_none = kind == NONE

    def total(values: NDArray[np.float64], among: NDArray[np.bool_]) -> NDArray[np.float64]:
        return np.asarray(np.bincount(group[among], values[among], minlength=size), float)

    table["residents"] = total(weight, weight >= 0).astype(np.int64)
    for name in (WALK, BUS, NONE):
        table[name] = total(weight, kind == name).astype(np.int64)
    for name in ("least", "most"):
        bound = homes[f"population_{name}"].to_numpy(float)
        table[f"none_{name}"] = total(bound, is_none).astype(np.int64)
    able = ~is_none & (weight > 0)
    for name, column, share in (
        ("appointments_median", "appointments", 0.5), ("minutes_p50", "minutes", 0.5),
        ("minutes_p90", "minutes", 0.9), ("changes_p50", "changes", 0.5),
    ):  # fmt: skip
        values = homes[column].to_numpy(float, na_value=np.nan)
        table[name] = weighted_quantiles(group[able], values[able], weight[able], share, size)
    own = homes["own"].fillna(value=False).to_numpy(bool)
    with np.errstate(invalid="ignore"):
        table["own_share"] = total(weight, able & own) / total(weight, able)
    ways = sorted(reach.WAYS)
    of_way = homes["way"].to_numpy(object)
    sums = np.stack([total(weight, is_none & (of_way == way)) for way in ways])
    table["way"] = np.where(sums.any(axis=0), np.array(ways, object)[sums.argmax(axis=0)], "")
    return table


def _assumed_share(homes: pd.DataFrame, points: pd.DataFrame, name: str) -> float:
    able = homes[(homes["points"] == name) & (homes["class"] != NONE)]
    known = able["place"].map(points.set_index("place")["hours_known"])
    total = able["residents"].sum()
    return float(able["residents"][known == False].sum() / total) if total else 0.0  # noqa: E712
