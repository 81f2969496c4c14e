"""`vpvkac check`: every problem of every input, and what became of every row."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vpvkac.commands.job import Job, asked_project, strict_option
from vpvkac.commands.terminal import Steps, cannot_write, lang_option, tell
from vpvkac.faults import InputError, has_errors
from vpvkac.language import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vpvkac.faults import Fault
    from vpvkac.language import Lang
    from vpvkac.provenance import Account

_EPILOG = """\b
Examples:
  vpvkac check                 the project here, else the embedded sample
  vpvkac check ventspils/      writes out/check.csv, exits as `vpvkac run` would
"""
_FILE = Text("Datne", "File")
_READ = Text("nolasītas", "read")
_USED = Text("izmantotas", "used")
_NOT_USED = Text("neizmantotas", "not used")
_COUNTS = Text("Kļūdas: {}; brīdinājumi: {}.", "Errors: {}; warnings: {}.")
_TABLE = Text("Tabula: {}", "Table: {}")


@click.command("check", epilog=_EPILOG)
@click.argument("project", required=False, type=click.Path(path_type=Path))
@click.option(
    "--out", default="out", show_default=True, type=click.Path(file_okay=False, path_type=Path),
    help="Folder for check.csv.",
)  # fmt: skip
@lang_option
@strict_option
def main(project: Path | None, out: Path, lang: Lang, *, strict: bool) -> None:
    """Read every input and report every problem of every file in one table.

    Prints the rows read, used and dropped by reason, writes check.csv and
    exits as `vpvkac run` would: 1 if there is an error.

    PROJECT is a folder with vpvkac.toml, or that file; without it, the current
    folder if it holds one, else the embedded sample.
    """
    from vpvkac.inputs import examine
    from vpvkac.outputs.staging import files_of

    steps = Steps()
    faults: tuple[Fault, ...]
    accounts: tuple[Account, ...] = ()
    inputs: tuple[Path, ...] = ()
    try:
        found = asked_project(Job(project, {}, strict), lang)
        inputs = files_of(found)
        faults, accounts = examine(found, steps)
    except InputError as error:
        faults = error.faults
    steps.end()
    tell(faults, lang)
    if accounts:
        click.echo(_account_table(accounts, lang))
    _write(faults, out, lang, inputs)
    errors = sum(fault.level == "error" for fault in faults)
    click.echo(_COUNTS.into(lang).format(errors, len(faults) - errors))
    click.echo(_TABLE.into(lang).format(out / "check.csv"))
    if has_errors(faults):
        sys.exit(1)


def _write(faults: Sequence[Fault], out: Path, lang: Lang, inputs: Sequence[Path]) -> None:
    from vpvkac.outputs.checkfile import write_check

    try:
        write_check(out, faults, lang, inputs)
    except OSError as error:
        cannot_write(out, error, lang)


def _account_table(accounts: Sequence[Account], lang: Lang) -> str:
    """Lay out rows read, used and not used, and under each file the reasons."""
    from vpvkac import words

    heading = (_FILE.into(lang), _READ.into(lang), _USED.into(lang), _NOT_USED.into(lang))
    rows: list[tuple[str, str, str, str]] = [heading]
    for account in accounts:
        left = sum(account.dropped.values())
        rows.append((account.shown, str(account.rows_read), str(account.rows_used), str(left)))
        for reason, count in account.dropped.items():
            rows.append((f"  – {words.DROPPED[reason].into(lang)}", "", "", str(count)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(heading))]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(row[n].rjust(widths[n]) for n in range(1, len(heading)))]
        )
        for row in rows
    ]
    return "\n".join(["", *lines, ""])
