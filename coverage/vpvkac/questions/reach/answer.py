"""The answer of `vpvkac reach`: homes, places and units, by what residents can use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis import reach
from vpvkac.analysis.network import Network, is_open_centre, points_and_centres
from vpvkac.analysis.opening import DAY, open_around, read_week
from vpvkac.analysis.reach import Choice, Journeys, OnFoot, Places, Rules
from vpvkac.geo.geodesy import distance, to_degrees
from vpvkac.model.accounts import Progress, silent
from vpvkac.questions.reach.question import Question, seconds_of
from vpvkac.questions.reach.vehicles import Vehicles, read_vehicles
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

WALK, BUS, NONE = "walk", "bus", "none"
EXISTING, NETWORK = "existing", "network"
REMEDIES = {
    "no_stop": "remote_support",
    "no_outbound": "departure_there",
    "no_return": "departure_back",
    "hours": "other_hours",
}
_SEARCHING = Message("Journeys: appointment {} of {}")
_FOLLOWING = Message("Journeys: arrivals and changes")
_RESIDENTS = ("population", "population_least", "population_most")
_EDGE = 2
# What is told beside the obstacle of a unit: its example, whom it hinders, and what would help.
_HELP = ["example", "hindered", "stop", "place", "begin", "end"]


@dataclass(frozen=True, repr=False)
class Answer:
    """What `reach` finds; each table has a row for each set of points, existing, then network.

    Parameters
    ----------
    units
        As in reach.csv: units, then municipalities, then the country.
    places
        As in reach_places.csv.
    homes
        As in reach_homes.parquet.
    gaps
        As in gaps_reach.csv, without its sentence.
    by_hour
        Residents who can use some point, by `points` and `begin` of the
        appointment, seconds after midnight.
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
    question, rules, result
        What was asked, by which rules, of which analysis.
    """

    units: pd.DataFrame
    places: pd.DataFrame
    homes: pd.DataFrame
    gaps: pd.DataFrame
    by_hour: pd.DataFrame
    day: dt.date
    counts: Mapping[str, int]
    assumed: Mapping[str, float]
    arranged: Mapping[str, float]
    question: Question
    rules: Rules
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
    slots = reach.open_slots(np.stack(points["minutes"].to_list()), question.stay)
    at_home = _positions(homes)
    on_foot = OnFoot(
        reach.walks(at_home, vehicles.stops, rules, rules.walk),
        reach.walks(at_home, _positions(points), rules, rules.walk),
        reach.walks(_positions(points), vehicles.stops, rules, rules.walk),
    )
    shape = (len(homes), len(points))

    def step(number: int, many: int) -> None:
        progress(_SEARCHING.with_values(number + 1, many))

    found = reach.search(vehicles.timetable, on_foot, shape, slots, rules, progress=step)
    sure = None
    if vehicles.by_arrangement is not None:
        sure = reach.search(
            vehicles.by_arrangement, on_foot, shape, slots, rules, slots=(), progress=step
        )
    names = [EXISTING, NETWORK] if question.points == "both" else [question.points]
    sets = [_Set(name, found, homes, points, slots, on_foot, vehicles, rules) for name in names]
    progress(_FOLLOWING)
    journeys = reach.there_and_back(
        vehicles.timetable, on_foot, [one.choice for one in sets], rules
    )
    tables = [one.tables(result, *way) for one, way in zip(sets, journeys, strict=True)]
    units, places, at_homes, gaps, by_hour = (
        pd.concat([table[number] for table in tables], ignore_index=True) for number in range(5)
    )
    assumed = {name: _assumed_share(at_homes, points, name) for name in names}
    arranged = {
        one.name: replace(one, found=sure).lost(at_homes) if sure is not None else 0.0
        for one in sets
    }
    return Answer(
        units, places, at_homes, gaps, by_hour, vehicles.day, vehicles.counts, assumed, arranged,
        question, rules, result,
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
    """One set of points, and what is found for it."""

    name: str
    found: Journeys
    homes: pd.DataFrame
    points: pd.DataFrame
    slots: NDArray[np.bool_]
    on_foot: OnFoot
    vehicles: Vehicles
    rules: Rules

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
        return units, self.at_places(homes), homes, self.gaps(units, homes, result), by_hour

    def classes(self) -> NDArray[np.object_]:
        pairs = self.on_foot.home_point
        near = self.members[pairs.target] & self.slots[pairs.target].any(axis=1)
        on_foot = np.zeros(len(self.homes), bool)
        on_foot[pairs.origin[near]] = True
        return np.select([on_foot, self.choice.point >= 0], [WALK, BUS], NONE).astype(object)

    def lost(self, homes: pd.DataFrame) -> float:
        """Give the share of residents who are of class `none` here, and of another there."""
        kinds = self.classes()
        there = homes[homes["points"] == self.name]
        lost = (kinds == NONE) & (there["class"] != NONE).to_numpy()
        total = there["residents"].sum()
        return float(there["residents"].to_numpy()[lost].sum() / total) if total else 0.0

    def at_homes(self, arrive: NDArray[np.int64], changes: NDArray[np.int64]) -> pd.DataFrame:
        choice, kinds = self.choice, self.classes()
        has_stop = np.zeros(len(self.homes), bool)
        near = self.on_foot.home_stop
        has_stop[near.origin[self.vehicles.has_service[near.target]]] = True
        way = reach.obstacles(self.found, self.members, has_stop)
        some = choice.point >= 0
        place = self.points["place"].to_numpy()[choice.point]
        unit = self.points["unit"].to_numpy()[choice.point]
        open_at = self.slots.sum(axis=1)[choice.point]
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
        return homes

    def at_places(self, homes: pd.DataFrame) -> pd.DataFrame:
        """Count for every place of the set whom it serves, and whom other hours would add.

        Added are residents who can use no place of the set, and could use this one.
        """
        members = np.flatnonzero(self.members)
        weight = homes["residents"].to_numpy(float)
        usable, open_ = self.found.usable[:, members], reach.slot_bits(self.slots)[members]
        served = (usable & open_) != 0
        pairs = self.on_foot.home_point
        walking = np.zeros(self.found.usable.shape, bool)
        walking[pairs.origin, pairs.target] = True
        walking = walking[:, members] & self.slots[members].any(axis=1)
        by_slot = reach.residents_by_slot(self.found, weight)[members]
        open_slots = self.slots[members]
        best = np.where(open_slots, by_slot, -1)
        is_none = (homes["class"] == NONE).to_numpy()[: len(weight)]
        points = self.points.iloc[members]
        has = np.asarray(open_slots.any(axis=1))
        table = pd.DataFrame(
            {
                "points": self.name,
                "place": points["place"],
                "unit": points["unit"],
                "hours": points["hours"],
                "hours_known": points["hours_known"],
                "appointments": open_slots.sum(axis=1),
                "residents_walk": (weight @ walking).round().astype(np.int64),
                "residents_bus": (weight @ (served & ~walking)).round().astype(np.int64),
                "first": _clocks(open_slots.argmax(axis=1), has),
                "last": _clocks(reach.SLOTS - 1 - open_slots[:, ::-1].argmax(axis=1), has),
                "busiest": _clocks(best.argmax(axis=1), has & (best.max(axis=1) > 0)),
            }
        )
        for name, more in zip(("earlier_adds", "later_adds"), _hour_more(open_slots), strict=True):
            bits = reach.slot_bits(more)
            won = ((usable & bits) != 0) & is_none[:, None]
            table[name] = pd.array((weight @ won).round().astype(np.int64), "Int64")
            table.loc[~more.any(axis=1), name] = pd.NA
        return table

    def gaps(self, units: pd.DataFrame, homes: pd.DataFrame, result: Network) -> pd.DataFrame:
        """List the units in which some cannot, with the obstacle of most and what would help.

        The example is the home with most residents of those whom that obstacle hinders.
        """
        rows = units[(units["unit"] != "") & (units["none"] > 0)].sort_values("rank")
        rows = rows.assign(
            points=self.name, residents_none=rows["none"], remedy=rows["way"].map(REMEDIES),
            rank=pd.array(np.arange(1, len(rows) + 1), "Int64"),
        )  # fmt: skip
        by_way = dict(iter(homes.groupby(["unit", "way"])))
        helps = []
        for unit, way in rows[["unit", "way"]].itertuples(index=False):
            hindered = by_way[unit, way].sort_values(["residents", "home"], ascending=[False, True])
            helps.append(self.help(hindered, way, result))
        of_help = pd.DataFrame(helps, rows.index, _HELP)
        names = ["points", "rank", "unit", "unit_name", "municipality", "municipality_name",
                 "residents_none", "none_least", "none_most", "way", "remedy"]  # fmt: skip
        return pd.concat([rows[names], of_help], axis=1)

    def help(self, hindered: pd.DataFrame, way: str, result: Network) -> tuple[object, ...]:
        """Give `_HELP` for homes of a unit, sorted, that one obstacle hinders."""
        home, residents = hindered["home"].iloc[0], int(hindered["residents"].sum())
        if way == "no_stop":
            return home, residents, "", "", "", ""
        members = np.flatnonzero(self.members)
        rows = hindered.index.to_numpy()
        if way == "hours":
            weight = hindered["residents"].to_numpy(float)
            usable = self.found.usable[np.ix_(rows, members)]
            could = [(usable >> np.uint64(slot)) & np.uint64(1) for slot in reach.COULD_BE_OPEN]
            best = int(np.argmax([weight @ some.any(axis=1) for some in could]))
            point = members[int(np.argmax(weight @ could[best]))]
            begin = reach.COULD_BE_OPEN[best] * reach.HALF_HOUR
            place = self.points["name"].iloc[point]
            return home, residents, "", place, clock(begin), clock(begin + self.rules.stay)
        example = self.homes.iloc[rows[0]]
        has = self.slots[members].any(axis=1)
        if way == "no_return":
            has &= self.found.goes[rows[0], members]
        members = members[has]
        if not len(members):
            return home, residents, "", "", "", ""
        at = self.points.iloc[members]
        here = (np.full(len(at), example[name], float) for name in ("lat", "lon"))
        point = members[distance(*here, at["lat"], at["lon"]).argmin()]
        near = reach.walks_of(self.on_foot.home_stop, rows[:1])
        served = self.vehicles.has_service[near.target]
        stop = near.target[served][near.seconds[served].argmin()]
        slots = np.flatnonzero(self.slots[point]) * reach.HALF_HOUR
        begin, end = int(slots[0]), int(slots[-1])
        if way == "no_return":
            begin, end = begin + self.rules.stay, self.rules.home
        names = (result.stops["stop_name"].iloc[stop], self.points["name"].iloc[point])
        return home, residents, *names, clock(begin), clock(end)


def _clocks(slots: NDArray[np.int64], known: NDArray[np.bool_]) -> list[str]:
    return [
        clock(int(slot) * reach.HALF_HOUR) if is_known else ""
        for slot, is_known in zip(slots, known, strict=True)
    ]


def clock(seconds: int) -> str:
    """Write seconds after midnight as HH:MM, rounded down."""
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}"


def _hour_more(open_slots: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Give the appointments that opening an hour earlier, and closing one later, would add.

    Within 07:00-19:00; none for a point that is not open at all.
    """
    could = np.zeros(reach.SLOTS, bool)
    could[list(reach.COULD_BE_OPEN)] = True
    position = np.arange(reach.SLOTS)
    has = np.asarray(open_slots.any(axis=1))
    first = open_slots.argmax(axis=1)[:, None]
    last = (reach.SLOTS - 1 - open_slots[:, ::-1].argmax(axis=1))[:, None]
    earlier = (position >= first - _EDGE) & (position < first)
    later = (position > last) & (position <= last + _EDGE)
    return earlier & could & has[:, None], later & could & has[:, None]


