"""What `walk` writes: the table and the map."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from vpvkac.analysis.rounding import DISTANCE_DECIMALS, shown_distance
from vpvkac.questions.walk.walk import COLUMNS, Walk
from vpvkac.questions.walk.wording import TITLE
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import files_of, staged, write_text

_DECIMALS = {
    **dict.fromkeys(("air_m", "street_m", "off_street_m"), DISTANCE_DECIMALS),
    "detour": 2,
    "minutes": 1,
}


def shown(walk: Walk) -> pd.DataFrame:
    """Give the table as files show it: a distance beyond the threshold stays beyond it."""
    table = pd.DataFrame(walk.table[list(COLUMNS)])
    for column in ("air_m", "street_m"):
        table[column] = shown_distance(table[column], walk.result.threshold_m)
    return table


def write(walk: Walk, out: str | Path) -> list[Path]:
    """Write table and map; see `Walk.write`."""
    from vpvkac.questions.walk.map import walk_map
    from vpvkac.render.map_page import render

    lang = walk.result.lang
    with staged(out, inputs=files_of(walk.result.project)) as folder:
        write_csv(folder / "walk.csv", shown(walk), _DECIMALS)
        page = render(walk_map(walk), title=TITLE.text(lang), lang=lang)
        write_text(folder / "walk.html", page)
    return [Path(out) / name for name in ("walk.csv", "walk.html")]
