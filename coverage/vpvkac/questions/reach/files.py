"""What `vpvkac reach` writes: tables, homes for QGIS and notebooks, and a page."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from vpvkac.model.tables import TABLES
from vpvkac.questions.reach.answer import Answer
from vpvkac.questions.reach.view import reach_page
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import files_of, staged, write_text
from vpvkac.texts.message import Lang
from vpvkac.views.reach import with_reasons

HOMES, PAGE = "reach_homes.parquet", "reach.html"
FILES = (
    "reach.csv", "reach_places.csv", "reach_hours.csv", "reach_service.csv", "gaps_reach.csv",
    HOMES, PAGE,
)  # fmt: skip


def write(answer: Answer, out: str | Path, lang: Lang) -> list[Path]:
    """Write all files, or none; other files of the folder stay.

    Raises
    ------
    OSError
        If the folder cannot be written; previous files are then as they were.
    """
    with staged(out, inputs=files_of(answer.result.project)) as folder:
        write_into(folder, answer, lang)
    return [Path(out) / name for name in FILES]


def write_into(folder: Path, answer: Answer, lang: Lang) -> list[str]:
    """Write all files into a folder, and name the tables that are CSV."""
    tables = {
        "reach": answer.units,
        "reach_places": answer.places,
        "reach_hours": answer.appointments,
        "reach_service": answer.service,
        "gaps_reach": with_reasons(answer, lang),
    }
    for name, table in tables.items():
        write_csv(folder / f"{name}.csv", table[list(TABLES[name].names)], TABLES[name].decimals)
    homes = answer.homes[list(TABLES["reach_homes"].names)]
    points = gpd.points_from_xy(homes["lon"], homes["lat"], crs="EPSG:4326")
    gpd.GeoDataFrame(homes, geometry=points).to_parquet(folder / HOMES, index=False)
    write_text(folder / PAGE, reach_page(answer, lang))
    return list(tables)
