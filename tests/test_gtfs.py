"""Feeds are read as an independent slow reading of the same files finds them."""

from __future__ import annotations

import datetime as dt
import importlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gtfs_oracle import DAYS, rows_of, truth
from vpvkac.model.faults import has_errors
from vpvkac.sources.gtfs import DROPPED, read_gtfs, read_timetable
from vpvkac.sources.gtfs.archive import Feed
from vpvkac.sources.rows import record_lines

if TYPE_CHECKING:
    from vpvkac.sources.base import Reading

    Tables = Mapping[str, list[str]]

REAL = {
    # feed: rows of stops.txt, stops that bus, trolleybus or tram serve, service day
    "ber_gtfs.zip": (211, 211, "2020-11-19"),
    "cairns_gtfs.zip": (416, 416, "2014-05-30"),
    "caltrain-2017-07-24.zip": (64, 2, "2017-09-04"),
    "ggl_gtfs.zip": (16, 0, None),
    "nested_folder.zip": (64, 2, "2017-09-04"),
    "region-nord-v2.zip": (3693, 3693, "2019-01-04"),
    "riga_2025-06_without_stop_times.zip": (1658, 1658, None),
}

CALENDAR_HEADER = f"service_id,{','.join(DAYS)},start_date,end_date"

SMALL = {
    "stops.txt": [
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station",
        '1,"Brīvības iela, 1",56.95,24.1,0,9',
        "02,Mežs  un māja,57.5,25.25,,",
        "003,,56.25,26.5,,",
        "9,Autoosta,56.95,24.1,1,",
    ],
    "routes.txt": ["route_id,route_type", "B,3", "T,900", "R,2"],
    "trips.txt": [
        "route_id,service_id,trip_id",
        "B,week,b1",
        "B,friday,b2",
        "T,week,t1",
        "R,week,r1",
    ],
    "stop_times.txt": [
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence",
        "b1,7:05:00,7:05:00,1,0",
        "b1,25:10:00,25:10:00,02,1",
        "b2,08:00:00,08:00:00,02,1",
        "b2,08:10:00,08:10:00,1,2",
        "t1,09:00:00,09:00:00,02,1",
        "r1,09:00:00,09:00:00,003,1",
    ],
    "calendar.txt": [
        CALENDAR_HEADER,
        "week,1,1,1,1,1,1,1,20250602,20250615",
        "friday,0,0,0,0,1,0,0,20250602,20250615",
    ],
}


def with_rows(feed: Tables, **more: list[str]) -> dict[str, list[str]]:
    """Give a feed with rows put after those of some tables, or with new tables."""
    return {**feed, **{f"{name}.txt": [*feed.get(f"{name}.txt", []), *more[name]] for name in more}}


def replaced(feed: Tables, table: str, old: str, new: str) -> dict[str, list[str]]:
    assert any(old in line for line in feed[table])
    return {**feed, table: [line.replace(old, new) for line in feed[table]]}


def written(folder: Path, feed: Tables, *, end: str = "\n", encoding: str = "utf-8") -> Path:
    folder.mkdir(exist_ok=True)
    for name, lines in feed.items():
        (folder / name).write_bytes("".join(line + end for line in lines).encode(encoding))
    return folder


def read(path: Path, *, service_day: dt.date | None = None) -> Reading:
    return read_gtfs(path, feed="x", regional=True, service_day=service_day, shown="feed.zip")


def sentences(reading: Reading, level: str) -> list[str]:
    return [fault.sentence("en") for fault in reading.faults if fault.level == level]


def visits(reading: Reading) -> dict[str, int]:
    return dict(zip(reading.table["stop"], reading.table["visits"], strict=True))


