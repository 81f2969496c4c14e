"""The section on progress: how far the network has come, and what became of the decisions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from vpvkac.analysis.decisions import (
    DONE,
    OPEN,
    by_due,
    count_states,
    national_progress,
    published_plan,
    reference_day,
)
from vpvkac.analysis.gap_counts import count_decided
from vpvkac.model.tables import TABLES
from vpvkac.questions.coverage.report.criteria import NO_CENTRES
from vpvkac.texts import formats
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Lang, Message, in_context
from vpvkac.views.gaps import decided_sentence, decision_texts, is_own
from vpvkac.views.page import Cell, Link, Section, Table
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.questions.coverage.view import Result


_STATES = {
    OPEN: Message("Open decisions"),
    DONE: Message("Done (no longer a gap)"),
}
# Narrow headings, so that the table fits a sheet of paper.
_COUNTED = {
    "units": Message("Units"),
    "units_existing": in_context("centre", "Open"),
    "units_announced": Message("Announced"),
    "units_planned": Message("Planned"),
    "units_none": Message("None"),
    "remaining": Message("Still to open"),
}
_DECIDED = {
    "decisions_open": in_context("map", "Decisions open"),
    "decisions_done": in_context("map", "Decisions done"),
}


def progress_section(result: Result, tables: Mapping[str, pd.DataFrame]) -> Section:
    """Say how far the network has come, and what became of the decisions."""
    write = Writer.of(result)
    sentences = [*progress_sentences(result), *_counts(tables, write)]
    return Section.of(
        "progress",
        write(Message("Progress and decisions")),
        *(sentences or [write(NO_CENTRES)]),
        _progress_table(tables, write),
        *_decisions_tables(tables["follow_up"], write),
    )


def decisions_section(result: Result, tables: Mapping[str, pd.DataFrame]) -> Section:
    """List the planner's decisions, and say when one is done and when overdue."""
    write, day = Writer.of(result), reference_day(result.accounts)
    when_done = Message(
        "The decisions are those of decisions.csv. One is open while its unit stands in a gap "
        "list, and done once the unit is in none."
    )
    when_overdue = Message(
        "Due dates are judged as of {day}, the newest date among the inputs unless another was set."
    )
    return Section.of(
        "decisions",
        write(TABLES["follow_up"].title),
        *_counts(tables, write),
        write(when_done),
        None if day is None else write(when_overdue, day=formats.date(write.lang, day)),
        *_decisions_tables(tables["follow_up"], write),
    )


def in_order(followed: pd.DataFrame) -> pd.DataFrame:
    """Order decisions by state, the open ones first, then by due day and row."""
    return by_due(followed).sort_values("state", ascending=False, kind="stable")


def _counts(tables: Mapping[str, pd.DataFrame], write: Writer) -> list[str]:
    """Say how many decisions there are, what became of them, and how many gaps they are about."""
    if len(tables["follow_up"]) == 0:
        return []
    text = Message("Decisions on gaps: {all}. Open: {open} (overdue: {overdue}); done: {done}.")
    counts = count_states(tables["follow_up"])._asdict()
    lists = (tables[name] for name in ("gaps_access", "gaps_service", "gaps_coverage"))
    return [
        write(text, **{name: write.number(count) for name, count in counts.items()}),
        decided_sentence(count_decided(*lists), write.lang),
    ]


def _decisions_tables(followed: pd.DataFrame, write: Writer) -> list[Table]:
    """List the decisions, the open ones and then those done; nothing where there are none."""

    def as_named(column: str, row: Mapping[str, Any]) -> Cell:
        """Let what the planner wrote stand as a name of its own."""
        text = row["said"][column]
        return text if is_own(column, row) or not text else [text]

    fields = [
        write.field(
            "unit_name", lambda row: Link(row["unit_name"], f"map.html#unit={row['unit']}")
        ),
        write.field("municipality_name", lambda row: [row["municipality_name"]]),
        *(
            write.field(column, partial(as_named, column))
            for column in ("decision", "decision_place", "responsible", "due", "note")
        ),
    ]
    shown = []
    for state, title in _STATES.items():
        of_state = by_due(followed.query("state == @state"))
        rows = [{**row, "said": decision_texts(row, write.lang)} for row in records(of_state)]
        if rows:
            caption = f"{write(title)}: {write.number(len(rows))}"
            shown.append(tabulate(f"decisions-{state}", caption, fields, rows, wide=True))
    return shown


