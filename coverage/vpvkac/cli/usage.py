"""The form of a command in two languages: help, option errors, suggestions.

click words its own messages in English only, and knows the language that is asked for too late
to help: `--lang` stands among the options that it reads.  Here the language is looked for first,
and whatever click would say is said from a `Text`.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import IO, Any

import click

from vpvkac.model.options import LANGUAGES, OptionError, number, one_of, share, whole
from vpvkac.model.stamp import keep_wrong_from_libraries
from vpvkac.texts.message import Bilingual, Lang, Message, Text

_LANG = "vpvkac.lang"
_PIECES = {
    "[OPTIONS]": Message("[OPTIONS]"),
    "COMMAND [ARGS]...": Message("COMMAND [ARGS]..."),
}


class UsageError(click.UsageError):
    """Wrong usage, said in the language asked for; the program exits with 2."""

    def __init__(self, problem: Text, ctx: click.Context | None = None) -> None:
        super().__init__(problem.text("en"), ctx)
        self.problem = problem

    def format_message(self) -> str:
        """Say what is wrong."""
        return self.problem.text(language_of(self.ctx))

    def show(self, file: IO[Any] | None = None) -> None:
        """Say how the command is used, where its help is, and what is wrong."""
        lang = language_of(self.ctx)
        lines = [Message("Error: {}").text(lang).format(self.format_message())]
        if self.ctx is not None:
            where = Message("Help: {} --help").text(lang).format(self.ctx.command_path)
            lines = [self.ctx.get_usage(), where, *lines]
        for line in lines:
            click.echo(line, file=file, err=file is None)


def language_of(ctx: click.Context | None) -> Lang:
    """Give the language asked for; Latvian where none is."""
    lang: Lang = "lv" if ctx is None else ctx.meta.get(_LANG, "lv")
    return lang


@contextmanager
def _worded(ctx: click.Context) -> Iterator[None]:
    """Say in the language asked for what click, or the check of an option, finds wrong."""
    try:
        yield
    except UsageError as error:
        error.ctx = error.ctx or ctx
        raise
    except OptionError as error:
        wrong = (error.name, error.value, error.problem, error.remedy)
        raise UsageError(Message('{}: "{}" {}; {}').with_values(*wrong), ctx) from None
    except click.UsageError as error:
        if error.ctx not in {None, ctx}:
            raise
        raise UsageError(_of_click(error, ctx), ctx) from None


class Command(click.Command):
    """A command whose help and errors come in the language asked for: what it does, examples."""

    def __init__(
        self, *args: Any, about: Text, examples: Text | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.examples = about, examples

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look for the language, then read the arguments."""
        _note_language(ctx, args)
        takes_rest = ctx.allow_extra_args
        ctx.allow_extra_args = True
        with _worded(ctx):
            rest = super().parse_args(ctx, args)
        # What is left over is refused here, not by click.
        if ctx.args and not takes_rest:
            extra = " ".join(map(str, ctx.args))
            raise UsageError(Message("unexpected arguments: {}").with_values(extra), ctx)
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command; wrong usage that it finds is of this command."""
        keep_wrong_from_libraries()
        with _worded(ctx):
            return super().invoke(ctx)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line that says how it is called."""
        lang = language_of(ctx)
        pieces = self.collect_usage_pieces(ctx)
        pieces = [_PIECES[one].text(lang) if one in _PIECES else one for one in pieces]
        prefix = Message("Usage:").text(lang) + " "
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write usage, what it does, its options and examples."""
        lang = language_of(ctx)
        self.format_usage(ctx, formatter)
        for paragraph in self.about.text(lang).split("\n\n"):
            formatter.write_paragraph()
            with formatter.indentation():
                formatter.write_text(paragraph)
        options = [param for param in self.params if isinstance(param, Option)]
        records = [*filter(None, (option.get_help_record(ctx) for option in options))]
        with formatter.section(Message("Options").text(lang)):
            shown = Message("Show this help.").text(lang)
            formatter.write_dl([*records, ("-h, --help", shown)])
        if self.examples is not None:
            with formatter.section(Message("Examples").text(lang)):
                for line in self.examples.text(lang).strip("\n").splitlines():
                    formatter.write(f"  {line}\n")


class Group(Command, click.Group):
    """Commands by name, in the order of the work: each stands in a module, imported when called."""

    def __init__(
        self, *args: Any, package: str, modules: Mapping[str, tuple[str, Text]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.package, self.modules = package, modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names, in the order of the work."""
        del ctx
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Import a command; for one that does not exist, name the nearest."""
        if cmd_name not in self.modules:
            problem = _with_nearest(Message("no such command: {}"), cmd_name, self.modules)
            raise UsageError(problem, ctx)
        module = import_module(f"{self.package}.{self.modules[cmd_name][0]}")
        # `import` is no name of a function.
        command: click.Command = getattr(module, cmd_name + "_" * iskeyword(cmd_name))
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look for the language, then read the arguments."""
        if not args:
            # Not as click does, which takes the whole help page for an error.
            click.echo(ctx.get_help())
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help page, with the commands."""
        super().format_help(ctx, formatter)
        lang = language_of(ctx)
        commands = [(name, line.text(lang)) for name, (_, line) in self.modules.items()]
        with formatter.section(Message("Commands").text(lang)):
            formatter.write_dl(commands)


class Option(click.Option):
    """An option: what it does, with its default in brackets, and its value as help names it."""

    def __init__(
        self, *args: Any, about: Text | None = None, shown: Text | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.shown = about, shown

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Give the option and what it does; of a `Choice` its words."""
        if self.hidden:
            return None
        lang = language_of(ctx)
        names = ", ".join([*self.opts, *self.secondary_opts])
        value = (self.name or "").upper()
        if self.shown is not None:
            value = self.shown.text(lang)
        elif isinstance(self.type, Choice):
            value = f"[{'|'.join(self.type.choices)}]"
        if not self.is_flag:
            names += f" {value}"
        return names, "" if self.about is None else self.about.text(lang)


