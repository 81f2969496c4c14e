"""`vpvkac cost`: what the network costs, who pays, and what a newly covered resident costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vpvkac.cli.job import PROJECT_TEXT, Job, asked_project, faults_told, job, job_options, writing
from vpvkac.cli.terminal import Steps, cannot_write, fail, tell_count, write_new
from vpvkac.cli.usage import Where, command, option
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    from vpvkac.api import Costs

_ABOUT = Message(
    "Calculate what the network costs, who pays, and what each newly covered resident "
    "costs.\n\n"
    "The published scenarios A and B from named assumptions, and the same model for the "
    "project's own network and each municipality. Writes cost.csv and cost.html.\n\n"
    "{project}",
    project=PROJECT_TEXT,
)
_EXAMPLES = Message("""\
vpvkac cost                         the project here, else the embedded sample
vpvkac cost ventspils/ --out out/   the project ventspils/vpvkac.toml
vpvkac cost --write-assumptions assumptions.toml
""")
_FILES = Message("Files: {}")
_COPIED = Message("Assumptions: {}")
_NAME_IT = Message('Edit them, and in vpvkac.toml under [inputs] write: assumptions = "{}"')
_THERE = Message("{} already exists; choose another name.")


@command("cost", about=_ABOUT, examples=_EXAMPLES)
@job_options
@option(
    "--write-assumptions",
    "copy",
    type=Where(folder=False),
    shown=Message("FILE"),
    about=Message("Only write the published assumptions into FILE, to be edited."),
)
def main(
    *,
    project: Path | None,
    out: Path,
    lang: Lang,
    copy: Path | None,
    **rules: Any,
) -> None:
    """Reckon what the network costs, who pays, and what each newly covered resident costs."""
    if copy is not None:
        _copy(copy, lang)
        return
    steps = Steps()
    costs = _reckoned(job(project, **rules), lang, steps)
    with writing(out, lang, steps):
        files = costs.write(out)
    steps.end()
    if costs.result is not None:
        tell_count(costs.result.inputs.faults, project, lang)
    _say_headline(costs, lang)
    click.echo(_FILES.text(lang).format(", ".join(str(file) for file in files)))


def _reckoned(asked: Job, lang: Lang, steps: Steps) -> Costs:
    """Reckon what is asked; where an input is at fault, say so and stop with exit code 1."""
    with faults_told(lang, steps):
        from vpvkac.api import cost_of_project

        return cost_of_project(asked_project(asked, lang), lang=lang, progress=steps)


def _say_headline(costs: Costs, lang: Lang) -> None:
    from vpvkac.questions.cost.view import headline

    for line in headline(costs, lang):
        click.echo(line)


def _copy(file: Path, lang: Lang) -> None:
    """Write a copy of the published assumptions; one that is there is somebody's work."""
    from vpvkac.sources.assumptions import published_text

    try:
        write_new(file, published_text())
    except FileExistsError:
        fail(_THERE.text(lang).format(file))
    except OSError as error:
        cannot_write(file, error, lang)
    click.echo(_COPIED.text(lang).format(file))
    click.echo(_NAME_IT.text(lang).format(file.name))
