"""OpenStreetMap by osmnx: libraries and post offices of Latvia, kept as files.

Two public services are asked, each once: Nominatim for the border of the
country, Overpass for what stands inside of it.  Their answers are cached in the
folder of raw files for a day, so that a fetch that broke off, or is repeated,
asks nothing twice.  `sources.osm` reads what is written here.

osmnx repeats a query that is answered 429 or 504 every 55 seconds without end,
and takes an answer that the server broke off for a whole one.  So each answer
is judged before osmnx sees it (`_judge`), and the waiting is done here.
"""

from __future__ import annotations

import contextlib
import json
import socket
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests
import shapely

from vpvkac import __version__
from vpvkac.fetching.address import check
from vpvkac.fetching.refusal import TELL_PUBLISHER, TRY_LATER, refused
from vpvkac.fetching.web import Patience
from vpvkac.language import Text
from vpvkac.sources.osm import AMENITIES, LICENCE, PUBLISHER, searched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import TypeVar

    import geopandas as gpd

    from vpvkac.fetching.refusal import RefusedError
    from vpvkac.project import Host

    _Answer = TypeVar("_Answer")

PLACE = "Latvia"
_KEPT_S = 24 * 60 * 60.0
# Overpass counts this from when it begins; the same time is waited for the answer.
_TIMEOUT_S = 180
# The server's own word of when it is free comes as text at this address, in no need of judging.
_STATUS = "/status"
# One query for the whole country: few features, so its area does not matter (square metres).
_ANY_AREA = 1e13
# Degrees.  The border has thousands of vertices; the outline that is sent holds it whole, as
# what the simplification takes away is less than the margin put around it.
_MARGIN, _SIMPLER = 0.05, 0.04
# These services ask for more patience than those of files.
PATIENCE = Patience(first_wait=15.0, most_wait=300.0)
_OK, _SERVER = 200, 500
_PASSING = {408, 429}


@dataclass(frozen=True)
class Services:
    """The addresses asked; anyone may run such services."""

    overpass: str = "https://overpass-api.de/api"
    nominatim: str = "https://nominatim.openstreetmap.org"


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


@dataclass(frozen=True)
class _Asking:
    """How to ask: of whom, how patiently, and where answers are kept."""

    services: Services
    patience: Patience
    sleep: Callable[[float], None]
    cache: Path


class _PassingError(Exception):
    """What may be over at the next try."""

    def __init__(self, problem: Text, wait: float | None = None) -> None:
        self.problem = problem
        self.wait = wait
        super().__init__(problem.en)


class _LastingError(Exception):
    """What will be the same at the next try."""

    def __init__(self, problem: Text) -> None:
        self.problem = problem
        super().__init__(problem.en)


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
    asking = _Asking(services or Services(), patience, sleep, cache)
    for address in (asking.services.overpass, asking.services.nominatim):
        check(address, file.name)
    _forget(cache, time.time() - _KEPT_S)
    with _osmnx_set(asking):
        try:
            return _fetched(host, file, asking)
        except _LastingError as lasting:
            # An answer that is of no use must not be taken for one the next time.
            _forget(cache, time.time())
            raise refused(file.name, lasting.problem, TELL_PUBLISHER) from None


def _fetched(host: Host, file: Path, asking: _Asking) -> Extract:
    query, answers = searched(AMENITIES[host]), asking.cache / host
    border = _patiently(lambda: _border(asking.cache), file.name, asking)
    found = _patiently(lambda: _features(border, query, answers), file.name, asking)
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


