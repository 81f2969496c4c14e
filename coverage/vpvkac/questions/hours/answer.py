"""The answer of `vpvkac hours`: a row per place, per municipality and for the country."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.analysis.network import Network
from vpvkac.analysis.opening import (
    DAYS,
    FIRST_PLACE,
    FIRST_YEAR,
    LAST_YEAR,
    REFERENCE_MONDAY,
    WEEKS,
    Week,
    holidays_are_known,
    monday_of,
    problem_of,
    read_week,
)
from vpvkac.model.faults import Fault
from vpvkac.model.tables import TABLES
from vpvkac.questions.hours.buses import bus_service, service_days
from vpvkac.questions.hours.question import Question
from vpvkac.sources.reference import reference_file
from vpvkac.texts.message import Bilingual, Message, Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


WORKDAYS = 5
SATURDAY = 5
EARLY, LATE = 8, 18
EVENING_FROM = 17 * 60
FRIDAY, FRIDAY_END = 4, 14 * 60
LUNCH_FROM, LUNCH_UNTIL = 11 * 60, 15 * 60


def hourly_shares(minutes: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give the open fraction of each hour: (n, 7, 1440) minutes to (n, 7, 24)."""
    fractions: NDArray[np.float64] = minutes.reshape(*minutes.shape[:2], 24, 60).mean(axis=3)
    return fractions


def measure_weeks(
    minutes: NDArray[np.bool_], unknown: NDArray[np.bool_] | None = None
) -> pd.DataFrame:
    """Measure typical weeks.

    Parameters
    ----------
    minutes
        Whether surely open, minute by minute: shape (n, 7, 1440), Monday first.
    unknown
        Whether it is not known, same shape; None where it always is.

    Returns
    -------
    figures
        One row each: `weekly_h`; `lunch_closed` and `lunch_days`, Monday to
        Friday; `early` (open the whole of 8-9 on all five working days) and
        `early_days`; `evening` (any time after 17 on a working day) and
        `evening_days`; `late` (open the whole of 18-19 on a working day) and
        `late_days`; `saturday`; `friday_until_14` (open on Friday and closed
        from 14 on); `intensity_share`; `lunch_mo_th`, lunches from Monday to
        Thursday.  Hours, days and the share count what is surely open; a flag
        that hangs on unknown minutes is null.
    """
    doubtful = np.zeros_like(minutes) if unknown is None else unknown
    sure, possible = _marks(minutes), _marks(minutes | doubtful)
    lunch = closes_at_lunch(minutes[:, :WORKDAYS])
    about_noon = doubtful[:, :WORKDAYS, LUNCH_FROM - 1 : LUNCH_UNTIL + 1].any(axis=2)
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
        "lunch_mo_th": sure_lunch[:, :FRIDAY].sum(axis=1),
    }
    return pd.DataFrame(figures)


def _marks(minutes: NDArray[np.bool_]) -> dict[str, NDArray[np.bool_]]:
    """Mark what open minutes make of the days; more minutes never unmake a mark."""
    hours = hourly_shares(minutes)[:, :WORKDAYS]
    return {
        "early": hours[:, :, EARLY] == 1,
        "late": hours[:, :, LATE] == 1,
        "evening": minutes[:, :WORKDAYS, EVENING_FROM:].any(axis=2),
        "saturday": minutes[:, SATURDAY].any(axis=1),
        "friday": minutes[:, FRIDAY].any(axis=1),
        "friday_later": minutes[:, FRIDAY, FRIDAY_END:].any(axis=1),
    }


def _flags(sure: ArrayLike, possible: ArrayLike) -> pd.arrays.BooleanArray:
    """Give the flag where what is sure and what is possible agree; else null."""
    flags = np.asarray(sure, bool)
    return pd.arrays.BooleanArray(flags, flags != np.asarray(possible, bool))


