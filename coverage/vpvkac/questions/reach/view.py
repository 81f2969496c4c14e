"""What is shown of reach: who can use a contact point within a day, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import numpy as np
from markupsafe import Markup

from vpvkac.geo.geodesy import to_planar
from vpvkac.model.tables import TABLES
from vpvkac.questions.reach.answer import BUS, NONE, WALK, Answer, clock
from vpvkac.render.frame import Bar, Segment, bars, render, whole
from vpvkac.render.symbols import QUIET
from vpvkac.texts import words
from vpvkac.texts.formats import date, opening_hours, time_of_day
from vpvkac.texts.message import Lang, Message
from vpvkac.views.page import Legend, Link, Page, Section, about
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

TITLE = Message("There, served, and home again")
_CLASSES = (WALK, BUS, NONE)
# The class of the colour of each, of the style sheet for charts.
_STYLES = {WALK: "existing", BUS: "planned", NONE: "none"}
_LISTED = 30
_WIDTH = 900.0
_REASONS = {
    "no_outbound": Message(
        "Residents whom no vehicle brings to a point while it is open: {residents}. Asked for: a "
        "departure from the stop “{stop}”, to be there at {begin}–{end}: {place}."
    ),
    "no_return": Message(
        "Residents who get to a point but not home by {home}: {residents}. Asked for: a departure "
        "at {begin}–{end} to the stop “{stop}” from: {place}."
    ),
    "hours": Message(
        "Residents who could if a point were open at other hours: {residents}. Most would be "
        "served by an appointment at {begin}: {place}."
    ),
}
_WITHOUT_HELP = {
    "no_stop": Message("Residents without a served stop within {walk} min on foot: {residents}."),
    "no_outbound": Message("No point has an appointment. Residents: {residents}."),
    "no_return": Message("No point has an appointment. Residents: {residents}."),
}
_METHOD = (
    Message(
        "The day of the timetables is {day}; counted are residents who leave home at or after "
        "{leave}, are at a point by the beginning of an appointment, stay {stay} min while it is "
        "open, and are home by {home}; each way on foot or by vehicle, whichever serves."
    ),
    Message(
        "A walk is the straight line times 1.3 at 70 m a minute, at most {walk} min; between two "
        "vehicles at most 10 min and never two in a row. A change takes a minute besides the walk. "
        "Appointments are every half hour."
    ),
    Message(
        "Residents are those of a cell of the grid, taken at its centre. Not looked at: whether a "
        "bus is late or full, transfers while seated, the streets between home and stop."
    ),
)
_ASSUMED = Message(
    "Residents who can, but at a point whose hours are not known and taken to be {hours}: {share}."
)
_ARRANGED = Message("Residents who depend on a call that must be arranged beforehand: {share}.")
_UNTIMED = Message("Trips without times that can be used, left out: {count}.")


def reason(row: Any, answer: Answer, lang: Lang) -> str:
    """Say why most of the residents of a unit who cannot cannot, and what to ask for."""
    write = Writer(lang, answer.result.threshold_m)
    text = _REASONS[row["way"]] if row["begin"] else _WITHOUT_HELP[row["way"]]
    return write(
        text,
        residents=write.number(row["hindered"]),
        walk=answer.question.walk,
        home=time_of_day(lang, answer.question.home),
        stop=row["stop"],
        place=row["place"],
        **{name: time_of_day(lang, row[name]) for name in ("begin", "end") if row["begin"]},
    )


def with_reasons(answer: Answer, lang: Lang) -> pd.DataFrame:
    """Give the gaps with their sentences, as in gaps_reach.csv."""
    gaps = answer.gaps.copy()
    gaps["reason"] = [reason(row, answer, lang) for row in gaps.to_dict("records")]
    return gaps[list(TABLES["gaps_reach"].names)]


def headlines(answer: Answer, lang: Lang) -> list[str]:
    """Say for each set of points how many residents can, and how."""
    write = Writer(lang, answer.result.threshold_m)
    text = Message(
        "{points}: {able} of residents can go there, be served and be home again on one day "
        "({walk} on foot, {bus} by bus). Residents who cannot: {none}."
    )
    lines = []
    for row in _country(answer).to_dict("records"):
        total = row["residents"] or 1
        lines.append(
            write(
                text,
                points=write(words.REACH_POINTS[row["points"]]),
                able=write.share((row["walk"] + row["bus"]) / total),
                walk=write.share(row["walk"] / total),
                bus=write.share(row["bus"] / total),
                none=write.number(row["none"]),
            )
        )
    return lines


def terminal_lines(answer: Answer, files: Sequence[Path], lang: Lang) -> list[str]:
    """Say the headlines under the title, and which files were written."""
    sample = [words.SAMPLE.text(lang)] if answer.result.synthetic else []
    written = Message("Files: {}").text(lang).format(", ".join(map(str, files)))
    day = Message("Day of the timetables: {}").text(lang).format(date(lang, answer.day.isoformat()))
    return [TITLE.text(lang), *sample, "", *headlines(answer, lang), day, "", written]


def reach_page(answer: Answer, lang: Lang) -> str:
    """Write the page, which needs nothing else; the same answer gives the same text."""
    page = Page(TITLE.text(lang), "sections.html", style=("report.css", "reach.css"))
    context = {
        "contents": Message("Contents").text(lang),
        "sections": [*_sections(answer, lang)],
    }
    return render(page, context, about(answer.result, lang))


def _country(answer: Answer) -> pd.DataFrame:
    units = answer.units
    return units[(units["unit"] == "") & (units["municipality"] == "")]


def _sections(answer: Answer, lang: Lang) -> Iterator[Section]:
    write = Writer(lang, answer.result.threshold_m)
    labels = [(_STYLES[kind], write(words.REACH_CLASSES[kind])) for kind in _CLASSES]
    base = answer.result.units.dissolve("municipality", method="coverage")
    yield Section.of("answer", write(Message("Summary")), *headlines(answer, lang))
    for row in _country(answer).to_dict("records"):
        name = row["points"]
        title = write(words.REACH_POINTS[name])
        homes = answer.homes[answer.homes["points"] == name]
        segments = [
            Segment(
                write(words.REACH_CLASSES[kind]),
                int(row[kind]),
                f"{write.number(row[kind])} ({write.share(row[kind] / (row['residents'] or 1))})",
                _STYLES[kind],
            )
            for kind in _CLASSES
        ]
        chart = Message("Residents by how they get there and back")
        yield Section.of(
            name,
            title,
            whole(segments, key=f"{name}-classes", title=write(chart))
            if row["residents"]
            else None,
            Legend(write(Message("Legend")), labels),
            _map(homes, base, write(chart)),
            *_obstacles(homes, write, name),
            _hour_chart(answer, write, row),
        )
    yield _worst(answer, write)
    yield _place_section(answer, write)
    facts = {
        "day": date(lang, answer.day.isoformat()),
        "leave": time_of_day(lang, answer.question.leave),
        "home": time_of_day(lang, answer.question.home),
        "stay": answer.question.stay, "walk": answer.question.walk,
    }  # fmt: skip
    notes = [write(text, **facts) for text in _METHOD]
    for name, share in answer.assumed.items():
        if share:
            text = write(
                _ASSUMED,
                share=write.share(share),
                hours=opening_hours(lang, answer.question.assumed_hours),
            )
            notes.append(f"{write(words.REACH_POINTS[name])}: {words.lowered(text)}")
    notes += [
        write(_ARRANGED, share=write.share(share)) for share in answer.arranged.values() if share
    ]
    if answer.counts["untimed"]:
        notes.append(write(_UNTIMED, count=write.number(answer.counts["untimed"])))
    yield Section.of("method", write(Message("Method and limitations")), *notes)


def _obstacles(homes: pd.DataFrame, write: Writer, name: str) -> Iterator[Markup]:
    """Draw what stands in the way of those who cannot."""
    none = homes[homes["class"] == NONE]
    total = none["residents"].sum()
    if not total:
        return
    sums = none["residents"].groupby(none["way"]).sum()
    yield bars(
        [
            Bar(
                write(words.REACH_WAYS[way]),
                float(sums.get(way, 0) / total),
                f"{write.number(sums.get(way, 0))} ({write.share(sums.get(way, 0) / total)})",
            )
            for way in words.REACH_WAYS
            if way
        ],
        key=f"{name}-ways",
        title=write(Message("What stands in the way of those who cannot")),
    )


def _hour_chart(answer: Answer, write: Writer, row: Any) -> Markup | None:
    """Draw how many residents can use an appointment that begins at each half hour."""
    rows = answer.by_hour[answer.by_hour["points"] == row["points"]]
    if not row["residents"]:
        return None
    return bars(
        [
            Bar(
                time_of_day(write.lang, clock(int(begin))),
                float(count / row["residents"]),
                write.share(count / row["residents"]),
            )
            for begin, count in rows[["begin", "residents"]].itertuples(index=False)
        ],
        key=f"{row['points']}-hours",
        title=write(Message("Residents who can use an appointment, by its beginning")),
    )


def _worst(answer: Answer, write: Writer) -> Section:
    fields = write.fields("rank", "unit_name", "municipality_name", "residents_none", "reason")
    blocks = []
    for name, rows in with_reasons(answer, write.lang).groupby("points", sort=False):
        caption = write(
            Message("{points}: units with most residents who cannot, {shown} of {count}"),
            points=write(words.REACH_POINTS[str(name)]),
            shown=min(_LISTED, len(rows)),
            count=len(rows),
        )
        blocks.append(
            tabulate(
                f"{name}-units", caption, fields, records(rows.head(_LISTED)), head=1, wide=True
            )
        )
    title = write(Message("Where most residents cannot"))
    return Section.of("units", title, *blocks)


def _place_section(answer: Answer, write: Writer) -> Section:
    """List the points at which other hours would help most."""
    table = answer.places.assign(
        adds=answer.places[["earlier_adds", "later_adds"]].max(axis=1).fillna(0)
    )
    names = answer.result.places.set_index("place")["name"]
    table = table[table["adds"] > 0].sort_values(["adds", "place"], ascending=[False, True])
    table["place_name"] = table["place"].map(names)
    fields = write.fields(
        "place_name", "hours", "appointments", "residents_walk", "residents_bus", "earlier_adds",
        "later_adds",
    )  # fmt: skip
    fields[1] = write.field(
        "hours", lambda row: list[str | Link](opening_hours(write.lang, row["hours"]).splitlines())
    )
    blocks = []
    for name, rows in table.groupby("points", sort=False):
        caption = write(
            Message("{points}: an hour more that would serve residents who can use no point now"),
            points=write(words.REACH_POINTS[str(name)]),
        )
        blocks.append(
            tabulate(f"{name}-places", caption, fields, records(rows.head(_LISTED)), wide=True)
        )
    text = "" if blocks else write(Message("No point would win residents by opening an hour more."))
    return Section.of("hours", write(Message("Hours that would help")), text or None, *blocks)


def _map(homes: pd.DataFrame, municipalities: gpd.GeoDataFrame, title: str) -> Markup:
    """Draw the homes by class over the municipalities: SVG that holds no text but its title."""
    west, south, east, north = municipalities.total_bounds
    scale = _WIDTH / (east - west)
    svg = ET.Element(
        "svg",
        {
            "class": "plan",
            "role": "img",
            "viewBox": f"0 0 {_WIDTH:.0f} {(north - south) * scale:.0f}",
        },
    )
    ET.SubElement(svg, "title").text = title
    import shapely

    outlines = ET.SubElement(svg, "g", {"fill": "none", "stroke": QUIET, "stroke-width": "0.6"})
    for shape in municipalities.geometry:
        for ring in shapely.get_rings(shapely.simplify(shape, 300)):
            at = shapely.get_coordinates(ring)
            x, y = (at[:, 0] - west) * scale, (north - at[:, 1]) * scale
            path = "L".join(f"{a:.0f} {b:.0f}" for a, b in zip(x, y, strict=True))
            ET.SubElement(outlines, "path", {"d": f"M{path}Z"})
    x, y = to_planar(homes["lat"].to_numpy(), homes["lon"].to_numpy())
    x, y = (x - west) * scale, (north - y) * scale
    radius = np.clip(np.sqrt(homes["residents"].to_numpy(float)) / 12, 1.0, 6.0)
    for kind in _CLASSES:
        rows = np.flatnonzero((homes["class"] == kind).to_numpy())
        # A line of no length with round ends is a dot: one path for dots of a size.
        for size in np.unique(radius[rows].round()):
            dots = rows[radius[rows].round() == size]
            path = "".join(f"M{x[dot]:.0f} {y[dot]:.0f}h0" for dot in dots)
            ET.SubElement(
                svg,
                "path",
                {"d": path, "class": f"dots {_STYLES[kind]}", "stroke-width": f"{2 * size:.0f}"},
            )
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704 - numbers, and an escaped title
