"""The files of `compare`: two tables, the page and the map."""

from __future__ import annotations

from pathlib import Path

from vpvkac.questions.compare import view
from vpvkac.questions.compare.answer import Comparison
from vpvkac.render.csvfile import write_table
from vpvkac.render.staging import staged, write_text
from vpvkac.texts.message import Lang


def write(comparison: Comparison, out: str | Path, lang: Lang) -> list[Path]:
    """Write compare.csv, compare_summary.csv, compare.html and compare_map.html: all, or none.

    Where both sides know it, also who gained and lost the way there and back: compare_reach.csv,
    compare_service.csv and compare_reach.html.
    Raises OSError if the folder cannot be written; previous files are then as they were.
    """
    with staged(out, inputs=(*comparison.a.files, *comparison.b.files)) as folder:
        write_table(folder, "compare", comparison.table)
        write_table(folder, "compare_summary", comparison.summary)
        write_text(folder / view.REPORT_FILE, view.report_page(comparison, lang))
        write_text(folder / view.MAP_FILE, view.map_page(comparison, lang))
        if comparison.ways is not None:
            write_table(folder, "compare_reach", comparison.ways.units)
            write_table(folder, "compare_service", comparison.ways.service)
            write_text(folder / view.WAYS_FILE, view.ways_page(comparison, lang))
        names = sorted(file.name for file in folder.iterdir())
    return [Path(out) / name for name in names]
