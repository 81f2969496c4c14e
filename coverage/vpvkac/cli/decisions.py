"""`vpvkac decisions import`: what offices send back, merged into the decisions of a project."""

from __future__ import annotations

from pathlib import Path

import click

from vpvkac.cli.runner import PATH, Reply, Run, command
from vpvkac.cli.usage import FILE, Group, argument, lang_option, option
from vpvkac.model.project import PROJECT_FILE
from vpvkac.texts.message import Message

_IMPORT = Message("Merge decisions from workbooks into decisions.csv.")
_LINES = {
    "new": Message("New: {}"),
    "completed": Message("Completed: {}"),
    "replaced": Message("Replaced: {}"),
    "same": Message("As before: {}"),
}


@click.group(
    cls=Group,
    about=Message("Merge the decisions that offices send back in their workbooks."),
    modules={"import": ("decisions", _IMPORT)},
    package=__package__,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@lang_option
def decisions(lang: str) -> None:
    """Merge the decisions that offices send back."""
    del lang


@command(
    about=Message(
        "Merge the decisions in workbooks that offices send back into the project's decisions.csv."
        "\n\nWhat they add is added, what they fill in is filled in. What differs from "
        "decisions.csv, or from another workbook, is named with both values, and nothing is "
        "written. The next vpvkac run shows the decisions."
    ),
    examples=Message("""\
vpvkac decisions import atbildes/*.xlsx        into the project here
vpvkac decisions import LV9927000.xlsx --project latvija/
vpvkac decisions import LV9927000.xlsx --replace
"""),
    common=(lang_option,),
)
@argument("files", shown=Message("FILE…"), nargs=-1, required=True, type=FILE)
@option("--project", "folder", type=PATH, shown=Message("DIR"),
        about=Message("Folder with vpvkac.toml, or that file.  [here]"))  # fmt: skip
@option("--replace", is_flag=True, about=Message(
    "Take what a workbook says where decisions.csv says another thing; each is named."
))  # fmt: skip
def import_(run: Run, files: tuple[Path, ...], folder: Path | None, *, replace: bool) -> Reply:
    """Merge decisions from workbooks into decisions.csv."""
    from vpvkac.inputs.project_file import load
    from vpvkac.questions.decisions.answer import merge
    from vpvkac.questions.decisions.files import write

    merged = merge(load(folder or Path(PROJECT_FILE)), files, replace=replace)
    with run.writing(merged.target.path):
        path = write(merged)
    counts = [run.text(line, merged.counts[code]) for code, line in _LINES.items()]
    return Reply([*counts, run.text(Message("Decisions: {}"), path)], merged.faults)
