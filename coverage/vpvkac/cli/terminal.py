"""What commands say on a terminal: progress, faults, and why they stop."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from vpvkac.model.faults import LEVELS, Fault, printable
from vpvkac.texts.message import Lang, Message, Plural, Text

if TYPE_CHECKING:
    from vpvkac.model.project import Project

_SAMPLE = Message("No project given: using the embedded synthetic sample.")
_USING = Message("Project: {}")
_BESIDE = Message("Found beside the project file and used: {}")
_WARNING = Plural("{n} warning", "{n} warnings")
_ROWS = Plural("{n} row", "{n} rows")
_WARNINGS = Message("{} about the inputs{}; see: {}")
_CANNOT_WRITE = Message("cannot be written ({})")


class Steps:
    """Shows the step under way on a terminal's last line; silent in a pipe."""

    def __init__(self, lang: Lang) -> None:
        self.lang = lang
        self.shown = sys.stderr.isatty()

    def __call__(self, step: str | Text) -> None:
        """Begin a step."""
        if self.shown:
            shown = click.style(self.name(step), dim=True)
            click.echo(f"\r\033[K{shown}", nl=False, err=True)

    def name(self, step: str | Text) -> str:
        """Name a step in the language of the terminal."""
        return step if isinstance(step, str) else step.text(self.lang)

    def end(self) -> None:
        """Clear the line."""
        if self.shown:
            click.echo("\r\033[K", nl=False, err=True)


def find_project(given: Path | None, lang: Lang) -> Project:
    """Load the project given, else the one in the current folder, else the sample; say which.

    Raises
    ------
    InputError
        If the project file has faults.
    """
    from pathlib import Path

    from vpvkac.inputs.project_file import load
    from vpvkac.inputs.sample import sample
    from vpvkac.model.project import PROJECT_FILE

    here = Path(PROJECT_FILE)
    if given is None and not here.is_file():
        click.echo(_SAMPLE.text(lang), err=True)
        project = sample()
    else:
        path = here if given is None else given
        click.echo(_USING.text(lang).format(path), err=True)
        project = load(path)
    for found in project.beside:
        click.echo(_BESIDE.text(lang).format(found.shown), err=True)
    return project


def tell(faults: Iterable[Fault], lang: Lang) -> None:
    """Say every fault, warnings first, so that errors stand last on the screen."""
    for fault in sorted(faults, key=lambda fault: fault.level == "error"):
        colour = "red" if fault.level == "error" else "yellow"
        label = click.style(f"{LEVELS[fault.level].text(lang)}:", fg=colour, bold=True)
        click.echo(f"{label} {fault.sentence(lang)}", err=True)


def tell_count(faults: Sequence[Fault], project: Path | None, lang: Lang) -> None:
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


def fail(message: str) -> NoReturn:
    """Say why and stop with exit code 1."""
    click.echo(message, err=True)
    sys.exit(1)


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


def cannot_write(path: Path, error: OSError, lang: Lang) -> NoReturn:
    """Say that a folder or file cannot be written, and stop."""
    from vpvkac.render.workplace import OutputError

    if isinstance(error, OutputError):
        tell(error.faults, lang)
        sys.exit(1)
    reason = error.strerror or str(error) or type(error).__name__
    fail(printable(f"{path}: {_CANNOT_WRITE.text(lang).format(reason)}"))
