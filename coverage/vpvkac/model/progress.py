"""Progress of long steps: shown on a terminal, silent in a pipe."""

from __future__ import annotations

from collections.abc import Callable
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
