"""What follows from the gap lists: clusters of gaps, decisions, progress by municipality."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.analysis import rollout
from vpvkac.analysis.decisions import DONE, OPEN, by_due, reference_day
from vpvkac.questions.coverage import gap_counts
from vpvkac.texts import formats, words
from vpvkac.texts.message import Lang, Message, in_context
from vpvkac.views.decisions import is_own, said
from vpvkac.views.page import Cell, Column, Link, Table

if TYPE_CHECKING:
    from vpvkac.questions.coverage.result import Result

_CLUSTERS_NOTE = Message(
    "A cluster holds gaps that have the same recommended action and lie within {extent} of "
    "each other in a straight line, so that one measure could close them."
)
NO_CLUSTERS = in_context("decisions", "There are no such gaps.")
_DECISIONS_NOTE = Message(
    "The decisions are those of decisions.csv. One is open while its unit stands in a gap list, "
    "and done once the unit is in none."
)
_REFERENCE = Message(
    "Due dates are judged as of {day}, the newest date among the inputs unless another was set."
)
_STATES = {
    OPEN: Message("Open decisions"),
    DONE: Message("Done (no longer a gap)"),
}
_COUNTS = Message("Decisions on gaps: {all}. Open: {open} (overdue: {overdue}); done: {done}.")
_NATIONAL = Message(
    "Units with an open contact point: {existing} of {units} ({share}); still to open: {remaining}."
)
_SECOND_WAVE = Message("Second-wave points that are open: {opened} of {second} ({share}).")
_BASIS = Message(
    "Basis: the plan has one point in every unit. The first wave is {first} centres; in the "
    "remaining units ({units} − {first} = {second}) a point opens in the second wave (2020 "
    "analysis, sections 2.2 and 4.1: {first} + {published} = {published_units}). The data do "
    "not give the wave, so units with an open point beyond the first {beyond} count as the "
    "second wave. By municipality the waves are not told apart: what is still to open in all "
    "of them together is what is left of both waves."
)
_SYNTHETIC = Message(
    "These data are a synthetic sample: they do not show the progress of the real network."
)
_BASIS_PART = Message(
    "Basis: the plan has one point in every unit. The waves are not told apart, since the units "
    "are not those of the whole country."
)
_PROGRESS_CAPTION = Message(
    "Progress of the network by municipality: units by the status of their point"
)
_CLUSTERS_CAPTION = Message("Clusters of gaps: {}")
_FARTHEST = Message("Farthest apart")
_OF = Message("{existing} of {units} ({share})")
# Narrow headings, so that the table fits a sheet of paper.
_SHORT = {
    "units": Message("Units"),
    "units_existing": in_context("centre", "Open"),
    "units_announced": Message("Announced"),
    "units_planned": Message("Planned"),
    "units_none": Message("None"),
    "remaining": Message("Still to open"),
    "existing_share": Message("Open, %"),
    "decisions_open": in_context("map", "Decisions open"),
    "decisions_done": in_context("map", "Decisions done"),
}


def in_order(followed: pd.DataFrame) -> pd.DataFrame:
    """Order decisions by state, the open ones first, then by due day and row."""
    return by_due(followed).sort_values("state", ascending=False, kind="stable")


def counts(followed: pd.DataFrame, lang: Lang) -> str:
    """Say how many decisions there are and what became of them; empty where there are none."""
    if len(followed) == 0:
        return ""
    states = followed["state"].value_counts()
    return _COUNTS.text(lang).format(
        all=formats.number(lang, len(followed)),
        open=formats.number(lang, int(states.get(OPEN, 0))),
        overdue=formats.number(lang, int(followed["overdue"].fillna(value=False).sum())),
        done=formats.number(lang, int(states.get(DONE, 0))),
    )


def decided_gaps(tables: Mapping[str, pd.DataFrame], lang: Lang) -> str:
    """Say how many gaps the decisions are about; empty where there are none."""
    if len(tables["follow_up"]) == 0:
        return ""
    lists = (tables[name] for name in ("gaps_access", "gaps_service", "gaps_coverage"))
    return gap_counts.decided_said(lang, *gap_counts.decided(*lists))


def decisions_notes(result: Result, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Say how many decisions there are, when one is done, and when overdue."""
    lang, day = result.lang, reference_day(result.accounts)
    notes = [counts(tables["follow_up"], lang), decided_gaps(tables, lang)]
    notes.append(_DECISIONS_NOTE.text(lang))
    if day is not None:
        notes.append(_REFERENCE.text(lang).format(day=formats.date(lang, day)))
    return notes


def decisions_tables(result: Result, tables: Mapping[str, pd.DataFrame]) -> list[Table]:
    """List the decisions, the open ones and then those done; nothing where there are none."""
    lang = result.lang
    names = ("unit_name", "municipality_name", "decision", "decision_place", "responsible", "due",
             "note")  # fmt: skip
    columns = [Column(words.heading(lang, name, result.threshold_m)) for name in names]
    shown = []
    for state, title in _STATES.items():
        of_state = by_due(tables["follow_up"].query("state == @state"))
        rows: list[list[Cell]] = [
            [
                Link(given["unit_name"], f"map.html#unit={given['unit']}"),
                [given["municipality_name"]],
                *_cells(given, lang),
            ]
            for given in of_state.to_dict("records")
        ]
        if rows:
            caption = f"{title.text(lang)}: {formats.number(lang, len(rows))}"
            shown.append(Table(f"decisions-{state}", caption, columns, rows, wide=True))
    return shown


