"""The page on who gained and lost the way to a contact point and back."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import TYPE_CHECKING

from vpvkac.model.columns import COLUMNS
from vpvkac.render.frame import render
from vpvkac.render.picture import dots
from vpvkac.texts import words
from vpvkac.texts.formats import date, number
from vpvkac.texts.message import Lang, Message
from vpvkac.views.page import Page, Section
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.questions.compare.answer import Comparison
    from vpvkac.questions.compare.there_and_back import WaysChanged
    from vpvkac.views.page import About, Table

TITLE = Message("What changes in the ways there and back")
_LISTED = 50
_STYLES = {"lost": "none", "gained": "existing"}
_LABELS = {
    "lost": Message("Residents who lose the way"),
    "gained": Message("Residents who gain the way"),
}
# Listed are those, too, who can still.
_TABLES = (*_STYLES, "fewer")
_AT_ALL_STOPS = {
    "departures_a": Message("Departures, sum over stops (A)"),
    "departures_b": Message("Departures, sum over stops (B)"),
    "arrivals_a": Message("Arrivals, sum over stops (A)"),
    "arrivals_b": Message("Arrivals, sum over stops (B)"),
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
    lines = [] if ways.counts_residents else [words.UNITS_AS_RESIDENTS.text(lang)]
    for row in records(ways.country):
        names = ("lost", "gained", "fewer", "more", "able_a", "able_b", "residents")
        points = words.REACH_POINTS[row["points"]].text(lang)
        counts = {name: number(lang, row[name]) for name in names}
        lines.append(_ANSWER.text(lang).format(points=points, **counts))
    for name, side in ways.alone:
        points = words.REACH_POINTS[name].text(lang)
        lines.append(_ALONE.text(lang).format(points=points, side=side))
    return lines


def ways_page(
    comparison: Comparison, about: About, warning: str, what: Table | None, lang: Lang
) -> str:
    """Write the page, which needs nothing else; `what` tells what A and B are."""
    page = Page(TITLE.text(lang), "sections.html", ("report.css", "reach.css"))
    context = {
        "contents": Message("Contents").text(lang),
        "sections": [*_sections(comparison, warning, what, lang)],
    }
    return render(page, context, about)


def _sections(
    comparison: Comparison, warning: str, what: Table | None, lang: Lang
) -> Iterator[Section]:
    ways, write = comparison.ways, Writer(lang, comparison.b.threshold_m)
    if ways is None:
        return
    yield Section.of("answer", write(Message("Summary")), warning or None, *headlines(ways, lang))
    same = write(Message("Rules and inputs are the same on both sides."))
    yield Section.of("what-differs", write(Message("What A and B are")), what or same)
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
            dots(homes, "change", _STYLES, base, title, key=f"{name}-map", legend=legend)
            if len(homes)
            else None,
            *(
                _changed_units(f"{name}-{change}", rows[rows[change] > 0], change, write)
                for change in _TABLES
                if (rows[change] > 0).any()
            ),
        )
    yield _service(ways, comparison.b.units, write)
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


def _changed_units(key: str, rows: pd.DataFrame, change: str, write: Writer) -> Table:
    """List the units whose residents change in one way, those first where most do."""
    order = rows.sort_values([change, "unit"], ascending=[False, True])
    names = ("unit_name", change, "municipality_name", "residents", "able_a", "able_b")
    caption = write.cut(write(COLUMNS[change].heading), _LISTED, len(rows))
    files = ("compare_reach.csv",)
    listed = records(order.head(_LISTED))
    return tabulate(key, caption, write.fields(*names), listed, wide=True, files=files)


def _service(ways: WaysChanged, units: gpd.GeoDataFrame, write: Writer) -> Section:
    """List the lines and the stops whose departures change."""
    title = write(Message("Lines and stops that change"))
    if ways.service.empty:
        return Section.of("service", title, write(Message("No line departs otherwise.")))
    sides = ("departures_a", "departures_b", "arrivals_a", "arrivals_b")
    lines, stops, files = ways.lines, ways.stops(units), ("compare_service.csv",)
    of_lines = write(Message("Lines, by calls lost at their stops"))
    of_stops = write(Message("Stops, those nearest to residents who lose their way first"))
    return Section.of(
        "service",
        title,
        tabulate("lines", write.cut(of_lines, _LISTED, len(lines)),
                 [*write.fields("line"),
                  *(write.field(_AT_ALL_STOPS[side], side) for side in sides)],
                 records(lines.head(_LISTED)), wide=True, files=files),
        tabulate("stops", write.cut(of_stops, _LISTED, len(stops)),
                 [write.field(Message("Stop"), "stop_name"),
                  *write.fields("residents_lost", "unit_name"),
                  write.field(Message("Lines"), itemgetter("lines")), *write.fields(*sides)],
                 records(stops.head(_LISTED)), wide=True, files=files),
    )  # fmt: skip
