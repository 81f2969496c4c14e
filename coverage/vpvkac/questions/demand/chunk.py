"""A chunk: some origins as read, their numbers checked, none left out yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vpvkac.model.faults import Fault
from vpvkac.sources.base import NUMBER
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

# So many origins are held at a time.
ROWS = 131_072
# What to do where a column is not there.
NAME_COLUMNS = Message("correct the file, or name its columns: --lat, --lon, --id, --weight")


@dataclass(frozen=True)
class Columns:
    """The columns of a file of origins.

    Parameters
    ----------
    lat, lon
        Degrees; None for `lat` and `lon`, or the geometry of a GeoParquet.
    key
        What tells origins apart; None for the number of the row.
    weight
        How much an origin counts, residents for example; None for no weights.
    """

    lat: str | None = None
    lon: str | None = None
    key: str | None = None
    weight: str | None = None

    @property
    def position(self) -> tuple[str, str]:
        """The two columns of degrees."""
        return self.lat or "lat", self.lon or "lon"

    @property
    def named(self) -> list[str]:
        """Every column to be read, each once."""
        wanted = (*self.position, self.key, self.weight)
        return list(dict.fromkeys(name for name in wanted if name is not None))


def named_twice(shown: str, columns: Columns, *, by_position: bool = True) -> list[Fault]:
    """Tell of each column that is named for more than one use.

    Parameters
    ----------
    by_position
        Whether columns of degrees are read; else a geometry is.
    """
    lat, lon = columns.position if by_position else (None, None)
    column_of = {"--id": columns.key, "--lat": lat, "--lon": lon, "--weight": columns.weight}
    uses: dict[str, list[str]] = {}
    for use, name in column_of.items():
        if name is not None:
            uses.setdefault(name, []).append(use)
    return [
        Fault(
            "error",
            shown,
            Message("is named for more than one use ({uses})", uses=", ".join(several)),
            Message("name a column for each"),
            field=name,
        )
        for name, several in uses.items()
        if len(several) > 1
    ]


class Numbers(NamedTuple):
    """A column of numbers.

    Parameters
    ----------
    name
        Of the column, in the file.
    value
        NaN where there is none, shape (n,).
    wrong
        Where something is given that is not a number, shape (n,).
    given
        The column as read.
    """

    name: str
    value: NDArray[np.float64]
    wrong: NDArray[np.bool_]
    given: pa.ChunkedArray | pa.Array

    def text(self, row: int) -> str:
        """Give one value as it stands in the file; empty where there is none."""
        value = self.given[row].as_py()
        return "" if value is None else str(value)


class Chunk(NamedTuple):
    """Some origins.

    Parameters
    ----------
    row
        Physical line of a CSV (header = 1), number of the row of a Parquet; shape (n,).
    origin
        Texts, shape (n,).
    lat, lon
        Degrees.
    weight
        None where no column of weights is asked for.
    """

    row: NDArray[np.int64]
    origin: pa.Array
    lat: Numbers
    lon: Numbers
    weight: Numbers | None


class Partition(NamedTuple):
    """A part of the origins that can be read by itself.

    Parameters
    ----------
    file, shown
        The file, and its name as faults say it.
    begin, size
        Bytes of a CSV; number of the row group and its rows in a Parquet.
    row
        Number of the first row; see `Chunk`.
    share
        Where the partition ends in the whole, 0-1.
    """

    file: Path
    shown: str
    begin: int
    size: int
    row: int
    share: float


class Source(Protocol):
    """A file of origins, looked at but not yet read."""

    @property
    def columns(self) -> Columns:
        """The columns to be read."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Warnings of the file as a whole."""

    def partitions(self) -> Iterator[Partition]:
        """Divide the file, always in the same way."""

    def read(self, part: Partition) -> Iterator[Chunk]:
        """Read one partition.

        Raises
        ------
        InputError
            If it is not of its form.
        """


def numbers(name: str, column: pa.ChunkedArray | pa.Array) -> Numbers:
    """Read a column of numbers, or of texts that should be numbers with a decimal point."""
    if is_text(column.type):
        return _from_text(name, column)
    if pa.types.is_decimal(column.type):
        # By way of its text, so that it is the float nearest to what is written.
        column = column.cast(pa.string())
    # Whole numbers beyond what a float holds exactly are no coordinates, and no weights either.
    values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return Numbers(name, values, np.isinf(values), column)


def texts(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Give keys as texts without blanks around them."""
    if is_text(column.type):
        column = pc.utf8_trim_whitespace(column)
    return whole(column.cast(pa.string()))


def whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Give a column in one piece."""
    if isinstance(column, pa.Array):
        return column
    return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)


def is_text(kind: pa.DataType) -> bool:
    """Tell whether a column holds texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _from_text(name: str, column: pa.ChunkedArray | pa.Array) -> Numbers:
    stripped = pc.fill_null(pc.utf8_trim_whitespace(column), "")
    plain = pc.match_substring_regex(stripped, rf"\A(?:{NUMBER})\z")
    cast = pc.if_else(plain, stripped, None).cast(pa.float64())
    values = np.array(cast.to_numpy(zero_copy_only=False), float)
    filled = np.asarray(pc.not_equal(stripped, ""), bool)
    wrong = filled & ~np.isfinite(values)
    values[wrong] = np.nan
    return Numbers(name, values, wrong, column)
