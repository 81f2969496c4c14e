"""Every file of a run: tables, workbooks, GeoPackage, maps and pages, and what describes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from vpvkac.analysis import catchment
from vpvkac.analysis.catchment import rates
from vpvkac.analysis.rounding import exact, shown
from vpvkac.model.accounts import Progress, silent
from vpvkac.model.faults import Fault
from vpvkac.model.stamp import VERSION, source_date
from vpvkac.model.tables import OUTPUTS
from vpvkac.questions.coverage.geopackage_layers import LAYERS, layers
from vpvkac.questions.coverage.workbook import MUNICIPAL, NATIONAL, cover, rows_of
from vpvkac.render.csvfile import as_json, describe, write_table
from vpvkac.render.gpkg import write_geopackage
from vpvkac.render.staging import FILES, RUN_FILE, files_of, leaves, staged, write_text
from vpvkac.render.xlsx import write_workbook
from vpvkac.texts import words
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.questions.coverage.view import Result


# What some runs write and others do not, to be found where an earlier version wrote it.
_SOMETIMES = (
    "published.csv", "layout_changes.csv", "residents.csv", "maps/*.html",
    "municipalities/index.html", "municipalities/LV*/index.html", "municipalities/LV*/LV*.xlsx",
)  # fmt: skip
_WRITING = Message("Writing")


class Written(NamedTuple):
    """What was written, and warnings of what a file could not hold."""

    files: list[Path]
    faults: list[Fault]


def write(result: Result, out: str | Path, progress: Progress = silent) -> Written:
    """Write all outputs of a run into a folder: all of them, or none.

    Raises OSError if the folder cannot be written; previous files are then as they were.
    """
    inputs = files_of(result.project)
    with staged(out, inputs=inputs, sometimes=_SOMETIMES) as folder:
        faults = _write_all(result, folder, progress)
        files = sorted(file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return Written([Path(out) / file for file in files], faults)


def written(result: Result) -> list[str]:
    """Name the CSV outputs of a run: nothing is published of synthetic data."""
    without = {"published": result.synthetic, "residents": result.residents.empty, "stops": True}
    return [name for name in OUTPUTS if not without.get(name)]


def _write_all(result: Result, folder: Path, progress: Progress) -> list[Fault]:
    lang, names = result.lang, written(result)

    def say(file: str) -> None:
        progress(f"{_WRITING.text(lang)} {file}")

    # CSV and GeoPackage have decimals of their own; what people read is rounded from these.
    full, tables = exact(result), shown(result)
    for name in names:
        say(f"{name}.csv")
        write_table(folder, name, tables[name])
    if result.inputs.changes is not None:
        write_table(folder, "layout_changes", result.inputs.changes)
    say("gaps.xlsx")
    sheets = [rows_of(name, full[name], result).sheet for name in NATIONAL if name in names]
    workbook = folder / "gaps.xlsx"
    faults = write_workbook(workbook, cover(result), sheets, lang=lang, shown=workbook.name)
    say("coverage.gpkg")
    drawn = layers({name: tables[name] for name in LAYERS}, lang, result.threshold_m)
    write_geopackage(folder / "coverage.gpkg", drawn)
    say("maps/")
    for name, page in _pages(result, full):
        say(name)
        write_text(folder / name, page())
    say("municipalities/")
    faults += write_municipalities(folder / "municipalities", result, full)
    about = {
        "title": result.title or words.NETWORK.text(lang),
        "description": (words.SAMPLE if result.synthetic else words.LIMITS).text(lang),
        "synthetic": result.synthetic,
        "stop_set": result.stop_set,
        "threshold_m": result.threshold_m,
        "layout": result.layout or None,
    }
    package = describe(
        folder, names, about, result.sources, lang=lang, threshold_m=result.threshold_m
    )
    write_text(folder / "datapackage.json", package)
    write_text(folder / RUN_FILE, run_file(result, sorted([*leaves(folder), RUN_FILE])))
    return faults


def write_municipalities(
    folder: Path, result: Result, tables: Mapping[str, pd.DataFrame]
) -> list[Fault]:
    """Write `index.html`, and for each municipality `LV…/index.html` and `LV…/LV….xlsx`.

    Of the tables of `rounding.exact`; gives warnings of what the workbooks could not hold.
    """
    from vpvkac.questions.coverage.municipality import Parts, index_page, municipality_page

    faults: list[Fault] = []
    write_text(folder / "index.html", index_page(result, tables))
    parts = Parts.of(result, tables)
    sheets = [rows_of(name, tables[name], result, parts.numbers) for name in MUNICIPAL]
    # Its rows of each sheet, by municipality.
    own_rows: list[dict[str, list[tuple[Any, ...]]]] = [{} for _ in sheets]
    for own, sheet in zip(own_rows, sheets, strict=True):
        for row, code in zip(sheet.sheet.rows, sheet.codes, strict=True):
            own.setdefault(code, []).append(row)
    for _, municipality in tables["municipalities"].iterrows():
        code, name = str(municipality["municipality"]), str(municipality["municipality_name"])
        write_text(folder / code / "index.html", municipality_page(parts, municipality))
        faults += write_workbook(
            folder / code / f"{code}.xlsx",
            cover(result, name),
            [
                sheet.sheet._replace(rows=own.get(code, []))
                for sheet, own in zip(sheets, own_rows, strict=True)
            ],
            lang=result.lang,
            shown=f"{folder.name}/{code}/{code}.xlsx",
        )
    return faults


def _pages(
    result: Result, tables: Mapping[str, pd.DataFrame]
) -> Iterator[tuple[str, Callable[[], str]]]:
    """Name every page, and how it is made."""
    from vpvkac.questions.coverage.explorer import explorer
    from vpvkac.questions.coverage.figures import figure_maps
    from vpvkac.questions.coverage.gaps import gaps_page
    from vpvkac.questions.coverage.report import report_page
    from vpvkac.render.map_page import render

    lang = result.lang
    figures = figure_maps(result)
    yield "map.html", lambda: render(explorer(result, lang=lang), title=result.title, lang=lang)
    yield "gaps.html", lambda: gaps_page(result, tables)
    yield "report.html", lambda: report_page(result, tables)
    for name in figures:
        yield f"maps/{name}", partial(figures.__getitem__, name)


def run_file(result: Result, files: Sequence[str] = ()) -> str:
    """Tell by what program, rules and inputs the outputs were made, JSON.

    `time` is SOURCE_DATE_EPOCH, null where that is not set; `files` are what
    the run wrote, by which the next one knows its own.
    """
    rules, moment, lang = result.project.rules, source_date(), result.lang
    content = {
        "program": "vpvkac",
        "version": VERSION,
        "time": None if moment is None else moment.isoformat(),
        "title": result.title,
        "synthetic": result.synthetic,
        "note": "synthetic sample" if result.synthetic else None,
        "parameters": {
            "layout": result.layout or None,
            "threshold_m": rules.threshold_m,
            "stop_set": rules.stop_set,
            "hosts": list(rules.hosts),
            "lang": lang,
        },
        "population": _population(result),
        "inputs": [
            {
                "input": account.key,
                "file": account.shown,
                "source": account.source.name.text(lang),
                "publisher": account.source.publisher.text(lang)
                if account.source.publisher
                else None,
                "licence": account.source.licence,
                "reference_date": account.source.date,
                "sha256": account.sha256,
                "rows_read": account.rows_read,
                "rows_used": account.rows_used,
                "rows_dropped": dict(account.dropped),
                "notes": dict(account.notes),
            }
            for account in result.accounts
        ],
        FILES: list(files),
    }
    return as_json(content)


def _population(result: Result) -> dict[str, Any] | None:
    """Tell how residents were counted, and the band of services expected; null where not given."""
    if result.residents.empty:
        return None
    total = result.residents.iloc[0]
    least, most = catchment.expected_services(result.network)
    return {
        "basis": total["basis"],
        **{name: int(total[name]) for name in ("residents", "least", "most")},
        "radii_m": list(catchment.RADII_M),
        "services_a_year": {"least": least, "most": most},
        "services_per_1000": {
            kind: {end: round(float(1000 * getattr(rate, end)), 1) for end in ("least", "most")}
            for kind, rate in rates().items()
        },
    }
