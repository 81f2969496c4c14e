"""The stop set of a national feed and the visits of its busiest working day."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from harness import OURS, Comparison, Goal, Outcome, compare, sized

if TYPE_CHECKING:
    import gtfs_kit
    import pandas as pd

    from harness import Work

_MERGED = "gtfs_kit, its tables merged with pandas"
_OWN = "gtfs_kit by its own functions"
_SQL = "DuckDB"
_WORKDAYS = 5
_NOTE = (
    "All start from the zip and end with the bus stops, the Monday-Friday date with most calls of "
    "buses and the calls at each stop on it. Ours checks every row besides: keys, references, "
    "numbers, times, letters. DuckDB reads no zip without an extension, so it is unpacked within "
    "the time."
)
_PADDED_NOTE = (
    "The national feed is padded so. gtfs_kit takes the blanks for a part of names and values, and "
    "cannot read its calendar."
)


def benchmark(runs: int) -> list[Comparison]:
    """Measure the reading of a feed, plain and padded."""
    from gtfs_feed import write_feed

    stops, stop_times = sized(10_000, 500), sized(3_000_000, 30_000)
    name = f"visits at {stops} stops from {stop_times} stop times"
    with tempfile.TemporaryDirectory() as folder:
        plain, padded = Path(folder) / "plain.zip", Path(folder) / "padded.zip"
        write_feed(plain, stops=stops, stop_times=stop_times, padded=False)
        write_feed(padded, stops=stops, stop_times=stop_times, padded=True)
        of_plain = compare(
            name,
            ours=partial(ours, plain),
            alternatives={
                _MERGED: partial(merged, plain),
                _SQL: partial(sql, plain),
                _OWN: partial(own_functions, plain),
            },
            runs=runs,
            once={_OWN},
            goals=[
                Goal("ratio", 0.3, _OWN),
                Goal("ratio", 0.3, _MERGED),
                Goal("ratio", 0.8, _SQL),
                Goal("memory_mb", 800),
            ],
            note=_NOTE,
        )
        of_padded = compare(
            f"{name}, a blank before every value",
            ours=partial(ours, padded),
            alternatives={},
            runs=runs,
            goals=[Goal("memory_mb", 800)],
            note=_PADDED_NOTE,
        )
    found = [row.runs[0].found for row in (*of_plain.rows, *of_padded.rows)]
    other = sum(answer != of_plain.row(OURS).runs[0].found for answer in found)
    of_plain.outcomes.append(Outcome("other stops, day or visits, of all that read it", 0, other))
    return [of_plain, of_padded]


def ours(path: Path) -> Work:
    """Prepare the program's own reading."""
    from vpvkac.sources.gtfs.reader import read_gtfs

    def read() -> dict[str, object]:
        reading = read_gtfs(path, feed="x", regional=True)
        table = reading.table[reading.table["modes"].str.split("+").map(lambda x: "bus" in x)]
        ids = table["stop"].str.removeprefix("x:")
        return _found(reading.notes["service_day"], zip(ids, table["visits"], strict=True))

    return read


def merged(path: Path) -> Work:
    """Prepare the leanest way from gtfs_kit's tables: no function of its own that is slow."""
    import gtfs_kit

    def read() -> dict[str, object]:
        feed = gtfs_kit.read_feed(path, dist_units="km")
        trips = feed.trips[["route_id", "trip_id", "service_id"]].merge(_bus_routes(feed))
        calls = feed.stop_times[["trip_id", "stop_id"]].merge(trips)
        day = _busiest(feed, calls["service_id"].value_counts())
        each = calls.groupby(["stop_id", "service_id"]).size().reset_index(name="visits")
        served = feed.stops.merge(each[["stop_id"]].drop_duplicates())["stop_id"]
        running = each[each["service_id"].isin(feed.get_active_services(day))]
        visits = running.groupby("stop_id")["visits"].sum().reindex(served, fill_value=0)
        return _found(f"{day[:4]}-{day[4:6]}-{day[6:]}", visits.items())

    return read


