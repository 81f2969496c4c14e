"""The opening hours of an analysis: a row per place, per municipality and for the country."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from vpvkac.faults import Fault
from vpvkac.language import Text
from vpvkac.opening import counts
from vpvkac.opening.buses import bus_service, service_days
from vpvkac.opening.measures import measured, open_hours
from vpvkac.opening.weeks import Week, monday_of, read_week, says_more_than_clock
from vpvkac.options import flag, instance
from vpvkac.result import Coverage

if TYPE_CHECKING:
    from numpy.typing import NDArray


# A week of no season's end, for a project whose feeds name no service day.
REFERENCE_MONDAY = dt.date(2024, 10, 7)
COLUMNS = (
    "place", "unit", "hours", "weekly_h", "lunch_closed", "early", "evening", "saturday",
    "intensity_share", "host", "municipality", "weekly_h_least", "weekly_h_most", "year_h",
    "lunch_days", "early_days", "evening_days", "late_days", "unknown", "stop", "service_day",
    "bus_before", "bus_after", "bus_unknown",
)  # fmt: skip
NO_HOURS, NOT_UNDERSTOOD = "no_hours", "not_understood"
_WHOLE = ("lunch_days", "early_days", "evening_days", "late_days", "lunch_mo_th")
_FLAGS = ("lunch_closed", "early", "evening", "saturday", "friday_until_14")
_NUMBERS = ("weekly_h", "intensity_share", "weekly_h_least", "weekly_h_most", "year_h")


@dataclass(frozen=True, repr=False)
class Hours:
    """What `hours` finds.

    Parameters
    ----------
    table
        One row a place: `COLUMNS`, then `place_name`, `stop_name` and what only
        the counts need.  Columns of hours are null where `unknown` says why.
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
    result: Coverage

    def __repr__(self) -> str:
        known = (self.table["unknown"] == "").sum()
        kind = " (synthetic sample)" if self.result.synthetic else ""
        return f"<Hours{kind}: {len(self.table)} places, hours known of {known}>"


def hours(result: Coverage, *, every_host: bool = False) -> Hours:
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
    instance("result", result, Coverage, "vpvkac.analyse(project)")
    every_host = flag("every_host", every_host)
    days = service_days(result)
    monday = _reference_monday(result, days)
    places = _asked(result, every_host=every_host)
    weeks = {text: read_week(text, monday) for text in places["hours"].unique() if text}
    known = places["hours"].map(lambda text: weeks.get(text) is not None).astype(bool)
    table = places.join(_figures(places.loc[known, "hours"], weeks))
    table["unknown"] = np.select(
        [places["hours"] == "", ~known], [NO_HOURS, NOT_UNDERSTOOD], default=""
    )
    asked = places.assign(hours=places["hours"].where(known, ""))
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
        faults=_faults(places, known, result),
        result=result,
    )


def _reference_monday(result: Coverage, days: dict[str, dt.date]) -> dt.date:
    """Take the week of the service day, of the first feed in the stop set that has one."""
    in_set = result.stops.loc[result.stops["in_set"].astype(bool), "feed"].unique()
    fitting = [day for feed, day in days.items() if feed in in_set] or list(days.values())
    return monday_of(fitting[0]) if fitting else REFERENCE_MONDAY


def _asked(result: Coverage, *, every_host: bool) -> pd.DataFrame:
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
    minutes = np.stack([week.minutes for week in read]) if read else np.zeros((0, 7, 1440), bool)
    figures = measured(minutes)
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
        [*COLUMNS, "place_name", "stop_name", "friday_until_14", "lunch_mo_th"]
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


_BAD = Text(
    "nav OSM opening_hours pierakstā (pirmā vieta: {}); rādītāji nav aprēķināti",
    "is not in OSM opening_hours syntax (first place: {}); nothing is computed from it",
)
_BAD_REMEDY = Text(
    'rakstiet, piemēram, "Mo-Th 08:30-12:00,12:30-17:00; Fr 08:00-14:00"',
    'write "Mo-Th 08:30-12:00,12:30-17:00; Fr 08:00-14:00", say',
)
_DOUBTFUL = Text(
    "satur ne tikai nedēļas dienas un pulksteņa laikus (pirmā vieta: {}); ieskaitīts tā, kā to"
    " nosaka pieraksts",
    "says more than weekdays and clock times (first place: {}); it counts as the syntax has it",
)
_DOUBTFUL_REMEDY = Text("pārbaudiet darba laiku", "check the hours")


def _faults(places: pd.DataFrame, known: pd.Series[bool], result: Coverage) -> tuple[Fault, ...]:
    """Warn once of each string that cannot be used, or only with care."""
    doubtful = known & places["hours"].map(says_more_than_clock).astype(bool)
    bad = ~known & (places["hours"] != "")
    return (
        *_warnings(places[bad], _BAD, _BAD_REMEDY, result),
        *_warnings(places[doubtful], _DOUBTFUL, _DOUBTFUL_REMEDY, result),
    )


def _warnings(places: pd.DataFrame, problem: Text, remedy: Text, result: Coverage) -> list[Fault]:
    alike = places.groupby(["host", "hours"], sort=False)["place"].agg(["first", "size"])
    given = result.project.hosts
    return [
        Fault(
            "warning",
            # A what-if may bring a kind of host of which the project has no list.
            given[row["host"]].shown if row["host"] in given else row["first"],
            Text(*(said.format(row["first"]) for said in problem)),
            remedy,
            field="hours",
            value=row["hours"],
            alike=row["size"],
        )
        for row in alike.reset_index().to_dict("records")
    ]
