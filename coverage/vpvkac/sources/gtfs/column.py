"""A column of a GTFS table: every text once, and for each row which one."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from vpvkac.sources.rows import is_blank

if TYPE_CHECKING:
    import numpy.typing as npt

    Flags = npt.NDArray[np.bool_]
    Numbers = npt.NDArray[np.float64]
    Indices = npt.NDArray[np.int64]


class Column:
    """A column of text, ends trimmed.

    Most questions are asked of every text once: `distinct` has them, and
    `codes` tells for each row which one it is, -1 where the cell is empty.
    These are found when first asked for; whether cells are empty is known without.

    Parameters
    ----------
    cells
        The text of each row as it was read, a pyarrow.ChunkedArray of strings.
    """

    def __init__(self, cells: pa.ChunkedArray) -> None:
        self._cells = cells

    @property
    def codes(self) -> Indices:
        """Which of the distinct texts each row has."""
        return self._coded[0]

    @property
    def distinct(self) -> npt.NDArray[np.object_]:
        """Every text of the column once."""
        return self._coded[1]

    @cached_property
    def unique(self) -> npt.NDArray[np.object_]:
        """Every text of the column at least once, in no order, without making the codes."""
        if "_coded" in self.__dict__:
            return self.distinct
        texts = pc.utf8_trim_whitespace(pc.unique(self._cells))
        return np.asarray(texts.to_numpy(zero_copy_only=False), dtype=object)

    @cached_property
    def empty(self) -> Flags:
        """Tell which rows have no text."""
        if "_coded" in self.__dict__:
            return self.codes < 0
        if "unique" in self.__dict__ and "" not in self.unique:
            return np.zeros(len(self._cells), dtype=bool)
        return is_blank(self._cells)

    def spread(self, of_distinct: npt.NDArray[Any], *, empty: object) -> npt.NDArray[Any]:
        """Give each row what belongs to its text, and `empty` where it has none."""
        return np.append(of_distinct, np.array([empty], dtype=of_distinct.dtype))[self.codes]

    def texts(self) -> npt.NDArray[np.object_]:
        """Give the text of each row, "" where it is empty."""
        return self.spread(self.distinct, empty="")

    def text(self, row: int) -> str:
        """Give the text of one row."""
        return str(pc.utf8_trim_whitespace(self._cells[row]).as_py())

    def take(self, rows: Indices) -> Column:
        """Give the column of some rows only."""
        return Column(self._cells.take(pa.array(rows)))

    @cached_property
    def _coded(self) -> tuple[Indices, npt.NDArray[np.object_]]:
        if not len(self._cells):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=object)
        # All chunks get the same dictionary.
        chunks = pc.dictionary_encode(self._cells).chunks
        texts = pc.utf8_trim_whitespace(chunks[0].dictionary).to_numpy(zero_copy_only=False)
        texts[texts == ""] = None
        # Texts that differ by their blanks only become one.
        trimmed, distinct = pd.factorize(texts)
        codes = np.concatenate([chunk.indices.to_numpy() for chunk in chunks])
        return trimmed[codes], distinct


class NoText(Column):
    """A column without any text, which is known without looking."""

    def __init__(self, rows: int) -> None:
        super().__init__(pa.chunked_array([pa.repeat("", rows)]))
        self.unique = np.empty(0, dtype=object)
        self.empty = np.ones(rows, dtype=bool)
