"""Reach from end to end, against journeys found by plain loops that share no code."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

import hours_oracle
from conftest import SAMPLE
from reach_oracle import (
    CHANGE_WALK,
    GEOD,
    LATE,
    NEVER,
    Day,
    Near,
    read_rules,
    read_trips,
    scan,
    walk,
)
from vpvkac.analysis import reach
from vpvkac.analysis.best_try import BestTries
from vpvkac.analysis.reach import OnFoot, Places, Rules
from vpvkac.analysis.timetable import Starts
from vpvkac.api.coverage import Result
from vpvkac.api.questions import Reach
from vpvkac.model.accounts import silent
from vpvkac.model.project import Input, StopInput
from vpvkac.questions.reach.vehicles import Vehicles, read_vehicles
from vpvkac.sources.gtfs import read_timetable

HALF, STAY, WALK = 1800, 1800, 1800
LEAVE, HOME, MIDNIGHT = 5 * 3600, 21 * 3600, 24 * 3600
COULD = range(14, 38)
FEEDS = {
    "reg": "gtfs-latvia-lv.zip", "pilseta": "gtfs-pilseta.zip", "nomale": "gtfs-nomale.zip",
}  # fmt: skip


class Country:
    """Points, stops and the day, as the oracle knows them."""

    def __init__(self, feeds: dict[str, Path], day: dt.date, points: pd.DataFrame) -> None:
        trips, where, rules = [], {}, {}
        for name, path in feeds.items():
            of_feed, stops = read_trips(path, name, day)
            trips += of_feed
            where |= stops
            rules |= read_rules(path, name)
        self.day = Day.of(trips, where, rules)
        self.mirror = self.day.backward()
        self.where = where
        self.near = Near(where)
        self.served = {
            call.stop for run in trips for calls in (
                [call for call in run[:-1] if call.on], [call for call in run[1:] if call.off]
            ) for call in calls
        }  # fmt: skip
        self.points = list(zip(points["lat"], points["lon"], strict=True))
        self.near_points = Near(dict(enumerate(self.points)))
        self.egress: dict[str, list[tuple[int, int]]] = {}
        for point, at in enumerate(self.points):
            for stop, took in self.near.within(at, WALK).items():
                self.egress.setdefault(stop, []).append((point, took))

    def walks(self, home: tuple[float, float]) -> tuple[dict[str, int], dict[int, int]]:
        return self.near.within(home, WALK), self.near_points.within(home, WALK)

    def journeys(
        self, home: tuple[float, float]
    ) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
        """The latest leaving and the earliest return, by point and half hour."""
        access, direct = self.walks(home)
        begins = [slot * HALF for slot in COULD]
        ends = [-(begin + STAY) for begin in begins]
        there = self.day.latest(access, self.egress, direct, begins)
        again = self.mirror.latest(access, self.egress, direct, ends)
        out = {(p, k // HALF): t for (p, k), t in there.items() if t >= LEAVE}
        back = {(p, (-k - STAY) // HALF): -t for (p, k), t in again.items() if -t <= HOME}
        return out, back

    def scans(self, slots: list[int]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Of each stop the latest leaving, negative, and the earliest alighting, if by midnight.

        By point and half hour: of one scan there and one back for all of them.
        """
        begin = np.array(slots) * HALF
        columns = len(self.points) * len(slots)

        def starts(moments: Any) -> dict[str, dict[int, int]]:
            return {
                stop: {
                    point * len(slots) + number: int(moment) + took
                    for point, took in near for number, moment in enumerate(moments)
                } for stop, near in self.egress.items()
            }  # fmt: skip

        return (
            scan(self.mirror, starts(-begin), columns, -LEAVE),
            scan(self.day, starts(begin + STAY), columns, MIDNIGHT),
        )

    def by_scan(
        self, slots: list[int], homes: list[tuple[float, float]], scans: tuple[Any, Any]
    ) -> Iterator[tuple[Any, Any, dict[str, int], dict[int, int]]]:
        """Of each home the latest leavings and earliest returns by point and half hour; its walks.

        The least of stop and walk, or of the walk alone.
        """
        there, again = scans
        begin = np.array(slots) * HALF
        shape = (len(self.points), len(slots))
        for home in homes:
            access, direct = self.walks(home)
            ways = []
            for at_stops, moments in ((there, -begin), (again, begin + STAY)):
                best = np.full(shape, LATE)
                for stop, took in access.items():
                    if stop in at_stops:
                        best = np.minimum(best, at_stops[stop].reshape(shape) + took)
                for point, took in direct.items():
                    best[point] = np.minimum(best[point], moments + took)
                ways.append(best)
            yield -ways[0], ways[1], access, direct

    def check_moment(self, home: tuple[float, float], point: int, slot: int, out: int) -> None:
        """One who leaves at `out` is there in time, and one second later is not."""
        access, direct = self.walks(home)
        arrive = self.day.reaches(access, self.egress, direct, out)
        assert arrive[point] <= slot * HALF
        later = self.day.reaches(access, self.egress, direct, out + 1)
        assert later.get(point, NEVER) > slot * HALF


