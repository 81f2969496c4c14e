"""What a feed says, found slowly: csv, datetime and loops, and nothing of the package."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# The key of each table, and every column that is read of it.
KEYS = {
    "stops.txt": ("stop_id",),
    "routes.txt": ("route_id",),
    "trips.txt": ("trip_id",),
    "stop_times.txt": ("trip_id", "stop_sequence"),
    "calendar.txt": ("service_id",),
    "calendar_dates.txt": ("service_id", "date"),
    "frequencies.txt": ("trip_id", "start_time"),
}
COLUMNS = {
    "stops.txt": ("stop_id", "stop_name", "stop_lat", "stop_lon", "location_type",
                  "parent_station"),
    "routes.txt": ("route_id", "route_type"),
    "trips.txt": ("route_id", "service_id", "trip_id"),
    "stop_times.txt": ("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time"),
    "calendar.txt": ("service_id", *DAYS, "start_date", "end_date"),
    "calendar_dates.txt": ("service_id", "date", "exception_type"),
    "frequencies.txt": ("trip_id", "start_time", "end_time", "headway_secs"),
}  # fmt: skip


SURPLUS = "more than the header"


@dataclass
class Truth:
    rows: int
    used: dict[str, tuple[str, int | None]]  # stop_id: modes, visits
    dropped: dict[str, int]
    service_day: str | None


def rows_of(feed: Path, table: str) -> list[dict[str, str]] | None:
    """Read one table, each row as a dict of trimmed texts; None if it is not there."""
    raw = _bytes(feed, table)
    if raw is None:
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    lines = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    header = [cell.strip() for cell in next(lines)]
    rows = []
    for line in lines:
        if line:
            cells = [cell.strip() for cell in line]
            row = dict(zip(header, cells + [""] * len(header), strict=False))
            rows.append({**row, SURPLUS: "".join(cells[len(header) :])})
    return rows


def usable(feed: Path, table: str) -> tuple[list[dict[str, str]], dict[str, int]]:
    """Read a table without the rows that cannot be used, and count these by reason."""
    kept, dropped = [], {"bad_value": 0, "duplicate": 0}
    variants: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    rows = rows_of(feed, table) or []
    for row in rows:
        variants.setdefault(_key(row, table), set()).add(_read(row, table))
    seen = set()
    for row in rows:
        key = _key(row, table)
        if is_wrong(row, table):
            dropped["bad_value"] += 1
        elif "" not in key and (len(variants[key]) > 1 or key in seen):
            dropped["duplicate"] += 1
        else:
            kept.append(row)
        seen.add(key)
    return kept, {reason: count for reason, count in dropped.items() if count}


def is_wrong(row: dict[str, str], table: str) -> bool:
    """Tell whether a value is there that is not of its type or range."""
    if row[SURPLUS]:
        return True
    wrong = {
        "stops.txt": lambda: (
            not (
                _is_within(row["stop_lat"], 90)
                and _is_within(row["stop_lon"], 180)
                and row.get("location_type", "") in {"", "0", "1", "2", "3", "4"}
            )
        ),
        "trips.txt": lambda: False,
        "routes.txt": lambda: not row["route_type"].isdigit(),
        "stop_times.txt": lambda: (
            not (
                row["stop_sequence"].isdigit()
                and all(_is_time(row.get(name, "")) for name in ("arrival_time", "departure_time"))
            )
        ),
        "calendar.txt": lambda: not (_is_date(row["start_date"]) and _is_date(row["end_date"])),
        "calendar_dates.txt": lambda: (
            not _is_date(row["date"]) or row["exception_type"] not in {"1", "2"}
        ),
        "frequencies.txt": lambda: (
            not row["headway_secs"].isdigit()
            or int(row["headway_secs"]) == 0
            or _seconds(row["end_time"]) <= _seconds(row["start_time"])
        ),
    }
    return wrong[table]()


def _key(row: dict[str, str], table: str) -> tuple[str, ...]:
    return tuple(row[name] for name in KEYS[table])


def _read(row: dict[str, str], table: str) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in COLUMNS[table])


def _is_within(text: str, most: float) -> bool:
    return text == "" or (
        re.fullmatch(r"[-+]?\d*\.?\d*", text) is not None and -most <= float(text) <= most
    )


def _is_time(text: str) -> bool:
    parts = text.split(":")
    return text == "" or (
        len(parts) in {2, 3}
        and all(part.isdigit() for part in parts)
        and all(len(part) == 2 and int(part) < 60 for part in parts[1:])
        and int(parts[0]) < 168
    )


def _is_date(text: str) -> bool:
    try:
        return len(text) == 8 and _date(text) is not None
    except ValueError:
        return False


def _bytes(feed: Path, table: str) -> bytes | None:
    if feed.is_dir():
        return (feed / table).read_bytes() if (feed / table).exists() else None
    with zipfile.ZipFile(feed) as archive:
        for name in archive.namelist():
            if name.split("/")[-1] == table:
                return archive.read(name)
    return None


def truth(feed: Path, given: dt.date | None = None) -> Truth:
    """Read a feed; `given` is the service day where it is not to be found."""
    stops, refused = usable(feed, "stops.txt")
    rows = len(stops) + sum(refused.values())
    calls, _ = usable(feed, "stop_times.txt")
    if not calls:
        used = {s["stop_id"]: ("bus", None) for s in stops if _is_stop(s) and _has_place(s)}
        return Truth(rows, used, refused | _left(stops, used), None)
    routes, _ = usable(feed, "routes.txt")
    route_mode = {r["route_id"]: mode(int(r["route_type"])) for r in routes}
    trips = {
        t["trip_id"]: (route_mode.get(t["route_id"]), t["service_id"])
        for t in usable(feed, "trips.txt")[0]
    }
    known = {stop["stop_id"] for stop in stops}
    calls = [c for c in calls if c["trip_id"] in trips and c["stop_id"] in known]
    often = _departures(usable(feed, "frequencies.txt")[0], trips)
    runs = calendar(feed)
    per_service: dict[str, int] = {}
    for call in calls:
        kind, service = trips[call["trip_id"]]
        if kind == "bus":
            per_service[service] = per_service.get(service, 0) + often.get(call["trip_id"], 1)
    best: tuple[int, dt.date | None] = (0, None)
    for day in sorted(runs):
        total = sum(per_service.get(service, 0) for service in runs[day])
        if day.weekday() < 5 and total > best[0]:
            best = (total, day)
    chosen = given or best[1]
    on_day = runs.get(chosen, set()) if chosen else set()
    modes: dict[str, set[str]] = {}
    visits: dict[str, int] = {}
    served = set()
    for call in calls:
        kind, service = trips[call["trip_id"]]
        served.add(call["stop_id"])
        if kind:
            modes.setdefault(call["stop_id"], set()).add(kind)
        if kind == "bus" and service in on_day:
            visits[call["stop_id"]] = visits.get(call["stop_id"], 0) + often.get(call["trip_id"], 1)
    used = {
        s["stop_id"]: (
            "+".join(sorted(modes[s["stop_id"]])),
            visits.get(s["stop_id"], 0) if chosen else None,
        )
        for s in stops
        if _is_stop(s) and s["stop_id"] in modes and _has_place(s)
    }
    dropped = refused | _left(stops, used, served, modes)
    return Truth(rows, used, dropped, chosen.isoformat() if chosen else None)


def mode(kind: int) -> str | None:
    """Name the mode of a route type, as the definitions list them."""
    if kind == 3 or 200 <= kind <= 299 or 700 <= kind <= 799:
        return "bus"
    if kind == 11 or 800 <= kind <= 899:
        return "trolleybus"
    return "tram" if kind == 0 or 900 <= kind <= 999 else None


def calendar(feed: Path) -> dict[dt.date, set[str]]:
    """List the services that run on each day, going through the days one by one."""
    runs: dict[dt.date, set[str]] = {}
    for row in usable(feed, "calendar.txt")[0]:
        day, last = _date(row["start_date"]), _date(row["end_date"])
        while day <= last:
            if row[DAYS[day.weekday()]] == "1":
                runs.setdefault(day, set()).add(row["service_id"])
            day += dt.timedelta(days=1)
    for row in usable(feed, "calendar_dates.txt")[0]:
        services = runs.setdefault(_date(row["date"]), set())
        if row["exception_type"] == "1":
            services.add(row["service_id"])
        else:
            services.discard(row["service_id"])
    return runs


def _departures(frequencies: list[dict[str, str]], trips: dict[str, object]) -> dict[str, int]:
    """Count the departures of each frequency trip by running through the day."""
    often: dict[str, int] = {}
    for row in frequencies:
        if row["trip_id"] not in trips:
            continue
        clock, end = _seconds(row["start_time"]), _seconds(row["end_time"])
        while clock < end:
            often[row["trip_id"]] = often.get(row["trip_id"], 0) + 1
            clock += int(row["headway_secs"])
    return often


def _left(
    stops: list[dict[str, str]],
    used: dict[str, tuple[str, int | None]],
    served: set[str] | None = None,
    modes: dict[str, set[str]] | None = None,
) -> dict[str, int]:
    left: dict[str, int] = {}
    for stop in stops:
        if not _is_stop(stop):
            reason = "not_a_stop"
        elif served is not None and stop["stop_id"] not in served:
            reason = "unserved"
        elif modes is not None and stop["stop_id"] not in modes:
            reason = "not_bus"
        elif not _has_place(stop):
            reason = "no_coordinates"
        else:
            assert stop["stop_id"] in used
            continue
        left[reason] = left.get(reason, 0) + 1
    return left


def _is_stop(stop: dict[str, str]) -> bool:
    return stop.get("location_type", "") in ("", "0")


def _has_place(stop: dict[str, str]) -> bool:
    lat, lon = stop["stop_lat"], stop["stop_lon"]
    return lat != "" and lon != "" and (float(lat), float(lon)) != (0, 0)


def _date(text: str) -> dt.date:
    return dt.datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  # a date has no zone


def _seconds(text: str) -> int:
    hours, minutes, seconds = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds)