def own_functions(path: Path) -> Work:
    """Prepare the same by the functions gtfs_kit has for stops and for stop times of a date."""
    import gtfs_kit

    def read() -> dict[str, object]:
        feed = gtfs_kit.read_feed(path, dist_units="km")
        buses = feed.trips.merge(_bus_routes(feed))
        served = feed.get_stops(route_ids=buses["route_id"].unique())["stop_id"]
        length = feed.stop_times.groupby("trip_id").size().reset_index(name="calls")
        by_service = buses.merge(length).groupby("service_id")["calls"].sum()
        day = _busiest(feed, by_service)
        calls = feed.get_stop_times(day)[["trip_id", "stop_id"]].merge(buses[["trip_id"]])
        visits = calls["stop_id"].value_counts().reindex(served, fill_value=0)
        return _found(f"{day[:4]}-{day[4:6]}-{day[6:]}", visits.items())

    return read


def sql(path: Path) -> Work:
    """Prepare the same in SQL."""
    import duckdb

    def read() -> dict[str, object]:
        with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
            archive.extractall(folder)
            threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
            with duckdb.connect(config={"threads": threads}) as connection:
                connection.execute(f"SET file_search_path = '{folder}'")
                connection.execute(_TABLES)
                rows = connection.execute(_VISITS).fetchall()
        return _found(f"{rows[0][0]:%Y-%m-%d}", ((stop, visits) for _, stop, visits in rows))

    return read


def _bus_routes(feed: gtfs_kit.Feed) -> pd.DataFrame:
    kind = feed.routes["route_type"]
    bus = kind.eq(3) | kind.between(200, 299) | kind.between(700, 799)
    routes: pd.DataFrame = feed.routes.loc[bus, ["route_id"]]
    return routes


def _busiest(feed: gtfs_kit.Feed, by_service: pd.Series) -> str:
    """Give the Monday-Friday date with most calls, the earliest on ties."""
    days: list[str] = [
        date.strftime("%Y%m%d")
        for date in feed.get_dates(as_date_obj=True)
        if date.weekday() < _WORKDAYS
    ]
    return max(days, key=lambda day: by_service.reindex(feed.get_active_services(day)).sum())


def _found(day: str, visits: Iterable[tuple[str, int]]) -> dict[str, object]:
    each = sorted(f"{stop},{int(count)}" for stop, count in visits)
    total = sum(int(line.rsplit(",", 1)[1]) for line in each)
    check = zlib.crc32("\n".join(each).encode())
    return {"day": day, "stops": len(each), "visits": total, "check": check}


_TABLES = """
CREATE TABLE calls AS
SELECT stop_id, service_id, count(*) AS visits
FROM read_csv('stop_times.txt', header = true, all_varchar = true)
JOIN read_csv('trips.txt', header = true, all_varchar = true) USING (trip_id)
JOIN read_csv('routes.txt', header = true, all_varchar = true) USING (route_id)
WHERE route_type::INT = 3 OR route_type::INT BETWEEN 200 AND 299
   OR route_type::INT BETWEEN 700 AND 799
GROUP BY ALL;

CREATE TABLE exceptions AS
SELECT service_id, strptime(date, '%Y%m%d')::DATE AS day, exception_type
FROM read_csv('calendar_dates.txt', header = true, all_varchar = true);

CREATE TABLE runs AS
(SELECT service_id, day FROM (
    SELECT *, unnest(generate_series(
        strptime(start_date, '%Y%m%d'), strptime(end_date, '%Y%m%d'), INTERVAL 1 DAY
    ))::DATE AS day
    FROM read_csv('calendar.txt', header = true, all_varchar = true)
 )
 WHERE [monday, tuesday, wednesday, thursday, friday, saturday, sunday][isodow(day)] = '1'
 UNION SELECT service_id, day FROM exceptions WHERE exception_type = '1')
EXCEPT SELECT service_id, day FROM exceptions WHERE exception_type = '2';
"""
_VISITS = """
WITH busiest AS (
    SELECT day FROM runs
    JOIN (SELECT service_id, sum(visits) AS visits FROM calls GROUP BY ALL) USING (service_id)
    WHERE isodow(day) < 6 GROUP BY day ORDER BY sum(visits) DESC, day LIMIT 1
)
SELECT (SELECT day FROM busiest), stop_id,
       coalesce(sum(visits) FILTER (WHERE service_id IN (
           SELECT service_id FROM runs WHERE day = (SELECT day FROM busiest)
       )), 0)
FROM calls
SEMI JOIN read_csv('stops.txt', header = true, all_varchar = true) USING (stop_id)
GROUP BY stop_id
"""
