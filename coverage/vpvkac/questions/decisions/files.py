"""The file of decisions, written anew in the form that it has."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from vpvkac.questions.decisions.answer import Merged
from vpvkac.render.csvfile import write_csv
from vpvkac.sources.encoding import read_utf8
from vpvkac.sources.plain import DECISIONS
from vpvkac.sources.tabular import find_heading

_COLUMNS = DECISIONS[:-1]


def write(merged: Merged) -> Path:
    """Write the decisions where the project has them, whole or not at all.

    The delimiter stays, and a mark at the beginning; a file that says nothing new is left alone.
    Raises OSError if it cannot be written; it is then as it was.
    """
    # A link stays one.
    path = Path(os.path.realpath(merged.target.path))
    if not merged.is_changed:
        return merged.target.path
    delimiter, encoding = ",", "utf-8"
    part = path.with_name(f".{path.name}.part")
    try:
        if path.exists():
            text = read_utf8(path, merged.target.shown)[0].decode()
            delimiter = find_heading(text, merged.target.shown, _COLUMNS).delimiter
            encoding = "utf-8" if _is_plain(path.read_bytes()) else "utf-8-sig"
        write_csv(part, merged.table, {}, delimiter=delimiter, encoding=encoding)
        if path.exists():
            shutil.copymode(path, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return merged.target.path


def _is_plain(data: bytes) -> bool:
    """Tell UTF-8 without a mark; Excel needs the mark in what else it wrote."""
    try:
        return not data.decode().startswith("\ufeff")
    except UnicodeDecodeError:
        return False
