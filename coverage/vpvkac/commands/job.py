"""What the commands that begin with an analysis share: arguments, and the way to a result."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from vpvkac.commands.terminal import Steps, cannot_write, find_project, lang_option, tell
from vpvkac.faults import InputError
from vpvkac.language import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from vpvkac.language import Lang
    from vpvkac.project import Project
    from vpvkac.result import Coverage, Result

_NOTHING_WRITTEN = Text("Nekas nav uzrakstīts.", "Nothing was written.")


class Job(NamedTuple):
    """What the user asks to be analysed.

    Parameters
    ----------
    project
        The project given; None for that of the current folder, else the sample.
    rules
        Changes of the project's rules, by name.
    """

    project: Path | None
    rules: Mapping[str, object]


_PROJECT = click.argument("project", required=False, type=click.Path(path_type=Path))
_OUT = click.option(
    "--out", default="out", show_default=True,
    type=click.Path(file_okay=False, path_type=Path), help="Folder for the outputs.",
)  # fmt: skip
_RULES = (
    click.option(
        "--threshold", type=click.FloatRange(1, 100_000), metavar="METRES",
        help="Distance that counts as within reach.  [project's, else 700]",
    ),
    click.option(
        "--stop-set", type=click.Choice(["regional", "bus", "all"]),
        help="Which stops count.  [project's, else regional]",
    ),
    click.option(
        "--layout", type=click.Choice(["2021-01-01", "2021-07-01", "2022-07-01"]),
        help="Vintage of the territorial units.  [project's, else as the file stands]",
    ),
)  # fmt: skip


def job_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `[PROJECT] --out --lang --threshold --stop-set --layout`.

    The command gets `project`, `out`, `lang`, `threshold`, `stop_set` and `layout`.
    """
    return _with(command, _PROJECT, _OUT, lang_option, *_RULES)


def question_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what `job_options` adds but `--out`: for a command that answers and writes no file."""
    return _with(command, _PROJECT, lang_option, *_RULES)


def _with(command: Callable[..., Any], *options: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(options):
        command = option(command)
    return command


def job(
    project: Path | None, threshold: float | None, stop_set: str | None, layout: str | None
) -> Job:
    """Gather what `job_options` gave; an option left out changes nothing."""
    changes = {"threshold_m": threshold, "stop_set": stop_set, "layout": layout}
    return Job(project, {name: value for name, value in changes.items() if value is not None})


def analysed(asked: Job, lang: Lang, steps: Steps) -> Result:
    """Analyse what is asked; where an input is at fault, say so and stop with exit code 1."""
    with faults_told(lang, steps):
        from vpvkac.analysis import analyse

        return analyse(_project(asked, lang), lang=lang, progress=steps)


def covered(asked: Job, lang: Lang, steps: Steps) -> Coverage:
    """Do the same for a command that asks nothing of gaps: compute the network alone."""
    with faults_told(lang, steps):
        from vpvkac.analysis import coverage

        return coverage(_project(asked, lang), lang=lang, progress=steps)


def _project(asked: Job, lang: Lang) -> Project:
    return find_project(asked.project, lang).with_rules(**asked.rules)


@contextmanager
def faults_told(lang: Lang, steps: Steps) -> Iterator[None]:
    """Turn an `InputError` into its sentences and exit code 1."""
    try:
        yield
    except InputError as error:
        steps.end()
        tell(error.faults, lang)
        click.echo(_NOTHING_WRITTEN.into(lang), err=True)
        sys.exit(1)


@contextmanager
def writing(out: Path, lang: Lang, steps: Steps) -> Iterator[None]:
    """Turn an `OSError` of the outputs into a sentence and exit code 1."""
    try:
        yield
    except OSError as error:
        steps.end()
        cannot_write(out, error, lang)
