"""The command line: `vpvkac COMMAND`; a command's module is imported when it is called."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import click

from vpvkac.commands.streams import ended_by_signals, sound_streams

# Command → its line in `vpvkac --help`; the module of that name holds the command `main`.
COMMANDS = {
    "init": "Write a project file for the whole of Latvia.",
    "fetch": "Download the published sources that the project names.",
    "check": "Read every input and report every problem of every file.",
    "run": "Compute reach, coverage and gaps, and write all outputs.",
    "explain": "Tell why a unit's point is what it is, and what would change it.",
    "walk": "Measure the way along streets from each point to its nearest stop.",
    "hours": "Measure opening hours, and whether a bus comes in time.",
    "site": "Find where to put more points, or how few reach a target.",
    "cost": "Reckon what the network costs, who pays, and for whom.",
    "compare": "Tell what changes from one run or what-if to another.",
    "demand": "Find the nearest point and stop of any number of origins, in chunks.",
    "sample": "Copy the embedded synthetic sample into a folder.",
}


class _Commands(click.Group):
    """Knows its commands by name, so that `--help` imports none of them."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Be the program: whole or not at all, whatever its streams are and however it ends."""
        # What joblib says on a machine whose shared memory is full; nothing here works in parallel.
        warnings.filterwarnings("ignore", message=".*joblib will operate in serial mode")
        with ended_by_signals(), sound_streams():
            return super().__call__(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names, in the order of the work."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"vpvkac.commands.{cmd_name}").main
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with their lines, without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vpvkac", message="%(prog)s %(version)s")
def main() -> None:
    """Plan the coverage of Latvia's one-stop public service centres (VPVKAC).

    From open data: which territorial units have a contact point, whether each
    point is within 700 m of a bus stop, what the gaps are and what could close
    them. Writes maps, gap lists and tables.
    """


if __name__ == "__main__":
    main()
