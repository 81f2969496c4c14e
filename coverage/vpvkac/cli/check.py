"""`vpvkac check`: every problem of every input, and what became of every row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vpvkac.cli.runner import OUT, PROJECT, PROJECT_TEXT, STRICT, Reply, Run, command
from vpvkac.cli.terminal import align, print_faults
from vpvkac.cli.usage import lang_option
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


@command(about=_ABOUT, examples=_EXAMPLES, common=(PROJECT, OUT, lang_option, STRICT))
def main(run: Run) -> Reply:
    """Read every input and report every problem of every file in one table."""
    from vpvkac.questions.check.answer import examine
    from vpvkac.questions.check.files import write_check
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
        click.echo(_account_table(accounts, run.lang))
    with run.writing():
        write_check(run.out, faults, run.lang, inputs)
    errors = sum(fault.level == "error" for fault in faults)
    counts = run.text(_COUNTS, errors, len(faults) - errors)
    return Reply([counts, run.text(_TABLE, run.out / "check.csv")], failed=has_errors(faults))


def _account_table(accounts: Sequence[Account], lang: Lang) -> str:
    """Lay out rows read, used and not used, and under each file the reasons."""
    from vpvkac.texts import words

    rows = [tuple(heading.text(lang) for heading in (_FILE, _READ, _USED, _NOT_USED))]
    for account in accounts:
        counts = account.rows_read, account.rows_used, sum(account.dropped.values())
        rows.append((account.shown, *map(str, counts)))
        for reason, count in account.dropped.items():
            rows.append((f"  – {words.DROPPED[reason].text(lang)}", "", "", str(count)))
    return "\n".join(["", *align(rows, numbers={1, 2, 3}), ""])
