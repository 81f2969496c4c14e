"""From the files of a feed to its stops, each row accounted for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault, Level, has_errors
from vpvkac.sources.base import Reading
from vpvkac.sources.gtfs import days, parts
from vpvkac.sources.gtfs.archive import MISSING, Feed, RefusedError, find_feed
from vpvkac.sources.gtfs.table import Table, read_table
from vpvkac.sources.gtfs.timetable import TimedFeed, timetable_of
from vpvkac.texts.message import Message

_NEEDED = (parts.STOPS, parts.ROUTES, parts.TRIPS)
_OPTIONAL = (
    days.CALENDAR,
    days.CALENDAR_DATES,
    parts.FREQUENCIES,
    parts.STOP_TIMES,
    days.FEED_INFO,
)
_NEVER_EMPTY = {shape.name for shape in (*_NEEDED, parts.STOP_TIMES)}
_NOTED = {"feed_version": "feed_version", "publisher": "feed_publisher_name"}
_TYPES = {"stop": "str", "stop_name": "str", "feed": "str", "regional": "bool", "modes": "str",
          "visits": "Int64", "lat": "float64", "lon": "float64", "calls_by_day": "Int64",
          "parent": "str"}  # fmt: skip
_NO_STOPS = pd.DataFrame({name: [] for name in _TYPES}).astype(_TYPES)
# Where passengers are fetched on call, a feed may have areas and no stops.
_ZONES = "locations.geojson"
_FIX_FEED = Message("check the feed, or download it again")


@dataclass(frozen=True)
class FeedReading(Reading):
    """The stops of a feed, and what makes its timetable of what was read; None without one."""

    timetable: Callable[[], TimedFeed] | None = None


NO_BUS = Message("no stop is served by bus, trolleybus or tram")


def read_gtfs(
    path: Path,
    *,
    feed: str,
    regional: bool,
    service_day: dt.date | None = None,
    shown: str | None = None,
    strict: bool = False,
    rail: bool = False,
) -> FeedReading:
    """Read the stops of a feed that bus, trolleybus or tram serve, with their visits.

    Parameters
    ----------
    path
        A zip or a folder; the tables may lie in a subfolder of either.
    feed
        The short name of the feed, the first part of every stop's key.
    regional
        Whether the feed belongs to the stop set ``regional``.
    service_day
        The day to count visits on; None finds it.
    shown
        The name of the feed in faults; None takes the file's own.
    strict
        Whether a single row that cannot be used is an error.
    rail
        Whether a feed of trains alone is one without stops, and no error.

    Returns
    -------
    A reading whose table has, sorted by `stop`, the columns `stop`
    (``feed:stop_id``), `stop_name`, `feed`, `regional`, `modes` (of bus, tram,
    trolleybus, joined by ``+``), `visits` (nullable), `lat` and `lon`
    (degrees, as read), `calls_by_day` (visits that depart from 6 h to before 20 h;
    nullable) and `parent` (the station it belongs to).  Its notes hold
    `service_day`, `first_day` and `last_day` (YYYY-MM-DD) as far as the
    feed's calendars tell them, and `feed_version` and `publisher` if it
    names them.  Where there are errors the table is empty: no feed is half read.
    """
    try:
        found = find_feed(path, shown=shown or path.name)
        reading = _read(found, service_day, strict=strict, rail=rail)
    except RefusedError as refused:
        reading = FeedReading(_NO_STOPS, rows_read=0, faults=(refused.fault,))
    table = reading.table.assign(
        stop=feed + ":" + reading.table["stop"], feed=feed, regional=regional
    )
    table = table[list(_TYPES)].astype(_TYPES).sort_values("stop", ignore_index=True)
    return replace(reading, table=table)


def _read(feed: Feed, service_day: dt.date | None, *, strict: bool, rail: bool) -> FeedReading:
    """Read a feed, whose stops have no feed's name yet."""
    faults: list[Fault] = []
    remedy = Message("its stops are not counted")
    on_call = Message("on call, no fixed stop: no bus calls at any of its stops")
    on_call_alone = Fault("warning", feed.shown, on_call, remedy)
    if parts.STOPS.name not in feed.sizes and _ZONES in feed.sizes:
        return FeedReading(_NO_STOPS, rows_read=0, faults=(on_call_alone,))
    tables = _tables(feed, faults, strict=strict)
    stops = parts.read_stops(tables[parts.STOPS.name]) if parts.STOPS.name in tables else None
    services = _services(feed, tables, faults)
    trips = calls = None
    if parts.TRIPS.name in tables and parts.ROUTES.name in tables:
        trips = parts.read_trips(tables, None if services is None else services.ids)
        if stops is not None and len(tables.get(parts.STOP_TIMES.name, ())):
            calls = parts.read_calls(tables[parts.STOP_TIMES.name], trips, stops.ids)
    is_timed = strict or not _forgive_frequencies(feed, faults)
    if stops is None or trips is None or has_errors(faults):
        rows = 0 if stops is None else len(stops)
        return FeedReading(_NO_STOPS, rows_read=rows, faults=tuple(faults))
    # Where it is not known how often buses call, the stops are, and no visits and no timetable.
    service, notes = _service(
        feed, tables, services if is_timed else None, trips, calls, given=service_day, faults=faults
    )
    reasons = parts.drop_reasons(stops, served=service.served, modes=service.modes)
    used = ~np.logical_or.reduce(list(reasons.values()))
    if not used.any() and calls is not None and calls.on_call:
        faults.append(on_call_alone)
    elif not used.any() and rail and trips.rail.any():
        remedy = Message("its trains count for reach")
        faults.append(Fault("warning", feed.shown, NO_BUS, remedy))
    elif not used.any():
        remedy = Message("check that it is the right feed, or take it out of the project")
        faults.append(Fault("error", feed.shown, NO_BUS, remedy))
    feed_info = tables.get(days.FEED_INFO.name)
    if feed_info:
        facts = {note: feed_info[field].text(0) for note, field in _NOTED.items()}
        notes |= {note: text for note, text in facts.items() if text}
    each_mode = 1 << np.arange(len(parts.MODES))
    sets = [
        "+".join(mode for mode, bit in zip(parts.MODES, each_mode, strict=True) if code & bit)
        for code in range(1 << len(parts.MODES))
    ]
    table = pd.DataFrame(
        {
            "stop": stops.ids[used],
            "stop_name": stops.names[used],
            "modes": np.array(sets, dtype=object)[service.modes[used] @ each_mode],
            "visits": service.visits[used] if service.visits is not None else pd.NA,
            "lat": stops.lat[used],
            "lon": stops.lon[used],
            "calls_by_day": service.by_day[used] if service.by_day is not None else pd.NA,
            "parent": stops.parents[used],
        }
    )
    dropped = {reason: int(rows.sum()) for reason, rows in reasons.items() if rows.any()}
    timetable = None
    if calls is not None and is_timed:
        timetable = partial(timetable_of, feed, tables, services, trips, calls.stop_times)
    return FeedReading(table, len(stops), dropped, tuple(faults), notes, timetable=timetable)


