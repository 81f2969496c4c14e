"""Reach on a whole feed of all that a timetable can hold, against plain loops."""

from __future__ import annotations

import datetime as dt
import itertools
import zipfile
from pathlib import Path

import numpy as np

from reach_oracle import read_rules, read_trips
from test_reach_oracle import check_feed

# A Tuesday; the service "m" runs on Mondays alone.
DAY = dt.date(2026, 11, 24)
CALENDAR = (
    "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "d,1,1,1,1,1,1,1,20261101,20261231\nm,1,0,0,0,0,0,0,20261101,20261231\n"
    "t,0,1,0,0,0,0,0,20261101,20261231\n"
)
SIDE, METRE = 6, 1 / 111_300


def clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def stop_rows() -> list[str]:
    """Pairs of stops a walk of two minutes apart, the pairs two kilometres; some have a station."""
    stops = ["stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station"]
    stops += [f"p{n},P{n},56.5,24,1," for n in range(4)]
    for n, (row, column) in enumerate(itertools.product(range(SIDE), repeat=2)):
        lat, lon = 56.5 + row * 2000 * METRE, 24 + column * 2000 * METRE * 1.8
        for side in "ab":
            station = f"p{n % 4}" if n % 5 == 0 else ""
            stops.append(f"{side}{n},{side}{n},{lat},{lon},0,{station}")
            lat += 90 * METRE
    return stops


def write_feed(path: Path) -> None:
    """Bands of frequencies, blank times, rules for changes and trips past midnight in one feed."""
    random = np.random.default_rng(14)
    trips, bands = ["route_id,service_id,trip_id"], ["trip_id,start_time,end_time,headway_secs"]
    times = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type"]
    for trip in range(150):
        route = "bus" if trip % 7 else str(random.choice(["tram", "train"]))
        service = str(random.choice(["d", "t", "m"], p=[0.5, 0.3, 0.2]))
        # The early ones of the day and the late ones of the day before, up to 31 o'clock.
        at = int(random.integers(5 * 3600, 20 * 3600))
        if trip % 3 == 0:
            at = int(random.integers(22 * 3600, 31 * 3600))
        trips.append(f"{route},{service},t{trip}")
        line, fixed = trip % SIDE, bool(random.integers(2))
        way = [line * SIDE + n if fixed else n * SIDE + line for n in range(SIDE)]
        calls = way[:: int(random.choice([1, -1]))]
        for number, n in enumerate(calls):
            stay = int(random.integers(0, 3)) * 30
            arrive, depart = clock(at), clock(at + stay)
            if 0 < number < len(calls) - 1 and random.random() < 0.5:
                arrive = depart = ""
            if number == 0 and trip % 11 == 0:
                arrive = ""
            kinds = random.choice(["", "0", "1", "2", "3"], 2, p=[0.4, 0.4, 0.1, 0.05, 0.05])
            stop = f"{random.choice(['a', 'b'])}{n}"
            times.append(f"t{trip},{arrive},{depart},{stop},{number * 3},{','.join(kinds)}")
            at += stay + int(random.integers(150, 420))
        if trip % 4 == 0:
            for begin in random.choice(np.arange(5, 29, 2), 2, replace=False) * 3600:
                headway = int(random.choice([600, 900, 2000]))
                end = clock(int(begin) + 5400)
                bands.append(f"t{trip},{clock(int(begin))},{end},{headway}")
    rules = ["from_stop_id,to_stop_id,transfer_type,min_transfer_time,from_route_id"]
    rules += [
        "p0,p0,3,,", "p1,p2,2,400,", "a0,b0,2,0,", "a5,a5,2,30,", "b5,a5,3,,", "a7,b7,2,900,",
        "a8,b8,3,,bus", "b9,a9,0,,", "a14,a14,3,,", "b20,a20,2,45,", "a20,p0,2,240,",
    ]  # fmt: skip
    tables = {
        "agency": ["agency_id,agency_name,agency_url,agency_timezone", "1,P,http://p,Europe/Riga"],
        "routes": ["route_id,route_short_name,route_type", "bus,1,3", "tram,2,0", "train,3,2"],
        "calendar_dates": ["service_id,date,exception_type", "t,20261123,1"],
        "stops": stop_rows(), "trips": trips, "stop_times": times, "frequencies": bands,
        "transfers": rules,
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as feed:
        feed.writestr("calendar.txt", CALENDAR)
        for name, rows in tables.items():
            feed.writestr(f"{name}.txt", "\n".join(rows) + "\n")


def test_a_feed_of_everything_as_plain_loops_find_it(tmp_path: Path) -> None:
    path = tmp_path / "feed.zip"
    write_feed(path)
    runs, _ = read_trips(path, "x", DAY)
    assert any(calls[0].depart < 0 < calls[-1].arrive for calls in runs)
    assert len(runs) > 300
    assert None in read_rules(path, "x").values()
    check_feed(path, "x", DAY, by_labels=10)