def _cells(given: Mapping[Any, Any], lang: Lang) -> list[Cell]:
    """Write one decision; what the planner wrote stands as a name of its own."""
    return [
        text if is_own(name, given) or not text else [text]
        for name, text in said(given, lang).items()
    ]


def clusters_table(result: Result, tables: Mapping[str, pd.DataFrame]) -> Table | None:
    """List the clusters of gaps; None where there are none."""
    lang = result.lang
    table = tables["gap_clusters"]
    if len(table) == 0:
        return None
    people = bool(table["residents"].notna().any())
    rows: list[list[Cell]] = [
        [
            str(row["cluster"]),
            [str(row["name"])],
            words.REMEDIES[row["remedy"]].text(lang),
            formats.number(lang, row["gaps"]),
            formats.number(lang, row["units"]),
            *(
                ["" if pd.isna(row["residents"]) else formats.number(lang, row["residents"])]
                if people
                else []
            ),
            formats.length(lang, row["extent_m"]),
            str(row["reason"]),
        ]
        for row in table.to_dict("records")
    ]
    limit = result.threshold_m
    columns = [
        Column(words.heading(lang, "rank", limit), number=True),
        Column(words.heading(lang, "cluster_name", limit)),
        Column(words.heading(lang, "remedy", limit)),
        Column(words.heading(lang, "gaps", limit), number=True),
        Column(words.heading(lang, "units", limit), number=True),
        *([Column(words.heading(lang, "residents", limit), number=True)] if people else []),
        Column(_FARTHEST.text(lang), number=True),
        Column(words.heading(lang, "reason", limit)),
    ]
    caption = _CLUSTERS_CAPTION.text(lang).format(formats.number(lang, len(table)))
    return Table("clusters-table", caption, columns, rows, head=1, wide=True)


def clusters_note(lang: Lang, extent_m: float) -> str:
    """Say what a cluster is."""
    return _CLUSTERS_NOTE.text(lang).format(
        extent=f"{formats.plain(lang, extent_m / 1000)}{formats.NBSP}km"
    )


def progress_sentences(result: Result) -> list[str]:
    """Say how far the whole network has come, and on which basis; nothing where not known."""
    lang, whole = result.lang, rollout.national(result.progress)
    if whole is None:
        return []
    sentences = [
        _NATIONAL.text(lang).format(
            existing=formats.number(lang, whole.existing),
            units=formats.number(lang, whole.units),
            share=formats.percent(lang, whole.share),
            remaining=formats.number(lang, whole.remaining),
        )
    ]
    if whole.second_wave is None or whole.opened is None:
        return [*sentences, _BASIS_PART.text(lang)]
    plan = rollout.plan()
    if result.synthetic:
        sentences.append(_SYNTHETIC.text(lang))
    return [
        *sentences,
        _SECOND_WAVE.text(lang).format(
            opened=formats.number(lang, whole.opened),
            second=formats.number(lang, whole.second_wave),
            share=formats.percent(lang, whole.opened / whole.second_wave),
        ),
        _BASIS.text(lang).format(
            first=whole.first_wave,
            # Latvian names the first of those beyond: "sākot ar 130."
            beyond=whole.first_wave + (lang == "lv"),
            units=whole.units,
            second=whole.second_wave,
            published=plan.second_wave,
            published_units=plan.first_wave + plan.second_wave,
        ),
    ]


def progress_table(result: Result, tables: Mapping[str, pd.DataFrame], home: str) -> Table | None:
    """Lay out the progress by municipality; None where it is not known.

    Parameters
    ----------
    home
        Way from the page to the municipalities' pages.
    """
    lang = result.lang
    table = tables["progress"]
    if len(table) == 0:
        return None
    decided = ["decisions_open", "decisions_done"] if len(tables["follow_up"]) else []
    counted = ["units", "units_existing", "units_announced", "units_planned", "units_none",
               "remaining"]  # fmt: skip
    rows: list[list[Cell]] = [
        [
            Link(row["municipality_name"], f"{home}{row['municipality']}/index.html"),
            *(formats.number(lang, row[name]) for name in counted),
            formats.percent(lang, row["units_existing"] / row["units"]),
            *(formats.number(lang, row[name]) for name in decided),
        ]
        for row in sorted(
            table.to_dict("records"),
            key=lambda row: formats.collation_key(row["municipality_name"]),
        )
    ]
    limit = result.threshold_m
    columns = [
        Column(words.heading(lang, "municipality_name", limit)),
        *(Column(_SHORT[name].text(lang), number=True) for name in counted),
        Column(_SHORT["existing_share"].text(lang), number=True),
        *(Column(_SHORT[name].text(lang), number=True) for name in decided),
    ]
    return Table("progress-table", _PROGRESS_CAPTION.text(lang), columns, rows, wide=True)


def progress_of(lang: Lang, row: Mapping[Any, Any] | pd.Series) -> str:
    """Say the progress of one municipality: "3 of 12 (25 %)"."""
    return _OF.text(lang).format(
        existing=formats.number(lang, row["units_existing"]),
        units=formats.number(lang, row["units"]),
        share=formats.percent(lang, row["units_existing"] / row["units"]),
    )
