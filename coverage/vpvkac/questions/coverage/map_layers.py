"""Tables as GeoJSON: the geometry of each layer, rounded and simplified for display only.

Every text from the data stands in a property of a feature, unescaped; the
page puts it on the screen as text, never as markup.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from vpvkac.analysis.clusters import hulls
from vpvkac.geo.geodesy import CRS, circle
from vpvkac.questions.coverage import cards
from vpvkac.texts import words
from vpvkac.texts.formats import collation_key, metres, typographic

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from vpvkac.render.needs import Mapped
    from vpvkac.texts.message import Lang

Json = dict[str, Any]

_DEGREES = "EPSG:4326"
# About 1 m and 0.1 m: finer than the borders (generalised to 0.7 km) and than any position.
_BORDER_DECIMALS = 5
_POINT_DECIMALS = 6
# coverage_simplify cuts corners whose triangle is smaller than this squared, metres.
_TOLERANCE = 120
# How far outside its gaps the outline of a cluster runs, metres.
_AROUND_M = 2_500
# Kinds that make a municipality of their own.
_CITIES = ("state_city", "republic_city")


def simplified(units: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Simplify the units' polygons so that neighbours still share their borders."""
    shapes = shapely.coverage_simplify(units.geometry.to_numpy(), _TOLERANCE)
    return units.set_geometry(gpd.GeoSeries(shapes, index=units.index, crs=units.crs))


def units(result: Mapped, shown: gpd.GeoDataFrame, lang: Lang) -> Json:
    """Make the polygons of the units, in the order of the Latvian alphabet."""
    shapes = shown.geometry.to_crs(_DEGREES).to_numpy()
    labels = label_points(shown)
    said = cards.of_units(result, lang)
    names = shown["unit_name"].tolist()
    order = sorted(range(len(names)), key=lambda row: collation_key(names[row]))
    return _collection(_features(shapes[order], [said[row] | {"at": labels[row]} for row in order]))


