"""The answer of `vpvkac hours`: a row per place and municipality, for the country; and buses."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.analysis import opening
from vpvkac.analysis.network import Network
from vpvkac.analysis.opening import read_day
from vpvkac.model.faults import Fault
from vpvkac.model.tables import TABLES
from vpvkac.questions.hours.question import Question
from vpvkac.sources.reference import reference_file
from vpvkac.texts.message import Bilingual, Message, Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from vpvkac.analysis.network import Network


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
            own = places.loc[here, "stop"].str.removeprefix(f"{stops.feed}:")
            calls = result.timetable(stops).bus_calls(set(own), days[stops.feed])
            at_feed = _at_feed(own, turns_s[here], calls)
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


def _at_feed(stop: pd.Series[str], turns_s: pd.DataFrame, calls: pd.DataFrame) -> pd.DataFrame:
    """Look for the calls of one feed about opening and closing."""
    opens, closes = turns_s["opens"], turns_s["closes"]
    timed = calls.dropna()
    served = {
        "bus_before": _any_between(timed, "arrives", stop, opens - _WITHIN_S, opens),
        "bus_after": _any_between(timed, "departs", stop, closes, closes + _WITHIN_S),
    }
    # A call without a time may be the one that is looked for; no call at all is a "no".
    doubtful = stop.isin(calls.loc[calls["arrives"].isna(), "stop"]).to_numpy()
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


NO_HOURS, NOT_UNDERSTOOD, NOT_TOLD = "no_hours", "not_understood", "not_told"
_COUNTED = ("early", "late", "evening", "saturday", "lunch_closed", "bus_before", "bus_after")
WORKDAYS = 5
_MONDAY_TO_THURSDAY = 4
_SATURDAY, _FRIDAY = 5, 4
_EARLY, _LATE = 8, 18
_EVENING_FROM, _FRIDAY_END = 17 * 60, 14 * 60
_LUNCH_FROM, _LUNCH_UNTIL = 11 * 60, 15 * 60
# How dark a cell may be; of table 14 up to 20, 40, 60, 100 services, and more.
_SHADES = 5
_INTENSITY_STEPS = (20, 40, 60, 100)


@dataclass(frozen=True, repr=False)
class Answer:
    """What `hours` finds.

    Parameters
    ----------
    table
        One row a place: as in hours.csv, then `place_name`, `stop_name` and what only
        the counts need.  Columns of hours are null where `unknown` says why;
        the least and the most stand where the hours are understood.
    by_municipality
        One row a municipality with an open centre; see `count_by_municipality`.
    national
        The recommendations and findings checked; see `count_national`.
    open_centres
        How many centres are open during each hour of a typical week, on
        average over its minutes: shape (24, 7), columns Mo … Su.
    monday
        The Monday of the reference week.
    service_days
        The service day of each feed that has one.
    faults
        Warnings of hours that cannot be used as they stand.
    usable
        The rows of reach_places.csv for the open centres, by whom appointments
        can be used; None where that was not asked.
    result
        The analysis.
    """

    table: pd.DataFrame
    by_municipality: pd.DataFrame
    national: pd.DataFrame
    open_centres: pd.DataFrame
    monday: dt.date
    service_days: dict[str, dt.date]
    faults: tuple[Fault, ...]
    usable: pd.DataFrame | None
    result: Network


def answer(result: Network, question: Question, usable: pd.DataFrame | None = None) -> Answer:
    """Measure the opening hours of the centres; `usable` as of the `Answer`.

    Raises
    ------
    InputError
        If a time in a feed is no time.
    """
    days = service_days(result)
    monday, calendar_faults = _reference_monday(result, days)
    places = _asked_places(result, every_host=question.every_host)
    weeks = {text: opening.read_week(text, monday) for text in places["hours"].unique() if text}
    understood = {text: week for text, week in weeks.items() if week is not None}
    # Whether hours are surely known at any time, or surely none.
    known = [
        text
        for text, week in understood.items()
        if week.year_h > 0 or week.minutes.any() or week.most == 0
    ]
    figures = _figures(understood)
    # Where nothing is sure, only the least and the most are given.
    band = ["weekly_h_least", "weekly_h_most"]
    table = places.join(figures.drop(columns=band).loc[known], on="hours")
    table = table.join(figures[band], on="hours")
    is_known = places["hours"].isin(known)
    table["unknown"] = np.select(
        [places["hours"] == "", ~places["hours"].isin(list(understood)), ~is_known],
        [NO_HOURS, NOT_UNDERSTOOD, NOT_TOLD],
        default="",
    )
    table = table.join(
        bus_service(places.assign(hours=places["hours"].where(is_known, "")), result)
    )
    written = TABLES["hours"]
    types = {
        **dict.fromkeys((*written.stored("integer"), "lunch_mo_th"), "Int64"),
        **dict.fromkeys((*written.stored("boolean"), "friday_until_14", "late"), "boolean"),
        **dict.fromkeys(written.stored("number"), "float64"),
    }
    extra = ["place_name", "stop_name", "friday_until_14", "lunch_mo_th", "late"]
    table = table.astype(types)[[*written.names, *extra]]
    centres = table[table["host"] == "centre"]
    open_centres: NDArray[np.float64] = np.zeros((7, 24))
    for text, count in centres.loc[centres["unknown"] == "", "hours"].value_counts().items():
        # Part of an hour counts as that part.
        open_centres += count * hourly_shares(understood[str(text)].minutes[None])[0]
    return Answer(
        table=table,
        by_municipality=count_by_municipality(centres, result.municipalities),
        national=count_national(centres, synthetic=result.synthetic),
        open_centres=pd.DataFrame(
            open_centres.T, columns=["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
        ),
        monday=monday,
        service_days=days,
        faults=(*calendar_faults, *_hours_faults(places, weeks, result)),
        usable=usable,
        result=result,
    )


def _reference_monday(
    result: Network, days: dict[str, dt.date]
) -> tuple[dt.date, tuple[Fault, ...]]:
    """Take the week of the service day, of the first feed in the stop set that has one.

    A calendar "without end" (1900 to 2099) makes service days of years whose
    public holidays are not known: another feed's day is taken then, or the
    week of a project without one, with a warning.
    """
    in_set = result.stops.loc[result.stops["in_set"].astype(bool), "feed"].unique()
    fitting = [feed for feed in days if feed in in_set] or list(days)
    usable = [feed for feed in fitting if opening.holidays_are_known(opening.monday_of(days[feed]))]
    monday = opening.monday_of(days[usable[0]]) if usable else opening.REFERENCE_MONDAY
    if not fitting or usable[:1] == fitting[:1]:
        return monday, ()
    name = next(stops.source.shown for stops in result.project.stops if stops.feed == fitting[0])
    problem = Message(
        "lies outside the years whose public holidays are known ({0}–{1}); hours are those of the "
        "week from {2}"
    ).with_values(opening.FIRST_YEAR, opening.LAST_YEAR, monday)
    remedy = Message("give the feed's service_day in the project")
    day = days[fitting[0]].isoformat()
    return monday, (Fault("warning", name, problem, remedy, field="service_day", value=day),)


def _asked_places(result: Network, *, every_host: bool) -> pd.DataFrame:
    """Choose the open centres, and on demand the other open places that publish hours."""
    places = pd.DataFrame(result.places.drop(columns="geometry"))
    hours = places["hours"].fillna("").astype(str).str.strip()
    is_wanted = (places["host"] == "centre") | ((hours != "") & every_host)
    places = places.assign(hours=hours).rename(columns={"name": "place_name"})
    columns = ["place", "unit", "host", "municipality", "stop", "hours", "place_name", "stop_name"]
    wanted = places.loc[(places["status"] == "open") & is_wanted, columns]
    return wanted.sort_values("place", ignore_index=True)


def _hours_faults(
    places: pd.DataFrame, weeks: dict[str, opening.Week | None], result: Network
) -> tuple[Fault, ...]:
    """Warn once of each string that cannot be used, then of each that can only in part."""
    alike = places[places["hours"] != ""].groupby(["host", "hours"], sort=False)["place"]
    lists = result.project.hosts
    bad: list[Fault] = []
    doubtful: list[Fault] = []
    for (host, text), first, size in alike.agg(["first", "size"]).itertuples():
        place = opening.FIRST_PLACE.with_values(first)
        problem = opening.problem_of(weeks[text], place, with_band=True)
        if problem is None:
            continue
        # A what-if may bring a kind of host of which the project has no list.
        name = lists[host].shown if host in lists else first
        fault = Fault("warning", name, *problem, field="hours", value=text, alike=size)
        (bad if weeks[text] is None else doubtful).append(fault)
    return (*bad, *doubtful)


def count_by_municipality(centres: pd.DataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Count by the municipality that the centres stand in, sorted by its code.

    Of the `known` hours how many are `early`, `late` (open the whole of 18-19 on
    any working day), `evening`, `saturday` and `lunch_closed`, how many have a bus
    (`bus_before`, `bus_after`), of how many each is known (`early_known` and so
    on), and the means `weekly_h` and `intensity_share`.
    """
    grouped = _marked(centres).groupby("municipality")
    table = grouped[[*_COUNTED, "known", *(f"{name}_known" for name in _COUNTED)]].sum()
    table = table.astype("int64")
    table.insert(0, "centres", grouped.size())
    table[["weekly_h", "intensity_share"]] = grouped[["weekly_h", "intensity_share"]].mean()
    names = municipalities.set_index("municipality")["municipality_name"]
    table.insert(0, "municipality_name", names.reindex(table.index))
    return table.sort_index().reset_index()


