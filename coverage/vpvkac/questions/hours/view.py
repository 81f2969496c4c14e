"""What is shown of opening hours: when centres are open, beside when services were asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from vpvkac.questions.hours import answer
from vpvkac.questions.hours.answer import Answer
from vpvkac.render.frame import heat_picture, render
from vpvkac.texts import formats, words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Bilingual, Composed, Lang, Message, Text
from vpvkac.views.page import Link, Page, Section, Table, about
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
_HEADLINE = ("known", "early", "late", "saturday", "lunch_closed")
# What one stop says of buses; whether residents come and go is what `usable` tells.
_OF_ONE_STOP = ("bus_before", "bus_after")
_TEXTS = {
    "lead": Message(
        "In which hours the existing centres are open, whose hours the analysis asks to be"
        " reconsidered, and which appointments residents can use."
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
_USABLE = Message("Appointments that someone can use by bus")
_HOUR_MORE = Message(
    "Centres at which an hour more would serve residents who can use no existing centre now"
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
# By key: heading, lead, and caption of the table.
_SECTIONS: dict[str, tuple[Message, Text, Message]] = {
    "usable": (
        Message("Appointments that residents can use, and an hour more"),
        Message(
            "An appointment is every half hour that is open for the whole stay. Residents can use"
            " it by bus if they live farther than a walk from the centre, and a vehicle brings them"
            " there in time and home again on the day. Opening an hour earlier, but not before"
            " 7:00, or closing an hour later, but not after 19:00, would add the residents who can"
            " use no existing centre now and could use this one. First come the centres at which it"
            " would add most."
        ),
        Message("Existing centres by the appointments that residents can use"),
    ),
    "municipalities": (
        Message("Municipalities"),
        Bilingual("", ""),
        Message(
            "Existing centres by the municipality they stand in; counts of those of which it is"
            " known"
        ),
    ),
    "to-weigh": (
        Message("Centres whose hours the analysis asks to be reconsidered"),
        Composed(
            Message(
                "The analysis asks municipalities to weigh whether opening 8:00–9:00, when demand"
                " is lowest, is needed, and whether opening 18:00–19:00 and for a short time on"
                " Saturdays is possible."
            ),
            Message(
                "Listed are centres that are open 18:00–19:00 on no working day or are closed on"
                " Saturdays. The analysis asks municipalities to weigh the possibility; it is no"
                " duty. First come those open neither in the evening nor on Saturdays."
            ),
            between=" ",
        ),
        Message("Existing centres not open 18:00–19:00 or on Saturdays"),
    ),
    "early": (
        Message("Centres to weigh whether opening 8:00–9:00 is needed"),
        Message("The number beside an hour: on how many working days the centre is open in it."),
        Message("Existing centres open 8:00–9:00 on at least one working day"),
    ),
    "no-bus": (
        Message("Centres that no bus serves in time"),
        Message(
            "On the service day no bus arrives at the nearest stop in the 30 min before opening, or"
            " none departs in the 30 min after closing. The walk and the direction of the trip are"
            " not taken into account; trips of the day before that run past midnight are not"
            " counted."
        ),
        Message("Existing centres that no bus serves in time"),
    ),
    "unknown": (
        Message("Centres whose hours are not known"),
        Bilingual("", ""),
        Message("Existing centres without hours that can be used"),
    ),
}
_FILES = ("hours.csv",)
# The hours of table 14.
_TABLE_HOURS = range(8, 19)


def hours_page(hours: Answer, lang: Lang) -> str:
    """Write the page: one HTML file that needs nothing else."""
    # The page is no part of a run's folder, which may not be there: it links to no other.
    page = Page(_answer_of(hours, lang), "hours.html", ("hours.css",))
    centres = hours.table[hours.table["host"] == "centre"]
    municipalities = hours.by_municipality.set_index("municipality")["municipality_name"]
    centres = centres.assign(municipality_name=centres["municipality"].map(municipalities))
    context = {key: text.text(lang) for key, text in _TEXTS.items()} | {
        "national": _national(hours, lang),
        "national_notes": _notes(hours, lang),
        "heats": [_open_heat(hours, lang), _demand_heat(lang)],
        "demand_notes": [note.text(lang) for note in _DEMAND_NOTES],
        "sections": _sections(hours, centres, lang),
    }
    return render(page, context, about(hours.result, lang))


def _answer_of(hours: Answer, lang: Lang) -> str:
    """Say how many centres are open when many would come, as the page's heading."""
    count = hours.national.set_index("check")["count"]
    text = Message(
        "Centres open 8:00–9:00 on all five working days: {early} of {all}; on Saturday: {saturday}"
    )
    counts = {
        "early": count["early"], "all": len(hours.table[hours.table["host"] == "centre"]),
        "saturday": count["saturday"],
    }  # fmt: skip
    return text.text(lang).format(**{key: formats.number(lang, n) for key, n in counts.items()})


