"""The departures of a day, from small feeds written by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from vpvkac.model.faults import InputError
from vpvkac.sources.gtfs import read_gtfs
from vpvkac.sources.gtfs.timetable import TimedFeed, read_timetable

MONDAY = dt.date(2026, 11, 30)
CALENDAR = (
    "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "w,1,1,1,1,1,0,0,20261101,20261231\ns,0,0,0,0,0,0,1,20261101,20261231\n"
)
TABLES = {
    "routes.txt": "route_id,route_type\nb,3\nr,2\nt,0\n",
    "trips.txt": "route_id,service_id,trip_id\nb,w,one\n",
    "calendar.txt": CALENDAR,
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "one,08:00:00,08:00:00,A,1\none,08:10:00,08:11:00,B,2\n"
    ),
}


def read(folder: Path, **tables: str) -> TimedFeed:
    for name, text in {**TABLES, **{f"{key}.txt": text for key, text in tables.items()}}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_timetable(folder)


def calls(
    feed: TimedFeed, day: dt.date = MONDAY, **asked: bool
) -> list[list[tuple[str, int, int]]]:
    found = feed.on(day, **asked).calls
    return [
        [(str(feed.stops[row.stop]), int(row.arrive), int(row.depart)) for row in rows.itertuples()]
        for _, rows in found.groupby("trip")
    ]


def clock(text: str) -> int:
    hours, minutes, seconds = (int(part) for part in text.split(":"))
    return hours * 3600 + minutes * 60 + seconds


def test_a_trip_runs_on_the_days_of_its_service(tmp_path: Path) -> None:
    feed = read(tmp_path)
    once = [[("A", clock("8:00:00"), clock("8:00:00")), ("B", clock("8:10:00"), clock("8:11:00"))]]
    assert calls(feed) == once
    assert calls(feed, dt.date(2026, 12, 5)) == []
    assert feed.visits_by_day()[MONDAY.toordinal()] == 2


def test_blank_times_are_spread_by_call_and_rounded_down(tmp_path: Path) -> None:
    feed = read(tmp_path, stop_times=(
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "one,08:00:00,08:00:30,A,1\none,,,B,5\none,,,C,9\none,08:02:10,,D,12\n"
    ))  # fmt: skip
    begin, way = clock("8:00:30"), 100
    assert [[at for _, at, _ in trip] for trip in calls(feed)] == [
        [clock("8:00:00"), begin + way // 3, begin + 2 * way // 3, clock("8:02:10")]
    ]


@pytest.mark.parametrize("times", [
    ("", "", "08:10:00", "08:10:00"),
    ("08:00:00", "08:00:00", "", ""),
    ("08:10:00", "08:10:00", "08:00:00", "08:00:00"),
    ("08:10:00", "08:00:00", "08:20:00", "08:20:00"),
])  # fmt: skip
def test_a_trip_without_an_end_or_with_time_backward_is_left_out(
    tmp_path: Path, times: tuple[str, str, str, str]
) -> None:
    first, second = (f"one,{a},{b}" for a, b in (times[:2], times[2:]))
    feed = read(tmp_path, stop_times=(
        f"trip_id,arrival_time,departure_time,stop_id,stop_sequence\n{first},A,1\n{second},B,2\n"
        "two,09:00:00,09:00:00,A,1\ntwo,09:05:00,09:05:00,B,2\n"
    ), trips="route_id,service_id,trip_id\nb,w,one\nb,w,two\n")  # fmt: skip
    found = feed.on(MONDAY)
    assert found.untimed == 1
    assert [(fault.row, fault.field) for fault in found.faults] == [(2, "departure_time")]
    assert [trip[0][1] for trip in calls(feed)] == [clock("9:00:00")]


def test_a_trip_past_midnight_runs_on_the_day_after_too(tmp_path: Path) -> None:
    feed = read(tmp_path, stop_times=(
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
        "one,23:50:00,23:50:00,A,1\none,24:20:00,24:20:00,B,2\n"
    ))  # fmt: skip
    late = [
        ("A", clock("23:50:00"), clock("23:50:00")),
        ("B", clock("24:20:00"), clock("24:20:00")),
    ]
    early = [(stop, a - 86400, d - 86400) for stop, a, d in late]
    assert calls(feed) == [late]
    assert calls(feed, dt.date(2026, 12, 1)) == [late, early]
    assert calls(feed, dt.date(2026, 12, 5)) == [early]


def test_frequencies_stand_for_their_departures_each_once(tmp_path: Path) -> None:
    feed = read(tmp_path, frequencies=(
        "trip_id,start_time,end_time,headway_secs\none,10:00:00,10:30:00,600\n"
        "one,10:30:00,10:31:00,600\n"
    ))  # fmt: skip
    assert [trip[0][1] for trip in calls(feed)] == [
        clock(f"10:{minute:02}:00") for minute in (0, 10, 20, 30)
    ]
    assert {trip[1][1] - trip[0][1] for trip in calls(feed)} == {600}


# What is neither bus nor train never runs.
@pytest.mark.parametrize(("kinds", "runs"), [
    ([2, 100, 101, 109, 117], True),
    ([1, 4, 5, 6, 7, 12, 118, 199, 400, 401, 402, 405, 1000, 1200, 1300], False),
])  # fmt: skip
def test_rail_runs_only_where_it_is_asked_for(
    tmp_path: Path, kinds: list[int], *, runs: bool
) -> None:
    for kind in kinds:
        feed = read(
            tmp_path,
            trips="route_id,service_id,trip_id\nr,w,one\n",
            routes=f"route_id,route_type\nr,{kind}\n",
            stops="stop_id,stop_name,stop_lat,stop_lon\nA,A,57,24\nB,B,57.1,24.1\n",
        )
        assert calls(feed) == []
        assert bool(calls(feed, rail=True)) == runs
        assert feed.stations()["stop"].tolist() == (["A", "B"] if runs else [])


def test_who_may_board_and_alight_and_what_must_be_arranged(tmp_path: Path) -> None:
    feed = read(tmp_path, stop_times=(
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "one,08:00:00,08:00:00,A,1,0,1\none,08:10:00,08:10:00,B,2,2,\none,08:20:00,08:20:00,C,3,1,3\n"
    ))  # fmt: skip
    found = feed.on(MONDAY).calls
    assert found["board"].tolist() == [True, True, False]
    assert found["alight"].tolist() == [False, True, True]
    assert found["ask_board"].tolist() == [False, True, False]
    assert found["ask_alight"].tolist() == [False, False, True]


STOPS = (
    "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
    "A,A,57,24,,\nB,B,57.1,24.1,,S\nC,C,57.1,24.1,,S\nS,S,57.1,24.1,1,\n"
)


@pytest.mark.parametrize(("rows", "found", "said"), [
    ("A,B,3,\nB,A,2,240\nA,A,0,\nB,B,2,\n", [["A", "B", -1], ["B", "A", 240]], []),
    # A rule for a station is one for its stops, but for those that have their own.
    ("A,B,2,300\nA,S,2,120\n", [["A", "B", 300], ["A", "C", 120], ["A", "S", 120]], []),
    ("A,B,2,300\nA,S,3,\nA,B,2,240\n", [["A", "B", 240], ["A", "C", -1], ["A", "S", -1]], []),
    ("A,X,3,\nX,A,2,60\nA,B,3,\n", [["A", "B", -1]],
     ['row 3, from_stop_id: "X" is not in', 'row 2, to_stop_id: "X" is not in stops.txt']),
    ("A,B,2,-60\n", [], ['row 2, min_transfer_time: "-60" is not a whole number of seconds']),
    ("A,B,7,\n", [], ['row 2, transfer_type: "7" is not 0 to 5']),
])  # fmt: skip
def test_changes_that_are_forbidden_or_take_longer(
    tmp_path: Path, rows: str, found: list[list[object]], said: list[str]
) -> None:
    header = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
    # So that one wrong row is less than one in a hundred.
    transfers = header + rows + 100 * "A,A,0,\n"
    feed = read(tmp_path, transfers=transfers, stops=STOPS)
    assert sorted(feed.transfers.fillna(-1).to_numpy().tolist()) == found
    sentences = [fault.sentence("en") for fault in feed.faults]
    assert len(sentences) == len(said)
    for sentence, part in zip(sentences, said, strict=True):
        assert part in sentence


def test_a_change_for_some_trips_is_not_one_for_all(tmp_path: Path) -> None:
    feed = read(tmp_path, stops=STOPS, transfers=(
        "from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_trip_id\nA,B,3,,one\n"
    ))  # fmt: skip
    assert not len(feed.transfers)
    assert "is a rule for some trips only; the row is not used" in feed.faults[0].sentence("en")


def test_wrong_kinds_of_boarding_are_told(tmp_path: Path) -> None:
    header = "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type\n"
    clocks = [f"08:{n // 60:02}:{n % 60:02}" for n in range(300)]
    calls = [f"one,{at},{at},A,{number},0\n" for number, at in enumerate(clocks)]
    calls[7] = calls[7].replace(",0\n", ",9\n")
    feed = read(tmp_path, stop_times=header + "".join(calls))
    assert [fault.value == "9" for fault in feed.faults] == [True]
    assert len(feed.on(MONDAY).calls) == 299
    with pytest.raises(InputError, match="is not 0, 1, 2 or 3"):
        read(tmp_path, stop_times=header + "".join(calls[:50]))


def test_a_feed_without_stop_times_is_told(tmp_path: Path) -> None:
    for name in ("routes.txt", "trips.txt", "calendar.txt"):
        (tmp_path / name).write_text(TABLES[name], encoding="utf-8")
    with pytest.raises(InputError, match=r"stop_times\.txt: there are no stop times"):
        read_timetable(tmp_path)


@pytest.mark.parametrize("dates", ["19000101,20991231", "20261101,20991231", "20261101,20261231"])
def test_the_busiest_day_is_that_of_the_run_whatever_the_bounds(tmp_path: Path, dates: str) -> None:
    feed = read(
        tmp_path,
        calendar=CALENDAR.replace("20261101,20261231", dates),
        stops="stop_id,stop_name,stop_lat,stop_lon\nA,A,57,24\nB,B,57.1,24.1\n",
        feed_info=(
            "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date\nX,x,lv,20260701\n"
        ),
    )
    run = read_gtfs(tmp_path, feed="f", regional=True)
    total = feed.visits_by_day()
    workdays = total[(total.index - 1) % 7 < 5]
    assert dt.date.fromordinal(int(workdays.idxmax())).isoformat() == run.notes["service_day"]
