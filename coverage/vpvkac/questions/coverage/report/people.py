"""Sections on residents near the points, and on libraries beside post offices."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis import catchment
from vpvkac.analysis.catchment import rates
from vpvkac.analysis.coverage import added_units
from vpvkac.render import charts
from vpvkac.texts import formats, words
from vpvkac.texts.message import Message, in_context
from vpvkac.views.page import Beside, Section, Table
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    from markupsafe import Markup

    from vpvkac.questions.coverage.view import Result


_POINTS = {
    "existing": Message("Near existing centres"),
    catchment.NETWORK: Message("Near all points"),
}
_BOTH = "libraries+post_offices"
_HOSTS = {
    "libraries": Message("Libraries"),
    "post_offices": Message("Post offices"),
    _BOTH: Message("Both together"),
}
_HOST_OF = {"libraries": "library", "post_offices": "post_office"}


def people_section(result: Result) -> Section:
    """Count residents in units with a point and within each distance, and what they may ask for."""
    write, counted = Writer.of(result), result.residents
    title = write(in_context("page", "Residents near the points"))
    if counted.empty:
        text = Message(
            "Residents are not given (population), so neither those near the points nor the "
            "services they may ask for are computed."
        )
        return Section.of("people", title, write(text))
    charts_ = _people_charts(result, write)
    table = _people_table(result, write)
    return Section("people", title, [*people_sentences(result), table, Beside(charts_)])


def people_sentences(result: Result) -> list[str]:
    """Say how residents were counted, and how many services are expected."""
    write = Writer.of(result)
    on_grid = Message(
        "Residents are counted by cells of the grid: a cell is counted at the distance of its "
        "centre. The published grid has 5 for counts of 1 to 10, so every count is given with the "
        "range (in brackets) within which it is certain to lie."
    )
    by_unit = Message(
        "An estimate: residents are known by territorial unit only, so they are assumed to live "
        "evenly over its area; the share of residents within a distance equals the share of the "
        "area within it."
    )
    services = Message(
        "Services expected a year at all points together: {least}–{most}. The rate per 1000 "
        "residents is {outside} services in parishes, {towns} in towns and {cities} in state "
        "cities (2020 analysis, table 41). It is a band, because the published count may be one of "
        "21 months; state cities had no centre in 2019, so the upper end there is the rate of the "
        "whole country. The services are divided among the points by the residents to whom each is "
        "the nearest (network.csv)."
    )
    least, most = catchment.expected_services(result.network)
    # The band of each rate, of 1000 residents.
    bands = {
        kind: "–".join(write.number(float(1000 * end), 1) for end in rates()[kind])
        for kind in ("parish", "town", "state_city")
    }
    said = write(
        services,
        least=write.number(least),
        most=write.number(most),
        outside=bands["parish"],
        towns=bands["town"],
        cities=bands["state_city"],
    )
    on = result.residents["basis"].iloc[0] == catchment.GRID
    return [write(on_grid if on else by_unit), said]


def _people_table(result: Result, write: Writer) -> Table:
    by_key = {(row["measure"], row["points"]): row for row in records(result.residents)}

    def counted(points: str, measure: str) -> str:
        found = by_key[measure, points]
        names = {"population": "residents", "population_least": "least", "population_most": "most"}
        return words.residents(write.lang, {name: found[of] for name, of in names.items()})

    def shared(points: str, measure: str) -> str:
        """Write a share, and the band it lies in where suppressed counts leave it open."""
        found = by_key[measure, points]
        share, least, most = (found[name] for name in ("share", "share_least", "share_most"))
        if pd.isna(share) or least == most:
            return write.share(share)
        return f"{write.share(share)} ({formats.share_band(write.lang, least, most)})"

    labels = _labels(write)
    fields = [write.field(Message("Group of residents"), lambda measure: labels[measure])]
    for points, heading in _POINTS.items():
        fields += [
            write.field(heading, partial(counted, points), number=True),
            write.field(Message("Share"), partial(shared, points), number=True),
        ]
    caption = write(Message("Residents by distance to the nearest contact point"))
    return tabulate("people", caption, fields, labels)


def _people_charts(result: Result, write: Writer) -> list[Markup]:
    """Draw the share of residents within each distance; nothing where it cannot be told."""
    shares = result.residents.set_index(["measure", "points"])["share"]
    if shares.isna().any():
        return []
    labels = {name: label for name, label in _labels(write).items() if name != catchment.IN_UNIT}
    title = Message("Share of residents within a distance of {}")
    return [
        charts.bars(
            [
                charts.Bar(label, share := float(shares[measure, points]), write.share(share))
                for measure, label in labels.items()
            ],
            key=f"people-{points}",
            title=write(title, write(words.NEAR_POINTS[points])),
        )
        for points in _POINTS
    ]


def _labels(write: Writer) -> dict[str, str]:
    """Label the measures, in the order of the table."""
    within = {
        f"within_{metres}": write(Message("Within {}"), at) for metres, at in words.RADII.items()
    }
    return {catchment.IN_UNIT: write(Message("The unit has a point")), **within}


def hosts_section(result: Result) -> Section:
    """Set libraries against post offices in a sentence, a table and a chart."""
    write = Writer.of(result)
    title = write(Message("Libraries compared with post offices"))
    named = [name for name, host in _HOST_OF.items() if host in result.project.hosts]
    if not named:
        return Section.of("hosts", title, write(Message("No libraries or post offices are given.")))
    if len(named) == len(_HOST_OF):
        named.append(_BOTH)
    hosts = result.hosts[result.hosts["hosts"].isin(named)]
    rows = records(hosts)
    analysis = Message(
        "The 2020 analysis (chapter 3.6) found that libraries cover more territory and that "
        "Latvijas Pasts is not needed as a partner; the table allows this to be tested on the data "
        "given."
    )
    return Section.of(
        "hosts",
        title,
        _added(result.hosts, write) if _BOTH in named else None,
        None if result.synthetic else write(analysis),
        _hosts_table(rows, write),
        charts.bars(
            [
                charts.Bar(
                    write(_HOSTS[row["hosts"]]), row["units_share"], write.share(row["units_share"])
                )
                for row in rows
            ],
            key="hosts",
            title=write(Message("Share of units that hold such a place")),
        ),
    )


def _added(hosts: pd.DataFrame, write: Writer) -> str:
    """Say what post offices would add to the libraries."""
    text = Message(
        "Units with a library: {libraries}; with a post office: {post_offices}; with a post office "
        "but no library: {added}. In so many units post offices could add to the network of "
        "libraries."
    )
    shares = hosts.set_index("hosts")["units_share"]
    return write(
        text,
        libraries=write.share(shares["libraries"]),
        post_offices=write.share(shares["post_offices"]),
        added=write.number(added_units(hosts)),
    )


def _hosts_table(rows: list[dict[Any, Any]], write: Writer) -> Table:
    fields = [
        write.field("host", lambda row: write(_HOSTS[row["hosts"]])),
        write.field("places"),
        write.field(Message("Units that hold one"), "units"),
        write.field("units_share"),
        write.field("within", lambda row: write.number(row["within"]), number=True),
        write.field(Message("Within {threshold}, %"), "within_share"),
        write.field(Message("Chosen within {threshold}, %"), "chosen_within_share"),
        write.field(Message("Units with neither a centre nor any other place"), "only_units"),
    ]
    caption = write(Message("Libraries and post offices"))
    return tabulate("hosts", caption, fields, rows, wide=True)
