"""From the files of a feed to its stops, each row accounted for, or to the calls at some."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault, InputError, Level, has_errors
from vpvkac.sources.base import Reading
from vpvkac.sources.gtfs.archive import MISSING, Feed, RefusedError, open_feed
from vpvkac.sources.gtfs.parts import (
    BUS,
    FREQUENCIES,
    MODES,
    ROUTES,
    STOP_TIMES,
    STOPS,
    TRIPS,
    Bands,
    Calls,
    Stops,
    Trips,
    at_fixed_stops,
    drop_reasons,
    read_calls,
    read_stops,
    read_trips,
    report_dropped,
)
from vpvkac.sources.gtfs.service import (
    CALENDAR,
    CALENDAR_DATES,
    Service,
    Services,
    by_service,
    calendar_notes,
    count,
    has_no_bound,
    iso,
    no_bound,
    no_bus,
    no_service_day,
    read_services,
    whole_as_bus,
    with_bounds,
)
from vpvkac.sources.gtfs.table import Shape, Table, day_number, positions, read_table, times
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.sources.gtfs.table import Flags, Numbers


FEED_INFO = Shape("feed_info.txt", (), ("feed_publisher_name", "feed_version", "feed_start_date"))

_NEEDED = (STOPS, ROUTES, TRIPS)
_OPTIONAL = (CALENDAR, CALENDAR_DATES, FREQUENCIES, STOP_TIMES, FEED_INFO)
_NEVER_EMPTY = {shape.name for shape in (*_NEEDED, STOP_TIMES)}
_NOTED = {"feed_version": "feed_version", "publisher": "feed_publisher_name"}
_TYPES = {"stop": "str", "stop_name": "str", "feed": "str", "regional": "bool", "modes": "str",
          "visits": "Int64", "lat": "float64", "lon": "float64"}  # fmt: skip
_NO_STOPS = pd.DataFrame({name: [] for name in _TYPES}).astype(_TYPES)
# Where passengers are fetched on call, a feed may have areas and no stops.
_ZONES = "locations.geojson"
_FIX_FEED = Message("check the feed, or download it again")


class _Parts(NamedTuple):
    """What was read of a feed; None where it is not there, or not to be read."""

    stops: Stops | None
    services: Services | None
    trips: Trips | None
    calls: Calls | None


def read_gtfs(
    path: Path,
    *,
    feed: str,
    regional: bool,
    service_day: dt.date | None = None,
    shown: str | None = None,
    strict: bool = False,
) -> Reading:
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
        Whether a single row that cannot be used is an error; else up to 1 %
        of a table's rows are dropped with a warning.

    Returns
    -------
    A reading whose table has, sorted by `stop`, the columns `stop`
    (``feed:stop_id``), `stop_name`, `feed`, `regional`, `modes` (of bus, tram,
    trolleybus, joined by ``+``), `visits` (nullable), `lat` and `lon`
    (degrees, as read).  Its notes hold `service_day`, `first_day` and
    `last_day` (YYYY-MM-DD) as far as the feed's calendars tell them, and
    `feed_version` and `publisher` if it names them.  Where there are errors
    the table is empty: no feed is half read.  A feed without any stop that is
    used is an error, unless its vehicles run on call.
    """
    try:
        with open_feed(path, shown=shown or path.name) as found:
            reading = _read(found, service_day, strict=strict)
    except RefusedError as refused:
        reading = Reading(_NO_STOPS, rows_read=0, faults=(refused.fault,))
    table = reading.table.assign(
        stop=feed + ":" + reading.table["stop"], feed=feed, regional=regional
    )
    table = table[list(_TYPES)].astype(_TYPES).sort_values("stop", ignore_index=True)
    return replace(reading, table=table)


