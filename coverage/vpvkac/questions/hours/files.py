"""What `vpvkac hours` writes: a table for machines and a page for people."""

from __future__ import annotations

from pathlib import Path

from vpvkac.model.tables import TABLES
from vpvkac.questions.hours.answer import Answer
from vpvkac.questions.hours.view import hours_page
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import files_of, staged, write_text
from vpvkac.texts.message import Lang

TABLE, PAGE = "hours.csv", "hours.html"


def write(hours: Answer, out: str | Path, lang: Lang) -> list[Path]:
    """Write both files, or none; other files of the folder stay.

    Raises
    ------
    OSError
        If the folder cannot be written; previous files are then as they were.
    """
    columns = TABLES["hours"]
    with staged(out, inputs=files_of(hours.result.project)) as folder:
        write_csv(folder / TABLE, hours.table[list(columns.names)], columns.decimals)
        write_text(folder / PAGE, hours_page(hours, lang))
    return [Path(out) / TABLE, Path(out) / PAGE]
