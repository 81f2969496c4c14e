"""Premises: what they have, and the candidates of a unit compared, in the report and the letters.

There is no score: what another candidate has more of is told measure by measure.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from vpvkac.analysis.premises import MEASURES, measures, stop_near
from vpvkac.model.project import TABLE_30
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.message import Message
from vpvkac.views.page import Block, More, Note, Section, Table
from vpvkac.views.premises import few_of, upstairs_lines
from vpvkac.views.writer import Writer, records, tabulate

if TYPE_CHECKING:
    from vpvkac.questions.coverage.view import Result

_FILES = ("candidates.csv",)
# The counts of what binds, by the answer that they count.
_BINDING = {
    "yes": "requirements_met", "no": "requirements_not_met", "unknown": "requirements_unknown",
}  # fmt: skip
_COUNTED = Message(
    "Units with several candidate places and no existing centre: {units}; candidates: {places}; "
    "candidates that no other of their unit betters: {front}."
)
_BETTERED = Message("At least as good throughout, and better in something: {names}.")
_INSTEAD = Message("{better}, not {place} ({unit})")
_COMPLIANCE = Message(
    "Requirements on premises (table 30; which of them bind is a setting). Points answered for: "
    "{answered} of {points}; of what is held to bind, met: {met}; not met: {not_met}; met of what "
    "is known: {share}; not known: {unknown}."
)
BINDING = Message(
    "The rows are those of table 30 (2020 analysis, 3.4). 1.1 and 1.2 bind both centres and "
    "libraries; that 3.1, 6.1 and 6.2 bind both is our reading; which of the two columns the ticks "
    "of 2.1, 2.2, 3.2 to 3.5, 4 and 5 stand in is not known. What is held to bind is a setting, "
    "for the planner of the network to decide (binding_centre, binding_library)."
)
_RULE = Message(
    "The plan goes by the order of the kinds of host and, among several of one kind, takes the "
    "place nearest to a stop. A candidate is bettered only by one that is at least as good in "
    "each of five measures and better in one; what is known of one alone leaves both side by side. "
    "There is no score: which measure weighs more is the planner's choice."
)
_TO_CHECK = Message("to be checked")
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
    upstairs = upstairs_lines(_compared(result.places, table), write)
    if table.empty and not answered and not upstairs:
        return None
    blocks: list[Block] = [*answered, *upstairs]
    if answered:
        blocks += [_requirements_table(result, write), Note(write(BINDING), "quiet")]
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
        compared = candidates.get(code, result.candidates.iloc[:0])
        lines, folded = _compliance(places, write), None
        lines += upstairs_lines(_compared(places, compared), write)
        if len(compared):
            lines += _candidate_lines(compared, write)
            folded = _candidates_table(compared, write)
        if lines:
            found[str(code)] = Premises(lines, folded)
    return found


def checklist_places(result: Result) -> pd.DataFrame:
    """Take the places whose premises the checklists ask about."""
    places: pd.DataFrame = result.places
    return places[places["host"].isin([*result.project.rules.hosts, "municipal_premises"])]


def is_surveyed(places: pd.DataFrame) -> pd.Series:
    """Tell of each place whether anything is answered for its premises."""
    return places[list(words.REQUIREMENTS)].isin(["yes", "no"]).any(axis=1)


def _compliance(places: pd.DataFrame, write: Writer) -> list[str]:
    """Say how far the points meet the rows that bind; nothing where nobody has answered.

    Of points of which nothing but the distance to a stop is known, nothing is said.
    """
    answered = _answered(places)
    if answered.empty:
        return []
    met, not_met, unknown = (answered[name].sum() for name in _BINDING.values())
    counts = {"answered": len(answered), "points": places["chosen"].sum(), "met": met,
              "not_met": not_met, "unknown": unknown}  # fmt: skip
    numbers = {name: write.number(count) for name, count in counts.items()}
    known = met + not_met
    return [write(_COMPLIANCE, **numbers, share=write.share(met / known) if known else "–")]


def _answered(places: pd.DataFrame) -> pd.DataFrame:
    """Take the points of which something is answered."""
    return places[places["chosen"] & is_surveyed(places)]


def _compared(places: pd.DataFrame, candidates: pd.DataFrame) -> pd.DataFrame:
    """Take the points, and what could be one instead."""
    return places[places["chosen"] | places["place"].isin(candidates["place"])]


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
        for row in records(bettered)
    ]  # fmt: skip
    return [*lines, write(_BETTERED, names=few_of(said, write))] if said else lines


def _better_table(table: pd.DataFrame, write: Writer) -> Table:
    """Count by measure the units in which another candidate has more than the plan's place."""
    values = pd.DataFrame(measures(table), columns=list(MEASURES)).assign(unit=table["unit"])
    chosen = values[table["chosen"].to_numpy(bool)].set_index("unit")
    best = values.groupby("unit").max().reindex(chosen.index)
    better = (best > chosen).sum()
    known = (chosen.notna() & best.notna()).sum()
    rows = [{"measure": name, "better": better[name], "known": known[name]} for name in MEASURES]
    fields = [
        write.field(Message("Compared by"), lambda row: write.heading(row["measure"])),
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

    def step_free(row: Mapping[Any, Any]) -> str:
        return write(_TO_CHECK) if row["floor_check"] else write.cell("step_free", row)

    fields = [
        *write.fields("unit_name", "place_name", "chosen", "distance_m", "quality_class",
                      "residents_within"),
        write.field("step_free", step_free),
        *write.fields("weekly_h", "compliance", "requirements_unknown"),
        write.field("better_place", better),
    ]  # fmt: skip
    caption = write(Message("Candidates compared, the plan's place first"))
    inside = tabulate("candidates", caption, fields, records(ordered), wide=True)
    return More(caption, inside)


def _requirements_table(result: Result, write: Writer) -> Table:
    """Count the points answered for by requirement of table 30: met, not met, not known."""
    points, rules = _answered(result.places), result.project.rules
    binding = {"centre": rules.binding_centre, "library": rules.binding_library}
    near = write(Message("Stop within {threshold} (computed)"), threshold=write.threshold())
    labels = {**{name: write(label) for name, label in words.REQUIREMENTS.items()},
              "stop_near": near}  # fmt: skip
    answers = points.assign(stop_near=stop_near(points))
    rows = [
        {
            "requirement": f"{TABLE_30[name]} {label}",
            "binds": ", ".join(
                write(words.HOSTS[host]) for host, of in binding.items() if TABLE_30[name] in of
            ),
            **{answer: (answers[name] == answer).sum() for answer in _BINDING},
        }
        for name, label in labels.items()
    ]
    every = {answer: points[name].sum() for answer, name in _BINDING.items()}
    rows.append({"requirement": write(Message("All that is held to bind")), "binds": "", **every})

    def count(answer: str, row: Mapping[str, Any]) -> str:
        return write.number(row[answer])

    fields = [
        write.field(Message("Requirement"), itemgetter("requirement")),
        *(
            write.field(text, partial(count, answer), number=True)
            for answer, text in words.ANSWERS.items()
        ),
        write.field(Message("Held to bind (setting)"), itemgetter("binds")),
    ]
    caption = Message("Points answered for, by requirement on premises (table 30, 2020 analysis)")
    return tabulate("requirements", write(caption), fields, rows, files=("places.csv",))
