"""What commands say on a terminal: progress, faults, and why they stop."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from vpvkac.model.faults import LEVELS, Fault
from vpvkac.texts.formats import number
from vpvkac.texts.message import Lang, Message, Plural, Text

_LOADING = Message("Loading the program")
_WHOLE = Message("Total")
_MEMORY = Message("Peak memory")
_MEBIBYTE = 1024.0**2
_WARNING = Plural("{n} warning", "{n} warnings")
_ROWS = Plural("{n} row", "{n} rows")
_WARNINGS = Message("{} about the inputs{}; see: {}")


class Steps:
    """Shows the step under way on a terminal's last line, silent in a pipe; keeps their times."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.shown = sys.stderr.isatty()
        self._began = [(_LOADING.text(lang), time.perf_counter())]

    def __call__(self, step: str | Text) -> None:
        """Begin a step."""
        name = step if isinstance(step, str) else step.text(self.lang)
        if self.shown:
            click.echo(f"\r\033[K{click.style(name, dim=True)}", nl=False, err=True)
        self._began.append((name, time.perf_counter()))

    def end(self) -> None:
        """Clear the line."""
        if self.shown:
            click.echo("\r\033[K", nl=False, err=True)

    @property
    def seconds(self) -> float:
        """How long it is since the command began."""
        return time.perf_counter() - self._began[0][1]

    def table(self) -> str:
        """Lay out the seconds of every step so far, their sum and the memory."""
        ends = [began for _, began in self._began[1:]] + [time.perf_counter()]
        seconds = [
            (step, end - began) for (step, began), end in zip(self._began, ends, strict=True)
        ]
        rows = [*seconds, (_WHOLE.text(self.lang), ends[-1] - self._began[0][1])]
        lines = [f"{number(self.lang, took, 2):>8} s  {step}" for step, took in rows]
        memory = most_memory()
        if memory is not None:
            held = number(self.lang, memory / _MEBIBYTE)
            lines.append(f"{held:>8} MiB  {_MEMORY.text(self.lang)}")
        return "\n".join(lines)


def most_memory() -> int | None:
    """Give the most memory this process has held, bytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux tells kibibytes, macOS bytes.
    return held if sys.platform == "darwin" else held * 1024


def print_faults(faults: Iterable[Fault], lang: Lang) -> None:
    """Say every fault, warnings first, so that errors stand last on the screen."""
    for fault in sorted(faults, key=lambda fault: fault.level == "error"):
        colour = "red" if fault.level == "error" else "yellow"
        label = click.style(f"{LEVELS[fault.level].text(lang)}:", fg=colour, bold=True)
        click.echo(f"{label} {fault.sentence(lang)}", err=True)


def print_fault_count(faults: Sequence[Fault], project: Path | None, lang: Lang) -> None:
    """Say in one line how many warnings there are, and how to see them.

    Parameters
    ----------
    faults
        Warnings about the inputs, each of one row or of several alike.
    project
        The project as the user gave it; None where none was given.
    """
    if not faults:
        return
    rows = sum(fault.alike for fault in faults if fault.row is not None)
    check = "vpvkac check" if project is None else f"vpvkac check {shlex.quote(str(project))}"
    if lang == "en":
        check += " --lang en"
    about = f" ({_ROWS.with_values(rows).text(lang)})" if rows else ""
    line = _WARNINGS.text(lang).format(_WARNING.with_values(len(faults)).text(lang), about, check)
    click.echo(click.style(line, fg="yellow"), err=True)


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet, as UTF-8 with LF; all of it, or none.

    Raises
    ------
    FileExistsError
        If there is one: it is somebody's work, and is never written over.
    OSError
        If it cannot be written.
    """
    with file.open("x", encoding="utf-8", newline="\n") as opened:
        try:
            opened.write(text)
            opened.flush()
        except OSError:
            file.unlink()
            raise
