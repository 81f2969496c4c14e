"""The opening hours of an analysis: a row per place, per municipality and for the country."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.analysis.opening.days import FIRST_YEAR, LAST_YEAR, holidays_are_known
from vpvkac.analysis.opening.faults import FIRST_PLACE, problem_of
from vpvkac.analysis.opening.weeks import DAYS, REFERENCE_MONDAY, WEEKS, Week, monday_of, read_week
from vpvkac.model.faults import Fault
from vpvkac.model.options import flag, instance
from vpvkac.questions.coverage.result import Measured as Network
from vpvkac.questions.hours import counts
from vpvkac.questions.hours.buses import bus_service, service_days
from vpvkac.questions.hours.measures import measured, open_hours
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray


COLUMNS = (
    "place", "unit", "hours", "weekly_h", "lunch_closed", "early", "evening", "saturday",
    "intensity_share", "host", "municipality", "weekly_h_least", "weekly_h_most", "year_h",
    "lunch_days", "early_days", "evening_days", "late_days", "unknown", "stop", "service_day",
    "bus_before", "bus_after", "bus_unknown",
)  # fmt: skip
NO_HOURS, NOT_UNDERSTOOD, NOT_TOLD = "no_hours", "not_understood", "not_told"
_WHOLE = ("lunch_days", "early_days", "evening_days", "late_days", "lunch_mo_th")
_FLAGS = ("lunch_closed", "early", "evening", "saturday", "friday_until_14", "late")
_BAND = ("weekly_h_least", "weekly_h_most")
_NUMBERS = ("weekly_h", "intensity_share", "weekly_h_least", "weekly_h_most", "year_h")


@dataclass(frozen=True, repr=False)
class Hours:
    """What `hours` finds.

    Parameters
    ----------
    table
        One row a place: `COLUMNS`, then `place_name`, `stop_name` and what only
        the counts need.  Columns of hours are null where `unknown` says why;
        the least and the most stand where the hours are understood.
    by_municipality
        One row a municipality with an open centre; see `counts.by_municipality`.
    national
        The recommendations and findings checked; see `counts.national`.
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

    def __repr__(self) -> str:
        known = (self.table["unknown"] == "").sum()
        kind = " (synthetic sample)" if self.result.synthetic else ""
        return f"<Hours{kind}: {len(self.table)} places, hours known of {known}>"


def hours(result: Network, *, every_host: bool = False) -> Hours:
    """Measure the opening hours of the centres.

    Parameters
    ----------
    result
        An analysis.  Nothing of it is changed.
    every_host
        Add to the table the other places that publish hours; the counts stay
        those of the centres.

    Returns
    -------
    hours
        A row per open centre, whether its hours are known or not.

    Raises
    ------
    InputError
        If a time in a feed is no time.

    Examples
    --------
    >>> import vpvkac
    >>> found = vpvkac.hours(vpvkac.analyse(vpvkac.sample()))
    >>> len(found.table)
    122
    """
    instance("result", result, Network, "vpvkac.analyse(project)")
    every_host = flag("every_host", every_host)
    days = service_days(result)
    monday, timeless = _reference_monday(result, days)
    places = _asked(result, every_host=every_host)
    weeks = {text: read_week(text, monday) for text in places["hours"].unique() if text}
    understood = places["hours"].map(lambda text: weeks.get(text) is not None).astype(bool)
    told = places["hours"].map(lambda text: _is_told(weeks.get(text))).astype(bool)
    figures = _figures(places.loc[understood, "hours"], weeks)
    untold = figures.loc[~told[figures.index], list(_BAND)]
    table = places.join(pd.concat([figures[told[figures.index]], untold]))
    table["unknown"] = np.select(
        [places["hours"] == "", ~understood, ~told],
        [NO_HOURS, NOT_UNDERSTOOD, NOT_TOLD],
        default="",
    )
    asked = places.assign(hours=places["hours"].where(told, ""))
    table = table.join(bus_service(asked, result))
    table = _typed(table)
    centres = table[table["host"] == "centre"]
    return Hours(
        table=table,
        by_municipality=counts.by_municipality(centres, result.municipalities),
        national=counts.national(centres, synthetic=result.synthetic),
        open_centres=_open_centres(centres, weeks),
        monday=monday,
        service_days=days,
        faults=(*timeless, *_faults(places, weeks, result)),
        result=result,
    )


