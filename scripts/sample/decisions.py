"""Decisions on gaps, as a planner would keep them in a Latvian Excel, and what becomes of them."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sample.truth import key_of

if TYPE_CHECKING:
    from sample.truth import Answer

FILE = "decisions.csv"
HEADER = ("unit", "decision", "place", "responsible", "due", "note")
_INVENTED = "Izdomāts parauga lēmums"


@dataclass(frozen=True)
class Decision:
    """One decision; the day due is written as Excel shows it."""

    unit: str
    decision: str
    place: str = ""
    responsible: str = ""
    due: str = ""
    note: str = _INVENTED


def decide(answer: Answer) -> list[Decision]:
    """Decide on some gaps, and on two units that are none."""
    codes = [unit.code for unit in answer.units]
    owner = {unit.code: unit.municipality_name for unit in answer.units}
    gaps = answer.gaps()
    farthest = max(
        (gap for gap in gaps if gap["host"] == "centre"), key=lambda gap: gap["distance_m"]
    )
    moved = next(gap for gap in gaps if gap["class"] == "move")
    unsure = next(gap for gap in gaps if gap["class"] == "verify")
    bare = next(code for code, point in zip(codes, answer.points, strict=True) if point is None)
    listed = {gap["unit"] for gap in gaps}
    reached = [
        (code, point)
        for number, (code, point) in enumerate(zip(codes, answer.points, strict=True))
        if point is not None and code not in listed and answer.status(number) == "existing"
    ]
    (opened, _), (settled, point) = reached[:2]
    return [
        Decision(farthest["unit"], "other_premises", "", owner[farthest["unit"]], "30.06.2023."),
        Decision(farthest["unit"], "Lūgt pārvadātājam jaunu pieturu pie VPVKAC; saskaņot laiku",
                 "", owner[farthest["unit"]], "31.12.2024."),
        Decision(moved["unit"], "move_within_unit", moved["alt_place"], owner[moved["unit"]],
                 "2024-06-30"),
        Decision(unsure["unit"], "verify_location", unsure["place"], "", "15.1.2024"),
        Decision(bare, "remote_support", "", owner[bare]),
        Decision(opened, "Atvērt VPVKAC", "", owner[opened], "01.09.2023."),
        Decision(settled, "move_within_unit", key_of(point), owner[settled], "01.10.2023."),
    ]  # fmt: skip


def write(folder: Path, decisions: list[Decision]) -> dict[str, Any]:
    """Write the file: semicolons, byte order mark and CRLF; return what becomes of its rows."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows([getattr(given, name) for name in HEADER] for given in decisions)
    (folder / FILE).write_bytes(text.getvalue().encode("utf-8-sig"))
    return {"rows_read": len(decisions), "used": len(decisions), "dropped": {}}


def follow(answer: Answer, decisions: list[Decision]) -> list[dict[str, Any]]:
    """Say which decisions are on a unit that is a gap still, and in which list it stands."""
    access = {gap["unit"] for gap in answer.gaps()}
    coverage = {
        unit.code for unit, point in zip(answer.units, answer.points, strict=True) if point is None
    }
    return [
        {
            "row": row,
            "unit": given.unit,
            "state": "open" if given.unit in access | coverage else "done",
            "lists": [name for name, held in (("access", access), ("coverage", coverage))
                      if given.unit in held],
        }
        for row, given in enumerate(decisions, 2)
    ]  # fmt: skip


def progress(answer: Answer) -> dict[str, list[int]]:
    """Count units, and those with an open centre, by municipality."""
    counts: dict[str, list[int]] = {}
    for number, unit in enumerate(answer.units):
        of = counts.setdefault(unit.municipality, [0, 0])
        of[0] += 1
        of[1] += answer.status(number) == "existing"
    return dict(sorted(counts.items()))
