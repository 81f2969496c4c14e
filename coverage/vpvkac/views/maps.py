"""What stands on a map and beside it: areas, marks, cards, legend, layers, key figures, links.

A card says in words what a unit, a contact point or its gap is: a plain mapping of texts without
markup.  Codes stay only where the page draws by them (`status`, `host`, `reach`).
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from vpvkac.texts import formats, words
from vpvkac.texts.formats import number, typographic
from vpvkac.texts.message import Lang, Text, labels
from vpvkac.views.gaps import (
    AccessGap,
    CoverageGap,
    Gap,
    ServiceGap,
    by_unit,
    mail,
    nearer_stop,
    placing,
    telephones,
)
from vpvkac.views.page import Link
from vpvkac.views.writer import Writer

if TYPE_CHECKING:
    from vpvkac.analysis.network import Findings
    from vpvkac.texts.message import Lang


Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One line of a legend: what is drawn, what it means, and how many there are (a text).

    `fill` is the code of an area's fill (`symbols.FILLS`), `line` of a line (``panel.css``);
    `mark` holds properties of a mark, as those of a feature by which the map draws it; with a
    fill it stands on such an area.  `live` names the count that the page keeps up to date.
    """

    label: str
    count: str = ""
    fill: str = ""
    mark: Json = field(default_factory=dict)
    line: str = ""
    live: str = ""


# The rows of a legend of marks, the same on every map.
ROWS = labels(
    form="Form: what it is", fill="Fill: whether it is open",
    colour="Colour: distance to a stop",
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """Entries of a legend that belong together."""

    heading: str
    entries: Sequence[Entry]


@dataclass(frozen=True)
class Layer:
    """What can be switched on and off."""

    code: str
    label: str
    on: bool = True


@dataclass(frozen=True)
class NavLink:
    """A link to another page of the run; `here` marks the page itself."""

    href: str
    text: str
    here: bool = False


@dataclass(frozen=True)
class Marks:
    """A layer of points, drawn and described as the explorer's.

    `look` is what is drawn otherwise than there: `tone` (`symbols.TONES`) in place of the colour
    of reach, `grow` in size.
    """

    layer: Layer
    points: Json
    look: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One line of a short list: a name that leads to the explorer, and what is said of it."""

    text: str
    said: str
    href: str


@dataclass(frozen=True)
class Listed:
    """A short list beside the map; what does not fit is in the gap list."""

    heading: str
    rows: Sequence[Row]
    more: NavLink | None = None


@dataclass(frozen=True)
class Sheet:
    """One map of areas and marks, to look at and to print, with what stands beside it."""

    title: str
    shown: str
    # Polygons with `fill`, `name`, `where`, `rows` and a `unit` or `municipality` to lead to.
    areas: Json
    legend: Sequence[Group]
    # The last layer is on top.
    marks: Sequence[Marks]
    # Key figures, label and value.
    values: Sequence[tuple[str, str]]
    listed: Listed | None = None
    # Layers of lines: `gaps` (with circles and stops) or `moves`.
    lines: Mapping[str, Json | None] = field(default_factory=lambda: {"gaps": None})
    # Texts that stand at a place whatever else does: `text`, `at`.
    labels: Sequence[Json] = ()
    # Municipality → number written beside its name.
    counts: Mapping[str, str] = field(default_factory=dict)


def mark_entry(label: str, count: str = "", **drawn: Any) -> Entry:
    """Explain a mark, drawn as a feature with these properties is."""
    return Entry(label, count, mark=drawn)


def forms(hosts: Collection[str], lang: Lang) -> Group:
    """Explain the forms of the kinds of host that are drawn."""
    kinds = [
        mark_entry(label.text(lang), host=host, status="existing")
        for host, label in words.HOSTS.items()
        if host in hosts
    ]
    return Group(ROWS["form"].text(lang), kinds)


def fill_entries(
    labels: Mapping[str, Text],
    counts: Mapping[str, int] | pd.Series,
    lang: Lang,
    *,
    empty: bool = False,
) -> list[Entry]:
    """Explain fills by code, those that occur, or with `empty` all of them."""
    return [
        Entry(label.text(lang), number(lang, int(counts.get(code, 0))), fill=code)
        for code, label in labels.items()
        if empty or counts.get(code, 0)
    ]


_OF_POINT = [
    "unit", "status", "place", "host", "name", "address", "owner", "hours", "phone", "email",
    "located_by", "located_within_m", "lat", "lon", "stop_name", "distance_m", "walk_min",
    "within", "uncertain", "distance_all_m", "visits_within",
]  # fmt: skip
_OF_UNIT = [
    "unit", "unit_name", "municipality_name", "kind", "status", "area_km2",
    "population", "population_least", "population_most",
]  # fmt: skip


def cell_value(cell: Any) -> Any:
    """Give a cell's value, or None where it is null."""
    # pandas' own test takes arrays too, and ten times as long; NaN and NaT are unlike themselves.
    return None if cell is None or cell is pd.NA or cell != cell else cell  # noqa: PLR0124


def cell_text(cell: Any) -> str:
    """Give a cell's text with one kind of quotation marks, empty where it is null."""
    return "" if cell_value(cell) is None else typographic(str(cell))


def unit_cards(result: Findings, lang: Lang) -> list[Json]:
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
            area=formats.square_kilometres(lang, row["area_km2"]),
            population=words.residents(lang, row),
            **_of_gaps(gaps.get(row["unit"])),
        )
        for row in _rows(result.units, _OF_UNIT)
    ]