def agrees(reading: Reading, feed: Path, service_day: dt.date | None = None) -> None:
    """Hold a reading against the slow one."""
    slow = truth(feed, service_day)
    table = reading.table
    found = {
        stop.removeprefix("x:"): (modes, None if pd.isna(count) else count)
        for stop, modes, count in zip(table["stop"], table["modes"], table["visits"], strict=True)
    }
    assert found == slow.used
    assert dict(reading.dropped) == slow.dropped
    assert reading.rows_read == slow.rows == len(table) + sum(reading.dropped.values())
    assert reading.notes.get("service_day") == slow.service_day


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_feed_reads_with_its_known_stops_modes_and_visits(
    shared_data: Path, name: str
) -> None:
    reading = read(shared_data / "gtfs" / name)
    rows, used, day = REAL[name]
    # A feed of which no stop is used is of no use: the wrong file was named.
    assert has_errors(reading.faults) == (used == 0)
    assert (reading.rows_read, len(reading.table)) == (rows, used)
    assert reading.notes.get("service_day") == day
    agrees(reading, shared_data / "gtfs" / name)


def test_every_real_feed_is_known(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "gtfs").glob("*.zip")} == REAL.keys()


@pytest.mark.parametrize("name", sorted(REAL))
def test_names_and_coordinates_are_kept_as_written(shared_data: Path, name: str) -> None:
    table = read(shared_data / "gtfs" / name).table
    rows = {f"x:{row['stop_id']}": row for row in rows_of(shared_data / "gtfs" / name, "stops.txt")}
    assert list(table["stop"]) == sorted(rows.keys() & set(table["stop"]))
    for stop in table.itertuples():
        row = rows[stop.stop]
        assert (stop.stop_name, stop.lat, stop.lon) == (
            row["stop_name"],
            float(row["stop_lat"]),
            float(row["stop_lon"]),
        )


def test_oddities_of_real_feeds_are_named(shared_data: Path) -> None:
    def warnings(name: str) -> str:
        return "\n".join(sentences(read(shared_data / "gtfs" / name), "warning"))

    assert '"900000210611" is not in this file' in warnings("ber_gtfs.zip")
    assert "(211 rows like this)" in warnings("ber_gtfs.zip")
    assert "read as Latin-1" in warnings("region-nord-v2.zip")
    assert "every stop counts as a bus stop" in warnings("riga_2025-06_without_stop_times.zip")
    assert 'trip_id: "AWD1" is not in trips.txt' in warnings("ggl_gtfs.zip")
    assert warnings("cairns_gtfs.zip") == ""


def test_publisher_of_a_feed_is_noted(shared_data: Path) -> None:
    assert read(shared_data / "gtfs/ggl_gtfs.zip").notes["publisher"] == "gtfs-feed"


def test_small_feed_by_hand(tmp_path: Path) -> None:
    reading = read(written(tmp_path, SMALL))
    same = {"feed": "x", "regional": True, "visits": 2}
    # The call at 25:10 is not by day.
    forest = {
        "stop": "x:02",
        "stop_name": "Mežs  un māja",
        "lat": 57.5,
        "lon": 25.25,
        "calls_by_day": 1,
        "parent": "",
    }
    street = {
        "stop": "x:1",
        "stop_name": "Brīvības iela, 1",
        "lat": 56.95,
        "lon": 24.1,
        "calls_by_day": 2,
        "parent": "9",
    }
    assert reading.table.to_dict("records") == [
        {**forest, **same, "modes": "bus+tram"},
        {**street, **same, "modes": "bus"},
    ]
    assert list(reading.table) == [
        *(
            "stop",
            "stop_name",
            "feed",
            "regional",
            "modes",
            "visits",
            "lat",
            "lon",
            "calls_by_day",
            "parent",
        )
    ]
    assert reading.dropped == {"not_a_stop": 1, "not_bus": 1}
    # Both buses run on Fridays only, and of the two Fridays the earlier counts.
    assert reading.notes == {
        "service_day": "2025-06-06",
        "first_day": "2025-06-02",
        "last_day": "2025-06-15",
    }


def padded(lines: list[str]) -> list[str]:
    """Put a space before every value but the first, as the national feed has it."""
    kept = [line.replace("iela, 1", "iela; 1") for line in lines]
    return [line.replace(",", ", ").replace("iela; 1", "iela, 1") for line in kept]


def quoted(lines: list[str]) -> list[str]:
    kept = [line.replace('"', "").replace("iela, 1", "iela; 1") for line in lines]
    cells = [[cell.replace("iela; 1", "iela, 1") for cell in line.split(",")] for line in kept]
    return [",".join(f'"{cell}"' for cell in line) for line in cells]


