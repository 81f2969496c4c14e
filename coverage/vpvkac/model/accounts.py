"""Where data come from, and the account of every input read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vpvkac.texts.message import Text


@dataclass(frozen=True)
class Source:
    """A source as footers and `run.json` name it.

    Parameters
    ----------
    name
        What the data are.
    publisher, licence
        None where they are not known, as for a planner's own table.
    date
        Reference date, ISO, or a part of it; None where not known.
    """

    name: Text
    publisher: Text | None = None
    licence: str | None = None
    date: str | None = None


@dataclass(frozen=True)
class Account:
    """What became of one input.

    ``rows_read == rows_used + sum(dropped.values())``.

    Parameters
    ----------
    key
        The input as the project names it: units, centres, stops …
    shown
        The file, as the project names it.
    sha256
        Of the file, or of the members of a folder in order of name.
    """

    key: str
    shown: str
    source: Source
    sha256: str
    rows_read: int
    rows_used: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
