"""Where a centre begins in the list of centres: one rule for the text file and the workbook.

A centre stands on several rows (SOURCES.md, "Centres").  Its first row says
which centre it is; the rows under it say when it is open and how to reach it,
and nothing else.  So a row begins a centre if it fills a column that tells
centres apart, or names a centre anywhere.  What such a row lacks decides
whether the centre is used, never to which centre its rows belong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
import pandas as pd

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.centre_fields import (
    is_announced,
    is_blank,
    is_contact_or_hours,
    looks_like_address,
    names_centre,
    number_in,
    one_line,
)
from vpvkac.sources.checks import PublishedChecks
from vpvkac.sources.weekdays import weekday_in
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from vpvkac.model.project import Input

_NO_NUMBER = Message(
    "has no number that can be used; neither the centre nor the rows under it are used"
)
_WRITE_NUMBER = Message("write a number that is its own")
_NO_NAME = Message("has no name of a centre; neither the centre nor the rows under it are used")
_WRITE_NAME = Message('write its name, with "VPVKAC"')
_HEADINGS = {
    "adrese", "nosaukums", "pilnais nosaukums", "tālrunis", "e-pasts", "nr.", "nr.p.k.",
    "nr. p.k.", "nr.p. k.", "vpvkac", "diena", "laiks",
}  # fmt: skip
# A row of column numbers, "1;2;3;4", stands under many a heading.
_LEAST_COLUMN_NUMBERS = 3


class Listed(Protocol):
    """A centre of the list in any form."""

    @property
    def line(self) -> int:
        """Physical line of the first row."""

    @property
    def number(self) -> str:
        """The number before the centre; empty where it has none that can be used."""

    @property
    def is_whole(self) -> bool:
        """Whether both the number and the name are there."""

    @property
    def text(self) -> str:
        """The first row as a fault shows it."""


AnyListed = TypeVar("AnyListed", bound=Listed)


@dataclass(frozen=True)
class Columns:
    """The columns of a centre's first row.

    Attributes
    ----------
    number, names, address
        Positions, from 0; `address` is None where no centre has one.
    own
        All columns that tell centres apart; rows under the first leave them empty.
    published
        Whether the positions are those of a published form, where the columns
        of names hold names in whatever words.
    """

    number: int
    names: tuple[int, ...]
    address: int | None
    own: frozenset[int]
    published: bool = True


@dataclass(frozen=True)
class Block:
    """The rows of one centre, of equal width, and the physical line of the first."""

    rows: list[list[str]]
    line: int
    columns: Columns

    @property
    def number(self) -> str:
        """The number before the centre; empty where it has none that can be used."""
        return number_in(self.rows[0][self.columns.number])

    @property
    def names(self) -> list[str]:
        """The names: cells that name a centre, else what stands where names are published."""
        first = self.rows[0]
        named = [one_line(cell) for cell in first if _names(cell)]
        if named or not self.columns.published:
            return named
        return [one_line(first[column]) for column in self.columns.names if _tells(first[column])]

    @property
    def fields(self) -> list[str]:
        """All cells of all rows."""
        return [cell for row in self.rows for cell in row]

    @property
    def is_whole(self) -> bool:
        """Whether both the number and the name are there."""
        return bool(self.number and self.names)

    @property
    def text(self) -> str:
        """The first row as a fault shows it."""
        return " ".join(one_line(cell) for cell in self.rows[0] if cell.strip())


def columns_of(
    rows: Sequence[list[str]], number: int, names: tuple[int, ...], address: int | None
) -> Columns:
    """Complete the columns that tell centres apart by those that only first rows fill.

    Parameters
    ----------
    rows
        All rows of the list, padded to one width.
    number, names, address
        The columns known.
    """
    known = {number, *names, *(() if address is None else (address,))}
    filled: Counter[int] = Counter()
    for row in rows:
        is_first = bool(number_in(row[number])) and any(row[column].strip() for column in names)
        for column in range(max(known) + 1):
            if _tells(row[column]):
                filled[column] += 1 if is_first else -1
    own = known | {column for column, count in filled.items() if count > 0}
    return Columns(number, names, address, frozenset(own))


def find_columns(rows: Sequence[list[str]]) -> Columns | None:
    """Find the columns of a list whose form is not known; None if no row holds a centre.

    Parameters
    ----------
    rows
        All rows, padded to one width.
    """
    sure = [row for row in rows if _holds_centre(row)]
    if not sure:
        return None
    named = Counter(column for row in sure for column in _named_columns(row))
    names = tuple(sorted(c for c, count in named.items() if 2 * count >= max(named.values())))
    numbers = Counter(
        column for row in sure for column in range(names[0]) if number_in(row[column])
    )
    number = max(numbers, key=lambda column: (numbers[column], -column), default=0)
    address = _address_column(sure, names)
    return replace(columns_of(rows, number, names, address), published=False)


def blocks_of(rows: Sequence[list[str]], lines: Sequence[int], columns: Columns) -> list[Block]:
    """Gather the rows of each centre; headings, above the first and between, are left out.

    Parameters
    ----------
    rows, lines
        The rows that hold anything, padded to one width, and their physical lines.
    """
    blocks: list[Block] = []
    for row, line in zip(rows, lines, strict=True):
        if _is_heading(row, columns):
            continue
        if _begins(row, columns) and not (blocks and _goes_with(row, blocks[-1])):
            blocks.append(Block([row], line, columns))
        elif blocks:
            blocks[-1].rows.append(row)
    first = next((i for i, block in enumerate(blocks) if _is_centre(block)), len(blocks))
    return blocks[first:]


def keep_whole(
    centres: Sequence[AnyListed], source: Input
) -> tuple[PublishedChecks, list[AnyListed]]:
    """Keep the centres that have both a number and a name; warn of the others.

    Parameters
    ----------
    centres
        At least one.
    source
        The file.

    Returns
    -------
    checks, whole
        The checks of the centres kept, for `settle`, and those centres.

    Raises
    ------
    InputError
        If none is kept.
    """
    whole = [centre for centre in centres if centre.is_whole]
    if not whole:
        raise InputError([_none_whole(centres, source.shown)])
    lines = [centre.line for centre in centres]
    checks = PublishedChecks(source.shown, lines, strict=source.strict)
    texts = pd.Series([centre.text for centre in centres], dtype=str)
    numbered = np.array([bool(centre.number) for centre in centres])
    named = np.array([centre.is_whole for centre in centres])
    checks.warn(~numbered, _NO_NUMBER, _WRITE_NUMBER, values=texts)
    checks.warn(numbered & ~named, _NO_NAME, _WRITE_NAME, values=texts)
    checks.lines = np.array([centre.line for centre in whole], np.int64)
    return checks, whole


def settle(
    checks: PublishedChecks, table: pd.DataFrame, centres: Sequence[Listed]
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Leave out centres that stand twice in the list, or make them errors.

    Returns
    -------
    table, dropped
        As of `PublishedChecks.settle`, and `no_id` counted too.
    """
    no_id = len(centres) - len(table)
    checks.unique(table["id"], field="Nr.", rows=table.drop(columns="row"))
    table, dropped = checks.settle(table)
    return table, {"no_id": no_id} | dropped