DRESSES: dict[str, Callable[[Path], Path]] = {
    "byte order mark": lambda folder: written(folder, SMALL, encoding="utf-8-sig"),
    "CRLF": lambda folder: written(folder, SMALL, end="\r\n"),
    "CR": lambda folder: written(folder, SMALL, end="\r"),
    "blank lines": lambda folder: written(folder, SMALL, end="\n\n"),
    "padded": lambda folder: written(folder, {t: padded(SMALL[t]) for t in SMALL}),
    "padded, BOM and CRLF": lambda folder: written(
        folder, {t: padded(SMALL[t]) for t in SMALL}, end="\r\n", encoding="utf-8-sig"
    ),
    "quoted": lambda folder: written(folder, {t: quoted(SMALL[t]) for t in SMALL}),
    "padded and quoted": lambda folder: written(
        folder, {t: [q.replace('","', '", "') for q in quoted(SMALL[t])] for t in SMALL}
    ),
    "UTF-16": lambda folder: written(folder, SMALL, encoding="utf-16"),
    "comma at the end of each line": lambda folder: written(folder, SMALL, end=",\n"),
    "comma at the end of each row": lambda folder: written(
        folder, {t: [SMALL[t][0], *(f"{row}," for row in SMALL[t][1:])] for t in SMALL}
    ),
    "more columns than we know": lambda folder: written(
        folder,
        {t: [f"{'extra' if i == 0 else i},{row}" for i, row in enumerate(SMALL[t])] for t in SMALL},
    ),
}


@pytest.mark.parametrize("dress", sorted(DRESSES))
def test_the_same_feed_in_another_dress_reads_the_same(tmp_path: Path, dress: str) -> None:
    plain = read(written(tmp_path / "plain", SMALL))
    dressed = read(DRESSES[dress](tmp_path / "dressed"))
    assert sentences(dressed, "error") == []
    pd.testing.assert_frame_equal(dressed.table, plain.table)
    assert (dressed.dropped, dressed.notes) == (plain.dropped, plain.notes)


def test_latin_1_is_read_with_a_warning_that_names_the_first_line(tmp_path: Path) -> None:
    feed = replaced(replaced(SMALL, "stops.txt", "Brīvības", "Østre"), "stops.txt", "ž", "z")
    feed = replaced(feed, "stops.txt", "ā", "a")
    reading = read(written(tmp_path, feed, encoding="latin-1"))
    assert reading.table["stop_name"][1] == "Østre iela, 1"
    assert any("stops.txt, row 2: is not UTF-8" in w for w in sentences(reading, "warning"))


def test_one_broken_letter_does_not_turn_the_others_into_latin_1(tmp_path: Path) -> None:
    folder = written(tmp_path, SMALL)
    stops = (folder / "stops.txt").read_bytes()
    (folder / "stops.txt").write_bytes(stops.replace("ī".encode(), b"\xc4", 1))
    names = read(folder).table["stop_name"]
    assert list(names) == ["Mežs  un māja", "Br�vības iela, 1"]


def test_no_calendar_file_but_calendar_dates(tmp_path: Path) -> None:
    feed = {name: lines for name, lines in SMALL.items() if name != "calendar.txt"}
    dates = ["service_id,date,exception_type", "week,20250604,1", "friday,20250605,1"]
    reading = read(written(tmp_path, with_rows(feed, calendar_dates=dates)))
    # One bus calls twice on either day.
    assert reading.notes["service_day"] == "2025-06-04"
    assert visits(reading) == {"x:1": 1, "x:02": 1}


def test_service_day_is_not_the_day_with_most_services(tmp_path: Path) -> None:
    many = [f"empty{n},20250603,1" for n in range(9)]
    dates = ["service_id,date,exception_type", *many]
    reading = read(written(tmp_path, with_rows(SMALL, calendar_dates=dates)))
    assert reading.notes["service_day"] == "2025-06-06"


def test_service_day_is_never_at_the_weekend(tmp_path: Path) -> None:
    feed = with_rows(
        SMALL,
        trips=[f"B,sunday,s{n}" for n in range(9)],
        stop_times=[f"s{n},08:00:00,08:00:00,1,1" for n in range(9)],
        calendar=["sunday,0,0,0,0,0,0,1,20250602,20250615"],
    )
    assert read(written(tmp_path, feed)).notes["service_day"] == "2025-06-06"


def test_service_day_that_is_given_is_taken_at_the_weekend_too(tmp_path: Path) -> None:
    reading = read(written(tmp_path, SMALL), service_day=dt.date(2025, 6, 8))
    assert reading.notes["service_day"] == "2025-06-08"
    assert visits(reading) == {"x:1": 1, "x:02": 1}


def test_calendar_counts_its_first_and_its_last_day(tmp_path: Path) -> None:
    feed = written(tmp_path, SMALL)
    days = {"2025-06-01": 0, "2025-06-02": 1, "2025-06-15": 1, "2025-06-16": 0}
    for day, buses in days.items():
        reading = read(feed, service_day=dt.date.fromisoformat(day))
        assert visits(reading) == {"x:1": buses, "x:02": buses}


def test_day_added_after_the_calendar_ends_counts(tmp_path: Path) -> None:
    feed = with_rows(
        SMALL,
        trips=["B,extra,e1"],
        stop_times=["e1,08:00:00,08:00:00,1,1"],
        calendar_dates=[
            "service_id,date,exception_type",
            *(f"{service},20250620,1" for service in ("week", "friday", "extra")),
        ],
    )
    reading = read(written(tmp_path, feed))
    assert reading.notes["service_day"] == reading.notes["last_day"] == "2025-06-20"
    assert visits(reading) == {"x:1": 3, "x:02": 2}


def test_service_day_without_a_bus_is_warned_of(tmp_path: Path) -> None:
    reading = read(written(tmp_path, SMALL), service_day=dt.date(2024, 1, 1))
    assert visits(reading) == {"x:1": 0, "x:02": 0}
    assert any('"2024-01-01" is a day on which no bus' in w for w in sentences(reading, "warning"))


def test_frequencies_count_each_departure(tmp_path: Path) -> None:
    rows = [
        "trip_id,start_time,end_time,headway_secs",
        "b1,6:00:00,7:00:00,1800",  # 6.00, 6.30
        "b1,07:00:00,08:00:01,1800",  # 7.00, 7.30, 8.00
        "b1,24:00:00,26:00:00,3600",  # 24.00, 25.00
    ]
    reading = read(written(tmp_path, with_rows(SMALL, frequencies=rows)))
    assert visits(reading) == {"x:1": 7 + 1, "x:02": 7 + 1}


def test_stops_without_coordinates_are_dropped_with_a_warning(tmp_path: Path) -> None:
    feed = replaced(SMALL, "stops.txt", "57.5,25.25", "0,0.0")
    feed = replaced(feed, "stops.txt", "56.95,24.1,0", ",24.1,0")
    reading = read(written(tmp_path, feed))
    assert reading.dropped == {"not_a_stop": 1, "not_bus": 1, "no_coordinates": 2}
    assert any('row 2, stop_id: "1" has no coordinates' in w for w in sentences(reading, "warning"))


def test_blank_rows_and_rows_without_id_are_dropped_and_counted(tmp_path: Path) -> None:
    feed = with_rows(SMALL, stops=[",,,,,", "   ", ",Bez numura,56,24,,", "  , ,,,,"])
    reading = read(written(tmp_path, feed))
    assert reading.dropped == {"not_a_stop": 1, "not_bus": 1, "blank": 2, "no_id": 1}
    assert reading.rows_read == 7
    assert reading.dropped.keys() <= DROPPED.keys()


def test_feed_with_only_the_header_of_stop_times_counts_whole_as_bus(tmp_path: Path) -> None:
    reading = read(written(tmp_path, {**SMALL, "stop_times.txt": SMALL["stop_times.txt"][:1]}))
    assert list(reading.table["modes"]) == ["bus"] * 3
    assert reading.table["visits"].isna().all()
    assert reading.dropped == {"not_a_stop": 1}


def test_stop_on_the_equator_has_coordinates(tmp_path: Path) -> None:
    reading = read(written(tmp_path, replaced(SMALL, "stops.txt", "57.5,25.25", "0,25.25")))
    assert "no_coordinates" not in reading.dropped


def test_modes_by_route_type(tmp_path: Path) -> None:
    kinds = [*range(8), 11, 12, *range(100, 1800)]
    feed = {
        "stops.txt": [SMALL["stops.txt"][0], *(f"{kind},Pietura,57,25,," for kind in kinds)],
        "routes.txt": ["route_id,route_type", *(f"{kind},{kind}" for kind in kinds)],
        "trips.txt": ["route_id,service_id,trip_id", *(f"{kind},s,{kind}" for kind in kinds)],
        "stop_times.txt": ["trip_id,stop_id,stop_sequence", *(f"{k},{k},1" for k in kinds)],
    }
    table = read(written(tmp_path, feed)).table
    found = dict(zip(table["stop"].str[2:].astype(int), table["modes"], strict=True))
    expected = {3: "bus", 11: "trolleybus", 0: "tram"}
    expected |= dict.fromkeys([*range(200, 300), *range(700, 800)], "bus")
    expected |= dict.fromkeys(range(800, 900), "trolleybus")
    expected |= dict.fromkeys(range(900, 1000), "tram")
    assert found == expected


@pytest.mark.parametrize("blank", [False, True])
def test_feed_of_the_benchmark_is_read_as_the_slow_reading_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, blank: bool
) -> None:
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
    write_feed = importlib.import_module("gtfs_feed").write_feed
    write_feed(tmp_path / "feed.zip", stops=200, stop_times=6_000, padded=blank)
    reading = read(tmp_path / "feed.zip")
    assert not has_errors(reading.faults), reading.faults
    assert reading.table["visits"].sum() > 0
    agrees(reading, tmp_path / "feed.zip")


def test_large_table_with_line_breaks_in_its_names(tmp_path: Path) -> None:
    # The table is read in blocks of some megabytes, whose ends must not cut a name.
    name = "\n".join(f"{line}. rinda" for line in range(30))
    stops = [SMALL["stops.txt"][0], *(f'{n},"{name}",57,25,,' for n in range(60_000))]
    feed = {**SMALL, "stops.txt": [*stops, "last,Pēdējā,pēdējā,25,,"]}
    reading = read(written(tmp_path, feed))
    assert reading.dropped["bad_value"] == 1
    assert any(
        said.startswith('feed.zip/stops.txt, row 1800002, stop_lat: "pēdējā" is not a number')
        for said in sentences(reading, "warning")
    )
    assert read(written(tmp_path, {**feed, "stops.txt": stops})).rows_read == 60_000


FAULTS = {
    # what is changed in the small feed, and the fault said
    "decimal comma": (
        ("stops.txt", "57.5,", '"57,5",'),
        'stops.txt, row 3, stop_lat: "57,5" is not a number from -90 to 90',
    ),
    "swapped beyond 90": (
        ("stops.txt", "57.5,25.25", "125.25,57.5"),
        'stops.txt, row 3, stop_lat: "125.25" is not a number from -90 to 90',
    ),
    "not a number": (
        ("stops.txt", "24.1,0", "nan,0"),
        'stops.txt, row 2, stop_lon: "nan" is not a number',
    ),
    "location type": (
        ("stops.txt", "24.1,1,", "24.1,5,"),
        'stops.txt, row 5, location_type: "5" is not 0, 1, 2, 3 or 4',
    ),
    "stop twice": (
        ("stops.txt", "003,", "02,"),
        'stops.txt, row 3, stop_id: "02" is the key of more than one row',
    ),
    "column missing": (
        ("stops.txt", "stop_lat", "lat"),
        "stops.txt, row 1, stop_lat: the column is missing",
    ),
    "column twice": (
        ("stops.txt", "parent_station", "stop_id"),
        "stops.txt, row 1, stop_id: the column is there more than once",
    ),
    "semicolons": (
        ("routes.txt", ",", ";"),
        "routes.txt, row 1: columns are separated by semicolons, and GTFS requires commas",
    ),
    "comma without quotation marks": (
        ("stops.txt", '"Brīvības iela, 1"', "Brīvības iela, 1"),
        "stops.txt, row 2: the row has more cells than the header",
    ),
    "quotation mark not closed": (
        ("stops.txt", '"Brīvības iela, 1"', '"Brīvības iela'),
        "stops.txt, row 2: a quotation mark is not closed",
    ),
    "route type": (
        ("routes.txt", "900", "bus"),
        'routes.txt, row 3, route_type: "bus" is not a known route type',
    ),
    "route twice": (("routes.txt", "T,", "B,"), 'routes.txt, row 2, route_id: "B" is the key of'),
    "trip twice": (("trips.txt", "b2", "b1"), 'trips.txt, row 2, trip_id: "b1" is the key of'),
    "weekday": (
        ("calendar.txt", "week,1", "week,2"),
        'calendar.txt, row 2, monday: "2" is not 0 or 1',
    ),
    "no such day": (
        ("calendar.txt", "20250615", "20250631"),
        'calendar.txt, row 2, end_date: "20250631" is not a date',
    ),
    "sequence": (
        ("stop_times.txt", ",02,1", ",02,one"),
        'stop_times.txt, row 3, stop_sequence: "one" is not a whole number',
    ),
}


@pytest.mark.parametrize("case", sorted(FAULTS))
def test_fault_is_an_error_and_says_file_row_field_and_value(tmp_path: Path, case: str) -> None:
    change, sentence = FAULTS[case]
    reading = read(written(tmp_path, replaced(SMALL, *change)))
    assert any(said.startswith(f"feed.zip/{sentence}") for said in sentences(reading, "error")), (
        reading.faults
    )
    assert reading.table.empty


WARNINGS = {
    "call of an unknown stop": (
        {"stop_times": ["b1,9:00:00,9:00:00,404,7", "b1,9:00:00,9:00:00,405,8"]},
        'stop_times.txt, row 8, stop_id: "404" is not in stops.txt',
    ),
    "call of an unknown trip": (
        {"stop_times": ["b9,9:00:00,9:00:00,1,7"]},
        'stop_times.txt, row 8, trip_id: "b9" is not in trips.txt',
    ),
    "trip of an unknown route": (
        {"trips": ["Z,week,z1"]},
        'trips.txt, row 6, route_id: "Z" is not in routes.txt',
    ),
    "trip of an unknown service": (
        {"trips": ["B,never,z1"]},
        'trips.txt, row 6, service_id: "never" is not in the calendars',
    ),
    "unknown station": (
        {"stops": ["7,Stacija,56,24,0,77"]},
        'stops.txt, row 6, parent_station: "77" is not in this file',
    ),
    "short row": ({"stops": ["7,Pietura,56,24"]}, "stops.txt, row 6: the row has fewer cells"),
    "service that ends before it begins": (
        {"calendar": ["old,1,1,1,1,1,1,1,20250602,20250601"]},
        'calendar.txt, row 4, end_date: "20250601" is before start_date',
    ),
    "route without a type": ({"routes": ["Q,"]}, "routes.txt, row 5, route_type: has no value"),
}


@pytest.mark.parametrize("case", sorted(WARNINGS))
def test_reference_that_leads_nowhere_is_a_warning(tmp_path: Path, case: str) -> None:
    more, sentence = WARNINGS[case]
    reading = read(written(tmp_path, with_rows(SMALL, **more)))
    assert sentences(reading, "error") == []
    assert any(said.startswith(f"feed.zip/{sentence}") for said in sentences(reading, "warning"))
    assert visits(reading) == {"x:1": 2, "x:02": 2}


def test_faults_of_all_files_are_said_at_once(tmp_path: Path) -> None:
    feed = SMALL
    for case in ("decimal comma", "route type", "trip twice", "no such day", "sequence"):
        feed = replaced(feed, *FAULTS[case][0])
    feed = {name: lines for name, lines in feed.items() if name != "routes.txt"}
    said = "\n".join(sentences(read(written(tmp_path, feed)), "error"))
    assert "routes.txt: the file is missing" in said
    assert "stop_lat" in said
    assert "end_date" in said


