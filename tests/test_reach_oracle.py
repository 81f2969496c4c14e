"""Reach from end to end, against journeys found by plain loops that share no code."""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import hours_oracle
import vpvkac
from conftest import SAMPLE
from reach_oracle import CHANGE_WALK, NEVER, Day, Near, read_trips, walk
from vpvkac.analysis import reach
from vpvkac.analysis.reach import OnFoot, Places, Rules
from vpvkac.api.coverage import Result
from vpvkac.model.accounts import silent
from vpvkac.model.project import Input, StopInput
from vpvkac.questions.reach.vehicles import read_vehicles

HALF, STAY, WALK = 1800, 1800, 1800
LEAVE, HOME = 5 * 3600, 21 * 3600
COULD = range(14, 38)
FEEDS = {
    "reg": "gtfs-latvia-lv.zip", "pilseta": "gtfs-pilseta.zip", "nomale": "gtfs-nomale.zip",
}  # fmt: skip


class Country:
    """Points, stops and the day, as the oracle knows them."""

    def __init__(self, feeds: dict[str, Path], day: dt.date, points: pd.DataFrame) -> None:
        trips, where = [], {}
        for name, path in feeds.items():
            of_feed, stops = read_trips(path, name, day)
            trips += of_feed
            where |= stops
        self.day = Day.of(trips, where)
        self.mirror = self.day.backward()
        self.near = Near(where)
        self.points = list(zip(points["lat"], points["lon"], strict=True))
        self.egress: dict[str, list[tuple[int, int]]] = {}
        for point, at in enumerate(self.points):
            for stop, took in self.near.within(at, WALK).items():
                self.egress.setdefault(stop, []).append((point, took))

    def walks(self, home: tuple[float, float]) -> tuple[dict[str, int], dict[int, int]]:
        direct = {point: took for point, took in enumerate(walk(home, self.points)) if took <= WALK}
        return self.near.within(home, WALK), direct

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

    def check_moment(self, home: tuple[float, float], point: int, slot: int, out: int) -> None:
        """One who leaves at `out` is there in time, and one second later is not."""
        access, direct = self.walks(home)
        arrive = self.day.reaches(access, self.egress, direct, out)
        assert arrive[point] <= slot * HALF
        later = self.day.reaches(access, self.egress, direct, out + 1)
        assert later.get(point, NEVER) > slot * HALF


def best(out: dict[Any, int], back: dict[Any, int], slots: list[set[int]]) -> tuple[int, ...]:
    """The point with most usable appointments, then fewest seconds away, then the first."""
    found = [(0, 0, 0, -1, 0, 0, 0)]
    for point, among in enumerate(slots):
        usable = sorted(k for k in among if (point, k) in out and (point, k) in back)
        if usable:
            away, slot = min((back[point, k] - out[point, k], k) for k in usable)
            times = out[point, slot], back[point, slot]
            found.append((len(usable), -away, -point, point, slot, *times))
    return max(found)


def appointments(hours: str, day: dt.date) -> set[int]:
    """Half hours whose next 30 minutes are open, minute by minute."""
    rules = hours_oracle.Reader(hours).rules()
    return {
        slot for slot in range(48)
        if all(hours_oracle.state(rules, day, slot * 30 + minute) == hours_oracle.YES
               for minute in range(30))
    }  # fmt: skip


@pytest.fixture(scope="module")
def answer(sample_result: Result) -> Any:
    return vpvkac.reach(sample_result)


