"""Files of geodata: GeoPackage, GeoJSON, shapefile.

What a file is, is told by its content.  Only these three are opened, so that
no content makes a library read other files or ask the network.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from vpvkac.model.faults import InputError
from vpvkac.sources.encoding import unreadable
from vpvkac.sources.geodata.geojson import read_geojson
from vpvkac.sources.geodata.geopackage import read_geopackage
from vpvkac.sources.geodata.layer import Layer, reproject
from vpvkac.sources.geodata.shapefile import MAGIC, read_shapefile
from vpvkac.texts.message import Message, Text

__all__ = ["Layer", "read_layer", "reproject"]

_HEAD = 4096
_SQLITE = b"SQLite format 3\0"
# What a text may begin with: a byte order mark, and blanks, which have a NUL in UTF-16.
_TEXT_MARK = re.compile(rb"^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)")
_BLANKS = b" \t\r\n\0"


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
    try:
        with path.open("rb") as opened:
            head = opened.read(_HEAD)
    except OSError as error:
        raise InputError([unreadable(shown, error)]) from None
    if head.startswith(_SQLITE):
        return read_geopackage(path, shown, columns, layer=layer)
    if head.startswith(MAGIC) and path.suffix.lower() == ".shp":
        return read_shapefile(path, shown, columns)
    if _TEXT_MARK.sub(b"", head).lstrip(_BLANKS).startswith(b"{"):
        return read_geojson(path, shown, columns)
    if not head.strip():
        problem = Message("is empty")
    elif head.startswith(b"PK"):
        problem = Message("is a zip")
    else:
        problem = Message("is neither a GeoPackage nor GeoJSON nor a shapefile (.shp)")
    raise InputError.of(shown, problem, Message("{forms} is needed", forms=forms))