def _patiently(ask: Callable[[], _Answer], shown: str, asking: _Asking) -> _Answer:
    """Ask until there is an answer, an end to it, or an end of patience."""
    patience = asking.patience
    for tried in range(1, patience.tries + 1):
        try:
            return ask()
        except _PassingError as error:
            passing = error
        except requests.exceptions.Timeout:
            passing = _PassingError(Text("neatbild laikā", "does not answer in time"))
        except requests.exceptions.RequestException:
            passing = _PassingError(Text("neatbild", "does not answer"))
        except (LookupError, TypeError, ValueError):
            raise _LastingError(_NOT_UNDERSTOOD) from None
        wait = patience.wait(tried) if passing.wait is None else passing.wait
        if tried == patience.tries or wait > patience.most_wait:
            raise _out_of_patience(shown, passing, tried)
        asking.sleep(wait)
    raise AssertionError(tried)


def _judge(response: requests.Response, *_: object, **__: object) -> None:
    """Hold an answer to what osmnx takes for granted; it is called before osmnx sees it."""
    if response.url.endswith(_STATUS):
        return
    try:
        _check_status(response)
        _check_content(response)
    except BaseException:
        # Nobody else will: osmnx never gets this answer.
        response.close()
        raise


def _check_status(response: requests.Response) -> None:
    status = response.status_code
    if status in _PASSING or status >= _SERVER:
        problem = Text(f"atbild ar kļūdu {status}", f"answers with error {status}")
        raise _PassingError(problem, _retry_after(response))
    if status != _OK:
        raise _LastingError(Text(f"atbild ar kļūdu {status}", f"answers with error {status}"))


def _check_content(response: requests.Response) -> None:
    try:
        answer = response.json()
    except ValueError:
        # Such services tell of their troubles on web pages.
        raise _PassingError(_NOT_UNDERSTOOD) from None
    if response.request.method == "POST":
        if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
            raise _LastingError(_NOT_UNDERSTOOD)
        # Overpass gives what it has found so far, and says here why there is no more.
        if "remark" in answer:
            raise _PassingError(Text("neatrada visu prasīto", "did not find all that was asked"))
        answer = answer["elements"]
    if not answer:
        raise _LastingError(_NOTHING)


def _retry_after(response: requests.Response) -> float | None:
    """Read `Retry-After` in seconds; these services give no dates."""
    said = response.headers.get("Retry-After", "").strip()
    return float(said) if said.isascii() and said.isdigit() else None


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
    try:
        date = min(str(answer["osm3s"]["timestamp_osm_base"])[:10] for answer in given)
    except (LookupError, TypeError, ValueError):
        raise _LastingError(_NOT_UNDERSTOOD) from None
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


def _forget(cache: Path, until: float) -> None:
    """Delete the answers that came up to a time: who fetches the next day wants new ones."""
    for file in cache.glob("**/*.json"):
        if file.stat().st_mtime <= until:
            file.unlink()


@contextlib.contextmanager
def _osmnx_set(asking: _Asking) -> Iterator[None]:
    """Set osmnx for a fetch, and put everything back that it changes for the whole program."""
    import osmnx

    wanted = {
        "cache_folder": asking.cache,
        "use_cache": True,
        # Names are looked up as the machine does, not asked of a third party.
        "doh_url_template": None,
        "http_user_agent": f"vpvkac/{__version__}",
        "max_query_area_size": _ANY_AREA,
        "nominatim_url": asking.services.nominatim,
        "overpass_url": asking.services.overpass,
        "requests_kwargs": {"allow_redirects": False, "hooks": {"response": _judge}},
        "requests_timeout": _TIMEOUT_S,
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


def _out_of_patience(shown: str, passing: _PassingError, tried: int) -> RefusedError:
    problem, wait = passing.problem, passing.wait
    if wait is not None:
        more = Text(f" un lūdz nogaidīt {wait:.0f} s", f" and asks to wait {wait:.0f} s")
    else:
        more = Text(f" (mēģināts {tried} reizes)", f" (tried {tried} times)")
    return refused(shown, Text(problem.lv + more.lv, problem.en + more.en), TRY_LATER)


_NOTHING = Text("nav neviena objekta", "has no such feature")
_NOT_UNDERSTOOD = Text("atbilde nav saprotama", "gives an answer that is not understood")
