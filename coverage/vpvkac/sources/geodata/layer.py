"""A layer in whichever format: its columns as texts, its shapes, and their coordinate system."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pyproj.network
import shapely

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.base import LATITUDE, LONGITUDE, METRES, Checks, missing_columns
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

# No grid of a datum is fetched from the network, whatever PROJ's settings say.
pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]

# Those wanted of a file, or what chooses them of those that it has.
Columns = Sequence[str] | Callable[[Sequence[str]], Sequence[str]]
DEGREES = "EPSG:4326"
# Longitudes and latitudes of Latvia, by which an order of axes is told.
_LATVIA = ((20.9, 28.3), (55.6, 58.2))
_NEAR_LATVIA = ((15.0, 35.0), (50.0, 65.0))
# Whole numbers beyond this are not exact as floats, and are left as they are.
_LARGEST_WHOLE = 2.0**53

_NO_DEGREES = Message(
    "the coordinates are no degrees, and the file names no coordinate system that is known"
)
_GIVE_ITS_CRS = Message("give the file its own coordinate system (QGIS: Define projection)")
_WITH_CRS = Message("save it in EPSG:4326, or with its crs")


@dataclass(frozen=True)
class Layer:
    """The n features of a file: columns as texts, empty for a null, and shapes.

    `shown` is the file's name as faults say it.  A shape is None where there is none that can be
    read, `shapes` for a layer without geometry; `crs` where the file names no coordinate system
    that is known, `crs_name` being what it calls it, empty if it names none; `name` is that of
    the layer itself, where it has one.
    """

    table: pd.DataFrame
    shown: str
    shapes: NDArray[np.object_] | None = None
    crs: pyproj.CRS | None = None
    crs_name: str = ""
    faults: list[Fault] = field(default_factory=list)
    name: str = ""

    def reprojected(self, crs: str) -> gpd.GeoSeries:
        """Return the shapes, in two dimensions, in another coordinate system.

        Raises `InputError` if the file's is not known, or the coordinates are not of it.
        """
        try:
            if self.crs is None:
                raise self._no_crs()
            series = gpd.GeoSeries(shapely.force_2d(self.shapes), self.table.index, crs=self.crs)
            return reproject(series, self.shown, crs, is_named=self.crs_name != "")
        except InputError as error:
            raise InputError([*self.faults, *error.faults]) from None

    def _no_crs(self) -> InputError:
        if not self.crs_name:
            problem = Message("has no coordinate system")
            remedy = Message("add its .prj file, or save the file in EPSG:3059")
            return InputError.of(self.shown, problem, remedy)
        degrees = np.abs(shapely.get_coordinates(self.shapes)) <= [LONGITUDE[1], LATITUDE[1]]
        problem = _NO_DEGREES
        if degrees.all():
            problem = Message("names a coordinate system that is not known")
        named = Message("{problem} (crs: {name})", problem=problem, name=self.crs_name[:80])
        return InputError.of(self.shown, named, _WITH_CRS)


def layer_of(
    shown: str,
    columns: Sequence[str],
    there: Sequence[str],
    cells: Mapping[str, Sequence[Any]],
    shapes: NDArray[np.object_] | None,
    crs: tuple[pyproj.CRS | None, str] = (None, ""),
    *,
    faults: Sequence[Fault] = (),
) -> Layer:
    """Make a layer of what a file holds, its values written as texts.

    `columns` are those asked for, `there` those of the file, which may lack
    none; `cells` the values as the file holds them; `crs` the coordinate
    system and its name in the file.
    """
    missing = missing_columns(shown, there, columns, row=None)
    if missing:
        raise InputError([*faults, *missing])
    count = len(shapes) if shapes is not None else max(map(len, cells.values()), default=0)
    # Features have no header: the first is row 1.
    checks = Checks(shown, np.arange(1, count + 1))
    texts: dict[str, list[str]] = {}
    for name in dict.fromkeys(columns):
        written = [_written(value) for value in cells[name]]
        checks.refuse(
            [text is None for text in written],
            Message("is neither a text nor a number"),
            Message("write a text, a number or a list"),
            field=name,
            values=pd.Series([str(value) for value in cells[name]], dtype=object),
        )
        texts[name] = ["" if text is None else text for text in written]
    table = pd.DataFrame(texts, index=pd.RangeIndex(count), dtype=str)
    return Layer(table, shown, shapes, *crs, [*faults, *checks.faults])


def chosen(columns: Columns, there: Iterable[str]) -> Sequence[str]:
    """Give the columns wanted, chosen of those in the file where it is left to them."""
    return columns(list(there)) if callable(columns) else columns


def _written(value: object) -> str | None:
    """Write one value, a null empty, a list joined; None for no text, number, date or list."""
    if isinstance(value, list | tuple):
        members = [None if isinstance(one, list | tuple) else _written(one) for one in value]
        return None if None in members else ", ".join(filter(None, members))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        if value != value:  # noqa: PLR0124 - what is not a number
            return ""
        is_whole = isinstance(value, float) and value % 1 == 0 and abs(value) < _LARGEST_WHOLE
        return str(int(value) if is_whole else value)
    # No NUL and no half of a pair of UTF-16 can be written.
    if isinstance(value, str) and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value):
        return compose(value)
    return "" if value is None else None


def compose(name: str) -> str:
    """Return a text with its letters composed (NFC) and without blanks around it."""
    return unicodedata.normalize("NFC", name.strip())


def without_lost_coordinates(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes, None for those with coordinates that are not finite."""
    xy, of = shapely.get_coordinates(shapes, return_index=True)
    found = shapes.copy()
    found[np.unique(of[~np.isfinite(xy).all(axis=1)])] = None
    return found