def _read(feed: Feed, service_day: dt.date | None, *, strict: bool) -> Reading:
    """Read a feed, whose stops have no feed's name yet."""
    faults: list[Fault] = []
    remedy = Message("its stops are not counted")
    on_call = Message("on call, no fixed stop: no bus calls at any of its stops")
    on_call_alone = Fault("warning", feed.shown, on_call, remedy)
    if STOPS.name not in feed.sizes and _ZONES in feed.sizes:
        return Reading(_NO_STOPS, rows_read=0, faults=(on_call_alone,))
    tables = _tables(feed, faults, strict=strict)
    parts = _parts(feed, tables, faults)
    stops = parts.stops
    if stops is None or parts.trips is None or has_errors(faults):
        return Reading(
            _NO_STOPS, rows_read=0 if stops is None else len(stops), faults=tuple(faults)
        )
    service, notes = _service(feed, parts, tables, service_day, faults)
    reasons = drop_reasons(stops, served=service.served, modes=service.modes)
    report_dropped(stops, reasons)
    used = ~np.logical_or.reduce(list(reasons.values()))
    if not used.any() and parts.calls is not None and parts.calls.on_call:
        faults.append(on_call_alone)
    elif not used.any():
        problem = Message("no stop is served by bus, trolleybus or tram")
        remedy = Message("check that it is the right feed, or take it out of the project")
        faults.append(Fault("error", feed.shown, problem, remedy))
    feed_info = tables.get(FEED_INFO.name)
    told = {}
    if feed_info is not None and len(feed_info):
        told = {note: feed_info[field].text(0) for note, field in _NOTED.items()}
    return Reading(
        _stop_table(stops, service, used),
        rows_read=len(stops),
        dropped={reason: int(rows.sum()) for reason, rows in reasons.items() if rows.any()},
        faults=tuple(faults),
        notes=notes | {note: text for note, text in told.items() if text},
    )


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
    found = {}
    for shape in _NEEDED + _OPTIONAL:
        if feed.sizes.get(shape.name) or (shape.name in _NEVER_EMPTY & feed.sizes.keys()):
            table = read_table(feed, shape, faults, strict=strict)
            if table is not None:
                found[shape.name] = table
    for name in sorted(_NEVER_EMPTY & found.keys()):
        if not len(found[name]):
            problem = Message("the file has no rows")
            level: Level = "warning" if name == STOP_TIMES.name else "error"
            faults.append(Fault(level, feed.name(name), problem, _FIX_FEED))
            # No other table is blamed for what it refers to.
            del found[name]
    return found


def _parts(feed: Feed, tables: dict[str, Table], faults: list[Fault]) -> _Parts:
    """Check the tables one against another, as far as they are there."""
    stops = read_stops(tables[STOPS.name]) if STOPS.name in tables else None
    services = _services(feed, tables, faults)
    if TRIPS.name not in tables or ROUTES.name not in tables:
        return _Parts(stops, services, None, None)
    trips = read_trips(
        tables[TRIPS.name],
        tables[ROUTES.name],
        None if services is None else services.ids,
        tables.get(FREQUENCIES.name),
    )
    calls = None
    if stops is not None and len(tables.get(STOP_TIMES.name, ())):
        calls = read_calls(tables[STOP_TIMES.name], trips, stops.ids)
    return _Parts(stops, services, trips, calls)


def _services(feed: Feed, tables: dict[str, Table], faults: list[Fault]) -> Services | None:
    """Make the services; None without calendars, and where one of them is refused."""
    given = {name for name in (CALENDAR.name, CALENDAR_DATES.name) if feed.sizes.get(name)}
    if not given:
        problem = Message(
            "there is neither calendar.txt nor calendar_dates.txt; visits are not known"
        )
        faults.append(Fault("warning", feed.shown, problem, _FIX_FEED))
    if not given or not given <= tables.keys():
        return None
    return read_services(tables.get(CALENDAR.name), tables.get(CALENDAR_DATES.name))


def _service(
    feed: Feed, parts: _Parts, tables: dict[str, Table], given: dt.date | None, faults: list[Fault]
) -> tuple[Service, dict[str, str]]:
    """Find the service day and count the visits, and say what the feed does not tell."""
    _, services, trips, calls = parts
    stops = len(tables[STOPS.name])
    if trips is None or calls is None:
        problem = Message("there are no stop times; every stop counts as a bus stop")
        faults.append(Fault("warning", feed.name(STOP_TIMES.name), problem, _FIX_FEED))
        notes = {} if services is None else calendar_notes(_bounded(feed, services, tables))
        return whole_as_bus(stops), notes
    if services is None:
        return count(calls, trips, stops, None, None), {}
    per_service = by_service(calls, trips, services)
    within = _bounded(feed, services, tables, per_service)
    day = within.busiest_workday(per_service) if given is None else given.toordinal()
    by_bus = bool((trips.mode == BUS).any())
    if (trips.mode >= 0).any() and not by_bus:
        faults.append(no_bus(feed.shown))
    on_call_only = calls.on_call > 0 and not per_service.any()
    if (by_bus and not on_call_only) and (
        day is None or not per_service[services.running_on(day)].any()
    ):
        faults.append(no_service_day(feed.shown, given))
    if has_no_bound(services):
        faults.append(no_bound(feed.shown, services, day))
    notes = calendar_notes(within)
    if day is not None:
        notes["service_day"] = iso(day)
    return count(calls, trips, stops, services, day), notes


def _bounded(
    feed: Feed, services: Services, tables: dict[str, Table], visits: Numbers | None = None
) -> Services:
    """Give the services on days that can be true; `visits` of each on a day it runs, if known."""
    weight = np.ones(len(services.ids)) if visits is None or not visits.any() else visits
    packed = None if feed.packed is None else feed.packed.toordinal()
    feed_info = tables.get(FEED_INFO.name)
    # A text that is no date says nothing.
    begins = np.nan if not feed_info else day_number(feed_info["feed_start_date"].text(0))
    first = None if np.isnan(begins) else int(begins)
    return with_bounds(services, weight, begins=first, packed=packed)


