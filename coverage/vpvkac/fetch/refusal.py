"""Why a source was not fetched, in a sentence."""

from __future__ import annotations

from vpvkac.model.faults import Fault
from vpvkac.texts.message import Message, Plural, Text


class RefusedError(Exception):
    """A source cannot be fetched; `fault` says why and what to do."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.sentence("en"))


_LONGEST = 80


def short(said: str) -> str:
    """Make what a server said short enough for a sentence."""
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"


def refused(file: str, problem: Text, remedy: Text, value: str | None = None) -> RefusedError:
    """Make the refusal of a local file, or of what should have become it."""
    return RefusedError(Fault("error", file, problem, remedy, value=value))


ATTEMPTS = Plural("{n} attempt", "{n} attempts")
TRY_LATER = Message("try later")
NAME_ADDRESS = Message("give the right address: --address SOURCE=https://…")
TELL_PUBLISHER = Message("try later; if it happens again, tell the publisher")
