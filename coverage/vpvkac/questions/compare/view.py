"""What page, map and terminal say of a comparison; names stand in the nominative."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from vpvkac.questions.compare.answer import Comparison
from vpvkac.questions.compare.run import Run
from vpvkac.texts import words
from vpvkac.texts.formats import length, number, threshold
from vpvkac.texts.message import Lang, Message
from vpvkac.views.page import About, job_facts, source_line

Row = Mapping[Hashable, Any]

TITLE = Message("Comparison of A and B")
MAP_TITLE = Message("Map of the changes")
SHOWN = Message(
    "What changes from A to B: which territorial units gain or lose a contact point, and where "
    "the point comes within reach or falls out of it."
)
MAP_LINK = Message("The changes on a map")
REPORT_LINK = Message("Report of the comparison")
LIST_OF_ALL = Message(
    "Every territorial unit is in compare.csv, every criterion in compare_summary.csv."
)

CHANGES = {
    "gained_point": Message("Gained a contact point"),
    "lost_point": Message("Lost its contact point"),
    "gained_reach": Message("Now within reach"),
    "lost_reach": Message("No longer within reach"),
    "status": Message("Status changed"),
    "moved": Message("Contact point elsewhere"),
    "reach_known": Message("Reach now known"),
    "reach_unknown": Message("Reach no longer known"),
    "nearer": Message("Nearer to a stop"),
    "farther": Message("Farther from a stop"),
    "new_unit": Message("New territorial unit"),
    "gone_unit": Message("Territorial unit no longer there"),
    "same": Message("Unchanged"),
}

NO_CHANGE = Message("No change: A and B agree in every territorial unit and every criterion.")
NO_UNIT_CHANGED = Message("No territorial unit changed; only criteria differ.")
CHANGED = Message("Territorial units that changed: {changed} of {units}.")
SAME_BASIS = Message("Rules and inputs are the same on both sides.")
ONE_SYNTHETIC = Message(
    "Warning: {} is a synthetic sample and the other side is not; this comparison must not be "
    "used for decisions."
)
OTHER_LAYOUT = Message(
    "The layouts differ: units are matched by code. A new or gone unit is shown with the units of "
    "the other side that share its area."
)

WHAT_HEADING = Message("What is compared")
WHAT_CAPTION = Message("How A and B differ")
WHAT = Message("Property")
SIDE_A, SIDE_B = Message("A"), Message("B")
PROJECT_TITLE = Message("Title")
VERSION = Message("Version of the program")
DATA = Message("Data")
REAL = Message("not synthetic")
RULES = {
    "layout": Message("Territorial layout"),
    "threshold_m": Message("Threshold"),
    "stop_set": Message("Stop set"),
    "hosts": Message("Kinds of host"),
}
AS_GIVEN = Message("as in the input")
NOT_GIVEN = Message("not given")
# A file, its date, its rows and the beginning of its SHA-256.
INPUT = Message("{file}{date}; rows used: {rows}; SHA-256: {sha}…")

SUMMARY_HEADING = Message("Criteria")
SUMMARY_CAPTION = Message("Criteria that change")
SAME_CRITERIA = Message("Criteria that do not change: {}.")
DIFFERENCE = Message("Difference (B − A)")
# The difference of two shares: procentpunkti, percentage points.
PERCENTAGE_POINTS = Message("pp")

UNITS_HEADING = Message("Territorial units that changed")
LISTED = {
    "gained_point": Message("Gain a contact point"),
    "lost_point": Message("Lose their contact point"),
    "gained_reach": Message("Now within reach: the point is within {threshold} of a stop"),
    "lost_reach": Message("No longer within reach: the point is not within {threshold} of a stop"),
    "status": Message("The status of the point changes"),
    "moved": Message("The point is elsewhere"),
    "reach_known": CHANGES["reach_known"],
    "reach_unknown": CHANGES["reach_unknown"],
    "nearer": CHANGES["nearer"],
    "farther": CHANGES["farther"],
    "new_unit": Message("New units (B only)"),
    "gone_unit": Message("Units gone (A only)"),
}
UNIT, MUNICIPALITY = Message("Unit"), Message("Municipality")
WHY = Message("What changed")
MORE = Message("Others: {} (in compare.csv).")
TO_VERIFY = Message("to be verified")

# What stands in a cell of a side.
NO_POINT = Message("No point")
ABSENT = Message("Not in this layout")

# Sentences on what changed.
REASON = {
    "gained_point": Message("There was no point; now it is: “{place_b}”."),
    "lost_point": Message("The point was: “{place_a}”; now there is none."),
    "new_unit": Message("In A the same area is held by: {counterparts}."),
    "gone_unit": Message("In B the same area is held by: {counterparts}."),
    "reach_known": Message("The distance is not known in A; in B it is {metres_b}."),
    "reach_unknown": Message("The distance in A is {metres_a}; in B it is not known."),
}
NO_COUNTERPART = Message("The other side has no unit in this area.")
BY_CAUSE = {
    "threshold": Message(
        "The stop is {metres_b} away; the threshold is {threshold_b}, not {threshold_a}."
    ),
    "place": Message(
        "The point is another place: “{place_b}” instead of “{place_a}”; the distance to the stop "
        "is {metres_b} (was {metres_a})."
    ),
    "position": Message(
        "The point stands {moved} from where it was: “{place_b}”; the distance to the stop is "
        "{metres_b} (was {metres_a})."
    ),
    "stops": Message("The nearest stop is “{stop_b}”, {metres_b}; it was “{stop_a}”, {metres_a}."),
    "": Message("Place and distance are the same: “{place_b}”."),
}
UNKNOWN = Message("not known")

# The map
LEGEND_POINTS = Message("Points that changed")
AFTER = Message("Point in B")
REACH_UNKNOWN = Message("Reach not known")
BEFORE = Message("Former position (A)")
MOVE = Message("Point moved: from A to B")
CHANGE = Message("Change")

# Told even where none is: what a reader asks for first.
_ALWAYS = ("gained_point", "lost_point", "gained_reach", "lost_reach")


def about(comparison: Comparison, lang: Lang) -> About:
    """Give title, facts and sources; what the two sides share is said once."""
    a, b = comparison.a, comparison.b
    first, second = _facts(a, lang), _facts(b, lang)
    own_a = [fact for fact in first if fact not in second]
    own_b = [fact for fact in second if fact not in first]
    facts = [fact for fact in first if fact in second]
    facts += [
        f"{side} – {', '.join(map(words.lowered, own))}"
        for side, own in (("A", own_a), ("B", own_b))
        if own
    ]
    return About(lang, _title(a, b, lang), comparison.synthetic, facts, _sources(a, b, lang))


def headline(comparison: Comparison, lang: Lang) -> list[tuple[str, str]]:
    """Count the units by change: gains and losses always, the others where there are any."""
    counts = comparison.counts
    order = (*_ALWAYS, *(change for change in counts if change not in _ALWAYS))
    return [
        (CHANGES[change].text(lang), number(lang, counts[change]))
        for change in order
        if counts[change] or change in _ALWAYS
    ]


def in_a_sentence(comparison: Comparison, lang: Lang) -> str:
    """Say how many units changed, or plainly that nothing did."""
    if len(comparison.changed) == 0:
        nothing = len(comparison.changed_criteria) == 0
        return (NO_CHANGE if nothing else NO_UNIT_CHANGED).text(lang)
    return CHANGED.text(lang).format(
        changed=number(lang, len(comparison.changed)), units=number(lang, len(comparison.table))
    )


def summary(comparison: Comparison, lang: Lang) -> str:
    """Lay title, counts and the criteria that change out for a terminal."""
    told = about(comparison, lang)
    lines = [f"{TITLE.text(lang)} – {told.title or words.NETWORK.text(lang)}"]
    lines += [words.SAMPLE.text(lang)] * told.synthetic
    lines += [text for text in (warning(comparison, lang), words.listed(told.facts, "; ")) if text]
    rows = headline(comparison, lang)
    width = max(len(label) for label, _ in rows)
    reach = max(len(value) for _, value in rows)
    table = [f"{label:<{width}}  {value:>{reach}}" for label, value in rows]
    return "\n".join([*lines, "", in_a_sentence(comparison, lang), "", *table, ""])


def warning(comparison: Comparison, lang: Lang) -> str:
    """Warn where one side is invented and the other is not; else nothing."""
    if comparison.a.synthetic == comparison.b.synthetic:
        return ""
    side = "A" if comparison.a.synthetic else "B"
    return ONE_SYNTHETIC.text(lang).format(side)


def _title(a: Run, b: Run, lang: Lang) -> str:
    titles = [run.title or words.NETWORK.text(lang) for run in (a, b)]
    return titles[0] if titles[0] == titles[1] else f"A: {titles[0]} · B: {titles[1]}"


def _facts(run: Run, lang: Lang) -> list[str]:
    stop_set = run.stop_set if run.has_stops else ""
    dates = {source.date for source in run.sources if source.date}
    return job_facts(lang, run.layout, stop_set, run.threshold_m, dates)


def _sources(a: Run, b: Run, lang: Lang) -> list[str]:
    first, second = ([source_line(source, lang) for source in run.sources] for run in (a, b))
    shared = [line for line in first if line in second]
    own = [
        f"{side} – {line}"
        for side, lines, others in (("A", first, second), ("B", second, first))
        for line in lines
        if line not in others
    ]
    return [*shared, *own]


def side_text(row: Row, side: str, run: Run, lang: Lang) -> str:
    """Say what a unit has on one side: status, place and distance."""
    status = row[f"status_{side}"]
    if status == "":
        return ABSENT.text(lang)
    if status == "none":
        return NO_POINT.text(lang)
    parts = [words.STATUSES[status].text(lang), row[f"place_name_{side}"]]
    if pd.notna(row[f"distance_{side}"]):
        parts.append(_metres(row, side, run, lang))
    if row[f"uncertain_{side}"] is True:
        parts.append(TO_VERIFY.text(lang))
    return ", ".join(parts)


def reason(row: Row, a: Run, b: Run, names: Mapping[str, str], lang: Lang) -> str:
    """Say in a sentence what changed about a unit.

    Parameters
    ----------
    row
        One row of `changes.unit_changes`.
    a, b
        The runs.
    names
        Name of every unit of either run, by code.
    """
    change = row["change"]
    if change in {"new_unit", "gone_unit"} and not row["counterparts"]:
        return NO_COUNTERPART.text(lang)
    sentence = REASON.get(change, BY_CAUSE[row["cause"]])
    return sentence.text(lang).format(
        place_a=row["place_name_a"],
        place_b=row["place_name_b"],
        stop_a=row["stop_name_a"],
        stop_b=row["stop_name_b"],
        metres_a=_metres(row, "a", a, lang),
        metres_b=_metres(row, "b", b, lang),
        threshold_a=threshold(lang, a.threshold_m),
        threshold_b=threshold(lang, b.threshold_m),
        moved="" if pd.isna(row["moved_m"]) else length(lang, row["moved_m"]),
        counterparts=", ".join(names.get(code, code) for code in row["counterparts"].split()),
    )


def _metres(row: Row, side: str, run: Run, lang: Lang) -> str:
    value = row[f"distance_{side}"]
    if pd.isna(value):
        return UNKNOWN.text(lang)
    return run.distance(row["unit"], value).text(lang)
