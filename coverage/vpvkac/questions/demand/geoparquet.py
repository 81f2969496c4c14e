"""Origins in Parquet: a geometry in any coordinate system (GeoParquet), or columns of degrees.

GeoParquet: https://geoparquet.org/releases/v1.1.0/.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import shapely

from vpvkac.model.faults import Fault, InputError
from vpvkac.model.inputfile import unfit
from vpvkac.questions.demand.chunk import (
    NAME_COLUMNS,
    ROWS,
    Chunk,
    Columns,
    Numbers,
    Partition,
    is_text,
    named_twice,
    numbers,
    texts,
)
from vpvkac.sources.base import missing_columns
from vpvkac.sources.encoding import unreadable
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DEGREES = "EPSG:4326"
_LONGITUDE_LATITUDE = "OGC:CRS84"
_DEGREE_DECIMALS = 7
_GEO = b"geo"


@dataclass(frozen=True)
class Geometry:
    """The column of positions.

    Parameters
    ----------
    column
        Its name.
    is_wkb
        Whether it holds well-known binary; else a struct of `x` and `y`.
    crs
        Coordinate system.
    """

    column: str
    is_wkb: bool
    crs: str

    @cached_property
    def _to_degrees(self) -> pyproj.Transformer | None:
        crs = pyproj.CRS.from_user_input(self.crs)
        if crs.equals(_LONGITUDE_LATITUDE) or crs.equals(_DEGREES, ignore_axis_order=True):
            return None
        return pyproj.Transformer.from_crs(crs, _DEGREES, always_xy=True)

    def positions(self, column: pa.Array) -> tuple[Numbers, Numbers]:
        """Give latitude and longitude of points, and of a point inside of other shapes."""
        x, y, wrong = self._points(column)
        if self._to_degrees is not None:
            lon, lat = self._to_degrees.transform(x, y)
            x, y = np.round(lon, _DEGREE_DECIMALS), np.round(lat, _DEGREE_DECIMALS)
            x[~np.isfinite(x)] = y[~np.isfinite(y)] = np.nan
        name = self.column
        return (
            Numbers(name, y, wrong, pa.array(y, from_pandas=True)),
            Numbers(name, x, wrong, pa.array(x, from_pandas=True)),
        )

    def _points(
        self, column: pa.Array
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
        """Give coordinates, and where there is something that is not a shape."""
        if not self.is_wkb:
            flat = [
                np.array(part.cast(pa.float64()).to_numpy(zero_copy_only=False))
                for part in (column.field("x"), column.field("y"))
            ]
            missing = np.asarray(column.is_null())
            flat[0][missing] = flat[1][missing] = np.nan
            return flat[0], flat[1], np.isinf(flat[0]) | np.isinf(flat[1])
        written = column.to_numpy(zero_copy_only=False)
        shapes = shapely.from_wkb(written, on_invalid="ignore")
        wrong = np.asarray(column.is_valid()) & shapely.is_missing(shapes)
        areas = ~shapely.is_missing(shapes) & (shapely.get_type_id(shapes) != 0)
        if areas.any():
            sound = areas & shapely.is_valid(shapes) & ~shapely.is_empty(shapes)
            shapes[areas] = shapely.point_on_surface(np.where(sound, shapes, None)[areas])
        return shapely.get_x(shapes), shapely.get_y(shapes), wrong


@dataclass(frozen=True)
class Parquet:
    """Parquet files of origins.

    Parameters
    ----------
    files
        The files and their names as faults say them, in order.
    columns
        The columns to be read.
    geometry
        None where columns of degrees are read.
    """

    files: tuple[tuple[Path, str], ...]
    columns: Columns
    geometry: Geometry | None
    faults: tuple[Fault, ...] = ()

    def partitions(self) -> Iterator[Partition]:
        """Divide the files into their row groups."""
        sizes = [
            (
                path,
                shown,
                [meta.row_group(number).num_rows for number in range(meta.num_row_groups)],
            )
            for path, shown in self.files
            for meta in (_opened(path, shown).metadata,)
        ]
        total = max(sum(sum(groups) for *_, groups in sizes), 1)
        done = 0
        for path, shown, groups in sizes:
            row = 1
            for number, size in enumerate(groups):
                done += size
                yield Partition(path, shown, number, size, row, done / total)
                row += size

    def read(self, part: Partition) -> Iterator[Chunk]:
        """Read a row group, in chunks."""
        file = _opened(part.file, part.shown)
        others = (self.columns.key, self.columns.weight)
        position = self.columns.position if self.geometry is None else (self.geometry.column,)
        wanted = list(dict.fromkeys(name for name in (*position, *others) if name is not None))
        row = part.row
        try:
            for batch in file.iter_batches(
                batch_size=ROWS, row_groups=[part.begin], columns=wanted, use_threads=False
            ):
                yield self._chunk(batch, row)
                row += len(batch)
        except (OSError, pa.ArrowException) as error:
            raise _damaged(part.shown, error) from None

    def _chunk(self, batch: pa.RecordBatch, row: int) -> Chunk:
        key, weight = self.columns.key, self.columns.weight
        rows = row + np.arange(len(batch), dtype=np.int64)
        if self.geometry is None:
            lat, lon = (numbers(name, _plain(batch[name])) for name in self.columns.position)
        else:
            lat, lon = self.geometry.positions(_plain(batch[self.geometry.column]))
        return Chunk(
            rows,
            pa.array(rows).cast(pa.string()) if key is None else texts(_plain(batch[key])),
            lat,
            lon,
            None if weight is None else numbers(weight, _plain(batch[weight])),
        )


def open_parquet(path: Path, shown: str, columns: Columns) -> Parquet:
    """Look at a Parquet file, or a folder of them.

    Raises
    ------
    InputError
        If a file is not Parquet, lacks a column or holds one of another type,
        or its coordinate system is not known.
    """
    files = [(path, shown)]
    if path.is_dir():
        files = [(file, f"{shown}/{file.name}") for file in sorted(path.glob("*.parquet"))]
    if not files:
        raise _no_files(shown)
    looked = [_look(file, name, columns) for file, name in files]
    differing = [name for (_, name), one in zip(files, looked, strict=True) if one != looked[0]]
    if differing:
        raise _differs(differing[0])
    return Parquet(tuple(files), columns, looked[0])


def _look(path: Path, shown: str, columns: Columns) -> Geometry | None:
    schema = _opened(path, shown).schema_arrow
    geometry = None
    if columns.lat is None and columns.lon is None:
        geometry = _geometry(schema, shown)
    wanted = columns.named
    if geometry is not None:
        wanted = [name for name in (columns.key, columns.weight) if name is not None]
    faults = missing_columns(shown, schema.names, wanted, row=None, fix=NAME_COLUMNS)
    is_placed = not faults
    read = [*wanted, geometry.column] if geometry is not None else wanted
    faults += [_twice(shown, name) for name in dict.fromkeys(read) if schema.names.count(name) > 1]
    faults += named_twice(shown, columns, by_position=geometry is None)
    if not is_placed and geometry is None and columns.lat is None and columns.lon is None:
        faults.append(_no_position(shown))
    if not faults:
        faults = [
            _wrong_type(shown, name, schema.field(name).type)
            for name in wanted
            if not _is_readable(schema.field(name).type, is_key=name == columns.key)
        ]
    if faults:
        raise InputError(faults)
    return geometry


def _geometry(schema: pa.Schema, shown: str) -> Geometry | None:
    """Read the metadata of a GeoParquet; None if the file has none."""
    written = (schema.metadata or {}).get(_GEO)
    if written is None:
        return None
    try:
        content = json.loads(written)
        column = content["primary_column"]
        told = content["columns"][column]
        encoding = str(told["encoding"])
        kind = _plain_type(schema.field(schema.names.index(column)).type)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _bad_metadata(shown) from None
    is_wkb = encoding == "WKB" and _is_binary(kind)
    if not is_wkb and not (encoding == "point" and _is_pair(kind)):
        raise _bad_encoding(shown, str(column), encoding)
    return Geometry(str(column), is_wkb, _crs(told.get("crs", _LONGITUDE_LATITUDE), shown))


def _crs(written: Any, shown: str) -> str:
    if written is None:
        raise _no_crs(shown)
    try:
        return str(pyproj.CRS.from_user_input(written).to_json())
    except (pyproj.exceptions.CRSError, ValueError, TypeError, RecursionError):
        raise _no_crs(shown) from None


def _opened(path: Path, shown: str) -> pq.ParquetFile:
    if (found := unfit(path)) is not None:
        raise InputError([Fault("error", shown, *found)])
    try:
        return pq.ParquetFile(path)
    except OSError as error:
        if error.strerror:
            raise InputError([unreadable(shown, error)]) from None
        raise _damaged(shown, error) from None
    except pa.ArrowException as error:
        raise _damaged(shown, error) from None


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
    if is_text(kind) or _is_view(kind, "string"):
        return pa.string()
    return pa.binary() if _is_view(kind, "binary") else kind


def _is_view(kind: pa.DataType, name: str) -> bool:
    # Older versions of Arrow have no such types, and no functions that tell them.
    return str(kind) == f"{name}_view"


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_pair(kind: pa.DataType) -> bool:
    return bool(pa.types.is_struct(kind) and {"x", "y"} <= {field.name for field in kind})


def _is_readable(kind: pa.DataType, *, is_key: bool) -> bool:
    kind = _plain_type(kind)
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    # A column without any value has no type of its own.
    anything = is_text(kind) or pa.types.is_null(kind)
    return bool(number or anything or (is_key and pa.types.is_temporal(kind)))


def _damaged(shown: str, error: Exception) -> InputError:
    reason = str(error).partition("\n")[0][:200]
    return InputError.of(
        shown,
        Message("cannot be read as Parquet ({reason})", reason=reason),
        Message("download the file again"),
    )


def _no_files(shown: str) -> InputError:
    return InputError.of(
        shown,
        Message("is a folder without a .parquet file"),
        Message("name a file"),
    )


def _differs(shown: str) -> InputError:
    return InputError.of(
        shown,
        Message("has another geometry or coordinate system than the folder's first file"),
        Message("give the files one by one"),
    )


def _no_position(shown: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("has neither geometry nor coordinates"),
        Message("name the columns: --lat and --lon"),
    )


def _twice(shown: str, name: str) -> Fault:
    return Fault(
        "error",
        shown,
        Message("is the name of several columns"),
        Message("give each column a name of its own"),
        field=name,
    )


def _wrong_type(shown: str, name: str, kind: pa.DataType) -> Fault:
    return Fault(
        "error",
        shown,
        Message("is a column of {kind}", kind=kind),
        Message("numbers or texts are needed"),
        field=name,
    )


def _bad_metadata(shown: str) -> InputError:
    return InputError.of(
        shown,
        Message("has GeoParquet metadata that make no sense"),
        Message("save the file anew, or name --lat and --lon"),
    )


def _bad_encoding(shown: str, column: str, encoding: str) -> InputError:
    return InputError.of(
        shown,
        Message("is a geometry encoded as {encoding}", encoding=encoding),
        Message("save the geometry as WKB or points"),
        field=column,
    )


def _no_crs(shown: str) -> InputError:
    return InputError.of(
        shown,
        Message("has no known coordinate system"),
        Message("save the file in EPSG:3059 or EPSG:4326"),
    )
