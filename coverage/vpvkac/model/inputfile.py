"""What a path given as an input leads to: a plain file of a size that such files have."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from vpvkac.texts.message import Message, Text

MEGABYTE = 1_000_000
NO_PATH = (
    Message("is no path"),
    Message("write a path without NUL characters"),
)
_FOLDER = (Message("is a folder"), Message("name a file"))
_SPECIAL = (
    Message("is not a plain file (but a device, a pipe or a socket)"),
    Message("name a file"),
)


def unfit(
    path: Path, most_bytes: int | None = None, *, may_be_folder: bool = False
) -> tuple[Text, Text] | None:
    """Tell what is wrong with what is found at a path, and what to do; None if nothing is.

    A device or a pipe would be read without end, so only plain files are, and
    none larger than `most_bytes`.  Nothing is wrong where nothing is found.
    """
    try:
        found = os.stat(path)  # noqa: PTH116 - `Path.stat` says the same
    except OSError:
        return None
    except ValueError:
        return NO_PATH
    if stat.S_ISDIR(found.st_mode):
        return None if may_be_folder else _FOLDER
    if not stat.S_ISREG(found.st_mode):
        return _SPECIAL
    if most_bytes is not None and found.st_size > most_bytes:
        most = most_bytes // MEGABYTE
        return (
            Message("is larger than {most} MB", most=most),
            Message("check that it is the right file"),
        )
    return None
