"""Reach from home to point and home again, against trying every journey."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from test_timetable import Call, by_vehicles, days, exhaustive, timetable
from vpvkac.analysis import reach
from vpvkac.analysis.reach import Places, Rules, Walks

RULES = Rules(leave=0, home=7200, stay=1800, walk=300)


def draw_walks(data: st.DataObject, origins: int, targets: int) -> list[tuple[int, int, int]]:
    pairs = st.tuples(st.integers(0, origins - 1), st.integers(0, targets - 1))
    found = sorted(data.draw(st.sets(pairs, max_size=4)))
    return [(a, b, data.draw(st.sampled_from([0, 20, 60, 90, 300]))) for a, b in found]


def as_walks(rows: list[tuple[int, int, int]]) -> Walks:
    return Walks(*np.array(rows, np.int64).reshape(-1, 3).T)


def shifted(trips: list[list[Call]], by: int) -> list[list[Call]]:
    return [
        [call._replace(arrive=call.arrive + by, depart=call.depart + by) for call in calls]
        for calls in trips
    ]


@given(days(), st.data())
@settings(max_examples=150, deadline=None)
def test_every_home_and_point(day, data) -> None:  # noqa: ANN001
    stops, trips, changes_ = day
    homes, points = 3, 3
    # Vehicles there before the appointment at 1800, and again from its end at 3600 on.
    trips = [*shifted(trips, 1200), *shifted(trips, 3400)]
    of_homes = draw_walks(data, homes, stops)
    of_points = draw_walks(data, points, stops)
    direct = draw_walks(data, homes, points)
    open_ = np.zeros((points, reach.SLOTS), bool)
    open_[:, [0, 1, 2]] = np.array(
        data.draw(st.lists(st.booleans(), min_size=9, max_size=9))
    ).reshape(3, 3)
    found = reach.search(
        timetable(stops, trips, changes_),
        reach.OnFoot(as_walks(of_homes), as_walks(direct), as_walks(of_points)),
        (homes, points),
        open_,
        RULES,
        slots=[0, 1, 2],
    )
    chosen = reach.choose(found, open_, np.ones(points, bool))
    walks = reach.OnFoot(as_walks(of_homes), as_walks(direct), as_walks(of_points))
    twice = reach.there_and_back(timetable(stops, trips, changes_), walks, [chosen] * 2, RULES)
    arrive, changes = twice[1]
    assert np.array_equal(twice[0], twice[1])
    assert np.array_equal(
        reach.can_use(timetable(stops, trips, changes_), walks, np.arange(homes), [open_], RULES)[
            :, 0
        ],
        ((found.usable & reach.slot_bits(open_)) != 0).any(axis=1),
    )
    for home in range(homes):
        if chosen.point[home] >= 0:
            point, slot, out, back = (int(v[home]) for v in (chosen.point, *chosen[2:]))
            end = slot * 1800 + 1800
            foot = [w for h, p, w in direct if (h, p) == (home, point)]
            there = fewest(trips, changes_, of_homes, of_points, (home, out), point)
            back_again = fewest(trips, changes_, of_points, of_homes, (point, end), home)
            when, vehicles = min([(out + w, 0) for w in foot if out + w <= slot * 1800] or [there])
            assert arrive[home] == when
            vehicles_back = 0 if end + min(foot, default=10**9) == back else back_again[1]
            assert foot or back_again[0] == back
            assert changes[home] == max(vehicles - 1, 0) + max(vehicles_back - 1, 0)
        tries = {}
        for point in range(points):
            usable = {}
            for slot in (0, 1, 2):
                begin, end = slot * 1800, slot * 1800 + 1800
                out = max(
                    (when for when in leavings(trips, of_homes, home)
                     if begin >= arrives(trips, changes_, of_homes, of_points, home, point, when)),
                    default=None,
                )  # fmt: skip
                back = returns(trips, changes_, of_homes, of_points, home, point, end)
                for h, p, seconds in direct:
                    if (h, p) == (home, point):
                        out = max(begin - seconds, begin - seconds if out is None else out)
                        back = min(back, end + seconds)
                goes, comes = out is not None and out >= 0, back <= 7200
                assert bool(found.usable[home, point] >> np.uint64(slot) & np.uint64(1)) == (
                    goes and comes
                )
                if goes and comes and open_[point, slot]:
                    usable[slot] = (back - out, slot, out, back)
            if usable:
                best = min(usable.values())
                assert best[1:] == (
                    found.best[home, point], found.out[home, point], found.back[home, point]
                )  # fmt: skip
                tries[point] = (-len(usable), best[0], point, best[1:])
            else:
                assert found.best[home, point] == -1
        if tries:
            count, _, point, (slot, out, back) = min(tries.values())
            expected = (point, -count, slot, out, back)
            assert tuple(int(values[home]) for values in chosen) == expected
        else:
            assert chosen.point[home] == -1


def fewest(trips, changes, begins, ends, start, goal):  # noqa: ANN001, ANN201
    """The earliest end from a start, and the fewest vehicles that reach it."""
    begin = [(s, start[1] + w) for at, s, w in begins if at == start[0]]
    best = (10**9, 0)
    for vehicles in range(1, 6):
        least = by_vehicles(trips, changes, begin, vehicles)
        when = min((least[s] + w for at, s, w in ends if at == goal and s in least), default=10**9)
        if when < best[0]:
            best = (when, vehicles)
    return best


def leavings(trips, of_homes, home):  # noqa: ANN001, ANN201
    """Every second at which leaving serves a boarding from the street."""
    return {
        call.depart - seconds
        for h, stop, seconds in of_homes
        if h == home
        for calls in trips
        for call in calls[:-1]
        if call.stop == stop and call.board
    }


def arrives(trips, changes, of_homes, of_points, home, point, when):  # noqa: ANN001, ANN201, PLR0917
    least = exhaustive(trips, changes, [(s, when + w) for h, s, w in of_homes if h == home])
    return min((least[s] + w for p, s, w in of_points if p == point and s in least), default=1e9)


def returns(trips, changes, of_homes, of_points, home, point, end):  # noqa: ANN001, ANN201, PLR0917
    least = exhaustive(trips, changes, [(s, end + w) for p, s, w in of_points if p == point])
    return min((least[s] + w for h, s, w in of_homes if h == home and s in least), default=1e9)


def test_walks_round_up_and_end_at_the_limit() -> None:
    homes = Places(np.array([56.9]), np.array([24.1]))
    stops = Places(56.9 + np.array([0.0, 0.001, 0.0145, 0.0146]), np.full(4, 24.1))
    found = reach.walks(homes, stops, Rules(), 1800)
    metres = 111_370
    assert found.target.tolist() == [0, 1, 2]
    assert found.seconds[0] == 0
    assert abs(found.seconds[1] - 0.001 * metres * 1.3 / 70 * 60) < 2


def test_a_stay_lies_whole_in_one_open_interval() -> None:
    minutes = np.zeros((1, 2880), bool)
    minutes[0, 540:750] = minutes[0, 780:1021] = True
    slots = np.flatnonzero(reach.open_slots(minutes, 30)[0])
    assert [f"{slot // 2:02}:{slot % 2 * 30:02}" for slot in slots] == [
        "09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "12:00",
        "13:00", "13:30", "14:00", "14:30", "15:00", "15:30", "16:00", "16:30",
    ]  # fmt: skip
