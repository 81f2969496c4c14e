"""`vpvkac hours`: when the centres are open, and whether a bus comes in time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from vpvkac.cli.job import PROJECT_TEXT, covered, faults_told, job, job_options, writing
from vpvkac.cli.terminal import Steps, tell, tell_count
from vpvkac.cli.usage import command, option
from vpvkac.texts.message import Lang, Message

_ABOUT = Message(
    "Measure opening hours: how long, when, and whether a bus comes in time.\n\n"
    "Writes hours.csv and hours.html.\n\n"
    "{project}",
    project=PROJECT_TEXT,
)
_EXAMPLES = Message("""\
vpvkac hours                 the project here, else the embedded sample
vpvkac hours ventspils/ --all --lang en
""")
_MEASURING = Message("Opening hours")


@command("hours", about=_ABOUT, examples=_EXAMPLES)
@job_options
@option(
    "--all",
    "every_host",
    is_flag=True,
    about=Message(
        "Add the other open places that publish hours to hours.csv; counts are of centres."
    ),
)
def main(*, every_host: bool, project: Path | None, out: Path, lang: Lang, **asked: Any) -> None:
    """Measure opening hours: how long, when, and whether a bus comes in time."""
    steps = Steps()
    result = covered(job(project, **asked), lang, steps)
    from vpvkac.questions.hours.answer import answer
    from vpvkac.questions.hours.files import write
    from vpvkac.questions.hours.question import Question
    from vpvkac.questions.hours.view import terminal_lines

    steps(_MEASURING.text(lang))
    with faults_told(lang, steps):
        found = answer(result, Question(every_host))
    with writing(out, lang, steps):
        files = write(found, out, lang)
    steps.end()
    tell_count(result.inputs.faults, project, lang)
    tell(found.faults, lang)
    for line in terminal_lines(found, files, lang):
        click.echo(line)
