"""Origins as read: delimited text or Parquet, in partitions and chunks that are never all held.

Parquet holds a geometry in any coordinate system (GeoParquet,
https://geoparquet.org/releases/v1.1.0/), or columns of degrees.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyproj
import shapely

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.project import NO_PATH, unfit
from vpvkac.questions.demand.question import Columns, Question
from vpvkac.sources import tabular
from vpvkac.sources.base import NUMBER, missing_columns
from vpvkac.sources.encoding import unreadable
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    # A column by its name; tables and batches of Arrow are such, too.
    ColumnsByName = Mapping[str, pa.ChunkedArray | pa.Array]
    # x, y, and where they are wrong.
    Coordinates = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]

# So many origins are held at a time.
ROWS = 131_072
_PARQUET = (".parquet", ".geoparquet", ".pq")
_DEGREES = "EPSG:4326"
_LONGITUDE_LATITUDE = "OGC:CRS84"
_DEGREE_DECIMALS = 7
_NAME_COLUMNS = Message("correct the file, or name its columns: --lat, --lon, --id, --weight")


class Numbers(NamedTuple):
    """A column of numbers, shape (n,): NaN in `value` where none is; `wrong` where no number is."""

    name: str
    value: NDArray[np.float64]
    wrong: NDArray[np.bool_]
    column: pa.ChunkedArray | pa.Array

    def text(self, row: int) -> str:
        """Give one value as it stands in the file; empty where there is none."""
        value = self.column[row].as_py()
        return "" if value is None else str(value)


class Chunk(NamedTuple):
    """Origins as read, their numbers checked, none left out yet.

    `row` is the physical line of a CSV (header = 1) or the number of the row of a Parquet.
    """

    shown: str
    row: NDArray[np.int64]
    origin: pa.Array
    lat: Numbers
    lon: Numbers
    weight: Numbers | None


class Partition(NamedTuple):
    """A part of the origins that can be read by itself.

    `begin` and `size` are bytes of a CSV, or number of the row group and its rows in a Parquet;
    `row` is the first row's number, `share` where the partition ends in the whole, 0-1.
    """

    file: Path
    shown: str
    begin: int
    size: int
    row: int
    share: float


@dataclass(frozen=True)
class Delimited:
    """A delimited file of origins with a header, looked at and not yet read."""

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
            some = table.slice(begin, ROWS)
            yield _chunk(part.shown, self.columns, some, lines[begin : begin + ROWS])


@dataclass(frozen=True)
class Geometry:
    """The column of positions: well-known binary, else a struct of `x` and `y`."""

    column: str
    is_wkb: bool
    crs: str

    @cached_property
    def _to_degrees(self) -> pyproj.Transformer | None:
        crs = pyproj.CRS.from_user_input(self.crs)
        if crs.equals(_LONGITUDE_LATITUDE) or crs.equals(_DEGREES, ignore_axis_order=True):
            return None
        return pyproj.Transformer.from_crs(crs, _DEGREES, always_xy=True)

    def positions(self, column: pa.Array) -> list[Numbers]:
        """Give latitude and longitude of points, and of a point inside of other shapes."""
        x, y, wrong = (_inside if self.is_wkb else _pairs)(column)
        if self._to_degrees is not None:
            lon, lat = self._to_degrees.transform(x, y)
            x, y = np.round(lon, _DEGREE_DECIMALS), np.round(lat, _DEGREE_DECIMALS)
            x[~np.isfinite(x)] = y[~np.isfinite(y)] = np.nan
        return [
            Numbers(self.column, values, wrong, pa.array(values, from_pandas=True))
            for values in (y, x)
        ]


@dataclass(frozen=True)
class Parquet:
    """Parquet files of origins and their names in faults; no geometry where degrees are read."""

    files: tuple[tuple[Path, str], ...]
    columns: Columns
    geometry: Geometry | None
    faults: tuple[Fault, ...] = ()

    def partitions(self) -> Iterator[Partition]:
        """Divide the files into their row groups."""
        groups = []
        for path, shown in self.files:
            meta, row = _opened(path, shown).metadata, 1
            for number in range(meta.num_row_groups):
                size = meta.row_group(number).num_rows
                groups.append((path, shown, number, size, row))
                row += size
        ends = np.cumsum([size for *_, size, _ in groups])
        for group, end in zip(groups, ends.tolist(), strict=True):
            yield Partition(*group, end / max(ends[-1].item(), 1))

    def read(self, part: Partition) -> Iterator[Chunk]:
        """Read a row group, in chunks."""
        file, row = _opened(part.file, part.shown), part.row
        position = self.columns.position if self.geometry is None else (self.geometry.column,)
        names = list(dict.fromkeys((*position, *self.columns.others)))
        try:
            for batch in file.iter_batches(
                batch_size=ROWS, row_groups=[part.begin], columns=names, use_threads=False
            ):
                plain = {name: _plain(batch[name]) for name in names}
                rows = row + np.arange(len(batch), dtype=np.int64)
                yield _chunk(part.shown, self.columns, plain, rows, self.geometry)
                row += len(batch)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(part.shown, error) from None


Source = Delimited | Parquet


def open_origins(question: Question) -> Source:
    """Look at a file of origins.

    Raises InputError if it is not there, not of its form, lacks a column, or one is named for
    two uses.
    """
    shown = question.shown
    if "\0" in shown:
        raise InputError.of(shown, *NO_PATH)
    path = Path(shown).resolve()
    if not path.exists():
        raise InputError.of(shown, Message("file not found"), Message("check the path"))
    if (clauses := unfit(path, may_be_folder=True)) is not None:
        raise InputError.of(shown, *clauses)
    is_parquet = path.is_dir() or path.suffix.lower() in _PARQUET
    return (open_parquet if is_parquet else open_delimited)(path, shown, question.columns)


def open_delimited(path: Path, shown: str, columns: Columns) -> Delimited:
    """Look at the encoding and the header of a delimited file; see `open_origins`."""
    twice = _named_twice(shown, columns)
    try:
        file = tabular.open_delimited(path, shown, columns.named, fix=_NAME_COLUMNS)
    except InputError as error:
        raise InputError([*error.faults, *twice]) from None
    if twice:
        raise InputError(twice)
    return Delimited(file, columns)


def open_parquet(path: Path, shown: str, columns: Columns) -> Parquet:
    """Look at a Parquet file, or a folder of them; see `open_origins`."""
    files = [(path, shown)]
    if path.is_dir():
        files = [(file, f"{shown}/{file.name}") for file in sorted(path.glob("*.parquet"))]
    if not files:
        problem = Message("is a folder without a .parquet file")
        raise InputError.of(shown, problem, Message("name a file"))
    first, *others = (_look(*file, columns) for file in files)
    for (_, name), other in zip(files[1:], others, strict=True):
        if other != first:
            raise InputError.of(
                name,
                Message("has another geometry or coordinate system than the folder's first file"),
                Message("give the files one by one"),
            )
    return Parquet(tuple(files), columns, first)


def _named_twice(shown: str, columns: Columns, *, by_position: bool = True) -> list[Fault]:
    """Tell of each column that is named for several uses; of degrees only where they are read."""
    lat, lon = columns.position if by_position else (None, None)
    column_of = {"--id": columns.key, "--lat": lat, "--lon": lon, "--weight": columns.weight}
    uses: dict[str, list[str]] = {}
    for use, name in column_of.items():
        if name is not None:
            uses.setdefault(name, []).append(use)
    problem, remedy = (
        Message("is named for more than one use ({uses})"), Message("name a column for each"),
    )  # fmt: skip
    return [
        Fault("error", shown, problem.with_values(uses=", ".join(several)), remedy, field=name)
        for name, several in uses.items()
        if len(several) > 1
    ]


def _look(path: Path, shown: str, columns: Columns) -> Geometry | None:
    """Check the columns of one Parquet file; give its geometry where positions are read of it."""
    schema = _opened(path, shown).schema_arrow
    no_degrees = columns.lat is None and columns.lon is None
    geometry = _geometry(schema, shown) if no_degrees else None
    names = columns.named if geometry is None else columns.others
    missing = missing_columns(shown, schema.names, names, row=None, fix=_NAME_COLUMNS)
    faults = [*missing]
    for name in dict.fromkeys([*names, *([geometry.column] if geometry else [])]):
        if schema.names.count(name) > 1:
            problem = Message("is the name of several columns")
            remedy = Message("give each column a name of its own")
            faults.append(Fault("error", shown, problem, remedy, field=name))
    faults += _named_twice(shown, columns, by_position=geometry is None)
    if missing and geometry is None and no_degrees:
        problem = Message("has neither geometry nor coordinates")
        remedy = Message("name the columns: --lat and --lon")
        faults.append(Fault("error", shown, problem, remedy))
    for name in names if not faults else ():
        kind = schema.field(name).type
        if not _is_readable(_plain_type(kind), is_key=name == columns.key):
            problem = Message("is a column of {kind}", kind=kind)
            remedy = Message("numbers or texts are needed")
            faults.append(Fault("error", shown, problem, remedy, field=name))
    if faults:
        raise InputError(faults)
    return geometry


def _geometry(schema: pa.Schema, shown: str) -> Geometry | None:
    """Read the metadata of a GeoParquet; None if the file has none."""
    written = (schema.metadata or {}).get(b"geo")
    if written is None:
        return None
    try:
        content = json.loads(written)
        column = content["primary_column"]
        described = content["columns"][column]
        encoding = str(described["encoding"])
        kind = _plain_type(schema.field(schema.names.index(column)).type)
    except (ValueError, KeyError, TypeError, RecursionError):
        problem = Message("has GeoParquet metadata that make no sense")
        remedy = Message("save the file anew, or name --lat and --lon")
        raise InputError.of(shown, problem, remedy) from None
    is_wkb = encoding == "WKB" and (pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
    is_pair = pa.types.is_struct(kind) and {"x", "y"} <= {field.name for field in kind}
    if not is_wkb and not (encoding == "point" and is_pair):
        problem = Message("is a geometry encoded as {encoding}", encoding=encoding)
        remedy = Message("save the geometry as WKB or points")
        raise InputError.of(shown, problem, remedy, field=str(column))
    try:
        # Null stands for a coordinate system that nobody knows.
        crs = pyproj.CRS.from_user_input(described.get("crs", _LONGITUDE_LATITUDE) or "")
    except (pyproj.exceptions.CRSError, ValueError, TypeError, RecursionError):
        problem = Message("has no known coordinate system")
        remedy = Message("save the file in EPSG:3059 or EPSG:4326")
        raise InputError.of(shown, problem, remedy) from None
    return Geometry(str(column), is_wkb, str(crs.to_json()))


def _opened(path: Path, shown: str) -> pq.ParquetFile:
    if (clauses := unfit(path)) is not None:
        raise InputError.of(shown, *clauses)
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        if isinstance(error, OSError) and error.strerror:
            raise InputError([unreadable(shown, error)]) from None
        raise _damaged(shown, error) from None


def _damaged(shown: str, error: Exception) -> InputError:
    reason = str(error).partition("\n")[0][:200]
    problem = Message("cannot be read as Parquet ({reason})", reason=reason)
    return InputError.of(shown, problem, Message("download the file again"))


def _chunk(
    shown: str, columns: Columns, table: ColumnsByName, row: NDArray[np.int64],
    geometry: Geometry | None = None,
) -> Chunk:  # fmt: skip
    if geometry is None:
        lat, lon = (_numbers(name, table[name]) for name in columns.position)
    else:
        lat, lon = geometry.positions(table[geometry.column])
    key = pa.array(row) if columns.key is None else table[columns.key]
    if _is_text(key.type):
        key = pc.utf8_trim_whitespace(key)
    origin = key.cast(pa.string())
    if isinstance(origin, pa.ChunkedArray):
        origin = origin.combine_chunks() if origin.num_chunks != 1 else origin.chunk(0)
    weight = None if columns.weight is None else _numbers(columns.weight, table[columns.weight])
    return Chunk(shown, row, origin, lat, lon, weight)


def _numbers(name: str, column: pa.ChunkedArray | pa.Array) -> Numbers:
    """Read a column of numbers, or of texts that should be numbers with a decimal point."""
    if _is_text(column.type):
        stripped = pc.fill_null(pc.utf8_trim_whitespace(column), "")
        plain = pc.match_substring_regex(stripped, rf"\A(?:{NUMBER})\z")
        cast = pc.if_else(plain, stripped, None).cast(pa.float64())
        values = np.array(cast.to_numpy(zero_copy_only=False), float)
        wrong = np.asarray(pc.not_equal(stripped, ""), bool) & ~np.isfinite(values)
        values[wrong] = np.nan
        return Numbers(name, values, wrong, column)
    if pa.types.is_decimal(column.type):
        # By way of its text, so that it is the float nearest to what is written.
        column = column.cast(pa.string())
    # Whole numbers beyond what a float holds exactly are no coordinates, and no weights either.
    values = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return Numbers(name, values, np.isinf(values), column)


def _pairs(column: pa.Array) -> Coordinates:
    """Give the coordinates of points stored as numbers, and where these are not finite."""
    x, y = (
        np.array(column.field(axis).cast(pa.float64()).to_numpy(zero_copy_only=False))
        for axis in ("x", "y")
    )
    missing = np.asarray(column.is_null())
    x[missing] = y[missing] = np.nan
    return x, y, np.isinf(x) | np.isinf(y)


def _inside(column: pa.Array) -> Coordinates:
    """Give coordinates inside of shapes, and where there is something that is no shape."""
    shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False), on_invalid="ignore")
    missing = shapely.is_missing(shapes)
    areas = ~missing & (shapely.get_type_id(shapes) != 0)
    if areas.any():
        sound = areas & shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
        shapes[areas] = shapely.point_on_surface(np.where(sound, shapes, None)[areas])
    return shapely.get_x(shapes), shapely.get_y(shapes), np.asarray(column.is_valid()) & missing


def _plain(column: pa.Array) -> pa.Array:
    """Give values themselves, whether they are stored as categories, views or extensions."""
    if isinstance(column, pa.ExtensionArray):
        return _plain(column.storage)
    if pa.types.is_dictionary(column.type):
        return _plain(column.dictionary_decode())
    return column.cast(_plain_type(column.type))


def _plain_type(kind: pa.DataType) -> pa.DataType:
    """Give the type that `_plain` gives."""
    if isinstance(kind, pa.BaseExtensionType):
        return _plain_type(kind.storage_type)
    if pa.types.is_dictionary(kind):
        return _plain_type(kind.value_type)
    # Older versions of Arrow have no views, and no functions that tell them.
    if _is_text(kind) or str(kind) == "string_view":
        return pa.string()
    return pa.binary() if str(kind) == "binary_view" else kind


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_readable(kind: pa.DataType, *, is_key: bool) -> bool:
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    # A column without any value has no type of its own.
    anything = _is_text(kind) or pa.types.is_null(kind)
    return bool(number or anything or (is_key and pa.types.is_temporal(kind)))
