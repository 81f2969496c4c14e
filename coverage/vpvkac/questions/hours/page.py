"""`hours.html`: when the centres are open, beside when services were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from vpvkac.questions.coverage.report.sources import SERVICE_DAY_OF
from vpvkac.questions.hours import wording
from vpvkac.questions.hours.counts import TO_WEIGH
from vpvkac.questions.hours.demand import found, intensity
from vpvkac.questions.hours.measures import WORKDAYS
from vpvkac.render.frame import render
from vpvkac.texts import formats
from vpvkac.views.page import Cell, Column, Link, Page, Table

if TYPE_CHECKING:
    from pandas.api.typing import NAType

    from vpvkac.questions.hours.hours import Hours
    from vpvkac.texts.message import Lang

_FIRST, _LAST = 8, 18
_TABLE_HOURS = range(_FIRST, _LAST + 1)
_SHADES = 5
# Up to 20, 40, 60, 100 services, and more.
_DEMAND_STEPS = (20, 40, 60, 100)
_MUNICIPAL = ("early", "late", "saturday", "lunch_closed", "bus_before", "bus_after")


class _Shaded(NamedTuple):
    """A cell with its number and how dark it is, 0 to 5."""

    text: str
    shade: int


class _Row(NamedTuple):
    """An hour of the week's days."""

    hour: str
    cells: Sequence[_Shaded]


class _Heat(NamedTuple):
    """A table of hours by days."""

    key: str
    caption: str
    days: Sequence[str]
    rows: Sequence[_Row]


class _Section(NamedTuple):
    """A table under a heading; None where there is nothing to list."""

    key: str
    heading: str
    lead: str
    table: Table | None


def hours_page(hours: Hours) -> str:
    """Write the page in the language of the analysis.

    Returns
    -------
    page
        One HTML file that needs nothing else; the same hours give the same text.
    """
    lang = hours.result.lang
    # The page is no part of a run's folder, which may not be there: it links to no other.
    page = Page(wording.TITLE.text(lang), "hours.html", style=("hours.css",), home=None)
    centres = hours.table[hours.table["host"] == "centre"]
    municipalities = hours.by_municipality.set_index("municipality")["municipality_name"]
    centres = centres.assign(municipality_name=centres["municipality"].map(municipalities))
    context = {
        "lead": wording.LEAD.text(lang),
        "nothing": wording.NONE.text(lang),
        "hour": wording.HOUR.text(lang),
        "national_heading": wording.NATIONAL.text(lang),
        "national": _national(hours),
        "national_notes": _notes(hours, centres),
        "by_hour_heading": wording.BY_HOUR.text(lang),
        "darker": wording.DARKER.text(lang),
        "heats": [_open(hours, centres), _demand(lang)],
        "demand_notes": [note.text(lang) for note in wording.DEMAND_NOTES],
        "sections": [
            _Section(
                "municipalities",
                wording.MUNICIPALITIES.text(lang),
                "",
                _municipalities(hours, lang),
            ),
            *_lists(centres, lang),
        ],
    }
    return render(page, context, hours.result)


def _national(hours: Hours) -> Table:
    """Give the checks; what the analysis found stands beside on real data."""
    result = hours.result
    lang = result.lang
    compared = not result.synthetic
    columns = [
        Column(wording.CHECK.text(lang)),
        Column(wording.COUNT.text(lang), number=True),
        Column(wording.OF.text(lang), number=True),
        Column(wording.SHARE.text(lang), number=True),
    ]
    if compared:
        columns.append(Column(wording.PUBLISHED.text(lang)))
    rows: list[list[Cell]] = []
    for _, row in hours.national.iterrows():
        cells: list[Cell] = [
            wording.CHECKS[row["check"]].text(lang),
            formats.plain(lang, row["count"]),
            formats.number(lang, row["of"]),
            "" if pd.isna(row["share"]) else formats.percent(lang, row["share"]),
        ]
        if compared:
            stated = found().get(row["check"])
            cells.append("" if stated is None else stated.text.text(lang))
        rows.append(cells)
    return Table("national", wording.NATIONAL_CAPTION.text(lang), columns, rows)


def _notes(hours: Hours, centres: pd.DataFrame) -> list[str]:
    result = hours.result
    lang = result.lang
    monday = formats.date(lang, hours.monday.isoformat())
    notes = [wording.WEEK.text(lang).format(monday=monday), *_service_days(hours, centres)]
    reasons = centres.loc[centres["bus_unknown"] != "", "bus_unknown"].value_counts()
    if len(reasons):
        said = "; ".join(
            f"{wording.WHY_NO_BUS[reason].text(lang)} – {formats.number(lang, reasons[reason])}"
            for reason in wording.WHY_NO_BUS
            if reason in reasons.index
        )
        notes.append(wording.UNKNOWN_BUS.text(lang).format(said))
    if result.synthetic:
        notes.append(wording.SYNTHETIC.text(lang))
    return notes


