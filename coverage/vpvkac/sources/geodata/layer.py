"""A layer in whichever format: its columns as texts, its shapes, and their coordinate system."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
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

DEGREES = "EPSG:4326"
# Longitudes and latitudes of Latvia, by which an order of axes is told.
_LATVIA = ((20.9, 28.3), (55.6, 58.2))
_NEAR_LATVIA = ((15.0, 35.0), (50.0, 65.0))
# Whole numbers beyond this are not exact as floats, and are left as they are.
_LARGEST_WHOLE = 2.0**53

_OUT_OF_RANGE = (Message("has coordinates out of range"), Message("check the coordinate system"))
_TURNED = (
    Message(
        "the coordinates are in the other order (latitude and longitude, or x and y, are swapped)"
    ),
    Message("save the file with longitude (the easting) first"),
)
_GIVE_ITS_CRS = Message("give the file its own coordinate system (QGIS: Define projection)")
_WITH_CRS = Message("save it in EPSG:4326, or with its crs")
_NO_DEGREES = Message(
    "the coordinates are no degrees, and the file names no coordinate system that is known"
)
_NO_KNOWN_CRS = Message("names a coordinate system that is not known")


@dataclass(frozen=True)
class Layer:
    """The features of a file, n of them.

    Parameters
    ----------
    table
        The columns asked for, as texts; empty for a null.
    shown
        The file's name as faults say it.
    shapes
        Geometries, None where there is none that can be read, shape (n,);
        None for a layer without geometry.
    crs
        Coordinate system; None where the file names none that is known.
    crs_name
        What the file calls it; empty if it names none.
    faults
        Errors and warnings found.
    """

    table: pd.DataFrame
    shown: str
    shapes: NDArray[np.object_] | None = None
    crs: pyproj.CRS | None = None
    crs_name: str = ""
    faults: list[Fault] = field(default_factory=list)

    def reprojected(self, crs: str) -> gpd.GeoSeries:
        """Return the shapes, in two dimensions, in another coordinate system.

        Raises
        ------
        InputError
            If the coordinate system is not known, or the coordinates are not of it.
        """
        if self.crs is None:
            raise InputError([*self.faults, self._no_crs()])
        series = gpd.GeoSeries(shapely.force_2d(self.shapes), self.table.index, crs=self.crs)
        try:
            return reproject(series, self.shown, crs, is_named=self.crs_name != "")
        except InputError as error:
            raise InputError([*self.faults, *error.faults]) from None

    def _no_crs(self) -> Fault:
        if not self.crs_name:
            problem = Message("has no coordinate system")
            remedy = Message("add its .prj file, or save the file in EPSG:3059")
            return Fault("error", self.shown, problem, remedy)
        degrees = np.abs(shapely.get_coordinates(self.shapes)) <= [LONGITUDE[1], LATITUDE[1]]
        problem = _NO_KNOWN_CRS if degrees.all() else _NO_DEGREES
        said = Message("{problem} (crs: {name})", problem=problem, name=self.crs_name[:80])
        return Fault("error", self.shown, said, _WITH_CRS)


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
    table = pd.DataFrame(
        {name: _texts(cells[name], checks, name) for name in dict.fromkeys(columns)},
        index=pd.RangeIndex(count), dtype=str,
    )  # fmt: skip
    return Layer(table, shown, shapes, *crs, [*faults, *checks.faults])


def _texts(values: Sequence[object], checks: Checks, column: str) -> pd.Series:
    """Write values as texts: nulls empty, whole numbers without a decimal point, lists joined."""
    written = [_written(value) for value in values]
    checks.refuse(
        [text is None for text in written],
        Message("is neither a text nor a number"),
        Message("write a text, a number or a list"),
        field=column,
        values=pd.Series([str(value) for value in values], dtype=object),
    )
    return pd.Series(["" if text is None else text for text in written], dtype=str)


def _written(value: object) -> str | None:
    """Write one value; None for what is no text, number, date or list of such."""
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
    """Return shapes in another coordinate system.

    Parameters
    ----------
    shapes
        With their coordinate system.
    is_named
        Whether the file itself names that.

    Raises
    ------
    InputError
        If the coordinates cannot be of the shapes' coordinate system.
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
        lost = ~in_range & ~(moved.isna() | moved.is_empty)
        checks.refuse(lost, *_OUT_OF_RANGE, field="geometry")
    if checks.faults:
        raise InputError(checks.faults)
    return moved


def _check_coordinates(checks: Checks, shapes: gpd.GeoSeries, *, is_named: bool) -> None:
    """Report coordinates that cannot be of the coordinate system, or are in the other order."""
    bounds = shapely.bounds(shapes.to_numpy())
    least, most = bounds[:, :2], bounds[:, 2:]
    in_degrees = (
        (least[:, 0] >= LONGITUDE[0]) & (most[:, 0] <= LONGITUDE[1])
        & (least[:, 1] >= LATITUDE[0]) & (most[:, 1] <= LATITUDE[1])
    )  # fmt: skip
    there = np.isfinite(bounds).all(axis=1)
    if not shapes.crs.is_geographic:
        problem = Message(
            "the coordinates are degrees, though the file's coordinate system is {name}",
            name=shapes.crs.name,
        )
        checks.refuse(_are_degrees(bounds), problem, _GIVE_ITS_CRS)
    elif is_named:
        problem = Message(
            "has coordinates out of range: they are no degrees, though the file's coordinate "
            "system is {name}",
            name=shapes.crs.name,
        )
        checks.refuse(there & ~in_degrees, problem, _GIVE_ITS_CRS)
    else:
        checks.refuse(there & ~in_degrees, _NO_DEGREES, _WITH_CRS)
    if not checks.faults and there.any():
        middle = (least + most)[there & bounds.any(axis=1)] / 2
        checks.refuse(_are_turned(middle, shapes.crs) & there, *_TURNED)


def _are_degrees(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Find numbers that are degrees in or near Latvia, in either order; metres are not so few."""
    low, high = np.sort(bounds[:, :2], axis=1), np.sort(bounds[:, 2:], axis=1)
    (west, east), (south, north) = _NEAR_LATVIA
    lon = (west <= low[:, 0]) & (high[:, 0] <= east)
    return np.asarray(lon & (south <= low[:, 1]) & (high[:, 1] <= north))


def _are_turned(xy: NDArray[np.float64], crs: pyproj.CRS) -> bool:
    """Return whether some are outside of Latvia, but all inside with the axes swapped."""
    to_degrees = pyproj.Transformer.from_crs(crs, DEGREES, always_xy=True)
    inside = []
    for x, y in (xy.T, xy.T[::-1]):
        lon, lat = to_degrees.transform(x, y)
        (west, east), (south, north) = _LATVIA
        inside.append((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
    return bool(len(xy) and not inside[0].all() and inside[1].all())
