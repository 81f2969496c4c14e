"""A GTFS feed of a country's size, made up: 10 000 stops, 3 000 000 stop times.

The same bytes every time for the same size.  Its routes are buses, trams,
trolleybuses and trains; its services run on weekdays, weekends and in seasons,
with exceptions; trips of the night run past 24:00; hours before ten are padded
with a blank, as many feeds have them.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

if TYPE_CHECKING:
    import numpy.typing as npt

    Numbers = npt.NDArray[np.int64]

_SEED = 10_000
_SERVICES = 60
_CALLS_A_TRIP = 20
_TRIPS_A_ROUTE = 200
_ROUTE_TYPES = (3, 3, 3, 3, 3, 3, 700, 701, 3, 800, 11, 900, 0, 2)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PATTERNS = ("1111100", "1111100", "1111100", "0000011", "0000010", "1000100", "1111111", "0000000")
_FIRST_DAY = dt.date(2025, 1, 6)
_DAYS = 364
_SEASON = 90
_EXCEPTIONS = 12
_FIRST_START, _LAST_START = 4 * 60, 23 * 60 + 30
_MAKE_DATE = (2025, 1, 1, 0, 0, 0)


class _Calls(NamedTuple):
    trip: Numbers
    stop: Numbers
    sequence: Numbers
    minute: Numbers


def write_feed(path: Path, *, stops: int, stop_times: int, padded: bool) -> None:
    """Write the feed as a zip.

    Parameters
    ----------
    padded
        Whether a blank stands before every value but the first of a row, as
        in the national feed.
    """
    random = np.random.default_rng(_SEED)
    trips = stop_times // _CALLS_A_TRIP
    routes = max(trips // _TRIPS_A_ROUTE, len(_ROUTE_TYPES))
    route_of_trip = np.sort(random.integers(0, routes, trips))
    tables = {
        "agency.txt": _agency(),
        "stops.txt": _stops(random, stops),
        "routes.txt": _routes(routes),
        "trips.txt": _trips(random, route_of_trip),
        "calendar.txt": _calendar(random),
        "calendar_dates.txt": _exceptions(random),
    }
    calls = _calls(random, route_of_trip, routes, stops, stop_times)
    comma = ", " if padded else ","
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, rows in tables.items():
            text = "\n".join(comma.join(row) for row in rows) + "\n"
            archive.writestr(_member(name), text)
        text_of_calls = _stop_times(calls)
        if padded:
            text_of_calls = text_of_calls.replace(b",", b", ")
        archive.writestr(_member("stop_times.txt"), text_of_calls)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _MAKE_DATE)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _agency() -> list[tuple[str, ...]]:
    header = ("agency_id", "agency_name", "agency_url", "agency_timezone")
    return [header, ("1", "Synthetic", "https://paraugs.example", "Europe/Riga")]


def _stops(random: np.random.Generator, count: int) -> list[tuple[str, ...]]:
    lat, lon = random.uniform(55.7, 58.0, count), random.uniform(21.0, 28.2, count)
    header = ("stop_id", "stop_code", "stop_name", "stop_desc", "stop_lat", "stop_lon",
              "location_type", "parent_station")  # fmt: skip
    return [
        header,
        *(
            (_stop_id(number), "", f'"Ķekava, {number}. pietura"', "", f"{y:.7f}", f"{x:.7f}",
             "", "")
            for number, (y, x) in enumerate(zip(lat, lon, strict=True))
        ),
    ]  # fmt: skip


def _stop_id(number: int) -> str:
    return str(10 + 37 * number)


def _routes(count: int) -> list[tuple[str, ...]]:
    header = ("route_id", "agency_id", "route_short_name", "route_long_name", "route_type")
    kinds = [str(_ROUTE_TYPES[number % len(_ROUTE_TYPES)]) for number in range(count)]
    return [
        header,
        *(
            (f"r{number}", "1", str(number), f'"No {number}, uz {number + 1}"', kind)
            for number, kind in enumerate(kinds)
        ),
    ]


def _trips(random: np.random.Generator, route: Numbers) -> list[tuple[str, ...]]:
    service = random.integers(0, _SERVICES, len(route))
    header = ("route_id", "service_id", "trip_id", "trip_headsign", "direction_id")
    return [
        header,
        *(
            (f"r{route}", f"s{service}", str(1_000_000 + number), f"Galapunkts {route}", "0")
            for number, (route, service) in enumerate(zip(route, service, strict=True))
        ),
    ]


def _calendar(random: np.random.Generator) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("service_id", *_WEEKDAYS, "start_date", "end_date")]
    for service in range(_SERVICES):
        first = _FIRST_DAY
        last = first + dt.timedelta(_DAYS)
        if service % 3 == 1:
            first += dt.timedelta(int(random.integers(0, _DAYS - _SEASON)))
            last = first + dt.timedelta(_SEASON)
        days = _PATTERNS[service % len(_PATTERNS)]
        rows.append((f"s{service}", *days, f"{first:%Y%m%d}", f"{last:%Y%m%d}"))
    return rows


def _exceptions(random: np.random.Generator) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [("service_id", "date", "exception_type")]
    for service in range(_SERVICES):
        for day in random.choice(_DAYS, _EXCEPTIONS, replace=False):
            date = _FIRST_DAY + dt.timedelta(int(day))
            regular = _PATTERNS[service % len(_PATTERNS)][date.weekday()] == "1"
            rows.append((f"s{service}", f"{date:%Y%m%d}", "2" if regular else "1"))
    return rows


def _calls(
    random: np.random.Generator, route_of_trip: Numbers, routes: int, stops: int, count: int
) -> _Calls:
    """Let each trip run along the stops of its route, or back."""
    trips = len(route_of_trip)
    length = np.full(trips, _CALLS_A_TRIP)
    # Some trips are short and their neighbours long, so that the sum is what was asked.
    change = random.integers(0, _CALLS_A_TRIP - 2, trips // 2)
    length[: 2 * len(change) : 2] -= change
    length[1 : 2 * len(change) : 2] += change
    length[-1] += count - length.sum()
    trip = np.repeat(np.arange(trips), length)
    sequence = np.arange(count) - np.repeat(np.cumsum(length) - length, length)
    longest = int(length.max())
    along = random.integers(0, stops, (routes, 1)) + np.cumsum(
        random.integers(1, 9, (routes, longest)), axis=1
    )
    back = random.integers(0, 2, trips).astype(bool)
    place = np.where(back[trip], longest - 1 - sequence, sequence)
    minutes = np.cumsum(random.integers(1, 4, (routes, longest)), axis=1)
    start = random.integers(_FIRST_START, _LAST_START, trips)
    route = route_of_trip[trip]
    return _Calls(
        trip, along[route, place] % stops, sequence, start[trip] + minutes[route, sequence]
    )


def _stop_times(calls: _Calls) -> bytes:
    clock = _clock(int(calls.minute.max()) + 1)
    time = clock.take(pa.array(calls.minute))
    stop_ids = pa.array(_stop_id(number) for number in range(int(calls.stop.max()) + 1))
    table = pa.table(
        {
            "trip_id": pc.cast(pa.array(calls.trip + 1_000_000), pa.string()),
            "arrival_time": time,
            "departure_time": time,
            "stop_id": stop_ids.take(pa.array(calls.stop)),
            "stop_sequence": pc.cast(pa.array(calls.sequence + 1), pa.string()),
            "pickup_type": pa.repeat("0", len(calls.trip)),
            "drop_off_type": pa.repeat("0", len(calls.trip)),
        }
    )
    written = io.BytesIO()
    written.write((",".join(table.column_names) + "\n").encode())
    options = pacsv.WriteOptions(include_header=False, quoting_style="none")
    pacsv.write_csv(table, written, options)
    return written.getvalue()


def _clock(minutes: int) -> pa.Array:
    return pa.array(f"{minute // 60:2d}:{minute % 60:02d}:00" for minute in range(minutes))
