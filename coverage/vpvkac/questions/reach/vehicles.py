"""The timetables of all feeds of a project as one, on one day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.analysis.opening import DAY, open_around
from vpvkac.analysis.reach import Places, Rules, walks
from vpvkac.analysis.timetable import Changes, Hops, Timetable
from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.gtfs.timetable import Departures, TimedFeed
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.analysis.network import Network
    from vpvkac.model.accounts import Progress

_WORKDAYS = 5
_READING = Message("Timetable {}")


class Vehicles(NamedTuple):
    """The vehicles of one day.

    Parameters
    ----------
    day
        The service day.
    timetable
        Its stops are those of `stops`.
    by_arrangement
        The same without the calls that must be asked for; None if there are none.
    stops
        All stops of the analysis, and where trains count those that only trains serve: `stop`,
        `stop_name`, `lat`, `lon`, sorted by `stop`.
    has_service
        Whether one can board or alight there, shape (stops,).
    service
        Where each line stops, and when: as in reach_service.csv.
    counts
        Of departures, calls and trips left out for their times.
    faults
        Warnings of what is not used.
    """

    day: dt.date
    timetable: Timetable
    by_arrangement: Timetable | None
    stops: pd.DataFrame
    has_service: np.ndarray
    service: pd.DataFrame
    counts: dict[str, int]
    faults: tuple[Fault, ...]


def read_vehicles(
    result: Network, day: dt.date | None, rules: Rules, *, rail: bool, progress: Progress
) -> Vehicles:
    """Read the timetables of all feeds and join them.

    Raises
    ------
    InputError
        If no feed has stop times, one cannot be read, or nothing runs on the day.
    """
    given = [stops for stops in result.project.stops if not stops.source.is_plain]
    feeds: dict[str, TimedFeed] = {}
    faults: list[Fault] = []
    for one in given:
        progress(_READING.with_values(one.source.shown))
        try:
            feeds[one.feed] = result.timetable(one)
        except InputError as error:
            faults.extend(error.faults)
    if faults or not feeds:
        problem = Message("no feed of stops has a timetable")
        remedy = Message("give a GTFS feed with stop_times.txt")
        raise InputError(faults or [Fault("error", "vpvkac.toml", problem, remedy, field="stops")])
    chosen = day or _busiest_workday(feeds, rail=rail)
    runs = {name: feed.on(chosen, rail=rail) for name, feed in sorted(feeds.items())}
    untimed = sum(departures.untimed for departures in runs.values())
    stops = _stops(result, feeds, rail=rail)
    calls, transfers = _join(feeds, runs, stops["stop"])
    if not len(calls):
        problem = Message("no vehicle runs on this day")
        if untimed:
            problem = Message("no trip of this day has times that can be used")
        spans = [span for feed in feeds.values() if (span := feed.span()) is not None]
        if spans:
            first, last = min(first for first, _ in spans), max(last for _, last in spans)
            if not first <= chosen <= last:
                problem = Message("is outside the calendars of the feeds: {first} to {last}")
                problem = problem.with_values(first=first.isoformat(), last=last.isoformat())
        remedy = Message("choose a day within the calendars of the feeds, or leave it out")
        shown = ", ".join(one.source.shown for one in given)
        warnings = [fault for departures in runs.values() for fault in departures.faults]
        raise InputError([Fault("error", shown, problem, remedy, value=str(chosen)), *warnings])
    at = Places(stops["lat"].to_numpy(float), stops["lon"].to_numpy(float))
    changes = _changes(at, calls["stop"].unique(), transfers, rules)
    timetable = _timetable(calls, len(stops), changes)
    by_request = calls["ask_board"] | calls["ask_alight"]
    rest = calls.assign(
        board=calls["board"] & ~calls["ask_board"], alight=calls["alight"] & ~calls["ask_alight"]
    )
    has_service = np.zeros(len(stops), bool)
    has_service[timetable.hops.board_stop[timetable.hops.can_board]] = True
    has_service[timetable.hops.alight_stop[timetable.hops.can_alight]] = True
    return Vehicles(
        chosen,
        timetable,
        _timetable(rest, len(stops), changes) if by_request.any() else None,
        stops,
        has_service,
        _service(calls, stops),
        {
            "departures": int(calls["trip"].nunique()),
            "calls": len(calls),
            "by_request": int(by_request.sum()),
            "untimed": untimed,
        },
        tuple(fault for name in runs for part in (feeds[name], runs[name]) for fault in part.faults)
        + tuple(_doubts(feeds, chosen)),
    )


def _doubts(feeds: dict[str, TimedFeed], day: dt.date) -> Iterator[Fault]:
    """Warn of feeds whose calendars the day is outside of, and of a public holiday."""
    if open_around("PH 00:00-24:00", day)[DAY : 2 * DAY].any():
        shown = ", ".join(feed.feed.shown for feed in feeds.values())
        problem = Message("the service day is a public holiday, on which points are closed")
        yield Fault("warning", shown, problem, Message("give another day"), value=str(day))
    for feed in feeds.values():
        span = feed.span()
        if span is not None and not span[0] <= day <= span[1]:
            problem = Message("does not run on the service day; its calendars: {first} to {last}")
            problem = problem.with_values(first=span[0].isoformat(), last=span[1].isoformat())
            remedy = Message("give a day on which all feeds run, or a feed for the day")
            yield Fault("warning", feed.feed.shown, problem, remedy, value=str(day))


def _stops(result: Network, feeds: dict[str, TimedFeed], *, rail: bool) -> pd.DataFrame:
    """Give the stops of the analysis, with those that only trains serve where they count."""
    stops = pd.DataFrame(result.stops[["stop", "stop_name", "lat", "lon"]])
    if not rail:
        return stops
    stations = [
        table.assign(stop=f"{name}:" + table["stop"])
        for name, feed in feeds.items()
        if len(table := feed.stations())
    ]
    return pd.concat([stops, *stations]).sort_values("stop", ignore_index=True)


def _busiest_workday(feeds: dict[str, TimedFeed], *, rail: bool) -> dt.date:
    """Choose the Monday to Friday with most visits of buses; of trains where no bus runs."""
    for of_trains in (False, True)[: 1 + rail]:
        visits = pd.concat([feed.visits_by_day(rail=of_trains) for feed in feeds.values()])
        total = visits.groupby(level=0).sum()
        # Day 1 of the calendar was a Monday.
        total = total[(total.index - 1) % 7 < _WORKDAYS]
        if (total > 0).any():
            return dt.date.fromordinal(int(total.idxmax()))
    raise InputError([_why_idle(feed, rail=rail) for feed in feeds.values()])


def _why_idle(feed: TimedFeed, *, rail: bool) -> Fault:
    problem = Message("no bus runs on any Monday to Friday")
    if rail:
        problem = Message("neither a bus nor a train runs on any Monday to Friday")
    remedy = Message("give a day, or take other feeds")
    if feed.services is None:
        problem = Message("there is neither calendar.txt nor calendar_dates.txt; nothing runs")
        remedy = Message("download the feed again, or add the file")
    return Fault("error", feed.feed.shown, problem, remedy)


def _join(
    feeds: dict[str, TimedFeed], runs: dict[str, Departures], keys: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put the calls of all feeds at the stops, by their keys, and their transfers."""
    known = pd.Index(keys)
    calls, transfers, trips = [], [], 0
    for name, departures in runs.items():
        feed, found = feeds[name], departures.calls
        number = known.get_indexer([f"{name}:{stop}" for stop in feed.stops])
        lines = pd.Categorical(feed.lines[found["name"]])
        found = found.assign(
            stop=number[found["stop"]],
            trip=found["trip"] + trips,
            line=lines.rename_categories(partial("{}: {}".format, name)),
        )
        found = found[found["stop"] >= 0]
        trips = int(found["trip"].max()) + 1 if len(found) else trips
        calls.append(found)
        ends = {
            end: known.get_indexer([f"{name}:{stop}" for stop in feed.transfers[end]])
            for end in ("from_stop", "to_stop")
        }
        transfers.append(feed.transfers.assign(**ends))
    return pd.concat(calls, ignore_index=True), pd.concat(transfers, ignore_index=True)


