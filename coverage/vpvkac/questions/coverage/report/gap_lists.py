"""The section on gaps: every list with its reasons, a long one in part, and clusters of gaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from vpvkac.analysis.gap_counts import count_remedies
from vpvkac.analysis.gaps import EXTENT_M
from vpvkac.model.tables import TABLES
from vpvkac.texts import formats, words
from vpvkac.texts.message import Message, Text, in_context
from vpvkac.views.gaps import (
    AccessGap,
    CoverageGap,
    Gap,
    MunicipalityGap,
    ServiceGap,
    access_sentence,
)
from vpvkac.views.page import Block, Heading, Link, Note, Section, Table
from vpvkac.views.writer import Field, Writer, records, tabulate

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

# A longer list stands whole on gaps.html.
_MOST_ROWS = 60
_KEYS: dict[type[Gap], str] = {
    AccessGap: "access",
    ServiceGap: "service",
    CoverageGap: "coverage",
    MunicipalityGap: "no-centre",
}
_NOTHING = Message("There are no such gaps.")
_WHEN = {
    "verify_location": Message("the place is located so roughly that the verdict could change"),
    "move_within_unit": Message("another place of the unit is within the threshold"),
    "ask_for_stop": Message("a stop is no farther than twice the threshold"),
    "ask_for_service": Message(
        "a stop is within the threshold, but no more than 3 buses call there on the service day"
    ),
    "other_premises": Message("the stop is farther, but the unit has stops"),
    "remote_support": Message("the unit has no stop"),
}


def gaps_section(result: Result, tables: Mapping[str, pd.DataFrame]) -> Section:
    """List the gaps of every kind, what is recommended and when, and the clusters."""
    write = Writer.of(result)
    remedy = write.field("remedy")
    access = access_sentence(result.gaps_access, result.network, write)
    in_municipality = Message("Territorial unit, municipality")
    not_judged = Message("No list of centres is given, so municipalities are not judged.")

    def of_point(own: Field) -> list[Field]:
        return [
            write.field("place_name", lambda gap: Link(gap.place_name or gap.code, gap.href)),
            write.field(in_municipality, lambda gap: f"{gap.name}, {gap.municipality}"),
            write.field(Message("Distance"), lambda gap: gap.distance, number=True),
            own,
        ]

    return Section.of(
        "gaps",
        write(Message("Gaps, reasons and recommended actions")),
        Note(write(Message("Full lists with addresses")), href="gaps.html"),
        _remedies_table(tables, write),
        *_gap_list(
            AccessGap,
            Message("Points beyond {threshold} of a stop, or with a position to be verified"),
            tables["gaps_access"],
            of_point(remedy),
            write,
            note=access,
        ),
        *_gap_list(
            ServiceGap,
            Message("Points within {threshold} of a stop where few buses call"),
            tables["gaps_service"],
            of_point(write.field("visits_within")),
            write,
        ),
        *_gap_list(
            CoverageGap,
            Message("Territorial units with no contact point"),
            tables["gaps_coverage"],
            [
                write.field("unit_name", lambda gap: Link(gap.name, gap.href)),
                write.field("municipality_name"),
                write.field(Message("To the nearest point"), lambda gap: gap.distance, number=True),
                remedy,
            ],
            write,
        ),
        *_gap_list(
            MunicipalityGap,
            Message("Municipalities in which no centre is open"),
            tables["gaps_municipalities"],
            [
                write.field("municipality_name"),
                write.field(Message("Units"), "units"),
                write.field(words.MAP["area"], lambda gap: gap.area, number=True),
                remedy,
            ],
            write,
            none=_NOTHING if "centre" in result.project.hosts else not_judged,
        ),
        Heading(write(TABLES["gap_clusters"].title)),
        *_clusters(tables, write),
    )


def clusters_section(result: Result, tables: Mapping[str, pd.DataFrame]) -> Section:
    """List the neighbouring gaps that one measure could mend."""
    write = Writer.of(result)
    title = write(TABLES["gap_clusters"].title)
    return Section.of("clusters", title, *_clusters(tables, write))


def _gap_list(
    kind: type[Gap],
    title: Text,
    table: pd.DataFrame,
    fields: Sequence[Field],
    write: Writer,
    *,
    note: str = "",
    none: Text = _NOTHING,
) -> list[Block]:
    """Caption a list with its length, and with how much of it stands here."""
    gaps, heading = kind.of(table, write), Heading(write(kind.title))
    if not gaps:
        return [heading, write(none)]
    caption = f"{write.heading(title)}: {write.number(len(gaps))}"
    if len(gaps) > _MOST_ROWS:
        part = Message("{shown} of {all} shown")
        shown = write(part, shown=write.number(_MOST_ROWS), all=write.number(len(gaps)))
        caption = f"{caption} ({shown})"
    whole = [write.field("rank", lambda gap: gap.rank), *fields, write.field("reason")]
    shown_table = tabulate(_KEYS[kind], caption, whole, gaps[:_MOST_ROWS], head=1, wide=True)
    return [heading, *([Note(note, "note")] if note else []), shown_table]


def _remedies_table(tables: Mapping[str, pd.DataFrame], write: Writer) -> Table | None:
    """Count gaps of points by remedy, and say when each is recommended; None without gaps."""
    counts = count_remedies(tables["gaps_access"], tables["gaps_service"])
    fields = [
        write.field("remedy", lambda remedy: write(words.REMEDIES[remedy])),
        write.field(Message("Count"), lambda remedy: write.number(counts[remedy]), number=True),
        write.field(Message("When it is recommended"), lambda remedy: write(_WHEN[remedy])),
    ]
    caption = write(Message("Access gaps and rarely served points by recommended action"))
    found = [remedy for remedy in _WHEN if remedy in counts]
    return tabulate("remedies", caption, fields, found) if found else None


def _clusters(tables: Mapping[str, pd.DataFrame], write: Writer) -> list[Block]:
    """Say what a cluster is, and list them."""
    clusters = records(tables["gap_clusters"])
    note = Message(
        "A cluster holds gaps that have the same recommended action and lie within {extent} of "
        "each other in a straight line, so that one measure could close them."
    )
    extent = f"{formats.plain(write.lang, EXTENT_M / 1000)}{formats.NBSP}km"
    said = write(note, extent=extent)
    if not clusters:
        return [said, write(in_context("decisions", "There are no such gaps."))]
    people = any(pd.notna(row["residents"]) for row in clusters)
    fields = [
        write.field("rank", lambda row: str(row["cluster"])),
        write.field("cluster_name", lambda row: [str(row["name"])]),
        *write.fields("remedy", "gaps", "units", *["residents"] * people),
        write.field("extent_m"),
        write.field("reason"),
    ]
    caption = write(Message("Clusters of gaps: {}"), write.number(len(clusters)))
    return [said, tabulate("clusters-table", caption, fields, clusters, head=1, wide=True)]
