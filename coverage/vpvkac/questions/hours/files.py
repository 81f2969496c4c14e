"""What `vpvkac hours` writes: a table for machines and a page for people."""

from __future__ import annotations

from pathlib import Path

from vpvkac.questions.hours.answer import COLUMNS, Answer
from vpvkac.questions.hours.view import hours_page
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import files_of, staged, write_text
from vpvkac.texts.message import Lang

TABLE, PAGE = "hours.csv", "hours.html"
# A minute is 0.0167 h: two decimals tell it apart.
_DECIMALS = {
    **dict.fromkeys(("weekly_h", "weekly_h_least", "weekly_h_most", "year_h"), 2),
    "intensity_share": 4,
}


def write(hours: Answer, out: str | Path, lang: Lang) -> list[Path]:
    """Write both files, or none; other files of the folder stay.

    Raises
    ------
    OSError
        If the folder cannot be written; previous files are then as they were.
    """
    with staged(out, inputs=files_of(hours.result.project)) as folder:
        write_csv(folder / TABLE, hours.table[list(COLUMNS)], _DECIMALS)
        write_text(folder / PAGE, hours_page(hours, lang))
    return [Path(out) / TABLE, Path(out) / PAGE]
