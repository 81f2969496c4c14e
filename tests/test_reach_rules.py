"""Each rule of the timetable of a day, on feeds of a few trips: what joins, what does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from test_reach_journeys import as_walks, draw_walks
from test_timetable import Call, days, timetable
from vpvkac.analysis import reach
from vpvkac.analysis.reach import Rules
from vpvkac.analysis.timetable import NEVER, Starts
from vpvkac.model.accounts import silent
from vpvkac.model.faults import InputError
from vpvkac.model.project import Input, StopInput
from vpvkac.questions.reach.vehicles import Vehicles, read_vehicles
from vpvkac.sources.gtfs import read_timetable

MONDAY = dt.date(2026, 11, 30)
CALENDAR = (
    "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "w,1,1,1,1,1,0,0,20261130,20261204\nd,0,0,1,0,0,0,0,20261130,20261204\n"
    "s,0,0,0,0,0,1,1,20261130,20261206\n"
)
# B2 is 100 m from B, a walk of 112 s; C is within ten minutes of B2, but not of B.
METRE = 1 / 111_300
PLACES = {"A": 0.0, "B": 9_000.0, "B2": 9_100.0, "C": 9_600.0, "E": 20_000.0}
STOPS = "stop_id,stop_name,stop_lat,stop_lon\n" + "".join(
    f"{stop},{stop},{56.5 + metres * METRE},24\n" for stop, metres in PLACES.items()
)
ROUTES = "route_id,route_type\nb,3\n"
TIMES = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"


def clock(text: str) -> int:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def ride(trip: str, *calls: str) -> str:
    """Rows of a trip: "A 08:00:00" is a call."""
    rows = [call.split() for call in calls]
    return "".join(f"{trip},{at},{at},{stop},{n},,\n" for n, (stop, at) in enumerate(rows))


def vehicles(
    folder: Path, stop_times: str, *, trips: str = "b,w", day: dt.date | None = MONDAY,
    feeds: Mapping[str, str] = {"f": "w"}, **tables: str,
) -> Vehicles:  # fmt: skip
    """Read feeds that are alike but for the service of their trips."""
    inputs, stops = [], []
    ids = dict.fromkeys(row.split(",")[0] for row in stop_times.splitlines())
    route, service = trips.split(",")
    for feed, of_feed in feeds.items():
        at = folder / feed
        at.mkdir()
        names = "".join(
            f"{route},{of_feed if len(feeds) > 1 else service},{trip}\n" for trip in ids
        )
        written = {
            "stops": STOPS, "routes": ROUTES, "calendar": CALENDAR,
            "stop_times": TIMES + stop_times,
            "trips": f"route_id,service_id,trip_id\n{names}", **tables,
        }  # fmt: skip
        for name, text in written.items():
            (at / f"{name}.txt").write_text(text, encoding="utf-8")
        inputs.append(StopInput(Input(at, feed), feed, regional=True))
        stops += [(f"{feed}:{stop}", stop, 56.5 + m * METRE, 24.0) for stop, m in PLACES.items()]
    table = pd.DataFrame(stops, columns=["stop", "stop_name", "lat", "lon"])
    network: Any = SimpleNamespace(
        project=SimpleNamespace(stops=tuple(inputs)),
        stops=table,
        timetable=lambda one: read_timetable(one.source.path, shown=one.source.shown),
    )
    return read_vehicles(network, day, Rules(), rail=False, progress=silent)


def arrivals(found: Vehicles, begin: str = "A", at: str = "05:00:00") -> dict[str, int]:
    """When one first alights at each stop who is at the first one at five."""
    start = Starts(np.array([0]), np.array([[*PLACES].index(begin)]), np.array([clock(at)]), 1)
    times = found.timetable.earliest_arrivals(start)[:, 0]
    return {stop: int(t) for stop, t in zip(PLACES, times, strict=True) if t != NEVER}


@pytest.mark.parametrize(("leaves", "joins"), [
    ("B 08:21:00", True), ("B 08:20:59", False),  # a minute at the same stop
    ("B2 08:22:52", True), ("B2 08:22:51", False),  # and besides a walk of 112 s
    ("C 20:00:00", False),  # 669 s of walk are more than ten minutes
])  # fmt: skip
def test_a_change_takes_a_minute_besides_a_walk_of_at_most_ten(
    tmp_path: Path,
    leaves: str,
    joins: bool,
) -> None:
    second = ride("two", leaves, "E 21:00:00")
    found = vehicles(tmp_path, ride("one", "A 08:00:00", "B 08:20:00") + second)
    assert ("E" in arrivals(found)) == joins


def test_never_two_walks_in_a_row(tmp_path: Path) -> None:
    # From B on foot to B2 and on to C would do; from B to C it is too far.
    found = vehicles(
        tmp_path, ride("one", "A 08:00:00", "B 08:20:00") + ride("two", "C 20:00:00", "E 21:00:00")
        + ride("three", "B2 23:00:00", "C 23:30:00"),
    )  # fmt: skip
    assert "E" not in arrivals(found)
    assert arrivals(found)["C"] == clock("23:30:00")


@pytest.mark.parametrize(("rule", "leaves", "joins"), [
    ("B,B2,3,", "B2 20:00:00", False),
    ("B2,B,3,", "B2 08:22:52", True),
    ("B,B2,2,30", "B2 08:20:30", True),
    ("B,B2,2,30", "B2 08:20:29", False),
    ("B,B,2,600", "B 08:29:59", False),
    ("B,B,2,600", "B 08:30:00", True),
    ("B,B,2,0", "B 08:20:00", False),  # a change at equal times would be none
    ("B,B,2,0", "B 08:20:01", True),
])  # fmt: skip
def test_rules_of_the_feed_for_a_change(
    tmp_path: Path,
    rule: str,
    leaves: str,
    joins: bool,
) -> None:
    header = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
    found = vehicles(
        tmp_path, ride("one", "A 08:00:00", "B 08:20:00") + ride("two", leaves, "E 21:00:00"),
        transfers=header + rule + "\n",
    )  # fmt: skip
    assert ("E" in arrivals(found)) == joins


def test_a_transfer_while_seated_needs_no_stops(tmp_path: Path) -> None:
    header = "from_stop_id,to_stop_id,transfer_type,from_trip_id,to_trip_id\n"
    one = ride("one", "A 08:00:00", "B 08:20:00") + ride("two", "B 08:30:00", "E 09:00:00")
    rules = ",,4,one,two\n,,5,one,two\nX,B,3,,\n"
    faults = vehicles(tmp_path, one, transfers=header + rules).faults
    assert [(fault.field, fault.value) for fault in faults] == [("from_stop_id", "X")]


def test_the_day_is_the_busiest_of_all_feeds_together(tmp_path: Path) -> None:
    # One feed runs Monday to Friday, another on Wednesday alone, a third at weekends.
    feeds = {"f": "w", "g": "d", "h": "s"}
    one = ride("one", "A 08:00:00", "B 08:20:00")
    assert vehicles(tmp_path, one, day=None, feeds=feeds).day == dt.date(2026, 12, 2)
    (tmp_path / "ties").mkdir()
    assert vehicles(tmp_path / "ties", one, day=None).day == MONDAY


def test_a_trip_of_yesterday_runs_past_midnight(tmp_path: Path) -> None:
    one = ride("one", "A 23:50:00", "B 30:10:00", "E 30:40:00")
    found = vehicles(tmp_path, one, day=dt.date(2026, 12, 1))
    assert arrivals(found, begin="B")["E"] == clock("06:40:00")
    assert found.counts["departures"] == 2


def test_who_is_fetched_on_request_may_still_alight_without_it(tmp_path: Path) -> None:
    calls = ride("one", "A 08:00:00", "B 08:20:00", "E 08:40:00").splitlines()
    asked = "".join(
        f"{row[:-2]},{how}\n" for row, how in zip(calls, ("0,0", "2,0", "0,3"), strict=True)
    )
    found = vehicles(tmp_path, asked)
    assert found.by_arrangement is not None
    assert arrivals(found) == {"B": clock("08:20:00"), "E": clock("08:40:00")}
    sure = found._replace(timetable=found.by_arrangement)
    assert arrivals(sure) == {"B": clock("08:20:00")}
    assert arrivals(sure, begin="B") == {}
    assert found.counts["by_request"] == 2


def test_an_unknown_stop_is_passed_by(tmp_path: Path) -> None:
    found = vehicles(tmp_path, ride("one", "A 08:00:00", "X 08:10:00", "B 08:20:00"))
    assert arrivals(found) == {"B": clock("08:20:00")}


def test_a_trip_that_is_left_out_is_counted_and_told(tmp_path: Path) -> None:
    found = vehicles(
        tmp_path, ride("one", "A 08:00:00", "B 08:20:00") + ride("two", "A 09:00:00", "B 08:20:00")
    )
    assert found.counts["untimed"] == 1
    (fault,) = found.faults
    assert fault.sentence("en").startswith('f/stop_times.txt, row 4, departure_time: "09:00:00"')
    assert "the trip is left out of the timetable" in fault.sentence("en")


@pytest.mark.parametrize(("stop_times", "said"), [
    (ride("one", "A 08:00:00", "B 168:00:00"), '"168:00:00" is not a time of the form'),
    (ride("one", "A -1:00:00", "B 08:00:00"), '"-1:00:00" is not a time of the form'),
    ("one,08:00:00,08:00:00,A,1\none,08:20:00,08:20:00,B,1\n", "is the key of more than one row"),
    (ride("one", "A 08:30:00", "B 08:20:00"), "no trip of this day has times that can be used"),
    (ride("one", "X 08:00:00", "Y 08:20:00"), "no vehicle runs on this day"),
])  # fmt: skip
def test_what_cannot_be_a_timetable_is_told(tmp_path: Path, stop_times: str, said: str) -> None:
    with pytest.raises(InputError) as told:
        vehicles(tmp_path, stop_times)
    assert said in "\n".join(fault.sentence("en") for fault in told.value.faults)


def test_threads_change_nothing(tmp_path: Path) -> None:
    rides = "".join(
        ride(f"t{n}", f"A 0{n % 10}:00:00", f"B 0{n % 10}:20:00", f"E 0{n % 10}:40:00")
        for n in range(300)
    )
    before, hops = pa.cpu_count(), []
    try:
        for threads in (1, 4):
            pa.set_cpu_count(threads)
            (tmp_path / str(threads)).mkdir()
            hops.append(vehicles(tmp_path / str(threads), rides).timetable.hops)
    finally:
        pa.set_cpu_count(before)
    assert all(np.array_equal(one, other) for one, other in zip(*hops, strict=True))


DAY = 86_400


@given(days(), st.data())
@settings(max_examples=100, deadline=None)
def test_a_mirrored_day_swaps_out_and_back_in_blocks_of_any_width(day: Any, data: Any) -> None:
    stops, trips, changes = day
    trips = [
        [c._replace(arrive=c.arrive + by, depart=c.depart + by) for c in calls]
        for calls in trips for by in (1200, 3400)
    ]  # fmt: skip
    mirrored = [
        [Call(c.stop, DAY - c.depart, DAY - c.arrive, c.alight, c.board) for c in reversed(calls)]
        for calls in trips
    ]
    back_changes = [(board, alight, seconds) for alight, board, seconds in changes]
    on_foot = reach.OnFoot(
        *(as_walks(draw_walks(data, *sizes)) for sizes in ((3, stops), (3, 3), (3, stops)))
    )
    open_ = np.zeros((3, reach.SLOTS), bool)
    open_[:, :3] = np.array(data.draw(st.lists(st.booleans(), min_size=9, max_size=9))).reshape(
        3, 3
    )
    rules = Rules(leave=600, home=7200, stay=1800)
    found = reach.search(timetable(stops, trips, changes), on_foot, (3, 3), open_, rules, slots=[1])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reach, "_TOGETHER", data.draw(st.sampled_from([1, 6, 2048])))
        patch.setattr(reach, "_CELLS", data.draw(st.sampled_from([1, 6, 250_000])))
        turned = reach.search(
            timetable(stops, mirrored, back_changes), on_foot, (3, 3), open_[:, ::-1],
            rules._replace(leave=DAY - rules.home, home=DAY - rules.leave), slots=[46],
        )  # fmt: skip
    bits = [
        (one.usable[..., None] >> np.arange(48, dtype=np.uint64)) & np.uint64(1)
        for one in (found, turned)
    ]
    np.testing.assert_array_equal(bits[0], bits[1][..., ::-1])
    np.testing.assert_array_equal(found.goes, turned.returns)
    np.testing.assert_array_equal(found.returns, turned.goes)
    some = found.best >= 0
    np.testing.assert_array_equal(some, turned.best >= 0)
    away, again = ((one.back - one.out)[some] for one in (found, turned))
    np.testing.assert_array_equal(away, again)
    # Of appointments as near to one another as they are here, the earliest is the mirror's latest.
    only = some & (np.bitwise_count(found.usable & reach.slot_bits(open_)) == 1)
    np.testing.assert_array_equal(found.out[only], DAY - turned.back[only])
    np.testing.assert_array_equal(found.back[only], DAY - turned.out[only])
