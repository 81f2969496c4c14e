"""`municipalities/`: a page and a workbook for each, and an index to find them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vpvkac.questions.coverage.municipality import Parts, index_page, municipality_page
from vpvkac.questions.coverage.workbook import as_sheet, write_workbook

if TYPE_CHECKING:
    import pandas as pd

    from vpvkac.model.faults import Fault
    from vpvkac.questions.coverage.result import Result

_SHEETS = (
    "network", "gaps_access", "gaps_service", "gaps_coverage", "places", "units", "follow_up",
)  # fmt: skip


def write_municipalities(
    folder: Path, result: Result, tables: Mapping[str, pd.DataFrame]
) -> list[Fault]:
    """Write `index.html`, and for each municipality `LV…/index.html` and `LV…/LV….xlsx`.

    Returns
    -------
    faults
        Warnings of what the workbooks could not hold.
    """
    faults: list[Fault] = []
    folder.mkdir()
    index = index_page(result, tables)
    (folder / "index.html").write_text(index, encoding="utf-8", newline="\n")
    parts = Parts.of(result, tables)
    sheets = [as_sheet(name, tables[name], result, parts.numbers) for name in _SHEETS]
    own_rows = [_by_code(sheet.rows, sheet.codes) for sheet in sheets]
    for _, municipality in tables["municipalities"].iterrows():
        code = str(municipality["municipality"])
        own = folder / code
        own.mkdir()
        page = municipality_page(parts, municipality)
        (own / "index.html").write_text(page, encoding="utf-8", newline="\n")
        content = [
            sheet._replace(rows=own.get(code, []))
            for sheet, own in zip(sheets, own_rows, strict=True)
        ]
        about = str(municipality["municipality_name"])
        shown = f"{folder.name}/{code}/{code}.xlsx"
        faults += write_workbook(own / f"{code}.xlsx", result, content, about=about, shown=shown)
    return faults


def _by_code(rows: list[tuple[Any, ...]], codes: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Give each municipality its rows."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row, code in zip(rows, codes, strict=True):
        found.setdefault(code, []).append(row)
    return found