def _none_whole(centres: Sequence[Listed], shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message(
            "has no centre (of {count}) with both a number that can be used and a name",
            count=len(centres),
        ),
        Message("write their numbers and names"),
        row=centres[0].line,
        value=centres[0].text,
    )


def _tells(cell: str) -> bool:
    """Tell whether a cell holds what is neither hours nor a way to reach the centre."""
    return not is_contact_or_hours(cell)


def _names(cell: str) -> bool:
    return names_centre(cell) and _tells(cell)


def _begins(row: list[str], columns: Columns) -> bool:
    if any(_tells(row[column]) for column in columns.own):
        return True
    return _is_clear_start(row, columns)


def _goes_with(row: list[str], above: Block) -> bool:
    """Tell whether a row that could begin a centre belongs to the one above after all."""
    columns, first = above.columns, above.rows[0]
    # Words that nothing tells from a footer go with a centre that is not used anyway.
    if not above.is_whole:
        return not _is_clear_start(row, columns)
    # Merged cells that were parted repeat number, name and address beside each day.
    return row != first and all(row[column] == first[column] for column in columns.own)


def _is_clear_start(row: list[str], columns: Columns) -> bool:
    """Tell whether a row has a number, a name or an address of a centre."""
    number = row[columns.number]
    has_number = not (is_blank(number) or is_announced([number]) or weekday_in(number) is not None)
    at = columns.address
    has_address = at is not None and _tells(row[at])
    return has_number or has_address or any(map(_names, row))


def _is_heading(row: list[str], columns: Columns) -> bool:
    filled = [one_line(cell).lower() for cell in row if cell.strip()]
    if len(filled) >= _LEAST_COLUMN_NUMBERS and all(cell.isdecimal() for cell in filled):
        numbers = [int(cell) for cell in filled]
        return numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return not number_in(row[columns.number]) and any(cell in _HEADINGS for cell in filled)


def _is_centre(block: Block) -> bool:
    """Tell a centre from the titles above the list, which have neither number nor address."""
    rows = block.rows
    if block.number or any(looks_like_address(cell) for cell in rows[0]):
        return True
    if any(weekday_in(cell) is not None for row in rows for cell in row):
        return True
    told = any(not is_blank(cell) and not _tells(cell) for row in rows for cell in row)
    return told and any(map(_names, rows[0]))


def _holds_centre(row: list[str]) -> bool:
    """Tell whether a row has a centre's name, and its number, address or hours beside it."""
    named = _named_columns(row)
    if not named:
        return False
    others = [cell for column, cell in enumerate(row) if column not in named]
    numbered = any(number_in(cell) for cell in row[: named[0]])
    return numbered or any(
        looks_like_address(cell) or weekday_in(cell) is not None for cell in others
    )


def _named_columns(row: list[str]) -> list[int]:
    return [column for column, cell in enumerate(row) if _names(cell)]


def _address_column(sure: Iterable[list[str]], names: tuple[int, ...]) -> int | None:
    """Find the column behind the first name that most often holds an address, else any words."""
    alike: Counter[int] = Counter()
    words: Counter[int] = Counter()
    for row in sure:
        for column in range(names[0] + 1, len(row)):
            if column not in names and _tells(row[column]):
                words[column] += 1
                alike[column] += looks_like_address(row[column])
    return max(alike, key=lambda column: (alike[column], words[column], -column), default=None)
