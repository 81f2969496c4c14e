"""Premises: what they have, and the candidates of a unit compared, in the report and the letters.

There is no score: what another candidate has more of is told measure by measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from vpvkac.analysis.premises import MEASURES, measures
from vpvkac.model.project import TABLE_30
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Message
from vpvkac.views.page import Block, More, Note, Section, Table
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

_FILES = ("candidates.csv",)
_MOST_NAMES = 3
_COUNTED = Message(
    "Units with several candidate places and no existing centre: {units}; candidates: {places}; "
    "candidates that no other of their unit betters: {front}."
)
_BETTERED = Message("At least as good throughout, and better in something: {names}.")
_INSTEAD = Message("{better}, not {place} ({unit})")
_COMPLIANCE = Message(
    "Requirements on premises (table 30). Points answered for: {answered} of {points}; of what "
    "binds there, met: {met}; not met: {not_met}; met of what is known: {share}; not known: "
    "{unknown}."
)
_RULE = Message(
    "The plan goes by the order of the kinds of host and, among several of one kind, takes the "
    "place nearest to a stop. A candidate is bettered only by one that is at least as good in "
    "each of five measures and better in one; what is known of one alone leaves both side by side. "
    "There is no score: which measure weighs more is the planner's choice."
)
_TO_ASK = Message(
    "What the premises have is not given (suitability): run writes a checklist for each "
    "municipality."
)


class Premises(NamedTuple):
    """What the letter to a municipality tells of premises: lines, and a table folded up."""

    lines: list[str]
    candidates: More | None = None


def premises_section(result: Result) -> Section | None:
    """Count what premises meet, and where another candidate has more; None without either."""
    table, write = result.candidates, Writer.of(result)
    answered = _compliance(result.places, write)
    if table.empty and not answered:
        return None
    blocks: list[Block] = [*answered]
    if answered:
        blocks.append(_requirements_table(result, write))
    else:
        blocks.append(Note(write(_TO_ASK), "quiet"))
    if len(table):
        blocks += [*_candidate_lines(table, write), _better_table(table, write)]
        blocks.append(Note(write(_RULE), "quiet"))
    return Section("premises", write(Message("Premises and candidates")), blocks)


def premises_of(result: Result) -> dict[str, Premises]:
    """Tell of the premises of each municipality that has answers or candidates."""
    write, found = Writer.of(result), {}
    candidates = dict(list(result.candidates.groupby("municipality")))
    for code, places in result.places.groupby("municipality"):
        lines, folded = _compliance(places, write), None
        if code in candidates:
            lines += _candidate_lines(candidates[code], write)
            folded = _candidates_table(candidates[code], write)
        if lines:
            found[str(code)] = Premises(lines, folded)
    return found


def _compliance(places: pd.DataFrame, write: Writer) -> list[str]:
    """Say how far the points meet the rows that bind; nothing where nobody has answered.

    Of points of which nothing but the distance to a stop is known, nothing is said.
    """
    points = places[places["chosen"]]
    answered = points[points[list(words.REQUIREMENTS)].isin(["yes", "no"]).any(axis=1)]
    if answered.empty:
        return []
    names = ("requirements_met", "requirements_not_met", "requirements_unknown")
    met, not_met, unknown = (answered[name].sum() for name in names)
    counts = {"answered": len(answered), "points": len(points), "met": met, "not_met": not_met,
              "unknown": unknown}  # fmt: skip
    numbers = {name: write.number(count) for name, count in counts.items()}
    known = met + not_met
    return [write(_COMPLIANCE, **numbers, share=write.share(met / known) if known else "–")]


def _candidate_lines(table: pd.DataFrame, write: Writer) -> list[str]:
    """Count the candidates, and name what betters the plan's places."""
    counts = {
        "units": table["unit"].nunique(), "places": len(table), "front": table["on_front"].sum(),
    }  # fmt: skip
    lines = [write(_COUNTED, **{name: write.number(count) for name, count in counts.items()})]
    names = table.set_index("place")["place_name"]
    bettered = table[table["chosen"] & ~table["on_front"]]
    said = [
        write(_INSTEAD, better=names[row["better_place"]], place=row["place_name"],
              unit=row["unit_name"])
        for row in records(bettered.head(_MOST_NAMES))
    ]  # fmt: skip
    if left := len(bettered) - len(said):
        said.append(write(Message("and {count} more"), count=write.number(left)))
    return [*lines, write(_BETTERED, names="; ".join(said))] if said else lines


def _better_table(table: pd.DataFrame, write: Writer) -> Table:
    """Count by measure the units in which another candidate has more than the plan's place."""
    values = pd.DataFrame(measures(table), columns=list(MEASURES)).assign(unit=table["unit"])
    chosen = values[table["chosen"].to_numpy(bool)].set_index("unit")
    best = values.groupby("unit").max().reindex(chosen.index)
    better = (best > chosen).sum()
    known = (chosen.notna() & best.notna()).sum()
    rows = [{"measure": name, "better": better[name], "known": known[name]} for name in MEASURES]
    fields = [
        write.field(Message("Measure"), lambda row: write.heading(row["measure"])),
        write.field(Message("Units where another candidate is better"),
                    lambda row: write.number(row["better"]), number=True),
        write.field(Message("Units where it is known of the plan's place"),
                    lambda row: write.number(row["known"]), number=True),
    ]  # fmt: skip
    caption = write(Message("Candidates beside the place that the plan takes"))
    return tabulate("candidates", caption, fields, rows, files=_FILES)


def _candidates_table(table: pd.DataFrame, write: Writer) -> More:
    """Set the candidates of each unit beside one another, the plan's place first."""
    names = table.set_index("place")["place_name"]
    ordered = table.assign(order=table["unit_name"].map(collation_key)).sort_values(
        ["order", "unit", "chosen", "place"], ascending=[True, True, False, True]
    )

    def better(row: Mapping[Any, Any]) -> str:
        return "" if pd.isna(row["better_place"]) else str(names[row["better_place"]])

    fields = [
        *write.fields("unit_name", "place_name", "chosen", "distance_m", "quality_class",
                      "residents_within", "step_free", "weekly_h", "compliance"),
        write.field("better_place", better),
    ]  # fmt: skip
    caption = write(Message("Candidates compared, the plan's place first"))
    inside = tabulate("candidates", caption, fields, records(ordered), wide=True)
    return More(caption, inside)


def _requirements_table(result: Result, write: Writer) -> Table:
    """Count the points by requirement of table 30: met, not met, not known."""
    points, rules = result.places[result.places["chosen"]], result.project.rules
    binding = {"centre": rules.binding_centre, "library": rules.binding_library}
    rows = [
        {
            "requirement": f"{TABLE_30[name]} {write(label)}",
            "binds": ", ".join(
                write(words.HOSTS[host]) for host, of in binding.items() if TABLE_30[name] in of
            ),
            **{answer: write.number((points[name] == answer).sum()) for answer in words.ANSWERS},
        }
        for name, label in words.REQUIREMENTS.items()
    ]
    fields = [
        write.field(Message("Requirement"), itemgetter("requirement")),
        *(
            write.field(text, itemgetter(answer), number=True)
            for answer, text in words.ANSWERS.items()
        ),
        write.field(Message("Binds"), itemgetter("binds")),
    ]
    caption = write(Message("Points by requirement on premises (table 30 of the 2020 analysis)"))
    return tabulate("requirements", caption, fields, rows, files=("places.csv",))
