"""Reads a page as a reader of its tables would: captions, headings with their scope, cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class PageTable:
    """One table of a page."""

    caption: str = ""
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    scopes: list[str | None] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        """Give the cells under a heading."""
        return [row[self.columns.index(name)] for row in self.rows]

    def row(self, name: str) -> dict[str, str]:
        """Give the row of a name, by heading."""
        (row,) = [row for row in self.rows if name in row[:2]]
        return dict(zip(self.columns, row, strict=True))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tables: dict[str, PageTable] = {}
        self.table = PageTable()
        self.cell: list[str] | None = None
        self.in_head = self.in_file = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self.table = PageTable()
        elif tag == "caption":
            self.tables[str(given["id"]).removesuffix("-caption")] = self.table
        elif tag in {"thead", "tbody"}:
            self.in_head = tag == "thead"
        elif tag == "tr" and not self.in_head:
            self.table.rows.append([])
        if tag in {"caption", "th", "td"}:
            self.cell = []
        # A caption may lead to the same as a file.
        self.in_file = tag == "a" and given.get("class") == "file"
        if tag == "th":
            self.table.scopes.append(given.get("scope"))

    def handle_data(self, data: str) -> None:
        if self.cell is not None and not self.in_file:
            self.cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.in_file = False
        if self.cell is None or tag not in {"caption", "th", "td"}:
            return
        text = "".join(self.cell).replace("\u00a0", " ").strip()
        if tag == "caption":
            self.table.caption = text
        elif self.in_head:
            self.table.columns.append(text)
        else:
            self.table.rows[-1].append(text)
        self.cell = None


def tables_of(page: str) -> dict[str, PageTable]:
    """Read all tables of a page, by the key of their caption."""
    reader = _Reader()
    reader.feed(page)
    return reader.tables


def number_of(text: str) -> float | None:
    """Read a number as people write it: "9310", "91,6 %", "–"."""
    if text == "–":
        return None
    bare = text.removesuffix("%").replace(" ", "").replace("−", "-").replace(",", ".")
    return float(bare) / (100 if text.endswith("%") else 1)