@pytest.mark.slow
def test_the_planted_journeys_are_found(truth: dict[str, Any], answer: Any) -> None:
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
def test_the_sample_as_plain_loops_find_it(sample_result: Result, answer: Any) -> None:
    places = answer.places[answer.places["points"] == "network"]
    both = (sample_result.network, sample_result.places)
    at = pd.concat([table.set_index("place") for table in both])
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
    served = {call.stop for run in country.day.trips for calls in (
        [call for call in run[:-1] if call.on], [call for call in run[1:] if call.off]
    ) for call in calls}  # fmt: skip
    homes = answer.homes.pivot_table(index="home", columns="points", values="lat", aggfunc="size")
    chosen = np.random.default_rng(20261129).choice(sorted(homes.index), 48, replace=False)
    told = answer.homes.set_index(["points", "home"])
    classes = set()
    for key in chosen:
        home = tuple(told.loc[("network", key), ["lat", "lon"]])
        out, back = country.journeys(home)
        access, direct = country.walks(home)
        for name, points in in_set.items():
            row = told.loc[(name, key)]
            count, _, _, point, slot, leaves, returns = best(out, back, points)
            assert row["appointments"] == count
            on_foot = any(points[p] for p in direct)
            kind = "walk" if on_foot else "bus" if count else "none"
            assert row["class"] == kind
            classes.add(kind)
            if count:
                assert (row["place"], row["of"]) == (keys[point], len(of_point[point]))
                assert (row["out"], row["back"]) == (leaves, returns)
                assert row["leave"] == slot * HALF + STAY
                assert row["minutes"] == -(-(returns - leaves) // 60)
                country.check_moment(home, point, slot, leaves)
                arrive = country.day.reaches(access, country.egress, direct, leaves)[point]
                assert row["arrive"] == arrive
            if kind == "none":
                goes = {p for p, k in out if k in points[p]}
                homeward = {p for p, k in back if k in points[p]}
                helps = any(p in members[name] for p, k in out.keys() & back.keys())
                way = ("no_stop" if not served & access.keys() else "no_outbound" if not goes
                       else "no_return" if not homeward or not helps else "hours")  # fmt: skip
                assert row["way"] == way
    assert classes == {"walk", "bus", "none"}


def test_a_real_feed_as_plain_loops_find_it(shared_data: Path) -> None:
    path = shared_data / "feeds/chateau_thierry_2025-10.zip"
    day = dt.date(2025, 10, 14)
    _, where = read_trips(path, "ct", day)
    stops = pd.DataFrame([(key, *at) for key, at in where.items()], columns=["stop", "lat", "lon"])
    random = np.random.default_rng(20261129)

    def scatter(many: int) -> pd.DataFrame:
        near = stops.iloc[random.choice(len(stops), many)][["lat", "lon"]].reset_index(drop=True)
        return near + random.normal(0, 0.006, (many, 2))

    homes, points = scatter(40), scatter(12)
    feed = StopInput(Input(path, path.name), "ct", regional=True)
    network: Any = SimpleNamespace(project=SimpleNamespace(stops=(feed,)), stops=stops)
    rules = Rules()
    vehicles = read_vehicles(network, day, rules, rail=False, progress=silent)
    at_home, at_point = (
        Places(table["lat"].to_numpy(), table["lon"].to_numpy()) for table in (homes, points)
    )
    on_foot = OnFoot(
        reach.walks(at_home, vehicles.stops, rules, WALK),
        reach.walks(at_home, at_point, rules, WALK),
        reach.walks(at_point, vehicles.stops, rules, WALK),
    )
    open_ = np.zeros((len(points), reach.SLOTS), bool)
    open_[:, list(COULD)] = random.random((len(points), len(COULD))) < 0.6
    found = reach.search(vehicles.timetable, on_foot, (len(homes), len(points)), open_, rules)
    choice = reach.choose(found, open_, np.ones(len(points), bool))
    country = Country({"ct": path}, day, points)
    slots = [set(np.flatnonzero(row)) for row in open_]
    for number, home in enumerate(homes.itertuples(index=False, name=None)):
        out, back = country.journeys(home)
        for point in range(len(points)):
            usable = {k for k in COULD if (point, k) in out and (point, k) in back}
            bits = int(found.usable[number, point])
            assert {k for k in range(48) if bits >> k & 1} == usable
        count, _, _, point, slot, leaves, returns = best(out, back, slots)
        told = [int(values[number]) for values in choice]
        assert told == [point, count, slot, leaves, returns]
        if count:
            country.check_moment(home, point, slot, leaves)
    assert (choice.point >= 0).sum() > 10
    assert len(country.day.changes) > 50
    assert rules.change_walk == CHANGE_WALK
