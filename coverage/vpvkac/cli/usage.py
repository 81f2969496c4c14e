"""The form of a command in two languages: help, option errors, suggestions.

click words its own messages in English only, and knows the language that is
asked for too late to help: `--lang` stands among the options that it reads.
Here the language is looked for first, and whatever click would say is said
from a `Text`.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NoReturn

import click

from vpvkac.model.epoch import keep_wrong_from_libraries
from vpvkac.model.options import LANGUAGES, OptionError, number, one_of, share, whole
from vpvkac.texts.message import Bilingual, Lang, Message, Text

_LANG = "vpvkac.lang"
_USAGE = Message("Usage:")
_OPTIONS = Message("Options")
_ERROR = Message("Error: {}")
_TRY = Message("Help: {} --help")
_HELP = Message("Show this help.")
_OPTIONS_PIECE = Message("[OPTIONS]")
_NO_OPTION = Message("no such option: {}")
_MEANT = Message("{} (did you mean {}?)")
_NEEDS_VALUE = Message("option {} needs a value")
_NO_VALUE = Message("option {} takes no value")
_MISSING = Message("argument {} is missing")
_EXTRA = Message("unexpected arguments: {}")
_VALUE = Message('{}: "{}" {}; {}')


class UsageError(click.UsageError):
    """Wrong usage, said in the language asked for; the program exits with 2."""

    def __init__(self, said: Text, ctx: click.Context | None = None) -> None:
        super().__init__(said.text("en"), ctx)
        self.said = said

    def format_message(self) -> str:
        """Say what is wrong."""
        return self.said.text(language_of(self.ctx))

    def show(self, file: IO[Any] | None = None) -> None:
        """Say how the command is used, where its help is, and what is wrong."""
        lang = language_of(self.ctx)
        if self.ctx is not None:
            click.echo(self.ctx.get_usage(), file=file, err=file is None)
            click.echo(_TRY.text(lang).format(self.ctx.command_path), file=file, err=file is None)
        click.echo(_ERROR.text(lang).format(self.format_message()), file=file, err=file is None)


def language_of(ctx: click.Context | None) -> Lang:
    """Tell the language asked for; Latvian where none is."""
    found: Lang = "lv" if ctx is None else ctx.meta.get(_LANG, "lv")
    return found


class Command(click.Command):
    """A command whose help and errors come in the language asked for.

    Parameters
    ----------
    about
        What it does; the first sentence is what `vpvkac --help` shows.
    examples
        Lines of examples, each a command and what it does.
    """

    def __init__(
        self, *args: Any, about: Text, examples: Text | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.examples = about, examples

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look for the language, then read the arguments."""
        _note_language(ctx, args)
        # What is left over is told below, not by click.
        ctx.allow_extra_args = True
        with _in_language(ctx):
            rest = super().parse_args(ctx, args)
        if ctx.args:
            listed = " ".join(map(str, ctx.args))
            raise UsageError(_EXTRA.with_values(listed), ctx)
        return rest

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command; wrong usage that it finds is of this command."""
        keep_wrong_from_libraries()
        try:
            return super().invoke(ctx)
        except UsageError as error:
            error.ctx = error.ctx or ctx
            raise
        except OptionError as error:
            raise UsageError(_of_option(error), ctx) from None

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line that says how it is called."""
        write_usage(self, ctx, formatter)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help page."""
        write_help(self, ctx, formatter)


class Group(click.Group):
    """Commands by name, imported when called; see `Command`.

    Parameters
    ----------
    about
        What the program does.
    loaded
        Gives the command of a name.
    summaries
        Name → what the command does, in the order of the work.
    """

    def __init__(
        self,
        *args: Any,
        about: Text,
        summaries: dict[str, Text],
        loaded: Callable[[str], click.Command],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.summaries, self.loaded = about, summaries, loaded
        self.examples: Text | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names, in the order of the work."""
        del ctx
        return list(self.summaries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        del ctx
        return self.loaded(cmd_name) if cmd_name in self.summaries else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Look for the language, then read the arguments."""
        _note_language(ctx, args)
        if not args:
            # Not as click does, which takes the whole help page for an error.
            click.echo(ctx.get_help())
            ctx.exit(2)
        with _in_language(ctx):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Call the command; that none is named is all that is left for click to find wrong."""
        try:
            return super().invoke(ctx)
        except UsageError:
            raise
        except click.UsageError as error:
            if error.ctx is not ctx:
                raise
            raise UsageError(_WHICH_COMMAND, ctx) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; one that does not exist is told with the nearest."""
        name = args[0]
        if name not in self.summaries:
            raise UsageError(_with_nearest(_NO_COMMAND, name, self.summaries), ctx)
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line that says how it is called."""
        write_usage(self, ctx, formatter)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help page."""
        write_help(self, ctx, formatter)
        lang = language_of(ctx)
        with formatter.section(_COMMANDS.text(lang)):
            formatter.write_dl([(name, said.text(lang)) for name, said in self.summaries.items()])


_WHICH_COMMAND = Message("no command is given")
_NO_COMMAND = Message("no such command: {}")
_COMMANDS = Message("Commands")


class Option(click.Option):
    """An option whose help is in two languages.

    Parameters
    ----------
    about
        What it does, with its default in brackets at the end.
    shown
        Name of its value in help.
    """

    def __init__(
        self, *args: Any, about: Text | None = None, shown: Text | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.about, self.shown = about, shown

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Give the option and what it does."""
        if self.hidden:
            return None
        lang = language_of(ctx)
        names = ", ".join([*self.opts, *self.secondary_opts])
        value = "" if self.is_flag else f" {self._value(lang)}"
        return f"{names}{value}", "" if self.about is None else self.about.text(lang)

    def _value(self, lang: Lang) -> str:
        if self.shown is not None:
            return self.shown.text(lang)
        if isinstance(self.type, Choice):
            return f"[{'|'.join(self.type.choices)}]"
        return (self.name or "").upper()


def option(*names: str, about: Text, **settings: Any) -> Callable[..., Any]:
    """Add an option; see `Option`."""
    return click.option(*names, cls=Option, about=about, **settings)


class Choice(click.ParamType):  # type: ignore[type-arg]  # no generic before click 8.5
    """One of a few words."""

    name = "choice"

    def __init__(self, choices: Sequence[str]) -> None:
        self.choices = tuple(choices)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Check the word."""
        try:
            return one_of(_name_of(param), value, self.choices)
        except OptionError as error:
            _refuse(error, ctx)


class Number(click.ParamType):  # type: ignore[type-arg]  # no generic before click 8.5
    """A number within limits, with a decimal point or a decimal comma."""

    name = "number"

    def __init__(self, least: float, most: float, *, above: bool = False) -> None:
        self.least, self.most, self.above = least, most, above

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read and check the number."""
        given: object = value
        if isinstance(value, str):
            given = _as_number(value.replace(",", ".", 1), float, value)
        try:
            return number(_name_of(param), given, self.least, self.most, above=self.above)
        except OptionError as error:
            _refuse(OptionError(error.name, value, error.problem, error.remedy), ctx)


class Share(Number):
    """A share above 0 and up to 1; a percentage is told from it."""

    name = "share"

    def __init__(self) -> None:
        super().__init__(0, 1, above=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read and check the share."""
        given = _as_number(str(value).replace(",", ".", 1), float, value)
        try:
            return share(_name_of(param), given)
        except OptionError as error:
            _refuse(OptionError(error.name, value, error.problem, error.remedy), ctx)


class Whole(click.ParamType):  # type: ignore[type-arg]  # no generic before click 8.5
    """A whole number that is not below the least."""

    name = "whole"

    def __init__(self, least: int) -> None:
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read and check the number."""
        given = _as_number(value, int, value) if isinstance(value, str) else value
        try:
            return whole(_name_of(param), given, self.least)
        except OptionError as error:
            _refuse(error, ctx)


class Where(click.ParamType):  # type: ignore[type-arg]  # no generic before click 8.5
    """A file or folder to write, which must not be the other of the two."""

    name = "path"

    def __init__(self, *, folder: bool) -> None:
        self.folder = folder

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Check that nothing of the other kind is there."""
        path = Path(value)
        # `Path.is_file` and `is_dir` raise where a name is too long.
        if self.folder and os.path.isfile(path):  # noqa: PTH113
            _refuse(OptionError(_name_of(param), str(path), _IS_FILE, _GIVE_FOLDER), ctx)
        if not self.folder and os.path.isdir(path):  # noqa: PTH112
            _refuse(OptionError(_name_of(param), str(path), _IS_FOLDER, _GIVE_FILE), ctx)
        return path


_IS_FILE = Message("is a file")
_IS_FOLDER = Message("is a folder")
_GIVE_FOLDER = Message("give a folder")
_GIVE_FILE = Message("give a file")


def lang_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--lang lv|en`."""
    add = option("--lang", type=Choice(LANGUAGES), callback=_asked_language, about=_LANGUAGE)
    changed: Callable[..., Any] = add(command)
    return changed


def _asked_language(ctx: click.Context, param: click.Parameter, value: Lang | None) -> Lang:
    """Give the language of the option, else the one that stands before the command."""
    del param
    return language_of(ctx) if value is None else value


_LANGUAGE = Message("Language of labels, titles and reasons.  [lv]")


def write_help(
    command: Command | Group, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    """Write usage, what a command does, its options and examples."""
    lang = language_of(ctx)
    command.format_usage(ctx, formatter)
    for paragraph in command.about.text(lang).split("\n\n"):
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(paragraph)
    options = [param for param in command.params if isinstance(param, Option)]
    records = [record for param in options if (record := param.get_help_record(ctx))]
    with formatter.section(_OPTIONS.text(lang)):
        formatter.write_dl([*records, ("-h, --help", _HELP.text(lang))])
    if command.examples is not None:
        with formatter.section(_EXAMPLES.text(lang)):
            for line in command.examples.text(lang).strip("\n").splitlines():
                formatter.write(f"  {line}\n")


def write_usage(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the line that says how a command is called."""
    lang = language_of(ctx)
    own = {"[OPTIONS]": _OPTIONS_PIECE, "COMMAND [ARGS]...": _COMMAND_PIECE}
    pieces = [own[piece].text(lang) if piece in own else piece
              for piece in command.collect_usage_pieces(ctx)]  # fmt: skip
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=f"{_USAGE.text(lang)} ")


_COMMAND_PIECE = Message("COMMAND [ARGS]...")
_EXAMPLES = Message("Examples")


class Argument(click.Argument):
    """An argument whose name in help is in two languages.

    Parameters
    ----------
    shown
        Its name, in brackets where it may be left out.
    """

    def __init__(self, *args: Any, shown: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shown = shown

    def make_metavar(self, ctx: click.Context | None = None) -> str:
        """Give its name."""
        return self.shown.text(language_of(ctx or click.get_current_context(silent=True)))


def argument(name: str, *, shown: Text, **settings: Any) -> Callable[..., Any]:
    """Add an argument; see `Argument`."""
    return click.argument(name, cls=Argument, shown=shown, **settings)


def command(name: str, *, about: Text, examples: Text) -> Callable[..., Command]:
    """Make a function a command; see `Command`."""
    return click.command(name, cls=Command, about=about, examples=examples)


@contextmanager
def _in_language(ctx: click.Context) -> Iterator[None]:
    """Say what click finds wrong in the language asked for."""
    try:
        yield
    except UsageError as error:
        error.ctx = error.ctx or ctx
        raise
    except OptionError as error:
        raise UsageError(_of_option(error), ctx) from None
    except click.UsageError as error:
        raise UsageError(_said(error, ctx), ctx) from None


def _said(error: click.UsageError, ctx: click.Context) -> Text:
    """Word an error of click's own."""
    if isinstance(error, click.NoSuchOption):
        names = [name for param in ctx.command.get_params(ctx) for name in param.opts]
        return _with_nearest(_NO_OPTION, error.option_name, names)
    if isinstance(error, click.BadOptionUsage):
        flags = {name for param in ctx.command.get_params(ctx)
                 if getattr(param, "is_flag", False) for name in param.opts}  # fmt: skip
        said = _NO_VALUE if error.option_name in flags else _NEEDS_VALUE
        return said.with_values(error.option_name)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        name = error.param.make_metavar(ctx)
        return _MISSING.with_values(name)
    return Bilingual(error.message, error.message)


def _with_nearest(said: Message, name: str, known: Iterable[str]) -> Text:
    """Name what does not exist, and what may be meant."""
    told = said.with_values(name)
    close = difflib.get_close_matches(name, list(known), 1, 0.5)
    return _MEANT.with_values(told, close[0]) if close else told


def _of_option(error: OptionError) -> Text:
    """Word what is wrong with the value of an option."""
    return _VALUE.with_values(error.name, error.value, error.problem, error.remedy)


def _refuse(error: OptionError, ctx: click.Context | None) -> NoReturn:
    raise UsageError(_of_option(error), ctx) from None


def _name_of(param: click.Parameter | None) -> str:
    """Give an option as it is typed, an argument as help names it."""
    if param is None:
        return ""
    return param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name


def _as_number(text: str, kind: Callable[[str], object], otherwise: object) -> object:
    try:
        return kind(text)
    except ValueError:
        return otherwise


def _note_language(ctx: click.Context, args: Sequence[str]) -> None:
    """Find `--lang` among arguments that are not read yet; a wrong one is told when they are."""
    for place, arg in enumerate(args):
        if arg == "--":
            return
        name, sign, value = arg.partition("=")
        if name == "--lang":
            found = value if sign else "".join(args[place + 1 : place + 2])
            if found in LANGUAGES:
                ctx.meta[_LANG] = found