def _tables(feed: Feed, faults: list[Fault], *, strict: bool) -> dict[str, Table]:
    """Read every table that is there, and say which ones are lacking or empty."""
    if capitals := ", ".join(feed.capitals()):
        problem = Message("are tables whose names are not in small letters")
        remedy = Message("they are read all the same")
        faults.append(Fault("warning", feed.shown, problem, remedy, value=capitals))
    remedy = Message("download the feed again, or add the file")
    faults.extend(
        Fault("error", feed.name(shape.name), MISSING, remedy)
        for shape in _NEEDED
        if shape.name not in feed.sizes
    )
    problem = Message("the file is empty and not used")
    faults.extend(
        Fault("warning", feed.name(name), problem, _FIX_FEED)
        for name in sorted(feed.sizes.keys() - _NEVER_EMPTY)
        if feed.sizes[name] == 0 and name.endswith(".txt")
    )
    tables = {}
    for shape in _NEEDED + _OPTIONAL:
        if feed.sizes.get(shape.name) or (shape.name in _NEVER_EMPTY & feed.sizes.keys()):
            table = read_table(feed, shape, faults, strict=strict)
            if table is not None:
                tables[shape.name] = table
    for name in sorted(_NEVER_EMPTY & tables.keys()):
        if not len(tables[name]):
            problem = Message("the file has no rows")
            level: Level = "warning" if name == parts.STOP_TIMES.name else "error"
            faults.append(Fault(level, feed.name(name), problem, _FIX_FEED))
            # No other table is blamed for what it refers to.
            del tables[name]
    return tables


def _forgive_frequencies(feed: Feed, faults: list[Fault]) -> bool:
    """Tell whether ``frequencies.txt`` alone has errors; then they become warnings.

    It tells how often a bus calls, not at which stops.
    """
    errors = {id(fault) for fault in faults if fault.level == "error"}
    wrong = {id(fault) for fault in faults if fault.file == feed.name(parts.FREQUENCIES.name)}
    if not errors or not errors <= wrong:
        return False
    remedy = Message("correct it; until then the visits of the feed are not counted")
    faults[:] = [
        replace(fault, level="warning", remedy=remedy) if id(fault) in errors else fault
        for fault in faults
    ]
    return True


def _services(feed: Feed, tables: Mapping[str, Table], faults: list[Fault]) -> days.Services | None:
    """Make the services; None without calendars, and where one of them is refused."""
    given = {
        name for name in (days.CALENDAR.name, days.CALENDAR_DATES.name) if feed.sizes.get(name)
    }
    if not given:
        problem = Message(
            "there is neither calendar.txt nor calendar_dates.txt; visits are not known"
        )
        faults.append(Fault("warning", feed.shown, problem, _FIX_FEED))
    if not given or not given <= tables.keys():
        return None
    return days.read_services(tables)


def _service(
    feed: Feed,
    tables: Mapping[str, Table],
    services: days.Services | None,
    trips: parts.Trips,
    calls: parts.Calls | None,
    *,
    given: dt.date | None,
    faults: list[Fault],
) -> tuple[days.Service, dict[str, str]]:
    """Find the service day and count the visits, and say what the feed does not tell."""
    stops = len(tables[parts.STOPS.name])
    visits = np.empty(0)
    if services is not None and calls is not None:
        visits = days.visits_by_service(calls.trip, trips, services)
    within = services
    if services is not None:
        within = days.with_bounds(services, visits, feed, tables)
    notes = {} if within is None else within.notes()
    if calls is None:
        problem = Message("there are no stop times; every stop counts as a bus stop")
        faults.append(Fault("warning", feed.name(parts.STOP_TIMES.name), problem, _FIX_FEED))
        modes = np.zeros((stops, len(parts.MODES)), dtype=bool)
        modes[:, parts.BUS] = True
        return days.Service(np.ones(stops, dtype=bool), modes, None), notes
    if services is None or within is None:
        return days.count_visits(calls, trips, stops, None, None), {}
    day = within.busiest_workday(visits) if given is None else given.toordinal()
    on_call_alone = calls.on_call > 0 and not visits.any()
    faults.extend(
        days.service_day_faults(
            feed.shown, trips, services, visits, day=day, given=given, on_call_alone=on_call_alone
        )
    )
    if day is not None:
        notes["service_day"] = days.iso(day)
    return days.count_visits(calls, trips, stops, services, day), notes
