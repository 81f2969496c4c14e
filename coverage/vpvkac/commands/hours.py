"""`vpvkac hours`: when the centres are open, and whether a bus comes in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from vpvkac.commands.job import covered, faults_told, job, job_options, writing
from vpvkac.commands.terminal import Steps, tell
from vpvkac.language import Text

if TYPE_CHECKING:
    from pathlib import Path

    from vpvkac.language import Lang

_EPILOG = """\b
Examples:
  vpvkac hours                          the project here, else the embedded sample
  vpvkac hours latvija/ --out darbs/    the project latvija/vpvkac.toml
  vpvkac hours --all --lang en          the other places with hours in the table too
"""
_MEASURING = Text("Darba laiks", "Opening hours")


@click.command("hours", epilog=_EPILOG)
@job_options
@click.option(
    "--all",
    "every_host",
    is_flag=True,
    help="Add the other open places that publish hours to hours.csv; counts are of centres.",
)
def main(every_host: bool, out: Path, lang: Lang, **asked: Any) -> None:
    """Measure opening hours: how long, when, and whether a bus comes in time.

    Writes hours.csv and hours.html. PROJECT is a folder with vpvkac.toml, or
    that file; without it, the current folder if it holds one, else the
    embedded sample.
    """
    steps = Steps()
    result = covered(job(asked.pop("project"), **asked), lang, steps)
    from vpvkac.opening.files import write_hours
    from vpvkac.opening.headline import headline
    from vpvkac.opening.hours import hours

    steps(_MEASURING.into(lang))
    with faults_told(lang, steps):
        found = hours(result, every_host=every_host)
    with writing(out, lang, steps):
        files = write_hours(found, out)
    steps.end()
    tell((*result.inputs.faults, *found.faults), lang)
    click.echo(headline(found, files))
