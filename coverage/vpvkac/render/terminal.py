"""The parts of an explanation, and how they look: as text on a terminal, and in Jupyter."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from html import escape
from typing import NamedTuple

from vpvkac.texts.formats import NBSP

WIDTH = 100
_BETWEEN = "  "
_NARROWEST = 8
_NOTHING = "–"


class Grid(NamedTuple):
    """A table of texts.

    Parameters
    ----------
    heads
        Headings; empty for a list of facts, label and value.
    rows
        As many cells a row as there are columns.
    numbers
        Which columns stand to the right.
    """

    heads: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: tuple[int, ...] = ()


class Section(NamedTuple):
    """A heading with what stands under it: sentences and tables."""

    title: str
    blocks: Sequence[str | Grid]


def printable(text: str) -> str:
    """Make a text from a file safe for a terminal: one line, no control characters."""
    spaced = NBSP.join(" ".join(part.split()) for part in text.split(NBSP)) if text else text
    return "".join(char if char.isprintable() or char == NBSP else "�" for char in spaced)


def as_text(title: str, sections: Sequence[Section], width: int = WIDTH) -> str:
    """Lay sections out in lines of at most so many characters.

    A table is no wider either: its widest columns are narrowed and their
    cells wrapped.
    """
    lines = [*_wrapped(title, width), "=" * min(len(title), width)]
    for section in sections:
        heading = printable(section.title)
        lines += ["", heading, "-" * min(len(heading), width)]
        for number, block in enumerate(section.blocks):
            lines += [""] * (number > 0)
            lines += _wrapped(block, width) if isinstance(block, str) else _grid(block, width)
    return "\n".join(lines)


def as_html(title: str, sections: Sequence[Section]) -> str:
    """Lay sections out as HTML for a notebook; every text is escaped."""
    parts = [f"<h3>{escape(printable(title))}</h3>"]
    for section in sections:
        parts.append(f"<h4>{escape(printable(section.title))}</h4>")
        parts += [
            f"<p>{escape(printable(block))}</p>" if isinstance(block, str) else _table(block)
            for block in section.blocks
        ]
    return "\n".join(parts)


def _wrapped(text: str, width: int) -> list[str]:
    # A no-break space is no place to break for textwrap either; a code is not cut at its hyphens.
    return textwrap.wrap(printable(text), max(width, 1), break_on_hyphens=False) or [""]


def _grid(grid: Grid, width: int) -> list[str]:
    rows = [tuple(printable(cell) or _NOTHING for cell in row) for row in grid.rows]
    heads = [tuple(printable(head) for head in grid.heads)] if grid.heads else []
    widths = _widths([*heads, *rows], width)
    rule = [tuple("-" * wide for wide in widths)] if heads else []
    return [line for row in [*heads, *rule, *rows] for line in _row(row, widths, grid.numbers)]


def _widths(rows: Sequence[tuple[str, ...]], width: int) -> list[int]:
    """Give each column its widest cell, the widest columns less until all fit."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    room = width - len(_BETWEEN) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _row(row: tuple[str, ...], widths: Sequence[int], numbers: tuple[int, ...]) -> list[str]:
    cells = [_wrapped(cell, wide) for cell, wide in zip(row, widths, strict=True)]
    height = max(len(cell) for cell in cells)
    padded = [cell + [""] * (height - len(cell)) for cell in cells]
    return [
        _BETWEEN.join(
            text.rjust(wide) if number in numbers else text.ljust(wide)
            for number, (text, wide) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in zip(*padded, strict=True)
    ]


def _table(grid: Grid) -> str:
    heads = "".join(f'<th scope="col">{escape(printable(head))}</th>' for head in grid.heads)
    head = f"<thead><tr>{heads}</tr></thead>" if heads else ""
    rows = "".join(f"<tr>{_cells(row, grid.numbers)}</tr>" for row in grid.rows)
    return f"<table>{head}<tbody>{rows}</tbody></table>"


def _cells(row: tuple[str, ...], numbers: tuple[int, ...]) -> str:
    first, *rest = (escape(printable(cell) or _NOTHING) for cell in row)
    cells = [f'<th scope="row" style="text-align:left">{first}</th>']
    cells += [
        f'<td style="text-align:{"right" if number in numbers else "left"}">{cell}</td>'
        for number, cell in enumerate(rest, start=1)
    ]
    return "".join(cells)


def align(rows: Sequence[Sequence[str]], numbers: Collection[int] = ()) -> list[str]:
    """Lay out rows as lines of aligned columns, those of numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if place in numbers else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines
