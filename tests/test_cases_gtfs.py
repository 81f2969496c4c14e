"""Feeds that are packed, written or filled in otherwise than they should be.

Each is read as it was meant, or refused by its true cause.  What is dropped
for a faulty row is held against a slow reading of the same feed.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import io
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from click.testing import CliRunner

import vpvkac
from gtfs_oracle import rows_of, usable
from test_gtfs import CALENDAR_HEADER, SMALL, agrees, read, replaced, sentences, visits
from test_gtfs import written as written_to
from test_gtfs_archive import FEED, zipped
from vpvkac.cli.main import main
from vpvkac.sources.gtfs import read_gtfs, read_timetable

if TYPE_CHECKING:
    from vpvkac.sources.base import Reading

pytestmark = pytest.mark.slow

FRIDAY = dt.date(2025, 6, 6)


def errors(reading: Reading) -> list[str]:
    return sentences(reading, "error")


def warnings(reading: Reading) -> str:
    return "\n".join(sentences(reading, "warning"))


def only_error(path: Path) -> str:
    """Read a feed that is refused by one sentence."""
    (error,) = errors(read_gtfs(path, feed="x", regional=True))
    return error


# --- The cases -------------------------------------------------------------------------------


def check(case: Path, out: Path) -> tuple[int, str]:
    found = CliRunner().invoke(main, ["check", str(case), "--out", str(out), "--lang", "en"])
    assert "Traceback" not in found.output
    return found.exit_code, found.output


REFUSED_CASES = {
    "17-gtfs-deflate64": "gtfs.zip: the archive is packed by a method that cannot be read here "
    "(Deflate64); unpack it and give the folder, or pack it anew",
    "18-gtfs-nested-zip": 'gtfs.zip: "1/google_transit.zip, 2/google_transit.zip" are archives '
    "within this one; unpack and name each feed by itself",
}


@pytest.mark.parametrize("case", sorted(REFUSED_CASES))
def test_feed_that_cannot_be_unpacked_is_refused_by_one_sentence(
    shared_cases: Path, tmp_path: Path, case: str
) -> None:
    exit_code, said = check(shared_cases / case, tmp_path)
    assert exit_code == 1
    assert f"Error: {REFUSED_CASES[case]}" in said
    assert said.count("Error: ") == 1


@pytest.mark.parametrize("case", ["g09_upper", "g28_header_case"])
def test_names_in_capitals_are_read(shared_cases: Path, case: str) -> None:
    reading = read(shared_cases / "19-gtfs-capitals" / case / "gtfs.zip")
    assert errors(reading) == []
    assert visits(reading) == {f"x:S{number}": 2 for number in range(1, 5)}
    assert ("STOPS.TXT" in warnings(reading)) == (case == "g09_upper")


def test_rows_on_call_are_left_out_without_advice(shared_cases: Path) -> None:
    reading = read(shared_cases / "20-gtfs-flex/g01_flex_location_group/gtfs.zip")
    assert errors(reading) == []
    assert visits(reading) == {"x:S1": 1, "x:S2": 1, "x:S3": 1}
    assert sentences(reading, "warning") == [
        (
            "feed.zip/stop_times.txt, row 5: on call, no fixed stop; the row is not used "
            "(2 rows like this)"
        ),
        'feed.zip/stops.txt, row 5, stop_id: "S4" is served by no trip; the row is not used',
    ]


def test_feed_on_call_alone_gives_no_stops_and_the_run_goes_on(
    shared_cases: Path, tmp_path: Path
) -> None:
    exit_code, said = check(shared_cases / "20-gtfs-flex/g02_flex_no_stop_id_column", tmp_path)
    assert exit_code == 0
    assert "on call, no fixed stop" in said
    for advice in ("add the time", "fix the row", "fix the header", "newer feed"):
        assert advice not in said


def test_times_are_checked_by_check_as_by_hours(shared_cases: Path, tmp_path: Path) -> None:
    exit_code, said = check(shared_cases / "22-gtfs-times-not-checked/g41_garbage_times", tmp_path)
    assert exit_code == 1
    for field in ("arrival_time", "departure_time"):
        assert f'stop_times.txt, row 2, {field}: "seven" is not a time' in said


def test_times_without_seconds_are_whole_minutes(shared_cases: Path) -> None:
    feed = shared_cases / "22-gtfs-times-not-checked/g40_hours_times/gtfs.zip"
    reading = read(feed)
    assert errors(reading) == []
    assert 'row 2, arrival_time: "07:01" is a time without seconds' in warnings(reading)
    calls = read_timetable(feed).bus_calls({"S2"}, dt.date(2023, 9, 1))
    assert list(calls["arrives"]) == [7 * 3600 + 2 * 60, 8 * 3600 + 2 * 60]


# --- Archives --------------------------------------------------------------------------------


def repacked(path: Path, method: int, *, only: str = "") -> Path:
    """Make a zip say that its members, or one of them, are packed by a method."""
    data = bytearray(zipped(path).read_bytes())
    for mark, offset, name_at in ((b"PK\x03\x04", 8, 30), (b"PK\x01\x02", 10, 46)):
        at = data.find(mark)
        while at >= 0:
            if data[at + name_at :].startswith(only.encode()):
                data[at + offset : at + offset + 2] = method.to_bytes(2, "little")
            at = data.find(mark, at + 4)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("method", "name"), [(9, "Deflate64"), (98, "PPMd"), (93, "Zstandard"), (99, "AES"), (77, "77")]
)
def test_method_of_packing_is_named(tmp_path: Path, method: int, name: str) -> None:
    error = only_error(repacked(tmp_path / "feed.zip", method))
    assert f"cannot be read here ({name}); unpack it" in error
    error = only_error(repacked(tmp_path / "one.zip", method, only="trips.txt"))
    assert f"cannot be read here ({name})" in error


def test_method_of_a_table_that_is_not_read_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    with zipfile.ZipFile(zipped(path), "a") as archive:
        archive.writestr("shapes.txt", "shape_id\n")
    data = path.read_bytes()
    at = data.rindex(b"PK\x01\x02")
    path.write_bytes(data[: at + 10] + b"\x09\0" + data[at + 12 :])
    assert errors(read_gtfs(path, feed="x", regional=True)) == []


OTHER_FILES = {
    "RAR": (b"Rar!\x1a\x07\x01\x00" + bytes(99), "this is a RAR archive, not a zip; unpack it"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(99), "this is a 7z archive, not a zip; unpack it"),
    "gzip": (b"\x1f\x8b\x08" + bytes(99), "this is a gzip archive, not a zip; unpack it"),
    "tar": (bytes(257) + b"ustar" + bytes(300), "this is a tar archive, not a zip; unpack it"),
    "web page": (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "this is a web page or XML, not a zip"),
    "JSON": (b'{"error": "not found"}', "this is JSON, not a zip"),
    "table": (b"stop_id,stop_name\n1,A\n", "this is a single table, not a folder or a zip"),
    "empty": (b"", "the file is empty; download it again"),
    "half a zip": (b"PK\x03\x04" + bytes(99), "the zip is damaged or cut short"),
    "anything": (b"\x89\x01\x02" * 99, "this is neither a folder nor a zip"),
}


@pytest.mark.parametrize("kind", sorted(OTHER_FILES))
def test_file_that_is_no_zip_is_called_what_it_is(tmp_path: Path, kind: str) -> None:
    content, words = OTHER_FILES[kind]
    (tmp_path / "feed.zip").write_bytes(content)
    assert only_error(tmp_path / "feed.zip").startswith(f"feed.zip: {words}")


def test_what_is_there_instead_of_the_stops_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as archive:
        archive.writestr("stops.csv", FEED["stops.txt"])
        archive.writestr("__MACOSX/._stops.txt", "x")
    assert only_error(tmp_path / "feed.zip") == (
        "feed.zip/stops.txt: the file is missing; add it; there is only stops.csv"
    )


@pytest.mark.parametrize("inner", ["a/feed.7z", "feed.tar.gz", "FEED.ZIP"])
def test_archive_within_the_archive_is_named(tmp_path: Path, inner: str) -> None:
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as archive:
        archive.writestr(inner, "x")
        archive.writestr("__MACOSX/._feed.zip", "x")
        archive.writestr("readme.txt", "x")
    assert f'"{inner}" is an archive within this one; unpack' in only_error(tmp_path / "feed.zip")


def test_table_under_two_spellings_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(zipped(tmp_path / "feed.zip"), "a") as archive:
        archive.writestr("Trips.TXT", FEED["trips.txt"])
    error = only_error(tmp_path / "feed.zip")
    assert "the table is there more than once (Trips.TXT, trips.txt); keep one" in error


# --- Headers ---------------------------------------------------------------------------------

MARK = b"\xef\xbb\xbf"
HEADERS: dict[str, Callable[[bytes], bytes]] = {
    "capitals": lambda header: header.upper(),
    "blanks": lambda header: header.replace(b"stop_id", b" Stop ID ").replace(b"trip", b"\tTrip"),
    "two byte order marks": lambda header: MARK + MARK + header,
    "quoted byte order mark": lambda header: MARK + b'"' + MARK + header.replace(b",", b'",', 1),
}


@pytest.mark.parametrize("header", sorted(HEADERS))
def test_heading_in_another_dress_is_the_same_column(tmp_path: Path, header: str) -> None:
    plain = read(written_to(tmp_path / "plain", SMALL))
    folder = written_to(tmp_path / "dressed", SMALL)
    for name in SMALL:
        first, rows = (folder / name).read_bytes().split(b"\n", 1)
        (folder / name).write_bytes(HEADERS[header](first) + b"\n" + rows)
    dressed = read(folder)
    assert errors(dressed) == []
    pd.testing.assert_frame_equal(dressed.table, plain.table)


def test_heading_that_is_there_in_two_cases_is_refused(tmp_path: Path) -> None:
    feed = replaced(SMALL, "stops.txt", "parent_station", "Stop_ID")
    (error,) = errors(read(written_to(tmp_path, feed)))
    assert "stops.txt, row 1, stop_id: the column is there more than once; keep one" in error


def test_missing_column_names_those_that_are_there(tmp_path: Path) -> None:
    feed = replaced(SMALL, "routes.txt", "route_type", "kind")
    (error,) = errors(read(written_to(tmp_path, feed)))
    assert error == (
        "feed.zip/routes.txt, row 1, route_type: the column is missing; "
        "fix the header, which has: route_id, kind"
    )


@pytest.mark.parametrize(("mark", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", '"|"')])
def test_table_that_other_marks_separate_is_refused_by_one_sentence(
    tmp_path: Path, mark: str, name: str
) -> None:
    feed = {**SMALL, "trips.txt": [line.replace(",", mark) for line in SMALL["trips.txt"]]}
    (error,) = errors(read(written_to(tmp_path, feed)))
    assert f"trips.txt, row 1: columns are separated by {name}, and GTFS requires" in error


# --- Times -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "time",
    ["seven", "-1:00:00", "7:5:0", "25:61:00", "07:00:60", "168:00:00", "7", "7.30", "٠٧:٠٠"],
)
def test_text_that_is_no_time_is_an_error_of_check_and_of_hours(tmp_path: Path, time: str) -> None:
    feed = written_to(tmp_path, replaced(SMALL, "stop_times.txt", "b2,08:00:00", f"b2,{time}"))
    (error,) = errors(read(feed))
    assert f'stop_times.txt, row 4, arrival_time: "{time}" is not a time' in error
    with pytest.raises(vpvkac.InputError, match="row 4, arrival_time"):
        read_timetable(feed).bus_calls({"02"}, FRIDAY)


@pytest.mark.parametrize("time", ["7:05:00", "07:05", "167:59:59", "24:00:00", " 08:00:00 ", ""])
def test_text_that_is_a_time_is_none(tmp_path: Path, time: str) -> None:
    feed = replaced(SMALL, "stop_times.txt", "b2,08:00:00,08:00:00", f"b2,{time},{time}")
    reading = read(written_to(tmp_path, feed))
    assert errors(reading) == []
    assert visits(reading) == {"x:1": 2, "x:02": 2}


def test_window_of_a_stop_on_call_stands_for_its_times(tmp_path: Path) -> None:
    header = f"{SMALL['stop_times.txt'][0]},start_pickup_drop_off_window,end_pickup_drop_off_window"
    rows = [f"{row},," for row in SMALL["stop_times.txt"][1:]]
    rows[2] = "b2,,,02,1,08:00:00,18:00:00"
    reading = read(written_to(tmp_path, {**SMALL, "stop_times.txt": [header, *rows]}))
    assert (errors(reading), visits(reading)) == ([], {"x:1": 2, "x:02": 2})
    assert "add the time" not in warnings(reading)
    rows[2] = "b2,,,02,1,eight,18:00:00"
    (error,) = errors(read(written_to(tmp_path, {**SMALL, "stop_times.txt": [header, *rows]})))
    assert 'row 4, start_pickup_drop_off_window: "eight" is not a time' in error


# --- Rows that cannot be used ----------------------------------------------------------------


@pytest.fixture(scope="session")
def national(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Give a made feed of some hundred stops, as lines of its tables."""
    folder = tmp_path_factory.mktemp("national")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[1] / "benchmarks")
        write_feed = importlib.import_module("gtfs_feed").write_feed
        write_feed(folder / "feed.zip", stops=500, stop_times=9_000, padded=False)
    with zipfile.ZipFile(folder / "feed.zip") as archive:
        return {name: archive.read(name).decode().splitlines() for name in archive.namelist()}