def _is_told(week: Week | None) -> bool:
    """Tell whether hours are surely known at any time, or surely none."""
    if week is None:
        return False
    return bool(week.year_h > 0 or week.minutes.any() or week.most == 0)


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
    problem = _OUT_OF_CALENDAR.with_values(FIRST_YEAR, LAST_YEAR, monday)
    day = days[fitting[0]].isoformat()
    return monday, (
        Fault(
            "warning", shown[fitting[0]], problem, _OUT_OF_CALENDAR_REMEDY,
            field="service_day", value=day,
        ),
    )  # fmt: skip


def _asked(result: Network, *, every_host: bool) -> pd.DataFrame:
    """Choose the open centres, and on demand the other open places that publish hours."""
    places = pd.DataFrame(result.places.drop(columns="geometry"))
    hours = places["hours"].fillna("").astype(str).str.strip()
    chosen = (places["status"] == "open") & (
        (places["host"] == "centre") | ((hours != "") & every_host)
    )
    kept = places.loc[chosen, ["place", "unit", "host", "municipality", "stop"]]
    kept = kept.assign(
        hours=hours[chosen],
        place_name=places.loc[chosen, "name"],
        stop_name=places.loc[chosen, "stop_name"],
    )
    return kept.sort_values("place", ignore_index=True)


def _figures(hours: pd.Series[str], weeks: dict[str, Week | None]) -> pd.DataFrame:
    """Measure each distinct string once, and give its places its figures."""
    codes, distinct = pd.factorize(hours)
    read = [week for week in (weeks[text] for text in distinct) if week is not None]
    shape = (len(read), 7, 1440)
    minutes = np.array([week.minutes for week in read], bool).reshape(shape)
    unknown = np.array([week.unknown for week in read], bool).reshape(shape)
    figures = measured(minutes, unknown)
    figures["weekly_h_least"] = [week.least for week in read]
    figures["weekly_h_most"] = [week.most for week in read]
    figures["year_h"] = [week.year_h for week in read]
    return figures.iloc[codes].set_axis(hours.index)


def _typed(table: pd.DataFrame) -> pd.DataFrame:
    kinds = (
        dict.fromkeys(_WHOLE, "Int64")
        | dict.fromkeys(_FLAGS, "boolean")
        | dict.fromkeys(_NUMBERS, "float64")
    )
    return table.astype(kinds)[
        [*COLUMNS, "place_name", "stop_name", "friday_until_14", "lunch_mo_th", "late"]
    ]


def _open_centres(centres: pd.DataFrame, weeks: dict[str, Week | None]) -> pd.DataFrame:
    """Count the centres open in each hour of the week; part of an hour counts as that part."""
    known = centres.loc[centres["unknown"] == "", "hours"].value_counts()
    total: NDArray[np.float64] = np.zeros((7, 24))
    for text, count in known.items():
        week = weeks[str(text)]
        if week is not None:
            total += count * open_hours(week.minutes[None])[0]
    return pd.DataFrame(total.T, columns=["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"])


_OUT_OF_CALENDAR = Message(
    "lies outside the years whose public holidays are known ({0}–{1}); hours are those of the "
    "week from {2}"
)
_OUT_OF_CALENDAR_REMEDY = Message("give the feed's service_day in the project")


def _faults(
    places: pd.DataFrame, weeks: dict[str, Week | None], result: Network
) -> tuple[Fault, ...]:
    """Warn once of each string that cannot be used, then of each that can only in part."""
    alike = places[places["hours"] != ""].groupby(["host", "hours"], sort=False)["place"]
    given = result.project.hosts
    bad: list[Fault] = []
    doubtful: list[Fault] = []
    for (host, text), first, size in alike.agg(["first", "size"]).itertuples():
        place = FIRST_PLACE.with_values(first)
        said = problem_of(weeks[text], place, with_band=True)
        if said is None:
            continue
        # A what-if may bring a kind of host of which the project has no list.
        shown = given[host].shown if host in given else first
        fault = Fault("warning", shown, *said, field="hours", value=text, alike=size)
        (bad if weeks[text] is None else doubtful).append(fault)
    return (*bad, *doubtful)