def _service(calls: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    """List the departures and arrivals of each line at each stop, as in reach_service.csv.

    Departures of vehicles that one may board and that go further, arrivals of those that came
    from somewhere and that one may leave; a time is written once for every vehicle.
    """
    trip = calls["trip"]
    goes_on, came = trip.eq(trip.shift(-1)), trip.eq(trip.shift())
    service = _times(calls[calls["board"] & goes_on], "depart", ["departures", "times"]).join(
        _times(calls[calls["alight"] & came], "arrive", ["arrivals", "arrival_times"]),
        how="outer",
    )
    counts, times = ["departures", "arrivals"], ["times", "arrival_times"]
    service[counts] = service[counts].fillna(0).astype(np.int64)
    service[times] = service[times].fillna("")
    service = service.sort_index().reset_index()
    at = stops[["stop", "stop_name", "lat", "lon"]].iloc[service["stop"]].reset_index(drop=True)
    return pd.concat([service.drop(columns="stop"), at], axis=1)


def _times(calls: pd.DataFrame, moment: str, names: list[str]) -> pd.DataFrame:
    """Count the calls of each line at each stop, and write their times in order."""
    minutes = calls[moment].to_numpy() // 60
    table = pd.DataFrame(
        {"line": calls["line"].astype(str), "stop": calls["stop"], "minute": minutes}
    ).sort_values(["line", "stop", "minute"])
    table["time"] = [f"{minute // 60:02}:{minute % 60:02}" for minute in table["minute"]]
    count = table.groupby(["line", "stop"]).size()
    ends, times = np.cumsum(count), table["time"].tolist()
    written = [" ".join(times[end - many : end]) for end, many in zip(ends, count, strict=True)]
    return pd.DataFrame({names[0]: count, names[1]: written}, count.index)


def _timetable(calls: pd.DataFrame, stops: int, changes: Changes) -> Timetable:
    trip, stop, arrive, depart = (
        calls[name].to_numpy(np.int64) for name in ("trip", "stop", "arrive", "depart")
    )
    board, alight = (calls[name].to_numpy(bool) for name in ("board", "alight"))
    hop = np.flatnonzero(trip[1:] == trip[:-1])
    return Timetable(
        stops,
        Hops(
            trip[hop], stop[hop], stop[hop + 1], depart[hop], arrive[hop + 1], board[hop],
            alight[hop + 1],
        ),
        changes,
    )  # fmt: skip


def _changes(stops: Places, served: np.ndarray, transfers: pd.DataFrame, rules: Rules) -> Changes:
    """Change at one stop, or by a walk to another, where no transfer forbids it."""
    served = np.sort(served)
    some = Places(stops.lat[served], stops.lon[served])
    near = walks(some, some, rules, rules.change_walk)
    alight, board = served[near.origin], served[near.target]
    walk = np.where(alight == board, 0, near.seconds)
    pairs = pd.DataFrame({"alight": alight, "board": board, "seconds": walk + rules.change})
    told = transfers.rename(columns={"from_stop": "alight", "to_stop": "board", "seconds": "least"})
    told = told.drop_duplicates(["alight", "board"], keep="last")
    pairs = pairs.merge(told, on=["alight", "board"], how="left", indicator="given")
    is_given = (pairs["given"] == "both").to_numpy()
    # A change at equal times would be no change.
    seconds = pairs["seconds"].mask(is_given, pairs["least"].clip(lower=1))
    left = seconds.notna().to_numpy()
    return Changes(
        pairs["alight"].to_numpy(np.int64)[left],
        pairs["board"].to_numpy(np.int64)[left],
        seconds.to_numpy(float)[left].astype(np.int64),
    )