def point_cards(result: Findings, frame: pd.DataFrame, lang: Lang) -> list[Json]:
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
            hours=formats.opening_hours(lang, cell_text(row["hours"])),
            phone=telephones(cell_text(row["phone"])),
            email=[mail(email)] if (email := cell_text(row["email"])) else [],
            owner=owners.get(row["owner"], row["owner"]),
            located=placing(row, write),
            **_reach(row, write),
            **_of_gaps(rare.get(row["place"]), access.get(row["place"])),
        )
        for row in _rows(frame, _OF_POINT)
    ]


def _reach(row: Mapping[Hashable, Any], write: Writer) -> Json:
    """Say how far the nearest stop is, and whether that is within reach."""
    distance, lang, threshold_m = cell_value(row["distance_m"]), write.lang, write.threshold_m
    if distance is None:
        return {}
    within, metres = bool(row["within"]), write.metres(distance)
    reach = (words.within_reach if within else words.beyond_reach)(lang, threshold_m)
    return {
        "reach": "within" if within else "beyond",
        "distance": metres,
        "reached": reach if within else f"{reach} (+{formats.excess(lang, distance, threshold_m)})",
        "stop": f"“{row['stop_name']}” – {metres}" if cell_text(row["stop_name"]) else metres,
        "walk": formats.minutes(lang, row["walk_min"]),
        "any_stop": nearer_stop(row, write),
        "visits_within": write.cell("visits_within", row) if within else "",
        "uncertain": bool(cell_value(row["uncertain"])),
    }


def _of_gaps(*gaps: Gap | None) -> Json:
    """Say what is wrong, the last in the stead of those before it, and what follows from it."""
    known = [gap for gap in gaps if gap is not None]
    card: Json = {}
    for gap in known:
        card |= gap.card()
    return card | known[-1].follow_up() if known else card


def _without_blanks(**properties: Any) -> Json:
    """Keep only what there is to say: leave out null cells, empty texts and False."""
    card: Json = {}
    for key, cell in properties.items():
        if isinstance(cell, list):
            linked = [part if isinstance(part, Link) else typographic(part) for part in cell]
            card |= {key: linked} if linked else {}
        elif cell_value(cell) is not None and cell != "" and cell is not False:
            card[key] = typographic(cell) if isinstance(cell, str) else cell
    return card


def _rows(frame: pd.DataFrame, columns: Sequence[str]) -> list[dict[Hashable, Any]]:
    """Give the rows, of the columns only that are there."""
    plain = pd.DataFrame({name: frame[name] for name in columns if name in frame})
    return plain.to_dict("records")
