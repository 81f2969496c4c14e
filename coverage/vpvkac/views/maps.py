"""What stands on a map and beside it: areas, marks, legend, layers, key figures, links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vpvkac.texts.formats import number
from vpvkac.texts.message import Lang, Text

if TYPE_CHECKING:
    import pandas as pd

Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One line of a legend: what is drawn, what it means, and how many there are.

    Parameters
    ----------
    label, count
        Texts; `count` may be empty.
    fill, line
        Code of an area's fill (`symbols.FILLS`) or of a line (``panel.css``).
    mark
        Properties of a mark, as those of a feature by which the map draws it.
    """

    label: str
    count: str = ""
    fill: str = ""
    mark: Json = field(default_factory=dict)
    line: str = ""


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
    """A layer of points.

    Parameters
    ----------
    layer
        What can be switched on and off.
    points
        Features, drawn and described as the explorer's.
    look
        What is drawn otherwise than on the explorer: `tone` (`symbols.TONES`) in place of the
        colour of reach, `grow` in size.
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
    """One map of areas and marks, to look at and to print.

    Parameters
    ----------
    title, shown
        Heading, and a sentence on what is shown.
    areas
        Polygons with `fill`, `name`, `where`, `rows` and a `unit` or `municipality` to lead to.
    legend
        What is drawn and how many there are.
    marks
        Layers of points, the last on top.
    values
        Key figures, label and value.
    listed
        A short list beside the map.
    lines
        Layers of lines: `gaps` (with circles and stops) or `moves`.
    labels
        Texts that stand at a place whatever else does: `text`, `at`.
    counts
        Municipality → number written beside its name.
    """

    title: str
    shown: str
    areas: Json
    legend: Sequence[Group]
    marks: Sequence[Marks]
    values: Sequence[tuple[str, str]]
    listed: Listed | None = None
    lines: Mapping[str, Json | None] = field(default_factory=lambda: {"gaps": None})
    labels: Sequence[Json] = ()
    counts: Mapping[str, str] = field(default_factory=dict)


def mark_entry(label: str, count: str = "", **drawn: Any) -> Entry:
    """Explain a mark, drawn as a feature with these properties is."""
    return Entry(label, count, mark=drawn)


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
