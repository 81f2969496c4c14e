"""`vpvkac check`: every problem of every input, and what became of every row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vpvkac.cli.runner import OUT, PROJECT, PROJECT_TEXT, STRICT, Reply, Run, command
from vpvkac.cli.terminal import print_faults
from vpvkac.cli.usage import lang_option
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.texts.message import Message

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
_COUNTS = Message("Errors: {}; warnings: {}.")
_TABLE = Message("Table: {}")


@command(about=_ABOUT, examples=_EXAMPLES, common=(PROJECT, OUT, lang_option, STRICT))
def main(run: Run) -> Reply:
    """Read every input and report every problem of every file in one table."""
    from vpvkac.questions.check.answer import examine
    from vpvkac.questions.check.files import write_check
    from vpvkac.questions.check.view import account_table
    from vpvkac.render.staging import files_of

    faults: tuple[Fault, ...]
    accounts: tuple[Account, ...] = ()
    inputs: Sequence[Path] = ()
    try:
        project = run.project()
        inputs = files_of(project)
        faults, accounts = examine(project, run.steps)
    except InputError as error:
        faults = error.faults
    # Before anything is written: a folder that cannot be written hides no fault.
    run.steps.end()
    print_faults(faults, run.lang)
    if accounts:
        click.echo(account_table(accounts, run.lang))
    with run.writing():
        write_check(run.out, faults, run.lang, inputs)
    errors = sum(fault.level == "error" for fault in faults)
    counts = run.text(_COUNTS, errors, len(faults) - errors)
    return Reply([counts, run.text(_TABLE, run.out / "check.csv")], failed=has_errors(faults))
