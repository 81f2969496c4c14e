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
from vpvkac.texts.message import Lang, Text

if TYPE_CHECKING:
    from vpvkac.model.accounts import Account

_ABOUT = Text(
    "Nolasa visus ievaddatus un visas kļūdas uzrāda vienā tabulā.\n\n"
    "Parāda nolasītās, izmantotās un neizmantotās rindas ar iemesliem, izveido check.csv "
    "un beidzas ar tādu pašu kodu kā vpvkac run: 1, ja ir kļūda.\n\n"
    f"{PROJECT_TEXT.lv}",
    "Read every input and report every problem of every file in one table.\n\n"
    "Prints the rows read, used and dropped by reason, writes check.csv and exits as "
    "vpvkac run would: 1 if there is an error.\n\n"
    f"{PROJECT_TEXT.en}",
)
_EXAMPLES = Text(
    """vpvkac check                 projekts šajā mapē, citādi iebūvētais paraugs
vpvkac check ventspils/      izveido out/check.csv
""",
    """vpvkac check                 the project here, else the embedded sample
vpvkac check ventspils/      writes out/check.csv, exits as vpvkac run would
""",
)
_FILE = Text("Datne", "File")
_READ = Text("nolasītas", "read")
_USED = Text("izmantotas", "used")
_NOT_USED = Text("neizmantotas", "not used")
_COUNTS = Text("Kļūdas: {}; brīdinājumi: {}.", "Errors: {}; warnings: {}.")
_TABLE = Text("Tabula: {}", "Table: {}")


@command("check", about=_ABOUT, examples=_EXAMPLES)
@project_argument
@out_option
@lang_option
@strict_option
def main(project: Path | None, out: Path, lang: Lang, *, strict: bool) -> None:
    """Read every input and report every problem of every file in one table."""
    from vpvkac.questions.check.answer import examine
    from vpvkac.render.staging import files_of

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
    from vpvkac.questions.check.files import write_check

    try:
        write_check(out, faults, lang, inputs)
    except OSError as error:
        cannot_write(out, error, lang)


def _account_table(accounts: Sequence[Account], lang: Lang) -> str:
    """Lay out rows read, used and not used, and under each file the reasons."""
    from vpvkac.texts import words

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