def test_row_of_a_fault_is_the_physical_line(tmp_path: Path) -> None:
    stops = [
        SMALL["stops.txt"][0],
        '1,"Brīvības\niela, 1",56.95,24.1,0,',
        "",
        "02,Mežs,57.5,25.25,,",
        "003,Purvs,purvs,26.5,,",
    ]
    reading = read(written(tmp_path, {**SMALL, "stops.txt": stops}))
    (error,) = sentences(reading, "error")
    assert error.startswith('feed.zip/stops.txt, row 6, stop_lat: "purvs" is not a number')


def test_lines_of_records_are_found() -> None:
    text = b'\na,b\n1,"x\ny"\n\r\n\n2,"z""\n"\n3,\n4,5'
    assert record_lines(text).tolist() == [2, 3, 7, 9, 10]
    assert record_lines(text.replace(b"\n", b"\r")).tolist() == [2, 3, 8, 10, 11]
    assert record_lines(b"").tolist() == []


def test_a_cell_may_be_of_any_length(tmp_path: Path) -> None:
    name = "x" * 200_000
    for stop in (f'1,"{name}",57,24,,', f"1,{name},57,24,,,,"):
        stops = [SMALL["stops.txt"][0], stop]
        found = read(written(tmp_path, {**SMALL, "stops.txt": stops}))
        assert found.table["stop_name"].tolist() == [name]


def test_equal_faults_are_grouped_under_the_first(tmp_path: Path) -> None:
    stops = [SMALL["stops.txt"][0], *(f'{n},Nosaukums,"57,{n}",24,,' for n in range(5))]
    reading = read(written(tmp_path, {**SMALL, "stops.txt": stops}))
    (error,) = [fault for fault in reading.faults if fault.level == "error"]
    assert (error.row, error.value, error.alike) == (2, "57,0", 5)


IDS = st.sampled_from(["1", "2", "02", "a b", "ž"])
SERVICES = st.sampled_from(["s", "t", "u"])
TRIPS = st.sampled_from(["p", "q", "r", "z"])
DAYS_OF_FEED = st.dates(dt.date(2024, 2, 26), dt.date(2024, 3, 6))
DATES = DAYS_OF_FEED.map(lambda day: f"{day:%Y%m%d}")