def best_of(out: Any, back: Any, open_: Any) -> tuple[int, ...]:
    """The point with most usable appointments, then fewest seconds away, then the first."""
    usable = open_ & (out >= LEAVE) & (back <= HOME)
    away = np.where(usable, back - out, LATE)
    count, least = usable.sum(axis=1), away.min(axis=1)
    point = int(np.lexsort((least, -count))[0])
    if not count[point]:
        return 0, -1, 0, 0, 0
    slot = int(away[point].argmin())
    return int(count[point]), point, slot, int(out[point, slot]), int(back[point, slot])


class Try(NamedTuple):
    """What is told of the best try of a home."""

    point: int | None = None
    out: int | None = None
    arrive: int | None = None
    leave: int | None = None
    back: int | None = None
    stop: str | None = None
    distance_m: float | None = None
    walk_s: int | None = None


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return round(GEOD.inv(one[1], one[0], other[1], other[0])[2], 3)


def nearest_stop(country: Country, home: tuple[float, float]) -> Try:
    away, stop = min((metres(home, country.where[stop]), stop) for stop in country.served)
    return Try(stop=stop, distance_m=away, walk_s=walk(home, [country.where[stop]])[0])


def too_late(country: Country, home: tuple[float, float], open_: Any, until: int) -> Try:
    """The earliest arrival at a point that serves, or else how near one gets to such a point."""
    access, direct = country.walks(home)
    serves = np.flatnonzero(open_.any(axis=1)).tolist()
    reached = country.day.reaches(access, country.egress, direct, LEAVE)
    arrive, point = min((reached.get(p, NEVER), p) for p in serves)
    if arrive <= until:
        assert arrive > np.flatnonzero(open_[point])[-1]
        latest = country.day.latest(access, country.egress, direct, [int(arrive)])
        return Try(point, latest[point, int(arrive)], int(arrive))
    stops = {
        stop for _, better in country.day.labels(access, [LEAVE])
        for stop, at in better.items() if at <= until
    }  # fmt: skip
    places = [(1, stop, country.where[stop]) for stop in stops] + [(0, None, home)]
    away, _, point, stop = min(
        (metres(at, country.points[p]), rank, p, stop) for rank, stop, at in places for p in serves
    )
    return Try(point, stop=stop, distance_m=away)


def no_way_home(
    country: Country, home: tuple[float, float], ways: tuple[Any, Any], open_: Any, slots: Any,
    *, follow: bool = True,
) -> Try:  # fmt: skip
    """Of the appointments with a way there the earliest return by midnight, then the latest out."""
    out, back = ways
    among = goes = open_ & (out >= LEAVE)
    late = goes & (back <= MIDNIGHT)
    home_at = int(back[late].min()) if late.any() else None
    if home_at is not None:
        among = late & (back == home_at)
    leaves = int(out[among].max())
    if not follow:
        return Try(out=leaves, back=home_at)
    access, direct = country.walks(home)
    reached = country.day.reaches(access, country.egress, direct, leaves)
    arrive, point = min(
        (reached[p], p) for p, row in enumerate(among)
        if row.any() and reached.get(p, NEVER) <= slots[np.flatnonzero(row)[-1]] * HALF
    )  # fmt: skip
    slot = min(
        k for k, some in zip(slots, open_[point], strict=True) if some and k * HALF >= arrive
    )
    return Try(point, leaves, int(arrive), slot * HALF + STAY, home_at)


def told(row: Any) -> Try:
    """What the program tells; points and stops by number or by key."""
    facts = {name: row[name] for name in Try._fields if name in row}
    return Try(**{name: None if pd.isna(fact) or fact == "" else fact
                  for name, fact in facts.items()})  # fmt: skip


