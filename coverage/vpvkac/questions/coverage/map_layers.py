"""The layers that the explorer and the figures share: units, points, access gaps, stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from vpvkac.analysis.gaps import hulls
from vpvkac.analysis.map_classes import points_to_show
from vpvkac.geo.geodesy import circle
from vpvkac.render import geojson
from vpvkac.render.geojson import BaseLayers, by_name, label_points
from vpvkac.texts import words
from vpvkac.texts.formats import metres, typographic
from vpvkac.views import maps
from vpvkac.views.maps import Json

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from vpvkac.analysis.network import Findings
    from vpvkac.texts.message import Lang


# How far outside its gaps the outline of a cluster runs, metres.
_AROUND_M = 2_500


def units(result: Findings, base: BaseLayers, lang: Lang) -> Json:
    """Make the polygons of the units, in the order of the Latvian alphabet."""
    labels, said, order = (
        label_points(base.units),
        maps.unit_cards(result, lang),
        by_name(base.units),
    )
    told = [said[row] | {"at": labels[row]} for row in order]
    return geojson.projected(base.units.iloc[order], told)


def points(result: Findings, lang: Lang) -> Json:
    """Make the contact points, and the open centres beyond reach that are not one.

    Those that need attention come last, so that they are drawn on top.
    """
    frame = points_to_show(result)
    return geojson.points(frame, maps.point_cards(result, frame, lang))


def gaps(result: Findings, lang: Lang, listed: gpd.GeoDataFrame | None = None) -> Json:
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
    ends = frame[["stop_lat", "stop_lon"]].set_axis(["lat", "lon"], axis=1)
    said = [{"part": "stop"} | said for said in _said_of_stops(frame)]
    layers = [
        geojson.shapes(drawn, told),
        geojson.points(ends, said),
        _alternatives(result, listed, lang),
    ]
    return geojson.collection(feature for layer in layers for feature in layer["features"])


def _alternatives(result: Findings, listed: gpd.GeoDataFrame, lang: Lang) -> Json:
    """Make the places of the same unit that would close an access gap."""
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
    return geojson.points(frame, said)


def clusters(result: Findings, lang: Lang) -> Json:
    """Make an outline round each cluster of gaps, with its number and where to write it."""
    lists = {"access": result.gaps_access, "coverage": result.gaps_coverage}
    outlines = hulls(lists, _AROUND_M).to_crs(geojson.DEGREES)
    label = words.CLUSTER_NUMBERED.text(lang)
    said = [
        {"name": label.format(number), "at": _top(outline)} for number, outline in outlines.items()
    ]
    return geojson.shapes(outlines.to_numpy(), said, geojson.BORDER_DECIMALS)


def _top(outline: shapely.Polygon) -> list[float]:
    """Give the northernmost latitude and the middle longitude of an outline."""
    west, _, east, north = outline.bounds
    decimals = geojson.BORDER_DECIMALS
    return [round(north, decimals), round((west + east) / 2, decimals)]


def stops(result: Findings) -> Json:
    """Make the stops of the chosen set; `visits` only where it is known."""
    frame = result.stops[result.stops["in_set"]]
    return geojson.points(frame, _said_of_stops(frame))


def _said_of_stops(frame: pd.DataFrame) -> list[Json]:
    columns = frame["stop_name"].to_numpy(object), frame["visits"].to_numpy(object)
    return [
        {"name": maps.cell_text(name)}
        | ({} if maps.cell_value(visits) is None else {"visits": int(visits)})
        for name, visits in zip(*columns, strict=True)
    ]
