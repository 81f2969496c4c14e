"""`vpvkac init`: the project file of the national job."""

from __future__ import annotations

import shlex
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import click

from vpvkac.cli.terminal import cannot_write, fail, write_new
from vpvkac.cli.usage import Where, argument, command, lang_option
from vpvkac.model.project import PROJECT_FILE
from vpvkac.texts.message import Lang, Message

_ABOUT = Message(
    "Write a commented vpvkac.toml for the whole of Latvia into DIR.\n\n"
    "Then vpvkac fetch, vpvkac check and vpvkac run in DIR are the whole path; nothing "
    "needs editing."
)
_EXAMPLES = Message("""\
vpvkac init latvija/                the project file latvija/vpvkac.toml
vpvkac init latvija && cd latvija && vpvkac fetch
""")
_WRITTEN = Message("Project file: {}")
_NEXT = Message("Next:")
_THERE = Message("{} already exists; choose another folder, or rename it.")


@command("init", about=_ABOUT, examples=_EXAMPLES)
@argument("folder", shown=Message("DIR"), type=Where(folder=True))
@lang_option
def main(folder: Path, lang: Lang) -> None:
    """Write a commented vpvkac.toml for the whole of Latvia into DIR."""
    template = files(__package__).joinpath(PROJECT_FILE).read_text(encoding="utf-8")
    file = folder / PROJECT_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_new(file, template)
    except FileExistsError:
        fail(_THERE.text(lang).format(file))
    except OSError as error:
        with suppress(OSError):  # it is empty
            folder.rmdir()
        cannot_write(file, error, lang)
    click.echo(_WRITTEN.text(lang).format(file))
    click.echo(_NEXT.text(lang))
    if folder.resolve() != Path.cwd():
        click.echo(f"  cd {shlex.quote(str(folder))}")
    click.echo("  vpvkac fetch && vpvkac check && vpvkac run")