def terminal_lines(hours: Answer, files: Sequence[Path], lang: Lang) -> list[str]:
    """Say the counts under the title, and which files were written."""
    national = hours.national.set_index("check")
    counts = [(_CHECKS[check], *national.loc[check, ["count", "of"]]) for check in _HEADLINE]
    counts += _usable(hours)
    width = max(len(text.text(lang)) for text, _, _ in counts)
    return [
        TITLE.text(lang),
        *([words.SAMPLE.text(lang)] if hours.result.synthetic else []),
        "",
        *(
            f"{text.text(lang):<{width}}  {formats.number(lang, count)} / "
            f"{formats.number(lang, of)}"
            for text, count, of in counts
        ),
        "",
        Message("Files: {}").text(lang).format(", ".join(map(str, files))),
    ]


def _national(hours: Answer, lang: Lang) -> Table:
    """Give the checks; on real data what the analysis found is set beside them."""
    write, findings = Writer(lang, hours.result.threshold_m), answer.published_findings()

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
    rows = hours.national[~hours.national["check"].isin(_OF_ONE_STOP)]
    return tabulate("national", write(caption), fields, records(rows), files=_FILES)


def _usable(hours: Answer) -> list[tuple[Message, int, int]]:
    """Give what is said of appointments, how many, and of how many; nothing if not asked."""
    if hours.usable is None:
        return []
    counts = answer.count_usable(hours.usable)
    return [(text, *of) for text, of in zip((_USABLE, _HOUR_MORE), counts, strict=True)]


def _notes(hours: Answer, lang: Lang) -> list[str]:
    """Say of which week the figures are, and what is not there."""
    week = Message(
        "The figures are of a week without public holidays. Where hours change with the season, it"
        " is the week from Monday {monday}."
    )
    notes = [week.text(lang).format(monday=formats.date(lang, hours.monday.isoformat()))]
    if hours.usable is None:
        ask = Message(
            "Which appointments residents can use, and whom an hour more would add, is found by "
            "vpvkac hours --reach."
        )
        notes.append(ask.text(lang))
    elif "population" not in hours.result.project.given:
        notes.append(words.UNITS_AS_RESIDENTS.text(lang))
    notes += [
        f"{text.text(lang)}: {formats.number(lang, count)} / {formats.number(lang, of)}."
        for text, count, of in _usable(hours)
    ]
    notes.append(words.CLIENT_SURVEY.text(lang))
    if hours.result.synthetic:
        synthetic = Message("The data are synthetic, so nothing published is set beside them.")
        notes.append(synthetic.text(lang))
    return notes


def _bus_notes(hours: Answer, centres: pd.DataFrame, lang: Lang) -> list[str]:
    """Say of which days the buses are, and why some are not known."""
    notes = []
    for stops in hours.result.project.stops:
        # Only the day of a feed that holds a nearest stop.
        day = hours.service_days.get(stops.feed)
        if day is not None and day.isoformat() in set(centres["service_day"]):
            notes.append(words.service_day(lang, stops.source.shown, day.isoformat()))
    counts = answer.count_bus_unknown(centres)
    reasons = [
        f"{text.text(lang)} – {formats.number(lang, counts[reason])}"
        for reason, text in _WHY_NO_BUS.items()
        if counts[reason]
    ]
    if reasons:
        notes.append(Message("Buses are not known: {}").text(lang).format("; ".join(reasons)))
    return notes


def _open_heat(hours: Answer, lang: Lang) -> dict[str, Any]:
    """Lay out how many centres are open, in all hours in which any is."""
    counts = hours.open_centres
    some = [*np.flatnonzero(counts.to_numpy().any(axis=1)), *_TABLE_HOURS]
    days = [day for day in counts.columns if day != "Su" or counts[day].any()]
    cells = slice(min(some), max(some)), days
    caption = Message("Centres open (mean over the hour)")
    shades = answer.open_shades(hours).loc[cells].to_numpy()
    return _heat("open", caption, counts.loc[cells], shades, lang)


def _demand_heat(lang: Lang) -> dict[str, Any]:
    """Lay out table 14, over the hours and days that it has."""
    values = pd.DataFrame(answer.intensity().T, columns=list(formats.DAYS))
    values = values.loc[list(_TABLE_HOURS)].dropna(axis=1, how="all")
    caption = Message("Services per open centre hour, over 91 weeks (table 14 of the analysis)")
    return _heat("demand", caption, values, answer.intensity_shades(values), lang)


