"""What `vpvkac reach` writes: tables, homes for QGIS and notebooks, and a page."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from vpvkac.model.tables import TABLES
from vpvkac.questions.reach.answer import Answer
from vpvkac.questions.reach.view import reach_page, with_reasons
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import files_of, staged, write_text
from vpvkac.texts.message import Lang

UNITS, PLACES, GAPS = "reach.csv", "reach_places.csv", "gaps_reach.csv"
HOMES, PAGE = "reach_homes.parquet", "reach.html"


def write(answer: Answer, out: str | Path, lang: Lang) -> list[Path]:
    """Write all files, or none; other files of the folder stay.

    Raises
    ------
    OSError
        If the folder cannot be written; previous files are then as they were.
    """
    tables = {
        UNITS: ("reach", answer.units),
        PLACES: ("reach_places", answer.places),
        GAPS: ("gaps_reach", with_reasons(answer, lang)),
    }
    with staged(out, inputs=files_of(answer.result.project)) as folder:
        for name, (key, table) in tables.items():
            columns = TABLES[key]
            write_csv(folder / name, table[list(columns.names)], columns.decimals)
        homes = answer.homes[list(TABLES["reach_homes"].names)]
        points = gpd.points_from_xy(homes["lon"], homes["lat"], crs="EPSG:4326")
        gpd.GeoDataFrame(homes, geometry=points).to_parquet(folder / HOMES, index=False)
        write_text(folder / PAGE, reach_page(answer, lang))
    return [Path(out) / name for name in (UNITS, PLACES, GAPS, HOMES, PAGE)]
