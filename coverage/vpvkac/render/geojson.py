"""Tables as GeoJSON: the geometry of each layer, rounded for display only.

Every text from the data stands in a property of a feature, unescaped; the
page puts it on the screen as text, never as markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from vpvkac.views.maps import Json

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

DEGREES = "EPSG:4326"
# About 1 m and 0.1 m: finer than the borders (generalised to 0.7 km) and than any position.
BORDER_DECIMALS = 5
POINT_DECIMALS = 6


def collection(features: Iterable[Json]) -> Json:
    """Make one layer of features."""
    return {"type": "FeatureCollection", "features": list(features)}


def points(frame: pd.DataFrame, said: Iterable[Mapping[str, Any]]) -> Json:
    """Make points at `lat` and `lon`, degrees, with what is said of each."""
    pairs = frame[["lon", "lat"]].to_numpy(float).round(POINT_DECIMALS).tolist()
    return collection(
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": pair},
            "properties": properties,
        }
        for pair, properties in zip(pairs, said, strict=True)
    )


def projected(frame: gpd.GeoDataFrame | gpd.GeoSeries, said: Iterable[Mapping[str, Any]]) -> Json:
    """Make areas or lines of a frame in any CRS, with what is said of each."""
    return shapes(frame.geometry.to_crs(DEGREES).to_numpy(), said, BORDER_DECIMALS)


def shapes(
    geometries: Sequence[shapely.Geometry] | NDArray[np.object_],
    said: Iterable[Mapping[str, Any]] | None = None,
    decimals: int = POINT_DECIMALS,
) -> Json:
    """Make shapes in degrees, rounded, with what is said of each, if anything."""
    rounded = shapely.transform(np.asarray(geometries, object), lambda xy: xy.round(decimals))
    texts = [{} for _ in rounded] if said is None else said
    return collection(
        {"type": "Feature", "geometry": json.loads(geometry), "properties": properties}
        for geometry, properties in zip(shapely.to_geojson(rounded), texts, strict=True)
    )
