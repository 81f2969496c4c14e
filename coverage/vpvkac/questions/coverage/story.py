"""The story of a run: a sentence, four figures, what was found, a map; and `index.html`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd
from markupsafe import Markup

from vpvkac.analysis.decisions import count_states
from vpvkac.analysis.map_classes import count_remedies
from vpvkac.render.frame import render, stacked_bar
from vpvkac.render.navigation import LIST
from vpvkac.render.picture import MARKED, Key, alone, draw, swatch
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Message, Plural, Text, in_context
from vpvkac.views.page import Block, Figure, Legend, Link, More, Page, Section, about
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

_Tables = Mapping[str, pd.DataFrame]

PICTURE, MAP_AS_PICTURE = "pictures/map.svg", Message("The map as a picture (SVG)")
_MOST_MUNICIPALITIES = 12
# Verdict on a unit: the fill of its area.
_FILLS = {"within": "within", "beyond": MARKED, "none": "none", "unknown": "same"}
_TOO_FAR = Plural("{n} point is too far from a stop", "{n} points are too far from a stop")
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
_NO_WAY = Message("Residents who cannot go to a point and be home again: {residents} ({points})")
_DECISIONS = Plural("{n} decision is open", "{n} decisions are open")


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
    if result.reach and "reach_network_share" in values and "points_within_share" in values:
        both = Message(
            "{share} of the contact points, existing and planned, have a bus stop within "
            "{threshold}; {able} of residents can go to a point, be served and be home again on "
            "one day"
        )
        return write(
            both,
            share=write.share(values["points_within_share"]),
            threshold=write.threshold(),
            able=write.share(values["reach_network_share"]),
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


def findings(result: Result, tables: _Tables) -> Iterator[Finding]:
    """Say what was found, the worst first: each as a sentence that can stand as a heading."""
    write, values = Writer.of(result), _values(result)
    remedies = count_remedies(tables["gaps_access"], tables["gaps_service"])
    if beyond := int(values.get("points_beyond", 0)):
        heading = write(_TOO_FAR.with_values(beyond))
        if moved := int(remedies.get("move_within_unit", 0) + remedies.get("library", 0)):
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
            heading = write(_NO_WAY, residents=write.number(row["none"]), points=points)
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

    page = "municipalities/{municipality}/index.html"
    fields = [
        write.field("municipality_name",
                    lambda row: Link(row["municipality_name"], page.format(**row))),
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


def national_map(result: Result) -> tuple[Markup, list[Key]]:
    """Draw units by verdict and the gaps, with the legend."""
    write, network = Writer.of(result), result.network
    within = network["within"].astype("boolean")
    verdict = pd.Series("unknown", network.index).mask(within.fillna(value=False), "within")
    verdict = verdict.mask(~within.fillna(value=True), "beyond")
    verdict = verdict.mask(network["status"] == "none", "none")
    by_unit = dict(zip(network["unit"], verdict, strict=True))
    labels: dict[str, Text] = {
        "within": in_context("units", "The point has a stop within {threshold}"),
        "beyond": in_context("units", "The point is too far from a stop"),
        "none": words.STATUSES["none"],
        "unknown": words.NO_STOPS,
    }
    keys = [
        Key(_FILLS[code], write.heading(label), write.number(int((verdict == code).sum())))
        for code, label in labels.items()
        if (verdict == code).any()
    ]
    marks = gpd.GeoSeries(network.geometry[verdict == "beyond"])
    fills = result.units["unit"].map(by_unit).map(_FILLS)
    drawn = draw(result.units, fills, marks, headline(result), keys)
    # Numbers, names and a title, which ElementTree has escaped.
    return Markup(drawn), keys  # noqa: S704


def national_picture(result: Result) -> str:
    """Draw the same as a file of its own."""
    drawn, keys = national_map(result)
    entries = [(swatch(key.fill), f"{key.label}: {key.number}") for key in keys]
    return alone(drawn, headline(result), entries)


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
    drawn, keys = national_map(result)
    context = {
        "figures": key_figures(result),
        "map": drawn,
        "keys": keys,
        "picture": PICTURE,
        "picture_label": write(MAP_AS_PICTURE),
        "readers_heading": write(Message("Where to go from here")),
        "readers": [(write(who), href, write(label), write(what))
                    for who, href, label, what in _READERS],
        "pages_heading": write(Message("All pages")),
        "list": LIST,
    }  # fmt: skip
    page = Page(headline(result), "index.html", ("story.css",))
    return render(page, context, about(result, result.lang))
