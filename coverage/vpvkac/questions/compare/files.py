"""The files of `compare`: two tables, the page and the map."""

from __future__ import annotations

from pathlib import Path

from vpvkac.model.tables import TABLES
from vpvkac.questions.compare.answer import Comparison
from vpvkac.questions.compare.map import MAP_FILE, REPORT_FILE, map_page
from vpvkac.questions.compare.page import report_page
from vpvkac.render.csvfile import write_csv
from vpvkac.render.staging import staged, write_text
from vpvkac.texts.message import Lang


def write(comparison: Comparison, out: str | Path, lang: Lang) -> list[Path]:
    """Write compare.csv, compare_summary.csv, compare.html and compare_map.html: all, or none.

    Raises
    ------
    OSError
        If the folder cannot be written; previous files are then as they were.
    """
    with staged(out, inputs=(*comparison.a.files, *comparison.b.files)) as folder:
        write_csv(folder / "compare.csv", comparison.table, TABLES["compare"].decimals)
        write_csv(folder / "compare_summary.csv", comparison.summary, {})
        write_text(folder / REPORT_FILE, report_page(comparison, lang))
        write_text(folder / MAP_FILE, map_page(comparison, lang))
        names = sorted(file.name for file in folder.iterdir())
    return [Path(out) / name for name in names]
