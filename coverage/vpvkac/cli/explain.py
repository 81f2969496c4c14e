"""`vpvkac explain`: one unit's contact point in words and numbers."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vpvkac.cli.job import PROJECT_TEXT, analysed, job, question_options
from vpvkac.cli.terminal import Steps, fail, tell_count
from vpvkac.cli.usage import argument, command, option
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    from vpvkac.api import Result
    from vpvkac.questions.explain.answer import Explanation

_ABOUT = Message(
    "Explain why a unit's contact point is what it is, and what would change it.\n\n"
    "UNIT is a code (LV…), a name with or without its kind, the name of a place that "
    'stands in it, or "name, municipality" where a name occurs twice. Nothing is written '
    "but to the terminal.\n\n"
    "{project}",
    project=PROJECT_TEXT,
)
_EXAMPLES = Message("""\
vpvkac explain LV9927580                         a unit of the sample, by code
vpvkac explain "Ciblas pagasts" latvija/         by name; case and diacritics do not matter
vpvkac explain Cibla latvija/                    the name in the nominative
vpvkac explain "Ciblas VPVKAC" latvija/          a place that stands in it
vpvkac explain "Salas pagasts, Jēkabpils novads" latvija/ --lang en
vpvkac explain LV9927580 --threshold 800 --json
""")
_STEP = Message("Explaining")


@command("explain", about=_ABOUT, examples=_EXAMPLES)
@argument("unit", shown=Message("UNIT"))
@question_options
@option(
    "--json",
    "as_json",
    is_flag=True,
    about=Message("Write JSON for machines."),
)
def main(
    unit: str,
    project: Path | None,
    lang: Lang,
    *,
    as_json: bool,
    **rules: Any,
) -> None:
    """Tell why a unit's contact point is what it is, and what would change it."""
    steps = Steps(lang)
    result = analysed(job(project, **rules), lang, steps)
    told = _explained(result, unit, steps)
    answer = told.to_json() if as_json else told.wrapped(_width())
    steps.end()
    tell_count(result.inputs.faults, project, lang)
    if as_json and isinstance(sys.stdout, io.TextIOWrapper):
        # A letter that the encoding lacks is written as JSON writes it, and not lost.
        sys.stdout.reconfigure(errors="backslashreplace")
    click.echo(answer)


def _explained(result: Result, unit: str, steps: Steps) -> Explanation:
    from vpvkac.questions.explain.answer import explain
    from vpvkac.questions.explain.finding import UnitNotFoundError

    steps(_STEP.text(result.lang))
    try:
        return explain(result, unit)
    except UnitNotFoundError as error:
        steps.end()
        fail(error.sentence(result.lang))


def _width() -> int:
    """Give the terminal's width, 100 at most; in a pipe always 100."""
    from vpvkac.questions.explain.blocks import WIDTH

    if not sys.stdout.isatty():
        return WIDTH
    return min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
