"""How a command runs: the options it shares with others, the project, progress, faults, the end.

A command is a module of this folder with a function `main` under `command`, and a line in
`main.COMMANDS`.  It holds its own options, asks its question of what `Run` gives it, and
returns or prints what it says.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn, get_args

import click

from vpvkac.cli.terminal import Steps, print_fault_count, print_faults
from vpvkac.cli.usage import (
    FOLDER,
    Argument,
    Choice,
    Command,
    argument,
    lang_option,
    option,
    within,
)
from vpvkac.model.faults import Fault, InputError, printable
from vpvkac.model.project import PROJECT_FILE, Layout, Project, StopSet
from vpvkac.texts.formats import number
from vpvkac.texts.message import Lang, Message, Text

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result
    from vpvkac.questions.coverage.view import NetworkInLanguage

_SAMPLE = Message("No project given: using the embedded synthetic sample.")
_USING = Message("Project: {}")
_BESIDE = Message("Found beside the project file and used: {}")
_NOTHING_WRITTEN = Message("Nothing was written.")
_CANNOT_WRITE = Message("cannot be written ({})")
_DONE = Message("Done in {} s")
FILES = Message("Files: {}")
MAP = Message("Map: {}")
PROJECT_TEXT = Message(
    "PROJECT is a folder with vpvkac.toml, or that file; without it, the current folder if it "
    "holds one, else the embedded sample."
)

THRESHOLD = within(1, 100_000)
STOP_SET = Choice(get_args(StopSet))
LAYOUT = Choice(get_args(Layout))
METRES = Message("METRES")
PATH = click.Path(path_type=Path)

PROJECT = argument("project", shown=Message("[PROJECT]"), required=False, type=PATH)
OUT = option(
    "--out",
    default="out",
    type=FOLDER,
    shown=Message("DIR"),
    about=Message("Folder for the outputs.  [out]"),
)
STRICT = option(
    "--strict",
    is_flag=True,
    about=Message("Stop at any bad row of a published source, instead of leaving out up to 1 %."),
)
RULES = (
    option(
        "--threshold",
        "threshold_m",
        type=THRESHOLD,
        shown=METRES,
        about=Message("Distance that counts as within reach.  [project's, else 700]"),
    ),
    option(
        "--stop-set",
        type=STOP_SET,
        about=Message("Which stops count.  [project's, else regional]"),
    ),
    option(
        "--layout",
        type=LAYOUT,
        about=Message("Vintage of the territorial units.  [project's, else as the file stands]"),
    ),
    STRICT,
)
_RULE_NAMES = ("threshold_m", "stop_set", "layout")
QUESTION = (PROJECT, lang_option, *RULES)
"""Options of a command that asks a project and writes no file."""
ANALYSIS = (PROJECT, OUT, lang_option, *RULES)
"""Options of a command that asks a project and writes files."""


@dataclass
class Run:
    """One run of a command.

    Parameters
    ----------
    lang
        Language asked for.
    steps
        Progress; called with each step.
    given
        The project given; None for that of the current folder, else the sample.
    out
        Folder for the outputs.
    rules
        Changes of the project's rules, by name.
    strict
        Whether every bad row of a published source stops the command.
    faults
        Warnings about the inputs: of what was analysed, once it was.
    """

    lang: Lang
    steps: Steps
    given: Path | None = None
    out: Path = Path()
    rules: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False
    faults: Sequence[Fault] = ()

    def project(self, given: Path | None = None) -> Project:
        """Load a project, else the one given, under the rules asked for; say which it is.

        Raises
        ------
        InputError
            If the project file has faults.
        """
        from vpvkac.inputs.project_file import load, sample

        path = given or self.given
        here = Path(PROJECT_FILE)
        if path is None and here.is_file():
            path = here
        if path is None:
            self.note(_SAMPLE)
            project = sample()
        else:
            self.note(_USING, path)
            project = load(path)
        for found in project.beside:
            self.note(_BESIDE, found.shown)
        return replace(project.with_rules(**self.rules), strict=self.strict)

    def result(self, project: Project | None = None) -> Result:
        """Analyse the project, else the one given: the network and its gaps."""
        from vpvkac.api.coverage import analyse

        result = analyse(project or self.project(), lang=self.lang, progress=self.steps)
        self.faults = result.inputs.faults
        return result

    def network(self) -> NetworkInLanguage:
        """Measure the network alone, for a command that asks nothing of gaps."""
        from vpvkac.api.coverage import measure

        network = measure(self.project(), lang=self.lang, progress=self.steps)
        self.faults = network.inputs.faults
        return network

    @contextmanager
    def writing(self, path: Path | None = None) -> Iterator[None]:
        """Turn an `OSError` of a folder or file, else of the outputs, into a sentence."""
        try:
            yield
        except OSError as error:
            self.stop(_write_failure(path or self.out, error, self.lang))

    def text(self, message: Message, *values: object, **named: object) -> str:
        """Give a message in the language, with what its placeholders stand for."""
        return message.text(self.lang).format(*values, **named)

    def note(self, message: Message, *values: object, **named: object) -> None:
        """Say at once what is not the answer, on stderr."""
        self.steps.end()
        click.echo(self.text(message, *values, **named), err=True)

    def stop(self, why: str | Iterable[Fault]) -> NoReturn:
        """Say why the command cannot go on, and stop with exit code 1."""
        self.steps.end()
        if isinstance(why, str):
            click.echo(why, err=True)
        else:
            print_faults(why, self.lang)
        sys.exit(1)

    def finish(self, reply: Reply) -> None:
        """Say what a command has to say; where it failed, stop with exit code 1."""
        self.steps.end()
        print_fault_count(self.faults, self.given, self.lang)
        print_faults(reply.faults, self.lang)
        for line in reply.lines:
            click.echo(line)
        for note in reply.notes:
            click.echo(note, err=True)
        if reply.timed:
            self.note(_DONE, number(self.lang, self.steps.seconds, 1))
        if reply.failed:
            sys.exit(1)


class Reply(NamedTuple):
    """What a command says at its end.

    Parameters
    ----------
    lines
        The answer, on stdout.
    faults
        Of the question, printed before it; those of the inputs are counted only, see `Run.faults`.
    notes
        What is not the answer, on stderr.
    timed
        Whether it says how long it took.
    failed
        Whether the exit code is 1.
    """

    lines: Iterable[str]
    faults: Iterable[Fault] = ()
    notes: Iterable[str] = ()
    timed: bool = False
    failed: bool = False


def _write_failure(path: Path, error: OSError, lang: Lang) -> str | Sequence[Fault]:
    """Say why a folder or file cannot be written."""
    from vpvkac.render.workplace import OutputError

    if isinstance(error, OutputError):
        return error.faults
    reason = error.strerror or str(error) or type(error).__name__
    return printable(f"{path}: {_CANNOT_WRITE.text(lang).format(reason)}")


@contextmanager
def exit_on_input_errors(run: Run) -> Iterator[None]:
    """Turn an `InputError` into its sentences and exit code 1."""
    try:
        yield
    except InputError as error:
        run.steps.end()
        print_faults(error.faults, run.lang)
        run.stop(_NOTHING_WRITTEN.text(run.lang))


def command(
    *, about: Text, examples: Text, common: Sequence[Callable[..., Any]] = ANALYSIS
) -> Callable[[Callable[..., Reply]], Command]:
    """Make a function a command, named as its module.

    Parameters
    ----------
    about, examples
        See `usage`.
    common
        Options shared with other commands.  What they give comes to the function in its first
        argument, a `Run`; what the options and arguments below this decorator give, by name.
    """

    def make(function: Callable[..., Reply]) -> Command:
        def main(lang: Lang, **given: Any) -> None:
            rules = {name: given.pop(name, None) for name in _RULE_NAMES}
            run = Run(
                lang,
                Steps(lang),
                given.pop("project", None),
                given.pop("out", Path()),
                {name: value for name, value in rules.items() if value is not None},
                given.pop("strict", False),
            )
            with exit_on_input_errors(run):
                run.finish(function(run, **given))

        for add in reversed(common):
            add(function)
        params: list[click.Parameter] = vars(function)["__click_params__"][::-1]
        # The arguments of a command stand before the project.
        params.sort(key=lambda param: not isinstance(param, Argument) or param.name == "project")
        name = function.__module__.rpartition(".")[2]
        return Command(name, params=params, callback=main, about=about, examples=examples)

    return make
