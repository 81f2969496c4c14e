"""What `vpvkac site` writes: its table and its page."""

from __future__ import annotations

from pathlib import Path

from vpvkac.model.tables import TABLES
from vpvkac.questions.site.answer import Answer
from vpvkac.questions.site.view import site_page
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import files_of, staged, write_text
from vpvkac.texts.message import Lang

TABLE, PAGE = "site.csv", "site.html"


def write(siting: Answer, out: str | Path, lang: Lang) -> list[Path]:
    """Write both files into a folder, or neither.

    Raises
    ------
    OSError
        If the folder cannot be written; previous files are then as they were.
    """
    with staged(out, inputs=files_of(siting.result.project)) as folder:
        write_csv(folder / TABLE, siting.table, TABLES["site"].decimals)
        write_text(folder / PAGE, site_page(siting, lang))
    return [Path(out) / TABLE, Path(out) / PAGE]
