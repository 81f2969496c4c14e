"""`vpvkac cost`: what the network costs, who pays, and what a newly covered resident costs."""

from __future__ import annotations

from pathlib import Path

from vpvkac.cli.runner import FILES, PROJECT_TEXT, Reply, Run, command
from vpvkac.cli.terminal import write_new
from vpvkac.cli.usage import FILE, option
from vpvkac.texts.message import Message

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
_COPIED = Message("Assumptions: {}")
_NAME_IT = Message('Edit them, and in vpvkac.toml under [inputs] write: assumptions = "{}"')
_THERE = Message("{} already exists; choose another name.")


@command(about=_ABOUT, examples=_EXAMPLES)
@option(
    "--write-assumptions",
    "copy",
    type=FILE,
    shown=Message("FILE"),
    about=Message("Only write the published assumptions into FILE, to be edited."),
)
def main(run: Run, *, copy: Path | None) -> Reply:
    """Calculate what the network costs, who pays, and what each newly covered resident costs."""
    if copy is not None:
        return _copy(run, copy)
    from vpvkac.api.cost import cost_of_project
    from vpvkac.questions.cost.view import headline

    costs = cost_of_project(run.project(), lang=run.lang, progress=run.steps)
    run.faults = () if costs.result is None else costs.result.inputs.faults
    with run.writing():
        files = costs.write(run.out)
    named = run.text(FILES, ", ".join(map(str, files)))
    return Reply([*headline(costs, run.lang), named])


def _copy(run: Run, file: Path) -> Reply:
    """Write a copy of the published assumptions; one that is there is somebody's work."""
    from vpvkac.sources.reference import published_text

    with run.writing(file):
        try:
            write_new(file, published_text())
        except FileExistsError:
            run.stop(run.text(_THERE, file))
    return Reply([run.text(_COPIED, file), run.text(_NAME_IT, file.name)])
