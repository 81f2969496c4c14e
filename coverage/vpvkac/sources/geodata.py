"""Files of geodata: GeoPackage, GeoJSON, shapefile.

What a file is, is told by its content.  Only these three are opened, so that
no content makes a library read other files or ask the network.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pyproj.network
import shapely

from vpvkac.model.faults import Fault, InputError
from vpvkac.sources.checks import LATITUDE, LONGITUDE, METRES, Checks
from vpvkac.sources.encoding import unreadable
from vpvkac.sources.features import Features, texts
from vpvkac.sources.geojson import read_geojson
from vpvkac.sources.geopackage import read_geopackage
from vpvkac.sources.heading import missing_columns
from vpvkac.sources.shapefile import MAGIC, read_shapefile
from vpvkac.texts.message import Message, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

# No grid of a datum is fetched from the network, whatever PROJ's settings say.
pyproj.network.set_network_enabled(active=False)  # type: ignore[attr-defined]

_SQLITE = b"SQLite format 3\0"
_DEGREES = "EPSG:4326"
_HEAD = 4096
# What a text may begin with: a byte order mark, and blanks, which have a NUL in UTF-16.
_TEXT_MARK = re.compile(rb"^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)")
_BLANKS = b" \t\r\n\0"
# Longitudes and latitudes of Latvia, by which an order of axes is told.
_LATVIA = ((20.9, 28.3), (55.6, 58.2))
_NEAR_LATVIA = ((15.0, 35.0), (50.0, 65.0))


@dataclass(frozen=True)
class Layer:
    """The features of a file.

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
        """Give the shapes, in two dimensions, in another coordinate system.

        Raises
        ------
        InputError
            If the coordinate system is not known, or the coordinates are not of it.
        """
        if self.crs is None:
            raise InputError([*self.faults, _no_crs(self)])
        series = gpd.GeoSeries(shapely.force_2d(self.shapes), self.table.index, crs=self.crs)
        try:
            return _moved(series, self.shown, crs, is_named=self.crs_name != "")
        except InputError as error:
            raise InputError([*self.faults, *error.faults]) from None


def read_layer(
    path: Path, shown: str, forms: Text, columns: Sequence[str], *, layer: str | None = None
) -> Layer:
    """Read columns of the one layer of a file, as texts, and its shapes.

    Parameters
    ----------
    path, shown
        The file, and its name as faults say it.
    forms
        The forms a file may have, for the fault.
    columns
        The columns to be read.
    layer
        The layer of a GeoPackage that is wanted; None where it must have one alone.

    Raises
    ------
    InputError
        If the file cannot be read, has several layers, or lacks a column.
    """
    head = _head(path, shown)
    if head.startswith(_SQLITE):
        features = read_geopackage(path, shown, columns, layer=layer)
    elif head.startswith(MAGIC) and path.suffix.lower() == ".shp":
        features = read_shapefile(path, shown, columns)
    elif _TEXT_MARK.sub(b"", head).lstrip(_BLANKS).startswith(b"{"):
        features = read_geojson(path, shown, columns)
    else:
        raise InputError([_unknown(shown, head, forms)])
    missing = missing_columns(shown, features.columns, columns, row=None)
    if missing:
        raise InputError([*features.faults, *missing])
    return _layer(features, shown, columns)


def reprojected(frame: gpd.GeoDataFrame, shown: str, crs: str) -> gpd.GeoDataFrame:
    """Give a table in another coordinate system.

    Raises
    ------
    InputError
        If the table has no coordinate system, or coordinates that are not of it.
    """
    if frame.crs is None:
        raise InputError([_no_crs(Layer(pd.DataFrame(), shown))])
    return frame.set_geometry(_moved(frame.geometry, shown, crs, is_named=True))


def _head(path: Path, shown: str) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(_HEAD)
    except OSError as error:
        raise InputError([unreadable(shown, error)]) from None


def _layer(features: Features, shown: str, columns: Sequence[str]) -> Layer:
    shapes, values = features.shapes, features.cells
    count = len(shapes) if shapes is not None else max(map(len, values.values()), default=0)
    # Features have no header: the first is row 1.
    checks = Checks(shown, np.arange(1, count + 1))
    table = pd.DataFrame(
        {name: texts(values[name], checks, name) for name in dict.fromkeys(columns)},
        index=pd.RangeIndex(count), dtype=str,
    )  # fmt: skip
    faults = [*features.faults, *checks.faults]
    return Layer(table, shown, shapes, features.crs, features.crs_name, faults)


