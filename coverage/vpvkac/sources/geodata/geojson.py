"""GeoJSON (RFC 7946, and the `crs` member of 2008), every entry accounted for.

GDAL leaves entries out that are no features, makes all numbers of a column
floats if one is, and fetches a linked coordinate system; so it is not asked.
"""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyproj
import shapely

from vpvkac.model.faults import InputError
from vpvkac.sources.checks import Checks
from vpvkac.sources.encoding import read_any_text
from vpvkac.sources.geodata.layer import (
    DEGREES,
    Layer,
    compose,
    layer_of,
    without_lost_coordinates,
)
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ID = "id"
# Names that an authority gives: PROJ would look up any other by likeness.
_CRS_NAME = re.compile(
    r"(urn:(x-)?ogc:def:crs:|https?://www\.opengis\.net/def/crs/|(EPSG|OGC|ESRI):)", re.IGNORECASE
)
_AS_UTF_8 = Message("if letters are wrong, save the file as UTF-8")
_SAVE = Message("save it as a FeatureCollection")


def read_geojson(path: Path, shown: str, columns: Sequence[str]) -> Layer:
    """Read the columns asked for, and the shapes.

    A feature's `id` is a column where no property is called so.

    Raises
    ------
    InputError
        If the file is not JSON, or no collection of features alone, or lacks a column.
    """
    text, told = read_any_text(path, shown)
    told = [replace(fault, remedy=_AS_UTF_8) for fault in told]
    content, entries = _entries(text, shown)
    crs = _crs(content)
    if not entries:
        # That it has no rows is told where they are wanted, not that it lacks the columns.
        cells: dict[str, Sequence[Any]] = dict.fromkeys(columns, ())
        return layer_of(shown, columns, columns, cells, _shapes([]), crs, faults=told)
    checks = Checks(shown, np.arange(1, len(entries) + 1))
    checks.refuse(
        [not _is_feature(entry) for entry in entries],
        Message("is no Feature of GeoJSON"),
        Message("fix or delete this entry"),
        field="features",
        values=pd.Series([str(entry) for entry in entries], dtype=object),
    )
    if checks.faults:
        raise InputError(checks.faults)
    properties = [entry["properties"] or {} for entry in entries]
    names = {compose(name): name for name in dict.fromkeys(chain.from_iterable(properties))}
    cells = {
        name: [one.get(names[name]) for one in properties] for name in columns if name in names
    }
    if _ID not in names and any(_ID in entry for entry in entries):
        names[_ID] = _ID
        cells[_ID] = [entry.get(_ID) for entry in entries]
    geometries = [entry["geometry"] for entry in entries]
    shapes = _shapes(geometries)
    given = np.array([geometry is not None for geometry in geometries], bool)
    checks.refuse(
        given & shapely.is_missing(shapes),
        Message("is no geometry of GeoJSON"),
        Message("correct its coordinates, or write null"),
        field="geometry",
        values=pd.Series([json.dumps(geometry) for geometry in geometries], dtype=object),
    )
    faults = [*told, *checks.faults]
    return layer_of(shown, columns, list(names), cells, shapes, crs, faults=faults)


def _entries(text: str, shown: str) -> tuple[dict[str, Any], list[Any]]:
    """Parse the file; also give its features, or what stands in their place."""
    try:
        # Where a whole number is needed "Infinity" is told as the text that it is.
        content = json.loads(
            text,
            object_pairs_hook=_each_once,
            parse_constant=lambda name: None if name == "NaN" else name,
        )
    except (ValueError, RecursionError) as error:
        reason = "" if isinstance(error, RecursionError) else f" ({error})"
        raise InputError.of(shown, Message("is not JSON{reason}", reason=reason), _SAVE) from None
    if isinstance(content, dict):
        entries = content.get("features")
        if content.get("type") == "Feature":
            return content, [content]
        if content.get("type") == "FeatureCollection" and isinstance(entries, list):
            return content, entries
    raise InputError.of(shown, Message("is no collection of GeoJSON features"), _SAVE)


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(key for key in keys if keys.count(key) > 1)!r}: 2 ×")
    return found


def _is_feature(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("type") == "Feature"
        and isinstance(entry.setdefault("properties", None), dict | None)
        and isinstance(entry.setdefault("geometry", None), dict | None)
    )


def _shapes(geometries: Sequence[Any]) -> NDArray[np.object_]:
    written = [None if geometry is None else json.dumps(geometry) for geometry in geometries]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shapes = shapely.from_geojson(np.array(written, object), on_invalid="ignore")
    return without_lost_coordinates(np.asarray(shapes, object).reshape(len(written)))


def _crs(content: dict[str, Any]) -> tuple[pyproj.CRS | None, str]:
    """Read the coordinate system; degrees where none is named.  Links are not followed."""
    told = content.get("crs")
    if told is None:
        return pyproj.CRS.from_user_input(DEGREES), ""
    inside = told.get("properties") if isinstance(told, dict) else None
    facts = inside if isinstance(inside, dict) else {}
    name = str(facts.get("name") or facts.get("href") or facts.get("code") or told)
    if isinstance(told, dict) and told.get("type") == "EPSG":
        name = f"EPSG:{facts.get('code')}"
    if not _CRS_NAME.match(name) or "href" in facts:
        return None, name
    try:
        return pyproj.CRS.from_user_input(name), name
    except pyproj.exceptions.CRSError:
        return None, name
