"""Cards: what a map says of a unit, of a contact point and of its gap, in words.

A card is a plain mapping of texts without markup.  Codes stay only where the
page draws by them (`status`, `host`, `reach`).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.texts import words
from vpvkac.texts.formats import (
    excess,
    minutes,
    opening_hours,
    square_kilometres,
    typographic,
)
from vpvkac.views.decisions import by_unit
from vpvkac.views.gaps import AccessGap, CoverageGap, Gap, ServiceGap, nearer_stop, placing
from vpvkac.views.writer import Writer

if TYPE_CHECKING:
    from vpvkac.analysis.network import Findings
    from vpvkac.texts.message import Lang

Card = dict[str, Any]

_OF_POINT = [
    "unit", "status", "place", "host", "name", "address", "owner", "hours", "phone", "email",
    "located_by", "located_within_m", "lat", "lon", "stop_name", "distance_m", "walk_min",
    "within", "uncertain", "distance_all_m", "visits_within",
]  # fmt: skip
_OF_UNIT = [
    "unit", "unit_name", "municipality_name", "kind", "status", "area_km2",
    "population", "population_least", "population_most",
]  # fmt: skip


def value(cell: Any) -> Any:
    """Give a cell's value, or None where it is null."""
    # pandas' own test takes arrays too, and ten times as long; NaN and NaT are unlike themselves.
    return None if cell is None or cell is pd.NA or cell != cell else cell  # noqa: PLR0124


def text(cell: Any) -> str:
    """Give a cell's text with one kind of quotation marks, empty where it is null."""
    return "" if value(cell) is None else typographic(str(cell))


def of_units(result: Findings, lang: Lang) -> list[Card]:
    """Say of each unit what it is; of one with no point, why and what to do."""
    write, decided = Writer(lang, result.threshold_m), by_unit(result.follow_up)
    gaps = {gap.code: gap for gap in CoverageGap.of(result.gaps_coverage, write, decided)}
    return [
        _without_blanks(
            unit=row["unit"],
            name=row["unit_name"],
            municipality=row["municipality_name"],
            kind=write.cell("kind", row),
            status=row["status"],
            area=square_kilometres(lang, row["area_km2"]),
            population=words.residents(lang, row),
            **_of_gaps(gaps.get(row["unit"])),
        )
        for row in _rows(result.units, _OF_UNIT)
    ]


def of_points(result: Findings, frame: pd.DataFrame, lang: Lang) -> list[Card]:
    """Say of each point what, where and how reachable it is, and what would mend its gap."""
    write, decided = Writer(lang, result.threshold_m), by_unit(result.follow_up)
    access = {gap["place"]: gap for gap in AccessGap.of(result.gaps_access, write, decided)}
    rare = {gap["place"]: gap for gap in ServiceGap.of(result.gaps_service, write, decided)}
    owners = dict(zip(result.units["municipality"], result.units["municipality_name"], strict=True))
    return [
        _without_blanks(
            unit=row["unit"],
            name=row["name"],
            host=row["host"],
            status=row["status"],
            address=row["address"],
            hours=opening_hours(lang, text(row["hours"])),
            phone=row["phone"],
            email=row["email"],
            owner=owners.get(row["owner"], row["owner"]),
            located=placing(row, write),
            **_reach(row, write),
            **_of_gaps(rare.get(row["place"]), access.get(row["place"])),
        )
        for row in _rows(frame, _OF_POINT)
    ]


def _reach(row: Mapping[Hashable, Any], write: Writer) -> Card:
    """Say how far the nearest stop is, and whether that is within reach."""
    distance, (lang, threshold_m) = value(row["distance_m"]), write
    if distance is None:
        return {}
    within, shown = bool(row["within"]), write.metres(distance)
    reach = (words.within_reach if within else words.beyond_reach)(lang, threshold_m)
    return {
        "reach": "within" if within else "beyond",
        "distance": shown,
        "reached": reach if within else f"{reach} (+{excess(lang, distance, threshold_m)})",
        "stop": f"“{row['stop_name']}” – {shown}" if text(row["stop_name"]) else shown,
        "walk": minutes(lang, row["walk_min"]),
        "any_stop": nearer_stop(row, write),
        "visits_within": write.cell("visits_within", row) if within else "",
        "uncertain": bool(value(row["uncertain"])),
    }


def _of_gaps(*gaps: Gap | None) -> Card:
    """Say what is wrong, the last in the stead of those before it, and what follows from it."""
    found = [gap for gap in gaps if gap is not None]
    card: Card = {}
    for gap in found:
        card |= gap.card()
    return card | found[-1].follow_up() if found else card


def _without_blanks(**properties: Any) -> Card:
    """Keep only what there is to say: leave out null cells, empty texts and False."""
    return {
        key: _typeset(cell)
        for key, cell in properties.items()
        if cell is not None
        and (isinstance(cell, list) or value(cell) is not None)
        and cell != ""
        and cell is not False
    }


def _typeset(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_typeset(part) for part in cell]
    return typographic(cell) if isinstance(cell, str) else cell


def _rows(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[Hashable, Any]]:
    """Give the rows, of the columns only that are there."""
    plain = pd.DataFrame({name: frame[name] for name in columns if name in frame})
    return plain.to_dict("records")
