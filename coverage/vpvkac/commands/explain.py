"""`vpvkac explain`: one unit's contact point in words and numbers."""

from __future__ import annotations

import io
import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from vpvkac.commands.job import analysed, job, question_options
from vpvkac.commands.terminal import Steps, fail
from vpvkac.language import Text

if TYPE_CHECKING:
    from pathlib import Path

    from vpvkac.explanation.answer import Explanation
    from vpvkac.language import Lang
    from vpvkac.result import Result

_EPILOG = """\b
Examples:
  vpvkac explain LV9927580                         a unit of the sample, by code
  vpvkac explain "Ciblas pagasts" latvija/         by name; case and diacritics do not matter
  vpvkac explain "Salas pagasts, Jēkabpils novads" latvija/ --lang en
  vpvkac explain LV9927580 --threshold 800 --json
"""
_STEP = Text("Skaidro", "Explaining")
_WARNINGS = Text(
    "Brīdinājumi par ievaddatiem: {} (sk. vpvkac check)",
    "Warnings about the inputs: {} (see vpvkac check)",
)


@click.command("explain", epilog=_EPILOG)
@click.argument("unit")
@question_options
@click.option("--json", "as_json", is_flag=True, help="Write JSON for machines.")
def main(
    unit: str,
    project: Path | None,
    lang: Lang,
    *,
    as_json: bool,
    **rules: Any,
) -> None:
    """Tell why a unit's contact point is what it is, and what would change it.

    UNIT is a code (LV…), a name with or without its kind, or "name,
    municipality" where a name occurs twice. PROJECT is a folder with
    vpvkac.toml, or that file; without it, the current folder if it holds one,
    else the embedded sample. Nothing is written but to the terminal.
    """
    steps = Steps()
    result = analysed(job(project, **rules), lang, steps)
    told = _explained(result, unit, steps)
    answer = told.to_json() if as_json else told.wrapped(_width())
    steps.end()
    if result.inputs.faults:
        click.echo(_WARNINGS.into(lang).format(len(result.inputs.faults)), err=True)
    if as_json and isinstance(sys.stdout, io.TextIOWrapper):
        # A letter that the encoding lacks is written as JSON writes it, and not lost.
        sys.stdout.reconfigure(errors="backslashreplace")
    click.echo(answer)


def _explained(result: Result, unit: str, steps: Steps) -> Explanation:
    from vpvkac.explanation.answer import explain
    from vpvkac.explanation.finding import UnitNotFoundError

    steps(_STEP.into(result.lang))
    try:
        return explain(result, unit)
    except UnitNotFoundError as error:
        steps.end()
        fail(error.sentence(result.lang))


def _width() -> int:
    """Give the terminal's width, 100 at most; in a pipe always 100."""
    from vpvkac.explanation.blocks import WIDTH

    if not sys.stdout.isatty():
        return WIDTH
    return min(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)