def progress_sentences(result: Result) -> list[str]:
    """Say how far the whole network has come, and on which basis; nothing where not known."""
    write, whole = Writer.of(result), national_progress(result.progress)
    if whole is None:
        return []
    national = Message(
        "Units with an open contact point: {existing} of {units} ({share}); still to open: "
        "{remaining}."
    )
    sentences = [
        write(
            national,
            existing=write.number(whole.existing),
            units=write.number(whole.units),
            share=write.share(whole.share),
            remaining=write.number(whole.remaining),
        )
    ]
    if whole.second_wave is None or whole.opened is None:
        part = Message(
            "Basis: the plan has one point in every unit. The waves are not told apart, since the "
            "units are not those of the whole country."
        )
        return [*sentences, write(part)]
    if result.synthetic:
        synthetic = Message(
            "These data are a synthetic sample: they do not show the progress of the real network."
        )
        sentences.append(write(synthetic))
    second_wave = Message("Second-wave points that are open: {opened} of {second} ({share}).")
    basis = Message(
        "Basis: the plan has one point in every unit. The first wave is {first} centres; in the "
        "remaining units ({units} − {first} = {second}) a point opens in the second wave (2020 "
        "analysis, sections 2.2 and 4.1: {first} + {published} = {published_units}). The data do "
        "not give the wave, so units with an open point beyond the first {beyond} count as the "
        "second wave. By municipality the waves are not told apart: what is still to open in all "
        "of them together is what is left of both waves."
    )
    plan = published_plan()
    return [
        *sentences,
        write(
            second_wave,
            opened=write.number(whole.opened),
            second=write.number(whole.second_wave),
            share=write.share(whole.opened / whole.second_wave),
        ),
        write(
            basis,
            first=whole.first_wave,
            # Latvian names the first of those beyond: "sākot ar 130."
            beyond=whole.first_wave + (write.lang == "lv"),
            units=whole.units,
            second=whole.second_wave,
            published=plan.second_wave,
            published_units=plan.first_wave + plan.second_wave,
        ),
    ]


def _progress_table(tables: Mapping[str, pd.DataFrame], write: Writer) -> Table | None:
    """Lay out the progress by municipality; None where it is not known."""
    rows = records(tables["progress"])
    if not rows:
        return None
    rows.sort(key=lambda row: collation_key(row["municipality_name"]))

    def counted(headings: Mapping[str, Message]) -> list[Any]:
        return [write.field(text, name) for name, text in headings.items()]

    fields = [
        write.field(
            "municipality_name",
            lambda row: Link(
                row["municipality_name"], f"municipalities/{row['municipality']}/index.html"
            ),
        ),
        *counted(_COUNTED),
        write.field(Message("Open, %"), "existing_share"),
        *counted(_DECIDED if len(tables["follow_up"]) else {}),
    ]
    caption = Message("Progress of the network by municipality: units by the status of their point")
    return tabulate("progress-table", write(caption), fields, rows, wide=True)


def progress_of(lang: Lang, row: Mapping[Any, Any] | pd.Series) -> str:
    """Say the progress of one municipality: "3 of 12 (25 %)"."""
    return (
        Message("{existing} of {units} ({share})")
        .text(lang)
        .format(
            existing=formats.number(lang, row["units_existing"]),
            units=formats.number(lang, row["units"]),
            share=formats.percent(lang, row["units_existing"] / row["units"]),
        )
    )
