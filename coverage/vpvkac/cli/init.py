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
from vpvkac.texts.message import Lang, Text

_ABOUT = Text(
    "Mapē MAPE izveido komentētu vpvkac.toml visai Latvijai.\n\n"
    "Tālāk tajā pašā mapē: vpvkac fetch, vpvkac check un vpvkac run; nekas nav jālabo.",
    "Write a commented vpvkac.toml for the whole of Latvia into DIR.\n\n"
    "Then vpvkac fetch, vpvkac check and vpvkac run in DIR are the whole path; nothing "
    "needs editing.",
)
_EXAMPLES = Text(
    """vpvkac init latvija/                projekta datne latvija/vpvkac.toml
vpvkac init latvija && cd latvija && vpvkac fetch
""",
    """vpvkac init latvija/                the project file latvija/vpvkac.toml
vpvkac init latvija && cd latvija && vpvkac fetch
""",
)
_WRITTEN = Text("Projekta datne: {}", "Project file: {}")
_NEXT = Text("Turpinājums:", "Next:")
_THERE = Text(
    "{} jau ir; izvēlieties citu mapi vai pārsauciet to.",
    "{} already exists; choose another folder, or rename it.",
)


@command("init", about=_ABOUT, examples=_EXAMPLES)
@argument("folder", shown=Text("MAPE", "DIR"), type=Where(folder=True))
@lang_option
def main(folder: Path, lang: Lang) -> None:
    """Write a commented vpvkac.toml for the whole of Latvia into DIR."""
    template = files(__package__).joinpath(PROJECT_FILE).read_text(encoding="utf-8")
    file = folder / PROJECT_FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_new(file, template)
    except FileExistsError:
        fail(_THERE.into(lang).format(file))
    except OSError as error:
        with suppress(OSError):  # it is empty
            folder.rmdir()
        cannot_write(file, error, lang)
    click.echo(_WRITTEN.into(lang).format(file))
    click.echo(_NEXT.into(lang))
    if folder.resolve() != Path.cwd():
        click.echo(f"  cd {shlex.quote(str(folder))}")
    click.echo("  vpvkac fetch && vpvkac check && vpvkac run")
