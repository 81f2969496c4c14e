"""What `vpvkac walk` writes: the table and the map."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from vpvkac.analysis.rounding import shown_distance
from vpvkac.model.columns import TO_STOP
from vpvkac.model.tables import TABLES
from vpvkac.questions.walk.answer import Answer
from vpvkac.questions.walk.map import walk_map
from vpvkac.questions.walk.view import TITLE
from vpvkac.render.csvfile import write_table
from vpvkac.render.map_page import render
from vpvkac.render.staging import files_of, staged, write_text
from vpvkac.texts.message import Lang

TABLE, PAGE = "walk.csv", "walk.html"


def write(walk: Answer, out: str | Path, lang: Lang) -> list[Path]:
    """Write table and map into a folder: both, or none.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    table = pd.DataFrame(walk.table)
    for column in TABLES["walk"].columns:
        # A distance beyond the threshold is shown beyond it.
        if column.type == TO_STOP:
            shown = shown_distance(table[column.name], walk.result.threshold_m)
            table[column.name] = shown
    with staged(out, inputs=files_of(walk.result.project)) as folder:
        write_table(folder, "walk", table)
        page = render(walk_map(walk, lang), title=TITLE.text(lang), lang=lang)
        write_text(folder / PAGE, page)
    return [Path(out) / TABLE, Path(out) / PAGE]
