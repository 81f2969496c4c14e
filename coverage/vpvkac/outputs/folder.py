"""Outputs: every file of a run, staged beside the folder and moved in when all are whole."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from vpvkac.language import Text
from vpvkac.outputs.csvfile import write_csv
from vpvkac.outputs.datapackage import describe
from vpvkac.outputs.geopackage import write_geopackage
from vpvkac.outputs.municipalities import write_municipalities
from vpvkac.outputs.runfile import run_file
from vpvkac.outputs.tables import DECIMALS, shown, written
from vpvkac.outputs.workbook import write_gaps_workbook
from vpvkac.progress import silent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from vpvkac.progress import Progress
    from vpvkac.result import Result

# Written by some runs only: one that a run does not write must not stay from the last.
_SOMETIMES = ("published.csv", "layout_changes.csv")
LAYERS = ("units", "network", "places", "stops", "gaps_access", "gaps_coverage")
_WRITING = Text("Raksta", "Writing")


def write(result: Result, out: str | Path, progress: Progress = silent) -> list[Path]:
    """Write all outputs of a run into a folder; see `Result.write`."""
    # A link is followed, so that staging lies on the same disk as the folder itself.
    folder = Path(out).resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_all(result, staged, progress)
        moved = _move_in(staged, folder)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return [Path(out) / file.relative_to(folder) for file in moved]


def _write_all(result: Result, folder: Path, progress: Progress) -> None:
    tables = shown(result)
    for name, columns in written(result).items():
        _say(progress, result, f"{name}.csv")
        write_csv(folder / f"{name}.csv", tables[name][list(columns)], DECIMALS)
    if result.inputs.changes is not None:
        write_csv(folder / "layout_changes.csv", result.inputs.changes, DECIMALS)
    _say(progress, result, "gaps.xlsx")
    write_gaps_workbook(folder / "gaps.xlsx", result, tables)
    _say(progress, result, "coverage.gpkg")
    layers = {name: tables[name] for name in LAYERS}
    write_geopackage(
        folder / "coverage.gpkg", layers, lang=result.lang, threshold_m=result.threshold_m
    )
    for name, page in _pages(result, tables):
        _say(progress, result, name)
        _write_text(folder / name, page())
    _say(progress, result, "municipalities/")
    write_municipalities(folder / "municipalities", result, tables)
    _write_text(folder / "run.json", run_file(result))
    _write_text(folder / "datapackage.json", describe(result, tables, folder))


def _pages(
    result: Result, tables: Mapping[str, pd.DataFrame]
) -> list[tuple[str, Callable[[], str]]]:
    """Name every page, and how it is made."""
    from vpvkac.maps.explorer import explorer
    from vpvkac.maps.figures import figure_maps
    from vpvkac.maps.page import render
    from vpvkac.pages.gaps import gaps_page
    from vpvkac.pages.report import report_page

    def map_page() -> str:
        return render(explorer(result, lang=result.lang), title=result.title, lang=result.lang)

    figures = figure_maps(result)
    return [
        ("map.html", map_page),
        ("gaps.html", lambda: gaps_page(result, tables)),
        ("report.html", lambda: report_page(result, tables)),
        *((f"maps/{name}", lambda page=page: page) for name, page in figures.items()),
    ]


def _write_text(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="\n")


def _say(progress: Progress, result: Result, file: str) -> None:
    progress(f"{_WRITING.into(result.lang)} {file}")


def _move_in(staged: Path, folder: Path) -> list[Path]:
    """Put what is staged in place of what the last run wrote; other files stay.

    A folder of the run's own, such as `maps/`, is replaced whole: pages of
    units that are no more must not stay behind.
    """
    folder.mkdir(exist_ok=True)
    written = sorted(file.relative_to(staged) for file in staged.rglob("*") if file.is_file())
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as replaced:
        for name in _SOMETIMES:
            if (folder / name).exists() and not (staged / name).exists():
                (folder / name).rename(Path(replaced) / name)
        for entry in sorted(staged.iterdir()):
            target = folder / entry.name
            if target.is_dir():
                target.rename(Path(replaced) / entry.name)
            entry.replace(target)
    return [folder / file for file in written]