def appointments(hours: str, day: dt.date) -> set[int]:
    """Half hours whose next 30 minutes are open, minute by minute."""
    rules = hours_oracle.Reader(hours).rules()
    return {
        slot for slot in range(48)
        if all(hours_oracle.state(rules, day, slot * 30 + minute) == hours_oracle.YES
               for minute in range(30))
    }  # fmt: skip


@pytest.fixture
def answer(sample_reach: Reach) -> Reach:
    return sample_reach


@pytest.mark.slow
def test_the_planted_journeys_are_found(truth: dict[str, Any], answer: Reach) -> None:
    homes = answer.homes.set_index(["points", "home"])
    kinds = set()
    for wanted, points in itertools.product(truth["journeys"].values(), ("existing", "network")):
        row = homes.loc[(points, wanted["home"])]
        kinds.add((row["class"], row["way"]))
        assert row["place"] == (wanted["centre"] if wanted["class"] == "bus" else "")
        shared = wanted.keys() & set(row.index)
        told = {key: wanted[key] for key in shared if wanted["class"] == "bus" or key != "of"}
        assert row[list(told)].to_dict() == told
    assert kinds == {("bus", ""), *(("none", way) for way in reach.WAYS[1:])}
    # One home of five residents has only the bus that must be asked for.
    total = answer.units["residents"].iloc[-1]
    assert [share * total for share in answer.arranged.values()] == pytest.approx([5, 5])


@pytest.mark.slow
def test_the_sample_as_plain_loops_find_it(sample_result: Result, answer: Reach) -> None:
    places = answer.places[answer.places["points"] == "network"]
    at = pd.concat([table.set_index("place")
                    for table in (sample_result.network, sample_result.places)])  # fmt: skip
    at = at[~at.index.duplicated()].loc[places["place"], ["lat", "lon"]]
    country = Country({k: SAMPLE / v for k, v in FEEDS.items()}, answer.day, at)
    slots = {hours: appointments(hours, answer.day) for hours in places["hours"].unique()}
    of_point = [slots[hours] for hours in places["hours"]]
    assert places["appointments"].tolist() == [len(found) for found in of_point]
    open_centres = set(answer.places.loc[answer.places["points"] == "existing", "place"])
    keys = places["place"].tolist()
    in_set = {
        "network": of_point,
        "existing": [k if key in open_centres else set()
                     for k, key in zip(of_point, keys, strict=True)],
    }  # fmt: skip
    members = {
        "network": set(range(len(keys))),
        "existing": {p for p, key in enumerate(keys) if key in open_centres},
    }
    tables = {name: table.set_index("home") for name, table in answer.homes.groupby("points")}
    homes, by_home = tables["network"], {name: t.to_dict("index") for name, t in tables.items()}
    assert len(homes) > 7_000
    chosen = set(np.random.default_rng(20261129).choice(sorted(homes.index), 12, replace=False))
    every = sorted({*COULD, *set().union(*of_point)})
    gaps = gaps_of(answer, keys)
    open_ = {name: np.array([[k in points for k in every] for points in in_set[name]])
             for name in by_home}  # fmt: skip
    could = np.array([k in COULD for k in every])
    where = list(zip(homes["lat"], homes["lon"], strict=True))
    scans = country.scans(every)
    check_stops(
        country, every, scans,
        read_vehicles(sample_result, answer.day, Rules(), rail=False, progress=silent),
        list(sample_result.stops["stop"]), step=3,
    )  # fmt: skip
    journeys = country.by_scan(every, where, scans)
    asked_for = []
    for key, home, (out, back, access, direct) in zip(homes.index, where, journeys, strict=True):
        if key in chosen:
            check_labels(country, home, out[:, could], back[:, could])
        for name, rows in by_home.items():
            row = rows[key]
            count, point, number, leaves, returns = best_of(out, back, open_[name])
            on_foot = by_foot(country, home, direct, in_set[name])
            kind = "walk" if on_foot else "bus" if count else "none"
            assert row["class"] == kind
            check_walk(row, on_foot, keys)
            check_best(row, count, (keys[point], len(of_point[point])), every[number],
                       (leaves, returns))  # fmt: skip
            if count and key in chosen:
                country.check_moment(home, point, every[number], leaves)
                arrive = country.day.reaches(access, country.egress, direct, leaves)[point]
                assert row["arrive"] == arrive
            if kind == "none":
                usable = members[name], (out >= LEAVE, back <= HOME), could
                assert row["way"] == in_the_way(
                    country.served & access.keys(), open_[name], *usable
                )
            if row["way"] == "hours":
                serves = ((out >= LEAVE) & (back <= HOME))[sorted(members[name])].any(axis=0)
                asked_for.append((name, row, [every[k] for k in np.flatnonzero(serves & could)]))
            if (name, key) in gaps:
                gap = gaps.pop((name, key))
                assert gap["way"] == row["way"]
                check_gap(country, home, gap, (out, back), (open_[name], every))
    assert len(answer.homes[["points", "class", "way"]].drop_duplicates()) > 8
    assert not gaps
    check_hours(asked_for)


