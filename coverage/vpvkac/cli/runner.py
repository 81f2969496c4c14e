"""How a command runs: the options it shares with others, the project, progress, faults, the end.

A command is a function under `command`, and a line in `main.COMMANDS`.  It holds its own options,
asks its question of what `Run` gives it, and returns what it says.
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
from vpvkac.texts.message import Composed, Lang, Message, Text

if TYPE_CHECKING:
    from vpvkac.api.coverage import Result
    from vpvkac.questions.coverage.view import NetworkInLanguage

FILES = Message("Files: {}")
MAP = Message("Map: {}")
_PROJECT_TEXT = Message(
    "PROJECT is a folder with vpvkac.toml, or that file; without it, the current folder if it "
    "holds one, else the embedded sample."
)

THRESHOLD = within(1, 100_000)
STOP_SET = Choice(get_args(StopSet))
LAYOUT = Choice(get_args(Layout))
METRES = Message("METRES")
PATH = click.Path(path_type=Path)

PROJECT = argument("project", shown=Message("[PROJECT]"), required=False, type=PATH)
OUT = option("--out", default="out", type=FOLDER, shown=Message("DIR"),
             about=Message("Folder for the outputs.  [out]"))  # fmt: skip
STRICT = option("--strict", is_flag=True, about=Message(
    "Stop at any bad row of a published source, instead of leaving out up to 1 %."
))  # fmt: skip
NO_CACHE = option("--no-cache", is_flag=True, about=Message(
    "Read every file anew, and keep nothing of it for the next run."
))  # fmt: skip
QUIET = option("--quiet", "-q", is_flag=True, about=Message("Say nothing but errors."))
_RULES = (
    option("--threshold", "threshold_m", type=THRESHOLD, shown=METRES,
           about=Message("Distance that counts as within reach.  [project's, else 700]")),
    option("--stop-set", type=STOP_SET,
           about=Message("Which stops count.  [project's, else regional]")),
    option("--layout", type=LAYOUT, about=Message(
        "Vintage of the territorial units.  [project's, else as the file stands]"
    )),
    STRICT, NO_CACHE,
)  # fmt: skip
_RULE_NAMES = ("threshold_m", "stop_set", "layout")
QUESTION = (PROJECT, lang_option, *_RULES)
"""Options of a command that asks a project and writes no file."""
ANALYSIS = (PROJECT, OUT, lang_option, *_RULES)
"""Options of a command that asks a project and writes files."""


@dataclass
class Run:
    """One run of a command: what was asked for, and the warnings about the inputs it met."""

    lang: Lang
    steps: Steps
    given: Path | None = None
    out: Path = Path()
    rules: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False
    use_cache: bool = True
    quiet: bool = False
    faults: Sequence[Fault] = ()

    def project(self, given: Path | None = None) -> Project:
        """Load a project, else the one given, under the rules asked for; say which it is."""
        from vpvkac.inputs.project_file import load, sample

        path, here = given or self.given, Path(PROJECT_FILE)
        if path is None and here.is_file():
            path = here
        if path is None:
            self.note(Message("No project given: using the embedded synthetic sample."))
            project = sample()
        else:
            self.note(Message("Project: {}"), path)
            project = load(path)
        for extra in project.beside:
            self.note(Message("Found beside the project file and used: {}"), extra.shown)
        project = project.with_rules(**self.rules)
        return replace(project, strict=self.strict, use_cache=self.use_cache)

    def result(
        self, project: Project | None = None, *, reach: bool | None = False, plan: bool = False
    ) -> Result:
        """Analyse the project, else the one given: the network and its gaps.

        With `reach`, also who can go there and back; None does as the project says.  With `plan`,
        also in what order the remaining points open.
        """
        from vpvkac.api.coverage import analyse

        project = project or self.project()
        reach = project.reach is not None if reach is None else reach
        result = analyse(project, reach=reach, plan=plan, lang=self.lang, progress=self.steps)
        self.faults = result.inputs.faults
        return result

    def network(self, project: Project | None = None) -> NetworkInLanguage:
        """Measure the network alone, else of the project given: nothing is asked of gaps."""
        from vpvkac.api.coverage import measure

        network = measure(project or self.project(), lang=self.lang, progress=self.steps)
        self.faults = network.inputs.faults
        return network

    @contextmanager
    def writing(self, path: Path | None = None) -> Iterator[None]:
        """Turn an `OSError` of a folder or file, else of the outputs, into a sentence."""
        try:
            yield
        except OSError as error:
            from vpvkac.render.staging import FREE_IT
            from vpvkac.render.workplace import OutputError

            if isinstance(error, OutputError):
                self.stop(error.faults)
            reason = error.strerror or str(error) or type(error).__name__
            said = self.text(Message("cannot be written ({})"), reason)
            if isinstance(error, PermissionError):  # on Windows, one that is open elsewhere
                said = f"{said}; {FREE_IT.text(self.lang)}"
            self.stop(printable(f"{path or self.out}: {said}"))

    def text(self, message: Message, *values: object, **named: object) -> str:
        """Give a message in the language, with what its placeholders stand for."""
        return message.text(self.lang).format(*values, **named)

    def note(self, message: Message, *values: object, **named: object) -> None:
        """Say at once what is not the answer, on stderr."""
        if self.quiet:
            return
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
        if self.quiet:
            print_faults((one for one in reply.faults if one.level == "error"), self.lang)
        else:
            print_fault_count(self.faults, self.given, self.lang)
            print_faults(reply.faults, self.lang)
            for line in reply.lines:
                click.echo(line)
        if reply.failed or not self.quiet:
            for note in reply.notes:
                click.echo(note, err=True)
        if reply.timed:
            self.note(Message("Done in {} s"), number(self.lang, self.steps.seconds, 1))
        if reply.failed:
            sys.exit(1)


class Reply(NamedTuple):
    """What a command says at its end: the answer on stdout, notes on stderr.

    `faults` are of the question; those of the inputs are counted only, see `Run.faults`.
    """

    lines: Iterable[str]
    faults: Iterable[Fault] = ()
    notes: Iterable[str] = ()
    timed: bool = False
    failed: bool = False


def command(
    *, about: Text, examples: Text, common: Sequence[Callable[..., Any]] = ANALYSIS
) -> Callable[[Callable[..., Reply]], Command]:
    """Make a function a command.

    What the `common` options give comes to the function in its first argument, a `Run`; what the
    options and arguments below this decorator give, by name.
    """

    def make(function: Callable[..., Reply]) -> Command:
        def main(lang: Lang, **given: Any) -> None:
            rules = {name: given.pop(name, None) for name in _RULE_NAMES}
            quiet = given.pop("quiet", False)
            run = Run(
                lang,
                Steps(lang, shown=not quiet),
                given.pop("project", None),
                given.pop("out", Path()),
                {name: value for name, value in rules.items() if value is not None},
                given.pop("strict", False),
                not given.pop("no_cache", False),
                quiet,
            )
            try:
                run.finish(function(run, **given))
            except InputError as error:
                run.steps.end()
                print_faults(error.faults, lang)
                run.stop(Message("Nothing was written.").text(lang))

        for add in reversed(common):
            add(function)
        params: list[click.Parameter] = vars(function)["__click_params__"][::-1]
        # The arguments of a command stand before the project.
        params.sort(key=lambda param: not isinstance(param, Argument) or param.name == "project")
        texts = (about, _PROJECT_TEXT) if PROJECT in common else (about,)
        said = Composed(*texts, between="\n\n")
        name = function.__name__.rstrip("_")
        return Command(name, params=params, callback=main, about=said, examples=examples)

    return make