def reproject(
    shapes: gpd.GeoSeries, shown: str, crs: str, *, is_named: bool = True
) -> gpd.GeoSeries:
    """Return shapes in another coordinate system than theirs, which the file itself may name.

    Raises `InputError` if the coordinates cannot be of theirs.
    """
    checks = Checks(shown, np.arange(1, len(shapes) + 1))
    try:
        _check_coordinates(checks, shapes, is_named=is_named)
        moved = shapes if checks.faults else shapes.to_crs(crs)
    # pyproj's errors are `RuntimeError`s.
    except (RuntimeError, ValueError) as error:
        problem = Message("cannot be reprojected ({reason})", reason=str(error))
        raise InputError.of(shown, problem, Message("save the file in EPSG:3059")) from None
    if not checks.faults:
        in_range = (np.abs(shapely.bounds(moved.to_numpy())) <= METRES[1]).all(axis=1)
        problem = Message("has coordinates out of range")
        remedy = Message("check the coordinate system")
        lost = ~in_range & ~(moved.isna() | moved.is_empty)
        checks.refuse(lost, problem, remedy, field="geometry")
    if checks.faults:
        raise InputError(checks.faults)
    return moved


def _check_coordinates(checks: Checks, shapes: gpd.GeoSeries, *, is_named: bool) -> None:
    """Report coordinates that cannot be of the coordinate system, or are in the other order."""
    bounds = shapely.bounds(shapes.to_numpy())
    there = np.isfinite(bounds).all(axis=1)
    if not shapes.crs.is_geographic:
        problem = Message(
            "the coordinates are degrees, though the file's coordinate system is {name}",
            name=shapes.crs.name,
        )
        # Numbers in or near Latvia, in either order; metres are not so few.
        low, high = np.sort(bounds[:, :2], axis=1), np.sort(bounds[:, 2:], axis=1)
        near = _within(low, *_NEAR_LATVIA) & _within(high, *_NEAR_LATVIA)
        checks.refuse(near, problem, _GIVE_ITS_CRS)
    else:
        problem, remedy = _NO_DEGREES, _WITH_CRS
        if is_named:
            problem, remedy = (
                Message(
                    "has coordinates out of range: they are no degrees, though the file's "
                    "coordinate system is {name}",
                    name=shapes.crs.name,
                ),
                _GIVE_ITS_CRS,
            )
        in_degrees = _within(bounds[:, :2], LONGITUDE, LATITUDE) & _within(
            bounds[:, 2:], LONGITUDE, LATITUDE
        )
        checks.refuse(there & ~in_degrees, problem, remedy)
    if checks.faults or not there.any():
        return
    xy = ((bounds[:, :2] + bounds[:, 2:]) / 2)[there & bounds.any(axis=1)]
    to_degrees = pyproj.Transformer.from_crs(shapes.crs, DEGREES, always_xy=True).transform
    is_inside, is_inside_swapped = (
        _within(np.column_stack(to_degrees(xy[:, x], xy[:, y])), *_LATVIA)
        for x, y in ((0, 1), (1, 0))
    )
    problem = Message(
        "the coordinates are in the other order (latitude and longitude, or x and y, are swapped)"
    )
    remedy = Message("save the file with longitude (the easting) first")
    turned = len(xy) > 0 and not is_inside.all() and bool(is_inside_swapped.all())
    checks.refuse(there & turned, problem, remedy)


def _within(
    xy: NDArray[np.float64], x: tuple[float, float], y: tuple[float, float]
) -> NDArray[np.bool_]:
    """Find the positions within bounds, both included; false where not finite."""
    least, most = np.array([x, y]).T
    return np.asarray(((xy >= least) & (xy <= most)).all(axis=1))