def _stop_table(stops: Stops, service: Service, used: Flags) -> pd.DataFrame:
    each_mode = 1 << np.arange(len(MODES))
    sets = [
        "+".join(mode for mode, bit in zip(MODES, each_mode, strict=True) if code & bit)
        for code in range(1 << len(MODES))
    ]
    return pd.DataFrame(
        {
            "stop": stops.ids[used],
            "stop_name": stops.names[used],
            "modes": np.array(sets, dtype=object)[service.modes[used] @ each_mode],
            "visits": service.visits[used] if service.visits is not None else pd.NA,
            "lat": stops.lat[used],
            "lon": stops.lon[used],
        }
    )


_COLUMNS = ["stop", "arrives", "departs"]


def read_bus_calls(
    path: Path, stops: Collection[str], day: dt.date, *, shown: str | None = None
) -> pd.DataFrame:
    """Read the calls of buses at some stops on one day.

    Parameters
    ----------
    path
        A zip or a folder, as `read_gtfs` reads it.
    stops
        The `stop_id` of each, without the feed's name.
    day
        The service day.  Trips of the day before that run past midnight are
        not among its calls; its own are, at 24:10 and the like.
    shown
        The name of the feed in faults; None takes the file's own.

    Returns
    -------
    calls
        One row a call, sorted: `stop`, `arrives` and `departs` in seconds
        since midnight, the one for the other where only one is given, both
        NaN where neither is.  A trip of ``frequencies.txt`` has a row for
        each of its departures.  Empty where the feed has no stop times or no
        calendar.

    Raises
    ------
    InputError
        If the feed cannot be read, or has errors.
    """
    faults: list[Fault] = []
    try:
        with open_feed(path, shown=shown or path.name) as feed:
            calls = _calls(feed, set(stops), day, faults)
    except RefusedError as refused:
        raise InputError([refused.fault]) from refused
    if has_errors(faults):
        raise InputError(faults)
    return calls[_COLUMNS].sort_values(_COLUMNS, ignore_index=True)


def _calls(feed: Feed, stops: set[str], day: dt.date, faults: list[Fault]) -> pd.DataFrame:
    """Read the calls; what the run has told of other tables is not told again."""
    shapes = (TRIPS, ROUTES, CALENDAR, CALENDAR_DATES, FREQUENCIES, STOP_TIMES)
    tables = {
        shape.name: read_table(feed, shape, faults)
        for shape in shapes
        if feed.sizes.get(shape.name)
    }
    trip_table, routes = tables.get(TRIPS.name), tables.get(ROUTES.name)
    stop_times = tables.get(STOP_TIMES.name)
    if trip_table is None or routes is None or stop_times is None:
        return pd.DataFrame(dict.fromkeys(_COLUMNS, np.empty(0))).astype({"stop": object})
    services = read_services(tables.get(CALENDAR.name), tables.get(CALENDAR_DATES.name))
    trips = read_trips(trip_table, routes, services.ids, tables.get(FREQUENCIES.name))
    stop_times, _ = at_fixed_stops(stop_times)
    runs = np.append(services.running_on(day.toordinal()), [False])[trips.service]
    counted = np.append(runs & (trips.mode == BUS), [False])
    of_trips, at_stops = stop_times["trip_id"], stop_times["stop_id"]
    trip = of_trips.spread(positions(of_trips.distinct, trips.ids), empty=-1)
    among = np.array([text in stops for text in at_stops.distinct], bool)
    rows = np.flatnonzero(at_stops.spread(among, empty=False) & counted[trip])
    asked = stop_times.take(rows)
    arrives, departs = _times(asked)
    calls = pd.DataFrame(
        {"trip": trip[rows], "stop": asked["stop_id"].texts(), "arrives": arrives,
         "departs": departs}
    )  # fmt: skip
    if trips.bands is None:
        return calls
    # The first time of each trip's pattern, from which its departures are shifted.
    first = np.full(len(trips.ids) + 1, np.inf)
    np.fmin.at(first, trip, _times(stop_times)[1])
    return _repeat(calls, trips.bands, np.where(np.isinf(first), np.nan, first))


def _times(stop_times: Table) -> tuple[Numbers, Numbers]:
    arrives = times(stop_times, "arrival_time")
    departs = times(stop_times, "departure_time")
    return (
        np.where(np.isnan(arrives), departs, arrives),
        np.where(np.isnan(departs), arrives, departs),
    )


def _repeat(calls: pd.DataFrame, bands: Bands, first: Numbers) -> pd.DataFrame:
    """Put the departures of a frequency in place of the pattern of its trip."""
    rows = pd.DataFrame({**bands._asdict(), "times": bands.departures()})
    each = calls.merge(rows, on="trip")
    each = each.loc[each.index.repeat(each["times"])]
    number = each.groupby(level=0).cumcount()
    shift = each["start"] + number * each["headway"] - first[each["trip"]]
    again = each.assign(arrives=each["arrives"] + shift, departs=each["departs"] + shift)
    return pd.concat([calls[~calls["trip"].isin(bands.trip)], again])
