"""What the commands that begin with an analysis share: arguments, and the way to a result."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

import click

from vpvkac.cli.terminal import Steps, cannot_write, find_project, tell
from vpvkac.cli.usage import Choice, Number, Where, argument, lang_option, option
from vpvkac.model.faults import InputError
from vpvkac.model.project import Layout, Project, StopSet
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    from vpvkac.api import Result
    from vpvkac.questions.coverage.result import Measured

_NOTHING_WRITTEN = Message("Nothing was written.")


class Job(NamedTuple):
    """What the user asks to be analysed.

    Parameters
    ----------
    project
        The project given; None for that of the current folder, else the sample.
    rules
        Changes of the project's rules, by name.
    strict
        Whether every bad row of a published source stops the command.
    """

    project: Path | None
    rules: Mapping[str, object]
    strict: bool = False


PROJECT_TEXT = Message(
    "PROJECT is a folder with vpvkac.toml, or that file; without it, the current folder if it "
    "holds one, else the embedded sample."
)
project_argument = argument(
    "project",
    shown=Message("[PROJECT]"),
    required=False,
    type=click.Path(path_type=Path),
)
out_option = option(
    "--out",
    default="out",
    type=Where(folder=True),
    shown=Message("DIR"),
    about=Message("Folder for the outputs.  [out]"),
)
RULES = ("threshold", "stop_set", "layout", "strict")
"""What `job` takes beside the project: the options that every analysis has."""
THRESHOLD = Number(1, 100_000)
STOP_SET = Choice(get_args(StopSet))
LAYOUT = Choice(get_args(Layout))
METRES = Message("METRES")
strict_option = option(
    "--strict",
    is_flag=True,
    about=Message("Stop at any bad row of a published source, instead of leaving out up to 1 %."),
)
_RULES = (
    option(
        "--threshold",
        type=THRESHOLD,
        shown=METRES,
        about=Message("Distance that counts as within reach.  [project's, else 700]"),
    ),
    option(
        "--stop-set",
        type=STOP_SET,
        about=Message("Which stops count.  [project's, else regional]"),
    ),
    option(
        "--layout",
        type=LAYOUT,
        about=Message("Vintage of the territorial units.  [project's, else as the file stands]"),
    ),
    strict_option,
)


def job_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `[PROJECT] --out --lang --threshold --stop-set --layout --strict`.

    The command gets `project`, `out`, `lang`, `threshold`, `stop_set`, `layout` and `strict`.
    """
    return _with(command, project_argument, out_option, lang_option, *_RULES)


def question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what `job_options` adds but `--out`: for a command that answers and writes no file."""
    return _with(command, project_argument, lang_option, *_RULES)


def _with(command: Callable[..., Any], *options: Callable[..., Any]) -> Callable[..., Any]:
    for add in reversed(options):
        command = add(command)
    return command


def job(
    project: Path | None,
    *,
    threshold: float | None,
    stop_set: str | None,
    layout: str | None,
    strict: bool,
) -> Job:
    """Gather what `job_options` gave; an option left out changes nothing."""
    changes = {"threshold_m": threshold, "stop_set": stop_set, "layout": layout}
    rules = {name: value for name, value in changes.items() if value is not None}
    return Job(project, rules, strict)


def analysed(asked: Job, lang: Lang, steps: Steps) -> Result:
    """Analyse what is asked; where an input is at fault, say so and stop with exit code 1."""
    with faults_told(lang, steps):
        from vpvkac.api import analyse

        return analyse(asked_project(asked, lang), lang=lang, progress=steps)


def covered(asked: Job, lang: Lang, steps: Steps) -> Measured:
    """Do the same for a command that asks nothing of gaps: compute the network alone."""
    with faults_told(lang, steps):
        from vpvkac.api import measure

        return measure(asked_project(asked, lang), lang=lang, progress=steps)


def asked_project(asked: Job, lang: Lang) -> Project:
    """Load the project asked for, under the rules asked for."""
    project = find_project(asked.project, lang).with_rules(**asked.rules)
    return replace(project, strict=asked.strict)


@contextmanager
def faults_told(lang: Lang, steps: Steps) -> Iterator[None]:
    """Turn an `InputError` into its sentences and exit code 1."""
    try:
        yield
    except InputError as error:
        steps.end()
        tell(error.faults, lang)
        click.echo(_NOTHING_WRITTEN.text(lang), err=True)
        sys.exit(1)


@contextmanager
def writing(out: Path, lang: Lang, steps: Steps) -> Iterator[None]:
    """Turn an `OSError` of the outputs into a sentence and exit code 1."""
    try:
        yield
    except OSError as error:
        steps.end()
        cannot_write(out, error, lang)