def _by_unit(homes: pd.DataFrame, result: Network) -> pd.DataFrame:
    """Sum the homes by unit, municipality and for the country."""
    names = result.units[["unit", "unit_name", "municipality", "municipality_name"]]
    homes = homes.merge(names, on="unit", how="left")
    levels: list[pd.DataFrame] = []
    for keys in (["unit", "unit_name", "municipality", "municipality_name"],
                 ["municipality", "municipality_name"], []):  # fmt: skip
        if keys:
            rows = [
                {**dict(zip(keys, key, strict=True)), **_figures(part)}
                for key, part in homes.groupby(keys, sort=True)
            ]
        else:
            rows = [_figures(homes)]
        levels.append(pd.DataFrame(rows))
    levels[0]["rank"] = levels[0]["none"].rank(method="first", ascending=False).astype("Int64")
    table = pd.concat(levels, ignore_index=True)
    texts = ["unit", "unit_name", "municipality", "municipality_name"]
    table[texts] = table[texts].fillna("")
    return table


def _figures(homes: pd.DataFrame) -> dict[str, object]:
    weight = homes["residents"]
    by_class = weight.groupby(homes["class"]).sum()
    none = homes[homes["class"] == NONE]
    able = homes[homes["class"] != NONE]
    able = able[able["residents"] > 0]
    ways = none["residents"].groupby(none["way"]).sum()
    own = able["residents"][able["own"].fillna(value=False).astype(bool)].sum()
    return {
        "residents": int(weight.sum()),
        **{kind: int(by_class.get(kind, 0)) for kind in (WALK, BUS, NONE)},
        "none_least": int(none["population_least"].sum()),
        "none_most": int(none["population_most"].sum()),
        "appointments_median": weighted_quantile(able["appointments"], able["residents"], 0.5),
        "minutes_p50": weighted_quantile(able["minutes"], able["residents"], 0.5),
        "minutes_p90": weighted_quantile(able["minutes"], able["residents"], 0.9),
        "changes_p50": weighted_quantile(able["changes"], able["residents"], 0.5),
        "own_share": own / able["residents"].sum() if len(able) else float("nan"),
        "way": min((-count, way) for way, count in ways.items())[1] if ways.sum() else "",
    }


def weighted_quantile(values: pd.Series, weights: pd.Series, share: float) -> float:
    """Give the least value up to which a share of the weight lies; NaN without weight."""
    order = np.argsort(values.to_numpy(float), kind="stable")
    total = np.cumsum(weights.to_numpy(float)[order])
    if not len(total) or total[-1] <= 0:
        return float("nan")
    at = np.searchsorted(total, share * total[-1] * (1 - 1e-12), side="left")
    return float(values.to_numpy(float)[order][at])


def _assumed_share(homes: pd.DataFrame, points: pd.DataFrame, name: str) -> float:
    able = homes[(homes["points"] == name) & (homes["class"] != NONE)]
    known = able["place"].map(points.set_index("place")["hours_known"])
    total = able["residents"].sum()
    return float(able["residents"][known == False].sum() / total) if total else 0.0  # noqa: E712
