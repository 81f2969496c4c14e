"""`vpvkac init`: the project file of the national job."""

from __future__ import annotations

import shlex
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

from vpvkac.cli.runner import Reply, Run, command
from vpvkac.cli.terminal import write_new
from vpvkac.cli.usage import FOLDER, argument, lang_option
from vpvkac.model.project import PROJECT_FILE
from vpvkac.texts.message import Message

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


@command(about=_ABOUT, examples=_EXAMPLES, common=())
@argument("folder", shown=Message("DIR"), type=FOLDER)
@lang_option
def main(run: Run, folder: Path) -> Reply:
    """Write a commented vpvkac.toml for the whole of Latvia into DIR."""
    template = files(__package__).joinpath(PROJECT_FILE).read_text(encoding="utf-8")
    file = folder / PROJECT_FILE
    with run.writing(file):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_new(file, template)
        except FileExistsError:
            run.stop(run.text(_THERE, file))
        except OSError:
            with suppress(OSError):  # it is empty
                folder.rmdir()
            raise
    there = [] if folder.resolve() == Path.cwd() else [f"  cd {shlex.quote(str(folder))}"]
    after = "  vpvkac fetch && vpvkac check && vpvkac run"
    return Reply([run.text(_WRITTEN, file), run.text(_NEXT), *there, after])
