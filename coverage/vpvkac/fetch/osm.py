"""OpenStreetMap: libraries and post offices of Latvia, and the streets around points, as files.

For the places two public services are asked, each once: Nominatim for the border of the
country, Overpass for what stands inside of it.  For streets Overpass is asked once for each
area, so that a download that broke off goes on where it was.  `sources.osm` and
`sources.streets` read what is written here; `overpass` does the asking.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from vpvkac.fetch.exchange import LastingError, RetryPolicy
from vpvkac.fetch.overpass import NOTHING, POLICY, OsmClient, Services, day_of
from vpvkac.model.project import Host
from vpvkac.sources.osm import AMENITIES, LICENCE, PUBLISHER, search_tags
from vpvkac.sources.streets import TAGS, is_walked
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import geopandas as gpd

PLACE = "Latvia"
# Degrees.  The border has thousands of vertices; the outline that is sent holds it whole, as
# what the simplification takes away is less than the margin put around it.
_MARGIN, _SIMPLER = 0.05, 0.04
# What may be walked on, and a little more, which `is_walked` leaves out: Overpass cannot ask for
# "no cycleways but those for walkers" at once.
_ASKED = (
    '["highway"]["area"!~"yes"]["highway"!~"abandoned|bus_guideway|construction|motor|^no$|planned|'
    'platform|proposed|raceway|razed|rest_area|services"]["foot"!~"^no$"]'
)
# osmnx says so where an answer holds streets around the area, but none in it.
_NONE_IN_IT = "no graph nodes within"
_NO_STREETS = Message("has no street around any of the points")


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
    policy: RetryPolicy = POLICY,
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
    client = OsmClient(services or Services(), policy, sleep, cache)
    query, answers = search_tags(AMENITIES[host]), cache / host
    with client.session(file.name):
        border = client.ask(lambda: _border(cache), file.name)
        found = client.ask(lambda: _features(border, query, answers), file.name)
        given = _answers(answers)
        date = day_of(given)
        features = _as_geojson(found[found.intersects(border)]) + _shapeless(given, query, found)
        about = {"publisher": PUBLISHER, "licence": LICENCE, "date": date, "place": PLACE}
        _write(file, about | {"query": query}, features)
        return Extract(client.services.overpass, query, PLACE, date, len(features))


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


def _shapeless(
    answers: Sequence[Mapping[str, Any]], query: Mapping[str, str], found: gpd.GeoDataFrame
) -> list[dict[str, Any]]:
    """Give the ways and relations of the answers that osmnx made no shape of, without one."""
    shaped = {f"{kind}/{number}" for kind, number in found.index}
    tags_of: dict[str, dict[str, str]] = {
        f"{element['type']}/{element['id']}": tags
        for answer in answers
        for element in answer["elements"]
        if element["type"] != "node"
        and any((tags := element.get("tags", {})).get(key) == value for key, value in query.items())
    }
    return [_feature(id_, None, tags) for id_, tags in tags_of.items() if id_ not in shaped]


def _as_geojson(found: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    tags = found.drop(columns="geometry").to_dict("records")
    shapes = [json.loads(text) for text in shapely.to_geojson(found.geometry.to_numpy())]
    return [
        _feature(f"{kind}/{number}", shape, {k: v for k, v in given.items() if isinstance(v, str)})
        for (kind, number), shape, given in zip(found.index, shapes, tags, strict=True)
    ]


def _feature(id_: str, shape: Mapping[str, Any] | None, tags: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "Feature", "id": id_, "geometry": shape, "properties": dict(sorted(tags.items())),
    }  # fmt: skip


def _write(path: Path, about: Mapping[str, Any], features: list[dict[str, Any]]) -> None:
    """Write a feature a line, so that two extracts can be compared; whole or not at all."""

    def order(feature: Mapping[str, Any]) -> tuple[str, int]:
        kind, number = feature["id"].split("/")
        return kind, int(number)

    head = json.dumps({"type": "FeatureCollection"} | dict(about), ensure_ascii=False)
    lines = ",\n".join(
        json.dumps(feature, ensure_ascii=False) for feature in sorted(features, key=order)
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    text = f'{head[:-1]}, "features": [\n{lines}\n]}}\n'
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


@dataclass(frozen=True)
class Download:
    """What was downloaded: how many areas, how many of them without streets, the data's day."""

    areas: int
    empty: int
    date: str


def fetch_streets(
    areas: Sequence[shapely.Polygon],
    file: Path,
    cache: Path,
    *,
    services: Services | None = None,
    policy: RetryPolicy = POLICY,
    sleep: Callable[[float], None] = time.sleep,
    begun: Callable[[int], None] = lambda _: None,
) -> Download:
    """Fetch the streets for walking in some areas and write them as GraphML, whole or not at all.

    Parameters
    ----------
    areas
        Polygons in degrees, longitude first.
    file
        What is written; an earlier one is replaced.
    cache
        Folder of the service's answers.
    sleep
        Waits so many seconds between tries.
    begun
        Called with the number of each area, from 1, as it is asked for.

    Raises
    ------
    RefusedError
        If the service does not give the answer, or there is no street in any
        area; an earlier file stays as it was.
    """
    import osmnx

    client = OsmClient(services or Services(), policy, sleep, cache)
    tags = ["highway", *sorted(TAGS - {"highway"}), "oneway"]
    graphs = []
    with client.session(file.name, useful_tags_way=tags):
        for number, area in enumerate(areas, 1):
            begun(number)
            graph = client.ask(lambda area=area: _graph(area), file.name)  # type: ignore[misc]
            if graph is not None:
                graphs.append(graph)
        if not graphs:
            raise LastingError(_NO_STREETS)
        whole = graphs[0]
        for graph in graphs[1:]:
            whole.update(nodes=graph.nodes(data=True), edges=graph.edges(keys=True, data=True))
        # Only now: simplified before it was clipped, a road without a junction in its area would
        # be clipped away whole.
        whole = osmnx.simplification.simplify_graph(whole)
        date = day_of(_answers(cache))
        # osmnx writes the time of the download; what tells is the day of the data.
        whole.graph = {key: value for key, value in whole.graph.items() if key != "created_date"}
        whole.graph["date"] = date
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.part")
        osmnx.io.save_graphml(whole, part)
        part.replace(file)
    return Download(len(areas), len(areas) - len(graphs), date)


def _graph(area: shapely.Polygon) -> Any | None:
    """Ask for the streets of an area; None if it has none."""
    import osmnx

    try:
        graph = osmnx.graph.graph_from_polygon(
            area, network_type="walk", custom_filter=_ASKED, simplify=False, retain_all=True,
            truncate_by_edge=True,
        )  # fmt: skip
    except LastingError as lasting:
        if lasting.problem == NOTHING:
            return None
        raise
    except ValueError as error:
        if _NONE_IN_IT in str(error):
            return None
        raise
    closed = [edge[:3] for edge in graph.edges(keys=True, data=True) if not is_walked(edge[3])]
    graph.remove_edges_from(closed)
    graph.remove_nodes_from([node for node, degree in graph.degree() if degree == 0])
    return graph if len(graph) else None


def _answers(folder: Path) -> list[dict[str, Any]]:
    """Read the answers that Overpass gave, as osmnx keeps them."""
    files = sorted(folder.glob("*.json"))
    return [json.loads(file.read_text(encoding="utf-8")) for file in files]
