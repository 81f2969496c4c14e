"""`vpvkac sample`: a copy of the embedded sample, to look at and to change."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from vpvkac.cli.terminal import cannot_write, fail
from vpvkac.cli.usage import Where, argument, command, lang_option
from vpvkac.texts.message import Lang, Message

_ABOUT = Message("Copy the embedded synthetic sample into DIR, to look at and to change.")
_EXAMPLES = Message("""\
vpvkac sample sample/               a project with all its inputs
vpvkac sample sample && vpvkac run sample --lang en
""")
_COPIED = Message("Sample: {}")
_NOT_EMPTY = Message("{} is not an empty folder")


@command("sample", about=_ABOUT, examples=_EXAMPLES)
@argument("folder", shown=Message("DIR"), type=Where(folder=True))
@lang_option
def main(folder: Path, lang: Lang) -> None:
    """Copy the embedded synthetic sample into DIR, to look at and to change."""
    from vpvkac.inputs.sample import sample_folder

    try:
        if folder.exists() and any(folder.iterdir()):
            fail(_NOT_EMPTY.text(lang).format(folder))
        shutil.copytree(sample_folder(), folder, dirs_exist_ok=True)
    except OSError as error:
        # It was empty, or not there: all that is in it is a part of the copy.
        shutil.rmtree(folder, ignore_errors=True)
        cannot_write(folder, error, lang)
    click.echo(_COPIED.text(lang).format(folder))
