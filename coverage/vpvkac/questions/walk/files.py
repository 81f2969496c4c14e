"""What `vpvkac walk` writes: the table and the map."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from vpvkac.questions.coverage.tables import DISTANCE_DECIMALS, shown_distance
from vpvkac.questions.walk.answer import COLUMNS, Answer
from vpvkac.questions.walk.map import walk_map
from vpvkac.questions.walk.view import TITLE
from vpvkac.render.csvfile import write_csv
from vpvkac.render.map_page import render
from vpvkac.render.staging import files_of, staged, write_text
from vpvkac.texts.message import Lang

TABLE, PAGE = "walk.csv", "walk.html"
_DECIMALS = {
    **dict.fromkeys(("air_m", "street_m", "off_street_m"), DISTANCE_DECIMALS),
    "detour": 2,
    "minutes": 1,
}


def write(walk: Answer, out: str | Path, lang: Lang) -> list[Path]:
    """Write table and map into a folder: both, or none.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    table = pd.DataFrame(walk.table[list(COLUMNS)])
    for column in ("air_m", "street_m"):
        # A distance beyond the threshold is shown beyond it.
        table[column] = shown_distance(table[column], walk.result.threshold_m)
    with staged(out, inputs=files_of(walk.result.project)) as folder:
        write_csv(folder / TABLE, table, _DECIMALS)
        page = render(walk_map(walk, lang), title=TITLE.text(lang), lang=lang)
        write_text(folder / PAGE, page)
    return [Path(out) / TABLE, Path(out) / PAGE]