def _service_days(hours: Hours, centres: pd.DataFrame) -> list[str]:
    """Say on which day each feed was asked; only of those that hold a nearest stop."""
    lang, asked = hours.result.lang, set(centres["service_day"])
    return [
        SERVICE_DAY_OF.text(lang).format(
            file=stops.source.shown,
            day=formats.date(lang, hours.service_days[stops.feed].isoformat()),
        )
        for stops in hours.result.project.stops
        if stops.feed in hours.service_days and hours.service_days[stops.feed].isoformat() in asked
    ]


def _open(hours: Hours, centres: pd.DataFrame) -> _Heat:
    """Lay out how many centres are open, in all hours in which any is."""
    lang = hours.result.lang
    known = int((centres["unknown"] == "").sum())
    counts = hours.open_centres
    some = np.flatnonzero(counts.to_numpy().any(axis=1))
    shown = range(min(_FIRST, *some), max(_LAST, *some) + 1) if len(some) else _TABLE_HOURS
    days = [day for day in counts.columns if day != "Su" or counts[day].any()]

    def shaded(value: float) -> _Shaded:
        return _Shaded(formats.plain(lang, value), int(np.ceil(_SHADES * value / max(known, 1))))

    return _heat("open", counts.loc[list(shown), days], shaded, lang)


def _demand(lang: Lang) -> _Heat:
    """Lay out table 14, over the hours and days that it has."""
    table = pd.DataFrame(intensity().T, columns=list(wording.DAYS))

    def shaded(value: float) -> _Shaded:
        if np.isnan(value):
            return _Shaded("", 0)
        return _Shaded(formats.plain(lang, value), 1 + int(np.searchsorted(_DEMAND_STEPS, value)))

    return _heat("demand", table.loc[list(_TABLE_HOURS)].dropna(axis=1, how="all"), shaded, lang)


def _heat(key: str, values: pd.DataFrame, shaded: Callable[[float], _Shaded], lang: Lang) -> _Heat:
    rows = zip(values.index, values.to_numpy(), strict=True)
    return _Heat(
        key,
        wording.HEAT_CAPTIONS[key].text(lang),
        [wording.DAYS[day].text(lang) for day in values.columns],
        [_Row(_hour(hour, lang), [shaded(value) for value in row]) for hour, row in rows],
    )


def _hour(hour: int, lang: Lang) -> str:
    point = "." if lang == "lv" else ":"
    return f"{hour}{point}00–{hour + 1}{point}00"


def _municipalities(hours: Hours, lang: Lang) -> Table | None:
    table = hours.by_municipality
    if table.empty:
        return None
    columns = [
        Column(wording.MUNICIPALITY.text(lang)),
        Column(wording.CENTRES.text(lang), number=True),
        Column(wording.WEEKLY_MEAN.text(lang), number=True),
        Column(wording.SHARE_MEAN.text(lang), number=True),
        *(Column(wording.SHORT[name].text(lang), number=True) for name in _MUNICIPAL),
    ]
    ordered = table.sort_values(
        "municipality_name", key=lambda names: names.map(formats.collation_key)
    )
    rows: list[list[Cell]] = [
        [
            row["municipality_name"],
            formats.number(lang, row["centres"]),
            "" if pd.isna(row["weekly_h"]) else formats.plain(lang, row["weekly_h"]),
            ""
            if pd.isna(row["intensity_share"])
            else formats.percent(lang, row["intensity_share"]),
            *(_of_known(row, name, lang) for name in _MUNICIPAL),
        ]
        for _, row in ordered.iterrows()
    ]
    return Table(
        "municipality", wording.MUNICIPALITIES_CAPTION.text(lang), columns, rows, wide=True
    )


def _of_known(row: pd.Series, name: str, lang: Lang) -> str:
    """Write a count; a dash where nothing is known."""
    return formats.number(lang, row[name]) if row[f"{name}_known"] else ""


