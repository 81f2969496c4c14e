"""Which stops the modes serve, and how many buses call there on the service day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from vpvkac.model.faults import Fault
from vpvkac.sources.gtfs.service import EARLIEST, LATEST, Services
from vpvkac.sources.gtfs.trips import BUS, MODES, Trips
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.sources.gtfs.calls import Calls
    from vpvkac.sources.gtfs.column import Flags, Numbers


class Service(NamedTuple):
    """What the calls at the stops come to.

    Parameters
    ----------
    served
        Whether any known trip calls at the stop.
    modes
        A row per stop: which of `MODES` serve it.
    visits
        Calls of buses on the service day; None where there is no such day.
    """

    served: Flags
    modes: Flags
    visits: Numbers | None


def whole_as_bus(stops: int) -> Service:
    """Give the service of a feed without stop times, by definition."""
    modes = np.zeros((stops, len(MODES)), dtype=bool)
    modes[:, BUS] = True
    return Service(np.ones(stops, dtype=bool), modes, None)


def count(
    calls: Calls, trips: Trips, stops: int, services: Services | None, day: int | None
) -> Service:
    """Count the calls; `day` is the service day as an ordinal, None if there is none."""
    # The trips of no mode, -1, come last.
    kinds = len(MODES) + 1
    pairs = calls.stop * kinds
    pairs += (trips.mode % kinds)[calls.trip]
    by_mode = np.bincount(pairs, minlength=stops * kinds).reshape(stops, kinds)
    visits = None
    if services is not None and day is not None:
        runs = np.append(services.running_on(day), [False])[trips.service]
        buses = (runs * _buses(trips))[calls.trip]
        visits = np.bincount(calls.stop, buses, stops).astype(np.float64)
    return Service(by_mode.sum(axis=1) > 0, by_mode[:, : len(MODES)] > 0, visits)


def by_service(calls: Calls, trips: Trips, services: Services) -> Numbers:
    """Sum the visits of each service on a day it runs.

    The service day is the one with most of them, not the day with most
    services: on that one few buses may run.
    """
    weight = np.bincount(calls.trip, minlength=len(trips.ids)) * _buses(trips)
    known = trips.service >= 0
    total: Numbers = np.zeros(len(services.ids))
    np.add.at(total, trips.service[known], weight[known])
    return total


def calendar_notes(services: Services) -> dict[str, str]:
    """Give the first and the last day on which any service runs, as far as there is one."""
    span = services.span()
    if span is None:
        return {}
    days = span[0] + np.flatnonzero(services.totals(np.ones(len(services.ids))) > 0)
    notes = {}
    if len(days) and span[0] > EARLIEST:
        notes["first_day"] = iso(int(days[0]))
    if len(days) and span[1] < LATEST:
        notes["last_day"] = iso(int(days[-1]))
    return notes


def no_service_day(file: str, given: dt.date | None) -> Fault:
    """Say that no bus runs on the day given, or on any Monday to Friday."""
    remedy = Message("give another day, or a newer feed")
    problem = Message("no bus runs from Monday to Friday; visits are not known")
    if given is None:
        return Fault("warning", file, problem, remedy)
    problem = Message("is a day on which no bus runs; visits are 0 everywhere")
    return Fault("warning", file, problem, remedy, value=given.isoformat())


def no_bus(file: str) -> Fault:
    """Say that trolleybuses or trams serve a feed, and no bus."""
    problem = Message('has no trip by bus; its stops count in the stop set "all" alone')
    remedy = Message("if buses do run, check route_type in routes.txt")
    return Fault("warning", file, problem, remedy)


def no_bound(file: str, services: Services, day: int | None) -> Fault:
    """Say that the calendars name days that stand for no bound, and what that leads to."""
    days = services.named_days()
    first, last = (dt.date.fromordinal(int(one)) for one in (days.min(), days.max()))
    problem = Message(
        "the calendars span {years} years ({first} to {last}); days before 2006 and after 2049 "
        "stand for no bound", years=last.year - first.year + 1, first=first, last=last,
    )  # fmt: skip
    remedy = Message("name a service_day if you need one")
    if day is not None:
        remedy = Message(
            "visits are counted on {day}; name another service_day if you need one", day=iso(day)
        )
    return Fault("warning", file, problem, remedy)


def iso(day: int) -> str:
    """Write a day number as YYYY-MM-DD."""
    return dt.date.fromordinal(day).isoformat()


def _buses(trips: Trips) -> Numbers:
    """Give for each trip how many buses it stands for on a day it runs."""
    return np.where(trips.mode == BUS, trips.departures(), 0.0)