def _heat(
    key: str, caption: Message, values: pd.DataFrame, shades: NDArray[np.int64], lang: Lang
) -> dict[str, Any]:
    """Make a table of hours by days, each cell with how dark it is, 0 to 5."""
    point = "." if lang == "lv" else ":"
    rows = zip(values.index, values.to_numpy(), shades, strict=True)
    shown = {
        "key": key,
        "title": caption.text(lang),
        "files": _FILES * (key == "open"),
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
    return shown | {"picture": heat_picture(shown)}


def _sections(hours: Answer, centres: pd.DataFrame, lang: Lang) -> list[Section]:
    """Give the tables under their headings: municipalities, then lists of centres."""
    write = Writer(lang, hours.result.threshold_m)

    def number(heading: Message, cell: Callable[[dict[str, Any]], str]) -> Field:
        return write.field(heading, cell, number=True)

    def count(name: str) -> Field:
        # A dash where nothing is known.
        return number(
            _SHORT[name],
            lambda row: formats.number(lang, row[name]) if row[f"{name}_known"] else "",
        )

    def flag(name: str) -> Field:
        replies = {True: Message("yes"), False: Message("no")}
        return write.field(
            _SHORT[name], lambda row: "" if pd.isna(row[name]) else write(replies[row[name]])
        )

    def weekly(row: dict[str, Any]) -> str:
        return "" if pd.isna(row["weekly_h"]) else formats.plain(lang, row["weekly_h"])

    def share(row: dict[str, Any]) -> str:
        return write.share(row["intensity_share"])

    def of_workdays(name: str) -> Field:
        return number(_SHORT[name], lambda row: f"{row[f'{name}_days']}/{answer.WORKDAYS}")

    opening = write.field(
        Message("Hours"),
        lambda row: list[str | Link](formats.opening_hours(lang, row["hours"]).splitlines()),
    )
    municipality = write.field("municipality_name")
    name = [write.field(Message("Centre"), "place_name"), municipality]
    fields = {
        "municipalities": [
            municipality, write.field(Message("Centres"), "centres"),
            number(Message("Hours a week, mean"), weekly),
            number(Message("Intensity covered, mean"), share),
            *(count(name) for name in _SHORT if name not in _OF_ONE_STOP),
        ],
        "usable": [
            *name, write.field("appointments"),
            write.field(Message("First and last"), lambda row: "–".join(
                formats.time_of_day(lang, row[end]) for end in ("first", "last") if row[end]
            )),
            write.field("appointments_bus"),
            write.field("unused", lambda row: ", ".join(
                formats.time_of_day(lang, begin) for begin in row["unused"].split()
            ) if row["appointments_bus"] else write(Message("all"))),
            *write.fields("residents_bus", "earlier_adds", "later_adds"),
        ],
        "to-weigh": [
            *name, opening, number(Message("Hours a week"), weekly), of_workdays("early"),
            of_workdays("late"), flag("saturday"), flag("lunch_closed"),
            number(Message("Intensity covered"), share),
        ],
        "no-bus": [*name, opening, write.field("stop_name"), flag("bus_before"), flag("bus_after")],
        "unknown": [
            *name,
            write.field(Message("Hours"), "hours"),
            write.field(Message("Reason"), lambda row: write(_WHY_UNKNOWN[row["unknown"]])),
        ],
    }  # fmt: skip
    fields["early"] = fields["to-weigh"]
    listed = answer.listed_centres(centres, hours.usable)
    rows = {"municipalities": hours.by_municipality, **listed}
    sections = []
    for key in (key for key in _SECTIONS if key in rows):
        heading, lead, caption = _SECTIONS[key]
        notes = _bus_notes(hours, centres, lang) if key == "no-bus" else []
        table: Table | str = write(Message("There are none."))
        if len(rows[key]):
            of = "municipality" if key == "municipalities" else key
            shown = records(_by_name(rows[key]))
            # What is usable is no column of the file.
            table = tabulate(
                of,
                write(caption),
                fields[key],
                shown,
                wide=key != "unknown",
                files=() if key == "usable" else _FILES,
            )
        sections.append(Section.of(key, write(heading), write(lead), *notes, table))
    return sections


def _by_name(table: pd.DataFrame) -> pd.DataFrame:
    """Sort by municipality and name in the Latvian alphabet, where `order` does not decide."""
    keys = [name for name in ("order", "municipality_name", "place_name", "place") if name in table]

    def in_alphabet(column: pd.Series) -> pd.Series:
        return column.map(collation_key) if str(column.name).endswith("_name") else column

    return table.sort_values(keys, key=in_alphabet)
