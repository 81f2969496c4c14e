"""OpenStreetMap by osmnx: libraries and post offices of Latvia, kept as files.

Two public services are asked, each once: Nominatim for the border of the
country, Overpass for what stands inside of it.  Their answers are cached in the
folder of raw files for a day.  `sources.osm` reads what is written here;
`fetching.overpass` does the asking.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from vpvkac.fetch.address import check
from vpvkac.fetch.overpass import (
    KEPT_S,
    PATIENCE,
    Asking,
    LastingError,
    Services,
    day_of,
    forget,
    osmnx_set,
    patiently,
)
from vpvkac.fetch.refusal import TELL_PUBLISHER, refused
from vpvkac.sources.osm import AMENITIES, LICENCE, PUBLISHER, search_tags

if TYPE_CHECKING:
    import geopandas as gpd

    from vpvkac.fetch.web import Patience
    from vpvkac.model.project import Host

PLACE = "Latvia"
# Degrees.  The border has thousands of vertices; the outline that is sent holds it whole, as
# what the simplification takes away is less than the margin put around it.
_MARGIN, _SIMPLER = 0.05, 0.04


@dataclass(frozen=True)
class Extract:
    """What was fetched, for the lock and the terminal.

    Parameters
    ----------
    address, query, place
        What was asked of whom.
    date
        Day of OpenStreetMap's data, ISO, as the service states it.
    features
        How many there are, those given up included.
    """

    address: str
    query: Mapping[str, str]
    place: str
    date: str
    features: int
    licence: str = LICENCE
    publisher: str = PUBLISHER


def fetch_osm(
    host: Host,
    file: Path,
    cache: Path,
    *,
    services: Services | None = None,
    patience: Patience = PATIENCE,
    sleep: Callable[[float], None] = time.sleep,
) -> Extract:
    """Fetch the places of a kind and write them as GeoJSON, whole or not at all.

    Parameters
    ----------
    host
        {"library", "post_office"}
    file
        What is written; an earlier one is replaced.
    cache
        Folder of the services' answers; several kinds may share it, and the
        border of the country is then asked once.
    sleep
        Waits so many seconds between tries.

    Raises
    ------
    RefusedError
        If a service does not give the answer; an earlier file stays as it was.
    """
    asking = Asking(services or Services(), patience, sleep, cache)
    for address in (asking.services.overpass, asking.services.nominatim):
        check(address, file.name)
    forget(cache, time.time() - KEPT_S)
    with osmnx_set(asking):
        try:
            return _fetched(host, file, asking)
        except LastingError as lasting:
            # An answer that is of no use must not be taken for one the next time.
            forget(cache, time.time())
            raise refused(file.name, lasting.problem, TELL_PUBLISHER) from None


def _fetched(host: Host, file: Path, asking: Asking) -> Extract:
    query, answers = search_tags(AMENITIES[host]), asking.cache / host
    border = patiently(lambda: _border(asking.cache), file.name, asking)
    found = patiently(lambda: _features(border, query, answers), file.name, asking)
    date, shapeless = _said(answers, query, found)
    features = _as_geojson(found[found.intersects(border)]) + shapeless
    about = {"publisher": PUBLISHER, "licence": LICENCE, "date": date, "place": PLACE}
    _write(file, about | {"query": query}, features)
    return Extract(asking.services.overpass, query, PLACE, date, len(features))


def _border(cache: Path) -> shapely.Geometry:
    import osmnx

    osmnx.settings.cache_folder = cache
    border: shapely.Geometry = osmnx.geocoder.geocode_to_gdf(PLACE).union_all()
    return border


def _features(
    border: shapely.Geometry, query: Mapping[str, str], answers: Path
) -> gpd.GeoDataFrame:
    """Ask for what lies in and around the border."""
    import osmnx

    osmnx.settings.cache_folder = answers
    outline = shapely.simplify(shapely.buffer(border, _MARGIN, quad_segs=4), _SIMPLER)
    return osmnx.features.features_from_polygon(outline, dict(query))


def _said(
    answers: Path, query: Mapping[str, str], found: gpd.GeoDataFrame
) -> tuple[str, list[dict[str, Any]]]:
    """Take from the answers what osmnx leaves behind.

    Returns
    -------
    date, features
        Day of the data; ways and relations that osmnx made no shape of, without one.
    """
    given = [
        json.loads(file.read_text(encoding="utf-8")) for file in sorted(answers.glob("*.json"))
    ]
    date = day_of(given)
    shaped = {f"{kind}/{number}" for kind, number in found.index}
    tags_of: dict[str, dict[str, str]] = {
        f"{element['type']}/{element['id']}": element["tags"]
        for answer in given
        for element in answer["elements"]
        if element["type"] != "node" and _fits(element.get("tags", {}), query)
    }
    shapeless = [_feature(id_, None, tags) for id_, tags in tags_of.items() if id_ not in shaped]
    return date, shapeless


def _fits(tags: Mapping[str, str], query: Mapping[str, str]) -> bool:
    return any(tags.get(key) == value for key, value in query.items())


def _as_geojson(found: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    tags = found.drop(columns="geometry").to_dict("records")
    shapes = [json.loads(text) for text in shapely.to_geojson(found.geometry.to_numpy())]
    return [
        _feature(f"{kind}/{number}", shape, {k: v for k, v in given.items() if isinstance(v, str)})
        for (kind, number), shape, given in zip(found.index, shapes, tags, strict=True)
    ]


def _feature(id_: str, shape: Mapping[str, Any] | None, tags: Mapping[str, str]) -> dict[str, Any]:
    in_order = dict(sorted(tags.items()))
    return {"type": "Feature", "id": id_, "geometry": shape, "properties": in_order}


def _write(path: Path, about: Mapping[str, Any], features: list[dict[str, Any]]) -> None:
    """Write a feature a line, so that two extracts can be compared; whole or not at all."""
    in_order = sorted(features, key=lambda feature: _order(feature["id"]))
    head = json.dumps({"type": "FeatureCollection"} | dict(about), ensure_ascii=False)
    lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in in_order)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    text = f'{head[:-1]}, "features": [\n{lines}\n]}}\n'
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def _order(id_: str) -> tuple[str, int]:
    kind, number = id_.split("/")
    return kind, int(number)
