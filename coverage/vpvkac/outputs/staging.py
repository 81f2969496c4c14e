"""Staging: files are written beside their folder and moved in when all are whole."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextmanager
def staged(out: str | Path, sometimes: Sequence[str] = ()) -> Iterator[Path]:
    """Give an empty folder to write into; what it holds at the end is moved into `out`.

    Where the writing fails, `out` is as it was.

    Parameters
    ----------
    out
        The folder; made if it is not there.  Files of other names in it stay.
    sometimes
        Files that this command writes on some runs only: one that is not
        written now is removed, so that none stays from the last run.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    # A link is followed, so that staging lies on the same disk as the folder itself.
    folder = Path(out).resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield beside
        _move_in(beside, folder, sometimes)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_text(file: Path, text: str) -> None:
    """Write a text as UTF-8 with LF, in a folder that is made if it is not there."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def _move_in(beside: Path, folder: Path, sometimes: Sequence[str]) -> None:
    """Put what is staged in place of what the last run wrote; other files stay.

    A folder of the command's own, such as `maps/`, is replaced whole: pages of
    units that are no more must not stay behind.
    """
    folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as replaced:
        for name in sometimes:
            if (folder / name).exists() and not (beside / name).exists():
                (folder / name).rename(Path(replaced) / name)
        for entry in sorted(beside.iterdir()):
            target = folder / entry.name
            # A file goes over a file; else what stands there gives way first.
            if target.is_dir() or (entry.is_dir() and target.exists()):
                target.rename(Path(replaced) / entry.name)
            entry.replace(target)
