"""Tables as GeoJSON, rounded for display only, and the ground under every map.

Every text from the data stands in a property of a feature, unescaped; the page puts it on the
screen as text, never as markup.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from vpvkac.geo.geodesy import CRS
from vpvkac.texts import words
from vpvkac.texts.collation import collation_key
from vpvkac.texts.formats import square_kilometres
from vpvkac.views.maps import Json

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from vpvkac.texts.message import Lang


DEGREES = "EPSG:4326"
# About 1 m and 0.1 m: finer than the borders (generalised to 0.7 km) and than any position.
BORDER_DECIMALS = 5
POINT_DECIMALS = 6


def collection(features: Iterable[Json]) -> Json:
    """Make one layer of features."""
    return {"type": "FeatureCollection", "features": list(features)}


def points(frame: pd.DataFrame, properties: Iterable[Mapping[str, Any]]) -> Json:
    """Make points at `lat` and `lon`, degrees, with what is properties of each."""
    pairs = frame[["lon", "lat"]].to_numpy(float).round(POINT_DECIMALS).tolist()
    places = [{"type": "Point", "coordinates": pair} for pair in pairs]
    return _layer(places, properties)


def projected(
    frame: gpd.GeoDataFrame | gpd.GeoSeries, properties: Iterable[Mapping[str, Any]]
) -> Json:
    """Make areas or lines of a frame in any CRS, with what is properties of each."""
    return shapes(frame.geometry.to_crs(DEGREES).to_numpy(), properties, BORDER_DECIMALS)


def shapes(
    geometries: Sequence[shapely.Geometry] | NDArray[np.object_],
    properties: Iterable[Mapping[str, Any]] | None = None,
    decimals: int = POINT_DECIMALS,
) -> Json:
    """Make shapes in degrees, rounded, with what is properties of each, if anything."""
    rounded = shapely.transform(np.asarray(geometries, object), lambda xy: xy.round(decimals))
    texts = [{} for _ in rounded] if properties is None else properties
    return _layer(map(json.loads, shapely.to_geojson(rounded)), texts)


def _layer(geometries: Iterable[Json], properties: Iterable[Mapping[str, Any]]) -> Json:
    return collection(
        {"type": "Feature", "geometry": geometry, "properties": texts}
        for geometry, texts in zip(geometries, properties, strict=True)
    )


# coverage_simplify cuts corners whose triangle is smaller than this squared, metres.
_TOLERANCE = 120
# Kinds that make a municipality of their own.
_CITIES = ("state_city", "republic_city")


@dataclass(frozen=True)
class BaseLayers:
    """The territory as all maps of a run draw it, made once: simplified polygons, EPSG:3059."""

    units: gpd.GeoDataFrame
    # Their code is their index.
    municipalities: gpd.GeoDataFrame
    # Borders of the municipalities, each drawn once.
    borders: Json
    # The municipalities' names and where to write them, cities first, then the largest.
    names: list[Json]

    @classmethod
    def of(cls, units: gpd.GeoDataFrame) -> BaseLayers:
        """Simplify units (EPSG:3059) so that neighbours still share borders, and join them."""
        simple = shapely.coverage_simplify(units.geometry.to_numpy(), _TOLERANCE)
        drawn = units.set_geometry(gpd.GeoSeries(simple, index=units.index, crs=units.crs))
        whole = drawn.dissolve("municipality", method="coverage")
        outlines = shapely.line_merge(shapely.union_all(whole.boundary.to_numpy()))
        borders = projected(gpd.GeoSeries([outlines], crs=CRS), [{}])
        cities = whole["kind"].isin(_CITIES) & (whole["unit_name"] == whole["municipality_name"])
        frame = whole.assign(city=cities, area=whole.area)
        frame = frame.sort_values(["city", "area"], ascending=False, kind="stable")
        columns = frame.index, frame["municipality_name"], frame["city"], label_points(frame)
        names = [
            {"municipality": code, "name": name, "city": bool(city), "at": at}
            for code, name, city, at in zip(*columns, strict=True)
        ]
        return cls(drawn, whole, borders, names)


def label_points(frame: gpd.GeoDataFrame) -> list[list[float]]:
    """Find where a name has most room, latitude and longitude in degrees.

    That is the middle of the largest circle inside each polygon.
    """
    radii = shapely.maximum_inscribed_circle(frame.geometry.to_numpy(), tolerance=200)
    middles = gpd.GeoSeries(shapely.get_point(radii, 0), crs=CRS).to_crs(DEGREES)
    pairs = np.column_stack([middles.y, middles.x]).round(BORDER_DECIMALS)
    return [[float(lat), float(lon)] for lat, lon in pairs]


def by_name(units: pd.DataFrame) -> list[int]:
    """Order the rows by `unit_name`, as the Latvian alphabet has it."""
    names = units["unit_name"].tolist()
    return sorted(range(len(names)), key=lambda row: collation_key(names[row]))


def municipality_areas(
    base: BaseLayers,
    table: pd.DataFrame,
    card: Callable[[Any], Iterable[tuple[str, str]]],
) -> Json:
    """Make the polygons of municipalities of a row each, as in municipalities.csv, with `fill`.

    `card` gives the rows of the card, for such a row.
    """
    by_code = table.set_index("municipality", drop=False)
    rows = [by_code.loc[code] for code in base.municipalities.index]
    properties = [
        {
            "municipality": row["municipality"],
            "name": row["municipality_name"],
            "fill": row["fill"],
            "rows": [[label, text] for label, text in card(row)],
        }
        for row in rows
    ]
    return projected(base.municipalities, properties)


def plain_areas(base: BaseLayers, table: pd.DataFrame, lang: Lang) -> Json:
    """Make the municipalities as mere ground, with what they are in the card."""
    area = words.MAP["area"].text(lang)
    return municipality_areas(
        base,
        table.assign(fill="plain"),
        lambda row: [(area, square_kilometres(lang, row["area_km2"]))],
    )
