"""The commands that make or check a project: `init`, `sample`, `check`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vpvkac.cli.runner import NO_CACHE, OUT, PROJECT, STRICT, Reply, Run, command
from vpvkac.cli.terminal import as_typed, print_faults, write_new
from vpvkac.cli.usage import FOLDER, argument, lang_option
from vpvkac.model.faults import Fault, InputError, has_errors
from vpvkac.model.project import PROJECT_FILE
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.accounts import Account
    from vpvkac.model.project import Project


@command(
    about=Message(
        "Write a commented vpvkac.toml for the whole of Latvia into DIR.\n\n"
        "Then vpvkac fetch, vpvkac check and vpvkac run in DIR are the whole path; nothing "
        "needs editing."
    ),
    examples=Message("""\
vpvkac init latvija/                the project file latvija/vpvkac.toml
vpvkac init latvija && cd latvija && vpvkac fetch
"""),
    common=(),
)
@argument("folder", shown=Message("DIR"), type=FOLDER)
@lang_option
def init(run: Run, folder: Path) -> Reply:
    """Write a commented vpvkac.toml for the whole of Latvia into DIR."""
    template = files(__package__).joinpath(PROJECT_FILE).read_text(encoding="utf-8")
    file = folder / PROJECT_FILE
    with run.writing(file):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_new(file, template)
        except FileExistsError:
            there = Message("{} already exists; choose another folder, or rename it.")
            run.stop(run.text(there, file))
        except OSError:
            with suppress(OSError):  # it is empty
                folder.rmdir()
            raise
    enter = [] if folder.resolve() == Path.cwd() else [f"  cd {as_typed(folder)}"]
    # On lines of their own: not every shell knows `&&`.
    after = [f"  vpvkac {name}" for name in ("fetch", "check", "run")]
    written = run.text(Message("Project file: {}"), file)
    return Reply([written, run.text(Message("Next:")), *enter, *after])


@command(
    about=Message("Copy the embedded synthetic sample into DIR, to look at and to change."),
    examples=Message("""\
vpvkac sample sample/               a project with all its inputs
vpvkac sample sample && vpvkac run sample --lang en
"""),
    common=(),
)
@argument("folder", shown=Message("DIR"), type=FOLDER)
@lang_option
def sample(run: Run, folder: Path) -> Reply:
    """Copy the embedded synthetic sample into DIR, to look at and to change."""
    from vpvkac.inputs.project_file import sample_folder

    with run.writing(folder):
        if folder.exists() and any(folder.iterdir()):
            run.stop(run.text(Message("{} is not an empty folder"), folder))
        try:
            shutil.copytree(sample_folder(), folder, dirs_exist_ok=True)
        except OSError:
            # It was empty, or not there: all that is in it is a part of the copy.
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return Reply([run.text(Message("Sample: {}"), folder)])


@command(
    about=Message(
        "Read every input and report every problem of every file in one table.\n\n"
        "Prints the rows read, used and dropped by reason, writes check.csv and exits as "
        "vpvkac run would: 1 if there is an error."
    ),
    examples=Message("""\
vpvkac check                 the project here, else the embedded sample
vpvkac check ventspils/      writes out/check.csv, exits as vpvkac run would
"""),
    common=(PROJECT, OUT, lang_option, STRICT, NO_CACHE),
)
def check(run: Run) -> Reply:
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
        faults += _faults_of_questions(project)
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
    counts = run.text(Message("Errors: {}; warnings: {}."), errors, len(faults) - errors)
    table = run.text(Message("Table: {}"), run.out / "check.csv")
    return Reply([counts, table], failed=has_errors(faults))


def _faults_of_questions(project: Project) -> tuple[Fault, ...]:
    """Tell what the project sets for `reach` and `plan` and what cannot stand together."""
    from vpvkac.questions.plan import question as plan
    from vpvkac.questions.reach import question as reach

    checks: list[Callable[[], object]] = [partial(reach.question_of, project, {})]
    if project.plan:
        # Faults of the assumptions are those of a file, and told with the files.
        with suppress(InputError):
            assumptions = plan.assumptions_of(project)
            checks.append(partial(plan.question_of, project, assumptions, {}))
    faults: list[Fault] = []
    for ask in checks:
        try:
            ask()
        except InputError as error:
            faults += error.faults
    return tuple(faults)


@command(
    about=Message(
        "Open the pages of a run in the web browser.\n\n"
        "That is index.html in the folder of outputs, from which everything else is linked."
    ),
    examples=Message("""\
vpvkac open                         the pages in out/
vpvkac open --out karte/            those of another folder
"""),
    common=(OUT, lang_option),
)
def open(run: Run) -> Reply:  # noqa: A001 - the command's name
    """Open the pages of a run in the web browser."""
    import webbrowser

    page = run.out / "index.html"
    if not page.is_file():
        run.stop(run.text(Message("{} is not there; write it with vpvkac run."), page))
    text = Message("Opened: {}")
    if not webbrowser.open(page.resolve().as_uri()):
        text = Message("There is no web browser here; open the page yourself: {}")
    return Reply([run.text(text, page)])
