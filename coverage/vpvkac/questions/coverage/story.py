"""The story of a run: a sentence, four figures, what was found, a map; and `index.html`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from vpvkac.analysis.decisions import count_states
from vpvkac.analysis.map_classes import count_gaps, count_remedies, verdicts
from vpvkac.questions.coverage import legend
from vpvkac.render.frame import render, stacked_bar
from vpvkac.render.navigation import LIST
from vpvkac.render.picture import alone, draw
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Message, Plural, in_context
from vpvkac.views import maps
from vpvkac.views.gaps import access_sentence, counts_sentence, reply_by
from vpvkac.views.page import Block, Figure, Legend, Link, More, Page, Section, about
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

_Tables = Mapping[str, pd.DataFrame]

PICTURE, _MAP_AS_PICTURE = "pictures/map.svg", Message("The map as a picture (SVG)")
_MOST_MUNICIPALITIES = 12
_TOO_FAR = Plural("{n} point is too far from a stop", "{n} points are too far from a stop")
_STEPS = Plural("What to do about {n} gap", "What to do about {n} gaps")
_WHO = Message("Municipalities decide and propose.")
_WHO_BY = Message("Municipalities decide and propose, {when}.")
_START = Message("Start with the municipality's page")
_MOVE = Plural("{n} can move within its unit", "{n} can move within their units")
_RARE = Plural(
    "{n} point has a stop near, but few buses", "{n} points have a stop near, but few buses"
)
_NO_CLASS = Plural(
    "{n} point has a stop near, but too few buses for any quality class",
    "{n} points have a stop near, but too few buses for any quality class",
)
_WITHOUT = (
    ("gaps_coverage", Plural("{n} unit has no contact point", "{n} units have no contact point"),
     "unit_name", "coverage"),
    ("gaps_municipalities",
     Plural("{n} municipality has no open centre", "{n} municipalities have no open centre"),
     "municipality_name", "municipalities"),
)  # fmt: skip
_NO_WAY = {
    True: Message("Residents who cannot go to a point and be home again: {count} ({points})"),
    False: Message("Units from which one cannot go to a point and return: {count} ({points})"),
}
_DECISIONS = Plural("{n} decision is open", "{n} decisions are open")


class Steps(NamedTuple):
    """What to do: a heading, the sum that its number is, who acts by when, and where they begin.

    Then the measures, and what the sum lists: empty where that is all of one kind.
    """

    heading: str
    sum: str
    who: str
    start: Link
    measures: list[Figure]
    listed: str


class Finding(NamedTuple):
    """A finding: its heading in plain words, what stands behind it, where its list stands."""

    heading: str
    text: str
    href: str


def _values(result: Result) -> dict[str, Any]:
    """Give the values of the summary that are known."""
    first = result.summary.drop_duplicates("criterion").dropna(subset="value")
    return dict(zip(first["criterion"], first["value"], strict=True))


def headline(result: Result) -> str:
    """Say the result in a sentence."""
    write, values = Writer.of(result), _values(result)
    ways = {
        "reach_network_share": Message(
            "{share} of the contact points, existing and planned, have a bus stop within "
            "{threshold}; {able} of residents can go to a point, be served and be home again on "
            "one day"
        ),
        "reach_network_units_share": Message(
            "{share} of the contact points, existing and planned, have a bus stop within "
            "{threshold}; from {able} of territorial units one can go to a point, be served and be "
            "home again on one day"
        ),
    }
    for code in ways.keys() & values.keys() if "points_within_share" in values else ():
        return write(
            ways[code],
            share=write.share(values["points_within_share"]),
            threshold=write.threshold(),
            able=write.share(values[code]),
        )
    if "points_within" not in values:
        text = Message("Existing centres: {centres}, in territorial units: {units}")
        return write(text, centres=write.number(values.get("centres", 0)),
                     units=write.number(values["units"]))  # fmt: skip
    text = Message(
        "{share} of the contact points, existing and planned, have a bus stop within {threshold}"
    )
    return write(text, share=write.share(values["points_within_share"]),
                 threshold=write.threshold())  # fmt: skip


def key_figures(result: Result) -> list[Figure]:
    """Give the four figures, as far as they are known."""
    write, values = Writer.of(result), _values(result)
    out_of = Message("{label}, of {all}")
    points = values.get("points_within", 0) + values.get("points_beyond", 0)
    wanted = {
        "points_within": ("map.html", points),
        "points_beyond": ("gaps.html#access", points),
        "units_none": ("gaps.html#coverage", values["units"]),
        "units_existing": ("municipalities/index.html", values["units"]),
    }
    return [
        Figure(
            write.number(values[code]),
            write(out_of, label=words.criterion(write.lang, code, write.threshold_m),
                  all=write.number(whole)),
            href,
        )
        for code, (href, whole) in wanted.items()
        if code in values
    ]  # fmt: skip


def without_class(result: Result) -> Link | None:
    """Count the points near a stop that have no quality class, where there are any."""
    poor = result.gaps_quality
    if poor.empty:
        return None
    write, rare = Writer.of(result), result.gaps_service["place"].isin(poor["place"])
    text = Message(
        "Points with a stop within {threshold} and too few buses for any quality class: {count}; "
        "of these, points with no more than 3 calls: {few}."
    )
    counts = {"count": write.number(len(poor)), "few": write.number(int(rare.sum()))}
    return Link(write(text, threshold=write.threshold(), **counts), "gaps.html#quality")


def steps(result: Result) -> Steps:
    """Say how many gaps each measure would close, and where the list of each stands."""
    write = Writer.of(result)
    lists = result.gaps_access, result.gaps_service, result.gaps_coverage
    counts, gaps = count_remedies(*lists), count_gaps(*lists)
    figures = [
        Figure(write.number(counts[code]), write(label),
               f"gaps.html#remedy={quote(write(words.REMEDIES[code]))}")
        for code, label in words.STEPS.items()
        if code in counts
    ]  # fmt: skip
    return Steps(
        write(_STEPS.with_values(gaps.total)),
        counts_sentence(gaps, write.lang),
        who_acts(result.project.reply_by, write),
        start(write),
        figures,
        access_sentence(result.gaps_access, result.network, write),
    )


def who_acts(day: str, write: Writer) -> str:
    """Say who decides and proposes, and by which day (ISO) if one is given."""
    return write(_WHO_BY, when=reply_by(day, write)) if day else write(_WHO)


def start(write: Writer) -> Link:
    """Lead to where those who act begin."""
    return Link(write(_START), "municipalities/index.html")


def findings(result: Result, tables: _Tables) -> Iterator[Finding]:
    """Say what was found, the worst first: each as a sentence that can stand as a heading."""
    write, values = Writer.of(result), _values(result)
    moved = int((tables["gaps_access"]["remedy"] == "move_within_unit").sum())
    if beyond := int(values.get("points_beyond", 0)):
        heading = write(_TOO_FAR.with_values(beyond))
        if moved:
            heading = f"{heading}; {write(_MOVE.with_values(moved))}"
        yield Finding(heading, _farthest(tables, write), "gaps.html#access")
    if count := len(tables["gaps_quality"]):
        best = Message(
            "By the Austrian classes at least 8 buses are to call from 6 to 20 h, both directions."
        )
        yield Finding(write(_NO_CLASS.with_values(count)), write(best), "gaps.html#quality")
    elif count := len(tables["gaps_service"]):
        few = Message(
            "A stop is within {threshold}, but no more than 3 buses call on the service day."
        )
        text = write(few, threshold=write.threshold())
        yield Finding(write(_RARE.with_values(count)), text, "gaps.html#service")
    if found := result.reach:
        for row in records(found.country[found.country["none"] > 0]):
            points = write.small(words.REACH_POINTS[row["points"]])
            heading = write(
                _NO_WAY[found.counts_residents], count=write.number(row["none"]), points=points
            )
            way = write(
                Message("Most often: {way}."), way=write.small(words.REACH_WAYS[row["way"]])
            )
            yield Finding(heading, way, "gaps.html#ways")
    for name, noun, concerns, key in _WITHOUT:
        if count := len(tables[name]):
            text = _first(tables[name][concerns], write)
            yield Finding(write(noun.with_values(count)), text, f"gaps.html#{key}")
    if len(tables["follow_up"]):
        states = count_states(tables["follow_up"])
        counts = {"overdue": write.number(states.overdue), "done": write.number(states.done)}
        text = write(Message("Overdue: {overdue}. Done: {done}."), **counts)
        yield Finding(write(_DECISIONS.with_values(states.open)), text, "gaps.html#decisions")


def _farthest(tables: _Tables, write: Writer) -> str:
    """Name the three points that are farthest from a stop."""
    network = tables["network"]
    worst = network.sort_values(["distance_m", "unit"], ascending=[False, True]).head(3)
    names = [f"{row.place_name} ({write.metres(row.distance_m)})" for row in worst.itertuples()]
    return write(Message("The farthest: {names}."), names="; ".join(names))


def _first(names: pd.Series, write: Writer) -> str:
    """Name the first of a list, and say how many more there are."""
    first, more = ", ".join(names.head(5)), len(names) - 5
    if more <= 0:
        return f"{first}."
    return write(Message("{names} and {more} more."), names=first, more=write.number(more))


def worst_municipalities(result: Result, tables: _Tables) -> Section | None:
    """List the municipalities with the largest share of units without a point within reach."""
    write, table = Writer.of(result), tables["municipalities"]
    table = table.assign(gaps=table["points_beyond"] + table["units_none"])
    table["share"] = table["gaps"] / table["units"]
    table["name"] = table["municipality_name"].map(collation_key)
    order = table[table["gaps"] > 0].sort_values(
        ["share", "gaps", "name"], ascending=[False, False, True], kind="stable"
    )
    if order.empty:
        return None

    def bar(row: Mapping[Any, Any]) -> Markup:
        others = int(row["units"] - row["gaps"])
        return stacked_bar([0, others, int(row["points_beyond"]), int(row["units_none"])])

    fields = [
        write.field("municipality_name", write.municipality),
        write.field(Message("Units by reach"), bar),
        write.field(Message("Share of gaps"), lambda row: write.share(row["share"]), number=True),
        *write.fields("points_beyond", "units_none", "units"),
    ]  # fmt: skip
    caption = Message("Municipalities with gaps, the worst first: {shown} of {all}")
    first, files = order.head(_MOST_MUNICIPALITIES), ("municipalities.csv",)
    counts = {"shown": write.number(len(first)), "all": write.number(len(order))}
    colours = [
        ("band-1", write(Message("The point is within reach"))),
        ("band-2", write(in_context("units", "The point is too far from a stop"))),
        ("band-3", write(words.STATUSES["none"])),
    ]
    blocks: list[Block] = [
        Legend(write(Message("Colours of the bars")), colours),
        tabulate("worst", write(caption, **counts), fields, records(first), files=files),
    ]
    if len(order) > len(first):
        every = write(Message("All municipalities with gaps: {}"), counts["all"])
        rows = records(order)
        blocks.append(More(every, tabulate("worst-all", every, fields, rows, files=files)))
    return Section("worst", write(Message("Where it is worst")), blocks)


# --- The map -----------------------------------------------------------------------------------


def national_map(result: Result) -> tuple[Markup, list[maps.Group]]:
    """Draw units by verdict and the points beyond reach or to be verified, with the legend."""
    write, network = Writer.of(result), result.network
    fills = result.units["unit"].map(verdicts(network))
    marks = legend.marks_of(network)
    marks = marks[marks["halo"] | marks["uncertain"]]
    explained = legend.network_legend(network, set(marks["host"]), write.lang, write.threshold_m)
    said = "; ".join(text for _, text in legend.in_a_column(explained))
    drawn = draw(result.units, fills, headline(result), said, marks=marks)
    # Numbers, names and a title, which ElementTree has escaped.
    return Markup(drawn), explained  # noqa: S704


def national_picture(result: Result) -> str:
    """Draw the same as a file of its own."""
    drawn, explained = national_map(result)
    return alone(drawn, headline(result), legend.in_a_column(explained))


def first_screen(result: Result) -> dict[str, object]:
    """Give what the front page and the report begin with: figures, what to do, the map."""
    drawn, explained = national_map(result)
    return {
        "figures": key_figures(result),
        "poor": without_class(result),
        "steps": steps(result),
        "map": drawn,
        "legend": legend.with_samples(explained),
        "picture": PICTURE,
        "picture_label": _MAP_AS_PICTURE.text(result.lang),
    }


# --- index.html --------------------------------------------------------------------------------

_READERS = (
    (Message("You decide"), "report.html", Message("Report"),
     Message("What was found, in a page; what to do first, municipality by municipality.")),
    (Message("You examine"), "map.html", Message("Map"),
     Message("Every unit, with the stop and the distance on which the verdict rests.")),
    (Message("You work in a municipality"), "municipalities/index.html",
     Message("Municipality pages"),
     Message("Your gaps, what is asked of whom, and a workbook to fill in.")),
    (Message("You analyse"), "datapackage.json", Message("Tables and their columns"),
     Message("CSV files, a workbook (gaps.xlsx) and a GeoPackage for QGIS (coverage.gpkg).")),
)  # fmt: skip


def front_page(result: Result) -> str:
    """Make `index.html`: the answer, and where each reader goes from here."""
    write = Writer.of(result)
    context = {
        **first_screen(result),
        "readers_heading": write(Message("Where to go from here")),
        "readers": [(write(who), href, write(label), write(what))
                    for who, href, label, what in _READERS],
        "pages_heading": write(Message("All pages")),
        "list": LIST,
        "guide": write(words.GUIDE),
    }  # fmt: skip
    page = Page(headline(result), "index.html", ("story.css",))
    return render(page, context, about(result, result.lang))
