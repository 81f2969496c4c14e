"""The parts of an explanation, and how they look: as text on a terminal, and in Jupyter."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from html import escape
from itertools import zip_longest
from typing import NamedTuple

from vpvkac.texts.formats import NBSP

WIDTH = 100
_BETWEEN = "  "
_NARROWEST = 8
_NOTHING = "–"


class Grid(NamedTuple):
    """A table of texts; without headings a list of facts, label and value.

    `numbers` are the columns that stand to the right.
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
    """Lay sections out in lines of at most so many characters, tables too."""
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


def align(rows: Sequence[Sequence[str]], numbers: Collection[int] = ()) -> list[str]:
    """Lay out rows as lines of aligned columns, those of numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [_line(row, widths, numbers) for row in rows]


def _line(cells: Sequence[str], widths: Sequence[int], numbers: Collection[int]) -> str:
    return _BETWEEN.join(
        text.rjust(wide) if number in numbers else text.ljust(wide)
        for number, (text, wide) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def _wrapped(text: str, width: int) -> list[str]:
    # A no-break space is no place to break for textwrap either; a code is not cut at its hyphens.
    return textwrap.wrap(printable(text), max(width, 1), break_on_hyphens=False) or [""]


def _grid(grid: Grid, width: int) -> list[str]:
    """Lay a table out, its widest columns narrowed and their cells wrapped until all fit."""
    rows = [tuple(printable(cell) or _NOTHING for cell in row) for row in grid.rows]
    heads = [tuple(printable(head) for head in grid.heads)] if grid.heads else []
    widths = [max(map(len, column)) for column in zip(*heads, *rows, strict=True)]
    room = width - len(_BETWEEN) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    rule = [tuple("-" * wide for wide in widths)] if heads else []
    lines = []
    for row in [*heads, *rule, *rows]:
        cells = [_wrapped(cell, wide) for cell, wide in zip(row, widths, strict=True)]
        wrapped = zip_longest(*cells, fillvalue="")
        lines += [_line(line, widths, grid.numbers) for line in wrapped]
    return lines


def _table(grid: Grid) -> str:
    heads = "".join(f'<th scope="col">{escape(printable(head))}</th>' for head in grid.heads)
    head = f"<thead><tr>{heads}</tr></thead>" if heads else ""
    rows = []
    for row in grid.rows:
        first, *rest = (escape(printable(cell) or _NOTHING) for cell in row)
        cells = [f'<th scope="row" style="text-align:left">{first}</th>']
        for number, cell in enumerate(rest, start=1):
            side = "right" if number in grid.numbers else "left"
            cells.append(f'<td style="text-align:{side}">{cell}</td>')
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table>{head}<tbody>{''.join(rows)}</tbody></table>"
