"""The command line: `vpvkac COMMAND`; a command's module is imported when it is called."""

from __future__ import annotations

import warnings
from typing import Any

import click

from vpvkac.cli.terminal import ended_by_signals, sound_streams
from vpvkac.cli.usage import Group, Option, lang_option
from vpvkac.texts.message import Message

# Command → the module that holds it, and its line in `vpvkac --help`.
COMMANDS = {
    "init": ("project", Message("Write a project file for the whole of Latvia.")),
    "fetch": ("fetch", Message("Download the published sources that the project names.")),
    "check": ("project", Message("Read every input and report every problem of every file.")),
    "run": ("questions", Message("Compute reach, coverage and gaps, and write all outputs.")),
    "open": ("project", Message("Open the pages of a run in the web browser.")),
    "explain": ("questions", Message("Explain a unit's contact point, and what would change it.")),
    "walk": (
        "questions",
        Message("Measure the way along streets from each point to its nearest stop."),
    ),
    "reach": ("questions", Message("Find who can go, be served and come home on one day.")),
    "hours": ("questions", Message("Measure opening hours, and whether a bus comes in time.")),
    "site": ("questions", Message("Find where to put more points, or how few reach a target.")),
    "plan": ("plan", Message("Plan in what order to open the remaining points, by year.")),
    "cost": ("questions", Message("Calculate what the network costs, who pays, and for whom.")),
    "compare": ("compare", Message("Show what changes from one run or what-if to another.")),
    "demand": (
        "questions",
        Message("Find the nearest point and stop of any number of origins, in chunks."),
    ),
    "decisions": ("decisions", Message("Merge the decisions that offices send back.")),
    "sample": ("project", Message("Copy the embedded synthetic sample into a folder.")),
}
_ABOUT = Message(
    "Plan the coverage of Latvia's one-stop public service centres (VPVKAC).\n\n"
    "From open data: which territorial units have a contact point, whether each point is within "
    "700 m of a bus stop, what the gaps are and what could close them. Writes maps, gap lists and "
    "tables. The default language is Latvian; write --lang en for English."
)


class _Program(Group):
    """The program: whole or not at all, whatever its streams are and however it ends."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command."""
        # What joblib says on a machine whose shared memory is full; nothing here works in parallel.
        warnings.filterwarnings("ignore", message=".*joblib will operate in serial mode")
        with ended_by_signals(), sound_streams():
            return super().__call__(*args, **kwargs)


@click.group(
    cls=_Program,
    about=_ABOUT,
    modules=COMMANDS,
    package=__package__,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@lang_option
@click.version_option(
    None, "-V", "--version", package_name="vpvkac", message="vpvkac %(version)s",
    cls=Option, about=Message("Show the version."),
)  # fmt: skip
def main(lang: str) -> None:
    """Plan the coverage of Latvia's one-stop public service centres (VPVKAC)."""
    del lang


if __name__ == "__main__":
    main()
