"""Origins in delimited text, read a block at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from vpvkac.model.faults import Fault
from vpvkac.questions.demand.chunk import (
    NAME_COLUMNS,
    ROWS,
    Chunk,
    Columns,
    Partition,
    numbers,
    texts,
)
from vpvkac.sources import tabular

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Delimited:
    """A delimited file of origins with a header.

    Parameters
    ----------
    file
        Looked at, not yet read.
    columns
        The columns to be read.
    """

    file: tabular.Delimited
    columns: Columns

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Warnings of the file as a whole."""
        return self.file.encoding.faults

    def partitions(self) -> Iterator[Partition]:
        """Divide the file into blocks of whole records."""
        for block in self.file.blocks():
            yield Partition(self.file.path, self.file.shown, *block)

    def read(self, part: Partition) -> Iterator[Chunk]:
        """Read a block, in chunks."""
        decimals = [name for name in self.columns.named if name != self.columns.key]
        table, lines = self.file.read(part.begin, part.size, part.row, decimals=decimals)
        for begin in range(0, len(table), ROWS):
            yield self._chunk(table.slice(begin, ROWS), lines[begin : begin + ROWS])

    def _chunk(self, table: pa.Table, lines: NDArray[np.int64]) -> Chunk:
        key, weight = self.columns.key, self.columns.weight
        lat, lon = self.columns.position
        origin = pa.array(lines).cast(pa.string()) if key is None else texts(table[key])
        return Chunk(
            lines,
            origin,
            numbers(lat, table[lat]),
            numbers(lon, table[lon]),
            None if weight is None else numbers(weight, table[weight]),
        )


def open_delimited(path: Path, shown: str, columns: Columns) -> Delimited:
    """Look at the encoding and the header of a delimited file.

    Raises
    ------
    InputError
        If the file cannot be read, is empty or no text, lacks a column, or has no rows.
    """
    return Delimited(tabular.open_delimited(path, shown, columns.named, fix=NAME_COLUMNS), columns)