def cells_of(line: str) -> list[str]:
    return next(csv.reader([line]))


def line_of(cells: list[str]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(cells)
    return written.getvalue()


BAD_CELLS = {
    "stops.txt": {"stop_lat": ("57,1", "-91", "x", "1e5"), "stop_lon": ("181",),
                  "location_type": ("9", "stop")},
    "trips.txt": {},
    "stop_times.txt": {"arrival_time": ("7:5:0", "seven"), "departure_time": ("24:60:00",),
                       "stop_sequence": ("-1", "first")},
    "calendar_dates.txt": {"date": ("2025-01-01", "20250230"), "exception_type": ("3", "x")},
}  # fmt: skip


def mutated(
    feed: dict[str, list[str]], seed: int
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Spoil rows of a feed, up to 1 % of a table; tell of each how."""
    chance = random.Random(seed)  # noqa: S311
    spoilt = {name: list(lines) for name, lines in feed.items()}
    done: dict[str, list[str]] = {}
    for table, bad_cells in BAD_CELLS.items():
        lines = spoilt[table]
        header = lines[0].split(",")
        # A repeated key may refuse two rows.
        for _ in range(chance.randint(0, min((len(lines) - 1) // 200, 6))):
            at = chance.randrange(1, len(lines))
            cells = cells_of(lines[at])
            ways = ["twice", "twice, otherwise", "comma"] + ["cell"] * (2 if bad_cells else 0)
            way = chance.choice(ways)
            if way == "cell":
                field = chance.choice(sorted(bad_cells))
                cells[header.index(field)] = chance.choice(bad_cells[field])
                lines[at] = line_of(cells)
            elif way == "comma":
                lines[at] = f"{lines[at]}, vai otrādi"
            else:
                if way == "twice, otherwise":
                    other = {
                        "stops.txt": "stop_name",
                        "trips.txt": "service_id",
                        "stop_times.txt": "stop_id",
                        "calendar_dates.txt": "exception_type",
                    }
                    place = header.index(other[table])
                    cells[place] = {"1": "2", "2": "1"}.get(cells[place], "s1x")
                lines.insert(chance.randrange(1, len(lines) + 1), line_of(cells))
            done.setdefault(table, []).append(way)
    return spoilt, done


@pytest.mark.parametrize("seed", range(40))
def test_up_to_one_row_in_a_hundred_is_dropped_as_the_slow_reading_finds_it(
    tmp_path: Path, national: dict[str, list[str]], seed: int
) -> None:
    feed, done = mutated(national, seed)
    path = written_to(tmp_path, feed)
    reading = read(path)
    assert errors(reading) == [], done
    agrees(reading, path)
    for table in done:
        _, dropped = usable(path, table)
        named = [fault for fault in reading.faults if fault.file == f"feed.zip/{table}"]
        assert all(fault.row is not None for fault in named)
        said = [fault for fault in named if fault.remedy.text("en") == "the row is not used"]
        assert sum(fault.alike for fault in said) >= sum(dropped.values()) > 0
    strict = read_gtfs(path, feed="x", regional=True, strict=True)
    assert bool(errors(strict)) == bool(done)
    assert strict.table.empty == bool(done)


@pytest.mark.parametrize("seed", range(40, 50))
def test_the_timetable_drops_the_same_rows(
    tmp_path: Path, national: dict[str, list[str]], seed: int
) -> None:
    feed, _ = mutated(national, seed)
    path = written_to(tmp_path, feed)
    reading = read(path)
    day = dt.date.fromisoformat(reading.notes["service_day"])
    table = reading.table[reading.table["modes"].str.contains("bus")]
    calls = read_timetable(path).bus_calls(set(table["stop"].str.removeprefix("x:")), day)
    counted = calls.groupby("stop").size()
    assert {f"x:{stop}": count for stop, count in counted.items()} == {
        stop: count for stop, count in visits(reading).items() if count
    }


@pytest.mark.parametrize(("bad", "refused"), [(5, False), (6, True)])
def test_more_than_one_row_in_a_hundred_is_an_error(
    tmp_path: Path, national: dict[str, list[str]], *, bad: int, refused: bool
) -> None:
    stops = list(national["stops.txt"])
    for at in range(10, 10 + bad):
        cells = cells_of(stops[at])
        stops[at] = line_of([*cells[:4], "-90.1", *cells[5:]])
    reading = read(written_to(tmp_path, {**national, "stops.txt": stops}))
    assert bool(errors(reading)) == refused
    level = "error" if refused else "warning"
    (said,) = [fault for fault in reading.faults if fault.field == "stop_lat"]
    assert (said.level, said.row, said.value, said.alike) == (level, 11, "-90.1", bad)
    # Where the table is refused, calls at its stops are not blamed besides.
    assert any("is not in stops.txt" in said for said in sentences(reading, "warning")) != refused


def test_comma_without_quotation_marks_drops_its_trip_alone(
    tmp_path: Path, national: dict[str, list[str]]
) -> None:
    trips = list(national["trips.txt"])
    route, service, trip, *_ = cells_of(trips[7])
    trips[7] = f"{route},{service},{trip},Rīga, Autoosta,0"
    reading = read(written_to(tmp_path, {**national, "trips.txt": trips}))
    assert errors(reading) == []
    said = warnings(reading)
    assert "trips.txt, row 8: the row has more cells than the header; the row is not used" in said
    assert f'trip_id: "{trip}" is not in trips.txt; the call is not counted' in said


@pytest.mark.parametrize("at", [[7], [7, 90], [8, 9], [500]])
def test_quotation_mark_that_is_not_closed_drops_its_row_alone(
    tmp_path: Path, national: dict[str, list[str]], at: list[int]
) -> None:
    # Line breaks within a name are no such fault.
    stops = [line.replace(", 2", ",\n2") for line in national["stops.txt"]]
    lost = []
    for row in at:
        # The name holds a comma: without its quotation marks the row has a cell too many.
        lost.append(cells_of(stops[row])[0])
        stops[row] = stops[row].replace("\n", " ").replace('pietura"', "pietura")
    path = written_to(tmp_path, {**national, "stops.txt": stops})
    reading = read(path)
    assert errors(reading) == []
    assert reading.rows_read == 500
    assert reading.dropped["bad_value"] == len(at)
    assert not {f"x:{stop}" for stop in lost} & set(reading.table["stop"])
    row = 1 + "\n".join(stops[: at[0]]).count("\n") + 1
    assert f"stops.txt, row {row}: a quotation mark is not closed" in warnings(reading)
    assert "\n" in "".join(reading.table["stop_name"])


def test_rows_without_a_key_do_not_shift_the_others(tmp_path: Path) -> None:
    lines = SMALL["stops.txt"]
    blank = [lines[0], ",,,,,", "", ",Bez,56,24,,", ",,,,,", *lines[1:]]
    plain = read(written_to(tmp_path / "plain", SMALL))
    reading = read(written_to(tmp_path / "blank", {**SMALL, "stops.txt": blank}))
    pd.testing.assert_frame_equal(reading.table, plain.table)


# --- Frequencies -----------------------------------------------------------------------------

FREQUENCIES = ["trip_id,start_time,end_time,headway_secs", "b1,06:00:00,07:00:00,1800"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("b1,06:30:00,08:00:00,1800", 'start_time: "06:00:00" overlaps with another row'),
        ("b1,05:00:00,09:00:00,1800", 'start_time: "06:00:00" overlaps with another row'),
        ("b1,06:00:00,07:00:00,1800", 'start_time: "06:00:00" repeats the key of an earlier row'),
        ("b1,06:00:00,07:00:00,900", 'start_time: "06:00:00" is the key of more than one row'),
        ("b1,08:00:00,09:00:00,0", 'headway_secs: "0" is not a whole number'),
        ("b1,08:00:00,09:00:00,-60", 'headway_secs: "-60" is not a whole number'),
        ("b1,08:00:00,07:30:00,600", 'end_time: "07:30:00" is not after start_time'),
        ("b1,8h,09:00:00,600", 'start_time: "8h" is not a time'),
    ],
)
def test_frequency_that_would_count_twice_or_never_leaves_no_visits_and_no_timetable(
    tmp_path: Path, row: str, words: str
) -> None:
    plain = read(written_to(tmp_path / "plain", SMALL))
    feed = written_to(tmp_path / "wrong", {**SMALL, "frequencies.txt": [*FREQUENCIES, row]})
    reading = read(feed)
    assert errors(reading) == []
    assert "the visits of the feed are not counted" in warnings(reading)
    assert words in warnings(reading)
    assert reading.table["visits"].isna().all()
    assert reading.table["calls_by_day"].isna().all()
    same = ["stop", "modes", "lat", "lon"]
    pd.testing.assert_frame_equal(reading.table[same], plain.table[same])
    with pytest.raises(vpvkac.InputError, match=re.escape(words)):
        read_timetable(feed)
    strict = read_gtfs(feed, feed="x", regional=True, strict=True)
    assert any(words in error for error in errors(strict))


def test_frequency_of_zero_among_other_errors_is_one_of_them(tmp_path: Path) -> None:
    feed = replaced(SMALL, "stop_times.txt", "b2,08:00:00", "b2,seven")
    feed["frequencies.txt"] = [FREQUENCIES[0], "b1,06:00:00,07:00:00,0"]
    told = errors(read(written_to(tmp_path, feed)))
    assert [error.split(",")[0] for error in told] == [
        "feed.zip/frequencies.txt", "feed.zip/stop_times.txt",
    ]  # fmt: skip


def test_frequencies_that_touch_or_are_of_other_trips_do_not_overlap(tmp_path: Path) -> None:
    rows = ["b1,07:00:00,08:00:00,1800", "b2,06:30:00,07:30:00,3600", "b1,05:00:00,06:00:00,3600"]
    feed = written_to(tmp_path, {**SMALL, "frequencies.txt": [*FREQUENCIES, *rows]})
    reading = read(feed)
    assert errors(reading) == []
    agrees(reading, feed)


# --- Calendars -------------------------------------------------------------------------------

OPEN = [
    CALENDAR_HEADER,
    "week,1,1,1,1,1,1,1,19000101,20991231",
    "friday,0,0,0,0,1,0,0,19000101,20991231",
]
CLOSED = "other,1,1,1,1,1,0,0,20250602,20250930"


@pytest.mark.parametrize(
    ("tables", "day"),
    [
        # The feed says when it begins.
        ({"feed_info.txt": ["feed_publisher_name,feed_start_date", "A,20250901"]}, "2025-09-05"),
        # Another service does.
        ({"calendar.txt": [*OPEN, CLOSED]}, "2025-06-06"),
        # A changed day does.
        (
            {"calendar_dates.txt": ["service_id,date,exception_type", "week,20250818,2"]},
            "2025-08-22",
        ),
        # The last days do: a year before the first of them.
        (
            {"calendar.txt": [line.replace("20991231", "20260102") for line in OPEN]},
            "2025-01-03",
        ),
        # A day for the feed's beginning on which nothing runs any more is not believed.
        (
            {
                "feed_info.txt": ["feed_start_date", "20300101"],
                "calendar.txt": [line.replace("20991231", "20251231") for line in [*OPEN, CLOSED]],
            },
            "2025-06-06",
        ),
    ],
)
def test_service_day_of_a_calendar_without_bounds(
    tmp_path: Path, tables: dict[str, list[str]], day: str
) -> None:
    reading = read(written_to(tmp_path, {**SMALL, "calendar.txt": OPEN, **tables}))
    assert errors(reading) == []
    assert reading.notes["service_day"] == day
    assert "2006" < reading.notes["first_day"] <= day
    assert "1900" not in "".join(reading.notes.values())
    assert visits(reading) == {"x:1": 2, "x:02": 2}
    said = warnings(reading)
    assert f"stand for no bound; visits are counted on {day}; name another" in said
    assert "the calendars span" in said


def test_zip_tells_when_a_feed_without_bounds_was_packed(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "feed.zip", "w") as archive:
        for name, lines in {**SMALL, "calendar.txt": OPEN}.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 3, 3, 0, 0, 0)), "\n".join(lines))
    notes = read(tmp_path / "feed.zip").notes
    assert notes == {"service_day": "2025-03-07", "first_day": "2025-03-03"}


def test_calendar_without_any_hint_tells_no_date_of_the_data(tmp_path: Path) -> None:
    reading = read(written_to(tmp_path, {**SMALL, "calendar.txt": OPEN}))
    assert reading.notes == {"service_day": "2006-01-06"}
    assert "the calendars span 200 years (1900-01-01 to 2099-12-31)" in warnings(reading)


def test_last_day_without_bound_leaves_the_first_as_it_is(tmp_path: Path) -> None:
    lines = [line.replace("19000101", "20250602") for line in OPEN]
    reading = read(written_to(tmp_path, {**SMALL, "calendar.txt": lines}))
    assert reading.notes == {"service_day": "2025-06-06", "first_day": "2025-06-02"}


@pytest.mark.parametrize("dates", ["00010101,99991231", "18991231,21000101"])
def test_far_dates_cost_nothing(tmp_path: Path, dates: str) -> None:
    lines = [line.replace("19000101,20991231", dates) for line in [*OPEN, CLOSED]]
    assert read(written_to(tmp_path, {**SMALL, "calendar.txt": lines})).notes["service_day"] == (
        "2025-06-06"
    )


def test_bounded_calendars_are_told_nothing_of(tmp_path: Path) -> None:
    assert "bound" not in warnings(read(written_to(tmp_path, SMALL)))


# --- Nothing used ----------------------------------------------------------------------------


def test_feed_of_trains_alone_is_an_error(tmp_path: Path) -> None:
    feed = {**SMALL, "routes.txt": ["route_id,route_type", "B,2", "T,4", "R,2"]}
    reading = read(written_to(tmp_path, feed))
    (error,) = errors(reading)
    assert "feed.zip: no stop is served by bus, trolleybus or tram; check that" in error
    assert reading.rows_read == 4 == sum(reading.dropped.values())


# --- Real feeds ------------------------------------------------------------------------------


def test_french_feed_is_read_as_the_slow_reading_finds_it(shared_data: Path) -> None:
    feed = shared_data / "feeds/chateau_thierry_2025-10.zip"
    reading = read(feed)
    assert reading.faults == ()
    assert (reading.rows_read, len(reading.table)) == (164, 164)
    assert len(rows_of(feed, "trips.txt") or []) == 567
    assert len(rows_of(feed, "stop_times.txt") or []) == 11_775
    agrees(reading, feed)


def test_faroese_feed_is_refused_for_its_repeated_dates_and_read_without_them(
    shared_data: Path, tmp_path: Path
) -> None:
    feed = shared_data / "feeds/faroe_2025_unofficial.zip"
    (error,) = errors(read(feed))
    dates = [tuple(row.items()) for row in rows_of(feed, "calendar_dates.txt") or []]
    repeated = len(dates) - len(set(dates))
    assert repeated > len(dates) / 100
    assert "calendar_dates.txt" in error
    assert f"the rows are equal; fix the row or take it out ({repeated} rows like this)" in error
    with zipfile.ZipFile(feed) as archive:
        archive.extractall(tmp_path)
    lines = (tmp_path / "calendar_dates.txt").read_text(encoding="utf-8").splitlines()
    (tmp_path / "calendar_dates.txt").write_text("\n".join(dict.fromkeys(lines)), encoding="utf-8")
    reading = read(tmp_path)
    assert errors(reading) == []
    assert reading.rows_read == 75
    assert "is a time without seconds; it is read as a whole minute" in warnings(reading)
    assert reading.dropped["not_bus"] > 0  # ferries
    agrees(reading, tmp_path)


@pytest.mark.parametrize("pole", ["-90", "90.0"])
def test_a_stop_at_a_pole_is_a_bad_value(pole: str, tmp_path: Path) -> None:
    stops = [["stop_id", "stop_name", "stop_lat", "stop_lon"]]
    stops += [[str(n), f"Pietura {n}", f"57.{n:03}", "24.1"] for n in range(200)]
    stops[7][2] = pole
    rows = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence"]
    rows += [f"t,07:{n % 60:02}:00,07:{n % 60:02}:00,{n},{n}" for n in range(60)]
    tables = {
        "stops": "\n".join(map(",".join, stops)), "stop_times": "\n".join(rows),
        "routes": "route_id,route_type\nr,3", "trips": "trip_id,route_id,service_id\nt,r,s",
        "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
        "start_date,end_date\ns,1,1,1,1,1,0,0,20231106,20231112",
    }  # fmt: skip
    path = tmp_path / "feed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in tables.items():
            archive.writestr(f"{name}.txt", text + "\n")
    reading = read_gtfs(path, feed="f", regional=True)
    assert reading.dropped["bad_value"] == 1
    said = [fault.sentence("en") for fault in reading.faults]
    assert any(f'row 8, stop_lat: "{pole}" is a pole' in sentence for sentence in said)
    strict = read_gtfs(path, feed="f", regional=True, strict=True)
    assert "error" in {fault.level for fault in strict.faults}
