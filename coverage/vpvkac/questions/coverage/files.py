"""Outputs: every file of a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vpvkac.analysis.rounding import exact
from vpvkac.model.progress import Progress, silent
from vpvkac.questions.coverage.datapackage import describe
from vpvkac.questions.coverage.geopackage import write_geopackage
from vpvkac.questions.coverage.municipalities import write_municipalities
from vpvkac.questions.coverage.runfile import run_file
from vpvkac.questions.coverage.tables import DECIMALS, shown, written
from vpvkac.questions.coverage.workbook import write_gaps_workbook
from vpvkac.render.csvfile import write_csv
from vpvkac.render.ours import RUN_FILE, leaves
from vpvkac.render.staging import files_of, staged, write_text
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.model.faults import Fault
    from vpvkac.questions.coverage.result import Result

# What some runs write and others do not, to be found where an earlier version wrote it.
_SOMETIMES = (
    "published.csv", "layout_changes.csv", "residents.csv", "maps/*.html",
    "municipalities/index.html", "municipalities/LV*/index.html", "municipalities/LV*/LV*.xlsx",
)  # fmt: skip
LAYERS = ("units", "network", "places", "stops", "gaps_access", "gaps_coverage")
_WRITING = Message("Writing")


class Written(NamedTuple):
    """What was written, and warnings of what a file could not hold."""

    files: list[Path]
    faults: list[Fault]


def write(result: Result, out: str | Path, progress: Progress = silent) -> Written:
    """Write all outputs of a run into a folder; see `Result.write`."""
    inputs = files_of(result.project)
    with staged(out, inputs=inputs, sometimes=_SOMETIMES) as folder:
        faults = _write_all(result, folder, progress)
        files = sorted(file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return Written([Path(out) / file for file in files], faults)


def _write_all(result: Result, folder: Path, progress: Progress) -> list[Fault]:
    # CSV and GeoPackage have decimals of their own; what people read is rounded from these.
    full, tables = exact(result), shown(result)
    for name, columns in written(result).items():
        _say(progress, result, f"{name}.csv")
        write_csv(folder / f"{name}.csv", tables[name][list(columns)], DECIMALS)
    if result.inputs.changes is not None:
        write_csv(folder / "layout_changes.csv", result.inputs.changes, DECIMALS)
    _say(progress, result, "gaps.xlsx")
    faults = write_gaps_workbook(folder / "gaps.xlsx", result, full)
    _say(progress, result, "coverage.gpkg")
    layers = {name: tables[name] for name in LAYERS}
    write_geopackage(
        folder / "coverage.gpkg", layers, lang=result.lang, threshold_m=result.threshold_m
    )
    _say(progress, result, "maps/")
    for name, page in _pages(result, full):
        _say(progress, result, name)
        write_text(folder / name, page())
    _say(progress, result, "municipalities/")
    faults += write_municipalities(folder / "municipalities", result, full)
    write_text(folder / "datapackage.json", describe(result, tables, folder))
    write_text(folder / RUN_FILE, run_file(result, sorted([*leaves(folder), RUN_FILE])))
    return faults


def _pages(
    result: Result, tables: Mapping[str, pd.DataFrame]
) -> list[tuple[str, Callable[[], str]]]:
    """Name every page, and how it is made."""
    from vpvkac.questions.coverage.explorer import explorer
    from vpvkac.questions.coverage.figures import figure_maps
    from vpvkac.questions.coverage.gaps_page import gaps_page
    from vpvkac.questions.coverage.report.report import report_page
    from vpvkac.render.map_page import render

    def map_page() -> str:
        return render(explorer(result, lang=result.lang), title=result.title, lang=result.lang)

    figures = figure_maps(result)
    return [
        ("map.html", map_page),
        ("gaps.html", lambda: gaps_page(result, tables)),
        ("report.html", lambda: report_page(result, tables)),
        *((f"maps/{name}", lambda page=page: page) for name, page in figures.items()),
    ]


def _say(progress: Progress, result: Result, file: str) -> None:
    progress(f"{_WRITING.text(result.lang)} {file}")
