"""Faults: what is wrong with an input, said so that its owner can mend it.

Readers collect faults and go on, so that a planner sees all of them at once; `InputError` is
raised when everything has been read.  An error stops the run; a warning drops a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from vpvkac.texts.formats import percent
from vpvkac.texts.message import Lang, Message, Text

Level = Literal["error", "warning"]

LEVELS = {"error": Message("Error"), "warning": Message("Warning")}
_ROW = Message("row {}")
_SAME = Message("{} rows like this")
# The value is no subject of a Latvian clause, whose case it could not take: it stands before.
_OF_VALUE = Message('{}: "{}" {}')
_SHOWN_VALUE = 80


@dataclass(frozen=True)
class Fault:
    """One fault of one input.

    Parameters
    ----------
    level
        {"error", "warning"}.  An error stops the run, a warning drops a row.
    file
        The file as the project names it; a member of a zip is
        ``feed.zip/stops.txt``.
    problem, remedy
        What is wrong and what to do, each a clause without a final full stop.
    row
        The physical line, header = 1; None where the whole file is meant.
    field, value
        The column and the text found in it, as read.
    alike
        How many rows have this same fault, the named one included.
    """

    level: Level
    file: str
    problem: Text
    remedy: Text
    row: int | None = None
    field: str | None = None
    value: str | None = None
    alike: int = 1

    def sentence(self, lang: Lang) -> str:
        """Say the fault in one line: file, row, field, value, problem, remedy."""
        row = None if self.row is None else _ROW.text(lang).format(self.row)
        where = ", ".join(part for part in (self.file, row, self.field) if part is not None)
        problem, value = self.problem.text(lang), self.value
        line = f"{where}: {problem}"
        if value is not None:
            # Short enough for one line of a terminal.
            short = value if len(value) <= _SHOWN_VALUE else value[: _SHOWN_VALUE - 1] + "…"
            line = _OF_VALUE.text(lang).format(where, short, problem)
        line += f"; {self.remedy.text(lang)}"
        if self.alike > 1:
            line += f" ({_SAME.text(lang).format(self.alike)})"
        return printable(line)


@dataclass(frozen=True)
class Share:
    """A share (0-1) that a fault names; it never shows as reaching its target."""

    value: float
    target: float

    def text(self, lang: Lang) -> str:
        """Write it in per cent."""
        return percent(lang, self.value, self.target)


class InputError(ValueError):
    """The inputs have errors; nothing was computed.

    Attributes
    ----------
    faults
        Every fault found, warnings included, in the order of the files.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        errors = [fault for fault in faults if fault.level == "error"]
        super().__init__("\n".join(fault.sentence("en") for fault in errors))

    @classmethod
    def of(
        cls,
        file: str,
        problem: Text,
        remedy: Text,
        *,
        row: int | None = None,
        field: str | None = None,
        value: str | None = None,
        alike: int = 1,
    ) -> InputError:
        """Make one of a single error; parameters as of `Fault`."""
        return cls([Fault("error", file, problem, remedy, row, field, value, alike)])

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        """Go from one process to another by the faults; the message follows from them."""
        return type(self), (self.faults,)


def has_errors(faults: Iterable[Fault]) -> bool:
    """Tell whether any of the faults stops the run."""
    return any(fault.level == "error" for fault in faults)


def printable(line: str) -> str:
    """Make a line safe for a terminal, whatever names and values of files it holds."""
    spaced = " ".join(line.split())
    return "".join(char if char.isprintable() else "�" for char in spaced)
