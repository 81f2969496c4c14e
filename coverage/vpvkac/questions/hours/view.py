"""What is shown of opening hours: when centres are open, beside when services were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.questions.hours.answer import TO_WEIGH, WORKDAYS, Answer, intensity, published_findings
from vpvkac.render.frame import render
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Bilingual, Composed, Lang, Message, Text
from vpvkac.views.page import Cell, Link, Page, Section, Table, about
from vpvkac.views.writer import Field, Writer, records, tabulate

if TYPE_CHECKING:
    from numpy.typing import NDArray

TITLE = Message("Opening hours of the centres")
_CHECKS = {
    "known": Message("Hours are known"),
    "early": Message("Open 8:00–9:00 on all five working days"),
    "early_on_average": Message("Open 8:00–9:00, mean of the working days"),
    "late": Message("Open 18:00–19:00 on at least one working day"),
    "evening": Message("Open after 17:00 on at least one working day"),
    "saturday": Message("Open on Saturday"),
    "lunch_closed": Message("Closed at lunch on at least one working day"),
    "lunch_monday_to_thursday": Message("Closed at lunch, mean of Monday to Thursday"),
    "friday_until_14": Message("Closed from 14:00 or earlier on Friday"),
    "bus_before": Message("A bus at the nearest stop in the 30 min before opening"),
    "bus_after": Message("A bus at the nearest stop in the 30 min after closing"),
}
_HEADLINE = ("known", "early", "late", "saturday", "lunch_closed", "bus_before", "bus_after")
_TEXTS = {
    "lead": Message(
        "In which hours the existing centres are open, whose hours the analysis asks to be"
        " reconsidered, and whether a bus calls at the nearest stop before opening and after"
        " closing."
    ),
    "hour": Message("Hour"),
    "national_heading": Message("Summary"),
    "by_hour_heading": Message("Hours and demand hour by hour"),
    "darker": Message(
        "The darker, the greater the number: centres by fifths of those whose hours are known; in"
        " table 14 up to 20, 40, 60, 100, and more."
    ),
}
_DEMAND_NOTES = (
    Message(
        "Table 14 shows an intensity in hours when a centre is open (1 January 2019 to 30 September"
        " 2020), not the hour's share of all demand. Few centres are open late, so the late values"
        " rest on few; in 2020 the pandemic moved part"
        " of the clients to remote channels. Empty cell: no value is published."
    ),
    Message(
        "Intensity covered = Σ (part of the hour open × value of table 14) / Σ values; 100 % would"
        " be a centre open in every hour of the table."
    ),
)
_SHORT = {
    "early": Message("8:00–9:00"),
    "late": Message("18:00–19:00"),
    "saturday": Message("Saturdays"),
    "lunch_closed": Message("Closed at lunch"),
    "bus_before": Message("Bus before opening"),
    "bus_after": Message("Bus after closing"),
}
_WHY_NO_BUS = {
    "no_hours": Message("hours are not known"),
    "no_stop": Message("there is no stop"),
    "no_times": Message("times at the stop are not known"),
    "closed": Message("closed on the service day"),
}
_WHY_UNKNOWN = {
    "no_hours": Message("no hours are published"),
    "not_understood": Message("the hours cannot be understood"),
    "not_told": Message("the hours cannot be told"),
}
_MUNICIPALITY = Message("Municipality")
_FIRST, _LAST = 8, 18
_TABLE_HOURS = range(_FIRST, _LAST + 1)
_SHADES = 5
# Up to 20, 40, 60, 100 services, and more.
_DEMAND_STEPS = (20, 40, 60, 100)


Heat = dict[str, Any]


def hours_page(hours: Answer, lang: Lang) -> str:
    """Write the page.

    Returns
    -------
    page
        One HTML file that needs nothing else; the same hours give the same text.
    """
    # The page is no part of a run's folder, which may not be there: it links to no other.
    page = Page(TITLE.text(lang), "hours.html", style=("hours.css",), home=None)
    centres = hours.table[hours.table["host"] == "centre"]
    municipalities = hours.by_municipality.set_index("municipality")["municipality_name"]
    centres = centres.assign(municipality_name=centres["municipality"].map(municipalities))
    context = {key: text.text(lang) for key, text in _TEXTS.items()} | {
        "national": _national(hours, lang),
        "national_notes": _notes(hours, centres, lang),
        "heats": [_open_heat(hours, centres, lang), _demand_heat(lang)],
        "demand_notes": [note.text(lang) for note in _DEMAND_NOTES],
        "sections": _sections(hours, centres, lang),
    }
    return render(page, context, about(hours.result, lang))


def terminal_lines(hours: Answer, files: Sequence[Path], lang: Lang) -> list[str]:
    """Say the counts under the title, and which files were written."""
    rows = hours.national.set_index("check").loc[list(_HEADLINE)]
    labels = [_CHECKS[check].text(lang) for check in _HEADLINE]
    width = max(map(len, labels))
    return [
        TITLE.text(lang),
        *([words.SAMPLE.text(lang)] if hours.result.synthetic else []),
        "",
        *(
            f"{label:<{width}}  {formats.number(lang, count)} / {formats.number(lang, of)}"
            for label, count, of in zip(labels, rows["count"], rows["of"], strict=True)
        ),
        "",
        Message("Files: {}").text(lang).format(", ".join(map(str, files))),
    ]


def _national(hours: Answer, lang: Lang) -> Table:
    """Give the checks; on real data what the analysis found is set beside them."""
    write, findings = Writer(lang, hours.result.threshold_m), published_findings()

    def published(row: dict[str, Any]) -> str:
        return findings[row["check"]].text.text(lang) if row["check"] in findings else ""

    fields = [
        write.field(Message("Criterion"), lambda row: write(_CHECKS[row["check"]])),
        write.field(Message("Count"), lambda row: formats.plain(lang, row["count"]), number=True),
        write.field(Message("Of"), lambda row: write.number(row["of"]), number=True),
        write.field("share"),
    ]
    if not hours.result.synthetic:
        fields.append(write.field(Message("In the analysis (2020)"), published))
    caption = Message("Existing centres by their hours")
    return tabulate("national", write(caption), fields, records(hours.national))


def _notes(hours: Answer, centres: pd.DataFrame, lang: Lang) -> list[str]:
    """Say of which week and days the figures are, and why some are not known."""
    week = Message(
        "The figures are of a week without public holidays. Where hours change with the season, it"
        " is the week from Monday {monday}."
    )
    notes = [week.text(lang).format(monday=formats.date(lang, hours.monday.isoformat()))]
    asked = set(centres["service_day"])
    for stops in hours.result.project.stops:
        # Only the day of a feed that holds a nearest stop.
        day = hours.service_days.get(stops.feed)
        if day is not None and day.isoformat() in asked:
            notes.append(words.service_day(lang, stops.source.shown, day.isoformat()))
    counts = centres["bus_unknown"].value_counts()
    reasons = [
        f"{text.text(lang)} – {formats.number(lang, counts[reason])}"
        for reason, text in _WHY_NO_BUS.items()
        if reason in counts.index
    ]
    if reasons:
        notes.append(Message("Buses are not known: {}").text(lang).format("; ".join(reasons)))
    if hours.result.synthetic:
        synthetic = Message("The data are synthetic, so nothing published is set beside them.")
        notes.append(synthetic.text(lang))
    return notes


def _open_heat(hours: Answer, centres: pd.DataFrame, lang: Lang) -> Heat:
    """Lay out how many centres are open, in all hours in which any is."""
    counts = hours.open_centres
    some = np.flatnonzero(counts.to_numpy().any(axis=1))
    shown = range(min(_FIRST, *some), max(_LAST, *some) + 1) if len(some) else _TABLE_HOURS
    days = [day for day in counts.columns if day != "Su" or counts[day].any()]
    values = counts.loc[list(shown), days]
    shades = np.ceil(_SHADES * values.to_numpy() / max((centres["unknown"] == "").sum(), 1))
    return _heat("open", Message("Centres open (mean over the hour)"), values, shades, lang)


def _demand_heat(lang: Lang) -> Heat:
    """Lay out table 14, over the hours and days that it has."""
    values = pd.DataFrame(intensity().T, columns=list(formats.DAYS))
    values = values.loc[list(_TABLE_HOURS)].dropna(axis=1, how="all")
    shades = np.where(values.isna(), 0, 1 + np.searchsorted(_DEMAND_STEPS, values.to_numpy()))
    caption = Message("Services per open centre hour, over 91 weeks (table 14 of the analysis)")
    return _heat("demand", caption, values, shades, lang)


def _heat(
    key: str, caption: Message, values: pd.DataFrame, shades: NDArray[np.generic], lang: Lang
) -> Heat:
    """Make a table of hours by days, each cell with how dark it is, 0 to 5."""
    point = "." if lang == "lv" else ":"
    rows = zip(values.index, values.to_numpy(), shades.astype(int), strict=True)
    return {
        "key": key,
        "caption": caption.text(lang),
        "days": [formats.DAYS[day].text(lang) for day in values.columns],
        "rows": [
            {
                "hour": f"{hour}{point}00–{hour + 1}{point}00",
                "cells": [
                    {"text": "" if np.isnan(value) else formats.plain(lang, value), "shade": shade}
                    for value, shade in zip(row, shading, strict=True)
                ],
            }
            for hour, row, shading in rows
        ],
    }


def _sections(hours: Answer, centres: pd.DataFrame, lang: Lang) -> list[Section]:
    """Give the tables under their headings: municipalities, then lists of centres."""
    write = Writer(lang, hours.result.threshold_m)

    def yes(value: object) -> str:
        return "" if value is pd.NA else (Message("yes") if value else Message("no")).text(lang)

    def opening(row: dict[str, Any]) -> Cell:
        return list[str | Link](formats.opening_hours(lang, row["hours"]).splitlines())

    def count(name: str) -> Field:
        # A dash where nothing is known.
        return write.field(
            _SHORT[name],
            lambda row: formats.number(lang, row[name]) if row[f"{name}_known"] else "",
            number=True,
        )

    def of_workdays(name: str) -> Field:
        return write.field(
            _SHORT[name], lambda row: f"{row[f'{name}_days']}/{WORKDAYS}", number=True
        )

    def flag(name: str) -> Field:
        return write.field(_SHORT[name], lambda row: yes(row[name]))

    def weekly(heading: Message) -> Field:
        return write.field(
            heading,
            lambda row: "" if pd.isna(row["weekly_h"]) else formats.plain(lang, row["weekly_h"]),
            number=True,
        )

    def share(heading: Message) -> Field:
        return write.field(heading, lambda row: write.share(row["intensity_share"]), number=True)

    municipality = [
        write.field(_MUNICIPALITY, "municipality_name"),
        write.field(Message("Centres"), "centres"),
        weekly(Message("Hours a week, mean")),
        share(Message("Intensity covered, mean")),
        *map(count, ("early", "late", "saturday", "lunch_closed", "bus_before", "bus_after")),
    ]
    name = [
        write.field(Message("Centre"), "place_name"),
        write.field(_MUNICIPALITY, "municipality_name"),
    ]
    weighed = [
        *name,
        write.field(Message("Hours"), opening),
        weekly(Message("Hours a week")),
        of_workdays("early"),
        of_workdays("late"),
        flag("saturday"),
        flag("lunch_closed"),
        share(Message("Intensity covered")),
    ]
    buses = [
        *name,
        write.field(Message("Hours"), opening),
        write.field("stop_name"),
        flag("bus_before"),
        flag("bus_after"),
    ]
    reasons = [
        *name,
        write.field(Message("Hours"), "hours"),
        write.field(Message("Reason"), lambda row: write(_WHY_UNKNOWN[row["unknown"]])),
    ]
    by_name = hours.by_municipality.sort_values(
        "municipality_name", key=lambda names: names.map(collation_key)
    )
    known = centres[centres["unknown"] == ""]
    # Surely closed at any of the hours in question; most of them first.
    closed = ~known[list(TO_WEIGH)].fillna(True).astype(bool)
    to_weigh = known.assign(open_at=-closed.sum(axis=1))[closed.any(axis=1)]
    not_served = (~known[["bus_before", "bus_after"]].fillna(True)).any(axis=1)
    asked = Message(
        "The analysis asks municipalities to weigh whether opening 8:00–9:00, when demand is"
        " lowest, is needed, and whether opening 18:00–19:00 and for a short time on Saturdays is"
        " possible."
    )
    listed = Message(
        "Listed are centres that are open 18:00–19:00 on no working day or are closed on Saturdays."
        " The analysis asks municipalities to weigh the possibility; it is no duty. First come"
        " those open neither in the evening nor on Saturdays."
    )
    early_lead = Message(
        "The number beside an hour: on how many working days the centre is open in it."
    )
    no_bus_lead = Message(
        "On the service day no bus arrives at the nearest stop in the 30 min before opening, or"
        " none departs in the 30 min after closing. The walk and the direction of the trip are not"
        " taken into account; trips of the day before that run past midnight are not counted."
    )
    by_municipality_caption = Message(
        "Existing centres by the municipality they stand in; counts of those of which it is known"
    )
    none = Bilingual("", "")
    sections: tuple[tuple[str, Message, Text, Message, list[Field], pd.DataFrame], ...] = (
        ("municipalities", Message("Municipalities"), none,
         by_municipality_caption, municipality, by_name),
        ("to-weigh", Message("Centres whose hours the analysis asks to be reconsidered"),
         Composed(asked, listed, between=" "),
         Message("Existing centres not open 18:00–19:00 or on Saturdays"),
         weighed, _by_name(to_weigh, "open_at")),
        ("early", Message("Centres to weigh whether opening 8:00–9:00 is needed"), early_lead,
         Message("Existing centres open 8:00–9:00 on at least one working day"),
         weighed, _by_name(known[known["early_days"] > 0])),
        ("no-bus", Message("Centres that no bus serves in time"), no_bus_lead,
         Message("Existing centres that no bus serves in time"),
         buses, _by_name(known[not_served])),
        ("unknown", Message("Centres whose hours are not known"), none,
         Message("Existing centres without hours that can be used"),
         reasons, _by_name(centres[centres["unknown"] != ""])),
    )  # fmt: skip
    nothing = Message("There are none.")
    return [
        Section.of(
            key,
            write(heading),
            write(lead),
            tabulate(
                "municipality" if key == "municipalities" else key,
                write(caption), fields, records(rows), wide=key != "unknown",
            )
            if len(rows)
            else write(nothing),
        )
        for key, heading, lead, caption, fields, rows in sections
    ]  # fmt: skip


def _by_name(listed: pd.DataFrame, *first: str) -> pd.DataFrame:
    """Sort by municipality and name in the Latvian alphabet."""
    names = listed[["municipality_name", "place_name"]].map(collation_key)
    keys = listed.assign(_municipality=names["municipality_name"], _name=names["place_name"])
    return keys.sort_values([*first, "_municipality", "_name", "place"])
