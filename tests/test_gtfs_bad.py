"""Real feeds with one fault each: which are read, with what warning, and which are refused.

The issue fixes some: those must be read, these refused.  For each of the
others one or the other is fixed here, with its reason.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from vpvkac.sources.gtfs import read_gtfs

if TYPE_CHECKING:
    from vpvkac.sources.base import Reading

MUST_READ = {
    # feed: rows of stops.txt, rows dropped by reason
    "good_feed": (10, {"not_a_stop": 1}),
    "good_feed.zip": (10, {"not_a_stop": 1}),
    "utf8bom": (9, {}),
    "bad_eol.zip": (9, {}),
    "only_calendar_dates": (9, {}),
    "missing_stop_times": (9, {}),
    "missing_agency": (9, {}),
    "unused_stop": (10, {"unserved": 1}),
    "unknown_file": (10, {"not_a_stop": 1}),
    "unrecognized_columns": (9, {}),
    "invalid_agency_ids": (9, {}),
    "invalid_route_agency": (9, {}),
    "repeated_route_name": (9, {}),
    "same_short_long_name": (9, {}),
}

MUST_REFUSE = {
    "missing_stops": "missing_stops/stops.txt",
    "missing_routes": "missing_routes/routes.txt",
    "missing_trips": "missing_trips/trips.txt",
    "unknown_format.zip": "unknown_format.zip",
}


class Said(NamedTuple):
    """A fault by what it names, and words of its problem."""

    file: str
    row: int | None
    field: str | None
    value: str | None
    words: str
    alike: int = 1


READ_WITH_WARNING = {
    # The letter that is no UTF-8 stands in a name: the stop is where it is all the same.
    "bad_utf8": [Said("stops.txt", 2, None, None, "not UTF-8")],
    # Two stops 0.4 m apart under two ids: stops near one another are for the stop places to
    # join, not for the reader; what it warns of are the short rows.
    "duplicate_stop": [Said("stops.txt", 2, None, None, "fewer cells", 10)],
    # The file that is empty is agency.txt, of which nothing is used.
    "empty_file": [Said("agency.txt", None, None, None, "is empty")],
    # One surplus cell, and it is empty: nothing has moved out of its column.
    "extra_row_cells": [Said("routes.txt", 4, None, None, "more cells")],
    # The feed is whole but serves some stops by rail alone and some not at all.
    "flatten_feed": [
        Said("stops.txt", 8, "stop_id", "stop7", "no trip", 3),
        Said("stops.txt", 5, "stop_id", "stop4", "neither bus", 3),
    ],
    # Stops and distances need no calendar; only visits do, and they stay empty.
    "missing_calendar": [Said("", None, None, None, "neither calendar.txt")],
    # The column that lacks is agency's; what the reader meets are short rows.
    "missing_column": [Said("stops.txt", 2, None, None, "fewer cells", 9)],
    # Visits are calls, whatever their time: a call without one still counts.
    "missing_departure_time": [Said("stop_times.txt", 3, "departure_time", None, "not given")],
    "missing_endpoint_times": [Said("stop_times.txt", 16, "departure_time", None, "no time", 2)],
    # The cell that lacks is the last, a web address.
    "missing_row_cells": [Said("routes.txt", 4, None, None, "fewer cells")],
    # A reference to a missing row is a warning, and the call does not count.
    "undefined_stop": [Said("stop_times.txt", 11, "stop_id", "NADAR", "not in stops.txt")],
    # A byte order mark leaves no doubt about the encoding.
    "utf16": [Said("stops.txt", None, None, None, "UTF-16")],
}

READ_WITHOUT_WARNING = {
    # Made to try a filter of unusual trips: they are unusual, not faulty.
    "filter_unusual_trips",
}

REFUSED = {
    # A station with its entrances and no trips: nothing tells whether a bus comes.
    "au-sydney-entrances": [
        Said("routes.txt", None, None, None, "missing"),
        Said("trips.txt", None, None, None, "missing"),
    ],
    # A value that is there but no date: the service day could be another.
    "bad_date_format": [
        Said("calendar.txt", 2, "start_date", "2007.01.01", "YYYYMMDD"),
        Said("calendar_dates.txt", 2, "date", "2007-06-04", "YYYYMMDD"),
    ],
    # A zero byte is no text: the file is damaged, and there may be more of it.
    "contains_null": [
        Said(
            "stops.txt",
            9,
            "stop_name",
            "E NULL to the right\0NULL to the left (Demo)",
            "zero byte",
        )
    ],
    # A key twice, be it with the same values: in a table of few rows one is more than 1 %.
    "duplicate_schedule_id": [Said("calendar.txt", 4, "service_id", "WE", "rows are equal")],
    # The key of a call is its trip and number; of two that differ none can be believed.
    "duplicate_stop_sequence": [
        Said("stop_times.txt", 3, "stop_sequence", "10", "rows differ", 2),
    ],
    # Without Thursday the service day cannot be told.
    "missing_weekday_column": [Said("calendar.txt", 1, "thursday", None, "column is missing")],
    # Out of its range by definition.
    "negative_stop_sequence": [Said("stop_times.txt", 9, "stop_sequence", "-2", "not a whole")],
}

NAMED = ("row", "field", "value", "alike")
ALL = set().union(MUST_READ, MUST_REFUSE, READ_WITH_WARNING, READ_WITHOUT_WARNING, REFUSED)


def read(shared_data: Path, name: str) -> Reading:
    return read_gtfs(shared_data / "gtfs/bad" / name, feed="bad", regional=True)


def said(reading: Reading, level: str, expected: Said, name: str) -> bool:
    """Tell whether a fault names what is expected, and in both languages says something."""
    file = f"{name}/{expected.file}".rstrip("/")
    return any(
        (fault.level, fault.file, *(getattr(fault, part) for part in NAMED))
        == (level, file, *(getattr(expected, part) for part in NAMED))
        and expected.words in fault.problem.text("en")
        and fault.problem.text("lv")
        and fault.remedy.text("lv")
        for fault in reading.faults
    )


def errors(reading: Reading) -> list[str]:
    return [fault.sentence("en") for fault in reading.faults if fault.level == "error"]


def test_every_bad_feed_has_its_verdict(shared_data: Path) -> None:
    assert {path.name for path in (shared_data / "gtfs/bad").iterdir()} == ALL


@pytest.mark.parametrize("name", sorted(MUST_READ))
def test_these_are_read_whole(shared_data: Path, name: str) -> None:
    reading = read(shared_data, name)
    rows, dropped = MUST_READ[name]
    assert errors(reading) == []
    assert (reading.rows_read, dict(reading.dropped)) == (rows, dropped)
    assert len(reading.table) == rows - sum(dropped.values())


@pytest.mark.parametrize("name", sorted(READ_WITH_WARNING))
def test_these_are_read_with_a_named_warning(shared_data: Path, name: str) -> None:
    reading = read(shared_data, name)
    assert errors(reading) == []
    for warning in READ_WITH_WARNING[name]:
        assert said(reading, "warning", warning, name), reading.faults
    assert len(reading.table) + sum(reading.dropped.values()) == reading.rows_read > 0


@pytest.mark.parametrize("name", sorted(READ_WITHOUT_WARNING))
def test_these_have_no_fault_that_matters_here(shared_data: Path, name: str) -> None:
    reading = read(shared_data, name)
    assert reading.faults == ()
    assert len(reading.table) == reading.rows_read > 0


@pytest.mark.parametrize("name", sorted(MUST_REFUSE))
def test_these_are_refused_by_the_name_of_the_file(shared_data: Path, name: str) -> None:
    reading = read(shared_data, name)
    assert [fault.file for fault in reading.faults if fault.level == "error"] == [MUST_REFUSE[name]]
    assert reading.table.empty


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_these_are_refused_by_file_row_and_field(shared_data: Path, name: str) -> None:
    reading = read(shared_data, name)
    assert len(errors(reading)) == len(REFUSED[name])
    for error in REFUSED[name]:
        assert said(reading, "error", error, name), reading.faults
    assert reading.table.empty
    assert not reading.dropped


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_fault_can_be_said_in_one_line_in_both_languages(
    shared_data: Path, name: str
) -> None:
    for fault in read(shared_data, name).faults:
        for sentence in (fault.sentence("lv"), fault.sentence("en")):
            assert sentence.startswith(name)
            assert sentence.isprintable()