def _lists(centres: pd.DataFrame, lang: Lang) -> list[_Section]:
    known = centres[centres["unknown"] == ""]
    return [
        _Section(
            "to-weigh",
            wording.TO_WEIGH.text(lang),
            f"{wording.ASKED.text(lang)} {wording.TO_WEIGH_LEAD.text(lang)}",
            _to_weigh(known, lang),
        ),
        _Section(
            "early",
            wording.EARLY.text(lang),
            wording.EARLY_LEAD.text(lang),
            _weighed("early", known[known["early_days"] > 0], lang),
        ),
        _Section(
            "no-bus",
            wording.NO_BUS.text(lang),
            wording.NO_BUS_LEAD.text(lang),
            _no_bus(known, lang),
        ),
        _Section("unknown", wording.UNKNOWN.text(lang), "", _unknown(centres, lang)),
    ]


def _to_weigh(known: pd.DataFrame, lang: Lang) -> Table | None:
    """List the centres surely closed at any of the hours in question; most of them first."""
    closed = ~known[list(TO_WEIGH)].fillna(True).astype(bool)
    listed = known.assign(open_at=-closed.sum(axis=1))[closed.any(axis=1)]
    return _weighed("to-weigh", listed, lang, "open_at")


def _weighed(key: str, listed: pd.DataFrame, lang: Lang, *first: str) -> Table | None:
    captions = {"early": wording.EARLY_CAPTION, "to-weigh": wording.TO_WEIGH_CAPTION}
    columns = [
        *_name_columns(lang),
        Column(wording.HOURS.text(lang)),
        Column(wording.WEEKLY.text(lang), number=True),
        Column(wording.SHORT["early"].text(lang), number=True),
        Column(wording.SHORT["late"].text(lang), number=True),
        Column(wording.SHORT["saturday"].text(lang)),
        Column(wording.SHORT["lunch_closed"].text(lang)),
        Column(wording.SHARE_COVERED.text(lang), number=True),
    ]
    rows: list[list[Cell]] = [
        [
            row["place_name"],
            row["municipality_name"],
            _said(row["hours"], lang),
            formats.plain(lang, row["weekly_h"]),
            f"{row['early_days']}/{WORKDAYS}",
            f"{row['late_days']}/{WORKDAYS}",
            _yes(row["saturday"], lang),
            _yes(row["lunch_closed"], lang),
            formats.percent(lang, row["intensity_share"]),
        ]
        for _, row in _by_name(listed, *first).iterrows()
    ]
    return Table(key, captions[key].text(lang), columns, rows, wide=True) if rows else None


def _no_bus(known: pd.DataFrame, lang: Lang) -> Table | None:
    served = known[["bus_before", "bus_after"]]
    listed = known[(~served.fillna(True)).any(axis=1)]
    columns = [
        *_name_columns(lang),
        Column(wording.HOURS.text(lang)),
        Column(wording.STOP.text(lang)),
        Column(wording.SHORT["bus_before"].text(lang)),
        Column(wording.SHORT["bus_after"].text(lang)),
    ]
    rows: list[list[Cell]] = [
        [
            row["place_name"],
            row["municipality_name"],
            _said(row["hours"], lang),
            row["stop_name"],
            _yes(row["bus_before"], lang),
            _yes(row["bus_after"], lang),
        ]
        for _, row in _by_name(listed).iterrows()
    ]
    return (
        Table("no-bus", wording.NO_BUS_CAPTION.text(lang), columns, rows, wide=True)
        if rows
        else None
    )


def _unknown(centres: pd.DataFrame, lang: Lang) -> Table | None:
    listed = centres[centres["unknown"] != ""]
    columns = [
        *_name_columns(lang),
        Column(wording.HOURS.text(lang)),
        Column(wording.REASON.text(lang)),
    ]
    rows: list[list[Cell]] = [
        [
            row["place_name"],
            row["municipality_name"],
            row["hours"],
            wording.WHY_UNKNOWN[row["unknown"]].text(lang),
        ]
        for _, row in _by_name(listed).iterrows()
    ]
    return Table("unknown", wording.UNKNOWN_CAPTION.text(lang), columns, rows) if rows else None


def _name_columns(lang: Lang) -> list[Column]:
    return [Column(wording.CENTRE.text(lang)), Column(wording.MUNICIPALITY.text(lang))]


def _by_name(listed: pd.DataFrame, *first: str) -> pd.DataFrame:
    """Sort by municipality and name in the Latvian alphabet."""
    names = listed[["municipality_name", "place_name"]].map(formats.collation_key)
    keys = listed.assign(_municipality=names["municipality_name"], _name=names["place_name"])
    return keys.sort_values([*first, "_municipality", "_name", "place"])


def _said(hours: str, lang: Lang) -> Cell:
    return list[str | Link](formats.opening_hours(lang, hours).splitlines())


def _yes(value: bool | NAType, lang: Lang) -> str:
    if value is pd.NA:
        return ""
    return (wording.YES if value else wording.NO).text(lang)
