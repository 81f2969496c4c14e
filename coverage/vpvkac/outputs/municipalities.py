"""`municipalities/`: a page and a workbook for each, and an index to find them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vpvkac.outputs.workbook import Sheet, as_sheet, write_workbook
from vpvkac.pages.municipality import index_page, municipality_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from vpvkac.result import Result

_SHEETS = (
    "network", "gaps_access", "gaps_service", "gaps_coverage", "places", "units", "follow_up",
)  # fmt: skip


def write_municipalities(folder: Path, result: Result, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write `index.html`, and for each municipality `LV…/index.html` and `LV…/LV….xlsx`."""
    folder.mkdir()
    index = index_page(result, tables)
    (folder / "index.html").write_text(index, encoding="utf-8", newline="\n")
    sheets = {name: as_sheet(name, tables[name], result) for name in _SHEETS}
    codes = {name: tables[name]["municipality"].tolist() for name in _SHEETS}
    for _, municipality in tables["municipalities"].iterrows():
        code = str(municipality["municipality"])
        own = folder / code
        own.mkdir()
        page = municipality_page(result, tables, municipality)
        (own / "index.html").write_text(page, encoding="utf-8", newline="\n")
        content = [_of(sheets[name], codes[name], code) for name in _SHEETS]
        about = str(municipality["municipality_name"])
        write_workbook(own / f"{code}.xlsx", result, content, about=about)


def _of(sheet: Sheet, codes: list[str], code: str) -> Sheet:
    """Take the rows of one municipality."""
    rows = [row for row, of_row in zip(sheet.rows, codes, strict=True) if of_row == code]
    return sheet._replace(rows=rows)
