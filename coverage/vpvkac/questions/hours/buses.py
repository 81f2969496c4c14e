"""Whether a bus comes to the nearest stop before opening and leaves it after closing."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.opening import read_day
from vpvkac.sources.gtfs import read_bus_calls

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vpvkac.analysis.network import Network
    from vpvkac.model.project import StopInput


_WITHIN_S = 30 * 60
_FIRST_YEAR, _LAST_YEAR = 1900, 9998


def service_days(result: Network) -> dict[str, dt.date]:
    """Give the service day of each feed that has one, in the order of the project."""
    accounts = [account for account in result.accounts if account.key == "stops"]
    days = {
        stops.feed: dt.date.fromisoformat(account.notes["service_day"])
        for stops, account in zip(result.project.stops, accounts, strict=True)
        if account.notes.get("service_day")
    }
    # Beyond them the days about a day may be no dates.
    return {feed: day for feed, day in days.items() if _FIRST_YEAR <= day.year <= _LAST_YEAR}


def bus_service(places: pd.DataFrame, result: Network) -> pd.DataFrame:
    """Find whether the nearest stop is served shortly before opening and after closing.

    Before: a bus arrives within the 30 minutes up to the first opening of the
    service day; after: one departs within the 30 minutes from its last closing.
    Of places with `stop` and `hours`, empty where not known.  `service_day` is ISO,
    empty where the stop's feed has none; `bus_unknown` says why both `bus_before`
    and `bus_after` are null: no_hours, no_stop, no_times, closed (on that day).
    """
    days = service_days(result)
    feed = places["stop"].map(result.stops.set_index("stop")["feed"])
    day = feed.map({name: day.isoformat() for name, day in days.items()}).astype(object)
    service = pd.DataFrame({"service_day": day.where(feed.isin(list(days)), "").astype(str)})
    # Opening and closing on the service day; each distinct pair is read once.
    pairs = list(zip(places["hours"], service["service_day"], strict=True))
    read = {
        pair: read_day(pair[0], dt.date.fromisoformat(pair[1])) for pair in set(pairs) if all(pair)
    }
    minutes = [read.get(pair) or (np.nan, np.nan) for pair in pairs]
    turns_s = 60 * pd.DataFrame(minutes, places.index, ["opens", "closes"], dtype=float)
    asked = turns_s["opens"].notna()
    service["bus_before"] = service["bus_after"] = pd.array([pd.NA] * len(places), "boolean")
    for stops in result.project.stops:
        here = asked & (feed == stops.feed)
        if here.any() and stops.feed in days and not stops.source.is_plain:
            at_feed = _at_feed(places.loc[here, "stop"], turns_s[here], stops, days[stops.feed])
            service.loc[here, ["bus_before", "bus_after"]] = at_feed
    unknown = {
        "no_hours": places["hours"] == "",
        "no_stop": places["stop"].isna(),
        "no_times": service["service_day"] == "",
        "closed": ~asked,
    }
    nothing = service["bus_before"].isna() & service["bus_after"].isna()
    reason = np.select(list(unknown.values()), list(unknown), default="no_times").astype(object)
    service["bus_unknown"] = np.where(nothing, reason, "")
    return service


def _at_feed(
    stop: pd.Series[str], turns_s: pd.DataFrame, stops: StopInput, day: dt.date
) -> pd.DataFrame:
    """Ask the timetable of one feed."""
    own = stop.str.removeprefix(f"{stops.feed}:")
    calls = read_bus_calls(stops.source.path, set(own), day, shown=stops.source.shown)
    opens, closes = turns_s["opens"], turns_s["closes"]
    timed = calls.dropna()
    served = {
        "bus_before": _any_between(timed, "arrives", own, opens - _WITHIN_S, opens),
        "bus_after": _any_between(timed, "departs", own, closes, closes + _WITHIN_S),
    }
    # A call without a time may be the one that is looked for; no call at all is a "no".
    doubtful = own.isin(calls.loc[calls["arrives"].isna(), "stop"]).to_numpy()
    table = pd.DataFrame(served, stop.index, dtype="boolean")
    return table.mask(~table & doubtful[:, None])


def _any_between(
    calls: pd.DataFrame,
    moment: str,
    stop: pd.Series[str],
    first: pd.Series[float],
    last: pd.Series[float],
) -> NDArray[np.bool_]:
    """Tell for each stop whether any of its calls lies in its span, ends included."""
    spans = pd.DataFrame({"stop": stop, "first": first, "last": last, "row": np.arange(len(stop))})
    following = pd.merge_asof(
        spans.sort_values("first"), calls.sort_values(moment),
        left_on="first", right_on=moment, by="stop", direction="forward",
    ).sort_values("row")  # fmt: skip
    return np.asarray(following[moment] <= following["last"], bool)
