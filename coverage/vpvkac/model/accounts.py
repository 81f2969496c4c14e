"""What a job tells of its course: its steps, and the account of every input with its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from vpvkac.texts.message import Lang, Text


class Progress(Protocol):
    """Called with each step as it begins: a file's name, or a message in no language yet."""

    def __call__(self, step: str | Text) -> None:
        """Begin a step."""


def silent(step: object) -> None:
    """Show nothing."""
    del step


def in_words(progress: Callable[[str], object], lang: Lang) -> Progress:
    """Let what is called with the name of each step hear of messages, in one language."""

    def begin(step: str | Text) -> None:
        progress(step if isinstance(step, str) else step.text(lang))

    return begin


@dataclass(frozen=True)
class Source:
    """A source as footers and `run.json` name it; what is not known is None.

    `date` is the reference date, ISO, or a part of it.
    """

    name: Text
    publisher: Text | None = None
    licence: str | None = None
    date: str | None = None


@dataclass(frozen=True)
class Account:
    """What became of one input: ``rows_read == rows_used + sum(dropped.values())``.

    `key` is the input as the project names it (units, centres …), `shown` its file, `sha256`
    of the file, or of the members of a folder in order of name.
    """

    key: str
    shown: str
    source: Source
    sha256: str
    rows_read: int
    rows_used: int
    dropped: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
