"""`vpvkac check`: every problem of every input, and what became of every row."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vpvkac.cli.job import (
    PROJECT_TEXT,
    Job,
    asked_project,
    out_option,
    project_argument,
    strict_option,
)
from vpvkac.cli.terminal import Steps, cannot_write, tell
from vpvkac.cli.usage import command, lang_option
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.texts.message import Lang, Message

if TYPE_CHECKING:
    from vpvkac.model.accounts import Account

_ABOUT = Message(
    "Read every input and report every problem of every file in one table.\n\n"
    "Prints the rows read, used and dropped by reason, writes check.csv and exits as "
    "vpvkac run would: 1 if there is an error.\n\n"
    "{project}",
    project=PROJECT_TEXT,
)
_EXAMPLES = Message("""\
vpvkac check                 the project here, else the embedded sample
vpvkac check ventspils/      writes out/check.csv, exits as vpvkac run would
""")
_FILE = Message("File")
_READ = Message("read")
_USED = Message("used")
_NOT_USED = Message("not used")
_COUNTS = Message("Errors: {}; warnings: {}.")
_TABLE = Message("Table: {}")


@command("check", about=_ABOUT, examples=_EXAMPLES)
@project_argument
@out_option
@lang_option
@strict_option
def main(project: Path | None, out: Path, lang: Lang, *, strict: bool) -> None:
    """Read every input and report every problem of every file in one table."""
    from vpvkac.questions.check.answer import examine
    from vpvkac.render.staging import files_of

    steps = Steps(lang)
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
    click.echo(_COUNTS.text(lang).format(errors, len(faults) - errors))
    click.echo(_TABLE.text(lang).format(out / "check.csv"))
    if has_errors(faults):
        sys.exit(1)


def _write(faults: Sequence[Fault], out: Path, lang: Lang, inputs: Sequence[Path]) -> None:
    from vpvkac.questions.check.files import write_check

    try:
        write_check(out, faults, lang, inputs)
    except OSError as error:
        cannot_write(out, error, lang)


def _account_table(accounts: Sequence[Account], lang: Lang) -> str:
    """Lay out rows read, used and not used, and under each file the reasons."""
    from vpvkac.texts import words

    heading = (_FILE.text(lang), _READ.text(lang), _USED.text(lang), _NOT_USED.text(lang))
    rows: list[tuple[str, str, str, str]] = [heading]
    for account in accounts:
        left = sum(account.dropped.values())
        rows.append((account.shown, str(account.rows_read), str(account.rows_used), str(left)))
        for reason, count in account.dropped.items():
            rows.append((f"  – {words.DROPPED[reason].text(lang)}", "", "", str(count)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(heading))]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(row[n].rjust(widths[n]) for n in range(1, len(heading)))]
        )
        for row in rows
    ]
    return "\n".join(["", *lines, ""])
