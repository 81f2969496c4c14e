"""What stands beside a map and on it: the lines of its legend, its layers, links and lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """One line of a legend: what is drawn, what it means, and how many there are.

    Parameters
    ----------
    label, count
        Texts; `count` may be empty.
    fill, line
        Code of an area's fill (``FILLS`` in ``marks.js``) or of a line (``panel.css``).
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
