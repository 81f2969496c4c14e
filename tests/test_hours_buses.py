"""Buses before opening and after closing, held against a slow reading of the same feeds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

import vpvkac
from gtfs_oracle import calendar, mode, rows_of
from plain_country import at, beside, rows
from test_gtfs import SMALL, replaced, with_rows, written
from vpvkac.model.faults import InputError
from vpvkac.sources.gtfs import read_timetable

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result
    from vpvkac.api.questions import Hours

Row = dict[str, str]
Calls = list[tuple[str, int | None, int | None]]
FRIDAY, MONDAY = dt.date(2025, 6, 6), dt.date(2025, 6, 9)


def slow_calls(feed: Path, stops: set[str], day: dt.date) -> Calls:
    """List the calls of buses at some stops on a day, row by row."""
    kinds = {row["route_id"]: mode(int(row["route_type"])) for row in table_of(feed, "routes.txt")}
    running = calendar(feed).get(day, set())
    trips = {
        row["trip_id"]
        for row in table_of(feed, "trips.txt")
        if kinds.get(row["route_id"]) == "bus" and row["service_id"] in running
    }
    pattern: dict[str, list[dict[str, str]]] = {}
    for row in table_of(feed, "stop_times.txt"):
        if row["trip_id"] in trips:
            pattern.setdefault(row["trip_id"], []).append(row)
    often: dict[str, list[int]] = {}
    for row in table_of(feed, "frequencies.txt"):
        clock = seconds(row["start_time"])
        while clock < seconds(row["end_time"]):
            often.setdefault(row["trip_id"], []).append(clock)
            clock += int(row["headway_secs"])
    found: Calls = []
    for trip, calls in pattern.items():
        times = [seconds(c["departure_time"] or c["arrival_time"]) for c in calls
                 if c["departure_time"] or c["arrival_time"]]  # fmt: skip
        for begin in often.get(trip, [None]):
            shift = 0 if begin is None else begin - min(times)
            for call in calls:
                if call["stop_id"] in stops:
                    arrives = call["arrival_time"] or call["departure_time"]
                    departs = call["departure_time"] or call["arrival_time"]
                    found.append((
                        call["stop_id"],
                        seconds(arrives) + shift if arrives else None,
                        seconds(departs) + shift if departs else None,
                    ))  # fmt: skip
    return sorted(found, key=lambda call: (call[0], call[1] or 0, call[2] or 0))


def table_of(feed: Path, table: str) -> list[Row]:
    return rows_of(feed, table) or []


def seconds(clock: str) -> int:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(rest)


def read(feed: Path, stops: set[str], day: dt.date) -> Calls:
    table = read_timetable(feed).bus_calls(stops, day)
    found = [
        (
            stop,
            None if pd.isna(arrives) else int(arrives),
            None if pd.isna(departs) else int(departs),
        )
        for stop, arrives, departs in table.itertuples(index=False)
    ]
    return sorted(found, key=lambda call: (call[0], call[1] or 0, call[2] or 0))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("ber_gtfs.zip", "2020-11-19"),
        ("cairns_gtfs.zip", "2014-05-30"),
        ("caltrain-2017-07-24.zip", "2017-09-04"),
        ("nested_folder.zip", "2017-09-04"),
        ("region-nord-v2.zip", "2019-01-04"),
    ],
)
def test_calls_of_a_real_feed(shared_data: Path, name: str, day: str) -> None:
    feed = shared_data / "gtfs" / name
    ids = sorted(row["stop_id"] for row in table_of(feed, "stops.txt"))
    stops = set(ids[::7]) if len(ids) > 100 else set(ids)
    when = dt.date.fromisoformat(day)
    found = read(feed, stops, when)
    assert len(found) > 10
    assert found == slow_calls(feed, stops, when)


def test_a_real_feed_without_stop_times_has_no_timetable(shared_data: Path) -> None:
    with pytest.raises(InputError, match="there are no stop times"):
        read_timetable(shared_data / "gtfs/riga_2025-06_without_stop_times.zip")


def test_only_buses_of_the_day_count_and_times_go_past_midnight(tmp_path: Path) -> None:
    feed = written(tmp_path, SMALL)
    assert read(feed, {"02"}, MONDAY) == [("02", 90_600, 90_600)]
    assert read(feed, {"02"}, FRIDAY) == [("02", 28_800, 28_800), ("02", 90_600, 90_600)]
    assert read(feed, {"003", "9", "no such stop"}, FRIDAY) == []
    assert read(feed, {"02"}, dt.date(2030, 1, 1)) == []


def test_each_departure_of_a_frequency_is_a_call(tmp_path: Path) -> None:
    often = ["trip_id,start_time,end_time,headway_secs", "b2,06:00:00,07:00:00,1500",
             "b2,12:00:00,12:10:00,600", "nobody,06:00:00,07:00:00,60"]  # fmt: skip
    feed = written(tmp_path, with_rows(SMALL, frequencies=often))
    found = read(feed, {"1", "02"}, FRIDAY)
    assert found == slow_calls(feed, {"1", "02"}, FRIDAY)
    # b2 calls at 1 ten minutes after it starts: 6:10, 6:35, 7:00 and 12:10; b1 is at 7:05.
    at_1 = [arrives for stop, arrives, _ in found if stop == "1"]
    assert at_1 == [22_200, 23_700, 25_200, 25_500, 43_800]


def test_one_time_stands_for_the_other_and_none_for_none(tmp_path: Path) -> None:
    more = ["b1,07:30:00,,003,2", "b1,,07:40:00,003,3", "b1,,,003,4"]
    feed = written(tmp_path, with_rows(SMALL, stop_times=more))
    assert read(feed, {"003"}, MONDAY) == [
        ("003", None, None), ("003", 27_000, 27_000), ("003", 27_600, 27_600),
    ]  # fmt: skip


def test_a_time_that_is_none_refuses_the_feed_whatever_is_asked(tmp_path: Path) -> None:
    feed = written(tmp_path, replaced(SMALL, "stop_times.txt", "b2,08:00:00", "b2,8 o'clock"))
    for stop in ("02", "1"):
        with pytest.raises(InputError, match='row 4, arrival_time: "8 o\'clock"'):
            read_timetable(feed).bus_calls({stop}, FRIDAY)


# A centre in each of three parishes, each with a stop of its own 100 m away.
TOML = """
[inputs]
units = "units.gpkg"
centres = { path = "centres.csv", id = "id", name = "name", lat = "lat", lon = "lon", hours = "h" }
stops = [{ path = "feed", feed = "f", regional = true, service_day = 2025-06-10 }]
"""
WHERE = {"a": at(5, 15), "b": at(5, 5), "c": at(15, 15)}


@pytest.fixture
def measured(tmp_path: Path, write_project: Callable[..., Path]) -> Callable[..., Hours]:
    """Measure centres whose stops are called at as given."""

    def measure(hours: dict[str, str], calls: list[str], toml: str = TOML) -> Hours:
        centres = rows(
            "id,name,lat,lon,h",
            *((key, key, *WHERE[key], f'"{text}"') for key, text in hours.items()),
        )
        file = write_project(toml=toml, centres_csv=centres)
        stops = [f"{key},{key},{','.join(map(str, beside(*WHERE[key], 100)))},," for key in WHERE]
        feed: dict[str, list[str]] = {
            **SMALL,
            "stops.txt": [SMALL["stops.txt"][0], *stops],
            "stop_times.txt": [SMALL["stop_times.txt"][0], *calls],
        }
        written(tmp_path / "feed", feed)
        return vpvkac.hours(vpvkac.analyse(vpvkac.load(file)))

    return measure


def said(hours: Hours) -> dict[str, tuple[Any, Any, str]]:
    table = hours.table.set_index("place")
    return {
        str(place).removeprefix("centres:"): (
            None if pd.isna(row["bus_before"]) else bool(row["bus_before"]),
            None if pd.isna(row["bus_after"]) else bool(row["bus_after"]),
            row["bus_unknown"],
        )
        for place, row in table.iterrows()
    }


def count(hours: Hours, check: str) -> tuple[float, int]:
    row = hours.national.set_index("check").loc[[check]]
    return row["count"].iloc[0], row["of"].iloc[0]


def test_the_half_hours_end_where_they_are_said_to(measured: Callable[..., Hours]) -> None:
    hours = dict.fromkeys("abc", "Mo-Fr 08:00-12:00,13:00-17:00")
    found = measured(
        hours,
        ["b1,07:30:00,07:31:00,a,0", "b1,17:29:00,17:30:00,a,1",
         "b1,07:29:59,07:45:00,b,2", "b1,16:59:00,16:59:59,b,3",
         "b1,08:00:00,08:00:00,c,4", "b1,17:30:01,17:30:01,c,5"],
    )  # fmt: skip
    assert said(found) == {"a": (True, True, ""), "b": (False, False, ""), "c": (True, False, "")}
    assert set(found.table["service_day"]) == {"2025-06-10"}
    assert found.monday == MONDAY
    assert count(found, "bus_before") == (2, 3)


def test_what_is_not_known_is_left_empty_and_named(measured: Callable[..., Hours]) -> None:
    found = measured(
        {"a": "", "b": "We-Fr 08:00-17:00", "c": "pēc pieraksta"},
        [f"b1,07:45:00,07:45:00,{key},{number}" for number, key in enumerate("abc")],
    )
    assert said(found) == {
        "a": (None, None, "no_hours"),
        "b": (None, None, "closed"),
        "c": (None, None, "no_hours"),
    }
    table = found.table.set_index("place")
    assert table["unknown"].tolist() == ["no_hours", "", "not_understood"]
    assert table["weekly_h"].isna().tolist() == [True, False, True]
    assert table["early"].isna().tolist() == [True, False, True]
    warnings = [fault.sentence("en") for fault in found.faults]
    assert len(warnings) == 1
    assert warnings[0].startswith('centres.csv, hours: "pēc pieraksta" is not in OSM')
    assert "centres:c" in warnings[0]
    assert count(found, "known") == (1, 3)


def test_a_call_without_a_time_leaves_it_open(measured: Callable[..., Hours]) -> None:
    found = measured(
        dict.fromkeys("ab", "Mo-Fr 08:00-17:00"),
        ["b1,07:45:00,07:45:00,a,0", "b1,,,a,1", "b1,,,b,2", "b1,12:00:00,12:00:00,b,3"],
    )
    assert said(found) == {"a": (True, None, ""), "b": (None, None, "no_times")}


def test_a_public_holiday_is_closed(measured: Callable[..., Hours]) -> None:
    # Midsummer's eve of 2025 is a Monday; the feed runs until 15 June only, and is asked for it.
    toml = TOML.replace("2025-06-10", "2025-06-23")
    found = measured({"a": "Mo-Fr 08:00-17:00"}, ["b1,07:45:00,07:45:00,a,0"], toml)
    assert said(found) == {"a": (None, None, "closed")}
    assert found.table["weekly_h"].tolist() == [45]


def test_without_stops_the_hours_are_measured_all_the_same(
    write_project: Callable[..., Path],
) -> None:
    toml = TOML.replace("stops = [", "#")
    centres = rows("id,name,lat,lon,h", ("a", "a", *WHERE["a"], "Mo-Fr 08:00-17:00"))
    found = vpvkac.hours(vpvkac.analyse(vpvkac.load(write_project(toml=toml, centres_csv=centres))))
    assert said(found) == {"a": (None, None, "no_stop")}
    assert found.monday == dt.date(2024, 10, 7)
    assert found.table["weekly_h"].tolist() == [45]


def test_every_centre_of_the_sample_has_the_buses_of_its_feed(sample_result: Result) -> None:
    table = vpvkac.hours(sample_result).table.set_index("place")
    feed = sample_result.project.stops[0].source.path
    day = dt.date(2023, 11, 10)
    own = table["stop"].str.removeprefix("reg:")
    calls: dict[str, list[tuple[int, int]]] = {}
    for stop, arrives, departs in slow_calls(feed, set(own), day):
        assert arrives is not None
        assert departs is not None
        calls.setdefault(stop, []).append((arrives, departs))
    for stop, hours, before, after in zip(
        own, table["hours"], table["bus_before"], table["bus_after"], strict=True
    ):
        opens, closes = _friday(hours)
        at_stop = calls.get(stop, [])
        assert before == any(opens - 1800 <= arrives <= opens for arrives, _ in at_stop)
        assert after == any(closes <= departs <= closes + 1800 for _, departs in at_stop)
    assert 0 < table["bus_before"].sum() < len(table)
    assert 0 < table["bus_after"].sum() < len(table)


def _friday(hours: str) -> tuple[int, int]:
    """Read first opening and last closing of a Friday off a plain string."""
    rule = next(rule for rule in hours.split("; ") if "Fr" in rule.split()[0])
    times = rule.split()[1].replace(",", "-").split("-")
    return seconds(f"{times[0]}:00"), seconds(f"{times[-1]}:00")