def _moved(shapes: gpd.GeoSeries, shown: str, crs: str, *, is_named: bool) -> gpd.GeoSeries:
    """Reproject shapes whose coordinates can be of their coordinate system."""
    checks = Checks(shown, np.arange(1, len(shapes) + 1))
    try:
        _check_coordinates(checks, shapes, is_named=is_named)
        moved = shapes if checks.faults else shapes.to_crs(crs)
    # pyproj's errors are `RuntimeError`s.
    except (RuntimeError, ValueError) as error:
        raise InputError([_cannot(shown, str(error))]) from None
    if checks.faults:
        raise InputError(checks.faults)
    bounds = shapely.bounds(moved.to_numpy())
    lost = ~(np.abs(bounds) <= METRES[1]).all(axis=1) & ~(moved.isna() | moved.is_empty)
    checks.refuse(lost, _OUT_OF_RANGE, _CHECK_CRS, field="geometry")
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
    name = shapes.crs.name
    if shapes.crs.is_geographic and is_named:
        checks.refuse(there & ~in_degrees, *_no_degrees_in(name))
    elif shapes.crs.is_geographic:
        checks.refuse(there & ~in_degrees, _NO_DEGREES, _WITH_CRS)
    else:
        checks.refuse(_are_degrees(bounds), *_degrees_in(name))
    if not checks.faults and there.any():
        middle = (least + most)[there & bounds.any(axis=1)] / 2
        checks.refuse(_are_turned(middle, shapes.crs) & there, _TURNED, _TURN)


def _are_degrees(bounds: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell numbers that are degrees in or near Latvia, in either order; metres are not so few."""
    low, high = np.sort(bounds[:, :2], axis=1), np.sort(bounds[:, 2:], axis=1)
    (west, east), (south, north) = _NEAR_LATVIA
    lon = (west <= low[:, 0]) & (high[:, 0] <= east)
    return np.asarray(lon & (south <= low[:, 1]) & (high[:, 1] <= north))


def _are_turned(xy: NDArray[np.float64], crs: pyproj.CRS) -> bool:
    """Tell that some are outside of Latvia, but all inside with the axes the other way round."""
    to_degrees = pyproj.Transformer.from_crs(crs, _DEGREES, always_xy=True)
    inside = []
    for x, y in (xy.T, xy.T[::-1]):
        lon, lat = to_degrees.transform(x, y)
        (west, east), (south, north) = _LATVIA
        inside.append((west <= lon) & (lon <= east) & (south <= lat) & (lat <= north))
    return bool(len(xy) and not inside[0].all() and inside[1].all())


_OUT_OF_RANGE = Message("has coordinates out of range")
_CHECK_CRS = Message("check the coordinate system")
_WITH_CRS = Message("save it in EPSG:4326, or with its crs")
_NO_DEGREES = Message(
    "the coordinates are no degrees, and the file names no coordinate system that is known"
)
_NO_KNOWN_CRS = Message("names a coordinate system that is not known")
_TURNED = Message(
    "the coordinates are in the other order (latitude and longitude, or x and y, are swapped)"
)
_TURN = Message("save the file with longitude (the easting) first")


def _no_degrees_in(name: str) -> tuple[Text, Text]:
    return (
        Message(
            "has coordinates out of range: they are no degrees, though the file's coordinate "
            "system is {name}",
            name=name,
        ),
        _GIVE_ITS_CRS,
    )


def _degrees_in(name: str) -> tuple[Text, Text]:
    return (
        Message(
            "the coordinates are degrees, though the file's coordinate system is {name}", name=name
        ),
        _GIVE_ITS_CRS,
    )


_GIVE_ITS_CRS = Message("give the file its own coordinate system (QGIS: Define projection)")


def _no_crs(layer: Layer) -> Fault:
    if not layer.crs_name:
        problem = Message("has no coordinate system")
        remedy = Message("add its .prj file, or save the file in EPSG:3059")
        return Fault("error", layer.shown, problem, remedy)
    xy = shapely.get_coordinates(layer.shapes)
    problem = _NO_DEGREES
    if (np.abs(xy) <= [LONGITUDE[1], LATITUDE[1]]).all():
        problem = _NO_KNOWN_CRS
    name = layer.crs_name[:80]
    said = Message("{problem} (crs: {name})", problem=problem, name=name)
    return Fault("error", layer.shown, said, _WITH_CRS)


def _cannot(shown: str, reason: str) -> Fault:
    problem = Message("cannot be reprojected ({reason})", reason=reason)
    remedy = Message("save the file in EPSG:3059")
    return Fault("error", shown, problem, remedy)


def _unknown(shown: str, head: bytes, forms: Text) -> Fault:
    if not head.strip():
        problem = Message("is empty")
    elif head.startswith(b"PK"):
        problem = Message("is a zip")
    else:
        problem = Message("is neither a GeoPackage nor GeoJSON nor a shapefile (.shp)")
    return Fault("error", shown, problem, Message("{forms} is needed", forms=forms))