def closes_at_lunch(minutes: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell on which days there is a gap between two open spans that lies within 11:00-15:00.

    Parameters
    ----------
    minutes
        Shape (n, days, 1440).

    Returns
    -------
    gap
        Shape (n, days).
    """
    # From the minute before 11:00, whose end is the earliest closing, to the
    # one that begins at 15:00, the latest opening again.
    around = minutes[:, :, LUNCH_FROM - 1 : LUNCH_UNTIL + 1].astype(np.int8)
    turns = np.diff(around, axis=2)
    closes, opens = turns < 0, turns > 0
    first_closing = closes.argmax(axis=2)
    last_opening = turns.shape[2] - 1 - opens[:, :, ::-1].argmax(axis=2)
    gap: NDArray[np.bool_] = closes.any(axis=2) & opens.any(axis=2) & (first_closing < last_opening)
    return gap


@cache
def intensity() -> NDArray[np.float64]:
    """Give the services per open centre hour: shape (7, 24), Monday first, NaN where not known.

    A sum over the weeks of the analysis for a centre that was open then: an
    intensity where open, not a share of demand.  Source: the analysis, table 14.
    """
    values = np.full((7, 24), np.nan)
    for hour, cells in _reference()["table_14"]["hours"].items():
        for day, value in enumerate(cells):
            if value != "":
                values[day, int(hour)] = value
    values.flags.writeable = False
    return values


def intensity_share(open_hours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weigh open hours by the intensity found in them.

    Σ (fraction of the hour open × value) / Σ values, over the cells of table
    14 that have one.  1 is open in every hour of the table.

    Parameters
    ----------
    open_hours
        Fraction of each hour open, shape (n, 7, 24), Monday first.

    Returns
    -------
    share
        0-1, shape (n,).
    """
    values = intensity()
    known = ~np.isnan(values)
    share: NDArray[np.float64] = open_hours[:, known] @ values[known] / values[known].sum()
    # A sum in another order may end a bit above the whole.
    return np.minimum(share, 1.0)


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


NO_HOURS, NOT_UNDERSTOOD, NOT_TOLD = "no_hours", "not_understood", "not_told"
# The analysis asks municipalities to weigh whether opening 8-9 is needed, demand being lowest
# then, and whether 18-19 and a short Saturday are possible: nobody meets or misses any of them.
TO_WEIGH = ("late", "saturday")
_COUNTED = ("early", "late", "evening", "saturday", "lunch_closed", "bus_before", "bus_after")
_MONDAY_TO_THURSDAY = 4


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
    result: Network


def answer(result: Network, question: Question) -> Answer:
    """Measure the opening hours of the centres.

    Raises
    ------
    InputError
        If a time in a feed is no time.
    """
    days = service_days(result)
    monday, calendar_faults = _reference_monday(result, days)
    places = _asked(result, every_host=question.every_host)
    weeks = {text: read_week(text, monday) for text in places["hours"].unique() if text}
    read = [weeks.get(text) for text in places["hours"]]
    understood = np.array([week is not None for week in read], bool)
    is_known = np.array([_is_known(week) for week in read], bool)
    figures = _figures(places.loc[understood, "hours"], weeks)
    usable = is_known[understood]
    # Where nothing is sure, only the least and the most are given.
    band = figures.loc[~usable, ["weekly_h_least", "weekly_h_most"]]
    table = places.join(pd.concat([figures[usable], band]))
    table["unknown"] = np.select(
        [places["hours"] == "", ~understood, ~is_known],
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
        if (one := weeks[str(text)]) is not None:
            # Part of an hour counts as that part.
            open_centres += count * hourly_shares(one.minutes[None])[0]
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
        result=result,
    )


def count_by_municipality(centres: pd.DataFrame, municipalities: pd.DataFrame) -> pd.DataFrame:
    """Count by the municipality that the centres stand in.

    Returns
    -------
    counts
        Sorted by `municipality`: `municipality_name`, `centres`, `known`
        (those whose hours are known), how many of them are `early`, `late`
        (open the whole of 18-19 on any working day), `evening`, `saturday`
        and `lunch_closed`, how many have a bus (`bus_before`, `bus_after`);
        of how many each is known (`early_known` and so on); the means
        `weekly_h` and `intensity_share`.
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
    """Count for the country.

    Parameters
    ----------
    centres
        The rows of open centres.
    synthetic
        Whether the data are invented: then nothing published is compared.

    Returns
    -------
    counts
        `check`, `count`, `of`, `share`, `published_count` and `published_of`
        (null on synthetic data and where the analysis gives no number), in
        the order in which they are shown.  Counts are whole, but
        `early_on_average` (open 8-9, mean of the five working days) and
        `lunch_monday_to_thursday` (mean of four) are averages.
    """
    marked = _marked(centres)
    known = marked[marked["known"]]
    total = len(known)

    def of_known(name: str) -> tuple[float, int]:
        return float(marked[name].sum()), int(marked[f"{name}_known"].sum())

    counted: Mapping[str, tuple[float, int]] = {
        "known": (total, len(marked)),
        "early": of_known("early"),
        "early_on_average": (known["early_days"].sum() / WORKDAYS, total),
        **{name: of_known(name) for name in ("late", "evening", "saturday", "lunch_closed")},
        "lunch_monday_to_thursday": (known["lunch_mo_th"].sum() / _MONDAY_TO_THURSDAY, total),
        **{name: of_known(name) for name in ("friday_until_14", "bus_before", "bus_after")},
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


def _is_known(week: Week | None) -> bool:
    """Tell whether hours are surely known at any time, or surely none."""
    return week is not None and bool(week.year_h > 0 or week.minutes.any() or week.most == 0)


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
    usable = [feed for feed in fitting if holidays_are_known(monday_of(days[feed]), WEEKS * DAYS)]
    monday = monday_of(days[usable[0]]) if usable else REFERENCE_MONDAY
    if not fitting or usable[:1] == fitting[:1]:
        return monday, ()
    shown = {stops.feed: stops.source.shown for stops in result.project.stops}
    problem = Message(
        "lies outside the years whose public holidays are known ({0}–{1}); hours are those of the "
        "week from {2}"
    ).with_values(FIRST_YEAR, LAST_YEAR, monday)
    remedy = Message("give the feed's service_day in the project")
    day = days[fitting[0]].isoformat()
    return monday, (
        Fault("warning", shown[fitting[0]], problem, remedy, field="service_day", value=day),
    )


def _asked(result: Network, *, every_host: bool) -> pd.DataFrame:
    """Choose the open centres, and on demand the other open places that publish hours."""
    places = pd.DataFrame(result.places.drop(columns="geometry"))
    hours = places["hours"].fillna("").astype(str).str.strip()
    is_wanted = (places["host"] == "centre") | ((hours != "") & every_host)
    places = places.assign(hours=hours).rename(columns={"name": "place_name"})
    columns = ["place", "unit", "host", "municipality", "stop", "hours", "place_name", "stop_name"]
    found = places.loc[(places["status"] == "open") & is_wanted, columns]
    return found.sort_values("place", ignore_index=True)


def _figures(hours: pd.Series[str], weeks: dict[str, Week | None]) -> pd.DataFrame:
    """Measure each distinct string once, and give its places its figures."""
    codes, distinct = pd.factorize(hours)
    read = [week for week in (weeks[text] for text in distinct) if week is not None]
    shape = (len(read), 7, 1440)
    minutes, unknown = (
        np.array([getattr(week, name) for week in read], bool).reshape(shape)
        for name in ("minutes", "unknown")
    )
    figures = measure_weeks(minutes, unknown)
    figures["weekly_h_least"] = [week.least for week in read]
    figures["weekly_h_most"] = [week.most for week in read]
    figures["year_h"] = [week.year_h for week in read]
    return figures.iloc[codes].set_axis(hours.index)


def _hours_faults(
    places: pd.DataFrame, weeks: dict[str, Week | None], result: Network
) -> tuple[Fault, ...]:
    """Warn once of each string that cannot be used, then of each that can only in part."""
    alike = places[places["hours"] != ""].groupby(["host", "hours"], sort=False)["place"]
    given = result.project.hosts
    bad: list[Fault] = []
    doubtful: list[Fault] = []
    for (host, text), first, size in alike.agg(["first", "size"]).itertuples():
        said = problem_of(weeks[text], FIRST_PLACE.with_values(first), with_band=True)
        if said is None:
            continue
        # A what-if may bring a kind of host of which the project has no list.
        shown = given[host].shown if host in given else first
        fault = Fault("warning", shown, *said, field="hours", value=text, alike=size)
        (bad if weeks[text] is None else doubtful).append(fault)
    return (*bad, *doubtful)
