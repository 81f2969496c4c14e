"""What `vpvkac walk` writes: the table and the map."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from vpvkac.analysis.rounding import shown_distance
from vpvkac.model.columns import TO_STOP
from vpvkac.model.tables import TABLES
from vpvkac.questions.walk.answer import Answer
from vpvkac.questions.walk.view import TITLE, walk_map
from vpvkac.render.csvfile import write_csv
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
    columns = TABLES["walk"]
    table = pd.DataFrame(walk.table[list(columns.names)])
    for column in columns.columns:
        if column.type == TO_STOP:
            # A distance beyond the threshold is shown beyond it.
            table[column.name] = shown_distance(table[column.name], walk.result.threshold_m)
    with staged(out, inputs=files_of(walk.result.project)) as folder:
        write_csv(folder / TABLE, table, columns.decimals)
        page = render(walk_map(walk, lang), title=TITLE.text(lang), lang=lang)
        write_text(folder / PAGE, page)
    return [Path(out) / TABLE, Path(out) / PAGE]
