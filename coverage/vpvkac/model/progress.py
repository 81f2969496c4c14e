"""Progress of long steps: shown on a terminal, silent in a pipe."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with the name of each step as it begins."""

    def __call__(self, step: str) -> None:
        """Begin a step."""


def silent(step: str) -> None:
    """Show nothing."""
    del step
