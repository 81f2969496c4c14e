"""What is shown of reach: who can use a contact point within a day, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from vpvkac.analysis.catchment import BY_UNIT, GRID
from vpvkac.analysis.reach import BUS, NONE, WALK, clock
from vpvkac.questions.reach.answer import Answer
from vpvkac.render.frame import Bar, Segment, bars, render, whole
from vpvkac.render.picture import dots
from vpvkac.texts import words
from vpvkac.texts.formats import date, opening_hours, time_of_day
from vpvkac.texts.message import Lang, Message
from vpvkac.views.page import Link, Page, Section, about
from vpvkac.views.reach import counted, headlines, municipality_tables, with_reasons
from vpvkac.views.writer import Writer, records, tabulate

TITLE = Message("There, served, and home again")
_HOW = {
    True: Message("Residents by how they get there and back"),
    False: Message("Territorial units by how one gets there and back"),
}
_BY_HOUR = {
    True: Message("Residents who can use an appointment, by its beginning"),
    False: Message("Units from which an appointment is usable, by its beginning"),
}
_WORST = {
    True: Message("Where most residents cannot"),
    False: Message("Where one cannot from most units"),
}
_LISTED_UNITS = {
    True: Message("{points}: units with most residents who cannot, {shown} of {count}"),
    False: Message("{points}: units from which one cannot, {shown} of {count}"),
}
_CLASSES = (WALK, BUS, NONE)
# The class of the colour of each, of the style sheet for charts.
_STYLES = {WALK: "existing", BUS: "announced", NONE: "none"}
_LISTED, _MUNICIPALITIES = 30, 12
# The least that is shown of a share.
_LEAST_SHARE = 0.001
_METHOD = (
    Message(
        "The day of the timetables is {day}; counted is who can leave home at or after "
        "{leave}, be at a point by the beginning of an appointment, stay {stay} min while it is "
        "open, and be home by {home}; each way on foot or by vehicle, whichever serves."
    ),
    Message(
        "A walk is the straight line times 1.3 at 70 m a minute, at most {walk} min; between two "
        "vehicles at most 10 min and never two in a row. A change takes a minute besides the walk. "
        "Appointments are every half hour."
    ),
    Message(
        "Not looked at: whether a bus is late or full, transfers while seated, the streets between "
        "home and stop."
    ),
    words.CLIENT_SURVEY,
)
_RAIL = Message("Trains count too: what is said of buses holds for them as well.")
# Where one lives, by `ThereAndBack.basis`.
_LIVING = {
    GRID: Message("Residents are those of a cell of the grid, taken at its centre."),
    BY_UNIT: Message(
        "Residents are those of a territorial unit, taken at a point in the middle of it."
    ),
    "": Message(
        "Residents are not given: every territorial unit counts as one, taken at a point in the "
        "middle of it."
    ),
}
_ARRANGED = {
    True: Message(
        "Residents who depend on a call that must be arranged beforehand: {count} ({share})."
    ),
    False: Message(
        "Units that depend on a call that must be arranged beforehand: {count} ({share})."
    ),
}
_UNTIMED = Message("Trips without times that can be used, left out: {count}.")


def terminal_lines(answer: Answer, files: Sequence[Path], lang: Lang) -> list[str]:
    """Say the headlines under the title, and which files were written."""
    sample = [words.SAMPLE.text(lang)] if answer.result.synthetic else []
    written = Message("Files: {}").text(lang).format(", ".join(map(str, files)))
    day = Message("Day of the timetables: {}").text(lang).format(date(lang, answer.day.isoformat()))
    rail = [_RAIL.text(lang)] if answer.question.rail else []
    return [TITLE.text(lang), *sample, "", *headlines(answer, lang), *rail, day, "", written]


def reach_page(answer: Answer, lang: Lang) -> str:
    """Write the page, which needs nothing else; the same answer gives the same text."""
    page = Page(TITLE.text(lang), "sections.html", style=("report.css", "reach.css"))
    context = {
        "contents": Message("Contents").text(lang),
        "sections": [*_sections(answer, lang)],
    }
    job = about(answer.result, lang, by_stops=False)
    if answer.question.rail:
        job = job._replace(limits=words.LIMITS_WITH_RAIL)
    return render(page, context, job)


def _sections(answer: Answer, lang: Lang) -> Iterator[Section]:
    write = Writer(lang, answer.result.threshold_m)
    labels = [(_STYLES[kind], write(words.REACH_CLASSES[kind])) for kind in _CLASSES]
    base = answer.result.units.dissolve("municipality", method="coverage")
    yield Section.of("answer", write(Message("Summary")), *headlines(answer, lang))
    for row in answer.country.to_dict("records"):
        name = row["points"]
        title = write(words.REACH_POINTS[name])
        homes = answer.homes[answer.homes["points"] == name]
        yield Section.of(
            name,
            title,
            _charts(answer, write, row) if row["residents"] else None,
            dots(
                homes,
                "class",
                _STYLES,
                base,
                write(_HOW[answer.counts_residents]),
                key=f"{name}-map",
                legend=labels,
            ),
        )
    yield _worst(answer, write)
    yield _place_section(answer, write)
    facts = {
        "day": date(lang, answer.day.isoformat()),
        "leave": time_of_day(lang, answer.question.leave),
        "home": time_of_day(lang, answer.question.home),
        "stay": answer.question.stay, "walk": answer.question.walk,
    }  # fmt: skip
    texts = (*_METHOD[:2], _LIVING[answer.basis], *_METHOD[2:])
    notes = [write(text, **facts) for text in texts]
    notes += [write(_RAIL)] if answer.question.rail else []
    for row in answer.country.to_dict("records"):
        arranged = answer.arranged[row["points"]]
        if arranged:
            count = write.number(round(arranged * row["residents"]))
            text = write(
                _ARRANGED[answer.counts_residents], count=count, share=write.share(arranged)
            )
            notes.append(f"{write(words.REACH_POINTS[row['points']])}: {words.lowered(text)}")
    # Of feeds that do not run on the day.
    notes += [
        f"{fault.file}: {fault.problem.text(lang)}."
        for fault in answer.faults
        if fault.value == str(answer.day)
    ]
    if answer.counts["untimed"]:
        notes.append(write(_UNTIMED, count=write.number(answer.counts["untimed"])))
    yield Section.of("method", write(Message("Method and limitations")), *notes)


def _charts(answer: Answer, write: Writer, row: Any) -> Markup:
    """Draw who can and what stands in the way, beside who can use an appointment at each hour."""
    name, total = row["points"], row["residents"]

    def part(count: float, of: float) -> str:
        if 0 < count / of < _LEAST_SHARE / 2:
            return f"{write.number(count)} (< {write.share(_LEAST_SHARE)})"
        return f"{write.number(count)} ({write.share(count / of)})"

    segments = [
        Segment(
            write(words.REACH_CLASSES[kind]), int(row[kind]), part(row[kind], total),
            _STYLES[kind],
        )
        for kind in _CLASSES
    ]  # fmt: skip
    charts = whole(segments, key=f"{name}-classes", title=write(_HOW[answer.counts_residents]))
    if row["none"]:
        none = answer.homes[(answer.homes["points"] == name) & (answer.homes["class"] == NONE)]
        sums = none["residents"].groupby(none["way"]).sum()
        ways = [(write(text), sums.get(way, 0)) for way, text in words.REACH_WAYS.items() if way]
        charts += bars(
            [Bar(text, count / row["none"], part(count, row["none"])) for text, count in ways],
            key=f"{name}-ways",
            title=write(Message("What stands in the way of those who cannot")),
        )
    by_hour = answer.by_hour.loc[answer.by_hour["points"] == name, ["begin", "residents"]]
    hours = bars(
        [
            Bar(
                time_of_day(write.lang, clock(int(begin))), count / total,
                write.share(count / total),
            )
            for begin, count in by_hour.itertuples(index=False)
        ],
        key=f"{name}-hours",
        title=write(_BY_HOUR[answer.counts_residents]),
        slim=True,
    )  # fmt: skip
    return Markup('<div class="pair"><div>{}</div>{}</div>').format(charts, hours)


def _worst(answer: Answer, write: Writer) -> Section:
    fields = write.fields("rank", "unit_name", "residents_none", "reason")
    # Of four columns the reason is seen on a telephone too; a city is a unit and a municipality.
    names = ("unit_name", "municipality_name")
    fields[1] = write.field(
        "unit_name", lambda row: ", ".join(dict.fromkeys(row[name] for name in names))
    )
    if not answer.counts_residents:
        # Each is one.
        del fields[2]
    blocks = []
    for name, rows in with_reasons(answer, write.lang).groupby("points", sort=False):
        caption = write(
            _LISTED_UNITS[answer.counts_residents],
            points=write(words.REACH_POINTS[str(name)]),
            shown=min(_LISTED, len(rows)),
            count=len(rows),
        )
        blocks.append(
            tabulate(
                f"{name}-units",
                caption,
                fields,
                records(rows.head(_LISTED)),
                head=1,
                files=("gaps_reach.csv", "reach.csv"),
            )
        )
    title = write(_WORST[answer.counts_residents])
    heading = write.field("municipality_name")
    municipalities = municipality_tables(answer, write, heading, most=_MUNICIPALITIES)
    return Section.of("units", title, *municipalities, *blocks)


def _place_section(answer: Answer, write: Writer) -> Section:
    """List the points at which other hours would help most."""
    table = answer.places.assign(
        adds=answer.places[["earlier_adds", "later_adds"]].max(axis=1).fillna(0)
    )
    names = answer.result.places.set_index("place")["name"]
    table = table[table["adds"] > 0].sort_values(["adds", "place"], ascending=[False, True])
    table["place_name"] = table["place"].map(names)
    fields = [
        write.field("place_name"),
        write.field(
            "hours",
            lambda row: list[str | Link](opening_hours(write.lang, row["hours"]).splitlines()),
        ),
        write.field("appointments"),
        *counted(answer, write, "residents_walk", "residents_bus", "earlier_adds", "later_adds"),
    ]
    blocks = []
    for name, rows in table.groupby("points", sort=False):
        caption = write(
            Message("{points}: an hour more that would serve those who can use no point now"),
            points=write(words.REACH_POINTS[str(name)]),
        )
        blocks.append(
            tabulate(
                f"{name}-places",
                write.cut(caption, _LISTED, len(rows)),
                fields,
                records(rows.head(_LISTED)),
                wide=True,
                files=("reach_places.csv",),
            )
        )
    title = write(Message("Hours that would help"))
    if blocks:
        return Section.of("hours", title, *blocks)
    none = write(Message("No point would serve more people by opening an hour more."))
    return Section.of("hours", title, none)
