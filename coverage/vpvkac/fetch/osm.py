"""OpenStreetMap by osmnx: libraries and post offices of Latvia, and streets, as files.

For the places two public services are asked, each once: Nominatim for the border of the country,
Overpass for what stands inside of it; for streets Overpass is asked once for each area.
`sources.osm` and `sources.streets` read what is written here.

osmnx repeats a query that is answered 429 or 504 every 55 seconds without end, and takes an
answer that the server broke off for a whole one.  So each answer is checked before osmnx sees it
(`_check_answer`), and the waiting is done here.  Answers are cached for a day, so that what broke
off, or is repeated, asks nothing twice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import requests
import shapely

from vpvkac.fetch.web import (
    TELL_PUBLISHER,
    TIME_OUT,
    TRY_LATER,
    LastingError,
    RetryPolicy,
    TooSlowError,
    TransientError,
    Watch,
    check_address,
    check_transient,
    read_body,
    refusal,
    with_retries,
)
from vpvkac.model.project import Host
from vpvkac.model.stamp import VERSION
from vpvkac.sources.catalogue import OVERPASS
from vpvkac.sources.osm import AMENITIES, LICENCE, PUBLISHER, search_tags
from vpvkac.sources.streets import TAGS, is_walked
from vpvkac.texts.message import Message

if TYPE_CHECKING:
    import geopandas as gpd


_Answer = TypeVar("_Answer")
PLACE = "Latvia"
_KEPT_S = 24 * 60 * 60.0
# Overpass counts this from when it begins; the same time is waited for the answer.
_TIMEOUT_S = 180
# One query for the whole country: few features, so its area does not matter (square metres).
_ANY_AREA = 1e13
# These services ask for more patience than those of files.
POLICY = RetryPolicy(first_wait=15.0, most_wait=300.0, whole=1800.0)
_MOST_OF_AN_ANSWER = 256 * 1024**2
_OK = 200
# Degrees.  The border has thousands of vertices; the outline that is sent holds it whole, as
# what the simplification takes away is less than the margin put around it.
_MARGIN, _SIMPLER = 0.05, 0.04
# What may be walked on, and a little more, which `is_walked` leaves out: Overpass cannot ask for
# "no cycleways but those for walkers" at once.
_ASKED = (
    '["highway"]["area"!~"yes"]["highway"!~"abandoned|bus_guideway|construction|motor|^no$|planned|'
    'platform|proposed|raceway|razed|rest_area|services"]["foot"!~"^no$"]'
)
_NOT_UNDERSTOOD = Message("gives an answer that is not understood")
_NOTHING = Message("has no such feature")


@dataclass(frozen=True)
class Services:
    """The addresses asked; anyone may run such services."""

    overpass: str = OVERPASS
    nominatim: str = "https://nominatim.openstreetmap.org"


class OsmClient:
    """Asks the services by osmnx: how often, and where answers are kept."""

    def __init__(
        self, services: Services, policy: RetryPolicy, sleep: Callable[[float], None], cache: Path
    ) -> None:
        self.services, self.policy, self.sleep, self.cache = services, policy, sleep, cache
        # There is silence while Overpass searches: only the whole of an exchange is bounded.
        self.watch = Watch(0, policy.whole, policy.whole)

    @contextlib.contextmanager
    def session(self, shown: str, **settings: object) -> Iterator[None]:
        """Set osmnx for asking, with answers of the last day.

        Raises a `RefusedError` of the local file shown if an address may not be asked, or an
        answer is of no use: it is not kept.
        """
        for address in (self.services.overpass, self.services.nominatim):
            check_address(address, shown)
        # Who fetches the next day wants new ones.
        _clear(self.cache, time.time() - _KEPT_S)
        with self.settings(**settings):
            try:
                yield
            except LastingError as lasting:
                # An answer that is of no use must not be taken for one the next time.
                _clear(self.cache, time.time())
                raise refusal(shown, lasting.problem, TELL_PUBLISHER) from None

    @contextlib.contextmanager
    def settings(self, **more: object) -> Iterator[None]:
        """Set osmnx, and put everything back that it changes for the whole program."""
        import osmnx

        wanted = {
            "cache_folder": self.cache,
            "use_cache": True,
            # Names are looked up as the machine does, not asked of a third party.
            "doh_url_template": None,
            "http_user_agent": f"vpvkac/{VERSION}",
            "max_query_area_size": _ANY_AREA,
            "nominatim_url": self.services.nominatim,
            "overpass_url": self.services.overpass,
            "requests_kwargs": {
                "allow_redirects": False,
                "stream": True,
                "hooks": {"response": _check_answer},
            },
            "requests_timeout": _TIMEOUT_S,
            **more,
        }
        usual = {name: getattr(osmnx.settings, name) for name in wanted}
        look_up = socket.getaddrinfo
        try:
            for name, value in wanted.items():
                setattr(osmnx.settings, name, value)
            yield
        finally:
            socket.getaddrinfo = look_up
            for name, value in usual.items():
                setattr(osmnx.settings, name, value)

    def ask(self, question: Callable[[], _Answer], shown: str) -> _Answer:
        """Ask until there is an answer, an end to it, or an end of the tries."""

        def attempt() -> _Answer:
            try:
                with self.watch.over():
                    return question()
            except TooSlowError:
                raise refusal(shown, TIME_OUT, TRY_LATER) from None
            except requests.exceptions.RequestException:
                raise
            except (LookupError, TypeError, ValueError):
                raise LastingError(_NOT_UNDERSTOOD) from None
            finally:
                self.watch.close()

        return with_retries(
            attempt, self.policy, self.sleep, lambda _, problem: refusal(shown, problem, TRY_LATER)
        )


def _check_answer(response: requests.Response, *_: object, **__: object) -> None:
    """Hold an answer to what osmnx takes for granted; it is called before osmnx sees it."""
    try:
        # Where requests itself puts what it reads.
        response._content = _whole_body(response)  # noqa: SLF001
        # The server's own word of when it is free comes as text, in no need of a check.
        if not response.url.endswith("/status"):
            check_transient(response)
            _check_content(response)
    except BaseException:
        # Nobody else will: osmnx never gets this answer.
        response.close()
        raise


def _whole_body(response: requests.Response) -> bytes:
    body = bytearray()
    for piece in read_body(response):
        body += piece
        if len(body) > _MOST_OF_AN_ANSWER:
            raise LastingError(Message("gives too large an answer"))
    return bytes(body)


def _check_content(response: requests.Response) -> None:
    if response.status_code != _OK:
        raise LastingError(Message("answers with error {status}", status=response.status_code))
    try:
        answer = response.json()
    except ValueError:
        # Such services tell of their troubles on web pages.
        raise TransientError(_NOT_UNDERSTOOD) from None
    if response.request.method == "POST":
        if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
            raise LastingError(_NOT_UNDERSTOOD)
        # Overpass gives what it has found so far, and says here why there is no more.
        if "remark" in answer:
            raise TransientError(Message("did not find all that was asked"))
        answer = answer["elements"]
    if not answer:
        raise LastingError(_NOTHING)


def day_of(answers: Sequence[Mapping[str, Any]]) -> str:
    """Give the day of the oldest data among Overpass's answers, ISO.

    Raises a `LastingError` if they do not say it, or it is no day.
    """
    try:
        days = (str(answer["osm3s"]["timestamp_osm_base"])[:10] for answer in answers)
        return min(dt.date.fromisoformat(day) for day in days).isoformat()
    except (LookupError, TypeError, ValueError):
        raise LastingError(_NOT_UNDERSTOOD) from None


def _clear(cache: Path, until: float) -> None:
    """Delete the answers that came up to a time."""
    for file in cache.glob("**/*.json"):
        if file.stat().st_mtime <= until:
            file.unlink()


def _answers(folder: Path) -> list[dict[str, Any]]:
    """Read the answers that Overpass gave, as osmnx keeps them."""
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(folder.glob("*.json"))]


# --- Places -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Extract:
    """What was fetched: of whom, by which tags, of which day (ISO), and how many features."""

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

    Several kinds may share the cache of answers, and the border of the country is then asked
    once.  Raises a `RefusedError` if a service does not give the answer; an earlier file stays.
    """
    import osmnx

    client = OsmClient(services or Services(), policy, sleep, cache)
    query, answers = search_tags(AMENITIES[host]), cache / host

    def border() -> shapely.Geometry:
        osmnx.settings.cache_folder = cache
        outline: shapely.Geometry = osmnx.geocoder.geocode_to_gdf(PLACE).union_all()
        return outline

    def features() -> gpd.GeoDataFrame:
        osmnx.settings.cache_folder = answers
        outline = shapely.simplify(shapely.buffer(country, _MARGIN, quad_segs=4), _SIMPLER)
        return osmnx.features.features_from_polygon(outline, dict(query))

    with client.session(file.name):
        country = client.ask(border, file.name)
        found = client.ask(features, file.name)
        given = _answers(answers)
        date = day_of(given)
        within = _as_geojson(found[found.intersects(country)]) + _shapeless(given, query, found)
        about = {"publisher": PUBLISHER, "licence": LICENCE, "date": date, "place": PLACE}
        _write(file, about | {"query": query}, within)
        return Extract(client.services.overpass, query, PLACE, date, len(within))


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
    properties = dict(sorted(tags.items()))
    return {"type": "Feature", "id": id_, "geometry": shape, "properties": properties}


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


# --- Streets ------------------------------------------------------------------------------------


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

    Areas are polygons in degrees, longitude first; `begun` is called with the number of each,
    from 1.  Raises a `RefusedError` if the service does not give the answer, or there is no
    street in any area; an earlier file stays as it was.
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
            raise LastingError(Message("has no street around any of the points"))
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
        if lasting.problem == _NOTHING:
            return None
        raise
    except ValueError as error:
        # osmnx says so where an answer holds streets around the area, but none in it.
        if "no graph nodes within" in str(error):
            return None
        raise
    closed = [edge[:3] for edge in graph.edges(keys=True, data=True) if not is_walked(edge[3])]
    graph.remove_edges_from(closed)
    graph.remove_nodes_from([node for node, degree in graph.degree() if degree == 0])
    return graph if len(graph) else None