@st.composite
def feeds(draw: st.DrawFn) -> dict[str, list[str]]:
    """Make a tiny feed without errors, though with references that lead nowhere."""
    kinds = st.sampled_from([0, 1, 2, 3, 4, 11, 200, 299, 300, 700, 800, 899, 900, 999, 1000])
    places = st.sampled_from(["56.5,24", "0,0", ",", "57.25,25.125"])
    stops = draw(st.lists(IDS, unique=True, min_size=1))
    routes = draw(st.lists(st.sampled_from("ABC"), unique=True, min_size=1))
    trips = draw(st.lists(TRIPS, unique=True, min_size=1))
    feed = {
        "stops.txt": [
            "stop_id,stop_name,stop_lat,stop_lon,location_type",
            *(f"{stop},N,{draw(places)},{draw(st.sampled_from(['', '0', '1']))}" for stop in stops),
        ],
        "routes.txt": ["route_id,route_type", *(f"{route},{draw(kinds)}" for route in routes)],
        "trips.txt": [
            "trip_id,route_id,service_id",
            *(f"{trip},{draw(st.sampled_from('ABCD'))},{draw(SERVICES)}" for trip in trips),
        ],
        "stop_times.txt": [
            "trip_id,stop_id,stop_sequence",
            *(f"{draw(TRIPS)},{draw(IDS)},{n}" for n in range(draw(st.integers(1, 12)))),
        ],
    }
    if draw(st.booleans()):
        flags = st.lists(st.sampled_from("01"), min_size=7, max_size=7).map(",".join)
        spans = st.tuples(DATES, DATES).map(sorted).map(",".join)
        services = draw(st.lists(SERVICES, unique=True, min_size=1))
        rows = [f"{service},{draw(flags)},{draw(spans)}" for service in services]
        feed["calendar.txt"] = [CALENDAR_HEADER, *rows]
    if "calendar.txt" not in feed or draw(st.booleans()):
        days = draw(st.lists(st.tuples(SERVICES, DATES), unique=True, max_size=12))
        rows = [f"{service},{day},{draw(st.sampled_from('12'))}" for service, day in days]
        feed["calendar_dates.txt"] = ["service_id,date,exception_type", *rows]
    if draw(st.booleans()):
        minutes, headways = st.integers(1, 59), st.integers(60, 4000)
        rows = [
            f"{trip},{hour}:00:00,{hour}:{draw(minutes):02d}:00,{draw(headways)}"
            for hour, trip in enumerate(draw(st.lists(TRIPS, max_size=4)), start=5)
        ]
        feed["frequencies.txt"] = ["trip_id,start_time,end_time,headway_secs", *rows]
    return feed


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    feed=feeds(),
    end=st.sampled_from(["\n", "\r\n", ",\n"]),
    blank=st.booleans(),
    given_day=st.none() | DAYS_OF_FEED,
)
def test_any_feed_is_read_as_the_slow_reading_finds_it(
    feed: dict[str, list[str]], end: str, blank: bool, given_day: dt.date | None
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        dressed = {name: padded(lines) if blank else lines for name, lines in feed.items()}
        path = written(Path(folder), dressed, end=end)
        reading = read(path, service_day=given_day)
        # Where no stop is used the feed is an error, and nothing else is one.
        used = bool(truth(path, given_day).used)
        assert len(sentences(reading, "error")) == (not used), reading.faults
        agrees(reading, path, given_day)


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    table=st.sampled_from(sorted(SMALL)),
    where=st.floats(0, 1),
    length=st.integers(0, 12),
    put=st.binary(max_size=4) | st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"\xff\xfe"]),
)
def test_damaged_table_is_refused_or_accounted_for(
    table: str, where: float, length: int, put: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), SMALL)
        data = (path / table).read_bytes()
        at = int(where * len(data))
        (path / table).write_bytes(data[:at] + put + data[at + length :])
        reading = read(path)
        if has_errors(reading.faults):
            assert reading.table.empty
        else:
            assert reading.rows_read == len(reading.table) + sum(reading.dropped.values())


@pytest.mark.parametrize("piece", [1, 40, 1 << 20])
@pytest.mark.parametrize(
    "wrong", ["b1,7:05,7:05,1,0", "x,8:00:00,8:00:00,1,0", "b1,7:05:00,8,02,-"]
)
def test_pieces_of_any_size_read_as_the_whole_that_quotation_marks_ask_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, piece: int, wrong: str
) -> None:
    rows = [
        f"b2,9:{n // 60:02}:{n % 60:02},9:{n // 60:02}:{n % 60:02}, 1,{n + 9}" for n in range(99)
    ]
    feed = with_rows(SMALL, stop_times=[*rows, wrong, *(f"b1,,,003,{n}" for n in range(2, 50))])
    header = SMALL["stop_times.txt"][0]
    quoted = replaced(feed, "stop_times.txt", header, header.replace("trip_id", '"trip_id"'))
    whole = read(written(tmp_path / "quoted", quoted))
    monkeypatch.setattr("vpvkac.sources.gtfs.archive._PIECE", piece)
    pieces = read(written(tmp_path / "plain", feed))
    pd.testing.assert_frame_equal(pieces.table, whole.table)
    assert pieces.faults == whole.faults
    assert 107 in [fault.row for fault in pieces.faults]


def test_the_timetable_is_made_of_the_stop_times_that_were_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, opened = written(tmp_path, SMALL), []
    pieces = Feed.pieces

    def noted(feed: Feed, table: str) -> Iterator[bytes]:
        opened.append(table)
        return pieces(feed, table)

    monkeypatch.setattr(Feed, "pieces", noted)
    made = read_gtfs(path, feed="x", regional=True).timetable
    assert made is not None
    found = [feed.on(dt.date(2025, 6, 6)).calls for feed in (made(), made())]
    assert opened.count("stop_times.txt") == 1
    for calls in found:
        pd.testing.assert_frame_equal(calls, read_timetable(path).on(dt.date(2025, 6, 6)).calls)
