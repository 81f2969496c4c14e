"""What pages of a run tell of those who can go to a point, be served and be home again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.model.tables import TABLES
from vpvkac.texts import words
from vpvkac.texts.message import Message
from vpvkac.views.page import Link, Note, Section
from vpvkac.views.reach import headlines, municipality_tables, with_reasons
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    from vpvkac.analysis.reach import ThereAndBack
    from vpvkac.questions.coverage.view import Result

PAGE = "reach.html"
_TITLE = Message("There, served, and home again")


def report_section(result: Result, found: ThereAndBack) -> Section:
    """Say for each set how many can, and list the municipalities by how many cannot."""
    write = Writer.of(result)
    tables = municipality_tables(found, write, write.field("municipality_name", write.municipality))
    page = Note(write(Message("Map, hours, method and limits")), href=PAGE)
    lists = Note(write(TABLES["gaps_reach"].title), href="gaps.html#ways")
    names = result.places.set_index("place")["name"]
    said = headlines(found, write.lang, names)
    return Section.of("ways", write(_TITLE), *said, page, lists, *tables)


def gaps_section(result: Result, found: ThereAndBack) -> tuple[Section, int]:
    """List the units in which some residents cannot, what would help, and how many they are."""
    write, gaps = Writer.of(result), with_reasons(found.of_widest_set(), result.lang)
    fields = [
        *write.fields("rank"),
        write.field("unit_name", _on_map),
        write.field("municipality_name", write.municipality),
        *(write.fields("residents_none") if found.counts_residents else []),
        write.field("remedy", lambda row: write(words.REACH_REMEDIES[row["remedy"]])),
        *write.fields("reason"),
    ]
    title = write(TABLES["gaps_reach"].title)
    caption = write(words.REACH_POINTS[gaps["points"].iloc[0]]) if len(gaps) else title
    table = tabulate(
        "ways-units", caption, fields, records(gaps), head=1, wide=True, files=("gaps_reach.csv",)
    )
    none = write(Message("Everyone can."))
    every = Message("Those of the open centres, too, are in gaps_reach.csv.")
    note = Note(write(every), "quiet")
    return Section.of("ways", title, table if len(gaps) else none, note), len(gaps)


def _on_map(row: dict[str, str]) -> Link:
    return Link(row["unit_name"], f"map.html#unit={row['unit']}")