class Argument(click.Argument):
    """An argument and its name in help, in brackets where it may be left out."""

    def __init__(self, *args: Any, shown: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = shown

    def make_metavar(self, ctx: click.Context | None = None) -> str:
        """Give its name."""
        return self.shown.text(language_of(ctx or click.get_current_context(silent=True)))


def option(*names: str, about: Text, **settings: Any) -> Callable[..., Any]:
    """Add an option; see `Option`."""
    return click.option(*names, cls=Option, about=about, **settings)


def argument(name: str, *, shown: Text, **settings: Any) -> Callable[..., Any]:
    """Add an argument; see `Argument`."""
    return click.argument(name, cls=Argument, shown=shown, **settings)


class Checked(click.ParamType):  # type: ignore[type-arg]  # no generic before click 8.5
    """A value that a function checks, from the option's name; it raises an `OptionError`."""

    name = "checked"

    def __init__(self, check: Callable[[str, Any], Any]) -> None:
        self.check = check

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Read and check the value."""
        del ctx
        name = ""
        if param is not None:
            # An option as it is typed, an argument as help names it.
            is_option = isinstance(param, click.Option)
            name = param.opts[-1] if is_option else param.human_readable_name
        return self.check(name, value)


class Choice(Checked):
    """One of a few words."""

    def __init__(self, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)
        super().__init__(lambda name, value: one_of(name, value, self.choices))


def within(least: float, most: float, *, above: bool = False) -> Checked:
    """Make the type of a number within limits, with a decimal point or a decimal comma."""
    return _numeric(float, lambda name, value: number(name, value, least, most, above=above))


def a_share() -> Checked:
    """Make the type of a share above 0 and up to 1; a percentage is recognised."""
    return _numeric(float, share)


def at_least(least: int) -> Checked:
    """Make the type of a whole number that is not below the least."""
    return _numeric(int, lambda name, value: whole(name, value, least))


def whole_minutes(check: Callable[[str, object], object]) -> Checked:
    """Make the type of a whole number of minutes that a check of the project file's allows."""
    return _numeric(int, check)


def _numeric(kind: Callable[[str], object], check: Callable[[str, Any], Any]) -> Checked:
    def read(name: str, value: Any) -> Any:
        given = value
        if isinstance(value, str):
            try:
                given = kind(value.replace(",", ".", 1))
            except ValueError:
                given = value
        try:
            return check(name, given)
        except OptionError as error:
            # The value as it was typed.
            raise OptionError(name, value, error.problem, error.remedy) from None

    return Checked(read)


def _path(is_wrong: Callable[[Any], bool], problem: Text, remedy: Text) -> Checked:
    def read(name: str, value: Any) -> Path:
        if is_wrong(value):
            raise OptionError(name, str(Path(value)), problem, remedy)
        return Path(value)

    return Checked(read)


# A folder to write into, and a file.  `Path.is_file` and `is_dir` raise where a name is too long.
FOLDER = _path(os.path.isfile, Message("is a file"), Message("give a folder"))
FILE = _path(os.path.isdir, Message("is a folder"), Message("give a file"))


def _asked_language(ctx: click.Context, param: click.Parameter, value: Lang | None) -> Lang:
    """Give the language of the option, else the one that stands before the command."""
    del param
    return language_of(ctx) if value is None else value


lang_option = option("--lang", type=Choice(LANGUAGES), callback=_asked_language,
                     about=Message("Language of labels, titles and reasons.  [lv]"))  # fmt: skip


def _of_click(error: click.UsageError, ctx: click.Context) -> Text:
    """Word an error of click's own."""
    params = ctx.command.get_params(ctx)
    if isinstance(error, click.NoSuchOption):
        names = [name for param in params for name in param.opts]
        return _with_nearest(Message("no such option: {}"), error.option_name, names)
    if isinstance(error, click.BadOptionUsage):
        flags = [param for param in params if getattr(param, "is_flag", False)]
        if any(error.option_name in param.opts for param in flags):
            return Message("option {} takes no value").with_values(error.option_name)
        return Message("option {} needs a value").with_values(error.option_name)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return Message("argument {} is missing").with_values(error.param.make_metavar(ctx))
    if isinstance(ctx.command, Group):
        # All that is left for click to find wrong in it.
        return Message("no command is given")
    return Bilingual(error.message, error.message)


def _with_nearest(problem: Message, name: str, known: Iterable[str]) -> Text:
    """Name what does not exist, and what may be meant."""
    named = problem.with_values(name)
    close = difflib.get_close_matches(name, list(known), 1, 0.5)
    return Message("{} (did you mean {}?)").with_values(named, close[0]) if close else named


def _note_language(ctx: click.Context, args: Sequence[str]) -> None:
    """Find `--lang` among arguments that are not read yet; a wrong one is refused when they are."""
    for place, arg in enumerate(args):
        if arg == "--":
            return
        name, sign, value = arg.partition("=")
        if name == "--lang":
            lang = value if sign else "".join(args[place + 1 : place + 2])
            if lang in LANGUAGES:
                ctx.meta[_LANG] = lang
