"""`vpvkac sample`: a copy of the embedded sample, to look at and to change."""

from __future__ import annotations

import shutil
from pathlib import Path

from vpvkac.cli.runner import Reply, Run, command
from vpvkac.cli.usage import FOLDER, argument, lang_option
from vpvkac.texts.message import Message

_ABOUT = Message("Copy the embedded synthetic sample into DIR, to look at and to change.")
_EXAMPLES = Message("""\
vpvkac sample sample/               a project with all its inputs
vpvkac sample sample && vpvkac run sample --lang en
""")
_COPIED = Message("Sample: {}")
_NOT_EMPTY = Message("{} is not an empty folder")


@command(about=_ABOUT, examples=_EXAMPLES, common=())
@argument("folder", shown=Message("DIR"), type=FOLDER)
@lang_option
def main(run: Run, folder: Path) -> Reply:
    """Copy the embedded synthetic sample into DIR, to look at and to change."""
    from vpvkac.inputs.project_file import sample_folder

    with run.writing(folder):
        if folder.exists() and any(folder.iterdir()):
            run.stop(run.text(_NOT_EMPTY, folder))
        try:
            shutil.copytree(sample_folder(), folder, dirs_exist_ok=True)
        except OSError:
            # It was empty, or not there: all that is in it is a part of the copy.
            shutil.rmtree(folder, ignore_errors=True)
            raise
    return Reply([run.text(_COPIED, folder)])
