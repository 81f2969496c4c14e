"""The page on who gained and lost the way to a contact point and back."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import TYPE_CHECKING

from vpvkac.render.frame import render
from vpvkac.render.picture import dots
from vpvkac.texts import words
from vpvkac.texts.formats import date, number
from vpvkac.texts.message import Lang, Message
from vpvkac.views.page import Legend, Page, Section
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    from vpvkac.questions.compare.answer import Comparison
    from vpvkac.questions.compare.there_and_back import WaysChanged
    from vpvkac.views.page import About

TITLE = Message("What changes in the ways there and back")
_LISTED = 50
_STYLES = {"lost": "none", "gained": "existing"}
_LABELS = {
    "lost": Message("Residents who lose the way"),
    "gained": Message("Residents who gain the way"),
}
_ANSWER = Message(
    "{points}: residents who lose the way there and back: {lost}; who gain it: {gained}; who can "
    "still, at fewer appointments: {fewer}; at more: {more}. Who can: in A {able_a} of "
    "{residents}, in B {able_b}."
)
_ALONE = Message("{points}: not compared, for only one side has them ({side}).")
_METHOD = (
    Message(
        "Service day: A {day_a}, B {day_b}. A resident can go there and back if some appointment "
        "of some point of the set is usable (vpvkac reach); compared are the homes of both sides."
    ),
    Message(
        "A line that changes at a stop has other departures or arrivals there on the service day; "
        "the residents nearby live within the longest walk of the stop and lose their way, "
        "whatever the reason. All of it is in compare_reach.csv and compare_service.csv."
    ),
    Message("Homes that only one side has, and that are not compared: A {a}, B {b}."),
)


def headlines(ways: WaysChanged, lang: Lang) -> list[str]:
    """Say for each set of points how many residents gain and lose the way."""
    lines = []
    for row in records(ways.country):
        names = ("lost", "gained", "fewer", "more", "able_a", "able_b", "residents")
        points = words.REACH_POINTS[row["points"]].text(lang)
        counts = {name: number(lang, row[name]) for name in names}
        lines.append(_ANSWER.text(lang).format(points=points, **counts))
    for name, side in ways.alone:
        points = words.REACH_POINTS[name].text(lang)
        lines.append(_ALONE.text(lang).format(points=points, side=side))
    return lines


def ways_page(comparison: Comparison, about: About, warning: str, lang: Lang) -> str:
    """Write the page, which needs nothing else."""
    page = Page(TITLE.text(lang), "sections.html", ("report.css", "reach.css"))
    context = {
        "contents": Message("Contents").text(lang),
        "sections": [*_sections(comparison, warning, lang)],
    }
    return render(page, context, about)


def _sections(comparison: Comparison, warning: str, lang: Lang) -> Iterator[Section]:
    ways, write = comparison.ways, Writer(lang, comparison.b.threshold_m)
    if ways is None:
        return
    yield Section.of("answer", write(Message("Summary")), warning or None, *headlines(ways, lang))
    base = comparison.b.units.dissolve("municipality", method="coverage")
    for name in ways.country["points"]:
        homes = ways.homes[(ways.homes["points"] == name) & ways.homes["change"].isin(_STYLES)]
        title = write(words.REACH_POINTS[name])
        legend = [(_STYLES[change], write(label)) for change, label in _LABELS.items()]
        rows = ways.units[(ways.units["points"] == name) & (ways.units["unit"] != "")]
        yield Section.of(
            name,
            title,
            None if len(homes) else write(Message("No resident gains or loses the way.")),
            Legend(write(Message("Legend")), legend) if len(homes) else None,
            dots(homes, "change", _STYLES, base, title, key=f"{name}-map", legend=legend)
            if len(homes)
            else None,
            *(
                tabulate(
                    f"{name}-{change}",
                    write(_LABELS[change]),
                    write.fields(
                        "unit_name", "municipality_name", "residents", "able_a", "able_b", change
                    ),
                    records(
                        rows[rows[change] > 0]
                        .sort_values([change, "unit"], ascending=[False, True])
                        .head(_LISTED)
                    ),
                    wide=True,
                    files=("compare_reach.csv",),
                )
                for change in _STYLES
                if (rows[change] > 0).any()
            ),
        )
    yield _service(ways, write)
    days = dict(zip(("day_a", "day_b"), (date(lang, str(day)) for day in ways.days), strict=True))
    yield Section.of(
        "method",
        write(Message("Method and limitations")),
        write(_METHOD[0], **days),
        write(_METHOD[1]),
        write(_METHOD[2], a=write.number(ways.only[0]), b=write.number(ways.only[1]))
        if any(ways.only)
        else None,
    )


def _service(ways: WaysChanged, write: Writer) -> Section:
    """List the lines and the stops whose departures change."""
    title = write(Message("Lines and stops that change"))
    if ways.service.empty:
        return Section.of("service", title, write(Message("No line departs otherwise.")))
    sides = write.fields("departures_a", "departures_b", "arrivals_a", "arrivals_b")
    lines, stops, files = ways.lines, ways.stops, ("compare_service.csv",)
    caption = Message("{what}: {shown} of {count}")
    of_lines = write(
        caption,
        what=write(Message("Lines, by calls lost at their stops")),
        shown=write.number(min(_LISTED, len(lines))),
        count=write.number(len(lines)),
    )
    of_stops = write(
        caption,
        what=write(Message("Stops, those nearest to residents who lose their way first")),
        shown=write.number(min(_LISTED, len(stops))),
        count=write.number(len(stops)),
    )
    return Section.of(
        "service",
        title,
        tabulate("lines", of_lines, [*write.fields("line"), *sides],
                 records(lines.head(_LISTED)), wide=True, files=files),
        tabulate("stops", of_stops,
                 [write.field(Message("Stop"), "stop_name"),
                  write.field(Message("Lines"), itemgetter("lines")), *sides,
                  *write.fields("residents_lost")],
                 records(stops.head(_LISTED)), wide=True, files=files),
    )  # fmt: skip