def count_national(centres: pd.DataFrame, *, synthetic: bool) -> pd.DataFrame:
    """Count for the country, of the rows of open centres, in the order in which checks are shown.

    The published numbers are null on synthetic data and where the analysis gives
    none.  Counts are whole, but `early_on_average` (open 8-9, mean of the five
    working days) and `lunch_monday_to_thursday` (mean of four) are averages.
    """
    marked = _marked(centres)
    known = marked[marked["known"]]
    total = len(known)

    def of_known(*names: str) -> dict[str, tuple[float, int]]:
        return {
            name: (float(marked[name].sum()), int(marked[f"{name}_known"].sum())) for name in names
        }

    counted: Mapping[str, tuple[float, int]] = {
        "known": (total, len(marked)),
        **of_known("early"),
        "early_on_average": (known["early_days"].sum() / WORKDAYS, total),
        **of_known("late", "evening", "saturday", "lunch_closed"),
        "lunch_monday_to_thursday": (known["lunch_mo_th"].sum() / _MONDAY_TO_THURSDAY, total),
        **of_known("friday_until_14", "bus_before", "bus_after"),
    }
    table = pd.DataFrame(
        [(check, float(count), of) for check, (count, of) in counted.items()],
        columns=["check", "count", "of"],
    )
    table["share"] = table["count"] / table["of"].where(table["of"] > 0)
    published = {} if synthetic else published_findings()
    for name in ("count", "of"):
        values = {check: getattr(entry, name) for check, entry in published.items()}
        table[f"published_{name}"] = table["check"].map(values).astype("Int64")
    return table