def by_foot(
    country: Country, home: tuple[float, float], direct: dict[int, int], in_set: list[set[int]]
) -> tuple[float, int] | None:
    """The point with most appointments on foot, the nearest on ties: metres, then its number."""
    found = []
    for point, took in direct.items():
        usable = [k for k in in_set[point]
                  if k * HALF - took >= LEAVE and k * HALF + STAY + took <= HOME]  # fmt: skip
        if usable:
            found.append((-len(usable), metres(home, country.points[point]), point))
    return min(found)[1:] if found else None


def check_best(
    row: Any, count: int, place: tuple[str, int], slot: int, times: tuple[int, int]
) -> None:
    """The chosen point with its appointments, and the journey; nothing where none is usable."""
    assert row["appointments"] == count
    if count:
        leaves, returns = times
        assert (row["place"], row["of"]) == place
        assert (row["out"], row["back"]) == times
        assert row["leave"] == slot * HALF + STAY
        assert row["minutes"] == -(-(returns - leaves) // 60)


def check_walk(row: Any, on_foot: tuple[float, int] | None, keys: list[str]) -> None:
    """The point on foot, of the class `walk` alone; the half hour, of those hours hinder."""
    assert pd.isna(row["hour"]) == (row["way"] != "hours")
    if on_foot is None:
        assert row["walk_place"] == ""
        assert pd.isna(row["walk_m"])
    else:
        assert (row["walk_m"], row["walk_place"]) == (on_foot[0], keys[on_foot[1]])


def check_hours(hindered: list[tuple[str, Any, list[int]]]) -> None:
    """The half hour asked for is one that would serve the home, and most of those of its unit."""
    assert hindered
    for name, row, slots in hindered:
        served = [
            sum(other["residents"] for of, other, among in hindered
                if of == name and other["unit"] == row["unit"] and slot in among)
            for slot in slots
        ]  # fmt: skip
        assert row["hour"] == slots[served.index(max(served))] * HALF


def in_the_way(
    stops: set[str], open_: Any, members: set[int], ways: tuple[Any, Any], could: Any
) -> str:
    """The first obstacle that holds, where no appointment is usable; by ways there and back."""
    goes, homeward = ways
    helps = (goes & homeward)[sorted(members)][:, could].any()
    if not stops:
        return "no_stop"
    if not (goes & open_).any():
        return "no_outbound"
    return "no_return" if not (homeward & open_).any() or not helps else "hours"


def gaps_of(answer: Reach, keys: list[str]) -> dict[tuple[str, str], dict[str, Any]]:
    """What is told of the example of each unit; of one of forty also the journey it follows."""
    rows = answer.gaps.set_index(["points", "example"]).to_dict("index")
    followed = set(sorted({home for _, home in rows})[::40])
    nothing: dict[str, Any] = dict.fromkeys(("point", "arrive", "leave"))
    return {
        (points, home): gap | (
            {"point": keys.index(gap["place"])} if gap["place"] and home in followed else nothing
        ) for (points, home), gap in rows.items()
    }  # fmt: skip


def check_gap(
    country: Country, home: tuple[float, float], gap: dict[str, Any], ways: tuple[Any, Any],
    hours: tuple[Any, Any],
) -> None:  # fmt: skip
    """The best try of the example of a unit, by the hours of its points."""
    wanted = nearest_stop(country, home) if gap["way"] == "no_stop" else no_way_home(
        country, home, ways, *hours, follow=gap["point"] is not None
    )  # fmt: skip
    assert told(gap) == wanted


def check_stops(
    country: Country, slots: list[int], scans: tuple[Any, Any], vehicles: Vehicles,
    stops: list[str], step: int = 1,
) -> None:  # fmt: skip
    """From every stop the latest leaving, and to it the earliest return, are those of the scan.

    Of three half hours in `step` times three.
    """
    points = len(country.points)
    number = {stop: row for row, stop in enumerate(stops)}
    start, stop, took = np.array([
        (point, number[key], seconds) for key, near in country.egress.items()
        for point, seconds in near if key in number
    ]).T  # fmt: skip
    begin = np.array(slots) * HALF
    ways = (
        (vehicles.timetable.mirror(), scans[0], -begin, -LEAVE),
        (vehicles.timetable, scans[1], begin + STAY, MIDNIGHT),
    )
    missed = np.full(points * len(slots), LATE, np.int32)
    for timetable, at_stops, moments, until in ways:
        for low in range(0, len(slots), 3 * step):
            some = moments[low : low + 3, None]
            column = np.arange(len(some))[:, None] * points
            starts = Starts(
                (start + column).ravel(), np.tile(stop, len(some)), (took + some).ravel(),
                points * len(some),
            )  # fmt: skip
            found = timetable.earliest_arrivals(starts, until)
            wanted = np.stack([
                at_stops.get(key, missed).reshape(points, -1)[:, low : low + 3].T.ravel()
                for key in stops
            ])  # fmt: skip
            assert np.array_equal(found, np.where(wanted <= until, wanted, LATE))


def check_labels(country: Country, home: tuple[float, float], out: Any, back: Any) -> None:
    """The search by labels finds what the scan finds."""
    by_labels = country.journeys(home)
    for found, there, is_late in zip(
        by_labels, (out, back), (out < LEAVE, back > HOME), strict=True
    ):
        every = {(p, COULD[n]): int(there[p, n]) for p, n in np.argwhere(~is_late)}
        assert found == every


def test_a_real_feed_as_plain_loops_find_it(shared_data: Path) -> None:
    path = shared_data / "feeds/chateau_thierry_2025-10.zip"
    kinds = check_feed(path, "ct", dt.date(2025, 10, 14), by_labels=40)
    assert {name for name, *_ in kinds} == set(reach.WAYS)
    assert len(kinds) > 5, kinds


Kinds = set[tuple[str, bool, bool, bool]]


def check_feed(path: Path, name: str, day: dt.date, *, by_labels: int) -> Kinds:
    """All that is found with a feed, from each of its stops and homes around them."""
    _, where = read_trips(path, name, day)
    stops = pd.DataFrame([(key, *at) for key, at in where.items()], columns=["stop", "lat", "lon"])
    stops["stop_name"] = stops["stop"]
    random = np.random.default_rng(20261129)

    def scatter(many: int) -> pd.DataFrame:
        near = stops.iloc[random.choice(len(stops), many)][["lat", "lon"]].reset_index(drop=True)
        return near + random.normal(0, 0.006, (many, 2))

    # Every stop is a home too, and so is a place around it.
    around = stops[["lat", "lon"]] + random.normal(0, 0.006, (len(stops), 2))
    far = around.iloc[::10] + random.normal(0, 0.05, (len(around.iloc[::10]), 2))
    homes, points = pd.concat([scatter(by_labels), stops[["lat", "lon"]], around, far]), scatter(12)
    feed = StopInput(Input(path, path.name), name, regional=True)
    network: Any = SimpleNamespace(
        project=SimpleNamespace(stops=(feed,)),
        stops=stops,
        timetable=lambda _: read_timetable(path),
    )
    rules = Rules()
    vehicles = read_vehicles(network, day, rules, rail=False, progress=silent)
    at_home, at_point, at_stop = (
        Places(table["lat"].to_numpy(), table["lon"].to_numpy())
        for table in (homes, points, vehicles.stops)
    )
    on_foot = OnFoot(
        reach.walks(at_home, at_stop, rules, WALK),
        reach.walks(at_home, at_point, rules, WALK),
        reach.walks(at_point, at_stop, rules, WALK),
    )
    open_ = np.zeros((len(points), reach.SLOTS), bool)
    open_[:, list(COULD)] = random.random((len(points), len(COULD))) < 0.6
    found = reach.search(vehicles.timetable, on_foot, (len(homes), len(points)), open_, rules)
    choice = reach.choose(found, open_, np.ones(len(points), bool))
    country = Country({name: path}, day, points)
    where = list(homes.itertuples(index=False, name=None))
    scans = country.scans(list(COULD))
    check_stops(country, list(COULD), scans, vehicles, list(stops["stop"]))
    journeys = list(country.by_scan(list(COULD), where, scans))
    for number, (home, (out, back, _, _)) in enumerate(zip(where, journeys, strict=True)):
        usable = (out >= LEAVE) & (back <= HOME)
        bits = (found.usable[number][:, None] >> np.arange(48, dtype=np.uint64)) & np.uint64(1)
        assert np.array_equal(bits[:, list(COULD)] == 1, usable)
        count, point, slot, leaves, returns = best_of(out, back, open_[:, list(COULD)])
        said = [int(values[number]) for values in choice]
        assert said == [point, count, COULD[slot] if count else 0, leaves, returns]
        if number < by_labels:
            check_labels(country, home, out, back)
            if count:
                country.check_moment(home, point, COULD[slot], leaves)
    assert (choice.point >= 0).sum() > 10
    assert len(country.day.changes) > 20
    assert rules.change_walk == CHANGE_WALK
    return check_tries(
        country, vehicles, on_foot, (at_home, at_point, at_stop), (stops["stop"], journeys)
    )


def check_tries(
    country: Country, vehicles: Vehicles, on_foot: OnFoot, places: tuple[Places, Places, Places],
    known: tuple[pd.Series, list[Any]],
) -> Kinds:  # fmt: skip
    """The best try of homes that cannot, as plain loops find it.

    Toward points that are open early, early and late, late; with the return by nine, eleven, five.
    """
    homes, points, _ = places
    keys, journeys = known
    size = len(homes.lat), len(points.lat)
    has_stop = np.zeros(size[0], bool)
    near = on_foot.home_stop
    has_stop[near.origin[vehicles.has_service[near.target]]] = True
    where = list(zip(*homes, strict=True))
    kinds = set()
    for few, set_, until in (
        ([14, 15], slice(2), 9), ([14], slice(1), 11), ([14, 32], slice(2), 17),
        ([31, 32], slice(6), 17),
    ):  # fmt: skip
        rules = Rules(home=until * 3600)
        open_, members = np.zeros((size[1], reach.SLOTS), bool), np.zeros(size[1], bool)
        members[set_] = True
        open_[np.ix_(members, few)] = True
        found = reach.search(vehicles.timetable, on_foot, size, open_, rules)
        able = reach.choose(found, open_, members).point >= 0
        way = reach.obstacles(found, members, has_stop, COULD, np.zeros(size[0], bool))
        best = BestTries(
            vehicles.timetable, on_foot, rules, *places, members, open_,
            np.flatnonzero(vehicles.has_service),
        )  # fmt: skip
        without, late, away, hours = (
            np.flatnonzero(~able & (way == name))[::5] for name in reach.WAYS
        )
        could = reach.half_hours(found.usable[hours]) & members[:, None]
        first = np.array([np.argwhere(some[:, list(COULD)])[0] for some in could], int).reshape(
            -1, 2
        )
        tables = [
            (without, best.without_stop(without)),
            (late, best.too_late(late)),
            (away, best.no_way_home(away, found.first_there[away])),
            (hours, best.at_other_hours(hours, first[:, 0], first[:, 1] + COULD.start)),
        ]
        shown = open_[:, list(COULD)]
        for name, (rows, table) in zip(reach.WAYS, tables, strict=True):
            for home, row in zip(rows, table.to_dict("records"), strict=True):
                at, (out, back, access, direct) = where[home], journeys[home]
                if name == "no_stop":
                    wanted = nearest_stop(country, at)
                elif name == "no_outbound":
                    wanted = too_late(country, at, open_, rules.home)
                elif name == "no_return":
                    wanted = no_way_home(country, at, (out, back), shown, list(COULD))
                else:
                    p, slot = int(row["point"]), (int(row["leave"]) - STAY) // HALF
                    leaves, returns = (int(times[p, slot - COULD.start]) for times in (out, back))
                    arrive = country.day.reaches(access, country.egress, direct, leaves)[p]
                    wanted = Try(p, leaves, int(arrive), slot * HALF + STAY, returns)
                if not pd.isna(row.get("stop")):
                    row["stop"] = keys.iloc[int(row["stop"])]
                assert told(row) == wanted
                kinds.add((name, wanted.back is None, wanted.stop is None, wanted.out is None))
    return kinds