def municipalities(shown: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Join the simplified units of each municipality."""
    return shown.dissolve("municipality", method="coverage")


def polygons(frame: gpd.GeoDataFrame, said: Iterable[Mapping[str, Any]]) -> Json:
    """Make polygons with what is said of each."""
    return _collection(_features(frame.geometry.to_crs(_DEGREES).to_numpy(), said))


def shapes(rings: Iterable[shapely.Geometry]) -> Json:
    """Make shapes in degrees that say nothing."""
    every = list(rings)
    return _collection(_features(every, [{} for _ in every], _POINT_DECIMALS))


def borders(whole: gpd.GeoDataFrame) -> Json:
    """Make the borders of the municipalities, each drawn once."""
    outlines = shapely.union_all(whole.boundary.to_numpy())
    lines = gpd.GeoSeries([shapely.line_merge(outlines)], crs=CRS).to_crs(_DEGREES)
    return _collection(_features(lines.to_numpy(), [{}]))


def names(whole: gpd.GeoDataFrame) -> list[Json]:
    """Give the municipalities' names and where to write them, cities first, then the largest."""
    city = whole["kind"].isin(_CITIES) & (whole["unit_name"] == whole["municipality_name"])
    frame = whole.assign(city=city, area=whole.area)
    frame = frame.sort_values(["city", "area"], ascending=False, kind="stable")
    columns = frame["municipality_name"], frame["city"], label_points(frame)
    said = zip(frame.index, *columns, strict=True)
    return [
        {"municipality": code, "name": name, "city": bool(city), "at": at}
        for code, name, city, at in said
    ]


def points(result: Mapped, lang: Lang) -> Json:
    """Make the contact points, and the open centres beyond reach that are not one.

    Those that need attention come last, so that they are drawn on top.
    """
    frame = cards.shown_points(result)
    return point_features(frame, cards.of_points(result, frame, lang))


def point_features(frame: pd.DataFrame, said: Iterable[Mapping[str, Any]]) -> Json:
    """Make points at `lat` and `lon` with what is said of each."""
    return _points(frame["lat"], frame["lon"], said)


def gaps(result: Mapped, lang: Lang, listed: gpd.GeoDataFrame | None = None) -> Json:
    """Make a line from each access gap to its nearest stop, and its circle of the threshold.

    Of all access gaps, or of those listed.

    The circle is a geodesic polygon: one that Leaflet draws is 1-2 m off here.
    """
    listed = result.gaps_access if listed is None else listed
    stops = result.stops.set_index("stop")[["lat", "lon"]].add_prefix("stop_")
    columns = ["lat", "lon", "stop", "stop_name", "visits", "distance_m"]
    frame = listed[columns].merge(stops, left_on="stop", right_index=True)
    drawn: list[shapely.Geometry] = []
    told: list[Json] = []
    for row in frame.itertuples(index=False):
        line = shapely.LineString([(row.lon, row.lat), (row.stop_lon, row.stop_lat)])
        distance = metres(lang, row.distance_m, result.threshold_m)
        drawn += [shapely.Polygon(circle(row.lat, row.lon, result.threshold_m)), line]
        told += [{"part": "circle"}, {"part": "line", "distance": distance}]
    features = _features(drawn, told, _POINT_DECIMALS)
    ends = [{"part": "stop"} | said for said in _stops(frame)]
    features += _points(frame["stop_lat"], frame["stop_lon"], ends)["features"]
    features += _alternatives(result, listed, lang)
    return _collection(features)


def clusters(result: Mapped, lang: Lang) -> Json:
    """Make an outline round each cluster of gaps, with its number and where to write it."""
    lists = {"access": result.gaps_access, "coverage": result.gaps_coverage}
    outlines = hulls(lists, _AROUND_M).to_crs(_DEGREES)
    label = words.CLUSTER_NUMBERED.text(lang)
    said = [
        {"name": label.format(number), "at": _top(outline)} for number, outline in outlines.items()
    ]
    return _collection(_features(outlines.to_numpy(), said))


def _top(outline: shapely.Polygon) -> list[float]:
    """Give the northernmost latitude and the middle longitude of an outline."""
    west, _, east, north = outline.bounds
    return [round(north, _BORDER_DECIMALS), round((west + east) / 2, _BORDER_DECIMALS)]


def _alternatives(result: Mapped, listed: gpd.GeoDataFrame, lang: Lang) -> list[Json]:
    """Make the places of the same unit that would mend an access gap."""
    positions = result.places.set_index("place")[["lat", "lon"]]
    frame = listed[["alt_place", "alt_host", "alt_name", "alt_distance_m"]]
    frame = frame[frame["alt_place"].notna()].join(positions, on="alt_place", how="inner")
    label = words.ALTERNATIVE.text(lang)
    said = [
        {
            "part": "alternative",
            "host": host,
            "name": f"{label}: {typographic(name)} – {metres(lang, distance, result.threshold_m)}",
        }
        for _, host, name, distance in frame.iloc[:, :4].itertuples(index=False)
    ]
    features: list[Json] = _points(frame["lat"], frame["lon"], said)["features"]
    return features


def stops(result: Mapped) -> Json:
    """Make the stops of the chosen set; `visits` only where it is known."""
    frame = result.stops[result.stops["in_set"]]
    return _points(frame["lat"], frame["lon"], _stops(frame))


def _stops(frame: pd.DataFrame) -> list[Json]:
    return [
        {"name": cards.text(name)} | _visits(visits)
        for name, visits in zip(
            frame["stop_name"].to_numpy(object), frame["visits"].to_numpy(object), strict=True
        )
    ]


def _visits(visits: object) -> Json:
    known = cards.value(visits)
    return {} if known is None else {"visits": int(known)}


def label_points(frame: gpd.GeoDataFrame) -> list[list[float]]:
    """Find where a name has most room: the middle of the largest circle inside each polygon."""
    radii = shapely.maximum_inscribed_circle(frame.geometry.to_numpy(), tolerance=200)
    middles = gpd.GeoSeries(shapely.get_point(radii, 0), crs=CRS).to_crs(_DEGREES)
    pairs = np.column_stack([middles.y, middles.x]).round(_BORDER_DECIMALS)
    return [[float(lat), float(lon)] for lat, lon in pairs]


def _collection(features: Iterable[Json]) -> Json:
    return {"type": "FeatureCollection", "features": list(features)}


def _points(lat: pd.Series, lon: pd.Series, said: Iterable[Mapping[str, Any]]) -> Json:
    pairs = np.column_stack([lon, lat]).astype(float).round(_POINT_DECIMALS).tolist()
    return _collection(
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": pair},
            "properties": properties,
        }
        for pair, properties in zip(pairs, said, strict=True)
    )


def _features(
    shapes: Sequence[shapely.Geometry] | NDArray[np.object_],
    said: Iterable[Mapping[str, Any]],
    decimals: int = _BORDER_DECIMALS,
) -> list[Json]:
    """Make shapes in degrees, rounded, with what is said of each."""
    rounded = shapely.transform(np.asarray(shapes, object), lambda xy: xy.round(decimals))
    return [
        {"type": "Feature", "geometry": json.loads(geometry), "properties": properties}
        for geometry, properties in zip(shapely.to_geojson(rounded), said, strict=True)
    ]