def _marked(centres: pd.DataFrame) -> pd.DataFrame:
    """Turn what is checked into yes and no; what is not known is counted apart."""
    names = (*_COUNTED, "friday_until_14")
    return centres.assign(
        known=centres["unknown"] == "",
        **{name: centres[name].fillna(False).astype(bool) for name in names},
        **{f"{name}_known": centres[name].notna() for name in names},
    )


def listed_centres(
    centres: pd.DataFrame, usable: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """List the centres that a planner may look at, by why; nobody meets or misses anything.

    The analysis asks municipalities to weigh whether opening 8-9 is needed
    (`early`), demand being lowest then, and whether 18-19 and a short Saturday
    are possible (`to-weigh`: surely closed at either, those at both first).  Of all who
    can use them (`usable`, if asked): those first at which an hour more adds most.
    """
    lists = {}
    if usable is not None:
        more = -usable[["earlier_adds", "later_adds"]].max(axis=1).fillna(0)
        names = ["place", *(name for name in usable if name not in centres)]
        lists["usable"] = centres.merge(usable[names].assign(order=more), on="place")
    known = centres[centres["unknown"] == ""]
    closed = ~known[["late", "saturday"]].fillna(True).astype(bool)
    not_served = (~known[["bus_before", "bus_after"]].fillna(True)).any(axis=1)
    return lists | {
        "to-weigh": known.assign(order=-closed.sum(axis=1))[closed.any(axis=1)],
        "early": known[known["early_days"] > 0],
        "no-bus": known[not_served],
        "unknown": centres[centres["unknown"] != ""],
    }


def count_usable(usable: pd.DataFrame) -> tuple[tuple[int, int], tuple[int, int]]:
    """Count the appointments that someone can use by bus, and where an hour more adds some."""
    adds = usable[["earlier_adds", "later_adds"]].max(axis=1).fillna(0) > 0
    appointments = int(usable["appointments_bus"].sum()), int(usable["appointments"].sum())
    return appointments, (int(adds.sum()), len(usable))


def count_bus_unknown(centres: pd.DataFrame) -> dict[str, int]:
    """Count the centres whose buses are not known, by why (`bus_service`)."""
    reasons = ("no_hours", "no_stop", "no_times", "closed")
    return {reason: int((centres["bus_unknown"] == reason).sum()) for reason in reasons}


def open_shades(hours: Answer) -> pd.DataFrame:
    """Class how many centres are open: 0, and fifths 1-5 of those whose hours are known."""
    known = ((hours.table["host"] == "centre") & (hours.table["unknown"] == "")).sum()
    shades = np.ceil(_SHADES * hours.open_centres.to_numpy() / max(known, 1))
    return pd.DataFrame(shades.astype(int), hours.open_centres.index, hours.open_centres.columns)


def intensity_shades(values: ArrayLike) -> NDArray[np.int64]:
    """Class services per open hour by table 14's steps, 1-5; 0 where none are published."""
    services = np.asarray(values, float)
    return np.where(np.isnan(services), 0, 1 + np.searchsorted(_INTENSITY_STEPS, services))


def hourly_shares(minutes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the open fraction of each hour: (n, 7, 1440) minutes to (n, 7, 24)."""
    fractions: NDArray[np.float64] = minutes.reshape(*minutes.shape[:2], 24, 60).mean(axis=3)
    return fractions


def _figures(weeks: Mapping[str, opening.Week]) -> pd.DataFrame:
    """Measure each distinct string once; by the string."""
    minutes, unknown = (
        np.array([getattr(week, name) for week in weeks.values()], bool).reshape(-1, 7, 1440)
        for name in ("minutes", "unknown")
    )
    names = {"weekly_h_least": "least", "weekly_h_most": "most", "year_h": "year_h"}
    return (
        measure_weeks(minutes, unknown)
        .assign(
            **{name: [getattr(week, of) for week in weeks.values()] for name, of in names.items()}
        )
        .set_axis(pd.Index(list(weeks), dtype=object))
    )


def measure_weeks(
    minutes: NDArray[np.bool_], unknown: NDArray[np.bool_] | None = None
) -> pd.DataFrame:
    """Measure typical weeks, a row each.

    Of minutes that are surely open, and that are not known: shape (n, 7, 1440),
    Monday first.  Lunch Monday to Friday; `early`, the whole of 8-9 on all five
    working days; `evening`, any time after 17 on a working day; `late`, the whole
    of 18-19 on one; `friday_until_14`, open on Friday and closed from 14 on;
    `lunch_mo_th`, lunches from Monday to Thursday.  Hours, days and the share count
    what is surely open; a flag that hangs on unknown minutes is null.
    """
    doubtful = np.zeros_like(minutes) if unknown is None else unknown
    sure, possible = _marks(minutes), _marks(minutes | doubtful)
    lunch = closes_at_lunch(minutes[:, :WORKDAYS])
    about_noon = doubtful[:, :WORKDAYS, _LUNCH_FROM - 1 : _LUNCH_UNTIL + 1].any(axis=2)
    sure_lunch = lunch & ~about_noon

    def on_any_day(name: str) -> pd.arrays.BooleanArray:
        return _flags(sure[name].any(axis=1), possible[name].any(axis=1))

    figures = {
        "weekly_h": minutes.sum(axis=(1, 2)) / 60,
        "lunch_closed": _flags(sure_lunch.any(axis=1), (lunch | about_noon).any(axis=1)),
        "early": _flags(sure["early"].all(axis=1), possible["early"].all(axis=1)),
        "evening": on_any_day("evening"),
        "late": on_any_day("late"),
        "saturday": _flags(sure["saturday"], possible["saturday"]),
        "intensity_share": intensity_share(hourly_shares(minutes)),
        "lunch_days": sure_lunch.sum(axis=1),
        **{f"{name}_days": sure[name].sum(axis=1) for name in ("early", "evening", "late")},
        "friday_until_14": _flags(
            sure["friday"] & ~possible["friday_later"], possible["friday"] & ~sure["friday_later"]
        ),
        "lunch_mo_th": sure_lunch[:, :_FRIDAY].sum(axis=1),
    }
    return pd.DataFrame(figures)


def _marks(minutes: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Mark what open minutes make of the days; more minutes never unmake a mark."""
    hours = hourly_shares(minutes)[:, :WORKDAYS]
    return {
        "early": hours[:, :, _EARLY] == 1,
        "late": hours[:, :, _LATE] == 1,
        "evening": minutes[:, :WORKDAYS, _EVENING_FROM:].any(axis=2),
        "saturday": minutes[:, _SATURDAY].any(axis=1),
        "friday": minutes[:, _FRIDAY].any(axis=1),
        "friday_later": minutes[:, _FRIDAY, _FRIDAY_END:].any(axis=1),
    }


def _flags(sure: ArrayLike, possible: ArrayLike) -> pd.arrays.BooleanArray:
    """Give the flag where what is sure and what is possible agree; else null."""
    flags = np.asarray(sure, bool)
    return pd.arrays.BooleanArray(flags, flags != np.asarray(possible, bool))


def closes_at_lunch(minutes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell on which days there is a gap between two open spans that lies within 11:00-15:00.

    Minutes of shape (n, days, 1440) to (n, days).
    """
    # From the minute before 11:00, whose end is the earliest closing, to the
    # one that begins at 15:00, the latest opening again.
    around = minutes[:, :, _LUNCH_FROM - 1 : _LUNCH_UNTIL + 1].astype(np.int8)
    turns = np.diff(around, axis=2)
    closes, opens = turns < 0, turns > 0
    first_closing = closes.argmax(axis=2)
    last_opening = turns.shape[2] - 1 - opens[:, :, ::-1].argmax(axis=2)
    gap: NDArray[np.bool_] = closes.any(axis=2) & opens.any(axis=2) & (first_closing < last_opening)
    return gap


def intensity_share(open_hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh open hours, shape (n, 7, 24), by the intensity found in them: 0-1, shape (n,).

    Σ (fraction of the hour open × value) / Σ values, over the cells of table
    14 that have one.  1 is open in every hour of the table.
    """
    values = intensity()
    known = ~np.isnan(values)
    share: NDArray[np.float64] = open_hours[:, known] @ values[known] / values[known].sum()
    # A sum in another order may end a bit above the whole.
    return np.minimum(share, 1.0)


@cache
def intensity() -> NDArray[np.float64]:
    """Give the services per open centre hour: shape (7, 24), Monday first, NaN where not known.

    A sum over the weeks of the analysis for a centre that was open then: an
    intensity where open, not a share of demand (the 2020 analysis, table 14).
    """
    values = np.full((7, 24), np.nan)
    for hour, cells in _reference()["table_14"]["hours"].items():
        for day, value in enumerate(cells):
            if value != "":
                values[day, int(hour)] = value
    values.flags.writeable = False
    return values


@dataclass(frozen=True)
class PublishedFinding:
    """A finding of the analysis on opening hours; `count` and `of` are None without a number."""

    text: Text
    count: int | None
    of: int | None


@cache
def published_findings() -> Mapping[str, PublishedFinding]:
    """Give what the analysis found, by the check of ours that it is compared with."""
    return {
        check: PublishedFinding(
            Bilingual(entry["lv"], entry["en"]), entry.get("count"), entry.get("of")
        )
        for check, entry in _reference()["found"].items()
    }


@cache
def _reference() -> dict[str, Any]:
    return tomllib.loads(reference_file("hours.toml").read_text(encoding="utf-8"))
