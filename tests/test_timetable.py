"""Earliest arrivals against an exhaustive search that shares no code with them."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vpvkac.analysis.timetable import NEVER, Changes, Hops, Starts, Timetable


class Call(NamedTuple):
    stop: int
    arrive: int
    depart: int
    board: bool
    alight: bool


def timetable(
    stops: int, trips: list[list[Call]], changes: list[tuple[int, int, int]]
) -> Timetable:
    hops = [
        (number, a.stop, b.stop, a.depart, b.arrive, a.board, b.alight)
        for number, calls in enumerate(trips)
        for a, b in pairwise(calls)
    ]
    columns = list(zip(*hops, strict=True)) or [()] * 7
    numbers = [np.array(column, np.int64) for column in columns[:5]]
    flags = [np.array(column, bool) for column in columns[5:]]
    rows = np.array(changes, np.int64).reshape(-1, 3)
    return Timetable(stops, Hops(*numbers, *flags), Changes(rows[:, 0], rows[:, 1], rows[:, 2]))


def exhaustive(
    trips: list[list[Call]], changes: list[tuple[int, int, int]], begins: list[tuple[int, int]]
) -> dict[int, int]:
    """Try every boarding and every alighting; the earliest alighting at each stop."""
    least: dict[int, int] = {}
    boarded: set[tuple[int, int]] = set()
    waiting = [
        (t, i)
        for t, calls in enumerate(trips)
        for i, call in enumerate(calls[:-1])
        for stop, seconds in begins
        if call.stop == stop and call.board and call.depart >= seconds
    ]
    while waiting:
        trip, at = waiting.pop()
        if (trip, at) in boarded:
            continue
        boarded.add((trip, at))
        for call in trips[trip][at + 1 :]:
            if not call.alight:
                continue
            least[call.stop] = min(least.get(call.stop, call.arrive), call.arrive)
            waiting += [
                (t, i)
                for frm, to, seconds in changes
                if frm == call.stop
                for t, calls in enumerate(trips)
                for i, next_call in enumerate(calls[:-1])
                if next_call.stop == to and next_call.board
                and next_call.depart >= call.arrive + seconds
            ]  # fmt: skip
    return least


@st.composite
def days(draw: st.DrawFn) -> tuple[int, list[list[Call]], list[tuple[int, int, int]]]:
    """Small timetables in which times often meet: whole and half minutes, hops of no duration."""
    stops = draw(st.integers(2, 6))
    step = st.sampled_from([0, 0, 30, 60, 60, 120, 300])
    trips = []
    for _ in range(draw(st.integers(1, 7))):
        now = draw(st.integers(-4, 20)) * 30
        calls = []
        for _ in range(draw(st.integers(1, 5))):
            arrive = now
            now += draw(st.sampled_from([0, 0, 30]))
            calls.append(
                Call(draw(st.integers(0, stops - 1)), arrive, now, draw(st.integers(0, 4)) > 0,
                     draw(st.integers(0, 4)) > 0)
            )  # fmt: skip
            now += draw(step)
        trips.append(calls)
    least = draw(st.sampled_from([1, 30, 60]))
    pairs = draw(st.sets(st.tuples(st.integers(0, stops - 1), st.integers(0, stops - 1))))
    pairs |= {(stop, stop) for stop in range(stops)}
    changes = [(a, b, least + draw(st.sampled_from([0, 0, 45, 90]))) for a, b in sorted(pairs)]
    return stops, trips, changes


@given(days(), st.data())
@settings(max_examples=400, deadline=None)
def test_equals_trying_every_journey(day, data) -> None:  # noqa: ANN001
    stops, trips, changes = day
    count = data.draw(st.sampled_from([1, 3, 70]))
    begins = [
        data.draw(
            st.lists(st.tuples(st.integers(0, stops - 1), st.integers(-100, 600)), max_size=3)
        )
        for _ in range(min(count, 3))
    ]
    rows = [(number + (count - len(begins)), stop, when)
            for number, begin in enumerate(begins) for stop, when in begin]  # fmt: skip
    start, stop, seconds = np.array(rows, np.int64).reshape(-1, 3).T
    table = timetable(stops, trips, changes)
    found = table.earliest_arrivals(Starts(start, stop, seconds, count))
    for number, begin in enumerate(begins):
        expected = exhaustive(trips, changes, begin)
        column = found[:, number + (count - len(begins))]
        assert {s: int(t) for s, t in enumerate(column) if t != NEVER} == expected


@given(days(), st.data())
@settings(max_examples=150, deadline=None)
def test_vehicles_are_counted(day, data) -> None:  # noqa: ANN001
    stops, trips, changes = day
    begins = data.draw(
        st.lists(
            st.tuples(st.integers(0, stops - 1), st.integers(-100, 600)), min_size=1, max_size=3
        )
    )
    stop, seconds = np.array(begins, np.int64).T
    table = timetable(stops, trips, changes)
    starts = Starts(np.zeros(len(stop), np.int64), stop, seconds, 1)
    every = np.arange(stops)
    found = list(table.arrivals_by_vehicles(starts, np.zeros_like(every), every))
    for vehicles, column in enumerate(found, 1):
        expected = by_vehicles(trips, changes, begins, vehicles)
        assert {s: int(t) for s, t in enumerate(column) if t != NEVER} == expected
    last = by_vehicles(trips, changes, begins, len(found) + 3)
    assert last == exhaustive(trips, changes, begins)
    if found:
        np.testing.assert_array_equal(found[-1], table.earliest_arrivals(starts)[:, 0])
    else:
        assert not last


def by_vehicles(
    trips: list[list[Call]],
    changes: list[tuple[int, int, int]],
    begins: list[tuple[int, int]],
    vehicles: int,
) -> dict[int, int]:
    """Ride one vehicle after another, every way there is."""
    least: dict[int, int] = {}
    at = set(begins)
    for _ in range(vehicles):
        alightings = {
            (later.stop, later.arrive)
            for calls in trips
            for i, call in enumerate(calls[:-1])
            if call.board and any(s == call.stop and call.depart >= t for s, t in at)
            for later in calls[i + 1 :]
            if later.alight
        }
        for stop, when in alightings:
            least[stop] = min(least.get(stop, when), when)
        at = {(to, when + s) for stop, when in alightings for frm, to, s in changes if frm == stop}
    return least


@given(days(), st.data())
@settings(max_examples=150, deadline=None)
def test_the_mirror_gives_latest_departures(day, data) -> None:  # noqa: ANN001
    stops, trips, changes = day
    goal, deadline = data.draw(st.integers(0, stops - 1)), data.draw(st.integers(0, 900))
    table = timetable(stops, trips, changes)
    start = Starts(np.array([0]), np.array([goal]), np.array([-deadline]), 1)
    found = table.mirror().earliest_arrivals(start)[:, 0]
    latest = {s: -int(t) for s, t in enumerate(found) if t != NEVER}
    boardings = {(call.stop, call.depart) for calls in trips for call in calls[:-1] if call.board}
    arriving = {
        stop: max(
            (when for at, when in boardings if at == stop
             and exhaustive(trips, changes, [(stop, when)]).get(goal, NEVER) <= deadline),
            default=None,
        )
        for stop in range(stops)
    }  # fmt: skip
    assert latest == {stop: when for stop, when in arriving.items() if when is not None}


def test_time_that_goes_backward_is_refused() -> None:
    calls = [Call(0, 0, 60, True, True), Call(1, 30, 30, True, True)]
    with pytest.raises(ValueError, match="backward"):
        timetable(2, [calls], [])
