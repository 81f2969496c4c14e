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
from vpvkac.outputs.runfile import run_file
from vpvkac.outputs.tables import COLUMNS, DECIMALS, shown
from vpvkac.outputs.workbook import write_gaps_workbook
from vpvkac.progress import silent

if TYPE_CHECKING:
    from vpvkac.progress import Progress
    from vpvkac.result import Result

LAYERS = ("units", "network", "places", "stops", "gaps_access", "gaps_coverage")
_WRITING = Text("Raksta", "Writing")


def write(result: Result, out: str | Path, progress: Progress = silent) -> list[Path]:
    """Write all outputs of a run into a folder; see `Result.write`."""
    folder = Path(out)
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_all(result, staged, progress)
        return _move_in(staged, folder)
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _write_all(result: Result, folder: Path, progress: Progress) -> None:
    tables = shown(result)
    for name, columns in COLUMNS.items():
        _say(progress, result, f"{name}.csv")
        write_csv(folder / f"{name}.csv", tables[name][list(columns)], DECIMALS)
    _say(progress, result, "gaps.xlsx")
    write_gaps_workbook(folder / "gaps.xlsx", result, tables, DECIMALS)
    _say(progress, result, "coverage.gpkg")
    layers = {name: tables[name] for name in LAYERS}
    write_geopackage(
        folder / "coverage.gpkg", layers, lang=result.lang, threshold_m=result.threshold_m
    )
    _say(progress, result, "map.html")
    _write_map(result, folder / "map.html")
    (folder / "run.json").write_text(run_file(result), encoding="utf-8", newline="\n")
    described = describe(result, tables, folder)
    (folder / "datapackage.json").write_text(described, encoding="utf-8", newline="\n")


def _write_map(result: Result, file: Path) -> None:
    from vpvkac.maps.explorer import explorer
    from vpvkac.maps.page import render

    page = render(explorer(result, lang=result.lang), title=result.title, lang=result.lang)
    file.write_text(page, encoding="utf-8", newline="\n")


def _say(progress: Progress, result: Result, file: str) -> None:
    progress(f"{_WRITING.into(result.lang)} {file}")


def _move_in(staged: Path, folder: Path) -> list[Path]:
    """Put the staged files in place of those of the last run; other files stay."""
    folder.mkdir(exist_ok=True)
    return [file.replace(folder / file.name) for file in sorted(staged.iterdir())]
