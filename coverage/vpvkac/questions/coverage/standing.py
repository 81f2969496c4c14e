"""Whether the outputs of a run stand already, byte for byte, so that nothing need be done again.

They do where the program, every input and option are those of a run that went well, and the
folder holds just what it left there: its files, and the pages of other commands that its own link.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.model.accounts import Progress, silent
from vpvkac.render.navigation import pages_in
from vpvkac.render.staging import is_settled
from vpvkac.sources.cache import Content, Key, keep, load, pack_faults, unpack_faults
from vpvkac.sources.lock import files_beside, sha256
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from vpvkac.model.faults import Fault
    from vpvkac.model.project import Project

UNCHANGED = Message("Nothing has changed; the files stay")


class Said(NamedTuple):
    """What a run said at its end: its answer, faults of the inputs, and of what was written."""

    lines: Sequence[str]
    inputs: Sequence[Fault]
    written: Sequence[Fault]


class Standing:
    """The outputs of a run in a folder, by all that decides them; `options` are those of `run`."""

    def __init__(self, project: Project, out: Path, *options: object) -> None:
        register = project.addresses
        beside = () if register is None else files_beside(register.path).values()
        asked = ("run", project, str(out), *options)
        self.folder = Path(os.path.realpath(out))
        self._key = Key(asked, project.files, (project.path, *beside))
        self._name = self._key.name()

    def said(self, progress: Progress = silent) -> Said | None:
        """Give what the run said whose outputs stand; None where they do not, or not all."""
        if not self._name or (content := load(self._name, progress)) is None:
            return None
        about = content.about
        if not is_settled(self.folder) or self._state(about["state"]) != about["state"]:
            return None
        progress(UNCHANGED)
        faults = (unpack_faults(about[name]) for name in ("inputs", "written"))
        return Said(about["lines"], *faults)

    def keep(self, said: Said, files: Iterable[Path]) -> None:
        """Keep what a run said that went well, and what its folder holds."""
        names = [file.as_posix() for file in files]
        about = {
            "lines": list(said.lines),
            "inputs": pack_faults(said.inputs),
            "written": pack_faults(said.written),
            "state": self._state(names),
        }
        # An input that changed meanwhile was not read as it was named.
        if self._name and self._key.name() == self._name:
            keep(self._name, Content(about))

    def _state(self, names: Iterable[str]) -> dict[str, str]:
        """Give the hash of each file of those names, and of each page that links the others."""
        pages = (page.relative_to(self.folder).as_posix() for page in pages_in(self.folder))
        files = {name: self.folder / name for name in sorted({*names, *pages})}
        return {name: sha256(file) if file.is_file() else "" for name, file in files.items()}
